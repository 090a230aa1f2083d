"""The trainer's own generator as a back end: nothing more to install, one load of the model for all pictures of a trial.

Everything stays on the card. The networks of a start are all computed for every picture, at weight 0 too; where not all fit,
they are loaded in groups, and a picture of another group costs a load.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import utils
from avatar.generate import card_memory, gen_img, proof
from avatar.generate.backend import (
    Backend,
    BackendError,
    Base,
    Cancelled,
    Drawing,
    Drawn,
    Kind,
    LoraFile,
    OnNote,
    OnProgress,
    PictureError,
    Ready,
    Request,
    Sampler,
)
from avatar.generate.process import SILENCE_ON_PROCESSOR_S, SILENCE_S, Generator
from avatar.system import child as system_child
from avatar.system import memory, process_tree
from avatar.system.gpu import Card
from avatar.texts.text import Text
from avatar.trainer import base_model, location
from config import TrainerConfig

FOLDER = "avatar-draw-"  # in the temporary folder, then the process id of the program that draws
LINKS = "links"
TEST_BYTES = 1 << 30  # a base of less has shared weights, as test models do, which take no memory of their own
PICTURE_ID, WEIGHT = re.compile(r"[0-9A-Za-z_-]{1,64}"), re.compile(r"-?\d{1,3}(\.\d{1,6})?")


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Where the trainer is, and what it draws on.

    card        index by bus, None: the processor
    per_start   networks that are loaded at once, see `card_memory`; None: all
    """

    folder: Path
    python: Path
    tokenizers: str = ""
    card: int | None = None
    per_start: int | None = None

    @property
    def script(self) -> Path:
        return self.folder / gen_img.SCRIPT


def tools_of(trainer: TrainerConfig, card: Card | None, per_start: int | None = None) -> Tools:
    """Return the tools that the settings name."""
    folder = location.trainer_folder(trainer).absolute()
    tokenizers = trainer.tokenizer_cache_dir
    return Tools(
        folder=folder, python=location.trainer_python(trainer, folder).absolute(),
        tokenizers=str(utils.at_home(Path(tokenizers)).absolute()) if tokenizers else "",
        card=None if card is None else card.index, per_start=per_start,
    )  # fmt: skip


def environment(card: int | None) -> dict[str, str]:
    """Return the environment of the process: one card or none, and no look at the network.

    What it needs is here since the training; asking the hub anew would say what is drawn with.
    """
    shown = "" if card is None else str(card)
    extra = {
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        "CUDA_VISIBLE_DEVICES": shown,
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
    }
    return system_child.child_environment(extra)


class TrainerBackend(Backend):
    """Draws with gen_img.py.

    sampler    of the first picture; one of another costs a load
    silence_s  after which it hangs, None: what suits a card or a processor
    """

    kind: Kind = "trainer"
    address = ""

    def __init__(self, tools: Tools, *, sampler: Sampler = "euler_a", silence_s: float | None = None) -> None:
        self.tools, self.sampler = tools, sampler
        self.silence_s = silence_s or (SILENCE_ON_PROCESSOR_S if tools.card is None else SILENCE_S)
        self._stop = threading.Event()

    def check(self, base: Base) -> Ready:
        tools = self.tools
        if not tools.script.is_file():
            raise BackendError("draw.trainer.no_script", folder=str(tools.folder))
        if not tools.python.is_file():
            raise BackendError("draw.trainer.no_python", path=str(tools.python))
        there = base_model.model_local(base.name) if base.path is None else base.path.exists()
        if not there:
            raise BackendError("draw.trainer.no_base", base=str(base.path or base.name))
        if base.vae is not None and not base.vae.exists():
            raise BackendError("draw.trainer.no_vae", path=str(base.vae))
        notes = [Text("draw.trainer.on_processor")] if tools.card is None else []
        free = memory.free_ram_gib()
        if free is not None and free < card_memory.HOST_GIB and _bytes_of(base) > TEST_BYTES:
            notes.append(Text("draw.trainer.little_ram", {"needs": card_memory.HOST_GIB, "free": free}, "warn"))
        commit = location.head_commit(tools.folder) or ""
        return Ready(version=f"sd-scripts {commit[:8]}".strip(), notes=tuple(notes))

    @contextlib.contextmanager
    def open(self, base: Base, models: Sequence[LoraFile], on_note: OnNote) -> Iterator[Drawing]:
        self._stop.clear()
        ready = self.check(base)
        for note in ready.notes:
            on_note(note)
        _remove_leftovers()
        with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
            drawing = _Drawing(
                self, base, _groups(models, self.tools.per_start), on_note, Path(folder), ready.version, self._stop
            )
            try:
                if len(drawing.groups) > 1:
                    on_note(
                        Text(
                            "draw.trainer.in_groups",
                            {"n": len(models), "many": self.tools.per_start, "loads": len(drawing.groups)},
                        )
                    )
                drawing.start(self.sampler, 0)
                yield drawing
            except KeyboardInterrupt as error:
                raise Cancelled from error
            finally:
                drawing.close()

    def interrupt(self) -> None:
        self._stop.set()


