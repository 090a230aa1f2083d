"""The menu of results, and the end of the guided setup: from a trained model to the one that is used."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from avatar.commands import back_ends, results, stage_state
from avatar.commands import trial as trial_commands
from avatar.commands.result import Result
from avatar.generate import proof
from avatar.reports import stages
from avatar.results import choice, trial
from avatar.results.scores import Scores, TrialPicture
from avatar.terminal import guided, menu, menus
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from config import Settings
from tests.results import fake_backend, made
from tests.results.fake_backend import FakeBackend
from tests.scripted import MakeSession


@pytest.fixture
def trained(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client with a training, whose trials are small, drawn in this process, and measured by the weight."""
    backend = FakeBackend()
    monkeypatch.setattr(back_ends, "chosen", lambda settings, base, models, side_px, **named: back_ends.Chosen([backend], 64))
    monkeypatch.setattr(proof, "check_lora", made.facts)

    def measured(session: object, client: Client, folder: Path, *, anew: bool = False) -> Scores:
        def alike(picture: TrialPicture) -> float:
            best = picture.model == "final" and picture.weight == "1.0"
            return (0.9 if best else 0.5) + fake_backend.seed_of(picture.picture_id) % 5 / 100

        return made.scores(folder, alike)

    monkeypatch.setattr(results, "measured", measured)
    return made.trained(client, steps=())


def states(client: Client) -> tuple[str, str, str]:
    state = stages.client_state(client, Settings())
    done = [stage for stage in state.stages if stage.name not in ("try", "choose")]
    finished = {stage.name: stages.StageState(stage.name, "done", 1) for stage in done}
    whole = stages.ClientState("ana", tuple(finished.get(s.name, s) for s in state.stages), 1, 0, {}, ())
    return state.stage("try").state, state.stage("choose").state, stages.proposed(whole)


def test_after_the_model_comes_the_trial_then_the_choice_and_a_newer_model_begins_anew(
    make: MakeSession, trained: Client
) -> None:
    session, _ = make()
    assert states(trained) == ("todo", "todo", "try")
    trial_commands.draw(session, "ana")
    assert states(trained) == ("done", "todo", "choose")
    results.results(session, "ana", take="best")
    assert states(trained) == ("done", "done", "")
    made.trained(trained, steps=(), run_id="20270101-000000", name="ana_v2")
    assert states(trained) == ("outdated", "outdated", "try")


def test_the_state_is_computed_again_when_a_trial_was_drawn_or_a_candidate_taken(make: MakeSession, trained: Client) -> None:
    session, _ = make()
    assert stage_state.client_state(session, trained).stage("try").state == "todo"
    trial_commands.draw(session, "ana")
    assert stage_state.client_state(session, trained).stage("try").state == "done"
    results.results(session, "ana", take="final@0.6")
    chosen = stage_state.client_state(session, trained).stage("choose")
    assert chosen.state == "done" and chosen.why is not None and chosen.why.values["candidate"] == "final@0.6"


