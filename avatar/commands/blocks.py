"""Blocks that several commands show: findings as a table, a client's state, a few warnings of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from avatar.commands.result import Table
from avatar.texts.text import Finding, Level, Text, gravest_first

if TYPE_CHECKING:
    from avatar.reports.stages import ClientState

SHOWN_OF_A_KIND = 3
LEVEL_STYLE: dict[Level, str] = {"ready": "good", "attention": "warn", "blocked": "bad"}
STATE_STYLE = {"done": "good", "todo": "plain", "outdated": "warn", "optional": "plain"}


def findings_table(findings: Iterable[Finding], title: str) -> Table:
    """Return findings as a table, the most severe first."""
    rows = [(Text(f"level.{item.level}", {}, LEVEL_STYLE[item.level]), item.text) for item in gravest_first(findings)]
    return Table(("col.level", "col.finding"), rows, Text(title))


def few_per_kind(warnings: Sequence[Text]) -> list[Text]:
    """Return the first warnings of each kind and how many more there are: thousands of pictures, one screen."""
    shown: list[Text] = []
    seen: dict[str, int] = {}
    for warning in warnings:
        seen[warning.key] = seen.get(warning.key, 0) + 1
        if seen[warning.key] <= SHOWN_OF_A_KIND:
            shown.append(warning)
    more = [count - SHOWN_OF_A_KIND for count in seen.values() if count > SHOWN_OF_A_KIND]
    return shown + [Text("import.more_like_it", {"n": count}) for count in more]


def state_table(state: ClientState) -> Table:
    """Return the state of all stages as a table."""
    rows = [
        (Text(f"stage.{stage.name}"), Text(f"state.{stage.state}", {}, STATE_STYLE[stage.state]), stage.count, stage.why or "")
        for stage in state.stages
    ]
    title = Text("status.title", {"client": state.client_id, "approved": state.approved, "refused": state.refused})
    return Table(("col.stage", "col.state", "col.count", "col.reason"), rows, title)
