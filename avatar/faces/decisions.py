"""The user's decisions: approve, reject, another face, "this is the client"; each can be undone."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import utils
from avatar.faces import parallel, unknown
from avatar.faces import update as face_update
from avatar.faces.likeness import is_said
from avatar.faces.unknown import Answer
from avatar.texts.text import PipelineError
from avatar.workspace import state_file
from avatar.workspace.client import IMAGE_ID, Client
from avatar.workspace.records import Decision, FaceChoice, ImageRecord, Use, Verdict
from config import Settings

NOTHING = Answer()


@dataclass(frozen=True)
class DecisionReport:
    """Which pictures the user's decisions changed."""

    approved: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    is_client: list[str] = field(default_factory=list)
    held_out: list[str] = field(default_factory=list)
    trained: list[str] = field(default_factory=list)


# --- decisions -------------------------------------------------------------------------------------------------------


def set_verdicts(
    client: Client,
    *,
    settings: Settings,
    approve: Sequence[str] = (),
    reject: Sequence[str] = (),
    clear: Sequence[str] = (),
    by_answer: Collection[str] = (),
) -> DecisionReport:
    """Set the user's decision on pictures; `clear` gives them back to the rules.

    by_answer  of those to reject, the ones that are rejected as another person was said to be the client

    Everything is checked before anything is changed. Raises PipelineError("review.no_crop") where a picture to approve
    has no face, ("review.twice") where one is named in two lists, ("image.unknown"), ("image.bad_id"), ("client.locked").
    """
    named = Counter([*dict.fromkeys(approve), *dict.fromkeys(reject), *dict.fromkeys(clear)])
    for image_id, times in named.items():
        if times > 1:
            raise PipelineError("review.twice", name=client.record(image_id).original.name)
    report = DecisionReport()
    with client.lock("review"):
        records = {image_id: client.record(image_id) for image_id in named}
        for image_id in approve:
            if records[image_id].crop is None:
                raise PipelineError("review.no_crop", name=records[image_id].original.name)
        wanted: tuple[tuple[Sequence[str], Verdict | None, list[str]], ...] = (
            (approve, "approved", report.approved),
            (reject, "rejected", report.rejected),
            (clear, None, report.cleared),
        )
        for image_ids, verdict, changed in wanted:
            for image_id in dict.fromkeys(image_ids):
                _set_verdict(client, records[image_id], verdict, settings, by_answer=image_id in by_answer)
                changed.append(image_id)
    return report


def _set_verdict(client: Client, record: ImageRecord, verdict: Verdict | None, settings: Settings, *, by_answer: bool) -> None:
    """Set the user's verdict, or with None that of the rules; cut the crop if there is only a preview."""
    decision = unknown.by_rules(record)
    if verdict is not None:
        decision = Decision(verdict=verdict, by="user", when=utils.now(), by_answer=by_answer and verdict == "rejected")
    record = record.model_copy(update={"decision": decision})
    there = any((folder / f"{record.image_id}.png").exists() for folder in (client.processed, client.rejected))
    if record.approved and not there:
        _cut_anew(client, record, settings)
    else:
        face_update.save_verdict(client, record)


def choose_face(client: Client, image_id: str, index: int | None, settings: Settings) -> ImageRecord:
    """Cut out another face of a picture; the choice outlives every re-run.

    index  counts from 0, in the order of the record's faces (the largest first); None: as the rules choose
    Raises PipelineError("review.no_such_face"), ("review.no_crop") where there is none at all, ("image.unknown") and what
    reading the original raises.
    """
    with client.lock("review"):
        record = client.record(image_id)
        if index is not None and not 0 <= index < len(record.faces):
            key = "review.no_such_face" if record.faces else "review.no_crop"
            raise PipelineError(key, name=record.original.name, face=index + 1, faces=len(record.faces))
        choice = None if index is None else FaceChoice(index=index, why="user")
        return _cut_anew(client, record.model_copy(update={"face_choice": choice}), settings)


def _cut_anew(client: Client, record: ImageRecord, settings: Settings) -> ImageRecord:
    """Cut and measure a record's known face from the original. Raises PipelineError."""
    outcome = parallel.examine_here(face_update.task_of(client, record, settings, detect=False))
    if outcome.problem is not None:
        raise PipelineError.of(outcome.problem)
    return face_update.save_verdict(client, face_update.with_outcome(record, outcome, settings.faces))


def say_client(client: Client, image_ids: Sequence[str], said: bool = True) -> list[str]:
    """Record that these pictures show the client, or take that back; return those that have a face to say it of.

    What follows from it for them and the others is found when faces are compared (`likeness.identify`).
    """
    changed = []
    for image_id in dict.fromkeys(image_ids):
        record = client.record(image_id)
        if record.identity is not None:
            update = {"by": "user", "verdict": "client"} if said else {"by": "rules", "verdict": None}
            client.save_record(record.model_copy(update={"identity": record.identity.model_copy(update=update)}))
            changed.append(image_id)
    return changed


