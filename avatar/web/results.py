"""The results page: a trial's grid as it is drawn, the order with its reasons, the candidate that is taken, the delivery."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.commands.result import Result
from avatar.texts import spoken, translate
from avatar.texts.text import Text
from avatar.texts.translate import text, words
from avatar.web.site import Action, Outdated, Query, Site, View
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.reports.trial_live import Standing
    from avatar.reports.trial_view import Cell
    from avatar.results.ranking import Ranked, Ranking
    from config import ResultsConfig, Settings

TAKEN, WRITTEN = ("trial.taken", "trial.then"), ("trial.written",)  # of what `results` says, what the page does not show itself
FREE = 0.8  # [choice] of the base model's flexibility: from here on a model is called as free as that

# --- what is shown ---------------------------------------------------------------------------------------------------


def grid(site: Site, query: Query) -> object:
    """Return a trial as it stands, the newest unless `trial` names one; without any, what makes one.

    Raises PipelineError("trial.unknown"), ("trial.invalid").
    """
    from avatar.reports import trial_live
    from avatar.results import trial

    client = query.need_client()
    with translate.about(client.client_id):
        known = trial.trial_ids(client)
        if not known:
            return _nothing(site, query, client)
        asked = query.parameters.get("trial", "")
        folder = trial.folder_of(client, asked) if asked else _to_look_at(client) or trial.folder_of(client, known[0])
        settings = site.session().settings(client)
        found = trial_live.standing(client, folder, settings)
        return {"trials": known, **_told(client, found, settings, query.language)}


def _nothing(site: Site, query: Query, client: Client) -> dict[str, Any]:
    """Return what the page says without a trial: what makes one, or what comes before where there is no model to try."""
    from avatar.commands import stage_state
    from avatar.results import trial_models
    from avatar.web import next_steps

    said = text("trial.none", query.language, client=client.client_id)
    if trial_models.found(client):
        return {"trials": [], "empty": said}
    state = stage_state.client_state(site.session(query.language), client)
    return {"trials": [], "empty": said.partition("\n")[0], "next": next_steps.next_step(state)}


def _to_look_at(client: Client) -> Path | None:
    """Return the trial that is drawn now, None where none is."""
    from avatar.reports import trial_live
    from avatar.results import trial_make

    return trial_live.at_work(client) if trial_make.being_drawn(client) else None


def _told(client: Client, found: Standing, settings: Settings, language: str) -> dict[str, Any]:
    """Return all that the page shows of a trial, in the page's language."""
    view, one, order = found.view, found.view.trial, found.view.ranking
    best = order.best.candidate if order is not None and order.best is not None else ""
    cells = _Cells(language)
    return {
        "trial": one.trial_id, "made_at": one.made_at, "trigger": one.trigger_word, "back_end": one.backend.kind,
        "drawing": found.drawing, "done": found.done, "failed": found.failed, "total": found.total, "left_s": found.left_s,
        "unmeasured": found.unmeasured, "told": _said(_lines(found), language), "proposed": best, "taken": view.taken,
        "taken_before": _taken_mark(client), **_figures(order),
        "places": [_place(place, settings.results, language) for place in view.places],
        "blocks": [
            {"n": block.prompt.n, "text": block.prompt.text, "kind": text(f"trial.prompt.{block.kind}", language),
             "columns": block.weights, "base": cells.of(block.base),
             "rows": [{"label": words(spoken.model(row.label), language), "cells": [cells.of(cell) for cell in row.cells]}
                      for row in block.rows]}
            for block in view.blocks
        ],
        "finals": [
            {"candidate": final.candidate, "columns": [str(seed) for seed in final.seeds],
             "rows": [{"label": row.label, "cells": [cells.of(cell) for cell in row.cells]} for row in final.rows]}
            for final in view.finals
        ],
        "reference": _reference(client, order), "named": _named(found, language),
    }  # fmt: skip


def _named(found: Standing, language: str) -> dict[str, str]:
    """Return what a person calls each candidate."""
    names = {cell.candidate for cell in _all_cells(found)} | {final.candidate for final in found.view.finals}
    names |= {place.candidate for place in found.view.places} | {block.base.candidate for block in found.view.blocks}
    names |= {found.view.taken}
    return {name: words(spoken.weighted(name), language) for name in sorted(names)}


def _figures(order: Ranking | None) -> dict[str, Any]:
    if order is None:
        return {"critical_difference": None, "compared": 0, "yardstick": None, "floor": None}
    return {
        "critical_difference": order.critical_difference, "compared": order.compared, "yardstick": order.yardstick,
        "floor": order.floor,
    }  # fmt: skip


