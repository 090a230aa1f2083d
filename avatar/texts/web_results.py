"""Texts of the pages of results, captions and report."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry

TEXTS: Mapping[str, Entry] = {
    "web.results.title": {"es": "Resultados", "en": "Results"},
    "web.captions.title": {"es": "Textos de las imágenes", "en": "Captions"},
    "web.report.title": {"es": "Informe", "en": "Report"},
}
