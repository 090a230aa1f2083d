"""What a requirements file asks for on this system, and whether a version will do. Pure but for reading the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path


def read_requirements(file: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, version range) of the lines of a requirements file that count on this system."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()  # what matters is ASCII
    except OSError:
        return
    for line in lines:
        text, _, marker = line.partition("#")[0].strip().partition(";")
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[.*?\])?\s*(.*)", text.strip())
        if match and not text.startswith("-") and _marker_holds(marker.strip()):
            yield match[1], match[2].strip()


def _marker_holds(marker: str) -> bool:
    if not marker:
        return True
    try:
        from packaging.markers import InvalidMarker, Marker
    except ImportError:  # without it a line for another system cannot be told apart: not our business to complain then
        return False
    try:
        return Marker(marker).evaluate()
    except InvalidMarker:
        return False


def version_fits(found: str, wanted: str) -> bool:
    """Tell whether a version lies in a range; True where that cannot be told."""
    try:
        from packaging.specifiers import InvalidSpecifier, SpecifierSet
    except ImportError:
        return True
    try:
        return SpecifierSet(wanted, prereleases=True).contains(found)
    except InvalidSpecifier:
        return True
