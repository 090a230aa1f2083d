"""The state of a client's stages, from reports/stages, cached while nothing changes."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.commands.session import Session
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.reports.stages import ClientState

# (client folder, config.json) -> marker of the files it depends on, and the state: a menu needs it every time it is drawn.
_kept: dict[tuple[Path, Path], tuple[object, ClientState]] = {}


def client_state(session: Session, client: Client) -> ClientState:
    """Return the state of every stage of client; it is computed again when something in the client's folder has changed."""
    from avatar.reports import stages

    place = client.folder, session.config_file
    marker = stages.state_marker(client, session.config_file)
    kept = _kept.get(place)
    if kept is None or kept[0] != marker:
        kept = (marker, stages.client_state(client, session.settings(client)))
        _kept[place] = kept
    return kept[1]


def trains(client: Client) -> bool:
    """Return whether a training of client goes on; cheap where every run has ended."""
    from avatar.workspace.client import run_folders, tuning_run_folders

    own, tuned = run_folders(client.runs), tuning_run_folders(client.runs)
    if not own and not tuned:
        return False
    from avatar.training import runs

    return bool(runs.live_runs(client.runs)) or bool(tuned and runs.live_tuning_runs(client.runs))


def last_used(session: Session) -> Client | None:
    """Return the selected client, else the one whose files changed last; None without any."""
    if session.client is not None:
        return session.client
    clients = [Client(session.workspace.folder / name) for name in session.workspace.client_ids()]
    return max(clients, key=_last_change, default=None)


def _last_change(client: Client) -> float:
    """Return when something was last made of client (seconds since 1970); 0 for a folder that cannot be read."""
    paths = (client.info_file, client.images, client.plan_file, client.runs, client.training_data, client.models, client.output)
    latest = 0.0
    for path in paths:
        with contextlib.suppress(OSError):
            latest = max(latest, path.stat().st_mtime)
    return latest
