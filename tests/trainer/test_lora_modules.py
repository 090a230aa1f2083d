"""The modules of a LoRA against every weight of the real U-Net, full and small."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from avatar.trainer import lora_modules
from avatar.trainer.lora_modules import Size
from tests.places import SHARED

FOLDER = SHARED / "data" / "backends"
SIZES = [("small_sdxl_unet_full.json", (1, 2, 4)), ("small_sdxl_unet_small.json", (1, 1, 1))]
needs_lists = pytest.mark.skipif(not FOLDER.is_dir(), reason="no shared data")


def weights(path: Path) -> Iterator[tuple[str, list[int]]]:
    for name, shape, *numbers in json.loads(path.read_text(encoding="utf-8"))["tensors"]:
        for number in range(numbers[0], numbers[1] + 1) if numbers else [None]:
            yield name.replace("{i}", str(number)), shape


def expected(path: Path) -> dict[str, Size]:
    """Return the linear and convolution layers of the blocks that hold transformers, resnets and resamplers."""
    found = {}
    for name, shape in weights(path):
        module = name.removeprefix("model.diffusion_model.").removesuffix(".weight")
        if name.endswith(".weight") and len(shape) > 1 and module.startswith(("input_blocks", "middle", "output_blocks")):
            found[f"lora_unet_{module.replace('.', '_')}"] = Size(shape[1], shape[0], shape[2] if len(shape) == 4 else 0)
    del found["lora_unet_input_blocks_0_0"]  # the first convolution stands alone: the trainer has no LoRA of it
    return found


@needs_lists
@pytest.mark.parametrize(("file", "multipliers"), SIZES)
def test_the_modules_are_the_layers_of_the_real_unet(file: str, multipliers: tuple[int, ...]) -> None:
    unet, others = lora_modules.unet_modules(multipliers), lora_modules.convolution_modules(multipliers)
    assert len(unet) == 722 and not set(unet) & set(others)
    assert {**unet, **others} == expected(FOLDER / file)


@needs_lists
def test_the_modules_of_the_small_unet_are_those_of_its_list() -> None:
    listed = {}
    for name, (inputs, outputs), *numbers in json.loads((FOLDER / "small_sdxl_lora_modules.json").read_text())["modules"]:
        for number in range(numbers[0], numbers[1] + 1) if numbers else [None]:
            listed["lora_unet_" + name.replace("{i}", str(number)).replace(".", "_")] = Size(inputs, outputs)
    assert lora_modules.unet_modules((1, 1, 1)) == listed


def test_numbers_of_modules_and_parameters_are_those_of_the_trainer() -> None:
    unet, text = lora_modules.unet_modules(), lora_modules.text_modules()
    assert (len(unet), len(lora_modules.convolution_modules()), len(text)) == (722, 66, 264)
    # Parameters per rank, counted in files of the trainer.
    assert sum(size.inputs + size.outputs for size in unet.values()) == 2_659_840
    assert sum(size.inputs + size.outputs for size in text.values()) == 903_168
