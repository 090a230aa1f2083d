"""The state of a client is read from what is there: done, to do, out of date, and what the whole way does about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import data_preprocessor
import image_processor
import utils
from avatar.commands import blocks, run_all, stage_state
from avatar.commands import clients as clients_commands
from avatar.commands import dataset as dataset_commands
from avatar.commands import faces as faces_commands
from avatar.commands import importing as importing_commands
from avatar.commands import plan as plan_commands
from avatar.commands import setup as setup_commands
from avatar.commands import training as training_commands
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.dataset import caption_store
from avatar.dataset import prepared as dataset_prepared
from avatar.faces import decisions
from avatar.faces import identity as face_identity
from avatar.faces.face import DetectedFace
from avatar.reports import stages
from avatar.texts.text import Finding, Level, PipelineError, Text, key_of, worst_level
from avatar.workspace import record_index
from avatar.workspace.client import Client
from config import FaceConfig, QualityControlConfig, Settings, TrainerConfig
from tests.scripted import MakeSession

LENIENT = Settings(quality=QualityControlConfig(min_contrast=0, blur_threshold=0, max_noise_sigma=255, min_brightness=0))


class OneFace:
    """A detector that sees one frontal face in the middle of everything."""

    def detect(self, rgb: object, *, smallest_px: float = 20) -> list[DetectedFace]:
        height, width = rgb.shape[:2]  # type: ignore[attr-defined]
        side = min(height, width) / 2.5
        left, top = (width - side) / 2, (height - side) / 2
        at = {"left_eye": (0.3, 0.4), "right_eye": (0.7, 0.4), "nose": (0.5, 0.6), "mouth_left": (0.35, 0.8),
              "mouth_right": (0.65, 0.8)}  # fmt: skip
        return [
            DetectedFace(
                (left, top, side, side), 0.99, {name: (left + x * side, top + y * side) for name, (x, y) in at.items()}
            )
        ]


def add_photo(client: Client, folder: Path, seed: int) -> None:
    folder.mkdir(exist_ok=True)
    noise = np.random.default_rng(seed).integers(40, 210, (30, 30, 3), np.uint8)
    Image.fromarray(noise).resize((1800, 1800), Image.Resampling.BICUBIC).save(folder / f"{seed}.jpg")
    data_preprocessor.import_photos(client, [folder / f"{seed}.jpg"], settings=LENIENT)


def process(client: Client) -> None:
    image_processor.process(client, settings=LENIENT, detector=OneFace())


def states(client: Client, settings: Settings = LENIENT) -> dict[str, str]:
    return {stage.name: stage.state for stage in stages.client_state(client, settings).stages}


def test_a_new_client_has_everything_to_do(client: Client) -> None:
    state = stages.client_state(client, Settings())
    assert [stage.name for stage in state.stages] == list(stages.STAGES)
    assert (state.stages[0].name, state.stages[0].state) == ("setup", "done")  # a client that can be asked is there
    assert {stage.state for stage in state.stages[1:]} == {"todo"}
    assert (stages.proposed(state), state.approved, state.models) == ("import-mj", 0, ())


def test_each_stage_is_done_after_its_work_and_out_of_date_after_a_change(client: Client, tmp_path: Path) -> None:
    add_photo(client, tmp_path / "in", 1)
    assert states(client) | {"import-mj": "optional", "import-real": "done", "process": "todo"} == states(client)
    process(client)
    state = stages.client_state(client, LENIENT)
    assert (state.stage("process").state, state.approved, stages.proposed(state)) == ("done", 1, "prepare")
    data_preprocessor.prepare_dataset(client, settings=LENIENT)
    assert states(client)["prepare"] == "done"
    add_photo(client, tmp_path / "in", 2)
    state = stages.client_state(client, LENIENT)
    assert state.stage("process").state == "outdated" and state.stage("process").why == Text("stage.why.new_pictures", {"n": 1})
    process(client)
    assert states(client) | {"process": "done", "prepare": "outdated"} == states(client)
    data_preprocessor.prepare_dataset(client, settings=LENIENT)
    assert states(client)["prepare"] == "done"


def test_other_settings_make_the_faces_out_of_date(client: Client, tmp_path: Path) -> None:
    add_photo(client, tmp_path / "in", 1)
    process(client)
    other = Settings(quality=LENIENT.quality, faces=FaceConfig(face_padding_factor=2.0))
    found = stages.client_state(client, other).stage("process")
    assert (found.state, key_of(found.why)) == ("outdated", "stage.why.settings")


def test_a_decision_of_the_user_makes_the_dataset_out_of_date(client: Client, tmp_path: Path) -> None:
    for seed in (1, 2):
        add_photo(client, tmp_path / "in", seed)
    process(client)
    data_preprocessor.prepare_dataset(client, settings=LENIENT)
    decisions.set_verdicts(client, settings=LENIENT, reject=[client.records()[0].image_id])
    state = stages.client_state(client, LENIENT)
    assert (state.stage("prepare").state, state.approved, state.refused) == ("outdated", 1, 1)


@pytest.mark.parametrize("language", ["es", "en"])
def test_where_all_pictures_are_refused_no_look_proposes_the_dataset(
    client: Client, tmp_path: Path, make: MakeSession, language: str
) -> None:
    for seed in (1, 2):
        add_photo(client, tmp_path / "in", seed)
    process(client)
    session, ui = make(language=language)
    session.client = client
    everything = [record.image_id for record in client.records()]
    decisions.set_verdicts(client, settings=LENIENT, reject=everything)
    state = stages.client_state(client, LENIENT)
    assert stages.proposed(state) == "review"
    session.show(Result(None, [clients_commands.next_step(state)]))
    told = {
        "es": "Siguiente: Revisar. Ninguna imagen está aprobada (2 re",
        "en": "Next: Review. No picture is approved",
    }
    assert told[language] in ui.text and "review ana" in ui.text and "doctor ana" in ui.text
    decisions.set_verdicts(client, settings=LENIENT, approve=everything[:1])
    assert stages.proposed(stages.client_state(client, LENIENT)) == "prepare"


@pytest.mark.parametrize(
    ("outcome", "state", "why"),
    [
        (None, "todo", "stage.why.run_open"),
        ({"success": False, "plan_fingerprint": "a"}, "todo", "stage.why.run_failed"),
        ({"success": False, "cancelled": True, "plan_fingerprint": "a"}, "todo", "stage.why.run_stopped"),
        ({"success": True, "plan_fingerprint": "b"}, "outdated", "stage.why.plan_changed"),
        ({"success": True, "plan_fingerprint": "a"}, "done", ""),
    ],
)
def test_training_is_done_only_by_a_success_of_this_plan(
    client: Client, outcome: dict[str, object] | None, state: str, why: str
) -> None:
    utils.write_json(client.plan_file, {"fingerprint": "a", "dataset_fingerprint": None})
    for run in ("20250901-100000", "20250902-100000"):
        (client.runs / run).mkdir()
    utils.write_json(client.runs / "20250901-100000" / "outcome.json", {"success": True, "plan_fingerprint": "a"})
    if outcome is not None:
        utils.write_json(client.runs / "20250902-100000" / "outcome.json", outcome)
    (client.models / "ana.safetensors").write_bytes(b"")
    found = stages.client_state(client, Settings()).stage("train")
    assert (found.state, key_of(found.why)) == (state, why)
    model = stages.client_state(client, Settings()).stage("model")
    assert (model.state, key_of(model.why)) == (("outdated", "stage.why.retrain") if state == "outdated" else ("done", ""))


def test_a_missing_trainer_is_named_at_the_first_step(client: Client, tmp_path: Path) -> None:
    there = Settings(trainer=TrainerConfig(folder=str(tmp_path)))
    assert stages.client_state(client, there).stage("setup").why == Text("stage.why.no_trainer")
    (tmp_path / "sdxl_train_network.py").write_text("", encoding="utf-8")
    assert stages.client_state(client, there).stage("setup").why is None


def test_a_plan_for_another_dataset_is_out_of_date(client: Client, tmp_path: Path) -> None:
    add_photo(client, tmp_path / "in", 1)
    process(client)
    data_preprocessor.prepare_dataset(client, settings=LENIENT)
    utils.write_json(client.plan_file, {"dataset_fingerprint": "another"})
    assert states(client)["configure"] == "outdated"
    utils.write_json(client.plan_file, {"dataset_fingerprint": dataset_prepared.prepared_fingerprint(client)})
    assert states(client)["configure"] == "done"


def test_the_state_from_memory_is_the_state_from_the_records(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_index, "SETTLED_S", -3600.0)

    def both_ways(settings: Settings = LENIENT) -> stages.ClientState:
        remembered = stages.client_state(client, settings)
        (client.images.parent / record_index.FILE_NAME).unlink(missing_ok=True)
        assert stages.client_state(client, settings) == remembered == stages.client_state(client, settings)
        return remembered

    add_photo(client, tmp_path / "in", 1)
    image_id = client.record_files()[0].stem
    assert both_ways().stage("process").state == "todo"
    process(client)
    assert both_ways().stage("prepare").state == "todo"
    data_preprocessor.prepare_dataset(client, settings=LENIENT)
    assert both_ways().stage("prepare").state == "done"
    caption_store.set_caption(client, image_id, "person, hat")
    assert both_ways().stage("prepare").state == "outdated"
    caption_store.clear_caption(client, image_id)
    assert both_ways().stage("prepare").state == "done"
    before = client.info()
    client.save_info(before.model_copy(update={"trigger_word": "sks"}))
    assert stages.client_state(client, LENIENT).stage("prepare").state == "outdated"
    client.save_info(before)
    (client.processed / f"{image_id}.png").unlink()
    assert both_ways().stage("process").state == "outdated"
    client.record_file(image_id).unlink()
    assert both_ways().stage("import-real").count == 0


def test_the_state_is_read_again_only_after_a_change(client: Client, tmp_path: Path, make: MakeSession) -> None:
    session, _ = make()
    first = stage_state.client_state(session, client)
    assert stage_state.client_state(session, client) is first
    add_photo(client, tmp_path / "in", 1)
    assert stage_state.client_state(session, client).stage("import-real").count == 1


# --- the whole way ---------------------------------------------------------------------------------------------------


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let every stage only note that it was called."""
    made: list[str] = []

    def note(name: str) -> object:
        def stage(session: Session, *arguments: object, **options: object) -> Result[Any]:
            made.append(name)
            return Result({"did": name})

        return stage

    monkeypatch.setattr(importing_commands, "import_mj", note("import_mj"))
    monkeypatch.setattr(importing_commands, "import_real", note("import_real"))
    monkeypatch.setattr(faces_commands, "process", note("process"))
    monkeypatch.setattr(dataset_commands, "prepare", note("prepare"))
    monkeypatch.setattr(plan_commands, "configure", note("configure"))
    monkeypatch.setattr(plan_commands, "dry_run", note("dry_run"))
    monkeypatch.setattr(training_commands, "train", note("train"))
    return made


