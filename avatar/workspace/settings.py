"""Settings from files laid over the defaults: config.py < config.json < client.json < the command.

All problems of a source are named at once; an unknown key is an error that names the nearest one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import utils
from avatar.texts.setting_errors import SettingError, prefixed, wrong_value
from avatar.texts.text import PipelineError, Text
from avatar.workspace import state_file
from avatar.workspace.client import Client
from config import Settings

# Of the trainer's settings, those that a client may set: data. All others, also ones to come, say which programs are run.
CLIENT_TRAINER_KEYS = frozenset({"base_model", "tokenizer_cache_dir", "metadata_names"})
CONFIG_ONLY = ("trainer", "generate", "captioner")  # groups that decide what is run and where pictures go


def load_settings(config_file: Path, client_settings: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings in force.

    config_file      config.json; where it is missing, the defaults stand
    client_settings  nested like config.json: what client.json changes
    Raises PipelineError("settings.invalid", source, problems: text keys and values) and ("file.not_json").
    """
    try:
        from_file = utils.read_json(config_file)
    except FileNotFoundError:
        from_file = {}
    if from_file == {} and not client_settings:
        return Settings()  # without pydantic: the menu's start passes here
    _refuse_programs(client_settings or {})
    _build(from_file, str(config_file))  # alone first, so that a problem names its source
    return _build(merged(from_file, client_settings or {}), "client.json")


def _refuse_programs(client_settings: Mapping[str, Any]) -> None:
    """Raise PipelineError("settings.invalid") where a client names what is run or where pictures go: it may be a stranger's."""
    groups = {name: group for name in CONFIG_ONLY if isinstance(group := client_settings.get(name), Mapping)}
    refused = [f"{group}.{name}" for group, names in groups.items() for name in names]
    refused = [name for name in refused if name.removeprefix("trainer.") not in CLIENT_TRAINER_KEYS]
    if refused:
        problems = [Text("setting.config_only", {"name": name}) for name in refused]
        raise PipelineError("settings.invalid", source="client.json", problems=problems)


def _build(data: object, source: str) -> Settings:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Settings).validate_python(data)
    except ValidationError as error:
        problems = [problem for item in error.errors() for problem in _problems(item, source)]
        raise PipelineError("settings.invalid", source=source, problems=problems) from error


def _problems(item: Mapping[str, Any], source: str) -> list[Text]:
    """Return what is wrong at one place of a file, or with the whole of it."""
    name = ".".join(str(part) for part in item["loc"])
    raised = item.get("ctx", {}).get("error")
    if isinstance(raised, SettingError):
        return [prefixed(problem, name) for problem in raised.problems]
    if item["type"] == "unexpected_keyword_argument":
        import difflib

        near = difflib.get_close_matches(name, known_keys(), n=1, cutoff=0.5) or difflib.get_close_matches(
            name.rpartition(".")[2], [key.rpartition(".")[2] for key in known_keys()], n=1, cutoff=0.5
        )
        if near:
            return [Text("setting.unknown_near", {"name": name, "near": near[0]})]
        return [Text("setting.unknown", {"name": name})]
    return [wrong_value(item, Path(source).name)]


def known_keys(kind: type[Any] = Settings, prefix: str = "") -> list[str]:
    """Return the dotted names of all settings: ["language", "quality.min_brightness", …]."""
    keys: list[str] = []
    for entry in dataclasses.fields(kind):
        factory = entry.default_factory
        if isinstance(factory, type) and dataclasses.is_dataclass(factory):
            keys += known_keys(factory, f"{prefix}{entry.name}.")
        else:
            keys.append(prefix + entry.name)
    return keys


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return `below` with the values of `above` merged over it, group by group."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def save_language(config_file: Path, language: str) -> None:
    """Keep the language in config.json; raises as `save_values`."""
    save_values(config_file, {"language": language})


def save_values(config_file: Path, values: Mapping[str, Any]) -> None:
    """Keep values, nested like config.json, in it; all else there stays.

    Raises PipelineError as `load_settings`, and OSError.
    """
    try:
        data = utils.read_json(config_file)
    except FileNotFoundError:
        data = {"version": 1}
    if not isinstance(data, dict):
        _build(data, str(config_file))  # refuses it
    utils.write_json(config_file, merged(data, values))


# --- one client's own ------------------------------------------------------------------------------------------------

UNDO_FILE = "settings_undo.json"  # in metadata/
MOST_STEPS = 50  # [choice] changes that can be taken back


def change_client(client: Client, config_file: Path, values: Mapping[str, Any]) -> None:
    """Lay values, nested like config.json, over a client's own settings, as one step that `undo_client` takes back.

    A value of None takes the client's own away: the project's holds again. Nothing is written where nothing changes.
    Raises PipelineError as `load_settings`, before anything is written, and ("client.locked").
    """
    with client.lock("settings"):
        info = client.info()
        together = _without_none(merged(info.settings, values))
        load_settings(config_file, together)
        if together == info.settings:
            return
        steps = _steps(client)
        if not steps or steps[-1]["before"] != info.settings:  # else a killed program has noted it already
            _write_steps(client, [*steps, {"when": utils.now(), "before": info.settings}][-MOST_STEPS:])
        client.save_info(info.model_copy(update={"settings": together}))


def undo_client(client: Client) -> None:
    """Give a client the settings it had before the last change. Raises PipelineError("settings.nothing_to_undo")."""
    with client.lock("settings"):
        steps = _steps(client)
        if not steps:
            raise PipelineError("settings.nothing_to_undo", client=client.client_id)
        client.save_info(client.info().model_copy(update={"settings": steps[-1]["before"]}))
        _write_steps(client, steps[:-1])


def steps_to_undo(client: Client) -> int:
    """Return how many changes of a client's settings can be taken back."""
    return len(_steps(client))


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values without those that are None, and without groups that hold nothing else."""
    kept = {name: _without_none(value) if isinstance(value, Mapping) else value for name, value in values.items()}
    return {name: value for name, value in kept.items() if value is not None and value != {}}


def _steps(client: Client) -> list[dict[str, Any]]:
    found = state_file.read(client.images.parent / UNDO_FILE, {"steps": list}).get("steps", [])
    steps = [state_file.fields(step, {"when": str, "before": dict}) for step in found]
    return [step for step in steps if "before" in step]


def _write_steps(client: Client, steps: Sequence[Mapping[str, Any]]) -> None:
    utils.write_json(client.images.parent / UNDO_FILE, {"version": 1, "steps": list(steps)})
