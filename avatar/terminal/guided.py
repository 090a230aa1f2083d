"""The guided setup: the eight steps from a person's pictures to a model that was checked, each with a look at its result.

It continues where it stopped: steps that are up to date are listed in one line and skipped, steps out of
date are repeated. Every question proposes an answer on Enter; < goes back a step, 0 leaves.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from avatar.commands import blocks, plan_view, stage_state, usage_view
from avatar.commands import clients as clients_commands
from avatar.commands import dataset as dataset_commands
from avatar.commands import deliver as deliver_commands
from avatar.commands import faces as faces_commands
from avatar.commands import importing as importing_commands
from avatar.commands import models as models_commands
from avatar.commands import plan as plan_commands
from avatar.commands import results as result_commands
from avatar.commands import setup as setup_commands
from avatar.commands import training as training_commands
from avatar.commands import trial as trial_commands
from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.terminal import planning, questions, who
from avatar.terminal import review as terminal_review
from avatar.terminal.questions import Back, Leave
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text, worst_level

if TYPE_CHECKING:
    from avatar.reports.review_list import Entry
    from avatar.reports.stages import ClientState, StageState

ASKED_IN = {
    "who": "prepare",
    "review": "process",
    "try": "model",
    "choose": "model",
}  # of what may come next that is no stage: the step that asks
CARDS_SHOWN = 6  # [choice] at once: with the presets and the plan a step stays within 24 rows
USUAL_CARD = "rtx3060_8gb"  # [choice] proposed where this computer has none
SHOWN_OF_A_KIND = 3  # worst and best pictures after the faces were judged


class Step(NamedTuple):
    """One step: the stage whose state decides whether it is done, and the function that asks and acts."""

    stage: str
    act: Callable[[Session], None]


def walk(session: Session) -> None:
    """Go through all steps that are not done; without a selected client, from creating one."""
    session.say("guided.welcome", style="title", n=len(STEPS))
    session.say("guided.keys")
    try:
        place, again = _start(session)
        asked = {place} if again else set()  # steps that are asked although they are done: where one went back, and from where
        while place < len(STEPS):
            try:
                _take(session, place, again=place in asked)
                asked.discard(place)
                place += 1
            except Back:
                before = max(0, place - 1)
                asked |= {before, place}
                session.say("guided.back" if place else "guided.first", stage=Text(f"stage.{STEPS[before].stage}"))
                place = before
    except (Leave, EOFError, KeyboardInterrupt):
        session.say("guided.left")
        return
    state = stage_state.client_state(session, session.need_client())
    finished = state.stage("model").state == "done"
    session.say("guided.finished" if finished else "guided.no_model", style="good" if finished else "plain")


def _start(session: Session) -> tuple[int, bool]:
    """Return the first step and whether to repeat it although it is done; asks only if some steps are done."""
    if session.client is None:
        return 0, False
    state = stage_state.client_state(session, session.client)
    if not any(state.stage(step.stage).count for step in STEPS[1:]):
        return 0, False
    session.ui.show(_steps_table(state), session.language)
    names = [step.stage for step in STEPS]
    proposed = names.index(_proposed(state))
    number = questions.number(
        session, "ask.walk_step", default=proposed + 1, low=1, high=len(STEPS), whole=True, zero=False
    )  # fmt: skip
    place = int(number) - 1
    return place, place != proposed or proposed == len(STEPS) - 1


def _steps_table(state: ClientState) -> Table:
    """Return the state of the steps by their numbers: a step that asks for more than its stage says what is open of it."""
    from avatar.reports import stages

    following = stages.proposed(state)
    rows = []
    for number, step in enumerate(STEPS, 1):
        stage = state.stage(step.stage)
        is_open = ASKED_IN.get(following) == step.stage and stage.state == "done"
        shown = Text(f"state.{'todo' if is_open else stage.state}", {}, blocks.STATE_STYLE["todo" if is_open else stage.state])
        why = Text("guided.open", {"stage": Text(f"stage.{following}")}) if is_open else stage.why or ""
        rows.append((number, Text(f"stage.{step.stage}"), shown, stage.count, why))
    columns = ("col.number", "col.stage", "col.state", "col.count", "col.reason")
    return Table(columns, rows, blocks.state_title(state))


def _proposed(state: ClientState) -> str:
    """Return the next step."""
    from avatar.reports import stages

    found = stages.proposed(state) or STEPS[-1].stage
    return ASKED_IN.get(found, found)


def _take(session: Session, place: int, *, again: bool) -> None:
    from avatar.reports import stages

    step = STEPS[place]
    session.at = step.stage.replace("-", "_")
    session.say("menu.rule")
    session.say("guided.step", style="title", n=place + 1, total=len(STEPS), stage=Text(f"stage.{step.stage}"))
    whole = None if session.client is None else stage_state.client_state(session, session.client)
    asks = whole is not None and step.stage == ASKED_IN.get(stages.proposed(whole))
    state = None if whole is None else whole.stage(step.stage)
    with translate.about(session.client.client_id if session.client else None):
        _tell_and_do(session, step, state, again=again or asks)


def _tell_and_do(session: Session, step: Step, state: StageState | None, *, again: bool) -> None:
    """Show where a step stands, and do it where it is not done or wanted again."""
    if state is not None and state.state == "done" and not again:
        session.say("guided.done", style="good", n=state.count)
        if state.why:
            session.ui.show(state.why, session.language)
        return
    say_why(session, step.stage)
    if state is not None:
        if state.count and step.stage not in {STEPS[0].stage, STEPS[-1].stage}:  # whose list says what is there
            session.say("guided.there", n=state.count, state=Text(f"state.{state.state}"))
        if state.why:
            session.ui.show(replace(state.why, style="warn"), session.language)
    if again and step.stage == STEPS[0].stage:
        _choose_client(session)
    step.act(session)
    _check_progress(session, step)


def say_why(session: Session, stage: str) -> None:
    """Say what a step is for, with the numbers of the settings in force."""
    settings = session.settings(session.client)
    session.say(
        f"guided.why.{stage}", side=settings.faces.crop_side_px,
        mj=100 * settings.dataset.mj_share, real=100 * settings.dataset.real_share,
    )  # fmt: skip


def _check_progress(session: Session, step: Step) -> None:
    """Raise Leave if the next steps would have nothing to work on."""
    state = stage_state.client_state(session, session.need_client())
    if step.stage == "import-real" and not any(state.stage(name).count for name in ("import-mj", "import-real")):
        raise PipelineError("guided.no_pictures")
    if step.stage == "process" and not state.approved:
        raise PipelineError("guided.none_approved", refused=state.refused)


# --- the steps -------------------------------------------------------------------------------------------------------


def _setup(session: Session) -> None:
    """Show in one line whether this computer can do the work; select or create a client."""
    session.ui.show(setup_commands.machine_verdict(session), session.language)
    if session.client is None:
        _choose_client(session)


def _choose_client(session: Session) -> None:
    """Ask for the client to go on with, or for a new one."""
    ids = session.workspace.client_ids()
    new = session.text("guided.new_client")
    last = stage_state.last_used(session)
    while True:
        now = last.client_id if last is not None else new
        labels = clients_commands.labels_of(session, ids)
        chosen = questions.pick(session, "ask.walk_client", [*ids, new], default=now, labels=labels) if ids else new
        if chosen != new:
            session.client = session.workspace.client(chosen)
            return
        try:
            make_client(session)
        except Back:
            if not ids:
                raise
            continue  # which client is asked once more
        return


def make_client(session: Session) -> None:
    """Ask for a client's name, words and consent; create and select it."""
    from avatar.workspace.client import check_word, named

    def check_name(typed: str) -> None:  # a person's name is taken: an id is made of it
        session.workspace.check_new(named(typed)[0])

    given = questions.in_order(
        client_id=lambda given: questions.text(session, "ask.client_id", default=given.get("client_id", ""), check=check_name),
        trigger=lambda given: questions.text(
            session, "ask.trigger", default=_proposed_trigger(session, named(given["client_id"])[0]), check=check_word
        ),
        class_word=lambda given: ask_class(session, given.get("class_word", "person")),
        consent=lambda given: questions.text(session, "ask.consent", default=given.get("consent", questions.NONE)),
    )
    if given["consent"] == questions.NONE:
        given["consent"] = ""
    session.show(clients_commands.client_new(session, **given))


