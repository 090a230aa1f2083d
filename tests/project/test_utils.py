"""Files, log and progress."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import pickle
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import utils
from avatar.commands import result
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace import export


def test_a_file_is_replaced_whole_or_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ficha ñ.json"
    utils.write_json(path, {"nombre": "Peña", "n": 1})
    with pytest.raises(KeyboardInterrupt), utils.atomic_file(path) as handle:
        handle.write(b"half")
        raise KeyboardInterrupt
    assert utils.read_json(path) == {"nombre": "Peña", "n": 1}
    assert os.listdir(tmp_path) == ["ficha ñ.json"]


def test_text_is_written_as_utf8_with_unix_line_ends(tmp_path: Path) -> None:
    utils.write_atomic(tmp_path / "a.txt", "á\nb\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa1\nb\n"


def test_json_with_a_byte_order_mark_of_notepad_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(b'\xef\xbb\xbf{"language": "es"}')
    assert utils.read_json(tmp_path / "config.json") == {"language": "es"}


@pytest.mark.parametrize(
    ("content", "line", "column", "shown"),
    [("{", 1, 2, "{"), ("", 1, 1, ""), ("[" * 100_000, 1, 1, "[" * 60),
     ('{"language": "es",\r\n "quality": {"min_contrast": }\r\n}', 2, 30, '"quality": {"min_contrast": }'),
     ('{"trainer": {"folder": "C:\\Users\\ana"}}', 1, 27, '{"trainer": {"folder": "C:\\Users\\ana"}}'),
     ('{"a":\n1\n"b": 2}', 3, 1, '"b": 2}'),
     ('{"a": "' + "x" * 500 + '", b: 1, "c": "' + "y" * 500 + '"}', 1, 511, "x" * 26 + '", b: 1, "c": "' + "y" * 19)],
    ids=["cut off", "empty", "too deep", "no value", "backslashes", "a comma too few", "a long line"],
)  # fmt: skip
def test_what_is_no_json_is_named_with_its_path_and_place(
    tmp_path: Path, content: str, line: int, column: int, shown: str
) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content.encode("utf-8"))
    with pytest.raises(PipelineError) as caught:
        utils.read_json(path)
    assert caught.value.key == "file.not_json"
    assert caught.value.values == {"path": str(path), "line": line, "column": column, "shown": shown}


@pytest.mark.parametrize("content", ['{"name": "Peña"}'.encode("cp1252"), '{"name": "Peña"}'.encode("utf-16")])
def test_a_file_of_another_encoding_is_told_from_broken_json(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(PipelineError) as caught:
        utils.read_json(path)
    assert caught.value.text == Text("file.not_utf8", {"path": str(path)})


def test_a_very_long_name_still_gets_a_temporary_file(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250)
    utils.write_atomic(path, "long")
    assert path.read_text(encoding="utf-8") == "long"


def test_link_or_copy_gives_the_same_bytes_where_links_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a"
    source.write_bytes(os.urandom(3_000_000))
    utils.link_or_copy(source, tmp_path / "linked")

    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    utils.link_or_copy(source, tmp_path / "copied")
    assert (tmp_path / "linked").read_bytes() == (tmp_path / "copied").read_bytes() == source.read_bytes()
    assert (tmp_path / "linked").stat().st_ino == source.stat().st_ino != (tmp_path / "copied").stat().st_ino
    assert utils.sha256_of(tmp_path / "copied") == utils.sha256_of(source)


def test_left_over_temporaries_go_and_other_hidden_files_stay(tmp_path: Path) -> None:
    for name in (".a.json.1234.tmp", ".lock", "b.tmp"):
        (tmp_path / name).touch()
    utils.remove_temporaries(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".lock", "b.tmp"]


def test_a_fingerprint_changes_with_any_value_and_not_with_the_order_of_keys() -> None:
    assert utils.fingerprint({"a": 1, "b": [2]}) == utils.fingerprint({"b": [2], "a": 1})
    assert utils.fingerprint({"a": 1}) != utils.fingerprint({"a": 2})
    assert len(utils.fingerprint(None)) == 16


def test_an_error_survives_the_way_from_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(PipelineError("disk.full", need_mb=3.0, free_mb=1.0)))  # noqa: S301  # our own bytes
    assert error.text == Text("disk.full", {"need_mb": 3.0, "free_mb": 1.0})


def test_progress_shows_nothing_when_quiet_and_plain_lines_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with utils.ProgressTracker("Caras", " img", quiet=True) as bar:
        bar(1, 2)
    assert capsys.readouterr() == ("", "")
    with utils.ProgressTracker("Caras", " img") as bar:
        bar(1, 4)
        bar.PLAIN_EVERY_S = 0
        bar(2, 4)
        bar(4, 4, "listo")
        bar(4, 4, "otra vez")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("Caras: 2/4, ETA ") and shown.err.endswith("Caras: 4/4 listo\n")
    assert shown.err.count("\n") == 2 and "\r" not in shown.err


def test_a_terminal_gets_a_bar_with_rate_and_eta(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with utils.ProgressTracker("Caras", " img") as bar:
        bar.started -= 5
        bar(1, 4)
        bar(4, 4, "listo")
    shown = capsys.readouterr().err
    assert "4/4" in shown and "listo" in shown and "Caras" in shown
    assert "img/s" in shown or "s/ img" in shown


def test_symbols_are_used_only_where_the_stream_has_them() -> None:
    cp1252 = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    assert not utils.can_print("✓", cp1252)
    assert utils.can_print("ñ", cp1252)
    assert utils.can_print("✓", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))


@pytest.fixture
def root_log() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_the_log_file_gets_everything_and_the_screen_what_was_asked_for(
    tmp_path: Path, root_log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    path = utils.PipelineLogger.start(tmp_path / "logs", "error")
    logging.getLogger("x").debug("número %d", 1)
    logging.getLogger("x").error("mal")
    assert path is not None
    assert [line.split(" ", 3)[3] for line in path.read_text(encoding="utf-8").splitlines()] == ["[-] x número 1", "[-] x mal"]
    assert capsys.readouterr().err == "ERROR x: mal\n"


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "websockets.client"])
def test_what_goes_over_the_line_to_a_server_stands_in_no_log(tmp_path: Path, root_log: logging.Logger, name: str) -> None:
    path = utils.PipelineLogger.start(tmp_path / "logs", "error")
    assert path is not None
    logging.getLogger(name).info("> TEXT 'portrait of ohwx woman'")
    logging.getLogger("avatar.generate").info("drawn")
    assert "drawn" in path.read_text(encoding="utf-8") and "ohwx" not in path.read_text(encoding="utf-8")


def test_a_log_that_is_started_again_takes_the_place_of_the_one_before(tmp_path: Path, root_log: logging.Logger) -> None:
    first = utils.PipelineLogger.start(tmp_path / "first")
    handlers = len(root_log.handlers)
    second = utils.PipelineLogger.start(tmp_path / "second")
    logging.getLogger("x").info("said once")
    assert first is not None and second is not None and len(root_log.handlers) == handlers
    assert "said once" in second.read_text(encoding="utf-8") and "said" not in first.read_text(encoding="utf-8")


def test_a_log_folder_that_cannot_be_made_does_not_stop_the_program(tmp_path: Path, root_log: logging.Logger) -> None:
    (tmp_path / "file").touch()
    assert utils.PipelineLogger.start(tmp_path / "file" / "logs") is None


# --- a file that another program holds open, as on Windows -----------------------------------------------------------


class Locked:
    """Refuses to replace a file as Windows does, so many times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int, winerror: int | None = 32) -> None:
        self.times, self.winerror = times, winerror
        self.pauses: list[float] = []
        self.replace = Path.replace
        monkeypatch.setattr(Path, "replace", lambda source, target: self.refuse(source, target))
        monkeypatch.setattr(time, "sleep", self.pauses.append)

    def refuse(self, source: Path, target: Path) -> Path:
        if self.times:
            self.times -= 1
            error = PermissionError(13, "used by another process", str(source))
            if self.winerror is not None:
                error.winerror = self.winerror  # type: ignore[attr-defined]
            raise error
        return self.replace(source, target)


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_a_file_that_a_scanner_holds_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, winerror: int
) -> None:
    locked = Locked(monkeypatch, times=3, winerror=winerror)
    utils.write_atomic(tmp_path / "a.json", "new")
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "new"
    assert locked.pauses == list(utils.LOCKED_PAUSES_S[:3])


