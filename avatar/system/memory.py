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


def used_and_total_gib() -> tuple[float, float] | None:
    """Return the memory that programs hold and all there is."""
    try:
        import psutil

        found = psutil.virtual_memory()
        return float(found.total - found.available) / GIB, float(found.total) / GIB
    except (ImportError, OSError):
        return None
