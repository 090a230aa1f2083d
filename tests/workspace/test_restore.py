"""A client comes home from its export whole, or nothing changes: whatever the zip holds, and whenever the program is killed."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import utils
from avatar.texts.text import PipelineError
from avatar.workspace import restore as workspace_restore
from avatar.workspace.client import Client
from avatar.workspace.restore import Restored, plan_members
from avatar.workspace.workspace import Workspace
from tests.children import child_command
from tests.workspace.test_workspace import a_record

MOST = 10**9


def files_of(client: Client) -> dict[str, bytes]:
    """Return every file but what is made anew, hidden or a lock."""
    found = {
        path.relative_to(client.folder).as_posix(): path.read_bytes() for path in client.folder.rglob("*") if path.is_file()
    }
    return {
        name: content for name, content in found.items() if name.split("/")[0] not in {"training_data", "raw_cache", "removed"}
        and not any(part.startswith(".") for part in name.split("/"))
    }  # fmt: skip


@pytest.fixture
def full(workspace: Workspace) -> Client:
    """A client with a file in every folder, awkward names among them."""
    client = workspace.create("ana", trigger_word="ohwx", class_word="woman", display_name="Ana Ñ 🌵", consent_note="firmado")
    record = a_record()
    client.save_record(record)
    original = client.folder / record.original.stored
    original.write_bytes(os.urandom(3000))
    for name in ("processed/mj_0000000000000001.png", "rejected/x.jpg", "models/ana.safetensors", "output/foto ñ 🌵 (1).png",
                 "training/runs/20260101-000000/outcome.json", "training/lora_config.json", "samples/trials/t1/trial.jsonl",
                 "metadata/mj_groups.json", "mío/notas.txt"):  # fmt: skip
        (client.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (client.folder / name).write_bytes(os.urandom(2000))
    (client.processed / "empty.txt").write_bytes(b"")
    (client.training_data / "5_ana").mkdir()
    (client.training_data / "5_ana" / "a.png").write_bytes(b"made anew")
    return client


@pytest.fixture
def elsewhere(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "other computer" / "clients")


def exported(workspace: Workspace, target: Path, *, originals: bool = True) -> Path:
    workspace.export("ana", target, originals=originals)
    return target


def restored(workspace: Workspace, source: Path, new_id: str | None = None) -> Restored:
    return workspace_restore.restore(workspace, source, new_id=new_id, max_bytes=MOST)


def refused(workspace: Workspace, source: Path, new_id: str | None = None) -> PipelineError:
    """Return the error of a zip that is not taken, and see to it that nothing of it is left."""
    before = sorted(path.name for path in workspace.folder.iterdir()) if workspace.folder.is_dir() else []
    with pytest.raises(PipelineError) as caught:
        restored(workspace, source, new_id)
    after = sorted(path.name for path in workspace.folder.iterdir()) if workspace.folder.is_dir() else []
    assert after == before
    return caught.value


def test_every_file_comes_back_byte_for_byte_on_another_computer_and_goes_home_again(
    full: Client, workspace: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    before = files_of(full)
    assert len(before) == 13
    made = restored(elsewhere, exported(workspace, tmp_path / "a.zip"))
    assert files_of(made.client) == before
    assert (made.missing, sum(made.files.values())) == (0, len(before))
    assert all(folder.is_dir() for folder in made.client.layout)
    elsewhere.export("ana", tmp_path / "b.zip", originals=True)
    workspace.delete("ana").remove()
    assert files_of(restored(workspace, tmp_path / "b.zip").client) == before


def test_what_is_made_anew_and_hidden_files_do_not_travel(full: Client, workspace: Workspace, tmp_path: Path) -> None:
    (full.output / ".cache").mkdir()
    (full.output / ".cache" / "x.png").write_bytes(b"x")
    with zipfile.ZipFile(exported(workspace, tmp_path / "a.zip")) as archive:
        names = archive.namelist()
    assert not [name for name in names if "/." in name or "training_data" in name]


def test_without_originals_the_missing_ones_are_counted(
    full: Client, workspace: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    made = restored(elsewhere, exported(workspace, tmp_path / "a.zip", originals=False))
    assert made.missing == 1
    assert set(files_of(full)) - set(files_of(made.client)) == {a_record().original.stored}


def test_another_name_keeps_the_trigger_word_and_everything_else(full: Client, workspace: Workspace, tmp_path: Path) -> None:
    made = restored(workspace, exported(workspace, tmp_path / "a.zip"), "eva")
    info = json.loads(made.client.info_file.read_text(encoding="utf-8"))
    assert (info["client_id"], info["trigger_word"], info["display_name"]) == ("eva", "ohwx", "Ana Ñ 🌵")
    one, two = files_of(full), files_of(made.client)
    assert {name for name in one if one[name] != two[name]} == {"client.json"} and one.keys() == two.keys()


@pytest.mark.parametrize("name", ["ana", "ANA", "Ana"])
def test_a_client_that_exists_in_any_case_is_never_touched(
    full: Client, workspace: Workspace, tmp_path: Path, name: str
) -> None:
    before = files_of(full)
    error = refused(workspace, exported(workspace, tmp_path / "a.zip"), name)
    assert error.key == "client.exists" and files_of(full) == before


@pytest.mark.parametrize("name", ["../eva", "con", "-x", "a/b", ""])
def test_a_name_that_no_client_can_have_is_refused(full: Client, workspace: Workspace, tmp_path: Path, name: str) -> None:
    assert refused(workspace, exported(workspace, tmp_path / "a.zip"), name).key in {"client.bad_id", "client.exists"}


# --- hostile zips ----------------------------------------------------------------------------------------------------


def crafted(path: Path, members: list[tuple[str | zipfile.ZipInfo, bytes]], top: str = "ana") -> Path:
    info = {"version": 1, "client_id": top, "trigger_word": "ohwx", "created_at": utils.now()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{top}/client.json", json.dumps(info))
        for name, content in members:
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "ana/../../evil.txt", "/etc/evil.txt", "ana//evil.txt", "ana/./evil.txt", "ana/.lock", "ana/.hidden/x",
     "ana/out\\..\\..\\evil.txt", "ana/a\nb.txt", "ana/" + "x" * 1001],
)  # fmt: skip
def test_a_name_that_leads_out_or_hides_is_refused(elsewhere: Workspace, tmp_path: Path, name: str) -> None:
    error = refused(elsewhere, crafted(tmp_path / "a.zip", [(name, b"x")]))
    assert (error.key, error.values["fault"].key) == ("restore.unsafe", "restore.fault.name")
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize("name", ["ana/C:evil.txt", "ana/x.txt:stream", "ana/con.txt", "ana/nul", "ana/x. ", "ana/a?b"])
def test_what_windows_takes_for_something_else_is_refused_there_alone(name: str) -> None:
    infos = [zipfile.ZipInfo("ana/client.json"), zipfile.ZipInfo(name)]
    assert len(plan_members(infos, "a.zip", MOST, windows=False)[1]) == 2
    with pytest.raises(PipelineError) as caught:
        plan_members(infos, "a.zip", MOST, windows=True)
    assert caught.value.values["fault"].key == "restore.fault.name"


def test_a_link_is_refused(elsewhere: Workspace, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("ana/raw_mj")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    error = refused(elsewhere, crafted(tmp_path / "a.zip", [(link, b"/etc"), ("ana/raw_mj/passwd", b"x")]))
    assert error.values["fault"].key == "restore.fault.link"


@pytest.mark.parametrize(
    "names",
    [("ana/output/a.txt", "ana/output/a.txt"), ("ana/output/A.txt", "ana/output/a.txt"), ("ana/output/ñ", "ana/output/n\u0303"),
     ("ana/output", "ana/output/a.txt"), ("ana/Output/x", "ana/output/X")],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused_whatever_their_case(
    elsewhere: Workspace, tmp_path: Path, names: tuple[str, str]
) -> None:
    error = refused(elsewhere, crafted(tmp_path / "a.zip", [(name, b"x") for name in names]))
    assert error.values["fault"].key == "restore.fault.twice"


def test_a_second_client_json_in_another_case_does_not_replace_the_first(elsewhere: Workspace, tmp_path: Path) -> None:
    error = refused(elsewhere, crafted(tmp_path / "a.zip", [("ana/Client.JSON", b"{}")]))
    assert error.values["fault"].key == "restore.fault.twice"


def test_a_bomb_is_refused_before_a_byte_is_unpacked(elsewhere: Workspace, tmp_path: Path) -> None:
    bomb = crafted(tmp_path / "a.zip", [("ana/output/zeros", bytes(20_000_000))])
    assert refused(elsewhere, bomb).values["fault"].key == "restore.fault.bomb"
    with pytest.raises(PipelineError) as caught:
        workspace_restore.restore(elsewhere, bomb, max_bytes=1_000_000)
    assert caught.value.key == "restore.too_big"


@pytest.mark.parametrize("said", [5, 60_000])
def test_a_member_of_another_size_than_the_directory_says_is_refused(elsewhere: Workspace, tmp_path: Path, said: int) -> None:
    path = crafted(tmp_path / "a.zip", [("ana/output/x.bin", bytes(50_000))])
    content = path.read_bytes()
    size = (50_000).to_bytes(4, "little")
    place = content.rindex(b"PK\x01\x02")
    changed = content[:place] + content[place:].replace(size, said.to_bytes(4, "little"), 1)
    assert changed != content
    path.write_bytes(changed)
    assert refused(elsewhere, path).key == "restore.broken"


def test_more_than_the_disk_holds_is_refused(
    full: Client, workspace: Workspace, elsewhere: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = exported(workspace, tmp_path / "a.zip")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9 - 10, 10))
    assert refused(elsewhere, source).key == "disk.full"


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9, 0.999])
def test_a_zip_that_was_copied_in_part_is_refused(
    full: Client, workspace: Workspace, elsewhere: Workspace, tmp_path: Path, keep: float
) -> None:
    source = exported(workspace, tmp_path / "a.zip")
    content = source.read_bytes()
    source.write_bytes(content[: int(len(content) * keep)])
    assert refused(elsewhere, source).key == "restore.no_zip"


def test_a_byte_that_changed_on_the_way_is_noticed_and_named(
    full: Client, workspace: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    source = exported(workspace, tmp_path / "a.zip")
    content = bytearray(source.read_bytes())
    place = content.index((full.models / "ana.safetensors").read_bytes())
    content[place + 100] ^= 1
    source.write_bytes(content)
    error = refused(elsewhere, source)
    assert (error.key, error.values["member"]) == ("restore.broken", "ana/models/ana.safetensors")


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda path: path, "restore.no_file"),
        (lambda path: path.mkdir(), "restore.no_zip"),
        (lambda path: path.write_bytes(b"no zip"), "restore.no_zip"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "restore.no_client"),
        (
            lambda path: crafted(path, [(name, b"") for name in ("SHA256SUMS", "LEEME.txt", "README.txt", "ana.safetensors")]),
            "restore.delivery",
        ),
        (lambda path: crafted(path, [("eva/client.json", b"{}")]), "restore.no_client"),
        (lambda path: crafted(path, [("loose.txt", b"x")]), "restore.unsafe"),
        (lambda path: crafted(path, [], "no good name"), "client.bad_id"),
        (lambda path: crafted(path, [("ana/metadata/images/mj_0000000000000001.json", b"{}")]), "record.invalid"),
    ],
)  # fmt: skip
def test_what_is_no_exported_client_is_told_as_such(
    elsewhere: Workspace, tmp_path: Path, make: Callable[[Path], object], key: str
) -> None:
    make(tmp_path / "a.zip")
    assert refused(elsewhere, tmp_path / "a.zip").key == key


def test_an_encrypted_member_is_refused(elsewhere: Workspace, tmp_path: Path) -> None:
    path = crafted(tmp_path / "a.zip", [("ana/output/x.bin", b"x")])
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refused(elsewhere, path).values["fault"].key == "restore.fault.locked"


def test_a_record_that_points_outside_the_client_is_refused(elsewhere: Workspace, tmp_path: Path) -> None:
    record = a_record().model_dump(mode="json")
    record["original"]["stored"] = "../../evil.png"
    member = ("ana/metadata/images/mj_0000000000000001.json", json.dumps(record).encode())
    assert refused(elsewhere, crafted(tmp_path / "a.zip", [member])).key == "record.invalid"


def test_what_the_check_refuses_leaves_nothing(
    full: Client, workspace: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    def check(client: Client) -> None:
        assert client.info_file.is_file()
        raise PipelineError("client.none_chosen")

    with pytest.raises(PipelineError):
        workspace_restore.restore(elsewhere, exported(workspace, tmp_path / "a.zip"), max_bytes=MOST, check=check)
    assert list(elsewhere.folder.iterdir()) == []


@given(data=st.binary(max_size=300), place=st.floats(0, 1))
def test_no_damage_to_a_zip_is_a_crash_or_a_file_outside(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, place: float
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = {"version": 1, "client_id": "ana", "trigger_word": "o", "created_at": utils.now()}
        archive.writestr("ana/client.json", json.dumps(info))
        archive.writestr("ana/output/x.txt", "x" * 100)
    content = bytearray(buffer.getvalue())
    at = int(place * len(content))
    content[at : at + len(data)] = data
    (folder / "a.zip").write_bytes(content)
    workspace = Workspace(folder / "inside" / "clients")
    try:
        restored(workspace, folder / "a.zip")
    except PipelineError:
        assert not workspace.folder.is_dir() or list(workspace.folder.iterdir()) == []
    outside = {path.name for path in folder.rglob("*")} - {path.name for path in workspace.folder.rglob("*")}
    assert outside == {"a.zip", "inside", "clients"} or outside == {"a.zip"}


# --- killed ----------------------------------------------------------------------------------------------------------


def restore_slowly(clients: str, source: str) -> None:
    """Restore with a pause after every file."""

    def pause(done: int, total: int) -> None:
        print(done, flush=True)
        time.sleep(0.05)

    workspace_restore.restore(Workspace(Path(clients)), Path(source), max_bytes=MOST, on_progress=pause)


@pytest.mark.parametrize("after", [1, 5, 10])
def test_killed_in_the_midst_it_leaves_no_client_and_the_next_start_removes_what_is_left(
    full: Client, workspace: Workspace, elsewhere: Workspace, tmp_path: Path, after: int
) -> None:
    source = exported(workspace, tmp_path / "a.zip")
    child = subprocess.Popen(child_command(restore_slowly, elsewhere.folder, source), stdout=subprocess.PIPE)
    assert child.stdout is not None
    for _ in range(after):
        child.stdout.readline()
    child.kill()
    child.communicate()
    assert elsewhere.client_ids() == [] and len(list(elsewhere.folder.iterdir())) == 1
    elsewhere.tidy()
    assert list(elsewhere.folder.iterdir()) == []
    assert files_of(restored(elsewhere, source).client) == files_of(full)


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_only_the_owner_can_read_it(full: Client, workspace: Workspace, elsewhere: Workspace, tmp_path: Path) -> None:
    made = restored(elsewhere, exported(workspace, tmp_path / "a.zip"))
    assert made.client.folder.stat().st_mode & 0o077 == 0
