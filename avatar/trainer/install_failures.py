"""What git and pip say when they fail, and the message with the remedy that helps."""

from __future__ import annotations

import re
from collections.abc import Sequence

# The first that is found in the last lines. Further up may be a connection that was tried again and came about.
LAST_LINES = 20
FAILURES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (key, re.compile(pattern))
    for key, pattern in (
        ("setup.failed.space", r"No space left on device|\[WinError 112\]|not enough space on the disk"),
        ("setup.failed.long_path", r"[Ff]ile ?name too long|\[WinError 206\]|Windows Long Path support"),
        ("setup.failed.ownership", r"detected dubious ownership"),
        ("setup.failed.changes", r"would be overwritten by checkout"),
        ("setup.failed.repository", r"(?:object|index) file .*(?:corrupt|empty|smaller)|bad (?:object|tree|signature 0x)"),
        ("setup.failed.repository", r"unable to read (?:tree|sha1)|loose object .* corrupt|packfile .* (?:corrupt|cannot)"),
        ("setup.failed.repository", r"not a git repository|reference broken|bad config line|missing (?:blob|tree|commit)"),
        ("setup.failed.repository", r"inflate: data stream error|did not send all necessary objects|fatal: bad revision"),
        ("setup.failed.locked", r"\[WinError (?:5|32|225)\]|Permission denied(?! \(publickey)|\[Errno 22\].*pip-"),
        ("setup.failed.venv", r"ensurepip"),
        ("setup.failed.proxy", r"CERTIFICATE_VERIFY_FAILED|SSL certificate problem|server certificate verification|schannel:"),
        ("setup.failed.proxy", r"ProxyError|connect to proxy|resolve proxy|Proxy CONNECT aborted"),
        ("setup.failed.proxy", r"CONNECT tunnel failed|response 407|CertificateError"),
        ("setup.failed.network", r"Could not resolve host|Failed to connect|[Tt]imed out|Max retries exceeded"),
        ("setup.failed.network", r"Connection(?:Reset|Refused| was reset)|NewConnectionError|[Cc]onnection broken"),
        ("setup.failed.network", r"NameResolutionError|getaddrinfo failed|RPC failed|early EOF|unexpected disconnect"),
        ("setup.failed.python", r"No matching distribution found|requires a different Python|subprocess-exited-with-error"),
        ("setup.failed.python", r"Failed building wheel|metadata-generation-failed"),
    )
)  # fmt: skip
# Failures that an index of PyTorch's wheels that cannot be reached, or does not have them, ends in.
OF_AN_INDEX = frozenset({"setup.failed.network", "setup.failed.proxy"})


def failure(lines: Sequence[str], step: str) -> tuple[str, list[str]]:
    """Return (key of the message, the lines to be shown) of a step whose command said these lines at last."""
    last = lines[-LAST_LINES:]
    found = ((key, line) for key, pattern in FAILURES for line in reversed(last) if pattern.search(line))
    key, said = next(found, ("setup.step_failed", ""))
    if step == "torch" and (key in OF_AN_INDEX or "No matching distribution" in said):
        key = "setup.failed.torch_index"
    return key, [said] if said else list(lines[-4:])
