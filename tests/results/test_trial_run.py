"""Trials are drawn, stopped in every way, and go on."""

from __future__ import annotations

import contextlib
import errno
import itertools
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import utils
from avatar.generate import backend as contract
from avatar.results import trial, trial_draw, trial_make, trial_run
from avatar.results.plan_trial import Plan
from avatar.results.trial_run import Callbacks, Outcome
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from tests.results import fake_backend, made
from tests.results.conftest import Draw
from tests.results.fake_backend import FakeBackend

WHOLE = 2 + 4 * 2 + 3 * 2 * 3  # round 0, four candidates with two prompts, three of them with three more seeds


def ids(backend: FakeBackend) -> list[str]:
    return [request.picture_id for request in backend.drawn]


def states(outcome: Outcome) -> list[str]:
    return [line.state for line in trial.lines(outcome.folder).values()]


def test_a_trial_is_drawn_in_three_rounds_each_picture_once(draw: Draw, trained: Client) -> None:
    backend = FakeBackend()
    outcome = draw(backend)
    assert outcome.whole and (outcome.drawn, outcome.done, outcome.total) == (WHOLE, WHOLE, WHOLE)
    assert len(set(ids(backend))) == len(backend.drawn) == WHOLE
    one = trial.read(outcome.folder)
    assert [each.round for each in one.rounds] == [0, 1, 2]
    assert one.rounds[2].candidates == one.rounds[1].candidates[:3]
    found = trial.lines(outcome.folder)
    assert {line.state for line in found.values()} == {"done"}
    for line in found.values():
        with Image.open(trial.picture_file(outcome.folder, line)) as picture:
            picture.load()
            assert picture.size == (64, 64)
            assert "Seed:" in picture.info["parameters"] and str(trained.folder) not in str(picture.info)
    assert {line.candidate for line in found.values()} == {trial.BASE_CANDIDATE, *trial.names(one)}
    assert not list(outcome.folder.glob(".*"))


def test_pictures_say_which_lora_they_were_drawn_with(draw: Draw) -> None:
    outcome = draw(FakeBackend())
    found = {line.candidate: line for line in trial.lines(outcome.folder).values()}
    with Image.open(trial.picture_file(outcome.folder, found["final@0.6"])) as picture:
        assert "<lora:ana_v1:0.6>" in picture.info["parameters"]
    with Image.open(trial.picture_file(outcome.folder, found["1500@0.8"])) as picture:
        assert "<lora:ana_v1-step00001500:0.8>" in picture.info["parameters"]
    with Image.open(trial.picture_file(outcome.folder, found["base@0"])) as picture:
        assert "<lora" not in picture.info["parameters"]


def test_the_base_and_the_first_candidate_come_first_then_one_candidate_after_the_other(draw: Draw) -> None:
    backend = FakeBackend()
    draw(backend)
    first = [(request.model is None, request.weight) for request in backend.drawn[:4]]
    assert first == [(True, "0"), (False, "0.6"), (False, "0.6"), (False, "0.8")]
    loras = [request.model for request in backend.drawn[4:10]]
    assert sum(one != other for one, other in itertools.pairwise(loras)) <= 2


def test_what_is_drawn_is_not_drawn_again_by_a_repeat(draw: Draw) -> None:
    first = draw(FakeBackend())
    again = FakeBackend()
    outcome = draw(again)
    assert outcome.whole and outcome.trial_id == first.trial_id
    assert again.drawn == [] and again.opened == 0


def test_a_trial_that_asks_for_more_draws_only_what_no_trial_has(draw: Draw) -> None:
    first, backend = draw(FakeBackend()), FakeBackend()
    wider = draw(backend, weights=["0.6", "0.8", "1.0"])
    assert wider.whole and wider.trial_id != first.trial_id
    before = {line.picture_id for line in trial.lines(first.folder).values()}
    assert not before & set(ids(backend))
    assert wider.drawn == len(backend.drawn) < wider.total
    line = next(line for line in trial.lines(wider.folder).values() if line.picture_id in before)
    assert (wider.folder / line.file).read_bytes() == (first.folder / line.file).read_bytes()


