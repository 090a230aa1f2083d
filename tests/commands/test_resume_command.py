"""Going on with a training through the command, with a stand-in that counts as the real script does, errors too."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import config
import utils
from avatar.commands import queue_entry
from avatar.plan.resume import Continuation
from avatar.terminal import command_line
from avatar.training import attempts, progress_file, resuming, run_folder, states
from avatar.training import watch as training_watch
from avatar.training.queue import Entry
from avatar.training.step_numbers import numbers_of_record
from avatar.workspace.client import Client
from avatar.workspace.settings import load_settings
from tests.computer import call

# 4 pictures x 5 repeats: 20 batches an epoch; the profile adds up 2 gradients, unless told otherwise.
PLAN = ("--gpu", "rtx3060_12gb", "--set", "save_state=yes")
EVERY_STEP = "gradient_accumulation_steps=1"


def plan(client: Client, *overrides: str) -> None:
    assert call(client, "configure", "ana", "--new", *PLAN, *overrides) == 0


def broken_off(client: Client, monkeypatch: pytest.MonkeyPatch, step: int, *words: str) -> None:
    """Train until the trainer dies at one of its own steps."""
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_TRAINER_FAIL", "traceback")
        patch.setenv("FAKE_TRAINER_FAIL_STEP", str(step))
        assert call(client, "train", "ana", *words) == command_line.PROBLEM


def runs(client: Client) -> list[Path]:
    return sorted(client.runs.iterdir(), key=lambda path: (path / "command.json").stat().st_mtime_ns)


def really_trained(run: Path) -> int:
    """Return how many steps the optimizer has had in all: the stand-in's state knows, the program cannot."""
    found = re.search(r"optimizer steps of the LoRA: (\d+)", (run / run_folder.LOG_FILE).read_text(encoding="utf-8"))
    assert found is not None
    return int(found[1])


def option(run: Path, name: str) -> str | None:
    command = utils.read_json(run / "command.json")["command"]
    if name not in command:
        return None
    following = [*command, "--"][command.index(name) + 1]
    return "" if following.startswith("--") else following


def arguments(run: Path) -> tuple[str | None, bool, str | None]:
    return option(run, "--initial_step"), option(run, "--skip_until_initial_step") is not None, option(run, "--max_train_steps")


CASES = [
    # own values, dies at, goes on from, arguments, steps trained in all
    ((EVERY_STEP, "steps=60", "save_every_n_steps=20"), 45, 40, ("40", True, "60"), 60),
    ((EVERY_STEP, "steps=60", "save_every_n_steps=7"), 45, 42, ("42", True, "60"), 60),
    ((EVERY_STEP, "steps=50", "save_every_n_steps=14"), 45, 42, ("49", True, "50"), 53),  # in a last epoch that is not whole
    ((EVERY_STEP, "steps=50", "save_every_n_steps=7"), 30, 28, ("38", True, "50"), 50),  # 10 more are skipped: they lack
    (("steps=40", "save_every_n_steps=10"), 35, 30, ("30", False, "40"), 40),
    (("steps=35", "save_every_n_steps=15"), 20, 15, ("20", False, "35"), 35),  # 20 lack: two whole epochs
    (("steps=40", "save_every_n_steps=7"), 30, 28, ("20", False, "40"), 48),  # the epoch is begun again
    (("steps=40", "save_every_n_steps=7", "lr_scheduler=constant"), 30, 28, ("0", False, "12"), 40),
    ((EVERY_STEP, "steps=40", "save_every_n_steps=7", "lr_scheduler=constant"), 30, 28, ("0", False, "12"), 40),
]  # fmt: skip


@pytest.mark.parametrize(("values", "dies_at", "done", "told", "in_all"), CASES)
def test_a_resumed_training_does_what_was_lacking_and_says_from_where(
    computer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], values: tuple[str, ...],
    dies_at: int, done: int, told: tuple[str, bool, str], in_all: int,
) -> None:  # fmt: skip
    plan(computer, *values)
    broken_off(computer, monkeypatch, dies_at)
    capsys.readouterr()
    assert call(computer, "train", "ana", "--resume", "--lang", "en") == 0
    first, second = runs(computer)
    total = int(option(first, "--max_train_steps") or 0)
    said = capsys.readouterr().out
    assert f"Goes on from step {done} of {total}; {total - done} are left." in said
    assert ("at rate 0" in said) == (in_all > total)
    assert arguments(second) == told
    assert really_trained(second) == in_all
    outcome = utils.read_json(second / "outcome.json")
    assert (outcome["success"], outcome["steps"], outcome["total"]) == (True, total, total)
    assert {name: outcome["resumed"][name] for name in ("start", "trained", "total")} == {
        "start": done, "trained": in_all - done, "total": total,
    }  # fmt: skip
    recipe = utils.read_json(next(computer.models.glob("*.recipe.json")))
    assert recipe["steps"] == total and recipe["resumed"] == outcome["resumed"]
    steps = [row["step"] for row in progress_file.rows_of(second / "progress.jsonl")]
    assert done < steps[0] <= steps[-1] == total


