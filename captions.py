"""The text beside each picture: trigger word and class word, then what varies, as short comma-separated phrases. Pure.

    ohwx woman, close-up portrait, front view, smiling, studio lighting, red silk scarf, brick wall in the background

What is named becomes separable from the person, what is left out is learnt with the trigger word; so constant identity
(eyes, hair, skin, age …) is left out unless asked for. A MidJourney prompt is no caption: only phrases about clothes, pose,
light and place are taken from it, and none that speaks of identity, style, artist or camera.

Length is counted without CLIP's vocabulary by a bound that is never too low (`token_bound`).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from config import CaptionConfig
from records import ImageRecord, MidJourney, Trait
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
# What a trigger word is often taken from, without accents: first and last names, and words of both languages.
COMMON_NAMES = frozenset(
    """
    ana maria jose juan carlos luis laura marta lucia sofia elena pedro pablo david daniel john mary anna emma james michael
    peter paul sara sarah antonio carmen isabel javier miguel diego alba alberto alejandro alex alice alicia andrea andres
    angela anne bella ben carla charles chris clara claudia cristina eva fernando francisco gloria irene isabella jack jane
    jennifer jessica jorge julia julio kate laia leo leon linda lisa lola lucas lucy luna manuel marcos mario mark martin max
    mia monica natalia nora nuria olga olivia oscar paula rafael raquel raul ricardo robert roberto rocio rosa rosario ruth
    sam sandra santiago sergio silvia sophia susan susana teresa thomas tom valentina valeria vera veronica victor victoria
    william garcia gomez gonzalez hernandez jimenez jones lopez martinez moreno munoz perez rodriguez romero ruiz sanchez
    smith torres
    """.split()  # noqa: SIM905
)
COMMON_WORDS = frozenset(
    """
    amigo amiga casa perro gato sol luz amor vida client avatar model test user hombre mujer persona cliente prueba foto
    chico chica abuela abuelo agua alma angel artista bebe belleza bonita boda cara chef cielo corazon dama doctor dulce
    esposa esposo estrella feliz flor fuego gracias guapa guapo guerrero hada hermana hermano hija hijo hola jefa jefe joven
    leona libro linda lobo loco luna madre mama mar modelo mundo muneca musica nina nino noche novia novio nube ojos oso padre
    papa paz pelo perla piedra poder princesa principe reina retrato rey rostro senor senora sirena sombra sonrisa sueno
    tiempo tigre tio tia verano verde yo actor actress artist baby best boss bride brother character cute dad dancer daughter
    doll dragon dream family father fire friend funny god guy hello hero honey husband king knight life lion little love
    magic me moon mother mum music name nice player prince princess queen sister soldier son soul spirit star style subject
    sweet teacher tiger token trigger wife witch wizard wolf word world
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
# CLIP's own way of cutting text into pieces, before its vocabulary is looked at (openai/CLIP simple_tokenizer.py:78).
_PIECE = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+|_+")
# Of these letters any two neighbours but "fk" and "oa" are a token of the vocabulary, so that two single letters never stay
# side by side: at most every other token is one letter, the rest have two or more.
_PAIRABLE = re.compile(r"(?!.*(?:fk|oa))[abcdefghiklmnoprstu]+")


def write_caption(record: ImageRecord, *, trigger_word: str, class_word: str, config: CaptionConfig) -> str:
    """Return the caption of one picture: one line, never empty, trigger word first.

    A user's own caption is returned as it is (`caption_problems` tells what the trainer would make of it). Phrases that do not
    fit in config.max_tokens are left out whole; the first one, trigger and class word, always stays.
    """
    if record.caption is not None and record.caption.by == "user":
        return record.caption.text
    with_class = config.template.partition(",")[0].count("{") > 1
    chosen = [first_phrase(trigger_word, class_word if with_class else "")]
    seen = {chosen[0].lower()}
    tokens = token_bound(chosen[0])
    for phrase in _phrases(record, config):
        more = 1 + token_bound(phrase)  # the comma before it is a token too
        if phrase not in seen and tokens + more <= config.max_tokens:
            chosen.append(phrase)
            seen.add(phrase)
            tokens += more
    return ", ".join(chosen)


def first_phrase(trigger_word: str, class_word: str) -> str:
    """Return "ohwx woman"; the class word is not said twice where the trigger word holds it."""
    trigger, klass = (" ".join(word.replace(",", " ").split()) for word in (trigger_word, class_word))
    if klass.lower() in trigger.lower().split():
        return trigger
    return f"{trigger} {klass}".strip() or "person"


