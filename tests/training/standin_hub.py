"""A hub for the hub's real client, on a real socket: files of repositories, with ranges, and a line that breaks off."""

from __future__ import annotations

import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "0" * 40


class Hub:
    """One hub, started and ended as a context.

    files   (repository, name) -> content
    broken  (name, bytes) after which the line breaks, once
    asked   (method, name, first byte) of every request
    """

    def __init__(self, files: dict[tuple[str, str], bytes]) -> None:
        self.files = files
        self.broken: tuple[str, int] | None = None
        self.asked: list[tuple[str, str, int]] = []
        self.headers: list[dict[str, str]] = []

    def __enter__(self) -> Hub:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                hub._answer(self, body=False)

            def do_GET(self) -> None:
                hub._answer(self, body=True)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _answer(self, handler: BaseHTTPRequestHandler, *, body: bool) -> None:
        found = re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/([^/?]+)", handler.path)
        content = self.files.get((found[1], found[2])) if found else None
        asked = re.match(r"bytes=(\d+)-", handler.headers.get("Range") or "")
        first = int(asked[1]) if asked else 0
        self.asked.append((handler.command, found[2] if found else handler.path, first))
        self.headers.append(dict(handler.headers))
        if content is None:
            handler.send_response(404)
            handler.send_header("X-Error-Code", "EntryNotFound")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        rest = content[first:]
        handler.send_response(206 if first else 200)
        handler.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        handler.send_header("X-Repo-Commit", COMMIT)
        handler.send_header("Accept-Ranges", "bytes")
        handler.send_header("Content-Length", str(len(rest)))
        if first:
            handler.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        handler.end_headers()
        if not body:
            return
        if self.broken is not None and found is not None and self.broken[0] == found[2]:
            rest, self.broken = rest[: self.broken[1]], None
            handler.close_connection = True
        handler.wfile.write(rest)
