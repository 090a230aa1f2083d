"""Texts and camera data are read from whatever holds them, and never stop an import."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Literal

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

from avatar.pictures import camera, decode, metadata
from avatar.prompts import midjourney
from avatar.workspace.records import Camera


def a_picture() -> Image.Image:
    return Image.new("RGB", (60, 40), (200, 40, 40))


def tiff_of(tags: dict[int, object], group: int | None = None) -> bytes:
    """Return tags as TIFF, as they lie behind "Exif\\0\\0"; group 0x8769 puts them where EXIF's own ones belong."""
    exif = Image.Exif()
    (exif if group is None else exif.get_ifd(group)).update(tags)
    return exif.tobytes().removeprefix(b"Exif\0\0")


def test_the_real_raws_come_upright_with_their_cameras(shared_data: Path) -> None:
    raw = shared_data / "raw"
    sizes = {path.name: decode.load_rgb(path).full_size for path in sorted(raw.iterdir()) if path.suffix != ".json"}
    assert sizes["face_0_orient1.dng"] == sizes["face_1_orient6.dng"] == (1152, 1536)
    assert sizes["issue247-1.nef"] == (2000, 3008)
    shot_by, taken_at = camera.read_camera(raw / "canon_eos_6d.dng")
    assert shot_by is not None and shot_by.model == "Canon EOS 6D" and shot_by.iso == 1000
    assert taken_at == "2019-06-06T07:29:51"
    shot_by, _ = camera.read_camera(raw / "IMG_2682.heic")
    assert shot_by is not None and shot_by.model == "iPhone 7" and shot_by.gps is None


def test_texts_of_png_are_read_and_the_encoding_put_right(tmp_path: Path) -> None:
    chunks = PngImagePlugin.PngInfo()
    chunks.add(b"tEXt", b"Description\0" + "Zoë, freckles — soft light，".encode())
    chunks.add_itxt("XML:com.adobe.xmp", "<x/>")
    a_picture().save(tmp_path / "x.png", pnginfo=chunks)
    found = metadata.text_metadata(tmp_path / "x.png")
    assert found["Description"] == "Zoë, freckles — soft light，"
    assert "<x/>" in (found.get("XML:com.adobe.xmp", ""), found.get("xmp", ""))


def test_texts_and_camera_data_behind_the_pixels_of_a_png_are_found_too(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "in front"
    a_picture().save(tmp_path / "x.png", exif=exif)
    assert metadata.text_metadata(tmp_path / "x.png") == {"ImageDescription": "in front"}
    a_picture().save(tmp_path / "x.png")
    whole = (tmp_path / "x.png").read_bytes()
    end = whole.rindex(b"IEND") - 4
    body = b"tEXtDescription\0behind"
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    (tmp_path / "x.png").write_bytes(whole[:end] + chunk + whole[end:])
    assert metadata.text_metadata(tmp_path / "x.png")["Description"] == "behind"
    (tmp_path / "x.png").write_bytes(whole[:40])
    assert metadata.text_metadata(tmp_path / "x.png") == {}


def test_the_texts_of_a_png_are_read_without_its_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Description", "a man")
    a_picture().save(tmp_path / "x.png", pnginfo=chunks)
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda *_: pytest.fail("decoded"))
    assert metadata.text_metadata(tmp_path / "x.png") == {"Description": "a man"}


@pytest.mark.parametrize(
    "comment", [b"ASCII\0\0\0a prompt", b"UNICODE\0" + "a prompt".encode("utf-16-be"), b"\0" * 8 + b"a prompt"]
)
def test_the_user_comment_is_decoded_by_its_code(tmp_path: Path, comment: bytes) -> None:
    exif = Image.Exif()
    exif[0x010E] = "job"
    exif.get_ifd(0x8769)[0x9286] = comment
    a_picture().save(tmp_path / "x.jpg", exif=exif)
    found = metadata.text_metadata(tmp_path / "x.jpg")
    assert (found["UserComment"], found["ImageDescription"]) == ("a prompt", "job")


