#!/bin/sh
# Starts Avatar Pipeline on Linux and macOS. The first start makes .venv beside this file (scripts/first_start.py), as does one
# that finds it broken; then the menus open.
#   ./avatar.sh                    the menus
#   ./avatar.sh demo               any command, with its arguments
# AVATAR_PYTHON names another Python, AVATAR_LANG the language (es, en), AVATAR_WHEELS a folder of packages for a computer
# without the internet. -I: Python would run modules (hashlib.py, json.py) of the current folder before its own.
set -eu

self=$0
while [ -L "$self" ]; do # a link to this file, in ~/bin or on the desktop
    to=$(readlink "$self")
    case "$to" in /*) self=$to ;; *) self=$(dirname -- "$self")/$to ;; esac
done
here=$(CDPATH= cd -- "$(dirname -- "$self")" && pwd)
python="$here/.venv/bin/python"

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
    uv python find '>=3.10,<3.14' 2>/dev/null # one that uv has installed
}

if ! "$python" -I "$here/scripts/packages.py" "$here/requirements.txt" "$here/.venv/requirements.done" 2>/dev/null; then
    if ! own=$(find_python); then
        say "No se ha encontrado Python de 3.10 a 3.13.
Qué hacer: instala Python 3.12 (https://www.python.org/downloads/, o «uv python install 3.12») y repite." \
            "No Python from 3.10 to 3.13 was found.
What to do: install Python 3.12 (https://www.python.org/downloads/, or 'uv python install 3.12') and repeat."
        exit 1
    fi
    "$own" -I "$here/scripts/first_start.py" || exit $?
fi

exec "$python" "$here/avatar_pipeline.py" "$@"
