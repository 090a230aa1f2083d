"""Which format a picture file is, by its content and never by its name."""

from __future__ import annotations

import re
from pathlib import Path

from avatar.pictures import left_out
from avatar.texts.text import PipelineError
from config import RAW_EXTENSIONS

HEAD_BYTES = 4096
MAGIC_BYTES = 132  # enough for `format_of` and `left_out.format_of_others`

RAW_MAGIC = (
    b"FUJIFILMCCD-RAW", b"FOVb", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"\0MRM", b"IIRC",  # RAF, X3F, ORF, RW2, MRW
)  # fmt: skip
TEXT_START = re.compile(rb"^\s*(<!doctype|<html|<\?xml|<svg|\{|\[|[\x09\x0a\x0d\x20-\x7e]{64})", re.IGNORECASE)
# Of HEVC; of any coding; of AVC, VVC, EVC, JPEG and JPEG 2000 in the same container, whose coding `heif_boxes` names.
HEIF_BRANDS = {
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"mif3", b"msf1", b"miaf",
    b"avci", b"avcs", b"vvic", b"vvis", b"evbi", b"evbs", b"jpeg", b"jpgs", b"j2ki", b"j2is",
}  # fmt: skip
AVIF_BRANDS = {b"avif", b"avis"}
BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}  # lengths of the second header in OS/2's and Windows' bitmaps
BEFORE_PICTURE = re.compile(
    rb"(?:HTTP/1\.[01] \d{3}[^\xff\x89]{1,2000}?\r?\n\r?\n)?(?:\xef\xbb\xbf)?[\s\0]{0,64}"
    rb"(?P<picture>\xff\xd8\xff|\x89PNG\r\n\x1a\n)"
)
PACKED_MAGIC = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
# What one picture may take while it is decoded: 156 megapixels of most kinds, which holds the largest sensors (151), and 78 of
# WebP, AVIF and HEIC, whose decoders take twice as much. [choice]
DECODE_BYTES = 1_250_000_000
# What makes a TIFF a RAW: DNGVersion, a colour filter array, a maker's raw tags (TIFF/EP and Adobe DNG 1.7).
RAW_TIFF_TAGS = {33421, 33422, 50706, 50752}


def sniff(path: Path) -> str:
    """Return the format by content: PNG, JPEG, WEBP, TIFF, BMP, HEIF, AVIF or RAW.

    Raises PipelineError("import.empty", "import.apple_double", "import.packed", "import.other_format", "import.video",
    "import.not_picture", "import.unreadable").
    """
    try:
        with path.open("rb") as handle:
            head = handle.read(HEAD_BYTES)
    except OSError as error:
        raise PipelineError("import.unreadable", name=path.name, detail=error.strerror or str(error)) from error
    if not head.strip(b"\0"):
        raise PipelineError("import.empty", name=path.name)
    head = head[foreign_bytes(head) :]
    if head.startswith((b"\0\x05\x16\x07", b"\0\x05\x16\0")):  # AppleDouble and AppleSingle, RFC 1740
        raise PipelineError("import.apple_double", name=path.name)
    found = format_of(head)
    if found == "TIFF" and _is_raw_tiff(path):
        return "RAW"
    if found is not None:
        return found
    if head.startswith(PACKED_MAGIC):
        raise PipelineError("import.packed", name=path.name)
    if (other := left_out.format_of_others(head)) is not None:
        raise PipelineError("import.other_format", name=path.name, format=other)
    if left_out.VIDEO_START.match(head):
        raise PipelineError("import.video", name=path.name)
    if path.suffix.lower() in RAW_EXTENSIONS and not TEXT_START.match(head):
        return "RAW"  # old RAW formats without a magic number; LibRaw will decide
    raise PipelineError("import.not_picture", name=path.name, seen=_looks_like(head))


def foreign_bytes(head: bytes) -> int:
    """Return how many bytes stand before a JPEG or PNG: a byte order mark, line breaks, the answer of a web server."""
    found = BEFORE_PICTURE.match(head)
    return found.start("picture") if found else 0


