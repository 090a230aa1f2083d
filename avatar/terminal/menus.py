"""The menus as they are opened: the table of `places`, the commands' own lines, and the questions that each line asks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

from avatar.commands import plan as plan_commands
from avatar.commands import stage_state
from avatar.commands import unfinished as unfinished_commands
from avatar.commands.all_commands import COMMANDS
from avatar.commands.command import Command, MenuLine
from avatar.commands.session import Session
from avatar.terminal import (
    captioning,
    clients,
    delivering,
    importing,
    menu,
    planning,
    questions,
    removing,
    setting_up,
    told,
    training,
)
from avatar.terminal.menu import Choice
from avatar.terminal.places import CLIENT, MAIN, MOST_LINES, PLACES, on_enter, place_of


def _select_client(session: Session) -> None:
    session.client = session.workspace.client(clients.choose(session))
    open_menu("client", session)


def _guided(session: Session) -> None:
    from avatar.terminal import guided

    guided.walk(session)


def _review(session: Session) -> None:
    from avatar.terminal import review

    review.walk(session)


def _who(session: Session) -> None:
    from avatar.commands import dataset as dataset_commands
    from avatar.commands import who as who_commands
    from avatar.terminal import who

    if who_commands.question(session) is None:
        session.say("guided.who_settled")
    elif who.confirm(session):  # whose question says so
        session.show(dataset_commands.prepare(session, None))


def _doctor(session: Session) -> None:
    from avatar.terminal import doctor

    doctor.walk(session)


def _doctor_of_all(session: Session) -> None:
    from avatar.terminal import doctor

    doctor.walk_all(session)


def _demo(session: Session) -> None:
    inner = setting_up.demo_session(session)
    if inner is not None:
        menu.stay(session, MOST_LINES + 5)  # what the demo has just told is above a menu that opens at once
        open_menu("client", inner)


def _limits(session: Session) -> None:
    from avatar.terminal import limits

    limits.ask(session)


def _settings(session: Session, *, of_client: bool) -> None:
    from avatar.terminal import settings

    settings.walk(session, of_client=of_client)


def _clear_evidence(session: Session) -> None:
    from avatar.terminal import settings

    settings.clear_evidence(session)


# The questions of a line; a command not listed here asks for its required arguments.
HANDLERS: Mapping[str, Callable[[Session], None]] = {
    "menu.setup": setting_up.setup,
    "menu.select": _select_client,
    "menu.guided": _guided,
    "menu.doctor": _doctor_of_all,
    "menu.demo_open": _demo,
    "menu.demo_delete": setting_up.demo_delete,
    "menu.language": setting_up.language,
    "menu.base_model": setting_up.base_model,
    "menu.client_new": clients.new,
    "menu.client_list": clients.show_all,
    "menu.client_show": clients.show,
    "menu.client_edit": clients.edit,
    "menu.client_rename": clients.rename,
    "menu.client_export": clients.export,
    "menu.client_restore": clients.restore,
    "menu.client_delete": clients.delete,
    "menu.queue_add": training.queue_add,
    "menu.queue_remove": training.queue_remove,
    "menu.queue_this": training.queue_this,
    "menu.import_mj_now": importing.import_mj,
    "menu.import_real_now": importing.import_real,
    "menu.prompts": importing.prompts,
    "menu.mj_data": importing.show_data,
    "menu.undo_import": removing.undo_import,
    "menu.remove": removing.remove_pictures,
    "menu.review": _review,
    "menu.review_browser": functools.partial(training.in_browser, page="review"),
    "menu.who": _who,
    "menu.held_out": importing.held_out,
    "menu.captions_show": captioning.show,
    "menu.captions_set": captioning.set_text,
    "menu.captions_replace": captioning.replace,
    "menu.captions_add": captioning.add,
    "menu.captions_remove": captioning.remove,
    "menu.captions_renew": captioning.renew,
    "menu.captions_undo": captioning.undo,
    "menu.captions_suggest": captioning.suggest,
    "menu.configure_preset": planning.configure,
    "menu.configure_value": planning.change_value,
    "menu.tune": training.tune,
    "menu.tune_take": training.tune_take,
    "menu.tune_add": training.tune_add,
    "menu.try_otherwise": training.try_otherwise,
    "menu.dashboard": training.dashboard,
    "menu.dry_run": training.check,
    "menu.train_now": training.train,
    "menu.bundle": planning.bundle,
    "menu.tensorboard": training.tensorboard,
    "menu.monitor_browser": functools.partial(training.in_browser, page="training"),
    "menu.results_take": training.results_take,
    "menu.models_take": training.models_take,
    "menu.models_add": training.models_add,
    "menu.models_clear": training.models_clear,
    "menu.install": delivering.install,
    "menu.client_data": clients.edit_selected,
    "menu.limits": _limits,
    "menu.all_settings": functools.partial(_settings, of_client=False),
    "menu.clear_evidence": _clear_evidence,
    "menu.own_settings": functools.partial(_settings, of_client=True),
    "menu.client_doctor": _doctor,
}


def choices_of(name: str, commands: Sequence[Command] = COMMANDS) -> list[Choice]:
    """Return the lines of a menu, or the answers of a line: the listed ones in order, then those of other commands."""
    lines = {line.label: (command, line) for command in commands for line in command.menu if line.menu == name}
    listed = PLACES[place_of(name)].lines
    labels = [*listed, *(label for label in lines if label not in listed)]
    return [
        Choice(label, _handler(label, lines.get(label), commands), lines[label][0].help_key if label in lines else "")
        for label in labels
    ]  # fmt: skip


def _handler(label: str, line: tuple[Command, MenuLine] | None, commands: Sequence[Command]) -> Callable[[Session], None]:
    if label in PLACES:
        return functools.partial(ask_which, label.removeprefix("menu."), commands=commands)
    if label in HANDLERS:
        return HANDLERS[label]
    assert line is not None, label  # noqa: S101 - a test holds every label to a handler or a command
    return functools.partial(run_line, *line)


def run_line(command: Command, line: MenuLine, session: Session) -> None:
    """Run a command from its menu line on the selected client, asking for its other arguments."""
    values = {argument.keyword: argument.default for argument in command.arguments}
    values |= {argument.keyword: False for argument in command.arguments if argument.flag and argument.constant is True}
    values |= line.given
    for argument in command.arguments:
        if argument.required and argument.keyword != "client_id" and argument.keyword not in line.given:
            typed = questions.text(session, argument.help or "ask.value", name=argument.name)
            values[argument.keyword] = [typed] if argument.number == "+" else argument.kind(typed)
    session.show(command.run(session, **values))


def ask_which(name: str, session: Session, *, commands: Sequence[Command] = COMMANDS) -> None:
    """Ask which action of a line is meant and do it; < at its first question asks which once more, 0 leaves."""
    choices = choices_of(name, commands)
    usual = functools.partial(proposed, place_of(name))
    session.at = name
    while True:
        chosen = menu.which(place_of(name), choices, session, menu.on_enter(usual, session))
        if chosen is None:
            return
        try:
            chosen.handler(session)
        except questions.Back:
            continue
        return


def proposed(place: str, session: Session) -> str:
    """Return the label that Enter stands for in a place, by what comes next for the selected client."""
    from avatar.reports import stages

    client = session.client
    state = None if client is None else stage_state.client_state(session, client)
    if place == MAIN:
        return f"menu.{stages.proposed_in_main(state)}"
    if client is None or state is None:
        return on_enter(place, None, "")
    label = on_enter(place, state, stages.proposed(state, trains=stage_state.trains(client)))
    is_checked = session.checked is not None and session.checked == (client.client_id, plan_commands.stands(session, client))
    return "menu.train_now" if label == "menu.dry_run" and is_checked else label


def open_menu(name: str, session: Session, commands: Sequence[Command] = COMMANDS) -> None:
    """Show a menu until it is left."""
    place, before = place_of(name), session.ui.told_as

    def told_as(typed: str, language: str) -> str | None:
        client_id = session.client.client_id if session.client else ""
        return told.in_menus(typed, language, now=place, client=client_id, at=session.at)

    session.ui.told_as = told_as
    try:
        menu.run_menu(
            place, choices_of(name, commands), session, needs_client=place == CLIENT,
            proposed=functools.partial(proposed, place),
        )  # fmt: skip
    finally:
        session.ui.told_as = before


def start(session: Session, commands: Sequence[Command] = COMMANDS) -> None:
    """Open the main menu until it is left; first ask about trainings left by a killed program."""
    session.in_menus = True
    menu.call(unfinished_commands.start_of_menus, session)
    open_menu("main", session, commands)
    session.say("menu.bye")
