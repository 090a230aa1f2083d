"""The command of a client's quality limits: shows them, tells what others would change, keeps them, takes them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from avatar.commands import setting_change
from avatar.commands.command import CLIENT, Argument, Command, MenuLine, UsageError
from avatar.commands.result import Block, Result, Table
from avatar.commands.session import Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace import setting_changes, setting_keys
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.faces.limits import Preview
    from config import Settings
    from image_processor import ProcessReport


def limits(
    session: Session, client_id: str | None, *, changes: Sequence[str] = (), preview: bool = False, undo: bool = False
) -> Result[dict[str, Any]]:
    """Show a client's limits; with changes, keep them and judge all measured pictures anew; undo: as before the last change.

    changes  ["blur_threshold=80", "min_contrast=-"]: "-" takes the client's own away
    preview  tell what the changes would do, and write nothing
    Raises PipelineError as `parsed` and `keep`.
    """
    client = session.need_client(client_id)
    values = parsed(changes)
    told: list[Block] = []
    warnings: list[Text] = []
    foreseen: Preview | None = None
    report: ProcessReport | None = None
    if undo:
        report, warnings = take_back(session, client)
    elif values and not preview:
        report, warnings = keep(session, client, values)
    elif values:
        foreseen = would_change(session, client, values)
        told += _foreseen(foreseen)
    if report is not None:
        told.append(Text("limits.kept", {"approved": report.approved, "refused": report.refused}, "good"))
    found = shown(session, client)
    steps = setting_changes.steps_to_undo(session.config_file, client)
    value = {"limits": found, "preview": foreseen, "report": report, "undo_steps": steps}
    return Result(value, [_table(found), *told], warnings, client.client_id, more=[_names(found)])


def parsed(texts: Sequence[str]) -> dict[str, float | None]:
    """Return limits by name from ["blur_threshold=80", "min_contrast=-"]; None takes the client's own away.

    Raises PipelineError("limits.not_key_value"), ("limits.unknown") and ("settings.refused").
    """
    found: dict[str, float | None] = {}
    for text in texts:
        name, separator, value = (part.strip() for part in text.partition("="))
        if not separator or not name or not value:
            raise PipelineError("limits.not_key_value", text=text)
        key = setting_keys.keys()[f"quality.{known(name.removeprefix('quality.'))}"]
        found[key.name.partition(".")[2]] = None if value == "-" else setting_change.typed_value(key, value, None)
    return found


def known(name: str) -> str:
    """Return the name of a limit. Raises PipelineError("limits.unknown") for one that is none, with the nearest one."""
    import difflib

    from avatar.faces.limits import BY_NAME

    if name not in BY_NAME:
        near = difflib.get_close_matches(name, BY_NAME, n=1, cutoff=0)
        raise PipelineError("limits.unknown", name=name, near=near[0], names=", ".join(BY_NAME))
    return name


def keep(session: Session, client: Client, values: Mapping[str, float | None]) -> tuple[ProcessReport, list[Text]]:
    """Keep limits as this client's own, judge what was measured anew, and cut out what is newly approved.

    values  limit -> value, None: the project's again
    Raises PipelineError("settings.refused", "limits.unknown", "client.locked").
    """
    return _judged(setting_change.change(session, client, _settings(values)))


def take_back(session: Session, client: Client) -> tuple[ProcessReport, list[Text]]:
    """Give a client the settings it had before the last change, and judge anew.

    Raises PipelineError("settings.nothing_to_undo", "client.locked").
    """
    return _judged(setting_change.take_back(session, client, judge=True))


def _judged(changed: setting_change.Changed) -> tuple[ProcessReport, list[Text]]:
    assert changed.report is not None  # noqa: S101  # limits of a client are always judged anew
    return changed.report, list(changed.warnings)


def _settings(values: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return limits by the names of their settings, whole numbers where they are such."""
    keys = setting_keys.keys()
    named = {f"quality.{known(name)}": value for name, value in values.items()}
    return {name: value if value is None else round(value) if keys[name].kind == "whole" else float(value)
            for name, value in named.items()}  # fmt: skip


def would_change(session: Session, client: Client, values: Mapping[str, float | None]) -> Preview:
    """Return what these limits would change. Raises PipelineError("settings.refused", "limits.unknown")."""
    from avatar.faces import limits as face_limits

    quality = proposed(session, client, values).quality
    return face_limits.preview(face_limits.measured(client.each_record()), quality)


def proposed(session: Session, client: Client, values: Mapping[str, float | None]) -> Settings:
    """Return a client's settings with other limits. Raises PipelineError("settings.refused", "limits.unknown")."""
    return setting_changes.tried(session.config_file, client, _settings(values))


def shown(session: Session, client: Client) -> list[dict[str, Any]]:
    """Return every limit that can be moved: its value, where that comes from, and what it would be without the client's own."""
    from avatar.faces.limits import LIMITS
    from config import Settings

    own = client.info().settings.get("quality", {})
    project, default, now = session.settings().quality, Settings().quality, session.settings(client).quality
    return [
        {
            "name": limit.name, "measure": limit.measure, "value": getattr(now, limit.name), "low": limit.low,
            "high": limit.high, "step": limit.step, "is_least": limit.is_least, "project": getattr(project, limit.name),
            "origin": "client" if limit.name in own
            else "project" if getattr(project, limit.name) != getattr(default, limit.name) else "default",
            "kinds": [kind for kind in ("raw", "standard", "mj") if getattr(getattr(now, kind), limit.name, None) is not None],
        }
        for limit in LIMITS
    ]  # fmt: skip


def _table(found: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        (
            Text(f"limits.name.{limit['name']}"), Text("limits.value", {"value": limit["value"]}),
            Text(f"limits.origin.{limit['origin']}"),
        )
        for limit in found
    ]  # fmt: skip
    return Table(("limits.col.limit", "limits.col.value", "limits.col.origin"), rows, Text("limits.title"))


def _names(found: Sequence[Mapping[str, Any]]) -> Table:
    """Return the limits as they are typed for --set."""
    rows = [(Text(f"limits.name.{limit['name']}"), f"{limit['name']}={limit['value']:.10g}") for limit in found]
    return Table(("limits.col.limit", "limits.col.key"), rows, Text("limits.names"))


def _foreseen(preview: Preview) -> list[Block]:
    values = {"approved": len(preview.to_approved), "refused": len(preview.to_rejected)}
    blocks: list[Block] = [Text("limits.would_change", {**values, "total": preview.approved + preview.rejected})]
    if preview.kept:
        blocks.append(Text("limits.by_you", {"n": preview.kept}))
    return blocks


def _limits(session: Session, client_id: str | None, *, changes: Sequence[str], preview: bool, undo: bool) -> Result[Any]:
    if undo and (changes or preview):
        raise UsageError("usage.not_together", name="--undo", other="--set, --preview")
    if preview and not changes:
        raise PipelineError("limits.nothing_to_preview")
    return limits(session, client_id, changes=changes, preview=preview, undo=undo)


COMMANDS = (
    Command(
        name="limits", run=_limits,
        menu=(MenuLine("client_settings", "menu.limits", options=("--set", "--preview", "--undo")),),
        arguments=(
            CLIENT,
            Argument(name="--set", to="changes", metavar="KEY=VALUE", number="+", default=(), help="help.limits_set"),
            Argument(name="--preview", flag=True, help="help.limits_preview"),
            Argument(name="--undo", flag=True, help="help.limits_undo"),
        ),
    ),
)  # fmt: skip
