"""The doctor's points, each mended by what it says."""

from __future__ import annotations

import shutil
import sys

from tests.computer import write_base
from tests.places import FAKE_TRAINER
from tests.remedies.place import Obey, Place, Row, Said, Wrong, both, done, nothing, run, then, use
from tests.remedies.plans import (
    CONFIGURE,
    PLAN,
    TRAIN,
    changed,
    configured,
    failed_once,
    no_pictures_prepared,
)
from tests.remedies.rows_of_clients import picture
from tests.remedies.rows_of_pictures import judged, prepared
from tests.stages.test_image_processor import TWO, add


def fixed(name: str) -> Obey:
    return run(("doctor", "ana", "--fix", name))


def doctor_row(key: str, wrong: Wrong, obey: Obey, *, well: bool = True) -> Row:
    return Row(key, ("doctor", "ana"), wrong, obey, well)


def script(name: str, content: bytes) -> Wrong:
    return lambda place: (place.client.training / name).write_bytes(content)


def all_refused(place: Place) -> None:
    no_pictures_prepared(place)
    place.do("review", "ana", "--reject", "1-2")


def old_clone(place: Place) -> None:
    (place.folder / "trainer" / "sdxl_train_network.py").rename(place.folder / "trainer" / "train_network.py")


def new_clone(place: Place) -> None:
    """Install it again: what `setup --trainer` does is in tests/trainer/test_install.py."""
    shutil.copy(FAKE_TRAINER, place.folder / "trainer")


def another_base_model_at_last(place: Place, said: Said) -> None:
    write_base(place.folder / "another.safetensors")
    place.do("base-model", str(place.folder / "another.safetensors"))
    place.do(*CONFIGURE)
    place.do(*TRAIN)


def original_lost(place: Place) -> None:
    """Of a picture that was cut out, so that it can still be trained."""
    prepared(place)
    original = place.client.original(place.client.records()[0])
    shutil.move(original, place.write("elsewhere/x").parent / original.name)


def original_back(place: Place) -> None:
    (lost,) = (place.folder / "elsewhere").glob("*_*")
    shutil.move(lost, place.client.raw_real)


def record_lost(place: Place) -> None:
    place.write("photos/one.png", picture(1))
    place.do("import-real", "ana", "{here}/photos")
    for path in place.client.record_files():
        path.unlink()


def original_imported_again(place: Place, said: Said) -> None:
    place.do("import-real", "ana", "{here}/photos")


def original_lost_uncut(place: Place) -> None:
    prepared(place)
    place.client.original(place.client.record(add(place.client, TWO, "tres.png"))).unlink()


def damaged_dataset(place: Place) -> None:
    prepared(place)
    next(place.client.training_data.glob("*/*.png")).write_bytes(b"")


ROWS = [
    doctor_row("doctor.training.failed", failed_once("bitsandbytes"), fixed("training")),
    doctor_row("doctor.training.replanned",
               both(failed_once("bitsandbytes"), done(*CONFIGURE, "--set", "optimizer=AdamW")),
               run(TRAIN)),
    doctor_row("doctor.plan.outdated", changed("trainer", tokenizer_cache_dir=""), fixed("plan")),
    doctor_row("doctor.memory.found", failed_once("oom", step=2), fixed("memory")),
    doctor_row("doctor.nan.half_vae", configured(*PLAN, "no_half_vae=false"), fixed("nan")),
    doctor_row("doctor.nan.found", failed_once("nan", step=20), fixed("nan")),
    doctor_row("doctor.memory.replanned",
               both(failed_once("oom", step=2), done(*CONFIGURE, "--set", "dim=4")),
               run(TRAIN)),
    doctor_row("doctor.nan.replanned",
               both(failed_once("nan", step=20), done(*CONFIGURE, "--set", "lr=0.00002")), run(TRAIN)),
    doctor_row("doctor.nan.first_step", failed_once("nan", step=1), another_base_model_at_last, well=False),
    doctor_row("doctor.images.not_imported", lambda place: shutil.rmtree(place.client.training_data),
               then(both(judged, done("prepare", "ana")))),
    doctor_row("doctor.images.none_approved", all_refused, run(("review", "ana", "--approve", "1-2"), ("prepare", "ana"))),
    doctor_row("doctor.script.old_clone", old_clone, then(new_clone)),
    doctor_row("doctor.images.not_prepared", no_pictures_prepared, fixed("images")),
    doctor_row("doctor.images.problems", damaged_dataset, fixed("images")),
    doctor_row("doctor.originals.missing", original_lost, then(original_back)),
    doctor_row("doctor.originals.no_record", record_lost, original_imported_again, well=False),
    doctor_row("doctor.originals.uncut", original_lost_uncut, fixed("originals")),
    doctor_row("doctor.script.not_installed", changed("trainer", folder="{here}/nowhere"),
               run(("settings", "trainer.folder", "{here}/trainer"))),
    doctor_row("setup.trainer_unfinished", changed("trainer", python="{here}/nowhere"),
               run(("settings", "trainer.python", sys.executable))),
    doctor_row("doctor.script.wrong", script("old.bat", b"python train_network.py\r\n"),
               then(lambda place: (place.client.training / "old.bat").write_bytes(b"python sdxl_train_network.py\r\n"))),
    doctor_row("doctor.backslashes.script", script("old.bat", b"python sdxl_train_network.py \\\r\n  --x\r\n"),
               fixed("backslashes")),
    doctor_row("doctor.backslashes.config",
               lambda place: place.config.write_text('{"trainer": {"folder": "D:\\kohya"}}', encoding="utf-8"),
               run(("doctor", "--fix", "backslashes"))),
    Row("doctor.nothing_to_fix", ("doctor", "ana", "--fix", "memory"), nothing, use("doctor")),
]  # fmt: skip
