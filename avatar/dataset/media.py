"""How the pictures of a dataset are made: photos, drawings or paintings, renderings or figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from avatar.prompts.mediums import Family, family_of
from avatar.prompts.prompt_reader import read_prompt
from avatar.workspace.records import ImageRecord


def family(record: ImageRecord) -> Family | None:
    """Return how a picture is made, as far as is known: a photo of the user, or what its prompt names first."""
    if record.source == "real":
        return "photo"
    named = (family_of(phrase.text) for phrase in read_prompt(record.midjourney).phrases if phrase.kind == "medium")
    return next((one for one in named if one is not None), None)


def by_family(records: Sequence[ImageRecord]) -> Mapping[Family, tuple[str, ...]]:
    """Return the ids of the pictures by how they are made, the most common way first; of those that tell it."""
    found: dict[Family, tuple[str, ...]] = {}
    for record in records:
        if (made := family(record)) is not None:
            found[made] = (*found.get(made, ()), record.image_id)
    return dict(sorted(found.items(), key=lambda one: -len(one[1])))