def _remove_leftovers() -> None:
    """Remove the folders of programs that were killed while they drew: a picture of a person may lie in them."""
    if process_tree.start_time(os.getpid()) is None:  # nobody can tell who lives
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        name = re.fullmatch(rf"{FOLDER}(\d+)-\w+", folder.name)
        if name and process_tree.start_time(int(name[1])) is None and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


def _bytes_of(base: Base) -> int:
    """Return the bytes of a base's U-Net, or of the whole file that it is in."""
    if base.path is not None and base.path.is_file():
        return base.path.stat().st_size
    return sum(path.stat().st_size for path in base_model.look_at(str(base.path or base.name)).weights.get("unet", ()))


def _groups(models: Sequence[LoraFile], per_start: int | None) -> list[tuple[LoraFile, ...]]:
    """Return the models in the groups that are loaded together."""
    many = max(1, per_start or len(models))
    return [tuple(models[start : start + many]) for start in range(0, len(models), many)] or [()]


@dataclass
class _Drawing(Drawing):
    """One process after the other, each with a group of networks and a sampler."""

    backend: TrainerBackend
    base: Base
    groups: list[tuple[LoraFile, ...]]
    on_note: OnNote
    folder: Path
    version: str
    stop: threading.Event
    _at_work: Generator | None = None
    _sampler: Sampler | None = None
    _group: int = 0
    _said: set[str] = field(default_factory=set)

    def start(self, sampler: Sampler, group: int) -> Generator:
        """Start a process that has proved that every network of a group was taken whole; the one before has ended."""
        self.close()
        tools, base, models = self.backend.tools, self.base, self.groups[group]
        wanted = gen_img.Start(
            base=str(base_model.passable(base.path, self.folder / LINKS)) if base.path else base.name,
            networks=tuple(model.path.absolute() for model in models), sampler=sampler, outdir=self.folder,
            vae=base_model.passable(base.vae, self.folder / LINKS) if base.vae else None, tokenizers=tools.tokenizers,
            precision=_precision(base, on_card=tools.card is not None), v_prediction=base.v_prediction,
            zero_terminal_snr=base.zero_terminal_snr,
        )  # fmt: skip
        words = gen_img.command(tools.python, tools.script, wanted)
        self._at_work = Generator(words, tools.folder, environment(tools.card), self.stop, self.backend.silence_s)
        self._sampler, self._group = sampler, group
        self._at_work.wait()
        log = self._at_work.log
        least = min(log.networks, default=0)
        expected = min((model.unet_modules for model in models), default=0)
        if len(log.networks) != len(models) or log.whole != len(models) or least < expected:
            raise BackendError("draw.trainer.not_taken", whole=log.whole, asked=len(models), modules=least)
        return self._at_work

    def draw(self, request: Request, on_progress: OnProgress) -> Drawn:
        try:
            return self._draw(request, on_progress)
        except KeyboardInterrupt as error:
            self.stop.set()
            self.close()
            raise Cancelled from error

    def _draw(self, request: Request, on_progress: OnProgress) -> Drawn:
        if self.stop.is_set():
            raise Cancelled
        _check(request)
        self._say_once(request)
        process, group = self._process_for(request), self.groups[self._group]
        weights = [request.weight if model.sha256 == request.model else "0" for model in group]
        path = self.folder / gen_img.file_name(request)
        path.unlink(missing_ok=True)
        begun = time.monotonic()
        process.ask(gen_img.line_of(request, weights), on_progress)
        seconds = time.monotonic() - begun
        try:
            png = path.read_bytes()
        except OSError as error:
            raise PictureError("draw.trainer.no_picture", detail=process.log.last_words()[:200]) from error
        finally:
            with contextlib.suppress(OSError):
                path.unlink()
        texts = proof.check_picture(png, request.width, request.height).texts
        _compare(request, texts, weights, process.log)
        on_progress(1.0)
        used = {
            "version": self.version, "sampler": gen_img.SAMPLERS[request.sampler], "scheduler": gen_img.SCHEDULER,
            "prompt": gen_img.told(request.prompt), "negative": gen_img.told(request.negative),
            "networks": {model.path.stem: weight for model, weight in zip(group, weights, strict=True)},
        }  # fmt: skip
        return Drawn(png=png, seconds=seconds, used=used)

    def _process_for(self, request: Request) -> Generator:
        """Return the process that has the request's model and sampler: the one at work, or a new one."""
        group = self._group_of(request.model)
        at_work = self._at_work
        if at_work is not None and at_work.running and (self._sampler, self._group) == (request.sampler, group):
            return at_work
        return self.start(request.sampler, group)

    def _group_of(self, model: str | None) -> int:
        """Return the number of the group that has a model; any can draw the base alone."""
        if model is None or any(model == one.sha256 for one in self.groups[self._group]):
            return self._group
        return next(number for number, group in enumerate(self.groups) if any(model == one.sha256 for one in group))

    def _say_once(self, request: Request) -> None:
        if request.scheduler != gen_img.SCHEDULER and request.scheduler not in self._said:
            self._said.add(request.scheduler)
            self.on_note(Text("draw.trainer.no_karras"))

    def close(self) -> None:
        """End the process at work, and wait until it has given the card's memory back."""
        process, self._at_work = self._at_work, None
        if process is not None:
            process.end()


