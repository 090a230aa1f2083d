"""The log after a client was deleted or renamed."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

import utils
from avatar.workspace import log_file


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "avatar_pipeline.log"
    path.write_text(
        "2026-01-01 10:00:00,000 INFO [-] avatar_pipeline menus\n"
        "2026-01-01 10:00:01,000 INFO [ana] avatar_pipeline not taken in: boda 2019.heic\n"
        "2026-01-01 10:00:02,000 ERROR [-] avatar_pipeline system error\n  Traceback\n  OSError: '/x/clients/ana/raw_mj'\n"
        "2026-01-01 10:00:03,000 INFO [anabel] avatar_pipeline import-mj\n"
        "2026-01-01 10:00:04,000 WARNING [-] avatar_pipeline no client called Ana Peña\n"
        "2026-01-01 10:00:05,000 INFO [ana-2] avatar_pipeline process\n",
        encoding="utf-8",
    )
    (tmp_path / "avatar_pipeline.log.1").write_text("2025-12-31 10:00:00,000 INFO [ANA] x old\n", encoding="utf-8")
    return path


def test_a_deleted_client_is_in_no_record_and_those_of_others_stay(log: Path) -> None:
    log_file.forget(log, ["ana", "Ana Peña", "x", ""])
    left = log.read_text(encoding="utf-8").splitlines()
    assert [line.split(" ", 2)[2] for line in left] == [
        "INFO [-] avatar_pipeline menus", "INFO [anabel] avatar_pipeline import-mj", "INFO [ana-2] avatar_pipeline process",
    ]  # fmt: skip
    assert (log.parent / "avatar_pipeline.log.1").read_text(encoding="utf-8") == ""


def test_a_renamed_client_has_its_new_name_and_is_found_when_it_is_deleted(log: Path) -> None:
    log_file.rename(log, "ana", "eva")
    text = log.read_text(encoding="utf-8")
    assert "[eva]" in text and "clients/eva/raw_mj" in text and "[anabel]" in text and "[ana]" not in text


def test_the_program_goes_on_writing_to_the_log_that_was_changed(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        path = utils.PipelineLogger.start(tmp_path, "critical", lambda: "ana")
        assert path is not None
        logging.getLogger("x").info("first")
        log_file.forget(path, ["ana"])
        logging.getLogger("x").info("second")
        assert path.read_text(encoding="utf-8").split(" ", 2)[2] == "INFO [ana] x second\n"
    finally:
        for handler in [handler for handler in root.handlers if handler not in before]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)


def test_without_a_log_there_is_nothing_to_forget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log_file.forget(None, ["ana"])
    log_file.forget(tmp_path / "gone.log", ["ana"])
    assert list(tmp_path.iterdir()) == []
