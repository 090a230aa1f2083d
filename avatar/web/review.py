"""What the page of the review shows and does: the wall, one picture, decisions, and the limits that would judge otherwise.

Every change goes through the functions of the commands `review` and `limits`. A request says what it saw of each picture (its
stamp); where that is no longer so, nothing is changed and the page is told how things stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from avatar.texts.text import PipelineError, Text
from avatar.web import apart, review_later, review_walls
from avatar.web.site import Action, Outdated, Prepared, Query, Site, View, silent

if TYPE_CHECKING:
    from pathlib import Path

    from avatar.workspace.client import Client
    from avatar.workspace.records import ImageRecord
    from avatar.workspace.workspace import Workspace
    from config import Settings

MOST_IMAGES = 20_000  # in one decision
SOME_OF_EACH = 4  # pictures of each person that may be the client


# --- what it shows ---------------------------------------------------------------------------------------------------


def rows(site: Site, query: Query) -> object:
    """Return every picture as a row (`reports.review_wall.FIELDS`), or with since and order those that changed."""
    import json

    from avatar.texts import translate

    client = query.need_client()
    wall = review_walls.wall(site, client)
    since = query.parameters.get("since", "")
    made = wall.as_json(int(since) if since.isdecimal() and len(since) < 20 else 0, query.parameters.get("order", ""))
    reasons = {code: translate.text(f"reason.{code}", query.language) for code in wall.codes}
    beside = {"undo": _undo_state(client), "reasons": reasons}
    return Prepared(f"{made[:-1]},{json.dumps(beside, ensure_ascii=False)[1:]}".encode())


def details(site: Site, query: Query) -> object:
    """Return all there is to say of one picture."""
    from avatar.reports import review_wall

    client = query.need_client()
    record = client.record(query.parameters.get("image", ""))
    limits = site.session().settings(client).quality
    return {"fields": review_wall.FIELDS, "row": review_wall.row(record, limits), **_told(record, limits)}


def persons(site: Site, query: Query) -> object:
    """Return the persons of whom it is not known which is the client: how many pictures each has, and some of them."""
    client = query.need_client()
    compared = (record.identity for record in client.each_record() if record.identity is not None)
    if all(identity.verdict is not None for identity in compared):  # the client is known, or no face was compared
        return {"persons": []}
    found = apart.call(of_persons, client)
    return {"persons": [{"n": len(images), "images": list(images[:SOME_OF_EACH])} for images in found]}


def of_persons(client: Client) -> Sequence[Sequence[str]]:
    """Return the image ids of each of these persons, in a process of its own: what compares faces takes memory."""
    from avatar.faces import likeness

    return likeness.summary(client.each_record()).persons


def _told(record: ImageRecord, limits: Any) -> dict[str, Any]:
    from avatar.faces import limits as face_limits
    from avatar.faces import quality
    from avatar.reports import review_list

    picture, camera, midjourney = record.picture, record.camera, record.midjourney
    measures = record.quality.measures if record.quality else {}
    chosen = record.face_choice.index if record.face_choice else None
    return {
        "width": picture.width, "height": picture.height, "format": picture.format, "bytes": record.original.bytes,
        "taken": picture.taken_at, "imported": record.original.imported_at,
        "camera": " ".join(part for part in (camera.make, camera.model, camera.lens) if part) if camera else "",
        "faces": [
            {"box": _shares(face.box, picture.width, picture.height), "confidence": face.confidence, "chosen": number == chosen}
            for number, face in enumerate(record.faces)
        ],
        "square": _shares(_as_box(record.crop.square), picture.width, picture.height) if record.crop else None,
        "angle": record.crop.angle if record.crop else 0,
        "reasons": [
            {"code": reason.code, "level": reason.level,
             "told": Text(f"quality.reason.{reason.code}", {"value": reason.value, "limit": reason.limit})}
            for reason in review_list.deciding_reasons(record)
        ],
        "beside": face_limits.beside(measures, limits, quality.kind_of(record)),
        "prompt": (midjourney.prompt or midjourney.typed_prompt) if midjourney else None,
        "parameters": {name: one.text for name, one in midjourney.parameters.items()} if midjourney else {},
    }  # fmt: skip


def _as_box(square: tuple[int, int, int, int]) -> tuple[float, float, float, float]:
    left, top, right, bottom = square
    return left, top, right - left, bottom - top


def _shares(box: tuple[float, float, float, float], width: int, height: int) -> list[float]:
    """Return left, top, width and height of a box as shares of its picture."""
    return [round(value / side, 5) for value, side in zip(box, (width, height, width, height), strict=True)]


def _undo_state(client: Client) -> dict[str, Any]:
    from avatar.faces import decisions

    word, images = decisions.last_step(client)
    return {"steps": decisions.steps_to_undo(client), "step": word, "images": len(images)}


# --- decisions -------------------------------------------------------------------------------------------------------


def _deciding(word: str) -> Action:
    """Return the action that says one word of `review` about pictures: {images, based_on: image id -> stamp}."""

    def action(site: Site, query: Query, body: Mapping[str, object]) -> object:
        images = _images(body)
        return _decided(site, query, body, images, {word: images})

    return action


def is_client(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Say that pictures show the client; what follows for pictures of other persons follows here too."""
    from avatar.faces import unknown

    images = _images(body)
    follows = unknown.answer(query.need_client().records(), images)
    return _decided(site, query, body, images, {"is_client": images, "follows": follows})