def test_another_kind_of_back_end_draws_everything_anew(draw: Draw) -> None:
    draw(FakeBackend())
    backend = FakeBackend(kind="a1111")
    assert draw(backend, kind="a1111").whole
    assert len(backend.drawn) == WHOLE


# --- stopped ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [1, 2, 5, 11, 20])
def test_a_program_that_dies_at_any_picture_goes_on_where_it_was(draw: Draw, place: int) -> None:
    class Killed(BaseException):
        pass

    dies = FakeBackend(events=fake_backend.fails_at(place, error=Killed()))  # type: ignore[arg-type]
    with pytest.raises(Killed):
        draw(dies)
    backend = FakeBackend()
    outcome = draw(backend)
    assert outcome.whole and outcome.total == WHOLE
    assert sorted(ids(dies) + ids(backend)) == sorted(set(ids(dies) + ids(backend)))
    assert len(dies.drawn) == place - 1


def test_a_picture_that_lies_there_without_its_line_is_taken_as_it_is(draw: Draw) -> None:
    outcome = draw(FakeBackend())
    content = (outcome.folder / trial.LINES_FILE).read_bytes().splitlines(keepends=True)
    (outcome.folder / trial.LINES_FILE).write_bytes(b"".join(content[:-3]) + content[-3][:30])
    backend = FakeBackend()
    assert draw(backend).whole
    assert backend.drawn == []
    assert len(trial.lines(outcome.folder)) == WHOLE


def test_a_picture_that_was_deleted_is_drawn_again(draw: Draw) -> None:
    outcome = draw(FakeBackend())
    line = next(iter(trial.lines(outcome.folder).values()))
    trial.picture_file(outcome.folder, line).unlink()
    backend = FakeBackend()
    assert draw(backend).whole
    assert ids(backend) == [line.picture_id]


def test_ctrl_c_keeps_what_is_drawn_and_a_repeat_draws_the_rest(draw: Draw) -> None:
    backend = FakeBackend(seconds=0.02)
    asked: list[str] = []

    def progress(one: trial_run.Progress) -> None:
        if one.done >= 5 and not asked:
            raise KeyboardInterrupt

    def interrupt() -> trial_run.StopAnswer:
        asked.append("stop")
        return "now"

    outcome = draw(backend, callbacks=Callbacks(on_progress=progress, on_interrupt=interrupt))
    assert outcome.interrupted and not outcome.whole and outcome.error is None
    assert 5 <= outcome.done < 10 and asked == ["stop"]
    assert set(states(outcome)) == {"done"}
    rest = FakeBackend()
    assert draw(rest).whole
    assert not set(ids(backend)) & set(ids(rest))


def test_a_trial_may_finish_its_picture_or_go_on_after_ctrl_c(draw: Draw) -> None:
    answers: list[trial_run.StopAnswer] = ["continue", "after"]

    def progress(one: trial_run.Progress) -> None:
        if one.done >= {2: 3, 1: 6}.get(len(answers), WHOLE):
            raise KeyboardInterrupt

    backend = FakeBackend(seconds=0.25)
    outcome = draw(backend, callbacks=Callbacks(on_progress=progress, on_interrupt=lambda: answers.pop(0)))
    assert answers == [] and outcome.interrupted
    assert outcome.done == len(backend.drawn) >= 6


# --- failures --------------------------------------------------------------------------------------------------------


def test_a_picture_that_fails_costs_itself_alone_and_is_tried_again_the_next_time(draw: Draw) -> None:
    outcome = draw(FakeBackend(events=fake_backend.fails_at(4, error=fake_backend.bad_picture())))
    assert (outcome.failed, outcome.done) == (1, WHOLE - 1) and not outcome.whole
    failed = next(line for line in trial.lines(outcome.folder).values() if line.state == "failed")
    assert failed.cause is not None and failed.cause.values["detail"] == "black" and failed.file == ""
    backend = FakeBackend()
    assert draw(backend).whole
    assert ids(backend) == [failed.picture_id]


