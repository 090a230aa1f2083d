"""Texts of the pages of clients and training."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry

TEXTS: Mapping[str, Entry] = {
    "web.training.title": {"es": "Entrenamiento", "en": "Training"},
    "web.clients.title": {"es": "Clientes", "en": "Clients"},
}
