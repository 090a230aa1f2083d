"""Nothing in a folder is passed over in silence: what is no picture that can be read is refused by name, or counted by kind."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from avatar.pictures import kinds, left_out
from avatar.pictures.sources import find_sources
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from config import ImportConfig

PNG_START = b"\x89PNG\r\n\x1a\n" + bytes(60)
MP4_START = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(60)


def in_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def in_archive(folder: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return folder / "x.zip"


Found = tuple[list[str], list[tuple[str, str]], dict[str, list[str]]]


def found_in(path: Path) -> Found:
    """Return names of pictures, names and reasons of those refused, and names by kind of what was left out."""
    with find_sources([path], ImportConfig()) as found:
        left = {kind: sorted(names.values()) for kind, names in found.left_out.items()}
        return [item.name for item in found.items], [(item.name, item.text.key) for item in found.refused], left


@pytest.mark.parametrize("put", [in_folder, in_archive])
def test_every_kind_of_file_is_counted_and_named(tmp_path: Path, put: object) -> None:
    files = {
        "a.png": PNG_START, "clip.MP4": MP4_START, "no_name": MP4_START, "film.mov": b"x", "IMG_1.HEIC": b"x",
        "IMG_1.MOV": b"x", "scan.pdf": b"%PDF", "logo.SVG": b"<svg", "IMG_1.AAE": b"x", "a.npz": b"x", "song.mp3": b"x",
        "notes.txt": b"x",
        ".secret.jpg": b"x", ".IMG_2.HEIC.icloud": b"x", "what.ever": b"x", "empty": b"",
    }  # fmt: skip
    path = in_folder(tmp_path, files) if put is in_folder else in_archive(tmp_path, files)
    assert found_in(path) == (
        ["IMG_1.HEIC", "a.png"] if put is in_folder else ["a.png", "IMG_1.HEIC"],
        [],
        {
            "video": ["clip.MP4", "film.mov", "no_name"], "live_photo": ["IMG_1.MOV"], "document": ["logo.SVG", "scan.pdf"],
            "edits": ["IMG_1.AAE"], "weights": ["a.npz"], "sound": ["song.mp3"], "text": ["notes.txt"],
            "hidden": [".secret.jpg"], "cloud": ["IMG_2.HEIC"], "other": ["empty", "what.ever"],
        },
    )  # fmt: skip


OTHERS = {
    "GIF": b"GIF89a\1\1", "JPEG XL": b"\xff\n\1\1", "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG XR": b"II\xbc\1",
    "Photoshop": b"8BPS\0\1", "GIMP": b"gimp xcf v011", "OpenEXR": b"v/1\x01\2\0", "Radiance HDR": b"#?RADIANCE\n",
    "DDS": b"DDS \x7c\0\0\0", "QOI": b"qoif\0\0", "PNM": b"P6\n3 2\n255\n", "DICOM": bytes(128) + b"DICM", "BPG": b"BPG\xfb",
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_a_picture_of_another_format_is_refused_by_its_name_and_by_its_content(tmp_path: Path, name: str) -> None:
    suffix = sorted(next(known for known in left_out.FORMATS if known.name == name).suffixes)[0]
    in_folder(tmp_path, {f"x{suffix.upper()}": b"not looked at", "no_extension": OTHERS[name] + b"\1" * 80})
    assert found_in(tmp_path) == (
        [], [(one, "import.other_format") for one in sorted([f"x{suffix.upper()}", "no_extension"])], {}
    )  # fmt: skip
    (tmp_path / "called.jpg").write_bytes(OTHERS[name] + b"\1" * 80)
    with pytest.raises(PipelineError) as caught:
        kinds.sniff(tmp_path / "called.jpg")
    assert caught.value.text == Text("import.other_format", {"name": "called.jpg", "format": name})


FILMS = {
    "mp4": MP4_START, "qt": b"\0\0\0\x14ftypqt  " + b"\1" * 60, "old qt": b"\0\0\0\x08wide" + b"\1" * 60,
    "avi": b"RIFF\1\1\1\1AVI LIST",
    "mkv": b"\x1aE\xdf\xa3" + b"\1" * 60, "wmv": b"0&\xb2u\x8ef\xcf\x11\xa6\xd9", "mpeg": b"\0\0\1\xba\1\1",
}  # fmt: skip


@pytest.mark.parametrize("content", FILMS.values(), ids=FILMS)
def test_a_film_called_a_picture_is_refused_as_a_film(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jpg").write_bytes(content)
    with pytest.raises(PipelineError) as caught:
        kinds.sniff(tmp_path / "x.jpg")
    assert caught.value.text == Text("import.video", {"name": "x.jpg"})


@pytest.mark.parametrize("suffix", sorted(left_out.UNFINISHED))
def test_a_download_that_has_not_ended_is_refused_even_if_it_begins_like_a_picture(tmp_path: Path, suffix: str) -> None:
    in_folder(tmp_path, {f"x.png{suffix}": PNG_START, f"y{suffix.upper()}": b""})
    names = sorted([f"x.png{suffix}", f"y{suffix.upper()}"])
    assert found_in(tmp_path) == ([], [(name, "import.unfinished") for name in names], {})


SYSTEM_FOLDERS = ("@eaDir/a.jpg", "$RECYCLE.BIN", "#recycle", "System Volume Information", "Lightroom Catalog Previews.lrdata",
                  "lost+found", "FOUND.000", "@Recycle", "CaptureOne/Cache")  # fmt: skip


@pytest.mark.parametrize("folder", SYSTEM_FOLDERS)
@pytest.mark.parametrize("put", [in_folder, in_archive])
def test_pictures_in_folders_of_the_system_are_not_the_users(tmp_path: Path, folder: str, put: object) -> None:
    files = {f"mine/{folder}/b.jpg": PNG_START, "mine/a.png": PNG_START}
    path = in_folder(tmp_path, files) if put is in_folder else in_archive(tmp_path, files)
    assert found_in(path) == (["a.png"], [], {"system": [folder.partition("/")[0]]} if put is in_folder else {})


@pytest.mark.parametrize("folder", [".Trashes", ".thumbnails", "__MACOSX", ".Trash-1000", ".@__thumb", ".git"])
def test_hidden_folders_of_the_system_cost_no_line(tmp_path: Path, folder: str) -> None:
    in_folder(
        tmp_path,
        {
            f"{folder}/b.jpg": PNG_START,
            "a.png": PNG_START,
            "Thumbs.db": b"x",
            "a.png@SynoEAStream": b"x",
            "DSC_1.THM": b"\xff\xd8\xff\xe0",
        },
    )
    assert found_in(tmp_path) == (["a.png"], [], {})


def test_a_hidden_picture_without_an_extension_is_named_too(tmp_path: Path) -> None:
    in_folder(tmp_path, {".jpg": PNG_START, ".bashrc": b"alias", "a.png": PNG_START})
    assert found_in(tmp_path) == (["a.png"], [], {"hidden": [".jpg"]})


def test_a_folder_hidden_by_the_user_and_a_link_are_named(tmp_path: Path) -> None:
    in_folder(tmp_path / "in", {".private/b.jpg": PNG_START, "a.png": PNG_START})
    (tmp_path / "in" / "to").symlink_to(tmp_path)
    (tmp_path / "in" / "z.png").symlink_to(tmp_path / "in" / "a.png")
    assert found_in(tmp_path / "in") == (["a.png"], [], {"hidden": [".private"], "link": ["to", "z.png"]})


@pytest.mark.parametrize("library", ["Fotos.photoslibrary", "iPhoto Library.photolibrary"])
def test_of_a_library_of_photos_only_the_originals_are_looked_at(tmp_path: Path, library: str) -> None:
    in_folder(tmp_path, {f"{library}/originals/0/a.png": PNG_START, f"{library}/resources/derivatives/b.png": PNG_START})
    assert found_in(tmp_path) == (["a.png"], [], {"system": ["resources"]})


def test_a_folder_that_is_named_itself_is_looked_into_whatever_its_name(tmp_path: Path) -> None:
    in_folder(tmp_path, {"#recycle/b.png": PNG_START, ".private/c.png": PNG_START})
    assert found_in(tmp_path / "#recycle")[0] == ["b.png"] and found_in(tmp_path / ".private")[0] == ["c.png"]


def test_the_same_file_counts_once_however_often_its_folder_is_named(tmp_path: Path) -> None:
    in_folder(tmp_path, {"x.mp4": b""})
    with find_sources([tmp_path, tmp_path], ImportConfig()) as found:
        assert [list(names.values()) for names in found.left_out.values()] == [["x.mp4"]]


def test_a_line_tells_how_many_and_the_first_names(tmp_path: Path) -> None:
    (line,) = left_out.lines({"video": ["a.mp4", "b.mp4", "c.mov", "d.mov"]})
    assert line == Text("import.left.video", {"n": 4, "names": "a.mp4, b.mp4, c.mov, …"})
    assert "4 (a.mp4, b.mp4, c.mov, …)" in translate.words(line, "en") and "vídeo" in translate.words(line, "es").lower()


def test_every_kind_has_its_line_in_the_order_of_the_list() -> None:
    shown = left_out.lines({kind: ["x"] for kind in reversed(left_out.LEFT)})
    assert [line.key for line in shown] == [f"import.left.{kind}" for kind in left_out.LEFT]
    for language in translate.LANGUAGES:
        assert all(translate.words(line, language) for line in shown)


def test_pictures_that_are_read_are_in_no_list_of_others(tmp_path: Path) -> None:
    for suffix in ("png", "jpg", "webp", "tif", "bmp", "avif"):
        Image.new("RGB", (8, 8)).save(tmp_path / f"x.{suffix}")
        head = kinds.first_bytes(tmp_path / f"x.{suffix}")
        assert left_out.format_of_others(head) is None and not left_out.VIDEO_START.match(head)
