"""A1111, Forge and their kin as a back end, by their REST: one picture at a time, each proved by what its info says."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avatar.generate import a1111_reply as replies
from avatar.generate import lora_folder, proof
from avatar.generate.a1111_reply import PROGRAM, Asked
from avatar.generate.a1111_watch import Spoiled, Watch, state_of
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
from avatar.generate.server import Reply, Server
from avatar.generate.server_base import base_name, found_base
from avatar.texts.text import Text
from config import GenerateConfig

DRAWN_AGAIN = 2  # times, where somebody else cut it off
LORAS, SAMPLERS = "/sdapi/v1/loras", "/sdapi/v1/samplers"
WITHOUT_PAGES = "http://127.0.0.1:7861"  # where it listens with --nowebui
# Settings of the server that a picture must not depend on, where it has them: an unknown one is an error 500.
FIXED: Mapping[str, Any] = {
    "CLIP_stop_at_last_layers": 1,
    "samples_format": "png",
    "lora_add_hashes_to_infotext": True,  # the only proof that a LoRA was used
    "add_model_name_to_info": True,
    "add_model_hash_to_info": True,
    "live_previews_enable": False,  # Forge without internet fails at the first picture: it fetches the network for them
    "eta_noise_seed_delta": 0,
}


@dataclass(frozen=True, kw_only=True)
class Names:
    """What this server calls what we draw with. checkpoint: its title; stem: its file's name in the info."""

    checkpoint: str
    stem: str
    settings: Mapping[str, Any]


class A1111:
    """One server of A1111's kind. address: one of several; None for that of the settings."""

    kind: Kind = "a1111"

    def __init__(self, settings: GenerateConfig, address: str | None = None) -> None:
        self.address = address or settings.a1111_address
        self._settings = settings
        self._server = self._at(self.address)
        self._stop = threading.Event()

    def check(self, base: Base) -> Ready:
        self._look_for_it()
        self._require_samplers()
        _, notes = self._names(base)
        self._loras()
        busy = () if state_of(self._server).idle else (Text("server.busy", {"program": PROGRAM, "n": 1}, style="warn"),)
        version = "Forge" if any(name.startswith("forge_") for name in self._options()) else "A1111"
        return Ready(version=version, notes=(*self._server.notes(), *notes, *busy))

    @contextlib.contextmanager
    def open(self, base: Base, models: Sequence[LoraFile], on_note: OnNote) -> Iterator[A1111Drawing]:
        self._stop.clear()
        try:
            for note in self.check(base).notes:
                on_note(note)
            names, _ = self._names(base)
            with self._lent(models):
                watch = Watch(self._server, self._stop, on_note)
                yield A1111Drawing(watch, names, base, on_note)
        except KeyboardInterrupt as error:
            raise Cancelled from error
        finally:
            self._server.close()

    def interrupt(self) -> None:
        self._stop.set()

    def _look_for_it(self) -> None:
        """Go over to the port that it has without its pages, where the user named none and nobody listens at the usual one."""
        if self.address != GenerateConfig.a1111_address:
            return
        other = self._at(WITHOUT_PAGES)
        try:
            self._server.ask("GET", SAMPLERS)
        except BackendError as error:
            with contextlib.suppress(BackendError):
                if error.key == "server.not_running" and other.ask("GET", SAMPLERS).status == 200:
                    self.address, self._server = WITHOUT_PAGES, other

    def _at(self, address: str) -> Server:
        user, password = self._settings.user, self._settings.password
        return Server(PROGRAM, address, setting="generate.a1111_address", user=user, password=password)

    def _require_samplers(self) -> None:
        """Raise BackendError where the samplers are not ours to ask, by password too, or lack one of ours.

        They are asked first since Forge answers questions about LoRAs without a password.
        """
        reply = self._server.ask("GET", SAMPLERS)
        listed = reply.json()
        if reply.status == 404 and isinstance(listed, dict) and "detail" in listed:
            raise BackendError("server.api_off", program=PROGRAM, address=self._server.address.url)
        if reply.status != 200 or not isinstance(listed, list):
            raise self._server.another_program()
        missing = _lacking(listed, "name", replies.SAMPLERS.values())
        missing += _lacking(self._server.get("/sdapi/v1/schedulers"), "label", replies.SCHEDULERS.values())
        if missing:
            raise BackendError("server.lacks_sampler", program=PROGRAM, missing=", ".join(missing))

    def _names(self, base: Base) -> tuple[Names, tuple[Text, ...]]:
        """Return what the server calls the base, and what is to be said of it. Raises BackendError."""
        listed = [one for one in self._server.get("/sdapi/v1/sd-models") if isinstance(one, dict) and one.get("title")]
        by_file = {_file_of(one): one for one in listed}
        entry = by_file[found_base(base, self._wanted(listed), list(by_file))]
        theirs = str(entry.get("sha256") or "")
        if theirs and base.sha256 and theirs != base.sha256:
            raise BackendError("server.other_base", program=PROGRAM, name=entry["title"], path=base.path or base.name)
        options = self._options()
        fixed = {name: value for name, value in FIXED.items() if name in options}
        notes = []
        if base.vae is not None:
            notes.append(Text("server.other_vae", {"program": PROGRAM, "name": base.vae.name}, style="warn"))
        if base.v_prediction:
            notes.append(Text("server.v_prediction", {"program": PROGRAM}, style="warn"))
        # By its title without the hash: that comes only after the file was loaded once.
        title = str(entry["title"]).partition(" [")[0]
        return Names(checkpoint=title, stem=Path(base_name(_file_of(entry))).stem, settings=fixed), tuple(notes)

    def _wanted(self, listed: Sequence[Mapping[str, Any]]) -> str:
        """Return the file that the settings name, be it by title or by name; "" where they name none."""
        wanted = self._settings.base_name
        for one in listed:
            if wanted and wanted in (one["title"], str(one["title"]).partition(" [")[0], one.get("model_name")):
                return _file_of(one)
        return wanted

    def _options(self) -> Mapping[str, Any]:
        options = self._server.get("/sdapi/v1/options")
        return options if isinstance(options, dict) else {}

    def _loras(self) -> list[Mapping[str, Any]]:
        """Return the server's LoRAs: name, alias, path. Raises BackendError where it can have none."""
        reply = self._server.ask("GET", LORAS)
        listed = reply.json()
        if reply.status == 404:
            raise BackendError("server.no_lora_extension", program=PROGRAM, address=self._server.address.url)
        if reply.status != 200 or not isinstance(listed, list):
            raise self._server.another_program()
        return [one for one in listed if isinstance(one, dict)]

    def lora_folder_there(self) -> Path:
        """Return where LoRAs go. Raises BackendError where nobody says."""
        if self._settings.a1111_loras:
            return lora_folder.checked(Path(self._settings.a1111_loras), self.kind)
        if self._server.address.here:
            for folder in _folders(self._loras()) or self._flagged_folders():
                if folder.is_dir():
                    return lora_folder.checked(folder, self.kind)
        raise BackendError(
            "server.lora_folder_unknown", program=PROGRAM, address=self._server.address.url, folder="models/Lora",
            setting=lora_folder.setting(self.kind),
        )  # fmt: skip

    def _flagged_folders(self) -> list[Path]:
        """Return the folder that the server was started with. Forge tells it within an error 500: a bug of its own."""
        answer = self._server.ask("GET", "/sdapi/v1/cmd-flags").json()
        flags = answer.get("body", answer) if isinstance(answer, dict) else None
        named = flags.get("lora_dir") if isinstance(flags, dict) else None
        return [Path(named)] if isinstance(named, str) and named else []

    @contextlib.contextmanager
    def _lent(self, models: Sequence[LoraFile]) -> Iterator[None]:
        """Have the models where the server finds them."""
        if not models:
            yield
            return
        folder = self.lora_folder_there()
        try:
            with lora_folder.lent(folder, models, keep=self._settings.keep_files):
                self._refresh()
                there = {str(one.get("name")) for one in self._loras()}
                if not {lora_name(model.sha256) for model in models} <= there:
                    setting = lora_folder.setting(self.kind)
                    raise BackendError("server.lora_folder_wrong", program=PROGRAM, path=folder, setting=setting)
                yield
        finally:
            with contextlib.suppress(BackendError):
                self._refresh()  # so that its list does not name what is gone

    def _refresh(self) -> None:
        self._server.ask("POST", "/sdapi/v1/refresh-loras", body={})


