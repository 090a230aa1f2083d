"""What the page of the clients and of the queue shows and does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from avatar.texts.text import Text
from avatar.training import queue as training_queue
from avatar.web import clients as web_clients
from avatar.web.site import Site
from avatar.workspace.client import Client
from avatar.workspace.links import folder_bytes
from avatar.workspace.workspace import Workspace
from tests.tiny_png import PNG
from tests.web.asking import Asking
from tests.web.made_run import MadeRun


@pytest.fixture
def pages(site: Site) -> Asking:
    return Asking(site)


def card(pages: Asking, name: str = "ana") -> Any:
    reply = pages.get(f"/api/client/{name}/card")
    assert reply.status == 200, reply.body
    return reply.json


# --- a card ----------------------------------------------------------------------------------------------------------


def test_all_clients_are_listed_at_once_and_without_a_client_none(pages: Asking, workspace: Workspace, tmp_path: Path) -> None:
    workspace.create("bea", trigger_word="bnnx", class_word="woman")
    assert pages.get("/api/clients").json == {"clients": ["ana", "bea"]}
    empty = Asking(Site(Workspace(tmp_path / "nobody"), tmp_path / "config.json", "en", "t"))
    assert empty.get("/api/clients").json == {"clients": []}


def test_a_new_client_has_eight_stages_to_do_and_the_import_is_next(pages: Asking) -> None:
    found = card(pages)
    assert [stage["name"] for stage in found["stages"]] == [
        "import-mj", "import-real", "process", "prepare", "configure", "train", "try", "choose",
    ]  # fmt: skip
    assert {stage["state"] for stage in found["stages"]} == {"todo"}
    assert found["next"]["stage"] == "import-mj" and found["training"] is None and found["thumbnails"] == []
    assert "import-mj ana CARPETA" in found["next"]["command"]["text"]


def test_the_pictures_of_a_card_are_spread_over_those_that_have_a_record(pages: Asking, client: Client) -> None:
    for number in range(16):
        (client.processed / f"mj_{number:016x}.png").write_bytes(PNG)
        (client.images / f"mj_{number:016x}.json").write_text("{}", encoding="utf-8")
    (client.processed / "notes.txt").write_text("x", encoding="utf-8")
    (client.processed / "other.png").write_bytes(PNG)
    found = web_clients._thumbnails(client)
    assert found == [f"mj_{number:016x}" for number in (0, 4, 8, 12)]
    assert pages.get(f"/picture/ana/crop/{found[0]}?size=160").status == 200
    (client.images / f"{found[0]}.json").unlink()
    assert web_clients._thumbnails(client) == found[1:]


def test_while_a_training_goes_on_watching_it_is_next(pages: Asking, client: Client) -> None:
    MadeRun(client, total=100).watched_by().loading().to(60)
    found = card(pages)
    assert (found["training"]["state"], found["training"]["step"], found["training"]["total"]) == ("live", 60, 100)
    assert found["next"]["page"] == "training" and "monitor ana" in found["next"]["command"]["text"]


def test_the_last_training_is_told_with_its_model(pages: Asking, client: Client) -> None:
    MadeRun(client, total=100).to(100).end()
    found = card(pages)["training"]
    assert (found["state"], found["model"], found["step"]) == ("verified", "ana_avatar_v1.safetensors", 100)
    assert found["ended"] > 0


def test_the_disk_is_measured_again_only_where_a_folder_has_changed(
    pages: Asking, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[Path] = []

    def measuring(folder: Path) -> int:
        measured.append(folder)
        return folder_bytes(folder)

    monkeypatch.setattr(web_clients, "folder_bytes", measuring)
    first = pages.get("/api/client/ana/disk").json["bytes"]
    assert pages.get("/api/client/ana/disk").json["bytes"] == first and len(measured) == 1
    MadeRun(client, total=100, every=50).to(60)
    assert pages.get("/api/client/ana/disk").json["bytes"] >= first + 228_000_000 and len(measured) == 2


def test_a_client_that_cannot_be_read_says_why_and_hides_no_other(pages: Asking, client: Client, workspace: Workspace) -> None:
    workspace.create("bea", trigger_word="bnnx", class_word="woman")
    client.info_file.write_text("{", encoding="utf-8")
    assert pages.get("/api/client/ana/card").status == 400
    assert card(pages, "bea")["client"] == "bea" and pages.get("/api/clients").json["clients"] == ["ana", "bea"]


# --- the queue -------------------------------------------------------------------------------------------------------


def test_a_client_is_queued_and_taken_out_as_the_commands_do(pages: Asking, workspace: Workspace, client: Client) -> None:
    added = pages.post("/api/client/ana/queue-add", {})
    assert added.status == 200
    (entry,) = added.json["entries"]
    assert (entry["client"], entry["state"], entry["label"]["text"], entry["left_s"]) == ("ana", "waiting", "en espera", None)
    assert added.json["unknown"] == ["ana"] and "no tiene dataset" in added.json["warnings"][0]["text"]
    assert [one.client for one in training_queue.read(workspace.folder)] == ["ana"]
    assert pages.post("/api/queue-remove", {"client": "ana"}).json["entries"] == []
    refused = pages.post("/api/queue-remove", {"client": "ana"})
    assert (refused.status, refused.json["error"]["key"]) == (400, "queue.not_in")
    assert pages.post("/api/queue-remove", {}).status == 400


def test_the_queue_says_what_is_left_of_the_one_that_trains_and_why_another_failed(
    pages: Asking, workspace: Workspace, client: Client
) -> None:
    run = MadeRun(client, total=100).watched_by().loading().to(60)
    entries = [
        training_queue.Entry("ana", "running", run_id=run.run_id),
        training_queue.Entry("eva", "failed", cause=Text("train.cause.nan", {"detail": "7"})),
    ]
    training_queue._write(workspace.folder, entries)
    found = pages.get("/api/queue?lang=en").json
    assert found["left_s"] == pytest.approx(40 * 1.62) and found["unknown"] == [] and found["through"]
    assert "doctor eva" in found["entries"][1]["cause"]["text"]
