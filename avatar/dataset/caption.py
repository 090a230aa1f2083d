"""The caption of a picture by rules: trigger word and class word, then what varies, as short phrases separated by commas."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from avatar.prompts.prompt_reader import Reading, read_prompt
from avatar.prompts.said import Kind, LeftOut, Phrase
from avatar.prompts.word_lists import words, words_of
from avatar.prompts.zones import COLLAR, needs
from avatar.texts.text import Text
from avatar.workspace.records import Face, ImageRecord, Trait
from config import CaptionConfig

# CLIP's own way of cutting text into pieces, before its vocabulary is looked at (openai/CLIP simple_tokenizer.py:78).
_PIECE = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+|_+")
# Of these letters any two neighbours but "fk" and "oa" are a token of the vocabulary, so that two single letters never stay
# side by side: at most every other token is one letter, the rest have two or more.
_PAIRABLE = re.compile(r"(?!.*(?:fk|oa))[abcdefghiklmnoprstu]+")


@dataclass(frozen=True)
class CaptionAccount:
    """A caption and where it comes from; of a user's own caption only the text."""

    text: str
    used: tuple[Phrase, ...] = ()  # in the order of the text, without trigger and class word
    left_out: tuple[LeftOut, ...] = ()
    doubt: float = 0.0  # 0: a caption as an expert would write it; 1: nothing is known of the picture


def write_caption(record: ImageRecord, *, trigger_word: str, class_word: str, config: CaptionConfig) -> str:
    """Return the caption of one picture: one line, never empty, trigger word first.

    A user's own caption is returned unchanged (`caption_problems` says how the trainer would read it). Phrases that do not
    fit in config.max_tokens are left out whole; the first one, trigger and class word, always stays.
    """
    return account(record, trigger_word=trigger_word, class_word=class_word, config=config).text


def account(record: ImageRecord, *, trigger_word: str, class_word: str, config: CaptionConfig) -> CaptionAccount:
    """Return the caption of one picture with what of its prompt is in it, what is not and why, and how doubtful it is."""
    if record.caption is not None and record.caption.by == "user":
        return CaptionAccount(record.caption.text)
    first = opening(trigger_word, class_word, config)
    reading = read_prompt(record.midjourney)
    candidates = list(_phrases(record, config))
    cut_off = [phrase for phrase in candidates if not _shown(phrase, record)]
    used, no_room = _fitting(
        [phrase for phrase in candidates if phrase not in cut_off], config.max_tokens - token_bound(first), {first.lower()}
    )
    unasked = [phrase for phrase in reading.phrases if phrase not in candidates]
    left_out = [
        *reading.left_out,
        *(LeftOut(phrase.text, "below_the_crop") for phrase in cut_off),
        *(LeftOut(phrase.text, "no_room") for phrase in no_room),
        *(LeftOut(phrase.text, "framing" if phrase.kind == "view" else "not_in_template") for phrase in unasked),
    ]
    text = ", ".join([first, *(phrase.text for phrase in used)])
    return CaptionAccount(text, tuple(used), tuple(left_out), _doubt(record, used, reading))


def _fitting(candidates: Sequence[Phrase], room: int, seen: set[str]) -> tuple[list[Phrase], list[Phrase]]:
    """Return the phrases that fit into so many tokens, in their order, and those that do not.

    The first phrase of each kind goes before the second of any, so that the light of a long prompt is not lost to its fifth
    garment.
    """
    rank: Counter[str] = Counter()
    ranked = []
    for at, phrase in enumerate(candidates):
        if phrase.text not in seen:
            seen.add(phrase.text)
            ranked.append((rank[phrase.kind] if phrase.kind != "own" else 0, at, phrase))
            rank[phrase.kind] += 1
    kept: list[tuple[int, Phrase]] = []
    no_room: list[Phrase] = []
    for _, at, phrase in sorted(ranked, key=lambda one: one[:2]):
        tokens = 1 + token_bound(phrase.text)  # the comma before it is a token too
        if tokens <= room:
            kept.append((at, phrase))
            room -= tokens
        else:
            no_room.append(phrase)
    return [phrase for _, phrase in sorted(kept, key=lambda one: one[0])], no_room


def _doubt(record: ImageRecord, used: Iterable[Phrase], reading: Reading) -> float:
    """Return how little of what a caption should tell is known, 0 to 1.

    Prose of which more than half is left out is doubtful, even where something of each kind was found.
    """
    about = record.midjourney
    text = (about.prompt or about.typed_prompt or "") if about else ""
    if not text:
        return 1.0
    said = [phrase for phrase in used if phrase.kind not in _NOT_OF_PROMPT]
    missed = sum(weight for kind, weight in _MISSED.items() if all(phrase.kind != kind for phrase in said))
    lost = sum(len(out.text.split()) for out in reading.left_out if out.reason in ("not_understood", "not_translated"))
    kept = sum(len(phrase.text.split()) for phrase in said)
    return min(1.0, missed + (_MUCH_LOST if lost > kept and len(text.split()) >= _PROSE_WORDS else 0.0))


