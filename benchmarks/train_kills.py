"""Kill the program or its trainer at random moments from `prepare` to a resumed training; see what the next start makes of it.

    python benchmarks/train_kills.py --kills 300

Trained is with the stand-in of the tests. After every kill the next start handles what is there: then no trainer may be left
at work, no half-written model may lie in models/, and dataset and plan must be those that nobody killed. Every client is
trained to its end afterwards, resumed where there is a state, with steps that count on over all its runs.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

import psutil

import config
import data_preprocessor
import lora_trainer
import utils
from avatar.system import child as system_child
from avatar.system import process_tree
from avatar.system.gpu import Card
from avatar.texts.text import PipelineError, key_of
from avatar.trainer import base_model, base_model_rules, lora_file
from avatar.training import progress_file, states, unfinished
from avatar.training import runs as training_runs
from avatar.training.watch import TrainingCallbacks
from avatar.workspace.client import Client
from benchmarks.dataset import make_client
from config import Settings, TrainerConfig

STAND_IN = ROOT / "tests" / "fake_trainer" / "sdxl_train_network.py"
LIBRARIES = ["avatar.dataset.dataset", "lora_trainer", "psutil", "numpy", "safetensors.numpy", "pydantic", "filelock"]
PICTURES, EPOCHS, ACCUMULATION = 40, 4, 16
OF_STAND_IN = {"FAKE_TRAINER_STEP_S": "0.01", "FAKE_TRAINER_SAVE_S": "0.01", "FAKE_TRAINER_FAIL": ""}
STAGES = ("prepare", "configure", "train", "resume")


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, start again, look; the last line counts the inconsistencies, and so does the exit status."""
    parser = argparse.ArgumentParser(description="kill -9 at random moments of all stages up to a resumed training")
    parser.add_argument("--kills", type=int, default=300, help="how often (default 300)")
    parser.add_argument("--seed", type=int, default=7, help="of the moments (default 7)")
    parser.add_argument("--minutes", type=float, default=60, help="end after so long, and say how many it were (default 60)")
    chosen = parser.parse_args(arguments)
    if chosen.kills < 1:
        parser.error("--kills must be at least 1")
    with tempfile.TemporaryDirectory(prefix="train-kills-") as folder:
        tally = kill_often(Path(folder), chosen.kills, random.Random(chosen.seed), time.monotonic() + 60 * chosen.minutes)
    for name in ("stages", "killed", "found", "trainings"):
        print(f"{name}: " + ", ".join(f"{word} {count}" for word, count in sorted(getattr(tally, name).items())))
    print(f"train_kills: {tally.wrong} inconsistencies after {tally.kills} kills")
    return 1 if tally.wrong else 0


@dataclass
class Tally:
    """What was done and found."""

    kills: int = 0
    wrong: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)  # program, trainer; too late: it had ended
    found: Counter[str] = field(default_factory=Counter)  # what the next start found
    trainings: Counter[str] = field(default_factory=Counter)  # how the last training of each client went on

    def note(self, problems: Sequence[str], where: str) -> None:
        for problem in problems:
            print(f"kill {self.kills}, {where}: {problem}", flush=True)
        self.wrong += len(problems)


@dataclass(frozen=True)
class Bench:
    """What all rounds share: where, with which trainer, how long each stage takes when nobody kills it."""

    folder: Path
    settings: Settings
    context: Any
    overrides: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    whole: dict[str, Any] = field(default_factory=dict)


def no_card() -> Sequence[Card]:
    return []


# --- the stages, in a process of their own ---------------------------------------------------------------------------


def work(stage: str, folder: Path, settings: Settings, overrides: tuple[str, ...], logs: Path, ready: Event) -> None:
    """Do one stage; runs in the child that is killed."""
    config.LOG_DIR = logs
    system_child.POLL_S = 0.02
    ready.set()
    with contextlib.suppress(PipelineError):  # nothing left to train: the one before was watched to its end
        do(stage, Client(folder), settings, overrides)


def do(stage: str, client: Client, settings: Settings, overrides: tuple[str, ...]) -> Any:
    if stage == "prepare":
        return data_preprocessor.prepare_dataset(client, settings=settings)
    if stage == "configure":
        return lora_trainer.configure(client, settings=settings, gpu="cpu", overrides=overrides, card_probe=no_card)
    return lora_trainer.train(client, settings=settings, resume=stage == "resume", card_probe=no_card)


