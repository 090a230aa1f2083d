"""Whether each LoRA of a trial really had an effect: its first picture beside the base's, and beside those of the others.

A back end may say "done" without having used the file, or serve an older file under the same name. Bit for bit the same
picture proves that; where kernels of a graphics card do not repeat themselves, a second drawing of the base says how much.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from avatar.generate import proof
from avatar.generate.backend import Drawing, PictureError, Request
from avatar.results.trial_draw import Job
from avatar.texts.text import Text

# Mean difference in grey levels below which the base is drawn a second time. [choice] attention kernels differ by less; a
# LoRA that was trained on anything changes a picture by more than one.
DOUBTFUL = 1.0


class Effects:
    """Looks at the first picture of each LoRA at each back end.

    folder  of the trial
    bases   (prompt, seed) -> the request of the base alone; its picture may not be drawn yet
    """

    def __init__(self, folder: Path, bases: Mapping[tuple[int, int], Request]) -> None:
        self._folder, self._bases = folder, bases
        self._lock = threading.Lock()
        # Those seen at each opening of a back end: after a restart it is looked at anew.
        self._seen: dict[int, tuple[Drawing, set[str]]] = {}
        self._first: dict[str, tuple[str, Job, bytes]] = {}  # model -> its candidate, and its first picture

    def problem(self, job: Job, png: bytes, drawing: Drawing) -> Text | None:
        """Return why a picture proves that its LoRA was not used; None where it was, or nothing can be said."""
        model = job.request.model
        if model is None:
            return None
        with self._lock:
            _, seen = self._seen.setdefault(id(drawing), (drawing, set()))  # it is kept, so that nobody else gets its number
        if model in seen:
            return None
        request = self._bases.get((job.prompt, job.seed))
        base = self._picture(request)
        if request is None or base is None:
            return None
        seen.add(model)
        if _is_same(base, png, lambda: drawing.draw(request, lambda share: None).png):
            return Text("trial.no_effect", {"candidate": job.candidate})
        return self._same_as_other(model, job, png)

    def _picture(self, request: Request | None) -> bytes | None:
        if request is None:
            return None
        try:
            return (self._folder / f"{request.picture_id}.png").read_bytes()
        except OSError:
            return None

    def _same_as_other(self, model: str, job: Job, png: bytes) -> Text | None:
        """Return that another model drew the very same picture: one of the two was not loaded."""
        with self._lock:
            others = [value for name, value in self._first.items() if name != model]
            self._first.setdefault(model, (job.candidate, job, png))
        for candidate, other, picture in others:
            alike = (other.prompt, other.seed, other.request.weight) == (job.prompt, job.seed, job.request.weight)
            if alike and proof.no_effect(picture, png):
                return Text("trial.same_picture", {"candidate": job.candidate, "other": candidate})
        return None


def _is_same(base: bytes, png: bytes, draw_again: Callable[[], bytes]) -> bool:
    if proof.no_effect(base, png):
        return True
    if _difference(base, png) >= DOUBTFUL:
        return False
    try:
        return proof.no_effect(base, png, draw_again())
    except PictureError:
        return False


def _difference(one: bytes, other: bytes) -> float:
    """Return the mean absolute difference in grey levels."""
    import io

    import numpy as np
    from PIL import Image

    first, second = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int16) for png in (one, other))
    return float(np.abs(first - second).mean()) if first.shape == second.shape else 255.0
