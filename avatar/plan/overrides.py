"""Values of a plan given by hand as `key=value`, checked against the plan's fields and the trainer's options."""

from __future__ import annotations

import difflib
import math
import types
import typing
from collections.abc import Sequence
from typing import Any

from avatar.plan import rules
from avatar.plan.command import MANAGED
from avatar.plan.values import Plan
from avatar.texts.text import PipelineError, Text
from avatar.trainer import names as trainer_names
from avatar.trainer.options import Option, OptionTable, value_problem

ALIASES = {
    "dim": "network_dim", "alpha": "network_alpha", "batch": "train_batch_size", "batch_size": "train_batch_size",
    "accumulation": "gradient_accumulation_steps", "steps": "max_train_steps", "optimizer": "optimizer_type",
    "lr": "learning_rate", "warmup": "lr_warmup_steps", "scheduler": "lr_scheduler", "cycles": "lr_scheduler_num_cycles",
    "workers": "max_data_loader_n_workers", "fp8": "fp8_base", "fp8_base_unet": "fp8_base",
    "unet_only": "network_train_unet_only", "regularisation": "reg_data_dir", "regularization": "reg_data_dir",
    "pretrained_model_name_or_path": "base_model",
}  # fmt: skip
SHORTEST_PART, MOST_TOLD = 3, 5  # [choice] letters of a part of a name that is looked for; names that an answer gives
LEAST_LIKE = 0.6  # [choice] of `difflib.get_close_matches`, its own default: below, "foo" is like "xformers"
FIXED_FIELDS = frozenset({"profile", "preset", "extra"})


# Switches of AUTOMATIC1111's web UI. The nearest real name would mislead: --lowram loads everything onto the card.
OTHER_PROGRAMS = frozenset({"lowvram", "medvram"})


def parse_overrides(texts: Sequence[str], options: OptionTable) -> dict[str, object]:
    """Return values by field of the plan from ["network_dim=64", "--noise_offset=0.05", …]; "extra" holds the others.

    Raises PipelineError("plan.not_key_value"), ("plan.unknown_key") naming the nearest, ("plan.bad_value"),
    ("plan.rule.below_least"), ("plan.rule.not_above_zero"), ("plan.managed_key") and ("plan.other_program").
    """
    kinds = {name: kind for name, kind in typing.get_type_hints(Plan).items() if name not in FIXED_FIELDS}
    result: dict[str, object] = {}
    extra: dict[str, object] = {}
    for text in texts:
        key, separator, value = text.strip().partition("=")
        key = key.strip().removeprefix("--").replace("-", "_")
        if not separator or not key:
            raise PipelineError("plan.not_key_value", text=text)
        field = ALIASES.get(key, key)
        if field in kinds:
            typed = _typed(key, value.strip(), kinds[field])
            if field in trainer_names.KNOWN:
                typed = trainer_names.spelt(str(typed), trainer_names.KNOWN[field])
            problem = rules.too_small(field, key, typed) or trainer_names.problem(field, typed, key)
            if problem is not None:
                raise PipelineError.of(problem)
            result[field] = typed
        elif key in MANAGED:
            raise PipelineError("plan.managed_key", name=key)
        elif options.has(key):
            extra[key] = _extra_value(key, value.strip(), options.options[key])
            problem = trainer_names.problem(key, extra[key])
            if problem is not None:
                raise PipelineError.of(problem)
        elif key in OTHER_PROGRAMS:
            raise PipelineError("plan.other_program", name=key)
        else:
            raise PipelineError("plan.unknown_key", name=key, near=", ".join(_near(key, [*kinds, *ALIASES, *options.options])))
    return {**result, "extra": extra} if extra else result


def _near(key: str, names: Sequence[str]) -> list[str]:
    """Return the names that an unknown one is a part of or much like; of one that is like none, the usual names."""
    some = [name for name in names if name not in MANAGED]
    parts = [name for name in some if len(key) >= SHORTEST_PART and key in name]
    return parts[:MOST_TOLD] or difflib.get_close_matches(key, some, n=1, cutoff=LEAST_LIKE) or list(ALIASES)


_YES, _NO = {"true", "yes", "y", "si", "sí", "s", "1", "on"}, {"false", "no", "n", "0", "off"}


def _typed(key: str, text: str, kind: Any) -> object:
    members = typing.get_args(kind) if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union else (kind,)
    if type(None) in members and text.lower() in {"", "none", "no", "0"}:  # 0: every so many steps would be none
        return None
    base = next(member for member in members if member is not type(None))
    try:
        if base is bool:
            return _boolean(text)
        if base is int:
            return int(_one_side(text) if key == "resolution" else text)
        if base is float:
            number = float(text.replace(",", "."))
            if not math.isfinite(number):
                raise ValueError(text)
            return number
    except ValueError:
        raise PipelineError("plan.bad_value", name=key, value=text, kind=_kind(base.__name__)) from None
    return tuple(text.split()) if typing.get_origin(base) is tuple else text


def _one_side(text: str) -> str:
    """Return the side of a resolution that may be written as "1024,1024"; the crops are squares, and so is what is trained.

    Raises PipelineError("plan.not_square").
    """
    sides = {side.strip() for side in text.lower().replace("x", ",").split(",")}
    if len(sides) > 1:
        raise PipelineError("plan.not_square", value=text)
    return sides.pop()


def _kind(name: str, choices: Sequence[str] = ()) -> Text:
    """Return what a value must be, as a text. name: a Python type, or the kind of one of the trainer's options."""
    if choices:
        return Text("plan.kind.choice", {"choices": ", ".join(choices)})
    numbers = {"int": "plan.kind.whole_number", "float": "plan.kind.number", "int_or_float": "plan.kind.number"}
    numbers |= {"int*": "plan.kind.whole_numbers", "float*": "plan.kind.numbers", "bool": "plan.kind.yes_no"}
    return Text(numbers.get(name, "plan.kind.text"))


def _boolean(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError(text)


def _extra_value(key: str, text: str, option: Option) -> object:
    if option.kind == "flag":
        try:
            return _boolean(text)
        except ValueError:
            raise PipelineError("plan.bad_value", name=key, value=text, kind=_kind("bool")) from None
    values = text.split() if option.kind.endswith("*") else [text]
    if value_problem(option, values) is not None:
        raise PipelineError("plan.bad_value", name=key, value=text, kind=_kind(option.kind, option.choices))
    return values if option.kind.endswith("*") else text
