"""Every kind of question as a person meets it: answers from a list, the screen as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import menus
import messages
import questions
from session import Session
from workspace import Workspace, check_client_id, check_word

from .scripted import MakeSession

# Texts around a question, no questions themselves.
TOLD_NOT_ASKED = {
    "ask.plain", "ask.with_default", "ask.needed", "ask.yes_or_no", "ask.numbers", "ask.range", "ask.limits", "ask.number",
    "ask.whole_number", "ask.not_in_list", "ask.page",
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
    assert "Cancelado; lo ya terminado se conserva." in ui.shown


KINDS: dict[str, Callable[[Session], object]] = {
    "text": lambda s: questions.text(s, "ask.client_id"),
    "text with a default": lambda s: questions.text(s, "ask.trigger", default="ohwx"),
    "yes_no": lambda s: questions.yes_no(s, "ask.train_now", default=True),
    "number": lambda s: questions.number(s, "ask.walk_step", default=1, low=1, high=8),
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
        key for key in messages.TEXTS
        if (key.startswith("ask.") or key == "guided.go") and key not in TOLD_NOT_ASKED
        and questions.help_key(key) not in messages.TEXTS
    ]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0,5", 0.5), ("0.5", 0.5), (" 1 000 ", 1000), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1e-4", 0.0001), (".5", 0.5),
     ("", None), ("abc", None), ("1,2,3", None), ("0x10", None), ("nan", None), ("inf", None), ("½", None), ("--1", None)],
)  # fmt: skip
def test_numbers_are_understood_with_comma_and_with_point(typed: str, value: float | None) -> None:
    assert questions.parse_number(typed) == value


@given(st.floats(-1e6, 1e6).map(lambda value: round(value, 4)), st.sampled_from(["es", "en"]))
def test_a_number_shown_is_understood_again(value: float, language: str) -> None:
    shown = messages.number(value, language)
    grouped = {"es": ".", "en": ","}[language]
    assert questions.parse_number(shown.replace(grouped, "")) == pytest.approx(value, abs=1e-9)


def test_a_number_shows_default_range_and_unit_and_keeps_to_them(make: MakeSession) -> None:
    session, ui = make("", "3000", "999,5", "x", "768")

    def ask() -> float:
        return questions.number(
            session, "ask.plan_number", default=1024, low=512, high=1536, unit="unit.px", whole=True, name="resolution"
        )  # fmt: skip

    assert ask() == 1024
    assert ask() == 768
    assert ui.shown[0] == "Valor de resolution (de 512 a 1.536 px) [1.024]:"
    assert ui.shown.count("Escribe un número de 512 a 1.536 sin decimales.") == 3


def test_a_long_list_is_turned_page_by_page_and_searched(make: MakeSession) -> None:
    options = [f"cliente{n:02}" for n in range(1, 41)]
    session, ui = make("n", "n", "n", "p", "17")
    assert questions.pick(session, "ask.client", options, default=options[0]) == "cliente17"
    first_lines = [line for line in ui.shown if line.startswith(("  1. ", "  16. ", "  31. "))]
    assert [line.split(".")[0].strip() for line in first_lines] == ["1", "16", "31", "31", "16"]
    assert max(len(ui.shown[i:j]) for i, j in zip([0], [16], strict=True)) <= 20
    session, ui = make("3", "2")
    assert questions.pick(session, "ask.client", ["ana", "eva", "n"], default="ana") == "n"
    assert not any("página" in line for line in ui.shown)  # a short list has no pages, and n may be a name
    session, ui = make("te4", "cliente0", "9")
    assert questions.pick(session, "ask.client", options, default=options[0]) == "cliente40"


def test_a_wrong_yes_or_no_is_asked_again(make: MakeSession) -> None:
    session, ui = make("quizás", "n")
    assert questions.yes_no(session, "ask.train_now", default=True) is False
    assert "Responde s o n." in ui.shown


def test_options_are_picked_by_number_name_or_part_of_it(make: MakeSession) -> None:
    options = [f"rtx{n}" for n in range(100, 160)]
    session, ui = make("2", "RTX159", "59", "zzz", "15", "1", "")
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx101"
    assert "  1-15 de 60: n página siguiente, p anterior; o escribe parte del nombre" in ui.shown
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx159"
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx158"
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx114"
    assert questions.pick(session, "ask.gpu", options, default="rtx100") == "rtx100"


def test_any_word_is_taken_where_the_list_is_only_a_proposal(make: MakeSession) -> None:
    session, _ = make("niña")
    assert questions.pick(session, "ask.class_word", ("man", "woman"), default="man", free=True) == "niña"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("3,7-9", [3, 7, 8, 9]), ("2 - 3; 1", [1, 2, 3]), ("4 4", [4]), ("0", None), ("9-7", None), ("x", None), ("1,,2", None),
     ("11", None), ("1-99999999999", None)],
)  # fmt: skip
def test_numbers_and_ranges(answer: str, expected: list[int] | None) -> None:
    assert questions.parse_numbers(answer, 10) == expected or (answer == "1,,2" and expected is None)


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


# --- boundaries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [questions.PAGE_SIZE, questions.PAGE_SIZE + 1])
def test_a_list_that_fills_one_page_has_no_second(make: MakeSession, options: int) -> None:
    names = [f"cliente{n:02}" for n in range(1, options + 1)]
    session, ui = make(str(options))
    assert questions.pick(session, "ask.client", names, default=names[0]) == names[-1]
    assert sum(line.lstrip()[:1].isdigit() and "cliente" in line for line in ui.shown) == questions.PAGE_SIZE
    assert any("página" in line for line in ui.shown) is (options > questions.PAGE_SIZE)


def test_the_ends_of_a_long_list_stay_where_they_are(make: MakeSession) -> None:
    names = [f"cliente{n:02}" for n in range(1, 31)]  # two full pages
    session, ui = make("p", "n", "N", "P", "")
    questions.pick(session, "ask.client", names, default=names[0])
    pages = [line.strip().partition(":")[0] for line in ui.shown if "página" in line]
    assert pages == ["1-15 de 30", "1-15 de 30", "16-30 de 30", "16-30 de 30", "1-15 de 30"]


def test_a_name_goes_before_a_part_of_others_and_a_search_narrows_the_numbers_too(make: MakeSession) -> None:
    names = ["ana", "mariana", "eva", "ana_2"]
    session, _ = make("ana")
    assert questions.pick(session, "ask.client", names, default="eva") == "ana"
    session, ui = make("aria")
    assert questions.pick(session, "ask.client", names, default="eva") == "mariana"
    session, ui = make("an", "4", "3")  # ana, mariana, ana_2: the third is ana_2 now, and there is no fourth
    assert questions.pick(session, "ask.client", names, default="eva") == "ana_2"
    assert "Escribe un número de 1 a 3 o parte de un nombre (0 vuelve, ? explica)." in ui.shown


@pytest.mark.parametrize("typed", ["9" * 5000, "00000000001", "99999999"])
def test_a_number_without_end_is_no_line_of_the_list_and_no_bug(make: MakeSession, typed: str) -> None:
    session, ui = make(typed, "2")
    assert questions.pick(session, "ask.client", ["ana", "eva"], default="ana") == "eva"
    assert "Escribe un número de 1 a 2 o parte de un nombre (0 vuelve, ? explica)." in ui.shown


def test_where_a_free_word_is_checked_it_is_asked_again_until_it_suits(make: MakeSession) -> None:
    session, ui = make("una,dos", "12", "\x07", "niña")
    classes = ("man", "woman", "person")
    assert questions.pick(session, "ask.class_word", classes, default="person", free=True, check=check_word) == "niña"
    assert "contiene una coma, una barra o un carácter" in ui.text
    assert not ui.answers


def test_without_a_default_an_empty_answer_to_a_list_is_asked_again(make: MakeSession) -> None:
    session, ui = make("", "1")
    assert questions.pick(session, "ask.client", ["ana"], default="") == "ana"
    assert ui.shown.count("Hace falta una respuesta.") == 1


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234", 1.234), ("1,234", 1.234), ("12.345.678,9", 12345678.9), ("12,345,678.9", 12345678.9), ("-0,5", -0.5),
        ("5.", 5),
        ("1.234.567", None), ("1,2,3.4.5", None),
        ("1e400", float("inf")), ("2E-3", 0.002), ("1_000", 1000), ("+3", None), ("5 %", None),
    ],
)  # fmt: skip
def test_a_lone_sign_is_the_decimal_sign_and_of_two_the_last(typed: str, value: float | None) -> None:
    assert questions.parse_number(typed) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1.000", 1000), ("1,000", 1000), ("10.00", None), ("1.0000", None), ("-5", -5), ("1.000,5", None), ("2e3", None),
     ("1.234.567", 1234567), ("٣", 3), ("", None)],
)  # fmt: skip
def test_where_decimals_make_no_sense_signs_only_group(typed: str, value: float | None) -> None:
    assert questions.parse_number(typed, whole=True) == value


def test_both_ends_of_a_range_are_in_it_and_what_lies_beyond_is_not(make: MakeSession) -> None:
    session, ui = make("0,09", "0,1", "256", "256,1", "1e400", "7", language="es")

    def ask() -> float:
        return questions.number(session, "ask.plan_number", default=1, low=0.1, high=256, name="network_alpha")

    assert [ask(), ask(), ask()] == [0.1, 256, 7]
    assert ui.shown.count("Escribe un número de 0,1 a 256.") == 3


@pytest.mark.parametrize("typed", ["1,5", "5", "2-5", "1;", "-", ""])
def test_of_a_short_list_only_numbers_of_it_are_taken_and_the_example_is_one_that_works(make: MakeSession, typed: str) -> None:
    session, ui = make(typed, "1-4")
    items = ["a", "b", "c", "d"]
    if typed in {"", "-"}:
        assert questions.numbers(session, "ask.queue_add", items) == []
        return
    assert questions.numbers(session, "ask.queue_add", items) == items
    refused = [line for line in ui.shown if line.startswith("Escribe números")]
    assert refused == ["Escribe números de 1 a 4 con comas entre ellos; 1-4 los toma todos."]


@given(st.sets(st.integers(1, 40), min_size=1), st.sampled_from([",", ", ", ";", " "]))
def test_numbers_listed_in_any_order_are_taken_once_each_in_order(numbers: set[int], sign: str) -> None:
    typed = sign.join(str(number) for number in [*sorted(numbers, reverse=True), min(numbers)])
    assert questions.parse_numbers(typed, 40) == sorted(numbers)
    assert questions.parse_numbers(typed, max(numbers)) == sorted(numbers)
    assert questions.parse_numbers(typed, max(numbers) - 1) is None


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from(["-", " - ", "–", " –"]))
def test_a_range_is_every_number_from_its_first_to_its_last(first: int, end: int, sign: str) -> None:
    found = questions.parse_numbers(f"{first}{sign}{end}", 60)
    assert found == (list(range(first, end + 1)) if first <= end else None)


def test_a_path_that_is_offered_can_be_refused_and_is_then_offered_no_more(make: MakeSession, tmp_path: Path) -> None:
    session, ui = make(str(tmp_path), "", "-")
    assert questions.optional_path(session, "ask.mj_path") == tmp_path
    assert questions.optional_path(session, "ask.mj_path") == tmp_path
    assert ui.shown[-1].endswith(f"[{tmp_path}]:")
    assert questions.optional_path(session, "ask.mj_path") is None


def test_paths_of_one_question_are_not_offered_at_another(make: MakeSession, tmp_path: Path) -> None:
    session, ui = make(str(tmp_path), "")
    questions.path(session, "ask.mj_path")
    assert questions.optional_path(session, "ask.real_path") is None
    assert ui.shown[-1].endswith("[-]:")


def test_a_file_to_write_needs_not_exist_and_enter_takes_the_proposed_name(make: MakeSession, tmp_path: Path) -> None:
    session, ui = make("", str(tmp_path / "nuevo" / "ana.zip"))
    assert questions.path(session, "ask.export_file", default="ana.zip", must_exist=False).name == "ana.zip"
    assert ui.shown == ["Archivo zip [ana.zip]:"]
    assert questions.path(session, "ask.export_file", must_exist=False) == tmp_path / "nuevo" / "ana.zip"


def test_a_question_about_a_path_needs_an_answer_where_nothing_was_given_before(make: MakeSession, tmp_path: Path) -> None:
    session, ui = make("", "   ", str(tmp_path))
    assert questions.path(session, "ask.mj_path") == tmp_path
    assert ui.shown.count("Hace falta una respuesta.") == 2


@pytest.mark.parametrize(("default", "shown"), [(True, "[sí]:"), (False, "[no]:")])
def test_the_answer_that_enter_stands_for_is_shown(make: MakeSession, default: bool, shown: str) -> None:
    session, ui = make("")
    assert questions.yes_no(session, "ask.train_now", default=default) is default
    assert ui.shown == [f"¿Entrenar ahora? {shown}"]


def test_what_a_refusal_suggests_stays_proposed_until_another_does(make: MakeSession) -> None:
    session, ui = make("María José", "dos,palabras", "")
    assert questions.text(session, "ask.new_id", check=check_client_id) == "dos_palabras"
    assert [line.rpartition("[")[2] for line in ui.shown if line.endswith("]:")] == ["Maria_Jose]:", "dos_palabras]:"]
