"""A candidate that was trained elsewhere: the bundle that goes, its script really run, and what of its result is taken."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import lora_trainer
import utils
from avatar.generate.backend import LoraError
from avatar.plan import plan_file, steps, variants
from avatar.results import trial_models, tuning_added
from avatar.results.tuning_added import AddedCandidate
from avatar.texts.text import PipelineError
from avatar.trainer import lora_file
from avatar.training import bundle, checkpoints, run_folder, states, variant
from avatar.training.variant import Variant
from avatar.workspace.client import Client, tuning_run_folders
from config import Settings
from tests.generate import lora_files
from tests.places import FAKE_TRAINER
from tests.stages.test_lora_trainer import fill, installed, no_card, own_places  # noqa: F401
from tests.stages.test_train_variant import OVERRIDES, TUNING

NAMES = {"ss_tag_frequency": '{"5_luis": {"smiling": 3}}', "ss_network_dim": "1"}


@pytest.fixture
def candidate(client: Client, installed: Settings) -> Variant:  # noqa: F811
    """The candidate with half the rate, of a client with a dataset."""
    fill(client)
    lora_trainer.configure(client, settings=installed, gpu="cpu", overrides=OVERRIDES, card_probe=no_card)
    plan = lora_trainer.planned(client, installed)
    plan = variants.with_saves(plan, steps.steps_per_epoch(plan, plan_file.epoch_exposures(client, plan)))
    plan = replace(plan, network_dim=1, network_alpha=1.0, learning_rate=5e-5)
    return Variant(name="rate_half", plan=plan, tuning_id=TUNING, fingerprint="abc")


def output_name(candidate: Variant) -> str:
    return variant.output_name("ana", candidate.name, candidate.tuning_id)


@pytest.fixture
def result(candidate: Variant, tmp_path: Path) -> Callable[..., Path]:
    """Make what a bundle's script packs; changed: values of its passport; more: members beside."""

    def make(
        *, changed: dict[str, object] | None = None, more: dict[str, bytes] | None = None, rank: int = 1, end: bool = True,
        passport: bytes | None = None,
    ) -> Path:  # fmt: skip
        path, name = tmp_path / "result ñ.zip", output_name(candidate)
        record = {**variant.passport(candidate), **(changed or {})}
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("candidate.json", json.dumps(record) if passport is None else passport)
            for number, step in enumerate((10, 20, 30)):
                file = tmp_path / f"m{step}.safetensors"
                lora_files.write(file, lora_files.tensors(rank=rank, seed=number), NAMES)
                suffix = f"-step{step:08d}" if step < 30 else ""
                if suffix or end:
                    archive.write(file, f"output/{name}{suffix}.safetensors")
            for member, content in (more or {}).items():
                archive.writestr(member, content)
        return path

    return make


def add(client: Client, source: Path, candidate: Variant, **options: Any) -> AddedCandidate:
    return tuning_added.add(client, source, {candidate.name: candidate}, multipliers=lora_files.SMALL, **options)


def refused(client: Client, source: Path, candidate: Variant) -> str:
    with pytest.raises(PipelineError) as caught:
        add(client, source, candidate)
    assert list(client.runs.glob("*")) == [] if client.runs.exists() else True
    return caught.value.key


def test_a_result_becomes_a_run_of_its_candidate_whose_models_are_tried_and_taken(
    client: Client, candidate: Variant, result: Callable[..., Path]
) -> None:  # fmt: skip
    added = add(client, result(), candidate)
    assert (added.candidate, added.steps) == ("rate_half", (10, 20, 30))
    assert variant.runs_of(client, TUNING, "rate_half") == [client.runs / added.run_id]
    outcome = run_folder.outcome_of(client.runs / added.run_id)
    assert outcome.success and outcome.steps == outcome.total == 30 and outcome.model is not None and outcome.model.is_file()
    files = variant.files(client, added.run_id)
    assert [done for done, _ in files] == [10, 20, 30] and states.states_of(client.runs / added.run_id) == []
    assert all("smiling" not in str(lora_file.verify(path).metadata) for _, path in files)
    assert trial_models.words_of_file(client, files[0][1], added.run_id).trigger == "ohwx"
    taken = checkpoints.take(client, 20, added.run_id)
    recipe = utils.read_json(taken.with_name(f"{taken.stem}.recipe.json"))
    assert recipe["plan"]["learning_rate"] == 5e-5 and recipe["run_id"] == added.run_id
    # Trained to its end: the tuning does not train it again, and it is not added twice.
    again = lora_trainer.train_variant(client, candidate, settings=Settings(), card_probe=no_card)
    assert again.success and again.run_id == added.run_id
    with pytest.raises(PipelineError) as caught:
        add(client, result(), candidate)
    assert caught.value.key == "add.candidate_there" and len(tuning_run_folders(client.runs)) == 1


def test_the_lines_of_what_came_home_say_where_its_short_training_would_have_ended(
    client: Client, candidate: Variant, result: Callable[..., Path]
) -> None:  # fmt: skip
    added = add(client, result(), candidate)
    short, full = tuning_added.lines_of(added, 10, 2)
    assert (short["state"], short["steps"], short["files"]) == ("short", 10, [10])
    assert (full["state"], full["steps"], full["files"], full["machine"]) == ("full", 30, [20, 30], "bundle")
    (alone,) = tuning_added.lines_of(added, 7, 2)
    assert alone["state"] == "full"


