"""The server: who is let in, what an address can reach, and what it takes to stop it (nothing here does)."""

from __future__ import annotations

import errno
import http.client
import json
import logging
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.texts import tables
from avatar.texts.text import PipelineError, Text
from avatar.web import connections, handler, page, routes
from avatar.web.connections import Connections
from avatar.web.site import Outdated, Query, Site, told
from avatar.workspace.workspace import Workspace
from tests.tiny_png import PNG
from tests.web.conftest import TOKEN, Dashboard, started

HIDDEN = "what no page may show"


@pytest.fixture(scope="module")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "secret.txt").write_text(HIDDEN)
    (folder / "secret.png").write_bytes(PNG)
    client = Workspace(folder / "clients").create("ana", trigger_word="ohwx", class_word="woman")
    run = client.runs / "20261126-120000"
    (run / "sample").mkdir(parents=True)
    (run / "sample" / "a_e000001_00_20261126120000_1.png").write_bytes(PNG)
    return folder


@pytest.fixture(scope="module")
def dashboard(site_folder: Path) -> Iterator[Dashboard]:  # one for the file: nothing here changes it
    running = started(Workspace(site_folder / "clients"), site_folder / "config.json")
    yield running
    assert running.get("/api/alive").status == 200  # whatever was tried, it stays
    running.server.stop()


def raw(dashboard: Dashboard, content: bytes, pause_s: float = 0) -> bytes:
    """Send bytes and return all that comes until the server ends the connection."""
    with socket.create_connection(("127.0.0.1", dashboard.server.port), timeout=10) as connection:
        connection.sendall(content)
        time.sleep(pause_s)
        found = b""
        while piece := connection.recv(1 << 16):
            found += piece
        return found


def request(dashboard: Dashboard, target: str, *lines: str, method: str = "GET", host: str | None = None) -> bytes:
    head = [
        f"{method} {target} HTTP/1.1",
        f"Host: {host or dashboard.address[7:].partition('/')[0]}",
        "Connection: close",
        *lines,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n"


# --- who is let in ---------------------------------------------------------------------------------------------------


def test_it_listens_on_this_computer_alone(dashboard: Dashboard) -> None:
    assert dashboard.server.server_address[0] == "127.0.0.1"
    assert dashboard.server.socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost", "0.0.0.0:{port}", "[::1]:{port}", ""],
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
def test_a_foreign_host_is_refused_before_anything_is_looked_up(dashboard: Dashboard, host: str, method: str) -> None:
    there = raw(
        dashboard, request(dashboard, f"/{TOKEN}/api/alive", method=method, host=host.format(port=dashboard.server.port) or " ")
    )
    wrong = raw(dashboard, request(dashboard, "/nowhere", method=method, host=host.format(port=dashboard.server.port) or " "))
    assert there.startswith(b"HTTP/1.1 403 ") and there == wrong


def test_localhost_is_this_computer_too_and_two_hosts_or_none_are_not(dashboard: Dashboard) -> None:
    port = dashboard.server.port
    target = f"/{TOKEN}/api/alive"
    assert b" 200 " in raw(dashboard, request(dashboard, target, host=f"localhost:{port}"))[:20]
    assert b" 403 " in raw(dashboard, request(dashboard, target, f"Host: 127.0.0.1:{port}"))[:20]
    assert b" 403 " in raw(dashboard, f"GET {target} HTTP/1.1\r\n\r\n".encode())[:20]


@pytest.mark.parametrize(
    "line", ["Origin: http://evil.example", "Origin: null", "Origin: http://127.0.0.1:1", "Origin: https://127.0.0.1:{port}",
             "Origin: http://127.0.0.1:{port}.evil.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"],
)  # fmt: skip
def test_what_another_page_sends_is_refused(dashboard: Dashboard, line: str) -> None:
    lines = [line.format(port=dashboard.server.port), "Content-Type: application/json", "Content-Length: 2"]
    answer = raw(dashboard, request(dashboard, f"/{TOKEN}/api/client/ana/approve", *lines, method="POST") + b"{}")
    assert answer.startswith(b"HTTP/1.1 403 ")


def test_its_own_pages_may_send(dashboard: Dashboard) -> None:
    lines = [f"Origin: http://127.0.0.1:{dashboard.server.port}", "Sec-Fetch-Site: same-origin"]
    assert b" 200 " in raw(dashboard, request(dashboard, f"/{TOKEN}/api/alive", *lines))[:20]


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "0", TOKEN.upper(), "%00", "ñ".encode().hex(), "0" * 32])
@pytest.mark.parametrize("path", ["/", "/api/alive", "/client/ana/review", "/static/x/app.js", "/shutdown"])
def test_without_the_token_everything_is_the_same_nothing(dashboard: Dashboard, token: str, path: str) -> None:
    answer = dashboard.ask("GET", path, token=token)
    assert answer.status == 403
    assert "dashboard" in answer.body.decode()  # says how to get the new address
    assert TOKEN.encode() not in answer.body and b"ana" not in answer.body


