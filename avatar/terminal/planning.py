"""The questions of the training plan: card, preset, single values, and the bundle for another computer."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import config
from avatar.commands import plan as plan_commands
from avatar.commands import plan_view
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.plan import words as plan_words
from avatar.plan.values import Plan
from avatar.terminal import questions
from avatar.texts import matching, spoken, translate
from avatar.texts.text import PipelineError, Text

if TYPE_CHECKING:
    from avatar.plan.offers import Offer

MORE = "more"  # the answer behind which the trainer's own names of options are
USUAL_CARD = "rtx4090_24gb"  # [choice] of another computer, that is rented for a training


class Limits(NamedTuple):
    """The range in which a value of the plan is asked for; the command line takes any value."""

    low: float
    high: float
    whole: bool = True
    unit: str = ""


PLAN_NUMBERS = {
    "max_train_steps": Limits(1, 100_000),
    "resolution": Limits(512, 1536, unit="unit.px"),
    "network_dim": Limits(1, 256),
    "network_alpha": Limits(0.1, 256, whole=False),
    "learning_rate": Limits(0.000001, 0.01, whole=False),
    "train_batch_size": Limits(1, 16),
    "gradient_accumulation_steps": Limits(1, 64),
    "save_every_n_steps": Limits(1, 100_000),
    "seed": Limits(1, 2**31 - 1),
}


def card(
    session: Session, question: str, *, default: str, auto: bool = False, page: int = questions.LIST_SIZE
) -> str:  # fmt: skip
    """Ask for a card by its label, its id, a part of them or its number; return the profile's id."""
    labels = {name: plan_words.card(name) for name in config.GPU_PROFILES}
    if auto:
        labels = {config.AUTO: Text("list.card_auto"), **labels}
    return questions.pick(session, question, list(labels), default=default, labels=labels, page=page)


def preset(session: Session, default: str, offered: Result[list[Offer]]) -> str:
    """Ask for a preset, each told with its steps, time and disk; what is to be known of the card comes first."""
    session.show(Result(None, warnings=offered.warnings, client=offered.client))
    labels = {offer.preset: plan_view.offer_line(offer) for offer in offered.value}
    return questions.pick(session, "ask.preset", list(config.TRAINING_PRESETS), default=default, labels=labels)


def configure(session: Session) -> None:
    """Ask for card and preset, show the plan, and make it again for every value that is changed."""
    before = plan_commands.chosen_before(session, None)
    values = ", ".join(translate.words(plan_words.kept(given), session.language) for given in before.overrides)

    def ask_preset(given: questions.Given) -> str:
        return preset(
            session, given.get("preset") or before.preset or "balanced", plan_commands.presets(session, None, gpu=given["gpu"])
        )

    given = questions.in_order(
        gpu=lambda given: card(session, "ask.gpu", default=given.get("gpu") or before.gpu or config.AUTO, auto=True),
        preset=ask_preset,
        keep=lambda _: questions.yes_no(session, "ask.keep_values", default=True, values=values)
        if values else questions.SKIPPED,
    )  # fmt: skip
    _plan(session, preset=given["preset"], gpu=given["gpu"], new=not given.get("keep", True))


def change_value(session: Session) -> None:
    """Ask for single values of the plan that stands, and make it again for each; without a plan, ask for all of it."""
    before = plan_commands.chosen_before(session, None)
    plan = plan_commands.stands(session, session.need_client(None))
    if not before.preset or plan is None:
        configure(session)
        return
    _plan(session, preset=before.preset, gpu=before.gpu or config.AUTO, new=False, plan=plan)


