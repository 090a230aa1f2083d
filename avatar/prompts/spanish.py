"""Translates Spanish phrases of clothes, places and poses: SDXL was trained on English captions. Pure.

    retrato de una mujer con chaqueta de cuero negra, en una calle de noche -> … black leather jacket, … in a street at night

Only whole phrases of known words are translated; everything else is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from utils import fold

# Without accents, as `fold` leaves them; each a regular expression. Longer ones stand before those that they begin with.
CLOTHES: Mapping[str, str] = {
    "traje de bano|banador": "swimsuit", "(?:vestido|traje) de (?:novia|boda)": "wedding dress", "traje de chaqueta": "suit",
    "traje": "suit", "vestido": "dress", "camisa": "shirt", "camiseta de tirantes": "tank top", "camiseta": "t-shirt",
    "blusa": "blouse", "chaqueta|chamarra|cazadora": "jacket", "saco": "blazer", "abrigo": "coat",
    "gabardina": "trench coat", "chubasquero": "raincoat", "sudadera con capucha": "hoodie", "sudadera": "sweatshirt",
    "(?:(?:jersey|sueter) de )?cuello (?:alto|vuelto|de tortuga|cisne)": "turtleneck sweater",
    "(?:un|su) jersey(?! de cuello)": "sweater", "sueter": "sweater", "chaleco": "vest", "falda": "skirt",
    "pantalon(?:es)? cortos?|bermudas": "shorts", "pantalon(?:es)? vaqueros?|vaqueros|tejanos": "jeans",
    "pantalon(?:es)?": "trousers", "mallas": "leggings", "ropa deportiva|chandal": "sportswear", "corbata": "tie",
    "pajarita": "bow tie", "bufanda": "scarf", "panuelo": "scarf", "sombrero de paja": "straw hat", "sombrero": "hat",
    "gorra": "cap", "gorro": "beanie", "boina": "beret", "(?:gafas|lentes|anteojos) (?:de sol|oscur[oa]s)": "sunglasses",
    "gafas|lentes|anteojos": "glasses", "pendientes|aretes": "earrings", "collar de perlas": "pearl necklace",
    "pulsera": "bracelet", "anillo": "ring", "reloj": "watch", "cinturon": "belt", "guantes": "gloves", "botas": "boots",
    "zapatos": "shoes", "zapatillas": "sneakers", "tacones": "heels", "sandalias": "sandals",
    "velo": "veil", "delantal": "apron", "uniforme": "uniform", "bata": "robe", "tunica": "tunic", "(?<!robert )capa": "cloak",
    "armadura": "armor", "casco": "helmet", "mochila": "backpack", "bolso": "handbag", "joyas": "jewelry",
}  # fmt: skip
PLACES: Mapping[str, str] = {
    "fondo": "background", "playa": "beach", "calle": "street", "callejon": "alley", "parque": "park", "jardin": "garden",
    "bosque": "forest", "montanas": "mountains", "campo de (?:flores|trigo|lavanda)": "field",
    "campo": "countryside", "lago": "lake", "oceano": "ocean", "desierto": "desert",
    "nieve": "snow", "lluvia": "rain", "niebla": "fog", "ciudad": "city", "oficina": "office",
    "cocina": "kitchen", "sala de estar": "living room", "dormitorio": "bedroom", "habitacion": "room",
    "cuarto de bano|bano": "bathroom", "cafeteria": "cafe", "restaurante": "restaurant", "tienda": "shop", "mercado": "market",
    "biblioteca": "library", "libreria": "bookstore", "iglesia": "church", "catedral": "cathedral", "castillo": "castle",
    "museo": "museum", "escuela|colegio": "school", "gimnasio": "gym", "piscina|alberca": "pool", "barco": "boat",
    "puente": "bridge", "carretera": "road", "estacion de tren": "train station", "estacion de metro": "subway station",
    "escaleras?": "stairs", "ventana": "window", "silla": "chair", "sillon|butaca": "armchair",
    "escritorio": "desk", "banco": "bench", "estanteria": "bookshelf", "cortinas?": "curtains",
    "pared de ladrillos?": "brick wall", "muro de piedra": "stone wall", "pared|muro": "wall", "azotea": "rooftop",
    "terraza": "terrace", "balcon": "balcony", "pasillo": "hallway", "escenario": "stage",
    "edificios": "buildings", "edificio": "building", "rascacielos": "skyscrapers", "aeropuerto": "airport", "valle": "valley",
    "vinedo": "vineyard", "muelle": "pier", "acantilado": "cliff", "cascada": "waterfall", "selva": "jungle",
    "arboles": "trees", "cielo": "sky", "palacio": "palace",
    "chimenea": "fireplace", "fuente": "fountain", "ruinas": "ruins", "templo": "temple", "acera": "sidewalk",
}  # fmt: skip
# Words of English, names and words of much else too: a place only behind a Spanish preposition.
PLACES_NAMED: Mapping[str, str] = {
    "cafe": "cafe", "bar": "bar", "hotel": "hotel", "hospital": "hospital", "casa": "house", "plaza": "plaza", "patio": "patio",
    "metro": "subway", "coche|carro|auto": "car", "tren": "train", "estudio": "studio", "interiores?": "indoors",
    "exteriores?": "outdoors", "sofa": "sofa", "salon": "living room", "mesa": "table", "taller": "workshop",
    "pueblo": "village", "rio(?! de janeiro)": "river", "mar(?! del)": "sea", "montana": "mountain", "flores": "flowers",
    "puerto(?! rico)": "harbor",
}  # fmt: skip
ON = frozenset("beach bench chair sofa rooftop terrace balcony stairs stage pier armchair bridge road sidewalk boat".split())  # noqa: SIM905
BARE = frozenset({"indoors", "outdoors"})
PREPOSITIONS: Mapping[str, str] = {
    "en|dentro de": "in", "frente a|enfrente de|delante de|ante": "in front of", "junto a|al lado de|cerca de": "near",
    "bajo|debajo de": "under", "sobre|encima de": "on", "contra": "against", "detras de|tras": "behind",
}  # fmt: skip
# By the place in which English says them before the noun: size, kind, colour, pattern, material.
QUALITIES: tuple[Mapping[str, str], ...] = (
    {"larg[oa]s?": "long", "cort[oa]s?": "short", "grandes?": "large", "pequen[oa]s?": "small"},
    {"elegantes?": "elegant", "formal(?:es)?": "formal", "casual(?:es)?": "casual", "modern[oa]s?": "modern",
     "rustic[oa]s?": "rustic", "nevad[oa]s?": "snowy", "desenfocad[oa]s?|borros[oa]s?|difuminad[oa]s?": "blurred",
     "lis[oa]s?|sencill[oa]s?": "plain", "neutr[oa]s?": "neutral", "oscur[oa]s?": "dark", "clar[oa]s?": "light",
     "tradicional(?:es)?": "traditional", "deportiv[oa]s?": "sports", "vaci[oa]s?": "empty"},
    {"azul(?:es)? marino": "navy blue", "azul(?:es)? celeste|azul(?:es)? clar[oa]|celestes?": "light blue",
     "gris(?:es)? clar[oa]s?": "light gray", "gris(?:es)? oscur[oa]s?": "dark gray", "azul(?:es)? oscur[oa]s?": "dark blue",
     "verdes? oscur[oa]s?": "dark green", "blanc[oa]s?": "white", "negr[oa]s?": "black", "roj[oa]s?": "red",
     "azul(?:es)?": "blue", "verdes?": "green", "amarill[oa]s?": "yellow", "gris(?:es)?": "gray",
     "rosad[oa]s?|rosas?": "pink", "morad[oa]s?|violetas?|lilas?": "purple", "naranjas?|anaranjad[oa]s?": "orange",
     "marron(?:es)?|cafes?": "brown", "beige": "beige", "crema": "cream", "dorad[oa]s?": "golden", "platead[oa]s?": "silver",
     "granates?|burdeos": "burgundy", "turquesas?": "turquoise"},
    {"rayas": "striped", "cuadros": "checkered", "lunares": "polka dot", "flores|floread[oa]s?|floral(?:es)?": "floral",
     "estampad[oa]s?": "patterned"},
    {"cuero|piel": "leather", "seda": "silk", "lana": "wool", "algodon": "cotton", "lino": "linen", "punto": "knitted",
     "encaje": "lace", "terciopelo": "velvet", "mezclilla|vaquer[oa]s?|tejan[oa]s?": "denim", "madera": "wooden",
     "ladrillos?": "brick", "piedra": "stone"},
)  # fmt: skip
COLOURS = 2  # their place in QUALITIES
TIMES: Mapping[str, str] = {
    "al atardecer": "at sunset", "al amanecer": "at sunrise", "de noche|por la noche|nocturn[oa]": "at night",
    "lluvios[oa]": "in the rain",
}  # fmt: skip
_A = "(?:un|una|el|la|los|las|su|sus) "
_OBJECTS: Mapping[str, str] = {
    "libro": "a book", "taza de cafe": "a cup of coffee", "taza": "a cup", "ramo de flores": "a bouquet", "ramo": "a bouquet",
    "paraguas": "an umbrella", "guitarra": "a guitar", "telefono|movil|celular": "a phone", "flores": "flowers",
    "flor": "a flower", "copa de vino": "a glass of wine", "copa": "a glass", "periodico": "a newspaper",
    "camara": "a camera", "vela": "a candle",
}  # fmt: skip
_DRINKS: Mapping[str, str] = {"cafe": "coffee", "te": "tea", "vino": "wine", "agua": "water"}
POSES: Mapping[str, str] = {
    "sentad[oa]s?": "sitting", "de pie|parad[oa]s?(?! de)": "standing", "caminando|paseando|andando": "walking",
    "apoyad[oa]s?|recargad[oa]s?": "leaning", "tumbad[oa]s?|acostad[oa]s?|recostad[oa]s?": "lying down",
    "arrodillad[oa]s?|de rodillas": "kneeling", "corriendo": "running", "bailando": "dancing", "cocinando": "cooking",
    "escribiendo": "writing", "cantando": "singing", "meditando": "meditating", "saltando": "jumping", "durmiendo": "sleeping",
    "(?:con (?:los )?)?brazos cruzados": "arms crossed",
    "luces de neon": "neon lights", "luz de (?:las )?velas?": "candlelight", "luz de (?:la )?luna": "moonlight",
    "al aire libre": "outdoors",
}  # fmt: skip


def _any(*tables: Mapping[str, str]) -> str:
    return "|".join(f"(?:{form})" for table in tables for form in table)


def _forms(*tables: Mapping[str, str]) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(form), english) for table in tables for form, english in table.items()]


# Words that may stand before a noun, and tell a caption nothing.
_BEFORE = "(?:(?:gran|hermos[oa]|bonit[oa]|bell[oa]|pequen[oa]|antigu[oa]|viej[oa]|acogedora?|luminos[oa]|lujos[oa]) )?"
# Each with the place of its table. Colours are tried first: "gris claro" before "claro".
_QUALITY_FORMS = [
    (re.compile(form), at, english) for at in sorted(range(len(QUALITIES)), key=lambda at: at != COLOURS)
    for form, english in QUALITIES[at].items()
]  # fmt: skip
_QUALITY = rf"(?:{'|'.join(f'(?:{form.pattern})' for form, *_ in _QUALITY_FORMS)})\b"
_PHRASE = re.compile(
    rf"\b(?:(?:(?P<where>{_any(PREPOSITIONS)})(?P<joined>l)? (?P<the>{_A})?{_BEFORE}(?P<named>{_any(PLACES_NAMED, PLACES)})"
    rf"|(?P<behind>fondo de (?:{_A})?)?(?P<noun>{_any(CLOTHES, PLACES)}))"
    rf"(?P<qualities>(?: (?:(?:y|e|de|a|muy|color|en) ){{0,2}}{_QUALITY})*)(?P<time> (?:{_any(TIMES)}))?"
    rf"|(?P<pose>{_any(POSES)})"
    rf"|(?P<doing>sosteniendo|sujetando|agarrando|sostiene|sujeta|leyendo)(?: (?:{_A})?(?P<object>{_any(_OBJECTS)}))?"
    rf"|(?P<drinking>tomando|bebiendo) (?:{_A})?(?P<drink>{_any(_DRINKS)}))\b"
)
# Denied, or said of the light: "luz natural de ventana" tells of no window.
_NOT = re.compile(rf"\b(?:sin|ni|no|ningun|ninguna|luz(?: \w+)? de)\s+(?:{_A})?$")
_NOUNS, _PLACES = _forms(CLOTHES, PLACES), _forms(PLACES_NAMED, PLACES)
_WHERE, _TIMES, _POSES = _forms(PREPOSITIONS), _forms(TIMES), _forms(POSES)
_HELD, _DRUNK = _forms(_OBJECTS), _forms(_DRINKS)
_QUALITY_IN = re.compile(rf"\b{_QUALITY}")


def in_english(text: str) -> str:
    """Return text with its known Spanish phrases in English, each between commas; negated phrases ("sin gafas") stay."""
    folded = fold(text)
    pieces, done = [], 0
    for match in _phrases(folded):
        if english := _NOT.search(folded[max(0, match.start() - 30) : match.start()]) is None and _english(match):
            pieces += [text[done : match.start()], f", {english}, "]
            done = match.end()
    return "".join([*pieces, text[done:]])


def _phrases(folded: str) -> Iterator[re.Match[str]]:
    """Yield the same as `_PHRASE.finditer`, tried only at words that a phrase can begin with: most prompts are English."""
    done = 0
    for word in _WORD.finditer(folded):
        if word.start() >= done and word[0][:3] in _HEADS and (match := _PHRASE.match(folded, word.start())):
            done = match.end()
            yield match


_WORD = re.compile(r"\b[a-z]+")
_HEADS = {word[:3] for word in re.findall(r"[a-z]+", _PHRASE.pattern)}  # more than it can begin with, and none missing


def _english(match: re.Match[str]) -> str:
    """Return one phrase in English, "" if a word that needs another one is alone."""
    if match["pose"]:
        return _said(match["pose"], _POSES)
    if match["doing"]:
        doing = "reading" if match["doing"] == "leyendo" else "holding"
        held = _said(match["object"] or "", _HELD)
        return f"{doing} {held}".strip() if held or doing == "reading" else ""
    if match["drinking"]:
        return f"drinking {_said(match['drink'], _DRUNK)}"
    noun = _said(match["noun"], _NOUNS) if match["noun"] else _said(match["named"], _PLACES)
    thing = " ".join(part for part in (_qualities(match["qualities"]), noun) if part)
    time = _said((match["time"] or "").strip(), _TIMES)
    if match["where"] and noun in BARE:
        return noun
    if match["where"] == "en" and noun == "house" and not match["the"]:
        return "at home"
    if match["behind"]:
        thing = f"{thing} background"
    if match["where"] and noun != "background":
        thing = " ".join((_where(match["where"], noun), *_article(match, thing), thing))
    return f"{thing} {time}".strip()


def _said(spanish: str, forms: list[tuple[re.Pattern[str], str]]) -> str:
    return next((english for form, english in forms if form.fullmatch(spanish)), "")


def _where(spanish: str, noun: str) -> str:
    english = _said(spanish, _WHERE)
    return "on" if english == "in" and noun.split()[-1] in ON else english


def _article(match: re.Match[str], thing: str) -> list[str]:
    said = (match["the"] or "").strip()
    if said in ("un", "una"):
        return ["an" if thing[0] in "aeiou" else "a"]
    return ["the"] if said in ("el", "la", "los", "las") or match["joined"] else []


def _qualities(spanish: str) -> str:
    """Return the words after a Spanish noun in their order before an English one: "de cuero negra" -> "black leather"."""
    found: list[list[str]] = [[] for _ in QUALITIES]
    for match in _QUALITY_IN.finditer(spanish):
        at, english = next((at, english) for form, at, english in _QUALITY_FORMS if form.fullmatch(match[0]))
        if not (found[COLOURS] and english in ("dark", "light")):  # "blanco y negro claro": which of them is meant is not told
            found[at].append(english)
    return " ".join((" and " if at == COLOURS else " ").join(words) for at, words in enumerate(found) if words)
