"""The computer's own memory."""

from __future__ import annotations

from avatar.system.gpu import GIB


def free_ram_gib() -> float | None:
    """Return the memory available to programs."""
    try:
        import psutil

        return float(psutil.virtual_memory().available / GIB)
    except (ImportError, OSError):
        return None
