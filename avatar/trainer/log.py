"""What sd-scripts says while it trains, line by line, and what its end means. Pure.

The grammar was read off real runs (main 48d368fa): bars end in "\\r" and appear twice a step, log text may follow directly
after a bar, the last line is often a bar although a traceback came before it. Exit code 0 alone says nothing: it is also
that of "No data found" and of a LoRA full of NaN.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field

from avatar.system.child import LINE_LIMIT

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
    ("running training", "training"), ("saving checkpoint", "checkpoint"),
)  # fmt: skip

_NO_CARD = (
    r"(Torch not compiled with CUDA enabled|.*no kernel image is available.*|CUDA driver version is insufficient.*"
    r"|Found no NVIDIA driver.*|The NVIDIA driver on your system is too old.*|No CUDA GPUs are available|CUDA unknown error.*"
    r"|fp16 mixed precision requires a GPU.*|Attempting to deserialize object on a CUDA device but.*)"
)
_CARD_FULL = (
    r"(?:(?:CUDA|HIP|XPU) out of memory\.?(.*)|CUDA error: out of memory|^Error out of memory at line"
    r"|(CU\w+_STATUS_ALLOC_FAILED.*|CUBLAS_STATUS_NOT_INITIALIZED.*))"
)
_HOST_FULL = (
    r"(.*(?:os error|\[WinError) 1455\b.*|.*DefaultCPUAllocator: .*|^(?:[\w.]+\.)?_?(?:Array)?MemoryError\b.*|std::bad_alloc"
    r"|\[Errno 12\].*|.*killed by signal: Killed.*)"
)
_BITSANDBYTES = (
    r"(No bitsandbytes|bitsandbytes.*not (?:found|installed).*|CUDA Setup failed despite.*"
    r"|.*bitsandbytes installed seems to be old|Configured CUDA binary not found.*|name 'str2optimizer.*"
    r"|.*no kernel image is available.*ops\.cu"
    r"|.*(?:no attribute '|undefined symbol: )c\w+_(?:grad|paged|managed|get)\w*.*|.*no attribute 'cget_\w+'.*)"
)
_NO_NETWORK = (
    r"(ConnectionError.*|.*Max retries exceeded.*|.*[Cc]ouldn't connect to.*|Can't load tokenizer for.*"
    r"|LocalEntryNotFoundError.*|.*ReadTimeout.*|.*getaddrinfo failed.*|.*Failed to resolve .*"
    r"|expected str, bytes or os\.PathLike object, not NoneType)"
)
_DISK_FULL = (
    r"(No space left on device|\[WinError 112\].*|\[Errno 122\].*|.*\(os error (?:28|112)\)|.*kind: StorageFull.*"
    r"|.*inline_container\.cc.*unexpected pos.*|PytorchStreamWriter failed writing.*)"
)
_MISFITS = (
    r"(?:ModuleNotFoundError: No module named '([^']+)'|ImportError: (.*)|(Numpy is not available)"
    r"|(Descriptors cannot be created directly.*|module 'cv2\.dnn' has no attribute.*|operator torchvision::.*))"
)
_CARD_FAULT = r"(CUDA error: .*|cuDNN error: .*|.*unable to find an engine to execute this computation)"
_OTHER_CARDS = r"(.*\bNCCL\b.*|use_libuv was requested.*|Dist(?:Network|Store)Error: .*|CUDA error: invalid device ordinal)"

# Message key -> what the trainer or a library prints. Of those that an end shows, the first names the cause: what is more
# telling stands higher. The first group, where there is one, is the text's {detail}.
CAUSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (key, re.compile(pattern))
    for key, pattern in (
        ("train.cause.bad_option", r"error: (unrecognized arguments: .*|argument .*|ambiguous option: .*)"),
        ("train.cause.no_data", r"No data found"),
        ("train.cause.gpu_memory", _CARD_FULL),
        ("train.cause.nan_latents", r"NaN detected in latents(?:: | of )?(.*)"),
        ("train.cause.disk_full", _DISK_FULL),
        ("train.cause.host_memory", _HOST_FULL),
        ("train.cause.encoding", r"(UnicodeEncodeError: .*)"),
        ("train.cause.caption_encoding", r"(UnicodeDecodeError: .*)"),
        ("train.cause.no_bitsandbytes", _BITSANDBYTES),
        ("train.cause.no_xformers", r"(No xformers.*|No module named 'xformers'|.*xformers.*no kernel image.*)"),
        ("train.cause.no_xformers", r"(No operator found for `memory_efficient_attention.*)"),
        ("train.cause.hub_access", r"(GatedRepoError.*|.*gated repo.*|Invalid credentials in Authorization.*)"),
        ("train.cause.no_base_model", r'path "([^"]*)" is neither a valid local path nor a valid repo id'),
        ("train.cause.no_base_model", r"(\b(?:RepositoryNotFound|EntryNotFound|HFValidation)Error.*)"),
        ("train.cause.no_base_model", r"(.*does not appear to have a file named (?:model_index|config)\.json.*)"),
        ("train.cause.state", r"(Error\(s\) in loading state_dict for LoRANetwork.*|loaded state dict (?:contains|has) a .*)"),
        ("train.cause.wrong_model", r"(Error\(s\) in loading state_dict.*|.*Missing key\(s\) in state_dict.*)"),
        ("train.cause.wrong_model", r"(KeyError: '(?:conditioner|time_embed|encoder\.conv_in)\..*)"),
        ("train.cause.not_writable", r"(PermissionError.*|\[Errno 30\].*|.*Error while serializing: .*)"),
        ("train.cause.broken_model", r"(SafetensorError.*|InvalidHeader.*|HeaderTooLarge.*|UnpicklingError: .*)"),
        ("train.cause.broken_model", r"(PytorchStreamReader failed reading.*)"),
        ("train.cause.warmup", r"(.*does not require num_warmup_steps.*|.*does not require `num_warmup_steps`.*)"),
        ("train.cause.fp8_cpu", r"mixed dtype \(CPU\): (.*)"),
        ("train.cause.fp16_cpu", r"(expected m1 and m2 to have the same dtype, but got: c10::Half.*)"),
        ("train.cause.fp16_cpu", r"(\"\w+\" not implemented for 'Half')"),
        ("train.cause.no_bf16", r"(bf16 mixed precision requires .*)"),
        ("train.cause.picture_size", r"(image too large, but cropping and bucketing are disabled.*|image size is small.*)"),
        ("train.cause.resolution", r"(Sizes of tensors must match except in dimension 1.*)"),
        ("train.cause.broken_picture", r"(ZeroDivisionError.*|UnidentifiedImageError.*|failed to get image size.*)"),
        ("train.cause.broken_picture", r"(image file is truncated.*|BadZipFile: .*)"),
        ("train.cause.several_cards", _OTHER_CARDS),
        ("train.cause.cuda", _NO_CARD),
        ("train.cause.gpu_fault", _CARD_FAULT),
        ("train.cause.proxy", r"(.*CERTIFICATE_VERIFY_FAILED.*|.*ProxyError.*)"),
        ("train.cause.no_network", _NO_NETWORK),
        ("train.cause.workers", r"(DataLoader worker .*|unable to open shared memory object.*|\[Errno 24\].*)"),
        ("train.cause.library", r"(\[WinError (?:126|127|1114)\].*|DLL load failed.*|\S+\.so\S*: cannot open shared object.*)"),
        ("train.cause.missing_package", _MISFITS),
        ("train.cause.path", r"(FileNotFoundError: .*|\[WinError 206\].*|\[Errno 36\].*)"),
        ("train.cause.interrupted", r"^(?:KeyboardInterrupt|forrtl: error \(200\))"),
    )
)  # fmt: skip

# Tracebacks that end nothing: of an interpreter that shuts down, of a log line that could not be written.
_NOISE = ("Exception ignored", "Exception in thread", "--- Logging error ---", "Error in atexit")
_CHAIN = ("During handling of the above exception", "The above exception was the direct cause")
# What follows from the end of another process: the trainer's under its launcher, that of another card, a worker's.
AFTERMATH = re.compile(
    r"\b(?:CalledProcessError|ChildFailedError|DistBackendError)\b|Connection closed by peer|DataLoader worker \(pid"
)
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
    error: str = ""  # last line of the last traceback after which the trainer did not go on
    last: str = ""  # last line that says anything
    child_code: int | None = None  # exit code of the trainer, where a launcher tells it
    figures: dict[str, int] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)  # cause -> detail, all that were ever named
    ending: dict[str, str] = field(default_factory=dict)  # of these, what was named since the trainer last went on
    checkpoints: list[str] = field(default_factory=list)


class LogReader:
    """Takes the lines of one run, split at "\\r" and "\\n", in order; `facts` says what they amount to."""

    def __init__(self) -> None:
        self.facts = LogFacts()
        self._in_frames = self._noise = self._chained = False
        self._steps_on = 0  # steps since the last error
        self._before: tuple[str, dict[str, str]] = "", {}  # error and ending before the traceback that is being read

    def feed(self, line: str) -> list[Event]:
        """Return what one line says; mostly nothing. Never raises: a line that the reader fails at says nothing."""
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
        if self._is_source(line):
            return events
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
        for cause, pattern in CAUSES:
            if match := pattern.search(line):
                detail = (next((group for group in match.groups() if group), "") if match.groups() else "").strip()[:500]
                facts.ending.setdefault(cause, detail)
                self._steps_on = 0
                if cause not in facts.troubles:
                    facts.troubles[cause] = detail
                    events.append(Trouble(cause, detail))
        return events

    def _went_on(self) -> None:
        """Forget what looked like an end: a warning, or a traceback that somebody caught."""
        self.facts.error, self.facts.ending = "", {}

    def _is_source(self, line: str) -> bool:
        """Follow tracebacks; tell whether a line is the source that one quotes, which names errors that may not have been."""
        facts = self.facts
        if "Traceback (most recent call last)" in line:
            if not self._chained and not line.startswith("Original "):  # "Original": of a worker, told by the trainer
                self._before = facts.error, facts.ending
                self._went_on()
            self._in_frames, self._chained = True, False
            return True
        if line.startswith(_CHAIN):
            self._chained = True
            return True
        if line.startswith(_NOISE):
            self._noise = True
            return True
        return line.lstrip().startswith("raise ") or (self._in_frames and line[0] in " \t\u2502\u256d\u2570|+")

    def _is_aftermath(self, line: str) -> bool:
        """Take the line that a traceback ends in; tell whether it only follows from what came before it."""
        facts, in_frames, noise = self.facts, self._in_frames, self._noise
        self._in_frames = self._noise = False  # a line that is not indented, whatever it says, ends them
        if (in_frames and _RAISED.match(line)) or _ERROR.match(line.strip()):
            if noise or (AFTERMATH.search(line) and any(self._before)):
                facts.error, facts.ending = self._before
                return True
            facts.error, self._steps_on = line.strip()[:500], 0
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
