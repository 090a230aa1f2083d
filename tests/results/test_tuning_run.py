"""A tuning from its first picture to its answer, in a world of known truth."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from avatar.results import tuning
from avatar.results.plan_tuning import Costs
from avatar.results.tuning import STAGE0
from avatar.results.tuning_candidates import Candidate
from avatar.results.tuning_ports import Drawn, File, Trained
from avatar.results.tuning_run import Callbacks
from avatar.texts.text import PipelineError, Text
from tests.plan.test_command import plan_for
from tests.results.tuning_world import LAST, SHORT, Killed, World, begun, go

PLAN = plan_for(network_dim=64, network_alpha=32.0)
TRUTH = {STAGE0: 0.50, "plan": 0.52, "rate_half": 0.62, "rate_double": 0.40}


def likeness(file: File, weight: str) -> float:
    """Half the rate is best at its end and at weight 0.6; each of the last training's models is a little less alike."""
    late = {2000: 0.0, 1600: -0.04, 1500: -0.03, 1200: -0.06, 1000: -0.06, 800: -0.08}.get(file.step or 0, -0.1)
    return TRUTH.get(file.candidate, 0.45) + late + {"0.6": 0.02, "0.8": 0.0, "1.0": -0.02}[weight]


def states(folder: Path) -> dict[str, str]:
    return {name: line.state for name, line in tuning.lines(folder).items()}


def test_a_night_ends_with_the_best_file_within_its_hours(tmp_path: Path) -> None:
    world = World(likeness=likeness)
    ended = go(begun(tmp_path, PLAN, 12.0), world)
    answer = ended.answer
    assert answer is not None and not ended.interrupted and ended.error is None
    assert (answer.file, answer.candidate, answer.run_id) == ("rate_half-2000@0.6", "rate_half", "rate_half-full")
    assert states(tmp_path) == {
        "last": "full", "plan": "dropped", "rate_half": "full", "rate_double": "dropped", "rank_16": "dropped",
        "caption_dropout": "dropped",
    }  # fmt: skip
    assert world.clock - 1000 <= 12 * 3600
    assert answer.hours_used == pytest.approx((world.clock - 1000) / 3600, abs=0.01)
    assert tuning.read_answer(tmp_path)["file"] == answer.file


def test_the_changes_of_the_answer_are_facts_of_its_file_and_no_advice(tmp_path: Path) -> None:
    answer = go(begun(tmp_path, PLAN, 12.0), World(likeness=likeness)).answer
    assert answer is not None
    assert [(one.key, one.after) for one in answer.changes] == [("learning_rate", PLAN.learning_rate / 2)]
    assert [text.key for text in answer.another_night] == ["tune.more.untried", "tune.more.dropped"]


def test_short_trainings_are_compared_with_each_other_and_with_the_last_training(
    tmp_path: Path,
) -> None:
    world = World(likeness=likeness)
    go(begun(tmp_path, PLAN, 12.0), world)
    assert world.drawings[0] == ["final", "1500", "1000", "500"]
    assert world.drawings[1:4] == [
        ["final", "plan-800"], ["final", "plan-800", "rate_half-800"],
        ["final", "plan-800", "rate_half-800", "rate_double-800"],
    ]  # fmt: skip
    assert world.drawings[-1][:2] == ["final", "rate_half-2000"]


def test_those_that_go_on_do_so_from_their_short_training(tmp_path: Path) -> None:
    world = World(likeness=likeness)
    go(begun(tmp_path, PLAN, 12.0), world)
    assert world.trained[-1] == ("rate_half", None, "rate_half-short")
    assert all(tuple(rest) == (800, "") for _, *rest in world.trained[:-1])


def test_the_file_that_a_training_went_on_from_stands_once_in_the_last_comparison(tmp_path: Path) -> None:
    class KeepsAll(World):
        def train(self, candidate: Candidate, *, stop_at: int | None, go_on: str, until: float | None) -> Trained:
            trained = super().train(candidate, stop_at=stop_at, go_on=go_on, until=until)
            return trained if stop_at is not None else dataclasses.replace(trained, files=(800, 1600, 2000))

    world = KeepsAll(likeness=likeness)
    go(begun(tmp_path, PLAN, 12.0), world)
    assert world.drawings[-1] == ["final", "rate_half-2000", "rate_half-1600", "rate_half-800"]


