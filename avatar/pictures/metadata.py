"""The text fields that a picture file carries: PNG chunks, EXIF comments, XMP, IPTC, keywords, and the program that made it."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from PIL import Image, ImageFile, IptcImagePlugin

from avatar.pictures import camera
from avatar.pictures.decode import DECODER_ERRORS, opened
from avatar.prompts.midjourney import fix_encoding

KEYWORDS = "Keywords"  # one a line
XMP_KEYS = ("xmp", "XML:com.adobe.xmp")
CAPTION_OF_IPTC, KEYWORD_OF_IPTC = (2, 120), (2, 25)  # IPTC-IIM 4.2
XP_KEYWORDS = 0x9C9E  # Windows Explorer's, UTF-16
XP_TEXTS = {0x9C9B: "XPTitle", 0x9C9C: "XPComment", 0x9C9F: "XPSubject"}
CREDENTIALS_BYTES = 2_000_000  # [choice] of C2PA's manifest that are looked at
KEYWORDS_READ = 100  # [choice] of one picture
_LIST_ITEM = re.compile(r"<rdf:li\b[^<>]*>([^<>]*)</rdf:li>")
_A1111 = re.compile(r"\bSteps: \d+, ?[A-Z]|^Negative prompt:", re.MULTILINE)
_COMFYUI = re.compile(r"\"class_type\"|\"nodes\"\s*:")
# Texts that only one program writes: key, what stands in it, and the program.
_GENERATORS = (
    ("Software", r"NovelAI", "NovelAI"),
    ("Software", r"(?i)fooocus", "Fooocus"),
    ("Software", r"(?i)invoke", "InvokeAI"),
    ("Software", r"(?i)draw things", "Draw Things"),
    ("invokeai_metadata", "", "InvokeAI"),
    ("invokeai_graph", "", "InvokeAI"),
    ("sd-metadata", "", "InvokeAI"),
    ("Dream", "", "InvokeAI"),
    ("fooocus_scheme", "", "Fooocus"),
)
_DIRECT = "trainedAlgorithmicMedia"


def other_generator(metadata: Mapping[str, str]) -> str | None:
    """Return the program, other than MidJourney, that says in a picture's texts that it made it."""
    for key, content, program in _GENERATORS:
        if key in metadata and re.search(content, metadata[key]):
            return program
    for key, text in metadata.items():
        if key not in XMP_KEYS and _A1111.search(text):
            return "Stable Diffusion (A1111, Forge)"
        if key not in XMP_KEYS and _COMFYUI.search(text):
            return "ComfyUI"
    return None


def names_a_model(path: Path) -> bool:
    """Return whether the content credentials (C2PA) of a JPEG or PNG name a model as the picture's source."""
    try:
        with path.open("rb") as handle:
            return any(_DIRECT.encode() in part for part in _credentials(handle))
    except OSError:
        return False


def _credentials(handle: IO[bytes]) -> Iterator[bytes]:
    """Yield the parts of a file that may hold C2PA's manifest: JPEG's APP11 segments, PNG's chunk caBX."""
    if handle.read(2) == b"\xff\xd8":
        while (head := handle.read(4))[:1] == b"\xff" and len(head) == 4 and head[1] != 0xDA:  # start of scan
            length = int.from_bytes(head[2:], "big") - 2
            if head[1] == 0xEB:
                yield handle.read(length)
            else:
                handle.seek(max(0, length), io.SEEK_CUR)
        return
    handle.seek(8)
    while len(head := handle.read(8)) == 8 and head[4:] not in {b"IDAT", b"IEND"}:
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"caBX":
            yield handle.read(min(length, CREDENTIALS_BYTES))
            return
        handle.seek(length + 4, io.SEEK_CUR)


