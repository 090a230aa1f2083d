"""What the commands of dataset and training say and hand to scripts: in both languages, with the figures of the reports."""

from __future__ import annotations

import dataclasses
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

import data_preprocessor
import lora_trainer
import utils
from avatar.commands import captions as captions_commands
from avatar.commands import dataset as dataset_commands
from avatar.commands import models as models_commands
from avatar.commands import plan as plan_commands
from avatar.commands import plan_view
from avatar.commands.plan_view import plan_blocks, plan_details
from avatar.commands.result import Raw, Result, Table, plain
from avatar.dataset import caption_store
from avatar.plan import ask, held_out, steps
from avatar.plan import memory as plan_memory
from avatar.plan.plan_file import PlanReport
from avatar.plan.time import StepTime
from avatar.plan.values import Change, DatasetFacts
from avatar.system import gpu
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import words
from avatar.training import checkpoints, models
from avatar.training.checkpoints import Checkpoint, Leftovers
from avatar.workspace import client as workspace_client
from avatar.workspace.client import Client
from avatar.workspace.picture_numbers import RANGES_SHOWN, number_ranges
from avatar.workspace.records import Decision
from config import GPU_PROFILES, TRAINING_PRESETS, Settings
from tests.dataset.test_training_folder import picture
from tests.reports.test_dataset_page import add as add_picture
from tests.reports.test_dataset_page import filled, measured  # noqa: F401
from tests.scripted import MakeSession
from tests.stages.test_lora_trainer import fill, own_places  # noqa: F401


@pytest.fixture(autouse=True)
def no_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without a card, whatever the developer's machine has."""
    monkeypatch.setattr(gpu, "cards", list)
    for function in (lora_trainer.configure, lora_trainer.dry_run, lora_trainer.offers):
        monkeypatch.setattr(function, "__kwdefaults__", {**(function.__kwdefaults__ or {}), "card_probe": list})


def tables(result: Result[Any]) -> list[Table]:
    return [block for block in result.blocks if isinstance(block, Table)]


def cells(table: Table, language: str = "en") -> list[list[str]]:
    return [[words(cell, language) if isinstance(cell, Text) else str(cell) for cell in row] for row in table.rows]


# --- numbers of pictures ---------------------------------------------------------------------------------------------


@given(st.sets(st.integers(1, 60)))
def test_ranges_name_exactly_the_numbers_they_are_made_of(numbers: set[int]) -> None:
    said = number_ranges(sorted(numbers, reverse=True))
    named: list[int] = []
    for part in said.removesuffix(",…").split(",") if said else []:
        first, _, last = part.partition("-")
        named += range(int(first), int(last or first) + 1)
    assert named == sorted(named)
    assert set(named) == numbers or (said.endswith(",…") and named == sorted(numbers)[: len(named)])


@pytest.mark.parametrize(("ranges", "more"), [(RANGES_SHOWN, False), (RANGES_SHOWN + 1, True)])
def test_of_very_many_ranges_the_first_are_named_and_that_there_are_more(ranges: int, more: bool) -> None:
    said = number_ranges([3 * number for number in range(ranges)])
    assert said.endswith(",…") is more
    assert said.removesuffix(",…").split(",") == [str(3 * number) for number in range(RANGES_SHOWN)]


# --- the plan --------------------------------------------------------------------------------------------------------


def report_of(changes: Sequence[Change], **values: Any) -> Any:
    plan = ask.ask(GPU_PROFILES["rtx3060_8gb"], TRAINING_PRESETS["balanced"], DatasetFacts(20, 200))

    made = dataclasses.replace(plan, **values)
    return PlanReport(
        made, plan, tuple(changes), plan_memory.estimate_memory_gib(made), steps.step_arithmetic(made, DatasetFacts(20, 200)),
        (), Path(), None,
    )  # fmt: skip


