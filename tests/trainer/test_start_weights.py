"""A LoRA to begin with, by headers made here: what the trainer lays over the plan's network, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from avatar.plan.preflight import check
from avatar.texts import translate
from avatar.trainer import start_weights
from tests.base_models import write_safetensors
from tests.plan.test_preflight import machine, place, plan_for, setup

__all__ = ["place"]
MODULE, CONV = "lora_unet_input_blocks_4_1_proj_in", "lora_unet_input_blocks_1_0_in_layers_2"


def lora(dim: int, module: str = MODULE) -> dict[str, tuple[int, ...]]:
    return {f"{module}.lora_down.weight": (dim, 3), f"{module}.lora_up.weight": (3, dim), f"{module}.alpha": ()}


@pytest.mark.parametrize(
    ("shapes", "extra", "key"),
    [
        (lora(8), {}, None),
        (lora(4), {}, "preflight.weights_dim"),
        (lora(4), {"dim_from_weights": True}, None),
        (lora(4), {"network_args": ["block_dims=4,4"]}, None),
        (lora(4), {"network_args": ["conv_dim=4"]}, "preflight.weights_dim"),
        ({**lora(8), f"{CONV}.lora_down.weight": (4, 3, 3, 3)}, {"network_args": ["conv_dim=4"]}, None),
        ({**lora(8), **lora(16, CONV)}, {}, "preflight.weights_mixed"),
        (lora(8, "lora_unet_down_blocks_0_attentions_0_proj_in"), {}, "preflight.weights_other"),  # SD 1.5
        (lora(8, "lora_te1_text_model_encoder_layers_0_mlp_fc1"), {}, "preflight.weights_other"),
        ({"a": (1,)}, {}, "preflight.weights_other"),
    ],
)  # fmt: skip
def test_what_would_end_late_or_be_passed_over_is_told_before(
    place: Path, shapes: dict[str, tuple[int, ...]], extra: dict[str, Any], key: str | None
) -> None:  # fmt: skip
    path = write_safetensors(place / "begin.safetensors", shapes)
    plan = plan_for(network_dim=8, network_alpha=4.0, extra={"network_weights": str(path), **extra})
    found = [item for item in check(setup(place, plan), machine()) if item.name == "begins"]
    assert [(item.level, item.text.key) for item in found] == ([] if key is None else [("blocked", key)])
    for item in found:
        for language in translate.LANGUAGES:
            assert str(path) in translate.words(item.text, language)


def test_a_file_that_is_no_safetensors_is_told_and_a_pickle_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "begin.safetensors"
    path.write_bytes(b"no header")
    problem = start_weights.problem(path, dim=8)
    assert problem is not None and problem.key == "preflight.weights_unreadable"
    (tmp_path / "begin.pt").write_bytes(b"\x80\x02cos\nsystem\n")
    assert start_weights.problem(tmp_path / "begin.pt", dim=8) is None
