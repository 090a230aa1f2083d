"""One connection: a request read within its time, checked, answered; the only file that knows HTTP."""

from __future__ import annotations

import contextlib
import hmac
import io
import logging
import socket
import time
import traceback
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import utils
from avatar.system import program
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.web import events, routes
from avatar.web.routes import Answer, Asked

if TYPE_CHECKING:
    from avatar.web.connections import Place
    from avatar.web.server import Server

LOG = logging.getLogger("avatar_pipeline")
ARRIVE_S = 2.0  # for a whole request
IDLE_S = 20.0  # between two requests of one connection
SEND_S = 10.0  # for a whole answer: a slow reader is dropped
DRAIN_S = 1.0  # for what comes after a request that was refused unread
MOST_BODY_BYTES = 1_000_000
METHODS = ("GET", "HEAD", "POST")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class RefusedError(Exception):
    """A request that is answered with this and no more; the connection ends."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Arriving(io.RawIOBase):
    """What a socket brings until a moment; TimeoutError after it, however slowly the bytes come."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self.until = 0.0

    def within(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left_s = self.until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._socket.settimeout(left_s)
        return self._socket.recv_into(buffer)


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection. The address of a request stands in no log: the token is in it."""

    protocol_version = "HTTP/1.1"
    server: Server
    place: Place

    def setup(self) -> None:
        self.connection: socket.socket = self.request
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self.arriving = Arriving(self.connection)
        self.rfile: io.BufferedReader = io.BufferedReader(self.arriving)
        self.place = self.server.place_of(self.connection)
        self.answered = 0

    def finish(self) -> None:
        self.rfile.close()

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # gone, too slow, or closed for another: nobody is left to be told
            self.close_connection = False
            while not self.close_connection:
                self.handle_one_request()

    def handle_one_request(self) -> None:
        self.close_connection = True
        self.place.idle()
        self.arriving.within(IDLE_S if self.answered else ARRIVE_S)
        if not self.rfile.peek(1):
            return
        self.arriving.within(ARRIVE_S)
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if len(self.raw_requestline) > 65536:
                self.requestline = self.command = self.request_version = ""
                raise RefusedError(_plain(414))
            if not self.parse_request():
                return
            self.place.busy()
            self._answer()
        except RefusedError as refused:
            self.close_connection = True
            self._send(refused.answer)
            self._drain()
        self.answered += 1

    def _answer(self) -> None:
        self._check_origin()
        if self.command not in METHODS:
            raise RefusedError(_plain(405, {"Allow": ", ".join(METHODS)}))
        found = routes.read(self.path)
        token, parts, parameters = found or ("", (), {})
        if not hmac.compare_digest(token.encode("utf-8"), self.server.site.token.encode("utf-8")):
            raise RefusedError(self._stranger())
        body = self._body() if self.command == "POST" else None
        if (body is None and self.headers.get("Content-Length", "0") != "0") or "Transfer-Encoding" in self.headers:
            raise RefusedError(_plain(400))
        asked = Asked(parts, parameters, body)
        if parts == ("shutdown",) and asked.posted:
            self._send(Answer(200, routes.JSON, b'{"stopping": true}'))
            self.close_connection = True
            self.server.stop_soon()
        elif parts == ("events",) and not asked.posted:
            self._stream(asked)
        else:
            self._send(self._answer_of(asked))

    def _answer_of(self, asked: Asked) -> Answer:
        try:
            return routes.answer(self.server.site, asked)
        except Exception as error:  # noqa: BLE001 - a bug: told in one sentence, the traceback goes to the log
            _log_bug(asked, self.server.site.token)
            told = Text("web.bug", {"log": str(self.server.site.log_file or "-")})
            if isinstance(error, ImportError) and (package := program.package_of(error)):
                told = program.packages_missing([package], ())
            return routes.error_answer(500, told, self._language(asked))

    def _language(self, asked: Asked) -> str:
        wanted = asked.parameters.get("lang", "")
        return wanted if wanted in translate.LANGUAGES else self.server.site.language

    def _check_origin(self) -> None:
        """Refuse what another page's name leads here (DNS rebinding), or what another page sends."""
        hosts = self.headers.get_all("Host", [])
        origins = self.headers.get_all("Origin", [])
        if len(hosts) != 1 or hosts[0] not in self.server.hosts:
            raise RefusedError(_plain(403))
        if len(origins) > 1 or any(origin.removeprefix("http://") not in self.server.hosts for origin in origins):
            raise RefusedError(_plain(403))
        if self.command == "POST" and self.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise RefusedError(_plain(403))

    def _stranger(self) -> Answer:
        """Return what is said to an address without the right token: it may be a page of before that was kept open."""
        told = "\n".join(translate.text("web.stranger", language) for language in translate.LANGUAGES)
        return Answer(403, "text/plain; charset=utf-8", (told + "\n").encode("utf-8"))

    def _body(self) -> dict[str, object]:
        """Return the object that a POST brings."""
        if self.headers.get_content_type() != "application/json":
            raise RefusedError(_plain(415))
        length = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or len(length) != 1 or not (length[0].isascii() and length[0].isdecimal()):
            raise RefusedError(_plain(411))
        if len(length[0]) > 9 or int(length[0]) > MOST_BODY_BYTES:
            raise RefusedError(_plain(413))
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        content = self.rfile.read(int(length[0]))
        with contextlib.suppress(ValueError):
            if len(content) == int(length[0]) and isinstance(value := utils.loads(content), dict):
                return value
        raise RefusedError(_plain(400))

    def handle_expect_100(self) -> bool:
        return True  # answered where the body is wanted, and not before the request is checked

    # --- what goes out -----------------------------------------------------------------------------------------------

    def _send(self, answer: Answer) -> None:
        head = {
            "Content-Type": answer.kind, "Content-Length": str(len(answer.body)), "Cache-Control": answer.kept,
            **HEADERS, **answer.headers,
        }  # fmt: skip
        if self.close_connection or self.request_version == "HTTP/1.0":
            head["Connection"] = "close"
        self._write(_head(answer.status, head) + (b"" if self.command == "HEAD" else answer.body))

    def _write(self, content: bytes) -> None:
        self.connection.settimeout(SEND_S)  # of all of it, not of each piece
        self.connection.sendall(content)

    def _stream(self, asked: Asked) -> None:
        """Send events until either side ends it."""
        self.close_connection = True
        head = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "Connection": "close", **HEADERS}
        if self.command == "HEAD":
            self._write(_head(200, head))
            return
        places = self.server.streams
        if not places.acquire(blocking=False):
            raise RefusedError(_plain(503, {"Retry-After": "5"}))
        try:
            self._write(_head(200, head))
            for piece in events.stream(self.server.watcher, asked, self.headers.get("Last-Event-ID", ""), self._is_read):
                self._write(piece)
        finally:
            places.release()

    def _is_read(self) -> bool:
        """Tell whether the browser still holds this connection: where it has closed it, there is an end to read."""
        self.connection.settimeout(0)
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return True

    def _drain(self) -> None:
        """Read what was still on its way: closed on unread bytes, a connection takes the answer with it."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.place.idle()  # refused ones that stay hold no place against others
            self.arriving.within(DRAIN_S)
            while self.rfile.read1(1 << 16):
                pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a request that is none: called by parse_request."""
        self.close_connection = True
        self.command = self.command or ""
        self.request_version = "HTTP/1.1"
        self._send(_plain(int(code)))
        self._drain()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing: the token is in every address."""


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Error')}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


_REASONS = {
    200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
    409: "Conflict", 411: "Length Required", 413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}  # fmt: skip


def _plain(status: int, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(
        status, "text/plain; charset=utf-8", f"{status} {_REASONS.get(status, 'Error')}\n".encode(), headers=headers or {}
    )


BUSY = _head(503, {"Content-Length": "0", "Retry-After": "2", "Connection": "close", **HEADERS})


def _log_bug(asked: Asked, token: str) -> None:
    """Log a bug with its traceback, unless the token is in it."""
    said = "/".join(asked.parts[:1] + asked.parts[3:4])  # which kind of address; ids are private
    if token in traceback.format_exc():
        LOG.error("bug in the dashboard: %s", said)
    else:
        LOG.exception("bug in the dashboard: %s", said)
