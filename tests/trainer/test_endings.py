"""Why a training ended: a log of each kind, written from its telling words; and the shared table where it is at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from avatar.plan import retry
from avatar.system.child import LINE_LIMIT
from avatar.texts import translate
from avatar.trainer.causes import SIGNS
from avatar.trainer.endings import diagnose
from avatar.trainer.log import LAST_LINES, LogReader
from tests.places import SHARED

TABLE = SHARED / "data" / "cases" / "18-trainer-logs" / "endings.json"
ENTRIES: list[dict[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.is_file() else []
# The table is older than these texts: where it wants a new one, this is it.
NEW = {"drive fault": "drive", "system not supported": "mac", "option": "fp16_values"}
START = ("INFO     preparing accelerator", "accelerator device: cuda")
STEPS = (*START, "running training / 学習開始", "steps:   1%|1| 16/1600 [00:21<34:54,  1.31s/it, avr_loss=0.112]")
VENV = "/opt/sd-scripts/venv/lib/python3.11/site-packages"


def traceback(error: str, *frames: str) -> tuple[str, ...]:
    """Return a traceback; frames: "path:function", or "path:function: source"."""
    lines = ["Traceback (most recent call last):", '  File "/opt/sd-scripts/sdxl_train_network.py", line 234, in <module>']
    for frame in frames:
        path, _, rest = frame.partition(":")
        function, _, source = rest.partition(": ")
        lines += [f'  File "{path}", line 7, in {function}', *([f"    {source}"] if source else [])]
    return (*lines, *error.split("\n"))


def cause(code: int, *lines: str) -> str:
    reader = LogReader()
    for line in lines:
        reader.feed(line)
    found = diagnose(code, False, reader.facts)
    assert found is not None
    for language in translate.LANGUAGES:
        assert translate.words(found, language)
    return found.key.removeprefix("train.cause.")


# What ends in a traceback: cause -> (error, frames of it).
LOAD_STATE = f"{VENV}/accelerate/accelerator.py:load_state"
TORCH_LOAD = f"{VENV}/torch/serialization.py:load"
NPZ = f"{VENV}/numpy/lib/npyio.py:load"
KINDS: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "gpu_memory": [
        (text, ())
        for text in (
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 80.00 MiB",
            "RuntimeError: HIP out of memory.",
            "RuntimeError: XPU out of memory. Tried",
            "RuntimeError: MPS backend out of memory (MPS allocated: 5 GB",
            "torch.OutOfMemoryError: Allocation on device 0 would exceed allowed memory.",
            "torch.OutOfMemoryError: Allocation on device",
            'RuntimeError: NVML_SUCCESS == r INTERNAL ASSERT FAILED at "../c10/cuda/CUDACachingAllocator.cpp":830',
            "RuntimeError: CUDA driver error: out of memory",
            "RuntimeError: CUDA error: out of memory",
            "RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
            "RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling",
            "RuntimeError: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED",
            "RuntimeError: cusolver error: CUSOLVER_STATUS_INTERNAL_ERROR, when calling `cusolverDnCreate(handle)`",
            "RuntimeError: Native API failed. Native API returns: 39 (UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)",
            "OutOfMemoryError: CUDA out of\nmemory. Tried to allocate 50.00",
            "RuntimeError: HIP error: out of memory",
            "RuntimeError: Could not allocate tensor. There is not enough GPU video memory available!",
        )
    ],
    "host_memory": [
        (text, ())
        for text in (
            "OSError: [WinError 1455] El archivo de paginación es demasiado pequeño",
            "OSError: Too small. (os error 1455)",
            "RuntimeError: [enforce fail at alloc_cpu.cpp:114] data. DefaultCPUAllocator: not enough memory",
            "MemoryError",
            "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 24.0 MiB for an array with shape (1024, 1024, 3)",
            "RuntimeError: std::bad_alloc",
            "OSError: [Errno 12] Cannot allocate memory",
            "MemoryError: Unable to allocate",
            "cv2.error: OpenCV(4.10.0) error: (-4:Insufficient memory) Failed to allocate 3145728 bytes",
        )
    ],
    "workers": [
        ("RuntimeError: DataLoader worker (pid 20133) is killed by signal: Bus error.", ()),
        ("RuntimeError: unable to open shared memory object </torch_1> in read-write mode", ()),
        ("OSError: [Errno 24] Too many open files: 'p07.png'", ()),
        ("BrokenPipeError: [Errno 32] Broken pipe", ("C:\\Python310\\lib\\multiprocessing\\popen_spawn_win32.py:__init__",)),
    ],
    "disk_full": [
        (text, ())
        for text in (
            "OSError: [Errno 28] No space left on device",
            "OSError: [Errno 122] Disk quota exceeded",
            "OSError: [WinError 112] There is not enough space on the disk",
            "safetensors_rust.SafetensorError: Error while serializing: IoError(Os { code: 28, kind: StorageFull })",
            "RuntimeError: [enforce fail at inline_container.cc:603] . unexpected pos 128 vs 64",
        )
    ],
    "drive": [
        ("OSError: [Errno 5] Input/output error: '/mnt/usb/a'", ()),
        ("OSError: [Errno 116] Stale file handle", ()),
        ("OSError: [WinError 1117] The request could not be performed because of an I/O device error", ()),
        ("OSError: [WinError 1392] The file or directory is corrupted and unreadable", (TORCH_LOAD,)),
        ("safetensors_rust.SafetensorError: I/O error: Input/output error (os error 5)", ()),
    ],
    "cuda": [
        (text, ())
        for text in (
            "RuntimeError: CUDA error: no kernel image is available for execution on the device\nCompile with X",
            "RuntimeError: CUDA error: device kernel image is invalid",
            "RuntimeError: CUDA error: no CUDA-capable device is detected",
            "RuntimeError: CUDA error: the provided PTX was compiled with an unsupported toolchain.",
            "RuntimeError: CUDA unknown error - this may be due to",
            "RuntimeError: HIP error: invalid device function",
            "RuntimeError: No CUDA GPUs are available",
            "RuntimeError: Found no NVIDIA driver on your system.",
            "RuntimeError: CUDA error: CUDA-capable device(s) is/are busy or unavailable",
        )
    ],
    "gpu_fault": [
        (text, ())
        for text in (
            "RuntimeError: CUDA error: an illegal memory access was encountered",
            "RuntimeError: CUDA error: unspecified launch failure",
            "RuntimeError: CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling",
            "RuntimeError: CUDA error: the launch timed out",
            "RuntimeError: Native API failed. Native API returns: 20 (UR_RESULT_ERROR_DEVICE_LOST)",
            "RuntimeError: HIP error: an illegal memory access was encountered",
            "RuntimeError: cuDNN error: CUDNN_STATUS_INTERNAL_ERROR",
        )
    ],
    "library": [
        (text, ())
        for text in (
            "OSError: [WinError 126] The specified module could not be found. Error loading fbgemm.dll",
            "OSError: [WinError 127] x",
            "OSError: [WinError 182] x",
            "OSError: [WinError 193] %1 is not a valid Win32 application",
            "OSError: [WinError 1114] A dynamic link library (DLL) initialization routine failed",
            "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
            "RuntimeError: cuDNN version incompatibility: PyTorch was compiled  against (9, 1, 0) but found (8, 9, 7)",
        )
    ],
    "no_bitsandbytes": [
        ("NameError: name 'str2optimizer8bit_blockwise' is not defined", ()),
        ("AttributeError: 'NoneType' object has no attribute 'cadam8bit_blockwise_grad_fp32'", ()),
        ("RuntimeError:\n        CUDA Setup failed despite GPU being available. Please run", ()),
        ("RuntimeError:\n🚨 CUDA VERSION MISMATCH 🚨\nRequested CUDA version: 13.2", ()),
    ],
    "missing_package": [
        ("ImportError: cannot import name 'cached_download' from 'huggingface_hub'", ()),
        (
            (
                "RuntimeError: Failed to import diffusers because of the following error (look up to see its traceback):\n"
                "expected str, bytes or os.PathLike object, not NoneType"
            ),
            (),
        ),
        ("ValueError: numpy.dtype size changed, may indicate binary incompatibility.", ()),
        (
            "TypeError: ControlNetDataset.cache_latents() takes from 2 to 5 positional arguments but 6 were given",
            ("/opt/sd-scripts/library/train_util.py:new_cache_latents",),
        ),
        ("TypeError: Accelerator.__init__() got an unexpected keyword argument 'logging_dir'", ()),
        (
            'RuntimeError: Error(s) in loading state_dict for CLIPText:\n\tUnexpected key(s) in state_dict: "a.position_ids".',
            (),
        ),
        ("SyntaxError: invalid character '·' (U+00B7)", ()),
        ("RuntimeError: operator torchvision::nms does not exist", ()),
        ("ValueError: Due to a serious vulnerability issue in `torch.load`, upgrade torch to at least v2.6", (TORCH_LOAD,)),
        ("AttributeError: module 'numpy' has no attribute 'float'.", ()),
        ("ModuleNotFoundError: No module named 'voluptuous'", ()),
    ],
    "bad_option": [
        (
            "AssertionError: full_bf16 requires mixed precision='bf16' / full_bf16を使う場合は",
            ("/opt/sd-scripts/train_network.py:train",),
        ),
        ("ValueError: invalid literal for int() with base 10: '64x64'", ()),
        (
            "TypeError: Prodigy.__init__() got an unexpected keyword argument 'decay'",
            ("/opt/sd-scripts/library/train_util.py:get_optimizer",),
        ),
        ("ValueError: optimizer got an empty parameter list", (f"{VENV}/torch/optim/optimizer.py:__init__",)),
        (
            "TypeError: stat: path should be string, bytes, os.PathLike or integer, not NoneType",
            ("/usr/lib/python3.11/genericpath.py:isfile",),
        ),
        (
            "ZeroDivisionError: division by zero",
            ("/opt/sd-scripts/train_network.py:train: num_update_steps_per_epoch = len(x) / 0",),
        ),
        ("ValueError: dropout probability has to be between 0 and 1, but got 2.0", ()),
        (
            "AttributeError: module 'torch.optim.lr_scheduler' has no attribute 'NoSuchLR'",
            ("/opt/sd-scripts/library/train_util.py:get_scheduler_fix",),
        ),
    ],
    "broken_picture": [
        ("OSError: image file is truncated (44 bytes not processed)", ()),
        ("PIL.UnidentifiedImageError: cannot identify image file 'a'", ()),
        ("cv2.error: OpenCV(4.10.0) resize.cpp:4152: error: (-215:Assertion failed) !ssize.empty() in function 'resize'", ()),
        ("zipfile.BadZipFile: Bad CRC-32 for file 'latents_128x128.npy'", (NPZ,)),
        ("ValueError: This file contains pickled (object) data.", (NPZ,)),
        ("EOFError: No data left in file", (NPZ,)),
    ],
    "broken_model": [
        ("safetensors_rust.SafetensorError: Error while deserializing header: HeaderTooLarge", ()),
        ("safetensors_rust.SafetensorError: Error while deserializing header: incomplete metadata, file not fully covered", ()),
        ("_pickle.UnpicklingError: Weights only load failed.", (TORCH_LOAD,)),
        ("IndexError: list index out of range", (TORCH_LOAD,)),
        ("RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory", (TORCH_LOAD,)),
    ],
    "wrong_model": [
        (
            'RuntimeError: Error(s) in loading state_dict for SdxlUNet2DConditionModel:\n\tMissing key(s) in state_dict: "a.b"',
            (),
        ),
        (
            (
                "RuntimeError: Given groups=1, weight of size [320, 9], expected input[1, 4] to have 9 channels, but got 4 "
                "channels instead"
            ),
            (),
        ),
        ("RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x2048 and 2816x1280)", ()),
    ],
    "no_base_model": [
        (
            "OSError: a/b is not a local folder and is not a valid model identifier listed on 'https://huggingface.co/models'",
            (),
        ),
        ("huggingface_hub.errors.HFValidationError: Repo id must use alphanumeric chars: '../stub.safetensors'.", ()),
        (
            (
                "huggingface_hub.errors.RepositoryNotFoundError: 404 Client Error.\nRepository Not Found for url: x.\n"
                "If you are trying to access a private or gated repo, make sure you are authenticated."
            ),
            (),
        ),
    ],
    "state": [
        ("RuntimeError: Error(s) in loading state_dict for LoRANetwork:\n\tsize mismatch for lora_unet_a", ()),
        ("RuntimeError: PytorchStreamReader failed reading zip archive", (LOAD_STATE, TORCH_LOAD)),
        ("_pickle.UnpicklingError: Weights only load failed.", (LOAD_STATE, TORCH_LOAD)),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'st/optimizer.bin'", (LOAD_STATE, TORCH_LOAD)),
        ("KeyError: 'beta1'", (f"{VENV}/transformers/optimization.py:_get_options",)),
        ("ValueError: Tried to find nowhere-state but folder does not exist", (LOAD_STATE,)),
    ],
    "hub_access": [
        ("huggingface_hub.errors.GatedRepoError: 401 Client Error.\nCannot access gated repo for url x", ()),
        (
            (
                "huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error.\nRepository Not Found for url: x.\n"
                "Invalid username or password."
            ),
            (),
        ),
        ("huggingface_hub.errors.HfHubHTTPError: 401 Client Error: Unauthorized for url: x", ()),
    ],
    "no_network": [
        ("huggingface_hub.errors.HfHubHTTPError: 429 Client Error: Too Many Requests for url: x", ()),
        (
            "RuntimeError: Data processing error: CAS service error : ReqwestMiddleware Error: Request failed after 5 retries",
            (),
        ),
        (
            "TypeError: expected str, bytes or os.PathLike object, not NoneType",
            (f"{VENV}/transformers/tokenization_clip.py:__init__",),
        ),
    ],
    "not_writable": [
        ("OSError: [WinError 1314] A required privilege is not held by the client", ()),
        ("OSError: [Errno 30] Read-only file system", ()),
        ("PermissionError: [WinError 32] The process cannot access the file because it is being used by another process", ()),
    ],
    "several_cards": [
        ("RuntimeError: Distributed package doesn't have NCCL built in", ()),
        ("RuntimeError: CUDA error: invalid device ordinal", ()),
    ],
    "fp8_cpu": [("RuntimeError: Promotion for Float8 Types is not supported, attempted to promote", ())],
    "fp16_values": [("ValueError: Attempting to unscale FP16 gradients.", ())],
    "no_bf16": [("TypeError: BFloat16 is not supported on MPS", ())],
    "mac": [("TypeError: Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64.", ())],
    "caption_encoding": [
        ("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9", ("/opt/sd-scripts/library/train_util.py:read_caption",))
    ],
    "unknown": [
        ("RuntimeError: CUDA error: device-side assert triggered", ()),
        ("KeyError: 'surprise'", ()),
        ("ZeroDivisionError: division by zero", ()),
        ("AttributeError: 'NoneType' object has no attribute 'shape'", ()),
        ("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9", ("/opt/sd-scripts/x.py:read_prompts",)),
    ],
}


@pytest.mark.parametrize("rank", ["", "[rank1]: "])
@pytest.mark.parametrize(
    ("kind", "error", "frames"),
    [(kind, *example) for kind, examples in KINDS.items() for example in examples],
    ids=[f"{kind}-{number}" for kind, examples in KINDS.items() for number in range(len(examples))],
)  # fmt: skip
def test_each_kind_of_end_has_its_cause(kind: str, error: str, frames: tuple[str, ...], rank: str) -> None:
    before = START if kind == "bad_option" else STEPS
    assert cause(1, *before, *(rank + line for line in traceback(error, *frames)), before[-1]) == kind


def test_every_cause_of_the_table_has_a_kind_of_its_own_here_or_in_the_tests_of_the_log() -> None:
    log_tests = Path(__file__).with_name("test_log.py").read_text(encoding="utf-8")
    missing = {sign.cause for sign in SIGNS} - {f"train.cause.{kind}" for kind in KINDS}
    assert [key for key in sorted(missing) if key not in log_tests] == []


# --- words that stand before the traceback, or without one -----------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "error", "expected"),
    [
        ("MemoryError", "pyo3_runtime.PanicException: Python API call failed", "host_memory"),
        ("Could not load library libnvrtc.so.12. Error: libnvrtc.so.12: cannot open", "RuntimeError: cuDNN error", "library"),
        ("ERROR    model is not found as a file or in Hugging Face, perhaps file name is wrong?",
         "UnboundLocalError: local variable 'pipe' referenced before assignment", "no_base_model"),
        ("MIOpen Error: hipoc_program.cpp:286: Code object build failed.", "RuntimeError: miopenStatusUnknownError", "cuda"),
        ("WARNING  failed to get image size: p00.png", "ZeroDivisionError: division by zero", "broken_picture"),
        ("WARNING  failed to get image size: p00.png", "ValueError: odd", "unknown"),
        ("The installed version of bitsandbytes was compiled without GPU support.", "ValueError: odd", "unknown"),
    ],
)  # fmt: skip
def test_words_before_the_traceback_count_where_the_error_fits_them(said: str, error: str, expected: str) -> None:
    assert cause(1, *STEPS, said, *traceback(error, "/x.py:f"), STEPS[-1]) == expected


def test_words_before_a_traceback_are_forgotten_when_the_training_went_on() -> None:
    on = [STEPS[-1].replace(" 16/1600", f" {step}/1600") for step in (17, 18)]
    assert cause(1, *STEPS, "MemoryError", *on, *traceback("RuntimeError: odd", "/x.py:f")) == "unknown"


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        (-6, "memory allocation of 40951352 bytes failed", "host_memory"), (-9, "Killed", "killed"),
        (1, "Error out of memory at line 380 in file D:\\a\\bitsandbytes\\csrc\\pythonInterface.cpp", "gpu_memory"),
        (1, "Error named symbol not found at line 90 in file D:\\a\\bitsandbytes\\csrc\\ops.cu", "no_bitsandbytes"),
        (1, "Error invalid device function at line 90 in file /a/ops.hip", "no_bitsandbytes"),
        (-6, "Could not load library libcudnn_cnn_infer.so.8. Error: libnvrtc.so: cannot open shared object file", "library"),
        (1, "ERROR    deepspeed is not installed. please install deepspeed in your environment", "missing_package"),
        (3221225477, "epoch 1/8", "host_memory"), (1, "Segmentation fault (core dumped)", "crashed"),
        (-11, "epoch 1/8", "crashed"), (7, "epoch 1/8", "silent"),
        (200, "forrtl: error (200): program aborting due to control-C event", "interrupted"),
        (2, "sdxl_train_network.py: error: unrecognized arguments: --lowvram", "bad_option"), (0, "No data found.", "no_data"),
    ],
)  # fmt: skip
def test_last_words_without_a_traceback(code: int, words: str, expected: str) -> None:
    assert cause(code, *STEPS, words) == expected


def test_frames_of_the_libraries_below_do_not_part_words_from_their_end() -> None:
    frames = [f"frame #{number}: c10::Error::Error(c10::SourceLocation, std::string) + 0x96" for number in range(30)]
    said = "  what():  CUDA error: an illegal memory access was encountered"
    assert cause(-6, *STEPS, "terminate called after throwing an instance of 'c10::Error'", said, *frames) == "gpu_fault"


def test_a_traceback_in_a_box_has_frames_too() -> None:
    """As rich draws it: the file's name broken over two lines, the error below the box and broken as well."""
    box = (
        "╭──────────────────── Traceback (most recent call last) ────────────────────╮",
        "│ /opt/sd-scripts/train_network.py:460 in train                             │",
        "│ ❱ 460 │   train_util.resume_from_local_or_hf_if_specified(accelerator)    │",
        "│ /opt/sd-scripts/venv/lib/python3.10/site-packages/torch/serialization.py: │",
        "│ 1040 in load                                                              │",
        "╰───────────────────────────────────────────────────────────────────────────╯",
    )
    assert cause(1, *START, *box, "UnpicklingError: invalid load key,", "'<'.") == "state"
    assert cause(1, *START, *box[:1], *box[3:], "UnpicklingError: invalid load key,", "'<'.") == "broken_model"


