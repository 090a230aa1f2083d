"""Changes of settings: checked before they are written, in one step that can be taken back, for the project or one client.

Every command that changes a setting does it here. What else stands in the file stays, also what is unknown.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import utils
from avatar.texts import spoken
from avatar.texts.setting_errors import as_written
from avatar.texts.text import PipelineError, Text
from avatar.workspace import setting_keys, settings, state_file
from avatar.workspace.client import Client
from config import Settings

UNDO_FILE = "settings_undo.json"  # in a client's metadata/, and in state/ beside config.json
STATE_FOLDER = "state"
MOST_STEPS = 50  # [choice] changes that can be taken back
WAIT_S = 10.0  # for another program that writes config.json: it takes a moment

Changes = dict[str, tuple[Any, Any]]  # key -> what the file had and has now; None: nothing


def change(
    config_file: Path, client: Client | None, values: Mapping[str, Any], *, clients: Sequence[Client] = (),
    undoable: bool = True,
) -> Changes:  # fmt: skip
    """Give settings these values, of a client where one is given, else of the project; return what changed.

    values   dotted name -> value as the file holds it; None takes it away: what lies below holds again
    clients  all of the project: a change that makes a client's own settings impossible is refused
    undoable False for what is no setting but an agreement
    Raises PipelineError("settings.refused") before anything is written, ("file.not_json"), ("client.locked"), and OSError.
    """
    with _held(config_file, client):
        data = _own(config_file, client)
        after, changes = _with(data, values)
        if changes:
            _check(config_file, client, (data, after), changes, clients)
            if undoable:
                _note(config_file, client, data, changes)
            _save(config_file, client, after)
    return changes


def tried(config_file: Path, client: Client, values: Mapping[str, Any]) -> Settings:
    """Return what a change of a client's settings would give; nothing is written. Raises PipelineError("settings.refused")."""
    data = _own(config_file, client)
    after, changes = _with(data, values)
    _check(config_file, client, (data, after), changes, ())
    return settings.load_settings(config_file, after)


def undo(config_file: Path, client: Client | None, *, clients: Sequence[Client] = ()) -> Changes:
    """Take the last change back and return what changed. Raises PipelineError("settings.nothing_to_undo") and as `change`."""
    with _held(config_file, client):
        data = _own(config_file, client)
        steps = _steps(config_file, client, data)
        if not steps:
            raise PipelineError("settings.nothing_to_undo", source=client.client_id if client else config_file.name)
        after = data
        for name, (before, _) in steps[-1].items():
            after = laid(after, name, before)
        changes = {name: (at(data, name), at(after, name)) for name in steps[-1]}
        _check(config_file, client, (data, after), changes, clients)
        _save(config_file, client, after)
        _write_steps(config_file, client, steps[:-1])
    return changes


def steps_to_undo(config_file: Path, client: Client | None) -> int:
    """Return how many changes can be taken back."""
    return len(_steps(config_file, client, _own(config_file, client)))


