"""Every stage on sample pictures in a client of its own: no network, no card."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import re
import shutil
from typing import TYPE_CHECKING, Any

import config
import utils
from avatar.commands import clients, run_all, stage_state
from avatar.commands import setup as setup_commands
from avatar.commands.command import WORKERS, Argument, Command, MenuLine
from avatar.commands.result import Raw, Result, plain
from avatar.commands.session import Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace

if TYPE_CHECKING:
    from avatar.training.dry_run import DryRun

DEMO_ID = "demo"
# Marks a client made by the demo, so that the next demo replaces only such a client.
DEMO_NOTE = "Demo: public-domain portrait of Grace Hopper (U.S. Navy), shipped with matplotlib"
DEMO_FOLDER = config.PROGRAM_DIR / "demo_clients"
# [choice] the hat is as high as half a face, and not always seen as part of the head (avatar/faces/head.py): so wide, no square
# cuts it.
DEMO_SETTINGS: dict[str, Any] = {"faces": {"face_padding_factor": 1.9}}
CHECKED_WITHOUT_TRAINER = ("train.figures", "train.command_title")
ASSUMED_CARD = "rtx3060_8gb"  # where no card is found, the plan is made for the most common one of the user's table


def run(session: Session, *, workers: int | None = None) -> Result[dict[str, Any]]:
    """Create the demo's pictures and client and run every stage up to the checked training command.

    The client stays in the session's clients folder; in the default one it would be among real clients, so
    it is put into demo_clients beside the program instead.
    """
    session = dataclasses.replace(session, workspace=workspace_of(session), client=None)
    session.say("demo.start", style="title", folder=str(session.workspace.folder))
    clients.tidy(session)
    client_id = _new_demo_client(session)
    folder = utils.temporary_for(session.workspace.folder / "demo")  # removed at the next start if the program is killed
    with contextlib.ExitStack() as leaving:
        folder.mkdir(parents=True)
        leaving.callback(shutil.rmtree, folder, ignore_errors=True)
        from avatar.commands import demo_pictures

        session.say("demo.pictures", n=demo_pictures.ENLARGEMENT)
        with session.progress("progress.demo") as bar:
            midjourney, photos = demo_pictures.write_pictures(folder, bar)
        gpu = None if setup_commands.card_found() else ASSUMED_CARD
        if gpu:
            session.say("demo.assumed_card", card=config.GPU_PROFILES[gpu].label)
        whole = run_all.run_all(
            session, client_id, mj=[str(midjourney)], real=[str(photos)], until="check", preset="balanced", gpu=gpu,
            workers=workers, on_stage=functools.partial(_show_stage, session),
        )  # fmt: skip
    client = session.workspace.client(client_id)
    state = stage_state.client_state(session, client)
    value = {
        "client": client_id,
        "folder": str(client.folder),
        "stages": plain(whole.value)["stages"],
        "approved": state.approved,
        "refused": state.refused,
    }
    where = {"client": client_id, "folder": str(client.folder), "output": str(client.output),
             "data": str(client.training_data), "approved": state.approved, "refused": state.refused}  # fmt: skip
    error = None if _lacks_only_trainer(whole.value["stages"].get("check")) else whole.error
    return Result(
        value, [*whole.blocks, Text("demo.done", where, "good" if error is None else "warn")], client=client_id, error=error
    )


def _lacks_only_trainer(check: DryRun | None) -> bool:
    """Return whether a check is blocked by nothing but a trainer that is not installed, which the demo does without."""
    blocked = [] if check is None else [finding.name for finding in check.preflight if finding.level == "blocked"]
    return bool(blocked) and set(blocked) <= {"script", "interpreter"}


def _show_stage(session: Session, name: str, result: Result[Any]) -> None:
    """Show a stage; of a check that lacks only the trainer what it does show: what a training takes, and the command."""
    if name == "check" and _lacks_only_trainer(result.value):
        told = [b for b in result.blocks if isinstance(b, Raw) or (isinstance(b, Text) and b.key in CHECKED_WITHOUT_TRAINER)]
        result = dataclasses.replace(result, blocks=[Text("demo.no_trainer"), *told], error=None)
    run_all.show_stage(session, name, result)


def workspace_of(session: Session) -> Workspace:
    """Return where the demo's client lies: not among the real clients of the default folder."""
    usual = session.workspace.folder.absolute() == config.CLIENTS_DIR.absolute()
    return Workspace(DEMO_FOLDER) if usual else session.workspace


def client_there(session: Session) -> Client | None:
    """Return the client that the last demo made; None where there is none."""
    place = workspace_of(session)
    for client_id in place.client_ids():
        if re.fullmatch(rf"{DEMO_ID}(_\d+)?", client_id):
            with contextlib.suppress(OSError, PipelineError):  # a broken client of that name is none of the demo's
                if place.client(client_id).info().consent_note == DEMO_NOTE:
                    return place.client(client_id)
    return None


def delete(session: Session) -> Result[dict[str, Any]]:
    """Delete the demo's client with all that it made."""
    client = client_there(session)
    if client is None:
        return Result({"deleted": None}, [Text("demo.none")])
    clients.remove(dataclasses.replace(session, workspace=workspace_of(session), client=None), client.client_id)
    return Result({"deleted": client.client_id}, [Text("demo.deleted", {}, "good")])


def _new_demo_client(session: Session) -> str:
    """Return the id of a new demo client; an earlier demo's client is deleted, any other left alone."""
    known = session.workspace.client_ids()
    for number in range(1, 1000):
        client_id = DEMO_ID if number == 1 else f"{DEMO_ID}_{number}"
        folder = session.workspace.folder / client_id
        if client_id in (name.lower() for name in known if name != client_id):  # a person's "Demo"
            continue
        if not folder.exists():
            break
        if client_id in known:
            if session.workspace.client(client_id).info().consent_note != DEMO_NOTE:
                continue
            clients.remove(session, client_id)
            break
        if folder.is_dir() and not any(folder.iterdir()):
            shutil.rmtree(folder)
            break
    session.workspace.create(
        client_id, trigger_word="ohwx", class_word="woman", consent_note=DEMO_NOTE, settings=DEMO_SETTINGS
    )  # fmt: skip
    return client_id


def _demo(session: Session, *, gone: bool, workers: int | None) -> Result[dict[str, Any]]:
    return delete(session) if gone else run(session, workers=workers)


COMMANDS = (
    Command(
        name="demo",
        run=_demo,
        arguments=(WORKERS, Argument(name="--delete", to="gone", flag=True, help="help.demo_delete")),
        menu=(MenuLine("demo", "menu.demo_open"), MenuLine("demo", "menu.demo_delete", options=("--delete",))),
    ),
)
