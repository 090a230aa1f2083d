"""One prompt of ComfyUI from its sending to its end: events as they come, and the history and queue where none come.

Events go only to the socket of the prompt's client, so the socket stands before anything is sent. What everybody is sent
(`status`) and the state that repeats the progress (`progress_state`) say nothing of our prompt and are passed over.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from avatar.generate.backend import BackendError, Cancelled, OnProgress
from avatar.generate.comfyui_reply import PROGRAM, Spoiled, accepted
from avatar.generate.server import CONNECT_S, MAX_REPLY_BYTES, Server, short

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

EVENT_S = 0.2  # longest wait for one event: as long as a Ctrl+C may take to be seen
LOOK_S = 3.0  # without an event of ours, the history and the queue are looked at so often
GONE_LOOKS = 2  # a prompt that is neither in the queue nor in the history so often is gone: it may be moving between them
END_S = 20.0  # how long a withdrawn prompt may take to its next step
_ENDS = frozenset({"execution_error", "execution_interrupted", "execution_success"})


@dataclass(frozen=True)
class Queue:
    """Ids of the prompts of everybody, ours among them."""

    running: tuple[str, ...]
    pending: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.running) + len(self.pending)


def queue_of(server: Server) -> Queue:
    listed = server.get("/queue")
    return Queue(*(_ids(listed, name) for name in ("queue_running", "queue_pending")))


def _ids(listed: Any, name: str) -> tuple[str, ...]:
    entries = listed.get(name) if isinstance(listed, dict) else None
    return tuple(str(one[1]) for one in entries or () if isinstance(one, list) and len(one) > 1)


class Watch:
    """The socket of one client. Prompts are sent one after the other, from one thread."""

    def __init__(self, server: Server, stop: threading.Event) -> None:
        self._server = server
        self._stop = stop
        self._client_id = uuid.uuid4().hex
        self._socket: ClientConnection | None = None
        self._closing = contextlib.ExitStack()

    def run(self, graph: Mapping[str, Any], on_progress: OnProgress) -> Mapping[str, Any]:
        """Send a graph and return its history entry when it is through.

        Raises Spoiled where somebody took it away, Cancelled, BackendError, PictureError. Whatever is raised, the server
        works at it no more; a KeyboardInterrupt is Cancelled.
        """
        self._connect()
        prompt_id = str(uuid.uuid4())  # ours, so that it can be withdrawn even if the answer is lost
        try:
            body = {"prompt": graph, "client_id": self._client_id, "prompt_id": prompt_id}
            prompt_id = accepted(self._server.ask("POST", "/prompt", body=body))
            return self._end_of(prompt_id, on_progress)
        except KeyboardInterrupt as error:
            self._withdraw(prompt_id)
            raise Cancelled from error
        except Spoiled:
            raise
        except BaseException:
            self._withdraw(prompt_id)
            raise

    def close(self) -> None:
        from websockets.exceptions import WebSocketException

        self._socket = None
        with contextlib.suppress(OSError, WebSocketException):
            self._closing.close()

    def _end_of(self, prompt_id: str, on_progress: OnProgress) -> Mapping[str, Any]:
        looked, missing, ended = time.monotonic(), 0, False
        while True:
            if self._stop.is_set():
                raise Cancelled
            event = self._next_event()
            if event is not None and _of(event, prompt_id):
                looked, missing = time.monotonic(), 0
                ended = ended or _is_end(event)
                _report(event, on_progress)
            if not ended and time.monotonic() - looked < LOOK_S:
                continue
            if (entry := self._history(prompt_id)) is not None:
                return entry
            looked = time.monotonic()
            missing = 0 if prompt_id in _everybody(queue_of(self._server)) else missing + 1
            if missing >= GONE_LOOKS and self._history(prompt_id) is None:
                raise Spoiled("gone")

    def _history(self, prompt_id: str) -> Mapping[str, Any] | None:
        found = self._server.get(f"/history/{prompt_id}")
        entry = found.get(prompt_id) if isinstance(found, dict) else None
        return entry if isinstance(entry, dict) else None

    def _withdraw(self, prompt_id: str) -> None:
        """Take our prompt off the server: from the queue, or, if it runs, by its id, and wait for its next step.

        A server too old to read the id cuts whatever runs: so only what is seen to be ours is interrupted.
        """
        with contextlib.suppress(BackendError, KeyboardInterrupt):
            until = time.monotonic() + END_S
            self._server.ask("POST", "/queue", body={"delete": [prompt_id]})
            while prompt_id in queue_of(self._server).running and time.monotonic() < until:
                self._server.ask("POST", "/interrupt", body={"prompt_id": prompt_id})
                time.sleep(EVENT_S)

    # --- the socket --------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        if self._socket is not None:
            return
        address = self._server.address
        url = f"ws{address.url.removeprefix('http')}/ws?clientId={self._client_id}"
        try:
            opened = connect(
                url, additional_headers=self._server.authorization, open_timeout=CONNECT_S, close_timeout=1.0,
                max_size=MAX_REPLY_BYTES, proxy=None, ping_interval=None,
            )  # fmt: skip
            self._socket = self._closing.enter_context(opened)
        except ConnectionRefusedError as error:
            raise BackendError("server.not_running", program=PROGRAM, address=address.url) from error
        except (OSError, WebSocketException) as error:
            raise BackendError("server.no_events", program=PROGRAM, address=address.url, detail=short(error)) from error

    def _connect_anew(self) -> None:
        """Raise BackendError("server.broken_off") where nobody listens any more: it did a moment ago."""
        try:
            self._connect()
        except BackendError as error:
            if error.key != "server.not_running":
                raise
            url = self._server.address.url
            raise BackendError("server.broken_off", program=PROGRAM, address=url, detail=short(error.__cause__)) from error

    def _next_event(self) -> Mapping[str, Any] | None:
        """Return the next event, None where none came in time. A socket that broke is made anew: the server may live on."""
        from websockets.exceptions import ConnectionClosed

        if self._socket is None:
            self._connect_anew()
        try:
            message = self._socket.recv(timeout=EVENT_S) if self._socket is not None else b""
        except TimeoutError:
            return None
        except ConnectionClosed:
            self.close()
            return None
        return _event(message)


def _event(message: str | bytes) -> Mapping[str, Any] | None:
    """Return an event's fields, None for binary previews and what is no event."""
    if isinstance(message, bytes):
        return None
    try:
        event = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("data"), dict) else None


def _of(event: Mapping[str, Any], prompt_id: str) -> bool:
    return bool(event["data"].get("prompt_id") == prompt_id)


def _is_end(event: Mapping[str, Any]) -> bool:
    return event.get("type") in _ENDS or (event.get("type") == "executing" and event["data"].get("node") is None)


def _report(event: Mapping[str, Any], on_progress: OnProgress) -> None:
    done, of = event["data"].get("value"), event["data"].get("max")
    if event.get("type") == "progress" and isinstance(done, (int, float)) and isinstance(of, (int, float)) and of > 0:
        on_progress(min(done / of, 1.0))


def _everybody(queue: Queue) -> Iterator[str]:
    yield from queue.running
    yield from queue.pending
