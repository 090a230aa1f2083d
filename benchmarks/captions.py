"""How good the captions are that the program writes for a table of prompts, judged as an expert would, and how fast.

A table names per prompt what its caption must say (`must`: one phrase of `any` is enough, all its words in one phrase of the
caption), what it must never say (`never`; `~word` marks a piece of a sentence) and what it may say. Order, accents, hyphens and
plurals do not count; a medium counts only outside a phrase of light. Prompts go the way of an import, without a picture: what a
caption says of the crop counts neither way.

good        every fact, nothing of `never`, no broken phrase, at most one that neither `must` nor `may` knows (a stray one)
acceptable  at least 60 % of the facts, nothing of `never`
bad         the rest

    python benchmarks/captions.py [--table FILE] [--show bad|all] [--only ID ...] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

TABLE = Path(__file__).resolve().parent / "measured" / "caption_prompts.json"
TRIGGER = "ohwx"
ENOUGH = 0.6  # of the facts, for an acceptable caption
STRAY = 1  # phrases that nobody asked for, in a good one
TIMED = 1000


def listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


JOINING = listed(
    "a an the of with and or in on at to by from for as is are was her his their its very while that which who into"
)
# What a phrase of a caption may begin with ("in a park", "with arms crossed"), but not end with.
OPENING = listed("in on at by from with a an the as into her his")
CUT_AT_THE_END = JOINING | listed("before after one like than about against around between through beneath")
CLAUSE = listed(
    "she he they i you it's she's he's there someone something who which that is are was were has have had should would could "
    "must can will may does doesn't isn't do don't"
)
WEIGHT = re.compile(r"\b\d[ .]\d\b(?! view)")  # "dress 1 3" of "(dress:1.3)", not "3/4 view"
MARKS = ("--", "::", "http", "{", "[", '"', "(")
ONE_SPELLING = {
    "grey": "gray", "colour": "color", "harbour": "harbor", "colored": "color", "coloured": "color", "jewellery": "jewelry",
    "armour": "armor", "tshirt": "t shirt", "lighting": "light",
}  # fmt: skip
# A thing that a caption must not say is identity if it holds one of these.
IDENTITY = listed(
    "young elderly aged old older year twenties fifties sixties handsome gorgeous attractive blonde blond "
    "brunette redhead auburn hair bangs bob braid bun pixie bald eye hazel beard bearded stubble mustache moustache freckle "
    "freckled scar scarred jaw jawline cheekbone wrinkle wrinkled skin pore complexion tall slender japanese korean latina "
    "grandpa bleached chestnut copper curly"
)


class Fact(TypedDict):
    """One thing that a caption must say, in any of these words."""

    kind: str
    any: list[str]


# One prompt of a table. (No class: one of its keys is called "class".)
Case = TypedDict(
    "Case",
    {
        "id": str, "lang": str, "form": list[str], "class": str, "prompt": str,
        "must": list[Fact], "never": list[str], "may": list[str],
    },
)  # fmt: skip


class Table(TypedDict):
    """A file of prompts."""

    cases: list[Case]
    never_anywhere: list[str]


@dataclass(frozen=True)
class Verdict:
    """What became of one prompt: the caption and what it lacks or should not say."""

    id: str
    verdict: str
    caption: str
    missing: tuple[str, ...]  # kinds of the facts
    wrong: tuple[str, ...]
    broken: tuple[str, ...]
    stray: tuple[str, ...]
    leaks: tuple[str, ...]  # of identity, each one of `wrong`


AGE = re.compile(r"\d\ds?")


def words(text: str) -> list[str]:
    """Return the words that count: lower case, without accents, hyphens and plurals, in one spelling."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode("ascii")
    spelt = " ".join(ONE_SPELLING.get(word, word) for word in re.findall(r"[a-z0-9']+", plain)).split()
    return [word[:-1] if len(word) > 3 and re.search(r"[^s]s$", word) else word for word in spelt]


def said(wanted: str, phrases: Sequence[Sequence[str]]) -> bool:
    """Tell whether one phrase has all words of what is wanted; "=glasses" asks for a phrase of nothing else."""
    if wanted.startswith("="):
        return words(wanted[1:]) in list(map(list, phrases))
    needed = set(words(wanted))
    return bool(needed) and any(needed <= set(phrase) for phrase in phrases)


