"""Any picture file to upright sRGB pixels.

Orientation is applied exactly once, whichever library decodes: LibRaw turns RAWs itself, libheif turns HEIC itself, all
others are turned here by their EXIF. Of animations and files with several pictures one is taken and that is noted. Not
covered: JPEG XL RAWs, which LibRaw's wheels cannot decode (their embedded preview is used and that is noted).
"""

from __future__ import annotations

import contextlib
import functools
import io
import re
import struct
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from avatar.pictures import colour, deep_pixels, heif_boxes, heif_tiles, inside, kinds, wide_colour
from avatar.pictures import loaded as loaded_pictures
from avatar.pictures import part as parts
from avatar.pictures import png as png_file
from avatar.pictures import raw as raw_pictures
from avatar.pictures.colour import PixelKindError
from avatar.pictures.loaded import Loaded
from avatar.pictures.part import Part
from avatar.pictures.raw_cache import Developed
from avatar.prompts.midjourney import fix_encoding
from avatar.system import shortage
from avatar.texts.text import PipelineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Depth = TypeVar("Depth", np.uint8, np.uint16)

MAX_PIXELS = 400_000_000  # as config.ImportConfig.max_pixels
PAGES = 16  # [choice] of a TIFF that are looked at
NEW_SUBFILE_TYPE, COPY_OR_MASK = 254, 1 | 4  # TIFF 6.0: bit 0 a smaller copy of another page, bit 2 its mask
FILLINGS = (b"\xfe\x5a\x33" * 30, b"\x55\x96\xcc" * 30)  # of other bits each, where pixels would stand
BITS, PLANAR, PLANES_APART = 258, 284, 2
EXIF_ITEM = re.compile(rb"(infe(?:\x02.{7}|\x03.{9}))Exif", re.DOTALL)  # ISO/IEC 14496-12, 8.11.6, versions 2 and 3
END_MARK = b"\xff\xd9"  # of a JPEG
THUMBNAIL_SHARE = 4  # [choice] a page with this many times the pixels of the first makes the first its thumbnail
TILED_BYTES = 4  # of memory that a pixel takes where a HEIC is decoded tile by tile [measured]
# [choice] What a palette holds, and what dithering in greys leaves; a plain picture of a small size may have no more.
FEW_COLOURS, FEW_GREYS, FEW_COLOURS_SIDE_PX = 256, 16, 64
BAND_FROM_PIXELS = 20_000_000  # [choice] above, a picture is brought to sRGB in bands
BAND_PIXELS = 4_000_000  # [choice] of one band: its copies take 60 MB
# EXIF 2.32, tag 0x0112: how the stored rows are turned to stand upright; 5 to 8 change width and height.
TURNS: Mapping[int, Callable[[Pixels], Pixels]] = {
    2: lambda rgb: rgb[:, ::-1], 3: lambda rgb: rgb[::-1, ::-1], 4: lambda rgb: rgb[::-1],
    5: lambda rgb: rgb.transpose(1, 0, 2), 6: lambda rgb: np.rot90(rgb, -1), 7: lambda rgb: rgb[::-1, ::-1].transpose(1, 0, 2),
    8: lambda rgb: np.rot90(rgb),
}  # fmt: skip
TURNED = frozenset({5, 6, 7, 8})
# What Pillow and its decoders raise on broken and foreign files: RuntimeError by AVIF, NotImplementedError (one of them) by
# DDS, the others anywhere; Image.DecompressionBombError has no other base.
DECODER_ERRORS = (
    OSError, ValueError, SyntaxError, EOFError, RuntimeError, TypeError, LookupError, ArithmeticError, struct.error,
    Image.DecompressionBombError,
)  # fmt: skip


# --- pixels ----------------------------------------------------------------------------------------------------------


