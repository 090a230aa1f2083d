"""What a finished training has shown, kept as figures (avatar/workspace/evidence.py) for the plans of later clients."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import utils
from avatar.plan import retry
from avatar.plan.values import Plan
from avatar.system.gpu import Card
from avatar.texts.text import key_of
from avatar.trainer import dataset_folder
from avatar.training import event_files
from avatar.training.run_folder import Outcome, RunSpec
from avatar.workspace import evidence
from avatar.workspace.client import Client

_ENDED = {retry.GPU_MEMORY: "memory", retry.NAN: "nan", retry.NAN_LATENTS: "nan"}
SOURCES = ("mj", "real")


def at_start(card: Card | None, *, collect: bool) -> dict[str, Any] | None:
    """Return what a run keeps at its start for its end, whichever program judges it then: the card as it was.

    collect  as settings.evidence says; None: no figures are kept, as of trials on the processor, which train nothing of use
    """
    if card is None or not collect:
        return None
    return {"card": card.name, "total_gib": card.total_gib, "free_gib": card.free_gib}


def note(spec: RunSpec, outcome: Outcome) -> None:
    """Keep what a run has shown, however it ended, if that was wanted when it began."""
    if spec.evidence is None:
        return
    client = Client(spec.folder.parents[2])
    trainer = utils.read_object(client.plan_file).get("trainer_version")
    row = {
        "kind": "training", "values": values_of(spec.plan), "ended": _ended(outcome), "trainer": trainer,
        "held_out_loss": held_out_loss(spec), **spec.evidence, **_pictures(client, spec),
        **{name: getattr(outcome, name) for name in
           ("steps", "seconds", "seconds_per_step", "process_gib", "card_gib", "loss")},
    }  # fmt: skip
    evidence.note(client, name_of(outcome.run_id), row)


def name_of(run_id: str) -> str:
    """Return what a run is called in the client's list of its random numbers."""
    return f"run {run_id}"


def values_of(plan: Plan) -> dict[str, Any]:
    """Return the values of a plan, options of the trainer by their own names; `evidence.clean` takes what it knows."""
    values = dataclasses.asdict(plan)
    return {**dict(values.pop("extra")), **values}


def _ended(outcome: Outcome) -> str:
    if outcome.success:
        return "done"
    if outcome.cause is None:  # a tuning wanted no more of it
        return "short"
    return "stopped" if outcome.cancelled else _ENDED.get(key_of(outcome.cause), "failed")


def _pictures(client: Client, spec: RunSpec) -> Mapping[str, int]:
    """Return how many pictures of each source a run saw; nothing where another dataset lies there by now."""
    view = dataset_folder.read_as_trainer(client.training_data, client_id=client.client_id)
    info = [utils.read_object(client.training_data / one.name / dataset_folder.INFO_FILE) for one in view.folders]
    if spec.dataset_fingerprint not in [one.get("fingerprint") for one in info]:
        return {}
    names = [name for folder in view.folders for name in folder.images]
    return {source: sum(name.startswith(f"{source}_") for name in names) for source in SOURCES}


def held_out_loss(spec: RunSpec) -> float | None:
    """Return the last loss that a run had on the pictures held out of it, None where it measured none."""
    if spec.logs is None:
        return None
    curves = event_files.curves_of_run(spec.folder.parent, spec.run_id, spec.logs)
    found = [value for _, value in (curves.scalars.get(event_files.HELD_OUT, []) if curves else []) if math.isfinite(value)]
    return found[-1] if found else None
