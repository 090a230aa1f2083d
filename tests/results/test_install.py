"""A model gets into other programs' folders under a name of its own, and leaves them again; nothing of others is touched."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import utils
from avatar.commands import clients as clients_commands
from avatar.commands import deliver as deliver_commands
from avatar.commands.command import UsageError
from avatar.commands.result import Result
from avatar.results import final_model
from avatar.results import install as results_install
from avatar.results.install import Place
from avatar.terminal import delivering
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.trainer import lora_file
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import GenerateConfig
from tests.children import child_command
from tests.results import finished
from tests.scripted import MakeSession

NAME = re.compile(r"ana_[0-9a-f]{8}")


@pytest.fixture
def ready(client: Client) -> Client:
    finished.model(client, chosen=finished.CHOSEN)
    return client


@pytest.fixture
def loras(tmp_path: Path) -> Path:
    """ComfyUI's folder with a file of somebody's."""
    folder = tmp_path / "ComfyUI" / "models" / "loras"
    folder.mkdir(parents=True)
    (folder / "other.safetensors").write_bytes(b"not ours")
    return folder


def installed(make: MakeSession, to: Path | str, **options: Any) -> Result[dict[str, Any]]:
    return deliver_commands.install(make()[0], "ana", to=str(to), **options)


def told(result: Result[Any]) -> str:
    return "\n".join(translate.words(text, "es") for text in (*result.blocks, *result.warnings) if isinstance(text, Text))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_model_and_sidecars_come_under_a_name_of_their_own_and_are_read_back(
    make: MakeSession, ready: Client, loras: Path
) -> None:
    result = installed(make, loras)
    name = result.value["name"]
    assert NAME.fullmatch(name) and utils.sha256_of(ready.models / "ana.safetensors").startswith(name[4:])
    assert names(loras) == {"other.safetensors", f"{name}.safetensors", f"{name}.json", f"{name}.png"}
    assert (loras / f"{name}.safetensors").read_bytes() == (ready.models / "ana.safetensors").read_bytes()
    assert lora_file.verify(loras / f"{name}.safetensors").ok
    said = json.loads((loras / f"{name}.json").read_text(encoding="utf-8"))
    assert (said["activation text"], said["preferred weight"]) == ("ohwx woman", 0.7)


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
def test_a_program_of_another_user_can_read_what_is_installed(make: MakeSession, ready: Client, loras: Path) -> None:
    loras.chmod(0o755)
    before = os.umask(0o077)
    try:
        installed(make, loras)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in loras.iterdir()} == {0o644}


@pytest.mark.parametrize(
    ("folder", "line"),
    [("loras", r"LoraLoaderModelOnly, lora_name ana_\w+\.safetensors y strength_model 0\.7\. En el texto: ohwx woman"),
     ("Lora", r"ohwx woman <lora:ana_\w+:0\.7>"), ("avatar_loras", r"Scan Folder > .*avatar_loras > Install")],
)  # fmt: skip
def test_the_line_to_type_is_that_of_the_program(
    make: MakeSession, ready: Client, tmp_path: Path, folder: str, line: str
) -> None:
    (tmp_path / folder).mkdir()
    result = installed(make, tmp_path / folder)
    assert re.search(line, told(result)) and len(result.blocks) == 2


def test_of_a_folder_that_may_be_anybodys_each_program_is_told(make: MakeSession, ready: Client, tmp_path: Path) -> None:
    assert {block.key for block in installed(make, tmp_path).blocks[1:] if isinstance(block, Text)} == {
        "install.line.comfyui", "install.line.a1111", "install.line.invokeai",
    }  # fmt: skip


def test_installed_twice_it_is_there_once(make: MakeSession, ready: Client, loras: Path) -> None:
    installed(make, loras)
    before = names(loras)
    result = installed(make, loras)
    assert result.value["already"] and names(loras) == before
    assert len(results_install.records(ready)) == 1


@pytest.mark.parametrize("suffix", [".safetensors", ".json", ".png", ".PNG"])
def test_a_file_of_a_stranger_is_never_overwritten(make: MakeSession, ready: Client, loras: Path, suffix: str) -> None:
    name = f"ana_{utils.sha256_of(ready.models / 'ana.safetensors')[:8]}"
    (loras / f"{name}{suffix}").write_bytes(b"a stranger's")
    result = installed(make, loras)
    assert result.value["name"] == f"{name}_2" and (loras / f"{name}{suffix}").read_bytes() == b"a stranger's"
    installed(make, loras, remove=True)
    assert names(loras) == {"other.safetensors", f"{name}{suffix}"}


def test_what_was_there_with_the_same_bytes_before_is_not_taken_away(make: MakeSession, ready: Client, loras: Path) -> None:
    name = f"ana_{utils.sha256_of(ready.models / 'ana.safetensors')[:8]}.safetensors"
    shutil.copy(ready.models / "ana.safetensors", loras / name)
    assert installed(make, loras).value["already"]
    with pytest.raises(PipelineError) as caught:
        installed(make, loras, remove=True)
    assert caught.value.key == "install.none_here" and (loras / name).is_file()


def test_only_what_came_from_here_and_is_as_it_was_is_taken_away(make: MakeSession, ready: Client, loras: Path) -> None:
    name = installed(make, loras).value["name"]
    (loras / f"{name}.json").write_text('{"notes": "mine"}', encoding="utf-8")
    result = installed(make, loras, remove=True)
    assert result.value == {
        "folder": str(loras), "removed": [f"{name}.png", f"{name}.safetensors"], "changed": [f"{name}.json"],
    }  # fmt: skip
    assert names(loras) == {"other.safetensors", f"{name}.json"} and f"{name}.json" in told(result)
    with pytest.raises(PipelineError) as caught:
        installed(make, loras, remove=True)
    assert caught.value.key == "install.none_here"


def test_two_models_of_a_client_lie_side_by_side(make: MakeSession, ready: Client, loras: Path) -> None:
    installed(make, loras)
    finished.model(ready, "ana_2", seed=2, chosen={**finished.CHOSEN, "at": "2026-06-01T00:00:00+00:00"})
    installed(make, loras)
    assert sum(name.endswith(".safetensors") for name in names(loras)) == 3
    installed(make, loras, remove=True)
    assert names(loras) == {"other.safetensors"}


@pytest.mark.parametrize("file", ["../other.safetensors", "/etc/x.safetensors", "a/b.png", "..\\x.json", "other.txt", ".x.png"])
def test_a_record_that_names_a_file_elsewhere_takes_nothing_away(ready: Client, loras: Path, file: str) -> None:
    sha256 = utils.sha256_of(loras / "other.safetensors")
    entry = {"folder": str(loras / "sub"), "program": "comfyui", "name": "x", "files": {file: sha256}}
    (loras / "sub").mkdir()
    utils.write_json(ready.images.parent / "installed.json", {"version": 1, "installed": [entry, "odd", {"folder": 3}]})
    with pytest.raises(PipelineError) as caught:
        results_install.remove(ready, Place("comfyui", loras / "sub"))
    assert caught.value.key == "install.none_here" and (loras / "other.safetensors").is_file()


# --- where -----------------------------------------------------------------------------------------------------------


def find(to: str, tmp_path: Path, **options: Any) -> Place:
    return results_install.find_place(to, GenerateConfig(**options), home=tmp_path)


def test_the_folder_of_the_settings_is_taken_else_the_one_that_is_found(loras: Path, tmp_path: Path) -> None:
    assert find("comfyui", tmp_path) == Place("comfyui", loras)
    own = tmp_path / "elsewhere"
    own.mkdir()
    assert find("ComfyUI", tmp_path, comfyui_loras=str(own)) == Place("comfyui", own)


def test_it_is_found_beside_the_base_models(tmp_path: Path) -> None:
    (tmp_path / "forge" / "models" / "Lora").mkdir(parents=True)
    models = tmp_path / "forge" / "models" / "Stable-diffusion"
    place = results_install.find_place("a1111", GenerateConfig(), str(models), home=tmp_path / "nobody")
    assert place == Place("a1111", tmp_path / "forge" / "models" / "Lora")


def test_none_or_several_are_asked_about(loras: Path, tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        find("a1111", tmp_path)
    assert caught.value.key == "install.no_folder"
    (tmp_path / "Documents" / "ComfyUI" / "models" / "loras").mkdir(parents=True)
    with pytest.raises(PipelineError) as caught:
        find("comfyui", tmp_path)
    assert caught.value.key == "install.several" and str(loras) in caught.value.values["folders"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    for options in ({"to": str(tmp_path / "no")}, {"to": "comfyui", "comfyui_loras": str(tmp_path / "no")}):
        with pytest.raises(PipelineError) as caught:
            find(options.pop("to"), tmp_path, **options)
        assert caught.value.key == "install.not_there"


def test_invokeai_gets_a_folder_to_look_into(
    make: MakeSession, ready: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOKEAI_ROOT", str(tmp_path / "invokeai"))
    with pytest.raises(PipelineError):
        installed(make, "invokeai")
    (tmp_path / "invokeai").mkdir()
    result = installed(make, "invokeai")
    assert result.value["folder"] == str(tmp_path / "invokeai" / "avatar_loras")
    assert installed(make, "invokeai", remove=True).value["removed"]


def test_without_a_place_it_is_a_wrong_usage(make: MakeSession, ready: Client) -> None:
    with pytest.raises(UsageError):
        deliver_commands.install(make()[0], "ana")


# --- what a disk says ------------------------------------------------------------------------------------------------


def test_a_disk_without_room_is_told_before_anything_is_written(
    make: MakeSession, ready: Client, loras: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9 - 10, 10))
    with pytest.raises(PipelineError) as caught:
        installed(make, loras)
    assert caught.value.key == "install.disk_full" and names(loras) == {"other.safetensors"}


@pytest.mark.parametrize(
    ("number", "key"),
    [(errno.ENOSPC, "install.disk_full"), (errno.EROFS, "install.cannot_write"), (errno.EACCES, "install.cannot_write")],
)
def test_a_disk_that_refuses_in_the_middle_is_one_message_and_leaves_no_model(
    make: MakeSession, ready: Client, loras: Path, monkeypatch: pytest.MonkeyPatch, number: int, key: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(shutil, "copyfileobj", refuse)
    with pytest.raises(PipelineError) as caught:
        installed(make, loras)
    assert caught.value.key == key
    assert not [name for name in names(loras) if name.startswith(("ana", ".ana")) and "safetensors" in name]
    monkeypatch.undo()
    installed(make, loras)  # as if nothing had been
    installed(make, loras, remove=True)
    assert names(loras) == {"other.safetensors"}


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_one_message(make: MakeSession, ready: Client, loras: Path) -> None:
    loras.chmod(0o500)
    with pytest.raises(PipelineError) as caught:
        installed(make, loras)
    loras.chmod(0o700)
    assert caught.value.key == "install.cannot_write"


def test_a_copy_that_is_not_the_same_goes(
    make: MakeSession, ready: Client, loras: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "copyfileobj", lambda reader, writer, size: writer.write(reader.read()[:-1] + b"x"))
    with pytest.raises(PipelineError) as caught:
        installed(make, loras)
    assert caught.value.key == "install.broken"
    assert not [name for name in names(loras) if name.startswith("ana") and name.endswith("safetensors")]


def install_slowly(clients: str, folder: str) -> None:
    """Install, and say when the model is half there."""
    client = Workspace(Path(clients)).client("ana")

    def slowly(reader: Any, writer: Any, size: int) -> None:
        writer.write(reader.read(100_000))
        writer.flush()
        print("half", flush=True)
        time.sleep(60)

    shutil.copyfileobj = slowly  # type: ignore[assignment]
    model = final_model.find(client)
    results_install.install(client, model, final_model.usage(client, model), Place("comfyui", Path(folder)))


def test_killed_in_the_middle_no_half_model_is_there_and_what_is_can_be_taken_away(
    make: MakeSession, ready: Client, workspace: Workspace, loras: Path
) -> None:
    child = subprocess.Popen(child_command(install_slowly, workspace.folder, loras), stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"half"
    child.kill()
    child.communicate()
    assert not [name for name in names(loras) if name.startswith("ana") and name.endswith(".safetensors")]
    workspace.tidy()  # the next start
    assert not [name for name in names(loras) if name.endswith(".tmp")]
    result = installed(make, loras)  # repeated, it is as if it had not been killed
    assert NAME.fullmatch(result.value["name"]) and len(names(loras)) == 4
    installed(make, loras, remove=True)
    assert names(loras) == {"other.safetensors"}


# --- the client ------------------------------------------------------------------------------------------------------


def test_a_client_that_is_deleted_says_where_copies_of_its_model_still_are(
    make: MakeSession, ready: Client, loras: Path
) -> None:
    installed(make, loras)
    result = clients_commands.client_delete(make()[0], "ana", "ana")
    assert str(loras) in told(result)


def test_the_menu_asks_for_a_folder_that_is_not_found_once_and_keeps_it(
    make: MakeSession, ready: Client, tmp_path: Path
) -> None:
    folder = tmp_path / "mine" / "loras"
    folder.mkdir(parents=True)
    session, ui = make("comfyui", str(folder))
    session.client = ready
    delivering.install(session)
    assert not ui.answers and session.settings().generate.comfyui_loras == str(folder)
    session, ui = make("2", "1")  # take away: from the only folder there is
    session.client = ready
    delivering.install(session)
    assert names(folder) == set()
    session, ui = make("")  # Enter: ComfyUI, whose folder is known now
    session.client = ready
    delivering.install(session)
    assert len(names(folder)) == 3 and not ui.answers
