"""The zip that is handed over: whole, checked, usable by its README alone, and without a word that is not meant for it."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import utils
from avatar.commands import deliver as deliver_commands
from avatar.commands.session import Session
from avatar.results import delivery, delivery_pictures, final_model
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.trainer import lora_file
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.children import child_command
from tests.dataset.test_training_folder import fill, mix
from tests.results import finished
from tests.scripted import MakeSession


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def delivered(session: Session, target: Path | None = None, **options: Any) -> dict[str, bytes]:
    return members_of(Path(deliver_commands.deliver(session, "ana", target, **options).value["path"]))


def test_it_holds_model_pictures_instructions_recipe_and_sums(make: MakeSession, client: Client, tmp_path: Path) -> None:
    path = finished.model(client, chosen=finished.CHOSEN)
    finished.drawn(client, {0: 0.7, 1: 0.9, 2: 0.8, 3: 0.6, 4: 0.99})
    session, _ = make()
    members = delivered(session, tmp_path / "Entrega de Ana ñ 🌵")
    assert sorted(members) == [
        "LEEME.txt", "README.txt", "SHA256SUMS", "ana.json", "ana.png", "ana.recipe.json", "ana.safetensors",
        "previews/ana_1.png", "previews/ana_2.png",
    ]  # fmt: skip
    assert (tmp_path / "Entrega de Ana ñ 🌵.zip").is_file()
    assert members["ana.safetensors"] == path.read_bytes()
    recipe = json.loads(members["ana.recipe.json"])
    assert recipe["chosen"]["likeness"] == 0.83 and recipe["sha256"] == hashlib.sha256(members["ana.safetensors"]).hexdigest()


def test_a_folder_gets_the_zip_inside(make: MakeSession, client: Client, tmp_path: Path) -> None:
    finished.model(client, chosen=finished.CHOSEN)
    desktop = tmp_path / "Escritorio"
    desktop.mkdir()
    session, _ = make()
    for name in ("ana.zip", "ana_2.zip"):
        delivered(session, desktop)
        assert (desktop / name).is_file()
    assert not desktop.with_suffix(".zip").exists()


def test_its_pictures_are_the_likest_of_each_prompt_with_their_parameters(make: MakeSession, client: Client) -> None:
    finished.model(client, chosen=finished.CHOSEN)
    folder = finished.drawn(client, {0: 0.7, 1: 0.9, 2: 0.8, 3: 0.6, 4: 0.99})
    members = delivered(make()[0])
    for name, number in (("previews/ana_1.png", 1), ("previews/ana_2.png", 2)):
        with Image.open(io.BytesIO(members[name])) as picture, Image.open(folder / f"{number:016x}.png") as drawn:
            assert picture.tobytes() == drawn.convert("RGB").tobytes()
            assert picture.info == {"parameters": f"{finished.PARAMETERS}, Number: {number}"}


def test_without_measures_the_first_of_each_prompt_serve(make: MakeSession, client: Client) -> None:
    finished.model(client, chosen=finished.CHOSEN)
    finished.drawn(client)
    model = final_model.find(client)
    assert [path.stem[-1] for path in delivery_pictures.best_pictures(client, model)] == ["0", "2"]


def test_the_sums_are_those_that_sha256sum_takes(make: MakeSession, client: Client, tmp_path: Path) -> None:
    finished.model(client)
    members = delivered(make()[0])
    listed = {line[66:]: line[:64] for line in members["SHA256SUMS"].decode("ascii").splitlines()}
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in members.items() if name != "SHA256SUMS"}
    if program := shutil.which("sha256sum"):
        for name, content in members.items():
            (tmp_path / "x" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "x" / name).write_bytes(content)
        done = subprocess.run([program, "-c", "SHA256SUMS"], cwd=tmp_path / "x", capture_output=True, text=True, check=False)
        assert done.returncode == 0 and done.stdout.count(": OK") == len(members) - 1


@pytest.mark.parametrize("name", ["LEEME.txt", "README.txt"])
def test_the_readme_says_how_to_use_it_everywhere(make: MakeSession, client: Client, name: str) -> None:
    finished.model(client, chosen=finished.CHOSEN)
    finished.drawn(client)
    text = delivered(make()[0])[name].decode("utf-8")
    for said in ("ohwx woman", "<lora:ana:0.7>", "models/loras", "models/Lora", "Scan Folder", "LoraLoaderModelOnly",
                 "euler_ancestral", "30, 6.5", "Euler a, Karras", "blurry", "portrait of ohwx woman", "sdxl.safetensors",
                 "sha256sum -c SHA256SUMS", "  1. ", "  2. ", "  3. "):  # fmt: skip
        assert said in text, said
    assert ("0,83" in text) == (name == "LEEME.txt") and ("0.83" in text) == (name == "README.txt")
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    assert len(lines) == 4 and lines[0].startswith("import torch")
    compile("\n".join(lines), name, "exec")
    assert "{" not in text and "[[" not in text


def test_the_readme_speaks_of_no_picture_that_is_not_there(make: MakeSession, client: Client) -> None:
    path = finished.model(client, plan={})
    path.with_suffix(".png").unlink()
    text = delivered(make()[0])["LEEME.txt"].decode("utf-8")
    assert "ana.png" not in text and "No hay imágenes de muestra" in text
    assert "No se sabe con qué modelo base" in text and 'from_pretrained("stabilityai/' in text


def test_the_consent_is_told_or_asked_for(make: MakeSession, client: Client) -> None:
    finished.model(client)
    assert "No se guardó ninguna nota" in delivered(make()[0])["LEEME.txt"].decode("utf-8")
    client.save_info(client.info().model_copy(update={"consent_note": "firmado el 3 de mayo\nen papel"}))
    assert "firmado el 3 de mayo en papel" in delivered(make()[0])["LEEME.txt"].decode("utf-8")


# --- what must not be in it ------------------------------------------------------------------------------------------


@pytest.fixture
def private(client: Client) -> Client:
    """A client whose model, sidecars and preview say more than they should."""
    records = mix(3, 2)
    fill(client, records)
    names = ["IMG_2034.JPG", "mi foto con Luis.png", "a.png", "DSC01.ARW", "ana_b_portrait.png"]
    for record, name in zip(records, names, strict=True):
        client.save_record(record.model_copy(update={"original": record.original.model_copy(update={"name": name})}))
    tags = json.dumps({f"{client.training_data}/5_ana": {"ohwx woman, IMG_2034.JPG": 1}})
    path = finished.model(
        client, metadata={"ss_steps": "1200", "ss_tag_frequency": tags, "ss_training_comment": "mi foto con Luis.png"},
        plan={"base_model": str(client.folder / "base.safetensors")}, command=["python", str(client.folder / "x.py")],
    )  # fmt: skip
    exif = Image.Exif()
    exif[0x010E] = "IMG_2034.JPG in " + str(client.folder)
    Image.open(io.BytesIO(finished.png(5))).save(path.with_suffix(".png"), exif=exif, pnginfo=None)
    utils.write_json(path.with_suffix(".json"), {"preview": str(client.folder / "p.png"), "activation text": "ohwx woman"})
    return client


def test_no_path_no_name_of_a_picture_and_nothing_of_a_camera_is_in_its_bytes(
    make: MakeSession, private: Client, tmp_path: Path
) -> None:
    members = delivered(make()[0])
    everything = b"\n".join(members.values())
    secrets = [
        str(private.folder),
        str(Path.home()),
        str(tmp_path),
        "IMG_2034",
        "Luis",
        "DSC01",
        "ana_b_portrait",
        "mj_0000",
        "5_ana",
    ]
    assert [secret for secret in secrets if secret.encode() in everything] == []
    assert b"eXIf" not in everything and b"Exif" not in everything
    assert set(lora_file.verify(private.models / "ana.safetensors").metadata) > {"ss_steps"}  # the client's own is as it was
    assert b"ss_steps" in members["ana.safetensors"]


def test_what_would_still_say_one_is_refused_with_the_word_and_where_it_stands(make: MakeSession, private: Client) -> None:
    path = private.models / "ana.safetensors"
    for note, found in (
        ("firmado, ver mi foto con Luis.png", "mi foto con Luis.png"), ("ver (IMG_2034.JPG)", "IMG_2034.JPG"),
        (f"contrato en {private.folder}/x.pdf", str(private.folder)),
    ):  # fmt: skip
        private.save_info(private.info().model_copy(update={"consent_note": note}))
        with pytest.raises(PipelineError) as caught:
            deliver_commands.deliver(make()[0], "ana")
        assert caught.value.key == "deliver.private" and caught.value.values["found"] == found
    assert list(private.output.iterdir()) == [] and path.is_file()


def test_a_picture_of_the_client_that_became_the_preview_stays_out(make: MakeSession, private: Client) -> None:
    crop = next(private.processed.glob("*.png"))
    crop.write_bytes(finished.png(9))
    (private.models / "ana.png").write_bytes(crop.read_bytes())
    assert "ana.png" not in delivered(make()[0])


def test_the_name_of_a_picture_that_is_a_file_of_the_delivery_does_not_stop_it(make: MakeSession, client: Client) -> None:
    (record,) = mix(1, 0)
    fill(client, [record.model_copy(update={"original": record.original.model_copy(update={"name": "ana.png"})})])
    finished.model(client)
    assert "ana.png" in delivered(make()[0])


def test_with_pictures_it_holds_those_of_the_training_and_says_so(make: MakeSession, private: Client) -> None:
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        deliver_commands.deliver(session, "ana", with_pictures=True)
    assert caught.value.key == "bundle.no_dataset"
    folder = private.training_data / "5_ana"
    folder.mkdir()
    (folder / "mj_0000000000000000.png").write_bytes(finished.png(7))
    (folder / "mj_0000000000000000.txt").write_text("ohwx woman", encoding="utf-8")
    result = deliver_commands.deliver(session, "ana", with_pictures=True)
    members = members_of(Path(result.value["path"]))
    assert members["training_pictures/5_ana/mj_0000000000000000.png"] == finished.png(7)
    assert result.value["pictures"] == 1
    assert str(private.folder).encode() not in b"\n".join(members.values())
    assert any(isinstance(block, Text) and block.key == "deliver.with_pictures" for block in result.blocks)


def test_kept_names_stay_where_the_user_wants_them_kept(make: MakeSession, client: Client, tmp_path: Path) -> None:
    path = finished.model(client, metadata={"ss_tag_frequency": '{"5_ana": {"smiling": 3}}'})
    utils.write_json(tmp_path / "config.json", {"version": 1, "trainer": {"metadata_names": "keep"}})
    assert delivered(make()[0])["ana.safetensors"] == path.read_bytes()


# --- whole or not at all ---------------------------------------------------------------------------------------------


def test_it_is_written_beside_others_and_never_over_one(make: MakeSession, client: Client, tmp_path: Path) -> None:
    finished.model(client)
    session, _ = make()
    first, second = (Path(deliver_commands.deliver(session, "ana").value["path"]) for _ in range(2))
    assert (first, second) == (client.output / "ana.zip", client.output / "ana_2.zip")
    (tmp_path / "x.zip").write_bytes(b"mine")
    with pytest.raises(PipelineError) as caught:
        deliver_commands.deliver(session, "ana", tmp_path / "x.zip")
    assert caught.value.key == "export.exists" and (tmp_path / "x.zip").read_bytes() == b"mine"


def test_the_same_model_gives_the_same_zip(make: MakeSession, client: Client) -> None:
    finished.model(client)
    session, _ = make()
    one, two = (members_of(Path(deliver_commands.deliver(session, "ana").value["path"])) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("damaged", ["ana.safetensors", "README.txt"])
def test_a_zip_that_cannot_be_read_back_does_not_get_its_name(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, damaged: str
) -> None:
    finished.model(client)
    write = delivery._check

    def on_a_bad_disk(client: Client, target: Path, handle: Any, sums: Any, model: str) -> None:
        handle.flush()
        content = bytearray(Path(handle.name).read_bytes())
        with zipfile.ZipFile(handle.name) as archive:
            info = archive.getinfo(damaged)
        content[info.header_offset + 30 + len(damaged) + info.compress_size // 2] ^= 0xFF
        Path(handle.name).write_bytes(content)
        write(client, target, handle, sums, model)

    monkeypatch.setattr(delivery, "_check", on_a_bad_disk)
    with pytest.raises(PipelineError) as caught:
        deliver_commands.deliver(make()[0], "ana")
    assert caught.value.key == "deliver.broken" and list(client.output.iterdir()) == []


def test_a_member_that_was_exchanged_is_noticed_though_its_own_checksum_holds(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished.model(client)
    add = delivery._add
    monkeypatch.setattr(delivery, "_add", lambda archive, name, content: add(archive, name, content.replace(b"ohwx", b"ohwy")))
    with pytest.raises(PipelineError) as caught:
        deliver_commands.deliver(make()[0], "ana")
    assert caught.value.key == "deliver.broken"


def test_the_model_is_verified_as_it_comes_out_of_the_zip(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished.model(client)
    verify, read = lora_file.verify, []

    def of_a_copy(path: Path) -> lora_file.LoraCheck:
        if path.parent == client.output:
            read.append(path.read_bytes())
            return lora_file.LoraCheck(path, (Text("lora.nothing_learnt", {"n": 1}),))
        return verify(path)

    monkeypatch.setattr(lora_file, "verify", of_a_copy)
    with pytest.raises(PipelineError) as caught:
        deliver_commands.deliver(make()[0], "ana")
    assert (caught.value.key, caught.value.values["member"]) == ("deliver.broken", "ana.safetensors")
    assert read == [(client.models / "ana.safetensors").read_bytes()] and list(client.output.iterdir()) == []


def test_a_full_disk_leaves_nothing(make: MakeSession, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finished.model(client)

    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(OSError, match="No space"):
        deliver_commands.deliver(make()[0], "ana", tmp_path / "x.zip")
    assert not list(tmp_path.glob("*x.zip*")) and not list(client.output.iterdir())


def deliver_and_die(clients: str, target: str) -> None:
    """Deliver, and be killed while the zip is read back."""
    client = Workspace(Path(clients)).client("ana")
    delivery._check = lambda *_: os._exit(9)
    delivery.write(client, Path(target), readmes={"README.txt": "x"}, pictures={}, model=final_model.find(client))


def test_killed_before_it_is_checked_nothing_has_its_name_and_the_next_start_clears_up(
    client: Client, workspace: Workspace, tmp_path: Path
) -> None:
    finished.model(client)
    (tmp_path / "out").mkdir()
    done = subprocess.run(child_command(deliver_and_die, workspace.folder, tmp_path / "out" / "x.zip"), check=False)
    assert done.returncode == 9 and not (tmp_path / "out" / "x.zip").exists() and list((tmp_path / "out").iterdir())
    workspace.tidy()
    assert list((tmp_path / "out").iterdir()) == []


# --- what is told ----------------------------------------------------------------------------------------------------


def test_several_models_without_a_choice_are_named(make: MakeSession, client: Client) -> None:
    finished.model(client, "ana")
    finished.model(client, "ana_2", seed=2, made_at="2026-05-01T00:00:00+00:00")
    result = deliver_commands.deliver(make()[0], "ana")
    assert result.value["model"] == "ana_2.safetensors"
    assert any("hay otros: ana.safetensors" in translate.words(text, "es") for text in result.warnings)


def test_a_model_with_a_name_of_the_users_gets_one_that_every_system_unpacks(make: MakeSession, client: Client) -> None:
    path = finished.model(client)
    for file in list(client.models.iterdir()):
        file.rename(file.with_name(file.name.replace("ana", "Mi modelo ñ 🌵")))
    assert not path.exists()
    members = delivered(make()[0])
    assert "Mi_modelo_n.safetensors" in members and all(name.isascii() for name in members)
    with zipfile.ZipFile(next(client.output.glob("*.zip"))) as archive:
        assert all(re.fullmatch(r"[A-Za-z0-9_./]+", info.filename) for info in archive.infolist())


@pytest.mark.skipif(sys.platform == "win32", reason="the rights of POSIX")
def test_whoever_unpacks_it_can_read_it(make: MakeSession, client: Client) -> None:
    finished.model(client)
    with zipfile.ZipFile(deliver_commands.deliver(make()[0], "ana").value["path"]) as archive:
        assert all((info.external_attr >> 16) & 0o400 for info in archive.infolist())