def test_checkpoints_and_states_of_a_resumed_run_bear_the_steps_of_the_whole_training(
    computer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    plan(computer, EVERY_STEP, "steps=60", "save_every_n_steps=7")
    broken_off(computer, monkeypatch, 30)
    assert call(computer, "train", "ana", "--resume") == 0
    run = runs(computer)[1]
    names = [path.name for path in sorted((run / "checkpoints").iterdir())]
    # Own number 14 is step 34: of the 28 steps that are skipped, the trainer leaves out one epoch of 20 when it counts.
    assert names[0].endswith("-step00000034.safetensors") and names[-1].endswith("-step00000055.safetensors")
    for state in run.glob("*-state"):
        if found := re.search(r"step(\d{8})", state.name):
            true = numbers_of_record(run_folder.read_command(run)).of_file(int(found[1]))
            assert (state / "optimizer.bin").read_text(encoding="utf-8") == str(true)


def test_twice_in_a_row_the_trainers_own_count_is_not_believed(computer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(computer, EVERY_STEP, "steps=60", "save_every_n_steps=7")
    broken_off(computer, monkeypatch, 30)  # state of step 28
    broken_off(computer, monkeypatch, 20, "--resume")  # own 14 of the second run is step 34, own 21 is step 41
    second = runs(computer)[1]
    state = states.newest_state(computer.runs)
    assert state is not None and state.folder.parent == second and state.steps == 41
    assert utils.read_json(state.folder / "train_state.json")["current_step"] == 21
    assert call(computer, "train", "ana", "--resume") == 0
    assert arguments(runs(computer)[2]) == ("41", True, "60")
    assert really_trained(runs(computer)[2]) == 60


def test_the_loss_of_all_runs_together_is_one_curve(computer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from avatar.reports import loss_plot

    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.001")
    plan(computer, "steps=40", "save_every_n_steps=10")
    broken_off(computer, monkeypatch, 25)
    broken_off(computer, monkeypatch, 15, "--resume")
    assert call(computer, "train", "ana", "--resume") == 0
    points = loss_plot.points_of(computer.runs, runs(computer)[-1].name, computer.logs)
    steps = [step for step, _ in points.raw]
    assert steps == sorted(set(steps)) and steps[-1] == 40 and points.resumed_at == (20, 30)
    # The stand-in's loss depends on the true step alone: a curve that were shifted would show it.
    assert all(abs(loss - 1.3 / step**0.5) <= 0.006 * loss for step, loss in points.raw)


def test_after_a_retry_it_goes_on_with_what_the_retry_had_changed(
    computer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    plan(computer, "steps=40", "save_every_n_steps=10")
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_TRAINER_FAIL", "oom_above_dim")
        patch.setenv("FAKE_TRAINER_DIM", "48")
        patch.setattr(attempts, "MAX_ATTEMPTS", 3)
        assert call(computer, "train", "ana") == command_line.PROBLEM
    assert call(computer, "train", "ana", "--resume") == command_line.PROBLEM  # nothing was saved
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_TRAINER_FAIL", "oom_above_dim")
        patch.setenv("FAKE_TRAINER_DIM", "48")
        assert call(computer, "train", "ana") == 0
    done = runs(computer)[-1]
    (done / "outcome.json").unlink()  # as if it had been killed at its end
    for state in done.glob("*-state"):
        if "step00000040" in state.name:
            (state / "optimizer.bin").unlink()
    next(done.parents[2].joinpath("models").glob("*"), None)
    for model in computer.models.iterdir():
        model.unlink()
    assert call(computer, "train", "ana", "--resume") == 0
    last = runs(computer)[-1]
    assert (option(last, "--network_dim"), option(last, "--network_alpha")) == ("48", "24")
    assert option(last, "--fp8_base_unet") is not None and arguments(last)[0] == "30"
    assert {change["name"] for change in utils.read_json(last / "command.json")["changes"]} >= {"network_dim", "fp8_base"}
    assert really_trained(last) == 40


def test_states_after_a_loss_that_was_no_number_are_not_gone_on_from(
    computer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    plan(computer, "steps=40", "save_every_n_steps=10", "mixed_precision=bf16", "learning_rate=0.0001")
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_TRAINER_FAIL", "nan")
        patch.setenv("FAKE_TRAINER_FAIL_STEP", "25")
        assert call(computer, "train", "ana") == command_line.PROBLEM
    state = states.newest_state(computer.runs)
    assert state is not None and state.steps == 20


# --- a trainer that says it saved and has not trained ----------------------------------------------------------------


@pytest.mark.parametrize(("first", "key"), [("30", "train.cause.nothing_trained"), ("10", "train.cause.too_few_steps")])
def test_a_resumed_run_that_did_not_do_what_was_lacking_is_no_success(
    computer: Client, monkeypatch: pytest.MonkeyPatch, first: str, key: str
) -> None:  # fmt: skip
    """With --skip_until_initial_step and accumulation the script says "model saved." and exits 0 (sd-scripts#2407)."""
    plan(computer, "steps=40", f"save_every_n_steps={first}")
    broken_off(computer, monkeypatch, int(first) + 5)
    way = Continuation(int(first), 40, 40 - int(first), initial_step=int(first), skip=True)
    monkeypatch.setattr(resuming, "way", lambda *_: way)
    assert call(computer, "train", "ana", "--resume") == command_line.PROBLEM
    run = runs(computer)[1]
    assert "model saved." in (run / run_folder.LOG_FILE).read_text(encoding="utf-8")
    outcome = utils.read_json(run / "outcome.json")
    assert (outcome["success"], outcome["code"], outcome["cause"]) == (False, 0, key)
    assert not list(computer.models.glob("*.safetensors"))


# --- another plan than that of the state -----------------------------------------------------------------------------

OTHER_PLANS = {
    "learning_rate=0.00005": "would go on with the old one", "network_alpha=8": "trained at one scale",
    "network_dim=16": "would end in an error", "optimizer_type=Lion": "take its numbers wrong",
    "optimizer_type=Adafactor": "take its numbers wrong", "network_args=conv_dim=4": "would end in an error",
    "optimizer_args=weight_decay=0.1": "would go on with the old one",
}  # fmt: skip


@pytest.mark.parametrize("change", OTHER_PLANS)
def test_with_another_plan_it_is_refused_before_anything_starts(
    computer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], change: str
) -> None:  # fmt: skip
    plan(computer, "steps=40", "save_every_n_steps=10")
    broken_off(computer, monkeypatch, 25)
    assert call(computer, "configure", "ana", "--set", change) == 0
    capsys.readouterr()
    assert call(computer, "train", "ana", "--resume", "--lang", "en") == command_line.PROBLEM
    assert OTHER_PLANS[change] in " ".join(capsys.readouterr().err.split())
    assert len(runs(computer)) == 1
    assert call(computer, "configure", "ana", "--unset", change.partition("=")[0]) == 0  # the remedy
    assert call(computer, "train", "ana", "--resume") == 0
    assert really_trained(runs(computer)[1]) == 40


def test_a_longer_training_is_said_to_bend_the_rate_and_goes_on(
    computer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    plan(computer, "steps=40", "save_every_n_steps=10")
    broken_off(computer, monkeypatch, 25)
    assert call(computer, "configure", "ana", "--set", "steps=60") == 0
    capsys.readouterr()
    assert call(computer, "train", "ana", "--resume", "--lang", "en") == 0
    assert "'steps' as 40; with 60 the rate jumps" in " ".join(capsys.readouterr().out.split())
    assert really_trained(runs(computer)[1]) == 60


@pytest.mark.parametrize(("change", "first"), [("network_dim=16", None), ("seed=7", "20")])
def test_the_queue_trains_the_plan_that_stands_where_the_state_is_of_another(
    computer: Client, monkeypatch: pytest.MonkeyPatch, change: str, first: str | None
) -> None:  # fmt: skip
    plan(computer, "steps=40", "save_every_n_steps=10")
    broken_off(computer, monkeypatch, 25)
    assert call(computer, "configure", "ana", "--set", change) == 0
    settings = load_settings(computer.folder.parents[1] / "config.json", None)
    entry = queue_entry.train_entry(Entry("ana", before=""), computer, settings=settings, card_probe=list)
    assert entry.state == "done"
    run = runs(computer)[1]
    assert arguments(run)[0] == first and really_trained(run) == 40


# --- versions --------------------------------------------------------------------------------------------------------


def test_a_version_that_cannot_count_on_goes_on_at_a_constant_rate_and_says_why_not_otherwise(
    computer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    monkeypatch.setenv("FAKE_TRAINER_VERSION", "v0.8.7")
    shutil.rmtree(config.LOG_DIR)  # the options of another version
    plan(computer, "steps=40", "save_every_n_steps=7", "lr_scheduler=constant")
    broken_off(computer, monkeypatch, 25)
    assert call(computer, "train", "ana", "--resume") == 0
    assert arguments(runs(computer)[1]) == (None, False, "19") and really_trained(runs(computer)[1]) == 40
    plan(computer, "steps=40", "save_every_n_steps=10")
    capsys.readouterr()
    assert call(computer, "train", "ana", "--resume", "--lang", "en") == command_line.PROBLEM
    assert "would begin to count anew" in capsys.readouterr().err


# --- stop and go on --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "announced"),
    [(("save_every_n_steps=10",), 10), (("save_every_n_steps=15",), 30), ((EVERY_STEP, "save_every_n_steps=7"), 7)],
)
def test_a_stop_goes_on_at_the_step_that_it_says_it_saved(
    computer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], values: tuple[str, ...],
    announced: int,
) -> None:  # fmt: skip
    """With accumulation it stops at the end of an epoch (10 steps), though states are saved before."""
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0.2")  # slow enough for a busy machine to look between two saves
    monkeypatch.setattr(states, "SETTLED_S", 0.2)
    plan(computer, "steps=100", *values)
    next_saves: list[int | None] = []
    stop_at_next_save(monkeypatch, next_saves)
    capsys.readouterr()
    assert call(computer, "train", "ana", "--lang", "en") == command_line.INTERRUPTED
    said = capsys.readouterr()
    found = re.search(r"saved at step (\d+) of 100", " ".join((said.out + said.err).split()))
    assert next_saves[0] == announced and found is not None
    saved = int(found[1])
    assert announced <= saved < announced + 20  # the trainer may have come to one more save before it was ended
    monkeypatch.setenv("FAKE_TRAINER_STEP_S", "0")
    monkeypatch.setattr(training_watch._Watcher, "_look", ORDINARY_LOOK)
    assert call(computer, "train", "ana", "--resume", "--lang", "en") == 0
    assert f"Goes on from step {saved} of 100" in capsys.readouterr().out
    assert really_trained(runs(computer)[1]) == 100 + (saved % 10 if len(values) == 1 else 0)


ORDINARY_LOOK = training_watch._Watcher._look


def stop_at_next_save(monkeypatch: pytest.MonkeyPatch, next_saves: list[int | None]) -> None:
    """Answer Ctrl+C once the bar moves: after the next save."""

    def look(watcher: Any) -> None:
        if watcher._bar is not None and watcher._bar.step and not next_saves:
            next_saves.append(watcher._next_save(watcher._bar))
            watcher.watching = training_watch.TrainingCallbacks(on_interrupt=lambda: "checkpoint", grace_s=2.0)
            watcher.interrupted.set()
        ORDINARY_LOOK(watcher)

    monkeypatch.setattr(training_watch._Watcher, "_look", look)


# --- dry run ---------------------------------------------------------------------------------------------------------


def test_the_dry_run_shows_with_what_it_would_go_on(
    computer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    plan(computer, EVERY_STEP, "steps=60", "save_every_n_steps=7")
    broken_off(computer, monkeypatch, 30)
    capsys.readouterr()
    assert call(computer, "train", "ana", "--dry-run", "--resume", "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "Goes on from step 28 of 60" in said and "--initial_step 28 --skip_until_initial_step" in said
    assert "step00000028-state" in said and len(runs(computer)) == 1
    assert call(computer, "train", "ana", "--dry-run", "--resume", "--json") == 0
    found = json.loads(capsys.readouterr().out)["result"]["resumes"]
    assert (found["done"], found["steps"], found["skip"]) == (28, 32, True)
    assert call(computer, "train", "ana", "--dry-run", "--json") == 0
    answer = json.loads(capsys.readouterr().out)["result"]
    assert answer["resumes"] is None and "--resume" not in answer["command"]


def test_the_dry_run_shows_what_another_plan_would_do(
    computer: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    plan(computer, "steps=40", "save_every_n_steps=10")
    broken_off(computer, monkeypatch, 25)
    assert call(computer, "configure", "ana", "--set", "lr=0.00005") == 0
    capsys.readouterr()
    call(computer, "train", "ana", "--dry-run", "--resume", "--json")
    checks = json.loads(capsys.readouterr().out)["result"]["preflight"]
    assert {"name": "resume", "level": "blocked", "key": "resume.old_goes_on"}.items() <= next(
        item for item in checks if item["name"] == "resume"
    ).items()


def test_without_a_state_the_dry_run_says_so(computer: Client, capsys: pytest.CaptureFixture[str]) -> None:
    plan(computer, "steps=40")
    capsys.readouterr()
    assert call(computer, "train", "ana", "--dry-run", "--resume", "--json") == command_line.PROBLEM
    assert json.loads(capsys.readouterr().out)["error"]["key"] == "train.no_state_yet"
