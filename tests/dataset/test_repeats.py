"""Which pictures the trainer sees how often: shares, caps, what is left out, and what is said of it."""

from __future__ import annotations

import functools
import itertools
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.dataset.repeats import (
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
    plan_dataset,
)
from avatar.texts.text import PipelineError, Text
from avatar.workspace.records import Decision, Picture, Quality
from config import DatasetDistribution
from tests.dataset.test_training_folder import mix, note_keys, picture

ASKED = {"mj": 0.85, "real": 0.15}
made = functools.cache(picture)  # making a record takes longer than planning it


def planned(mj: int, real: int, **changes: Any) -> DatasetPlan:
    records = [made("mj", n) for n in range(mj)] + [made("real", n) for n in range(real)]
    return plan_dataset(records, DatasetDistribution(**changes))


# --- shares ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mj", "real", "share"), [(40, 3, 0.85), (20, 20, 0.85), (200, 35, 0.85), (12, 3, 0.85), (1, 1, 0.85), (500, 20, 0.86)]
)  # fmt: skip
def test_usual_mixes_come_within_two_points_of_85_to_15(mj: int, real: int, share: float) -> None:
    plan = planned(mj, real)
    assert plan.shares_reached["mj"] == pytest.approx(share, abs=SHARE_TOLERANCE)
    assert note_keys(plan) == []
    assert plan.left_out == ()


def test_exposures_are_counted_and_not_files() -> None:
    plan = planned(40, 3)
    assert plan.exposures == 40 * plan.repeats["mj"] + 3 * plan.repeats["real"]
    assert plan.shares_reached["mj"] == 40 * plan.repeats["mj"] / plan.exposures


@pytest.mark.parametrize(
    ("mj", "real", "note", "n"), [(3, 40, "dataset.note.capped_mj", 26), (300, 2, "dataset.note.capped_real", 5)]
)
def test_where_caps_forbid_the_share_the_note_says_how_many_pictures_would_help(mj: int, real: int, note: str, n: int) -> None:
    plan = planned(mj, real)
    assert note_keys(plan) == [note]
    assert plan.notes[0].values["n"] == n
    mended = planned(mj + n, real) if note.endswith("mj") else planned(mj, real + n)
    assert note_keys(mended) == []


def test_one_source_alone_is_used_whole_and_the_missing_one_is_named() -> None:
    alone = planned(0, 12)
    assert (alone.repeats, alone.shares_reached["real"]) == ({"real": 17}, 1.0)
    assert note_keys(alone) == ["dataset.note.no_mj"]
    assert alone.notes[0].values["n"] == 68
    assert note_keys(planned(12, 0)) == ["dataset.note.no_real"]
    assert planned(12, 0).notes[0].values["n"] == 3


def test_a_single_picture_is_repeated_up_to_the_cap() -> None:
    plan = planned(1, 0)
    assert [(f.repeats, len(f.image_ids)) for f in plan.folders] == [(20, 1)]


def test_without_an_approved_picture_there_is_no_plan() -> None:
    refused = picture("mj", 1, decision=Decision(verdict="rejected", by="user", when="t"))
    with pytest.raises(PipelineError) as caught:
        plan_dataset([refused, picture("mj", 2, decision=None)], DatasetDistribution())
    assert caught.value.text == Text("dataset.no_pictures", {"total": 2})


@pytest.mark.parametrize(("mj", "real"), [(5000, 0), (4300, 700), (5000, 880), (100, 4900)])
def test_thousands_of_pictures_are_hardly_repeated(mj: int, real: int) -> None:
    plan = planned(mj, real)
    assert min(plan.repeats.values()) == 1 or plan.exposures <= 4 * (mj + real)
    assert sum(len(folder.image_ids) for folder in plan.folders) == mj + real


def test_equal_repeats_share_one_folder() -> None:
    plan = planned(85, 15, exposures_per_epoch=100)
    assert [(folder.repeats, len(folder.image_ids)) for folder in plan.folders] == [(1, 100)]


