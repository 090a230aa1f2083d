"""The pictures that go with a delivery, made anew from their pixels; none of the client's own."""

from __future__ import annotations

import contextlib
import hashlib
import io
from pathlib import Path

import utils
from avatar.generate import infotext
from avatar.results import final_model, trial
from avatar.results.final_model import FinalModel
from avatar.workspace.client import Client

MOST_PREVIEWS = 6  # one a prompt, as many as a trial has by default


PREVIEWS = "previews"


def pictures(client: Client, model: FinalModel) -> dict[str, bytes]:
    """Return name in the delivery -> picture: the one beside the model, and the best of its trial."""
    own, found = OwnPictures(client), {}
    beside = model.path.with_suffix(".png")
    if beside.is_file() and (png := cleaned(beside, own)):
        found[f"{model.stem}.png"] = png
    for number, path in enumerate(best_pictures(client, model), 1):
        if png := cleaned(path, own):
            found[f"{PREVIEWS}/{model.stem}_{number}.png"] = png
    return found


def best_pictures(client: Client, model: FinalModel) -> list[Path]:
    """Return the likest picture of each prompt of the candidate that was taken, likest first; without likeness, as drawn."""
    found = final_model.trial_of(client, model)
    if found is None:
        return []
    folder, _ = found
    likeness = _likeness(folder)
    taken = str(model.chosen.get("candidate", ""))
    done = [line for line in trial.lines(folder).values() if line.candidate == taken and line.state == "done"]
    done = [line for line in done if trial.picture_file(folder, line).is_file()]
    done.sort(key=lambda line: -likeness.get(line.picture_id, -1.0))
    best = {line.prompt: line for line in reversed(done)}
    chosen = [line for line in done if best[line.prompt] is line][:MOST_PREVIEWS]
    return [trial.picture_file(folder, line) for line in chosen]


def _likeness(folder: Path) -> dict[str, float]:
    """Return picture id -> likeness, by the last line of measures.jsonl about each that has one."""
    found: dict[str, float] = {}
    with contextlib.suppress(OSError):
        for line in (folder / "measures.jsonl").read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError, TypeError):
                data = utils.loads(line)
                found[str(data["picture_id"])] = float(data["likeness"])
    return found


class OwnPictures:
    """The client's originals and crops, to be told from pictures that were drawn."""

    def __init__(self, client: Client) -> None:
        self._originals = {record.original.sha256 for record in client.each_record()}
        self._crops: dict[int, list[Path]] = {}
        for path in client.processed.glob("*.png"):
            self._crops.setdefault(path.stat().st_size, []).append(path)

    def holds(self, content: bytes) -> bool:
        sha256 = hashlib.sha256(content).hexdigest()
        alike = self._crops.get(len(content), ())  # of most pictures none: few have just as many bytes
        return sha256 in self._originals or any(utils.sha256_of(path) == sha256 for path in alike)


def cleaned(path: Path, own: OwnPictures) -> bytes | None:
    """Return a picture made anew from its pixels, with A1111's parameters and nothing else that its file said.

    None for what is no picture, or is one of the client's own: somebody put it beside the model as its preview.
    """
    import numpy as np
    from PIL import Image

    from avatar.pictures import png

    try:
        content = path.read_bytes()
        if own.holds(content):
            return None
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as picture:
            said = picture.info.get(infotext.KEYWORD)
            made = png.encode_rgb(np.ascontiguousarray(np.asarray(picture.convert("RGB"), np.uint8)))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return infotext.with_parameters(made, said) if isinstance(said, str) and said else made
