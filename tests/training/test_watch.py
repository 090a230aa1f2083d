"""What a watcher makes of a growing log, without a trainer: progress, oddities, states; and the records it keeps."""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.system import child as system_child
from avatar.system import process_tree
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.trainer.log import LogReader
from avatar.training import progress_file, states
from avatar.training import watch as training_watch
from avatar.training.progress_file import TrainProgress, last_row, rows_of
from avatar.training.states import STATE_PARTS, saved_now, saved_since, whole_states
from avatar.training.step_numbers import StepNumbers
from avatar.training.trainer_process import AdoptedTrainer, OwnTrainer
from avatar.training.watch import NAN_PATIENCE_STEPS, RunInfo, SpillDetector, TrainingCallbacks, silence_limit_s, watch


class Acting:
    """A trainer that writes what a test tells it, one piece a look, and then ends."""

    pid, born = 2**22 + 1, 1.0  # no process has this number

    def __init__(self, folder: Path, *pieces: str, code: int | None = 0) -> None:
        self.log = folder / "trainer.log"
        self.log.touch()
        self.pieces, self._code = list(pieces), code

    def ended(self) -> bool:
        if not self.pieces:
            return True
        with self.log.open("a", encoding="utf-8", newline="") as file:
            file.write(self.pieces.pop(0))
        return False

    def code(self) -> int | None:
        return self._code


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_child, "POLL_S", 0.001)
    monkeypatch.setattr(process_tree, "end_tree", lambda *arguments: None)


def bar(step: int, total: int = 10, loss: str = "0.5", rate: str = "2.00s/it") -> str:
    return f"\rsteps: {100 * step // total}%|##| {step}/{total} [00:09<00:28, {rate}, avr_loss={loss}]"


def look(trainer: Any, folder: Path, first: int = 0, **watching: Any) -> training_watch.WatchResult:
    return watch(
        trainer, RunInfo(folder=folder, numbers=StepNumbers(first, first), save_every=4), TrainingCallbacks(**watching)
    )


def test_progress_counts_over_resumed_runs_and_names_the_next_save(tmp_path: Path) -> None:
    seen: list[TrainProgress] = []
    trainer = Acting(tmp_path, *(bar(step) for step in range(7)), "\nINFO model saved.\n")
    result = look(trainer, tmp_path, first=4, on_progress=seen.append, memory=lambda: (6.5, 8.0))
    assert (seen[-1].step, seen[-1].total, seen[-1].next_save) == (10, 10, 10)
    assert result.reader.facts.saved and result.code == 0 and result.stopped == ""
    assert seen[-1].eta_s == 0.0  # the trainer's own bar would say 28 s
    assert [row["step"] for row in rows_of(tmp_path / "progress.jsonl")][-1] == 10


@pytest.mark.parametrize("rate", ["1.0.0s/it", "9" * 5000 + "s/it", ".s/it"])
def test_a_torn_line_ends_no_training(tmp_path: Path, rate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[object] = []
    monkeypatch.setattr(process_tree, "end_tree", lambda *arguments: ended.append(arguments))
    pieces = [bar(1), bar(2, rate=rate), "\rsteps:  1%| | 2/1 [00::8<0:x, ", bar(3), "\nINFO model saved.\n"]
    seen = look(Acting(tmp_path, *pieces), tmp_path)
    assert seen.stopped == "" and seen.code == 0 and seen.reader.facts.step == 3 and seen.reader.facts.saved
    assert len(ended) == 1  # what the trainer itself has left behind, at its end
    assert training_watch.read_log(tmp_path).facts.saved


def test_a_bug_in_the_reader_ends_no_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogReader, "_text", lambda self, line: 1 / 0)
    seen = look(Acting(tmp_path, "one\n", bar(1), "\ntwo\n"), tmp_path)
    assert seen.stopped == "" and seen.code == 0 and seen.reader.facts.step == 1


