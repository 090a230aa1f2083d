"""What the tags of a WD tagger say in the words of a caption: clothing, place, pose, light; counts and identity out. Pure.

These taggers learnt from drawings, in the words of their archives: "looking at viewer" is at the camera, "1girl" counts, and of
a photo they say "realistic" and the colour of its hair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

PLAIN = "plain background"
# What a tag is called in a caption. Tags that are not here keep their words, and the filter of prompts judges them.
WORDS = {
    "necktie": "tie", "bowtie": "bow tie", "wristwatch": "watch", "formal": "", "eyewear": "", "headwear": "",
    "winter clothes": "", "looking at viewer": "looking at the camera", "looking back": "looking over the shoulder",
    "looking afar": "looking away", "smile": "smiling", "light smile": "smiling", "grin": "grinning",
    "closed eyes": "eyes closed", "frown": "frowning", "serious": "serious expression",
    "expressionless": "neutral expression", "sad": "sad expression", "angry": "angry expression",
    "surprised": "surprised expression", "crossed arms": "arms crossed", "hand on own hip": "hand on hip",
    "hands on own hips": "hands on hips", "hand on own chin": "hand on chin", "hand on own cheek": "hand on cheek",
    "hand on own face": "hand on face", "on chair": "on a chair", "on couch": "on a sofa", "on bed": "on a bed",
    "on floor": "on the floor", "on ground": "on the ground", "lying": "lying down", "on back": "lying on the back",
    "on side": "lying on the side", "simple background": PLAIN, "blurry background": "blurred background",
    "depth of field": "blurred background", "day": "daylight", "night": "at night", "city": "city background",
    "cityscape": "city background", "nature": "outdoors", "sky": "sky background", "blue sky": "blue sky background",
    "cloud": "cloudy sky background", "ocean": "sea background", "tree": "trees background", "forest": "forest background",
    "mountain": "mountains background", "plant": "plants background", "window": "window background",
    "backlighting": "backlit", "light rays": "rays of sunlight", "lens flare": "lens flare light", "from side": "side view",
    "from behind": "seen from behind", "dutch angle": "tilted angle", "monochrome": "black and white photo",
    "greyscale": "black and white photo", "eyewear on head": "sunglasses on the head", "hair ribbon": "ribbon in the hair",
    "hairclip": "hair clip", "hair flower": "flower in the hair", "hair bow": "bow in the hair", "open clothes": "",
}  # fmt: skip
# Who is shown, how many, how the picture was made, and what is no matter of a caption.
LEFT_OUT = frozenset(
    tag.strip()
    for tag in """
    solo, realistic, photorealistic, photo (medium), cosplay, cosplay photo, general, sensitive, questionable, explicit,
    commentary, highres, absurdres, lowres, watermark, signature, artist name, web address, username, copyright name,
    english text, text focus, male focus, solo focus, upper body, portrait, cowboy shot, full body, close-up,
    head out of frame, cropped, blurry, letterboxed, border, white border, black border, closed mouth, parted lips,
    open mouth, teeth, lips, nose, tongue, navel, collarbone, breasts, medium breasts, large breasts, small breasts,
    cleavage, midriff, bare shoulders, bare arms, armpits, shoulder blades, back, thighs, bare legs, barefoot, toes,
    fingernails, nail polish, muscular, toned, abs, veins, mature female, mature male, old, old man, old woman, child,
    aged up, tall, plump, fat, dark skin, dark-skinned female, dark-skinned male, tan, pale skin, freckles, mole,
    mole under eye, mole under mouth, scar, wrinkled skin, facial hair, beard, mustache, stubble, goatee, sideburns,
    thick eyebrows, eyebrows, eyelashes, long eyelashes, bald, bangs, blunt bangs, parted bangs, swept bangs, ponytail,
    high ponytail, low ponytail, twintails, braid, single braid, twin braids, bun, double bun, sidelocks, ahoge,
    bob cut, undercut, dreadlocks, afro, asian, latina, tattoo, piercing, ear piercing, multiple girls, multiple boys,
    couple, makeup, lipstick, red lips, eyeshadow, mascara
    """.split(",")  # noqa: SIM905
)
# Said behind the clothes: a caption may have no room for all.
SMALL_THINGS = frozenset(
    "jewelry earrings necklace bracelet ring watch choker pendant clip ornament ribbon".split()  # noqa: SIM905
)
_COUNT = re.compile(r"\d+\+?(?:girls?|boys?|others?)")
# "brown hair", "blue eyes", "hair over one eye", "hair between eyes"; not "hair ornament", which is worn.
_IDENTITY = re.compile(
    r"(?:.* )?(?:hair|eyes|eyebrows|skin|lips|breasts|pupils|bangs|beard)$|hair (?:over|between|behind|pulled|down)\b.*"
)
_SAID_OF_EYES = re.compile(r"(?:closed|half-closed) eyes$")
_HOLDING = re.compile(r"holding (?!own|hands|another)(\w[\w -]*)$")
_PLURAL = re.compile(r"(?:[^s]s|clothes|scissors|glasses|flowers)$")


def in_words(tags: str) -> str:
    """Return the tags of a picture, as the tagger writes them, as phrases: the filter of prompts still judges them.

    >>> in_words("1girl, solo, realistic, brown hair, looking at viewer, smile, red scarf, brick wall, holding cup, upper body")
    'looking at the camera, smiling, red scarf, brick wall, holding a cup'
    >>> in_words("jewelry, earrings, shirt, white shirt, necktie")
    'white shirt, tie, jewelry, earrings'
    """
    found = list(dict.fromkeys(_phrases(tag.strip().replace("_", " ").lower() for tag in tags.split(","))))
    # "shirt" stands beside "white shirt", "cup" beside "holding cup": the one that says more says both.
    words = [frozenset(phrase.split()) for phrase in found]
    whole = [phrase for phrase, own in zip(found, words, strict=True) if not any(own < other for other in words)]
    if any(phrase.endswith(" background") and phrase != PLAIN for phrase in whole):
        whole = [phrase for phrase in whole if phrase != PLAIN]  # "white background" says more
    return ", ".join(sorted(whole, key=lambda phrase: phrase.split()[-1] in SMALL_THINGS))


def _phrases(tags: Iterable[str]) -> Iterable[str]:
    for tag in tags:
        if tag in LEFT_OUT or _COUNT.fullmatch(tag):
            continue
        if tag in WORDS:
            if WORDS[tag]:
                yield WORDS[tag]
        elif _IDENTITY.fullmatch(tag) and not _SAID_OF_EYES.fullmatch(tag):
            continue
        elif held := _HOLDING.fullmatch(tag):
            thing = held[1]
            yield f"holding {thing}" if _PLURAL.search(thing) else f"holding {_article(thing)} {thing}"
        elif plain := re.sub(r"\s*\([^)]*\)$", "", tag):  # "photo (medium)", "apron (waist)": which of several meanings
            yield plain


def _article(thing: str) -> str:
    return "an" if thing[0] in "aeiou" else "a"
