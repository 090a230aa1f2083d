"""What trainings and trials have shown, as figures: evidence.jsonl beside config.json, read and written on this computer only.

A line holds numbers and words of closed lists. `clean` is the only way into the file: a field that is not in the lists here is
left out, whatever its caller meant, so that no name, path, prompt or time of day can stand there. Whose a line is says a random
number in the client's folder, in a hidden file, which no export and no bundle takes along: with the client goes the only thing
that tells whose the figures are.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import config
import utils
from avatar.workspace import lines
from avatar.workspace.client import Client
from config import GPU_PROFILES, TRAINING_PRESETS

FILE = "evidence.jsonl"
ID_FILE = (
    ".evidence.json"  # in a client's folder: {"client": its random number, "known": {run or trial: its own, and what was kept}}
)
RULES = 1  # raised when a field means something else
WAIT_S = 5.0  # [choice] for another program that is writing a line
OTHER = "other"
MOST_COMPARED = 24  # [choice] trainings of one trial
MOST = 1e7  # of any number; a moment in seconds since 1970 is larger, and so is a date written as a number
DIGITS = 6
_HEX = re.compile(r"[0-9a-f]{16}")
_VERSION = re.compile(r"v\d{1,3}(\.\d{1,3}){1,2}(-\d{1,4}-g[0-9a-f]{7,12})?")
_MODEL = re.compile(r"[A-Z]{0,4}\d{1,5}[A-Z]{0,4}")  # RTX is a word, 3060, A2000, H100, 80GB are models
CARD_WORDS = frozenset({
    "NVIDIA", "GeForce", "Quadro", "Tesla", "TITAN", "GRID", "Orin", "RTX", "GTX", "GT", "Ti", "SUPER", "Laptop",
    "GPU", "Max-Q", "Mobile", "Ada", "Generation", "Blackwell", "D", "V", "X", "Xp", "PCIe", "SXM", "SXM2", "SXM4", "SXM5",
    "NVL", "HBM2", "HBM2e", "HBM3", "HBM3e",
})  # fmt: skip
OPTIMIZERS = frozenset({
    "AdamW", "AdamW8bit", "PagedAdamW", "PagedAdamW8bit", "PagedAdamW32bit", "Lion", "Lion8bit", "PagedLion8bit", "SGDNesterov",
    "SGDNesterov8bit", "Adafactor", "DAdaptation", "DAdaptAdam", "DAdaptLion", "DAdaptSGD", "Prodigy", "RAdamScheduleFree",
    "AdamWScheduleFree", "SGDScheduleFree",
})  # fmt: skip
SCHEDULERS = frozenset({
    "linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup", "piecewise_constant",
    "inverse_sqrt", "adafactor", "cosine_with_min_lr", "warmup_stable_decay",
})  # fmt: skip

Cleaned = Callable[[object], Any]  # None: left out


def path() -> Path:
    return config.CONFIG_FILE.with_name(FILE)


# --- what may stand in a line ----------------------------------------------------------------------------------------


def _number(value: object) -> float | int | None:
    if isinstance(value, str):  # an option of the trainer
        with contextlib.suppress(ValueError):
            value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= MOST:
        return None
    return value if isinstance(value, int) else float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _one_of(words: frozenset[str] | set[str], otherwise: str | None = None) -> Cleaned:
    known = {word.lower(): word for word in words}
    return lambda value: known.get(value.lower(), otherwise) if isinstance(value, str) else None


def _matching(shape: re.Pattern[str]) -> Cleaned:
    return lambda value: value if isinstance(value, str) and shape.fullmatch(value) else None


def card_name(value: object) -> str | None:
    """Return of a card's name the words that cards are named with.

    >>> card_name("NVIDIA GeForce RTX 3060 Laptop GPU (Ana's)")
    'NVIDIA GeForce RTX 3060 Laptop GPU'
    """
    words = value.split() if isinstance(value, str) else []
    return " ".join(word for word in words if word in CARD_WORDS or _MODEL.fullmatch(word))[:64] or None


VALUES: Mapping[str, Cleaned] = {
    "profile": _one_of(set(GPU_PROFILES)), "preset": _one_of(set(TRAINING_PRESETS)),
    "resolution": _number, "network_dim": _number, "network_alpha": _number, "train_batch_size": _number,
    "gradient_accumulation_steps": _number, "learning_rate": _number, "max_train_steps": _number, "lr_warmup_steps": _number,
    "lr_scheduler": _one_of(SCHEDULERS, OTHER), "lr_scheduler_num_cycles": _number,
    "optimizer_type": _one_of(OPTIMIZERS, OTHER), "mixed_precision": _one_of({"no", "fp16", "bf16"}),
    "full_fp16": _flag, "full_bf16": _flag, "fp8_base": _flag, "network_train_unet_only": _flag,
    "gradient_checkpointing": _flag, "min_snr_gamma": _number, "noise_offset": _number, "scale_weight_norms": _number,
    "v_parameterization": _flag, "alpha_mask": _flag, "validation_split": _number, "caption_dropout_rate": _number,
    "num_processes": _number,
}  # fmt: skip
_KIND_OF_REFERENCE = _one_of({"held_out", "training", "mj"})
COMPARED: Mapping[str, Cleaned] = {
    "training": _matching(_HEX), "step": _number, "weight": _number, "over_yardstick": _number, "likeness": _number,
    "n": _number, "faces": _number, "copy_risk": _number, "flexibility": _number, "best_or_tied": _flag,
    "values": lambda value: _object(value, VALUES),
}  # fmt: skip
FIELDS: Mapping[str, Cleaned] = {
    "rules": _number, "kind": _one_of({"training", "trial"}), "id": _matching(_HEX), "client": _matching(_HEX),
    "card": card_name, "total_gib": _number, "free_gib": _number, "process_gib": _number, "card_gib": _number,
    "mj": _number, "real": _number, "values": COMPARED["values"], "trainer": _matching(_VERSION),
    "ended": _one_of({"done", "short", "stopped", "memory", "nan", "failed"}), "steps": _number, "seconds": _number,
    "seconds_per_step": _number, "loss": _number, "held_out_loss": _number,
    "back_end": _one_of({"trainer", "comfyui", "a1111"}),
    "reference": _KIND_OF_REFERENCE, "yardstick": _number, "critical_difference": _number,
    "compared": lambda value: [_object(one, COMPARED) for one in value[:MOST_COMPARED]] if isinstance(value, list) else None,
}  # fmt: skip


def _object(value: object, fields: Mapping[str, Cleaned]) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        return None
    kept = {name: fields[name](value[name]) for name in fields if name in value}
    return {name: one for name, one in kept.items() if one is not None}


def clean(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a line what may stand in the file: known fields, numbers up to `MOST`, words of closed lists."""
    return _object(row, FIELDS) or {}


