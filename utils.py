"""Files, log and progress: what every module needs and none of it knows about pictures, clients or training.

Not covered here: child processes (`avatar/system/child.py`), screen texts (`avatar/texts/`).
"""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import json
import logging
import logging.handlers
import os
import re
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from avatar.texts.text import PipelineError
from avatar.texts.visible import one_line, visible

if TYPE_CHECKING:
    from tqdm import tqdm

COPY_CHUNK_BYTES = 1 << 16  # below the size from which every read gets fresh memory from the system, which costs more
# ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION (winerror.h): another program holds the file open.
SHOWN_CHARACTERS = 60  # of a line that is no JSON
LOCKED = frozenset({5, 32, 33})
_OWNED = re.compile(r"\..*\.(?:([0-9a-f]{1,8})-)?[0-9a-f]{8}\.tmp", re.DOTALL)
UNOWNED_S = 3600  # [choice] temporary files of an older version name no process; none is written for so long
LOCKED_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8)  # [choice] scanners let go within a second
OnProgress = Callable[[int, int], None]  # (done, total)


def now(later_s: float = 0.0) -> str:
    """Return this moment, or one some seconds later, as ISO 8601 in UTC, to the second."""
    return (datetime.now(timezone.utc) + timedelta(seconds=later_s)).replace(microsecond=0).isoformat()


# --- files -----------------------------------------------------------------------------------------------------------


def temporary_for(path: Path) -> Path:
    """Return the name of a new temporary file beside path: hidden, and with this process's number (see `is_abandoned`)."""
    return path.with_name(f".{path.name[:50]}.{os.getpid():x}-{os.urandom(4).hex()}.tmp")


@contextlib.contextmanager
def atomic_file(path: Path, temporary: Path | None = None, *, synced: bool = True) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of path when the block ends well, and vanishes when it does not.

    temporary  what it is called until then, where somebody must know that; beside path
    synced     its bytes are on the disk before; else a power failure may leave it with any
    The temporary file lies beside path: os.replace is atomic only within one file system.
    Raises OSError; on Windows PermissionError while another program holds path open.
    """
    temporary = temporary or temporary_for(path)
    with _removed_on_error(temporary):
        with _synced(temporary) if synced else temporary.open("xb") as handle:
            yield handle
        put_in_place(temporary, path)


@contextlib.contextmanager
def _removed_on_error(temporary: Path) -> Iterator[None]:
    try:
        yield
    except BaseException as error:  # Ctrl+C too
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(temporary)  # a full disk does not say where
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


@contextlib.contextmanager
def _synced(temporary: Path) -> Iterator[IO[bytes]]:
    """Open a new file whose bytes are on the disk when the block ends."""
    with temporary.open("xb") as handle:
        yield handle
        handle.flush()
        os.fsync(handle.fileno())


def put_in_place(temporary: Path, path: Path, pauses_s: Sequence[float] = LOCKED_PAUSES_S) -> None:
    """Rename temporary to path, replacing it; wait a moment for a virus scanner, OneDrive or a viewer that holds it open.

    Raises PermissionError naming path where it stays locked, OSError else.
    """
    for pause_s in (*pauses_s, None):
        try:
            temporary.replace(path)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in LOCKED:
                raise
            if pause_s is None:
                raise PermissionError(error.errno, error.strerror, str(path)) from error
            time.sleep(pause_s)
        else:
            return


def at_home(path: Path) -> Path:
    """Return path with ~ resolved; as it is where nobody has that name."""
    try:
        return path.expanduser()
    except RuntimeError:  # ~nobody
        return path


def write_atomic(path: Path, content: str | bytes) -> None:
    """Replace path by content (text as UTF-8, LF), or leave it as it was; never half of it."""
    with atomic_file(path) as handle:
        handle.write(content.encode("utf-8") if isinstance(content, str) else content)


def write_beside(path: Path, content: str) -> Path:
    """Write a text (UTF-8, LF) to a temporary file beside path and return it: what is left of `write_atomic` is its replace().

    For many files: several threads may wait for the disk at once, and one still puts all into place in order.
    """
    temporary = temporary_for(path)
    with _removed_on_error(temporary), _synced(temporary) as handle:
        handle.write(content.encode("utf-8"))
    return temporary


def write_json(path: Path, value: object) -> None:
    """Write value as readable UTF-8 JSON, atomically."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    write_atomic(path, text.encode("utf-8", "backslashreplace"))  # of a file name that is no UTF-8: JSON's own escape


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises FileNotFoundError where there is none, and what `parse_json` raises.
    """
    return parse_json(path.read_bytes(), str(path))


def parse_json(content: bytes, path: str) -> Any:
    """Return what JSON says; path is where it comes from.

    Raises PipelineError("file.not_json") where it cannot be read as JSON and ("file.not_utf8") where it is saved otherwise.
    """
    try:
        text = content.decode("utf-8-sig")  # Notepad writes a byte order mark
    except UnicodeDecodeError as error:
        raise PipelineError("file.not_utf8", path=path) from error
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line = text.split("\n")[error.lineno - 1]
        start = max(error.colno - SHOWN_CHARACTERS // 2, 0) if len(line) > SHOWN_CHARACTERS else 0
        around = line[start : start + SHOWN_CHARACTERS].strip()
        raise PipelineError("file.not_json", path=path, line=error.lineno, column=error.colno, shown=around) from error
    except (ValueError, RecursionError) as error:  # numbers or depths beyond Python's
        shown = text[:SHOWN_CHARACTERS].strip()
        raise PipelineError("file.not_json", path=path, line=1, column=1, shown=shown) from error


def loads(text: str | bytes) -> Any:
    """Return what JSON says. Raises ValueError, also where it goes deeper than Python can."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file, {} where there is none or it cannot be read: for records that may be half there."""
    try:
        value = read_json(path)
    except (OSError, ValueError, PipelineError):  # ValueError: a path that no file can have
        return {}
    return value if isinstance(value, dict) else {}


