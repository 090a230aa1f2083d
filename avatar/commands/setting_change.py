"""A change of settings as every command makes it: checked, kept, judged anew where limits moved, told with what is out of date.

`settings`, `limits`, `base-model`, `language` and the doctor change settings here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from avatar.commands import importing, stage_state
from avatar.commands.result import Block, Table
from avatar.commands.session import Session
from avatar.texts import spoken, visible
from avatar.texts.setting_errors import SettingError
from avatar.texts.text import PipelineError, Text
from avatar.workspace import setting_changes, setting_keys
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from config import Settings
    from image_processor import ProcessReport

# What a dataset or a plan is made from; all else is used when it is needed.
AFFECTS = ("quality.", "faces.", "dataset.", "captions.", "imports.", "trainer.base_model", "trainer.tokenizer_cache_dir")
AGAIN = ("process", "prepare", "configure")  # stages that a change of settings makes out of date


@dataclass(frozen=True)
class Changed:
    """What a change did.

    changes   key -> value in force before and after; those that stay the same are not in it
    outdated  stage -> the clients in which it is out of date now and was not before
    own       key -> the clients that have their own value, which a change of the project does not reach
    report    what judging anew gave; None where nothing was judged
    """

    changes: Mapping[str, tuple[Any, Any]]
    outdated: Mapping[str, Sequence[str]]
    report: ProcessReport | None = None
    warnings: Sequence[Text] = ()
    own: Mapping[str, Sequence[str]] = field(default_factory=dict)


def change(session: Session, client: Client | None, values: Mapping[str, Any]) -> Changed:
    """Give settings these values, for one client or for all; None takes a value away.

    Raises PipelineError as `setting_changes.change`, and ("settings.not_of_client").
    """
    if client is not None:
        refuse_of_program(values)

    def make(reached: Sequence[Client]) -> setting_changes.Changes:
        return setting_changes.change(session.config_file, client, values, clients=reached)

    judge, affects = (any(name.startswith(begin) for name in values) for begin in ("quality.", AFFECTS))
    return _made(session, client, make, judge=judge, affects=affects)


def typed_value(key: setting_keys.Key, typed: str, client: Client | None) -> Any:
    """Return the value that was typed for a setting. Raises PipelineError("settings.refused") for what is none of its kind."""
    try:
        return setting_keys.parse(key, typed)
    except SettingError as error:
        raise PipelineError(
            "settings.refused", given=setting_changes.given_text(key.name, visible.without_password(typed)),
            problems=error.problems,
            help=[setting_changes.help_text(key, typed, client)],
        ) from error  # fmt: skip


def take_back(session: Session, client: Client | None, *, judge: bool = False) -> Changed:
    """Take the last change back. judge: judge a client's pictures anew whatever it was.

    Raises PipelineError as `setting_changes.undo`.
    """

    def make(reached: Sequence[Client]) -> setting_changes.Changes:
        return setting_changes.undo(session.config_file, client, clients=reached)

    return _made(session, client, make, judge=judge)


def refuse_of_program(names: Mapping[str, Any]) -> None:
    """Raise PipelineError("settings.not_of_client") for a key that no client has."""
    known = setting_keys.keys()
    for name in names:
        if name in known and not known[name].of_client and names[name] is not None:
            raise PipelineError("settings.not_of_client", name=name, label=known[name].label)


def _clients(session: Session) -> Iterator[Client]:
    """Yield the clients that a change of the project reaches."""
    for client_id in session.workspace.client_ids():
        with contextlib.suppress(PipelineError):  # broken, or deleted in another window
            yield session.workspace.client(client_id)


def _made(
    session: Session, client: Client | None, make: Callable[[Sequence[Client]], setting_changes.Changes], *, judge: bool,
    affects: bool = True,
) -> Changed:  # fmt: skip
    """Make a change and find what it did. affects: stages may be out of date after it; where not, no client is looked at."""
    reached = [client] if client is not None else list(_clients(session))
    before, stale = _in_force(session, client), outdated(session, reached) if affects else {}
    report: ProcessReport | None = None
    warnings: list[Text] = []
    with client.lock("process") if client is not None else contextlib.nullcontext():
        made = make(reached)
        if client is not None and (judge or any(name.startswith("quality.") for name in made)):
            report, warnings = _judged_anew(session, client)
    if "language" in made:
        session.language = session.settings().language or session.language
    after = _in_force(session, client)
    changes = {
        name: (raw[0] if before is None else value_of(before, name), raw[1] if after is None else value_of(after, name))
        for name, raw in made.items()
    }
    newly = outdated(session, reached) if any(name.startswith(AFFECTS) for name in made) else stale
    now = {stage: [one for one in ids if one not in stale.get(stage, ())] for stage, ids in newly.items()}
    own = {} if client is not None else _own(reached, made)
    return Changed(changes, {stage: ids for stage, ids in now.items() if ids}, report, warnings, own)


def _own(clients: Sequence[Client], names: Iterable[str]) -> dict[str, list[str]]:
    """Return the clients that have their own value of a setting."""
    own: dict[str, list[str]] = {}
    for client in clients:
        with contextlib.suppress(PipelineError):
            info = client.info()
            for name in names:
                if setting_changes.at(info.settings, name) is not None:
                    own.setdefault(name, []).append(client.client_id)
    return own


def _in_force(session: Session, client: Client | None) -> Settings | None:
    """Return the settings, None while a file cannot be read: it may be mended by this very change."""
    try:
        return session.settings(client)
    except PipelineError:
        return None


def value_of(settings: Settings, name: str) -> Any:
    """Return the value of a dotted name, None for one that is no setting."""
    found: Any = settings
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def outdated(session: Session, clients: Sequence[Client]) -> dict[str, list[str]]:
    """Return the stages that are out of date, and in which clients; one that cannot be read has none."""
    found: dict[str, list[str]] = {}
    for client in clients:
        with contextlib.suppress(PipelineError, OSError):
            for stage in stage_state.client_state(session, client).stages:
                if stage.state == "outdated" and stage.name in AGAIN:
                    found.setdefault(stage.name, []).append(client.client_id)
    return found


def _judged_anew(session: Session, client: Client) -> tuple[ProcessReport, list[Text]]:
    import image_processor

    with session.progress("progress.faces") as bar:
        report = image_processor.rejudge(client, settings=session.settings(client), on_progress=bar)
    return report, importing.refresh_table(client, report.records.values())


# --- told ------------------------------------------------------------------------------------------------------------


def told(changed: Changed, client: Client | None, *, way_back: bool = True) -> list[Block]:
    """Return a change for the screen: from what to what, what follows, what is to be done again, the way back.

    A value that was in force already, as the default, is only kept now.
    """
    known = setting_keys.keys()
    blocks: list[Block] = []
    for name, pair in changed.changes.items():
        before, after = (shown(known.get(name), value) for value in pair)
        if before == after:
            blocks.append(same(name, after))
        else:
            values = {"label": setting_keys.named(name), "before": before, "after": after}
            blocks.append(Text("settings.changed", values, "good"))
    if changed.report is not None:
        counts = {"approved": changed.report.approved, "refused": changed.report.refused}
        blocks.append(Text("settings.judged", counts))
    blocks += follows(changed)
    return blocks + (undone_by(changed, client) if way_back else [])


def undone_by(changed: Changed, client: Client | None) -> list[Text]:
    """Return the way back from a change; nothing where nothing was changed."""
    return [Text("settings.way_back", {"of": setting_changes.of_client(client)})] if changed.changes else []


def same(name: str, value: Text) -> Text:
    """Return that a setting has this value already."""
    return Text("settings.same", {"label": setting_keys.named(name), "value": value})


def as_in_file(changed: Changed) -> list[Block]:
    """Return the changes as config.json names them: for whoever edits it, or types commands."""
    rows = [(name, *map(_in_file, pair)) for name, pair in changed.changes.items() if name not in setting_keys.SECRET]
    return [Table(("settings.col.key", "settings.col.before", "settings.col.after"), rows)] if rows else []


def _in_file(value: Any) -> str:
    return visible.without_password(setting_keys.as_typed(value))


def follows(changed: Changed) -> list[Text]:
    """Return what is to be done again and who is not reached, with the command for the first client."""
    stale = changed.outdated
    kept = [
        Text(
            "settings.own_value",
            {"name": name, "label": setting_keys.named(name), "clients": ", ".join(ids), "client": ids[0]}, "warn",
        )
        for name, ids in changed.own.items()
    ]  # fmt: skip
    return kept + [
        Text(f"settings.outdated.{stage}",
             {"stage": Text(f"stage.{stage}"), "clients": ", ".join(stale[stage]), "client": stale[stage][0]}, "warn")
        for stage in AGAIN if stage in stale
    ]  # fmt: skip


def shown(key: setting_keys.Key | None, value: Any) -> Text:
    """Return a value for the screen; never a password."""
    if value is None or value in ("", (), [], {}):
        return Text("settings.nothing")
    if key is not None and key.name in setting_keys.SECRET:
        return Text("settings.secret")
    if isinstance(value, bool):
        return Text("word.yes" if value else "word.no")
    if isinstance(value, (int, float)):
        return Text("settings.number", {"n": value})
    if key is not None and key.choices:
        some = [value] if isinstance(value, str) else list(value)
        return spoken.several([key.choice_label(str(choice)) for choice in some], "list.semicolon")
    return Text("list.item", {"item": visible.without_password(setting_keys.as_typed(value))})
