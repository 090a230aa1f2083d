"""How long an import takes beside `cp -r` and `sha256sum` of the same pictures, how long a second one, and its memory.

    python benchmarks/import.py --pictures 2000 --kilobytes 1500

MidJourney-like PNGs are made in a temporary folder, each different; both sides find them in the page cache, and what one
side wrote is flushed before the other starts. The plain way runs before and after; their mean counts.
"""

# ruff: noqa: N999 - named after what it measures
from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this folder holds modules of the same names

PROMPT = "portrait of a woman wearing a red scarf, soft studio lighting --ar 1:1 --ow 160 --v 7"
SIDE_PX = 1024  # MidJourney's first size


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the last line is the ratio."""
    parser = argparse.ArgumentParser(description="time and memory of an import beside cp -r and sha256sum")
    parser.add_argument("--pictures", type=int, default=300, help="PNGs of 1024 x 1024 px (default 300)")
    parser.add_argument("--kilobytes", type=int, default=1500, help="size of each, about (default 1500)")
    parser.add_argument("--folder", help="where the temporary folder is made (default: the system's)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.child:
        print(json.dumps(import_here(*map(Path, chosen.child))))
        return 0
    if chosen.pictures < 1 or not 100 <= chosen.kilobytes <= 2500:
        parser.error("--pictures must be at least 1, --kilobytes 100 to 2500")
    with tempfile.TemporaryDirectory(prefix="import-benchmark-", dir=chosen.folder) as name:
        folder = Path(name)
        total = make_pictures(folder / "in", chosen.pictures, chosen.kilobytes * 1000)
        print(f"pictures: {chosen.pictures}, {total / chosen.pictures / 1e6:.2f} MB each; cores: {os.cpu_count()}")
        compare(folder, chosen.pictures)
    return 0


def compare(folder: Path, pictures: int) -> None:
    """Print the figures of both sides; the last line is the ratio."""
    source = folder / "in"
    plain = [plain_way(source, folder / "plain")]
    first, again = import_apart(source, folder / "clients"), import_apart(source, folder / "clients")
    plain.append(plain_way(source, folder / "plain"))
    base = statistics.mean(plain)
    for figures, added, there in ((first, pictures, 0), (again, 0, pictures)):
        if (figures["added"], figures["already_there"], figures["refused"]) != (added, there, 0):
            raise SystemExit(f"not what was expected: {figures}")
    print(f"plain way: {base:.2f} s ({', '.join(f'{s:.2f}' for s in plain)})")
    print(f"import: {first['seconds']:.2f} s, processor {first['cpu']:.2f} s; near-duplicates {first['near_duplicates']}")
    print(f"second import: {again['seconds']:.2f} s = {again['seconds'] / first['seconds']:.2f} of the first")
    floor = decoding(source)
    print(f"decoding alone, all cores: {floor:.2f} s = {floor / base:.2f}x the plain way")
    print(f"peak memory: {first['peak_mb']:.0f} MB, second import {again['peak_mb']:.0f} MB")
    print(f"import: {first['seconds'] / base:.2f}x the plain way (cp -r + sha256sum, {pictures} pictures)")


# --- the two sides ---------------------------------------------------------------------------------------------------


def plain_way(source: Path, target: Path) -> float:
    """Copy the folder and hash the copies; return the seconds, from flushed disks on."""
    flush()
    start = time.perf_counter()
    if sys.platform.startswith("linux"):
        subprocess.run(["cp", "-r", str(source), str(target)], check=True)
        subprocess.run(["sha256sum", *sorted(map(str, target.iterdir()))], check=True, stdout=subprocess.DEVNULL)
    else:
        shutil.copytree(source, target)
        for path in target.iterdir():
            hashlib.sha256(path.read_bytes()).hexdigest()
    taken = time.perf_counter() - start
    shutil.rmtree(target)
    return taken


def decoding(source: Path) -> float:
    """Return how long it takes to decode all pictures on all processors and do nothing else, from up to 200 of them."""
    import cv2
    import numpy as np

    paths = sorted(source.iterdir())
    chosen = paths[:200]
    flush()
    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(lambda path: cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR) is None, chosen):
            pass
    return (time.perf_counter() - start) * len(paths) / len(chosen)


def import_apart(source: Path, clients: Path) -> dict[str, Any]:
    """Import in a process of its own, whose memory is nobody else's; return what `import_here` measured."""
    flush()
    command = [sys.executable, str(Path(__file__).resolve()), "--child", str(source), str(clients)]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def import_here(source: Path, clients: Path) -> dict[str, Any]:
    """Import and return the figures; the libraries' start counts, the interpreter's does not."""
    start, busy = time.perf_counter(), time.process_time()
    import data_preprocessor
    from avatar.workspace.workspace import Workspace
    from config import Settings

    workspace = Workspace(clients)
    client = workspace.client("bench") if (clients / "bench").is_dir() else workspace.create("bench")
    report = data_preprocessor.import_midjourney(client, [source], settings=Settings())
    return {
        "seconds": time.perf_counter() - start, "cpu": time.process_time() - busy, "peak_mb": peak_mb(),
        "added": len(report.added), "already_there": len(report.already_there), "refused": len(report.refused),
        "near_duplicates": len(report.near_duplicates),
    }  # fmt: skip


def flush() -> None:
    """Have the system write what waits in its cache, so that no side pays for the other."""
    if hasattr(os, "sync"):
        os.sync()


def peak_mb() -> float:
    """Return the most memory this process has held so far, in MB."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    if sys.platform == "linux":  # getrusage's figure is inherited from the process that started this one
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return float(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


# --- pictures --------------------------------------------------------------------------------------------------------


def make_pictures(folder: Path, count: int, size: int) -> int:
    """Write `count` PNGs of about `size` bytes with MidJourney's names and texts; return the bytes of all."""
    folder.mkdir()
    grain = grain_for(size)
    with ThreadPoolExecutor() as pool:
        return sum(pool.map(lambda number: write_picture(folder, number, grain), range(count)))


def grain_for(size: int) -> float:
    """Return the strength of grain that makes a PNG of about this size."""
    low, high = 0.0, 64.0
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (middle, high) if len(png_of(0, middle)) < size else (low, middle)
    return high


def png_of(seed: int, grain: float) -> bytes:
    """Return a PNG of soft shapes, different for every seed, under grain."""
    import cv2
    import numpy as np

    chance = np.random.default_rng(seed)
    soft = cv2.resize(chance.integers(30, 225, (12, 12, 3), np.uint8), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)
    noise = (chance.standard_normal((128, SIDE_PX, 3), np.float32) * grain).astype(np.int16)  # repeats beyond PNG's window
    pixels = cv2.add(soft, np.tile(noise, (SIDE_PX // 128, 1, 1)), dtype=cv2.CV_8U)
    return bytes(cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def write_picture(folder: Path, number: int, grain: float) -> int:
    """Write one picture with MidJourney's texts behind its head; return its bytes."""
    import struct
    import zlib

    job = f"{number // 4:08x}-2c11-4bea-8bfc-62c32a8f5f97"
    text = b"tEXtDescription\0" + f"{PROMPT} Job ID: {job}".encode("latin-1")
    png = png_of(number, grain)
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    path = folder / f"bench_portrait_of_a_woman_wearing_a_red_scarf_{job}_{number % 4}.png"
    return path.write_bytes(png[:33] + chunk + png[33:])


if __name__ == "__main__":
    sys.exit(main())
