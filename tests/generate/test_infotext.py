"""The text in a picture, read back as A1111 and Pillow read it."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from avatar.generate import infotext, proof
from avatar.generate.backend import Base, Request

BASE = Base(name="stabilityai/stable-diffusion-xl-base-1.0", path=None, sha256="a" * 64)
# A1111 v1.10, modules/infotext_utils.py: how it reads a picture's parameters.
RE_PARAM = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
RE_SIZE = re.compile(r"^(\d+)x(\d+)$")
RE_LORA = re.compile(r"<(\w+):([^>]+)>")


def parse(text: str) -> dict[str, str]:
    """Read a text as parse_generation_parameters does."""
    *lines, last = text.strip().split("\n")
    if len(RE_PARAM.findall(last)) < 3:
        lines.append(last)
        last = ""
    prompt, negative, in_negative = "", "", False
    for line in (line.strip() for line in lines):
        if line.startswith("Negative prompt:"):
            in_negative, line = True, line[16:].strip()
        if in_negative:
            negative += ("" if negative == "" else "\n") + line
        else:
            prompt += ("" if prompt == "" else "\n") + line
    found = {"Prompt": prompt, "Negative prompt": negative}
    for key, value in RE_PARAM.findall(last):
        plain = json.loads(value) if value.startswith('"') else value
        if match := RE_SIZE.match(plain):
            found |= {f"{key}-1": match[1], f"{key}-2": match[2]}
        else:
            found[key] = plain
    return found


def request(**changes: Any) -> Request:
    values: dict[str, Any] = {
        "picture_id": "0123456789abcdef", "model": "c" * 64, "weight": "0.8", "prompt": "ohwx woman, in the park",
        "negative": "blurry, extra fingers", "seed": 7, "steps": 25, "cfg": 6.5, "sampler": "dpmpp_2m", "scheduler": "karras",
        "width": 832, "height": 1216, **changes,
    }  # fmt: skip
    return Request(**values)


def test_a1111_reads_back_what_was_asked_for() -> None:
    text = infotext.parameters(request(), BASE, lora="ana-001200", lora_hash="5f34a1efd9bd")
    assert parse(text) == {
        "Prompt": "ohwx woman, in the park <lora:ana-001200:0.8>", "Negative prompt": "blurry, extra fingers",
        "Steps": "25", "Sampler": "DPM++ 2M", "Schedule type": "Karras", "CFG scale": "6.5", "Seed": "7",
        "Size-1": "832", "Size-2": "1216", "Model hash": "a" * 10, "Model": "stable-diffusion-xl-base-1.0",
        "Lora hashes": "ana-001200: 5f34a1efd9bd", "Version": "Avatar Pipeline",
    }  # fmt: skip


def test_the_base_alone_names_no_lora_and_an_empty_negative_no_line() -> None:
    text = infotext.parameters(request(model=None, weight="0", negative=" ", cfg=7.0), BASE, scheduler="normal")
    assert "lora" not in text.lower() and "Negative" not in text
    assert (parse(text)["Schedule type"], parse(text)["CFG scale"]) == ("Normal", "7")


@pytest.mark.parametrize(
    ("base", "name"),
    [
        (Base(name="x", path=Path("/home/ana/models/juggernaut.safetensors"), sha256=""), "juggernaut"),
        (Base(name="x", path=Path("/home/ana/models/base v1.0"), sha256=""), "x"),
        (Base(name=r"C:\Users\ana\base.safetensors", path=None, sha256=""), "base.safetensors"),
        (Base(name="a, b: c", path=None, sha256=""), "a, b: c"),
    ],
)
def test_no_path_is_in_it_and_odd_names_come_through(base: Base, name: str) -> None:
    text = infotext.parameters(request(), base, lora='odd:na>me, "x"', lora_hash="5f34a1efd9bd")
    assert parse(text)["Model"] == name and "Model hash" not in parse(text)
    assert "/" not in text and "\\Users" not in text
    tag = RE_LORA.search(text)
    assert tag is not None and tag[2].split(":") == ["odd_na_me___x_", "0.8"]
    assert parse(text)["Lora hashes"] == "odd_na_me___x_: 5f34a1efd9bd"


def picture(text: str = "") -> bytes:
    info, buffer = PngImagePlugin.PngInfo(), io.BytesIO()
    if text:
        info.add_text("prompt", text)
        info.add_itxt("workflow", f"ñ {text}")
        info.add_text("more", text, zip=True)
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG", pnginfo=info, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", dpi=(72, 72))
    return buffer.getvalue()


def pixel_chunks(png: bytes) -> list[bytes]:
    return [chunk for kind, chunk in infotext._chunks(png) if kind in (b"IHDR", b"IDAT", b"pHYs", b"IEND")]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_text_goes_into_a_picture_and_its_pixels_stay_byte_for_byte(text: str) -> None:
    before = picture()
    after = infotext.with_parameters(before, text)
    assert pixel_chunks(after) == pixel_chunks(before)
    assert proof.check_picture(after, 64, 64).texts.get("parameters", "") == text
    with Image.open(io.BytesIO(after)) as opened:
        opened.load()
        assert opened.info["parameters"] == text


def test_the_text_takes_the_place_of_all_that_the_back_end_wrote() -> None:
    after = infotext.with_parameters(picture("/home/ana/secret/path"), "ours")
    with Image.open(io.BytesIO(after)) as opened:
        assert opened.text == {"parameters": "ours"}  # type: ignore[attr-defined]
        assert not opened.getexif()
    assert b"secret" not in after
    assert infotext.with_parameters(after, "ours") == after


@pytest.mark.parametrize("data", [b"", b"GIF89a", picture()[:-4], picture()[:40], picture()[:8]])
def test_what_is_no_whole_png_gets_no_text(data: bytes) -> None:
    with pytest.raises(ValueError, match="PNG"):
        infotext.with_parameters(data, "x")
