#!/bin/sh
# Starts Avatar Pipeline on Linux and macOS: makes .venv beside this file, installs requirements.txt once, opens the menus.
#   ./avatar.sh                    the menus
#   ./avatar.sh demo               any command, with its arguments
# -I: Python would run modules (hashlib.py, json.py) of the current folder before its own.
# AVATAR_PYTHON names another Python, AVATAR_LANG the language (es, en).
set -eu

own=$0
while [ -L "$own" ]; do # a link to this file, in ~/bin or on the desktop
    to=$(readlink "$own")
    case "$to" in /*) own=$to ;; *) own=$(dirname -- "$own")/$to ;; esac
done
here=$(CDPATH= cd -- "$(dirname -- "$own")" && pwd)
venv="$here/.venv"
python="$venv/bin/python"
stamp="$venv/requirements.done"
made="$venv/made" # there only where the environment was made to its end

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

if ! { [ -e "$made" ] || [ -e "$stamp" ]; } || ! [ -x "$python" ] || ! suits "$python"; then
    if ! found=$(find_python); then
        say "No se ha encontrado Python de 3.10 a 3.13.
Qué hacer: instala Python 3.12 (https://www.python.org/downloads/) y repite." \
            "No Python from 3.10 to 3.13 was found.
What to do: install Python 3.12 (https://www.python.org/downloads/) and repeat."
        exit 1
    fi
    say "Preparando el entorno (solo la primera vez)..." "Creating the environment (only the first time)..."
    rm -f "$made" "$stamp"
    if ! "$found" -I -m venv --clear "$venv"; then
        say "No se ha podido crear $venv.
Qué hacer: en Debian y Ubuntu, sudo apt install python3-venv; luego repite." \
            "$venv could not be created.
What to do: on Debian and Ubuntu, sudo apt install python3-venv; then repeat."
        exit 1
    fi
    : >"$made"
fi

install() { # the list, and what has gone since it was installed, which pip may believe to be there
    "$python" -I -m pip install --disable-pip-version-check -r "$here/requirements.txt" || return 1
    if [ -e "$stamp.broken" ]; then
        "$python" -I -m pip install --disable-pip-version-check --force-reinstall --no-deps -r "$stamp.broken" || return 1
    fi
    "$python" -I "$packages" "$here/requirements.txt" "$stamp" --done
}

# Another list of requirements, or a package that is gone: another installation.
packages="$here/scripts/packages.py"
if ! "$python" -I "$packages" "$here/requirements.txt" "$stamp"; then
    say "Instalando los paquetes (unos minutos, hace falta internet)..." \
        "Installing the packages (some minutes, needs the internet)..."
    if ! install; then
        "$python" -I -m pip --version >/dev/null 2>&1 || rm -f "$made" "$stamp" # the next start makes the environment anew
        say "La instalación no ha terminado; la causa está en las líneas de arriba.
Qué hacer: comprueba internet y el espacio en disco y repite: sigue donde quedó." \
            "The installation did not finish; the cause is in the lines above.
What to do: check the internet and the disk space, then repeat: it continues from there."
        exit 1
    fi
fi

exec "$python" "$here/avatar_pipeline.py" "$@"