def test_the_token_has_128_bits_and_is_another_one_each_time(tmp_path: Path) -> None:
    from avatar.web import running

    assert running.TOKEN_BYTES * 8 == 128


# --- what an address can reach ---------------------------------------------------------------------------------------

ESCAPES = (
    "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "%2e%2e%2fsecret.png", "..%5csecret.txt", "....//secret.txt",
    "%252e%252e%252fsecret.txt", "..%c0%afsecret.txt", "%00", "secret.txt%00.png", "/etc/passwd", "%2fetc%2fpasswd",
    "C:%5cWindows%5cwin.ini", "\\\\server\\share", "~", "ana/../../secret.png", ".lock.json", "client.json", "*", "mj_*",
    "mj_0123456789abcdef", "..", ".", "",
)  # fmt: skip
PLACES = (
    "/static/{}", "/static/{version}/{}", "/client/{}", "/client/ana/{}", "/picture/{}/original/x", "/picture/ana/{}/x",
    "/picture/ana/original/{}", "/picture/ana/crop/{}", "/picture/ana/refused/{}", "/picture/ana/sample/{}",
    "/picture/ana/sample/20261126-120000:{}", "/picture/ana/sample/{}:x.png", "/picture/ana/trial/{}",
    "/picture/ana/trial/{}:x",
    "/api/{}", "/api/client/{}/status", "/api/client/ana/{}", "/{}",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_no_path_leads_out_of_what_is_known(dashboard: Dashboard, place: str) -> None:
    for escape in ESCAPES:
        target = f"/{TOKEN}" + place.replace("{version}", page.static_version()).replace("{}", escape)
        answer = raw(dashboard, request(dashboard, target.replace(" ", "%20")))
        status = int(answer.split(b" ")[1])
        named_a_page = (
            status == 200 and answer.partition(b"\r\n\r\n")[2].startswith(b"<!DOCTYPE html>") and escape in {"", ".", ".."}
        )
        assert status in {400, 403, 404} or named_a_page, target
        assert HIDDEN.encode() not in answer and b"root:" not in answer and b"\x89PNG" not in answer


def test_a_known_picture_is_given_and_a_link_in_its_place_is_not(dashboard: Dashboard, site_folder: Path) -> None:
    folder = site_folder / "clients" / "ana" / "training" / "runs" / "20261126-120000" / "sample"
    name = "a_e000001_00_20261126120000_1.png"
    answer = dashboard.get(f"/picture/ana/sample/20261126-120000%3A{name}?size=full")
    assert (answer.status, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (200, "image/png", "no-store")
    assert answer.body == (folder / name).read_bytes()
    small = dashboard.get(f"/picture/ana/sample/20261126-120000:{name}?size=160")
    assert small.headers["Content-Type"] == "image/jpeg" and small.body.startswith(b"\xff\xd8")
    (folder / "link.png").symlink_to(site_folder / "secret.png")
    assert dashboard.get("/picture/ana/sample/20261126-120000:link.png?size=full").status == 404
    assert dashboard.get(f"/picture/ana/sample/20261126-120000:{name}?size=9999").status == 404
    (folder.parents[1] / "linked").symlink_to(folder.parent)
    assert dashboard.get(f"/picture/ana/sample/linked:{name}?size=full").status == 404
    for link in (folder / "link.png", folder.parents[1] / "linked"):
        link.unlink()


def test_files_are_a_fixed_list_whose_address_changes_with_them(dashboard: Dashboard) -> None:
    answer = dashboard.get(f"/static/{page.static_version()}/app.js")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/javascript")
    assert "immutable" in answer.headers["Cache-Control"]
    assert dashboard.get("/static/0/app.js").status == 404
    assert dashboard.get(f"/static/{page.static_version()}/routes.py").status == 404


@pytest.mark.parametrize("path", ["/", "/client/ana", "/client/ana/review", "/api/alive", "/nowhere", "/events"])
def test_every_answer_has_the_headers_that_forbid_what_no_page_does(dashboard: Dashboard, path: str) -> None:
    headers = dashboard.ask("HEAD", path).headers
    assert {name: headers[name] for name in handler.HEADERS} == dict(handler.HEADERS)
    assert "unsafe" not in handler.POLICY and "*" not in handler.POLICY and "http" not in handler.POLICY
    assert headers["Cache-Control"] == "no-store"
    assert "Server" not in headers


@pytest.mark.parametrize("name", sorted(path.name for path in page.PAGES.glob("*.html")))
def test_no_template_has_a_script_or_a_style_within(name: str) -> None:
    html = (page.PAGES / name).read_text(encoding="utf-8")
    for forbidden in ("style=", "<style", "onclick", "onload", "javascript:", "|safe", "| safe", "http://", "https://"):
        assert forbidden not in html, forbidden


@pytest.mark.parametrize("name", sorted(path.name for path in page.STATIC.glob("*.js") if "uplot" not in path.name.lower()))
def test_no_script_makes_html_of_data(name: str) -> None:
    script = (page.STATIC / name).read_text(encoding="utf-8")
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "http://",
        "https://",
    ):
        assert forbidden not in script.replace("http://www.w3.org/2000/svg", ""), forbidden


@given(st.text() | st.from_regex(r"/[a-z%0-9./\\\\?=&;-]*", fullmatch=True))
def test_whatever_is_asked_for_its_parts_are_names_and_no_paths(target: str) -> None:
    found = routes.read(target)
    if found is not None:
        token, parts, parameters = found
        for part in (token, *parts):
            assert part not in {".", ".."} and not set(part) & set("/\\\0\n\r")
        assert all(isinstance(value, str) for value in parameters.values())


# --- requests that are none ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "PROPFIND", "get"])
def test_an_unknown_method_is_told_which_ones_there_are(dashboard: Dashboard, method: str) -> None:
    answer = raw(dashboard, request(dashboard, f"/{TOKEN}/api/alive", method=method))
    assert answer.startswith(b"HTTP/1.1 405 ") and b"Allow: GET, HEAD, POST\r\n" in answer


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n", 400), (b"GET\r\n\r\n", 400),
     (b"GET / HTTP/9.9\r\n\r\n", 505),
     (b"GET / HTTP/x\r\n\r\n", 400), (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
     (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431), (b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", 431)],
)  # fmt: skip
def test_what_is_no_request_is_refused_and_the_connection_ends(dashboard: Dashboard, content: bytes, status: int) -> None:
    assert raw(dashboard, content).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    ("lines", "body", "status"),
    [(["Content-Type: application/json", "Content-Length: 1000001"], b"", 413),
     (["Content-Type: application/json", "Content-Length: 99999999999999999999"], b"", 413),
     (["Content-Type: application/json", "Content-Length: 5000000"], b"x" * 3_000_000, 413),
     (["Content-Type: application/json"], b"", 411), (["Content-Type: application/json", "Content-Length: -1"], b"", 411),
     (["Content-Type: application/json", "Content-Length: 2", "Content-Length: 3"], b"{}", 411),
     (["Content-Type: application/json", "Transfer-Encoding: chunked"], b"2\r\n{}\r\n0\r\n\r\n", 411),
     (["Content-Type: text/plain", "Content-Length: 2"], b"{}", 415),
     (["Content-Type: application/x-www-form-urlencoded", "Content-Length: 2"], b"{}", 415),
     (["Content-Length: 2"], b"{}", 415),
     (["Content-Type: application/json", "Content-Length: 2"], b"[]", 400),
     (["Content-Type: application/json", "Content-Length: 2"], b"{x", 400),
     (["Content-Type: application/json", "Content-Length: 100000"], b"[" * 100_000, 400)],
)  # fmt: skip
def test_a_post_brings_one_small_json_object(dashboard: Dashboard, lines: list[str], body: bytes, status: int) -> None:
    answer = raw(dashboard, request(dashboard, f"/{TOKEN}/api/client/ana/approve", *lines, method="POST") + body, pause_s=0.02)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


def test_a_get_with_a_body_is_none(dashboard: Dashboard) -> None:
    for lines in (["Content-Length: 4"], ["Transfer-Encoding: chunked"]):
        smuggled = request(dashboard, f"/{TOKEN}/api/alive", *lines).replace(b"Connection: close\r\n", b"")
        answer = raw(dashboard, smuggled + b"GET /")
        assert answer.startswith(b"HTTP/1.1 400 ") and answer.count(b"HTTP/1.1") == 1


def test_one_connection_answers_many_requests_and_head_has_no_body(dashboard: Dashboard) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", dashboard.server.port, timeout=10)
    try:
        for method, path, length in (
            ("GET", "api/alive", 15),
            ("HEAD", "api/alive", 0),
            ("GET", "nowhere", None),
            ("GET", "", None),
        ):
            connection.request(method, f"/{TOKEN}/{path}")
            before = connection.sock
            answer = connection.getresponse()
            body = answer.read()
            assert length is None or len(body) == length
            assert int(answer.getheader("Content-Length") or 0) > 0
            assert connection.sock is before is not None
    finally:
        connection.close()
    pipelined = request(dashboard, f"/{TOKEN}/api/alive").replace(b"Connection: close\r\n", b"")
    assert raw(dashboard, pipelined * 2 + request(dashboard, f"/{TOKEN}/api/alive")).count(b'{"alive": true}') == 3
    old = raw(dashboard, f"GET /{TOKEN}/api/alive HTTP/1.0\r\nHost: 127.0.0.1:{dashboard.server.port}\r\n\r\n".encode())
    assert old.endswith(b'{"alive": true}') and b"Connection: close" in old


# --- slow and many ---------------------------------------------------------------------------------------------------


def test_a_request_that_does_not_arrive_in_time_is_dropped_however_slowly_it_comes(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "ARRIVE_S", 0.4)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", dashboard.server.port), timeout=10) as connection:
        connection.settimeout(0.05)
        ended = False
        while not ended and time.monotonic() - began < 10:
            try:
                connection.sendall(b"G")
                ended = connection.recv(100) == b""
            except TimeoutError:
                continue
            except OSError:
                ended = True
    assert ended and time.monotonic() - began >= 0.35


def test_a_slow_reader_is_dropped_and_its_place_is_free(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "SEND_S", 0.3)
    monkeypatch.setattr(routes, "views", lambda: {"large": lambda site, query: "x" * 50_000_000})
    with socket.create_connection(("127.0.0.1", dashboard.server.port), timeout=10) as connection:
        connection.sendall(request(dashboard, f"/{TOKEN}/api/large"))
        assert connection.recv(9) == b"HTTP/1.1 "  # and no more is read
        until_free(dashboard)
        assert len(dashboard.server.connections) == 0


def until_free(dashboard: Dashboard) -> None:
    deadline = time.monotonic() + 20
    while len(dashboard.server.connections) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_idle_connections_give_way_and_five_hundred_at_once_leave_it_answering(dashboard: Dashboard) -> None:
    until_free(dashboard)
    idle = [socket.create_connection(("127.0.0.1", dashboard.server.port), timeout=10) for _ in range(100)]
    try:
        assert dashboard.get("/api/alive").status == 200
        assert len(dashboard.server.connections) <= 64
    finally:
        for connection in idle:
            connection.close()
    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(lambda _: dashboard.get("/api/alive").status, range(500)))
    assert set(statuses) <= {200, 503} and statuses.count(200) >= 400


