"""The questions of the main menu that are of no client: setup, language, base model, demo."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from avatar.commands import base_models as base_model_commands
from avatar.commands import demo as demo_commands
from avatar.commands import setup as setup_commands
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts.text import Text


def setup(session: Session) -> None:
    """Make what is missing, show the check of the computer, and offer the trainer where it is not there."""
    session.show(setup_commands.setup(session))
    if not setup_commands.trainer_installed(session) and questions.yes_no(session, "ask.install_trainer", default=False):
        session.show(setup_commands.setup(session, trainer=True))


def language(session: Session) -> None:
    labels = {name: Text(f"language.name.{name}") for name in ("es", "en")}
    chosen = questions.pick(session, "ask.language", ("es", "en"), default=session.language, labels=labels)
    session.show(setup_commands.set_language(session, chosen))


def base_model(session: Session) -> None:
    """Show the models that are found and choose one; ask for their folder where there are none."""
    if not base_model_commands.models_found(session):
        session.show(base_model_commands.base_models(session), did=False)
        folder = questions.path(session, "ask.models_folder", default=str(Path.home()))
        session.show(base_model_commands.base_models(session, folder=folder))
    else:
        session.show(base_model_commands.base_models(session), did=False)
    names = base_model_commands.models_offered(session)
    now = session.settings().trainer.base_model
    name = questions.pick(session, "ask.base_model", names, default=now, free=True)
    if name != now:
        session.show(base_model_commands.base_models(session, name))


def demo_session(session: Session) -> Session | None:
    """Return a session that works on the demo's client, made by the demo where it is missing; None where that failed."""
    client = demo_commands.client_there(session)
    if client is None:
        made = demo_commands.run(session)
        session.show(made)
        client = demo_commands.client_there(session)
    if client is None:
        return None
    return dataclasses.replace(session, workspace=demo_commands.workspace_of(session), client=client)


def demo_delete(session: Session) -> None:
    session.show(demo_commands.delete(session))
