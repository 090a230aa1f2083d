"""The candidate that is used: handed over, named in sidecars and recipe, and taken back by the next one."""

from __future__ import annotations

from pathlib import Path

import pytest

import utils
from avatar.results import choice, trial
from avatar.results.ranking import Ranked, Ranking
from avatar.results.scores import Score, Scores, TrialPicture
from avatar.results.trial_run import Callbacks
from avatar.texts.text import PipelineError
from avatar.training import checkpoints
from avatar.workspace.client import Client
from tests.results.conftest import Draw
from tests.results.fake_backend import FakeBackend


@pytest.fixture
def drawn(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trial of final and 1500 at 0.6 and 0.8."""
    monkeypatch.setattr("avatar.training.judge.file_problem", lambda spec, path: None)
    return draw(FakeBackend(), callbacks=Callbacks()).folder


def scores(folder: Path, likeness: dict[str, list[float]]) -> Scores:
    """Return scores of the trial's pictures, in their order, by candidate."""
    measured = []
    for name, values in likeness.items():
        lines = [line for line in trial.lines(folder).values() if line.candidate == name]
        for line, value in zip(sorted(lines, key=lambda line: (line.seed, line.prompt)), values, strict=False):
            model, weight = trial.split(name)
            picture = TrialPicture(
                picture_id=line.picture_id, model=model, weight=weight, prompt=line.prompt, seed=line.seed, round=line.round,
                path=trial.picture_file(folder, line),
            )  # fmt: skip
            measured.append(Score(picture=picture, faces=1, likeness=value))
    return Scores(pictures=tuple(measured), reference=None, yardstick=None, flexibility={}, failed={})


def ranking(*names: str, tied: int = 2) -> Ranking:
    places = [
        Ranked(
            model=trial.split(name)[0], weight=trial.split(name)[1], likeness=0.7, n=24, faces=1.0, copy_risk=0.01,
            flexibility=0.9, rank=place, tied=place <= tied, eligible=True, reasons=(),
        )
        for place, name in enumerate(names, 1)
    ]  # fmt: skip
    return Ranking(
        candidates=tuple(places), critical_difference=0.07, compared=24, yardstick=None, held_out=None, floor=None
    )  # fmt: skip


def recipe(model: Path) -> dict[str, object]:
    return utils.read_object(model.with_name(f"{model.stem}.recipe.json"))


def test_a_checkpoint_is_handed_over_with_weight_preview_and_choice(drawn: Path, trained: Client) -> None:
    measured = scores(drawn, {"1500@0.6": [0.9, 0.5]})
    taken = choice.take(trained, drawn, "1500@0.6", measured, ranking("1500@0.6", "final@0.8", "final@0.6"))
    assert taken.model == trained.models / "ana_v1-step00001500.safetensors" and taken.model.is_file()
    assert [item.steps for item in checkpoints.checkpoints(trained)] == [1000, 500]
    sidecar = utils.read_json(taken.model.with_suffix(".json"))
    assert sidecar["preferred weight"] == 0.6 and sidecar["activation text"] == "ohwx woman"
    assert taken.preview is not None and taken.model.with_suffix(".png").read_bytes() == taken.preview.read_bytes()
    chosen = recipe(taken.model)["chosen"]
    assert isinstance(chosen, dict)
    assert {name: value for name, value in chosen.items() if name != "at"} == {
        "trial": drawn.name, "candidate": "1500@0.6", "likeness": 0.7, "n": 24, "critical_difference": 0.07,
        "tied_with": ["final@0.8"], "copy_risk": 0.01, "by": "rules",
    }  # fmt: skip
    current = choice.current(trained)
    assert current is not None and current[0] == taken.model


def test_the_preview_is_the_picture_nearest_to_the_median_not_the_luckiest(drawn: Path) -> None:
    lines = [line for line in trial.lines(drawn).values() if line.candidate == "final@0.8"]
    assert len(lines) == 2
    measured = scores(drawn, {"final@0.8": [0.9, 0.4], "final@0.6": [0.99]})
    middle = choice.preview_of(drawn, "final@0.8", measured)
    assert middle is not None and middle.name in {line.file for line in lines}
    three = scores(drawn, {"base@0": [0.1], "final@0.8": [0.8, 0.8]})
    first = choice.preview_of(drawn, "final@0.8", three)
    assert first is not None
    prompts = {line.file: line.prompt for line in lines}
    assert prompts[first.name] == 1


def test_what_could_not_be_ranked_is_taken_by_name(drawn: Path, trained: Client) -> None:
    taken = choice.take(trained, drawn, "final@0,8", None, None)
    assert taken.model == trained.models / "ana_v1.safetensors"
    assert (taken.chosen.candidate, taken.chosen.by, taken.chosen.likeness) == ("final@0.8", "user", None)
    assert taken.preview is not None
    other = choice.take(trained, drawn, "final@0.7", None, None)  # not drawn at that weight
    assert other.preview is None and other.chosen.candidate == "final@0.7"


def test_taking_another_takes_the_first_back(drawn: Path, trained: Client) -> None:
    final = trained.models / "ana_v1.safetensors"
    final.with_suffix(".png").write_bytes(b"sample of the training")
    before = recipe(final)
    choice.take(trained, drawn, "final@0.8", None, None)
    choice.take(trained, drawn, "final@0.6", None, None)
    taken = choice.take(trained, drawn, "1500@0.8", None, None)
    assert recipe(final) == before
    assert final.with_suffix(".png").read_bytes() == b"sample of the training"
    assert utils.read_json(final.with_suffix(".json"))["preferred weight"] == 0.8
    assert not list(trained.models.glob(".*"))
    assert [path for path in trained.models.glob("*.safetensors") if "chosen" in recipe(path)] == [taken.model]
    choice.take(trained, drawn, "final@0.6", None, None)
    assert not taken.model.with_suffix(".png").exists()  # it had none of its own
    assert taken.model.is_file()


@pytest.mark.parametrize("typed", ["900@0.8", "final", "final@3", "final@", "@0.8", "final@0.8@1", "base@0", "../x@1"])
def test_what_is_no_candidate_is_refused(typed: str, drawn: Path, trained: Client) -> None:
    with pytest.raises(PipelineError, match=r"trial\.no_candidate"):
        choice.take(trained, drawn, typed, None, None)


def test_a_file_that_is_gone_or_another_one_now_is_not_taken(drawn: Path, trained: Client) -> None:
    final = trained.models / "ana_v1.safetensors"
    (trained.runs / "20260101-000000" / "checkpoints" / "ana_v1-step00001500.safetensors").unlink()
    with pytest.raises(PipelineError, match=r"trial\.model_gone"):
        choice.take(trained, drawn, "1500@0.8", None, None)
    final.write_bytes(final.read_bytes()[:-1] + b"x")
    with pytest.raises(PipelineError, match=r"trial\.model_gone"):
        choice.take(trained, drawn, "final@0.8", None, None)


def test_a_choice_that_was_killed_in_the_middle_is_done_by_its_repeat(
    drawn: Path, trained: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice.take(trained, drawn, "final@0.8", None, None)
    whole, left = utils.write_atomic, [0]

    def killed(path: Path, content: str | bytes) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        whole(path, content)

    for stop in range(1, 30):
        left[0] = stop
        with monkeypatch.context() as patch:
            patch.setattr(utils, "write_atomic", killed)
            try:
                choice.take(trained, drawn, "1500@0.6", None, None)
                break
            except KeyboardInterrupt:
                pass
        current = choice.current(trained)
        assert current is not None and current[0].is_file()  # always one, never none
    taken = [path for path in trained.models.glob("*.safetensors") if "chosen" in recipe(path)]
    assert [path.name for path in taken] == ["ana_v1-step00001500.safetensors"]
    assert stop > 3


def test_the_best_is_the_first_of_the_ranking_and_without_one_there_is_none() -> None:
    assert choice.best(ranking("1500@0.8", "final@0.8")) == "1500@0.8"
    for nothing in (None, ranking()):
        with pytest.raises(PipelineError, match=r"trial\.nothing_ranked"):
            choice.best(nothing)
