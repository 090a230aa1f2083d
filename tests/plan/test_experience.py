"""What earlier clients have shown is told as a count, from three clients on, and of no other card or size of dataset."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from avatar.plan import experience
from avatar.system.gpu import Card
from avatar.texts import translate
from avatar.texts.text import Text
from tests.results.made import PLAN

CARD = Card(0, "NVIDIA GeForce RTX 3060", 12.0, 11.0, (8, 6))


def client_rows(
    number: int, shown: Mapping[Any, bool], *, name: str = "network_dim", pictures: int = 30, card: str = CARD.name,
    trial: int = 1,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the lines of a client that compared values of one setting. shown: {value: best or tied}."""
    trainings = [
        {"kind": "training", "id": f"{number:04x}{trial:04x}{place:08x}", "client": f"{number:016x}", "card": card,
         "mj": pictures - 8, "real": 8}
        for place in range(len(shown))
    ]  # fmt: skip
    compared = [
        {
            "training": training["id"],
            "best_or_tied": best,
            "values": {name: value} if value is not None else {"resolution": 768},
        }
        for training, (value, best) in zip(trainings, shown.items(), strict=True)
    ]
    row = {"kind": "trial", "id": f"{number:08x}{trial:08x}", "client": f"{number:016x}", "compared": compared}
    return [*trainings, row]


def cited(rows: list[dict[str, Any]], *, card: Card | None = CARD, pictures: int = 30) -> Text | None:
    return experience.cite(rows, card, pictures, PLAN)


def of(*shown: Mapping[Any, bool], **more: Any) -> list[dict[str, Any]]:
    return [row for number, one in enumerate(shown, 1) for row in client_rows(number, one, **more)]


def test_three_of_four_clients_are_told_in_one_sentence() -> None:
    rows = of({32: True, 96: False}, {32: True, 96: True}, {32: False, 96: True}, {32: True, 96: False})
    rows[0]["mj"] += 2
    told = cited(rows)

    assert told is not None and told.key == "plan.experience"
    assert translate.words(told, "en") == (
        "On this card, with 30 to 32 pictures, rank 32 was the best or tied with it for 3 of 4 earlier clients that compared "
        "it (a count, not a proof)."
    )
    assert translate.words(told, "es").startswith(
        "Con esta tarjeta y de 30 a 32 imágenes, el rango 32 fue lo mejor o empató en 3"
    )


def test_two_clients_tell_nothing_however_many_trials_they_had() -> None:
    rows = of({32: True, 96: False}, {32: True, 96: False})
    rows += [row for trial in range(2, 6) for row in client_rows(1, {32: True, 96: False}, trial=trial)]
    assert cited(rows) is None


def test_of_a_client_with_several_trials_the_last_one_counts() -> None:
    rows = of({32: True, 96: False}, {32: True, 96: False}, {32: True, 96: False})
    rows += [row for number in (1, 2) for row in client_rows(number, {32: False, 96: True}, trial=2)]
    told = cited(rows)
    assert told is not None and (told.values["n"], told.values["of"], str(told.values["what"])) != (3, 3, "rank 32")
    assert "96" in translate.words(told, "en") and told.values["n"] == 2


@pytest.mark.parametrize(
    ("rows", "card", "pictures"),
    [
        (of(*[{32: True, 96: False}] * 4, card="NVIDIA GeForce RTX 4060"), CARD, 30),
        (of(*[{32: True, 96: False}] * 4), None, 30),
        (of(*[{32: True, 96: False}] * 4), CARD, 60),
        (of(*[{32: True, 96: False}] * 4), CARD, 0),
        (of(*[{32: True}] * 4), CARD, 30),  # compared with nothing
        (of({32: True, 96: False}, {32: False, 96: False}, {32: False, 96: False}), CARD, 30),  # mostly not
        ([], CARD, 30),
    ],
)
def test_another_card_another_size_and_what_was_not_compared_tell_nothing(
    rows: list[dict[str, Any]], card: Card | None, pictures: int
) -> None:
    assert cited(rows, card=card, pictures=pictures) is None


def test_a_setting_that_most_plans_do_not_have_counts_as_nothing_of_it() -> None:
    rows = of(*[{0.1: True, None: False}] * 3, name="caption_dropout_rate")
    told = cited(rows)
    assert told is not None and "leaving the caption out at times (0.1)" in translate.words(told, "en")


@pytest.mark.parametrize(("value", "words"), [(True, "training the U-Net alone"), (False, "training the text encoders too")])
def test_switches_are_told_in_words(value: bool, words: str) -> None:
    told = cited(of(*[{value: True, not value: False}] * 3, name="network_train_unet_only"))
    assert told is not None and words in translate.words(told, "en")


def test_of_values_with_the_same_count_the_plans_own_is_told() -> None:
    rows = of(*[{PLAN.learning_rate: True, 5e-5: True, 2e-4: False}] * 3, name="learning_rate")
    told = cited(rows)
    assert told is not None and told.values["what"] == Text(
        "plan.experience.learning_rate", {"value": Text("number.plain", {"value": PLAN.learning_rate})}
    )
    other = experience.cite(rows, CARD, 30, dataclasses.replace(PLAN, learning_rate=5e-5))
    assert other is not None and other.values["what"] != told.values["what"]


def test_lines_of_trainings_that_were_cleared_count_no_more() -> None:
    rows = of(*[{32: True, 96: False}] * 3)
    assert cited(rows) is not None and cited([row for row in rows if row["kind"] == "trial"]) is None