def test_a_plan_begins_with_whether_it_fits_and_names_no_key() -> None:
    changes = [
        Change("fp8_base", False, True, Text("plan.change.no_lowvram", {"asked": "--medvram"})),
        Change("network_dim", 32, 4, Text("plan.change.memory", {"needs": 3.94, "free": 3.7})),
        Change(
            "sample_every_n_steps", 267, None, Text("plan.change.no_samples", {"dim": 4, "px": 512, "needs": 8.2, "free": 3.7})
        ),
    ]
    report = report_of(changes, max_train_steps=1000, sample_every_n_steps=None)
    fits = dataclasses.replace(report.estimate, free_gib=99.0)
    for language, verdict, size, samples in (
        ("es", "Plan hecho: equilibrado, 1.000 pasos, unas 2,2 h. Cabe en NVIDIA RTX 3060 8 GB: ",
         "tamaño del LoRA (dim): 32 → 4",
         "No se dibujan imágenes de muestra mientras se entrena: con dim 4"),
        ("en", "Plan made: balanced, 1,000 steps, about 2.2 h. It fits NVIDIA RTX 3060 8 GB: ",
         "size of the LoRA (dim): 32 → 4",
         "No sample pictures are drawn during the training: at dim 4"),
    ):  # fmt: skip
        step = StepTime(8.0, "table", "NVIDIA RTX 3060 8 GB")
        told = plan_blocks(dataclasses.replace(report, step_time=step, estimate=fits))
        said = [words(block, language) for block in told if isinstance(block, Text)]
        assert len(said) == len(told) == 4
        assert said[0].startswith(verdict) and size in said[2] and said[3].startswith(samples)
        assert not [key for key in ("fp8_base", "network_dim", "sample_every") if key in "".join(said)]


@pytest.mark.parametrize(("free", "style"), [(None, "plain"), (9.0, "good"), (6.0, "warn"), (2.0, "bad")])
def test_the_verdict_of_a_plan_has_the_colour_of_what_it_says(free: float | None, style: str) -> None:
    report = report_of([])
    estimate = dataclasses.replace(report.estimate, free_gib=free, total_gib=5.0, safe_gib=7.0)
    first = plan_blocks(dataclasses.replace(report, estimate=estimate))[0]
    assert isinstance(first, Text) and first.style == style
    assert words(first, "es") and words(first, "en")


def test_the_details_of_a_plan_are_its_values_and_where_the_time_comes_from() -> None:
    report = report_of([], network_alpha=12.5, train_batch_size=2, gradient_accumulation_steps=4)
    table, time = plan_details(report)
    assert isinstance(table, Table) and time == Text("plan.time_source.unknown")
    said = dict(cells(table))
    assert said["Dim / alpha"] == "96 / 12.5" and said["Batch x accumulation"] == "2 x 4"
    assert said["Resolution"] == "1024" and said["Optimizer"] == "AdamW8bit" and said["Preset"] == "balanced"
    (_, time) = plan_details(dataclasses.replace(report, step_time=StepTime(3.0, "measured", "NVIDIA GeForce RTX 3060")))
    assert isinstance(time, Text) and words(time, "en").startswith("As your NVIDIA GeForce RTX 3060 has")


def test_each_preset_shows_steps_time_and_disk_before_anything_is_chosen(make: MakeSession, client: Client) -> None:
    session, _ = make(language="en")
    before = sorted(client.folder.rglob("*"))

    result = plan_commands.presets(session, "ana", gpu="rtx3060_8gb")

    (table,), (source,) = result.blocks, result.more
    assert isinstance(table, Table) and isinstance(source, Text)
    assert [row[0] for row in cells(table, "es")] == ["rápido", "equilibrado", "calidad"]
    steps = [offer.steps for offer in result.value]
    assert steps == sorted(steps) and all(offer.seconds and offer.disk_bytes for offer in result.value)
    seconds = [offer.seconds or 0 for offer in result.value]
    assert seconds == sorted(seconds) and words(source, "en").startswith(
        "This is a guess from the table for the NVIDIA RTX 3060 8 GB"
    )
    assert sorted(client.folder.rglob("*")) == before  # nothing was chosen


def test_without_a_card_the_time_of_the_trial_is_not_known(make: MakeSession, client: Client) -> None:
    session, _ = make(language="en")

    result = plan_commands.presets(session, "ana", gpu="cpu")

    assert [offer.seconds for offer in result.value] == [None] * 3
    assert list(result.more) == [Text("plan.time_source.unknown")]