def is_broken(phrase: str) -> bool:
    """Tell whether a phrase was cut out of a sentence."""
    heard = re.findall(r"[a-z0-9'’]+", phrase.lower())
    if not heard or heard[-1] in CUT_AT_THE_END or heard[0] in JOINING - OPENING:
        return True
    return not CLAUSE.isdisjoint(heard) or WEIGHT.search(phrase) is not None


def is_stray(phrase: str, known: set[str], *, lit: bool) -> bool:
    """Tell whether a phrase shares no word with what a case knows. lit: it knows a light, which a vaguer word may name."""
    heard = set(words(phrase)) - JOINING - {"expression"}
    if not heard or "looking" in heard or heard <= {"light"} or (lit and heard <= {"light", "natural", "soft"}):
        return False
    return heard.isdisjoint(known - {"light"})


def judged(case: Case, caption: str, never_anywhere: Iterable[str]) -> Verdict:
    """Return the verdict on the caption of a case."""
    behind = f"{TRIGGER} {case['class']}"
    first, *rest = (part.strip() for part in caption.split(","))
    said_first = first.removeprefix(behind) if first != behind else ""
    phrases = [words(part) for part in ([said_first] if said_first else []) + rest]
    unlit = [phrase for phrase in phrases if "light" not in phrase]
    missing = [
        fact["kind"]
        for fact in case["must"]
        if not any(said(wanted, unlit if fact["kind"] == "style" else phrases) for wanted in fact["any"])
    ]
    forbidden = [denied for denied in dict.fromkeys([*case["never"], *never_anywhere]) if not denied.startswith("~")]
    wrong = [denied for denied in forbidden if said(denied, phrases)]
    leaks = [denied for denied in wrong if not IDENTITY.isdisjoint(words(denied)) or AGE.fullmatch(denied)]
    wrong += [mark for mark in MARKS if mark in caption]
    wrong += [] if first.startswith(behind) else [f"begins with {first!r}"]
    cut = [part for part in rest if is_broken(part)]
    pieces = [denied[1:] for denied in case["never"] if denied.startswith("~")]
    known = {word for told in [*(w for fact in case["must"] for w in fact["any"]), *case["may"]] for word in words(told)}
    lit = any(fact["kind"] == "light" for fact in case["must"])
    stray = [part for part in rest if part not in cut + pieces and is_stray(part, known, lit=lit)]
    broken = cut + [piece for piece in pieces if said(piece, phrases)]
    share = 1 - len(missing) / len(case["must"])
    grade = "bad" if wrong or share < ENOUGH else "acceptable" if missing or broken or len(stray) > STRAY else "good"
    return Verdict(
        id=case["id"], verdict=grade, caption=caption, missing=tuple(missing), wrong=tuple(wrong), broken=tuple(broken),
        stray=tuple(stray), leaks=tuple(leaks),
    )  # fmt: skip


def caption_of(prompt: str, class_word: str) -> str:
    """Return the caption that an import of a MidJourney picture with this Description comes to."""
    from avatar.dataset.caption import write_caption
    from avatar.pictures.groups import traits_of
    from avatar.prompts.midjourney import parse_description
    from avatar.workspace.records import ImageRecord, Original, Picture
    from config import CaptionConfig, ImportConfig

    about = parse_description(" ".join(prompt.split()))
    record = ImageRecord(
        image_id="mj_0123456789abcdef", source="mj", midjourney=about, traits=traits_of(about, ImportConfig()),
        original=Original(name="a.png", sha256="0" * 64, bytes=1, stored="raw_mj/a.png", imported_at="2026-01-01"),
        picture=Picture(format="PNG", width=1024, height=1024),
    )  # fmt: skip
    return write_caption(record, trigger_word=TRIGGER, class_word=class_word, config=CaptionConfig())


