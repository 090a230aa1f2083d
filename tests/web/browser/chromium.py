"""The system's Chromium, which tests, benchmarks and the pictures of the READMEs open pages in."""

from __future__ import annotations

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]


def chromium() -> str | None:
    """Return its path, None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)
