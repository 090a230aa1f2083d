"""The commands `try` and `results`: from trained models to the one that is used, with a back end in this process."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import utils
from avatar.commands import back_ends, results, trial
from avatar.commands.trial import Wish
from avatar.generate import proof
from avatar.results import trial as trial_data
from avatar.results.scores import Scores, TrialPicture
from avatar.terminal import command_line
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client
from tests.results import fake_backend, made
from tests.results.fake_backend import FakeBackend
from tests.scripted import MakeSession

SMALL = Wish(side_px=64, weights=["0.6", "0.8"], models=["final", "1500"])


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """The back end that every trial is drawn with."""
    one = FakeBackend()
    monkeypatch.setattr(back_ends, "chosen", lambda settings, base, models, side_px, **named: back_ends.Chosen([one], side_px))
    monkeypatch.setattr(proof, "check_lora", made.facts)
    monkeypatch.setattr("avatar.training.judge.file_problem", lambda spec, path: None)
    return one


@pytest.fixture
def trained(client: Client) -> Client:
    return made.trained(client)


@pytest.fixture
def likeness(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Likeness by candidate in place of a measure; of what is not among them there is none."""
    known: dict[str, float] = {}

    def measured(session: object, client: Client, folder: Path, *, anew: bool = False) -> Scores:
        def alike(picture: TrialPicture) -> float | None:
            value = known.get(picture.candidate)
            return None if value is None else value + fake_backend.seed_of(picture.picture_id) % 100 / 5000

        assert trial_data.read(folder).models
        return made.scores(folder, alike)

    monkeypatch.setattr(results, "measured", measured)
    return known


def test_a_trial_is_drawn_shown_and_the_best_is_taken(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float]
) -> None:
    likeness |= {"final@0.6": 0.5, "final@0.8": 0.6, "1500@0.6": 0.4, "1500@0.8": 0.8, "base@0": 0.1}
    session, ui = make()
    drawn = trial.draw(session, "ana", SMALL)
    session.show(drawn)
    assert drawn.error is None and drawn.value.pictures == drawn.value.total == len(backend.drawn) == 6 + 4 * 6 + 3 * 18
    assert "El mejor: paso 1.500 con peso 0,8" in ui.text and "results_1.png" in ui.text and "results.html" in ui.text
    assert "1 paso 1.500 · 0,8" in ui.text
    shown = results.results(session, "ana").value
    assert [place["rank"] for place in shown.candidates] == [1, 2, 3, 4]
    assert (shown.candidates[0]["model"], shown.candidates[0]["weight"]) == ("1500", "0.8")
    assert shown.critical_difference is not None and shown.chosen is None
    taken = results.results(session, "ana", take="best").value
    assert taken.taken is not None and taken.taken.model == trained.models / "ana_v1-step00001500.safetensors"
    assert taken.chosen is not None and taken.chosen["by"] == "rules"
    assert results.results(session, "ana").value.chosen == taken.chosen


def test_a_trial_without_a_picture_is_told_as_such_and_gets_no_sheet(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float]
) -> None:
    session, ui = make()
    folder = trial.draw(session, "ana", SMALL).value.folder
    (Path(folder) / trial_data.LINES_FILE).unlink()
    for path in trained.output.glob("results*"):
        path.unlink()
    shown = results.results(session, "ana")
    session.show(shown)
    assert "no tiene ninguna imagen" in ui.text and list(shown.value.sheets) == [] and shown.value.page == ""
    assert not list(trained.output.glob("results*"))


def test_of_a_trial_that_is_not_whole_the_results_say_so(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float]
) -> None:
    session, _ = make()
    drawn = trial.draw(session, "ana", SMALL).value
    assert not [told for told in results.results(session, "ana").warnings if told.key == "trial.partly"]
    path = Path(drawn.folder) / trial_data.LINES_FILE
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))
    told = next(told for told in results.results(session, "ana").warnings if told.key == "trial.partly")
    assert (told.values["n"], told.values["total"]) == (drawn.total - 2, drawn.total)


def test_where_no_face_is_found_nothing_is_ranked_and_taking_by_name_works(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float]
) -> None:
    session, ui = make()
    drawn = trial.draw(session, "ana", SMALL)
    session.show(drawn)
    assert drawn.value.pictures == 6 + 4 * 6
    assert "No se ha encontrado ninguna cara" in ui.text
    page = (trained.output / "results.html").read_text(encoding="utf-8")
    assert "sin cara" in page
    with pytest.raises(PipelineError, match=r"trial\.nothing_ranked"):
        results.results(session, "ana", take="best")
    result = results.results(session, "ana", take="final@0.8")
    session.show(result)
    assert result.value.chosen is not None and result.value.chosen["candidate"] == "final@0.8"
    assert "«ohwx»" in ui.text and "peso 0,8" in ui.text
    assert "deliver ana" in ui.text and "install ana --to comfyui" in ui.text
    assert "En uso: modelo final" in (trained.output / "results.html").read_text(encoding="utf-8").replace("\n", " ")