def test_a_source_of_share_zero_is_left_out_unless_it_is_all_there_is() -> None:
    plan = planned(10, 4, mj_share=1.0, real_share=0.0)
    assert plan.counts == {"mj": 10, "real": 0}
    assert len(plan.left_out) == 4
    assert note_keys(plan) == ["dataset.note.left_out"]
    assert planned(0, 4, mj_share=1.0, real_share=0.0).counts["real"] == 4


def test_as_is_repeats_all_alike_and_says_what_that_makes() -> None:
    plan = planned(20, 20, strategy="as_is")
    assert plan.repeats == {"mj": 5, "real": 5}
    assert note_keys(plan) == ["dataset.note.as_is_mj"]
    assert plan.notes[0].values["n"] == 94  # 114 to 20 is 85 to 15


def test_select_leaves_out_of_the_source_that_is_too_many() -> None:
    plan = planned(20, 20, strategy="select")
    assert plan.counts == {"mj": 20, "real": 4}
    assert len(plan.folders) == 1
    assert len(plan.left_out) == 16
    assert note_keys(plan) == ["dataset.note.left_out"]
    many = planned(500, 6, strategy="select")
    assert many.counts == {"mj": 34, "real": 6}


def test_selection_keeps_what_differs_and_of_likes_the_sharper_one() -> None:
    def hashed(number: int, value: int, sharpness: float, twin: str | None = None) -> Candidate:
        return candidate(picture(
            "mj", number, picture=Picture(format="PNG", width=9, height=9, phash=f"{value:016x}"), near_duplicate_of=twin,
            quality=Quality(measures={"blur": sharpness}, verdict="approved", rules="r"),
        ))  # fmt: skip

    records = [hashed(1, 0, 5), hashed(2, 0, 9), hashed(3, 1, 7, "mj_0"), hashed(4, 2**64 - 1, 1)]
    assert [int(r.image_id[3:], 16) for r in most_varied(records, 2)] == [2, 4]
    assert [int(r.image_id[3:], 16) for r in most_varied(records, 3)] == [2, 3, 4]
    assert most_varied(records, 9) == records
    blind = candidate(picture("mj", 9, picture=Picture(format="PNG", width=9, height=9)))
    assert blind not in most_varied([blind, *records], 4)


counts = st.integers(0, 60)
shares = st.integers(5, 95).map(lambda percent: percent / 100)


@settings(max_examples=60)
@given(mj=counts, real=counts, share=shares, strategy=st.sampled_from(["repeats", "select", "as_is"]),
       epoch=st.integers(1, 500), cap=st.integers(1, 20), ratio=st.floats(1, 10))  # fmt: skip
def test_whatever_the_mix_caps_hold_and_every_picture_is_in_one_place(
    mj: int, real: int, share: float, strategy: str, epoch: int, cap: int, ratio: float
) -> None:
    distribution = DatasetDistribution(
        mj_share=share, real_share=1 - share, strategy=strategy, exposures_per_epoch=epoch, max_repeats=cap,  # type: ignore[arg-type]
        max_repeat_ratio=ratio,
    )  # fmt: skip
    records = mix(mj, real)
    if not records:
        return
    plan = plan_dataset(records, distribution)
    placed = Counter(i for folder in plan.folders for i in folder.image_ids) + Counter(plan.left_out)
    assert placed == Counter(record.image_id for record in records)
    if strategy != "select":
        assert plan.left_out == ()
    repeats = [folder.repeats for folder in plan.folders]
    assert len(set(repeats)) == len(repeats)
    assert all(1 <= n <= cap for n in repeats)
    assert max(repeats) <= ratio * min(repeats)
    assert plan.exposures == sum(folder.repeats * len(folder.image_ids) for folder in plan.folders)
    assert sum(plan.shares_reached.values()) == pytest.approx(1)
    assert plan_dataset(list(reversed(records)), distribution) == plan
    note_keys(plan)


