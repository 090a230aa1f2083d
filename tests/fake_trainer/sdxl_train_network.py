"""A stand-in for the real training script, written for the tests: same options, same dataset rules, same lines, no training.

It runs in the program's own environment. Environment variables choose how it behaves:

    FAKE_TRAINER_FAIL     nan nan_fp16 nan_above_rate oom oom_above_dim zero dim cut no_save no_write disk killed
                          killed_unless_half hang bitsandbytes fp8_cpu traceback model launcher says
    FAKE_TRAINER_SAYS     what it fails with where it "says", unless its arguments match FAKE_TRAINER_UNLESS (a pattern)
    FAKE_TRAINER_FAIL_STEP  the step at which it fails (2)
    FAKE_TRAINER_DIM      the largest dim that "fits" with oom_above_dim
    FAKE_TRAINER_RATE     the highest rate that is steady with nan_above_rate
    FAKE_TRAINER_STEP_S   seconds per step (0)
    FAKE_TRAINER_SAVE_S   seconds that writing each file takes (0)
    FAKE_TRAINER_MISSING  packages that its environment seems to lack, when it is imported and asked
    FAKE_TRAINER_TABLE    the option tables (avatar/trainer/options.json); FAKE_TRAINER_VERSION: which of them
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import os
import random
import re
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FAIL = os.environ.get("FAKE_TRAINER_FAIL", "")
FAIL_STEP = int(os.environ.get("FAKE_TRAINER_FAIL_STEP", "2"))
STEP_S = float(os.environ.get("FAKE_TRAINER_STEP_S", "0"))
SAVE_S = float(os.environ.get("FAKE_TRAINER_SAVE_S", "0"))
EXTENSIONS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".PNG", ".JPG", ".JPEG", ".WEBP", ".BMP")


if __name__ != "__main__":  # asked for its options: seems to have all packages of the real one's environment

    def version(distribution_name: str) -> str:
        if distribution_name in os.environ.get("FAKE_TRAINER_MISSING", "").split():
            raise importlib.metadata.PackageNotFoundError(distribution_name)
        return "1.0"

    importlib.metadata.version = version


def int_or_float(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else int(text) if re.fullmatch(r"-?\d+", text) else float(text)


def setup_parser() -> argparse.ArgumentParser:
    """Build the parser of one version from the table, as the real script offers it under the same name."""
    default = Path(__file__).resolve().parents[2] / "avatar" / "trainer" / "options.json"
    data = json.loads(Path(os.environ.get("FAKE_TRAINER_TABLE", default)).read_text(encoding="utf-8"))
    wanted = os.environ.get("FAKE_TRAINER_VERSION", data["versions"][0]["version"])
    version = next(entry for entry in data["versions"] if entry["version"] == wanted)
    options = {**data["options"], **version["changed"]}
    parser = argparse.ArgumentParser(prog="sdxl_train_network.py")
    kinds: dict[str, Any] = {"int": int, "float": float, "str": str, "int_or_float": int_or_float}
    for name, (kind, *choices) in options.items():
        if name in version["absent"]:
            continue
        if kind == "flag":
            parser.add_argument(f"--{name}", action="store_true")
        else:
            converted = [kinds[kind.rstrip("*")](choice) for choice in choices[0]] if choices else None
            parser.add_argument(
                f"--{name}", type=kinds[kind.rstrip("*")], nargs="*" if kind.endswith("*") else None, choices=converted
            )
    return parser


def log(level: str, text: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {level:<8} {text}          train_network.py:1\n")
    sys.stderr.flush()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def read_dataset(parent: str, extension: str) -> int:
    """Return pictures x repeats of every numbered folder; stops where the real one stops."""
    total = 0
    folders = sorted(path for path in Path(parent).iterdir() if path.is_dir()) if Path(parent).is_dir() else []
    for folder in folders:
        try:
            repeats = int(folder.name.split("_")[0])
        except ValueError:
            log("WARNING", f"ignore directory without repeats: {folder.name}")
            continue
        images = [path for path in sorted(folder.iterdir()) if path.suffix in EXTENSIONS and not path.name.startswith(".")]
        if repeats < 1:
            continue
        for image in images:
            if image.stat().st_size == 0:
                log("WARNING", f"failed to get image size: {image}")
                raise ZeroDivisionError("division by zero")
            caption = image.with_suffix(extension)
            if caption.is_file():
                lines = caption.read_text(encoding="utf-8").splitlines()
                assert len(lines) > 0, f"caption file is empty / キャプションファイルが空です: {caption}"
        log("INFO", f"found directory {folder} contains {len(images)} image files")
        total += repeats * len(images)
    return total


def find_model(name: str) -> None:
    if FAIL == "model" or not Path(name).exists():
        raise ValueError(
            f'The provided pretrained_model_name_or_path "{name}" is neither a valid local path nor a valid repo id. '
            "Please check the parameter."
        )


def bar(step: int, total: int, started: float, loss: float | None) -> str:
    seconds = int(time.monotonic() - started)
    rate = f"{max(STEP_S, 0.01):.2f}s/it" if step else "?it/s"
    left = f"{(total - step) // 60:02d}:{(total - step) % 60:02d}" if step else "?"
    done = "█" * (10 * step // total)
    postfix = "" if loss is None else f", avr_loss={loss:.3g}"
    clock = f"{seconds // 60:02d}:{seconds % 60:02d}"
    return f"\rsteps: {100 * step // total:3d}%|{done:<10}| {step}/{total} [{clock}<{left}, {rate}{postfix}]"


def write_slowly(path: Path, content: bytes) -> None:
    """Write in halves with a pause between: whoever looks meanwhile finds half a file, as with the real one."""
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
        if SAVE_S:
            file.flush()
            time.sleep(SAVE_S)
        file.write(content[len(content) // 2 :])


def packed(tensors: dict[str, tuple[list[int], list[float]]], half: bool, metadata: dict[str, str]) -> bytes:
    """Return a .safetensors file; written by hand, since loading numpy takes longer than a whole training here."""
    header: dict[str, Any] = {"__metadata__": metadata}
    body = bytearray()
    for name, (shape, values) in tensors.items():
        data = struct.pack(f"<{len(values)}{'e' if half else 'f'}", *values)
        header[name] = {"dtype": "F16" if half else "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(body)


def write_lora(path: Path, args: argparse.Namespace, steps: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    dim = args.network_dim + (1 if FAIL == "dim" else 0)
    chance = random.Random(f"{args.seed or 0} {args.learning_rate} {args.optimizer_type}")
    modules = [f"lora_unet_middle_block_1_transformer_blocks_{n}_attn1_to_q" for n in range(4)]
    if not args.network_train_unet_only:
        modules += ["lora_te1_text_model_encoder_layers_0_mlp_fc1", "lora_te2_text_model_encoder_layers_0_mlp_fc1"]
    tensors = {}
    for module in modules:
        up = [0.0 if FAIL == "zero" else chance.gauss(0, 0.01) for _ in range(32 * dim)]
        if gone_bad(args):
            up[3] = math.nan
        tensors[f"{module}.lora_up.weight"] = ([32, dim], up)
        tensors[f"{module}.lora_down.weight"] = ([dim, 32], [chance.gauss(0, 0.1) for _ in range(32 * dim)])
        tensors[f"{module}.alpha"] = ([], [float(args.network_alpha)])
    metadata = {
        "ss_network_module": "networks.lora", "ss_network_dim": str(dim), "ss_network_alpha": str(args.network_alpha),
        "ss_base_model_version": "sdxl_base_v1-0", "ss_output_name": args.output_name, "ss_steps": str(steps),
    }  # fmt: skip
    say(f"\nsaving checkpoint: {path}")
    content = packed(tensors, args.save_precision == "fp16", metadata)
    write_slowly(path, content[:-50] if FAIL == "cut" else content)


def save_state(folder: Path, epoch: int, steps: int, done: int) -> None:
    """Write a state in the order of accelerate: what was trained last of all is the random states.

    steps  as the trainer counts them; done: those that the optimizer has really had, which nobody can read
    """
    log("INFO", f"Saving current state to {folder}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train_state.json").write_text(json.dumps({"current_epoch": epoch, "current_step": steps}), encoding="utf-8")
    for name in ("model.safetensors", "optimizer.bin", "scheduler.bin", "random_states_0.pkl"):
        write_slowly(folder / name, str(done).encode())
    log("INFO", f"Random states saved in {folder / 'random_states_0.pkl'}")


def gone_bad(args: argparse.Namespace) -> bool:
    if FAIL == "nan_above_rate":
        return bool(args.learning_rate > float(os.environ["FAKE_TRAINER_RATE"]))
    return FAIL == "nan" or (FAIL == "nan_fp16" and args.mixed_precision == "fp16")


def step_fails(step: int, args: argparse.Namespace) -> None:
    too_big = FAIL == "oom_above_dim" and args.network_dim > int(os.environ.get("FAKE_TRAINER_DIM", "0"))
    if (FAIL == "oom" or too_big) and step == FAIL_STEP:
        raise type("OutOfMemoryError", (RuntimeError,), {"__module__": "torch"})(
            "CUDA out of memory. Tried to allocate 14.00 MiB. GPU 0 has a total capacity of 7.79 GiB of which 1.00 MiB is free."
        )
    if FAIL == "fp8_cpu":
        raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")
    if FAIL == "says" and re.search(os.environ["FAKE_TRAINER_UNLESS"], " ".join(sys.argv)) is None:
        raise RuntimeError(os.environ["FAKE_TRAINER_SAYS"])
    if FAIL == "traceback" and step == FAIL_STEP:
        raise KeyError("surprise")
    half = args.full_bf16 or args.full_fp16
    if (FAIL == "killed" or (FAIL == "killed_unless_half" and not half)) and step == FAIL_STEP:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    if FAIL == "hang" and step == FAIL_STEP:
        time.sleep(600)


def where_to_start(args: argparse.Namespace, per_epoch: int) -> tuple[int, int, int]:
    """Return (epoch to start with, batches to skip, steps that the state has really had), as train_network.py:1231-1273."""
    if not args.resume:
        return 0, 0, 0
    state = Path(args.resume)
    if not state.is_dir():
        raise ValueError(f"Tried to find {state} but folder does not exist")
    done = int((state / "optimizer.bin").read_text(encoding="utf-8"))
    log("INFO", f"load train state from {state / 'train_state.json'}")
    if not hasattr(args, "initial_step"):  # v0.8.7
        return 0, 0, done
    first = args.initial_step
    if first is None:
        first = json.loads((state / "train_state.json").read_text(encoding="utf-8"))["current_step"]
    if first > 0:
        assert args.max_train_steps > first, "max_train_steps should be greater than initial step"
    if not args.skip_until_initial_step:
        return first // per_epoch, 0, done
    skipped = first * (args.gradient_accumulation_steps or 1)
    return skipped // per_epoch, skipped, done


def train(args: argparse.Namespace) -> None:
    log("INFO", "Using DreamBooth method.")
    exposures = read_dataset(args.train_data_dir, args.caption_extension or ".caption")
    if exposures == 0:
        log("ERROR", "No data found. Please verify arguments (train_data_dir must be the parent of folders with images)")
        return
    log("INFO", "preparing accelerator")
    say("accelerator device: cpu")
    find_model(args.pretrained_model_name_or_path)
    log("INFO", "caching latents with caching strategy.")
    say(f"import network module: {args.network_module}")
    if FAIL == "bitsandbytes":
        raise ImportError("No bitsandbytes / bitsandbytesがインストールされていないようです")
    batches = math.ceil(exposures / args.train_batch_size)
    per_epoch = math.ceil(batches / (args.gradient_accumulation_steps or 1))
    total = args.max_train_steps
    start, skipped, done = where_to_start(args, per_epoch)
    say("running training / 学習開始")
    say(f"  num train images * repeats / 学習画像の数×繰り返し回数: {exposures}")
    say(f"  num batches per epoch / 1epochのバッチ数: {batches}")
    say(f"  num epochs / epoch数: {math.ceil(total / per_epoch)}")
    say(f"  total optimization steps / 学習ステップ数: {total}")
    output = Path(args.output_dir)
    started = time.monotonic()
    epochs = math.ceil(total / per_epoch)
    first = skipped - start * batches if skipped else 0  # its own number, which is wrong with accumulation (sd-scripts#2407)
    whole = total - first
    steps = 0 if start >= epochs else (epochs - start) * per_epoch
    if skipped and steps:
        steps += math.ceil((batches - max(first, 0)) / (args.gradient_accumulation_steps or 1)) - per_epoch
    steps = max(0, min(steps, total - first))
    sys.stderr.write(bar(0, whole, started, None))
    loss = None
    for step in range(1, steps + 1):
        step_fails(step, args)
        time.sleep(STEP_S)
        sys.stderr.write(bar(step, whole, started, loss))
        loss = math.nan if gone_bad(args) and step >= FAIL_STEP else 1.3 / math.sqrt(done + step)
        sys.stderr.write(bar(step, whole, started, loss))
        sys.stderr.flush()
        own = first + step
        if args.save_every_n_steps and own % args.save_every_n_steps == 0:
            if FAIL == "disk":
                raise OSError(28, "No space left on device")
            write_lora(output / f"{args.output_name}-step{own:08d}.safetensors", args, own)
            if args.save_state:
                epoch = math.ceil(own / per_epoch)
                save_state(output / f"{args.output_name}-step{own:08d}-state", epoch, own, done + step)
    say(f"\noptimizer steps of the LoRA: {done + steps}")
    if args.save_state:
        save_state(output / f"{args.output_name}-state", epochs, first + steps, done + steps)
    if FAIL != "no_save":
        if FAIL != "no_write":
            write_lora(output / f"{args.output_name}.safetensors", args, total)
        log("INFO", "model saved.")
    sys.stderr.write(bar(steps, whole, started, loss) + "\n")


def launch() -> None:
    """Do as `accelerate launch`: train in a child and wait for it."""
    environment = {**os.environ, "FAKE_TRAINER_FAIL": ""}
    sys.exit(subprocess.Popen([sys.executable, *sys.argv], env=environment).wait())


if __name__ == "__main__":
    if FAIL == "launcher":
        launch()
    train(setup_parser().parse_args())
