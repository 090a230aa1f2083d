"""What the actions say: the report of an import as somebody reads it."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

import commands
import dataset
from commands import MANY_REFUSED, SHOWN_OF_A_KIND
from config import Settings
from records import Caption
from session import Say, Table
from tests.scripted import MakeSession
from tests.test_data_preprocessor import photo, tile
from tests.test_dataset import fill, mix
from workspace import Client

OTHER_JOB = "0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01"


def test_groups_with_all_four_pictures_and_others_are_told(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make(language="en")
    for number in range(4):
        tile(tmp_path / "mj", number)
    tile(tmp_path / "mj", 3, job=OTHER_JOB, seed=77)
    session.show(commands.import_mj(session, client.client_id, [str(tmp_path / "mj")]))
    assert "Added: 5. Already there: 0." in ui.text
    assert "Groups with all four pictures: 1; incomplete: 1." in ui.text


def test_the_same_file_twice_in_one_import_is_named_with_its_twin(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make(language="en")
    first = photo(tmp_path / "in" / "uno.png")
    for number in range(SHOWN_OF_A_KIND + 1):
        shutil.copy(first, tmp_path / "in" / f"z{number}.png")
    result = commands.import_real(session, client.client_id, [str(tmp_path / "in")])
    session.show(result)
    assert "The same file twice, kept once: 4 (z0.png = uno.png, z1.png = uno.png, z2.png = uno.png, …)." in ui.text
    ui.shown.clear()
    session.show(commands.import_real(session, client.client_id, [str(tmp_path / "in")]))
    assert "Added: 0. Already there: 5." in ui.text
    assert "twice" not in ui.text


def test_a_near_duplicate_is_named_with_the_picture_it_is_like(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make()
    photo(tmp_path / "in" / "año.png")
    photo(tmp_path / "in" / "año.webp", size=(180, 120))
    session.show(commands.import_real(session, client.client_id, [str(tmp_path / "in")]))
    assert "Casi iguales a otra imagen: 1, se conservan (año.webp = año.png)." in ui.text


@pytest.mark.parametrize("bad", [MANY_REFUSED, MANY_REFUSED + 1])
def test_of_many_refused_files_a_few_of_each_kind_are_shown_and_all_are_in_the_log(
    make: MakeSession, client: Client, tmp_path: Path, bad: int, caplog: pytest.LogCaptureFixture
) -> None:
    session, ui = make(language="en")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "000.png").write_bytes(b"\0")
    for number in range(1, bad):
        (tmp_path / "in" / f"{number:03}.png").write_text("<html>")
    with caplog.at_level(logging.INFO):
        result = commands.import_real(session, client.client_id, [str(tmp_path / "in")])
    session.show(result)
    shown = [f"{number:03}.png" for number in range(bad) if f"{number:03}.png: " in ui.text]
    if bad > MANY_REFUSED:
        assert shown == ["000.png", "001.png", "002.png", "003.png"]
        assert f"… and {bad - 4} more files" in ui.text
    else:
        assert len(shown) == bad
        assert "more file" not in ui.text
    assert isinstance(table := result.blocks[-1], Table)
    assert table.title == Say("import.refused_title", {"n": bad}, "warn")
    logged = [record.getMessage() for record in caplog.records if record.getMessage().startswith("not taken in")]
    assert len(logged) == bad
    assert logged[1].startswith("not taken in: 001.png: import.not_picture")


def test_what_was_typed_or_put_into_the_dataset_by_hand_outlives_a_renaming(make: MakeSession, client: Client) -> None:
    fill(client, mix(2, 0))
    dataset.prepare(client, settings=Settings())
    (folder,) = client.training_data.iterdir()
    (folder / "mj_0000000000000001.txt").write_bytes("ohwx woman, a mano ñ".encode())
    (folder / "mask.png").write_bytes(b"mine")
    session, ui = make(language="en")
    session.client = client
    session.show(commands.client_rename(session, "ana", "eva"))
    assert session.client is not None and session.client.client_id == "eva"
    assert session.client.record("mj_0000000000000001").caption == Caption(text="ohwx woman, a mano ñ", by="user")
    (saved,) = session.client.output.rglob("mask.png")
    assert saved.read_bytes() == b"mine"
    assert "kept as yours: 1 (e.g. mj_0000000000000001)" in ui.text
    assert str(saved.parent.parent) in ui.text
    assert not list(session.client.training_data.iterdir())


def test_a_renaming_without_anything_by_hand_says_nothing_of_it(make: MakeSession, client: Client) -> None:
    fill(client, mix(2, 0))
    dataset.prepare(client, settings=Settings())
    session, _ui = make()
    assert not commands.client_rename(session, "ana", "eva").warnings
    assert session.client is None
