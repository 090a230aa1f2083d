"""The first start: what it looks at before, what it makes of pip's and uv's lines, and the one line that it draws."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from avatar.texts import translate
from avatar.texts.text import PipelineError
from scripts import first_start, install_progress
from scripts.first_start import Places, Screen
from scripts.install_progress import Progress
from tests.all_texts import TEXTS

PIP = """Looking in indexes: https://pypi.org/simple
Collecting numpy<3,>=1.26 (from -r requirements.txt (line 39))
  Downloading numpy-2.2.6-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl.metadata (62 kB)
Collecting typing_extensions>=4 (from pydantic)
  Using cached typing_extensions-4.15.0-py3-none-any.whl (44 kB)
Downloading numpy-2.2.6-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl (16.8 MB)
Installing collected packages: typing_extensions, numpy
""".splitlines()
UV = """Resolved 71 packages in 578ms
Downloading tensorflow-cpu (261.3MiB)
Downloading Typing.extensions (12.0KiB)
 Downloaded tensorflow-cpu
Prepared 71 packages in 6.60s
""".splitlines()


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / ".venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    return Places(tmp_path)


def progress_at(places: Places, seconds: list[float]) -> Progress:
    return Progress(places.site, places.cache, now=lambda: seconds[0])


# --- before ----------------------------------------------------------------------------------------------------------


def test_a_disk_without_room_is_told_before_anything_is_made(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1.2e9))
    with pytest.raises(PipelineError) as caught:
        first_start.check_space(places)
    told = translate.words(caught.value.text, "es")
    assert "hacen falta 3,0 GB y quedan 1,2" in told and str(places.root) in told
    places.stamp.touch()  # installed before: what is missing is small
    first_start.check_space(places)


def test_a_second_window_is_told_of_the_first(places: Places) -> None:
    with first_start.held(places), pytest.raises(PipelineError, match=r"start\.busy"), first_start.held(places):
        pass
    with first_start.held(places):  # the first has ended
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    with pytest.raises(PipelineError, match=r"start\.read_only"), first_start.held(Places(tmp_path)):
        pass


def test_packages_come_from_the_folder_that_is_named_or_lies_beside_the_program(tmp_path: Path) -> None:
    assert first_start.wheels_folder(tmp_path, {}) is None
    (tmp_path / "wheels").mkdir()
    assert first_start.wheels_folder(tmp_path, {}) is None  # empty: left by a download that did not begin
    (tmp_path / "wheels" / "a.whl").touch()
    assert first_start.wheels_folder(tmp_path, {}) == tmp_path / "wheels"
    assert first_start.wheels_folder(tmp_path / "other", {"AVATAR_WHEELS": str(tmp_path / "wheels")}) == tmp_path / "wheels"
    with pytest.raises(PipelineError, match=r"start\.no_wheels"):
        first_start.wheels_folder(tmp_path, {"AVATAR_WHEELS": str(tmp_path / "other")})


def test_uv_is_told_what_pip_is_configured_with() -> None:
    configured = (
        ":env:.index-url='https://mine/simple'\nglobal.index-url='https://all/simple'\nglobal.cert='/etc/ca.crt'\n"
        "global.extra-index-url='file:///a\\nfile:///b'\ninstall.find-links='/w1 /w2'\n:env:.default-timeout='180'\n"
    )
    assert first_start.uv_variables(configured) == {
        "UV_DEFAULT_INDEX": "https://mine/simple", "SSL_CERT_FILE": "/etc/ca.crt", "UV_INDEX": "file:///a file:///b",
        "UV_FIND_LINKS": "/w1,/w2", "UV_INDEX_STRATEGY": "unsafe-best-match",
    }  # fmt: skip
    assert first_start.uv_variables("") == {}


# --- how far it is ---------------------------------------------------------------------------------------------------


def test_pips_lines_say_what_is_fetched_and_its_files_what_is_installed(places: Places) -> None:
    seconds = [0.0]
    progress = progress_at(places, seconds)
    for line in PIP[:3]:
        progress.feed(line)
    assert progress.sizes == {}  # metadata alone
    for line in PIP[3:-1]:
        progress.feed(line)
    assert progress.phase == "fetch" and progress.sizes == {"typing-extensions": 0.044, "numpy": 16.8}
    (places.cache / "pip-unpack-x").mkdir(parents=True)
    (places.cache / "pip-unpack-x" / "numpy.whl").write_bytes(b"x" * 2_000_000)
    assert progress.done_mb == pytest.approx(2.0)
    progress.feed(PIP[-1])
    assert progress.names == ["typing-extensions", "numpy"] and progress.installed_part() == 0
    about = places.site / "numpy-2.2.6.dist-info"
    about.mkdir()
    (about / "RECORD").touch()  # as the wheel has it: unpacked, not yet done
    assert progress.installed() == []
    (about / "INSTALLER").touch()
    assert progress.installed() == ["numpy"] and progress.installed_part() == pytest.approx(16.8 / 16.844)


def test_uvs_lines_say_it_too(places: Places) -> None:
    progress = progress_at(places, [0.0])
    for line in UV[:3]:
        progress.feed(line)
    assert progress.phase == "fetch" and progress.done_mb == 0
    for line in UV[3:]:
        progress.feed(line)
    assert progress.done_mb == pytest.approx(261.3) and progress.packages == 71


def test_wheels_on_this_computer_count_as_fetched(places: Places, tmp_path: Path) -> None:
    wheel = tmp_path / "mi carpeta" / "one_two-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"x" * 3_000_000)
    progress = progress_at(places, [0.0])
    progress.feed(f"Processing {wheel} (from -r requirements.txt (line 1))")
    assert progress.done_mb == pytest.approx(3.0) and progress.sizes == {"one-two": pytest.approx(3.0)}


def test_the_time_that_is_left_is_said_once_it_is_known(places: Places) -> None:
    seconds = [100.0]
    progress = progress_at(places, seconds)
    seconds[0] += 4
    assert progress.left_s(0.5) is None  # too early
    seconds[0] += 6
    assert progress.left_s(0.25) == pytest.approx(30)
    assert progress.left_s(0.01) is None and progress.left_s(1.0) is None


# --- the screen ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_line_that_changes_is_one_and_leaves_nothing(places: Places, language: str) -> None:
    seconds = [0.0]
    progress, stream = progress_at(places, seconds), Terminal()
    screen = Screen(stream, language)
    for line in PIP:
        progress.feed(line)
        seconds[0] += 400
        screen.show(progress)
    assert "\n" not in stream.getvalue() and stream.getvalue().count("\r") >= len(PIP)
    assert all(len(shown) < first_start.COLUMNS for shown in stream.getvalue().split("\r"))
    screen.say("start.done", time="1:01", n=72)
    assert stream.getvalue().endswith(f"\r{translate.text('start.done', language, time='1:01', n=72)}\n")


def test_without_a_terminal_only_sentences_are_written(places: Places) -> None:
    stream = io.StringIO()
    screen = Screen(stream, "en")
    screen.show(progress_at(places, [0.0]))
    screen.draw("start.making")
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "start.failed.space"),
        ("WARNING: Retrying after connection broken by 'NewConnectionError(...)'", "start.failed.network"),
        ("ERROR: ... certificate verify failed: CERTIFICATE_VERIFY_FAILED", "start.failed.proxy"),
        ("ERROR: No matching distribution found for isal", "start.failed.python"),
        ("ERROR: something new", "start.failed.other"),
    ],
)
def test_a_failure_is_told_with_its_cause_and_the_log(places: Places, said: str, key: str) -> None:
    error = first_start.failed(["Collecting isal", said, ""], places)
    assert error.key == key and error.values["detail"] == said
    for language in ("es", "en"):
        assert str(places.log) in translate.words(error.text, language)


def test_every_cause_has_its_text() -> None:
    assert {f"start.failed.{cause}" for cause in (*first_start.TOLD, "other")} == {
        key for key in TEXTS if "start.failed" in key
    }
    assert install_progress.clock(3725) == "62:05"
