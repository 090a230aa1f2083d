"""The commands of the import: MidJourney pictures, photos, prompts by group."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.commands import blocks as commands_blocks
from avatar.commands.command import CLIENT, PATHS, PROMPT, Argument, Command, MenuLine
from avatar.commands.result import Block, Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts.text import Text
from avatar.texts.visible import short_name
from avatar.workspace import picture_numbers
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.faces.update import Failure
    from avatar.pictures.groups import Group
    from avatar.pictures.import_job import ImportReport
    from avatar.pictures.sources import Refused
    from avatar.workspace.records import ImageRecord

MANY_REFUSED = 20  # [choice] so many files with their reasons fill a screen; of more, only a few of each kind are shown


def import_mj(session: Session, client_id: str | None, paths: Sequence[str], *, prompt: str = "") -> Result[ImportReport]:
    """Import MidJourney pictures."""
    import data_preprocessor

    client = session.need_client(client_id)
    with session.progress("progress.import") as bar:
        report = data_preprocessor.import_midjourney(
            client, paths, settings=session.settings(client), typed_prompt=prompt, on_progress=bar
        )
    return _import_result(client, report)


def import_real(session: Session, client_id: str | None, paths: Sequence[str]) -> Result[ImportReport]:
    """Import real photos, RAW included."""
    import data_preprocessor

    client = session.need_client(client_id)
    with session.progress("progress.import") as bar:
        report = data_preprocessor.import_photos(client, paths, settings=session.settings(client), on_progress=bar)
    return _import_result(client, report)


def _import_result(client: Client, report: ImportReport) -> Result[ImportReport]:
    from avatar.pictures import import_job, left_out

    numbers = picture_numbers.numbers(client.each_record()) if report.same_bytes or report.near_duplicates else {}

    def file_of(image_id: str) -> str:
        return short_name(client.record(image_id).original.name)

    blocks: list[Text | Table | Raw] = [
        Text(
            "import.report",
            {"added": len(report.added), "already": len(report.already_there)},
            "good" if report.added or report.already_there else "plain",
        )
    ]
    if report.number:
        blocks.append(Text("import.number", {"client": client.client_id, "number": report.number}))
    if report.source == "mj" and report.added:
        blocks.append(Text("import.prompts", dict(report.prompts_from)))
        if shared := report.prompts_from["group"]:
            blocks.append(Text("import.prompts_of_group", {"n": shared}))
        blocks += _perhaps_photos(client, report)
        blocks.append(Text("import.groups", {"complete": report.groups_complete, "incomplete": report.groups_incomplete}))
        if report.single_pictures:
            blocks.append(Text("import.single_pictures", {"n": report.single_pictures}))
    if report.work_back:
        blocks.append(Text("import.work_back", {"n": report.work_back}, "good"))
    if report.other_source:
        blocks.append(_other_source(client, report))
    blocks += _beside(client, report)
    if report.same_bytes:
        pairs = _few_pairs((short_name(name), f"{numbers.get(i, 0)}. {file_of(i)}") for name, i in report.same_bytes)
        blocks.append(Text("import.same_bytes", {"n": len(report.same_bytes), "pairs": pairs}))
    if report.near_duplicates:
        pairs = _few_pairs((str(numbers.get(new)), str(numbers.get(old))) for new, old in report.near_duplicates.items())
        blocks.append(Text("import.near_duplicates", {"n": len(report.near_duplicates), "pairs": pairs}, "warn"))
    if report.refused:
        title = Text("import.refused_title", {"n": len(report.refused)}, "warn")
        blocks.append(Table(("col.file", "col.reason"), refused_rows(report.refused), title))
    blocks += left_out.lines(report.left_out)
    sound = sum(item.text.key in import_job.BY_MACHINE for item in report.refused)
    error = Text("import.not_all", {"n": sound}) if sound else None
    if not sound and report.refused and not report.added and not report.already_there:
        error = Text("import.nothing_added", {"n": len(report.refused)})
    return Result(report, blocks, commands_blocks.few_per_kind(report.warnings), client.client_id, error)


def _perhaps_photos(client: Client, report: ImportReport) -> list[Text]:
    """Return a warning where photos came in as MidJourney's pictures, as when the folder above both is given."""
    values = {"client": client.client_id, "number": report.number, "total": len(report.added)}
    if report.camera_as_mj:
        return [Text("import.camera_as_mj", {**values, "n": report.camera_as_mj}, "warn")]
    if 0 < report.nothing_of_mj < len(report.added):
        return [Text("import.nothing_of_mj", {**values, "n": report.nothing_of_mj}, "warn")]
    return []


def _other_source(client: Client, report: ImportReport) -> Text:
    """Return how many files are there as the other source's, and the imports that would have to be taken back for these."""
    from avatar.pictures import import_list

    numbers = import_list.numbers_of(client, report.other_source)
    return Text(
        "import.other_source",
        {"n": len(report.other_source), "client": client.client_id, "number": numbers[-1] if numbers else 0,
         "as": Text("import.as_mj" if report.source == "real" else "import.as_real")},
        "warn",
    )  # fmt: skip


def _beside(client: Client, report: ImportReport) -> list[Text]:
    """Return what was read from the files beside the pictures."""
    lines: list[Text] = []
    if report.captions_beside:
        values = {"n": report.captions_beside, "without": report.captions_without_trigger, "client": client.client_id}
        lines.append(Text("import.captions_beside", {**values, "trigger": client.info().trigger_word}, "good"))
    if report.captions_of_more_lines:
        lines.append(Text("import.captions_of_more_lines", {"n": report.captions_of_more_lines}, "warn"))
    if report.captions_kept:
        lines.append(Text("import.captions_kept", {"n": report.captions_kept}))
    if report.prompts_beside:
        lines.append(Text("import.prompts_beside", {"n": report.prompts_beside}))
    return lines


