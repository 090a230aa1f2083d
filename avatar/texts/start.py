"""Texts of the first start, before any package is there: start.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "start.first": {
        "es": "Primer inicio: se instalan los paquetes, una sola vez (unos {disk_gb:.0f} GB de disco).",
        "en": "First start: the packages are installed, once (about {disk_gb:.0f} GB of disk).",
    },
    "start.internet": {
        "es": "Se descargan unos {download_mb:.0f} MB de internet.",
        "en": "About {download_mb:.0f} MB are downloaded.",
    },
    "start.again": {
        "es": "La lista de paquetes ha cambiado, o falta alguno: se instala lo que falta.",
        "en": "The list of packages has changed, or one is missing: what is missing is installed.",
    },
    "start.wheels": {"es": "Sin internet: se instala desde {path}.", "en": "Without the internet: installed from {path}."},
    "start.uv_failed": {
        "es": "uv no lo ha conseguido; sigue pip.",
        "en": "uv did not manage; pip goes on.",
    },
    "start.making": {"es": "Creando el entorno de Python...", "en": "Creating the Python environment..."},
    "start.looking": {
        "es": "Buscando qué versiones van juntas · {time}",
        "en": "Looking up which versions go together · {time}",
    },
    "start.fetching": {
        "es": "Descargando: {done_mb:.0f} de unos {total_mb:.0f} MB · {time}",
        "en": "Downloading: {done_mb:.0f} of about {total_mb:.0f} MB · {time}",
    },
    "start.installing": {
        "es": "Instalando: {n} de {total} paquetes · {time}",
        "en": "Installing: {n} of {total} packages · {time}",
    },
    "start.left": {"es": "{state}, quedan unos {left}", "en": "{state}, about {left} left"},
    "start.done": {"es": "✓ Instalado en {time}: {n:paquete|paquetes}.", "en": "✓ Installed in {time}: {n:package|packages}."},
    "start.interrupted": {
        "es": "✗ Interrumpido. Repite cuando quieras: sigue donde quedó.",
        "en": "✗ Interrupted. Repeat whenever you like: it goes on from there.",
    },
    "start.no_wheels": Error(
        what={"es": "✗ No hay paquetes en {path}.", "en": "✗ There are no packages in {path}."},
        why={
            "es": "AVATAR_WHEELS dice que se instale desde ahí, y ahí no hay ningún archivo .whl.",
            "en": "AVATAR_WHEELS says to install from there, and there is no .whl file.",
        },
        do={
            "es": "corrige AVATAR_WHEELS, o quítala para instalar desde internet (docs/INSTALL.es.md).",
            "en": "correct AVATAR_WHEELS, or unset it to install from the internet (docs/INSTALL.md).",
        },
    ),
    "start.read_only": Error(
        what={"es": "✗ No se puede escribir en {path}.", "en": "✗ {path} cannot be written to."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "lleva la carpeta del programa a un sitio tuyo, como tu carpeta personal, y repite.",
            "en": "move the program's folder to a place of yours, such as your home folder, and repeat.",
        },
    ),
    "start.busy": Error(
        what={
            "es": "✗ El programa ya se está instalando en otra ventana.",
            "en": "✗ Another window is installing it.",
        },
        why={"es": "otro inicio trabaja en {path}.", "en": "another start is at work in {path}."},
        do={"es": "espera a que termine y repite.", "en": "wait for it to end, and repeat."},
    ),
    "start.no_space": Error(
        what={
            "es": "✗ No hay sitio en el disco: hacen falta {needed_gb:.1f} GB y quedan {free_gb:.1f}.",
            "en": "✗ The disk is too full: {needed_gb:.1f} GB are needed and {free_gb:.1f} are free.",
        },
        do={
            "es": "libera espacio, o lleva {path} a otro disco, y repite.",
            "en": "free some space, or move {path} to another disk, and repeat.",
        },
    ),
    "start.no_environment": Error(
        what={"es": "✗ No se ha podido crear {path}.", "en": "✗ {path} could not be created."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "en Debian y Ubuntu, sudo apt install python3-venv; luego repite. Registro: {log}",
            "en": "on Debian and Ubuntu, sudo apt install python3-venv; then repeat. Log: {log}",
        },
    ),
    "start.no_environment_here": Error(
        what={"es": "✗ No se ha podido crear {path}.", "en": "✗ {path} could not be created."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "cierra los programas que usen esa carpeta y repite. Registro: {log}",
            "en": "close the programs that use that folder, and repeat. Log: {log}",
        },
    ),
    "start.failed.space": Error(
        what={"es": "✗ La instalación se ha detenido: disco lleno.", "en": "✗ The installation stopped: the disk is full."},
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "libera espacio y repite. Registro: {log}", "en": "free some space and repeat. Log: {log}"},
    ),
    "start.failed.network": Error(
        what={
            "es": "✗ La instalación se ha detenido: no hay conexión, o se cortó.",
            "en": "✗ The installation stopped: there is no connection, or it was interrupted.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                comprueba internet y repite: sigue donde quedó. Sin internet se instala desde una carpeta de paquetes
                (docs/INSTALL.es.md). Registro: {log}
            """,
            "en": """
                check the internet and repeat: it goes on from there. Without it, packages are installed from a folder
                (docs/INSTALL.md). Log: {log}
            """,
        },
    ),
    "start.failed.proxy": Error(
        what={
            "es": "✗ La instalación se ha detenido: algo entre este equipo e internet no deja descargar.",
            "en": "✗ The installation stopped: something between this computer and the internet prevents the download.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "indica el proxy o el índice de tu empresa (docs/INSTALL.es.md) y repite. Registro: {log}",
            "en": "name your company's proxy or index (docs/INSTALL.md) and repeat. Log: {log}",
        },
    ),
    "start.failed.python": Error(
        what={
            "es": "✗ La instalación se ha detenido: falta un paquete para este Python.",
            "en": "✗ The installation stopped: a package is missing for this Python.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                usa Python 3.12 de 64 bits de python.org (AVATAR_PYTHON lo indica); una carpeta de paquetes ha de ser de este
                mismo sistema y Python. Registro: {log}
            """,
            "en": """
                use Python 3.12 of 64 bits from python.org (AVATAR_PYTHON names it); a folder of packages must be of this same
                system and Python. Log: {log}
            """,
        },
    ),
    "start.failed.locked": Error(
        what={
            "es": "✗ La instalación se ha detenido: un archivo está bloqueado.",
            "en": "✗ The installation stopped: a file is locked.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "cierra los demás programas que usen esta carpeta y repite. Registro: {log}",
            "en": "close the other programs that use this folder, and repeat. Log: {log}",
        },
    ),
    "start.failed.other": Error(
        what={"es": "✗ La instalación no ha terminado.", "en": "✗ The installation did not finish."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "repite: sigue donde quedó. Si falla otra vez, mira el registro: {log}",
            "en": "repeat: it goes on from there. If it fails again, look at the log: {log}",
        },
    ),
}
