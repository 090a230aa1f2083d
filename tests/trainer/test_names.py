"""Names and arguments that the trainer looks up only after it has loaded the model: told before."""

from __future__ import annotations

import ast
import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.plan.overrides import parse_overrides
from avatar.plan.rules import doubts, rule_problems
from avatar.texts.text import PipelineError, Text
from avatar.trainer import names as trainer_names
from avatar.trainer.names import (
    KNOWN,
    OPTIMIZERS,
    SCHEDULERS,
    TORCH_OPTIMIZERS,
    knows_optimizer,
    nearest,
    package_of,
    problem,
    spelt,
)
from avatar.trainer.options import known_tables
from tests.plan.test_fit import planned

NEWEST = known_tables()[0]


@pytest.mark.parametrize("name", [*OPTIMIZERS, *(name.lower() for name in OPTIMIZERS), "ADAMW8BIT", *TORCH_OPTIMIZERS])
def test_every_optimizer_of_the_trainer_is_known(name: str) -> None:
    assert knows_optimizer(name)
    assert problem("optimizer_type", name) is None


@pytest.mark.parametrize("name", ["sgd", "nadam", "Adam8bit", "Adamw8", "", "LBFGS", "Optimizer", "DAdapt", "ScheduleFree"])
def test_what_neither_the_trainer_nor_torch_has_is_none(name: str) -> None:
    assert not knows_optimizer(name)


@pytest.mark.parametrize("name", ["torch.optim.AdamW", "pytorch_optimizer.CAME", "prodigyplus.ProdigyPlusScheduleFree"])
def test_an_optimizer_of_another_library_is_left_to_the_trainer(name: str) -> None:
    assert problem("optimizer_type", name) is None
    assert package_of(name) == ""


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("AdamW", ""), ("adamw", ""), ("Adafactor", ""), ("SGD", ""), ("AdamW8bit", "bitsandbytes"),
        ("lion8BIT", "bitsandbytes"), ("PagedAdamW", "bitsandbytes"), ("PagedAdamW32bit", "bitsandbytes"),
        ("lion", "lion-pytorch"), ("Prodigy", "prodigyopt"),
        ("DAdaptation", "dadaptation"), ("dadaptlion", "dadaptation"), ("RAdamScheduleFree", "schedulefree"), ("no such", ""),
    ],
)  # fmt: skip
def test_each_optimizer_names_the_package_it_needs(name: str, package: str) -> None:
    assert package_of(name) == package


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Adamw8", "AdamW"), ("adam8bit", "AdamW8bit"), ("sgd", "SGD"), ("prodgy", "Prodigy"), ("adafator", "Adafactor"),
        ("nadam", "NAdam"), ("lyon", "Lion"),
    ],
)  # fmt: skip
def test_a_misspelt_optimizer_is_told_with_the_one_most_like_it(typed: str, meant: str) -> None:
    values = {"name": "optimizer_type", "value": typed, "near": meant}
    assert problem("optimizer_type", typed) == Text("plan.rule.optimizer", values)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cosin", "cosine"), ("Cosine", "cosine"), ("cosine_restarts", "cosine_with_restarts"), ("const", "constant"),
        ("lineal", "linear"), ("cosine_warmup_with_min_lr", "cosine_with_min_lr"), ("warmup_stable", "warmup_stable_decay"),
    ],
)  # fmt: skip
def test_a_misspelt_scheduler_is_told_with_the_one_most_like_it(typed: str, meant: str) -> None:
    found = problem("lr_scheduler", typed, "scheduler")
    assert found == Text("plan.rule.scheduler", {"name": "scheduler", "value": typed, "near": meant})


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_that_the_trainer_can_make_is_known(name: str) -> None:
    assert problem("lr_scheduler", name) is None


def test_a_scheduler_that_the_trainer_makes_wrongly_is_refused() -> None:
    assert problem("lr_scheduler", "reduce_lr_on_plateau") is not None  # TypeError in its get_scheduler_fix