def set_uses(client: Client, hold_out: Sequence[str], train: Sequence[str], clear: Sequence[str] = ()) -> None:
    """Record which photos the user wants held out of training and which trained; `clear` gives them back to the rules.

    Raises PipelineError("review.twice") for one of both, ("review.not_a_photo"); nothing is changed then.
    """
    uses = dict.fromkeys(hold_out, Use(kind="held_out", by="user")) | dict.fromkeys(train, Use(kind="train", by="user"))
    records = [client.record(image_id) for image_id in uses]
    for record in records:
        values = {"name": record.original.name}
        if record.image_id in hold_out and record.image_id in train:
            raise PipelineError("review.twice", **values)
        if record.source != "real" and record.image_id in hold_out:
            raise PipelineError("review.not_a_photo", **values)
    for record in records:
        client.save_record(record.model_copy(update={"use": uses[record.image_id]}))
    for record in (client.record(image_id) for image_id in clear if image_id not in uses):
        if record.use is not None:
            client.save_record(record.model_copy(update={"use": None}))


def note_asked(client: Client, records: dict[str, ImageRecord]) -> None:
    """Record that the user has seen these pictures and was asked whether they show the client."""
    with client.lock("review"):
        for image_id, record in records.items():
            if record.identity is not None and not record.identity.asked:
                changed = record.model_copy(update={"identity": record.identity.model_copy(update={"asked": True})})
                client.save_record(changed)
                records[image_id] = changed


UNDO_FILE = "review_undo.json"
MARKS = {"client", "answer", "held_out_user", "held_out_rules", "train_user", "train_rules"}  # behind decision and face
USES = tuple(Use(kind=kind, by=by) for kind in ("held_out", "train") for by in ("user", "rules"))
MOST_STEPS = 50  # [choice] changes that can be taken back
MOST_REMEMBERED = 20_000  # [choice] pictures in all of them: the file stays below 2 MB


# --- undo ------------------------------------------------------------------------------------------------------------


def decide(
    client: Client, settings: Settings, *, approve: Sequence[str] = (), reject: Sequence[str] = (),
    clear: Sequence[str] = (), face: tuple[str, int] | None = None, is_client: Sequence[str] = (),
    follows: Answer = NOTHING, hold_out: Sequence[str] = (), train: Sequence[str] = (),
) -> DecisionReport:  # fmt: skip
    """Carry out decisions as one step that `undo` takes back. `clear` gives back to the rules whether a photo is held out, too.

    face       (image id, index from 0): another face of that picture is cut out first
    is_client  pictures that show the client, however little they look so
    follows    what follows from is_client for other pictures; not in the report
    hold_out   photos that no training shall see; train: those that one shall, whatever the rules say
    Raises what `set_verdicts`, `choose_face` and `set_uses` raise; if nothing was changed, there is no step to undo.
    """
    named = [*([face[0]] if face else []), *approve, *reject, *clear, *is_client, *hold_out, *train]
    named += [*follows.rejected, *follows.back, *follows.unsaid]
    if not named:
        return DecisionReport()
    with client.lock("review"):
        _remember(client, [client.record(image_id) for image_id in dict.fromkeys(named)])
        try:
            if face is not None:
                choose_face(client, face[0], face[1], settings)
            say_client(client, follows.unsaid, said=False)
            said = say_client(client, is_client)
            set_verdicts(client, settings=settings, reject=follows.rejected, clear=follows.back, by_answer=follows.rejected)
            set_uses(client, hold_out, train, clear)
            report = set_verdicts(client, settings=settings, approve=approve, reject=reject, clear=clear)
            return dataclasses.replace(report, is_client=said, held_out=[*hold_out], trained=[*train])
        except PipelineError:
            _forget_if_unchanged(client)
            raise


def undo(client: Client, settings: Settings) -> list[str]:
    """Take the last step back; return the ids of its pictures. Raises PipelineError("review.nothing_to_undo").

    If interrupted, the next call repeats it from the start. A picture that is gone, or
    was processed again since and lost that face or crop, stays as it is, so that earlier steps can still be undone.
    """
    with client.lock("review"):
        steps = _steps(client)
        if not steps:
            raise PipelineError("review.nothing_to_undo")
        before = {
            image_id: state for image_id, state in steps[-1]["before"].items()
            if client.has_record(image_id) and _can_apply(client.record(image_id), state)
        }  # fmt: skip
        for image_id, state in before.items():
            if _user_state(client.record(image_id))[1] != state[1]:
                choose_face(client, image_id, state[1], settings)
        for said in (True, False):
            differ = [i for i, state in before.items() if ("client" in state[2:]) is said is not is_said(client.record(i))]
            say_client(client, differ, said)
        for image_id, state in before.items():
            _use_back(client, client.record(image_id), state[2:])
        back = {verdict: [i for i, state in before.items() if state[0] == verdict] for verdict in ("approved", "rejected", "")}
        by_answer = [i for i, state in before.items() if "answer" in state[2:]]
        set_verdicts(
            client, settings=settings, approve=back["approved"], reject=back["rejected"], clear=back[""], by_answer=by_answer
        )
        _write_steps(client, steps[:-1])
        return list(before)


