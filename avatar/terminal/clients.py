"""The questions of the menu of clients: new, show, edit, rename, export, restore, delete."""

from __future__ import annotations

from avatar.commands import clients as clients_commands
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
    chosen = session.client.client_id if session.client is not None else None
    return questions.pick(session, question, ids, default=chosen if chosen in ids else ids[0])


def show_all(session: Session) -> None:
    questions.show_by_page(session, clients_commands.client_list(session))


def show(session: Session) -> None:
    session.show(clients_commands.client_show(session, choose(session)))


def edit(session: Session) -> None:
    """Ask for each of a client's data, with what they are now on Enter."""
    from avatar.commands import client_edit
    from avatar.terminal import guided
    from avatar.workspace.client import check_word

    client_id = choose(session)
    info = session.workspace.client(client_id).info()
    trigger = questions.text(session, "ask.trigger", default=info.trigger_word, check=check_word)
    class_word = guided.ask_class(session, info.class_word)
    consent = questions.text(session, "ask.consent", default=info.consent_note or questions.NONE)
    consent = "" if consent == questions.NONE else consent
    name = questions.text(session, "ask.display_name", default=info.display_name or client_id)
    session.show(
        client_edit.client_edit(session, client_id, trigger=trigger, class_word=class_word, consent=consent, name=name)
    )


def rename(session: Session) -> None:
    from avatar.workspace.client import check_client_id

    client_id = choose(session)
    session.show(
        clients_commands.client_rename(session, client_id, questions.text(session, "ask.new_id", check=check_client_id))
    )


def export(session: Session) -> None:
    client_id = choose(session)
    target = questions.path(session, "ask.export_file", default=f"{client_id}.zip", must_exist=False)
    originals = questions.yes_no(session, "ask.originals", default=False)
    session.show(clients_commands.client_export(session, client_id, target, originals=originals))


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
    client_id = choose(session)
    typed = questions.text(session, "ask.confirm_delete", default=questions.NONE, client=client_id)
    if typed == questions.NONE:  # Enter: never the name of a client, though one may be called "-"
        raise questions.Leave
    session.show(clients_commands.client_delete(session, client_id, typed))
