"""Which tuning goes on, and what a new one is made of: plan, photos and the last training's models as they stand."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from avatar.commands import results
from avatar.commands.session import Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client, run_folders

if TYPE_CHECKING:
    from avatar.plan.plan_file import KeptPlan
    from avatar.results.plan_tuning import Costs
    from avatar.results.trial_models import Lora
    from avatar.results.tuning import Tuning
    from avatar.results.tuning_start import Standing
    from config import Settings


@dataclass(frozen=True, kw_only=True)
class Begun:
    """The tuning that a call of the command does.

    kept   the plan that stands, None without one
    shown  it has ended, and its answer is shown again
    notes  why it is this one, and why nothing is trained
    """

    one: Tuning
    kept: KeptPlan | None
    shown: bool
    notes: tuple[Text, ...]


def begun(session: Session, client: Client, settings: Settings, hours: float | None, *, stage0_only: bool) -> Begun:
    """Find the tuning that goes on, or begin one. hours: as typed; stage0_only: the user wants nothing trained.

    Raises PipelineError("tune.nothing_trained") where there is neither a model nor anything to train,
    ("tune.nothing_to_judge_by") where hours are given for nothing.
    """
    from avatar.results import tuning, tuning_start

    notes = []
    unjudged = not stage0_only and hours is not None and not _has_held_out(client)
    if unjudged:
        stage0_only = True
        notes.append(Text("tune.no_held_out", {}, "warn"))
    kept = _kept_plan(client, settings, makes=not stage0_only and hours is not None)
    now = _standing(session, client, kept)
    choice = tuning_start.choice(tuning.all_of(client), now, hours, stage0_only=stage0_only)
    notes += [choice.note] if choice.note is not None else []
    one = choice.tuning
    if one is not None and not choice.shown and not _models_are_there(client, one):
        # What it compared was cleared away: its figures could not be compared with new ones.
        notes.append(Text("tune.begun_anew", {"reason": Text("tune.changed.models")}, "warn"))
        one = None
    if one is None:
        one = _new(client, kept, now, choice.hours, unjudged=unjudged)
    elif one.info.hours != choice.hours:
        one = tuning.reopen(one, choice.hours)
    return Begun(one=one, kept=kept, shown=choice.shown, notes=tuple(notes))


def _models_are_there(client: Client, one: Tuning) -> bool:
    """Return whether all models of the last training that a tuning compares still lie somewhere, or can be made again."""
    from avatar.results import trial_models

    try:
        for file in one.last_files():
            trial_models.of_training(client, file.run_id, file.name)
    except PipelineError as error:
        if error.key != "trial.model_gone":
            raise
        return False
    return True


def _has_held_out(client: Client) -> bool:
    """Return whether likeness is measured against photos that no training sees; without, memorising would win."""
    from avatar.results import reference

    found = reference.of(list(client.each_record()))
    return found is not None and found.kind == "held_out"


def _kept_plan(client: Client, settings: Settings, *, makes: bool) -> KeptPlan | None:
    """Return the plan that stands; makes: one with the defaults where there is none."""
    import lora_trainer
    from avatar.plan import plan_file

    if makes:
        lora_trainer.planned(client, settings)
    return plan_file.read(client, settings.trainer)


def _standing(session: Session, client: Client, kept: KeptPlan | None) -> Standing:
    from avatar.dataset import prepared
    from avatar.results.tuning_start import Standing

    return Standing(
        plan=kept.plan.fingerprint if kept is not None else "", dataset=prepared.prepared_fingerprint(client),
        held_out=results.held_out(session, client).digest,
        last_run=next((folder.name for folder in run_folders(client.runs)), ""),
    )  # fmt: skip


def _new(client: Client, kept: KeptPlan | None, now: Standing, hours: float | None, *, unjudged: bool = False) -> Tuning:
    """Begin a tuning. unjudged: hours were given, but no photo could judge what would be trained. Raises as `begun`."""
    from avatar.results import tuning, tuning_start
    from avatar.system import gpu
    from avatar.training import variant

    loras = _last_models(client)
    if not loras and hours is None:
        raise PipelineError("tune.nothing_to_judge_by" if unjudged else "tune.nothing_trained", client=client.client_id)
    if hours is None or kept is None:
        info = tuning_start.stage0_info(client, now, loras)
    else:
        info = tuning_start.night_info(client, kept, now, loras, hours, gpu.best_card(gpu.cards()))
    return tuning.begin(variant.folder_of(client, info.tuning_id), info)


def _last_models(client: Client) -> list[Lora]:
    """Return the models of the last training that are compared, and their mean, which costs nothing but its pictures.

    Where a trial of them was drawn whole, without the mean: then they are compared already.
    """
    from avatar.results import plan_trial, trial_models

    found = trial_models.found(client)
    loras = trial_models.default(found, plan_trial.MOST_MODELS) or found[: plan_trial.MOST_MODELS]
    if len([lora for lora in loras if lora.run_id]) >= 2 and not _are_tried(client, loras):
        loras = [*loras, trial_models.make_mean(client, found)]
    return loras


def _are_tried(client: Client, loras: Sequence[Lora]) -> bool:
    from avatar.results import trial, trial_make

    wanted = {(lora.name, lora.run_id) for lora in loras}
    for trial_id in trial.trial_ids(client):
        folder = trial.trials_folder(client) / trial_id
        with contextlib.suppress(PipelineError, OSError):
            one, lines = trial.read(folder), trial.lines(folder)
            jobs = trial_make.jobs_of(one)
            done = [job for job in jobs if (line := lines.get(job.request.picture_id)) is not None and line.state == "done"]
            if wanted <= {(model.name, model.run_id) for model in one.models} and len(done) == len(jobs):
                return True
    return False


def costs(client: Client, kept: KeptPlan | None, one: Tuning, kind: str) -> Costs:
    """Return what a step and a picture take as this computer has measured them, else as the user's table has it."""
    from avatar.plan import plan_file
    from avatar.results import trial_make, trial_run
    from avatar.results.plan_tuning import Costs

    step = plan_file.step_time_of(kept.plan) if kept is not None and one.info.hours is not None else None
    side = one.info.side_px or trial_make.SIDE_PX
    picture_s = trial_run.usual_seconds(client, kind, (side, side), trial_make.STEPS)
    if picture_s is None:
        picture_s = trial_run.newest_seconds(client)
    return Costs(step_s=step.seconds if step is not None else None, picture_s=picture_s)
