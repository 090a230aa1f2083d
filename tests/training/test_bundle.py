"""The bundle to train elsewhere: whole or not there, nothing of this computer in it, and its scripts really run."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import config
import lora_trainer
import utils
from avatar.commands import plan as plan_commands
from avatar.plan.shell import quote_batch
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.trainer import lora_file
from avatar.training import bundle as training_bundle
from avatar.training.bundle import BASE_MODEL, TRAINER, posix_script, windows_script, write
from avatar.workspace.client import Client
from config import Settings, TrainerConfig
from tests.places import FAKE_TRAINER, ROOT
from tests.scripted import MakeSession

TEXTS = {"README.txt": "the model is {base_model}\n"}
ARGUMENTS = ["python", TRAINER, "--pretrained_model_name_or_path", BASE_MODEL, "--train_data_dir", "dataset"]


@pytest.fixture
def prepared(client: Client) -> Client:
    folder = client.training_data / "5_ana"
    folder.mkdir(parents=True)
    names = [f"mj_{number:016x}.png" for number in range(4)]
    for number, name in enumerate(names):
        pixels = np.random.default_rng(number).integers(0, 256, (64, 64, 3)).astype(np.uint8)
        cv2.imencode(".png", pixels)[1].tofile(str(folder / name))
        (folder / name).with_suffix(".txt").write_text("ohwx woman, con ñ", encoding="utf-8")
    (folder / "mj_0000000000000000_sdxl.npz").write_bytes(b"a cache of this computer")
    info = {"fingerprint": "abc", "trigger_word": "ohwx", "pictures": [{"file": name} for name in names]}
    utils.write_json(folder / "dataset_info.json", info)
    return client


def made(client: Client, target: Path, **options: Any) -> training_bundle.Bundle:
    options = {"gpu": "rtx4090_24gb", **options}
    plan = lora_trainer.planned(client, Settings()) if options["gpu"] is None else None
    return write(client, target, settings=Settings(), instructions=TEXTS, plan=plan, **options)


def test_it_holds_dataset_scripts_plan_and_instructions_and_nothing_else(prepared: Client, tmp_path: Path) -> None:
    bundle = made(prepared, tmp_path / "otro equipo ñ")
    assert bundle.path == tmp_path / "otro equipo ñ.zip"
    with zipfile.ZipFile(bundle.path) as archive:
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names)
    pictures = [name for name in names if name.endswith(".png")]
    assert len(pictures) == bundle.pictures == 4
    assert set(names) - set(pictures) == {
        "README.txt", "train.sh", "train.bat", "plan.json", "sample_prompts.txt", *(name[:-4] + ".txt" for name in pictures),
    }  # fmt: skip
    assert bundle.files == {
        "README.txt": 1, "train.sh": 1, "train.bat": 1, "plan.json": 1, "sample_prompts.txt": 1, "dataset": 8,
    }  # fmt: skip
    for private in (str(prepared.folder), str(Path.home()), str(tmp_path)):
        assert private.encode() not in everything
    assert b"the model is " + TrainerConfig().base_model.encode() in everything


def test_the_plan_is_for_the_other_card(prepared: Client, tmp_path: Path) -> None:
    bundle = made(prepared, tmp_path / "x.zip", preset="quality")
    with zipfile.ZipFile(bundle.path) as archive:
        plan = json.loads(archive.read("plan.json"))
    asked = config.GPU_PROFILES["rtx4090_24gb"]
    assert (plan["profile"], plan["preset"]) == ("rtx4090_24gb", "quality")
    pictures_a_step = plan["train_batch_size"] * plan["gradient_accumulation_steps"]
    assert (plan["network_dim"], pictures_a_step) == (asked.network_dim, asked.batch_size)
    own = made(prepared, tmp_path / "own.zip", gpu=None)
    assert own.plan.profile == "cpu"  # the client's plan: no card is here


def test_a_model_on_this_disk_must_be_named_elsewhere(prepared: Client, tmp_path: Path) -> None:
    model = tmp_path / "mi modelo.safetensors"
    model.write_bytes(b"weights")
    settings = Settings(trainer=TrainerConfig(base_model=str(model), tokenizer_cache_dir=str(tmp_path)))
    bundle = write(prepared, tmp_path / "x.zip", settings=settings, instructions=TEXTS, gpu="rtx4090_24gb")
    assert bundle.base_model == ""
    with zipfile.ZipFile(bundle.path) as archive:
        assert b"${2:?" in archive.read("train.sh")
        assert str(tmp_path).encode() not in archive.read("train.sh") + archive.read("plan.json")


ELSEWHERE = ["$(touch x)", "`touch x`/y", "D:\\modelos\\mi.safetensors", "D:/modelos/mi", "/media/usb/sdxl.safetensors",
             "models/m.safetensors", "../m/sdxl", "%PATH%", 'a/b" & del x', "owner/name\ntouch x"]  # fmt: skip


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_model_that_is_not_here_is_neither_told_nor_run(prepared: Client, tmp_path: Path, name: str) -> None:
    settings = Settings(trainer=TrainerConfig(base_model=name))
    bundle = write(prepared, tmp_path / "x.zip", settings=settings, instructions=TEXTS, gpu="rtx4090_24gb")
    assert bundle.base_model == ""
    with zipfile.ZipFile(bundle.path) as archive:
        texts = {member: archive.read(member).decode() for member in ("train.sh", "train.bat", "plan.json", "README.txt")}
    assert all(name not in text for text in texts.values())
    assert json.loads(texts["plan.json"])["base_model"] == ""
    assert texts["README.txt"] == "the model is SDXL\n"
    assert "${2:?" in texts["train.sh"]
    assert "The path of the SDXL base model is missing" in texts["train.bat"]


@pytest.mark.skipif(os.name == "nt", reason="runs a shell script")
@pytest.mark.parametrize(
    ("given", "told"),
    [("models/m.safetensors", "{here}/models/m.safetensors"), ("./models/m.safetensors", "{here}/./models/m.safetensors"),
     ("m ñ.safetensors", "{here}/m ñ.safetensors"), ("{here}/models", "{here}/models"),
     ("stabilityai/sdxl", "stabilityai/sdxl"), ("", "owner/name")],
)  # fmt: skip
def test_a_model_named_from_here_reaches_the_trainer_elsewhere(tmp_path: Path, given: str, told: str) -> None:
    here, there, trainer = tmp_path / "here", tmp_path / "there", tmp_path / "sd"
    for folder in (here / "models", there, trainer / "venv" / "bin"):
        folder.mkdir(parents=True)
    for model in ("models/m.safetensors", "m ñ.safetensors"):
        (here / model).write_bytes(b"x")
    python = trainer / "venv" / "bin" / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (there / "train.sh").write_text(posix_script(ARGUMENTS[1:], "owner/name"), encoding="utf-8")
    named = [given.format(here=here)] if given else []
    done = subprocess.run(
        ["sh", "../there/train.sh", str(trainer), *named], cwd=here, capture_output=True, encoding="utf-8", check=True,
        env={**os.environ, "CDPATH": str(tmp_path)},
    )  # fmt: skip
    arguments = done.stdout.splitlines()
    assert arguments[0] == f"{trainer}/sdxl_train_network.py"
    reached = arguments[arguments.index("--pretrained_model_name_or_path") + 1]
    assert os.path.normpath(reached) == os.path.normpath(told.format(here=here))


def test_japanese_in_the_trainers_output_kills_it_on_no_console(tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c \"print('\\u5b66\\u7fd2')\"\n", encoding="utf-8")
    python.chmod(0o755)
    (tmp_path / "train.sh").write_text(posix_script(ARGUMENTS[1:], "owner/name"), encoding="utf-8")
    latin = {**os.environ, "PYTHONIOENCODING": "", "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        ["sh", str(tmp_path / "train.sh"), str(tmp_path)], capture_output=True, encoding="utf-8", check=False, env=latin
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "\u5b66\u7fd2\n")
    batch = windows_script(ARGUMENTS[1:], "owner/name").split("\r\n")
    assert batch.index('set "PYTHONUTF8=1"') < next(
        n for n, line in enumerate(batch) if line.startswith('"%PYTHON%" "%TRAINER%')
    )


@pytest.mark.parametrize("key", ["preflight.card_too_small", "plan.warning.card_too_small"])
@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_a_card_that_cannot_is_told_of_the_bundle(key: str, language: str) -> None:
    values = {"card": "x", "total": 4.0, "base": "fp8", "px": 512, "dim": 4, "needs": 3.47, "free": 3.68}
    assert " bundle " in translate.text(key, language, **values)


@pytest.mark.parametrize("base_model", ["stabilityai/stable-diffusion-xl-base-1.0", ""])
def test_the_scripts_have_no_place_left_open(base_model: str) -> None:
    for text in (posix_script(ARGUMENTS, base_model), windows_script(ARGUMENTS, base_model)):
        assert "@" not in text.replace("@echo off", "")
        assert base_model in text
    batch = windows_script(ARGUMENTS, base_model)
    assert batch.count("\r\n") == batch.count("\n")
    assert '"%TRAINER%\\sdxl_train_network.py" --pretrained_model_name_or_path "%MODEL%" --train_data_dir dataset' in batch


def test_a_batch_file_gets_its_percent_signs_doubled() -> None:
    assert quote_batch("plain") == "plain"
    assert quote_batch("two words") == '"two words"'
    assert quote_batch("100% %PATH%") == '"100%% %%PATH%%"'


@pytest.mark.skipif(os.name == "nt", reason="runs a shell script")
@pytest.mark.parametrize("folder", ["plain", "con ñ y blancos"])
def test_unpacked_elsewhere_the_script_trains(prepared: Client, tmp_path: Path, folder: str) -> None:
    bundle = made(prepared, tmp_path / "x.zip", preset="quick")
    there = tmp_path / folder
    with zipfile.ZipFile(bundle.path) as archive:
        archive.extractall(there)
    trainer = tmp_path / "sd scripts"
    (trainer / "venv" / "bin").mkdir(parents=True)
    shutil.copytree(FAKE_TRAINER.parent, trainer, dirs_exist_ok=True)
    (trainer / "venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    (trainer / "venv" / "bin" / "python").chmod(0o755)
    (tmp_path / "base.safetensors").write_bytes(b"x")
    script = there / "train.sh"
    text = script.read_text(encoding="utf-8")
    script.write_text(re.sub(r"--max_train_steps \d+", "--max_train_steps 4", text), encoding="utf-8")
    table = ROOT / "avatar" / "trainer" / "options.json"
    done = subprocess.run(
        ["sh", str(script), str(trainer), "./base.safetensors"], cwd=tmp_path, capture_output=True, encoding="utf-8",
        timeout=60, check=False, env={**os.environ, "FAKE_TRAINER_TABLE": str(table)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]
    [model] = (there / "output").glob("*_avatar_v1.safetensors")
    assert lora_file.verify(model).ok


@pytest.mark.skipif(os.name == "nt", reason="runs a shell script")
def test_a_script_without_the_trainers_folder_says_so(prepared: Client, tmp_path: Path) -> None:
    with zipfile.ZipFile(made(prepared, tmp_path / "x.zip").path) as archive:
        archive.extractall(tmp_path / "there")
    done = subprocess.run(["sh", str(tmp_path / "there" / "train.sh")], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode != 0
    assert "folder of sd-scripts" in done.stderr


def test_nothing_is_overwritten_and_nothing_half_written(
    prepared: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "x.zip"
    target.write_bytes(b"mine")
    for wrong, key in ((target, "export.exists"), (prepared.output / "x.zip", "export.inside")):
        with pytest.raises(PipelineError) as caught:
            made(prepared, wrong)
        assert caught.value.key == key
    assert target.read_bytes() == b"mine"

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(zipfile.ZipFile, "write", full)
        made(prepared, tmp_path / "y.zip")
    with monkeypatch.context() as patch, pytest.raises(PipelineError) as caught:
        patch.setattr(zipfile.ZipFile, "testzip", lambda self: "dataset/x.png")
        made(prepared, tmp_path / "y.zip")
    assert caught.value.key == "bundle.broken"
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["x.zip"]


def test_without_a_dataset_there_is_nothing_to_train(client: Client, tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        made(client, tmp_path / "x.zip")
    assert caught.value.key == "bundle.no_dataset"
    for option in ({"gpu": "abacus"}, {"preset": "best"}):
        with pytest.raises(PipelineError):
            made(client, tmp_path / "x.zip", **option)
    assert not (tmp_path / "x.zip").exists()


def test_the_command_names_what_it_wrote_in_both_languages(make: MakeSession, prepared: Client, tmp_path: Path) -> None:
    session, _ = make()
    result = plan_commands.bundle(session, "ana", tmp_path / "x.zip", gpu="rtx4090_24gb")
    assert [warning.key for warning in result.warnings] == ["bundle.personal_data"]
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        spanish, english = archive.read("LEEME.txt").decode(), archive.read("README.txt").decode()
    for text in (spanish, english):
        assert "ohwx" in text
        assert TrainerConfig().base_model in text
        assert "{" not in text
    assert "Palabra de activación" in spanish


@pytest.mark.parametrize("value", ["/home/ana/vae.safetensors", "C:\\Ana\\vae.safetensors"])
def test_an_option_that_names_a_file_of_this_computer_is_not_sent_along(prepared: Client, tmp_path: Path, value: str) -> None:
    lora_trainer.configure(prepared, settings=Settings(), gpu="rtx4090_24gb", overrides=[f"vae={value}"], card_probe=list)
    with pytest.raises(PipelineError) as caught:
        made(prepared, tmp_path / "x.zip", gpu=None)
    assert caught.value.text == Text("bundle.local_path", {"option": "vae", "path": value})
    assert not (tmp_path / "x.zip").exists()
    made(prepared, tmp_path / "x.zip")  # a plan of its own has no options given by hand


def test_its_instructions_say_how_the_model_comes_home_and_no_folder_of_this_computer(
    make: MakeSession, prepared: Client, tmp_path: Path
) -> None:
    translate.start_commands_with(f'python avatar_pipeline.py --clients-dir "{tmp_path}"')
    session, _ = make()
    path = plan_commands.bundle(session, "ana", tmp_path / "b.zip", gpu="rtx4090_24gb").value["path"]
    with zipfile.ZipFile(path) as archive:
        told = [archive.read(name).decode("utf-8") for name in ("LEEME.txt", "README.txt")]
    assert all("models ana --add" in text and str(tmp_path) not in text for text in told)
