"""The commands that texts name: each can be typed as it stands, and is written as the program is started here."""

from __future__ import annotations

import re

import pytest

from avatar.commands.all_commands import COMMANDS
from avatar.terminal.parser import build_parser
from avatar.texts import translate
from avatar.texts.text import Text
from tests import told_commands
from tests.all_texts import TEXTS

NAMED = told_commands.in_texts()
PARSER = build_parser("en")


def test_many_texts_name_commands() -> None:
    assert len(NAMED) >= 60


@pytest.mark.parametrize(("key", "command"), NAMED)
def test_a_command_that_a_text_names_can_be_typed_as_it_stands(key: str, command: str) -> None:
    parsed = PARSER.parse_args(told_commands.as_typed(command))
    assert parsed.command is not None


def test_no_text_names_a_command_in_another_way() -> None:
    names = "|".join(sorted({command.name.partition(" ")[0] for command in COMMANDS}))
    bare = re.compile(rf"\b(?<!pip )(?:{names}) (?:ID\b|--[a-z]|(?:add|run|list)\b)|\bconfigure \{{client|avatar_pipeline\.py")
    shown = {
        (key, found[0])
        for key, entry in TEXTS.items() if not key.startswith(("help.", "usage."))
        for text in entry.values() for found in bare.finditer(translate.COMMAND.sub("", text))
    }  # fmt: skip
    assert shown == set()


def test_a_command_is_written_as_the_program_is_started_here() -> None:
    values = {"client": "ana", "run": "1"}
    assert "'python avatar_pipeline.py monitor ana'" in translate.text("train.no_such_run", "en", **values)
    assert "«python avatar_pipeline.py setup --trainer»" in translate.text("demo.no_trainer", "es")
    translate.start_commands_with('./avatar.sh --clients-dir "/tmp/{x}"')
    assert "'./avatar.sh --clients-dir \"/tmp/{x}\" monitor ana'" in translate.text("train.no_such_run", "en", **values)


def test_a_command_names_the_client_that_the_text_is_about() -> None:
    known = translate.text("train.no_state", "en", client="ana")
    assert "configure ana --set" in known
    assert "ID" not in known
    assert "configure ID --set" in translate.text("train.no_state", "en", client="ana, eva")
    assert translate.with_commands("[[import-mj ID FOLDER]]", "en", of_client=True).endswith("import-mj {client} FOLDER'")


def test_within_what_is_about_a_client_the_commands_of_every_text_name_it_but_a_text_about_another() -> None:
    outer = Text("menu.line", {"n": 1, "label": Text("effect.offload")})
    with translate.about("ana"):
        assert "configure ana --set" in translate.words(outer, "es")
        assert "configure eva --set" in translate.words(Text("train.no_state", {"client": "eva"}), "es")
        with translate.about("eva, ines"):  # not one client: it stays as it is
            assert "configure ana --set" in translate.text("effect.offload", "en")
    assert "configure ID --set" in translate.words(outer, "es")


def test_the_doctor_is_told_with_the_client_that_a_text_is_about_and_without_one_where_there_is_none() -> None:
    with translate.about("ana"):
        assert " doctor ana'" in translate.text("doctor.nothing_to_fix", "en", name="images")
    assert " doctor'" in translate.text("doctor.nothing_to_fix", "en", name="images")


def test_no_text_sends_to_a_file_of_settings_for_what_the_command_does() -> None:
    """config.json is named where it is damaged, and where the details name its keys; the plan's values have a command too."""
    file = re.compile(r"\b(?:config|client)\.json")
    named = {key for key, entry in TEXTS.items() if any(map(file.search, entry.values()))}
    assert named == {
        "settings.names", "doctor.remedy.config_file", "restore.no_client",
    }  # fmt: skip
    bare = {key for key, entry in TEXTS.items() if any("--set " in translate.COMMAND.sub("", text) for text in entry.values())}
    assert {key for key in bare if not key.startswith(("help.", "usage."))} == set()


def test_a_command_for_one_client_names_it_after_its_option_too() -> None:
    assert "learn_background no --client ana'" in translate.text("preflight.no_masks", "en", client="ana")
    assert "--client ID'" in translate.text("preflight.no_masks", "en")


def test_both_languages_name_the_same_commands() -> None:
    placeholders = re.compile(
        r"\b(?:OPCI\u00d3N|OPTION|CLAVE=VALOR|KEY=VALUE|CLAVE|KEY|VALOR|VALUE|PASO|STEP|ARCHIVO|FILE|CARPETA|FOLDER|RUTA|PATH"
        r"|NOMBRE|NAME|MODELO|MODEL|DIRECCI\u00d3N|ADDRESS|TEXTO|TEXT|informe|report)\b"
    )
    differ = [
        key for key, entry in TEXTS.items()
        if len({tuple(placeholders.sub("X", c) for c in translate.COMMAND.findall(text)) for text in entry.values()}) != 1
    ]  # fmt: skip
    assert differ == []
