"""What the page of the training shows and does."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.web.site import Action, View

VIEWS: Mapping[str, View] = {}
ACTIONS: Mapping[str, Action] = {}
