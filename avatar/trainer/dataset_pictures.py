"""Whether pictures that are to be trained can be read from their first byte to their last: the trainer opens them late.

Of a PNG every chunk's checksum is compared, which takes a tenth of the time of decoding it and finds every cut and every
changed byte; pictures of other kinds are decoded.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from avatar.texts.text import Text
from avatar.trainer.dataset_folder import TrainerView

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
        with Image.open(path) as picture:
            if picture.format != "PNG":
                picture.load()
                return ""
            if not getattr(picture, "tile", None):
                return "no pixels"
            picture.verify()
    except FileNotFoundError:
        return "missing"
    except (OSError, SyntaxError, ValueError, EOFError, ArithmeticError, LookupError, Image.DecompressionBombError) as error:
        detail = str(error) or type(error).__name__
        with contextlib.suppress(OSError):
            if not path.stat().st_size:
                detail = "0 bytes"
        return detail.replace(str(path), path.name)[:200]
    return ""
