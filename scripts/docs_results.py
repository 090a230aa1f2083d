"""Pictures of the pages of captions and results for the READMEs: a made trial on the demo's pictures, in a real browser.

No model draws: pictures and likeness are made (tests/web/made_trial.py), and the READMEs say so.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageEnhance, ImageFilter

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from scripts.docs_dashboard import HEIGHT_PX, LANGUAGES, WIDTH_PX, drawn, in_a_browser
from tests.web import made_trial

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIDE_PX = 512
BLUR_PX = {"base": 6, "1000": 3, "1500": 0, "final": 0}  # how much of the person a model has learnt, for the eye


def draw(demo: Path, docs: Path) -> list[Path]:
    """Write the pictures into docs; demo: a clients folder with the demo in it, which becomes one with a trial."""
    workspace = Workspace(demo)
    client = workspace.client("demo")
    for folder in (client.runs, client.training_data):  # the photos that are held out stand in that dataset
        shutil.rmtree(folder, ignore_errors=True)
    made_trial.compared(client)
    made_trial.hold_out(client, 3)
    made_trial.tried(client, paint=_painter(client))
    with in_a_browser(workspace, demo) as (browser, address):
        return list(_pictures(browser, address, docs))


def _painter(client: Client) -> made_trial.Paint:
    """Return what draws as a model would that has learnt more and more of the demo's pictures."""
    crops = sorted(client.processed.glob("mj_*.png"))

    def paint(candidate: str, prompt: int, seed: int) -> bytes:
        model, _, weight = candidate.rpartition("@")
        with Image.open(crops[(3 * prompt + seed) % len(crops)]) as crop:
            small = crop.convert("RGB").resize((SIDE_PX, SIDE_PX))
        shown = ImageEnhance.Color(small).enhance(0.5 + float(weight)).filter(ImageFilter.GaussianBlur(BLUR_PX[model]))
        buffer = io.BytesIO()
        shown.save(buffer, "PNG")
        return buffer.getvalue()

    return paint


def _pictures(browser: Browser, address: str, docs: Path) -> Iterator[Path]:
    for language, ending in LANGUAGES.items():
        page = browser.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX}, color_scheme="light")
        page.goto(f"{address}/client/demo/results?lang={language}")
        page.wait_for_selector(".res-order")
        yield drawn(page, docs / f"dashboard_results{ending}.png", below="#pictures-title")
        page.goto(f"{address}/client/demo/captions?lang={language}")
        page.select_option("#order", "number")  # the demo's prompts first, its photos have none
        page.locator(".cap-picture").first.click()
        page.wait_for_selector("#details summary")
        yield drawn(page, docs / f"dashboard_captions{ending}.png", whole=False)
        page.close()
