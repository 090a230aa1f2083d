"""How long `prepare` takes beside linking the pictures and writing as many texts, and how near random mixes come to 85/15.

    python benchmarks/dataset.py --pictures 5000 --rounds 3 --mixes 1000

Pictures and records are made in a temporary folder; both sides run in turn on the same files.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this folder holds a dataset.py of its own: this file

import data_preprocessor
from avatar.dataset import caption_store, repeats
from avatar.workspace.client import Client, record_text
from avatar.workspace.records import Crop, Decision, ImageRecord, MidJourney, Original, Picture, Source
from avatar.workspace.workspace import Workspace
from config import DatasetDistribution, Settings

COLOURS = ("red", "blue", "green", "white", "black", "yellow", "brown", "grey")
PLACES = ("brick wall", "kitchen", "forest", "city street", "beach", "library", "garden")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the last line is the ratio."""
    parser = argparse.ArgumentParser(description="time of prepare beside links and texts; balance of random mixes")
    parser.add_argument("--pictures", type=int, default=5000, help="approved pictures (default 5000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of both sides; the median counts (default 3)")
    parser.add_argument("--mixes", type=int, default=1000, help="random mixes of 1-300 pictures each (default 1000, 0: none)")
    parser.add_argument("--seed", type=int, default=5, help="of the random mixes (default 5)")
    chosen = parser.parse_args(arguments)
    if chosen.pictures < 1 or chosen.rounds < 1 or chosen.mixes < 0:
        parser.error("--pictures and --rounds must be at least 1, --mixes at least 0")
    if chosen.mixes:
        compare_mixes(chosen.mixes, chosen.seed)
    with tempfile.TemporaryDirectory(prefix="dataset-benchmark-") as folder:
        compare_times(Path(folder), chosen.pictures, chosen.rounds)
    return 0


# --- time ------------------------------------------------------------------------------------------------------------


def compare_times(folder: Path, pictures: int, rounds: int) -> None:
    """Print the seconds and the memory of both sides; each round has a client of its own."""
    plain, first, again = [], [], []
    for number in range(rounds):
        client = make_client(folder / str(number), pictures)
        lines = [row.text for row in caption_store.caption_rows(client, client.records(), Settings())]
        # Before ours: ext4 makes files more slowly for minutes after others were deleted.
        plain.append(seconds(lambda: plain_way(client.processed, folder / f"plain{number}", lines)))  # noqa: B023
        first.append(seconds(lambda: data_preprocessor.prepare_dataset(client, settings=Settings())))  # noqa: B023
        again.append(seconds(lambda: data_preprocessor.prepare_dataset(client, settings=Settings())))  # noqa: B023
    base, new, same = (statistics.median(times) for times in (plain, first, again))
    print(f"pictures: {pictures}; rounds: {rounds}; median (all)")
    print(f"plain way, links and texts: {base:.2f} s ({_all(plain)})")
    print(f"prepare again, nothing changed: {same:.2f} s ({_all(again)}) = {same / base:.1f}x")
    print(f"peak memory: {memory_kib(folder / '0', pictures):.1f} KiB a picture, {peak_mib():.0f} MiB in all")
    print(f"dataset: {new / base:.1f}x the plain way ({pictures} pictures, {new:.2f} s ({_all(first)}) against {base:.2f} s)")


def _all(times: Sequence[float]) -> str:
    return ", ".join(f"{s:.2f}" for s in times)


def memory_kib(folder: Path, pictures: int) -> float:
    """Return how much of the memory of a process that only prepares grows with each picture, in KiB."""
    if not sys.platform.startswith("linux"):
        return math.nan
    # A process of its own, and not ru_maxrss: that would be this process's, which the new one inherits.
    code = "import sys; sys.path.insert(0, sys.argv[1]); from benchmarks.dataset import print_growth; print_growth(sys.argv[2])"
    command = [sys.executable, "-c", code, str(ROOT), str(folder / "clients" / "bench")]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    return int(done.stdout) / pictures


def print_growth(folder: str) -> None:
    """Prepare a client in this process and print by how many KiB its peak memory grew."""
    client = Client(Path(folder))
    next(client.each_record())
    before = peak_kib()
    data_preprocessor.prepare_dataset(client, settings=Settings())
    print(peak_kib() - before)


def peak_kib() -> int:
    """Return the most memory this process has held so far (Linux)."""
    (peak,) = re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(peak)


