"""Several candidates trained at the same time: one on each card or machine; what comes of each is told as it ends."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from avatar.results.tuning_candidates import Candidate
from avatar.results.tuning_ports import Ports, Trained
from avatar.texts.text import PipelineError


@dataclass(frozen=True, kw_only=True)
class Together:
    """How many candidates may be trained at once, and what ends all their trainings when the user wants that."""

    places: int = 1
    stop: Callable[[], None] = lambda: None


ALONE = Together()


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is asked of the ports for one candidate."""

    candidate: Candidate
    stop_at: int | None
    go_on: str


def ended(
    ports: Ports, jobs: Sequence[Job], together: Together, until: float | None
) -> Iterator[tuple[Job, Trained | PipelineError]]:  # fmt: skip
    """Train candidates, one in this thread, several in one each; yield each with how it ended, or why it could not begin.

    Ctrl+C while there are several stops them all; a single one asks by itself.
    """
    if len(jobs) == 1:
        yield jobs[0], _trained(ports, jobs[0], until)
        return
    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
        waiting = {pool.submit(_trained, ports, job, until): job for job in jobs}
        try:
            while waiting:
                for future in _next(list(waiting), together.stop):
                    yield waiting.pop(future), future.result()
        except BaseException:  # the disk is full: no training is left without a line, nor the pool waiting for it
            together.stop()
            raise


_Future = concurrent.futures.Future[Trained | PipelineError]


def _next(futures: Sequence[_Future], stop: Callable[[], None]) -> set[_Future]:
    """Return those that end next; each interruption on the way asks all to stop."""
    while True:
        try:
            return concurrent.futures.wait(futures, return_when=concurrent.futures.FIRST_COMPLETED).done
        except KeyboardInterrupt:
            stop()


def _trained(ports: Ports, job: Job, until: float | None) -> Trained | PipelineError:
    try:
        return ports.train(job.candidate, stop_at=job.stop_at, go_on=job.go_on, until=until)
    except PipelineError as error:
        return error
