"""The command that shows what a trial has drawn, in order, and makes one candidate the client's model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from avatar.commands.command import CLIENT, Argument, Command, MenuLine
from avatar.commands.result import Raw, Result, Table, plain
from avatar.commands.session import Session
from avatar.texts import spoken
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.reports.trial_view import View
    from avatar.results.choice import Taken
    from avatar.results.ranking import Ranked, Ranking
    from avatar.results.scores import Scores, Yardstick
    from avatar.results.trial import HeldOut

PLACES_SHOWN = 5  # [choice] with the answer above and the files below within a screen of 24 rows; all are among the details
REASONED = 2  # of the first, whose reasons stand on the screen
Block = Text | Table | Raw


@dataclass(frozen=True, kw_only=True)
class Results:
    """A trial as it stands. sheets and page: files; taken: what was just taken."""

    trial: str
    candidates: Sequence[dict[str, Any]]
    critical_difference: float | None
    yardstick: Yardstick | None
    held_out: dict[str, Any] | None
    sheets: Sequence[str]
    page: str
    chosen: dict[str, Any] | None = None
    taken: Taken | None = None


@dataclass
class Shown:
    """The blocks, details and warnings about a trial, and its value for JSON."""

    value: Results
    blocks: list[Block] = field(default_factory=list)
    more: list[Block] = field(default_factory=list)
    warnings: list[Text] = field(default_factory=list)


def results(
    session: Session, client_id: str | None = None, trial_id: str | None = None, *, sheet: bool = False, score: bool = False,
    take: str | None = None,
) -> Result[Results]:  # fmt: skip
    """Show a trial, the newest one unless another is named: its order with the reasons, its sheet and its page.

    sheet  only draw sheet and page; score: measure every picture anew
    take   make this candidate, MODEL@WEIGHT or "best", the client's model
    """
    client = session.need_client(client_id)
    folder = _folder(client, trial_id)
    taken = None
    if take is not None:
        taken = _take(session, client, folder, take)
    if taken is None and not _has_picture(folder):
        return Result(_nothing(folder.name), [Text("trial.nothing_drawn", {}, "warn")], client=client.client_id)
    shown = show(session, client, folder, measure=not sheet, anew=score, taken=taken)
    return Result(shown.value, shown.blocks, [*shown.warnings, *_missing(folder)], client.client_id, more=shown.more)


def _folder(client: Client, trial_id: str | None) -> Path:
    """Raises PipelineError("trial.none") and ("trial.unknown")."""
    from avatar.results import trial

    if trial_id:
        return trial.folder_of(client, trial_id)
    folder = trial.newest(client)
    if folder is None:
        raise PipelineError("trial.none", client=client.client_id)
    return folder


def _has_picture(folder: Path) -> bool:
    from avatar.results import trial

    return any(line.state == "done" for line in trial.lines(folder).values())


def _missing(folder: Path) -> list[Text]:
    """Return what is to be said of a trial that is not whole: others may rank first with all pictures."""
    from avatar.results import trial, trial_make

    one, lines = trial.read(folder), trial.lines(folder)
    asked = [job.request.picture_id for job in trial_make.jobs_of(one)]
    done = sum(name in lines and lines[name].state == "done" for name in asked)
    values = {"n": done, "total": len(asked), "trial": one.trial_id}
    return [Text("trial.partly", values, "warn")] if done < len(asked) else []


def _nothing(trial_id: str) -> Results:
    """Return the results of a trial that was ended before its first picture."""
    return Results(
        trial=trial_id, candidates=(), critical_difference=None, yardstick=None, held_out=None, sheets=(), page=""
    )  # fmt: skip


def _take(session: Session, client: Client, folder: Path, typed: str) -> Taken:
    from avatar.results import choice

    scores, ranking = _order(session, client, folder)
    candidate = choice.best(ranking) if typed == choice.BEST else typed
    return choice.take(client, folder, candidate, scores, ranking)


# --- measured --------------------------------------------------------------------------------------------------------


def measured(session: Session, client: Client, folder: Path, *, anew: bool = False) -> Scores:
    """Return the measures of a trial's pictures; those that are missing are taken now, with anew all."""
    from avatar.results import likeness

    with session.progress("progress.measures") as bar:
        return likeness.of_trial(client, folder, session.settings(client), anew=anew, on_progress=bar)


