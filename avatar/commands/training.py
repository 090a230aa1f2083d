"""The command that trains."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from avatar.commands import dashboard, plan, training_view
from avatar.commands import unfinished as unfinished_commands
from avatar.commands.command import CLIENT, Argument, Command, MenuLine
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.texts import translate

if TYPE_CHECKING:
    from avatar.training.run_folder import Outcome

LOG = logging.getLogger("avatar_pipeline")


def train(
    session: Session, client_id: str | None, *, resume: bool = False, cancel: threading.Event | None = None
) -> Result[Outcome]:
    """Train and report the verified outcome; first ask about trainings that an earlier program left."""
    import lora_trainer

    client = session.need_client(client_id)
    for answer in unfinished_commands.look_after(session, [client]):
        if isinstance(answer, Result):
            return answer  # it was watched to its end instead
    dashboard.beside_training(session, client)
    with session.progress("progress.training", "unit.steps") as bar, translate.about(client.client_id):
        outcome = lora_trainer.train(
            client,
            settings=session.settings(client),
            resume=resume,
            watching=training_view.watching_on_screen(session, bar, cancel, client),
        )
    return training_view.outcome_result(session, client, outcome)


def _train(session: Session, client_id: str | None, *, dry_run: bool, resume: bool) -> Result[Any]:
    return plan.dry_run(session, client_id, resume=resume) if dry_run else train(session, client_id, resume=resume)


COMMANDS = (
    Command(
        name="train", run=_train,
        menu=(
            MenuLine("train", "menu.dry_run", {"dry_run": True}, ("--dry-run",)), MenuLine("train", "menu.train_now"),
            MenuLine("train", "menu.resume", {"resume": True}, ("--resume",)),
        ),
        arguments=(
            CLIENT,
            Argument(name="--dry-run", flag=True, help="help.dry_run"),
            Argument(name="--resume", flag=True, help="help.resume"),
        ),
    ),
)  # fmt: skip
