"""How far pip or uv is, from the lines that they write and the files that they leave. Standard library only."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

DOWNLOAD_MB = 480  # [measured] all wheels for Linux with Python 3.11: 464 MB
MB = {"k": 1e-3, "K": 1e-3, "M": 1.0, "G": 1e3}
SURE_AFTER_S = 5.0  # [choice] before, a rate says little
SURE_FROM = 0.05
SMALL_MB = 0.1  # [choice] of a package that said no size

_WHEEL = re.compile(r"(?:Downloading|Using cached) ([^\s/]+\.(?:whl|tar\.gz)) \(([\d.]+) ([kMG])B\)")  # pip; not its .metadata
_LOCAL = re.compile(r"Processing (.+\.(?:whl|tar\.gz))\b")  # pip, of a folder of wheels
_NAMES = re.compile(r"Installing collected packages: (.+)")  # pip, once everything is there
_BEGUN = re.compile(r"^\s*Downloading (\S+) \(([\d.]+)([KMG])iB\)")  # uv, of the large ones
_ENDED = re.compile(r"^\s*Downloaded (\S+)")  # uv
_COUNTED = re.compile(r"^(?:Resolved|Prepared) (\d+) packages?\b")  # uv

Phase = Literal["look", "fetch", "install"]


@dataclass
class Progress:
    """What is known of one installation.

    site   the folder that packages are installed into
    cache  the temporary folder that pip downloads into
    now    the clock, in seconds
    """

    site: Path
    cache: Path
    now: Callable[[], float] = time.monotonic
    phase: Phase = "look"
    packages: int = 0
    began: float = field(init=False)
    sizes: dict[str, float] = field(default_factory=dict)  # MB by package, of those that said it
    local_mb: float = 0.0  # of wheels that lie on this computer: they are not downloaded
    fetched: set[str] = field(default_factory=set)  # that uv has said to be there
    names: list[str] = field(default_factory=list)  # to be installed
    phase_began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.phase_began = self.now()

    def feed(self, line: str) -> None:
        """Take one line of pip or uv."""
        if found := _WHEEL.search(line):
            self._fetch(found[1], float(found[2]) * MB[found[3]])
        elif found := _LOCAL.search(line):
            mb = size_of([Path(found[1])]) / 1e6
            self.local_mb += mb
            self._fetch(Path(found[1]).name, mb)
        elif found := _BEGUN.search(line):
            self._fetch(found[1], float(found[2]) * MB[found[3]])
        elif found := _ENDED.search(line):
            self.fetched.add(normal(found[1]))
        elif found := _COUNTED.search(line):
            self.packages = int(found[1])
        elif found := _NAMES.search(line):
            self.names = [normal(name) for name in found[1].split(", ")]
            self.packages = len(self.names)
            self.phase, self.phase_began = "install", self.now()

    def _fetch(self, file: str, mb: float) -> None:
        if self.phase == "look":
            self.phase, self.phase_began = "fetch", self.now()
        self.sizes[normal(file.partition("-")[0] if file.endswith((".whl", ".gz")) else file)] = mb

    @property
    def seconds(self) -> float:
        return self.now() - self.began

    @property
    def done_mb(self) -> float:
        """Return how much is downloaded, of wheels on this computer too."""
        by_uv = sum(self.sizes.get(name, 0.0) for name in self.fetched)
        return self.local_mb + max(by_uv, size_of(self.cache.rglob("*")) / 1e6)

    def installed(self) -> list[str]:
        """Return which of the packages are installed already; pip writes INSTALLER last."""
        there = {normal(file.parent.name.partition("-")[0]) for file in self.site.glob("*.dist-info/INSTALLER")}
        return [name for name in self.names if name in there]

    def installed_part(self) -> float:
        """Return how much is installed, from 0 to 1, by the size of what was downloaded."""
        mb = [self.sizes.get(name, SMALL_MB) for name in self.names]
        there = [self.sizes.get(name, SMALL_MB) for name in self.installed()]
        return sum(there) / sum(mb) if mb else 0.0

    def left_s(self, part: float) -> float | None:
        """Return how long the rest of this phase takes if part (0 to 1) of it is done; None where that is not known yet."""
        spent = self.now() - self.phase_began
        if spent < SURE_AFTER_S or not SURE_FROM <= part < 1:
            return None
        return spent * (1 - part) / part


def normal(name: str) -> str:
    """Return a package's name as it is compared.

    >>> normal("Typing.Extensions")
    'typing-extensions'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def size_of(files: Iterable[Path]) -> int:
    """Return the bytes of files; what vanishes meanwhile counts nothing."""
    total = 0
    for file in files:
        try:
            total += file.stat().st_size if file.is_file() else 0
        except OSError:
            continue
    return total


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds.

    >>> clock(61.4)
    '1:01'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
