"""The questions of the line of clients: new, show, edit, rename, export, restore, delete."""

from __future__ import annotations

from collections.abc import Callable

from avatar.commands import clients as clients_commands
from avatar.commands import stage_state
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts.text import PipelineError


def new(session: Session) -> None:
    from avatar.terminal import guided

    guided.make_client(session)


def choose(session: Session, question: str = "ask.client") -> str:
    ids = session.workspace.client_ids()
    if not ids:
        raise PipelineError("client.none_exist")
    last = stage_state.last_used(session)
    proposed = last.client_id if last is not None and last.client_id in ids else ids[0]
    return questions.pick(session, question, ids, default=proposed, labels=clients_commands.labels_of(session, ids))


def show_all(session: Session) -> None:
    questions.show_by_page(session, clients_commands.client_list(session))


def show(session: Session) -> None:
    session.show(clients_commands.client_show(session, choose(session)))


def edit(session: Session) -> None:
    """Ask which client, and for each of its data."""
    _about_one(session, _edit)


def edit_selected(session: Session) -> None:
    _edit(session, session.need_client().client_id)


def _about_one(session: Session, ask: Callable[[Session, str], None]) -> None:
    """Ask which client, then what is to be asked about it; < at its first question asks which once more."""
    while True:
        client_id = choose(session)
        try:
            ask(session, client_id)
        except questions.Back:
            continue
        return


def _edit(session: Session, client_id: str) -> None:
    """Ask for each of a client's data, with what they are now on Enter."""
    from avatar.commands import client_edit
    from avatar.terminal import guided
    from avatar.workspace.client import check_word

    info = session.workspace.client(client_id).info()
    given = questions.in_order(
        trigger=lambda given: questions.text(
            session, "ask.trigger", default=given.get("trigger", info.trigger_word), check=check_word
        ),
        class_word=lambda given: guided.ask_class(session, given.get("class_word", info.class_word)),
        consent=lambda given: questions.text(
            session, "ask.consent", default=given.get("consent", info.consent_note) or questions.NONE
        ),
        name=lambda given: questions.text(
            session, "ask.display_name", default=given.get("name", info.display_name) or client_id
        ),
    )
    if given["consent"] == questions.NONE:
        given["consent"] = ""
    session.show(client_edit.client_edit(session, client_id, **given))


def rename(session: Session) -> None:
    _about_one(session, _rename)


def _rename(session: Session, client_id: str) -> None:
    from avatar.workspace.client import check_client_id

    new_id = questions.text(session, "ask.new_id", check=check_client_id)
    session.show(clients_commands.client_rename(session, client_id, new_id))


def export(session: Session) -> None:
    _about_one(session, _export)


def _export(session: Session, client_id: str) -> None:
    given = questions.in_order(
        target=lambda _: questions.path(session, "ask.export_file", default=f"{client_id}.zip", must_exist=False),
        originals=lambda _: questions.yes_no(session, "ask.originals", default=False),
    )
    session.show(clients_commands.client_export(session, client_id, given["target"], originals=given["originals"]))


def restore(session: Session) -> None:
    """Ask for the zip, and for another name where a client has that of the zip already."""
    from avatar.workspace.client import check_client_id

    source = questions.path(session, "ask.restore_file")
    try:
        session.show(clients_commands.client_restore(session, source))
    except PipelineError as error:
        if error.key != "client.exists":
            raise
        new_id = questions.text(session, "ask.restore_as", check=check_client_id)
        session.show(clients_commands.client_restore(session, source, new_id=new_id))


def delete(session: Session) -> None:
    _about_one(session, _delete)


def _delete(session: Session, client_id: str) -> None:
    typed = questions.text(session, "ask.confirm_delete", default=questions.NONE, client=client_id)
    if typed == questions.NONE:  # Enter: never the name of a client, though one may be called "-"
        raise questions.Leave
    session.show(clients_commands.client_delete(session, client_id, typed))
