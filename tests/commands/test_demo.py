"""The demo's pictures are what they stand for, and the whole way ends in a checked command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import config
from avatar.commands import demo, demo_pictures
from avatar.commands.result import Block, Raw, Result
from avatar.commands.session import Session
from avatar.pictures import decode, kinds, metadata
from avatar.prompts.file_names import parse_filename
from avatar.texts.text import Finding, Text
from avatar.workspace.workspace import Workspace
from tests.places import ROOT
from tests.scripted import MakeSession


@pytest.fixture
def folders(demo_folders: tuple[Path, Path]) -> tuple[Path, Path]:
    return demo_folders


def test_the_midjourney_pictures_carry_what_real_downloads_carry(folders: tuple[Path, Path]) -> None:
    files = sorted(folders[0].iterdir())
    assert len(files) == 8
    jobs = set()
    for path in files:
        found = metadata.text_metadata(path)
        assert found["Author"] == demo_pictures.AUTHOR
        assert "Job ID: " in found["Description"]
        hints = parse_filename(path.name)
        assert (hints.job_id or "no job") in found["Description"] and hints.tile in range(4)
        jobs.add(hints.job_id)
    assert len(jobs) == 2


def test_the_raw_comes_back_with_the_colours_it_was_made_of(tmp_path: Path) -> None:
    rows, columns = np.mgrid[0:64, 0:96]
    flat = np.stack([60 + columns, 90 + rows, np.full_like(rows, 140)], axis=2).astype(np.uint8)
    demo_pictures.write_dng(tmp_path / "x.dng", flat)
    assert kinds.sniff(tmp_path / "x.dng") == "RAW"
    loaded = decode.load_rgb(tmp_path / "x.dng")
    assert loaded.full_size == (96, 64)
    inner = np.abs(loaded.pixels[8:-8, 8:-8].astype(int) - flat[8:-8, 8:-8]).mean(axis=(0, 1))
    assert inner.max() < 25  # LibRaw's tone curve is not sRGB's; a swapped channel or a tint would be far more


def test_an_odd_size_loses_its_last_row_and_column_not_its_pattern(tmp_path: Path) -> None:
    demo_pictures.write_dng(tmp_path / "x.dng", np.random.default_rng(0).integers(40, 200, (65, 97, 3), np.uint8))
    assert decode.load_rgb(tmp_path / "x.dng").full_size == (96, 64)


def test_variants_differ_and_stay_inside_the_portrait() -> None:
    picture = Image.new("RGB", (300, 400), (120, 130, 140))
    for _job, _prompt, variants in demo_pictures.JOBS:
        sizes = {demo_pictures._varied(picture, variant).size for variant in variants}
        assert len(sizes) == len(variants)
        assert all(wide <= 300 and high <= 400 for wide, high in sizes)


def test_an_earlier_demo_is_replaced_and_a_person_called_demo_is_not(make: MakeSession, workspace: Workspace) -> None:
    session, _ = make()
    assert demo._new_demo_client(session) == "demo"
    (workspace.client("demo").output / "old.txt").touch()
    assert demo._new_demo_client(session) == "demo"
    assert not (workspace.client("demo").output / "old.txt").exists()
    workspace.delete("demo")
    workspace.create("demo", consent_note="a real person")
    assert demo._new_demo_client(session) == "demo_2"
    assert workspace.client("demo").info().consent_note == "a real person"


@pytest.mark.parametrize("name", ["Demo", "DEMO"])
def test_a_persons_client_that_differs_only_in_case_is_left_alone_and_the_demo_takes_another_name(
    name: str, make: MakeSession, workspace: Workspace
) -> None:
    session, _ = make()
    workspace.create(name, consent_note="a real person")
    assert demo._new_demo_client(session) == "demo_2"
    assert demo._new_demo_client(session) == "demo_2"  # its own one is replaced
    assert workspace.client_ids() == [name, "demo_2"]
    assert workspace.client(name).info().consent_note == "a real person"


def test_an_empty_folder_of_that_name_is_taken_and_one_with_files_is_not(make: MakeSession, workspace: Workspace) -> None:
    session, _ = make()
    (workspace.folder / "demo").mkdir(parents=True)
    assert demo._new_demo_client(session) == "demo"
    workspace.delete("demo")
    (workspace.folder / "demo").mkdir()
    (workspace.folder / "demo" / "fotos.zip").touch()
    assert demo._new_demo_client(session) == "demo_2"
    assert [path.name for path in (workspace.folder / "demo").iterdir()] == ["fotos.zip"]


@pytest.mark.parametrize("written", ["whole", "relative"])
def test_the_default_folder_of_clients_stays_free_of_the_demo(
    written: str, make: MakeSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session, _ = make()
    seen: list[Path] = []
    monkeypatch.setattr(demo, "DEMO_FOLDER", tmp_path / "demo_clients")

    def stop(other: Session) -> str:
        seen.append(other.workspace.folder)
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "_new_demo_client", stop)
    monkeypatch.chdir(config.PROGRAM_DIR)
    session.workspace = Workspace(config.CLIENTS_DIR if written == "whole" else Path(config.CLIENTS_DIR.name))
    with pytest.raises(KeyboardInterrupt):
        demo.run(session)
    assert seen == [tmp_path / "demo_clients"]


@pytest.mark.slow
def test_the_whole_way_ends_in_a_checked_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "avatar_pipeline.py"), "demo", "--json", "--clients-dir", str(tmp_path / "clients")],
        capture_output=True, encoding="utf-8", timeout=280, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "AVATAR_LANG": "es"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    result = answer["result"]
    assert answer["ok"] and result["client"] == "demo"  # though the check ends blocked for want of a trainer
    assert "blocked" in {item["level"] for item in result["stages"]["check"]["preflight"]}
    assert list(result["stages"]) == ["import-mj", "import-real", "process", "prepare", "configure", "check"]
    assert result["stages"]["import-mj"]["prompts_from"]["embedded"] == 8
    assert result["stages"]["import-real"]["formats"].get("RAW") == 1
    assert (result["approved"], result["refused"]) == (12, 3)
    assert {"no_face", "too_dark", "blurred"} <= set(result["stages"]["process"]["report"]["reasons"])
    client = Workspace(tmp_path / "clients").client("demo")
    records = client.records()
    assert {r.midjourney.tile for r in records if r.midjourney} == {0, 1, 2, 3}
    folders = [path for path in client.training_data.iterdir() if path.is_dir() and path.name.endswith("_demo")]
    captions = [path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.txt")]
    assert len(captions) == result["approved"]
    assert all(caption.startswith("ohwx") for caption in captions)
    command = result["stages"]["check"]["command"]
    assert command[1].endswith("sdxl_train_network.py")
    assert "--no_half_vae" in command and "--lowvram" not in command
    assert all(Path(sheet).is_file() for sheet in result["stages"]["process"]["sheets"])


def test_the_demo_takes_an_empty_folder_and_goes_round_files_and_foreign_folders(
    make: MakeSession, workspace: Workspace
) -> None:
    session, _ = make()
    workspace.folder.mkdir(parents=True)
    (workspace.folder / "demo").write_text("a file of the user's", encoding="utf-8")
    (workspace.folder / "demo_2").mkdir()
    (workspace.folder / "demo_2" / "photo.jpg").touch()
    (workspace.folder / "demo_3").mkdir()
    assert demo._new_demo_client(session) == "demo_3"
    assert (workspace.folder / "demo").read_text(encoding="utf-8") == "a file of the user's"
    assert (workspace.folder / "demo_2" / "photo.jpg").exists()


def test_the_demo_is_deleted_in_one_step_and_a_persons_client_of_that_name_is_not(
    make: MakeSession, workspace: Workspace
) -> None:
    session, ui = make(language="en")
    demo._new_demo_client(session)
    session.show(demo._demo(session, gone=True, workers=None))
    assert workspace.client_ids() == [] and "The demo is deleted." in ui.text
    workspace.create("demo", consent_note="a real person")
    session.show(demo._demo(session, gone=True, workers=None))
    assert workspace.client_ids() == ["demo"] and ui.shown[-1] == "There is no demo to delete."


@pytest.mark.parametrize(("blocked", "alone"), [(("script", "interpreter"), True), (("script", "disk"), False), ((), False)])
def test_without_a_trainer_the_demo_shows_no_red_cross_for_what_it_does_without(
    make: MakeSession, blocked: tuple[str, ...], alone: bool
) -> None:
    session, ui = make(language="en")
    findings = [Finding(name, "blocked", Text("train.verdict.blocked", {"n": 1})) for name in blocked]
    value = SimpleNamespace(preflight=findings)
    verdict = Text("train.verdict.blocked", {"n": 2}, "bad")
    told: list[Block] = [verdict, Text("train.command_title", {"cwd": "/k"}), Raw("python x")]
    demo._show_stage(session, "check", Result(value, told, error=verdict, error_told=True))
    assert ("Training cannot start yet" in ui.text) is not alone
    assert ("only the trainer is missing" in ui.text) is alone and "python x" in ui.text