def needs_cut(client: Client, approve: Sequence[str]) -> bool:
    """Return whether pictures to approve have only a preview: their crops are made from the originals then."""
    folders = (client.processed, client.rejected)
    return not all(any((folder / f"{image_id}.png").exists() for folder in folders) for image_id in approve)


def undo_needs_cut(client: Client) -> bool:
    """Return whether taking the last step back cuts out another face, or a crop that is not there."""
    steps = _steps(client)
    before = {i: state for i, state in (steps[-1]["before"] if steps else {}).items() if client.has_record(i)}
    if any(_user_state(client.record(image_id))[1] != state[1] for image_id, state in before.items()):
        return True
    return needs_cut(client, [image_id for image_id, state in before.items() if state[0] == "approved"])


def _use_back(client: Client, record: ImageRecord, marks: Collection[str]) -> None:
    """Give a photo back the mark it had. What the rules have said since then stays: the user takes back their own word."""
    by_user = record.use is not None and record.use.by == "user"
    before = [use for use in USES if f"{use.kind}_{use.by}" in marks and (by_user or use.by == "user")]
    if before or by_user:
        client.save_record(record.model_copy(update={"use": before[0] if before else None}))


def steps_to_undo(client: Client) -> int:
    """Return how many changes can be taken back."""
    return len(_steps(client))


def last_step(client: Client) -> tuple[str, list[str]]:
    """Return a word for the change that `undo` would take back, and the ids of its pictures; ("", []) where there is none."""
    steps = _steps(client)
    return (utils.fingerprint([len(steps), steps[-1]])[:16], list(steps[-1]["before"])) if steps else ("", [])


def _user_state(record: ImageRecord) -> list[Any]:
    """Return the user's decision on a picture: ["approved", "rejected" or "", index of the chosen face or None].

    With "client" behind these where the user said that it shows the client, "answer" where it is rejected as that of another,
    and the mark of a photo that is held out or trained.
    """
    decision, choice = record.decision, record.face_choice
    word = decision.verdict if decision is not None and decision.by == "user" else ""
    face = choice.index if choice is not None and choice.why == "user" else None
    answer = ["answer"] if decision is not None and decision.by_answer else []
    use = [f"{record.use.kind}_{record.use.by}"] if record.use is not None else []
    return [word, face, *(["client"] if is_said(record) else []), *answer, *use]


def _can_apply(record: ImageRecord, state: Sequence[Any]) -> bool:
    """Return whether a decision as returned by `_user_state` can be applied to a picture."""
    word, index = state[:2]
    return (index is None or index < len(record.faces)) and (word != "approved" or record.crop is not None)


def _undo_file(client: Client) -> Path:
    return client.images.parent / UNDO_FILE


def _steps(client: Client) -> list[dict[str, Any]]:
    """Return the steps of the file; of a damaged one, what can still be taken back."""
    found = state_file.read(_undo_file(client), {"steps": list}).get("steps", [])
    steps = [state_file.fields(step, {"when": str, "before": dict}) for step in found]
    return [
        {**step, "before": {i: state for i, state in step["before"].items() if IMAGE_ID.fullmatch(i) and _is_user_state(state)}}
        for step in steps
        if "before" in step
    ]


def _is_user_state(value: object) -> bool:
    """Return whether a value of the file has the form of `_user_state`."""
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(mark, str) and mark in MARKS for mark in value[2:]):
        return False
    word, index = value[:2]
    no_index = index is None or (isinstance(index, int) and not isinstance(index, bool) and index >= 0)
    return word in ("approved", "rejected", "") and no_index


def _write_steps(client: Client, steps: Sequence[dict[str, Any]]) -> None:
    text = json.dumps({"version": 1, "steps": list(steps)}, separators=(",", ":"))  # no one reads it, and it may grow
    utils.write_atomic(_undo_file(client), text + "\n")


def _remember(client: Client, records: Sequence[ImageRecord]) -> None:
    """Save the decisions on pictures before they are changed, so that an interrupted change can be undone too."""
    steps = [*_steps(client), {"when": utils.now(), "before": {r.image_id: _user_state(r) for r in records}}][-MOST_STEPS:]
    while len(steps) > 1 and sum(len(step["before"]) for step in steps) > MOST_REMEMBERED:
        del steps[0]
    _write_steps(client, steps)


def _forget_if_unchanged(client: Client) -> None:
    *earlier, last = _steps(client)
    if all(_user_state(client.record(image_id)) == state for image_id, state in last["before"].items()):
        _write_steps(client, earlier)
