"""metadata/imports.json: which pictures came with which import; imports have numbers that never change.

Written before the first picture of an import and after its last: what a killed import took in has no entry yet, and counts as
its own. Pictures of before there were numbers are import 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import utils
from avatar.workspace import state_file
from avatar.workspace.client import IMAGE_ID, Client, record_id
from avatar.workspace.records import Source

FILE_NAME = "imports.json"
NAMES_KEPT = 5  # [choice] names of folders and files that tell one import from another


@dataclass(frozen=True)
class Import:
    """One import, with those of its pictures that are still there.

    source  "mj" or "real"; "" for pictures of before imports had numbers
    given   the names of the folders and files that were imported
    """

    number: int
    when: str
    source: str
    given: tuple[str, ...]
    images: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number, "when": self.when, "source": self.source, "given": list(self.given),
            "pictures": len(self.images),
        }  # fmt: skip


def imports(client: Client) -> list[Import]:
    """Return the imports of a client that have a picture there, by number."""
    entries = _entries(client)
    present = _present(client)
    owner = _owners(entries, present)
    numbered = {entry["number"]: entry for entry in entries}
    found = []
    for number in sorted({owner[image_id] for image_id in present}):
        entry = numbered.get(number, {})
        images = tuple(image_id for image_id in present if owner[image_id] == number)
        given = tuple(str(name) for name in entry.get("given", ()))
        found.append(Import(number, entry.get("when", ""), entry.get("source", ""), given, images))
    return found


def begin(client: Client, source: Source, given: Sequence[str]) -> int:
    """Note that an import begins; return its number. The client is held."""
    entries = _entries(client)
    owner = _owners(entries, _present(client))
    for number in {0, *(entry["number"] for entry in entries if entry["open"])}:
        images = [image_id for image_id, of in owner.items() if of == number]
        if images and number not in {entry["number"] for entry in entries}:
            entries.insert(0, _entry(number, "", "", (), images))
        for entry in entries:
            if entry["number"] == number:
                entry |= {"images": images, "open": False}
    number = max((entry["number"] for entry in entries), default=0) + 1
    _write(client, [*entries, {**_entry(number, utils.now(), source, given[:NAMES_KEPT], ()), "open": True}])
    return number


def end(client: Client, number: int, added: Sequence[str]) -> None:
    """Note which pictures an import has added; one that added none is forgotten."""
    entries = [entry for entry in _entries(client) if entry["number"] != number or added]
    for entry in entries:
        if entry["number"] == number:
            entry |= {"images": list(added), "open": False}
    _write(client, entries)


def numbers_of(client: Client, image_ids: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of the imports that pictures came with."""
    chosen = set(image_ids)
    return tuple(item.number for item in imports(client) if chosen & set(item.images))


def _present(client: Client) -> list[str]:
    return [record_id(path.name) for path in client.record_files()]


def _owners(entries: Sequence[dict[str, Any]], present: Iterable[str]) -> dict[str, int]:
    """Return picture -> number of its import: the last one that names it, else the one that was killed, else 0."""
    owner = {image_id: entry["number"] for entry in entries for image_id in entry["images"]}
    killed = next((entry["number"] for entry in entries if entry["open"]), 0)
    return {image_id: owner.get(image_id, killed) for image_id in present}


def _entry(number: int, when: str, source: str, given: Sequence[str], images: Sequence[str]) -> dict[str, Any]:
    return {
        "number": number, "when": when, "source": source, "given": list(given), "images": list(images), "open": False,
    }  # fmt: skip


def _entries(client: Client) -> list[dict[str, Any]]:
    """Return the entries of the file, by number; of a damaged one, those that can be read."""
    types = {"number": int, "when": str, "source": str, "given": list, "images": list, "open": bool}
    listed = state_file.read(client.images.parent / FILE_NAME, {"imports": list}).get("imports", [])
    entries = [found for item in listed if len(found := state_file.fields(item, types)) == len(types)]
    for entry in entries:
        entry["images"] = [image_id for image_id in entry["images"] if IMAGE_ID.fullmatch(str(image_id))]
    return sorted(entries, key=lambda entry: int(entry["number"]))


def _write(client: Client, entries: Sequence[dict[str, Any]]) -> None:
    utils.write_json(client.images.parent / FILE_NAME, {"version": 1, "imports": list(entries)})
