"""The base model: found in a folder of another program, judged, chosen by name; plans that stand are out of date then."""

from __future__ import annotations

from pathlib import Path

import pytest

import lora_trainer
import utils
from avatar.commands.base_models import base_models, models_found, models_offered
from avatar.commands.result import Table
from avatar.reports import stages
from avatar.terminal import setting_up
from avatar.texts.text import PipelineError, Text
from avatar.trainer import base_model_files
from avatar.workspace.client import Client
from tests.base_models import FIRST, write_diffusers, write_safetensors, write_sdxl
from tests.scripted import MakeSession


@pytest.fixture
def webui(tmp_path: Path) -> Path:
    """A folder of A1111 with models good and bad, and LoRAs that are no base models."""
    place = tmp_path / "webui" / "models" / "Stable-diffusion"
    write_sdxl(place / "realisticXL.safetensors")
    write_sdxl(place / "sub" / "other_turbo.safetensors")
    write_safetensors(place / "v1-5.safetensors", {FIRST: (320, 4, 3, 3)})
    (place / "notes.txt").write_text("x", encoding="utf-8")
    write_sdxl(tmp_path / "webui" / "models" / "Lora" / "ana.safetensors")
    return tmp_path / "webui"


@pytest.mark.parametrize("below", ["models/Stable-diffusion", "models/checkpoints", "."])
def test_models_are_found_where_each_program_keeps_them(tmp_path: Path, below: str) -> None:
    write_sdxl(tmp_path / below / "b.safetensors")
    write_sdxl(tmp_path / below / "deep" / "a.ckpt")
    write_diffusers(tmp_path / below / "whole")
    assert [path.name for path in base_model_files.found(tmp_path)] == ["a.ckpt", "b.safetensors", "whole"]
    assert base_model_files.found(tmp_path / "nowhere") == []


def test_the_list_says_of_each_whether_it_can_be_trained_on(make: MakeSession, webui: Path) -> None:
    session, _ = make()
    assert base_models(session).value["models"] == []
    result = base_models(session, folder=webui)
    (table,) = (block for block in result.blocks if isinstance(block, Table))
    levels = {row[1]: row[3].key for row in table.rows if isinstance(row[3], Text)}
    assert levels == {"realisticXL.safetensors": "level.ready", "other_turbo.safetensors": "level.attention",
                      "v1-5.safetensors": "level.blocked"}  # fmt: skip
    assert utils.read_json(session.config_file)["trainer"] == {"models_folder": str(webui)}
    assert [path.name for path in models_found(session)] == ["other_turbo.safetensors", "realisticXL.safetensors",
                                                             "v1-5.safetensors"]  # fmt: skip


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_gguf_file_is_listed_last_with_why_it_cannot_be_used(make: MakeSession, webui: Path, language: str) -> None:
    (webui / "models" / "Stable-diffusion" / "a-sdxl-Q8.gguf").write_bytes(b"GGUF" + bytes(600))
    session, ui = make(language=language)
    session.show(base_models(session, folder=webui))
    said = {"es": "GGUF, que el entrenador no lee", "en": "GGUF, which the trainer does not read"}[language]
    assert said in ui.text and models_offered(session) == ["other_turbo.safetensors", "realisticXL.safetensors"]


def test_the_number_of_the_list_chooses_a_model_and_the_menu_offers_none_that_is_blocked(
    make: MakeSession, webui: Path
) -> None:
    session, _ = make()
    write_safetensors(webui / "models" / "Stable-diffusion" / "a-v1-5.safetensors", {FIRST: (320, 4, 3, 3)})
    (table,) = (block for block in base_models(session, folder=webui).blocks if isinstance(block, Table))
    assert [row[:2] for row in table.rows][:2] == [(1, "other_turbo.safetensors"), (2, "realisticXL.safetensors")]
    assert models_offered(session) == ["other_turbo.safetensors", "realisticXL.safetensors"]
    assert Path(base_models(session, "2").value["base_model"]).name == "realisticXL.safetensors"
    for number, key in (("3", "preflight.model_other"), ("9", "base.unknown")):
        with pytest.raises(PipelineError) as caught:
            base_models(session, number)
        assert caught.value.key == key


@pytest.mark.parametrize("name", ["realisticXL", "realisticXL.safetensors"])
def test_a_model_is_chosen_by_its_name(make: MakeSession, webui: Path, name: str) -> None:
    session, _ = make()
    base_models(session, folder=webui)
    result = base_models(session, name)
    path = str(webui / "models" / "Stable-diffusion" / "realisticXL.safetensors")
    assert result.value == {"base_model": path, "level": "ready", "outdated": {}}
    assert session.settings().trainer.base_model == path and session.settings().trainer.models_folder == str(webui)


def test_a_path_and_a_name_of_the_hub_will_do(make: MakeSession, tmp_path: Path) -> None:
    session, _ = make()
    path = write_sdxl(tmp_path / "m.safetensors")
    assert base_models(session, str(path)).value["base_model"] == str(path)
    assert base_models(session, "somebody/some-sdxl").value["level"] == "attention"


@pytest.mark.parametrize(("name", "key"), [("v1-5", "preflight.model_other"), ("nothing.safetensors", "base.unknown")])
def test_what_cannot_be_trained_on_is_not_kept(make: MakeSession, webui: Path, name: str, key: str) -> None:
    session, _ = make()
    base_models(session, folder=webui)
    before = session.settings().trainer.base_model
    with pytest.raises(PipelineError) as caught:
        base_models(session, name)
    assert caught.value.key == key and session.settings().trainer.base_model == before
    with pytest.raises(PipelineError) as caught:
        base_models(session, folder=webui / "gone")
    assert caught.value.key == "base.no_folder"


def test_a_plan_that_stands_is_out_of_date_after_another_choice(make: MakeSession, client: Client, webui: Path) -> None:
    session, _ = make()
    lora_trainer.configure(client, settings=session.settings(client), gpu="cpu", card_probe=list)
    base_models(session, folder=webui)
    base_models(session, "realisticXL")
    settings = session.settings(client)
    plan = stages.configure_stage(client, None, settings)
    assert plan.state == "outdated" and plan.why is not None and plan.why.key == "stage.why.setting_changed"


def test_the_menu_asks_for_the_folder_once_and_then_for_the_model(make: MakeSession, webui: Path) -> None:
    session, _ = make(str(webui), "realisticXL.safetensors")
    setting_up.base_model(session)
    assert session.settings().trainer.base_model.endswith("realisticXL.safetensors")
    again, _ = make("2")
    setting_up.base_model(again)
    assert again.settings().trainer.base_model.endswith("realisticXL.safetensors")
