"""The sample pictures of a training, step by step in one file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from avatar.reports import sample_animation
from avatar.reports.sample_animation import FRAME_MS, HEADING_PX, LAST_MS, SIDE_PX
from avatar.training.sample_pictures import Sample

COLOURS = ((200, 40, 40), (40, 160, 60), (40, 60, 200))


def sample(folder: Path, step: int, prompt: int, colour: tuple[int, int, int]) -> Sample:
    path = folder / f"ana_{step:06d}_{prompt:02d}_20260101120000_1.png"
    Image.new("RGB", (512, 768), colour).save(path)
    return Sample(step, prompt, "20260101120000", path)


def frames(path: Path) -> list[Image.Image]:
    with Image.open(path) as opened:
        found = []
        for number in range(getattr(opened, "n_frames", 1)):
            opened.seek(number)
            found.append(opened.convert("RGB"))
        return found


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    return isinstance(found, tuple) and all(abs(a - b) < 25 for a, b in zip(found, wanted, strict=True))


def test_each_step_is_a_frame_with_the_prompts_side_by_side(tmp_path: Path) -> None:
    made = [
        sample(tmp_path, step, prompt, COLOURS[(n + prompt) % 3]) for n, step in enumerate((250, 500, 750)) for prompt in (0, 1)
    ]
    path = sample_animation.write(made, {made[0].path.name: 0.5, made[1].path.name: None}, tmp_path / "samples.webp", "es")
    assert path is not None
    found = frames(path)
    assert [frame.size for frame in found] == [(2 * SIDE_PX, HEADING_PX + SIDE_PX)] * 3
    for number, frame in enumerate(found):
        for prompt in (0, 1):
            middle = frame.getpixel((prompt * SIDE_PX + SIDE_PX // 2, HEADING_PX + SIDE_PX // 2))
            assert near(middle, COLOURS[(number + prompt) % 3])
    headings = [np.asarray(frame.crop((0, 0, SIDE_PX, HEADING_PX)).convert("L")) for frame in found]
    assert all(heading.min() < 90 for heading in headings)  # something is written there
    with Image.open(path) as opened:
        durations = []
        for number in range(3):
            opened.seek(number)
            opened.load()
            durations.append(opened.info["duration"])
    assert durations == [FRAME_MS, FRAME_MS, LAST_MS]


def test_a_picture_that_is_missing_or_broken_leaves_its_place_empty(tmp_path: Path) -> None:
    made = [sample(tmp_path, 250, 0, COLOURS[0]), sample(tmp_path, 500, 0, COLOURS[1]), sample(tmp_path, 500, 1, COLOURS[2])]
    made[1].path.write_bytes(made[1].path.read_bytes()[:60])
    path = sample_animation.write(made, {}, tmp_path / "samples.webp", "en")
    assert path is not None
    first, second = frames(path)
    grey = (236, 238, 242)
    assert near(first.getpixel((SIDE_PX + 20, HEADING_PX + 20)), grey)
    assert near(second.getpixel((20, HEADING_PX + 20)), grey)
    assert near(second.getpixel((SIDE_PX + SIDE_PX // 2, HEADING_PX + SIDE_PX // 2)), COLOURS[2])


def test_one_step_alone_is_no_animation(tmp_path: Path) -> None:
    assert sample_animation.write([sample(tmp_path, 250, 0, COLOURS[0])], {}, tmp_path / "samples.webp", "en") is None
    assert sample_animation.write([], {}, tmp_path / "samples.webp", "en") is None
    assert not (tmp_path / "samples.webp").exists()
