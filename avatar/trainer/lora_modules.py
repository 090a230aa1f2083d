"""The modules of an SDXL LoRA as the trainer names them, and the sizes that belong to each. Pure.

Made from SDXL's layout in place of a list. Origin: sd-scripts 48d368fa, library/sdxl_original_unet.py and networks/lora.py;
a test compares them with every weight of the U-Net.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

CHANNELS, CONTEXT, TIME_EMBEDDING = 320, 2048, 1280
MULTIPLIERS = (1, 2, 4)  # of CHANNELS by level: SDXL's; other numbers are test models with the same modules
# Block, level, number of transformer blocks in it.
_TRANSFORMERS = (
    ("input_blocks_4_1", 1, 2), ("input_blocks_5_1", 1, 2), ("input_blocks_7_1", 2, 10), ("input_blocks_8_1", 2, 10),
    ("middle_block_1", 2, 10), ("output_blocks_0_1", 2, 10), ("output_blocks_1_1", 2, 10), ("output_blocks_2_1", 2, 10),
    ("output_blocks_3_1", 1, 2), ("output_blocks_4_1", 1, 2), ("output_blocks_5_1", 1, 2),
)  # fmt: skip
# Block, levels whose channels it gets (on the way up those of the way down come along), level of its result.
_RESNETS = (
    ("input_blocks_1_0", (0,), 0), ("input_blocks_2_0", (0,), 0), ("input_blocks_4_0", (0,), 1), ("input_blocks_5_0", (1,), 1),
    ("input_blocks_7_0", (1,), 2), ("input_blocks_8_0", (2,), 2), ("middle_block_0", (2,), 2), ("middle_block_2", (2,), 2),
    ("output_blocks_0_0", (2, 2), 2), ("output_blocks_1_0", (2, 2), 2), ("output_blocks_2_0", (2, 1), 2),
    ("output_blocks_3_0", (2, 1), 1), ("output_blocks_4_0", (1, 1), 1), ("output_blocks_5_0", (1, 0), 1),
    ("output_blocks_6_0", (1, 0), 0), ("output_blocks_7_0", (0, 0), 0), ("output_blocks_8_0", (0, 0), 0),
)  # fmt: skip
_RESAMPLERS = (
    ("input_blocks_3_0_op", 0),
    ("input_blocks_6_0_op", 1),
    ("output_blocks_2_2_conv", 2),
    ("output_blocks_5_2_conv", 1),
)
_TEXT_ENCODERS = (("lora_te1", 12, 768), ("lora_te2", 32, 1280))  # CLIP-L and OpenCLIP bigG: layers, width


class Size(NamedTuple):
    """What a module takes and gives; kernel: side of a convolution's, 0 for a linear layer."""

    inputs: int
    outputs: int
    kernel: int = 0

    def down(self, rank: int) -> tuple[int, ...]:
        """Return the shape of lora_down.weight."""
        return (rank, self.inputs, self.kernel, self.kernel) if self.kernel else (rank, self.inputs)

    def up(self, rank: int) -> tuple[int, ...]:
        """Return the shape of lora_up.weight."""
        return (self.outputs, rank, 1, 1) if self.kernel else (self.outputs, rank)


def unet_modules(multipliers: tuple[int, ...] = MULTIPLIERS) -> Mapping[str, Size]:
    """Return the 722 modules that every LoRA of an SDXL U-Net has.

    >>> len(unet_modules()), unet_modules()["lora_unet_middle_block_1_transformer_blocks_9_attn2_to_k"]
    (722, Size(inputs=2048, outputs=1280, kernel=0))
    """
    return {f"lora_unet_{name}": size for name, size in _attention(multipliers)}


def convolution_modules(multipliers: tuple[int, ...] = MULTIPLIERS) -> Mapping[str, Size]:
    """Return the modules that are there besides where the LoRA was trained with `conv_dim` (66 in SDXL)."""
    return {f"lora_unet_{name}": size for name, size in _convolutions(multipliers)}


def text_modules() -> Mapping[str, Size]:
    """Return the 264 modules of both text encoders."""
    found: dict[str, Size] = {}
    for prefix, layers, width in _TEXT_ENCODERS:
        for layer in range(layers):
            start = f"{prefix}_text_model_encoder_layers_{layer}"
            found |= {f"{start}_self_attn_{part}_proj": Size(width, width) for part in ("q", "k", "v", "out")}
            found |= {f"{start}_mlp_fc1": Size(width, 4 * width), f"{start}_mlp_fc2": Size(4 * width, width)}
    return found


def _attention(multipliers: tuple[int, ...]) -> Iterator[tuple[str, Size]]:
    for block, level, depth in _TRANSFORMERS:
        width = CHANNELS * multipliers[level]
        yield from ((f"{block}_{part}", Size(width, width)) for part in ("proj_in", "proj_out"))
        for number in range(depth):
            start = f"{block}_transformer_blocks_{number}"
            yield from ((f"{start}_attn1_to_{part}", Size(width, width)) for part in ("q", "k", "v", "out_0"))
            yield from ((f"{start}_attn2_to_{part}", Size(width, width)) for part in ("q", "out_0"))
            yield from ((f"{start}_attn2_to_{part}", Size(CONTEXT, width)) for part in ("k", "v"))
            yield f"{start}_ff_net_0_proj", Size(width, 8 * width)  # GEGLU: twice 4 x the width
            yield f"{start}_ff_net_2", Size(4 * width, width)


def _convolutions(multipliers: tuple[int, ...]) -> Iterator[tuple[str, Size]]:
    for block, levels, level in _RESNETS:
        inputs, outputs = CHANNELS * sum(multipliers[one] for one in levels), CHANNELS * multipliers[level]
        yield f"{block}_in_layers_2", Size(inputs, outputs, 3)
        yield f"{block}_emb_layers_1", Size(TIME_EMBEDDING, outputs)
        yield f"{block}_out_layers_3", Size(outputs, outputs, 3)
        if inputs != outputs:
            yield f"{block}_skip_connection", Size(inputs, outputs, 1)
    for name, level in _RESAMPLERS:
        width = CHANNELS * multipliers[level]
        yield name, Size(width, width, 3)