def _plan(session: Session, *, preset: str, gpu: str, new: bool, plan: Plan | None = None) -> None:
    """Make and show the plan, then again for every value that is changed.

    plan  stands already: nothing is made before a value of it is changed
    """
    overrides = _ask_value(session, plan) if plan is not None else {}
    if plan is not None and not overrides:
        return
    last: dict[str, str] = {}
    while True:
        given = [f"{name}={value}" for name, value in overrides.items()]
        try:
            result = plan_commands.configure(session, None, preset=preset, gpu=gpu, overrides=given, new=new)
        except PipelineError as error:
            if not overrides:
                raise
            session.show_error(error)  # the last value did not suit: the plan before it stands
            overrides = last
        else:
            session.show(result)
            new = False  # the values before are forgotten now; those given here stay
            plan = result.value.plan
        if not (changed := _ask_value(session, plan)):
            return
        last, overrides = _kept_values(overrides), {**_kept_values(overrides), **changed}


def _kept_values(overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the values without those that the plan was already made without: "-" takes one back once."""
    from avatar.plan.chosen import TAKES_BACK

    return {name: value for name, value in overrides.items() if value != TAKES_BACK}


def _ask_value(session: Session, plan: object) -> dict[str, str]:
    """Ask for one value of the plan to change; {} for none. Raises Leave."""

    def ask_name(_: questions.Given) -> str:
        labels = {questions.NONE: Text("list.value_none")}
        labels |= {name: spoken.option(name) for name in PLAN_NUMBERS}
        labels[MORE] = Text("list.value_more")
        return questions.pick(
            session, "ask.plan_value", list(labels), default=questions.NONE, free=True, labels=labels
        )  # fmt: skip

    def ask_more(given: questions.Given) -> object:
        return questions.text(session, "ask.plan_option") if given["name"] == MORE else questions.SKIPPED

    def ask_new(given: questions.Given) -> object:
        name = _named(given)
        return questions.SKIPPED if name == questions.NONE or "=" in name else _ask_new(session, plan, name)  # typed at once

    given = questions.in_order(name=ask_name, option=ask_more, value=ask_new)
    name = _named(given)
    if name == questions.NONE:
        return {}
    return _typed_at_once(session, name) if "=" in name else {name: given["value"]}


def _named(given: questions.Given) -> str:
    """Return the option that was chosen, or typed by its name or a short form of it: "dim"."""
    from avatar.plan.overrides import ALIASES

    name = str(given.get("option", given["name"]))
    return ALIASES.get(name.strip().lower(), name)


def _typed_at_once(session: Session, typed: str) -> dict[str, str]:
    """Return values by option of what remedies tell: "tamaño del LoRA (dim) = 4, pasos = 900", "dim=4 steps=900", "dim=-"."""
    labels = {
        matching.folded(session.text("list.item", item=spoken.option(name))): name
        for name in (field.name for field in dataclasses.fields(Plan))
    }
    found = {}
    for part in re.split(r",\s+|\s+(?=[\w-]+=)", typed):
        name, _, value = part.partition("=")
        found[labels.get(matching.folded(name), name.strip())] = value.strip()
    return found


def _ask_new(session: Session, plan: object, name: str) -> str:
    """Ask for the new value of an option of the trainer, as it is typed behind "name="."""
    if name not in PLAN_NUMBERS:
        return questions.text(session, "ask.plan_text", zero=True, name=spoken.option(name))
    limits = PLAN_NUMBERS[name]
    now: Any = getattr(plan, name)
    value = questions.number(
        session, "ask.plan_number", default=limits.low if now is None else now, low=limits.low, high=limits.high,
        unit=limits.unit, whole=limits.whole, name=spoken.option(name),
    )  # fmt: skip
    return f"{value:.10g}"


def bundle(session: Session) -> None:
    client_id = session.need_client(None).client_id
    given = questions.in_order(
        gpu=lambda _: card(session, "ask.bundle_gpu", default=USUAL_CARD),
        target=lambda _: questions.path(session, "ask.bundle_zip", default=f"{client_id}_bundle.zip", must_exist=False),
    )
    session.show(plan_commands.bundle(session, None, given["target"], gpu=given["gpu"]))
