"""Texts that photo managers, editors and other generators write into pictures, and what an import tells of them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

import data_preprocessor
from avatar.pictures import metadata
from avatar.pictures.import_job import ImportReport
from avatar.workspace.client import Client
from avatar.workspace.records import MidJourney
from config import Settings

JOB = "a1b2c3d4-0000-4000-8013-25c7117005e7"
PROMPT = "close up portrait of a woman, soft window light"
DESCRIPTION = f"{PROMPT} --ar 3:4 --v 7 Job ID: {JOB}"
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
UTF8_OF_IPTC = (1, 90, b"\x1b%G")


def a_picture() -> Image.Image:
    return Image.new("RGB", (60, 40), (200, 40, 40))


def iptc(*fields: tuple[int, int, bytes]) -> bytes:
    """Return fields of IPTC-IIM in an APP13 segment, as Photoshop keeps them."""
    data = b"".join(b"\x1c" + struct.pack(">BBH", record, number, len(text)) + text for record, number, text in fields)
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)
    body = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def jpeg_with(path: Path, segment: bytes) -> Path:
    a_picture().save(path)
    content = path.read_bytes()
    path.write_bytes(content[:2] + segment + content[2:])
    return path


def comment(text: bytes) -> bytes:
    return b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text


def xmp(**attributes: str) -> bytes:
    written = " ".join(f'{name.replace("_", ":")}="{value}"' for name, value in attributes.items())
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description {written}/></rdf:RDF></x:xmpmeta>'.encode()


def import_as(client: Client, folder: Path, source: str) -> ImportReport:
    run = data_preprocessor.import_midjourney if source == "mj" else data_preprocessor.import_photos
    return run(client, [folder], settings=Settings())


def about_of(client: Client) -> MidJourney:
    (record,) = client.records()
    assert record.midjourney is not None
    return record.midjourney


# --- MidJourney's text, wherever it went --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "segment",
    [comment(DESCRIPTION.encode()), iptc((2, 120, DESCRIPTION.encode())), iptc(UTF8_OF_IPTC, (2, 120, DESCRIPTION.encode()))],
    ids=["comment", "iptc", "iptc-utf-8"],
)
def test_a_description_in_a_jpegs_comment_or_iptc_caption_is_embedded(client: Client, tmp_path: Path, segment: bytes) -> None:
    (tmp_path / "in").mkdir()
    jpeg_with(tmp_path / "in" / "x.jpg", segment)
    import_as(client, tmp_path / "in", "mj")
    about = about_of(client)
    assert (about.prompt, about.job_id, about.evidence, about.parameters["ar"].text) == (PROMPT, JOB, "embedded", "3:4")


@pytest.mark.parametrize(
    "segment",
    [comment(b"LEAD Technologies Inc. V1.01"), comment("Fotografía de Ana".encode("latin-1")), iptc((2, 120, b"Ana --- 2019"))],
)
def test_another_programs_comment_is_no_prompt(client: Client, tmp_path: Path, segment: bytes) -> None:
    (tmp_path / "in").mkdir()
    jpeg_with(tmp_path / "in" / "x.jpg", segment)
    import_as(client, tmp_path / "in", "mj")
    assert (about_of(client).prompt, about_of(client).evidence) == (None, None)


@pytest.mark.parametrize("segment", [b"\xff\xed\0\x04xx", iptc((2, 120, b""))[:-1] + b"\xff", iptc((2, 25, b"\xff\xfe\xfd"))])
def test_damaged_iptc_stops_no_import(client: Client, tmp_path: Path, segment: bytes) -> None:
    (tmp_path / "in").mkdir()
    jpeg_with(tmp_path / "in" / "x.jpg", segment)
    assert len(import_as(client, tmp_path / "in", "real").added) == 1


# --- keywords ----------------------------------------------------------------------------------------------------------


def test_keywords_of_iptc_xmp_and_windows_are_told_once_each(client: Client, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    exif = Image.Exif()
    exif[metadata.XP_KEYWORDS] = "winter;blue coat\0".encode("utf-16-le")
    bag = "<dc:subject><rdf:Bag><rdf:li>blue coat</rdf:li><rdf:li>niña</rdf:li></rdf:Bag></dc:subject>"
    a_picture().save(tmp_path / "in" / "x.jpg", exif=exif, xmp=f"<x:xmpmeta>{bag}</x:xmpmeta>".encode())
    path = tmp_path / "in" / "x.jpg"
    content = path.read_bytes()
    path.write_bytes(content[:2] + iptc((2, 25, b"blue coat"), (2, 25, b"street")) + content[2:])
    report = import_as(client, tmp_path / "in", "real")
    (warning,) = [one for one in report.warnings if one.key == "import.keywords"]
    assert warning.values["name"] == warning.values["where"] == "x.jpg"
    assert sorted(str(warning.values["words"]).split(", ")) == ["blue coat", "niña", "street", "winter"]
    assert client.records()[0].caption is None


def test_a_picture_without_keywords_tells_none(client: Client, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    a_picture().save(tmp_path / "in" / "x.jpg", xmp=b"<x:xmpmeta><dc:subject/></x:xmpmeta>")
    assert import_as(client, tmp_path / "in", "real").warnings == []


# --- who made it --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "text", "program"),
    [
        ("parameters", "a woman\nNegative prompt: hat\nSteps: 20, Sampler: Euler a, Seed: 1", "Stable Diffusion"),
        ("workflow", '{"last_node_id": 9, "nodes": []}', "ComfyUI"),
        ("prompt", '{"3": {"class_type": "KSampler"}}', "ComfyUI"),
        ("invokeai_metadata", '{"positive_prompt": "a woman"}', "InvokeAI"),
        ("Software", "NovelAI", "NovelAI"),
        ("fooocus_scheme", "fooocus", "Fooocus"),
    ],
)
@pytest.mark.parametrize("source", ["mj", "real"])
def test_a_picture_of_another_generator_is_named_and_gives_no_prompt(
    client: Client, tmp_path: Path, key: str, text: str, program: str, source: str
) -> None:
    (tmp_path / "in").mkdir()
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text(key, text)
    a_picture().save(tmp_path / "in" / "x.png", pnginfo=chunks)
    report = import_as(client, tmp_path / "in", source)
    (warning,) = [one for one in report.warnings if one.key == "import.other_generator"]
    assert program in str(warning.values["program"])
    about = client.records()[0].midjourney
    assert about is None or about.prompt is None


def test_a_midjourney_picture_that_went_through_another_program_stays_midjourneys(client: Client, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Description", DESCRIPTION)
    chunks.add_text("workflow", '{"nodes": []}')
    a_picture().save(tmp_path / "in" / "x.png", pnginfo=chunks)
    report = import_as(client, tmp_path / "in", "mj")
    assert (about_of(client).prompt, [one.key for one in report.warnings]) == (PROMPT, [])


@pytest.mark.parametrize(
    ("source_type", "told"),
    [
        ("trainedAlgorithmicMedia", True),
        ("compositeWithTrainedAlgorithmicMedia", True),
        ("compositeSynthetic", True),
        ("algorithmicMedia", True),
        ("digitalCapture", False),
        ("negativeFilm", False),
        ("humanEdits", False),
        ("algorithmicallyEnhanced", False),
    ],
)
def test_a_photo_that_says_it_was_generated_is_remarked_on(
    client: Client, tmp_path: Path, source_type: str, told: bool
) -> None:
    (tmp_path / "in").mkdir()
    a_picture().save(tmp_path / "in" / "x.jpg", xmp=xmp(Iptc4xmpExt_DigitalSourceType=SOURCE_TYPES + source_type))
    report = import_as(client, tmp_path / "in", "real")
    assert [one.key for one in report.warnings] == (["import.photo_is_generated"] if told else [])
    assert len(report.added) == 1


def manifest(source_type: str) -> bytes:
    return b"jumb" + b"c2pa.actions.v2" + f'digitalSourceType"x{SOURCE_TYPES}{source_type}'.encode()


@pytest.mark.parametrize(("source_type", "told"), [("trainedAlgorithmicMedia", True), ("digitalCapture", False)])
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_content_credentials_that_name_a_model_are_remarked_on(
    client: Client, tmp_path: Path, suffix: str, source_type: str, told: bool
) -> None:
    path = tmp_path / "in" / f"x{suffix}"
    path.parent.mkdir()
    body = manifest(source_type)
    if suffix == ".jpg":
        jpeg_with(path, b"\xff\xeb" + struct.pack(">H", len(body) + 2) + body)
    else:
        a_picture().save(path)
        content = path.read_bytes()
        chunk = struct.pack(">I", len(body)) + b"caBX" + body + struct.pack(">I", zlib.crc32(b"caBX" + body))
        path.write_bytes(content[:33] + chunk + content[33:])
    report = import_as(client, tmp_path / "in", "real")
    assert [one.key for one in report.warnings] == (["import.photo_is_generated"] if told else [])


def test_a_prompt_that_another_program_left_as_description_is_none_of_midjourneys(client: Client, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Software", "NovelAI")
    chunks.add_text("Description", "1girl, red coat")
    a_picture().save(tmp_path / "in" / "x.png", pnginfo=chunks)
    import_as(client, tmp_path / "in", "mj")
    assert (about_of(client).prompt, about_of(client).evidence) == (None, None)


def test_a_generators_text_in_a_jpegs_user_comment_is_known_too(client: Client, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    exif = Image.Exif()
    written = "a woman\nNegative prompt: hat\nSteps: 20, Sampler: Euler"
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + written.encode("utf-16-be")
    a_picture().save(tmp_path / "in" / "x.jpg", exif=exif)
    told = [one.key for one in import_as(client, tmp_path / "in", "mj").warnings]
    assert told == ["import.nothing_of_midjourney", "import.other_generator"]  # both are true of it


@pytest.mark.parametrize("tag", sorted(metadata.XP_TEXTS))
def test_a_description_in_a_text_of_windows_explorer_is_embedded(client: Client, tmp_path: Path, tag: int) -> None:
    (tmp_path / "in").mkdir()
    exif = Image.Exif()
    exif[tag] = (DESCRIPTION + "\0").encode("utf-16-le")
    a_picture().save(tmp_path / "in" / "x.jpg", exif=exif)
    import_as(client, tmp_path / "in", "mj")
    assert (about_of(client).prompt, about_of(client).job_id, about_of(client).evidence) == (PROMPT, JOB, "embedded")


# --- accounts and groups ------------------------------------------------------------------------------------------------


def saved(folder: Path, name: str, number: int, author: str = "") -> None:
    chunks = PngImagePlugin.PngInfo()
    if author:
        chunks.add_text("Author", author)
        chunks.add_text("Description", f"neon {number} --v 7 Job ID: {JOB[:-1]}{number}")
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (60, 40), (20 * number, 40, 40)).save(folder / name, pnginfo=chunks)


def test_the_account_that_one_picture_names_is_taken_out_of_the_others_prompts(client: Client, tmp_path: Path) -> None:
    saved(tmp_path / "in", f"coffin_chaser_neon_1_{JOB[:-1]}1_0.png", 1, "coffin_chaser")
    saved(tmp_path / "in", f"coffin_chaser_accounting_and_budgeting_{JOB[:-1]}2_0.png", 2)
    saved(tmp_path / "in", f"coffin_chaser_accounting_and_budgeting_{JOB[:-1]}2_1.png", 3)
    import_as(client, tmp_path / "in", "mj")
    prompts = {record.original.name[-7:]: record.midjourney.prompt for record in client.records() if record.midjourney}
    assert prompts == {"1_0.png": "neon 1", "2_0.png": "accounting and budgeting", "2_1.png": "accounting and budgeting"}


def test_upscales_are_single_pictures_and_no_groups_of_four(client: Client, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        saved(tmp_path / "in", f"ana_a_woman_{JOB}{' (1)' * number}.png", number)
    report = import_as(client, tmp_path / "in", "mj")
    assert (report.groups_complete, report.groups_incomplete, report.single_pictures) == (0, 0, 3)


def test_the_frame_of_a_message_is_taken_off_a_master_prompt(client: Client) -> None:
    from avatar.pictures.groups import set_master_prompt

    set_master_prompt(client, "**portrait of a woman --v 7** - @ana_test (fast)")
    assert client.info().master_prompt == "portrait of a woman --v 7"
