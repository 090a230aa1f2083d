"""The mean of the last models of a training, as one more candidate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import utils
from avatar.results import choice, mean_model, trial, trial_models
from avatar.results.trial_run import Callbacks
from avatar.texts.text import PipelineError
from avatar.trainer import lora_file
from avatar.workspace.client import Client
from tests.generate import lora_files
from tests.results import made
from tests.results.conftest import Draw, asked
from tests.results.fake_backend import FakeBackend


def delta(path: Path, module: str) -> np.ndarray:
    """Return what a LoRA adds to a weight: alpha over rank times up times down."""
    tensors = {name: value.astype(np.float64) for name, value in load_file(str(path)).items() if name.startswith(module)}
    down, up = tensors[f"{module}.lora_down.weight"], tensors[f"{module}.lora_up.weight"]
    return np.asarray(float(tensors[f"{module}.alpha"]) / down.shape[0] * up @ down)


def test_the_mean_adds_the_mean_of_what_the_models_add(tmp_path: Path) -> None:
    paths = [lora_files.whole(tmp_path / f"{seed}.safetensors", rank=2, seed=seed) for seed in (1, 2, 3)]
    target = tmp_path / "mean.safetensors"
    mean_model.write(paths, target)
    checked = lora_file.verify(target)
    assert checked.ok and checked.dim == 6 and checked.modules == 722
    modules = sorted({name.partition(".")[0] for name in load_file(str(target))})
    for module in modules[:: len(modules) // 5]:
        wanted = np.mean([delta(path, module) for path in paths], axis=0)
        assert np.allclose(delta(target, module), wanted, atol=1e-9)
        matrices = [load_file(str(path)) for path in paths]
        plain = [np.mean([one[f"{module}.{part}.weight"].astype(np.float64) for one in matrices], axis=0)
                 for part in ("lora_up", "lora_down")]  # fmt: skip
        assert not np.allclose(plain[0] @ plain[1] / 2, wanted, atol=1e-3)  # the mean of the matrices is another thing


@pytest.mark.parametrize("other", ["rank", "modules"])
def test_models_that_do_not_fit_together_have_no_mean(other: str, tmp_path: Path) -> None:
    first = lora_files.whole(tmp_path / "a.safetensors")
    second = tmp_path / "b.safetensors"
    lora_files.write(second, lora_files.tensors(rank=2) if other == "rank" else lora_files.tensors(modules=700))
    with pytest.raises(PipelineError, match=r"trial\.no_mean"):
        mean_model.write([first, second], tmp_path / "mean.safetensors")
    assert not (tmp_path / "mean.safetensors").exists()


def test_one_model_alone_has_no_mean(client: Client) -> None:
    made.trained(client, steps=())
    with pytest.raises(PipelineError, match=r"trial\.no_mean"):
        trial_models.make_mean(client, trial_models.found(client))


def test_the_mean_is_tried_beside_the_others_and_handed_over_when_it_is_taken(draw: Draw, trained: Client) -> None:
    lora = trial_models.make_mean(trained, trial_models.found(trained))
    assert [one.name for one in trial_models.found(trained)] == ["final", "1500", "1000", "500", "mean"]
    assert [one.name for one in trial_models.default(trial_models.found(trained), 9)] == ["final", "1500", "1000", "500"]
    outcome = draw(FakeBackend(), names=["final", "mean"], callbacks=Callbacks())
    assert {model.name: model.step for model in trial.read(outcome.folder).models} == {"final": 2000, "mean": None}
    taken = choice.take(trained, outcome.folder, "mean@0.8", None, None)
    assert taken.model == trained.models / "ana_v1-mean.safetensors" and not lora.path.exists()
    assert utils.read_json(trained.models / "ana_v1-mean.recipe.json")["chosen"]["candidate"] == "mean@0.8"
    assert [one.name for one in trial_models.found(trained)] == ["final", "1500", "1000", "500", "mean"]
    again = FakeBackend()
    assert draw(again, names=["final", "mean"], callbacks=Callbacks()).whole and again.drawn == []
    assert asked(trained).kind == "comfyui"
