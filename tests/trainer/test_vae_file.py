"""A VAE of one's own, by headers made here: what the trainer takes, and what is said of the rest before a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar.plan.preflight import check
from avatar.texts import translate
from avatar.trainer import vae_file
from tests.base_models import write_safetensors
from tests.plan.test_preflight import machine, place, plan_for, setup

__all__ = ["place"]
VAE = {"encoder.conv_in.weight": (128, 3, 3, 3), "decoder.conv_in.weight": (512, 4, 3, 3)}


@pytest.mark.parametrize("prefix", ["", "first_stage_model."])
def test_a_vae_alone_and_one_in_a_checkpoint_will_do(tmp_path: Path, prefix: str) -> None:
    path = write_safetensors(tmp_path / "v.safetensors", {f"{prefix}{name}": (1, *s[1:2]) for name, s in VAE.items()})
    assert vae_file.problem(path) is None


@pytest.mark.parametrize(
    ("shapes", "key"),
    [
        ({"lora_unet_x.alpha": (1,)}, "preflight.vae_other"), ({"decoder.conv_in.weight": (1, 4)}, "preflight.vae_other"),
        ({**VAE, "decoder.conv_in.weight": (1, 16)}, "preflight.vae_channels"),
        ({**VAE, "decoder.conv_in.weight": (1,)}, "preflight.vae_channels"),
        ({**VAE, "encoder.down_blocks.0.x": (1,)}, "preflight.vae_diffusers"),
    ],
)  # fmt: skip
def test_what_the_trainer_would_stop_at_is_told_before(place: Path, shapes: dict[str, tuple[int, ...]], key: str) -> None:
    path = write_safetensors(place / "v.safetensors", {name: tuple(min(side, 16) for side in s) for name, s in shapes.items()})
    plan = plan_for(extra={"vae": str(path)})
    (found,) = (item for item in check(setup(place, plan), machine()) if item.name == "vae")
    assert (found.level, found.text.key) == ("blocked", key)
    for language in translate.LANGUAGES:
        assert str(path) in translate.words(found.text, language)


def test_a_file_that_is_cut_is_told(tmp_path: Path) -> None:
    (tmp_path / "v.safetensors").write_bytes(b"1234")
    problem = vae_file.problem(tmp_path / "v.safetensors")
    assert problem is not None and problem.key == "preflight.vae_unreadable"
    (tmp_path / "v.pt").write_bytes(b"1234")
    assert vae_file.problem(tmp_path / "v.pt") is None  # a pickle: only the trainer opens it
