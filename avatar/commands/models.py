"""The command of the models: list, use an earlier checkpoint, delete leftovers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.commands.command import CLIENT, Argument, Command, MenuLine, positive
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts.text import Text

if TYPE_CHECKING:
    from avatar.workspace.client import Client


def models(
    session: Session,
    client_id: str | None,
    *,
    take: int | None = None,
    add: Path | None = None,
    clear: bool = False,
    newest: bool = False,
) -> Result[dict[str, Any]]:
    """List a client's models, each opened and verified again, their checkpoints and the disk space they take.

    take   deliver the newest training's checkpoint at this step as a model
    add    a LoRA that was trained elsewhere, or a zip with it, that comes home
    clear  delete the states and checkpoints that no training needs any more; of the newest good training only with newest
    """
    from avatar.training import checkpoints
    from avatar.training import models as training_models

    client = session.need_client(client_id)
    blocks: list[Text | Table | Raw] = []
    if take is not None:
        blocks.append(Text("checkpoint.taken", {"path": str(checkpoints.take(client, take))}, "good"))
    warnings = _add(session, client, add, blocks) if add is not None else []
    freed = checkpoints.clear(client, newest=newest) if clear else checkpoints.Leftovers()
    if clear:
        blocks.append(Text("checkpoint.cleared", {"n": len(freed.paths), "gb": freed.bytes / 1e9}, "good"))
    found = training_models.models(client)
    rows = [
        (
            model.name,
            Text("unit.mb", {"value": model.bytes / 1e6}),
            model.dim,
            Text("model.ok" if model.ok else "model.bad"),
            model.trigger,
        )
        for model in found
    ]
    columns = ("col.file", "col.size", "col.dim", "col.state", "col.trigger")
    blocks.append(Table(columns, rows, Text("model.title")) if rows else Text("model.none"))
    if rows:
        blocks.append(Text("model.where", {"path": str(client.models)}))
    saved, left = checkpoints.checkpoints(client), checkpoints.leftovers(client)
    if saved:
        shown = [
            (Text("run.dated", {"run": one.run_id}), f"{one.steps}/{one.total}", Text("unit.mb", {"value": one.bytes / 1e6}))
            for one in saved
        ]
        blocks.append(Table(("col.run", "col.steps", "col.size"), shown, Text("checkpoint.title")))
    if left.paths:
        blocks.append(Text("checkpoint.leftovers", {"gb": left.bytes / 1e9}))
    kept = checkpoints.leftovers(client, newest=True).bytes - left.bytes
    if kept:
        blocks.append(Text("checkpoint.newest", {"gb": kept / 1e9}))
    value = {"models": found, "checkpoints": saved, "leftover_bytes": left.bytes, "newest_bytes": kept,
             "freed_bytes": freed.bytes}  # fmt: skip
    return Result(value, blocks, warnings, client=client.client_id)


def _add(session: Session, client: Client, source: Path, blocks: list[Text | Table | Raw]) -> list[Text]:
    """Bring a model home and tell it; return what is to be looked at."""
    from avatar.results import added_model

    keep_names = session.settings(client).trainer.metadata_names == "keep"
    made = added_model.add(client, utils.at_home(source), keep_names=keep_names)
    blocks.append(Text("add.done", {"path": str(made.path), "dim": made.dim}, "good"))
    return [Text("add.trigger", {"trigger": client.info().trigger_word, "path": str(made.path.with_suffix(".json"))})]


COMMANDS = (
    Command(
        name="models", run=models,
        menu=(MenuLine("models", "menu.models_show"), MenuLine("models", "menu.models_take", options=("--take",)),
              MenuLine("models", "menu.models_add", options=("--add",)),
              MenuLine("models", "menu.models_clear", options=("--clear", "--newest"))),
        arguments=(
            CLIENT,
            Argument(name="--take", metavar="STEP", kind=positive, help="help.take"),
            Argument(name="--add", metavar="FILE", kind=Path, path=True, help="help.add_model"),
            Argument(name="--clear", flag=True, help="help.clear_saved"),
            Argument(name="--newest", flag=True, help="help.clear_newest"),
        ),
    ),
)  # fmt: skip