def test_many_failures_in_a_row_end_the_trial_with_their_reason(draw: Draw) -> None:
    def events(number: int) -> None:
        if number > 4:
            raise fake_backend.bad_picture("flat")

    outcome = draw(FakeBackend(events=events))
    assert outcome.error is not None and outcome.error.values["detail"] == "flat"
    assert outcome.failed == trial_draw.FAILURES_IN_A_ROW and outcome.done == 4


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_draw.Crew.__init__, "__kwdefaults__", {"pauses_s": (0.0, 0.0, 0.0)})


def test_a_server_that_was_killed_and_started_again_draws_the_rest(draw: Draw, at_once: None) -> None:
    notes: list[Text] = []
    backend = FakeBackend(events=fake_backend.fails_at(5, 9, error=fake_backend.lost()))
    callbacks = Callbacks(on_note=notes.append, shortlist=lambda folder, one: one.rounds[1].candidates[:3])
    outcome = draw(backend, callbacks=callbacks)
    assert outcome.whole and len(set(ids(backend))) == len(backend.drawn) == WHOLE
    assert [note.key for note in notes] == ["trial.lost"] * 2


def test_a_server_that_stays_away_ends_the_trial_with_its_reason_and_another_time_it_goes_on(draw: Draw, at_once: None) -> None:
    def events(number: int) -> None:
        if number > 7:
            raise fake_backend.lost("gone")

    outcome = draw(FakeBackend(events=events))
    assert outcome.done == 7 and outcome.error is not None and outcome.error.values["detail"] == "gone"
    assert outcome.failed == 0
    assert draw(FakeBackend()).whole


def test_no_back_end_at_all_is_an_error_and_leaves_no_trial(draw: Draw, trained: Client) -> None:
    backend = FakeBackend()
    backend.unchecked = fake_backend.lost()
    with pytest.raises(contract.BackendError):
        draw(backend)
    assert trial.trial_ids(trained) == []


