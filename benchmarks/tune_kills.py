"""Kill tunings at random moments, repeat each until it is whole, and compare with one that nobody killed.

    python benchmarks/tune_kills.py --kills 30

Trained and drawn is with the stand-ins of the tests; a trainer outlives the kill of its program, as it does in earnest. Right
after a kill every file that is there must be readable; in the end the answer must be that of a tuning that nobody killed, no
candidate may have been trained to its end twice, no picture drawn twice but those at work at a kill, and no trainer be left.
"""

from __future__ import annotations

import json
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

import config
import lora_trainer
from avatar.commands import back_ends, results, tune_begin
from avatar.generate import proof
from avatar.results import trial_make, tuning, tuning_candidates
from avatar.results.scores import Scores, TrialPicture
from avatar.system import process_tree
from avatar.terminal import command_line
from avatar.trainer import options as trainer_options
from avatar.training import run_folder
from avatar.training import runs as training_runs
from avatar.workspace import settings as workspace_settings
from avatar.workspace.client import Client, tuning_run_folders
from avatar.workspace.workspace import Workspace
from benchmarks import forked
from tests.computer import lay_out
from tests.results import fake_backend, made

STEPS = ("steps=40", "batch=1", "gradient_accumulation_steps=2", "save_every_n_steps=10")  # 10 an epoch: short ones end at 20
KNOWN = {"plan": 0.5, "rate_half": 0.7, "rate_double": 0.3}  # likeness by candidate; with more steps it is higher
PACE = {"FAKE_TRAINER_STEP_S": "0.03", "FAKE_TRAINER_SAVE_S": "0.01", "FAKE_TRAINER_FAIL": ""}
LOG_VARIABLE = "TUNE_KILLS_LOG"
MOST_TRIES = 60  # repeats until a tuning is whole


