"""Where the candidates of a tuning are trained: on cards of this computer, or on machines of a scheduler; one on each."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from avatar.plan import variants
from avatar.plan.values import Plan
from avatar.system import cluster, gpu
from avatar.system.gpu import CardProbe
from avatar.texts.text import PipelineError
from avatar.training import progress_file, run_folder, stop_request, variant
from avatar.training.progress_file import TrainProgress
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.training.run_folder import Outcome
    from avatar.training.variant import Variant
    from avatar.training.watch import TrainingCallbacks
    from config import Settings

LOOKED_EVERY_S = 0.5
BUSY_EVERY_S = 5.0
CPU = "cpu"  # the profile of a training without a card


class Place(Protocol):
    """One card, or one machine of a scheduler. name: as it is told, "card 1", "tcp://192.168.1.7:40321"."""

    name: str

    def train(
        self, client: Client, candidate: Variant, *, settings: Settings, stop_at: int | None, go_on: str,
        watching: TrainingCallbacks,
    ) -> Outcome:  # fmt: skip
        """Train as lora_trainer.train_variant does."""
        ...


class Places:
    """Places that train at the same time; who asks gets a free one, or waits for it."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.names = [place.name for place in places]
        self._free: queue.Queue[Place] = queue.Queue()
        for place in places:
            self._free.put(place)

    def __len__(self) -> int:
        return len(self.names)

    def train(
        self, client: Client, candidate: Variant, *, settings: Settings, stop_at: int | None, go_on: str,
        watching: TrainingCallbacks,
    ) -> Outcome:  # fmt: skip
        """Train at a free place. Raises as lora_trainer.train_variant, and ("cluster.machine_gone")."""
        place = self._free.get()
        is_there = True
        try:
            return place.train(client, candidate, settings=settings, stop_at=stop_at, go_on=go_on, watching=watching)
        except PipelineError as error:
            is_there = error.key != "cluster.machine_gone" or self._free.empty()  # the last one is asked once more
            raise
        finally:
            if is_there:
                self._free.put(place)


# --- this computer ---------------------------------------------------------------------------------------------------


class OwnCard:
    """A graphics card of this computer. number: None where there is only one, or none."""

    def __init__(self, number: int | None, card_probe: CardProbe = gpu.cards) -> None:
        self.name = "" if number is None else f"card {number}"
        self._number, self._probe = number, card_probe

    def train(
        self, client: Client, candidate: Variant, *, settings: Settings, stop_at: int | None, go_on: str,
        watching: TrainingCallbacks,
    ) -> Outcome:  # fmt: skip
        import lora_trainer

        return lora_trainer.train_variant(
            client, candidate, settings=settings, stop_at=stop_at, go_on=go_on, watching=watching, card=self._number,
            card_probe=self._probe,
        )  # fmt: skip


def of_this_computer(plan: Plan | None, card_probe: CardProbe = gpu.cards) -> Places:
    """Return a place for each card that the plan is for and fits; one place where there is one card, or none.

    plan  None: nothing is trained
    """
    numbers = cards_for(plan, card_probe) if plan is not None else []
    own = [OwnCard(number, card_probe) for number in numbers] if len(numbers) > 1 else [OwnCard(None, card_probe)]
    return Places(own)


def cards_for(plan: Plan, card_probe: CardProbe = gpu.cards) -> list[int]:
    """Return the numbers of this computer's cards on which a plan can train; none for a plan that takes several together."""
    if plan.profile == CPU or plan.num_processes > 1:
        return []
    same = [card for card in card_probe() if gpu.profile_for(card).name == plan.profile]
    return [card.index for card in same if variants.fits(plan, card)]


