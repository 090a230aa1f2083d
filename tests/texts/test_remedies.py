"""Which texts with a "What to do" have a row in the tables of remedies, and why the others have none."""

from __future__ import annotations

from avatar.texts import tables
from avatar.texts.tables import Error
from tests.remedies.test_rows import ROWS

LEAST_ROWS = 170
WITH_REMEDY = frozenset(
    key for table in tables.TABLES for key, entry in tables.entries(table).items() if isinstance(entry, Error)
)
DONE = frozenset(row.key for row in ROWS)

# Why a key has no row. One that ends in "." or "_" stands for all that begin so. A new text with a "What to do" gets a row in
# tests/remedies/rows_of_….py, or a reason here.
WHY_NOT = {
    "needs Windows: what locks a file there locks none here, or another system's limit is meant":
        "client.in_use client.not_deleted table.locked remove.in_use dataset.in_use regularisation.in_use preflight.long_path"
        " doctor.hang.workers deliver.broken bundle.broken install.broken",
    "needs a graphics card, or its absence of a certain kind: tests/plan, tests/training, tests/generate":
        "preflight.no_cuda preflight.card_too_small preflight.small_card_tried preflight.vram_narrow preflight.vram_short"
        " train.warning.far_slower train.warning.spill train.cause.cuda train.cause.fp16_cpu train.cause.mac"
        " train.cause.several_cards plan.warning.samples_on_cpu draw.choice. draw.trainer.",
    "the remedy lies outside of this program (network, driver, disk, system, another program): nothing of ours is obeyed":
        "system.error system.disk_full system.few_files system.few_threads system.no_memory client.vanished import.copy_lost"
        " import.not_all process.not_all settings.locked import.no_memory import.memory faces.no_memory faces.not_written"
        " faces.failed faces.worker_died dataset.not_written dataset.not_as_planned preflight.memory_short"
        " preflight.output_not_writable preflight.busy train.cause.drive train.cause.encoding train.cause.not_writable"
        " train.cause.hub_access train.cause.proxy train.cause.library train.cause.crashed train.cause.silent train.cause.path"
        " train.cause.interrupted train.cause.terminated train.cause.abandoned train.warning.silent queue.busy"
        " install.cannot_write install.disk_full command.bug web.not_stopped web.no_picture web.review.no_answer"
        " train.cause.names_left board.not_started",
    "told by a server of another program; tests/generate and tests/dataset play it and repeat":
        "server. captioner.",
    "installs from the internet: tests/trainer/test_install.py, tests/project/test_first_start.py break each step, repeat":
        "setup. start. caption.no_captioner caption.captioner_failed board.not_installed train.cannot_start train.cannot_resume"
        " train.cause.missing_package train.cause.nothing_trained train.cause.too_few_steps preflight.script_old"
        " preflight.packages_missing preflight.packages_by_hand faces.wrong_weights system.packages_missing",
    "a package of the program would have to be taken away: tests/project/test_told_commands.py, tests/faces/test_engines.py":
        "faces.other_engine faces.no_mtcnn faces.wrong_package likeness.no_package doctor.mtcnn.",
    "needs more machines: tests/faces/test_workers.py plays them":
        "cluster. faces.no_answer train.other_machine",
    "needs a candidate of a tuning that came back from another computer: tests/results/test_tuning_added.py":
        "add.candidate_there add.no_end add.no_passport add.other_candidate",
    "needs a training or trial that is running: tests/training, tests/commands/test_training_commands_at_work.py":
        "client.training train.orphan train.nobody_watches train.candidate_busy train.tuning_orphan doctor.hang.silent"
        " doctor.hang.several trial.locked",
    "needs a back end that has drawn: tests/results and tests/commands/test_trial_commands.py":
        "trial.unknown trial.invalid trial.two_words trial.model_gone trial.no_candidate trial.nothing_ranked trial.no_tie"
        " trial.no_mean trial.bad_weight trial.prompts_unreadable trial.prompts_empty draw.picture. tune."
        " regularisation.none regularisation.no_word regularisation.damaged regularisation.not_ours",
    "needs a file of a camera or program that cannot be made here: tests/pictures":
        "import.coding import.unreadable import.zeros import.damaged import.bomb_inside import.garbage import.pixel_kind"
        " import.raw_unsupported",
    "the remedy is to do nothing, or to do the same elsewhere":
        "import.apple_double plan.none_set plan.warning.warmup restore.states",
    "told in a menu or a page, not by a command: tests/terminal, tests/web":
        "client.none_chosen client.none_exist review.face_how guided. web.port_taken web.none web.review.bad_request"
        " web.captions.no_kind settings.not_found",
    "a command cannot reach it: it looks the picture or the name up before, or offers only what there is":
        "image.bad_id image.unknown dataset.missing_crops plan.unknown_preset plan.unknown_gpu plan.control_character"
        " usage.wrong",
    "the same remedy as that of a neighbour which has a row (another file, another plan, train again)":
        "preflight.weights_ preflight.vae_ preflight.model_ resume. draw.lora. lora.unreadable lora.not_finite"
        " train.cause.wrong_model train.cause.broken_model train.cause.resolution train.cause.state train.cause.no_data"
        " train.cause.caption_encoding deliver.bad_model deliver.private add.too_big install.several"
        " doctor.faces.found doctor.faces.found_more doctor.images.not_processed",
}  # fmt: skip


def covered(key: str, named: str) -> bool:
    return any(key == name or (name[-1] in "._" and key.startswith(name)) for name in named.split())


def test_there_are_many_rows_each_of_a_key_of_its_own_that_has_a_remedy() -> None:
    assert len(DONE) == len(ROWS) >= LEAST_ROWS
    findings = {key for key in DONE if not isinstance(tables.entries(tables.table_of(key) or "")[key], Error)}
    assert {key.partition(".")[0] for key in findings} <= {
        "preflight",
        "option",
        "plan",
        "setup",
        "doctor",
    }  # one line tells all


def test_every_key_with_a_remedy_has_a_row_or_a_reason_for_none() -> None:
    assert sorted(key for key in WITH_REMEDY - DONE if not any(covered(key, named) for named in WHY_NOT.values())) == []


def test_no_reason_names_what_is_not_there_or_has_a_row() -> None:
    names = [name for named in WHY_NOT.values() for name in named.split()]
    assert len(names) == len(set(names))
    empty = [name for name in names if not any(covered(key, name) for key in WITH_REMEDY - DONE)]
    assert empty == []
