"""What A1111 and its kin answer: whether the picture is the one that was asked for.

200 proves nothing: an unknown LoRA, sampler, scheduler or checkpoint is replaced without a word, and the prompt keeps its
tag. What was used stands in `info`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from avatar.generate.backend import BackendError, PictureError, Request, Sampler, Scheduler
from avatar.generate.server import Reply, no_room, short
from avatar.texts.text import Text

PROGRAM = "A1111/Forge"
SAMPLERS: Mapping[Sampler, str] = {"euler_a": "Euler a", "euler": "Euler", "dpmpp_2m": "DPM++ 2M"}
SCHEDULERS: Mapping[Scheduler, str] = {"normal": "Normal", "karras": "Karras"}
# `name: value, name: "value, with commas"`, as A1111's own modules/infotext_utils.py reads the last line of an infotext.
_PARAMETER = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
TAG = re.compile(r"<\w+:[^>]*>")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a request became for this server.

    prompt      with the tag of the LoRA
    lora        its name without the suffix, "" for none
    checkpoint  its file's name without suffix; checkpoint_sha256 "" where it is not known
    """

    request: Request
    prompt: str
    lora: str
    checkpoint: str
    checkpoint_sha256: str = ""


def tagged(request: Request, lora: str) -> str:
    """Return the prompt with the tag of a LoRA, "" for none. Raises PictureError where the text has a tag of its own."""
    for text in (request.prompt, request.negative):
        if found := TAG.search(text):
            raise PictureError("server.tag_in_prompt", program=PROGRAM, tag=short(found[0]))
    return f"{request.prompt} <lora:{lora}:{request.weight}>" if lora else request.prompt


def body(asked: Asked, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON of a txt2img. overrides: of settings, for this picture alone."""
    request = asked.request
    return {
        "prompt": asked.prompt, "negative_prompt": request.negative, "seed": request.seed, "steps": request.steps,
        "cfg_scale": request.cfg, "width": request.width, "height": request.height, "batch_size": 1, "n_iter": 1,
        "sampler_name": SAMPLERS[request.sampler], "scheduler": SCHEDULERS[request.scheduler],
        "send_images": True, "save_images": False, "override_settings": dict(overrides),
        "override_settings_restore_afterwards": True,
    }  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A picture and what the server says that it used."""

    png: bytes
    used: Mapping[str, Any]


def proved(reply: Reply, asked: Asked) -> Told:
    """Return the picture of a reply whose info says of everything that it is what was asked for.

    Raises PictureError, BackendError.
    """
    answer = reply.json()
    if reply.status != 200 or not isinstance(answer, dict):
        raise failure(reply, answer)
    info = _info(answer)
    images = answer.get("images")
    if not isinstance(images, list) or len(images) != 1:
        raise PictureError("server.no_picture", program=PROGRAM, n=len(images) if isinstance(images, list) else 0)
    used = _used(info)
    _compare(used, asked)
    return Told(_decoded(images[0]), used)


def _info(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the info, which is JSON in a string."""
    try:
        info = json.loads(answer.get("info", ""))
    except (ValueError, TypeError, RecursionError):
        info = None
    if not isinstance(info, dict):
        raise PictureError("server.failed", program=PROGRAM, detail="info")
    return info


def _decoded(image: object) -> bytes:
    try:
        return base64.b64decode(str(image).rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError("server.not_a_picture", program=PROGRAM) from error


def _used(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return what info says was used, by our own names."""
    more = info.get("extra_generation_params")
    more = more if isinstance(more, dict) else {}
    texts = info.get("infotexts")
    line = str(texts[0]).rpartition("\n")[2] if isinstance(texts, list) and texts else ""
    told = dict(_PARAMETER.findall(line))
    return {
        "prompt": info.get("prompt"), "negative": info.get("negative_prompt"), "seed": info.get("seed"),
        "steps": info.get("steps"), "cfg": info.get("cfg_scale"), "sampler": info.get("sampler_name"),
        "scheduler": more.get("Schedule type") or told.get("Schedule type", ""), "checkpoint": info.get("sd_model_name"),
        "checkpoint_hash": str(info.get("sd_model_hash") or ""), "loras": _names(more.get("Lora hashes")),
        "version": info.get("version") or told.get("Version", ""),
    }  # fmt: skip


def _names(hashes: object) -> list[str]:
    """Return the names of `a: c7d62a403987, b: …`.

    >>> _names("toy: c7d62a403987, other: 0123456789ab")
    ['toy', 'other']
    """
    if not isinstance(hashes, str):
        return []
    return [part.rpartition(":")[0].strip() for part in hashes.strip('"').split(",") if ":" in part]


def _compare(used: Mapping[str, Any], asked: Asked) -> None:
    """Raise PictureError for the first thing that differs."""
    request = asked.request
    if used["checkpoint"] != asked.checkpoint or not _same_hash(used["checkpoint_hash"], asked.checkpoint_sha256):
        told = f"{used['checkpoint']} {used['checkpoint_hash']}".strip()
        raise _differs("server.what.checkpoint", told, asked.checkpoint)
    if used["loras"] != ([asked.lora] if asked.lora else []):
        told = ", ".join(used["loras"]) or "–"
        raise PictureError("server.lora_not_used", program=PROGRAM, name=asked.lora or "–", used=short(told))
    wanted = {
        "sampler": SAMPLERS[request.sampler], "scheduler": SCHEDULERS[request.scheduler], "seed": request.seed,
        "steps": request.steps, "cfg": request.cfg, "prompt": asked.prompt, "negative": request.negative,
    }  # fmt: skip
    for name, value in wanted.items():
        if used[name] != value:
            raise _differs(f"server.what.{name}", used[name], value)


def _differs(what: str, used: object, asked: object) -> PictureError:
    told, wanted = short(used), short(asked)
    return PictureError("server.other_used", program=PROGRAM, what=Text(what), used=told, asked=wanted)


def _same_hash(told: str, sha256: str) -> bool:
    """Return whether a hash as it is shown, 10 digits, may be the file's. Older ones, of 8 digits, are of another kind."""
    return len(told) < 10 or not sha256 or sha256.startswith(told[:10])


def failure(reply: Reply, answer: Any) -> BackendError | PictureError:
    """Return the error of an answer that is not 200: {error, detail, body, message} or {detail}."""
    told = answer if isinstance(answer, dict) else {}
    kind, message = str(told.get("error", "")), str(told.get("message") or told.get("errors") or told.get("detail") or "")
    if (grave := no_room(PROGRAM, kind, message)) is not None:
        return grave
    detail = short(": ".join(part for part in (kind, message) if part) or f"HTTP {reply.status}")
    key = "server.refused" if 400 <= reply.status < 500 else "server.failed"
    return PictureError(key, program=PROGRAM, detail=detail)
