"""One stream for all tabs of a browser: passed on, taken over, gone on with after a reload and a killed server."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING, Any

import pytest

from avatar.web import watcher
from avatar.web.server import MOST_STREAMS
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.children import child_command
from tests.tiny_png import PNG
from tests.web.browser.conftest import OpenPage, Watched
from tests.web.conftest import TOKEN, Dashboard, started
from tests.web.test_events import RUN, add, line

if TYPE_CHECKING:
    from playwright.sync_api import Page

RECORD = """async () => {
  const {on} = await import(document.querySelector('script[src$="/app.js"]').src);
  window.heard = [];
  for (const kind of ["snapshot", "delta", "changed", "gone"]) on(kind, (data) => window.heard.push([kind, data]));
}"""


def until(condition: Callable[[], Any], what: str = "") -> Any:
    deadline = time.monotonic() + 20
    while not (found := condition()):
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
    return found


def streams(dashboard: Dashboard) -> int:
    return MOST_STREAMS - dashboard.server.streams._value


def steps(page: Page) -> list[int]:
    """Return the steps that a page has heard of, in order: of the last snapshot and all deltas after it."""
    found: list[int] = []
    for kind, data in page.evaluate("window.heard"):
        if kind == "snapshot":
            found = data.get("series", {}).get("step", [])
        elif kind == "delta":
            found = found + [row["step"] for row in data["rows"]]
    return found


@pytest.fixture
def run(client: Client) -> Path:
    folder = client.runs / RUN
    folder.mkdir(parents=True)
    add(folder, line(1))
    return folder


@pytest.fixture
def tab(open_page: OpenPage, dashboard: Dashboard) -> Callable[[], Page]:
    def opened() -> Page:
        page = open_page(f"{dashboard.address}/client/ana/report")
        page.wait_for_selector("#live[data-state=connected]")
        page.evaluate(RECORD)
        return page

    return opened


def test_twelve_tabs_share_one_stream_and_it_heals_when_the_tab_that_holds_it_closes(
    dashboard: Dashboard, run: Path, tab: Callable[[], Page]
) -> None:
    tabs = [tab() for _ in range(12)]
    for number, page in enumerate(tabs):
        until(lambda page=page: steps(page) == [1], f"tab {number}")  # type: ignore[misc]
    until(lambda: streams(dashboard) == 1)
    add(run, line(2))
    for page in tabs:
        until(lambda page=page: steps(page) == [1, 2])  # type: ignore[misc]
    assert streams(dashboard) == 1
    assert all(page.evaluate("fetch(location.href).then((answer) => answer.status)") == 200 for page in tabs[6:8])
    for closed in range(2):  # the first one holds it, then the next in the queue
        tabs.pop(0).close()
        add(run, line(3 + closed))
        expected = list(range(1, 4 + closed))
        for page in tabs:
            until(lambda page=page, expected=expected: steps(page) == expected, f"{closed}")  # type: ignore[misc]
        until(lambda: streams(dashboard) == 1)


def test_a_reload_shows_the_same_and_a_page_that_is_left_leaves_no_stream(
    dashboard: Dashboard, run: Path, tab: Callable[[], Page]
) -> None:
    page = tab()
    until(lambda: steps(page) == [1])
    add(run, line(2))
    until(lambda: steps(page) == [1, 2])
    page.reload()
    page.evaluate(RECORD)
    until(lambda: steps(page) == [1, 2])
    until(lambda: streams(dashboard) == 1)
    page.close()
    until(lambda: streams(dashboard) == 0)


def test_tabs_of_two_clients_get_what_is_theirs_from_one_stream(
    dashboard: Dashboard, run: Path, workspace: Workspace, open_page: OpenPage, tab: Callable[[], Page]
) -> None:
    other = workspace.create("bea").runs / RUN
    other.mkdir()
    add(other, line(7))
    ana = tab()
    bea = open_page(f"{dashboard.address}/client/bea/report")
    bea.evaluate(RECORD)
    until(lambda: steps(bea) == [7] and steps(ana) == [1])
    add(other, line(8))
    add(run, line(2))
    until(lambda: steps(bea) == [7, 8] and steps(ana) == [1, 2])
    until(lambda: streams(dashboard) == 1)


def test_a_change_is_told_once_and_not_that_everything_is_as_it_was(
    dashboard: Dashboard, run: Path, client: Client, tab: Callable[[], Page]
) -> None:
    page = tab()
    until(lambda: steps(page) == [1])
    (client.processed / "mj_0123456789abcdef.png").write_bytes(PNG)
    until(lambda: [kind for kind, _ in page.evaluate("window.heard")].count("changed"))
    told = {data["what"] for kind, data in page.evaluate("window.heard") if kind == "changed"}
    assert told <= {"records", "captions"}
    second = tab()  # its snapshot is no change for the first
    until(lambda: steps(second) == [1])
    assert {data["what"] for kind, data in page.evaluate("window.heard") if kind == "changed"} <= {"records", "captions"}


def test_no_sign_for_twenty_seconds_is_said_with_its_age_and_heals(
    dashboard: Dashboard, run: Path, open_page: OpenPage, tab: Callable[[], Page]
) -> None:
    page = open_page(f"{dashboard.address}/client/ana/report?lang=es", clock=True)
    page.wait_for_selector("#live[data-state=connected]")
    page.evaluate(RECORD)
    page.clock.run_for(1_000)
    until(lambda: steps(page) == [1])
    page.clock.fast_forward(25_000)
    page.wait_for_selector("#live[data-state=lost]")
    assert "Sin conexión desde hace 2" in page.inner_text("#notice")
    assert page.get_attribute("body", "data-connection") == "lost"
    add(run, line(2))
    page.clock.run_for(1_000)
    page.wait_for_selector("#live[data-state=connected]")
    assert page.is_hidden("#notice")


def test_a_tab_that_holds_the_stream_and_says_nothing_loses_it_to_one_that_waits(
    dashboard: Dashboard, run: Path, open_page: OpenPage, tab: Callable[[], Page]
) -> None:
    stuck = tab()
    until(lambda: steps(stuck) == [1])
    page = open_page(f"{dashboard.address}/client/ana/report", clock=True)
    page.wait_for_selector("#live[data-state=connected]")
    page.evaluate(RECORD)
    page.clock.run_for(200)
    stuck.evaluate("() => { BroadcastChannel.prototype.postMessage = () => {}; }")  # as of a tab that the browser has frozen
    page.clock.fast_forward(50_000)
    add(run, line(2))
    until(lambda: steps(page) == [1, 2])
    until(lambda: steps(stuck) == [1, 2])
    until(lambda: streams(dashboard) == 1)


# --- a server that is killed -----------------------------------------------------------------------------------------


def serve(folder: str, port: str, token: str) -> None:
    """Serve the clients of a folder until this process is killed."""
    running = started(Workspace(Path(folder) / "clients"), Path(folder) / "config.json", port=int(port), token=token)
    print(json.dumps(running.server.port), flush=True)
    sys.stdin.read()


@contextmanager
def serving(folder: Path, port: int = 0, token: str = TOKEN) -> Iterator[tuple[Popen[str], int]]:
    with Popen(child_command(serve, folder, str(port), token), stdin=PIPE, stdout=PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def test_a_killed_server_is_said_and_another_one_at_its_place_heals_the_page_by_itself(
    run: Path, tmp_path: Path, open_page: OpenPage, watched: Watched
) -> None:
    watched.allowed += ["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED", "ERR_CONNECTION_RESET", "status of 403"]
    with serving(tmp_path) as (process, port):
        page = open_page(f"http://127.0.0.1:{port}/{TOKEN}/client/ana/report?lang=es")
        page.wait_for_selector("#live[data-state=connected]")
        page.evaluate(RECORD)
        until(lambda: steps(page) == [1])
        process.kill()
        page.wait_for_selector("#live[data-state=lost]")
        assert "Sin conexión" in page.inner_text("#notice")
    add(run, line(2))
    with serving(tmp_path, port):
        page.wait_for_selector("#live[data-state=connected]")
        until(lambda: steps(page) == [1, 2])
        assert [kind for kind, _ in page.evaluate("window.heard")].count("snapshot") == 1  # gone on with, not begun again
    with serving(tmp_path, port, "f" * 32):
        until(lambda: "otra dirección" in page.inner_text("#notice"))


def test_a_client_that_is_back_under_its_name_is_no_longer_told_to_be_gone_and_its_news_reach_the_page_again(
    dashboard: Dashboard, workspace: Workspace, open_page: OpenPage, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "KINDS_S", 0.05)
    watched.allowed.append("404")
    page, other = (open_page(f"{dashboard.address}/client/ana/captions?lang=es") for _ in range(2))
    for one in (page, other):
        one.wait_for_selector("#live[data-state=connected]")
        one.wait_for_selector(".empty")
    page.evaluate(RECORD)
    workspace.rename("ana", "eva")
    page.locator("#notice", has_text="ya no existe").wait_for()
    other.reload()  # a tab that comes meanwhile opens the stream anew
    workspace.rename("eva", "ana")
    page.wait_for_selector("#notice", state="hidden")
    until(lambda: ["changed", "captions"] in page.evaluate("window.heard.map(([kind, data]) => [kind, data.what])"))
