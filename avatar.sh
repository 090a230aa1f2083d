#!/bin/sh
# Starts Avatar Pipeline on Linux and macOS: makes .venv beside this file, installs requirements.txt once, opens the menus.
#   ./avatar.sh                    the menus
#   ./avatar.sh demo               any command, with its arguments
# -I: Python would run modules (hashlib.py, json.py) of the current folder before its own.
# AVATAR_PYTHON names another Python, AVATAR_LANG the language (es, en).
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
venv="$here/.venv"
python="$venv/bin/python"
stamp="$venv/requirements.done"

say() { # Spanish, English
    case "${AVATAR_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}}" in
        es*) printf '%s\n' "$1" >&2 ;;
        *) printf '%s\n' "$2" >&2 ;;
    esac
}

suits() { # a Python from 3.10 to 3.13
    "$1" -I -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
    for name in ${AVATAR_PYTHON:+"$AVATAR_PYTHON"} python3.12 python3.11 python3.13 python3.10 python3 python; do
        if suits "$name"; then
            printf '%s\n' "$name"
            return 0
        fi
    done
    return 1
}

if ! [ -x "$python" ] || ! suits "$python"; then
    if ! own=$(find_python); then
        say "No se ha encontrado Python de 3.10 a 3.13.
Que hacer: instala Python 3.12 (https://www.python.org/downloads/) y repite." \
            "No Python from 3.10 to 3.13 was found.
What to do: install Python 3.12 (https://www.python.org/downloads/) and repeat."
        exit 1
    fi
    say "Preparando el entorno (solo la primera vez)..." "Making the environment (only the first time)..."
    if ! "$own" -I -m venv --clear "$venv"; then
        say "No se ha podido crear $venv.
Que hacer: en Debian y Ubuntu, sudo apt install python3-venv; luego repite." \
            "$venv could not be made.
What to do: on Debian and Ubuntu, sudo apt install python3-venv; then repeat."
        exit 1
    fi
fi

# What is installed is known by the hash of requirements.txt: another list, another installation.
wanted=$("$python" -I -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' \
    "$here/requirements.txt")
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
    say "Instalando los paquetes (unos minutos, hace falta internet)..." \
        "Installing the packages (some minutes, needs the internet)..."
    if ! "$python" -I -m pip install --disable-pip-version-check -r "$here/requirements.txt"; then
        say "La instalacion no ha terminado; la causa esta en las lineas de arriba.
Que hacer: comprueba internet y el espacio en disco y repite: sigue donde quedo." \
            "The installation did not end; the cause is in the lines above.
What to do: check the internet and the disk space, then repeat: it goes on from there."
        exit 1
    fi
    printf '%s\n' "$wanted" >"$stamp"
fi

exec "$python" "$here/avatar_pipeline.py" "$@"
