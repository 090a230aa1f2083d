"""A stand-in for sd-scripts' gen_img.py, written for the tests: same options, lines and log, a noise for each picture.

The log follows the recorded one line by line, progress bars with "\\r" included. A picture depends on prompt, seed, sampler,
size, steps, scale and on the networks whose weight is not zero. Environment variables choose how it behaves:

    FAKE_GEN_IMG         disk cut oom card_lost killed hang hang_at_load silent_exit no_picture black other_seed other_weight
                         sd15 partial unmatched no_module deaf (to SIGINT and SIGTERM) plain_log
    FAKE_GEN_IMG_AT      the picture at which it fails (1)
    FAKE_GEN_IMG_STEP_S  seconds a step (0); FAKE_GEN_IMG_LOAD_S: seconds that loading takes (0)
    FAKE_GEN_IMG_STARTS  a file that gets a line of JSON for each start: its arguments, part of its environment and its folder
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import struct
import sys
import time
import zlib
from pathlib import Path

FAIL = os.environ.get("FAKE_GEN_IMG", "")
FAIL_AT = int(os.environ.get("FAKE_GEN_IMG_AT", "1"))
STEP_S = float(os.environ.get("FAKE_GEN_IMG_STEP_S", "0"))
LOAD_S = float(os.environ.get("FAKE_GEN_IMG_LOAD_S", "0"))
SAMPLERS = ("ddim", "pndm", "lms", "euler", "euler_a", "heun", "dpm_2", "dpm_2_a", "dpmsolver", "dpmsolver++", "dpmsingle")
VARIANT = re.compile(r"\{((e|E)\$\$)?(([\d\-]+)\$\$)?(([^\|\}]+?)\$\$)?(.+?((\|).+?)*?)\}")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="gen_img.py")
    for flag in (
        "sdxl",
        "sdpa",
        "no_half_vae",
        "interactive",
        "no_preview",
        "fp16",
        "bf16",
        "v_parameterization",
        "zero_terminal_snr",
    ):
        made.add_argument(f"--{flag}", action="store_true")
    for name in ("ckpt", "outdir", "vae", "tokenizer_cache_dir"):
        made.add_argument(f"--{name}")
    made.add_argument("--sampler", choices=SAMPLERS, default="ddim")
    made.add_argument("--batch_size", type=int, default=1)
    made.add_argument("--network_module", nargs="*", default=[])
    made.add_argument("--network_weights", nargs="*", default=[])
    return made


def log(text: str, place: str = "gen_img.py:1") -> None:
    """Write a line as rich does, or as plain logging where rich is not installed."""
    if FAIL == "plain_log":
        print(text, flush=True)
        return
    first, *rest = text.split("\n")
    sys.stderr.write(f"2026-11-25 23:52:22 INFO     {first}    {place}\n")
    for line in rest:
        sys.stderr.write(f"{' ' * 29}{line:<170}\n")
    sys.stderr.flush()


def load(args: argparse.Namespace) -> None:
    log(f"SDXL: {args.sdxl}")
    if not Path(args.ckpt).exists():
        log(f"load Diffusers pretrained models: {args.ckpt}, variant=None", "sdxl_train_util.py:87")
        message = 'The provided pretrained_model_name_or_path "x" is neither a valid local path nor a valid repo id.'
        raise ValueError(message)
    log(f"load StableDiffusion checkpoint: {args.ckpt}", "sdxl_train_util.py:73")
    if FAIL == "hang_at_load":
        time.sleep(3600)
    if FAIL == "no_module":
        raise ModuleNotFoundError("No module named 'diffusers'")
    time.sleep(LOAD_S)
    log("U-Net: <All keys matched successfully>", "sdxl_model_util.py:208")
    log("set vae_dtype to float32")
    for weights in args.network_weights[: len(args.network_module)]:
        log("import network module: {network_module}")
        log(f"load network weights from: {weights}")
        modules = {"sd15": 0, "partial": 300}.get(FAIL, 722)
        log("create LoRA for Text Encoder: 0 modules.", "lora.py:1035")
        log(f"create LoRA for U-Net: {modules} modules.", "lora.py:1043")
        log(f"enable LoRA for U-Net: {modules} modules", "lora.py:1089")
        keys = "_IncompatibleKeys(missing_keys=[], unexpected_keys=['x'])" if FAIL in ("sd15", "unmatched") else None
        log(f"weights are loaded: {keys or '<All keys matched successfully>'}")
    log("pipeline is ready.")
    log("iteration 1/1")


def without_variants(line: str) -> str:
    """Choose among {a|b}; of braces that are all kept by a backslash the real one falls over."""
    if not VARIANT.search(line):
        return line
    line = line.replace("\\{", "｛").replace("\\}", "｝")
    if not VARIANT.search(line):
        raise UnboundLocalError("cannot access local variable 'enumerating' where it is not associated with a value")
    line = VARIANT.sub(lambda found: random.choice(found[7].split("|")), line)
    return line.replace("｛", "{").replace("｝", "}")


def options_of(line: str, networks: int) -> dict[str, str]:
    """Read a line as the real one does, and log what it takes for what."""
    found = {"d": "", "n": "", "w": "512", "h": "512", "s": "50", "l": "7.0", "f": "im_1.png", "am": ""}
    if match := re.search(r" --d ([\d+,]+)", line, re.IGNORECASE):
        found["d"] = match[1]
        log(f"seeds: [{match[1]}]")
        line = line[: match.start()] + line[match.end() :]
    found["prompt"], *options = without_variants(line).strip().split(" --")
    log(f"prompt 1/0: {found['prompt']}")
    names = {"n": "negative prompt", "w": "width", "h": "height", "s": "steps", "l": "scale", "f": "filename"}
    for option in options:
        name, _, value = option.partition(" ")
        if name == "am":
            muls = [float(one) for one in value.split(",")]
            muls += [muls[-1]] * (networks - len(muls))
            muls = [one + 0.1 for one in muls] if FAIL == "other_weight" else muls
            found["am"] = json.dumps(muls)
            log(f"network mul: {muls}")
        elif name in names:
            found[name] = value
            log(f"{names[name]}: {value}")
    found["d"] = found["d"] or str(random.randrange(1 << 32))
    found["l"] = str(float(found["l"]))
    return found


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def picture(args: argparse.Namespace, found: dict[str, str]) -> bytes:
    """Return a PNG: noise of the seed, moved a little by each network's weight, as the bytes of its file say."""
    width, height = int(found["w"]), int(found["h"])
    said = [found[name] for name in ("prompt", "n", "s", "l", "d", "w", "h")] + [args.sampler]
    muls = json.loads(found["am"] or "[]") or [1.0] * len(args.network_weights)
    for path, weight in zip(args.network_weights, muls, strict=False):
        if weight:
            said.append(f"{hashlib.sha256(Path(path).read_bytes()).hexdigest()} {weight}")
    noise = random.Random("\n".join(said)).randbytes(3 * width * height)
    if FAIL == "black":
        noise = bytes(len(noise))
    rows = b"".join(b"\0" + noise[3 * width * row : 3 * width * (row + 1)] for row in range(height))
    seed = "99" if FAIL == "other_seed" else found["d"]
    texts = {"prompt": found["prompt"], "seed": seed, "sampler": args.sampler, "steps": found["s"], "scale": found["l"]}
    texts["negative-prompt"] = found["n"]
    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">II5B", width, height, 8, 2, 0, 0, 0))]
    for name, text in texts.items():
        parts.append(chunk(b"iTXt", name.encode() + b"\0\0\0\0\0" + text.encode()))
    return b"".join((*parts, chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b"")))