def test_gps_is_read_only_when_asked_for(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "R5"
    exif.get_ifd(0x8825).update({1: "S", 2: (34.0, 30.0, 0.0), 3: "E", 4: (58.0, 0.0, 36.0)})
    a_picture().save(tmp_path / "x.jpg", exif=exif)
    shot_by, _ = camera.read_camera(tmp_path / "x.jpg")
    assert shot_by is not None and shot_by.gps is None and shot_by.make == "Canon"
    shot_by, _ = camera.read_camera(tmp_path / "x.jpg", keep_gps=True)
    assert shot_by is not None and shot_by.gps == (-34.5, 58.01)


def test_camera_data_of_a_cr3_and_of_a_preview_inside_a_raw_is_found(tmp_path: Path) -> None:
    named = tiff_of({0x010F: "Canon", 0x0110: "Canon EOS M50"})
    shot = tiff_of({0x829A: IFDRational(1, 125), 0x829D: IFDRational(56, 10), 0x8827: 800, 0x9003: "2018:02:21 12:08:56"})
    head = b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(64)
    (tmp_path / "x.cr3").write_bytes(head + b"CMT1" + named + b"CMT2" + shot + bytes(100))
    shot_by, taken_at = camera.read_camera(tmp_path / "x.cr3")
    assert shot_by is not None
    assert (shot_by.model, shot_by.iso, shot_by.aperture, taken_at) == ("Canon EOS M50", 800, 5.6, "2018-02-21T12:08:56")

    preview = tiff_of({0x8827: 160, 0x829A: IFDRational(1, 100)}, 0x8769)
    (tmp_path / "x.raf").write_bytes(b"FUJIFILMCCD-RAW 0201" + bytes(80) + b"\xff\xd8\xff\xe1\0\0Exif\0\0" + preview)
    shot_by, _ = camera.read_camera(tmp_path / "x.raf")
    assert shot_by is not None and (shot_by.iso, shot_by.shutter_s) == (160, 0.01)
    (tmp_path / "x.raf").write_bytes(b"FUJIFILMCCD-RAW 0201" + b"Exif\0\0II*\0\xff\xff")
    assert camera.read_camera(tmp_path / "x.raf") == (None, None)


@pytest.mark.parametrize("block", [b"", b"Exif\0\0", b"II*\0\xff\xff\xff\xff", b"Exif\0\0Exif\0\0"])
def test_a_webp_without_whole_camera_data_has_none(tmp_path: Path, block: bytes) -> None:
    a_picture().save(tmp_path / "x.webp", exif=block)
    assert camera.read_camera(tmp_path / "x.webp") == (None, None)
    (tmp_path / "x.webp").write_bytes(b"RIFF\x10\0\0\0WEBPVP8X")
    assert camera.read_camera(tmp_path / "x.webp") == (None, None)


def test_broken_camera_data_is_no_camera_data(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"\xff\xd8\xff\xe1\x00\x20Exif\0\0II*\0\xff\xff\xff\xff")
    assert camera.read_camera(tmp_path / "x.jpg") == (None, None)
    assert metadata.text_metadata(tmp_path / "x.jpg") == {}


# --- single values ---------------------------------------------------------------------------------------------------


def shot_with(folder: Path, tags: dict[int, object], *, suffix: str = "jpg", gps: dict[int, object] | None = None) -> Path:
    """Write a picture whose EXIF holds these tags of the shot."""
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769).update(tags)
    if gps is not None:
        exif.get_ifd(0x8825).update(gps)
    a_picture().save(folder / f"x.{suffix}", exif=exif)
    return folder / f"x.{suffix}"


EXPOSURE, APERTURE, ISO, FLASH, FOCAL, TAKEN, LENS, LENS_LIMITS = (
    0x829A, 0x829D, 0x8827, 0x9209, 0x920A, 0x9003, 0xA434, 0xA432,
)  # fmt: skip


