"""The order of candidates: which differences are real, who is excluded, what decides among those that are alike."""

from __future__ import annotations

import numpy as np
import pytest

from avatar.results import figures, ranking
from avatar.results.ranking import Ranking
from avatar.results.scores import Scores
from config import ResultsConfig
from tests.results.made_scores import scores

LIMITS = ResultsConfig()
RNG = np.random.default_rng


def noisy(mean: float, n: int, seed: int, spread: float = 0.05) -> list[float | None]:
    return [float(value) for value in mean + spread * RNG(seed).standard_normal(n)]


def exact(mean: float, n: int = 24) -> list[float | None]:
    """Return n values with exactly this mean."""
    values = RNG(1).standard_normal(n) * 0.01
    return [float(value) for value in mean + values - values.mean()]


def ranked(found: Scores) -> Ranking:
    return ranking.rank(found, LIMITS)


def keys(found: Ranking, candidate: str) -> list[str]:
    return [text.key for one in found.candidates if one.candidate == candidate for text in one.reasons]


def order(found: Ranking) -> list[str]:
    return [one.candidate for one in found.candidates if one.rank is not None]


def test_the_one_that_is_more_like_stands_alone_and_its_lead_is_told() -> None:
    found = ranked(scores({"500@0.8": noisy(0.5, 24, 1), "1000@0.8": noisy(0.7, 24, 2)}))
    assert order(found) == ["1000@0.8", "500@0.8"]
    assert (found.tied, keys(found, "1000@0.8"), keys(found, "500@0.8")) == ((), ["rank.alone"], ["rank.behind"])
    assert found.critical_difference is not None and 0.02 < found.critical_difference < 0.1
    assert (found.compared, [one.n for one in found.candidates]) == (24, [24, 24])
    assert [note.key for note in found.notes] == ["rank.critical"]


def around(mean: float, seed: int, n: int = 24) -> list[float | None]:
    """Return noisy values with exactly this mean."""
    values = 0.05 * RNG(seed).standard_normal(n)
    return [float(value) for value in mean + values - values.mean()]


def test_a_tie_is_no_reason_to_take_the_less_like_one_for_its_weight_or_its_steps() -> None:
    """A quarter of the critical difference is: so near, a lower weight is freer at no loss that anybody could see."""
    means = {"1000@1.0": around(0.62, 1), "1000@0.8": around(0.617, 2), "500@0.6": around(0.6, 3)}
    found = ranked(scores(means))
    assert len(found.tied) == 3 and found.critical_difference is not None and 0.012 < found.critical_difference < 0.08
    assert (order(found), keys(found, "1000@0.8")) == (["1000@0.8", "1000@1.0", "500@0.6"], ["rank.first_by_weight"])
    found = ranked(scores({name: means[name] for name in ("500@0.6", "1000@1.0")}))
    assert (order(found), keys(found, "1000@1.0")) == (["1000@1.0", "500@0.6"], ["rank.first_by_likeness"])
    copies = ranked(scores({name: means[name] for name in ("500@0.6", "1000@1.0")}, risk={"1000@1.0": 0.03, "500@0.6": 0.0}))
    assert (order(copies), keys(copies, "500@0.6")) == (["500@0.6", "1000@1.0"], ["rank.first_by_risk"])


def test_among_those_that_are_alike_copy_risk_then_weight_then_steps_decide() -> None:
    same = {name: around(0.6, seed) for seed, name in enumerate(("1000@0.8", "500@0.8", "500@1.0", "1000@0.6"))}
    found = ranked(scores(same))
    assert {one.candidate for one in found.tied} == set(same)
    assert order(found) == ["1000@0.6", "500@0.8", "1000@0.8", "500@1.0"]
    assert keys(found, "1000@0.6") == ["rank.first_by_weight"] and keys(found, "500@1.0") == ["rank.tied"]
    with_risk = ranked(scores(same, risk={"1000@0.8": 0.001, "500@0.8": 0.03, "500@1.0": -0.02, "1000@0.6": 0.004}))
    assert order(with_risk) == ["500@1.0", "1000@0.6", "1000@0.8", "500@0.8"]
    assert keys(with_risk, "500@1.0") == ["rank.first_by_risk"]
    by_steps = ranked(scores({name: same[name] for name in ("1000@0.8", "500@0.8")}))
    assert (order(by_steps)[0], keys(by_steps, "500@0.8")) == ("500@0.8", ["rank.first_by_steps"])


