"""The questions around pictures that are taken in: folders, typed prompts, photos kept aside."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from avatar.commands import importing as importing_commands
from avatar.commands import midjourney_view
from avatar.commands import review as review_commands
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts.text import Text

if TYPE_CHECKING:
    from avatar.pictures.groups import Group

EVERY_GROUP = "all"
LABEL_WIDTH = 70  # of a group in a list to pick from: one row of 80 columns


def import_mj(session: Session) -> None:
    given = questions.in_order(
        source=lambda _: pictures(session, "ask.mj_path"),
        prompt=lambda _: questions.text(session, "ask.typed_prompt", default=questions.NONE),
    )
    prompt = "" if given["prompt"] == questions.NONE else given["prompt"]
    session.show(importing_commands.import_mj(session, None, [given["source"]], prompt=prompt))


def import_real(session: Session) -> None:
    session.show(importing_commands.import_real(session, None, [pictures(session, "ask.real_path")]))


def pictures(session: Session, question: str) -> str:
    """Ask where pictures are. Raises Leave for "-": the user has none, as the explanation of the question says."""
    source = questions.optional_path(session, question)
    if source is None:
        raise questions.Leave
    return str(source)


def show_data(session: Session) -> None:
    """Show what is known of the MidJourney pictures, group by group."""
    questions.show_by_page(session, importing_commands.set_prompt(session, None))


def prompts(session: Session) -> None:
    """Ask for the master prompt, then for the prompt of a group or of all; keep what was typed once all is answered."""
    shown = importing_commands.set_prompt(session, None)
    groups = shown.value["groups"]
    # The groups are listed where one is picked; here only where their sheet lies.
    sheets = [block for block in shown.blocks if isinstance(block, Text) and block.key in {"prompt.sheet", "prompt.no_groups"}]
    session.show(dataclasses.replace(shown, blocks=sheets, more=()), did=False)
    labels = {group.job_id: Text("list.item", {"item": _label(group)}) for group in groups}
    labels[EVERY_GROUP] = Text("list.every_group")
    given = questions.in_order(
        master=lambda _: questions.text(session, "ask.master_prompt", default=questions.NONE),
        group=lambda _: questions.pick(session, "ask.group", list(labels), default=EVERY_GROUP, labels=labels)
        if groups else questions.SKIPPED,
        prompt=lambda _: questions.text(session, "ask.typed_prompt", default=questions.NONE)
        if groups else questions.SKIPPED,
    )  # fmt: skip
    if given["master"] != questions.NONE:
        session.show(importing_commands.set_prompt(session, None, master=given["master"]))
    if given.get("prompt", questions.NONE) != questions.NONE:
        session.show(importing_commands.set_prompt(session, None, group=given["group"], prompt=given["prompt"]))


def _label(group: Group) -> str:
    """Return what a group is known by, in one row: its prompt, else the names of its pictures."""
    return questions.shortened(group.prompt or group.typed_prompt or midjourney_view.group_names(group), LABEL_WIDTH)


def held_out(session: Session) -> None:
    """Show the photos that are kept out of training, and ask which others shall be, and which of them shall not."""
    shown = review_commands.review(session, None, list_name="held-out", draw=False)
    questions.show_by_page(session, shown)
    given = questions.in_order(
        hold_out=lambda _: questions.text(session, "ask.hold_out", default=questions.NONE),
        train=lambda _: questions.text(session, "ask.train_photos", default=questions.NONE),
    )
    hold_out, train = ([] if given[name] == questions.NONE else [given[name]] for name in ("hold_out", "train"))
    if hold_out or train:
        session.show(review_commands.review(session, None, hold_out=hold_out, train=train, list_name="held-out"))
