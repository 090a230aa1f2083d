"""A captioner of sd-scripts at work on crops: they are linked into a folder, it writes a text beside each."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import utils
from avatar.system.child import RunResult, run_streaming
from avatar.texts.text import PipelineError
from avatar.trainer import at_work, captioner_setup, captioners
from avatar.trainer.captioners import Captioner
from avatar.trainer.options import deepest_error

READ_EVERY_S = 2.0  # what was written so far is taken over: a power cut loses no more


class Runner(Protocol):
    """Runs a child process, as child.run_streaming does."""

    def __call__(
        self, command: Sequence[str], *, on_line: Callable[[str], None], cancel: threading.Event | None, cwd: Path,
        environment: Mapping[str, str],
    ) -> RunResult: ...  # fmt: skip


OnTexts = Callable[[Mapping[str, str]], None]  # image id -> what was said of it
OnProgress = Callable[[int, int, float | None], None]  # pictures done, of how many, seconds left where they are known


class TrainerCaptioner:
    """One captioner of the trainer in trainer_folder (absolute); its packages and model are there."""

    def __init__(self, captioner: Captioner, python: Path, trainer_folder: Path, run: Runner = run_streaming) -> None:
        self.captioner, self.python, self.trainer_folder, self._run = captioner, python, trainer_folder, run
        self.kind: str = captioner.kind
        self.model = captioner.repo

    def describe(
        self, crops: Mapping[str, Path], folder: Path, *, on_texts: OnTexts, on_progress: OnProgress, cancel: threading.Event
    ) -> None:  # fmt: skip
        """Describe crops (image id -> file) in their order, in a folder that is made for it and removed at the end.

        Raises PipelineError("caption.captioner_failed"), ("captioner.packages_broken"), KeyboardInterrupt when cancelled; what
        was said before was handed on.
        """
        beside = _link(crops, folder)
        written = _Written(beside, on_texts)
        on_progress(0, len(crops), None)

        def said(line: str) -> None:
            if (bar := captioner_setup.bar_of(line)) is not None and bar.total == len(crops):
                on_progress(int(bar.done), len(crops), bar.left_s)
                written.read_now_and_then()

        script = captioners.script_of(self.captioner, self.trainer_folder)
        training = any(worker.kind == "training" for worker in at_work.workers(self.trainer_folder))
        environment = captioner_setup.work_environment(script, self.trainer_folder, without_card=training)
        command = captioners.command(self.captioner, self.python, self.trainer_folder, folder)
        try:
            result = self._run(command, on_line=said, cancel=cancel, cwd=script.parent.parent, environment=environment)
            written.read()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if result.cancelled:
            raise KeyboardInterrupt
        if result.code != 0:
            detail = deepest_error("\n".join(result.tail))[:600] or f"exit {result.code}"
            if self.captioner.packages and detail.startswith(("ModuleNotFoundError", "ImportError")):
                packages = ", ".join(self.captioner.packages.values())
                raise PipelineError("captioner.packages_broken", packages=packages, detail=detail)
            raise PipelineError("caption.captioner_failed", code=result.code, detail=detail)


class _Written:
    """The texts that appear beside the linked crops; each is handed on once."""

    def __init__(self, beside: Mapping[str, Path], on_texts: OnTexts) -> None:
        self._left = dict(beside)
        self._on_texts = on_texts
        self._last = time.monotonic()

    def read_now_and_then(self) -> None:
        if time.monotonic() - self._last >= READ_EVERY_S:
            self.read()

    def read(self) -> None:
        """Hand on the texts that were completed since; those missing, empty, unfinished or not in UTF-8 are left out."""
        found: dict[str, str] = {}
        for image_id, path in self._left.items():
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            if text.endswith("\n") and text.strip():  # both scripts end a text so
                found[image_id] = " ".join(text.split())
        for image_id in found:
            del self._left[image_id]
        if found:
            self._on_texts(found)
        self._last = time.monotonic()


def _link(crops: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Link crops into a folder of their own, since a file is written beside each; return image id -> that file.

    The captioners go by name: numbers keep the order.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    beside = {}
    for number, (image_id, crop) in enumerate(crops.items(), 1):
        link = folder / f"{number:06}_{image_id}{crop.suffix}"
        utils.link_or_copy(crop, link)
        beside[image_id] = link.with_suffix(captioners.EXTENSION)
    return beside