_MISSED: Mapping[Kind, float] = {"medium": 0.2, "clothing": 0.25, "place": 0.25, "light": 0.1}
_NOT_OF_PROMPT = ("framing", "own")
_MUCH_LOST, _PROSE_WORDS = 0.2, 40  # [choice] shorter prompts are lists, of which each phrase is seen at once


def opening(trigger_word: str, class_word: str, config: CaptionConfig) -> str:
    """Return how the captions of a template begin: with the class word where its first phrase has one."""
    with_class = config.template.partition(",")[0].count("{") > 1
    return first_phrase(trigger_word, class_word if with_class else "")


def first_phrase(trigger_word: str, class_word: str) -> str:
    """Return "ohwx woman"; the class word is not repeated if the trigger word contains it."""
    trigger, klass = (" ".join(word.replace(",", " ").split()) for word in (trigger_word, class_word))
    if klass.lower() in trigger.lower().split():
        return trigger
    return f"{trigger} {klass}".strip() or "person"


def caption_problems(text: str, trigger_word: str) -> list[Text]:
    """Return how the trainer would read a caption differently from what its author meant."""
    problems: list[Text] = []
    if not begins_with(text, trigger_word):
        problems.append(Text("caption.no_trigger", {"trigger": trigger_word, "text": text}))
    if "\n" in text.strip() or "\r" in text.strip():
        problems.append(Text("caption.several_lines", {"text": text}))
    return problems


def begins_with(text: str, trigger_word: str) -> bool:
    """Return whether a caption begins with words, whatever their case, and no longer word."""
    start, trigger = text.strip().lower(), trigger_word.lower()
    return start.startswith(trigger) and not start[len(trigger) : len(trigger) + 1].isalnum()


# Which kinds of phrases stand in which part of a template.
# What a template has no part for stands where it stood before there was one.
_ELSEWHERE = {"weather": "background"}
_GROUPS: Mapping[str, tuple[Kind, ...]] = {
    "medium": ("medium",), "framing": ("framing",), "angle": ("angle", "view"), "pose": ("pose",),
    "expression": ("expression", "gaze"), "lighting": ("light",), "clothing": ("clothing",), "objects": ("object",),
    "background": ("place",), "weather": ("weather",), "identity": ("identity",),
}  # fmt: skip


def _phrases(record: ImageRecord, config: CaptionConfig) -> Iterator[Phrase]:
    """Yield the phrases of config.template after its first one: those of each group in turn, and its fixed words."""
    groups = phrase_groups(record, config)
    for name, other in _ELSEWHERE.items():
        if f"{{{name}}}" not in config.template.replace(" ", ""):
            groups[other] += groups.pop(name)
    for part in config.template.split(",")[1:]:
        name = " ".join(part.split())
        if name.startswith("{"):
            yield from groups[name[1:-1]]
        elif name:
            yield Phrase(name, "own")


def phrase_groups(record: ImageRecord, config: CaptionConfig) -> dict[str, list[Phrase]]:
    """Return the phrases of one picture by group of CAPTION_GROUPS; identity only where it is asked for."""
    said = read_prompt(record.midjourney).phrases
    groups = {name: [phrase for phrase in said if phrase.kind in kinds] for name, kinds in _GROUPS.items()}
    if shown := framing(record):
        groups["framing"] = [Phrase(text, "framing") for text in shown]
        groups["angle"] = [phrase for phrase in groups["angle"] if phrase.kind != "view"]
    traits = record.traits
    if not config.include_traits:
        groups["expression"], groups["lighting"] = [], []
    elif read_prompt(record.midjourney).understood:
        known = {phrase.text for phrase in groups["expression"]}
        of_face = [trait for trait in traits.expression if not _of_mood(trait, record)]
        more = [_with_noun(value, "expression", _EXPRESSION_SAID) for value in _values(of_face)]
        groups["expression"] += [Phrase(text, "expression") for text in more if text not in known]
        if not groups["lighting"]:
            of_light = [trait for trait in traits.lighting if not _of_the_picture(trait)]
            groups["lighting"] = [Phrase(_with_noun(v, "lighting", _LIGHT_SAID), "light") for v in _values(of_light)]
    identity = [*_values(traits.physical), *(out.text for out in _identity(record))] if config.include_identity else []
    groups["identity"] = [Phrase(text, "identity") for text in dict.fromkeys(identity)]
    return groups


def _of_the_picture(trait: Trait) -> bool:
    """Return whether a class of light was read from a word for the whole picture: "a cinematic portrait" tells no light."""
    return trait.value == "cinematic" and not _LIGHT_SAID.search(trait.evidence)


def _of_mood(trait: Trait, record: ImageRecord) -> bool:
    """Return whether the words that prove a trait are of the picture's mood, or of what a prompt denies: no face shows them."""
    left_out = [
        out.text.lower() for out in read_prompt(record.midjourney).left_out if out.reason in ("mood", "denied", "instruction")
    ]
    return bool(trait.evidence) and any(trait.evidence.lower() in text for text in left_out)


