"""The judge of captions: what makes one good, acceptable or bad."""

import pytest

from benchmarks import captions
from benchmarks.captions import Case

NEVER_ANYWHERE = ["blonde", "8k"]


@pytest.fixture
def case() -> Case:
    return {
        "id": "T1",
        "lang": "en",
        "form": ["prose"],
        "class": "woman",
        "prompt": "photo of a blonde woman in a red scarf, harbour, soft light, no hat",
        "must": [
            {"kind": "style", "any": ["photo", "photograph"]},
            {"kind": "clothing", "any": ["red scarf"]},
            {"kind": "place", "any": ["harbor"]},
            {"kind": "light", "any": ["soft light"]},
        ],
        "never": ["hat", "~someone"],
        "may": ["smile"],
    }


@pytest.mark.parametrize(
    "caption, grade",
    [
        ("ohwx woman, photo, red scarf, harbour, soft lights", "good"),
        ("ohwx woman, photo, red scarf, harbour, soft light, a bicycle", "good"),  # one stray phrase is forgiven
        ("ohwx woman, photo, red scarf, harbour, soft light, bicycle, table", "acceptable"),
        ("ohwx woman, photo, red scarf, harbour", "acceptable"),
        ("ohwx woman, photo, red scarf of, harbour, soft light", "acceptable"),
        ("ohwx woman, red, scarf, harbour", "bad"),
        ("ohwx woman, photo, red scarf, harbour, soft light, hat", "bad"),
        ("ohwx woman, photo, red scarf, harbour, soft light, blonde", "bad"),
        ("ohwx man, photo, red scarf, harbour, soft light", "bad"),
        ("ohwx woman, cinematic photo light, red scarf, harbour, soft light", "acceptable"),  # light is no medium
    ],
)
def test_a_caption_gets_the_grade_an_expert_would_give(case: Case, caption: str, grade: str) -> None:
    assert captions.judged(case, caption, NEVER_ANYWHERE).verdict == grade


def test_identity_in_a_caption_is_counted_as_a_leak_and_a_denied_thing_is_not(case: Case) -> None:
    found = captions.judged(case, "ohwx woman, blonde, hat", NEVER_ANYWHERE)

    assert found.leaks == ("blonde",)
    assert found.wrong == ("hat", "blonde")


def test_a_piece_of_a_sentence_is_broken_and_not_stray_too(case: Case) -> None:
    found = captions.judged(case, "ohwx woman, photo, red scarf, looking at someone, leaning on", NEVER_ANYWHERE)

    assert set(found.broken) == {"looking at someone", "leaning on", "someone"}
    assert found.stray == ()


def test_the_totals_say_nothing_of_the_prompts(case: Case) -> None:
    verdict = captions.judged(case, "ohwx woman, photo, red scarf, harbour, bicycle, table", NEVER_ANYWHERE)

    told = "\n".join(captions.totals([verdict], {case["id"]: case}))

    assert "style 1/1, clothing 1/1, place 1/1, light 0/1; all 3/4" in told
    assert "en       0 good   1 acceptable   0 bad of 1" in told
    assert "stray phrases 2" in told
    assert "scarf" not in told


def test_prompts_for_the_clock_are_all_different() -> None:
    made = captions.mixed([f"a, b{number}, c. d{number}" for number in range(40)], 1000)

    assert len(set(made)) == len(made) == 1000
