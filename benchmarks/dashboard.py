"""What the dashboard costs: its start, its memory, its bytes, and a training followed by several browsers at once.

    python benchmarks/dashboard.py --seconds 30 --lines 10 --streams 5
    python benchmarks/dashboard.py --seconds 0 --connections 10000

The program runs as a user starts it, `dashboard --json`, in a process of its own. A writer appends lines to progress.jsonl as a
training does; each stream notes how long after its writing a line arrives.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

import psutil

import config
from avatar.commands.session import Serving, Session
from avatar.terminal import command_line
from avatar.web.running import Running
from avatar.workspace.workspace import Workspace
from tests.web.browser.chromium import ARGUMENTS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

MIB = 1 << 20
PAGES = ("", "client/ana/training", "client/ana/review", "client/ana/captions", "client/ana/results", "client/ana/report")


def serve(folder: str) -> None:
    """Run the command on the clients of a folder, which holds its note and its log too; say how long the server took."""
    config.CONFIG_FILE, config.LOG_DIR = Path(folder) / "config.json", Path(folder) / "logs"
    command_line.main(["--clients-dir", f"{folder}/clients", "--json", "dashboard", "ana"], pages=Timed())


class Timed(Running):
    """Tells on standard error how long it took until it answered, its modules loaded included."""

    def start(self, session: Session, *, port: int | None = None, alone: bool = False) -> Serving:
        began = time.perf_counter()
        serving = super().start(session, port=port, alone=alone)
        host, _, rest = serving.address.removeprefix("http://").partition("/")
        Asker(host, "/" + rest.strip("/")).get("/api/alive")
        print(time.perf_counter() - began, file=sys.stderr, flush=True)
        return serving


class Asker:
    """Asks a dashboard for what is below its token."""

    def __init__(self, host: str, base: str) -> None:
        self.host, self.base = host, base

    def get(self, path: str) -> bytes:
        return self._ask("GET", path)

    def post(self, path: str, content: object) -> bytes:
        return self._ask("POST", path, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> bytes:
        """Return what is answered. Raises RuntimeError where it is refused."""
        connection = http.client.HTTPConnection(self.host, timeout=120)
        try:
            connection.request(method, self.base + path, body, dict(headers or {}))
            answer = connection.getresponse()
            found = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status} {found[:200]!r}")
            return found
        finally:
            connection.close()

    def arrivals(self, found: list[float], ready: threading.Event) -> None:
        """Follow a client's training; add the moment's distance for every line that arrives."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.request("GET", f"{self.base}/events?client=ana")
            answer = connection.getresponse()
            while line := answer.readline():
                if line.startswith(b"event: snapshot"):
                    ready.set()
                elif line.startswith(b"data: ") and b'"rows"' in line:
                    now = time.time()
                    found.extend(now - row["time"] for row in json.loads(line[6:])["rows"])


@contextlib.contextmanager
def dashboard(folder: Path) -> Iterator[tuple[psutil.Process, Asker, float, float]]:
    """Start the program; yield its process, what asks it, seconds until it told its address, and those of the server alone."""
    began = time.perf_counter()
    with Popen([sys.executable, __file__, "--serve", str(folder)], stdout=PIPE, stderr=PIPE, encoding="utf-8") as process:
        assert process.stdout is not None and process.stderr is not None  # noqa: S101
        try:
            told = json.loads(process.stdout.readline())["result"]
            whole = time.perf_counter() - began
            host, _, rest = told["address"].removeprefix("http://").partition("/")
            yield (
                psutil.Process(told["pid"]),
                Asker(host, "/" + rest.partition("/")[0]),
                whole,
                float(process.stderr.readline()),
            )
        finally:
            process.kill()


RECORD = """async () => {
  const {on} = await import(document.querySelector('script[src$="/app.js"]').src);
  window.arrived = [];
  on("delta", ({rows}) => window.arrived.push(...rows.map((row) => Date.now() / 1000 - row.time)));
}"""


@contextlib.contextmanager
def tabs(asker: Asker, wanted: int) -> Iterator[list[Page]]:
    """Open as many tabs of the training in one Chromium, which note when lines arrive; they share one stream."""
    if not wanted:
        yield []
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        context = browser.new_context()
        opened = [context.new_page() for _ in range(wanted)]
        for page in opened:
            page.goto(f"http://{asker.host}{asker.base}/client/ana/training")
            page.wait_for_selector("#live[data-state=connected]")
            page.evaluate(RECORD)
        yield opened
        browser.close()