def keywords(metadata: Mapping[str, str]) -> list[str]:
    """Return the keywords that a photo manager wrote into a picture: IPTC, XMP's dc:subject, Windows' XPKeywords."""
    found = metadata.get(KEYWORDS, "").splitlines()
    for key in XMP_KEYS:
        found += xmp_keywords(metadata.get(key, ""))
    words = (" ".join(fix_encoding(word).split()) for word in found)
    return list(dict.fromkeys(word for word in words if word))[:KEYWORDS_READ]


def xmp_keywords(packet: str) -> list[str]:
    """Return the items of dc:subject of an XMP packet."""
    subject = packet.partition("<dc:subject")[2].partition("</dc:subject>")[0]
    return [html.unescape(item).strip() for item in _LIST_ITEM.findall(subject)]


def text_metadata(path: Path) -> dict[str, str]:
    """Return the texts a picture carries: PNG chunks by keyword, EXIF ImageDescription and UserComment, XMP as "xmp", a
    JPEG's comment as "Comment", IPTC's caption as "Caption-Abstract", keywords of IPTC and Windows as "Keywords".

    UTF-8 in Latin-1 chunks, as MidJourney writes it, is decoded correctly. Never raises: a picture without texts gives {}.
    """
    found: dict[str, str] = {}
    try:
        with opened(path) as picture:
            if picture.format == "PNG":
                _read_png_end(path, picture)
            read_texts(picture, found)
    except DECODER_ERRORS as error:
        camera.LOG.info("no texts from %s: %s", path.name, error)
    return found


def read_texts(picture: Image.Image, found: dict[str, str]) -> None:
    """Add the texts of an opened picture to `found`, as `text_metadata`; of a PNG, those behind its pixels are not read.

    Raises DECODER_ERRORS; what was found before stays.
    """
    for key, value in picture.info.items():
        if isinstance(value, str):
            found[str(key)] = fix_encoding(value)
    if isinstance(xmp := picture.info.get("xmp"), bytes):
        found["xmp"] = xmp.decode("utf-8", "replace")
    if isinstance(comment := picture.info.get("comment"), bytes):
        found["Comment"] = _text(comment)
    found.update(_iptc(picture))
    exif = picture.getexif()
    if isinstance(words := exif.get(XP_KEYWORDS), bytes):
        _add_keywords(found, re.split(r"[;\0]+", words.decode("utf-16-le", "replace")))
    for tag, name in XP_TEXTS.items():
        if isinstance(value := exif.get(tag), bytes):
            found[name] = value.decode("utf-16-le", "replace").strip("\0 ")
    if isinstance(description := exif.get(0x010E), str) and description.strip():
        found["ImageDescription"] = fix_encoding(description)
    user_comment = exif.get_ifd(0x8769).get(0x9286)
    if user_comment:
        found["UserComment"] = _user_comment(user_comment)


def _text(content: bytes) -> str:
    """Decode UTF-8, else Latin-1, as programs write texts whose encoding no standard names."""
    try:
        return content.decode("utf-8").strip("\0 ")
    except UnicodeDecodeError:
        return content.decode("latin-1").strip("\0 ")


def _add_keywords(found: dict[str, str], words: list[str]) -> None:
    found[KEYWORDS] = "\n".join([*found.get(KEYWORDS, "").splitlines(), *words])


def _iptc(picture: Image.Image) -> dict[str, str]:
    """Return caption and keywords of IPTC-IIM; {} where there are none or they are damaged."""
    if not isinstance(picture, ImageFile.ImageFile):
        return {}
    try:
        fields = IptcImagePlugin.getiptcinfo(picture) or {}
    except (SyntaxError, OSError, ValueError, IndexError, KeyError, TypeError) as error:
        camera.LOG.info("IPTC cannot be read: %s", error)
        return {}
    found: dict[str, str] = {}
    if caption := "\n".join(_iptc_texts(fields.get(CAPTION_OF_IPTC))).strip():
        found["Caption-Abstract"] = caption
    if words := list(_iptc_texts(fields.get(KEYWORD_OF_IPTC))):
        _add_keywords(found, words)
    return found


def _iptc_texts(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, bytes):
            yield _text(item)


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
