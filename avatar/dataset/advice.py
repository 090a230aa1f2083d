"""Findings about a dataset before it is trained, each with its reason and the pictures concerned. Pure."""

from __future__ import annotations

import contextlib
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from avatar.dataset import caption as caption_rules
from avatar.dataset import held_out, media
from avatar.dataset.repeats import SHARE_TOLERANCE, plan_dataset
from avatar.faces import quality
from avatar.faces.pose import LEVEL_PITCH, pitch_class
from avatar.prompts.cleaning import clean_prompt
from avatar.prompts.mediums import FAMILIES
from avatar.prompts.word_lists import words, words_of
from avatar.texts.text import Finding, Level, PipelineError, Text
from avatar.workspace.records import ImageRecord, MidJourney
from config import Settings

MIN_PICTURES = 4  # below, a LoRA learns the pictures and not the person (peers 1c: block)
ZERO_SHOT_PICTURES = 4  # peers_2 5: what works from one to four photos does not train at all
FEW_PICTURES = 15  # peers 1c: warn
NAMES_SHOWN = 8  # the rest by number
WORDS_SHOWN = 8  # named in one piece of advice
ONE_KIND = 0.9  # [choice] a larger share of the pictures alike is called "nearly all of them"
ONE_LIGHT = 20.0  # [choice] grey levels; the means of ordinary pictures spread over 57-177 [measured]
ONE_FRAMING = 0.1  # [choice] of the side of the frame; heads cut by the default padding differ by less
BURST_S = 5.0  # [choice] a person who is asked to move needs longer than that for another pose
# References and codes by which MidJourney gives pictures one look. "--style raw" is its plainest.
STYLE_PARAMETERS = ("sref", "profile", "p", "moodboard", "style")
# Words of style that only ask for a good photo of a real person: what every prompt says, and what does no harm.
PLAIN_STYLE = frozenset(
    """
    style styled photo photos photograph photography photographer photographic photorealistic photorealism realistic
    realism hyperrealistic hyper-realistic ultra-realistic detailed detail details intricate quality resolution
    high-resolution hd uhd 4k 8k 16k hdr raw sharp crisp still award winning award-winning masterpiece mood atmosphere cover
    """.split()  # noqa: SIM905
)

Framed = tuple[str, float]  # image id and a measure of it


def advice(
    records: Iterable[ImageRecord], settings: Settings, *, trigger_word: str = "", class_word: str = "",
    persons: Sequence[Finding] = (), client_id: str = "ID",
) -> list[Finding]:  # fmt: skip
    """Return the findings about a dataset; if none needs attention, the first one says that it is ready.

    trigger_word, class_word  the client's; without them captions are not checked for the trigger word
    persons                   of `faces.unknown`: that nobody knows which of several persons is the client
    """
    records = list(records)
    held = held_out.of_records(records, settings.imports.near_duplicate_bits)
    photos = sum(record.approved and record.source == "real" for record in records)
    records = [record for record in records if record.image_id not in held]
    approved = [record for record in records if record.approved]
    lines = {
        record.image_id: caption_rules.write_caption(
            record, trigger_word=trigger_word, class_word=class_word, config=settings.captions
        )
        for record in approved
    }
    found = [
        *persons,
        *_count_advice(approved),
        *_tool_advice(approved),
        *([] if persons else _person_advice(approved)),
        *_likeness_advice(approved),
        *_share_advice(records, settings),
    ]
    found += [
        *_caption_advice(lines),
        *_unsaid_advice(approved),
        *_user_caption_advice(approved, _opening(trigger_word, class_word, settings), client_id),
    ]
    if not settings.captions.include_identity:
        found += _identity_advice(lines, caption_rules.first_phrase(trigger_word, class_word))
    found += [*_view_advice(approved), *_light_advice(approved), *_style_advice(approved), *_size_advice(approved, settings)]
    found += [*_media_advice(approved), *_framing_advice(approved)]
    found += _held_out_advice(photos, tuple(sorted(held)))
    if all(item.level == "ready" for item in found):
        found.insert(0, _found("ready", "advice.ready", {"n": len(approved)}))
    return found


