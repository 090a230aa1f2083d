"""The trainer's captioners made ready: packages by a real pip in a little environment, the model by a stand-in of the hub."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from avatar.texts.text import PipelineError
from avatar.trainer import at_work, captioner_setup, captioners
from avatar.trainer.at_work import Worker
from avatar.trainer.captioner_setup import Bar
from tests.trainer import little_trainer
from tests.trainer.little_trainer import python_of, version_of

TAGS, SENTENCES = captioners.CAPTIONERS["tags"], captioners.CAPTIONERS["sentences"]


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return little_trainer.make(tmp_path / "kohya ñ", monkeypatch)


def install(folder: Path, *, own: bool = False) -> tuple[str, ...]:
    return captioner_setup.install_packages(
        TAGS, python_of(folder), folder, own_environment=own, on_line=lambda line: None, cancel=threading.Event()
    )


def fetch(folder: Path, captioner: captioners.Captioner = TAGS) -> tuple[bool, list[Bar]]:
    bars: list[Bar] = []
    done = captioner_setup.fetch_model(captioner, python_of(folder), folder, on_bar=bars.append, cancel=threading.Event())
    return done, bars


def refusal(act: object, *arguments: object, **named: object) -> PipelineError:
    with pytest.raises(PipelineError) as caught:
        act(*arguments, **named)  # type: ignore[operator]
    return caught.value


# --- packages --------------------------------------------------------------------------------------------------------


def test_missing_packages_are_installed_by_the_environments_own_pip_and_no_other_one_changes(trainer: Path) -> None:
    assert captioner_setup.look(TAGS, python_of(trainer)).missing == ("onnx", "onnxruntime")
    assert install(trainer) == ("onnx==1.19.1", "onnxruntime==1.22.1")
    assert (version_of(trainer, "onnx"), version_of(trainer, "onnxruntime")) == ("1.19.1", "1.22.1")
    assert version_of(trainer, "numpy") == "1.26.4", "a newer one lies beside"
    assert captioner_setup.look(TAGS, python_of(trainer)).missing == ()
    assert install(trainer) == ()


def test_what_a_pip_that_was_broken_off_left_is_installed_anew(trainer: Path) -> None:
    (little_trainer.packages_of(trainer) / "onnx.py").write_text("raise ImportError('half of a file')")
    assert captioner_setup.look(TAGS, python_of(trainer)).missing == ("onnx", "onnxruntime")
    assert install(trainer) == ("onnx==1.19.1", "onnxruntime==1.22.1")


def test_the_runtime_for_cards_is_a_runtime_too(trainer: Path) -> None:
    little_trainer.put(trainer, "onnxruntime_gpu", "1.22.0")
    (little_trainer.packages_of(trainer) / "onnxruntime.py").write_text("")
    assert captioner_setup.look(TAGS, python_of(trainer)).missing == ("onnx",)


def test_a_package_that_would_change_another_one_is_not_installed(trainer: Path) -> None:
    little_trainer.wheel(trainer.parent / "wheels", "onnxruntime", "1.22.1", needs="numpy>=2")
    error = refusal(install, trainer)
    assert error.key == "captioner.packages_failed" and "numpy" in str(error.values["detail"])
    assert version_of(trainer, "numpy") == "1.26.4" and not version_of(trainer, "onnx")


def test_without_a_connection_the_remedy_is_another_one(trainer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    error = refusal(install, trainer)
    assert error.key == "captioner.packages_offline"
    assert "127.0.0.1" in (trainer / ".avatar_setup.log").read_text(encoding="utf-8")


def test_what_is_installed_and_cannot_be_loaded_is_told(trainer: Path) -> None:
    little_trainer.wheel(
        trainer.parent / "wheels", "onnxruntime", "1.22.1", program="raise ImportError('DLL load failed while importing')"
    )
    error = refusal(install, trainer)
    assert error.key == "captioner.packages_broken" and "DLL load failed" in str(error.values["detail"])


def test_an_environment_of_the_users_own_is_never_changed(trainer: Path) -> None:
    error = refusal(install, trainer, own=True)
    assert error.key == "captioner.own_environment"
    assert str(error.values["command"]).endswith("-m pip install onnx==1.19.1 onnxruntime==1.22.1")
    assert not version_of(trainer, "onnx")


def test_packages_are_not_changed_while_the_trainer_trains(trainer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_work, "workers", lambda folder: [Worker(7, 0.0, "training")])
    assert refusal(install, trainer).key == "setup.trainer_at_work"


def test_sentences_need_no_package_at_all() -> None:
    assert SENTENCES.packages == {}


def test_a_python_that_does_not_answer_is_told(tmp_path: Path) -> None:
    assert refusal(captioner_setup.look, TAGS, tmp_path / "none").key == "captioner.python_silent"


# --- the model -------------------------------------------------------------------------------------------------------


def test_the_model_lies_in_the_trainers_folder_and_is_fetched_once(trainer: Path) -> None:
    done, bars = fetch(trainer)
    assert done and bars[0] == Bar(194e6, 388e6, 10.0)
    assert captioners.has_model(TAGS, trainer)
    assert captioners.model_folder(TAGS, trainer).parent == trainer / captioners.MODELS_FOLDER
    assert fetch(trainer) == (False, [])
    assert little_trainer.fetched(trainer) == ["selected_tags.csv", "model.onnx"]


def test_a_download_that_is_broken_off_goes_on_with_what_is_missing(trainer: Path) -> None:
    little_trainer.hub_says(trainer, stop_at="model.onnx")
    assert refusal(fetch, trainer).key == "captioner.model_failed"
    assert not captioners.has_model(TAGS, trainer)
    little_trainer.hub_says(trainer)
    assert fetch(trainer)[0]
    assert little_trainer.fetched(trainer) == ["selected_tags.csv", "model.onnx", "model.onnx"]


def test_a_hub_that_cannot_be_reached_is_told_with_its_address(trainer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    little_trainer.hub_says(trainer, error="Max retries exceeded with url: /x")
    error = refusal(fetch, trainer)
    assert (error.key, error.values["hub"]) == ("captioner.model_offline", "https://huggingface.co")
    monkeypatch.setenv("HF_ENDPOINT", "https://hf-mirror.com/")
    assert captioner_setup.hub() == "https://hf-mirror.com"


def test_a_model_that_does_not_fit_on_the_disk_is_not_begun(trainer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captioner_setup, "SPARE", 1e9)
    assert refusal(fetch, trainer).key == "captioner.no_space"
    assert little_trainer.fetched(trainer) == []


def test_models_are_removed_together(trainer: Path) -> None:
    fetch(trainer)
    fetch(trainer, SENTENCES)
    assert captioner_setup.remove_models(trainer) == 2 + len(SENTENCES.files)
    assert not captioners.has_model(TAGS, trainer) and captioner_setup.remove_models(trainer) == 0


# --- at work ---------------------------------------------------------------------------------------------------------


def test_the_command_names_the_model_on_the_disk_and_kohyas_own_folder_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "sd-scripts").mkdir()
    (tmp_path / "sd-scripts" / "sdxl_train_network.py").write_text("")
    call = captioners.command(SENTENCES, Path("python"), tmp_path, tmp_path / "pictures")
    assert call[1] == str(tmp_path / "sd-scripts" / "finetune" / "make_captions_by_git.py")
    assert call[call.index("--model_id") + 1] == str(tmp_path / captioners.MODELS_FOLDER / "microsoft_git-large-coco")


def test_pictures_are_looked_at_without_a_network_and_beside_a_training_without_its_card(tmp_path: Path) -> None:
    script = tmp_path / "finetune" / "x.py"
    environment = captioner_setup.work_environment(script, tmp_path, without_card=True)
    assert environment["HF_HUB_OFFLINE"] == environment["TRANSFORMERS_OFFLINE"] == "1"
    assert environment["CUDA_VISIBLE_DEVICES"] == "" and environment["PYTHONPATH"] == str(tmp_path)
    assert environment["HF_HOME"].startswith(str(tmp_path / captioners.MODELS_FOLDER))
    alone = captioner_setup.work_environment(script, tmp_path, without_card=False)
    assert alone.get("CUDA_VISIBLE_DEVICES") != ""


def test_a_line_without_a_bar_tells_no_progress() -> None:
    for line in ("found 12 images.", "2026-11-26 18:45:25 INFO     load images from ../pics", "12/13"):
        assert captioner_setup.bar_of(line) is None
    assert captioner_setup.bar_of("  0%|          | 0/1 [00:00<?, ?it/s]") == Bar(0.0, 1.0, None)
