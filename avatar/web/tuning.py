"""What the page of a tuning shows: what tuning.html holds, from the same template; and taking a candidate of it."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts import translate
from avatar.texts.text import Text
from avatar.web.site import Action, Query, Site, View
from avatar.workspace.client import Client


def values(site: Site, query: Query) -> Mapping[str, object]:
    """Return what stands in the page itself: the newest tuning as its files have it now."""
    from avatar.reports import tuning_page, tuning_view
    from avatar.reports.tuning_view import Shot

    client = query.need_client()
    found = tuning_view.view(client)
    if found is None:
        with translate.about(client.client_id):
            return {"tuned": False, "offered": "", "nothing": translate.words(Text("tune.page.none"), query.language)}

    def address(shot: Shot) -> str:
        kind = f"trial/{shot.trial_id}:{shot.picture_id}"
        return f"{site.base}/picture/{client.client_id}/{kind}?size=160" if shot.picture_id else ""

    with translate.about(client.client_id):
        content = tuning_page.content(found, query.language, address)
    offered = found.candidate if found.candidate != found.taken else ""
    differs = any(row.differs for row in found.rows if row.name == found.candidate)
    return {**content, "tuned": True, "commands": {}, "offered": offered, "differs": differs}


def take(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Make a candidate's file the client's model, as `tune --take` does; with values, its values the plan's."""
    from avatar.commands import tune_take

    client: Client = query.need_client()
    session = site.session(query.language)
    tune_take.take(session, client.client_id, str(body.get("candidate", "")), values=body.get("values") is True)
    return {"said": Text("web.tuning.taken")}


VIEWS: Mapping[str, View] = {}
ACTIONS: Mapping[str, Action] = {"tune-take": take}
