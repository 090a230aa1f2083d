"""Any picture file to upright sRGB pixels; the content decides, never the name.

Orientation is applied exactly once, whichever library decodes: LibRaw turns RAWs itself, libheif turns HEIC itself, all
others are turned here by their EXIF. Not covered: animated pictures (their first frame counts) and JPEG XL RAWs, which
LibRaw's wheels cannot decode (their embedded preview is used and that is noted).
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
import struct
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from avatar.pictures import png_file
from avatar.pictures.raw_cache import Developed
from avatar.prompts.midjourney import fix_encoding
from avatar.texts.text import PipelineError
from config import RAW_EXTENSIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

LOG = logging.getLogger(__name__)
MAX_PIXELS = 400_000_000  # as config.ImportConfig.max_pixels
# [measured] A frame at 8 % exposure has mean 9.6; below that brightening by LibRaw's own rule shows more than noise.
DARK_MEAN = 24.0
DARK_AUTO_BRIGHT = 0.001  # facts: share of pixels that may clip where auto-bright is the fallback
FLAT_STD = 0.75  # LibRaw's silent garbage is one colour; the flattest real picture here has 4
HEAD_BYTES = 4096
MAGIC_BYTES = 64  # enough for `format_of`
# What Pillow and its decoders raise on broken and foreign files: RuntimeError by AVIF, NotImplementedError (one of them) by
# DDS, the others anywhere; Image.DecompressionBombError has no other base.
DECODER_ERRORS = (
    OSError, ValueError, SyntaxError, EOFError, RuntimeError, TypeError, LookupError, ArithmeticError, struct.error,
    Image.DecompressionBombError,
)  # fmt: skip
# Even lossy RAWs keep more than this of a pixel; below it LibRaw makes a picture up out of a file that was stripped.
MIN_RAW_BITS_PER_PIXEL = 0.125

RAW_MAGIC = (
    b"FUJIFILMCCD-RAW", b"FOVb", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"\0MRM", b"IIRC",  # RAF, X3F, ORF, RW2, MRW
)  # fmt: skip
TEXT_START = re.compile(rb"^\s*(<!doctype|<html|<\?xml|<svg|\{|\[|[\x09\x0a\x0d\x20-\x7e]{64})", re.IGNORECASE)
# LibRaw's flip: bit 0 mirrors left and right, bit 1 top and bottom, bit 2 then lets rows and columns change places.
RAW_TURNS = {
    1: Image.Transpose.FLIP_LEFT_RIGHT, 2: Image.Transpose.FLIP_TOP_BOTTOM, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.TRANSPOSE, 5: Image.Transpose.ROTATE_90, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
}  # fmt: skip
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
AVIF_BRANDS = {b"avif", b"avis"}
BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}  # lengths of the second header in OS/2's and Windows' bitmaps
PACKED_MAGIC = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
# What makes a TIFF a RAW: DNGVersion, a colour filter array, a maker's raw tags (TIFF/EP and Adobe DNG 1.7).
RAW_TIFF_TAGS = {33421, 33422, 50706, 50752}


@dataclass(frozen=True)
class Loaded:
    """One decoded picture.

    pixels     HxWx3 uint8, sRGB, upright; at a reduced scale where a smaller side was asked for
    full_size  (width, height) in pixels of the whole upright picture
    notes      message keys of what had to be done otherwise than usual
    texts      as `camera.text_metadata`, where the file was seen whole and holds no camera data; else None
    """

    pixels: Pixels
    full_size: tuple[int, int]
    format: str
    notes: tuple[str, ...] = ()
    texts: Mapping[str, str] | None = None


# --- what a file is --------------------------------------------------------------------------------------------------


def sniff(path: Path) -> str:
    """Return the format by content: PNG, JPEG, WEBP, TIFF, BMP, HEIF, AVIF or RAW.

    Raises PipelineError("import.empty", "import.apple_double", "import.packed", "import.not_picture", "import.unreadable").
    """
    try:
        with path.open("rb") as handle:
            head = handle.read(HEAD_BYTES)
    except OSError as error:
        raise PipelineError("import.unreadable", name=path.name, detail=error.strerror or str(error)) from error
    if not head.strip(b"\0"):
        raise PipelineError("import.empty", name=path.name)
    if head.startswith((b"\0\x05\x16\x07", b"\0\x05\x16\0")):  # AppleDouble and AppleSingle, RFC 1740
        raise PipelineError("import.apple_double", name=path.name)
    found = format_of(head)
    if found == "TIFF" and _is_raw_tiff(path):
        return "RAW"
    if found is not None:
        return found
    if head.startswith(PACKED_MAGIC):
        raise PipelineError("import.packed", name=path.name)
    if path.suffix.lower() in RAW_EXTENSIONS and not TEXT_START.match(head):
        return "RAW"  # old makers' formats without a mark of their own; LibRaw will say
    raise PipelineError("import.not_picture", name=path.name, seen=_looks_like(head))


def is_picture(path: Path) -> bool:
    """Tell whether a file begins like a picture, whatever its name (downloads without an extension, .jpg_large)."""
    try:
        with path.open("rb") as handle:
            return format_of(handle.read(MAGIC_BYTES)) is not None
    except OSError:
        return False


def is_hidden(name: str) -> bool:
    """Tell whether a file is the system's, not the user's: ._x, .DS_Store, Thumbs.db, desktop.ini."""
    return name.startswith(".") or name.lower() in {"thumbs.db", "desktop.ini", "__macosx"}


def format_of(head: bytes) -> str | None:
    """Return the format that a file's first MAGIC_BYTES bytes tell, as `sniff` names it, None where they tell none."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in BMP_HEADERS:  # two letters alone begin texts too
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
    """Tell a RAW built on TIFF (DNG, NEF, CR2, ARW, PEF, SRW …) from a TIFF picture by its tags."""
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