@settings(max_examples=40)
@given(mj=st.integers(1, 300), real=st.integers(1, 300))
def test_no_other_repeats_within_the_caps_come_much_nearer(mj: int, real: int) -> None:
    distribution = DatasetDistribution()
    asked, have = {"mj": 0.85, "real": 0.15}, {"mj": mj, "real": real}

    def off(repeats: dict[str, int]) -> float:
        return abs(mj * repeats["mj"] / (mj * repeats["mj"] + real * repeats["real"]) - 0.85)

    chosen = choose_repeats(have, asked, distribution)
    best = min(
        off({"mj": a, "real": b})
        for a in range(1, 21) for b in range(1, 21)
        if max(a, b) <= 8 * min(a, b) and (a * mj + b * real <= 400 or min(a, b) == 1)
    )  # fmt: skip
    assert off(chosen) <= best + ALMOST_AS_NEAR + 1e-9


def test_the_share_that_cannot_be_had_by_whole_repeats_is_said_without_asking_for_pictures() -> None:
    plan = planned(5, 1, max_repeats=1)
    assert plan.repeats == {"mj": 1, "real": 1}
    assert note_keys(plan) == []  # 83 to 17 is near enough
    plan = planned(1, 1, max_repeats=3, mj_share=0.6, real_share=0.4)
    assert plan.repeats == {"mj": 3, "real": 2}
    plan = planned(1, 1, max_repeats=2, mj_share=0.6, real_share=0.4)
    (note,) = plan.notes
    assert (note.key, note.values["n"]) == ("dataset.note.whole_repeats", 0)
    assert (note.values["asked"], note.values["reached"]) == (pytest.approx(40), pytest.approx(100 / 3))


def test_a_note_counts_with_the_cap_that_is_nearer() -> None:
    by_ratio = planned(2, 100)
    assert by_ratio.notes[0].values["ratio"] == 8
    by_repeats = planned(2, 100, max_repeats=5)
    assert by_repeats.notes[0].values["ratio"] == 5
    assert by_repeats.notes[0].values["n"] > by_ratio.notes[0].values["n"]


def test_a_share_off_by_the_tolerance_is_as_asked_and_one_beyond_is_noted() -> None:
    assert note_keys(planned(84, 16, strategy="as_is")) == []
    assert note_keys(planned(82, 18, strategy="as_is")) == ["dataset.note.as_is_mj"]
    assert note_keys(planned(87, 13, strategy="as_is")) == []
    assert note_keys(planned(88, 12, strategy="as_is")) == ["dataset.note.as_is_real"]


def test_a_large_set_may_grow_for_a_nearer_share_but_not_without_end() -> None:
    plan = planned(700, 100)
    assert plan.exposures <= MAX_GROWTH * 800
    assert plan.repeats["mj"] >= 1
    assert abs(plan.shares_reached["mj"] - 0.85) <= SHARE_TOLERANCE
    small = planned(3, 2)
    assert small.exposures <= 2 * 200


def test_an_epoch_may_be_long_where_no_shorter_one_has_the_share() -> None:
    plan = planned(70, 30, mj_share=0.95, real_share=0.05)
    assert (plan.repeats, plan.exposures) == ({"mj": 8, "real": 1}, 590)
    exact = planned(80, 80, mj_share=2 / 3, real_share=1 / 3, exposures_per_epoch=120)  # 4 : 2 would be as near, but 480 long
    assert (exact.repeats, exact.exposures) == ({"mj": 2, "real": 1}, 240)


def test_of_plans_alike_in_share_the_one_nearest_to_the_exposures_asked_for_is_taken() -> None:
    short, long = (planned(17, 3, exposures_per_epoch=n) for n in (20, 100))
    assert (short.repeats, short.exposures) == ({"mj": 1, "real": 1}, 20)
    assert (long.repeats, long.exposures) == ({"mj": 5, "real": 5}, 100)


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


