"""A tuning as page and dashboard show it, by its files alone: at work, left in the middle, or with its answer."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import utils
from avatar.results import choice, trial, tuning, tuning_answer
from avatar.results.tuning import STAGE0, Info, Line
from avatar.system import process_tree
from avatar.texts.text import PipelineError, Text, from_record
from avatar.workspace.client import Client

SHOTS = 4  # [choice] pictures a candidate: the same prompts and seeds of all
Work = Literal["at_work", "broken_off", "ended"]


@dataclass(frozen=True)
class Shot:
    """One drawn picture of a candidate's best file, by prompt and seed; picture_id: "" where it is not there."""

    prompt: str
    seed: int
    trial_id: str = ""
    picture_id: str = ""
    path: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One candidate.

    chosen   its file is the answer; tied: no difference to the answer was seen
    differs  what it has otherwise than the plan, "tasa de aprendizaje: 0,0001 → 0,00005"
    """

    name: str
    state: Text
    differs: tuple[Text, ...]
    file: str
    likeness: float | None
    n: int
    copy_risk: float | None
    flexibility: float | None
    held_out_loss: float | None
    seconds: float
    cause: Text | None
    chosen: bool
    tied: bool
    shots: tuple[Shot, ...] = ()


@dataclass(frozen=True, kw_only=True)
class View:
    """A tuning. first: the answer in a sentence, or how far it is; taken: MODEL@WEIGHT of its trials that is the model now.

    stopped   the error that its last session ended with; None where it ended without, or is at work
    critical  smaller differences of likeness mean nothing, over `compared` pictures; None: not known
    told      what the answer's file has otherwise, and what another night could tell
    """

    tuning_id: str
    work: Work
    first: Text
    stopped: Text | None
    info: Info
    hours_used: float
    rows: tuple[Row, ...]
    answer: str
    candidate: str
    critical: float | None
    compared: int
    told: tuple[Text, ...]
    taken: str


def view(client: Client) -> View | None:
    """Return a client's newest tuning; None without one. Raises PipelineError("tune.invalid")."""
    one = tuning.newest(client)
    if one is None:
        return None
    lines, answer = tuning.lines(one.folder), tuning.read_answer(one.folder)
    names = [STAGE0, *(tried.name for tried in one.info.candidates)]
    tied = [str(name) for name in answer.get("tied") or ()]
    rows = [_row(name, line, answer, tied) for name in names if (line := lines.get(name)) is not None]
    shots = _shots(client, [row for row in rows if row.file], lines)
    work = _work(client, answer)
    return View(
        tuning_id=one.tuning_id, work=work, first=_first(work, answer, tied, lines), info=one.info,
        stopped=None if work == "at_work" else tuning.why_stopped(one.folder),
        hours_used=tuning.spent_s(one.folder) / 3600,
        rows=tuple(replace(row, shots=tuple(shots.get(row.name, ()))) for row in rows),
        answer=str(answer.get("file") or ""), candidate=str(answer.get("candidate") or ""),
        critical=_number(answer.get("critical_difference")), compared=int(_number(answer.get("compared")) or 0),
        told=tuple(_told(answer)), taken=_taken(client, lines),
    )  # fmt: skip


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


# --- where it stands -------------------------------------------------------------------------------------------------


def _work(client: Client, answer: Mapping[str, Any]) -> Work:
    if answer:
        return "ended"
    note = utils.read_object(client.folder / ".lock.json")
    pid = note.get("pid")
    holds = note.get("stage") == "tune" and isinstance(pid, int)
    return "at_work" if holds and (pid == os.getpid() or process_tree.start_time(int(str(pid))) is not None) else "broken_off"


def _first(work: Work, answer: Mapping[str, Any], tied: Sequence[str], lines: Mapping[str, Line]) -> Text:
    if answer:
        return tuning_answer.headline(str(answer.get("file") or ""), len(tied))
    if work == "broken_off":
        return Text("tune.interrupted", {}, "warn")
    running = next((line.candidate for line in lines.values() if line.state == "running"), "")
    done = sum(line.state in {"short", "full", "failed", "dropped"} for line in lines.values())
    return Text("tune.page.at_work" if running else "tune.page.draws", {"name": running, "n": done})