@pytest.mark.parametrize(
    "changed",
    [{"tuning_id": "20200101-000000"}, {"candidate": "prodigy"}, {"candidate": 3}, {"plan_fingerprint": "0" * 16},
     {"dataset_fingerprint": "other"}, {"version": 2}, {"candidate": "../../x"}],
)  # fmt: skip
def test_a_result_of_another_tuning_plan_or_dataset_is_refused(
    client: Client, candidate: Variant, result: Callable[..., Path], changed: dict[str, object]
) -> None:  # fmt: skip
    assert refused(client, result(changed=changed), candidate) == "add.other_candidate"


@pytest.mark.parametrize("passport", [b"", b"[" * 60_000, b"\xff\xfe", b"3", b'{"version": NaN}'])
def test_a_passport_that_nobody_can_read_is_refused(
    client: Client, candidate: Variant, result: Callable[..., Path], passport: bytes
) -> None:  # fmt: skip
    assert refused(client, result(passport=passport), candidate) in {"add.other_candidate", "add.no_passport"}


def test_what_is_no_result_is_refused_and_nothing_is_left(
    client: Client, candidate: Variant, result: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    broken = tmp_path / "x.zip"
    assert refused(client, broken, candidate) == "add.no_file"
    broken.write_bytes(b"no zip")
    assert refused(client, broken, candidate) == "add.bad_zip"
    assert refused(client, result(passport=b" " * 70_000), candidate) == "add.no_passport"
    assert refused(client, result(more={"b/candidate.json": b"{}"}), candidate) == "add.no_passport"
    assert refused(client, result(end=False), candidate) == "add.no_end"
    assert refused(client, result(rank=2), candidate) == "lora.other_dim"
    whole = result().read_bytes()
    place = whole.rindex(struct.pack("<Q", 0)[:1] * 4) - 5000
    broken.write_bytes(whole[:place] + b"\xff" * 64 + whole[place + 64 :])
    assert refused(client, broken, candidate) in {"add.bad_zip", "lora.unreadable", "lora.not_finite"}
    monkeypatch.setattr(tuning_added, "MAX_BYTES", 10_000)
    assert refused(client, result(), candidate) == "add.too_big"


def test_names_that_lead_elsewhere_and_other_files_are_left_in_the_zip(
    client: Client, candidate: Variant, result: Callable[..., Path], tmp_path: Path
) -> None:  # fmt: skip
    name = output_name(candidate)
    more = {
        "../../../evil.txt": b"x", "/etc/evil": b"x", "output/evil.py": b"x", f"output/{name}-step00000099.safetensors": b"x",
        f"output/{name}-step00000010-state/optimizer.bin": b"x",
    }  # fmt: skip
    added = add(client, result(more=more), candidate)
    folder = client.runs / added.run_id
    files = sorted(path.name for path in folder.rglob("*") if path.is_file())
    assert [file for file in files if not file.endswith(".safetensors")] == [
        "command.json", "environment.json", "outcome.json",
    ]  # fmt: skip
    assert added.steps == (10, 20, 30) and not list(tmp_path.rglob("evil*"))


def test_a_model_that_no_back_end_would_use_is_refused(
    client: Client, candidate: Variant, tmp_path: Path
) -> None:  # fmt: skip
    path = tmp_path / "r.zip"
    lora_files.write(tmp_path / "flux.safetensors", lora_files.flux())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("candidate.json", json.dumps(variant.passport(candidate)))
        archive.write(tmp_path / "flux.safetensors", f"output/{output_name(candidate)}.safetensors")
    with pytest.raises(LoraError):
        add(client, path, candidate)
    assert list(client.runs.glob("*")) == []


@pytest.mark.skipif(os.name == "nt", reason="runs a shell script")
def test_the_script_of_a_candidates_bundle_trains_it_whole_and_packs_what_is_brought_back(
    client: Client, candidate: Variant, installed: Settings, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    made = bundle.write(
        client, tmp_path / "for the other.zip", settings=installed, instructions={"README.txt": "x"}, candidate=candidate
    )
    elsewhere, trainer = tmp_path / "else where", tmp_path / "sd"
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(elsewhere)
    (trainer / "venv" / "bin").mkdir(parents=True)
    (trainer / "venv" / "bin" / "python").symlink_to(sys.executable)
    (trainer / "sdxl_train_network.py").write_bytes(FAKE_TRAINER.read_bytes())
    base = installed.trainer.base_model
    subprocess.run(["sh", "train.sh", str(trainer), base], cwd=elsewhere, check=True, capture_output=True)
    with zipfile.ZipFile(elsewhere / "result_rate_half.zip") as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        assert json.loads(archive.read("candidate.json")) == variant.passport(candidate)
    name = output_name(candidate)
    assert {f"output/{name}.safetensors", f"output/{name}-step00000010.safetensors"} <= names
    assert not any("-state" in one for one in names)  # they would be gigabytes
    with pytest.raises(LoraError):  # the stand-in's four modules are no LoRA of SDXL
        add(client, elsewhere / "result_rate_half.zip", candidate)
