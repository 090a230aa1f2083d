"""What the page of the training shows and does: a view of the run's files, and the stop that `monitor --stop` asks for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.texts import spoken
from avatar.texts.text import PipelineError, Text
from avatar.web.site import Action, Query, Site, View
from avatar.workspace.client import Client, run_folders

if TYPE_CHECKING:
    from avatar.commands.session import Session
    from avatar.reports.run_curves import RunCurves
    from avatar.reports.run_view import Attempt, RunView

MOST_RUNS = 50  # that the page offers to look at
CURVES_KEPT_S = 2.0  # so long one answer serves all tabs
_curves: dict[Path, tuple[float, RunCurves]] = {}  # run's folder -> when they were read


def training(site: Site, query: Query) -> dict[str, Any]:
    """Return the training that the page shows, the newest unless `run` names one, and what is next where there is none."""
    from avatar.commands import stage_state
    from avatar.reports import run_view
    from avatar.training import states
    from avatar.web import next_steps

    client = query.need_client()
    session = site.session(query.language)
    state = stage_state.client_state(session, client)
    view = run_view.run_view(client, query.parameters.get("run", ""))
    train = state.stage("train")
    return {
        "run": None if view is None else {**_shown(client, view), "no_samples": _no_samples(client, view, session)},
        "runs": [folder.name for folder in run_folders(client.runs)[:MOST_RUNS]],
        "prompts": _prompts(client),
        "outdated": train.why if train.state == "outdated" else None,
        "next": next_steps.next_step(state),
        "resumable": view is not None and view.state == "killed" and states.newest_state(client.runs) is not None,
    }


def curves(site: Site, query: Query) -> object:
    """Return the curves of the run that `run` names, else of the newest."""
    from avatar.reports import run_curves

    client = query.need_client()
    folder = _folder(client, query)
    if folder is None:
        return None
    kept = _curves.get(folder)
    if kept is None or time.monotonic() - kept[0] >= CURVES_KEPT_S:
        _curves.clear()  # of one run at a time
        kept = _curves[folder] = (time.monotonic(), run_curves.run_curves(client.runs, folder.name, client.logs))
    return kept[1]


def log(site: Site, query: Query) -> dict[str, Any]:
    """Return the end of a run's log."""
    from avatar.reports import run_view

    folder = _folder(query.need_client(), query)
    return {"lines": run_view.last_lines(folder) if folder else ()}


def _folder(client: Client, query: Query) -> Path | None:
    """Return the folder of the run that `run` names among those that are there, else of the newest."""
    run_id = query.parameters.get("run", "")
    return next((folder for folder in run_folders(client.runs) if run_id in ("", folder.name)), None)


def _shown(client: Client, view: RunView) -> dict[str, Any]:
    shown: dict[str, Any] = {name: getattr(view, name) for name in view.__dataclass_fields__}
    shown["attempts"] = [_attempt(attempt, len(view.attempts)) for attempt in view.attempts]
    shown["samples"] = [{**one.__dict__, "id": f"{view.run_id}:{one.name}"} for one in view.samples]
    shown["warnings"] = list(view.warnings)
    shown["plan_told"] = [{"what": spoken.option(name), "value": _value(name, value)} for name, value in view.plan.items()]
    return shown


def _no_samples(client: Client, view: RunView, session: Session) -> Text | None:
    """Return why a run draws no samples, where its plan had to leave them out; None also for a run of another plan."""
    from avatar.commands import plan_view
    from avatar.plan import plan_file
    from avatar.training import run_folder

    if view.samples:
        return None
    try:
        kept = plan_file.read(client, session.settings(client).trainer)
    except PipelineError:
        return None
    followed = run_folder.read_command(client.runs / view.run_id).get("plan_fingerprint")
    if kept is None or kept.plan.fingerprint != followed or kept.plan.makes_samples:
        return None
    left_out = any(change.name == "sample_every_n_steps" for change in kept.changes)
    return plan_view.without_samples(kept.changes) if left_out else None


def _value(name: str, value: object) -> object:
    """Return a value of a plan: a preset and a curve of the rate in words."""
    from avatar.plan import words

    return words.preset(str(value)) if name == "preset" else spoken.value(value)


def _attempt(attempt: Attempt, count: int) -> dict[str, Any]:
    return {
        "run": attempt.run_id, "number": attempt.number, "of": count, "state": attempt.state, "cause": attempt.cause,
        "changes": [Text("web.training.change", {"name": one.name, "before": one.before, "after": one.after, "why": one.why})
                    for one in attempt.changes],
    }  # fmt: skip


def _prompts(client: Client) -> list[str]:
    """Return the prompts of the sample pictures in their order, without the trainer's own options."""
    from avatar.training import sample_prompts

    prompts = sample_prompts.sample_prompts(client, 0).splitlines()
    return [line.split(" --")[0].strip() for line in prompts if line.strip() and not line.lstrip().startswith("#")]


# --- what it does ----------------------------------------------------------------------------------------------------


def stop(site: Site, query: Query, body: Mapping[str, object]) -> dict[str, Any]:
    """Ask for the end of a training, as `monitor ID --stop` and `--after-checkpoint`; body: run, when (now | checkpoint).

    Raises PipelineError("train.no_such_run") where it is no longer the run that the page shows.
    """
    from avatar.commands import unfinished as unfinished_commands
    from avatar.training import unfinished as training_unfinished

    client = query.need_client()
    live = _the_run(client, body)
    if body.get("when") == "checkpoint":
        training_unfinished.request_stop(client, "checkpoint")
    elif training_unfinished.watched_run(client) is not None:
        training_unfinished.request_stop(client, "now")
    else:
        unfinished_commands.stop(site.session(query.language), client, live)
    return {"run": live}


def go_on(site: Site, query: Query, body: Mapping[str, object]) -> dict[str, Any]:
    """Take back the wish to stop after the next checkpoint, as `monitor ID --go-on`."""
    from avatar.training import unfinished as training_unfinished

    client = query.need_client()
    live = _the_run(client, body)
    training_unfinished.withdraw_stop(client)
    return {"run": live}


def settle(site: Site, query: Query, body: Mapping[str, object]) -> dict[str, Any]:
    """Judge what a killed training has left, as every start of the program does."""
    from avatar.training import unfinished as training_unfinished

    found = training_unfinished.look_after(query.need_client())
    return {"settled": [outcome.run_id for outcome in found.settled]}


def _the_run(client: Client, body: Mapping[str, object]) -> str:
    from avatar.training import runs as training_runs

    run_id = body.get("run")
    if not any(live.run_id == run_id for live in training_runs.live_runs(client.runs)):
        raise PipelineError("train.no_such_run", client=client.client_id)
    return str(run_id)


VIEWS: Mapping[str, View] = {"training": training, "curves": curves, "log": log}
ACTIONS: Mapping[str, Action] = {"stop-training": stop, "go-on": go_on, "settle": settle}
