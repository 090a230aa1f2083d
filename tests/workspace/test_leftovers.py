"""What programs that were killed left: temporary files, half made clients, hidden zips beside a target; and links."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import utils
from avatar.texts.text import PipelineError
from avatar.workspace import leftovers, links
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.children import child_command


def gone_process() -> int:
    """Return the number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def left_by(pid: int, target: Path) -> Path:
    """Make the temporary file that a process was writing in place of target."""
    path = target.with_name(utils.temporary_for(target).name.replace(f".{os.getpid():x}-", f".{pid:x}-"))
    path.write_bytes(b"half of a face")
    return path


def test_what_a_killed_program_left_in_a_client_goes_with_the_next_stage(client: Client) -> None:
    pid = gone_process()
    (client.models / "sheets").mkdir()
    places = (client.output, client.models, client.models / "sheets", client.images, client.processed, client.folder)
    left = [left_by(pid, place / "x.png") for place in places]
    own = utils.temporary_for(client.output / "y.png")
    own.write_bytes(b"being written")
    with client.lock("test"):
        assert [path for path in left if path.exists()] == []
    assert own.exists()


def test_a_thumbnail_that_is_being_written_keeps_its_file_whatever_time_it_bears(tmp_path: Path) -> None:
    """It gets its picture's time before it is put in place, which lies before the start of the process."""
    path = left_by(os.getppid(), tmp_path / "x.jpg")
    os.utime(path, (0, 0))
    leftovers.sweep(tmp_path)
    assert path.exists()


def write_elsewhere(clients: str, target: str) -> None:
    """Begin to write a zip outside of the workspace, and be killed."""
    with leftovers.file_elsewhere(Path(clients), Path(target)) as handle:
        handle.write(b"faces")
        handle.flush()
        os._exit(9)


def test_a_killed_export_leaves_no_zip_beside_its_target_after_the_next_start(workspace: Workspace, tmp_path: Path) -> None:
    elsewhere = tmp_path / "usb"
    elsewhere.mkdir()
    subprocess.run(child_command(write_elsewhere, workspace.folder, elsewhere / "ana.zip"), check=False)
    assert len(list(elsewhere.iterdir())) == 1
    workspace.tidy()
    assert list(elsewhere.iterdir()) == [] and list(workspace.folder.iterdir()) == []


def test_a_zip_that_another_program_is_writing_is_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    with leftovers.file_elsewhere(workspace.folder, tmp_path / "ana.zip") as handle:
        workspace.tidy()
        handle.write(b"whole")
    assert (tmp_path / "ana.zip").read_bytes() == b"whole"
    assert list(workspace.folder.iterdir()) == []


def make_half_a_client(clients: str) -> None:
    """Be killed while a client is made."""
    Client.save_info = lambda self, info: os._exit(9)  # type: ignore[method-assign]
    Workspace(Path(clients)).create("ana")


def test_a_killed_creation_takes_no_name_and_leaves_nothing_after_the_next_start(workspace: Workspace) -> None:
    subprocess.run(child_command(make_half_a_client, workspace.folder), check=False)
    assert workspace.client_ids() == [] and len(list(workspace.folder.iterdir())) == 1
    workspace.check_new("ana")
    workspace.tidy()
    assert list(workspace.folder.iterdir()) == []


def rename_and_die(clients: str) -> None:
    """Be killed between the renaming of a client's folder and what follows it."""
    Client.save_info = lambda self, info: os._exit(9)  # type: ignore[method-assign]
    Workspace(Path(clients)).rename("ana", "eva")


def test_a_killed_rename_leaves_a_whole_client_and_no_dataset_of_the_old_name(workspace: Workspace, client: Client) -> None:
    (client.training_data / "20_ana").mkdir()
    subprocess.run(child_command(rename_and_die, workspace.folder), check=False)
    (renamed,) = [workspace.client(name) for name in workspace.client_ids()]
    assert (renamed.client_id, renamed.info().client_id, renamed.info().display_name) == ("eva", "eva", "eva")
    assert list(renamed.training_data.iterdir()) == []


