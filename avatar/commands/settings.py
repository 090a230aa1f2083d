"""The command of the settings: every key with its meaning, range, value and origin; changed with a check, taken back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from avatar.commands import base_models, setting_change
from avatar.commands.command import Argument, Command, MenuLine, UsageError
from avatar.commands.result import Block, Result, Table
from avatar.commands.session import Session
from avatar.texts import visible
from avatar.texts.text import PipelineError, Text
from avatar.texts.translate import LANGUAGES
from avatar.workspace import setting_changes, setting_keys
from avatar.workspace import settings as workspace_settings
from avatar.workspace.client import Client
from avatar.workspace.setting_keys import Key

LANGUAGE_VARIABLE = "AVATAR_LANG"


@dataclass(frozen=True)
class Shown:
    """One setting as it stands. origin: default, project, client, environment. value: None for a secret."""

    key: Key
    value: Any
    default: Any
    origin: str
    is_secret: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it for --json; numbers and choices as the file has them."""
        key, takes = self.key, setting_keys.Range()
        if key.kind in {"number", "whole"}:
            takes = setting_keys.range_of(key.name)
        public = {name: _public(value) for name, value in (("value", self.value), ("default", self.default))}
        return {
            "n": key.number, "key": key.name, "section": key.section, "kind": key.kind, **public, "origin": self.origin,
            "unit": key.unit, "low": takes.low, "high": takes.high, "step": takes.step, "choices": list(key.choices),
            "optional": key.optional, "of_client": key.of_client, "secret": self.is_secret,
        }  # fmt: skip


def _public(value: Any) -> Any:
    return visible.without_password(value) if isinstance(value, str) else list(value) if isinstance(value, tuple) else value


def settings(
    session: Session, key: str | None = None, value: str | None = None, *, client_id: str | None = None,
    unset: Sequence[str] = (), undo: bool = False, clear: str | None = None,
) -> Result[dict[str, Any]]:  # fmt: skip
    """Show all settings, a section or one of them; with a value, change it; unset: as if never changed; undo: as before.

    clear  "evidence": delete the figures of all trainings

    Raises PipelineError("settings.unknown_key"), ("settings.refused"), ("settings.not_set"), ("settings.nothing_to_undo"):
    nothing is changed then.
    """
    client = session.workspace.client(client_id) if client_id else None
    if clear is not None:
        return _cleared()
    if undo:
        return _result(setting_change.take_back(session, client), client, way_back=False)
    if unset:
        names = [_name_set(session, client, typed) for typed in unset]
        return _result(setting_change.change(session, client, dict.fromkeys(names)), client)
    if key is not None and value is not None:
        return set_typed(session, setting_keys.find(key), value, client)
    if key is not None and key not in setting_keys.sections():
        return _sought(session, key, client)
    return overview(session, client, section=key)


def _cleared() -> Result[dict[str, Any]]:
    from avatar.workspace import evidence

    n, path = evidence.clear(), str(evidence.path())
    said = Text("settings.cleared", {"n": n, "path": path}, "good") if n else Text("settings.nothing_to_clear")
    return Result({"cleared": path, "lines": n}, [said])


def set_typed(session: Session, key: Key, typed: str, client: Client | None = None) -> Result[dict[str, Any]]:
    """Give a setting the value that was typed. Raises PipelineError("settings.refused")."""
    if client is not None:
        setting_change.refuse_of_program({key.name: typed})
    if key.kind == "model":
        return base_models.choose(session, typed, client)
    value = setting_change.typed_value(key, typed, client)
    changed = setting_change.change(session, client, {key.name: value})
    if not changed.changes:
        same = setting_change.same(key.name, setting_change.shown(key, value))
        return Result({"changes": {}, "outdated": {}, "own": {}}, [same], client=_id(client))
    return _result(changed, client)


def reset(session: Session, key: Key, client: Client | None = None) -> Result[dict[str, Any]]:
    """Give a setting the value of the level below: the default, or for a client the project's."""
    changed = setting_change.change(session, client, {key.name: None})
    if changed.changes:
        return _result(changed, client)
    value = setting_change.value_of(session.settings(client), key.name)
    same = setting_change.same(key.name, setting_change.shown(key, value))
    return Result({"changes": {}, "outdated": {}, "own": {}}, [same], client=_id(client))


