"""The guided setup on a terminal of 80 x 24: no step prints more than a screen, and no row is wider."""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import struct
import sys
import tempfile
import time
from pathlib import Path

import pytest

from avatar.trainer import options
from tests.computer import with_trainer
from tests.places import ROOT

COLUMNS, ROWS = 80, 24
LIMIT_S = 400.0  # [measured] 12 s on two idle processors, five times that with four busy ones beside; it never waits for it
UNKNOWN_S = 20.0  # after which a question that is not among ours is one: nothing is written meanwhile
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[()][A-Z0-9]|\x1b[=>]|\x08")
BACK = re.compile(r"\x1b\[\d+D")  # an editor of lines goes back to write the line anew
# What each question begins with, and the answer; questions that this computer does not ask (of the card) just do not come.
QUESTIONS = {
    "es": {
        "Nombre del cliente": "ana", "Palabra de activación [": "", "Clase (": "", "Nota de consentimiento": "",
        "zip de MidJourney": "{mj}", "zip de fotos": "{photos}", "¿Hacerlo ahora?": "", "¿Son todas": "",
        "Tarjeta gráfica [": "",
        "Preajuste [": "", "¿Instalar ahora": "", "¿Entrenar ahora?": "", "¿Probar el modelo": "n", "¿Hacer el zip": "",
        "Elige una opción": "4",
    },
    "en": {
        "Client's name": "ana", "Trigger word [": "", "Class (": "", "Note about the": "", "zip of MidJourney": "{mj}",
        "zip of real": "{photos}", "Do it now?": "", "Are all of them": "", "Graphics card [": "", "Preset [": "",
        "Install the": "", "Train now?": "", "Try the model": "n", "Make the zip": "", "Choose an option": "4",
    },
}  # fmt: skip
STEP = re.compile(r"^(?:Paso|Step) (\d) (?:de|of) 8:")


def walked(argv: list[str], answers: dict[str, str]) -> str:
    """Run a command on a terminal of its own and answer its questions; the second time that the menu comes, leave it."""
    import fcntl
    import pty
    import termios

    child, terminal = pty.fork()
    if child == 0:
        os.environ.update({"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)})  # another test may have set PYTHONSAFEPATH
        os.execvp(argv[0], argv)  # noqa: S606 - our own program
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    written, answered, left = b"", 0, dict(answers)
    end = time.monotonic() + LIMIT_S
    try:
        while time.monotonic() < end:
            ready, _, _ = select.select([terminal], [], [], UNKNOWN_S)
            asked = plain(written[answered:]).rstrip()
            if not ready:
                assert not asked.endswith(":"), f"a question that nobody answers:\n{asked}"
                continue
            try:
                chunk = os.read(terminal, 65536)
            except OSError:  # the program has ended
                break
            if not chunk:
                break
            written += chunk
            if b"\x1b[6n" in chunk:  # asked where the cursor is: in the last row
                os.write(terminal, f"\x1b[{ROWS};1R".encode())
            asked = plain(written[answered:]).rstrip()
            last = asked.splitlines()[-1] if asked.endswith(":") else ""  # as every question ends
            for begin in [begin for begin in left if begin in last]:
                answered = len(written)
                os.write(terminal, left.pop(begin).encode() + b"\r")
                if begin == list(answers)[-1] and "left" not in left.values():
                    left[begin] = "0"
                break
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, 9)  # ended already, or it hangs
        os.waitpid(child, 0)
    os.close(terminal)
    return plain(written)


def plain(written: bytes) -> str:
    """Return what stands on the screen, line by line: what was written over after a step back to the left is gone."""
    moved = BACK.sub("\r", written.decode("utf-8", "replace"))
    text = ESCAPES.sub("", moved).replace("\r\n", "\n")
    return "\n".join(line.rstrip("\r").split("\r")[-1] for line in text.split("\n"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("language", QUESTIONS)
def test_no_step_of_the_guided_setup_prints_more_than_a_screen(language: str, demo_folders: tuple[Path, Path]) -> None:
    with tempfile.TemporaryDirectory(prefix="av") as short:  # a path as long as a person's, not as long as pytest's
        check_rows(Path(short), demo_folders, [str(ROOT / "avatar_pipeline.py")], language)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("language", QUESTIONS)
def test_nor_does_one_that_trains_and_what_stands_first_then_is_that_there_is_a_model(
    language: str, demo_folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_TABLE", str(options.DATA_FILE))
    with tempfile.TemporaryDirectory(prefix="av") as short:
        config = with_trainer(Path(short))
        start = ["-c", "import sys; from tests.computer import main_with; main_with(*sys.argv[1:])", str(config)]
        trained = check_rows(Path(short), demo_folders, start, language)[7]
    told = [line for line in trained if line.startswith("✓")]
    after = trained[trained.index(told[-1]) :]
    assert "verific" in told[-1] or "verified" in told[-1]
    assert len(after) <= 12  # how it is used is told once, in the next step


def check_rows(folder: Path, pictures: tuple[Path, Path], start: list[str], language: str) -> dict[int, list[str]]:
    """Walk through all steps; return the rows of each, by its number."""
    midjourney, photos = (shutil.copytree(given, folder / "in" / given.name) for given in pictures)
    answers = {begin: text.format(mj=midjourney, photos=photos) for begin, text in QUESTIONS[language].items()}
    argv = [sys.executable, *start, "--lang", language, "--clients-dir", str(folder / "c")]

    screen = walked(argv, answers)

    rows: dict[int, list[str]] = {}
    step = 0
    for line in screen.split("\n"):
        if begins := STEP.match(line):
            step = int(begins[1])
        elif step == 8 and line.startswith("AVATAR PIPELINE"):
            break
        rows.setdefault(step, []).extend(line.rstrip()[at : at + COLUMNS] for at in range(0, len(line.rstrip()) or 1, COLUMNS))
    assert set(range(1, 9)) <= set(rows), screen
    assert {number: len(lines) for number, lines in rows.items() if number and len(lines) > ROWS} == {}, screen
    assert [line for line in screen.split("\n") if len(line.rstrip()) > COLUMNS] == []
    return rows
