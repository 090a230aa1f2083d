"""Lines that a killed program left half written cost nothing but themselves."""

from __future__ import annotations

from pathlib import Path

from avatar.results import looks
from avatar.results.looks import LAYOUT_CELLS, STRUCTURE_PX, Look
from avatar.workspace import lines


def seen(name: str = "a" * 16) -> Look:
    return Look(
        name, faces=1, box=(1.0, 2.0, 30.5, 40.0), vector="AAAA", structure=bytes(range(256)) * (STRUCTURE_PX**2 // 256),
        layout=bytes(3 * LAYOUT_CELLS**2), size=(1024, 768), sharpness=180.2, exposure=120.0,
    )  # fmt: skip


def test_a_torn_last_line_is_none_and_the_next_one_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "new" / "looks.jsonl"
    assert list(lines.read(path)) == []
    lines.add(path, [{"n": 1}, {"n": 2}])
    with path.open("ab") as handle:
        handle.write(b'{"n": 3, "cut')
    assert [row["n"] for row in lines.read(path)] == [1, 2]
    lines.add(path, [{"n": 4}])
    assert [row["n"] for row in lines.read(path)] == [1, 2, 4]
    lines.add(path, [])
    with path.open("ab") as handle:
        handle.write(b'[1]\nnull\n\xff\n{"n": 5}\n')
    assert [row["n"] for row in lines.read(path)] == [1, 2, 4, 5]


def test_what_was_seen_reads_back_as_it_was_and_other_rules_are_looked_at_again(tmp_path: Path) -> None:
    path = tmp_path / "looks.jsonl"
    none = Look("b" * 16, layout=bytes(3 * LAYOUT_CELLS**2), size=(64, 64))
    lines.add(path, [looks.as_row(seen()), looks.as_row(none)])
    rows = list(lines.read(path))
    assert [looks.from_row(row) for row in rows] == [seen(), none]
    for change in ({"rules": 0}, {"layout": ""}, {"structure": "AAAA"}, {"box": [1, 2]}, {"faces": "x"}, {"size": None},
                   {"vector": None}):  # fmt: skip
        assert looks.from_row({**rows[0], **change}) is None
    assert looks.from_row({"rules": looks.LOOKS_VERSION}) is None
