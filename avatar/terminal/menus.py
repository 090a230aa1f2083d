"""All menus as data, and the questions that their lines ask."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from avatar.commands import base_models as base_model_commands
from avatar.commands import importing as importing_commands
from avatar.commands import midjourney_view, stage_state
from avatar.commands import models as models_commands
from avatar.commands import monitor as monitor_commands
from avatar.commands import plan as plan_commands
from avatar.commands import queue as queue_commands
from avatar.commands import results as results_commands
from avatar.commands import review as review_commands
from avatar.commands import setup as setup_commands
from avatar.commands import training as training_commands
from avatar.commands import unfinished as unfinished_commands
from avatar.commands.all_commands import COMMANDS
from avatar.commands.command import Command, MenuLine
from avatar.commands.session import Session
from avatar.terminal import captioning, clients, delivering, menu, questions, removing
from avatar.terminal.menu import Choice
from avatar.texts.text import PipelineError, Text


def _setup(session: Session) -> None:
    session.show(setup_commands.setup(session))
    if not setup_commands.trainer_installed(session) and questions.yes_no(session, "ask.install_trainer", default=False):
        session.show(setup_commands.setup(session, trainer=True))


def _language(session: Session) -> None:
    language = questions.pick(session, "ask.language", ("es", "en"), default=session.language)
    session.show(setup_commands.set_language(session, language))


def _base_model(session: Session) -> None:
    """Show the models that are found and choose one; ask for their folder where there are none."""
    from pathlib import Path

    if not base_model_commands.models_found(session):
        session.show(base_model_commands.base_models(session))
        folder = questions.path(session, "ask.models_folder", default=str(Path.home()))
        session.show(base_model_commands.base_models(session, folder=folder))
    else:
        session.show(base_model_commands.base_models(session))
    names = base_model_commands.models_offered(session)
    now = session.settings().trainer.base_model
    name = questions.pick(session, "ask.base_model", names, default=now, free=True)
    if name != now:
        session.show(base_model_commands.base_models(session, name))


def _select_client(session: Session) -> None:
    session.client = session.workspace.client(clients.choose(session))
    open_menu("client", session)


def _guided(session: Session) -> None:
    from avatar.terminal import guided

    guided.walk(session)


def _import_mj(session: Session) -> None:
    source = _pictures(session, "ask.mj_path")
    prompt = questions.text(session, "ask.typed_prompt", default="-")
    result = importing_commands.import_mj(session, None, [source], prompt="" if prompt == "-" else prompt)
    session.show(result)


def _pictures(session: Session, question: str) -> str:
    """Ask where pictures are. Raises Leave for "-": the user has none, as the explanation of the question says."""
    source = questions.optional_path(session, question)
    if source is None:
        raise questions.Leave
    return str(source)


def _prompts(session: Session) -> None:
    shown = importing_commands.set_prompt(session, None)
    questions.show_by_page(session, shown)
    master = questions.text(session, "ask.master_prompt", default="-")
    if master != "-":
        session.show(importing_commands.set_prompt(session, None, master=master))
    groups = shown.value["groups"]
    if not groups:
        return
    # Numbered as in the list and on the sheet, which were just shown; "all" after them.
    jobs = {f"{group.job_id}  {midjourney_view.group_names(group)}": group.job_id for group in groups}
    answer = questions.pick(session, "ask.group", [*jobs, "all"], default="all")
    typed = questions.text(session, "ask.typed_prompt", default="-")
    if typed != "-":
        session.show(importing_commands.set_prompt(session, None, group=jobs.get(answer, "all"), prompt=typed))


def _import_real(session: Session) -> None:
    session.show(importing_commands.import_real(session, None, [_pictures(session, "ask.real_path")]))


def _review(session: Session) -> None:
    from avatar.terminal import review

    review.walk(session)


def _held_out(session: Session) -> None:
    """Show the photos that are kept out of training, and ask which others shall be, and which of them shall not."""
    shown = review_commands.review(session, None, list_name="held-out", draw=False)
    questions.show_by_page(session, shown)
    numbers = [questions.text(session, key, default="-") for key in ("ask.hold_out", "ask.train_photos")]
    hold_out, train = ([] if said == "-" else [said] for said in numbers)
    if hold_out or train:
        session.show(review_commands.review(session, None, hold_out=hold_out, train=train, list_name="held-out"))


def _doctor(session: Session) -> None:
    from avatar.terminal import doctor

    doctor.walk(session)


def _configure(session: Session) -> None:
    """Ask for card and preset, show the plan, and make it again for every value that is changed."""
    import config

    before = plan_commands.chosen_before(session, None)
    gpu = questions.pick(session, "ask.gpu", [config.AUTO, *config.GPU_PROFILES], default=before.gpu or config.AUTO)
    session.show(plan_commands.presets(session, None, gpu=gpu))
    preset = questions.pick(session, "ask.preset", list(config.TRAINING_PRESETS), default=before.preset or "balanced")
    values = " ".join(before.overrides)
    new = bool(values) and not questions.yes_no(session, "ask.keep_values", default=True, values=values)
    overrides: dict[str, str] = {}
    last = overrides
    while True:
        given = [f"{name}={value}" for name, value in overrides.items()]
        try:
            result = plan_commands.configure(session, None, preset=preset, gpu=gpu, overrides=given, new=new)
        except PipelineError as error:
            if not overrides:
                raise
            session.show_error(error)  # the last value did not suit: the plan before it stands
            overrides = last
        else:
            session.show(result)
            new = False  # the values before are forgotten now; those given here stay
        if not (changed := _ask_value(session, result.value.plan)):
            return
        last, overrides = _kept_values(overrides), {**_kept_values(overrides), **changed}


def _kept_values(overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the values without those that the plan was already made without: "-" takes one back once."""
    from avatar.plan.chosen import TAKES_BACK

    return {name: value for name, value in overrides.items() if value != TAKES_BACK}


