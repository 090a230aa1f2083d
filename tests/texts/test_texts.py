"""The table of texts: both languages, the same placeholders, every key used and every used key there."""

from __future__ import annotations

import ast
import functools
import re
import string
import subprocess
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.texts import tables, translate
from avatar.texts.tables import Error
from tests.all_texts import TABLE_FILES, TEXTS
from tests.children import child_command, print_tables_of_a_text
from tests.places import FIRST_START, ROOT, program_modules

MODULES = [*program_modules(), FIRST_START]
KEY = re.compile(r"[a-z][a-z0-9_-]*(\.[A-Za-z0-9_-]+)+")
QUOTED = re.compile(r"""["'`](web\.[a-z0-9_.-]+)["'`]""")  # in a template or a script of the dashboard
BEGUN = re.compile(r"`(web\.(?:[a-z0-9_-]+\.){2,})\$\{")  # in a script: what follows is put there at run time
PAGES = [path for kind in ("pages/*.html", "static/*.js") for path in sorted((ROOT / "avatar" / "web").glob(kind))]
# Keys put together from a fixed part and a value that the code checks against a closed set.
PREFIXES_BY_VALUE = (
    "server.again.",
    "about.",
    "trial.verdict.",
    "start.failed.",
    "server.what.",
    "level.",
    "state.",
    "stage.",
    "short.",
    "verdict.",
    "by.",
    "reason.",
    "plan.card.",
    "report.client.use.",
    "plan.made.",
    "plan.preset.",
    "plan.setting.",
    "plan.value.",
    "tune.short.",
    "trial.model.",
    "captioner.kind.",
    "metavar.",
    "web.review.list.",
    "web.review.act.",
    "web.review.step.",
    "web.review.column.",
    "web.review.limits.origin.",
    "web.review.source.",
    "web.review.identity.",
    "web.review.sort.",
    "web.review.state.",
    "web.review.would.",
    "web.review.done.",
    "web.review.bulk.",
    "web.review.kind.",
    "web.review.measure.",
    "web.review.shows.",
    "web.review.key.",
    "web.review.left_out.",
    "limits.name.",
    "meaning.",
    "settings.bounds.",
    "settings.choice.",
    "settings.fact.",
    "settings.group.",
    "settings.kind.",
    "settings.no.",
    "settings.order.",
    "settings.origin.",
    "settings.outdated.",
    "settings.section.",
    "settings.takes.",
    "settings.unit.",
    "limits.origin.",
    "run.",
    "shell.",
    "train.verdict.",
    "setup.verdict.",
    "setup.step.",
    "guided.machine.",
    "guided.why.",
    "help.",
    "quality.reason.",
    "sheet.",
    "report.",
    "review.list.",
    "chart.kind.",
    "chart.measure.",
    "doctor.remedy.",
    "doctor.verdict.",
    "doctor.member.",
    "review.page.",
    "trial.page.",
    "trial.prompt.",
    "trial.stop.",
    "queue.state.",
    "plot.",
    "train.phase.",
    "import.beside.",
    "plan.phase.",
    "plan.memory.",
    "import.left.",
    "import.source.",
    "remove.choice.",
    "list.class_",
    "list.preset_",
    "list.program_",
    "language.name.",
    "caption.short.",
    "plan.time_source.",
    "web.common.",
    "web.next.",
    "web.language.",
    "captioner.choice.",
    "captioner.server.",
    "captioner.terms.server_",
    "captions.seen.",
    "web.captions.captioner.",
    "web.captions.filter.",
    "web.captions.kind.",
    "web.captions.many.",
    "web.captions.order.",
    "web.captions.why.",
    "web.results.badge.",
    "web.results.col.",
    "web.results.copies.",
    "web.results.free.",
    "web.results.mode.",
    "web.results.reference.",
    "web.report.charts.",
    "tune.why.",
    "tune.col.",
    "tune.state.",
    "tune.name.",
    "tune.page.",
)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_every_text_with_the_same_placeholders() -> None:
    assert [key for key, entry in TEXTS.items() if set(entry) != set(translate.LANGUAGES)] == []
    assert [key for key, entry in TEXTS.items() if fields(entry["es"]) != fields(entry["en"])] == []


