"""Kill an import at random moments, repeat it, and compare with one that nobody killed.

    python benchmarks/import_kills.py --kills 200 --pictures 300

Right after each kill every file that has its final name must be whole, and every record must have its file; after the
repeat, originals, records (but for the time of import), table and groups must be those of the import left alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import data_preprocessor
import utils
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import Settings

LIBRARIES = ["data_preprocessor", "cv2", "pillow_heif", "exifread", "PIL.Image", "PIL.PngImagePlugin", "PIL.JpegImagePlugin"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, repeat, compare; the last line counts the inconsistencies, and so does the exit status."""
    parser = argparse.ArgumentParser(description="kill -9 at random moments of an import, then repeat it")
    parser.add_argument("--kills", type=int, default=200, help="how often (default 200)")
    parser.add_argument("--pictures", type=int, default=300, help="files of the import (default 300)")
    parser.add_argument("--seed", type=int, default=3, help="of the moments (default 3)")
    parser.add_argument("--folder", help="where the temporary folder is made (default: the system's)")
    chosen = parser.parse_args(arguments)
    if chosen.kills < 1 or chosen.pictures < 10:
        parser.error("--kills must be at least 1, --pictures at least 10")
    with tempfile.TemporaryDirectory(prefix="import-kills-", dir=chosen.folder) as folder:
        wrong = kill_often(Path(folder), chosen.kills, chosen.pictures, random.Random(chosen.seed))
    print(f"import_kills: {wrong} inconsistencies after {chosen.kills} kills of an import of {chosen.pictures} files")
    return 1 if wrong else 0


def kill_often(folder: Path, kills: int, pictures: int, chance: random.Random) -> int:
    """Return how many inconsistencies were found."""
    make_pictures(folder / "in", pictures)
    workspace = Workspace(folder / "clients")
    context = multiprocessing.get_context("forkserver" if sys.platform != "win32" else "spawn")
    if sys.platform != "win32":
        context.set_forkserver_preload(LIBRARIES)
    whole = workspace.create("whole")
    run_apart(context, workspace.create("warm"), folder / "in", None)
    duration = run_apart(context, whole, folder / "in", None)
    expected, places, wrong = state_of(whole), [], 0
    for number in range(kills):
        client = workspace.create(f"killed{number}")
        run_apart(context, client, folder / "in", chance.uniform(0, duration))
        places.append(len(client.record_files()))
        found = broken(client)
        data_preprocessor.import_midjourney(client, [folder / "in"], settings=Settings())
        found += broken(client) + differences(expected, state_of(client)) + left_over(client)
        for text in found:
            print(f"kill {number}, {places[-1]} records there: {text}")
        wrong += len(found)
        shutil.rmtree(client.folder)
    print(f"one import: {duration:.2f} s; killed with {min(places)} to {max(places)} records there,"
          f" {sum(0 < place < len(expected['records']) for place in places)} of {kills} in the midst")  # fmt: skip
    return wrong


def run_apart(context: Any, client: Client, source: Path, kill_after: float | None) -> float:
    """Import in a process of its own, kill it after so many seconds; return how long it ran from its start on."""
    ready = context.Event()
    child = context.Process(target=work, args=(client.folder, source, ready))
    child.start()
    ready.wait()
    start = time.perf_counter()
    if kill_after is not None:
        time.sleep(kill_after)
        child.kill()
    child.join()
    return time.perf_counter() - start


def work(folder: Path, source: Path, ready: Event) -> None:
    """Import; runs in the child."""
    ready.set()
    data_preprocessor.import_midjourney(Client(folder), [source], settings=Settings())


# --- what is there ---------------------------------------------------------------------------------------------------


def broken(client: Client) -> list[str]:
    """Return what must not be even right after a kill: half a file under a final name, a record without its whole file."""
    found = []
    for path in client.raw_mj.iterdir() if client.raw_mj.is_dir() else ():
        if not path.name.startswith(".") and utils.sha256_of(path)[:16] != path.name[3:19]:
            found.append(f"half copied: {path.name}")
    for record in client.records():
        path = client.original(record)
        if not path.is_file() or utils.sha256_of(path) != record.original.sha256:
            found.append(f"record without its file: {record.image_id}")
    return found


def state_of(client: Client) -> dict[str, dict[str, Any]]:
    """Return all that an import leaves, but for the time of import."""
    records = {}
    for record in client.records():
        data = record.model_dump(mode="json")
        data["original"]["imported_at"] = ""
        records[record.image_id] = data
    return {
        "stored": {path.name: utils.sha256_of(path) for path in client.raw_mj.iterdir()},
        "records": records,
        "tables": {path.name: path.read_bytes() for path in (client.table_file, client.groups_file)},
    }


def differences(expected: dict[str, dict[str, Any]], found: dict[str, dict[str, Any]]) -> list[str]:
    """Return what differs between two states, by name."""
    return [
        f"{part} differ: {name}"
        for part, values in expected.items()
        for name in sorted(values.keys() | found[part].keys())
        if values.get(name) != found[part].get(name)
    ]


def left_over(client: Client) -> list[str]:
    """Return the temporary files that are still there."""
    return [f"left over: {path.name}" for path in client.folder.rglob(".*") if ".tmp" in path.name]


# --- pictures --------------------------------------------------------------------------------------------------------


def make_pictures(folder: Path, count: int) -> None:
    """Write tiles of MidJourney; of ten, one is the same bytes as another and two are resized copies."""
    import numpy as np
    from PIL import Image, PngImagePlugin

    folder.mkdir()
    before, noise = folder, np.zeros((8, 8, 3), np.uint8)
    for number in range(count):
        job = f"{number // 4:08x}-2c11-4bea-8bfc-62c32a8f5f97"
        path = folder / f"{number * 7919 % count:04d}_bench_portrait_of_a_woman_{job}_{number % 4}.png"
        if number % 10 == 9:
            shutil.copy(before, path)
            continue
        if number % 10 not in (7, 8):
            noise = np.random.default_rng(number).integers(0, 255, (8, 8, 3), np.uint8)
        chunks = PngImagePlugin.PngInfo()
        chunks.add_text("Description", f"portrait of a woman, soft light --ar 3:2 --v 7 Job ID: {job}")
        size = (192 + number, 128 + number)
        Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(path, pnginfo=chunks, compress_level=1)
        before = path


if __name__ == "__main__":
    sys.exit(main())
