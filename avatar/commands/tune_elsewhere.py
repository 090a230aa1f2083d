"""Candidates of a tuning that other computers train, without a network: a bundle for each goes, a zip comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from avatar.commands import tune_ports
from avatar.commands.result import Block, Result
from avatar.commands.session import Session
from avatar.texts.text import PipelineError, Text
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.results.tuning import Tuning
    from avatar.training.variant import Variant
    from config import Settings

ALL = "all"


def bundle(
    client: Client, target: Path, which: str, instructions: Mapping[str, str], settings: Settings
) -> Result[dict[str, Any]]:  # fmt: skip
    """Write a bundle for a candidate of the newest tuning, or one zip for each that is not trained to its end.

    which  the candidate's name, or "all": FILE_plan.zip, FILE_rate_half.zip, …
    Raises PipelineError("tune.not_begun_yet"), ("tune.none_to_bundle"), and what avatar/training/bundle.py raises.
    """
    from avatar.training import bundle as training_bundle

    one, known = _newest(client)
    chosen = {name: candidate for name, candidate in known.items() if which == name or (which == ALL and _is_open(one, name))}
    if not chosen:
        raise PipelineError("tune.none_to_bundle", candidate=which, known=", ".join([*known, ALL]))
    blocks: list[Block] = []
    paths = []
    for name, candidate in chosen.items():
        file = target if which != ALL else target.with_name(f"{target.name.removesuffix('.zip')}_{name}.zip")
        made = training_bundle.write(client, file, settings=settings, instructions=instructions, candidate=candidate)
        values = {"path": str(made.path), "bytes_mb": made.bytes / 1e6, "candidate": name, "steps": made.plan.max_train_steps}
        blocks.append(Text("bundle.candidate_done", values, "good"))
        paths.append(str(made.path))
    blocks.append(Text("bundle.candidate_how", {"client": client.client_id}))
    value = {"tuning": one.tuning_id, "candidates": list(chosen), "paths": paths}
    return Result(value, blocks, [Text("bundle.personal_data")], client.client_id)


def add(session: Session, client_id: str | None, sources: Sequence[Path]) -> Result[dict[str, Any]]:
    """Bring home what bundles have trained; the next `tune` compares it. Each file is taken or refused on its own.

    Raises PipelineError("tune.not_begun_yet"), ("client.locked"), and for a single file why it is refused.
    """
    client = session.need_client(client_id)
    blocks: list[Block] = []
    added, problems = [], list[Text]()
    with client.lock("tune"):
        one, known = _newest(client)
        for source in sources:
            try:
                added.append(_added(session, client, one, known, source))
            except PipelineError as error:
                problems.append(error.text)
                continue
            values = {"candidate": added[-1].candidate, "n": len(added[-1].steps), "client": client.client_id}
            blocks.append(Text("add.candidate_done", values, "good"))
    if problems and not added:
        raise PipelineError.of(problems[0])
    value = {"tuning": one.tuning_id, "added": [each.candidate for each in added]}
    return Result(value, blocks, problems, client.client_id)


def _added(session: Session, client: Client, one: Tuning, known: Mapping[str, Variant], source: Path) -> Any:
    from avatar.results import tuning, tuning_added, tuning_book, tuning_run

    keep_names = session.settings(client).trainer.metadata_names == "keep"
    found = tuning_added.add(client, utils.at_home(source), known, keep_names=keep_names)
    book = tuning_book.Book(one, lambda line: None)
    for values in tuning_added.lines_of(found, one.info.short, tuning_run.LAST_FILES):
        book.put(found.candidate, **values)
    if tuning.has_ended(one.folder):  # what it came to so far was without this one
        tuning.reopen(one, tuning_added.hours_for_one_more(one))
    return found


def _newest(client: Client) -> tuple[Tuning, dict[str, Variant]]:
    """Return the newest tuning that trains, and its candidates by name. Raises PipelineError("tune.not_begun_yet")."""
    from avatar.results import tuning

    for one in tuning.all_of(client):
        if one.info.hours is not None:
            return one, {each.name: tune_ports.variant_of(one, each) for each in one.candidates()}
    raise PipelineError("tune.not_begun_yet", client=client.client_id)


def _is_open(one: Tuning, name: str) -> bool:
    from avatar.results import tuning

    line = tuning.lines(one.folder).get(name)
    return line is None or line.state not in {"full", "failed"}