def _with(data: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[dict[str, Any], Changes]:
    """Return settings with other values, and what changes."""
    after = dict(data)
    for name, value in _with_pairs(values).items():
        after = laid(after, name, value)
    names = _with_pairs(values)
    return after, {name: (at(data, name), at(after, name)) for name in names if at(data, name) != at(after, name)}


def _with_pairs(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with the other share of one that is given alone: together they are 1."""
    found = dict(values)
    for name, other in setting_keys.PAIRS.items():
        if name in values and other not in values:
            share = values[name]
            found[other] = None if share is None else float(as_written(1 - share))
    return found


# --- values in a file ------------------------------------------------------------------------------------------------


def at(data: Mapping[str, Any], name: str) -> Any:
    """Return the value of a dotted name, None where there is none."""
    found: Any = data
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def laid(data: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Return data with a value at a dotted name; None takes it away, and a group that held nothing else with it."""
    first, _, rest = name.partition(".")
    if rest:
        inner = data.get(first)
        value = laid(inner if isinstance(inner, Mapping) else {}, rest, value) or None
    if value is None:
        return {key: item for key, item in data.items() if key != first}
    return {**data, first: value}


def _own(config_file: Path, client: Client | None) -> dict[str, Any]:
    """Return the settings that a file holds. Raises PipelineError where config.json holds no object."""
    data = settings.read_file(config_file) if client is None else client.info().settings
    if not isinstance(data, dict):
        settings.in_force(data, str(config_file))  # refuses it
    return dict(data)


def _save(config_file: Path, client: Client | None, data: Mapping[str, Any]) -> None:
    if client is not None:
        client.save_info(client.info().model_copy(update={"settings": dict(data)}))
    else:
        utils.write_json(config_file, data if config_file.exists() else {"version": 1, **data})


@contextlib.contextmanager
def _held(config_file: Path, client: Client | None) -> Iterator[None]:
    """Hold what is changed, so that no other program's change is lost. Raises PipelineError("settings.locked")."""
    if client is not None:
        with client.lock("settings"):
            yield
        return
    import filelock

    folder = config_file.parent / STATE_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with filelock.FileLock(str(folder / ".settings.lock"), timeout=WAIT_S, is_singleton=True):
            yield
    except filelock.Timeout as error:
        raise PipelineError("settings.locked", path=str(config_file)) from error


# --- the check -------------------------------------------------------------------------------------------------------


def _check(
    config_file: Path, client: Client | None, data: tuple[Mapping[str, Any], Mapping[str, Any]], changes: Changes,
    clients: Sequence[Client],
) -> None:  # fmt: skip
    """Raise PipelineError("settings.refused") where a change brings a fault that was not there.

    Faults that were there stay told by whoever reads the file: each can be mended by itself.
    """
    before, after = (_faults(config_file, client, each, clients) for each in data)
    new = [problem for problem in after if problem not in before]
    if before:  # one fault hides others: those that are only seen now are not of this change
        new = [problem for problem in new if changes.keys() & {problem.values.get("name"), problem.values.get("other")}]
    if new:
        raise refused({name: value for name, (_, value) in changes.items()}, new, client)


def _faults(config_file: Path, client: Client | None, data: Mapping[str, Any], clients: Sequence[Client]) -> list[Text]:
    if client is not None:
        return problems_of(settings.read_file(config_file), config_file, data)
    found = problems_of(data, config_file, None)
    for other in clients:
        with contextlib.suppress(PipelineError):  # a client that cannot be read is told where it is
            own = other.info().settings
            found += [
                Text("settings.of_client_too", {"client": other.client_id, "problem": problem})
                for problem in (problems_of(data, config_file, own) if own else []) if problem not in found
            ]  # fmt: skip
    return found


def problems_of(data: Any, config_file: Path, client_settings: Mapping[str, Any] | None) -> list[Text]:
    """Return all that is wrong with settings."""
    try:
        settings.in_force(data, str(config_file), client_settings)
    except PipelineError as error:
        return list(error.values.get("problems", [error.text]))
    return []


def refused(values: Mapping[str, Any], problems: Sequence[Text], client: Client | None) -> PipelineError:
    """Return the error of values that cannot hold: what, why, what is allowed, the nearest that is."""
    known = setting_keys.keys()
    given = {known[name]: setting_keys.as_typed(value) for name, value in values.items() if name in known}
    told = [given_text(name, setting_keys.as_typed(value)) for name, value in values.items()]
    return PipelineError(
        "settings.refused", given=spoken.several(told, "list.semicolon"),
        problems=[setting_keys.in_words(one) for one in problems],
        help=[help_text(key, typed, client) for key, typed in given.items()],
    )  # fmt: skip


def given_text(name: str, typed: str) -> Text:
    """Return a setting with the value that was typed for it."""
    return Text("settings.given", {"name": setting_keys.named(name), "value": typed})


def help_text(key: setting_keys.Key, typed: str, client: Client | None) -> Text:
    """Return what a key takes, with the command that gives it the nearest value where there is one."""
    values: dict[str, Any] = {"label": key.label, "name": key.name, "takes": setting_keys.allowed(key)}
    value = setting_keys.nearest_value(key, typed)
    if value is None or value == typed:
        return Text("settings.help", values)
    return Text("settings.help_near", {**values, "value": value, "of": of_client(client)})


def of_client(client: Client | None) -> str:
    """Return what a command of the settings says of a client, with a blank before it."""
    return f" --client {client.client_id}" if client is not None else ""


# --- steps that can be taken back ------------------------------------------------------------------------------------


def _undo_file(config_file: Path, client: Client | None) -> Path:
    folder = config_file.parent / STATE_FOLDER if client is None else client.images.parent
    return folder / UNDO_FILE


def _steps(config_file: Path, client: Client | None, present: Mapping[str, Any]) -> list[Changes]:
    """Return the changes that can be taken back, the last one last.

    One that a killed program noted and never made is none. Steps of an earlier version hold all settings of before.
    """
    found = state_file.read(_undo_file(config_file, client), {"steps": list}).get("steps", [])
    steps: list[Changes] = []
    later = dict(present)
    for step in reversed(found):
        noted = state_file.fields(step, {"before": dict, "changes": dict})
        if "before" in noted:
            names = {*_leaves(noted["before"]), *_leaves(later)}
            changes = {name: (at(noted["before"], name), at(later, name)) for name in sorted(names)}
        else:
            pairs = noted.get("changes", {}).items()
            changes = {name: (pair[0], pair[1]) for name, pair in pairs if isinstance(pair, list) and len(pair) == 2}
        if all(at(later, name) == before for name, (before, _) in changes.items()):
            continue
        steps.append(changes)
        for name, (before, _) in changes.items():
            later = laid(later, name, before)
    return steps[::-1]


def _leaves(data: Mapping[str, Any]) -> list[str]:
    """Return the names of the keys in nested settings."""
    return [name for name in list(setting_keys.keys()) if at(data, name) is not None]


def _note(config_file: Path, client: Client | None, data: Mapping[str, Any], changes: Changes) -> None:
    """Note a change before it is made: a program that is killed in between leaves a step that `_steps` leaves out."""
    _write_steps(config_file, client, [*_steps(config_file, client, data), changes])


def _write_steps(config_file: Path, client: Client | None, steps: Sequence[Changes]) -> None:
    """Write the steps, for this user alone: what was taken away may have been a password."""
    path = _undo_file(config_file, client)
    kept = [{"changes": {name: list(pair) for name, pair in step.items()}} for step in steps[-MOST_STEPS:]]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    utils.write_json(path, {"version": 2, "steps": kept})
    with contextlib.suppress(OSError):
        path.chmod(0o600)
