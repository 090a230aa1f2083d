"""The prompts of the sample pictures that the trainer draws; a file that the user may edit."""

from __future__ import annotations

import utils
from avatar.workspace.client import Client

PROMPTS_FILE = "sample_prompts.txt"
# The prompts of the user's description; --w --h because the trainer's default is 512 px.
SAMPLE_PROMPTS = (
    "portrait of {trigger} {class_word}, professional headshot, studio lighting, detailed face",
    "{trigger} {class_word} smiling, natural lighting, high quality photography",
    "close-up of {trigger} {class_word}, artistic portrait, dramatic lighting",
)


def write_prompts(client: Client) -> None:
    """Write the prompts of the samples once; the user may edit them."""
    path = client.training / PROMPTS_FILE
    if not path.is_file():
        utils.write_atomic(path, sample_prompts(client))


def sample_prompts(client: Client) -> str:
    """Return the prompts of the samples: the user's where the file was edited, else the usual ones."""
    path = client.training / PROMPTS_FILE
    if path.is_file():
        return path.read_text(encoding="utf-8-sig")
    info = client.info()
    lines = [
        f"{prompt.format(trigger=info.trigger_word, class_word=info.class_word)} --w 1024 --h 1024 --d 42 --s 25 --l 7"
        for prompt in SAMPLE_PROMPTS
    ]
    return "\n".join(lines) + "\n"
