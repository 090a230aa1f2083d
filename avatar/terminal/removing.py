"""The questions before pictures, or a whole import, are taken out of a client."""

from __future__ import annotations

from avatar.commands import blocks as commands_blocks
from avatar.commands import removing as removing_commands
from avatar.commands import review as review_commands
from avatar.commands.session import Session
from avatar.terminal import questions
from avatar.texts.text import PipelineError

PICTURES = "pictures"  # what is removed; else what was removed is brought back or deleted


def undo_import(session: Session) -> None:
    """Ask for the number of the import to undo, the last one proposed, and whether it is the one that is meant."""
    shown = removing_commands.overview(session.need_client())
    if not shown.value["imports"]:
        session.show(shown)
        return
    # What is typed is the import's own number, never its place in the list. 0 leaves every question.
    early = session.text("word.early")
    imports = {str(item.number or early): item for item in reversed(shown.value["imports"])}
    for typed, item in imports.items():
        session.say("menu.line", n=typed, label=commands_blocks.import_choice(item))

    def check(answer: str) -> None:
        if answer.lower() not in imports:
            raise PipelineError("remove.no_import", n=answer, known=", ".join(imports))

    def sure(given: questions.Given) -> bool:
        chosen = imports[given["typed"].lower()]
        return questions.yes_no(session, "ask.undo_import_sure", default=False, choice=commands_blocks.import_choice(chosen))

    given = questions.in_order(
        typed=lambda _: questions.text(session, "ask.undo_import", default=next(iter(imports)), check=check), sure=sure
    )
    if given["sure"]:
        undone = imports[given["typed"].lower()]
        session.show(removing_commands.remove(session, None, import_number=undone.number))
        session.last_paths.pop(f"ask.{undone.source}_path", None)  # the wrong folder: not to be offered again
    else:
        session.say("menu.cancelled", style="warn")


def remove_pictures(session: Session) -> None:
    """Ask which pictures to remove; where some are set aside, first whether to bring them back or to delete them."""
    from avatar.workspace import removed

    kept = removed.removals(session.need_client().folder)
    choices = {session.text(f"remove.choice.{name}"): name for name in (PICTURES, "undo", "drop")}

    def ask_what(_: questions.Given) -> object:
        if not kept:
            return questions.SKIPPED
        return choices[questions.pick(session, "ask.removed", list(choices), default=next(iter(choices)))]

    def ask_words(given: questions.Given) -> object:
        if given.get("what", PICTURES) != PICTURES:
            return questions.SKIPPED
        session.show(review_commands.review(session, None, draw=False), did=False)
        return questions.text(session, "ask.remove", default=questions.NONE)

    def ask_drop(given: questions.Given) -> object:
        if given.get("what") != "drop":
            return questions.SKIPPED
        return questions.yes_no(session, "ask.drop_removed", default=False, n=sum(len(one.images) for one in kept))

    given = questions.in_order(what=ask_what, words=ask_words, drop=ask_drop)
    if given.get("what") == "undo":
        session.show(removing_commands.remove(session, None, undo=True))
    elif given.get("drop"):
        session.show(removing_commands.remove(session, None, drop=True))
    elif given.get("words", questions.NONE) != questions.NONE:
        session.show(removing_commands.remove(session, None, images=[given["words"]]))
