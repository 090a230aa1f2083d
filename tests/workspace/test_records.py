"""The models of what is kept: every key is checked, nothing is filled in silently, and what was written reads back the same."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from avatar.texts.text import PipelineError
from avatar.workspace import records
from avatar.workspace.client import Client, read_record, record_text
from avatar.workspace.records import Camera, ClientInfo, Crop, Decision, ImageRecord, MidJourney, Parameter

CROP = {"square": [0, 0, 512, 512], "side_px": 1024, "scale": 2.0}
WHOLE: dict[str, Any] = {
    "version": 3,
    "image_id": "real_0123456789abcdef",
    "source": "real",
    "original": {
        "name": "año 🎉.jpg", "sha256": "0" * 64, "bytes": 3, "stored": "raw_real/real_0123456789abcdef_año 🎉.jpg",
        "imported_at": "2026-01-01T00:00:00+00:00",
    },
    "picture": {"format": "JPEG", "width": 4000, "height": 3000, "taken_at": "2025-06-06T12:06:12", "phash": "00ff" * 4,
                "notes": ["picture.note.other_type"]},
    "midjourney": {
        "job_id": "j", "tile": 0, "author": "a", "prompt": "p", "evidence": "typed", "typed_prompt": "t", "told_by": "mj_0",
        "created_at": "c", "image_guid": "g", "source_type": "s", "warnings": ["midjourney.cut_name"],
        "unknown_parameters": {"foo": "bar"},
        "parameters": {"ow": {"text": "400", "number": 400.0, "cut": True, "warning": "midjourney.ow_band"}},
    },
    "camera": {
        "make": "Canon", "model": "R5", "lens": "RF 85", "focal_length_mm": 85.0, "aperture": 1.8, "shutter_s": 0.005,
        "iso": 100, "flash": False, "gps": [-34.5, 58.01],
    },
    "traits": {"lighting": [{"value": "soft", "evidence": "contrast 3"}], "expression": [], "physical": []},
    "analysis": {"brightness": 120.5},
    "near_duplicate_of": "mj_0123456789abcdef",
    "faces": [{"box": [1, 2, 3, 4], "confidence": 0.9, "keypoints": {"nose": [1, 2]}, "identity": None}],
    "face_choice": {"index": 0, "why": "only", "ambiguous": False},
    "identity": {"vector": "AAAA", "points": "yunet", "likeness": 0.7, "verdict": "client", "by": "rules", "asked": False},
    "processed_with": "0" * 16,
    "crop": {**CROP, "framing": "face", "angle": 0.0},
    "more_crops": [{**CROP, "framing": "half_figure", "angle": -3.5}],
    "quality": {"measures": {"sharpness": 1.0}, "verdict": "approved", "rules": "r",
                "reasons": [{"code": "blur", "level": "warn", "value": 1.0, "limit": 2.0}]},
    "decision": {"verdict": "approved", "by": "user", "when": "w", "by_answer": False},
    "use": {"kind": "held_out", "by": "rules"},
    "caption": {"text": "ohwx woman", "by": "rules"},
}  # fmt: skip


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def objects(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of all objects in data that are models: the free ones are named by what they hold."""
    free = {"parameters", "unknown_parameters", "analysis", "measures", "keypoints"}
    found = [path] if isinstance(data, dict) and (not path or path[-1] not in free) else []
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return found + [one for key, value in inner for one in objects(value, (*path, key))]


def bare(**more: Any) -> ImageRecord:
    return ImageRecord.model_validate({key: WHOLE[key] for key in ("image_id", "source", "original", "picture")} | more)


def test_a_record_with_everything_reads_back_as_it_was_written(tmp_path: Path) -> None:
    record = ImageRecord.model_validate(WHOLE)
    (tmp_path / "x.json").write_text(record_text(record), encoding="utf-8")
    assert read_record(tmp_path / "x.json") == record
    assert json.loads(record_text(record)) == WHOLE  # no key lost, none added, and the names of the keys are these


@pytest.mark.parametrize("path", objects(WHOLE), ids=str)
def test_a_misspelt_key_is_refused_wherever_it_stands(path: tuple[str | int, ...]) -> None:
    data = copy.deepcopy(WHOLE)
    at(data, path)["brightnes"] = 1
    with pytest.raises(ValidationError, match="brightnes"):
        ImageRecord.model_validate(data)


