"""What a MidJourney prompt says of a picture, sorted: pose, expression, light, clothing, place and identity. Pure.

A prompt is no caption: short phrases are taken from it, and none that speaks of style, artist or camera.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

from records import MidJourney
from traits import affirmed

# Each is one token of CLIP's vocabulary (bpe_simple_vocab_16e6), tried one by one.
KNOWN_WORDS = frozenset(
    """
    against all ambient and angle angry apron are arm armor arms around autumn away back backdrop background bag balcony
    ball bar bathroom beach beads beautiful bed bedroom behind beige belt beside between bicycle big bird black blazer
    blouse blue blurred blurry boat body book books bookshelf boots both bouquet bow boy bracelet brick bridge bright brooch
    brown bun bus business button buttons cafe calm camera candle candlelight candles cap car cardigan cards castle casual
    cat ceremony chair child christmas church city cliff cloak close closed cloud clouds coat coffee cold collar color
    colour concert confident contrast cooking cool corridor cotton cream crossed crown crying crystal cup curious curtain
    curtains dancing dark dawn day daylight denim desert desk determined diamond dim dog door doors down dramatic dress
    dressed drinking dusk earrings eating elegant elevator evening expression face facing field finger fingers fire flag
    flat floral flower flowers focused fog for forest formal four from front full fur garden gazing gentle gentleman girl
    glass glasses gloves gold golden gown gradient grass grassy gray green grey grin guitar gym hair half hallway hand hands
    happy harbor hard harsh hat head headband headshot helmet her high his holding home hood hooded hoodie horse hospital
    hour house indoor indoors intense into island its jacket jeans jewellery jewelry joyful key kimono kitchen knit knitted
    lace lady lake lamp laptop large laughing leaning leather left leg legs library light lighting lights linen lipstick lit
    little long looking low lying makeup man many market mask metal mirror mist modern moon moonlight morning motorcycle
    mountain mountains museum natural navy near necklace neon neutral new night ocean off offering office old one open
    orange out outdoor outdoors over overcast painting park party pattern peaceful pearl pearls people person phone photo
    piano picture piercing pink plain plane plant plants playful playing polo pool portrait pose posing poster profile proud
    purple quarter rain reading red relaxed restaurant resting ribbon right rim ring river road robe rock rocks rooftop room
    rose roses running rural sad sand scarf school screen sea serene serious shadow shadows shawl she shelves ship shirt
    shoes shop short shorts shot shoulder shoulders shy side sign silk silver simple singing sitting skirt sky sleeve
    sleeves small smile smiling smoke snow sofa soft solid some sport sports spotlight spring stage stairs standing stars
    station stern stone store street striped studio subway suit summer sun sunglasses sunlight sunny sunrise sunset
    surprised sweater sweatshirt table tall tank tarot tattoo tears terrace texture the their they thin thoughtful three
    through tie tired top town traditional train tree trees trousers truck tshirt tunic twilight two umbrella under uniform
    upper urban valley veil velvet vest view viewer village vintage walking wall warm warmth watch water wearing wedding
    white window wine winter wise with without woman wood wooden wool working worried writing yellow a an at by he in is me
    my of on or t to up
    """.split()  # noqa: SIM905
)

IDENTITY = frozenset(
    """
    eye eyes eyed eyebrow eyebrows eyelashes gaze hair haired hairstyle blonde blond brunette redhead ginger bald balding
    beard bearded moustache mustache stubble freckles freckled skin skinned complexion face faced facial jaw jawline
    cheekbones cheeks nose lips chin forehead mole moles wrinkles wrinkled scar age aged old older elderly young younger
    year years teen teenage middle-aged ethnicity ethnic asian african european caucasian latina latino hispanic arabic
    indian slim skinny fat chubby muscular tall petite body build beautiful handsome attractive pretty gorgeous
    """.split()  # noqa: SIM905
)
STYLE = frozenset(
    """
    style styled stylized aesthetic photo photos photograph photography photographer photographic photorealistic
    photorealism realistic hyperrealistic hyper-realistic ultra-realistic realism render rendering rendered unreal octane
    cgi 3d art artwork artist artstation deviantart illustration illustrated painting painted drawing sketch watercolor
    anime manga cartoon comic pixar disney ghibli cinematic film movie still editorial vogue magazine cover award winning
    award-winning masterpiece detailed detail details intricate quality resolution high-resolution hd uhd 4k 8k 16k hdr raw
    sharp crisp trending wallpaper inspired vibe vibes mood atmosphere futurism surreal surrealism fantasy engraving concept
    """.split()  # noqa: SIM905
)
CAMERA = frozenset(
    """
    camera lens canon nikon sony fujifilm fuji leica hasselblad kodak portra ilford polaroid iphone dslr mirrorless eos
    alpha aperture shutter iso bokeh focus focal depth field mm grain grainy telephoto macro wide-angle fisheye prime shot
    exposure
    """.split()  # noqa: SIM905
)
CLOTHING = frozenset(
    """
    dress shirt suit jacket coat blouse sweater hoodie jeans trousers pants skirt shorts hat cap scarf headscarf tie bow
    bowtie glasses sunglasses earrings earring necklace necklaces bracelet bracelets ring rings watch belt gloves boots
    shoes crown veil mask uniform vest robe robes shawl collar sleeves leather cardigan turtleneck blazer gown tunic
    sweatshirt t-shirt tshirt kimono apron armor armour helmet cloak hood headband ribbon jewelry jewellery raincoat
    parka overcoat waistcoat pearls brooch clothes clothing attire outfit pantsuit tuxedo denim silk velvet lace knitwear
    bag backpack
    """.split()  # noqa: SIM905
)
PLACE = frozenset(
    """
    background backdrop wall room house home kitchen office library bedroom bathroom cafe restaurant bar shop store street
    city town village park garden forest tree trees flowers field grass beach sea ocean lake river mountain mountains sky
    snow desert bridge road train station stairs window table desk sofa bookshelf bookshelves curtain curtains outdoors
    outdoor indoors indoor tent market museum church castle school hospital gym pool boat ship rooftop balcony terrace
    harbor harbour hallway stage studio rain fog mist
    """.split()  # noqa: SIM905
)
LIGHT = frozenset(
    """
    light lighting lit backlit sunlight sunlit daylight candlelight candlelit moonlight shadow shadows sunset sunrise
    twilight
    """.split()  # noqa: SIM905
)
POSES = (
    "sitting",
    "standing",
    "walking",
    "leaning",
    "holding",
    "lying",
    "kneeling",
    "running",
    "dancing",
    "reading",
    "crossed",
)
# What a face shows, in the words of `traits.VOCABULARY`: it varies, so that it is said wherever it stands in the prompt.
EXPRESSIONS = {
    "smiling": ("smile/smiles/smiling/smirk/smirking", "sonrie/sonriendo/sonriente/sonrientes/sonrisa"),
    "laughing": ("laugh/laughs/laughing/laughter", "rie/riendo/riendose/risa/carcajada/carcajadas"),
    "grinning": ("grin/grins/grinning",),
    "crying": ("crying/tearful/weeping", "llorando/llora/lloroso/llorosa"),
    "frowning": ("frown/frowns/frowning/scowling", "ceno fruncido"),
    "eyes closed": ("eyes closed/shut", "closed eyes", "ojos cerrados"),
    "serious expression": ("serious/stern/solemn", "serio/seria"),
    "surprised expression": ("surprised/astonished/shocked", "sorprendido/sorprendida/asombrado/asombrada"),
    "thoughtful expression": ("thoughtful/pensive/contemplative", "pensativo/pensativa"),
    "happy expression": ("happy/happily/joyful/cheerful", "feliz/alegre/contento/contenta"),
    "sad expression": ("sad/sadly/melancholic/sorrowful", "triste/melancolico/melancolica"),
    "angry expression": ("angry/angrily/furious", "enfadado/enfadada/enojado/enojada/furioso/furiosa"),
}  # fmt: skip
# Where a clause of a prompt falls into phrases; the word stays with what follows it.
_MARKERS = (
    r"wearing|wears|dressed (?:in|as)|holding|sitting|seated|standing|walking|leaning|lying|kneeling|with|"
    r"and (?:she|he|they|a|an|her|his|wearing|holding)|"
    r"in (?:a|an|the|front|her|his)|at (?:a|an|the|her|his)|on (?:a|an|the)|against|under|by|near|behind|beside|while|"
    r"surrounded|illuminated|decorated|adorned|her|his|she|he|they|who|that|which|is|are"
)
_SPLIT = re.compile(rf"\s(?!in the background\b)(?=(?:{_MARKERS})\b)")
_CLAUSE = re.compile(r"[,.;:!?()\[\]{}|/\"“”«»…\n]+(?!\d)|\s[-–—]+\s")
_PARAMETERS = re.compile(r"(?:(?<=\s)|^|(?<=\w)(?=--[a-z]))(?:--|—|–)\s?(?=[a-z]).*", re.IGNORECASE | re.DOTALL)
_JOB_ID = re.compile(r"(?:job\s*id\s*:?\s*)?\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|job\s*id\s*:?", re.IGNORECASE)
_URL = re.compile(r"<?\bhttps?\S*|\bwww\.\S+|\bs\.mj\.run\S*", re.IGNORECASE)
_WEIGHT = re.compile(r"::\s*-?\d*(?:\.\d+)?")
_LEADING = re.compile(
    r"^(?:(?:and|a|an|the|with|wearing|wears|dressed in|dressed as|is|are|she|he|they|her|his|has|have|who|that|which|some|"
    r"very|of|its|it|while|adorned|decorated)\s+)+",
    re.IGNORECASE,
)
_DANGLING = frozenset(
    "and or with of in on at a an the her his to by from for is are as under near while very its around over".split()  # noqa: SIM905
)
_MAX_PHRASE_WORDS = 8
# "the background is dark, with …" would be cut before "is".
_BACKGROUND_IS = re.compile(
    r"\bbackground is (?:a |an |the )?((?:[\w-]+ ){0,2}?[\w-]+)(?=\s*(?:with\b|[,.;]|$))", re.IGNORECASE
)
_TOO_GENERAL = frozenset("background backdrop light lighting shadow shadows room wall on in at under soft the a an of".split())  # noqa: SIM905


def clean_prompt(text: str) -> str:
    """Return a prompt's words alone: no parameters, URLs, weights, Job IDs, invisible characters; on one line."""
    text = _URL.sub(" ", unicodedata.normalize("NFC", text))
    text = _PARAMETERS.sub(" ", _JOB_ID.sub(" ", text))
    text = _WEIGHT.sub(", ", text)
    return " ".join((text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)).split())


