"""The comparison of `benchmarks/faces.py --folder DIR`: pictures of one's own, by kind, with and without a face.

Every picture is timed by itself on each of the three sides: floor, plain way, face stage (its records' share included). They
take turns, some pictures at a time, so that all see the same machine; seconds are the processor's, which hardly depend on what
else the machine does. At last the whole face stage with one worker and with all cores, in turn: there the clock counts.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import utils
from benchmarks import faces

AT_A_TIME = 24  # pictures before the next side's turn
BANDS_MP = (2, 8, 16)
TURNS = 2  # of one worker and all cores
Timed = dict[str, list[float]]  # file name -> seconds of the processor, faces found


def compare(folder: Path, source: Path, most: int) -> int:
    """Print the figures of the pictures in source, at most so many; the last lines are the ratios of all."""
    chosen = linked(source, folder / "pictures", most)
    if not chosen:
        raise SystemExit(f"no pictures in {source}")
    sides: dict[str, Timed] = {"floor": {}, "plain": {}, "ours": {}}
    for start in range(0, len(chosen), AT_A_TIME):
        part = filled(folder / f"part_{start}", chosen[start : start + AT_A_TIME])
        for side, times in sides.items():
            times |= faces.apart("folder", side, str(part), str(folder / f"clients_{start}"))
    shared = {name for name in sides["ours"] if name in sides["plain"] and name in sides["floor"]}
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(shared):
        has_face = "with a face" if sides["ours"][name][1] else "without a face"
        groups[f"{kind_of(folder / 'pictures' / name)}, {has_face}"].append(name)
        groups[f"all, {has_face}"].append(name)
    for group, names in [*sorted(groups.items()), ("all", sorted(shared))]:
        print(told(group, names, sides))
    print(workers_told(folder, len(chosen)))
    return 0


def linked(source: Path, target: Path, most: int) -> list[Path]:
    """Put up to so many pictures of a folder, evenly chosen, into one flat folder; return them."""
    from avatar.pictures.sources import find_sources
    from config import Settings

    items = [item.path for item in find_sources([source], Settings().imports).items if item.member is None]
    target.mkdir()
    chosen = []
    for number, path in enumerate(items[:: -(-len(items) // most)] if items else []):
        chosen.append(target / f"{number:05d}{path.suffix.lower()}")
        utils.link_or_copy(path, chosen[-1])
    return chosen


def filled(folder: Path, paths: Sequence[Path]) -> Path:
    """Make a folder of these files and return it."""
    folder.mkdir()
    for path in paths:
        utils.link_or_copy(path, folder / path.name)
    return folder


def settings() -> Any:
    from config import Settings

    return Settings()


def kind_of(path: Path) -> str:
    """Return a picture's kind, such as "JPEG 8 to 16 MP"."""
    from avatar.pictures import decode, kinds

    megapixels = decode.pixel_count(path) / 1e6
    if kinds.sniff(path) == "RAW":
        return "RAW"
    low = max([band for band in BANDS_MP if megapixels >= band], default=0)
    high = min([band for band in BANDS_MP if megapixels < band], default=None)
    size = f"up to {high} MP" if not low else f"{low} MP and more" if high is None else f"{low} to {high} MP"
    return f"{kinds.sniff(path)} {size}"


def told(group: str, names: Sequence[str], sides: dict[str, Timed]) -> str:
    """Return one line: the mean of each side, and ours beside the others."""
    floor, plain, ours = (statistics.mean(sides[side][name][0] for name in names) for side in ("floor", "plain", "ours"))
    means = f"plain {plain * 1e3:.0f} ms, ours {ours * 1e3:.0f} ms, floor {floor * 1e3:.0f} ms"
    return f"{group} ({len(names)}): {means}; {plain / ours:.1f}x the plain way, {ours / floor:.1f}x the floor"


def workers_told(folder: Path, count: int) -> str:
    """Return how much faster all cores are than one worker, by the clock, the start of the workers included."""
    cores, ratios = os.cpu_count() or 1, []
    for turn in range(TURNS):
        one, every = (
            faces.apart("folder", "all", str(folder / "pictures"), str(folder / f"{name}_{turn}"), str(workers), core=None)
            for name, workers in (("one", 1), ("every", cores))
        )
        ratios.append(one["seconds"] / every["seconds"])
    listed = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    return f"{count} pictures: {cores} workers {statistics.median(ratios):.2f}x one ({listed})"