def _identity(record: ImageRecord) -> list[LeftOut]:
    return [out for out in read_prompt(record.midjourney).left_out if out.reason == "identity"]


def identity_words(text: str) -> set[str]:
    """Return the words of a caption that describe constant features of a person; framing words ("close-up") do not count.

    "glasses" and clothes are what varies; "hand" or "face" alone tell nothing about who it is, but "green eyes" do.
    """
    return set(words_of(text)) & _TELLING | {f"{colour} eyes" for colour in _EYES.findall(text.lower())}


_EYES = re.compile(r"\b(blue|green|brown|hazel|gr[ae]y|amber|dark|black)(?: |-)(?=eye)")
# Found in innocent phrases: "face paint", "long hair", "body of water", "looking at", "building".
_TELLING = words("identity", "told of in a caption") - frozenset("gaze face body build eyes lips year years".split())  # noqa: SIM905
_ONE_TOKEN = words("one_token")


def identity_phrases(record: ImageRecord) -> set[str]:
    """Return the phrases about the person's identity, which are left to the trigger word unless requested."""
    return {*_values(record.traits.physical), *(out.text for out in _identity(record))}


_EXPRESSION_SAID = re.compile(r"expression|smil|laugh|grin|frown|look|gaz|cry|tears|pout|wink|yawn|mouth|eyes")
_LIGHT_SAID = re.compile(r"light|lit\b|shadow|sun|silhouette|glow")


def _values(traits: Iterable[Trait]) -> list[str]:
    """Return the words of traits as phrases: "golden_hour" -> "golden hour"."""
    return [phrase for trait in traits if (phrase := " ".join(re.sub(r"[^\w\s'&-]|_", " ", trait.value.lower()).split()))]


def _with_noun(value: str, noun: str, said: re.Pattern[str]) -> str:
    return value if said.search(value) else f"{value} {noun}"


# --- framing ---------------------------------------------------------------------------------------------------------


def framing(record: ImageRecord) -> list[str]:
    """Return phrases for how much of the person the crop shows and from which side; none if no face was chosen.

    Limits are ours: a crop of the default padding (1.6) holds a face of 0.63 of its side.
    """
    share = face_share(record)
    if share is None or record.face_choice is None:
        return []
    names = ((0.5, "close-up portrait"), (0.3, "head and shoulders portrait"), (0.0, "upper body portrait"))
    found = [next(name for limit, name in names if share >= limit)]
    view = _view(record.faces[record.face_choice.index].keypoints)
    return [*found, view] if view else found


def _shown(phrase: Phrase, record: ImageRecord) -> bool:
    """Return whether a picture's crop reaches what a phrase says; without a crop everything may be said."""
    if record.crop is None or (face := _chosen_face(record)) is None:
        return True
    chin = face.box[1] + face.box[3]
    return needs(phrase) <= max(COLLAR, (record.crop.square[3] - chin) / face.box[3])


def _chosen_face(record: ImageRecord) -> Face | None:
    if record.face_choice is None or not 0 <= record.face_choice.index < len(record.faces):
        return None
    return record.faces[record.face_choice.index]


def face_share(record: ImageRecord) -> float | None:
    """Return the height of the face as a share of the crop's side, None where no face was chosen."""
    if record.crop is None or (face := _chosen_face(record)) is None:
        return None
    left, _, right, _ = record.crop.square
    return face.box[3] / max(right - left, 1)


def _view(keypoints: dict[str, tuple[float, float]]) -> str:
    """Return the side a head is seen from, by the position of the nose between the eyes: 0.5 is frontal."""
    if not {"left_eye", "right_eye", "nose"} <= set(keypoints):
        return ""
    left, right, nose = (keypoints[name][0] for name in ("left_eye", "right_eye", "nose"))
    if abs(right - left) < 1:
        return "profile view"
    place = (nose - left) / (right - left)
    if 0.3 <= place <= 0.7:
        return "front view"
    return "three-quarter view" if 0.0 <= place <= 1.0 else "profile view"


# --- tokens ----------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)  # of phrases that stand in many captions
def token_bound(text: str) -> int:
    """Return a number of CLIP tokens (start and end not counted) that text never exceeds.

    The tokenizer is byte-level BPE: a piece is never more tokens than it has UTF-8 bytes. Words of `one_token.txt` are one.
    In a word of common letters every two neighbours make a token, so that n letters are at most (2n + 1) // 3 tokens.
    """
    return sum(_piece_bound(piece) for piece in _PIECE.findall(text.lower()))


@functools.lru_cache(maxsize=4096)  # the same words stand in thousands of captions
def _piece_bound(piece: str) -> int:
    if piece in _ONE_TOKEN or piece in {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}:
        return 1
    if _PAIRABLE.fullmatch(piece):
        return (2 * len(piece) + 1) // 3
    # The tokenizer normalises text first (ftfy): "ǆ" becomes "dž", which has one byte more.
    return sum(max(len(c.encode("utf-8")), len(unicodedata.normalize("NFKC", c).encode("utf-8"))) for c in piece)
