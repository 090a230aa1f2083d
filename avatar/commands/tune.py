"""The command that tunes: which file to use, found overnight by comparing what the last training left and what others leave."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.commands import training_view, tune_view
from avatar.commands.command import BACK_END, CLIENT, Argument, Command, MenuLine
from avatar.commands.result import Block, Result
from avatar.commands.session import Once, Session
from avatar.texts import typed
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.commands.tune_begin import Begun
    from avatar.commands.tune_places import Places
    from avatar.commands.tune_ports import RealPorts
    from avatar.generate.backend import Kind
    from avatar.results.plan_tuning import Costs, TuningPlan
    from avatar.results.tuning import Tuning
    from avatar.results.tuning_answer import Answer
    from avatar.results.tuning_run import Ended
    from config import Settings

MOST_HOURS = 1000.0
SERVERS = ("comfyui", "a1111")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the user asked for. hours, stage: None where nothing was said; backend, address: what draws.

    scheduler  whose machines train, "" for this computer
    """

    hours: float | None = None
    stage: int | None = None
    backend: str | None = None
    address: Sequence[str] = ()
    scheduler: str = ""


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """A tuning as it stands. stage: 0 where nothing was trained; file: MODEL@WEIGHT of its trial, "" for none yet.

    changes  key, from, to, why: what the file's plan has otherwise than the plan that stands
    """

    tuning: str
    stage: int
    ended: bool
    file: str = ""
    candidate: str = ""
    trial: str = ""
    candidates: Sequence[dict[str, Any]] = ()
    critical_difference: float | None = None
    tied: Sequence[str] = ()
    changes: Sequence[dict[str, Any]] = ()
    hours: float | None = None
    hours_used: float = 0.0
    another_night: Sequence[Text] = ()


def tune(session: Session, client_id: str | None = None, wish: Wish | None = None) -> Result[Tuned]:
    """Tune: compare what the last training left, and with hours train variants of the plan; go on with a tuning that was begun.

    Raises PipelineError("tune.nothing_trained"), ("tune.hours_needed"), ("client.locked"), what prevents a training, and of a
    scheduler ("cluster.…").
    """
    client, wish = session.need_client(client_id), wish or Wish()
    if wish.stage == 1 and wish.hours is None:
        raise PipelineError("tune.hours_needed")
    with client.lock("tune"), contextlib.ExitStack() as machines:
        night = _Night.of(session, client, wish, machines)
        if night.shown:
            return night.result(night.as_it_ended())
        with night.noted():
            if not night.begins():
                return Result(night.value(None), [Text("tune.not_begun")], client=client.client_id)
            ended = night.run()
    return night.result(ended)


