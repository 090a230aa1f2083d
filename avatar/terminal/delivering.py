"""The questions before a model is installed in a program, or taken away from it."""

from __future__ import annotations

from avatar.commands import deliver as deliver_commands
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts.text import PipelineError

FOLDER = "folder"
KEPT = ("comfyui", "a1111")  # whose folder the settings keep


def install(session: Session) -> None:
    """Ask which program, and for its folder where that is not found; it is kept. First: whether to take away what is there."""
    from avatar.results import install as results_install

    there = results_install.folders(session.need_client())
    if there:
        choices = {session.text("install.choice.install"): "install", session.text("install.choice.remove"): "remove"}
        if choices[questions.pick(session, "ask.install_what", list(choices), default=next(iter(choices)))] == "remove":
            folder = questions.pick(session, "ask.install_remove", there, default=there[0])
            session.show(deliver_commands.install(session, None, to=folder, remove=True))
            return
    program = questions.pick(session, "ask.install_to", (*results_install.PROGRAMS, FOLDER), default="comfyui")
    if program == FOLDER:
        _into(session, program)
        return
    try:
        session.show(deliver_commands.install(session, None, to=program))
    except PipelineError as error:
        if error.key not in {"install.no_folder", "install.several", "install.not_there"}:
            raise
        session.show_error(error)
        _into(session, program)


def _into(session: Session, program: str) -> None:
    folder = questions.path(session, "ask.install_folder")
    session.show(deliver_commands.install(session, None, to=str(folder)))
    if program in KEPT:
        deliver_commands.keep_folder(session, program, folder)
