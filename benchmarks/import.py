"""How long an import takes beside `cp -r` and `sha256sum` of the same pictures, how long a second one, and its memory.

    python benchmarks/import.py --pictures 2000 --kilobytes 1500
    python benchmarks/import.py --folder DIR --rounds 3     # pictures of your own; --source mj for MidJourney's
    python benchmarks/import.py --folder DIR --floor        # and what no import can leave out, in the same rounds

MidJourney-like PNGs are made in a temporary folder, each different; both sides find them in the page cache, and what one
side wrote is flushed before the other starts. The plain way runs before and after; their mean counts. Of several rounds
the median counts. Processor time (both cores together, the kernel's included) is printed too: it hardly depends on what
else the machine does.
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
SMALL_SIDE_PX = 256  # of the copy that likeness is told by


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the last line is the ratio."""
    parser = argparse.ArgumentParser(description="time and memory of an import beside cp -r and sha256sum")
    parser.add_argument("--pictures", type=int, default=300, help="PNGs of 1024 x 1024 px (default 300)")
    parser.add_argument("--kilobytes", type=int, default=1500, help="size of each, about (default 1500)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="pictures of your own, with all folders in it")
    parser.add_argument("--source", choices=("mj", "real"), default="real", help="with --folder: what they are (default real)")
    parser.add_argument("--rounds", type=int, default=1, help="each: plain way, import, import again, plain way (default 1)")
    parser.add_argument("--floor", action="store_true", help="measure what no import can leave out, too")
    parser.add_argument("--within", help="where the temporary folder is made (default: the system's)")
    parser.add_argument("--floor-child", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.child:
        source, clients, kind = chosen.child
        print(json.dumps(import_here(Path(source), Path(clients), kind)))
        return 0
    if chosen.floor_child:
        print(json.dumps(floor_here(*map(Path, chosen.floor_child))))
        return 0
    if chosen.pictures < 1 or not 100 <= chosen.kilobytes <= 2500 or chosen.rounds < 1:
        parser.error("--pictures and --rounds must be at least 1, --kilobytes 100 to 2500")
    if chosen.folder and not chosen.folder.is_dir():
        parser.error(f"--folder: {chosen.folder} is no folder")
    with tempfile.TemporaryDirectory(prefix="import-benchmark-", dir=chosen.within) as name:
        if chosen.folder:
            compare(Path(name), chosen.folder.resolve(), chosen.source, chosen.rounds, floor=chosen.floor)
        else:
            make_pictures(Path(name) / "in", chosen.pictures, chosen.kilobytes * 1000)
            compare(Path(name), Path(name) / "in", "mj", chosen.rounds, expected=chosen.pictures, floor=chosen.floor)
    return 0


def compare(folder: Path, source: Path, kind: str, rounds: int, expected: int | None = None, *, floor: bool = False) -> None:
    """Print the figures of both sides; the last line is the ratio. expected: so many pictures are taken in, none refused."""
    files = files_in(source)
    if not files:
        raise SystemExit(f"no files in {source}")
    size = sum(path.stat().st_size for path in files)
    print(f"files: {len(files)}, {size / len(files) / 1e6:.2f} MB each; cores: {os.cpu_count()}")
    measured = [one_round(folder / f"round_{number}", source, kind, floor=floor) for number in range(rounds)]
    first, again = measured[-1]["first"], measured[-1]["again"]
    known = sum(again[key] for key in ("already_there", "same_bytes"))
    if again["added"] or known != sum(first[key] for key in ("added", "same_bytes")):
        raise SystemExit(f"the second import is not what was expected: {again}")
    if expected is not None and (first["added"], first["refused"]) != (expected, 0):
        raise SystemExit(f"not what was expected: {first}")
    base = statistics.median(figures["plain"] for figures in measured)
    print(f"plain way: {base:.2f} s ({', '.join(format(figures['plain'], '.2f') for figures in measured)})")
    print(
        f"import: {first['seconds']:.2f} s, processor {first['cpu']:.2f} s, of it {first['start_cpu']:.2f} s to load libraries;"
    )
    told = ("added", "same_bytes", "near_duplicates", "refused")
    print("  " + ", ".join(f"{key.replace('_', ' ')} {first[key]}" for key in told))
    print(f"second import: {again['seconds']:.2f} s = {again['seconds'] / first['seconds']:.2f} of the first")
    alone = decoding(files)
    print(f"decoding alone, all cores: {alone:.2f} s = {alone / base:.2f}x the plain way")
    print(f"peak memory: {first['peak_mb']:.0f} MB, second import {again['peak_mb']:.0f} MB")
    busy = statistics.median(share(figures["first"]["cpu"], figures["plain_cpu"]) for figures in measured)
    print(f"processor time: {busy:.2f}x that of the plain way")
    if floor:
        least = statistics.median(figures["floor"]["seconds"] / figures["plain"] for figures in measured)
        spent = statistics.median(share(figures["floor"]["cpu"], figures["plain_cpu"]) for figures in measured)
        print(f"floor (read, hash, copy, decode small): {least:.2f}x the plain way, processor time {spent:.2f}x")
    ratio = statistics.median(figures["first"]["seconds"] / figures["plain"] for figures in measured)
    print(f"import: {ratio:.2f}x the plain way (cp -r + sha256sum, {len(files)} pictures)")


def one_round(folder: Path, source: Path, kind: str, *, floor: bool = False) -> dict[str, Any]:
    """Run the plain way, the floor if asked for, two imports and the plain way again; return their figures."""
    folder.mkdir()
    plain = [plain_way(source, folder / "plain")]
    least = apart("--floor-child", str(source), str(folder / "floor")) if floor else {}
    first, again = (import_apart(source, folder / "clients", kind) for _ in range(2))
    plain.append(plain_way(source, folder / "plain"))
    shutil.rmtree(folder)
    seconds, busy = (statistics.mean(side) for side in zip(*plain, strict=True))
    return {"plain": seconds, "plain_cpu": busy, "first": first, "again": again, "floor": least}


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


# --- the two sides ---------------------------------------------------------------------------------------------------


def plain_way(source: Path, target: Path) -> tuple[float, float]:
    """Copy the folder and hash the copies; return the seconds and the processor's, from flushed disks on."""
    flush()
    start, busy = time.perf_counter(), processor()
    if sys.platform.startswith("linux"):
        subprocess.run(["cp", "-r", str(source), str(target)], check=True)
        names = "\0".join(map(str, files_in(target)))
        hashed = ["xargs", "-0", "sha256sum"]
        subprocess.run(hashed, check=True, stdout=subprocess.DEVNULL, input=names, encoding="utf-8", errors="surrogateescape")
    else:
        shutil.copytree(source, target)
        for path in files_in(target):
            hashlib.sha256(path.read_bytes()).hexdigest()
    taken = time.perf_counter() - start, processor() - busy
    shutil.rmtree(target)
    return taken


def processor() -> float:
    """Return the processor seconds of this process and of those that it has waited for."""
    return sum(os.times()[:4])


def share(part: float, whole: float) -> float:
    """Return a ratio of processor times, which the system counts in hundredths of a second: nothing counts as one of them."""
    return part / max(whole, 0.01)


def decoding(paths: Sequence[Path]) -> float:
    """Return how long it takes to decode all pictures on all processors and do nothing else, from up to 200 of them."""
    import cv2
    import numpy as np

    chosen = paths[:: -(-len(paths) // 200)]
    flush()
    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(lambda path: cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR) is None, chosen):
            pass
    return (time.perf_counter() - start) * len(paths) / len(chosen)


def import_apart(source: Path, clients: Path, kind: str) -> dict[str, Any]:
    """Import in a process of its own, whose memory is nobody else's; return what `import_here` measured."""
    return apart("--child", str(source), str(clients), kind)


def apart(*arguments: str) -> dict[str, Any]:
    """Run a child of this file, from flushed disks on, and return what it measured."""
    flush()
    command = [sys.executable, str(Path(__file__).resolve()), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def import_here(source: Path, clients: Path, kind: str) -> dict[str, Any]:
    """Import and return the figures; the libraries' start counts, the interpreter's does not."""
    start, busy = time.perf_counter(), processor()
    import data_preprocessor
    from avatar.workspace.workspace import Workspace
    from config import Settings

    loaded = processor() - busy
    workspace = Workspace(clients)
    client = workspace.client("bench") if (clients / "bench").is_dir() else workspace.create("bench")
    taken_in = data_preprocessor.import_midjourney if kind == "mj" else data_preprocessor.import_photos
    report = taken_in(client, [source], settings=Settings())
    return {
        "seconds": time.perf_counter() - start, "cpu": processor() - busy, "start_cpu": loaded, "peak_mb": peak_mb(),
        "added": len(report.added), "already_there": len(report.already_there), "refused": len(report.refused),
        "near_duplicates": len(report.near_duplicates), "same_bytes": len(report.same_bytes),
    }  # fmt: skip


def floor_here(source: Path, target: Path) -> dict[str, Any]:
    """Read, hash, copy and decode small, in as many processes as there are processors; return the figures. Linux only."""
    paths = files_in(source)
    target.mkdir()
    start, busy = time.perf_counter(), processor()
    import cv2
    from PIL import Image

    from avatar.pictures import png

    cv2.setNumThreads(1)
    Image.init()
    children = []
    for number in range(cores := os.cpu_count() or 1):
        if not (pid := os.fork()):
            for path in paths[number::cores]:
                read_and_seen(path, target / path.name, png.read_plain, png.decode_rgb)
            os._exit(0)
        children.append(pid)
    if any(os.waitpid(pid, 0)[1] for pid in children):
        raise SystemExit("a process of the floor failed")
    return {"seconds": time.perf_counter() - start, "cpu": processor() - busy}


def read_and_seen(path: Path, copy: Path, parsed: Any, decoded: Any) -> None:
    """Copy and hash a file, and decode it to some SMALL_SIDE_PX."""
    import io

    import cv2
    import numpy as np
    from PIL import Image

    content = path.read_bytes()
    hashlib.sha256(content).hexdigest()
    copy.write_bytes(content)
    if (png := parsed(copy)) is not None:
        decoded(png, SMALL_SIDE_PX)
        return
    with Image.open(io.BytesIO(content)) as picture:
        long_side = max(picture.size)
        if picture.format == "JPEG":  # the smallest of libjpeg's scales that still has the side
            scale = next(scale for scale in (8, 4, 2, 1) if long_side // scale >= SMALL_SIDE_PX or scale == 1)
            flag = {8: cv2.IMREAD_REDUCED_COLOR_8, 4: cv2.IMREAD_REDUCED_COLOR_4, 2: cv2.IMREAD_REDUCED_COLOR_2}
            cv2.imdecode(np.frombuffer(content, np.uint8), flag.get(scale, cv2.IMREAD_COLOR))
        else:
            picture.load()


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