def test_a_copy_risk_that_differs_by_chance_alone_decides_nothing() -> None:
    alike = {"500@0.6": around(0.6, 1), "500@1.0": around(0.6, 2)}
    rng = RNG(4)
    loud = {"500@0.6": list(0.03 + 0.1 * rng.standard_normal(24)), "500@1.0": list(0.01 + 0.1 * rng.standard_normal(24))}
    found = ranked(scores(alike, margins=loud))
    assert (order(found), keys(found, "500@0.6")) == (["500@0.6", "500@1.0"], ["rank.first_by_weight"])
    sure = {"500@0.6": [0.045] * 24, "500@1.0": [0.01] * 24}
    found = ranked(scores(alike, margins=sure))
    assert (order(found), keys(found, "500@1.0")) == (["500@1.0", "500@0.6"], ["rank.first_by_risk"])


def test_likeness_counts_no_higher_than_that_of_a_photo_of_the_person() -> None:
    """Else the last checkpoint at full weight would win, at the cost of stiffness."""
    found = ranked(scores({"1000@1.0": exact(0.85), "500@0.6": exact(0.75)}, low=0.7))
    assert order(found) == ["500@0.6", "1000@1.0"]
    assert keys(found, "1000@1.0") == ["rank.tied", "rank.capped"]
    assert [one.likeness for one in found.candidates] == [pytest.approx(0.75), pytest.approx(0.85)]  # as measured
    assert order(ranked(scores({"1000@1.0": exact(0.85), "500@0.6": exact(0.75)}, low=None))) == ["1000@1.0", "500@0.6"]


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"risk": {"900@1.0": 0.2}}, "rank.copies"),
        ({"flexibility": {"900@1.0": 0.2, "500@0.8": 0.9}}, "rank.stiff"),
    ],
)
def test_what_copies_or_ignores_the_prompt_is_shown_but_has_no_place(more: dict[str, dict[str, float]], key: str) -> None:
    found = ranked(scores({"900@1.0": noisy(0.8, 24, 1), "500@0.8": noisy(0.5, 24, 2)}, **more))  # type: ignore[arg-type]
    assert [(one.candidate, one.rank, one.eligible) for one in found.candidates] == [
        ("500@0.8", 1, True), ("900@1.0", None, False),
    ]  # fmt: skip
    assert keys(found, "900@1.0") == [key] and keys(found, "500@0.8") == ["rank.only"]


def test_too_few_pictures_with_exactly_one_face_exclude_a_candidate_at_any_likeness() -> None:
    holes = [None if column % 4 == 0 else value for column, value in enumerate(noisy(0.8, 24, 1))]
    found = ranked(scores({"900@1.0": holes, "500@0.8": noisy(0.5, 24, 2)}))
    assert keys(found, "900@1.0") == ["rank.few_faces"]
    assert [one.faces for one in found.candidates] == [1.0, 0.75]


def test_a_picture_that_one_candidate_lacks_is_compared_for_none() -> None:
    short = noisy(0.8, 24, 1)
    short[3] = None
    found = ranked(scores({"900@1.0": short, "500@0.8": noisy(0.5, 24, 2)}))
    assert (found.compared, [one.n for one in found.candidates]) == (23, [23, 23])


def test_without_any_face_nothing_is_ranked_and_it_is_said() -> None:
    found = ranked(scores({"900@1.0": [None] * 6, "500@0.8": [None] * 6}))
    assert [one.rank for one in found.candidates] == [None, None]
    assert (found.best, found.critical_difference) == (None, None)
    assert [note.key for note in found.notes] == ["rank.nothing"]
    assert keys(found, "900@1.0") == ["rank.no_face"]
    assert ranked(scores({})).candidates == ()


def test_with_too_few_common_pictures_nobody_is_called_better() -> None:
    found = ranked(scores({"900@1.0": noisy(0.9, 3, 1), "500@0.8": noisy(0.1, 3, 2)}))
    assert (found.critical_difference, len(found.tied)) == (None, 2)
    assert [note.key for note in found.notes] == ["rank.too_few"]


def test_finalists_come_before_all_that_were_not_drawn_again() -> None:
    first = {"900@1.0": exact(0.5, 6), "500@0.8": exact(0.8, 6), "700@0.8": exact(0.6, 6)}
    found = ranked(scores(first, rounds={"900@1.0": 2, "700@0.8": 2}))
    assert order(found) == ["700@0.8", "900@1.0", "500@0.8"]
    assert keys(found, "500@0.8") == ["rank.not_final"]