def test_capitals_do_not_matter_where_one_name_is_meant() -> None:
    assert spelt("ADAMW8BIT", KNOWN["optimizer_type"]) == "AdamW8bit"
    assert spelt("sgd", KNOWN["optimizer_type"]) == "SGD"
    assert spelt("other", KNOWN["optimizer_type"]) == "other"
    lowered = [name.lower() for names in KNOWN.values() for name in names]
    assert len(lowered) == len(set(lowered)) + 1  # Adafactor is an optimizer and a scheduler


@given(st.text(max_size=30))
def test_whatever_is_typed_the_nearest_name_is_a_known_one(typed: str) -> None:
    assert nearest(typed, SCHEDULERS) in SCHEDULERS


@pytest.mark.parametrize(
    "pair", ["weight_decay=0.1", "betas=0.9,0.99", "betas=(0.9,0.99)", "decouple=True", "x=None", "mode='a'"]
)
@pytest.mark.parametrize("option", trainer_names.PYTHON_ARGUMENTS)
def test_arguments_written_as_python_are_taken(option: str, pair: str) -> None:
    assert problem(option, ("first=1", pair)) is None


@pytest.mark.parametrize(
    "pair",
    ["weight_decay", "amsgrad=true", "a=b=c", "=1", "", "weight_decay=0.1,eps=1", "x=", "betas=(0.9,", "x=__import__('os')"],
)
@pytest.mark.parametrize("option", trainer_names.PYTHON_ARGUMENTS)
def test_arguments_that_the_trainer_cannot_read_are_told_one_by_one(option: str, pair: str) -> None:
    assert problem(option, ("first=1", pair, "also wrong")) == Text(
        "plan.rule.python_argument", {"name": option, "value": pair}
    )


@pytest.mark.parametrize("depth", [100, 100_000])
def test_a_value_nested_without_end_is_told_and_no_crash(depth: int) -> None:
    assert problem("optimizer_args", ["x=" + "(" * depth]) is not None


@given(
    st.one_of(
        st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False), st.tuples(st.integers())
    )
)
def test_every_python_value_written_as_such_can_be_read_back(value: object) -> None:
    written = repr(value).replace(" ", "")
    assert problem("optimizer_args", [f"name={written}"]) is None
    assert ast.literal_eval(written) == value


def test_arguments_of_the_network_are_text_and_may_hold_more_signs() -> None:
    assert problem("network_args", ["conv_dim=4", "preset=attn-mlp", "path=a=b"]) is None
    assert problem("network_args", ["conv_dim=4", "algo"]) == Text(
        "plan.rule.text_argument", {"name": "network_args", "value": "algo"}
    )


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        ({"optimizer_type": "Adamw8"}, ["plan.rule.optimizer"]),
        ({"optimizer_type": "lion", "optimizer_args": ("weight_decay=0.1",)}, []),
        ({"optimizer_args": ("weight_decay",)}, ["plan.rule.python_argument"]),
        ({"lr_scheduler": "Cosine"}, ["plan.rule.scheduler"]),
        ({"lr_scheduler": "cosin", "optimizer_type": "Adamw8"}, ["plan.rule.optimizer", "plan.rule.scheduler"]),
        ({"lr_scheduler": "cosin", "extra": {"lr_scheduler_type": "CosineAnnealingLR"}}, []),
        ({"lr_scheduler": "cosin", "optimizer_type": "AdamWScheduleFree"}, []),
        ({"lr_scheduler": "cosin", "optimizer_type": "Adafactor", "lr_warmup_steps": 0}, []),
        ({"lr_scheduler": "cosine_with_min_lr"}, ["plan.rule.scheduler_needs"]),
        ({"lr_scheduler": "cosine_with_min_lr", "extra": {"lr_scheduler_min_lr_ratio": "0.1"}}, []),
        ({"lr_scheduler": "piecewise_constant"}, ["plan.rule.scheduler_needs"]),
        ({"lr_scheduler": "piecewise_constant", "extra": {"lr_scheduler_args": ["step_rules='1:10,0.1'"]}}, []),
        ({"extra": {"lr_scheduler_args": ["step_rules=1:10"]}}, ["plan.rule.python_argument"]),
        ({"extra": {"network_args": ["conv_dim"]}}, ["plan.rule.text_argument"]),
        ({"lr_scheduler": "constant_with_warmup", "lr_warmup_steps": 10}, []),
    ],
)  # fmt: skip
def test_a_plan_edited_by_hand_is_told_every_name_the_trainer_lacks(values: dict[str, Any], keys: list[str]) -> None:
    assert [told.key for told in rule_problems(dataclasses.replace(planned().plan, **values))] == keys


