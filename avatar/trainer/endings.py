"""Why a training ended: the trainer's log and its exit code, put into one cause. Pure."""

from __future__ import annotations

from typing import Any

from avatar.texts.text import Text
from avatar.trainer.causes import SIGNS, Sign
from avatar.trainer.log import AFTERMATH, LogFacts

# Exit codes: signals, and what Windows calls its own (winnt.h, ntstatus.h).
_ENDED_BY = {
    -9: "train.cause.killed", -15: "train.cause.terminated", -2: "train.cause.interrupted",
    0xC000013A: "train.cause.interrupted", 0x40010004: "train.cause.terminated",  # Ctrl+C or window closed; logged off
    0xC0000017: "train.cause.host_memory", 0xC000012D: "train.cause.host_memory",
    0xC0000005: "train.cause.host_memory",  # an access violation: on Windows mostly want of memory
    0xC0000135: "train.cause.library", 0xC0000139: "train.cause.library", 0xC0000142: "train.cause.library",
    -1: "train.cause.terminated",  # its terminal was closed
} | dict.fromkeys((-4, -6, -7, -8, -11), "train.cause.crashed")  # fmt: skip
_LAST_WORDS = 15  # [choice] lines: what was said further above an end without a traceback was not its cause


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


def diagnose(code: int, cancelled: bool, facts: LogFacts, log: str = "-") -> Text | None:
    """Return why a run is no success; None where the log and exit code speak for one.

    code  as subprocess gives it: negative for a signal
    log   path of the log, for the texts that name it
    None is not yet success: the file must be there, new and whole (`lora_file.verify`).
    """
    values: dict[str, Any] = {"step": facts.step, "total": facts.total, "code": code, "detail": "", "log": log}
    if cancelled:
        return Text("train.cause.cancelled", values)
    if facts.nan_step is not None:
        return Text("train.cause.nan", {**values, "detail": str(facts.nan_step)})
    if facts.saved:  # its last word; an interpreter that crashes while it shuts down takes nothing back
        return None
    if code == 1 and facts.child_code is not None:
        code = values["code"] = facts.child_code
    ended_by = _ended_by(code)
    found = _named(facts) if facts.error or ended_by in {"", "train.cause.crashed"} else None
    if found is not None:
        sign, told = found
        return Text(sign.cause, {**values, "detail": told or facts.error})
    if ended_by and (not facts.error or AFTERMATH.search(facts.error)):
        return Text(ended_by, {**values, "detail": f"0x{code & 0xFFFFFFFF:08X}"})
    if code == 0:
        return Text("train.cause.no_model", values)
    if facts.error:
        return Text("train.cause.unknown", {**values, "detail": "\n".join([facts.error, *_shown(facts)])})
    return Text("train.cause.silent", {**values, "detail": "\n".join([facts.last or "-", *_shown(facts)])})


def _named(facts: LogFacts) -> tuple[Sign, str] | None:
    """Return what speaks most for a cause, and what it told: first of the traceback, then of what was said before it."""
    if not facts.error and facts.lines - facts.named_at > _LAST_WORDS:
        return None
    for sign in SIGNS:
        if sign in facts.ending:
            return sign, facts.ending[sign]
    error = facts.error.lower()
    for sign in SIGNS:
        if sign in facts.before and any(word in error for word in sign.after) and error:
            return sign, facts.before[sign]
    return None


def _shown(facts: LogFacts) -> list[str]:
    """Return the last lines of a log whose end nobody can name, for the user to look for."""
    return [f"    {line}" for line in facts.newest]


def _ended_by(code: int) -> str:
    """Return what an exit code alone says; "" where it is one that the trainer chose itself."""
    code = code & 0xFFFFFFFF if code < -255 else code  # Windows' own, read with a sign
    for number in (code, 128 - code, code - 256):  # as subprocess gives it, as shells do, as others do
        if number in _ENDED_BY:
            return _ENDED_BY[number]
    return "train.cause.crashed" if code >= 0xC0000000 else ""
