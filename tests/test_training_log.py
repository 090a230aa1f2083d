"""The trainer's words: bars, lines, causes; against excerpts and, where they are at hand, whole real logs."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import messages
from training_log import LogFacts, LogReader, Phase, Progress, Trouble, clock_s, diagnose, inferred_code

BAR = "steps:  25%|██▌       | 1/4 [00:09<00:28,  9.51s/it, avr_loss=1.3]"
LOGS = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "trainer_logs"
CODES = {"lowvram": 2, "sigint": -2, "sigterm": -15} | dict.fromkeys(
    ("nomodel", "fp16cpu", "adafactor", "bnb", "bigimg_nocache", "fp8", "cp1252"), 1
)
ENDS = {
    "success": None, "resume": None, "state1": None, "sample": None, "fullbf16": None, "accel": None,
    "nan": "train.cause.nan", "wrongdir": "train.cause.no_data", "missingdir": "train.cause.no_data",
    "nonum": "train.cause.no_data", "lowvram": "train.cause.bad_option", "nomodel": "train.cause.no_base_model",
    "fp16cpu": "train.cause.fp16_cpu", "adafactor": "train.cause.warmup", "bnb": "train.cause.no_bitsandbytes",
    "bigimg_nocache": "train.cause.picture_size", "fp8": "train.cause.fp8_cpu", "cp1252": "train.cause.encoding",
    "sigint": "train.cause.interrupted", "sigterm": "train.cause.terminated",
}  # fmt: skip


def read(*lines: str) -> LogFacts:
    reader = LogReader()
    for line in lines:
        reader.feed(line)
    return reader.facts


def cause(code: int, *lines: str, cancelled: bool = False) -> str | None:
    found = diagnose(code, cancelled, read(*lines))
    if found is not None:
        for language in messages.LANGUAGES:
            assert messages.text(found[0], language, **{"log": "-", **found[1]})
    return found[0] if found else None


def test_a_bar_gives_step_loss_rate_and_what_is_left() -> None:
    assert LogReader().feed(BAR) == [Progress(1, 4, 1.3, 9.51, 28.0)]


def test_the_first_bar_knows_neither_rate_nor_end() -> None:
    assert LogReader().feed("steps:   0%|          | 0/4 [00:00<?, ?it/s]") == [Progress(0, 4)]


def test_both_units_come_out_as_seconds_per_step() -> None:
    (event,) = LogReader().feed("steps:  50%|#####     | 2/4 [00:01<1:02:03,  4.00it/s, avr_loss=0.0912]")
    assert event == Progress(2, 4, 0.0912, 0.25, 3723.0)


def test_text_that_follows_a_bar_on_its_line_is_read_too() -> None:
    reader = LogReader()
    events = reader.feed(
        "steps: 100%|██████████| 4/4 [00:37<00:00,  9.40s/it, avr_loss=1.23]2026-11-22 13:35:22 INFO     model saved."
    )
    assert len(events) == 1 and reader.facts.saved


def test_validation_bars_are_not_training() -> None:
    assert LogReader().feed("validation steps:  25%|██▌       | 1/4 [00:09<00:28,  9.51s/it, avr_loss=1.3]") == []


def test_colours_and_cursor_codes_do_not_matter() -> None:
    assert LogReader().feed(f"\x1b[A\x1b[32m{BAR}\x1b[0m") == [Progress(1, 4, 1.3, 9.51, 28.0)]


def test_the_figures_of_the_start_are_kept() -> None:
    facts = read(
        "  num train images * repeats / 学習画像の数×繰り返し回数: 8", "  num batches per epoch / 1epochのバッチ数: 8",
        "  num epochs / epoch数: 1", "  total optimization steps / 学習ステップ数: 4", "accelerator device: cuda",
        "saving checkpoint: C:\\out\\a-step00000002.safetensors",
    )  # fmt: skip
    assert facts.figures == {"train_images": 8, "batches_per_epoch": 8, "epochs": 1, "total_steps": 4}
    assert facts.device == "cuda"
    assert facts.checkpoints == ["C:\\out\\a-step00000002.safetensors"]


def test_phases_are_told_once() -> None:
    reader = LogReader()
    assert reader.feed("INFO  preparing accelerator   train_network.py:590") == [Phase("accelerator")]
    assert reader.feed("INFO  preparing accelerator   train_network.py:590") == []
    assert reader.feed("running training / 学習開始") == [Phase("training")]


def test_the_first_step_without_a_number_is_kept() -> None:
    facts = read(
        *(f"steps:  1%|  | {n}/9 [00:01<00:01, 1.00it/s, avr_loss={loss}]" for n, loss in ((1, "0.1"), (2, "nan"), (3, "nan")))
    )
    assert facts.nan_step == 2 and facts.loss is not None and math.isnan(facts.loss)


def test_nan_is_a_failure_whatever_the_exit_code() -> None:
    bar = "steps: 100%|##| 3/3 [00:01<00:01, 1.00it/s, avr_loss=nan]"
    assert cause(0, bar, "INFO model saved.") == "train.cause.nan"


def test_zero_without_a_saved_model_is_a_failure() -> None:
    assert cause(0, BAR) == "train.cause.no_model"
    assert cause(0, BAR, "INFO model saved.") is None


def test_a_warning_on_the_way_does_not_spoil_a_success() -> None:
    assert cause(0, "WARNING failed to get image size: x.png", BAR, "INFO model saved.") is None


def test_what_the_user_stopped_is_named_so_whatever_the_traceback() -> None:
    assert cause(1, "torch.OutOfMemoryError: CUDA out of memory.", cancelled=True) == "train.cause.cancelled"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 14.00 MiB. GPU 0 has", "train.cause.gpu_memory"),
        ("torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0;", "train.cause.gpu_memory"),
        ("RuntimeError: NaN detected in latents: /d/x.png", "train.cause.nan"),
        ("OSError: [Errno 28] No space left on device", "train.cause.disk_full"),
        ("sdxl_train_network.py: error: argument --mixed_precision: invalid choice: 'x'", "train.cause.bad_option"),
        ("RuntimeError: Error(s) in loading state_dict for SdxlUNet2DConditionModel:", "train.cause.wrong_model"),
        ("safetensors_rust.SafetensorError: Error while deserializing header: HeaderTooLarge", "train.cause.broken_model"),
        ("ZeroDivisionError: division by zero", "train.cause.broken_picture"),
        ("AssertionError: Torch not compiled with CUDA enabled", "train.cause.cuda"),
        ("requests.exceptions.ConnectionError: HTTPSConnectionPool Max retries exceeded", "train.cause.no_network"),
        ("TypeError: expected str, bytes or os.PathLike object, not NoneType", "train.cause.no_network"),
        ("ModuleNotFoundError: No module named 'voluptuous'", "train.cause.missing_package"),
        ("ImportError: No xformers / xformersがインストールされていないようです", "train.cause.no_xformers"),
        ("PermissionError: [Errno 13] Permission denied: '/x'", "train.cause.not_writable"),
        ("RuntimeError: Sizes of tensors must match except in dimension 1. Expected size 9", "train.cause.resolution"),
        ("KeyError: 'surprise'", "train.cause.unknown"),
    ],
)  # fmt: skip
def test_each_error_has_its_cause(line: str, expected: str) -> None:
    assert cause(1, "Traceback (most recent call last):", line, BAR) == expected


@pytest.mark.parametrize(
    ("code", "expected"), [(-9, "train.cause.killed"), (137, "train.cause.killed"), (-15, "train.cause.terminated"),
                           (143, "train.cause.terminated"), (130, "train.cause.interrupted"), (3, "train.cause.unknown")],
)  # fmt: skip
def test_a_signal_is_named(code: int, expected: str) -> None:
    assert cause(code, BAR) == expected


def test_quoted_source_is_not_taken_for_an_error() -> None:
    reader = LogReader()
    assert reader.feed('    raise ImportError("No bitsandbytes / not installed")') == []
    events = reader.feed("ImportError: No bitsandbytes / bitsandbytesがインストールされていないようです")
    assert events[0] == Trouble("train.cause.no_bitsandbytes", "No bitsandbytes")


def test_the_detail_names_the_model_and_the_options() -> None:
    lost = 'ValueError: The provided … path "/m/x.safetensors" is neither a valid local path nor a valid repo id.'
    found = diagnose(1, False, read(lost))
    assert found is not None and found[1]["detail"] == "/m/x.safetensors"
    found = diagnose(2, False, read("sdxl_train_network.py: error: unrecognized arguments: --lowvram --medvram"))
    assert found is not None and found[1]["detail"] == "unrecognized arguments: --lowvram --medvram"


@given(st.text(max_size=200))
def test_no_line_breaks_the_reader(line: str) -> None:
    reader = LogReader()
    reader.feed(line)
    (event,) = reader.feed("steps:   0%|          | 1/4 [00:09<00:28,  9.50s/it, avr_loss=0.123]")
    assert isinstance(event, Progress) and event.step == 1


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.floats(0.01, 1e4), st.sampled_from(["s/it", "it/s"]))
def test_any_bar_is_read_back(step: int, total: int, rate: float, unit: str) -> None:
    line = f"steps:   0%|          | {step}/{total} [00:09<00:28, {rate:5.2f}{unit}, avr_loss=0.123]"
    (event,) = LogReader().feed(line)
    assert isinstance(event, Progress) and (event.step, event.total, event.loss) == (step, total, 0.123)
    written = float(f"{rate:5.2f}")
    assert event.seconds_per_step == pytest.approx(written if unit == "s/it" else 1 / written)


def test_clocks_of_any_length() -> None:
    assert [clock_s(text) for text in ("00:05", "01:00", "1:00:00", "?")] == [5.0, 60.0, 3600.0, None]


# --- real logs -------------------------------------------------------------------------------------------------------


def real(name: str) -> LogReader:
    if not LOGS.is_dir():
        pytest.skip("no real logs beside this checkout")
    reader = LogReader()
    for suffix in (".out", ".err"):
        for line in re.split(r"[\r\n]", (LOGS / f"{name}{suffix}").read_text(encoding="utf-8")):
            reader.feed(line)
    return reader


@pytest.mark.parametrize("name", sorted(ENDS))
def test_real_runs_end_as_what_they_were(name: str) -> None:
    found = diagnose(CODES.get(name, 0), False, real(name).facts)
    assert (found[0] if found else None) == ENDS[name]


@pytest.mark.parametrize("name", sorted(ENDS))
def test_without_an_exit_code_a_real_log_ends_as_with_it(name: str) -> None:
    """An adopted trainer is nobody's child of ours: its code stays unknown."""
    facts = real(name).facts
    found = diagnose(inferred_code(facts), False, facts)
    # A log that simply stops does not say which signal it was.
    assert (found[0] if found else None) == {"sigterm": "train.cause.killed"}.get(name, ENDS[name])


def test_no_real_log_is_left_out() -> None:
    if LOGS.is_dir():
        assert {path.stem for path in LOGS.glob("*.err")} == set(ENDS)


def test_every_bar_of_real_logs_is_read() -> None:
    if not LOGS.is_dir():
        pytest.skip("no real logs beside this checkout")
    for path in sorted(LOGS.glob("*.err")):
        for line in re.split(r"[\r\n]", path.read_text(encoding="utf-8")):
            bar = re.search(r"steps:.*\d+/\d+ \[", line)
            assert bool(bar) == any(isinstance(event, Progress) for event in LogReader().feed(line)), (path.name, line)


def test_a_real_success_says_what_it_did() -> None:
    facts = real("success").facts
    assert (facts.step, facts.total, facts.loss, facts.saved, facts.device) == (4, 4, 1.23, True, "cpu")
    assert len(facts.checkpoints) == 3
    assert facts.figures["train_images"] == 8