def test_what_was_said_long_before_a_silent_end_was_not_its_cause() -> None:
    noise = [f"INFO     number {number}" for number in range(20)]
    assert cause(1, *START, "WARNING  Permission denied: [Errno 13] x", *noise) == "silent"


# --- the rest --------------------------------------------------------------------------------------------------------


def test_a_line_of_all_weights_of_a_wrong_model_is_recognised() -> None:
    keys = ", ".join(f'"input_blocks.{number}.0.emb_layers.1.weight"' for number in range(2200))
    assert len(keys) > 90_000
    error = (
        f"RuntimeError: Error(s) in loading state_dict for SdxlUNet2DConditionModel:\n\tMissing key(s) in state_dict: {keys}"
    )
    assert cause(1, *START, *traceback(error, "/x.py:f")) == "wrong_model"


def test_an_end_that_nobody_can_name_shows_the_last_lines() -> None:
    reader = LogReader()
    for line in (*STEPS, *(f"INFO     number {number}" for number in range(20)), *traceback("KeyError: 'odd'", "/x.py:f")):
        reader.feed(line)
    found = diagnose(1, False, reader.facts)
    assert found is not None and found.key == "train.cause.unknown"
    first, *shown = found.values["detail"].splitlines()
    assert first == "KeyError: 'odd'" and len(shown) == LAST_LINES and "number 19" in found.values["detail"]


