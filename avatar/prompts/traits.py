"""Finds lighting, expression and physical traits in a prompt, English or Spanish, with the words as evidence.

Whole words, accents optional, with negation: "no beard" and "sin barba" mean clean-shaven, not a beard. Nothing is
derived from pixels here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

from avatar.workspace.records import Trait, Traits
from utils import fold

Vocabulary = Mapping[str, Mapping[str, Sequence[str]]]

# Phrases without accents; "word/word" are choices; "~light" and "~luz" stand for light with other lighting words between
# ("soft studio lighting", "luz natural y suave"); "!look": only where a person's look is meant
# ("professional, confident", "professional demeanor"), not before another noun ("professional kitchen").
VOCABULARY: Vocabulary = {
    "lighting": {
        "studio": (
            "studio ~light", "studio portrait/photo/photograph/photography/shot/background/backdrop/headshot/strobe", "softbox",
            "in a/the studio", "photo studio", "~luz de estudio", "retrato/foto/fotografia/fondo de estudio",
            "en un/el estudio",
        ),
        "natural": (
            "natural ~light", "daylight", "sunlight", "window light", "golden hour", "~luz natural", "luz de ventana",
            "luz del dia", "luz solar", "hora dorada",
        ),
        "dramatic": (
            "dramatic ~light", "dramatically lit", "chiaroscuro", "rembrandt ~light", "low key ~light", "high contrast ~light",
            "moody ~light", "dramatic shadows", "~luz dramatica/rembrandt", "claroscuro", "sombras dramaticas",
        ),
        "soft": (
            "soft ~light", "softly lit", "soft shadows", "softbox", "diffused/diffuse ~light", "gentle ~light",
            "~luz suave/difusa/tenue", "sombras suaves",
        ),
        "cinematic": ("cinematic", "movie ~light", "film noir", "cinematografico/cinematografica", "~luz de cine"),
    },
    "expression": {
        "confident": (
            "confident/confidently/confidence", "self confident/assured", "self confidence",
            "seguro/segura de si mismo/misma", "seguro/segura de si", "confiado/confiada", "con confianza/seguridad",
        ),
        "serene": (
            "serene/serenely/serenity", "calm/calmly", "peaceful/tranquil", "sereno/serena/serenidad", "tranquilo/tranquila",
            "calmado/calmada", "apacible",
        ),
        "trustworthy": (
            "trustworthy/trustworthiness", "trusted/reliable/dependable", "digno/digna de confianza", "de confianza",
            "fiable/confiable", "inspira confianza",
        ),
        "wise": ("wise/wisely/wisdom", "sabio/sabia/sabiduria"),
        "professional": ("professional !look", "businesslike", "profesional !look", "profesionalidad"),
    },
    "physical": {
        "clean_shaven": (
            "clean shaven/shave", "cleanly shaven", "freshly shaven", "smooth shaven", "beardless", "afeitado/afeitada",
            "bien rasurado/rasurada", "rasurado/rasurada", "lampino",
        ),
        "stubble": (
            "stubble/stubbly", "five/5 o clock shadow", "unshaven", "barba incipiente", "barba de tres/dos/3/2 dias",
            "barba corta de dias",
        ),
        "well_groomed": (
            "well/neatly/impeccably groomed", "well kempt", "well trimmed", "neatly trimmed", "well/neatly combed",
            "bien arreglado/arreglada", "bien cuidado/cuidada", "bien peinado/peinada", "aseado/aseada", "pulcro/pulcra",
        ),
        "refined": (
            "refined/refinement", "elegant/elegantly/elegance", "distinguished", "sophisticated", "refinado/refinada",
            "elegante/elegancia", "distinguido/distinguida", "sofisticado/sofisticada",
        ),
    },
}  # fmt: skip

_BEARD = ("beard/bearded/beards", "facial hair", "moustache and beard", "barba/barbudo", "vello facial")
_GAP = r"[\s,\-\u2019']+"
_BESIDE_LIGHT = (
    "(?:and|y|e|very|muy|studio|natural|dramatic|soft|cinematic|warm|cool|cold|diffused|diffuse|gentle|rim|key|side|window|golden"
    "|ambient|moody|overhead|frontal|directional|front|back|de|estudio|dramatica|suave|difusa|calida|fria|lateral|ambiental"
    "|cinematografica)"
)
_NO_COLOUR = (
    r"(?![\s\-]+(?:brown|blonde?|blue|green|gr[ae]y|pink|red|hazel|purple|beige|auburn|colou?red|skin|skinned|hair|haired"
    r"|eyes|eyed|makeup|make)\b)"
)  # "natural light brown hair"
_TOKENS = {
    "~light": rf"(?:{_BESIDE_LIGHT}{_GAP})*(?:lights?{_NO_COLOUR}|lighting|lit|illumination)",
    "~luz": rf"(?:luz|luces|iluminacion)(?:{_GAP}{_BESIDE_LIGHT})*?",
}
_LIGHTS = {
    "~light": {"light", "lights", "lighting", "lit", "illumination"},
    "~luz": {"luz", "luces", "iluminacion"},
}
_A_LOOK = (
    r"(?=\s*(?:$|[,.;:!?)]|(?:and|but|yet|y|e|pero)\b)"
    r"|[\s\-]+(?:\w+[\s\-]+)?(?:expressions?|looks?|smiles?|gaze|demeanou?r|attitude|bearing|appearance|poses?|posture|presence|aura"
    r"|wom[ae]n|m[ae]n|person|expresion|mirada|sonrisa|actitud|gesto|porte|aspecto)\b)"
)
# What is serene, elegant or neatly trimmed without being a person: in English behind the word, in Spanish before it.
_SCENE = (
    r"(?:lakes?|seas?|oceans?|waters?|rivers?|ponds?|beach|shore|coast|landscapes?|scenes?|scenery|background|backdrop|atmosphere"
    r"|mood|ambian?ce|ambience|settings?|environment|surroundings|gardens?|hedges?|lawn|forest|woods|meadow|mountains?|valley|sky"
    r"|sunset|sunrise|nature|countryside|village|town|street|place|rooms?|interior|space|house|music|colou?rs?"
    r"|palette|tones|hues|composition|restaurant|hotel|lobby|cafe|architecture|buildings?|decor|furniture|typography|brand|choice"
    r"|lines|wrinkles|hour|birthday|ending"
    r"|lagos?|mar|mares|oceano|aguas?|rio|playas?|paisajes?|escenas?|fondo|ambientes?|atmosfera|entorno|jardin|jardines|bosques?"
    r"|montanas?|valle|cielo|atardecer|amanecer|noche|tarde|pueblo|calles?|lugar|sitio|habitacion|salon|espacio|casa|musica"
    r"|colores|paleta|tonos|restaurante|arquitectura|edificios?|decoracion|muebles|marca"
    r"|fotos?|fotografias?|fotografic[oa]|camara|iluminacion|luz|calidad|equipo|retoque|estudio|lente|objetivo|acabado|estilo|traje|retratos?"
    r"|vibe|tone|energy)"
)
_NO_PREPOSITION = r"(?!(?:at|in|by|on|near|with|against|under|before|en|con|junto|ante|de|del|a|al|hacia|frente)\b)"
_SCENE_BEHIND = re.compile(rf"(?:[\s\-]+(?:and|y|e)[\s\-]+\w+)?(?:[\s\-]+{_NO_PREPOSITION}\w+)?[\s\-]+{_SCENE}\b")
_SCENE_BEFORE = re.compile(
    rf"\b{_SCENE}[\s\-:]+(?:(?:muy|mas|tan|is|are|es|feels|and)[\s\-]+|\w+[\s\-,]+(?:[ye]|and)?[\s\-]*)?$"
)
_NEGATION = re.compile(
    r"\b(?:no|not|non|without|never|neither|nor|lacking|isn['\u2019]?t|aren['\u2019]?t|doesn['\u2019]?t|zero|free of|sin|ni"
    r"|nunca|jamas|tampoco)\b(?P<between>(?:[\s\-]+[\w']+){0,3}?)[\s\-]+$"
)
# After these a negation is over: "no hat but confident".
_NEGATION_ENDS = re.compile(r"\b(?:but|with|and|pero|sino|con|y|only|solo|just)\b")


def find_traits(prompt: str, no_words: str = "", vocabulary: Vocabulary | None = None) -> Traits:
    """Return the traits that the prompt affirms, in the vocabulary's order.

    no_words    what `--no` names: it takes a trait away, and "beard" there speaks for clean_shaven
    vocabulary  further phrases by group and value, beside the built-in ones (config.json)
    """
    found = {
        group: affirmed(values, prompt, no_words, of_person=group != "lighting")
        for group, values in _merged(vocabulary).items()
    }
    _conclude_clean_shaven(found["physical"], prompt, no_words)
    return Traits(lighting=found["lighting"], expression=found["expression"], physical=found["physical"])


def affirmed(values: Mapping[str, Sequence[str]], prompt: str, no_words: str = "", *, of_person: bool = True) -> list[Trait]:
    """Return which of values the prompt affirms by one of their phrases, in their order.

    of_person: words of a place, of colours or of the picture affirm nothing ("a serene lake").
    """
    text, unwanted = fold(prompt), fold(no_words)
    words = _words(text)
    return [
        Trait(value=value, evidence=evidence)
        for value, phrases in values.items()
        if _may_say(phrases, words)
        and (evidence := _affirmed(phrases, prompt, text, of_person=of_person))
        and not any(_matches(phrases, unwanted))
    ]


def _merged(more: Vocabulary | None) -> dict[str, dict[str, tuple[str, ...]]]:
    merged = {group: {value: tuple(phrases) for value, phrases in values.items()} for group, values in VOCABULARY.items()}
    for group, values in (more or {}).items():
        if group in merged:
            for value, phrases in values.items():
                merged[group][value] = merged[group].get(value, ()) + tuple(phrases)
    return merged


def _affirmed(phrases: Sequence[str], prompt: str, text: str, *, of_person: bool) -> str:
    """Return the words of the prompt that affirm one of the phrases, each once, or ""."""
    found = (match.span() for match in _matches(phrases, text) if not _negated(text, match.start()))
    spans = [span for span in found if not (of_person and _of_scene(text, *span))]
    words = dict.fromkeys(prompt[start:end] for start, end in sorted(spans))
    return ", ".join(words)


def _conclude_clean_shaven(physical: list[Trait], prompt: str, no_words: str) -> None:
    """Read "no beard", "sin barba" and `--no beard` as clean-shaven, unless the prompt affirms a beard or stubble."""
    if any(trait.value in ("clean_shaven", "stubble") for trait in physical):
        return
    text = fold(prompt)
    beard = (*_BEARD, *VOCABULARY["physical"]["stubble"])
    matches = list(_matches(beard, text))
    if any(not _negated(text, match.start()) for match in matches):
        return
    if matches:
        match = matches[0]
        negation = _negation(text, match.start())
        start = negation.start() if negation else match.start()
        physical.insert(0, Trait(value="clean_shaven", evidence=prompt[start : match.end()]))
    elif match_no := next(_matches(beard, fold(no_words)), None):
        physical.insert(0, Trait(value="clean_shaven", evidence=f"--no {no_words[match_no.start() : match_no.end()]}"))


def _of_scene(text: str, start: int, end: int) -> bool:
    return _SCENE_BEHIND.match(text, end) is not None or _SCENE_BEFORE.search(text[max(0, start - 60) : start]) is not None


def _negated(text: str, position: int) -> bool:
    return _negation(text, position) is not None


def _negation(text: str, position: int) -> re.Match[str] | None:
    """Return the negation that applies to the words at position: at most three words before them, in the same clause."""
    match = _NEGATION.search(text[max(0, position - 60) : position])
    if match is None or _NEGATION_ENDS.search(match["between"]):
        return None
    return _NEGATION.search(text, max(0, position - 60), position)


def _matches(phrases: Sequence[str], text: str) -> Iterator[re.Match[str]]:
    for phrase in phrases:
        yield from _pattern(phrase).finditer(text)


@functools.lru_cache(maxsize=8)  # all phrases are looked for in one text after the other
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


def _may_say(phrases: Sequence[str], words: frozenset[str]) -> bool:
    needed = _needed(tuple(phrases))
    return needed is None or not words.isdisjoint(needed)


@functools.cache
def _needed(phrases: tuple[str, ...]) -> frozenset[str] | None:
    """Return words of which a text must contain one to match any phrase (a fast pre-check); None if there are none."""
    words: set[str] = set()
    for phrase in phrases:
        first = next(iter(_tokens(phrase)), "")
        words |= _LIGHTS.get(first) or set(first.split("/"))
    return frozenset(words) if all(re.fullmatch(r"\w+", word) for word in words) else None


def _tokens(phrase: str) -> list[str]:
    return fold(phrase).replace("-", " ").replace("'", " ").split()


@functools.cache
def _pattern(phrase: str) -> re.Pattern[str]:
    parts, tail = [], ""
    for token in _tokens(phrase):
        if token == "!look":  # noqa: S105 - no password
            tail = _A_LOOK
        else:
            parts.append(_TOKENS.get(token) or "(?:" + "|".join(map(re.escape, token.split("/"))) + ")")
    return re.compile(r"\b" + _GAP.join(parts) + r"\b" + tail)
