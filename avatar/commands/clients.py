"""The commands of clients: new, list, show, rename, export, restore, delete, status."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.commands import blocks as commands_blocks
from avatar.commands import removing, stage_state, unfinished
from avatar.commands.command import ANY_CLIENT, CLIENT, FILE, Argument, Command, MenuLine
from avatar.commands.result import Block, Raw, Result, Table
from avatar.commands.session import Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace import export, leftovers, log_file
from avatar.workspace.client import ORIGINAL_FOLDERS
from avatar.workspace.workspace import headless, misnamed

if TYPE_CHECKING:
    from avatar.reports.stages import ClientState
    from avatar.workspace.client import Client
    from avatar.workspace.records import ClientInfo
    from avatar.workspace.workspace import Deleted

# --- clients ---------------------------------------------------------------------------------------------------------


def client_new(
    session: Session, client_id: str, *, trigger: str = "", class_word: str = "person", name: str = "", consent: str = ""
) -> Result[ClientInfo]:
    """Create a client and select it. client_id: or a person's name, from which the id is made and which is kept to be shown."""
    from avatar.dataset import class_word as class_words
    from avatar.workspace.client import named

    said = class_words.read(class_word)
    made_id, own_name = named(client_id)
    client = session.workspace.create(
        made_id, trigger_word=trigger, class_word=said.word, display_name=name or own_name, consent_note=consent
    )
    session.client = client
    info = client.info()
    values = {"client": client.client_id, "folder": str(client.folder), "trigger": info.trigger_word}
    derived = [Text("client.named", {"client": client.client_id, "name": info.display_name})] if own_name else []
    blocks = [Text("client.created", values, "good"), *derived, *said.told()]
    return Result(info, blocks, trigger_warnings(info.trigger_word), client.client_id)


def trigger_warnings(word: str) -> list[Text]:
    from avatar.dataset import trigger_word

    return trigger_word.trigger_advice(word)


def client_list(session: Session) -> Result[dict[str, Any]]:
    """List all clients with their figures."""
    from avatar.reports import stages

    rows, value = [], []
    broken = [misnamed(folder).text for folder in session.workspace.misnamed()]
    broken += [headless(folder).text for folder in session.workspace.headless()]
    for client_id in session.workspace.client_ids():
        client = session.workspace.client(client_id)
        try:
            info, state = client.info(), stage_state.client_state(session, client)
        except PipelineError as error:  # one broken client must not hide the others
            if (told := error.text) not in broken:  # broken settings are those of all
                broken.append(told)
            continue
        shown = shown_name(info)
        rows.append((shown, info.trigger_word, len(client.record_files()), state.approved, len(state.models)))
        value.append(
            {"client_id": client_id, "display_name": info.display_name, "trigger_word": info.trigger_word,
             "pictures": len(client.record_files()),
             "approved": state.approved, "models": list(state.models), "next": stages.proposed(state) or None}
        )  # fmt: skip
    columns = ("col.client", "col.trigger", "col.pictures", "col.approved", "col.models")
    blocks: list[Text | Table | Raw] = [Table(columns, rows, Text("client.list_title"))] if rows else []
    if not rows and not broken:
        blocks.append(Text("client.none_yet"))
    return Result({"clients": value}, blocks, broken)


def shown_name(info: ClientInfo) -> str:
    """Return a client's id, with the person's name where it is another one."""
    return info.client_id if info.display_name in {"", info.client_id} else f"{info.client_id} ({info.display_name})"


def labels_of(session: Session, ids: Sequence[str]) -> dict[str, Text]:
    """Return what a list of clients shows: the person's name beside the id, where there is one that can be read."""
    labels = {}
    for client_id in ids:
        with contextlib.suppress(OSError, PipelineError):  # what is wrong with one is told where it is opened
            name = shown_name(session.workspace.client(client_id).info())
            labels[client_id] = Text("list.item", {"item": name})
    return labels


