"""What is believed: whole LoRAs of SDXL and whole pictures; every other file and picture is named for what it is."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from avatar.generate import proof
from avatar.generate.backend import WHOLE_UNET, LoraError, PictureError
from avatar.texts import translate
from avatar.trainer import lora_file, lora_modules, safetensors
from tests.generate import lora_files
from tests.generate.lora_files import SMALL


def refused(path: Path, multipliers: tuple[int, ...] = SMALL) -> LoraError:
    with pytest.raises(LoraError) as caught:
        proof.check_lora(path, multipliers)
    for language in translate.LANGUAGES:
        told = translate.words(caught.value.text, language)
        assert path.name in told and translate.words(caught.value.text, language).count("\n") >= 1  # what, and what to do
    return caught.value


def test_a_whole_lora_is_measured(tmp_path: Path) -> None:
    path = lora_files.whole(tmp_path / "añ a.safetensors", rank=3)
    facts = proof.check_lora(path, SMALL)
    assert (facts.unet_modules, facts.text_modules, facts.has_text_encoder, facts.dim) == (722, 0, False, 3)
    begin = safetensors.read_header(path)["begin"]
    assert facts.short_hash == hashlib.sha256(path.read_bytes()[begin:]).hexdigest()[:12]


def test_the_hash_of_the_metadata_is_the_one_that_a1111_shows(tmp_path: Path) -> None:
    claimed = lora_files.write(tmp_path / "a.safetensors", lora_files.tensors(), {"sshs_model_hash": "AB" * 32})
    assert proof.check_lora(claimed, SMALL).short_hash == "ab" * 6
    odd = lora_files.write(tmp_path / "b.safetensors", lora_files.tensors(), {"sshs_model_hash": "../../x"})
    assert len(proof.check_lora(odd, SMALL).short_hash) == 12


def test_a_lora_of_full_size_fits_sdxl_and_not_the_small_model(tmp_path: Path) -> None:
    path = lora_files.write(tmp_path / "full.safetensors", lora_files.tensors(lora_modules.MULTIPLIERS))
    assert proof.check_lora(path).unet_modules == 722
    assert refused(path).key == "draw.lora.sizes"
    small = lora_files.whole(tmp_path / "small.safetensors")
    assert refused(small, lora_modules.MULTIPLIERS).key == "draw.lora.sizes"


def test_text_encoders_and_convolutions_belong_to_it(tmp_path: Path) -> None:
    content = lora_files.tensors()
    for name, size in {**lora_modules.text_modules(), **lora_modules.convolution_modules(SMALL)}.items():
        content[f"{name}.lora_down.weight"] = np.ones(size.down(2), np.float16)
        content[f"{name}.lora_up.weight"] = np.ones(size.up(2), np.float16)
    facts = proof.check_lora(lora_files.write(tmp_path / "a.safetensors", content), SMALL)
    assert (facts.unet_modules, facts.text_modules, facts.has_text_encoder, facts.dim) == (722 + 64, 264, True, 2)


MODULE = "lora_unet_middle_block_1_transformer_blocks_0_attn1_to_q"


def _with(**changes: Any) -> dict[str, Any]:
    return {**lora_files.tensors(), **{f"{MODULE}.{part.replace('__', '.')}": value for part, value in changes.items()}}


def _without(part: str) -> dict[str, Any]:
    content = lora_files.tensors()
    del content[f"{MODULE}.{part}"]
    return content


def _zero() -> dict[str, Any]:
    return {name: np.zeros_like(value) if "lora_up" in name else value for name, value in lora_files.tensors().items()}


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lora_files.sd15, "draw.lora.of_sd15"),
        (lora_files.flux, "draw.lora.of_flux"),
        (lora_files.diffusers_sdxl, "draw.lora.other_names"),
        (lambda: {"model.layers.0.weight": np.ones((2, 2), np.float16)}, "draw.lora.unknown"),
        (lambda: {**lora_files.tensors(modules=300), **lora_files.sd15()}, "draw.lora.mixed"),
        (lambda: {**lora_files.tensors(), "lora_unet_more.alpha": np.ones(1, np.float16)}, "draw.lora.mixed"),
        (lambda: lora_files.tensors(modules=721), "draw.lora.missing"),
        (lambda: _without("lora_down.weight"), "draw.lora.half"),
        (lambda: _without("lora_up.weight"), "draw.lora.half"),
        (lambda: _with(dora_scale=np.ones((320, 1), np.float16)), "draw.lora.other_kind"),
        (lambda: _with(lora_down__weight=np.ones((1, 640), np.float16)), "draw.lora.sizes"),
        (lambda: _with(lora_up__weight=np.ones((640, 1), np.float16)), "draw.lora.sizes"),
        (lambda: _with(lora_up__weight=np.ones((320, 2), np.float16)), "draw.lora.sizes"),
        (lambda: _with(lora_down__weight=np.ones((0, 320), np.float16)), "draw.lora.sizes"),
        (lambda: _with(lora_up__weight=np.full((320, 1), np.nan, np.float16)), "draw.lora.not_finite"),
        (lambda: _with(alpha=np.array(np.inf, np.float16)), "draw.lora.not_finite"),
        (lambda: _with(alpha=np.array(1, np.int32)), "draw.lora.number_type"),
        (_zero, "draw.lora.zero"),
    ],
)  # fmt: skip
def test_a_lora_that_would_not_be_used_as_a_whole_is_named_for_what_it_is(
    tmp_path: Path, make: Callable[[], dict[str, Any]], key: str
) -> None:
    assert refused(lora_files.write(tmp_path / "a.safetensors", make())).key == key


def test_blocks_that_the_training_left_out_are_no_missing_modules(tmp_path: Path) -> None:
    content = {name: values for name, values in lora_files.tensors().items() if "_input_blocks_" not in name}
    path = lora_files.write(tmp_path / "a.safetensors", content)
    assert lora_file.verify(path).ok  # what training, models and delivery ask
    assert proof.check_lora(path, SMALL).unet_modules == len(content) // 3 < WHOLE_UNET
    del content[f"{MODULE}.alpha"], content[f"{MODULE}.lora_down.weight"], content[f"{MODULE}.lora_up.weight"]
    assert refused(lora_files.write(path, content)).key == "draw.lora.missing"


def test_missing_modules_are_counted(tmp_path: Path) -> None:
    error = refused(lora_files.write(tmp_path / "a.safetensors", lora_files.tensors(modules=699)))
    assert (error.values["found"], error.values["expected"]) == (699, 722)


@pytest.mark.parametrize("kept", [0, 4, 8, 100, 60_000, -1])
def test_a_file_that_is_cut_anywhere_is_refused(tmp_path: Path, kept: int) -> None:
    data = lora_files.whole(tmp_path / "whole.safetensors").read_bytes()
    path = tmp_path / "cut.safetensors"
    path.write_bytes(data[:kept])
    header = safetensors.read_header(tmp_path / "whole.safetensors")["begin"]
    assert refused(path).key == ("draw.lora.cut" if kept < 0 or kept >= header else "draw.lora.not_safetensors")


def test_what_is_no_safetensors_or_no_file_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "a.safetensors"
    text.write_bytes(b"not a LoRA at all" * 50)
    assert refused(text).key == "draw.lora.not_safetensors"
    assert refused(tmp_path / "absent.safetensors").key == "draw.lora.unreadable"
    folder = tmp_path / "folder.safetensors"
    folder.mkdir()
    assert refused(folder).key == "draw.lora.unreadable"


def test_a_file_whose_header_lies_about_its_offsets_is_refused(tmp_path: Path) -> None:
    whole = lora_files.whole(tmp_path / "whole.safetensors").read_bytes()
    path = tmp_path / "a.safetensors"
    path.write_bytes(whole.replace(b'"data_offsets":[0,', b'"data_offsets":[9,', 1))
    assert refused(path).key == "draw.lora.not_safetensors"


# --- pictures --------------------------------------------------------------------------------------------------------


def png(pixels: Any, text: str = "") -> bytes:
    buffer, info = io.BytesIO(), PngImagePlugin.PngInfo()
    if text:
        info.add_text("prompt", text)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def noise(seed: int = 1, size: tuple[int, int] = (64, 96)) -> Any:
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)


def picture_fault(data: bytes, width: int = 96, height: int = 64) -> str:
    with pytest.raises(PictureError) as caught:
        proof.check_picture(data, width, height)
    for language in translate.LANGUAGES:
        assert translate.words(caught.value.text, language)
    return caught.value.key


def test_a_whole_picture_is_measured() -> None:
    facts = proof.check_picture(png(noise(), "a woman"), 96, 64)
    assert (facts.width, facts.height, facts.texts) == (96, 64, {"prompt": "a woman"})
    assert facts.deviation == pytest.approx(noise().reshape(-1, 3).std(axis=0).max(), abs=0.01)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_picture_that_is_cut_anywhere_is_refused(share: float) -> None:
    data = png(noise())
    assert picture_fault(data[: int(len(data) * share)]) == "draw.picture.damaged"


def test_a_picture_without_its_end_or_with_one_wrong_byte_is_refused() -> None:
    data = png(noise())
    assert picture_fault(data[:-12]) == "draw.picture.damaged"
    for at in (20, 60, len(data) // 2, len(data) - 14, len(data) - 20):
        wrong = bytearray(data)
        wrong[at] ^= 1
        assert picture_fault(bytes(wrong)) in {"draw.picture.damaged", "draw.picture.size"}, at


def test_another_size_or_format_is_refused() -> None:
    assert picture_fault(png(noise()), 64, 96) == "draw.picture.size"
    buffer = io.BytesIO()
    Image.fromarray(noise()).save(buffer, "JPEG")
    assert picture_fault(buffer.getvalue()) == "draw.picture.damaged"


def test_a_black_picture_and_one_of_a_flat_colour_are_refused() -> None:
    assert picture_fault(png(np.zeros((64, 96, 3)))) == "draw.picture.black"
    assert picture_fault(png(np.full((64, 96, 3), (120, 90, 60)))) == "draw.picture.flat"
    nearly = np.full((64, 96, 3), 200) + np.random.default_rng(1).integers(-4, 5, (64, 96, 3))
    assert picture_fault(png(nearly)) == "draw.picture.flat"
    dark = np.random.default_rng(1).normal(12, 6, (64, 96, 3)).clip(0, 255)
    assert proof.check_picture(png(dark), 96, 64).deviation > proof.LEAST_DEVIATION


def test_a_lora_without_effect_is_one_whose_picture_has_the_same_pixels() -> None:
    base = png(noise(), "one")
    assert proof.no_effect(base, png(noise(), "another text"))
    other = noise()
    other[3, 4, 1] ^= 1
    assert not proof.no_effect(base, png(other))


def test_where_a_request_never_comes_twice_alike_the_difference_must_be_larger_than_that() -> None:
    base, again, lora = noise().astype(int), noise().astype(int), noise().astype(int)
    again[:2] = (again[:2] + 1) % 256  # some kernels of a card
    lora[:1] = (lora[:1] + 1) % 256
    assert not proof.no_effect(png(base), png(lora))
    assert proof.no_effect(png(base), png(lora), png(again))
    lora[:9] = (lora[:9] + 40) % 256
    assert not proof.no_effect(png(base), png(lora), png(again))