def fold(text: str) -> str:
    """Return text in lower case without accents, letter for letter: places stay the same."""
    if text.isascii():
        return text.lower()
    return "".join(unicodedata.normalize("NFD", char)[0].lower() for char in text)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(COPY_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def fingerprint(value: object) -> str:
    """Return 16 hex digits that change whenever value (anything JSON can hold) changes."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def link_or_copy(source: Path, target: Path) -> None:
    """Put source's bytes at target, as a hard link where the file system has them, else as a whole copy.

    Only for files that are never written in place (they are always replaced), so that a link cannot alter the other name.
    """
    with contextlib.suppress(OSError):
        os.link(source, target)
        return
    with source.open("rb") as reader, atomic_file(target) as writer:
        while chunk := reader.read(COPY_CHUNK_BYTES):
            writer.write(chunk)


def remove_temporaries(folder: Path) -> None:
    """Delete what an interrupted atomic_file left in folder."""
    for path in folder.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            path.unlink()


def is_abandoned(name: str, changed: float) -> bool:
    """Return whether the temporary file or folder of that name, last changed then, belongs to a process that is gone."""
    match = _OWNED.fullmatch(name)
    if match is None:
        return False
    pid = int(match[1], 16) if match[1] else 0
    if pid == os.getpid():
        return False
    if not pid:
        return time.time() - changed > UNOWNED_S
    import psutil

    try:
        return psutil.Process(pid).create_time() > changed + 2  # another's number by now; clocks of file systems are coarse
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False


# --- log -------------------------------------------------------------------------------------------------------------


class _OneLine(logging.Formatter):
    """One line for each record, tracebacks indented below it: what a stranger's name holds can forge no record."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return "\n".join("  " + line for line in visible(super().formatException(ei)).split("\n"))


# Their lines below WARNING stay out of the log: httpcore has one for every piece of a picture that it reads, websockets the
# messages themselves, in which prompts stand.
NOISY_LIBRARIES = (
    "PIL", "matplotlib", "tensorflow", "h5py", "exifread", "filelock", "asyncio", "httpx", "httpcore", "websockets",
)  # fmt: skip


class PipelineLogger:
    """The program's log file, and warnings on standard error; set up once, in main()."""

    FORMAT = "%(asctime)s %(levelname)s [%(client)s] %(name)s %(message)s"

    @staticmethod
    def start(folder: Path, screen_level: str = "CRITICAL", client_id: Callable[[], str | None] = lambda: None) -> Path | None:
        """Log everything from DEBUG up to folder/avatar_pipeline.log; return its path, or None where it cannot be written.

        Four files of 2 MB are kept. Started again in the same process, it takes the place of the log before.
        client_id  tells whose work a record comes of, so that it can be deleted with the client (`workspace.log_file`)
        """
        root = logging.getLogger()
        root.setLevel(logging.DEBUG)
        for before in [handler for handler in root.handlers if isinstance(handler.formatter, _OneLine)]:
            root.removeHandler(before)
            before.close()
        for noisy in NOISY_LIBRARIES:
            logging.getLogger(noisy).setLevel(logging.WARNING)
        screen = logging.StreamHandler(sys.stderr)
        screen.setLevel(screen_level.upper())
        screen.setFormatter(_OneLine("%(levelname)s %(name)s: %(message)s"))
        root.addHandler(screen)
        path = folder / "avatar_pipeline.log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = logging.handlers.RotatingFileHandler(
                path, maxBytes=2_000_000, backupCount=3, encoding="utf-8", errors="backslashreplace"
            )  # file names may hold any bytes
        except OSError:
            return None
        file.setFormatter(_OneLine(PipelineLogger.FORMAT))

        def name_client(record: logging.LogRecord) -> bool:
            record.client = client_id() or "-"
            return True

        file.addFilter(name_client)
        root.addHandler(file)
        return path


