"""Any Pillow picture as 8-bit RGB in sRGB: profile, alpha, palette, deep pixels."""

from __future__ import annotations

import functools
import io
import logging
import threading
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageCms

from avatar.pictures import wide_colour
from avatar.pictures.inside import ENCODING, NEGATIVE

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOG = logging.getLogger(__name__)


class PixelKindError(ValueError):
    """The pixel format does not define how bright a value is."""


def to_srgb(picture: Image.Image) -> Image.Image:
    """Return any Pillow picture as 8-bit RGB in sRGB: profile applied, alpha on white, 16 bit scaled, palette resolved.

    Where its info holds an Encoding, as `inside.examine` finds it, that counts.
    """
    profile, encoding = picture.info.get("icc_profile"), picture.info.get(ENCODING)
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        picture = _eight_bits(picture)
    if picture.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture).convert("RGB")
    if encoding is not None:
        return Image.fromarray(wide_colour.to_srgb(np.asarray(picture.convert("RGB")), encoding))
    if profile and (converted := _by_profile(picture, profile)) is not None:
        return converted
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a grey picture of deep pixels with 8 bits: its clear colour white, and turned over where white is stored as 0."""
    values = np.asarray(picture, np.float32)
    grey = (values * (255 / _white(values, picture.mode))).clip(0, 255).astype(np.uint8)
    if isinstance(key := picture.info.get("transparency"), int):
        grey[values == key] = 255
    if picture.info.get(NEGATIVE):
        grey = 255 - grey
    return Image.fromarray(grey)


def _white(values: NDArray[np.float32], mode: str) -> float:
    """Return the value of white: 65535 for 16-bit integers; for floats 1 (sharpening exceeds it), 255 or 65535.

    Raises PixelKindError for more than 16 bits and for values that are not numbers.
    """
    highest = float(values.max(initial=0))
    if not np.isfinite(values).all() or highest > 65535:
        raise PixelKindError(f"{mode}: {float(values.min(initial=0)):g} … {highest:g}")
    if mode != "F":
        return 65535.0
    return 1.0 if highest <= 2 else 255.0 if highest <= 256 else 65535.0


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """Return the picture converted from its profile to sRGB; None if the profile is broken or for another pixel format."""
    try:
        return _transform(profile, picture.mode, threading.get_ident()).apply(picture)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        LOG.info("colour profile not used: %s", error)
        return None


@functools.lru_cache(maxsize=8)  # the photos of a folder have a few profiles; making the transform of one takes 3 ms [measured]
def _transform(profile: bytes, mode: str, thread: int) -> ImageCms.ImageCmsTransform:  # each thread has its own
    source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    return ImageCms.ImageCmsTransform(
        source, ImageCms.ImageCmsProfile(target), mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC
    )