def test_a_file_that_stays_locked_is_named_and_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "images.csv"
    path.write_text("old", encoding="utf-8")
    locked = Locked(monkeypatch, times=99)
    with pytest.raises(PermissionError) as caught:
        utils.write_atomic(path, "new")
    assert caught.value.filename == str(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["images.csv"]
    assert sum(locked.pauses) < 2
    said = translate.words(result.system_error(caught.value), "es")
    assert str(path) in said and "abierto" in said and "Qué hacer:" in said


def test_a_folder_without_permission_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = Locked(monkeypatch, times=1, winerror=None)
    with pytest.raises(PermissionError):
        utils.write_atomic(tmp_path / "a", "x")
    assert locked.pauses == []


def test_a_zip_to_write_gets_its_ending_and_its_home_and_overwrites_nothing(tmp_path: Path, own_home: Path) -> None:
    assert export.zip_to_write(tmp_path / "ana.v1") == tmp_path / "ana.v1.zip"
    assert export.zip_to_write(tmp_path / "ana.ZIP") == tmp_path / "ana.ZIP"
    assert export.zip_to_write(Path("~/ana")) == own_home / "ana.zip"
    (tmp_path / "there.zip").touch()
    for path, key in (
        ("", "export.no_name"),
        (".", "export.no_name"),
        ("/", "export.no_name"),
        ("~nobody_here/ana", "export.no_name"),
        (tmp_path / "there", "export.exists"),
    ):
        with pytest.raises(PipelineError) as caught:
            export.zip_to_write(Path(path))
        assert caught.value.key == key
    with pytest.raises(PipelineError, match=r"export\.inside"):
        export.zip_to_write(tmp_path / "a" / ".." / "b" / "x.zip", tmp_path / "b")


# --- errors and findings ---------------------------------------------------------------------------------------------


def test_an_error_names_its_key_and_values_in_a_log() -> None:
    assert str(PipelineError("disk.full", need_mb=3)) == "disk.full {'need_mb': 3}"
    assert (PipelineError("x").values, str(PipelineError("x"))) == ({}, "x {}")


def test_now_is_to_the_second_and_in_utc() -> None:
    moment = datetime.fromisoformat(utils.now())
    assert moment.utcoffset() == timedelta(0) and moment.microsecond == 0
    assert abs(datetime.now(timezone.utc) - moment) < timedelta(minutes=1)


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b"null", b'"x"', b"\xff", b"9" * 5000, b"[" * 100_000])
def test_a_record_that_may_be_half_there_is_an_empty_object(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "x.json").write_bytes(content)
    assert utils.read_object(tmp_path / "x.json") == {}


