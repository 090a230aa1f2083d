#!/usr/bin/env python3
"""Avatar Pipeline: from MidJourney pictures and real photos of one person to a checked LoRA for SDXL.

python avatar_pipeline.py             the menus
python avatar_pipeline.py --help      every command, for scripts
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036  # said plainly instead of as a syntax error in another module
    sys.exit("Avatar Pipeline: Python 3.10 - 3.13 / se necesita Python 3.10 - 3.13 (https://www.python.org/downloads/)")

INTERRUPTED = 130


def end_now(*_: object) -> None:
    """End without a word: a Ctrl+C before or after the work would leave a traceback, and a signal as the exit code."""
    os._exit(INTERRUPTED)


# A script's "&" starts a program deaf to Ctrl+C: so it stays.
HEARS_CTRL_C = __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler
if HEARS_CTRL_C:
    signal.signal(signal.SIGINT, end_now)
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # the last: Python takes handlers off before it has ended

PROGRAM_DIR = str(Path(__file__).resolve().parent)
if PROGRAM_DIR not in sys.path:  # PYTHONSAFEPATH keeps a script's own folder off the path
    sys.path.insert(0, PROGRAM_DIR)

from avatar.system import program  # noqa: E402

# A fresh clone without its packages, or another environment's Python. The program imports packages where it uses them, which is
# too late to say so.
if missing := program.missing_at_start():
    from avatar.terminal import streams

    sys.exit(streams.tell_without_packages(program.packages_missing(missing, sys.argv[1:]), sys.argv[1:]))

from avatar.system import environment  # noqa: E402

if __name__ == "__main__":
    environment.read_names_as_utf8()
environment.prepare()  # before the first library is imported
environment.keep_to_owner()

from avatar.terminal.command_line import main  # noqa: E402
from avatar.web.running import RUNNING  # noqa: E402


def run() -> int:
    """Return the exit code of the program; while it runs, Ctrl+C is its own."""
    try:
        if HEARS_CTRL_C:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return main(sys.argv[1:], pages=RUNNING)
    except KeyboardInterrupt:  # before `main` listens, or once it has answered
        return INTERRUPTED
    finally:
        if HEARS_CTRL_C:
            signal.signal(signal.SIGINT, end_now)


if __name__ == "__main__":
    sys.exit(run())
