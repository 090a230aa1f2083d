"""Clients whose captions, trials and reports the pages show: drawn pictures, and likeness that is known beforehand."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from avatar.faces import identity
from avatar.results import looks, reference, trial, trial_models
from avatar.results.looks import LAYOUT_CELLS, STRUCTURE_PX, Look
from avatar.results.trial_draw import Job
from avatar.results.trial_make import jobs_of
from avatar.workspace import lines
from avatar.workspace.client import Client
from avatar.workspace.records import Crop, Face, FaceChoice, Identity, ImageRecord, MidJourney, Use
from tests.dataset.test_training_folder import picture as record_of
from tests.results import made

PROMPTS = (
    "photo of a woman with green eyes wearing a red wool coat, standing in a snowy street, soft morning light --ar 1:1",
    "portrait of a woman in a black leather jacket, neon city at night, looking at the camera, 8k masterpiece --no hat",
    "woman smiling in a white linen shirt, sunny beach, golden hour, shot on Canon EOS R5",
    "oil painting of a woman sitting in a library, warm lamp light, reading a book",
)
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"
KEYPOINTS = {"left_eye": (400, 450), "right_eye": (620, 450), "nose": (510, 560), "mouth_left": (420, 680),
             "mouth_right": (600, 680)}  # fmt: skip
TRIAL_PROMPTS = ("portrait of ohwx woman", "ohwx woman on a beach at sunset", "ohwx woman in a red coat, full figure")
LIKENESS = {"1000@0.6": 0.62, "1000@0.8": 0.70, "1500@0.6": 0.74, "1500@0.8": 0.82, "final@0.6": 0.76, "final@0.8": 0.815}
WEIGHTS = ("0.6", "0.8")

Paint = Callable[[str, int, int], bytes]


def drawing(seed: int, *, side: int = 256, strength: float = 0.5) -> bytes:
    """Return a PNG of a simple portrait; strength, 0 to 1: how much of it is the person, for pictures at several weights."""
    rng = np.random.default_rng(seed)
    back, coat, hair = (tuple(int(v) for v in rng.integers(60, 220, 3)) for _ in range(3))
    page = Image.new("RGB", (side, side), back)
    pen, unit = ImageDraw.Draw(page), side / 100
    skin = tuple(int(196 + 30 * strength - 20 * part) for part in (0, 1, 2))

    def oval(left: float, top: float, right: float, bottom: float, colour: Any) -> None:
        pen.ellipse((left * unit, top * unit, right * unit, bottom * unit), fill=colour)

    oval(12, 74, 88, 150, coat)
    oval(26, 12, 74, 84, hair)
    oval(32, 22, 68, 74, skin)
    for left in (40, 54):
        oval(left, 42, left + 6, 47, (30, 40, 60))
    pen.arc((40 * unit, 52 * unit, 60 * unit, 64 * unit), 20, 160, fill=(150, 60, 60), width=max(2, round(unit)))
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    return buffer.getvalue()


def captioned(client: Client, photos: int = 3, evil: str = "", side: int = 256) -> list[ImageRecord]:
    """Give a client pictures of MidJourney with prompts and photos without; evil: one's prompt and file name."""
    records = []
    for number, prompt in enumerate([*PROMPTS, *([evil] if evil else [])]):
        record = record_of("mj", number, midjourney=MidJourney(prompt=prompt, evidence="embedded"), **_face(number))
        name = prompt if prompt == evil else f"ana {number} ñ.png"
        records.append(record.model_copy(update={"original": record.original.model_copy(update={"name": name})}))
    records += [record_of("real", 100 + number, **_face(100 + number)) for number in range(photos)]
    for number, record in enumerate(records):
        client.save_record(record)
        (client.processed / f"{record.image_id}.png").write_bytes(drawing(number, side=side))
    return records


def _face(seed: int) -> dict[str, Any]:
    return {
        "faces": [Face(box=(300, 300, 400, 500), confidence=0.99, keypoints=KEYPOINTS)],  # type: ignore[arg-type]
        "face_choice": FaceChoice(index=0, why="only"), "crop": Crop(square=(0, 0, 1024, 1024), side_px=1024, scale=1.0),
        "identity": Identity(vector=identity.packed(_near(_who(), 0.95, seed)), points="yunet", verdict="client"),
    }  # fmt: skip


def _who() -> Any:
    vector = np.random.default_rng(4).standard_normal(128)
    return vector / np.linalg.norm(vector)


def _near(who: Any, cosine: float, seed: int) -> Any:
    """Return a unit vector at this cosine from another."""
    own = np.random.default_rng(seed).standard_normal(128)
    own -= (own @ who) * who
    found = cosine * who + np.sqrt(1 - cosine**2) * own / np.linalg.norm(own)
    return identity.unit(found.astype(np.float32))


