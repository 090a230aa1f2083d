"""The identity of a picture."""

from __future__ import annotations

import dataclasses
from typing import Any

from avatar.generate.backend import Request
from avatar.results.trial import picture_id

REQUEST = Request(
    picture_id="", model="ab" * 32, weight="0.8", prompt="portrait of ana", negative="", seed=1, steps=25, cfg=7.0,
    sampler="euler_a", scheduler="normal", width=1024, height=1024,
)  # fmt: skip


def _id(request: Request = REQUEST, **other: Any) -> str:
    values: dict[str, Any] = {"base_sha256": "cd" * 32, "vae": "", "backend": "trainer", **other}
    return picture_id(request, **values)


def test_everything_that_changes_a_picture_changes_its_identity() -> None:
    changes: dict[str, Any] = {
        "model": None, "weight": "0.80", "prompt": "portrait of ñ", "negative": "blurred", "seed": 2, "steps": 26, "cfg": 6.5,
        "sampler": "euler", "scheduler": "karras", "width": 960, "height": 960,
    }  # fmt: skip
    ids = {_id(dataclasses.replace(REQUEST, **{name: value})) for name, value in changes.items()}
    ids |= {_id(), _id(base_sha256="ef"), _id(vae="x"), _id(backend="comfyui")}
    assert len(ids) == len(changes) + 4
    assert all(len(each) == 16 for each in ids)


def test_the_identity_of_a_picture_does_not_depend_on_itself() -> None:
    assert _id(dataclasses.replace(REQUEST, picture_id="something")) == _id()
