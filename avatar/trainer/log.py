"""What sd-scripts says while it trains, line by line, and what its end means. Pure.

The grammar was read off real runs (main 48d368fa): bars end in "\\r" and appear twice a step, log text may follow directly
after a bar, the last line is often a bar although a traceback came before it. Exit code 0 alone says nothing: it is also
that of "No data found" and of a LoRA full of NaN.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from dataclasses import dataclass, field

from avatar.system.child import LINE_LIMIT
from avatar.trainer.causes import Sign, signs_in

LOG = logging.getLogger("avatar_pipeline")

_CLOCK, _RATE = r"\d{1,6}(?::\d{1,2}){0,2}", r"\d{1,9}(?:\.\d{1,9})?"
# A bar that is torn (two writers, a full disk) matches nothing.
BAR = re.compile(
    rf"(?<!validation )steps:\s{{1,8}}\d{{1,3}}%\|[^|]{{0,200}}\|\s{{0,9}}(\d{{1,9}})/(\d{{1,9}}) "
    rf"\[{_CLOCK}<({_CLOCK}|\?),\s{{0,4}}({_RATE}|\?)\s?(s/it|it/s)(?:, ([^\]]*))?\]",
    re.ASCII,
)
_LOSS = re.compile(r"avr_loss=([^,\]\s]+)")
_ERROR = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Interrupt|Exit))(?::\s*(.*))?$")
_RANK = re.compile(r"^\[rank\d+\]: ?")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

# Lines of stdout that give a figure: what -> pattern (train_network.py:1155-1165).
_FIGURES = {
    "train_images": re.compile(r"num train images \* repeats .*: (\d{1,12})"),
    "batches_per_epoch": re.compile(r"num batches per epoch .*: (\d{1,12})"),
    "epochs": re.compile(r"num epochs .*: (\d{1,12})"),
    "total_steps": re.compile(r"total optimization steps .*: (\d{1,12})"),
}
_PHASES = (
    ("preparing accelerator", "accelerator"), ("loading model for process", "model"), ("loading SDXL checkpoint", "model"),
    ("caching latents", "latents"), ("caching Text Encoder outputs", "text_encoders"), ("import network module", "network"),
    ("running training", "training"), ("generating sample images", "samples"), ("saving checkpoint", "checkpoint"),
)  # fmt: skip
_BETWEEN_STEPS = ("samples", "checkpoint")  # the next step ends them; no line says so

# Tracebacks that end nothing: of an interpreter that shuts down, of a log line that could not be written.
_NOISE = ("Exception ignored", "Exception in thread", "--- Logging error ---", "Error in atexit")
_CHAIN = ("During handling of the above exception", "The above exception was the direct cause")
# What follows from the end of another process: the trainer's under its launcher, that of another card, a worker's.
AFTERMATH = re.compile(
    r"\b(?:CalledProcessError|ChildFailedError|DistBackendError)\b|Connection closed by peer|DataLoader worker \(pid"
)
LAST_LINES = 10
_FRAMES_KEPT = 200  # lines of a traceback; the last are the telling ones
_MESSAGE_LINES = 8  # an error's message may be broken over so many
_PLACE = re.compile(r'File "([^"]+)", line|(\S+\.py):\d+ in ')  # as Python writes it, and as a traceback in a box has it
_RAISED = re.compile(r"[A-Za-z_][\w.]*(?::|$)")
_CHILD_CODE = re.compile(
    r"died with <Signals\.\w+: (\d{1,3})>|returned non-zero exit status (\d{1,10})|\bexitcode\s*: (-?\d{1,10})"
)


@dataclass(frozen=True)
class Progress:
    """One look at the bar. loss is None before the first step, nan where it is none; times in seconds, None: not yet known."""

    step: int
    total: int
    loss: float | None = None
    seconds_per_step: float | None = None
    eta_s: float | None = None


@dataclass(frozen=True)
class Phase:
    """The trainer has begun something: accelerator, model, latents, text_encoders, network, training, samples, checkpoint."""

    name: str


@dataclass(frozen=True)
class Trouble:
    """A line that names a cause; the training may still be running."""

    cause: str
    detail: str


Event = Progress | Phase | Trouble


@dataclass
class LogFacts:
    """The facts read from a log so far."""

    step: int = 0
    total: int = 0
    loss: float | None = None
    nan_step: int | None = None
    saved: bool = False  # "model saved."
    device: str = ""
    phase: str = ""
    error: str = ""  # last line of the last traceback after which the trainer did not go on
    last: str = ""  # last line that says anything
    child_code: int | None = None  # exit code of the trainer, where a launcher tells it
    figures: dict[str, int] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)  # cause -> detail, all that were ever named
    ending: dict[Sign, str] = field(default_factory=dict)  # what was named since the trainer last went on, and the line
    before: dict[Sign, str] = field(default_factory=dict)  # of these, what was named before the traceback that ends it
    named_at: int = 0  # how many lines there were when something was last named
    lines: int = 0
    newest: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))  # without the bars
    checkpoints: list[str] = field(default_factory=list)


class LogReader:
    """Takes the lines of one run, split at "\\r" and "\\n", in order; `facts` says what they amount to."""

    def __init__(self) -> None:
        self.facts = LogFacts()
        self._in_frames = self._noise = self._chained = False
        self._steps_on = 0  # steps since the last error
        # error, ending and before, as they were when the traceback began that is being read
        self._earlier: tuple[str, dict[Sign, str], dict[Sign, str]] = "", {}, {}
        self._frames: deque[str] = deque(maxlen=_FRAMES_KEPT)
        self._message: list[str] = []  # the last error and the lines that followed

    def feed(self, line: str) -> list[Event]:
        """Return the event of one line, usually None. Never raises: a line that cannot be parsed has no event."""
        try:
            return self._feed(line[:LINE_LIMIT])
        except Exception:  # a bug in the reader must not end a training
            LOG.exception("cannot read a line of the trainer's log: %.200r", line)
            return []

    def _feed(self, line: str) -> list[Event]:
        line = _ANSI.sub("", line).rstrip()
        if not line:
            return []
        events: list[Event] = []
        bar = BAR.search(line)
        if bar is not None:
            events.append(self._bar(bar))
            line = line[: bar.start()] + line[bar.end() :]
            if not line.strip():
                return events
        events += self._text(line)
        return events

    def _bar(self, match: re.Match[str]) -> Progress:
        step, total, rate = int(match[1]), int(match[2]), match[4]
        loss_text = _LOSS.search(match[6] or "")
        loss = _number(loss_text[1]) if loss_text else None
        facts = self.facts
        if step > facts.step:
            self._steps_on += 1
            if self._steps_on > 1:  # one is the bar's last word, printed again after the traceback
                self._went_on()
            if facts.phase in _BETWEEN_STEPS:
                facts.phase = "training"
        facts.step, facts.total = step, total
        if loss is not None:
            facts.loss = loss
            if loss != loss and facts.nan_step is None:
                facts.nan_step = step
        per_step = None
        if rate != "?" and float(rate) > 0:
            per_step = float(rate) if match[5] == "s/it" else 1 / float(rate)
        return Progress(step, total, loss, per_step, clock_s(match[3]))

    def _text(self, line: str) -> list[Event]:
        facts = self.facts
        events: list[Event] = []
        line = _RANK.sub("", line)
        facts.newest.append(line.strip()[:300])
        if self._is_source(line):
            return events
        facts.lines += 1
        if "model saved." in line:
            facts.saved = True
        if line.startswith("accelerator device:"):
            facts.device = line.partition(":")[2].strip()
        if line.startswith("saving checkpoint: "):
            facts.checkpoints.append(line.partition(": ")[2])
        for name, pattern in _FIGURES.items():
            if match := pattern.search(line):
                facts.figures[name] = int(match[1])
        for text, phase in _PHASES:
            if text in line and facts.phase != phase:
                facts.phase = phase
                self._went_on()
                events.append(Phase(phase))
        facts.last = line.strip()[:500]
        if match := _CHILD_CODE.search(line):
            facts.child_code = -int(match[1]) if match[1] else int(match[2] or match[3])
        if self._is_aftermath(line):
            return events
        return events + self._named(line.strip())

    def _named(self, line: str) -> list[Event]:
        """Take what a line, together with the beginning of the error that it may belong to, says of a cause."""
        facts, events = self.facts, list[Event]()
        said = line
        if self._message and len(self._message) < _MESSAGE_LINES:
            if self._message[-1] != line:
                self._message.append(line)
            said = " ".join(self._message)
        for sign in signs_in("\n" + said.lower(), self._frames_text, facts.step):
            facts.named_at, self._steps_on = facts.lines, 0
            if sign not in facts.ending:
                facts.ending[sign] = sign.told(line)
            if sign.cause not in facts.troubles:
                facts.troubles[sign.cause] = facts.ending[sign]
                events.append(Trouble(sign.cause, facts.ending[sign]))
        return events

    @property
    def _frames_text(self) -> str:
        """The frames of the traceback in lower case, and the last of them once more, marked."""
        places = (match for line in reversed(self._frames) if (match := _PLACE.search(line)))
        last = next((match[1] or match[2] for match in places), "")
        return "\n".join([*self._frames, f"last file {last}" if last else ""]).lower()

    def _went_on(self) -> None:
        """Forget what looked like an end: a warning, or a traceback that somebody caught."""
        self.facts.error, self.facts.ending, self.facts.before = "", {}, {}
        self._frames.clear()
        self._message = []

    def _is_source(self, line: str) -> bool:
        """Follow tracebacks; tell whether a line is the source that one quotes, which names errors that may not have been."""
        facts = self.facts
        if "Traceback (most recent call last)" in line:
            if not self._chained and not line.startswith("Original "):  # "Original": of a worker, told by the trainer
                self._earlier = facts.error, facts.ending, facts.before
                before = {sign: told for sign, told in {**facts.before, **facts.ending}.items() if sign.after}
                self._went_on()
                facts.before = before
            self._in_frames, self._chained = True, False
            return True
        if line.startswith(_CHAIN):
            self._chained = True
            return True
        if line.startswith(_NOISE):
            self._noise = True
            return True
        if self._in_frames and line[0] in " \t\u2502\u256d\u2570|+":
            self._frames.append(line[:300])
            return True
        return line.lstrip().startswith(("raise ", "frame #"))  # "frame #": of torch's C++

    def _is_aftermath(self, line: str) -> bool:
        """Take the line that a traceback ends in; tell whether it only follows from what came before it."""
        facts, in_frames, noise = self.facts, self._in_frames, self._noise
        self._in_frames = self._noise = False  # a line that is not indented, whatever it says, ends them
        if (in_frames and _RAISED.match(line)) or _ERROR.match(line.strip()):
            if noise or (AFTERMATH.search(line) and any(self._earlier)):
                facts.error, facts.ending, facts.before = self._earlier
                return True
            facts.error, self._steps_on = line.strip()[:500], 0
            self._message = [line.strip()]
        elif facts.error.endswith(":"):  # "RuntimeError:" and the text below
            facts.error = f"{facts.error} {line.strip()}"[:500]
        return False


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def clock_s(text: str) -> float | None:
    """Return tqdm's "1:02:03", "02:03" or "?" in seconds."""
    if "?" in text:
        return None
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return float(seconds)