# --- in processes of their own ---------------------------------------------------------------------------------------


def child(side: str, *arguments: str) -> dict[str, Any]:
    """Run one side in this process and return its figures."""
    return SIDES[side](*arguments)


def each(paths: Sequence[Path], work: Callable[[Path], Any]) -> Iterator[tuple[str, float, Any]]:
    """Do some work with every picture, the first one twice to warm up; yield name, seconds of the processor and result."""
    for number, path in enumerate([paths[0], *paths]):
        start = time.process_time()
        try:
            result = work(path)
        except Exception as error:  # noqa: BLE001 - a broken picture counts on no side
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        if number:
            yield path.name, time.process_time() - start, result


def child_floor(part: str, _: str) -> Timed:
    return {name: [seconds, 0] for name, seconds, _ in each(faces.pictures_in(part), decoded_and_encoded)}


def decoded_and_encoded(path: Path) -> None:
    """Decode a picture in full and write a crop of it, nothing else."""
    import cv2
    import numpy as np

    from avatar.pictures import decode, kinds

    if kinds.sniff(path) == "RAW":
        import rawpy

        with rawpy.imread(str(path)) as raw:
            pixels: Any = raw.postprocess(demosaic_algorithm=rawpy.DemosaicAlgorithm.PPG)
    elif (pixels := cv2.imread(str(path))) is None:  # HEIC
        with decode.opened(path) as picture:
            pixels = np.asarray(picture.convert("RGB"))
    cv2.imencode(".png", pixels[:1024, :1024], [cv2.IMWRITE_PNG_COMPRESSION, 1])


def child_plain(part: str, _: str) -> Timed:
    import pillow_heif

    pillow_heif.register_heif_opener()
    detector = faces.plain_detector()
    found = each(faces.pictures_in(part), lambda path: faces.plain_way(detector, path))
    return {name: [seconds, square is not None] for name, seconds, square in found}


def child_ours(part: str, clients: str) -> Timed:
    """Time the face stage picture by picture; what it spends beside them (records, lists) is shared among them."""
    import image_processor
    from avatar.faces import crops

    client, usual = client_of(part, clients, faces.pictures_in(part)), settings()
    image_processor.process(client_of(part, clients + "_warm", faces.pictures_in(part)[:1]), settings=usual, workers=1)
    real, spent = crops.examine, {}

    def timed(task: Any, detector: Any) -> Any:
        start = time.process_time()
        outcome = real(task, detector)
        spent[task.image_id] = time.process_time() - start
        return outcome

    start = time.process_time()
    with mock.patch.object(crops, "examine", timed):
        image_processor.process(client, settings=usual, workers=1)
    beside = (time.process_time() - start - sum(spent.values())) / max(1, len(spent))
    records = [record for record in client.records() if record.image_id in spent]
    return {record.original.name: [spent[record.image_id] + beside, bool(record.faces)] for record in records}


def client_of(part: str, clients: str, paths: Sequence[Path]) -> Any:
    """Return a client with these pictures, as an import leaves it."""
    import data_preprocessor
    from avatar.workspace.workspace import Workspace

    client = Workspace(Path(clients)).create("bench")
    data_preprocessor.import_photos(client, paths, settings=settings())
    for kept in client.raw_cache.iterdir() if client.raw_cache.is_dir() else ():
        kept.unlink()  # the development counts
    return client


def child_all(part: str, clients: str, workers: str) -> dict[str, float]:
    import image_processor

    client = client_of(part, clients, faces.pictures_in(part))
    start = time.perf_counter()
    image_processor.process(client, settings=settings(), workers=int(workers))
    return {"seconds": time.perf_counter() - start}


SIDES: dict[str, Callable[..., dict[str, Any]]] = {
    "floor": child_floor, "plain": child_plain, "ours": child_ours, "all": child_all,
}  # fmt: skip