@pytest.mark.parametrize("suffix", ["jpg", "png", "heic", "webp"])
def test_an_exposure_is_read_from_every_kind_of_photo(tmp_path: Path, suffix: str) -> None:
    tags = {EXPOSURE: IFDRational(1, 250), APERTURE: IFDRational(28, 10), ISO: 6400, FOCAL: IFDRational(85, 1), LENS: "RF 85"}
    shot_by, _ = camera.read_camera(shot_with(tmp_path, tags, suffix=suffix))
    assert shot_by is not None
    assert (shot_by.shutter_s, shot_by.aperture, shot_by.iso, shot_by.focal_length_mm) == (0.004, 2.8, 6400, 85.0)
    assert (shot_by.lens, shot_by.make, shot_by.model, shot_by.flash) == ("RF 85", "Maker", None, None)


@pytest.mark.parametrize(("value", "fired"), [(0, False), (1, True), (0x10, False), (0x19, True), (0x5F, True), (0x18, False)])
def test_a_flash_fired_or_did_not_whatever_mode_it_was_in(tmp_path: Path, value: int, fired: bool) -> None:
    shot_by, _ = camera.read_camera(shot_with(tmp_path, {FLASH: value}))
    assert shot_by is not None and shot_by.flash is fired


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(1, 4, 0.25), (0, 1, 0.0), (1, 0, None), (0, 0, None), (4294967295, 1, None), (999_999_999, 1, 999_999_999.0),
     (1_000_000_000, 1, None)],
)  # fmt: skip
def test_a_number_that_stands_for_unknown_or_endless_is_left_out(
    tmp_path: Path, numerator: int, denominator: int, expected: float | None
) -> None:
    path = shot_with(tmp_path, {EXPOSURE: IFDRational(1, 60), ISO: 100})
    content = path.read_bytes()
    old = b"\0\0\0\x01\0\0\0\x3c" if b"MM\0*" in content else b"\x01\0\0\0\x3c\0\0\0"
    order: Literal["big", "little"] = "big" if b"MM\0*" in content else "little"
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, numerator.to_bytes(4, order) + denominator.to_bytes(4, order)))
    shot_by, _ = camera.read_camera(path)
    assert shot_by is not None and (shot_by.shutter_s, shot_by.iso) == (expected, 100)


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("2025:06:07 08:09:10", "2025-06-07T08:09:10"),
        ("2025-06-07T08:09:10", "2025-06-07T08:09:10"),
        ("2025:06:07 08:09:10+02:00", "2025-06-07T08:09:10"),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2025:06:07", None),
        ("yesterday", None),
    ],
)
def test_the_time_is_that_of_the_shot_or_unknown(tmp_path: Path, written: str, taken: str | None) -> None:
    assert camera.read_camera(shot_with(tmp_path, {TAKEN: written, ISO: 100}))[1] == taken


