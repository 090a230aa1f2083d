"""Which back ends a trial is drawn with."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from avatar.commands import back_ends
from avatar.generate.backend import Backend, Base
from avatar.texts.text import PipelineError
from config import GenerateConfig, Settings

BASE = Base(name="sdxl", path=None, sha256="")


def chosen(kind: str | None = None, addresses: Sequence[str] = (), **settings: str) -> Sequence[Backend]:
    made = Settings(generate=GenerateConfig(**settings))  # type: ignore[arg-type]
    return back_ends.chosen(made, BASE, [], 1024, kind=kind, addresses=addresses, on_note=lambda told: None)


def test_what_the_user_asks_for_counts_more_than_the_settings() -> None:
    assert [one.kind for one in chosen()] == ["trainer"]
    assert [one.kind for one in chosen(backend="comfyui")] == ["comfyui"]
    assert [one.kind for one in chosen("a1111", backend="comfyui")] == ["a1111"]
    assert chosen("comfyui", comfyui_address="http://127.0.0.1:9")[0].address == "http://127.0.0.1:9"


def test_every_address_is_a_back_end_of_its_own() -> None:
    addresses = ["http://127.0.0.1:8188", "http://127.0.0.1:8189"]
    assert [one.address for one in chosen("comfyui", addresses)] == addresses
    assert [one.address for one in chosen("a1111", addresses[:1])] == addresses[:1]
    assert [one.kind for one in chosen(None, addresses, backend="a1111")] == ["a1111", "a1111"]


@pytest.mark.parametrize("kind", [None, "trainer"])
def test_an_address_of_nobody_knows_which_program_is_refused(kind: str | None) -> None:
    with pytest.raises(PipelineError, match=r"trial\.address_of_what"):
        chosen(kind, ["http://127.0.0.1:8188"])
