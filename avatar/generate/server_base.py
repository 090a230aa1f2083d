"""Which of a server's checkpoints is the base model: by its file's name, whatever folder and system it lies in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from avatar.generate.backend import BackendError, Base
from avatar.generate.server import short


def base_name(of: str) -> str:
    r"""Return the last part of a name with folders, whatever the server's system: "xl\a.safetensors" -> "a.safetensors"."""
    return of.replace("\\", "/").rpartition("/")[2]


def found_base(base: Base, wanted: str, listed: Sequence[str], setting: str = "generate.base_name") -> str:
    """Return the server's name of the base model. Raises BackendError where it has none of that name, or several.

    wanted  as the user named it in the settings, "" for the name of our own file
    """
    name = wanted or (base.path.name if base.path is not None else base.name)
    for fits in (lambda one: one == name, lambda one: base_name(one) == base_name(name)):
        found = [one for one in listed if fits(one)]
        if len(found) == 1:
            return found[0]
        if found:
            raise BackendError("server.base_ambiguous", name=name, found=short(_some(found)), setting=setting)
    if not listed:
        raise BackendError("server.no_bases", name=name)
    raise BackendError("server.base_missing", name=name, there=short(_some(listed)), setting=setting)


def _some(names: Iterable[str], most: int = 8) -> str:
    listed = list(names)
    return ", ".join(listed[:most]) + (f" … ({len(listed)})" if len(listed) > most else "")
