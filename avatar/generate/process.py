"""One gen_img.py at work: started, asked for pictures, watched, ended."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from avatar.generate import gen_img
from avatar.generate.backend import BackendError, Cancelled, OnProgress
from avatar.system.dialogue import Dialogue

POLL_S = 0.2
GRACE_S = 3.0  # [choice] for each of SIGINT, SIGTERM, SIGKILL; a SIGINT ends it in 0.8 s [measured]
# Without any line it hangs. The longest silences known are steps of a card that spills into host memory (40-200 s,
# kohya_ss 1730, 1288, 1524) and the load of 7 GB from a slow disk. [choice] four times that. On a processor a step of 1024 px
# is some 6 TFLOP, minutes where other programs work too; 64 px took up to 24 s with five programs to a core [measured].
SILENCE_S, SILENCE_ON_PROCESSOR_S = 900.0, 3600.0
STEPS_SHARE = 0.95  # [choice] of a picture: what follows the last step is decoding, which says nothing


class Generator:
    """A process that draws one picture after the other. stop: set from anywhere, it ends within seconds.

    Raises BackendError where it cannot start.
    """

    def __init__(
        self, command: Sequence[str], cwd: Path, environment: Mapping[str, str], stop: threading.Event, silence_s: float
    ) -> None:  # fmt: skip
        self.log = gen_img.Log()
        self._stop, self._silence_s = stop, silence_s
        try:
            self._talk = Dialogue(command, cwd=cwd, environment=environment)
        except OSError as error:
            detail = error.strerror or str(error)
            raise BackendError("draw.trainer.no_start", path=command[0], detail=detail) from error

    @property
    def running(self) -> bool:
        return self._talk.running

    def ask(self, line: str, on_progress: OnProgress) -> None:
        """Have it draw a picture; it is on disk when this returns. Raises as `wait`."""
        self.log.asked()
        self._talk.tell(line)
        self.wait(on_progress)

    def wait(self, on_progress: OnProgress = lambda share: None) -> None:
        """Read what it says until it waits for a line. Raises Cancelled, and BackendError where it ends or says no more."""
        heard, shown = time.monotonic(), 0.0
        while not self.log.ready:
            if self._stop.is_set():
                self.end()
                raise Cancelled
            try:
                line = self._talk.next_line(POLL_S)
            except queue.Empty:
                if time.monotonic() - heard > self._silence_s:
                    raise self._hangs() from None
                continue
            if line is None:
                raise self._ended()
            heard = time.monotonic()
            self.log.feed(line)
            if self.log.done != shown:
                shown = self.log.done
                on_progress(min(shown, STEPS_SHARE))

    def _hangs(self) -> BackendError:
        self._talk.stop(GRACE_S)
        detail = self.log.last_words()[:200]
        return BackendError("draw.trainer.silent", minutes=round(self._silence_s / 60), detail=detail)

    def _ended(self) -> Exception:
        """Return why it is gone."""
        code = self._talk.code()
        self._talk.stop(GRACE_S)
        if self._stop.is_set():
            return Cancelled()
        detail = self.log.last_words()[:300]
        return BackendError(gen_img.cause_of_end(self.log, code), code="?" if code is None else code, detail=detail)

    def end(self) -> None:
        """End it: idle, it does so by itself at the end of its input."""
        if self._stop.is_set() or not self.log.ready:
            self._talk.stop(GRACE_S)
        else:
            self._talk.close(GRACE_S)