def _found(level: Level, key: str, values: Mapping[str, object], images: tuple[str, ...] = ()) -> Finding:
    return Finding(key.removeprefix("advice."), level, Text(key, values), images=images)


def refusals(records: Iterable[ImageRecord]) -> list[Finding]:
    """Return the findings that forbid training on a dataset of these pictures."""
    approved = [record for record in records if record.approved and not record.held_out]
    return [item for item in _count_advice(approved) if item.level == "blocked"]


# --- how many, and how alike -----------------------------------------------------------------------------------------


def _count_advice(approved: Sequence[ImageRecord]) -> Iterator[Finding]:
    if len(approved) < MIN_PICTURES:
        yield _found("blocked", "advice.too_few", {"n": len(approved), "minimum": MIN_PICTURES, "good": FEW_PICTURES})
    elif len(approved) < FEW_PICTURES:
        yield _found("attention", "advice.few", {"n": len(approved), "good": FEW_PICTURES})


def _tool_advice(approved: Sequence[ImageRecord]) -> Iterator[Finding]:
    """Say that a LoRA is not what so few pictures need."""
    if 0 < len(approved) <= ZERO_SHOT_PICTURES:
        yield _found("attention", "advice.another_tool", {"n": len(approved)})


def _person_advice(approved: Sequence[ImageRecord]) -> Iterator[Finding]:
    odd = [record for record in approved if quality.is_odd(record)]
    if odd:
        names = ", ".join(record.original.name for record in odd[:NAMES_SHOWN]) + (" …" if len(odd) > NAMES_SHOWN else "")
        yield _found("attention", "advice.odd", {"n": len(odd), "names": names}, tuple(record.image_id for record in odd))


def _likeness_advice(approved: Sequence[ImageRecord]) -> Iterator[Finding]:
    ids = {record.image_id for record in approved}
    alike = tuple(record.image_id for record in approved if record.near_duplicate_of in ids)
    if alike:
        yield _found("attention", "advice.near_duplicates", {"n": len(alike)}, alike)
    spare = tuple(i for i in bursts(approved) if i not in alike)
    if spare:
        yield _found("attention", "advice.bursts", {"n": len(spare), "seconds": BURST_S}, spare)


def bursts(records: Iterable[ImageRecord]) -> list[str]:
    """Return the photos that the same camera took within seconds of the one before: all of a burst but its first."""
    taken: dict[tuple[str | None, str | None], list[tuple[datetime, str]]] = {}
    for record in records:
        moment = _moment(record.picture.taken_at)
        if record.camera is not None and moment is not None:
            taken.setdefault((record.camera.make, record.camera.model), []).append((moment, record.image_id))
    return [
        image_id
        for photos in taken.values()
        for (before, _), (moment, image_id) in itertools.pairwise(sorted(photos))
        if (moment - before).total_seconds() <= BURST_S
    ]


def _moment(text: str | None) -> datetime | None:
    """Return the camera's time without its zone: photos of one camera are compared, and some have no zone."""
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=None) if text else None
    except ValueError:
        return None


def _held_out_advice(photos: int, held: tuple[str, ...]) -> Iterator[Finding]:
    """Say which photos are held out, or why none are; a set without photos has none to hold out."""
    if held:
        left = photos - len(held)
        values = {"n": len(held), "photos": photos, "left": left, "times": photos / max(1, left)}
        yield _found("ready", "advice.held_out", values, held)
    elif photos >= held_out.LEAST_PHOTOS:
        yield _found("ready", "advice.held_out_none", {"photos": photos})
    elif photos:
        yield _found("ready", "advice.held_out_few", {"photos": photos, "least": held_out.LEAST_PHOTOS})


