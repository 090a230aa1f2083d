"""The trainer's generator as a back end, against a stand-in that behaves as the recorded one does: well, and in bad ways."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from avatar.generate import process, proof
from avatar.generate.backend import BackendError, Base, Cancelled, Drawing, LoraFile, PictureError, Request
from avatar.generate.trainer import Tools, TrainerBackend, tools_of
from avatar.system import process_tree
from avatar.system.gpu import Card
from avatar.texts import translate
from avatar.texts.text import Text
from config import TrainerConfig
from tests.children import child_command
from tests.generate import lora_files
from tests.places import FAKE_TRAINER

TOOLS = Tools(folder=FAKE_TRAINER.parent, python=Path(sys.executable), card=0)
linux_only = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def request(**changes: Any) -> Request:
    values: dict[str, Any] = {
        "picture_id": "0123456789abcdef", "model": None, "weight": "0", "prompt": "ohwx woman", "negative": "blurry",
        "seed": 7, "steps": 4, "cfg": 7.0, "sampler": "euler_a", "scheduler": "normal", "width": 64, "height": 96, **changes,
    }  # fmt: skip
    return Request(**values)


class Setting:
    """A base, LoRAs and a record of every start of the stand-in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.notes = folder, list[Text]()
        (folder / "base.ckpt").write_bytes(b"base")
        self.base = Base(name="base", path=folder / "base.ckpt", sha256="b" * 64)
        self.starts_file = folder / "starts.jsonl"

    def lora(self, name: str, seed: int) -> LoraFile:
        path = self.folder / f"{name}.safetensors"
        if not path.exists():
            lora_files.write(path, lora_files.tensors(modules=2, seed=seed))
        return LoraFile(name=name, path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())

    @property
    def starts(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.starts_file.read_text(encoding="utf-8").splitlines()]

    @contextlib.contextmanager
    def opened(self, *models: LoraFile, tools: Tools = TOOLS, **options: Any) -> Iterator[tuple[TrainerBackend, Drawing]]:
        backend = TrainerBackend(tools, **options)
        with backend.open(self.base, models, self.notes.append) as drawing:
            yield backend, drawing


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setting:
    made = Setting(tmp_path)
    monkeypatch.setenv("FAKE_GEN_IMG_STARTS", str(made.starts_file))
    return made


def png(drawing: Drawing, **changes: Any) -> bytes:
    return drawing.draw(request(**changes), lambda share: None).png


def told(error: BackendError | PictureError) -> str:
    for language in translate.LANGUAGES:
        assert translate.words(error.text, language)
    return error.key


def no_child_is_left(setting: Setting) -> bool:
    return not any(psutil.pid_exists(start["pid"]) and process_tree.start_time(start["pid"]) for start in setting.starts)


# --- drawing ---------------------------------------------------------------------------------------------------------


def test_one_start_draws_every_model_weight_prompt_and_seed(setting: Setting) -> None:
    one, two = setting.lora("1000", 1), setting.lora("2000", 2)
    with setting.opened(one, two) as (_, drawing):
        base = png(drawing)
        pictures = {
            (model.name, weight, seed): png(drawing, model=model.sha256, weight=weight, seed=seed)
            for model in (one, two) for weight in ("0.6", "1.0") for seed in (1, 7)
        }  # fmt: skip
        assert png(drawing) == base
        assert proof.no_effect(base, png(drawing, model=one.sha256, weight="0"))
        assert not proof.no_effect(base, pictures["1000", "0.6", 7])
    assert len({*pictures.values(), base}) == 9
    (start,) = setting.starts
    assert start["arguments"].count("networks.lora") == 2
    assert no_child_is_left(setting)


def test_what_was_used_and_how_far_it_is_are_told(setting: Setting) -> None:
    one, two = setting.lora("1000", 1), setting.lora("2000", 2)
    shares: list[float] = []
    asked = request(model=two.sha256, weight="0.8", prompt="a {b}\nwoman --v 6", scheduler="karras", sampler="dpmpp_2m")
    with setting.opened(one, two, sampler="dpmpp_2m") as (_, drawing):
        drawn = drawing.draw(asked, shares.append)
        drawing.draw(asked, shares.append)
    assert drawn.used == {
        "version": "sd-scripts", "sampler": "dpmsolver++", "scheduler": "normal", "prompt": "a b woman —v 6",
        "negative": "blurry", "networks": {"1000": "0", "2000": "0.8"},
    }  # fmt: skip
    assert shares[:6] == [0.25, 0.5, 0.75, 0.95, 1.0, 0.25]
    assert [note.key for note in setting.notes] == ["draw.trainer.no_karras"]
    assert proof.check_picture(drawn.png, 64, 96).texts["prompt"] == "a b woman —v 6"
    assert 0 < drawn.seconds < 60


