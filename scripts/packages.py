"""For avatar.sh and avatar.bat: whether the packages of requirements.txt are installed, and stayed so. Standard library only.

    python packages.py REQUIREMENTS STAMP          exit 0: nothing to do; 1: to be installed, see below
    python packages.py REQUIREMENTS STAMP --done   note in STAMP what is installed now

STAMP holds the hash of REQUIREMENTS and a file or two of every package that is there. What is gone since is written to
STAMP.broken, as requirements that must be installed again whatever pip believes to be there.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

PIP = "pip"  # makes the others, and is made with the environment


def main(arguments: list[str]) -> int:
    requirements, stamp = map(Path, arguments[:2])
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    broken_file = stamp.with_name(f"{stamp.name}.broken")
    broken_file.unlink(missing_ok=True)
    if "--done" in arguments:
        note(stamp, wanted)
        return 0
    try:
        found, *noted = stamp.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return 1
    if not Path(sysconfig.get_path("purelib")).is_dir():  # another Python stands in the place of theirs
        return 1
    if gone := missing(noted):
        broken_file.write_text("\n".join(gone) + "\n", encoding="utf-8")
    return int(found != wanted or bool(gone))


def note(stamp: Path, wanted: str) -> None:
    """Write the stamp, whole or not at all."""
    lines = sorted(f"{name}\t{path}" for name, path in installed())
    new = stamp.with_name(f"{stamp.name}.new")
    new.write_text("\n".join([wanted, *lines]) + "\n", encoding="utf-8")
    os.replace(new, stamp)  # noqa: PTH105


def missing(noted: list[str]) -> list[str]:
    """Return "name==version" of every package of the stamp's lines that lacks one of its files."""
    pairs = (line.partition("\t")[::2] for line in noted)
    return sorted({name for name, path in pairs if path and not Path(sys.prefix, path).exists()})


def installed() -> Iterator[tuple[str, str]]:
    """Yield ("name==version", a file of it, from the environment's folder on) for what is installed in this environment."""
    for package in importlib.metadata.distributions():
        name = package.metadata["Name"]
        if not name or name.lower() == PIP:
            continue
        for file in telling(package):
            place = Path(str(package.locate_file(file)))
            if place.is_relative_to(sys.prefix) and place.exists():
                yield f"{name}=={package.version}", place.relative_to(sys.prefix).as_posix()


def telling(package: importlib.metadata.Distribution) -> list[importlib.metadata.PackagePath]:
    """Return the files by which a package is known to be there: its metadata, and the one nearest to the top of its code.

    Its code is the folder with most of it: matplotlib has a pylab.py beside its own.
    """
    files = package.files or []
    code = [file for file in files if file.suffix in {".py", ".so", ".pyd"} and ".." not in file.parts]
    folders = Counter(file.parts[0] for file in code)
    about = [file for file in files if file.name == "METADATA"]
    return [*about[:1], *sorted(code, key=lambda file: (-folders[file.parts[0]], len(file.parts), str(file)))[:1]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