def load_rgb(
    path: Path, *, max_side_px: int | None = None, max_pixels: int = MAX_PIXELS, developed: Developed | None = None,
    part: Part | None = None, keep_larger: bool = False, rough: bool = False,
    on_open: Callable[[Image.Image], object] | None = None,
) -> Loaded:  # fmt: skip
    """Decode a picture to upright sRGB.

    max_side_px  a copy with a long side of at least this is enough (if the original has that much): JPEG and
                 RAW are then decoded at a reduced scale; the result is shrunk to about this side
    developed    cache for the pixels of a developed RAW
    part         only this of the picture is wanted: it is decoded at the scale of max_side_px, at least, and not shrunk
    keep_larger  keep what the pixels are shrunk from, where it may serve for a part
    rough        a long side of up to twice max_side_px will do: what libjpeg gives then needs no shrinking
    on_open      called with a JPEG that Pillow has opened, before it is decoded: opening it again would cost as much
    Raises PipelineError as `sniff` does, and ("import.truncated"), ("import.damaged"), ("import.bomb"), ("import.bomb_inside"),
    ("import.no_memory"), ("import.garbage"), ("import.pixel_kind"), ("import.coding"), ("import.unreadable").
    """
    kind = kinds.sniff(path)
    if kind in ("HEIF", "AVIF") and (boxes := heif_boxes.read_boxes(path)) is not None:
        kinds.check_size(path, *boxes.size, max_pixels)  # libavif calls a bomb damaged
    notes: list[str] = []
    texts: Mapping[str, str] | None = None
    is_part: tuple[int, int] | None = None
    before_profile: list[_BeforeProfile] | None = [] if keep_larger else None
    try:
        if kind == "RAW":
            rgb, full_size = raw_pictures.load_raw(path, max_side_px, max_pixels, notes, developed)
        elif kind == "PNG" and (plain := _load_plain_png(path, max_side_px, max_pixels)) is not None:
            rgb, full_size, texts = plain
        else:
            rgb, full_size, is_part = _load_standard(path, max_side_px, max_pixels, notes, None, part, before_profile, on_open)
    except PipelineError:
        raise
    except MemoryError as error:
        raise PipelineError("import.no_memory", name=path.name) from error
    except DECODER_ERRORS as error:
        if shortage.told(error) is not None:
            raise
        why = _why_unreadable(path, error)
        if (mended := _mended_after(path, kind, why)) is None:
            raise why from error
        notes.clear()
        rgb, full_size, is_part = _load_standard(path, max_side_px, max_pixels, notes, mended, part)
    if kinds.suffix_differs(path, kind):
        notes.append("picture.note.other_type")
    if part is not None:
        box, place = loaded_pictures.place_of(part, is_part or (rgb.shape[1], rgb.shape[0]), full_size)
        pixels = np.ascontiguousarray(rgb if is_part else loaded_pictures.sliced(rgb, box))
        return Loaded(pixels, full_size, kind, tuple(notes), texts, place)
    larger = None
    if before_profile:
        larger = loaded_pictures.larger_of(before_profile[0].upright, full_size, kind, max_side_px, before_profile[0].cut)
    elif keep_larger and (
        kind != "PNG" or texts is not None or rgb.shape[1::-1] == full_size
    ):  # only plain ones are reduced so
        larger = loaded_pictures.larger_of(rgb, full_size, kind, max_side_px)
    if rough and max_side_px:
        long_side = max(rgb.shape[:2])
        max_side_px = long_side // max(1, long_side // max_side_px)
    return Loaded(_shrunk(rgb, max_side_px), full_size, kind, tuple(notes), texts, larger=larger)


