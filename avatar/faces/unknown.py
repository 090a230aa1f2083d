"""Whether it is still open which of several persons is the client, and the finding that says so until it is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import utils
from avatar.faces import likeness
from avatar.faces.persons import LIKE_NUMBER
from avatar.texts.text import Finding, Text
from avatar.workspace.records import Decision

if TYPE_CHECKING:
    from avatar.workspace.client import Client
    from avatar.workspace.records import ImageRecord

SHEET = "persons_1.png"  # in output/: a row of pictures of each person
SOME_ROOM = 0.75  # [choice] of the share from which on a second person is asked about: records are a little behind


def findings(client: Client, records: Iterable[ImageRecord]) -> list[Finding]:
    """Return the finding that nobody knows who the client is, with all pictures of these persons; none once it is known."""
    return told(client, likeness.summary(records).persons)


def told(client: Client, persons: Sequence[Sequence[str]]) -> list[Finding]:
    """Return the same for persons that are known already: the image ids of each."""
    if not persons:
        return []
    values = {"n": len(persons), "client": client.client_id, "path": str(client.output / SHEET)}
    images = tuple(image_id for ids in persons for image_id in ids)
    return [Finding("client_unknown", "attention", Text("faces.client_unknown", values, "warn"), images=images)]


@dataclass(frozen=True)
class Answer:
    """What follows where the user says of pictures that they show the client. Image ids.

    rejected  of the other persons, of whom it was open whether they are the client
    back      rejected by an earlier answer, which this one takes back
    unsaid    said to show the client by an earlier answer, which this one takes back
    """

    rejected: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()


def answer(records: Iterable[ImageRecord], said: Collection[str], named: Collection[str] = ()) -> Answer:
    """Return what follows where the user says that the pictures of `said` show the client.

    Where an earlier answer rejected one of them, the question is open again, and this is the answer.
    named  pictures that the user decides on by hand at the same time: they are left to that
    """
    if not said:
        return Answer()
    every = {record.image_id: record for record in records}
    out = {i for i, record in every.items() if record.decision is not None and record.decision.by_answer and i not in named}
    again = not out.isdisjoint(said)
    unsaid = {i for i, record in every.items() if likeness.is_said(record) and i not in said} if again else set()
    if again:
        every |= {i: every[i].model_copy(update={"decision": by_rules(every[i])}) for i in out}
        every |= {i: _not_said(every[i]) for i in unsaid}
    rejected = {i for i in _others(every.values(), said) if i not in named}
    return Answer(tuple(sorted(rejected)), tuple(sorted(out - rejected)) if again else (), tuple(sorted(unsaid)))


def by_rules(record: ImageRecord) -> Decision | None:
    """Return the decision that the rules take on a picture, None where it was not judged."""
    return None if record.quality is None else Decision(verdict=record.quality.verdict, by="rules", when=utils.now())


def _not_said(record: ImageRecord) -> ImageRecord:
    assert record.identity is not None  # noqa: S101 - something was said of it
    return record.model_copy(update={"identity": record.identity.model_copy(update={"by": "rules", "verdict": None})})


def _others(records: Iterable[ImageRecord], said: Collection[str]) -> list[str]:
    """Return the pictures of the other persons once the user says of pictures of one of them that they show the client."""
    persons = likeness.summary(records).persons
    meant = [ids for ids in persons if not set(ids).isdisjoint(said)]
    return [image_id for ids in persons if ids not in meant for image_id in ids] if len(meant) == 1 else []


def looks(record: ImageRecord) -> str:
    """Return "client" or "stranger" for a picture that may stand for a person, as its record says; "" for all others."""
    if not record.approved or not likeness.is_sure(record) or record.identity is None or record.identity.verdict is None:
        return ""
    return "client" if record.identity.verdict == "client" else "stranger"


def may_be_open(seen: Iterable[tuple[str, str]]) -> bool:
    """Return whether the question may be open, from (source, `looks`) of each picture: only then all vectors are compared."""
    counts = Counter(seen)
    strangers = {source: counts[source, "stranger"] for source in ("mj", "real")}
    return any(n > 1 and n >= SOME_ROOM * LIKE_NUMBER * (n + counts[source, "client"]) for source, n in strangers.items())