def apart(bench: Bench, stage: str, client: Client, kill: Callable[[Any], str] | None = None) -> tuple[float, str]:
    """Do a stage in a process of its own and let kill end it; return how long it ran and whom it hit."""
    ready = bench.context.Event()
    logs = bench.folder / "logs"
    child = bench.context.Process(target=work, args=(stage, client.folder, bench.settings, bench.overrides, logs, ready))
    child.start()
    ready.wait()
    start = time.perf_counter()
    hit = kill(child) if kill is not None else ""
    child.join()
    return time.perf_counter() - start, hit


# --- killing ---------------------------------------------------------------------------------------------------------


def kill_often(folder: Path, kills: int, chance: random.Random, deadline: float) -> Tally:
    """Return what was found."""
    os.environ.update(OF_STAND_IN)
    system_child.POLL_S = 0.02
    config.LOG_DIR = folder / "logs"
    context = multiprocessing.get_context("forkserver" if sys.platform != "win32" else "spawn")
    if sys.platform != "win32":
        context.set_forkserver_preload(LIBRARIES)
    bench = measured(Bench(folder, install(folder), context))
    tally = Tally()
    while tally.kills < kills and time.monotonic() < deadline:
        life(bench, tally, kills, chance)
    return tally


def install(folder: Path) -> Settings:
    """Put the stand-in, a base model and tokenizers where the program expects the real ones; return the settings."""
    import numpy as np
    from safetensors.numpy import save_file

    trainer = folder / "kohya_ss"
    trainer.mkdir()
    shutil.copy(STAND_IN, trainer)
    os.environ.setdefault("FAKE_TRAINER_TABLE", str(ROOT / "avatar" / "trainer" / "options.json"))
    save_file(
        {"model.diffusion_model.input_blocks.0.0.weight": np.zeros((320, 4, 3, 3), np.float16),
         "model.diffusion_model.label_emb.0.0.weight": np.zeros((4, 2816), np.float16),
         **dict.fromkeys(base_model_rules.FILE_PARTS.values(), np.zeros(1, np.float16))}, str(folder / "base.safetensors"),
    )  # fmt: skip
    for name in base_model.TOKENIZERS:
        (folder / "tokenizers" / name.replace("/", "_")).mkdir(parents=True)
    return Settings(
        trainer=TrainerConfig(
            folder=str(trainer), python=sys.executable, base_model=str(folder / "base.safetensors"),
            tokenizer_cache_dir=str(folder / "tokenizers"),
        )
    )  # fmt: skip


def measured(bench: Bench) -> Bench:
    """Go the whole way once without a kill; keep how long each stage takes and what it leaves."""
    client = make_client(bench.folder / "whole", PICTURES)
    seconds = {"prepare": apart(bench, "prepare", client)[0]}
    sums = (f"gradient_accumulation_steps={ACCUMULATION}",)
    per_epoch = do("configure", client, bench.settings, sums).arithmetic.steps_per_epoch
    overrides = (f"steps={EPOCHS * per_epoch}", f"save_every_n_steps={per_epoch}", "save_state=true", *sums)
    bench = dataclasses.replace(bench, overrides=overrides)
    for stage in ("configure", "train"):
        seconds[stage] = apart(bench, stage, client)[0]
    seconds["resume"] = seconds["train"]
    print(f"{EPOCHS} epochs of {per_epoch} steps; without a kill: " + ", ".join(f"{s} {t:.2f} s" for s, t in seconds.items()))
    return dataclasses.replace(bench, seconds=seconds, whole={"prepare": prepared(client), "configure": planned(client)})


def life(bench: Bench, tally: Tally, kills: int, chance: random.Random) -> None:
    """Take one client from its pictures to its model, with a kill in every stage."""
    client = make_client(bench.folder / f"round{tally.kills}", PICTURES)
    for stage in STAGES:
        for _ in range(2 if stage == "resume" else 1):
            if tally.kills >= kills:
                break
            strike(bench, tally, stage, client, chance)
        if stage in {"prepare", "configure"}:
            do(stage, client, bench.settings, bench.overrides)
            state = prepared(client) if stage == "prepare" else planned(client)
            tally.note([] if state == bench.whole[stage] else [f"{stage} done again differs"], stage)
    finish(bench, tally, client)
    shutil.rmtree(client.folder.parents[1], ignore_errors=True)


