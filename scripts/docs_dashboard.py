"""Pictures of the dashboard for the READMEs: a made training on the demo's pictures, in a real browser.

Nothing is trained: figures and samples are made (tests/web/made_run.py), and the READMEs say so.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import utils
from avatar.plan.values import Change
from avatar.texts.text import Text, as_record
from avatar.training import queue
from avatar.web.server import Server
from avatar.web.site import Site
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.web.browser.chromium import ARGUMENTS, chromium
from tests.web.made_run import MadeRun

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Page

WIDTH_PX, HEIGHT_PX = 1280, 900
COLOURS = 256  # by k-means: the rare ones, such as the violet of the likeness, stay
# Name of the page's picture -> its address below the token, and whether it is drawn in dark.
PAGES = {
    "dashboard_training": ("/client/demo/training", False), "dashboard_clients": ("/", True),
    "dashboard_review": ("/client/demo/review", False),
}  # fmt: skip
LANGUAGES = {"en": "", "es": "_es"}  # language -> what its pictures' names end in


def draw(demo: Path, docs: Path) -> list[Path]:
    """Write the pictures into docs; demo: a clients folder with the demo in it, which becomes one that trains."""
    workspace = Workspace(demo)
    run_id = train(workspace.client("demo"))
    workspace.create("ana", trigger_word="anaxw", class_word="woman", display_name="Ana García")
    running = queue.Entry("demo", "running", run_id=run_id)
    utils.write_json(demo / queue.FILE, {"version": queue.VERSION, "entries": as_record([running])})
    with in_a_browser(workspace, demo) as (browser, address):
        return list(_pictures(browser, address, docs))


@contextlib.contextmanager
def in_a_browser(workspace: Workspace, demo: Path) -> Iterator[tuple[Browser, str]]:
    """Serve the pages of a clients folder; yield a browser, and their address without the slash at its end."""
    from playwright.sync_api import sync_playwright

    server = Server(Site(workspace, demo / "config.json", "en", "0123456789abcdef" * 2), 0)
    server.start()
    try:
        with sync_playwright() as started:
            browser = started.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            yield browser, server.address.rstrip("/")
            browser.close()
    finally:
        server.stop()


def train(client: Client) -> str:
    """Make a training of a client that stands at 64 %, after one that ran out of memory; return its name: when it began."""
    shutil.rmtree(client.runs, ignore_errors=True)
    smaller = Change("network_dim", 64, 32, Text("plan.change.out_of_memory"))
    ago = {"first": 3300, "second": 2400}  # seconds; the dates of checkpoints follow from it
    started = {name: time.time() - seconds for name, seconds in ago.items()}
    names = {name: time.strftime("%Y%m%d-%H%M%S", time.localtime(moment)) for name, moment in started.items()}
    first = MadeRun(client, names["first"], started=started["first"]).watched_by().loading("text_encoders")
    first.end(False, Text("train.cause.gpu_memory", {"step": 0, "total": 2000, "detail": "CUDA out of memory"}))
    run = MadeRun(client, names["second"], started=started["second"], changes=(smaller,)).watched_by().loading()
    faces = [Image.open(path) for path in sorted(client.processed.glob("*.png"))[:3]]
    chance = random.Random(3)  # noqa: S311  # no secret: the same picture every time
    for step in range(0, 1251, 125):
        if step:
            run.to(step)
        risen = 0.18 + 0.48 * (1 - 2.7 ** (-step / 500))
        run.samples(step, faces, [round(risen + chance.uniform(-0.03, 0.03), 4) for _ in faces])
    run.to(1276)
    return run.run_id


def _pictures(browser: Browser, address: str, docs: Path) -> Iterator[Path]:
    for language, ending in LANGUAGES.items():
        for name, (place, dark) in PAGES.items():
            scheme: Literal["dark", "light"] = "dark" if dark else "light"
            page = browser.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX}, color_scheme=scheme)
            page.goto(f"{address}{place}?lang={language}")
            if name == "dashboard_review":
                _move_a_limit(page)
            there = ".chart canvas, .stages, .shot img.there"
            yield drawn(page, docs / f"{name}{ending}.png", there=there, below="#training > details")
            page.close()


def _move_a_limit(page: Page) -> None:
    """Show on the review what a slider would change."""
    page.click("#limits-open")
    page.locator("#limit-min_contrast").evaluate("(one) => { one.value = 67; one.dispatchEvent(new Event('input')); }")
    page.wait_for_selector("[data-would=rejected]")


def drawn(page: Page, target: Path, *, there: str = "", below: str = "", whole: bool = True) -> Path:
    """Write a page as a picture.

    there  what must be on it first
    below  it ends where this begins: what is folded away says nothing in a picture
    whole  the page as high as it is, else as much as a window shows
    """
    page.wait_for_selector("#live[data-state=connected]")
    if there:
        page.wait_for_selector(there)
    page.wait_for_timeout(1500)  # pictures that are asked for as they come into view
    end = page.locator(below) if below else None
    box = end.first.bounding_box() if end is not None and end.count() else None
    if box is None:
        page.screenshot(path=target, full_page=whole, animations="disabled")
    else:
        clip: FloatRect = {"x": 0, "y": 0, "width": WIDTH_PX, "height": box["y"] - 8}
        page.screenshot(path=target, full_page=True, clip=clip, animations="disabled")
    Image.open(target).convert("RGB").quantize(COLOURS, kmeans=2).save(target, optimize=True)
    return target
