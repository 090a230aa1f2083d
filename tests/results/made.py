"""Trials for tests."""

from __future__ import annotations

from typing import Any

from avatar.results.trial import Line, Trial

SHA = {"1000": "11" * 32, "1200": "12" * 32, "final": "ff" * 32}


def trial(**changes: Any) -> Trial:
    """Return a trial of two models at two weights with two prompts."""
    values: dict[str, Any] = {
        "trial_id": "20260101-120000", "made_at": "2026-01-01T12:00:00+00:00", "trigger_word": "ohwx", "class_word": "woman",
        "base": {"name": "sdxl.safetensors", "sha256": "ab" * 32}, "held_out": {"images": [], "digest": ""},
        "models": [{"name": name, "step": int(name), "sha256": SHA[name], "run_id": "r"} for name in ("1000", "1200")],
        "weights": ["0.6", "0.8"],
        "prompts": [{"n": 1, "text": "portrait of ohwx woman", "kind": "user"},
                    {"n": 2, "text": "ohwx woman on a beach", "kind": "unseen"}],
        "seeds": [42], "rounds": [
            {"round": 0, "candidates": ["base@0"], "seeds": [42]},
            {"round": 1, "candidates": ["1000@0.6", "1000@0.8", "1200@0.6", "1200@0.8"], "seeds": [42]},
        ],
        "sampler": "dpmpp_2m", "scheduler": "normal", "steps": 25, "cfg": 7.0, "size": (1024, 1024), "negative": "",
        "backend": {"kind": "trainer", "address": "", "version": "1"}, **changes,
    }  # fmt: skip
    return Trial.model_validate(values)


def line(picture_id: str = "0" * 16, **changes: Any) -> Line:
    """Return a line of trial.jsonl."""
    values: dict[str, Any] = {
        "picture_id": picture_id, "candidate": "1200@0.8", "prompt": 1, "seed": 42, "round": 1, "file": f"{picture_id}.png",
        "seconds": 1.0, "at": "2026-01-01T12:00:00+00:00", "state": "done", **changes,
    }  # fmt: skip
    return Line.model_validate(values)
