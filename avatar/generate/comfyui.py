"""ComfyUI as a back end: over its queue, one picture at a time, each proved by its history and its pixels."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from avatar.generate import comfyui_graph as graphs
from avatar.generate import lora_folder, proof
from avatar.generate.backend import (
    BackendError,
    Base,
    Cancelled,
    Drawn,
    Kind,
    LoraFile,
    OnNote,
    OnProgress,
    PictureError,
    Ready,
    Request,
)
from avatar.generate.comfyui_graph import Graph, Names
from avatar.generate.comfyui_reply import PROGRAM, Image, Spoiled, finished_picture
from avatar.generate.comfyui_watch import Watch, queue_of
from avatar.generate.server import Server, short
from avatar.generate.server_base import base_name, found_base
from avatar.texts.text import Text
from config import GenerateConfig

DRAWN_AGAIN = 2  # times, where somebody else cut it off
LIST_S = 10.0  # how long a new file may take to be in the list
NODES = ("CheckpointLoaderSimple", "KSampler", "CLIPTextEncode", "EmptyLatentImage", "VAEDecode", "PreviewImage")


class ComfyUI:
    """One ComfyUI. address: one of several; None for that of the settings."""

    kind: Kind = "comfyui"

    def __init__(self, settings: GenerateConfig, address: str | None = None) -> None:
        self.address = address or settings.comfyui_address
        self._settings = settings
        self._server = Server(
            PROGRAM, self.address, setting="generate.comfyui_address", user=settings.user, password=settings.password
        )
        self._stop = threading.Event()

    def check(self, base: Base) -> Ready:
        version = version_of(self._server)
        _, notes = self._names(base)
        others = len(queue_of(self._server))
        busy = (Text("server.busy", {"program": PROGRAM, "n": others}, style="warn"),) if others else ()
        return Ready(version=version, notes=(*self._server.notes(), *notes, *busy))

    @contextlib.contextmanager
    def open(self, base: Base, models: Sequence[LoraFile], on_note: OnNote) -> Iterator[ComfyUIDrawing]:
        self._stop.clear()
        try:
            for note in self.check(base).notes:
                on_note(note)
            names, _ = self._names(base)
            with self._lent(models) as loras:
                names = Names(
                    checkpoint=names.checkpoint, vae=names.vae, loras=loras, session=uuid.uuid4().hex,
                    with_texts=frozenset(model.sha256 for model in models if model.has_text_encoder),
                    v_prediction=base.v_prediction, zero_terminal_snr=base.zero_terminal_snr,
                )  # fmt: skip
                watch = Watch(self._server, self._stop)
                try:
                    yield ComfyUIDrawing(self._server, watch, names, on_note)
                finally:
                    watch.close()
        except KeyboardInterrupt as error:
            raise Cancelled from error
        finally:
            self._server.close()

    def interrupt(self) -> None:
        self._stop.set()

    def _names(self, base: Base) -> tuple[Names, tuple[Text, ...]]:
        """Return what the server calls the base, and what is to be said of it. Raises BackendError."""
        info = {name: self._node(name) for name in NODES}
        _require(info, "sampler_name", graphs.SAMPLERS.values())
        _require(info, "scheduler", graphs.SCHEDULERS.values())
        listed = graphs.choices(info["CheckpointLoaderSimple"], "CheckpointLoaderSimple", "ckpt_name")
        checkpoint = found_base(base, self._settings.base_name, listed)
        self._same_file(base, checkpoint)
        if base.vae is None:
            return Names(checkpoint=checkpoint, loras={}), ()
        vaes = graphs.choices(self._node("VAELoader"), "VAELoader", "vae_name")
        vae = next((name for name in vaes if base_name(name) == base.vae.name), "")
        notes = () if vae else (Text("server.other_vae", {"program": PROGRAM, "name": base.vae.name}, style="warn"),)
        return Names(checkpoint=checkpoint, loras={}, vae=vae), notes

    def _node(self, name: str) -> Any:
        """Return what the server says of a node. Raises BackendError where it has none of that name."""
        info = self._server.get(f"/object_info/{name}")
        if not isinstance(info, dict) or name not in info:
            raise BackendError("server.without", program=PROGRAM, address=self._server.address.url, missing=name)
        return info

    def _same_file(self, base: Base, checkpoint: str) -> None:
        """Raise BackendError where the checkpoint of that name, on this computer, is of another size than the base model."""
        if base.path is None or not base.path.is_file():
            return
        for folder in self._folders("checkpoints"):
            path = folder / checkpoint
            with contextlib.suppress(OSError):
                if path.is_file() and path.stat().st_size != base.path.stat().st_size:
                    raise BackendError("server.other_base", program=PROGRAM, name=checkpoint, path=base.path)

    def _folders(self, of: str) -> list[Path]:
        """Return the folders of a kind of model that this computer has too, [] where the server is elsewhere or silent."""
        if not self._server.address.here:
            return []
        reply = self._server.ask("GET", "/internal/folder_paths")
        listed = reply.json() if reply.status == 200 else None
        paths = listed.get(of) if isinstance(listed, dict) else None
        return [folder for path in paths or () if isinstance(path, str) and (folder := Path(path)).is_dir()]

    def lora_folder_there(self) -> Path:
        """Return where LoRAs go. Raises BackendError where nobody says."""
        if self._settings.comfyui_loras:
            return lora_folder.checked(Path(self._settings.comfyui_loras), self.kind)
        for folder in self._folders("loras"):
            return lora_folder.checked(folder, self.kind)
        raise BackendError(
            "server.lora_folder_unknown", program=PROGRAM, address=self._server.address.url, folder="ComfyUI/models/loras",
            setting=lora_folder.setting(self.kind),
        )  # fmt: skip

    @contextlib.contextmanager
    def _lent(self, models: Sequence[LoraFile]) -> Iterator[Mapping[str, str]]:
        """Have the models where the server finds them; yield sha256 -> its name for each."""
        if not models:
            yield {}
            return
        folder = self.lora_folder_there()
        with lora_folder.lent(folder, models, keep=self._settings.keep_files):
            yield {model.sha256: self._listed(model, folder) for model in models}

    def _listed(self, model: LoraFile, folder: Path) -> str:
        """Return the server's name of a file that was put there: the proof that it is the right folder."""
        node, wanted, until = _loader(model), lora_folder.file_name(model), time.monotonic() + LIST_S
        while True:
            for name in graphs.choices(self._node(node), node, "lora_name"):
                if base_name(name) == wanted:
                    return name
            if self._stop.is_set():
                raise Cancelled
            if time.monotonic() > until:
                raise BackendError(
                    "server.lora_folder_wrong", program=PROGRAM, path=folder, setting=lora_folder.setting(self.kind)
                )  # fmt: skip
            time.sleep(0.5)