def compared(client: Client) -> None:
    """Give the approved pictures of a client who has some what their faces are compared by."""
    for number, record in enumerate(client.records()):
        if record.approved:
            client.save_record(record.model_copy(update={"identity": _face(number)["identity"]}))


def hold_out(client: Client, count: int = 3) -> list[str]:
    """Hold some photos out, which likeness is then measured against; return their ids."""
    held = [record for record in client.records() if record.source == "real" and record.approved][:count]
    for record in held:
        client.save_record(record.model_copy(update={"use": Use(kind="held_out", by="rules")}))
    return [record.image_id for record in held]


def tried(
    client: Client, *, likeness: Mapping[str, float] = LIKENESS, done: int | None = None, measured: bool = True,
    prompts: Sequence[str] = TRIAL_PROMPTS, paint: Paint | None = None, trial_id: str = "20260101-120000",
    no_effect: str = "",
) -> Path:  # fmt: skip
    """Draw a trial of a client who has photos; done: so many pictures of it, None: all. Return its folder."""
    if not any(client.models.glob("*.safetensors")):
        made.trained(client, (1000, 1500))
    one = _trial(client, prompts, trial_id)
    folder = trial.trials_folder(client) / trial_id
    trial.write(folder, one)
    jobs = jobs_of(one)
    drawn(folder, jobs[: len(jobs) if done is None else done], paint or _painted, no_effect)
    if measured:
        measure(client, folder, likeness)
    return folder


def _trial(client: Client, prompts: Sequence[str], trial_id: str) -> trial.Trial:
    loras = {lora.name: lora for lora in trial_models.found(client)}
    models = [
        {"name": name, "step": lora.steps, "sha256": trial_models.sha256_of(client, lora.path), "run_id": lora.run_id}
        for name, lora in loras.items()
    ]
    names = [f"{model['name']}@{weight}" for model in models for weight in WEIGHTS]
    best = sorted(names, key=lambda name: -LIKENESS.get(name, 0))[:2]
    return made.trial(
        trial_id=trial_id, models=models, weights=list(WEIGHTS), seconds_per_picture=12.0,
        prompts=[{"n": n, "text": text, "kind": "user" if n < 3 else "unseen"} for n, text in enumerate(prompts, 1)],
        rounds=[{"round": 0, "candidates": ["base@0"], "seeds": [42]}, {"round": 1, "candidates": names, "seeds": [42]},
                {"round": 2, "candidates": best, "seeds": [43, 44]}],
    )  # fmt: skip


def _painted(candidate: str, prompt: int, seed: int) -> bytes:
    weight = float(candidate.rpartition("@")[2])
    return drawing(prompt * 1000 + seed, strength=weight)


def drawn(folder: Path, jobs: Sequence[Job], paint: Paint = _painted, no_effect: str = "") -> None:
    """Add pictures to a trial, as a back end does; those of the candidate no_effect are told as such."""
    file = trial.LineFile(folder)
    for job in jobs:
        name, deaf = job.request.picture_id, job.candidate == no_effect
        if not deaf:
            (folder / f"{name}.png").write_bytes(paint(job.candidate, job.prompt, job.request.seed))
        file.add(
            made.line(
                name, candidate=job.candidate, prompt=job.prompt, round=job.round, seed=job.request.seed, seconds=12.0,
                file="" if deaf else f"{name}.png", state="no_effect" if deaf else "done",
            )
        )  # fmt: skip


def measure(client: Client, folder: Path, likeness: Mapping[str, float] = LIKENESS) -> None:
    """Note what would be seen in the pictures that are drawn: one face each, with the likeness that is known beforehand."""
    records = client.records()
    found = reference.of(records)
    assert found is not None
    mean = reference.mean_of(records, found).astype(np.float64)
    own = [_look(reference._name(record), 7 + number, _near(mean, 0.8, number)) for number, record in enumerate(records)]
    lines.add(client.samples / "trials" / looks.LOOKS_FILE, [looks.as_row(look) for look in own])
    rows = []
    for number, line in enumerate(trial.lines(folder).values()):
        if line.state == "done":
            alike = likeness.get(line.candidate, 0.1) + np.random.default_rng(number).normal(0, 0.02)
            rows.append(looks.as_row(_look(line.picture_id, number, _near(mean, min(alike, 0.99), number))))
    lines.add(folder / looks.LOOKS_FILE, rows)


def _look(name: str, seed: int, vector: Any) -> Look:
    rng = np.random.default_rng(seed)
    return Look(
        name, faces=1, box=(80.0, 60.0, 90.0, 130.0), size=(256, 256), sharpness=150.0, exposure=120.0,
        vector=identity.packed(vector),
        structure=np.random.default_rng(1).integers(0, 255, STRUCTURE_PX**2).astype(np.uint8).tobytes(),  # none is a copy
        layout=rng.integers(0, 255, 3 * LAYOUT_CELLS**2).astype(np.uint8).tobytes(),
    )  # fmt: skip
