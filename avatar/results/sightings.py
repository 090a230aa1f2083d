"""Looks at pictures in worker processes, each once: what was seen is kept as lines, also of a run that was stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from avatar.faces import identity as face_identity
from avatar.faces import workers as face_workers
from avatar.faces.face import Detector
from avatar.results import looks
from avatar.results.looks import Look, LookTask
from avatar.texts.text import PipelineError
from avatar.workspace import lines

OnProgress = Callable[[int, int], None]
# What is not one picture's fault: the next one would say the same.
OF_THE_PROGRAM = frozenset({"faces.no_mtcnn", "faces.wrong_weights", "faces.wrong_package"})


def known(folder: Path) -> dict[str, Look]:
    """Return what was seen already, by name."""
    found = (looks.from_row(row) for row in lines.read(folder / looks.LOOKS_FILE))
    return {look.image_id: look for look in found if look is not None}


def seen(
    folder: Path, tasks: Sequence[LookTask], *, anew: bool = False, workers: int | None = None,
    detector: Detector | None = None, on_progress: OnProgress | None = None,
) -> dict[str, Look]:  # fmt: skip
    """Return what is seen in pictures, by their names; those that were looked at are not looked at again, unless anew.

    workers  processes; None: as many as cores, free memory and pictures warrant; 1 or a given detector: this process
    Raises PipelineError("likeness.no_package") where faces cannot be compared, ("faces.no_mtcnn"), ("faces.wrong_weights"),
    ("faces.wrong_package"). A picture that fails costs nothing but itself; Ctrl+C keeps what is done.
    """
    there = {} if anew else known(folder)
    found = {task.image_id: there[task.image_id] for task in tasks if task.image_id in there}
    new = [task for task in tasks if task.image_id not in found]
    if not new:
        return found
    if not face_identity.available():
        raise PipelineError("likeness.no_package")
    engine = new[0].face_settings.engine
    count = 1 if detector is not None else face_workers.planned(len(new), workers, engine)
    for number, look in enumerate(face_workers.here(new, count, detector=detector), 1):
        if look.problem is not None and look.problem.key in OF_THE_PROGRAM:
            raise PipelineError.of(look.problem)
        if look.problem is None:
            lines.add(folder / looks.LOOKS_FILE, [looks.as_row(look)])
        found[look.image_id] = look
        if on_progress is not None:
            on_progress(number, len(new))
    return found
