"""The whole way: which stage comes when, what is handed to it, where the way ends, and what is told of it all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from avatar.commands import dataset as dataset_commands
from avatar.commands import faces as faces_commands
from avatar.commands import importing as importing_commands
from avatar.commands import plan as plan_commands
from avatar.commands import run_all as commands_run_all
from avatar.commands import setup as setup_commands
from avatar.commands import stage_state
from avatar.commands import training as training_commands
from avatar.commands.result import Result
from avatar.commands.run_all import RUN_STAGES, run_all
from avatar.commands.session import Session
from avatar.reports import stages
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from tests.scripted import MakeSession

ACTIONS = {
    "import-mj": (importing_commands, "import_mj"), "import-real": (importing_commands, "import_real"),
    "process": (faces_commands, "process"), "prepare": (dataset_commands, "prepare"),
    "configure": (plan_commands, "configure"), "check": (plan_commands, "dry_run"), "train": (training_commands, "train"),
}  # fmt: skip
Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]


class Way:
    """Stand-ins for all stages: what was called with what, and what each gives back."""

    def __init__(self) -> None:
        self.calls: Calls = []
        self.results: dict[str, Result[Any] | BaseException] = {}
        self.states: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.calls]

    def given(self, name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
        (found,) = [(words, options) for called, words, options in self.calls if called == name]
        return found

    def action(self, name: str) -> Callable[..., Result[Any]]:
        def act(session: Session, *words: Any, **options: Any) -> Result[Any]:
            self.calls.append((name, words, options))
            result = self.results.get(name, Result(f"value of {name}"))
            if isinstance(result, BaseException):
                raise result
            return result

        return act

    def state(self, session: Session, client: Client) -> stages.ClientState:
        every = tuple(stages.StageState(name, self.states.get(name, "todo"), 1) for name in stages.STAGES)  # type: ignore[arg-type]
        return stages.ClientState(client.client_id, every, 1, 0, {}, ())


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> Way:
    made = Way()
    for name, (home, function) in ACTIONS.items():
        monkeypatch.setattr(home, function, made.action(name))
    monkeypatch.setattr(stage_state, "client_state", made.state)
    monkeypatch.setattr(setup_commands, "trainer_installed", lambda session: True)
    return made


@pytest.mark.parametrize("number", range(len(RUN_STAGES)))
def test_the_way_ends_after_the_stage_it_is_to_go_to(make: MakeSession, client: Client, way: Way, number: int) -> None:
    session, _ = make()
    result = run_all(session, "ana", mj=["."], real=["."], until=RUN_STAGES[number])
    wanted = ["import-mj", "import-real", "process", "prepare", "configure", "check", "train"][: number + 2]
    assert way.names == wanted
    assert isinstance(result.value, dict) and list(result.value["stages"]) == wanted
    assert result.error is None and not result.interrupted and result.client == "ana"


@pytest.mark.parametrize(("installed", "last"), [(True, "train"), (False, "check")])
def test_unless_told_it_trains_where_a_trainer_is(
    make: MakeSession, client: Client, way: Way, monkeypatch: pytest.MonkeyPatch, installed: bool, last: str
) -> None:
    monkeypatch.setattr(setup_commands, "trainer_installed", lambda session: installed)
    run_all(make()[0], "ana")
    assert way.names[-1] == last


def test_only_the_folders_that_were_named_are_imported(make: MakeSession, client: Client, way: Way) -> None:
    run_all(make()[0], "ana", real=["."], until="import")
    assert way.names == ["import-real"]
    way.calls.clear()
    run_all(make()[0], "ana", mj=["."], until="import")
    assert way.names == ["import-mj"]
    way.calls.clear()
    result = run_all(make()[0], "ana", until="import")
    assert way.names == [] and result.error is None


def test_each_stage_gets_what_is_its_own(make: MakeSession, client: Client, way: Way, tmp_path: Path) -> None:
    folders = [str(tmp_path / "mj ñ"), str(tmp_path / "fotos")]
    for folder in folders:
        Path(folder).mkdir()
    run_all(
        make()[0], "ana", mj=folders[:1], real=folders[1:], preset="quick", gpu="cpu", overrides=["seed=7"], workers=3,
        prompt="a portrait", until="configure",
    )  # fmt: skip
    assert way.given("import-mj") == (("ana", folders[:1]), {"prompt": "a portrait"})
    assert way.given("import-real") == (("ana", folders[1:]), {})
    assert way.given("process") == (("ana",), {"workers": 3})
    assert way.given("prepare") == (("ana",), {})
    assert way.given("configure") == (("ana",), {"preset": "quick", "gpu": "cpu", "overrides": ["seed=7"]})


@pytest.mark.parametrize("asked", [{"preset": "quick"}, {"gpu": "cpu"}, {"overrides": ["seed=7"]}])
def test_a_plan_that_is_done_is_made_again_where_something_is_asked_of_it(
    make: MakeSession, client: Client, way: Way, asked: dict[str, Any]
) -> None:
    way.states = dict.fromkeys(("process", "prepare", "configure", "train"), "done")
    run_all(make()[0], "ana")
    assert way.names == ["check"]  # a check is never done: cards and disks change
    way.calls.clear()
    run_all(make()[0], "ana", **asked)
    assert way.names == ["configure", "check"]


@pytest.mark.parametrize("state", ["todo", "outdated"])
def test_whatever_is_not_done_is_done(make: MakeSession, client: Client, way: Way, state: str) -> None:
    way.states = {"process": "done", "prepare": state, "configure": "done"}
    run_all(make()[0], "ana", until="configure")
    assert way.names == ["prepare"]


def test_a_stage_that_ends_in_an_error_is_the_last_and_its_error_that_of_the_way(
    make: MakeSession, client: Client, way: Way
) -> None:  # fmt: skip
    wrong = Text("client.none_chosen")
    way.results["prepare"] = Result("half", warnings=[Text("menu.not_there", {"last": 3})], error=wrong, interrupted=True)
    way.results["process"] = Result("faces", warnings=[Text("menu.not_there", {"last": 2})])
    seen: list[tuple[str, bool]] = []
    result = run_all(make()[0], "ana", on_stage=lambda name, ended: seen.append((name, ended.error is None)))
    assert way.names == ["process", "prepare"]
    assert seen == [("process", True), ("prepare", False)]
    assert result.error == wrong and result.interrupted
    assert [warning.values["last"] for warning in result.warnings] == [2, 3]
    assert isinstance(result.value, dict) and result.value["stages"] == {"process": "faces", "prepare": "half"}


def test_a_stage_that_cannot_is_told_by_its_own_error(make: MakeSession, client: Client, way: Way) -> None:
    way.results["process"] = PipelineError("client.locked", client="ana", holder="?")
    with pytest.raises(PipelineError, match=r"client\.locked"):
        run_all(make()[0], "ana")
    assert way.names == ["process"]


def test_a_client_is_made_once_and_found_again_whatever_the_case(make: MakeSession, way: Way) -> None:
    session, _ = make()
    for name in ("Nueva", "nueva", "NUEVA"):
        result = run_all(session, name, until="import")
        assert result.client == "Nueva"
    assert session.workspace.client_ids() == ["Nueva"]


def test_a_name_that_no_client_can_have_makes_none(make: MakeSession, way: Way) -> None:
    session, _ = make()
    with pytest.raises(PipelineError):
        run_all(session, "../otra", until="import")
    assert session.workspace.client_ids() == [] and way.names == []


@pytest.mark.parametrize("option", ["mj", "real"])
def test_a_mistyped_folder_is_told_before_anything_is_done(make: MakeSession, way: Way, option: str, tmp_path: Path) -> None:
    session, _ = make()
    options: dict[str, Any] = {option: [".", str(tmp_path / "fotos de anña")]}
    with pytest.raises(PipelineError) as caught:
        run_all(session, "nueva", **options)
    assert (caught.value.key, caught.value.values["path"]) == ("import.no_path", str(tmp_path / "fotos de anña"))
    assert session.workspace.client_ids() == [] and way.names == []


@pytest.mark.parametrize(("language", "heading"), [("es", "== Dataset LoRA"), ("en", "== LoRA dataset")])
def test_what_a_stage_brought_stands_under_its_name(make: MakeSession, language: str, heading: str) -> None:
    session, ui = make(language=language)
    commands_run_all.show_stage(session, "prepare", Result(None, [Text("model.none")], [Text("menu.not_there", {"last": 3})]))
    assert ui.shown[0] == heading
    assert ui.shown[1] == session.text("model.none") and len(ui.shown) == 3