@pytest.mark.parametrize("key", ["image_id", "source", "original", "picture"])
def test_what_a_record_cannot_do_without_is_asked_for_by_name(key: str) -> None:
    with pytest.raises(ValidationError, match=key):
        ImageRecord.model_validate({name: value for name, value in WHOLE.items() if name != key})


def test_what_is_not_known_is_told_as_such_and_not_made_up() -> None:
    record = bare()
    assert record.version == records.RECORD_VERSION
    unknown = (
        "midjourney",
        "camera",
        "near_duplicate_of",
        "face_choice",
        "identity",
        "processed_with",
        "crop",
        "quality",
        "decision",
        "use",
        "caption",
    )
    assert [getattr(record, name) for name in unknown] == [None] * len(unknown)
    assert (record.faces, record.more_crops, record.analysis) == ([], [], {})
    assert set(Camera().model_dump().values()) == {None}
    assert (MidJourney().prompt, MidJourney().evidence, MidJourney().parameters) == (None, None, {})
    assert Parameter(text="").model_dump() == {"text": "", "number": None, "cut": False, "warning": None}


def test_two_records_share_no_lists() -> None:
    one, other = bare(), bare()
    one.traits.lighting.append(records.Trait(value="soft", evidence="x"))
    one.faces.append(records.Face(box=(0, 0, 1, 1), confidence=1, keypoints={}))
    assert (other.traits.lighting, other.faces) == ([], [])


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("source",), "dalle"), (("version",), 4), (("version",), 0),
        (("use", "kind"), "kept"), (("use", "by"), "chance"), (("decision", "verdict"), "maybe"),
        (("decision", "by"), "the cat"), (("midjourney", "evidence"), "guessed"), (("quality", "reasons", 0, "level"), "note"),
        (("caption", "by"), "nobody"), (("picture", "width"), "wide"), (("crop", "square"), [0, 0, 512]),
        (("camera", "gps"), [1.0]), (("camera", "iso"), 1.5),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused_with_its_place(path: tuple[str | int, ...], wrong: object) -> None:
    data = copy.deepcopy(WHOLE)
    at(data, path[:-1])[path[-1]] = wrong
    with pytest.raises(ValidationError) as caught:
        ImageRecord.model_validate(data)
    assert [error["loc"][: len(path)] for error in caught.value.errors()] == [path]


def test_a_picture_goes_into_the_dataset_only_approved_and_cut_out() -> None:
    yes = Decision(verdict="approved", by="rules", when="w")
    no = Decision(verdict="rejected", by="user", when="w")
    crop = Crop(square=(0, 0, 512, 512), side_px=1024, scale=2.0)
    assert [bare(decision=decision, crop=cut).approved for decision in (yes, no, None) for cut in (crop, None)] == [
        True, False, False, False, False, False,
    ]  # fmt: skip


def test_further_crops_are_named_after_their_framing() -> None:
    further = [{**CROP, "framing": "head_shoulders"}, {**CROP, "framing": "half_figure"}]
    assert bare().crop_ids == ["real_0123456789abcdef"]
    assert bare(more_crops=further).crop_ids == [
        "real_0123456789abcdef", "real_0123456789abcdef~head_shoulders", "real_0123456789abcdef~half_figure",
    ]  # fmt: skip


# --- versions --------------------------------------------------------------------------------------------------------


def step(version: int, key: str) -> Any:
    return lambda data: {**data, "version": version + 1, key: data.get("version")}


def test_a_record_of_version_1_is_read_and_its_likeness_measured_anew() -> None:
    """The vectors of version 1 were aligned by other points, and their limits were those of the set."""
    data = json.loads((Path(__file__).parents[1] / "fixtures" / "record_v1.json").read_text(encoding="utf-8"))
    before = copy.deepcopy(data)
    record = ImageRecord.model_validate(records.migrate(data, records.RECORD_VERSION))
    assert (record.version, record.identity, record.faces[0].identity) == (3, None, None)
    assert record.quality is not None
    assert set(record.quality.measures) == set(before["quality"]["measures"]) - {"identity", "identity_limit"}
    kept = record.model_dump(mode="json")
    for key in ("original", "picture", "midjourney", "camera", "traits", "face_choice", "crop", "decision", "caption"):
        added = {"by_answer": False} if key == "decision" else {}  # came later, and says nothing of what was there
        assert kept[key] == before[key] | added if added else kept[key] == before[key]


