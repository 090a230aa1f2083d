"""Watches a trainer through its log file: progress, the user's requests, warnings.

The watcher only reads the file, so that it may be killed and another take its place: `watch` over a run of a program that is
gone gives what it would have given.
"""

from __future__ import annotations

import contextlib
import math
import signal
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from avatar.plan import time as plan_time
from avatar.system import child as system_child
from avatar.system import gpu as system_gpu
from avatar.system import process_tree
from avatar.system.gpu import Card, CardProbe, MemoryProbe, PowerProbe
from avatar.texts.text import Text
from avatar.trainer.log import BAR, LogReader, Phase, Progress
from avatar.training import log_file, progress_file, states, stop_request
from avatar.training.log_file import GrowingLog
from avatar.training.progress_file import TrainProgress
from avatar.training.readings import Readings
from avatar.training.sample_pictures import Measure, SampleWatch
from avatar.training.step_numbers import StepNumbers
from avatar.training.trainer_process import Trainer

_SHOWN_EVERY_S = 0.1
READS = 4  # of READ_BYTES, between two looks at what the user wants
ENDED_EVERY_S = 0.5  # while a question stands
REQUEST_EVERY_S = 0.5  # a look for a request that another program has left
# [choice] The trainer's mean never becomes a number again (library/train_util.py:6668) and trains on for hours.
NAN_PATIENCE_STEPS = 20
# [choice] Loading and hashing 7 GB from a slow disk is silent for minutes; a step is never silent for twenty of its kind.
SILENT_BEFORE_S, SILENT_TRAINING_S, SILENT_STEPS = 900.0, 300.0, 20.0
# [choice] Shared memory is reached over PCIe at a tenth of the card's own bandwidth or less.
SPILL_SLOWER, SPILL_FULL, SPILL_WINDOW = 3.0, 0.95, 10

StopAnswer = Literal["now", "checkpoint", "continue"]
Stopped = Literal["", "user", "checkpoint", "short", "nan"]
OnWarning = Callable[[Text], None]


@dataclass(frozen=True, kw_only=True)
class TrainingCallbacks:
    """Callbacks of a training. on_interrupt answers Ctrl+C; without it, Ctrl+C stops at once. All in the caller's thread."""

    on_progress: Callable[[TrainProgress], None] | None = None
    on_line: Callable[[str], None] | None = None
    on_interrupt: Callable[[], StopAnswer] | None = None
    on_warning: OnWarning | None = None
    on_note: Callable[[Text], None] | None = None  # what is worth knowing before it begins
    on_phase: Callable[[str], None] | None = None  # names of training_log.Phase
    memory: MemoryProbe | None = None
    processes_memory: Callable[[Collection[int]], float | None] | None = None  # GiB of the card that processes hold
    power: PowerProbe | None = None
    celsius: PowerProbe | None = None  # temperature of the card
    likeness: Measure | None = None  # of a sample picture; its line in progress.jsonl
    cancel: threading.Event | None = None
    over: threading.Event = field(default_factory=threading.Event)  # is set where the trainer ends while on_interrupt asks
    grace_s: float = 20.0


@dataclass(frozen=True, kw_only=True)
class RunInfo:
    """Where a run writes, how it counts its steps, and when it saves.

    suits_a_stop  whether a training that is stopped after so many steps can go on with just what it lacks
    expected_s    seconds a step as they were told before the start; None: nothing was
    stop_at       step whose saved state ends the run; None: it goes to its end
    """

    folder: Path
    numbers: StepNumbers = field(default_factory=StepNumbers)
    save_every: int | None = None
    save_state: bool = False
    suits_a_stop: Callable[[int], bool] = lambda step: True
    expected_s: float | None = None
    stop_at: int | None = None


@dataclass
class WatchResult:
    """Log facts, exit code, who stopped the run and after which save, warnings."""

    reader: LogReader
    code: int | None = None
    stopped: Stopped = ""
    saved_step: int | None = None
    warnings: list[Text] = field(default_factory=list)


# --- pure: what is odd -----------------------------------------------------------------------------------------------


def silence_limit_s(seconds_per_step: float | None) -> float:
    """Return after how many seconds without output a trainer seems to hang; None: before its first step."""
    return SILENT_BEFORE_S if seconds_per_step is None else max(SILENT_TRAINING_S, SILENT_STEPS * seconds_per_step)


