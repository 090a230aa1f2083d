"""Several candidates of a tuning trained at the same time: shared out, each told as it ends, stopped together."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import threading
from pathlib import Path
from typing import Any

import pytest

from avatar.results import plan_tuning, tuning
from avatar.results.plan_tuning import Costs
from avatar.results.tuning_candidates import Candidate
from avatar.results.tuning_ports import Trained
from avatar.results.tuning_run import Callbacks, Ended, run
from avatar.results.tuning_together import Together
from avatar.texts.text import PipelineError
from tests.plan.test_values import PLAN
from tests.results.tuning_world import LAST, World, begun

WAIT_S = 30.0


@dataclasses.dataclass
class TwoPlaces(World):
    """A world in which two trainings are at work at the same time, or neither ends; both begin at the same moment."""

    _begun: float = 0.0
    _over: float = 0.0
    _lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._meet = threading.Barrier(2, action=self._begin)

    def _begin(self) -> None:
        self._begun = self._over = self.clock

    def train(self, candidate: Candidate, *, stop_at: int | None, go_on: str, until: float | None) -> Trained:
        self._meet.wait(WAIT_S)
        with self._lock:
            self.clock = self._begun
            trained = super().train(candidate, stop_at=stop_at, go_on=go_on, until=until)
            self.clock = self._over = max(self._over, self.clock)
            return trained


def night(folder: Path, world: World, together: Together) -> Ended:
    one = begun(folder, PLAN, 48.0)
    one = tuning.begin(folder, one.info.model_copy(update={"candidates": one.info.candidates[:6]}))  # three pairs
    costs = Costs(step_s=6.0, picture_s=20.0)
    return run(one, world, Callbacks(), stage0=LAST, stage0_pictures=132, costs=costs, together=together)


def test_two_places_train_the_candidates_in_pairs_and_the_answer_is_of_them_all(tmp_path: Path) -> None:
    world = TwoPlaces(likeness=lambda file, weight: 0.8 if file.candidate == "rate_double" else 0.4)
    ended = night(tmp_path, world, Together(places=2))
    assert ended.answer is not None and ended.answer.candidate == "rate_double"
    shorts = [name for name, stop_at, _ in world.trained if stop_at is not None]
    assert len(shorts) == len(set(shorts)) >= 4 and len(shorts) % 2 == 0
    lines = tuning.lines(tmp_path)
    assert sum(line.state == "full" for name, line in lines.items() if name != tuning.STAGE0) == 2


def test_one_that_fails_costs_the_other_nothing(tmp_path: Path) -> None:
    world = TwoPlaces(fails={"rate_half": "tune.unknown_cause"})
    night(tmp_path, world, Together(places=2))
    lines = tuning.lines(tmp_path)
    assert lines["rate_half"].state == "failed" and lines["plan"].state in {"short", "full", "dropped"}


def test_ctrl_c_stops_all_that_are_at_work_and_each_has_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped, pressed = threading.Event(), threading.Event()
    real = concurrent.futures.wait

    def wait(*given: Any, **options: Any) -> Any:
        if not pressed.is_set():
            pressed.set()
            raise KeyboardInterrupt
        return real(*given, **options)

    monkeypatch.setattr(concurrent.futures, "wait", wait)

    class Cut(TwoPlaces):
        def train(self, candidate: Candidate, *, stop_at: int | None, go_on: str, until: float | None) -> Trained:
            assert stopped.wait(WAIT_S)
            trained = super().train(candidate, stop_at=stop_at, go_on=go_on, until=until)
            return dataclasses.replace(trained, state="stopped", interrupted=True)

    world = Cut()
    ended = night(tmp_path, world, Together(places=2, stop=stopped.set))
    assert ended.interrupted and len(world.trained) == 2
    assert {name: line.state for name, line in tuning.lines(tmp_path).items() if name != tuning.STAGE0} == {
        "plan": "stopped", "rate_half": "stopped",
    }  # fmt: skip


def test_candidates_that_no_place_can_begin_end_the_night_and_stay_to_be_trained(tmp_path: Path) -> None:
    class Nowhere(TwoPlaces):
        def train(self, candidate: Candidate, *, stop_at: int | None, go_on: str, until: float | None) -> Trained:
            raise PipelineError("cluster.machine_gone", machine="tcp://m1", candidate=candidate.name)

    ended = night(tmp_path, Nowhere(), Together(places=2))
    assert ended.error is not None and ended.error.key == "cluster.machine_gone" and ended.answer is not None
    assert {line.state for name, line in tuning.lines(tmp_path).items() if name != tuning.STAGE0} == {"planned"}


@pytest.mark.parametrize(("places", "size"), [(1, (3, 1)), (2, (6, 2)), (3, (6, 2)), (6, (6, 2))])
def test_more_places_have_room_for_more_candidates(places: int, size: tuple[int, int]) -> None:
    plan = plan_tuning.plan_tuning(
        8.0, Costs(step_s=6.0, picture_s=20.0), steps=2000, short=800, stage0_pictures=0, candidates=6, places=places
    )  # fmt: skip
    assert (plan.shorts, plan.fulls) == size and plan.seconds is not None and plan.seconds <= 0.9 * 8 * 3600
