"""What is shown of a trial: the grid of its pictures, as a sheet and as a page."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from avatar.reports import drawing, trial_page, trial_sheet, trial_view
from avatar.reports.trial_view import View
from avatar.results import ranking, trial
from avatar.results.scores import Scores, Yardstick
from avatar.results.trial import BASE_CANDIDATE, Line, Trial
from avatar.texts.text import Text
from config import ResultsConfig
from tests.results import fake_backend, made

NAMES = ("1000@0.6", "1000@0.8", "1200@0.6", "1200@0.8")
FINALS = ("1200@0.8", "1000@0.6")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A client's trial: all of round 1 but one picture, which failed, and two finalists with two more seeds."""
    place = tmp_path / "ana" / "samples" / "trials" / "20260101-120000"
    trial.write(place, whole())
    file = trial.LineFile(place)
    for each, name, prompt, seed in trial.pictures(whole()):
        request = trial.request_of(whole(), name, prompt, seed)
        state = "failed" if (name, prompt.n, each.round) == ("1000@0.8", 2, 1) else "done"
        if state == "done":
            values = np.random.default_rng(fake_backend.seed_of(request.picture_id)).integers(0, 255, (32, 32, 3), np.uint8)
            Image.fromarray(values).save(place / f"{request.picture_id}.png")
        file.add(
            Line(
                picture_id=request.picture_id, candidate=name, prompt=prompt.n, seed=seed, round=each.round,
                file=f"{request.picture_id}.png" if state == "done" else "", seconds=1.0, at="now", state=state,  # type: ignore[arg-type]
                error=None if state == "done" else trial.error_record(Text("trial.cut_off")),
            )
        )  # fmt: skip
    return place


def whole() -> Trial:
    rounds = [
        {"round": 0, "candidates": [BASE_CANDIDATE], "seeds": [42]}, {"round": 1, "candidates": list(NAMES), "seeds": [42]},
        {"round": 2, "candidates": list(FINALS), "seeds": [43, 44]},
    ]  # fmt: skip
    return made.trial(rounds=rounds, prompts=[
        {"n": 1, "text": "portrait of ohwx <b>woman</b>", "kind": "user"}, {"n": 2, "text": "on a beach", "kind": "unseen"}],
    )  # fmt: skip


def measured(folder: Path, faces: int = 1) -> Scores:
    """Return scores of known truth; of pictures that do not show one face, nothing but how many they show."""
    scores = made.scores(folder, lambda picture: 0.5 + fake_backend.seed_of(picture.picture_id) % 7 / 50)
    if faces == 1:
        return dataclasses.replace(scores, yardstick=Yardstick(mean=0.85, low=0.81, spread=0.03, n=7))
    return dataclasses.replace(
        scores, pictures=tuple(dataclasses.replace(one, faces=faces, likeness=None) for one in scores.pictures)
    )  # fmt: skip


def shown(folder: Path, faces: int = 1, taken: str = "") -> View:
    scores = measured(folder, faces)
    return trial_view.view(folder, whole(), scores, ranking.rank(scores, ResultsConfig()), taken)


def test_a_grid_has_a_block_for_each_prompt_a_row_for_each_model_and_a_column_for_each_weight(folder: Path) -> None:
    view = shown(folder)
    assert [block.prompt.n for block in view.blocks] == [1, 2]
    for block in view.blocks:
        assert list(block.weights) == ["0.6", "0.8"] and [row.label for row in block.rows] == ["1000", "1200"]
        assert [[cell.candidate for cell in row.cells] for row in block.rows] == [list(NAMES[:2]), list(NAMES[2:])]
        assert block.base.candidate == BASE_CANDIDATE and block.base.path is not None
    assert {final.candidate for final in view.finals} == set(FINALS)
    assert all(list(final.seeds) == [42, 43, 44] and len(final.rows) == 2 for final in view.finals)


def test_every_picture_says_what_is_known_of_it(folder: Path) -> None:
    view = shown(folder)
    failed = view.blocks[1].rows[0].cells[1]
    assert failed.note is not None and (failed.note.key, failed.note.style) == ("trial.cell.failed", "bad")
    like = view.blocks[0].rows[0].cells[0].note
    assert like is not None and like.key == "trial.cell.likeness"
    none, many = shown(folder, 0).blocks[0].base.note, shown(folder, 2).blocks[0].base.note
    assert none is not None and many is not None
    assert (none.key, many.key) == ("trial.cell.no_face", "trial.cell.faces")
    assert trial_view.view(folder, whole()).blocks[0].base.note is None  # not measured
    missing = trial_view.view(folder / "elsewhere", whole()).blocks[0].base.note
    assert missing is not None and missing.key == "trial.cell.missing"


