"""Regularisation pictures in a plan: counted as the trainer counts them, told with their cost, checked before the start."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

import lora_trainer
from avatar.commands import plan as plan_commands
from avatar.plan import plan_file, regularisation
from avatar.plan.plan_file import PlanReport
from avatar.texts import translate
from avatar.training import bundle
from avatar.training.dry_run import DryRun
from avatar.workspace.client import Client
from config import TRAINING_PRESETS, Settings, TrainerConfig
from tests.base_models import write_sdxl
from tests.scripted import MakeSession
from tests.tiny_png import PNG


def as_the_trainer(own: int, folders: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return (shown in an epoch, pictures never shown) by the loop of library/train_util.py:2170-2184, word for word."""
    infos = [repeats for pictures, repeats in folders for _ in range(pictures)]
    registered: list[int] = []
    n = 0
    first_loop = True
    while n < own and infos:
        for place, repeats in enumerate(infos):
            if first_loop:
                registered.append(repeats)
                n += repeats
            else:
                registered[place] += 1
                n += 1
            if n >= own:
                break
        first_loop = False
    return sum(registered), len(infos) - len(registered)


@pytest.mark.parametrize(
    "folders", [[], [(1, 1)], [(3, 1)], [(40, 1)], [(3, 4)], [(7, 3), (2, 5)], [(1, 100)], [(0, 1), (2, 2)]]
)
@pytest.mark.parametrize("own", [1, 10, 48, 200])
def test_they_are_counted_as_the_trainer_counts_them(own: int, folders: list[tuple[int, int]]) -> None:
    assert (regularisation.exposures(own, folders), regularisation.unused(own, folders)) == as_the_trainer(own, folders)


