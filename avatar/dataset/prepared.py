"""The existing dataset: what the last preparation wrote, and captions edited in its files since."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import utils
from avatar.trainer.dataset_folder import INFO_FILE
from avatar.workspace.client import IMAGE_ID, Client
from avatar.workspace.records import FURTHER


def prepared_fingerprint(client: Client) -> str | None:
    """Return the fingerprint of the existing dataset, None if there is none."""
    found = {str(info.get("fingerprint", "")) for _, info in prepared_folders(client)}
    return found.pop() if len(found) == 1 else None


def prepared_captions(client: Client) -> dict[str, str]:
    """Return image id -> caption as the last preparation wrote it."""
    return Prepared.read(client).captions


def missing_pictures(client: Client) -> int:
    """Return how many of the pictures that the last preparation laid out are gone; only names are looked at."""
    missing = 0
    for path, info in prepared_folders(client):
        with os.scandir(path) as entries:
            there = {entry.name for entry in entries}
        missing += sum(item.get("file") not in there for _, item in listed_pictures(info))
    return missing


def prepared_folders(client: Client) -> list[tuple[Path, dict[str, Any]]]:
    """Return the folders of a client's training_data that hold a readable dataset_info.json of this client.

    A dataset_info.json with another client id counts if all of its pictures are this client's: its folder was renamed by hand.
    """
    found = []
    try:
        folders = sorted(path for path in client.training_data.iterdir() if path.is_dir())
    except FileNotFoundError:
        return []
    for path in folders:
        try:
            info = utils.loads((path / INFO_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(info, dict) and (info.get("client_id") == client.client_id or _all_known(client, info)):
            found.append((path, info))
    return found


def _all_known(client: Client, info: Mapping[str, Any]) -> bool:
    """Return whether a dataset_info.json lists pictures, all of which the client has records of."""
    ids = {image_id for image_id, _ in listed_pictures(info)}
    return bool(ids) and all(client.has_record(image_id.partition(FURTHER)[0]) for image_id in ids)


def listed_pictures(info: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield id and entry of each picture listed in a dataset_info.json; damaged entries are skipped."""
    pictures = info.get("pictures")
    for item in pictures if isinstance(pictures, list) else ():
        image_id = str(item.get("image_id")) if isinstance(item, dict) else ""
        if IMAGE_ID.fullmatch(image_id.partition(FURTHER)[0]):
            yield image_id, item


@dataclass(frozen=True)
class Prepared:
    """What the last preparation wrote, according to its dataset_info.json files."""

    folders: Mapping[str, Path]  # image id -> where its picture lies
    captions: dict[str, str]
    files: Mapping[str, frozenset[str]]  # folder name -> pictures
    untouched: set[str] = field(default_factory=set)  # image ids whose text file still holds the written caption

    @classmethod
    def read(cls, client: Client) -> Prepared:
        folders: dict[str, Path] = {}
        written: dict[str, str] = {}
        files: dict[str, frozenset[str]] = {}
        for path, info in prepared_folders(client):
            pictures = list(listed_pictures(info))
            files[path.name] = frozenset(str(item.get("file")) for _, item in pictures)
            for image_id, item in pictures:
                if isinstance(line := item.get("caption"), str):
                    folders[image_id], written[image_id] = path, line
        return cls(folders, written, files)

    def text_file(self, image_id: str) -> str:
        return f"{self.folders[image_id]}{os.sep}{image_id}.txt"

    def edited(self, image_id: str) -> str:
        """Return the caption if it was edited in its file since, else ""."""
        if image_id not in self.captions:
            return ""
        try:
            with open(self.text_file(image_id), "rb") as handle:  # noqa: PTH123  # thousands: a Path for each takes its time
                content = handle.read()
            if content == self.captions[image_id].encode("utf-8"):
                self.untouched.add(image_id)
                return ""
        except OSError:
            return ""
        line = " ".join(utils.decoded(content).split())
        return line if line != self.captions[image_id] else ""