def _why_unreadable(path: Path, error: Exception) -> PipelineError:
    detail = str(error)
    if isinstance(error, UnidentifiedImageError):
        if (coding := heif_boxes.foreign_coding(path)) is not None:
            return PipelineError("import.coding", name=path.name, coding=coding)
        if not (found := _tiff_pixels(path)):
            return PipelineError("import.damaged", name=path.name)
        error = PixelKindError(found)
    if isinstance(error, PixelKindError):
        return PipelineError("import.pixel_kind", name=path.name, detail=str(error))
    if isinstance(error, Image.DecompressionBombError):
        return PipelineError("import.bomb_inside", name=path.name, detail=detail)
    if any(word in detail.lower() for word in ("truncated", "end of file", "broken", "premature", "unexpected end")):
        return PipelineError("import.truncated", name=path.name, detail=detail)
    if _ends_early(path):
        return PipelineError("import.truncated", name=path.name, detail=detail)
    return PipelineError("import.unreadable", name=path.name, detail=detail)


def _ends_early(path: Path) -> bool:
    """Return whether a WebP is shorter than its head says (RIFF: the length of what follows the first eight bytes)."""
    with path.open("rb") as handle:
        head = handle.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP" and path.stat().st_size < int.from_bytes(head[4:8], "little") + 8


def _tiff_pixels(path: Path) -> str:
    """Return the pixel format that a TIFF's tags state, such as "32, 32, 32 bit, IEEE Floating Point"; "" for other files."""
    import exifread

    try:
        with path.open("rb") as handle:
            tags = exifread.process_file(handle, details=False) if kinds.format_of(handle.read(64)) == "TIFF" else {}
    except Exception:  # noqa: BLE001 - a broken directory: Pillow's own error says so
        return ""
    # TIFF 6.0, sections 8 and 19.
    bits, kind, meaning = (
        str(tags.get(f"Image {name}", "")).strip("[]")[:40]
        for name in ("BitsPerSample", "SampleFormat", "PhotometricInterpretation")
    )
    return ", ".join(filter(None, (f"{bits} bit", kind, meaning))) if bits else ""


class _PillowChecksOff:
    """Switches off Pillow's size limit and warnings while at least one picture is open.

    Both are global to the process, and an import opens several pictures at once: the first sets them, the last restores them.
    """

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0
        self._saved: tuple[warnings.catch_warnings[None], int | None, int] | None = None

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside > 1:
                return
            caught = warnings.catch_warnings()
            caught.__enter__()
            warnings.simplefilter("ignore")  # of odd EXIF; the size is checked by us
            self._saved, Image.MAX_IMAGE_PIXELS = (caught, Image.MAX_IMAGE_PIXELS, PngImagePlugin.MAX_TEXT_CHUNK), None
            PngImagePlugin.MAX_TEXT_CHUNK = png_file.TEXT_BYTES

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside or self._saved is None:
                return
            (caught, Image.MAX_IMAGE_PIXELS, PngImagePlugin.MAX_TEXT_CHUNK), self._saved = self._saved, None
            caught.__exit__(None, None, None)


QUIET = _PillowChecksOff()


@functools.cache  # doing it again takes as long as opening a picture
def _with_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()


@contextlib.contextmanager
def opened(path: Path, content: IO[bytes] | None = None) -> Iterator[Image.Image]:
    """Open a picture with Pillow, HEIC included; our own size limits apply, and a warning is an error of this picture.

    content  bytes to read in place of the file's
    """
    _with_heif()
    if content is None:
        content = _mended(path)
    with QUIET, Image.open(content or path) as picture:
        if picture.format == "TIFF":
            _seek_largest(picture)
        elif picture.info.get("exif"):
            with contextlib.suppress(*DECODER_ERRORS):  # garbage: Pillow raises the first time only
                picture.getexif()
        yield picture


def _mended(path: Path) -> IO[bytes] | None:
    """Return the bytes of a sound picture that Pillow refuses for what stands before or beside it; None for any other file."""
    head = kinds.first_bytes(path)
    if (start := kinds.foreign_bytes(head)) != 0:
        return io.BytesIO(path.read_bytes()[start:])
    return png_file.without_bulk(path) if kinds.format_of(head) == "PNG" else None


