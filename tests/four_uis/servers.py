"""Starts the real ComfyUI and the real Forge on this processor, and asks each for a picture of 64 px."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

READY_S = 600  # on a busy machine; 15-25 s on an idle one
TEXT = {"text": "ohwx woman", "negative": "bad"}


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, and what it has said so far."""

    address: str
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")


@contextlib.contextmanager
def running(command: list[str], folder: Path, ready: str, port: int, log_file: Path) -> Iterator[Server]:
    """Start a server and wait until it answers; end it with all that came from it."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"}
    with log_file.open("wb") as log:
        child = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment, start_new_session=True)
        try:
            server = Server(f"http://127.0.0.1:{port}", log_file)
            _wait(server, ready, child)
            yield server
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _wait(server: Server, ready: str, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end and child.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(server.address + ready, timeout=5).status_code == 200:
                return
        time.sleep(1)
    pytest.fail(f"no answer:\n{server.log[-3000:]}")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


# --- ComfyUI ---------------------------------------------------------------------------------------------------------


def comfyui(real: Path, tmp: Path) -> contextlib.AbstractContextManager[Server]:
    port = free_port()
    own = [word for name in ("output", "temp", "user", "input") for word in (f"--{name}-directory", str(tmp / name))]
    for name in ("output", "temp", "user", "input"):
        (tmp / name).mkdir()
    command = [
        str(real / "comfy-env/bin/python"), "main.py", "--cpu", "--port", str(port), "--listen", "127.0.0.1",
        "--disable-auto-launch", "--bf16-unet", "--bf16-text-enc", *own,
    ]  # fmt: skip
    return running(command, real / "ComfyUI", "/system_stats", port, tmp / "comfyui.log")


def comfyui_picture(server: Server, lora: str | None, weight: float) -> bytes:
    """Return a picture, as pixels in a PNG without its texts. lora: file name in models/loras, None for none."""
    model = ["10", 0] if lora else ["4", 0]
    graph: dict[str, Any] = {
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "small_sdxl.ckpt"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": TEXT["text"], "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": TEXT["negative"], "clip": ["4", 1]}},
        "3": {"class_type": "KSampler", "inputs": {
            "seed": 42, "steps": 2, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0, "model": model,
            "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": uuid.uuid4().hex, "images": ["8", 0]}},
    }  # fmt: skip
    if lora:
        graph["10"] = {"class_type": "LoraLoaderModelOnly",
                       "inputs": {"model": ["4", 0], "lora_name": lora, "strength_model": weight}}  # fmt: skip
    reply = httpx.post(f"{server.address}/prompt", json={"prompt": graph}, timeout=60).json()
    assert reply.get("node_errors") == {}, reply
    history = _history(server, reply["prompt_id"])
    assert history["status"]["status_str"] == "success", history["status"]
    (image,) = history["outputs"]["9"]["images"]
    return httpx.get(f"{server.address}/view", params=image, timeout=60).content


def _history(server: Server, prompt_id: str) -> Any:
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        found = httpx.get(f"{server.address}/history/{prompt_id}", timeout=60).json()
        if prompt_id in found:
            return found[prompt_id]
        time.sleep(0.3)
    pytest.fail(f"no picture:\n{server.log[-3000:]}")


# --- Forge -----------------------------------------------------------------------------------------------------------


def forge(real: Path, tmp: Path) -> contextlib.AbstractContextManager[Server]:
    port = free_port()
    command = [
        str(real / "forge-env/bin/python"), "launch.py", "--skip-prepare-environment", "--skip-python-version-check",
        "--skip-torch-cuda-test", "--always-cpu", "--nowebui", "--api", "--server-name", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    return running(command, real / "forge", "/sdapi/v1/samplers", port, tmp / "forge.log")


def forge_picture(server: Server, tag: str) -> tuple[bytes, Any]:
    """Return a picture and what Forge says of it. tag: as `install` tells it, "" for none."""
    httpx.post(f"{server.address}/sdapi/v1/options", json={"live_previews_enable": False}, timeout=60)
    httpx.post(f"{server.address}/sdapi/v1/refresh-loras", timeout=60)
    asked = {
        "prompt": f"{TEXT['text']} {tag}", "negative_prompt": TEXT["negative"], "seed": 42, "steps": 2, "cfg_scale": 7.0,
        "width": 64, "height": 64, "sampler_name": "Euler", "scheduler": "Normal",
    }  # fmt: skip
    reply = httpx.post(f"{server.address}/sdapi/v1/txt2img", json=asked, timeout=READY_S)
    assert reply.status_code == 200, reply.text[:500]
    return base64.b64decode(reply.json()["images"][0]), json.loads(reply.json()["info"])
