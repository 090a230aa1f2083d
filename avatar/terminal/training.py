"""The questions before a training, of the queue, and of what a training left."""

from __future__ import annotations

import config
from avatar.commands import dashboard as dashboard_commands
from avatar.commands import models as models_commands
from avatar.commands import monitor as monitor_commands
from avatar.commands import plan as plan_commands
from avatar.commands import plan_view
from avatar.commands import queue as queue_commands
from avatar.commands import results as results_commands
from avatar.commands import training as training_commands
from avatar.commands import trial as trial_commands
from avatar.commands import tune as tune_commands
from avatar.commands import tune_take as tune_take_commands
from avatar.commands.command import BACK_END
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts import spoken, translate
from avatar.texts.text import PipelineError, Text


def check(session: Session) -> None:
    """Say whether a training can start and what it takes; the command itself is among the details."""
    checked = plan_commands.dry_run(session, None)
    session.show(plan_view.without_command(checked))
    client = session.need_client()
    session.checked = (client.client_id, plan_commands.stands(session, client)) if checked.error is None else None


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
    labels = {str(kind): BACK_END.labels[kind] for kind in kinds}

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


def tune_take(session: Session) -> None:
    """Ask for a variant of the newest tuning, the answer's on Enter, and whether the plan is to have its values."""
    there, best = tune_take_commands.offered(session.need_client())
    labels = {name: spoken.variant(name) for name in there}

    def ask_values(given: questions.Given) -> object:
        differs = there[given["candidate"]]
        return questions.yes_no(session, "ask.tune_values", default=False) if differs else questions.SKIPPED

    given = questions.in_order(
        candidate=lambda _: questions.pick(
            session, "ask.tune_candidate", list(there), default=best or next(iter(there)), labels=labels
        ),
        values=ask_values,
    )
    session.show(tune_take_commands.take(session, None, given["candidate"], values=bool(given.get("values"))))


def tune_add(session: Session) -> None:
    from avatar.commands import tune_elsewhere  # loads pydantic

    session.show(tune_elsewhere.add(session, None, [questions.path(session, "ask.tune_zip")]))


def try_otherwise(session: Session) -> None:
    """Ask what a trial is to draw and with what: more of those that are tied, or some models and other prompts."""
    from avatar.results import trial_models

    client = session.need_client()
    there = [lora.name for lora in trial_models.found(client)]
    if not there:
        raise PipelineError("trial.no_models")
    programs = {config.AUTO: Text("settings.choice.generate.backend.auto"), **BACK_END.labels}

    def ask_more(_: questions.Given) -> object:
        try:
            results_commands.tied(session, client)
        except PipelineError:  # nothing was tried yet, or one stands alone
            return questions.SKIPPED
        return questions.yes_no(session, "ask.try_more", default=True)

    def ask_models(given: questions.Given) -> object:
        if given.get("more") or len(there) < 2:
            return questions.SKIPPED
        labels = [translate.words(spoken.model(name), session.language) for name in there]
        for number, label in enumerate(labels, 1):
            session.say("menu.line", n=number, label=label)
        return questions.numbers(session, "ask.try_models", there, labels)

    def ask_prompts(given: questions.Given) -> object:
        return questions.SKIPPED if given.get("more") else questions.optional_path(session, "ask.try_prompts")

    given = questions.in_order(
        more=ask_more, models=ask_models, prompts=ask_prompts,
        program=lambda _: questions.pick(session, "ask.try_program", list(programs), default=config.AUTO, labels=programs),
    )  # fmt: skip
    wish = trial_commands.Wish(
        models=given.get("models", ()), prompts=given.get("prompts"),
        backend=given["program"] if given["program"] != config.AUTO else None,
    )  # fmt: skip
    session.show(trial_commands.draw(session, None, wish, more=bool(given.get("more"))))


def dashboard(session: Session) -> None:
    """Show the pages in the browser; where they run already, ask whether to end them."""
    stop = False
    if session.pages is not None and session.pages.find(session) is not None:
        labels = {"open": Text("web.choice.open"), "stop": Text("web.choice.stop")}
        stop = questions.pick(session, "ask.dashboard", list(labels), default="open", labels=labels) == "stop"
    session.show(dashboard_commands.dashboard(session, None, open_it=not stop, stop=stop, stay=False))


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
