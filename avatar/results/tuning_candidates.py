"""Which settings a tuning tries, in the order in which they are worth a training. Pure.

All else stays the plan's, seed and data too. What does not fit the memory, or what the trainer refuses, is not tried.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from avatar.plan import rules
from avatar.plan.values import Plan
from avatar.texts import tables
from avatar.texts.text import Text
from avatar.trainer import names as trainer_names

PLAN = "plan"
NAMES = (PLAN, "rate_half", "rate_double", "rank_16", "rank_32", "caption_dropout", "text_encoder", "prodigy")
DROPOUT = 0.1  # [choice] of the captions, as the papers on classifier-free guidance have it
RATES = ("unet_lr", "text_encoder_lr")  # of `extra`: they win over learning_rate
Fits = Callable[[Plan], bool]


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One value that a candidate has otherwise than the plan. An option of the trainer stands by its own name."""

    key: str
    before: Any
    after: Any

    @property
    def why(self) -> Text:
        return Text("tune.why." + (self.key if self.key in _WHYS else "other"), {"name": self.key})


# Values that a text says something of.
_WHYS = frozenset({
    "learning_rate", "network_dim", "network_alpha", "caption_dropout_rate", "cache_text_encoder_outputs",
    "network_train_unet_only", "optimizer_type", "lr_scheduler", "lr_scheduler_num_cycles", "lr_warmup_steps",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One training of a tuning. plan: the whole one, of which the short training is the beginning."""

    name: str
    plan: Plan
    changes: tuple[Edit, ...] = ()


def candidates(plan: Plan, fits: Fits) -> list[Candidate]:
    """Return the candidates in order. fits: whether a plan fits the memory; the plan itself is not asked for, it was fitted."""
    found = [Candidate(name=PLAN, plan=plan)]
    for name, changed in _changed(plan):
        if not rules.rule_problems(changed) and fits(changed):
            found.append(Candidate(name=name, plan=changed, changes=edits(plan, changed)))
    return found


def edits(plan: Plan, changed: Plan) -> tuple[Edit, ...]:
    """Return what differs between two plans, options of the trainer one by one."""
    before, after = _flat(plan), _flat(changed)
    return tuple(
        Edit(key=key, before=before.get(key), after=after.get(key))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    )


def _flat(plan: Plan) -> dict[str, Any]:
    values = {field.name: getattr(plan, field.name) for field in dataclasses.fields(plan)}
    return values | dict(values.pop("extra"))


def _changed(plan: Plan) -> Iterator[tuple[str, Plan]]:
    if not _finds_its_rate(plan):
        yield "rate_half", _rate(plan, 0.5)
        yield "rate_double", _rate(plan, 2.0)
    dim = 16 if plan.network_dim < 16 or plan.network_dim >= 32 else 32  # the one that the plan has not
    yield f"rank_{dim}", _rank(plan, dim)
    if not plan.asks("caption_dropout_rate"):
        yield "caption_dropout", _dropout(plan)
    if plan.network_train_unet_only:
        yield "text_encoder", dataclasses.replace(plan, network_train_unet_only=False, cache_text_encoder_outputs=False)
    if not _finds_its_rate(plan):
        yield "prodigy", _prodigy(plan)


def _finds_its_rate(plan: Plan) -> bool:
    return trainer_names.is_adaptive_lr(plan.optimizer_type) or plan.optimizer_type.lower() == "adafactor"


def _rate(plan: Plan, factor: float) -> Plan:
    extra = {name: _times(value, factor) if name in RATES else value for name, value in plan.extra.items()}
    return dataclasses.replace(plan, learning_rate=_rounded(plan.learning_rate * factor), extra=extra)


def _times(value: Any, factor: float) -> Any:
    """Return a rate of `extra` times a factor, as the text that it is; several are several."""
    if isinstance(value, (list, tuple)):
        return [_times(one, factor) for one in value]
    try:
        return format(_rounded(float(value) * factor), "g")
    except (TypeError, ValueError):  # the check before a training says what is wrong with it
        return value


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _rank(plan: Plan, dim: int) -> Plan:
    """Return the plan at another rank; alpha keeps its share, so that the strength of a step stays what it was."""
    alpha = _rounded(plan.network_alpha * dim / plan.network_dim)
    return dataclasses.replace(plan, network_dim=dim, network_alpha=alpha)


def _dropout(plan: Plan) -> Plan:
    """Return the plan with captions left out now and then; cached ones cannot be."""
    extra: Mapping[str, Any] = {**plan.extra, "caption_dropout_rate": str(DROPOUT)}
    return dataclasses.replace(plan, cache_text_encoder_outputs=False, extra=extra)


def _prodigy(plan: Plan) -> Plan:
    """Return the plan with Prodigy, which finds the rate by itself: at 1.0, without warm-up and restarts of the scheduler."""
    extra = {name: value for name, value in plan.extra.items() if name not in RATES}
    return dataclasses.replace(
        plan, optimizer_type="Prodigy", optimizer_args=("safeguard_warmup=True", "use_bias_correction=True"),
        learning_rate=rules.OWN_RATE, lr_warmup_steps=0, lr_scheduler="cosine", lr_scheduler_num_cycles=None, extra=extra,
    )  # fmt: skip


def words(name: str) -> Text:
    """Return what a candidate is, in words; its name for one that another program has named."""
    key = f"tune.name.{name}"
    return Text(key) if tables.known(key) else Text("list.item", {"item": name})
