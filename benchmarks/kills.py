"""Kill every command that writes at random moments, repeat it, and compare with one that nobody killed.

    python benchmarks/kills.py --kills 500

The commands are those of the program's own list that are not declared to read only; each has a case here. Right after a kill
every client must be whole: records that can be read, each with its original, pictures and models that open, files that hold
JSON. After the repeat the files must be those of the command left alone, and nothing half written may be left anywhere, nor a
trainer at work. Trained is with the stand-in of the tests.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import io
import json
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

import config
import utils
from avatar.commands import demo_pictures
from avatar.commands.all_commands import COMMANDS
from avatar.system import process_tree
from avatar.terminal import command_line
from avatar.trainer import lora_file
from avatar.training import runs as training_runs
from avatar.workspace.workspace import Workspace
from benchmarks import forked, train_kills, trial_kills

STEPS = ("steps=40", "save_every_n_steps=20", "save_state=true")
TRAINER_PACE = {"FAKE_TRAINER_STEP_S": "0.01", "FAKE_TRAINER_SAVE_S": "0.01", "FAKE_TRAINER_FAIL": ""}
RUN_ID = re.compile(r"\d{8}-\d{6}(-\d+)?")
# Their runs and trials differ from time to time: not by name.
JUDGED_BY_HAND = {"train", "run", "queue run", "monitor", "demo", "status", "try", "tune"}


@dataclass(frozen=True)
class Case:
    """One command to kill. {in}, {out}: folders of pictures and of zips.

    stage   the template it starts from: of the stage before it
    again   keys of the errors that a repeat may end with, where the killed one had done all
    weight  of its share of the kills; slow ones are killed less often
    """

    name: str
    stage: str
    words: tuple[str, ...]
    again: tuple[str, ...] = ()
    weight: float = 1.0
    before: tuple[tuple[str, ...], ...] = ()


def case(line: str, stage: str, *again: str, weight: float = 1.0, before: Sequence[str] = ()) -> Case:
    words = tuple(line.split())
    name = next(command.name for command in COMMANDS if words[: len(command.name.split())] == tuple(command.name.split()))
    return Case(name, stage, words, again, weight, tuple(tuple(one.split()) for one in before))


CASES = (
    case("client new eva --name Eva", "made", "client.exists"),
    case("client rename ana eva", "trained", "client.unknown", "client.exists"),
    case("client edit ana --trigger zwx --class man", "trained"),
    case("client export ana {out}/ana.zip --originals", "trained", "export.exists"),
    case(
        "client restore {out}/ana.zip --as eva",
        "trained",
        "client.exists",
        before=["client export ana {out}/ana.zip --originals"],
    ),
    case("client delete ana --confirm ana", "trained", "client.unknown"),
    case("status ana", "prepared"),
    case("import-mj ana {in}/mj", "made"),
    case("import-real ana {in}/real", "made"),
    case("remove ana --import 1", "prepared", "remove.no_import"),
    case("prompt ana --master portrait,soft_light", "imported"),
    case("process ana --workers 1", "imported", weight=0.4),
    case("review ana --reject 1", "processed"),
    case("limits ana --set blur_threshold=80 min_contrast=20", "processed"),
    case("limits ana --set blur_threshold=1000000", "processed"),
    case("captions ana --add smiling --apply", "processed"),
    case("prepare ana", "processed"),
    case("configure ana --gpu cpu --preset quick", "prepared"),
    case("bundle ana {out}/b.zip --gpu gpu_8gb", "prepared", "export.exists"),
    case("train ana", "configured", "train.orphan", weight=0.6),
    case("monitor ana", "trained"),
    case("models ana --take 20", "trained", "checkpoint.there", "checkpoint.none"),
    case("models ana --clear", "trained"),
    case("deliver ana {out}/d.zip", "trained", "export.exists"),
    case("install ana --to {out}", "trained"),
    case("try ana --size 64 --weights 0.6 0.8 --models final 20", "trained", weight=0.6),
    case("results ana --take final@0.8", "tried", weight=0.6),
    case("tune ana", "tried", weight=0.3),  # with trainings: tune_kills.py
    case("report ana", "trained", weight=0.6),
    case("doctor ana --bundle {out}/d.zip", "trained", "export.exists", weight=0.6),
    case("queue add ana", "configured"),
    case("queue remove ana", "configured", "queue.not_in", before=["queue add ana"]),
    case("queue run", "configured", "queue.empty", weight=0.5, before=["queue add ana"]),
    case("run ana --mj {in}/mj --real {in}/real --until prepare --workers 1", "made", weight=0.3),
    case("setup", "made"),
    case("language es", "made"),
    case("settings evidence.collect off", "made"),
    case("settings quality.blur_threshold 80 --client ana", "processed"),
    case("settings captions.max_tokens 60", "prepared"),
    case("settings --undo", "made", "settings.nothing_to_undo", before=["settings captions.max_tokens 60"]),
    case("base-model --folder {in}", "made"),
    case("demo --workers 1", "made", weight=0.1),
)
# stage -> the commands that make it of the one before
STAGES: dict[str, tuple[str, ...]] = {
    "made": ("client new ana --trigger ohwx",),
    "imported": ("import-mj ana {in}/mj", "import-real ana {in}/real"),
    "processed": ("process ana --workers 1", "review ana --approve 1 2 3 4 5"),
    "prepared": ("prepare ana",),
    "configured": (f"configure ana --gpu cpu --set {' '.join(STEPS)}",),
    "trained": ("train ana",),
    "tried": ("try ana --size 64 --weights 0.8 --models final",),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, look, repeat, compare; the last line counts what was wrong, and so does the exit status."""
    parser = argparse.ArgumentParser(description="kill -9 at random moments of every command that writes")
    parser.add_argument("--kills", type=int, default=500, help="how often in all (default 500)")
    parser.add_argument("--seed", type=int, default=7, help="of the moments (default 7)")
    parser.add_argument("--only", nargs="+", help="kill these commands alone")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="processes that kill (default: all cores)")
    chosen = parser.parse_args(arguments)
    if chosen.kills < 1 or sys.platform == "win32":
        parser.error("--kills must be at least 1, on a system with fork")
    if missing := without_case():
        parser.error(f"no case for {', '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        tally = kill_often(Bench(Path(folder)), chosen.kills, chosen.seed, chosen.only, chosen.at_once)
    print(f"\n{'command':<16}{'kills':>7}{'in the midst':>14}{'inconsistent':>14}{'left over':>11}{'seconds':>9}")
    for name, row in tally.items():
        print(f"{name:<16}{row['kills']:>7}{row['midst']:>14}{row['wrong']:>14}{row['left']:>11}{row['ms'] / 1000:>9.2f}")
    total: Counter[str] = sum(tally.values(), Counter())
    print(f"kills: {total['wrong']} inconsistencies, {total['left']} leftovers after {total['kills']} kills")
    return 1 if total["wrong"] or total["left"] else 0


def without_case() -> list[str]:
    """Return the commands that write and have no case here."""
    return sorted({command.name for command in COMMANDS if not command.only_reads} - {case.name for case in CASES})


@dataclass(frozen=True)
class Bench:
    """Where all happens: templates, pictures, and a folder for each kill."""

    folder: Path

    @property
    def pictures(self) -> Path:
        return self.folder / "in"

    def template(self, stage: str) -> Path:
        return self.folder / "templates" / stage


# --- the program, in a process of its own ----------------------------------------------------------------------------


def start(bench: Bench, place: Path, words: Sequence[str], answer: Path) -> int:
    """Start a command of the program; return the number of its process."""

    def command() -> int:
        config.LOG_DIR, config.CONFIG_FILE = place / "logs", place / "config.json"
        filled = [word.format(**{"in": bench.pictures, "out": place / "out"}) for word in words]
        with (
            answer.open("w", encoding="utf-8") as out,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            sys.stdin = io.StringIO()
            return command_line.main(["--clients-dir", str(place / "clients"), "--json", *filled])

    return forked.start(command)


def run(bench: Bench, place: Path, words: Sequence[str]) -> tuple[int, dict[str, Any]]:
    """Run a command to its end; return its exit code and its answer."""
    answer = place / "answer.json"
    return forked.ended(start(bench, place, words, answer)), utils.read_object(answer)


def kill(bench: Bench, place: Path, words: Sequence[str], after_s: float) -> bool:
    """Kill a command after so many seconds; return whether it was still at work."""
    return forked.killed(start(bench, place, words, place / "killed.json"), after_s)


# --- killing ---------------------------------------------------------------------------------------------------------


def kill_often(bench: Bench, kills: int, seed: int, only: Sequence[str] | None, at_once: int) -> dict[str, Counter[str]]:
    """Return command -> what was counted."""
    cases = [case for case in CASES if only is None or case.name in only]
    make_templates(bench, {case.stage for case in cases})
    chance = random.Random(seed)
    shares = [case.weight for case in cases]
    planned = [*cases, *chance.choices(cases, shares, k=max(0, kills - len(cases)))][:kills]
    tally: dict[str, Counter[str]] = {case.name: Counter() for case in cases}
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(at_once, mp_context=context) as pool:
        wholes = dict(zip(cases, pool.map(measure, [bench] * len(cases), cases), strict=True))
        futures = [pool.submit(strike, bench, wholes[case], number, chance.random()) for number, case in enumerate(planned)]
        for number, future in enumerate(concurrent.futures.as_completed(futures), 1):
            found = future.result()
            tally[found.case.name].update(
                {"kills": 1, "midst": found.hit, "wrong": len(found.wrong), "left": len(found.left), "ms": found.ms}
            )
            for told in (*found.wrong, *found.left):
                print(f"{' '.join(found.case.words)}, killed after {found.after_s:.3f} s: {told}", flush=True)
            if number % 50 == 0:
                print(f"{number} of {kills} kills", flush=True)
    return tally


def make_templates(bench: Bench, wanted: Collection[str]) -> None:
    """Make a workspace for each stage up to the last one wanted, one from the other."""
    mj, real = demo_pictures.write_pictures(bench.pictures)
    for folder, keep in ((mj, 3), (real, 3)):
        for path in sorted(folder.iterdir())[keep:]:
            path.unlink()
        folder.rename(bench.pictures / ("mj" if folder is mj else "real"))
    settings = train_kills.install(bench.folder)
    trial_kills.stand_in()
    os.environ.update(TRAINER_PACE)
    before: Path | None = None
    last = max(list(STAGES).index(stage) for stage in wanted)
    for stage, lines in list(STAGES.items())[: last + 1]:
        place = bench.template(stage)
        if before is None:
            (place / "out").mkdir(parents=True)
            utils.write_json(
                place / "config.json", {"trainer": {name: getattr(settings.trainer, name) for name in TRAINER_KEYS}}
            )
        else:
            copy(before, place)
        for line in lines:
            code, answer = run(bench, place, line.split())
            if code:
                raise SystemExit(f"{line}: {answer.get('error') or answer}")
        before = place


TRAINER_KEYS = ("folder", "python", "base_model", "tokenizer_cache_dir")


def copy(source: Path, target: Path) -> None:
    """Copy a workspace; full paths in it go on naming the one it was made in, which nothing here asks for."""
    shutil.copytree(source, target, symlinks=True)


@dataclass(frozen=True)
class Whole:
    """A command that nobody killed: how long it took, and the files it left."""

    case: Case
    seconds: float
    files: frozenset[str]


def measure(bench: Bench, case: Case) -> Whole:
    """Run a command once to its end."""
    place = fresh(bench, case, f"whole-{CASES.index(case)}")
    begun = time.perf_counter()
    code, answer = run(bench, place, case.words)
    seconds = time.perf_counter() - begun
    if code:
        raise RuntimeError(f"{' '.join(case.words)}: {answer.get('error') or answer}")
    again, answer = run(bench, place, case.words)
    if again and key_of(answer) not in case.again:
        raise RuntimeError(f"{' '.join(case.words)}, repeated: {answer.get('error') or answer}")
    whole = Whole(case, seconds, files_of(place))
    shutil.rmtree(place)
    return whole


def fresh(bench: Bench, case: Case, name: str) -> Path:
    place = bench.folder / name
    copy(bench.template(case.stage), place)
    for words in case.before:
        run(bench, place, words)
    return place


def key_of(answer: dict[str, Any]) -> str:
    return str((answer.get("error") or {}).get("key", ""))


@dataclass(frozen=True)
class Found:
    """What one kill brought to light."""

    case: Case
    after_s: float
    hit: bool
    ms: int
    wrong: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def strike(bench: Bench, whole: Whole, number: int, share: float) -> Found:
    """Kill a command once, look, repeat it, and look again."""
    case, begun = whole.case, time.perf_counter()
    place = fresh(bench, case, f"kill-{number}")
    try:
        after_s = share * whole.seconds
        hit = kill(bench, place, case.words, after_s)
        wrong = [f"right after: {told}" for told in broken(place)]
        wrong += repeat(bench, place, case, number)
        wrong += [f"after the repeat: {told}" for told in broken(place)]
        if case.name not in JUDGED_BY_HAND and (files := files_of(place)) != whole.files:
            wrong.append(f"other files: lacks {sorted(whole.files - files)[:5]}, has {sorted(files - whole.files)[:5]}")
        left = left_over(place)
        ms = int((time.perf_counter() - begun) * 1000)
        return replace(Found(case, after_s, hit, ms), wrong=tuple(wrong), left=tuple(left))
    finally:
        for live in live_runs(place):
            process_tree.end_tree(live.pid, live.born, 1)
        shutil.rmtree(place, ignore_errors=True)


def repeat(bench: Bench, place: Path, case: Case, number: int) -> list[str]:
    """Bring a training that goes on to its end, then do the command again; return what is wrong with its answer."""
    wrong = []
    for live in live_runs(place):
        client = live.folder.parents[2].name
        code, answer = run(bench, place, ("monitor", client, "--adopt" if number % 2 else "--stop"))
        if code not in (0, 1, 130):
            wrong.append(f"the training that went on: {code}, {answer.get('error')}")
    code, answer = run(bench, place, case.words)
    if code not in (0, 1) or (code == 1 and key_of(answer) not in case.again):
        wrong.append(f"the repeat: {code}, {answer.get('error') or answer}")
    return wrong


# --- what is there ---------------------------------------------------------------------------------------------------


def live_runs(place: Path) -> list[training_runs.LiveRun]:
    return [live for runs in place.glob("clients/*/training/runs") for live in training_runs.live_runs(runs)]


def broken(place: Path) -> list[str]:
    """Return what must not be at any moment, in the words of whoever finds it."""
    found = []
    workspace = Workspace(place / "clients")
    for client_id in workspace.client_ids():
        client = workspace.client(client_id)
        try:
            client.info()
            for record in client.records():
                original = client.original(record)
                if not original.is_file() or utils.sha256_of(original) != record.original.sha256:
                    found.append(f"record without its original: {record.image_id}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not be
            found.append(f"{client_id}: {type(error).__name__}: {error}")
    for path in files(place):
        if problem := problem_of(path):
            found.append(f"{path.relative_to(place)}: {problem}")
    return found


def problem_of(path: Path) -> str:
    """Return what is wrong with a file of a final name, "" where it is whole."""
    try:
        if path.suffix == ".json":
            json.loads(path.read_bytes())
        elif path.suffix == ".png":
            from PIL import Image

            with Image.open(path) as picture:
                picture.verify()
        elif path.suffix == ".safetensors" and path.parent.name == "models":
            return "" if lora_file.verify(path).ok else "half a model"
        elif path.suffix == ".zip":
            import zipfile

            with zipfile.ZipFile(path) as archive:
                return f"broken: {archive.testzip()}" if archive.testzip() else ""
    except Exception as error:  # noqa: BLE001 - whatever it is, the file is not whole
        return f"{type(error).__name__}: {error}"
    return ""


def files(place: Path) -> Iterator[Path]:
    """Yield the files of a workspace and of the folder of zips that are no hidden ones."""
    for folder in (place / "clients", place / "out"):
        for path in folder.rglob("*"):
            hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
            if not hidden and "runs" not in path.parts and path.is_file():
                yield path


def files_of(place: Path) -> frozenset[str]:
    """Return the names of all that is there, but for the numbers of runs and what caches keep."""
    return frozenset(RUN_ID.sub("RUN", str(path.relative_to(place))) for path in files(place))


def left_over(place: Path) -> list[str]:
    """Return what only a command that is at work may have: half-written files, notes of holders, a trainer."""
    found = []
    for folder in (place / "clients", place / "out"):
        for path in folder.rglob(".*"):
            if path.name not in {".lock", ".index.json", ".training_queue.lock", ".training_queue_run.lock", ".thumbnails"}:
                found.append(f"left over: {path.relative_to(place)}")
    return found + [f"a trainer at work: {live.run_id}" for live in live_runs(place)]


if __name__ == "__main__":
    sys.exit(main())
