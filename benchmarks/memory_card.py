"""Measure plans on this computer's card through the real trainer: one short start each, unattended; one broken off goes on.

Each start runs sdxl_train_network.py unpatched in a process of its own, a few steps long, with 12 pictures of noise. Written
down are PyTorch's own peaks (allocated, reserved) and what NVML saw: the process, and the whole card. Where a plan is for a
smaller card, a second start gets no more memory than that card has (torch.cuda.set_per_process_memory_fraction).
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import utils
from avatar.plan.command import RunPaths, build_command
from avatar.plan.memory import DRIVER_SHARE, estimate_memory_gib, load_of
from avatar.plan.memory_terms import CONTEXT_GIB
from avatar.plan.values import Plan
from avatar.system import gpu
from avatar.trainer.options import known_tables
from config import GPU_PROFILES

PICTURES = 12
ROUNDS = 3  # optimizer steps: the second is the first at which the optimizer's states are there
EVERY_S = 0.2  # between two looks at NVML
# Runs the trainer as it is, after the limit is set; writes PyTorch's peaks however it ends.
RUNNER = """
import json, runpy, sys
out, limit, script = sys.argv[1], float(sys.argv[2]), sys.argv[3]
sys.argv = sys.argv[3:]
sys.path.insert(0, script.rpartition("/")[0] or ".")
import torch
card = torch.cuda.is_available()
if card and limit:
    torch.cuda.set_per_process_memory_fraction(min(1.0, limit * 2**30 / torch.cuda.get_device_properties(0).total_memory))
try:
    runpy.run_path(script, run_name="__main__")
finally:
    if card:
        stats = torch.cuda.memory_stats()
        with open(out, "w") as file:
            json.dump({"allocated": stats["allocated_bytes.all.peak"], "reserved": stats["reserved_bytes.all.peak"],
                       "retries": stats["num_alloc_retries"], "torch": torch.__version__}, file)
"""


@dataclass(frozen=True)
class Start:
    """One start of the trainer. limit_gib: None where it may take the whole card."""

    plan: Plan
    limit_gib: float | None

    @property
    def key(self) -> str:
        return json.dumps([dataclasses.asdict(load_of(self.plan)), self.limit_gib], sort_keys=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trainer", type=Path, metavar="FOLDER", help="checkout of sd-scripts")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="its interpreter")
    parser.add_argument("--model", default="", help="an SDXL checkpoint")
    parser.add_argument("--tokenizers", default="", metavar="FOLDER", help="the hub's cache is used without it")
    parser.add_argument("--out", type=Path, default=Path("card_memory.json"), help="where the figures go; known ones are kept")
    parser.add_argument("--minutes", type=float, default=10.0, help="the longest that one start may take")


def measure_all(plans: Sequence[Plan], given: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Measure every plan and print each figure beside the formula's; 2 where something needed is missing."""
    if given.trainer is None or not given.model:
        parser.error("--card needs --trainer and --model")
    card = gpu.best_card(gpu.cards())
    if card is None:
        parser.error("there is no NVIDIA card that NVML knows")
    record = read(given.out, f"{card.name}, {card.total_gib:.1f} GiB, driver {card.driver}")
    with tempfile.TemporaryDirectory() as folder:
        data = write_pictures(Path(folder))
        for start in starts(plans, card.free_gib):
            if any(row["key"] == start.key for row in record["rows"]):
                continue
            row = measure(start, given, data, Path(folder), Watch(card.index))
            record["rows"].append(row)
            utils.write_json(given.out, record)
            print(told(row), flush=True)
    return 0


def read(path: Path, card: str) -> dict[str, Any]:
    """Return the record that is there, an empty one without it; figures of another card are not mixed in."""
    if path.is_file():
        record: dict[str, Any] = utils.read_json(path)
        if record.get("card") == card:
            return record
        raise SystemExit(f"{path} holds figures of another card: {record.get('card')}")
    return {"card": card, "date": time.strftime("%Y-%m-%d"), "trainer": "sdxl_train_network.py, unpatched", "rows": []}


def starts(plans: Sequence[Plan], free_gib: float) -> Iterator[Start]:
    """Yield each plan that this card can run once, then within the memory of the card that it is for."""
    seen: set[str] = set()
    for plan in plans:
        short = dataclasses.replace(
            plan, max_train_steps=ROUNDS, save_every_n_steps=None, save_state=False, save_last_n_steps_state=None,
            lr_warmup_steps=0, sample_every_n_steps=ROUNDS if plan.makes_samples else None,
        )  # fmt: skip
        limit = GPU_PROFILES[plan.profile].vram_gib * (1 - DRIVER_SHARE) - CONTEXT_GIB
        for one in (None, round(limit, 2)):
            start = Start(short, one)
            if start.key not in seen and estimate_memory_gib(short).total_gib <= free_gib:
                seen.add(start.key)
                yield start


