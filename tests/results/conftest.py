"""Clients with a training, and trials of theirs drawn by a back end in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from avatar.generate import proof
from avatar.generate.backend import Backend
from avatar.results import trial_models, trial_prompts, trial_run
from avatar.results.trial import HeldOut
from avatar.results.trial_make import Asked
from avatar.results.trial_run import Callbacks, Outcome
from avatar.workspace.client import Client
from config import TrainerConfig
from tests.results import made

Draw = Callable[..., Outcome]


@pytest.fixture
def trained(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client with a training of 2000 steps and three checkpoints."""
    monkeypatch.setattr(proof, "check_lora", made.facts)
    return made.trained(client)


def asked(client: Client, **changes: Any) -> Asked:
    """Return a small question: two models, two weights, two prompts, at 64 px."""
    names, kind = changes.pop("names", ()), changes.pop("kind", "comfyui")
    loras = trial_models.chosen(trial_models.found(client), names, 2)
    base = trial_models.base_of(client, loras, TrainerConfig())
    models = trial_models.checked(client, loras, base, lambda note: None)
    prompts = trial_prompts.trial_prompts(["portrait of ohwx woman", "ohwx woman smiling"], "ohwx", "woman", [])[:2]
    values: dict[str, Any] = {
        "models": models, "weights": ["0.6", "0.8"], "prompts": prompts, "seeds": [42], "kind": kind,
        "base": base, "held_out": HeldOut(images=[], digest=""),
        "side_px": 64, **changes,
    }  # fmt: skip
    return Asked(**values)


@pytest.fixture
def draw(trained: Client) -> Draw:
    """Return a function that draws a trial of the client: draw(*backends, minutes=, tied=, callbacks=, and of `asked`)."""

    def run(*backends: Backend, minutes: float | None = None, tied: tuple[str, ...] = (), **changes: Any) -> Outcome:
        callbacks = changes.pop("callbacks", None) or Callbacks(shortlist=lambda folder, one: one.rounds[1].candidates[:3])
        return trial_run.run(trained, asked(trained, **changes), backends, callbacks, minutes=minutes, tied=tied)

    return run