def ask_class(session: Session, now: str) -> str:
    """Ask for the class word, and once more where one was typed that looks Spanish and that no list has."""
    from avatar.dataset import class_word
    from avatar.workspace.class_words import OFFERED
    from avatar.workspace.client import check_class

    def check(typed: str) -> None:
        check_class(class_word.read(typed).word)

    labels = {word: Text(f"list.class_{word}") for word in OFFERED}
    answer = questions.pick(session, "ask.class_word", OFFERED, default=now, free=True, check=check, labels=labels)
    found = class_word.read(answer)
    if found.how != "guessed" or answer == now:
        return answer
    session.ui.show(found.told()[0], session.language)
    return questions.pick(session, "ask.class_word", OFFERED, default=found.word, free=True, check=check, labels=labels)


def _proposed_trigger(session: Session, client_id: str) -> str:
    """Return the client's name if it is a good trigger word, else say why not and return a rarer word."""
    from avatar.dataset import trigger_word

    advice = trigger_word.trigger_advice(client_id, _trigger_words(session))
    for told in advice:
        session.ui.show(replace(told, style="warn"), session.language)
    return str(advice[0].values["suggestion"]) if advice else client_id


def _trigger_words(session: Session) -> set[str]:
    words = set()
    for other in session.workspace.client_ids():
        with contextlib.suppress(OSError, PipelineError):  # a record that cannot be read is told elsewhere
            words.add(session.workspace.client(other).info().trigger_word)
    return words


