"""Texts of the page of the review."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry

TEXTS: Mapping[str, Entry] = {
    "web.review.title": {"es": "Revisión", "en": "Review"},
}
