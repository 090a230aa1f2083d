"""Every kind of file and folder that somebody may name as a base model, made here, and what is said of each."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from avatar.texts import tables, translate
from avatar.texts.text import LEVELS
from avatar.trainer import base_model
from avatar.trainer.base_model_rules import RULES, judge
from tests.base_models import FIRST, LABEL, REST, SDXL, UNET, write_diffusers, write_safetensors, write_sdxl

Make = Callable[[Path], str]  # makes a model in a folder and returns its name


@pytest.fixture(autouse=True)
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.delenv("HUGGINGFACE_HUB_CACHE", raising=False)


def file(name: str, content: bytes) -> Make:
    def make(place: Path) -> str:
        (place / name).write_bytes(content)
        return str(place / name)

    return make


def tensors(shapes: dict[str, tuple[int, ...]]) -> Make:
    return lambda place: str(write_safetensors(place / "m.safetensors", shapes))


def named(name: str) -> Make:
    return lambda place: str(write_sdxl(place / name))


def called(name: str) -> Make:
    return lambda place: name


def cut(place: Path) -> str:
    path = write_sdxl(place / "m.safetensors")
    path.write_bytes(path.read_bytes()[:-1])
    return str(path)


def still_loading(place: Path) -> str:
    (place / "m.safetensors.aria2").touch()
    return str(write_sdxl(place / "m.safetensors"))


def folder(
    *, without: str = "", cut: str = "", hub: str = "", pipeline: str = "StableDiffusionXLPipeline",
    unet: Mapping[str, object] | None = None, scheduler: Mapping[str, object] | None = None,
) -> Make:  # fmt: skip
    """A diffusers folder; without: a file that is deleted; cut: one that is cut; hub: in the cache under this name."""

    def make(place: Path) -> str:
        at = place / "hub" / f"models--{hub.replace('/', '--')}" / "snapshots" / "abc" if hub else place / "model"
        write_diffusers(at, pipeline=pipeline, **(unet or {}))
        if scheduler is not None:
            (at / "scheduler").mkdir()
            (at / "scheduler" / "scheduler_config.json").write_text(json.dumps(scheduler), encoding="utf-8")
        if without:
            (at / without).unlink()
        if cut:
            (at / cut).write_bytes((at / cut).read_bytes()[:-1])
        return hub or str(at)

    return make


def flux(hub: str = "") -> Make:
    def make(place: Path) -> str:
        name = folder(hub=hub, pipeline="FluxPipeline")(place)
        at = next(place.rglob("model_index.json"))
        at.write_text(json.dumps({"_class_name": "FluxPipeline", "transformer": ["diffusers", "x"]}), encoding="utf-8")
        return name

    return make


def empty_folder(place: Path) -> str:
    (place / "m").mkdir()
    return str(place / "m")


SD15 = {"cross_attention_dim": 768, "projection_class_embeddings_input_dim": None}
REFINER = {"cross_attention_dim": 1280, "projection_class_embeddings_input_dim": 2560}
HTML = b"<!DOCTYPE html><html><body>Sign in</body></html>"
# Rule -> what it is for; what the finding's values name is compared where it is given.
CASES: dict[str, list[tuple[str, Make, str]]] = {
    "missing, named by the plan": [("", called("/no/such/model.safetensors"), "/no/such/model.safetensors")],
    "missing": [(name, called(name), name) for name in
                ("/no/such/model.safetensors", "models/x.safetensors", "./here/model", "C:\\m\\x.ckpt", "x", "~nobody/m.ckpt")],
    "unfinished download": [
        *((suffix, file(f"m.safetensors{suffix}", b"x" * 99), "") for suffix in (".crdownload", ".part", ".download")),
        ("Unconfirmed.tmp", file("m.tmp", b"x" * 99), ""), ("aria2", still_loading, ""),
    ],
    "empty": [(name, file(name, b""), "") for name in ("m.ckpt", "m.safetensors", "m.pt")],
    "web page": [
        ("ckpt", file("m.ckpt", HTML), ""), ("safetensors", file("m.safetensors", HTML), ""),
        ("blank first", file("m.safetensors", b"\n  <html>"), ""), ("json", file("m.ckpt", b'{"error":"Unauthorized"}'), ""),
        ("hub", file("m.safetensors", b"Invalid username or password."), ""),
    ],
    "pointer of Git LFS": [("", file("m.safetensors", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n"), "")],
    "GGUF": [(name, file(name, b"GGUF\x03\0\0\0" + bytes(99)), "") for name in ("m.gguf", "m.ckpt", "m.safetensors")],
    "archive": [(name, file(name, b"PK\x03\x04" + bytes(99)), "") for name in ("m.zip", "m.7z", "m.safetensors.gz")],
    "safetensors under another ending": [("", lambda place: str(write_sdxl(place / "m.ckpt")), "")],
    "no checkpoint": [("text", file("m.ckpt", b"hello"), ""), ("onnx", file("m.onnx", b"\x08\x07\x12\x07pytorch"), "")],
    "pickle": [("zip", file("m.ckpt", b"PK\x03\x04" + bytes(99)), ""), ("old", file("m.pt", b"\x80\x02\x8a\x0a"), "")],
    "unreadable": [
        ("short", file("m.safetensors", b"1234"), ""), ("huge", file("m.safetensors", struct.pack("<Q", 1 << 40) + b"{}"), ""),
        ("no text", file("m.safetensors", struct.pack("<Q", 4) + b"\xff\xfe{}"), ""),
        ("a list", file("m.safetensors", struct.pack("<Q", 2) + b"[]"), ""),
        ("no entry", file("m.safetensors", struct.pack("<Q", 9) + json.dumps({"a": 1}).encode().ljust(9)), ""),
        ("a pickle", file("m.safetensors", b"PK\x03\x04" + bytes(99)), ""),
    ],
    "cut": [("", cut, "")],
    "another kind": [
        ("SD 1.5", tensors({FIRST: (320, 4, 3, 3), **REST}), "SD 1.5"),
        ("LoRA", tensors({"lora_unet_x.alpha": (1,)}), "LoRA"), ("VAE", tensors({"encoder.conv_in.weight": (1,)}), "VAE"),
        ("Flux", tensors({"double_blocks.0.x": (1,)}), "Flux"), ("SD3", tensors({"joint_blocks.0.x": (1,)}), "SD3"),
        ("Flux whole", tensors({"model.diffusion_model.double_blocks.0.x": (1,), **REST}), "Flux"),
        ("Z-Image", tensors({"noise_refiner.0.x": (1,)}), "Z-Image"), ("Wan", tensors({"blocks.0.x": (1,)}), "Wan"),
        ("diffusers", tensors({"down_blocks.0.x": (1,), "conv_in.weight": (1,)}), "U-Net of diffusers"),
        ("embedding", tensors({"clip_g": (1,), "clip_l": (1,)}), "textual inversion"), ("nothing", tensors({}), "?"),
    ],
    "inpaint or refiner": [
        ("inpaint", tensors({**SDXL, FIRST: (320, 9, 3, 3)}), "inpaint"),
        ("refiner", tensors({**SDXL, FIRST: (384, 4, 3, 3), LABEL: (4, 2560)}), "refiner"),
        ("odd", tensors({**SDXL, LABEL: (1,)}), "?"), ("pix2pix", tensors({**SDXL, FIRST: (320, 8, 3, 3)}), "pix2pix"),
        ("Kolors", tensors({**SDXL, LABEL: (4, 5632)}), "Kolors"),
        ("CosXL", tensors({**SDXL, "edm_vpred.sigma_max": (1,)}), "EDM"),
    ],
    "no text encoders or VAE": [
        ("U-Net only", tensors(UNET), "text encoder 1, text encoder 2, VAE"),
        *((name, tensors({k: v for k, v in SDXL.items() if k != gone}), name)
          for name, gone in zip(("text encoder 1", "text encoder 2", "VAE"), REST, strict=True)),
    ],
    "layers missing": [("", tensors({**SDXL, "model.diffusion_model.middle_block.0.in_layers.0.weight": (1,)}), "SSD-1B")],
    "scaled numbers": [
        ("ComfyUI", tensors({**SDXL, "scaled_fp8": (0,)}), "scaled_fp8"),
        ("a scale each", tensors({**SDXL, "model.diffusion_model.out.2.scale_weight": (1,)}), "scale_weight"),
        ("4 bits", tensors({**SDXL, "model.diffusion_model.out.2.weight.quant_state.bitsandbytes__nf4": (1,)}), "nf4"),
    ],
    "distilled": [
        *((name, named(f"{name}.safetensors"), method) for name, method in (
            ("sd_xl_turbo_1.0_fp16", "Turbo"), ("realvisxlV40_v40LightningBakedvae", "Lightning"), ("x_4step_dmd2", "DMD"),
            ("juggernautXL_v9Rdphoto2Lightning", "Lightning"), ("Hyper-SDXL-8steps", "Hyper"), ("LCM_dreamshaperXL", "LCM"),
            ("TurboVisionXL", "Turbo"))),
        ("LCM by its keys", tensors({**SDXL, "model.diffusion_model.time_embed.cond_proj.weight": (1,)}), "LCM"),
        ("by its title", lambda place: str(write_safetensors(place / "m.safetensors", SDXL,
                                                             metadata={"modelspec.title": "Some XL Turbo"})), "Turbo"),
    ],
    "fp8": [("", lambda place: str(write_safetensors(place / "m.safetensors", SDXL, dtype="F8_E4M3")), "fp8")],
    "predicts v": [
        ("keys", tensors({**SDXL, "v_pred": (0,), "ztsnr": (0,)}), "v_pred"),
        ("metadata", lambda place: str(write_safetensors(place / "m.safetensors", SDXL,
                                                         metadata={"modelspec.prediction_type": "v"})), "prediction_type"),
    ],
    "whole file": [(name or "plain", named(f"{name or 'm'}.safetensors"), "") for name in
                   ("", "hyperrealism_XL", "dreamshaperXL_alpha", "epicrealismXL_vxvLastfame")],
    "not SDXL on the hub": [(name, called(name), "") for name in
                            ("runwayml/stable-diffusion-v1-5", "black-forest-labs/FLUX.1-dev")],
    "distilled on the hub": [(name, called(name), method) for name, method in
                             (("stabilityai/sdxl-turbo", "Turbo"), ("ByteDance/SDXL-Lightning", "Lightning"))],
    "to be downloaded": [("", lambda place: "stabilityai/sdxl", "")],
    "no diffusers folder": [("", empty_folder, "")],
    "another kind of diffusers": [
        ("SD 1.5", folder(pipeline="StableDiffusionPipeline", unet=SD15), "StableDiffusionPipeline"),
        ("cache of SD 1.5", folder(hub="somebody/sd15", pipeline="StableDiffusionPipeline", unet=SD15), ""),
        ("inpaint", folder(unet={"in_channels": 9}), "inpaint"), ("refiner", folder(unet=REFINER), "refiner"),
        ("Flux", flux(), "FluxPipeline"), ("cache of Flux", flux(hub="somebody/flux"), "FluxPipeline"),
    ],
    "cut weights": [("", folder(cut="unet/diffusion_pytorch_model.safetensors"), "unet/"),
                    ("cache", folder(cut="vae/diffusion_pytorch_model.safetensors", hub="a/b"), "vae/")],
    "folder without weights": [
        ("unet", folder(without="unet/diffusion_pytorch_model.safetensors"), "unet"),
        ("text encoder", folder(without="text_encoder_2/model.safetensors"), "text_encoder_2"),
    ],
    "half downloaded": [("", folder(without="unet/diffusion_pytorch_model.safetensors", hub="a/b"), "")],
    "distilled folder": [("LCM", folder(unet={"time_cond_proj_dim": 256}), "LCM")],
    "folder that predicts v": [("", folder(scheduler={"prediction_type": "v_prediction"}), "prediction_type"),
                               ("cache", folder(hub="a/b", scheduler={"prediction_type": "v_prediction"}), "")],
    "whole folder": [("", folder(), "")],
    "in the cache": [("", folder(hub="a/b"), "")],
}  # fmt: skip


def test_every_rule_is_whole_and_has_a_model_here() -> None:
    assert [rule.name for rule in RULES] == list(CASES)
    for rule in RULES:
        assert rule.name and rule.looks_at and rule.kinds and rule.level in LEVELS and callable(rule.applies)
        assert rule.text.startswith("preflight.model_") and tables.known(rule.text)
    for kind in ("file", "folder", "hub", "nothing"):  # no model is left without an answer
        last = [rule for rule in RULES if kind in rule.kinds][-1]
        assert last.applies(base_model.Model("x", kind)) is not None


@pytest.mark.parametrize(
    ("rule", "make", "named"),
    [pytest.param(rule, make, named, id=f"{rule}: {case}") for rule, cases in CASES.items() for case, make, named in cases],
)
def test_a_model_is_judged_by_its_rule(tmp_path: Path, rule: str, make: Make, named: str) -> None:
    wanted = next(one for one in RULES if one.name == rule)
    name, by_hand = make(tmp_path), rule == "missing, named by the plan"
    model = base_model.look_at(name, by_hand=by_hand)
    first = next(one for one in RULES if model.kind in one.kinds and one.applies(model) is not None)
    assert first.name == rule
    found = judge(name, by_hand=by_hand)
    assert (found.level, found.text.key) == (wanted.level, wanted.text)
    for language in translate.LANGUAGES:
        assert named in translate.words(found.text, language)


def test_a_file_that_cannot_be_read_is_blocked_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_sdxl(tmp_path / "m.safetensors")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    found = judge(str(path))
    assert found.text.key == "preflight.model_unreadable" and "Permission denied" in str(found.text.values["detail"])


def test_the_snapshot_that_the_hubs_cache_stands_at_is_taken(tmp_path: Path) -> None:
    make = folder(hub="a/b")
    make(tmp_path)
    cache = tmp_path / "hub" / "models--a--b"
    other = write_diffusers(cache / "snapshots" / "aaa", pipeline="StableDiffusionPipeline", cross_attention_dim=768)
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text("abc", encoding="ascii")
    assert judge("a/b").level == "ready"
    (cache / "refs" / "main").write_text(other.name, encoding="ascii")
    assert judge("a/b").text.key == "preflight.model_other"


# --- whether it is here, and how it is handed on ---------------------------------------------------------------------


def test_a_model_on_this_computer_needs_no_download(tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_bytes(b"x")
    assert base_model.model_local(str(tmp_path / "x.safetensors"))
    assert not base_model.model_local(str(tmp_path / "y.safetensors"))
    assert not base_model.model_local("a/b")
    folder(hub="a/b")(tmp_path)
    assert base_model.model_local("a/b")


def test_a_model_of_which_half_has_come_is_no_reason_to_go_offline(tmp_path: Path) -> None:
    folder(hub="a/b", without="vae/diffusion_pytorch_model.safetensors")(tmp_path)
    assert not base_model.model_local("a/b")


def test_a_relative_link_is_resolved_before_it_is_passed_on(tmp_path: Path) -> None:
    real = write_sdxl(tmp_path / "models" / "real.safetensors")
    link = tmp_path / "link.safetensors"
    link.symlink_to("models/real.safetensors")
    assert base_model.passable(link, tmp_path / "links") == real
    there = tmp_path / "folder"
    there.symlink_to("models", target_is_directory=True)
    assert base_model.passable(there, tmp_path / "links") == tmp_path / "models"
    assert base_model.passable(real, tmp_path / "links") == real
    assert not (tmp_path / "links").exists()


def test_a_file_of_the_hubs_cache_keeps_the_ending_by_which_the_trainer_tells_it(tmp_path: Path) -> None:
    write_sdxl(tmp_path / "blobs" / "0123abcd")
    (tmp_path / "snapshots").mkdir()
    link = tmp_path / "snapshots" / "sd_xl_base.safetensors"
    link.symlink_to("../blobs/0123abcd")
    for _ in range(2):  # a second training finds the link of the first
        passed = base_model.passable(link, tmp_path / "links")
        once = passed.readlink()  # what the trainer does, from a folder of its own
        assert once.is_absolute() and once.is_file() and once.suffix == ".safetensors" == passed.suffix
        assert passed.name == "sd_xl_base.safetensors"  # the name that the model's metadata get
