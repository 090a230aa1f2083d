"""The table of the menus: their lines, the answers of a line that asks which, and what Enter stands for.

There are two menus, of the program and of a client, with at most nine lines each. A line of several actions asks which of
them is meant. A command adds its own line or answer by its `Command.menu`; what is listed here gives the order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from avatar.reports.stages import ClientState

MAIN, CLIENT = "menu.main", "menu.client"  # the two menus
MOST_LINES = 9  # and 0


def _after_faces(state: ClientState) -> str:
    return "menu.review" if state.stage("process").state == "done" else "menu.process_now"


def _after_dataset(state: ClientState) -> str:
    return "menu.captions" if state.stage("prepare").state == "done" else "menu.prepare_now"


def _after_model(state: ClientState) -> str:
    if state.stage("choose").state == "done":
        return "menu.deliver"
    return "menu.results_take" if state.stage("try").state == "done" else "menu.try"


class Place(NamedTuple):
    """A menu, or a line that asks which.

    lines  labels in order: of an action, or of another line that asks which
    usual  the answer on Enter, by the state of the selected client; without it the first
    """

    lines: tuple[str, ...]
    usual: Callable[[ClientState], str] | None = None


PLACES: Mapping[str, Place] = {
    MAIN: Place(
        ("menu.setup", "menu.clients", "menu.select", "menu.guided", "menu.queue", "menu.dashboard", "menu.demo", "menu.doctor",
         "menu.settings"),
    ),
    "menu.clients": Place(
        ("menu.client_new", "menu.client_list", "menu.client_show", "menu.client_edit", "menu.client_rename",
         "menu.client_export", "menu.client_restore", "menu.client_delete"),
    ),
    "menu.queue": Place(("menu.queue_list", "menu.queue_add", "menu.queue_remove", "menu.queue_run")),
    "menu.demo": Place(("menu.demo_open", "menu.demo_delete")),
    "menu.settings": Place(("menu.language", "menu.base_model", "menu.all_settings", "menu.clear_evidence")),
    CLIENT: Place(
        ("menu.import_mj", "menu.import_real", "menu.process", "menu.prepare", "menu.configure", "menu.train", "menu.monitor",
         "menu.result", "menu.client_settings"),
    ),
    "menu.import_mj": Place(("menu.import_mj_now", "menu.prompts", "menu.mj_data", "menu.undo_import")),
    "menu.import_real": Place(("menu.import_real_now", "menu.undo_import")),
    "menu.process": Place(
        ("menu.process_now", "menu.review", "menu.review_browser", "menu.who", "menu.remove", "menu.compare",
         "menu.process_again"),
        _after_faces,
    ),
    "menu.prepare": Place(("menu.prepare_now", "menu.captions", "menu.held_out", "menu.ready"), _after_dataset),
    "menu.captions": Place(
        ("menu.captions_show", "menu.captions_set", "menu.captions_replace", "menu.captions_add", "menu.captions_remove",
         "menu.captions_undo", "menu.captions_suggest", "menu.captions_renew"),
    ),
    "menu.configure": Place(("menu.configure_preset", "menu.configure_value", "menu.tune", "menu.tune_take", "menu.tune_add")),
    "menu.train": Place(("menu.dry_run", "menu.train_now", "menu.resume", "menu.queue_this", "menu.bundle")),
    "menu.monitor": Place(("menu.monitor_now", "menu.tensorboard", "menu.monitor_browser", "menu.adopt", "menu.stop")),
    "menu.result": Place(
        ("menu.try", "menu.results", "menu.results_take", "menu.try_otherwise", "menu.tune", "menu.tune_take", "menu.deliver",
         "menu.install", "menu.models"),
        _after_model,
    ),
    "menu.models": Place(("menu.models_show", "menu.models_take", "menu.models_add", "menu.models_clear")),
    "menu.client_settings": Place(
        ("menu.client_data", "menu.limits", "menu.own_settings", "menu.status", "menu.report", "menu.client_doctor")
    ),
}  # fmt: skip

# What comes next for a client, as `stages.proposed` names it -> the line of its menu, and the answer there.
STEPS: Mapping[str, tuple[str, str]] = {
    "import-mj": ("menu.import_mj", "menu.import_mj_now"),
    "import-real": ("menu.import_real", "menu.import_real_now"),
    "process": ("menu.process", "menu.process_now"),
    "review": ("menu.process", "menu.review"),
    "who": ("menu.process", "menu.who"),
    "prepare": ("menu.prepare", "menu.prepare_now"),
    "configure": ("menu.configure", "menu.configure_preset"),
    "train": ("menu.train", "menu.dry_run"),
    "monitor": ("menu.monitor", "menu.monitor_now"),
    "model": ("menu.train", "menu.dry_run"),
    "try": ("menu.result", "menu.try"),
    "choose": ("menu.result", "menu.results_take"),
    "": ("menu.result", "menu.deliver"),
}


def place_of(name: str) -> str:
    """Return the label of the place that a command's `MenuLine.menu` names."""
    return f"menu.{name}"


def on_enter(place: str, state: ClientState | None, step: str) -> str:
    """Return the label that Enter stands for in a place; the first line where the client's state says nothing.

    state  of the selected client, None without one
    step   what comes next for it, as `stages.proposed` names it
    """
    found = PLACES[place]
    if place == MAIN or state is None:
        return found.lines[0]
    line, answer = STEPS[step]
    if place == CLIENT:
        return line
    if place == line:
        return answer
    return found.usual(state) if found.usual else found.lines[0]