def test_what_the_trainer_does_before_its_first_step_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    pieces = ["INFO preparing accelerator\n", "INFO loading model for process 0/1\n", bar(1), "\nsaving checkpoint: x\n"]
    look(Acting(tmp_path, *pieces), tmp_path, on_phase=told.append)
    assert told == ["accelerator", "model"]


def test_a_log_that_was_written_before_is_caught_up_with_step_by_step(tmp_path: Path) -> None:
    (tmp_path / "progress.jsonl").write_text('{"step": 2, "loss": 0.9}\n{"step": 3, "lo', encoding="utf-8")
    trainer = Acting(tmp_path)
    trainer.log.write_text("".join(bar(step) + bar(step, loss=f"0.{step}") for step in range(1, 9)), encoding="utf-8")
    look(trainer, tmp_path)
    rows = rows_of(tmp_path / "progress.jsonl")
    assert [(row["step"], row["loss"]) for row in rows] == [(2, 0.9), *((n, n / 10) for n in range(3, 9))]


def test_the_bar_that_no_line_end_follows_yet_is_shown_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_watch, "_SHOWN_EVERY_S", 0.0)
    seen: list[tuple[int, int]] = []
    trainer = Acting(tmp_path, *(bar(step) for step in range(1, 6)))
    watching = TrainingCallbacks(on_progress=lambda progress: seen.append((progress.step, 5 - len(trainer.pieces))))
    watch(trainer, RunInfo(folder=tmp_path), watching)
    assert dict(reversed(seen)) == {1: 1, 2: 2, 3: 3, 4: 4, 5: 5}


@pytest.mark.parametrize("loss", ["inf", "-inf", "nan"])
def test_a_loss_that_is_no_number_is_null_for_every_other_viewer(tmp_path: Path, loss: str) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    look(Acting(tmp_path, bar(1, loss=loss), "\n"), tmp_path)
    lines = (tmp_path / "progress.jsonl").read_text(encoding="utf-8").splitlines()
    (row,) = [row for line in lines if "step" in (row := json.loads(line, parse_constant=refuse))]
    assert row["loss"] is None


def test_what_the_card_uses_stands_beside_the_loss(tmp_path: Path) -> None:
    seen: list[TrainProgress] = []
    pieces = ["\n", bar(1), "\n", bar(2), "\n"]
    asked: list[set[int]] = []

    def processes(pids: Collection[int]) -> float:
        asked.append(set(pids))
        return 5.75

    memory = lambda: (6.25, 8.0)  # noqa: E731
    look(Acting(tmp_path, *pieces), tmp_path, on_progress=seen.append, memory=memory, processes_memory=processes)
    assert (seen[-1].used_gib, seen[-1].total_gib) == (6.25, 8.0)
    row = last_row(tmp_path / "progress.jsonl")
    assert (row["used_gib"], row["process_gib"]) == (6.25, 5.75)
    assert asked  # for the trainer and what comes from it


def test_a_cancel_stops_and_a_callback_that_fails_leaves_no_trainer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    ended: list[tuple[Any, ...]] = []
    monkeypatch.setattr(process_tree, "end_tree", lambda *arguments: ended.append(arguments))
    cancel = threading.Event()
    cancel.set()
    assert look(Acting(tmp_path, "a\n", "b\n"), tmp_path, cancel=cancel).stopped == "user"
    assert ended

    def broken(line: str) -> None:
        raise RuntimeError("screen gone")

    ended.clear()
    with pytest.raises(RuntimeError):
        look(Acting(tmp_path, "c\n"), tmp_path, on_line=broken)
    assert ended


