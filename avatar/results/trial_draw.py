"""Draws pictures with one back end or several, one thread each: they share out what is to be drawn.

A back end that is lost in the middle is waited for and opened again; its picture goes to whoever is free.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from avatar.generate.backend import Backend, BackendError, Cancelled, Drawing, Drawn, OnNote, PictureError, Request
from avatar.texts.text import PipelineError, Text

REOPEN_PAUSES_S = (2.0, 5.0, 10.0, 20.0, 30.0)  # [choice] a server that was started again is there within a minute or so
FAILURES_IN_A_ROW = 5  # [choice] of pictures: whatever it is, the others would fail too
CANCELLED_TIMES = 3  # of one picture, by somebody else
CANCELLED_PAUSE_S = 1.0
POLL_S = 0.5


@dataclass(frozen=True)
class Job:
    """One picture to draw, by its place in the trial."""

    request: Request
    candidate: str
    prompt: int
    seed: int
    round: int


Opening = Callable[[Backend], AbstractContextManager[Drawing]]
Keep = Callable[[Job, Drawn, Drawing], None]  # puts a picture on the disk
Fail = Callable[[Job, Text], None]


class Crew:
    """The threads of a trial. Everything public may be called from any thread.

    drawn     pictures that were kept, failed: those that were not
    seconds   of each picture but the first of each opening, which also loads the model
    """

    def __init__(
        self, backends: Sequence[Backend], *, opening: Opening, keep: Keep, fail: Fail, on_note: OnNote,
        pauses_s: Sequence[float] = REOPEN_PAUSES_S,
    ) -> None:  # fmt: skip
        self._backends = list(backends)
        self._opening, self._keep, self._fail, self._on_note, self._pauses_s = opening, keep, fail, on_note, pauses_s
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._at_work: dict[int, Job] = {}
        self._shares: dict[int, float] = {}
        self._cancelled: dict[str, int] = {}
        self._own: dict[int, int] = {}  # back end -> pictures that it drew
        self._in_a_row = 0
        self._stopping = False
        self._error: BaseException | None = None
        self._threads: list[threading.Thread] = []
        self.drawn = self.failed = 0
        self.seconds: list[float] = []

    def start(self, jobs: Sequence[Job]) -> None:
        self._waiting.extend(jobs)
        numbered = list(enumerate(self._backends))[: max(1, len(jobs))]
        self._threads = [
            threading.Thread(target=self._work, args=(number, backend), name=f"draw-{number}", daemon=True)
            for number, backend in numbered
        ]
        for thread in self._threads:
            thread.start()

    def finished(self, timeout_s: float) -> bool:
        """Wait at most so long; return whether all threads have ended."""
        end = time.monotonic() + timeout_s
        with self._changed:
            while any(thread.is_alive() for thread in self._threads) and (left := end - time.monotonic()) > 0:
                self._changed.wait(min(left, POLL_S))
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def error(self) -> BaseException | None:
        """Return why it ended before all was drawn; None where it did not, or was stopped."""
        return self._error

    @property
    def working(self) -> int:
        """Return how many back ends are still there."""
        return sum(thread.is_alive() for thread in self._threads)

    def at_work(self) -> list[tuple[Job, float]]:
        """Return the pictures that are being drawn, and how much of each is done, 0..1."""
        with self._changed:
            return [(job, self._shares.get(number, 0.0)) for number, job in self._at_work.items()]

    def replace(self, keep: Callable[[Job], bool]) -> None:
        """Forget what waits to be drawn and is not to be kept."""
        with self._changed:
            self._waiting = deque(job for job in self._waiting if keep(job))
            self._changed.notify_all()

    def stop(self, *, interrupt: bool = True) -> None:
        """Draw no more; the pictures at work are interrupted, or finished first."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if interrupt:
            for backend in self._backends:
                backend.interrupt()

    # --- one thread --------------------------------------------------------------------------------------------------

    def _work(self, number: int, backend: Backend) -> None:
        try:
            self._serve_and_reopen(number, backend)
        except BaseException as error:  # noqa: BLE001  # whatever it is, the main thread raises it
            self._break(error)
        finally:
            with self._changed:
                self._changed.notify_all()

    def _serve_and_reopen(self, number: int, backend: Backend) -> None:
        tries = 0
        while not self._over():
            before = self._own.get(number, 0)
            try:
                with self._opening(backend) as drawing:
                    self._serve(number, drawing)
                return
            except Cancelled:  # by somebody else, where nobody stops us in a moment: opened again, it draws again
                self._pause(CANCELLED_PAUSE_S)
            except BackendError as error:
                tries = 0 if self._own.get(number, 0) > before else tries + 1
                if number not in self._own or tries >= len(self._pauses_s):  # it never drew, or does no longer
                    self._lose(number, error)
                    return
                self._on_note(Text("trial.lost", {"address": backend.address or backend.kind, "reason": error.text}))
                self._pause(self._pauses_s[tries])

    def _serve(self, number: int, drawing: Drawing) -> None:
        """Draw until nothing is left. Raises BackendError, and OSError where a picture cannot be kept."""
        first = True
        while (job := self._next(number)) is not None:
            try:
                drawn = drawing.draw(job.request, lambda share: self._shares.__setitem__(number, share))
            except Cancelled:
                if self._over() or not self._cancelled_often(job):
                    self._put_back(number, job)
                else:
                    cut = PictureError("trial.cut_off")
                    self._end(number, lambda job=job, cut=cut: self._fail(job, cut.text), failed=cut)  # type: ignore[misc]
                raise
            except PictureError as error:
                self._end(number, lambda job=job, error=error: self._fail(job, error.text), failed=error)  # type: ignore[misc]
            except BaseException:
                self._put_back(number, job)
                raise
            else:
                self._end(number, lambda job=job, drawn=drawn: self._keep(job, drawn, drawing))  # type: ignore[misc]
                if not first:
                    self.seconds.append(drawn.seconds)
                first = False

    def _next(self, number: int) -> Job | None:
        """Return the next picture; None where there is none, nor one at work that may come back."""
        with self._changed:
            while not self._stopping and self._error is None:
                if self._waiting:
                    job = self._at_work[number] = self._waiting.popleft()
                    self._shares[number] = 0.0
                    return job
                if not self._at_work:
                    return None
                self._changed.wait(POLL_S)
            return None

    def _put_back(self, number: int, job: Job) -> None:
        with self._changed:
            self._at_work.pop(number, None)
            self._waiting.appendleft(job)
            self._changed.notify_all()

    def _end(self, number: int, act: Callable[[], None], failed: PipelineError | None = None) -> None:
        """Put a picture, or that there is none, on the disk; only then it is no longer at work."""
        try:
            act()
        finally:
            with self._changed:
                self._at_work.pop(number, None)
                self._changed.notify_all()
        with self._changed:
            self.drawn += failed is None
            self._own[number] = self._own.get(number, 0) + (failed is None)
            self.failed += failed is not None
            self._in_a_row = self._in_a_row + 1 if failed is not None else 0
            if failed is not None and self._in_a_row >= FAILURES_IN_A_ROW:
                self._error = self._error or failed

    def _cancelled_often(self, job: Job) -> bool:
        with self._changed:
            times = self._cancelled[job.request.picture_id] = self._cancelled.get(job.request.picture_id, 0) + 1
        return times >= CANCELLED_TIMES

    def _lose(self, number: int, error: PipelineError) -> None:
        """Go on without a back end while there is another."""
        with self._changed:
            others = any(_may_draw(thread) for place, thread in enumerate(self._threads) if place != number)
            if not others and (self._waiting or self._at_work):
                self._error = self._error or error
        if others and not self._over():
            self._on_note(Text("trial.without", {"address": self._backends[number].address, "reason": error.text}))

    def _break(self, error: BaseException) -> None:
        with self._changed:
            self._error = self._error or error

    def _over(self) -> bool:
        return self._stopping or self._error is not None

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        with self._changed:
            while not self._over() and (left := end - time.monotonic()) > 0:
                self._changed.wait(left)


def _may_draw(thread: threading.Thread) -> bool:
    return thread.ident is None or thread.is_alive()  # None: about to be started