def _ask_value(session: Session, plan: object) -> dict[str, str]:
    """Ask for one value of the plan to change; {} for none."""
    name = questions.pick(session, "ask.plan_value", [questions.NONE, *PLAN_NUMBERS], default=questions.NONE, free=True)
    if name == questions.NONE:
        return {}
    if "=" in name:  # typed at once; "dim=-" takes a value back
        typed = name.partition("=")
        return {typed[0].strip(): typed[2].strip()}
    if name not in PLAN_NUMBERS:
        return {name: questions.text(session, "ask.plan_text", name=name)}
    limits = PLAN_NUMBERS[name]
    now = getattr(plan, name)
    value = questions.number(
        session, "ask.plan_number", default=limits.low if now is None else now, low=limits.low, high=limits.high,
        unit=limits.unit, whole=limits.whole, name=name,
    )  # fmt: skip
    return {name: f"{value:.10g}"}


def _bundle(session: Session) -> None:
    import config

    client_id = session.need_client(None).client_id
    gpu = questions.pick(session, "ask.bundle_gpu", list(config.GPU_PROFILES), default="rtx4090_24gb")
    target = questions.path(session, "ask.bundle_zip", default=f"{client_id}_bundle.zip", must_exist=False)
    session.show(plan_commands.bundle(session, None, target, gpu=gpu))


def _train(session: Session) -> None:
    if questions.yes_no(session, "ask.train_now", default=True):
        session.show(training_commands.train(session, None))


def _tensorboard(session: Session) -> None:
    session.show(monitor_commands.tensorboard(session, None))


def _queue_add(session: Session) -> None:
    ids = session.workspace.client_ids()
    for number, name in enumerate(ids, 1):
        session.say("menu.line", n=number, label=Text("list.item", {"item": name}))
    session.show(queue_commands.queue(session, "add", questions.numbers(session, "ask.queue_add", ids)))


def _queue_remove(session: Session) -> None:
    shown = queue_commands.queue(session, "list")
    session.show(shown)
    ids = [entry.client for entry in shown.value["queue"]]
    if ids:
        session.show(queue_commands.queue(session, "remove", questions.numbers(session, "ask.queue_remove", ids)))


def _models_take(session: Session) -> None:
    """Ask for a checkpoint by its step, the latest first, and deliver it as a model."""
    from avatar.training import checkpoints

    there = {str(item.steps): item for item in checkpoints.checkpoints(session.need_client())}
    if not there:
        session.say("checkpoint.no_more")
        return
    steps = questions.pick(session, "ask.checkpoint", list(there), default=next(iter(there)))
    session.show(models_commands.models(session, None, take=int(steps)))


