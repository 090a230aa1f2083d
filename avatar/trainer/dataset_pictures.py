"""Whether pictures that are to be trained can be read from their first byte to their last: the trainer opens them late.

Of a PNG every chunk's checksum is compared, which takes a tenth of the time of decoding it and finds every cut and every
changed byte; pictures of other kinds are decoded.
"""

from __future__ import annotations

import contextlib
import os
import warnings
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from avatar.texts.text import Text
from avatar.trainer.dataset_folder import TrainerView

PNG = b"\x89PNG\r\n\x1a\n"
MOST_CHUNK_BYTES = 1 << 28  # [choice] a larger length is a damaged one
THREADS = 8  # [choice] reading and checksums let other threads run; more than the cores hides the disk's waits


def damaged_pictures(train_data_dir: Path, view: TrainerView) -> list[Text]:
    """Return a problem for every picture the trainer would read and that cannot be read whole.

    Those whose first bytes are no picture's are problems of the view already.
    """
    told = {problem.values.get("file") for problem in view.problems if problem.key == "dataset.problem.unreadable_picture"}
    names = [f"{folder.name}/{name}" for folder in view.folders for name in folder.images]
    names = [name for name in names if name not in told]
    faults = picture_faults([train_data_dir / name for name in names])
    return [
        Text("dataset.problem.damaged_picture", {"file": name, "detail": fault})
        for name, fault in zip(names, faults, strict=True)
        if fault
    ]


def picture_faults(paths: Sequence[Path]) -> list[str]:
    """Return for each file what is wrong with it, "" where it is a whole picture."""
    if not paths:
        return []
    with ThreadPoolExecutor(min(THREADS, len(paths), 2 * (os.cpu_count() or 1))) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata; set here once, since the filters are the whole process's
        return list(pool.map(picture_fault, paths, chunksize=4))


def damaged_files(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return name -> what is wrong, of the files named that lie in folder."""
    listed = list(names)
    faults = picture_faults([folder / name for name in listed])
    return {name: fault for name, fault in zip(listed, faults, strict=True) if fault}


def picture_fault(path: Path) -> str:
    """Return what is wrong with a picture file, "" where it is whole."""
    from PIL import Image

    try:
        with open(path, "rb", buffering=0) as handle:  # noqa: PTH123  # thousands of them
            if handle.read(len(PNG)) == PNG:
                return _png_fault(handle)
        with Image.open(path) as picture:
            picture.load()
    except FileNotFoundError:
        return "missing"
    except (OSError, SyntaxError, ValueError, EOFError, ArithmeticError, LookupError, Image.DecompressionBombError) as error:
        detail = str(error) or type(error).__name__
        with contextlib.suppress(OSError):
            if not path.stat().st_size:
                detail = "0 bytes"
        return detail.replace(str(path), path.name)[:200]
    return ""


def _png_fault(handle: IO[bytes]) -> str:
    """Return what is wrong with the chunks of a PNG behind its signature, "" where all are whole, up to its end."""
    pixels = False
    while True:
        head = handle.read(8)
        if len(head) < 8:
            return "cut"
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IEND":
            return "" if pixels else "no pixels"
        if length > MOST_CHUNK_BYTES:
            return "damaged"
        body = handle.read(length + 4)
        if len(body) < length + 4:
            return "cut"
        if zlib.crc32(memoryview(body)[:length], zlib.crc32(kind)) != int.from_bytes(body[length:], "big"):
            return f"damaged in {kind.decode('ascii', 'replace')}"
        pixels = pixels or kind == b"IDAT"
