"""Every text of every table, as users read it: key -> language -> text with its placeholders."""

from __future__ import annotations

from avatar.texts import tables
from avatar.texts.translate import LANGUAGES

TABLE_FILES = frozenset(f"{table}.py" for table in tables.TABLES)
TEXTS = {
    key: {language: tables.template(key, language) for language in LANGUAGES}
    for table in tables.TABLES
    for key in tables.entries(table)
}
