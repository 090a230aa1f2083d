"""Names that downloaders, browsers and people give: job, tile and prompt, and never an account."""

from __future__ import annotations

import pytest

from avatar.prompts.file_names import job_of_folder, parse_filename, prompt_of_name
from avatar.prompts.midjourney import merge

JOB = "a1b2c3d4-0000-4000-8013-25c7117005e7"


@pytest.mark.parametrize(
    ("name", "tile"),
    [
        (f"{JOB}_0_2.png", 2),
        (f"{JOB}_0_0.png", 0),
        (f"{JOB}_0_3_640_N.webp", 3),
        (f"{JOB}_0_1_384_N.webp", 1),
        (f"{JOB}_0_3 (1).png", 3),
        (f"{JOB}-0_2.png", 2),
        (f"{JOB}.0_2.png", 2),
        (f"{JOB}.0_1.close-up-portrait_soft-light.webp", 1),
        (f"{JOB}_2.png", 2),
        (f"{JOB}_0_2_upscaled.png", 2),
        (f"{JOB}_0_2.png.webp", 2),
        (f"{JOB}_grid_0.webp", None),
        (f"{JOB}.png", None),
        (f"midjourney_{JOB}_0_2.png", 2),
        (f"cdn.midjourney.com_{JOB}_0_3.webp", 3),
        (f"https___cdn.midjourney.com_{JOB}_0_1.png", 1),
        (f"001_{JOB}_0_1.png", 1),
        (f"ana_a_woman_{JOB}_1copy.png", 1),
        (f"ana_a_woman_{JOB}_1 - Kopie (2).png", 1),
        (f"ana_a_woman_{JOB} (1)_2.png", 2),
        (f"ana_a_woman_{JOB}_0.png", 0),
        (f"ana_a_woman_{JOB}_0_3_large.png", 0),
        (f"ana_a_woman_{JOB}_1-1.png", 1),
        (f"20240115-103000_{JOB}-1.png", 0),
        (f"20240115-103000_{JOB}-4.png", 3),
        (f"20240115-103000_{JOB}.png", None),
        (f"2024-01-15_10-30-00_{JOB}_1_close_up_portrait_of_a_woman.png", 1),
        (f"2024-01-15_10-30-00_{JOB}_close_up_portrait_of_a_woman.png", None),
        (f"2024-01-15-103000_{JOB}_3_close_up_portrait_of_a_woman.png", 3),
    ],
)
def test_the_tile_is_read_as_the_writer_of_the_name_counts(name: str, tile: int | None) -> None:
    assert (parse_filename(name).job_id, parse_filename(name).tile) == (JOB, tile)


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        (f"2024-01-15_10-30-00_{JOB}_1_close_up_portrait_of_a_woman_soft.png", "close up portrait of a woman soft"),
        (f"2024-01-15_10-30-00_{JOB}_close_up_portrait.png", "close up portrait"),
        (f"{JOB}.0_2.close-up-portrait_soft-window-light.webp", "close up portrait, soft window light"),
        (f"20240115-103000_{JOB}-2.png", None),
        (f"2024-01-15_{JOB}.png", None),
        (f"{JOB}_0_2_topaz-face-2x.png", None),
        (f"{JOB}_0_2_upscaled.png", None),
    ],
)
def test_a_prompt_behind_the_job_is_read_and_a_date_is_none(name: str, prompt: str | None) -> None:
    assert merge(name, {}).prompt == prompt