@dataclass
class Named:
    """What the program's modules name, read once: it takes seconds.

    literals  all texts in the code, but not those of the tables
    asked     the literal arguments of calls that take a key, with their place
    raised    the keys of errors
    """

    literals: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    raised: set[str] = field(default_factory=set)


@functools.cache
def named() -> Named:
    found = Named()
    for path in MODULES:
        is_table = path.name in TABLE_FILES and path.parent.name == "texts"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and not is_table:
                found.literals.add(node.value)
            if not isinstance(node, ast.Call):
                continue
            keys = [argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant)]
            if called_with_a_key(node):
                found.asked += [(f"{path.name}:{node.lineno}", key) for key in keys if isinstance(key, str)]
            if isinstance(node.func, ast.Name) and node.func.id == "PipelineError" and keys:
                found.raised.add(str(keys[0]))
    return found


def test_every_text_is_used() -> None:
    used = named().literals | {key for path in PAGES for key in QUOTED.findall(path.read_text(encoding="utf-8"))}
    begun = tuple({key for path in PAGES for key in BEGUN.findall(path.read_text(encoding="utf-8"))})
    unused = [
        key for key in TEXTS
        if key not in used and not key.startswith(PREFIXES_BY_VALUE + begun) and not explains_a_question(key, used)
    ]  # fmt: skip
    assert unused == []


def explains_a_question(key: str, used: set[str]) -> bool:
    """Tell whether key is what `?` shows at a question that is asked: question.gpu of ask.gpu."""
    prefix, _, name = key.partition(".")
    return prefix == "question" and (f"ask.{name}" in used or f"guided.{name}" in used)


def test_every_text_that_a_page_asks_for_is_there_and_sent_to_its_scripts() -> None:
    asked = {key for path in PAGES for key in QUOTED.findall(path.read_text(encoding="utf-8")) if not key.endswith(".")}
    assert "web.title" in asked
    assert sorted(asked - set(TEXTS)) == []


def called_with_a_key(node: ast.Call) -> bool:
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
    return name in {"PipelineError", "Text", "say", "text", "Choice", "progress", "tell"}


def test_every_key_that_is_asked_for_is_there() -> None:
    assert len(named().asked) > 1000
    missing = [f"{place} {key}" for place, key in named().asked if KEY.fullmatch(key) and key not in TEXTS]
    assert missing == []


def test_errors_say_what_to_do_in_both_languages() -> None:
    raised = named().raised
    assert len(raised) > 80
    assert [key for key in sorted(raised) if not isinstance(tables.entries(table_of(key))[key], Error)] == []


def table_of(key: str) -> str:
    return tables.table_of(key) or ""


# --- the tables ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", tables.TABLES)
def test_a_table_holds_the_keys_that_are_looked_for_in_it(table: str) -> None:
    keys = list(tables.entries(table))
    assert keys
    assert [key for key in keys if table_of(key) != table] == []


def test_no_key_stands_twice() -> None:
    for path in MODULES:
        if path.name in TABLE_FILES and path.parent.name == "texts":
            keys = re.findall(r'^    "([\w.-]+)": ', path.read_text(encoding="utf-8"), re.MULTILINE)
            assert len(keys) == len(set(keys)), path


def test_the_labels_of_an_error_stand_in_one_place_only() -> None:
    labels = re.compile("|".join(label for pair in tables.LABELS.values() for label in pair.values()))
    for table in tables.TABLES:
        for key, entry in tables.entries(table).items():
            pairs = [entry.what, entry.why or {}, entry.do] if isinstance(entry, Error) else [entry]
            for pair in pairs:
                assert set(pair) <= set(translate.LANGUAGES), key
                assert not any(labels.search(tables.folded(text)) for text in pair.values()), key