@pytest.mark.parametrize(("answer", "stopped"), [("now", "user"), ("continue", ""), (KeyboardInterrupt, "user")])
def test_ctrl_c_is_a_question(tmp_path: Path, answer: Any, stopped: str) -> None:
    asked: list[int] = []

    def on_line(line: str) -> None:
        if line == "go":
            raise KeyboardInterrupt

    def on_interrupt() -> Any:
        asked.append(1)
        if answer is KeyboardInterrupt:
            raise KeyboardInterrupt
        return answer

    result = look(Acting(tmp_path, "go\n", *["x\n"] * 5), tmp_path, on_line=on_line, on_interrupt=on_interrupt)
    assert (result.stopped, asked) == (stopped, [1])


def test_a_changed_mind_takes_the_wish_to_stop_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["checkpoint", "continue"]
    monkeypatch.setattr(states, "SETTLED_S", -1.0)

    def on_line(line: str) -> None:
        if line == "go":
            raise KeyboardInterrupt
        if line == "save":
            write_state(tmp_path, "a-step00000004-state")

    course = RunInfo(folder=tmp_path, save_every=4, save_state=True)
    watching = TrainingCallbacks(on_line=on_line, on_interrupt=lambda: answers.pop(0))  # type: ignore[arg-type,return-value]
    assert watch(Acting(tmp_path, "go\n", "go\n", "save\n", "x\n"), course, watching).stopped == ""
    answers = ["checkpoint"]
    (tmp_path / "a-step00000004-state" / "optimizer.bin").unlink()
    watching = TrainingCallbacks(on_line=on_line, on_interrupt=lambda: answers.pop(0))  # type: ignore[arg-type,return-value]
    assert watch(Acting(tmp_path, "go\n", "x\n", "save\n", "x\n", "x\n"), course, watching).stopped == "checkpoint"


# --- what is odd -----------------------------------------------------------------------------------------------------


def test_a_trainer_that_says_nothing_is_named_once_and_again_after_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(training_watch, "silence_limit_s", lambda per_step: 0.03)
    told: list[Text] = []

    class Hanging(Acting):
        def ended(self) -> bool:
            time.sleep(0.01)
            return super().ended()

    pieces = [bar(1), *[""] * 12, "\nword\n", *[""] * 12]
    result = look(Hanging(tmp_path, *pieces), tmp_path, on_warning=told.append)
    assert [told.key for told in told] == ["train.warning.silent"] * 2 and result.warnings == told
    for language in translate.LANGUAGES:
        assert translate.words(told[0], language)


def test_how_long_is_long_depends_on_what_is_being_done() -> None:
    assert silence_limit_s(None) == 900  # a slow disk and 7 GB
    assert silence_limit_s(0.5) == 300
    assert silence_limit_s(60) == 1200


def feed(detector: SpillDetector, seconds: float, used: float | None, times: int) -> list[Text]:
    found = [detector.feed(seconds, used, 8.0) for _ in range(times)]
    return [warning for warning in found if warning is not None]


def test_a_card_that_spills_over_is_named_once() -> None:
    detector = SpillDetector()
    assert feed(detector, 1.0, 7.9, 30) == []
    (warning,) = feed(detector, 9.0, 7.9, 30)
    assert warning.key == "train.warning.spill"
    assert warning.values["before"] == 1.0 and warning.values["slower"] >= 3
    for language in translate.LANGUAGES:
        assert translate.words(warning, language)


def test_a_training_that_spills_from_its_first_step_is_known_by_ten_times_the_expected_time() -> None:
    assert feed(SpillDetector(4.0), 39.0, None, 30) == []
    (warning,) = feed(SpillDetector(4.0), 41.0, None, 30)  # on Windows NVML sees no full card then
    assert warning == Text("train.warning.far_slower", {"seconds": 41.0, "expected": 4.0})


@pytest.mark.parametrize("used", [None, 4.0, 7.5])
def test_slow_steps_alone_are_no_spill(used: float | None) -> None:
    detector = SpillDetector()
    assert feed(detector, 1.0, used, 30) + feed(detector, 9.0, used, 30) == []