def _result(changed: setting_change.Changed, client: Client | None, *, way_back: bool = True) -> Result[dict[str, Any]]:
    value = {
        "changes": {
            name: {"before": None if name in setting_keys.SECRET else _public(before),
                   "after": None if name in setting_keys.SECRET else _public(after)}
            for name, (before, after) in changed.changes.items()
        },
        "outdated": changed.outdated, "own": changed.own, "report": changed.report,
    }  # fmt: skip
    told = setting_change.told(changed, client, way_back=way_back)
    return Result(value, told, changed.warnings, _id(client), more=setting_change.as_in_file(changed))


def _id(client: Client | None) -> str | None:
    return client.client_id if client is not None else None


def _name_set(session: Session, client: Client | None, typed: str) -> str:
    """Return the name of a setting that is to be given up: an unknown one may stand in the file, and is to go.

    Raises PipelineError("settings.not_set").
    """
    own = workspace_settings.read_file(session.config_file) if client is None else client.info().settings
    name = typed if setting_changes.at(own, typed) is not None else setting_keys.find(typed).name
    if setting_changes.at(own, name) is None:
        source = Text("settings.for_client", {"client": _id(client)}) if client is not None else Text("settings.for_all")
        raise PipelineError("settings.not_set", name=name, label=setting_keys.named(name), source=source)
    return name


# --- shown -----------------------------------------------------------------------------------------------------------


def listed(session: Session, client: Client | None = None, section: str | None = None) -> list[Shown]:
    """Return every setting as it stands, in the order of their numbers; of a client those that it may have."""
    now = session.settings(client)
    own = client.info().settings if client is not None else {}
    project = workspace_settings.read_file(session.config_file)
    keys = [key for key in setting_keys.keys().values() if section in {None, key.section} and (client is None or key.of_client)]
    return [_shown(session, key, setting_change.value_of(now, key.name), own, project) for key in keys]


def _shown(session: Session, key: Key, value: Any, own: Any, project: Any) -> Shown:
    origin = "default"
    if setting_changes.at(own, key.name) is not None:
        origin = "client"
    elif setting_changes.at(project, key.name) is not None:
        origin = "project"
    if key.name == "language" and (named := os.environ.get(LANGUAGE_VARIABLE, "").lower()[:2]) in LANGUAGES:
        origin, value = "environment", named
    is_secret = key.name in setting_keys.SECRET
    return Shown(key, None if is_secret else value, key.default, origin, is_secret)


def overview(session: Session, client: Client | None = None, *, section: str | None = None) -> Result[dict[str, Any]]:
    """Show the settings of a section; without one those that were changed and the sections, and all on asking for more."""
    found = listed(session, client, section)
    value = {"settings": found, "file": str(session.config_file)}
    sections = [name for name in setting_keys.sections() if any(one.key.section == name for one in found)]
    tables = [_table([one for one in found if one.key.section == name], Text(f"settings.section.{name}")) for name in sections]
    if section is not None:
        return Result(value, [*tables, Text("settings.how")], client=_id(client), more=[_names(found)])
    changed = [one for one in found if one.origin != "default"]
    told = _table(changed, Text("settings.changed_ones")) if changed else Text("settings.none_changed")
    rows = [
        (Text(f"settings.section.{name}"), sum(one.key.section == name for one in found), Text("settings.see", {"name": name}))
        for name in sections
    ]  # fmt: skip
    groups = Table(("settings.col.group", "settings.col.count", "settings.col.see"), rows)
    blocks: list[Block] = [told, groups, Text("settings.how")]
    return Result(value, blocks, client=_id(client), more=[*tables, _names(found)])


def _table(some: Sequence[Shown], title: Text) -> Table:
    return Table(("col.number", "settings.col.value", "settings.col.meaning"), [_row(one) for one in some], title)


def _names(some: Sequence[Shown]) -> Table:
    """Return the settings by the names that config.json and the command line have for them, with the words of their choices."""
    rows = [(one.key.number, one.key.name, ", ".join(one.key.choices)) for one in some]
    return Table(("col.number", "settings.col.key", "settings.col.choices"), rows, Text("settings.names"))