def test_an_error_is_told_as_what_why_and_what_to_do() -> None:
    assert tables.template("client.bad_word", "en").count("\n") == 2
    assert tables.template("record.invalid", "es").split("\n")[1:3] == ["Causa:", "{problems}"]
    assert tables.template("preflight.model_cut", "en").endswith("of {expected}. What to do: download it again.")


@pytest.mark.parametrize(
    ("block", "text"),
    [("one line", "one line"), ("a\nb", "a\nb"), ("\n    a\n    b\n", "a b"), ("\n    a\n\n    b\n", "a\nb"),
     ("\n    a\n\n\n    b\n", "a\n\nb"), ("\n\n    a\n", "\na"), ("\n{problems}", "\n{problems}"),
     ("\n    a\n\n", "a\n"), ("\n        a\n          b\n    ", "a\n  b"),
     ("\n    a\n      b\n\n    c\n    d\n", "a\n  b\nc d")],
)  # fmt: skip
def test_a_block_is_folded_into_one_text(block: str, text: str) -> None:
    assert tables.folded(block) == text


@pytest.mark.parametrize("key", ["no.such", "menu.no_such", "menu", "", "."])
def test_a_key_that_is_nowhere_is_not_known_and_raises(key: str) -> None:
    assert not tables.known(key)
    with pytest.raises(KeyError):
        tables.template(key, "en")


def test_tables_are_read_when_first_needed() -> None:
    output = subprocess.run(child_command(print_tables_of_a_text), check=True, capture_output=True, encoding="utf-8").stdout
    assert output.split() == ["workspace"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({"LANG": "es_ES.UTF-8"}, "es"), ({"LC_ALL": "en_GB", "LANG": "es_ES"}, "en"), ({"LANG": "C"}, "en"), ({}, "en"),
     ({"LANG": "", "LANGUAGE": "es:en"}, "es")],
)  # fmt: skip
def test_the_language_of_the_system_is_spanish_or_else_english(environment: dict[str, str], expected: str) -> None:
    assert translate.system_language(environment) == expected


def test_an_unknown_key_is_a_bug_and_says_so() -> None:
    with pytest.raises(KeyError):
        translate.text("no.such", "es")


# --- plurals, numbers, dates -----------------------------------------------------------------------------------------

COUNT_AND_NOUN = re.compile(
    r"\{(n|total|done|added|already|approved|refused|steps|step|images|pictures|exposures|epochs|minutes|left|kept)\}"
    r" (?:más |more |train )?([a-záéíóúñ]{3,}s)\b"
)
# Counted things that are never one, or stand after "of": "1 of 8 pictures".
NEVER_ONE = {
    "plan.warning.cpu", "caption.trigger.many_tokens", "caption.long", "dataset.problem.shared_stem",
    "preflight.long_path",
    "setup.path_long", "demo.pictures", "doctor.hang.several", "doctor.hang.workers", "guided.welcome",
}  # fmt: skip


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_no_text_can_say_1_pictures(language: str) -> None:
    wrong = []
    for key, entry in TEXTS.items():
        for found in COUNT_AND_NOUN.finditer(entry[language]):
            part_of_all = re.search(r"(\bde|\bof|\blas|\ball|}-) ?$", entry[language][: found.start()])
            if key not in NEVER_ONE and not part_of_all and found[2] not in {"más", "tras"}:
                wrong.append(f"{key}: {found[0]}")
    assert wrong == []


