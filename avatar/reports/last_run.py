"""The newest training of a client: its command, what its log says, and how it was judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avatar.trainer.log import LogFacts
from avatar.training import run_folder
from avatar.training import runs as training_runs
from avatar.training import watch as training_watch
from avatar.workspace.client import Client


@dataclass(frozen=True)
class LastRun:
    """The newest training: what it was started with, what its log says, how it was judged ({} where nobody has)."""

    folder: Path
    command: Mapping[str, Any]
    outcome: Mapping[str, Any]
    facts: LogFacts

    @property
    def cause(self) -> str:
        return str(self.outcome.get("cause") or "")

    @property
    def plan(self) -> Mapping[str, Any]:
        plan = self.command.get("plan")
        return plan if isinstance(plan, dict) else {}

    @property
    def changed(self) -> list[tuple[str, Any]]:
        """What earlier attempts had changed in the client's plan: (field, value)."""
        return [(change["name"], change.get("after")) for change in self._changes()]

    @property
    def asked(self) -> Mapping[str, Any]:
        """The client's plan as it stood before the attempts changed anything in it."""
        before: dict[str, Any] = {}
        for change in self._changes():
            before.setdefault(change["name"], change.get("before"))
        return {**self.plan, **before} if self.plan else {}

    def _changes(self) -> list[Mapping[str, Any]]:
        changes = self.command.get("changes")
        found = changes if isinstance(changes, list) else []
        return [change for change in found if isinstance(change, dict) and isinstance(change.get("name"), str)]


def last_run(client: Client) -> LastRun | None:
    """Return the newest training of a client, None where there is none."""
    for item in training_runs.summaries(client.runs)[:1]:
        folder = client.runs / item.run_id
        return LastRun(
            folder, run_folder.read_command(folder), run_folder.read_outcome(folder), training_watch.read_log(folder).facts
        )
    return None