def _row(one: Shown) -> tuple[object, ...]:
    key = one.key
    values = {"meaning": key.meaning, "takes": setting_keys.allowed(key)}
    told = Text("settings.meaning_takes", values)
    if one.origin != "default":
        told = Text("settings.meaning_default", {**values, "default": setting_change.shown(key, one.default)})
    return key.number, value_told(one), told


def value_told(one: Shown) -> Text:
    """Return a value with where it comes from, unless that is the default."""
    value = Text("settings.secret") if one.is_secret and one.origin != "default" else setting_change.shown(one.key, one.value)
    if one.origin == "default":
        return value
    return Text("settings.value_from", {"value": value, "origin": Text(f"settings.origin.{one.origin}")})


def _sought(session: Session, typed: str, client: Client | None) -> Result[dict[str, Any]]:
    """Show the setting that was named, or those that hold the words in their names or meanings."""
    try:
        return _one(session, setting_keys.find(typed), client)
    except PipelineError as error:
        some = {key.name for key in setting_keys.holding(typed)} if error.key == "settings.unknown_key" else set()
        found = [one for one in listed(session, client) if one.key.name in some]
        if not found:
            raise
    if len(found) == 1:
        return _one(session, found[0].key, client)
    title = Text("settings.found", {"typed": typed, "n": len(found)})
    value = {"settings": found, "file": str(session.config_file)}
    return Result(value, [_table(found, title), Text("settings.how")], client=_id(client), more=[_names(found)])


def _one(session: Session, key: Key, client: Client | None) -> Result[dict[str, Any]]:
    if client is not None:
        setting_change.refuse_of_program({key.name: ""})
    one = next(item for item in listed(session, client) if item.key == key)
    facts = [
        ("meaning", key.meaning), ("value", value_told(one)), ("origin", Text(f"settings.origin.{one.origin}")),
        ("default", setting_change.shown(key, one.default)), ("takes", setting_keys.allowed(key)),
        ("of_client", Text("word.yes" if key.of_client else "word.no")),
    ]  # fmt: skip
    rows = [(Text(f"settings.fact.{name}"), told) for name, told in facts]
    values = {"name": key.name, "of": setting_changes.of_client(client)}
    blocks: list[Block] = [Table(("col.what", "col.value"), rows, key.label)]
    blocks.append(Text("settings.how_key", values))
    if one.origin == ("client" if client is not None else "project"):
        blocks.append(Text("settings.how_unset", values))
    return Result({"settings": [one]}, blocks, client=_id(client), more=[_names([one])])


def _settings(
    session: Session, key: str | None, typed: Sequence[str], *, client_id: str | None, unset: Sequence[str], undo: bool,
    clear: str | None,
) -> Result[dict[str, Any]]:  # fmt: skip
    given = {"--clear": clear is not None, "--undo": undo, "--unset": bool(unset), "KEY": key is not None}
    if sum(given.values()) > 1:
        first, *others = [name for name, is_given in given.items() if is_given]
        raise UsageError("usage.not_together", name=first, other=", ".join(others))
    return settings(session, key, " ".join(typed) if typed else None, client_id=client_id, unset=unset, undo=undo, clear=clear)


_UNDO = {"--undo": "settings.menu_undo"}
COMMANDS = (
    Command(
        name="settings", run=_settings,
        menu=(
            MenuLine("settings", "menu.all_settings", options=("--unset", "--undo"), answers=_UNDO),
            MenuLine("settings", "menu.clear_evidence", {"clear": "evidence"}, ("--clear",)),
            MenuLine("client_settings", "menu.own_settings", options=("--client", "--unset", "--undo"), answers=_UNDO),
        ),
        arguments=(
            Argument(name="key", metavar="KEY", number="?", help="help.setting_key"),
            Argument(name="value", to="typed", metavar="VALUE", number="*", default=(), help="help.setting_value"),
            Argument(name="--client", to="client_id", metavar="ID", help="help.setting_client"),
            Argument(name="--unset", metavar="KEY", number="+", default=(), help="help.setting_unset"),
            Argument(name="--undo", flag=True, help="help.setting_undo"),
            Argument(name="--clear", choices=("evidence",), help="help.setting_clear"),
        ),
    ),
)  # fmt: skip
