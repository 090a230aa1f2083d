"""A command stands in one place: the command line, its help, the menus and JSON are made from it."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

import config
import utils
from avatar.commands.all_commands import COMMANDS
from avatar.commands.command import CLIENT, Argument, Command, MenuLine, UsageError, positive
from avatar.commands.result import Result
from avatar.commands.session import Session
from avatar.system import program
from avatar.terminal import command_line, menus
from avatar.terminal.parser import build_parser, usage_text
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.workspace.client import Client
from tests.all_texts import TEXTS
from tests.scripted import MakeSession


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "CONFIG_FILE", tmp_path / "config.json")
    monkeypatch.setattr(utils.PipelineLogger, "start", staticmethod(lambda folder, level, client_id: folder / "x.log"))


def wave(session: Session, client_id: str | None, *, times: int, to: str, loud: bool) -> Result[dict[str, Any]]:
    """A toy: what a new command needs is this function and the data below."""
    client = session.need_client(client_id)
    value = {"waved": [to] * times, "loud": loud}
    return Result(value, [Text("list.item", {"item": f"{client.client_id} -> {to} x{times}"})], client=client.client_id)


TOY = Command(
    name="wave", run=wave, help="help.status", menu=(MenuLine("client", "menu.bye", {"times": 3}),),
    arguments=(
        CLIENT, Argument(name="to", metavar="WHOM"), Argument(name="--times", metavar="N", kind=positive, default=1),
        Argument(name="--loud", flag=True),
    ),
)  # fmt: skip
WITH_TOY = (*COMMANDS, TOY)


def test_a_command_added_in_one_place_is_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, expected in ((["--help"], "wave"), (["wave", "--help"], "[--times N]")):
        with pytest.raises(SystemExit) as left:
            command_line.main(["--lang", "en", *arguments], WITH_TOY)
        assert left.value.code == 0
        assert expected in capsys.readouterr().out


def test_it_answers_in_json(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(client.folder.parent)
    assert command_line.main(["--clients-dir", folder, "--json", "wave", "ana", "Bea ñ", "--times", "2"], WITH_TOY) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["command"], answer["client"]) == ("wave", "ana")
    assert answer["result"] == {"waved": ["Bea ñ", "Bea ñ"], "loud": False}


def test_it_is_a_line_of_its_menu_and_asks_for_what_it_needs(make: MakeSession, client: Client) -> None:
    last = len(menus.choices_of("client")) + 1
    session, ui = make(str(last), "Bea", "0")
    session.client = client
    menus.open_menu("client", session, WITH_TOY)
    assert f"  {last}. Hasta pronto." in ui.shown
    assert "ana -> Bea x3" in ui.text
    assert not ui.answers


def test_without_it_nobody_knows_it() -> None:
    with pytest.raises(UsageError):
        build_parser("en").parse_args(["wave", "ana", "Bea"])
    assert TOY.menu[0].label not in {choice.label for choice in menus.choices_of("client")}


# --- what is wrong, in words of ours ---------------------------------------------------------------------------------

WRONG = {
    "usage.missing": ["wave"],
    "usage.unknown": ["wave", "ana", "Bea", "--bogus"],
    "usage.choice": ["language", "fr"],
    "usage.no_value": ["wave", "ana", "Bea", "--times"],
    "usage.no_values": ["review", "ana", "--approve"],
    "usage.too_few": ["captions", "ana", "--replace", "a"],
    "usage.takes_none": ["wave", "ana", "Bea", "--loud=3"],
    "usage.not_together": ["captions", "ana", "--add", "a", "--remove", "b"],
    "usage.bad_value": ["wave", "ana", "Bea", "--times", "0"],
}


@pytest.mark.parametrize("key", WRONG)
def test_what_argparse_complains_of_is_told_in_our_words_with_how_the_command_is_written(key: str) -> None:
    with pytest.raises(UsageError) as caught:
        build_parser("es", WITH_TOY).parse_args(WRONG[key])
    assert caught.value.key == key
    told = translate.words(caught.value.text, "es")
    assert "{" not in told and "expected" not in told and "argument " not in told
    assert caught.value.usage.startswith(f"uso: {program.start_line()}")


def test_a_complaint_that_nobody_foresaw_is_told_as_it_is() -> None:
    assert usage_text("something new") == Text("usage.other", {"detail": "something new"})


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_and_argument_has_its_text_and_a_function_that_takes_it(command: Command) -> None:
    keys = [command.help_key, *(argument.help for argument in command.arguments if argument.help)]
    assert [key for key in keys if key not in TEXTS] == []
    signature = inspect.signature(command.run)
    signature.bind(object(), **{argument.keyword: argument.default for argument in command.arguments})


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_parser_of_what_is_typed_knows_that_command_as_one_of_all_commands_does(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    argv, told = ["--plain", *command.name.split(), "-h"], []
    for parser in (build_parser("es"), build_parser("es", argv=argv)):
        with pytest.raises(SystemExit):
            parser.parse_args(argv)
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] and "--clients-dir" in told[0]


# --- a choice by its label -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("rtx3060_8gb", "rtx3060_8gb"), ("RTX 3060 12 GB", "rtx3060_12gb"), ("3060 8", "rtx3060_8gb"),
     ("4060ti", "rtx4060ti_16gb"),
     ("24 GB o más", "gpu_24gb"), ("24 gb or more", "gpu_24gb"), ("3050", "rtx3050_8gb"), ("auto", "auto")],
)  # fmt: skip
def test_a_card_is_named_on_the_command_line_as_in_the_menu(typed: str, meant: str) -> None:
    parsed = build_parser("es").parse_args(["configure", "ana", "--gpu", typed, "--preset", "Equilibrado"])
    assert (parsed.gpu, parsed.preset) == (meant, "balanced")


def test_a_part_that_fits_several_cards_is_answered_with_each_of_them_and_what_to_write() -> None:
    with pytest.raises(UsageError) as caught:
        build_parser("es").parse_args(["configure", "ana", "--gpu", "3060"])
    told = translate.words(caught.value.text, "es")
    assert "«3060» puede ser cualquiera de estos" in told
    assert told.splitlines()[1:] == ["- NVIDIA RTX 3060 8 GB: rtx3060_8gb", "- NVIDIA RTX 3060 12 GB: rtx3060_12gb"]
    assert caught.value.usage.startswith("uso: ")


def test_no_label_is_put_into_words_before_somebody_gives_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    words, told = translate.words, list[Text]()

    def noted(text: Text, language: str) -> str:
        told.append(text)
        return words(text, language)

    monkeypatch.setattr(translate, "words", noted)
    parser = build_parser("es")
    assert not told
    assert parser.parse_args(["configure", "ana", "--gpu", "4060ti"]).gpu == "rtx4060ti_16gb" and told


def test_what_is_no_card_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(UsageError) as caught:
        build_parser("es").parse_args(["bundle", "ana", "a.zip", "--gpu", "voodoo"])
    assert caught.value.key == "usage.choice" and "rtx3060_8gb" in str(caught.value.values["choices"])
