"""Import: everything known is kept, nothing is lost, and a repeat after any interruption ends in the same state."""

from __future__ import annotations

import contextlib
import csv
import errno
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from PIL.BmpImagePlugin import BmpImageFile

import data_preprocessor
import utils
from avatar.commands import demo_pictures, importing
from avatar.pictures import decode, describe, images_table, import_job, intake, kinds
from avatar.pictures import groups as import_groups
from avatar.pictures.import_job import ImportReport
from avatar.pictures.loaded import Loaded
from avatar.pictures.sources import Sources, stored_name
from avatar.system import shortage
from avatar.texts import translate
from avatar.texts.setting_errors import SettingError
from avatar.texts.text import PipelineError, Text
from avatar.workspace import picture_numbers
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord
from avatar.workspace.settings import load_settings
from avatar.workspace.workspace import Workspace
from config import ImportConfig, Settings
from tests.children import child_command

JOB = "9488ab2e-2c11-4bea-8bfc-62c32a8f5f97"
PROMPT = "studio portrait of Zoë, confident smile"


def photo(path: Path, seed: int = 0, size: tuple[int, int] = (90, 60)) -> Path:
    """Write a picture of coarse noise: every seed looks different."""
    noise = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def tile(folder: Path, number: int, *, job: str = JOB, seed: int | None = None, embedded: bool = True) -> Path:
    chunks = PngImagePlugin.PngInfo()
    if embedded:
        description = f"{PROMPT} --ar 3:2 --ow 160 --v 7 Job ID: {job}"
        chunks.add(b"tEXt", b"Description\0" + description.encode("utf-8"))
        chunks.add_text("Author", "ana_b")
        chunks.add_text("Creation Time", "Fri, 06 Jun 2025 12:06:12 GMT")
    path = folder / f"ana_b_studio_portrait_of_Zo_confident_smile_--ar_32_--ow_1_{job}_{number}.png"
    noise = np.random.default_rng(number if seed is None else seed).integers(0, 255, (8, 8, 3), np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(noise).resize((90, 60), Image.Resampling.BICUBIC).save(path, pnginfo=chunks)
    return path


def import_mj(client: Client, *paths: Path | str, **options: str) -> import_job.ImportReport:
    return data_preprocessor.import_midjourney(client, paths, settings=Settings(), **options)  # type: ignore[arg-type]


def import_real(client: Client, *paths: Path | str, limits: ImportConfig | None = None) -> import_job.ImportReport:
    return data_preprocessor.import_photos(client, paths, settings=Settings(imports=limits or ImportConfig()))


def state_of(client: Client) -> dict[str, object]:
    """Return everything that an import leaves, without times."""
    stored = {path.name: utils.sha256_of(path) for folder in (client.raw_mj, client.raw_real) for path in folder.iterdir()}
    records = {r.image_id: r.model_copy(update={"original": r.original.model_copy(update={"imported_at": ""})})
               for r in client.records()}  # fmt: skip
    return {"stored": stored, "records": records, "table": client.table_file.read_bytes(),
            "groups": client.groups_file.read_bytes()}  # fmt: skip


def test_pictures_are_numbered_the_same_however_long_an_import_takes(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count()
    monkeypatch.setattr(utils, "now", lambda later_s=0.0: f"2026-01-01T00:00:{next(seconds):02d}+00:00")  # a second for each
    for number, name in enumerate(("b/1.png", "a/2.png", "c/0.png")):
        photo(tmp_path / "in" / name, number)
    import_real(client, tmp_path / "in")
    numbers = picture_numbers.numbers(client.records())
    assert {record.original.name: numbers[record.image_id] for record in client.records()} == {
        "0.png": 1,
        "1.png": 2,
        "2.png": 3,
    }


def test_a_midjourney_picture_keeps_all_that_is_known_of_it(client: Client, tmp_path: Path) -> None:
    source = tile(tmp_path / "descargas ñ", 2)
    report = import_mj(client, tmp_path / "descargas ñ")
    assert report.prompts_from == {"embedded": 1, "group": 0, "filename": 0, "typed": 0, "none": 0}
    (record,) = client.records()
    about = record.midjourney
    assert about is not None
    assert (about.prompt, about.job_id, about.tile, about.author) == (PROMPT, JOB, 2, "ana_b")
    assert {name: p.text for name, p in about.parameters.items()} == {"ar": "3:2", "ow": "160", "v": "7"}
    assert (about.evidence, about.created_at) == ("embedded", "2025-06-06T12:06:12+00:00")
    assert record.image_id == f"mj_{utils.sha256_of(source)[:16]}"
    assert record.original.name == source.name
    assert client.original(record).read_bytes() == source.read_bytes()
    assert [trait.value for trait in record.traits.lighting] == ["studio"]
    assert [trait.value for trait in record.traits.expression] == ["confident"]


def test_without_metadata_the_name_speaks_and_a_typed_prompt_completes_it(client: Client, tmp_path: Path) -> None:
    tile(tmp_path, 0, embedded=False)
    report = import_mj(client, tmp_path)
    assert report.prompts_from["filename"] == 1
    (record,) = client.records()
    assert record.midjourney is not None
    assert (record.midjourney.job_id, record.midjourney.tile, record.midjourney.evidence) == (JOB, 0, "filename")
    assert import_groups.set_group_prompt(client, JOB, "portrait of Zoë, dramatic lighting --v 6.1")[0] == 1
    about = client.records()[0].midjourney
    assert about is not None
    assert (about.prompt, about.evidence, about.parameters["v"].text) == ("portrait of Zoë, dramatic lighting", "typed", "6.1")
    assert [trait.value for trait in client.records()[0].traits.lighting] == ["dramatic"]


def test_a_typed_prompt_stands_beside_embedded_data_and_never_over_it(client: Client, tmp_path: Path) -> None:
    tile(tmp_path, 1)
    import_mj(client, tmp_path, typed_prompt="something else")
    about = client.records()[0].midjourney
    assert about is not None
    assert (about.prompt, about.typed_prompt, about.evidence) == (PROMPT, "something else", "embedded")


def test_a_master_prompt_is_kept_with_the_client(client: Client) -> None:
    import_groups.set_master_prompt(client, "  portrait of\n a woman ")
    assert client.info().master_prompt == "portrait of a woman"


def test_a_prompt_for_a_group_that_is_not_there_is_refused(client: Client) -> None:
    with pytest.raises(PipelineError) as caught:
        import_groups.set_group_prompt(client, JOB, "x")
    assert caught.value.key == "prompt.no_group"


def test_tiles_of_one_job_are_one_group_and_told_when_complete(client: Client, tmp_path: Path) -> None:
    other = "0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01"
    for number in range(4):
        tile(tmp_path, number)
    tile(tmp_path, 3, job=other, seed=77)
    report = import_mj(client, tmp_path)
    assert (report.groups_complete, report.groups_incomplete) == (1, 1)
    found = {group.job_id: group for group in import_groups.groups(client)}
    assert found[JOB].tiles == [0, 1, 2, 3] and found[JOB].complete and found[JOB].prompt == PROMPT
    assert found[other].tiles == [3] and not found[other].complete
    saved = json.loads(client.groups_file.read_text(encoding="utf-8"))
    assert saved[JOB]["tiles"] == [0, 1, 2, 3]


def test_the_same_bytes_are_one_picture_whatever_their_name_and_source(client: Client, tmp_path: Path) -> None:
    first = photo(tmp_path / "a" / "uno.png")
    shutil.copy(first, tmp_path / "a" / "dos.png")
    report = import_real(client, tmp_path / "a")
    assert (len(report.added), report.already_there) == (1, [])
    report = import_real(client, tmp_path / "a")
    assert (report.added, len(report.already_there)) == ([], 2)
    report = import_mj(client, first)
    assert (report.added, report.other_source) == ([], [client.records()[0].image_id])
    assert len(client.records()) == 1
    assert len(list(client.raw_real.iterdir())) == 1 and not list(client.raw_mj.iterdir())


def test_a_resized_copy_is_taken_in_and_named_as_near_duplicate(client: Client, tmp_path: Path) -> None:
    first = photo(tmp_path / "a.png", 5, (400, 300))
    with Image.open(first) as picture:
        picture.resize((200, 150)).save(tmp_path / "b.jpg", quality=80)
    photo(tmp_path / "c.png", 6, (400, 300))
    report = import_real(client, tmp_path)
    assert len(report.added) == 3
    assert list(report.near_duplicates.values()) == [f"real_{utils.sha256_of(first)[:16]}"]


def test_pictures_of_one_colour_are_no_duplicates_of_each_other(client: Client, tmp_path: Path) -> None:
    for shade in (90, 160):
        Image.new("RGB", (60, 60), (shade, shade, shade)).save(tmp_path / f"{shade}.png")
    assert import_real(client, tmp_path).near_duplicates == {}


def test_bad_files_are_refused_with_their_reason_and_the_others_go_on(client: Client, tmp_path: Path) -> None:
    photo(tmp_path / "buena.png")
    (tmp_path / "vacía.jpg").touch()
    (tmp_path / "página.png").write_text("<!DOCTYPE html>", encoding="utf-8")
    (tmp_path / "._buena.png").write_bytes(b"\0\x05\x16\x07")
    (tmp_path / "notas.txt").write_text("x", encoding="utf-8")
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (900, 900, 3), np.uint8))
    noise.save(tmp_path / "cortada.jpg", quality=95)
    whole = (tmp_path / "cortada.jpg").read_bytes()
    kept = whole[: len(whole) * 2 // 3]
    (tmp_path / "cortada.jpg").write_bytes(kept)
    (tmp_path / "rellena.jpg").write_bytes(kept + bytes(len(whole) - len(kept)))
    (tmp_path / "cerrada.jpg").write_bytes(kept + b"\xff\xd9")
    report = import_real(client, tmp_path)
    assert len(report.added) == 1
    reasons = {item.name: item.text.key for item in report.refused}
    assert reasons == {
        "vacía.jpg": "import.empty", "página.png": "import.not_picture", "cortada.jpg": "import.truncated",
        "rellena.jpg": "import.zeros", "cerrada.jpg": "import.truncated",
    }  # fmt: skip
    assert [item.text.values["name"] for item in report.refused] == [item.name for item in report.refused]
    assert [path.name for path in client.raw_real.iterdir()] == [f"{report.added[0]}_buena.png"]


def test_originals_are_never_touched(client: Client, tmp_path: Path) -> None:
    for number in range(3):
        photo(tmp_path / "in" / f"{number}.png", number)
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (tmp_path / "in").iterdir()}
    import_real(client, tmp_path / "in")
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (tmp_path / "in").iterdir()} == before


