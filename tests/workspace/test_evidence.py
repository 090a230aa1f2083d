"""No line of the figures can say whose they are, where, when or of what; with the client goes what tells whose they were."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import utils
from avatar.workspace import evidence
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from config import GPU_PROFILES, TRAINING_PRESETS

ROW = {"kind": "training", "card": "NVIDIA GeForce RTX 3060", "ended": "done", "steps": 900, "mj": 20, "real": 12}
HOSTILE = ("Ana Peña", "/home/ana/fotos/IMG_0001.jpg", "C:\\Users\\Ana\\x.png", "a woman in a red coat --ar 1:1", "ohwx",
           "2026-11-26T23:40:05+00:00", "23:40", "20261126-234005", 1_795_736_405, 20_261_126, 1_795_736_405.3)  # fmt: skip
NAMES = [*evidence.FIELDS, *evidence.COMPARED, *evidence.VALUES, "name", "path", "prompt", "at", "client_id", "vector"]
WORDS = {
    *evidence.CARD_WORDS, *evidence.OPTIMIZERS, *evidence.SCHEDULERS, *GPU_PROFILES, *TRAINING_PRESETS, evidence.OTHER,
    "training", "trial", "done", "short", "stopped", "memory", "nan", "failed", "trainer", "comfyui", "a1111",
    "held_out", "mj", "no", "fp16", "bf16",
}  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(HOSTILE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=4),
    max_leaves=12,
)


def texts_and_numbers(value: Any) -> tuple[list[str], list[float]]:
    """Return every text and number of a line, names of its fields not among them."""
    if isinstance(value, dict):
        return texts_and_numbers(list(value.values()))
    if isinstance(value, list):
        found = [texts_and_numbers(one) for one in value]
        return [text for texts, _ in found for text in texts], [number for _, numbers in found for number in numbers]
    if isinstance(value, str):
        return [value], []
    return [], [] if isinstance(value, bool) else [value]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(row=st.dictionaries(st.sampled_from(NAMES) | st.text(), ANYTHING), hostile=st.sampled_from(HOSTILE), data=st.data())
def test_no_line_holds_a_name_a_path_a_prompt_or_a_time_whatever_is_put_into_it(
    client: Client, row: dict[str, Any], hostile: Any, data: st.DataObject
) -> None:
    spiked = {**row, data.draw(st.sampled_from(NAMES)): hostile, "values": dict.fromkeys(evidence.VALUES, hostile)}
    for path in (evidence.path(), client.folder / evidence.ID_FILE):  # of the example before
        path.unlink(missing_ok=True)
    evidence.note(client, f"run {hostile}", {**spiked, "compared": [dict.fromkeys(evidence.COMPARED, hostile), spiked]})

    (line,) = [json.loads(text) for text in evidence.path().read_text("ascii").splitlines()]

    assert set(line) <= set(evidence.FIELDS)
    texts, numbers = texts_and_numbers(line)
    for text in texts:  # closed lists, random numbers, versions of the trainer; of a card's name each word
        known = text in WORDS or re.fullmatch(r"[0-9a-f]{16}|v\d+(\.\d+)+(-\d+-g[0-9a-f]+)?", text)
        assert known or all(word in WORDS or re.fullmatch(r"[A-Z]{0,4}\d{1,5}[A-Z]{0,4}", word) for word in text.split()), text
    assert all(abs(number) <= evidence.MOST for number in numbers)  # a moment since 1970 and a date as a number are larger
    assert not [one for one in HOSTILE if isinstance(one, str) and one in json.dumps(line, ensure_ascii=False)]


def test_every_field_that_a_training_has_reads_back(client: Client) -> None:
    values = {"network_dim": 32, "learning_rate": 0.00012, "optimizer_type": "adamw8bit", "caption_dropout_rate": "0.1",
              "lr_scheduler": "my.own.Scheduler", "network_train_unet_only": True, "base_model": "C:/ana.ckpt"}  # fmt: skip
    evidence.note(client, "run 1", {**ROW, "values": values, "trainer": "v0.10.1-5-g48d368fa", "back_end": "comfyui"})

    (line,) = evidence.read()

    assert line == {
        **ROW, "rules": 1, "id": line["id"], "client": line["client"], "trainer": "v0.10.1-5-g48d368fa", "back_end": "comfyui",
        "values": {"network_dim": 32, "learning_rate": 0.00012, "optimizer_type": "AdamW8bit", "caption_dropout_rate": 0.1,
                   "lr_scheduler": "other", "network_train_unet_only": True},
    }  # fmt: skip


def test_the_same_figures_again_add_nothing_and_other_ones_take_their_place(client: Client) -> None:
    for steps in (900, 900, 950):
        evidence.note(client, "trial 1", {**ROW, "steps": steps})
    evidence.note(client, "trial 2", ROW)

    assert len(evidence.path().read_text("ascii").splitlines()) == 3
    assert [row["steps"] for row in evidence.read()] == [950, 900]
    assert evidence.count(client) == 2 and len({row["client"] for row in evidence.read()}) == 1


def test_what_was_cleared_does_not_come_back_by_looking_at_it_again(client: Client) -> None:
    evidence.note(client, "trial 1", ROW)
    assert evidence.clear() == 1 and evidence.read() == [] and not evidence.path().exists()
    evidence.note(client, "trial 1", ROW)
    assert evidence.read() == [] and evidence.clear() == 0


def test_a_torn_line_and_a_file_changed_by_hand_cost_themselves(client: Client) -> None:
    evidence.note(client, "run 1", ROW)
    with evidence.path().open("ab") as handle:
        handle.write(b'{"kind": "trial", "path": "/home/ana"}\n[1]\n{"kind": "tr')
    evidence.note(client, "run 2", {**ROW, "steps": 7})

    assert [row["steps"] for row in evidence.read()] == [900, 7]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"client": 3, "known": [1]}', b'{"client": "ana", "known": {"run 1": 5}}'])
def test_a_damaged_number_of_a_client_is_a_new_one(client: Client, content: bytes) -> None:
    (client.folder / evidence.ID_FILE).write_bytes(content)
    evidence.note(client, "run 1", ROW)
    (line,) = evidence.read()
    assert re.fullmatch("[0-9a-f]{16}", line["client"]) and evidence.id_of(client, "run 1") == line["id"]


def test_programs_that_write_at_once_give_a_client_one_number_and_lose_no_line(client: Client) -> None:
    threads = [threading.Thread(target=evidence.note, args=(client, f"run {n}", {**ROW, "steps": n})) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = evidence.read()
    assert sorted(row["steps"] for row in found) == list(range(8)) and len({row["client"] for row in found}) == 1


def test_a_full_disk_costs_only_the_line(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, value: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(utils, "write_json", full)
    evidence.note(client, "run 1", ROW)
    assert evidence.read() == []


@pytest.mark.skipif(os.name == "nt", reason="rights of files are POSIX's")
def test_only_the_user_can_read_the_file(client: Client) -> None:
    evidence.note(client, "run 1", ROW)
    assert stat.S_IMODE(evidence.path().stat().st_mode) == 0o600


def test_no_export_takes_along_whose_the_figures_are(workspace: Workspace, client: Client, tmp_path: Path) -> None:
    evidence.note(client, "run 1", ROW)
    workspace.export(client.client_id, tmp_path / "ana.zip", originals=True)
    with zipfile.ZipFile(tmp_path / "ana.zip") as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
        assert not [name for name in archive.namelist() if "evidence" in name]
    assert evidence.read()[0]["client"].encode() not in inside


def test_a_renamed_client_keeps_its_number_and_of_a_deleted_one_no_file_tells_it(workspace: Workspace, client: Client) -> None:
    evidence.note(client, "run 1", ROW)
    renamed = workspace.rename("ana", "eva")
    evidence.note(renamed, "run 2", ROW)
    assert evidence.count(renamed) == 2
    owner = evidence.read()[0]["client"]

    workspace.delete("eva").remove()

    assert len(evidence.read()) == 2
    left = [path for path in workspace.folder.parent.rglob("*") if path.is_file() and path != evidence.path()]
    assert not [path for path in left if owner.encode() in path.read_bytes()]
