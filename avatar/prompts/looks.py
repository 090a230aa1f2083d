"""Finds how a picture shows a person: angle, view, framing, where the person looks and what the face shows. Pure.

Each is said in one way, whatever the prompt's words are: "eye contact" is "looking at the camera".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from avatar.prompts.said import Kind, Phrase
from avatar.prompts.traits import affirmed
from avatar.prompts.word_lists import lines, ways

_LOOK_OF = "expression/expressions/look/face/smile/gaze/stare/eyes/grin"
_EXPRESION = "expresion/mirada/gesto/sonrisa/cara"
EXPRESSIONS = {
    said: tuple(way.strip().replace("@es", _EXPRESION).replace("@", _LOOK_OF) for way in rest.split("|"))
    for said, _, rest in (text.partition("|") for _, text in lines("expressions"))
    for said in [said.strip()]
}
# Where the person looks, English and Spanish.
_LOOK = (
    r"(?<!not )(?<!without )(?<!than )\b(?:looking|looks|gazing|gazes|staring|stares|glancing|glances|peering|peers"
    r"|(?:(?:her|his|their|with a|the) )?(?:eyes|gaze) (?:is |are )?(?:fixed|directed|turned|cast|set|locked|focused|looking)"
    r"|(?:her|his|their) (?:eyes|gaze))"
    r"(?: (?:directly|straight|deeply|softly|slightly|gently|confidently|intensely|intently|back|far|somewhere|calmly"
    r"|thoughtfully|out|pensively|quietly|off|seriously|shyly))*"
)
_MIRA = r"(?<!sin )(?<!no )\b(?:mirando|mira|mirar|mirada)(?: \w+mente| fija| directa| dirigida| perdida)*"
_THE = r"(?: (?:the|a|an|her|his|their|its|my|one's|el|la|los|su|un|una))*"
GAZES = {
    "looking over the shoulder": rf"{_LOOK} over{_THE} shoulders?|{_MIRA} (?:por encima del|por encima de|sobre){_THE} hombro",
    "looking off camera": rf"{_LOOK} (?:off|away from|past|beyond|outside){_THE}[ -](?:camera|lens|frame|viewer)",
    "looking to the right": rf"{_LOOK} (?:(?:to|towards?|at){_THE} )?right\b|{_MIRA} (?:a|hacia){_THE} derecha",
    "looking to the left": rf"{_LOOK} (?:(?:to|towards?|at){_THE} )?left\b|{_MIRA} (?:a|hacia){_THE} izquierda",
    "looking away": rf"{_LOOK} (?:away|aside|in(?:to)?{_THE} distance|(?:at|towards?|to){_THE} horizon)"
    rf"|{_MIRA} (?:a|hacia){_THE} (?:otro lado|lo lejos|horizonte)|{_MIRA} (?:al horizonte|a lo lejos)"
    r"|(?:averted|distant) gaze",
    "looking to the side": rf"{_LOOK} (?:to{_THE} side|sideways)|{_MIRA} (?:de lado|al lado|(?:a|hacia){_THE} lado)"
    r"|(?:sideways|sidelong) (?:gaze|glance|look)",
    "looking down": rf"{_LOOK} down(?:wards?)?|{_MIRA} (?:(?:hacia |para )?abajo|al suelo|hacia el suelo)"
    r"|(?:downcast|downward) (?:eyes|gaze|glance)|eyes (?:cast down|downcast|lowered)",
    "looking up": rf"{_LOOK} up(?:wards?)?|{_MIRA} (?:(?:hacia |para )?arriba|al cielo|hacia el cielo)"
    r"|(?:upward|skyward|heavenward) (?:gaze|glance|look)",
    "looking out of the window": rf"{_LOOK} (?:out|through)(?: of)?{_THE}(?: \w+)? windows?|{_MIRA} por{_THE} ventana",
    "looking at the camera": rf"{_LOOK} (?:at|in(?:to)?|to|towards?|on){_THE} (?:camera|viewer|lens|audience)"
    rf"|(?<!no )(?<!without )\b(?:direct |strong |intense )?eye contact(?: with{_THE} (?:camera|viewer|lens))?"
    rf"|(?<!not )\b(?:direct|frontal) gaze(?: (?:at|into|to){_THE} (?:camera|viewer|lens))?"
    r"|(?<!not )\b(?:smiling|smiles|smile|grinning|laughing|facing|gaze)(?: \w+ly| straight)?"
    rf"(?: at| towards?| to| into)?{_THE} (?:camera|viewer)"
    rf"|\b(?:meets?|meeting){_THE} (?:camera|viewer|lens)(?:['’]s (?:eyes|gaze))?"
    rf"|(?:{_MIRA}|\bsonr(?:iendo|íe|ie|iente)|\bríe(?:ndo)?|\briendo|\bde frente)"
    rf" (?:a|hacia|directa a|fija en|en){_THE} (?:c[aá]mara|objetivo|espectador)|contacto visual",
}
# One expression, so that no two share a word; the number of its group is the place in GAZES.
_GAZE = re.compile("|".join(rf"((?:{pattern})\b)" for pattern in GAZES.values()), re.IGNORECASE)
_MAY_LOOK = re.compile(
    r"\b(?:look|gaz|star[ei]|glanc|peer|mira|eyes |eye contact|contacto|meet(?:s|ing)? the"
    r"|(?:smil|grin|laugh|facing).*(?:camera|viewer)"
    r"|(?:sonr|r[ií]e|de frente).*(?:c[aá]mara|objetivo))",
    re.IGNORECASE,
)  # most prompts have none: 3 instead of 69 us for 96 letters [measured]
_MAY_SHOW = re.compile(  # a word of each way to say angle, view or framing: most sentences have none
    r"\b(?:angle|vantage|view|shot|close|closeup|body|profile|front|frontal|behind|above|below|eye|pov|shoulders?|head|waist|half|length|figure|bust"
    r"|plano|ángulo|perfil|cuerpo|vista|altura|espaldas|desde|picado|contrapicado|cenital|busto|primer|crop|look|dutch|tilt|canted"
    r"|person|top|upper|mid|medium|knees|chest|straight|facing|back|turned away|nivel|hombro|quarters?"
    r"|cuartos|frente|tight|worm's|atrás|arriba|rear)",
    re.IGNORECASE,
)
_SMILING = {"r": "laughing", "s": "smiling"}  # by the first letter, of either language
_NOT_A_PLACE = r"(?!\s+(?:a|an|the|his|her|their|my)\b)"  # "seen from behind the desk"
_SMILES = re.compile(r"\b(?:smil(?:ing|es?)|grinning|laughing|sonr[ií]\w*|r[ií]e\w*|riendo)\b", re.IGNORECASE)
# Before an angle: where light comes from, "sunlight from above", "luz cenital".
_LIT_FROM = re.compile(
    r"\b(?:\w*light\w*|lit|illuminat\w+|glow\w*|rays?|beams?|shafts?|shin\w+|sun|lamps?|bulbs?|luz|luces|iluminaci[oó]n|iluminad[oa]"
    r"|l[aá]mpara|foco)"
    r"\s+(?:\w+\s+){0,2}?$",
    re.IGNORECASE,
)
# "profile" alone is also a person's on a network, "frontal" a light's: these stand for themselves only between commas.
_SHY = frozenset(
    {
        "profile",
        "cenital",
        "head to toe",
        "head-to-toe",
        "perfil",
        "frontal",
        "picado",
        "top view",
        "tight crop",
        "wide view",
        "graphic",
    }
)


@functools.cache
def _shots() -> tuple[re.Pattern[str], dict[str, tuple[str, Kind]]]:
    """Return what finds every way to say angle, view or framing, and for each what is said."""
    kinds: tuple[Kind, ...] = ("angle", "view", "framing")
    said = {way: (first, kind) for kind in kinds for way, first in ways("angles", kind).items()}
    bold = sorted((re.escape(way) for way in said if way not in _SHY), key=len, reverse=True)
    shy = "|".join(re.escape(way) for way in _SHY & said.keys())
    a = r"(?:(?:a|an|the|in|from|shot|un|una|en|desde|slightly|dramatic|cinematic|intimate|plano|ángulo) )*"
    noun = (
        r"(?: (?:shot|view|angle|portrait|perspective|camera angle|framing|composition|photo(?:graph)?)(?= of\b|[,.;:\n]|$))?"
    )
    alone = rf"(?:^|(?<=[,.;:\n]))\s*(?P<shy>{shy})\s*(?=[,.;:\n]|$)"
    within = rf"\b{a}(?P<bold>{'|'.join(bold)})\b(?![-'’]\w){_NOT_A_PLACE}{noun}"
    return re.compile(f"(?:{within}|{alone})", re.IGNORECASE), said


def shots(text: str) -> tuple[str, list[Phrase]]:
    """Return the text without what it says of angle, view and framing, and that."""
    if not _MAY_SHOW.search(text):
        return text, []
    pattern, said = _shots()
    found: list[Phrase] = []

    def cut(match: re.Match[str]) -> str:
        if _LIT_FROM.search(text[: match.start()]):
            return match[0]
        phrase, kind = said[(match["bold"] or match["shy"]).lower().strip()]
        found.append(Phrase(phrase, kind))
        return " portrait " if text[match.end() :].lstrip().lower().startswith("of ") else ", "

    return pattern.sub(cut, text), list(dict.fromkeys(found))


def gazes(text: str) -> tuple[str, list[Phrase]]:
    """Return the text without phrases for the direction of gaze, and those phrases in order."""
    if not _MAY_LOOK.search(text):
        return text, []
    places: list[int] = []

    def cut(match: re.Match[str]) -> str:
        places.append((match.lastindex or 0) - 1)
        smile = _SMILES.match(match[0])
        return f", {_SMILING.get(smile[0][0].lower(), smile[0])}, " if smile else ", "

    text = _GAZE.sub(cut, text)
    return text, [Phrase(list(GAZES)[place], "gaze") for place in dict.fromkeys(places)]


def expressions(text: str, unwanted: str = "") -> Iterator[Phrase]:
    """Yield what the face shows; unwanted are words that take one away."""
    for trait in affirmed(EXPRESSIONS, text, unwanted):
        yield Phrase(trait.value, "expression")
