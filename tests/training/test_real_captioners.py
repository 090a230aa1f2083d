"""The real captioners of sd-scripts, pip and client of the hub: only the models are small, and the hub is ours.

Slow, and skipped unless told where the trainer is (tests/training/test_real_trainer.py); pip needs the network once. The
checkout and its environment are not touched: both are laid over.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import utils
from avatar.commands import captioners as captioner_commands
from avatar.commands.session import Session
from avatar.dataset import caption_suggestions
from avatar.texts.text import PipelineError
from avatar.trainer import captioner_setup, captioners, location
from avatar.workspace.client import Client
from tests.dataset.test_training_folder import picture
from tests.scripted import MakeSession
from tests.training import test_real_trainer as real
from tests.training.standin_hub import Hub

pytestmark = [real.pytestmark, pytest.mark.timeout(real.SLOW_S)]
TAGS, SENTENCES = captioners.CAPTIONERS["tags"], captioners.CAPTIONERS["sentences"]
# One row of weights per tag: what its probability takes from the mean of blue, green and red, and from nothing.
NAMES = {
    "general": (9, 0, 0, 0, 1), "sensitive": (9, 0, 0, 0, 0), "questionable": (9, 0, 0, 0, 0), "explicit": (9, 0, 0, 0, 0),
    "1girl": (0, 0, 0, 0, 1), "brown_hair": (0, 0, 0, 0, 1), "looking_at_viewer": (0, 0, 0, 0, 1),
    "red_scarf": (0, 0, 0, 1, 0), "blue_scarf": (0, 1, 0, 0, 0), "brick_wall": (0, 0, 0, 0, 0.9), "snow": (0, 0, 0, 0, 0.1),
    "hatsune_miku": (4, 0, 0, 0, 1),
}  # fmt: skip
# The layout of SmilingWolf's models: pictures of 448 px in BGR, four ratings first. In the interpreter of the trainer.
MAKE_ONNX = """
import json, sys
import numpy, onnx
from onnx import TensorProto, helper
rows = json.loads(sys.argv[2])
weights = numpy.array([row[1:4] for row in rows], dtype=numpy.float32).T / 255
bias = numpy.array([row[4] for row in rows], dtype=numpy.float32)
graph = helper.make_graph(
    [helper.make_node("ReduceMean", ["input"], ["mean"], axes=[1, 2], keepdims=0),
     helper.make_node("MatMul", ["mean", "weights"], ["lit"]), helper.make_node("Add", ["lit", "bias"], ["output"])],
    "tagger", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 448, 448, 3])],
    [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["N", len(rows)])],
    [helper.make_tensor("weights", TensorProto.FLOAT, weights.shape, weights.ravel()),
     helper.make_tensor("bias", TensorProto.FLOAT, bias.shape, bias)])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), sys.argv[1])
"""
# Always says one word: the bias of its last layer, with all else at nought.
MAKE_GIT = """
import sys
import torch
from transformers import BertTokenizerFast, CLIPImageProcessor, GitConfig, GitForCausalLM, GitProcessor
folder, vocabulary, word = sys.argv[1:]
words = open(vocabulary, encoding="utf-8").read().split()
size = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
config = GitConfig(vision_config={**size, "image_size": 32, "patch_size": 16}, vocab_size=len(words), bos_token_id=2,
                   eos_token_id=3, pad_token_id=0, **size)
model = GitForCausalLM(config)
with torch.no_grad():
    model.output.weight.zero_()
    model.output.bias.zero_()
    model.output.bias[words.index(word)] = 9
model.save_pretrained(folder, safe_serialization=True)
GitProcessor(CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}),
             BertTokenizerFast(vocabulary)).save_pretrained(folder)
"""


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with an environment over the real one: what pip installs, it installs there."""
    folder = tmp_path_factory.mktemp("real") / "kohya ñ"
    shutil.copytree(real.SCRIPTS, folder, ignore=shutil.ignore_patterns(".git", "__pycache__"))
    subprocess.run([real.PYTHON, "-m", "venv", str(folder / "venv")], check=True)
    below = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    packages = subprocess.run([real.PYTHON, "-c", below], check=True, capture_output=True, text=True).stdout.strip()
    own = subprocess.run(
        [str(location.venv_python(folder / "venv")), "-c", below], check=True, capture_output=True, text=True
    ).stdout.strip()
    (Path(own) / "below.pth").write_text(f"{packages}\n", encoding="utf-8")
    return folder


