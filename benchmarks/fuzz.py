"""Damaged inputs of every kind: lines of the trainer's log, state files, command lines; none of them may be a bug.

    python benchmarks/fuzz.py --lines 5000 --files 2000 --commands 1000

The program is copied to a temporary folder and works there, on a client with pictures, a dataset, a plan and two trainings of
the stand-in of the tests. A damaged file is read by the commands that use it. Counted is what must not be: exit code 3 and
tracebacks on the screen, and lines that the reader of the log fails at.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

if TYPE_CHECKING:
    from avatar.commands.command import Argument

COPIED = ("avatar", "benchmarks", "tests/fake_trainer")
BUG = 3
KEPT_FAULTS = os.environ.get("FUZZ_FAULTS", "")  # a folder for files that were met with a bug
CLIENT = "bench"
DEEP = 100_000  # brackets within brackets: more than any reader of JSON goes down

# Values in the place of those that a file should hold.
HOSTILE: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 10**400, -(10**20), 1e308, float("nan"), float("inf"), 0.5, "", "x", "nan", "\ud800", "\x00",
    "\x1b]0;x\x07", "x" * 5000, "../../..", "{0} {x!r}", [], {}, [[]], [None], {"": None}, [1, "a"], ["a", "b", "c"],
    "train.cause.unknown", "2026-13-45T99:99", {"text": 1, "by": 2},
)  # fmt: skip
OF_EVERY_TYPE: tuple[Any, ...] = (None, True, 0, -1, 10**400, float("nan"), "x", [], {}, [{}])
# The names of files, by what they begin with -> the commands that read them; {} stands for the client.
READERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("client.json", ("status {}", "client show {}", "client list", "train {} --dry-run")),
    ("config.json", ("status {}", "doctor {}", "train {} --dry-run")),
    ("review_undo.json", ("review {} --undo", "review {}")),
    ("caption_edits.json", ("captions {} --undo", "captions {} --undo --apply")),
    ("caption_suggestions.json", ("captions {}",)),
    ("mj_groups.json", ("prompt {}", "status {}")),
    ("dataset_info.json", ("status {}", "train {} --dry-run", "prepare {}")),
    ("lora_config.json", ("status {}", "train {} --dry-run", "configure {} --gpu cpu --set steps=9", "doctor {}")),
    ("training_queue.json", ("queue list", "queue add {}", "queue remove {}", "queue run")),
    ("command.json", ("status {}", "monitor {}", "monitor {} --stop", "train {} --resume", "doctor {}", "models {}")),
    ("outcome.json", ("status {}", "monitor {}", "train {} --dry-run", "doctor {}", "models {}")),
    ("process.json", ("status {}", "monitor {}", "monitor {} --adopt")),
    ("progress.jsonl", ("monitor {}", "doctor {}", "monitor {} --stop")),
    ("trainer.log", ("monitor {}", "doctor {}", "monitor {} --stop")),
    ("train_state.json", ("train {} --resume",)),
    ("events.out", ("report {}", "monitor {}")),
    (".avatar_setup.json", ("status {}", "setup --check")),
    ("trainer_options", ("train {} --dry-run", "status {}", "configure {} --gpu cpu")),
    (".index.json", ("status {}", "review {}")),
    (".lock.json", ("status {}",)),
    ("mj_", ("status {}", "review {}", "captions {}", "doctor {}")),
    ("real_", ("status {}", "review {}", "prepare {}")),
)  # fmt: skip
ANY_READERS = ("status {}", "monitor {}", "models {}", "doctor {}", "report {}", "client list")
# What the command lines are made of, beside the names of commands and options.
WORDS = (
    "", " ", "-", "--", "-1", "0", "1", "1e400", "nan", "inf", "3,7-12", "1-99999999999", "9" * 5000, "a" * 5000, CLIENT,
    "nobody", "../x", "/dev/null", "C:\\x", "con", "*", "%s", "{x}", "{0}", "\udcff\udcfe.png", "ñandú", "日本語", "a\nb",
    "a\tb", "\x1b[31m", "\u202e", "steps=9", "steps=", "=9", "x=y", "network_dim=1e9", "seed=\udcff", "es", "all", "[", "'\"",
)  # fmt: skip
NOT_TRIED = {"demo", "run", "queue run", "process", "setup"}  # minutes of work, or the network
NOT_GIVEN = {"--trainer", "--tensorboard", "--suggest", "--backend", "--scheduler", "--clients-dir"}


@dataclass
class Tally:
    """What came of the inputs of one kind."""

    name: str
    inputs: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    tracebacks: int = 0
    slowest_ms: float = 0.0
    slowest: str = ""
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> int:
        return self.codes[BUG] + self.tracebacks

    def took(self, seconds: float, what: str) -> None:
        if 1000 * seconds > self.slowest_ms:
            self.slowest_ms, self.slowest = 1000 * seconds, what

    def row(self) -> str:
        codes = "  ".join(f"{self.codes[code]:>6}" for code in (0, 1, 2, BUG))
        return (
            f"{self.name:<24}{self.inputs:>7}  {codes}  {self.tracebacks:>10}  {self.slowest_ms:>10.0f}  {self.slowest[:60]!r}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Try all inputs; print a table, each fault once, and how many there were, which the exit status tells too."""
    parser = argparse.ArgumentParser(description="damaged logs, state files and command lines")
    parser.add_argument("--lines", type=int, default=5000, help="lines of a trainer's log (default 5000)")
    parser.add_argument("--files", type=int, default=2000, help="damaged state files (default 2000)")
    parser.add_argument("--commands", type=int, default=1000, help="command lines (default 1000)")
    parser.add_argument("--seed", type=int, default=1, help="of all that is chosen (default 1)")
    parser.add_argument("--every", action="store_true", help="exchange every field of every kind of state file, too")
    parser.add_argument("--kind", default="", help="of --every: only state files whose name begins so")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # in the copy
    chosen = parser.parse_args(arguments)
    if min(chosen.lines, chosen.files, chosen.commands) < 1:
        parser.error("at least 1 of each")
    if not chosen.here:
        return in_a_copy(arguments if arguments is not None else sys.argv[1:])
    tallies = [fuzz_lines(chosen.lines, random.Random(chosen.seed))]
    home = Home.made()
    tallies += [
        fuzz_files(home, chosen.files, random.Random(chosen.seed)),
        fuzz_commands(home, chosen.commands, random.Random(chosen.seed)),
    ]
    if chosen.every:
        tallies.append(fuzz_every_field(home, chosen.kind, random.Random(chosen.seed)))
    print(f"{'':<24}{'inputs':>7}  {'exit 0':>6}  {'exit 1':>6}  {'exit 2':>6}  {'exit 3':>6}  tracebacks  slowest ms")
    for tally in tallies:
        print(tally.row())
    for tally in tallies:
        for fault, times in tally.faults.most_common():
            print(f"{tally.name}: {times} x {fault}")
    wrong = sum(tally.wrong for tally in tallies)
    print(f"fuzz: {wrong} faults in {sum(tally.inputs for tally in tallies)} inputs")
    return 1 if wrong else 0


