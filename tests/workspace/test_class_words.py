"""The class word is English, whatever language it was typed in."""

from __future__ import annotations

import json

import pytest

from avatar.texts import translate
from avatar.texts.text import PipelineError
from avatar.workspace import class_words
from avatar.workspace.client import Client, check_class
from avatar.workspace.workspace import Workspace


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("mujer", "woman"), ("Hombre", "man"), ("chica", "girl"), ("persona", "person"), ("niño", "boy"), ("niña", "girl"),
     ("señora", "woman"), ("SEÑORA", "woman"), ("nin\u0303a", "girl"), ("femme", "woman"), ("mężczyzna", "man"),
     ("mujer mayor", "woman"), ("la señora", "woman"), ("woman", "woman"), ("old man", "old man"), ("chef", "chef"),
     ("elf ranger", "elf ranger")],
)  # fmt: skip
def test_words_of_other_languages_become_english_ones(typed: str, kept: str) -> None:
    assert check_class(typed) == kept


@pytest.mark.parametrize("word", ["médica", "бабушка", "müller"])
def test_a_word_that_cannot_be_english_is_refused_with_what_to_type_instead(workspace: Workspace, word: str) -> None:
    with pytest.raises(PipelineError) as caught:
        workspace.create("ana", class_word=word)
    assert caught.value.key == "client.class_not_english"
    for language, told in (("es", "escribe una en inglés"), ("en", "type an English one")):
        said = translate.words(caught.value.text, language)
        assert word in said and f"{told}: man, woman, person" in said
    assert workspace.client_ids() == []


def test_a_class_typed_into_the_file_by_hand_counts_in_english(client: Client) -> None:
    info = json.loads(client.info_file.read_text(encoding="utf-8"))
    client.info_file.write_text(json.dumps({**info, "class_word": "Mujer"}), encoding="utf-8")
    assert client.info().class_word == "woman"


def test_the_words_that_are_offered_are_english_and_stay() -> None:
    assert [class_words.english(word) for word in class_words.OFFERED] == list(class_words.OFFERED)
    assert {class_words.english(word) for word in ("mujer", "hombre", "persona")} == set(class_words.OFFERED)
