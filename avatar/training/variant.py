"""A candidate of an automatic tuning: what it is, its runs, and what an earlier call has made of it.

Its runs lie beside the client's trainings, under names of their own (workspace.client.TUNING_RUN); command.json says of which
tuning and candidate. A tuning as a whole lies in training/tuning/{tuning_id}/.
"""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avatar.plan import resume
from avatar.plan.values import Change, Plan
from avatar.system import gpu as system_gpu
from avatar.system.gpu import CardProbe
from avatar.texts.text import PipelineError, key_of
from avatar.trainer.options import OptionTable
from avatar.training import hand_over, run_folder, states
from avatar.training import run as training_run
from avatar.training import watch as training_watch
from avatar.training.run_folder import LOG_FILE, Outcome
from avatar.training.states import SavedState
from avatar.training.watch import SILENT_BEFORE_S, TrainingCallbacks
from avatar.workspace.client import Client, tuning_run_folders

TUNING_FILE, ANSWER_FILE = "tuning.json", "answer.json"  # what a tuning began with; the second is there once it is over
PASSPORT_FILE = "candidate.json"  # in a bundle, and in what is brought back
# Endings that say nothing of the candidate: another one would end the same way, and this one may do well another time.
NOT_ITS_FAULT = frozenset({
    "train.cause.disk_full", "train.cause.no_base_model", "train.cause.missing_package", "train.cause.not_writable",
    "train.cause.no_bitsandbytes", "train.cause.no_xformers", "train.cause.hub_access", "train.cause.proxy",
    "train.cause.drive", "train.cause.no_network", "train.cause.library", "train.cannot_start",
})  # fmt: skip
# After these the same candidate is trained again: also where the run was cut with the computer.
_CUT = NOT_ITS_FAULT | {"train.cause.abandoned"}


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A candidate and the plan that it is trained with.

    changes      what differs from the client's plan
    fingerprint  of the dataset that the tuning began with
    """

    name: str
    plan: Plan
    tuning_id: str
    changes: tuple[Change, ...] = ()
    fingerprint: str | None = None


def output_name(client_id: str, candidate: str, tuning_id: str) -> str:
    """Return what a candidate's files are called: models/ may get those of several tunings."""
    return f"{client_id}_avatar_{candidate}_{tuning_id}"


def passport(candidate: Variant) -> dict[str, object]:
    """Return what a bundle says of the candidate that it trains, and by which its result is known again."""
    return {
        "version": 1, "tuning_id": candidate.tuning_id, "candidate": candidate.name,
        "plan_fingerprint": candidate.plan.fingerprint, "dataset_fingerprint": candidate.fingerprint,
    }  # fmt: skip


def tunings_folder(client: Client) -> Path:
    return client.training / "tuning"


def folder_of(client: Client, tuning_id: str) -> Path:
    """Return where a tuning keeps its own files."""
    return tunings_folder(client) / tuning_id


def is_over(client: Client, tuning_id: str) -> bool:
    """Tell whether a tuning needs the states of its runs no more: it has its answer, or its own files are gone."""
    folder = folder_of(client, tuning_id)
    return not (folder / TUNING_FILE).is_file() or (folder / ANSWER_FILE).is_file()


@contextlib.contextmanager
def held(client: Client, variant: Variant) -> Iterator[None]:
    """Hold one candidate; others may be trained meanwhile. Raises PipelineError("train.candidate_busy")."""
    import filelock

    folder = folder_of(client, variant.tuning_id)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(str(folder / f".{variant.name}.lock"), timeout=0):
            yield
    except filelock.Timeout as error:
        raise PipelineError("train.candidate_busy", client=client.client_id, candidate=variant.name) from error


def runs_of(client: Client, tuning_id: str, candidate: str) -> list[Path]:
    """Return the folders of a candidate's runs, newest first."""
    found = []
    for folder in tuning_run_folders(client.runs):
        part = run_folder.tuning_of(run_folder.read_command(folder))
        if part is not None and (part.tuning_id, part.candidate) == (tuning_id, candidate):
            found.append(folder)
    return found


def files(client: Client, run_id: str) -> list[tuple[int, Path]]:
    """Return (steps, file) of what a candidate's run has saved, and of the runs that it went on from; fewest steps first."""
    found: dict[int, Path] = {}
    seen: set[str] = set()
    while run_id and run_id not in seen:
        seen.add(run_id)
        for path, steps in hand_over.checkpoints_of(client.runs / run_id):
            found.setdefault(steps, path)
        run_id = str(run_folder.read_command(client.runs / run_id).get("resumed_from", ""))
    return sorted(found.items())


def outcome_so_far(
    client: Client, variant: Variant, *, stop_at: int | None, watching: TrainingCallbacks | None = None,
    card_probe: CardProbe = system_gpu.cards,
) -> Outcome | None:  # fmt: skip
    """Return what an earlier call came to, None where there is something left to train.

    A trainer that a killed program left is watched to its end, a run that ended meanwhile is judged.
    stop_at  step that is enough; None: the whole training is wanted
    Raises PipelineError("train.candidate_busy") while another computer trains it.
    """
    for folder in runs_of(client, variant.tuning_id, variant.name)[:1]:
        if not run_folder.read_outcome(folder):
            _refuse_elsewhere(client, variant, folder)
            found = list(card_probe())
            card = found[0] if len(found) == 1 else None  # with several, which one it uses stands in no record
            training_run.adopt(folder, client.models, training_watch.with_memory(watching, card, card_probe))
        outcome = run_folder.outcome_of(folder)
        if outcome.success or (outcome.short_at is not None and stop_at is not None and outcome.short_at >= stop_at):
            return outcome
        was_cut = outcome.cancelled or outcome.short_at is not None or key_of(outcome.cause) in _CUT
        return None if was_cut else outcome
    return None


def _refuse_elsewhere(client: Client, variant: Variant, folder: Path) -> None:
    """Raise PipelineError("train.candidate_busy") for a run of another computer that gave a sign of life not long ago."""
    if run_folder.read_command(folder).get("machine", platform.node()) == platform.node():
        return
    with contextlib.suppress(OSError):
        if time.time() - (folder / LOG_FILE).stat().st_mtime < SILENT_BEFORE_S:
            raise PipelineError("train.candidate_busy", client=client.client_id, candidate=variant.name)


def state_to_go_on(
    client: Client, variant: Variant, *, go_on: str, stop_at: int | None, per_epoch: int, options: OptionTable
) -> SavedState | None:  # fmt: skip
    """Return the furthest state that this candidate can be gone on from exactly, None where it begins.

    go_on      the run whose state it is; "": the newest that has one
    per_epoch  optimizer steps of an epoch
    """
    plan, end = variant.plan, stop_at or variant.plan.max_train_steps
    for folder in [client.runs / go_on] if go_on else runs_of(client, variant.tuning_id, variant.name):
        record = run_folder.read_command(folder)
        same = (record.get("plan_fingerprint"), record.get("dataset_fingerprint")) == (plan.fingerprint, variant.fingerprint)
        usable = [
            state for state in states.states_of(folder)
            if same and state.steps < end and resume.is_exact(plan, max(1, per_epoch), state.steps, options)
        ]  # fmt: skip
        if usable:
            return max(usable, key=lambda state: state.steps)
    return None