def test_a_failure_is_an_outcome_and_the_next_candidate_takes_its_place(tmp_path: Path) -> None:
    told: list[Text] = []
    world = World(likeness=likeness, fails={"plan": "tune.unknown_cause"})
    ended = go(begun(tmp_path, PLAN, 12.0), world, callbacks=Callbacks(on_note=told.append))
    assert ended.answer is not None and ended.answer.candidate == "rate_half"
    line = tuning.lines(tmp_path)["plan"]
    assert (line.state, line.why and line.why.key) == ("failed", "tune.unknown_cause")
    assert "tune.failed" in [text.key for text in told]
    assert [name for name, *_ in world.trained][:4] == ["plan", "rate_half", "rate_double", "rank_16"]


def test_one_that_fails_on_its_way_to_the_end_leaves_its_place_to_the_next(tmp_path: Path) -> None:
    class Fails(World):
        def train(self, candidate, *, stop_at, go_on, until):  # type: ignore[no-untyped-def]
            if candidate.name == "rate_half" and stop_at is None:
                return Trained(run_id="r", state="failed", steps=800, seconds=60.0, cause=Text("tune.unknown_cause"))
            return super().train(candidate, stop_at=stop_at, go_on=go_on, until=until)

    world = Fails(likeness=likeness)
    ended = go(begun(tmp_path, PLAN, 12.0), world)
    assert states(tmp_path)["rate_half"] == "failed"
    assert ended.answer is not None and ended.answer.candidate == "plan"
    assert world.trained[-1] == ("plan", None, "plan-short")


def test_a_candidate_that_cannot_be_begun_now_is_left_to_another_session(tmp_path: Path) -> None:
    class Refuses(World):
        refuses = True

        def train(self, candidate, *, stop_at, go_on, until):  # type: ignore[no-untyped-def]
            if candidate.name == "plan" and self.refuses:
                raise PipelineError("client.unknown", client="ana", known="")
            return super().train(candidate, stop_at=stop_at, go_on=go_on, until=until)

    world, one = Refuses(likeness=likeness), begun(tmp_path, PLAN, 12.0)
    ended = go(one, world)
    assert ended.answer is not None and ended.answer.candidate == "rate_half"
    line = tuning.lines(tmp_path)["plan"]
    assert line.state == "planned" and line.why is not None and line.why.key == "client.unknown"
    world.refuses = False
    go(tuning.reopen(one, 24.0), world)
    assert "plan" in [name for name, *_ in world.trained]


def test_where_no_training_can_be_begun_it_says_why_and_does_not_go_through_all_candidates(tmp_path: Path) -> None:
    class Refuses(World):
        def train(self, candidate, *, stop_at, go_on, until):  # type: ignore[no-untyped-def]
            self.trained.append((candidate.name, stop_at, go_on))
            raise PipelineError("client.unknown", client="ana", known="")

    world = Refuses(likeness=likeness)
    ended = go(begun(tmp_path, PLAN, 12.0), world)
    assert ended.error is not None and ended.error.key == "client.unknown"
    assert ended.answer is not None and ended.answer.file == "final@0.6"
    assert len(world.trained) == 2 and not tuning.has_ended(tmp_path)


def test_hours_for_too_little_are_stage_0_and_no_training(tmp_path: Path) -> None:
    world = World(likeness=likeness)
    answer = go(begun(tmp_path, PLAN, 3.0), world).answer
    assert world.trained == [] and answer is not None
    assert (answer.file, answer.candidate) == ("final@0.6", STAGE0)


def test_stage_0_alone_has_an_answer_and_the_same_one_when_it_is_asked_again(tmp_path: Path) -> None:
    world, one = World(likeness=likeness), begun(tmp_path, PLAN, None)
    first, clock = go(one, world).answer, world.clock
    second = go(one, world).answer
    assert first is not None and second is not None and first.file == second.file == "final@0.6"
    assert world.clock == clock


def test_without_any_training_yet_the_plan_is_the_first_one(tmp_path: Path) -> None:
    world = World(likeness=likeness)
    answer = go(begun(tmp_path, PLAN, 12.0), world, stage0=()).answer
    assert world.trained[0] == ("plan", 800, "") and answer is not None and answer.candidate == "rate_half"


@pytest.mark.parametrize("hours", [5.0, 6.5, 8.0, 12.0, 24.0])
@pytest.mark.parametrize("slower", [1.0, 1.08, 1.4, 3.0])
def test_a_night_is_never_longer_than_its_hours_however_slow_the_card_is(hours: float, slower: float, tmp_path: Path) -> None:
    world = World(likeness=likeness, step_s=6.0 * slower, picture_s=20.0 * slower)
    ended = go(begun(tmp_path, PLAN, hours), world, costs=Costs(step_s=6.0, picture_s=20.0))
    assert ended.answer is not None
    assert world.clock - 1000 <= hours * 3600 * 1.05


