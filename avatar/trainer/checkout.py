"""What was changed in a clone of the trainer since it was fetched: another commit, edited files."""

from __future__ import annotations

import re
from pathlib import Path

from avatar.system import child
from avatar.texts.text import Text
from avatar.trainer import location

GIT_TIMEOUT_S = 20.0


def differences(folder: Path, revision: str) -> list[Text]:
    """Return how a clone differs from the revision that the settings name; nothing where it is no clone, or there is no git.

    A branch's or tag's name says nothing about the commit: then only edited files are told.
    """
    if not (folder / ".git").exists():
        return []
    found = []
    commit = location.head_commit(folder)
    if commit and re.fullmatch(r"[0-9a-f]{7,40}", revision.lower()) and not commit.startswith(revision.lower()):
        found.append(Text("preflight.trainer_other_commit", {"commit": commit[:8], "wanted": revision[:8]}))
    if edited := edited_files(folder):
        found.append(Text("preflight.trainer_edited", {"n": len(edited), "file": edited[0]}))
    return found


def edited_files(folder: Path) -> list[str]:
    """Return the files of a clone's commit that are not as they were committed."""
    command = ["git", "-C", str(folder), "--no-optional-locks", "status", "--porcelain", "--untracked-files=no", "-z"]
    code, output = child.run_quiet(command, timeout_s=GIT_TIMEOUT_S)
    if code != 0:
        return []
    return [entry[3:] for entry in output.split("\0") if re.match(r"[ MADRTU]{2} ", entry)]
