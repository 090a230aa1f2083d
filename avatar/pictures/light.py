"""Brightness, contrast, warmth and perceptual hash, measured on a small copy of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from avatar.workspace.records import Trait

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

HASH_STEP_PX = 256  # [choice] a multiple of 32


def analyse_light(rgb: Pixels) -> tuple[dict[str, float], Trait | None]:
    """Measure a picture's light and classify it if it is clear: studio, natural, dramatic or soft.

    rgb  HxWx3 uint8 sRGB; a copy of some 500 px is enough
    Measures: brightness and contrast (mean and standard deviation, 0..255), warmth (mean of red less blue), dark_share
    (below 40) and bright_share (above 215). Limits [choice], from the portraits at hand; the trait keeps the figures.
    """
    import cv2

    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    mean, deviation = cv2.meanStdDev(grey)
    red, _, blue, _ = cv2.mean(rgb)
    counts = np.asarray(cv2.calcHist([grey], [0], None, [256], [0, 256]), np.float64).ravel() / grey.size
    measures = {
        "brightness": float(mean[0, 0]),
        "contrast": float(deviation[0, 0]),
        "warmth": red - blue,
        "dark_share": float(counts[:40].sum()),
        "bright_share": float(counts[216:].sum()),
    }
    measures = {name: round(value, 3) for name, value in measures.items()}
    if measures["dark_share"] > 0.45 and measures["contrast"] > 45:
        kind = "dramatic"
    elif measures["contrast"] < 40 and 70 < measures["brightness"] < 200:
        kind = "soft"
    elif measures["bright_share"] > 0.3 and abs(measures["warmth"]) < 25:
        kind = "studio"
    elif measures["warmth"] > 12 and measures["brightness"] > 90:
        kind = "natural"
    else:
        return measures, None
    evidence = ", ".join(f"{name} {value:g}" for name, value in measures.items())
    return measures, Trait(value=kind, evidence=evidence)


def phash(rgb: Pixels) -> str:
    """Return the 64-bit perceptual hash of a picture as 16 hex digits (DCT of 32x32 grey, lowest 8x8 against their median)."""
    import cv2

    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    if max(grey.shape) < 2 * HASH_STEP_PX:  # [measured] shrinking by a whole number takes 14 us, else 250
        grey = cv2.resize(grey, (HASH_STEP_PX, HASH_STEP_PX), interpolation=cv2.INTER_LINEAR)
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA)
    low = np.asarray(cv2.dct(small.astype(np.float32)), np.float32)[:8, :8].flatten()
    bits = low > np.median(low[1:])
    bits[0] = False  # the mean brightness does not matter for similarity
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"
