"""A trial on disk: what is to be drawn, the identity of a picture, and the lines of those that were.

samples/trials/{trial_id}/ holds trial.json, written once, trial.jsonl, one line per picture, and {picture_id}.png.
"""

from __future__ import annotations

import hashlib
import json

from avatar.generate.backend import Kind, Request

ID_LENGTH = 16  # hex digits of a SHA-256: as image ids have


def picture_id(
    request: Request, *, base_sha256: str, vae: str, backend: Kind
) -> str:  # fmt: skip
    """Return the identity of a picture: same id, same picture; request.picture_id plays no part.

    The back end's kind belongs to it, since one seed gives another picture on another back end; its address does not.
    """
    values = [
        request.model, request.weight, base_sha256, vae, request.prompt, request.negative, request.seed, request.sampler,
        request.scheduler, request.steps, request.cfg, request.width, request.height, backend,
    ]  # fmt: skip
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:ID_LENGTH]
