"""The line that asks the trainer's generator for a picture, and its log, as the real one wrote it."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from avatar.generate import gen_img
from avatar.generate.backend import Request
from avatar.texts import translate
from avatar.texts.text import Text
from tests.fake_trainer import gen_img as fake
from tests.places import SHARED

RECORDED = SHARED / "data" / "backends" / "gen_img"
needs_records = pytest.mark.skipif(not RECORDED.is_dir(), reason="no shared data")


def request(**changes: Any) -> Request:
    values: dict[str, Any] = {
        "picture_id": "0123456789abcdef", "model": "c" * 64, "weight": "0.8", "prompt": "ohwx woman", "negative": "blurry",
        "seed": 7, "steps": 25, "cfg": 7.0, "sampler": "euler_a", "scheduler": "normal", "width": 832, "height": 1216,
        **changes,
    }  # fmt: skip
    return Request(**values)


def test_a_line_has_every_value_and_a_weight_for_each_network() -> None:
    assert gen_img.line_of(request(), ["0", "0.8", "0"]) == (
        "ohwx woman --n blurry --w 832 --h 1216 --s 25 --l 7 --d 7 --am 0,0.8,0 --f 0123456789abcdef.png"
    )
    assert gen_img.line_of(request(negative=" ", cfg=6.5), []) == (
        "ohwx woman --w 832 --h 1216 --s 25 --l 6.5 --d 7 --f 0123456789abcdef.png"
    )


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("a  woman\r\n in\tthe park ", "a woman in the park"),
        ("a woman --ar 3:2 --v 6", "a woman —ar 3:2 —v 6"),
        ("--f ../../x.png", "—f ../../x.png"),
        ("well-lit -- really", "well-lit — really"),
        ("# not a comment", "# not a comment"),
        ("(smiling:1.2) [soft] \\(literal\\)", "(smiling:1.2) [soft] \\(literal\\)"),
        ("a cat AND a dog", "a cat and a dog"),
        ("a\x00b\x1b[31mc\u2028d", "a b [31mc d"),
        ("\ud800 ñ 日本", "? ñ 日本"),
        ("{red|blue} coat {", "red|blue coat"),
    ],
)
def test_a_text_is_told_in_one_line_without_options_of_its_own(prompt: str, told: str) -> None:
    assert gen_img.told(prompt) == told


def heard(line: str, networks: int) -> dict[str, str]:
    """Return what the stand-in, which reads as the real one does, understands of a line."""
    return fake.options_of(line, networks)


TEXTS = st.text(st.sampled_from("ab {}|\\()-:,#$12\n—｛Ñé日--") | st.characters(), max_size=40)


@given(TEXTS.filter(lambda text: gen_img.told(text) != ""), TEXTS)
@example("{red|blue} coat", "")
@example("{a", "b}")
@example("}a{", "{}")
@example("a {x} \\{y\\}", "--w 3 --d 9")
@example("a --d 1,2,3", "x --am 0.1")
def test_any_two_texts_come_out_at_the_other_end_as_they_were_told(prompt: str, negative: str) -> None:
    asked = request(prompt=prompt, negative=negative)
    line = gen_img.line_of(asked, ["0.8", "0"])
    assert "\n" not in line and "\r" not in line
    found = heard(line, 2)
    wanted = gen_img.texts_of(asked)
    assert (found["prompt"], found["n"], found["d"], found["w"], found["h"]) == (
        wanted["prompt"], wanted["negative-prompt"], "7", "832", "1216",
    )  # fmt: skip
    assert (found["am"], found["f"], found["s"], found["l"]) == ("[0.8, 0.0]", "0123456789abcdef.png", "25", "7.0")


@given(TEXTS)
def test_what_was_told_is_told_the_same_again(text: str) -> None:
    assert gen_img.told(gen_img.told(text)) == gen_img.told(text)


def start(**changes: Any) -> gen_img.Start:
    values: dict[str, Any] = {"base": "/b.ckpt", "networks": (Path("/a 1.st"), Path("/b.st")), "sampler": "dpmpp_2m", **changes}
    return gen_img.Start(outdir=Path("/out"), **values)


def test_the_command_names_one_module_for_each_network() -> None:
    words = gen_img.command(Path("/py"), Path("/sd/gen_img.py"), start(tokenizers="/t", vae=Path("/v.st")))
    assert words[:2] == [str(Path("/py")), str(Path("/sd/gen_img.py"))]
    parsed = fake.parser().parse_args(words[2:])
    expected = {
        "sdxl": True, "ckpt": "/b.ckpt", "outdir": str(Path("/out")), "vae": str(Path("/v.st")), "tokenizer_cache_dir": "/t",
        "sampler": "dpmsolver++", "batch_size": 1, "fp16": True, "bf16": False, "interactive": True,
        "no_preview": True, "sdpa": True,
        "no_half_vae": True, "network_module": ["networks.lora"] * 2,
        "network_weights": [str(Path("/a 1.st")), str(Path("/b.st"))], "v_parameterization": False, "zero_terminal_snr": False,
    }  # fmt: skip
    assert parsed == argparse.Namespace(**expected)


def test_a_base_of_v_prediction_and_a_processor_are_told() -> None:
    words = gen_img.command(
        Path("/py"), Path("/s"), start(networks=(), precision="", v_prediction=True, zero_terminal_snr=True)
    )
    assert {"--v_parameterization", "--zero_terminal_snr"} <= set(words)
    assert not {"--fp16", "--network_module", "--network_weights", "--vae", "--tokenizer_cache_dir"} & set(words)


# --- what the real one said ------------------------------------------------------------------------------------------


def read(name: str) -> gen_img.Log:
    """Read a recorded log in lines as a pipe in text mode gives them: ended by line feed or carriage return."""
    log = gen_img.Log()
    for line in io.TextIOWrapper(io.BytesIO((RECORDED / f"{name}.err").read_bytes()), encoding="utf-8"):
        log.feed(line.rstrip("\n"))
    return log


@needs_records
@pytest.mark.parametrize(
    ("name", "networks", "whole", "ready", "done"),
    [
        ("interactive", [722], 1, True, 1.0),
        ("three_networks", [722, 722, 722], 3, False, 1.0),
        ("other_architecture", [0], 0, False, 1.0),
        ("wrong_shape", [722], 0, False, 0.0),
        ("file_cut_short", [], 0, False, 0.0),
        ("no_checkpoint", [], 0, False, 0.0),
        ("disk_full", [722], 1, False, 1.0),
    ],
)
def test_the_log_proves_which_networks_were_taken_whole(
    name: str, networks: list[int], whole: int, ready: bool, done: float
) -> None:  # fmt: skip
    log = read(name)
    assert (log.networks, log.whole, log.ready, log.done) == (networks, whole, ready, done)


@needs_records
@pytest.mark.parametrize(
    ("name", "code", "key"),
    [
        ("disk_full", 1, "draw.trainer.disk_full"),
        ("bad_sampler", 2, "draw.trainer.incomplete"),
        ("no_checkpoint", 1, "draw.trainer.ended"),
        ("file_cut_short", 1, "draw.trainer.ended"),
        ("wrong_shape", 1, "draw.trainer.ended"),
        ("interactive", -9, "draw.trainer.killed"),
        ("interactive", 0, "draw.trainer.ended"),
    ],
)
def test_an_end_is_named_by_its_last_words_and_its_code(name: str, code: int, key: str) -> None:
    log = read(name)
    assert gen_img.cause_of_end(log, code) == key
    for language in translate.LANGUAGES:
        assert translate.words(Text(key, {"code": code, "detail": log.last_words()}), language)


@needs_records
def test_the_last_words_are_the_error() -> None:
    assert read("disk_full").last_words() == "OSError: [Errno 28] No space left on device"
    assert read("file_cut_short").last_words().endswith("Error while deserializing header: invalid header length")


@needs_records
def test_the_weights_of_the_last_line_are_read() -> None:
    log = read("three_networks")
    assert log.multipliers == (1.0, 0.0, 0.0)
    forgotten = gen_img.Log(log.networks, log.whole, tail=log.tail)
    log.asked()
    assert log == forgotten


def test_every_cause_of_an_end_has_its_text() -> None:
    for words, key in gen_img.ENDS:
        log = gen_img.Log()
        log.feed(f"Some Error: {words.upper()}")
        assert gen_img.cause_of_end(log, 1) == key
