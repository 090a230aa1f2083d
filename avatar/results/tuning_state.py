"""How a client's newest tuning stands, for who only looks on: the state of a client, its next step."""

from __future__ import annotations

import contextlib
from typing import Literal, NamedTuple

import utils
from avatar.results import choice, tuning
from avatar.results.tuning import Tuning
from avatar.system import process_tree
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

Standing = Literal["at_work", "begun", "answered", "taken"]


class TuningState(NamedTuple):
    """at_work: a program tunes now; begun: it was not finished; answered: no file of its was taken yet; taken: one was."""

    tuning: Tuning
    standing: Standing


def of(client: Client) -> TuningState | None:
    """Return how the newest tuning stands; None without one, or where nobody can read it."""
    with contextlib.suppress(PipelineError, OSError):
        one = tuning.newest(client)
        if one is None:
            return None
        if _is_at_work(client):
            return TuningState(one, "at_work")
        if not tuning.has_ended(one.folder):
            return TuningState(one, "begun") if tuning.lines(one.folder) else None
        return TuningState(one, "taken" if _is_taken(client, one) else "answered")
    return None


def _is_at_work(client: Client) -> bool:
    """Return whether a program holds the client to tune it. Takes no lock: who wants it would find it held."""
    note = utils.read_object(client.folder / ".lock.json")
    pid = note.get("pid")
    return note.get("stage") == "tune" and isinstance(pid, int) and process_tree.start_time(pid) is not None


def _is_taken(client: Client, one: Tuning) -> bool:
    """Return whether a choice was made since the answer, whichever it was."""
    ended = str(tuning.read_answer(one.folder).get("ended_at", ""))
    current = choice.current(client)
    return current is not None and str(current[1].get("at", "")) >= ended


def told(client: Client) -> Text | None:
    """Return how the newest tuning stands as a line; None where there is nothing to be said or done of it."""
    found = of(client)
    if found is None or found.standing == "taken":
        return None
    one, standing = found
    if standing == "at_work":
        running = next((line for line in tuning.lines(one.folder).values() if line.state == "running"), None)
        values = {"tuning": one.tuning_id, "name": running.candidate if running is not None else "–"}
        return Text("tune.state_at_work", values, "good")
    if standing == "begun":
        return Text("tune.state_begun", {"tuning": one.tuning_id}, "warn")
    file = str(tuning.read_answer(one.folder).get("file") or "")
    return Text("tune.state_answered", {"tuning": one.tuning_id, "file": file}) if file else None
