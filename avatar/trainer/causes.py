"""What the words of a trainer's end mean: one table, from words to causes. Data only; `log` looks for them, `endings` chooses.

The words are those of sd-scripts, torch, accelerate, the hub's client and the systems' own errors, in lower case. Words alone
often do not say what failed: the same reader opens a base model and a saved state, so some count only with certain frames
in the traceback. What is more telling stands higher.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass

# Frames of a traceback, in lower case.
_STATE = r"load_state\b|resume_from_local|load_accelerator_state"
_NPZ = r"npyio|numpy[/\\]lib[/\\]_?format|load_latents_from|np\.load\("
_CHECKPOINT = r"torch[/\\](?:serialization|_weights_only_unpickler)|safetensors[/\\]torch"
_OTHER_FILE = r"load_vae|load_weights|create_network_from_weights|load_embeddings"  # read as a base model is
_SAVING = r"torch[/\\]serialization[^\n]* in _?save|save_file"
_OPTIMIZERS = (
    r"get_optimizer|torch[/\\]optim|bitsandbytes[/\\]optim|prodigyopt|lion_pytorch|dadaptation|schedulefree|pytorch_optimizer"
    r"|transformers[/\\]optimization"
)
_SCHEDULERS = r"get_scheduler|lr_scheduler"
_SPAWN = r"multiprocessing[/\\](?:spawn|popen_spawn|reduction)|_multiprocessingdataloaderiter"
_CARDS = r"torch[/\\]distributed"
_STEPS = r"num_update_steps_per_epoch|batch_count|len\(train_dataloader\)|num_batches_per_epoch|get_scheduler"
_OWN = r"\nlast file (?![^\n]*(?:site-packages|dist-packages|[/\\]lib[/\\]))"  # raised by a file of the trainer itself
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, eq=False)  # each is itself alone
class Sign:
    """Words that speak for a cause, which is the key of its text.

    any       one of these is said; "|" within one stands between parts that must all be there, "\\n" for a line's beginning
    frames    a pattern that the traceback's frames must hold
    without   a pattern that they must not hold
    after     counts also where it was said before the traceback, which then ends in one of these words ("": in any)
    at_start  only before the first step
    japanese  only where the message is in Japanese too, as the trainer's own are
    detail    a pattern whose group is what is told of the line; "": the line
    """

    cause: str
    words: tuple[str, ...]
    frames: str = ""
    without: str = ""
    after: tuple[str, ...] = ()
    at_start: bool = False
    japanese: bool = False
    detail: str = ""

    def fits(self, said: str, frames: str, step: int) -> bool:
        """Return whether a line in lower case, the frames above it and the step it was said at are what it looks for."""
        return (
            any(all(part in said for part in one.split("|")) for one in self.words)
            and (not self.frames or re.search(self.frames, frames) is not None)
            and (not self.without or re.search(self.without, frames) is None)
            and (not self.at_start or step == 0)
            and (not self.japanese or _JAPANESE.search(said) is not None)
        )

    def told(self, line: str) -> str:
        """Return what is told of a line."""
        found = re.search(self.detail, line) if self.detail else None
        return (found[1] if found else line).strip()[:500]


def _winerrors(*numbers: int) -> tuple[str, ...]:
    return tuple(f"winerror {number}]" for number in numbers)


SIGNS: tuple[Sign, ...] = (
    Sign("train.cause.bad_option", (
        "error: unrecognized arguments", "error: argument ", "error: ambiguous option",
        "error: the following arguments are required"
    ), detail=r"error: (.*)"),
    Sign("train.cause.no_data", ("no data found", "but got num_samples=0")),

    # --- want of memory -----------------------------------------------------------------------------------------------
    Sign("train.cause.host_memory", (
        "out of memory: killed process", "oom-kill", "oom_kill", "detected 1 oom", "\nmemoryerror", "_arraymemoryerror",
        "arrowmemoryerror", "cv::outofmemoryerror", "winerror 1455]", "os error 1455)", "paging file is too small",
        "archivo de paginación es demasiado", "fichier de pagination est insuffisant", "auslagerungsdatei ist zu klein",
        "ページング ファイルが小さすぎ", "页面文件太小",
        "winerror 1450]", "winerror 8]", "winerror 14]", "defaultcpuallocator", "alloc_cpu.cpp|memory", "std::bad_alloc",
        "bad allocation", "[errno 12]", "cannot allocate memory", "os error 12)", "memory allocation of |bytes failed",
        "killed by signal: killed", "unable to allocate |for an array", "insufficient memory", "failed to allocate |bytes",
        "openblas error: memory allocation"
    ), after=("",)),
    Sign("train.cause.gpu_memory", (
        "cuda out of memory", "hip out of memory", "xpu out of memory", "mps backend out of memory", "error: out of memory",
        "cuda_error_out_of_memory", "hiperroroutofmemory", "cudaerrormemoryallocation", "allocation on device",
        "not enough gpu video memory", "result_error_out_of_device_memory", "result_error_out_of_resources",
        "pi_error_out_of_resources", "pi_error_out_of_device_memory", "error out of memory at line",
        "nvml_success|internal assert failed", "_status_alloc_failed", "cufft_alloc_failed",
        "cublas_status_not_initialized", "cudnn_status_not_initialized", "cusolver_status_internal_error|cusolverdncreate",
        "cusolver_status_not_initialized", "rocblas_status_memory_error", "torch.outofmemoryerror",
        "torch.cuda.outofmemoryerror", "c10::outofmemoryerror", "\noutofmemoryerror", "tried to allocate |mib",
        "tried to allocate |gib", "out of memory"
    )),

    # --- disks; then what the frames say, before the words -------------------------------------------------------------
    Sign("train.cause.disk_full", (
        "no space left on device", "winerror 112]", "winerror 39]", "[errno 28]", "[errno 122]", "os error 28)",
        "os error 112)", "os error 122)", "kind: storagefull", "disk quota exceeded", "inline_container.cc|unexpected pos",
        "pytorchstreamwriter failed writing", "not enough space on the disk"
    ), after=("",)),
    Sign("train.cause.drive", (
        "[errno 5]", "input/output error", "[errno 6]", "[errno 19]", "[errno 74]", "[errno 107]", "[errno 108]",
        "[errno 116]", "[errno 117]", "[errno 121]", "[errno 123]", "stale file handle", "structure needs cleaning",
        "transport endpoint is not connected", "remote i/o error", "i/o device error", "data error (cyclic", *_winerrors(15,
        20, 21, 22, 23, 24, 25, 27, 29, 30, 31, 51, 53, 55, 59, 64, 67, 121, 433, 483, 1005, 1006, 1110, 1112, 1117, 1127,
        1167, 1392, 1393), "os error 1117)", "os error 23)", "os error 21)", "os error 1167)", "os error 1392)"
    )),
    Sign("train.cause.nan_latents", ("nan detected in latents",), detail=r"latents(?:: | of )?(.*)"),
    Sign("train.cause.state", (
        "error(s) in loading state_dict for lora", "loaded state dict contains a ", "loaded state dict has a ",
        "tried to find |but folder does not exist"
    )),
    Sign("train.cause.state", ("error", "exception"), frames=_STATE),
    Sign("train.cause.state", ("keyerror: ",), frames=_OPTIMIZERS),
    Sign("train.cause.broken_picture", (
        "valueerror", "eoferror", "keyerror", "oserror", "zlib.error", "unpicklingerror", "syntaxerror",
        "unicodedecodeerror"
    ), frames=_NPZ),
    Sign("train.cause.broken_picture", (
        "badzipfile", "bad crc-32", "this file contains pickled", "allow_pickle", "image file is truncated",
        "cannot identify image", "unidentifiedimageerror", "!ssize.empty()", "!_src.empty()", "broken data stream",
        "unrecognized data stream contents", "decoder error -", "broken png file", "truncated file read",
        "decompressionbomb", "truncated png", "unpack_from requires a buffer", "cannot decode image data",
        "unsupported bmp", "not enough image data"
    )),
    Sign("train.cause.broken_picture", (
        "failed to get image size",
    ), after=("zerodivisionerror",), detail=r"(failed to get image size.*)"),

    # --- packages that say themselves what they lack -------------------------------------------------------------------
    Sign("train.cause.no_bitsandbytes", ("no bitsandbytes",), detail=r"(No bitsandbytes)"),
    Sign("train.cause.no_bitsandbytes", (
        "ops.cu|at line", "ops.hip|at line", "csrc|at line", "cuda setup failed despite",
        "version of bitsandbytes installed seems to be old", "configured cuda binary not found",
        "configured rocm binary not found", "str2optimizer", "bitsandbytes|not installed", "bitsandbytes|not found",
        "cuda version mismatch", "rocm version mismatch", "no attribute 'cadam", "no attribute 'clion",
        "no attribute 'cget_", "no attribute 'cpaged", "no attribute 'crmsprop", "no attribute 'cmomentum",
        "no attribute 'cadagrad", "no attribute 'cademamix", "no attribute 'cquantize", "no attribute 'cdequantize",
        "no attribute 'cpercentile", "no attribute 'clamb", "no attribute 'clars", 'undefined symbol: cadam',
        'undefined symbol: clion', 'undefined symbol: cget_', 'undefined symbol: cpaged', 'undefined symbol: crmsprop',
        'undefined symbol: cmomentum', 'undefined symbol: cadagrad', 'undefined symbol: cademamix',
        'undefined symbol: cquantize', 'undefined symbol: cdequantize', 'undefined symbol: cpercentile',
        'undefined symbol: clamb', 'undefined symbol: clars', "native code method attempted to call",
        "forgot to compile the bitsandbytes", "cuda setup error", "cuda setup: setup failed", "bitsandbytes library load error",
        "could not find the bitsandbytes", "attempted to use bitsandbytes native library",
        "bitsandbytes has not been compiled"
    )),
    Sign("train.cause.no_bitsandbytes", (
        "compiled without gpu support",
    ), after=("nonetype", "nameerror", "attributeerror", "bitsandb")),
    Sign("train.cause.no_xformers", (
        "no xformers", "no module named 'xformers'", "xformers|no kernel image", "xformers|dll load failed"
    ), detail=r"(No xformers)"),
    Sign("train.cause.no_xformers", ("no operator found for `memory_efficient_attention",)),
    Sign("train.cause.missing_package", (
        "failed to import |look up to see its traceback", "no module named 'triton.ops'", "upgrade torch to at least",
        "serious vulnerability issue in `torch.load`", "unexpected key(s) in state_dict|position_ids"
    )),

    # --- the hub and the network: the number decides --------------------------------------------------------------------
    Sign("train.cause.proxy", (
        "certificate_verify_failed", "certificate verify failed", "proxyerror", "tunnel connection failed",
        "proxy authentication required", "407 client error"
    )),
    Sign("train.cause.no_base_model", ("404 client error", "revisionnotfounderror")),
    Sign("train.cause.hub_access", (
        "gatedrepoerror", "401 client error", "403 client error", "401 unauthorized", "403 forbidden",
        "invalid credentials in authorization", "invalid username or password", "cannot access gated repo",
        "invalid user token"
    )),
    Sign("train.cause.no_base_model", (
        "is neither a valid local path nor a valid repo id",
    ), detail=r'path "([^"]*)" is neither'),
    Sign("train.cause.no_base_model", (
        "not a valid model identifier", "hfvalidationerror", "repositorynotfounderror", "entrynotfounderror: 4",
        "cannot load model |not cached locally", "error no file named", "no file named model_index.json",
        "does not appear to have a file named", "model is not found as a file or in hugging face",
        "unboundlocalerror|'pipe'"
    )),
    Sign("train.cause.no_network", (
        "429 client error", "too many requests", "500 server error", "502 server error", "503 server error",
        "504 server error", "cas service error", "consistency check failed", "localentrynotfounderror",
        "can't load tokenizer for", "readtimeout", "connecttimeout", "getaddrinfo failed", "failed to resolve ",
        "name or service not known", "network is unreachable", "temporary failure in name resolution",
        "max retries exceeded", "couldn't connect to", "could not connect to", "connectionerror", "connecterror",
        "readerror", "incompleteread", "chunkedencodingerror", "protocolerror", "remotedisconnected", "server disconnected",
        "nodename nor servname", "filemetadataerror",
        "offlinemodeisenabled", "offline mode is enabled", "sslerror", "ssl: |eof occurred",
        "winerror 10054]", "winerror 10060]", "winerror 10061]", "winerror 11001]", "connection reset by peer"
    ), without=f"{_SPAWN}|{_CARDS}"),
    Sign("train.cause.no_network", ("expected str, bytes or os.pathlike object, not nonetype",)),

    # --- the card -------------------------------------------------------------------------------------------------------
    Sign("train.cause.several_cards", (
        "nccl", "use_libuv was requested", "distnetworkerror", "diststoreerror", "distbackenderror",
        "invalid device ordinal", "server socket has failed to listen", "gloo/transport", "rendezvousconnectionerror",
        "rendezvoustimeouterror"
    )),
    Sign("train.cause.several_cards", (
        "address already in use", "winerror 10048]", "connection refused", "connection reset", "timed out", "errno: 98"
    ), frames=_CARDS),
    Sign("train.cause.cuda", (
        "torch not compiled with", "no kernel image is available", "device kernel image is invalid",
        "unsupported toolchain", "no cuda-capable device", "cuda-capable device(s) is/are busy",
        "all cuda-capable devices are busy", "cuda driver version is insufficient", "found no nvidia driver",
        "nvidia driver on your system is too old", "no cuda gpus are available", "no hip gpus are available",
        "no xpu devices are available", "xpu device count is zero", "cuda unknown error", "invalid device function",
        "system not yet initialized", "unsupported display driver / cuda driver combination",
        "forward compatibility was attempted", "ptx jit compil", "error: named symbol not found",
        "attempting to deserialize object on a cuda device", "mixed precision requires a gpu", "_status_arch_mismatch",
        "not linked with support for mps", "error: initialization error", "error: operation not supported",
        "error: invalid image", "no rocm-capable device", "hsa_status_error_invalid_isa", "miopenstatus",
        "hiperrornobinaryforgpu", "api call is not supported in the installed cuda driver"
    )),
    Sign("train.cause.cuda", (
        "code object build failed", "is not compatible with the current pytorch installation"
    ), after=("miopen", "cuda", "hip")),
    Sign("train.cause.library", (
        "could not load library", "could not locate ", "unable to load any of "
    ), after=("cudnn", "cuda", "cublas", "nvrtc", "runtimeerror")),
    Sign("train.cause.library", (
        "cudnn version incompatibility", "sublibrary_loading_failed", "sublibrary_version_mismatch",
        "cudnn_status_version_mismatch"
    )),
    Sign("train.cause.no_bf16", (
        "bf16 mixed precision requires", "bfloat16 is not supported", "not support bfloat16", "not support bf16",
        "bf16 is not supported", "bfloat16 unsupported", "cublas_status_not_supported|16bf"
    )),
    Sign("train.cause.gpu_fault", (
        "illegal memory access", "unspecified launch failure", "_status_execution_failed", "launch timed out",
        "result_error_device_lost", "pi_error_device_lost", "misaligned address", "uncorrectable ecc",
        "hardware stack error", "illegal instruction was encountered", "error: unknown error", "fallen off the bus",
        "_status_internal_error", "_status_mapping_error", "cufft_internal_error", "unable to find an engine to execute",
        "error: unrecognized error code", "invalid program counter", "error: context is destroyed",
        "memory access fault by gpu", "gpu hang", "device removed", "error: device not ready", "hsa_status_error_exception",
        "hsa_status_error_out_of_resources"
    )),

    # --- precision ------------------------------------------------------------------------------------------------------
    Sign("train.cause.fp16_values", ("attempting to unscale fp16 gradients",)),
    Sign("train.cause.fp8_cpu", (
        "mixed dtype (cpu)", "promotion for float8 types is not supported", "not implemented for 'float8"
    )),
    Sign("train.cause.fp16_cpu", (
        "expected m1 and m2 to have the same dtype, but got: c10::half", "not implemented for 'half'"
    )),
    Sign("train.cause.mac", ("mps framework doesn't support", "not currently implemented for the mps device")),

    # --- the base model -------------------------------------------------------------------------------------------------
    Sign("train.cause.not_writable", ("error while serializing: ",)),
    Sign("train.cause.broken_model", (
        "safetensorerror", "invalidheader", "headertoolarge", "headertoosmall", "metadataincompletebuffer",
        "incomplete metadata", "error while deserializing", "invalid magic number", "invalid load key",
        "failed finding central directory", "invalid header or archive is corrupted", "unpicklingerror",
        "weights only load failed", "pytorchstreamreader failed", "unexpected eof, expected"
    ), without=_OTHER_FILE),
    Sign("train.cause.broken_model", (
        "indexerror", "eoferror", "unicodedecodeerror", "valueerror", "keyerror", "attributeerror", "struct.error",
        "modulenotfounderror", "overflowerror", "runtimeerror"
    ), frames=_CHECKPOINT, without=f"{_OTHER_FILE}|{_SAVING}"),
    Sign("train.cause.wrong_model", (
        "error(s) in loading state_dict", "missing key(s) in state_dict", "size mismatch for ",
        "unexpected key(s) in state_dict", "expected input|channels, but got ", "mat1 and mat2 shapes cannot be multiplied",
        "keyerror: 'conditioner.", "keyerror: 'time_embed.", "keyerror: 'encoder.conv_in", "keyerror: 'first_stage_model.",
        "keyerror: 'model.diffusion_model", "keyerror: 'label_emb", "keyerror: 'input_blocks.", "keyerror: 'text_model.",
        "keyerror: 'cond_stage_model"
    ), without=_OTHER_FILE),

    # --- libraries of the system, loader processes, the rest of the environment -----------------------------------------
    Sign("train.cause.library", (
        "winerror 126]", "winerror 127]", "winerror 182]", "winerror 193]", "winerror 1114]", "dll load failed",
        ".so|cannot open shared object", "glibc_|not found", "glibcxx_|not found", "invalid elf header",
        "is not found or cannot be loaded", "wrong elf class", "cannot enable executable stack"
    )),
    Sign("train.cause.workers", (
        "dataloader worker (pid", "unable to open shared memory object", "[errno 24]", "too many open files",
        "received 0 items of ancdata", "bootstrapping phase", "unable to mmap"
    )),
    Sign("train.cause.workers", (
        "brokenpipeerror", "eoferror", "can't pickle", "cannot pickle", "picklingerror"
    ), frames=_SPAWN),
    Sign("train.cause.missing_package", ("modulenotfounderror: no module named '",), detail=r"No module named '([^']+)'"),
    Sign("train.cause.missing_package", ("importerror",), detail=r"ImportError: (.*)"),
    Sign("train.cause.missing_package", (
        "syntaxerror", "indentationerror", "taberror", "cannot import name", "numpy is not available",
        "numpy.dtype size changed", "compiled using numpy 1", "_array_api not found",
        "descriptors cannot be created directly", "operator torchvision::", "undefined symbol: ",
        "different cuda major versions", "couldn't load custom c++ ops", "could not import module '",
        "distribution was not found and is required", "is required for a normal functioning",
        "no package metadata was found for", "packagenotfounderror", "distributionnotfound", "working triton installation",
        "requires the following packages", "but it was not found in your", "partially initialized module",
        "binary incompatibility", "is not installed. please install", "does not match c++ signature", "metaclass conflict",
        "mutable default <class", "failed to find c compiler", "init_empty_weights' is not defined"
    )),

    # --- captions, files ------------------------------------------------------------------------------------------------
    Sign("train.cause.encoding", ("unicodeencodeerror",)),
    Sign("train.cause.caption_encoding", (
        "illegal char in file", "caption file is empty"
    ), after=("unicodedecodeerror", "assertionerror")),
    Sign("train.cause.caption_encoding", ("unicodedecodeerror",), frames=r"caption"),
    Sign("train.cause.picture_size", (
        "image too large, but cropping and bucketing are disabled", "image size is small", "illegal trimmed size"
    )),
    Sign("train.cause.not_writable", (
        "permissionerror", "[errno 13]", "[errno 1] ", "[errno 16]", "[errno 17]", "[errno 21]", "[errno 30]",
        "read-only file system", "fileexistserror", "isadirectoryerror", "os error 5)", "os error 32)", "os error 13)",
        "os error 30)", *_winerrors(5, 19, 32, 33, 80, 183, 225, 362, 389, 395, 1224, 1314, 1920)
    )),

    # --- options --------------------------------------------------------------------------------------------------------
    Sign("train.cause.warmup", ("does not require num_warmup_steps", "does not require `num_warmup_steps`")),
    Sign("train.cause.resolution", (
        "sizes of tensors must match except in dimension 1", "must be divisible by 64", "multiple of 64"
    )),
    Sign("train.cause.bad_option", (
        "indexerror", "valueerror", "assertionerror", "typeerror", "syntaxerror"
    ), frames="get_optimizer", at_start=True),
    Sign("train.cause.bad_option", (
        "unexpected keyword argument", "missing |required positional argument", "no attribute"
    ), frames=f"{_SCHEDULERS}|get_optimizer|create_network"),
    Sign("train.cause.bad_option", (
        "optimizer got an empty parameter list", "stat: path should be string, bytes, os.pathlike or integer",
        "dropout probability has to be between", "invalid learning rate", "invalid beta parameter", "invalid weight_decay",
        "invalid epsilon", "invalid momentum", "invalid d_coef", "invalid literal for int()",
        "could not convert string to float", "malformed node or string", "tomldecodeerror", "error.multipleinvalid",
        "max_train_steps should be greater than initial step", "is not a valid "
    )),
    Sign("train.cause.bad_option", ("zerodivisionerror",), frames=_STEPS),
    Sign("train.cause.missing_package", (
        "positional argument", "unexpected keyword argument", "multiple values for argument", "module '|has no attribute"
    )),
    Sign("train.cause.bad_option", ("assertionerror", "valueerror", "notimplementederror"), japanese=True, at_start=True),
    Sign("train.cause.bad_option", ("assertionerror: ", "valueerror: "), frames=_OWN, at_start=True),
    Sign("train.cause.path", (
        "filenotfounderror", "winerror 206]", "winerror 2]", "winerror 3]", "winerror 123]", "winerror 267]", "[errno 36]",
        "[errno 2]", "[errno 20]", "file name too long", "no such file or directory"
    )),
    Sign("train.cause.interrupted", ("\nkeyboardinterrupt", "forrtl: error (200)", "process |got signal: 2")),
    Sign("train.cause.crashed", (
        "segmentation fault", "access violation", "fatal python error", "stack smashing detected", "double free or corruption",
        "(core dumped)"
    )),
    Sign("train.cause.terminated", ("process |got signal: 1",)),
)  # fmt: skip


_PLACE = {sign: place for place, sign in enumerate(SIGNS)}
_PIECE = 5  # [choice] characters: fewer are in every line, more make too many pieces


@functools.cache
def _by_piece() -> tuple[tuple[str, tuple[tuple[str, Sign], ...]], ...]:
    """Return few short pieces, one of which all words of the table hold, each with its words: most lines hold none."""
    left = {(words.partition("|")[0], sign) for sign in SIGNS for words in sign.words}
    found = []
    while left:
        pieces = Counter(piece for words in {words for words, _ in left} for piece in _pieces(words))
        piece = max(pieces, key=lambda piece: (pieces[piece], piece))
        held = {(words, sign) for words, sign in left if piece in words}
        found.append((piece, tuple(held)))
        left -= held
    return tuple(found)


def _pieces(words: str) -> set[str]:
    return {words[at : at + _PIECE] for at in range(max(len(words) - _PIECE + 1, 1))}


def signs_in(said: str, frames: str, step: int) -> list[Sign]:
    """Return the signs that a line holds, the most telling first. A plain search for words: its time grows with the line alone.

    said  in lower case, after a line end
    """
    near = {sign for piece, held in _by_piece() if piece in said for words, sign in held if words in said}
    return [sign for sign in sorted(near, key=_PLACE.__getitem__) if sign.fits(said, frames, step)]
