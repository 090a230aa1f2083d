"""MidJourney's jobs: the tiles that belong together, the prompts they share, and prompts typed by the user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import utils
from avatar.prompts import discord, midjourney
from avatar.prompts.file_names import parse_filename, prompt_of_name
from avatar.prompts.traits import find_traits
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord, MidJourney, Traits
from config import ImportConfig, Settings


@dataclass(frozen=True)
class Group:
    """The tiles of one MidJourney job."""

    job_id: str
    prompt: str | None
    typed_prompt: str | None
    parameters: dict[str, str]
    tiles: list[int]
    images: list[str]
    names: list[str]

    @property
    def complete(self) -> bool:
        """True if all four tiles are there. Upscales and variations, pictures without a tile, are no parts of four."""
        return len(set(self.tiles)) == 4

    @property
    def parameters_line(self) -> str:
        """The parameters as MidJourney takes them: "--ar 5:6 --raw --v 7"."""
        return " ".join(f"--{name} {value}".strip() for name, value in self.parameters.items())


def traits_of(about: MidJourney | None, limits: ImportConfig) -> Traits:
    """Return the traits that a prompt names, by the built-in words and those of config.json."""
    if about is None:
        return Traits()
    prompt = about.prompt or about.typed_prompt or ""
    unwanted = about.parameters["no"].text if "no" in about.parameters else ""
    return find_traits(prompt, unwanted, limits.trait_words)


# --- prompts and groups ----------------------------------------------------------------------------------------------


def groups(client: Client) -> list[Group]:
    """Return the MidJourney jobs of a client, in order of job id."""
    return grouped(client.records())


def grouped(records: Iterable[ImageRecord]) -> list[Group]:
    """Return the MidJourney jobs among some records, in order of job id."""
    return [_group(job, members) for job, members in sorted(_by_job(records).items())]


def _by_job(records: Iterable[ImageRecord]) -> dict[str, list[ImageRecord]]:
    by_job: dict[str, list[ImageRecord]] = {}
    for record in records:
        if record.source == "mj" and record.midjourney is not None and record.midjourney.job_id:
            by_job.setdefault(record.midjourney.job_id, []).append(record)
    return by_job


def without_accounts(records: Iterable[ImageRecord], limits: ImportConfig) -> list[ImageRecord]:
    """Return the records whose prompt, read from a name, began with an account that other pictures' metadata tell."""
    by_id = {record.image_id: record for record in records if record.source == "mj"}
    about = {image_id: record.midjourney for image_id, record in by_id.items() if record.midjourney is not None}
    authors = sorted({one.author for one in about.values() if one.author}, key=len, reverse=True)
    changed = []
    for image_id, one in about.items():
        teller = by_id.get(one.told_by or image_id)
        if one.evidence != "filename" or teller is None or not authors:
            continue
        prompt = prompt_of_name(parse_filename(teller.original.name), authors)
        if prompt != one.prompt:
            told = one.model_copy(update={"prompt": prompt})
            changed.append(by_id[image_id].model_copy(update={"midjourney": told, "traits": traits_of(told, limits)}))
    return changed


def shared_prompts(records: Iterable[ImageRecord], limits: ImportConfig) -> list[ImageRecord]:
    """Return the records that get prompt, parameters and traits from other tiles of their job.

    A tile that was saved again by a messenger or an editor has lost its metadata, but its name still contains the job id.
    """
    changed = []
    for members in _by_job(records).values():
        siblings = {record.image_id: record.midjourney for record in members if record.midjourney is not None}
        for record in members:
            complete = midjourney.with_siblings(siblings[record.image_id], siblings)
            if complete != record.midjourney:
                changed.append(record.model_copy(update={"midjourney": complete, "traits": traits_of(complete, limits)}))
    return changed


