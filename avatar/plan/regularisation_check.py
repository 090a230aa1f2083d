"""Whether the trainer would read a plan's regularisation pictures, and whether they do what they are for."""

from __future__ import annotations

import re
from pathlib import Path

from avatar.plan import held_out, regularisation
from avatar.plan.values import DatasetFacts, Plan
from avatar.texts.text import Finding, Text
from avatar.trainer import dataset_folder, dataset_pictures
from avatar.trainer.dataset_folder import TrainerView

NAME = "regularisation"
SHOWN = 3  # of each kind of problem
# Without a caption the trainer takes the class word from the folder's name: what is wanted here.
WANTED = frozenset({"dataset.problem.missing_caption"})


def findings(plan: Plan, train_data_dir: Path, dataset: DatasetFacts, trigger_word: str) -> list[Finding]:
    """Return what is to be said of a plan's regularisation pictures; nothing of a plan without any.

    plan  with the folder named from anywhere
    """
    if not plan.reg_data_dir:
        return []
    folder = Path(plan.reg_data_dir)
    shown = {"path": str(folder)}
    if not folder.is_dir():
        return [Finding(NAME, "blocked", Text("preflight.reg_missing", shown))]
    if _overlap(folder, train_data_dir):
        return [Finding(NAME, "blocked", Text("preflight.reg_in_dataset", shown))]
    view = dataset_folder.read_as_trainer(folder)
    if not view.images:
        return [Finding(NAME, "blocked", Text("preflight.reg_empty", shown))]
    return [*_pictures(folder, view), *_captions(view, trigger_word), *_counted(plan, dataset, view)]


def _overlap(one: Path, other: Path) -> bool:
    """Return whether a folder lies in the other: the trainer takes a folder once, and as one of the dataset's then."""
    one, other = one.resolve(), other.resolve()
    return one.is_relative_to(other) or other.is_relative_to(one)


def _pictures(folder: Path, view: TrainerView) -> list[Finding]:
    problems = [problem for problem in view.problems if problem.key not in WANTED]
    found: list[Finding] = []
    seen: dict[str, int] = {}
    for problem in (*problems, *dataset_pictures.damaged_pictures(folder, view)):
        seen[problem.key] = seen.get(problem.key, 0) + 1
        if seen[problem.key] <= SHOWN:
            found.append(Finding(NAME, "blocked" if problem.key in dataset_folder.FATAL else "attention", problem))
    if more := sum(count - SHOWN for count in seen.values() if count > SHOWN):
        found.append(Finding(NAME, "attention", Text("preflight.more_problems", {"n": more})))
    return found


def _captions(view: TrainerView, trigger_word: str) -> list[Finding]:
    """Find captions that hold the trigger word, or nothing: the word would be learnt for everybody, or the class for none."""
    captions = dataset_folder.captions_by_file(view)
    found = []
    mine = re.compile(rf"(?<!\w){re.escape(trigger_word)}(?!\w)", re.IGNORECASE) if trigger_word else None
    if with_word := [name for name, text in captions.items() if mine and mine.search(text)]:
        values = {"n": len(with_word), "word": trigger_word, "file": with_word[0]}
        found.append(Finding(NAME, "blocked", Text("preflight.reg_trigger", values)))
    if bare := [name for name, text in captions.items() if not text.strip()]:
        found.append(Finding(NAME, "blocked", Text("preflight.reg_no_word", {"n": len(bare), "file": bare[0]})))
    return found


def _counted(plan: Plan, dataset: DatasetFacts, view: TrainerView) -> list[Finding]:
    own = held_out.trained_of(dataset, plan.validation_split).exposures
    folders = [(len(folder.images), folder.repeats) for folder in view.folders]
    words = ", ".join(dict.fromkeys(folder.class_tokens for folder in view.folders if folder.class_tokens)) or "-"
    values = {"n": view.images, "words": words, "shown": regularisation.exposures(own, folders), "own": own}
    found = [Finding(NAME, "ready", Text("preflight.reg_there", values))]
    if never := regularisation.unused(own, folders):
        found.append(Finding(NAME, "attention", Text("preflight.reg_unused", {"n": never, "own": own})))
    return found
