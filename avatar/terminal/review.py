"""The interactive review: pages, and decisions typed as one letter and numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from avatar.commands import review as review_commands
from avatar.commands.session import Session
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.reports.review_list import Entry, ListName

# Typed word -> action; Spanish and English words in both languages.
WORDS = {
    **dict.fromkeys(("n", "s", "next", "siguiente", "+", ">"), "next"),
    **dict.fromkeys(("p", "prev", "previous", "anterior", "-", "<"), "previous"),
    **dict.fromkeys(("a", "approve", "aprobar"), "approve"),
    **dict.fromkeys(("r", "reject", "rechazar"), "reject"),
    **dict.fromkeys(("q", "c", "clear", "quitar"), "clear"),
    **dict.fromkeys(("o", "reserve", "reservar"), "hold_out"),
    **dict.fromkeys(("t", "train", "entrenar"), "train"),
    **dict.fromkeys(("f", "face", "cara"), "face"),
    **dict.fromkeys(("u", "undo", "deshacer"), "undo"),
    **dict.fromkeys(("l", "list", "lista"), "list"),
    **dict.fromkeys(("/", "b", "search", "buscar"), "search"),
    **dict.fromkeys(("?", "h", "help", "ayuda"), "help"),
    **dict.fromkeys(("0", "salir", "back"), "leave"),
}
NEEDS_NUMBERS = frozenset({"approve", "reject", "clear", "face", "hold_out", "train"})


def walk(session: Session) -> None:
    """Page through the chosen client's review until the user answers 0. Raises PipelineError("client.none_chosen")."""
    from avatar.reports import review_list

    client = session.need_client()
    entries = review_list.entries(client)
    refused = any(entry.row.verdict == "rejected" for entry in entries)
    review = Review(session, client, "refused" if refused else "all")
    review.show(draw=True)
    try:
        going_on = bool(entries)
        while going_on:
            try:
                going_on = review.take(session.ui.ask(session.text("review.ask")))
            except PipelineError as error:
                session.show_error(error)
    finally:
        if review.changed:
            review_commands.draw_all(session, client, review_list.entries(client))


def parse(answer: str) -> tuple[str, str]:
    """Return (what to do, the rest of the line); a number alone shows that picture.

    >>> parse("a 3,7-12")
    ('approve', '3,7-12')
    >>> parse("A3"), parse("/ana b"), parse("12"), parse("x 3")
    (('approve', '3'), ('search', 'ana b'), ('show', '12'), ('', '3'))
    """
    answer = answer.strip()
    if answer in WORDS:
        return WORDS[answer], ""
    if re.fullmatch(r"\d{1,7}", answer):  # not isdigit: "²" is a digit, and no number
        return "show", answer
    match = re.fullmatch(r"([/?<>+]|[^\W\d]+)\s*(.*)", answer)
    return (WORDS.get(match[1].lower(), ""), match[2]) if match else ("", answer)


@dataclass
class Review:
    """State of the interactive review: list, search text, page, and whether anything was changed."""

    session: Session
    client: Client
    list_name: ListName = "refused"
    search: str = ""
    page: int = 1
    changed: bool = False

    def take(self, answer: str) -> bool:
        """Carry out one typed line; return False to leave. Enter goes to the next page."""
        what, rest = parse(answer) if answer.strip() else ("next", "")
        if what == "leave":
            return False
        if not what or what == "help" or (what in NEEDS_NUMBERS and not rest):
            self.session.say("review.help", style="plain" if what == "help" else "warn")
        elif what == "show":
            self.session.show(review_commands.details(self.session, self.client, self._entry(rest)), did=False)
        elif what in NEEDS_NUMBERS or what == "undo":
            self._change(what, rest)
        else:
            self._turn(what, rest)
        return True

    def show(self, **decisions: Any) -> None:
        """Apply the given decisions and show the page; its number is clamped to the pages."""
        decisions.setdefault("draw", False)
        result = review_commands.review(
            self.session, None, list_name=self.list_name, search=self.search, page=self.page, **decisions
        )
        self.session.show(result, did=len(decisions) > 1)  # draw is always there
        self.page = result.value["page"]

    def _turn(self, what: str, rest: str) -> None:
        from avatar.reports.review_list import LISTS

        wanted = 1
        if what == "list":
            self.list_name, self.search = LISTS[(LISTS.index(self.list_name) + 1) % len(LISTS)], ""
        elif what == "search":
            self.search = rest
        else:
            wanted = self.page + (1 if what == "next" else -1)
        self.page = wanted
        self.show()
        if self.page != wanted:
            self.session.say("review.last_page" if wanted > self.page else "review.first_page")

    def _change(self, what: str, rest: str) -> None:
        self.changed = True  # beforehand: what fails half-way has changed something
        if what == "undo":
            self.show(undo=True)
        elif what == "face":
            number, _, face = rest.replace("=", " ").strip().partition(" ")
            if not re.fullmatch(r"\d{1,7}", face.strip()):
                raise PipelineError("review.face_how")
            self.show(face=(number, int(face)))
        else:
            self.show(**{what: [rest]})

    def _entry(self, number: str) -> Entry:
        from avatar.reports import review_list

        entries = review_list.entries(self.client)
        if not 1 <= int(number) <= len(entries):
            raise PipelineError("review.bad_number", text=number, last=len(entries))
        return entries[int(number) - 1]
