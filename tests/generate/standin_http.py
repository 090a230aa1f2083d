"""The socket of a stand-in server: HTTP/1.1 on a free port of 127.0.0.1, and the ways in which a real one breaks."""

from __future__ import annotations

import base64
import json
import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class StandIn:
    """Base of the stand-ins. `answer` of a subclass gets each request; started and ended as a context.

    dead       every request is cut off without a reply, as by a killed server
    sign_in    "user:password" that all but `open_paths` ask for
    requests   (method, path, body) of all that came
    """

    open_paths: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.sign_in = ""
        self.dead = False
        self.lock = threading.RLock()
        self._server: ThreadingHTTPServer | None = None

    def start(self, port: int = 0) -> None:
        standin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                standin._handle(self)

            def do_POST(self) -> None:
                standin._handle(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """End as a killed server does: nothing listens any more."""
        self.dead = True
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, path: str) -> list[Any]:
        """Return the bodies of the requests of a path."""
        return [body for _, asked, body in self.requests if asked == path]

    # --- one request -------------------------------------------------------------------------------------------------

    def answer(self, handler: BaseHTTPRequestHandler, method: str, path: str, params: dict[str, str], body: Any) -> None:
        raise NotImplementedError

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        raw = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw else None
        with self.lock:
            self.requests.append((handler.command, parts.path, body))
            self.headers.append(dict(handler.headers))
        if self.dead:
            reset(handler)
            return
        wanted = "Basic " + base64.b64encode(self.sign_in.encode()).decode()
        if self.sign_in and parts.path not in self.open_paths and handler.headers.get("Authorization") != wanted:
            told = "Incorrect username or password" if handler.headers.get("Authorization") else "Not authenticated"
            reply(handler, 401, {"detail": told}, {"www-authenticate": "Basic"})
            return
        self.answer(handler, handler.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is nothing to tell."""


def reply(handler: BaseHTTPRequestHandler, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
    """Answer with JSON, with bytes as a picture, or with a str as plain text."""
    kind = "image/png" if isinstance(value, bytes) else "text/plain" if isinstance(value, str) else "application/json"
    body = value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else json.dumps(value).encode()
    handler.send_response(status)
    for name, text in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, text)
    handler.end_headers()
    handler.wfile.write(body)


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Break the connection off as the system does for a killed process."""
    handler.close_connection = True
    handler.connection.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    )
    handler.connection.close()
