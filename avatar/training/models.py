"""The models of a client, each opened and read through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import utils
from avatar.texts.text import PipelineError, Text
from avatar.trainer import lora_file
from avatar.training import runs as training_runs
from avatar.training.runs import RunSummary
from avatar.workspace.client import Client


@dataclass(frozen=True)
class ModelSummary:
    """One file in models/, opened and verified."""

    name: str
    bytes: int
    dim: int | None
    ok: bool
    trigger: str = ""
    problems: tuple[Text, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


def runs(client: Client) -> list[RunSummary]:
    """Return all training runs of a client, newest first."""
    return training_runs.summaries(client.runs)


def models(client: Client) -> list[ModelSummary]:
    """Return all models of a client, each opened and verified again."""
    found = []
    for path in sorted(client.models.glob("*.safetensors")):
        checked = lora_file.verify(path)
        found.append(
            ModelSummary(
                path.name, checked.bytes, checked.dim, checked.ok, _activation(path), checked.problems, checked.metadata
            )
        )
    return found


def _activation(model: Path) -> str:
    try:
        value = utils.read_json(model.with_suffix(".json"))
    except (OSError, PipelineError):
        return ""
    return str(value.get("activation text") or "") if isinstance(value, dict) else ""
