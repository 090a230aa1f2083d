"""What a tuning is begun with, and which one that was begun goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import utils
from avatar.plan import disk, plan_file, steps, variants
from avatar.plan.plan_file import KeptPlan
from avatar.plan.values import plan_from_json
from avatar.results import tuning, tuning_candidates
from avatar.results.plan_tuning import TuningPlan
from avatar.results.trial_models import Lora
from avatar.results.tuning import Info, LastModel, Tried, Tuning
from avatar.results.tuning_candidates import PLAN
from avatar.system.gpu import Card
from avatar.texts.text import Text
from avatar.training import run_folder
from avatar.workspace.client import Client, run_folders


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a tuning is of, as it stands now: the plan, the dataset, the photos that likeness is measured against."""

    plan: str
    dataset: str | None
    held_out: str
    last_run: str = ""  # the newest training; "": none


def changed(info: Info, now: Standing) -> Text | None:
    """Return what is no longer as it was when a tuning began; its figures could not be compared with new ones."""
    if info.plan_fingerprint != now.plan:
        return Text("tune.changed.plan")
    if info.dataset_fingerprint != now.dataset:
        return Text("tune.changed.dataset")
    return Text("tune.changed.photos") if info.held_out != now.held_out else None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which tuning goes on. tuning: None where a new one begins; hours: of which; note: why.

    shown  it has ended, and its answer is to be shown again
    """

    tuning: Tuning | None
    hours: float | None
    note: Text | None = None
    shown: bool = False


def choice(there: Sequence[Tuning], now: Standing, hours: float | None, *, stage0_only: bool) -> Choice:
    """Return which tuning does what is asked for.

    there        the client's, newest first
    hours        as typed; None: those that the newest was begun with, for a new one stage 0 alone
    stage0_only  nothing is to be trained
    One that has ended goes on with as many hours more; without hours its answer is shown again.
    """
    wanted = None if stage0_only else hours
    usable = [one for one in there if (one.info.hours is None) == (wanted is None) or (hours is None and not stage0_only)]
    if not usable:
        return Choice(tuning=None, hours=wanted)
    newest, info = usable[0], usable[0].info
    ended, why = tuning.has_ended(newest.folder), changed(info, now)
    if ended and info.hours is not None and hours is None and now.last_run == info.last_run:
        return Choice(tuning=newest, hours=info.hours, shown=True)
    if why is not None:
        begun = not ended and info.hours is not None
        return Choice(tuning=None, hours=wanted, note=Text("tune.begun_anew", {"reason": why}, "warn") if begun else None)
    if info.hours is None:  # the models of another training are compared anew
        return Choice(tuning=newest if now.last_run == info.last_run else None, hours=None)
    if not ended:
        return Choice(tuning=newest, hours=hours or info.hours, note=Text("tune.goes_on", {"tuning": info.tuning_id}))
    if hours is None:  # another training came since
        return Choice(tuning=None, hours=None)
    more = round(tuning.spent_s(newest.folder) / 3600 + hours, 3)
    return Choice(tuning=newest, hours=more, note=Text("tune.goes_further", {"tuning": info.tuning_id}))


def stage0_info(client: Client, now: Standing, loras: Sequence[Lora]) -> Info:
    """Return what a tuning of stage 0 alone is begun with."""
    return Info(
        tuning_id=tuning.make_id(client), started_at=utils.now(), hours=None, plan_fingerprint=now.plan,
        dataset_fingerprint=now.dataset, held_out=now.held_out, last_run=now.last_run, stage0=_last(loras),
    )  # fmt: skip


def night_info(
    client: Client, kept: KeptPlan, now: Standing, loras: Sequence[Lora], hours: float, card: Card | None
) -> Info:  # fmt: skip
    """Return what a tuning with trainings is begun with. card: None where the plan's is not in this computer."""
    per_epoch = steps.steps_per_epoch(kept.plan, plan_file.epoch_exposures(client, kept.plan))
    plan = variants.with_saves(kept.plan, per_epoch)
    trained = _is_trained(client, kept, now)
    found = tuning_candidates.candidates(plan, lambda changed: variants.fits(changed, card))
    return stage0_info(client, now, loras).model_copy(
        update={
            "hours": hours, "plan": tuning.plan_record(plan), "steps": plan.max_train_steps,
            "short": variants.short_step(plan.max_train_steps, per_epoch), "plan_trained": trained,
            "candidates": [
                Tried(name=one.name, plan=tuning.plan_record(one.plan)) for one in found if one.name != PLAN or not trained
            ],
        }
    )  # fmt: skip


def _last(loras: Sequence[Lora]) -> list[LastModel]:
    return [LastModel(name=lora.name, run_id=lora.run_id, step=lora.steps) for lora in loras]


def _is_trained(client: Client, kept: KeptPlan, now: Standing) -> bool:
    """Return whether the last training that came to a good end was of this very plan and data, seed included.

    The same again gives the same file, up to what kernels of a card do otherwise each time: nothing would be learnt.
    """
    for folder in run_folders(client.runs):
        if run_folder.read_outcome(folder).get("success"):
            record = run_folder.read_command(folder)
            of = record.get("plan_fingerprint"), record.get("dataset_fingerprint")
            return of == (kept.plan.fingerprint, now.dataset) and not record.get("changes")
    return False


def disk_bytes(info: Info, planned: TuningPlan) -> int:
    """Return what the checkpoints and states of a tuning take at most: nothing is deleted before its answer is there."""
    if not info.plan:
        return 0
    plan = plan_from_json(info.plan)
    every = plan.save_every_n_steps or info.steps
    short, whole = -(-info.short // every), -(-info.steps // every)
    saves = planned.shorts * (short + 1) + planned.fulls * (whole - short + 1)
    return saves * (disk.lora_bytes(plan) + disk.state_bytes(plan)) + disk.LOG_BYTES
