"""A Forge that draws noise: written from exchanges with a real one (dfdcbab, see the shared data `backends/forge`).

It lies as the real one does: 200 for a LoRA, sampler, scheduler or checkpoint that it does not have, its own copy of a LoRA
by name, sizes of its own, and no trace of an interrupt in the reply.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.generate.standin_http import StandIn, reply, reset
from tests.generate.standin_pictures import drawn

SAMPLERS = ["DPM++ 2M", "Euler a", "Euler"]
SCHEDULERS = ["Automatic", "Karras", "Normal"]
TAG = re.compile(r"<lora:([^:>]+):([^>]+)>")
VERSION = "f2.0.1v1.10.1-1.10.1"
_FIELDS = {"steps": int, "seed": int, "width": int, "height": int, "cfg_scale": (int, float)}


class StandInForge(StandIn):
    """How it can be made to behave:

    no_effect, black, wrong_sizes    starts of a LoRA's content that do nothing, make black pictures, or raise a RuntimeError
    fail                             the JSON of a reply of 500
    step_s                           time of a step
    on_step                          called at each step with ("", step)
    change                           of a reply's info before it is sent
    """

    open_paths = frozenset({"/sdapi/v1/loras", "/sdapi/v1/refresh-loras"})  # not protected: as the real one's

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.loras = root / "models" / "Lora"
        self.loras.mkdir(parents=True)
        self.checkpoints = {"small_sdxl.ckpt": "c6022e1a30" + "0" * 54}
        self.options: dict[str, Any] = {
            "forge_preset": "xl", "sd_model_checkpoint": "other.safetensors", "CLIP_stop_at_last_layers": 1,
            "samples_format": "png", "lora_add_hashes_to_infotext": True, "live_previews_enable": True,
        }  # fmt: skip
        self.no_effect: tuple[bytes, ...] = ()
        self.black: tuple[bytes, ...] = ()
        self.wrong_sizes: tuple[bytes, ...] = ()
        self.fail: dict[str, Any] = {}
        self.api = self.extension = self.lists_folder = True
        self.step_s = 0.0
        self.on_step: Any = lambda _, step: None
        self.change: Any = lambda info: info
        self.drawing = threading.Lock()
        self.state = {"skipped": False, "interrupted": False, "stopping_generation": False, "job": "", "job_count": 0,
                      "job_timestamp": "0", "job_no": 0, "sampling_step": 0, "sampling_steps": 9}  # fmt: skip
        self.listed: set[str] = set()
        self._files: dict[str, bytes] = {}
        self._jobs = 0

    def start(self, port: int = 0) -> None:
        self.dead = False
        super().start(port)

    # --- what is asked -----------------------------------------------------------------------------------------------

    def answer(self, handler: BaseHTTPRequestHandler, method: str, path: str, params: dict[str, str], body: Any) -> None:
        lists: dict[str, Any] = {
            "/samplers": [{"name": name, "aliases": [], "options": {}} for name in SAMPLERS],
            "/schedulers": [{"name": name.lower(), "label": name, "aliases": None} for name in SCHEDULERS],
            "/sd-models": [self._checkpoint(name, sha256) for name, sha256 in self.checkpoints.items()],
            "/options": self.options,
            "/progress": {
                "progress": 0.01,
                "eta_relative": 397.0,
                "state": self.state,
                "current_image": None,
                "textinfo": None,
            },
        }
        name = path.removeprefix("/sdapi/v1")
        if not self.api or (name in ("/loras", "/refresh-loras") and not self.extension):
            reply(handler, 404, {"detail": "Not Found"})
        elif name == "/txt2img" and method == "POST":
            self._picture(handler, body)
        elif name in ("/interrupt", "/skip"):
            self.state["interrupted" if name == "/interrupt" else "skipped"] = True
            reply(handler, 200, {})
        elif name == "/loras":
            reply(handler, 200, [self._lora(one) for one in sorted(self.listed)])
        elif name == "/refresh-loras":
            self.listed = {one.stem for one in self.loras.glob("*.safetensors")}
            reply(handler, 200, None)
        elif name == "/cmd-flags":  # a bug of its own: its model of the flags refuses their types
            flags = {"lora_dir": str(self.loras)} if self.lists_folder else {}
            reply(handler, 500, {"error": "ResponseValidationError", "detail": "", "body": flags, "errors": ""})
        elif name in lists:
            reply(handler, 200, lists[name])
        else:
            reply(handler, 404, {"detail": "Not Found"})

    def _checkpoint(self, name: str, sha256: str) -> dict[str, Any]:
        known = sha256 or None
        title = f"{name} [{sha256[:10]}]" if sha256 else name
        path = str(self.loras.parent / "Stable-diffusion" / name)
        return {"title": title, "model_name": Path(name).stem, "hash": known and sha256[:10], "sha256": known,
                "filename": path, "config": None}  # fmt: skip

    def _lora(self, name: str) -> dict[str, Any]:
        return {"name": name, "alias": "ana", "path": str(self.loras / f"{name}.safetensors"), "metadata": {}}

    def _picture(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        for name, kind in _FIELDS.items():
            if not isinstance(body[name], kind):  # type: ignore[arg-type]
                reply(handler, 422, {"detail": [{"type": "int_parsing", "loc": ["body", name], "msg": "no number"}]})
                return
        unknown = sorted(set(body.get("override_settings", {})) - set(self.options))
        if unknown:
            reply(handler, 500, {"error": "KeyError", "detail": "", "body": "", "message": f"'{unknown[0]}'"})
            return
        with self.drawing:
            answer = self._draw(body)
        if self.dead:
            reset(handler)
        elif self.fail or "error" in answer:
            reply(handler, 500, self.fail or answer)
        else:
            reply(handler, 200, answer)

    # --- work --------------------------------------------------------------------------------------------------------

    def _draw(self, body: dict[str, Any]) -> dict[str, Any]:
        self._jobs += 1
        self.state |= {"skipped": False, "interrupted": False, "job": "scripts_txt2img", "job_count": 1,
                       "job_timestamp": f"2026112523{self._jobs:04}", "sampling_step": 0}  # fmt: skip
        try:
            # One that is missing, or whose weight is no number, and none at all is used.
            tags = TAG.findall(body["prompt"])
            used = [(name, float(weight)) for name, weight in tags if self._content(name) and re.fullmatch(r"[\d.]+", weight)]
            used = used if len(used) == len(tags) else []
            if any(self._files[name].startswith(self.wrong_sizes or (b"\0none",)) for name, _ in used):
                message = "The size of tensor a (320) must match the size of tensor b (640) at non-singleton dimension 0"
                return {"error": "RuntimeError", "detail": "", "body": "", "message": message}
            steps = self._steps(body["steps"])
            return self._answer(body, used, steps)
        finally:
            self.state |= {"job": "", "job_count": 0, "sampling_step": 0, "job_no": 1}

    def _steps(self, steps: int) -> int:
        """Take the steps, and return how many were taken; `sampling_step` is the one before."""
        self.state["sampling_steps"] = steps
        for step in range(steps):
            self.state["sampling_step"] = step
            self.on_step("", step)
            time.sleep(self.step_s)
            if self.state["interrupted"] or self.state["skipped"] or self.dead:
                return step
        return steps

    def _content(self, name: str) -> bytes:
        """Return a LoRA's content: its own copy, by name, whatever has become of the file. What it cannot read it renames."""
        path = self.loras / f"{name}.safetensors"
        if name not in self._files and path.is_file():
            content = path.read_bytes()
            if content.startswith(b"cut"):
                path.rename(path.with_name(path.name + ".corrupted"))
                return b""
            self._files[name] = content
        return self._files.get(name, b"")

    def _answer(self, body: dict[str, Any], used: list[tuple[str, float]], steps: int) -> dict[str, Any]:
        sampler = body["sampler_name"] if body["sampler_name"] in SAMPLERS else "DPM++ 2M"
        scheduler = body["scheduler"] if body["scheduler"] in SCHEDULERS else "Automatic"
        if sampler != body["sampler_name"]:
            scheduler = "Karras"
        checkpoint = body["override_settings"].get("sd_model_checkpoint", "")
        known = {title: name for name in self.checkpoints for title in (name, Path(name).stem)}
        checkpoint = known.get(checkpoint, "other.safetensors")
        contents = [(hashlib.sha256(self._files[name]).hexdigest(), weight) for name, weight in used
                    if weight and not self._files[name].startswith(self.no_effect or (b"\0none",))]  # fmt: skip
        what = [contents, TAG.sub("", body["prompt"]).strip(), body["negative_prompt"], body["seed"], steps, body["cfg_scale"],
                sampler, scheduler, checkpoint]  # fmt: skip
        black = any(self._files[name].startswith(self.black or (b"\0none",)) for name, _ in used)
        size = (body["width"] // 32 * 32, body["height"] // 32 * 32)
        info = self.change(self._info(body, sampler, scheduler, checkpoint, used))
        png = drawn(what, size, black=black, texts={"parameters": str(info["infotexts"][0])})
        return {"images": [base64.b64encode(png).decode()], "parameters": body, "info": json.dumps(info)}

    def _info(
        self, body: dict[str, Any], sampler: str, scheduler: str, checkpoint: str, used: list[tuple[str, float]]
    ) -> dict[str, Any]:
        """Return what is told: of the steps and the size what was asked, whatever was done."""
        more: dict[str, str] = {}
        if used:
            more["Lora hashes"] = ", ".join(f"{name}: {hashlib.sha256(name.encode()).hexdigest()[:12]}" for name, _ in used)
        if scheduler != "Automatic":
            more["Schedule type"] = scheduler
        stem, sha256 = Path(checkpoint).stem, self.checkpoints.get(checkpoint, "")
        line = (
            f"Steps: {body['steps']}, Sampler: {sampler}, Schedule type: {scheduler}, CFG scale: {body['cfg_scale']}, "
            f"Seed: {body['seed']}, Size: {body['width']}x{body['height']}, Model: {stem}, Version: {VERSION}"
        )
        return {
            "prompt": body["prompt"], "negative_prompt": body["negative_prompt"], "seed": body["seed"],
            "all_seeds": [body["seed"]], "width": body["width"], "height": body["height"], "sampler_name": sampler,
            "cfg_scale": body["cfg_scale"], "steps": body["steps"], "sd_model_name": stem, "sd_model_hash": sha256[:10] or None,
            "extra_generation_params": more, "version": VERSION,
            "infotexts": [f"{body['prompt']}\nNegative prompt: {body['negative_prompt']}\n{line}"],
        }  # fmt: skip
