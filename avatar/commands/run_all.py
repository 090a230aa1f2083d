"""Every stage of a client that is not yet done, in order: for `run`, the demo and scripts."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

from avatar.commands import blocks, stage_state
from avatar.commands import clients as clients_commands
from avatar.commands import dataset as dataset_commands
from avatar.commands import faces as faces_commands
from avatar.commands import importing as importing_commands
from avatar.commands import plan as plan_commands
from avatar.commands import setup as setup_commands
from avatar.commands import training as training_commands
from avatar.commands.command import CLIENT, GPU, OVERRIDES, PRESET, PROMPT, WORKERS, Argument, Command
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

RUN_STAGES = ("import", "process", "prepare", "configure", "check", "train")


def run_all(
    session: Session, client_id: str, *, mj: Sequence[str] = (), real: Sequence[str] = (), until: str | None = None,
    preset: str | None = None, gpu: str | None = None, overrides: Sequence[str] = (), workers: int | None = None,
    prompt: str = "", on_stage: Callable[[str, Result[Any]], None] | None = None,
) -> Result[dict[str, Any]]:  # fmt: skip
    """Do every stage that is not yet done, in order, up to `until` (one of RUN_STAGES).

    A client that does not exist is created. Without `until`: trains if a trainer is installed, else stops at the dry run.
    A stage whose result is an error ends the run. Importing twice is harmless: known pictures are reported.
    """
    from avatar.pictures.sources import clean_path

    for path in [*mj, *real]:  # before a client is made for a mistyped folder
        if not clean_path(path).exists():
            raise PipelineError("import.no_path", path=str(clean_path(path)))
    if client_id.lower() not in {name.lower() for name in session.workspace.client_ids()}:
        clients_commands.client_new(session, client_id)
    client = session.workspace.client(client_id)
    last = until or ("train" if setup_commands.trainer_installed(session) else "check")
    done: dict[str, Result[Any]] = {}

    def add(name: str, result: Result[Any]) -> bool:
        done[name] = result
        if on_stage is not None:
            on_stage(name, result)
        return result.error is None

    def wanted(name: str) -> bool:
        return RUN_STAGES.index(name) <= RUN_STAGES.index(last)

    steps: list[tuple[str, str, Callable[[], Result[Any]], bool]] = [
        ("import", "import-mj", lambda: importing_commands.import_mj(session, client_id, mj, prompt=prompt), bool(mj)),
        ("import", "import-real", lambda: importing_commands.import_real(session, client_id, real), bool(real)),
        ("process", "process", lambda: faces_commands.process(session, client_id, workers=workers), True),
        ("prepare", "prepare", lambda: dataset_commands.prepare(session, client_id), True),
        ("configure", "configure",
         lambda: plan_commands.configure(session, client_id, preset=preset, gpu=gpu, overrides=overrides), True),
        ("check", "check", lambda: plan_commands.dry_run(session, client_id), True),
        ("train", "train", lambda: training_commands.train(session, client_id), True),
    ]  # fmt: skip
    for stage, name, action, asked in steps:
        if not wanted(stage) or not asked:
            continue
        if _is_done(session, client, name, forced=bool(preset or gpu or overrides)):
            continue
        if not add(name, action()):
            break
    failed = next((result.error for result in done.values() if result.error is not None), None)
    state = stage_state.client_state(session, client)
    value = {"stages": {name: result.value for name, result in done.items()}, "state": state}
    warnings = [warning for result in done.values() for warning in result.warnings]
    interrupted = any(result.interrupted for result in done.values())
    return Result(value, [blocks.state_table(state), *blocks.odd_lines(state)], warnings, client.client_id, failed, interrupted)


def _is_done(session: Session, client: Client, name: str, *, forced: bool) -> bool:
    """Return whether a stage needs no work: its inputs and settings have not changed since."""
    if name in {"import-mj", "import-real", "check"} or (name == "configure" and forced):
        return False
    return stage_state.client_state(session, client).stage(name).state == "done" and not (
        name == "prepare" and _is_damaged(client)
    )


def _is_damaged(client: Client) -> bool:
    """Return whether prepared pictures are gone or damaged since: another preparation brings them back."""
    from avatar.trainer import dataset_folder, dataset_pictures

    view = dataset_folder.read_as_trainer(client.training_data, client_id=client.client_id)
    lost = [problem for problem in view.problems if problem.key in dataset_folder.LOST]
    return bool(lost or dataset_pictures.damaged_pictures(client.training_data, view))


def show_stage(session: Session, name: str, result: Result[Any]) -> None:
    """Show the result of a stage under its name."""
    session.say("run.stage_done", stage=Text(f"stage.{name}"), style="title")
    session.show(result)


def _run(session: Session, client_id: str, **given: Any) -> Result[Any]:
    return run_all(session, client_id, on_stage=functools.partial(show_stage, session), **given)


_PATHS = Argument(name="", metavar="PATH", number="+", default=(), path=True)
COMMANDS = (
    Command(
        name="run", run=_run,
        arguments=(
            CLIENT,
            dataclasses.replace(_PATHS, name="--mj", help="help.mj"),
            dataclasses.replace(_PATHS, name="--real", help="help.real"),
            Argument(name="--until", metavar="STAGE", choices=RUN_STAGES, help="help.until"),
            WORKERS,
            PROMPT,
            PRESET,
            GPU,
            OVERRIDES,
        ),
    ),
)  # fmt: skip
