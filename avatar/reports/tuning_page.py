"""A page about a tuning: which file to use, how sure that is, each candidate with its figures and some of its pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import utils
from avatar.pictures import thumbnails
from avatar.plan import time as plan_time
from avatar.reports import figures, render, tuning_view
from avatar.reports.trial_view import CACHE
from avatar.reports.tuning_view import Row, Scale, Shot, View
from avatar.texts import spoken, tables, translate
from avatar.texts.text import Text
from avatar.texts.translate import text, words

TEMPLATE, FILE_NAME = "tuning.html", "tuning.html"
PICTURE_PX = 320  # shown at 150
LABELS = ("title", "candidates", "candidate", "state", "file", "likeness", "n", "copy_risk", "flexibility", "loss", "time",
          "limits", "tied", "chosen", "in_use", "take", "take_values", "scale", "pictures")  # fmt: skip

# Where a picture of a candidate is found: a data: URL in the file, an address in the dashboard; "" where it is not there.
Address = Callable[[Shot], str]


def write(view: View, output: Path, language: str, program: str, client_id: str) -> Path:
    """Write output/tuning.html and return its path. program: how it is called, for the commands to paste. Raises OSError."""
    output.mkdir(parents=True, exist_ok=True)

    def packed(shot: Shot) -> str:
        return render.data_url(thumbnails.jpeg(shot.path, PICTURE_PX, output / CACHE)) if shot.path is not None else ""

    path = output / FILE_NAME
    with translate.about(client_id):
        values = content(view, language, packed)
    commands = _commands(view, program, client_id)
    page = render.render(
        TEMPLATE, language=language, client_id=client_id, commands=commands, t=values["labels"], **values
    )  # fmt: skip
    utils.write_atomic(path, page)
    return path


def _commands(view: View, program: str, client_id: str) -> Mapping[str, str]:
    """Return what is typed to take the answer's file, and its values with it where it has others than the plan."""
    if not view.candidate or view.taken == view.candidate:
        return {}
    line = f"{program} tune {client_id} --take {view.candidate}"
    differs = any(row.differs for row in view.rows if row.name == view.candidate)
    return {"take": line, **({"take_values": f"{line} --values"} if differs else {})}


def content(view: View, language: str, address: Address) -> dict[str, object]:
    """Return what tuning_body.html shows, in words."""
    scale = tuning_view.scale(view)
    told = [Text("tune.page.critical", {"value": round(view.critical, 2), "n": view.compared})] if view.critical else []
    return {
        "labels": {name: text(f"tune.page.{name}", language) for name in LABELS},
        "tuning_id": view.tuning_id, "work": view.work, "taken": view.taken,
        "first": {"text": words(view.first, language), "style": view.first.style},
        "stopped": words(view.stopped, language) if view.stopped is not None else "",
        "hours": words(_hours(view), language),
        "told": [words(line, language) for line in (*told, *view.told)],
        "limits": [words(Text(key), language) for key in _limits(view)],
        "band": None if scale is None or scale.band is None else _band(scale.band),
        "rows": [_row(row, view, scale, language, address) for row in view.rows],
    }  # fmt: skip


def _limits(view: View) -> tuple[str, ...]:
    """Return what the answer tells and what not; what it will tell is no news once it is there."""
    return ("tune.tell.no_setting",) if view.work == "ended" else ("tune.tell.file", "tune.tell.no_setting")


def _hours(view: View) -> Text:
    used = plan_time.duration(3600 * view.hours_used)
    if view.info.hours is None:
        return Text("tune.page.used", {"used": used})
    return Text("tune.page.used_of", {"used": used, "hours": plan_time.duration(3600 * view.info.hours)})


def _band(band: tuple[float, float]) -> dict[str, float]:
    return {"x": band[0], "width": round(band[1] - band[0], 2)}


def _row(row: Row, view: View, scale: Scale | None, language: str, address: Address) -> dict[str, object]:
    return {
        "name": row.name, "label": _label(row.name, language), "state": words(row.state, language),
        "differs": [words(one, language) for one in row.differs],
        "cause": words(row.cause, language) if row.cause is not None else "",
        "file": words(spoken.weighted_short(row.file or "–"), language),
        "likeness": figures.told(figures.likeness(row.likeness), language), "n": row.n or "–",
        "copy_risk": figures.told(figures.likeness(row.copy_risk), language),
        "flexibility": figures.told(figures.percent(row.flexibility), language),
        "loss": figures.told(figures.loss(row.held_out_loss), language),
        "time": words(plan_time.duration(row.seconds), language) if row.seconds else "–",
        "chosen": row.chosen, "tied": row.tied, "in_use": bool(view.taken) and row.name == view.taken,
        "at": scale.at(row.likeness) if scale is not None and row.likeness is not None else None,
        "shots": [{"prompt": shot.prompt, "seed": shot.seed, "address": address(shot)} for shot in row.shots],
    }  # fmt: skip


def _label(name: str, language: str) -> str:
    """Return what a candidate is, in words; "" for one that an older program has named."""
    key = f"tune.name.{name}"
    return text(key, language) if tables.known(key) else ""