def test_presets_without_a_card_or_a_dataset_say_so_and_how_to_give_a_card(make: MakeSession, client: Client) -> None:
    session, _ = make(language="en")
    found = plan_commands.presets(session, "ana")
    assert [told.key for told in found.warnings] == ["plan.presets_no_card", "plan.warning.no_dataset"]
    fill(client)
    assert [told.key for told in plan_commands.presets(session, "ana").warnings] == ["plan.presets_no_card"]
    assert plan_commands.presets(session, "ana", gpu="cpu").warnings == []  # chosen


def test_presets_show_with_which_pictures_and_dim_a_small_card_is_quick_and_that_it_hardly_fits(
    make: MakeSession, client: Client
) -> None:
    session, _ = make(language="en")
    fill(client)
    small, usual = (plan_commands.presets(session, "ana", gpu=name) for name in ("gtx1650_4gb", "rtx3060_12gb"))
    for result, pixels in ((small, 512), (usual, 1024)):
        (table,) = tables(result)
        assert [row[4] for row in cells(table)] == [f"{pixels} / {offer.network_dim}" for offer in result.value]
    assert small.value[1].network_dim < usual.value[1].network_dim
    assert [told.key for told in small.warnings] == ["plan.presets_small_card"] and usual.warnings == []


@pytest.mark.parametrize(("language", "no", "yes"), [("es", "no", "sí"), ("en", "no", "yes")])
def test_what_was_changed_stands_with_its_reason_and_switches_are_words(language: str, no: str, yes: str) -> None:
    changes = [
        Change("fp8_base", False, True, Text("plan.change.no_lowvram", {"asked": "--medvram"})),
        Change("sample_every_n_steps", 500, None, Text("plan.change.memory", {"needs": 12.0, "free": 7.5})),
        Change("vae_batch_size", 0, 1, Text("plan.change.override")),
    ]
    table = plan_details(report_of(changes))[1]
    assert isinstance(table, Table)
    shown = cells(table, language)
    assert shown[0][:3] == ["fp8_base", no, yes] and "--medvram" in shown[0][3]
    none = {"es": "ninguno", "en": "none"}[language]
    assert shown[1][:3] == ["sample_every_n_steps", "500", none] and ("7.5" in shown[1][3] or "7,5" in shown[1][3])
    assert shown[2][1:3] == ["0", "1"]  # a number, not "no"


def test_options_by_hand_are_shown_as_they_were_typed(make: MakeSession, client: Client) -> None:
    session, _ = make(language="en")
    typed = ["network_args=conv_dim=2 conv_alpha=1", "highvram=yes", "optimizer_args=weight_decay=0.01 betas=0.9,0.99"]
    result = plan_commands.configure(session, "ana", gpu="rtx3060_12gb", overrides=typed)
    rows = {row[0]: row[1:3] for row in cells(tables(Result(None, result.more))[1])}
    assert rows["extra"] == ["", "network_args=conv_dim=2 conv_alpha=1, highvram=true"]
    assert rows["optimizer_args"] == ["", "weight_decay=0.01 betas=0.9,0.99"]


def test_configure_tells_the_plan_and_warns_and_json_has_it_all(make: MakeSession, client: Client) -> None:
    session, ui = make(language="en")
    session.details = True
    result = plan_commands.configure(session, "ana", gpu="gtx1650_4gb", overrides=["seed=7"])
    session.show(result)
    assert "There is no dataset yet" in ui.text and "seed 42 7" in ui.text
    assert "plan.warning.no_dataset" in [warning.key for warning in result.warnings]
    value = json.loads(json.dumps(plain(result.value)))
    assert value["plan"]["seed"] == 7 and value["path"] == str(client.plan_file)
    assert result.client == "ana" and result.error is None


def test_a_plan_that_is_refused_leaves_the_one_there_was(make: MakeSession, client: Client) -> None:
    session, _ = make()
    plan_commands.configure(session, "ana", preset="quick", gpu="cpu")
    before = client.plan_file.read_bytes()
    for wrong in ({"preset": "rapido"}, {"gpu": "gtx1650"}, {"overrides": ["netwrok_dim=4"]}, {"overrides": ["batch=0"]}):
        with pytest.raises(PipelineError):
            plan_commands.configure(session, "ana", **wrong)
    assert client.plan_file.read_bytes() == before


