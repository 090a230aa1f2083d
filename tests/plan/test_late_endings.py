"""Options with which the trainer would end, or learn nothing, only after it has loaded the model: told before."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from avatar.plan import preflight, remedies
from avatar.plan.overrides import parse_overrides
from avatar.plan.rules import doubts, rule_problems
from avatar.plan.values import Plan
from avatar.texts import translate
from avatar.texts.text import PipelineError
from avatar.trainer import names
from avatar.trainer.options import known_tables
from avatar.training import dry_run
from avatar.workspace.client import Client
from tests.base_models import write_sdxl
from tests.plan.test_preflight import plan_for

MAIN = known_tables()[0]


def plan_with(*texts: str, profile: str = "rtx3060_12gb", **changed: Any) -> Plan:
    given: dict[str, Any] = parse_overrides(texts, MAIN)
    return dataclasses.replace(plan_for(profile), **given, **changed)


def broken(plan: Plan) -> list[str]:
    problems = rule_problems(plan)
    for problem in problems:
        for language in translate.LANGUAGES:
            assert translate.words(problem, language)
    return [problem.key for problem in problems]


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (["unet_lr=0"], "plan.rule.nothing_learns"), (["unet_lr=0.0"], "plan.rule.nothing_learns"),
        (["network_dropout=2"], "plan.rule.no_share"), (["network_dropout=1"], "plan.rule.no_share"),
        (["network_dropout=-0.1"], "plan.rule.no_share"), (["ip_noise_gamma=3"], "plan.rule.no_share"),
        (["network_args=rank_dropout=1"], "plan.rule.no_share"),
        (["network_args=conv_dim=4 module_dropout=2"], "plan.rule.no_share"),
        (["unet_lr=-1"], "plan.rule.below_least"), (["weighted_captions=yes"], "plan.rule.weighted_captions"),
        (["lowram=yes"], "plan.rule.lowram"),
        (["optimizer=AdamW", "optimizer_args=d_coef=2"], "plan.rule.foreign_argument"),
        (["optimizer=AdamW8bit", "optimizer_args=relative_step=False"], "plan.rule.foreign_argument"),
        (["optimizer=Prodigy", "optimizer_args=scale_parameter=False"], "plan.rule.foreign_argument"),
        (["optimizer=prodigyopt.Prodigy", "optimizer_args=amsgrad=True"], "plan.rule.foreign_argument"),
        (["optimizer=AdamW", "optimizer_args=lr=1.0"], "plan.rule.foreign_argument"),
        (["optimizer=SGDNesterov", "optimizer_args=nesterov=True"], "plan.rule.foreign_argument"),
    ],
)  # fmt: skip
def test_what_would_end_late_is_a_problem_now(given: list[str], key: str) -> None:
    assert key in broken(plan_with(*given))


@pytest.mark.parametrize(
    "given",
    [
        ["unet_lr=0.0001"], ["network_dropout=0.1"], ["network_args=conv_dim=4 rank_dropout=0.2"], ["network_dropout=0"],
        ["weighted_captions=no"], ["optimizer=AdamW", "optimizer_args=weight_decay=0.1 betas=(0.9,0.99)"],
        ["optimizer=Prodigy", "optimizer_args=d_coef=2 decouple=True", "lr=1", "warmup=0"],
        ["optimizer=mine.Best", "optimizer_args=d_coef=2"], ["optimizer=AdamW", "optimizer_args=of_a_newer_version=1"],
    ],
)  # fmt: skip
def test_what_the_trainer_takes_is_none(given: list[str]) -> None:
    assert broken(plan_with(*given)) == []


def test_a_rate_of_nothing_for_the_unet_is_fine_where_the_text_encoders_learn() -> None:
    both: dict[str, Any] = {"network_train_unet_only": False, "cache_text_encoder_outputs": False}
    assert "plan.rule.nothing_learns" not in broken(plan_with("unet_lr=0", **both))
    assert "plan.rule.nothing_learns" in broken(plan_with("unet_lr=0", "text_encoder_lr=0", **both))


@pytest.mark.parametrize(("profile", "told"), [("rtx4090_24gb", False), ("cpu", False), ("rtx3060_8gb", True)])
def test_lowram_is_refused_where_the_card_cannot_hold_the_model(profile: str, told: bool) -> None:
    plan = plan_with("lowram=yes", profile=profile)
    assert ("plan.rule.lowram" in broken(dataclasses.replace(plan, full_fp16=False, full_bf16=False))) is told


@pytest.mark.parametrize("name", ["prodigyopt.Prodigy", "Prodigy", "dadaptation.DAdaptAdam"])
def test_an_optimizer_by_its_dotted_name_is_the_same(name: str) -> None:
    assert names.is_adaptive_lr(name) and names.package_of(name) in {"prodigyopt", "dadaptation"}
    assert "plan.warning.own_rate" in [told.key for told in doubts(plan_with(f"optimizer={name}", "lr=0.0001"))]
    assert not names.is_adaptive_lr("mine.Prodigy")  # somebody's own class may be anything


@pytest.mark.parametrize(
    ("given", "key"),
    [("lr=5", "plan.warning.high_rate"), ("lr=0.0101", "plan.warning.high_rate"), ("steps=100001", "plan.warning.many_steps")],
)  # fmt: skip
def test_a_slip_of_the_pen_in_a_number_is_told_though_the_trainer_takes_it(given: str, key: str) -> None:
    assert key in [told.key for told in doubts(plan_with(given))]


def test_rates_and_steps_that_are_used_are_not_doubted() -> None:
    for given in (("lr=0.01",), ("steps=100000",), ("optimizer=Prodigy", "lr=1")):
        keys = {told.key for told in doubts(plan_with(*given))}
        assert not keys & {"plan.warning.high_rate", "plan.warning.many_steps"}


def test_every_optimizer_known_has_its_arguments() -> None:
    assert {*names.KNOWN["optimizer_type"]} == {*names.ARGUMENTS}


@pytest.mark.parametrize("text", ["1024,768", "1024x768", "1024, 768"])
def test_a_resolution_that_is_no_square_is_refused_and_not_cut_to_its_first_side(text: str) -> None:
    with pytest.raises(PipelineError) as caught:
        parse_overrides([f"resolution={text}"], MAIN)
    assert caught.value.key == "plan.not_square"
    for square in ("768", "768,768", "768x768"):
        assert parse_overrides([f"resolution={square}"], MAIN) == {"resolution": 768}


# --- files that options name -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", [*preflight.NAMED_FILES])
def test_a_file_that_an_option_names_and_that_is_not_there_is_blocked(tmp_path: Path, option: str) -> None:
    path = tmp_path / "there.safetensors"
    value: object = [str(path)] if option == "base_weights" else str(path)
    plan = dataclasses.replace(plan_for(), extra={option: value})
    (found,) = preflight._named_files(plan)
    assert (found.level, found.text.values) == ("blocked", {"option": option, "path": str(path)})
    path.touch()
    assert preflight._named_files(plan) == []


def test_a_vae_may_be_of_the_hub(tmp_path: Path) -> None:
    plan = dataclasses.replace(plan_for(), extra={"vae": "madebyollin/sdxl-vae-fp16-fix"})
    assert preflight._named_files(plan) == []


def test_files_named_from_here_are_named_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_sdxl(tmp_path / "vae.safetensors")
    plan = dataclasses.replace(plan_for(), extra={"vae": "vae.safetensors", "base_weights": ["vae.safetensors"], "seed": "1"})
    extra = dry_run._with_absolute_paths(plan, Client(tmp_path / "ana")).extra
    here = str(tmp_path / "vae.safetensors")
    assert extra == {"vae": here, "base_weights": [here], "seed": "1"}


def test_samples_on_a_processor_are_told_with_the_time_they_take() -> None:
    plan = plan_with("sample_every_n_steps=50", "steps=100", profile="cpu")
    (told,) = [told for told in doubts(plan) if told.key == "plan.warning.samples_on_cpu"]
    assert told.values["n"] == 6 and told.values["hours"] == pytest.approx(6 * 25 * 105 / 3600)
    assert all(translate.words(told, language) for language in translate.LANGUAGES)
    assert "plan.warning.samples_on_cpu" not in [
        told.key for told in doubts(plan_with("sample_every_n_steps=0", profile="cpu"))
    ]
    assert "plan.warning.samples_on_cpu" not in [told.key for told in doubts(plan_with("sample_every_n_steps=50"))]


# --- after a failure -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", ["gpu_memory", "nan", "nan_latents", "host_memory", "killed", "workers"])
@pytest.mark.parametrize("profile", ["rtx3060_8gb", "gtx1650_4gb", "rtx4090_24gb", "cpu"])
def test_nothing_is_advised_that_is_so_already(cause: str, profile: str) -> None:
    plan = plan_for(profile)
    for _ in range(20):  # each piece of advice is taken, until there is none
        overrides = remedies.overrides_after(f"train.cause.{cause}", vars(plan))
        given: dict[str, Any] = parse_overrides(overrides, MAIN)
        assert all(getattr(plan, name) != value for name, value in given.items() if name != "network_alpha"), overrides
        plan = dataclasses.replace(plan, **given)


def test_after_nan_at_the_first_step_the_base_model_comes_first_and_no_rate_is_blamed() -> None:
    plan = vars(plan_for("gtx1650_4gb"))
    assert remedies.suspects_base_model("train.cause.nan", plan, first_step=True)
    assert not remedies.suspects_base_model("train.cause.nan", plan, first_step=False)
    assert not any("learning_rate" in one for one in remedies.steadier(plan, first_step=True))
    assert any("learning_rate" in one for one in remedies.steadier(plan))
    assert remedies.suspects_base_model("train.cause.nan_latents", {**plan, "no_half_vae": True}, first_step=False)
