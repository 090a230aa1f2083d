"""What a page must be for eyes, keyboard and screen reader; asked in the browser itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

LEAST_CONTRAST, LEAST_LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3
_LOOK = Path(__file__).with_name("looks.js").read_text(encoding="utf-8").partition("\n")[2]
_FIRST = """() => {
  const first = document.createElement("i");
  first.tabIndex = -1;
  document.body.prepend(first);
  first.focus();
}"""
_FOCUSED = """() => {
  const it = document.activeElement;
  const name = it.getAttribute("aria-label") || it.textContent.trim() || it.id || it.tagName;
  return it === document.body ? "" : name.slice(0, 60);
}"""


def faults(page: Page) -> list[str]:
    """Return what is wrong with a page as it stands: too little contrast, controls without a name, pictures without alt."""
    return [str(fault) for fault in page.evaluate(_LOOK, [LEAST_CONTRAST, LEAST_LARGE])]


def focus_order(page: Page, most: int = 60) -> list[str]:
    """Return what Tab goes through from the beginning of the page: the name of each control."""
    page.evaluate(_FIRST)
    found: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        name = str(page.evaluate(_FOCUSED))
        if not name or (found and name == found[0]):
            break
        found.append(name)
    return found
