"""One entry of the queue: trains the client, or finishes the run that an earlier program started."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import lora_trainer
from avatar.system import gpu
from avatar.system.gpu import CardProbe
from avatar.texts.text import PipelineError, plain_text
from avatar.training import models, run_folder, unfinished
from avatar.training.queue import Entry, EntryState
from avatar.training.run_folder import Outcome
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client
from config import Settings

if TYPE_CHECKING:
    from avatar.training.queue import Entry
    from avatar.training.run_folder import Outcome
    from avatar.training.watch import TrainingCallbacks


def train_entry(
    entry: Entry, client: Client, *, settings: Settings, watching: TrainingCallbacks | None = None,
    card_probe: CardProbe = gpu.cards, on_turn: Callable[[Entry], None] | None = None,
) -> Entry:  # fmt: skip
    """Train one client of the queue, or finish the run that an earlier program started for it; return how it ended.

    on_turn  called with the entry, `before` filled in, to be saved before anything is started
    Raises PipelineError as lora_trainer.train does.
    """
    if entry.before is None:
        entry = replace(entry, before=max((run.run_id for run in models.runs(client)), default=""))
        if on_turn is not None:
            on_turn(entry)
    live = unfinished.look_after(client).live
    begun = [run for run in models.runs(client) if run.run_id > (entry.before or "")]
    done = next((run for run in begun if run.state == "done"), None)
    if done is not None:
        return _ended(entry, run_folder.outcome_of(client.runs / done.run_id))
    if live:
        return _ended(entry, unfinished.adopt(client, live[-1].run_id, watching, card_probe))
    if begun:
        with contextlib.suppress(_NothingToResume):
            return _ended(entry, _resumed(client, settings, watching, card_probe))
    return _ended(entry, lora_trainer.train(client, settings=settings, watching=watching, card_probe=card_probe))


NOTHING_TO_RESUME = {"train.no_state", "train.no_state_yet", "train.nothing_left", "train.cannot_resume", "train.bad_record"}


class _NothingToResume(Exception):  # noqa: N818  # no error: then it is trained from the start
    pass


def _resumed(client: Client, settings: Settings, watching: TrainingCallbacks | None, card_probe: CardProbe) -> Outcome:
    try:
        return lora_trainer.train(client, settings=settings, watching=watching, resume=True, card_probe=card_probe)
    except PipelineError as error:
        # A state of another plan, or one whose record is lost, must not cost the night: the plan that stands is trained.
        if error.key in NOTHING_TO_RESUME or error.key.startswith("resume."):
            raise _NothingToResume from error
        raise


def _ended(entry: Entry, outcome: Outcome) -> Entry:
    state: EntryState = "done" if outcome.success else "stopped" if outcome.cancelled else "failed"
    return replace(
        entry, state=state, run_id=outcome.run_id, model=outcome.model.name if outcome.model else "",
        cause=plain_text(outcome.cause) if outcome.cause else None, steps=outcome.steps, seconds=outcome.seconds,
    )  # fmt: skip