@pytest.mark.parametrize(
    ("typed", "key", "values"),
    [
        ("optimizer=Adamw8", "plan.rule.optimizer", {"name": "optimizer", "value": "Adamw8", "near": "AdamW"}),
        ("--lr_scheduler=cosin", "plan.rule.scheduler", {"name": "lr_scheduler", "value": "cosin", "near": "cosine"}),
        (
            "optimizer_args=weight_decay=0.1 amsgrad=true", "plan.rule.python_argument",
            {"name": "optimizer_args", "value": "amsgrad=true"},
        ),
        ("optimizer_args=betas=(0.9, 0.99)", "plan.rule.python_argument", {"name": "optimizer_args", "value": "betas=(0.9,"}),
        ("network_args=conv_dim", "plan.rule.text_argument", {"name": "network_args", "value": "conv_dim"}),
    ],
)  # fmt: skip
def test_a_wrong_name_is_refused_where_it_is_typed(typed: str, key: str, values: dict[str, str]) -> None:
    with pytest.raises(PipelineError) as caught:
        parse_overrides([typed], NEWEST)
    assert (caught.value.key, caught.value.values) == (key, values)


def test_names_are_taken_as_the_trainer_spells_them() -> None:
    typed = ["optimizer=adamw", "scheduler=Constant_With_Warmup", "optimizer_args=weight_decay=0.1 betas=0.9,0.99"]
    assert parse_overrides(typed, NEWEST) == {
        "optimizer_type": "AdamW", "lr_scheduler": "constant_with_warmup",
        "optimizer_args": ("weight_decay=0.1", "betas=0.9,0.99"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "own"),
    [("Prodigy", True), ("prodigy", True), ("DAdaptation", True), ("dadaptlion", True), ("AdamW", False), ("Lion", False),
     ("RAdamScheduleFree", False), ("prodigyplus.ProdigyPlusScheduleFree", False)],
)  # fmt: skip
def test_optimizers_that_find_the_rate_themselves_are_known(name: str, own: bool) -> None:
    assert trainer_names.is_adaptive_lr(name) is own


def test_an_optimizer_that_finds_its_rate_gets_the_measure_the_trainer_advises() -> None:
    fitted = planned(overrides={"optimizer_type": "Prodigy"})
    assert fitted.plan.learning_rate == 1.0
    told = [(change.name, change.why.key) for change in fitted.changes if change.name == "learning_rate"]
    assert told == [("learning_rate", "plan.change.own_rate")]
    assert fitted.warnings == planned().warnings
    assert planned().plan.learning_rate < 0.1  # another optimizer keeps its own


@pytest.mark.parametrize(("rate", "warned"), [(0.0001, True), (0.1, True), (0.100001, False), (1.0, False), (2.0, False)])
def test_a_low_rate_of_such_an_optimizer_is_the_users_word_and_a_doubt(rate: float, warned: bool) -> None:
    fitted = planned(overrides={"optimizer_type": "dadaptadam", "learning_rate": rate})
    assert fitted.plan.learning_rate == rate
    told = Text("plan.warning.own_rate", {"optimizer": "dadaptadam", "rate": rate})
    assert (told in fitted.warnings) is warned
    assert (told in doubts(fitted.plan)) is warned
    assert rule_problems(fitted.plan) == []