# --- the check -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "verdict"), [("es", "Todavía no se puede entrenar."), ("en", "Training cannot start yet.")]
)
def test_a_check_says_first_whether_it_can_start_then_what_blocks_it_then_one_command(
    make: MakeSession, client: Client, language: str, verdict: str
) -> None:
    fill(client)
    session, ui = make(language=language)
    plan_commands.configure(session, "ana", gpu="rtx3060_8gb")
    result = plan_commands.dry_run(session, "ana")
    session.show(result)
    blocked = [words(item.text, language) for item in result.value.preflight if item.level == "blocked"]
    assert ui.shown[0].startswith(verdict) and ui.shown[1 : 1 + len(blocked)] == blocked  # the error is not told twice
    assert result.error is not None and words(result.error, language) == blocked[0]
    value = json.loads(json.dumps(plain(result.value)))
    raw = [block.content for block in result.blocks if isinstance(block, Raw)]
    assert raw == [value["lines"][plan_view.SHELL_HERE]] and str(client.training_data) in raw[0]
    assert ui.shown[-1] == session.text("command.more") and value["seconds"] > 0
    assert not list(client.runs.glob("*"))  # nothing was started


@pytest.mark.parametrize("of_this_system", [(), ("powershell",)])
def test_the_figures_all_findings_and_the_other_shells_of_this_system_are_shown_on_asking(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, of_this_system: tuple[str, ...]
) -> None:
    assert (("powershell",) if sys.platform == "win32" else ()) == plan_view.OTHER_SHELLS
    monkeypatch.setattr(plan_view, "OTHER_SHELLS", of_this_system)
    fill(client)
    session, ui = make(language="es")
    plan_commands.configure(session, "ana", gpu="rtx3060_8gb")
    result = plan_commands.dry_run(session, "ana")
    session.show(result)
    ui.shown.clear()
    session.show_hidden()
    free = GPU_PROFILES["rtx3060_8gb"].vram_gib * (1 - plan_memory.DRIVER_SHARE)
    assert f"{free:.1f} GiB".replace(".", ",") in ui.text
    assert all(words(item.text, "es") in ui.text for item in result.value.preflight)
    assert {shell for shell, line in result.value.lines.items() if line in ui.shown} == set(of_this_system)


def test_a_trial_on_the_processor_tells_of_no_cards_memory(make: MakeSession, client: Client) -> None:
    fill(client)
    session, ui = make(language="en")
    session.details = True
    plan_commands.configure(session, "ana", gpu="cpu")
    session.show(plan_commands.dry_run(session, "ana"))
    assert "Graphics memory" not in ui.text
    assert "RAM:" in ui.text  # that counts there too


# --- elsewhere -------------------------------------------------------------------------------------------------------


def test_a_bundle_brings_instructions_in_both_languages_and_names_what_is_in_it(
    make: MakeSession, client: Client, tmp_path: Path
) -> None:  # fmt: skip
    fill(client, pictures=3)
    session, _ = make(language="es")
    target = tmp_path / "para llevar ñ"
    result = plan_commands.bundle(session, "ana", target, gpu="rtx4090_24gb", preset="quick")
    session.show(result)
    path = target.with_name("para llevar ñ.zip")
    assert isinstance(result.value, dict) and result.value["path"] == str(path) and result.value["pictures"] == 3
    assert [warning.key for warning in result.warnings] == ["bundle.personal_data"]
    with zipfile.ZipFile(path) as archive:
        spanish, english = (archive.read(name).decode("utf-8") for name in ("LEEME.txt", "README.txt"))
        inside = {name.partition("/")[0] for name in archive.namelist()}
    assert inside == set(result.value["files"]) == {row[0] for row in cells(tables(result)[0])}
    assert spanish != english
    for text in (spanish, english):
        assert "ohwx" in text and "stabilityai/stable-diffusion-xl-base-1.0" in text and "{" not in text


@pytest.mark.parametrize(("card", "told"), [("cpu", True), ("gtx1650_4gb", False)])
def test_a_bundle_of_the_trial_on_the_processor_says_what_it_is(
    make: MakeSession, client: Client, tmp_path: Path, card: str, told: bool
) -> None:
    fill(client)
    session, ui = make(language="en")
    plan_commands.configure(session, "ana", gpu=card)  # without --gpu the plan goes as it is
    result = plan_commands.bundle(session, "ana", tmp_path / "b.zip")
    session.show(result)
    assert ("bundle.trial" in [warning.key for warning in result.warnings]) is told
    assert ("test run of 10 steps" in ui.text) is told


