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
    "trial.locked": Error(
        what={"es": "Ya se está dibujando una prueba de «{client}».", "en": "A trial of '{client}' is being drawn already."},
        why={"es": "la dibuja el proceso {pid} desde {since}.", "en": "process {pid} has been drawing it since {since}."},
        do={
            "es": "espera a que acabe, o interrúmpela en su ventana con Ctrl+C; lo dibujado se conserva.",
            "en": "wait until it is done, or stop it in its window by Ctrl+C; what is drawn is kept.",
        },
    ),
    "trial.no_models": Error(
        what={"es": "Todavía no hay ningún modelo que probar.", "en": "There is no model to try yet."},
        do={"es": "entrena primero: [[train ID]]", "en": "train one first: [[train ID]]"},
    ),
    "trial.no_model": Error(
        what={"es": "No hay ningún modelo «{name}».", "en": "There is no model '{name}'."},
        why={"es": "los que hay: {known}", "en": "those there are: {known}"},
        do={"es": "escribe uno o varios de esos.", "en": "type one or several of those."},
    ),
    "trial.bad_model": {
        "es": "El modelo {name} no se prueba. {reason}",
        "en": "The model {name} is not tried. {reason}",
    },
    "trial.lost": {
        "es": "{address} ha dejado de responder; se espera a que vuelva. {reason}",
        "en": "{address} has stopped answering; waiting for it to come back. {reason}",
    },
    "trial.without": {
        "es": "La prueba sigue sin {address}. {reason}",
        "en": "The trial goes on without {address}. {reason}",
    },
    "trial.cut_off": {
        "es": "Otro programa ha cortado la imagen varias veces.",
        "en": "Another program has cut the picture off several times.",
    },
    "trial.no_effect": {
        "es": "{candidate} no cambia nada: su imagen es la misma que sin él. No se dibuja más con ese archivo.",
        "en": "{candidate} changes nothing: its picture is the same as without it. No more is drawn with that file.",
    },
    "trial.same_picture": {
        "es": """
            {candidate} dibuja exactamente lo mismo que {other}: uno de los dos no se ha cargado. No se dibuja más con él.
        """,
        "en": "{candidate} draws exactly the same as {other}: one of the two was not loaded. No more is drawn with it.",
    },
    "trial.no_finalists": {
        "es": "No se puede distinguir a los mejores, así que no se dibujan más imágenes de ellos.",
        "en": "The best cannot be told apart, so no more pictures of them are drawn.",
    },
    "trial.model_gone": Error(
        what={
            "es": "El archivo con el que se dibujó la prueba ({name}) ya no está.",
            "en": "The file that the trial was drawn with ({name}) is no longer there.",
        },
        why={"es": "se borró, o su contenido ha cambiado.", "en": "it was deleted, or its content has changed."},
        do={"es": "haz una prueba nueva y elige en ella.", "en": "make a new trial and choose from that."},
    ),
    "trial.no_candidate": Error(
        what={"es": "«{candidate}» no es un candidato de la prueba.", "en": "'{candidate}' is no candidate of the trial."},
        why={"es": "los que hay: {known}", "en": "those there are: {known}"},
        do={
            "es": "escribe modelo y peso, por ejemplo final@0.8; el peso puede ser otro, de más de 0 hasta 2.",
            "en": "type model and weight, for example final@0.8; the weight may be another one, above 0 up to 2.",
        },
    ),
    "trial.nothing_ranked": Error(
        what={"es": "Nada de la prueba se ha podido ordenar.", "en": "Nothing of the trial could be ranked."},
        do={
            "es": "mira la hoja y elige tú, con modelo y peso.",
            "en": "look at the sheet and choose yourself, by model and weight.",
        },
    ),
}
