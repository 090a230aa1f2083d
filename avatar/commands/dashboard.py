"""The command of the dashboard in the browser: start, find, open, stop."""

from __future__ import annotations

import functools
import logging
from typing import Any

from avatar.commands.command import ANY_CLIENT, Argument, Command, MenuLine
from avatar.commands.result import Raw, Result
from avatar.commands.session import Pages, Serving, Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

LOG = logging.getLogger("avatar_pipeline")


def dashboard(
    session: Session,
    client_id: str | None,
    *,
    page: str = "",
    port: int | None = None,
    open_it: bool = False,
    stop: bool = False,
    stay: bool = True,
) -> Result[dict[str, Any]]:
    """Start the dashboard, or find the one that runs; show its address.

    page     of the client: "review", "training"; its page of all without one
    open_it  in the browser
    stop     end the one that runs instead
    stay     serve until Ctrl+C or stop, once the result is told; else it ends with this process
    """
    pages = _pages(session)
    client = session.workspace.client(client_id).client_id if client_id else ""
    if stop:
        stopped = pages.stop(session)
        return Result({"stopped": stopped}, [Text("web.stopped" if stopped else "web.not_running", style="good")])
    serving = pages.start(session, port=port, alone=stay)
    value = {"address": serving.of_client(client, page), "pid": serving.pid}
    blocks = [*told(serving, client, page), _how_long(serving, stay)]
    wanted = open_it and (stay or session.ui.interactive)  # a menu that a script drives opens nothing
    if wanted and not pages.open(session, serving, client, page):
        blocks.append(Text("web.no_browser"))
    go_on = functools.partial(_serve, session, pages) if stay and serving.own else None
    return Result(value, blocks, client=client or None, afterwards=go_on)


def beside_training(session: Session, client: Client) -> None:
    """Start the dashboard beside a training, where somebody sits at the terminal, and tell its address in one line.

    It never costs the training anything: what goes wrong is logged, and that is all.
    """
    try:
        if session.pages is not None and session.ui.interactive and session.settings(client).dashboard.with_training:
            serving = session.pages.start(session)
            session.say("web.with_training", address=serving.of_client(client.client_id, "training"))
    except Exception:
        LOG.warning("no dashboard beside the training", exc_info=True)


def told(serving: Serving, client: str = "", page: str = "") -> list[Text | Raw]:
    """Return the lines that tell where the dashboard is."""
    return [Text("web.started" if serving.own else "web.found", style="good"), Raw(serving.of_client(client, page))]


def _how_long(serving: Serving, stay: bool) -> Text:
    if not serving.own:
        return Text("web.stop_it") if serving.alone else Text("web.ends_with_other", {"pid": serving.pid})
    return Text("web.until_ctrl_c" if stay else "web.ends_with")


def _pages(session: Session) -> Pages:
    if session.pages is None:
        raise PipelineError("web.none")
    return session.pages


def _serve(session: Session, pages: Pages) -> None:
    try:
        pages.wait(session)
    except KeyboardInterrupt:
        pages.stop(session)
    session.say("web.stopped", style="good")


def port_number(typed: str) -> int:
    """Return a port that a user may listen on. Raises ValueError."""
    if not typed.isdecimal() or not 1024 <= int(typed) <= 65535:
        raise ValueError(f"{typed!r} (1024 … 65535)")
    return int(typed)


COMMANDS = (
    Command(
        name="dashboard", run=dashboard, only_reads=True,
        menu=(
            MenuLine("main", "menu.dashboard", options=("--open", "--stop")),
            MenuLine("process", "menu.review_browser"), MenuLine("monitor", "menu.monitor_browser"),
        ),
        arguments=(
            ANY_CLIENT,
            Argument(name="--port", metavar="N", kind=port_number, help="help.port"),
            Argument(name="--open", to="open_it", flag=True, help="help.open"),
            Argument(name="--stop", flag=True, help="help.stop_dashboard"),
        ),
    ),
)  # fmt: skip