def write_pictures(folder: Path) -> Path:
    """Write a dataset of noise as the trainer reads it; return the folder above it."""
    inside = folder / "data" / "1_ana person"
    inside.mkdir(parents=True)
    noise = np.random.default_rng(1)
    for number in range(PICTURES):
        pixels = noise.integers(0, 255, (1024, 1024, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(inside / f"{number}.png", compress_level=1)
        (inside / f"{number}.txt").write_text("ana person, head and shoulders", encoding="utf-8")
    return folder / "data"


class Watch:
    """Looks at NVML while a start runs: the peak of its process and of the whole card, GiB; None where it does not tell."""

    def __init__(self, index: int, use: Callable[[int, int], tuple[float | None, float | None]] | None = None) -> None:
        self._index, self._use = index, use or use_of
        self.process: float | None = None
        self.card: float | None = None

    def in_use(self) -> float | None:
        """Return what is in use on the card now."""
        return self._use(self._index, -1)[1]

    def look(self, pid: int) -> None:
        process, card = self._use(self._index, pid)
        self.process = max((gib for gib in (self.process, process) if gib is not None), default=None)
        self.card = max((gib for gib in (self.card, card) if gib is not None), default=None)


def use_of(index: int, pid: int) -> tuple[float | None, float | None]:
    """Return (GiB of a process and its children, GiB in use on the card)."""
    used = gpu.memory_of(index)()
    return gpu.process_gib(index, {pid}), used[0] if used else None


def measure(start: Start, given: argparse.Namespace, data: Path, folder: Path, watch: Watch) -> dict[str, Any]:
    """Run one start to its end, or for as long as it may take, and return its row."""
    figures = folder / "figures.json"
    figures.unlink(missing_ok=True)
    script = given.trainer.resolve() / "sdxl_train_network.py"
    prompts = folder / "prompts.txt"
    prompts.write_text(f"a face --w {start.plan.sample_px} --h {start.plan.sample_px} --s 4", encoding="utf-8")
    plan = dataclasses.replace(start.plan, base_model=given.model, tokenizer_cache_dir=given.tokenizers)
    paths = RunPaths(train_data_dir=data, output_dir=folder / "out", output_name="a", logging_dir=folder / "logs",
                     sample_prompts=prompts)  # fmt: skip
    built = build_command(plan, paths, python=given.python, script=script, options=known_tables()[0])
    command = [str(given.python), "-c", RUNNER, str(figures), str(start.limit_gib or 0), *built[1:]]
    before = watch.in_use()
    code, seconds = run(command, given.trainer, given.minutes * 60, watch, folder / "log.txt")
    peaks: Mapping[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        peaks = json.loads(figures.read_text(encoding="utf-8"))
    return {
        "key": start.key, "setup": _differing(start.plan), "profile": start.plan.profile, "limit_gib": start.limit_gib,
        "exit_code": code, "seconds": round(seconds, 1), "allocated_gib": _gib(peaks.get("allocated")),
        "reserved_gib": _gib(peaks.get("reserved")), "allocator_retries": peaks.get("retries"),
        "process_gib": _rounded(watch.process), "card_gib": _rounded(watch.card), "card_before_gib": _rounded(before),
        "formula_gib": estimate_memory_gib(start.plan).total_gib,
    }  # fmt: skip


def run(command: Sequence[str], cwd: Path, longest_s: float, watch: Watch, log: Path) -> tuple[int | None, float]:
    """Run a command and look at the card meanwhile; return its exit code, None where it had to be ended, and its seconds."""
    began = time.monotonic()
    environment = {**os.environ, "HF_HUB_OFFLINE": os.environ.get("HF_HUB_OFFLINE", "1")}
    with log.open("wb") as out, subprocess.Popen(command, cwd=cwd, stdout=out, stderr=out, env=environment) as child:
        watch.look(child.pid)  # a start that ends at once is looked at too
        while child.poll() is None:
            if time.monotonic() - began > longest_s:
                child.kill()
                child.wait()
                return None, time.monotonic() - began
            watch.look(child.pid)
            time.sleep(EVERY_S)
        return child.returncode, time.monotonic() - began


def told(row: Mapping[str, Any]) -> str:
    """Return a row as one line."""
    limit = "no limit" if row["limit_gib"] is None else f"limit {row['limit_gib']:.2f}"
    seen = ", ".join(f"{name} {row[f'{name}_gib']}" for name in ("formula", "allocated", "reserved", "process", "card"))
    return f"{row['profile']} {row['setup']} {limit}: exit {row['exit_code']}, {seen}, {row['seconds']} s"


def _differing(plan: Plan) -> dict[str, Any]:
    load = load_of(plan)
    usual = type(load)()
    return {
        entry.name: getattr(load, entry.name)
        for entry in dataclasses.fields(load) if getattr(load, entry.name) != getattr(usual, entry.name)
    }  # fmt: skip


def _gib(size: Any) -> float | None:
    return round(size / gpu.GIB, 3) if isinstance(size, int) else None


def _rounded(gib: float | None) -> float | None:
    return None if gib is None else round(gib, 3)