def _seek_largest(picture: Image.Image) -> None:
    """Go to the picture of a TIFF whose first page is its thumbnail, as cameras' and scanners' programs write it.

    Notes in its info, as "pages", how many pages it has that are neither copies nor masks of another.
    """
    sizes, own = [], []
    with contextlib.suppress(*DECODER_ERRORS):  # a broken page behind a whole first one
        for page in range(PAGES):
            picture.seek(page)
            sizes.append(picture.width * picture.height)
            if not (picture.tag_v2.get(NEW_SUBFILE_TYPE) or 0) & COPY_OR_MASK:  # type: ignore[attr-defined]  # of TIFFs
                own.append(page)
    page = 0
    if sizes and (max(sizes) >= THUMBNAIL_SHARE * sizes[0] or (own and own[0] != 0)):
        page = max(own or range(len(sizes)), key=lambda number: sizes[number])
    picture.seek(page)
    tags = picture.tag_v2  # type: ignore[attr-defined]  # of TIFFs
    if tags.get(PLANAR) == PLANES_APART and max(tags.get(BITS, (8,))) > 8:
        raise PixelKindError("16 bit, planar")  # Pillow mixes the planes up
    picture.info["pages"] = sum(THUMBNAIL_SHARE * sizes[number] > sizes[page] for number in own)


def pixel_count(path: Path) -> int:
    """Return the number of pixels by the file's header; 0 if Pillow cannot tell. For a RAW it may be that of its preview."""
    try:
        with opened(path) as picture:
            return picture.width * picture.height
    except DECODER_ERRORS:
        return 0  # decoding will say what is wrong


def _load_plain_png(
    path: Path, max_side_px: int | None, max_pixels: int
) -> tuple[Pixels, tuple[int, int], Mapping[str, str]] | None:
    """Return pixels, size and texts of a plain 8-bit RGB PNG, as MidJourney writes; None for any other or damaged file."""
    png = png_file.read_plain(path)
    if png is None:
        return None
    kinds.check_size(path, *png.size, max_pixels)
    rgb = png_file.decode_rgb(png, max_side_px)
    return None if rgb is None else (rgb, png.size, {keyword: fix_encoding(text) for keyword, text in png.texts.items()})


def _mended_after(path: Path, kind: str, why: PipelineError) -> io.BytesIO | None:
    """Return the bytes of a picture without what its decoder fails on though the picture is whole; None for any other one."""
    if kind == "JPEG" and why.key == "import.truncated":
        return _with_end_mark(path)
    if kind == "AVIF" and "Exif" in str(why.values.get("detail", "")):  # libavif refuses a picture whose EXIF is garbage
        return io.BytesIO(EXIF_ITEM.sub(rb"\g<1>free", path.read_bytes(), 1))
    return None


def _with_end_mark(path: Path) -> io.BytesIO | None:
    """Return the bytes of a JPEG that lacks only its end mark, with it; None for one that lacks pixels.

    With pixels missing, what stands before the end mark is taken for them: then other endings give other pictures. Behind
    zeros, which a copy that lost its blocks has, nothing tells.
    """
    content = path.read_bytes().removesuffix(END_MARK[:1])
    if content.endswith(bytes(8)):
        return None
    whole = _stored_pixels(content + END_MARK)
    for filling in FILLINGS:
        pixels = _stored_pixels(content + filling + END_MARK)
        if whole is None or pixels is None or not np.array_equal(whole, pixels):
            return None
    return io.BytesIO(content + END_MARK)


def _stored_pixels(content: bytes) -> Pixels | None:
    with contextlib.suppress(*DECODER_ERRORS), QUIET, Image.open(io.BytesIO(content)) as picture:
        return np.asarray(picture, np.uint8)
    return None