# --- the file --------------------------------------------------------------------------------------------------------


def read() -> list[dict[str, Any]]:
    """Return the lines, the last one of each training and trial, oldest first; of a damaged one what is sound."""
    found: dict[str, dict[str, Any]] = {}
    for raw in lines.read(path()):
        row = clean(raw)
        if row.get("rules") == RULES and {"kind", "id", "client"} <= set(row):
            found[row["id"]] = row
    return list(found.values())


def note(client: Client, name: str, row: Mapping[str, Any]) -> None:
    """Keep what a training or trial of a client has shown; name: "run …" or "trial …". The same figures again add nothing.

    A full disk, or another program that holds the file, costs only that line.
    """
    with contextlib.suppress(OSError, TimeoutError), _held():
        known = _known(client)
        own = known["known"].get(name) or {"id": secrets.token_hex(8)}
        line = clean({**row, "rules": RULES, "id": own["id"], "client": known["client"]})
        seen = utils.fingerprint(line)
        if own.get("seen") == seen:
            return
        known["known"][name] = {"id": own["id"], "seen": seen}
        utils.write_json(client.folder / ID_FILE, known)  # first: a line that is lost is nothing, one of nobody is for ever
        _open_for_me_alone()
        lines.add(path(), [line])


def id_of(client: Client, name: str) -> str | None:
    """Return the random number that a training or trial of a client has in the lines; None where none was kept of it."""
    found: str | None = _known(client)["known"].get(name, {}).get("id")
    return found


def count(client: Client) -> int:
    """Return how many lines are a client's."""
    owner = _known(client)["client"]
    return sum(row["client"] == owner for row in read())


def clear() -> int:
    """Delete the file; return how many lines it had. Raises OSError."""
    with _held():
        n = len(read())
        path().unlink(missing_ok=True)
    return n


def _known(client: Client) -> dict[str, Any]:
    """Return what a client's hidden file says, whole whatever lies there; a new random number where it has none."""
    found = utils.read_object(client.folder / ID_FILE)
    owner, known = found.get("client"), found.get("known")
    sound = {
        name: {key: text for key, text in one.items() if isinstance(text, str)}
        for name, one in (known.items() if isinstance(known, dict) else ())
        if isinstance(one, dict) and isinstance(one.get("id"), str) and _HEX.fullmatch(one["id"])
    }
    if not (isinstance(owner, str) and _HEX.fullmatch(owner)):
        owner = secrets.token_hex(8)
    return {"version": 1, "client": owner, "known": sound}


def _open_for_me_alone() -> None:
    """Make the file where it is missing, for this user alone."""
    path().parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path(), os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))


@contextlib.contextmanager
def _held() -> Iterator[None]:
    """Hold the file. Raises TimeoutError where another program does not let go of it."""
    import filelock

    place = path().with_name(f".{FILE}.lock")
    place.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(str(place), timeout=WAIT_S):  # filelock.Timeout is a TimeoutError
        yield
