"""A command in a process of its own, for clients whose records would fill this one: its memory goes when it ends.

Ten thousand records take 170 MB, which Python does not give back [measured]; the dashboard stays for days.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import config
from avatar.system.child import run_quiet
from avatar.texts.text import PipelineError
from avatar.web.site import Site
from avatar.workspace.client import Client

MOST_HERE = 1000  # [choice] records that this process reads itself: 20 MB, and half a second less than a process needs to start
TIMEOUT_S = 3600.0


def needed(client: Client) -> bool:
    """Return whether what reads all records of a client belongs into a process of its own."""
    return len(client.record_files()) > MOST_HERE


def run(site: Site, *words: str) -> dict[str, Any]:
    """Return what a command answers. Raises PipelineError as it does, and ("web.review.no_answer") where nothing came back."""
    program = [sys.executable, str(config.PROGRAM_DIR / "avatar_pipeline.py")]
    shared = ["--clients-dir", str(site.workspace.folder.absolute()), "--json"]
    _, output = run_quiet([*program, *shared, *words], timeout_s=TIMEOUT_S)
    try:
        said = json.JSONDecoder().raw_decode(output.lstrip())[0]  # standard error follows
        error, result = said["error"], said["result"]
    except (ValueError, KeyError, TypeError) as problem:
        raise PipelineError("web.review.no_answer", detail=output[-200:]) from problem
    if error is not None:
        raise PipelineError(error["key"], **error["values"])
    return dict(result)