# --- models ----------------------------------------------------------------------------------------------------------


def write_model(client: Client, name: str, *, broken: bool = False) -> Path:
    up = np.full((8, 4), np.nan if broken else 0.5, np.float16)
    module = "lora_unet_middle_block_1"
    path = client.models / f"{name}.safetensors"
    path.parent.mkdir(exist_ok=True)
    tensors = {f"{module}.lora_down.weight": np.ones((4, 8), np.float16), f"{module}.lora_up.weight": up,
               f"{module}.alpha": np.array(2.0, np.float16)}  # fmt: skip
    save_file(tensors, str(path))
    return path


def test_models_are_opened_and_told_apart_and_where_they_are(make: MakeSession, client: Client) -> None:
    whole, broken = write_model(client, "ana_avatar_v1"), write_model(client, "ana_avatar_v2", broken=True)
    utils.write_json(whole.with_suffix(".json"), {"activation text": "ohwx woman"})
    broken.with_suffix(".json").write_text("[]", encoding="utf-8")
    session, ui = make(language="en")
    result = models_commands.models(session, "ana")
    session.show(result)
    assert cells(tables(result)[0]) == [
        ["ana_avatar_v1.safetensors", "0 MB", "4", "verified", "ohwx woman"],
        ["ana_avatar_v2.safetensors", "0 MB", "4", "damaged", ""],
    ]
    assert str(client.models) in ui.text
    value = json.loads(json.dumps(plain(result.value)))
    assert [model["ok"] for model in value["models"]] == [True, False] and value["freed_bytes"] == 0


def test_without_models_there_is_a_sentence_and_no_empty_table(make: MakeSession, client: Client) -> None:
    session, ui = make(language="en")
    result = models_commands.models(session, "ana")
    session.show(result)
    assert tables(result) == [] and "There are no models yet." in ui.text and str(client.models) not in ui.text


def test_a_checkpoint_that_is_not_there_is_refused_and_clearing_nothing_says_so(make: MakeSession, client: Client) -> None:
    session, _ = make(language="en")
    with pytest.raises(PipelineError) as caught:
        models_commands.models(session, "ana", take=500)
    assert caught.value.key == "checkpoint.none_yet"
    result = models_commands.models(session, "ana", clear=True)
    assert isinstance(result.value, dict) and result.value["freed_bytes"] == 0
    assert isinstance(result.blocks[0], Text) and result.blocks[0].values == {"n": 0, "gb": 0.0}


# --- dataset ---------------------------------------------------------------------------------------------------------


def test_every_command_asks_for_a_client_where_none_is_chosen(make: MakeSession) -> None:
    session, _ = make()
    for command in (captions_commands.captions, dataset_commands.prepare, plan_commands.configure,
                    plan_commands.dry_run, models_commands.models):  # fmt: skip
        with pytest.raises(PipelineError, match=r"client\.none_chosen"):
            command(session, None)
    with pytest.raises(PipelineError, match=r"client\.none_chosen"):
        plan_commands.bundle(session, None, Path("x.zip"))


def test_a_prepared_dataset_shows_its_folders_and_what_shares_were_asked_and_reached(make: MakeSession, filled: Client) -> None:  # noqa: F811
    session, ui = make(language="en")
    result = dataset_commands.prepare(session, "ana")
    report = result.value.report
    folders, advice = result.more
    assert isinstance(folders, Table) and isinstance(advice, Table) and len(advice.rows) >= len(tables(result)[0].rows)
    assert cells(folders) == [
        [folder.name, str(folder.repeats), str(folder.images), str(folder.repeats * folder.images)] for folder in report.folders
    ]
    assert sum(int(row[2]) for row in cells(folders)) == report.pictures == 5
    shares = next(block for block in result.blocks if isinstance(block, Text) and block.key == "dataset.shares")
    assert shares.values["mj_asked"] == 85.0 and shares.values["real_asked"] == pytest.approx(15.0)
    assert shares.values["mj"] == pytest.approx(100 * report.shares_reached["mj"])
    reached = float(str(shares.values["mj"])) + float(str(shares.values["real"]))
    assert reached == pytest.approx(100.0)
    session.show(result)
    assert "MidJourney" in ui.text and "(requested 85 %)" in ui.text
    json.dumps(plain(result.value))


