"""Sorts the phrases of a prompt: pose, expression, light, clothing, place and identity. Pure.

A prompt is no caption: only short phrases are taken, none about style, artist or camera. Spanish is
translated first (`spanish`).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

from avatar.prompts.spanish import in_english
from avatar.prompts.traits import affirmed
from avatar.workspace.records import MidJourney

# Each is one token of CLIP's vocabulary (bpe_simple_vocab_16e6), tried one by one.
KNOWN_WORDS = frozenset(
    """
    a against airport all alley ambient an and angle angry apron are arm armchair armor armour arms around at attire autumn
    away back backdrop background backpack bag bakery balcony ball ballroom bandana bar bathroom beach beads beanie
    beautiful bed bedroom behind beige belt bench beret beside between bicycle big bikini bird black blazer blouse blue
    blurred blurry boat body book books bookshelf boots both bouquet bow boy bra bracelet bracelets brick bridge bright
    brooch brown building buildings bun bus business button buttons by cabin cafe calm camera candle candlelight candles cap
    cape car cardigan cards cashmere castle casual cat ceremony chair child choker christmas church city classroom cliff
    cloak close closed clothes clothing cloud clouds coast coat coffee cold collar color colour concert confident contrast
    cooking cool corridor corset cotton couch countryside court courtyard cream crossed crown crying crystal cup curious
    curtain curtains dancing dark dawn day daylight denim desert desk determined diamond dim dock dog door doors down
    dramatic dress dressed drinking driving dusk earring earrings eating elegant elevator evening expression face facing
    farm fedora field finger fingers fire fireplace flag flat floral flower flowers focused fog for forest formal fountain
    four from front full fur gallery garage garden gazing gentle gentleman girl glass glasses gloves gold golden gown
    gradient grass grassy gray green grey grin guitar gym hair half hallway hand handbag hands happy harbor harbour hard
    harsh hat he head headband headshot heels helmet her high hijab his holding home hood hooded hoodie horse hospital hotel
    hour house hugging in indoor indoors intense into is island its jacket jeans jewellery jewelry joyful jumper jumping
    jumpsuit jungle key kimono kitchen knit knitted lab laboratory lace lady lake lamp laptop large laughing leaning leather
    left leg leggings legs library lifting light lighting lights linen lingerie lipstick lit little lobby long looking low
    lying makeup mall man many market mask me meadow metal mirror mist modern moon moonlight morning motorcycle mountain
    mountains museum my natural navy near necklace necklaces neon neutral new night nightclub ocean of off offering office
    old on one open or orange out outdoor outdoors outfit over overcast painting pajamas palace pants park party patio
    pattern peaceful pearl pearls pendant people person phone photo piano picture pier piercing pink plain plane plant
    plants playful playing plaza pointing polo pool portrait pose posing poster praying profile proud pub pullover purple
    quarter rain reading red relaxed restaurant resting ribbon riding right rim ring rings river road robe robes rock rocks
    rooftop room rose roses ruins running rural sad sand sandals sari satin scarf school screen scrubs sea seated serene
    serious shadow shadows shawl she shelves ship shirt shoes shop shore short shorts shot shoulder shoulders shy side
    sidewalk sign silk silver simple singing sitting skirt sky skyline sleeping sleeve sleeves small smile smiling smoke
    smoking sneakers snow socks sofa soft solid some spa sport sports sportswear spotlight spring stadium stage staircase
    stairs standing stars station stern stockings stone store street striped studio subway suit summer sun sunglasses
    sunlight sunny sunrise sunset supermarket surprised sweater sweatshirt swimming swimsuit t table tall tank tarot tattoo
    tears tee temple tent terrace texture the theater theatre their they thin thoughtful three through tie tights tired to
    top town traditional train tree trees trench trousers truck tshirt tunic turban tuxedo tweed twilight two tying typing
    umbrella under uniform up upper urban valley veil velvet vest view viewer village vineyard vintage walking wall
    warehouse warm warmth watch water waterfall waving wearing wedding white window wine winter wise with without woman wood
    wooden wool working workshop worried writing yellow
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
    alpha aperture shutter iso bokeh focus focal depth mm grain grainy telephoto macro wide-angle fisheye prime shot
    exposure portrait headshot shoot shooting photoshoot
    """.split()  # noqa: SIM905
)
CLOTHING = frozenset(
    """
    dress shirt suit jacket coat blouse sweater hoodie jeans trousers pants skirt shorts hat cap scarf headscarf tie bow
    bowtie glasses sunglasses earrings earring necklace necklaces bracelet bracelets ring rings watch belt gloves boots
    shoes crown veil mask uniform vest robe robes shawl collar sleeves leather cardigan turtleneck blazer gown tunic
    sweatshirt t-shirt tshirt kimono apron armor armour helmet cloak hood headband ribbon jewelry jewellery raincoat
    parka overcoat waistcoat pearls brooch clothes clothing attire outfit pantsuit tuxedo denim silk velvet lace knitwear
    bag backpack handbag leggings sportswear activewear bra sweatpants tracksuit bikini swimsuit lingerie corset cape poncho
    beanie beret fedora bandana hijab turban heels sneakers sandals socks stockings tights choker pendant jumper pullover
    trench jumpsuit overalls dungarees sari bodysuit bathrobe pajamas pyjamas scrubs linen wool cashmere satin tweed tee tank
    """.split()  # noqa: SIM905
)
PLACE = frozenset(
    """
    background backdrop wall room house home kitchen office library bedroom bathroom cafe restaurant bar shop store street
    city town village park garden forest tree trees flowers field grass beach sea ocean lake river mountain mountains sky
    snow desert bridge road train station stairs window table desk sofa bookshelf bookshelves curtain curtains outdoors
    outdoor indoors indoor tent market museum church castle school hospital gym pool boat ship rooftop balcony terrace
    harbor harbour hallway stage studio rain fog mist building buildings skyline skyscrapers alley plaza courtyard
    patio hotel lobby airport subway car staircase corridor cliff valley vineyard pier dock countryside meadow farm jungle
    waterfall shore coast classroom laboratory lab supermarket mall gallery theater theatre ballroom palace temple ruins
    cathedral bookstore bakery pub nightclub stadium court spa garage warehouse workshop cabin sidewalk bench fountain fireplace
    chair armchair couch
    """.split()  # noqa: SIM905
)
SPANISH = frozenset("del un una con en por los las y muy".split())  # noqa: SIM905 - what is left of a sentence
LIGHT = frozenset(
    """
    light lights lighting lit backlit sunlight sunlit daylight candlelight candlelit moonlight shadow shadows sunset sunrise
    twilight
    """.split()  # noqa: SIM905
)
POSES = tuple(
    """
    sitting seated standing walking leaning lying kneeling running dancing reading holding drinking eating cooking writing
    typing jumping sleeping crouching squatting meditating praying singing hugging waving pointing lifting riding driving
    swimming smoking tying
    """.split()  # noqa: SIM905
)
# No pose: a swimming pool, running shoes.
_POSE = (
    rf"(?:{'|'.join(POSES)})(?! (?:pool|desk|table|lamp|room|nook|hall|area|glass|glasses|stick|cane|shoes|boots|jacket|suit"
    r"|bag|bowl|pot|track|machine|bike|paper|dress)\b)"
)
# What a face shows, in the words of `traits.VOCABULARY`: it varies, so that it is said wherever it stands in the prompt.
_LOOK_OF, _EXPRESION = "expression/expressions/look/face/smile/gaze", "expresion/mirada/gesto/sonrisa/cara"
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
    "neutral expression": (f"neutral {_LOOK_OF}", f"{_EXPRESION} neutra/neutral"),
    "curious expression": (f"curious {_LOOK_OF}", f"{_EXPRESION} curiosa"),
    "playful expression": (f"playful/mischievous {_LOOK_OF}", f"{_EXPRESION} picara/traviesa/juguetona"),
    "relaxed expression": (f"relaxed {_LOOK_OF}", f"{_EXPRESION} relajada"),
    "determined expression": (f"determined/focused {_LOOK_OF}", f"{_EXPRESION} decidida/concentrada"),
    "intense gaze": ("intense/piercing/penetrating gaze/stare/look", "mirada intensa/penetrante/profunda"),
    "sad expression": ("sad/sadly/melancholic/sorrowful", "triste/melancolico/melancolica"),
    "angry expression": ("angry/angrily/furious", "enfadado/enfadada/enojado/enojada/furioso/furiosa"),
}
# Where the person looks, English and Spanish: said beside the expression, and no place ("gazing out of the window").
_LOOK = (
    r"(?<!not )(?<!without )\b(?:looking|looks|gazing|gazes|staring|stares|glancing|glances)"
    r"(?: (?:directly|straight|deeply|softly|slightly|gently|confidently|intensely|back|far))*"
)
_MIRA = r"(?<!sin )(?<!no )\b(?:mirando|mira|mirar|mirada)(?: \w+mente)?"
_THE = r"(?: (?:the|a|an|her|his|their|its|my|one's|el|la|los|su|un|una))*"
GAZES = {
    "looking over the shoulder": rf"{_LOOK} over{_THE} shoulders?|{_MIRA} (?:por encima del|por encima de|sobre){_THE} hombro",
    "looking off camera": rf"{_LOOK} (?:off|away from){_THE}[ -](?:camera|lens)",
    "looking away": rf"{_LOOK} (?:away|aside|in(?:to)?{_THE} distance)"
    rf"|{_MIRA} (?:a|hacia){_THE} (?:otro lado|lo lejos|horizonte)|{_MIRA} al horizonte",
    "looking to the side": rf"{_LOOK} (?:to{_THE} (?:side|left|right)|sideways|left|right)"
    rf"|{_MIRA} (?:de lado|al lado|(?:a|hacia){_THE} (?:lado|izquierda|derecha))",
    "looking down": rf"{_LOOK} down(?:wards?)?|{_MIRA} (?:(?:hacia |para )?abajo|al suelo|hacia el suelo)",
    "looking up": rf"{_LOOK} up(?:wards?)?|{_MIRA} (?:(?:hacia |para )?arriba|al cielo|hacia el cielo)",
    "looking out of the window": rf"{_LOOK} (?:out|through)(?: of)?{_THE} window|{_MIRA} por{_THE} ventana",
    "looking at the camera": rf"{_LOOK} (?:at|in(?:to)?|to|towards?){_THE} (?:camera|viewer|lens)"
    rf"|(?<!no )\b(?:direct )?eye contact"
    rf"|(?<!not )\b(?:smiling|smiles|facing)(?: at| towards?| to)?{_THE} (?:camera|viewer)"
    rf"|{_MIRA} (?:a|hacia|directa a|fija en|en){_THE} (?:c[aá]mara|objetivo|espectador)",
}
# One expression, so that no two share a word; the number of its group is the place in GAZES.
_GAZE = re.compile("|".join(rf"((?:{pattern})\b)" for pattern in GAZES.values()), re.IGNORECASE)
_MAY_LOOK = re.compile(
    r"\b(?:look|gaz|star[ei]|glanc|mira|eye contact|(?:smil|facing).*(?:camera|viewer))", re.IGNORECASE
)  # most prompts have none: 3 instead of 69 us for 96 letters [measured]
# Where a clause of a prompt falls into phrases; the word stays with what follows it.
_MARKERS = (
    rf"wearing|wears|dressed (?:in|as)|with|{_POSE}|"
    r"and (?:she|he|they|a|an|her|his|wearing|holding)|"
    r"in (?:a|an|the|front|her|his)|at (?:a|an|the|her|his)|on (?:a|an|the)|against|under|by|near|behind|beside|while|"
    r"surrounded|illuminated|decorated|adorned|her|his|she|he|they|who|that|which|is|are"
)
_SPLIT = re.compile(rf"(?<!\blit)\s(?!in the background\b)(?=(?:{_MARKERS})\b)")
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
    """
    and or with of in on at a an the her his to by from for is are as under near while very its around over covered
    adorned filled draped decorated surrounded fastened layered consists consisting suggesting featuring made
    """.split()  # noqa: SIM905
)
_MAX_PHRASE_WORDS = 8
_MAX_LIGHT_WORDS = 6  # [choice] longer ones tell of something else: "embodying the balance between light and dark"
# "the background is dark, with …" would be cut before "is".
_BACKGROUND_IS = re.compile(
    r"\bbackground is (?:a |an |the )?((?:[\w-]+ ){0,2}?[\w-]+)(?=\s*(?:with\b|[,.;]|$))", re.IGNORECASE
)
_TOO_GENERAL = frozenset(
    """
    background backdrop light lighting shadow shadows room wall on in at under soft the a an of clothing clothes attire
    outfit
    """.split()  # noqa: SIM905
)


# One of these stands in whatever the four expressions of `clean_prompt` take out: most prompts have none.
_MACHINERY = ("--", "\u2014", "\u2013", "::", "http", "www.", "mj.run", "job")
_UUID_DASHES = 4


def clean_prompt(text: str) -> str:
    """Return a prompt without parameters, URLs, weights, Job IDs and invisible characters, on one line."""
    text = unicodedata.normalize("NFC", text)
    lower = text.lower()
    if any(sign in lower for sign in _MACHINERY) or text.count("-") >= _UUID_DASHES:
        text = _URL.sub(" ", text)
        text = _PARAMETERS.sub(" ", _JOB_ID.sub(" ", text))
        text = _WEIGHT.sub(", ", text)
    return " ".join((text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)).split())


def prompt_phrases(midjourney: MidJourney | None, *, include_identity: bool = False) -> dict[str, list[str]]:
    """Return the phrases of a prompt by group: pose, expression, light, clothing, place and identity.

    A prompt known from a file name only is cut in mid-word, without commas and accents: its last word is dropped, and a
    phrase is used only where all of its words are known ones.
    """
    text = (midjourney.prompt or midjourney.typed_prompt) if midjourney else None
    if midjourney is None or not text:
        return {kind: [] for kind in _KINDS}
    cut = midjourney.evidence == "filename" and text == midjourney.prompt
    asked_not = tuple(found.text for name, found in midjourney.parameters.items() if name.lstrip("-") == "no")
    text = text[:READ_CHARACTERS]
    found = _sorted_phrases(text, cut, asked_not, (midjourney.prompt or "", midjourney.typed_prompt or ""))
    return {kind: list(phrases) if include_identity or kind != "identity" else [] for kind, phrases in found.items()}


READ_CHARACTERS = 8000  # MidJourney takes 6000; a text beyond is no prompt, and some patterns would take minutes over it
_KINDS = ("pose", "expression", "light", "clothing", "place", "identity")
_UNSAID = STYLE | CAMERA


@functools.lru_cache(maxsize=8192)  # four tiles share a prompt, and each is asked for more than once: 1 KiB a prompt
def _sorted_phrases(text: str, cut: bool, asked_not: tuple[str, ...], prompts: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    unwanted = _unwanted(asked_not, prompts)
    unsaid = _UNSAID | unwanted if unwanted else _UNSAID
    text = clean_prompt(text.replace("_", " ")) if cut else clean_prompt(text)
    if cut:
        text = text.rpartition(" ")[0]
    if "background is " in text.lower():
        text = _BACKGROUND_IS.sub(r"\1 background", text)
    shown = [trait.value for trait in affirmed(EXPRESSIONS, text, ", ".join(unwanted))]
    text, looks = _without_gaze(text)
    text = in_english(text)
    found["expression"] = shown[:2] + looks[:1]
    for clause in _CLAUSE.split(text):
        for piece in _SPLIT.split(clause):
            phrase = tidy(_LEADING.sub("", _SUBJECT.sub("", piece.strip()) + " "))
            words = set(words_of(phrase))
            if not phrase or words & unsaid or _names_an_artist(piece):
                continue
            if words & SPANISH or (cut and not words <= KNOWN_WORDS):
                continue
            kind = "identity" if words & IDENTITY else _kind(phrase, words)
            if kind == "clothing":
                phrase = re.sub(r"^in (?:a |an |the |her |his )?", "", phrase)
            if kind and phrase not in found[kind]:
                found[kind].append(phrase)
    return {kind: tuple(phrases) for kind, phrases in found.items()}


def _without_gaze(text: str) -> tuple[str, list[str]]:
    """Return the text without phrases for the direction of gaze, and those phrases in order."""
    if not _MAY_LOOK.search(text):
        return text, []
    places: list[int] = []

    def cut(match: re.Match[str]) -> str:
        places.append((match.lastindex or 0) - 1)
        return ", "

    text = _GAZE.sub(cut, text)
    return text, [list(GAZES)[place] for place in dict.fromkeys(places)]


_SUBJECT = re.compile(
    r"^(?:[\w-]+ )*?(?:portrait|photo|picture|headshot|close-up|shot) of (?:[\w-]+ )*?"
    r"(?:woman|man|person|girl|boy|lady|gentleman|officer)\b\s*",
    re.IGNORECASE,
)  # who is shown is said by trigger and class word


def _unwanted(asked_not: Iterable[str], prompts: Iterable[str]) -> set[str]:
    """Return the words of `--no`, which the picture should not show."""
    texts = [*asked_not, *(match[1] for prompt in prompts for match in _ASKED_NOT.finditer(prompt))]
    return {word for text in texts for said in (text, in_english(text)) for word in words_of(said)} - _DANGLING


_ASKED_NOT = re.compile(r"(?:--|—|–)no\s+(.*?)(?=\s(?:--|—|–)|$)", re.IGNORECASE)


def _kind(phrase: str, words: set[str]) -> str:
    """Return the group of a phrase, "" if it does not belong in a caption."""
    if words <= _TOO_GENERAL:
        return ""
    if (worn := words & CLOTHING) and not (worn == {"ring"} and words & LIGHT):
        if not _SOMEWHERE.match(phrase):
            return "clothing"
        return "place" if words & PLACE else ""  # "on a leather sofa" is no clothing, nor "emphasis on the earrings"
    if words & LIGHT and not _PLACE_BY_LIGHT.match(phrase):
        return "light" if len(phrase.split()) <= _MAX_LIGHT_WORDS else ""
    if _POSE_FIRST.match(phrase) or "crossed" in words:
        return "pose"
    return "place" if words & PLACE else ""


_SOMEWHERE = re.compile(r"(?:on|at|by|near|behind|beside|under|against) ")
_POSE_FIRST = re.compile(rf"{_POSE}\b")
# "beach at sunset" tells a place, "window light" and "street lit by neon lights" a light.
_PLACE_BY_LIGHT = re.compile(rf"(?:[\w-]+ )*?(?:{'|'.join(sorted(PLACE))}) (?!lit\b|lights?\b)[\w-]+ ")


def _names_an_artist(piece: str) -> bool:
    """Return whether a phrase names an artist ("by Annie Leibovitz"), unlike "by the window"."""
    return re.match(r"\s*by\s+(?!(?:a|an|the|her|his)\b)", piece, re.IGNORECASE) is not None


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case; hyphens hold one together."""
    return re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower())


_NO_WORD, _LETTER = re.compile(r"[^\w\s'&-]"), re.compile(r"\w")


def tidy(text: str) -> str:
    """Return a phrase in lower case, of at most eight words, without commas or a trailing preposition; may be ""."""
    kept = " ".join(_NO_WORD.sub(" ", text.lower()).split()[:_MAX_PHRASE_WORDS]).split()
    while kept and (kept[-1] in _DANGLING or not _LETTER.search(kept[-1])):
        kept.pop()
    return " ".join(kept)