def seconds(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def plain_way(source: Path, target: Path, lines: Sequence[str]) -> None:
    """Link all pictures with `cp -rl` where there is such a command, and write one text per picture."""
    if sys.platform.startswith("linux"):
        subprocess.run(["cp", "-rl", str(source), str(target)], check=True)
    else:
        shutil.copytree(source, target, copy_function=os.link)
    for number, line in enumerate(lines):
        (target / f"{number}.txt").write_text(line, encoding="utf-8")


def make_client(folder: Path, pictures: int) -> Client:
    """Make a client with approved pictures of 16 px, six of seven from MidJourney."""
    client = Workspace(folder / "clients").create("bench", trigger_word="ohwx", class_word="woman")
    png = tiny_png()
    source: Source
    for number in range(pictures):
        source = "real" if number % 7 == 6 else "mj"
        image_id = f"{source}_{number:016x}"
        record = ImageRecord(
            image_id=image_id, source=source,
            original=Original(name="x.png", sha256=f"{number:064x}", bytes=9, stored=f"raw_{source}/x", imported_at="t"),
            picture=Picture(format="PNG", width=1024, height=1024, phash=f"{number * 2654435761 % 2**64:016x}"),
            midjourney=MidJourney(prompt=prompt(number // 4), evidence="embedded") if source == "mj" else None,
            crop=Crop(square=(0, 0, 1024, 1024), side_px=1024, scale=1.0),
            decision=Decision(verdict="approved", by="rules", when="t"),
        )  # fmt: skip
        client.record_file(image_id).write_text(record_text(record), encoding="utf-8")
        (client.processed / f"{image_id}.png").write_bytes(png)
    return client


def prompt(number: int) -> str:
    """Return one of many prompts: four tiles of a grid share theirs."""
    colour, place = COLOURS[number % len(COLOURS)], PLACES[number % len(PLACES)]
    return f"portrait of a woman wearing a {colour} scarf number {number}, leaning on a {place}, soft studio lighting"


def tiny_png() -> bytes:
    """Return a valid grey PNG of 16 x 16 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + bytes(range(16))) * 16)
    head = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def peak_mib() -> float:
    """Return the most memory this process has held so far."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


# --- balance ---------------------------------------------------------------------------------------------------------


def compare_mixes(mixes: int, seed: int) -> None:
    """Print how far from 85/15 each strategy ends, in points of the share, over the same random mixes."""
    chance = random.Random(seed)
    pairs = [(_size(chance), _size(chance)) for _ in range(mixes)]
    records = {source: [_record(source, n) for n in range(300)] for source in ("mj", "real")}
    print(f"{mixes} random mixes of 1-300 pictures a source (seed {seed}): points away from 85/15; pictures left out")
    rules = {
        "repeats": DatasetDistribution(strategy="repeats"), "select": DatasetDistribution(strategy="select"),
        "single folder": DatasetDistribution(strategy="as_is"),
    }  # fmt: skip
    for name, rule in rules.items():
        found = []
        for mj, real in pairs:
            plan = repeats.plan_dataset(records["mj"][:mj] + records["real"][:real], rule)
            found.append((100 * abs(plan.shares_reached["mj"] - 0.85), len(plan.left_out) / (mj + real), mj, real))
        found.sort()
        middle, high, worst = found[len(found) // 2], found[int(0.9 * (len(found) - 1))], found[-1]
        left = 100 * statistics.mean(item[1] for item in found)
        print(f"  {name:14} median {middle[0]:.2f}  p90 {high[0]:.2f}  worst {worst[0]:.2f} ({worst[2]} MJ, {worst[3]} real)"
              f"  left out {left:.0f} %")  # fmt: skip


def _size(chance: random.Random) -> int:
    return round(math.exp(chance.uniform(0, math.log(300))))


def _record(source: str, number: int) -> ImageRecord:
    return ImageRecord.model_validate(
        {
            "image_id": f"{source}_{number:016x}",
            "source": source,
            "original": {"name": "x", "sha256": "0", "bytes": 1, "stored": "x", "imported_at": "t"},
            "picture": {"format": "PNG", "width": 1, "height": 1, "phash": f"{number * 2654435761 % 2**64:016x}"},
            "crop": {"square": (0, 0, 1, 1), "side_px": 1, "scale": 1.0},
            "decision": {"verdict": "approved", "by": "rules", "when": "t"},
        }
    )


if __name__ == "__main__":
    sys.exit(main())