def version_of(server: Server) -> str:
    """Return what a ComfyUI calls its version. Raises BackendError where none is there, or another program."""
    system = server.get("/system_stats")
    system = system.get("system") if isinstance(system, dict) else None
    if not isinstance(system, dict) or not {"comfyui_version", "python_version"} & set(system):
        raise server.another_program()
    return f"{PROGRAM} {short(system.get('comfyui_version') or '?')}"


def _require(info: Mapping[str, Any], name: str, wanted: Any) -> None:
    """Raise BackendError where the sampler's list lacks one of ours."""
    listed = graphs.choices(info["KSampler"], "KSampler", name)
    missing = sorted(set(wanted) - set(listed))
    if missing:
        raise BackendError("server.lacks_sampler", program=PROGRAM, missing=", ".join(missing))


def _loader(model: LoraFile) -> str:
    return "LoraLoader" if model.has_text_encoder else "LoraLoaderModelOnly"


@dataclass
class ComfyUIDrawing:
    """An opened ComfyUI. _loaded: LoRAs with their weights that it loaded before our eyes."""

    _server: Server
    _watch: Watch
    _names: Names
    _on_note: OnNote
    _loaded: set[tuple[str, str]] = field(default_factory=set)
    _files: set[Image] = field(default_factory=set)

    def draw(self, request: Request, on_progress: OnProgress) -> Drawn:
        for left in range(DRAWN_AGAIN, -1, -1):
            began = time.monotonic()
            try:
                return self._draw(request, on_progress, began)
            except Spoiled as error:
                if left:
                    self._on_note(Text(f"server.again.{error}", {"program": PROGRAM}, style="warn"))
        raise PictureError("server.cut_off", program=PROGRAM, n=DRAWN_AGAIN + 1)

    def _draw(self, request: Request, on_progress: OnProgress, began: float) -> Drawn:
        graph = graphs.graph(request, self._names, uuid.uuid4().hex)
        entry = self._watch.run(graph, on_progress)
        lora = (request.model or "", request.weight)
        image = finished_picture(entry, graph, loader_seen=lora in self._loaded)
        if image in self._files:
            raise PictureError("server.old_picture", program=PROGRAM, name=short(image.filename))
        self._files.add(image)
        self._loaded.add(lora)
        reply = self._server.ask("GET", "/view", params=image.params)
        if reply.status != 200:
            raise PictureError("server.no_picture", program=PROGRAM, n=0)
        facts = proof.check_picture(reply.body, request.width, request.height)
        _same_graph(facts.texts.get("prompt"), graph)
        return Drawn(png=reply.body, seconds=time.monotonic() - began, used=_used(entry, graph))


def _same_graph(told: str | None, graph: Graph) -> None:
    """Raise PictureError where the picture says that it is of another graph; a server may be told to write none."""
    with contextlib.suppress(ValueError, RecursionError):
        if told is not None and any(json.loads(told).get(node) != dict(asked) for node, asked in graph.items()):
            raise PictureError("server.other_graph", program=PROGRAM)


def _used(entry: Mapping[str, Any], graph: Graph) -> dict[str, Any]:
    """Return what the history says was used: it was compared with the graph."""
    sample, lora = graph[graphs.SAMPLE]["inputs"], graph.get(graphs.LORA, {}).get("inputs", {})
    return {
        "checkpoint": graph[graphs.CHECKPOINT]["inputs"]["ckpt_name"], "lora": lora.get("lora_name", ""),
        "weight": lora.get("strength_model", 0), "loader": graph.get(graphs.LORA, {}).get("class_type", ""),
        "sampler": sample["sampler_name"], "scheduler": sample["scheduler"],
    }  # fmt: skip
