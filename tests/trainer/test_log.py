"""The trainer's words: bars, lines, causes; against excerpts and, where they are at hand, whole real logs."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.texts import translate
from avatar.trainer.endings import diagnose, inferred_code
from avatar.trainer.log import LogFacts, LogReader, Phase, Progress, Trouble, clock_s
from tests.places import SHARED

BAR = "steps:  25%|██▌       | 1/4 [00:09<00:28,  9.51s/it, avr_loss=1.3]"
LOGS = SHARED / "data" / "trainer_logs"
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


LOG = "train.log"


def read(*lines: str) -> LogFacts:
    reader = LogReader()
    for line in lines:
        reader.feed(line)
    return reader.facts


def cause(code: int, *lines: str, cancelled: bool = False) -> str | None:
    found = diagnose(code, cancelled, read(*lines), LOG)
    if found is not None:
        for language in translate.LANGUAGES:
            assert translate.text(found.key, language, **{"log": "-", **found.values})
    return found.key if found else None


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
        ("RuntimeError: NaN detected in latents: /d/x.png", "train.cause.nan_latents"),
        ("OSError: [Errno 28] No space left on device", "train.cause.disk_full"),
        ("sdxl_train_network.py: error: argument --mixed_precision: invalid choice: 'x'", "train.cause.bad_option"),
        ("RuntimeError: Error(s) in loading state_dict for SdxlUNet2DConditionModel:", "train.cause.wrong_model"),
        ("safetensors_rust.SafetensorError: Error while deserializing header: HeaderTooLarge", "train.cause.broken_model"),
        ("ZeroDivisionError: division by zero", "train.cause.unknown"),
        ("AssertionError: Torch not compiled with CUDA enabled", "train.cause.cuda"),
        ("requests.exceptions.ConnectionError: HTTPSConnectionPool Max retries exceeded", "train.cause.no_network"),
        ("TypeError: expected str, bytes or os.PathLike object, not NoneType", "train.cause.no_network"),
        ("ModuleNotFoundError: No module named 'voluptuous'", "train.cause.missing_package"),
        ("ImportError: No xformers / xformersがインストールされていないようです", "train.cause.no_xformers"),
        ("PermissionError: [Errno 13] Permission denied: '/x'", "train.cause.not_writable"),
        ("RuntimeError: Sizes of tensors must match except in dimension 1. Expected size 9", "train.cause.resolution"),
        ("KeyError: 'surprise'", "train.cause.unknown"),
        ("schema.Surprise: extra keys", "train.cause.unknown"),
        ("RuntimeError: CUDA error: out of memory", "train.cause.gpu_memory"),
        ("RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling", "train.cause.gpu_memory"),
        ("RuntimeError: cuDNN error: CUDNN_STATUS_ALLOC_FAILED", "train.cause.gpu_memory"),
        ("RuntimeError: CUDA error: no kernel image is available for execution", "train.cause.cuda"),
        ("ValueError: fp16 mixed precision requires a GPU", "train.cause.cuda"),
        ("RuntimeError: The NVIDIA driver on your system is too old (found 1)", "train.cause.cuda"),
        ("ValueError: bf16 mixed precision requires PyTorch and a device", "train.cause.no_bf16"),
        ("RuntimeError: \"addmm\" not implemented for 'Half'", "train.cause.fp16_cpu"),
        ("RuntimeError: CUDA error: unspecified launch failure", "train.cause.gpu_fault"),
        ("RuntimeError: cuDNN error: CUDNN_STATUS_INTERNAL_ERROR", "train.cause.gpu_fault"),
        ("CUDA error (/p/xformers/a.h:1): no kernel image is available", "train.cause.no_xformers"),
        ("NotImplementedError: No operator found for `memory_efficient_attention_forward`", "train.cause.no_xformers"),
        ("Error no kernel image is available at line 1 in file D:\\x\\ops.cu", "train.cause.no_bitsandbytes"),
        ("AttributeError: 'NoneType' object has no attribute 'cadam_grad_fp32'", "train.cause.no_bitsandbytes"),
        ("AttributeError: No X8bit. The version of bitsandbytes installed seems to be old", "train.cause.no_bitsandbytes"),
        ("OSError: [WinError 1455] El archivo es pequeño. Error loading x.dll", "train.cause.host_memory"),
        ("OSError: El archivo es pequeño. (os error 1455)", "train.cause.host_memory"),
        ("RuntimeError: [enforce] DefaultCPUAllocator: not enough memory", "train.cause.host_memory"),
        ("numpy._ArrayMemoryError: Unable to allocate", "train.cause.host_memory"),
        ("MemoryError", "train.cause.host_memory"),
        ("RuntimeError: DataLoader worker (pid 9) is killed by signal: Killed.", "train.cause.host_memory"),
        ("RuntimeError: DataLoader worker (pid 9) is killed by signal: Bus error.", "train.cause.workers"),
        ("OSError: [WinError 126] No se encuentra. Error loading x.dll", "train.cause.library"),
        ("ImportError: DLL load failed while importing cv2", "train.cause.library"),
        ("ImportError: libGL.so.1: cannot open shared object file: No such file", "train.cause.library"),
        ("ImportError: cannot import name 'a' from 'b'", "train.cause.missing_package"),
        ("RuntimeError: Numpy is not available", "train.cause.missing_package"),
        ("SafetensorError: Error while serializing: I/O error: Sin sitio (os error 112)", "train.cause.disk_full"),
        ("SafetensorError: Error while serializing: IoError(Os { code: 1, kind: StorageFull", "train.cause.disk_full"),
        ("RuntimeError: [enforce fail at inline_container.cc:1] unexpected pos 1 vs 0", "train.cause.disk_full"),
        ("SafetensorError: Error while serializing: I/O error: Acceso denegado. (os error 5)", "train.cause.not_writable"),
        ("_pickle.UnpicklingError: invalid load key, '<'.", "train.cause.broken_model"),
        ("RuntimeError: PytorchStreamReader failed reading zip archive", "train.cause.broken_model"),
        ("KeyError: 'time_embed.0.weight'", "train.cause.wrong_model"),
        ("RuntimeError: Error(s) in loading state_dict for LoRANetwork:", "train.cause.state"),
        ("ValueError: loaded state dict contains a parameter group that", "train.cause.state"),
        ("errors.GatedRepoError: 401 Client Error.", "train.cause.hub_access"),
        ("errors.RepositoryNotFoundError: 401 Client Error.", "train.cause.hub_access"),
        ("errors.LocalEntryNotFoundError: cannot find the files", "train.cause.no_network"),
        ("OSError: Can't load tokenizer for 'a/b'.", "train.cause.no_network"),
        ("SSLError: Max retries exceeded (CERTIFICATE_VERIFY_FAILED)", "train.cause.proxy"),
        ("OSError: image file is truncated (7 bytes not processed)", "train.cause.broken_picture"),
        ("zipfile.BadZipFile: File is not a zip file", "train.cause.broken_picture"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'x'", "train.cause.path"),
        ("RuntimeError: Distributed package doesn't have NCCL built in", "train.cause.several_cards"),
        ("KeyboardInterrupt", "train.cause.interrupted"),
    ],
)  # fmt: skip
def test_each_error_has_its_cause(line: str, expected: str) -> None:
    assert cause(1, "Traceback (most recent call last):", line, BAR) == expected


@pytest.mark.parametrize(
    ("code", "expected"), [(-9, "train.cause.killed"), (137, "train.cause.killed"), (-15, "train.cause.terminated"),
                           (143, "train.cause.terminated"), (130, "train.cause.interrupted"), (3, "train.cause.silent"),
                           (-11, "train.cause.crashed"), (139, "train.cause.crashed"), (3221225477, "train.cause.host_memory"),
                           (-1073741819, "train.cause.host_memory"), (0xC0000409, "train.cause.crashed"),
                           (0xC000013A, "train.cause.interrupted"),
                           (0x40010004, "train.cause.terminated"), (0xC000012D, "train.cause.host_memory")],
)  # fmt: skip
def test_a_signal_is_named(code: int, expected: str) -> None:
    assert cause(code, BAR) == expected


# --- which of several names is the cause -----------------------------------------------------------------------------

TRACEBACK, FRAME = "Traceback (most recent call last):", '  File "a.py", line 1, in <module>'
NO_TRITON = ("A matching Triton is not available", TRACEBACK, FRAME, "ModuleNotFoundError: No module named 'triton'")
FULL = (TRACEBACK, FRAME, "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1 GiB")
STARTED, STEP_2 = "running training / 学習開始", "steps:  50%|#####| 2/4 [00:19<00:18,  9.51s/it, avr_loss=1.3]"


def test_a_warning_that_the_trainer_outlived_is_no_cause() -> None:
    retried = "HTTPSConnectionPool: Max retries exceeded with url: /a"
    assert cause(-9, *NO_TRITON, retried, STARTED, BAR) == "train.cause.killed"
    assert cause(1, retried, STARTED, BAR, TRACEBACK, FRAME, "ValueError: odd") == "train.cause.unknown"
    assert cause(-9, "WARNING failed to get image size: x.png") == "train.cause.killed"


def test_the_last_traceback_is_preferred_to_those_before() -> None:
    assert cause(1, *NO_TRITON, *FULL) == "train.cause.gpu_memory"
    assert cause(1, *FULL, TRACEBACK, FRAME, "ModuleNotFoundError: No module named 'a'") == "train.cause.missing_package"


def test_a_chain_of_tracebacks_is_one() -> None:
    proxy, chain = "urllib3.ProxyError: Unable", "During handling of the above exception, another exception occurred:"
    assert cause(1, TRACEBACK, FRAME, proxy, chain, TRACEBACK, FRAME, "OSError: odd") == "train.cause.proxy"


def test_what_only_follows_from_an_error_is_not_it() -> None:
    launcher = "subprocess.CalledProcessError: Command '['--output_name', 'No xformers']' returned non-zero exit status 1."
    assert cause(1, *FULL, BAR, TRACEBACK, FRAME, launcher) == "train.cause.gpu_memory"
    assert cause(1, *FULL, "Exception ignored in: <f>", TRACEBACK, FRAME, "ImportError: sys") == "train.cause.gpu_memory"
    other_card = ("[rank1]: " + TRACEBACK, "[rank1]: " + FRAME, "[rank1]: DistBackendError: NCCL error in: a.hpp")
    assert cause(1, *(f"[rank0]: {line}" for line in FULL), *other_card) == "train.cause.gpu_memory"
    worker = (TRACEBACK, FRAME, "OSError: [WinError 1455] Pequeño")
    assert cause(1, *worker, TRACEBACK, FRAME, "RuntimeError: DataLoader worker (pid 1) exited") == "train.cause.host_memory"


@pytest.mark.parametrize(
    ("said", "expected"),
    [("returned non-zero exit status 3221225477.", "train.cause.host_memory"),
     ("died with <Signals.SIGKILL: 9>.", "train.cause.killed"), ("returned non-zero exit status 1.", "train.cause.unknown")],
)  # fmt: skip
def test_a_launcher_tells_how_its_trainer_ended(said: str, expected: str) -> None:
    assert cause(1, BAR, TRACEBACK, FRAME, f"subprocess.CalledProcessError: Command '[a]' {said}") == expected


@pytest.mark.parametrize(
    ("code", "expected"), [(-9, "train.cause.killed"), (-15, "train.cause.terminated"), (130, "train.cause.interrupted")]
)
def test_a_signal_to_the_launcher_is_the_cause_whatever_exit_code_it_reported_of_the_trainer(code: int, expected: str) -> None:
    """It reported a trainer that failed, and got the signal before it could exit with 1."""
    said = "subprocess.CalledProcessError: Command '[a]' returned non-zero exit status 1."
    found = diagnose(code, False, read(BAR, TRACEBACK, FRAME, said), LOG)
    assert found is not None
    assert (found.key, found.values["code"]) == (expected, code)


def test_the_bar_that_is_printed_again_does_not_take_an_error_back() -> None:
    """The last bar on the screen may be older than the step that failed."""
    assert cause(1, BAR, *FULL, STEP_2) == "train.cause.gpu_memory"
    assert cause(-9, *FULL, BAR, STEP_2) == "train.cause.killed"  # somebody caught it: two steps were done since


def test_source_that_a_boxed_traceback_quotes_is_no_error() -> None:
    box = ("╭─── Traceback (most recent call last) ───╮", "│ ❱ 20 │   raise RuntimeError(CUDA Setup failed despite │", "╰──╯")
    assert cause(1, *box, "ValueError: odd") == "train.cause.unknown"


def test_a_traceback_that_is_never_ended_hides_nothing_that_comes_after_it() -> None:
    odd = (TRACEBACK, FRAME, "f.<locals>.E")
    assert cause(0, *odd, "                    INFO     model saved.") is None
    assert cause(1, "Exception ignored in: <f>", "INFO odd", *FULL) == "train.cause.gpu_memory"


def test_a_message_that_begins_on_the_next_line_is_told() -> None:
    found = diagnose(1, False, read(TRACEBACK, FRAME, "RuntimeError:", "   the odd thing"), LOG)
    assert found is not None and found.values["detail"].splitlines()[0] == "RuntimeError: the odd thing"


def test_a_saved_model_is_none_the_worse_for_a_crash_while_python_shuts_down() -> None:
    assert cause(3221225477, BAR, "INFO model saved.") is None


def test_the_picture_is_named_though_the_traceback_does_not() -> None:
    found = diagnose(
        1, False, read("WARNING failed to get image size: x.png", TRACEBACK, FRAME, "ZeroDivisionError: division"), LOG
    )
    assert found is not None and found.values["detail"] == "failed to get image size: x.png"


def test_quoted_source_is_not_taken_for_an_error() -> None:
    reader = LogReader()
    assert reader.feed('    raise ImportError("No bitsandbytes / not installed")') == []
    events = reader.feed("ImportError: No bitsandbytes / bitsandbytesがインストールされていないようです")
    assert events[0] == Trouble("train.cause.no_bitsandbytes", "No bitsandbytes")


def test_the_detail_names_the_model_and_the_options() -> None:
    lost = 'ValueError: The provided … path "/m/x.safetensors" is neither a valid local path nor a valid repo id.'
    found = diagnose(1, False, read(lost), LOG)
    assert found is not None and found.values["detail"] == "/m/x.safetensors"
    found = diagnose(2, False, read("sdxl_train_network.py: error: unrecognized arguments: --lowvram --medvram"), LOG)
    assert found is not None and found.values["detail"] == "unrecognized arguments: --lowvram --medvram"


@given(st.text(max_size=200))
def test_no_line_breaks_the_reader(line: str) -> None:
    reader = LogReader()
    reader.feed(line)
    (event,) = reader.feed("steps:   0%|          | 1/4 [00:09<00:28,  9.50s/it, avr_loss=0.123]")
    assert isinstance(event, Progress) and event.step == 1


DAMAGED_NUMBERS = ("1.0.0", "00::8", "9" * 5000, ".", "?", "", "-1", "\u0663", "\u00b2", "1e999", "nan", ":")


@pytest.mark.parametrize("number", DAMAGED_NUMBERS, ids=lambda text: text[:8])
@pytest.mark.parametrize("place", ["25", "1", "4", "00:09", "00:28", "9.51", "1.3"])
def test_a_bar_that_is_torn_says_nothing_or_what_is_left_of_it(
    place: str, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    reader = LogReader()
    reader.feed(BAR.replace(place, number, 1))
    diagnose(1, False, reader.facts, LOG)
    assert not caplog.records  # nothing was raised on the way
    (event,) = reader.feed("steps:  50%|#####     | 2/4 [00:09<00:28,  9.50s/it, avr_loss=0.123]")
    assert isinstance(event, Progress) and (event.step, event.total) == (2, 4)


def test_a_bug_in_the_reader_costs_one_line_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    reader = LogReader()
    monkeypatch.setattr(LogReader, "_text", lambda self, line: 1 / 0)
    assert reader.feed("anything") == []
    monkeypatch.undo()
    assert reader.feed("running training") == [Phase("training")]
    assert "cannot read a line" in caplog.text and "ZeroDivisionError" in caplog.text


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
    found = diagnose(CODES.get(name, 0), False, real(name).facts, LOG)
    assert (found.key if found else None) == ENDS[name]


@pytest.mark.parametrize("name", sorted(ENDS))
def test_without_an_exit_code_a_real_log_ends_as_with_it(name: str) -> None:
    """An adopted trainer is nobody's child of ours: its code stays unknown."""
    facts = real(name).facts
    found = diagnose(inferred_code(facts), False, facts, LOG)
    # A log that simply stops does not say which signal it was.
    assert (found.key if found else None) == {"sigterm": "train.cause.killed"}.get(name, ENDS[name])


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
