"""The commands that hand a model over: deliver, install."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.commands import back_ends, setting_change
from avatar.commands.command import CLIENT, FILE, Argument, Command, MenuLine, UsageError
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text

if TYPE_CHECKING:
    from avatar.results.final_model import FinalModel, Usage
    from avatar.results.install import Installed, Place, Removed
    from config import Settings

README_FILES = {"LEEME.txt": "es", "README.txt": "en"}  # who gets it may read the other language


def deliver(
    session: Session, client_id: str | None, target: Path | None = None, *, with_pictures: bool = False
) -> Result[dict[str, Any]]:
    """Write the zip that is handed over: model, pictures, how to use it, sums."""
    from avatar.results import delivery, delivery_pictures, delivery_readme, final_model

    client = session.need_client(client_id)
    model = final_model.find(client)
    usage = final_model.usage(client, model)
    pictures = delivery_pictures.pictures(client, model)
    preview = f"{model.stem}.png" in pictures
    told = delivery_readme.values(client, model, usage, preview=preview, pictures=len(pictures) - preview)
    keep_names = session.settings(client).trainer.metadata_names == "keep"
    made = delivery.write(
        client, target, readmes=readme_texts(told), pictures=pictures, model=model, keep_names=keep_names,
        with_pictures=with_pictures,
    )  # fmt: skip
    values = {"path": str(made.path), "bytes_mb": made.bytes / 1e6, "model": model.path.name, "weight": float(usage.weight)}
    blocks: list[Text | Table | Raw] = [
        Text("deliver.done", values, "good"), Table(("col.file",), [(name,) for name in made.members]),
    ]  # fmt: skip
    blocks.append(Text("deliver.with_pictures", {"n": made.pictures}, "warn") if made.pictures else Text("deliver.how"))
    value = {
        "path": str(made.path), "bytes": made.bytes, "model": model.path.name, "weight": usage.weight,
        "files": list(made.members), "previews": made.previews, "pictures": made.pictures,
    }  # fmt: skip
    return Result(value, blocks, [*which_warnings(model), Text("deliver.person")], client.client_id)


def readme_texts(values: Mapping[str, object]) -> dict[str, str]:
    """Return the README in both languages."""
    return {name: translate.text("deliver.readme", language, **values) for name, language in README_FILES.items()}


def which_warnings(model: FinalModel) -> list[Text]:
    """Return what is to be known of the choice among several models."""
    told = [Text("deliver.passed_over", {"names": ", ".join(model.broken)})] if model.broken else []
    others = [name for name in model.others if name not in model.broken]
    if others and not model.chosen:
        told.append(Text("deliver.newest", {"others": ", ".join(others)}))
    return told


def install(session: Session, client_id: str | None, *, to: str | None = None, remove: bool = False) -> Result[dict[str, Any]]:
    """Put the model where a program looks for it, or take away what was put there; tells the line to type."""
    from avatar.results import final_model
    from avatar.results import install as results_install

    if not to:
        raise UsageError("usage.missing", names="--to")
    client = session.need_client(client_id)
    settings = session.settings()
    place = place_of(to, settings)
    if remove:
        return _remove(results_install.remove(client, place), client.client_id)
    model = final_model.find(client)
    usage = final_model.usage(client, model)
    made = results_install.install(client, model, usage, place)
    values = {"folder": str(made.place.folder), "name": made.name}
    lines = _lines(made, model, usage)
    value = {
        "folder": str(made.place.folder), "program": made.place.program, "name": made.name, "files": list(made.files),
        "already": made.already, "weight": usage.weight, "trigger": usage.trigger,
    }  # fmt: skip
    done = Text("install.already" if made.already else "install.done", values, "good")
    return Result(value, [done, *lines], which_warnings(model), client.client_id)


def place_of(to: str, settings: Settings) -> Place:
    """Return where to install; a program that is running is asked where files alone do not say it."""
    from avatar.results import install as results_install

    try:
        return results_install.find_place(to, settings.generate, settings.trainer.models_folder)
    except PipelineError as error:
        program = next((name for name in results_install.PROGRAMS if name == to.strip().lower()), None)
        if program is None or error.key not in {"install.no_folder", "install.several"}:
            raise
        folder = back_ends.lora_folder(program, settings)
        if folder is None:
            raise
        return results_install.Place(program, folder)


def _lines(made: Installed, model: FinalModel, usage: Usage) -> list[Text]:
    """Return what to type in the program; of a folder that may be anybody's, for each that reads such folders."""
    from avatar.results.delivery_readme import node_of

    program, folder = made.place.program, str(made.place.folder)
    values = {"name": made.name, "weight": usage.weight, "trigger": usage.trigger}
    comfyui = Text("install.line.comfyui", {**values, "node": node_of(model)})
    a1111 = Text("install.line.a1111", values)
    invokeai = Text("install.line.invokeai", {**values, "folder": folder})
    return {"comfyui": [comfyui], "a1111": [a1111], "invokeai": [invokeai]}.get(program, [comfyui, a1111, invokeai])


def _remove(removed: Removed, client_id: str) -> Result[dict[str, Any]]:
    folder = str(removed.folder)
    told = Text("install.nothing_left", {"folder": folder})
    if removed.files:
        told = Text("install.removed", {"folder": folder, "names": ", ".join(removed.files)}, "good")
    changed = [Text("install.changed", {"names": ", ".join(removed.changed)})] if removed.changed else []
    value = {"folder": folder, "removed": list(removed.files), "changed": list(removed.changed)}
    return Result(value, [told], changed, client_id)


def keep_folder(session: Session, program: str, folder: Path) -> None:
    """Keep a program's folder of LoRAs in config.json."""
    setting_change.change(session, None, {f"generate.{program}_loras": str(folder)})


COMMANDS = (
    Command(
        name="deliver", run=deliver, menu=(MenuLine("result", "menu.deliver"),),
        arguments=(
            CLIENT, dataclasses.replace(FILE, to="target", number="?"),
            Argument(name="--with-pictures", flag=True, help="help.with_pictures"),
        ),
    ),
    Command(
        name="install", run=install, menu=(MenuLine("result", "menu.install", options=("--to", "--remove")),),
        arguments=(
            CLIENT,
            Argument(name="--to", metavar="comfyui|a1111|invokeai|FOLDER", path=True, help="help.install_to"),
            Argument(name="--remove", flag=True, help="help.install_remove"),
        ),
    ),
)  # fmt: skip
