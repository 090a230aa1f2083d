"""Removal: pictures or an import leave a client without a trace and come back as they were, killed at any moment or not."""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import data_preprocessor
import utils
from avatar.commands import clients as clients_commands
from avatar.commands import importing, removing
from avatar.commands.removing import remove
from avatar.commands.result import plain
from avatar.dataset import caption_store
from avatar.pictures import images_table, import_list
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import words
from avatar.workspace import links, removed
from avatar.workspace.client import Client
from avatar.workspace.records import Caption, Decision, ImageRecord
from avatar.workspace.workspace import Workspace
from config import Settings
from tests.reports.test_contact_sheet import add as add_to
from tests.scripted import MakeSession
from tests.stages.test_data_preprocessor import import_mj, import_real, photo, tile

UNSEEN = {".lock", ".index.json"}


def files_of(client: Client) -> dict[str, bytes]:
    """Return all that a client holds, but for what was removed and for the lock."""
    return {
        path.relative_to(client.folder).as_posix(): path.read_bytes()
        for path in sorted(client.folder.rglob("*"))
        if path.is_file() and path.name not in UNSEEN and removed.FOLDER not in path.relative_to(client.folder).parts
    }


def take(client: Client, *image_ids: str, number: int | None = None) -> removed.Removal:
    return data_preprocessor.remove_pictures(client, settings=Settings(), image_ids=image_ids, import_number=number)


@pytest.fixture
def two_imports(client: Client, tmp_path: Path) -> tuple[list[str], list[str]]:
    """Ids of two MidJourney pictures, import 1, and of two photos, import 2; with crops, a caption and a decision."""
    for number in (0, 1):
        tile(tmp_path / "mj", number)
    mj = import_mj(client, tmp_path / "mj").added
    for seed in (5, 6):
        photo(tmp_path / "wrong folder" / f"holiday {seed}.jpg", seed)
    real = import_real(client, tmp_path / "wrong folder").added
    for image_id, folder in ((mj[0], client.processed), (real[0], client.processed), (real[1], client.rejected)):
        photo(folder / f"{image_id}.png", 9)
    photo(client.processed / f"{real[0]}~half_figure.png", 9)
    record = client.record(real[0])
    decision = Decision(verdict="rejected", by="user", when="2026-01-01")
    client.save_record(record.model_copy(update={"caption": Caption(text="mine", by="user"), "decision": decision}))
    images_table.write_table(client, client.records())
    return mj, real


def test_an_import_leaves_with_all_that_belongs_to_it_and_comes_back_as_it_was(
    client: Client, two_imports: tuple[list[str], list[str]]
) -> None:
    mj, real = two_imports
    before = files_of(client)
    removal = take(client, number=2)
    left = files_of(client)
    assert set(removal.images) == set(real)
    assert [record.image_id for record in client.records()] == sorted(mj)
    assert not [name for name in left if any(image_id in name for image_id in real)]
    assert not [image_id for image_id in real if image_id.encode() in left["metadata/images.csv"]]
    kept = {path.relative_to(removal.folder).as_posix() for path in removal.folder.rglob("*") if path.is_file()}
    assert kept == {removed.NOTE, *(name for name in before if any(image_id in name for image_id in real))}
    returned = data_preprocessor.undo_removal(client)
    assert set(returned.images) == set(real) and returned.there_already == ()
    assert files_of(client) == before
    assert removed.removals(client.folder) == [] and not list(client.removed.iterdir())


def test_removing_a_group_takes_it_out_of_the_groups(client: Client, two_imports: tuple[list[str], list[str]]) -> None:
    mj, _ = two_imports
    take(client, mj[0])
    (group,) = json.loads(client.groups_file.read_bytes()).values()
    assert group["images"] == [mj[1]]
    take(client, mj[1])
    assert json.loads(client.groups_file.read_bytes()) == {}


def test_what_was_removed_can_be_imported_again_and_undo_then_brings_back_the_users_work_alone(
    client: Client, tmp_path: Path, two_imports: tuple[list[str], list[str]]
) -> None:
    _, real = two_imports
    take(client, *real)
    report = import_real(client, tmp_path / "wrong folder")
    assert sorted(report.added) == sorted(real) and report.number == 3
    # As an import of before left it, which gave nothing back.
    client.save_record(client.record(real[0]).model_copy(update={"caption": None, "decision": None}))
    returned = data_preprocessor.undo_removal(client)
    assert returned.images == () and set(returned.there_already) == set(real)
    record = client.record(real[0])
    assert record.caption == Caption(text="mine", by="user") and record.decision is not None and record.decision.by == "user"
    assert removed.removals(client.folder) == []


