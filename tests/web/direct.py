"""Requests to the dashboard's table of routes without a server: what pages ask and do, at a tenth of the time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from avatar.web import routes
from avatar.web.routes import Asked
from avatar.web.site import Site


@dataclass(frozen=True)
class Answered:
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Direct:
    """A site that is asked in this process, about one client."""

    site: Site
    client: str = "ana"

    def get(self, path: str) -> Answered:
        return self._answer(path, None)

    def post(self, path: str, content: object) -> Answered:
        return self._answer(path, json.loads(json.dumps(content)))

    def view(self, name: str, **parameters: str) -> Any:
        """Return what a view of the client shows; it must be there."""
        reply = self.get(f"/api/client/{self.client}/{name}?{urlencode(parameters)}")
        assert reply.status == 200, reply.body
        return reply.json

    def act(self, name: str, **body: object) -> Answered:
        return self.post(f"/api/client/{self.client}/{name}?lang={body.pop('lang', 'es')}", body)

    def _answer(self, path: str, body: Any) -> Answered:
        found = routes.read(f"{self.site.base}{path}")
        assert found is not None and found[0] == self.site.token
        answer = routes.answer(self.site, Asked(found[1], found[2], body))
        return Answered(answer.status, answer.body)
