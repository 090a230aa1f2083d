"""MidJourney's groups for the screen: prompt, parameters, pictures by number, what the captions leave out of the prompt."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from avatar.commands.caption_view import in_short
from avatar.commands.result import Block, Table
from avatar.texts.text import Text
from avatar.texts.visible import short_name
from avatar.workspace.picture_numbers import number_ranges

if TYPE_CHECKING:
    from avatar.pictures.groups import Group
    from avatar.prompts.said import LeftOut


def overview(
    groups: Mapping[int, Group], numbers: Mapping[str, int], left_out: Mapping[str, Sequence[LeftOut]]
) -> list[Block]:  # fmt: skip
    """Return all groups in short. groups: by the number that names them; numbers: of the pictures in the review."""
    rows = [
        (
            number, number_ranges(_numbers(group, numbers)), group.prompt or group.typed_prompt, group.parameters_line,
            in_short(left_out.get(group.job_id, ())),
        )
        for number, group in groups.items()
    ]  # fmt: skip
    columns = ("col.number", "col.review_numbers", "col.prompt", "col.parameters", "col.left_out")
    return [Table(columns, rows, Text("prompt.groups_title")), Text("prompt.how_to_look")]


def sources(groups: Mapping[int, Group]) -> list[Block]:
    """Return where the groups come from: MidJourney's job and the names of the files."""
    rows = [(number, group.job_id, group_names(group)) for number, group in groups.items()]
    return [Table(("col.number", "col.job", "col.files"), rows)]


def in_full(number: int, group: Group, numbers: Mapping[str, int], left_out: Sequence[LeftOut]) -> list[Block]:
    """Return one group with all that is known of it."""
    prompt = group.prompt or group.typed_prompt
    blocks: list[Block] = [
        Text("prompt.of_title", {"number": number, "job": group.job_id}, "title"),
        Text("captions.of_prompt", {"prompt": prompt}) if prompt else Text("captions.of_no_prompt"),
    ]
    if group.parameters:
        rows = [(f"--{name}", value or Text("word.yes")) for name, value in group.parameters.items()]
        blocks.append(Table(("col.parameter", "col.value"), rows))
    if left_out:
        why = [(item.text, Text(f"web.captions.why.{item.reason}")) for item in left_out]
        blocks.append(Table(("col.left_out", "col.reason"), why))
    files = [(numbers.get(image_id, "-"), name) for image_id, name in zip(group.images, group.names, strict=True)]
    return [*blocks, Table(("col.review_numbers", "col.file"), files)]


def _numbers(group: Group, numbers: Mapping[str, int]) -> list[int]:
    return [numbers[image_id] for image_id in group.images if image_id in numbers]


def group_names(group: Group) -> str:
    """Return the names of a group's pictures, what they share written once and without the job, which stands beside them."""
    names = [short_name(name) for name in group.names]
    letters = itertools.takewhile(lambda column: len(set(column)) == 1, zip(*names, strict=False))
    start = "".join(column[0] for column in letters)
    if len(start) < 12 or len(names) == 1:
        return ", ".join(names)
    return f"{start.rstrip('…')}… " + ", ".join(f"…{name[len(start) :].lstrip('…')}" for name in names)