def test_one_slow_step_for_a_checkpoint_or_a_sample_is_no_spill() -> None:
    detector = SpillDetector()
    for _ in range(20):
        assert feed(detector, 1.0, 7.9, 9) + feed(detector, 60.0, 7.9, 1) == []


@given(st.lists(st.floats(0.9, 1.1), min_size=1, max_size=200))
def test_an_even_pace_is_never_a_spill(times: list[float]) -> None:
    detector = SpillDetector()
    assert all(detector.feed(seconds, 8.0, 8.0) is None for seconds in times)


# --- states and rows -------------------------------------------------------------------------------------------------


def write_state(folder: Path, name: str, *, without: str = "") -> None:
    (folder / name).mkdir(exist_ok=True)
    for part in STATE_PARTS:
        if part != without:
            (folder / name / part).write_bytes(b"x")


@pytest.mark.parametrize("missing", STATE_PARTS)
def test_a_state_without_any_one_part_is_not_whole(tmp_path: Path, missing: str) -> None:
    write_state(tmp_path, "a-step00000002-state")
    write_state(tmp_path, "a-step00000004-state", without=missing)
    assert whole_states(tmp_path) == {"a-step00000002-state"}


def test_only_what_is_new_and_written_to_its_end_counts_as_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    write_state(tmp_path, "a-step00000002-state")
    before = saved_now(tmp_path, states=True)
    assert saved_since(tmp_path, before, states=True) is None
    write_state(tmp_path, "a-step00000004-state")
    assert saved_since(tmp_path, before, states=True) is None  # it may still grow
    monkeypatch.setattr(states, "SETTLED_S", 0.0)
    assert saved_since(tmp_path, before, states=True) == "a-step00000004-state"
    (tmp_path / "a-step00000004.safetensors").write_bytes(b"half")
    assert saved_now(tmp_path, states=False) == {"a-step00000004.safetensors"}
    assert saved_since(tmp_path, frozenset(), states=False) is None  # half a file is none


def test_rows_that_a_killed_program_left_half_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    path.write_text('{"step": 1}\nnonsense\n[3]\n{"step": 2}\n{"st', encoding="utf-8")
    assert [row["step"] for row in rows_of(path)] == [1, 2]
    assert last_row(path) == {"step": 2}


def test_at_most_one_row_a_second_is_written_and_the_last_is_never_lost(tmp_path: Path) -> None:
    rows = progress_file.Rows(tmp_path / "progress.jsonl")
    for step in range(1, 100):
        rows.add({"step": step}, at_once=False)
        rows.keep(100.0 + step / 100)
    rows.close()
    lines = (tmp_path / "progress.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1, 99]


def test_a_disk_that_is_full_costs_rows_and_not_the_training(tmp_path: Path) -> None:
    class Full:
        def write(self, data: bytes) -> int:
            raise OSError(28, "No space left on device")

        def close(self) -> None: ...

    rows = progress_file.Rows(tmp_path / "progress.jsonl")
    rows._file.close()
    rows._file = Full()  # type: ignore[assignment]
    rows.add({"step": 1}, at_once=True)
    rows.keep(1e9)
    rows.close()
    assert rows_of(tmp_path / "progress.jsonl") == []


@pytest.mark.parametrize("kind", ["own", "adopted"])
def test_a_clock_that_is_set_while_it_trains_loses_no_trainer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:  # fmt: skip
    code = "import time; print(1, flush=True); time.sleep(60)"
    child = system_child.start_logged(
        [sys.executable, "-c", code], tmp_path / "trainer.log", cwd=tmp_path, environment=system_child.child_environment()
    )
    born = process_tree.start_time(child.pid)
    assert born is not None
    trainer = OwnTrainer(child) if kind == "own" else AdoptedTrainer(child.pid, born)
    real = process_tree.start_time
    monkeypatch.setattr(process_tree, "start_time", lambda pid: None if (found := real(pid)) is None else found + 3600)
    assert not trainer.ended() and trainer.born == pytest.approx(born + 3600)
    child.kill()
    child.wait()
    assert trainer.ended()


def test_a_number_that_runs_no_more_has_ended(tmp_path: Path) -> None:
    gone = AdoptedTrainer(2**22 + 1, 1.0)
    assert gone.ended() and gone.code() is None


# --- by a clock of its own -------------------------------------------------------------------------------------------


class Timed(Acting):
    """A trainer that writes its pieces after so many seconds each, by a clock that only it moves."""

    def __init__(self, folder: Path, *pieces: tuple[float, str]) -> None:
        super().__init__(folder, *(text for _, text in pieces))
        self.waits, self.now = [seconds for seconds, _ in pieces], 1000.0

    def ended(self) -> bool:
        self.now += self.waits.pop(0) if self.waits else 0.0
        return super().ended()


@pytest.fixture
def timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Timed]:
    def make(*pieces: tuple[float, str]) -> Timed:
        trainer = Timed(tmp_path, *pieces)
        clock = SimpleNamespace(monotonic=lambda: trainer.now, time=lambda: 1.8e9 + trainer.now, sleep=lambda seconds: None)
        monkeypatch.setattr(training_watch, "time", clock)
        return trainer

    return make