def test_of_idle_connections_the_oldest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "GRACE_S", 0.0)
    pairs = [socket.socketpair() for _ in range(4)]
    places = Connections(most=3)
    taken = [places.enter(pair[0]) for pair in pairs[:3]]
    assert taken[0] is not None and None not in taken
    taken[0].busy()
    assert places.enter(pairs[3][0], wait_s=0.0) is None  # the one that was closed has not left yet
    for pair, closed in zip(pairs, (False, True, False), strict=False):
        pair[1].settimeout(0)
        if closed:
            assert pair[1].recv(1) == b""
        else:
            with pytest.raises(BlockingIOError):
                pair[1].recv(1)
    for pair in pairs:
        for end in pair:
            end.close()


def test_where_all_places_are_at_work_the_next_waits_and_is_refused() -> None:
    pairs = [socket.socketpair() for _ in range(4)]
    places = Connections(most=2)
    taken = [places.enter(pair[0]) for pair in pairs[:2]]
    for place in taken:
        assert place is not None
        place.busy()
    assert places.enter(pairs[2][0], wait_s=0.05) is None
    assert taken[0] is not None and taken[1] is not None
    places.leave(taken[0])
    third = places.enter(pairs[3][0], wait_s=0.05)
    assert third is not None and len(places) == 2
    for pair in pairs:
        for end in pair:
            end.close()