def test_a_dataset_of_one_kind_has_none_of_the_other(make: MakeSession, client: Client) -> None:
    add_picture(client, picture("mj", 1, quality=measured(0, 100)))
    session, _ = make()
    result = dataset_commands.prepare(session, "ana")
    shares = next(block for block in result.blocks if isinstance(block, Text) and block.key == "dataset.shares")
    assert (shares.values["mj"], shares.values["real"]) == (100.0, 0.0)


@pytest.mark.parametrize(("language", "never", "share"), [("es", "nunca", "0,113"), ("en", "never", "0.113")])
def test_values_of_a_plan_are_shown_in_words_where_the_number_says_nothing_and_in_full(
    make: MakeSession, language: str, never: str, share: str
) -> None:
    changes = [
        Change("validate_every_n_epochs", None, held_out.NEVER, Text("plan.change.held_out_every")),
        Change("validation_split", None, 0.113, Text("plan.change.held_out", {"n": 2})),
    ]
    session, ui = make(language=language)
    session.show(Result(None, plan_details(report_of(changes))))
    assert never in ui.text and share in ui.text and "1000000" not in ui.text and "1.000.000" not in ui.text


@pytest.fixture
def two(client: Client) -> list[str]:
    """A client with a picture of each kind, prepared; returns the ids in the order in which captions are shown."""
    for kind in ("mj", "real"):
        add_picture(client, picture(kind, 1, quality=measured(0, 100)))
    data_preprocessor.prepare_dataset(client, settings=Settings())
    return [row.image_id for row in caption_store.caption_rows(client, client.records(), Settings())]


def test_captions_are_numbered_with_who_wrote_them(make: MakeSession, client: Client, two: list[str]) -> None:
    session, _ = make(language="en")
    captions_commands.captions(session, "ana", change=("set", two[1], "ohwx woman, at the sea ñ"), apply=True)
    (table,) = tables(captions_commands.captions(session, "ana"))
    rows = cells(table)
    assert [row[0] for row in rows] == ["1", "2"]  # of the first nothing is known
    assert [row[1] for row in rows] == ["doubtful", "yours"] and rows[1][2] == "ohwx woman, at the sea ñ"
    assert table.title is not None and table.title.values == {"n": 2, "edited": 1, "doubtful": 1}


def test_a_change_to_many_shows_what_differs_and_is_written_only_on_demand(
    make: MakeSession, client: Client, two: list[str]
) -> None:  # fmt: skip
    session, ui = make(language="en")
    before = {row.image_id: row.text for row in caption_store.caption_rows(client, client.records(), Settings())}
    preview = captions_commands.captions(session, "ana", change=("add", "by the sea"))
    session.show(preview)
    assert cells(tables(preview)[0]) == [["1-2", "", "by the sea"]]
    assert "--apply" in ui.text and preview.value["applied"] is False
    assert {row.image_id: row.text for row in caption_store.caption_rows(client, client.records(), Settings())} == before
    done = captions_commands.captions(session, "ana", change=("add", "by the sea"), apply=True)
    assert [block.key for block in done.blocks if isinstance(block, Text)] == ["captions.applied"]
    undone = captions_commands.captions(session, "ana", change=("undo",), apply=True)
    assert [block.key for block in undone.blocks if isinstance(block, Text)] == ["captions.undone"]
    assert {row.image_id: row.text for row in caption_store.caption_rows(client, client.records(), Settings())} == before