def test_folders_are_searched_to_the_bottom_and_links_not_followed(client: Client, tmp_path: Path) -> None:
    photo(tmp_path / "in" / "año 2025" / "playa 🎉" / "1.png", 1)
    photo(tmp_path / "elsewhere" / "2.png", 2)
    photo(tmp_path / "in" / ".cache" / "3.png", 3)
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in", target_is_directory=True)
    (tmp_path / "in" / "out").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "in" / "2.png").symlink_to(tmp_path / "elsewhere" / "2.png")
    assert len(import_real(client, tmp_path / "in").added) == 1


def test_a_zip_gives_its_pictures_and_no_member_leaves_the_folder(client: Client, tmp_path: Path) -> None:
    picture = photo(tmp_path / "x.png", 1)
    with zipfile.ZipFile(tmp_path / "fotos.zip", "w") as archive:
        archive.write(picture, "../../../evil.png")
        archive.write(photo(tmp_path / "y.png", 2), "carpeta ñ\\dos.png")
        archive.write(picture, "__MACOSX/._x.png")
        archive.writestr("readme.txt", "no picture")
    (tmp_path / "x.png").unlink()
    (tmp_path / "y.png").unlink()
    report = import_real(client, tmp_path / "fotos.zip")
    assert sorted(client.record(i).original.name for i in report.added) == ["dos.png", "evil.png"]
    assert not list(tmp_path.parent.glob("evil.png")) and report.refused == []


