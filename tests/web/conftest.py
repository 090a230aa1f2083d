"""A dashboard for tests: a server in threads of this process, and what asks it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from avatar.web.server import Server
from avatar.web.site import Site
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace

TOKEN = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Dashboard:
    """A server that runs, its clients, and requests to it below its token."""

    server: Server
    workspace: Workspace

    @property
    def address(self) -> str:
        """Where it is, without the slash at the end: address + "/client/ana/review"."""
        return self.server.address.rstrip("/")

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, *, token: str = TOKEN
    ) -> Reply:
        """Send one request on a connection of its own; path is what stands after the token."""
        return self.send(method, f"/{token}{path}", body, headers)

    def send(
        self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            connection.request(method, target, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def get(self, path: str) -> Reply:
        return self.ask("GET", path)

    def post(self, path: str, content: object) -> Reply:
        body = json.dumps(content).encode("utf-8")
        return self.ask("POST", path, body, {"Content-Type": "application/json"})


def started(workspace: Workspace, config_file: Path, *, language: str = "es", port: int = 0, token: str = TOKEN) -> Dashboard:
    """Start a server that the caller stops."""
    server = Server(Site(workspace, config_file, language, token), port)
    server.start(look_s=0.02)
    return Dashboard(server, workspace)


@pytest.fixture
def dashboard(workspace: Workspace, client: Client, tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard of one client, ana, who has no pictures yet."""
    running = started(workspace, tmp_path / "config.json")
    yield running
    running.server.stop()


@pytest.fixture
def site(workspace: Workspace, client: Client, tmp_path: Path) -> Site:
    """A site of one client, ana, without a server."""
    return Site(workspace, tmp_path / "config.json", "es", TOKEN)