def steps(seconds: float, first: int, last: int, total: int = 1000) -> list[tuple[float, str]]:
    return [(seconds, bar(step, total) + "\n") for step in range(first, last + 1)]


def test_steps_that_become_slow_on_a_full_card_are_named_with_how_slow(tmp_path: Path, timed: Callable[..., Timed]) -> None:
    told: list[Text] = []
    trainer = timed(*steps(2.0, 1, 20), *steps(8.0, 21, 40))
    result = look(trainer, tmp_path, memory=lambda: (7.9, 8.0), on_warning=told.append)
    assert [told.key for told in told] == ["train.warning.spill"] and result.warnings == told
    values = told[0].values
    assert (values["before"], values["used"], values["total"]) == (2.0, 7.9, 8.0)
    assert values["slower"] == pytest.approx(values["seconds"] / 2.0) and values["slower"] >= 2.5


def at_once(seconds: float, first: int, count: int) -> tuple[float, str]:
    return seconds, "".join(bar(step, 1000) + "\n" for step in range(first, first + count))


@pytest.mark.parametrize("count", [2, 4, 15])
def test_steps_that_are_seen_several_at_once_are_no_faster_and_those_after_them_no_slower(
    tmp_path: Path, timed: Callable[..., Timed], count: int
) -> None:
    """A question that stands open keeps the watcher from reading: then many steps come in a moment."""
    bursts = [at_once(1.0 * count, first, count) for first in range(21, 21 + 5 * count, count)]
    trainer = timed(*steps(1.0, 1, 20), *bursts, *steps(1.0, 21 + 5 * count, 40 + 5 * count))
    assert look(trainer, tmp_path, memory=lambda: (7.9, 8.0)).warnings == []


def test_steps_that_are_seen_several_at_once_may_be_slow_ones(tmp_path: Path, timed: Callable[..., Timed]) -> None:
    trainer = timed(*steps(1.0, 1, 20), at_once(50.0, 21, 10), *steps(5.0, 31, 32))
    assert [told.key for told in look(trainer, tmp_path, memory=lambda: (7.9, 8.0)).warnings] == ["train.warning.spill"]


def test_the_first_step_warms_up_and_sets_no_pace(tmp_path: Path, timed: Callable[..., Timed]) -> None:
    result = look(timed((0.0, bar(0, 1000) + "\n"), (0.001, bar(1, 1000) + "\n"), *steps(2.0, 2, 30)), tmp_path,
                  memory=lambda: (7.9, 8.0))  # fmt: skip
    assert result.warnings == []


