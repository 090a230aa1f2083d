"""Kill the face stage, or one of its workers, at random moments, repeat it, and compare with one that nobody killed.

    python benchmarks/faces_kills.py --kills 20 --pictures 40

Right after each kill every crop that has its final name must be whole, and every record of a processed picture must have
its crop or preview. After the repeat, records (but for the time of the decision) and pictures must be those of the run left
alone; the repeat must look at what was not yet done and at nothing else, and another one at nothing at all.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # before this folder, which holds modules of the same names

import cv2
import matplotlib
import numpy as np
import psutil

import data_preprocessor
import image_processor
import utils
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import Settings

WORKERS = 2
POLL_S = 0.02


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, repeat, compare; the last line counts the inconsistencies, and so does the exit status."""
    parser = argparse.ArgumentParser(description="kill -9 at random moments of the face stage, then repeat it")
    parser.add_argument("--kills", type=int, default=20, help="how often, program and worker in turn (default 20)")
    parser.add_argument("--pictures", type=int, default=40, help="of the client (default 40)")
    parser.add_argument("--seed", type=int, default=3, help="of the moments (default 3)")
    parser.add_argument("--folder", help="where the temporary folder is made (default: the system's)")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.child:
        image_processor.process(Client(chosen.child), settings=Settings(), workers=WORKERS)
        return 0
    if chosen.kills < 1 or chosen.pictures < 4:
        parser.error("--kills must be at least 1, --pictures at least 4")
    with tempfile.TemporaryDirectory(prefix="faces-kills-", dir=chosen.folder) as folder:
        wrong = kill_often(Path(folder), chosen.kills, chosen.pictures, random.Random(chosen.seed))
    print(f"faces_kills: {wrong} inconsistencies after {chosen.kills} kills of the faces of {chosen.pictures} pictures")
    return 1 if wrong else 0


def kill_often(folder: Path, kills: int, pictures: int, chance: random.Random) -> int:
    """Return how many inconsistencies were found."""
    make_pictures(folder / "in", pictures)
    workspace = Workspace(folder / "clients")
    whole = imported(workspace, "whole", folder / "in")
    image_processor.process(whole, settings=Settings(), workers=1)
    expected, wrong, seen = state_of(whole), 0, Counter[str]()
    for number in range(kills):
        victim = ("program", "worker")[number % 2]
        client = imported(workspace, f"killed{number}", folder / "in")
        at = chance.randrange(pictures)
        happened = run_and_kill(client, victim, at)
        found = broken(client)
        done = count_done(client)
        again = image_processor.process(client, settings=Settings(), workers=1)
        if again.done != pictures - done or again.skipped_up_to_date != done:
            found.append(f"{done} of {pictures} were done, the repeat did {again.done}, left {again.skipped_up_to_date}")
        if image_processor.process(client, settings=Settings(), workers=1).done:
            found.append("another repeat did something")
        found += broken(client) + differences(expected, state_of(client)) + left_over(client)
        for text in found:
            print(f"kill {number} of the {victim} at {at}, {done} done: {text}")
        wrong += len(found)
        seen[f"{victim} {'in the midst' if happened and done < pictures else 'without loss' if happened else 'too late'}"] += 1
        shutil.rmtree(client.folder)
    print("killed: " + ", ".join(f"{what} {n}" for what, n in sorted(seen.items())))
    return wrong


def make_pictures(folder: Path, count: int) -> None:
    """Write small pictures, each different; every fourth one is without a face."""
    folder.mkdir()
    face: Any = cv2.imread(str(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"))  # US Navy: public domain
    for number in range(count):
        chance = np.random.default_rng(number)
        picture = cv2.resize(chance.integers(60, 180, (6, 6, 3)).astype(np.uint8), (420, 420), interpolation=cv2.INTER_CUBIC)
        if number % 4 != 3:
            left = int(chance.integers(0, 420 - 326))
            picture[20:416, left : left + 326] = cv2.resize(face, (326, 396), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(folder / f"{number}.png"), picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])


def imported(workspace: Workspace, name: str, source: Path) -> Client:
    client = workspace.create(name)
    data_preprocessor.import_photos(client, [source], settings=Settings())
    return client


def run_and_kill(client: Client, victim: str, at: int) -> bool:
    """Work in a process of its own; kill it, or one of its workers, as soon as `at` pictures are done."""
    command = [sys.executable, "-W", "ignore", str(Path(__file__).resolve()), "--child", str(client.folder)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as child:
        program, killed = psutil.Process(child.pid), False
        while child.poll() is None and not killed:
            time.sleep(POLL_S)
            # Counted by the pictures: reading all records as often would be most of the work.
            workers = workers_of(program)
            if workers and pictures_there(client) >= at:
                killed = kill(program if victim == "program" else workers[0])
        gone = workers if killed and victim == "program" else []
        child.wait()
    # Orphaned workers leave by themselves soon; what they write until then must be whole as well.
    psutil.wait_procs(gone, timeout=20)
    return killed


def workers_of(program: psutil.Process) -> list[psutil.Process]:
    """Return the worker processes of a running face stage: loky's, without its keeper of semaphores."""
    try:
        children = program.children(recursive=True)
        return [process for process in children if any("popen_loky" in part for part in process.cmdline())]
    except psutil.Error:  # gone, or just starting
        return []


def kill(process: psutil.Process) -> bool:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True


# --- what is there ---------------------------------------------------------------------------------------------------


def pictures_of(client: Client) -> list[Path]:
    folders = (client.processed, client.rejected)
    return [path for folder in folders if folder.is_dir() for path in folder.iterdir() if not path.name.startswith(".")]


def pictures_there(client: Client) -> int:
    return len({path.stem for path in pictures_of(client)})


def count_done(client: Client) -> int:
    return sum(record.processed_with is not None for record in client.records())


def broken(client: Client) -> list[str]:
    """Return what must not be even right after a kill: half a picture under a final name, a record without its picture."""
    found = [f"not whole: {path.name}" for path in pictures_of(client) if cv2.imread(str(path)) is None or not ended(path)]
    there = {path.stem for path in pictures_of(client)}
    for record in client.records():
        if record.processed_with is not None and record.image_id not in there:
            found.append(f"record without its picture: {record.image_id}")
    return found


def ended(path: Path) -> bool:
    """Tell whether a PNG or JPEG has its last bytes: decoders accept less."""
    return path.read_bytes().endswith(b"IEND\xaeB`\x82" if path.suffix == ".png" else b"\xff\xd9")


def state_of(client: Client) -> dict[str, Any]:
    """Return records and pictures, without the times."""
    records = {record.image_id: record.model_dump(mode="json") for record in client.records()}
    for content in records.values():
        content["original"].pop("imported_at")
        (content["decision"] or {}).pop("when", None)
    pictures = {f"{path.parent.name}/{path.name}": utils.sha256_of(path) for path in pictures_of(client)}
    return {"records": records, "pictures": pictures}


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Return in words what one state has otherwise than the other."""
    return [
        f"{kind} differ: {name}"
        for kind in expected
        for name in sorted(expected[kind].keys() | found[kind].keys())
        if expected[kind].get(name) != found[kind].get(name)
    ]


def left_over(client: Client) -> list[str]:
    """Return temporary files that the repeat should have removed."""
    folders = (client.processed, client.rejected)
    return [f"left over: {path.name}" for folder in folders for path in folder.iterdir() if path.name.startswith(".")]


if __name__ == "__main__":
    sys.exit(main())