def test_another_sampler_costs_a_start_and_the_same_one_none(setting: Setting) -> None:
    with setting.opened() as (_, drawing):
        assert png(drawing) != png(drawing, sampler="euler") == png(drawing, sampler="euler")
    assert [start["arguments"][start["arguments"].index("--sampler") + 1] for start in setting.starts] == ["euler_a", "euler"]


def test_where_not_all_networks_fit_they_are_loaded_in_groups(setting: Setting) -> None:
    models = [setting.lora(f"{number}000", number) for number in range(1, 4)]
    with setting.opened(*models) as (_, drawing):
        together = [png(drawing, model=model.sha256, weight="0.8") for model in models]
    with setting.opened(*models, tools=Tools(folder=TOOLS.folder, python=TOOLS.python, card=0, per_start=2)) as (_, drawing):
        assert [png(drawing, model=model.sha256, weight="0.8") for model in models] == together
        assert png(drawing) == png(drawing)  # the base alone is drawn by whichever is at work
    assert [start["arguments"].count("networks.lora") for start in setting.starts] == [3, 2, 1]
    assert [note.key for note in setting.notes] == ["draw.trainer.in_groups"]


def test_the_process_sees_one_card_and_no_network_and_nothing_of_ours(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    with setting.opened(tools=Tools(folder=TOOLS.folder, python=TOOLS.python, card=1)):
        pass
    with setting.opened(tools=Tools(folder=TOOLS.folder, python=TOOLS.python)):
        pass
    card, processor = (start["environment"] for start in setting.starts)
    assert (card["CUDA_VISIBLE_DEVICES"], processor["CUDA_VISIBLE_DEVICES"]) == ("1", "")
    assert (card["HF_HUB_OFFLINE"], card["TRANSFORMERS_OFFLINE"], card["PYTHONUTF8"], card["PYTHONPATH"]) == (
        "1",
        "1",
        "1",
        None,
    )
    assert card["AVATAR_RUN"]
    assert ["--fp16" in start["arguments"] for start in setting.starts] == [True, False]
    assert Path(setting.starts[0]["cwd"]) == TOOLS.folder


@pytest.mark.parametrize(
    ("file", "card", "word"),
    [
        ("diffusion_pytorch_model.fp16.safetensors", 0, "--fp16"),
        ("diffusion_pytorch_model.fp16.safetensors", None, "--fp16"),
        ("diffusion_pytorch_model.safetensors", 0, "--bf16"),
        ("diffusion_pytorch_model.safetensors", None, ""),
    ],
)
def test_of_a_diffusers_model_those_files_are_asked_for_that_are_there(
    setting: Setting, tmp_path: Path, file: str, card: int | None, word: str
) -> None:
    for part in ("unet", "vae", "text_encoder", "text_encoder_2"):
        (tmp_path / "base" / part).mkdir(parents=True)
    (tmp_path / "base" / "unet" / file).write_bytes(b"")
    setting.base = Base(name="base", path=tmp_path / "base", sha256="")
    with setting.opened(tools=Tools(folder=TOOLS.folder, python=TOOLS.python, card=card)):
        pass
    assert {"--fp16", "--bf16"} & set(setting.starts[0]["arguments"]) == ({word} if word else set())


def test_a_log_without_rich_is_understood_too(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GEN_IMG", "plain_log")
    one = setting.lora("1000", 1)
    with setting.opened(one) as (_, drawing):
        assert png(drawing) != png(drawing, model=one.sha256, weight="0.8")


def test_nothing_stays_in_the_temporary_folder(setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with setting.opened() as (_, drawing):
        png(drawing)
        (folder,) = (tmp_path / "temporary").iterdir()
        assert list(folder.iterdir()) == []
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("changes", [{"picture_id": "../x"}, {"weight": "abc"}, {"weight": "1e3"}, {"seed": -1}])
def test_what_the_line_cannot_say_is_not_asked_for(setting: Setting, changes: dict[str, Any]) -> None:
    with setting.opened() as (_, drawing):
        with pytest.raises(ValueError, match="weight"):
            drawing.draw(request(**changes), lambda share: None)
        with pytest.raises(PictureError) as caught:
            drawing.draw(request(prompt=" \n "), lambda share: None)
        assert told(caught.value) == "draw.trainer.empty_prompt"
        assert png(drawing)


# --- failures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ("sd15", "draw.trainer.not_taken"),
        ("partial", "draw.trainer.not_taken"),
        ("unmatched", "draw.trainer.not_taken"),
        ("no_module", "draw.trainer.incomplete"),
    ],
)
def test_a_start_that_does_not_prove_its_networks_is_refused(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, how: str, key: str
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_GEN_IMG", how)
    with pytest.raises(BackendError) as caught, setting.opened(setting.lora("1000", 1)):
        pass
    assert told(caught.value) == key
    assert no_child_is_left(setting)


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ("disk", "draw.trainer.disk_full"),
        ("oom", "draw.trainer.card_full"),
        ("card_lost", "draw.trainer.ended"),
        ("silent_exit", "draw.trainer.ended"),
        pytest.param("killed", "draw.trainer.killed", marks=linux_only),
    ],
)
def test_a_process_that_ends_while_it_draws_is_named_and_started_anew_for_the_next(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, how: str, key: str
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_GEN_IMG", how)
    monkeypatch.setenv("FAKE_GEN_IMG_AT", "2")
    with setting.opened() as (_, drawing):
        first = png(drawing)
        with pytest.raises(BackendError) as caught:
            png(drawing, seed=8)
        assert told(caught.value) == key
        assert png(drawing) == first  # by a new process
    assert len(setting.starts) == 2
    assert no_child_is_left(setting)


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ("cut", "draw.picture.damaged"),
        ("black", "draw.picture.black"),
        ("no_picture", "draw.trainer.no_picture"),
        ("other_seed", "draw.trainer.other_picture"),
        ("other_weight", "draw.trainer.other_picture"),
    ],
)
def test_a_picture_that_is_not_what_was_asked_for_is_refused_and_the_next_is_drawn(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, how: str, key: str
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_GEN_IMG", how)
    one = setting.lora("1000", 1)
    with setting.opened(one) as (_, drawing):
        with pytest.raises(PictureError) as caught:
            png(drawing, model=one.sha256, weight="0.8")
        assert told(caught.value) == key
        if how in ("cut", "no_picture"):
            assert png(drawing)
    assert len(setting.starts) == 1


def test_a_process_that_says_nothing_is_ended(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GEN_IMG", "hang")
    with setting.opened(silence_s=1.5) as (_, drawing):
        begun = time.monotonic()
        with pytest.raises(BackendError) as caught:
            png(drawing)
        assert told(caught.value) == "draw.trainer.silent" and time.monotonic() - begun < 20
    assert no_child_is_left(setting)


def test_a_slow_picture_whose_bar_moves_does_not_hang(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GEN_IMG_STEP_S", "0.6")
    with setting.opened(silence_s=1.5) as (_, drawing):
        assert png(drawing, steps=4)


def test_what_is_missing_is_told_before_anything_starts(setting: Setting, tmp_path: Path) -> None:
    assert TrainerBackend(TOOLS).check(setting.base).version == "sd-scripts"
    processor = TrainerBackend(Tools(folder=TOOLS.folder, python=TOOLS.python)).check(setting.base)
    assert [note.key for note in processor.notes] == ["draw.trainer.on_processor"]
    absent = tmp_path / "absent"
    base = setting.base
    for tools, wanted, key in (
        (Tools(folder=absent, python=TOOLS.python), base, "draw.trainer.no_script"),
        (Tools(folder=TOOLS.folder, python=absent), base, "draw.trainer.no_python"),
        (TOOLS, Base(name="b", path=absent, sha256=""), "draw.trainer.no_base"),
        (TOOLS, Base(name="owner/name", path=None, sha256=""), "draw.trainer.no_base"),
        (TOOLS, Base(name="b", path=base.path, sha256="", vae=absent), "draw.trainer.no_vae"),
    ):
        with pytest.raises(BackendError) as caught:
            TrainerBackend(tools).check(wanted)
        assert told(caught.value) == key
    assert not setting.starts_file.exists()


def test_little_memory_of_the_computer_is_told_where_the_base_takes_it(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("avatar.system.memory.free_ram_gib", lambda: 8.0)
    assert TrainerBackend(TOOLS).check(setting.base).notes == ()
    assert setting.base.path is not None
    with setting.base.path.open("r+b") as file:
        file.truncate(6_900_000_000)  # without taking that much of the disk
    (note,) = TrainerBackend(TOOLS).check(setting.base).notes
    assert note.key == "draw.trainer.little_ram" and note.values["needs"] == pytest.approx(12.92, abs=0.01)
    with setting.opened():
        assert setting.notes == [note]
    monkeypatch.setattr("avatar.system.memory.free_ram_gib", lambda: 13.0)
    assert TrainerBackend(TOOLS).check(setting.base).notes == ()


@linux_only
def test_a_python_that_does_not_start_is_told(setting: Setting, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("no program", encoding="ascii")
    with pytest.raises(BackendError) as caught, setting.opened(tools=Tools(folder=TOOLS.folder, python=python)):
        pass
    assert told(caught.value) == "draw.trainer.no_start"


def test_the_tools_are_those_of_the_settings(tmp_path: Path) -> None:
    card = Card(2, "RTX", 24.0, 23.0, (8, 6))
    wanted = TrainerConfig(folder=str(tmp_path / "sd"), python=str(tmp_path / "py"), tokenizer_cache_dir=str(tmp_path / "t"))
    tools = tools_of(wanted, card, 3)
    assert tools == Tools(
        folder=tmp_path / "sd", python=tmp_path / "py", tokenizers=str(tmp_path / "t"), card=2, per_start=3
    )  # fmt: skip
    assert tools.script == tmp_path / "sd" / "gen_img.py"
    assert tools_of(TrainerConfig(), None).card is None


# --- stopping --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["", "hang", pytest.param("deaf", marks=linux_only)])
def test_an_interrupt_ends_the_process_within_seconds(setting: Setting, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setenv("FAKE_GEN_IMG", how)
    monkeypatch.setenv("FAKE_GEN_IMG_STEP_S", "1")
    monkeypatch.setattr(process, "GRACE_S", 1.0)
    with setting.opened() as (backend, drawing):
        threading.Timer(0.7, backend.interrupt).start()
        begun = time.monotonic()
        with pytest.raises(Cancelled):
            png(drawing, steps=60)
        assert time.monotonic() - begun < 8
        assert no_child_is_left(setting)
        with pytest.raises(Cancelled):
            png(drawing)
    monkeypatch.setenv("FAKE_GEN_IMG", "")
    with setting.opened() as (_, drawing):
        assert png(drawing, steps=1)


def test_an_interrupt_while_it_loads_ends_it_too(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GEN_IMG", "hang_at_load")
    backend = TrainerBackend(TOOLS)
    threading.Timer(1.0, backend.interrupt).start()
    with pytest.raises(Cancelled), backend.open(setting.base, [], setting.notes.append):
        pass
    assert no_child_is_left(setting)


def draw_until_stopped(folder: str) -> None:
    """Draw a picture that takes a minute; says "drawing" once it is at work, and how it ended."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background of a shell
    setting = Setting(Path(folder))
    try:
        with setting.opened() as (_, drawing):
            drawing.draw(request(steps=60), lambda share: print("drawing", flush=True))
    except Cancelled:
        print("cancelled", flush=True)


def start_drawing(setting: Setting) -> subprocess.Popen[str]:
    program = subprocess.Popen(
        child_command(draw_until_stopped, setting.folder), stdout=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "FAKE_GEN_IMG_STEP_S": "1"},
    )  # fmt: skip
    assert program.stdout is not None and program.stdout.readline() == "drawing\n"
    return program


def wait_until_gone(setting: Setting, seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if no_child_is_left(setting):
            return True
        time.sleep(0.1)
    return False


@linux_only
def test_ctrl_c_stops_the_drawing_and_leaves_no_process(setting: Setting) -> None:
    with start_drawing(setting) as program:
        program.send_signal(signal.SIGINT)
        out, _ = program.communicate(timeout=30)
        assert out.splitlines()[-1] == "cancelled" and program.returncode == 0
    assert no_child_is_left(setting)


def test_a_killed_program_leaves_no_process_behind_and_its_folder_goes_with_the_next_drawing(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    with start_drawing(setting) as program:
        assert not no_child_is_left(setting)
        program.kill()
        program.communicate(timeout=30)
    assert wait_until_gone(setting, 30)
    (left,) = temporary.iterdir()
    others = [temporary / name for name in (f"avatar-draw-{os.getpid()}-x", "avatar-draw-", "avatar-draw-12x")]
    for folder in others:
        folder.mkdir()
    with setting.opened() as (_, drawing):
        assert not left.exists() and all(folder.is_dir() for folder in others)
        assert png(drawing)