def entered(make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the answer that Enter stands for where the line of results asks which."""
    session, ui = make("")
    session.client = client
    called: list[str] = []
    offered = menus.choices_of("result")

    def noted(name: str, commands: Sequence[Any] = ()) -> list[menu.Choice]:
        def act(label: str) -> Callable[[object], None]:
            return lambda session: called.append(label)

        return [menu.Choice(item.label, act(item.label)) for item in offered]

    with monkeypatch.context() as patch:
        patch.setattr(menus, "choices_of", noted)
        menus.ask_which("result", session)
    assert not ui.answers
    (label,) = called
    return label


def test_enter_stands_for_what_comes_next_in_the_menu_of_results(
    make: MakeSession, trained: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = make()
    labels = [item.label for item in menus.choices_of("result")]
    assert labels == [
        "menu.try", "menu.results", "menu.results_take", "menu.try_otherwise", "menu.tune", "menu.tune_take", "menu.deliver",
        "menu.install", "menu.models",
    ]  # fmt: skip
    assert entered(make, trained, monkeypatch) == "menu.try"
    trial_commands.draw(session, "ana")
    assert entered(make, trained, monkeypatch) == "menu.results_take"
    results.results(session, "ana", take="best")
    assert entered(make, trained, monkeypatch) == "menu.deliver"


def test_the_menu_tries_shows_and_takes_the_best(make: MakeSession, trained: Client) -> None:
    session, ui = make("", "2", "", "", "0")
    session.client = trained
    menu.run_menu("menu.result", menus.choices_of("result"), session, proposed=functools.partial(menus.proposed, "menu.result"))
    assert "El mejor: modelo final con peso 1" in ui.text and "En uso: modelo final con peso 1" in ui.text
    current = choice.current(trained)
    assert current is not None and current[1]["by"] == "rules"


def test_the_guided_setup_ends_with_the_trial_its_sheet_and_the_best(make: MakeSession, trained: Client) -> None:
    session, ui = make("", "", "")
    session.client = trained
    guided._model(session)
    assert "Imágenes de la prueba: 78" in ui.text
    assert list(trained.output.glob("*.zip")) and "¿Hacer el zip para entregarlo" in ui.text
    assert str(trained.output / "results_1.png") in ui.text
    assert "¿Usarlo?" in ui.text and "En uso: modelo final con peso 1" in ui.text
    again, ui = make("n")
    again.client = trained
    guided._model(again)  # of what is done nothing is asked a second time
    assert ui.text.count("¿") == 1 and "peso 1, " in ui.text


def test_the_trial_may_be_left_for_later_and_the_model_be_handed_over_untried(make: MakeSession, trained: Client) -> None:
    session, ui = make("n", "s")
    session.client = trained
    guided._model(session)
    assert trial.trial_ids(trained) == [] and list(trained.output.glob("*.zip")) and "zip" in ui.text


def test_where_nothing_draws_the_guided_setup_says_so_and_still_offers_the_zip(
    make: MakeSession, trained: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing_draws(*_: object) -> None:
        raise PipelineError("draw.choice.no_card")

    monkeypatch.setattr(trial_commands, "draw", nothing_draws)
    session, ui = make("", "")
    session.client = trained
    guided._model(session)
    asked = session.text("ask.deliver_now")
    assert asked in ui.text and not list(trained.output.glob("*.zip"))  # of an untried model it is not what Enter does


def test_what_was_taken_stays_in_sight_the_order_is_among_the_details(make: MakeSession, trained: Client) -> None:
    session, _ = make()
    session.client = trained
    trial_commands.draw(session, "ana")
    shown = results.results(session, None, take="final@0.7")
    assert [getattr(block, "key", "table") for block in shown.blocks] == ["trial.taken", "trial.then"]
    assert any(getattr(block, "key", "") == "trial.written" for block in shown.more)


def test_another_than_the_best_is_taken_by_its_number_or_its_name(make: MakeSession, trained: Client) -> None:
    session, _ = make("2", "final@0.7")
    session.client = trained
    trial_commands.draw(session, "ana")
    for expected in ("final@0.6", "final@0.7"):
        menus.HANDLERS["menu.results_take"](session)
        current = choice.current(trained)
        assert current is not None and current[1]["candidate"] == expected and current[1]["by"] == "user"


def test_without_any_face_the_menu_says_so_and_asks_by_name(
    make: MakeSession, trained: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(session: object, client: Client, folder: Path, *, anew: bool = False) -> Scores:
        return made.scores(folder, lambda picture: None)

    monkeypatch.setattr(results, "measured", nothing)
    session, ui = make("")
    session.client = trained
    trial_commands.draw(session, "ana")
    menus.HANDLERS["menu.results_take"](session)
    assert "Nada se ha podido ordenar" in ui.text and "En uso: modelo final con peso 0,8" in ui.text


# --- a trial that is asked for in words ------------------------------------------------------------------------------


def wishes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[trial_commands.Wish, bool]]:
    """Return what is asked for from now on, instead of drawing it."""
    asked: list[tuple[trial_commands.Wish, bool]] = []

    def noted(session: object, client: object, wish: trial_commands.Wish, *, more: bool) -> Result[None]:
        asked.append((wish, more))
        return Result(None)

    monkeypatch.setattr(trial_commands, "draw", noted)
    return asked


def test_models_prompts_and_what_draws_are_asked_for_and_enter_is_the_usual(
    make: MakeSession, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.trained(client, steps=(100, 200))
    prompts = tmp_path / "mine.txt"
    prompts.write_text("ohwx woman, rain", encoding="utf-8")
    session, ui = make("", "", "", "1, paso 100", str(prompts), "comfyui")
    session.client = client
    asked = wishes(monkeypatch)
    menus.HANDLERS["menu.try_otherwise"](session)
    menus.HANDLERS["menu.try_otherwise"](session)
    assert asked == [
        (trial_commands.Wish(models=[]), False),
        (trial_commands.Wish(models=["final", "100"], prompts=prompts, backend="comfyui"), False),
    ]
    assert "  1. modelo final" in ui.shown and "  3. paso 100" in ui.shown
    assert any("el del entrenador" in line for line in ui.shown)


def test_of_those_that_are_tied_more_is_drawn_on_enter_and_another_trial_on_a_no(
    make: MakeSession, trained: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, ui = make("", "", "n", "", "")
    session.client = trained
    trial_commands.draw(session, "ana")
    monkeypatch.setattr(results, "tied", lambda session, client: ("final@0.8", "final@1.0"))
    asked = wishes(monkeypatch)
    menus.HANDLERS["menu.try_otherwise"](session)
    menus.HANDLERS["menu.try_otherwise"](session)
    assert [more for _, more in asked] == [True, False] and not ui.answers


def test_without_a_model_nothing_is_asked(make: MakeSession, client: Client) -> None:
    session, _ = make()
    session.client = client
    with pytest.raises(PipelineError, match=r"trial\.no_models"):
        menus.HANDLERS["menu.try_otherwise"](session)
