"""The rows of the captions page: made in another process where they are many, and kept while nothing they show changes."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import utils
from avatar.texts import tables
from avatar.texts.translate import text, words
from avatar.web import apart
from avatar.web.site import Site
from avatar.workspace import picture_numbers
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.workspace.records import ClientInfo
    from config import Settings

MOST = 2  # of clients and languages; the rows of 3,000 pictures take 1 MB [measured]
APART_FROM = 500  # [choice] pictures: fewer are read in a tenth of a second
_KEPT: dict[object, tuple[object, bytes]] = {}  # (client's folder, language) -> (state of all that is shown, rows)
_GUARD = threading.Lock()


def rows(site: Site, client: Client, language: str) -> bytes:
    """Return what `listed` does, as it stands now. Raises PipelineError("dataset.no_pictures")."""
    from avatar.dataset import caption_suggestions
    from avatar.workspace import record_index

    settings = site.session().settings(client)
    beside = (client.info_file, client.images.parent / caption_suggestions.SUGGESTIONS_FILE)
    with _GUARD:  # two tabs that ask at once: the second one finds them made
        records = record_index.stamps(client)
        state = settings, utils.fingerprint([sorted(records.items()), [_stamp(path) for path in beside]])
        before, kept = _KEPT.pop((client.folder, language), (None, b""))
        if before != state:
            many = len(records) >= APART_FROM
            kept = apart.call(listed, client, settings, language) if many else listed(client, settings, language)
        _KEPT[client.folder, language] = state, kept
        while len(_KEPT) > MOST:
            del _KEPT[next(iter(_KEPT))]
        return kept


def _stamp(path: Path) -> list[int]:
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino]


def listed(client: Client, settings: Settings, language: str) -> bytes:
    """Return every approved picture with its caption, by number, as JSON: also in a process of its own.

    Raises PipelineError("dataset.no_pictures").
    """
    from avatar.dataset import caption_store, caption_suggestions

    records = client.records()
    numbers = picture_numbers.numbers(records)
    found = caption_store.caption_rows(client, records, settings)
    suggested = caption_suggestions.stored(client, records)
    info = client.info()
    shown = [
        {"id": row.image_id, "number": numbers[row.image_id], "name": row.name, "by": row.by, "text": row.text,
         "trained": bool(row.folder), "prompt": bool(row.prompt), "doubt": round(row.account.doubt, 2),
         "doubtful": row.by != "user" and row.account.doubt >= settings.captioner.min_doubt,
         **measured(row.text, info, settings, language)}
        for row in sorted(found, key=lambda row: numbers[row.image_id])
    ]  # fmt: skip
    captioners = sorted({kind for kinds in suggested.values() for kind in kinds})
    content = {
        "rows": shown,
        "limit": settings.captions.max_tokens,
        "captioners": {kind: captioner(kind, language) for kind in captioners},
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")


def measured(line: str, info: ClientInfo, settings: Settings, language: str) -> dict[str, object]:
    """Return how long a caption may be for the trainer, and how it would read it differently from what was meant."""
    from avatar.dataset import caption as caption_rules

    problems = caption_rules.caption_problems(line, info.trigger_word)
    tokens = caption_rules.token_bound(line)
    told = [words(problem, language) for problem in problems]
    if tokens > settings.captions.max_tokens:
        told.append(text("web.captions.long", language, n=tokens, limit=settings.captions.max_tokens))
    return {"tokens": tokens, "problems": told}


def captioner(kind: str, language: str) -> str:
    """Return what a captioner is called on the page."""
    key = f"web.captions.captioner.{kind}"
    return text(key, language) if tables.known(key) else kind
