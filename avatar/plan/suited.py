"""What base model and dataset ask of a plan, before it is fitted to a card: each change with its reason. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from avatar.plan import held_out
from avatar.plan.values import Change, DatasetFacts, Plan
from avatar.texts.text import Text
from avatar.trainer import base_model_nature
from avatar.trainer.base_model_nature import Nature
from avatar.trainer.options import OptionTable

FAMILY_TEXTS = {"Pony": "plan.family.pony", "Illustrious": "plan.family.illustrious", "NoobAI": "plan.family.noobai"}


def suited(
    asked: Plan, given: Mapping[str, Any], options: OptionTable, nature: Nature, dataset: DatasetFacts
) -> tuple[Plan, tuple[Change, ...]]:  # fmt: skip
    """Return the plan with what its base model needs, and the changes; nothing that was given by hand is touched."""
    wanted: dict[str, tuple[Any, Text]] = {}
    if nature.predicts_v:
        wanted["v_parameterization"] = True, Text("plan.change.v_prediction", {"where": nature.predicts_v})
    if nature.zero_snr:
        wanted["zero_terminal_snr"] = True, Text("plan.change.zero_snr", {"where": nature.zero_snr})
    if dataset.masked:
        wanted["alpha_mask"] = True, Text("plan.change.masked")
    if dataset.regularisation is not None:
        values = {"n": dataset.regularisation.images, "words": ", ".join(dataset.regularisation.words)}
        wanted["reg_data_dir"] = dataset.regularisation.named, Text("plan.change.regularisation", values)
    wanted |= _held_out(asked, given, options, dataset)
    by_hand = {*given, *given.get("extra", {})}
    changes = tuple(
        Change(name, getattr(asked, name), value, why)
        for name, (value, why) in wanted.items()
        if name not in by_hand and options.has(name) and getattr(asked, name) != value
    )
    return dataclasses.replace(asked, **{change.name: change.after for change in changes}), changes


def _held_out(
    asked: Plan, given: Mapping[str, Any], options: OptionTable, dataset: DatasetFacts
) -> dict[str, tuple[Any, Text]]:  # fmt: skip
    """Return the options that measure pictures held out; none for a trainer that lacks one of them. On the
    processor a trial has too few steps, and takes them only by hand."""
    own = None if asked.profile == "cpu" else held_out.split_of([pictures for pictures, _ in dataset.folders])
    split = given.get("validation_split", own)
    if not split or not all(map(options.has, held_out.OPTIONS)):
        return {}
    held = dataset.images - held_out.trained_of(dataset, split).images
    why = Text("plan.change.held_out", {"n": held})
    steps = given.get("max_train_steps", asked.max_train_steps)
    return {
        "validation_split": (split, why),
        "validation_seed": (held_out.SEED, Text("plan.change.held_out_same")),
        "validate_every_n_steps": (held_out.interval(steps), Text("plan.change.held_out_every")),
        # Also after each epoch, unless it is told to wait for one that never comes: the trainer counts epochs from 1.
        "validate_every_n_epochs": (held_out.NEVER, Text("plan.change.held_out_every")),
    }


def notes(plan: Plan, dataset: DatasetFacts, given: Mapping[str, Any], model_before: str | None) -> list[Text]:
    """Return what is worth knowing of a plan's base model, if it is another than before, and of its pictures."""
    told = [] if plan.base_model == model_before else told_once(base_model_nature.of(plan.base_model))
    told += _told_of_regularisation(plan, dataset, given)
    return told if dataset.images else [*told, Text("plan.warning.no_dataset")]


def _told_of_regularisation(plan: Plan, dataset: DatasetFacts, given: Mapping[str, Any]) -> list[Text]:
    """Return what regularisation pictures are for and cost."""
    found = dataset.regularisation
    if found is None or not plan.reg_data_dir:
        return []
    if not found.images:
        return [Text("plan.regularisation_none", {"path": found.folder})]
    values = {"n": found.images, "words": ", ".join(word for word in found.words if word) or "-"}
    told = [Text("plan.regularisation", values)]
    return [*told, Text("plan.regularisation_steps")] if "max_train_steps" in given else told


def told_once(nature: Nature) -> list[Text]:
    """Return what is worth knowing of a base model when it is chosen, and not again at every start."""
    found = []
    if nature.family:
        found.append(Text(FAMILY_TEXTS[nature.family], {"family": nature.family}))
    if nature.maybe_v:
        found.append(Text("plan.warning.maybe_v", {"part": nature.maybe_v}))
    return found