class SpillDetector:
    """Detects when a training becomes slow because the card is full and Windows moves its memory to the computer's RAM.

    The trainer's own figure is a mean over the whole run; here the time of every step counts, the last ten against the ten
    fastest in a row, and against what was expected before the start. It speaks once.
    """

    def __init__(self, expected_s: float | None = None) -> None:
        self._recent: deque[float] = deque(maxlen=SPILL_WINDOW)
        self._best: float | None = None
        self._told = False
        self._expected_s = expected_s

    def feed(self, seconds: float, used_gib: float | None, total_gib: float | None) -> Text | None:
        """Take the time of one step and the card's memory; return the warning, once."""
        self._recent.append(seconds)
        if self._told or len(self._recent) < SPILL_WINDOW:
            return None
        usual = statistics.median(self._recent)
        if self._best is None or usual < self._best:
            self._best = usual
        if self._expected_s is not None and usual >= plan_time.SPILL_FACTOR * self._expected_s:
            self._told = True  # it spilled from its first step: there is no faster one to compare with
            return Text("train.warning.far_slower", {"seconds": usual, "expected": self._expected_s})
        full = used_gib is not None and total_gib is not None and used_gib >= SPILL_FULL * total_gib
        if not full or usual < SPILL_SLOWER * self._best:
            return None
        self._told = True
        return Text("train.warning.spill", {
            "slower": usual / self._best, "seconds": usual, "before": self._best, "used": used_gib, "total": total_gib,
        })  # fmt: skip


# --- watching --------------------------------------------------------------------------------------------------------


def watch(trainer: Trainer, course: RunInfo, watching: TrainingCallbacks) -> WatchResult:
    """Watch a trainer to its end; return log facts and how it ended. If anything fails here, the trainer is stopped too.

    A run that was watched before is read again from its beginning; progress.jsonl gets only what it lacks.
    """
    watcher = _Watcher(trainer, course, watching)
    try:
        with _deferred_interrupts(watcher.interrupted):
            watcher.follow()
            watcher.look_at_samples(last=True)
    except BaseException:  # the screen is gone, the disk is full: leave no trainer behind that nobody watches
        process_tree.end_tree(trainer.pid, trainer.born, watching.grace_s)
        raise
    finally:
        watcher.close()
    # What the trainer itself has left behind: workers that load pictures, processes of a launcher.
    process_tree.end_tree(trainer.pid, trainer.born, watching.grace_s)
    watcher.seen.code = trainer.code()
    if watcher.seen.stopped == "checkpoint":
        watcher.seen.saved_step = course.numbers.of_file(states.furthest(course.folder, states=course.save_state))
    return watcher.seen


def read_log(folder: Path) -> LogReader:
    """Return a reader that has read a run's log (of a long one, beginning and end); an empty one without a log."""
    reader = LogReader()
    for line in log_file.lines_of(folder):
        reader.feed(line)
    return reader


@contextlib.contextmanager
def _deferred_interrupts(event: threading.Event) -> Iterator[None]:
    """Let Ctrl+C set event instead of breaking off whatever is being done; in the main thread only, as Python demands."""

    def remember(number: int, frame: FrameType | None) -> None:
        event.set()

    with _handler(remember):
        yield


