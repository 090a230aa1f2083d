"""Texts of what libraries and the system say of a fault: detail.*, found by `foreign.known`."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry

TEXTS: Mapping[str, Entry] = {
    "detail.technical": {"es": "detalle técnico: {words}", "en": "technical detail: {words}"},
    "detail.of_file": {"es": "{what}: {path}", "en": "{what}: {path}"},
    "detail.not_a_zip": {"es": "no es un archivo zip", "en": "it is not a zip file"},
    "detail.zip_damaged": {"es": "el zip tiene partes dañadas", "en": "parts of the zip are damaged"},
    "detail.zip_method": {
        "es": "está comprimido de una forma que aquí no se conoce",
        "en": "its compression is not known here",
    },
    "detail.password": {"es": "está protegido con contraseña", "en": "it is protected by a password"},
    "detail.ends_early": {"es": "termina antes de tiempo, le faltan datos", "en": "it ends too early, data is missing"},
    "detail.damaged": {"es": "tiene datos dañados", "en": "some of its data is damaged"},
    "detail.no_pixels": {"es": "no tiene ningún píxel", "en": "it has no pixels"},
    "detail.no_picture": {"es": "no se reconoce como imagen", "en": "it is not recognised as a picture"},
    "detail.not_supported": {
        "es": "usa algo que la biblioteca que lo lee no admite",
        "en": "it uses something that the library reading it does not support",
    },
    "detail.no_raw": {
        "es": "no es un RAW o es de una cámara que aún no se conoce",
        "en": "it is no RAW, or of a camera that is not known yet",
    },
    "detail.too_many_pixels": {
        "es": "tiene {pixels:píxel|píxeles}",
        "en": "it has {pixels:pixel|pixels}",
    },
    "detail.no_safetensors": {
        "es": "no empieza como un archivo .safetensors",
        "en": "it does not begin as a .safetensors file does",
    },
    "detail.no_json": {"es": "no es JSON válido", "en": "it is no valid JSON"},
    "detail.not_utf8": {"es": "no es texto en UTF-8", "en": "it is no text in UTF-8"},
    "detail.empty": {"es": "está vacío", "en": "it is empty"},
    "detail.missing": {"es": "no existe", "en": "it does not exist"},
    "detail.missing_package": {"es": "falta el paquete {name}", "en": "the package {name} is missing"},
    "detail.ended_with": {"es": "terminó con el código {code}", "en": "it ended with code {code}"},
    "detail.disk_full": {"es": "no queda espacio en el disco", "en": "no space is left on the disk"},
    "detail.no_permission": {"es": "sin permiso", "en": "permission denied"},
    "detail.is_folder": {"es": "es una carpeta", "en": "it is a folder"},
    "detail.no_folder": {"es": "no es una carpeta", "en": "it is no folder"},
    "detail.read_only": {"es": "el disco es de solo lectura", "en": "the disk is read-only"},
    "detail.there_already": {"es": "ya existe", "en": "it exists already"},
    "detail.disk_error": {"es": "el disco falla al leer o escribir", "en": "the disk fails to read or write"},
    "detail.in_use": {"es": "otro programa lo tiene abierto", "en": "another program has it open"},
    "detail.too_many_open": {"es": "hay demasiados archivos abiertos", "en": "too many files are open"},
    "detail.name_too_long": {"es": "el nombre es demasiado largo", "en": "the name is too long"},
    "detail.not_empty": {"es": "la carpeta no está vacía", "en": "the folder is not empty"},
    "detail.other_disk": {"es": "está en otro disco", "en": "it is on another disk"},
    "detail.no_memory": {"es": "no queda memoria", "en": "no memory is left"},
    "detail.refused": {"es": "allí no responde nadie", "en": "nobody answers there"},
    "detail.timed_out": {"es": "no respondió a tiempo", "en": "it did not answer in time"},
    "detail.no_host": {"es": "no se encuentra ese equipo en la red", "en": "that computer is not found on the network"},
}