def test_where_no_picture_but_only_parts_of_a_repeat_are_missing_the_note_says_so() -> None:
    plan = planned(317, 195, max_repeat_ratio=3.5)
    assert plan.repeats == {"mj": 3, "real": 1}
    assert [note.key for note in plan.notes] == ["dataset.note.whole_repeats"]


@settings(max_examples=60)
@given(mj=st.integers(1, 400), real=st.integers(1, 400), strategy=st.sampled_from(["repeats", "as_is"]),
       ratio=st.sampled_from([1.0, 2.0, 8.0]))  # fmt: skip
def test_the_pictures_that_a_note_asks_for_are_enough_and_one_fewer_is_not(
    mj: int, real: int, strategy: str, ratio: float
) -> None:  # fmt: skip
    about: dict[str, Any] = {"strategy": strategy, "max_repeat_ratio": ratio}
    for note in planned(mj, real, **about).notes:
        source, n = note.key.rpartition("_")[2], note.values["n"]
        if source not in ASKED:
            continue

        def reached(more: int, source: str = source) -> float:
            with_more = planned(mj + more, real, **about) if source == "mj" else planned(mj, real + more, **about)
            return with_more.shares_reached[source]

        assert reached(n) >= ASKED[source] - SHARE_TOLERANCE
        assert reached(n - 1) < ASKED[source]


def test_each_cap_holds_alone() -> None:
    asked = {"mj": 0.85, "real": 0.15}
    wide = DatasetDistribution(max_repeats=200, max_repeat_ratio=3, exposures_per_epoch=5000)
    found = choose_repeats({"mj": 1, "real": 400}, asked, wide)
    assert found["mj"] == 3 * found["real"]
    few = DatasetDistribution(max_repeats=2, max_repeat_ratio=1000)
    assert choose_repeats({"mj": 1, "real": 40}, asked, few) == {"mj": 2, "real": 1}


def test_one_source_alone_is_repeated_to_the_exposures_of_an_epoch() -> None:
    for pictures, repeats in ((1, 20), (10, 20), (11, 18), (40, 5), (133, 2), (134, 1), (199, 1), (5000, 1)):
        assert planned(pictures, 0).repeats == {"mj": repeats}, pictures


def test_a_source_that_is_missing_is_not_missed_where_none_of_it_is_asked_for() -> None:
    assert note_keys(planned(12, 0, mj_share=1.0, real_share=0.0)) == []
    only = planned(0, 4, mj_share=1.0, real_share=0.0)
    assert note_keys(only) == ["dataset.note.no_mj"]
    assert only.notes[0].values["n"] == 0  # no number of them would do: nothing of the others is asked for


def test_a_note_says_what_was_asked_and_reached_in_percent() -> None:
    note, *_ = planned(3, 40).notes
    assert note.key == "dataset.note.capped_mj"
    assert note.values["asked"] == pytest.approx(85)
    assert note.values["reached"] == pytest.approx(100 * planned(3, 40).shares_reached["mj"])
    note, *_ = planned(0, 12).notes
    assert note.values["percent"] == pytest.approx(85)


# --- what is planned -------------------------------------------------------------------------------------------------


def test_only_approved_pictures_with_a_crop_are_planned() -> None:
    records = [
        picture("mj", 1), picture("mj", 2, crop=None), picture("mj", 3, decision=None),
        picture("mj", 4, decision=Decision(verdict="rejected", by="user", when="t")), picture("real", 5),
    ]  # fmt: skip
    plan = plan_dataset(records, DatasetDistribution())
    assert {i for folder in plan.folders for i in folder.image_ids} == {"mj_0000000000000001", "real_0000000000000005"}
    with pytest.raises(PipelineError) as caught:
        plan_dataset(records[1:4], DatasetDistribution())
    assert caught.value.values == {"total": 3}


