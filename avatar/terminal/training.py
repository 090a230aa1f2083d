"""The questions before a training, of the queue, and of what a training left."""

from __future__ import annotations

from avatar.commands import dashboard as dashboard_commands
from avatar.commands import models as models_commands
from avatar.commands import monitor as monitor_commands
from avatar.commands import plan as plan_commands
from avatar.commands import plan_view
from avatar.commands import queue as queue_commands
from avatar.commands import results as results_commands
from avatar.commands import training as training_commands
from avatar.commands import tune as tune_commands
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts import spoken
from avatar.texts.text import PipelineError, Text


def check(session: Session) -> None:
    """Say whether a training can start and what it takes; the command itself is among the details."""
    session.show(plan_view.without_command(plan_commands.dry_run(session, None)))


def train(session: Session) -> None:
    """Check first: what is blocked is told and not asked about; else say what the training takes, and ask."""
    checked = plan_commands.dry_run(session, None)
    session.show(plan_view.without_command(checked), did=False)
    if checked.error is None and questions.yes_no(session, "ask.train_now", default=True):
        session.show(training_commands.train(session, None))


def tune(session: Session) -> None:
    """Ask for the hours of a tuning, and for what draws where there is a choice; 0 hours only compare what is trained.

    One that was not finished goes on.
    """
    kinds = tune_commands.back_ends_to_choose(session)
    labels = {str(kind): Text(f"settings.choice.generate.backend.{kind}") for kind in kinds}

    def ask_hours(given: questions.Given) -> float:
        now = float(given.get("hours", 8))
        return questions.number(session, "ask.tune_hours", default=now, low=0, high=tune_commands.MOST_HOURS, whole=False)

    def ask_back_end(_: questions.Given) -> object:
        if len(labels) < 2:
            return questions.SKIPPED
        return questions.pick(session, "ask.back_end", list(labels), default=next(iter(labels)), labels=labels)

    given = questions.in_order(hours=ask_hours, back_end=ask_back_end)
    hours = given["hours"]
    wish = tune_commands.Wish(hours=hours or None, stage=None if hours else 0, backend=given.get("back_end"))
    session.show(tune_commands.tune(session, None, wish))


def tensorboard(session: Session) -> None:
    session.show(monitor_commands.tensorboard(session, None))


def in_browser(session: Session, page: str) -> None:
    """Show a page of the client in the browser."""
    client_id = session.need_client().client_id
    session.show(dashboard_commands.dashboard(session, client_id, page=page, open_it=True, stay=False))


def queue_add(session: Session) -> None:
    ids = session.workspace.client_ids()
    if not ids:
        raise PipelineError("client.none_exist")
    for number, name in enumerate(ids, 1):
        session.say("menu.line", n=number, label=Text("list.item", {"item": name}))
    if chosen := questions.numbers(session, "ask.queue_add", ids):
        session.show(queue_commands.queue(session, "add", chosen))


def queue_this(session: Session) -> None:
    session.show(queue_commands.queue(session, "add", [session.need_client().client_id]))


def queue_remove(session: Session) -> None:
    shown = queue_commands.queue(session, "list")
    session.show(shown, did=False)
    ids = [entry.client for entry in shown.value["queue"]]
    if ids and (chosen := questions.numbers(session, "ask.queue_remove", ids)):
        session.show(queue_commands.queue(session, "remove", chosen))


def models_take(session: Session) -> None:
    """Ask for a checkpoint by its step, the latest first, and deliver it as a model."""
    from avatar.training import checkpoints

    there = {str(item.steps): item for item in checkpoints.checkpoints(session.need_client())}
    if not there:
        session.say("checkpoint.no_more")
        return
    steps = questions.pick(session, "ask.checkpoint", list(there), default=next(iter(there)))
    session.show(models_commands.models(session, None, take=int(steps)))


def models_add(session: Session) -> None:
    source = questions.path(session, "ask.model_file")
    session.show(models_commands.models(session, None, add=source))


def models_clear(session: Session) -> None:
    from avatar.training import checkpoints

    left = checkpoints.leftovers(session.need_client(), newest=True)  # it is asked
    if not left.paths:
        session.say("checkpoint.nothing_to_clear")
    elif questions.yes_no(session, "ask.clear_saved", default=False, n=len(left.paths), gb=left.bytes / 1e9):
        session.show(models_commands.models(session, None, clear=True, newest=True))


def results_take(session: Session) -> None:
    """Ask for a candidate of the newest trial, the best on Enter, and make it the model."""
    from avatar.results import trial

    client = session.need_client()
    folder = trial.newest(client)
    if folder is None:
        raise PipelineError("trial.none", client=client.client_id)
    names, best = trial.names(trial.read(folder)), results_commands.best_of(session, client)
    if not best:
        session.say("trial.unranked", style="warn")
    labels = {name: spoken.weighted(name) for name in names}
    taken = questions.pick(session, "ask.candidate", names, default=best or names[0], labels=labels, free=True)
    session.show(results_commands.results(session, None, take=taken))
