"""Words of libraries and of the system are told in the user's language, and what is not known is marked as technical."""

from __future__ import annotations

import errno
import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from avatar.texts import foreign
from avatar.texts.text import Text
from avatar.texts.translate import text, words
from avatar.trainer import dataset_pictures, safetensors

LANGUAGES = ("es", "en")


def raised(act: Callable[[], object]) -> str:
    with pytest.raises(Exception) as caught:
        act()
    return str(caught.value)


def png(size: int = 300) -> bytes:
    made = io.BytesIO()
    Image.effect_noise((size, size), 60).save(made, "PNG")
    return made.getvalue()


def jpeg() -> bytes:
    made = io.BytesIO()
    Image.effect_noise((300, 300), 60).save(made, "JPEG")
    return made.getvalue()


def damaged_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "a" * 100)
    data = bytearray(made.getvalue())
    data[40] ^= 0xFF
    return bytes(data)


def opened(data: bytes) -> Callable[[], object]:
    return lambda: Image.open(io.BytesIO(data)).load()


REAL: dict[str, tuple[str, Callable[[], object]]] = {
    "not a zip": ("detail.not_a_zip", lambda: zipfile.ZipFile(io.BytesIO(b"hello"))),
    "damaged zip": ("detail.zip_damaged", lambda: zipfile.ZipFile(io.BytesIO(damaged_zip())).read("a.txt")),
    "cut JPEG": ("detail.ends_early", opened(jpeg()[:3000])),
    "cut PNG": ("detail.ends_early", opened(png()[:3000])),
    "no picture": ("detail.no_picture", opened(b"hello" * 100)),
    "no header": ("detail.no_safetensors", lambda: safetensors.read_raw(io.BytesIO(b"x" * 90))),
    "no object": ("detail.no_safetensors", lambda: safetensors.read_raw(io.BytesIO(struct.pack("<Q", 2) + b"[]"))),
    "no JSON": ("detail.no_json", lambda: json.loads("{")),
    "no UTF-8": ("detail.not_utf8", lambda: b"\xff".decode("utf-8")),
    "no package": ("detail.missing_package", lambda: __import__("no_such_package")),
    "inflate": ("detail.zip_damaged", lambda: zlib.decompress(b"no zlib data")),
}
SYSTEM = {
    errno.ENOSPC: "detail.disk_full", errno.EACCES: "detail.no_permission", errno.EPERM: "detail.no_permission",
    errno.ENOENT: "detail.missing", errno.EISDIR: "detail.is_folder", errno.ENOTDIR: "detail.no_folder",
    errno.EROFS: "detail.read_only", errno.EEXIST: "detail.there_already", errno.EIO: "detail.disk_error",
    errno.EBUSY: "detail.in_use", errno.EMFILE: "detail.too_many_open", errno.ENAMETOOLONG: "detail.name_too_long",
    errno.ENOTEMPTY: "detail.not_empty", errno.EXDEV: "detail.other_disk", errno.ENOMEM: "detail.no_memory",
    errno.ECONNREFUSED: "detail.refused", errno.ETIMEDOUT: "detail.timed_out",
}  # fmt: skip


@pytest.mark.parametrize("case", REAL)
def test_what_a_library_really_says_is_told_in_our_words(case: str) -> None:
    key, act = REAL[case]
    said = raised(act)
    told = foreign.told(said)
    assert told is not None and told.key == key, said
    for language in LANGUAGES:
        shown = words(Text("import.unreadable", {"name": "a", "detail": said}), language)
        assert f"({words(told, language)})" in shown and said not in shown


@pytest.mark.skipif(os.name == "nt", reason="the words of Linux and macOS")
@pytest.mark.parametrize("number", SYSTEM, ids=lambda number: errno.errorcode[number])
def test_what_the_system_says_is_told_in_our_words_with_its_file_or_without(number: int) -> None:
    said = os.strerror(number)
    told = foreign.told(said)
    assert told is not None and told.key == SYSTEM[number]
    whole = str(OSError(number, said, "/fotos de ana/ñ.png"))
    for language in LANGUAGES:
        assert text("faces.not_written", language, detail=said).count(words(told, language)) == 1
        assert f"{words(told, language)}: /fotos de ana/ñ.png" in text("faces.not_written", language, detail=whole)


def test_what_is_wrong_with_a_picture_of_the_dataset_is_told_in_our_words(tmp_path: Path) -> None:
    whole = png()
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    faults = {"a.png": whole[:3000], "b.png": bytes(damaged), "c.png": b"", "d.png": whole[:33] + whole[-12:]}
    keys = {}
    for name, data in faults.items():
        (tmp_path / name).write_bytes(data)
        told = foreign.told(dataset_pictures.picture_fault(tmp_path / name))
        keys[name] = told.key if told else ""
    missing = foreign.told(dataset_pictures.picture_fault(tmp_path / "e.png"))
    assert list(keys.values()) == ["detail.ends_early", "detail.damaged", "detail.empty", "detail.no_pixels"]
    assert missing is not None and missing.key == "detail.missing"


@pytest.mark.parametrize(
    "said", ["RuntimeError: the odd thing", "Expected all tensors on one device, found two", "KeyError: 'x'"]
)
def test_words_that_nobody_knows_are_marked_as_technical(said: str) -> None:
    assert f"(detalle técnico: {said})" in text("import.unreadable", "es", name="a", detail=said)
    assert f"(technical detail: {said})" in text("import.unreadable", "en", name="a", detail=said)


@pytest.mark.parametrize(
    "value", ["-", "", "120", "0xC0000005", "9000 x 9000 px", "/fotos de ana/mi foto.png", "C:\\mis fotos\\a b.png"]
)
def test_numbers_codes_and_paths_are_no_foreign_words(value: str) -> None:
    assert foreign.told(value) is None
    assert f"({value})" in text("import.unreadable", "es", name="a", detail=value)


def test_a_detail_that_is_a_text_of_ours_is_not_marked() -> None:
    ours = Text("setting.missing", {"name": "entries"})
    shown = words(Text("queue.bad_file", {"path": "q.json", "detail": ours}), "es")
    assert words(ours, "es") in shown and "técnico" not in shown


def test_a_line_that_is_called_the_logs_own_is_shown_as_it_is() -> None:
    values = {"step": 1, "total": 2, "code": 1, "detail": "No such file or directory", "log": "l"}
    assert "registro: No such file or directory" in text("train.cause.silent", "es", **values)
