"""The command of the base model: list those found in a folder, judged, and choose one for all plans to come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import utils
from avatar.commands import setting_change
from avatar.commands.blocks import LEVEL_STYLE
from avatar.commands.command import Argument, Command, MenuLine
from avatar.commands.result import Block, Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts.text import Finding, PipelineError, Text
from avatar.workspace.client import Client


def base_models(session: Session, name: str | None = None, *, folder: Path | None = None) -> Result[dict[str, Any]]:
    """List the base models that are found, or choose one.

    name    or number of a file in the list, a path, or an id of the hub; it is refused where it cannot be trained on
    folder  of A1111, Forge or ComfyUI, kept in the settings: where they are looked for
    Raises PipelineError("base.no_folder"), ("base.unknown") and what is wrong with the model.
    """
    if folder is not None:
        folder = utils.at_home(folder).absolute()
        if not folder.is_dir():
            raise PipelineError("base.no_folder", path=str(folder))
        setting_change.change(session, None, {"trainer.models_folder": str(folder)})
    if name:
        return choose(session, name)
    listed = models_judged(session)
    rows = [
        (number, path.name, _size(path), Text(f"level.{finding.level}"), finding.text)
        for number, (path, finding) in enumerate(listed, 1)
    ]
    trainer = session.settings().trainer
    blocks: list[Text | Table | Raw] = [Text("base.now", {"model": trainer.base_model})]
    columns = ("col.number", "col.file", "col.size", "col.state", "col.reason")
    if rows:
        blocks.append(Table(columns, rows, Text("base.title", {"path": trainer.models_folder})))
    else:
        blocks.append(Text("base.none_in" if trainer.models_folder else "base.no_folder_yet", {"path": trainer.models_folder}))
    value = {"base_model": trainer.base_model, "folder": trainer.models_folder, "models": [path for path, _ in listed]}
    return Result(value, blocks)


def models_found(session: Session) -> list[Path]:
    """Return the models in the folder of the settings."""
    from avatar.trainer import base_model_files

    folder = session.settings().trainer.models_folder
    return base_model_files.found(utils.at_home(Path(folder))) if folder else []


def models_judged(session: Session) -> list[tuple[Path, Finding]]:
    """Return the models found and what is thought of each, by their numbers in the list: the blocked ones come last."""
    listed = [(path, _judged(str(path))) for path in models_found(session)]
    return sorted(listed, key=lambda item: item[1].level == "blocked")


def models_offered(session: Session) -> list[str]:
    """Return the names of the models that can be trained on; their numbers are those of the list."""
    return [path.name for path, finding in models_judged(session) if finding.level != "blocked"]


def _named(session: Session, name: str) -> list[Path]:
    """Return the models found that a name, a path or a number of the list means."""
    same = [path for path in models_found(session) if name in {path.name, path.stem, str(path)}]
    if same or not name.isdecimal():
        return same
    return [path for number, (path, _) in enumerate(models_judged(session), 1) if str(number) == name]


def choose(session: Session, name: str, client: Client | None = None) -> Result[dict[str, Any]]:
    """Make a model the base of all plans to come, or of one client's.

    Raises PipelineError("base.unknown") and what is wrong with the model.
    """
    from avatar.trainer import base_model

    same = _named(session, name)
    chosen = str(same[0]) if same else name
    if not same and utils.at_home(Path(name)).exists():
        chosen = str(utils.at_home(Path(name)).absolute())
    elif not same and not base_model.is_hub_id(name):
        raise PipelineError("base.unknown", name=name)
    finding = _judged(chosen)
    if finding.level == "blocked":
        raise PipelineError.of(finding.text)
    changed = setting_change.change(session, client, {"trainer.base_model": chosen})
    said: list[Block] = [
        Text(finding.text.key, finding.text.values, LEVEL_STYLE[finding.level]),
        Text("base.chosen"),
        *setting_change.follows(changed),
        *setting_change.undone_by(changed, client),
    ]
    value = {"base_model": chosen, "level": finding.level, "outdated": changed.outdated}
    return Result(value, said, client=client.client_id if client is not None else None)


def _judged(name: str) -> Finding:
    from avatar.trainer import base_model_rules

    return base_model_rules.judge(name)


def _size(path: Path) -> Text | str:
    try:
        return Text("unit.gb", {"value": path.stat().st_size / 1e9}) if path.is_file() else "-"
    except OSError:
        return "-"


COMMANDS = (
    Command(
        name="base-model", run=base_models, menu=(MenuLine("settings", "menu.base_model", options=("--folder",)),),
        arguments=(
            Argument(name="name", metavar="NAME", number="?"),
            Argument(name="--folder", metavar="FOLDER", kind=Path, path=True, help="help.models_folder"),
        ),
    ),
)  # fmt: skip