def test_a_count_takes_its_singular_for_one_and_its_plural_for_all_else() -> None:
    said = [translate.text("preflight.more_problems", "es", n=n) for n in (0, 1, 2, 12345)]
    assert [text.split(" del")[0] for text in said] == [
        "Y 0 problemas más", "Y 1 problema más", "Y 2 problemas más", "Y 12.345 problemas más",
    ]  # fmt: skip
    assert "in 1 minute)" in translate.text("train.stop.checkpoint", "en", step=1, left="1")
    assert "in ? minutes)" in translate.text("train.stop.checkpoint", "en", step=1, left="?")


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [(0, "0", "0"), (999, "999", "999"), (1000, "1.000", "1,000"), (1234567.25, "1.234.567,25", "1,234,567.25"),
     (-0.5, "-0,5", "-0.5"), (2.0, "2", "2"), (1e-6, "0,000001", "0.000001")],
)  # fmt: skip
def test_numbers_are_written_as_the_language_does(value: float, spanish: str, english: str) -> None:
    assert (translate.number(value, "es"), translate.number(value, "en")) == (spanish, english)


def test_shares_and_sizes_are_written_as_the_language_does() -> None:
    share = {"value": 0.345, "limit": 0.5}
    assert "34 %" in translate.text("quality.reason.face_cut", "es", **share)
    assert "34%" in translate.text("quality.reason.face_cut", "en", **share)
    assert [translate.text("unit.gb", language, value=8.94) for language in translate.LANGUAGES] == ["8,9 GB", "8.9 GB"]


def test_counts_in_texts_are_grouped_and_identifiers_are_not() -> None:
    assert "12.345" in translate.text("status.title", "es", client="ana", approved=12345, refused=0)
    assert "12,345" in translate.text("status.title", "en", client="ana", approved=12345, refused=0)
    locked = translate.text("client.locked", "es", client="ana", pid=12345, since="2026-11-23T07:29:01+00:00", stage="process")
    assert "proceso 12345" in locked  # to be looked up in the task manager
    assert re.search(r"desde 2[234]/11/2026 \d\d:\d\d:", locked)


@pytest.mark.parametrize("text", ["20261123-072901", "2026-11-23", "v2.6.1", "", "2026-13-40T99:99:99+00:00"])
def test_what_only_looks_like_a_moment_stays_as_it_is(text: str) -> None:
    assert translate.moment(text, "en") == text
    assert translate.text("train.log", "es", path=text).endswith(text)


# --- numbers that are compared ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "values", "told"),
    [
        ("quality.reason.too_dark", {"value": 59.6, "limit": 60.0}, "dark: brightness 59.6 (at least 60.0)"),
        ("quality.reason.too_dark", {"value": 41.2, "limit": 60.0}, "dark: brightness 41 (at least 60)"),
        ("quality.reason.too_dark", {"value": 59.998, "limit": 60.0}, "dark: brightness 59.998 (at least 60.000)"),
        ("quality.reason.face_cut", {"value": 0.9451, "limit": 0.95}, "94.5% visible (better from 95.0%)"),
        ("quality.reason.doubtful_face", {"value": 0.98996, "limit": 0.99}, "0.98996 (better from 0.99000)"),
        ("disk.full", {"need_mb": 400.4, "free_mb": 400.3}, "400.4 MB are needed and 400.3 MB are free"),
        ("preflight.memory_short", {"needed": 14.4, "free": 14.2}, "takes 14.4 GiB and 14.2 are free"),
        ("preflight.vram_short", {"card": "x", "needed": 11.04, "free": 11.01}, "11.04 GiB are estimated and only 11.01 GiB"),
        ("setup.disk_small", {"free_gb": 49.7, "advised_gb": 50, "path": "x"}, "49.7 GB at x; 50 GB"),
        ("dataset.note.as_is_mj", {"reached": 84.97, "asked": 85.0, "n": 1}, "reaches 84.97 %, not 85.00 %"),
    ],
)  # fmt: skip
def test_a_number_never_reads_like_the_limit_that_it_misses(key: str, values: dict[str, object], told: str) -> None:
    assert told in translate.text(key, "en", **values)


