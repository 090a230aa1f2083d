"""What an import's records add up to: jobs with their tiles, typed prompts beside them, and the table for a spreadsheet."""

from __future__ import annotations

import csv
import errno
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import utils
from avatar.pictures import groups as import_groups
from avatar.pictures import images_table
from avatar.pictures.groups import Group, grouped
from avatar.texts.text import PipelineError, Text
from avatar.texts.visible import one_line
from avatar.workspace.client import Client
from avatar.workspace.records import Camera, Decision, ImageRecord, MidJourney, Original, Parameter, Picture, Trait, Traits
from config import ImportConfig, Settings

JOB = "9488ab2e-2c11-4bea-8bfc-62c32a8f5f97"
OTHER = "0f3c7d52-8f5e-4b0a-9a77-5d2f1b6c9e01"


def a_record(number: int, about: MidJourney | None = None, *, source: str = "mj", name: str | None = None) -> ImageRecord:
    image_id = f"{source}_{number:016x}"
    return ImageRecord(
        image_id=image_id,
        source=source,  # type: ignore[arg-type]  # "mj" or "real"
        original=Original(
            name=name or f"{number}.png", sha256=f"{number:064x}", bytes=10, stored=f"raw_{source}/{image_id}_x.png",
            imported_at="2026-01-01T00:00:00+00:00",
        ),
        picture=Picture(format="PNG", width=1024, height=768),
        midjourney=about,
    )  # fmt: skip


def embedded(tile: int | None, prompt: str | None = "a man", job: str = JOB, **parameters: str) -> MidJourney:
    found = {name: Parameter(text=text) for name, text in parameters.items()}
    return MidJourney(job_id=job, tile=tile, prompt=prompt, evidence="embedded", parameters=found)


def from_name(tile: int | None, prompt: str | None = "ana a m", job: str = JOB, **parameters: str) -> MidJourney:
    return embedded(tile, prompt, job, **parameters).model_copy(update={"evidence": "filename"})


def keep(client: Client, *records: ImageRecord) -> None:
    client.make_folders()
    for record in records:
        client.save_record(record)


def rows_of(client: Client) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.table_file.read_text(encoding="utf-8-sig"))))


# --- groups ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tiles", "complete"),
    [([], False), ([0], False), ([0, 1, 2], False), ([0, 1, 2, 3], True), ([0, 0, 1, 2], False), ([0, 0, 1, 2, 3], True)],
)
def test_a_job_is_complete_with_its_four_tiles_and_a_single_picture_is_no_part_of_four(
    tiles: list[int], complete: bool
) -> None:
    assert Group(JOB, None, None, {}, tiles, [], []).complete is complete


def test_what_has_no_job_or_is_a_photo_is_in_no_group() -> None:
    records = [
        a_record(1), a_record(2, MidJourney(prompt="typed", evidence="typed")), a_record(3, embedded(0), source="real"),
    ]  # fmt: skip
    assert grouped(records) == []


def test_groups_come_in_order_of_job_and_their_tiles_in_order_of_number() -> None:
    records = [
        a_record(1, embedded(3)),
        a_record(2, embedded(1, job=OTHER)),
        a_record(3, embedded(0)),
        a_record(4, embedded(None)),
    ]
    found = grouped(records)
    assert [group.job_id for group in found] == [OTHER, JOB]
    assert found[1].tiles == [0, 3]
    assert found[1].images == ["mj_" + f"{number:016x}" for number in (3, 1, 4)]  # tile 0, tile 3, and what is no tile
    assert found[1].names == ["3.png", "1.png", "4.png"]


def test_what_is_embedded_in_one_tile_speaks_for_all_and_before_their_names() -> None:
    records = [a_record(1, from_name(0, ar="2:3", v="6")), a_record(2, embedded(1, "a man in a hat", v="7"))]
    (group,) = grouped(records)
    assert (group.prompt, group.parameters, group.typed_prompt) == ("a man in a hat", {"v": "7"}, None)


def test_a_group_without_embedded_data_has_what_a_name_tells() -> None:
    (group,) = grouped([a_record(1, from_name(0, None)), a_record(2, from_name(1, "ana a man", v="6"))])
    assert (group.prompt, group.parameters) == ("ana a man", {})


