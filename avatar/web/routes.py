"""From the path of an address to page, file, view, action or picture: the only table."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from avatar.commands.result import system_error
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text
from avatar.web import page, pictures
from avatar.web.site import Action, Outdated, Prepared, Query, Site, View, told

LOG = logging.getLogger("avatar_pipeline")

HTML, JSON = "text/html; charset=utf-8", "application/json"
FOREVER = "private, max-age=31536000, immutable"  # of files whose address changes with them
MOST_PARAMETERS = 50

# What stands after /client/{id}/ -> the template of its page; "" is the client's first page.
PAGES: Mapping[str, str] = {
    "": "training.html", "training": "training.html", "review": "review.html", "captions": "captions.html",
    "results": "results.html", "tuning": "tuning.html", "report": "report.html",
}  # fmt: skip


def page_files() -> tuple[ModuleType, ...]:
    """Return the files of the pages' views and actions, loaded when the first page asks: the server starts without them."""
    from avatar.web import captions, clients, report, results, review, training, tuning

    return clients, training, review, captions, results, tuning, report


@functools.cache
def views() -> Mapping[str, View]:
    return {name: view for file in page_files() for name, view in file.VIEWS.items()}


@functools.cache
def actions() -> Mapping[str, Action]:
    return {name: action for file in page_files() for name, action in file.ACTIONS.items()}


def values_of(template: str) -> Callable[[Site, Query], Mapping[str, object]] | None:
    """Return what stands in a page itself: most ask for all that they show."""
    from avatar.web import report, tuning

    return {"report.html": report.values, "tuning.html": tuning.values}.get(template)


@dataclass(frozen=True)
class Answer:
    """An answer to a request. kept: its Cache-Control."""

    status: int
    kind: str
    body: bytes
    kept: str = "no-store"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request as the table reads it: the path below the token in its parts, its parameters, the object it brings."""

    parts: tuple[str, ...]
    parameters: Mapping[str, str]
    body: Mapping[str, object] | None = None

    @property
    def posted(self) -> bool:
        return self.body is not None


def read(target: str) -> tuple[str, tuple[str, ...], dict[str, str]] | None:
    """Return the first part of an address's path, the parts after it, and its parameters; None for what is no path of ours.

    >>> read("/token/client/ana/review?filter=a%20b")
    ('token', ('client', 'ana', 'review'), {'filter': 'a b'})
    >>> read("/token/%2e%2e/x"), read("//token"), read("http://127.0.0.1/token")
    (None, None, None)
    """
    if not target.startswith("/") or target.startswith("//") or not target.isascii():
        return None
    try:
        found = urlsplit(target)
        parts = [unquote(part, errors="strict") for part in found.path[1:].split("/")]
        pairs = parse_qsl(found.query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError:  # UnicodeDecodeError too
        return None
    if any(part in {".", ".."} or not part.isprintable() or set(part) & set("/\\") for part in parts):
        return None
    token, *rest = parts
    return token, tuple(rest[:-1] if rest and not rest[-1] else rest), dict(pairs)


def answer(site: Site, asked: Asked) -> Answer:
    """Answer a request whose token, host and origin are right. Errors of program and system become answers; bugs are raised."""
    wanted = asked.parameters.get("lang", "")
    language = wanted if wanted in translate.LANGUAGES else site.language
    try:
        return _answer(site, asked, language)
    except Outdated as error:
        return as_json(409, {"present": told(error.present, language)})
    except PipelineError as error:
        return _refused(error.text, language, page=_is_page(asked), site=site)
    except OSError as error:  # a full disk, a folder that may not be written to: said as the commands say it
        LOG.warning("the system refused: %s", error.strerror or type(error).__name__)  # without paths: names are private
        text = system_error(error)
        return told_as_page(500, text, language, site.base) if _is_page(asked) else error_answer(500, text, language)


def _answer(site: Site, asked: Asked, language: str) -> Answer:
    match asked.parts:
        case () if not asked.posted:
            return _page(site, "clients.html", "", language)
        case ("static", version, name) if not asked.posted:
            return _static(version, name)
        case ("client", client_id, *rest) if not asked.posted and len(rest) < 2 and (rest or [""])[0] in PAGES:
            client = site.workspace.client(client_id)
            return _page(site, PAGES[(rest or [""])[0]], client.client_id, language, Query(client, asked.parameters, language))
        case ("picture", client_id, kind, picture_id) if not asked.posted:
            client = site.workspace.client(client_id)
            return Answer(200, *pictures.picture(client, kind, picture_id, asked.parameters.get("size", "480")))
        case ("api", "client", client_id, name):
            client = site.workspace.client(client_id)
            return _api(site, asked, Query(client, asked.parameters, language), name)
        case ("api", "alive") if not asked.posted:
            return as_json(200, {"alive": True})
        case ("api", name):
            return _api(site, asked, Query(None, asked.parameters, language), name)
    return not_there(language)


def _api(site: Site, asked: Asked, query: Query, name: str) -> Answer:
    with translate.about(query.client.client_id if query.client else ""):
        if asked.body is None:
            view = views().get(name)
            if view is None:
                return not_there(query.language)
            found = view(site, query)
            return Answer(200, JSON, found.body) if isinstance(found, Prepared) else as_json(200, told(found, query.language))
        action = actions().get(name)
        if action is None:
            return not_there(query.language)
        with site.acting_on(query.client):
            return as_json(200, told(action(site, query, asked.body), query.language))


def _page(site: Site, template: str, client: str, language: str, query: Query | None = None) -> Answer:
    fill = values_of(template)
    values = fill(site, query) if fill is not None and query is not None else {}
    html = page.render(template, base=site.base, client=client, language=language, **values)
    return Answer(200, HTML, html.encode("utf-8"))


def _static(version: str, name: str) -> Answer:
    path = page.static_files().get(name)
    if path is None or version != page.static_version():
        return Answer(404, "text/plain; charset=utf-8", b"404\n")
    return Answer(200, page.KINDS[path.suffix], path.read_bytes(), FOREVER)


def as_json(status: int, value: Any) -> Answer:
    return Answer(status, JSON, json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace"))


def not_there(language: str) -> Answer:
    return error_answer(404, Text("web.not_there"), language)


def error_answer(status: int, text: Text, language: str) -> Answer:
    return as_json(status, {"error": {"key": text.key, "text": translate.words(text, language)}})


UNKNOWN = frozenset({"client.unknown", "client.bad_id", "image.unknown", "image.bad_id", "web.no_picture", "web.not_there"})


def _refused(text: Text, language: str, *, page: bool, site: Site) -> Answer:
    """Return a PipelineError as an answer: 404 where what the address names is not there, else 400."""
    status = 404 if text.key in UNKNOWN else 400
    return told_as_page(status, text, language, site.base) if page else error_answer(status, text, language)


def _is_page(asked: Asked) -> bool:
    return not asked.posted and asked.parts[:1] not in {("api",), ("picture",), ("static",)}


def told_as_page(status: int, text: Text, language: str, base: str) -> Answer:
    """Return a page that only tells a text."""
    html = page.render("told.html", base=base, client="", language=language, told=translate.words(text, language))
    return Answer(status, HTML, html.encode("utf-8"))