def test_records_may_come_one_by_one() -> None:
    assert plan_dataset(iter(mix(10, 4)), DatasetDistribution()) == planned(10, 4)


def test_each_further_crop_counts_as_a_picture_of_its_own() -> None:
    framed = picture("mj", 1, more_crops=[
        {"square": (0, 0, 900, 900), "side_px": 1024, "scale": 1.0, "framing": name}
        for name in ("head_shoulders", "half_figure")
    ])  # fmt: skip
    found = candidates(framed)
    assert [one.image_id for one in found] == [
        "mj_0000000000000001", "mj_0000000000000001~head_shoulders", "mj_0000000000000001~half_figure",
    ]  # fmt: skip
    assert [one.phash is None for one in found] == [False, True, True]  # their likeness to the first is wanted
    assert plan_dataset([framed], DatasetDistribution()).counts == {"mj": 3, "real": 0}


def test_a_candidate_holds_what_a_choice_needs() -> None:
    record = picture(
        "real", 7, near_duplicate_of="real_0000000000000001",
        quality=Quality(measures={"blur": 123.45678, "contrast": 50}, verdict="approved", rules="r"),
    )  # fmt: skip
    assert candidate(record) == Candidate("real_0000000000000007", "real", record.picture.phash, True, 123.457)
    assert candidate(picture("real", 8)).sharpness == 0.0


def test_a_plan_lists_its_folders_by_repeats_and_its_pictures_by_name() -> None:
    plan = planned(40, 3)
    assert [folder.repeats for folder in plan.folders] == sorted(plan.repeats.values())
    for folder in plan.folders:
        assert list(folder.image_ids) == sorted(folder.image_ids)
    assert {folder.repeats: len(folder.image_ids) for folder in plan.folders} == {
        plan.repeats["mj"]: 40, plan.repeats["real"]: 3,
    }  # fmt: skip


def test_what_was_asked_for_stands_in_the_plan_beside_what_was_reached() -> None:
    plan = plan_candidates([candidate(record) for record in mix(3, 40)], DatasetDistribution(), total=50)
    assert plan.shares_asked == {"mj": 0.85, "real": 0.15}
    assert plan.shares_reached["mj"] == pytest.approx(24 / 64)
    assert (plan.notes[0].values["asked"], plan.notes[0].values["reached"]) == (pytest.approx(85), pytest.approx(37.5))


@settings(max_examples=30)
@given(
    st.integers(0, 25), st.integers(0, 25), st.sampled_from(["repeats", "select", "as_is"]), st.randoms(use_true_random=False)
)
def test_the_order_of_the_pictures_changes_nothing(mj: int, real: int, strategy: Any, chance: random.Random) -> None:
    mixed = map(candidate, mix(mj, real))
    found = [item._replace(phash=f"{chance.getrandbits(64):016x}", sharpness=chance.random()) for item in mixed]
    shuffled = chance.sample(found, len(found))
    distribution = DatasetDistribution(strategy=strategy)
    if not found:
        with pytest.raises(PipelineError, match=r"dataset\.no_pictures"):
            plan_candidates(found, distribution, total=7)
        return
    assert plan_candidates(shuffled, distribution, total=9) == plan_candidates(found, distribution, total=9)


# --- select ----------------------------------------------------------------------------------------------------------


def test_select_leaves_nothing_out_where_one_source_is_all_there_is() -> None:
    plan = planned(30, 0, strategy="select")
    assert (plan.counts, plan.left_out) == ({"mj": 30, "real": 0}, ())
    assert note_keys(plan) == ["dataset.note.no_real"]


def test_select_keeps_at_least_one_of_the_source_that_is_too_many() -> None:
    plan = planned(1, 30, strategy="select")
    assert plan.counts == {"mj": 1, "real": 1}
    assert len(plan.left_out) == 29