def test_a_sheet_is_drawn_once_and_again_when_a_figure_changes(folder: Path) -> None:
    output = folder.parents[2] / "output"
    paths = trial_sheet.write_sheets(shown(folder), output, "es")
    assert [path.name for path in paths] == ["results_1.png", "results_2.png"]
    before = [path.stat().st_mtime_ns for path in paths]
    with Image.open(paths[0]) as sheet:
        assert sheet.width > 2 * 3 * trial_sheet.CELL_PX and drawing.state_of(paths[0])
        green = ImageColor.getrgb(drawing.GREEN)
        assert green not in {colour for _, colour in sheet.getcolors(1 << 24) or []}
    trial_sheet.write_sheets(shown(folder), output, "es")
    assert [path.stat().st_mtime_ns for path in paths] == before
    trial_sheet.write_sheets(shown(folder, taken="1200@0.8"), output, "es")
    with Image.open(paths[0]) as sheet:
        assert green in {colour for _, colour in sheet.getcolors(1 << 24) or []}


def test_a_trial_without_finalists_has_one_sheet_and_a_users_own_file_stays(folder: Path) -> None:
    output = folder.parents[2] / "output"
    trial_sheet.write_sheets(shown(folder), output, "es")
    (output / "results_best.png").write_bytes(b"mine")
    trial.write(folder, whole().model_copy(update={"rounds": whole().rounds[:2]}))
    view = trial_view.view(folder, trial.read(folder))
    assert [path.name for path in trial_sheet.write_sheets(view, output, "en")] == ["results_1.png"]
    assert sorted(path.name for path in output.glob("*.png")) == ["results_1.png", "results_best.png"]


def page(folder: Path, view: View, language: str = "es") -> str:
    path = trial_page.write(view, folder.parents[2] / "output", language, "python avatar_pipeline.py", "ana")
    assert path.name == "results.html"
    return path.read_text(encoding="utf-8")


def test_the_page_holds_every_picture_and_reaches_nothing_else(folder: Path) -> None:
    text = page(folder, shown(folder))
    assert "<script" not in text and "http" not in re.sub(r"http-equiv", "", text)
    assert text.count('src="data:image/jpeg;base64,') == 2 + 7 + 2 * 2 * 3  # base, round 1 without what failed, finalists
    files = set(re.findall(r'href="\.\./(samples/trials/[^"]+\.png)"', text))
    assert files and all((folder.parents[2] / name).is_file() for name in files)
    anchors = re.findall(r'<figure id="(p\d+)"', text)
    assert len(set(anchors)) == len(anchors) and all(f'href="#{name}"' in text for name in anchors if f'alt="{name}"' in text)


def test_the_page_says_the_order_with_reasons_the_yardstick_and_the_command(folder: Path) -> None:
    view = shown(folder, taken="1200@0.8")
    text = page(folder, view)
    best = view.places[0].candidate
    assert best != "1200@0.8"
    assert f"python avatar_pipeline.py results ana --take {best}" in text
    assert "0,85" in text and "a partir de 0,81" in text and "En uso:" in text
    assert text.count('<figure id="') > text.count('class="taken"') > 0
    assert "likeness" in page(folder, view, "en") and "0.85" in page(folder, view, "en")


def test_a_candidate_that_is_in_use_is_not_proposed_again(folder: Path) -> None:
    best = shown(folder).places[0].candidate
    text = page(folder, shown(folder, taken=best))
    assert "En uso:" in text and "--take" not in text


def test_a_prompt_is_text_and_no_html(folder: Path) -> None:
    text = page(folder, shown(folder))
    assert "&lt;b&gt;woman" in text and "<b>woman" not in text


def test_where_no_face_was_found_the_page_says_so_and_ranks_nothing(folder: Path) -> None:
    text = page(folder, shown(folder, faces=0))
    assert "sin cara" in text and "--take" not in text
    assert "No se ha encontrado ninguna cara" in text
