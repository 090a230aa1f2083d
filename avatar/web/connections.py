"""The places of connections: so many at once, and an idle one gives way."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field

MOST = 64
WAIT_S = 2.0  # for a place, before a new connection is refused
GRACE_S = 0.2  # a connection that has said nothing for so long may have to give way


@dataclass(eq=False)
class Place:
    """One connection. idle_since: when it began to wait for a request, None while one is answered."""

    socket: socket.socket
    idle_since: float | None = field(default_factory=time.monotonic)

    def idle(self) -> None:
        self.idle_since = time.monotonic()

    def busy(self) -> None:
        self.idle_since = None


class Connections:
    """The connections that are open: where all places are taken, the one that has been idle longest is closed."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._taken: set[Place] = set()
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._taken)

    def enter(self, connection: socket.socket, wait_s: float = WAIT_S) -> Place | None:
        """Return a place for a new connection, None where none becomes free in time."""
        deadline = time.monotonic() + wait_s
        with self._changed:
            while len(self._taken) >= self.most:
                self._dismiss_idle()
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    return None
                self._changed.wait(min(left_s, GRACE_S))
            place = Place(connection)
            self._taken.add(place)
            return place

    def leave(self, place: Place) -> None:
        with self._changed:
            self._taken.discard(place)
            self._changed.notify()

    def close_all(self) -> None:
        """Wake every thread that reads or writes: its connection is over."""
        with self._changed:
            for place in self._taken:
                _end(place.socket)

    def _dismiss_idle(self) -> None:
        long_ago = time.monotonic() - GRACE_S
        waiting = [(place.idle_since, place) for place in self._taken if place.idle_since is not None]
        if not waiting:
            return
        since, place = min(waiting, key=lambda pair: pair[0])
        if since < long_ago:
            place.busy()  # not chosen twice
            _end(place.socket)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
