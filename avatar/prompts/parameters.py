"""The parameters of MidJourney: which there are, where they stand in a text, and which values they may have. Pure.

Parameter table: docs.midjourney.com, Parameter List, and the guides to V7 and V8.1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from avatar.workspace.records import Parameter
from config import ImportConfig

UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)
LIMITS = ImportConfig()
# A word with two dashes that no table knows is a parameter of tomorrow only with a short value: prose after it is prompt.
UNKNOWN_WORDS = 4


@dataclass(frozen=True)
class Rule:
    """The values that a parameter may have: none (flag), a number within limits, a ratio, or any text."""

    kind: str = "text"  # text | flag | number | ratio
    low: float = -math.inf
    high: float = math.inf
    among: tuple[float, ...] = ()  # where only some numbers exist
    bare: bool = False  # may stand without a value


def _number(low: float, high: float, *, bare: bool = False) -> Rule:
    return Rule("number", low, high, bare=bare)


_FLAG = Rule("flag", bare=True)
# The last five: v1-4.
_FLAGS = "raw tile draft fast relax turbo hd sd stealth public loop preview test testp creative upbeta uplight"
RULES: Mapping[str, Rule] = {
    "v": Rule("number", 1, 8.2, among=(1, 2, 3, 4, 5, 5.1, 5.2, 6, 6.1, 7, 8, 8.1, 8.2)),  # 8.2: July 2026
    "niji": Rule("number", 4, 7, among=(4, 5, 6, 7), bare=True),
    "ar": Rule("ratio"),
    "chaos": _number(0, 100),
    "variety": _number(0, 100),  # what the web slider calls chaos; not known as a parameter, taken as the same
    "stylize": _number(0, 1000),
    "weird": _number(0, 3000),
    "quality": _number(0.25, 4),
    "seed": _number(0, 4294967295),
    "stop": _number(10, 100),
    "repeat": _number(1, 40),
    "iw": _number(0, 3),
    "cw": _number(0, 100),
    "sw": _number(0, 1000),
    "sv": _number(1, 7),
    "ow": _number(1, 1000),
    "exp": _number(0, 100),
    "bs": _number(1, 4),
    "video": _number(0, 1, bare=True),
    "profile": Rule(bare=True),
    **dict.fromkeys(("style", "no", "cref", "sref", "oref", "motion", "end", "edit"), Rule()),
    **dict.fromkeys(_FLAGS.split(), _FLAG),
}
ALIASES: Mapping[str, str] = {
    "version": "v", "aspect": "ar", "c": "chaos", "s": "stylize", "w": "weird", "q": "quality", "r": "repeat",
    "p": "profile", "personalize": "profile", "sameseed": "seed",
}  # fmt: skip

# Apple's keyboards turn -- into a dash (U+2014, 2013, 2015, or two of 2212): a parameter only after a blank.
_MARK = re.compile(r"(?:(?<!-)--(?!-)|(?<!\S)(?:[\u2014\u2013\u2015]|\u2212\u2212))(?P<name>[A-Za-z]+)(?P<rest>(?:\w|-(?!-))*)")

# Behind a dash of Apple's keyboards a word that nobody knows is mostly prose, but not before a number.
_NUMBER_NEXT = re.compile(r"\s+\d+(?:\.\d+)?(?=\s+(?:--|[\u2014\u2013\u2015])[A-Za-z]|\s*$)", re.ASCII)


def canonical(name: str) -> str | None:
    """Return the one name of a known parameter and of its aliases; None for an unknown one."""
    name = name.lower()
    name = ALIASES.get(name, name)
    return name if name in RULES else None


def split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the prompt and, in order, each parameter's name and value as typed.

    Parameters begin at the first known one, or at those of an unknown name right before it; without a known one they are
    the unknown ones at the end.
    """
    early: list[tuple[str, int, int]] = []  # unknown ones before the first known
    marks: list[tuple[str, int, int]] = []
    for match in _MARK.finditer(text):
        # "--v6" is read as "--v 6"; "--no-one" and "--vintage" are no parameters of ours.
        known = canonical(match["name"]) is not None and (not match["rest"] or match["rest"][0].isdigit())
        after_blank = match.start() == 0 or text[match.start() - 1].isspace()
        if known and (after_blank or not _in_link(text, match.start())):
            marks.append((match["name"], match.start(), match.end("name")))
        elif marks and after_blank:
            marks.append((match["name"] + match["rest"], match.start(), match.end()))
        elif not marks and after_blank and (match[0].startswith("--") or _NUMBER_NEXT.match(text, match.end())):
            early.append((match["name"] + match["rest"], match.start(), match.end()))
    marks = [*_short_ones(text, early, marks[0][1] if marks else len(text)), *marks]
    if not marks:
        return text.strip(), []
    ends = [start for _, start, _ in marks[1:]] + [len(text)]
    pieces = [
        (name, re.sub(r"^[=:]\s*", "", text[begin:end]).strip()) for (name, _, begin), end in zip(marks, ends, strict=True)
    ]
    return text[: marks[0][1]].strip(), pieces


def _short_ones(text: str, early: list[tuple[str, int, int]], end: int) -> list[tuple[str, int, int]]:
    """Return the last of the unknown parameters whose values are all short, up to `end`."""
    found: list[tuple[str, int, int]] = []
    for mark in reversed(early):
        if len(text[mark[2] : end].split()) > UNKNOWN_WORDS:
            break
        found.insert(0, mark)
        end = mark[1]
    return found


def _in_link(text: str, position: int) -> bool:
    return "://" in (text[:position].split() or [""])[-1]


def parameter(key: str, text: str, limits: ImportConfig) -> Parameter:
    """Return a parameter as typed and, if it is one, as a number; a value out of bounds is kept, with a warning."""
    rule = RULES[key]
    if not text:
        return Parameter(text="", warning=None if rule.bare else "midjourney.no_value")
    if rule.kind == "flag":
        return Parameter(text=text, warning="midjourney.flag_with_value")
    if rule.kind == "ratio":
        sides = re.fullmatch(r"(\d{1,9}):(\d{1,9})", text)  # int() refuses thousands of digits
        return Parameter(text=text, warning=None if sides and int(sides[1]) and int(sides[2]) else "midjourney.bad_value")
    if rule.kind != "number":
        return Parameter(text=text)
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)", text, re.ASCII):
        return Parameter(text=text, warning="midjourney.bad_value")
    number = float(text)
    warning = None
    if not rule.low <= number <= rule.high or (rule.among and number not in rule.among):
        warning = "midjourney.out_of_range"
    elif key == "ow" and not limits.omni_weight_low <= number <= limits.omni_weight_high:
        warning = "midjourney.ow_band"
    return Parameter(text=text, number=number if math.isfinite(number) else None, warning=warning)