def test_when_time_is_over_in_the_middle_of_a_training_the_best_file_so_far_is_the_answer(tmp_path: Path) -> None:
    class Slows(World):
        """From the first training to its end on everything takes three times as long."""

        def train(self, candidate, *, stop_at, go_on, until):  # type: ignore[no-untyped-def]
            self.step_s = 6.0 if stop_at else 18.0
            return super().train(candidate, stop_at=stop_at, go_on=go_on, until=until)

    world = Slows(likeness=likeness)
    answer = go(begun(tmp_path, PLAN, 12.0), world).answer
    assert states(tmp_path)["rate_half"] == "stopped"
    assert answer is not None and answer.candidate == "rate_half" and answer.file.startswith("rate_half-")
    assert answer.file != "rate_half-2000@0.6"
    assert world.clock - 1000 <= 12 * 3600 * 1.05


def test_a_card_that_nothing_is_known_of_is_measured_on_the_way(tmp_path: Path) -> None:
    world = World(likeness=likeness)
    plans: list[int] = []
    ended = go(
        begun(tmp_path, PLAN, 12.0), world, costs=Costs(step_s=None, picture_s=None),
        callbacks=Callbacks(on_plan=lambda plan: plans.append(plan.shorts)),
    )  # fmt: skip
    assert ended.answer is not None and ended.answer.candidate == "rate_half"
    assert plans[0] == 2 and max(plans) == 5


def test_pictures_that_could_not_be_drawn_cost_no_training(tmp_path: Path) -> None:
    """A server that is away for one comparison: the trainings go on, and all are compared before one is chosen."""
    world = World(likeness=likeness, draws_nothing={3, 5})
    ended = go(begun(tmp_path, PLAN, 12.0), world)
    assert ended.answer is not None and ended.answer.candidate == "rate_half"


def test_a_server_that_stays_away_is_an_error_that_says_so_and_everything_goes_on_later(tmp_path: Path) -> None:
    world, one = World(likeness=likeness, draws_nothing=set(range(2, 99))), begun(tmp_path, PLAN, 12.0)
    with pytest.raises(PipelineError) as error:
        go(one, world)
    assert error.value.key == "tune.nothing_compared"
    trained, world.draws_nothing = list(world.trained), set()
    ended = go(one, world)
    assert ended.answer is not None and ended.answer.candidate == "rate_half"
    assert world.trained[: len(trained)] == trained and len(world.trained) == len(trained) + 1


def test_ctrl_c_in_a_training_ends_the_night_and_the_next_one_goes_on_from_there(tmp_path: Path) -> None:
    class Stops(World):
        stopping = True

        def train(self, candidate, *, stop_at, go_on, until):  # type: ignore[no-untyped-def]
            trained = super().train(candidate, stop_at=stop_at, go_on=go_on, until=until)
            if candidate.name == "rate_half" and self.stopping:
                return dataclasses.replace(trained, state="stopped", interrupted=True, steps=400, files=(400,))
            return trained

    world, one = Stops(likeness=likeness), begun(tmp_path, PLAN, 12.0)
    ended = go(one, world)
    assert ended.interrupted and not tuning.has_ended(tmp_path)
    assert states(tmp_path)["rate_half"] == "stopped"
    world.stopping = False
    again = go(one, world)
    assert again.answer is not None and again.answer.candidate == "rate_half"
    assert ("rate_half", 800, "rate_half-short") in world.trained


def test_ctrl_c_while_drawing_ends_the_night_and_nothing_is_lost(tmp_path: Path) -> None:
    class Stops(World):
        stopping = True

        def draw(self, files, *, weights, seeds, minutes, two_rounds):  # type: ignore[no-untyped-def]
            drawn: Drawn = super().draw(files, weights=weights, seeds=seeds, minutes=minutes, two_rounds=two_rounds)
            return dataclasses.replace(drawn, interrupted=self.stopping and len(self.drawings) == 3)

    world, one = Stops(likeness=likeness), begun(tmp_path, PLAN, 12.0)
    assert go(one, world).interrupted
    world.stopping = False
    ended = go(one, world)
    assert ended.answer is not None and ended.answer.candidate == "rate_half"
    assert [name for name, stop, _ in world.trained if stop].count("rate_half") == 1


def test_a_copier_does_not_go_on_and_is_not_the_answer(tmp_path: Path) -> None:
    class Copies(World):
        def _score(self, file: File, row: tuple[str, str, int, int]):  # type: ignore[no-untyped-def]
            score = super()._score(file, row)
            return dataclasses.replace(score, copy_margin=0.2 if file.candidate == "rate_half" else 0.0)

    ended = go(begun(tmp_path, PLAN, 12.0), Copies(likeness=likeness))
    assert ended.answer is not None and ended.answer.candidate == "plan"
    assert states(tmp_path)["rate_half"] == "dropped"


