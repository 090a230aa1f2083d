"""Walks over the noun groups of a clause, and small steps on the words of a phrase. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from avatar.prompts.groups import Group

MOST_WORDS = 8  # of a phrase: a longer one is a sentence
_LOOSE = frozenset("of and a an the with in on her his their or at by from to for into over under as".split())  # noqa: SIM905
_PARTICLES = frozenset("back down up forward upright sideways over off together apart".split())  # noqa: SIM905


class Cursor:
    """A place among the groups of one clause."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups
        self.at = 0  # of the group that comes next

    def take(self) -> Group | None:
        """Return the next group and go on; None at the end."""
        if self.at >= len(self.groups):
            return None
        self.at += 1
        return self.groups[self.at - 1]

    def ahead(self, n: int = 0) -> Group:
        """Return a group that is still to come, an empty one behind the end."""
        return self.groups[self.at + n] if self.at + n < len(self.groups) else Group()

    def subject(self) -> Group:
        """Return the group that does what the verb of the present one says."""
        earlier = reversed(self.groups[: self.at - 1])
        return next((one for one in earlier if one.words and not (one.verb or one.preposition or one.linked)), Group())


def joined(*parts: str) -> str:
    """Return the parts that are not empty as one phrase."""
    return " ".join(part for part in parts if part)


def short(text: str) -> str:
    """Return the first words of a phrase, which ends in one that says something."""
    kept = text.split()[:MOST_WORDS]
    while kept and kept[-1] in _LOOSE:
        kept.pop()
    return " ".join(kept)


def placed(group: Group, preposition: str = "") -> str:
    """Return a group with its preposition and article: "in a dim bar"."""
    article = "" if group.determiner in ("this", "that", "these", "those") else group.determiner
    return joined(preposition or group.preposition, article, *group.words)


def particles(group: Group) -> list[str]:
    """Return what belongs to a verb: "back" of "leaning back", not "alone" of "sitting alone"."""
    return [word for word in group.how if word in _PARTICLES]
