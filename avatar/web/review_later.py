"""What follows from decisions for all pictures, a moment after the last one: faces compared anew, the table written.

`review` does it after each of its changes. With a click a second and thousands of pictures that would be all the time there is,
so that here it waits for a pause. A program that is killed in it loses nothing: every comparison starts from the records.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from avatar.texts.text import PipelineError
from avatar.web import apart
from avatar.web.site import Site, silent
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace

PAUSE_S = 3.0  # [choice] without a decision
AGAIN_S = 10.0  # [choice] where another program holds the client

LOG = logging.getLogger(__name__)
_WAITING: dict[Path, threading.Timer] = {}
_GUARD = threading.Lock()


def follow(site: Site, client: Client, pause_s: float = PAUSE_S) -> None:
    """Do what follows from decisions on a client after a pause, which begins anew with each call."""
    timer = threading.Timer(pause_s, _follow, (site, client))
    timer.daemon = True
    with _GUARD:
        waiting = _WAITING.pop(client.folder, None)
        if waiting is not None:
            waiting.cancel()
        _WAITING[client.folder] = timer
        timer.start()


def waiting(client: Client) -> bool:
    """Return whether something still has to follow."""
    return client.folder in _WAITING


def _follow(site: Site, client: Client) -> None:
    with _GUARD:
        _WAITING.pop(client.folder, None)
    try:
        with site.acting_on(client):  # a decision waits for it: what is compared must not change meanwhile
            apart.call(compare, site.workspace, site.config_file, client)
    except PipelineError as error:
        if error.key == "client.locked":
            follow(site, client, AGAIN_S)
        else:
            LOG.warning("nothing follows from the decisions on %s: %s", client.client_id, error.key)
    except OSError:
        LOG.exception("nothing follows from the decisions on %s", client.client_id)


def compare(workspace: Workspace, config_file: Path, client: Client) -> None:
    """Do what follows from decisions: in another process, since all records are read."""
    from avatar.commands import review as review_commands

    review_commands.compare_all(silent(workspace, config_file), client)