# --- pixels ----------------------------------------------------------------------------------------------------------


def load_rgb(
    path: Path, *, max_side_px: int | None = None, max_pixels: int = MAX_PIXELS, developed: Developed | None = None
) -> Loaded:
    """Decode a picture to upright sRGB.

    max_side_px  a copy is enough whose long side is at least this (never smaller where the original has more): JPEG and
                 RAW are then decoded at a reduced scale; the result is shrunk to about this side
    developed    where a RAW's pixels are kept once it was developed
    Raises PipelineError as `sniff` does, and ("import.truncated"), ("import.damaged"), ("import.bomb"), ("import.garbage"),
    ("import.pixel_kind"), ("import.unreadable").
    """
    kind = sniff(path)
    notes: list[str] = []
    texts: Mapping[str, str] | None = None
    try:
        if kind == "RAW":
            rgb, full_size = _load_raw(path, max_side_px, max_pixels, notes, developed)
        elif kind == "PNG" and (plain := _load_plain_png(path, max_side_px, max_pixels)) is not None:
            rgb, full_size, texts = plain
        else:
            rgb, full_size = _load_standard(path, max_side_px, max_pixels)
    except PipelineError:
        raise
    except MemoryError as error:
        raise PipelineError("import.bomb", name=path.name, megapixels=max_pixels / 1e6, limit=max_pixels / 1e6) from error
    except DECODER_ERRORS as error:
        raise _why_unreadable(path, error) from error
    if suffix_differs(path, kind):
        notes.append("picture.note.other_type")
    return Loaded(_shrunk(rgb, max_side_px), full_size, kind, tuple(notes), texts)


def suffix_differs(path: Path, kind: str) -> bool:
    """Tell whether the name claims another kind of picture than the content is."""
    usual = {
        "PNG": {".png"}, "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif"}, "WEBP": {".webp"}, "TIFF": {".tif", ".tiff"},
        "BMP": {".bmp"}, "HEIF": {".heic", ".heif"}, "AVIF": {".avif"}, "RAW": set(RAW_EXTENSIONS),
    }  # fmt: skip
    suffix = path.suffix.lower()
    return suffix not in usual[kind] and any(suffix in others for others in usual.values())


class PixelKindError(ValueError):
    """Pixels whose values say nothing certain about how bright they are."""


def _why_unreadable(path: Path, error: Exception) -> PipelineError:
    detail = str(error)
    if isinstance(error, UnidentifiedImageError):
        if not (found := _tiff_pixels(path)):
            return PipelineError("import.damaged", name=path.name)
        error = PixelKindError(found)
    if isinstance(error, PixelKindError):
        return PipelineError("import.pixel_kind", name=path.name, detail=str(error))
    if isinstance(error, Image.DecompressionBombError):
        return PipelineError("import.bomb", name=path.name, megapixels=0, limit=MAX_PIXELS / 1e6)
    if any(word in detail.lower() for word in ("truncated", "end of file", "broken", "premature", "unexpected end")):
        return PipelineError("import.truncated", name=path.name, detail=detail)
    return PipelineError("import.unreadable", name=path.name, detail=detail)


def _tiff_pixels(path: Path) -> str:
    """Return what a TIFF's tags say of its pixels, such as "32, 32, 32 bit, IEEE Floating Point"; "" for other files."""
    import exifread

    try:
        with path.open("rb") as handle:
            tags = exifread.process_file(handle, details=False) if format_of(handle.read(64)) == "TIFF" else {}
    except Exception:  # noqa: BLE001 - a broken directory: then that is the reason, as Pillow says it
        return ""
    # TIFF 6.0, sections 8 and 19.
    bits, kind, meaning = (
        str(tags.get(f"Image {name}", "")).strip("[]")[:40]
        for name in ("BitsPerSample", "SampleFormat", "PhotometricInterpretation")
    )
    return ", ".join(filter(None, (f"{bits} bit", kind, meaning))) if bits else ""


