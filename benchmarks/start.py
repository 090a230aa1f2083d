"""How long the menu takes to its first prompt, against Python that starts and does nothing.

    python benchmarks/start.py --runs 15

Both are started in turn, so that a machine that slows down slows both; the medians are compared.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def seconds(command: list[str]) -> float:
    """Return the wall time of a command that reads an empty standard input."""
    started = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="counted starts of each (default: 15)")
    runs = max(1, parser.parse_args().runs)
    with tempfile.TemporaryDirectory() as folder:
        menu = [sys.executable, str(ROOT / "avatar_pipeline.py"), "--lang", "es", "--clients-dir", folder]
        plain = [sys.executable, "-c", "pass"]
        seconds(menu), seconds(plain)  # compiled files and caches warm for both
        pairs = [(seconds(menu), seconds(plain)) for _ in range(runs)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"menu {ours * 1000:.0f} ms, python -c pass {theirs * 1000:.0f} ms, medians of {runs}")
    print(f"start: {ours / theirs:.1f}x the plain way (python -c pass; limit 15)")


if __name__ == "__main__":
    main()
