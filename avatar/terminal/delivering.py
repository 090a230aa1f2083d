"""The questions before a model is installed in a program, or taken away from it."""

from __future__ import annotations

from avatar.commands import deliver as deliver_commands
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts.text import PipelineError, Text

FOLDER = "folder"
REMOVE = "remove"
KEPT = ("comfyui", "a1111")  # whose folder the settings keep


def install(session: Session) -> None:
    """Ask which program, and for its folder where that is not found; it is kept. First: whether to take away what is there."""
    from avatar.results import install as results_install

    there = results_install.folders(session.need_client())
    choices = {session.text("install.choice.install"): "install", session.text("install.choice.remove"): REMOVE}

    def ask_what(_: questions.Given) -> object:
        if not there:
            return questions.SKIPPED
        return choices[questions.pick(session, "ask.install_what", list(choices), default=next(iter(choices)))]

    def ask_where(given: questions.Given) -> str:
        if given.get("what") == REMOVE:
            return questions.pick(session, "ask.install_remove", there, default=there[0])
        labels = {name: Text(f"list.program_{name}") for name in (*results_install.PROGRAMS, FOLDER)}
        return questions.pick(session, "ask.install_to", list(labels), default="comfyui", labels=labels)

    def ask_folder(given: questions.Given) -> object:
        wanted = given.get("what") != REMOVE and given["where"] == FOLDER
        return questions.path(session, "ask.install_folder") if wanted else questions.SKIPPED

    given = questions.in_order(what=ask_what, where=ask_where, folder=ask_folder)
    program = given["where"]
    if given.get("what") == REMOVE:
        session.show(deliver_commands.install(session, None, to=program, remove=True))
        return
    if program == FOLDER:
        session.show(deliver_commands.install(session, None, to=str(given["folder"])))
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
