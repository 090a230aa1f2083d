"""The commands of the queue: list, add, remove, run."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import utils
from avatar.commands import stage_state, training_view
from avatar.commands.command import Argument, Command, MenuLine
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.system import gpu as system_gpu
from avatar.system.gpu import CardProbe
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.training import progress_file
from avatar.training import queue as training_queue
from avatar.training.queue import Entry

if TYPE_CHECKING:
    from avatar.reports.stages import ClientState

QUEUE_STYLE = {"done": "good", "failed": "bad", "stopped": "warn", "running": "plain", "waiting": "plain"}


def queue(session: Session, action: str, client_ids: Sequence[str] = ()) -> Result[dict[str, list[Entry]]]:
    """Show the queue of trainings, or change it first; action: "list", "add" or "remove"."""

    folder = session.workspace.folder
    names = [session.workspace.client(name).client_id for name in client_ids] if action == "add" else list(client_ids)
    if action == "add":
        entries = training_queue.add(folder, names)
    elif action == "remove":
        entries = training_queue.remove(folder, names)
    else:
        entries = training_queue.read(folder)
    return Result({"queue": entries}, [*_queue_blocks(entries), *_through(session, entries)], lacking(session, entries))


def lacking(session: Session, entries: Sequence[Entry]) -> list[Text]:
    """Return what those who wait still lack for a training of their own: a dataset, a plan, or a newer one of them."""
    found: list[Text] = []
    for entry in entries:
        if entry.state in training_queue.OPEN and entry.state != "running":
            with contextlib.suppress(PipelineError):  # a client that is gone, or a bad file: its own turn says so
                state = stage_state.client_state(session, session.workspace.client(entry.client))
                found += _lacks(state)
    return found


def _lacks(state: ClientState) -> list[Text]:
    from avatar.reports import stages

    client, dataset, plan = state.client_id, state.stage("prepare"), state.stage("configure")
    if dataset.state == "todo":
        return [Text("queue.no_dataset", {"client": client, "next": Text(f"stage.{stages.proposed(state)}")})]
    found = [
        Text("queue.outdated", {"client": client, "stage": Text(f"stage.{stage.name}"), "reason": stage.why or ""})
        for stage in (dataset, plan) if stage.state == "outdated"
    ]  # fmt: skip
    return [*found, Text("queue.no_plan", {"client": client})] if plan.state == "todo" else found


def _through(session: Session, entries: Sequence[Entry]) -> list[Text]:
    """Return when the queue will be through, as far as the times of its trainings are known."""
    left = seconds_left(session, entries)
    known = sum(seconds for seconds in left.values() if seconds is not None)
    if not known:
        return []
    from avatar.plan import time as plan_time

    values = {"left": plan_time.duration(known), "clock": utils.now(known)}
    unknown = [name for name, seconds in left.items() if seconds is None]
    if unknown:
        return [Text("queue.through_known", {**values, "clients": ", ".join(unknown)})]
    return [Text("queue.through", values)]


def seconds_left(session: Session, entries: Sequence[Entry]) -> dict[str, float | None]:
    """Return what each training of the queue that is not over still takes; None where nobody knows."""
    waiting = [entry for entry in entries if entry.state in training_queue.OPEN]
    cards = functools.cache(system_gpu.cards)  # asked once for all, and not where nobody waits
    return {entry.client: _seconds_left(session, entry, cards) for entry in waiting}


def _seconds_left(session: Session, entry: Entry, cards: CardProbe) -> float | None:
    """Return what a training of the queue still takes; None where it has no plan yet, or nothing is known of its card."""
    from avatar.plan import plan_file

    try:
        client = session.workspace.client(entry.client)
        if entry.run_id and entry.state == "running":
            row = progress_file.last_row(client.runs / entry.run_id / progress_file.PROGRESS_FILE)
            if (eta := row.get("eta_s")) is not None:
                return float(eta)
        return plan_file.seconds_of(client, session.settings(client).trainer, cards)
    except PipelineError:  # a client that is gone, settings or a plan that nobody can read: its own turn says so
        return None


def queue_run(session: Session) -> Result[dict[str, list[Entry]]]:
    """Train every client in the queue, one after the other, and report how each ended."""
    from avatar.commands import queue_entry

    def train_one(entry: Entry, keep: Any) -> Entry:
        client = session.workspace.client(entry.client)
        with session.progress("progress.training", "unit.steps") as bar, translate.about(client.client_id):
            return queue_entry.train_entry(
                entry,
                client,
                settings=session.settings(client),
                watching=training_view.watching_on_screen(session, bar, client=client),
                on_turn=keep,
            )

    def on_change(entry: Entry) -> None:
        session.ui.show(_entry_said(entry), session.language)

    entries = training_queue.run_all(session.workspace.folder, train_one, on_change)
    failed = [entry.client for entry in entries if entry.state == "failed"]
    stopped = any(entry.state == "stopped" for entry in entries)
    error = None
    if stopped:
        error = Text("queue.stopped")
    elif failed:
        error = Text("queue.failed", {"clients": ", ".join(failed), "ids": " ".join(failed)})
    return Result({"queue": entries}, _queue_blocks(entries), error=error, interrupted=stopped)


def _entry_said(entry: Entry) -> Text:
    if entry.state == "running":
        return Text("queue.turn", {"client": entry.client}, "title")
    values = {"client": entry.client, "state": Text(f"queue.state.{entry.state}"), "reason": reason(entry)}
    return Text("queue.changed", values, QUEUE_STYLE[entry.state])


def reason(entry: Entry) -> Text | str:
    """Return why a training failed, or its model; the commands of the reason are this entry's client's."""
    return entry.model if entry.cause is None else replace(entry.cause, values={"client": entry.client, **entry.cause.values})


def _queue_blocks(entries: Sequence[Entry]) -> list[Text | Table | Raw]:
    if not entries:
        return [Text("queue.none")]
    rows = [
        (number, entry.client, Text(f"queue.state.{entry.state}", {}, QUEUE_STYLE[entry.state]), entry.steps or None,
         round(entry.seconds / 60, 1) if entry.seconds else None, reason(entry))
        for number, entry in enumerate(entries, 1)
    ]  # fmt: skip
    columns = ("col.number", "col.client", "col.state", "col.step", "col.minutes", "col.reason")
    return [Table(columns, rows, Text("queue.title"))]


def _add(session: Session, client_ids: Sequence[str]) -> Result[Any]:
    return queue(session, "add", client_ids)


def _remove(session: Session, client_ids: Sequence[str]) -> Result[Any]:
    return queue(session, "remove", client_ids)


def _list(session: Session) -> Result[Any]:
    return queue(session, "list")


_CLIENTS = Argument(name="ids", to="client_ids", metavar="ID", number="+")
COMMANDS = (
    Command(
        name="queue add",
        run=_add,
        arguments=(_CLIENTS,),
        menu=(MenuLine("queue", "menu.queue_add"), MenuLine("train", "menu.queue_this")),
    ),
    Command(name="queue list", run=_list, menu=(MenuLine("queue", "menu.queue_list"),), only_reads=True),
    Command(name="queue remove", run=_remove, arguments=(_CLIENTS,), menu=(MenuLine("queue", "menu.queue_remove"),)),
    Command(name="queue run", run=queue_run, menu=(MenuLine("queue", "menu.queue_run"),)),
)
