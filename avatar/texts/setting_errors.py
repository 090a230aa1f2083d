"""What can be wrong with settings, as texts: checks of limits, and pydantic's errors put into them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from avatar.texts.text import Text


class SettingError(ValueError):
    """All that is wrong with one group of settings, as texts: it is told in the user's language."""

    def __init__(self, problems: list[Text]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def check(problems: list[Text]) -> None:
    """Raise one SettingError that names all problems, if there are any."""
    if problems:
        raise SettingError(problems)


def outside(group: object, name: str, low: float, high: float | None = None) -> list[Text]:
    """Return the problem of a number that is not low..high, where one of them is no bound; [] where it is."""
    value = getattr(group, name)
    if value >= low and (high is None or value <= high):  # never so of NaN
        return []
    values: dict[str, object] = {"name": name, "value": as_written(value), "low": as_written(low)}
    return [Text("setting.below", values)] if high is None else [Text("setting.outside", {**values, "high": as_written(high)})]


def as_written(number: float) -> str:
    """Return a number as config.json has it, whatever the language: 0.5, 1000."""
    return f"{number:.12g}"


def unordered(group: object, name: str, other: str, *, apart: float = 0) -> list[Text]:
    """Return the problem of a number that is not at least the other one and `apart` more; [] where it is."""
    value, limit = getattr(group, name), getattr(group, other)
    if value >= limit + apart:
        return []
    numbers = {"value": value, "limit": limit, "low": limit + apart}
    return [Text("setting.order", {"name": name, "other": other, **{key: as_written(found) for key, found in numbers.items()}})]


def prefixed(problem: Text, prefix: str) -> Text:
    """Return a problem with the names of settings as a file has them: "min_contrast" -> "quality.min_contrast"."""
    names = {name: f"{prefix}.{problem.values[name]}" for name in ("name", "other") if name in problem.values}
    return Text(problem.key, {**problem.values, **names})


# Of pydantic's kinds of error, by their beginning: docs.pydantic.dev/latest/errors/validation_errors.
_WRONG_TYPE = {
    "float": "setting.number", "finite": "setting.number", "int": "setting.whole_number", "bool": "setting.yes_no",
    "string": "setting.text", "literal": "setting.choice", "dataclass": "setting.group", "dict": "setting.group",
    "mapping": "setting.group", "model": "setting.group", "tuple": "setting.list",
}  # fmt: skip
SHOWN_CHARACTERS = 60  # of a value that is wrong


def wrong_value(item: Mapping[str, Any], whole: str) -> Text:
    """Return one of pydantic's errors as a text.

    item   an entry of ValidationError.errors()
    whole  the name of the file, for an error with the whole of it
    """
    name = ".".join(str(part) for part in item["loc"]) or whole
    if item["type"] == "missing":
        return Text("setting.missing", {"name": name})
    if item["type"] == "extra_forbidden":
        return Text("setting.unknown", {"name": name})
    value = json.dumps(item["input"], ensure_ascii=False, default=str)
    values = {"name": name, "value": value[:SHOWN_CHARACTERS], "detail": item["msg"]}
    if "expected" in item.get("ctx", {}):
        values["choices"] = str(item["ctx"]["expected"]).replace(" or ", ", ").replace("'", "")
    return Text(_WRONG_TYPE.get(item["type"].partition("_")[0], "setting.other"), values)