@pytest.mark.parametrize(("silent", "told"), [(300.0, []), (300.1, [300.1 / 60])])
def test_a_step_that_takes_longer_than_any_is_named_with_its_minutes(
    tmp_path: Path, timed: Callable[..., Timed], silent: float, told: list[float]
) -> None:
    result = look(timed((1.0, bar(3) + "\n"), (silent, ""), (0.1, bar(4) + "\n")), tmp_path, first=4)
    assert [warning.values["minutes"] for warning in result.warnings] == pytest.approx(told)
    assert [(warning.key, warning.values["step"]) for warning in result.warnings] == [("train.warning.silent", 7)] * len(told)


def test_before_the_first_step_a_quarter_of_an_hour_is_allowed(tmp_path: Path, timed: Callable[..., Timed]) -> None:
    quiet = look(timed((0.0, "INFO loading model for process 0/1\n"), (900.0, ""), (0.0, "x\n")), tmp_path)
    assert quiet.warnings == []
    (tmp_path / "trainer.log").write_bytes(b"")
    late = look(timed((0.0, "INFO loading model for process 0/1\n"), (901.0, ""), (0.0, "x\n")), tmp_path)
    assert [(warning.key, warning.values["phase"]) for warning in late.warnings] == [
        ("train.warning.silent", Text("train.phase.model"))
    ]


def test_the_card_is_looked_at_every_ten_seconds(tmp_path: Path, timed: Callable[..., Timed]) -> None:
    looks: list[float] = []
    trainer = timed(*steps(1.0, 1, 25))

    def memory() -> tuple[float, float]:
        looks.append(trainer.now)
        return 4.0, 8.0

    look(trainer, tmp_path, memory=memory)
    assert [later - earlier for earlier, later in itertools.pairwise(looks)] == [10.0, 10.0]


def test_a_card_that_answers_no_more_leaves_no_old_figure(tmp_path: Path, timed: Callable[..., Timed]) -> None:
    answers: list[tuple[float, float] | None] = [(4.0, 8.0), None]
    look(timed(*steps(6.0, 1, 5)), tmp_path, memory=lambda: answers.pop(0) if answers else None)
    rows = rows_of(tmp_path / "progress.jsonl")
    assert [row.get("used_gib") for row in rows] == [None, 4.0, 4.0, None, None]


def test_rows_tell_step_loss_pace_and_what_is_left(tmp_path: Path, timed: Callable[..., Timed]) -> None:
    look(
        timed((5.0, bar(2, 10, loss="0.25", rate="4.00it/s") + "\n"), (2.0, bar(4, 10, loss="0.125") + "\n")), tmp_path, first=3
    )
    first, second = rows_of(tmp_path / "progress.jsonl")
    assert (first["step"], first["total"], first["loss"], first["seconds_per_step"], first["eta_s"]) == (5, 10, 0.25, 0.25, 1.2)
    assert (second["step"], second["seconds_per_step"], second["eta_s"]) == (7, 2.0, 6.0)
    assert second["time"] - first["time"] == 2.0


def test_a_bar_that_has_no_loss_yet_is_shown_and_makes_no_row(tmp_path: Path) -> None:
    seen: list[TrainProgress] = []
    bare = "\rsteps:  10%|#| 1/10 [00:09<00:28,  9.51s/it]\n"  # each step is drawn before its loss is known
    look(Acting(tmp_path, bare), tmp_path, on_progress=seen.append)
    assert [(progress.step, progress.loss) for progress in seen] == [(1, None)]
    assert rows_of(tmp_path / "progress.jsonl") == []


@pytest.mark.parametrize(
    ("step", "first", "every", "expected"),
    [(0, 0, 4, 4), (3, 0, 4, 4), (4, 0, 4, 8), (8, 0, 4, 10), (1, 6, 4, 10), (1, 0, None, None), (9, 0, 20, 10)],
)
def test_the_next_save_counts_over_resumed_runs_and_is_at_most_the_end(
    tmp_path: Path, step: int, first: int, every: int | None, expected: int | None
) -> None:
    seen: list[TrainProgress] = []
    course = RunInfo(folder=tmp_path, numbers=StepNumbers(first, first), save_every=every)
    watch(Acting(tmp_path, bar(step) + "\n"), course, TrainingCallbacks(on_progress=seen.append))
    assert seen[0].next_save == expected


