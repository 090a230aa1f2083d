"""How long `status` takes for a client with thousands of pictures, in a process of its own, beside `python -c pass`.

    python benchmarks/status.py --pictures 10000 --rounds 5

First with nothing remembered (every record is read), then again, then with one record changed. Pictures and records are made
in a temporary folder; a dataset is prepared, so that its fingerprint is compared too.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this folder holds modules of the same names

import data_preprocessor
from avatar.faces import crops as face_crops
from avatar.faces import quality
from avatar.pictures.png import encode_rgb
from avatar.workspace import record_index
from avatar.workspace.client import Client, record_text
from avatar.workspace.records import (  # fmt: skip
    Crop,
    Decision,
    Face,
    FaceChoice,
    ImageRecord,
    MidJourney,
    Original,
    Parameter,
    Picture,
    Source,
    Trait,
    Traits,
)
from avatar.workspace.workspace import Workspace
from config import Settings

BLACK = encode_rgb(np.zeros((8, 8, 3), np.uint8))
MEASURES = {
    "faces": 1.0, "confidence": 0.99, "face_side_px": 300.0, "second_face_ratio": 0.0, "enlargement": 1.0,
    "share_in_crop": 1.0, "yaw": 3.25, "brightness": 111.1, "contrast": 55.1, "face_brightness": 120.5, "clipped": 0.001,
    "blur": 400.25, "noise": 2.25,
}  # fmt: skip
POINTS = {
    "left_eye": (400.0, 350.0), "right_eye": (560.0, 350.0), "nose": (480.0, 440.0), "mouth_left": (420.0, 560.0),
    "mouth_right": (540.0, 560.0),
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the last line is the time of a first question."""
    parser = argparse.ArgumentParser(description="time of `status` for a client with thousands of pictures")
    parser.add_argument("--pictures", type=int, default=10_000, help="pictures, one of ten refused (default 10000)")
    parser.add_argument("--rounds", type=int, default=5, help="questions of each kind; the median counts (default 5)")
    chosen = parser.parse_args(arguments)
    if chosen.pictures < 1 or chosen.rounds < 1:
        parser.error("--pictures and --rounds must be at least 1")
    with tempfile.TemporaryDirectory(prefix="status-benchmark-") as folder:
        client = make_client(Path(folder), chosen.pictures)
        data_preprocessor.prepare_dataset(client, settings=Settings())
        time.sleep(record_index.SETTLED_S)  # younger records are never remembered
        compare(client, chosen.rounds)
    return 0


def compare(client: Client, rounds: int) -> None:
    """Print the medians of each kind of question, and of the interpreter alone."""
    first, again, changed, plain = [], [], [], []
    record = next(client.each_record())
    for _ in range(rounds):
        (client.images.parent / record_index.FILE_NAME).unlink(missing_ok=True)
        first.append(seconds(client))
        again.append(seconds(client))
        client.save_record(record)
        changed.append(seconds(client))
        plain.append(seconds(None))
    pictures = len(client.record_files())
    for label, times in (("python -c pass", plain), ("again", again), ("again, one record changed", changed)):
        print(f"{label}: {statistics.median(times):.2f} s")
    print(f"status: {statistics.median(first):.2f} s with nothing remembered ({pictures} pictures; limit 1.5 s)")


def seconds(client: Client | None) -> float:
    """Return the wall time of a process that answers `status` for a client; of one that does nothing for None."""
    command = [sys.executable, "-c", "pass"]
    if client is not None:
        options = ["--clients-dir", str(client.folder.parent), "status", client.client_id]
        command = [sys.executable, str(ROOT / "avatar_pipeline.py"), *options]
    start = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def make_client(folder: Path, pictures: int) -> Client:
    """Make a client whose records hold what real ones do: prompt, faces, measures; with crops of a few bytes."""
    settings = Settings()
    client = Workspace(folder).create("bench", trigger_word="ohwx", class_word="woman")
    good, bad = (quality.judge({**MEASURES, "blur": blur}, settings.quality) for blur in (400.25, 1.0))
    for number in range(pictures):
        source: Source = "real" if number % 7 == 6 else "mj"
        image_id, judged = f"{source}_{number:016x}", bad if number % 10 == 0 else good
        record = ImageRecord(
            image_id=image_id, source=source,
            original=Original(name=f"user_portrait_of_a_woman_{number}.png", sha256=f"{number:064x}", bytes=1_500_000,
                              stored=f"raw_{source}/{image_id}.png", imported_at="2026-01-01T00:00:00+00:00"),
            picture=Picture(format="PNG", width=1024, height=1024, phash=f"{number * 2654435761 % 2**64:016x}"),
            midjourney=midjourney(number) if source == "mj" else None,
            traits=Traits(lighting=[Trait(value="studio", evidence="studio lighting")]),
            faces=[Face(box=(300.5, 200.25, 400.0, 500.0), confidence=0.99, keypoints=POINTS)],
            face_choice=FaceChoice(index=0, why="only"), processed_with=face_crops.face_fingerprint(settings.faces),
            crop=Crop(square=(0, 0, 1024, 1024), side_px=1024, scale=1.0), quality=judged,
            decision=Decision(verdict=judged.verdict, by="rules", when="2026-01-01T00:00:00+00:00"),
        )  # fmt: skip
        client.record_file(image_id).write_text(record_text(record), encoding="utf-8")
        (client.folder / record.original.stored).write_bytes(BLACK)
        crop = client.processed / f"{image_id}.png" if record.approved else client.rejected / f"{image_id}.jpg"
        crop.write_bytes(BLACK)
    return client


def midjourney(number: int) -> MidJourney:
    """Return what is known of one of the four tiles of a job."""
    scene = f"portrait of a woman wearing a red scarf number {number // 4}, leaning on a brick wall, soft studio lighting"
    known = {"ar": Parameter(text="1:1"), "ow": Parameter(text="160", number=160.0), "v": Parameter(text="7", number=7.0)}
    return MidJourney(job_id=f"{number // 4:032x}", tile=number % 4, prompt=scene, parameters=known, evidence="embedded")


if __name__ == "__main__":
    sys.exit(main())