def test_dropping_deletes_for_good_and_so_does_deleting_the_client(
    client: Client, workspace: Workspace, two_imports: tuple[list[str], list[str]]
) -> None:
    mj, real = two_imports
    first, second = take(client, real[0]), take(client, real[1])
    size = first.bytes + second.bytes
    assert data_preprocessor.drop_removed(client) == (2, size) and not list(client.removed.iterdir())
    with pytest.raises(PipelineError, match="nothing_to_undo"):
        data_preprocessor.undo_removal(client)
    take(client, mj[0])
    deleted = workspace.delete("ana")
    assert list((deleted.folder / removed.FOLDER).rglob("*.png"))
    deleted.remove()
    assert not deleted.folder.exists()


def test_an_export_has_nothing_of_what_was_removed(
    client: Client, workspace: Workspace, tmp_path: Path, two_imports: tuple[list[str], list[str]]
) -> None:
    import zipfile

    take(client, number=2)
    workspace.export("ana", tmp_path / "a.zip", originals=True)
    names = zipfile.ZipFile(tmp_path / "a.zip").namelist()
    assert any("raw_mj/" in name for name in names) and not any(removed.FOLDER in name or "real_" in name for name in names)


def add(client: Client, number: int, verdict: str = "approved") -> ImageRecord:
    """A picture with a crop and an original that need not be read."""
    add_to(client, number, verdict)
    record = client.record(f"mj_{number:016x}")
    client.raw_mj.mkdir(exist_ok=True)
    (client.folder / record.original.stored).write_bytes(b"1")
    return record


class Killed(BaseException):
    """Stands for the end of the process: no handler of the program may take it for an error."""


