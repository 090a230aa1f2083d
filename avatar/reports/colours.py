"""What each colour means on every page, sheet and chart: approved, refused, MidJourney, real photo. One table for all.

The four of a theme differ by at least 16 (CIE 1976 colour difference), for people with protanopia, deuteranopia and
tritanopia too (Machado, Oliveira, Fernandes 2009), and each can be read as text on its paper (WCAG 2: contrast of 4.5). A test
computes both.
"""

from __future__ import annotations

from collections.abc import Mapping

APPROVED, REFUSED, MIDJOURNEY, PHOTO = "#005f46", "#b3261e", "#5b2a86", "#1570cd"  # on white, and in all pictures
# The names are those of the pages' style sheets.
LIGHT: Mapping[str, str] = {"good": APPROVED, "bad": REFUSED, "mj": MIDJOURNEY, "photo": PHOTO}
DARK: Mapping[str, str] = {"good": "#3fd0a0", "bad": "#f2867e", "mj": "#b58cf0", "photo": "#a8dcff"}
# On photographs, where no meaning of the four is meant: the face that was found, its landmarks, the square that is cut out.
FACE, LANDMARK, SQUARE = "#39d5e3", "#ffe14d", "#ff4fa3"


def variables(theme: Mapping[str, str]) -> str:
    """Return a theme as variables of a style sheet: "--good: #005f46; …"."""
    return " ".join(f"--{name}: {colour};" for name, colour in theme.items())
