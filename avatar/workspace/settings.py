"""Settings from files laid over the defaults: config.py < config.json < client.json < the command.

All problems of a source are named at once; an unknown key is an error that names the nearest one.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.texts.setting_errors import SettingError, prefixed, wrong_value
from avatar.texts.text import PipelineError, Text
from avatar.workspace import setting_keys
from config import Settings

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def load_settings(config_file: Path, client_settings: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings in force.

    config_file      config.json; where it is missing, the defaults stand
    client_settings  nested like config.json: what client.json changes
    Raises PipelineError("settings.invalid", source, problems: text keys and values) and ("file.not_json").
    """
    return in_force(read_file(config_file), str(config_file), client_settings)


def read_file(config_file: Path) -> Any:
    """Return what config.json holds, {} where there is none. Raises PipelineError as `utils.read_json`."""
    try:
        return utils.read_json(config_file)
    except FileNotFoundError:
        return {}


def in_force(from_file: Any, source: str, client_settings: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings that a file and a client's own make. source: the file. Raises PipelineError("settings.invalid")."""
    if from_file == {} and not client_settings:
        return Settings()  # without pydantic: the menu's start passes here
    _refuse_programs(client_settings or {})
    _build(from_file, source)  # alone first, so that a problem names its source
    return _build(merged(from_file, client_settings or {}), "client.json")


def _refuse_programs(client_settings: Mapping[str, Any]) -> None:
    """Raise PipelineError("settings.invalid") where a client names what is run or where pictures go: it may be a stranger's."""
    groups = {name: group for name in setting_keys.CONFIG_ONLY if isinstance(group := client_settings.get(name), Mapping)}
    refused = [f"{group}.{name}" for group, names in groups.items() for name in names]
    refused = [name for name in refused if setting_keys.is_config_only(name)]
    if refused:
        problems = [Text("setting.config_only", {"name": name}) for name in refused]
        raise PipelineError("settings.invalid", source="client.json", problems=problems)


def _build(data: object, source: str) -> Settings:
    from pydantic import ValidationError

    try:
        return _adapter().validate_python(data)
    except ValidationError as error:
        problems = [problem for item in error.errors() for problem in _problems(item, source)]
        raise PipelineError("settings.invalid", source=source, problems=problems) from error


@functools.cache
def _adapter() -> TypeAdapter[Settings]:
    """Return what reads settings, made once: that takes 22 ms, reading takes 0.3 [measured], and each file is read twice."""
    from pydantic import TypeAdapter

    return TypeAdapter(Settings)


def _problems(item: Mapping[str, Any], source: str) -> list[Text]:
    """Return what is wrong at one place of a file, or with the whole of it."""
    name = ".".join(str(part) for part in item["loc"])
    raised = item.get("ctx", {}).get("error")
    if isinstance(raised, SettingError):
        return [prefixed(problem, name) for problem in raised.problems]
    if item["type"] == "unexpected_keyword_argument":
        near = setting_keys.near(name)
        return [Text("setting.unknown_near", {"name": name, "near": near}) if near else Text("setting.unknown", {"name": name})]
    return [wrong_value(item, Path(source).name)]


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return `below` with the values of `above` merged over it, group by group."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result