@pytest.fixture
def session_and_hub(
    trainer: Path, make: MakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Session, Hub]]:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    utils.write_json(tmp_path / "config.json", {"trainer": {"folder": str(trainer)}})
    with Hub({}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield make()[0], hub


def crops(client: Client, *colours: tuple[int, int, int]) -> list[str]:
    made = []
    for number, colour in enumerate(colours):
        record = picture("real", number)
        client.save_record(record)
        Image.new("RGB", (256, 256), colour).save(client.processed / f"{record.image_id}.png")
        made.append(record.image_id)
    return made


def run(trainer: Path, program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(location.venv_python(trainer / "venv")), "-c", program, *arguments], capture_output=True, text=True, check=False,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_real_tagger_from_pip_to_the_caption(
    trainer: Path, session_and_hub: tuple[Session, Hub], client: Client, tmp_path: Path
) -> None:
    session, hub = session_and_hub
    python = location.venv_python(trainer / "venv")
    before = captioner_setup.look(TAGS, python).there
    image_ids = crops(client, (255, 0, 0), (0, 0, 255), (0, 255, 0))
    with pytest.raises(PipelineError) as caught:  # the packages come, the model does not: the hub has none
        captioner_commands.suggest(session, "ana", "tags", agreed=True)
    assert caught.value.key == "captioner.model_failed", caught.value.values
    after = captioner_setup.look(TAGS, python)
    assert after.missing == () and {name: after.there[name] for name in before} == dict(before), "what was there is as it was"
    check = subprocess.run([str(python), "-m", "pip", "check"], capture_output=True, text=True, check=False).stdout
    assert "onnx" not in check and "numpy" not in check, check

    run(trainer, MAKE_ONNX, str(tmp_path / "model.onnx"), json.dumps(list(NAMES.values())))
    rows = [f"{number},{name},{row[0]},1" for number, (name, row) in enumerate(NAMES.items())]
    model = (tmp_path / "model.onnx").read_bytes()
    hub.files = {
        (TAGS.repo, "model.onnx"): model,
        (TAGS.repo, "selected_tags.csv"): "\n".join(["tag_id,name,category,count", *rows]).encode(),
    }
    result = captioner_commands.suggest(session, "ana", "tags")
    assert {i: result.value["said"][i] for i in image_ids} == {
        image_ids[0]: "1girl, brown hair, looking at viewer, red scarf, brick wall",
        image_ids[1]: "1girl, brown hair, looking at viewer, blue scarf, brick wall",
        image_ids[2]: "1girl, brown hair, looking at viewer, brick wall",
    }
    added = {c.image_id: c.after.removeprefix(c.before) for c in result.value["changes"]}
    assert added[image_ids[0]] == ", looking at the camera, red scarf, brick wall"
    assert not any("Authorization" in headers for headers in hub.headers)
    asked = len(hub.asked)
    assert captioner_commands.suggest(session, "ana", "tags").value["said"] == result.value["said"]
    assert len(hub.asked) == asked and (captioners.model_folder(TAGS, trainer) / "model.onnx").read_bytes() == model


def test_a_download_that_breaks_off_goes_on_where_it_was(trainer: Path, session_and_hub: tuple[Session, Hub]) -> None:
    _, hub = session_and_hub
    captioner_setup.remove_models(trainer)
    content = os.urandom(30_000_000)  # the client notes what it has every 10 MB
    hub.files = {(TAGS.repo, "model.onnx"): content, (TAGS.repo, "selected_tags.csv"): b"x"}
    hub.broken = ("model.onnx", 21_000_000)
    bars: list[captioner_setup.Bar] = []
    python, never = location.venv_python(trainer / "venv"), threading.Event()
    with contextlib.suppress(PipelineError):  # it may try again itself
        captioner_setup.fetch_model(TAGS, python, trainer, on_bar=bars.append, cancel=never)
    captioner_setup.fetch_model(TAGS, python, trainer, on_bar=bars.append, cancel=never)
    assert (captioners.model_folder(TAGS, trainer) / "model.onnx").read_bytes() == content
    assert any(first > 0 for method, name, first in hub.asked if name == "model.onnx"), hub.asked
    captioner_setup.remove_models(trainer)


def test_the_real_script_of_sentences_describes_with_a_model_on_the_disk(
    trainer: Path, session_and_hub: tuple[Session, Hub], client: Client, tmp_path: Path
) -> None:
    session, hub = session_and_hub
    vocabulary = tmp_path / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "red", "scarf"]) + "\n")
    made = tmp_path / "git"
    run(trainer, MAKE_GIT, str(made), str(vocabulary), "scarf")
    shutil.copy(vocabulary, made / "vocab.txt")
    hub.files = {(SENTENCES.repo, name): (made / name).read_bytes() for name in SENTENCES.files}
    image_ids = crops(client, (255, 0, 0), (0, 0, 255))
    result = captioner_commands.suggest(session, "ana", "sentences", agreed=True)
    assert sorted(result.value["said"]) == sorted(image_ids)
    assert set(" ".join(result.value["said"].values()).split()) == {"scarf"}
    assert len(caption_suggestions.stored(client, client.records())) == 2
