"""What is told of earlier clients at a new plan: a count of which value was in the best file, from three clients on. Pure.

Never a claim: the same settings trained twice differ by 0.08-0.11 in likeness (SceneWorks' study), so that one client's
comparison of two settings measures luck as much as settings. Over clients a count may say something; more it does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from avatar.plan.values import Plan
from avatar.system.gpu import Card
from avatar.texts.text import Text
from avatar.workspace import evidence

FEWEST_CLIENTS = 3
ALIKE = 1.6  # [choice] as many times more or fewer pictures are another case
# What tunings vary.
TOLD = ("network_dim", "learning_rate", "caption_dropout_rate", "network_train_unet_only", "optimizer_type")
UNSAID: Mapping[str, object] = {"caption_dropout_rate": 0}  # what a plan has that does not say it


@dataclass
class Tally:
    """How often a value was compared with another, by client, and how often it was in the best file or one tied with it."""

    clients: set[str] = field(default_factory=set)
    best: set[str] = field(default_factory=set)
    pictures: list[int] = field(default_factory=list)

    @property
    def share(self) -> float:
        return len(self.best) / len(self.clients)


def cite(rows: Sequence[Mapping[str, Any]], card: Card | None, pictures: int, plan: Plan) -> Text | None:
    """Return the one sentence about earlier clients at a plan; None where fewer than three tell anything.

    rows      of `evidence.read`
    card      the plan's; None: no card, nothing is told
    pictures  of the dataset
    The value that was best or tied most often is told, of equals the one that the plan has.
    """
    name = evidence.card_name(card.name) if card is not None else None
    if name is None or pictures < 1:
        return None
    tallies = _tallies(rows, name, pictures)
    enough = {key: tally for key, tally in tallies.items() if len(tally.clients) >= FEWEST_CLIENTS and 2 * tally.share > 1}
    if not enough:
        return None

    def weight(key: tuple[str, Any]) -> tuple[float, int, bool]:
        return enough[key].share, len(enough[key].clients), getattr(plan, key[0], plan.extra.get(key[0])) == key[1]

    chosen = max(enough, key=weight)
    told = enough[chosen]
    values = {
        "what": _what(*chosen), "n": len(told.best), "of": len(told.clients),
        "low": min(told.pictures), "high": max(told.pictures),
    }  # fmt: skip
    return Text("plan.experience", values)


def _what(name: str, value: object) -> Text:
    values = {"value": Text("number.plain", {"value": value}) if isinstance(value, float) else value}
    return {
        "network_dim": Text("plan.experience.network_dim", values),
        "learning_rate": Text("plan.experience.learning_rate", values),
        "caption_dropout_rate": Text("plan.experience.caption_dropout_rate", values),
        "network_train_unet_only": Text("plan.experience.unet_only" if value else "plan.experience.text_encoders"),
        "optimizer_type": Text("plan.experience.optimizer_type", values),
    }[name]


def _tallies(rows: Sequence[Mapping[str, Any]], card: str, pictures: int) -> dict[tuple[str, Any], Tally]:
    """Return what each value of each setting has shown; of a client with several trials the last that compared it counts."""
    trainings = {row["id"]: row for row in rows if row["kind"] == "training"}
    last: dict[tuple[str, str], dict[Any, bool]] = {}
    seen: dict[str, int] = {}
    for row in rows:
        for owner, n, name, shown in _comparisons(row, trainings, card) if row["kind"] == "trial" else ():
            if pictures / ALIKE <= n <= pictures * ALIKE:
                last[owner, name], seen[owner] = shown, n
    tallies: dict[tuple[str, Any], Tally] = {}
    for (owner, name), shown in last.items():
        for value, best in shown.items():
            tally = tallies.setdefault((name, value), Tally())
            tally.clients.add(owner)
            tally.pictures.append(seen[owner])
            if best:
                tally.best.add(owner)
    return tallies


def _comparisons(
    row: Mapping[str, Any], trainings: Mapping[str, Mapping[str, Any]], card: str
) -> Iterator[tuple[str, int, str, dict[Any, bool]]]:
    """Yield (client, pictures, setting, {value: best or tied}) of each setting that a trial compared in two values or more."""
    compared = [one for one in row.get("compared", []) if one.get("training") in trainings and one.get("values")]
    for name in TOLD:
        shown: dict[Any, bool] = {}
        for one in compared:
            value = one["values"].get(name, UNSAID.get(name))
            if value is not None and trainings[one["training"]].get("card") == card:
                shown[value] = shown.get(value, False) or bool(one.get("best_or_tied"))
        n = max((_pictures(trainings[one["training"]]) for one in compared), default=0)
        if len(shown) > 1:
            yield row["client"], n, name, shown


def _pictures(training: Mapping[str, Any]) -> int:
    return int(training.get("mj", 0) + training.get("real", 0))