def test_what_was_typed_for_one_tile_is_named_with_the_group() -> None:
    typed = embedded(1).model_copy(update={"typed_prompt": "a man I know"})
    (group,) = grouped([a_record(1, embedded(0)), a_record(2, typed)])
    assert (group.prompt, group.typed_prompt) == ("a man", "a man I know")


def test_the_file_of_groups_holds_each_job_as_it_was_found(client: Client) -> None:
    client.make_folders()
    found = grouped([a_record(number, embedded(number, "un hombre ñ", v="7")) for number in range(4)])
    import_groups.write_groups(client, found)
    assert "ñ" in client.groups_file.read_text(encoding="utf-8")
    assert json.loads(client.groups_file.read_text(encoding="utf-8")) == {
        JOB: {
            "prompt": "un hombre ñ", "typed_prompt": None, "parameters": {"v": "7"}, "tiles": [0, 1, 2, 3],
            "images": [f"mj_{number:016x}" for number in range(4)], "complete": True,
        }
    }  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from([JOB, OTHER, None]), st.sampled_from([None, 0, 1, 2, 3])), max_size=12))
def test_every_picture_with_a_job_is_in_exactly_one_group(pictures: list[tuple[str | None, int | None]]) -> None:
    records = [a_record(n, MidJourney(job_id=job, tile=tile, prompt="x")) for n, (job, tile) in enumerate(pictures)]
    found = grouped(records)
    members = [image for group in found for image in group.images]
    assert sorted(members) == sorted(r.image_id for r in records if r.midjourney and r.midjourney.job_id)
    assert all(len(group.images) == len(group.names) >= len(group.tiles) for group in found)


# --- typed prompts ---------------------------------------------------------------------------------------------------


def test_a_typed_prompt_goes_to_one_job_alone_and_to_all_where_none_is_named(client: Client) -> None:
    keep(client, a_record(1, from_name(0)), a_record(2, from_name(1)), a_record(3, from_name(0, job=OTHER)),
         a_record(4), a_record(5, source="real"))  # fmt: skip

    def typed() -> list[str | None]:
        return [record.midjourney.typed_prompt if record.midjourney else None for record in client.records()]

    assert import_groups.set_group_prompt(client, JOB, "una mujer\n serena ")[0] == 2
    assert typed() == ["una mujer serena", "una mujer serena", None, None, None]
    assert import_groups.set_group_prompt(client, None, "otra")[0] == 4
    assert typed() == ["otra", "otra", "otra", "otra", None]
    assert client.records()[4] == a_record(5, source="real")


@pytest.mark.parametrize("job", [JOB, None])
def test_where_there_is_nothing_to_type_a_prompt_for_nothing_is_written(client: Client, job: str | None) -> None:
    keep(client, a_record(1, source="real"), a_record(2, from_name(0, job=OTHER)) if job else a_record(2, source="real"))
    with pytest.raises(PipelineError) as caught:
        import_groups.set_group_prompt(client, job, "x")
    assert caught.value.text == Text("prompt.no_group", {"job": job or "-"})
    assert not client.table_file.exists() and not client.groups_file.exists()


@pytest.mark.parametrize("blank", ["", "  ", "\n\t"])
def test_blanks_are_no_prompt_and_change_nothing(client: Client, blank: str) -> None:
    keep(client, a_record(1, from_name(0)))
    before = client.record_file(a_record(1).image_id).read_bytes()
    assert import_groups.set_group_prompt(client, JOB, blank)[0] == 0
    assert client.record_file(a_record(1).image_id).read_bytes() == before


def test_table_and_groups_follow_a_typed_prompt(client: Client) -> None:
    keep(client, a_record(1, from_name(0)), a_record(2, source="real"))
    import_groups.set_group_prompt(client, JOB, "una mujer, luz natural --v 6.1 --no gafas")
    images_table.write_table(client, client.records())
    saved = json.loads(client.groups_file.read_text(encoding="utf-8"))[JOB]
    assert (saved["prompt"], saved["parameters"]) == ("una mujer, luz natural", {"v": "6.1", "no": "gafas"})
    assert saved["typed_prompt"] == "una mujer, luz natural --v 6.1 --no gafas"
    assert [(row["prompt"], row["evidence"], row["lighting"]) for row in rows_of(client)] == [
        ("una mujer, luz natural", "typed", "natural"), ("", "", ""),
    ]  # fmt: skip


