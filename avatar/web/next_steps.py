"""What is next for a client, with the command that does it; which it is says reports/stages.proposed, as for the menus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from avatar.texts.text import Text

if TYPE_CHECKING:
    from avatar.reports.stages import ClientState

# The page on which a step can be done or looked at; the others are done on the terminal.
PAGES = {"review": "review", "who": "review", "train": "training", "try": "results", "choose": "results"}


def next_step(state: ClientState, *, trains: bool = False) -> dict[str, Any]:
    """Return what is next: stage, its name, the command, and the page that shows it; stage "" where all is done.

    trains  a training of the client goes on
    """
    from avatar.reports import stages

    stage = stages.proposed(state, trains=trains)
    if stage == "monitor":
        label, command = Text("web.next.watch"), Text("web.next.monitor")
        return {"stage": stage, "label": label, "command": command, "page": "training"}
    return {
        "stage": stage,
        "label": Text(f"stage.{stage}") if stage else Text("web.next.finished"),
        "command": Text(f"web.next.{stage}", {"client": state.client_id}) if stage else Text("web.next.deliver"),
        "page": PAGES.get(stage, ""),
    }
