"""What lies beside pictures: captions are the user's, MidJourney's prompts are typed, and the rest is counted."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

import data_preprocessor
from avatar.dataset import caption_store
from avatar.pictures import sidecars
from avatar.pictures.import_job import ImportReport
from avatar.texts.text import Text
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord, MidJourney
from config import Settings

JOB = "a1b2c3d4-0000-4000-8013-25c7117005e7"
OTHER = "59bbff49-e226-4e76-ab8f-82417f966806"
CAPTION = "ohwx woman, red dress, city street"
PROMPT = "portrait of a woman in a red coat"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description><dc:subject><rdf:Bag><rdf:li>red hat</rdf:li>'
    "<rdf:li>Ana &amp; Eva</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def picture(path: Path, description: str = "") -> Path:
    """Write a small picture that differs from others by its name."""
    chunks = PngImagePlugin.PngInfo()
    if description:
        chunks.add_text("Description", description)
    noise = np.random.default_rng(sum(map(ord, path.name))).integers(0, 255, (8, 8, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(noise).resize((60, 40)).save(path, pnginfo=chunks if path.suffix == ".png" else None)
    return path


def text(path: Path, content: str | bytes | object, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def import_mj(client: Client, *paths: Path, prompt: str = "") -> ImportReport:
    return data_preprocessor.import_midjourney(client, paths, settings=Settings(), typed_prompt=prompt)


def import_real(client: Client, *paths: Path) -> ImportReport:
    return data_preprocessor.import_photos(client, paths, settings=Settings())


def record_of(client: Client, name: str) -> ImageRecord:
    return next(record for record in client.records() if record.original.name == name)


def caption_of(client: Client, name: str) -> str | None:
    caption = record_of(client, name).caption
    assert caption is None or caption.by == "user"
    return caption.text if caption else None


def midjourney_of(client: Client, name: str) -> MidJourney:
    about = record_of(client, name).midjourney
    assert about is not None
    return about


def told(report: ImportReport, key: str) -> list[Text]:
    return [warning for warning in report.warnings if warning.key == key]


# --- captions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "beside"),
    [
        ("a.jpg", "a.txt"),
        ("a.jpg", "a.caption"),
        ("a.jpg", "a.jpg.txt"),
        ("a.jpg", "a.tags"),
        ("a.JPG", "A.TXT"),
        ("h (1).jpg", "h (1).txt"),
        ("10_ohwx woman/a.jpg", "10_ohwx woman/a.txt"),
        ("niña.png", "nin\u0303a.txt"),  # macOS writes accents apart
        ("a.b.webp", "a.b.txt"),
    ],
)
def test_a_trainers_caption_becomes_the_users(client: Client, tmp_path: Path, image: str, beside: str) -> None:
    name = picture(tmp_path / "in" / image).name
    text(tmp_path / "in" / beside, CAPTION)
    report = import_real(client, tmp_path / "in")
    assert caption_of(client, name) == CAPTION
    assert (report.captions_beside, report.captions_without_trigger, report.unused_beside) == (1, 0, {})


@pytest.mark.parametrize(
    "content",
    [
        CAPTION.encode(),
        b"\xef\xbb\xbf" + CAPTION.encode(),
        CAPTION.encode("utf-16"),
        b"\xfe\xff" + CAPTION.encode("utf-16-be"),
        CAPTION.encode("utf-16-le"),
        CAPTION.encode("utf-32"),
        f"\r\n  {CAPTION} \r\n\r\n".encode(),
        f"{CAPTION}\r".encode(),
    ],
)
def test_a_caption_is_read_in_every_encoding_that_editors_write(client: Client, tmp_path: Path, content: bytes) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / "a.txt", content)
    assert import_real(client, tmp_path / "in").captions_of_more_lines == 0
    assert caption_of(client, "a.jpg") == CAPTION


def test_a_caption_in_the_code_page_of_windows_keeps_its_letters(client: Client, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / "a.txt", "ohwx niña, “café”", "cp1252")
    import_real(client, tmp_path / "in")
    assert caption_of(client, "a.jpg") == "ohwx niña, “café”"


def test_a_caption_that_is_damaged_in_its_zip_is_told_and_the_picture_comes_in(client: Client, tmp_path: Path) -> None:
    source = tmp_path / "fotos.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.write(picture(tmp_path / "a.png"), "a.png")
        archive.writestr("a.txt", "ohwx woman, smiling in a garden")
    source.write_bytes(source.read_bytes().replace(b"smiling in a garden", b"smiling in a gardem"))
    report = import_real(client, source)
    assert len(report.added) == 1 and caption_of(client, "a.png") is None
    assert report.unused_beside == {"unreadable": 1}


def test_a_file_that_only_calls_itself_a_zip_does_not_stop_the_pictures_beside_it(client: Client, tmp_path: Path) -> None:
    folder = tmp_path / "fotos"
    folder.mkdir()
    picture(folder / "a.png")
    (folder / "b.zip").write_bytes(b"no archive")
    report = import_real(client, folder)
    assert len(report.added) == 1 and [refused.name for refused in report.refused] == ["b.zip"]


def test_of_several_lines_the_first_is_the_caption_and_it_is_said(client: Client, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / "a.txt", f"{CAPTION}\nohwx woman, another one\n")
    report = import_real(client, tmp_path / "in")
    assert (caption_of(client, "a.jpg"), report.captions_of_more_lines) == (CAPTION, 1)


@pytest.mark.parametrize("content", ["", " \r\n\t\n", "\ufeff"])
def test_an_empty_file_is_no_caption(client: Client, tmp_path: Path, content: str) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / "a.txt", content)
    report = import_real(client, tmp_path / "in")
    assert (caption_of(client, "a.jpg"), report.captions_beside, report.unused_beside) == (None, 0, {"empty": 1})


@pytest.mark.parametrize(
    ("value", "caption"),
    [
        ({"caption": CAPTION}, CAPTION),
        ({"caption": CAPTION, "tags": "dress, rain"}, f"{CAPTION}, rain"),
        ({"tags": ["ohwx woman", "green scarf"]}, "ohwx woman, green scarf"),
        ({"text": CAPTION}, CAPTION),
        ({"captions": [CAPTION, "ohwx woman, another one"]}, CAPTION),
        ([{"caption": CAPTION}], CAPTION),
    ],
)
def test_a_caption_in_json_is_read(client: Client, tmp_path: Path, value: object, caption: str) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / "a.json", value)
    import_real(client, tmp_path / "in")
    assert caption_of(client, "a.jpg") == caption


def test_captions_without_the_trigger_word_are_kept_and_counted(client: Client, tmp_path: Path) -> None:
    for name, caption in (("a", CAPTION), ("b", "sks woman, hat"), ("c", "ohwxx, hat"), ("d", "OHWX, hat")):
        picture(tmp_path / "in" / f"{name}.jpg")
        text(tmp_path / "in" / f"{name}.txt", caption)
    report = import_real(client, tmp_path / "in")
    assert (report.captions_beside, report.captions_without_trigger) == (4, 2)
    assert caption_of(client, "b.jpg") == "sks woman, hat"


def test_a_caption_written_in_the_program_outlives_the_next_import_and_one_added_later_is_taken(
    client: Client, tmp_path: Path
) -> None:
    picture(tmp_path / "in" / "a.jpg")
    picture(tmp_path / "in" / "b.jpg")
    text(tmp_path / "in" / "a.txt", CAPTION)
    import_real(client, tmp_path / "in")
    caption_store.set_caption(client, record_of(client, "a.jpg").image_id, "ohwx woman, by hand")
    text(tmp_path / "in" / "b.txt", "ohwx woman, straw hat")
    report = import_real(client, tmp_path / "in")
    assert (caption_of(client, "a.jpg"), caption_of(client, "b.jpg")) == ("ohwx woman, by hand", "ohwx woman, straw hat")
    assert (report.captions_beside, report.captions_kept) == (1, 1)


def test_captions_in_an_archive_are_read_too(client: Client, tmp_path: Path) -> None:
    first, second = picture(tmp_path / "a.jpg"), picture(tmp_path / "b.jpg")
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.write(first, "10_ohwx/a.jpg")
        archive.writestr("10_ohwx/a.txt", CAPTION)
        archive.write(second, "b.jpg")
        archive.writestr("a.txt", "of no picture here")
        archive.writestr("__MACOSX/._a.txt", "of the system")
    report = import_real(client, tmp_path / "set.zip")
    assert (caption_of(client, "a.jpg"), caption_of(client, "b.jpg")) == (CAPTION, None)
    assert (report.unused_beside, report.left_out) == ({}, {"text": ["a.txt"]})


def test_a_picture_given_alone_has_its_caption_and_its_neighbours_are_not_named(client: Client, tmp_path: Path) -> None:
    image = picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / "a.txt", CAPTION)
    text(tmp_path / "in" / "README.txt", "read me")
    report = import_real(client, image)
    assert (caption_of(client, "a.jpg"), report.unused_beside) == (CAPTION, {})


# --- lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metadata.jsonl", '{"file_name": "sub/a.jpg", "text": "%s"}\n\nbroken\n'),
        ("metadata.csv", 'file_name,text\nsub/a.jpg,"%s"\n'),
        ("meta_cap.json", '{"a": {"caption": "%s"}}'),
        ("meta_lat.json", '{"/home/somebody/train/sub/a.jpg": {"caption": "%s", "train_resolution": [512, 512]}}'),
        ("sub/metadata.jsonl", '{"file_name": "a.jpg", "caption": "%s"}'),
        ("captions.json", '[{"image": "a.jpg", "caption": "%s"}]'),
    ],
)
def test_a_list_of_captions_is_read_for_the_folder_and_those_below(
    client: Client, tmp_path: Path, name: str, content: str
) -> None:
    picture(tmp_path / "in" / "sub" / "a.jpg")
    picture(tmp_path / "in" / "sub" / "b.jpg")
    text(tmp_path / "in" / name, content.replace("%s", CAPTION))
    report = import_real(client, tmp_path / "in")
    assert (caption_of(client, "a.jpg"), caption_of(client, "b.jpg")) == (CAPTION, None)
    assert (report.captions_beside, report.unused_beside) == (1, {})


def test_the_file_of_a_picture_counts_before_a_list(client: Client, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / "a.txt", CAPTION)
    text(tmp_path / "in" / "metadata.jsonl", '{"file_name": "a.jpg", "text": "another"}')
    report = import_real(client, tmp_path / "in")
    assert (caption_of(client, "a.jpg"), report.unused_beside) == (CAPTION, {"second": 1})


# --- MidJourney ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", f"/imagine prompt: {PROMPT} --ar 3:4 --v 7"),
        ("a.txt", f"{PROMPT} --ar 3:4 --v 7"),
        ("a.txt", f"{PROMPT}\n--ar 3:4\n--v 7\n"),
        ("a.txt", f"**{PROMPT} --ar 3:4 --v 7** - @somebody (fast)"),
        ("a.prompt", f"{PROMPT} —ar 3:4 —v 7"),
        ("a.png.txt", f"{PROMPT} --ar 3:4 --v 7 Job ID: {JOB}"),
        ("a.caption", f"{PROMPT} --ar 3:4 --v 7"),
        ("a.prompt.txt", f"Prompt:\n  {PROMPT}\n\nFull command:\n  portrait of a woman\n  in a red coat --ar 3:4 --v 7\n"),
        ("a.json", {"id": JOB, "prompt": PROMPT, "full_command": f"{PROMPT} --ar 3:4 --v 7", "enqueue_time": "2026-01-27"}),
        ("a.json", {"url": f"https://www.midjourney.com/jobs/{JOB}", "prompt": f"{PROMPT} --ar 3:4 --v 7",
                    "user": {"name": "somebody", "url": "https://www.midjourney.com/@somebody"}}),
        ("a.json", {"prompt": f"**{PROMPT} --ar 3:4 --v 7** - <@123456789012345678> (fast)"}),
        ("a.json", [{"id": JOB, "full_command": f"{PROMPT} --ar 3:4 --v 7"}]),
        ("a.json", {"caption": f"{PROMPT} --ar 3:4 --v 7"}),
        ("a.json", {"id": JOB, "prompt": {"decodedPrompt": [{"content": f"{PROMPT} --ar 3:4 --v 7", "weight": 1}]}}),
        ("prompts.csv", f'filename,prompt\na.png,"{PROMPT} --ar 3:4 --v 7"\n'),
    ],
)  # fmt: skip
def test_a_prompt_beside_a_picture_is_a_typed_prompt_and_no_caption(
    client: Client, tmp_path: Path, name: str, content: object
) -> None:
    picture(tmp_path / "in" / "a.png")
    text(tmp_path / "in" / name, content)
    report = import_mj(client, tmp_path / "in")
    about = midjourney_of(client, "a.png")
    assert (about.prompt, about.evidence) == (PROMPT, "typed")
    assert {key: one.text for key, one in about.parameters.items()} == {"ar": "3:4", "v": "7"}
    assert about.job_id == (JOB if JOB in str(content) else None)
    assert caption_of(client, "a.png") is None
    assert (report.prompts_beside, report.prompts_from["typed"], report.unused_beside) == (1, 1, {})
    assert "somebody" not in client.record_file(record_of(client, "a.png").image_id).read_text(encoding="utf-8")


def test_a_prompt_without_parameters_is_one_by_its_extension_and_a_caption_by_another(client: Client, tmp_path: Path) -> None:
    for name in ("a", "b"):
        picture(tmp_path / "in" / f"{name}.png")
    text(tmp_path / "in" / "a.prompt", PROMPT)
    text(tmp_path / "in" / "b.txt", CAPTION)
    import_mj(client, tmp_path / "in")
    assert (midjourney_of(client, "a.png").prompt, caption_of(client, "a.png")) == (PROMPT, None)
    assert (midjourney_of(client, "b.png").prompt, caption_of(client, "b.png")) == (None, CAPTION)


def test_embedded_data_count_over_a_file_and_the_file_stands_beside_them(client: Client, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.png", f"the embedded one --v 7 Job ID: {JOB}")
    text(tmp_path / "in" / "a.txt", "another text --ar 9:16")
    import_mj(client, tmp_path / "in")
    about = midjourney_of(client, "a.png")
    assert (about.prompt, about.evidence, about.typed_prompt) == ("the embedded one", "embedded", "another text --ar 9:16")
    assert set(about.parameters) == {"v"}


def test_a_picture_may_have_a_prompt_and_a_caption(client: Client, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.png")
    text(tmp_path / "in" / "a.txt", CAPTION)
    text(tmp_path / "in" / "a.json", {"full_command": f"{PROMPT} --v 7", "id": JOB})
    report = import_mj(client, tmp_path / "in")
    assert (midjourney_of(client, "a.png").prompt, caption_of(client, "a.png")) == (PROMPT, CAPTION)
    assert report.unused_beside == {}


def test_the_file_of_a_job_is_for_all_its_tiles_wherever_it_lies(client: Client, tmp_path: Path) -> None:
    for number in (1, 2):
        picture(tmp_path / "in" / "images" / "2024" / f"{JOB}.0_{number}.a-woman.png")
    picture(tmp_path / "in" / "images" / "2024" / f"{OTHER}.0_0.a-man.png")
    job = {"id": JOB, "enqueue_time": "2024-01-15 10:30:00", "full_command": f"{PROMPT} --ar 3:4", "textPrompt": [PROMPT]}
    text(tmp_path / "in" / "database" / "jobs" / "2024" / f"{JOB}.json", job)
    report = import_mj(client, tmp_path / "in")
    for number in (1, 2):
        about = midjourney_of(client, f"{JOB}.0_{number}.a-woman.png")
        assert (about.prompt, about.tile, about.parameters["ar"].text) == (PROMPT, number, "3:4")
    assert midjourney_of(client, f"{OTHER}.0_0.a-man.png").prompt is None
    assert (report.prompts_beside, report.unused_beside) == (2, {})


@pytest.mark.parametrize("name", ["job.json", f"{JOB}.json", "info.prompt.json"])
def test_a_jobs_folder_has_one_file_for_its_pictures(client: Client, tmp_path: Path, name: str) -> None:
    for number in (0, 1):
        picture(tmp_path / "in" / JOB / f"0_{number}.png")
    text(tmp_path / "in" / JOB / name, {"id": JOB, "full_command": f"{PROMPT} --ar 3:4"})
    report = import_mj(client, tmp_path / "in")
    found = [midjourney_of(client, f"0_{number}.png") for number in (0, 1)]
    assert [(one.prompt, one.job_id, one.tile) for one in found] == [(PROMPT, JOB, 0), (PROMPT, JOB, 1)]
    assert (report.unused_beside, report.left_out) == ({}, {})


def test_a_caption_beside_one_tile_is_not_that_of_the_others(client: Client, tmp_path: Path) -> None:
    for number in (0, 1):
        picture(tmp_path / "in" / f"{JOB}_0_{number}.png")
    text(tmp_path / "in" / f"{JOB}_0_0.txt", CAPTION)
    import_mj(client, tmp_path / "in")
    assert (caption_of(client, f"{JOB}_0_0.png"), caption_of(client, f"{JOB}_0_1.png")) == (CAPTION, None)


def test_an_archivers_prompt_is_for_its_pictures_that_count_from_one(client: Client, tmp_path: Path) -> None:
    for number in (1, 4):
        picture(tmp_path / "in" / f"20240115-103000_{JOB}-{number}.png")
    wrapped = f"Prompt:\n    {PROMPT}\n\nFull command:\n    {PROMPT}\n    --ar 3:4\n"
    text(tmp_path / "in" / f"20240115-103000_{JOB}.prompt.txt", wrapped)
    text(tmp_path / "in" / f"20240115-103000_{JOB}.json", {"id": JOB, "full_command": f"{PROMPT} --ar 3:4", "type": "grid"})
    report = import_mj(client, tmp_path / "in")
    found = [midjourney_of(client, f"20240115-103000_{JOB}-{number}.png") for number in (1, 4)]
    assert [(one.prompt, one.job_id, one.tile) for one in found] == [(PROMPT, JOB, 0), (PROMPT, JOB, 3)]
    assert report.unused_beside == {}


def test_a_list_of_jobs_in_an_archive_tells_the_prompts_of_its_pictures(client: Client, tmp_path: Path) -> None:
    name = f"2024-01-15_10-30-00_{JOB}_1_portrait_of_a_woman_in.png"
    jobs = [{"id": JOB, "full_command": f"{PROMPT} --ar 3:4", "prompt": PROMPT, "_archived_files": [name]}]
    with zipfile.ZipFile(tmp_path / "midjourney_archive.zip", "w") as archive:
        archive.write(picture(tmp_path / "x.png"), name)
        archive.writestr("archived_jobs.json", json.dumps(jobs))
    report = import_mj(client, tmp_path / "midjourney_archive.zip")
    about = midjourney_of(client, name)
    assert (about.prompt, about.tile, about.parameters["ar"].text, report.unused_beside) == (PROMPT, 1, "3:4", {})


def test_the_prompt_beside_one_picture_counts_before_the_one_typed_for_all(client: Client, tmp_path: Path) -> None:
    for name in ("a", "b"):
        picture(tmp_path / "in" / f"{name}.png")
    text(tmp_path / "in" / "a.txt", f"{PROMPT} --v 7")
    import_mj(client, tmp_path / "in", prompt="a woman by the sea")
    assert [midjourney_of(client, f"{name}.png").prompt for name in ("a", "b")] == [PROMPT, "a woman by the sea"]


def test_a_prompt_added_later_is_taken_by_the_next_import_and_a_typed_one_stays(client: Client, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.png")
    import_mj(client, tmp_path / "in")
    text(tmp_path / "in" / "a.txt", f"{PROMPT} --v 7")
    import_mj(client, tmp_path / "in")
    assert midjourney_of(client, "a.png").prompt == PROMPT
    text(tmp_path / "in" / "a.txt", "another one --v 7")
    import_mj(client, tmp_path / "in")
    assert midjourney_of(client, "a.png").prompt == PROMPT


def test_the_prompt_beside_a_photo_is_named_and_no_caption(client: Client, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / "a.txt", f"{PROMPT} --ar 3:4 --v 7")
    report = import_real(client, tmp_path / "in")
    assert (caption_of(client, "a.jpg"), report.unused_beside) == (None, {"prompt_of_photo": 1})


# --- what is not used ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.json", '{"caption": ', "broken_json"),
        ("a.json", "[" * 100_000, "broken_json"),
        ("a.json", '{"title": "a.jpg", "photoTakenTime": {"timestamp": "1"}, "description": "Ana"}', "takeout"),
        ("a.jpg.supplemental-metadata.json", '{"title": "a.jpg", "photoTakenTime": {}, "description": "Ana"}', "takeout"),
        ("a.jpg.suppl.json", '{"title": "a.jpg", "photoTakenTime": {}}', "takeout"),
        ("a.json", '{"prompt": "x", "negative_prompt": "y", "steps": 20, "sampler": "Euler"}', "other_program"),
        ("a.txt", "a woman\nNegative prompt: hat\nSteps: 20, Sampler: Euler, Seed: 1", "other_program"),
        ("a.json", '{"width": 512}', "unknown"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "unreadable"),
        ("a.txt", bytes(range(256)), "unreadable"),
        ("a.txt", "x" * (sidecars.SIDECAR_BYTES + 1), "too_large"),
        ("a.txt", "x" * 3000, "unknown"),
    ],
)
def test_what_is_no_caption_and_no_prompt_is_counted_and_named(
    client: Client, tmp_path: Path, name: str, content: str | bytes, why: str
) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / name, content)
    report = import_real(client, tmp_path / "in")
    assert (caption_of(client, "a.jpg"), report.unused_beside) == (None, {why: 1})
    (warning,) = told(report, f"import.beside.{why}")
    assert warning.values == {"n": 1, "names": name}


def test_a_copys_number_stands_behind_googles_suffix(client: Client, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "IMG_1(1).jpg")
    text(tmp_path / "in" / "IMG_1.jpg.supplemental-metadata(1).json", {"title": "IMG_1.jpg", "photoTakenTime": {}})
    assert import_real(client, tmp_path / "in").unused_beside == {"takeout": 1}


def test_of_many_unused_files_the_first_are_named(client: Client, tmp_path: Path) -> None:
    for number in range(9):
        picture(tmp_path / "in" / f"{number}.jpg")
        text(tmp_path / "in" / f"{number}.txt", "")
    report = import_real(client, tmp_path / "in")
    (warning,) = told(report, "import.beside.empty")
    assert warning.values == {"n": 9, "names": "0.txt, 1.txt, 2.txt, 3.txt, 4.txt, …"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("README.txt", "License: personal use only."),
        ("prompts.txt", "one\ntwo"),
        ("notes.md", "# notes"),
        ("list.json", '{"a": 1}'),
        ("list.json", "[" * 100_000),
        ("b.caption", CAPTION),
        ("metadata.jsonl", '{"file_name": "not_here.jpg", "text": "x"}'),
    ],
)
def test_what_belongs_to_no_picture_is_left_out_and_named(client: Client, tmp_path: Path, name: str, content: str) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / name, content)
    report = import_real(client, tmp_path / "in")
    assert (caption_of(client, "a.jpg"), report.unused_beside, report.left_out) == (None, {}, {"text": [name]})


@pytest.mark.parametrize("content", ["<x:xmpmeta/>", XMP.replace("<dc:subject>", '<crs:Exposure2012 x="1"/><dc:subject>')])
def test_edits_of_another_program_stay_named_as_edits(client: Client, tmp_path: Path, content: str) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / "a.xmp", content)
    report = import_real(client, tmp_path / "in")
    assert (report.left_out, report.unused_beside) == ({"edits": ["a.xmp"]}, {})
    assert len(told(report, "import.keywords")) == ("red hat" in content)


def test_a_file_that_was_read_is_not_left_out(client: Client, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / "a.txt", CAPTION)
    text(tmp_path / "in" / "a.xmp", XMP)
    assert import_real(client, tmp_path / "in").left_out == {}


def test_links_and_hidden_files_beside_pictures_are_left_alone(client: Client, tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / ".a.txt", CAPTION)
    text(tmp_path / "in" / "__MACOSX" / "b.txt", CAPTION)
    secret = text(tmp_path / "secret", "a secret")
    (tmp_path / "in" / "a.txt").symlink_to(secret)
    report = import_real(client, tmp_path / "in")
    assert (caption_of(client, "a.jpg"), report.unused_beside) == (None, {})


# --- keywords --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.xmp", "a.jpg.xmp"])
def test_keywords_beside_a_picture_are_told_and_no_caption(client: Client, tmp_path: Path, name: str) -> None:
    picture(tmp_path / "in" / "a.jpg")
    text(tmp_path / "in" / name, XMP)
    report = import_real(client, tmp_path / "in")
    (warning,) = told(report, "import.keywords")
    assert warning.values == {
        "name": "a.jpg", "words": "red hat, Ana & Eva", "where": name, "client": "ana",
        "image": record_of(client, "a.jpg").image_id,
    }  # fmt: skip
    assert (caption_of(client, "a.jpg"), report.unused_beside) == (None, {})
