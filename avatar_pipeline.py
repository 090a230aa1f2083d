#!/usr/bin/env python3
"""Avatar Pipeline: from MidJourney pictures and real photos of one person to a checked LoRA for SDXL.

python avatar_pipeline.py             the menus
python avatar_pipeline.py --help      every command, for scripts
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036  # said plainly instead of as a syntax error in another module
    sys.exit("Avatar Pipeline: Python 3.10 - 3.13 / se necesita Python 3.10 - 3.13 (https://www.python.org/downloads/)")

PROGRAM_DIR = str(Path(__file__).resolve().parent)
if PROGRAM_DIR not in sys.path:  # PYTHONSAFEPATH keeps a script's own folder off the path
    sys.path.insert(0, PROGRAM_DIR)

# A fresh clone without its packages, or another environment's Python. The program imports packages where it uses them, which is
# too late to say so.
MISSING = [name for name in ("filelock", "packaging", "pydantic", "rich", "psutil", "numpy", "PIL") if find_spec(name) is None]
if MISSING:
    sys.exit(
        f"Falta una dependencia / a package is missing: {', '.join(MISSING)}\n"
        f'  "{sys.executable}" -m pip install -r "{Path(PROGRAM_DIR) / "requirements.txt"}"'
    )

from avatar.system import environment  # noqa: E402

if __name__ == "__main__":
    environment.read_names_as_utf8()
environment.prepare()  # before the first library is imported
environment.keep_to_owner()

from avatar.terminal.command_line import main  # noqa: E402
from avatar.web.running import RUNNING  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], pages=RUNNING))
