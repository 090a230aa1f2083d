"""The command `install`: where the files alone do not say where the LoRAs lie, a program that is running is asked."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from avatar.commands import back_ends, deliver
from avatar.generate.comfyui import ComfyUI
from avatar.results import install as results_install
from avatar.texts.text import PipelineError
from config import GenerateConfig, Settings

ASKING = back_ends.lora_folder


@pytest.fixture(autouse=True)
def servers_are_asked(monkeypatch: pytest.MonkeyPatch, no_running_server_is_asked: None) -> None:
    monkeypatch.setattr(back_ends, "lora_folder", ASKING)


def _nowhere(to: str, *_: object, **__: object) -> None:
    raise PipelineError("install.no_folder", program=to)


def test_a_running_comfyui_is_asked_for_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_install, "find_place", _nowhere)
    monkeypatch.setattr(ComfyUI, "lora_folder_there", lambda self: tmp_path)
    place = deliver.place_of("ComfyUI ", Settings())
    assert (place.program, place.folder) == ("comfyui", tmp_path)


def test_without_one_that_answers_the_refusal_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_install, "find_place", _nowhere)
    for program in ("a1111", "comfyui", "invokeai"):
        with pytest.raises(PipelineError, match=r"install\.no_folder"):
            deliver.place_of(program, _closed())


def _closed() -> Settings:
    """Settings with addresses at which nothing listens."""
    return dataclasses.replace(
        Settings(), generate=GenerateConfig(comfyui_address="http://127.0.0.1:9", a1111_address="http://127.0.0.1:9")
    )
