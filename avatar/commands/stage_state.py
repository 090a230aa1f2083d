"""The state of a client's stages, from reports/stages, cached while nothing changes."""

from __future__ import annotations

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