def test_the_critical_difference_is_that_of_the_noise_which_pairs_have_not_in_common() -> None:
    rng = RNG(3)
    own, common = 0.1 * rng.standard_normal((4, 200)), rng.standard_normal(200)
    alone, with_common = ranking.critical_difference(own), ranking.critical_difference(own + common)
    assert with_common == pytest.approx(alone)
    studentised = 3.63 * 0.1 / 200**0.5  # of 4 means, 95 %
    assert alone == pytest.approx(studentised * (4 / 3) ** 0.5, rel=0.06)
    assert ranking.critical_difference(own + np.arange(4)[:, None]) == pytest.approx(alone)


def test_equal_candidates_are_seldom_called_different() -> None:
    """Few repeats of what benchmarks/ranking.py does with 1,000."""
    rng = RNG(11)
    different = 0
    for _ in range(100):
        matrix = 0.06 * rng.standard_normal(24) + 0.06 * rng.standard_normal((4, 24))
        different += not ranked(scores({f"{n}00@0.8": list(row) for n, row in enumerate(matrix, 1)})).tied
    assert different <= 8


# --- the first round -------------------------------------------------------------------------------------------------


def grid(noise: float, seed: int) -> dict[str, list[float | None]]:
    """Return six pictures of 3 checkpoints x 3 weights; 1000@0.8 is the best."""
    rng = RNG(seed)
    models, weights = {"500": 0.0, "1000": 0.1, "1500": 0.05}, {"0.6": 0.0, "0.8": 0.1, "1.0": 0.05}
    common = noise * rng.standard_normal(6)
    return {
        f"{model}@{weight}": list(0.5 + models[model] + weights[weight] + common + noise * rng.standard_normal(6))
        for model in models for weight in weights
    }  # fmt: skip


def test_the_first_round_is_judged_by_checkpoint_and_weight_together() -> None:
    assert ranking.shortlist(scores(grid(0.0, 1)), LIMITS) == ("1000@0.8", "1500@0.8", "1000@1.0")
    found = [ranking.shortlist(scores(grid(0.08, seed)), LIMITS) for seed in range(40)]
    best_itself = [max(made, key=lambda name: np.mean(made[name])) for made in (grid(0.08, seed) for seed in range(40))]  # type: ignore[arg-type]  # no holes
    assert sum("1000@0.8" in names for names in found) > 35
    assert sum(names[0] == "1000@0.8" for names in found) > best_itself.count("1000@0.8")


def test_a_hard_prompt_without_a_face_makes_no_candidate_better() -> None:
    """The mean of the pictures that a candidate has would rise by those it lacks."""
    made = {name: list(values) for name, values in grid(0.0, 1).items()}
    for values in made.values():
        values[5] -= 0.4  # type: ignore[operator]  # the hard prompt
    made["500@0.6"][5] = None
    every = figures.of_candidates(scores(made))
    adjusted = dict(zip((one.candidate for one in every), ranking.adjusted_means(every), strict=True))
    assert min(adjusted, key=lambda name: adjusted[name]) == "500@0.6"
    assert every[0].mean is not None and every[0].mean > 0.49


def test_the_shortlist_takes_who_is_not_eligible_only_where_nobody_else_is_left() -> None:
    made = grid(0.0, 1)
    assert "1000@0.8" not in ranking.shortlist(scores(made, risk={"1000@0.8": 0.5}), LIMITS)
    two = {name: made[name] for name in ("1000@0.8", "500@0.6")}
    assert ranking.shortlist(scores(two, risk={"1000@0.8": 0.5}), LIMITS) == ("500@0.6", "1000@0.8")
    assert ranking.shortlist(scores({"500@0.8": [None] * 6}), LIMITS) == ()


def test_the_spread_over_seeds_leaves_out_what_the_prompts_differ_by() -> None:
    values: list[float | None] = [0.2, 0.9, 0.3, 1.0]
    found = scores({"500@0.8": values}, prompts=2)
    assert figures.of_candidates(found)[0].seed_spread == pytest.approx(0.1 / 2**0.5)
    assert figures.of_candidates(scores({"500@0.8": values}))[0].seed_spread is None  # one seed a prompt
