"""Every text that a person reads, in Spanish and English, by key; nothing is translated anywhere else.

`text(key, language, **values)` fills one in. Texts of errors say what, why and what to do. Counts are written as
"Imágenes: {n}", so that no plural is needed. Tests hold both languages to the same keys and placeholders.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

LANGUAGES = ("es", "en")

TEXTS: Mapping[str, Mapping[str, str]] = {
    # --- general -----------------------------------------------------------------------------------------------------
    "file.not_json": {
        "es": "No se puede leer {path} como JSON.\nCausa: {detail}\nQué hacer: corrige ese archivo o bórralo; "
              "no se ha cambiado nada.",
        "en": "{path} cannot be read as JSON.\nWhy: {detail}\nWhat to do: mend that file or delete it; nothing was changed.",
    },
    "settings.invalid": {
        "es": "La configuración de {source} no es válida.\nCausa: {problems}\nQué hacer: corrige esas claves; "
              "no se ha cambiado nada.",
        "en": "The settings in {source} are not valid.\nWhy: {problems}\nWhat to do: mend those keys; nothing was changed.",
    },
    "record.invalid": {
        "es": "La ficha {path} no es válida.\nCausa: {problems}\nQué hacer: si la editaste, deshaz el cambio; si no, "
              "aparta el archivo e importa la imagen otra vez.",
        "en": "The record {path} is not valid.\nWhy: {problems}\nWhat to do: if you edited it, undo that; otherwise move the "
              "file away and import the picture again.",
    },
    # --- clients -----------------------------------------------------------------------------------------------------
    "client.bad_id": {
        "es": "«{client}» no sirve como nombre de cliente.\nCausa: solo letras sin acento, cifras, _ y -, de 1 a 64, y "
              "ningún nombre reservado de Windows.\nQué hacer: prueba con «{suggestion}».",
        "en": "'{client}' cannot be a client's name.\nWhy: only letters without accents, digits, _ and -, 1 to 64 of them, "
              "and no name reserved by Windows.\nWhat to do: try '{suggestion}'.",
    },
    "client.bad_word": {
        "es": "«{word}» no sirve como palabra de activación o de clase.\nCausa: contiene una coma o un carácter invisible.\n"
              "Qué hacer: escribe una palabra sin comas.",
        "en": "'{word}' cannot be a trigger or class word.\nWhy: it holds a comma or an invisible character.\n"
              "What to do: type a word without commas.",
    },
    "client.exists": {
        "es": "Ya existe el cliente «{client}».\nCausa: mayúsculas y minúsculas no distinguen clientes.\n"
              "Qué hacer: elige otro nombre o selecciona el que existe.",
        "en": "The client '{client}' exists already.\nWhy: upper and lower case do not tell clients apart.\n"
              "What to do: choose another name, or select the one that exists.",
    },
    "client.unknown": {
        "es": "No hay ningún cliente «{client}».\nClientes: {known}\nQué hacer: revisa el nombre o créalo.",
        "en": "There is no client '{client}'.\nClients: {known}\nWhat to do: check the name, or create it.",
    },
    "client.locked": {
        "es": "El cliente «{client}» está ocupado.\nCausa: otro programa (proceso {pid}) trabaja en él desde {since}: {stage}.\n"
              "Qué hacer: espera a que termine o ciérralo, y repite.",
        "en": "The client '{client}' is busy.\nWhy: another program (process {pid}) has worked on it since {since}: {stage}.\n"
              "What to do: wait until it ends, or close it, and repeat.",
    },
    "client.in_use": {
        "es": "No se puede mover la carpeta del cliente «{client}».\nCausa: {detail}\nQué hacer: cierra los programas que "
              "tengan abiertas sus imágenes y repite.",
        "en": "The folder of the client '{client}' cannot be moved.\nWhy: {detail}\nWhat to do: close the programs that hold "
              "its pictures open, and repeat.",
    },
    "client.not_deleted": {
        "es": "El cliente ya no aparece, pero quedan archivos suyos en {path}.\nCausa: {detail}\nQué hacer: cierra los "
              "programas que los usen y borra otra vez, o borra esa carpeta.",
        "en": "The client is gone from the list, but files of it remain in {path}.\nWhy: {detail}\nWhat to do: close the "
              "programs that use them and delete again, or delete that folder.",
    },
    "image.bad_id": {
        "es": "«{image}» no es una imagen.\nCausa: se espera mj_ o real_ y 16 cifras hexadecimales.\n"
              "Qué hacer: copia el nombre de la hoja de contactos o de metadata/images.csv.",
        "en": "'{image}' is no image id.\nWhy: mj_ or real_ and 16 hexadecimal digits are expected.\n"
              "What to do: copy it from the contact sheet or from metadata/images.csv.",
    },
    "image.unknown": {
        "es": "El cliente «{client}» no tiene la imagen {image}.\nQué hacer: copia el nombre de la hoja de contactos o de "
              "metadata/images.csv.",
        "en": "The client '{client}' has no image {image}.\nWhat to do: copy it from the contact sheet or from "
              "metadata/images.csv.",
    },
    "export.exists": {
        "es": "{path} ya existe y no se sobrescribe.\nQué hacer: elige otro nombre.",
        "en": "{path} exists and is not overwritten.\nWhat to do: choose another name.",
    },
    "export.inside": {
        "es": "{path} está dentro de la carpeta del propio cliente.\nQué hacer: elige una carpeta fuera de él.",
        "en": "{path} lies inside the client's own folder.\nWhat to do: choose a folder outside of it.",
    },
    # --- import ------------------------------------------------------------------------------------------------------
    # --- faces -------------------------------------------------------------------------------------------------------
    # --- dataset -----------------------------------------------------------------------------------------------------
    # --- training ----------------------------------------------------------------------------------------------------
    # --- setup -------------------------------------------------------------------------------------------------------
    # --- menus and commands ------------------------------------------------------------------------------------------
}  # fmt: skip


def text(key: str, language: str, **values: object) -> str:
    """Return the text of key in language ("es" or "en") with its placeholders filled in.

    Raises KeyError for an unknown key, language or missing value: a bug, not a user's problem.
    """
    return TEXTS[key][language].format(**values)


def system_language(environment: Mapping[str, str] | None = None) -> str:
    """Return "es" where the system speaks Spanish, else "en"."""
    environment = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        if value := environment.get(name, ""):
            return "es" if value.lower().startswith("es") else "en"
    if sys.platform == "win32":
        import ctypes

        # Primary language id 0x0A is Spanish (winnt.h, LANG_SPANISH).
        return "es" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 0x0A else "en"
    return "en"