def in_a_copy(arguments: Sequence[str]) -> int:
    """Do the same with a copy of the program: it keeps settings, clients and logs in its own folder."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        copy = Path(folder) / "program"
        for name in COPIED:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for path in ROOT.glob("*.py"):
            shutil.copy(path, copy)
        environment = {**os.environ, "HOME": folder, "USERPROFILE": folder}
        script = str(copy / "benchmarks" / "fuzz.py")
        done = subprocess.run([sys.executable, script, "--here", *arguments], env=environment, check=False, cwd=folder)
        return done.returncode


# --- lines -----------------------------------------------------------------------------------------------------------

_BAR = "steps:  25%|██▌       | 1/4 [00:09<00:28,  9.51s/it, avr_loss=1.3]"
_SAID = (
    "  num train images * repeats / 学習画像の数×繰り返し回数: 8", "  total optimization steps / 学習ステップ数: 4",
    "saving checkpoint: /x/y-step00000002.safetensors", "INFO     model saved.", "accelerator device: cuda",
    "Traceback (most recent call last):", '  File "x.py", line 1, in <module>', "    raise ValueError(x)",
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB", "xformers",
    "subprocess.CalledProcessError: Command", "returned non-zero exit status 1.", "exitcode  : -9 (pid: 1)", "RuntimeError:",
    "During handling of the above exception, another exception occurred:", "Missing key(s) in state_dict: ", "\x1b[A\x1b[32m",
    "error: unrecognized arguments: --x",
)  # fmt: skip


def lines(chance: random.Random) -> Iterator[str]:
    """Yield lines without end: of the trainer's own grammar, torn, repeated, with numbers that are none, and noise."""
    while True:
        one, other = chance.choice((_BAR, *_SAID)), chance.choice((_BAR, _BAR, *_SAID))
        at = chance.randrange(len(one) + 1)
        number = chance.choice(("9" * 5000, "1.0.0", "00::8", ".", "?", "-1", "nan", "1e999", "", "٣", "²"))
        where = chance.choice([i for i, char in enumerate(_BAR) if char.isdigit()])
        yield chance.choice(
            (
                one, one[:at], one[at:], one[:at] + other, one + other, one[:at] + other + one[at:],
                _BAR[:where] + number + _BAR[where + 1 :], one * chance.randrange(1, 2000),
                bytes(chance.randrange(256) for _ in range(at + 20)).decode("utf-8", "replace"), one.replace(" ", number),
            )
        )  # fmt: skip