def state_of(monkeypatch: pytest.MonkeyPatch, **known: str) -> None:
    def state(session: Session, client: Client) -> stages.ClientState:
        every = tuple(stages.StageState(name, known.get(name, "todo"), 1) for name in stages.STAGES)  # type: ignore[arg-type]
        return stages.ClientState(client.client_id, every, 1, 0, {}, ())

    monkeypatch.setattr(stage_state, "client_state", state)


def test_the_whole_way_makes_the_client_and_ends_at_the_check_without_a_trainer(
    make: MakeSession, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = make()
    state_of(monkeypatch)
    monkeypatch.setattr(setup_commands, "trainer_installed", lambda session: False)
    seen: list[str] = []
    result = run_all.run_all(session, "nueva", mj=["."], real=["."], on_stage=lambda name, _: seen.append(name))
    assert calls == ["import_mj", "import_real", "process", "prepare", "configure", "dry_run"]
    assert seen == ["import-mj", "import-real", "process", "prepare", "configure", "check"]
    assert session.workspace.client_ids() == ["nueva"]
    assert result.error is None


def test_a_mistyped_folder_makes_no_client(make: MakeSession, calls: list[str]) -> None:
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        run_all.run_all(session, "nueva", mj=["."], real=["/no/such/folder"])
    assert (caught.value.key, calls, session.workspace.client_ids()) == ("import.no_path", [], [])


def test_what_is_done_is_not_done_again_and_a_trainer_is_used_where_there_is_one(
    make: MakeSession, calls: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = make()
    state_of(monkeypatch, process="done", prepare="outdated", configure="done")
    monkeypatch.setattr(setup_commands, "trainer_installed", lambda session: True)
    run_all.run_all(session, "ANA")
    assert calls == ["prepare", "dry_run", "train"]
    calls.clear()
    run_all.run_all(session, "ana", gpu="cpu", until="configure")
    assert calls == ["prepare", "configure"]


def test_a_stage_that_fails_ends_the_way_with_its_error(
    make: MakeSession, calls: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = make()
    state_of(monkeypatch)
    monkeypatch.setattr(importing_commands, "import_real", lambda *a, **o: Result(None, error=Text("client.none_chosen")))
    result = run_all.run_all(session, "ana", real=["."], until="train")
    assert calls == []
    assert result.error is not None and result.error.key == "client.none_chosen"


def test_a_few_warnings_of_each_kind_are_shown_and_the_rest_counted() -> None:
    warnings = [Text("midjourney.ow_band", {"n": n}) for n in range(10)] + [Text("midjourney.two_jobs")]
    shown = blocks.few_per_kind(warnings)
    assert [say.key for say in shown] == ["midjourney.ow_band"] * 3 + ["import.more_like_it", "midjourney.two_jobs"]
    assert shown[3].values == {"n": 7}


def test_how_many_more_there_are_of_a_kind_stands_behind_those_of_the_kind() -> None:
    warnings = [Text(f"midjourney.{kind}", {"n": n}) for n in range(5) for kind in ("ow_band", "two_jobs", "grid")]
    told = [say.key.partition(".")[2] for say in blocks.few_per_kind([*warnings, Text("midjourney.grid", {"n": 5})])]
    assert told == ["ow_band"] * 3 + ["more_like_it"] + ["two_jobs"] * 3 + ["more_like_it"] + ["grid"] * 3 + ["more_like_it"]


def test_the_worst_level_and_the_order_of_checks() -> None:
    assert worst_level([]) == "ready"
    levels: tuple[Level, ...] = ("ready", "blocked", "attention")
    checks = [Finding("x", level, Text("menu.bye")) for level in levels]
    assert worst_level(checks) == "blocked"
    table = blocks.findings_table(checks, "preflight.title")
    assert [row[0].key for row in table.rows] == ["level.blocked", "level.attention", "level.ready"]  # type: ignore[attr-defined]


def test_an_export_gets_its_ending_and_names_what_it_contains(make: MakeSession, client: Client, tmp_path: Path) -> None:
    session, ui = make()
    result = clients_commands.client_export(session, "ana", tmp_path / "copia")
    assert (tmp_path / "copia.zip").is_file()
    assert result.warnings[0].key == "export.no_pictures"
    session.show(result)
    assert "ninguna imagen" in ui.text
    (client.processed / "mj_0123456789abcdef.png").write_bytes(b"x")
    assert clients_commands.client_export(session, "ana", tmp_path / "two").warnings[0].key == "export.personal_data"
    (client.raw_mj / "a.png").write_bytes(b"x")
    result = clients_commands.client_export(session, "ana", tmp_path / "three", originals=True)
    assert result.warnings[0].key == "export.personal_data_originals"


def test_a_broken_client_does_not_hide_the_others(make: MakeSession, client: Client) -> None:
    session, _ = make()
    session.workspace.create("eva")
    client.info_file.write_text(json.dumps({"version": 1}), encoding="utf-8")
    result = clients_commands.client_list(session)
    assert [entry["client_id"] for entry in result.value["clients"]] == ["eva"]
    assert [warning.key for warning in result.warnings] == ["client.invalid"]


def test_without_a_chosen_client_a_command_says_so(make: MakeSession) -> None:
    session, _ = make()
    with pytest.raises(PipelineError) as caught:
        dataset_commands.prepare(session, None)
    assert caught.value.key == "client.none_chosen"


def test_weights_that_arrive_make_pictures_out_of_date_though_their_state_was_remembered(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_index, "SETTLED_S", -3600.0)  # everything is remembered at once
    add_photo(client, tmp_path / "in", 1)
    data_preprocessor.import_photos(client, [tmp_path / "in"], settings=LENIENT)
    image_processor.process(client, settings=LENIENT, detector=OneFace())
    assert stages.client_state(client, LENIENT).stage("process").state == "done"
    monkeypatch.setattr(face_identity, "available", lambda: True)
    assert stages.client_state(client, LENIENT).stage("process").state == "outdated"
