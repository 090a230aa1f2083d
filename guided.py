"""The guided walk of one client: from its pictures to a trained model, asking only what cannot be known.

It goes on where it stopped: what is done and up to date is told in one line and passed over. 0 leaves it at any question.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import commands
import config
import questions
import run_commands
import training_commands
from questions import Leave
from session import Say, Session
from stages import StageState
from utils import PipelineError


class Step(NamedTuple):
    """One step: the stage whose state tells whether it is done, and what asks and acts."""

    stage: str
    act: Callable[[Session], None]


def walk(session: Session) -> None:
    """Lead through all steps that are not done. Raises PipelineError("client.none_chosen")."""
    client = session.need_client()
    session.say("guided.welcome", client=client.client_id)
    try:
        for number, step in enumerate(STEPS, 1):
            _take(session, step, number)
        session.say("guided.finished", style="good")
    except (Leave, EOFError, KeyboardInterrupt):
        session.say("guided.left")


def _take(session: Session, step: Step, number: int) -> None:
    client = session.need_client()
    state = session.state(client).stage(step.stage)
    heading = {"n": number, "total": len(STEPS), "stage": Say(f"stage.{step.stage}")}
    session.say("guided.step", style="title", **heading)
    if state.state == "done":
        session.say("guided.done", style="good", n=state.count)
        return
    session.say(f"guided.why.{step.stage}")
    if state.why:
        session.say(state.why, style="warn", **state.values)
    step.act(session)
    _check_progress(session, step, state)


def _check_progress(session: Session, step: Step, before: StageState) -> None:
    """Leave the walk where the next steps would have nothing to work on."""
    state = session.state(session.need_client())
    if step.stage == "import-real" and not any(state.stage(name).count for name in ("import-mj", "import-real")):
        raise PipelineError("guided.no_pictures")
    if step.stage == "process" and not state.approved:
        raise PipelineError("guided.none_approved", refused=state.refused)


def _ask_folder(session: Session, question: str) -> str | None:
    """Ask for pictures; None where the user has none of this kind ("-" or Enter)."""
    answer = _answer(session, question, default="-")
    if answer == "-":
        return None
    from sources import clean_path

    while not clean_path(answer).exists():
        session.show_error(PipelineError("import.no_path", path=str(clean_path(answer))))
        answer = _answer(session, question, default="-")
        if answer == "-":
            return None
    return str(clean_path(answer))


def _answer(session: Session, key: str, *, default: str) -> str:
    asked = session.text("ask.with_default", asked=session.text(key), default=default)
    answer = session.ui.ask(asked, path=key.endswith("_path")).strip() or default
    if answer == "0":
        raise Leave
    return answer


def _import_mj(session: Session) -> None:
    if folder := _ask_folder(session, "ask.mj_path"):
        result = commands.import_mj(session, None, [folder])
        session.show(result)
        without = result.value.prompts_from.get("none", 0)  # type: ignore[attr-defined]  # ImportReport
        if without:
            prompt = _answer(session, "ask.master_prompt", default="-")
            if prompt != "-":
                session.show(commands.set_prompt(session, None, master=prompt))


def _import_real(session: Session) -> None:
    if folder := _ask_folder(session, "ask.real_path"):
        session.show(commands.import_real(session, None, [folder]))


def _process(session: Session) -> None:
    if questions.yes_no(session, "guided.go", default=True):
        session.show(commands.process(session, None))


def _prepare(session: Session) -> None:
    if questions.yes_no(session, "guided.go", default=True):
        session.show(training_commands.prepare(session, None))


def _configure(session: Session) -> None:
    preset = questions.pick(session, "ask.preset", list(config.TRAINING_PRESETS), default="balanced")
    gpu = None
    if not commands.card_found():
        session.say("guided.no_card", style="warn")
        gpu = questions.pick(session, "ask.gpu", list(config.GPU_PROFILES), default="rtx3060_8gb")
    session.show(training_commands.configure(session, None, preset=preset, gpu=gpu))


def _train(session: Session) -> None:
    checked = training_commands.dry_run(session, None)
    session.show(checked)
    ready = commands.worst_level([item.level for item in checked.value.preflight])  # type: ignore[attr-defined]
    if ready == "blocked":
        session.say("guided.blocked", style="warn")
        raise Leave
    if questions.yes_no(session, "ask.train_now", default=True):
        session.show(run_commands.train(session, None))


STEPS = (
    Step("import-mj", _import_mj),
    Step("import-real", _import_real),
    Step("process", _process),
    Step("prepare", _prepare),
    Step("configure", _configure),
    Step("train", _train),
)
