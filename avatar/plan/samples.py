"""The pictures that the trainer draws during a training: which, and in how many steps. Pure."""

from __future__ import annotations

import re

# The prompts of the user's description.
PROMPTS = (
    "portrait of {trigger} {class_word}, professional headshot, studio lighting, detailed face",
    "{trigger} {class_word} smiling, natural lighting, high quality photography",
    "close-up of {trigger} {class_word}, artistic portrait, dramatic lighting",
)
STEPS = 25  # [choice] denoising steps of each


def prompts_file(trigger: str, class_word: str, px: int) -> str:
    """Return the file of prompts, px wide and high: the trainer's own default is 512 px and 30 steps."""
    lines = [
        f"{prompt.format(trigger=trigger, class_word=class_word)} --w {px} --h {px} --d 42 --s {STEPS} --l 7"
        for prompt in PROMPTS
    ]
    return "\n".join(lines) + "\n"


def is_usual(text: str) -> bool:
    """Tell whether a file of prompts is as `prompts_file` writes it, for whichever words and at any size.

    >>> is_usual(prompts_file("ohwx", "woman", 768)), is_usual("photo of ohwx woman, reading\\n")
    (True, False)
    """
    return _USUAL.fullmatch(text) is not None


_FILE = re.escape(prompts_file("<", ">", 0))
_FILE = _FILE.replace(r"<\ >", r"(?P<words>[^,\n]+?)", 1).replace(r"<\ >", "(?P=words)")
_FILE = _FILE.replace(r"w\ 0", r"w\ (?P<px>\d+)", 1).replace(r"w\ 0", r"w\ (?P=px)").replace(r"h\ 0", r"h\ (?P=px)")
_USUAL = re.compile(_FILE)
