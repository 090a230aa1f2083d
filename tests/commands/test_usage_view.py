"""How a model is used, told once where a training and the step after it stand on one screen."""

from __future__ import annotations

from avatar.commands import usage_view
from avatar.commands.result import Block, Raw, Result
from avatar.texts.text import Text


def test_the_result_of_a_training_can_be_told_without_how_its_model_is_used() -> None:
    how = dict.fromkeys(("trigger", "weight", "sampler", "comfyui", "iterations", "cfg", "size", "base", "folder"), "x")
    used: list[Block] = [Text("train.use", how), Text("train.use_prompts"), Raw("  ohwx woman"), Text("train.use_where", how)]
    done, plot = Text("train.success", {"path": "m", "steps": 3, "time": "1 h"}), Text("plot.written", {"path": "loss.png"})
    result = Result(None, [done, *used, plot])
    assert [block.key for block in usage_view.without(result).blocks if isinstance(block, Text)] == [
        "train.success", "plot.written",
    ]  # fmt: skip
    assert len(usage_view.without(result).blocks) == 2


def test_a_training_that_failed_is_told_as_it_is() -> None:
    result = Result(None, [Text("train.log", {"path": "train.log"})])
    assert usage_view.without(result) is result