def _load_standard(
    path: Path, max_side_px: int | None, max_pixels: int, notes: list[str], content: IO[bytes] | None = None,
    part: Part | None = None, before_profile: list[_BeforeProfile] | None = None,
    on_open: Callable[[Image.Image], object] | None = None,
) -> tuple[Pixels, tuple[int, int], tuple[int, int] | None]:  # fmt: skip
    """Return upright sRGB pixels and full size; if they are only the part, also the size of the whole that it was cut from.

    content         bytes to read in place of the file's
    before_profile  where what a profile was not applied to yet is to be kept
    """
    with opened(path, content) as picture:
        width, height = picture.size
        if on_open is not None and picture.format in ("JPEG", "MPO"):
            on_open(picture)
        scaled = max_side_px is not None and picture.format in ("JPEG", "MPO")
        grid = heif_tiles.read_grid(path) if picture.format == "HEIF" else None
        kinds.check_size(path, width, height, max_pixels, 0 if scaled else TILED_BYTES if grid else _pixel_bytes(picture))
        if scaled and max_side_px is not None:  # MPO: phones' JPEG with a second picture
            # Scaled decoding by libjpeg, to the smallest of 1, 1/2, 1/4, 1/8 that still has the side asked for.
            picture.draft(None, loaded_pictures.draft_size((width, height), max_side_px))
        looked = inside.examine(path, picture)
        notes += looked.notes
        if looked.encoding is not None:
            picture.info[inside.ENCODING] = looked.encoding
        if grid is not None:
            convert = functools.partial(_tile_to_srgb, picture.info)
            return heif_tiles.decode_grid(grid, max_side_px, convert, part), grid.upright, None
        stored = picture.size
        if (
            looked.encoding is not None
            and looked.encoding.is_hdr
            and (deep := deep_pixels.read_deep(path, picture)) is not None
        ):
            rgb = wide_colour.to_srgb(_shrunk(deep, max_side_px), looked.encoding)
            turn = picture.getexif().get(0x0112, 1) if picture.format == "PNG" else 1
            full = deep.shape[1::-1]
            return (TURNS[turn](rgb) if turn in TURNS else rgb), full[::-1] if turn in TURNED else full, None
        picture.load()
        notes += _few_colours(picture)
        turn = picture.getexif().get(0x0112, 1)  # 1 where its decoder has turned it, as for HEIC and TIFF
        turned = (picture.size != stored) ^ (turn in TURNED)
        upright = picture.size[::-1] if turn in TURNED else picture.size
        hdr = looked.encoding is not None and looked.encoding.is_hdr  # mapped by what the whole picture holds
        source, is_part = picture, part is not None and picture.mode in ("RGB", "L", "CMYK") and not hdr
        if part is not None and is_part:
            source = picture.crop(parts.stored(parts.pixels_of(part, upright), upright, turn))
        if source.width * source.height > BAND_FROM_PIXELS and source.mode not in ("F", "I"):  # their white is the whole's
            rgb = _in_bands(source, None if part else max_side_px)
        else:
            small = _small_before_profile(source, None if part else max_side_px)
            if before_profile is not None and small is not picture and not hdr and picture.mode != "L":
                before_profile.append(_BeforeProfile(np.asarray(picture), picture.mode, small.info, turn))
            rgb = np.asarray(colour.to_srgb(small), np.uint8)
        picture.im = None  # type: ignore[assignment]  # let go of it before the turned copy is made
        whole = (height, width) if turned else (width, height)
        return (TURNS[turn](rgb) if turn in TURNS else rgb), whole, upright if is_part else None


def _few_colours(picture: Image.Image) -> list[str]:
    """Return the note on a picture of so few colours that its shades are dots or steps, which a LoRA learns too."""
    if picture.mode == "1":
        return ["picture.note.two_colours"]
    if picture.mode in ("P", "PA"):
        return ["picture.note.palette"]
    if picture.mode not in ("L", "RGB", "RGBA") or picture.format in ("JPEG", "MPO") or min(picture.size) < FEW_COLOURS_SIDE_PX:
        return []
    most = FEW_GREYS if picture.mode == "L" else FEW_COLOURS
    found = picture.getcolors(most)  # None, and soon, where there are more
    if found is None or (picture.mode != "L" and len(found) > FEW_GREYS and all(_grey(colour) for _, colour in found)):
        return []
    return ["picture.note.two_colours" if len(found) <= 2 else "picture.note.palette"] if len(found) > 1 else []


