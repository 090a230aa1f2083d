"""A LoRA of the real trainer opens in Diffusers, InvokeAI, ComfyUI and Forge, handed over and installed by this program.

AVATAR_REAL  a folder with the programs and two LoRAs, laid out as docs/TESTING.md says; what is not in it is skipped
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import utils
from avatar.commands import deliver as deliver_commands
from avatar.results import trial
from avatar.trainer import lora_file
from avatar.workspace.client import Client
from tests.four_uis import servers
from tests.places import SHARED, TESTS
from tests.results import finished, made
from tests.scripted import MakeSession

REAL = Path(os.environ.get("AVATAR_REAL") or "/nowhere")
SLOW_S = 3600  # on a busy machine; a minute or two on an idle one
SDXL = "stabilityai/stable-diffusion-xl-base-1.0"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(SLOW_S)]


def needs(*names: str) -> pytest.MarkDecorator:
    missing = [name for name in names if not (REAL / name).exists()]
    return pytest.mark.skipif(bool(missing), reason=f"AVATAR_REAL has no {', '.join(missing)}")


def in_python(name: str, script: Path, *arguments: str | Path, **environment: str) -> str:
    """Run a script by another environment's Python; return what it printed."""
    inherited = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1", **environment}
    command = [str(REAL / name / "bin" / "python"), str(script), *(str(word) for word in arguments)]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env=inherited, cwd=script.parent
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def answer(printed: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(printed.strip().splitlines()[-1])
    return found


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's cache that holds a small SDXL under the base model's name."""
    folder = tmp_path_factory.mktemp("hub")
    config = SHARED / "data" / "backends" / "small_sdxl_config.json"
    in_python("diffusers-env", TESTS / "four_uis" / "make_sdxl.py", folder, config, SHARED / "data" / "tokenizers")
    return folder


@pytest.fixture
def ready(client: Client) -> Client:
    """A client whose model is the real trainer's, taken after a trial of pictures of 64 px at weight 1."""
    path = client.models / "ana.safetensors"
    shutil.copy(REAL / "toy_small" / "toy.safetensors", path)
    recipe = {"version": 1, "made_at": utils.now(), "sha256": utils.sha256_of(path), "steps": 7, "plan": {"base_model": SDXL},
              "chosen": {**finished.CHOSEN, "candidate": "1200@1.0"}}  # fmt: skip
    utils.write_json(path.with_name("ana.recipe.json"), recipe)
    utils.write_json(path.with_suffix(".json"), {"activation text": "ohwx woman"})
    folder = trial.trials_folder(client) / "20260101-120000"
    trial.write(folder, made.trial(size=(64, 64), steps=2, base={"name": SDXL, "sha256": ""}))
    return client


@needs("diffusers-env", "toy_small")
def test_diffusers_loads_722_modules_that_change_the_picture_and_weight_0_restores_it(hub: Path, tmp_path: Path) -> None:
    lora = Path(shutil.copy(REAL / "toy_small" / "toy.safetensors", tmp_path))
    lora_file.trim_names(lora, lora)
    found = answer(in_python("diffusers-env", TESTS / "four_uis" / "in_diffusers.py", lora, HF_HUB_CACHE=str(hub)))
    print(found)
    assert found["modules"] == 722
    said = {name: value for name, value in found.items() if isinstance(value, bool)}
    assert len(said) == 6 and all(said.values()), said


@needs("diffusers-env", "toy_small")
def test_the_delivery_is_used_in_a_fresh_folder_by_following_its_readme_alone(
    make: MakeSession, ready: Client, hub: Path, tmp_path: Path
) -> None:
    path = deliver_commands.deliver(make()[0], "ana", tmp_path / "entrega.zip").value["path"]
    fresh = tmp_path / "fresh ñ"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(fresh)
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=fresh, check=True)
    lines = [line.strip() for line in (fresh / "LEEME.txt").read_text(encoding="utf-8").splitlines() if line.startswith("    ")]
    (fresh / "try.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    in_python("diffusers-env", fresh / "try.py", HF_HUB_CACHE=str(hub))
    with Image.open(fresh / "ana_picture.png") as picture:
        assert picture.size == (64, 64) and picture.convert("L").getextrema()[0] != picture.convert("L").getextrema()[1]


@needs("invoke-env", "InvokeAI", "toy", "toy_small")
@pytest.mark.parametrize("size", ["toy", "toy_small"])
def test_invokeai_takes_it_for_a_lora_of_sdxl_and_makes_722_layers_of_it(tmp_path: Path, size: str) -> None:
    lora = Path(shutil.copy(REAL / size / "toy.safetensors", tmp_path))
    lora_file.trim_names(lora, lora)
    script = TESTS / "four_uis" / "in_invokeai.py"
    found = answer(in_python("invoke-env", script, REAL / "InvokeAI", lora, INVOKEAI_ROOT=str(tmp_path / "root")))
    print(found)
    assert found == {"base": "sdxl", "type": "lora", "format": "lycoris", "name": "LoRA_LyCORIS_SDXL_Config", "layers": 722}


def pixels(png: bytes) -> str:
    with Image.open(io.BytesIO(png)) as picture:
        return hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest()


@needs("ComfyUI", "comfy-env", "toy_small")
def test_comfyui_loads_every_key_of_what_was_installed(make: MakeSession, ready: Client, tmp_path: Path) -> None:
    loras = REAL / "ComfyUI" / "models" / "loras"
    with servers.comfyui(REAL, tmp_path) as server:
        result = deliver_commands.install(make()[0], "ana", to=str(loras))
        try:
            lora = f"{result.value['name']}.safetensors"
            none = pixels(servers.comfyui_picture(server, None, 1.0))
            at_0 = pixels(servers.comfyui_picture(server, lora, 0.0))
            at_1 = pixels(servers.comfyui_picture(server, lora, 1.0))
        finally:
            deliver_commands.install(make()[0], "ana", to=str(loras), remove=True)
        print([line for line in server.log.splitlines() if "lora" in line.lower()] or "no line of the log names a lora")
        assert at_0 == none != at_1
        assert "lora key not loaded" not in server.log and "ERROR lora" not in server.log


@needs("forge", "forge-env", "toy_small")
def test_forge_loads_every_key_of_what_was_installed(make: MakeSession, ready: Client, tmp_path: Path) -> None:
    loras = REAL / "forge" / "models" / "Lora"
    with servers.forge(REAL, tmp_path) as server:
        result = deliver_commands.install(make()[0], "ana", to=str(loras))
        name = result.value["name"]
        try:
            none, _ = servers.forge_picture(server, "")
            at_0, _ = servers.forge_picture(server, f"<lora:{name}:0>")
            at_1, info = servers.forge_picture(server, f"<lora:{name}:{result.value['weight']}>")
        finally:
            deliver_commands.install(make()[0], "ana", to=str(loras), remove=True)
        told = [line for line in server.log.splitlines() if "keys at weight" in line]
        print(*told, sep="\n")
        assert pixels(at_0) == pixels(none) != pixels(at_1)
        assert name in info["extra_generation_params"]["Lora hashes"]
        assert any("722 keys" in line and "skipped 0 keys" in line for line in told)
