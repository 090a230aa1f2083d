"""MidJourney's texts and names: what is said is kept, what is cut is marked, nothing is guessed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import midjourney as mj

JOB = "9488ab2e-2c11-4bea-8bfc-62c32a8f5f97"


def texts(about: object) -> dict[str, str]:
    return {name: found.text for name, found in about.parameters.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("description", "prompt", "parameters"),
    [
        ("D&D elderly priestess --v 6.1", "D&D elderly priestess", {"v": "6.1"}),
        ("Man working --oref https://s.mj.run/VHrCSJ-UN8 --ow 900 --v 7", "Man working",
         {"oref": "https://s.mj.run/VHrCSJ-UN8", "ow": "900", "v": "7"}),
        ("a hat --no t-shirt, railroad tracks --ar 4:3", "a hat", {"no": "t-shirt, railroad tracks", "ar": "4:3"}),
        ("Colossal scale--niji 6 --ar 3:4", "Colossal scale", {"niji": "6", "ar": "3:4"}),
        ("x --niji --raw --tile", "x", {"niji": "", "raw": "", "tile": ""}),
        ("x —ar 2:3 –v 7", "x", {"ar": "2:3", "v": "7"}),
        ("85mm — soft light, a-b — c --s 50", "85mm — soft light, a-b — c", {"stylize": "50"}),
        ("x --aspect 1:1 --version 5.2 --c 10 --w 300 --q .5 --r 2 --p abc", "x",
         {"ar": "1:1", "v": "5.2", "chaos": "10", "weird": "300", "quality": ".5", "repeat": "2", "profile": "abc"}),
        ("x --personalize m123 k9 --v 6", "x", {"profile": "m123 k9", "v": "6"}),
        ("x --v 6 --v 7 --seed 1 --seed 2 --no hat --no red, pink", "x", {"v": "7", "seed": "1", "no": "hat, red, pink"}),
        ("hot::1.5 dog::-.5 --v 6", "hot::1.5 dog::-.5", {"v": "6"}),
        ("only words, well-lit", "only words, well-lit", {}),
        ("--v 6", None, {"v": "6"}),
    ],
)  # fmt: skip
def test_prompt_and_parameters_are_told_apart(description: str, prompt: str | None, parameters: dict[str, str]) -> None:
    about = mj.parse_description(f"{description} Job ID: {JOB.upper()}")
    assert (about.prompt, texts(about), about.job_id) == (prompt, parameters, JOB)
    assert about.evidence == "embedded"
    assert texts(mj.parse_description(description)) == parameters


def test_unknown_parameters_are_kept_as_they_stand() -> None:
    about = mj.parse_description("x --v 7 --newThing 3:4 a-b --ar 1:1")
    assert about.unknown_parameters == {"newThing": "3:4 a-b"}
    assert texts(about) == {"v": "7", "ar": "1:1"}


def test_the_version_is_unknown_where_none_was_given() -> None:
    assert "v" not in mj.parse_description("Pixel art --ar 2:3").parameters


@pytest.mark.parametrize(
    ("name", "value", "number", "warning"),
    [
        ("ow", "160", 160, None), ("ow", "900", 900, "midjourney.ow_band"), ("ow", "1001", 1001, "midjourney.out_of_range"),
        ("chaos", "101", 101, "midjourney.out_of_range"), ("v", "6.1", 6.1, None), ("quality", ".5", 0.5, None),
        ("ar", "2:3", None, None), ("stylize", "", None, "midjourney.no_value"), ("raw", "", None, None),
        ("niji", "", None, None),
        ("sref", "random", None, None),
    ],
)  # fmt: skip
def test_values_are_kept_as_typed_and_as_numbers_with_their_range(
    name: str, value: str, number: float | None, warning: str | None
) -> None:
    found = mj.parameter(name, value)
    assert (found.text, found.number, found.warning) == (value, number, warning)


def test_every_alias_leads_to_a_known_name() -> None:
    assert set(mj.ALIASES.values()) <= set(mj.RULES)
    assert not set(mj.ALIASES) & set(mj.RULES)


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "tile", "words", "parameters", "cut"),
    [
        (f"_michael_w__DD_elderly_priestess_--v_6.1_{JOB}.png", None, "michael w DD elderly priestess", {"v": "6.1"}, False),
        (f"danhilse_photo_for_slack_headshot_--raw_--v_7_{JOB}_0.png", 0, "danhilse photo for slack headshot",
         {"raw": "", "v": "7"}, False),
        (f"u1327668621_logo_SUPH_--chaos_15_--ar_23_--profile_aa8enny_--st_{JOB} (1).png", None, "u1327668621 logo SUPH",
         {"chaos": "15", "ar": "2:3", "profile": "aa8enny"}, True),
        (f"hortfrancis__{JOB}.webp", None, "hortfrancis", {}, False),
        (f"coffin_chaser_accounting_{JOB}_2 (1).png", 2, "coffin chaser accounting", {}, False),
        (f"x_{JOB}_3 (1) (1).png", 3, "x", {}, False),
        (f"x_{JOB}_1.png.webp", 1, "x", {}, False),
        (f"x_{JOB}_2-Photoroom (1).png", 2, "x", {}, False),
        (f"x_{JOB}_b51c4_yuxyz6.png", None, "x", {}, False),
        (f"{JOB}.png", None, "", {}, False),
        (f"{JOB}_grid_0.webp", None, "", {}, False),
        (f"hortfrancis_Man_working_--oref_httpss.mj.runDVgKGSbB8rE_--ow__{JOB}_1.png", 1, "hortfrancis Man working", {}, True),
    ],
)  # fmt: skip
def test_names_give_uuid_tile_and_hints(name: str, tile: int | None, words: str, parameters: dict[str, str], cut: bool) -> None:
    hints = mj.parse_filename(name, (896, 1344))
    assert (hints.job_id, hints.tile, hints.author_and_prompt) == (JOB, tile, words)
    assert {key: found.text for key, found in hints.parameters.items()} == parameters
    assert hints.cut is cut


@pytest.mark.parametrize(
    ("name", "tile"), [("0_3_640_N.webp", 3), ("0_0.png", 0), ("grid_0.png", None), ("foto.jpg", None), ("0_2 (1).png", 2)]
)
def test_names_of_the_cdn_have_no_job(name: str, tile: int | None) -> None:
    hints = mj.parse_filename(name)
    assert (hints.job_id, hints.tile) == (None, tile)


@pytest.mark.parametrize(
    ("digits", "size", "ratio"),
    [("23", (896, 1344), "2:3"), ("169", (1456, 816), "16:9"), ("916", (816, 1456), "9:16"), ("5191", (816, 1456), "51:91"),
     ("112", (1024, 1024), None), ("112", (2816, 512), "11:2"), ("23", None, None), ("x", (1, 1), None)],
)  # fmt: skip
def test_a_ratio_without_its_colon_is_resolved_by_the_pixels_or_left(
    digits: str, size: tuple[int, int] | None, ratio: str | None
) -> None:
    found = mj.parse_filename(f"a_b_--ar_{digits}_{JOB}.png", size).parameters
    assert (found["ar"].text if "ar" in found else None) == ratio


def test_the_last_value_of_a_cut_name_is_marked() -> None:
    slug = "zarulikmal5989_a_terrifying_shaman._The_shaman_is_libyan_--v_6."
    assert len(slug) == 63
    found = mj.parse_filename(f"{slug}_{JOB}.png").parameters["v"]
    assert (found.text, found.cut, found.number) == ("6.", True, None)


# --- both ------------------------------------------------------------------------------------------------------------


def test_embedded_text_wins_over_a_changed_name_and_two_jobs_are_told() -> None:
    other = "0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01"
    metadata = {
        "Description": f"a man --v 7 Job ID: {JOB}",
        "Author": ".frizzi",
        "Creation Time": "Fri, 06 Jun 2025 12:06:12 GMT",
    }
    about = mj.merge("mi foto.png", metadata)
    assert (about.prompt, about.job_id, about.author, about.warnings) == ("a man", JOB, ".frizzi", [])
    assert about.created_at == "2025-06-06T12:06:12+00:00"
    about = mj.merge(f"x_{other}_1.png", metadata)
    assert (about.job_id, about.tile, about.warnings) == (JOB, 1, ["midjourney.two_jobs"])


def test_without_metadata_the_name_is_the_evidence_and_typed_text_comes_before_it() -> None:
    about = mj.merge(f"ana_a_woman_{JOB}_1.png", {})
    assert (about.prompt, about.evidence, about.typed_prompt) == ("ana a woman", "filename", None)
    about = mj.merge(f"ana_a_woman_{JOB}_1.png", {}, typed_prompt="a wise woman --v 7")
    assert (about.prompt, about.evidence, about.typed_prompt) == ("a wise woman", "typed", "a wise woman --v 7")
    assert texts(about) == {"v": "7"}
    about = mj.merge("0_1.png", {})
    assert (about.prompt, about.evidence, about.tile) == (None, None, 1)


@pytest.mark.parametrize("key", ["Description", "Comment", "ImageDescription", "UserComment"])
def test_the_text_is_found_where_other_programs_move_it(key: str) -> None:
    metadata = {key: f"a man --v 7 Job ID: {JOB}"}
    assert mj.merge("x.jpg", metadata).prompt == "a man"
    assert mj.looks_like_midjourney(metadata)
    assert not mj.looks_like_midjourney({key: "holiday in Spain"})


def test_a_camera_comment_is_no_prompt() -> None:
    assert mj.merge("x.jpg", {"ImageDescription": "OLYMPUS DIGITAL CAMERA"}).prompt is None


def test_xmp_gives_guid_source_and_description() -> None:
    xmp = (
        f'<rdf:Description iptcExt:DigImageGUID="{JOB}" iptcExt:DigitalSourceType="http://cv.iptc.org/newscodes/'
        'digitalsourcetype/trainedAlgorithmicMedia"/>'
    )
    about = mj.merge("x.png", {"XML:com.adobe.xmp": xmp})
    assert (about.image_guid, about.source_type) == (JOB, "trainedAlgorithmicMedia")
    item = f"<rdf:li xml:lang='x-default'>a &amp; b --v 7 Job ID: {JOB}</rdf:li>"
    described = f"<dc:description><rdf:Alt>{item}</rdf:Alt></dc:description>"
    assert mj.merge("x.webp", {"xmp": described}).prompt == "a & b"
    assert mj.parse_xmp("<!ENTITY x 'y'>") == (None, None, None)


# --- properties ------------------------------------------------------------------------------------------------------

words = st.text(alphabet=st.sampled_from("abcdeñéZ,.:'’夏 -"), min_size=1, max_size=90).map(
    lambda text: " ".join(re.sub(r"-{2,}", "-", text).split())
).filter(lambda text: bool(text) and not text.startswith("-") and not text.endswith("-"))  # fmt: skip
values = st.fixed_dictionaries(
    {},
    optional={
        "ar": st.sampled_from(["1:1", "2:3", "16:9", "51:91"]), "v": st.sampled_from(["5.2", "6", "6.1", "7"]),
        "no": st.sampled_from(["hat", "t-shirt, hat", "red, pink"]), "stylize": st.integers(0, 1000).map(str),
        "ow": st.integers(1, 1000).map(str), "raw": st.just(""), "oref": st.just("https://s.mj.run/VHrCSJ-UN8"),
    },
)  # fmt: skip


@given(prompt=words, parameters=values, tile=st.sampled_from([None, 0, 1, 2, 3]), job=st.uuids())
def test_what_a_download_says_is_what_was_asked_for(
    prompt: str, parameters: dict[str, str], tile: int | None, job: object
) -> None:
    tail = "".join(f" --{name} {value}".rstrip() for name, value in parameters.items())
    description = f"{prompt}{tail}"
    kept = re.sub(r"[^A-Za-z0-9 ._-]", "", f"ana_b {description}").replace(" ", "_").lstrip(".")
    name = f"{kept[: 63 if tile is None else 61]}_{job}" + ("" if tile is None else f"_{tile}") + ".png"
    about = mj.merge(name, {"Description": f"{description} Job ID: {job}"})
    assert (about.prompt, texts(about)) == (prompt, parameters)
    assert (about.job_id, about.tile, about.warnings) == (str(job), tile, [])


# --- real names and texts --------------------------------------------------------------------------------------------


def test_all_real_descriptions_give_back_prompt_parameters_and_job(shared_data: Path) -> None:
    pairs = json.loads((shared_data / "midjourney" / "pairs.json").read_text(encoding="utf-8"))
    described = [pair for pair in pairs if pair.get("description")]
    assert len(described) > 50
    for pair in described:
        about = mj.parse_description(pair["description"])
        rebuilt = about.prompt or ""
        for name, found in about.parameters.items():
            rebuilt += f" --{name} {found.text}".rstrip()
        job = pair["description"].rpartition("Job ID: ")[2]
        expected = pair["description"].rpartition(" Job ID: ")[0].replace("scale--niji", "scale --niji")
        expected = expected.replace("--personalize ", "--profile ")
        assert " ".join(expected.split()) == rebuilt
        assert about.job_id == job and about.unknown_parameters == {}
        assert mj.parse_filename(pair["filename"]).job_id in (job, None)


def test_all_real_names_give_their_uuid_and_tile(shared_data: Path) -> None:
    names = [line for line in (shared_data / "midjourney" / "names.txt").read_text(encoding="utf-8").splitlines() if line]
    assert len(names) > 100
    for name in names:
        found = re.search(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:_([0-3])(?![0-9a-z]))?", name)
        assert found is not None
        hints = mj.parse_filename(name)
        assert (hints.job_id, hints.tile) == (found[1], int(found[2]) if found[2] else None), name
