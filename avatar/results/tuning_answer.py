"""What a tuning came to: which file to use, how sure that is, and what another night could tell. Pure.

Never which setting is better: two trainings with the same settings differ by 0.08-0.11 in likeness [SceneWorks], so that one
training a setting measures luck. A file is measured, and files are compared by the same pictures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from avatar.results import plan_tuning
from avatar.results.plan_tuning import Costs
from avatar.results.ranking import Ranking
from avatar.results.tuning import STAGE0, Info, Line
from avatar.results.tuning_book import best_of
from avatar.results.tuning_candidates import Edit
from avatar.results.tuning_ports import File
from avatar.texts.text import Text
from avatar.workspace import state_file


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One candidate as table and page show it.

    file        its best one in its trial, MODEL@WEIGHT; "" where none was drawn
    compared    it is part of the comparison that the answer is of, so that critical difference and ties hold for it
    tied        no real difference to the best of that comparison
    """

    candidate: str
    state: str
    file: str
    run_id: str
    trial_id: str
    steps: int
    seconds: float
    likeness: float | None
    n: int
    copy_risk: float | None
    flexibility: float | None
    held_out_loss: float | None
    compared: bool
    tied: bool
    cause: Text | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a tuning came to.

    file                 MODEL@WEIGHT of the trial, run_id and candidate: whose it is
    tied                 files that no difference was seen to
    critical_difference  smaller differences of likeness mean nothing; None: too few common pictures to say
    changes              what the file's plan has otherwise than the plan that stood: facts of this file, not advice
    another_night        what more hours could tell
    """

    file: str
    candidate: str
    run_id: str
    trial_id: str
    candidates: tuple[Figures, ...]
    critical_difference: float | None
    compared: int
    tied: tuple[str, ...]
    changes: tuple[Edit, ...]
    hours_used: float
    another_night: tuple[Text, ...] = ()

    @property
    def first(self) -> Text:
        return headline(self.file, len(self.tied))


def headline(file: str, tied: int) -> Text:
    """Return the answer in one sentence. tied: how many files are, the named one among them."""
    if not file:
        return Text("tune.answer.none", {}, "warn")
    return Text("tune.answer.tied" if tied > 1 else "tune.answer.alone", {"file": file, "n": tied - 1}, "good")


def answer(
    info: Info, lines: Mapping[str, Line], ranking: Ranking, *, trial_id: str, files: Mapping[str, File], spent_s: float,
    costs: Costs, candidates: Sequence[str],
) -> Answer:  # fmt: skip
    """Return the answer by the newest comparison.

    lines       the last of each candidate; files: by name, all that were compared
    candidates  all that might be trained, in order
    """
    best = ranking.best
    owner = files[best.model].candidate if best is not None and best.model in files else ""
    line = lines.get(owner)
    file = best.candidate if best is not None else ""
    if best is not None and owner == STAGE0 and line is not None and len({one.weight for one in ranking.candidates}) == 1:
        file = line.file  # short ones are compared at one weight; that of stage 0 was found among three
    return Answer(
        file=file, candidate=owner, run_id=files[best.model].run_id if best is not None and best.model in files else "",
        trial_id=line.trial_id if line is not None and line.file == file else trial_id,
        candidates=tuple(_figures(name, lines[name], ranking, files) for name in (STAGE0, *candidates) if name in lines),
        critical_difference=ranking.critical_difference, compared=ranking.compared,
        tied=tuple(one.candidate for one in ranking.tied), changes=_changes(line),
        hours_used=round(spent_s / 3600, 2),
        another_night=_another_night(info, lines, len(ranking.tied), ranking.critical_difference, costs, candidates),
    )  # fmt: skip


def _figures(name: str, line: Line, ranking: Ranking, files: Mapping[str, File]) -> Figures:
    placed = best_of(ranking, files, name)
    return _row(name, line, compared=placed is not None, tied=placed is not None and placed.tied)


def _row(name: str, line: Line, *, compared: bool, tied: bool) -> Figures:
    return Figures(
        candidate=name, state=line.state, file=line.file, run_id=line.run_id, trial_id=line.trial_id, steps=line.steps,
        seconds=line.seconds, likeness=line.likeness, n=line.n, copy_risk=line.copy_risk, flexibility=line.flexibility,
        held_out_loss=line.held_out_loss, compared=compared, tied=tied, cause=line.why,
    )  # fmt: skip


def shown(info: Info, lines: Mapping[str, Line], record: Mapping[str, Any], costs: Costs) -> Answer:
    """Return the answer that answer.json holds, with the candidates as their lines have them."""
    found = state_file.fields(record, _TYPES)
    tied = tuple(str(name) for name in found.get("tied", ()))
    trial_id, critical = found.get("trial_id", ""), found.get("critical_difference")
    candidates = [one.name for one in info.candidates]
    return Answer(
        file=found.get("file", ""), candidate=found.get("candidate", ""), run_id=found.get("run_id", ""), trial_id=trial_id,
        candidates=tuple(
            _row(name, lines[name], compared=lines[name].trial_id == trial_id, tied=lines[name].file in tied)
            for name in (STAGE0, *candidates) if name in lines
        ),
        critical_difference=critical, compared=found.get("compared", 0), tied=tied,
        changes=_changes(lines.get(found.get("candidate", ""))), hours_used=found.get("hours_used", 0.0),
        another_night=_another_night(info, lines, len(tied), critical, costs, candidates),
    )  # fmt: skip


_TYPES: state_file.FieldTypes = {
    "file": str, "candidate": str, "run_id": str, "trial_id": str, "critical_difference": float, "compared": int, "tied": list,
    "hours_used": float,
}  # fmt: skip


def _changes(line: Line | None) -> tuple[Edit, ...]:
    rows = line.changes if line is not None else []
    return tuple(Edit(key=str(row.get("key", "")), before=row.get("from"), after=row.get("to")) for row in rows)


def _another_night(
    info: Info, lines: Mapping[str, Line], tied: int, critical: float | None, costs: Costs, candidates: Sequence[str]
) -> tuple[Text, ...]:  # fmt: skip
    """Return what more hours could tell: who is tied, who was not trained, who was not trained to the end."""
    told = []
    if tied > 1 and critical is not None:
        told.append(Text("tune.more.tied", {"n": tied, "value": critical}))
    if info.hours is None:
        return tuple(told)
    waiting = [name for name in candidates if name not in lines or lines[name].state in {"planned", "running"}]
    if waiting:
        told.append(Text("tune.more.untried", {"n": len(waiting), "names": ", ".join(waiting)}))
    dropped = [name for name, line in lines.items() if line.state in {"dropped", "short"} and line.likeness is not None]
    if dropped and costs.step_s is not None:
        seconds = plan_tuning.full_seconds(costs, steps=info.steps, short=info.short)
        told.append(Text("tune.more.dropped", {"n": len(dropped), "hours": seconds / 3600}))
    return tuple(told)


def changes_record(changes: Sequence[Edit]) -> list[dict[str, Any]]:
    """Return changes for JSON: key, from, to, why."""
    return [
        {"key": one.key, "from": one.before, "to": one.after, "why": {"key": one.why.key, "values": dict(one.why.values)}}
        for one in changes
    ]


def as_record(found: Answer) -> dict[str, Any]:
    """Return an answer as answer.json holds it."""
    return {
        "file": found.file, "candidate": found.candidate, "run_id": found.run_id, "trial_id": found.trial_id,
        "critical_difference": found.critical_difference, "compared": found.compared, "tied": list(found.tied),
        "changes": changes_record(found.changes), "hours_used": found.hours_used,
        "another_night": [{"key": one.key, "values": dict(one.values)} for one in found.another_night],
    }  # fmt: skip