def test_a_record_of_version_2_is_read_as_trained() -> None:
    data = json.loads((Path(__file__).parents[1] / "fixtures" / "record_v2.json").read_text(encoding="utf-8"))
    record = ImageRecord.model_validate(records.migrate(data, records.RECORD_VERSION))
    assert (record.version, record.use, record.held_out) == (3, None, False)
    kept = json.loads(record_text(record))
    assert {key: value for key, value in kept.items() if key not in ("version", "use")} == {
        key: value for key, value in WHOLE.items() if key not in ("version", "use")
    }


def test_old_data_passes_every_version_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MIGRATIONS", {1: step(1, "two"), 2: step(2, "three"), 3: step(3, "four")})
    assert records.migrate({"version": 1}, 3) == {"version": 3, "two": 1, "three": 2}
    assert records.migrate({}, 2) == {"version": 2, "two": None}  # the first files had no version
    assert records.migrate({"version": 3}, 3) == {"version": 3}
    assert records.migrate({"version": 9}, 3) == {"version": 9}  # its model refuses it


@pytest.mark.parametrize("version", ["1", None, 0, -1, [1]])
def test_a_version_that_is_none_is_left_for_the_model_to_refuse(version: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MIGRATIONS", {1: step(1, "two")})
    assert records.migrate({"version": version}, 2) == {"version": version}


@pytest.mark.parametrize(
    "content",
    [b"[]", b"null", b"5", b'"x"', b"{}", b'{"version": "1"}', b"", b"\xff", b"9" * 5000, b'{"a": NaN'],
    ids=lambda content: repr(content[:9]),
)
def test_a_file_that_holds_something_else_is_refused_by_its_path(client: Client, content: bytes) -> None:
    client.make_folders()
    path = client.record_file("real_0123456789abcdef")
    path.write_bytes(content)
    with pytest.raises(PipelineError) as caught:
        client.record("real_0123456789abcdef")
    assert (caught.value.key, caught.value.values["path"]) == ("record.invalid", str(path))
    assert caught.value.values["problems"]
    client.info_file.write_bytes(content)
    with pytest.raises(PipelineError) as caught:
        client.info()
    assert caught.value.key in {"client.invalid", "file.not_json", "file.not_utf8"}
    assert caught.value.values["path"] == str(client.info_file)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(["version", "image_id", "x"]), one),
    max_leaves=4,
)


@settings(max_examples=50)
@given(ANY_JSON)
def test_whatever_json_holds_is_a_record_or_is_refused(data: Any) -> None:
    with pytest.raises(ValidationError):
        ImageRecord.model_validate(records.migrate(data, records.RECORD_VERSION))


def test_a_client_is_named_by_little_and_keeps_the_rest_empty() -> None:
    info = ClientInfo(client_id="ana", trigger_word="ohwx", created_at="2026-01-01T00:00:00+00:00")
    assert info.model_dump() == {
        "version": records.CLIENT_VERSION, "client_id": "ana", "display_name": "", "trigger_word": "ohwx",
        "class_word": "person", "consent_note": "", "master_prompt": "",
        "created_at": "2026-01-01T00:00:00+00:00", "settings": {},
    }  # fmt: skip
    with pytest.raises(ValidationError, match="triger_word"):
        ClientInfo.model_validate({**info.model_dump(), "triger_word": "x"})


@pytest.mark.parametrize("path", ["image_id", "original.stored", "midjourney.prompt", "camera.iso"])
def test_a_record_cannot_be_changed_in_place(path: str) -> None:
    part: Any = ImageRecord.model_validate(WHOLE)
    *parents, name = path.split(".")
    for parent in parents:
        part = getattr(part, parent)
    with pytest.raises(ValidationError, match="frozen"):
        setattr(part, name, None)
