"""Pictures of the class word by the base model alone: what the base knows of any woman, for regularisation.

    samples/class/{picture_id}.png

They are drawn once, whatever how often they are asked for, and laid out where the trainer reads them when all are there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import utils
from avatar.dataset import regularisation
from avatar.generate import infotext
from avatar.generate.backend import NO_WEIGHT, Backend, Base, Drawing, Drawn, OnNote, Request
from avatar.results import trial, trial_make
from avatar.results.trial_draw import Crew, Job
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

FOLDER = "class"  # of the client's samples
FIRST_SEED = 1000  # [choice] far from those of trials
# [choice] what photos of people differ by, so that the class stays as wide as the base knows it
VARIATIONS = (
    "portrait, soft window light", "full body, city street", "half body, in a park", "close-up, studio lighting",
    "sitting in a café, candid", "in an office, half body", "outdoors at sunset, portrait", "at home, full body",
)  # fmt: skip
POLL_S = 0.2


@dataclass(frozen=True)
class ClassPictures:
    """What was drawn. folder: where they lie for the trainer, None while some are missing; error: why they are."""

    drawn: int
    done: int
    total: int
    folder: Path | None
    interrupted: bool = False
    error: Text | None = None


def requests(class_word: str, n: int, base: Base, backend: Backend, side_px: int) -> list[Request]:
    """Return what is asked for: another scene and another seed each."""
    found = []
    for number in range(n):
        prompt = f"photo of a {class_word}, {VARIATIONS[number % len(VARIATIONS)]}"
        unnamed = Request(
            picture_id="", model=None, weight=NO_WEIGHT, negative="", seed=FIRST_SEED + number,
            prompt=prompt, steps=trial_make.STEPS, cfg=trial_make.CFG,
            sampler=trial_make.SAMPLER, scheduler=trial_make.SCHEDULER, width=side_px, height=side_px,
        )  # fmt: skip
        vae = base.vae.name if base.vae else ""
        identity = trial.picture_id(unnamed, base_sha256=base.sha256, vae=vae, backend=backend.kind)
        found.append(Request(**{**vars(unnamed), "picture_id": identity}))
    return found


def draw(
    client: Client, n: int, base: Base, backends: Sequence[Backend], side_px: int, *, on_note: OnNote,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> ClassPictures:  # fmt: skip
    """Draw what is missing of n pictures of the client's class word and lay them all out. Ctrl+C keeps what is done.

    Raises PipelineError("trial.locked"), ("client.locked"), what a back end's check and `regularisation.lay_out` raise.
    """
    class_word = client.info().class_word
    with trial_make.lock(client):
        for backend in backends:
            backend.check(base)
        folder = client.samples / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        wanted = requests(class_word, n, base, backends[0], side_px)
        paths = [folder / f"{request.picture_id}.png" for request in wanted]
        missing = [request for request, path in zip(wanted, paths, strict=True) if not path.is_file()]
        crew = _crew(folder, base, backends, on_note)
        interrupted = _drawn(crew, missing, lambda drawn: on_progress(n - len(missing) + drawn, n))
        done = sum(path.is_file() for path in paths)
        if crew.error is not None and not isinstance(crew.error, PipelineError):
            raise crew.error
        error = crew.error.text if isinstance(crew.error, PipelineError) else None
        laid = None
        if done == n:
            with client.lock("try"):
                laid = regularisation.lay_out(client.regularisation, paths, class_word)
    return ClassPictures(crew.drawn, done, n, laid, interrupted, error)


def _crew(folder: Path, base: Base, backends: Sequence[Backend], on_note: OnNote) -> Crew:
    def opening(backend: Backend) -> contextlib.AbstractContextManager[Drawing]:
        return backend.open(base, (), on_note)

    def keep(job: Job, drawn: Drawn, drawing: Drawing) -> None:
        png = infotext.with_parameters(drawn.png, infotext.parameters(job.request, base))
        utils.write_atomic(folder / f"{job.request.picture_id}.png", png)

    return Crew(backends, opening=opening, keep=keep, fail=lambda job, reason: on_note(reason), on_note=on_note)


def _drawn(crew: Crew, missing: Sequence[Request], tell: Callable[[int], None]) -> bool:
    """Draw; return whether the user stopped it."""
    if not missing:
        return False
    crew.start([Job(request, trial.BASE_CANDIDATE, 0, request.seed, 0) for request in missing])
    interrupted = False
    while True:
        try:
            finished = crew.finished(POLL_S)
            tell(crew.drawn)
            if finished:
                return interrupted
        except KeyboardInterrupt:
            interrupted = True
            crew.stop()
