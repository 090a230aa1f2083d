"""The guided walk: what it asks, what it passes over, where it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

import commands
import guided
import run_commands
import training_commands
from session import Result, Session
from stages import STAGES, ClientState, StageState
from utils import PipelineError
from workspace import Client

from .scripted import MakeSession


@dataclass
class Stages:
    """Stands for all stages: each call is noted and marks its stage done."""

    done: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    approved: int = 5
    level: str = "attention"
    card: bool = True

    def state(self, client: Client) -> ClientState:
        states = tuple(
            StageState(name, "done" if name in self.done else "todo", 3 if name in self.done else 0) for name in STAGES
        )
        return ClientState(client.client_id, states, self.approved, 1, {"mj": 3, "real": 2}, ())

    def act(self, name: str, value: object = None) -> Result:
        self.calls.append(name)
        self.done.add(name.partition(" ")[0])
        return Result(value)


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> Stages:
    fake = Stages()
    no_prompt = SimpleNamespace(prompts_from={"none": 0})
    monkeypatch.setattr(Session, "state", lambda self, client: fake.state(client))
    monkeypatch.setattr(commands, "import_mj", lambda s, c, paths: fake.act("import-mj " + Path(paths[0]).name, no_prompt))
    monkeypatch.setattr(commands, "import_real", lambda s, c, paths: fake.act("import-real " + Path(paths[0]).name))
    monkeypatch.setattr(commands, "process", lambda s, c: fake.act("process"))
    monkeypatch.setattr(training_commands, "prepare", lambda s, c: fake.act("prepare"))
    monkeypatch.setattr(training_commands, "configure", lambda s, c, preset, gpu: fake.act(f"configure {preset} {gpu}"))
    checks = SimpleNamespace(preflight=[SimpleNamespace(level="ready")])
    monkeypatch.setattr(training_commands, "dry_run", lambda s, c: fake.act("check", checks))
    monkeypatch.setattr(run_commands, "train", lambda s, c: fake.act("train"))
    monkeypatch.setattr(commands, "card_found", lambda: fake.card)
    return fake


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    for name in ("mj", "fotos ñ"):
        (tmp_path / name).mkdir()
    return str(tmp_path / "mj"), str(tmp_path / "fotos ñ")


def test_a_newcomer_answers_six_questions_from_folders_to_training(
    make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str]
) -> None:
    answers = [folders[0], folders[1], "", "", "", ""]
    session, ui = make(*answers)
    session.client = client
    guided.walk(session)
    assert stages.calls == [
        "import-mj mj", "import-real fotos ñ", "process", "prepare", "configure balanced None", "check", "train",
    ]  # fmt: skip
    assert ui.shown[-1] == "Recorrido terminado."
    assert "Paso 1 de 6: Imágenes MidJourney" in ui.shown


def test_it_goes_on_where_it_was_left(make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str]) -> None:
    session, ui = make(folders[0], "0")
    session.client = client
    guided.walk(session)
    assert stages.calls == ["import-mj mj"]
    assert ui.shown[-1].startswith("Recorrido interrumpido")
    session, ui = make(folders[1], "", "", "", "n")
    session.client = client
    guided.walk(session)
    assert stages.calls[1:] == ["import-real fotos ñ", "process", "prepare", "configure balanced None", "check"]
    assert "Ya está hecho (3)." in ui.shown


@pytest.mark.parametrize("leave", [EOFError, KeyboardInterrupt], ids=["end of input", "Ctrl+C"])
def test_it_can_be_left_in_the_middle_of_a_question(
    make: MakeSession, client: Client, stages: Stages, leave: type[BaseException]
) -> None:
    session, ui = make(leave)
    session.client = client
    guided.walk(session)
    assert stages.calls == []
    assert ui.shown[-1].startswith("Recorrido interrumpido")


def test_a_missing_folder_is_asked_again(make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str]) -> None:
    session, ui = make("/no/such/folder", folders[0], "0")
    session.client = client
    guided.walk(session)
    assert stages.calls == ["import-mj mj"]
    assert "/no/such/folder" in ui.text


def test_without_any_picture_it_says_so_instead_of_going_on(make: MakeSession, client: Client, stages: Stages) -> None:
    session, _ = make("", "")
    session.client = client
    with pytest.raises(PipelineError) as caught:
        guided.walk(session)
    assert caught.value.key == "guided.no_pictures"


def test_with_nothing_approved_it_stops_before_the_dataset(
    make: MakeSession, client: Client, stages: Stages, folders: tuple[str, str]
) -> None:
    stages.approved = 0
    session, _ = make(folders[0], "", "")
    session.client = client
    with pytest.raises(PipelineError) as caught:
        guided.walk(session)
    assert (caught.value.key, caught.value.values) == ("guided.none_approved", {"refused": 1})


def test_without_a_card_it_asks_for_the_one_to_plan_for(make: MakeSession, client: Client, stages: Stages) -> None:
    stages.card = False
    stages.done = {"import-mj", "import-real", "process", "prepare"}
    session, ui = make("quick", "gtx1650", "n")
    session.client = client
    guided.walk(session)
    assert "configure quick gtx1650_4gb" in stages.calls
    assert "No se ha encontrado ninguna tarjeta NVIDIA" in ui.text


@pytest.mark.parametrize("answers", [["0"], ["", "0"]], ids=["at the preset", "at the card"])
def test_0_leaves_at_a_list_too(make: MakeSession, client: Client, stages: Stages, answers: list[str]) -> None:
    stages.card = False
    stages.done = {"import-mj", "import-real", "process", "prepare"}
    session, ui = make(*answers)
    session.client = client
    guided.walk(session)
    assert stages.calls == []
    assert ui.shown[-1].startswith("Recorrido interrumpido")


def test_what_is_blocked_is_not_trained(
    make: MakeSession, client: Client, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages.done = {"import-mj", "import-real", "process", "prepare", "configure"}
    blocked = SimpleNamespace(preflight=[SimpleNamespace(level="ready"), SimpleNamespace(level="blocked")])
    monkeypatch.setattr(training_commands, "dry_run", lambda s, c: stages.act("check", blocked))
    session, ui = make()
    session.client = client
    guided.walk(session)
    assert stages.calls == ["check"]
    assert "Corrige lo bloqueado y vuelve al recorrido." in ui.shown


def test_without_a_chosen_client_it_says_where_to_choose(make: MakeSession) -> None:
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        guided.walk(session)
    assert caught.value.key == "client.none_chosen"
