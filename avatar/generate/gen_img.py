"""sd-scripts' gen_img.py: its command, the line that asks for a picture, and what its log says. Pure.

Everything here was read in or run on sd-scripts 48d368fa. One process draws with any of the networks it was started with, at
any weight. Its exit code is 0 too where a LoRA is of another architecture: the log is what proves that each was taken whole.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avatar.generate.backend import Request, Sampler

SCRIPT = "gen_img.py"
# It has no choice of sigmas: A1111's "normal". DPM++ 2M is diffusers' multistep solver, without Karras' sigmas.
SAMPLERS: Mapping[Sampler, str] = {"euler_a": "euler_a", "euler": "euler", "dpmpp_2m": "dpmsolver++"}
SCHEDULER = "normal"
READY = "Type prompt:"
TAIL_LINES = 60
_BAR = re.compile(r"\d+%\|.*\| (\d+)/(\d+) \[")
_MODULES = re.compile(r"create LoRA for U-Net: (\d+) modules")
_LOADED = re.compile(r"weights are loaded: (.*)")
_MULTIPLIERS = re.compile(r"network mul: \[([-\d., e]*)\]")


@dataclass(frozen=True, kw_only=True)
class Start:
    """What one process is started with; all paths absolute, since it runs in its own folder.

    precision  fp16 | bf16, "" is fp32
    """

    base: str
    networks: tuple[Path, ...]
    sampler: Sampler
    outdir: Path
    vae: Path | None = None
    tokenizers: str = ""
    precision: str = "fp16"
    v_prediction: bool = False
    zero_terminal_snr: bool = False


def command(python: Path, script: Path, start: Start) -> list[str]:
    """Return the argument list. A batch of two would draw other pictures; the VAE in half precision draws black ones."""
    words = [
        str(python), str(script), "--sdxl", "--ckpt", start.base, "--outdir", str(start.outdir),
        "--sampler", SAMPLERS[start.sampler], "--sdpa", "--no_half_vae", "--batch_size", "1", "--interactive", "--no_preview",
    ]  # fmt: skip
    words += [f"--{start.precision}"] if start.precision else []
    words += ["--tokenizer_cache_dir", start.tokenizers] if start.tokenizers else []
    words += ["--vae", str(start.vae)] if start.vae else []
    words += ["--v_parameterization"] if start.v_prediction else []
    words += ["--zero_terminal_snr"] if start.zero_terminal_snr else []
    if start.networks:
        # One module for each file: of more files than modules the rest would be left out without a word.
        words += ["--network_module", *["networks.lora"] * len(start.networks)]
        words += ["--network_weights", *map(str, start.networks)]
    return words


def told(text: str) -> str:
    """Return a prompt as it can be told, in one line and without what would be an option or a part of its own.

    Parentheses keep their meaning, the same as in A1111: (word:1.2) counts more. Braces go: {a|b} is a random choice, and with
    a backslash before each it ends in an UnboundLocalError (gen_img.py:1535).

    >>> told("a {red} dress --ar 3:2\\nin the park AND a dog")
    'a red dress —ar 3:2 in the park and a dog'
    """
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f{}]", " ", encodable).split())
    line = re.sub(r"(?<!\S)--+", "—", line)
    return line.replace(" AND ", " and ")


def line_of(request: Request, weights: Sequence[str]) -> str:
    """Return the line that asks for a picture. weights: one for each network that the process was started with.

    Of fewer weights than networks the last would count for the rest, and "--am abc" silently means 1.
    """
    parts = [
        told(request.prompt), f"--n {told(request.negative)}" if told(request.negative) else "",
        f"--w {request.width} --h {request.height} --s {request.steps} --l {request.cfg:.6g} --d {request.seed}",
        f"--am {','.join(weights)}" if weights else "", f"--f {file_name(request)}",
    ]  # fmt: skip
    return " ".join(part for part in parts if part)


def file_name(request: Request) -> str:
    return f"{request.picture_id}.png"


def texts_of(request: Request) -> dict[str, str]:
    """Return what the picture's own texts must say of it."""
    return {
        "prompt": told(request.prompt), "negative-prompt": told(request.negative), "seed": str(request.seed),
        "sampler": SAMPLERS[request.sampler], "steps": str(request.steps), "scale": str(float(f"{request.cfg:.6g}")),
    }  # fmt: skip


@dataclass
class Log:
    """What the log has said so far.

    networks     modules of each network that was made
    whole        networks whose every key was matched
    ready        it waits for a line
    multipliers  of the networks, as it understood the last line; None: it said none
    done         share of the picture that is done, 0..1
    """

    networks: list[int] = field(default_factory=list)
    whole: int = 0
    ready: bool = False
    multipliers: tuple[float, ...] | None = None
    done: float = 0.0
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=TAIL_LINES))

    def asked(self) -> None:
        """Forget what was said of the picture before: a line has been sent."""
        self.ready, self.multipliers, self.done = False, None, 0.0

    def feed(self, line: str) -> None:
        if bar := _BAR.search(line):
            steps, total = int(bar[1]), int(bar[2])
            self.done = steps / total if total else self.done
            return
        if not line.strip():
            return
        self.tail.append(line.rstrip())
        if READY in line:
            self.ready = True
        elif match := _MODULES.search(line):
            self.networks.append(int(match[1]))
        elif match := _LOADED.search(line):
            self.whole += "All keys matched successfully" in match[1]
        elif match := _MULTIPLIERS.search(line):
            self.multipliers = tuple(float(value) for value in match[1].split(",") if value.strip())

    def last_words(self) -> str:
        """Return the last line that says something, which for a Python that fell over is its error."""
        return next((line.strip() for line in reversed(self.tail) if not line.lstrip().startswith(("^", "~"))), "")


# Words of an end, in lower case, and the key of the text that says what to do about it; what is more telling stands higher.
ENDS: tuple[tuple[str, str], ...] = (
    ("no space left on device", "draw.trainer.disk_full"),
    ("not enough space on the disk", "draw.trainer.disk_full"),
    ("outofmemoryerror", "draw.trainer.card_full"),
    ("cuda out of memory", "draw.trainer.card_full"),
    ("cublas_status_alloc_failed", "draw.trainer.card_full"),
    ("defaultcpuallocator: can't allocate", "draw.trainer.memory_full"),
    ("memoryerror", "draw.trainer.memory_full"),
    ("paging file is too small", "draw.trainer.memory_full"),
    ("modulenotfounderror", "draw.trainer.incomplete"),
    ("unrecognized arguments", "draw.trainer.incomplete"),
    ("invalid choice", "draw.trainer.incomplete"),
)


def cause_of_end(log: Log, code: int | None) -> str:
    """Return the key of the text that says why it ended, by its last words and its exit code."""
    said = "\n".join(log.tail).lower()
    for words, key in ENDS:
        if words in said:
            return key
    return "draw.trainer.killed" if code is not None and code in (-9, -15, 137, 143) else "draw.trainer.ended"
