"""MidJourney's texts and names: the shapes seen on real files, and the rule that builds them, there and back."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avatar.prompts import file_names, midjourney
from avatar.prompts import parameters as table
from avatar.prompts.file_names import parse_filename
from avatar.prompts.midjourney import (
    fix_encoding,
    looks_like_midjourney,
    merge,
    parse_description,
    parse_xmp,
    with_siblings,
    with_typed,
)
from avatar.prompts.prompt_reader import read_prompt
from avatar.workspace.records import MidJourney
from config import ImportConfig
from tests.places import SHARED

DATA = SHARED / "data" / "midjourney"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the collected names and descriptions are not here")
JOB = "59bbff49-e226-4e76-ab8f-82417f966806"
OTHER = "4bad25b0-96d6-42a1-9aed-a55e54786b23"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description rdf:about="" iptcExt:DigImageGUID="{guid}"\n'
    ' iptcExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/></rdf:RDF></x:xmpmeta>'
)


def texts(text: str) -> dict[str, str]:
    return {name: parameter.text for name, parameter in parse_description(text).parameters.items()}


def hints(name: str, size: tuple[int, int] | None = None) -> dict[str, str]:
    return {key: parameter.text for key, parameter in parse_filename(name, size).parameters.items()}


# --- descriptions ----------------------------------------------------------------------------------------------------


def test_a_description_gives_prompt_parameters_and_job() -> None:
    about = parse_description(f"Man working --oref https://s.mj.run/DVgKGSbB8rE --ow 160 --v 6.1 Job ID: {JOB}")
    assert (about.prompt, about.job_id, about.evidence) == ("Man working", JOB, "embedded")
    assert {name: (one.text, one.number) for name, one in about.parameters.items()} == {
        "oref": ("https://s.mj.run/DVgKGSbB8rE", None),
        "ow": ("160", 160.0),
        "v": ("6.1", 6.1),
    }
    assert about.warnings == []
    assert about.unknown_parameters == {}


def test_without_a_version_none_is_made_up() -> None:
    about = parse_description(f"Pixel art --ar 2:3 Job ID: {JOB}")
    assert set(about.parameters) == {"ar"}


@pytest.mark.parametrize(
    ("typed", "key", "value"),
    [
        ("--version 7", "v", "7"),
        ("--aspect 2:3", "ar", "2:3"),
        ("--c 15", "chaos", "15"),
        ("--s 50", "stylize", "50"),
        ("--w 300", "weird", "300"),
        ("--q .5", "quality", ".5"),
        ("--r 4", "repeat", "4"),
        ("--p aa8enny 8d1tc", "profile", "aa8enny 8d1tc"),
        ("--personalize", "profile", ""),
        ("--sameseed 12", "seed", "12"),
        ("--V 6", "v", "6"),
        ("--v6", "v", "6"),
        ("--niji", "niji", ""),
        ("--tile", "tile", ""),
        ("--video 1", "video", "1"),
        ("--motion low", "motion", "low"),
        ("--sref https://a.b/c-d.png::2 random", "sref", "https://a.b/c-d.png::2 random"),
        ("--oref https://s.mj.run/VHrCSJ-UN8", "oref", "https://s.mj.run/VHrCSJ-UN8"),
        ("--no t-shirt, red hat", "no", "t-shirt, red hat"),
    ],
)
def test_aliases_map_onto_one_key_and_values_stay_as_typed(typed: str, key: str, value: str) -> None:
    about = parse_description(f"a man {typed} --raw")
    assert about.prompt == "a man"
    assert about.parameters[key].text == value
    assert about.parameters[key].warning is None
    assert set(about.parameters) == {key, "raw"}


def test_every_alias_leads_to_a_parameter_that_exists() -> None:
    assert set(table.ALIASES.values()) <= set(table.RULES)
    assert not set(table.ALIASES) & set(table.RULES)


def test_a_missing_blank_before_a_parameter_is_forgiven() -> None:
    about = parse_description(f"sunny day. Colossal scale--niji 6 --ar 3:4 Job ID: {JOB}")
    assert about.prompt == "sunny day. Colossal scale"
    assert about.parameters["niji"].number == 6.0


def test_a_link_with_two_dashes_is_not_torn_apart() -> None:
    assert texts("a man --oref https://a.b/x--v.png --ow 160") == {"oref": "https://a.b/x--v.png", "ow": "160"}


@pytest.mark.parametrize("dash", ["\u2014", "\u2013", "\u2015", "\u2212\u2212"])
def test_the_long_dashes_of_apple_keyboards_are_parameters(dash: str) -> None:
    assert texts(f"a man {dash}ar 2:3 {dash}v 7") == {"ar": "2:3", "v": "7"}


@pytest.mark.parametrize(
    "prompt", ["85mm — soft light", "85mm —soft light", "twenty–no, thirty", "a well--known man", "non--", "a ---raw look"]
)
def test_dashes_of_prose_stay_in_the_prompt(prompt: str) -> None:
    about = parse_description(prompt)
    assert about.prompt == prompt
    assert about.parameters == {}


def test_unknown_parameters_are_kept_verbatim_before_and_behind_the_known_ones() -> None:
    about = parse_description("a man --shiny 3 --cameramove slow --v 7 --foo-2 b, c-d --ar 1:1")
    assert about.prompt == "a man"
    assert about.unknown_parameters == {"shiny": "3", "cameramove": "slow", "foo-2": "b, c-d"}
    assert set(about.parameters) == {"v", "ar"}


def test_an_unknown_parameter_alone_leaves_the_prompt_too() -> None:
    about = parse_description("a man --zoom 2")
    assert (about.prompt, about.unknown_parameters) == ("a man", {"zoom": "2"})


@pytest.mark.parametrize(
    ("typed", "parameters", "unknown"),
    [
        ("—zoom 2 —v 7", {"v": "7"}, {"zoom": "2"}),
        ("--ar=3:4 --v=7", {"ar": "3:4", "v": "7"}, {}),
        ("--ar:3:4 --v: 7", {"ar": "3:4", "v": "7"}, {}),
        ("--ar3:4 --v7", {"ar": "3:4", "v": "7"}, {}),
        ("--ar 3:4, --raw, --v 7.", {"ar": "3:4", "raw": "", "v": "7"}, {}),
    ],
)
def test_parameters_are_found_as_keyboards_and_people_write_them(
    typed: str, parameters: dict[str, str], unknown: dict[str, str]
) -> None:
    about = parse_description(f"a man {typed}")
    assert (about.prompt, about.unknown_parameters) == ("a man", unknown)
    assert {name: one.text for name, one in about.parameters.items()} == parameters
    assert all(one.warning is None for one in about.parameters.values())


def test_prose_behind_two_dashes_stays_prompt() -> None:
    about = parse_description("a man --and then he walked into the long dark forest --v 7")
    assert (about.prompt, about.unknown_parameters) == ("a man --and then he walked into the long dark forest", {})
    assert set(about.parameters) == {"v"}


def test_of_duplicates_the_later_counts_of_seeds_the_first_and_no_is_joined() -> None:
    assert texts("x --s 50 --stylize 80 --seed 1 --seed 2 --no hat --no red scarf") == {
        "stylize": "80",
        "seed": "1",
        "no": "hat, red scarf",
    }


def test_weights_and_ratios_without_a_parameter_stay_in_the_prompt() -> None:
    about = parse_description(f"cat::1.5 dog::-1 16:9 Job ID: {JOB}")
    assert about.prompt == "cat::1.5 dog::-1 16:9"


@pytest.mark.parametrize(
    ("typed", "warning"),
    [
        ("--chaos 101", "out_of_range"),
        ("--stylize 1001", "out_of_range"),
        ("--weird 3000", None),
        ("--seed 4294967296", "out_of_range"),
        ("--v 9", "out_of_range"),
        ("--v 6.3", "out_of_range"),
        ("--v 8.2", None),
        ("--v 8.3", "out_of_range"),
        ("--preview", None),
        ("--niji 3", "out_of_range"),
        ("--ow 0", "out_of_range"),
        ("--ow 1001", "out_of_range"),
        ("--ow 149", "ow_band"),
        ("--ow 900", "ow_band"),
        ("--ow 150", None),
        ("--ow 170", None),
        ("--ar 16:9", None),
        ("--ar 16.5:9", "bad_value"),
        ("--ar 0:9", "bad_value"),
        ("--stylize much", "bad_value"),
        ("--ow nan", "bad_value"),
        ("--sref", "no_value"),
        ("--raw a man", "flag_with_value"),
    ],
)
def test_values_out_of_bounds_are_kept_and_warned_about(typed: str, warning: str | None) -> None:
    (parameter,) = parse_description(f"x {typed}").parameters.values()
    assert parameter.text == typed.partition(" ")[2]
    assert parameter.warning == (f"midjourney.{warning}" if warning else None)


def test_version_and_niji_together_are_warned_about() -> None:
    assert parse_description("x --v 6 --niji 6").warnings == ["midjourney.v_and_niji"]


def test_a_job_id_within_the_prompt_is_prompt() -> None:
    about = parse_description(f"a sign with Job ID: {OTHER} on it Job ID: {JOB}")
    assert about.job_id == JOB
    assert about.prompt == f"a sign with Job ID: {OTHER} on it"


def test_nothing_says_nothing() -> None:
    about = parse_description("  ")
    assert (about.prompt, about.job_id, about.evidence) == (None, None, None)


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "tile", "words"),
    [
        (f"frizzi_kooky_wizard_{JOB}.png", None, "frizzi kooky wizard"),
        (f"_michael_w__DD_elderly_priestess_--v_6.1_{JOB}.png", None, "michael w DD elderly priestess"),
        (f"danhilse_photo_for_slack_--raw_--v_7_{JOB}_0.png", 0, "danhilse photo for slack"),
        (f"danhilse_photo_for_slack_--raw_--v_7_{JOB}_3.png", 3, "danhilse photo for slack"),
        (f"coffin_chaser_accounting_{JOB}_2 (1).png", 2, "coffin chaser accounting"),
        (f"coffin_chaser_accounting_{JOB}_2 (1) (1).png", 2, "coffin chaser accounting"),
        (f"u1_logo_{JOB} (1).png", None, "u1 logo"),
        (f"u1_logo_{JOB}_1-Photoroom (1).png", 1, "u1 logo"),
        (f"u1_logo_{JOB}_3_large.png", 3, "u1 logo"),
        (f"u1_logo_{JOB}_yuxyz6.png", None, "u1 logo"),
        (f"u1_logo_{JOB}_1_yuxyz6.png", 1, "u1 logo"),
        (f"u1_logo_{JOB}_2.png.webp", 2, "u1 logo"),
        (f"u1_logo_{JOB}_bloom_subtle_6x.png.jpeg", None, "u1 logo"),
        (f"u1_logo_{JOB}_4.png", None, "u1 logo"),
        (f"u1_logo_{JOB.upper()}_1.PNG", 1, "u1 logo"),
        (f"social_u9363215276__--ar_23_--video_1_--end_loop_{JOB}_2.mp4", 2, "u9363215276"),
        (f"hortfrancis__{JOB}.webp", None, "hortfrancis"),
        (f"{JOB}_grid_0.webp", None, ""),
        (f"{JOB}.png", None, ""),
        (f"C:\\pictures\\u1_logo_{JOB}_0.png", 0, "u1 logo"),
        (f"a_httpss.mj.runzy44Ir9h4Fs_A_woman_{JOB}_0.png", 0, "a https://s.mj.run/zy44Ir9h4Fs A woman"),
    ],
)
def test_every_shape_of_a_name_gives_job_tile_and_words(name: str, tile: int | None, words: str) -> None:
    found = parse_filename(name)
    assert (found.job_id, found.tile, found.author_and_prompt) == (JOB, tile, words)


@pytest.mark.parametrize(("name", "tile"), [("0_0.png", 0), ("0_3_640_N.webp", 3), ("0_2 (1).png", 2), ("grid_0.png", None)])
def test_names_of_the_cdn_carry_no_job(name: str, tile: int | None) -> None:
    found = parse_filename(name)
    assert (found.job_id, found.tile, found.author_and_prompt) == (None, tile, "")


@pytest.mark.parametrize("name", ["IMG_0001.jpg", "portrait of a man.png", "", ".png", "10_2.png", "ñandú 🙂.png"])
def test_other_names_tell_nothing(name: str) -> None:
    assert parse_filename(name) == file_names.Hints(None, None, "", {}, cut=False)


def test_a_name_without_a_whole_uuid_still_hints_at_its_parameters() -> None:
    found = parse_filename("u1_logo_--raw_--v_6_8ad_b51c4_yuxyz6.png")
    assert found.job_id is None
    assert found.cut
    assert found.parameters["raw"].text == ""
    assert found.parameters["v"].cut


@pytest.mark.parametrize(
    ("name", "expected", "cut_key"),
    [
        (f"zarulikmal5989_a_terrifying_shaman._The_shaman_is_libyan_--v_6._{JOB}.png", {"v": "6."}, "v"),
        (f"hortfrancis_Man_working_--oref_httpss.mj.runDVgKGSbB8rE_--ow__{JOB}_1.png",
         {"oref": "https://s.mj.run/DVgKGSbB8rE", "ow": ""}, "ow"),
        (f"u1327668621_logo_SUPH_--chaos_15_--profile_aa8enny_--raw_--xx_--st_{JOB}.png",
         {"chaos": "15", "profile": "aa8enny", "raw": ""}, None),
        (f"hortfrancis_Screenshot_from_Silent_Hill_2_--raw_--stylize_50_--_{JOB}.png", {"raw": "", "stylize": "50"}, None),
        (f"u1355955226_runner_in_the_park_--sref_202514354_--profile_8d1_{JOB}_0.png",
         {"sref": "202514354", "profile": "8d1"}, "profile"),
        (f"fantasy_world_world_building_magical_--v_6_--per_{JOB}_1.png", {"v": "6"}, None),
    ],
)  # fmt: skip
def test_a_name_cut_in_a_parameter_marks_what_is_cut(name: str, expected: dict[str, str], cut_key: str | None) -> None:
    found = parse_filename(name)
    assert found.cut
    assert {key: one.text for key, one in found.parameters.items()} == expected
    assert [key for key, one in found.parameters.items() if one.cut] == ([cut_key] if cut_key else [])
    assert all(one.warning is None for one in found.parameters.values())


def test_a_short_name_is_not_cut() -> None:
    found = parse_filename(f"wbs_designpros_12986_different_paint_splash_--v_6.1_{JOB}.png")
    assert not found.cut
    assert found.parameters["v"].number == 6.1


@pytest.mark.parametrize(
    ("digits", "size", "ratio"),
    [
        ("23", (896, 1344), "2:3"),
        ("34", (928, 1232), "3:4"),
        ("169", (1456, 816), "16:9"),
        ("916", (816, 1456), "9:16"),
        ("31", (1904, 640), "3:1"),
        ("6471", (976, 1088), "64:71"),
        ("112", (224, 2688), "1:12"),
        ("112", (2816, 512), "11:2"),
        ("11940", (1776, 592), "119:40"),
        ("23", (1024, 1024), None),
        ("23", None, None),
        ("11", (0, 0), None),
        ("10", (1024, 1024), None),
        ("abc", (1024, 1024), None),
    ],
)
def test_the_lost_colon_is_found_by_the_pictures_size_or_left_unknown(
    digits: str, size: tuple[int, int] | None, ratio: str | None
) -> None:
    assert hints(f"u1_logo_--ar_{digits}_--raw_{JOB}.png", size) == ({"ar": ratio, "raw": ""} if ratio else {"raw": ""})


# --- there and back --------------------------------------------------------------------------------------------------

WORDS = st.lists(
    st.text(st.characters(categories=["L", "N"]) | st.sampled_from("',.&:("), min_size=1, max_size=12), min_size=1, max_size=12
).map(" ".join)
VALUES: dict[str, st.SearchStrategy[str]] = {
    "v": st.sampled_from(["5", "5.2", "6", "6.1", "7", "8.1", "8.2"]),
    "ar": st.tuples(st.integers(1, 40), st.integers(1, 40)).map(lambda sides: f"{sides[0]}:{sides[1]}"),
    "chaos": st.integers(0, 100).map(str),
    "stylize": st.integers(0, 1000).map(str),
    "raw": st.just(""),
    "tile": st.just(""),
    "seed": st.integers(0, 4294967295).map(str),
    "no": st.lists(st.from_regex(r"[a-z]+(-[a-z]+)?( [a-z]+)?", fullmatch=True), min_size=1, max_size=3).map(", ".join),
    "oref": st.from_regex(r"https://s\.mj\.run/[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}", fullmatch=True),
    "ow": st.integers(150, 170).map(str),
    "profile": st.lists(st.from_regex(r"[a-z0-9]{7}", fullmatch=True), max_size=2).map(" ".join),
}
PARAMETERS = st.fixed_dictionaries({}, optional=VALUES).flatmap(
    lambda chosen: st.permutations(sorted(chosen.items())).map(lambda pairs: dict(pairs))
)
AUTHORS = st.from_regex(r"\.?[a-z_][a-z0-9_.]{2,12}", fullmatch=True)
slow_start_allowed = settings(suppress_health_check=[HealthCheck.too_slow])  # the first text drawn builds Unicode tables
TILES = st.none() | st.integers(0, 3)


def written(prompt: str, parameters: dict[str, str]) -> str:
    return " ".join([prompt, *(f"--{name} {text}".rstrip() for name, text in parameters.items())])


def downloaded_name(author: str, description: str, job: str, tile: int | None) -> str:
    """The rule of midjourney.com: plain letters, digits, dot, dash and underscore survive, 100 characters in all."""
    kept = [char for char in f"{author} {description}" if (char.isascii() and char.isalnum()) or char in " ._-"]
    slug = "".join(kept).replace(" ", "_").lstrip(".")
    end = f"_{job}" if tile is None else f"_{job}_{tile}"
    return slug[: 100 - len(end)] + end + ".png"


@slow_start_allowed
@given(WORDS, PARAMETERS, st.uuids(version=4))
def test_any_description_gives_back_what_it_was_built_from(prompt: str, parameters: dict[str, str], job: uuid.UUID) -> None:
    text = f"{written(prompt, parameters)} Job ID: {job}"
    pillow = text.encode("utf-8").decode("latin-1")
    for about in (parse_description(text), merge("renamed.png", {"Description": pillow})):
        assert about.prompt == prompt
        assert about.job_id == str(job)
        assert {name: one.text for name, one in about.parameters.items()} == parameters
        assert about.unknown_parameters == {}
        assert all(one.warning is None for one in about.parameters.values())


@slow_start_allowed
@given(AUTHORS, WORDS, PARAMETERS, st.uuids(version=4), TILES)
def test_any_name_gives_back_job_and_tile_and_only_true_hints(
    author: str, prompt: str, parameters: dict[str, str], job: uuid.UUID, tile: int | None
) -> None:
    name = downloaded_name(author, written(prompt, parameters), str(job), tile)
    found = parse_filename(name)
    assert len(name) <= 104
    assert (found.job_id, found.tile) == (str(job), tile)
    if not found.cut:
        assert set(found.parameters) == set(parameters) - {"ar"}
    for key, hint in found.parameters.items():
        if hint.cut:
            continue  # marked: not to be trusted
        assert key != "ar", "without a size the colon's place is unknown"
        assert parameters[key].replace(",", "") == hint.text


@given(st.text(max_size=300), st.text(max_size=200))
def test_no_text_and_no_name_breaks_the_parsers(text: str, name: str) -> None:
    about = merge(name, {"Description": text, "XML:com.adobe.xmp": text, "Creation Time": text}, typed_prompt=text, size=(2, 3))
    assert about.model_dump_json()
    looks_like_midjourney(name, {"Comment": text})


# --- embedded texts and what comes out of all ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [("Ã©", "é"), ("ï¼\x8c", "，"), ("é", "é"), ("plain", "plain"), ("ñ — 🙂", "ñ — 🙂"), ("", "")],
)
def test_utf8_read_as_latin1_is_mended_and_all_else_left(given_text: str, expected: str) -> None:
    assert fix_encoding(given_text) == expected


def test_xmp_gives_guid_source_type_and_description() -> None:
    packet = XMP.format(guid=JOB)
    assert parse_xmp(packet) == (JOB, "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", None)
    elements = (
        f"<iptcExt:DigImageGUID>{JOB}</iptcExt:DigImageGUID>"
        '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">D&amp;D &lt;x&gt;</rdf:li></rdf:Alt></dc:description>'
    )
    assert parse_xmp(elements) == (JOB, None, "D&D <x>")
    assert parse_xmp("") == (None, None, None)


def test_an_xmp_title_counts_where_there_is_no_description() -> None:
    title = f"<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>a man --ar 4:5 Job ID: {JOB}</rdf:li></rdf:Alt></dc:title>"
    assert parse_xmp(title)[2] == f"a man --ar 4:5 Job ID: {JOB}"
    about = merge("saved.jpg", {"xmp": title})
    assert (about.prompt, about.job_id, about.evidence) == ("a man", JOB, "embedded")
    assert parse_xmp(title + "<dc:description>a woman</dc:description>")[2] == "a woman"


def test_an_xmp_bomb_of_entities_is_only_text() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><dc:description>&b;</dc:description>'
    assert parse_xmp(bomb) == (None, None, "&b;")


def test_embedded_data_win_over_the_name_and_two_jobs_are_warned_about() -> None:
    metadata = {
        "Description": f"a wise man --v 7 Job ID: {JOB}",
        "Author": ".frizzi",
        "Creation Time": "Fri, 06 Jun 2025 12:06:12 GMT",
        "XML:com.adobe.xmp": XMP.format(guid=OTHER),
    }
    about = merge(f"other_thing_--v_5_{OTHER}_2.png", metadata, typed_prompt="what I remember --v 6")
    assert (about.prompt, about.job_id, about.tile, about.author) == ("a wise man", JOB, 2, ".frizzi")
    assert about.parameters["v"].text == "7"
    assert about.typed_prompt == "what I remember --v 6"
    assert about.created_at == "2025-06-06T12:06:12+00:00"
    assert about.image_guid == OTHER
    assert about.source_type is not None
    assert about.source_type.endswith("trainedAlgorithmicMedia")
    assert (about.evidence, about.warnings) == ("embedded", ["midjourney.two_jobs"])


def test_without_embedded_data_the_name_speaks_and_names_no_author() -> None:
    about = merge(f"frizzi_kooky_wizard_--ar_23_{JOB}_1.png", {}, size=(896, 1344))
    assert (about.prompt, about.author, about.job_id, about.tile) == ("kooky wizard", None, JOB, 1)
    assert about.parameters["ar"].text == "2:3"
    assert (about.evidence, about.warnings) == ("filename", [])


def test_a_cut_name_is_warned_about() -> None:
    assert merge(f"{'a_b' * 25}"[:63] + f"_{JOB}.png", {}).warnings == ["midjourney.cut_name"]


def test_a_typed_prompt_counts_before_a_cut_name() -> None:
    about = merge(f"frizzi_kooky_--v_6_{JOB}_1.png", {}, typed_prompt="kooky wizard —v 7 --ar 2:3")
    assert (about.prompt, about.evidence, about.job_id) == ("kooky wizard", "typed", JOB)
    assert {key: one.text for key, one in about.parameters.items()} == {"v": "7", "ar": "2:3"}


def test_a_typed_prompt_fills_in_a_blend_and_leaves_its_embedded_parameters() -> None:
    about = merge("x.png", {"Description": f" --v 7 Job ID: {JOB}"}, typed_prompt="two cats --v 6 --raw")
    assert (about.prompt, about.evidence, about.job_id) == ("two cats", "typed", JOB)
    assert about.parameters["v"].text == "7"
    assert "raw" in about.parameters


def test_a_blend_without_prompt_has_none_by_its_name_either() -> None:
    assert merge(f"hortfrancis__{JOB}.webp", {}).prompt is None


@pytest.mark.parametrize("key", ["ImageDescription", "UserComment", "Comment"])
def test_reencoded_files_are_read_from_where_others_put_the_text(key: str) -> None:
    about = merge("x.webp", {key: f"a man --v 7 Job ID: {JOB}"})
    assert (about.prompt, about.job_id, about.evidence) == ("a man", JOB, "embedded")


def test_an_xmp_description_is_read_too() -> None:
    packet = f"<dc:description><rdf:li>a man --v 7 Job ID: {JOB}</rdf:li></dc:description>"
    assert merge("x.jpg", {"xmp": packet}).prompt == "a man"


def test_another_programs_comment_is_no_prompt() -> None:
    about = merge("x.jpg", {"Comment": "CREATOR: gd-jpeg v1.0", "ImageDescription": "OLYMPUS DIGITAL CAMERA"})
    assert (about.prompt, about.evidence) == (None, None)


@pytest.mark.parametrize("when", ["", "yesterday", "2025:06:06", "Fri, 99 Jun 2025 12:06:12 GMT"])
def test_a_date_that_is_none_is_left_out(when: str) -> None:
    assert merge("x.png", {"Creation Time": when}).created_at is None


@pytest.mark.parametrize(
    ("name", "metadata", "expected"),
    [
        ("x.png", {"Description": f"a man Job ID: {JOB}"}, True),
        ("x.png", {"XML:com.adobe.xmp": XMP.format(guid=JOB), "Author": "frizzi"}, True),
        ("x.png", {"XML:com.adobe.xmp": XMP.format(guid=JOB)}, False),  # any program that draws writes so
        (f"frizzi_wizard_{JOB}_0.png", {}, True),
        (f"{JOB}_grid_0.webp", {}, True),
        (f"{JOB.upper()}.jpg", {}, False),
        ("DSC_0001.jpg", {"Author": "Ana", "ImageDescription": "OLYMPUS DIGITAL CAMERA"}, False),
    ],
)
def test_midjourneys_pictures_are_told_from_photos(name: str, metadata: dict[str, str], expected: bool) -> None:
    assert looks_like_midjourney(name, metadata) is expected


# --- the collected files ---------------------------------------------------------------------------------------------


def pairs() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DATA / "pairs.json").read_text(encoding="utf-8"))
    return found


@needs_data
def test_every_collected_description_gives_exactly_its_prompt_and_parameters() -> None:
    described = [pair for pair in pairs() if pair["description"]]
    assert len(described) >= 58
    for pair in described:
        about = merge(pair["filename"], {"Description": pair["description"]}, size=tuple(pair["size"]))
        pieces = [about.prompt or ""]
        pieces += [f"--{name} {one.text}".rstrip() for name, one in about.parameters.items()]
        rebuilt = " ".join(pieces) + f" Job ID: {about.job_id}"
        as_midjourney_writes = rebuilt.replace("--profile ", "--personalize ")
        spaced = re.sub(r"(?<=\w)--(?=niji)", " --", fix_encoding(pair["description"]))  # the one without a blank
        assert spaced.replace("--profile ", "--personalize ").split() == as_midjourney_writes.split()
        assert about.warnings == []
        assert about.prompt is None or "--" not in about.prompt
        assert about.job_id is not None
        assert about.job_id in pair["filename"]


@needs_data
def test_the_rule_of_names_holds_for_the_collected_ones() -> None:
    """The property test above stands on this rule; 11 of all real names had their author removed by hand."""
    told = [pair for pair in pairs() if pair["description"]]
    same = 0
    for pair in told:
        text, _, job = fix_encoding(pair["description"]).rpartition(" Job ID: ")
        tile = parse_filename(pair["filename"]).tile
        same += Path(pair["filename"]).stem.split(" (")[0] == Path(downloaded_name(pair["author"], text, job, tile)).stem
    assert same >= len(told) - 11


@needs_data
def test_hints_of_the_collected_names_agree_with_what_is_embedded() -> None:
    for pair in pairs():
        if pair["description"]:
            told = parse_description(fix_encoding(pair["description"]))
            found = parse_filename(pair["filename"], tuple(pair["size"]))
            for key, hint in found.parameters.items():
                if not hint.cut:
                    assert hint.text == told.parameters[key].text.replace(",", ""), pair["filename"]


@needs_data
def test_every_collected_name_gives_its_job_and_tile() -> None:
    names = (DATA / "names.txt").read_text(encoding="utf-8").split("\n")
    names = [name.strip() for name in names if name.strip()] + [pair["filename"] for pair in pairs()]
    for name in names:
        found = parse_filename(name)
        plain = re.search(r"_?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:_(\d))?(?=[. -])", name)
        assert plain is not None, name
        assert found.job_id == plain[1]
        assert found.tile == (int(plain[2]) if plain[2] else None)
        assert looks_like_midjourney(name, {})


RANGES = {  # facts/midjourney.md A3
    "chaos": (0, 100), "stylize": (0, 1000), "weird": (0, 3000), "quality": (0.25, 4), "seed": (0, 4294967295),
    "variety": (0, 100),
    "stop": (10, 100), "repeat": (1, 40), "iw": (0, 3), "cw": (0, 100), "sw": (0, 1000), "sv": (1, 7), "exp": (0, 100),
    "bs": (1, 4),
}  # fmt: skip


@pytest.mark.parametrize(("name", "low", "high"), [(name, *ends) for name, ends in RANGES.items()])
def test_both_ends_of_a_range_are_in_it_and_what_is_beyond_is_kept_with_a_warning(name: str, low: float, high: float) -> None:
    for value, warning in (
        (low, None),
        (high, None),
        (low - 0.5, "midjourney.out_of_range"),
        (high + 1, "midjourney.out_of_range"),
    ):
        parameter = parse_description(f"a woman --{name} {value:.10g}").parameters[name]
        assert (parameter.number, parameter.warning) == (value, warning)


def test_the_band_of_ow_is_that_of_the_settings_wherever_the_value_was_found() -> None:
    wide = ImportConfig(omni_weight_low=1, omni_weight_high=400)
    for limits, warning in ((ImportConfig(), "midjourney.ow_band"), (wide, None)):
        for about in (
            merge("x.png", {"Description": f"a man --ow 400 Job ID: {JOB}"}, limits=limits),
            merge(f"ana_a_man_--ow_400_--v_7_{JOB}.png", {}, limits=limits),
            merge("x.png", {}, typed_prompt="a man --ow 400", limits=limits),
            with_typed(MidJourney(), "a man --ow 400", limits),
        ):
            assert about.parameters["ow"].warning == warning


@pytest.mark.parametrize(
    ("value", "warning"),
    [(150, None), (170, None), (149, "midjourney.ow_band"), (171, "midjourney.ow_band"), (1, "midjourney.ow_band"),
     (1000, "midjourney.ow_band"), (0, "midjourney.out_of_range"), (1001, "midjourney.out_of_range")],
)  # fmt: skip
def test_the_users_band_of_ow_is_a_remark_and_only_its_range_an_error(value: int, warning: str | None) -> None:
    assert parse_description(f"a woman --ow {value}").parameters["ow"].warning == warning


@pytest.mark.parametrize("version", ["1", "2", "3", "4", "5", "5.1", "5.2", "6", "6.1", "7", "8", "8.1", "8.2"])
def test_every_version_there_was_is_known_and_others_are_warned_about(version: str) -> None:
    assert parse_description(f"x --v {version}").parameters["v"].warning is None
    assert parse_description(f"x --v {version}9").parameters["v"].warning == "midjourney.out_of_range"


def test_of_two_seeds_in_a_name_the_first_counts_as_in_a_description() -> None:
    hints = parse_filename(f"ana_portrait_--seed_7_--seed_9_--chaos_3_--chaos_4_{uuid.UUID(int=5, version=4)}_0.png")
    assert (hints.parameters["seed"].text, hints.parameters["chaos"].text) == ("7", "4")


def test_a_creation_time_without_a_zone_is_taken_as_utc_and_one_with_a_zone_is_turned_into_it() -> None:
    def moment(text: str) -> str | None:
        return merge("x.png", {"Description": "a woman", "Creation Time": text}).created_at

    assert moment("Fri, 06 Jun 2025 12:06:12 -0000") == "2025-06-06T12:06:12+00:00"
    assert moment("Fri, 06 Jun 2025 12:06:12 +0200") == "2025-06-06T10:06:12+00:00"
    assert moment("yesterday") is None


@pytest.mark.parametrize(
    ("ratio", "warning"), [("16:9", None), ("9" * 5000 + ":1", "midjourney.bad_value"), ("1:0", "midjourney.bad_value")]
)
def test_a_ratio_of_thousands_of_digits_is_kept_and_warned_about_and_stops_no_import(ratio: str, warning: str | None) -> None:
    found = parse_description(f"a cat --ar {ratio} --v 7 Job ID: {JOB}").parameters
    assert (found["ar"].text, found["ar"].warning, found["v"].text) == (ratio, warning, "7")


# --- typed prompts ---------------------------------------------------------------------------------------------------


def texts_of(about: MidJourney) -> dict[str, str]:
    return {name: found.text for name, found in about.parameters.items()}


def test_typed_parameters_alone_leave_the_prompt_that_the_name_told() -> None:
    told = merge(f"ana_b_portrait_of_a_woman_{JOB}_0.png", {})
    typed = with_typed(told, " --v 6.1 ")
    assert (typed.prompt, typed.evidence, typed.typed_prompt) == (told.prompt, "typed", "--v 6.1")
    assert texts_of(typed) == {"v": "6.1"}


def test_a_typed_prompt_is_the_same_whether_given_with_the_import_or_after_it() -> None:
    names = [f"ana_b_portrait_--ar_23_--v_7_{JOB}_0.png", "0_2.png", "holiday.png"]
    for name, metadata in itertools.product(names, [{}, {"Description": f"--v 7 Job ID: {JOB}"}, {"Description": "a cat"}]):
        for words in ("two  cats\n--v 6 --raw --wings big", "--s 50", f"a cat Job ID: {OTHER}", "  "):
            assert merge(name, metadata, typed_prompt=words) == with_typed(merge(name, metadata), words)


def test_what_is_typed_anew_takes_the_place_of_what_was_typed_before() -> None:
    first = with_typed(merge("0_2.png", {}), "a cat --s 50 --raw --wings big")
    second = with_typed(first, "a dog --s 500")
    assert (second.prompt, second.typed_prompt) == ("a dog", "a dog --s 500")
    assert texts_of(second) == {"stylize": "500"}
    assert second.unknown_parameters == {}
    assert with_typed(second, "a dog  --s 500 ") is second
    assert with_typed(second, " ") is second
    assert texts_of(first) == {"stylize": "50", "raw": ""}  # what was there is not altered


def test_embedded_parameters_of_a_blend_outlive_every_typed_prompt() -> None:
    metadata = {
        "Description": f"--v 7 --ar 2:3 Job ID: {JOB}",
        "Author": "ana",
        "Creation Time": "Fri, 06 Jun 2025 12:06:12 GMT",
    }
    about = merge("x.png", metadata)
    for words in ("two cats --v 6 --s 50", "two dogs --v 5 --ar 1:1 --s 60", f"one horse --v 4 Job ID: {OTHER}"):
        about = with_typed(about, words)
        assert (about.parameters["v"].text, about.parameters["ar"].text, about.job_id) == ("7", "2:3", JOB)
    assert (about.prompt, texts_of(about)) == ("one horse", {"v": "7", "ar": "2:3"})


def test_typed_parameters_count_before_a_names_though_the_file_tells_its_author() -> None:
    about = merge(f"ana_b_portrait_--v_7_{JOB}_0.png", {"Author": "ana_b"})
    assert (about.evidence, about.author, texts_of(about)) == ("filename", "ana_b", {"v": "7"})
    assert texts_of(with_typed(about, "a portrait --v 6")) == {"v": "6"}


def test_a_typed_prompt_beside_an_embedded_one_changes_nothing_else() -> None:
    about = merge("x.png", {"Description": f"a cat --v 7 Job ID: {JOB}"})
    typed = with_typed(about, "a dog --v 6 --raw")
    assert typed == about.model_copy(update={"typed_prompt": "a dog --v 6 --raw"})


def test_a_warning_of_typed_words_is_said_once_however_often_they_are_typed() -> None:
    about = with_typed(with_typed(merge("x.png", {}), "a cat --v 7 --niji 6"), "a dog --v 7 --niji 6")
    assert about.warnings == ["midjourney.v_and_niji"]


# --- tiles of one job ------------------------------------------------------------------------------------------------

JOB_NAME = "9488ab2e-2c11-4bea-8bfc-62c32a8f5f97"
WHOLE = merge(
    f"{JOB_NAME}_0.png", {"Description": f"a man in a blue hat --ar 2:3 --wings 3 Job ID: {JOB_NAME}", "Author": "ana"}
)


def test_a_tile_without_metadata_has_prompt_and_parameters_of_its_job_and_what_is_its_own() -> None:
    bare = merge(f"ana_a_man_in_a_bl_{JOB_NAME}_3.png", {})
    told = with_siblings(bare, {"mj_0": bare, "mj_1": WHOLE})
    assert (told.prompt, told.evidence, told.told_by) == ("a man in a blue hat", "embedded", "mj_1")
    assert (told.tile, told.author) == (3, None)
    assert (told.parameters, told.unknown_parameters) == (WHOLE.parameters, WHOLE.unknown_parameters)
    assert (bare.evidence, bare.told_by) == ("filename", None)  # the record it came from is as it was
    assert with_siblings(told, {"mj_0": told, "mj_1": WHOLE}) == told


def test_what_was_typed_stands_beside_the_prompt_of_the_job_before_and_afterwards() -> None:
    typed = with_typed(merge(f"{JOB_NAME}_1.png", {}), "a cat --v 6")
    told = with_siblings(typed, {"mj_1": WHOLE})
    assert (told.prompt, told.typed_prompt, told.evidence) == ("a man in a blue hat", "a cat --v 6", "embedded")
    assert "v" not in told.parameters
    later = with_typed(told, "a dog")
    assert (later.prompt, later.typed_prompt, later.told_by) == ("a man in a blue hat", "a dog", "mj_1")


def test_what_is_embedded_stays_even_where_it_is_no_prompt() -> None:
    blend = merge("x.png", {"Description": f"--ar 1:1 Job ID: {JOB_NAME}"})
    other = merge("x.png", {"Description": f"a dog Job ID: {JOB_NAME}"})
    assert with_siblings(blend, {"mj_1": WHOLE}) == blend
    assert with_siblings(other, {"mj_1": WHOLE}) == other


def test_a_prompt_of_a_name_serves_a_tile_without_any_and_no_other() -> None:
    named = merge(f"ana_a_man_in_a_bl_{JOB_NAME}_3.png", {})
    told = with_siblings(merge(f"{JOB_NAME}_1.png", {}), {"mj_0": named})
    assert (told.prompt, told.evidence, told.tile, told.told_by) == (named.prompt, "filename", 1, "mj_0")
    assert with_siblings(told, {"mj_0": named, "mj_1": WHOLE}).told_by == "mj_1"
    assert with_typed(told, "a dog").told_by is None and with_typed(told, "--v 7").told_by == "mj_0"
    typed = with_typed(merge(f"{JOB_NAME}_2.png", {}), "a cat")
    assert with_siblings(typed, {"mj_0": named, "mj_1": told}) == typed
    assert with_siblings(named, {"mj_0": typed, "mj_1": told}) == named
    alone = merge(f"{JOB_NAME}_1.png", {})
    assert with_siblings(alone, {"mj_0": alone}) == alone


MILLION = 1_000_000
LONG = {
    "blanks": " ", "digits": "1", "dashes": "--", "opened": "<dc:description>", "named": "a:DigImageGUID ", "jobs": "Job ID: ",
    "smiles": "smiling ", "photos": "photo of ",
}  # fmt: skip


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG)
def test_a_long_text_costs_no_more_than_its_length(piece: str) -> None:
    """60 kB of XMP took 26 s and a prompt of blanks 190 s; of 1 MB, time that grows with the square would be hours."""
    text = piece * (MILLION // len(piece))
    assert midjourney.parse_description(text).job_id is None
    assert midjourney.parse_xmp(text)[0] is None
    found = read_prompt(MidJourney(prompt=text, evidence="embedded")).phrases
    assert "camera" not in {phrase.text for phrase in found}