def face(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Cut out another face of a picture: {images: [one], face: from 0}."""
    images, index = _images(body), body.get("face")
    if len(images) != 1 or not isinstance(index, int) or isinstance(index, bool):
        raise PipelineError("web.review.bad_request")
    return _decided(site, query, body, images, {"face": (images[0], index)})


def keep_one(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Of near-duplicates, approve one and reject the others, as one step: {keep: image id, images: all of them}."""
    images, keep = _images(body), body.get("keep")
    if keep not in images or len(images) < 2:
        raise PipelineError("web.review.bad_request")
    words = {"approve": [keep], "reject": [image for image in images if image != keep]}
    return _decided(site, query, body, images, words)


def _decided(site: Site, query: Query, body: Mapping[str, object], images: Sequence[str], words: Mapping[str, Any]) -> object:
    """Carry out a decision, in the words of `decisions.decide`, as one step; return its pictures' rows as they stand then."""
    from avatar.faces import decisions

    client = query.need_client()
    settings = site.session().settings(client)
    _check_seen(client, images, body.get("based_on"), settings)
    if "face" in words or decisions.needs_cut(client, words.get("approve", ())):
        present = apart.call(decide, client, settings, images, body.get("based_on"), words)
    else:
        present = decide(client, settings, images, body.get("based_on"), words)
    if present is not None:
        raise Outdated(present)
    review_later.follow(site, client)
    return _answer(client, images, settings)


def decide(
    client: Client, settings: Settings, images: Sequence[str], based_on: object, words: Mapping[str, Any]
) -> object:  # fmt: skip
    """Carry out a decision; return how things stand where they are no longer as the page saw them, else None."""
    from avatar.faces import decisions

    with client.lock("review"):
        try:
            _check_seen(client, images, based_on, settings)
        except Outdated as error:
            return error.present
        decisions.decide(client, settings, **words)
    return None


def undo(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Take the last step back, if it is the one that the page means: {step}."""
    from avatar.faces import decisions

    client = query.need_client()
    settings = site.session().settings(client)
    with client.lock("review"):
        if body.get("step") != decisions.last_step(client)[0]:
            raise Outdated({"undo": _undo_state(client)})
        cuts = decisions.undo_needs_cut(client)
        touched = [] if cuts else decisions.undo(client, settings)
    if cuts:
        touched = apart.call(decisions.undo, client, settings)
    review_later.follow(site, client)
    return _answer(client, touched, settings)


def _images(body: Mapping[str, object]) -> list[str]:
    """Return the image ids that a request names, alone or with what it saw. Raises PipelineError("web.review.bad_request")."""
    seen = body.get("based_on")
    found = body.get("images", list(seen) if isinstance(seen, dict) else None)
    if not isinstance(found, list) or not found or len(found) > MOST_IMAGES or not all(isinstance(one, str) for one in found):
        raise PipelineError("web.review.bad_request")
    return list(dict.fromkeys(found))


def _check_seen(client: Client, images: Sequence[str], based_on: object, settings: Settings) -> None:
    """Raise Outdated where a picture is no longer as the page saw it."""
    from avatar.reports import review_wall

    seen = based_on if isinstance(based_on, dict) else {}
    records = list(client.each_record(_known(client, images)))
    present = {record.image_id: review_wall.stamp(record) for record in records}
    if any(seen.get(image_id, stamp) != stamp for image_id, stamp in present.items()):
        rows_now = [review_wall.row(record, settings.quality) for record in records]
        raise Outdated({"based_on": present, "fields": review_wall.FIELDS, "rows": rows_now, "undo": _undo_state(client)})


def _known(client: Client, images: Sequence[str]) -> Sequence[str]:
    """Return images, if they may name records. Raises PipelineError("image.bad_id")."""
    for image_id in images:
        client.record_file(image_id)
    return images


def _answer(client: Client, images: Sequence[str], settings: Settings) -> dict[str, Any]:
    from avatar.reports import review_wall

    found = [review_wall.row(record, settings.quality) for record in client.each_record(images)]
    return {"fields": review_wall.FIELDS, "rows": found, "undo": _undo_state(client)}


# --- limits ----------------------------------------------------------------------------------------------------------


def limits(site: Site, query: Query) -> object:
    """Return the limits that can be moved, and how the measures of this client's pictures spread over their range."""
    from avatar.commands import limits as limits_commands
    from avatar.faces import limits as face_limits
    from avatar.workspace import setting_changes

    client = query.need_client()
    pictures = [one.measures for one in review_walls.wall(site, client).measured_pictures() if one.measures.get("faces")]
    shown = limits_commands.shown(site.session(), client)
    for one in shown:
        limit = face_limits.BY_NAME[one["name"]]
        one["label"] = Text(f"limits.name.{limit.name}")
        one["bins"] = face_limits.histogram((m[limit.measure] for m in pictures if limit.measure in m), limit)
    return {"limits": shown, "undo_steps": setting_changes.steps_to_undo(site.config_file, client)}


def preview(site: Site, query: Query) -> object:
    """Return the numbers of the pictures that other limits would judge otherwise; the limits stand in the address."""
    from avatar.commands import limits as limits_commands
    from avatar.faces import limits as face_limits

    client = query.need_client()
    words = [f"{name}={value}" for name, value in query.parameters.items() if name in face_limits.BY_NAME]
    quality = limits_commands.proposed(site.session(), client, limits_commands.parsed(words)).quality
    wall = review_walls.wall(site, client)
    found = face_limits.preview(wall.measured_pictures(), quality)
    numbers = {image_id: number for number, image_id in enumerate(wall.ids, 1)}
    return {
        "to_approved": [numbers[image_id] for image_id in found.to_approved],
        "to_rejected": [numbers[image_id] for image_id in found.to_rejected],
        "approved": found.approved, "rejected": found.rejected, "kept": found.kept,
    }  # fmt: skip


def keep_limits(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Keep limits and judge anew: {values: limit -> number or null, based_on: limit -> the value that the page saw}."""
    from avatar.commands import limits as limits_commands
    from avatar.faces import limits as face_limits

    client, values, seen = query.need_client(), body.get("values"), body.get("based_on")
    if not isinstance(values, dict) or not values or not all(value is None or _is_number(value) for value in values.values()):
        raise PipelineError("web.review.bad_request")
    for name in values:
        limits_commands.known(name)
    session = site.session(query.language)
    present = {name: getattr(session.settings(client).quality, name) for name in face_limits.BY_NAME}
    if isinstance(seen, dict) and any(seen.get(name, value) != value for name, value in present.items()):
        raise Outdated({"based_on": present})
    return apart.call(kept, session.workspace, session.config_file, client, values)


def undo_limits(site: Site, query: Query, body: Mapping[str, object]) -> object:
    """Return to the settings before the last change, if as many changes are there as the page saw: {steps}."""
    from avatar.workspace import setting_changes

    client = query.need_client()
    steps = setting_changes.steps_to_undo(site.config_file, client)
    if body.get("steps") != steps:
        raise Outdated({"undo_steps": steps})
    return apart.call(kept, site.workspace, site.config_file, client, None)


def kept(
    workspace: Workspace, config_file: Path, client: Client, values: Mapping[str, float | None] | None
) -> dict[str, Any]:  # fmt: skip
    """Keep limits, or with None take the last change back; return how the client stands then."""
    from avatar.commands import limits as limits_commands

    session = silent(workspace, config_file)
    report, warnings = (
        limits_commands.take_back(session, client) if values is None else limits_commands.keep(session, client, values)
    )
    return {"approved": report.approved, "refused": report.refused, "failed": len(report.failed), "warnings": warnings}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


VIEWS: Mapping[str, View] = {
    "review": rows,
    "review-picture": details,
    "persons": persons,
    "limits": limits,
    "limits-preview": preview,
}
ACTIONS: Mapping[str, Action] = {
    **{word.replace("_", "-"): _deciding(word) for word in ("approve", "reject", "clear", "hold_out", "train")},
    "is-client": is_client, "face": face, "keep-one": keep_one, "review-undo": undo,
    "limits": keep_limits, "limits-undo": undo_limits,
}  # fmt: skip
