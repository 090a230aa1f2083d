"""Takes out of a prompt what it says is not there: "no hat", "without text", "sin gafas", "avoid harsh light". Pure."""

from __future__ import annotations

import re

from avatar.prompts.said import LeftOut

# Of these a whole sentence is denied, whatever stands in it.
_SENTENCE = re.compile(
    r"(?:(?<=[.;!?\n])|^)\s*(?:please )?(?:avoid|exclude|do not|don['’]?t|must not|no incluyas?|no cambies?|no añadas?"
    r"|no agregues?|no modifiques?|no uses?|evita(?:r|ndo)?|evite)\b[^.;!?\n]*",
    re.IGNORECASE,
)
_ITEM = r"[^,.;:!?()\n—–]"
_ENDS = (
    r"(?!\s(?:but|yet|only|just|pero|sino|solo|con|with|and (?:a|an|the|her|his|she|he|wearing|holding|wears)"
    r"|y (?:un|una|el|la|con|lleva))\b)"
)
_CLAUSE = re.compile(
    r"(?<![\w-])(?:(?:(?:is|are|does|do|was|should|must|can)\s?n[o'’]?t|no|not|without|never|neither|nor|lacking|free of"
    r"|avoid(?:ing)?|excluding|instead of|rather than|sin|ni|nunca|jam[aá]s|tampoco|ning[uú]n|ninguna|nada de|evita(?:r|ndo)?"
    r"|libre de)"
    r"(?! (?:mangas|tirantes|espalda|costuras|cordones|capucha)\b)"
    rf"(?![\w-]|\s+(?:only|longer|solo)\b))(?:{_ENDS}{_ITEM})*"
    rf"(?:(?:,\s*(?!and\b|but\b|y\b|with\b|con\b){_ITEM}{{1,30}}){{1,6}},?\s*\b(?:or|nor|ni|o)\s+(?:{_ENDS}{_ITEM})+)?",
    re.IGNORECASE,
)
# Of these the words before them are denied: "striped socks out of frame"; who looks out of the frame is seen.
_UNSEEN = re.compile(
    r"(?<![\w-])(?:(?!(?:look|gaz|star[ei]|glanc|peer|eyes|mira|with|con)\w*\b)[^\s,.;:!?()—–]+ ){1,4}(?:(?:is|are) )?"
    r"(?:out of (?:the )?(?:frame|shot|view|sight|picture)|cropped out|not (?:visible|shown)"
    r"|fuera de (?:cuadro|plano|campo|encuadre))\b",
    re.IGNORECASE,
)
_MAY_DENY = re.compile(
    r"\b(?:no|not|without|never|neither|nor|lacking|free|avoid\w*|exclud\w+|instead|rather|don|sin|ni|nunca|jam[aá]s|tampoco"
    r"|ning\w+|nada|evit\w+|libre|must|out of|cropped|fuera)\b|n['’]t\b",
    re.IGNORECASE,
)


def without_denied(text: str) -> tuple[str, list[LeftOut]]:
    """Return a text without what it denies, and that."""
    if not _MAY_DENY.search(text):
        return text, []
    found: list[LeftOut] = []

    def cut(match: re.Match[str]) -> str:
        found.append(LeftOut(" ".join(match[0].split()), "denied"))
        return ", "

    text = _UNSEEN.sub(cut, _SENTENCE.sub(cut, text))
    return _CLAUSE.sub(cut, text), found
