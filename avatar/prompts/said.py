"""What a caption takes from a prompt, phrase by phrase, and what it leaves out and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

# "framing" and "view" come from the crop, "own" are the fixed words of the user's template.
Kind = Literal[
    "medium", "framing", "view", "angle", "pose", "gaze", "expression", "clothing", "object", "place", "weather", "light",
    "identity", "own",
]  # fmt: skip
# identity          who the person is: the trigger word learns that
# denied            asked not to be shown: `--no`, a negative weight, "no", "without", "sin", a label such as NEGATIVE
# booster           asks for a better picture and shows nothing: "8k", "masterpiece"
# camera            camera, lens, film stock
# artist            "by …", "in the style of …"
# instruction       an order to the machine, a reference photo, what the picture is for
# not_translated    neither English nor Spanish that the word lists know
# below_the_crop    the crop cuts it off
# not_in_template   the template of the captions, or the setting, asks for nothing of its kind
# no_room           beyond the tokens of a caption
# said_already      another phrase of the caption says it
# mood              mood, colours or composition of the picture as a whole
# framing           how much of the person is to be seen: the crop decides
# not_understood    no group fits
Reason = Literal[
    "identity", "denied", "booster", "camera", "artist", "instruction", "not_translated", "below_the_crop", "not_in_template",
    "no_room", "said_already", "mood", "framing", "not_understood",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True)
class Phrase:
    """One phrase that a caption says."""

    text: str
    kind: Kind


@dataclass(frozen=True)
class LeftOut:
    """Words of a prompt that its caption does not say."""

    text: str
    reason: Reason
