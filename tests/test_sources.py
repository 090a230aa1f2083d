"""Where pictures come from: paths as people paste them, folders, archives; nothing is unpacked, nothing is followed."""

from __future__ import annotations

import errno
import os
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

import sources
import utils
from config import CopyWay, ImportConfig
from sources import clean_path, find_sources
from utils import PipelineError

LIMITS = ImportConfig()


def picture(path: Path, kind: str = "PNG") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), "red").save(path, kind)
    return path


def names(*paths: Path | str) -> list[str]:
    return [item.name for item in find_sources(paths, LIMITS).items]


@pytest.mark.parametrize(
    "form", ['"{}"', "'{}'", "  {} ", "file://{}", "FILE://localhost{}", "& '{}'", '& "{}" ', "\u202a{}", "{}/", "' {} '"]
)
def test_paths_as_people_paste_them_are_understood(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "mis fotos ñ 🎉"
    folder.mkdir()
    assert clean_path(form.format(folder)) == folder


@pytest.mark.skipif(sys.platform == "win32", reason="there a backslash parts folders")
def test_escaped_blanks_of_a_terminal_are_understood(tmp_path: Path) -> None:
    folder = tmp_path / "mis fotos (2)"
    folder.mkdir()
    assert clean_path(str(folder).replace(" ", "\\ ").replace("(", "\\(").replace(")", "\\)")) == folder


def test_the_home_sign_and_addresses_are_understood(own_home: Path) -> None:
    assert clean_path("~/fotos") == clean_path(Path("~/fotos")) == own_home / "fotos"
    assert clean_path("file:///mis%20fotos#1?.png").name == "mis fotos#1?.png"
    assert clean_path("file:///C:/fotos").as_posix() == "C:/fotos"
    assert clean_path("it's.png") == Path("it's.png")


@pytest.mark.parametrize("text", ["", "  ", "~nobody_here/x", "/x/" + "y" * 5000, "a\0b", "/no/there", '"'])
def test_a_path_that_is_nowhere_is_told(text: str) -> None:
    with pytest.raises(PipelineError) as caught:
        find_sources([text], LIMITS)
    assert caught.value.key == "import.no_path"


def test_a_download_without_an_extension_is_found_by_what_it_is(tmp_path: Path) -> None:
    picture(tmp_path / "sin_extension")
    picture(tmp_path / "foto.jpg_large", "JPEG")
    (tmp_path / "notas").write_text("BMW, a text", encoding="utf-8")
    (tmp_path / "clip.mp4").write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2")
    (tmp_path / "foto.xmp").write_text("<x/>", encoding="utf-8")
    assert names(tmp_path) == ["foto.jpg_large", "sin_extension"]


def test_each_file_comes_once_however_often_it_is_named(tmp_path: Path) -> None:
    first = picture(tmp_path / "b" / "1.png")
    picture(tmp_path / "a" / "2.png")
    assert names(tmp_path, first, tmp_path / "b") == ["2.png", "1.png"]


def test_archives_are_opened_once_and_their_names_are_text(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name in ("uno.png", "dos.png"):
            archive.writestr(name, name)
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as archive:
        archive.writestr("tres.png", "tres.png")
    with find_sources([tmp_path], LIMITS) as found:
        opened = set()
        for item in found.items:
            with found.open(item) as stream:
                assert stream.read() == item.name.encode("utf-8")
            opened.add(id(found._archive))
        last = found._archive
    assert [item.name for item in found.items] == ["uno.png", "dos.png", "tres.png"]
    assert last is not None and last.fp is None  # closed


def test_archive_names_in_utf_8_without_a_mark_are_read_as_utf_8() -> None:
    member = zipfile.ZipInfo("año.png".encode().decode("cp437"))
    assert sources.member_name(member) == "año.png"
    plain = zipfile.ZipInfo("a\u00f1o.png")
    assert sources.member_name(plain) == "a\u00f1o.png"
    marked = zipfile.ZipInfo("año.png")
    marked.flag_bits |= 0x800
    assert sources.member_name(marked) == "año.png"


def test_archives_within_limits_only(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.png", bytes(range(256)) * 4)
        archive.writestr("2.png", bytes(1000))
        archive.writestr("otro.zip", b"PK")
    found = find_sources([tmp_path / "x.zip"], ImportConfig(max_archive_bytes=1500))
    assert [item.name for item in found.items] == ["1.png"]
    assert [(item.name, item.key) for item in found.refused] == [("2.png", "import.archive_bomb")]


def test_two_members_of_one_name_are_two_pictures(tmp_path: Path) -> None:
    """MidJourney's own archives do that above some thousand pictures (facts: numonic.ai)."""
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.png", b"short")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.png", b"somewhat longer")
    with find_sources([tmp_path / "x.zip", tmp_path], LIMITS) as found:
        assert [(item.name, item.bytes) for item in found.items] == [("a.png", 5), ("a.png", 15)]
        sizes = [found.copy_hashed(item, tmp_path / f"{number}.png")[1] for number, item in enumerate(found.items)]
    assert sizes == [5, 15]
    assert [(tmp_path / f"{number}.png").read_bytes() for number in (0, 1)] == [b"short", b"somewhat longer"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX names")
def test_names_that_are_no_text_become_printable() -> None:
    assert sources.printable("foto_\udcff.png") == "foto_\ufffd.png"
    assert sources.printable("año 🎉.png") == "año 🎉.png"


# --- copies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["copy", "clone", "link"])
def test_an_item_arrives_whole_and_hashed_in_every_way(tmp_path: Path, way: CopyWay) -> None:
    path, target = picture(tmp_path / "x.png"), tmp_path / "copy.png"
    found = find_sources([path], LIMITS)
    digest, size = found.copy_hashed(found.items[0], target, way)
    assert (digest, size) == (utils.sha256_of(path), path.stat().st_size)
    assert target.read_bytes() == path.read_bytes()
    assert target.samefile(path) == (way == "link")
    target.unlink()
    assert path.is_file()


@pytest.mark.parametrize("way", ["clone", "link"])
def test_a_file_system_that_cannot_share_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: CopyWay) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refused)
    if sys.platform == "linux":
        import fcntl

        monkeypatch.setattr(fcntl, "ioctl", refused)
    path, target = picture(tmp_path / "x.png"), tmp_path / "copy.png"
    found = find_sources([path], LIMITS)
    assert found.copy_hashed(found.items[0], target, way)[1] == path.stat().st_size
    assert target.read_bytes() == path.read_bytes()
    assert not target.samefile(path)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for a clone")
def test_a_clone_is_asked_of_the_file_system_and_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    path, target = picture(tmp_path / "x.png"), tmp_path / "copy.png"

    def cloned(writer: int, request: int, reader: int) -> int:
        assert request == sources.FICLONE
        os.write(writer, os.pread(reader, 1 << 20, 0))
        return 0

    monkeypatch.setattr(fcntl, "ioctl", cloned)
    found = find_sources([path], LIMITS)
    assert found.copy_hashed(found.items[0], target, "clone")[0] == utils.sha256_of(path)
    assert target.read_bytes() == path.read_bytes()


def test_a_member_of_an_archive_is_copied_whatever_was_asked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(picture(tmp_path / "x.png"), "x.png")
    found = find_sources([tmp_path / "x.zip"], LIMITS)
    with found:
        found.copy_hashed(found.items[0], tmp_path / "copy.png", "link")
    assert (tmp_path / "copy.png").read_bytes() == (tmp_path / "x.png").read_bytes()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_pipes_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "x.png").write_bytes(b"x")
    with find_sources([tmp_path], ImportConfig()) as found:
        assert [item.name for item in found.items] == ["x.png"]
    for path in (tmp_path / "pipe.png", Path("/dev/zero")):
        with pytest.raises(PipelineError, match=r"import\.no_path"):
            find_sources([path], ImportConfig())
