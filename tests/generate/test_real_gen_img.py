"""The real gen_img.py with a checkpoint of full size, on a processor: slow, and skipped unless told where all is.

AVATAR_SD_SCRIPTS  a checkout of sd-scripts
AVATAR_SD_PYTHON   the interpreter of its environment (torch for processors)
AVATAR_SD_BASE     a checkpoint of SDXL's full size (119 MB: `shared/tools/toy_trainer.py checkpoint`)
AVATAR_SD_LORAS    a folder with two LoRAs that the real trainer made on it
The pictures are noise: what counts is which of them are equal.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from avatar.generate import infotext, proof
from avatar.generate.backend import BackendError, Base, Cancelled, LoraFile, Request
from avatar.generate.trainer import Tools, TrainerBackend
from avatar.system import process_tree
from avatar.texts.text import Text
from tests.children import child_command, with_argument
from tests.generate import lora_files
from tests.places import SHARED

SCRIPTS, PYTHON, BASE, LORAS = (os.environ.get(f"AVATAR_SD_{name}", "") for name in ("SCRIPTS", "PYTHON", "BASE", "LORAS"))
TOKENIZERS = SHARED / "data" / "tokenizers"
pytestmark = [
    pytest.mark.skipif(
        not (SCRIPTS and PYTHON and BASE and LORAS and TOKENIZERS.is_dir()), reason="AVATAR_SD_… name no generator"
    ),
    pytest.mark.timeout(3600),  # on a busy machine; a minute a start on an idle one
]


def backend() -> TrainerBackend:
    return TrainerBackend(Tools(folder=Path(SCRIPTS), python=Path(PYTHON), tokenizers=str(TOKENIZERS)))


def base() -> Base:
    return Base(name="toy", path=Path(BASE), sha256="b" * 64)


def loras() -> list[LoraFile]:
    paths = sorted(Path(LORAS).glob("*.safetensors"))[:2]
    assert len(paths) == 2
    for path in paths:
        assert proof.check_lora(path).unet_modules == 722
    return [LoraFile(name=path.stem, path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths]


def request(**changes: Any) -> Request:
    values: dict[str, Any] = {
        "picture_id": "0123456789abcdef", "model": None, "weight": "0", "prompt": "ohwx woman, (smiling:1.2), ñ {a|b} --ar 3:2",
        "negative": "blurry {x", "seed": 7, "steps": 2, "cfg": 5.0, "sampler": "euler_a", "scheduler": "normal", "width": 64,
        "height": 128, **changes,
    }  # fmt: skip
    return Request(**values)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def ignore(said: object) -> None:
    assert not isinstance(said, Text) or said.key.startswith("draw.")


def test_one_load_serves_models_and_weights_and_weight_0_is_no_lora_bit_for_bit() -> None:
    one, two = loras()
    with backend().open(base(), [], ignore) as drawing:
        alone = drawing.draw(request(), ignore)
    with backend().open(base(), [one, two], ignore) as drawing:
        assert proof.no_effect(alone.png, drawing.draw(request(), ignore).png)
        drawn = {
            (model.name, weight): drawing.draw(request(model=model.sha256, weight=weight), ignore)
            for model in (one, two) for weight in ("0", "0.5", "1.0")
        }  # fmt: skip
        assert proof.no_effect(alone.png, drawing.draw(request(), ignore).png)
        other = drawing.draw(request(seed=8), ignore)
    pixels = {key: proof._pixels(picture.png).tobytes() for key, picture in drawn.items()}
    assert len(set(pixels.values())) == 5  # weight 0 of both is one picture
    for model in (one, two):
        assert proof.no_effect(alone.png, drawn[model.name, "0"].png)
        assert not proof.no_effect(alone.png, drawn[model.name, "1.0"].png)
    assert not proof.no_effect(alone.png, other.png)
    assert drawn[two.name, "0.5"].used["networks"] == {one.name: "0", two.name: "0.5"}
    text = infotext.parameters(request(model=one.sha256, weight="0.5"), base(), lora=one.path.stem, lora_hash="0" * 12)
    assert proof.check_picture(infotext.with_parameters(drawn[one.name, "0.5"].png, text), 64, 128).texts == {
        "parameters": text
    }


def test_the_other_samplers_draw_other_pictures() -> None:
    with backend().open(base(), [], ignore) as drawing:
        samplers = ("euler_a", "euler", "dpmpp_2m")
        pictures = [drawing.draw(request(sampler=sampler, scheduler="karras"), ignore) for sampler in samplers]
    assert len({proof._pixels(picture.png).tobytes() for picture in pictures}) == 3
    assert [picture.used["sampler"] for picture in pictures] == ["euler_a", "euler", "dpmsolver++"]


def test_a_base_of_v_prediction_is_drawn_as_one() -> None:
    pixels = []
    for predicts_v in (False, True):
        with backend().open(dataclasses.replace(base(), v_prediction=predicts_v), [], ignore) as drawing:
            pixels.append(proof._pixels(drawing.draw(request(), ignore).png).tobytes())
    assert pixels[0] != pixels[1]


def test_a_lora_of_another_architecture_or_size_does_not_pass_for_one(tmp_path: Path) -> None:
    foreign = lora_files.write(tmp_path / "sd15.safetensors", lora_files.sd15())
    small = lora_files.whole(tmp_path / "small.safetensors")
    for path, key in ((foreign, "draw.trainer.not_taken"), (small, "draw.trainer.ended")):
        model = LoraFile(name=path.stem, path=path, sha256="c" * 64)
        with pytest.raises(BackendError) as caught, backend().open(base(), [model], ignore):
            pass
        assert caught.value.key == key


def test_an_interrupt_ends_it_within_seconds() -> None:
    at_work = backend()
    with at_work.open(base(), loras(), ignore) as drawing:
        (pid, _), *_ = with_argument(str(Path(SCRIPTS) / "gen_img.py"))
        begun: list[float] = []

        def stop(share: float) -> None:
            if not begun:
                begun.append(time.monotonic())
                threading.Thread(target=at_work.interrupt).start()

        with pytest.raises(Cancelled):
            drawing.draw(request(steps=500), stop)
        took = time.monotonic() - begun[0]
    print(f"ended {took:.1f} s after the interrupt")
    assert took < 12 and process_tree.start_time(pid) is None


def draw_for_long() -> None:
    """Draw a picture of many steps; says "drawing" at the first."""
    with backend().open(base(), [], ignore) as drawing:
        drawing.draw(request(steps=500), lambda share: print("drawing", flush=True))


def test_a_killed_program_takes_it_along() -> None:
    with subprocess.Popen(child_command(draw_for_long), stdout=subprocess.PIPE, text=True, encoding="utf-8") as program:
        assert program.stdout is not None and program.stdout.readline() == "drawing\n"
        running = with_argument(str(Path(SCRIPTS) / "gen_img.py"))
        assert running
        program.kill()
        begun = time.monotonic()
    while any(process_tree.is_running(*one) for one in running) and time.monotonic() - begun < 120:
        time.sleep(0.2)
    took = time.monotonic() - begun
    print(f"gone {took:.1f} s after the kill")
    assert not any(process_tree.is_running(*one) for one in running)


def test_a_full_disk_ends_it_and_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder is a file system without room: /dev/full takes the picture's place."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with backend().open(base(), [], ignore) as drawing:
        (folder,) = tmp_path.iterdir()
        asked = dataclasses.replace(request(), picture_id="full")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "unlink", lambda self, missing_ok=False: None)
            (folder / "full.png").symlink_to("/dev/full")
            with pytest.raises(BackendError) as caught:
                drawing.draw(asked, ignore)
    assert caught.value.key == "draw.trainer.disk_full"