def caption_problems(text: str, trigger_word: str) -> list[tuple[str, dict[str, object]]]:
    """Return what the trainer would do with a caption that its writer will not have meant: message keys and values."""
    problems: list[tuple[str, dict[str, object]]] = []
    if not _begins_with(text, trigger_word):
        problems.append(("caption.no_trigger", {"trigger": trigger_word, "text": text}))
    if "\n" in text.strip() or "\r" in text.strip():
        problems.append(("caption.several_lines", {"text": text}))
    return problems


def _begins_with(text: str, trigger_word: str) -> bool:
    start, trigger = text.strip().lower(), trigger_word.lower()
    return start.startswith(trigger) and not start[len(trigger) : len(trigger) + 1].isalnum()


def _phrases(record: ImageRecord, config: CaptionConfig) -> Iterator[str]:
    """Yield the phrases of config.template after its first one: those of each group in turn, and its fixed words."""
    groups = phrase_groups(record, config)
    for part in config.template.split(",")[1:]:
        name = " ".join(part.split())
        if name.startswith("{"):
            yield from groups[name[1:-1]]
        elif name:
            yield name


def phrase_groups(record: ImageRecord, config: CaptionConfig) -> dict[str, list[str]]:
    """Return the phrases of one picture by group of CAPTION_GROUPS; identity only where it is asked for."""
    from_prompt = prompt_phrases(record.midjourney, include_identity=config.include_identity)
    expression: list[str] = []
    light: list[str] = []
    if config.include_traits:
        expression = from_prompt["expression"][:2]
        expression += [_with_noun(trait, "expression", _EXPRESSION_SAID) for trait in _values(record.traits.expression)]
        light = [_with_noun(trait, "lighting", _LIGHT_SAID) for trait in _values(record.traits.lighting)]
        light = (light or from_prompt["light"])[:2]
    return {
        "framing": framing(record),
        "pose": from_prompt["pose"][:1],
        "expression": expression,
        "lighting": light,
        "clothing": from_prompt["clothing"][:3],
        "background": from_prompt["place"][:2],
        "identity": [*_values(record.traits.physical), *from_prompt["identity"][:3]] if config.include_identity else [],
    }


def identity_words(text: str) -> set[str]:
    """Return the words of a caption that name what is constant of a person; those of framing ("close-up") are none.

    "glasses" and clothes are what varies; "hand" or "face" alone tell nothing about who it is, but "green eyes" do.
    """
    return set(_words(text)) & (IDENTITY - _NO_TELLING) | {f"{colour} eyes" for colour in _EYES.findall(text.lower())}


_EYES = re.compile(r"\b(blue|green|brown|hazel|gr[ae]y|amber|dark|black)(?: |-)(?=eye)")
# Found in innocent phrases: "face paint", "long hair", "body of water", "looking at", "building".
_NO_TELLING = frozenset("gaze face body build eyes lips year years".split())  # noqa: SIM905


def identity_phrases(record: ImageRecord) -> set[str]:
    """Return what is known of the person on one picture: left to the trigger word where it is not asked for."""
    prompt = prompt_phrases(record.midjourney, include_identity=True)["identity"]
    return {*_values(record.traits.physical), *prompt}


_EXPRESSION_SAID = re.compile(r"expression|smil|laugh|grin|frown|look|gaz|cry|tears|pout|wink|yawn|mouth|eyes")
_LIGHT_SAID = re.compile(r"light|lit\b|shadow|sun|silhouette|glow")


def _values(traits: Iterable[Trait]) -> list[str]:
    """Return the words of traits as phrases: "golden_hour" -> "golden hour"."""
    return [phrase for trait in traits if (phrase := _tidy(trait.value.replace("_", " ")))]


def _with_noun(value: str, noun: str, said: re.Pattern[str]) -> str:
    return value if said.search(value) else f"{value} {noun}"


# --- framing ---------------------------------------------------------------------------------------------------------


def framing(record: ImageRecord) -> list[str]:
    """Return how much of the person the crop shows, and from which side; nothing where no face was chosen.

    Limits are ours: a crop of the default padding (1.6) holds a face of 0.63 of its side.
    """
    share = face_share(record)
    if share is None or record.face_choice is None:
        return []
    names = ((0.5, "close-up portrait"), (0.3, "head and shoulders portrait"), (0.0, "upper body portrait"))
    found = [next(name for limit, name in names if share >= limit)]
    view = _view(record.faces[record.face_choice.index].keypoints)
    return [*found, view] if view else found


def face_share(record: ImageRecord) -> float | None:
    """Return the height of the face as a share of the crop's side, None where no face was chosen."""
    if record.crop is None or record.face_choice is None or not 0 <= record.face_choice.index < len(record.faces):
        return None
    left, _, right, _ = record.crop.square
    return record.faces[record.face_choice.index].box[3] / max(right - left, 1)


