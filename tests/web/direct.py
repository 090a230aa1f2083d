"""One client's views and actions asked of the table of routes, by their names."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tests.web.asking import Asking
from tests.web.conftest import Reply


class Direct(Asking):
    """What the pages of the client ana ask and do."""

    def view(self, name: str, **parameters: str) -> Any:
        """Return what a view shows; it must be there."""
        reply = self.get(f"/api/client/ana/{name}?{urlencode(parameters)}")
        assert reply.status == 200, reply.body
        return reply.json

    def act(self, name: str, **body: object) -> Reply:
        return self.post(f"/api/client/ana/{name}?lang={body.pop('lang', 'es')}", body)