# --- answers ---------------------------------------------------------------------------------------------------------


def wrong(site: Site, query: Query) -> object:
    raise RuntimeError(f"a bug at {site.token}")


def busy(site: Site, query: Query) -> object:
    raise PipelineError("client.locked", client="ana", stage="train", pid=1, since="2026-11-26T10:00:00+00:00")


def outdated(site: Site, query: Query, body: object) -> object:
    raise Outdated({"verdict": "approved", "said": Text("web.nav.review")})


def test_a_bug_is_told_in_one_sentence_logged_without_the_token_and_the_server_stays(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(routes, "views", lambda: {"wrong": wrong})
    with caplog.at_level(logging.DEBUG):
        answer = dashboard.get("/api/client/ana/wrong?lang=es")
    assert answer.status == 500 and answer.json["error"]["text"].startswith("Error interno")
    assert "bug in the dashboard: api/wrong" in caplog.text
    assert TOKEN not in caplog.text
    assert dashboard.get("/api/alive").status == 200


def full(site: Site, query: Query, body: object = None) -> object:
    raise OSError(errno.ENOSPC, "No space left on device", str(Path("clients") / "ana" / "metadata" / ".records.json.x"))


def test_a_full_disk_is_told_as_the_commands_tell_it_and_is_no_bug(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(routes, "views", lambda: {"full": full})
    monkeypatch.setattr(routes, "actions", lambda: {"full": full})
    for answer in (dashboard.post("/api/client/ana/full?lang=es", {}), dashboard.get("/api/client/ana/full?lang=es")):
        assert answer.status == 500 and answer.json["error"]["key"] == "system.disk_full"
        assert "No queda espacio" in answer.json["error"]["text"] and "metadata" in answer.json["error"]["text"]
    assert "the system refused" in caplog.text and "bug" not in caplog.text and "metadata" not in caplog.text


def test_a_problem_is_told_in_the_language_of_the_page(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "views", lambda: {"busy": busy})
    monkeypatch.setattr(routes, "actions", lambda: {"outdated": outdated})
    answer = dashboard.get("/api/client/ana/busy?lang=en")
    assert answer.status == 400 and answer.json["error"]["key"] == "client.locked"
    assert answer.json["error"]["text"] != dashboard.get("/api/client/ana/busy?lang=es").json["error"]["text"]
    assert dashboard.get("/api/client/bea/busy").status == 404
    changed = dashboard.post("/api/client/ana/outdated?lang=en", {})
    assert changed.status == 409
    assert changed.json == {"present": {"verdict": "approved", "said": {"key": "web.nav.review", "text": "Review"}}}


def locking(site: Site, query: Query, body: object) -> object:
    with query.need_client().lock("review"):
        return "done"


def test_an_action_waits_for_no_lock_that_the_same_program_holds_and_is_told_who_does(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A training and the dashboard that it started are one process: the page may not write beside it."""
    monkeypatch.setattr(routes, "actions", lambda: {"locking": locking})
    with dashboard.workspace.client("ana").lock("train"):
        held = dashboard.post("/api/client/ana/locking", {})
    assert held.status == 400 and held.json["error"]["key"] == "client.locked"
    assert dashboard.post("/api/client/ana/locking", {}).json == "done"


def test_the_address_is_in_no_line_of_the_log(dashboard: Dashboard, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for path in ("/", "/nowhere", "/client/ana", "/api/alive", "/client/bea"):
            dashboard.get(path)
        dashboard.ask("GET", "/", token="0" * 32)
        raw(dashboard, b"nonsense\r\n\r\n")
    assert TOKEN not in caplog.text and str(dashboard.server.port) not in caplog.text


def test_data_on_a_page_is_no_html() -> None:
    html = page.render("told.html", base="/x", client="", language="es", told="<script>alert(1)</script>")
    assert "<script>alert" not in html and "&lt;script&gt;" in html
    html = page.render("base.html", base="/x", client='"><script>alert(1)</script>', language="es")
    assert "<script>alert" not in html


def test_texts_of_a_page_cannot_end_their_block(monkeypatch: pytest.MonkeyPatch) -> None:
    from avatar.texts import web

    monkeypatch.setattr(web, "TEXTS", {**web.TEXTS, "web.common.x": {"es": "</script><b>", "en": "</script><b>"}})
    tables.template.cache_clear()
    html = page.render("base.html", base="/x", client="", language="es")
    assert "</script><b>" not in html and "\\u003c/script\\u003e\\u003cb\\u003e" in html


def test_values_become_json_with_texts_in_the_language_of_the_page() -> None:
    value = {"a": [Text("web.nav.review")], "b": {3, 1}, "c": float("nan"), "d": Path("x"), "e": (1, None, True)}
    assert told(value, "es") == {
        "a": [{"key": "web.nav.review", "text": "Revisión"}], "b": [1, 3], "c": None, "d": "x", "e": [1, None, True],
    }  # fmt: skip
    assert json.dumps(told(value, "en"))


def test_no_view_and_no_action_stands_twice() -> None:
    for kind in ("VIEWS", "ACTIONS"):
        names = [name for file in routes.page_files() for name in getattr(file, kind)]
        assert len(names) == len(set(names))