def client_show(session: Session, client_id: str | None = None) -> Result[dict[str, Any]]:
    """Show what is known of one client."""
    client = session.need_client(client_id)
    info = client.info()
    state = stage_state.client_state(session, client)
    facts = [
        ("col.client", info.client_id), ("col.name", info.display_name), ("col.trigger", info.trigger_word),
        ("col.class_word", info.class_word), ("col.consent", info.consent_note), ("col.made", info.created_at),
        ("col.master_prompt", info.master_prompt), ("col.folder", str(client.folder)),
    ]  # fmt: skip
    table = Table(("col.what", "col.value"), [(Text(key), value) for key, value in facts])
    imports = [commands_blocks.imports_table(state.imports)] if state.imports else []
    blocks = [table, commands_blocks.state_table(state), *imports, *removing.kept_blocks(client)]
    return Result({"info": info, "state": state}, blocks, client=client.client_id)


def client_rename(session: Session, client_id: str, new_id: str) -> Result[ClientInfo]:
    """Change a client's id."""
    from avatar.dataset import gather
    from avatar.training import queue

    chosen = session.client is not None and session.client.client_id == client_id
    rescued: list[tuple[list[str], Path | None]] = []

    def before(old: Client) -> None:
        _refuse_training(old)
        rescued.append(gather.rescue(old))

    old_id = session.workspace.client(client_id).client_id
    client = session.workspace.rename(client_id, new_id, before=before)
    if chosen:
        session.client = client
    with contextlib.suppress(PipelineError, OSError):  # an unreadable queue waits for nobody; on a full disk, nothing is taken
        queue.rename(session.workspace.folder, old_id, new_id)
    log_file.rename(session.log_file, old_id, new_id)
    info = client.info()
    values = {"old": client_id, "client": new_id, "trigger": info.trigger_word}
    (edited, files), *_ = rescued
    kept = [Text("dataset.note.captions_adopted", {"n": len(edited)})] if edited else []
    kept += [Text("dataset.note.foreign_moved", {"path": str(client.output / files.name)})] if files else []
    return Result(info, [Text("client.renamed", values, "good")], kept, client=new_id)


def client_export(session: Session, client_id: str, target: Path, *, originals: bool = False) -> Result[dict[str, Any]]:
    """Export a client as a zip and list its contents: faces are personal data."""
    from avatar.dataset import gather

    target = export.zip_to_write(target)
    client = session.workspace.client(client_id)
    with client.lock("export"):  # training_data stays here: what was typed into it does not
        gather.adopt_edited(client, [path.stem for path in client.record_files()])
    counts = session.workspace.export(client_id, target, originals=originals)
    rows = sorted(counts.items())
    said = Text("export.done", {"path": str(target), "bytes_mb": target.stat().st_size / 1e6}, "good")
    with_pictures = bool(counts.keys() & {*ORIGINAL_FOLDERS, "processed", "rejected", "output", "samples"})
    kept = "export.personal_data_originals" if originals else "export.personal_data"
    warning = Text(kept if with_pictures else "export.no_pictures")
    value = {"path": str(target), "files": counts, "originals": originals}
    return Result(value, [said, Table(("col.folder", "col.files"), rows), Text("export.how_back")], [warning], client_id)


