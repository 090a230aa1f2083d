"""The commands that watch a training: runs so far, curve, TensorBoard."""

from __future__ import annotations

import atexit
import dataclasses
import time
from typing import Any

from avatar.commands import training_view
from avatar.commands import unfinished as unfinished_commands
from avatar.commands.command import CLIENT, Argument, Command, MenuLine
from avatar.commands.result import Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text

BOARD_POLL_S = 0.5

# --- monitor ---------------------------------------------------------------------------------------------------------


def monitor(session: Session, client_id: str | None, *, take: str = "", after_checkpoint: bool = False) -> Result[Any]:
    """Show every training run of a client: progress, outcome, log.

    take              "adopt": watch a training that runs unwatched; "stop": stop the one that runs; "go on": take back the wish
                      to stop it
    after_checkpoint  stop as soon as the next checkpoint is saved
    """
    from avatar.training import models
    from avatar.training import runs as runs_at_work
    from avatar.training import unfinished as training_unfinished

    client = session.need_client(client_id)
    if take == "stop" or after_checkpoint:
        return unfinished_commands.stop_training(session, client, after_checkpoint=after_checkpoint)
    if take == "go on":
        return unfinished_commands.go_on(client)
    if take:
        live = [run for run in training_unfinished.look_after(client).live if not run.watched]
        if not live:
            raise PipelineError("train.no_such_run", client=client.client_id)
        return unfinished_commands.adopt(session, client, live[-1].run_id)
    warnings = []
    for answer in unfinished_commands.look_after(session, [client]):
        if isinstance(answer, Result):
            session.show(answer)
        else:
            warnings.append(answer)
    runs = models.runs(client)
    rows = [
        (Text("run.dated", {"run": run.run_id}), Text("run.working" if run.alive else f"run.{run.state}"), run.step, run.total,
         None if run.loss is None else translate.decimal(f"{run.loss:.4g}", session.language),
         "" if run.cause is None else translate.words(run.cause, session.language).partition("\n")[0])
        for run in runs
    ]  # fmt: skip
    columns = ("col.run", "col.state", "col.step", "col.of", "col.loss", "col.reason")
    blocks: list[Text | Table | Raw] = [Table(columns, rows, Text("monitor.title")) if rows else Text("monitor.none")]
    for run in runs_at_work.live_tuning_runs(client.runs):
        blocks.append(Text("monitor.tuning", {"candidate": run.candidate, "step": run.step, "total": run.total}))
    if runs and runs[0].cause is not None and not runs[0].alive:
        blocks.append(dataclasses.replace(runs[0].cause, style="warn"))  # whole; of earlier ones the table says what it was
    if runs:
        blocks += training_view.draw_loss(session, client, runs[0].run_id)
        blocks += training_view.samples_told(session, client, runs[0].run_id)
    blocks.append(Text("monitor.tensorboard", {"client": client.client_id}))
    return Result({"runs": runs}, blocks, warnings, client.client_id)


# --- TensorBoard -----------------------------------------------------------------------------------------------------


def tensorboard(session: Session, client_id: str | None, *, wait: bool = False) -> Result[dict[str, str]]:
    """Start TensorBoard on a client's logs and show its address; it ends with the program.

    wait  stay until Enter, Ctrl+C or the end of input, without a terminal until it is ended; for the command line, which would
          end at once
    """
    from avatar.trainer import location
    from avatar.training import tensorboard as training_tensorboard

    client = session.need_client(client_id)
    wanted = session.settings(client).trainer
    folder = location.trainer_folder(wanted)
    candidates = dict.fromkeys([location.trainer_python(wanted, folder), location.venv_python(folder / "venv")])
    board = training_tensorboard.start(client.logs, list(candidates))
    said = Text("board.started", {"address": board.address, "client": client.client_id}, "good")
    value = {"address": board.address, "logs": str(client.logs)}
    if not wait:
        atexit.register(board.close)
        return Result(value, [said, Text("board.ends")], client=client.client_id)
    try:
        session.ui.show(said, session.language)
        if session.ui.interactive:
            session.ui.ask(session.text("board.wait"))
        else:  # a service, nohup: there is nobody to be asked, and no input whose end could mean anything
            session.say("board.serves")
            while board.alive:
                time.sleep(BOARD_POLL_S)
    except (EOFError, KeyboardInterrupt):
        pass
    finally:
        board.close()
    return Result(value, [Text("board.ended")], client=client.client_id)


def _monitor(
    session: Session, client_id: str | None, *, with_tensorboard: bool, take: str | None, after_checkpoint: bool
) -> Result[Any]:
    if with_tensorboard:
        return tensorboard(session, client_id, wait=True)
    return monitor(session, client_id, take=take or "", after_checkpoint=after_checkpoint)


COMMANDS = (
    Command(
        name="monitor", run=_monitor,
        menu=(
            MenuLine("monitor", "menu.monitor_now"), MenuLine("monitor", "menu.tensorboard", options=("--tensorboard",)),
            MenuLine("monitor", "menu.adopt", {"take": "adopt"}, ("--adopt",)),
            MenuLine("monitor", "menu.stop", {"after_checkpoint": True}, ("--stop", "--after-checkpoint")),
        ),
        arguments=(
            CLIENT,
            Argument(name="--tensorboard", to="with_tensorboard", flag=True, help="help.tensorboard"),
            Argument(name="--adopt", to="take", flag=True, constant="adopt", help="help.adopt"),
            Argument(name="--stop", to="take", flag=True, constant="stop", help="help.stop"),
            Argument(name="--after-checkpoint", flag=True, help="help.after_checkpoint"),
            Argument(name="--go-on", to="take", flag=True, constant="go on", help="help.go_on"),
        ),
    ),
)  # fmt: skip
