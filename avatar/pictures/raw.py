"""RAW pictures of cameras, developed by LibRaw; the embedded preview where that fails or is enough."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageOps

from avatar.pictures import colour, kinds, tiff_ends
from avatar.pictures.raw_cache import Developed
from avatar.texts.text import PipelineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

# [measured] A frame at 8 % exposure has mean 9.6; below that brightening by LibRaw's own rule shows more than noise.
DARK_MEAN = 24.0
DARK_AUTO_BRIGHT = 0.001  # facts: share of pixels that may clip where auto-bright is the fallback
FLAT_STD = 0.75  # LibRaw's silent garbage is one colour; the flattest real picture here has 4
# Even lossy RAWs keep more than this of a pixel; below it LibRaw makes a picture up out of a file that was stripped.
MIN_RAW_BITS_PER_PIXEL = 0.125
# LibRaw's flip: bit 0 mirrors left and right, bit 1 top and bottom, bit 2 then lets rows and columns change places.
RAW_TURNS = {
    1: Image.Transpose.FLIP_LEFT_RIGHT, 2: Image.Transpose.FLIP_TOP_BOTTOM, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.TRANSPOSE, 5: Image.Transpose.ROTATE_90, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
}  # fmt: skip


def load_raw(
    path: Path, max_side_px: int | None, max_pixels: int, notes: list[str], developed: Developed | None
) -> tuple[Pixels, tuple[int, int]]:
    import rawpy

    if developed is not None and (kept := developed.read(notes)) is not None:
        return kept, (kept.shape[1], kept.shape[0])
    _refuse(path, tiff_ends.fault(path))
    try:
        with rawpy.imread(str(path)) as raw:  # rawpy takes no Path
            sizes = raw.sizes
            size = (sizes.height, sizes.width) if sizes.flip & 4 else (sizes.width, sizes.height)  # bit 2: sides change places
            kinds.check_size(path, *size, max_pixels)
            if max_side_px is not None:
                preview = _raw_preview(raw, sizes.flip)
                if preview is not None and _same_shape(preview.size, size) and max(preview.size) >= max_side_px:
                    return np.asarray(colour.to_srgb(preview), np.uint8), size
            # The cache serves every later use, so the RAW is developed in full size at once.
            half = developed is None and max_side_px is not None and max(size) // 2 >= max_side_px
            rgb = _develop(rawpy, raw, half=half, notes=notes)
    except rawpy.LibRawError as error:
        return _from_preview(path, error, notes)
    if _spread(rgb) < FLAT_STD or path.stat().st_size * 8 < MIN_RAW_BITS_PER_PIXEL * size[0] * size[1]:
        raise PipelineError("import.garbage", name=path.name)
    if developed is not None:
        developed.write(rgb, notes)
    return rgb, size if half else (rgb.shape[1], rgb.shape[0])


def _refuse(path: Path, fault: tiff_ends.Fault | None, error: Exception | None = None) -> None:
    """Raise PipelineError("import.truncated") or ("import.damaged") where the end of a RAW's picture is missing."""
    if fault == "cut":
        raise PipelineError("import.truncated", name=path.name, detail=_detail(error) or "DNG") from error
    if fault == "zeros":
        raise PipelineError("import.zeros", name=path.name) from error


def _detail(error: Exception | None) -> str:
    """Return LibRaw's own words, which may be bytes."""
    detail = error.args[0] if error is not None and error.args else error or ""
    return detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)


def _develop(rawpy: Any, raw: Any, *, half: bool, notes: list[str]) -> Pixels:
    """Develop with the camera's white balance and without auto-bright, which only a dark frame gets (with little clipping)."""
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
    """Return the standard deviation of a sample of the pixels: for all of them numpy needs eight times their memory."""
    step = max(1, min(rgb.shape[:2]) // 256)
    return float(rgb[::step, ::step].std())


def _raw_preview(raw: Any, flip: int) -> Image.Image | None:
    """Return the embedded preview, rotated upright (LibRaw does not rotate it); None if there is none."""
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
    """Return whether two sizes have the same aspect ratio: boxes found on a preview are scaled to the full picture."""
    return abs(one[0] * other[1] - other[0] * one[1]) <= 0.01 * one[0] * other[1]


def _from_preview(path: Path, error: Exception, notes: list[str]) -> tuple[Pixels, tuple[int, int]]:
    """Return the preview of a RAW that LibRaw cannot develop; raise if there is none that is large enough."""
    import rawpy

    _refuse(path, tiff_ends.fault_after_error(path), error)
    text = _detail(error)
    preview = None
    with contextlib.suppress(rawpy.LibRawError), rawpy.imread(str(path)) as raw:
        preview = _raw_preview(raw, raw.sizes.flip)
    if preview is None or min(preview.size) < 512:
        key = "import.truncated" if isinstance(error, rawpy.LibRawDataError) else "import.raw_unsupported"
        raise PipelineError(key, name=path.name, detail=text) from error
    notes.append("picture.note.preview_only")
    rgb = np.asarray(colour.to_srgb(preview), np.uint8)
    return rgb, (rgb.shape[1], rgb.shape[0])
