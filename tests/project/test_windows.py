"""What Windows does differently, simulated here: locked files, reserved names, old code pages, OneDrive, spawned workers."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import config
import utils
from avatar.pictures import sources
from avatar.reports.self_check import LONG_PATH, check_paths
from avatar.texts.text import PipelineError, key_of
from avatar.workspace import client as workspace_client
from avatar.workspace import settings
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.places import ROOT

PNG = b"\x89PNG\r\n\x1a\n"
RESERVED = ("CON", "nul", "Aux", "prn", "COM1", "lpt9")


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RESERVED)
def test_a_reserved_name_makes_no_client_and_another_is_proposed(workspace: Workspace, name: str) -> None:
    with pytest.raises(PipelineError) as caught:
        workspace.create(name)
    assert caught.value.key == "client.bad_id"
    suggestion = str(caught.value.values["suggestion"])
    assert workspace.create(suggestion).folder.is_dir()


@pytest.mark.parametrize(
    "name", [*(f"{name}.png" for name in RESERVED), "a<b>:c?.png", "x. .png", "C:\\fotos\\foto.png", "...png"]
)
def test_no_original_is_stored_under_a_name_that_windows_refuses(name: str) -> None:
    stored = sources.stored_name("mj_0123456789abcdef", name)
    stem = stored.partition(".")[0]
    assert stem.lower() not in workspace_client.RESERVED_NAMES
    assert not set(stored) & set('<>:"/\\|?*')
    assert not stored.rstrip().endswith(".")
    assert len(stored) <= 128


@pytest.mark.parametrize("name", ["CON.png", "../../fuera.png", "C:\\Windows\\x.png", "/etc/x.png"])
def test_nothing_in_a_zip_can_name_a_file_outside_or_a_device(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "fotos.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(name, PNG + b"0" * 100)
    before = sorted(tmp_path.rglob("*"))
    with sources.find_sources([archive], config.ImportConfig()) as found:
        for item in found.items:
            stored = sources.stored_name("real_0123456789abcdef", item.name)
            assert Path(stored).name == stored and ":" not in stored and "\\" not in stored
    assert sorted(tmp_path.rglob("*")) == before  # only ever read, never unpacked


def test_a_name_that_differs_only_in_case_is_the_same_client(workspace: Workspace) -> None:
    workspace.create("Ana")
    with pytest.raises(PipelineError) as caught:
        workspace.create("ANA")
    assert caught.value.key == "client.exists"


# --- paths -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [('"C:\\Users\\Ana\\OneDrive - Empresa\\fotos"', "C:\\Users\\Ana\\OneDrive - Empresa\\fotos"),
     ("& 'D:\\mis fotos'", "D:\\mis fotos"), ("file:///C:/Users/Ana/mis%20fotos", "C:/Users/Ana/mis fotos"),
     ("\u202aC:\\fotos\\a.png", "C:\\fotos\\a.png"), ("E:\\", "E:\\")],
)  # fmt: skip
def test_paths_with_drive_letters_are_understood_as_typed_dragged_or_copied(typed: str, meant: str) -> None:
    assert str(sources.clean_path(typed)).rstrip("\\/") == meant.rstrip("\\/")


def test_long_paths_and_synchronised_folders_are_noticed_before_they_hurt() -> None:
    deep = Path("/" + "carpeta/" * 30)
    assert [item.text.key for item in check_paths(deep, {}, windows=True)] == ["setup.path_long"]
    assert check_paths(deep, {}, windows=False) == []
    cloud = Path("/Users/Ana/OneDrive - Empresa/avatar/clients")
    assert [item.text.key for item in check_paths(cloud, {}, windows=True)] == ["setup.path_synchronised"]


def test_a_clients_folder_that_is_not_warned_about_leaves_room_for_the_longest_name(tmp_path: Path) -> None:
    client = Client(tmp_path / ("c" * 30))
    stored = client.raw_real / sources.stored_name("real_0123456789abcdef", "ñ" * 300 + ".jpeg")
    temporary = utils.temporary_for(stored)
    assert LONG_PATH + max(len(str(path)) for path in (stored, temporary)) - len(str(tmp_path)) < 260


def test_a_placeholder_that_onedrive_cannot_fetch_is_named_and_the_others_are_taken(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    import data_preprocessor

    folder = tmp_path / "OneDrive - Empresa" / "Imágenes"
    folder.mkdir(parents=True)
    for name, colour in (("en la nube.png", "red"), ("aquí.png", "blue")):
        Image.new("RGB", (600, 600), colour).save(folder / name)
    real = sources.Sources.open

    def in_the_cloud(self: sources.Sources, item: sources.Item) -> object:
        if item.name.startswith("en la nube"):
            error = OSError(22, "The cloud file provider is not running")
            error.winerror = 362  # type: ignore[attr-defined]  # ERROR_CLOUD_FILE_PROVIDER_NOT_RUNNING
            raise error
        return real(self, item)

    monkeypatch.setattr(sources.Sources, "open", in_the_cloud)
    report = data_preprocessor.import_photos(client, [folder], settings=config.Settings())
    assert len(report.added) == 1
    assert [item.name for item in report.refused] == ["en la nube.png"]
    assert "cloud file provider" in str(report.refused[0].text)


# --- files -----------------------------------------------------------------------------------------------------------


def test_where_there_are_no_links_the_bytes_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object, **options: object) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr(os, "link", refused)
    monkeypatch.setattr(os, "symlink", refused)
    (tmp_path / "a").write_bytes(b"x" * 100_000)
    utils.link_or_copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"x" * 100_000
    assert not (tmp_path / "b").is_symlink()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_settings_saved_by_notepad_are_read(tmp_path: Path, newline: str, mark: str) -> None:
    file = tmp_path / "config.json"
    text = json.dumps({"language": "es", "dataset": {"mj_share": 0.8, "real_share": 0.2}}, indent=2)
    file.write_bytes((mark + text.replace("\n", newline)).encode("utf-8"))
    loaded = settings.load_settings(file)
    assert (loaded.language, loaded.dataset.mj_share) == ("es", 0.8)


def test_what_the_program_writes_has_unix_line_ends_everywhere(tmp_path: Path) -> None:
    utils.write_json(tmp_path / "a.json", {"ñ": [1, 2]})
    assert b"\r" not in (tmp_path / "a.json").read_bytes()


# --- consoles --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["cp1252", "cp850", "cp437", "ascii"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_menus_and_state_appear_on_every_code_page(tmp_path: Path, page: str, language: str) -> None:
    Workspace(tmp_path / "clients").create("ana")
    done = subprocess.run(
        [sys.executable, str(ROOT / "avatar_pipeline.py"), "--lang", language, "--clients-dir", str(tmp_path / "clients")],
        input=b"3\n1\n13\n0\n0\n", capture_output=True, check=False, timeout=240,
        env={**os.environ, "PYTHONIOENCODING": page, "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert "ana" in done.stdout.decode(page)


# --- processes -------------------------------------------------------------------------------------------------------

SPAWNED = """
import multiprocessing, sys
sys.path.insert(0, sys.argv[1])
from avatar.faces import crops
class Broken:
    image_id = "mj_0123456789abcdef"
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.apply(crops.examine, (Broken(), None)).problem.key)
"""


def test_a_spawned_worker_finds_its_entry_and_a_bug_in_it_is_handed_over_not_printed(tmp_path: Path) -> None:
    script = tmp_path / "spawned.py"
    script.write_text(SPAWNED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(ROOT)], capture_output=True, encoding="utf-8", check=False, timeout=240
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stdout.strip() == "faces.failed"


def test_an_unexpected_error_of_a_picture_carries_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    from avatar.faces import crops as face_crops
    from avatar.faces.crops import Task

    class Broken:
        image_id = "mj_0123456789abcdef"

        def __getattr__(self, name: str) -> object:
            raise ZeroDivisionError(name)

    task: Task = Broken()  # type: ignore[assignment]
    with caplog.at_level(logging.DEBUG):
        outcome = face_crops.examine(task, None)  # type: ignore[arg-type]
    assert key_of(outcome.problem) == "faces.failed" and "ZeroDivisionError" in outcome.trace
    assert caplog.records == []
