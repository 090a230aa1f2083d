"""Interpreters for the trainer: one that suits it, whether it has pip, and where its pip fetches from."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from avatar.system import child

# sd-scripts' README (48d368fa): made for 3.10, 3.11 and 3.12 untested; all three have wheels of everything it pins.
TRAINER_PYTHONS = ((3, 10), (3, 12))
PROBE_TIMEOUT_S = 60.0


def find_python(own: tuple[int, int] | None = None) -> tuple[str, tuple[int, int]]:
    """Return an interpreter that suits the trainer: this one, else one of PATH (py on Windows), else this one all the same."""
    own = own or (sys.version_info[0], sys.version_info[1])
    if TRAINER_PYTHONS[0] <= own <= TRAINER_PYTHONS[1]:
        return sys.executable, own
    ask = "import sys; print(sys.executable); print(*sys.version_info[:2])"
    for minor in (12, 11, 10):
        for command in ([f"python3.{minor}"], ["py", f"-3.{minor}"]):
            if shutil.which(command[0]) is None:
                continue
            code, output = child.run_quiet([*command, "-c", ask], timeout_s=PROBE_TIMEOUT_S)
            lines = output.splitlines()
            if code == 0 and len(lines) >= 2 and lines[1].split() == ["3", str(minor)]:
                return lines[0], (3, minor)
    return sys.executable, own


def has_pip(python: Path) -> bool:
    """Return whether an environment is whole; one that was interrupted has an interpreter and no pip."""
    code, _ = child.run_quiet([str(python), "-m", "pip", "--version"], timeout_s=PROBE_TIMEOUT_S)
    return code == 0


def configured_index(python: Path) -> str:
    """Return the index that pip is told to use by its environment or configuration file, "" where it is PyPI."""
    if own := os.environ.get("PIP_INDEX_URL"):
        return own
    code, output = child.run_quiet([str(python), "-m", "pip", "config", "list"], timeout_s=PROBE_TIMEOUT_S)
    found = re.search(r"^(?:global|install)\.index-url='([^']+)'", output, re.MULTILINE) if code == 0 else None
    return found[1] if found else ""