def fuzz_lines(number: int, chance: random.Random) -> Tally:
    """Give lines to the reader of the log, and ask it for a cause now and then."""
    from avatar.trainer import endings
    from avatar.trainer.log import LogReader

    tally, reader = Tally("log lines"), LogReader()
    with _failures() as failures:
        for line, _ in zip(lines(chance), range(number), strict=False):
            tally.inputs += 1
            began = time.perf_counter()
            reader.feed(line)
            tally.took(time.perf_counter() - began, line)
            if chance.random() < 0.05:
                endings.diagnose(chance.choice((0, 1, -9, 3221225477)), False, reader.facts, "train.log")
                reader = LogReader()
        tally.faults.update(failures)
    tally.tracebacks = tally.faults.total()
    return tally


@contextlib.contextmanager
def _failures() -> Iterator[list[str]]:
    """Gather the exceptions that are written to the log."""
    found: list[str] = []

    class Gather(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info and record.exc_info[1] is not None and record.msg.startswith(("bug in", "cannot read a line")):
                found.append(_where(record.exc_info[1]))

    handler = Gather()
    logging.getLogger("avatar_pipeline").addHandler(handler)
    try:
        yield found
    finally:
        logging.getLogger("avatar_pipeline").removeHandler(handler)


def _where(error: BaseException) -> str:
    """Return an error and the frames of the program that it came through, the last first."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if str(ROOT) in frame.filename]
    places = " < ".join(f"{Path(frame.filename).stem}:{frame.lineno}" for frame in reversed(ours[-4:]))
    return f"{type(error).__name__}: {str(error)[:80]!r} at {places}"


# --- the program's folder --------------------------------------------------------------------------------------------


class Home:
    """The copy's clients, settings and trainer; put back as they were after each input."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self.clients, self.settings = ROOT / "clients", ROOT / "config.json"
        self._options: list[Path] = []

    @classmethod
    def made(cls) -> Home:
        """Go the whole way once: pictures, dataset, plan, a training to its end and one that was left open."""
        import data_preprocessor
        import lora_trainer
        import utils
        from avatar.dataset import caption_store
        from avatar.dataset.caption_edits import CaptionChange
        from avatar.faces import decisions
        from avatar.system import child as system_child
        from avatar.training import queue
        from benchmarks.dataset import make_client
        from benchmarks.train_kills import install, no_card

        system_child.POLL_S = 0.02
        os.environ |= {"FAKE_TRAINER_STEP_S": "0", "FAKE_TRAINER_SAVE_S": "0", "FAKE_TRAINER_FAIL": ""}
        settings = install(ROOT)
        trainer = {name: getattr(settings.trainer, name) for name in ("folder", "python", "base_model", "tokenizer_cache_dir")}
        utils.write_json(ROOT / "config.json", {"version": 1, "trainer": trainer})
        client = make_client(ROOT, 6)
        ids = [record.image_id for record in client.records()]
        decisions.decide(client, settings, reject=ids[:1])
        caption_store.apply_captions(client, [CaptionChange(ids[1], "a", "b")])
        data_preprocessor.prepare_dataset(client, settings=settings)
        overrides = ("steps=8", "save_every_n_steps=4", "save_state=true")
        lora_trainer.configure(client, settings=settings, gpu="cpu", overrides=overrides, card_probe=no_card)
        outcome = lora_trainer.train(client, settings=settings, card_probe=no_card)
        if not outcome.success:
            raise RuntimeError(f"the stand-in failed: {outcome.cause}")
        left = client.runs / "20260101-000000"  # as a program that was killed leaves it; older than the one that ended
        shutil.copytree(client.runs / outcome.run_id, left)
        (left / "outcome.json").unlink()
        utils.write_json(left / "process.json", {"pid": 2**22 + 1, "born": 1.0, "watcher": 2**22 + 2, "watcher_born": 1.0})
        queue.add(client.folder.parent, [CLIENT])
        utils.write_json(
            client.images.parent / "caption_suggestions.json", {"version": 1, "tags": {ids[1]: {"crop": [], "text": "x"}}}
        )
        utils.write_json(client.folder / ".lock.json", {"stage": "train", "pid": 1, "since": utils.now()})
        utils.write_json(ROOT / "kohya_ss" / ".avatar_setup.json", {"done": ["clone", "verify"], "revision": "x"})
        home = cls(ROOT.parent / "kept")
        home.keep()
        return home

    def keep(self) -> None:
        shutil.copytree(self.clients, self._kept / "clients", symlinks=True)
        for path in self._others():
            shutil.copy(path, self._kept)

    def restore(self) -> None:
        shutil.rmtree(self.clients, ignore_errors=True)
        shutil.copytree(self._kept / "clients", self.clients, symlinks=True)
        for path in self._others():
            shutil.copy(self._kept / path.name, path)

    def state_files(self) -> list[Path]:
        """Return every file that the program reads back, relative to its folder."""
        found = [path for path in self.clients.rglob("*") if path.is_file() and path.suffix not in {".png", ".txt", ".lock"}]
        return sorted(path.relative_to(ROOT) for path in [*found, *self._others()])

    def kinds(self) -> dict[str, list[Path]]:
        """Return the state files by kind: their names without the ids in them."""
        found: dict[str, list[Path]] = {}
        for path in self.state_files():
            found.setdefault(re.sub(r"[0-9a-f]{16}|\d+", "*", path.name), []).append(path)
        return found

    def _others(self) -> list[Path]:
        """Return the files beside the clients: settings, what the trainer was asked, how far it is installed."""
        if not self._options:
            self._options = sorted((ROOT / "logs").glob("trainer_options-*.json"))
        return [self.settings, ROOT / "kohya_ss" / ".avatar_setup.json", *self._options]


def called(words: Sequence[str], tally: Tally) -> None:
    """Call the program as the command line does; take its exit code and what it prints."""
    from avatar.terminal import command_line

    handlers = list(logging.getLogger().handlers)  # main adds its own, each time it is called
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace")
    began, code = time.perf_counter(), BUG
    with _failures() as failures, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            code = command_line.main(list(words))
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except Exception as error:  # noqa: BLE001  # that is what is looked for
            failures.append(_where(error))
        finally:
            logging.getLogger().handlers[:] = handlers
    tally.took(time.perf_counter() - began, " ".join(words))
    tally.codes[code] += 1
    out.flush()
    if b"Traceback (most recent call last)" in out.buffer.getvalue():
        tally.tracebacks += 1
        failures.append("a traceback on the screen")
    tally.faults.update(f"{failure} by {' '.join(words)[:60]!r}" for failure in set(failures))


# --- state files -----------------------------------------------------------------------------------------------------


def fuzz_files(home: Home, number: int, chance: random.Random) -> Tally:
    """Damage one state file after another and let the commands that use it read it."""
    tally, files = Tally("state files"), home.kinds()
    for turn in range(number):
        path = ROOT / chance.choice(files[sorted(files)[turn % len(files)]])
        read_back(home, path, damaged(path.read_bytes(), chance), tally, chance)
    print(f"kinds of state files: {', '.join(sorted(files))}")
    return tally


def fuzz_every_field(home: Home, kind: str, chance: random.Random) -> Tally:
    """Exchange each field of one file of every kind by values of every type, one at a time."""
    tally = Tally("every field")
    for name, paths in home.kinds().items():
        if not name.startswith(kind):
            continue
        path = ROOT / paths[0]
        try:
            whole = json.loads(path.read_bytes())
        except ValueError:
            continue
        for place in places_in(whole):
            for value in OF_EVERY_TYPE:
                read_back(home, path, json.dumps(put(whole, place, value)).encode(), tally, chance)
    return tally


def places_in(value: Any, most: int = 50) -> Iterator[tuple[str | int, ...]]:
    """Yield where values stand in JSON; of long lists and objects the first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for name, item in [*inner][:most]:
        yield (name,)
        yield from ((name, *place) for place in places_in(item))


def put(value: Any, place: tuple[str | int, ...], other: Any) -> Any:
    """Return JSON with another value at one place."""
    if not place:
        return other
    changed: Any = dict(value) if isinstance(value, dict) else list(value)
    changed[place[0]] = put(value[place[0]], place[1:], other)
    return changed


def read_back(home: Home, path: Path, content: bytes, tally: Tally, chance: random.Random) -> None:
    """Let the commands that use a file read other content of it, and put everything back."""
    path.write_bytes(content)
    tally.inputs += 1
    before = tally.wrong
    for command in commands_for(path.name, chance):
        called([*(["--json"] if chance.random() < 0.3 else []), *command.format(CLIENT).split()], tally)
    if tally.wrong > before and KEPT_FAULTS:
        shutil.copy(path, Path(KEPT_FAULTS) / f"{tally.inputs}-{path.name}")
    home.restore()


def commands_for(name: str, chance: random.Random) -> list[str]:
    special = next((commands for start, commands in READERS if name.startswith(start)), ())
    chosen = chance.sample(special, min(3, len(special)))
    return [*chosen, chance.choice(ANY_READERS)]


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return a file's bytes, damaged: as a disk or a killed program does, or one value of its JSON exchanged."""
    if chance.random() < 0.7:
        with contextlib.suppress(ValueError):
            rows = content.decode("utf-8").splitlines() if content.count(b"}\n{") else [content.decode("utf-8")]
            at = chance.randrange(len(rows))
            rows[at] = json.dumps(exchanged(json.loads(rows[at]), chance))
            return "\n".join(rows).encode("utf-8", "surrogatepass")
    at = chance.randrange(len(content) + 1)
    noise = bytes(chance.randrange(256) for _ in range(200))
    return chance.choice(
        (
            b"", content[:at], content[at:], content[:at] + b"\0" * 40, content[:at] + noise[:1] + content[at + 1 :],
            b"\xef\xbb\xbf" + content, content.decode("utf-8", "replace").encode("utf-16"), b"[]", b"null", b"{}", b'"x"',
            b"[" * DEEP, b'{"a":' * DEEP, content + content, content * 3, b"\xff\xfe" + content[at:], b"9" * 6000, noise,
        )
    )  # fmt: skip


def exchanged(value: Any, chance: random.Random) -> Any:
    """Return JSON with one value in it exchanged, taken away or put in."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(list(value))
        if chance.random() < 0.1:
            return {key: item for key, item in value.items() if key != name}
        if chance.random() < 0.05:
            return {**value, chance.choice(("more", "", "\ud800")): chance.choice(HOSTILE)}
        return {**value, name: exchanged(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        return [*value[:at], exchanged(value[at], chance), *value[at + 1 :]]
    return chance.choice(HOSTILE)


# --- command lines ---------------------------------------------------------------------------------------------------


def fuzz_commands(home: Home, number: int, chance: random.Random) -> Tally:
    """Call commands with words that nobody should type."""
    tally = Tally("command lines")
    for _ in range(number):
        tally.inputs += 1
        called(command_line_of(chance), tally)
        home.restore()
    return tally


def command_line_of(chance: random.Random) -> list[str]:
    """Return a command line: mostly a command's own words and options, with values that mostly are none."""
    from avatar.commands.all_commands import COMMANDS

    command = chance.choice([command for command in COMMANDS if command.name not in NOT_TRIED])
    words = command.name.split()
    for argument in command.arguments:
        if argument.name in NOT_GIVEN or (not argument.positional and chance.random() < 0.6):
            continue
        words += [] if argument.positional else [argument.name]
        if not argument.flag:
            places = len(argument.metavar) if isinstance(argument.metavar, tuple) else 1
            words += [_value(argument, chance) for _ in range(places)]
    if chance.random() < 0.3:
        words.insert(chance.randrange(len(words) + 1), chance.choice(WORDS))
    if chance.random() < 0.3:
        words.insert(0, "--json")
    return words


def _value(argument: Argument, chance: random.Random) -> str:
    known = [CLIENT] if argument.keyword == "client_id" else [str(choice) for choice in argument.choices]
    return chance.choice(known) if known and chance.random() < 0.7 else chance.choice(WORDS)


if __name__ == "__main__":
    sys.exit(main())
