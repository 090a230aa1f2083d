"""A vision server that runs: Ollama, LM Studio, llama.cpp, vLLM, transformers serve. Skipped unless told where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from avatar.dataset.caption_suggestions import suggested_phrases
from avatar.dataset.vision_server import VisionServer
from config import CaptionerConfig

ADDRESS = os.environ.get("AVATAR_VISION", "")
PICTURE = os.environ.get("AVATAR_VISION_PICTURE", "")
pytestmark = pytest.mark.skipif(not ADDRESS, reason="AVATAR_VISION names no running server")


@pytest.mark.timeout(1800)
def test_a_running_server_sees_the_colours_and_says_something_of_a_picture(tmp_path: Path) -> None:
    picture = Path(PICTURE or tmp_path / "red.png")
    if not PICTURE:
        Image.new("RGB", (1024, 1024), (200, 30, 30)).save(picture)
    with VisionServer(CaptionerConfig(server=ADDRESS, model=os.environ.get("AVATAR_VISION_MODEL", ""))) as server:
        model = server.ready()
        said = server.describe(picture)
    print(f"{model}: {said}\n-> {', '.join(suggested_phrases(said, 'server'))}")
    assert said and "\n" not in said
