"""From what is asked for to a trial on the disk: a new one, or the one that asked for the same and goes on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import utils
from avatar.generate.backend import Base, Kind, Sampler, Scheduler
from avatar.results import plan_trial, trial, trial_models
from avatar.results.trial import BackendUsed, BaseModelUsed, HeldOut, Line, Model, Prompt, Trial
from avatar.results.trial_draw import Job
from avatar.results.trial_models import Checked
from avatar.system import process_tree
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client

STEPS, CFG = 25, 7.0  # as the sample pictures of a training
# Every back end has it, without Karras where the trainer draws, and it repeats itself bit for bit, which ancestral ones do not
# in batches.
SAMPLER: Sampler = "dpmpp_2m"
SCHEDULER: Scheduler = "normal"
SIDE_PX = 1024  # what SDXL draws best at, whatever the LoRA was trained at
_LOCK, _NOTE = ".lock", ".lock.json"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a trial is to compare. weights: canonical; models: that which is given up last first."""

    models: Sequence[Checked]
    weights: Sequence[str]
    prompts: Sequence[Prompt]
    seeds: Sequence[int]
    base: Base
    kind: Kind
    held_out: HeldOut
    side_px: int = SIDE_PX
    steps: int = STEPS


@contextlib.contextmanager
def lock(client: Client) -> Iterator[None]:
    """Hold a client's trials: two at once would draw the same pictures. Other stages go on meanwhile.

    Raises PipelineError("trial.locked").
    """
    import filelock

    folder = trial.trials_folder(client)
    if not client.folder.is_dir():
        raise PipelineError("client.unknown", client=client.client_id, known="")
    if found := client.links():
        raise PipelineError("client.linked", client=client.client_id, path=str(found[0]), target=str(found[0].resolve()))
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / _NOTE
    try:
        with filelock.FileLock(str(folder / _LOCK), timeout=0):
            utils.write_json(note, {"pid": os.getpid(), "since": utils.now()})
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    note.unlink()
    except filelock.Timeout as error:
        holder = utils.read_object(note)
        values = {"pid": holder.get("pid", "?"), "since": holder.get("since", "?")}
        raise PipelineError("trial.locked", client=client.client_id, **values) from error


def refuse_running(client: Client) -> None:
    """Raise PipelineError("trial.locked") while a trial of the client is drawn: it is not to be moved or deleted."""
    if (trial.trials_folder(client) / _LOCK).exists():
        with lock(client):
            pass


def being_drawn(client: Client) -> bool:
    """Return whether a program draws a trial of the client now. Takes no lock: a trial that begins would find it held."""
    note = utils.read_object(trial.trials_folder(client) / _NOTE)
    pid, since = note.get("pid"), note.get("since")
    if not isinstance(pid, int) or not isinstance(since, str):
        return False
    born = process_tree.start_time(pid)
    try:
        return born is not None and born <= datetime.fromisoformat(since).timestamp() + process_tree.BORN_TOLERANCE_S
    except ValueError:  # a note that somebody edited
        return False


def find_or_make(client: Client, asked: Asked, version: str, address: str) -> tuple[Path, Trial]:
    """Return the newest trial that asks for the same, else a new one, with no rounds yet and not yet on the disk."""
    wanted = _new(client, asked, version, address)
    for trial_id in trial.trial_ids(client):
        folder = trial.trials_folder(client) / trial_id
        with contextlib.suppress(PipelineError, OSError):  # one that cannot be read is another one
            there = trial.read(folder)
            if _question(there) == _question(wanted):
                return folder, there.model_copy(update={"backend": wanted.backend})
    return trial.trials_folder(client) / wanted.trial_id, wanted


def _new(client: Client, asked: Asked, version: str, address: str) -> Trial:
    words = trial_models.common_words(client, [one.lora for one in asked.models])
    models = [
        Model(name=one.file.name, step=one.lora.steps, sha256=one.file.sha256, run_id=one.lora.run_id) for one in asked.models
    ]
    return Trial(
        trial_id=trial.make_id(client), made_at=utils.now(), trigger_word=words.trigger, class_word=words.class_word,
        base=BaseModelUsed(name=asked.base.name, sha256=asked.base.sha256), vae=asked.base.vae.name if asked.base.vae else "",
        held_out=asked.held_out, models=models, weights=list(asked.weights), prompts=list(asked.prompts),
        seeds=list(asked.seeds), rounds=[], sampler=SAMPLER, scheduler=SCHEDULER, steps=asked.steps, cfg=CFG,
        size=(asked.side_px, asked.side_px), negative="",
        backend=BackendUsed(kind=asked.kind, address=address, version=version),
    )  # fmt: skip