def test_a_zip_bomb_a_broken_and_a_locked_zip_are_refused(client: Client, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.png", b"\0" * 20_000_000)
        archive.writestr("ok.png", photo(tmp_path / "ok.png", 1).read_bytes())
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 nothing")
    report = import_real(client, tmp_path / "bomb.zip", tmp_path / "broken.zip")
    assert {item.name: item.text.key for item in report.refused} == {
        "zeros.png": "import.archive_bomb", "broken.zip": "import.bad_archive",
    }  # fmt: skip
    assert len(report.added) == 1


def test_a_missing_path_and_an_empty_folder_are_told(client: Client, tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        import_real(client, tmp_path / "no")
    assert caught.value.key == "import.no_path"
    (tmp_path / "empty").mkdir()
    with pytest.raises(PipelineError) as caught:
        import_real(client, tmp_path / "empty")
    assert caught.value.key == "import.nothing_found"


def test_a_name_that_is_no_text_and_a_broken_archive_stop_nothing(client: Client, tmp_path: Path) -> None:
    photo(tmp_path / "in" / "a.png", 1)
    with contextlib.suppress(OSError):  # Windows and macOS have no such names
        (tmp_path / "in" / "a.png").rename(
            os.fsencode(str(tmp_path / "in")).decode("utf-8", "surrogateescape") + "/foto_\udcff.png"
        )
    archive = tmp_path / "in" / "b.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as handle:
        handle.writestr("x.bmp", np.random.default_rng(0).integers(0, 99, 5000, np.uint8).tobytes())
    content = bytearray(archive.read_bytes())
    content[36:40] = b"\xff\xfe\xfd\xfc"
    archive.write_bytes(content)
    report = import_real(client, tmp_path / "in")
    assert len(report.added) == 1
    assert [(item.name, item.text.key) for item in report.refused] == [("x.bmp", "import.bad_archive")]
    (record,) = client.records()
    assert "\udcff" not in record.original.name and client.original(record).is_file()


def test_an_original_without_a_record_gets_one_even_if_its_source_is_gone(client: Client, tmp_path: Path) -> None:
    tile(tmp_path / "in", 2)
    import_mj(client, tmp_path / "in")
    (before,) = client.records()
    client.record_file(before.image_id).unlink()
    shutil.rmtree(tmp_path / "in")
    report = import_mj(client, tile(tmp_path / "other", 3))
    assert len(report.added) == 2 and before.image_id in report.added
    after = client.record(before.image_id)
    assert (after.original.sha256, after.original.stored) == (before.original.sha256, before.original.stored)
    assert after.midjourney == before.midjourney  # the uuid and the tile are still in the stored name
    assert len(list(client.raw_mj.iterdir())) == 2


@pytest.mark.parametrize("first", ["embedded", "saved anew"])
def test_a_tile_that_lost_its_metadata_has_the_prompt_of_its_job_whichever_came_first(
    client: Client, tmp_path: Path, first: str
) -> None:
    whole, bare = tile(tmp_path / "a", 0), tile(tmp_path / "b", 3, embedded=False)
    one, other = (whole, bare) if first == "embedded" else (bare, whole)
    import_mj(client, one)
    report = import_mj(client, other)
    assert report.prompts_from[("group" if first == "embedded" else "embedded")] == 1
    about = {found.tile: found for record in client.records() if (found := record.midjourney)}
    assert (about[3].prompt, about[3].evidence, about[3].author) == (PROMPT, "embedded", None)
    assert about[3].told_by == f"mj_{utils.sha256_of(whole)[:16]}" and about[0].told_by is None
    assert about[3].parameters == about[0].parameters
    assert [[trait.value for trait in record.traits.expression] for record in client.records()] == [["confident"]] * 2
    assert json.loads(client.groups_file.read_text(encoding="utf-8"))[JOB]["prompt"] == PROMPT
    before = state_of(client)
    assert import_mj(client, one, other).prompts_from == dict.fromkeys(import_job.PROMPTS_FROM, 0)
    assert state_of(client) == before


def test_what_is_typed_for_other_pictures_is_not_said_of_an_original_without_a_record(client: Client, tmp_path: Path) -> None:
    import_mj(client, tile(tmp_path / "in", 2, embedded=False))
    (before,) = client.records()
    client.record_file(before.image_id).unlink()
    shutil.rmtree(tmp_path / "in")
    import_mj(client, tile(tmp_path / "other", 3, embedded=False), typed_prompt="a man in a hat")
    typed = {record.image_id: record.midjourney and record.midjourney.typed_prompt for record in client.records()}
    assert typed.pop(before.image_id) is None
    assert list(typed.values()) == ["a man in a hat"]


def test_a_prompt_typed_with_an_import_and_with_its_repetition_gives_the_same_record(client: Client, tmp_path: Path) -> None:
    first, second = tile(tmp_path, 0, embedded=False), tile(tmp_path, 1, embedded=False)
    words = "a man,\n  in a hat --v 6 --wings"
    import_mj(client, first, typed_prompt=words)
    import_mj(client, second)
    report = import_mj(client, first, second, typed_prompt=words)
    assert (report.added, len(report.already_there)) == ([], 2)
    one, other = (record.midjourney for record in client.records())
    assert one is not None and other is not None
    assert one == other.model_copy(update={"tile": one.tile})
    assert (one.prompt, one.typed_prompt) == ("a man, in a hat", "a man, in a hat --v 6 --wings")


def test_a_folder_or_a_locked_file_in_an_originals_place_is_refused_and_the_others_go_on(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = photo(client.raw_real / "real_0123456789abcdef_locked.png")
    (client.raw_real / "real_0123456789abcdef_folder.png").mkdir(parents=True)
    sha256_of = utils.sha256_of

    def refusing(path: Path) -> str:
        if path == locked:
            raise PermissionError(13, "used by another process", str(path))
        return sha256_of(path)

    monkeypatch.setattr(utils, "sha256_of", refusing)
    report = import_real(client, photo(tmp_path / "x.png", 1))
    assert len(report.added) == 1 and len(client.records()) == 1
    assert {item.name: item.text.key for item in report.refused} == {
        "real_0123456789abcdef_folder.png": "import.unreadable", "real_0123456789abcdef_locked.png": "import.unreadable",
    }  # fmt: skip


def test_what_is_in_a_raw_folder_but_no_copy_of_ours_is_left_alone(client: Client, tmp_path: Path) -> None:
    stranger = photo(client.raw_real / "mía.png", 4)
    changed = photo(client.raw_real / "real_0123456789abcdef_x.png", 5)
    import_real(client, photo(tmp_path / "x.png", 1))
    assert stranger.is_file() and changed.is_file() and len(client.records()) == 1


def test_an_original_that_somebody_deleted_is_put_back(client: Client, tmp_path: Path) -> None:
    source = photo(tmp_path / "x.png", 1)
    import_real(client, source)
    (record,) = client.records()
    client.original(record).unlink()
    assert import_real(client, source).already_there == [record.image_id]
    assert client.original(record).read_bytes() == source.read_bytes()


def test_what_is_there_already_is_not_copied_again(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = photo(tmp_path / "x.png", 1)
    import_real(client, source)
    monkeypatch.setattr(os, "fsync", lambda *_: None)
    monkeypatch.setattr(describe, "describe", lambda *_: pytest.fail("described again"))
    before = client.raw_real.stat().st_mtime_ns
    assert len(import_real(client, source).already_there) == 1
    assert client.raw_real.stat().st_mtime_ns == before


def test_a_file_that_cannot_be_moved_into_place_is_refused_and_the_others_go_on(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        photo(tmp_path / "in" / f"{number}.png", number)
    real = Path.replace

    def held(self: Path, target: Path) -> Path:
        if target.name.endswith("_1.png"):
            raise PermissionError(13, "used by another program")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    report = import_real(client, tmp_path / "in")
    assert (len(report.added), [(item.name, item.text.key) for item in report.refused]) == (2, [("1.png", "import.unreadable")])
    assert len(list(client.raw_real.iterdir())) == 2


def test_a_record_is_never_there_before_its_file(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.replace
    seen: list[bool] = []

    def watched(self: Path, target: Path) -> Path:
        if target.parent == client.images:
            record = ImageRecord.model_validate_json(self.read_bytes())
            seen.append(utils.sha256_of(client.original(record)) == record.original.sha256)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    import_real(client, photo(tmp_path / "x.png", 1))
    assert seen == [True]


def test_the_distance_of_near_duplicates_is_a_setting(client: Client, tmp_path: Path) -> None:
    for seed in (1, 2):
        photo(tmp_path / f"{seed}.png", seed)
    assert len(import_real(client, tmp_path, limits=ImportConfig(near_duplicate_bits=64)).near_duplicates) == 1


def test_pictures_exactly_at_the_distance_of_near_duplicates_are_near_duplicates(workspace: Workspace, tmp_path: Path) -> None:
    for seed in (1, 2):
        photo(tmp_path / f"{seed}.png", seed)

    def found(client_id: str, bits: int) -> tuple[int, list[str]]:
        """Import both for a new client; return the near duplicates and the perceptual hashes."""
        client = workspace.create(client_id)
        report = import_real(client, tmp_path / "1.png", tmp_path / "2.png", limits=ImportConfig(near_duplicate_bits=bits))
        return len(report.near_duplicates), [record.picture.phash or "" for record in client.records()]

    _, (one, other) = found("measured", 0)
    distance = (int(one, 16) ^ int(other, 16)).bit_count()
    assert found("at", distance)[0] == 1
    assert found("below", distance - 1)[0] == 0


def test_words_for_traits_are_added_by_settings(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"imports": {"trait_words": {"lighting": {"studio": ["ring light"]}}}}', encoding="utf-8")
    own = load_settings(file)
    tile(tmp_path, 0, embedded=False)
    data_preprocessor.import_midjourney(client, [tmp_path], settings=own, typed_prompt="a man, ring light")
    assert [trait.value for trait in client.records()[0].traits.lighting] == ["studio"]
    import_groups.set_group_prompt(client, JOB, "a wise man by a ring light", settings=own)
    traits = client.records()[0].traits
    assert [trait.value for trait in (*traits.lighting, *traits.expression)] == ["studio", "wise"]
    with pytest.raises(SettingError) as caught:
        ImportConfig(trait_words={"light": {}})
    assert [(told.key, told.values["name"], told.values["value"]) for told in caught.value.problems] == [
        ("setting.choice", "trait_words", "light"),
    ]  # fmt: skip


def test_an_import_ends_well_though_the_table_is_open_in_another_program(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tile(tmp_path, 0)
    monkeypatch.setattr(images_table, "write_table", lambda client, records: False)
    report = import_mj(client, tmp_path)
    assert len(report.added) == 1 and report.groups_incomplete == 1
    assert report.warnings == [Text("table.locked", {"path": str(client.table_file)})]
    assert client.groups_file.is_file()


def test_groups_tell_their_parameters_and_the_table_follows_a_typed_prompt(client: Client, tmp_path: Path) -> None:
    tile(tmp_path, 0)
    tile(tmp_path, 1, job="0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01", embedded=False)
    import_mj(client, tmp_path)
    assert json.loads(client.groups_file.read_text(encoding="utf-8"))[JOB]["parameters"] == {"ar": "3:2", "ow": "160", "v": "7"}
    import_groups.set_group_prompt(client, None, "a wise woman")
    images_table.write_table(client, client.records())
    with client.table_file.open(encoding="utf-8-sig", newline="") as handle:
        prompts = {row["evidence"]: row["prompt"] for row in csv.DictReader(handle)}
    assert prompts == {"embedded": PROMPT, "typed": "a wise woman"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a<b>.PNG", "real_x_a_b_.png"), ("..", "real_x_picture"), ("C:\\x\\foto ñ.Jpg", "real_x_foto ñ.jpg"),
     ("x" * 300 + ".jpeg", "real_x_" + "x" * 36 + "~" + "x" * 43 + ".jpeg"), ("trailing. .png", "real_x_trailing.png"),
     ("🎉.png", "real_x_🎉.png")],
)  # fmt: skip
def test_stored_names_are_safe_on_every_system(name: str, expected: str) -> None:
    assert stored_name("real_x", name) == expected


def test_photo_data_of_the_camera_is_kept_and_a_raw_is_a_photo(client: Client, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "R5"
    Image.open(photo(tmp_path / "x.png", 2)).save(tmp_path / "x.jpg", exif=exif)
    (tmp_path / "x.png").unlink()
    small = np.asarray(Image.open(tmp_path / "x.jpg").resize((300, 200)))
    demo_pictures.write_dng(tmp_path / "x.dng", small)
    report = import_real(client, tmp_path)
    assert report.formats == {"RAW": 1, "JPEG": 1}
    assert report.cameras == {"Sensor 1": 1, "R5": 1}
    raw = next(r for r in client.records() if r.picture.format == "RAW")
    assert (raw.picture.width, raw.picture.height, raw.picture.taken_at) == (300, 200, "2025-09-04T10:00:00")
    assert set(raw.analysis) >= {"brightness", "contrast", "warmth"}
    assert raw.midjourney is None


def test_what_had_to_be_done_otherwise_than_usual_is_told_with_the_name(client: Client, tmp_path: Path) -> None:
    photo(tmp_path / "in" / "playa ñ.png").rename(tmp_path / "in" / "playa ñ.jpg")
    photo(tmp_path / "in" / "sierra.png", 2)
    report = import_real(client, tmp_path / "in")
    assert report.warnings == [Text("picture.note.other_type", {"name": "playa ñ.jpg"})]
    for language in ("es", "en"):
        assert translate.text("picture.note.other_type", language, name="playa ñ.jpg").startswith("playa ñ.jpg: ")
    assert import_real(client, tmp_path / "in").warnings == []


def test_the_band_of_ow_in_the_settings_is_the_one_that_is_warned_about(client: Client, tmp_path: Path) -> None:
    report = data_preprocessor.import_midjourney(
        client, [tile(tmp_path, 0)], settings=Settings(imports=ImportConfig(omni_weight_high=159))
    )
    (warning,) = report.warnings
    assert warning.key == "midjourney.ow_band"
    assert "--ow 160 está fuera de 150-159," in translate.words(warning, "es")
    assert import_mj(client, tile(tmp_path, 1)).warnings == []  # 160 is inside the user's band of 150 to 170


def test_a_midjourney_picture_among_photos_is_told(client: Client, tmp_path: Path) -> None:
    tile(tmp_path, 0)
    report = import_real(client, tmp_path)
    assert "import.photo_is_midjourney" in [told.key for told in report.warnings]


def test_a_full_disk_is_told_before_anything_is_copied(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo(tmp_path / "x.png")
    monkeypatch.setattr(import_job, "free_bytes", lambda folder: 1000)
    with pytest.raises(PipelineError) as caught:
        import_real(client, tmp_path)
    assert caught.value.key == "disk.full"
    assert not list(client.raw_real.iterdir())


def test_200_mb_of_the_disk_stay_free_beyond_what_is_copied(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = photo(tmp_path / "x.png").stat().st_size + 200_000_000
    free = [needed - 1]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free[0]))
    with pytest.raises(PipelineError, match=r"disk\.full"):
        import_real(client, tmp_path / "x.png")
    assert not list(client.raw_real.iterdir())
    free[0] = needed
    assert len(import_real(client, tmp_path / "x.png").added) == 1


def test_links_need_no_room_on_the_disk_they_are_on(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    linked = ImportConfig(copy_way="link")
    photo(tmp_path / "in" / "x.png")
    monkeypatch.setattr(import_job, "free_bytes", lambda folder: 1000)
    assert len(import_real(client, tmp_path / "in", limits=linked).added) == 1
    photo(tmp_path / "y.png", 2)
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as archive:
        archive.write(tmp_path / "y.png", "y.png")
    for path, limits in ((tmp_path / "y.zip", linked), (tmp_path / "y.png", ImportConfig(copy_way="clone"))):
        with pytest.raises(PipelineError, match=r"disk\.full"):
            import_real(client, path, limits=limits)
    assert import_real(client, tmp_path / "in", limits=ImportConfig()).already_there  # nothing to copy


def test_a_link_whose_record_was_not_written_any_more_leaves_no_second_link(client: Client, tmp_path: Path) -> None:
    linked = ImportConfig(copy_way="link")
    source = photo(tmp_path / "x.png")
    import_real(client, source, limits=linked)
    (record,) = client.records()
    client.record_file(record.image_id).unlink()
    import_real(client, source, limits=linked)
    assert [path.name for path in client.raw_real.iterdir()] == [f"{record.image_id}_x.png"]
    assert client.original(record).samefile(source)


def test_a_disk_that_fills_up_while_copying_leaves_nothing_half(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        photo(tmp_path / f"{number}.png", number)
    calls: list[int] = []
    real = os.fsync

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 4:  # original and record of the first, original of the second, …
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises((PipelineError, OSError)):
        import_real(client, tmp_path)
    monkeypatch.undo()
    import_real(client, tmp_path)
    fresh = Workspace(tmp_path / "other").create("ana")
    import_real(fresh, *sorted(tmp_path.glob("*.png")))
    assert state_of(client)["stored"] == state_of(fresh)["stored"]


@pytest.mark.parametrize("where", ["copy", "decode"])
def test_too_many_open_files_end_the_import_as_no_fault_of_a_picture_and_the_next_completes_it(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    for number in range(6):
        photo(tmp_path / "in" / f"{number}.jpg", number)
    holder, name = (Sources, "copy_hashed") if where == "copy" else (kinds, "sniff")
    real, calls = getattr(holder, name), itertools.count(1)

    def few(*values: Any) -> Any:
        if next(calls) > 3:
            raise OSError(errno.EMFILE, "Too many open files")
        return real(*values)

    with monkeypatch.context() as patched:
        patched.setattr(holder, name, few)
        with pytest.raises(PipelineError, match=r"system\.few_files"):
            import_real(client, tmp_path / "in")
    assert len(client.records()) == len(list(client.raw_real.iterdir())) < 6
    assert not import_real(client, tmp_path / "in").refused
    assert len(client.records()) == len(list(client.raw_real.iterdir())) == 6


def test_a_computer_that_lets_no_files_be_opened_begins_no_import(client: Client, tmp_path: Path) -> None:
    photo(tmp_path / "in" / "a.jpg")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shortage, "FILES", 1 << 20)
        patched.setattr(shortage, "ENOUGH_FILES", 256)
        with pytest.raises(PipelineError, match=r"system\.few_files"):
            import_real(client, tmp_path / "in")
    assert not client.record_files() and not list(client.raw_real.iterdir())


def import_while(client: Client, folder: Path, deed: Callable[[], object], after: int = 4) -> ImportReport:
    """Import a folder of nine, and do something to the client's files when some of them are in place."""
    for number in range(9):
        photo(folder / f"{number}.jpg", number)

    def progress(done: int, total: int) -> None:
        if done == after:
            deed()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(intake, "UNPLACED", 0)
        return data_preprocessor.import_photos(client, [folder], settings=Settings(), on_progress=progress)


def without_original(client: Client) -> set[str]:
    stored = {path.name[:21] for path in client.raw_real.iterdir()} if client.raw_real.is_dir() else set()
    return {path.stem for path in client.record_files()} - stored


@pytest.mark.parametrize("gone", [".", "raw_real", "metadata/images", "metadata", "client.json"])
def test_a_folder_of_the_client_that_vanishes_during_the_import_is_told_and_no_record_stays_without_its_original(
    client: Client, tmp_path: Path, gone: str
) -> None:
    lost = client.folder / gone
    with pytest.raises(PipelineError, match=r"client\.vanished") as caught:
        import_while(client, tmp_path / "in", lambda: lost.rename(tmp_path / "away"))
    assert str(caught.value.values["path"]).startswith(str(lost)) or gone == "metadata"
    assert not without_original(client) and not list(client.folder.rglob("*.tmp"))
    again = Workspace(client.folder.parent).create("ana") if gone in {".", "client.json"} else client
    import_real(again, tmp_path / "in")
    assert len(again.records()) == len(list(again.raw_real.iterdir())) == 9 and not without_original(again)


def test_the_copy_of_one_picture_that_somebody_deletes_costs_that_picture_and_is_told(client: Client, tmp_path: Path) -> None:
    def quarantine() -> None:
        next(iter(client.raw_real.glob("real_*"))).unlink()

    report = import_while(client, tmp_path / "in", quarantine, after=9)
    assert [refused.text.key for refused in report.refused] == ["import.copy_lost"]
    assert len(report.added) == len(client.records()) == 8 and not without_original(client)
    told = importing._import_result(client, report)
    assert told.error is not None and (told.error.key, told.error.values["n"]) == ("import.not_all", 1)
    assert len(import_real(client, tmp_path / "in").added) == 1


def at_the_fourth(monkeypatch: pytest.MonkeyPatch, happens: Callable[[Path], None]) -> None:
    """Let something happen to the copy of 4.jpg before it is described."""
    real = describe.describe

    def described(job: Any, path: Path, given: describe.Given) -> ImageRecord:
        if given.name == "4.jpg":
            happens(path)
        return real(job, path, given)

    monkeypatch.setattr(describe, "describe", described)


def test_a_temporary_copy_that_a_virus_scanner_takes_away_is_no_unreadable_picture(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_fourth(monkeypatch, lambda path: path.unlink())
    report = import_while(client, tmp_path / "in", lambda: None)
    assert [(one.name, one.text.key) for one in report.refused] == [("4.jpg", "import.copy_lost")] and len(report.added) == 8


def test_records_that_somebody_deletes_during_the_import_are_written_again(client: Client, tmp_path: Path) -> None:
    def wipe() -> None:
        for path in client.images.iterdir():
            path.unlink()

    report = import_while(client, tmp_path / "in", wipe)
    assert len(report.added) == len(client.records()) == 9 and not report.refused


def test_a_picture_without_memory_for_it_makes_the_import_a_problem(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(path: Path) -> None:
        raise PipelineError("import.no_memory", name=path.name)

    at_the_fourth(monkeypatch, short)
    told = importing._import_result(client, import_while(client, tmp_path / "in", lambda: None))
    assert told.error is not None and told.error.key == "import.not_all"


def test_a_client_folder_that_takes_no_more_files_ends_the_import_and_blames_no_picture(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = utils.write_beside
    broken: list[Path] = []

    def read_only(path: Path, *content: object) -> Any:
        if broken:
            broken.append(path)
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return real(path, *content)  # type: ignore[arg-type]

    monkeypatch.setattr(utils, "write_beside", read_only)
    monkeypatch.setattr(Path, "write_bytes", read_only)
    with pytest.raises(OSError, match="Read-only"):
        import_while(client, tmp_path / "in", lambda: broken.append(tmp_path))
    assert len(client.records()) == 4 and len(broken) < 9  # not one after another


def test_progress_counts_every_file(client: Client, tmp_path: Path) -> None:
    for number in range(3):
        photo(tmp_path / f"{number}.png", number)
    seen: list[tuple[int, int]] = []
    data_preprocessor.import_photos(
        client, [tmp_path], settings=Settings(), on_progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_the_table_opens_in_a_spreadsheet_and_runs_no_formula(client: Client, tmp_path: Path) -> None:
    photo(tmp_path / "=HYPERLINK(1).png", 1)
    import_real(client, tmp_path)
    assert client.table_file.read_bytes().startswith(b"\xef\xbb\xbf")
    with client.table_file.open(encoding="utf-8-sig", newline="") as handle:
        (row,) = csv.DictReader(handle)
    assert row["name"] == "'=HYPERLINK(1).png"
    assert (row["source"], row["format"], row["width"]) == ("real", "PNG", "90")


def mixed(folder: Path) -> Path:
    """Write tiles, the same bytes twice, resized copies and broken files."""
    for number in range(12):
        path = tile(folder, number % 4, job=f"{number // 4:08x}-2c11-4bea-8bfc-62c32a8f5f97", seed=number)
        if number % 3 == 0:
            shutil.copy(path, folder / f"copy {number}.png")
            with Image.open(path) as picture:
                picture.resize((60, 40)).save(folder / f"small {number}.jpg", quality=90)
                picture.resize((75, 50)).save(folder / f"zmall {number}.png")
        if number % 4 == 0:
            (folder / f"broken {number}.png").write_bytes(path.read_bytes()[:-200])
    return folder


def test_several_threads_leave_and_report_what_a_single_one_does(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for count in (1, 4):
        monkeypatch.setattr(intake, "workers", lambda count=count: count)
        client = workspace.create(f"with{count}")
        report = import_mj(client, mixed(tmp_path / str(count)))
        assert not [path for path in client.folder.rglob(".*") if ".tmp" in path.name]
        found.append((state_of(client), report))
    assert found[0] == found[1]
    report = found[0][1]
    assert (len(report.added), len(report.already_there), len(report.refused)) == (20, 0, 3)
    assert len(report.near_duplicates) == 8


def test_an_import_ended_by_the_user_leaves_no_half_and_a_repeat_finishes(workspace: Workspace, tmp_path: Path) -> None:
    mixed(tmp_path / "in")
    whole, ended = workspace.create("whole"), workspace.create("ended")
    import_mj(whole, tmp_path / "in")

    def press(done: int, total: int) -> None:
        if done == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        data_preprocessor.import_midjourney(ended, [tmp_path / "in"], settings=Settings(), on_progress=press)
    there = ended.records()
    assert len(there) == len(list(ended.raw_mj.iterdir())) > 0 and not list(ended.images.glob(".*"))
    import_mj(ended, tmp_path / "in")
    assert state_of(ended) == state_of(whole)


def test_of_several_alike_the_nearest_is_named_in_whatever_order_they_are_known(client: Client, tmp_path: Path) -> None:
    known = import_job.KnownPictures(hashes={"mj_b": 0b111, "mj_c": 0b1, "mj_a": 0b10})
    assert known.near(f"{0:016x}", 6) == "mj_a"
    assert known.near(f"{0b1111:016x}", 6) == "mj_b"
    assert known.near("f" * 16, 6) is None


def test_a_picture_whose_place_is_refused_is_not_known(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo(tmp_path / "in" / "0.png", 0)

    def held(self: Path, target: Path) -> Path:
        raise PermissionError(13, "used by another program")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", held)
        with pytest.raises(PermissionError):  # the table cannot be written either
            import_real(client, tmp_path / "in")
    assert client.records() == [] and not list(client.raw_real.iterdir()) and not list(client.images.iterdir())
    assert len(import_real(client, tmp_path / "in").added) == 1


def test_no_record_names_a_picture_that_was_refused_its_place(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Image.open(photo(tmp_path / "in" / "a.png", 5, (400, 300))) as picture:
        picture.resize((200, 150)).save(tmp_path / "in" / "b.png")
    real = Path.replace

    def held(self: Path, target: Path) -> Path:
        if target.name.endswith("_a.png"):
            raise PermissionError(13, "used by another program")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    report = import_real(client, tmp_path / "in")
    (record,) = client.records()
    assert (record.original.name, record.near_duplicate_of, report.near_duplicates) == ("b.png", None, {})
    assert not list(client.images.glob(".*"))


def test_large_pictures_are_decoded_one_at_a_time(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        photo(tmp_path / f"{number}.png", number)
    monkeypatch.setattr(import_job, "LARGE_PIXELS", 100)
    monkeypatch.setattr(intake, "workers", lambda: 4)
    real, inside, most = describe.describe, [0], [0]

    def watched(*arguments: object) -> ImageRecord:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.02)
        inside[0] -= 1
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(describe, "describe", watched)
    import_real(client, tmp_path)
    assert most == [1]


def test_many_records_wait_for_the_disk_at_the_same_time(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        photo(tmp_path / "in" / f"{number}.png", number)
    together, real = threading.Barrier(12), utils.write_beside

    def slow(path: Path, content: str) -> Path:
        together.wait(60)  # a disk that is done with none before it has been given all
        return real(path, content)

    monkeypatch.setattr(utils, "write_beside", slow)
    monkeypatch.setattr(intake, "workers", lambda: 1)
    assert len(import_real(client, tmp_path / "in").added) == 12


def test_no_more_pictures_are_decided_on_than_may_wait_for_their_place(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        photo(tmp_path / "in" / f"{number}.png", number)
    monkeypatch.setattr(intake, "UNPLACED", 3)
    real, most = intake._Pipeline.judge, [0]

    def watched(line: intake._Pipeline) -> None:
        real(line)
        most[0] = max(most[0], len(line.written))

    monkeypatch.setattr(intake._Pipeline, "judge", watched)
    assert len(import_real(client, tmp_path / "in").added) == 9
    assert most == [4]


def test_a_raw_is_developed_at_import_where_its_preview_is_a_thumbnail(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut RAW has a whole thumbnail: only developing shows that it is cut."""
    real, seen = decode.load_rgb, {}

    def watched(path: Path, **options: Any) -> Loaded:
        seen[path.suffix] = options["max_side_px"]
        return real(path, **options)

    monkeypatch.setattr(decode, "load_rgb", watched)
    demo_pictures.write_dng(tmp_path / "a.dng", np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8))
    photo(tmp_path / "b.png")
    import_real(client, tmp_path)
    assert seen == {".dng": describe.RAW_ANALYSIS_SIDE_PX, ".png": describe.ANALYSIS_SIDE_PX} == {".dng": 512, ".png": 256}


def test_members_of_two_archives_are_read_by_several_threads(client: Client, tmp_path: Path) -> None:
    for name in ("a", "b"):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            for number in range(8):
                archive.write(photo(tmp_path / "in" / f"{name}{number}.png", number + 50 * (name == "b")), f"{number}.png")
    report = import_real(client, tmp_path / "a.zip", tmp_path / "b.zip")
    assert (len(report.added), report.refused) == (16, [])


def import_announced(folder: str, source: str) -> None:
    """Import in a process of its own; says "go" when all libraries are there."""
    import cv2  # noqa: F401
    import pillow_heif  # noqa: F401

    print("go", flush=True)
    data_preprocessor.import_midjourney(Client(Path(folder)), [source], settings=Settings())


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_an_import_killed_at_any_moment_and_repeated_ends_like_one_that_was_not(tmp_path: Path) -> None:
    for number in range(24):
        tile(tmp_path / "in", number % 4, job=f"{number // 4:08x}-2c11-4bea-8bfc-62c32a8f5f97", seed=number)
    workspace = Workspace(tmp_path / "clients")
    whole = workspace.create("whole")
    started = time.monotonic()
    import_mj(whole, tmp_path / "in")
    duration = time.monotonic() - started
    killed = workspace.create("killed")
    for share in (0.05, 0.2, 0.4, 0.6, 0.8):
        child = subprocess.Popen(child_command(import_announced, killed.folder, tmp_path / "in"), stdout=subprocess.PIPE)
        with child:
            assert child.stdout is not None and child.stdout.readline() == b"go\n"
            time.sleep(share * duration)
            child.send_signal(signal.SIGKILL)
    import_mj(killed, tmp_path / "in")
    assert state_of(killed) == state_of(whole)


def test_every_file_of_the_same_bytes_is_told_though_they_share_a_name(client: Client, tmp_path: Path) -> None:
    first = photo(tmp_path / "in" / "a" / "IMG_1.png", 1)
    for folder in ("b", "c"):
        (tmp_path / "in" / folder).mkdir()
        shutil.copy(first, tmp_path / "in" / folder)
    report = import_real(client, tmp_path / "in")
    assert report.same_bytes == [("IMG_1.png", report.added[0])] * 2


@pytest.mark.parametrize("name", ["写" * 80, "🎉" * 62, "ñ" * 120], ids=["three bytes", "four bytes", "two bytes"])
def test_a_name_that_takes_all_the_bytes_a_disk_allows_is_taken_in(client: Client, tmp_path: Path, name: str) -> None:
    report = import_real(client, photo(tmp_path / f"{name}.png", 1))
    assert (len(report.added), report.refused) == (1, [])
    (record,) = client.records()
    assert record.original.name == f"{name}.png"
    assert client.original(record).name.endswith(f"{name[-20:]}.png")


def test_a_picture_that_pillow_breaks_on_is_refused_and_the_others_go_on(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        photo(tmp_path / "in" / f"{number}.bmp", number)
    (tmp_path / "in" / "3.png").write_bytes(b"DDS " + bytes([125, 0, 0, 0]) + bytes(120))  # of no known pixel format
    photo(tmp_path / "in" / "1.bmp", 1, (91, 60))
    real = BmpImageFile.load

    def load(picture: BmpImageFile) -> object:
        if picture.size == (91, 60):
            raise RuntimeError("Failed to decode frame 0: Decoding of color planes failed")  # as AVIF says
        return real(picture)

    monkeypatch.setattr(BmpImageFile, "load", load)
    report = import_real(client, tmp_path / "in")
    assert len(report.added) == 2
    assert {item.name: item.text.key for item in report.refused} == {
        "1.bmp": "import.unreadable",
        "3.png": "import.not_picture",
    }


def test_a_record_is_complete_when_its_bytes_are_hashed(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo(tmp_path / "in" / "a.png", 1)
    described: list[ImageRecord] = []
    real = describe.describe

    def spy(*arguments: Any) -> ImageRecord:
        described.append(real(*arguments))
        return described[-1]

    monkeypatch.setattr(describe, "describe", spy)
    import_real(client, tmp_path / "in")
    assert described == client.records()
    (record,) = described
    assert client.original(record).stat().st_size == record.original.bytes
    assert record.image_id == f"real_{record.original.sha256[:16]}"


@pytest.mark.parametrize("stored", ["client.json", "metadata/images.csv"])
def test_a_record_that_names_another_file_as_its_original_has_it_overwritten_by_no_import(
    client: Client, tmp_path: Path, stored: str
) -> None:  # fmt: skip
    photo(tmp_path / "in" / "a.jpg")
    import_real(client, tmp_path / "in")
    (record,) = client.records()
    client.original(record).unlink()
    client.save_record(record.model_copy(update={"original": record.original.model_copy(update={"stored": stored})}))
    before = client.info()
    report = import_real(client, tmp_path / "in")
    assert client.info() == before and [refused.text.key for refused in report.refused] == ["record.invalid"]


def test_a_group_is_named_by_a_part_of_its_job_that_only_one_has(client: Client, tmp_path: Path) -> None:
    tile(tmp_path, 0)
    tile(tmp_path, 0, job="0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01", seed=5)
    import_mj(client, tmp_path)
    groups = import_groups.grouped(client.records())
    assert import_groups.job_named(groups, JOB[:6]) == JOB
    for unknown in ("😀", "", "99", "-"):
        with pytest.raises(PipelineError, match=r"prompt\.no_group"):
            import_groups.job_named(groups, unknown)