def _lines(found: Standing) -> list[Text]:
    """Return what is told above the pictures; of a trial that is not whole and not at work, what is missing."""
    told = [line for line in found.view.lines if line.key != "rank.critical"]  # told beside the order
    if not found.drawing and found.done < found.total:
        values = {"n": found.done, "total": found.total, "trial": found.view.trial.trial_id}
        told.append(Text("trial.partly", values, "warn"))
    no_effect = {cell.candidate for cell in _all_cells(found) if cell.line is not None and cell.line.state == "no_effect"}
    if no_effect:
        told.append(
            Text("web.results.no_effect", {"names": spoken.several([*map(spoken.weighted, sorted(no_effect))])}, "warn")
        )
    return told


def _all_cells(found: Standing) -> list[Cell]:
    return [cell for block in found.view.blocks for row in block.rows for cell in row.cells]


def _place(place: Ranked, limits: ResultsConfig, language: str) -> dict[str, Any]:
    own = ("candidate", "model", "weight", "rank", "tied", "eligible", "likeness", "n", "faces", "copy_risk", "flexibility",
           "seed_spread", "seconds")  # fmt: skip
    return {
        **{name: getattr(place, name) for name in own}, "copies": _copies(place.copy_risk, limits),
        "free": _free(place.flexibility, limits), "reasons": _said(place.reasons, language),
    }  # fmt: skip


def _copies(risk: float | None, limits: ResultsConfig) -> str:
    """Return the word for a copy risk."""
    if risk is None:
        return "unknown"
    return "yes" if risk > limits.max_copy_risk else "no"


def _free(flexibility: float | None, limits: ResultsConfig) -> str:
    """Return the word for a flexibility."""
    if flexibility is None:
        return "unknown"
    if flexibility < limits.min_flexibility:
        return "no"
    return "yes" if flexibility >= FREE else "less"


class _Cells:
    """Makes of each picture of the grid what the page shows of it."""

    def __init__(self, language: str) -> None:
        self._language = language

    def of(self, cell: Cell) -> dict[str, Any]:
        note = cell.note or Text("trial.cell.unmeasured")
        cause = cell.line.cause if cell.line is not None else None
        return {
            "candidate": cell.candidate, "prompt": cell.prompt, "seed": cell.seed,
            "picture": cell.line.picture_id if cell.line is not None and cell.path is not None else "",
            "note": words(note, self._language), "style": note.style, "cause": words(cause, self._language) if cause else "",
            "likeness": cell.score.likeness if cell.score is not None else None,
            "copy_margin": cell.score.copy_margin if cell.score is not None else None,
        }  # fmt: skip


def _reference(client: Client, order: Ranking | None) -> dict[str, Any] | None:
    """Return the photos that likeness is measured against, to be shown beside what was drawn."""
    from avatar.results import reference

    found = order.held_out if order is not None else reference.of(list(client.each_record()))
    return None if found is None else {"kind": found.kind, "images": list(found.image_ids)}


def _taken_mark(client: Client) -> str:
    """Return which choice is in force, of whatever trial: what taking another one replaces."""
    from avatar.results import choice

    found = choice.current(client)
    return f"{found[1].get('trial', '')} {found[1].get('candidate', '')}" if found is not None else ""


# --- what is done ----------------------------------------------------------------------------------------------------


def take(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Make a candidate the client's model, as `results --take` does. based_on: the choice that the page showed.

    Raises Outdated where another was made since, and what `choice.take` raises.
    """
    from avatar.commands import results

    client = query.need_client()
    now = _taken_mark(client)
    if body.get("based_on") != now:
        raise Outdated({"based_on": now})
    trial_id, candidate = str(body.get("trial", "")), str(body.get("candidate", ""))
    done = results.results(site.session(query.language), client.client_id, trial_id, take=candidate)
    return {"taken": done.value.taken, **_result(done, query.language, TAKEN)}


def measure(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Measure what is not measured yet and draw sheet and page anew, as `results` does."""
    from avatar.commands import results

    client = query.need_client()
    done = results.results(site.session(query.language), client.client_id, str(body.get("trial", "")) or None)
    return _result(done, query.language, WRITTEN)


def deliver(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Write the zip that is handed over, as `deliver` does."""
    from avatar.commands import deliver as deliver_command

    done = deliver_command.deliver(site.session(query.language), query.need_client().client_id)
    return {"path": done.value["path"], "files": done.value["files"], **_result(done, query.language)}


def _result(done: Result[Any], language: str, keys: Collection[str] = ()) -> dict[str, Any]:
    """Return what a command says on the screen, without its tables: the page has those. keys: of it only these; (): all."""
    with translate.about(done.client):
        said = [block for block in done.blocks if isinstance(block, Text) and (not keys or block.key in keys)]
        warnings = [dataclasses.replace(warning, style="warn") for warning in done.warnings]
        return {"said": _said([*said, *warnings], language)}


def _said(told: Sequence[Text], language: str) -> list[dict[str, str]]:
    return [{"text": words(one, language), "style": one.style} for one in told]


VIEWS: Mapping[str, View] = {"results": grid}
ACTIONS: Mapping[str, Action] = {"take": take, "measure-trial": measure, "deliver": deliver}
