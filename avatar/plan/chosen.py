"""What the user chose of a plan, so that planning again keeps it: preset, card profile, values by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from avatar.texts.text import PipelineError, Text
from avatar.workspace import state_file
from config import AUTO, GPU_PROFILES, TRAINING_PRESETS, TrainerConfig

if TYPE_CHECKING:
    from avatar.plan.values import Change
    from avatar.trainer.options import OptionTable

# Fields of a plan that are copies of settings, which may change after the plan was made.
TAKES_BACK = "-"
COPIED = ("base_model", "tokenizer_cache_dir")


@dataclass(frozen=True)
class Chosen:
    """preset, gpu: None where the program chose; overrides: ["network_dim=64", …] as they were typed.

    tuned  of these, those that were taken from an automatic tuning, with its id
    """

    preset: str | None = None
    gpu: str | None = None
    overrides: tuple[str, ...] = ()
    tuned: Mapping[str, str] = field(default_factory=dict)


def chosen_of(record: Mapping[str, Any]) -> Chosen:
    """Return what the user chose of the plan that lora_config.json holds; nothing where it is unreadable.

    A file of an earlier version does not say who chose the profile: one without a card that was found was chosen by hand.
    """
    plan = state_file.fields(record.get("plan"), {"preset": str, "profile": str})
    given = state_file.fields(record, {"gpu": str, "overrides": list, "tuned": dict})
    preset, profile = plan.get("preset"), plan.get("profile")
    by_hand = given.get("gpu") if "gpu" in record else None if record.get("card") or profile == "cpu" else profile
    overrides = tuple(text for text in given.get("overrides", ()) if isinstance(text, str))
    tuned = {text: tuning for text, tuning in given.get("tuned", {}).items() if text in overrides and isinstance(tuning, str)}
    return Chosen(
        preset if preset in TRAINING_PRESETS else None, by_hand if by_hand in GPU_PROFILES else None, overrides, tuned
    )  # fmt: skip


def field_of(text: str) -> str:
    """Return the field or option that "key=value" or "key" names: "--dim=64" -> "network_dim"."""
    from avatar.plan.overrides import ALIASES

    key = text.partition("=")[0].strip().removeprefix("--").replace("-", "_")
    return ALIASES.get(key, key)


def takes_back(text: str) -> bool:
    """Return whether "key=value" takes back what was given for the key: "dim=-"."""
    return text.partition("=")[2].strip() == TAKES_BACK


def together(
    before: Chosen, *, preset: str | None, gpu: str | None, overrides: Sequence[str], unset: Sequence[str],
    options: OptionTable, tuned_by: str = "",
) -> tuple[Chosen, tuple[Text, ...]]:  # fmt: skip
    """Return what is chosen once the new wishes are laid over those before, and what of them is valid no more.

    tuned_by   the automatic tuning that the values come from; "": the user typed them
    gpu        "auto" takes back a profile chosen by hand
    overrides  "dim=64" gives a value, "dim=-" takes it back
    unset      further values by hand to take back
    Raises PipelineError("plan.not_set") for one that was not given, ("plan.none_set") where none was.
    """
    from avatar.plan.overrides import parse_overrides

    unset = [*unset, *(text.partition("=")[0] for text in overrides if takes_back(text))]
    overrides = [text for text in overrides if not takes_back(text)]
    known = {field_of(text) for text in before.overrides}
    for name in unset:
        if field_of(name) not in known:
            if not known:
                raise PipelineError("plan.none_set", name=name)
            raise PipelineError("plan.not_set", name=name, known=", ".join(sorted(known)))
    replaced = {field_of(text) for text in (*overrides, *unset)}
    kept, lost = [], []
    for text in before.overrides:
        if field_of(text) in replaced:
            continue
        try:
            parse_overrides([text], options)
        except PipelineError as error:  # another trainer, another version of this program
            lost.append(Text("plan.warning.override_lost", {"text": text, "why": error.text}))
        else:
            kept.append(text)
    profile = None if gpu == AUTO else gpu or before.gpu
    tuned = {text: tuning for text, tuning in before.tuned.items() if text in kept}
    tuned |= dict.fromkeys(overrides, tuned_by) if tuned_by else {}
    return Chosen(preset or before.preset, profile, (*kept, *overrides), tuned), tuple(lost)


def with_origins(changes: Sequence[Change], chosen: Chosen) -> tuple[Change, ...]:
    """Return changes of a plan in which values of an automatic tuning say so: nobody asked for them one by one."""
    tuned = {field_of(text): tuning for text, tuning in chosen.tuned.items()}
    return tuple(
        replace(one, why=Text("plan.change.tuned", {"tuning": tuned[one.name]}))
        if one.why.key == "plan.change.override" and one.name in tuned
        else one
        for one in changes
    )


def kept(before: Chosen, now: Chosen, *, preset: str | None, gpu: str | None) -> tuple[str, ...]:
    """Return what a new plan keeps of the one before though nobody said it again, as the user would type it."""
    told = [f"--preset {before.preset}"] if before.preset and preset is None else []
    told += [f"--gpu {before.gpu}"] if before.gpu and gpu is None else []
    return (*told, *(text for text in before.overrides if text in now.overrides))


def changed_settings(record: Mapping[str, Any], trainer: TrainerConfig) -> list[tuple[str, str, str]]:
    """Return (field, value in the plan, value of the settings now) of each setting that changed since the plan was made.

    A value that was given by hand is no copy.
    """
    plan, asked = record.get("plan"), record.get("asked")
    plan = plan if isinstance(plan, Mapping) else {}
    copies = asked if isinstance(asked, Mapping) else plan
    by_hand = {field_of(text) for text in chosen_of(record).overrides}
    names = [name for name in COPIED if name in copies and name not in by_hand]
    pairs = [(name, str(copies[name]), str(getattr(trainer, name))) for name in names]
    return [pair for pair in pairs if pair[1] != pair[2]]