def test_the_candidate_that_is_named_as_an_example_is_one_of_the_trial(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float]
) -> None:
    session, ui = make()
    session.show(trial.draw(session, "ana", Wish(side_px=64, weights=["0.7"], models=["1500"])))
    named = re.findall(r"--take ([^\s»]+)", ui.text)
    assert named == ["1500@0.7"]
    assert results.results(session, "ana", take=named[0]).value.taken is not None


def test_the_tied_get_more_seeds_and_without_a_tie_there_is_nothing_to_add(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float]
) -> None:
    session, ui = make()
    with pytest.raises(PipelineError, match=r"trial\.none"):
        trial.draw(session, "ana", SMALL, more=True)
    likeness |= {"final@0.6": 0.6, "final@0.8": 0.6, "1500@0.6": 0.2, "1500@0.8": 0.2, "base@0": 0.1}
    drawn = trial.draw(session, "ana", SMALL)
    session.show(drawn)
    assert (
        "Empatan: modelo final con peso 0,6, modelo final con peso 0,8" in ui.text
        and "try ana --more" in ui.text
        and "El mejor:" not in ui.text
    )
    before = drawn.value
    after = trial.draw(session, "ana", SMALL, more=True).value
    assert after.trial == before.trial and after.total == before.total + 2 * 18
    likeness |= {"final@0.6": 0.9}
    with pytest.raises(PipelineError, match=r"trial\.no_tie"):
        trial.draw(session, "ana", SMALL, more=True)


def run(workspace_folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = command_line.main(["--clients-dir", str(workspace_folder), "--json", "--lang", "es", *words])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, found


def test_json_has_the_names_that_others_rely_on(
    trained: Client, backend: FakeBackend, likeness: dict[str, float], capsys: pytest.CaptureFixture[str]
) -> None:
    likeness |= {"final@0.8": 0.6}
    folder = trained.folder.parent
    code, found = run(folder, capsys, "try", "ana", "--models", "final", "--weights", "0.8", "--size", "64")
    assert code == 0 and found["ok"]
    assert {"trial", "pictures", "seconds"} <= set(found["result"]) and found["result"]["pictures"] == 12
    code, found = run(folder, capsys, "results", "ana")
    names = {"model", "weight", "likeness", "n", "faces", "copy_risk", "flexibility", "rank", "tied"}
    assert code == 0 and names <= set(found["result"]["candidates"][0])
    assert {"critical_difference", "yardstick", "held_out"} <= set(found["result"])
    code, found = run(folder, capsys, "results", "ana", "--take", "final@0.8")
    assert code == 0 and found["result"]["chosen"]["candidate"] == "final@0.8"
    code, found = run(folder, capsys, "results", "ana", "20200101-000000")
    assert code == 1 and found["error"]["key"] == "trial.unknown"


@pytest.mark.parametrize(
    "words",
    [["--weights", "muchos"], ["--models", "77"]],
)
def test_what_cannot_be_tried_is_a_problem_that_the_user_can_solve(
    words: Sequence[str], trained: Client, backend: FakeBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = run(trained.folder.parent, capsys, "try", "ana", *words)
    assert code == 1 and found["error"]["key"] in {"trial.bad_weight", "trial.no_model"}
    assert backend.drawn == []


@pytest.mark.parametrize(
    "words", [["--minutes", "0"], ["--minutes", "x"], ["--size", "100"], ["--backend", "magic"], ["--seeds", "0"]]
)
def test_values_out_of_range_are_wrong_usage(words: Sequence[str], trained: Client, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--clients-dir", str(trained.folder.parent), "try", "ana", *words]) == 2
    assert words[0] in capsys.readouterr().err


def test_prompts_of_a_file_are_drawn_and_one_without_the_person_is_remarked_on(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float], tmp_path: Path
) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("foto de {trigger} {class_word} en París\na castle\n", encoding="utf-8")
    session, ui = make()
    trial.draw(session, "ana", Wish(side_px=64, weights=["0.8"], models=["final"], prompts=file))
    prompts = {request.prompt for request in backend.drawn}
    assert {"foto de ohwx woman en París", "a castle"} <= prompts and len(prompts) == 6
    assert "«a castle» no nombra a la persona" in ui.text


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_prompts_of_a_file_saved_by_any_editor_are_read(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float], tmp_path: Path, encoding: str,
) -> None:  # fmt: skip
    session, _ = make()
    file = tmp_path / "prompts.txt"
    file.write_bytes("foto de {trigger} {class_word} en Málaga\r\n".encode(encoding))
    trial.draw(session, "ana", Wish(side_px=64, weights=["0.8"], models=["final"], prompts=file))
    assert "foto de ohwx woman en Málaga" in {request.prompt for request in backend.drawn}


@pytest.mark.parametrize(("content", "key"), [(None, "trial.prompts_unreadable"), (b" \r\n", "trial.prompts_empty")])
def test_a_file_of_prompts_that_says_nothing_is_told(
    make: MakeSession, trained: Client, backend: FakeBackend, tmp_path: Path, content: bytes | None, key: str,
) -> None:  # fmt: skip
    session, _ = make()
    file = tmp_path / "prompts.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PipelineError) as caught:
        trial.draw(session, "ana", Wish(side_px=64, weights=["0.8"], models=["final"], prompts=file))
    assert caught.value.key == key and backend.drawn == []


def test_the_users_sample_prompts_are_drawn_without_the_trainers_options(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float]
) -> None:
    utils.write_atomic(trained.training / "sample_prompts.txt", "ohwx woman in a car --w 512 --h 512 --d 3\n")
    session, _ = make()
    trial.draw(session, "ana", Wish(side_px=64, weights=["0.8"], models=["final"]))
    assert "ohwx woman in a car" in {request.prompt for request in backend.drawn}


