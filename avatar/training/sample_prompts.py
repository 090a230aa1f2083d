"""The prompts of the sample pictures that the trainer draws; a file that the user may edit."""

from __future__ import annotations

import codecs
import math
import re

import utils
from avatar.plan import plan_file, samples
from avatar.workspace.client import Client

PROMPTS_FILE = "sample_prompts.txt"


def write_prompts(client: Client, px: int) -> None:
    """Write the prompts of the samples, px wide and high. The user may edit the file: then its text stays as it is."""
    path = client.training / PROMPTS_FILE
    own = own_prompts(client)
    if own is None:
        utils.write_atomic(path, usual_prompts(client, px))
    elif own.encode("utf-8") != path.read_bytes().removeprefix(codecs.BOM_UTF8):
        utils.write_atomic(path, own)  # saved by an editor in another encoding: the trainer reads UTF-8 alone


def sample_prompts(client: Client, px: int) -> str:
    """Return the prompts of the samples: the user's where the file was edited, else the usual ones."""
    return own_prompts(client) or usual_prompts(client, px)


def own_prompts(client: Client) -> str | None:
    """Return the prompts that the user wrote; None without a file, and for one that is as the program writes it."""
    path = client.training / PROMPTS_FILE
    if not path.is_file():
        return None
    found = utils.decoded(path.read_bytes())
    return None if samples.is_usual(found) else found


def usual_prompts(client: Client, px: int) -> str:
    """Return the program's own prompts at a size, with the words that the dataset was prepared with."""
    return samples.prompts_file(*plan_file.trained_words(client), px)


def side_of(prompts: str) -> float | None:
    """Return the side of the square with as many pixels as the largest picture of the prompts; None where there is none."""
    lines = [line for line in prompts.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return max((math.sqrt(_number(line, "w") * _number(line, "h")) for line in lines), default=None)


def _number(line: str, name: str) -> int:
    """Return a number of a line of prompts as the trainer reads it (TU line_to_prompt_dict), 512 px by default."""
    found = [re.match(rf"{name} (\d{{1,6}})", part, re.IGNORECASE) for part in line.split(" --")]
    return next((int(match[1]) for match in reversed(found) if match), 512)