@contextlib.contextmanager
def _handler(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before in {None, signal.SIG_IGN}:
        yield  # Python lets only the main thread set one; a program started with nohup or & is to ignore it
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Watcher:
    """Reads the log, writes progress.jsonl, calls the callbacks, and stops the trainer on request."""

    def __init__(self, trainer: Trainer, course: RunInfo, watching: TrainingCallbacks) -> None:
        self.trainer, self.course, self.watching = trainer, course, watching
        self.seen = WatchResult(LogReader())
        self.interrupted = threading.Event()
        self._tail = GrowingLog(course.folder)
        progress = course.folder / progress_file.PROGRESS_FILE
        self._samples = SampleWatch(course.folder, progress, course.numbers, watching.likeness)
        self._rows = progress_file.Rows(progress)
        self._shown = self._asked_request = -math.inf
        self._readings = Readings(watching.memory, self._own_memory, watching.power, watching.celsius)
        self._requested: stop_request.When | None = None
        self._spill = SpillDetector(course.expected_s)
        self._step: tuple[int, float] | None = None  # the newest step and when it was seen
        self._bar: Progress | None = None
        self._last_word = time.monotonic()
        self._silence_told = False
        self._caught_up = False
        self._saved_before: frozenset[str] | None = None  # set: stop after the save of _stop_at
        self._stop_at = 0

    def follow(self) -> None:
        """Read, look, and wait where nothing is left to read: a trainer that prints without end is stopped as any other."""
        while True:
            try:
                over = self.trainer.ended()  # asked before reading: all it wrote is in the file then
                more = self._read()
                if over and not more:
                    self._line(self._tail.rest())
                    return
                self._look()
                if self.seen.stopped:
                    self._end_trainer()
                    return
                if not more:
                    time.sleep(system_child.POLL_S)
            except KeyboardInterrupt:  # outside the main thread's handler, or raised by a callback
                self.interrupted.set()

    def _end_trainer(self) -> None:
        trainer, grace_s = self.trainer, self.watching.grace_s
        process_tree.end_tree(trainer.pid, trainer.born, grace_s, self._tail.keep_bounded)
        while self._read():
            pass
        self._line(self._tail.rest())

    def look_at_samples(self, *, last: bool = False) -> None:
        self._samples.look(self._rows, last=last)

    def close(self) -> None:
        self._rows.close()
        self._tail.close()

    def _read(self) -> bool:
        """Take what was written since the last look, of much a part; tell whether there is more."""
        for _ in range(READS):
            lines = self._tail.lines()
            if not lines:
                self._take_times()
                self._caught_up = True
                return False
            self._last_word, self._silence_told = time.monotonic(), False
            for line in lines:
                self._line(line)
            self._peek()
        return True

    def _peek(self) -> None:
        """Take the bar that stands at the end without a line end: the next comes a whole step later."""
        if BAR.search(self._tail.unfinished):
            for event in self.seen.reader.feed(self._tail.unfinished):
                if isinstance(event, Progress):
                    self._progress(event)

    def _line(self, line: str) -> None:
        if self.watching.on_line is not None and line:
            self.watching.on_line(line)
        for event in self.seen.reader.feed(line):
            if isinstance(event, Progress):
                self._progress(event)
            elif isinstance(event, Phase) and self.watching.on_phase is not None and not self._bar:
                self.watching.on_phase(event.name)

    def _progress(self, bar: Progress) -> None:
        self._bar = bar
        step, now, whole = self._step_of(bar), time.monotonic(), self.course.numbers.of_all(bar.total)
        per_step = bar.seconds_per_step
        # The trainer's own bar reckons from 0 to the end even where it goes on from the middle.
        eta = bar.eta_s if per_step is None else round((whole - step) * per_step, 1)
        if self.watching.on_progress is not None and (step >= whole or now - self._shown >= _SHOWN_EVERY_S):
            self._shown = now
            used, total = self._readings.memory or (None, None)
            self.watching.on_progress(TrainProgress(step, whole, bar.loss, per_step, eta, used, total, self._next_save(bar)))
        if bar.step > 0 and bar.loss is not None:
            loss = bar.loss if math.isfinite(bar.loss) else None  # JSON has neither NaN nor Infinity
            row = {"time": round(time.time(), 1), "step": step, "total": whole, "loss": loss,
                   "seconds_per_step": per_step, "eta_s": eta}  # fmt: skip
            self._rows.add({**row, **self._readings.row()}, at_once=not self._caught_up)

    def _step_of(self, bar: Progress) -> int:
        return self.course.numbers.of_bar(bar.step, bar.total)

    def _take_times(self) -> None:
        """Share the time since the last look among the steps that came since: after a question there may be many at once."""
        if self._bar is None:
            return
        step, now = self._step_of(self._bar), time.monotonic()
        if self._step is not None and step <= self._step[0]:
            return
        if self._step is not None and self._caught_up and self._step[0] > self.course.numbers.first:  # the first also warms up
            steps = step - self._step[0]
            for _ in range(min(steps, SPILL_WINDOW)):
                self._time_of_step((now - self._step[1]) / steps)
        self._step = (step, now)

    def _next_save(self, bar: Progress) -> int | None:
        course = self.course
        if not course.save_every:
            return None
        total = course.numbers.of_all(bar.total)
        return course.numbers.next_save(self._step_of(bar), course.save_every, total, course.suits_a_stop)

    def _time_of_step(self, seconds: float) -> None:
        found = self._spill.feed(seconds, *(self._readings.memory or (None, None)))
        if found is not None:
            self._warn(found)

    def _warn(self, warning: Text) -> None:
        self.seen.warnings.append(warning)
        if self.watching.on_warning is not None:
            self.watching.on_warning(warning)

    def _own_memory(self) -> float | None:
        """Return what the trainer and all that comes from it hold of the card."""
        if self.watching.processes_memory is None:
            return None
        tree = process_tree.process_tree(self.trainer.pid, self.trainer.born)
        return self.watching.processes_memory({process.pid for process in tree})

    # --- between two looks at the log --------------------------------------------------------------------------------

    def _look(self) -> None:
        now = time.monotonic()
        self._tail.keep_bounded()
        self._rows.keep(now)
        self._readings.look(now)
        self._look_for_silence(now)
        if self._caught_up:
            self._rows.add_phase(self.seen.reader.facts.phase or "starting", time.time())
        self.look_at_samples()
        facts = self.seen.reader.facts
        if facts.nan_step is not None and facts.step >= facts.nan_step + NAN_PATIENCE_STEPS:
            self.seen.stopped = "nan"
        if self.watching.cancel is not None and self.watching.cancel.is_set():
            self.seen.stopped = "user"
        self._look_for_request(now)
        if self.interrupted.is_set():
            self._ask()
        if self._saved_before is not None and not self.seen.stopped:
            self._look_for_save(self._saved_before)
        self._look_for_short_end()

    def _look_for_save(self, before: frozenset[str]) -> None:
        """Stop after the save that was announced; a state inside an epoch would have part of it done again."""
        course = self.course
        least = course.numbers.own(self._stop_at)
        if states.saved_since(course.folder, before, states=course.save_state, least=least) is not None:
            self.seen.stopped = "checkpoint"

    def _look_for_short_end(self) -> None:
        """End a run that is to be short once the state at its step is whole, whatever else was asked for."""
        course = self.course
        if course.stop_at is not None and states.is_whole_at(course.folder, course.numbers.own(course.stop_at)):
            self.seen.stopped = "short"

    def _look_for_request(self, now: float) -> None:
        """Do what another program asks for; a request that is gone again was withdrawn."""
        if now - self._asked_request < REQUEST_EVERY_S:
            return
        self._asked_request = now
        wanted = stop_request.asked(self.course.folder)
        if wanted != self._requested:
            self._requested = wanted
            self._obey(wanted or "continue")

    def _look_for_silence(self, now: float) -> None:
        facts, bar = self.seen.reader.facts, self._bar
        per_step = bar.seconds_per_step if bar is not None and bar.step else None
        silent = now - self._last_word
        if not self._silence_told and silent > silence_limit_s(per_step):
            self._silence_told = True
            phase = Text(f"train.phase.{facts.phase}") if facts.phase else "-"
            values = {"minutes": silent / 60, "step": self.course.numbers.first + facts.step, "phase": phase}
            self._warn(Text("train.warning.silent", values))

    @contextlib.contextmanager
    def _telling_the_end(self) -> Iterator[None]:
        """Set `over` as soon as the trainer ends within: nobody else looks while a question stands."""
        answered = threading.Event()

        def look() -> None:
            while not answered.wait(ENDED_EVERY_S):
                if self.trainer.ended():
                    self.watching.over.set()
                    return

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            answered.set()
            thread.join()

    def _ask(self) -> None:
        """Ask what Ctrl+C should do; the trainer continues meanwhile. A second Ctrl+C at the question stops at once."""
        answer: StopAnswer = "now"
        if self.watching.on_interrupt is not None:
            with self._telling_the_end(), _handler(signal.default_int_handler), contextlib.suppress(KeyboardInterrupt):
                answer = self.watching.on_interrupt()
        self.interrupted.clear()
        stop_request.withdraw(self.course.folder)  # the last word counts
        self._requested = None
        self._obey(answer)

    def _obey(self, answer: StopAnswer) -> None:
        if answer == "now":
            self.seen.stopped = "user"
        elif answer == "checkpoint":
            self._saved_before = states.saved_now(self.course.folder, states=self.course.save_state)
            self._stop_at = (self._next_save(self._bar) if self._bar else None) or 0
        else:
            self._saved_before = None


def with_memory(watching: TrainingCallbacks | None, card: Card | None, card_probe: CardProbe) -> TrainingCallbacks:
    """Return the callbacks with probes of the training card's memory and power, unless the caller has given some."""
    watching = watching or TrainingCallbacks()
    if card is None or watching.memory is not None:
        return watching
    return replace(
        watching, memory=system_gpu.memory_of(card.index, card_probe), power=system_gpu.power_of(card.index),
        celsius=system_gpu.celsius_of(card.index),
        processes_memory=partial(system_gpu.process_gib, card.index),
    )  # fmt: skip
