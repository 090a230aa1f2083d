"""A program that draws and is asked over HTTP: its address, one client, and every way in which it does not answer.

Only what the user named is asked, never a proxy, never a redirect: pictures of persons go over this line.
"""

from __future__ import annotations

import ipaddress
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from avatar.generate.backend import BackendError
from avatar.texts.text import Text
from avatar.texts.visible import one_line

if TYPE_CHECKING:
    import httpx

CONNECT_S = 5.0
READ_S = 60.0  # loading a checkpoint holds up every answer of a Python server
MAX_REPLY_BYTES = 1 << 27  # a PNG of 4096 px is 50 MB; more is no reply to us
DETAIL_CHARS = 300
_OUT_OF_MEMORY = ("OutOfMemory", "MemoryError")
_DISK_FULL = ("No space left on device", "Errno 28", "WinError 112", "Disk quota exceeded")


@dataclass(frozen=True)
class Address:
    """Where a server is. url: scheme, host, port and path, no slash at its end; here: on this computer."""

    url: str
    here: bool
    encrypted: bool


def parse_address(text: str, setting: str) -> Address:
    """Return an address as typed, "127.0.0.1:8188" or "https://pc/comfy". Raises BackendError("server.bad_address").

    setting  the one that holds it, for the message
    """
    typed = text.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"http://{typed}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if not host or parts.scheme not in ("http", "https") or parts.username is not None or parts.query or port == 0:
        raise BackendError("server.bad_address", address=one_line(text), setting=setting)
    url = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    return Address(url, _is_here(host), parts.scheme == "https")


def _is_here(host: str) -> bool:
    """Return whether a host is this computer by its name alone: no name is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def short(detail: object) -> str:
    """Return what a server said, on one line and not too long: it is shown, and never more than that."""
    text = one_line(" ".join(str(detail).split()))
    return text if len(text) <= DETAIL_CHARS else text[: DETAIL_CHARS - 1] + "…"


def no_room(program: str, kind: str, message: str) -> BackendError | None:
    """Return the error where a server says that its memory or its disk is full, whatever else it says.

    kind, message  of its own exception
    """
    if any(name in kind for name in _OUT_OF_MEMORY) or "out of memory" in message.lower():
        return BackendError("server.out_of_memory", program=program)
    if any(sign in message for sign in _DISK_FULL):
        return BackendError("server.disk_full", program=program)
    return None


@dataclass(frozen=True)
class Reply:
    """A whole answer. body: never more than was agreed to read."""

    status: int
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the value, None where the body is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Server:
    """One server. Asked from several threads; nothing is sent before the first question.

    program     as it is told to the user
    setting     that holds the address
    most_bytes  of one answer, 0: MAX_REPLY_BYTES; a longer one is no answer to us
    """

    def __init__(
        self, program: str, address: str, *, setting: str, user: str = "", password: str = "", most_bytes: int = 0
    ) -> None:
        self.program = program
        self.setting = setting
        self.typed = address
        self._most_bytes = most_bytes
        self._sign_in = (user, password)
        self._client: httpx.Client | None = None
        self._making = threading.Lock()

    @property
    def address(self) -> Address:
        return parse_address(self.typed, self.setting)

    @property
    def authorization(self) -> Mapping[str, str]:
        """The header that signs in, empty where there is no user."""
        import httpx

        if not any(self._sign_in):
            return {}
        request = next(httpx.BasicAuth(*self._sign_in).auth_flow(httpx.Request("GET", self.address.url)))
        return {"Authorization": request.headers["Authorization"]}

    def notes(self) -> tuple[Text, ...]:
        """Say where pictures of a person go, if that is not this computer."""
        address = self.address
        if address.here:
            return ()
        bare = any(self._sign_in) and not address.encrypted
        notes = [Text("server.elsewhere", {"program": self.program, "address": address.url}, style="warn")]
        return (*notes, Text("server.password_in_clear", {"address": address.url}, style="warn")) if bare else tuple(notes)

    def get(self, path: str, **params: str) -> Any:
        """Return the JSON of a list or state. Raises BackendError also for an answer that is not 200 with JSON."""
        reply = self.ask("GET", path, params=params)
        value = reply.json()
        if reply.status != 200 or value is None:
            raise self.another_program()
        return value

    def ask(
        self, method: str, path: str, *, body: object = None, params: Mapping[str, str] | None = None,
        read_s: float | None = READ_S,
    ) -> Reply:  # fmt: skip
        """Return an answer, whatever its status. Raises BackendError where none came, or none for us (401, 403, redirects).

        read_s  longest silence; None: wait for as long as the connection stands
        """
        import httpx

        client = self._opened()
        timeout = httpx.Timeout(READ_S, connect=CONNECT_S, read=read_s, pool=None)
        try:
            with client.stream(
                method, path, json=body, params=dict(params or {}), timeout=timeout, headers=self.authorization
            ) as answer:
                reply = Reply(answer.status_code, self._read(answer))
        except httpx.ReadTimeout as error:
            raise self._error("server.silent", seconds=round(read_s or READ_S)) from error
        except httpx.ConnectTimeout as error:
            raise self._error("server.unreachable") from error
        except httpx.ConnectError as error:
            raise self._error("server.not_running") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._error("server.broken_off", detail=short(error) or type(error).__name__) from error
        if reply.status == 401:
            raise self._error("server.password_wrong" if any(self._sign_in) else "server.password_missing")
        if reply.status == 403 or 300 <= reply.status < 400:
            raise self.another_program()
        return reply

    def another_program(self) -> BackendError:
        """Return the error for an answer that this kind of server does not give."""
        return self._error("server.another_program", setting=self.setting)

    def _error(self, key: str, **values: object) -> BackendError:
        return BackendError(key, program=self.program, address=self.address.url, **values)

    def _read(self, answer: httpx.Response) -> bytes:
        parts, size = [], 0
        for part in answer.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > (self._most_bytes or MAX_REPLY_BYTES):
                raise self.another_program()
        return b"".join(parts)

    def _opened(self) -> httpx.Client:
        import httpx

        with self._making:
            if self._client is None:
                # trust_env: a proxy must not see the pictures, not even of 127.0.0.1; nor does ~/.netrc sign in for us.
                # No connection is used twice: Forge resets one after an error, and a request for a picture is not sent again.
                limits = httpx.Limits(max_keepalive_connections=0)
                self._client = httpx.Client(base_url=self.address.url, trust_env=False, follow_redirects=False, limits=limits)
            return self._client

    def close(self) -> None:
        """Let go of the connections; the next question opens them again."""
        with self._making:
            client, self._client = self._client, None
        if client is not None:
            client.close()