@pytest.mark.parametrize(("steps_of_nan", "stopped"), [(NAN_PATIENCE_STEPS, ""), (NAN_PATIENCE_STEPS + 1, "nan")])
def test_a_loss_that_stays_no_number_is_waited_for_so_many_steps(tmp_path: Path, steps_of_nan: int, stopped: str) -> None:
    pieces = [bar(step, 100, loss="nan") + "\n" for step in range(5, 5 + steps_of_nan)]
    result = look(Acting(tmp_path, bar(4, 100) + "\n", *pieces, "x\n"), tmp_path)
    assert result.stopped == stopped and result.reader.facts.nan_step == 5


# --- logs and records ------------------------------------------------------------------------------------------------


def test_the_whole_log_of_a_run_is_read_to_its_unfinished_end(tmp_path: Path) -> None:
    assert training_watch.read_log(tmp_path).facts.total == 0  # there is none
    (tmp_path / "trainer.log").write_text(f"INFO model saved.\n{bar(10)}", encoding="utf-8")
    facts = training_watch.read_log(tmp_path).facts
    assert facts.saved and (facts.step, facts.total) == (10, 10)


def test_rows_go_on_behind_a_line_that_a_killed_program_left_half(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    path.write_text('{"step": 3, "loss": 0.5}\n{"step": 4, "lo', encoding="utf-8")
    look(Acting(tmp_path, bar(3) + "\n" + bar(4) + "\n" + bar(5) + "\n"), tmp_path)
    assert [row["step"] for row in rows_of(path)] == [3, 4, 5]
    assert path.read_bytes().endswith(b"}\n")


@pytest.mark.parametrize("content", ["", '{"step": 2}\n'])
def test_a_whole_file_of_rows_gets_no_empty_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "progress.jsonl"
    path.write_text(content, encoding="utf-8")
    rows = progress_file.Rows(path)
    rows.add({"step": 3}, at_once=True)
    rows.close()
    assert path.read_text(encoding="utf-8") == content + '{"step": 3}\n'


def test_a_log_that_is_not_there_ends_nothing_but_the_watching(tmp_path: Path) -> None:
    trainer = Acting(tmp_path)
    trainer.log.unlink()
    with pytest.raises(FileNotFoundError):
        look(trainer, tmp_path)


def test_a_question_on_ctrl_c_ends_when_the_training_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_watch, "ENDED_EVERY_S", 0.001)
    trainer = Acting(tmp_path, bar(1), bar(2), bar(10), "\nmodel saved.\n")
    over = threading.Event()
    asked: list[bool] = []

    def on_interrupt() -> training_watch.StopAnswer:
        asked.append(over.wait(timeout=30))  # nobody answers
        return "continue"

    watching = TrainingCallbacks(on_interrupt=on_interrupt, over=over)
    watcher = training_watch._Watcher(trainer, RunInfo(folder=tmp_path), watching)
    watcher.interrupted.set()
    watcher.follow()
    watcher.close()
    assert asked == [True]
    assert (watcher.seen.stopped, watcher.seen.reader.facts.step, watcher.seen.reader.facts.saved) == ("", 10, True)


def test_a_question_that_is_answered_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    watcher = training_watch._Watcher(
        Acting(tmp_path, *["x"] * 5), RunInfo(folder=tmp_path), TrainingCallbacks(on_interrupt=lambda: "continue")
    )  # fmt: skip
    watcher._ask()
    watcher.close()
    assert threading.active_count() == before and not watcher.watching.over.is_set()