def _told(answer: Mapping[str, Any]) -> list[Text]:
    """Return what the answer's file has otherwise than the plan, then what another night could tell."""
    found = []
    for change in answer.get("changes") or ():
        with contextlib.suppress(AttributeError, TypeError):
            why = change.get("why") or {}
            found.append(
                Text(
                    "tune.answer.differs",
                    {"name": change["key"], "before": str(change.get("from")), "after": str(change.get("to")),
                     "why": from_record(str(why.get("key") or ""), why.get("values")) or ""},
                )
            )  # fmt: skip
    for record in answer.get("another_night") or ():
        with contextlib.suppress(AttributeError):
            if (more := from_record(str(record.get("key") or ""), record.get("values"))) is not None:
                found.append(more)
    return found


def _taken(client: Client, lines: Mapping[str, Line]) -> str:
    """Return the candidate whose file is the client's model now, where it was taken from this tuning's trials."""
    found = choice.current(client)
    if found is None:
        return ""
    chosen = str(found[1].get("trial", "")), str(found[1].get("candidate", ""))
    return next((name for name, line in lines.items() if (line.trial_id, line.file) == chosen), "")


# --- the candidates --------------------------------------------------------------------------------------------------

_STYLES = {"failed": "bad", "stopped": "warn"}


def state(name: str, reached: str) -> Text:
    """Return how far a candidate came; the last training's own models are no candidate that was trained here."""
    return Text("tune.state.last" if name == STAGE0 else f"tune.state.{reached}", {}, _STYLES.get(reached, "plain"))


def _row(name: str, line: Line, answer: Mapping[str, Any], tied: Sequence[str]) -> Row:
    return Row(
        name=name, state=state(name, line.state),
        differs=tuple(map(_difference, line.changes)),
        file=line.file, likeness=line.likeness, n=line.n, copy_risk=line.copy_risk, flexibility=line.flexibility,
        held_out_loss=line.held_out_loss, seconds=line.seconds, cause=line.why,
        chosen=bool(answer) and name == answer.get("candidate"), tied=line.file in tied,
    )  # fmt: skip


def _difference(change: Mapping[str, Any]) -> Text:
    before, after = (change.get(name) if isinstance(change.get(name), (int, float)) else str(change.get(name))
                     for name in ("from", "to"))  # fmt: skip
    return Text("tune.differs", {"name": str(change.get("key")), "before": before, "after": after})


def _shots(client: Client, rows: Sequence[Row], lines: Mapping[str, Line]) -> dict[str, list[Shot]]:
    """Return for each candidate the pictures of the prompts and seeds that most of them have, in the same order."""
    drawn: dict[str, dict[tuple[str, int], Shot]] = {}
    for row in rows:
        with contextlib.suppress(PipelineError, OSError):  # a trial that is gone: the figures stay
            drawn[row.name] = _drawn(client, lines[row.name].trial_id, row.file)
    common = Counter(place for found in drawn.values() for place in found)
    order = {place: number for number, place in enumerate(common)}
    first: dict[str, tuple[str, int]] = {}  # one picture a prompt before a second one
    for place in sorted(common, key=lambda place: (-common[place], order[place])):
        first.setdefault(place[0], place)
    places = [*first.values(), *(place for place in order if place not in first.values())][:SHOTS]
    return {name: [found.get(place, Shot(*place)) for place in places] for name, found in drawn.items()}


def _drawn(client: Client, trial_id: str, file: str) -> dict[tuple[str, int], Shot]:
    folder = trial.trials_folder(client) / trial_id
    prompts = {prompt.n: prompt.text for prompt in trial.read(folder).prompts}
    found: dict[tuple[str, int], Shot] = {}
    for line in trial.lines(folder).values():
        if line.candidate == file and line.state == "done" and line.prompt in prompts:
            shot = Shot(prompts[line.prompt], line.seed, trial_id, line.picture_id, trial.picture_file(folder, line))
            found[shot.prompt, shot.seed] = shot
    return found


# --- as a page writes it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """Where likenesses stand on a line of 100 units. low, high: its ends; band: where no difference to the best was seen."""

    low: float
    high: float
    band: tuple[float, float] | None

    def at(self, value: float) -> float:
        return round(100 * (value - self.low) / (self.high - self.low), 2)


def scale(found: View) -> Scale | None:
    """Return the scale of a tuning's likenesses; None where nothing was measured."""
    values = [row.likeness for row in found.rows if row.likeness is not None]
    if not values:
        return None
    best = max(values)
    low, high = min(values), best
    if found.critical is not None:
        low = min(low, best - found.critical)
    edge = max(0.02, 0.1 * (high - low))
    made = Scale(low - edge, high + edge, None)
    band = None if found.critical is None else (made.at(best - found.critical), made.at(best))
    return Scale(made.low, made.high, band)