def _models_add(session: Session) -> None:
    source = questions.path(session, "ask.model_file")
    session.show(models_commands.models(session, None, add=source))


def _results_take(session: Session) -> None:
    """Ask for a candidate of the newest trial, the best on Enter, and make it the model."""
    from avatar.results import trial

    client = session.need_client()
    folder = trial.newest(client)
    if folder is None:
        raise PipelineError("trial.none", client=client.client_id)
    names, best = trial.names(trial.read(folder)), results_commands.best_of(session, client)
    if not best:
        session.say("trial.unranked", style="warn")
    taken = questions.pick(session, "ask.candidate", names, default=best or names[0], free=True)
    session.show(results_commands.results(session, None, take=taken))


def _models_clear(session: Session) -> None:
    from avatar.training import checkpoints

    left = checkpoints.leftovers(session.need_client(), newest=True)  # it is asked
    if not left.paths:
        session.say("checkpoint.nothing_to_clear")
    elif questions.yes_no(session, "ask.clear_saved", default=False, n=len(left.paths), gb=left.bytes / 1e9):
        session.show(models_commands.models(session, None, clear=True, newest=True))


class Limits(NamedTuple):
    """The range in which a value of the plan is asked for; the command line takes any value."""

    low: float
    high: float
    whole: bool = True
    unit: str = ""


PLAN_NUMBERS = {
    "network_dim": Limits(1, 256),
    "network_alpha": Limits(0.1, 256, whole=False),
    "resolution": Limits(512, 1536, unit="unit.px"),
    "max_train_steps": Limits(1, 100_000),
    "learning_rate": Limits(0.000001, 0.01, whole=False),
    "train_batch_size": Limits(1, 16),
    "gradient_accumulation_steps": Limits(1, 64),
    "save_every_n_steps": Limits(1, 100_000),
    "seed": Limits(1, 2**31 - 1),
}

# The questions of a menu line; a command not listed here asks for its required arguments.
HANDLERS: Mapping[str, Callable[[Session], None]] = {
    "menu.setup": _setup,
    "menu.clients": lambda session: open_menu("clients", session),
    "menu.select": _select_client,
    "menu.base_model": _base_model,
    "menu.language": _language,
    "menu.guided": _guided,
    "menu.client_new": clients.new,
    "menu.client_list": clients.show_all,
    "menu.client_show": clients.show,
    "menu.client_edit": clients.edit,
    "menu.client_rename": clients.rename,
    "menu.client_export": clients.export,
    "menu.client_restore": clients.restore,
    "menu.client_delete": clients.delete,
    "menu.import_mj": _import_mj,
    "menu.prompts": _prompts,
    "menu.import_real": _import_real,
    "menu.undo_import": removing.undo_import,
    "menu.remove": removing.remove_pictures,
    "menu.review": _review,
    "menu.held_out": _held_out,
    "menu.captions": lambda session: open_menu("captions", session),
    "menu.captions_show": captioning.show,
    "menu.captions_set": captioning.set_text,
    "menu.captions_replace": captioning.replace,
    "menu.captions_add": captioning.add,
    "menu.captions_remove": captioning.remove,
    "menu.captions_renew": captioning.renew,
    "menu.captions_undo": captioning.undo,
    "menu.captions_suggest": captioning.suggest,
    "menu.configure": _configure,
    "menu.train": lambda session: open_menu("training", session),
    "menu.train_now": _train,
    "menu.tensorboard": _tensorboard,
    "menu.queue": lambda session: open_menu("queue", session),
    "menu.queue_add": _queue_add,
    "menu.queue_remove": _queue_remove,
    "menu.bundle": _bundle,
    "menu.result": lambda session: open_menu("results", session),
    "menu.results_take": _results_take,
    "menu.models": lambda session: open_menu("models", session),
    "menu.models_take": _models_take,
    "menu.models_add": _models_add,
    "menu.install": delivering.install,
    "menu.models_clear": _models_clear,
    "menu.doctor": _doctor,
}


def _result_proposed(session: Session) -> str:
    """Return the line of the menu of results that Enter stands for: try, use the best, hand over."""
    state = stage_state.client_state(session, session.need_client())
    if state.stage("choose").state == "done":
        return "menu.deliver"
    return "menu.results_take" if state.stage("try").state == "done" else "menu.try"