def _few_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the first pairs of pictures that are alike."""
    few = [f"{first} = {second}" for first, second in itertools.islice(pairs, commands_blocks.SHOWN_OF_A_KIND + 1)]
    return ", ".join([*few[: commands_blocks.SHOWN_OF_A_KIND], *("…" for _ in few[commands_blocks.SHOWN_OF_A_KIND :])])


def refused_rows(refused: Sequence[Refused | Failure]) -> list[tuple[object, object]]:
    """Return names and reasons; of many, the first few of each kind and the number of the others."""
    kinds: dict[str, list[Refused | Failure]] = {}
    for item in refused:
        kinds.setdefault(item.text.key, []).append(item)
    shown = commands_blocks.SHOWN_OF_A_KIND if len(refused) > MANY_REFUSED else MANY_REFUSED
    rows: list[tuple[object, object]] = []
    for items in kinds.values():
        rows += [(item.name, item.text) for item in items[:shown]]
        if len(items) > shown:
            rows.append((Text("import.more_files", {"n": len(items) - shown}), Text("import.same_reason")))
    return rows


def set_prompt(session: Session, client_id: str | None, *, master: str | None = None,
               group: str | None = None, prompt: str | None = None) -> Result[dict[str, Any]]:  # fmt: skip
    """Save a typed prompt: the client's master prompt, or one for a group of tiles; list the groups, and draw them.

    group  number in the list, job id, or "all": every group; without a text, one group is shown with all its data.
    The sheet shows the groups without a prompt, where there are any.
    """
    from avatar.pictures import groups as import_groups

    client = session.need_client(client_id)
    blocks: list[Block] = []
    warnings: list[Text] = []
    if master is not None:
        import_groups.set_master_prompt(client, master)
        blocks.append(Text("prompt.master_saved", {}, "good"))
    if prompt is None:
        records = client.records()
    else:
        chosen = None if group == "all" else group
        changed, records = import_groups.set_group_prompt(client, chosen, prompt, settings=session.settings(client))
        blocks.append(Text("prompt.group_saved", {"n": changed}, "good"))
        warnings = refresh_table(client, records)
    found = dict(enumerate(import_groups.grouped(records), 1))
    one = group if prompt is None and master is None and group != "all" else None
    if one is not None:
        job = import_groups.job_named(list(found.values()), one)
        found = {number: each for number, each in found.items() if each.job_id == job}
    told, more, sheets = _groups_told(session, client, found, records, whole=one is not None)
    value = {
        "master_prompt": client.info().master_prompt, "groups": list(found.values()), "sheets": [str(path) for path in sheets]
    }  # fmt: skip
    return Result(value, [*blocks, *told], warnings, client.client_id, more=more)


def _groups_told(
    session: Session, client: Client, groups: Mapping[int, Group], records: Sequence[ImageRecord], *, whole: bool
) -> tuple[list[Block], list[Block], list[Path]]:
    """Return the groups for the screen, their details, and the sheets that were drawn. whole: one group with all its data."""
    from avatar.commands import midjourney_view
    from avatar.dataset import group_words
    from avatar.reports import group_sheet

    if not groups:
        return [Text("prompt.no_groups")], [], []
    numbers = picture_numbers.numbers(records)
    left_out = group_words.left_out(list(groups.values()), records, client.info(), session.settings(client))
    if whole:
        ((number, group),) = groups.items()
        return midjourney_view.in_full(number, group, numbers, left_out.get(group.job_id, ())), [], []
    without = {number: group for number, group in groups.items() if not (group.prompt or group.typed_prompt)}
    with session.progress("progress.groups", "unit.groups") as bar:
        sheets = group_sheet.write_group_sheets(client, without or groups, numbers, client.output, session.language, bar)
    blocks = midjourney_view.overview(groups, numbers, left_out)
    return [*blocks, *(Text("prompt.sheet", {"path": str(path)}) for path in sheets)], midjourney_view.sources(groups), sheets


def refresh_table(client: Client, records: Iterable[ImageRecord]) -> list[Text]:
    """Write images.csv from all records; return a warning if another program has it open."""
    from avatar.pictures import images_table

    written = images_table.write_table(client, records)
    return [] if written else [Text("table.locked", {"path": str(client.table_file)})]


COMMANDS = (
    Command(
        name="import-mj", run=import_mj, arguments=(CLIENT, PATHS, PROMPT),
        menu=(MenuLine("import_mj", "menu.import_mj_now"),),
    ),
    Command(
        name="import-real", run=import_real, arguments=(CLIENT, PATHS),
        menu=(MenuLine("import_real", "menu.import_real_now"),),
    ),
    Command(
        name="prompt", run=set_prompt,
        menu=(
            MenuLine("import_mj", "menu.prompts", options=("--master", "--group", "--text")),
            MenuLine("import_mj", "menu.mj_data"),
        ),
        arguments=(
            CLIENT,
            Argument(name="--master", metavar="TEXT", help="help.master"),
            Argument(name="--group", metavar="JOB", default="all", help="help.group"),
            Argument(name="--text", to="prompt", metavar="TEXT", help="help.group_text"),
        ),
    ),
)  # fmt: skip