class _Quiet:
    """Pillow's limits and warnings put aside while at least one picture is open.

    Both are the process's, not the thread's: an import opens several at once, so the first in sets and the last out restores.
    """

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0
        self._saved: tuple[warnings.catch_warnings[None], int | None] | None = None

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside > 1:
                return
            caught = warnings.catch_warnings()
            caught.__enter__()
            warnings.simplefilter("ignore")  # of odd EXIF; the size is checked by us
            self._saved, Image.MAX_IMAGE_PIXELS = (caught, Image.MAX_IMAGE_PIXELS), None

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside or self._saved is None:
                return
            (caught, Image.MAX_IMAGE_PIXELS), self._saved = self._saved, None
            caught.__exit__(None, None, None)


QUIET = _Quiet()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Open by Pillow, HEIC included; its limits are ours, its warnings errors of the one picture."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    with QUIET, Image.open(path) as picture:
        yield picture


def pixel_count(path: Path) -> int:
    """Return how many pixels the head of a file promises; 0 where Pillow cannot tell. A RAW's may be its preview's."""
    try:
        with opened(path) as picture:
            return picture.width * picture.height
    except DECODER_ERRORS:
        return 0  # decoding will say what is wrong


def _load_plain_png(
    path: Path, max_side_px: int | None, max_pixels: int
) -> tuple[Pixels, tuple[int, int], Mapping[str, str]] | None:
    """Return the pixels, size and texts of a PNG of MidJourney's kind; None for any other, and for one that is not in order."""
    png = png_file.read_plain(path)
    if png is None:
        return None
    _check_size(path, *png.size, max_pixels)
    rgb = png_file.decode_rgb(png, max_side_px)
    return None if rgb is None else (rgb, png.size, {keyword: fix_encoding(text) for keyword, text in png.texts.items()})


def _load_standard(path: Path, max_side_px: int | None, max_pixels: int) -> tuple[Pixels, tuple[int, int]]:
    with opened(path) as picture:
        width, height = picture.size
        _check_size(path, width, height, max_pixels)
        if max_side_px is not None and picture.format in ("JPEG", "MPO"):  # MPO: phones' JPEG with a second picture
            # Scaled decoding by libjpeg, to the smallest of 1, 1/2, 1/4, 1/8 that still has the side asked for.
            share = max_side_px / max(width, height)
            picture.draft(None, (max(1, round(width * share)), max(1, round(height * share))))
        stored = picture.size
        ImageOps.exif_transpose(picture, in_place=True)  # without the copy that the other form makes of every picture
        rgb = to_srgb(picture)
        turned = rgb.size != stored  # by us or, for HEIC and TIFF, by the decoder
        return np.asarray(rgb, np.uint8), (height, width) if turned else (width, height)


