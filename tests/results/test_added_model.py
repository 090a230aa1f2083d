"""A LoRA that was trained elsewhere comes home whole and checked, or not at all."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import config
import utils
from avatar.generate.backend import LoraError
from avatar.results import added_model, final_model
from avatar.results.added_model import Added
from avatar.terminal import command_line
from avatar.terminal import training as terminal_training
from avatar.texts.text import PipelineError
from avatar.trainer import lora_file, lora_modules
from avatar.workspace.client import Client
from tests.generate import lora_files
from tests.results import finished
from tests.scripted import MakeSession

CAPTIONED = {"ss_steps": "900", "ss_tag_frequency": '{"5_luis": {"smiling": 3}}', "ss_network_dim": "1"}


def lora(path: Path, *, seed: int = 1) -> Path:
    return lora_files.write(path, lora_files.tensors(seed=seed), CAPTIONED)


def added(client: Client, source: Path, **options: Any) -> Added:
    return added_model.add(client, source, multipliers=lora_files.SMALL, **options)


def refused(client: Client, source: Path, **options: Any) -> str:
    before = sorted(path.name for path in client.models.iterdir())
    with pytest.raises(PipelineError) as caught:
        added(client, source, **options)
    assert sorted(path.name for path in client.models.iterdir()) == before
    return caught.value.key


def recipe_of(made: Added) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(made.path.with_name(f"{made.path.stem}.recipe.json").read_text(encoding="utf-8"))
    return value


def test_it_is_copied_checked_and_its_origin_noted_and_the_file_given_stays(client: Client, tmp_path: Path) -> None:
    source = lora(tmp_path / "other computer.safetensors")
    before = source.read_bytes()
    made = added(client, source)
    assert source.read_bytes() == before
    assert (made.path.name, made.steps, made.dim) == ("other_computer.safetensors", 900, 1)
    assert lora_file.verify(made.path).ok and "smiling" not in str(lora_file.verify(made.path).metadata)
    recipe = recipe_of(made)
    assert recipe["origin"] | {"added_at": ""} == {
        "file": "other computer.safetensors", "sha256": utils.sha256_of(source), "added_at": "",
    }  # fmt: skip
    assert (recipe["run_id"], recipe["steps"], recipe["sha256"]) == ("", 900, utils.sha256_of(made.path))
    assert json.loads(made.path.with_suffix(".json").read_text(encoding="utf-8"))["activation text"] == "ohwx woman"


def test_it_is_then_the_newest_and_handed_over_as_one_from_elsewhere(client: Client, tmp_path: Path) -> None:
    finished.model(client)
    made = added(client, lora(tmp_path / "x.safetensors", seed=5))
    assert final_model.find(client).path == made.path


def test_names_in_its_metadata_stay_where_the_user_wants_them(client: Client, tmp_path: Path) -> None:
    source = lora(tmp_path / "x.safetensors")
    assert added(client, source, keep_names=True).path.read_bytes() == source.read_bytes()


def test_a_name_that_is_taken_in_any_case_is_numbered_and_nothing_replaced(client: Client, tmp_path: Path) -> None:
    first = finished.model(client)
    before = first.read_bytes()
    made = added(client, lora(tmp_path / "ANA.safetensors", seed=5))
    assert made.path.name == "ANA_2.safetensors" and first.read_bytes() == before


@pytest.mark.parametrize("name", ["con", "../evil", ".hidden", "ñandú 🌵", "-x", "a" * 200, "NUL.v2"])
def test_a_name_that_another_system_could_not_have_becomes_one_that_all_can(client: Client, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(lora(tmp_path / "x.safetensors"), f"output/{name}.safetensors")
    if name == ".hidden":
        assert refused(client, tmp_path / "x.zip") == "add.none"
        return
    made = added(client, tmp_path / "x.zip")
    assert made.path.parent == client.models and made.path.stem.isascii() and len(made.path.stem) <= 110
    assert made.path.stem.split(".")[0].lower() not in {"con", "nul"} and not made.path.stem.startswith("-")


def test_the_same_model_is_not_taken_twice(client: Client, tmp_path: Path) -> None:
    source = lora(tmp_path / "x.safetensors")
    added(client, source)
    assert refused(client, source) == "add.there"


def test_of_a_bundles_folder_in_a_zip_the_last_model_is_taken(client: Client, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "result.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for seed, name in enumerate(["ana-step00000500", "ana-step00001000", "ana", "ana-000003"]):
            archive.write(lora(tmp_path / f"{name}.safetensors", seed=seed), f"bundle/output/{name}.safetensors")
        archive.writestr("bundle/train.sh", "touch evil")
        archive.writestr("__MACOSX/bundle/output/._ana.safetensors", b"resource")
    made = added(client, tmp_path / "result.zip")
    assert recipe_of(made)["origin"]["member"] == "bundle/output/ana.safetensors"
    assert recipe_of(made)["origin"]["sha256"] == utils.sha256_of(tmp_path / "ana.safetensors")


@pytest.mark.parametrize(
    ("names", "key"), [((), "add.none"), (("a", "b"), "add.several"), (("x-step00000001", "x-step00000002"), "add.several")]
)
def test_a_zip_without_one_or_with_several_is_told(client: Client, tmp_path: Path, names: tuple[str, ...], key: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("notes.txt", "x")
        for name in names:
            archive.writestr(f"{name}.safetensors", b"x")
    assert refused(client, tmp_path / "x.zip") == key


def test_a_zip_that_is_damaged_is_told(client: Client, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK no zip")
    assert refused(client, tmp_path / "x.zip") == "add.bad_zip"
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as archive:
        archive.write(lora(tmp_path / "x.safetensors"), "x.safetensors")
    content = bytearray((tmp_path / "y.zip").read_bytes())
    content[5000] ^= 1
    (tmp_path / "y.zip").write_bytes(content)
    assert refused(client, tmp_path / "y.zip") == "add.bad_zip"


@pytest.mark.parametrize("name", ["x.ckpt", "x.pt", "x.bin", "x", "x.safetensors.exe"])
def test_what_could_hold_code_is_not_taken(client: Client, tmp_path: Path, name: str) -> None:
    lora(tmp_path / "x.safetensors").rename(tmp_path / name)
    assert refused(client, tmp_path / name) == "add.other_kind"


@pytest.mark.parametrize(("where", "key"), [("no.safetensors", "add.no_file"), (".", "add.no_file")])
def test_what_is_not_there_is_told(client: Client, tmp_path: Path, where: str, key: str) -> None:
    assert refused(client, tmp_path / where) == key


@pytest.mark.parametrize("kind", ["file", "zip"])
def test_what_is_too_large_for_a_lora_is_not_copied_to_its_end(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(added_model, "MAX_BYTES", 100_000)
    source = lora(tmp_path / "x.safetensors")
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.write(source, "x.safetensors")
        source = tmp_path / "x.zip"
    assert refused(client, source) == "add.too_big"


@pytest.mark.parametrize(
    ("content", "key"),
    [(lora_files.sd15(), "draw.lora.of_sd15"), (lora_files.flux(), "draw.lora.of_flux"),
     (lora_files.diffusers_sdxl(), "draw.lora.other_names"), (lora_files.tensors(modules=300), "draw.lora.missing")],
)  # fmt: skip
def test_what_is_no_whole_lora_of_sdxl_is_named_for_what_it_is_and_by_its_own_name(
    client: Client, tmp_path: Path, content: dict[str, Any], key: str
) -> None:
    source = lora_files.write(tmp_path / "gift.safetensors", content)
    with pytest.raises(LoraError) as caught:
        added(client, source)
    assert (caught.value.key, caught.value.values["file"]) == (key, "gift.safetensors")
    assert list(client.models.iterdir()) == []


def test_the_command_takes_one_of_full_size_and_the_list_shows_it(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(config, "LOG_DIR", tmp_path / "logs")
    source = lora_files.write(tmp_path / "home.safetensors", lora_files.tensors(lora_modules.MULTIPLIERS), CAPTIONED)
    words = ["--clients-dir", str(client.folder.parent), "--json", "models", "ana", "--add", str(source)]
    assert command_line.main(words) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [model["name"] for model in answer["result"]["models"]] == ["home.safetensors"]
    assert answer["warnings"][0]["key"] == "add.trigger"


def test_the_menu_asks_for_the_file(make: MakeSession, client: Client, tmp_path: Path) -> None:
    source = lora_files.write(tmp_path / "home.safetensors", lora_files.tensors(lora_modules.MULTIPLIERS), CAPTIONED)
    session, ui = make(str(source))
    session.client = client
    terminal_training.models_add(session)
    assert (client.models / "home.safetensors").is_file() and not ui.answers
