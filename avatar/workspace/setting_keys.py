"""Every key of the settings as data: what it takes, its range, its default, whether a client may have its own. Pure.

All of it is read from `config.Settings`: a new field is a new key. Ranges are asked of the checks of each group, so that
what is told is what holds. What a person types for a key becomes its value here.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import os
import re
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import utils
from avatar.texts import matching, spoken, translate
from avatar.texts.setting_errors import SettingError, as_written
from avatar.texts.text import PipelineError, Text
from avatar.texts.typed import parse_number, parse_yes_no
from config import Settings

Kind = Literal["yes_no", "whole", "number", "choice", "list", "text", "words", "folder", "file", "model"]
GENERAL = "general"  # the section of the keys that stand in no group
# Of the trainer's settings, those that a client may set: data. All others, also ones to come, say which programs are run.
CLIENT_TRAINER_KEYS = frozenset({"base_model", "tokenizer_cache_dir", "metadata_names"})
# Groups that decide what is run, where pictures go, and what outlives a client.
CONFIG_ONLY = ("trainer", "generate", "captioner", "evidence")
OF_PROGRAM = frozenset({"language", "dashboard.with_training", "evidence.collect"})  # what no client has
SECRET = frozenset({"generate.password"})
FOLDERS = frozenset(
    {"trainer.folder", "trainer.models_folder", "trainer.tokenizer_cache_dir", "generate.comfyui_loras", "generate.a1111_loras",
     "generate.invokeai_folder"}
)  # fmt: skip
ADDRESSES = frozenset({"generate.comfyui_address", "generate.a1111_address", "captioner.server"})
ADDRESS = re.compile(r"(https?://)?([^\s/?#@]+@)?(\[[0-9a-f:.]+\]|[^\s/?#@:]+)(:\d{1,5})?(/[^\s?#]*)?", re.IGNORECASE)
# Folders that are made where they are missing; all others must be there.
MAY_BE_MISSING = frozenset({"trainer.folder", "trainer.tokenizer_cache_dir"})
UNITS = {
    "_px": "px", "_s": "s", "_mb": "MB", "_bytes": "bytes", "_bits": "bits", "_tokens": "tokens", "_pixels": "pixels",
    "_brightness": "levels", "_contrast": "levels",
}  # fmt: skip
PAIRS = {"dataset.mj_share": "dataset.real_share", "dataset.real_share": "dataset.mj_share"}  # together 1
SHORTEST_PART = 3  # [choice] letters of a part of a name or meaning: fewer stand in too many
MOST_TOLD = 5  # [choice] keys that an answer names
FARTHEST = 1e18  # no setting reaches it: the checks say where they end


@dataclass(frozen=True)
class Key:
    """One setting.

    name      dotted, as in config.json: "quality.blur_threshold"
    optional  it may have no value: the common limit holds, the system's language
    unit      px, s, MB, bytes, bits, tokens, pixels, levels (grey levels), or ""
    """

    number: int
    name: str
    kind: Kind
    default: Any
    choices: tuple[str, ...] = ()
    optional: bool = False

    @property
    def section(self) -> str:
        return self.name.partition(".")[0] if "." in self.name else GENERAL

    @property
    def unit(self) -> str:
        return next((unit for ending, unit in UNITS.items() if self.name.endswith(ending)), "")

    @property
    def of_client(self) -> bool:
        """Whether a client may have its own."""
        return self.name not in OF_PROGRAM and not is_config_only(self.name)

    @property
    def meaning(self) -> Text:
        section, _, name = self.name.partition(".")
        kind, _, of_kind = name.partition(".")
        if of_kind:  # the limit of one kind of picture
            common = Text(f"meaning.{section}.{of_kind}")
            return Text("settings.of_kind", {"kind": Text(f"settings.kind.{kind}"), "meaning": common})
        return Text(f"meaning.{self.name}")

    @property
    def label(self) -> Text:
        """What a person calls it: its meaning as far as the semicolon."""
        return Text("settings.label", {"meaning": self.meaning})

    def choice_label(self, choice: str) -> Text:
        """Return one of its choices in words; what is none of them as it is."""
        if choice not in self.choices:
            return Text("list.item", {"item": choice})
        return Text(f"settings.choice.{self.name}.{choice}")


def is_config_only(name: str) -> bool:
    """Return whether a key decides what is run or where pictures go: never a client's, which may be a stranger's."""
    return name.partition(".")[0] in CONFIG_ONLY and name.removeprefix("trainer.") not in CLIENT_TRAINER_KEYS


@functools.cache
def keys() -> Mapping[str, Key]:
    """Return every key by its name, in the order of their numbers from 1 on."""
    found = [item for item in _fields(Settings) if item[0] != "version"]
    return {name: Key(number, name, *rest) for number, (name, *rest) in enumerate(found, 1)}


def _fields(kind: type[Any], prefix: str = "") -> list[tuple[Any, ...]]:
    """Return (name, kind, default, choices, optional) of all fields, those of groups by their dotted names."""
    hints = typing.get_type_hints(kind)
    fields: list[tuple[Any, ...]] = []
    for entry in dataclasses.fields(kind):
        name, factory = prefix + entry.name, entry.default_factory
        if isinstance(factory, type) and dataclasses.is_dataclass(factory):
            fields += _fields(factory, f"{name}.")
            continue
        default = factory() if callable(factory) else entry.default
        fields.append((name, *_kind_of(name, hints[entry.name], default)))
    return fields


def _kind_of(name: str, hint: Any, default: Any) -> tuple[Kind, Any, tuple[str, ...], bool]:
    optional = isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
    if optional:
        hint = next(item for item in typing.get_args(hint) if item is not type(None))
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return "choice", default, inner, optional
    if origin is tuple:
        return "list", default, typing.get_args(inner[0]), optional
    if origin is not None:
        return "words", default, (), optional
    plain: Mapping[type, Kind] = {bool: "yes_no", int: "whole", float: "number", str: "text"}
    kind = plain[hint]
    if kind == "text":
        kind = "model" if name == "trainer.base_model" else "file" if name == "trainer.python" else kind
        kind = "folder" if name in FOLDERS else kind
    return kind, default, (), optional


def find(typed: str) -> Key:
    """Return the key that a name, the end of one, a part that only one has, or a number of the list means.

    Raises PipelineError("settings.unknown_key") with those that may be meant.
    """
    known = keys()
    word = typed.strip()
    if word in known:
        return known[word]
    if word.isdecimal() and len(word) < 5 and 1 <= int(word) <= len(known):
        return list(known.values())[int(word) - 1]
    lowered = word.lower().replace("-", "_")
    ends = [name for name in known if name == lowered or name.endswith(f".{lowered}")]
    fewest = [name for name in ends if name.count(".") == min(end.count(".") for end in ends)]
    parts = [] if ends else [name for name in known if len(lowered) >= SHORTEST_PART and lowered in name]
    if len(fewest) == 1 or len(parts) == 1:
        return known[(fewest or parts)[0]]
    likely = fewest or sorted(parts, key=lambda name: name.count("."))[:1] or [key.name for key in holding(word)]
    told = likely[:MOST_TOLD] or [near(lowered, 0.7) or ", ".join(sections())]
    raise PipelineError("settings.unknown_key", name=word, near=", ".join(told))


def holding(typed: str) -> list[Key]:
    """Return the keys that hold what was typed in their names, else those that hold its words in their meaning in a language.

    >>> [key.name for key in holding("blur")][:2]
    ['quality.blur_threshold', 'quality.raw.blur_threshold']
    """
    sought = [matching.folded(word) for word in re.split(r"[\s_-]+", typed) if len(word) >= SHORTEST_PART]
    if not sought:
        return []
    every = list(keys().values())
    by_name = [key for key in every if all(word in key.name for word in sought)]
    return by_name or [key for key in every if any(all(word in told for word in sought) for told in _meanings(key))]


def _meanings(key: Key) -> list[str]:
    return [matching.folded(translate.words(key.meaning, language)) for language in translate.LANGUAGES]


def near(name: str, cutoff: float = 0.5) -> str:
    """Return the key whose name, or the end of it, is nearest to a mistyped one; "" where none is near.

    cutoff  of `difflib.get_close_matches`; 0: there always is one
    """
    by_end = {known.rpartition(".")[2]: known for known in reversed(list(keys()))}
    whole = difflib.get_close_matches(name, keys(), n=1, cutoff=cutoff)
    ends = difflib.get_close_matches(name.rpartition(".")[2], by_end, n=1, cutoff=cutoff)
    return whole[0] if whole else by_end[ends[0]] if ends else ""


def sections() -> list[str]:
    return list(dict.fromkeys(key.section for key in keys().values()))


# --- what it takes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Range:
    """What a number may be; None: no bound. step: a multiple of it. not_below, not_above: the name of another key."""

    low: float | None = None
    high: float | None = None
    step: float | None = None
    not_below: str = ""
    not_above: str = ""


@functools.cache
def range_of(name: str) -> Range:
    """Return the range of a number, as the checks of its group have it whatever the other settings are."""
    if name in PAIRS:
        return Range(0, 1)
    found = Range()
    own = name.partition(".")[2]
    for problem in (problem for far in (-FARTHEST, FARTHEST) for problem in _problems_of(name, far)):
        values = problem.values
        if problem.key == "setting.order":
            other = {"not_below": values["other"]} if values["name"] == own else {"not_above": values["name"]}
            found = dataclasses.replace(found, **other)
        elif values.get("name") != own:
            continue
        elif problem.key == "setting.multiple":
            found = dataclasses.replace(found, low=float(values["low"]), step=float(values["low"]))
        elif problem.key in {"setting.below", "setting.outside"}:
            high = float(values["high"]) if "high" in values else None
            found = dataclasses.replace(found, low=float(values["low"]), high=high)
    return found


def _problems_of(name: str, value: float) -> list[Text]:
    """Return what is wrong with the defaults of a group where one of its settings has this value."""
    section, _, field = name.partition(".")
    kind, _, of_kind = field.partition(".")
    group = next(entry.default_factory for entry in dataclasses.fields(Settings) if entry.name == section)
    assert isinstance(group, type)  # noqa: S101  # the only fields without a group have no range
    given: Any = {field: value}
    if of_kind:
        limits = next(entry.default_factory for entry in dataclasses.fields(group) if entry.name == kind)
        given = {kind: limits(**{of_kind: value})}  # type: ignore[operator,unused-ignore]
    try:
        group(**given)
    except SettingError as error:
        return error.problems
    return []


def allowed(key: Key) -> Text:
    """Return what a key takes, in words."""
    if key.choices:
        of = "settings.takes_list_of" if key.kind == "list" else "settings.takes_choice"
        return Text(of, {"choices": spoken.several([key.choice_label(choice) for choice in key.choices], "list.semicolon")})
    if key.kind not in {"number", "whole"}:
        return Text(f"settings.takes.{key.kind}")
    found = range_of(key.name)
    unit = Text(f"settings.unit.{key.unit}") if key.unit else Text("unit.none")
    if found.step is not None:
        return Text("settings.takes_multiple", {"step": as_written(found.step), "unit": unit})
    bounds = "any" if found.low is None else "from" if found.high is None else "range"
    numbers = {"low": found.low, "high": found.high, "unit": unit if bounds != "any" else Text("unit.none")}
    whole = "whole_" if key.kind == "whole" else ""
    takes = Text(f"settings.bounds.{whole}{bounds}", numbers)
    for order in ("not_below", "not_above"):
        if other := getattr(found, order):
            takes = Text(
                f"settings.order.{order}", {"takes": takes, "other": named(f"{key.section}.{other.rpartition('.')[2]}")}
            )
    return takes


def named(name: str) -> Text:
    """Return what a person calls the setting of a name; the name itself where there is none."""
    key = keys().get(name)
    return Text("list.item", {"item": name}) if key is None else key.label


def in_words(problem: Text) -> Text:
    """Return what is wrong with a value that was typed, with settings as a person calls them and numbers as one writes them."""
    values = dict(problem.values)
    for name in ("name", "other"):
        if isinstance(values.get(name), str):
            values[name] = named(values[name])
    for name in ("value", "limit", "low", "high"):
        if isinstance(values.get(name), str) and (number := parse_number(values[name])) is not None:
            values[name] = number
    if isinstance(values.get("problem"), Text):
        values["problem"] = in_words(values["problem"])
    return Text(problem.key, values, problem.style)


def nearest_value(key: Key, typed: str) -> str | None:
    """Return the nearest value that a key takes, as it is typed; None where there is none to propose."""
    if key.kind in {"number", "whole"}:
        number = parse_number(typed)
        return None if number is None else as_written(_nearest_number(key, number))
    if key.choices:
        word = next((part for part in re.split(r"[,\s]+", typed.strip().lower()) if part and part not in key.choices), "")
        found = difflib.get_close_matches(word, key.choices, n=1, cutoff=0.0)
        return found[0] if found and word else None
    return None


def _nearest_number(key: Key, number: float) -> float:
    found = range_of(key.name)
    if found.step:
        return max(found.step, round(number / found.step) * found.step)
    number = round(number) if key.kind == "whole" else number
    number = number if found.low is None else max(number, found.low)
    return number if found.high is None else min(number, found.high)


# --- what is typed ---------------------------------------------------------------------------------------------------


def parse(key: Key, typed: str) -> Any:
    """Return the value that was typed for a key, as config.json holds it.

    Numbers with point or comma, switches as sí/no/yes/no/on/off, lists with commas, words as "lighting.studio=ring light".
    Raises SettingError.
    """
    typed = typed.strip()
    value: Any
    if key.kind in {"number", "whole"}:
        number = parse_number(typed, whole=key.kind == "whole")
        value = round(number) if number is not None and key.kind == "whole" else number
    elif key.kind == "yes_no":
        value = parse_yes_no(typed)
    elif key.kind == "choice":
        value = _choice(key, typed)
    elif key.kind == "list":
        return _list(key, typed)
    elif key.kind == "words":
        return _words(typed)
    else:
        if key.name in ADDRESSES and typed and not ADDRESS.fullmatch(typed):
            raise SettingError([Text("settings.no.address", {"typed": typed})])
        return _path(key, typed) if key.kind in {"folder", "file"} else typed
    if value is None:
        raise SettingError([Text(f"settings.no.{key.kind}", {"typed": typed})])
    return value


def _list(key: Key, typed: str) -> list[str]:
    parts = [part.strip() for part in typed.split(",") if part.strip()]
    if not key.choices:
        return list(dict.fromkeys(parts))
    if any(_choice(key, part) is None for part in parts):  # names with blanks between them
        parts = typed.replace(",", " ").split()
    found = {part: _choice(key, part) for part in parts}
    if wrong := [part for part, choice in found.items() if choice is None]:
        raise SettingError([Text("settings.no.choice", {"typed": part}) for part in wrong])
    return list(dict.fromkeys(choice for choice in found.values() if choice is not None))


def _choice(key: Key, typed: str) -> str | None:
    """Return the choice that is meant: by its name in config.json, or by its words in either language."""
    wanted = typed.strip().lower()
    for choice in key.choices:
        told = (translate.words(key.choice_label(choice), language) for language in translate.LANGUAGES)
        if wanted in {choice.lower(), *map(str.lower, told)}:
            return choice
    return None


WORDS = re.compile(r"\s*([A-Za-z_]+)\.([A-Za-z_ -]+?)\s*=\s*(.+?)\s*")


def _words(typed: str) -> dict[str, dict[str, list[str]]]:
    """Return {"lighting": {"studio": ["ring light", "softbox"]}} of "lighting.studio=ring light, softbox; …"."""
    if typed.startswith("{"):
        try:
            found = json.loads(typed)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise SettingError([Text("settings.no.words", {"typed": typed})])
        return found
    words: dict[str, dict[str, list[str]]] = {}
    for part in filter(str.strip, typed.split(";")):
        entry = WORDS.fullmatch(part)
        if entry is None:
            raise SettingError([Text("settings.no.words", {"typed": part.strip()})])
        phrases = [phrase.strip() for phrase in entry[3].split(",") if phrase.strip()]
        words.setdefault(entry[1], {}).setdefault(entry[2], []).extend(phrases)
    return words


def _path(key: Key, typed: str) -> str:
    """Return a path in full, "" for none. Raises SettingError where it must be there and is not."""
    if not typed:
        return ""
    path = utils.at_home(Path(typed.strip("'\"")))
    path = path.absolute()
    there = path.is_file() if key.kind == "file" else path.is_dir()
    if not there and (key.name not in MAY_BE_MISSING or path.exists()):
        raise SettingError([Text(f"settings.no.{key.kind}", {"typed": str(path)})])
    if key.kind == "file" and not os.access(path, os.X_OK):  # Windows says yes to every file
        raise SettingError([Text("settings.no.program", {"typed": str(path)})])
    return str(path)


def as_typed(value: Any) -> str:
    """Return a value as `parse` takes it again: 0.5, on, face, head_shoulders."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (int, float)):
        return as_written(value)
    if isinstance(value, Mapping):
        pairs = [(f"{group}.{trait}", phrases) for group, traits in value.items() for trait, phrases in traits.items()]
        return "; ".join(f"{name}={', '.join(phrases)}" for name, phrases in pairs)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
