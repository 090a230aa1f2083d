"""Kill trials at random moments, repeat each until it is whole, and count what was lost or drawn twice.

    python benchmarks/trial_kills.py --kills 100

The back end is the stand-in of the tests: it notes every picture that it hands over in a file that outlives the kill. At
most the picture at work when the kill comes may be handed over and lost; no other may be asked for twice. Right after a kill
every picture with a line must open, and at the end the trial must have the pictures of one that nobody killed, bit for bit.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
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
from benchmarks import forked
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
    chosen = forked.options(arguments, "trial", kills=100, each=10)
    stand_in()
    os.environ[PACE_VARIABLE] = str(PACE_S)
    chance = random.Random(chosen.seed)
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="trial-kills-") as folder:
        template = Path(folder) / "template"
        made.trained(Workspace(template).create("ana", trigger_word="ohwx", class_word="woman"))
        whole, seconds = undisturbed(Path(folder), template)
        while tally.kills < chosen.kills:
            strike(Path(folder), template, min(chosen.each, chosen.kills - tally.kills), seconds, whole, chance, tally)
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
    """Start the command; return the number of its process."""

    def command() -> int:
        os.environ[LOG_VARIABLE] = str(log)
        forked.redirect()
        return command_line.main(["--clients-dir", str(place), "--json", *WORDS])

    return forked.start(command)


def run(place: Path, log: Path) -> None:
    code = forked.ended(start(place, log))
    if code:
        raise RuntimeError(f"try ended with {code}")


def kill(place: Path, log: Path, after_s: float) -> bool:
    """Kill the command after so many seconds; return whether it was still at work."""
    return forked.killed(start(place, log), after_s)


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
