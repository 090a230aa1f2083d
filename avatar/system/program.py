"""How this program is started here: the line that commands are told with, and what is said where its packages are missing.

Standard library and texts only: `avatar_pipeline.py` asks before any package is known to be there.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from avatar.texts.text import Text
from config import PROGRAM_DIR

SCRIPT = "avatar_pipeline.py"
# What the first lines of the program import. All others are imported where they are used: `package_missing` tells of them.
AT_START = ("filelock", "packaging", "pydantic", "rich", "psutil", "numpy", "PIL")


def start_line(folder: Path | None = None) -> str:
    """Return the command that starts the program, valid in every shell and in the folder that is current.

    Where the launcher's environment runs it, that is the launcher: its Python need not be the one on the path.

    folder  of the clients, where it is not the usual one
    """
    launched = Path(sys.prefix) == PROGRAM_DIR / ".venv"
    line = launcher() if launched else f"{_python()} {_place(SCRIPT)}"
    return line if folder is None else f"{line} --clients-dir {quoted(str(folder))}"


def launcher() -> str:
    """Return what makes the environment, installs what is missing there, and starts the program in it."""
    if not _is_current(PROGRAM_DIR):
        return _place("avatar.bat" if os.name == "nt" else "avatar.sh")
    return ".\\avatar.bat" if os.name == "nt" else "./avatar.sh"


def _place(name: str) -> str:
    """Return a file of the program's folder as it is typed in the current one."""
    return name if _is_current(PROGRAM_DIR) else _word(str(PROGRAM_DIR / name))


def _is_current(folder: Path) -> bool:
    try:
        return folder.samefile(Path.cwd())
    except OSError:
        return False


def _python() -> str:
    """Return the Python that runs the program as it is typed: by its name where a shell finds this one by it."""
    own = Path(sys.executable or "python")
    for name in ("python", "python3"):
        found = shutil.which(name)
        if found and Path(found).parent.absolute() == own.parent and Path(found).resolve() == own.resolve():
            return name
    return _word(str(own))


def _word(path: str) -> str:
    """Return a path as one word of a shell, without quotes where it needs none: PowerShell runs nothing in quotes."""
    return path if path and not set(path) & set(" \t\n'\"`$&|;<>()*?[]{}!#~^%,=") else quoted(path)


def quoted(path: str) -> str:
    """Return a path as one word, in double quotes where these hold in every shell, else in those of the system's own."""
    return shlex.quote(path) if os.name != "nt" and set('$`"\\!') & set(path) else f'"{path}"'


# --- packages that are not there -------------------------------------------------------------------------------------


def missing_at_start(names: Sequence[str] = AT_START) -> list[str]:
    return [name for name in names if find_spec(name) is None]


def packages_missing(names: Sequence[str], arguments: Sequence[str]) -> Text:
    """Return what is told where packages are not there, or cannot be loaded: both ways to them, with what was asked for.

    names      as they are imported
    arguments  of the program's command line
    """
    values = {"names": ", ".join(names), "python": sys.executable, "install": _install_command(names)}
    again = [launcher(), *(_word(word) if word else quoted(word) for word in arguments)]
    return Text("system.packages_missing", {**values, "again": " ".join(again)})


def package_of(error: ImportError) -> str:
    """Return the package that an error of an import is about, "" where it is none: a module of our own, or of Python."""
    name = (error.name or "").partition(".")[0]
    ours = (PROGRAM_DIR / name).is_dir() or (PROGRAM_DIR / f"{name}.py").is_file()
    return "" if not name or ours or name in sys.stdlib_module_names else name


def _install_command(names: Sequence[str]) -> str:
    """Return the command that brings packages into this Python, also those that pip believes to be there."""
    from importlib import metadata  # brings email and csv along: every start passes this file, hardly any this line

    made_by = metadata.packages_distributions()
    broken = sorted({package for name in names for package in made_by.get(name, [])})
    what = ["--force-reinstall", "--no-deps", *broken] if broken else ["-r", quoted(str(PROGRAM_DIR / "requirements.txt"))]
    return " ".join([_word(sys.executable), "-m", "pip", "install", *what])
