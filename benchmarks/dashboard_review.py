"""The review of thousands of pictures in the browser: answers of the server, first paint, scrolling, memory.

    python benchmarks/dashboard_review.py --pictures 10000
    python benchmarks/dashboard_review.py --pictures 10000 --every      also asks for the thumbnail of every picture

The program runs as a user starts it, in a process of its own, on records as the stages leave them; crops are links to a few
pictures of full size. Without playwright and Chromium only the server is measured.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this folder holds modules of the same names

from avatar.faces import crops as face_crops
from avatar.faces import identity as face_identity
from avatar.faces import quality
from avatar.pictures.png import encode_rgb
from avatar.reports import review_wall
from avatar.workspace import record_index
from avatar.workspace.client import Client, record_text
from avatar.workspace.records import ImageRecord
from avatar.workspace.workspace import Workspace
from benchmarks import dashboard
from config import FaceConfig, Settings
from tests.web.browser.chromium import ARGUMENTS, chromium

if TYPE_CHECKING:
    import psutil
    from playwright.sync_api import Page

MIB = 1 << 20
CROPS = 24  # different pictures behind all the links, at most
SETTLES_FROM = 1000  # pictures: with fewer, what follows from decisions is not waited for
POINTS = {
    "left_eye": (300, 250),
    "right_eye": (360, 250),
    "nose": (330, 290),
    "mouth_left": (310, 330),
    "mouth_right": (350, 330),
}
MOMENTS = """
  const seen = () => [...document.querySelectorAll(".shot img")].filter((one) => one.getBoundingClientRect().top < innerHeight);
  const look = () => {
    if (document.querySelector(".shot-card")) window.cardsAt ||= performance.now();
    if (window.cardsAt && seen().every((one) => one.naturalWidth)) window.picturesAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
"""
FRAMES = """async ([distance, frames]) => {
  const times = [];
  let before = performance.now();
  for (let n = 0; n < frames; n += 1) {
    scrollBy({top: distance, behavior: "instant"});
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - before);
    before = now;
  }
  return times;
}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the last line says it all."""
    parser = argparse.ArgumentParser(description="the review of thousands of pictures in the browser")
    parser.add_argument("--pictures", type=int, default=10_000, help="(default 10000)")
    parser.add_argument("--rounds", type=int, default=7, help="of each question; the median counts (default 7)")
    parser.add_argument("--every", action="store_true", help="ask for every thumbnail too: minutes")
    parser.add_argument("--no-browser", action="store_true", help="measure the server alone")
    chosen = parser.parse_args(arguments)
    if chosen.pictures < 50 or chosen.rounds < 1:
        parser.error("--pictures must be at least 50, --rounds at least 1")
    with tempfile.TemporaryDirectory(prefix="dashboard-review-") as name:
        client = make_client(Path(name) / "clients", chosen.pictures)
        time.sleep(record_index.SETTLED_S)  # younger records are never remembered
        with dashboard.dashboard(Path(name)) as (process, asker, _, _):
            said = [answers(process, asker, client, chosen.rounds)]
            if not chosen.no_browser and (browser := chromium()):
                said.append(in_the_browser(process, f"http://{asker.host}{asker.base}", browser))
            if chosen.every:
                every(process, asker, client)
            said.append(f"{process.memory_info().rss / MIB:.0f} MiB at the end")
    print(f"dashboard_review: {'; '.join(said)} ({chosen.pictures} pictures)")
    return 0


def make_client(folder: Path, pictures: int) -> Client:
    """Make a client whose pictures are measured, one of five refused, one of twenty a near-duplicate."""
    client, chance, limits = Workspace(folder).create("ana"), random.Random(1), Settings().quality
    looks = [_crop(folder / f"crop_{n}.png", n) for n in range(max(2, min(CROPS, pictures // 20)))]
    for number in range(pictures):
        record = _record(number, chance, limits)
        client.record_file(record.image_id).write_text(record_text(record), encoding="utf-8")
        (client.processed if record.approved else client.rejected).joinpath(f"{record.image_id}.png").hardlink_to(
            looks[number % len(looks)]
        )
    return client


def _crop(path: Path, number: int) -> Path:
    """Write a picture that packs and decodes like a photograph: soft shapes with some noise."""
    noise = np.random.default_rng(number)
    soft = np.kron(noise.integers(40, 216, (32, 32, 3)), np.ones((32, 32, 1)))
    path.write_bytes(encode_rgb((soft + noise.integers(-6, 7, soft.shape)).clip(0, 255).astype(np.uint8)))
    return path


def _record(number: int, chance: random.Random, limits: Any) -> ImageRecord:
    source = "real" if number % 4 == 0 else "mj"
    measures = {
        "faces": 1.0, "confidence": chance.uniform(0.95, 1), "face_side_px": chance.uniform(90, 900), "second_face_ratio": 0.0,
        "enlargement": chance.uniform(0.6, 2), "share_in_crop": 1.0, "yaw": chance.uniform(-60, 60), "pitch": 0.0,
        "brightness": chance.uniform(45, 190), "contrast": chance.uniform(30, 90), "face_brightness": 120.0, "clipped": 0.01,
        "face_contrast": 50.0, "face_light": 170.0, "face_middle": 110.0, "blur": chance.lognormvariate(5.7, 1.1), "noise": 2.0,
    }  # fmt: skip
    judged = quality.judge(measures, limits)
    vector = face_identity.packed(np.array([chance.gauss(0.5, 1) for _ in range(128)], np.float32))
    data: dict[str, Any] = {
        "image_id": f"{source}_{number:016x}", "source": source,
        "original": {"name": f"user_portrait_of_a_woman_by_the_sea_{number}.png", "sha256": f"{number:064x}", "bytes": 1_000,
                     "stored": f"raw_{source}/{number}.png", "imported_at": f"2026-01-01T00:{number:06d}"},
        "picture": {"format": "PNG", "width": 1024, "height": 1024, "phash": f"{number * 2654435761 % 2**64:016x}"},
        "midjourney": {"prompt": "portrait of a woman by the sea, soft light, 85mm"} if source == "mj" else None,
        "near_duplicate_of": f"{'real' if (number - 1) % 4 == 0 else 'mj'}_{number - 1:016x}" if number % 20 == 1 else None,
        "faces": [{"box": (300, 200, 300, 400), "confidence": 0.99, "keypoints": POINTS, "identity": vector}],
        "face_choice": {"index": 0, "why": "only"}, "crop": {"square": (100, 60, 1000, 960), "side_px": 1024, "scale": 1.0},
        "identity": {"vector": vector, "points": "yunet", "likeness": round(chance.random(), 3), "verdict": "client"},
        "quality": judged.model_dump(), "processed_with": face_crops.face_fingerprint(FaceConfig()),
        "decision": {"verdict": judged.verdict, "by": "rules", "when": "2026-01-01T00:00:00+00:00"},
    }  # fmt: skip
    return ImageRecord.model_validate(data)


# --- the server ------------------------------------------------------------------------------------------------------


def answers(process: psutil.Process, asker: dashboard.Asker, client: Client, rounds: int) -> str:
    """Time each question and decision; return the figures of the last line."""
    api = "/api/client/ana/"
    idle = process.memory_info().rss / MIB
    first, body = timed(lambda: asker.get(f"{api}review"))
    known = json.loads(body)
    again, _ = median(lambda: asker.get(f"{api}review"), rounds)
    later, delta = median(lambda: asker.get(f"{api}review?since={known['newest']}&order={known['order']}"), rounds)
    moves = iter(range(1000))
    moved, _ = median(lambda: asker.get(f"{api}limits-preview?blur_threshold={80 + next(moves)}"), rounds)
    ids = [row[0] for row in known["rows"]]
    decided, _ = median(lambda: asker.post(f"{api}reject", {"images": [ids[next(moves)]]}), rounds)
    bulk, answer = timed(lambda: asker.post(f"{api}reject", {"images": ids[50:550]}))
    undone, _ = timed(lambda: asker.post(f"{api}review-undo", {"step": json.loads(answer)["undo"]["step"]}))
    print(f"rows: {1000 * first:.0f} ms with nothing remembered, {1000 * again:.0f} ms again, {len(body):,} bytes; "
          f"what changed: {1000 * later:.0f} ms, {len(delta):,} bytes")  # fmt: skip
    print(f"a slider's move: {1000 * moved:.0f} ms; a decision: {1000 * decided:.0f} ms; "
          f"{len(ids[50:550])} at once: {1000 * bulk:.0f} ms, taken back: {1000 * undone:.0f} ms")  # fmt: skip
    follows = settled(client) if len(ids) >= SETTLES_FROM else 0.0
    now = process.memory_info().rss / MIB
    print(f"memory: {idle:.0f} MiB before, {now:.0f} MiB after; what follows from decisions was done {follows:.1f} s later")
    assert (client.images.parent / review_wall.INDEX).is_file()  # noqa: S101
    return (
        f"rows in {1000 * again:.0f} ms ({1000 * first:.0f} the first time), slider {1000 * moved:.0f} ms, "
        f"decision {1000 * decided:.0f} ms"
    )


def settled(client: Client) -> float:
    """Wait for what follows from decisions, a pause later and in another process: its table; return how long that took."""
    client.table_file.unlink(missing_ok=True)
    began = time.perf_counter()
    while not client.table_file.is_file() and time.perf_counter() - began < 60:
        time.sleep(0.05)
    return time.perf_counter() - began


def timed(ask: Callable[[], bytes]) -> tuple[float, bytes]:
    began = time.perf_counter()
    found = ask()
    return time.perf_counter() - began, found


def median(ask: Callable[[], bytes], rounds: int) -> tuple[float, bytes]:
    found = [timed(ask) for _ in range(rounds)]
    return statistics.median(seconds for seconds, _ in found), found[-1][1]


def every(process: psutil.Process, asker: dashboard.Asker, client: Client) -> None:
    """Ask for the thumbnail of every picture once; print how long one takes and what memory that leaves."""
    before = process.memory_info().rss / MIB
    began, most = time.perf_counter(), 0.0
    records = client.record_files()
    for number, path in enumerate(records):
        kind = "crop" if (client.processed / f"{path.stem}.png").is_file() else "refused"
        asker.get(f"/picture/ana/{kind}/{path.stem}?size=160")
        if number % 100 == 0:
            most = max(most, process.memory_info().rss / MIB)
    each = (time.perf_counter() - began) / len(records)
    after = process.memory_info().rss / MIB
    print(f"every thumbnail: {1000 * each:.0f} ms each; {before:.0f} MiB before, {after:.0f} after, {most:.0f} at most")


# --- the browser -----------------------------------------------------------------------------------------------------


def in_the_browser(process: psutil.Process, address: str, path: str) -> str:
    """Time the first paint and scrolling; return the figures of the last line."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(MOMENTS)
        paints = []
        for _ in range(5):
            page.goto("about:blank")
            page.goto(f"{address}/client/ana/review", wait_until="commit")
            paints.append(painted(page))
        paint, cards, pictures = (statistics.median(column) for column in zip(*paints, strict=True))
        print(f"first paint {paint:.0f} ms; all cards in view {cards:.0f} ms; their pictures {pictures:.0f} ms")
        before = process.memory_info().rss / MIB
        page.evaluate(FRAMES, [40, 30])  # the first steps also compile
        slow, fast = (page.evaluate(FRAMES, [distance, 200]) for distance in (40, 1500))
        for label, times in (("slowly", slow), ("fast", fast)):
            print(f"scrolled {label}: {told(times)}")
        through(page)
        nodes = page.evaluate("document.querySelectorAll('#wall *').length")
        after = process.memory_info().rss / MIB
        print(f"scrolled through all: {nodes} elements in the wall; server {before:.0f} MiB before, {after:.0f} after")
        browser.close()
    return f"first paint {paint:.0f} ms, cards {cards:.0f} ms, pictures {pictures:.0f} ms; scrolling {told(slow)}"


def painted(page: Page) -> tuple[float, float, float]:
    """Return ms from the navigation to the first paint, to the cards, and to the pictures of all cards in view."""
    page.wait_for_function("() => window.picturesAt")
    found = page.evaluate(
        "() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1, window.cardsAt, window.picturesAt]"
    )
    paint, cards, pictures = map(float, found)
    return paint, cards, pictures


def through(page: Page) -> None:
    """Scroll to the end in forty steps, waiting at each as long as an eye does."""
    for step in range(1, 41):
        page.evaluate(
            "(share) => scrollTo({top: document.documentElement.scrollHeight * share, behavior: 'instant'})", step / 40
        )
        page.wait_for_timeout(250)


def told(times: Sequence[float]) -> str:
    ordered = sorted(times)
    late = sum(one > 34 for one in times) / len(times)
    return (
        f"{statistics.median(times):.0f} ms a frame, 95 % within {ordered[int(0.95 * len(ordered))]:.0f}, {late:.0%} above 34"
    )


if __name__ == "__main__":
    raise SystemExit(main())
