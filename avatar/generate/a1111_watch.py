"""One picture of A1111 from its request to its reply, watched by polling: no reply says that it was interrupted.

`state` of /sdapi/v1/progress is one for all requests of everybody. Its flags stay until the next job begins, so that one
look after the reply tells whether ours was cut off, unless another job has begun by then: then only the steps that were
seen on the way do. `sampling_steps` is the previous picture's until the first step.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from avatar.generate.a1111_reply import PROGRAM
from avatar.generate.backend import BackendError, Cancelled, OnNote, OnProgress
from avatar.generate.server import Reply, Server
from avatar.texts.text import Text

POLL_S = 0.15
IDLE_POLL_S = 1.0
LONGEST_BUSY_S = 1800.0
LAST_WORD_S = 2.0
LONGEST_SILENCE_S = 300.0
END_S = 30.0  # how long an interrupted picture may take to its next step, and to be decoded
PROGRESS = "/sdapi/v1/progress"
_FLAGS = ("interrupted", "skipped", "stopping_generation")


class Spoiled(Exception):  # noqa: N818  # no error: the picture is drawn again
    """Somebody interrupted the picture, or nobody saw it being finished. reply: what came all the same."""

    def __init__(self, how: str, reply: Reply) -> None:
        super().__init__(how)
        self.how, self.reply = how, reply


@dataclass(frozen=True)
class State:
    """What the server is doing, whoever asked for it."""

    job: str
    timestamp: str
    step: int
    steps: int
    cut_off: bool

    @property
    def idle(self) -> bool:
        return not self.job


def state_of(server: Server) -> State:
    answer = server.get(PROGRESS, skip_current_image="true")
    state = answer.get("state") if isinstance(answer, dict) else None
    if not isinstance(state, dict):
        raise server.another_program()
    busy = state.get("job") or ("?" if answer.get("progress") and state.get("job_count") != 0 else "")
    return State(
        str(busy), str(state.get("job_timestamp", "")), _number(state.get("sampling_step")),
        _number(state.get("sampling_steps")), any(state.get(flag) is True for flag in _FLAGS),
    )  # fmt: skip


def _number(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) else 0


@dataclass
class Seen:
    """What was seen of one picture on its way.

    steps      that it has
    before     timestamp of the job before it; timestamp: of the job that was seen last while ours was at work
    at         when each of its steps was first seen
    others     somebody else's job was seen
    """

    steps: int
    before: str
    timestamp: str = ""
    at: dict[int, float] = field(default_factory=dict)
    cut_off: bool = False
    others: bool = False

    def add(self, state: State, now_s: float) -> float:
        """Take in a state while ours is at work, and return the share that is done."""
        if not state.idle:
            self._add(state, now_s)
        return min(max(self.at, default=0) / self.steps, 1.0)

    def _add(self, state: State, now_s: float) -> None:
        foreign = self.timestamp not in ("", state.timestamp) or (state.step > 0 and state.steps != self.steps)
        self.timestamp, self.others = state.timestamp, self.others or foreign
        self.cut_off = self.cut_off or state.cut_off
        if state.steps == self.steps and state.step > 0:
            self.at.setdefault(state.step, now_s)

    def finished_by(self, ended_s: float) -> bool:
        """Return whether the steps that were not seen had the time to be made: of those before, at half their pace."""
        if not self.at:
            return False
        last = max(self.at)
        left = self.steps - 1 - last  # the last one is never told
        if left <= 0:
            return True
        pace_s = (self.at[last] - min(self.at.values())) / max(last - min(self.at), 1)
        return pace_s > 0 and ended_s - self.at[last] >= left * pace_s / 2


class Watch:
    """Requests of one program, one after the other. Only what is ours alone is interrupted."""

    def __init__(self, server: Server, stop: threading.Event, on_note: OnNote) -> None:
        self._server = server
        self._stop = stop
        self._on_note = on_note

    def run(self, body: Mapping[str, Any], on_progress: OnProgress) -> Reply:
        """Ask for a picture and return the reply. Raises Spoiled, Cancelled, BackendError."""
        try:
            before = self._wait_until_idle()
            asking, seen = _Asking(self._server, body), Seen(int(body["steps"]), before.timestamp)
            try:
                self._watch(asking, seen, on_progress)
            except (KeyboardInterrupt, Cancelled):
                self._interrupt(asking, seen)
                raise
        except KeyboardInterrupt as error:
            raise Cancelled from error
        reply = asking.reply()
        if reply.status == 200:
            self._judge(seen, reply, time.monotonic())
        return reply

    def _wait_until_idle(self) -> State:
        """Wait until nobody draws: else the progress is another's, and an interrupt would cut that one's picture."""
        began, told = time.monotonic(), False
        while not (state := state_of(self._server)).idle:
            if not told:
                self._on_note(Text("server.busy", {"program": PROGRAM, "n": 1}, style="warn"))
                told = True
            waited_s = time.monotonic() - began
            if waited_s > LONGEST_BUSY_S:
                raise BackendError("server.busy_for_long", program=PROGRAM, minutes=round(waited_s / 60))
            if self._stop.wait(IDLE_POLL_S):
                raise Cancelled
        return state

    def _watch(self, asking: _Asking, seen: Seen, on_progress: OnProgress) -> None:
        heard = time.monotonic()
        while not asking.wait(POLL_S):
            if self._stop.is_set():
                raise Cancelled
            try:
                state = state_of(self._server)
            except BackendError as error:
                if asking.wait(LAST_WORD_S):
                    return  # what came of the request itself says more
                if error.key != "server.silent" or time.monotonic() - heard > LONGEST_SILENCE_S:
                    raise
                continue  # it loads its checkpoint
            heard = time.monotonic()
            on_progress(seen.add(state, heard))

    def _judge(self, seen: Seen, reply: Reply, ended_s: float) -> None:
        """Raise Spoiled for a picture that was cut off, or that nobody saw being finished."""
        after = state_of(self._server)
        is_ours = after.timestamp == seen.timestamp if seen.timestamp else after.timestamp != seen.before
        if seen.cut_off or (after.cut_off and is_ours):
            raise Spoiled("interrupted", reply)
        if not (after.idle and is_ours) and not seen.finished_by(ended_s):
            raise Spoiled("unseen", reply)

    def _interrupt(self, asking: _Asking, seen: Seen) -> None:
        """Stop our picture where it is the only one that anybody asked for; else say that nothing was stopped."""
        with contextlib.suppress(BackendError, KeyboardInterrupt):
            state = state_of(self._server)
            seen.add(state, time.monotonic())
            if seen.others:
                self._on_note(Text("server.not_interrupted", {"program": PROGRAM}, style="warn"))
            elif not state.idle and not asking.done:
                self._server.ask("POST", "/sdapi/v1/interrupt", body={})
                asking.wait(END_S)


class _Asking:
    """A request that waits for its reply in a thread of its own. It ends with its connection."""

    def __init__(self, server: Server, body: Mapping[str, Any]) -> None:
        self._server, self._body = server, body
        self._reply: Reply | None = None
        self._error: BackendError | None = None
        self._done = threading.Event()
        threading.Thread(target=self._ask, name="txt2img", daemon=True).start()

    @property
    def done(self) -> bool:
        return self._done.is_set()

    def wait(self, seconds: float) -> bool:
        return self._done.wait(seconds)

    def reply(self) -> Reply:
        if self._error is not None:
            raise self._error
        assert self._reply is not None  # noqa: S101  # one of both is there when it is done
        return self._reply

    def _ask(self) -> None:
        try:
            self._reply = self._server.ask("POST", "/sdapi/v1/txt2img", body=self._body, read_s=None)
        except BackendError as error:
            self._error = error
        finally:
            self._done.set()
