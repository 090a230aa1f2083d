"""Made trainings: the files that a run leaves, step by step, without a trainer; for tests and the pictures of the docs."""

from __future__ import annotations

import json
import math
import os
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter

import utils
from avatar.plan.values import Change
from avatar.system import process_tree
from avatar.texts.text import Text, as_record
from avatar.training import run_folder
from avatar.workspace.client import Client
from tests.reports.test_loss_plot import event
from tests.training.test_run import plan_for

RUN = "20261126-184012"
LOADING = ("starting", "accelerator", "model", "latents", "text_encoders", "network", "training")
STEP_S = 1.62


@dataclass
class MadeRun:
    """One run of a client that a test moves on. total: steps; every: steps between two checkpoints and samples."""

    client: Client
    run_id: str = RUN
    total: int = 2000
    every: int = 250
    started: float = field(default_factory=lambda: time.time() - 2400)
    events: bool = True
    step: int = 0
    changes: tuple[Change, ...] = ()
    _random: random.Random = field(default_factory=lambda: random.Random(7))  # no secret

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        plan = replace(
            plan_for(), preset="balanced", base_model="/models/juggernautXL_v9.safetensors", resolution=1024, network_dim=32,
            network_alpha=16.0, learning_rate=1e-4, train_batch_size=1, gradient_accumulation_steps=4,
            max_train_steps=self.total, save_every_n_steps=self.every, optimizer_type="AdamW8bit", mixed_precision="bf16",
        )  # fmt: skip
        record = {
            "version": 2, "run_id": self.run_id, "client": self.client.client_id, "command": ["python"], "cwd": "/",
            "output_name": "ana_avatar_v1", "first_step": 0, "resumed_from": "", "plan": asdict(plan), "plan_fingerprint": "f",
            "trigger_word": "ohwx", "class_word": "woman", "changes": as_record(self.changes), "started": self.started,
        }  # fmt: skip
        utils.write_json(self.folder / run_folder.COMMAND_FILE, record)

    @property
    def folder(self) -> Path:
        return self.client.runs / self.run_id

    @property
    def progress(self) -> Path:
        return self.folder / "progress.jsonl"

    def watched_by(self, pid: int = 0, watcher: int = 0) -> MadeRun:
        """Note a process as the trainer, and one as the program that watches it; 0: this one."""
        pid, watcher = pid or os.getpid(), watcher or os.getpid()
        note = {"pid": pid, "born": process_tree.start_time(pid) or 1.0, "watcher": watcher,
                "watcher_born": process_tree.start_time(watcher) or 1.0}  # fmt: skip
        utils.write_json(self.folder / run_folder.PROCESS_FILE, note)
        return self

    def line(self, row: Mapping[str, Any]) -> None:
        with self.progress.open("ab") as file:
            file.write(json.dumps(row).encode() + b"\n")

    def say(self, text: str) -> None:
        with (self.folder / "trainer.log").open("ab") as file:
            file.write(text.encode() + b"\n")

    def phase(self, name: str, at: float | None = None) -> None:
        self.line({"time": self.started if at is None else at, "phase": name})

    def loading(self, until: str = "training") -> MadeRun:
        """Go through the phases before the first step, the last of them included."""
        for number, name in enumerate(LOADING[: LOADING.index(until) + 1]):
            self.phase(name, self.started + 9 * number)
        self.say("INFO     loading model for process 0/1      sdxl_train_util.py:32")
        return self

    def loss(self, step: int) -> float:
        """Return a loss that falls as real ones do: quickly, then hardly, and with spikes."""
        noise = self._random.gauss(0, 0.018) + (0.14 if self._random.random() < 0.004 else 0)
        return max(0.03, 0.095 + 0.075 * math.exp(-step / 320) + noise)

    def to(self, step: int, *, lines_every: int = 4) -> MadeRun:
        """Train until a step: events, lines of progress and bars of the log, checkpoints on the way."""
        made, rows = [], []
        mean, at = 0.0, self.started + 70
        for number in range(self.step + 1, step + 1):
            loss, at = self.loss(number), self.started + 70 + number * STEP_S
            mean = loss if not mean else mean + (loss - mean) / min(number, 120)
            rate = 1e-4 * min(1.0, number / 100) * (0.5 + 0.5 * math.cos(math.pi * number / self.total))
            scalars = {"loss__current": loss, "lr__unet": rate}
            if number % 100 == 0:
                scalars["loss__validation__step_average"] = 0.108 + 0.06 * math.exp(-number / 300)
            made.append(event(self.started + 1, number, **scalars))
            if number % lines_every == 0 or number == step:
                rows.append(self.row(number, mean, at))
            if number % self.every == 0 and number < self.total:
                self.checkpoint(number, at)
        if self.events and made:
            self._event_file(b"".join(made))
        with self.progress.open("ab") as file:
            file.write(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
        share = 100 * step // self.total
        bar = f"{share:3d}%|{'█' * (share // 10):<10}| {step}/{self.total}"
        self.say(f"\rsteps: {bar} [12:09<08:28,  {STEP_S}s/it, avr_loss={mean:.3g}]")
        self.step = step
        return self

    def row(self, step: int, loss: float, at: float) -> dict[str, Any]:
        swing = math.sin(step / 90)
        return {"time": round(at, 1), "step": step, "total": self.total, "loss": round(loss, 4), "seconds_per_step": STEP_S,
                "eta_s": round((self.total - step) * STEP_S, 1), "used_gib": round(13.6 + 0.2 * swing, 2), "total_gib": 16.0,
                "process_gib": 12.9, "watts": round(212 + 9 * swing, 1), "celsius": round(71 + 2 * swing),
                "host_gib": 18.4, "host_total_gib": 31.9}  # fmt: skip

    def _event_file(self, content: bytes) -> None:
        path = self.client.logs / self.run_id / "network_train" / "events.out.tfevents.1.host.0"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(content)

    def checkpoint(self, step: int, at: float) -> None:
        """Save a file as large as a LoRA of dim 32 is; nearly all of it is a hole."""
        path = self.folder / f"ana_avatar_v1-step{step:08d}.safetensors"
        with path.open("wb") as file:
            file.truncate(228_453_120)
        os.utime(path, (at, at))

    def samples(self, step: int, faces: Sequence[Image.Image], likeness: Sequence[float | None]) -> None:
        """Draw the samples of a step: faces that come out of the blur as the training goes on."""
        place = self.folder / "sample"
        place.mkdir(exist_ok=True)
        clear = min(step / (0.6 * self.total), 1.0)
        for prompt, (face, alike) in enumerate(zip(faces, likeness, strict=True)):
            name = f"ana_avatar_v1_{step:06d}_{prompt:02d}_20261126190000_42.png"
            shown = face.convert("RGB").resize((512, 512)).filter(ImageFilter.GaussianBlur(14 * (1 - clear)))
            grey = Image.effect_noise((512, 512), 60 * (1 - clear) + 1).convert("RGB")
            Image.blend(shown, grey, 0.55 * (1 - clear)).save(place / name)
            self.line(
                {
                    "time": self.started + 70 + step * STEP_S,
                    "sample": name,
                    "prompt": prompt,
                    "at_step": step,
                    "likeness": alike,
                }
            )

    def end(self, success: bool = True, cause: Text | None = None, *, cancelled: bool = False) -> MadeRun:
        """End the run: its outcome, no process."""
        outcome = run_folder.Outcome(
            success, self.run_id, cancelled, cause, self.client.models / "ana_avatar_v1.safetensors" if success else None,
            self.folder / "trainer.log", self.step, self.total, 0.104, self.step * STEP_S, 0, kwh=0.19,
        )  # fmt: skip
        self.phase("verifying", self.started + 75 + self.step * STEP_S)
        (self.folder / run_folder.PROCESS_FILE).unlink(missing_ok=True)
        run_folder.write_outcome(self.folder, outcome)
        return self