def first_bytes(path: Path) -> bytes:
    """Return as many of a file's bytes as `format_of` looks at, none where it cannot be read."""
    try:
        with path.open("rb") as handle:
            return handle.read(MAGIC_BYTES)
    except OSError:
        return b""


def is_picture(path: Path) -> bool:
    """Return whether the file starts like a picture, whatever its name (downloads without an extension, .jpg_large)."""
    return format_of(first_bytes(path)) is not None


def format_of(head: bytes) -> str | None:
    """Return the format by the first MAGIC_BYTES bytes of a file, named as by `sniff`, or None."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in BMP_HEADERS:  # "BM" alone may be the start of a text
        return "BMP"
    if head.startswith(RAW_MAGIC) or (head[4:8] == b"ftyp" and head[8:11] == b"crx") or head[6:14] == b"HEAPCCDR":
        return "RAW"
    if head[4:8] == b"ftyp":
        brands = {head[8:12], *(head[i : i + 4] for i in range(16, min(int.from_bytes(head[:4], "big"), 64), 4))}
        return "AVIF" if brands & AVIF_BRANDS else "HEIF" if brands & HEIF_BRANDS else None
    return "TIFF" if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+") else None


def _looks_like(head: bytes) -> str:
    start = head.lstrip()[:64].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg")):
        return "HTML/XML"
    if head.startswith(b"PK\x03\x04"):
        return "ZIP"
    if head.startswith(b"%PDF"):
        return "PDF"
    return "TXT" if TEXT_START.match(head) else "?"  # as the other formats: the same in both languages


def _is_raw_tiff(path: Path) -> bool:
    """Return whether the tags are those of a TIFF-based RAW (DNG, NEF, CR2, ARW, PEF, SRW …) and not of a TIFF picture."""
    if path.suffix.lower() in RAW_EXTENSIONS:
        return True
    import exifread

    with path.open("rb") as handle:
        if handle.read(10)[8:10] == b"CR":  # CR2's mark after the TIFF header
            return True
        handle.seek(0)
        try:
            tags = exifread.process_file(handle, details=False)
        except Exception:  # noqa: BLE001 - a broken directory: LibRaw or Pillow will say what is wrong
            return False
    numbers = {getattr(tag, "tag", 0) for tag in tags.values()}
    make = str(tags.get("Image Make", ""))
    compression = str(tags.get("Image Compression", ""))
    return bool(numbers & RAW_TIFF_TAGS) or (bool(make) and "34713" in compression)  # 34713: Nikon NEF


def suffix_differs(path: Path, kind: str) -> bool:
    """Return whether the extension is that of another format than the content."""
    usual = {
        "PNG": {".png"}, "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif"}, "WEBP": {".webp"}, "TIFF": {".tif", ".tiff"},
        "BMP": {".bmp"}, "HEIF": {".heic", ".heif"}, "AVIF": {".avif"}, "RAW": set(RAW_EXTENSIONS),
    }  # fmt: skip
    suffix = path.suffix.lower()
    return suffix not in usual[kind] and any(suffix in others for others in usual.values())


def check_size(path: Path, width: int, height: int, max_pixels: int, pixel_bytes: int = 0) -> None:
    """Raise PipelineError("import.bomb") for too many pixels, ("import.memory") where decoding them takes too much memory.

    pixel_bytes  that one pixel takes while it is decoded; 0: the picture is decoded small or in strips
    """
    if width * height > max_pixels:
        raise PipelineError("import.bomb", name=path.name, megapixels=width * height / 1e6, limit=max_pixels / 1e6)
    if width * height * pixel_bytes > DECODE_BYTES:
        limit = DECODE_BYTES / pixel_bytes / 1e6
        raise PipelineError("import.memory", name=path.name, megapixels=width * height / 1e6, limit=limit)
    if min(width, height) < 1:
        raise PipelineError("import.unreadable", name=path.name, detail=f"{width} x {height} px")