def _import_mj(session: Session) -> None:
    def ask_pictures(_: questions.Given) -> object:
        return _import(session, "ask.mj_path", importing_commands.import_mj)

    def ask_prompt(given: questions.Given) -> object:
        result = given["result"]
        if result is None or not result.value.prompts_from.get("none", 0):
            return questions.SKIPPED
        return questions.text(session, "ask.master_prompt", default=questions.NONE)

    prompt = questions.in_order(result=ask_pictures, prompt=ask_prompt).get("prompt", questions.NONE)
    if prompt != questions.NONE:
        session.show(importing_commands.set_prompt(session, None, master=prompt))


def _import_real(session: Session) -> None:
    _import(session, "ask.real_path", importing_commands.import_real)


def _import(session: Session, question: str, act: Callable[[Session, None, list[str]], Result[Any]]) -> Result[Any] | None:
    """Ask for pictures until some were imported; None if the user has none of this kind."""
    while folder := questions.optional_path(session, question):
        try:
            result = act(session, None, [str(folder)])
        except PipelineError as error:  # an unreadable zip, another program in the client's folder
            session.show_error(error)
        else:
            session.show(result)
            if result.error is None:
                return result
        del session.last_paths[question]  # not to be offered again
    return None


def _process(session: Session) -> None:
    """Process the pictures; where all of them were refused, lead to the review."""
    if not _all_refused(session):
        if not questions.yes_no(session, "guided.go", default=True):
            return
        session.show(faces_commands.without_persons(faces_commands.process(session, None)))
        look(session)
    if _all_refused(session) and questions.yes_no(session, "ask.review_refused", default=True):
        terminal_review.walk(session)


def _all_refused(session: Session) -> bool:
    from avatar.reports import stages

    return stages.proposed(stage_state.client_state(session, session.need_client())) == "review"


def look(session: Session) -> None:
    """Show the three worst and best pictures by the numbers of the review; how many there are was told before."""
    from avatar.commands import review as review_commands
    from avatar.reports import review_list

    client = session.need_client()
    worst, best = worst_and_best(review_list.entries(client))
    rows: list[Sequence[object]]
    if worst:
        rows = [(item.number, item.row.name, review_commands.reason_text(item.row.reasons)) for item in worst]
        session.ui.show(Table(("col.number", "col.file", "col.reason"), rows, Text("guided.worst")), session.language)
    if best:
        rows = [
            (item.number, item.row.name, round(100 * item.measures["confidence"], 1), item.measures.get("blur"))
            for item in best
        ]
        columns = ("col.number", "col.file", "col.confidence", "col.sharpness")
        session.ui.show(Table(columns, rows, Text("guided.best")), session.language)


