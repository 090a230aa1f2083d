"""Where pictures come from: paths as people paste them, folders, archives; nothing is unpacked, nothing is followed."""

from __future__ import annotations

import errno
import os
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import utils
from avatar.pictures import sources
from avatar.pictures.sources import clean_path, find_sources, stored_name
from avatar.texts.text import PipelineError
from config import CopyWay, ImportConfig

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
    assert [(item.name, item.text.key) for item in found.refused] == [
        ("2.png", "import.archive_bomb"),
        ("otro.zip", "import.packed"),
    ]


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


# --- what counts as a picture, and what is too much ------------------------------------------------------------------


def an_archive(path: Path, *members: tuple[str, bytes], way: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", way) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def told(path: Path, limits: ImportConfig = LIMITS) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the names that were found below path, and those that were refused with their reasons."""
    with find_sources([path], limits) as found:
        return [item.name for item in found.items], [(item.name, item.text.key) for item in found.refused]


def test_an_archive_as_large_as_allowed_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = an_archive(tmp_path / "x.zip", ("1.png", bytes(600)), ("notes.txt", bytes(500)), ("2.png", bytes(400)))
    assert told(path, ImportConfig(max_archive_bytes=1000)) == (["1.png", "2.png"], [])
    assert told(path, ImportConfig(max_archive_bytes=999)) == (["1.png"], [("2.png", "import.archive_bomb")])


def test_a_member_that_unpacks_to_as_much_as_allowed_is_taken_and_to_more_is_not(tmp_path: Path) -> None:
    path = an_archive(tmp_path / "x.zip", ("1.png", bytes(100_000)), way=zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(path) as archive:
        member = archive.infolist()[0]
        ratio = member.file_size / member.compress_size
    assert told(path, ImportConfig(max_archive_ratio=ratio)) == (["1.png"], [])
    assert told(path, ImportConfig(max_archive_ratio=ratio * 0.999)) == ([], [("1.png", "import.archive_bomb")])


def test_an_empty_member_is_found_and_later_refused_for_being_empty(tmp_path: Path) -> None:
    assert told(an_archive(tmp_path / "x.zip", ("1.png", b""))) == (["1.png"], [])


def test_members_that_are_the_systems_or_no_pictures_are_passed_over(tmp_path: Path) -> None:
    members = (
        "__MACOSX/._cara.png", ".hidden/a.png", "fotos/._b.png", "fotos/Thumbs.db", "fotos/", "fotos/c.txt", "fotos/sin_nada",
        "fotos/d.PNG", "fotos/e.NEF", "../f.jpg", "/etc/g.heic", "C:\\fotos\\h.webp", "./i.jpeg",
    )  # fmt: skip
    path = an_archive(tmp_path / "x.zip", *((name, b"x") for name in members))
    assert told(path) == (["d.PNG", "e.NEF", "f.jpg", "g.heic", "h.webp", "i.jpeg"], [])


JPEG_START = b"\xff\xd8\xff\xe0" + bytes(60)


def test_members_are_pictures_by_their_content_too(tmp_path: Path) -> None:
    path = an_archive(
        tmp_path / "x.zip", ("descarga", JPEG_START), ("foto.jpg_large", JPEG_START), ("LEEME", b"read me"), ("vacío", b""),
        ("corto", JPEG_START[:3]), ("b.png", b"x"),
    )  # fmt: skip
    assert told(path) == (["descarga", "foto.jpg_large", "corto", "b.png"], [])


def test_a_nameless_member_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    path = an_archive(tmp_path / "x.zip", ("descarga", JPEG_START), ("b.png", b"x"))
    content = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1  # locked
    path.write_bytes(content)
    assert told(path) == (["b.png"], [])


@pytest.mark.parametrize("name", ["j.zip", "fotos/J.ZIP", "k.rar", "l.7z", "m.tar.gz", "n.TGZ", "o.tar"])
def test_an_archive_in_an_archive_is_named_so_that_nobody_looks_for_its_pictures(tmp_path: Path, name: str) -> None:
    path = an_archive(tmp_path / "x.zip", (name, b"PK"), ("a.png", b"x"), (f"__MACOSX/{name}", b"x"))
    assert told(path) == (["a.png"], [(name.rpartition("/")[2], "import.packed")])


@pytest.mark.parametrize("name", ["k.rar", "L.7Z", "m.tar.gz"])
@pytest.mark.parametrize("alone", [True, False])
def test_an_archive_of_another_kind_is_named_in_a_folder_and_alone(tmp_path: Path, name: str, alone: bool) -> None:
    (tmp_path / name).write_bytes(b"Rar!\x1a\x07\x01\0")
    assert told(tmp_path / name if alone else tmp_path) == ([], [(name, "import.packed")])
    (tmp_path / name).write_bytes(JPEG_START)
    assert told(tmp_path / name if alone else tmp_path) == ([name], [])  # by content, not by name


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no archive at all", b"PK\x05\x06" + bytes(18)], ids=repr)
def test_an_archive_that_cannot_be_read_is_refused_and_an_empty_one_has_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    picture(tmp_path / "y.png")
    empty = content.startswith(b"PK\x05")
    assert told(tmp_path) == (["y.png"], [] if empty else [("x.zip", "import.bad_archive")])


def test_a_member_whose_bytes_are_damaged_is_refused_when_it_is_read(tmp_path: Path) -> None:
    path = an_archive(tmp_path / "x.zip", ("a.png", b"good" * 50), ("b.png", b"evil" * 50))
    path.write_bytes(path.read_bytes().replace(b"evilevil", b"evilEVIL", 1))
    with find_sources([path], LIMITS) as found:
        assert found.copy_hashed(found.items[0], tmp_path / "a.png")[1] == 200
        with pytest.raises(PipelineError) as caught:
            found.copy_hashed(found.items[1], None)
    assert (caught.value.key, caught.value.values["name"]) == ("import.bad_archive", "b.png")


def test_an_encrypted_member_is_refused_and_the_others_are_found(tmp_path: Path) -> None:
    path = an_archive(tmp_path / "x.zip", ("a.png", b"x"), ("b.png", b"y"))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the first member's flags in the list at the end
    path.write_bytes(content)
    assert told(path) == (["b.png"], [("a.png", "import.encrypted")])


def test_a_file_that_only_the_user_can_mean_is_taken_whatever_its_name(tmp_path: Path) -> None:
    hidden = picture(tmp_path / ".foto.png")
    (tmp_path / "notas.txt").write_text("x", encoding="utf-8")
    assert told(tmp_path) == ([], [])
    assert told(hidden) == ([".foto.png"], [])
    assert told(tmp_path / "notas.txt") == (["notas.txt"], [])  # said to be no picture when it is read


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_below_a_folder_are_not_followed_and_a_link_that_was_named_is(tmp_path: Path) -> None:
    picture(tmp_path / "real" / "a.png")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "real")
    (tmp_path / "in" / "file.png").symlink_to(tmp_path / "real" / "a.png")
    (tmp_path / "in" / "circle").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "broken.png").symlink_to(tmp_path / "gone.png")
    assert told(tmp_path / "in") == ([], [])
    assert told(tmp_path / "in" / "folder") == (["a.png"], [])
    assert names(tmp_path / "in" / "file.png", tmp_path / "real") == ["file.png"]  # the same file, once
    with pytest.raises(PipelineError, match=r"import\.no_path"):
        find_sources([tmp_path / "in" / "broken.png"], LIMITS)


