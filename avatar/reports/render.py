"""Pages for a browser from templates/: one file each, everything foreign escaped, no scripts and no network."""

from __future__ import annotations

import base64
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent / "templates"


def render(template: str, **values: object) -> str:
    """Return a template of templates/ with its values as HTML; a value that is missing is an error, not a gap."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(template).render(**values)


def data_url(content: bytes | None, kind: str = "jpeg") -> str:
    """Return a picture's bytes as an address that needs no other file; "" where there is none."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}" if content else ""