def test_a_full_disk_is_raised_and_loses_nothing(draw: Draw, trained: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = utils.write_atomic
    written: list[Path] = []

    def full(path: Path, content: str | bytes) -> None:
        if path.suffix == ".png":
            written.append(path)
            if len(written) == 6:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
        whole(path, content)

    backend = FakeBackend()
    with monkeypatch.context() as patch:
        patch.setattr(utils, "write_atomic", full)
        with pytest.raises(OSError, match="No space"):
            draw(backend)
    folder = trial.newest(trained)
    assert folder is not None and len(trial.lines(folder)) == 5
    rest = FakeBackend()
    assert draw(rest).whole
    assert len(rest.drawn) == WHOLE - 5


# --- several back ends -----------------------------------------------------------------------------------------------


def test_several_back_ends_share_the_pictures_out(draw: Draw) -> None:
    one, other = FakeBackend("http://a", seconds=0.02), FakeBackend("http://b", seconds=0.02)
    outcome = draw(one, other)
    assert outcome.whole and len(one.drawn) + len(other.drawn) == WHOLE
    assert min(len(one.drawn), len(other.drawn)) >= WHOLE // 4
    assert not set(ids(one)) & set(ids(other))
    assert trial.read(outcome.folder).backend.address == "http://a, http://b"


def test_the_others_go_on_without_a_back_end_that_is_lost(draw: Draw, at_once: None) -> None:
    def gone(number: int) -> None:
        if number > 2:
            raise fake_backend.lost()

    notes: list[Text] = []
    one, other = FakeBackend("http://a", seconds=0.01, events=gone), FakeBackend("http://b", seconds=0.01)
    callbacks = Callbacks(on_note=notes.append, shortlist=lambda folder, one: one.rounds[1].candidates[:3])
    outcome = draw(one, other, callbacks=callbacks)
    assert outcome.whole and 2 <= len(one.drawn) <= 4
    assert "trial.without" in {note.key for note in notes}


def test_a_back_end_that_does_not_answer_at_first_is_told_and_left_out(draw: Draw) -> None:
    notes: list[Text] = []
    one, other = FakeBackend("http://a"), FakeBackend("http://b")
    one.unchecked = fake_backend.lost()
    assert draw(one, other, callbacks=Callbacks(on_note=notes.append)).error is None
    assert one.drawn == [] and notes[0].values["address"] == "http://a"


# --- proofs ----------------------------------------------------------------------------------------------------------


def test_a_lora_without_effect_is_found_at_its_first_picture_and_no_more_is_drawn_with_it(draw: Draw) -> None:
    def paint(request: contract.Request, lora: contract.LoraFile | None) -> bytes:
        return fake_backend.deaf(request, lora) if lora is None or lora.name == "final" else fake_backend.squares(request, lora)

    notes: list[Text] = []
    backend = FakeBackend(paint=paint)
    outcome = draw(backend, callbacks=Callbacks(on_note=notes.append))
    assert outcome.no_effect == 1 and not outcome.whole
    assert sum(request.model == made.sha256("final", backend) for request in backend.drawn) == 1
    assert "trial.no_effect" in [note.key for note in notes]
    line = next(line for line in trial.lines(outcome.folder).values() if line.state == "no_effect")
    assert line.candidate == "final@0.6" and line.cause is not None and line.cause.key == "trial.no_effect"


def test_a_server_that_serves_an_old_file_under_the_new_name_is_found_out(draw: Draw) -> None:
    def paint(request: contract.Request, lora: contract.LoraFile | None) -> bytes:
        parts = ("same" if lora else "", request.weight, request.prompt, request.seed)
        values = np.random.default_rng(fake_backend.seed_of(*parts)).integers(0, 255, (8, 8, 3), "uint8")
        return fake_backend.encoded(np.kron(values, np.ones((8, 8, 1), "uint8")))

    outcome = draw(FakeBackend(paint=paint), callbacks=Callbacks())
    line = next(line for line in trial.lines(outcome.folder).values() if line.state == "no_effect")
    assert line.cause is not None and line.cause.key == "trial.same_picture"
    assert (line.candidate, line.cause.values["other"]) == ("1500@0.6", "final@0.6")


def test_a_picture_that_is_nearly_the_bases_is_compared_with_a_second_drawing_of_it(draw: Draw) -> None:
    """Kernels of some graphics cards do not repeat themselves: no larger a difference than theirs is no effect."""
    drawn: list[str] = []

    def paint(request: contract.Request, lora: contract.LoraFile | None) -> bytes:
        drawn.append(request.picture_id)
        pixels = np.full((64, 64, 3), 100, "uint8")
        pixels[::2] = 140
        pixels[: len(drawn) % 3] += 1  # never twice the same
        return fake_backend.encoded(pixels)

    outcome = draw(FakeBackend(paint=paint), callbacks=Callbacks())
    assert "no_effect" in states(outcome)
    assert len(drawn) > len(set(drawn))


# --- time ------------------------------------------------------------------------------------------------------------


def test_the_first_pictures_say_how_long_it_takes_and_less_time_costs_candidates(draw: Draw) -> None:
    measured: list[tuple[int, float]] = []

    def tell(plan: Plan, seconds: float) -> float | None:
        measured.append((plan.pictures, seconds))
        return 0.0

    backend = FakeBackend(seconds=0.3)
    outcome = draw(backend, callbacks=Callbacks(on_measured=tell))
    ((pictures, seconds),) = measured
    assert pictures == WHOLE and seconds >= 0.03
    assert outcome.whole and outcome.total < WHOLE and outcome.left_out
    one = trial.read(outcome.folder)
    assert one.seconds_per_picture == pytest.approx(seconds, abs=0.001)
    assert one.rounds[1].candidates == ["final@0.6"] and outcome.total == 4


def test_a_limit_of_minutes_holds_without_a_question(draw: Draw) -> None:
    backend = FakeBackend(seconds=0.03)
    outcome = draw(backend, minutes=0.0005)
    assert outcome.whole and outcome.total < WHOLE
    longer = draw(FakeBackend())
    assert longer.trial_id == outcome.trial_id and longer.total == WHOLE


def test_what_a_picture_took_is_known_for_the_next_trial(draw: Draw, trained: Client) -> None:
    assert trial_run.usual_seconds(trained, "comfyui", (64, 64), trial_make.STEPS) is None
    draw(FakeBackend(seconds=0.02))
    known = trial_run.usual_seconds(trained, "comfyui", (64, 64), trial_make.STEPS)
    assert known is not None and known >= 0.02
    assert trial_run.usual_seconds(trained, "trainer", (64, 64), trial_make.STEPS) is None


# --- rounds ----------------------------------------------------------------------------------------------------------


def test_without_anything_to_tell_apart_there_is_no_second_round(draw: Draw) -> None:
    notes: list[Text] = []
    outcome = draw(FakeBackend(), callbacks=Callbacks(on_note=notes.append))
    assert outcome.whole and outcome.total == 10
    assert [note.key for note in notes] == ["trial.no_finalists"]


def test_the_finalists_stay_those_that_were_chosen_before_the_kill(draw: Draw) -> None:
    chosen: list[Sequence[str]] = []

    def shortlist(folder: Path, one: trial.Trial) -> Sequence[str]:
        chosen.append(one.rounds[1].candidates[-3:])
        return chosen[-1]

    with pytest.raises(RuntimeError):
        draw(FakeBackend(events=fake_backend.fails_at(14, error=RuntimeError())), callbacks=Callbacks(shortlist=shortlist))
    outcome = draw(FakeBackend(), callbacks=Callbacks(shortlist=lambda folder, one: pytest.fail("chosen again")))
    assert outcome.whole and trial.read(outcome.folder).rounds[2].candidates == chosen[0]


def test_the_tied_get_more_seeds_and_a_repeat_of_a_killed_round_finishes_it_first(draw: Draw) -> None:
    first = draw(FakeBackend())
    tied = ("final@0.6", "1500@0.6")
    with pytest.raises(RuntimeError):
        draw(FakeBackend(events=fake_backend.fails_at(3, error=RuntimeError())), tied=tied)
    backend = FakeBackend()
    outcome = draw(backend, tied=tied)
    assert outcome.whole and outcome.trial_id == first.trial_id
    one = trial.read(outcome.folder)
    assert [each.round for each in one.rounds] == [0, 1, 2, 3]
    assert one.rounds[3].candidates == list(tied) and one.rounds[3].seeds == [46, 47, 48]
    assert len(backend.drawn) == 12 - 2
    assert draw(FakeBackend(), tied=tied).whole
    assert trial.read(outcome.folder).rounds[4].seeds == [49, 50, 51]


# --- locks -----------------------------------------------------------------------------------------------------------


def test_a_second_trial_of_a_client_is_refused_and_other_stages_are_not(draw: Draw, trained: Client) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def wait(number: int) -> None:
        inside.set()
        assert go_on.wait(20)

    thread = threading.Thread(target=lambda: draw(FakeBackend(events=wait)))
    thread.start()
    try:
        assert inside.wait(20)
        with pytest.raises(PipelineError, match=r"trial\.locked"):
            draw(FakeBackend())
        with pytest.raises(PipelineError, match=r"trial\.locked"):
            trial_make.refuse_running(trained)
        with trained.lock("process"):
            pass
    finally:
        go_on.set()
        thread.join(20)
    trial_make.refuse_running(trained)


def test_a_client_whose_folder_vanishes_ends_its_trial(draw: Draw, trained: Client, tmp_path: Path) -> None:
    def move(number: int) -> None:
        if number == 4:
            trained.folder.rename(tmp_path / "elsewhere")

    with pytest.raises((PipelineError, FileNotFoundError)):
        draw(FakeBackend(events=move))
    time.sleep(0.05)
    with contextlib.suppress(FileNotFoundError):
        assert not list(trained.folder.rglob("*.png"))