def client_restore(session: Session, source: Path, *, new_id: str | None = None) -> Result[dict[str, Any]]:
    """Make a client of an exported zip and select it."""
    from avatar.dataset import class_word
    from avatar.workspace import restore
    from avatar.workspace import settings as workspace_settings

    def check(client: Client) -> None:  # a stranger's client.json may name no programs
        workspace_settings.load_settings(session.config_file, client.info().settings)

    most = session.settings().imports.max_archive_bytes
    with session.progress("progress.restore", "unit.files") as progress:
        made = restore.restore(
            session.workspace, utils.at_home(source), new_id=new_id, max_bytes=most, check=check, on_progress=progress
        )
    session.client = made.client
    values = {"client": made.client.client_id, "n": sum(made.files.values()), "bytes_mb": made.bytes / 1e6}
    warnings = [Text("restore.no_originals", {"n": made.missing})] if made.missing else []
    warnings += [Text("restore.states", {"n": made.states, "client": made.client.client_id})] if made.states else []
    info = made.client.info()
    said = class_word.read(str(utils.read_object(made.client.info_file).get("class_word") or ""))
    blocks: list[Text | Table | Raw] = [
        Text("restore.done", values, "good"), Table(("col.folder", "col.files"), sorted(made.files.items())),
        Text("restore.anew", {"client": made.client.client_id}), *(said.told() if said.word == info.class_word else ()),
    ]  # fmt: skip
    warnings += class_word.advice(info.class_word, info.client_id)
    value = {
        "client": made.client.client_id, "files": dict(made.files), "bytes": made.bytes, "missing_originals": made.missing,
        "states": made.states,
    }  # fmt: skip
    return Result(value, blocks, warnings, made.client.client_id)


def client_delete(session: Session, client_id: str, typed: str | None = None) -> Result[Any]:
    """Delete a client for good if its id was typed to confirm; asks for it where that is None.

    Raises PipelineError("client.not_confirmed").
    """
    client = session.workspace.client(client_id)
    if typed is None:
        try:
            typed = session.ui.ask(session.text("ask.confirm_delete", client=client.client_id))
        except EOFError:
            typed = ""
    if typed.strip() != client.client_id:
        raise PipelineError("client.not_confirmed", client=client.client_id)
    from avatar.results import install
    from avatar.workspace import evidence

    copies, figures = install.folders(client), evidence.count(client)
    deleted = remove(session, client.client_id)
    values = {"client": client.client_id, "freed_mb": deleted.bytes / 1e6}
    stays = [Text("client.elsewhere", {"paths": ", ".join(deleted.elsewhere)})] if deleted.elsewhere else []
    stays += [Text("install.left", {"paths": ", ".join(copies)})] if copies else []
    stays += [Text("client.figures_stay", {"n": figures, "path": str(evidence.path())})] if figures else []
    return Result({"deleted": client.client_id, "bytes": deleted.bytes}, [Text("client.deleted", values, "good")], stays)


def remove(session: Session, client_id: str) -> Deleted:
    """Delete a client for good, without a question. Raises PipelineError as `client_delete` does."""
    deleted = session.workspace.delete(client_id, before=_refuse_training)
    if session.client is not None and session.client.client_id == client_id:
        session.client = None
    _forget(session, deleted)
    return deleted


def _refuse_training(client: Client) -> None:
    """Raise PipelineError("client.training") or ("trial.locked") while a training or a trial writes into a client's folder."""
    from avatar.results import trial_make
    from avatar.training import runs

    trial_make.refuse_running(client)
    for live in runs.live_runs(client.runs):
        raise PipelineError("client.training", client=client.client_id, run=live.run_id, pid=live.pid)


def _forget(session: Session, deleted: Deleted) -> None:
    """Delete a client that was moved out of the workspace: its client.json last, which says what queue and log are to forget.

    Its folders go first: on a full disk, neither queue nor log could be written before.

    Raises PipelineError("client.not_deleted").
    """
    from avatar.training import queue

    info = deleted.info()
    deleted.make_room()
    told = [str(info.get(name) or "") for name in ("display_name", "trigger_word", "consent_note", "master_prompt")]
    with contextlib.suppress(PipelineError):  # a queue that cannot be read names nobody
        queue.forget(session.workspace.folder, deleted.client_id)
    log_file.forget(session.log_file, [deleted.client_id, *told])
    deleted.remove()


