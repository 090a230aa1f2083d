"""Blocks that several commands show: findings as a table, a client's state, a few warnings of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from avatar.commands.result import Table
from avatar.texts import spoken
from avatar.texts.text import Finding, Level, Text, gravest_first
from avatar.texts.visible import short_name

if TYPE_CHECKING:
    from avatar.pictures.import_list import Import
    from avatar.reports.stages import ClientState
    from avatar.workspace.client import Client

SHOWN_OF_A_KIND = 3
IMPORTS_SHOWN = 6  # [choice] in one line
NAMES_SHOWN = 12  # [choice] two or three lines
LEVEL_STYLE: dict[Level, str] = {"ready": "good", "attention": "warn", "blocked": "bad"}
STATE_STYLE = {"done": "good", "todo": "plain", "outdated": "warn", "optional": "plain"}


def findings_table(findings: Iterable[Finding], title: str) -> Table:
    """Return findings as a table, the most severe first."""
    rows = [(Text(f"level.{item.level}", {}, LEVEL_STYLE[item.level]), item.text) for item in gravest_first(findings)]
    return Table(("col.level", "col.finding"), rows, Text(title))


def with_short_name(told: Text) -> Text:
    """Return a text with the file that it names shortened: MidJourney's names are whole sentences."""
    name = told.values.get("name")
    return replace(told, values={**told.values, "name": short_name(name)}) if isinstance(name, str) else told


def few_per_kind(warnings: Sequence[Text]) -> list[Text]:
    """Return the first warnings of each kind and, behind them, how many more there are: thousands of pictures, one screen."""
    kinds: dict[str, list[Text]] = {}
    for warning in map(with_short_name, warnings):
        kinds.setdefault(warning.key, []).append(warning)
    shown: list[Text] = []
    for told in kinds.values():
        shown += told[:SHOWN_OF_A_KIND]
        if more := told[SHOWN_OF_A_KIND:]:
            shown.append(Text("import.more_like_it", {"n": len(more)}))
    return shown


def numbered(warnings: Iterable[Text], numbers: Mapping[str, int]) -> list[Text]:
    """Return warnings with the picture's number in the review in place of its id."""
    return [
        replace(told, values={**told.values, "image": Text("captions.picture", {"number": numbers[image]})})
        if (image := str(told.values.get("image", ""))) in numbers
        else told
        for told in warnings
    ]


def few_names(names: Sequence[str]) -> str:
    """Return the first names of many, long ones without their middle."""
    return ", ".join(map(short_name, names[:SHOWN_OF_A_KIND])) + (" …" if len(names) > SHOWN_OF_A_KIND else "")


def imports_table(imports: Sequence[Import]) -> Table:
    """Return imports by number, with what `remove` brings away."""
    rows = [
        (item.number, Text(f"import.source.{item.source or 'early'}"), len(item.images), item.when, few_names(item.given))
        for item in imports
    ]
    return Table(("col.number", "col.source", "col.pictures", "col.when", "col.from"), rows, Text("import.list_title"))


def import_choice(item: Import) -> Text:
    """Return an import as a line: its number, where its pictures came from, how many there are, and when."""
    if not item.number:
        return Text("import.choice_early", {"n": len(item.images)})
    values = {"number": item.number, "n": len(item.images), "names": few_names(item.given) or "-", "when": item.when}
    return Text("import.choice", {**values, "source": Text(f"import.source.{item.source or 'early'}")})


def imports_line(imports: Sequence[Import]) -> Text:
    """Return imports as one line, the last ones first."""
    parts = [
        Text(
            "import.short",
            {"number": item.number, "n": len(item.images), "source": Text(f"import.source.{item.source or 'early'}")},
        )
        for item in reversed(imports)
    ]
    shown = parts[:IMPORTS_SHOWN]
    return Text("import.line", {"imports": spoken.several([*shown, *([Text("list.more")] if len(parts) > len(shown) else [])])})


def many_names(names: Iterable[str]) -> str:
    """Return names in a line: the first, and how many more there are."""
    every = list(names)
    more = len(every) - NAMES_SHOWN
    return ", ".join(every[:NAMES_SHOWN]) + (f", … (+{more})" if more > 0 else "")


def odd_lines(state: ClientState) -> list[Text]:
    """Return what the table of stages does not tell: whose the pictures are, and which captions have other words."""
    if state.client_unknown or not state.odd:
        return [*(finding.text for finding in state.client_unknown), *state.strayed]
    odd = Text("status.odd", {"n": len(state.odd), "client": state.client_id, "names": many_names(state.odd)}, "warn")
    return [odd, *state.strayed]


def originals_missing(client: Client, missing: Mapping[str, int]) -> Text | None:
    """Return how many originals are gone, by source, and how they come back; None for none."""
    if not missing:
        return None
    values = {"n": sum(missing.values()), "folders": ", ".join(f"raw_{source}" for source in missing)}
    own = {"client": client.client_id}
    again = Text("status.import_mj_again" if "mj" in missing else "status.import_real_again", own)
    return Text("status.originals_missing", {**values, **own, "again": again})


def state_table(state: ClientState) -> Table:
    """Return the state of all stages as a table."""
    rows = [
        (Text(f"stage.{stage.name}"), Text(f"state.{stage.state}", {}, STATE_STYLE[stage.state]), stage.count, stage.why or "")
        for stage in state.stages
    ]
    return Table(("col.stage", "col.state", "col.count", "col.reason"), rows, state_title(state))


def state_title(state: ClientState) -> Text:
    return Text("status.title", {"client": state.client_id, "approved": state.approved, "refused": state.refused})