class Menu(NamedTuple):
    """A menu: its title, the order of its lines, and whether it needs a client. Commands may add lines."""

    title: str
    labels: tuple[str, ...]
    of_client: bool = False
    proposed: str | Callable[[Session], str] = ""


MENUS: Mapping[str, Menu] = {
    "main": Menu(
        "menu.main",
        ("menu.setup", "menu.clients", "menu.select", "menu.check", "menu.demo", "menu.language", "menu.base_model",
         "menu.guided"),
        proposed="menu.guided",
    ),
    "clients": Menu(
        "menu.clients",
        ("menu.client_new", "menu.client_list", "menu.client_show", "menu.client_edit", "menu.client_rename",
         "menu.client_export",
         "menu.client_restore", "menu.client_delete"),
    ),
    "client": Menu(
        "menu.client_title",
        ("menu.guided", "menu.import_mj", "menu.prompts", "menu.import_real", "menu.undo_import", "menu.process", "menu.review",
         "menu.remove", "menu.captions", "menu.prepare", "menu.held_out", "menu.configure",
         "menu.train", "menu.monitor", "menu.result",
         "menu.status", "menu.report",
         "menu.doctor"),
        of_client=True, proposed="menu.guided",
    ),
    "training": Menu(
        "menu.training",
        ("menu.dry_run", "menu.train_now", "menu.resume", "menu.tensorboard", "menu.queue", "menu.bundle"), of_client=True,
    ),
    "queue": Menu("menu.queue", ("menu.queue_list", "menu.queue_add", "menu.queue_remove", "menu.queue_run")),
    "captions": Menu(
        "menu.captions",
        ("menu.captions_show", "menu.captions_set", "menu.captions_replace", "menu.captions_add", "menu.captions_remove",
         "menu.captions_undo", "menu.captions_suggest", "menu.captions_renew"),
        of_client=True,
    ),
    "results": Menu(
        "menu.result",
        ("menu.try", "menu.results", "menu.results_take", "menu.deliver", "menu.install", "menu.models"),
        of_client=True, proposed=_result_proposed,
    ),
    "models": Menu(
        "menu.models", ("menu.models_show", "menu.models_take", "menu.models_add", "menu.models_clear"), of_client=True,
    ),
}  # fmt: skip


def choices_of(name: str, commands: Sequence[Command] = COMMANDS) -> list[Choice]:
    """Return the lines of a menu: the listed ones in order, then those of other commands that name it."""
    lines = {line.label: (command, line) for command in commands for line in command.menu if line.menu == name}
    labels = [*MENUS[name].labels, *(label for label in lines if label not in MENUS[name].labels)]
    return [Choice(label, _handler(label, lines.get(label))) for label in labels]


def _handler(label: str, line: tuple[Command, MenuLine] | None) -> Callable[[Session], None]:
    if label in HANDLERS:
        return HANDLERS[label]
    assert line is not None, label  # noqa: S101 - a test holds every label to a handler or a command
    return functools.partial(run_line, *line)


def run_line(command: Command, line: MenuLine, session: Session) -> None:
    """Run a command from its menu line on the selected client, asking for its other arguments."""
    values = {argument.keyword: argument.default for argument in command.arguments}
    values |= {argument.keyword: False for argument in command.arguments if argument.flag and argument.constant is True}
    values |= line.given
    for argument in command.arguments:
        if argument.required and argument.keyword != "client_id" and argument.keyword not in line.given:
            typed = questions.text(session, argument.help or "ask.value", name=argument.name)
            values[argument.keyword] = [typed] if argument.number == "+" else argument.kind(typed)
    session.show(command.run(session, **values))


def open_menu(name: str, session: Session, commands: Sequence[Command] = COMMANDS) -> None:
    """Show a menu until it is left."""
    shown = MENUS[name]
    menu.run_menu(shown.title, choices_of(name, commands), session, needs_client=shown.of_client, proposed=shown.proposed)


def start(session: Session, commands: Sequence[Command] = COMMANDS) -> None:
    """Open the main menu until it is left; first ask about trainings left by a killed program."""
    session.in_menus = True
    menu.call(unfinished_commands.start_of_menus, session)
    open_menu("main", session, commands)
    session.say("menu.bye")