def test_a_rename_that_is_killed_while_it_deletes_the_dataset_leaves_no_half_of_it(
    workspace: Workspace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Its texts would be taken for files that the user put there, and kept in output/."""
    folder = client.training_data / "17_ana"
    folder.mkdir(parents=True)
    for name in ("dataset_info.json", "a.png", "a.txt"):
        (folder / name).write_text("{}", encoding="utf-8")

    def killed(path: Path) -> None:
        (path / "dataset_info.json").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(links, "remove_tree", killed)
    with pytest.raises(KeyboardInterrupt):
        workspace.rename("ana", "eva")

    assert list(client.training_data.iterdir()) == []


def test_a_command_beside_a_rename_makes_no_stray_folder(workspace: Workspace, client: Client) -> None:
    """It has found the client, then the folder is renamed, then it takes the lock: which makes the folder anew."""
    real = Path.is_dir

    def renamed_meanwhile(self: Path) -> bool:
        there = real(self)
        if self == client.folder and there:
            client.folder.rename(workspace.folder / "eva")
        return there

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Path, "is_dir", renamed_meanwhile)
        with pytest.raises(PipelineError) as caught, client.lock("models"):
            pass
    assert caught.value.key == "client.unknown"
    assert os.listdir(workspace.folder) == ["eva"]


# --- links -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "precious.jpg").write_bytes(b"x")
    return folder


@pytest.mark.parametrize(
    "name", ["raw_mj", "raw_real", "processed", "rejected", "training_data", "metadata", "metadata/images", "training",
             "training/runs", "training/logs", "models", "samples", "output", "raw_cache"]
)  # fmt: skip
def test_nothing_is_written_through_a_linked_folder(client: Client, elsewhere: Path, name: str) -> None:
    if (client.folder / name).exists():
        links.remove_tree(client.folder / name)
    (client.folder / name).symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(PipelineError) as caught, client.lock("import"):
        pass
    assert (caught.value.key, caught.value.values["path"]) == ("client.linked", str(client.folder / name))


@pytest.mark.parametrize("name", ["training_data/20_ana", "training/runs/20260101-000000", "output/sheets"])
def test_nor_through_one_within(client: Client, elsewhere: Path, name: str) -> None:
    (client.folder / name).symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(PipelineError) as caught, client.lock("prepare"):
        pass
    assert caught.value.key == "client.linked"


def test_a_client_that_is_a_link_is_deleted_without_what_it_points_to_and_others_after_it(
    workspace: Workspace, client: Client, tmp_path: Path
) -> None:  # fmt: skip
    client.folder.rename(tmp_path / "moved")
    client.folder.symlink_to(tmp_path / "moved", target_is_directory=True)
    workspace.create("eva")
    deleted = workspace.delete("ana")
    deleted.remove()
    assert deleted.elsewhere == (str(tmp_path / "moved"),) and deleted.bytes == 0
    assert (tmp_path / "moved" / "client.json").is_file()
    workspace.delete("eva").remove()
    assert os.listdir(workspace.folder) == []


def test_a_client_with_linked_folders_is_deleted_and_what_they_point_to_is_named(
    workspace: Workspace, client: Client, elsewhere: Path
) -> None:  # fmt: skip
    links.remove_tree(client.raw_mj)
    client.raw_mj.symlink_to(elsewhere, target_is_directory=True)
    deleted = workspace.delete("ana")
    deleted.remove()
    assert deleted.elsewhere == (str(elsewhere),) and (elsewhere / "precious.jpg").is_file()


def test_deletion_goes_on_where_another_program_deletes_the_same(workspace: Workspace, client: Client) -> None:
    deleted = workspace.delete("ana")
    links.remove_tree(deleted.folder)
    deleted.remove()
    assert os.listdir(workspace.folder) == []


# --- who may read ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
def test_a_client_of_an_older_version_is_closed_to_others(workspace: Workspace, client: Client) -> None:
    client.folder.chmod(0o755)
    workspace.tidy()
    assert client.folder.stat().st_mode & 0o777 == 0o700