# --- killed ----------------------------------------------------------------------------------------------------------


def test_killed_at_every_moment_it_comes_to_the_same_answer_and_trains_no_whole_thing_twice(tmp_path: Path) -> None:
    whole = World(likeness=likeness)
    expected = go(begun(tmp_path / "whole", PLAN, 8.0), whole).answer
    assert expected is not None
    for moment in range(1, whole.moments + 1):
        folder = tmp_path / str(moment)
        one, world = begun(folder, PLAN, 8.0), World(likeness=likeness, kill_at=moment)
        with pytest.raises(Killed):
            go(one, world)
        ended = go(tuning.read(folder), world)
        assert ended.answer is not None
        assert (ended.answer.file, ended.answer.candidate) == (expected.file, expected.candidate), moment
        assert len(world.trained) <= len(whole.trained) + 1
        assert world.clock - 1000 <= 8 * 3600 * 1.05 + 0.4 * 2000 * 6 + 200  # the time of what was lost


def test_more_hours_train_what_did_not_fit_and_nothing_again(tmp_path: Path) -> None:
    world, one = World(likeness=likeness), begun(tmp_path, PLAN, 12.0)
    go(one, world)
    before = list(world.trained)
    spent = tuning.spent_s(tmp_path) / 3600
    ended = go(tuning.reopen(one, spent + 8.0), world)
    assert ended.answer is not None and ended.answer.candidate == "rate_half"
    assert len(world.trained) > len(before)
    assert not {name for name, stop, _ in world.trained[len(before) :] if stop} & {name for name, *_ in before}


def test_lines_left_by_another_language_version_or_hand_do_not_stop_it(tmp_path: Path) -> None:
    one = begun(tmp_path, PLAN, 12.0)
    (tmp_path / tuning.LINES_FILE).write_bytes(b'{"candidate": "plan", "state": "unheard"}\n\xff\n{}\n')
    assert go(one, World(likeness=likeness)).answer is not None


def test_the_last_training_alone_is_compared_by_its_own_name(tmp_path: Path) -> None:
    answer = go(begun(tmp_path, PLAN, None), World(likeness=likeness), stage0=LAST[:1]).answer
    assert answer is not None and answer.run_id == "20260101-000000"


# --- what is left of the hours ---------------------------------------------------------------------------------------


def even(file: File, weight: str) -> float:
    """Two models of the last training are nearly alike, all else is worse."""
    return {"final": 0.60, "1500": 0.59}.get(file.name, 0.4) + {"0.6": 0.0, "0.8": 0.02, "1.0": -0.1}[weight]


def seeds_of(world: World, name: str) -> int:
    return max(sum(one[:2] == (name, weight) for one in world.pictures) for weight in ("0.6", "0.8", "1.0")) // 6


def test_what_is_left_of_the_hours_draws_more_of_those_that_are_tied(tmp_path: Path) -> None:
    """Eight hours of which no training fits in are not over after 44 minutes with a tie."""
    world = World(likeness=even, noise=0.12, step_s=30.0)
    told: list[str] = []
    answer = go(begun(tmp_path, PLAN, 8.0), world, callbacks=Callbacks(on_note=lambda text: told.append(text.key))).answer
    assert answer is not None and answer.file.startswith(("final", "1500"))
    assert told.count("tune.now.apart") >= 2
    assert seeds_of(world, "500") == 4 and seeds_of(world, answer.file.partition("@")[0]) >= 8
    assert world.clock - 1000 <= 8 * 3600


def test_without_hours_and_without_time_no_more_is_drawn(tmp_path: Path) -> None:
    for number, (hours, step_s) in enumerate(((None, 6.0), (0.75, 6.0))):
        world = World(likeness=even, noise=0.12, step_s=step_s)
        told: list[Text] = []
        go(begun(tmp_path / str(number), PLAN, hours), world, callbacks=Callbacks(on_note=told.append))
        assert "tune.now.apart" not in [text.key for text in told] and seeds_of(world, "final") == 1


def test_the_model_that_a_training_went_on_from_is_compared_in_the_end_too(tmp_path: Path) -> None:
    """A rate that is too high is best before its end."""
    world = World(likeness=lambda file, weight: 0.7 if file.candidate == "rate_double" and file.step == SHORT else 0.5)
    answer = go(begun(tmp_path, PLAN, 12.0), world).answer
    assert answer is not None and answer.file.partition("@")[0] == f"rate_double-{SHORT}"
    assert any("rate_double-2000" in names for names in world.drawings)
