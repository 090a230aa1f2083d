"""Answers of the dashboard without a server: the table of routes asked directly, for tests of what pages show and do."""

from __future__ import annotations

from avatar.web import routes
from avatar.web.routes import Asked
from avatar.web.site import Site
from tests.web.conftest import Reply


class Asking:
    """Requests to the routes of a site, as a handler of the server makes them."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def get(self, path: str) -> Reply:
        return self._answer(path, None)

    def post(self, path: str, content: dict[str, object]) -> Reply:
        return self._answer(path, content)

    def _answer(self, path: str, body: dict[str, object] | None) -> Reply:
        read = routes.read(f"/{self.site.token}{path}")
        assert read is not None, path
        answer = routes.answer(self.site, Asked(read[1], read[2], body))
        return Reply(answer.status, {"Content-Type": answer.kind, **answer.headers}, answer.body)
