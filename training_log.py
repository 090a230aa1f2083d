"""What sd-scripts says while it trains, line by line, and what its end means. Pure.

The grammar was read off real runs (main 48d368fa): bars end in "\\r" and appear twice a step, log text may follow directly
after a bar, the last line is often a bar although a traceback came before it. Exit code 0 alone says nothing: it is also
that of "No data found" and of a LoRA full of NaN.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

BAR = re.compile(
    r"(?<!validation )steps:\s+(\d+)%\|[^|]*\|\s*(\d+)/(\d+) \[([\d:]+)<([\d:?]+),\s*([\d.?]+)\s?(s/it|it/s)(?:, ([^\]]*))?\]"
)
_LOSS = re.compile(r"avr_loss=([^,\]\s]+)")
_ERROR = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Interrupt|Exit))(?::\s*(.*))?$")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

# Lines of stdout that give a figure: what -> pattern (train_network.py:1155-1165).
_FIGURES = {
    "train_images": re.compile(r"num train images \* repeats .*: (\d+)"),
    "batches_per_epoch": re.compile(r"num batches per epoch .*: (\d+)"),
    "epochs": re.compile(r"num epochs .*: (\d+)"),
    "total_steps": re.compile(r"total optimization steps .*: (\d+)"),
}
_PHASES = (
    ("preparing accelerator", "accelerator"), ("loading model for process", "model"), ("loading SDXL checkpoint", "model"),
    ("caching latents", "latents"), ("caching Text Encoder outputs", "text_encoders"), ("import network module", "network"),
    ("running training", "training"), ("saving checkpoint", "checkpoint"),
)  # fmt: skip

_CUDA_ERRORS = (
    r"(CUDA error: .*|Torch not compiled with CUDA enabled|no kernel image is available.*"
    r"|CUDA driver version is insufficient.*|Found no NVIDIA driver.*)"
)
_NO_NETWORK = (
    r"(ConnectionError.*|.*Max retries exceeded.*|.*Couldn't connect to.*"
    r"|expected str, bytes or os\.PathLike object, not NoneType)"
)

# Message key -> what the trainer or a library prints. The first that was found anywhere in the log names the cause; the
# first group, where there is one, is the text's {detail}.
_CAUSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (key, re.compile(pattern))
    for key, pattern in (
        ("train.cause.bad_option", r"error: (unrecognized arguments: .*|argument .*|ambiguous option: .*)"),
        ("train.cause.no_data", r"No data found"),
        ("train.cause.gpu_memory", r"(?:CUDA|HIP|XPU) out of memory\.?(.*)"),
        ("train.cause.nan", r"NaN detected in latents: ?(.*)"),
        ("train.cause.disk_full", r"(No space left on device|\[WinError 112\].*|\[Errno 122\].*)"),
        ("train.cause.encoding", r"(UnicodeEncodeError: .*)"),
        ("train.cause.caption_encoding", r"(UnicodeDecodeError: .*)"),
        ("train.cause.no_bitsandbytes", r"(No bitsandbytes|bitsandbytes.*not (?:found|installed).*)"),
        ("train.cause.no_xformers", r"(No xformers.*|No module named 'xformers')"),
        ("train.cause.no_base_model", r'path "([^"]*)" is neither a valid local path nor a valid repo id'),
        ("train.cause.no_base_model", r"((?:RepositoryNotFound|EntryNotFound|GatedRepo|LocalEntryNotFound)Error.*)"),
        ("train.cause.wrong_model", r"(Error\(s\) in loading state_dict.*|.*Missing key\(s\) in state_dict.*)"),
        ("train.cause.broken_model", r"(SafetensorError.*|InvalidHeader.*|HeaderTooLarge.*)"),
        ("train.cause.warmup", r"(.*does not require num_warmup_steps.*|.*does not require `num_warmup_steps`.*)"),
        ("train.cause.fp8_cpu", r"mixed dtype \(CPU\): (.*)"),
        ("train.cause.fp16_cpu", r"expected m1 and m2 to have the same dtype, but got: c10::Half.*"),
        ("train.cause.picture_size", r"(image too large, but cropping and bucketing are disabled.*|image size is small.*)"),
        ("train.cause.resolution", r"(Sizes of tensors must match except in dimension 1.*)"),
        ("train.cause.broken_picture", r"(ZeroDivisionError.*|UnidentifiedImageError.*|failed to get image size.*)"),
        ("train.cause.cuda", _CUDA_ERRORS),
        ("train.cause.no_network", _NO_NETWORK),
        ("train.cause.missing_package", r"(?:ModuleNotFoundError: No module named '([^']+)'|ImportError: (.*))"),
        ("train.cause.not_writable", r"(PermissionError.*|\[Errno 30\].*)"),
    )
)  # fmt: skip
_ENDED_BY = {-9: "train.cause.killed", -15: "train.cause.terminated", -2: "train.cause.interrupted"}


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
    """The trainer has begun something: accelerator, model, latents, text_encoders, network, training, checkpoint."""

    name: str


@dataclass(frozen=True)
class Trouble:
    """A line that names a cause; the training may still be running."""

    cause: str
    detail: str


Event = Progress | Phase | Trouble


@dataclass
class LogFacts:
    """What a log has said so far."""

    step: int = 0
    total: int = 0
    loss: float | None = None
    nan_step: int | None = None
    saved: bool = False  # "model saved."
    device: str = ""
    phase: str = ""
    error: str = ""  # last line of the last traceback
    figures: dict[str, int] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)  # cause -> detail, in order of _CAUSES when asked
    checkpoints: list[str] = field(default_factory=list)


class LogReader:
    """Takes the lines of one run, split at "\\r" and "\\n", in order; `facts` says what they amount to."""

    def __init__(self) -> None:
        self.facts = LogFacts()

    def feed(self, line: str) -> list[Event]:
        """Return what one line says; mostly nothing."""
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
        step, total, rate = int(match[2]), int(match[3]), match[6]
        loss_text = _LOSS.search(match[8] or "")
        loss = _number(loss_text[1]) if loss_text else None
        facts = self.facts
        facts.step, facts.total = step, total
        if loss is not None:
            facts.loss = loss
            if loss != loss and facts.nan_step is None:
                facts.nan_step = step
        per_step = None
        if "?" not in rate and float(rate) > 0:
            per_step = float(rate) if match[7] == "s/it" else 1 / float(rate)
        return Progress(step, total, loss, per_step, clock_s(match[5]))

    def _text(self, line: str) -> list[Event]:
        facts = self.facts
        events: list[Event] = []
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
                events.append(Phase(phase))
        if _ERROR.match(line.strip()):
            facts.error = line.strip()[:500]
        if line.lstrip().startswith("raise "):  # a traceback quotes the source: what was raised comes below
            return events
        for cause, pattern in _CAUSES:
            if (match := pattern.search(line)) and cause not in facts.troubles:
                detail = next((group for group in match.groups() if group), "").strip() if match.groups() else ""
                facts.troubles[cause] = detail[:500]
                events.append(Trouble(cause, detail[:500]))
        return events


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


def inferred_code(facts: LogFacts) -> int:
    """Return the exit code that a log speaks for, where the trainer's program was killed and nobody got the real one.

    A log that simply stops is that of a trainer that was killed; whether by the system or by hand nobody can tell.
    """
    if "train.cause.bad_option" in facts.troubles:
        return 2
    if facts.error.startswith("KeyboardInterrupt"):
        return -2
    if facts.error and not facts.saved:
        return 1
    return 0 if facts.saved or "train.cause.no_data" in facts.troubles else -9


def diagnose(code: int, cancelled: bool, facts: LogFacts) -> tuple[str, dict[str, Any]] | None:
    """Return (message key, values) of why a run is no success; None where the log and exit code speak for one.

    code  as subprocess gives it: negative for a signal
    None is not yet success: the file must be there, new and whole (`lora_file.verify`).
    """
    values: dict[str, Any] = {"step": facts.step, "total": facts.total, "code": code, "detail": ""}
    if cancelled:
        return "train.cause.cancelled", values
    if facts.nan_step is not None:
        return "train.cause.nan", {**values, "detail": str(facts.nan_step)}
    finished = code == 0 and facts.saved
    if not finished:
        for cause, _ in _CAUSES:
            if cause in facts.troubles:
                return cause, {**values, "detail": facts.troubles[cause] or facts.error}
        if code in _ENDED_BY or code - 256 in _ENDED_BY or 128 - code in _ENDED_BY:
            key = _ENDED_BY.get(code) or _ENDED_BY.get(128 - code) or _ENDED_BY[code - 256]
            return key, values
        if code != 0:
            return "train.cause.unknown", {**values, "detail": facts.error or "-"}
        return "train.cause.no_model", values
    return None