def strike(bench: Bench, tally: Tally, stage: str, client: Client, chance: random.Random) -> None:
    """Kill one stage at a random moment, the program or now and then the trainer, and let the next start handle it."""
    if stage == "resume" and unfinished_state(bench, client) is None:
        stage = "train"
    after = chance.uniform(0, bench.seconds[stage])
    at_trainer = stage in {"train", "resume"} and chance.random() < 0.3

    def kill(child: Any) -> str:
        time.sleep(after)
        live = training_runs.live_runs(client.runs) if at_trainer else []
        if live:
            process_tree.end_tree(live[0].pid, live[0].born, 0)
            return "trainer"
        hit = "program" if child.is_alive() else "too late"
        child.kill()
        return hit

    _, hit = apart(bench, stage, client, kill)
    tally.kills += 1
    tally.stages[stage] += 1
    tally.killed[hit] += 1
    tally.note(half_models(client), f"{stage}, right after")
    tally.note(next_start(tally, client, chance), f"{stage}, {hit} after {after:.2f} s")


def next_start(tally: Tally, client: Client, chance: random.Random) -> list[str]:
    """Handle what a kill left as the program does; return what is wrong then."""
    found = unfinished.look_after(client)
    for outcome in found.settled:
        tally.found["ended unwatched, success" if outcome.success else f"ended, {key_of(outcome.cause)}"] += 1
    for live in found.live:
        if chance.random() < 0.5:
            outcome = unfinished.adopt(client, live.run_id, TrainingCallbacks(grace_s=2), no_card)
            tally.found["watched to its end"] += 1
            if not outcome.success:
                return [f"the training that was watched to its end failed: {outcome.cause}"]
        else:
            unfinished.stop_run(client, live.run_id, grace_s=2)
            tally.found["stopped"] += 1
    if not found.live and not found.settled:
        tally.found["nothing open"] += 1
    return [*orphans(client), *half_models(client), *left_over(client)]


def finish(bench: Bench, tally: Tally, client: Client) -> None:
    """Train to the end, resumed where there is a state of an unfinished training; look at the steps of all runs."""
    state, total = unfinished_state(bench, client), EPOCHS * steps_per_epoch(bench)
    outcome = do("resume" if state else "train", client, bench.settings, bench.overrides)
    tally.trainings["resumed" if state else "from the start"] += 1
    problems = (
        [] if outcome.success and outcome.steps == total else [f"it ends with {key_of(outcome.cause)} at {outcome.steps}"]
    )
    if state is not None:
        record = utils.read_object(client.runs / outcome.run_id / "command.json")
        if record.get("first_step") != state.steps:
            problems.append(f"resumed at {record.get('first_step')} and not at {state.steps}")
    for run in client.runs.iterdir():
        problems += wrong_steps(run, total)
    tally.note([*problems, *orphans(client), *half_models(client), *left_over(client)], "at the end")


def unfinished_state(bench: Bench, client: Client) -> states.SavedState | None:
    """Return the state that `train --resume` would go on from."""
    state = states.newest_state(client.runs)
    return state if state is not None and state.steps < EPOCHS * steps_per_epoch(bench) else None


def steps_per_epoch(bench: Bench) -> int:
    return int(bench.overrides[1].partition("=")[2])


# --- what is there ---------------------------------------------------------------------------------------------------


def orphans(client: Client) -> list[str]:
    """Return the trainers that are still at work."""
    words = {word for process in psutil.process_iter(["cmdline"]) for word in process.info["cmdline"] or ()}
    return [f"a trainer is at work: {run.name}" for run in client.runs.iterdir() if str(run.absolute()) in words]


def half_models(client: Client) -> list[str]:
    """Return the models that do not open or are not whole."""
    return [f"half a model: {path.name}" for path in client.models.glob("*.safetensors") if not lora_file.verify(path).ok]


def left_over(client: Client) -> list[str]:
    """Return the runs that nobody has judged."""
    return [f"not judged: {run.name}" for run in client.runs.iterdir() if not (run / "outcome.json").is_file()]


def wrong_steps(run: Path, total: int) -> list[str]:
    """Return what is wrong with the steps of one run: they must grow, from those done before it on."""
    first = int(utils.read_object(run / "command.json").get("first_step") or 0)
    steps = [int(row["step"]) for row in progress_file.rows_of(run / "progress.jsonl")]
    if steps != sorted(set(steps)) or (steps and not first < steps[0] <= steps[-1] <= total):
        return [f"{run.name} from {first}: steps {steps}"]
    return []


def prepared(client: Client) -> dict[str, Any]:
    """Return the dataset: every file of the trainer's with its bytes."""
    return {
        str(path.relative_to(client.training_data)): path.read_bytes()
        for path in sorted(client.training_data.rglob("*"))
        if path.suffix in {".png", ".txt"}
    }


def planned(client: Client) -> Any:
    """Return the plan."""
    return utils.read_json(client.plan_file)["plan"]


if __name__ == "__main__":
    sys.exit(main())
