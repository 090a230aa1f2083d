"""What looks at pictures and suggests captions: what it needs, the agreement to that, and its work on a client's crops."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.commands.blocks import few_per_kind, numbered
from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from config import Settings

if TYPE_CHECKING:
    from avatar.dataset.caption_edits import CaptionChange
    from avatar.dataset.caption_suggestions import Captioner
    from avatar.dataset.trainer_captioner import TrainerCaptioner
    from avatar.dataset.vision_server import VisionServer
    from avatar.workspace.records import ImageRecord

KINDS = ("sentences", "tags", "server")  # the first suits photos best: taggers learnt from drawings
NOTE_CHARACTERS = 60  # [choice] of a child's line beside a bar
NONE = "none"  # in place of a kind: take the agreement back


@dataclass(frozen=True)
class Suggested:
    """What a captioner said. changes: captions with what may be added; said: image id -> its own words."""

    changes: list[CaptionChange]
    said: Mapping[str, str]
    asked: int  # pictures that are doubtful enough, or all
    model: str


# --- the agreement ---------------------------------------------------------------------------------------------------


def terms(session: Session, kind: str) -> Text | None:
    """Return what a captioner needs and where pictures go, None where the user agreed to that before.

    Raises PipelineError("caption.no_captioner") where there is no trainer, ("captioner.own_environment"),
    ("captioner.python_silent"), ("captioner.server.bad_address").
    """
    settings = session.settings()
    if _consent(settings, kind) in settings.captioner.allowed:
        return None
    if kind == "server":
        with _server(settings) as server:
            where = "here" if server.is_here else "elsewhere"
            return Text(f"captioner.terms.server_{where}", {"address": server.address})
    from avatar.trainer import captioner_setup, captioners

    captioner = captioners.CAPTIONERS[kind]
    python, folder = _trainer(settings, kind)
    values = {
        "kind": kind, "model": captioner.repo, "size_mb": captioner.size_mb, "licence": captioner.licence,
        "hub": captioner_setup.hub(),
        "folder": str(folder / captioners.MODELS_FOLDER),
    }  # fmt: skip
    missing = captioner_setup.missing_packages(captioner, python, own_environment=bool(settings.trainer.python))
    if not missing:
        return Text("captioner.terms.model", values)
    packages = {"packages": ", ".join(missing), "packages_mb": captioner_setup.PACKAGES_MB}
    return Text("captioner.terms.model_and_packages", {**values, **packages})


def agree(session: Session, kind: str) -> None:
    """Keep in config.json that the user agreed to what `terms` told."""
    from avatar.workspace import setting_changes

    settings = session.settings()
    allowed = dict.fromkeys([*settings.captioner.allowed, _consent(settings, kind)])
    setting_changes.change(session.config_file, None, {"captioner.allowed": list(allowed)}, undoable=False)


def take_back(session: Session) -> Result[dict[str, Any]]:
    """Forget every agreement and delete the models that captioners fetched; what they said stays, and so do packages."""
    from avatar.trainer import captioner_setup, location
    from avatar.workspace import setting_changes

    settings = session.settings()
    freed = captioner_setup.remove_models(location.trainer_folder(settings.trainer))
    setting_changes.change(session.config_file, None, {"captioner.allowed": None}, undoable=False)
    return Result({"freed_bytes": freed}, [Text("captioner.taken_back", {"freed_mb": freed / 1e6}, "good")])


def _consent(settings: Settings, kind: str) -> str:
    """Return the word that stands for an agreement: one to a server is to its address, which may be changed."""
    return f"server {settings.captioner.server.strip().rstrip('/')}" if kind == "server" else kind


# --- the command -----------------------------------------------------------------------------------------------------


def suggest(
    session: Session, client_id: str | None, kind: str, *, every: bool = False, agreed: bool = False, apply: bool = False
) -> Result[dict[str, Any]]:
    """Show what a captioner would add beside what the rules say, the most doubtful first; with apply, write it.

    kind    of KINDS, or NONE: take the agreements back
    every   ask about all captions that are not the user's own; else about the doubtful ones
    agreed  the user agrees to `terms` now
    """
    from avatar.dataset import caption_edits, caption_store
    from avatar.reports import review_list

    if kind == NONE:
        return take_back(session)
    client = session.need_client(client_id)
    settings, records = session.settings(client), client.records()
    lines = {row.image_id: row.text for row in caption_store.caption_rows(client, records, settings)}
    asked = suggested(session, client, records, lines, kind, every=every, agreed=agreed)
    value = {"changes": asked.changes, "applied": apply, "model": asked.model, "said": dict(asked.said), "asked": asked.asked}
    if not asked.changes:
        nothing = Text("captioner.nothing_new", {"n": asked.asked}) if asked.asked else Text("captioner.none_doubtful")
        return Result(value, [nothing], client=client.client_id)
    numbers = {entry.row.image_id: entry.number for entry in review_list.entries(client, records)}
    trigger, most = client.info().trigger_word, settings.captions.max_tokens
    problems = caption_edits.problems(asked.changes, trigger_word=trigger, max_tokens=most)
    warnings = few_per_kind(numbered(problems, numbers))
    if apply:
        done = caption_store.apply_captions(client, asked.changes)
        return Result(value, [Text("captions.applied", {"n": done}, "good")], warnings, client.client_id)
    rows = [(numbers[c.image_id], c.before, c.after.removeprefix(c.before).lstrip(", ")) for c in asked.changes]
    title = Text("captioner.title", {"n": len(rows), "total": len(lines), "model": asked.model})
    table = Table(("col.number", "col.by_rules", "col.captioner"), rows, title)
    return Result(value, [table, Text("captions.how_to_apply")], warnings, client.client_id)


# --- the work --------------------------------------------------------------------------------------------------------


def suggested(
    session: Session, client: Client, records: Sequence[ImageRecord], lines: Mapping[str, str], kind: str, *,
    every: bool = False, agreed: bool = False,
) -> Suggested:  # fmt: skip
    """Ask a captioner about the doubtful captions, or every one, and return what may be added to them.

    agreed  the user agrees to `terms` now
    Raises PipelineError("captioner.not_agreed") and what keeps a captioner from its work.
    """
    from avatar.dataset import caption_suggestions
    from avatar.dataset.trainer_captioner import TrainerCaptioner

    settings = session.settings(client)
    wanted = caption_suggestions.wanted(client, records, settings, every=every)
    if not wanted:
        return Suggested([], {}, 0, "")
    told = terms(session, kind)
    if told is not None and not agreed:
        raise PipelineError("captioner.not_agreed", terms=told)
    if told is not None:
        agree(session, kind)
    with _captioner(settings, kind) as captioner:
        fresh = caption_suggestions.not_asked(client, wanted, kind, captioner.model)
        if fresh and isinstance(captioner, TrainerCaptioner):
            _make_ready(session, captioner, own_environment=bool(settings.trainer.python))
        if fresh:
            session.say("captioner.asking", model=captioner.model, n=len(fresh))
        with session.progress("progress.captioner") as bar:
            said = caption_suggestions.suggest(
                client, wanted, captioner, on_progress=lambda done, total, left: bar(done, total, eta_s=left)
            )
        changes = caption_suggestions.merge(lines, said, kind, max_tokens=settings.captions.max_tokens)
        return Suggested(changes, said, len(wanted), captioner.model)


def how_many(session: Session) -> tuple[int, int]:
    """Return how many of the client's captions are doubtful enough to be asked about, and how many are not the user's own."""
    from avatar.dataset import caption_suggestions

    client = session.need_client()
    settings, records = session.settings(client), client.records()
    few, most = (caption_suggestions.wanted(client, records, settings, every=every) for every in (False, True))
    return len(few), len(most)


@contextlib.contextmanager
def _captioner(settings: Settings, kind: str) -> Iterator[Captioner]:
    """Give a captioner; what it needs of packages and model may still be missing."""
    from avatar.dataset import caption_suggestions

    if kind == "server":
        with _server(settings) as server:
            server.ready()
            yield caption_suggestions.ServerCaptioner(server)
        return
    from avatar.dataset.trainer_captioner import TrainerCaptioner
    from avatar.trainer import captioners

    python, folder = _trainer(settings, kind)
    yield TrainerCaptioner(captioners.CAPTIONERS[kind], python, folder)


def _make_ready(session: Session, made: TrainerCaptioner, *, own_environment: bool) -> None:
    """Install the packages and fetch the model that are missing, and say so."""
    from avatar.trainer import captioner_setup, captioners

    captioner, folder, cancel = made.captioner, made.trainer_folder, threading.Event()
    if captioner.packages:
        with session.progress("progress.captioner_packages", "unit.parts") as bar:
            installed = captioner_setup.install_packages(
                captioner, made.python, folder, own_environment=own_environment, cancel=cancel,
                on_line=lambda line: bar(0, 1, line.strip()[:NOTE_CHARACTERS]),
            )  # fmt: skip
        if installed:
            session.say("captioner.installed", packages=", ".join(installed), style="good")
    with session.progress("progress.captioner_model", "unit.megabytes") as bar:
        fetched = captioner_setup.fetch_model(
            captioner, made.python, folder, cancel=cancel,
            on_bar=lambda found: bar(int(found.done / 1e6), max(int(found.total / 1e6), 1), eta_s=found.left_s),
        )  # fmt: skip
    if fetched:
        session.say("captioner.fetched", model=captioner.repo, folder=str(folder / captioners.MODELS_FOLDER), style="good")


def _trainer(settings: Settings, kind: str) -> tuple[Path, Path]:
    """Return the trainer's Python and folder. Raises PipelineError("caption.no_captioner") where one is missing."""
    from avatar.trainer import captioners, location

    folder = location.trainer_folder(settings.trainer).absolute()
    python = location.trainer_python(settings.trainer, folder).absolute()
    script = captioners.script_of(captioners.CAPTIONERS[kind], folder)
    if not script.is_file() or not python.is_file():
        raise PipelineError("caption.no_captioner", path=str(script if python.is_file() else python))
    return python, folder


def _server(settings: Settings) -> VisionServer:
    from avatar.dataset.vision_server import VisionServer

    return VisionServer(settings.captioner)
