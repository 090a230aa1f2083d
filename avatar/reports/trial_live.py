"""A trial as it stands this moment, for who looks on while another program draws it: no picture is opened for it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avatar.pictures import thumbnails
from avatar.reports import trial_view
from avatar.reports.trial_view import View
from avatar.results import choice, likeness, ranking, trial, trial_make
from avatar.results.trial import Line, Trial
from avatar.workspace.client import Client
from config import Settings


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A trial and how far it is.

    drawing     a program draws it now
    done        of total pictures; failed: of these, what could not be drawn
    left_s      by the pictures so far; None: not known, or nothing draws
    unmeasured  drawn pictures whose likeness is not known yet
    chosen      the choice in force, where it is of this trial
    """

    view: View
    drawing: bool
    done: int
    failed: int
    total: int
    left_s: float | None
    unmeasured: int
    chosen: dict[str, Any] | None


def standing(client: Client, folder: Path, settings: Settings) -> Standing:
    """Return how a trial stands. Raises PipelineError("trial.invalid")."""
    one, lines = trial.read(folder), trial.lines(folder)
    asked = [job.request.picture_id for job in trial_make.jobs_of(one)]
    states = [lines[name].state for name in asked if name in lines]
    drawing = trial_make.being_drawn(client) and folder == at_work(client)
    scores, unmeasured = likeness.known(client, folder, settings)
    order = ranking.rank(scores, settings.results) if scores is not None else None
    found = choice.current(client)
    chosen = found[1] if found is not None and found[1].get("trial") == one.trial_id else None
    return Standing(
        view=trial_view.view(folder, one, scores, order, str(chosen.get("candidate", "")) if chosen else ""),
        drawing=drawing,
        done=states.count("done"),
        failed=len(states) - states.count("done"),
        total=len(asked),
        left_s=_left_s(one, list(lines.values()), len(asked) - len(states)) if drawing else None,
        unmeasured=unmeasured,
        chosen=chosen,
    )


def at_work(client: Client) -> Path | None:
    """Return the trial that was written last: while one is drawn, it is that one, which need not be the newest."""
    folders = [trial.trials_folder(client) / trial_id for trial_id in trial.trial_ids(client)]
    return max(folders, key=_written_at, default=None)


def _written_at(folder: Path) -> int:
    return max(thumbnails.written_at(folder / name) for name in (trial.TRIAL_FILE, trial.LINES_FILE))


def _left_s(one: Trial, lines: list[Line], missing: int) -> float | None:
    took = [line.seconds for line in lines if line.seconds is not None and line.state == "done"]
    if not took:
        return None
    machines = max(1, len(one.backend.address.split(", ")))
    return missing * statistics.median(took) / machines