def test_an_object_is_read_as_it_was_written_and_a_missing_file_is_told_as_such(tmp_path: Path) -> None:
    value = {"año": [1, 2.5, None, True], "z": {"🎉": "\u2028"}}
    utils.write_json(tmp_path / "x.json", value)
    assert utils.read_object(tmp_path / "x.json") == utils.read_json(tmp_path / "x.json") == value
    assert "año" in (tmp_path / "x.json").read_text(encoding="utf-8")  # readable, as people look into them
    with pytest.raises(FileNotFoundError):
        utils.read_json(tmp_path / "gone.json")


@pytest.mark.parametrize("size", [0, 1, utils.COPY_CHUNK_BYTES - 1, utils.COPY_CHUNK_BYTES, utils.COPY_CHUNK_BYTES + 1])
def test_a_hash_is_of_all_bytes_whatever_their_number(tmp_path: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    (tmp_path / "x").write_bytes(content[:size])
    assert utils.sha256_of(tmp_path / "x") == hashlib.sha256(content[:size]).hexdigest()


@settings(max_examples=40)
@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()), st.text(), st.integers())
def test_a_fingerprint_is_the_same_for_the_same_and_another_for_all_else(value: dict[str, Any], key: str, more: int) -> None:
    again = dict(reversed(value.items()))
    assert utils.fingerprint(value) == utils.fingerprint(again)
    assert (utils.fingerprint({**value, key: more}) == utils.fingerprint(value)) == (value.get(key, "?") == more)
    assert utils.fingerprint([Path("a")]) != utils.fingerprint([Path("b")])  # what JSON does not know counts by its text


# --- writing ---------------------------------------------------------------------------------------------------------


