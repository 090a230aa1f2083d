"""What the trainer's generator as a back end costs beside the generator's own time.

    python benchmarks/draw_overhead.py --pictures 20

Draws pictures of 1024 px with the stand-in of the tests, each with another seed and weight. What is measured is everything
between asking for a picture and having it, checked and with its text, less what the generator took; once more for the
processor's time, which a busy machine does not change.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

from avatar.generate import infotext
from avatar.generate.backend import Base, LoraFile, Request
from avatar.generate.trainer import Tools, TrainerBackend
from tests.generate import lora_files
from tests.places import FAKE_TRAINER

SIDE_PX = 1024
OWN_S = {"12 s a picture (the issue's figure)": 12.0, "2.8 s (an H200, 25 steps at 8.8 a second)": 2.8}


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, measure and print."""
    parser = argparse.ArgumentParser(description="time beside the generator's own")
    parser.add_argument("--pictures", type=int, default=20, help="how many to draw (default 20)")
    pictures = parser.parse_args(arguments).pictures
    with tempfile.TemporaryDirectory(prefix="draw-overhead-") as folder:
        path = lora_files.whole(Path(folder) / "a.safetensors")
        (Path(folder) / "base.ckpt").write_bytes(b"base")
        model = LoraFile(name="a", path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
        base = Base(name="base", path=Path(folder) / "base.ckpt", sha256="")
        backend = TrainerBackend(Tools(folder=FAKE_TRAINER.parent, python=Path(sys.executable), card=0))
        with backend.open(base, [model], print) as drawing:
            begun, computed, own = time.perf_counter(), time.process_time(), 0.0
            for number in range(pictures):
                request = Request(
                    picture_id=f"{number:016x}", model=model.sha256, weight=f"0.{number % 10}", prompt="ohwx woman",
                    negative="", seed=number, steps=25, cfg=7.0, sampler="euler_a", scheduler="normal",
                    width=SIDE_PX, height=SIDE_PX,
                )  # fmt: skip
                drawn = drawing.draw(request, lambda share: None)
                text = infotext.parameters(request, base, lora="a", lora_hash="0" * 12)
                infotext.with_parameters(drawn.png, text)
                own += drawn.seconds
            took, computed = time.perf_counter() - begun, time.process_time() - computed
    beside = (took - own) / pictures
    print(f"{pictures} pictures of {SIDE_PX} px: {1000 * beside:.0f} ms a picture beside the generator, in all", end="")
    print(f" {1000 * computed / pictures:.0f} ms of the processor")
    for name, seconds in OWN_S.items():
        print(f"  {name}: {100 * beside / seconds:.2f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