def _view(keypoints: dict[str, tuple[float, float]]) -> str:
    """Tell the side a head is seen from by where the nose stands between the eyes: 0.5 is straight on."""
    if not {"left_eye", "right_eye", "nose"} <= set(keypoints):
        return ""
    left, right, nose = (keypoints[name][0] for name in ("left_eye", "right_eye", "nose"))
    if abs(right - left) < 1:
        return "profile view"
    place = (nose - left) / (right - left)
    if 0.3 <= place <= 0.7:
        return "front view"
    return "three-quarter view" if 0.0 <= place <= 1.0 else "profile view"


# --- prompts ---------------------------------------------------------------------------------------------------------


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
            phrase = _tidy(_LEADING.sub("", _SUBJECT.sub("", piece.strip()) + " "))
            words = set(_words(phrase))
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
    words = {word for text in asked_not for word in _words(text)}
    for text in prompts:
        for match in re.finditer(r"(?:--|—|–)no\s+(.*?)(?=\s(?:--|—|–)|$)", text, re.IGNORECASE):
            words |= set(_words(match[1]))
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


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower())


_NO_WORD, _LETTER = re.compile(r"[^\w\s'&-]"), re.compile(r"\w")


def _tidy(text: str) -> str:
    """Return a phrase in lower case, of at most eight words, without commas or a loose end; "" where nothing is left."""
    kept = " ".join(_NO_WORD.sub(" ", text.lower()).split()[:_MAX_PHRASE_WORDS]).split()
    while kept and (kept[-1] in _DANGLING or not _LETTER.search(kept[-1])):
        kept.pop()
    return " ".join(kept)


# --- tokens ----------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)  # of phrases that stand in many captions
def token_bound(text: str) -> int:
    """Return a number of CLIP tokens (start and end not counted) that text never exceeds.

    The tokenizer is byte-level BPE: a piece is never more tokens than it has UTF-8 bytes. A word of `KNOWN_WORDS` is one.
    In a word of common letters every two neighbours make a token, so that n letters are at most (2n + 1) // 3 tokens.
    """
    return sum(_piece_bound(piece) for piece in _PIECE.findall(text.lower()))


@functools.lru_cache(maxsize=4096)  # the same words stand in thousands of captions
def _piece_bound(piece: str) -> int:
    if piece in KNOWN_WORDS or piece in {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}:
        return 1
    if _PAIRABLE.fullmatch(piece):
        return (2 * len(piece) + 1) // 3
    # The tokenizer mends text first (ftfy): "ǆ" becomes "dž", which has a byte more.
    return sum(max(len(c.encode("utf-8")), len(unicodedata.normalize("NFKC", c).encode("utf-8"))) for c in piece)


# --- trigger word ----------------------------------------------------------------------------------------------------

_COMMON = KNOWN_WORDS | COMMON_NAMES | COMMON_WORDS | IDENTITY | STYLE | CAMERA | CLOTHING | PLACE | LIGHT
RARE_ENDS = ("wx", "zx", "qx", "wz", "xq", "zq", "kx", "vx", "xz", "qz")  # [choice] begin and end no syllable, like ohwx
SHORTEST_TRIGGER = 3  # [choice] letters and digits alone stand in every second caption that the model was trained on
MAX_TRIGGER_TOKENS = 4  # [choice] more pieces, each with a meaning of its own, are learnt less cleanly (peers 2.9: digits)


def trigger_advice(word: str, taken: Collection[str] = ()) -> list[tuple[str, dict[str, object]]]:
    """Return what speaks against a trigger word, each with a rarer one: message keys and values; [] where nothing does.

    taken  the trigger words of other clients, none of which is suggested: their LoRAs may be used together
    """
    advice: list[tuple[str, dict[str, object]]] = []
    values: dict[str, object] = {"word": word, "suggestion": suggest_trigger(word, taken)}
    known = any(part in _COMMON and len(part) > 1 for part in _plain(word).split())
    if known or len(word) < SHORTEST_TRIGGER or not any(letter.isalpha() for letter in word):
        advice.append(("caption.trigger.common", values))
    tokens = token_bound(word)
    if tokens > MAX_TRIGGER_TOKENS:
        advice.append(("caption.trigger.many_tokens", {**values, "n": tokens, "limit": MAX_TRIGGER_TOKENS}))
    return advice


def suggest_trigger(word: str, taken: Collection[str] = ()) -> str:
    """Return a rare word of three or four letters made of a word's consonants, none of taken: "maria" -> "mrwx"."""
    consonants = "".join(c for c in _plain(word) if c.isalpha() and c not in "aeiou")
    no_more = {word.lower(), *(other.lower() for other in taken)}
    starts = (consonants[:2] or "oh", "oh")
    suggestions = [start + end for start in starts for end in RARE_ENDS]
    return next((found for found in suggestions if found not in no_more), suggestions[0])


def _plain(word: str) -> str:
    """Return a word in lower case without its accents; letters of other scripts go."""
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode("ascii").lower()