def test_a_text_written_beside_waits_for_its_place_and_hides_until_then(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("old", encoding="utf-8")
    beside = utils.write_beside(path, "neu ñ\n")
    assert path.read_text(encoding="utf-8") == "old"
    assert beside.parent == tmp_path and beside.name.startswith(".") and beside.read_bytes() == "neu ñ\n".encode()
    assert utils.write_beside(path, "x") != beside
    beside.replace(path)
    assert path.read_text(encoding="utf-8") == "neu ñ\n"
    utils.remove_temporaries(tmp_path)
    assert os.listdir(tmp_path) == ["x.json"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_cannot_be_written_leaves_nothing_and_the_old_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def full(handle: int) -> None:
        raise error

    (tmp_path / "x").write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)
    for write in (utils.write_atomic, utils.write_beside):
        with pytest.raises(type(error)):
            write(tmp_path / "x", "new")
    assert os.listdir(tmp_path) == ["x"] and (tmp_path / "x").read_text(encoding="utf-8") == "old"


def test_a_copy_in_the_place_of_a_link_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "empty").touch()
    utils.link_or_copy(tmp_path / "empty", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b""
    with pytest.raises(FileNotFoundError):
        utils.link_or_copy(tmp_path / "gone", tmp_path / "other")
    assert sorted(os.listdir(tmp_path)) == ["copy", "empty"]


def test_a_link_never_takes_the_place_of_what_is_there_silently(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a", encoding="utf-8")
    (tmp_path / "b").write_text("b", encoding="utf-8")
    utils.link_or_copy(tmp_path / "a", tmp_path / "b")  # replaced by a whole copy: never half, never b's other names
    assert (tmp_path / "b").read_text(encoding="utf-8") == "a"
    assert not (tmp_path / "b").samefile(tmp_path / "a")


# --- progress --------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    moment = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: moment[0])
    yield moment


def test_a_plain_line_comes_when_it_is_due_and_tells_what_is_left(
    capsys: pytest.CaptureFixture[str], clock: list[float]
) -> None:
    with utils.ProgressTracker("Import", " img", plain=True) as bar:
        for second, done in ((9.9, 1), (10.0, 2), (19.9, 3), (20.0, 4), (20.1, 10)):
            clock[0] = 1000.0 + second
            bar(done, 10)
    assert capsys.readouterr().err.splitlines() == ["Import: 2/10, ETA 40 s", "Import: 4/10, ETA 30 s", "Import: 10/10"]


def test_what_was_done_before_is_no_part_of_the_rate(capsys: pytest.CaptureFixture[str], clock: list[float]) -> None:
    with utils.ProgressTracker("Training", " steps", plain=True) as bar:
        bar.initial = 500
        clock[0] += 10
        bar(500, 1000)  # nothing done yet: no rate
        clock[0] += 10
        bar(510, 1000, "loss 0.1")
    assert capsys.readouterr().err.splitlines() == ["Training: 500/1000", "Training: 510/1000, ETA 0:16:20 loss 0.1"]


def test_a_bar_without_a_reckoning_of_its_own_tells_no_time_until_it_is_known(
    capsys: pytest.CaptureFixture[str], clock: list[float]
) -> None:
    with utils.ProgressTracker("Trial", " img", plain=True) as bar:
        bar.own_eta = False
        clock[0] += 110  # the first picture also loads the model
        bar(1, 12)
        clock[0] += 30
        bar(2, 12, "final@0.8", 300.0)
    assert capsys.readouterr().err.splitlines() == ["Trial: 1/12", "Trial: 2/12, ETA 0:05:00 final@0.8"]


def test_a_bar_that_is_cleared_or_closed_twice_does_no_harm(capsys: pytest.CaptureFixture[str]) -> None:
    with utils.ProgressTracker("x", "y", plain=True) as bar:
        bar.clear()
        bar(0, 0)
        bar.clear()
    bar.__exit__(None, None, None)
    assert capsys.readouterr().err == "x: 0/0\n"


def test_a_stream_without_a_known_encoding_gets_plain_letters_only() -> None:
    class Odd(io.StringIO):
        encoding = "no-such-encoding"

    assert not utils.can_print("a", Odd())
    assert utils.can_print("a", io.StringIO()) and not utils.can_print("ñ", io.StringIO())


# --- log -------------------------------------------------------------------------------------------------------------


def test_a_log_line_with_the_bytes_of_a_broken_name_is_written_all_the_same(tmp_path: Path, root_log: logging.Logger) -> None:
    path = utils.PipelineLogger.start(tmp_path / "deep" / "logs")
    logging.getLogger("x").warning("foto_\udcff.png")
    assert path == tmp_path / "deep" / "logs" / "avatar_pipeline.log"
    assert "foto_\\udcff.png" in path.read_text(encoding="utf-8")
    assert logging.getLogger("PIL").level == logging.WARNING  # its debug lines would fill the log


def test_what_somebody_knows_of_the_time_left_is_told_instead_of_the_bars_own_reckoning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with utils.ProgressTracker("Training", " steps", plain=True) as bar:
        bar.PLAIN_EVERY_S = 0.0
        bar.started -= 500  # loading took its time
        bar(97, 100, "loss=0.1", 9.0)
        bar(98, 100)
    first, second = capsys.readouterr().err.splitlines()
    assert "ETA 9 s" in first and "ETA" not in second.replace("ETA 10 s", "")
