"""What the page of the clients and of the queue shows and does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.texts.text import PipelineError, Text
from avatar.web.site import Action, Query, Site, View
from avatar.workspace.client import Client, record_id
from avatar.workspace.links import folder_bytes

if TYPE_CHECKING:
    from avatar.reports.stages import ClientState

# The eight that a person goes through; setup is done once there is a client, and the model comes with its training.
SHOWN_STAGES = ("import-mj", "import-real", "process", "prepare", "configure", "train", "try", "choose")
THUMBNAILS = 4
_sizes: dict[Path, tuple[object, int]] = {}  # client's folder -> the stamps of its folders, and the bytes they hold


def clients(site: Site, query: Query) -> dict[str, Any]:
    """Return the ids of all clients, at once: each card is asked for by itself."""
    return {"clients": site.workspace.client_ids()}


def card(site: Site, query: Query) -> dict[str, Any]:
    """Return what the page shows of one client."""
    from avatar.commands import stage_state
    from avatar.reports import run_view
    from avatar.web import next_steps

    client = query.need_client()
    info = client.info()
    state = stage_state.client_state(site.session(query.language), client)
    training = _training(client)
    trains = training is not None and training["state"] in run_view.GOING
    return {
        "client": client.client_id, "name": info.display_name, "trigger": info.trigger_word, "class_word": info.class_word,
        "pictures": len(client.record_files()), "approved": state.approved, "refused": state.refused,
        "models": len(state.models), "stages": _stages(state), "next": next_steps.next_step(state, trains=trains),
        "thumbnails": _thumbnails(client), "training": training,
    }  # fmt: skip


def _stages(state: ClientState) -> list[dict[str, Any]]:
    found = (state.stage(name) for name in SHOWN_STAGES)
    return [
        {"name": one.name, "label": Text(f"stage.{one.name}"), "state": one.state, "count": one.count, "why": one.why}
        for one in found
    ]


def _thumbnails(client: Client) -> list[str]:
    """Return the ids of some approved pictures, evenly spread, so that they are the same every time."""
    try:
        with os.scandir(client.processed) as entries:
            found = sorted(name for entry in entries if (name := record_id(f"{Path(entry.name).stem}.json")))
    except OSError:
        return []
    count = min(THUMBNAILS, len(found))
    spread = (found[number * len(found) // count] for number in range(count))
    return [name for name in spread if client.has_record(name)]  # a crop that was left behind is nobody's


def _training(client: Client) -> dict[str, Any] | None:
    """Return how the newest training stands; None where there is none."""
    from avatar.reports import run_view, stages
    from avatar.training import progress_file, run_folder

    folder = stages.newest_run(client)
    if folder is None:
        return None
    outcome = run_folder.read_outcome(folder)
    row = {} if outcome else progress_file.last_row(folder / progress_file.PROGRESS_FILE)
    phase = None if outcome else progress_file.last_phase(folder / progress_file.PROGRESS_FILE)
    ended = folder / run_folder.OUTCOME_FILE
    state = run_view.state_of(folder)
    step, total = run_view.reached(folder, state, row)
    return {
        "run": folder.name, "state": state, "phase": phase.phase if phase else "",
        "step": outcome.get("steps") or step, "total": outcome.get("total") or total,
        "eta_s": row.get("eta_s"), "ended": ended.stat().st_mtime if outcome else None,
        "model": Path(outcome.get("model", "")).name,
    }  # fmt: skip


def disk(site: Site, query: Query) -> dict[str, Any]:
    """Return the bytes of a client's folder: looked at again only where one of its folders has changed."""
    client = query.need_client()
    marker = _stamps(client)
    known = _sizes.get(client.folder)
    if known is None or known[0] != marker:
        known = (marker, folder_bytes(client.folder))
        _sizes[client.folder] = known
    return {"client": client.client_id, "bytes": known[1]}


def _stamps(client: Client) -> object:
    """Return the moments of a client's folders down to the third: a file that comes or goes changes its folder's."""
    found = []
    for folder, below, _ in os.walk(client.folder):
        found.append((folder, Path(folder).stat().st_mtime_ns))
        if folder.count(os.sep) - str(client.folder).count(os.sep) >= 3:
            below.clear()
    return tuple(found)


# --- the queue -------------------------------------------------------------------------------------------------------


def queue(site: Site, query: Query) -> dict[str, Any]:
    """Return the queue with what each training still takes, and when all are through as far as that is known."""
    from avatar.commands import queue as queue_commands
    from avatar.training import queue as training_queue

    session = site.session(query.language)
    entries = training_queue.read(site.workspace.folder)
    left = queue_commands.seconds_left(session, entries)
    known = [seconds for seconds in left.values() if seconds is not None]
    return {
        "entries": [
            {"client": entry.client, "state": entry.state, "label": Text(f"queue.state.{entry.state}"), "steps": entry.steps,
             "seconds": entry.seconds, "cause": queue_commands.reason(entry) if entry.cause else None,
             "left_s": left.get(entry.client)}
            for entry in entries
        ],
        "left_s": sum(known) if known else None,
        "through": utils.now(sum(known)) if known else None,
        "unknown": [name for name, seconds in left.items() if seconds is None],
        "warnings": queue_commands.lacking(session, entries),
    }  # fmt: skip


def queue_add(site: Site, query: Query, body: Mapping[str, object]) -> dict[str, Any]:
    """Queue a client, as `queue add`."""
    from avatar.commands import queue as queue_commands

    queue_commands.queue(site.session(query.language), "add", [query.need_client().client_id])
    return queue(site, query)


def queue_remove(site: Site, query: Query, body: Mapping[str, object]) -> dict[str, Any]:
    """Take a client out of the queue, as `queue remove`; one that was deleted is named in the body."""
    from avatar.commands import queue as queue_commands

    name = query.client.client_id if query.client else body.get("client")
    if not isinstance(name, str):
        raise PipelineError("client.none_chosen")
    queue_commands.queue(site.session(query.language), "remove", [name])
    return queue(site, query)


VIEWS: Mapping[str, View] = {"clients": clients, "card": card, "disk": disk, "queue": queue}
ACTIONS: Mapping[str, Action] = {"queue-add": queue_add, "queue-remove": queue_remove}