def _group(job: str, members: Sequence[ImageRecord]) -> Group:
    members = sorted(members, key=_tile_order)
    about = [record.midjourney for record in members if record.midjourney is not None]
    embedded = [one for one in about if one.evidence == "embedded"] or about
    return Group(
        job_id=job,
        prompt=next((one.prompt for one in embedded if one.prompt), None),
        typed_prompt=next((one.typed_prompt for one in about if one.typed_prompt), None),
        parameters={name: found.text for one in embedded[:1] for name, found in one.parameters.items()},
        tiles=sorted(one.tile for one in about if one.tile is not None),
        images=[record.image_id for record in members],
        names=[record.original.name for record in members],
    )


def _tile_order(record: ImageRecord) -> tuple[int, str]:
    """Return what the pictures of a job are ordered by: tiles 0 to 3, then upscales and variations by name."""
    tile = record.midjourney.tile if record.midjourney is not None else None
    return (99 if tile is None else tile, record.original.name)


def write_groups(client: Client, found: Sequence[Group]) -> None:
    """Write metadata/mj_groups.json: job id -> prompt, parameters, its tiles."""
    value = {
        group.job_id: {
            "prompt": group.prompt, "typed_prompt": group.typed_prompt, "parameters": group.parameters, "tiles": group.tiles,
            "images": group.images, "complete": group.complete,
        }
        for group in found
    }  # fmt: skip
    utils.write_json(client.groups_file, value)


def set_master_prompt(client: Client, prompt: str) -> None:
    """Save the prompt that the user's avatar came from; captions use it for pictures without a prompt of their own."""
    words = " ".join(discord.unwrap(prompt).text.split())
    with client.lock("prompts"):
        client.save_info(client.info().model_copy(update={"master_prompt": words}))


def set_group_prompt(
    client: Client, group: str | None, prompt: str, *, settings: Settings | None = None
) -> tuple[int, list[ImageRecord]]:
    """Attach a typed prompt to the tiles of a job; return to how many, and all records as they stand after it.

    group  the job's number in the list of `groups`, its id, or None: every MidJourney picture
    Embedded data stays; the typed text stands beside it; blanks alone change nothing. Raises PipelineError("prompt.no_group").
    """
    with client.lock("prompts"):
        records = client.records()
        job_id = None if group is None else job_named(grouped(records), group)
        chosen = [r for r in records if r.source == "mj" and (job_id is None or _job_of(r) == job_id)]
        if not chosen:
            raise PipelineError("prompt.no_group", job="-")
        if not prompt.split():
            return 0, records
        limits = (settings or Settings()).imports
        changed = {record.image_id: with_typed_prompt(record, prompt, limits) for record in chosen}
        for record in changed.values():
            client.save_record(record)
        records = [changed.get(record.image_id, record) for record in records]
        write_groups(client, grouped(records))
        return len(changed), records


def job_named(groups: Sequence[Group], chosen: str) -> str:
    """Return the job of a group that is named by its number in the list, by the job itself or by a part that only one has.

    Raises PipelineError("prompt.no_group").
    """
    if chosen.isdecimal() and len(chosen) < 8:  # a job id is longer
        if not 1 <= int(chosen) <= len(groups):
            raise PipelineError("prompt.no_group", job=chosen)
        return groups[int(chosen) - 1].job_id
    found = [group.job_id for group in groups if chosen and chosen.lower() in group.job_id.lower()]
    if len(found) != 1:
        raise PipelineError("prompt.no_group", job=chosen)
    return found[0]


def _job_of(record: ImageRecord) -> str | None:
    return record.midjourney.job_id if record.midjourney is not None else None


def with_typed_prompt(record: ImageRecord, prompt: str, limits: ImportConfig) -> ImageRecord:
    """Return the record with the prompt that the user typed and the traits found in it; embedded data stays."""
    about = midjourney.with_typed(record.midjourney or MidJourney(), prompt, limits)
    return record.model_copy(update={"midjourney": about, "traits": traits_of(about, limits)})
