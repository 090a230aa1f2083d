"""What a person calls the names that files and commands have: options of a plan, models at a weight, variants of a tuning.

A text asks for it by a format: `{name:option}`, `{value:plain}`, `{text:chosen}`, `{texts:all_chosen}`, `{name:model}`,
`{candidate:weighted}`, `{candidate:weighted_short}`, `{name:variant}`, `{names:variants}`, `{kind:captioner}`,
`{run:dated}`; a name without words stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from avatar.texts import tables
from avatar.texts.text import Text

_STAMPED = re.compile(
    r"(?:tune-)?(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)\d\d(?:-([a-z]\w*))?(?:-\d+)?"
)  # a training, a trial, a tuning
_ENDED = re.compile(r"(.+)-(\d+)")  # a model of a variant: its name and the step


def _known(key: str, name: str) -> Text:
    return Text(key) if tables.known(key) else Text("list.item", {"item": name})


def option(name: str) -> Text:
    """Return an option of a plan: "network_dim" -> "tamaño del LoRA (dim)"."""
    return _known(f"plan.setting.{name}", name)


def value(given: object) -> object:
    """Return a value of a plan: yes and no, a curve of the learning rate in words, numbers as the language writes them."""
    if not isinstance(given, str):
        return given
    word = given.lower()
    if word in {"true", "false", "none"}:
        return Text({"true": "word.yes", "false": "word.no", "none": "word.none"}[word])
    if tables.known(f"plan.value.{word}"):
        return Text(f"plan.value.{word}")
    try:
        return Text("number.plain", {"value": float(given)})
    except ValueError:
        return given


def chosen(given: str) -> Text:
    """Return a value that was given by hand: "network_dim=32" -> "tamaño del LoRA (dim): 32"."""
    name, _, typed = (part.strip() for part in given.partition("="))
    return Text("plan.given", {"what": option(name.removeprefix("--").replace("-", "_")), "value": value(typed)})


def all_chosen(given: str) -> Text:
    """Return several values that were given by hand, with blanks between them."""
    return several([chosen(one) for one in given.split()])


def model(name: str) -> Text:
    """Return a model of a trial: a step, the last one, the mean of several, one of a variant, or a file's name."""
    if name.isdecimal():
        return Text("trial.model.step", {"step": int(name)})
    ended = _ENDED.fullmatch(name)
    if ended and tables.known(f"tune.short.{ended[1]}"):
        return Text("trial.model.variant", {"variant": variant(ended[1]), "step": int(ended[2])})
    return _known(f"trial.model.{name}", name)


def variant(name: str) -> Text:
    """Return a variant of a tuning in a word or two: "rate_half" -> "tasa ÷ 2"."""
    return _known(f"tune.short.{name}", name)


def dated(name: str) -> object:
    """Return when a training, a trial or a tuning began, as its name tells: "20261127-102602" -> 27/11/2026 10:26.

    That of a variant with it: "tune-20261127-102602-rate_half" -> "27/11/2026 10:26 (tasa ÷ 2)".
    """
    found = _STAMPED.fullmatch(name)
    if found is None:
        return name
    year, month, day, hour, minute, candidate = found.groups()
    began = f"{year}-{month}-{day}T{hour}:{minute}"
    try:
        datetime.fromisoformat(began)
    except ValueError:  # figures that are no date: a person has renamed it
        return name
    return Text("run.of_variant", {"began": began, "variant": variant(candidate)}) if candidate else began


def weighted(candidate: str) -> Text:
    """Return a model at a weight: "564@0.8" -> "paso 564 con peso 0,8"."""
    return _at(candidate, "trial.weighted")


def weighted_short(candidate: str) -> Text:
    """Return a model at a weight for a table: "564@0.8" -> "paso 564 · 0,8"."""
    return _at(candidate, "trial.weighted_short")


def _at(candidate: str, key: str) -> Text:
    name, _, weight = candidate.rpartition("@")
    if not name:
        return Text("list.item", {"item": candidate})
    if name == "base":
        return model(name)
    tenths = re.fullmatch(r"\d+\.\d", weight) is not None
    shown = Text("trial.weight", {"value": float(weight)}) if tenths else value(weight)
    return Text(key, {"model": model(name), "weight": shown})


def captioner(name: str) -> Text:
    """Return what looks at pictures: "tags" -> "escribir etiquetas"."""
    return _known(f"captioner.kind.{name}", name)


def several(texts: Sequence[Text], key: str = "list.join") -> Text:
    """Return texts as one; "–" for none. key: of what joins two, "list.semicolon" where they have commas themselves."""
    if not texts:
        return Text("list.item", {"item": "–"})
    first, *others = texts
    return Text(key, {"first": first, "rest": several(others, key)}) if others else first


def variants(names: str) -> Text:
    """Return several variants, which are kept as one text with commas."""
    return several([variant(name) for name in names.split(", ")])


SPOKEN: Mapping[str, Callable[[str], object]] = {
    "option": option, "plain": value, "chosen": chosen, "all_chosen": all_chosen, "model": model, "variant": variant,
    "dated": dated, "variants": variants, "weighted": weighted, "weighted_short": weighted_short, "captioner": captioner,
}  # fmt: skip
