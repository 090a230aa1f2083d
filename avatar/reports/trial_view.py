"""A trial as it is shown: per prompt a grid of checkpoints and weights, then each finalist with all its seeds. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from avatar.pictures import thumbnails
from avatar.plan import samples
from avatar.results import trial, trial_prompts
from avatar.results.ranking import Ranked, Ranking
from avatar.results.scores import Score, Scores
from avatar.results.trial import BASE_CANDIDATE, Line, Prompt, Trial
from avatar.texts.text import Text

CACHE = Path(thumbnails.FOLDER) / "trials"  # of the pictures that are shown, in the client's output


@dataclass(frozen=True)
class Cell:
    """One picture of a grid, or its place where there is none. path: None where nothing can be shown."""

    candidate: str
    prompt: int
    seed: int
    line: Line | None = None
    path: Path | None = None
    score: Score | None = None
    unreadable: bool = False

    @property
    def note(self) -> Text | None:
        """Return what stands under the picture; None where nothing is known of it."""
        if self.line is None:
            return Text("trial.cell.missing")
        if self.line.state != "done":
            return Text("trial.cell.failed" if self.line.state == "failed" else "trial.cell.no_effect", {}, "bad")
        if self.unreadable:
            return Text("trial.cell.unreadable", {}, "bad")
        if self.score is None:
            return None
        if self.score.likeness is not None:
            return Text("trial.cell.likeness", {"value": self.score.likeness})
        if self.score.faces == 1:
            return Text("trial.cell.one_face")
        if self.score.faces:
            return Text("trial.cell.faces", {"n": self.score.faces}, "warn")
        return Text("trial.cell.no_face", {}, "warn")


@dataclass(frozen=True)
class Row:
    """One line of a grid: a model over its weights, or a prompt over its seeds."""

    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Block:
    """A prompt at the first seed. base: the picture of the base alone; kind: whose the prompt is, trial.prompt.{kind}."""

    prompt: Prompt
    kind: str
    base: Cell
    weights: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Final:
    """A finalist: a row a prompt, a column a seed."""

    candidate: str
    seeds: Sequence[int]
    rows: Sequence[Row]


@dataclass(frozen=True)
class View:
    """Everything that sheet, page and table show of a trial. taken: the candidate that is used, "" for none of this trial."""

    trial: Trial
    folder: Path
    blocks: Sequence[Block]
    finals: Sequence[Final]
    scores: Scores | None
    ranking: Ranking | None
    taken: str = ""

    @property
    def places(self) -> Sequence[Ranked]:
        return self.ranking.candidates if self.ranking is not None else ()

    @property
    def lines(self) -> list[Text]:
        """Return what is told above the pictures: the yardstick, what a difference means, warnings."""
        told: list[Text] = []
        if self.ranking is not None:
            measure = self.ranking.yardstick
            if measure is not None:
                told.append(Text("trial.yardstick", {"value": measure.mean, "low": measure.low, "n": measure.n}))
            told += self.ranking.notes
        if self.trial.left_out:
            told.append(left_out(self.trial))
        return told


def left_out(one: Trial) -> Text:
    """Return what a trial leaves out for time, as a sentence."""
    models = ", ".join(item.name for item in one.left_out if item.kind == "model")
    weights = ", ".join(item.name for item in one.left_out if item.kind == "weight")
    return Text("trial.left_out", {"models": models or "-", "weights": weights or "-"})


def view(
    folder: Path, one: Trial, scores: Scores | None = None, ranking: Ranking | None = None, taken: str = ""
) -> View:  # fmt: skip
    """Return what is shown of a trial; scores None: not measured."""
    cells = _Cells(folder, one, scores)
    weights = sorted({trial.split(name)[1] for each in one.rounds if each.round == 1 for name in each.candidates}, key=float)
    shown = {name for each in one.rounds if each.round == 1 for name in each.candidates}
    models = [model.name for model in one.models if any(trial.split(name)[0] == model.name for name in shown)]
    seed = one.seeds[0]
    usual = samples.prompts_file(one.trigger_word, one.class_word, 0).splitlines()
    usual = [trial_prompts.plain_prompt(line, one.trigger_word, one.class_word) for line in usual]
    blocks = [
        Block(
            prompt, _kind(prompt, usual), cells.of(BASE_CANDIDATE, prompt.n, seed), weights,
            [Row(model, [cells.of(trial.candidate(model, weight), prompt.n, seed) for weight in weights]) for model in models],
        )
        for prompt in one.prompts
    ]  # fmt: skip
    return View(one, folder, blocks, _finals(one, cells, ranking), scores, ranking, taken)


def _kind(prompt: Prompt, usual: Sequence[str]) -> str:
    """Return whose a prompt is: trials note those of the sample pictures as the user's, also where the program wrote them."""
    return "usual" if prompt.kind == "user" and prompt.text in usual else prompt.kind


def _finals(one: Trial, cells: _Cells, ranking: Ranking | None) -> list[Final]:
    """Return the candidates with more than one seed, in the order of their places."""
    seeds: dict[str, list[int]] = {}
    for each in one.rounds:
        for name in each.candidates:
            seeds.setdefault(name, []).extend(seed for seed in each.seeds if seed not in seeds.get(name, ()))
    places = {place.candidate: number for number, place in enumerate(ranking.candidates if ranking is not None else ())}
    finalists = [name for name, used in seeds.items() if len(used) > 1 and name != BASE_CANDIDATE]
    return [
        Final(
            name, seeds[name],
            [Row(prompt.text, [cells.of(name, prompt.n, seed) for seed in seeds[name]]) for prompt in one.prompts],
        )
        for name in sorted(finalists, key=lambda name: places.get(name, len(places)))
    ]  # fmt: skip


class _Cells:
    """The pictures of a trial by their place in it."""

    def __init__(self, folder: Path, one: Trial, scores: Scores | None) -> None:
        self._folder = folder
        self._lines: Mapping[tuple[str, int, int], Line] = {
            (line.candidate, line.prompt, line.seed): line for line in trial.lines(folder).values()
        }
        self._scores = {score.picture.picture_id: score for score in scores.pictures} if scores is not None else {}
        self._failed = set(scores.failed) if scores is not None else set()

    def of(self, name: str, prompt: int, seed: int) -> Cell:
        line = self._lines.get((name, prompt, seed))
        if line is None:
            return Cell(name, prompt, seed)
        path = trial.picture_file(self._folder, line)
        return Cell(
            name, prompt, seed, line, path if line.file and path.is_file() else None, self._scores.get(line.picture_id),
            line.picture_id in self._failed,
        )  # fmt: skip