def test_without_a_time_of_the_shot_that_of_the_file_counts(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2024:01:02 03:04:05"
    a_picture().save(tmp_path / "x.jpg", exif=exif)
    assert camera.read_camera(tmp_path / "x.jpg") == (None, "2024-01-02T03:04:05")  # a time alone is no camera
    exif.get_ifd(0x8769)[TAKEN] = "2025:06:07 08:09:10"
    a_picture().save(tmp_path / "x.jpg", exif=exif)
    assert camera.read_camera(tmp_path / "x.jpg")[1] == "2025-06-07T08:09:10"


def test_names_come_without_the_blanks_and_zeros_that_makers_fill_them_with(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "NIKON CORPORATION\0\0  ", "  NIKON   D850 "
    a_picture().save(tmp_path / "x.jpg", exif=exif)
    shot_by, taken_at = camera.read_camera(tmp_path / "x.jpg")
    assert shot_by is not None and (shot_by.make, shot_by.model, taken_at) == ("NIKON CORPORATION", "NIKON D850", None)


def test_a_lens_without_a_name_is_told_by_its_limits(tmp_path: Path) -> None:
    limits = tuple(IFDRational(*pair) for pair in ((24, 1), (70, 1), (28, 10), (28, 10)))
    shot_by, _ = camera.read_camera(shot_with(tmp_path, {LENS_LIMITS: limits}))
    assert shot_by is not None and shot_by.lens is not None and shot_by.lens.startswith("[24, 70, ")
    shot_by, _ = camera.read_camera(shot_with(tmp_path, {LENS_LIMITS: limits, LENS: "24-70mm f/2.8"}))
    assert shot_by is not None and shot_by.lens == "24-70mm f/2.8"


NORTH, EAST = (40.0, 25.0, 12.0), (3.0, 42.0, 0.0)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({1: "N", 2: NORTH, 3: "W", 4: EAST}, (40.42, -3.7)),
        ({1: "S", 2: NORTH, 3: "E", 4: EAST}, (-40.42, 3.7)),
        ({2: NORTH, 4: EAST}, (40.42, 3.7)),
        ({1: "N", 2: NORTH, 3: "W"}, None),
        ({1: "N", 2: NORTH[:2], 3: "W", 4: EAST}, None),
        ({1: "N", 3: "W"}, None),
    ],
)
def test_a_place_is_whole_or_unknown(tmp_path: Path, place: dict[int, object], expected: tuple[float, float] | None) -> None:
    path = shot_with(tmp_path, {ISO: 100}, gps=place)
    shot_by, _ = camera.read_camera(path, keep_gps=True)
    assert shot_by is not None and shot_by.gps == expected
    shot_by, _ = camera.read_camera(path)
    assert shot_by is not None and shot_by.gps is None


# --- texts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        (b"UNICODE\0" + "años".encode("utf-16-le"), "años"),
        (b"UNICODE\0" + "años".encode("utf-16-be"), "años"),
        (b"ASCII\0\0\0a prompt\0\0  ", "a prompt"),
        (b"ASCII\0\0\0" + "años".encode(), "años"),
        (b"JIS\0\0\0\0\0\xff\xfe", "\ufffd\ufffd"),
        (b"ASCII\0\0\0", ""),
    ],
)
def test_a_comment_is_text_whatever_its_code(tmp_path: Path, comment: bytes, text: str) -> None:
    assert metadata.text_metadata(shot_with(tmp_path, {0x9286: comment}))["UserComment"] == text


def test_a_packet_of_xmp_is_read_from_a_jpeg_and_a_webp(tmp_path: Path) -> None:
    packet = '<x:xmpmeta xmlns:x="adobe:ns:meta/">niña</x:xmpmeta>'
    for suffix in ("jpg", "webp"):
        a_picture().save(tmp_path / f"x.{suffix}", xmp=packet.encode())
        assert metadata.text_metadata(tmp_path / f"x.{suffix}")["xmp"].strip("\0") == packet


