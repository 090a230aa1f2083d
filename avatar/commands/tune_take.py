"""A candidate of a tuning is taken: its file becomes the client's model and, if wished, its values those of the plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from avatar.commands import plan, results
from avatar.commands.result import Block, Result
from avatar.commands.session import Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.results.tuning import Tuning

BEST = "best"


def take(session: Session, client_id: str | None, candidate: str, *, values: bool) -> Result[Any]:
    """Hand over the best file of a candidate of the newest tuning that has compared it; best: the answer's.

    values  make what the candidate has otherwise the plan's too
    Raises PipelineError("tune.none"), ("tune.nothing_to_take"), ("tune.no_candidate"), ("tune.not_compared"), and as
    `results --take` does.
    """
    from avatar.results import tuning

    client = session.need_client(client_id)
    one = _newest(client)
    lines = tuning.lines(one.folder)
    name = _answered(one) if candidate == BEST else candidate
    if not name:
        raise PipelineError("tune.nothing_to_take")
    if name not in lines:
        raise PipelineError("tune.no_candidate", candidate=candidate, known=", ".join(lines) or "-")
    line = lines[name]
    if not line.file or not line.trial_id:
        raise PipelineError("tune.not_compared", candidate=name)
    shown = results.results(session, client.client_id, line.trial_id, take=line.file)
    if not values:
        return shown
    made = _values_taken(session, client, one.tuning_id, line.changes)
    blocks: list[Block] = [*shown.blocks, *made.blocks]
    warnings = [*shown.warnings, *made.warnings]
    return dataclasses.replace(shown, blocks=blocks, warnings=warnings)


def offered(client: Client) -> tuple[dict[str, bool], str]:
    """Return the candidates of the newest tuning that can be taken, and the answer's, "" where it has none.

    Of each: whether it has values that the plan has otherwise. Raises PipelineError("tune.none"), ("tune.nothing_to_take").
    """
    from avatar.results import tuning

    one = _newest(client)
    there = {name: bool(line.changes) for name, line in tuning.lines(one.folder).items() if line.file and line.trial_id}
    if not there:
        raise PipelineError("tune.nothing_to_take")
    best = _answered(one)
    return there, best if best in there else ""


def _newest(client: Client) -> Tuning:
    from avatar.results import tuning

    one = tuning.newest(client)
    if one is None:
        raise PipelineError("tune.none", client=client.client_id)
    return one


def _answered(one: Tuning) -> str:
    """Return the candidate that a tuning came to, "" for none."""
    from avatar.results import tuning

    return str(tuning.read_answer(one.folder).get("candidate") or "")


def _values_taken(session: Session, client: Client, tuning_id: str, changes: Sequence[dict[str, Any]]) -> Result[Any]:
    """Make the values of a candidate the plan's, with where they came from."""
    if not changes:
        return Result(None, [Text("tune.values_same")], client=client.client_id)
    overrides = [f"{one['key']}={typed(one['to'])}" for one in changes]
    made = plan.configure(session, client.client_id, overrides=overrides, tuned_by=tuning_id)
    told = Text("tune.values_taken", {"values": " ".join(overrides), "tuning": tuning_id}, "good")
    return dataclasses.replace(made, blocks=[told])


def typed(value: Any) -> str:
    """Return a value as it is typed at `configure --set`.

    >>> typed(None), typed(True), typed(["a=1", "b=2"]), typed(5e-05)
    ('none', 'true', 'a=1 b=2', '5e-05')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