def lora_name(sha256: str) -> str:
    return f"avatar_{sha256[:10]}"


def _file_of(entry: Mapping[str, Any]) -> str:
    """Return a checkpoint's file; SD.Next and others may not tell it."""
    return str(entry.get("filename") or entry["title"])


def _folders(loras: Sequence[Mapping[str, Any]]) -> list[Path]:
    """Return the folders that LoRAs lie in, those higher up first: the first of them is the one that holds all."""
    parents = {Path(str(one["path"])).parent for one in loras if one.get("path")}
    return sorted(parents, key=lambda folder: len(folder.parts))


def _lacking(listed: Any, field: str, wanted: Any) -> list[str]:
    there = {one.get(field) for one in listed if isinstance(one, dict)} if isinstance(listed, list) else set()
    return sorted(set(wanted) - there)


@dataclass
class A1111Drawing:
    """An opened server."""

    _watch: Watch
    _names: Names
    _base: Base
    _on_note: OnNote

    def draw(self, request: Request, on_progress: OnProgress) -> Drawn:
        lora = lora_name(request.model) if request.model is not None else ""
        asked = Asked(
            request=request, prompt=replies.tagged(request, lora), lora=lora, checkpoint=self._names.stem,
            checkpoint_sha256=self._base.sha256,
        )  # fmt: skip
        body = replies.body(asked, {**self._names.settings, "sd_model_checkpoint": self._names.checkpoint})
        unseen = b""
        for left in range(DRAWN_AGAIN, -1, -1):
            began = time.monotonic()
            try:
                return self._proved(self._watch.run(body, on_progress), asked, began)
            except Spoiled as error:
                if error.how == "unseen":  # nobody is cut off twice at the same step
                    drawn = self._proved(error.reply, asked, began)
                    if drawn.png == unseen:
                        return drawn
                    unseen = drawn.png
                if left:
                    self._on_note(Text(f"server.again.{error.how}", {"program": PROGRAM}, style="warn"))
        raise PictureError("server.cut_off", program=PROGRAM, n=DRAWN_AGAIN + 1)

    def _proved(self, reply: Reply, asked: Asked, began: float) -> Drawn:
        told = replies.proved(reply, asked)
        proof.check_picture(told.png, asked.request.width, asked.request.height)
        return Drawn(png=told.png, seconds=time.monotonic() - began, used=told.used)