@dataclass
class Tally:
    """What was found. again: pictures drawn more than once."""

    kills: int = 0
    midst: int = 0
    pictures: int = 0
    again: int = 0
    wrong: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, look, repeat; the last line counts what was wrong, and so does the exit status."""
    chosen = forked.options(arguments, "tuning", kills=30, each=5)
    stand_in()
    chance, tally = random.Random(chosen.seed), Tally()
    with tempfile.TemporaryDirectory(prefix="tune-kills-") as folder:
        begun = time.perf_counter()
        whole = undisturbed(Path(folder))
        seconds = time.perf_counter() - begun
        while tally.kills < chosen.kills:
            strike(Path(folder), min(chosen.each, chosen.kills - tally.kills), seconds, whole, chance, tally)
    for told in tally.wrong:
        print(told)
    print(f"undisturbed: {whole} in {seconds:.1f} s; {tally.midst} kills came in the midst; {tally.again} of {tally.pictures}"
          " pictures drawn again")  # fmt: skip
    print(f"tune_kills: {len(tally.wrong)} wrong after {tally.kills} kills")
    return 1 if tally.wrong else 0


def stand_in() -> None:
    """Let this process train and draw by the stand-ins, with three candidates of known likeness."""
    os.environ.update(PACE)
    os.environ["FAKE_TRAINER_TABLE"] = str(trainer_options.DATA_FILE)

    def chosen(*arguments: object, **named: object) -> back_ends.Chosen:
        log = os.environ.get(LOG_VARIABLE)
        return back_ends.Chosen([fake_backend.FakeBackend(log=Path(log) if log else None, kind="trainer", address="")], 64)

    back_ends.chosen = chosen
    proof.check_lora = made.facts
    trial_make.SIDE_PX = 64
    tune_begin._has_held_out = lambda client: True
    every = tuning_candidates.candidates
    tuning_candidates.candidates = lambda plan, fits: every(plan, fits)[: len(KNOWN)]
    results.measured = measured


def measured(session: object, client: Client, folder: Path, *, anew: bool = False) -> Scores:
    """Return the known likeness in place of a measure."""

    def known(picture: TrialPicture) -> float:
        name, _, step = picture.model.partition("-")
        noise = fake_backend.seed_of(picture.prompt, picture.seed) % 100 / 5000
        return KNOWN.get(name, 0.4) + int(step or 0) / 1000 + noise + (0.02 if picture.weight == "0.6" else 0.0)

    return made.scores(folder, known)


def made_ready(place: Path) -> Client:
    """Make a client with a dataset and a plan on a computer with the stand-in trainer."""
    place.mkdir()
    client = Workspace(place / "clients").create("ana", trigger_word="ohwx", class_word="woman")
    config_file = lay_out(place, client)
    settings = workspace_settings.load_settings(config_file, None)
    lora_trainer.configure(client, settings=settings, gpu="cpu", overrides=STEPS, card_probe=list)
    return client


def undisturbed(folder: Path) -> str:
    """Return the answer of a tuning that nobody killed."""
    client = made_ready(folder / "whole")
    if code := run(folder / "whole"):
        raise RuntimeError(f"tune ended with {code}")
    return answer_of(client)


def strike(folder: Path, kills: int, seconds: float, whole: str, chance: random.Random, tally: Tally) -> None:
    """Do one tuning in as many pieces as kills come, and then to its end."""
    place = folder / f"struck-{tally.kills}"
    client = made_ready(place)
    hits = 0
    for _ in range(kills):
        hits += kill(place, chance.uniform(0.05, seconds))
        tally.wrong += [f"after kill {tally.kills}: {told}" for told in broken(client)]
        tally.kills += 1
    tally.midst += hits
    for _ in range(MOST_TRIES):
        code = run(place)
        if not code:
            break
        tally.wrong.append(f"repeated, it ended with {code}: {(place / 'answer.json').read_text(encoding='utf-8')[:600]}")
    tally.wrong += judged(client, place, whole, hits, tally)
    for live in training_runs.live_tuning_runs(client.runs):
        process_tree.end_tree(live.pid, live.born, 1)
    shutil.rmtree(place)


def judged(client: Client, place: Path, whole: str, hits: int, tally: Tally) -> list[str]:
    """Return what is wrong with a tuning that was killed and has come to its end."""
    wrong = []
    if (found := answer_of(client)) != whole:
        wrong.append(f"another answer: {found} instead of {whole}")
    ends: Counter[tuple[str, str]] = Counter()
    for run_of in tuning_run_folders(client.runs):
        part = run_folder.tuning_of(run_folder.read_command(run_of))
        outcome = run_folder.read_outcome(run_of)
        if part is not None and (outcome.get("success") or "short_at" in outcome):
            ends[part.candidate, "full" if outcome.get("success") else "short"] += 1
    wrong += [f"{name} was trained {times} times to its {end} end" for (name, end), times in ends.items() if times > 1]
    drawn = Counter((place / "log").read_text(encoding="utf-8").split())
    again = sum(times - 1 for times in drawn.values())
    tally.pictures += len(drawn)
    tally.again += again
    if again > hits:
        wrong.append(f"{again} pictures were drawn twice with {hits} kills")
    wrong += [f"a trainer is left: {live.folder.name}" for live in training_runs.live_tuning_runs(client.runs)]
    wrong += [f"left over: {path.name}" for path in client.folder.rglob(".*.tmp")]
    return wrong


def answer_of(client: Client) -> str:
    """Return which file the client's only tuning came to."""
    (one,) = tuning.all_of(client)
    return str(tuning.read_answer(one.folder).get("file"))


def broken(client: Client) -> list[str]:
    """Return what must not be at any moment: half a JSON file, lines of nobody."""
    found = []
    for path in client.folder.rglob("*.json"):
        if not any(part.startswith(".") for part in path.relative_to(client.folder).parts):
            try:
                json.loads(path.read_bytes())
            except ValueError as error:
                found.append(f"{path.name}: {error}")
    for one in tuning.all_of(client):
        names = {candidate.name for candidate in one.candidates()} | {tuning.STAGE0}
        found += [f"a line of {name}" for name in tuning.lines(one.folder) if name not in names]
    return found


# --- the program, in a process of its own ----------------------------------------------------------------------------


def start(place: Path) -> int:
    """Start the command; return the number of its process."""

    def command() -> int:
        os.environ[LOG_VARIABLE] = str(place / "log")
        config.LOG_DIR, config.CONFIG_FILE = place / "logs", place / "config.json"
        forked.redirect(place / "answer.json")
        return command_line.main(["--clients-dir", str(place / "clients"), "--json", "tune", "ana", "--hours", "1"])

    return forked.start(command)


def run(place: Path) -> int:
    return forked.ended(start(place))


def kill(place: Path, after_s: float) -> bool:
    """Kill the command after so many seconds; return whether it was still at work. Its trainer goes on."""
    return forked.killed(start(place), after_s)


if __name__ == "__main__":
    raise SystemExit(main())
