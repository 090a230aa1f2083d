"""Texts of the room system: system.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "system.disk_full": Error(
        what={"es": "No queda espacio en disco.", "en": "The disk is full."},
        why={"es": "{detail} ({path})", "en": "{detail} ({path})"},
        do={
            "es": "libera espacio y repite; lo ya terminado se conserva.",
            "en": "free some space and repeat; what was finished is kept.",
        },
    ),
    "system.packages_missing": Error(
        what={
            "es": "Faltan paquetes de Python, o están dañados: {names}.",
            "en": "Python packages are missing or damaged: {names}.",
        },
        why={
            "es": "este Python no los puede cargar: {python}",
            "en": "this Python cannot load them: {python}",
        },
        do={
            "es": """
                empieza el programa con su lanzador, que instala lo que falta:

                    {again}

                O instálalos en este Python, y repite:

                    {install}
            """,
            "en": """
                start the program with its launcher, which installs what is missing:

                    {again}

                Or install them into this Python, and repeat:

                    {install}
            """,
        },
    ),
    "system.error": Error(
        what={"es": "El sistema no ha permitido una operación.", "en": "The system refused an operation."},
        why={"es": "{detail} ({path})", "en": "{detail} ({path})"},
        do={
            "es": """
                comprueba que el archivo existe, que ningún otro programa lo tiene abierto (visor, Excel, OneDrive) y que tienes
                permiso para escribir ahí; luego repite. Otra carpeta de clientes se elige con --clients-dir.
            """,
            "en": """
                check that the file exists, that no other program has it open (viewer, Excel, OneDrive) and that you may write
                there; then repeat. Another clients' folder is chosen with --clients-dir.
            """,
        },
    ),
}