def _order(session: Session, client: Client, folder: Path, *, anew: bool = False) -> tuple[Scores, Ranking]:
    from avatar.results import ranking

    scores = measured(session, client, folder, anew=anew)
    return scores, ranking.rank(scores, session.settings(client).results)


def shortlist(session: Session, client: Client, folder: Path) -> Sequence[str]:
    """Return the candidates of a trial that are worth more pictures, the best first; () where nothing can be told apart."""
    from avatar.results import ranking

    return ranking.shortlist(measured(session, client, folder), session.settings(client).results)


def tied(session: Session, client: Client) -> tuple[str, ...]:
    """Return the candidates of the newest trial that are tied. Raises PipelineError("trial.none"), ("trial.no_tie")."""
    _, found = _order(session, client, _folder(client, None))
    if not found.tied:
        raise PipelineError("trial.no_tie")
    return tuple(one.candidate for one in found.tied)


def best_of(session: Session, client: Client) -> str:
    """Return the best candidate of the newest trial, "" where nothing could be ranked or nothing was tried."""
    from avatar.results import trial

    folder = trial.newest(client)
    best = None if folder is None else _order(session, client, folder)[1].best
    return best.candidate if best is not None else ""


def held_out(session: Session, client: Client) -> HeldOut:
    """Return the photos that likeness is measured against as they are now."""
    from avatar.results import reference
    from avatar.results.trial import HeldOut

    found = reference.of(list(client.each_record()))
    return HeldOut(images=list(found.image_ids), digest=found.digest) if found is not None else HeldOut(images=[], digest="")


# --- shown -----------------------------------------------------------------------------------------------------------


def show(
    session: Session, client: Client, folder: Path, *, measure: bool = True, anew: bool = False, taken: Taken | None = None
) -> Shown:
    """Draw sheet and page of a trial, and return what the screen tells of it."""
    from avatar.reports import trial_view
    from avatar.results import trial, trial_evidence

    scores, ranking = _order(session, client, folder, anew=anew) if measure else (None, None)
    if ranking is not None:
        trial_evidence.note(client, folder, ranking, collect=session.settings(client).evidence.collect)
    one = trial.read(folder)
    chosen = _chosen(client, one.trial_id)
    view = trial_view.view(folder, one, scores, ranking, str(chosen.get("candidate", "")) if chosen else "")
    sheets, page, problems = _drawn(session, client, view)
    value = Results(
        trial=one.trial_id, candidates=[_candidate(place) for place in view.places],
        critical_difference=ranking.critical_difference if ranking else None, yardstick=ranking.yardstick if ranking else None,
        held_out=_reference(scores), sheets=[str(path) for path in sheets], page=str(page or ""), chosen=chosen, taken=taken,
    )  # fmt: skip
    shown = Shown(value)
    if taken is not None:
        shown.blocks += [_taken(client, taken), Text("trial.then")]
    if view.places:
        if measure and taken is None and chosen is None:
            shown.blocks.append(_proposal(ranking, view.places[0].candidate))
        order: list[Block] = [_table(view), *_reasons(view.places[:REASONED])]
        if taken is None:  # else it was on the screen before, and would push what was done off it
            shown.blocks += order
        shown.more += _details(view)
    warnings = [line for line in view.lines if line.style == "warn"]
    shown.more += [line for line in view.lines if line.style != "warn"]
    written = [Text("trial.written", {"path": str(path)}, "good") for path in (*sheets, *([page] if page else []))]
    if taken is None:
        shown.blocks += [*written[:1], *written[1:][-1:]]  # the first sheet, and the page that has all of them
        shown.more += written[1:-1]
        shown.warnings += warnings
    else:
        shown.more += [*written, *warnings]
    shown.warnings += problems
    return shown


def _chosen(client: Client, trial_id: str) -> dict[str, Any] | None:
    """Return the choice in force where it is of this trial."""
    from avatar.results import choice

    found = choice.current(client)
    return found[1] if found is not None and found[1].get("trial") == trial_id else None


def _drawn(session: Session, client: Client, view: View) -> tuple[list[Path], Path | None, list[Text]]:
    """Return sheets and page; what could not be written is only a warning: the pictures are there."""
    from avatar.reports import trial_page, trial_sheet

    try:
        sheets = trial_sheet.write_sheets(view, client.output, session.language)
        with session.progress("progress.report") as bar:
            page = trial_page.write(view, client.output, session.language, session.program_line(), client.client_id, bar)
    except OSError as error:
        values = {"path": str(client.output), "detail": error.strerror or str(error)}
        return [], None, [Text("report.not_written", values, "warn")]
    return sheets, page, []