# --- other machines --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def of_scheduler(scheduler: str, client: Client, plan: Plan) -> Iterator[Places]:
    """Connect to a Dask scheduler; yield a place for each of its workers that has a card of its own for the plan.

    Of a plan for the processor each worker is one. Dataset, models and program lie in folders that all machines see.
    Raises PipelineError("cluster.not_installed"), ("cluster.no_scheduler"), ("cluster.no_machines"), ("cluster.not_shared"),
    ("cluster.no_card").
    """
    with cluster.connected(scheduler) as dask:
        base = Path(plan.base_model)
        files = [client.info_file, *client.training_data.glob("*/dataset_info.json"), *([base] if base.is_file() else [])]
        workers = cluster.prepared(dask, scheduler, files)
        there: Mapping[str, tuple[str, list[int]]] = dask.run(_cards_here, plan)
        machines = _one_card_each(plan, {worker: there[worker] for worker in workers if worker in there})
        if not machines:
            raise PipelineError("cluster.no_card", address=scheduler, profile=plan.profile)
        yield Places([Machine(dask, worker, card) for worker, card in machines])


def _cards_here(plan: Plan) -> tuple[str, list[int]]:
    """Return a worker's machine, and its cards for a plan."""
    import platform

    return platform.node(), cards_for(plan)


def _one_card_each(plan: Plan, there: Mapping[str, tuple[str, list[int]]]) -> list[tuple[str, int | None]]:
    """Return (worker, card) of those that train: no two workers of one machine get the same card.

    >>> from types import SimpleNamespace as Plan
    >>> _one_card_each(Plan(profile="rtx3060_12gb"), {"a": ("pc1", [0]), "b": ("pc1", [0]), "c": ("pc2", [0, 1])})
    [('a', 0), ('c', 0)]
    """
    if plan.profile == CPU:
        return [(worker, None) for worker in there]
    free = {machine: list(cards) for machine, cards in there.values()}
    return [(worker, free[machine].pop(0)) for worker, (machine, _) in there.items() if free[machine]]


class Machine:
    """A worker of a scheduler."""

    def __init__(self, dask: Any, worker: str, card: int | None) -> None:
        self.name, self._dask, self._card = worker, dask, card

    def train(
        self, client: Client, candidate: Variant, *, settings: Settings, stop_at: int | None, go_on: str,
        watching: TrainingCallbacks,
    ) -> Outcome:  # fmt: skip
        """Train there; Ctrl+C and the end of the hours reach it by the run's folder, which both see."""
        while True:
            future = self._dask.submit(
                _train_there, str(client.folder.absolute()), candidate, settings, stop_at, go_on, self._card,
                workers=[self.name], allow_other_workers=False, pure=False, retries=0,
            )  # fmt: skip
            try:
                return self._followed(future, client, candidate, watching)
            except PipelineError as error:
                # What an earlier session left at work there is waited for: the same call then returns what it came to.
                if error.key != "train.candidate_busy" or _is_over(watching, BUSY_EVERY_S):
                    raise

    def _followed(self, future: Any, client: Client, candidate: Variant, watching: TrainingCallbacks) -> Outcome:
        asked = False
        while not future.done():
            if self.name not in self._dask.nthreads():
                future.cancel()
                raise PipelineError("cluster.machine_gone", machine=self.name, candidate=candidate.name)
            folder = next(iter(variant.runs_of(client, candidate.tuning_id, candidate.name)), None)
            if folder is not None and not run_folder.read_outcome(folder):
                _show(folder, watching)
                if not asked and _is_over(watching, 0.0):
                    stop_request.ask(folder, "now")
                    asked = True
            time.sleep(LOOKED_EVERY_S)
        found: Outcome = future.result()
        return found


def _show(folder: Path, watching: TrainingCallbacks) -> None:
    row = progress_file.last_row(folder / progress_file.PROGRESS_FILE)
    if watching.on_progress is not None and "step" in row:
        eta, per_step = row.get("eta_s"), row.get("seconds_per_step")
        watching.on_progress(TrainProgress(row["step"], row.get("total", 0), row.get("loss"), per_step, eta))


def _is_over(watching: TrainingCallbacks, seconds: float) -> bool:
    if watching.cancel is None:
        time.sleep(seconds)
        return False
    return watching.cancel.wait(seconds) if seconds else watching.cancel.is_set()


def _train_there(
    folder: str, candidate: Variant, settings: Settings, stop_at: int | None, go_on: str, card: int | None
) -> Outcome:  # fmt: skip
    """Train in a worker's process."""
    import lora_trainer

    return lora_trainer.train_variant(
        Client(Path(folder)), candidate, settings=settings, stop_at=stop_at, go_on=go_on, card=card
    )  # fmt: skip
