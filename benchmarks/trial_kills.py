"""Kill trials at random moments, repeat each until it is whole, and count what was lost or drawn twice.

    python benchmarks/trial_kills.py --kills 100

The back end is the stand-in of the tests: it notes every picture that it hands over in a file that outlives the kill. At
most the picture at work when the kill comes may be handed over and lost; no other may be asked for twice. Right after a kill
every picture with a line must open, and at the end the trial must have the pictures of one that nobody killed, bit for bit.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

from PIL import Image

from avatar.commands import back_ends
from avatar.generate import proof
from avatar.results import trial
from avatar.terminal import command_line
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.results import fake_backend, made

WORDS = ("try", "ana", "--size", "64", "--models", "final", "1500", "--weights", "0.6", "0.8")
LOG_VARIABLE, PACE_VARIABLE = "TRIAL_KILLS_LOG", "TRIAL_KILLS_PACE"
PACE_S = 0.01


def stand_in() -> None:
    """Let trials of this process be drawn by the stand-in, with LoRAs of any size."""

    def chosen(*arguments: object, **named: object) -> back_ends.Chosen:
        log = os.environ.get(LOG_VARIABLE)
        pace = float(os.environ.get(PACE_VARIABLE, "0"))
        return back_ends.Chosen([fake_backend.FakeBackend(seconds=pace, log=Path(log) if log else None)], 64)

    back_ends.chosen = chosen
    proof.check_lora = made.facts


@dataclass
class Tally:
    """What was found. again: pictures drawn more than once; lost: of those, more than the one at work at a kill."""

    kills: int = 0
    pictures: int = 0
    again: int = 0
    wrong: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, look, repeat; the last line counts what was wrong, and so does the exit status."""
    parser = argparse.ArgumentParser(description="kill -9 at random moments of trials")
    parser.add_argument("--kills", type=int, default=100, help="how often in all (default 100)")
    parser.add_argument("--seed", type=int, default=7, help="of the moments (default 7)")
    parser.add_argument("--per-trial", type=int, default=10, help="kills of one trial before it may end (default 10)")
    chosen = parser.parse_args(arguments)
    if chosen.kills < 1 or sys.platform == "win32":
        parser.error("--kills must be at least 1, on a system with fork")
    stand_in()
    os.environ[PACE_VARIABLE] = str(PACE_S)
    chance = random.Random(chosen.seed)
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="trial-kills-") as folder:
        template = Path(folder) / "template"
        made.trained(Workspace(template).create("ana", trigger_word="ohwx", class_word="woman"))
        whole, seconds = undisturbed(Path(folder), template)
        while tally.kills < chosen.kills:
            strike(Path(folder), template, min(chosen.per_trial, chosen.kills - tally.kills), seconds, whole, chance, tally)
    for told in tally.wrong:
        print(told)
    print(f"{tally.pictures} pictures, of these drawn again because a kill came before they were on the disk: {tally.again}")
    print(f"trial_kills: {len(tally.wrong)} wrong after {tally.kills} kills")
    return 1 if tally.wrong else 0


def undisturbed(folder: Path, template: Path) -> tuple[dict[str, str], float]:
    """Return picture id -> hash of its pixels of a trial that nobody killed, and how long it took."""
    place = folder / "whole"
    shutil.copytree(template, place)
    begun = time.perf_counter()
    run(place, place / "log")
    return pixels(client_of(place)), time.perf_counter() - begun


def strike(
    folder: Path, template: Path, kills: int, seconds: float, whole: dict[str, str], chance: random.Random, tally: Tally
) -> None:
    """Draw one trial in as many pieces as kills come, to its end."""
    place = folder / f"struck-{tally.kills}"
    shutil.copytree(template, place)
    log = place / "log"
    for _ in range(kills):
        if kill(place, log, chance.uniform(0.02, seconds / 3)):
            tally.wrong += [f"after a kill: {told}" for told in broken(client_of(place))]
        tally.kills += 1
    run(place, log)
    drawn = Counter(log.read_text(encoding="utf-8").split())
    again = sum(times - 1 for times in drawn.values())
    tally.pictures += len(drawn)
    tally.again += again
    if again > kills:
        tally.wrong.append(f"{again} pictures were drawn twice with {kills} kills")
    found = pixels(client_of(place))
    if found != whole:
        tally.wrong.append(f"other pictures: lacks {sorted(set(whole) - set(found))[:3]}, has {len(found)} of {len(whole)}")
    left = [path.name for path in client_of(place).folder.rglob(".*.tmp")]
    tally.wrong += [f"left over: {name}" for name in left]
    shutil.rmtree(place)


def client_of(place: Path) -> Client:
    return Workspace(place).client("ana")


def start(place: Path, log: Path) -> int:
    """Start the command in a fork of this process; return its number."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setsid()
        os.environ[LOG_VARIABLE] = str(log)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        code = command_line.main(["--clients-dir", str(place), "--json", *WORDS])
    finally:
        os._exit(code)


def run(place: Path, log: Path) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(start(place, log), 0)[1])
    if code:
        raise RuntimeError(f"try ended with {code}")


def kill(place: Path, log: Path, after_s: float) -> bool:
    """Kill the command after so many seconds; return whether it was still at work."""
    pid = start(place, log)
    time.sleep(after_s)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def broken(client: Client) -> list[str]:
    """Return what must not be at any moment."""
    found = []
    for trial_id in trial.trial_ids(client):
        folder = trial.folder_of(client, trial_id)
        trial.read(folder)
        for line in trial.lines(folder).values():
            try:
                with Image.open(trial.picture_file(folder, line)) as picture:
                    picture.load()
            except OSError as error:
                found.append(f"{line.picture_id}: {error}")
    return found


def pixels(client: Client) -> dict[str, str]:
    """Return picture id -> hash of its pixels, of all pictures with a line, in one trial."""
    (trial_id,) = trial.trial_ids(client)
    folder = trial.folder_of(client, trial_id)
    found = {}
    for line in trial.lines(folder).values():
        with Image.open(trial.picture_file(folder, line)) as picture:
            found[line.picture_id] = hashlib.sha256(picture.tobytes()).hexdigest()
    return found


if __name__ == "__main__":
    raise SystemExit(main())
