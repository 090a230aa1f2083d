"""Every kind of question as a person meets it: answers from a list, the screen as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.commands.result import Result, Table
from avatar.commands.session import Session
from avatar.reports import review_list
from avatar.terminal import menus, questions
from avatar.terminal.questions import PAGE_SIZE, Leave
from avatar.texts import translate
from avatar.texts import typed as typed_words
from avatar.texts.text import Text
from avatar.workspace.client import check_client_id, check_word
from avatar.workspace.workspace import Workspace
from tests.all_texts import TEXTS
from tests.scripted import MakeSession, ScriptedUi

# Texts around a question, no questions themselves.
TOLD_NOT_ASKED = {
    "ask.plain", "ask.with_default", "ask.needed", "ask.yes_or_no", "ask.numbers", "ask.range", "ask.limits", "ask.number",
    "ask.whole_number", "ask.not_in_list", "ask.page", "ask.limits_zero", "ask.several", "ask.not_shown_yet",
}  # fmt: skip


def test_enter_takes_the_default_and_nothing_is_refused_without_one(make: MakeSession) -> None:
    session, ui = make("", "  ana  ")
    assert questions.text(session, "ask.client_id") == "ana"
    assert ui.shown.count("Hace falta una respuesta.") == 1
    session, ui = make("")
    assert questions.text(session, "ask.trigger", default="ohwx") == "ohwx"
    assert ui.shown == ["Palabra de activación [ohwx]:"]


@pytest.mark.parametrize(
    ("answer", "expected"), [("s", True), ("SÍ", True), ("y", True), ("yes", True), ("n", False), ("No", False), ("", True)]
)
def test_yes_and_no_in_both_languages(make: MakeSession, answer: str, expected: bool) -> None:
    session, _ = make(answer)
    assert questions.yes_no(session, "ask.train_now", default=True) is expected


def test_0_leaves_a_question_as_it_leaves_a_menu(make: MakeSession, workspace: Workspace) -> None:
    workspace.create("ana")
    session, ui = make("2", "3", "0", "0", "0")
    menus.start(session)
    assert "Cancelado." in ui.shown


KINDS: dict[str, Callable[[Session], object]] = {
    "text": lambda s: questions.text(s, "ask.client_id"),
    "text with a default": lambda s: questions.text(s, "ask.trigger", default="ohwx"),
    "yes_no": lambda s: questions.yes_no(s, "ask.train_now", default=True),
    "number": lambda s: questions.number(s, "ask.walk_step", default=1, low=1, high=8, zero=False),
    "pick": lambda s: questions.pick(s, "ask.preset", ["quick"], default="quick"),
    "path": lambda s: questions.path(s, "ask.mj_path"),
    "optional_path": lambda s: questions.optional_path(s, "ask.mj_path"),
    "numbers": lambda s: questions.numbers(s, "ask.plan_value", ["a", "b"]),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    ("answer", "raised"),
    [("0", questions.Leave), ("<", questions.Back), (KeyboardInterrupt, KeyboardInterrupt), (EOFError, EOFError)],
)
def test_every_kind_of_question_can_be_left(
    make: MakeSession, kind: str, answer: str | type[BaseException], raised: type[BaseException]
) -> None:
    session, ui = make(answer)
    with pytest.raises(raised):
        KINDS[kind](session)
    assert len(ui.shown) <= 2


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_question_mark_explains_and_the_question_comes_again(make: MakeSession, kind: str) -> None:
    session, ui = make("?", "0")
    with pytest.raises(questions.Leave):
        KINDS[kind](session)
    assert ui.shown.count(session.text("question.how")) == 1
    assert ui.shown[-1] == ui.shown[-4]  # the same question twice, its explanation between
    assert len(ui.shown[-3]) > 20


def test_every_question_of_the_program_has_its_explanation_in_both_languages() -> None:
    missing = [
        key for key in TEXTS
        if (key.startswith("ask.") or key == "guided.go") and key not in TOLD_NOT_ASKED
        and questions.help_key(key) not in TEXTS
    ]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0,5", 0.5), ("0.5", 0.5), (" 1 000 ", 1000), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1e-4", 0.0001), (".5", 0.5),
     ("", None), ("abc", None), ("1,2,3", None), ("0x10", None), ("nan", None), ("inf", None), ("½", None), ("--1", None)],
)  # fmt: skip
def test_numbers_are_understood_with_comma_and_with_point(typed: str, value: float | None) -> None:
    assert typed_words.parse_number(typed) == value


@given(st.floats(-1e6, 1e6).map(lambda value: round(value, 4)), st.sampled_from(["es", "en"]))
def test_a_number_shown_is_understood_again(value: float, language: str) -> None:
    shown = translate.number(value, language)
    grouped = {"es": ".", "en": ","}[language]
    assert typed_words.parse_number(shown.replace(grouped, "")) == pytest.approx(value, abs=1e-9)


def test_a_number_shows_default_range_and_unit_and_keeps_to_them(make: MakeSession) -> None:
    session, ui = make("", "3000", "999,5", "x", "768")

    def ask() -> float:
        return questions.number(
            session, "ask.plan_number", default=1024, low=512, high=1536, unit="unit.px", whole=True, name="resolution"
        )  # fmt: skip

    assert ask() == 1024
    assert ask() == 768
    assert ui.shown[0] == "Valor de resolution (de 512 a 1.536 px; - lo deja) [1.024]:"
    assert ui.shown.count("Escribe un número de 512 a 1.536 sin decimales.") == 3


def test_a_long_list_is_turned_page_by_page_and_searched(make: MakeSession) -> None:
    options = [f"cliente{n:02}" for n in range(1, 41)]
    session, ui = make("n", "n", "p", "n", "p", "17")
    assert questions.pick(session, "ask.client", options, default=options[0]) == "cliente17"
    first_lines = [line for line in ui.shown if line.startswith(("> 1. ", "  21. "))]
    assert [line.split(".")[0].strip(" >") for line in first_lines] == ["1", "21", "21", "1", "21", "1"]
    assert next(place for place, line in enumerate(ui.shown) if line.startswith("Cliente [")) < 23  # rows of a small screen
    session, ui = make("3", "2")
    assert questions.pick(session, "ask.client", ["ana", "eva", "n"], default="ana") == "n"
    assert not any("n siguiente" in line for line in ui.shown)  # a short list has no pages, and n may be a name
    session, ui = make("te4", "cliente0", "9")
    assert questions.pick(session, "ask.client", options, default=options[0]) == "cliente40"


def test_a_wrong_yes_or_no_is_asked_again(make: MakeSession) -> None:
    session, ui = make("quizás", "n")
    assert questions.yes_no(session, "ask.train_now", default=True) is False
    assert "Responde s o n." in ui.shown


def test_options_are_picked_by_number_name_or_part_of_it(make: MakeSession) -> None:
    options = [f"rtx{n}" for n in range(100, 160)]
    session, ui = make("2", "RTX159", "n", "n", "59", "zzz", "15", "1", "")
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx101"
    assert "  1-20 de 60: n siguiente, p anterior; o parte del nombre" in ui.shown
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx159"
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx158"
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx114"
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx100"


def test_the_beginning_of_a_label_is_that_line_and_no_word_of_ones_own(make: MakeSession) -> None:
    labels = {"learning_rate": Text("plan.setting.learning_rate"), "seed": Text("plan.setting.seed")}
    session, _ = make("tasa", "lion", "sem", language="es")
    assert questions.pick(session, "ask.plan_value", list(labels), default="seed", free=True, labels=labels) == "learning_rate"
    assert questions.pick(session, "ask.plan_value", list(labels), default="seed", free=True, labels=labels) == "lion"
    assert questions.pick(session, "ask.plan_value", list(labels), default="seed", free=True, labels=labels) == "sem"


def test_a_number_that_was_not_on_the_screen_yet_is_not_taken(make: MakeSession) -> None:
    cards = [
        "rtx3050_8gb",
        "rtx3060_8gb",
        "gpu_8gb",
        "rtx3060_12gb",
        "rtx4070_12gb",
        "gpu_12gb",
        "rtx4060ti_16gb",
        "rtx4080_16gb",
    ]
    session, ui = make("8", "8 gb", "2", "8", "n", "n", "8")
    assert questions.pick(session, "ask.gpu", cards, default="rtx3050_8gb", page=3) == "rtx3060_8gb"
    assert "Ese número aún no está a la vista: de 1 a 3, n para ver más, o parte del nombre." in ui.shown
    assert questions.pick(session, "ask.gpu", cards, default="rtx3050_8gb", page=3) == "rtx4080_16gb"


def test_any_word_is_taken_where_the_list_is_only_a_proposal(make: MakeSession) -> None:
    session, _ = make("niña")
    assert questions.pick(session, "ask.class_word", ("man", "woman"), default="man", free=True) == "niña"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("3,7-9", [3, 7, 8, 9]), ("2 - 3; 1", [1, 2, 3]), ("4 4", [4]), ("0", None), ("9-7", None), ("x", None), ("1,,2", None),
     ("11", None), ("1-99999999999", None)],
)  # fmt: skip
def test_numbers_and_ranges(answer: str, expected: list[int] | None) -> None:
    assert review_list.parse_numbers(answer, 10) == expected or (answer == "1,,2" and expected is None)


def test_a_missing_path_is_asked_again_and_the_last_one_offered(make: MakeSession, tmp_path: Path) -> None:
    folder = tmp_path / "mis fotos ñ"
    folder.mkdir()
    session, ui = make(str(tmp_path / "no"), f'"{folder}"', "")
    assert questions.path(session, "ask.mj_path") == folder
    assert str(tmp_path / "no") in ui.text
    assert questions.path(session, "ask.mj_path") == folder


@pytest.mark.parametrize("dragged", ["'{}'", '"{}"', "  {} ", "& '{}'", "file://{}", "\u202a{}"])
def test_paths_dragged_into_any_terminal_are_understood(make: MakeSession, tmp_path: Path, dragged: str) -> None:
    folder = tmp_path / "OneDrive - Empresa" / "Imágenes de Ana (1)"
    folder.mkdir(parents=True)
    session, _ = make(dragged.format(folder))
    assert questions.path(session, "ask.real_path") == folder


def test_blanks_escaped_by_a_terminal_are_understood(make: MakeSession, tmp_path: Path) -> None:
    folder = tmp_path / "mis fotos"
    folder.mkdir()
    session, _ = make(str(folder).replace(" ", "\\ "))
    assert questions.path(session, "ask.real_path") == folder


def test_who_has_no_pictures_of_a_kind_says_so_with_enter_or_a_dash(make: MakeSession, tmp_path: Path) -> None:
    session, ui = make("", "-", str(tmp_path / "x") * 300, "\0", "-")
    assert questions.optional_path(session, "ask.mj_path") is None
    assert questions.optional_path(session, "ask.mj_path") is None
    assert questions.optional_path(session, "ask.mj_path") is None
    assert ui.text.count("No existe") + ui.text.count("no existe") >= 2


def test_a_nul_is_part_of_no_path_not_even_of_one_to_write_to(make: MakeSession) -> None:
    session, ui = make("out\0.zip", "out.zip", language="en")
    assert questions.path(session, "ask.export_file", default="x.zip", must_exist=False).name == "out.zip"
    assert "out" in ui.text and ui.answers == []


def test_what_a_refusal_suggests_is_proposed_on_enter(make: MakeSession) -> None:
    session, ui = make("José Peña 2", "")
    assert questions.text(session, "ask.new_id", check=check_client_id) == "Jose_Pena_2"
    assert ui.shown[-1].endswith("[Jose_Pena_2]:")


def test_what_a_list_offers_by_number_is_counted_from_one_to_the_last_line(make: MakeSession) -> None:
    options = ["ana", "eva", "ida"]
    session, ui = make("4", "9" * 5000, "٣", language="en")  # pasted by mistake; Arabic digits are digits
    assert questions.pick(session, "ask.client", options, default="ana") == "ida"
    assert ui.text.count("Type a number from 1 to 3 or part of a name") == 2


@pytest.mark.parametrize(("lines", "paged"), [(questions.LIST_SIZE, False), (questions.LIST_SIZE + 1, True)])
def test_only_a_list_longer_than_a_page_has_pages(make: MakeSession, lines: int, paged: bool) -> None:
    options = [f"cliente{n:03}" for n in range(lines)]
    session, ui = make("n", "")
    assert questions.pick(session, "ask.client", options, default=options[0]) == options[0]
    assert ("n siguiente" in ui.text) == paged
    assert ("> 1. cliente000\n" in ui.text.partition("Cliente [")[2]) != paged  # instead of the second page: the same again


def test_the_last_full_page_is_the_last(make: MakeSession) -> None:
    options = [f"x{n:02}." for n in range(2 * questions.LIST_SIZE)]
    session, ui = make("n", "n", "")
    questions.pick(session, "ask.client", options, default=options[0])
    told = [line.strip().split(":")[0] for line in ui.shown if "n siguiente" in line]
    assert told == ["1-20 de 40", "21-40 de 40", "21-40 de 40"]


def test_a_narrowed_list_is_shown_from_its_first_line_with_numbers_of_its_own(make: MakeSession) -> None:
    options = [f"eva{n:02}" for n in range(25)] + [f"ana{n:02}" for n in range(25)]
    session, ui = make("n", "ana", "2")
    assert questions.pick(session, "ask.client", options, default=options[0]) == "ana01"
    start = max(i for i, line in enumerate(ui.shown) if line == "> 1. ana00")
    assert ui.shown[start + 1] == "  2. ana01"
    assert "1-20 de 25" in ui.shown[start + questions.LIST_SIZE]
    assert "«ana» es parte de 25 nombres: elige uno de estos." in ui.shown


def test_a_question_mark_in_a_narrowed_list_explains_what_is_asked_now(make: MakeSession) -> None:
    session, ui = make("?", "onal", "?", "", language="en")
    options = ["fastest", "regional", "national"]
    assert questions.pick(session, "ask.try_program", options, default="fastest") == "regional"
    assert sum("Enter: what fits the card" in line for line in ui.shown) == 1  # before it was narrowed
    assert ui.shown.count("'onal' is part of 2 names: choose one of these.") == 2


def test_an_invisible_word_is_taken_by_no_list_that_takes_any(make: MakeSession) -> None:
    session, ui = make("pa\u200blabra", "palabra")
    assert questions.pick(session, "ask.class_word", ("man", "woman"), default="man", free=True) == "palabra"
    assert "Escribe un número de 1 a 2" in ui.text


def test_a_word_that_is_refused_is_asked_for_again_with_its_reason(make: MakeSession) -> None:
    session, ui = make("mujer, alta", "mujer")
    word = questions.pick(session, "ask.class_word", ("man", "woman"), default="man", free=True, check=check_word)
    assert word == "mujer"
    assert "contiene una coma" in ui.text


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [("1", ["a"]), ("3", ["c"]), ("2-3", ["b", "c"]), ("3,1", ["a", "c"]), ("1 1", ["a"]), ("-", []), ("", [])],
)
def test_numbers_stand_for_the_lines_beside_them(make: MakeSession, typed: str, chosen: list[str]) -> None:
    session, _ = make(typed)
    assert questions.numbers(session, "ask.queue_add", ["a", "b", "c"]) == chosen


def test_numbers_outside_the_list_are_asked_for_again_with_its_end(make: MakeSession) -> None:
    session, ui = make("4", "2-4", "dos", "2", language="en")
    assert questions.numbers(session, "ask.queue_add", ["a", "b", "c"]) == ["b"]
    assert ui.text.count("Type numbers from 1 to 3 or names, with commas; 'all' takes all.") == 3


@given(st.sets(st.integers(1, 60), min_size=1))
def test_numbers_and_ranges_written_in_any_way_are_read_as_the_same_numbers(wanted: set[int]) -> None:
    single = ",".join(map(str, sorted(wanted, reverse=True)))
    ranges = "; ".join(f"{n} – {n}" for n in wanted)
    assert review_list.parse_numbers(single, 60) == review_list.parse_numbers(ranges, 60) == sorted(wanted)
    assert review_list.parse_numbers(single, max(wanted)) == sorted(wanted)
    assert review_list.parse_numbers(single, max(wanted) - 1) is None


@given(st.text(max_size=12), st.integers(0, 30))
def test_no_text_breaks_the_reading_of_numbers(typed: str, last: int) -> None:
    found = review_list.parse_numbers(typed, last)
    assert found is None or (found == sorted(set(found)) and all(1 <= n <= last for n in found) and found)


@given(st.text(alphabet="0123456789.,- eE_", max_size=10), st.booleans())
def test_what_is_read_as_a_number_is_one(typed: str, whole: bool) -> None:
    found = typed_words.parse_number(typed, whole=whole)
    assert found is None or (found == found and (not whole or found == int(found)))


@pytest.mark.parametrize(("typed", "value"), [("1", 1.0), ("8", 8.0)])
def test_both_ends_of_a_range_belong_to_it(make: MakeSession, typed: str, value: float) -> None:
    session, ui = make(typed)
    assert questions.number(session, "ask.walk_step", default=3, low=1, high=8, whole=True) == value
    assert len(ui.shown) == 1


@pytest.mark.parametrize("typed", ["9", "-1", "1,5", "2e0", "uno"])
def test_what_is_no_whole_number_of_the_range_is_asked_again_with_the_range(make: MakeSession, typed: str) -> None:
    session, ui = make(typed, "2")
    assert questions.number(session, "ask.walk_step", default=3, low=1, high=8, whole=True) == 2
    assert ui.shown[1] == "Escribe un número de 1 a 8 sin decimales."


def test_a_number_that_may_have_decimals_is_not_told_to_have_none(make: MakeSession) -> None:
    session, ui = make("300", "0,25")
    assert questions.number(session, "ask.plan_number", default=1, low=0.1, high=256, name="network_alpha") == 0.25
    assert ui.shown[1] == "Escribe un número de 0,1 a 256."


def test_what_a_check_refuses_without_a_suggestion_leaves_the_default(make: MakeSession) -> None:
    session, ui = make("a,b", "")
    assert questions.text(session, "ask.trigger", default="ohwx", check=check_word) == "ohwx"
    assert ui.shown[-1] == "Palabra de activación [ohwx]:"


def test_each_question_about_a_path_remembers_its_own_answer(make: MakeSession, tmp_path: Path) -> None:
    for name in ("mj", "fotos"):
        (tmp_path / name).mkdir()
    session, ui = make(str(tmp_path / "mj"), str(tmp_path / "fotos"), "", "")
    for _ in range(2):
        assert questions.path(session, "ask.mj_path") == tmp_path / "mj"
        assert questions.optional_path(session, "ask.real_path") == tmp_path / "fotos"
    assert ui.shown[-2].endswith("mj]:") and ui.shown[-1].endswith("fotos]:")  # long paths are shortened in the middle


def test_a_path_that_was_refused_is_not_offered_again(make: MakeSession, tmp_path: Path) -> None:
    session, _ = make(str(tmp_path / "no"), "0")
    with pytest.raises(questions.Leave):
        questions.path(session, "ask.mj_path")
    assert session.last_paths == {}


def test_a_file_to_write_need_not_be_there(make: MakeSession, tmp_path: Path) -> None:
    session, _ = make(str(tmp_path / "nuevo.zip"), "")
    assert questions.path(session, "ask.export_file", default="ana.zip", must_exist=False) == tmp_path / "nuevo.zip"
    session, _ = make("")
    assert questions.path(session, "ask.export_file", default="ana.zip", must_exist=False) == Path("ana.zip")


# --- long tables -----------------------------------------------------------------------------------------------------


def long_result(rows: int) -> Result[Any]:
    table = Table(("col.file", "col.prompt"), [(f"{n}.png", "x") for n in range(rows)], Text("prompt.groups_title"))
    return Result(
        None,
        [Text("prompt.sheet", {"path": "first"}), table, Text("prompt.sheet", {"path": "last"})],
        [Text("captions.no_changes")],
    )


def files_of(ui: ScriptedUi) -> list[int]:
    return [int(line.partition(".png")[0]) for line in ui.shown if ".png" in line]


@pytest.mark.parametrize(
    ("rows", "answers", "shown"),
    [
        (0, (), 0), (PAGE_SIZE, (), PAGE_SIZE), (PAGE_SIZE + 1, ("",), PAGE_SIZE + 1), (PAGE_SIZE + 1, ("n",), PAGE_SIZE),
        (2 * PAGE_SIZE, ("s",), 2 * PAGE_SIZE), (8000, ("", "", "no"), 3 * PAGE_SIZE),
    ],
)  # fmt: skip
def test_a_long_table_is_shown_a_page_at_a_time_as_long_as_more_is_asked_for(
    make: MakeSession, monkeypatch: pytest.MonkeyPatch, rows: int, answers: tuple[str, ...], shown: int
) -> None:
    session, ui = make(*answers)
    drawn: list[object] = []
    usual = ui.show
    monkeypatch.setattr(ui, "show", lambda block, language: drawn.append(block) or usual(block, language))  # type: ignore[func-returns-value]
    result = long_result(rows)
    questions.show_by_page(session, result)
    assert files_of(ui) == list(range(shown))
    assert not ui.answers
    titles = [block.title for block in drawn if isinstance(block, Table)]
    assert titles[0] is not None and not any(titles[1:])  # it is that of the whole
    assert ui.text.index("first") < ui.text.index("last") < ui.text.index(session.text("captions.no_changes"))
    assert ui.text.count("first") == ui.text.count("last") == 1


def test_who_leaves_in_the_middle_of_a_table_leaves(make: MakeSession) -> None:
    session, ui = make("", "0")
    with pytest.raises(Leave):
        questions.show_by_page(session, long_result(8000))
    assert files_of(ui) == list(range(2 * PAGE_SIZE))
    assert session.text("ask.more_rows", shown=2 * PAGE_SIZE, total=8000) in ui.text


# --- one after another, and names ------------------------------------------------------------------------------------


def ask_two(session: Session) -> questions.Given:
    return questions.in_order(
        name=lambda given: questions.text(session, "ask.client_id", default=given.get("name", "")),
        also=lambda given: (
            questions.SKIPPED if given["name"] == "nadie" else questions.text(session, "ask.trigger", default="ohwx")
        ),
        consent=lambda _: questions.text(session, "ask.consent", default="-"),
    )


@pytest.mark.parametrize(
    ("answers", "given"),
    [
        (("ana", "", ""), {"name": "ana", "also": "ohwx", "consent": "-"}),
        (("ana", "<", "eva", "", ""), {"name": "eva", "also": "ohwx", "consent": "-"}),
        (("ana", "w", "<", "x", ""), {"name": "ana", "also": "x", "consent": "-"}),  # one question, not the whole row
        (("ana", "w", "<", "<", "", "y", ""), {"name": "ana", "also": "y", "consent": "-"}),  # what was answered is on Enter
        (("nadie", "<", "eva", "", ""), {"name": "eva", "also": "ohwx", "consent": "-"}),  # past the one not asked
        (("ana", "w", "<", "<", "nadie", ""), {"name": "nadie", "consent": "-"}),  # and what it had answered is gone
    ],
)
def test_a_step_back_goes_one_question_back(make: MakeSession, answers: tuple[str, ...], given: dict[str, str]) -> None:
    session, ui = make(*answers)
    assert ask_two(session) == given
    assert not ui.answers


def test_a_step_back_at_the_first_question_is_one_for_who_asked(make: MakeSession) -> None:
    session, _ = make("<")
    with pytest.raises(questions.Back):
        ask_two(session)


def test_zero_is_a_number_where_one_is_asked_and_a_dash_leaves(make: MakeSession) -> None:
    def ask(session: Session) -> float:
        return questions.number(session, "ask.limit_value", default=5, low=0, high=10, name="x")

    session, ui = make("0")
    assert ask(session) == 0 and "- lo deja" in ui.shown[0]
    for typed in ("-", "<"):
        session, _ = make(typed)
        with pytest.raises(questions.Back):
            ask(session)
    session, ui = make("0", "3")
    assert questions.number(session, "ask.plan_number", default=5, low=1, high=10, name="x") == 3
    assert "Escribe un número de 1 a 10." in ui.shown  # a wrong number, not the way out
    session, _ = make("0")
    assert questions.text(session, "ask.plan_text", zero=True, name="noise_offset") == "0"


CARDS = {name: Text("list.item", {"item": label}) for name, label in (
    ("rtx3060_8gb", "NVIDIA RTX 3060 8 GB"), ("rtx3060_12gb", "NVIDIA RTX 3060 12 GB"), ("cpu", "sin tarjeta"),
)}  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [
        (("",), "cpu"), (("2",), "rtx3060_12gb"), (("rtx3060_8gb",), "rtx3060_8gb"), (("NVIDIA RTX 3060 8 GB",), "rtx3060_8gb"),
        (("nvidia rtx 3060 12 gb",), "rtx3060_12gb"), (("12 gb",), "rtx3060_12gb"), (("3060 8gb",), "rtx3060_8gb"),
        (("Sin Tarjéta",), "cpu"), (("3060", "2"), "rtx3060_12gb"), (("8", "1"), "rtx3060_8gb"),
    ],
)  # fmt: skip
def test_a_label_is_shown_and_taken_as_well_as_the_name_behind_it(
    make: MakeSession, answers: tuple[str, ...], chosen: str
) -> None:
    session, ui = make(*answers)
    assert questions.pick(session, "ask.gpu", list(CARDS), default="cpu", labels=CARDS) == chosen
    assert ui.shown[:4] == [
        "  1. NVIDIA RTX 3060 8 GB", "  2. NVIDIA RTX 3060 12 GB", "> 3. sin tarjeta", "Tarjeta gráfica [sin tarjeta]:"
    ]  # fmt: skip
    assert not ui.answers
    assert ("«3060» es parte de 2 nombres" in ui.text) is (answers[0] == "3060")


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [
        (("lucia_g, Begona",), ["lucia_g", "Begoña"]), (("1, bego",), ["lucia_g", "Begoña"]), (("luc", "3"), ["lucas"]),
        (("todas",), ["lucia_g", "Begoña", "lucas"]), (("lucia_g; 2-3",), ["lucia_g", "Begoña", "lucas"]), (("nadie", "-"), []),
    ],
)  # fmt: skip
def test_names_are_taken_where_several_numbers_are(make: MakeSession, answers: tuple[str, ...], chosen: list[str]) -> None:
    session, ui = make(*answers)
    assert questions.numbers(session, "ask.queue_add", ["lucia_g", "Begoña", "lucas"]) == chosen
    assert not ui.answers
    assert ("Puede ser: lucia_g, lucas." in ui.text) is (answers[0] == "luc")


def test_every_card_of_the_program_stands_on_one_page_of_a_small_screen(make: MakeSession) -> None:
    from avatar.terminal import planning

    for language in translate.LANGUAGES:
        session, ui = make("", language=language)
        planning.card(session, "ask.gpu", default="auto", auto=True)
        assert len(ui.shown) < 24 and max(map(len, ui.shown)) <= 80
        assert not any("n siguiente" in line or "n next" in line for line in ui.shown)
        assert not any("_" in line for line in ui.shown)  # labels, no ids


@pytest.mark.parametrize("edits", [True, False])
def test_a_long_text_stands_on_the_line_to_be_changed_where_the_terminal_can(make: MakeSession, edits: bool) -> None:
    session, ui = make("")
    ui.edits = edits
    on_line: list[str] = []
    usual = ui.ask

    def ask(prompt: str, *, path: bool = False, edit: str = "") -> str:
        on_line.append(edit)
        return usual(prompt, path=path)

    ui.ask = ask  # type: ignore[method-assign, assignment]
    assert questions.text(session, "ask.caption_text", default="ohwx woman", edit=True) == "ohwx woman"
    assert (on_line, ui.shown) == (
        (["ohwx woman"], ["Texto nuevo:"]) if edits else ([""], ["Texto nuevo [ohwx woman]:"])
    )  # fmt: skip
