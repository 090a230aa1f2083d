"""What a picture says of itself: the `parameters` text that A1111 writes, which ComfyUI, Civitai and viewers read too.

A text of our own goes into every picture: a back end's own names no LoRA (sd-scripts), claims one that it did not use
(Forge), or holds paths of its computer (ComfyUI). Format: A1111 v1.10, modules/processing.py, create_infotext.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from avatar.generate.backend import Base, Request, Sampler, Scheduler
from avatar.pictures.png import SIGNATURE

SAMPLERS: Mapping[Sampler, str] = {"euler_a": "Euler a", "euler": "Euler", "dpmpp_2m": "DPM++ 2M"}
SCHEDULERS: Mapping[Scheduler, str] = {"normal": "Normal", "karras": "Karras"}
KEYWORD = "parameters"
MODEL_HASH_DIGITS = 10
PROGRAM = "Avatar Pipeline"
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf"})  # chunks that say something beside the pixels


def parameters(
    request: Request, base: Base, *, lora: str = "", lora_hash: str = "", scheduler: Scheduler | None = None
) -> str:  # fmt: skip
    """Return the text of a picture. It holds no path.

    lora, lora_hash  name of the file without its suffix, and `LoraFacts.short_hash`; of request.model
    scheduler        that was really used, where the back end does not have the request's
    """
    prompt, hashes = request.prompt.strip(), ""
    if request.model is not None:
        name = _plain(lora)
        prompt = f"{prompt} <lora:{name}:{request.weight}>".strip()
        hashes = f"{name}: {lora_hash}" if lora_hash else ""
    fields = {
        "Steps": str(request.steps), "Sampler": SAMPLERS[request.sampler],
        "Schedule type": SCHEDULERS[scheduler or request.scheduler], "CFG scale": f"{request.cfg:g}",
        "Seed": str(request.seed), "Size": f"{request.width}x{request.height}",
        "Model hash": base.sha256[:MODEL_HASH_DIGITS], "Model": _name_of(base), "VAE": base.vae.name if base.vae else "",
        "Lora hashes": hashes, "Version": PROGRAM,
    }  # fmt: skip
    lines = [prompt, f"Negative prompt: {request.negative.strip()}" if request.negative.strip() else ""]
    last = ", ".join(f"{name}: {_quoted(value)}" for name, value in fields.items() if value)
    return "\n".join(line for line in (*lines, last) if line)


def _name_of(base: Base) -> str:
    """Return a base model's name as A1111 shows it: of a file its stem, of one of the hub what follows its owner."""
    if base.path is not None and base.path.suffix.lower() in (".safetensors", ".ckpt"):
        return base.path.stem
    return PurePosixPath(base.name.replace("\\", "/")).name


def _plain(name: str) -> str:
    """Return a name without what would end it in `<lora:…>` or in the list of hashes."""
    return re.sub(r'[,:<>"\\\s]', "_", name)


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if re.search(r"[,:\n]", value) else value


def with_parameters(png: bytes, text: str) -> bytes:
    """Return a PNG with this text in place of all that it said before; every byte of its pixels stays.

    Raises ValueError for bytes that are no PNG; the PNG is one that `proof.check_picture` accepted.
    """
    parts, written = [SIGNATURE], False
    for kind, chunk in _chunks(png):
        if kind in _TEXTS:
            continue
        if kind == b"IDAT" and not written:
            parts.append(_text_chunk(text))
            written = True
        parts.append(chunk)
    if not written:
        raise ValueError("a PNG without pixels")
    return b"".join(parts)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and whole chunk, to the one that ends the picture."""
    if not png.startswith(SIGNATURE):
        raise ValueError("no PNG")
    at, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        kind = png[at + 4 : at + 8]
        if end > len(png) or len(kind) < 4:
            raise ValueError("a PNG that is cut short")
        yield kind, png[at:end]
        at = end


def _text_chunk(text: str) -> bytes:
    """Return the chunk that Pillow, and so A1111, would write: tEXt, or iTXt for what Latin-1 does not have."""
    text = text.replace("\0", "")
    try:
        kind, body = b"tEXt", KEYWORD.encode("latin-1") + b"\0" + text.encode("latin-1")
    except UnicodeEncodeError:
        # Behind the keyword: not compressed, no method, no language, no translated keyword.
        kind, body = b"iTXt", KEYWORD.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8", "replace")
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))
