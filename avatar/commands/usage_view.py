"""How a trained model is used, for the screen: weight, sampler, three prompts to copy, where the file goes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from avatar.commands.result import Block, Raw, Result
from avatar.texts.text import Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.results.final_model import FinalModel

FIRST, LAST = "train.use", "train.use_where"  # what is told of a model begins and ends with


def of_client(client: Client) -> list[Block]:
    """Return how the client's model is used: the one that was taken, else the newest; nothing where there is none."""
    from avatar.results import final_model

    model = final_model.newest(client)
    return [] if model is None else of_model(client, model)


def of_model(client: Client, model: FinalModel) -> list[Block]:
    """Return how a model is used."""
    from avatar.results import final_model

    usage = final_model.usage(client, model)
    width, height = usage.size
    values = {
        "trigger": usage.trigger, "weight": float(usage.weight), "sampler": f"{usage.sampler} {usage.scheduler}",
        "comfyui": usage.comfyui, "iterations": usage.steps, "cfg": float(usage.cfg), "size": f"{width} x {height}",
        "base": usage.base or "SDXL",
    }  # fmt: skip
    prompts = [Raw(f"  {prompt}") for prompt in usage.prompts]
    return [Text(FIRST, values), Text("train.use_prompts"), *prompts, Text(LAST)]


def other_programs() -> Text:
    """Return where the model goes besides: among the details."""
    return Text("train.use_by_hand")


def without(result: Result[Any]) -> Result[Any]:
    """Return the result of a training without how its model is used, for where that is told next."""
    keys = [block.key if isinstance(block, Text) else "" for block in result.blocks]
    if FIRST not in keys or LAST not in keys:
        return result
    told = result.blocks[keys.index(FIRST) : keys.index(LAST) + 1]
    return dataclasses.replace(result.without(told), more=())
