"""Scores of trials with known truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from avatar.results.scores import Reference, Score, Scores, TrialPicture, Yardstick

REFERENCE = Reference(kind="held_out", image_ids=("real_a", "real_b", "real_c"), digest="d" * 16)


def picture(candidate: str, column: int, *, round_: int = 1, prompts: int = 6, **more: Any) -> TrialPicture:
    model, _, weight = candidate.partition("@")
    steps = int(model) if model.isdecimal() else None
    values: dict[str, Any] = {"steps": steps, "path": Path(f"{candidate}-{column}.png"), **more}
    return TrialPicture(
        picture_id=f"{candidate}-{column}", model=model, weight=weight, prompt=column % prompts + 1, seed=column // prompts + 1,
        round=round_, **values,
    )  # fmt: skip


def scores(
    likeness: Mapping[str, Sequence[float | None]], *, risk: Mapping[str, float] | None = None,
    flexibility: Mapping[str, float] | None = None, low: float | None = 0.9, rounds: Mapping[str, int] | None = None,
    prompts: int = 6, margins: Mapping[str, Sequence[float]] | None = None,
) -> Scores:  # fmt: skip
    """Return scores: likeness by candidate and picture, None: no face there."""
    made = []
    for name, values in likeness.items():
        for column, value in enumerate(values):
            shown = picture(name, column, round_=(rounds or {}).get(name, 1), prompts=prompts)
            margin = margins[name][column] if margins else (risk or {}).get(name)
            made.append(
                Score(
                    picture=shown, faces=int(value is not None), likeness=value, copy_margin=margin,
                    sharpness=200.0, exposure=120.0,
                )
            )  # fmt: skip
    yardstick = None if low is None else Yardstick(mean=low + 0.02, low=low, spread=0.03, n=3)
    return Scores(
        pictures=tuple(made), reference=REFERENCE, yardstick=yardstick, flexibility=dict(flexibility or {}), failed={}
    )