def kill_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Kill the program before its step-th change of the disk; return how many it has made."""
    count = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            nonlocal count
            if count == step:
                raise Killed
            count += 1
            return original(*args, **named)

        return call

    for owner, name in ((utils, "put_in_place"), (Path, "unlink"), (Path, "rename"), (links, "remove_tree")):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))
    return lambda: count


def killed_everywhere(client: Client, full: Path, act: Callable[[], object]) -> Iterator[tuple[int, dict[str, bytes]]]:
    """Do the same from the same beginning, killed before each of its changes of the disk in turn, the last time not at all.

    full  the beginning: a copy of the client's folder
    Yields how many changes were made, and the client's files once the next that holds it has completed what was begun.
    """
    for step in itertools.count():
        shutil.rmtree(client.folder)
        shutil.copytree(full, client.folder)
        ended = False
        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
            made = kill_at(step, patch)
            act()
            ended = True
        for record in client.records():  # right after the kill
            assert utils.sha256_of(client.original(record)) == record.original.sha256
        data_preprocessor.finish_removals(client)
        yield step, files_of(client)
        if ended:
            assert made() == step
            return


@pytest.mark.parametrize("undoing", [False, True], ids=["removal", "undo"])
def test_a_removal_or_its_undoing_killed_at_any_change_of_the_disk_is_completed_by_the_next_one_that_holds_the_client(
    undoing: bool, client: Client, two_imports: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    full = tmp_path / "full"
    if undoing:
        take(client, number=2)
    shutil.copytree(client.folder, full)

    def act() -> None:
        if undoing:
            data_preprocessor.undo_removal(client)
        else:
            take(client, number=2)

    before = files_of(client)
    act()
    whole = files_of(client)
    step, after = 0, before
    for step, after in killed_everywhere(client, full, act):
        assert {name: after[name] for name in after if ".tmp" not in name} in (before, whole), step
        assert removed.unfinished(client.folder) == []
    assert after == whole and step > 12


def test_a_killed_removal_is_completed_before_an_import_can_take_its_originals_for_left_over_ones(
    client: Client, two_imports: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    _, real = two_imports
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(removed, "move", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            take(client, number=2)
    client.record_file(real[0]).unlink()  # as a kill between the record and its original leaves it
    photo(tmp_path / "new.jpg", 77)
    report = import_real(client, tmp_path / "new.jpg")
    assert len(report.added) == 1
    assert not {*real} & {record.image_id for record in client.records()}


def test_the_same_command_typed_again_after_a_kill_removes_nothing_else(
    client: Client, two_imports: tuple[list[str], list[str]], make: MakeSession
) -> None:
    session, _ = make()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(removed, "move", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            remove(session, "ana", images=["1"])
    result = remove(session, "ana", images=["1"])
    assert result.blocks[0].key == "remove.resumed"  # type: ignore[union-attr]
    assert len(client.records()) == 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(removed, "move", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            remove(session, "ana", images=["1"])
    clients_commands.tidy(session, "ana")  # as every start does
    assert len(client.records()) == 2
    assert remove(session, "ana", images=["1"]).blocks[0].key == "remove.resumed"  # type: ignore[union-attr]
    assert len(client.records()) == 2


def test_imports_have_numbers_that_stay_and_a_killed_one_has_its_own(
    client: Client, two_imports: tuple[list[str], list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mj, real = two_imports
    told = {item.number: (item.source, item.given, set(item.images)) for item in import_list.imports(client)}
    assert told == {1: ("mj", ("mj",), set(mj)), 2: ("real", ("wrong folder",), set(real))}
    assert import_real(client, tmp_path / "wrong folder").number == 0  # nothing new: no import
    photo(tmp_path / "c.jpg", 31)
    monkeypatch.setattr(import_list, "end", lambda *_: None)
    third = import_real(client, tmp_path / "c.jpg").added
    monkeypatch.undo()
    assert import_list.imports(client)[-1].images == tuple(third)
    photo(tmp_path / "d.jpg", 32)
    fourth = import_real(client, tmp_path / "d.jpg")
    assert fourth.number == 4
    assert [(item.number, set(item.images)) for item in import_list.imports(client)[2:]] == [
        (3, set(third)), (4, set(fourth.added)),
    ]  # fmt: skip


def test_pictures_of_before_imports_had_numbers_are_import_0(client: Client, tmp_path: Path) -> None:
    early = add(client, 3).image_id
    assert [(item.number, item.images) for item in import_list.imports(client)] == [(0, (early,))]
    photo(tmp_path / "c.jpg", 31)
    new = import_real(client, tmp_path / "c.jpg")
    assert [(item.number, item.images) for item in import_list.imports(client)] == [(0, (early,)), (1, tuple(new.added))]
    with pytest.raises(PipelineError) as caught:
        take(client, number=7)
    assert caught.value.values == {"n": 7, "known": "0, 1"}


def looks_like(client: Client, record: ImageRecord, phash: str, near: str | None) -> None:
    picture = record.picture.model_copy(update={"phash": phash})
    client.save_record(record.model_copy(update={"picture": picture, "near_duplicate_of": near}))


def test_what_was_a_duplicate_of_a_removed_picture_is_one_of_another_or_of_none(client: Client) -> None:
    first, second, third = (add(client, number).image_id for number in (1, 2, 3))
    looks_like(client, client.record(first), "0000000000000000", None)
    looks_like(client, client.record(second), "0000000000000001", first)
    looks_like(client, client.record(third), "0000000000000003", first)
    take(client, first)
    near = {client.record(second).near_duplicate_of, client.record(third).near_duplicate_of}
    assert near in ({None, second}, {None, third})  # one of the two is the picture, the other its duplicate
    data_preprocessor.undo_removal(client)
    assert [client.record(image_id).near_duplicate_of for image_id in (first, second, third)] == [None, first, first]


def test_a_caption_edited_in_training_data_leaves_with_its_picture_and_the_dataset_is_out_of_date(
    client: Client, make: MakeSession
) -> None:
    session, _ = make()
    ids = [add(client, number, verdict="approved").image_id for number in (1, 2, 3)]
    data_preprocessor.prepare_dataset(client, settings=Settings())
    (written,) = client.training_data.rglob(f"{ids[0]}.txt")
    written.write_text("ohwx woman, in my own words", encoding="utf-8")
    result = remove(session, "ana", images=[ids[0]])
    assert [warning.key for warning in result.warnings] == ["remove.in_dataset"]
    assert clients_commands.status(session, "ana").value.stage("prepare").state == "outdated"  # type: ignore[union-attr]
    data_preprocessor.prepare_dataset(client, settings=Settings())
    assert not list(client.training_data.rglob(f"{ids[0]}*"))
    data_preprocessor.undo_removal(client)
    assert client.record(ids[0]).caption == Caption(text="ohwx woman, in my own words", by="user")
    rows = caption_store.caption_rows(client, client.records(), Settings())
    assert {row.image_id for row in rows} == set(ids)


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling",
    [
        "3",
        "holiday 5.jpg",
        "HOLIDAY 5",
        "/somewhere/holiday 5.jpg",
        "C:\\x\\Holiday 5.JPG",
        "{id}",
        "{id}.png",
        "{id}~half_figure.png",
    ],
)
def test_a_picture_can_be_named_in_many_ways(
    spelling: str, client: Client, two_imports: tuple[list[str], list[str]], make: MakeSession
) -> None:
    session, _ = make()
    wanted = next(record.image_id for record in client.records() if record.original.name == "holiday 5.jpg")
    result = remove(session, "ana", images=[spelling.format(id=wanted)])
    assert result.value["image_ids"] == [wanted]


def test_names_that_are_no_pictures_or_several_are_refused_before_anything_is_done(client: Client, make: MakeSession) -> None:
    session, _ = make()
    for number, name in ((1, "a.png"), (2, "a.jpg"), (3, "b, c.png")):
        record = add(client, number)
        client.save_record(record.model_copy(update={"original": record.original.model_copy(update={"name": name})}))
    for words_, key in ((["1", "nobody.png"], "bad_number"), (["a"], "same_name"), (["4"], "bad_number")):
        with pytest.raises(PipelineError, match=key):
            remove(session, "ana", images=words_)
    assert len(client.records()) == 3 and not client.removed.exists()
    assert remove(session, "ana", images=["b, c.png"]).value["names"] == ["b, c.png"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_result_says_where_the_pictures_are_what_they_take_and_how_they_come_back(
    language: str, client: Client, two_imports: tuple[list[str], list[str]], make: MakeSession
) -> None:
    session, _ = make(language=language)
    result = remove(session, "ana", import_number=2)
    told = " ".join(words(block, language) for block in result.blocks)  # type: ignore[arg-type]
    assert str(client.removed / "1") in told and "MB" in told and "holiday 5.jpg" in told
    assert "remove ana --undo" in told and "remove ana --drop" in told
    assert result.value["bytes"] > 0 and result.value["imports"] == [2]
    shown = clients_commands.client_show(session, "ana")
    assert [item["number"] for item in plain(shown.value)["state"]["imports"]] == [1]
    listed = removing.overview(client)
    assert listed.value["removals"][0]["image_ids"] == result.value["image_ids"]


def test_the_number_of_an_import_is_told_by_its_own_result_and_by_the_status(
    client: Client, tmp_path: Path, make: MakeSession
) -> None:
    session, _ = make(language="en")
    photo(tmp_path / "in" / "a.jpg", 1)
    result = importing.import_real(session, "ana", [str(tmp_path / "in")])
    assert "remove ana --import 1" in " ".join(words(block, "en") for block in result.blocks if isinstance(block, Text))
    assert result.value.number == 1
    status = clients_commands.status(session, "ana")
    assert any("1 (real photos, 1 picture)" in words(block, "en") for block in status.blocks if isinstance(block, Text))


def test_a_note_that_names_files_of_others_moves_none(client: Client, two_imports: tuple[list[str], list[str]]) -> None:
    _, real = two_imports
    removal = take(client, real[0])
    for name in ("client.json", "../eva/client.json", "raw_mj/../client.json", "metadata/images/..", "/etc/passwd"):
        note = json.loads((removal.folder / removed.NOTE).read_bytes())
        utils.write_json(removal.folder / removed.NOTE, {**note, "files": [name], "state": "leaving"})
        assert removed.removals(client.folder) == []
        with client.lock("import"):
            assert client.info_file.is_file()


def test_the_sheets_and_the_page_of_the_review_lose_removed_pictures_too(client: Client, make: MakeSession) -> None:
    from avatar.commands import review

    session, _ = make()
    ids = [add(client, number, verdict="approved").image_id for number in (1, 2)]
    review.review(session, "ana")
    assert ids[0] in (client.output / "review.html").read_text(encoding="utf-8")
    remove(session, "ana", images=ids[:1])
    page = (client.output / "review.html").read_text(encoding="utf-8")
    assert ids[0] not in page and ids[1] in page
    remove(session, "ana", images=ids[1:])
    assert ids[1] not in (client.output / "review.html").read_text(encoding="utf-8")
    assert not list(client.output.glob("approved_*.png"))


def test_a_folder_of_other_pictures_imported_as_midjourneys_is_named_with_the_way_back(client: Client, tmp_path: Path) -> None:
    for seed in (1, 2):
        photo(tmp_path / "photos" / f"IMG_{seed}.jpg", seed)
    (warning,) = [w for w in import_mj(client, tmp_path / "photos").warnings if w.key == "import.nothing_of_midjourney"]
    assert "remove ana --import 1" in words(warning, "es")
    tile(tmp_path / "mj", 0)
    photo(tmp_path / "mj" / "IMG_3.jpg", 3)
    assert not [w for w in import_mj(client, tmp_path / "mj").warnings if w.key == "import.nothing_of_midjourney"]
    photo(tmp_path / "typed.jpg", 4)
    typed = import_mj(client, tmp_path / "typed.jpg", typed_prompt="a woman --v 7")
    assert [w for w in typed.warnings if w.key == "import.nothing_of_midjourney"]