def test_blank_descriptions_of_a_camera_are_no_texts(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "   "
    a_picture().save(tmp_path / "x.jpg", exif=exif)
    assert "ImageDescription" not in metadata.text_metadata(tmp_path / "x.jpg")
    exif[0x010E] = b"Ni\xc3\xb1a"  # UTF-8 where ASCII belongs, as MidJourney does it; Pillow takes it for Latin-1
    a_picture().save(tmp_path / "x.jpg", exif=exif)
    assert metadata.text_metadata(tmp_path / "x.jpg")["ImageDescription"] == "Niña"


@pytest.mark.parametrize("name", ["gone.png", "folder"])
def test_what_is_no_file_has_no_texts_and_no_camera(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    assert metadata.text_metadata(tmp_path / name) == {}
    assert camera.read_camera(tmp_path / name) == (None, None)


def shot(path: Path, tags: dict[int, object], own: dict[int, object] | None = None) -> tuple[Camera | None, str | None]:
    """Write a JPEG with these tags (own: those of EXIF itself), and read back what the camera wrote."""
    exif = Image.Exif()
    exif.update(tags)
    exif.get_ifd(0x8769).update(own or {})
    a_picture().save(path / "x.jpg", exif=exif)
    return camera.read_camera(path / "x.jpg")


@pytest.mark.parametrize(
    ("original", "changed", "taken_at"),
    [("2024:01:02 03:04:05", "2025:01:01 00:00:00", "2024-01-02T03:04:05"),
     (None, "2025:01:01 00:00:00", "2025-01-01T00:00:00"), ("2024-01-02T03:04:05+02:00", None, "2024-01-02T03:04:05"),
     ("0000:00:00 00:00:00", None, None), ("    :  :     :  :  ", None, None),
     ("2024:02:29 23:59:59", None, "2024-02-29T23:59:59"), ("2023:02:29 23:59:59", None, None),
     ("2024:01:02 25:00:00", None, None), ("yesterday", None, None), (None, None, None)],
)  # fmt: skip
def test_the_moment_of_the_shot_counts_before_that_of_a_change_and_only_one_that_there_was(
    tmp_path: Path, original: str | None, changed: str | None, taken_at: str | None
) -> None:
    tags = {} if changed is None else {0x0132: changed}
    assert shot(tmp_path, {0x0110: "X", **tags}, {} if original is None else {0x9003: original})[1] == taken_at


@pytest.mark.parametrize(
    ("value", "read"),
    [(IFDRational(35, 1), 35.0), (IFDRational(0, 1), 0.0), (IFDRational(999_999_999, 1), 999_999_999.0),
     (IFDRational(1_000_000_000, 1), None), (IFDRational(4_294_967_295, 1), None), (IFDRational(0, 0), None),
     (IFDRational(5, 0), None)],
)  # fmt: skip
def test_a_figure_that_cannot_be_is_left_out_and_the_others_stay(
    tmp_path: Path, value: IFDRational, read: float | None
) -> None:
    found, _ = shot(tmp_path, {0x0110: "X"}, {0x920A: value, 0x8827: 200})
    assert found is not None
    assert (found.model, found.focal_length_mm, found.iso) == ("X", read, 200)


@pytest.mark.parametrize("suffix", ["jpg", "webp", "png", "tif"])
def test_an_xmp_packet_is_found_in_every_format_that_has_one(tmp_path: Path, suffix: str) -> None:
    packet = "<dc:description>a man — ñ --v 7</dc:description>"
    if suffix == "png":
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt("XML:com.adobe.xmp", packet)
        a_picture().save(tmp_path / "x.png", pnginfo=chunks)
    elif suffix == "tif":
        a_picture().save(tmp_path / "x.tif", tiffinfo={700: packet.encode("utf-8")})
    else:
        a_picture().save(tmp_path / f"x.{suffix}", xmp=packet.encode("utf-8"))
    found = metadata.text_metadata(tmp_path / f"x.{suffix}")
    assert packet in (found.get("xmp"), found.get("XML:com.adobe.xmp"))
    about = midjourney.merge("x", found)
    assert (about.prompt, about.parameters["v"].text) == ("a man — ñ", "7")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["jpg", "png", "webp", "tif", "cr3"]), st.integers(0, 400), st.binary(max_size=40))
def test_no_bytes_stop_the_readers(tmp_path: Path, suffix: str, at: int, bytes_: bytes) -> None:
    exif = Image.Exif()
    exif[0x0110] = "X"
    exif.get_ifd(0x8769)[0x9003] = "2024:01:02 03:04:05"
    buffer = io.BytesIO()
    a_picture().save(buffer, {"jpg": "JPEG", "cr3": "JPEG", "tif": "TIFF"}.get(suffix, suffix.upper()), exif=exif)
    content = buffer.getvalue()
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(content[:at] + bytes_ + content[at + len(bytes_) :])
    metadata.text_metadata(path)
    found, taken_at = camera.read_camera(path, keep_gps=True)
    assert found is None or Camera.model_validate_json(found.model_dump_json()) == found
    assert taken_at is None or len(taken_at) == 19
