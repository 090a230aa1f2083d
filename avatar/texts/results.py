"""Texts of the room results: trial.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "trial.unknown": Error(
        what={"es": "No hay ninguna prueba «{trial}».", "en": "There is no trial '{trial}'."},
        why={"es": "las que hay: {known}", "en": "those there are: {known}"},
        do={
            "es": "escribe una de esas, o ninguna para la última.",
            "en": "type one of those, or none for the newest.",
        },
    ),
    "trial.invalid": Error(
        what={"es": "La ficha de la prueba {path} no es válida.", "en": "The record of the trial {path} is not valid."},
        why={"es": "\n{problems}", "en": "\n{problems}"},
        do={
            "es": "deshaz el cambio en ese archivo; las imágenes de la prueba siguen en su carpeta.",
            "en": "undo the change in that file; the pictures of the trial are still in their folder.",
        },
    ),
}
