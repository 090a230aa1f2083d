"""The trainer's own rules about folders, pictures and captions, each with the case that was seen in a real run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from avatar.texts.text import Text
from avatar.trainer.dataset_folder import FATAL, captions_by_file, folder_rule, is_trainer_image, read_as_trainer, read_caption
from tests.all_texts import TEXTS

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def put(folder: Path, name: str, caption: str | bytes | None = "ohwx woman", content: bytes = PNG) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    if caption is not None:
        data = caption if isinstance(caption, bytes) else caption.encode("utf-8")
        (folder / name).with_suffix(".txt").write_bytes(data)
    return folder / name


def keys(parent: Path, **options: object) -> list[str]:
    return [told.key for told in read_as_trainer(parent, **options).problems]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("10_client01", (10, "client01")), ("3_spaced name", (3, "spaced name")), ("4_Jöhn Döe_夏", (4, "Jöhn Döe_夏")),
        ("8", (8, "")), ("7_", (7, "")), ("02_x", (2, "x")), ("+2_plus", (2, "plus")), (" 5_lead", (5, "lead")),
        ("１０_x", (10, "x")), ("1_000_x", (1, "000_x")), ("10-dash", None), ("2.0_float", None), ("_x", None),
        (".ipynb_checkpoints", None), ("0_x", (0, "x")), ("-3_x", (-3, "x")),
    ],
)  # fmt: skip
def test_folder_names_are_read_as_the_real_trainer_was_seen_to_read_them(name: str, expected: object) -> None:
    assert folder_rule(name) == expected


@pytest.mark.parametrize(
    ("name", "linux", "windows"),
    [("a.png", True, True), ("a.PNG", True, True), ("a.Png", False, True), ("a.jpeg", True, True), ("a.heic", False, False),
     (".a.png", False, False), ("a.txt", False, False), ("a.png.tmp", False, False), ("a.b.webp", True, True)],
)  # fmt: skip
def test_pictures_are_found_by_lower_or_upper_extensions(name: str, linux: bool, windows: bool) -> None:
    assert is_trainer_image(name) is linux
    assert is_trainer_image(name, windows=True) is windows


def test_every_numbered_folder_is_read_and_the_others_are_named_with_a_reason(tmp_path: Path) -> None:
    for name in ("b.png", "a.png"):
        put(tmp_path / "10_ana", name, f"ohwx woman, {name}")
    put(tmp_path / "2_ana", "c.JPG", "ohwx woman", b"\xff\xd8\xff\xe0aaaaaaa")
    put(tmp_path / "0_ana", "d.png")
    put(tmp_path / "ana", "e.png")
    (tmp_path / "4_ana").mkdir()
    put(tmp_path / "10_ana" / "deeper", "f.png")
    (tmp_path / "loose.png").write_bytes(PNG)
    view = read_as_trainer(tmp_path, windows=False)
    assert [(f.name, f.repeats, f.images) for f in view.folders] == [
        ("10_ana", 10, ("a.png", "b.png")),
        ("2_ana", 2, ("c.JPG",)),
    ]
    assert view.folders[0].captions == ("ohwx woman, a.png", "ohwx woman, b.png")
    assert (view.images, view.exposures) == (3, 22)
    assert dict(view.ignored) == {
        "0_ana": "dataset.ignored.no_repeats",
        "ana": "dataset.ignored.no_number",
        "4_ana": "dataset.ignored.no_pictures",
    }
    assert view.problems == ()
    assert captions_by_file(view)["2_ana/c.JPG"] == "ohwx woman"


@pytest.mark.parametrize("inside", ["nothing", "missing", "the picture folder itself", "an empty numbered folder"])
def test_no_picture_at_all_is_a_fatal_problem(tmp_path: Path, inside: str) -> None:
    parent = tmp_path / "data"
    if inside != "missing":
        parent.mkdir()
    if inside == "the picture folder itself":
        put(parent, "a.png")
    if inside == "an empty numbered folder":
        (parent / "3_x").mkdir()
    view = read_as_trainer(parent)
    assert [told.key for told in view.fatal] == ["dataset.problem.no_pictures"]


@pytest.mark.parametrize(
    ("content", "read", "problem"),
    [
        (b"ohwx woman, smiling\n", "ohwx woman, smiling", None),
        (b"  ohwx woman \r\n", "ohwx woman", None),
        ("ohwx niña, 夏".encode(), "ohwx niña, 夏", None),
        (b"first\nsecond", "first", "dataset.problem.several_lines"),
        (b"first\rsecond", "first", "dataset.problem.several_lines"),
        (b"", "", "dataset.problem.empty_caption_file"),
        (b"\nsecond", "", "dataset.problem.blank_caption"),
        (b"   ", "", "dataset.problem.blank_caption"),
        ("niña".encode("cp1252"), "", "dataset.problem.caption_not_utf8"),
        (b"\xef\xbb\xbfohwx", "\ufeffohwx", "dataset.problem.byte_order_mark"),
    ],
)
def test_captions_are_read_to_the_end_of_their_first_line(tmp_path: Path, content: bytes, read: str, problem: str) -> None:
    assert read_caption(put(tmp_path, "a.png", content)) == (read, problem)


def test_a_missing_caption_falls_back_to_the_folders_name(tmp_path: Path) -> None:
    put(tmp_path / "3_ana", "a.png", None)
    view = read_as_trainer(tmp_path)
    assert view.folders[0].captions == ("ana",)
    assert [told.key for told in view.problems] == ["dataset.problem.missing_caption"]


def test_a_missing_caption_may_be_found_at_the_path_less_its_last_four_parts(tmp_path: Path) -> None:
    image = put(tmp_path, "a_1_2_3_4.png", None)
    (tmp_path / "a.txt").write_text("ohwx woman", encoding="utf-8")
    assert read_caption(image) == ("ohwx woman", "dataset.problem.missing_caption")


def test_another_caption_extension_is_obeyed(tmp_path: Path) -> None:
    put(tmp_path / "1_ana", "a.png")
    assert keys(tmp_path, caption_extension=".caption") == ["dataset.problem.missing_caption"]


def test_names_and_files_that_trip_the_trainer_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "5_ana"
    put(folder, "a.png")
    put(folder, "a.jpg", content=b"\xff\xd8\xff\xe0aaaaaaa")
    put(folder, "dot.ted.png", None)
    (folder / "dot.ted.txt").write_text("ohwx", encoding="utf-8")
    put(folder, "odd.Png")
    put(folder, "empty.png", content=b"")
    put(folder, "text.png", content=b"no picture")
    (folder / "a_1024x1024_sdxl.npz").write_bytes(b"")
    found = read_as_trainer(tmp_path, windows=False).problems
    assert [told.key for told in found] == [
        "dataset.problem.mixed_case", "dataset.problem.shared_stem", "dataset.problem.dot_in_name",
        "dataset.problem.stale_cache", "dataset.problem.unreadable_picture", "dataset.problem.unreadable_picture",
    ]  # fmt: skip
    unreadable = [told.values["file"] for told in found if told.key.endswith("unreadable_picture")]
    assert unreadable == ["5_ana/empty.png", "5_ana/text.png"]


def test_a_folder_that_is_called_like_a_picture_is_unreadable(tmp_path: Path) -> None:
    put(tmp_path / "5_ana", "a.png")
    (tmp_path / "5_ana" / "b.png").mkdir()
    assert "dataset.problem.unreadable_picture" in keys(tmp_path)


def test_pictures_that_the_dataset_does_not_name_are_foreign(tmp_path: Path) -> None:
    put(tmp_path / "5_ana", "a.png")
    put(tmp_path / "5_ana", "mask.png")
    info = {"pictures": [{"file": "a.png"}]}
    (tmp_path / "5_ana" / "dataset_info.json").write_text(json.dumps(info), encoding="utf-8")
    assert read_as_trainer(tmp_path).problems == (Text("dataset.problem.foreign_picture", {"file": "5_ana/mask.png"}),)


@pytest.mark.parametrize("broken", ["{", "[]", "{}", '{"pictures": 3}', '{"pictures": [1]}'])
def test_a_broken_info_file_names_no_foreigners(tmp_path: Path, broken: str) -> None:
    put(tmp_path / "5_ana", "a.png")
    (tmp_path / "5_ana" / "dataset_info.json").write_text(broken, encoding="utf-8")
    assert read_as_trainer(tmp_path).problems == ()


def test_folders_of_another_client_are_named_when_the_client_is_known(tmp_path: Path) -> None:
    put(tmp_path / "5_ana", "a.png")
    put(tmp_path / "5_eva", "b.png")
    assert keys(tmp_path) == []
    assert keys(tmp_path, client_id="ana") == ["dataset.problem.foreign_folder"]


@pytest.mark.parametrize(
    ("name", "stale"),
    [("mj_1_1024x1024_sdxl.npz", True), ("mj_1_te_outputs.npz", True), ("mj_2.png", False), ("notes.npz", False)],
)
def test_only_the_trainers_own_caches_are_called_stale(tmp_path: Path, name: str, stale: bool) -> None:
    put(tmp_path / "5_ana", "mj_1.png")
    (tmp_path / "5_ana" / name).write_bytes(b"x")
    assert ("dataset.problem.stale_cache" in keys(tmp_path)) == stale


def test_fatal_problems_all_have_texts() -> None:
    assert set(TEXTS) >= FATAL


@pytest.mark.skipif(os.name == "nt", reason="Windows has no names that differ by case")
def test_the_trainer_sorts_by_code_points_and_so_do_we(tmp_path: Path) -> None:
    for name in ("b.png", "B.png", "ñ.png", "a b.png"):
        put(tmp_path / "1_ana", name)
    assert read_as_trainer(tmp_path).folders[0].images == ("B.png", "a b.png", "b.png", "ñ.png")


def test_only_folders_of_others_are_foreign_and_each_is_named(tmp_path: Path) -> None:
    put(tmp_path / "5_ana", "a.png")
    put(tmp_path / "2_ana", "b.png")
    assert keys(tmp_path, client_id="ana") == []
    put(tmp_path / "3_bea", "c.png")
    assert read_as_trainer(tmp_path, client_id="ana").problems == (
        Text("dataset.problem.foreign_folder", {"folder": "3_bea", "client": "ana"}),
    )


def test_without_being_told_names_are_matched_as_this_system_does(tmp_path: Path) -> None:
    put(tmp_path / "5_ana", "a.PnG")
    found = {windows: read_as_trainer(tmp_path, windows=windows).images for windows in (None, True, False)}
    assert found[None] == found[os.name == "nt"]
    assert (found[True], found[False]) == (1, 0)