def _grey(colour: object) -> bool:
    return isinstance(colour, tuple) and colour[0] == colour[1] == colour[2]


def _tile_to_srgb(info: Mapping[str | tuple[int, int], Any], tile: Image.Image) -> Image.Image:
    """Return a tile in sRGB; info: of the whole picture, whose colours a tile may not tell."""
    tile.info.update({key: info[key] for key in ("icc_profile", inside.ENCODING) if info.get(key)})
    return colour.to_srgb(tile)


def _small_before_profile(picture: Image.Image, max_side_px: int | None) -> Image.Image:
    """Return a picture that has a colour profile no larger than is needed: applying it takes longer than decoding does."""
    colours = {key: picture.info[key] for key in ("icc_profile", inside.ENCODING) if picture.info.get(key)}
    if picture.mode not in ("RGB", "L", "CMYK") or not colours or "transparency" in picture.info:
        return picture
    if max_side_px is None or max(picture.size) <= max_side_px:
        return picture
    small = Image.fromarray(_shrunk(np.asarray(picture), max_side_px), picture.mode)
    small.info.update(colours)
    return small


@dataclass(frozen=True)
class _BeforeProfile:
    """Pixels as they are stored, in the colours of a profile. info: of the picture, its profile in it; turn: EXIF's."""

    pixels: Pixels
    mode: str
    info: Mapping[str | tuple[int, int], Any]
    turn: int

    @property
    def upright(self) -> Pixels:
        return TURNS[self.turn](self.pixels) if self.turn in TURNS else self.pixels

    def cut(self, box: parts.Box) -> Pixels:
        """Return a box of the upright picture in sRGB."""
        height, width = self.upright.shape[:2]
        place = loaded_pictures.sliced(self.pixels, parts.stored(box, (width, height), self.turn))
        piece = Image.fromarray(np.ascontiguousarray(place), self.mode)
        piece.info.update(self.info)
        rgb = np.asarray(colour.to_srgb(piece), np.uint8)
        return TURNS[self.turn](rgb) if self.turn in TURNS else rgb


def _pixel_bytes(picture: Image.Image) -> int:
    """Return how many bytes of memory a pixel of this kind of picture takes at most while it is decoded [measured]."""
    return 16 if picture.format in ("WEBP", "AVIF", "HEIF") or picture.mode in ("F", "I") else 8


def _in_bands(picture: Image.Image, max_side_px: int | None) -> Pixels:
    """Return a large picture's pixels as they are stored, in sRGB.

    Made band by band: copies of the whole would take five times the memory.
    max_side_px  as `load_rgb`: then each pixel is the mean of 2 x 2, 3 x 3 … of them
    """
    import cv2

    width, height = picture.size
    factor = 1 if max_side_px is None else max(1, min(max(picture.size) // max_side_px, *picture.size))
    out = np.empty((height // factor, width // factor, 3), np.uint8)
    rows = max(1, BAND_PIXELS // width // factor) * factor
    for top in range(0, len(out) * factor, rows):
        band = np.asarray(colour.to_srgb(picture.crop((0, top, width, min(top + rows, len(out) * factor)))), np.uint8)
        size = (out.shape[1], len(band) // factor)
        part = out[top // factor : top // factor + size[1]]
        part[:] = band if factor == 1 else cv2.resize(band[:, : size[0] * factor], size, interpolation=cv2.INTER_AREA)
    return out


def _shrunk(rgb: NDArray[Depth], max_side_px: int | None) -> NDArray[Depth]:
    """Return rgb scaled down (area filter) so that its long side is at most max_side_px."""
    height, width = rgb.shape[:2]
    if max_side_px is None or max(height, width) <= max_side_px:
        return np.ascontiguousarray(rgb)
    import cv2

    scale = max_side_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), rgb.dtype)
