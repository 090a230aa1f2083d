"""Reads requirements files: packages and version ranges that apply to this system."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def read_requirements(file: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, version range) of the lines of a requirements file that apply to this system; other lines are skipped."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            requirement = Requirement(line.partition("#")[0].strip())
        except InvalidRequirement:  # empty, an option of pip, a path
            continue
        if requirement.marker is None or requirement.marker.evaluate():
            yield requirement.name, str(requirement.specifier)


def version_fits(found: str, wanted: str) -> bool:
    """Return whether a version is in a range; True if the range cannot be read."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(wanted, prereleases=True).contains(found)
    except InvalidSpecifier:
        return True
