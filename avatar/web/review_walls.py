"""The walls that were asked for last, kept while no record changes: sliders ask many times a second."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from avatar.web.site import Site
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.reports.review_wall import Wall

MOST = 2  # of clients; a wall of 10,000 pictures takes 9 MB [measured]
_WALLS: dict[object, tuple[object, Wall]] = {}  # client's folder -> (state of records and limits, wall)
_GUARD = threading.Lock()


def wall(site: Site, client: Client) -> Wall:
    """Return the wall of a client as its records stand."""
    from avatar.reports import review_wall
    from avatar.workspace import record_index

    limits = site.session().settings(client).quality
    with _GUARD:  # two tabs that ask at once: the second one finds it made
        state = record_index.stamps(client), limits
        before, kept = _WALLS.pop(client.folder, (None, None))
        made = kept if kept is not None and before == state else review_wall.wall(client, limits)
        _WALLS[client.folder] = state, made
        while len(_WALLS) > MOST:
            del _WALLS[next(iter(_WALLS))]
        return made
