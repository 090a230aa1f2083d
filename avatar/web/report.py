"""What the page of the report shows: what client_report.html holds, from the same template; and writing that file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import quote

from avatar.texts import translate
from avatar.web.site import Action, Query, Site, View
from avatar.workspace.client import Client


def values(site: Site, query: Query) -> Mapping[str, object]:
    """Return what stands in the page itself: the report's content as it is now, its pictures as they were last drawn."""
    from avatar.commands import stage_state
    from avatar.reports import client_page, review_list
    from avatar.reports.client_page import Shown

    client = query.need_client()
    session = site.session(query.language)
    settings, records = session.settings(client), client.records()
    there = client_page.pictures_there(client)

    def address(section: str, shown: Shown) -> str:
        name = quote(client_page.picture_id(section, shown), safe="")
        size = "480" if section == "samples" else "full"
        return f"{site.base}/picture/{client.client_id}/report/{name}?size={size}"

    review = f"{site.base}/client/{client.client_id}/review?lang={query.language}"
    with translate.about(client.client_id):
        state = stage_state.client_state(session, client)
        content = client_page.content(client, records, state, settings, query.language, there, address, review)
    drawn = any(name in there for name in ("quality", "coverage", "faces"))
    current = client_page.charts_are_current(
        client, records, review_list.entries(client, records), settings, query.language
    )  # fmt: skip
    charts = "" if not records else "missing" if not drawn else "" if current else "old"
    shared = {name: value for name, value in content.items() if name != "language"}
    return {**shared, "charts": charts, "written": _written(client)}


def _written(client: Client) -> dict[str, str] | None:
    """Return where the file lies and when it was written, None where it was not."""
    from avatar.reports import client_page

    path = client.output / client_page.FILE_NAME
    try:
        at = path.stat().st_mtime
    except OSError:
        return None
    return {"path": str(path), "when": datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="seconds")}


def write(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Write client_report.html and the charts, as `report` does."""
    from avatar.commands import report as report_command

    client = query.need_client()
    done = report_command.report(site.session(query.language), client.client_id)
    return {"report": done.value["report"]}


VIEWS: Mapping[str, View] = {}
ACTIONS: Mapping[str, Action] = {"write-report": write}