@given(value=st.floats(0, 1e9), other=st.floats(0, 1e9), spec=st.sampled_from([".0f", ".1f", ".2f", ".0%"]))
def test_numbers_that_are_compared_differ_in_writing_where_they_differ_in_six_decimals(
    value: float, other: float, spec: str
) -> None:  # fmt: skip
    pairs = ({"a": value, "b": other}, {"a": other, "b": value})
    shown = [translate.FORMATTERS["en"].vformat(f"{{a~b:{spec}}}", (), pair) for pair in pairs]
    if value == other:
        assert shown[0] == shown[1] == format(value, spec)
    elif abs(value - other) > 1e-6:
        assert shown[0] != shown[1]


def test_every_number_that_is_told_beside_its_limit_is_told_apart_from_it() -> None:
    pairs = (("value", "limit"), ("needed", "free"), ("needs", "free"), ("reached", "asked"), ("need_mb", "free_mb"))
    plain = [
        (key, name)
        for key, entry in TEXTS.items()
        for pair in pairs
        for name in pair
        if all(re.search(rf"\{{{part}(~\w+)?:\.", entry["en"]) for part in pair) and f"{{{name}:." in entry["en"]
    ]
    assert plain == []


# --- no text for people outside the table ----------------------------------------------------------------------------

SHOWING = {
    "print", "input", "say", "ask", "show", "Text", "Raw", "Table", "detail", "write", "exit", "ProgressTracker",
    "add_argument",
}  # fmt: skip
# Said before the table can be loaded (in both languages at once), and argparse's own formats.
ALLOWED = {("avatar_pipeline.py", "exit")}


def words_in(node: ast.AST) -> str:
    """Return the literal text of a string or f-string, values as ⟨⟩."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "⟨⟩" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return words_in(node.left) + words_in(node.right)
    return ""


def is_for_people(text: str) -> bool:
    """Tell whether a literal holds two words of letters next to each other."""
    return re.search(r"[^\W\d_]{2,}[,;:.]? [^\W\d_]{2,}", text) is not None


def shown_literals(source: str, name: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if called not in SHOWING or (name, called) in ALLOWED:
            continue
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        found += [f"{name}:{node.lineno} {words_in(item)!r}" for item in arguments if is_for_people(words_in(item))]
    return found


def test_no_module_shows_a_text_that_is_not_in_the_table() -> None:
    modules = [path for path in MODULES if path.parent.name != "texts" or path.name not in TABLE_FILES]
    assert [shown for path in modules for shown in shown_literals(path.read_text(encoding="utf-8"), path.name)] == []


def test_the_search_for_texts_finds_them() -> None:
    assert shown_literals('session.say("menu.bye")\nprint(f"{n} done")', "x.py") == []
    wrong = [
        'print("Hello there")', 'ui.ask(f"Your name, please {n}")', 'Text("a" + " text of words")', 'x.write("no luck: y")',
    ]  # fmt: skip
    for source in wrong:
        assert len(shown_literals(source, "x.py")) == 1, source


MENU_NAMED = {
    "es": r"«([^«»{}]+)» en el menú|elige «([^«»{}]+)» en|en «([^«»{}]+)»",
    "en": r"'([^'{}]+)' in the (?:main )?menu|(?<=\bin )'([^'{}]+)'",
}


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_a_menu_line_that_a_text_sends_to_is_one_of_the_menus(language: str) -> None:
    labels = {texts[language] for key, texts in TEXTS.items() if key.startswith("menu.")}
    named = {
        (key, name)
        for key, texts in TEXTS.items()
        for found in re.finditer(MENU_NAMED[language], texts[language])
        for name in found.groups()
        if name
    }
    assert len(named) >= 9
    assert not {(key, name) for key, name in named if not any(label.startswith(name) for label in labels)}


def test_decimals_within_spanish_texts_are_written_with_a_comma() -> None:
    wrong = {
        key for key, texts in TEXTS.items()
        if re.search(r"(?<![\w.:=])\d+\.\d+ (?:GB|GiB|MB|s|%)\b", texts["es"])
    }  # fmt: skip
    assert wrong == set()