def mixed(prompts: Sequence[str], count: int) -> list[str]:
    """Return that many different prompts: the first half of one and the second of another, cut at a comma or a full stop."""

    def halves(prompt: str) -> tuple[str, str]:
        places = [found.end() for found in re.finditer(r"[,.] ", prompt)] or [len(prompt)]
        middle = places[len(places) // 2]
        return prompt[:middle], prompt[middle:]

    cut = [halves(prompt) for prompt in prompts]
    made = dict.fromkeys(cut[at][0] + cut[(at + step) % len(cut)][1] for step in range(len(cut)) for at in range(len(cut)))
    return list(made)[:count]


def timed(prompts: Sequence[str]) -> tuple[float, int]:
    """Return the processor's seconds for captions of different prompts, each seen for the first time, and their number."""
    asked = mixed(prompts, TIMED)
    began = time.process_time()
    for prompt in asked:
        caption_of(prompt, "woman")
    return time.process_time() - began, len(asked)


def facts_line(verdicts: Sequence[Verdict], cases: Mapping[str, Case]) -> str:
    wanted = Counter(fact["kind"] for one in verdicts for fact in cases[one.id]["must"])
    lacking = Counter(kind for one in verdicts for kind in one.missing)
    kinds = ", ".join(f"{kind} {count - lacking[kind]}/{count}" for kind, count in wanted.most_common())
    return f"facts found: {kinds}; all {wanted.total() - lacking.total()}/{wanted.total()}"


def grades_line(name: str, verdicts: Sequence[Verdict]) -> str:
    grades = Counter(one.verdict for one in verdicts)
    return f"{name:6} {grades['good']:3} good {grades['acceptable']:3} acceptable {grades['bad']:3} bad of {len(verdicts)}"


def totals(verdicts: Sequence[Verdict], cases: Mapping[str, Case]) -> list[str]:
    """Return the lines that say how a table came out, without a word of its prompts."""
    by_language: dict[str, list[Verdict]] = {}
    for one in verdicts:
        by_language.setdefault(cases[one.id]["lang"], []).append(one)
    counts = {
        "stray phrases": sum(len(one.stray) for one in verdicts),
        "broken phrases": sum(len(one.broken) for one in verdicts),
        "captions with something that must not be there": sum(bool(one.wrong) for one in verdicts),
        "leaks of identity": sum(len(one.leaks) for one in verdicts),
    }
    return [
        facts_line(verdicts, cases),
        *(grades_line(lang, those) for lang, those in by_language.items()),
        grades_line("all", verdicts),
        ", ".join(f"{name} {count}" for name, count in counts.items()),
    ]


def details(one: Verdict, case: Case) -> list[str]:
    lines = [f"{one.id} {one.verdict.upper()} {case['lang']} {' '.join(case['form'])}", f"   prompt  {case['prompt']}"]
    lines.append(f"   caption {one.caption}")
    told = {"missing": one.missing, "wrong": one.wrong, "broken": one.broken, "stray": one.stray}
    return lines + [f"   {name:7} {'; '.join(what)}" for name, what in told.items() if what]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--table", type=Path, default=TABLE)
    parser.add_argument("--show", choices=("none", "bad", "all"), default="none", help="prompts and captions too")
    parser.add_argument("--only", nargs="*", default=[], metavar="ID")
    parser.add_argument("--json", type=Path, help="write the verdicts here")
    options = parser.parse_args()
    table: Table = json.loads(options.table.read_text(encoding="utf-8"))
    cases = {case["id"]: case for case in table["cases"] if not options.only or case["id"] in options.only}
    if not cases:
        parser.error("no such prompt")
    began = time.process_time()
    caption_of("woman, red hat", "woman")
    loading = time.process_time() - began
    seconds, asked = timed([case["prompt"] for case in table["cases"]])
    everywhere = table["never_anywhere"]
    verdicts = [judged(case, caption_of(case["prompt"], case["class"]), everywhere) for case in cases.values()]
    for one in verdicts:
        if options.show == "all" or (options.show == "bad" and one.verdict == "bad"):
            print("\n".join(details(one, cases[one.id])))
    print("\n".join(totals(verdicts, cases)))
    length = sum(len(case["prompt"].split()) for case in table["cases"]) / len(table["cases"])
    print(f"{asked} different prompts of {length:.0f} words {seconds:.2f} s, after {loading:.2f} s for loading and the first")
    if options.json:
        told = json.dumps([asdict(one) for one in verdicts], ensure_ascii=False, indent=1)
        options.json.write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