def test_words_of_the_configuration_count_for_a_typed_prompt_too(client: Client) -> None:
    keep(client, a_record(1, from_name(0)))
    words = Settings(imports=ImportConfig(trait_words={"lighting": {"studio": ("ring lamp",)}}))
    import_groups.set_group_prompt(client, JOB, "a woman by a ring lamp", settings=words)
    assert [trait.value for trait in client.records()[0].traits.lighting] == ["studio"]
    import_groups.set_group_prompt(client, JOB, "a woman by a ring lamp at night")
    assert client.records()[0].traits.lighting == []


def test_a_record_of_a_picture_about_which_nothing_was_known_gets_what_was_typed() -> None:
    bare = a_record(1)
    changed = import_groups.with_typed_prompt(bare, "portrait, soft light --s 5", ImportConfig())
    assert bare == a_record(1)
    assert changed.midjourney is not None
    assert (changed.midjourney.prompt, changed.midjourney.evidence) == ("portrait, soft light", "typed")
    assert [trait.value for trait in changed.traits.lighting] == ["soft"]


def test_a_master_prompt_keeps_everything_else_that_is_known_of_the_client(client: Client) -> None:
    before = client.info()
    import_groups.set_master_prompt(client, " retrato\tde   una mujer ")
    assert client.info() == before.model_copy(update={"master_prompt": "retrato de una mujer"})
    import_groups.set_master_prompt(client, "")
    assert client.info() == before


# --- traits ----------------------------------------------------------------------------------------------------------


def test_traits_come_from_the_prompt_and_not_from_what_was_typed_beside_it() -> None:
    about = embedded(0, "portrait, studio lighting").model_copy(update={"typed_prompt": "dramatic lighting"})
    assert [trait.value for trait in import_groups.traits_of(about, ImportConfig()).lighting] == ["studio"]
    about = about.model_copy(update={"prompt": None})
    assert [trait.value for trait in import_groups.traits_of(about, ImportConfig()).lighting] == ["dramatic"]
    assert import_groups.traits_of(None, ImportConfig()) == Traits()


def test_what_the_no_parameter_names_counts_against_a_trait() -> None:
    about = embedded(0, "portrait of a serene man", no="beard, serene")
    found = import_groups.traits_of(about, ImportConfig())
    assert (found.expression, [trait.value for trait in found.physical]) == ([], ["clean_shaven"])


# --- the table -------------------------------------------------------------------------------------------------------


def test_every_column_tells_what_its_head_says(client: Client) -> None:
    client.make_folders()
    record = a_record(7, embedded(2, "a man, at ease"), name="ñandú; \"1\".png").model_copy(
        update={
            "camera": Camera(model="R5"), "decision": Decision(verdict="approved", by="user", when="2026-01-01T00:00:00+00:00"),
            "near_duplicate_of": "mj_0000000000000001",
            "picture": Picture(format="RAW", width=1024, height=768, taken_at="2025-06-06T12:06:12"),
            "traits": Traits(
                lighting=[Trait(value="studio", evidence="x"), Trait(value="soft", evidence="y")],
                expression=[Trait(value="wise", evidence="x")], physical=[Trait(value="stubble", evidence="x")],
            ),
        }
    )  # fmt: skip
    images_table.write_table(client, [record])
    assert rows_of(client) == [
        {
            "number": "1", "image_id": "mj_0000000000000007", "source": "mj",
            "name": 'ñandú; "1".png', "format": "RAW", "width": "1024",
            "height": "768", "taken_at": "2025-06-06T12:06:12", "job_id": JOB, "tile": "2", "prompt": "a man, at ease",
            "evidence": "embedded", "camera": "R5", "lighting": "studio soft", "expression": "wise", "physical": "stubble",
            "verdict": "approved", "decided_by": "user", "near_duplicate_of": "mj_0000000000000001",
        }
    ]  # fmt: skip


