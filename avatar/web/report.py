"""What the page of the report shows."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.web.site import Action, View

VIEWS: Mapping[str, View] = {}
ACTIONS: Mapping[str, Action] = {}