def _question(one: Trial) -> object:
    """Return what a trial asks for, but for when, by which of several machines, and how long it may take."""
    asked = {"base", "vae", "models", "weights", "prompts", "seeds", "sampler", "scheduler", "steps", "cfg", "size", "negative"}
    return one.model_dump(include=asked), one.backend.kind


def jobs_of(one: Trial) -> list[Job]:
    """Return all pictures of a trial in the order of drawing.

    Within a round one candidate after the other: a server then loads each LoRA once. First of all the base and one picture
    of the first candidate at the same seed, which show whether the LoRA is used at all, and how long a picture takes.
    """
    jobs: dict[str, Job] = {}
    for each in one.rounds:
        for name in each.candidates:
            for prompt in one.prompts:
                for seed in each.seeds:
                    request = trial.request_of(one, name, prompt, seed)
                    jobs.setdefault(request.picture_id, Job(request, name, prompt.n, seed, each.round))
    ordered = list(jobs.values())
    second = next((place for place, job in enumerate(ordered) if job.round == 1), 0)
    early = range(second, min(second + EARLY, len(ordered))) if second > 1 else range(0)
    return [*ordered[:1], *(ordered[place] for place in early),
            *(job for place, job in enumerate(ordered) if place and place not in early)]  # fmt: skip


EARLY = 3  # pictures of the first candidate before the rest of round 0: the time of one is their median


def take_over(client: Client, folder: Path, jobs: Sequence[Job]) -> dict[str, Line]:
    """Return the last line of every picture of jobs that is there; what another trial has drawn is put here too.

    A PNG without a line was drawn by a program that was killed in between. It is whole, since files appear as a whole.
    """
    there = trial.lines(folder)
    file = trial.LineFile(folder)
    known = _drawn_elsewhere(client, folder)
    for job in jobs:
        identity = job.request.picture_id
        own = folder / f"{identity}.png"
        line = there.get(identity)
        if line is not None and own.is_file():
            continue
        if own.is_file():
            there[identity] = _line(job, None, utils.now())
        elif identity in known:
            source, other = known[identity]
            utils.link_or_copy(source, own)
            there[identity] = _line(job, other.seconds, other.at).model_copy(update={"used": other.used})
        else:
            there.pop(identity, None)
            continue
        file.add(there[identity])
    return there


def _line(job: Job, seconds: float | None, at: str) -> Line:
    identity = job.request.picture_id
    return Line(
        picture_id=identity, candidate=job.candidate, prompt=job.prompt, seed=job.seed, round=job.round,
        file=f"{identity}.png", seconds=seconds, at=at, state="done",
    )  # fmt: skip


def drawn_elsewhere(client: Client, folder: Path, one: Trial) -> set[plan_trial.Drawn]:
    """Return what a trial might ask for and other trials of the client have drawn, of all seeds that the usual rounds have."""
    known = _drawn_elsewhere(client, folder)
    if not known:
        return set()
    seeds = [*one.seeds, *plan_trial.next_seeds(one.seeds)]
    asked = [
        (name, prompt, seed) for name in (trial.BASE_CANDIDATE, *trial.names(one)) for prompt in one.prompts for seed in seeds
    ]  # fmt: skip
    return {
        plan_trial.Drawn(name, prompt.n, seed)
        for name, prompt, seed in asked
        if trial.request_of(one, name, prompt, seed).picture_id in known
    }


def _drawn_elsewhere(client: Client, folder: Path) -> dict[str, tuple[Path, Line]]:
    """Return the pictures of the client's other trials by id."""
    found = {}
    for trial_id in trial.trial_ids(client):
        other = trial.trials_folder(client) / trial_id
        if other != folder:
            for identity, line in trial.lines(other).items():
                if line.state == "done" and trial.picture_file(other, line).is_file():
                    found[identity] = (trial.picture_file(other, line), line)
    return found
