"""Screens hold no words that are code, for somebody who knows no programming: see `tests.newcomer`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from avatar.commands.result import Raw, Result, Table
from avatar.texts import spoken, translate
from avatar.texts.text import Text
from avatar.texts.translate import words
from tests import newcomer
from tests.all_texts import TEXTS


def test_no_text_shows_a_newcomer_a_word_that_is_code() -> None:
    assert newcomer.in_tables() == {}


def test_every_word_that_is_allowed_and_every_exemption_is_needed() -> None:
    assert newcomer.needed() == newcomer.ALLOWED
    assert [key for key in newcomer.EXEMPT if not any(one.startswith(key) for one in TEXTS)] == []


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("quality.blur_threshold: 100 → 80,5", ["quality.blur_threshold"]),
        ("repite con --apply, max_train_steps=30", ["--apply", "max_train_steps=30"]),
        ("El mejor es 20@0.6", ["20@0.6"]),
        ("mj_0123456789abcdef", ["mj_0123456789abcdef"]),
        ("Para verlo: «python avatar_pipeline.py tune ana --take rate_half», en /a/b_c/d_e.png", []),
    ],
)
def test_words_that_are_code_are_found_by_their_shape_outside_commands_and_paths(shown: str, found: list[str]) -> None:
    assert newcomer.shapes(shown) == found


def test_a_result_that_shows_code_is_found_unless_it_is_a_detail() -> None:
    told = Text("list.item", {"item": "max_train_steps: 30"})
    table = Table(("col.what",), [("564@0.8",), (Text("list.item", {"item": "ana_2"}),)])
    shown = newcomer.in_result(Result(None, [told, table, Raw("python x.py --dim_from_weights")], more=[told]))
    assert [word for _, word in shown] == ["max_train_steps", "564@0.8"]


@pytest.mark.parametrize(
    ("name", "of", "told"),
    [
        ("network_dim", spoken.option, "tamaño del LoRA (dim)"),
        ("an_option_of_the_trainer", spoken.option, "an_option_of_the_trainer"),
        ("max_train_steps=1520", spoken.chosen, "pasos: 1.520"),
        ("fp8_base=true", spoken.chosen, "modelo base en 8 bits: sí"),
        ("lr_scheduler=cosine_with_restarts", spoken.chosen, "curva de la tasa: coseno con reinicios"),
        ("final@0.8", spoken.weighted, "modelo final con peso 0,8"),
        ("564@1.0", spoken.weighted_short, "paso 564 · 1,0"),
        ("mean@0.6", spoken.weighted, "media de los últimos con peso 0,6"),
        ("rate_half-400@0.6", spoken.weighted_short, "tasa ÷ 2, paso 400 · 0,6"),
        ("ana_avatar_v1@0.6", spoken.weighted, "ana_avatar_v1 con peso 0,6"),
        ("rate_half, prodigy", spoken.variants, "tasa ÷ 2, Prodigy"),
    ],
)
def test_names_of_files_and_commands_are_told_in_words(name: str, of: Callable[[str], Text], told: str) -> None:
    assert words(of(name), "es") == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("20261127-102602", "27/11/2026 10:26"), ("20261127-102602-2", "27/11/2026 10:26"),
        ("tune-20261127-102602-rate_half", "27/11/2026 10:26 (tasa ÷ 2)"),
        ("tune-20261127-102602-rate_half-2", "27/11/2026 10:26 (tasa ÷ 2)"), ("-", "-"), ("ana_v2", "ana_v2"),
        ("20261399-996099", "20261399-996099"), ("20260231-101010", "20260231-101010"),
    ],
)  # fmt: skip
def test_a_training_is_told_by_when_it_began_and_what_has_no_time_in_its_name_as_it_is(name: str, told: str) -> None:
    assert translate.text("run.dated", "es", run=name) == told


def test_a_number_within_a_command_is_written_as_it_is_typed() -> None:
    values = {"states": "300", "per_epoch": 12, "interval": 1200, "steps": 1520}
    told = translate.text("plan.warning.resume_inexact", "es", client="ana", **values)
    assert "max_train_steps=1520" in told and "save_every_n_steps=1200" in told