def test_folders_and_files_come_in_order_of_name_at_every_depth(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/1.png", "a/z/9.png", "a/3.png", "c.png"):
        picture(tmp_path / name)
    assert names(tmp_path) == ["c.png", "3.png", "9.png", "1.png", "2.png"]


def test_a_way_that_was_not_asked_for_is_not_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = picture(tmp_path / "x.png")
    monkeypatch.setattr(os, "link", lambda *_: pytest.fail("linked"))
    if sys.platform == "linux":
        import fcntl

        monkeypatch.setattr(fcntl, "ioctl", lambda *_: pytest.fail("cloned"))
    found = find_sources([path], LIMITS)
    assert found.copy_hashed(found.items[0], tmp_path / "copy.png")[1] == path.stat().st_size
    assert found.copy_hashed(found.items[0], None, "link") == (utils.sha256_of(path), path.stat().st_size)


# --- names -----------------------------------------------------------------------------------------------------------


def test_a_name_as_long_as_allowed_is_kept_and_a_longer_one_loses_its_middle() -> None:
    whole = "a" * 40 + "b" * 40
    assert sources.stored_name("mj_1", whole + ".png") == f"mj_1_{whole}.png"
    shortened = sources.stored_name("mj_1", whole + "c.png")
    assert shortened == "mj_1_" + "a" * 36 + "~aa" + "b" * 40 + "c.png"
    assert len(shortened) == len("mj_1_.png") + sources.STORED_NAME_CHARACTERS


@given(
    st.text(max_size=200), st.sampled_from(["", ".png", ".JPEG", ". .png", ".p/ng", "....", ".png.webp", ".ñandú_long_ending"])
)
def test_whatever_a_picture_was_called_it_is_kept_under_a_name_that_every_system_takes(stem: str, suffix: str) -> None:
    name = sources.stored_name("real_0123456789abcdef", sources.printable(stem + suffix))
    assert name.startswith("real_0123456789abcdef_") and not name.endswith((" ", "."))
    assert not set(name) & set('<>:"/\\|?*\0\n')
    assert len(name) <= len("real_0123456789abcdef_") + sources.STORED_NAME_CHARACTERS + 8
    assert name.encode("utf-8")


def test_nothing_is_shared_with_the_users_file_unless_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", lambda *_: pytest.fail("linked"))
    if sys.platform == "linux":
        monkeypatch.setattr("fcntl.ioctl", lambda *_: pytest.fail("cloned"))
    path, target = picture(tmp_path / "x.png"), tmp_path / "copy.png"
    found = find_sources([path], LIMITS)
    found.copy_hashed(found.items[0], target)
    assert target.read_bytes() == path.read_bytes()


NOISE = bytes(range(256)) * 4


def packed(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.png", content)
    return path


def test_a_member_that_needs_a_password_is_refused_by_name_and_the_others_go_on(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", open=NOISE, locked=NOISE[::-1])
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")  # the last in the directory
    content[entry + 8] |= 1  # its flags: encrypted
    path.write_bytes(content)
    found = find_sources([path], LIMITS)
    assert [item.name for item in found.items] == ["open.png"]
    assert [(item.name, item.text.key, item.text.values) for item in found.refused] == [
        ("locked.png", "import.encrypted", {"name": "locked.png"})
    ]


@pytest.mark.parametrize(
    ("name", "stored"),
    [("x.abcdefghij", "id_x.abcdefg"), ("x.j p-g", "id_x.jpg"), ("x", "id_x"), (".png", "id_png"), ("foto.ñ", "id_foto"),
     ("a/b\\c.png", "id_c.png"), ("tab\there\n.png", "id_tab_here_.png"), ("CON.png", "id_CON.png"),
     ("a.b.c.PNG", "id_a.b.c.png"),
     ("y" * 80 + ".png", "id_" + "y" * 80 + ".png"), ("y" * 81 + ".png", "id_" + "y" * 36 + "~" + "y" * 43 + ".png")],
)  # fmt: skip
def test_a_stored_name_keeps_what_is_readable_and_allowed(name: str, stored: str) -> None:
    assert stored_name("id", name) == stored


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_every_stored_name_fits_every_disk_and_keeps_its_end(name: str) -> None:
    kept = stored_name("real_0123456789abcdef", name)
    assert len(kept.encode("utf-8")) <= 255 and len(kept) <= 22 + 80 + 8
    assert kept.startswith("real_0123456789abcdef_")
    assert not set(kept) & {*'<>:"/\\|?*', *map(chr, range(32))}
    assert not kept.endswith((" ", "."))  # Windows drops them, and the record would name another file


@pytest.mark.parametrize("end", ["9488ab2e-2c11-4bea-8bfc-62c32a8f5f97", "9488ab2e-2c11-4bea-8bfc-62c32a8f5f97_2", "_2 (1)"])
@pytest.mark.parametrize("letter", ["x", "ñ", "写", "🎉"])
@pytest.mark.parametrize("length", [40, 60, 79, 80, 81, 200])
def test_a_shortened_name_still_ends_in_its_job_and_tile(letter: str, length: int, end: str) -> None:
    name = (letter * length + "_" + end)[-length:] if length > len(end) else end
    kept = stored_name("mj_0123456789abcdef", f"{name}.png")
    assert kept.endswith(f"{end}.png")
    assert len(kept.encode("utf-8")) <= 255


def test_a_folder_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(tmp_path / "secret" / "y.png")
    picture(tmp_path / "x.png")
    scan = os.scandir

    def refused(path: str) -> object:
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refused)
    found = find_sources([tmp_path], LIMITS)
    assert [item.name for item in found.items] == ["x.png"]
    assert [(item.name, item.text.key, item.text.values) for item in found.refused] == [
        ("secret", "import.unreadable", {"name": "secret", "detail": "Permission denied"})
    ]
