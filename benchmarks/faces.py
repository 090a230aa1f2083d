"""How fast faces are found, cut and judged beside the plain way, and whether both take the same decisions.

    python benchmarks/faces.py                     # throughput: one core each, then all; the last lines are the ratios
    python benchmarks/faces.py --folder FOLDER     # pictures of your own, by kind, with and without a face (faces_folder.py)
    python benchmarks/faces.py --decisions FOLDER  # every picture of a folder and variants of it, both ways
    python benchmarks/faces.py --many 2000         # memory and pace over many pictures

Plain way: mtcnn 1.x with its defaults on the full picture, one after another, Pillow, Lanczos, PNG level 6, rawpy's
defaults. Ours is the face stage as it is, records and all. Both sides have their libraries loaded and one picture behind
them before the clock starts; each runs in a process of its own. A portrait in the public domain is the only source.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this folder holds modules of the same names

# Kind of picture -> (width, height of the frame, share of its height that the portrait takes, extension).
PARTS = {
    "PNG 1024": (1024, 1024, 0.95, ".png"),
    "JPEG 12 MP": (4000, 3000, 0.8, ".jpg"),
    "JPEG 24 MP": (6000, 4000, 0.7, ".jpg"),
    "RAW 24 MP": (6000, 4000, 0.7, ".dng"),
}
TARGETS = {"PNG 1024": 5.0, "JPEG 12 MP": 25.0, "JPEG 24 MP": 25.0, "RAW 24 MP": 4.0}
SURE = 0.85  # the user's threshold of confidence: below it, no face for either side
SAME_CROP_IOU = 0.85
STAGES = {
    "decode": ("avatar.pictures.decode", "load_rgb"), "detect": ("avatar.faces.detection", "find_faces"),
    "crop": ("avatar.faces.crops", "_cut"), "measure": ("avatar.faces.quality", "measure"),
    "encode": ("avatar.faces.crops", "_write_png"),
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description="faces beside the plain way: speed, decisions, memory")
    parser.add_argument("--pictures", type=int, default=3, help="of every kind (default 3)")
    parser.add_argument("--folder", type=Path, metavar="FOLDER", help="time these pictures, each by itself")
    parser.add_argument("--most", type=int, default=96, help="with --folder: at most so many of them (default 96)")
    parser.add_argument("--decisions", type=Path, metavar="FOLDER", help="compare the decisions on these pictures and variants")
    parser.add_argument("--every", type=int, default=3, help="with --decisions: variants of every n-th picture (default 3)")
    parser.add_argument("--many", type=int, metavar="N", help="process N small pictures and watch the memory")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.child:
        print(json.dumps(CHILDREN[chosen.child[0]](*chosen.child[1:])))
        return 0
    with tempfile.TemporaryDirectory(prefix="faces-benchmark-") as name:
        if chosen.folder:
            from benchmarks import faces_folder

            return faces_folder.compare(Path(name), chosen.folder.resolve(), chosen.most)
        if chosen.decisions:
            return compare_decisions(Path(name), chosen.decisions, chosen.every)
        if chosen.many:
            return watch_many(Path(name), chosen.many)
        compare_speed(Path(name), chosen.pictures)
    return 0


def apart(*arguments: str, core: int | None = 0) -> dict[str, Any]:
    """Run a child of this file on one core (None: all) and return what it measured."""
    command = [sys.executable, "-W", "ignore", str(Path(__file__).resolve()), "--child", *arguments]
    if core is not None and sys.platform == "linux":
        command = ["taskset", "-c", str(core), *command]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


# --- speed -----------------------------------------------------------------------------------------------------------


def compare_speed(folder: Path, count: int) -> None:
    """Print the figures of both sides for every kind of picture; the last lines are the ratios."""
    lines = []
    for part in PARTS:
        source = folder / part.replace(" ", "_")
        make_part(source, part, count)
        floor = apart("floor", str(source))["seconds"] / count
        plain = apart("plain", str(source))
        ours = apart("ours", str(source), str(folder / "one"), "1")
        share = " ".join(f"{stage} {seconds / ours['seconds']:.0%}" for stage, seconds in ours["stages"].items())
        print(f"{part}: plain {plain['seconds'] / count:.2f} s, ours {ours['seconds'] / count:.3f} s a picture; {share}")
        print(f"  faces: plain {plain['faces']}, ours {ours['approved']} approved; floor (decode, encode) {floor:.3f} s")
        print(f"  peak memory: plain {plain['peak_mb']:.0f} MB, ours {ours['peak_mb']:.0f} MB")
        ratio, above = plain["seconds"] / ours["seconds"], ours["seconds"] / count / floor
        lines.append(
            f"{part}: {ratio:.1f}x the plain way on one core each (aim {TARGETS[part]:.0f}), {above:.1f}x the floor (aim 3)"
        )
    lines.append(compare_cores(folder, 10 * count))
    print("\n".join(lines))


def compare_cores(folder: Path, count: int) -> str:
    """Return how much faster all cores do a mix of pictures, the start of the workers included."""
    mix = folder / "mix"
    for part, share in (("PNG 1024", 1.0), ("JPEG 12 MP", 0.5), ("JPEG 24 MP", 0.25)):
        make_part(mix, part, round(count * share))
    one = apart("ours", str(mix), str(folder / "mixed_one"), "1", core=None)
    every = apart("ours", str(mix), str(folder / "mixed_all"), str(os.cpu_count()), core=None)
    pictures = len(pictures_in(str(mix))) - 1
    return f"mix of {pictures} pictures: {os.cpu_count()} workers {one['seconds'] / every['seconds']:.2f}x one"


def make_part(folder: Path, part: str, count: int) -> None:
    """Write pictures of one kind, each different."""
    import cv2

    from avatar.commands import demo_pictures

    width, height, share, suffix = PARTS[part]
    folder.mkdir(exist_ok=True)
    for number in range(count + 1):  # the first one warms up
        rgb = framed(portrait(), width, height, share, number)
        path = folder / f"{number}_{height}{suffix}"
        if suffix == ".dng":
            demo_pictures.write_dng(path, rgb)
        else:
            options = [cv2.IMWRITE_JPEG_QUALITY, 92] if suffix == ".jpg" else [cv2.IMWRITE_PNG_COMPRESSION, 4]
            cv2.imwrite(str(path), rgb[..., ::-1], options)


def portrait() -> Any:
    """Return Grace Hopper, 1984, by James S. Davis: a work of the US Navy; it comes with matplotlib."""
    import cv2
    import matplotlib

    path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    picture: Any = cv2.imread(str(path))
    return picture[..., ::-1]


def framed(rgb: Any, width: int, height: int, share: float, seed: int) -> Any:
    """Return a picture in a frame of soft shapes and grain: it takes `share` of the height, at a place that the seed says."""
    import cv2
    import numpy as np

    chance = np.random.default_rng(seed)
    shapes = chance.integers(60, 180, (6, 8, 3)).astype(np.uint8)
    frame = cv2.resize(shapes, (width, height), interpolation=cv2.INTER_CUBIC)
    tall = min(int(height * share), int(width * share * rgb.shape[0] / rgb.shape[1]))
    inner = cv2.resize(rgb, (tall * rgb.shape[1] // rgb.shape[0], tall), interpolation=cv2.INTER_CUBIC)
    top, left = (height - inner.shape[0]) // 2, int(chance.integers(0, width - inner.shape[1] + 1))
    frame[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    grain = np.tile((chance.standard_normal((256, 256, 3)) * 4).astype(np.int16), (-(-height // 256), -(-width // 256), 1))
    return cv2.add(frame, grain[:height, :width], dtype=cv2.CV_8U)


def child_of_folder(side: str, *arguments: str) -> dict[str, Any]:
    from benchmarks import faces_folder

    return faces_folder.child(side, *arguments)


def pictures_in(folder: str) -> list[Path]:
    return sorted(Path(folder).iterdir(), key=lambda path: (len(path.name), path.name))


def child_floor(source: str) -> dict[str, Any]:
    """Decode every picture in full and write a crop of it, nothing else."""
    import cv2
    import rawpy

    start = time.perf_counter()
    for path in pictures_in(source)[1:]:
        if path.suffix == ".dng":
            with rawpy.imread(str(path)) as raw:
                pixels: Any = raw.postprocess(demosaic_algorithm=rawpy.DemosaicAlgorithm.PPG)
        else:
            pixels = cv2.imread(str(path))
        cv2.imencode(".png", pixels[:1024, :1024], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return {"seconds": time.perf_counter() - start}


def child_plain(source: str) -> dict[str, Any]:
    detector = plain_detector()
    first, *others = pictures_in(source)
    plain_way(detector, first)
    start = time.perf_counter()
    found = sum(plain_way(detector, path) is not None for path in others)
    return {"seconds": time.perf_counter() - start, "faces": found, "peak_mb": peak_mb()}


def child_ours(source: str, clients: str, workers: str) -> dict[str, Any]:
    import data_preprocessor
    import image_processor
    from avatar.workspace.workspace import Workspace
    from config import Settings

    settings, workspace = Settings(), Workspace(Path(clients))
    paths = pictures_in(source)
    for name, chosen in (("warm", paths[:1]), ("measured", paths[1:])):
        client = workspace.create(f"{name}_{len(workspace.client_ids())}")
        data_preprocessor.import_photos(client, chosen, settings=settings)
        for kept in client.raw_cache.iterdir() if client.raw_cache.is_dir() else ():
            kept.unlink()  # the development counts
        forget_peak()
        with timed() as stages:
            start = time.perf_counter()
            report = image_processor.process(client, settings=settings, workers=int(workers))
            seconds = time.perf_counter() - start
    return {"seconds": seconds, "stages": dict(stages), "approved": report.approved, "peak_mb": peak_mb()}


@contextlib.contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Note the seconds spent in every stage of this process."""
    import importlib

    spent: dict[str, float] = defaultdict(float)
    originals = []
    for stage, (module_name, function) in STAGES.items():
        module = importlib.import_module(module_name)
        original: Callable[..., Any] = getattr(module, function)
        originals.append((module, function, original))

        def noted(*arguments: Any, _original: Callable[..., Any] = original, _stage: str = stage, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return _original(*arguments, **options)
            finally:
                spent[_stage] += time.perf_counter() - start

        setattr(module, function, noted)
    try:
        yield spent
    finally:
        for module, function, original in originals:
            setattr(module, function, original)


# --- the plain way ---------------------------------------------------------------------------------------------------


def plain_detector() -> Any:
    """Return mtcnn as its documentation shows it, on one thread."""
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
    import tensorflow as tf
    from mtcnn import MTCNN

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return MTCNN()


def plain_way(detector: Any, path: Path) -> list[float] | None:
    """Do what a short script does; return the crop's square (left, top, right, bottom), None without a face."""
    import numpy as np
    from PIL import Image, ImageOps

    if path.suffix == ".dng":
        import rawpy

        with rawpy.imread(str(path)) as raw:
            picture = Image.fromarray(raw.postprocess())
    else:
        picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    try:
        found = [face for face in detector.detect_faces(np.asarray(picture)) if face["confidence"] >= SURE]
    except (MemoryError, ValueError):  # as facts/faces.md saw it on some
        found = []
    if not found:
        return None
    left, top, width, height = max(found, key=lambda face: face["box"][2] * face["box"][3])["box"]
    side = min(round(1.6 * max(width, height)), *picture.size)
    x = min(max(0, left + width // 2 - side // 2), picture.width - side)
    y = min(max(0, top + height // 2 - side // 2), picture.height - side)
    crop = picture.crop((x, y, x + side, y + side)).resize((1024, 1024), Image.Resampling.LANCZOS)
    with tempfile.TemporaryFile() as target:
        crop.save(target, "PNG", compress_level=6)
    return [x, y, x + side, y + side]


# --- decisions -------------------------------------------------------------------------------------------------------


def variants() -> dict[str, Callable[[Any], Any]]:
    """Return what is done to a picture, by name."""
    import cv2
    import numpy as np

    def turned(rgb: Any, degrees: float) -> Any:
        height, width = rgb.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        return cv2.warpAffine(rgb, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)

    def noisy(rgb: Any) -> Any:
        return np.clip(rgb + np.random.default_rng(1).normal(0, 20, rgb.shape), 0, 255).astype(np.uint8)

    return {
        "as it is": lambda rgb: rgb,
        "upscaled": lambda rgb: cv2.resize(rgb, None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC),
        "left": lambda rgb: turned(rgb, 15),
        "right": lambda rgb: turned(rgb, -15),
        "dark": lambda rgb: (rgb * 0.3).astype(np.uint8),
        "blurred": lambda rgb: cv2.GaussianBlur(rgb, (0, 0), 4),
        "noisy": noisy,
        "small face": lambda rgb: framed(rgb, 1400, 1000, 0.3, 1),
    }


def compare_decisions(folder: Path, source: Path, every: int) -> int:
    """Print in how many pictures both sides find the same face, and every difference; a subfolder noface/ has no faces."""
    import cv2

    target = folder / "in"
    target.mkdir()
    paths = sorted(path for path in source.rglob("*") if path.suffix.lower() in (".jpg", ".png"))
    for number, path in enumerate(paths):
        rgb = cv2.imread(str(path))
        if rgb is None:
            continue
        name = path.relative_to(source).with_suffix("").as_posix().replace("/", "~")
        for kind, change in variants().items():
            if kind == "as it is" or number % every == 0:
                cv2.imwrite(str(target / f"{name}@{kind}.png"), change(rgb), [cv2.IMWRITE_PNG_COMPRESSION, 1])
    plain, ours = apart("plain-decisions", str(target), core=0), apart("our-decisions", str(target), core=None)
    same, near, both = Counter[str](), 0, 0
    for name in sorted(plain):
        kind = name.partition("@")[2]
        agrees = (plain[name] is None) == (ours[name] is None)
        same[kind] += agrees
        if plain[name] is not None and ours[name] is not None:
            both += 1
            iou = square_iou(plain[name], ours[name])
            near += iou >= SAME_CROP_IOU
            if iou < SAME_CROP_IOU:
                print(f"other crop, IoU {iou:.2f}: {name}: plain {plain[name]}, ours {ours[name]}")
        elif not agrees:
            print(f"other decision: {name}: plain {plain[name]}, ours {ours[name]}")
    if nowhere := [name for name in plain if name.startswith("noface~")]:
        false = [sum(side[name] is not None for name in nowhere) for side in (plain, ours)]
        print(f"false faces on {len(nowhere)} pictures and variants without any: plain {false[0]}, ours {false[1]}")
    totals = Counter(name.partition("@")[2] for name in plain)
    print("same decision: " + ", ".join(f"{kind} {same[kind]}/{totals[kind]}" for kind in totals))
    print(f"same decision: {sum(same.values())} of {len(plain)}; crop IoU >= {SAME_CROP_IOU}: {near} of {both}")
    return 0


def square_iou(one: list[float], other: list[float]) -> float:
    """Return the overlap of two squares (left, top, right, bottom).

    >>> square_iou([0, 0, 2, 2], [1, 0, 3, 2])
    0.3333333333333333
    """
    across = max(0, min(one[2], other[2]) - max(one[0], other[0]))
    down = max(0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = [(square[2] - square[0]) * (square[3] - square[1]) for square in (one, other)]
    return across * down / (sum(areas) - across * down)


def child_plain_decisions(source: str) -> dict[str, Any]:
    detector = plain_detector()
    return {path.stem: plain_way(detector, path) for path in pictures_in(source)}


def child_our_decisions(source: str) -> dict[str, Any]:
    """Return the square that the face stage cuts, None where no face is sure."""
    import data_preprocessor
    import image_processor
    from avatar.workspace.workspace import Workspace
    from config import Settings

    client = Workspace(Path(source).parent / "clients").create("bench")
    data_preprocessor.import_photos(client, [source], settings=Settings())
    image_processor.process(client, settings=Settings())
    found: dict[str, Any] = {path.stem: None for path in Path(source).iterdir()}
    for record in client.records():
        measured = record.quality.measures.get("confidence", 0.0) if record.quality else 0.0
        if record.crop is not None and measured >= SURE:
            found[Path(record.original.name).stem] = list(record.crop.square)
    return found


# --- many ------------------------------------------------------------------------------------------------------------


def watch_many(folder: Path, count: int) -> int:
    """Process many small pictures; print pace and memory every tenth of them."""
    import cv2

    source = folder / "in"
    source.mkdir()
    face = portrait()
    for number in range(count):
        side = 500 + number % 7 * 40
        cv2.imwrite(str(source / f"{number}.jpg"), framed(face, side, side, 0.9, number)[..., ::-1])
    figures = apart("many", str(source), core=None)
    for done, seconds, memory in figures["curve"]:
        print(f"{done:5d} pictures: {done / seconds:.1f}/s, all processes together {memory:.0f} MB")
    print(f"{count} pictures: {figures['workers']} workers, {figures['approved']} approved, {figures['failed']} failed")
    return 0


def child_many(source: str) -> dict[str, Any]:
    import psutil

    import data_preprocessor
    import image_processor
    from avatar.workspace.workspace import Workspace
    from config import Settings

    client = Workspace(Path(source).parent / "clients").create("bench")
    data_preprocessor.import_photos(client, [source], settings=Settings())
    curve: list[tuple[int, float, float]] = []
    start = time.perf_counter()

    def noted(done: int, total: int) -> None:
        if done and done % max(1, total // 10) == 0:
            family = [psutil.Process(), *psutil.Process().children(recursive=True)]
            memory = sum(process.memory_info().rss for process in family if process.is_running())
            curve.append((done, time.perf_counter() - start, memory / 1e6))

    report = image_processor.process(client, settings=Settings(), on_progress=noted)
    return {"curve": curve, "workers": report.workers, "approved": report.approved, "failed": len(report.failed)}


def peak_mb() -> float:
    """Return the most memory this process has held so far, in MB."""
    import resource

    status = Path("/proc/self/status")
    if status.is_file():  # getrusage's figure outlives exec: a child would begin with the most its parent ever held
        kilobytes = next(line.split()[1] for line in status.read_text(encoding="utf-8").splitlines() if "VmHWM" in line)
        return int(kilobytes) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def forget_peak() -> None:
    """Let `peak_mb` begin anew, where the system can: the import before is not what is measured."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")


CHILDREN: dict[str, Callable[..., dict[str, Any]]] = {
    "floor": child_floor, "plain": child_plain, "ours": child_ours, "plain-decisions": child_plain_decisions,
    "our-decisions": child_our_decisions, "many": child_many, "folder": child_of_folder,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