def _check_size(path: Path, width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise PipelineError("import.bomb", name=path.name, megapixels=width * height / 1e6, limit=max_pixels / 1e6)
    if min(width, height) < 1:
        raise PipelineError("import.unreadable", name=path.name, detail=f"{width} x {height} px")


def to_srgb(picture: Image.Image) -> Image.Image:
    """Return any Pillow picture as 8-bit RGB in sRGB: profile applied, alpha on white, 16 bit scaled, palette resolved."""
    profile = picture.info.get("icc_profile")
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        values = np.asarray(picture, np.float32)
        picture = Image.fromarray((values * (255 / _white(values, picture.mode))).clip(0, 255).astype(np.uint8))
    if picture.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture).convert("RGB")
    if profile and (converted := _by_profile(picture, profile)) is not None:
        return converted
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _white(values: NDArray[np.float32], mode: str) -> float:
    """Return the value of white: integers of 16 bit fill 0..65535; floats 0..1 (sharpening oversteps it), 0..255 or 0..65535.

    Raises PixelKindError where it cannot be told: more than 16 bits, or values that are no numbers.
    """
    highest = float(values.max(initial=0))
    if not np.isfinite(values).all() or highest > 65535:
        raise PixelKindError(f"{mode}: {float(values.min(initial=0)):g} … {highest:g}")
    if mode != "F":
        return 65535.0
    return 1.0 if highest <= 2 else 255.0 if highest <= 256 else 65535.0


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """Return picture moved from its profile to sRGB; None where the profile is broken or for another kind of pixels."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, source, target, ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        LOG.info("colour profile not used: %s", error)
        return None


def _load_raw(
    path: Path, max_side_px: int | None, max_pixels: int, notes: list[str], developed: Developed | None
) -> tuple[Pixels, tuple[int, int]]:
    import rawpy

    if developed is not None and (kept := developed.read(notes)) is not None:
        return kept, (kept.shape[1], kept.shape[0])
    try:
        with rawpy.imread(str(path)) as raw:  # rawpy takes no Path
            sizes = raw.sizes
            size = (sizes.height, sizes.width) if sizes.flip & 4 else (sizes.width, sizes.height)  # bit 2: sides change places
            _check_size(path, *size, max_pixels)
            if max_side_px is not None:
                preview = _raw_preview(raw, sizes.flip)
                if preview is not None and _same_shape(preview.size, size) and max(preview.size) >= max_side_px:
                    return np.asarray(to_srgb(preview), np.uint8), size
            # What is kept serves every later look, so it is the whole: never half first and then all.
            half = developed is None and max_side_px is not None and max(size) // 2 >= max_side_px
            rgb = _develop(rawpy, raw, half=half, notes=notes)
    except rawpy.LibRawError as error:
        return _from_preview(path, error, notes)
    if _spread(rgb) < FLAT_STD or path.stat().st_size * 8 < MIN_RAW_BITS_PER_PIXEL * size[0] * size[1]:
        raise PipelineError("import.garbage", name=path.name)
    if developed is not None:
        developed.write(rgb, notes)
    return rgb, size if half else (rgb.shape[1], rgb.shape[0])


def _develop(rawpy: Any, raw: Any, *, half: bool, notes: list[str]) -> Pixels:
    """Develop with the camera's white balance and without auto-bright; a dark frame gets LibRaw's careful one."""
    options = {
        "use_camera_wb": True, "no_auto_bright": True, "output_bps": 8, "output_color": rawpy.ColorSpace.sRGB,
        "half_size": half, "demosaic_algorithm": rawpy.DemosaicAlgorithm.PPG,  # half the time of the default, AHD
        "gamma": (2.4, 12.92),  # sRGB's curve; LibRaw's default is BT.709, darker
    }  # fmt: skip
    rgb: Pixels = raw.postprocess(**options)
    if _spread(rgb) > FLAT_STD and float(rgb[::4, ::4].mean()) < DARK_MEAN:
        notes.append("picture.note.dark_raw")
        options |= {"no_auto_bright": False, "auto_bright_thr": DARK_AUTO_BRIGHT}
        rgb = raw.postprocess(**options)
    return rgb


def _spread(rgb: Pixels) -> float:
    """Return the standard deviation of some of the pixels: of all, it takes eight times their memory."""
    step = max(1, min(rgb.shape[:2]) // 256)
    return float(rgb[::step, ::step].std())


def _raw_preview(raw: Any, flip: int) -> Image.Image | None:
    """Return the embedded preview, upright; LibRaw does not turn it. None where there is none."""
    import rawpy

    try:
        thumb = raw.extract_thumb()
        if thumb.format == rawpy.ThumbFormat.BITMAP:
            preview = Image.fromarray(np.asarray(thumb.data, np.uint8))
        else:
            preview = Image.open(io.BytesIO(thumb.data))
            preview.load()
            if preview.getexif().get(0x0112, 1) != 1:  # its own orientation says the same as the RAW's
                return ImageOps.exif_transpose(preview)
    except (rawpy.LibRawError, OSError, ValueError, SyntaxError):
        return None
    return preview.transpose(RAW_TURNS[flip]) if flip in RAW_TURNS else preview


def _same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two sizes have one aspect: boxes found on a preview are scaled to the full picture."""
    return abs(one[0] * other[1] - other[0] * one[1]) <= 0.01 * one[0] * other[1]


def _from_preview(path: Path, error: Exception, notes: list[str]) -> tuple[Pixels, tuple[int, int]]:
    """Use the preview of a RAW that LibRaw cannot develop; raise where there is none worth it."""
    import rawpy

    detail = error.args[0] if error.args else error
    text = detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
    preview = None
    with contextlib.suppress(rawpy.LibRawError), rawpy.imread(str(path)) as raw:
        preview = _raw_preview(raw, raw.sizes.flip)
    if preview is None or min(preview.size) < 512:
        key = "import.truncated" if isinstance(error, rawpy.LibRawDataError) else "import.raw_unsupported"
        raise PipelineError(key, name=path.name, detail=text) from error
    notes.append("picture.note.preview_only")
    rgb = np.asarray(to_srgb(preview), np.uint8)
    return rgb, (rgb.shape[1], rgb.shape[0])


def _shrunk(rgb: Pixels, max_side_px: int | None) -> Pixels:
    """Return rgb with a long side of max_side_px where it is larger (area filter)."""
    height, width = rgb.shape[:2]
    if max_side_px is None or max(height, width) <= max_side_px:
        return np.ascontiguousarray(rgb)
    import cv2

    scale = max_side_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
