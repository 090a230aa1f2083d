#!/usr/bin/env python3
"""Avatar Pipeline: from MidJourney pictures and real photos of one person to a checked LoRA for SDXL.

python avatar_pipeline.py             the menus
python avatar_pipeline.py --help      every command, for scripts
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 10):  # noqa: UP036  # said plainly instead of as a syntax error in another module
    sys.exit("Avatar Pipeline: Python 3.10 - 3.13 / se necesita Python 3.10 - 3.13 (https://www.python.org/downloads/)")

try:
    from cli import main
except ImportError as error:  # a fresh clone without its packages, or another environment's Python
    sys.exit(
        f'Falta una dependencia / a package is missing: {error.name}\n  "{sys.executable}" -m pip install -r requirements.txt'
    )

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