@pytest.mark.parametrize(("mj", "real", "kept"), [(17, 3, (17, 3)), (18, 3, (17, 3)), (17, 4, (17, 3)), (57, 10, (57, 10))])
def test_select_cuts_exactly_to_the_share(mj: int, real: int, kept: tuple[int, int]) -> None:
    plan = planned(mj, real, strategy="select")
    assert (plan.counts["mj"], plan.counts["real"]) == kept
    assert len(plan.left_out) == mj + real - sum(kept)


@pytest.mark.parametrize(("mj", "real", "left"), [(3, 159, "real"), (110, 1, "mj")])
def test_a_source_of_which_pictures_are_left_out_is_never_asked_for_more(mj: int, real: int, left: str) -> None:
    plan = planned(mj, real, mj_share=0.7, real_share=0.3, strategy="select")
    assert {image_id.partition("_")[0] for image_id in plan.left_out} == {left}
    assert plan.shares_asked[left] - plan.shares_reached[left] > SHARE_TOLERANCE
    assert [note.key for note in plan.notes] == ["dataset.note.whole_repeats", "dataset.note.left_out"]


def like(number: int, phash: int | None, *, sharpness: float = 50, twin: bool = False) -> Candidate:
    return Candidate(f"mj_{number:016x}", "mj", None if phash is None else f"{phash:016x}", twin, sharpness)


def numbers(chosen: list[Candidate]) -> list[int]:
    return [int(one.image_id[3:], 16) for one in chosen]


def test_the_first_one_chosen_is_the_sharpest_that_is_no_near_duplicate() -> None:
    group = [like(1, 0, sharpness=40), like(2, 1, sharpness=90, twin=True), like(3, 3, sharpness=60)]
    assert numbers(most_varied(group, 1)) == [3]


def test_of_pictures_equal_in_all_the_name_decides_whatever_their_order() -> None:
    group = [like(n, 5) for n in (4, 2, 9)]
    assert numbers(most_varied(group, 1)) == numbers(most_varied(group[::-1], 1)) == [2]


def test_the_farthest_from_all_that_were_chosen_comes_next() -> None:
    near, middle, far = like(2, 0b1, sharpness=1), like(3, 0xFF, sharpness=1), like(4, 0xFFFFFF, sharpness=1)
    first = like(1, 0)
    assert numbers(most_varied([near, middle, far, first], 2)) == [1, 4]
    # 16 bits from the fourth and 8 from the first: farther from its nearest than the other, which is 1 from the first.
    assert numbers(most_varied([near, middle, far, first], 3)) == [1, 3, 4]


def test_bits_of_all_four_parts_of_a_hash_count() -> None:
    first = like(1, 0, sharpness=99)
    for part in range(4):
        far, near = like(2, 0b111 << 16 * part), like(3, 0b11 << 16 * ((part + 1) % 4), sharpness=70)
        assert numbers(most_varied([first, far, near], 2)) == [1, 2], part


def test_pictures_without_a_hash_fill_up_when_the_others_are_taken() -> None:
    group = [like(1, None, sharpness=99), like(2, 7), like(3, None, sharpness=10)]
    assert numbers(most_varied(group, 1)) == [2]
    assert numbers(most_varied(group, 2)) == [1, 2]
    assert numbers(most_varied(group, 3)) == [1, 2, 3]
    assert numbers(most_varied([group[0], group[2]], 1)) == [1]


def test_a_choice_of_none_or_of_nothing_is_empty() -> None:
    assert most_varied([], 5) == []
    assert most_varied([like(1, 0)], 0) == []


def bits_apart(a: Candidate, b: Candidate) -> int:
    return (int(a.phash or "0", 16) ^ int(b.phash or "0", 16)).bit_count()


hashed = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=12, unique=True).map(
    lambda values: [like(n, value, sharpness=n) for n, value in enumerate(values)]
)


@settings(max_examples=40)
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