def fill(folder: Path, pictures: int, caption: str | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(pictures):
        (folder / f"p{number:02}.png").write_bytes(PNG)
        if caption is not None:
            (folder / f"p{number:02}.txt").write_text(caption, encoding="utf-8")
    return folder


@pytest.fixture
def settings(client: Client, tmp_path: Path) -> Settings:
    fill(client.training_data / "2_ana", 12, "ohwx woman")
    return Settings(trainer=TrainerConfig(base_model=str(write_sdxl(tmp_path / "m.safetensors"))))


def configure(client: Client, settings: Settings, *overrides: str, gpu: str = "rtx3060_12gb") -> PlanReport:
    return lora_trainer.configure(
        client, settings=settings, gpu=gpu, preset="quick", overrides=overrides, card_probe=list
    )  # fmt: skip


def dry_run(client: Client, settings: Settings) -> DryRun:
    return lora_trainer.dry_run(client, settings=settings, card_probe=list)


def said(found: DryRun) -> dict[str, str]:
    return {item.text.key: item.level for item in found.preflight if item.name == "regularisation"}


def test_a_plan_takes_the_clients_own_and_keeps_the_exposures_of_the_person(client: Client, settings: Settings) -> None:
    without = configure(client, settings)
    fill(client.regularisation / "1_woman", 30)
    with_them = configure(client, settings)
    assert with_them.plan.reg_data_dir == regularisation.FOLDER
    assert with_them.plan.max_train_steps == 2 * without.plan.max_train_steps
    assert with_them.arithmetic.steps_per_epoch == 2 * without.arithmetic.steps_per_epoch
    assert with_them.arithmetic.regularisation == with_them.arithmetic.exposures_per_epoch == 24
    assert with_them.arithmetic.exposures_per_image == pytest.approx(without.arithmetic.exposures_per_image, rel=0.02)
    assert with_them.estimate.total_gib == without.estimate.total_gib
    (note,) = [text for text in with_them.warnings if text.key.startswith("plan.regularisation")]
    assert note.values == {"n": 30, "words": "woman"}
    assert "plan.change.regularisation" in [change.why.key for change in with_them.changes]


def test_steps_of_ones_own_are_kept_and_half_of_them_told_away(client: Client, settings: Settings) -> None:
    without = configure(client, settings, "steps=480", "accumulation=1")
    fill(client.regularisation / "1_woman", 30)
    report = configure(client, settings, "steps=480", "accumulation=1")
    assert report.plan.max_train_steps == 480
    assert 2 * report.arithmetic.exposures_per_image == pytest.approx(without.arithmetic.exposures_per_image, rel=0.02)
    assert "plan.regularisation_steps" in [text.key for text in report.warnings]


def test_none_does_without_them_and_a_named_folder_takes_their_place(
    client: Client, settings: Settings, tmp_path: Path
) -> None:  # fmt: skip
    fill(client.regularisation / "1_woman", 3)
    off = configure(client, settings, "regularisation=none")
    assert off.plan.reg_data_dir is None and off.arithmetic.regularisation == 0
    fill(tmp_path / "elsewhere" / "1_person", 7)
    named = configure(client, settings, f"reg_data_dir={tmp_path / 'elsewhere'}")
    (note,) = [text for text in named.warnings if text.key == "plan.regularisation"]
    assert note.values == {"n": 7, "words": "person"}
    command = dry_run(client, settings).command
    assert command[command.index("--reg_data_dir") + 1] == str(tmp_path / "elsewhere")


def test_an_empty_folder_of_the_client_changes_nothing_and_a_named_one_is_told(client: Client, settings: Settings) -> None:
    client.regularisation.mkdir()
    assert configure(client, settings).plan.reg_data_dir is None
    report = configure(client, settings, "reg_data_dir=regularisation")
    assert "plan.regularisation_none" in [text.key for text in report.warnings]
    assert said(dry_run(client, settings)) == {"preflight.reg_empty": "blocked"}


def test_the_trial_on_the_processor_takes_them_only_by_hand(client: Client, settings: Settings) -> None:
    fill(client.regularisation / "1_woman", 3)
    assert configure(client, settings, gpu="cpu").plan.reg_data_dir is None
    assert configure(client, settings, "reg_data_dir=regularisation", gpu="cpu").arithmetic.regularisation == 24


def test_the_dry_run_says_how_many_are_shown(client: Client, settings: Settings) -> None:
    fill(client.regularisation / "1_woman", 30)
    configure(client, settings)
    found = dry_run(client, settings)
    assert said(found) == {"preflight.reg_there": "ready", "preflight.reg_unused": "attention"}
    command = found.command
    assert command[command.index("--reg_data_dir") + 1] == str(client.regularisation.absolute())
    (told,) = [item.text for item in found.preflight if item.text.key == "preflight.reg_there"]
    assert told.values == {"n": 30, "words": "woman", "shown": 24, "own": 24}


def test_what_the_trainer_would_not_say_blocks_the_start(client: Client, settings: Settings) -> None:
    reg = client.regularisation
    for key, folder in {
        "preflight.reg_missing": reg / "nowhere",
        "preflight.reg_in_dataset": client.training_data,
        "preflight.reg_trigger": fill(reg / "a" / "1_ohwx woman", 2).parent,
        "preflight.reg_no_word": fill(reg / "b" / "1", 2).parent,
        "dataset.problem.empty_caption_file": fill(reg / "c" / "1_woman", 1, "").parent,
    }.items():
        configure(client, settings, f"reg_data_dir={folder}")
        assert said(dry_run(client, settings)).get(key) == "blocked", key


def test_a_cut_picture_is_found_before_the_start(client: Client, settings: Settings) -> None:
    folder = fill(client.regularisation / "1_woman", 2)
    (folder / "p01.png").write_bytes(PNG[:-20])
    configure(client, settings)
    assert said(dry_run(client, settings))["dataset.problem.damaged_picture"] == "blocked"


def test_all_presets_are_offered_with_twice_the_steps(client: Client, settings: Settings) -> None:
    before = lora_trainer.offers(client, settings=settings, gpu="rtx3060_12gb", card_probe=list)
    fill(client.regularisation / "1_woman", 3)
    after = lora_trainer.offers(client, settings=settings, gpu="rtx3060_12gb", card_probe=list)
    assert [offer.preset for offer in after] == list(TRAINING_PRESETS)
    for one, other in zip(before, after, strict=True):
        assert other.steps == pytest.approx(2 * one.steps, rel=0.1)
        assert one.seconds and other.seconds == pytest.approx(2 * one.seconds, rel=0.1)


def test_they_travel_with_the_bundle(client: Client, settings: Settings, tmp_path: Path) -> None:
    fill(client.regularisation / "1_woman", 3, "woman")
    (client.regularisation / "1_woman" / "regularisation.json").write_text("{}", encoding="utf-8")
    plan = configure(client, settings).plan
    made = bundle.write(client, tmp_path / "out.zip", settings=settings, instructions={}, plan=plan)
    assert made.files["regularisation"] == 6
    with zipfile.ZipFile(made.path) as archive:
        assert "regularisation/1_woman/p00.png" in archive.namelist() and "regularisation/1_woman/p00.txt" in archive.namelist()
        script = archive.read("train.sh").decode()
    assert "--reg_data_dir regularisation" in script and str(client.folder) not in script


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_plan_and_dry_run_tell_it_in_both_languages(
    client: Client, settings: Settings, make: MakeSession, language: str
) -> None:  # fmt: skip
    fill(client.regularisation / "1_woman", 3)
    session, ui = make(language=language)
    session.details = True
    session.show(plan_commands.configure(session, "ana", gpu="rtx3060_12gb"))
    session.show(plan_commands.dry_run(session, "ana"))
    words = {
        "es": ("el doble de pasos y de tiempo", "junto a las 24"),
        "en": ("twice the steps and the time", "beside the dataset's 24"),
    }
    flat = " ".join(ui.text.split())
    assert all(part in flat for part in words[language]), flat


def test_a_resumed_training_counts_epochs_with_them(client: Client, settings: Settings) -> None:
    fill(client.regularisation / "1_woman", 3)
    plan = configure(client, settings).plan
    assert plan_file.epoch_exposures(client, plan) == 48
