"""Pictures to review, made without looking for faces: records, crops and originals as the stages would leave them."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from avatar.faces import crops as face_crops
from avatar.faces import identity as face_identity
from avatar.faces import quality
from avatar.pictures.png import encode_rgb
from avatar.workspace.client import Client
from avatar.workspace.records import ImageRecord
from config import FaceConfig, QualityControlConfig

MEASURES = {
    "faces": 1.0, "confidence": 0.99, "face_side_px": 300.0, "second_face_ratio": 0.0, "enlargement": 1.0,
    "share_in_crop": 1.0, "yaw": 3.0, "brightness": 111.0, "contrast": 55.0, "face_brightness": 120.0, "clipped": 0.0,
    "blur": 400.0, "noise": 2.0,
}  # fmt: skip
POINTS = {
    "left_eye": (300, 250),
    "right_eye": (360, 250),
    "nose": (330, 290),
    "mouth_left": (310, 330),
    "mouth_right": (350, 330),
}
MOMENT = "2026-01-01T00:00:00+00:00"
SIDE_PX = 640  # of the originals


def add(
    client: Client, number: int, *, source: str = "real", name: str = "", prompt: str = "", near: int | None = None,
    faces: int = 1, decided: str = "", likeness: float | None = None, **measures: float,
) -> str:  # fmt: skip
    """Add a picture that the rules judge by its measures; return its image id.

    near     the number of the photo that it is a near-duplicate of
    decided  the user's own verdict
    faces    that were found; 0: none, so that there is no crop
    """
    image_id = f"{source}_{number:016x}"
    own = {**MEASURES, **measures} if faces else {"faces": 0.0}
    judged = quality.judge(own, QualityControlConfig())
    identity = None
    if likeness is not None:
        verdict = "client" if likeness > 0.6 else "doubtful" if likeness > 0.4 else "other"
        vector = face_identity.packed(np.eye(1, 128, number, dtype=np.float32)[0])  # like nobody else's
        identity = {"vector": vector, "points": "yunet", "likeness": likeness, "verdict": verdict}
    data: dict[str, Any] = {
        "image_id": image_id, "source": source,
        "original": {"name": name or f"foto_{number}.png", "sha256": f"{number:064x}", "bytes": 123_456,
                     "stored": f"raw_{source}/{image_id}.png", "imported_at": f"2026-01-01T00:00:{number:02d}+00:00"},
        "picture": {"format": "PNG", "width": SIDE_PX, "height": SIDE_PX},
        "midjourney": {"prompt": prompt, "parameters": {"ar": {"text": "2:3"}}} if prompt else None,
        "near_duplicate_of": None if near is None else f"real_{near:016x}",
        "faces": [{"box": (40 + 190 * n, 120, 160, 200), "confidence": 0.99, "keypoints": POINTS} for n in range(faces)],
        "face_choice": {"index": 0, "why": "only"} if faces else None, "identity": identity,
        "crop": {"square": (100, 60, 580, 540), "side_px": 1024, "scale": 1.0} if faces else None,
        "quality": judged.model_dump(), "processed_with": face_crops.face_fingerprint(FaceConfig()),
        "decision": {"verdict": decided or judged.verdict, "by": "user" if decided else "rules", "when": MOMENT},
    }  # fmt: skip
    record = ImageRecord.model_validate(data)
    client.save_record(record)
    _draw(client, record)
    return image_id


def _draw(client: Client, record: ImageRecord) -> None:
    """Write the original, and the crop or the preview of what was refused."""
    shade = int(record.image_id[-2:], 16)
    pixels = np.full((64, 64, 3), (40 + shade * 9 % 200, 90, 160), np.uint8)
    original = client.original(record)
    original.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).resize((SIDE_PX, SIDE_PX)).save(original)
    if record.crop is None:
        Image.fromarray(pixels).save(client.rejected / f"{record.image_id}.jpg")
    else:
        folder = client.processed if record.approved else client.rejected
        (folder / f"{record.image_id}.png").write_bytes(encode_rgb(pixels))
