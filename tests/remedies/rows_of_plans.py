"""Remedies about plans, base models and what is checked before a training."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import utils
from tests.base_models import FIRST, REST, SDXL, UNET, write_safetensors
from tests.computer import write_base
from tests.remedies.place import Place, Row, Said, Wrong, both, done, free_space, nothing, run, then, use
from tests.remedies.plans import (
    CHECK,
    CONFIGURE,
    LONG,
    PLAN,
    changed,
    configured,
    no_pictures_prepared,
)
from tests.tiny_png import PNG


def base_model(content: Callable[[Path], object], name: str = "wrong.safetensors") -> Wrong:
    """Return what makes the settings name a base model that is none."""

    def make(place: Place) -> None:
        content(place.folder / name)
        place.settings("trainer", base_model=str(place.folder / name))
        place.do(*CONFIGURE, *PLAN)

    return make


def another_base_model(place: Place, said: Said) -> None:
    place.do("base-model", str(place.folder / "base.safetensors"))
    place.do(*CONFIGURE)


def base_gone(place: Place) -> None:
    place.do(*CONFIGURE, *PLAN)
    (place.folder / "base.safetensors").rename(place.folder / "moved.safetensors")


def base_elsewhere(place: Place, said: Said) -> None:
    place.do("base-model", str(place.folder / "moved.safetensors"))
    place.do(*CONFIGURE)


def renamed(place: Place, said: Said) -> None:
    (place.folder / "model.ckpt").rename(place.folder / "model.safetensors")
    place.settings("trainer", base_model=str(place.folder / "model.safetensors"))
    place.do(*CONFIGURE)


def edited_plan(**fields: Any) -> Wrong:
    def edit(place: Place) -> None:
        place.do(*CONFIGURE, *PLAN)
        data = utils.read_json(place.client.plan_file)
        utils.write_json(place.client.plan_file, {**data, "plan": {**data["plan"], **fields}})

    return edit


def more_pictures(place: Place) -> None:
    place.do(*CONFIGURE, *PLAN)
    folder = place.client.training_data / "5_ana"
    info = utils.read_json(folder / "dataset_info.json")
    (folder / "more.png").write_bytes(PNG)
    (folder / "more.txt").write_text("ohwx woman", encoding="utf-8")
    pictures = [*info["pictures"], {"file": "more.png"}]
    utils.write_json(folder / "dataset_info.json", {**info, "fingerprint": "new", "pictures": pictures})


def option_gone(place: Place) -> None:
    """The trainer that is installed now lacks an option that the plan has."""
    place.do(*CONFIGURE, *PLAN)
    data = utils.read_json(place.client.plan_file)
    plan = {**data["plan"], "extra": {"gone_option": "1"}}
    utils.write_json(place.client.plan_file, {**data, "plan": plan, "overrides": [*data["overrides"], "gone_option=1"]})


def by_hand(*words: str) -> Wrong:
    return lambda place: place.do(*CONFIGURE, *PLAN, *(word.replace("{here}", str(place.folder)) for word in words))


def garbage(option: str) -> Wrong:
    """Give an option a file that is none of its kind."""

    def give(place: Place) -> None:
        place.write("garbage.safetensors", b"garbage" * 99)
        by_hand(f"{option}={{here}}/garbage.safetensors")(place)

    return give


def regularisation(*files: str) -> Wrong:
    """Name a folder of regularisation pictures with these files in it."""

    def make(place: Place) -> None:
        (place.folder / "reg").mkdir()
        for name in files:
            place.write(f"reg/{name}", PNG if name.endswith(".png") else "ohwx woman")
        place.do(*CONFIGURE, *PLAN, f"reg_data_dir={place.folder / 'reg'}")

    return make


def in_numbered_folder(place: Place) -> None:
    place.write("reg/1_woman/one.png", PNG)


def folder_of_class(place: Place) -> None:
    (place.folder / "reg" / "1").rename(place.folder / "reg" / "1_woman")


def half_model(path: Path) -> None:
    write_base(path)
    path.write_bytes(path.read_bytes()[:-40])


ROWS = [
    Row("preflight.model_empty", CHECK, base_model(lambda path: path.write_bytes(b"")), another_base_model),
    Row("preflight.model_web_page", CHECK, base_model(lambda path: path.write_bytes(b"<!DOCTYPE html>")), another_base_model),
    Row("preflight.model_gguf", CHECK, base_model(lambda path: path.write_bytes(b"GGUF" + bytes(64))), another_base_model),
    Row("preflight.model_misnamed", CHECK, base_model(write_base, "model.ckpt"), renamed),
    Row("preflight.model_lfs", CHECK,
        base_model(lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")),
        another_base_model),
    Row("preflight.model_archive", CHECK, base_model(lambda path: path.write_bytes(b"PK\x03\x04" + bytes(99)), "m.zip"),
        another_base_model),
    Row("preflight.model_unfinished", CHECK, base_model(write_base, "m.safetensors.crdownload"), another_base_model),
    Row("preflight.model_parts", CHECK, base_model(lambda path: write_safetensors(path, UNET)), another_base_model),
    Row("preflight.model_fp8", CHECK, base_model(lambda path: write_safetensors(path, SDXL, dtype="F8_E4M3")),
        another_base_model),
    Row("preflight.model_other", CHECK, base_model(lambda path: write_safetensors(path, {FIRST: (320, 4, 3, 3), **REST})),
        another_base_model),
    Row("preflight.reg_in_dataset", CHECK, lambda place: by_hand(f"reg_data_dir={place.client.training_data}")(place),
        run((*CONFIGURE, "--set", "reg_data_dir=none"))),
    Row("preflight.reg_trigger", CHECK, regularisation("1_ohwx woman/a.png"),
        then(lambda place: (place.folder / "reg" / "1_ohwx woman").rename(place.folder / "reg" / "1_woman"))),
    Row("preflight.disk_full", CHECK, both(done(*CONFIGURE, *LONG), free_space(5_000_000)), then(free_space(10**12))),
    Row("preflight.model_cut", CHECK, base_model(half_model), another_base_model),
    Row("preflight.model_missing", CHECK, base_gone, base_elsewhere),
    Row("preflight.model_missing_by_hand", CHECK, by_hand("base_model={here}/gone.safetensors"),
        run((*CONFIGURE, "--unset", "base_model"))),
    Row("preflight.settings_changed", CHECK, changed("trainer", tokenizer_cache_dir=""), run(CONFIGURE)),
    Row("preflight.dataset_changed", CHECK, more_pictures, run(CONFIGURE)),
    Row("preflight.script_missing", CHECK, changed("trainer", folder="{here}/nowhere"),
        run(("settings", "trainer.folder", "{here}/trainer"))),
    Row("preflight.python_missing", CHECK, changed("trainer", python="{here}/nowhere"),
        run(("settings", "trainer.python", sys.executable))),
    Row("preflight.reg_missing", CHECK, by_hand("reg_data_dir={here}/gone"), run((*CONFIGURE, "--set", "reg_data_dir=none"))),
    Row("preflight.reg_empty", CHECK, regularisation("a.png"), then(in_numbered_folder)),
    Row("preflight.reg_no_word", CHECK, regularisation("1/a.png"), then(folder_of_class)),
    Row("preflight.file_missing", CHECK, by_hand("vae={here}/gone.safetensors"), run((*CONFIGURE, "--unset", "vae"))),
    Row("preflight.vae_unreadable", CHECK, garbage("vae"), run((*CONFIGURE, "--unset", "vae"))),
    Row("preflight.weights_unreadable", CHECK, garbage("network_weights"),
        run((*CONFIGURE, "--unset", "network_weights"))),
    Row("option.unknown", CHECK, option_gone, run((*CONFIGURE, "--unset", "gone_option"))),
    Row("plan.rule.full_fp16", CHECK, by_hand("full_fp16=yes"), run((*CONFIGURE, "--unset", "full_fp16"))),
    Row("plan.rule.resolution", CHECK, edited_plan(resolution=1000), run(CONFIGURE)),
    Row("plan.rule.below_least", CHECK, edited_plan(max_train_steps=0), run(CONFIGURE)),
    Row("plan.file_invalid", CHECK, edited_plan(profile="voodoo"), run((*CONFIGURE, *PLAN))),
    Row("plan.not_key_value", (*CONFIGURE, "--set", "network_dim"), nothing, use(*CONFIGURE, "--set", "network_dim=64")),
    Row("plan.unknown_key", (*CONFIGURE, "--set", "network_dimm=8"), nothing,
        lambda place, said: (*CONFIGURE, "--set", f"{said.values['near']}=8")),
    Row("plan.other_program", (*CONFIGURE, "--set", "lowvram=true"), nothing, use(*CONFIGURE, *PLAN)),
    Row("plan.bad_value", (*CONFIGURE, "--set", "network_dim=many"), nothing, use(*CONFIGURE, "--set", "network_dim=64")),
    Row("plan.not_square", (*CONFIGURE, "--set", "resolution=1024,768"), nothing,
        use(*CONFIGURE, "--set", "resolution=1024")),
    Row("plan.managed_key", (*CONFIGURE, "--set", "output_dir=x"), nothing, use(CONFIGURE[0], CONFIGURE[1])),
    Row("plan.not_set", (*CONFIGURE, "--unset", "vae"), configured(*PLAN), use(*CONFIGURE, "--unset", "save_state")),
    Row("plan.warning.high_rate", (*CONFIGURE, "--set", "lr=5"), nothing, use(*CONFIGURE, "--set", "lr=-")),
    Row("plan.warning.many_steps", (*CONFIGURE, "--set", "steps=1000000"), nothing, use(*CONFIGURE, "--set", "steps=-")),
    Row("plan.warning.own_rate", (*CONFIGURE, "--set", "optimizer=Prodigy", "learning_rate=0.0001"), nothing,
        use(*CONFIGURE, "--set", "optimizer=Prodigy", "learning_rate=1")),
    Row("base.no_folder", ("base-model", "--folder", "{here}/nowhere"), nothing, use("base-model", "--folder", "{here}")),
    Row("base.unknown", ("base-model", "nothing_like_it"), nothing, use("base-model", "{here}/base.safetensors")),
    Row("bundle.no_dataset", ("bundle", "ana", "{here}/b.zip"), no_pictures_prepared, run(("prepare", "ana"))),
    Row("bundle.local_path", ("bundle", "ana", "{here}/b.zip"), by_hand("vae={here}/v.safetensors"),
        run((*CONFIGURE, "--unset", "vae"))),
    Row("bundle.trial", ("bundle", "ana", "{here}/b.zip"), configured("--gpu", "cpu"),
        use("bundle", "ana", "{here}/c.zip", "--gpu", "rtx4090_24gb")),
]  # fmt: skip
