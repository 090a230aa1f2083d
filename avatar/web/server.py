"""The server: listens on this computer alone, a thread for each connection."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from typing import Any

from avatar.system import memory
from avatar.web import handler
from avatar.web.connections import Connections, Place
from avatar.web.site import Site
from avatar.web.watcher import Watcher

LOG = logging.getLogger("avatar_pipeline")
ADDRESS = "127.0.0.1"
MOST_STREAMS = 32  # of the 64 places: pages and pictures are answered beside them
LOOK_S = 0.1  # how often the server looks whether it shall end


class Server(socketserver.ThreadingTCPServer):
    """The pages of a site. Raises OSError where the port is taken; port 0: any that is free."""

    allow_reuse_address = os.name != "nt"  # there it would share the port with whoever has it
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, site: Site, port: int = 0) -> None:
        self.site = site
        self.connections = Connections()
        self.streams = threading.BoundedSemaphore(MOST_STREAMS)
        self.watcher = Watcher(site)
        self._places: dict[socket.socket, Place] = {}
        super().__init__((ADDRESS, port), handler.Handler, bind_and_activate=False)
        try:
            if os.name == "nt":  # nobody else may take the port beside us
                self.socket.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE", -5), 1)
            self.server_bind()
            self.server_activate()
        except OSError:
            self.server_close()
            raise
        self.port: int = self.server_address[1]
        self.hosts = frozenset({f"{ADDRESS}:{self.port}", f"localhost:{self.port}"})
        self.ended = threading.Event()
        self.at_end: Callable[[], None] = lambda: None

    @property
    def address(self) -> str:
        return f"http://{ADDRESS}:{self.port}{self.site.base}/"

    def start(self, look_s: float = LOOK_S) -> None:
        """Serve in a thread that ends with this process."""
        memory.give_back_large()
        threading.Thread(target=self._serve, args=(look_s,), name="dashboard", daemon=True).start()

    def _serve(self, look_s: float) -> None:
        try:
            self.serve_forever(look_s)
        finally:
            self.watcher.close()
            self.connections.close_all()
            self.server_close()
            self.at_end()
            self.ended.set()

    def stop(self) -> None:
        """End it and wait for that."""
        self.shutdown()
        self.ended.wait(5)

    def stop_soon(self) -> None:
        """End it from within an answer."""
        threading.Thread(target=self.shutdown, daemon=True).start()

    # --- connections -------------------------------------------------------------------------------------------------

    def place_of(self, connection: socket.socket) -> Place:
        return self._places[connection]

    def process_request(self, request: Any, client_address: Any) -> None:
        place = self.connections.enter(request)
        if place is None:
            with contextlib.suppress(OSError):
                request.settimeout(0)
                request.send(handler.BUSY)
            self.shutdown_request(request)
            return
        self._places[request] = place
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no more threads
            self._leave(request)
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._leave(request)

    def _leave(self, request: socket.socket) -> None:
        self.connections.leave(self._places.pop(request))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what nobody caught: a bug. The server stays."""
        kind = sys.exc_info()[0]
        LOG.error("bug in a connection of the dashboard: %s", kind.__name__ if kind else "?")
