"""Pictures by id: known ones of a known client alone, small ones made once and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.pictures import thumbnails
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from PIL.Image import Image

SIZES = {"160": 160, "480": 480, "full": 2048}
JPEG, PNG = "image/jpeg", "image/png"
# Where small ones are kept: of crops with those of the sheets, of samples a folder for each run.
_CACHES = {
    "crop": "", "refused": "", "original": thumbnails.UPRIGHT, "sample": "samples", "trial": "trials", "report": "report",
}  # fmt: skip
_DECODING = threading.Lock()
_OPENING = threading.Semaphore(2)  # [choice] a page asks for six at once; each is 4 MB while it is made small


def original(client: Client, picture_id: str) -> Path:
    """Return where the original of a record lies. Raises PipelineError as `Client.record` and `Client.original`."""
    return client.original(client.record(picture_id))


def crop(client: Client, picture_id: str) -> Path:
    """Return the crop of an approved picture; a decision may have moved it since the page was drawn."""
    _need_record(client, picture_id)
    return _first(client.processed / f"{picture_id}.png", client.rejected / f"{picture_id}.png")


def refused(client: Client, picture_id: str) -> Path:
    """Return the crop or preview of a picture that quality control refused; a decision may have moved it since."""
    _need_record(client, picture_id)
    kept = client.rejected / f"{picture_id}.png"
    return _first(kept, kept.with_suffix(".jpg"), client.processed / kept.name)


def _first(*paths: Path) -> Path:
    """Return the first of some files that is there, else the first."""
    return next((path for path in paths if path.is_file()), paths[0])


def _need_record(client: Client, picture_id: str) -> None:
    if not client.has_record(picture_id):
        raise PipelineError("image.unknown", image=picture_id, client=client.client_id)


def sample(client: Client, picture_id: str) -> Path:
    """Return a sample picture of a training, RUN:FILE, by the names that its folder lists."""
    run, _, name = picture_id.partition(":")
    return _listed(_listed(client.runs, run) / "sample", name)


def trial(client: Client, picture_id: str) -> Path:
    """Return a picture of a trial, TRIAL:PICTURE, by the names that its folder lists."""
    folder, _, name = picture_id.partition(":")
    return _listed(_listed(client.samples / "trials", folder), f"{name}.png")


def _listed(folder: Path, name: str) -> Path:
    """Return the entry of a folder with exactly this name; what a request says is never made part of a path.

    Raises PipelineError("web.no_picture").
    """
    try:
        for entry in folder.iterdir():
            if entry.name == name and not entry.is_symlink() and not name.startswith("."):
                return entry
    except OSError:
        pass
    raise PipelineError("web.no_picture", picture=name)


def report(client: Client, picture_id: str) -> Path:
    """Return a picture of the client's report, by what that page calls it."""
    from avatar.reports import client_page

    found = client_page.picture_files(client).get(picture_id)
    if found is None:
        raise PipelineError("web.no_picture", picture=picture_id)
    return found


KINDS: Mapping[str, Callable[[Client, str], Path]] = {
    "original": original, "crop": crop, "refused": refused, "sample": sample, "trial": trial, "report": report,
}  # fmt: skip


def picture(client: Client, kind: str, picture_id: str, size: str) -> tuple[str, bytes]:
    """Return a picture's media type and bytes; size: 160, 480 or full.

    Raises PipelineError("web.no_picture") for what is not there or cannot be read, and as the record's own functions.
    """
    find = KINDS.get(kind)
    if find is None or size not in SIZES:
        raise PipelineError("web.no_picture", picture=picture_id)
    path = find(client, picture_id)
    if not path.is_file() or path.is_symlink() or (kind == "sample" and path.suffix != ".png"):
        raise PipelineError("web.no_picture", picture=picture_id)
    if size == "full" and kind != "original" and path.suffix in {".png", ".jpg"}:
        return (PNG if path.suffix == ".png" else JPEG), path.read_bytes()
    cache = client.output / thumbnails.FOLDER / _CACHES[kind] / (path.parents[1].name if kind == "sample" else "")
    packed = thumbnails.jpeg(path, SIZES[size], cache, _decoded if kind == "original" else _opened)
    if packed is None:
        raise PipelineError("web.no_picture", picture=picture_id)
    return JPEG, packed


def _decoded(path: Path) -> Image | None:
    """Return an original of any format, upright and in sRGB; one at a time, since a RAW takes hundreds of MB."""
    from PIL import Image

    from avatar.pictures import decode

    with _DECODING:
        try:
            return Image.fromarray(decode.load_rgb(path, max_side_px=SIZES["full"]).pixels)
        except (PipelineError, OSError):
            return None


def _opened(path: Path) -> Image | None:
    """Return a picture of ours; a few at a time, since all that wait to be made small are in memory."""
    with _OPENING:
        return thumbnails.picture(path, SIZES["full"])
