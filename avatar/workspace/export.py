"""Where a zip is written: a client's export, a bundle."""

from __future__ import annotations

from pathlib import Path

from avatar.texts.text import PipelineError


def zip_to_write(target: Path, outside_of: Path | None = None) -> Path:
    """Return where a zip is to be written: ~ resolved, .zip added where it lacks.

    outside_of  a folder it must not lie in
    Raises PipelineError("export.no_name") for a path without one or in no home, ("export.exists"), ("export.inside").
    """
    try:
        target = target.expanduser()
    except RuntimeError:  # ~nobody
        raise PipelineError("export.no_name", path=str(target)) from None
    if not target.name:
        raise PipelineError("export.no_name", path=str(target))
    if target.suffix.lower() != ".zip":
        target = target.with_name(target.name + ".zip")
    if target.exists():
        raise PipelineError("export.exists", path=str(target))
    if outside_of is not None and target.resolve().is_relative_to(outside_of.resolve()):
        raise PipelineError("export.inside", path=str(target))
    return target