def _precision(base: Base, *, on_card: bool) -> str:
    """Return what to compute in: fp16 on a card, fp32 on a processor, and what the files of a diffusers model allow.

    With --fp16 it asks diffusers for files of that variant, without it for the others, and ends in a ValueError or an OSError
    where they are not there (library/sdxl_train_util.py:85, diffusers 0.32).
    """
    unet = base_model.look_at(str(base.path or base.name)).weights.get("unet", ())
    if unet:
        return "fp16" if any(".fp16." in path.name for path in unet) else "bf16" if on_card else ""
    return "fp16" if on_card else ""


def _check(request: Request) -> None:
    """Raise where gen_img.py would read something else out of the line than the request."""
    if not PICTURE_ID.fullmatch(request.picture_id) or not WEIGHT.fullmatch(request.weight) or request.seed < 0:
        raise ValueError(f"{request.picture_id!r}, weight {request.weight!r}, seed {request.seed}")
    if not gen_img.told(request.prompt):
        raise PictureError("draw.trainer.empty_prompt")


def _compare(request: Request, texts: Mapping[str, str], weights: Sequence[str], log: gen_img.Log) -> None:
    """Raise PictureError where the picture or the log says that something else was drawn."""
    for name, wanted in gen_img.texts_of(request).items():
        if texts.get(name, wanted) != wanted:
            raise PictureError("draw.trainer.other_picture", name=name, asked=wanted[:100], found=texts[name][:100])
    asked = tuple(float(weight) for weight in weights)
    if weights and log.multipliers != asked:
        raise PictureError("draw.trainer.other_picture", name="--am", asked=str(asked), found=str(log.multipliers))
