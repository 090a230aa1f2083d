"""Cached thumbnails for sheets and pages: only new crops are decoded."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import utils

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER = ".thumbnails"
UPRIGHT = "upright"  # within it: of originals of any format, decoded by `decode`
BASE_PX = 256  # smaller thumbnails are made from one of this size: a crop is decoded once
JPEG_QUALITY = 84
SAME_TIME_NS = 1_000  # NTFS keeps 100 ns; where a disk keeps seconds, thumbnails are made anew


def picture(path: Path | None, side_px: int, cache: Path | None = None) -> Image | None:
    """Return a picture no larger than side_px, or None if it cannot be read: a sheet then shows an empty frame."""
    from PIL import Image

    if cache is None:
        return _small(path, side_px) if path is not None else None
    packed = jpeg(path, side_px, cache)
    if packed is None:
        return None
    with Image.open(io.BytesIO(packed)) as small:
        return small.convert("RGB")


def jpeg(
    path: Path | None, side_px: int, cache: Path | None = None, decode: Callable[[Path], Image | None] | None = None
) -> bytes | None:
    """Return a picture no larger than side_px as JPEG, or None if it cannot be read.

    cache   folder of the thumbnails, each valid until its picture is written again; None: no cache
    decode  opens what Pillow cannot, at no less than the largest side that is asked for; else Pillow does
    """
    if path is None:
        return None
    kept = cache / f"{path.stem}_{side_px}.jpg" if cache else None
    if kept is not None and (found := _kept(kept, path)) is not None:
        return found
    base = jpeg(path, BASE_PX, cache, decode) if side_px < BASE_PX and cache else None
    small = _small(io.BytesIO(base) if base else path, side_px) if base or decode is None else _shrunk(decode(path), side_px)
    packed = None if small is None else _packed(small)
    if kept is not None and packed is not None:
        _keep(kept, packed, written_at(path))
    return packed


def _keep(kept: Path, packed: bytes, when_ns: int) -> None:
    """Write a thumbnail without fsync: a JPEG cut short by a power failure is recognised and made again."""
    with contextlib.suppress(OSError):  # a full disk costs only time
        kept.parent.mkdir(parents=True, exist_ok=True)
        temporary = utils.temporary_for(kept)
        try:
            temporary.write_bytes(packed)
            os.utime(temporary, ns=(when_ns, when_ns))
            temporary.replace(kept)
        finally:
            temporary.unlink(missing_ok=True)


def _kept(kept: Path, path: Path) -> bytes | None:
    try:
        if abs(kept.stat().st_mtime_ns - path.stat().st_mtime_ns) < SAME_TIME_NS:
            packed = kept.read_bytes()
            return packed if packed.startswith(b"\xff\xd8") and packed.endswith(b"\xff\xd9") else None
    except OSError:
        pass
    return None


def _small(path: Path | IO[bytes], side_px: int) -> Image | None:
    from PIL import Image

    try:
        with Image.open(path) as whole:
            whole.draft("RGB", (2 * side_px, 2 * side_px))  # a large JPEG is decoded small
            small = whole.convert("RGB")
        small.thumbnail((side_px, side_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
    except (OSError, SyntaxError, ValueError, RuntimeError, Image.DecompressionBombError):  # Pillow's errors on broken files
        return None
    return small


def _shrunk(whole: Image | None, side_px: int) -> Image | None:
    if whole is not None:
        whole.thumbnail((side_px, side_px), reducing_gap=2.0)
    return whole


def _packed(small: Image) -> bytes:
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=JPEG_QUALITY)
    return stream.getvalue()


def written_at(path: Path | None) -> int:
    """Return when a file was written last, in ns; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns if path is not None else 0
    except OSError:
        return 0


def forget(cache: Path, kept_stems: Iterable[str]) -> None:
    """Delete the thumbnails of pictures that are no longer there."""
    stems = set(kept_stems)
    for path in cache.glob("*_*.jpg") if cache.is_dir() else ():
        if path.stem.rpartition("_")[0] not in stems:
            path.unlink(missing_ok=True)
