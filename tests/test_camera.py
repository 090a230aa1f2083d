"""Texts and camera data are read from whatever holds them, and never stop an import."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

import camera
import pictures


def a_picture() -> Image.Image:
    return Image.new("RGB", (60, 40), (200, 40, 40))


def tiff_of(tags: dict[int, object], group: int | None = None) -> bytes:
    """Return tags as TIFF, as they lie behind "Exif\\0\\0"; group 0x8769 puts them where EXIF's own ones belong."""
    exif = Image.Exif()
    (exif if group is None else exif.get_ifd(group)).update(tags)
    return exif.tobytes().removeprefix(b"Exif\0\0")


def test_the_real_raws_come_upright_with_their_cameras(shared_data: Path) -> None:
    raw = shared_data / "raw"
    sizes = {path.name: pictures.load_rgb(path).full_size for path in sorted(raw.iterdir()) if path.suffix != ".json"}
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
    found = camera.text_metadata(tmp_path / "x.png")
    assert found["Description"] == "Zoë, freckles — soft light，"
    assert "<x/>" in (found.get("XML:com.adobe.xmp", ""), found.get("xmp", ""))


def test_texts_and_camera_data_behind_the_pixels_of_a_png_are_found_too(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "in front"
    a_picture().save(tmp_path / "x.png", exif=exif)
    assert camera.text_metadata(tmp_path / "x.png") == {"ImageDescription": "in front"}
    a_picture().save(tmp_path / "x.png")
    whole = (tmp_path / "x.png").read_bytes()
    end = whole.rindex(b"IEND") - 4
    body = b"tEXtDescription\0behind"
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    (tmp_path / "x.png").write_bytes(whole[:end] + chunk + whole[end:])
    assert camera.text_metadata(tmp_path / "x.png")["Description"] == "behind"
    (tmp_path / "x.png").write_bytes(whole[:40])
    assert camera.text_metadata(tmp_path / "x.png") == {}


def test_the_texts_of_a_png_are_read_without_its_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("Description", "a man")
    a_picture().save(tmp_path / "x.png", pnginfo=chunks)
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda *_: pytest.fail("decoded"))
    assert camera.text_metadata(tmp_path / "x.png") == {"Description": "a man"}


@pytest.mark.parametrize(
    "comment", [b"ASCII\0\0\0a prompt", b"UNICODE\0" + "a prompt".encode("utf-16-be"), b"\0" * 8 + b"a prompt"]
)
def test_the_user_comment_is_decoded_by_its_code(tmp_path: Path, comment: bytes) -> None:
    exif = Image.Exif()
    exif[0x010E] = "job"
    exif.get_ifd(0x8769)[0x9286] = comment
    a_picture().save(tmp_path / "x.jpg", exif=exif)
    found = camera.text_metadata(tmp_path / "x.jpg")
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


def test_broken_camera_data_is_no_camera_data(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"\xff\xd8\xff\xe1\x00\x20Exif\0\0II*\0\xff\xff\xff\xff")
    assert camera.read_camera(tmp_path / "x.jpg") == (None, None)
    assert camera.text_metadata(tmp_path / "x.jpg") == {}
