"""A tuning on the screen and as JSON: what fits beforehand, the table and the sentences of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from avatar.commands import plan_view
from avatar.commands.result import Block, Table, plain
from avatar.reports import figures
from avatar.texts import spoken
from avatar.texts.text import Text

if TYPE_CHECKING:
    from avatar.results.plan_tuning import TuningPlan
    from avatar.results.tuning import Info
    from avatar.results.tuning_answer import Answer, Figures
    from avatar.results.tuning_candidates import Edit


def plan_lines(
    info: Info, planned: TuningPlan, pictures: int, bytes_needed: int, *, measured: bool
) -> list[Text]:  # fmt: skip
    """Return what is told before a tuning begins: stage 0, candidates, hours, disk, and what it can and cannot tell.

    measured  it is known how long a picture takes here
    """
    from avatar.plan import time as plan_time
    from avatar.results import tuning_candidates

    told = []
    if info.stage0:
        values = {"n": len(info.stage0), "pictures": pictures, "left": plan_time.duration(60 * planned.stage0_minutes)}
        key = "tune.told.stage0" if measured else "tune.told.stage0_unmeasured"
        told.append(Text(key if pictures else "tune.told.stage0_drawn", values))
    if info.candidates:
        names = [tuning_candidates.words(one.name) for one in info.candidates]
        told.append(Text("tune.told.candidates", {"names": names, "step": info.short, "total": info.steps}))
    if info.plan_trained:
        told.append(Text("tune.told.plan_trained"))
    told.append(planned.why)
    if planned.shorts:
        told.append(Text("tune.told.disk", {"gb": bytes_needed / 1e9}))
    return [*told, *planned.can_tell]


def answer_blocks(answer: Answer) -> list[Block]:
    """Return the answer, the table of all candidates, and what more hours could tell."""
    blocks: list[Block] = [answer.first, _table(answer)]
    if answer.critical_difference is not None:
        values = {"value": round(answer.critical_difference, 2), "n": answer.compared}
        blocks.append(Text("tune.answer.critical", values))
    blocks += [Text("tune.answer.differs", _values(one)) for one in answer.changes]
    blocks += answer.another_night
    if answer.file:
        blocks.append(Text("tune.answer.take", {"candidate": answer.candidate}))
    return blocks


def _values(one: Edit) -> dict[str, object]:
    before, after = plan_view.shown(one.before), plan_view.shown(one.after)
    return {"name": spoken.option(one.key), "before": before, "after": after, "why": one.why}


def _table(answer: Answer) -> Table:
    """Return the candidates as a table of what decides: the best file of each, its likeness, and what is said of it."""
    rows = [
        (
            spoken.variant(one.candidate), spoken.weighted_short(one.file or figures.NOT_MEASURED), _likeness(one),
            _verdict(answer, one),
        )
        for one in answer.candidates
    ]  # fmt: skip
    return Table([f"tune.col.{name}" for name in ("candidate", "file", "likeness", "verdict")], rows, Text("tune.title"))


def details(answer: Answer) -> list[Block]:
    """Return all figures of the candidates, by the names that `tune --take` takes."""
    from avatar.reports import tuning_view

    columns = ("candidate", "state", "likeness", "n", "copy_risk", "flexibility", "loss", "minutes")
    rows = [
        (
            one.candidate, tuning_view.state(one.candidate, one.state), _likeness(one), one.n or figures.NOT_MEASURED,
            figures.likeness(one.copy_risk), figures.percent(one.flexibility), figures.loss(one.held_out_loss),
            _minutes(one.seconds),
        )
        for one in answer.candidates
    ]  # fmt: skip
    return [Table([f"tune.col.{name}" for name in columns], rows, Text("tune.title"))]


def _verdict(answer: Answer, one: Figures) -> Text:
    from avatar.reports import tuning_view

    if one.candidate == answer.candidate:
        return Text("tune.page.chosen", {}, "good")
    return Text("tune.page.tied") if one.tied else tuning_view.state(one.candidate, one.state)


def _likeness(one: Figures) -> object:
    """Return the likeness; those that are tied in the comparison of the answer carry a sign."""
    value = figures.likeness(one.likeness)
    return Text("tune.tied", {"value": value}) if one.tied and one.likeness is not None else value


def _minutes(seconds: float) -> object:
    """Return the minutes of some seconds, with tenths below ten."""
    if not seconds:
        return figures.NOT_MEASURED
    return Text("number.tenths", {"value": seconds / 60}) if seconds < 600 else round(seconds / 60)


def candidates_record(found: Sequence[Figures], changes: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return candidates for JSON: figures, and what each has otherwise than the plan."""
    return [{**plain(one), "changes": changes.get(one.candidate, [])} for one in found]
