"""The sample pictures of a training as an animation over its steps: a frame a step, the prompts side by side.

WebP, written by Pillow: all colours at a tenth of a GIF's size, and every browser plays it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.reports import drawing
from avatar.texts.text import Text
from avatar.texts.translate import words
from avatar.training.sample_pictures import Sample

if TYPE_CHECKING:
    from PIL.Image import Image

FILE = "samples.webp"
SIDE_PX, MOST_PROMPTS = 384, 4  # of one picture; of more prompts the first
HEADING_PX = 34
FRAME_MS, LAST_MS = 900, 2500
QUALITY = 82


def write(
    samples: Sequence[Sample], likeness: Mapping[str, float | None], target: Path, language: str
) -> Path | None:  # fmt: skip
    """Write the animation; None where there are fewer than two steps. Raises OSError.

    likeness  by the names of the files, for the heading; one that was not measured is left out
    """
    steps = sorted({sample.step for sample in samples})
    prompts = sorted({sample.prompt for sample in samples})[:MOST_PROMPTS]
    newest = {(sample.step, sample.prompt): sample.path for sample in sorted(samples)}
    if len(steps) < 2:
        return None
    frames = []
    for step in steps:
        paths = [newest.get((step, prompt)) for prompt in prompts]
        known = [value for path in paths if path is not None and (value := likeness.get(path.name)) is not None]
        frames.append(_frame(paths, _heading(step, known), language))
    buffer = io.BytesIO()
    pauses = [FRAME_MS] * (len(frames) - 1) + [LAST_MS]
    frames[0].save(
        buffer, format="WEBP", save_all=True, append_images=frames[1:], duration=pauses, loop=0, quality=QUALITY, method=4
    )  # fmt: skip
    utils.write_atomic(target, buffer.getvalue())
    return target


def _heading(step: int, known: Sequence[float]) -> Text:
    if not known:
        return Text("plot.sample_step", {"step": step})
    return Text("plot.sample_likeness", {"step": step, "likeness": sum(known) / len(known)})


def _frame(paths: Sequence[Path | None], heading: Text, language: str) -> Image:
    """Return one frame: the heading above, a picture for each prompt; one that is missing or broken is left grey."""
    from PIL import Image, ImageDraw

    frame = Image.new("RGB", (SIDE_PX * len(paths), HEADING_PX + SIDE_PX), drawing.PAPER)
    pen = ImageDraw.Draw(frame)
    pen.text((10, 7), words(heading, language), fill=drawing.INK, font=drawing.font_of(drawing.TEXT_SIZE_PX, bold=True))
    for column, path in enumerate(paths):
        picture = None if path is None else _picture(path)
        if picture is None:
            pen.rectangle((column * SIDE_PX, HEADING_PX, (column + 1) * SIDE_PX - 1, HEADING_PX + SIDE_PX - 1), fill="#eceef2")
        else:
            left = column * SIDE_PX + (SIDE_PX - picture.width) // 2
            frame.paste(picture, (left, HEADING_PX + (SIDE_PX - picture.height) // 2))
    return frame


def _picture(path: Path) -> Image | None:
    from PIL import Image

    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError):  # half written, or damaged: Pillow raises each of them
        return None
    picture.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    return picture
