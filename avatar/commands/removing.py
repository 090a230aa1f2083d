"""The command that takes pictures, or a whole import, out of a client, and brings them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from avatar.commands import blocks as commands_blocks
from avatar.commands.command import CLIENT, Argument, Command, MenuLine, UsageError, positive_or_zero
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts.text import Text
from avatar.workspace import removed
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.workspace.removed import Removal


def remove(
    session: Session, client_id: str | None, *, images: Sequence[str] = (), import_number: int | None = None,
    undo: bool = False, drop: bool = False,
) -> Result[dict[str, Any]]:  # fmt: skip
    """Take pictures or one import out of a client, undo the last removal, or delete what was removed; without any, list them.

    images  ids, names, numbers and ranges of the review
    Where a removal was killed, it is completed and nothing else is done: numbers typed meant other pictures before.
    """
    client = session.need_client(client_id)
    interrupted = finish_interrupted(session, client)
    if interrupted and (images or import_number is not None or undo):
        return _resumed(client, interrupted)
    if undo:
        return _undone(session, client)
    if drop:
        return _dropped(session, client)
    if images or import_number is not None:
        return _removed(session, client, images, import_number)
    return overview(client)


def finish_interrupted(session: Session, client: Client) -> list[Removal]:
    """Complete the removals of a client that were killed; return them, and those that were completed at the start."""
    found = session.resumed_removals.pop(client.folder, [])
    if removed.unfinished(client.folder):
        import data_preprocessor  # every command on a client passes here: not with the libraries for pictures

        found = [*found, *data_preprocessor.finish_removals(client, redraw=_redraw(session, client))]
    return found


def _removed(session: Session, client: Client, words: Sequence[str], import_number: int | None) -> Result[dict[str, Any]]:
    import data_preprocessor
    from avatar.commands import review
    from avatar.reports import review_list

    ids = review.image_ids(review_list.entries(client), words) if words else []
    removal = data_preprocessor.remove_pictures(
        client, settings=session.settings(client), image_ids=ids, import_number=import_number, redraw=_redraw(session, client)
    )
    return Result(_plain(removal), _removed_blocks(client, removal), _stale_dataset(client, removal), client.client_id)


def _removed_blocks(client: Client, removal: Removal) -> list[Text | Table | Raw]:
    values = {"client": client.client_id, "path": str(removal.folder), "mb": removal.bytes / 1e6}
    return [
        Text("remove.done", {"n": len(removal.images), "names": commands_blocks.few_names(removal.names)}, "good"),
        Text("remove.kept", values),
    ]


def _stale_dataset(client: Client, removal: Removal) -> list[Text]:
    from avatar.dataset.prepared import Prepared
    from avatar.workspace.records import FURTHER

    laid_out = {image_id.partition(FURTHER)[0] for image_id in Prepared.read(client).folders}
    still = len(laid_out & set(removal.images))
    return [Text("remove.in_dataset", {"client": client.client_id, "n": still})] if still else []


def _undone(session: Session, client: Client) -> Result[dict[str, Any]]:
    import data_preprocessor

    returned = data_preprocessor.undo_removal(client, redraw=_redraw(session, client))
    left = len(removed.removals(client.folder))
    names = commands_blocks.few_names([client.record(image_id).original.name for image_id in returned.images])
    blocks: list[Text | Table | Raw] = []
    if returned.images or not returned.other_source:
        blocks.append(Text("remove.undone", {"n": len(returned.images), "names": names or "-", "left": left}, "good"))
    if returned.there_already:
        blocks.append(Text("remove.there_already", {"n": len(returned.there_already)}))
    if returned.other_source:
        blocks.append(Text("remove.other_source", {"n": len(returned.other_source)}, "warn"))
    value = {
        "returned": list(returned.images), "there_already": list(returned.there_already),
        "other_source": list(returned.other_source), "undo_steps": left,
    }  # fmt: skip
    return Result(value, blocks, client=client.client_id)


def _dropped(session: Session, client: Client) -> Result[dict[str, Any]]:
    import data_preprocessor

    count, freed = data_preprocessor.drop_removed(client, redraw=_redraw(session, client))
    said = Text("remove.dropped", {"n": count, "mb": freed / 1e6}, "good") if count else Text("remove.nothing_kept")
    return Result({"dropped": count, "bytes": freed}, [said], client=client.client_id)


def _resumed(client: Client, interrupted: Sequence[Removal]) -> Result[dict[str, Any]]:
    """Tell that an interrupted removal, or its undoing, is complete now."""
    count = sum(len(removal.images) - len(removal.staying) for removal in interrupted)
    back = any(removal.state in {"returning", "returned"} for removal in interrupted)
    key = "remove.resumed_undo" if back else "remove.resumed"
    value = {"resumed": [_plain(removal) for removal in interrupted], "undone": back}
    return Result(value, [Text(key, {"client": client.client_id, "n": count}, "good")], client=client.client_id)


def overview(client: Client) -> Result[dict[str, Any]]:
    """List the imports of a client, and what was taken out of it."""
    from avatar.pictures import import_list

    imports = import_list.imports(client)
    kept = removed.removals(client.folder)
    blocks: list[Text | Table | Raw] = []
    if imports:
        blocks += [commands_blocks.imports_table(imports), Text("remove.how", {"client": client.client_id})]
    blocks += kept_blocks(client)
    if not blocks:
        blocks.append(Text("remove.nothing_there"))
    value = {"imports": imports, "removals": [_plain(removal) for removal in kept]}
    return Result(value, blocks, client=client.client_id)


def kept_blocks(client: Client) -> list[Text | Table | Raw]:
    """Return what was taken out of a client and can be brought back, with its place and its disk space."""
    kept = removed.removals(client.folder)
    if not kept:
        return []
    rows = [
        (item.number, item.when, len(item.images), Text("number.tenths", {"value": item.bytes / 1e6}),
         commands_blocks.few_names(item.names))
        for item in reversed(kept)
    ]  # fmt: skip
    columns = ("col.number", "col.when", "col.pictures", "col.mb", "col.files")
    return [
        Table(columns, rows, Text("remove.kept_title", {"path": str(client.removed)})),
        Text("remove.how_undo", {"client": client.client_id}),
    ]


def _plain(removal: Removal) -> dict[str, Any]:
    return {
        "removal": removal.number, "image_ids": list(removal.images), "names": list(removal.names),
        "imports": list(removal.imports), "folder": str(removal.folder), "bytes": removal.bytes, "when": removal.when,
    }  # fmt: skip


def _redraw(session: Session, client: Client) -> Callable[[], None]:
    """Return what draws the sheets and the page of the review again where there are any: removed pictures leave them too."""

    def draw() -> None:
        from avatar.commands import review
        from avatar.reports import contact_sheet, drawing, review_list

        pages = list(client.output.glob("review*.html"))
        if pages or any(drawing.sheets_in(client.output, verdict) for verdict in contact_sheet.VERDICTS):
            review.draw_all(session, client, review_list.entries(client), empty=True)

    return draw


def _remove(session: Session, client_id: str | None, **given: Any) -> Result[Any]:
    named = {"IMAGE": given["images"], "--import": given["import_number"], "--undo": given["undo"], "--drop": given["drop"]}
    chosen = [name for name, value in named.items() if value not in (None, False, [], ())]
    if len(chosen) > 1:
        raise UsageError("usage.not_together", name=chosen[0], other=", ".join(chosen[1:]))
    return remove(session, client_id, **given)


COMMANDS = (
    Command(
        name="remove", run=_remove,
        menu=(
            MenuLine(
                "process", "menu.remove", options=("--undo", "--drop"),
                answers={"--undo": "remove.choice.undo", "--drop": "remove.choice.drop"},
            ),
            MenuLine("import_mj", "menu.undo_import", options=("--import",)),
            MenuLine("import_real", "menu.undo_import", options=("--import",)),
        ),
        arguments=(
            CLIENT,
            Argument(name="images", metavar="IMAGE", number="*"),
            Argument(name="--import", to="import_number", metavar="N", kind=positive_or_zero, help="help.remove_import"),
            Argument(name="--undo", flag=True, help="help.remove_undo"),
            Argument(name="--drop", flag=True, help="help.remove_drop"),
        ),
    ),
)  # fmt: skip
