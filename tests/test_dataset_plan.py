"""The plan as pure arithmetic: what is nearest, what the notes promise, what is left out, and nothing that depends on order."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataset_plan
from config import DatasetDistribution
from dataset_plan import (
    ALMOST_AS_NEAR,
    MAX_GROWTH,
    SHARE_TOLERANCE,
    Candidate,
    DatasetPlan,
    candidate,
    candidates,
    choose_repeats,
    most_varied,
    plan_candidates,
)
from records import Crop, Picture, Quality
from utils import PipelineError

from .test_dataset import picture

ASKED = {"mj": 0.85, "real": 0.15}


def one(source: str, number: int, *, phash: int | None = None, twin: bool = False, sharpness: float = 0.0) -> Candidate:
    return Candidate(f"{source}_{number:016x}", source, None if phash is None else f"{phash:016x}", twin, sharpness)


def mixed(mj: int, real: int) -> list[Candidate]:
    return [one("mj", n) for n in range(mj)] + [one("real", n) for n in range(real)]


def planned(mj: int, real: int, **changes: Any) -> DatasetPlan:
    return plan_candidates(mixed(mj, real), DatasetDistribution(**changes), total=mj + real)


def notes(plan: DatasetPlan) -> dict[str, dict[str, object]]:
    return dict(plan.notes)


# --- what is known of a picture --------------------------------------------------------------------------------------


def test_of_a_picture_its_sharpness_and_twin_are_kept_and_nothing_more() -> None:
    measured = Quality(measures={"blur": 12.34567, "contrast": 60.0}, verdict="approved", rules="r")
    record = picture("mj", 1, quality=measured, near_duplicate_of="mj_0000000000000009")
    assert candidate(record) == Candidate("mj_0000000000000001", "mj", record.picture.phash, True, 12.346)
    assert candidate(picture("real", 2)) == Candidate(
        "real_0000000000000002", "real", picture("real", 2).picture.phash, False, 0.0
    )
    unmeasured = Quality(measures={}, verdict="approved", rules="r")
    assert candidate(picture("mj", 3, quality=unmeasured)).sharpness == 0.0


def test_further_crops_count_as_pictures_of_their_own_that_are_like_no_other() -> None:
    wider = [Crop(square=(0, 0, 9, 9), side_px=64, scale=1, framing=name) for name in ("head_shoulders", "half_figure")]
    first, *further = candidates(picture("real", 1, more_crops=wider))
    assert first == candidate(picture("real", 1))
    assert [item.image_id for item in further] == ["real_0000000000000001~head_shoulders", "real_0000000000000001~half_figure"]
    assert {(item.source, item.phash) for item in further} == {("real", None)}


# --- repeats ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pictures", "epoch", "cap", "repeats"),
    [(10, 200, 20, 20), (11, 200, 20, 18), (9, 200, 20, 20), (200, 200, 20, 1), (133, 200, 20, 2), (134, 200, 20, 1),
     (5000, 200, 20, 1), (1, 1, 20, 1), (7, 200, 5, 5)],
)  # fmt: skip
def test_one_source_alone_comes_as_near_to_the_exposures_of_an_epoch_as_the_cap_allows(
    pictures: int, epoch: int, cap: int, repeats: int
) -> None:
    distribution = DatasetDistribution(exposures_per_epoch=epoch, max_repeats=cap)
    assert choose_repeats({"mj": pictures, "real": 0}, ASKED, distribution) == {"mj": repeats}
    assert choose_repeats({"mj": 0, "real": pictures}, ASKED, distribution) == {"real": repeats}
    assert planned(pictures, 0, exposures_per_epoch=epoch, max_repeats=cap, strategy="as_is").repeats == {"mj": repeats}


@pytest.mark.parametrize(("mj", "real"), [(17, 3), (34, 6), (40, 3), (100, 100), (3, 40)])
@pytest.mark.parametrize("epoch", [20, 200, 1000])
def test_of_repeats_alike_in_share_those_nearest_to_the_epoch_are_taken(mj: int, real: int, epoch: int) -> None:
    distribution = DatasetDistribution(exposures_per_epoch=epoch)
    counts = {"mj": mj, "real": real}
    chosen = choose_repeats(counts, ASKED, distribution)

    def share_off(a: int, b: int) -> float:
        return abs(a * mj / (a * mj + b * real) - 0.85)

    def epochs_off(a: int, b: int) -> float:
        return max(a * mj + b * real, epoch) / min(a * mj + b * real, epoch)

    longest = max(2 * epoch, MAX_GROWTH * (mj + real))
    allowed = [
        (a, b) for a, b in itertools.product(range(1, 21), repeat=2)
        if max(a, b) <= 8 * min(a, b) and (min(a, b) == 1 or a * mj + b * real <= longest)
    ]  # fmt: skip
    nearest = min(share_off(*pair) for pair in allowed)
    alike = [pair for pair in allowed if share_off(*pair) <= nearest + ALMOST_AS_NEAR]
    assert (chosen["mj"], chosen["real"]) in alike
    assert epochs_off(chosen["mj"], chosen["real"]) == pytest.approx(min(epochs_off(*pair) for pair in alike))


def test_the_sources_are_never_further_apart_than_the_ratio() -> None:
    few_real = choose_repeats({"mj": 100, "real": 1}, ASKED, DatasetDistribution())
    assert 7 <= few_real["real"] / few_real["mj"] <= 8
    few_mj = choose_repeats({"mj": 1, "real": 100}, ASKED, DatasetDistribution())
    assert 7 <= few_mj["mj"] / few_mj["real"] <= 8
    tight = DatasetDistribution(max_repeat_ratio=1)
    equal = choose_repeats({"mj": 1000, "real": 1}, ASKED, tight)
    assert equal["mj"] == equal["real"]
    assert choose_repeats({"mj": 100, "real": 1}, ASKED, DatasetDistribution(max_repeats=3)) == {"mj": 1, "real": 3}


def test_of_a_large_set_an_epoch_grows_at_most_fourfold_for_a_nearer_share() -> None:
    plan = planned(700, 300)
    assert plan.exposures <= MAX_GROWTH * 1000
    assert min(plan.repeats.values()) == 1 or plan.exposures <= MAX_GROWTH * 1000


# --- notes -----------------------------------------------------------------------------------------------------------


def test_a_share_short_of_what_is_asked_by_the_tolerance_is_as_asked_and_by_more_is_told() -> None:
    asked = {"mj_share": 0.52, "real_share": 0.48, "strategy": "as_is"}
    assert planned(201, 199, **asked).notes == ()  # short by 0.0175
    assert planned(538, 462, **asked).notes == ()  # the other one, by 0.018
    assert notes(planned(199, 201, **asked)) == {
        "dataset.note.as_is_mj": {"asked": pytest.approx(52), "reached": pytest.approx(49.75), "n": 19, "ratio": 1.0}
    }
    assert list(notes(planned(541, 459, **asked))) == ["dataset.note.as_is_real"]
    assert SHARE_TOLERANCE == 0.02


def test_without_a_source_the_note_tells_its_percentage_and_how_many_would_reach_it() -> None:
    assert notes(planned(17, 0)) == {"dataset.note.no_real": {"percent": pytest.approx(15), "n": 3}}
    assert notes(planned(18, 0))["dataset.note.no_real"]["n"] == 4
    assert notes(planned(0, 3)) == {"dataset.note.no_mj": {"percent": pytest.approx(85), "n": 17}}
    assert planned(12, 0, mj_share=1, real_share=0).notes == ()
    assert planned(0, 12, mj_share=0, real_share=1).notes == ()


def test_where_one_source_is_all_there_is_but_none_of_it_was_asked_for_nothing_is_promised() -> None:
    plan = planned(0, 12, mj_share=1, real_share=0)
    assert notes(plan) == {"dataset.note.no_mj": {"percent": 100, "n": 0}}
    assert plan.shares_reached == {"mj": 0, "real": 1}


def test_where_no_picture_but_only_parts_of_a_repeat_are_missing_the_note_says_so() -> None:
    plan = planned(317, 195, max_repeat_ratio=3.5)
    assert plan.repeats == {"mj": 3, "real": 1}
    assert list(notes(plan)) == ["dataset.note.whole_repeats"]


@pytest.mark.parametrize(("mj", "real", "left"), [(3, 159, "real"), (110, 1, "mj")])
def test_a_source_of_which_pictures_are_left_out_is_never_asked_for_more(mj: int, real: int, left: str) -> None:
    plan = planned(mj, real, mj_share=0.7, real_share=0.3, strategy="select")
    assert {image_id.partition("_")[0] for image_id in plan.left_out} == {left}
    assert plan.shares_asked[left] - plan.shares_reached[left] > SHARE_TOLERANCE
    assert list(notes(plan)) == ["dataset.note.whole_repeats", "dataset.note.left_out"]


@settings(max_examples=60, deadline=None)
@given(mj=st.integers(1, 400), real=st.integers(1, 400), strategy=st.sampled_from(["repeats", "as_is"]),
       ratio=st.sampled_from([1.0, 2.0, 8.0]))  # fmt: skip
def test_the_pictures_that_a_note_asks_for_are_enough_and_one_fewer_is_not(
    mj: int, real: int, strategy: str, ratio: float
) -> None:  # fmt: skip
    about: dict[str, Any] = {"strategy": strategy, "max_repeat_ratio": ratio}
    for key, values in planned(mj, real, **about).notes:
        source, n = key.rpartition("_")[2], int(str(values["n"]))
        if source not in ASKED:
            continue

        def reached(more: int, source: str = source) -> float:
            with_more = planned(mj + more, real, **about) if source == "mj" else planned(mj, real + more, **about)
            return with_more.shares_reached[source]

        assert reached(n) >= ASKED[source] - SHARE_TOLERANCE
        assert reached(n - 1) < ASKED[source]


# --- what is left out ------------------------------------------------------------------------------------------------


def test_what_is_left_out_is_named_in_order_and_counted() -> None:
    plan = planned(3, 12, mj_share=1, real_share=0)
    assert plan.left_out == tuple(sorted(plan.left_out)) == tuple(f"real_{n:016x}" for n in range(12))
    assert notes(plan)["dataset.note.left_out"] == {"n": 12}
    assert (plan.shares_reached, plan.counts) == ({"mj": 1, "real": 0}, {"mj": 3, "real": 0})


@pytest.mark.parametrize(
    ("mj", "real", "kept"),
    [(17, 3, (17, 3)), (18, 3, (17, 3)), (17, 4, (17, 3)), (1, 50, (1, 1)), (500, 1, (6, 1)), (5, 5, (5, 1)), (9, 0, (9, 0))],
)  # fmt: skip
def test_selection_keeps_of_each_source_what_its_share_allows_and_always_one(
    mj: int, real: int, kept: tuple[int, int]
) -> None:  # fmt: skip
    plan = planned(mj, real, strategy="select")
    assert (plan.counts["mj"], plan.counts["real"]) == kept
    assert len(plan.left_out) == mj + real - sum(kept)
    assert len(plan.folders) == 1


def test_folders_come_by_repeats_and_their_pictures_by_name() -> None:
    plan = planned(40, 3)
    assert [folder.repeats for folder in plan.folders] == sorted(plan.repeats.values())
    for folder in plan.folders:
        assert list(folder.image_ids) == sorted(folder.image_ids)
    small, large = plan.folders
    assert {i.partition("_")[0] for i in small.image_ids} == {"mj"}
    assert {i.partition("_")[0] for i in large.image_ids} == {"real"}


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 25), st.integers(0, 25), st.sampled_from(["repeats", "select", "as_is"]), st.randoms(use_true_random=False)
)
def test_the_order_of_the_pictures_changes_nothing(mj: int, real: int, strategy: Any, chance: random.Random) -> None:
    found = [item._replace(phash=f"{chance.getrandbits(64):016x}", sharpness=chance.random()) for item in mixed(mj, real)]
    shuffled = chance.sample(found, len(found))
    distribution = DatasetDistribution(strategy=strategy)
    if not found:
        with pytest.raises(PipelineError, match=r"dataset\.no_pictures"):
            plan_candidates(found, distribution, total=7)
        return
    assert plan_candidates(shuffled, distribution, total=9) == plan_candidates(found, distribution, total=9)


# --- the most varied -------------------------------------------------------------------------------------------------


def bits_apart(a: Candidate, b: Candidate) -> int:
    return (int(a.phash or "0", 16) ^ int(b.phash or "0", 16)).bit_count()


hashed = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=12, unique=True).map(
    lambda values: [one("mj", n, phash=value, sharpness=float(n)) for n, value in enumerate(values)]
)


@settings(max_examples=40, deadline=None)
@given(hashed, st.integers(0, 14))
def test_each_picture_chosen_is_the_farthest_from_those_chosen_before(found: list[Candidate], limit: int) -> None:
    chosen = most_varied(found, limit)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(limit, len(found))
    for fewer in range(1, len(chosen)):
        before = most_varied(found, fewer)
        (new,) = set(most_varied(found, fewer + 1)) - set(before)
        nearest = {item: min(bits_apart(item, other) for other in before) for item in found if item not in before}
        assert nearest[new] == max(nearest.values())


def test_the_first_choice_is_the_sharpest_that_is_nobodys_twin() -> None:
    found = [
        one("mj", 1, phash=5, sharpness=10, twin=True),
        one("mj", 2, phash=6, sharpness=3),
        one("mj", 3, phash=7, sharpness=8),
    ]
    assert most_varied(found, 1) == [found[2]]
    alike = [one("mj", n, phash=5, sharpness=4) for n in (3, 1, 2)]
    assert [item.image_id[-1] for item in most_varied(alike, 2)] == ["1", "2"]  # of equals, by name


def test_a_difference_in_the_highest_and_in_the_lowest_bits_weighs_the_same() -> None:
    start = one("mj", 0, phash=0, sharpness=9)
    for near, far in ((0b1, 0b11), (1 << 63, 0b11 << 62), (1, 1 << 63 | 1 << 31), (1 << 16, 1 << 15 | 1 << 16)):
        assert most_varied([start, one("mj", 1, phash=near), one("mj", 2, phash=far)], 2)[1].image_id[-1] == "2"


def test_pictures_without_a_hash_come_after_all_others_the_sharper_ones_first() -> None:
    found = [one("mj", 1, sharpness=5), one("mj", 2, sharpness=9), one("mj", 3, phash=1), one("mj", 4, phash=1)]
    assert [item.image_id[-1] for item in most_varied(found, 2)] == ["3", "4"]
    assert [item.image_id[-1] for item in most_varied(found, 3)] == ["2", "3", "4"]
    assert most_varied(found, 4) == found
    assert most_varied([], 3) == []


def test_the_sources_are_the_two_there_are() -> None:
    assert dataset_plan.SOURCES == ("mj", "real") == tuple(ASKED)
    assert candidate(picture("real", 1, picture=Picture(format="PNG", width=1, height=1))).phash is None