def worst_and_best(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return up to three refused and up to three approved pictures.

    The worst have the most reasons to be refused, then the least certain face; the best the surest, then sharpest face.
    """

    def badness(entry: Entry) -> tuple[int, float]:
        return -sum(reason.level == "refuse" for reason in entry.row.reasons), entry.measures.get("confidence", 0.0)

    def goodness(entry: Entry) -> tuple[float, float]:
        return -round(entry.measures["confidence"], 2), -entry.measures.get("blur", 0.0)

    refused = [entry for entry in entries if entry.row.verdict == "rejected"]
    approved = [entry for entry in entries if entry.row.verdict == "approved" and "confidence" in entry.measures]
    return sorted(refused, key=badness)[:SHOWN_OF_A_KIND], sorted(approved, key=goodness)[:SHOWN_OF_A_KIND]


def _prepare(session: Session) -> None:
    """Ask once whether the crops are the client's; a yes is the word to go on, too."""
    if who.confirm(session) or questions.yes_no(session, "guided.go", default=True):
        session.show(dataset_commands.prepare(session, None))


def _configure(session: Session) -> None:
    def ask_card(given: questions.Given) -> object:
        if setup_commands.card_found():
            return questions.SKIPPED
        session.say("guided.no_card", style="warn")
        return planning.card(session, "ask.gpu", default=given.get("gpu") or USUAL_CARD, page=CARDS_SHOWN)

    def ask_preset(given: questions.Given) -> str:
        return planning.preset(
            session, given.get("preset") or "balanced", plan_commands.presets(session, None, gpu=given.get("gpu"))
        )

    given = questions.in_order(gpu=ask_card, preset=ask_preset)
    session.show(plan_commands.configure(session, None, preset=given["preset"], gpu=given.get("gpu")))


def _train(session: Session) -> None:
    checked = plan_commands.dry_run(session, None)
    session.show(plan_view.without_command(checked))
    if not setup_commands.trainer_installed(session):
        session.say("guided.no_trainer", style="warn")
        if not questions.yes_no(session, "ask.install_trainer", default=False):
            return
        session.show(setup_commands.setup(session, trainer=True))
        checked = plan_commands.dry_run(session, None)
        session.show(plan_view.without_command(checked))
    ready = worst_level(checked.value.preflight)
    if ready == "blocked":
        session.say("guided.blocked", style="warn")
        raise Leave
    if questions.yes_no(session, "ask.train_now", default=True):
        session.show(usage_view.without(training_commands.train(session, None)))  # the next step says how it is used


def _model(session: Session) -> None:
    client = session.need_client()
    if stage_state.client_state(session, client).stage("model").count:
        told = models_commands.models(session, None).blocks
        used = [*told[:1], *usage_view.of_client(client)]  # of the models which there are; checkpoints are among the details
        session.show(Result(None, used, client=client.client_id, more=[*told[1:], usage_view.other_programs()]))
        _result(session)


def _result(session: Session) -> None:
    """Offer to draw pictures with the model, show them, offer the best, and the zip to hand it over."""
    client = session.need_client()
    if stage_state.client_state(session, client).stage("try").state != "done":
        session.ui.show(trial_commands.estimate(client), session.language)
        if questions.yes_no(session, "ask.try_now", default=True):
            try:
                session.show(trial_commands.draw(session, None))
            except PipelineError as error:  # nothing here that draws: the model can be handed over all the same
                session.show_error(error)
    if stage_state.client_state(session, client).stage("choose").state != "done":
        best = result_commands.best_of(session, client)
        if best and questions.yes_no(session, "ask.take_best", default=True, candidate=best):
            session.show(result_commands.results(session, None, take=best))
    chosen = stage_state.client_state(session, client).stage("choose").state == "done"
    if questions.yes_no(session, "ask.deliver_now", default=chosen):
        session.show(deliver_commands.deliver(session, None))


STEPS = (
    Step("setup", _setup),
    Step("import-mj", _import_mj),
    Step("import-real", _import_real),
    Step("process", _process),
    Step("prepare", _prepare),
    Step("configure", _configure),
    Step("train", _train),
    Step("model", _model),
)