def decoded(content: bytes) -> str:
    """Decode a text saved by any editor: UTF-16 with a byte order mark, UTF-8, else Windows-1252."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def readable_as_its_folder(path: Path) -> None:
    """Let everybody read a file who may read its folder: ours are private else, and a server may run as another user."""
    if os.name != "nt":
        path.chmod(path.stat().st_mode | (path.parent.stat().st_mode & 0o044))


# --- progress --------------------------------------------------------------------------------------------------------


class ProgressTracker:
    """A bar with rate and ETA on standard error; calling it with (done, total) moves it.

    Where standard error is no terminal, and in plain mode, a line now and then takes the bar's place; `quiet` shows nothing.
    """

    PLAIN_EVERY_S = 10.0

    def __init__(self, label: str, unit: str, *, quiet: bool = False, plain: bool = False) -> None:
        self.label, self.unit, self.quiet, self.plain = label, unit, quiet, plain
        self.started = self._told = time.monotonic()
        self._ended = False
        self.initial = 0  # done before this bar began: no part of the rate
        self.own_eta = True  # False: the time left is only told where the caller knows it, as what comes first takes longer
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> ProgressTracker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __call__(self, done: int, total: int, note: str = "", eta_s: float | None = None) -> None:
        """Move the bar. eta_s: seconds left, by somebody who knows better than this bar, whose clock runs from its making."""
        if self.quiet:
            return
        note = one_line(note)
        if self.plain or not sys.stderr.isatty():
            self._tell_plainly(done, total, note, eta_s)
            return
        if self._bar is None:
            from tqdm import tqdm

            tqdm.set_lock(threading.RLock())  # its own is one of multiprocessing: a helper process for nothing
            self._bar = tqdm(
                total=total, initial=self.initial, desc=self.label, unit=self.unit, file=sys.stderr, dynamic_ncols=True,
                ascii=not can_print("█", sys.stderr),
            )  # fmt: skip
            self._bar.start_t -= time.monotonic() - self.started  # the first piece of work counts too
        self._bar.total = total
        if eta_s is not None or not self.own_eta:
            left = "?" if eta_s is None else self._bar.format_interval(eta_s)
            self._bar.bar_format = f"{{l_bar}}{{bar}}| {{n_fmt}}/{{total_fmt}} [{{elapsed}}<{left}{{postfix}}]"
        if note:
            self._bar.set_postfix_str(note, refresh=done == self._bar.n)  # a step that stands tells what it is at
        self._bar.update(done - self._bar.n)

    def clear(self) -> None:
        """Make room on the screen for a text; the next call draws the bar again."""
        if self._bar is not None:
            self._bar.clear()

    def _tell_plainly(self, done: int, total: int, note: str, eta_s: float | None) -> None:
        moment = time.monotonic()
        if (done < total and moment - self._told < self.PLAIN_EVERY_S) or (done >= total and self._ended):
            return
        self._told, self._ended = moment, done >= total
        rate = (done - self.initial) / max(moment - self.started, 1e-9)
        seconds = (total - done) / rate if eta_s is None and self.own_eta and self.initial < done else eta_s
        left = f", ETA {_clock(seconds)}" if seconds is not None and done < total else ""
        sys.stderr.write(f"{self.label}: {done}/{total}{left}{' ' + note if note else ''}\n")
        sys.stderr.flush()


def _clock(seconds: float) -> str:
    """Return a time left: seconds, or from two minutes on as a clock.

    >>> _clock(76), _clock(16697)
    ('76 s', '4:38:17')
    """
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def can_print(text: str, stream: IO[str]) -> bool:
    """Return whether stream's encoding has the characters of text (cp1252 consoles have no blocks or check marks)."""
    try:
        text.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
