"""Clients' folders, records, lock, export and deletion."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import utils
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.workspace import client as workspace_client
from avatar.workspace import links
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord, Original, Picture
from avatar.workspace.workspace import Workspace
from tests.children import child_command, hold_lock
from tests.dataset.test_training_folder import picture


def told_of(error: PipelineError, language: str) -> str:
    return translate.words(error.text, language)


def a_record(number: int = 1, source: str = "mj") -> ImageRecord:
    image_id = f"{source}_{number:016x}"
    return ImageRecord(
        image_id=image_id,
        source=source,  # type: ignore[arg-type]
        original=Original(
            name="retrato ñ 🎉.png", sha256=f"{number:064x}", bytes=3, stored=f"raw_{source}/{image_id}.png",
            imported_at="2025-09-01T00:00:00+00:00",
        ),
        picture=Picture(format="PNG", width=10, height=10),
    )  # fmt: skip


@pytest.mark.parametrize("good", ["ana", "Cliente01_nombre", "a" * 64, "x-", "_"])
def test_letters_digits_dash_and_underscore_name_a_client(workspace: Workspace, good: str) -> None:
    assert workspace.create(good).client_id == good
    assert workspace.client_ids() == [good]


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "a" * 65,
        "José",
        "ana maria",
        "../ana",
        "a/b",
        "a\\b",
        "C:",
        ".",
        "..",
        "CON",
        "nul",
        "Lpt1",
        "ana\n",
        "ａｎａ",
        "-x-",
    ],
)
def test_what_could_leave_the_folder_or_break_windows_is_refused(workspace: Workspace, bad: str) -> None:
    with pytest.raises(PipelineError) as caught:
        workspace.create(bad)
    assert caught.value.key == "client.bad_id"
    assert not workspace.folder.exists() or not any(workspace.folder.iterdir())
    workspace_client.check_client_id(str(caught.value.values["suggestion"]))


def test_a_new_client_that_every_command_would_read_as_an_option_is_refused_with_a_name_that_works(
    workspace: Workspace,
) -> None:
    with pytest.raises(PipelineError) as caught:
        workspace.check_new("-x")
    assert caught.value.text == Text("client.bad_id", {"client": "-x", "suggestion": "x"})
    workspace.check_new("x")


@given(st.text(max_size=80))
def test_every_suggestion_is_a_good_name(name: str) -> None:
    assert workspace_client.check_client_id(workspace_client.suggest_client_id(name))


def test_names_that_differ_only_in_case_are_one_client(workspace: Workspace) -> None:
    workspace.create("Ana")
    with pytest.raises(PipelineError) as caught:
        workspace.create("aNA")
    assert (caught.value.key, caught.value.values["client"]) == ("client.exists", "Ana")
    assert workspace.client("ANA").client_id == "Ana"


def test_the_trigger_word_is_the_id_unless_given_and_a_comma_is_refused(workspace: Workspace) -> None:
    assert workspace.create("ana").info().trigger_word == "ana"
    assert workspace.create("eva", trigger_word="  ohwx  woman ").info().trigger_word == "ohwx woman"
    with pytest.raises(PipelineError) as caught:
        workspace.create("lea", trigger_word="a, b")
    assert caught.value.key == "client.bad_word"
    for path in ("/home/ana/fotos", "C:\\fotos"):
        with pytest.raises(PipelineError, match=r"client\.bad_word"):
            workspace.create("lea", class_word=path)
    assert workspace.client_ids() == ["ana", "eva"]


def test_an_unknown_client_is_told_with_those_there_are(workspace: Workspace) -> None:
    workspace.create("ana")
    with pytest.raises(PipelineError) as caught:
        workspace.client("eva")
    assert caught.value.values == {"client": "eva", "known": "ana"}


def test_a_record_is_read_as_it_was_written(client: Client) -> None:
    client.save_record(a_record())
    assert client.record("mj_0000000000000001") == a_record()
    assert client.records() == [a_record()]
    assert client.has_record("mj_0000000000000001")


def test_records_come_in_order_of_id_and_other_files_are_passed_over(client: Client) -> None:
    for number in (3, 1, 2):
        client.save_record(a_record(number))
    (client.images / "notes.json").write_text("{}", encoding="utf-8")
    assert [record.image_id[-1] for record in client.records()] == ["1", "2", "3"]


@pytest.mark.parametrize("wrong", ["../../x", "mj_123", "MJ_0000000000000001", "mj_000000000000000g", "x"])
def test_an_image_id_cannot_name_another_file(client: Client, wrong: str) -> None:
    with pytest.raises(PipelineError) as caught:
        client.record(wrong)
    assert caught.value.key == "image.bad_id"


def test_a_record_with_a_misspelt_key_is_refused_by_name(client: Client) -> None:
    client.save_record(a_record())
    path = client.record_file("mj_0000000000000001")
    data = json.loads(path.read_text(encoding="utf-8"))
    data["desicion"] = {}
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        client.records()
    assert caught.value.key == "record.invalid"
    assert "desicion" in str(caught.value.values["problems"])


def test_a_record_that_points_outside_the_client_is_refused(client: Client) -> None:
    record = a_record()
    record = record.model_copy(update={"original": record.original.model_copy(update={"stored": "../../secret.png"})})
    with pytest.raises(PipelineError) as caught:
        client.original(record)
    assert caught.value.key == "record.invalid"
    assert "original.stored es ../../secret.png, fuera de la carpeta del cliente." in told_of(caught.value, "es")


@pytest.mark.parametrize(
    "stored",
    [
        "client.json", "metadata/images/mj_0000000000000001.json", "raw_real/x.png", "raw_mj", "raw_mj/",
        "raw_mj/../client.json", "raw_mj/deep/x.png", "raw_mj/.", "/etc/passwd", "C:\\x.png", "raw_mj\\..\\client.json",
        "models/a.safetensors",
    ],
)  # fmt: skip
def test_an_original_lies_in_the_folder_of_its_source_alone(client: Client, stored: str) -> None:
    """Else the next import of the same bytes would overwrite what the record names."""
    record = a_record()
    assert record.source == "mj"
    record = record.model_copy(update={"original": record.original.model_copy(update={"stored": stored})})
    with pytest.raises(PipelineError) as caught:
        client.original(record)
    assert caught.value.key == "record.invalid"


def test_a_second_program_is_told_who_holds_the_client(client: Client) -> None:
    command = child_command(hold_lock, client.folder, "process")
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(PipelineError) as caught, client.lock("import"):
            pass
        child.kill()
    assert caught.value.key == "client.locked"
    assert caught.value.values["stage"] == "process"
    assert caught.value.values["pid"] == child.pid
    with client.lock("import"):  # a holder that died holds nothing
        assert json.loads((client.folder / ".lock.json").read_text(encoding="utf-8"))["pid"] == os.getpid()
    assert not (client.folder / ".lock.json").exists()


def test_one_program_may_hold_its_own_lock_twice(client: Client) -> None:
    with client.lock("run"):
        with client.lock("import"):
            pass
        assert (client.folder / ".lock.json").is_file()


def test_a_renamed_client_keeps_its_trigger_word_and_loses_the_prepared_dataset(workspace: Workspace) -> None:
    client = workspace.create("ana")
    client.save_record(a_record())
    (client.training_data / "3_ana").mkdir()
    renamed = workspace.rename("ana", "eva")
    assert workspace.client_ids() == ["eva"]
    assert (renamed.info().client_id, renamed.info().trigger_word, renamed.info().display_name) == ("eva", "ana", "eva")
    assert len(renamed.records()) == 1
    assert list(renamed.training_data.iterdir()) == []


def test_a_client_may_be_renamed_in_case_only_but_not_to_another_ones_name(workspace: Workspace) -> None:
    workspace.create("ana")
    workspace.create("eva")
    assert workspace.rename("ana", "Ana").client_id == "Ana"
    with pytest.raises(PipelineError) as caught:
        workspace.rename("Ana", "EVA")
    assert caught.value.key == "client.exists"
    assert workspace.client_ids() == ["Ana", "eva"]


def test_deletion_leaves_nothing_of_this_client_and_all_of_the_others(workspace: Workspace) -> None:
    client = workspace.create("ana")
    (client.raw_real / "foto.jpg").write_bytes(b"x" * 1000)
    workspace.create("eva")
    deleted = workspace.delete("ana")
    deleted.remove()
    assert deleted.bytes >= 1000
    assert os.listdir(workspace.folder) == ["eva"]


def test_a_link_in_a_client_is_not_followed_by_deletion(workspace: Workspace, tmp_path: Path) -> None:
    client = workspace.create("ana")
    precious = tmp_path / "photos"
    precious.mkdir()
    (precious / "mine.jpg").write_bytes(b"x")
    (client.raw_real / "link").symlink_to(precious, target_is_directory=True)
    workspace.delete("ana").remove()
    assert (precious / "mine.jpg").is_file()


def test_an_export_holds_records_and_crops_and_originals_only_when_asked(workspace: Workspace, tmp_path: Path) -> None:
    client = workspace.create("ana")
    client.save_record(a_record())
    for folder in (client.raw_mj, client.processed, client.training_data):
        (folder / "cara ñ.png").write_bytes(b"png")
    counts = workspace.export("ana", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert "ana/client.json" in names and "ana/processed/cara ñ.png" in names
    assert not [name for name in names if "raw_" in name or "training_data" in name or ".lock" in name]
    assert counts == {".": 1, "metadata": 1, "processed": 1}
    assert workspace.export("ana", tmp_path / "b.zip", originals=True)["raw_mj"] == 1


def test_an_export_never_overwrites_nor_swallows_itself(workspace: Workspace, tmp_path: Path) -> None:
    client = workspace.create("ana")
    (tmp_path / "a.zip").write_bytes(b"mine")
    with pytest.raises(PipelineError) as caught:
        workspace.export("ana", tmp_path / "a.zip")
    assert caught.value.key == "export.exists"
    with pytest.raises(PipelineError) as caught:
        workspace.export("ana", client.output / "a.zip")
    assert caught.value.key == "export.inside"
    assert (tmp_path / "a.zip").read_bytes() == b"mine"


def test_a_file_older_than_zip_files_is_exported_all_the_same(workspace: Workspace, tmp_path: Path) -> None:
    client = workspace.create("ana")
    old = client.raw_real / "cara.jpg"
    old.write_bytes(b"x")
    os.utime(old, (0, 0))  # 1970: what a camera without battery gives
    assert workspace.export("ana", tmp_path / "a.zip", originals=True)["raw_real"] == 1
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.getinfo("ana/raw_real/cara.jpg").date_time[0] == 1980


def test_a_client_is_called_as_its_folder_whatever_its_file_says(workspace: Workspace) -> None:
    client = workspace.create("ana", trigger_word="ohwx", display_name="Ana Ñ")
    client.folder.rename(workspace.folder / "Eva")
    info = workspace.client("eva").info()
    assert (info.client_id, info.trigger_word, info.display_name) == ("Eva", "ohwx", "Ana Ñ")


def test_what_is_to_be_done_before_a_renaming_is_done_while_the_client_is_held_and_only_if_it_goes(
    workspace: Workspace,
) -> None:
    workspace.create("ana")
    workspace.create("eva")
    seen: list[tuple[str, bool]] = []

    def look(client: Client) -> None:
        seen.append((client.client_id, (client.folder / ".lock.json").is_file()))

    with pytest.raises(PipelineError, match=r"client\.exists"):
        workspace.rename("ana", "EVA", before=look)
    assert seen == []
    workspace.rename("ana", "lea", before=look)
    assert seen == [("ana", True)]


def test_only_the_records_asked_for_are_read_in_their_order_and_one_that_is_gone_is_named(client: Client) -> None:
    first, second, third = (picture("mj", number) for number in range(3))
    for record in (first, second, third):
        client.save_record(record)
    assert [record.image_id for record in client.each_record([third.image_id, first.image_id])] == [
        third.image_id,
        first.image_id,
    ]
    assert len(list(client.each_record())) == 3
    assert list(client.each_record([])) == []
    with pytest.raises(PipelineError) as caught:
        list(client.each_record(["mj_00000000000000ff"]))
    assert (caught.value.key, caught.value.values["image"]) == ("image.unknown", "mj_00000000000000ff")


# --- making, and what is left of a making that failed ----------------------------------------------------------------


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_creation_that_failed_leaves_nothing_and_can_be_tried_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def fails(client: Client, info: object) -> None:
        raise failure

    with monkeypatch.context() as patched:
        patched.setattr(Client, "save_info", fails)
        with pytest.raises(type(failure)):
            workspace.create("ana")
    assert list(workspace.folder.iterdir()) == []
    assert workspace.create("ana").info().trigger_word == "ana"


def test_the_name_of_a_creation_that_was_killed_is_free_and_that_of_a_folder_with_anything_in_it_is_not(
    workspace: Workspace,
) -> None:
    (workspace.folder / "ana" / "raw_mj").mkdir(parents=True)
    (workspace.folder / "eva" / "fotos").mkdir(parents=True)
    (workspace.folder / "eva" / "fotos" / "mine.jpg").write_bytes(b"x")
    (workspace.folder / "lea").write_bytes(b"a file")
    assert workspace.client_ids() == []
    workspace.check_new("ana")
    assert workspace.create("ana").record_files() == []
    for name in ("eva", "EVA", "lea", "Ana"):
        with pytest.raises(PipelineError, match=r"client\.exists"):
            workspace.create(name)
    assert (workspace.folder / "eva" / "fotos" / "mine.jpg").read_bytes() == b"x"


def test_every_folder_of_the_layout_is_made_and_lies_in_the_clients_own(client: Client) -> None:
    there = {path.relative_to(client.folder).as_posix() for path in client.folder.rglob("*") if path.is_dir()}
    assert there == {
        "raw_mj", "raw_real", "processed", "rejected", "training_data", "metadata", "metadata/images", "training",
        "training/runs", "training/logs", "models", "samples", "output",
    }  # fmt: skip
    for path in (client.groups_file, client.table_file, client.plan_file, client.info_file, client.raw_cache):
        assert path.is_relative_to(client.folder)
    assert (client.raw_folder("mj"), client.raw_folder("real")) == (client.raw_mj, client.raw_real)
    client.make_folders()  # again: nothing is lost
    assert client.info().client_id == "ana"


@pytest.mark.parametrize("word", ["a,b", "a/b", "a\\b", "a\x00b", "a\u200bb", "\u202eana"])
def test_a_word_that_would_break_a_caption_or_is_a_path_is_refused_with_itself(word: str) -> None:
    with pytest.raises(PipelineError) as caught:
        workspace_client.check_word(word)
    assert (caught.value.key, caught.value.values["word"]) == ("client.bad_word", word)


@pytest.mark.parametrize(
    ("word", "kept"),
    [("", ""), ("  ", ""), (" ohwx \t woman\n", "ohwx woman"), ("niña", "niña"), ("夏", "夏"), ("o'hwx", "o'hwx")],
)
def test_a_word_is_kept_with_its_blanks_made_single(word: str, kept: str) -> None:
    assert workspace_client.check_word(word) == kept


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("José Peña 2", "Jose_Pena_2"), ("  ana  ", "ana"), ("con", "client_con"), ("CON", "client_CON"), ("", "client01"),
     ("夏 🎨", "client01"), ("___", "client01"), ("-", "client01"), ("../../x", "x"), ("ana/../eva", "ana_eva"),
     ("a" * 70, "a" * 64)],
)  # fmt: skip
def test_the_nearest_name_that_can_be_is_suggested(name: str, suggestion: str) -> None:
    assert workspace_client.suggest_client_id(name) == suggestion


# --- records that are not as they should be --------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe{", b'{"version": "1"}'])
def test_a_broken_record_is_refused_with_its_path(client: Client, content: bytes) -> None:
    client.save_record(a_record())
    path = client.record_file("mj_0000000000000001")
    path.write_bytes(content)
    for read in (lambda: client.record("mj_0000000000000001"), client.records, lambda: workspace_client.read_record(path)):
        with pytest.raises(PipelineError) as caught:
            read()
        assert caught.value.key == "record.invalid"
        assert caught.value.values["path"] == str(path)
        assert caught.value.values["problems"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no se puede leer como JSON (línea 1, columna 1): «»"), ('{"version": 1,', "línea 1, columna 15"),
        ("[]", "mj_0000000000000001.json es [] y debe ser un grupo de claves entre llaves { }."),
        ("{}", "image_id falta.\n"), ('{"zzz": 1}', "Ajuste desconocido: zzz."),
        ('{"picture": {"width": "ancho"}}', 'picture.width es "ancho" y debe ser un número entero, sin comillas.'),
        ('{"source": "foto"}', 'source: "foto" no vale; elige entre: mj, real.'),
        ('{"image_id": 5}', "image_id es 5 y debe ser un texto entre comillas."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_record_is_said_in_the_users_language(client: Client, content: str, told: str) -> None:
    client.save_record(a_record())
    path = client.record_file("mj_0000000000000001")
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        client.records()
    shown = told_of(caught.value, "es")
    assert shown.startswith(f"La ficha {path} no es válida.\nCausa:\n")
    assert told in shown
    assert "Input should" not in shown and "Field required" not in shown


def test_a_record_not_saved_in_utf_8_is_told_so(client: Client) -> None:
    client.save_record(a_record())
    client.record_file("mj_0000000000000001").write_bytes('{"añ'.encode("latin-1"))
    with pytest.raises(PipelineError) as caught:
        client.records()
    assert "it is not saved in UTF-8" in told_of(caught.value, "en")


def test_files_of_a_newer_program_ask_for_the_newer_program(client: Client) -> None:
    client.save_record(a_record())
    path = client.record_file("mj_0000000000000001")
    for file, read in ((path, client.records), (client.info_file, client.info)):
        file.write_text('{"version": 99, "what_is_this": {}}', encoding="utf-8")
        with pytest.raises(PipelineError) as caught:
            read()
        assert caught.value.text == Text("record.newer", {"path": str(file)})
        assert "update the program" in told_of(caught.value, "en")
        assert file.read_text(encoding="utf-8") == '{"version": 99, "what_is_this": {}}'


@pytest.mark.parametrize("content", ["{}", "[]", "null", '{"client_id": "ana"}'])
def test_a_broken_client_file_is_refused_with_its_path(client: Client, content: str) -> None:
    client.info_file.write_text(content, encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        client.info()
    assert (caught.value.key, caught.value.values["path"]) == ("client.invalid", str(client.info_file))


def test_a_record_that_is_not_there_is_named_with_its_client(client: Client) -> None:
    with pytest.raises(PipelineError) as caught:
        client.record("real_00000000000000aa")
    assert caught.value.values == {"image": "real_00000000000000aa", "client": "ana"}
    assert not client.has_record("real_00000000000000aa")


@pytest.mark.parametrize(
    ("name", "image_id"),
    [("mj_0123456789abcdef.json", "mj_0123456789abcdef"), ("real_0123456789abcdef.json", "real_0123456789abcdef"),
     ("mj_0123456789abcdef.JSON", ""), ("mj_0123456789abcdef", ""), ("mj_0123456789abcde.json", ""), (".json", ""),
     ("mj_0123456789abcdef0.json", ""), (".mj_0123456789abcdef.json.1a2b.tmp", ""), ("x mj_0123456789abcdef.json", "")],
)  # fmt: skip
def test_only_a_record_has_an_image_id_for_its_name(name: str, image_id: str) -> None:
    assert workspace_client.record_id(name) == image_id


def test_a_client_without_a_records_folder_has_none(client: Client) -> None:
    client.images.rmdir()
    assert (client.records(), client.record_files()) == ([], [])


# --- lock, export, deletion ------------------------------------------------------------------------------------------


def test_a_client_that_is_gone_cannot_be_held_and_is_not_made_by_trying(workspace: Workspace) -> None:
    gone = Client(workspace.folder / "eva")
    with pytest.raises(PipelineError, match=r"client\.unknown"), gone.lock("process"):
        pass
    assert not gone.folder.exists()


def test_the_note_of_the_holder_names_the_outer_stage_and_goes_even_after_a_failure(client: Client) -> None:
    note = client.folder / ".lock.json"
    with pytest.raises(ZeroDivisionError), client.lock("run"):
        with client.lock("import"):
            assert json.loads(note.read_text(encoding="utf-8"))["stage"] == "run"
        raise ZeroDivisionError
    assert not note.exists()
    with client.lock("prepare"):
        pass


def test_an_export_leaves_out_what_is_made_anew_links_and_hidden_files(workspace: Workspace, tmp_path: Path) -> None:
    client = workspace.create("Ana")
    precious = tmp_path / "secret.txt"
    precious.write_bytes(b"secret")
    (client.output / "link.txt").symlink_to(precious)
    (client.output / ".hidden").write_bytes(b"x")
    (client.raw_cache / "deep").mkdir(parents=True)
    (client.raw_cache / "deep" / "x.tif").write_bytes(b"x" * 5000)
    text, model = client.output / "informe ñ.html", client.models / "ana.safetensors"
    for path in (text, model):
        path.write_bytes(b"a" * 5000)
    assert workspace.export("ANA", tmp_path / "out" / "copia") == {".": 1, "models": 1, "output": 1}
    with zipfile.ZipFile(tmp_path / "out" / "copia.zip") as archive:
        sizes = {item.filename: (item.file_size, item.compress_size) for item in archive.infolist()}
        assert archive.read("Ana/output/informe ñ.html") == b"a" * 5000
    assert set(sizes) == {"Ana/client.json", "Ana/output/informe ñ.html", "Ana/models/ana.safetensors"}
    assert sizes["Ana/output/informe ñ.html"][1] < 100  # texts shrink
    assert sizes["Ana/models/ana.safetensors"] == (5000, 5000)


def test_an_export_that_fails_half_way_leaves_no_zip(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    workspace.create("ana")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(OSError, match="No space"):
        workspace.export("ana", tmp_path / "out" / "a.zip")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_bytes_of_a_folder_are_those_of_its_files_alone(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "x").write_bytes(b"12345")
    (tmp_path / "a" / "b" / "y").write_bytes(b"123")
    (tmp_path / "elsewhere").write_bytes(b"x" * 999)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "elsewhere")
    assert links.folder_bytes(tmp_path / "a") == 8
    assert links.folder_bytes(tmp_path / "none") == 0


def test_deletion_tells_how_much_is_free_now(workspace: Workspace) -> None:
    client = workspace.create("ana")
    before = links.folder_bytes(client.folder)
    (client.raw_mj / "x.png").write_bytes(b"x" * 1234)
    assert workspace.delete("ANA").bytes == before + 1234


def test_a_client_can_be_deleted_on_a_full_disk(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    workspace = Workspace(client.folder.parent)
    for name in ("write_json", "write_atomic"):
        monkeypatch.setattr(utils, name, full)
    workspace.delete("ana").remove()
    assert not list(workspace.folder.iterdir())


def test_a_client_held_by_another_program_is_neither_renamed_nor_deleted_nor_exported(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import filelock

    client = workspace.create("ana")

    def taken(self: object, *_: object, **__: object) -> None:
        raise filelock.Timeout(str(client.folder / ".lock"))

    monkeypatch.setattr(filelock.FileLock, "acquire", taken)
    for action in (
        lambda: workspace.rename("ana", "eva"), lambda: workspace.delete("ana"),
        lambda: workspace.export("ana", tmp_path / "a.zip"),
    ):  # fmt: skip
        with pytest.raises(PipelineError) as caught:
            action()
        assert caught.value.values == {"client": "ana", "stage": "?", "pid": "?", "since": "?"}
    assert workspace.client_ids() == ["ana"]
    assert not list(tmp_path.glob("*.zip"))


def test_clients_are_listed_by_name_whatever_their_case_and_nothing_else_is(workspace: Workspace) -> None:
    assert workspace.client_ids() == []
    for name in ("beta", "Alfa", "_x"):
        workspace.create(name)
    (workspace.folder / "no client").mkdir()
    (workspace.folder / "empty").mkdir()
    (workspace.folder / "client.json").write_bytes(b"{}")
    assert workspace.client_ids() == ["_x", "Alfa", "beta"]


@pytest.mark.parametrize(
    "word",
    ["(x:1.2)", "((ohwx))", "[ohwx]", "<lora:ana:1>", "<hypernet:a>", "x|y", "a BREAK b", "BREAK", "x AND y", "{x}", "x:1.2"],
)  # fmt: skip
def test_a_word_that_other_programs_read_as_syntax_is_refused_with_the_reason(workspace: Workspace, word: str) -> None:
    for words in ({"trigger_word": word}, {"class_word": word}):
        with pytest.raises(PipelineError) as caught:
            workspace.create("ana", **words)  # type: ignore[arg-type]
        assert caught.value.key == "client.word_is_syntax"
    assert workspace.client_ids() == []


@pytest.mark.parametrize("word", ["ohwx", "ana_2024", "break", "sand", "José", "brand new", "x-y", "O'Hara"])
def test_other_words_are_words(workspace: Workspace, word: str) -> None:
    assert workspace.create("ana", trigger_word=word).info().trigger_word == word


def test_names_and_words_of_hundreds_of_letters_are_refused(workspace: Workspace) -> None:
    for long in ({"trigger_word": "x" * 65}, {"class_word": "x" * 65}, {"display_name": "x" * 81}):
        with pytest.raises(PipelineError, match=r"client\.too_long"):
            workspace.create("ana", **long)  # type: ignore[arg-type]
    assert workspace.client_ids() == []
    workspace.create("ana", trigger_word="x" * 64, display_name="y" * 80)