def test_only_a_want_of_memory_or_numbers_gone_bad_are_tried_again() -> None:
    again = {retry.GPU_MEMORY, retry.HOST_MEMORY, retry.KILLED, retry.WORKERS, retry.NAN, retry.NAN_LATENTS}
    memory = {kind for kind in KINDS if f"train.cause.{kind}" in again}
    assert memory == {"gpu_memory", "host_memory", "workers"}


@pytest.mark.parametrize("word", ["xformers", "steps: 1%|", "out of ", "a.", "num epochs ", 'File "', "error: ", "=1.", "("])
def test_no_line_takes_long_to_read(word: str) -> None:
    """Counted, not timed: what is looked at is cut, and the words are searched for without a pattern."""
    reader = LogReader()
    assert reader.feed(word * 100_000) == [] and len(reader.facts.last) <= LINE_LIMIT
    assert all(not re.search(r"[*+]\)?[*+]", sign.detail) for sign in SIGNS)


@pytest.mark.skipif(not ENTRIES, reason="no shared table beside this checkout")
def test_the_shared_table_of_endings_is_named_rightly() -> None:
    wrong, memory = [], 0
    for entry in ENTRIES:
        lines = re.split(r"[\r\n]", (TABLE.parent / entry["file"]).read_text(encoding="utf-8"))
        found = cause(entry["code"], *lines)
        accepted = [key.removeprefix("train.cause.") for key in entry["accept"]] or [NEW[entry["kind"]]]
        if found not in accepted:
            wrong.append((entry["id"], found, accepted))
        memory += entry["is_oom"] and found in {"gpu_memory", "host_memory", "killed", "workers"}
    assert wrong == []
    assert memory == sum(entry["is_oom"] for entry in ENTRIES)
