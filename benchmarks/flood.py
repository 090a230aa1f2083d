"""A trainer that prints without end: how soon a stop ends it, how much memory watching takes, how large its log grows.

    python benchmarks/flood.py --mb-per-s 100 --seconds 5 --old-gb 1

Measured is each kind of flood in a process of its own: short lines, one line without an end, bars; then watching that begins
over a log that was written before.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

from avatar.system import child as system_child
from avatar.training import log_file
from avatar.training.trainer_process import OwnTrainer
from avatar.training.watch import RunInfo, TrainingCallbacks, watch
from benchmarks.dataset import peak_mib

MB = 1_000_000
MOST_STOP_S, MOST_MIB = 3.0, 100.0
FLOODS = {
    "lines": b"UserWarning: something is odd at step 12345 of this training and nobody knows why\n",
    "no end": b"UserWarning: something is odd ",
    "bars": b"\rsteps:  25%|##| 1/4 [00:09<00:28,  9.51s/it, avr_loss=1.3]",
}
# What the flooding trainer runs: kind's bytes, so many MB a second.
_TRAINER = """
import os, sys, time
block, rate = bytes.fromhex(sys.argv[1]) * 20000, float(sys.argv[2]) * 1e6
start, written = time.monotonic(), 0
while True:
    written += os.write(1, block)
    time.sleep(max(0.0, start + written / rate - time.monotonic()))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a line for each kind; the exit status tells whether a bound was broken."""
    parser = argparse.ArgumentParser(description="watching a trainer that prints without end")
    parser.add_argument("--mb-per-s", type=float, default=100, help="what the trainer writes (default 100)")
    parser.add_argument("--seconds", type=float, default=5, help="until it is stopped (default 5)")
    parser.add_argument("--old-gb", type=float, default=1, help="size of a log that was written before (default 1; 0: none)")
    parser.add_argument("--one", help=argparse.SUPPRESS)  # in the process that measures one kind
    chosen = parser.parse_args(arguments)
    if chosen.mb_per_s <= 0 or chosen.seconds <= 0 or chosen.old_gb < 0:
        parser.error("--mb-per-s and --seconds must be above 0, --old-gb at least 0")
    if chosen.one:
        return measure(chosen.one, chosen.mb_per_s, chosen.seconds, int(chosen.old_gb * 1000 * MB))
    rows = [(kind, 0.0) for kind in FLOODS] + ([("lines", chosen.old_gb)] if chosen.old_gb else [])
    codes = []
    for kind, old_gb in rows:
        command = [sys.executable, str(Path(__file__)), "--one", kind, "--old-gb", str(old_gb)]
        rest = ["--mb-per-s", str(chosen.mb_per_s), "--seconds", str(chosen.seconds)]
        codes.append(subprocess.run([*command, *rest], check=False).returncode)
    print(f"flood: {sum(code != 0 for code in codes)} of {len(codes)} beyond {MOST_STOP_S:.0f} s or {MOST_MIB:.0f} MiB")
    return 1 if any(codes) else 0


def measure(kind: str, rate: float, seconds: float, old_bytes: int) -> int:
    """Watch one flood, stop it after so many seconds, print what it took."""
    with tempfile.TemporaryDirectory(prefix="flood-") as name:
        folder = Path(name)
        log = folder / "trainer.log"
        _write_old(log, old_bytes)
        command = [sys.executable, "-c", _TRAINER, FLOODS[kind].hex(), str(rate)]
        trainer = OwnTrainer(system_child.start_logged(command, log, cwd=folder, environment=dict(os.environ)))
        cancel, asked, largest = threading.Event(), [0.0], [0]
        before = peak_mib()

        def look() -> None:
            began = time.monotonic()
            while time.monotonic() - began < seconds:
                largest[0] = max(largest[0], log.stat().st_size)
                time.sleep(0.02)
            asked[0] = time.monotonic()
            cancel.set()

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        watch(trainer, RunInfo(folder=folder), TrainingCallbacks(cancel=cancel, grace_s=2.0))
        stopped = time.monotonic() - asked[0]
        log_file.put_together(folder)
        left = sum(path.stat().st_size for path in folder.iterdir())
    peak = peak_mib()
    before_it = f" over {old_bytes / MB:,.0f} MB" if old_bytes else ""
    print(
        f"{kind + before_it:<22} {rate:.0f} MB/s: stopped after {stopped:.2f} s; peak {peak:.0f} MiB, of that watching "
        f"{peak - before:.0f}; log at most {largest[0] / MB:.0f} MB, left {left / MB:.1f} MB",
        flush=True,
    )
    return int(stopped > MOST_STOP_S or peak > MOST_MIB)


def _write_old(log: Path, size: int) -> None:
    block = FLOODS["lines"] * 10_000
    with log.open("wb") as file:
        for _ in range(size // len(block)):
            file.write(block)


if __name__ == "__main__":
    sys.exit(main())