def follow(process: psutil.Process, asker: Asker, run: Path, chosen: argparse.Namespace) -> tuple[list[float], float]:
    """Write lines while streams follow; return how long each took to arrive, and the server's share of one core."""
    found: list[float] = []
    events = [threading.Event() for _ in range(chosen.streams)]
    for ready in events:
        threading.Thread(target=asker.arrivals, args=(found, ready), daemon=True).start()
    for ready in events:
        ready.wait(10)
    time.sleep(min(chosen.seconds, 1))
    used, began = sum(process.cpu_times()[:2]), time.perf_counter()
    with (run / "progress.jsonl").open("ab", buffering=0) as handle:
        for step in range(round(chosen.seconds * chosen.lines)):
            row = {"time": time.time(), "step": step, "total": 2000, "loss": 0.0834, "seconds_per_step": 1.93, "eta_s": 3120.5,
                   "used_gib": 6.81, "total_gib": 8.0}  # fmt: skip
            handle.write(json.dumps(row).encode() + b"\n")
            time.sleep(max(began + (step + 1) / chosen.lines - time.perf_counter(), 0))
    share = (sum(process.cpu_times()[:2]) - used) / (time.perf_counter() - began)
    time.sleep(0.5)
    return found, share


def flood(process: psutil.Process, asker: Asker, wanted: int) -> None:
    """Open connections that say nothing, as many as the system lets; then time one answer."""
    if os.name != "nt":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (max(min(wanted + 200, hard), resource.getrlimit(resource.RLIMIT_NOFILE)[0]), hard)
        )
    name, _, port = asker.host.partition(":")
    idle: list[socket.socket] = []
    with contextlib.ExitStack() as stack:
        began = time.perf_counter()
        for _ in range(wanted):
            with contextlib.suppress(OSError):
                idle.append(stack.enter_context(socket.create_connection((name, int(port)), timeout=5)))
        opened = time.perf_counter() - began
        began = time.perf_counter()
        asker.get("/api/alive")
        answered = time.perf_counter() - began
        print(f"{len(idle)} idle connections opened in {opened:.1f} s: {process.num_threads()} threads, "
              f"{process.memory_info().rss / MIB:.1f} MiB; the next request answered in {1000 * answered:.0f} ms")  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; the last line says it all."""
    parser = argparse.ArgumentParser(description="what the dashboard costs")
    parser.add_argument("--seconds", type=float, default=30, help="that a training is followed (default 30)")
    parser.add_argument("--lines", type=float, default=10, help="of progress a second (default 10)")
    parser.add_argument("--streams", type=int, default=5, help="browsers that follow (default 5)")
    parser.add_argument("--tabs", type=int, default=0, help="of one Chromium that follow too (default 0)")
    parser.add_argument("--connections", type=int, default=0, help="idle ones that are opened at the end (default 0)")
    parser.add_argument("--serve", metavar="FOLDER", help=argparse.SUPPRESS)  # the program itself, in its own process
    chosen = parser.parse_args(arguments)
    if chosen.serve:
        serve(chosen.serve)
        return 0
    with tempfile.TemporaryDirectory(prefix="dashboard-") as name:
        folder = Path(name)
        run = Workspace(folder / "clients").create("ana").runs / "20261126-120000"
        run.mkdir()
        (run / "progress.jsonl").write_bytes(b"")
        with dashboard(folder) as (process, asker, whole, start):
            idle = process.memory_info().rss / MIB
            print(f"start: {1000 * start:.0f} ms the server, {1000 * whole:.0f} ms the program with it; {idle:.1f} MiB")
            weigh(asker)
            with tabs(asker, chosen.tabs) as opened:
                found, share = follow(process, asker, run, chosen) if chosen.seconds else ([0.0], 0.0)
                for page in opened:
                    seen = page.evaluate("window.arrived")
                    found.extend(seen)
                    print(f"a tab: {len(seen)} lines after {1000 * statistics.median(seen):.0f} ms, "
                          f"at worst {1000 * max(seen):.0f} ms")  # fmt: skip
            if chosen.connections:
                flood(process, asker, chosen.connections)
            after = process.memory_info().rss / MIB
    expected = round(chosen.seconds * chosen.lines) * (chosen.streams + chosen.tabs)
    if chosen.seconds and len(found) != expected:
        print(f"{len(found)} of {expected} lines arrived")
        return 1
    print(f"dashboard: file to page {1000 * statistics.median(found):.0f} ms, at worst {1000 * max(found):.0f} ms; "
          f"{100 * share:.2f} % of one core; {after:.1f} MiB; start {1000 * start:.0f} ms "
          f"({chosen.lines:g} lines a second, {chosen.streams} streams, {chosen.tabs} tabs)")  # fmt: skip
    return 0


def weigh(asker: Asker) -> None:
    """Print the bytes of every page and of what it loads."""
    for path in PAGES:
        html = asker.get("/" + path)
        loaded = {
            piece.split(b'"')[0].decode()
            for piece in html.replace(b'src="', b'href="').split(b'href="')[1:]
            if b"/static/" in piece
        }
        static = sum(len(asker.get(address.removeprefix(asker.base))) for address in loaded if "/static/" in address)
        print(f"{path or 'clients':24} {len(html):7,} bytes of HTML, {static:8,} of {len(loaded)} files")


if __name__ == "__main__":
    raise SystemExit(main())
