"""A page: its template, its language, its texts, and the scripts and styles that it loads."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.reports.render import TEMPLATES
from avatar.texts import tables, translate

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

PAGES = Path(__file__).resolve().parent / "pages"
STATIC = Path(__file__).resolve().parent / "static"
KINDS = {
    ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}  # fmt: skip
TABLES = (
    "web",
    "web_training",
    "web_review",
    "web_captions",
    "web_results",
)  # of the texts that pages may ask for by a beginning


@functools.cache
def static_files() -> dict[str, Path]:
    """Return the files that pages load by their names: what lies there when the first page is asked for, and no other."""
    found = [*sorted(STATIC.iterdir()), *sorted(TEMPLATES.glob("*.css"))]  # the report looks the same in its file and here
    return {path.name: path for path in found if path.suffix in KINDS and path.is_file()}


@functools.cache
def static_version() -> str:
    """Return 12 hex digits that change with any of these files: part of their address, so that browsers may keep them."""
    digest = hashlib.sha256()
    for name, path in static_files().items():
        digest.update(name.encode("ascii") + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader([PAGES, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, *, base: str, client: str, language: str, **values: object) -> str:
    """Return a page as HTML. No data of a client stands in it but its id and values: scripts ask for what they show."""
    return _environment().get_template(template).render(
        base=base, client=client, language=language, languages=translate.LANGUAGES, name=template.removesuffix(".html"),
        static=f"{base}/static/{static_version()}",
        t=functools.partial(_text, language, client),
        texts=functools.partial(_texts, language, client),
        **values,
    )  # fmt: skip


def _text(language: str, client: str, key: str, **values: object) -> str:
    with translate.about(client):
        return translate.text(key, language, **values)


def _texts(language: str, client: str, *beginnings: str) -> Markup:
    """Return every text whose key begins so as a block of JSON, which the scripts' t() reads; {placeholders} stay."""
    from markupsafe import Markup

    found = {
        key: translate.with_commands(tables.template(key, language), language, of_client=bool(client))
        for table in TABLES
        for key in tables.entries(table)
        if key.startswith(beginnings)
    }
    safe = json.dumps(found, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup('<script type="application/json" class="texts">%s</script>') % Markup(safe)  # noqa: S704  # escaped above
