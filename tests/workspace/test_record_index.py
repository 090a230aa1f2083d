"""What is remembered of records is never trusted over them: it is used only while nothing that counts has changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

import config
import utils
from avatar.texts.text import PipelineError
from avatar.workspace import record_index
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord
from tests.dataset.test_training_folder import mix, picture
from tests.places import ROOT, program_modules


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the records that were read from disk; every file counts as settled at once."""
    seen: list[str] = []
    original = Client.each_record

    def each_record(self: Client, only: Iterable[str] | None = None) -> Iterator[ImageRecord]:
        for record in original(self, only):
            seen.append(record.image_id)
            yield record

    monkeypatch.setattr(Client, "each_record", each_record)
    monkeypatch.setattr(record_index, "SETTLED_S", -3600.0)
    return seen


def ask(client: Client, question: object = "q", **beside: str) -> dict[str, list[object]]:
    return record_index.facts(client, question, lambda record, there: [record.original.name, there], beside)


def index(client: Client) -> Path:
    return client.images.parent / record_index.FILE_NAME


def test_each_record_is_read_once_and_what_it_told_comes_in_order_of_image_id(client: Client, read: list[str]) -> None:
    for record in reversed(mix(3, 2)):
        client.save_record(record)
    first = ask(client)
    assert list(first) == sorted(read) and len(read) == 5
    assert first["mj_0000000000000001"] == ["1.png", ""]
    assert ask(client) == first
    assert len(read) == 5


def test_only_what_changed_is_read_again(client: Client, read: list[str]) -> None:
    records = mix(3, 0)
    for record in records:
        client.save_record(record)
    ask(client)
    read.clear()
    # As long as before, and at the same time: only the inode tells, since every write makes a new file.
    path = client.record_file(records[1].image_id)
    before = path.stat()
    text = path.read_text(encoding="utf-8").replace('"1.png"', '"9.png"')
    utils.write_atomic(path, text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    client.save_record(picture("mj", 7))
    client.record_file(records[2].image_id).unlink()
    found = ask(client)
    assert found == {"mj_0000000000000000": ["0.png", ""], "mj_0000000000000001": ["9.png", ""],
                     "mj_0000000000000007": ["7.png", ""]}  # fmt: skip
    assert sorted(read) == ["mj_0000000000000001", "mj_0000000000000007"]
    assert set(json.loads(index(client).read_bytes().partition(b"\n")[2])) == set(found)


def test_another_question_or_program_reads_everything_and_another_file_beside_only_its_picture(
    client: Client, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for record in mix(3, 0):
        client.save_record(record)
    ask(client)
    read.clear()
    assert ask(client, mj_0000000000000001="crop.png")["mj_0000000000000001"] == ["1.png", "crop.png"]
    assert read == ["mj_0000000000000001"]
    ask(client, "another")
    assert len(read) == 4
    monkeypatch.setattr(record_index, "_program", lambda: ["new"])
    ask(client, "another")
    assert len(read) == 7


def test_a_change_in_any_module_of_the_program_makes_it_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = [tmp_path / "utils.py", tmp_path / "avatar" / "faces" / "quality.py", tmp_path / "avatar" / "__init__.py"]
    for module in modules:
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text("", encoding="utf-8")
    monkeypatch.setattr(config, "PROGRAM_DIR", tmp_path)
    before = record_index._program.__wrapped__()
    assert len(before) == 3
    for module in modules:
        module.write_text(module.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
        after = record_index._program.__wrapped__()
        assert after != before
        before = after


def test_every_module_of_this_program_counts() -> None:
    told = {str(path) for path, _, _ in record_index._program.__wrapped__()}
    assert told == {path.relative_to(ROOT).as_posix() for path in program_modules()}


def test_what_changed_a_moment_ago_is_read_again_until_its_time_tells(
    client: Client, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.save_record(picture("mj", 1))
    monkeypatch.setattr(record_index, "SETTLED_S", 3600.0)
    ask(client)
    ask(client)
    assert len(read) == 2


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def forge(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"1.png", b"2.png"))


def fold(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def scribble(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\n{}")


@pytest.mark.parametrize("damage", [cut, forge, fold, empty, scribble])
def test_a_broken_index_costs_time_and_nothing_else(client: Client, read: list[str], damage: Callable[[Path], object]) -> None:
    client.save_record(picture("mj", 1))
    first = ask(client)
    damage(index(client))
    assert ask(client) == first
    assert len(read) == 2


def test_an_index_that_cannot_be_written_is_done_without(
    client: Client, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.save_record(picture("mj", 1))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "read only")

    monkeypatch.setattr(utils, "write_atomic", refuse)
    assert ask(client) == {"mj_0000000000000001": ["1.png", ""]}
    assert not index(client).exists()


def test_a_broken_record_is_named_and_not_remembered(client: Client, read: list[str]) -> None:
    client.save_record(picture("mj", 1))
    ask(client)
    client.record_file("mj_0000000000000001").write_text("{", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(PipelineError, match=r"record\.invalid"):
            ask(client)


def test_a_client_without_records_has_nothing_to_remember(client: Client) -> None:
    assert ask(client) == {}
    client.images.rmdir()
    assert ask(client) == {}
    assert not index(client).exists()