def test_after_ctrl_c_the_repeat_draws_what_is_missing(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def interrupted(self: object, timeout_s: float) -> bool:
        calls.append(timeout_s)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return finished(self, timeout_s)  # type: ignore[arg-type]

    from avatar.results.trial_draw import Crew

    finished = Crew.finished
    backend.seconds = 0.02
    monkeypatch.setattr(Crew, "finished", interrupted)
    session, ui = make()
    stopped = trial.draw(session, "ana", SMALL)
    assert stopped.interrupted and stopped.value.pictures < stopped.value.total
    session.show(stopped)
    assert "repite" in ui.text and "con las mismas opciones" in ui.text
    before = len(backend.drawn)
    whole = trial.draw(session, "ana", SMALL)
    assert whole.value.pictures == whole.value.total
    assert whole.value.trial == stopped.value.trial
    assert len(backend.drawn) == whole.value.total and before < whole.value.total


def test_a_trial_that_could_not_go_on_is_an_error_with_what_there_is(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    from avatar.results.trial_draw import Crew

    monkeypatch.setattr(Crew.__init__, "__kwdefaults__", {"pauses_s": ()})
    backend.events = fake_backend.fails_at(4, error=fake_backend.lost("gone"))
    session, _ = make()
    result = trial.draw(session, "ana", SMALL)
    assert result.error is not None and result.error.values["detail"] == "gone"
    assert result.value.pictures == 3
    assert [line.state for line in trial_data.lines(Path(result.value.folder)).values()] == ["done"] * 3


def test_the_time_is_told_and_asked_only_where_somebody_can_answer(make: MakeSession) -> None:
    from avatar.results.plan_trial import plan_trial

    plan = plan_trial(["final", "1500"], ["0.6", "0.8"], [1, 2, 3, 4, 5, 6], [42], seconds_per_picture=20.0)
    session, ui = make("muchos", "-1", "12,5")
    assert trial._tell_time(session, plan, 20.0, ask=True) is None
    assert "84" in ui.text and "28 min" in ui.text
    monkey = type(ui)
    monkey.interactive = True
    try:
        assert trial._tell_time(session, plan, 20.0, ask=True) == 12.5
        session, ui = make("")
        assert trial._tell_time(session, plan, 20.0, ask=True) is None
        assert trial._tell_time(session, plan, 20.0, ask=False) is None
    finally:
        monkey.interactive = False


def test_the_first_picture_which_also_loads_the_model_tells_no_time_left(
    make: MakeSession, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    from avatar.results.trial_run import Progress

    session, _ = make()
    bar = utils.ProgressTracker("Trial", " img", plain=True)
    bar.PLAIN_EVERY_S = 0.0
    bar.started -= 110
    on_progress = trial.callbacks_on_screen(session, client, bar, trial._Notes(session, bar), ask_time=False).on_progress
    for progress in (Progress(0, 12, None, "base@0"), Progress(1, 12, None, "final@0.8"), Progress(2, 12, 300.0, "final@0.8")):
        on_progress(progress)
    told = capsys.readouterr().err.splitlines()
    assert told == ["Trial: 0/12 sin LoRA", "Trial: 1/12 modelo final · 0,8", "Trial: 2/12, ETA 0:05:00 modelo final · 0,8"]


def test_a_client_in_a_trial_is_neither_renamed_nor_deleted(make: MakeSession, trained: Client) -> None:
    from avatar.commands import clients
    from avatar.results import trial_make

    session, _ = make()
    with trial_make.lock(trained):
        for act in (lambda: clients.client_rename(session, "ana", "eva"), lambda: clients.remove(session, "ana")):
            with pytest.raises(PipelineError, match=r"trial\.locked"):
                act()
    assert clients.remove(session, "ana").client_id == "ana"
    assert not trained.folder.exists()


def test_what_a_back_end_says_at_every_opening_is_told_once(
    make: MakeSession, trained: Client, backend: FakeBackend, likeness: dict[str, float]
) -> None:
    backend.notes = (Text("draw.trainer.on_processor"),)
    session, ui = make()
    trial.draw(session, "ana", SMALL)
    notes = trial._Notes(session, session.progress("progress.trial"))
    for _ in range(2):
        notes(Text("draw.trainer.on_processor"))
    assert ui.text.count("procesador") == 2  # once by the trial, once by these notes