def _share_advice(records: Sequence[ImageRecord], settings: Settings) -> Iterator[Finding]:
    with contextlib.suppress(PipelineError):
        plan = plan_dataset(records, settings.dataset)
        off = abs(plan.shares_reached["mj"] - plan.shares_asked["mj"])
        if off > SHARE_TOLERANCE:
            values = {
                "mj": 100 * plan.shares_reached["mj"], "real": 100 * plan.shares_reached["real"],
                "mj_asked": 100 * plan.shares_asked["mj"], "real_asked": 100 * plan.shares_asked["real"],
            }  # fmt: skip
            yield _found("attention", "advice.shares", values)


# --- captions --------------------------------------------------------------------------------------------------------


def _caption_advice(lines: Mapping[str, str]) -> Iterator[Finding]:
    if len(lines) < MIN_PICTURES:
        return
    text, n = Counter(lines.values()).most_common(1)[0]
    if n > len(lines) / 2:
        ids = tuple(image_id for image_id, line in lines.items() if line == text)
        yield _found("attention", "advice.same_caption", {"n": n, "total": len(lines), "text": text}, ids)


def _unsaid_advice(approved: Sequence[ImageRecord]) -> Iterator[Finding]:
    """Say of which pictures no prompt and no user says anything, where others have prompts: what is worn is then learnt."""
    silent = tuple(
        record.image_id
        for record in approved
        if record.caption is None and not (record.midjourney and (record.midjourney.prompt or record.midjourney.typed_prompt))
    )
    if 0 < len(silent) < len(approved):
        yield _found("ready", "advice.unsaid", {"n": len(silent), "total": len(approved)}, silent)


def _opening(trigger_word: str, class_word: str, settings: Settings) -> str:
    return caption_rules.opening(trigger_word, class_word, settings.captions) if trigger_word else ""


def _user_caption_advice(approved: Sequence[ImageRecord], opening: str, client_id: str) -> Iterator[Finding]:
    own = [(record.image_id, record.caption.text) for record in approved if record.caption and record.caption.by == "user"]
    mute = tuple(i for i, text in own if opening and not caption_rules.begins_with(text, opening))
    if mute:
        yield _found("attention", "advice.no_trigger", {"n": len(mute), "trigger": opening, "client": client_id}, mute)


def _identity_advice(lines: Mapping[str, str], first_phrase: str) -> Iterator[Finding]:
    """Find captions with words of identity, which the trigger word should learn; the class word ("old man") does not count."""
    named = {i: words for i, text in lines.items() if (words := caption_rules.identity_words(text.removeprefix(first_phrase)))}
    if named:
        said = sorted({word for words in named.values() for word in words})
        values = {"n": len(named), "words": ", ".join(said[:WORDS_SHOWN])}
        yield _found("attention", "advice.identity_named", values, tuple(named))


# --- one kind only ---------------------------------------------------------------------------------------------------


def _measured(records: Iterable[ImageRecord], name: str) -> list[Framed]:
    return [(r.image_id, r.quality.measures[name]) for r in records if r.quality and name in r.quality.measures]