def tidy(session: Session, client_id: str | None = None) -> None:
    """Complete interrupted deletions and removals, and delete temporary files of killed programs, in a client too."""
    session.workspace.tidy()
    if client_id is not None:
        with contextlib.suppress(PipelineError):
            client = session.workspace.client(client_id)
            leftovers.sweep(client.folder)
            if finished := removing.finish_interrupted(session, client):
                session.resumed_removals[client.folder] = finished
    for deleted in session.workspace.deleted():
        with contextlib.suppress(PipelineError, OSError):  # held open: the next time
            _forget(session, deleted)


# --- state ------------------------------------------------------------------------------------------------------------


def status(session: Session, client_id: str | None = None) -> Result[ClientState] | Result[dict[str, Any]]:
    """Show the state of every stage of one client, or of all."""
    if client_id is None and session.client is None:
        return client_list(session)
    from avatar.results import tuning_state

    client = session.need_client(client_id)
    state = stage_state.client_state(session, client)
    imports = [commands_blocks.imports_line(state.imports)] if state.imports else []
    odd = commands_blocks.odd_lines(state)
    tuned = tuning_state.told(client) if client.training.is_dir() else None
    blocks: list[Block] = [commands_blocks.state_table(state), *imports, *odd]
    blocks += [next_step(state)] if tuned is None else [tuned, next_step(state)]
    lost = commands_blocks.originals_missing(client, state.missing_originals)
    return Result(state, blocks, client=client.client_id, error=lost)


def next_step(state: ClientState) -> Text:
    """Return the text that names the next step."""
    from avatar.reports import stages

    name = stages.proposed(state)
    asked = {"who": "status.next_who", "review": "status.next_review"}.get(name)
    if asked is not None:
        return Text(asked, {"client": state.client_id, "refused": state.refused}, "warn")
    return Text("status.next", {"stage": Text(f"stage.{name}")}) if name else Text("status.finished", {}, "good")


def _status(session: Session, client_id: str | None) -> Result[Any]:
    return unfinished.with_runs_looked_after(session, client_id, lambda: status(session, client_id))


COMMANDS = (
    Command(
        name="client new", run=client_new, menu=(MenuLine("clients", "menu.client_new"),),
        arguments=(
            CLIENT,
            Argument(name="--trigger", metavar="W", default="", help="help.trigger"),
            Argument(name="--class", to="class_word", metavar="W", default="person", help="help.class_word"),
            Argument(name="--name", metavar="NAME", default="", help="help.name"),
            Argument(name="--consent", metavar="TEXT", default="", help="help.consent"),
        ),
    ),
    Command(name="client list", run=client_list, menu=(MenuLine("clients", "menu.client_list"),), only_reads=True),
    Command(
        name="client show", run=client_show, arguments=(CLIENT,), only_reads=True,
        menu=(MenuLine("clients", "menu.client_show"),),
    ),
    Command(
        name="client rename", run=client_rename, menu=(MenuLine("clients", "menu.client_rename"),),
        arguments=(CLIENT, Argument(name="new_id", metavar="NEW_ID")),
    ),
    Command(
        name="client export", run=client_export, menu=(MenuLine("clients", "menu.client_export", options=("--originals",)),),
        arguments=(CLIENT, dataclasses.replace(FILE, to="target"),
                   Argument(name="--originals", flag=True, help="help.originals")),
    ),
    Command(
        name="client restore", run=client_restore, menu=(MenuLine("clients", "menu.client_restore", options=("--as",)),),
        arguments=(dataclasses.replace(FILE, to="source"),
                   Argument(name="--as", to="new_id", metavar="ID", help="help.restore_as")),
    ),
    Command(
        name="client delete", run=client_delete, menu=(MenuLine("clients", "menu.client_delete", options=("--confirm",)),),
        arguments=(CLIENT, Argument(name="--confirm", to="typed", metavar="ID", help="help.confirm")),
    ),
    Command(name="status", run=_status, arguments=(ANY_CLIENT,), menu=(MenuLine("client_settings", "menu.status"),)),
)  # fmt: skip
