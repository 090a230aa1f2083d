"""What a base model says of itself, by headers made here: v prediction, zero terminal SNR, distilled, family."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatar.trainer import base_model_nature
from avatar.trainer.base_model_nature import Nature, words_of
from tests.base_models import SDXL, write_diffusers, write_safetensors


def nature(path: Path, *keys: str, **metadata: str) -> Nature:
    shapes = {**SDXL, **dict.fromkeys(keys, (0,))}
    named = {name.replace("_DOT_", "."): value for name, value in metadata.items()}
    return base_model_nature.of(str(write_safetensors(path, shapes, metadata=named)))


def test_a_plain_model_says_nothing(tmp_path: Path) -> None:
    assert nature(tmp_path / "sd_xl_base_1.0.safetensors") == Nature()
    assert (
        nature(tmp_path / "b.safetensors", modelspec_DOT_prediction_type="epsilon", ss_v_parameterization="False") == Nature()
    )
    assert base_model_nature.of("stabilityai/stable-diffusion-xl-base-1.0") == base_model_nature.of("/nowhere") == Nature()


@pytest.mark.parametrize(
    ("keys", "metadata", "v", "zero"),
    [
        (("v_pred",), {}, "v_pred", ""), (("v_pred", "ztsnr"), {}, "v_pred", "ztsnr"),
        ((), {"modelspec_DOT_prediction_type": "v"}, "modelspec.prediction_type=v", ""),
        ((), {"modelspec_DOT_prediction_type": "v_prediction", "ss_zero_terminal_snr": "True"},
         "modelspec.prediction_type=v_prediction", "ss_zero_terminal_snr=True"),
        ((), {"ss_v_parameterization": "True"}, "ss_v_parameterization=True", ""),
        (("ztsnr",), {}, "", ""),  # of itself it says nothing about what is predicted
    ],
)  # fmt: skip
def test_what_is_predicted_stands_in_keys_or_metadata(
    tmp_path: Path, keys: tuple[str, ...], metadata: dict[str, str], v: str, zero: str
) -> None:
    found = nature(tmp_path / "m.safetensors", *keys, **metadata)
    assert (found.predicts_v, found.zero_snr, found.maybe_v) == (v, zero, "")


def test_of_a_folder_it_stands_in_the_scheduler(tmp_path: Path) -> None:
    folder = write_diffusers(tmp_path / "m")
    assert base_model_nature.of(str(folder)) == Nature()
    (folder / "scheduler").mkdir()
    config = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True}
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(config), encoding="utf-8")
    found = base_model_nature.of(str(folder))
    assert "prediction_type" in found.predicts_v and "rescale_betas_zero_snr" in found.zero_snr


@pytest.mark.parametrize(
    ("name", "part"), [("noobaiXLNAIXL_vPred10Version", "vPred"), ("x-v-pred", "v-pred"), ("novpredator", "")]
)
def test_a_name_alone_only_raises_the_question(tmp_path: Path, name: str, part: str) -> None:
    found = nature(tmp_path / f"{name}.safetensors")
    assert (found.predicts_v, found.maybe_v) == ("", part)
    assert nature(tmp_path / f"{name}.safetensors", "v_pred").maybe_v == ""


@pytest.mark.parametrize(
    ("name", "family"),
    [("ponyDiffusionV6XL", "Pony"), ("waiNSFWIllustrious_v140", "Illustrious"), ("noobaiXLNAIXL_epsilonPred11", "NoobAI"),
     ("Illustrious-XL-v2.0", "Illustrious"), ("sd_xl_base_1.0", ""), ("ebonyXL", "")],
)  # fmt: skip
def test_a_family_is_told_by_a_word_of_the_name(tmp_path: Path, name: str, family: str) -> None:
    assert nature(tmp_path / f"{name}.safetensors").family == family


def test_a_name_is_cut_at_capitals_and_signs() -> None:
    assert words_of("ponyDiffusionV6XL_dmd2") == ["pony", "diffusion", "v", "6", "xl", "dmd", "2"]