def draw(args: argparse.Namespace, line: str, number: int) -> None:
    found = options_of(line, len(args.network_weights))
    log(f"seed: {found['d']}")
    failing = FAIL if number == FAIL_AT else ""
    steps = int(found["s"])
    for step in range(steps + 1):
        sys.stderr.write(f"\r{100 * step // steps:3}%|{'█' * (10 * step // steps):<10}| {step}/{steps} [00:00<00:00,  3.3it/s]")
        sys.stderr.flush()
        time.sleep(STEP_S if step else 0)
        if step == steps // 2:
            fall_over(failing)
    sys.stderr.write("\n")
    data, path = picture(args, found), Path(args.outdir) / found["f"]
    if failing == "disk":
        path.write_bytes(data[: len(data) // 2])
        raise OSError(28, "No space left on device")
    if failing != "no_picture":
        path.write_bytes(data[: len(data) // 2] if failing == "cut" else data)


def fall_over(how: str) -> None:
    if how == "oom":
        raise RuntimeError("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1024.00 MiB.")
    if how == "card_lost":
        raise RuntimeError("CUDA error: unspecified launch failure")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hang":
        time.sleep(3600)
    if how == "silent_exit":
        os._exit(0)


def main() -> None:
    args = parser().parse_args()
    if starts := os.environ.get("FAKE_GEN_IMG_STARTS"):
        names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "CUDA_VISIBLE_DEVICES", "PYTHONUTF8", "PYTHONPATH", "AVATAR_RUN")
        record = {
            "arguments": sys.argv[1:],
            "environment": {name: os.environ.get(name) for name in names},
            "cwd": str(Path.cwd()),
        }
        with Path(starts).open("a", encoding="utf-8") as file:
            file.write(json.dumps({**record, "pid": os.getpid()}) + "\n")
    if FAIL == "deaf":
        for ignored in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ignored, signal.SIG_IGN)
    load(args)
    number = 0
    while True:
        log("\nType prompt:")
        try:
            line = input()
        except EOFError:
            break
        if line.strip().split(" --")[0].strip():
            number += 1
            draw(args, line, number)
    log("done!")


if __name__ == "__main__":
    main()
