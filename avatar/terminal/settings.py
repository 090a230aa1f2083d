"""The questions of the settings: which group, which setting, and its value by a question that suits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from avatar.commands import setting_change, setting_offers
from avatar.commands import settings as settings_commands
from avatar.commands.session import Session
from avatar.commands.settings import Shown
from avatar.terminal import questions
from avatar.texts import matching
from avatar.texts.text import PipelineError, Text
from avatar.workspace import setting_changes, setting_keys
from avatar.workspace.client import Client
from avatar.workspace.setting_keys import Key

# At most nine answers: groups of sections, and "undo". A list of one group stays within a screen of 24 rows.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "program": ("general", "dashboard", "evidence"),
    "quality": ("quality",),
    "kinds": ("kinds",),
    "faces": ("faces",),
    "dataset": ("dataset", "captions"),
    "imports": ("imports",),
    "trainer": ("trainer",),
    "programs": ("generate", "captioner", "results"),
}
UNDO, OTHER = "undo", "other"
SIGNS = ("", "=", ": ", " ")  # between a setting's name and its value
SHOWN = 12  # [choice] settings at once: some take two rows, and all stay within a screen of 24
VALUE_LETTERS = 24  # of its value


def section_of(key: Key) -> str:
    """Return the section of a key; the limits of one kind of picture are one of their own."""
    return "kinds" if key.name.count(".") > 1 else key.section


def label_of(name: str) -> Text:
    """Return what a setting is called, or the group that a section is in; the name itself where it is neither."""
    if (key := setting_keys.keys().get(name)) is not None:
        return key.label
    group = next((group for group, sections in GROUPS.items() if name in sections), None)
    return Text(f"settings.group.{group}") if group else Text("list.item", {"item": name})


def walk(session: Session, *, of_client: bool) -> None:
    """Ask which setting to change and for its value, until no other is wanted; of the selected client, else of the project."""
    client = session.need_client() if of_client else None
    place, group, key, typed = 0, "", "", ""
    while True:
        try:
            if place == 0:
                group = _group(session, client)
                if group == UNDO:
                    client_id = client.client_id if client is not None else None
                    session.show(settings_commands.settings(session, client_id=client_id, undo=True))
                    return
                if group not in GROUPS:
                    found, typed = _meant(session, client, group)
                    key = found[0] if len(found) == 1 else _one_of(session, client, found)
                    group = _group_of(setting_keys.keys()[key])
                    place = 1
            elif place == 1:
                key = _key(session, client, group)
            else:
                given, typed = typed, ""
                _value(session, setting_keys.keys()[key], client, given)
                if not questions.yes_no(session, "ask.another_setting", default=False):
                    return
                place = 0
        except questions.Back:
            if place == 0:
                raise
            place -= 2
        place += 1


def clear_evidence(session: Session) -> None:
    """Delete the figures of all trainings, on a yes alone."""
    from avatar.workspace import evidence

    if not evidence.read():
        session.say("settings.nothing_to_clear")
    elif questions.yes_no(session, "ask.clear_evidence", default=False):
        session.show(settings_commands.settings(session, clear="evidence"))


def _group(session: Session, client: Client | None) -> str:
    shown = settings_commands.listed(session, client)
    labels: dict[str, Text] = {}
    for name, sections in GROUPS.items():
        inside = [one for one in shown if section_of(one.key) in sections]
        if not inside:
            continue
        changed = sum(_is_own(one, client) for one in inside)
        only_results = {section_of(one.key) for one in inside} == {"results"}  # of a client: it names no programs
        label = Text("settings.group.results" if only_results else f"settings.group.{name}")
        labels[name] = Text("settings.group_changed", {"group": label, "n": changed}) if changed else label
    if setting_changes.steps_to_undo(session.config_file, client):
        labels[UNDO] = Text("settings.menu_undo")

    def check(typed: str) -> None:
        if not _meant(session, client, typed)[0]:
            raise PipelineError("settings.not_found", name=typed)

    return questions.pick(
        session, "ask.setting_group", list(labels), default=next(iter(labels)), labels=labels, back=True, free=True, check=check
    )


def _meant(session: Session, client: Client | None, typed: str) -> tuple[list[str], str]:
    """Return the settings that a name, or a part of what they mean, stands for, and the value that was typed behind it.

    As remedies tell it: "Dirección de ComfyUI = http://…"; a key as it is in config.json is taken, too.
    """
    every = [one.key for one in settings_commands.listed(session, client)]
    names = [(key.name, session.text("list.item", item=key.label)) for key in every]
    for sign in SIGNS:
        name, _, value = typed.partition(sign) if sign else (typed, "", "")
        if len(name.strip()) < setting_keys.SHORTEST_PART or (sign and not value.strip()):
            continue
        if found := matching.places(name, names):
            return [every[place].name for place in found], value.strip()
    return [], ""


def _one_of(session: Session, client: Client | None, names: Sequence[str]) -> str:
    shown = [one for one in settings_commands.listed(session, client) if one.key.name in names]
    labels = {one.key.name: _line(session, one) for one in shown}
    return questions.pick(session, "ask.setting_key", list(labels), default=next(iter(labels)), labels=labels, page=SHOWN)


def _group_of(key: Key) -> str:
    return next(group for group, sections in GROUPS.items() if section_of(key) in sections)


def _is_own(one: Shown, client: Client | None) -> bool:
    """Return whether a setting is changed where it is being changed: for this client, else in the project."""
    return one.origin == ("client" if client is not None else "project")


def _key(session: Session, client: Client | None, group: str) -> str:
    shown = [one for one in settings_commands.listed(session, client) if section_of(one.key) in GROUPS[group]]
    labels = {one.key.name: _line(session, one) for one in shown}
    first = shown[0].key.name
    return questions.pick(session, "ask.setting_key", list(labels), default=first, labels=labels, page=SHOWN, back=True)


def _line(session: Session, one: Shown) -> Text:
    """Return a setting as a line of the list: what it is now, marked where it is changed, and what it means."""
    value = questions.shortened(session.text("list.item", item=settings_commands.value_told(one)), VALUE_LETTERS)
    return Text("settings.menu_key", {"value": value, "meaning": one.key.meaning})


def _value(session: Session, key: Key, client: Client | None, given: str = "") -> None:
    """Ask for a value until one is taken, and show what it did; given: was typed already. Raises Back and Leave."""
    one = next(item for item in settings_commands.listed(session, client) if item.key == key)
    facts: dict[str, object] = {
        "meaning": key.meaning,
        "takes": setting_keys.allowed(key),
        "default": setting_change.shown(key, key.default),
    }
    session.ui.show(Text("settings.meaning_default", facts), session.language)
    while True:
        typed, given = given or _asked(session, key, one), ""
        try:
            if typed == questions.NONE:
                result = settings_commands.reset(session, key, client)
            else:
                result = settings_commands.set_typed(session, key, typed, client)
        except PipelineError as error:
            session.show_error(error)
            continue
        session.show(result)
        return


def _asked(session: Session, key: Key, one: Shown) -> str:
    """Ask for a value as it is typed; "-" for that of the level below."""
    now = "" if one.is_secret else setting_keys.as_typed(one.value)
    if key.kind in {"yes_no", "choice"}:
        return _choice(session, key, now)
    if key.kind == "list" and key.choices:
        return _several(session, key, now)
    if key.kind in {"folder", "file", "model"}:
        return _place(session, key, now)
    is_number = key.kind in {"number", "whole"}
    if is_number and now:
        now = session.text("settings.number", n=one.value)
    return questions.text(session, "ask.setting_value", default=now or questions.NONE, zero=is_number)


def _choice(session: Session, key: Key, now: str) -> str:
    labels = {"on": Text("word.yes"), "off": Text("word.no")} if key.kind == "yes_no" else _choices(key)
    labels = {**labels, questions.NONE: Text("settings.menu_default")}
    return questions.pick(session, "ask.setting_choice", list(labels), default=now or questions.NONE, labels=labels)


def _choices(key: Key) -> dict[str, Text]:
    return {choice: key.choice_label(choice) for choice in key.choices}


def _several(session: Session, key: Key, now: str) -> str:
    """Ask for some of the choices, by number or name."""
    for number, label in enumerate(_choices(key).values(), 1):
        session.say("menu.line", n=number, label=label)
    chosen = [str(place) for place, choice in enumerate(key.choices, 1) if choice in now.split(", ")]
    typed = questions.text(session, "ask.setting_list", default=", ".join(chosen))
    numbers = typed.replace(",", " ").split()
    return ", ".join(_named(part, key.choices) for part in numbers) if all(map(str.isdecimal, numbers)) else typed


def _named(number: str, choices: Sequence[str]) -> str:
    return choices[int(number) - 1] if 1 <= int(number) <= len(choices) else number


def _place(session: Session, key: Key, now: str) -> str:
    """Offer what is found on this computer, then ask for a path; a name of the hub is taken for a model."""
    found = [*dict.fromkeys([*([now] if now else []), *setting_offers.offered(session, key)])]
    labels: dict[str, Text] = {questions.NONE: Text("settings.menu_default"), OTHER: Text("settings.menu_other")}
    chosen = questions.pick(
        session, "ask.setting_place", [*found, *labels], default=found[0] if found else OTHER, labels=labels, free=True
    )
    if chosen != OTHER:
        return chosen
    session.last_paths.pop("ask.setting_path", None)  # of another setting
    path: Any = questions.path(session, "ask.setting_path", must_exist=key.name not in setting_keys.MAY_BE_MISSING)
    return str(path)