def prompt_phrases(midjourney: MidJourney | None, *, include_identity: bool = False) -> dict[str, list[str]]:
    """Sort what a prompt says of the picture into pose, expression, light, clothing, place and identity; no more.

    A prompt known from a file name only is cut in mid-word, without commas and accents: its last word is dropped, and a
    phrase is used only where all of its words are known ones.
    """
    text = (midjourney.prompt or midjourney.typed_prompt) if midjourney else None
    if midjourney is None or not text:
        return {kind: [] for kind in _KINDS}
    cut = midjourney.evidence == "filename" and text == midjourney.prompt
    asked_not = tuple(found.text for name, found in midjourney.parameters.items() if name.lstrip("-") == "no")
    found = _sorted_phrases(text, cut, asked_not, (midjourney.prompt or "", midjourney.typed_prompt or ""))
    return {kind: list(phrases) if include_identity or kind != "identity" else [] for kind, phrases in found.items()}


_KINDS = ("pose", "expression", "light", "clothing", "place", "identity")


@functools.lru_cache(maxsize=2048)  # four tiles share a prompt, and each is asked for more than once
def _sorted_phrases(
    text: str, cut: bool, asked_not: tuple[str, ...], prompts: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:  # fmt: skip
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    unwanted = _unwanted(asked_not, prompts)
    text = clean_prompt(text.replace("_", " ")) if cut else clean_prompt(text)
    if cut:
        text = text.rpartition(" ")[0]
    text = _BACKGROUND_IS.sub(r"\1 background", text)
    for clause in _CLAUSE.split(text):
        for piece in _SPLIT.split(clause):
            phrase = tidy(_LEADING.sub("", _SUBJECT.sub("", piece.strip()) + " "))
            words = set(words_of(phrase))
            if not phrase or words & (STYLE | CAMERA | unwanted) or _names_an_artist(piece):
                continue
            if cut and not words <= KNOWN_WORDS:
                continue
            kind = "identity" if words & IDENTITY else _kind(phrase, words)
            if kind == "clothing":
                phrase = re.sub(r"^in (?:a |an |the |her |his )?", "", phrase)
            if kind and phrase not in found[kind]:
                found[kind].append(phrase)
    found["expression"] = [shown.value for shown in affirmed(EXPRESSIONS, text, ", ".join(unwanted))]
    return {kind: tuple(phrases) for kind, phrases in found.items()}


_SUBJECT = re.compile(
    r"^(?:[\w-]+ )*?(?:portrait|photo|picture|headshot|close-up|shot) of (?:[\w-]+ )*?"
    r"(?:woman|man|person|girl|boy|lady|gentleman|officer)\b\s*",
    re.IGNORECASE,
)  # who is shown is said by trigger and class word


def _unwanted(asked_not: Iterable[str], prompts: Iterable[str]) -> set[str]:
    """Return the words of `--no`: what the picture was asked not to show."""
    words = {word for text in asked_not for word in words_of(text)}
    for text in prompts:
        for match in re.finditer(r"(?:--|—|–)no\s+(.*?)(?=\s(?:--|—|–)|$)", text, re.IGNORECASE):
            words |= set(words_of(match[1]))
    return words - _DANGLING


def _kind(phrase: str, words: set[str]) -> str:
    """Return the group a phrase belongs to, "" where it tells nothing that may stand in a caption."""
    if words <= _TOO_GENERAL:
        return ""
    if words & CLOTHING:
        return "clothing"
    if words & LIGHT:
        return "light"
    if phrase.startswith(POSES) or "crossed" in words:
        return "pose"
    return "place" if words & PLACE else ""


def _names_an_artist(piece: str) -> bool:
    """Tell whether a phrase is "by Annie Leibovitz" rather than "by the window"."""
    return re.match(r"\s*by\s+(?!(?:a|an|the|her|his)\b)", piece, re.IGNORECASE) is not None


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower())


_NO_WORD, _LETTER = re.compile(r"[^\w\s'&-]"), re.compile(r"\w")


def tidy(text: str) -> str:
    """Return a phrase in lower case, of at most eight words, without commas or a loose end; "" where nothing is left."""
    kept = " ".join(_NO_WORD.sub(" ", text.lower()).split()[:_MAX_PHRASE_WORDS]).split()
    while kept and (kept[-1] in _DANGLING or not _LETTER.search(kept[-1])):
        kept.pop()
    return " ".join(kept)