@dataclass
class _Night:
    """One call of the command: the tuning that it does, and what is told before and after."""

    session: Session
    client: Client
    settings: Settings
    wish: Wish
    one: Tuning
    ports: RealPorts
    places: Places
    costs: Costs
    pictures: int  # of stage 0 that are not drawn yet
    notes: list[Text]
    shown: bool = False  # it has ended, and its answer is shown again

    @classmethod
    def of(cls, session: Session, client: Client, wish: Wish, machines: contextlib.ExitStack) -> _Night:
        """Find the tuning that goes on, or begin one. machines: keeps those of a scheduler until the night is over."""
        from avatar.commands import tune_begin, tune_ports

        settings = session.settings(client)
        begun = tune_begin.begun(session, client, settings, wish.hours, stage0_only=wish.stage == 0)
        one, notes = begun.one, list(begun.notes)
        places = _places(client, begun, wish, machines)
        if len(places) > 1:
            notes.append(Text("tune.told.places", {"n": len(places), "names": ", ".join(places.names)}))
        drawing = tune_ports.Drawing(backend=wish.backend, address=wish.address)
        ports = tune_ports.RealPorts(session, client, one, drawing, places=places)
        pictures = 0 if begun.shown else ports.missing(one.last_files())
        costs = tune_begin.costs(client, begun.kept, one, ports.kind)
        return cls(session, client, settings, wish, one, ports, places, costs, pictures, notes, begun.shown)

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Keep the error that this session ends with, so that the page can tell it."""
        from avatar.results import tuning

        tuning.note_stop(self.one.folder, None)
        try:
            yield
        except PipelineError as error:
            tuning.note_stop(self.one.folder, error.text)
            raise

    # --- before ------------------------------------------------------------------------------------------------------

    def begins(self) -> bool:
        """Say what fits and what that can tell, check that a training can start, and ask at a terminal."""
        from avatar.results import tuning_start

        planned = self._planned()
        needed = tuning_start.disk_bytes(self.one.info, planned)
        lines = tune_view.plan_lines(
            self.one.info, planned, self.pictures, needed, measured=self.costs.picture_s is not None
        )  # fmt: skip
        if planned.shorts:
            if not self.wish.scheduler:  # each machine checks what it is to train
                self._refuse_blocked()
            free = shutil.disk_usage(self.client.folder).free
            if free < needed:
                lines.append(Text("tune.told.disk_short", {"gb": needed / 1e9, "free": free / 1e9}, "warn"))
            if self.ports.kind in SERVERS:
                lines.append(Text("tune.told.server", {"program": self.ports.kind}, "warn"))
        for told in [*self.notes, *lines]:
            self.session.ui.show(told, self.session.language)
        return not planned.shorts or self._agreed()

    def _planned(self) -> TuningPlan:
        from avatar.results import plan_tuning, tuning
        from avatar.results.tuning_book import Book

        info, book = self.one.info, Book(self.one, lambda line: None)
        return plan_tuning.plan_tuning(
            info.hours, book.measured(self.costs), steps=info.steps, short=info.short, stage0_pictures=self.pictures,
            candidates=len(info.candidates), done=book.done(tuning.spent_s(self.one.folder)),
            least=1 if info.plan_trained else plan_tuning.LEAST, places=len(self.places),
        )  # fmt: skip

    def _refuse_blocked(self) -> None:
        """Raise the first thing that would stop every training: before the night, not in it.

        A trainer that a killed program left is no such thing: it is of this tuning, and is watched to its end.
        """
        import lora_trainer
        from avatar.training import runs, unfinished

        unfinished.refuse_orphan(self.client, tuning_id=self.one.tuning_id)
        if any(run.tuning_id == self.one.tuning_id for run in runs.live_tuning_runs(self.client.runs)):
            return
        for item in lora_trainer.dry_run(self.client, settings=self.settings).preflight:
            if item.level == "blocked":
                raise PipelineError.of(item.text)

    def _agreed(self) -> bool:
        if not self.session.ui.interactive:
            return True
        labels = [Text("tune.begin"), Text("tune.not_now")]
        try:
            return training_view.numbered_question(self.session, Text("tune.ask", {}, "title"), labels) == 0
        except EOFError:
            return False

    # --- the night ---------------------------------------------------------------------------------------------------

    def run(self) -> Ended:
        from avatar.results import tuning, tuning_run
        from avatar.results.tuning_together import Together

        once = Once(again=lambda told: told.style != "warn")  # what stops every comparison is told at the first

        def show(told: Text) -> None:
            once.tell(told, lambda told: self.session.ui.show(told, self.session.language))

        callbacks = tuning_run.Callbacks(on_note=show, on_plan=_Plans(show))
        ended = tuning_run.run(
            self.one, self.ports, callbacks, stage0=self.one.last_files(), stage0_pictures=self.pictures, costs=self.costs,
            together=Together(places=len(self.places), stop=self.ports.stop),
        )  # fmt: skip
        tuning.note_stop(self.one.folder, ended.error)
        return ended

    def as_it_ended(self) -> Ended:
        """Return the answer that is there, without drawing or training anything."""
        from avatar.results import tuning, tuning_answer, tuning_run
        from avatar.results.tuning_book import Book

        record, lines = tuning.read_answer(self.one.folder), tuning.lines(self.one.folder)
        costs = Book(self.one, lambda line: None).measured(self.costs)
        return tuning_run.Ended(answer=tuning_answer.shown(self.one.info, lines, record, costs))

    # --- after -------------------------------------------------------------------------------------------------------

    def result(self, ended: Ended) -> Result[Tuned]:
        blocks: list[Block] = []
        more: list[Block] = []
        if ended.answer is not None:  # what was stopped can go on: that is no other night
            told = dataclasses.replace(ended.answer, another_night=()) if ended.interrupted else ended.answer
            blocks += tune_view.answer_blocks(told)
            more += tune_view.details(told)
        if ended.interrupted:
            blocks.append(Text("tune.interrupted", {}, "warn"))
        blocks += self._page()
        error = ended.error or (Text("tune.nothing_found") if ended.answer is None and not ended.interrupted else None)
        return Result(
            self.value(ended.answer), blocks, (), self.client.client_id, error, interrupted=ended.interrupted, more=more
        )  # fmt: skip

    def _page(self) -> list[Block]:
        """Write the page of the tuning; return where it is."""
        from avatar.reports import tuning_page, tuning_view

        session, client = self.session, self.client
        view = tuning_view.view(client)
        if view is None or not view.rows:
            return []
        path = tuning_page.write(view, client.output, session.language, session.program_line(), client.client_id)
        return [Text("tune.page", {"path": str(path)})]

    def value(self, answer: Answer | None) -> Tuned:
        from avatar.results import tuning, tuning_answer

        lines = tuning.lines(self.one.folder)
        base = Tuned(
            tuning=self.one.tuning_id, stage=int(any(line.candidate != tuning.STAGE0 for line in lines.values())),
            ended=tuning.has_ended(self.one.folder), hours=self.one.info.hours,
        )  # fmt: skip
        if answer is None:
            return base
        changes = {name: line.changes for name, line in lines.items()}
        return Tuned(
            tuning=base.tuning, stage=base.stage, ended=base.ended, hours=base.hours, file=answer.file,
            candidate=answer.candidate, trial=answer.trial_id,
            candidates=tune_view.candidates_record(answer.candidates, changes),
            critical_difference=answer.critical_difference, tied=answer.tied,
            changes=tuning_answer.changes_record(answer.changes), hours_used=answer.hours_used,
            another_night=answer.another_night,
        )  # fmt: skip


class _Plans:
    """Says what still fits each time that it is another."""

    def __init__(self, show: Any) -> None:
        self._show, self._last = show, (-1, -1)

    def __call__(self, planned: TuningPlan) -> None:
        size = (planned.shorts, planned.fulls)
        if self._last != (-1, -1) and size != self._last:
            self._show(planned.why)
        self._last = size


def back_ends_to_choose(session: Session) -> list[Kind]:
    """Return what can draw a tuning, where that is to be asked; [] where one goes on, which was drawn by one already."""
    from avatar.commands import back_ends
    from avatar.results import trial_make, trial_models, tuning

    client = session.need_client()
    last = tuning.newest(client)
    if last is not None and last.info.backend and not tuning.has_ended(last.folder):
        return []
    settings = session.settings(client)
    base = trial_models.base_of(client, trial_models.found(client)[:1], settings.trainer)
    return back_ends.usable(settings, base, trial_make.SIDE_PX)


def _places(client: Client, begun: Begun, wish: Wish, machines: contextlib.ExitStack) -> Places:
    """Return where a tuning trains: machines of a scheduler, else this computer; where nothing is trained, here too."""
    from avatar.commands import tune_places

    plan = None if begun.shown else next((candidate.plan for candidate in begun.one.candidates()), None)
    if plan is not None and wish.scheduler:
        return machines.enter_context(tune_places.of_scheduler(wish.scheduler, client, plan))
    return tune_places.of_this_computer(plan)


# --- the command -----------------------------------------------------------------------------------------------------


def _tune(
    session: Session, client_id: str | None, *, hours: float | None, stage: str | None, take: str | None, values: bool,
    backend: str | None, address: Sequence[str], scheduler: str, add: Sequence[Path],
) -> Result[Any]:  # fmt: skip
    from avatar.commands import tune_elsewhere, tune_take

    if take is not None:
        return tune_take.take(session, client_id, take, values=values)
    if add:
        return tune_elsewhere.add(session, client_id, add)
    wish = Wish(hours=hours, stage=None if stage is None else int(stage), backend=backend, address=address, scheduler=scheduler)
    return tune(session, client_id, wish)


def hours_of(text: str) -> float:
    """Return a number of hours above 0, with a point or a comma. Raises ValueError."""
    value = typed.parse_number(text)
    if value is None or not 0 < value <= MOST_HOURS:
        raise ValueError(f"{text!r} (0.5, 8, 24 …)")
    return value


COMMANDS = (
    Command(
        name="tune", run=_tune,
        menu=(
            MenuLine("result", "menu.tune", options=("--hours", "--stage", "--backend")),
            MenuLine("configure", "menu.tune", options=("--hours", "--stage", "--backend")),
            MenuLine("result", "menu.tune_take", {"take": "best"}, ("--take", "--values"), spoken="variant"),
            MenuLine("configure", "menu.tune_take", {"take": "best"}, ("--take", "--values"), spoken="variant"),
            MenuLine("configure", "menu.tune_add", options=("--add",)),
        ),
        arguments=(
            CLIENT,
            Argument(name="--hours", metavar="H", kind=hours_of, help="help.tune_hours"),
            Argument(name="--stage", choices=("0", "1"), help="help.tune_stage"),
            Argument(name="--take", metavar="CANDIDATE", help="help.tune_take"),
            Argument(name="--values", flag=True, help="help.tune_values"),
            BACK_END,
            Argument(name="--address", metavar="URL", number="+", default=(), help="help.try_address"),
            Argument(name="--scheduler", metavar="TCP", default="", help="help.tune_scheduler"),
            Argument(name="--add", metavar="ZIP", kind=Path, number="+", default=(), help="help.tune_add"),
        ),
    ),
)  # fmt: skip