@pytest.mark.parametrize("way", ["number", "name", "id"])
def test_a_caption_is_set_by_the_number_shown_by_the_files_name_or_by_the_id(
    make: MakeSession, client: Client, two: list[str], way: str
) -> None:
    out, chosen = client.record(two[0]), client.record(two[1])
    no = Decision(verdict="rejected", by="user", when="2026-01-01")
    client.save_record(out.model_copy(update={"decision": no}))  # its number stays its own
    named = chosen.original.model_copy(update={"name": "z boda ñ.png"})
    client.save_record(chosen.model_copy(update={"original": named}))
    session, _ = make(language="en")
    (row,) = captions_commands.captions(session, "ana").value["captions"]
    word = {"number": str(row["number"]), "name": row["name"], "id": chosen.image_id}[way]
    captions_commands.captions(session, "ana", change=("set", word, "ohwx, a hat"), apply=True)
    now = client.record(two[1]).caption
    assert now is not None and (now.text, now.by) == ("ohwx, a hat", "user")
    for wrong in ("7", "nobody.png", "1-2"):
        with pytest.raises(PipelineError) as caught:
            captions_commands.captions(session, "ana", change=("set", wrong, "x"))
        assert caught.value.key == "review.bad_number"
    with pytest.raises(PipelineError) as caught:
        captions_commands.captions(session, "ana", change=("set", "1", "x"))
    assert (caught.value.key, caught.value.values["image"]) == ("image.not_in_dataset", "1")


def test_a_change_that_changes_nothing_says_so(make: MakeSession, client: Client, two: list[str]) -> None:
    session, _ = make()
    for apply in (False, True):
        result = captions_commands.captions(session, "ana", change=("remove", "no such words"), apply=apply)
        assert [block.key for block in result.blocks if isinstance(block, Text)] == ["captions.no_changes"]
        assert result.value == {"changes": [], "applied": apply}


# --- room ------------------------------------------------------------------------------------------------------------


def test_room_is_told_in_decimal_megabytes_and_gigabytes(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    one = Checkpoint("r1", 500, 900, client.runs / "r1" / "a-step00000500.safetensors", 170_000_000)
    gone = Leftovers((Path("a"), Path("b")), 2_500_000_000)
    monkeypatch.setattr(checkpoints, "checkpoints", lambda client: [one])
    monkeypatch.setattr(checkpoints, "leftovers", lambda client, newest=False: Leftovers((Path("c"),), 1_250_000_000))
    monkeypatch.setattr(checkpoints, "clear", lambda client, newest=False: gone)
    session, ui = make(language="es")
    result = models_commands.models(session, "ana", clear=True)
    session.show(result)
    assert cells(tables(result)[0]) == [["r1", "500/900", "170 MB"]]
    assert "2,50 GB" in ui.text and "1,25 GB" in ui.text
    value = result.value
    assert isinstance(value, dict) and (value["leftover_bytes"], value["freed_bytes"]) == (1_250_000_000, 2_500_000_000)


def test_a_checkpoint_that_was_taken_stands_before_the_list(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    taken: list[int] = []

    def take(client: Client, steps: int) -> Path:
        taken.append(steps)
        return write_model(client, "ana_avatar_v1-step00000500")

    monkeypatch.setattr(checkpoints, "take", take)
    session, _ = make()
    result = models_commands.models(session, "ana", take=500)
    assert isinstance(result.blocks[0], Text) and result.blocks[0].key == "checkpoint.taken" and taken == [500]
    assert [row[0] for row in cells(tables(result)[0])] == ["ana_avatar_v1-step00000500.safetensors"]


def test_sizes_of_models_and_bundles_are_megabytes(
    make: MakeSession, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    summary = models.ModelSummary("ana_avatar_v1.safetensors", 170_229_760, 32, True, "ohwx woman")
    monkeypatch.setattr(models, "models", lambda client: [summary])
    session, _ = make(language="en")
    assert cells(tables(models_commands.models(session, "ana"))[0])[0][1] == "170 MB"
    fill(client)
    result = plan_commands.bundle(session, "ana", tmp_path / "b.zip", gpu="rtx4090_24gb")
    done = next(block for block in result.blocks if isinstance(block, Text) and block.key == "bundle.done")
    assert done.values["bytes_mb"] == pytest.approx((tmp_path / "b.zip").stat().st_size / 1e6)


def test_records_are_read_once_for_the_dataset_and_all_that_is_told_of_it(
    make: MakeSession,
    filled: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, _ = make()
    read: list[Path] = []
    usual = workspace_client._checked
    monkeypatch.setattr(workspace_client, "_checked", lambda content, path: read.append(Path(path)) or usual(content, path))  # type: ignore[func-returns-value]
    dataset_commands.prepare(session, filled.client_id)
    assert sorted(read) == filled.record_files()
