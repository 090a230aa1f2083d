"""What the page of the training shows and does, with the files of real runs and none of a trainer."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import utils
from avatar.plan.values import Change, plan_from_json
from avatar.reports import run_view
from avatar.texts.text import Text, as_record
from avatar.training import run_folder, states, stop_request
from avatar.web import watcher
from avatar.web.site import Site
from avatar.workspace.client import Client
from tests.children import child_command
from tests.web.asking import Asking
from tests.web.made_run import MadeRun

STATES = ("live", "unwatched", "ending", "killed", "verified", "failed", "stopped")
NO_PROCESS = 2**22 + 1


@pytest.fixture
def pages(site: Site) -> Asking:
    return Asking(site)


def shown(pages: Asking, language: str = "es", run: str = "") -> Any:
    reply = pages.get(f"/api/client/ana/training?lang={language}&run={run}")
    assert reply.status == 200, reply.body
    return reply.json


def no_process(run: MadeRun, *names: str) -> MadeRun:
    """Let the noted trainer or watcher be a number that no process has."""
    note = run_folder.read_process(run.folder)
    utils.write_json(run.folder / run_folder.PROCESS_FILE, {**note, **dict.fromkeys(names, NO_PROCESS)})
    return run


def in_state(client: Client, state: str) -> MadeRun:
    run = MadeRun(client, total=100, every=25).watched_by().loading().to(60)
    match state:
        case "unwatched":
            no_process(run, "watcher")
        case "ending":
            no_process(run, "pid")
        case "killed":
            no_process(run, "pid", "watcher")
        case "verified":
            run.end()
        case "failed":
            run.end(False, Text("train.cause.nan", {"detail": "60"}))
        case "stopped":
            run.end(False, Text("train.cause.cancelled", {"step": 60, "total": 100}), cancelled=True)
    return run


def save_state(run: MadeRun, step: int) -> None:
    """Leave the files of a whole state; what is in them nobody reads here."""
    folder = run.folder / f"ana_avatar_v1-step{step:08d}-state"
    folder.mkdir()
    for name in states.STATE_PARTS:
        (folder / name).write_bytes(b"{}")


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_without_a_training_the_page_says_what_is_next_with_its_command(pages: Asking) -> None:
    found = shown(pages)
    assert found["run"] is None and found["runs"] == []
    assert found["next"]["stage"] == "import-mj" and "import-mj ana CARPETA" in found["next"]["command"]["text"]


@pytest.mark.parametrize("state", STATES)
def test_each_state_of_a_training_is_told_by_its_name(pages: Asking, client: Client, state: str) -> None:
    in_state(client, state)
    assert shown(pages)["run"]["state"] == state


def test_a_training_that_goes_on_shows_phase_figures_checkpoints_and_the_next_one(pages: Asking, client: Client) -> None:
    in_state(client, "live")
    run = shown(pages)["run"]
    assert (run["phase"], run["step"], run["total"], run["next_save"]) == ("training", 60, 100, 75)
    figures = run["figures"]
    assert (figures["total_gib"], figures["host_total_gib"], figures["seconds_per_step"]) == (16.0, 31.9, 1.62)
    assert {"watts", "celsius", "loss", "eta_s"} <= set(figures) and run["kwh"] > 0
    assert [(one["step"], one["bytes"]) for one in run["checkpoints"]] == [(25, 228_453_120), (50, 228_453_120)]
    assert any("60/100" in line for line in run["log"]) and run["alive_s"] < 60
    assert run["plan"]["base_model"] == "juggernautXL_v9.safetensors"
    names = [one["what"]["text"] for one in run["plan_told"]]
    assert len(names) == len(run["plan"]) and not any("_" in name for name in names)


@pytest.mark.parametrize("phase", ["starting", "model", "latents", "text_encoders", "network"])
def test_the_phase_has_its_name_before_the_first_step(pages: Asking, client: Client, phase: str) -> None:
    MadeRun(client).watched_by().loading(phase)
    run = shown(pages)["run"]
    assert (run["phase"], run["step"], run["state"]) == (phase, 0, "live")


def test_a_run_that_has_just_begun_is_no_killed_one(client: Client) -> None:
    assert run_view.state_of(MadeRun(client, started=time.time()).folder) == "live"
    assert run_view.state_of(MadeRun(client, run_id="20260101-000000", started=time.time() - 60).folder) == "killed"


@pytest.mark.parametrize(("language", "said"), [("es", "la pérdida pasó"), ("en", "the loss became")])
def test_a_failure_is_told_with_its_cause_in_the_language_of_the_page(
    pages: Asking, client: Client, language: str, said: str
) -> None:
    in_state(client, "failed")
    cause = shown(pages, language)["run"]["cause"]["text"]
    assert said in cause and "\n" in cause


def test_attempts_are_told_with_what_changed_between_them(pages: Asking, client: Client) -> None:
    smaller = Change("network_dim", 64, 32, Text("plan.change.out_of_memory"))
    lighter = Change("fp8_base", False, True, Text("plan.change.out_of_memory"))
    memory = Text("train.cause.gpu_memory", {"step": 0, "total": 100, "detail": "CUDA"})
    MadeRun(client, "20260101-000000").end(False, memory)  # another training, of before
    MadeRun(client, "20260102-000000").end(False, memory)
    MadeRun(client, "20260102-000001", changes=(smaller,)).end(False, memory)
    MadeRun(client, "20260102-000002", changes=(smaller, lighter)).watched_by().loading()
    attempts = shown(pages)["run"]["attempts"]
    assert [(one["number"], one["run"], one["state"]) for one in attempts] == [
        (1, "20260102-000000", "failed"), (2, "20260102-000001", "failed"), (3, "20260102-000002", "live"),
    ]  # fmt: skip
    told = [[change["text"] for change in one["changes"]] for one in attempts]
    assert told[0] == [] and "tamaño del LoRA (dim) de 64 a 32" in told[1][0]
    assert len(told[2]) == 1 and "modelo base en 8 bits de no a sí" in told[2][0]


def test_samples_come_by_step_and_prompt_with_their_likeness(pages: Asking, client: Client) -> None:
    from PIL import Image

    run = MadeRun(client, total=100, every=50).watched_by().loading().to(10)
    face = Image.new("RGB", (64, 64), "teal")
    run.samples(0, [face, face], [None, 0.2])
    run.to(50).samples(50, [face, face], [0.5, 0.6])
    found = shown(pages)
    assert [(one["step"], one["prompt"], one["likeness"]) for one in found["run"]["samples"]] == [
        (0, 0, None), (0, 1, 0.2), (50, 0, 0.5), (50, 1, 0.6),
    ]  # fmt: skip
    assert found["prompts"][0].startswith("portrait of ") and "--" not in found["prompts"][0]
    picture = pages.get(f"/picture/ana/sample/{found['run']['samples'][0]['id'].replace(':', '%3A')}?size=160")
    assert picture.status == 200 and picture.headers["Content-Type"] == "image/jpeg"


def test_why_a_card_makes_no_samples_is_said_and_only_of_a_run_of_that_plan(pages: Asking, client: Client) -> None:
    run = in_state(client, "verified")
    assert shown(pages)["run"]["no_samples"] is None
    record = run_folder.read_command(run.folder)
    why = Text("plan.change.no_samples", {"needs": 8.2, "free": 7.4, "px": 512, "dim": 96})
    kept = {"plan": {**record["plan"], "profile": "rtx3060_8gb", "sample_every_n_steps": None},
            "changes": as_record([Change("sample_every_n_steps", 282, None, why)]), "dataset_fingerprint": "d"}  # fmt: skip
    utils.write_json(client.plan_file, kept)
    assert shown(pages)["run"]["no_samples"] is None
    followed = plan_from_json(kept["plan"]).fingerprint
    utils.write_json(run.folder / run_folder.COMMAND_FILE, {**record, "plan_fingerprint": followed})
    told = shown(pages)["run"]["no_samples"]["text"]
    assert told.startswith("No se dibujan imágenes de muestra") and "8,2 GiB" in told


def test_an_older_run_can_be_asked_for_and_an_unknown_one_is_none(pages: Asking, client: Client) -> None:
    MadeRun(client, "20260101-000000").to(8).end()
    in_state(client, "live")
    assert shown(pages, run="20260101-000000")["run"]["state"] == "verified"
    assert shown(pages, run="..%2F..")["run"] is None and shown(pages, run="nothing")["run"] is None


def test_the_end_of_a_long_log_is_read_and_its_bars_are_one_line(client: Client, pages: Asking) -> None:
    run = MadeRun(client).watched_by()
    for number in range(4000):
        run.say(f"\rsteps:  1%|#         | {number}/4000 [00:01<00:02, 1.00it/s]")
    run.say("model saved.")
    lines = pages.get("/api/client/ana/log").json["lines"]
    assert lines == ["steps:  1%|#         | 3999/4000 [00:01<00:02, 1.00it/s]", "model saved."]


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\n", b'{"step": "x"}\n[]\n{"phase": 7}\n', b'{"time": 1, "step": 5, "total']
)
def test_a_damaged_run_is_shown_as_far_as_it_can_be_read(pages: Asking, client: Client, content: bytes) -> None:
    run = MadeRun(client).watched_by()
    run.progress.write_bytes(content)
    (run.folder / "command.json").write_bytes(content)
    found = shown(pages)["run"]
    assert (found["step"], found["checkpoints"], found["next_save"]) == (0, [], None)
    assert pages.get("/api/client/ana/curves").json["raw"]["steps"] == []


# --- curves ----------------------------------------------------------------------------------------------------------


def test_curves_are_of_every_step_and_thinned_without_losing_a_spike(pages: Asking, client: Client) -> None:
    run = MadeRun(client, total=5000, every=5000).watched_by().loading().to(4500)
    curves = pages.get("/api/client/ana/curves").json
    assert not curves["is_mean"] and 1500 < len(curves["raw"]["steps"]) <= 2000
    losses = [loss for _, loss in run_view_points(client, run)]
    assert max(curves["raw"]["values"]) == pytest.approx(max(losses), rel=1e-4)
    assert min(curves["raw"]["values"]) == pytest.approx(min(losses), rel=1e-4)
    assert len(curves["smoothed"]["steps"]) <= 2000 and curves["smoothed"]["steps"][-1] == 4500
    assert curves["held_out"]["steps"][:2] == [100, 200] and curves["rate"]["values"][0] > 0
    assert curves["low"] < curves["high"] < max(losses)


def run_view_points(client: Client, run: MadeRun) -> list[tuple[int, float]]:
    from avatar.reports import loss_plot

    return list(loss_plot.points_of(client.runs, run.run_id, client.logs).raw)


def test_without_event_files_the_mean_of_the_bar_is_the_curve_and_says_so(pages: Asking, client: Client) -> None:
    MadeRun(client, events=False).watched_by().loading().to(40)
    curves = pages.get("/api/client/ana/curves").json
    assert curves["is_mean"] and curves["raw"]["steps"] == list(range(4, 41, 4)) and curves["rate"]["steps"] == []


# --- what it does ----------------------------------------------------------------------------------------------------


def post(pages: Asking, action: str, **body: object) -> tuple[int, Any]:
    reply = pages.post(f"/api/client/ana/{action}?lang=en", body)
    return reply.status, reply.json


@pytest.mark.parametrize("when", ["now", "checkpoint"])
def test_a_stop_leaves_the_request_that_the_watching_program_obeys(pages: Asking, client: Client, when: str) -> None:
    run = in_state(client, "live")
    assert post(pages, "stop-training", run=run.run_id, when=when) == (200, {"run": run.run_id})
    assert stop_request.asked(run.folder) == when and shown(pages)["run"]["stop"] == when
    assert post(pages, "go-on", run=run.run_id)[0] == 200
    assert shown(pages)["run"]["stop"] is None


def test_a_stop_of_another_run_than_the_one_that_lives_is_refused(pages: Asking, client: Client) -> None:
    MadeRun(client, "20260101-000000").to(8).end()
    run = in_state(client, "live")
    status, answer = post(pages, "stop-training", run="20260101-000000", when="now")
    assert (status, answer["error"]["key"]) == (400, "train.no_such_run") and stop_request.asked(run.folder) is None
    assert post(pages, "stop-training", when="now")[0] == 400


def sleep_long() -> None:
    time.sleep(120)


@pytest.fixture
def orphan() -> Iterator[int]:
    with subprocess.Popen(child_command(sleep_long)) as child:
        yield child.pid
        child.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="the end of a process is told by its signal")
def test_a_training_that_nobody_watches_is_ended_and_judged(pages: Asking, client: Client, orphan: int) -> None:
    run = no_process(MadeRun(client, total=100).watched_by(orphan).loading().to(60), "watcher")
    assert shown(pages)["run"]["state"] == "unwatched"
    status, answer = post(pages, "stop-training", run=run.run_id, when="checkpoint")
    assert (status, answer["error"]["key"]) == (400, "train.nobody_watches")
    assert post(pages, "stop-training", run=run.run_id, when="now")[0] == 200
    assert shown(pages)["run"]["state"] == "stopped"


def test_the_stream_tells_that_the_program_which_watches_was_killed(client: Client, orphan: int) -> None:
    run = MadeRun(client, total=100).watched_by(watcher=orphan).loading().to(60)
    before = watcher._versions(client, run.folder)
    assert watcher._versions(client, run.folder) == before
    psutil.Process(orphan).kill()
    psutil.Process(orphan).wait(10)
    after = watcher._versions(client, run.folder)
    assert {name for name in before if before[name] != after[name]} == {"outcome"}


def test_what_a_killed_training_left_is_judged_when_that_is_asked_for(pages: Asking, client: Client) -> None:
    run = in_state(client, "killed")
    assert post(pages, "settle") == (200, {"settled": [run.run_id]})
    found = shown(pages)["run"]
    assert found["state"] == "failed" and found["cause"]["text"]


@pytest.mark.parametrize("state", ["killed", "unwatched"])
def test_how_far_a_training_is_that_nobody_writes_down_is_read_from_what_the_trainer_left(
    pages: Asking, client: Client, state: str
) -> None:
    run = in_state(client, state)
    assert shown(pages)["run"]["step"] == 60
    run.checkpoint(75, time.time())
    assert shown(pages)["run"]["step"] == 75
    run.say("\rsteps: 100%|##########| 100/100 [02:42<00:00,  1.62s/it, avr_loss=0.0951]")
    assert (shown(pages)["run"]["step"], shown(pages)["run"]["total"]) == (100, 100)
    card = pages.get("/api/client/ana/card").json["training"]
    assert (card["step"], card["total"]) == (100, 100)


def test_going_on_is_offered_only_where_a_whole_state_was_saved(pages: Asking, client: Client) -> None:
    run = in_state(client, "killed")
    assert shown(pages)["resumable"] is False
    save_state(run, 50)
    assert shown(pages)["resumable"] is True


def test_looking_changes_no_file(pages: Asking, client: Client) -> None:
    in_state(client, "killed")
    before = {path: path.stat().st_mtime_ns for path in client.training.rglob("*")}
    shown(pages)
    pages.get("/api/client/ana/curves")
    assert {path: path.stat().st_mtime_ns for path in client.training.rglob("*")} == before


def test_the_size_of_the_answer_is_small_for_a_night_of_lines(pages: Asking, client: Client, tmp_path: Path) -> None:
    MadeRun(client, total=20_000, every=2_500).watched_by().loading().to(20_000, lines_every=1)
    assert len(pages.get("/api/client/ana/training").body) < 40_000
    assert len(pages.get("/api/client/ana/curves").body) < 150_000