def _spread(measured: Sequence[Framed]) -> tuple[float, float]:
    """Return the 5th and 95th percentile."""
    values = sorted(value for _, value in measured)
    return values[len(values) // 20], values[-1 - len(values) // 20]


def _view_advice(approved: Sequence[ImageRecord]) -> Iterator[Finding]:
    """Find datasets that show one side of the head only, or heads all raised or all lowered."""
    sides = [(r.image_id, phrase) for r in approved for phrase in caption_rules.framing(r) if phrase.endswith("view")]
    view, ids = _majority(sides)
    if view:
        yield _found("attention", "advice.one_view", {"view": view, "n": len(ids)}, ids)
    # Level heads are no finding: that is how people are photographed.
    tilts = [(i, pitch_class(pitch).replace("level", "")) for i, pitch in _measured(approved, "pitch")]
    tilt, ids = _majority(tilts)
    if tilt:
        yield _found("attention", "advice.one_pitch", {"n": len(ids), "limit": LEVEL_PITCH}, ids)


def _majority(kinds: Sequence[tuple[str, str]]) -> tuple[str, tuple[str, ...]]:
    """Return the kind of nearly all pictures, and their ids; "" if there is none or there are too few pictures."""
    if len(kinds) < FEW_PICTURES:
        return "", ()
    kind, n = Counter(kind for _, kind in kinds).most_common(1)[0]
    return (kind, tuple(i for i, one in kinds if one == kind)) if n > ONE_KIND * len(kinds) else ("", ())


def _light_advice(approved: Sequence[ImageRecord]) -> Iterator[Finding]:
    """Find datasets whose pictures nearly all have the same brightness."""
    levels = _measured(approved, "brightness")
    if len(levels) >= FEW_PICTURES:
        low, high = _spread(levels)
        if high - low < ONE_LIGHT:
            yield _found("attention", "advice.one_light", {"low": low, "high": high}, tuple(i for i, _ in levels))


def _framing_advice(approved: Sequence[ImageRecord]) -> Iterator[Finding]:
    """Find datasets whose faces all have the same size in the frame. The default padding does that: a note, no warning."""
    shares = [(r.image_id, share) for r in approved if (share := caption_rules.face_share(r)) is not None]
    if len(shares) >= FEW_PICTURES:
        low, high = _spread(shares)
        if high - low < ONE_FRAMING:
            yield _found("ready", "advice.one_framing", {"low": 100 * low, "high": 100 * high}, tuple(i for i, _ in shares))


def _style_advice(approved: Sequence[ImageRecord]) -> Iterator[Finding]:
    """Find a style code or style word that nearly all MidJourney pictures share: it would be learnt with the person."""
    drawn = [(record.image_id, record.midjourney) for record in approved if record.midjourney is not None]
    for key, kinds in (("advice.one_style", _style_codes), ("advice.style_word", _style_words)):
        by_style: dict[str, list[str]] = {}
        for image_id, about in drawn:
            for style in kinds(about):
                by_style.setdefault(style, []).append(image_id)
        shared = {style: ids for style, ids in by_style.items() if len(ids) > ONE_KIND * len(drawn)}
        if shared and len(drawn) >= MIN_PICTURES:
            concerned = {image_id for ids in shared.values() for image_id in ids}
            values = {"style": ", ".join(sorted(shared)[:WORDS_SHOWN]), "n": len(concerned)}
            yield _found("attention", key, values, tuple(i for i, _ in drawn if i in concerned))


def _media_advice(approved: Sequence[ImageRecord]) -> Iterator[Finding]:
    """Find photos, drawings and renderings in one set; the pictures named are those made in the rarer ways."""
    found = media.by_family(approved)
    if len(found) > 1:
        _, *rarer = found.values()
        values: dict[str, object] = {family: len(found.get(family, ())) for family in FAMILIES}
        yield _found("attention", "advice.mixed_media", values, tuple(image_id for ids in rarer for image_id in ids))


def _style_codes(about: MidJourney) -> set[str]:
    codes = {(name.lstrip("-"), parameter.text.strip()) for name, parameter in about.parameters.items()}
    return {f"--{name} {text}".strip() for name, text in codes if name in STYLE_PARAMETERS and text != "raw"}


def _style_words(about: MidJourney) -> set[str]:
    said = clean_prompt(about.prompt or about.typed_prompt or "")
    return {*words_of(said)} & (words("styles") - PLAIN_STYLE)


# --- size ------------------------------------------------------------------------------------------------------------


def _size_advice(approved: Sequence[ImageRecord], settings: Settings) -> Iterator[Finding]:
    """Find enlarged crops: most of them a little, or some of them a lot."""
    scales = {record.image_id: record.crop.scale for record in approved if record.crop}
    small = tuple(i for i, scale in scales.items() if scale > 1.0)
    if len(small) <= len(approved) / 2:
        small = tuple(i for i, scale in scales.items() if scale > settings.quality.max_enlargement)
    if small:
        values = {"n": len(small), "total": len(approved), "side": settings.faces.crop_side_px}
        yield _found("attention", "advice.enlarged", values, small)
