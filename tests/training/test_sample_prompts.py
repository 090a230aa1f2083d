"""The prompts of the pictures during a training: written at the plan's size, and the user's where they were edited."""

from __future__ import annotations

import pytest

import lora_trainer
from avatar.training import sample_prompts
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import Settings


@pytest.fixture
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Workspace(tmp_path_factory.mktemp("clients")).create("ana")


def test_the_prompts_follow_the_plans_size_until_the_user_edits_them(client: Client) -> None:
    path = client.training / sample_prompts.PROMPTS_FILE
    for px in (1024, 768, 512):
        sample_prompts.write_prompts(client, px)
        written = path.read_text(encoding="utf-8")
        assert written.count(f"--w {px} --h {px}") == 3 and sample_prompts.side_of(written) == px
        assert sample_prompts.own_prompts(client) is None
    path.write_text(written.replace("smiling", "laughing"), encoding="utf-8")
    sample_prompts.write_prompts(client, 1024)
    assert "laughing" in path.read_text(encoding="utf-8") and "--w 512" in path.read_text(encoding="utf-8")
    assert sample_prompts.sample_prompts(client, 1024) == sample_prompts.own_prompts(client)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "utf-8"])
def test_prompts_saved_by_any_editor_are_read_and_handed_on_as_the_trainer_reads_them(client: Client, encoding: str) -> None:
    path = client.training / sample_prompts.PROMPTS_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("ana en Málaga --w 512 --h 512\n".encode(encoding))
    assert sample_prompts.own_prompts(client) == "ana en Málaga --w 512 --h 512\n"
    sample_prompts.write_prompts(client, 1024)
    assert path.read_text(encoding="utf-8-sig") == "ana en Málaga --w 512 --h 512\n"


@pytest.mark.parametrize(
    ("prompts", "side"),
    [("a face", 512), ("a face --w 768", (768 * 512) ** 0.5), ("a --w 640 --h 640\nb --W 1024 --h 1024", 1024),
     ("# a --w 9", None),
     ("a --w 64 --w 128 --h 128", 128), ("a --width 9 --wx", 512), ("", None)],
)  # fmt: skip
def test_the_size_is_read_as_the_trainer_reads_it(prompts: str, side: float | None) -> None:
    assert sample_prompts.side_of(prompts) == (side if side is None else pytest.approx(side))


def test_edited_prompts_decide_the_size_that_is_counted(client: Client) -> None:
    def planned() -> int:
        return lora_trainer.configure(client, settings=Settings(), gpu="rtx3060_12gb", card_probe=list).plan.sample_px

    assert planned() == 768
    path = client.training / sample_prompts.PROMPTS_FILE
    path.write_text("ana --w 512 --h 512\n", encoding="utf-8")
    assert planned() == 512