@pytest.mark.parametrize(
    ("slug", "authors", "prompt"),
    [
        ("u1327668621_portrait_of_a_woman", [], "portrait of a woman"),
        ("u7_logo_of_a_cat", [], "logo of a cat"),
        ("cyberwoman_03922_close_up_portrait", [], "close up portrait"),
        ("wbs_designpros_12986_different_paint", [], "different paint"),
        ("ana_test_close_up_portrait", [], "close up portrait"),
        ("ana_test_soft_pastel_colours", ["ana_test"], "soft pastel colours"),
        ("Ana_Test_soft_pastel_colours", ["ana_test"], "soft pastel colours"),
        ("frizzi_kooky_wizard", [".frizzi"], "kooky wizard"),
        ("_michael_w__DD_elderly_priestess", ["_michael_w_"], "DD elderly priestess"),
        ("mara.lopez_retrato_de_una_mujer", [], "retrato de una mujer"),
        ("hortfrancis_neon_glitch_brutalism", [], "neon glitch brutalism"),
        ("zoe_httpss.mj.runabc_a_woman", [], "https://s.mj.run/abc a woman"),
        ("portrait_of_a_woman", [], "portrait of a woman"),
        ("hortfrancis_", [], None),
        ("ana_test", ["ana_test"], None),
        ("social_u9363215276_", [], None),
    ],
)
def test_the_account_stands_in_no_prompt(slug: str, authors: list[str], prompt: str | None) -> None:
    assert prompt_of_name(parse_filename(f"{slug}_{JOB}_1.png"), authors) == prompt


@pytest.mark.parametrize("end", [JOB[:n] for n in (8, 9, 11, 14, 17, 22, 24, 30, 35)])
def test_a_name_cut_in_the_uuid_gives_no_parameter_that_holds_the_rest(end: str) -> None:
    found = parse_filename(f"ana_test_a_woman_by_the_sea_--ar_23_--v_7_{end}.png", (896, 1344))
    assert found.job_id is None
    assert {name: one.text for name, one in found.parameters.items()} == {"ar": "2:3", "v": "7"}


@pytest.mark.parametrize("end", ["a1b2c3d4-0000-4000-8 (1)", "a1b2c3d4-00 copy", "a1b2c3d4-0000-4000-8…"])
def test_a_cut_name_that_was_copied_holds_nothing_of_the_uuid_either(end: str) -> None:
    found = parse_filename(f"ana_a_woman_by_the_sea_--v_7_--no_hat_{end}.png")
    assert {name: one.text for name, one in found.parameters.items()} == {"v": "7", "no": "hat"}


def test_what_an_editor_added_is_no_part_of_a_parameter() -> None:
    found = parse_filename("ana_a_woman_--raw_--v_7_copy_2.png")
    assert {name: one.text for name, one in found.parameters.items()} == {"raw": "", "v": "7"}


@pytest.mark.parametrize(
    ("folder", "name", "job"),
    [
        (JOB, "0_1.png", JOB),
        (JOB, "0_3_640_N.webp", JOB),
        (JOB.upper(), "0_0.webp", JOB),
        (f"job {JOB}", "0_2 (1).png", JOB),
        (JOB, "grid_0.webp", JOB),
        (JOB, "IMG_0001.jpg", None),
        ("midjourney", "0_1.png", None),
    ],
)
def test_a_folder_named_by_the_job_tells_it_for_names_of_the_cdn(folder: str, name: str, job: str | None) -> None:
    assert job_of_folder(folder, name) == job
    assert merge(name, {}, folder=folder).job_id == job


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        (f"{JOB}_grid_0.webp", "midjourney.grid"),
        ("grid_0.png", "midjourney.grid"),
        (f"{JOB}_0_3_640_N.webp", "midjourney.preview"),
        ("0_3_384_N.webp", "midjourney.preview"),
    ],
)
def test_a_grid_and_a_preview_are_named(name: str, warning: str) -> None:
    assert warning in merge(name, {}).warnings


def test_the_job_that_a_file_beside_the_picture_names_counts_before_that_of_its_name() -> None:
    other = "59bbff49-e226-4e76-ab8f-82417f966806"
    assert merge(f"{JOB}.webp", {}, told_job=other).job_id == other
    assert merge(f"{JOB}.webp", {"Description": f"x --v 7 Job ID: {JOB}"}, told_job=other).job_id == JOB
