"""The text fields that a picture file carries: PNG chunks, EXIF comments, XMP."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from avatar.pictures import camera
from avatar.pictures.decode import DECODER_ERRORS, opened
from avatar.prompts.midjourney import fix_encoding


def text_metadata(path: Path) -> dict[str, str]:
    """Return the texts a picture carries: PNG chunks by keyword, EXIF ImageDescription and UserComment, XMP as "xmp".

    UTF-8 in Latin-1 chunks, as MidJourney writes it, is decoded correctly. Never raises: a picture without texts gives {}.
    """
    found: dict[str, str] = {}
    try:
        with opened(path) as picture:
            if picture.format == "PNG":
                _read_png_end(path, picture)
            for key, value in picture.info.items():
                if isinstance(value, str):
                    found[str(key)] = fix_encoding(value)
            if isinstance(xmp := picture.info.get("xmp"), bytes):
                found["xmp"] = xmp.decode("utf-8", "replace")
            exif = picture.getexif()
            if isinstance(description := exif.get(0x010E), str) and description.strip():
                found["ImageDescription"] = fix_encoding(description)
            comment = exif.get_ifd(0x8769).get(0x9286)
            if comment:
                found["UserComment"] = _user_comment(comment)
    except DECODER_ERRORS as error:
        camera.LOG.info("no texts from %s: %s", path.name, error)
    return found


def _read_png_end(path: Path, picture: Image.Image) -> None:
    """Tell Pillow that a PNG has no EXIF if none precedes its pixels: else Pillow decodes all pixels to look behind them.

    Text chunks behind the pixels, as some editors write them, are then read only when the picture is decoded.
    """
    with path.open("rb") as handle:
        handle.seek(8)
        seen: list[bytes] = []
        while len(header := handle.read(8)) == 8 and header[4:] != b"IEND":
            seen.append(header[4:])
            handle.seek(int.from_bytes(header[:4], "big") + 4, io.SEEK_CUR)
    behind = seen[len(seen) - seen[::-1].index(b"IDAT") :] if b"IDAT" in seen else []
    if not {b"eXIf", b"tEXt", b"zTXt", b"iTXt"} & set(behind):
        picture.info.setdefault("exif", b"")
    else:
        picture.load()


def _user_comment(value: object) -> str:
    """Decode EXIF's UserComment: eight bytes name the code (EXIF 2.32 section 4.6.5)."""
    if not isinstance(value, bytes):
        return str(value)
    code, content = value[:8], value[8:]
    if code.startswith(b"UNICODE"):
        return content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", "replace").strip("\0 ")
    return content.decode("utf-8", "replace").strip("\0 ")