def test_what_is_not_known_is_an_empty_cell_and_a_tile_zero_is_none(client: Client) -> None:
    client.make_folders()
    images_table.write_table(client, [a_record(1), a_record(2, embedded(0, None))])
    first, second = rows_of(client)
    assert {name for name, value in first.items() if value} == {
        "number", "image_id", "source", "name", "format", "width", "height",
    }  # fmt: skip
    assert (second["tile"], second["prompt"]) == ("0", "")


def test_a_prompt_that_was_only_typed_stands_in_the_table(client: Client) -> None:
    client.make_folders()
    images_table.write_table(client, [a_record(1, MidJourney(typed_prompt="a cat", evidence="typed"))])
    assert rows_of(client)[0]["prompt"] == "a cat"


def test_a_table_that_is_open_elsewhere_stays_as_it_is_and_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.make_folders()
    assert images_table.write_table(client, [])
    before = client.table_file.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", locked)
        assert not images_table.write_table(client, [a_record(1)])
    assert client.table_file.read_bytes() == before
    assert not list(client.table_file.parent.glob(".*.tmp"))
    assert images_table.write_table(client, [a_record(1)])
    assert len(rows_of(client)) == 1


def locked(self: Path, target: Path) -> None:
    raise PermissionError(13, "Permission denied", str(target))


def test_a_full_disk_is_no_open_table(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    client.make_folders()
    monkeypatch.setattr(utils, "write_atomic", full)
    with pytest.raises(OSError, match="No space left"):
        images_table.write_table(client, [])


def test_a_table_without_pictures_has_its_heads(client: Client) -> None:
    client.make_folders()
    images_table.write_table(client, [])
    assert client.table_file.read_bytes() == b"\xef\xbb\xbf" + ",".join(images_table.COLUMNS).encode() + b"\r\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@example("a\0=b", "\0")
@example(";=cmd|' /C calc'!A0", "")
@example('portrait; "=1+1', "")
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.sampled_from(["\0", *"=+-@\t\r", "", ";=", "x;+", "\n="])
)
def test_no_name_and_no_prompt_is_a_formula_and_none_is_lost(client: Client, text: str, start: str) -> None:
    client.make_folders()
    images_table.write_table(client, [a_record(1, embedded(0, start + text), name=(start + text) or "x")])
    cells = next(csv.reader(io.StringIO(client.table_file.read_bytes().decode("utf-8-sig").partition("\r\n")[2], newline="")))
    for cell, written in ((cells[3], (start + text) or "x"), (cells[10], start + text)):
        assert cell.replace("'", "") == one_line(written).replace("'", "")
        for part in cell.split(";"):  # which Excel in Spanish takes for the end of a cell
            assert not part.lstrip().lstrip('"').startswith(("=", "+", "-", "@", "\t"))
        assert cell.isprintable() or "\t" in cell or not one_line(written).isprintable()


def test_each_parameter_of_the_prompts_has_a_column(client: Client) -> None:
    client.make_folders()
    first = embedded(0, "a cat", ar="5:6", raw="").model_copy(update={"unknown_parameters": {"glow": "3"}})
    images_table.write_table(client, [a_record(1, first), a_record(2, embedded(1, "a cat", v="7")), a_record(3, source="real")])
    told = [{name: value for name, value in row.items() if name.startswith("mj_")} for row in rows_of(client)]
    assert told == [
        {"mj_ar": "5:6", "mj_glow": "3", "mj_raw": "raw", "mj_v": ""}, {"mj_ar": "", "mj_glow": "", "mj_raw": "", "mj_v": "7"},
        {"mj_ar": "", "mj_glow": "", "mj_raw": "", "mj_v": ""},
    ]  # fmt: skip


def test_the_parameters_of_a_group_are_written_as_midjourney_takes_them() -> None:
    (group,) = grouped([a_record(1, embedded(0, "a cat", ar="5:6", raw="", v="7"))])
    assert group.parameters_line == "--ar 5:6 --raw --v 7"