def _candidate(place: Ranked) -> dict[str, Any]:
    return {
        "model": place.model, "weight": place.weight, "likeness": place.likeness, "n": place.n, "faces": place.faces,
        "copy_risk": place.copy_risk, "flexibility": place.flexibility, "rank": place.rank, "tied": place.tied,
        "seed_spread": place.seed_spread, "sharpness": place.sharpness, "exposure": place.exposure, "seconds": place.seconds,
        "reasons": plain([*place.reasons]),
    }  # fmt: skip


def _reference(scores: Scores | None) -> dict[str, Any] | None:
    reference = scores.reference if scores is not None else None
    if reference is None:
        return None
    return {"kind": reference.kind, "images": list(reference.image_ids), "digest": reference.digest}


def _table(view: View) -> Table:
    """Return the first places as a table of what decides: likeness, and what is said of each."""
    from avatar.reports import figures

    rows = [(*_named(place), figures.likeness(place.likeness), _verdict(view, place)) for place in _shown(view)]
    return Table([f"trial.page.{name}" for name in ("place", "candidate", "likeness", "verdict")], rows, _title(view))


def _details(view: View) -> list[Block]:
    """Return the whole order with all figures, and why each has its place."""
    from avatar.reports import figures

    rows = [
        (
            *_named(place), figures.likeness(place.likeness), place.n, figures.percent(place.faces),
            figures.likeness(place.copy_risk), figures.percent(place.flexibility),
        )
        for place in view.places
    ]  # fmt: skip
    names = ("place", "candidate", "likeness", "n", "faces", "copy_risk", "flexibility")
    title = Text("trial.title_id", {"trial": view.trial.trial_id})  # which `results` takes
    return [Table([f"trial.page.{name}" for name in names], rows, title), *_reasons(view.places)]


def _title(view: View) -> Text:
    return Text("trial.title", {"trial": view.trial.trial_id})


def _shown(view: View) -> Sequence[Ranked]:
    return view.places[:PLACES_SHOWN]


def _named(place: Ranked) -> tuple[object, Text]:
    return place.rank if place.rank is not None else "–", spoken.weighted_short(place.candidate)


def _verdict(view: View, place: Ranked) -> Text:
    """Return what is said of a candidate in two or three words: that it is used, else what its first reason says."""
    if place.candidate == view.taken:
        return Text("trial.verdict.taken", {}, "good")
    if place.rank == 1:
        return Text("trial.verdict.tied_first" if place.tied else "trial.verdict.first", {}, "good")
    if place.tied:
        return Text("trial.verdict.tied")
    name = place.reasons[0].key.removeprefix("rank.") if place.reasons else "open"
    return Text(f"trial.verdict.{name}", {}, "plain" if place.rank is not None else "warn")


def _reasons(places: Sequence[Ranked]) -> list[Text]:
    return [
        Text("trial.why", {"candidate": place.candidate, "why": reason}) for place in places for reason in place.reasons[:1]
    ]


def _taken(client: Client, taken: Taken) -> Text:
    from avatar.results import trial_models

    values = {
        "candidate": taken.chosen.candidate, "path": str(taken.model),
        "trigger": trial_models.words_of_file(client, taken.model).trigger,
    }  # fmt: skip
    return Text("trial.taken", values, "good")


def _proposal(ranking: Ranking | None, example: str) -> Text:
    """Return what to do next: take the best, or look and choose, as for example this candidate of the trial."""
    best = ranking.best if ranking is not None else None
    if ranking is None or best is None:
        return Text("trial.choose_yourself", {"candidate": example})
    if ranking.tied:
        names = spoken.several([spoken.weighted(one.candidate) for one in ranking.tied])
        return Text("trial.take_tied", {"names": names, "candidate": best.candidate})
    return Text("trial.take_best", {"candidate": best.candidate})


COMMANDS = (
    Command(
        name="results", run=results,
        menu=(MenuLine("result", "menu.results"), MenuLine("result", "menu.results_take", {"take": "best"}, ("--take",))),
        arguments=(
            CLIENT,
            Argument(name="trial", to="trial_id", metavar="TRIAL", number="?"),
            Argument(name="--sheet", flag=True, help="help.results_sheet"),
            Argument(name="--score", flag=True, help="help.results_score"),
            Argument(name="--take", metavar="MODEL@WEIGHT", help="help.results_take"),
        ),
    ),
)  # fmt: skip
