"""Environment variables that libraries read at import: no telemetry, own caches, no modules from the current folder."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from config import CACHE_DIR

# One line for each library that the program or the trainer uses and that reports to its makers, or asks them for news.
NO_TELEMETRY = {
    "DO_NOT_TRACK": "1",  # consoledonottrack.com: what newer tools look at
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime 1.32 calls Microsoft; disable_telemetry_events() is too late
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub: transformers, diffusers
    "DISABLE_TELEMETRY": "1",  # older diffusers and gradio
    "GRADIO_ANALYTICS_ENABLED": "False",
    "WANDB_MODE": "disabled",  # sd-scripts' log_with=wandb uploads losses and samples
    "NO_ALBUMENTATIONS_UPDATE": "1",  # asks PyPI for its newest version when it is imported
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
}
# Libraries that write to the home folder when they are imported, by the variable that moves them.
_CACHES = {"MPLCONFIGDIR": "matplotlib", "KERAS_HOME": "keras", "DASK_CONFIG": "dask"}
_OWN = {"OPENCV_OPENCL_CACHE_ENABLE": "false"}


def quiet_environment() -> dict[str, str]:
    """Return the variables that keep every library off the network and out of the home folder."""
    return {**NO_TELEMETRY, **_OWN, **{name: str(CACHE_DIR / folder) for name, folder in _CACHES.items()}}


def prepare() -> None:
    """Set them in this process's environment, which children inherit, before the first library is imported.

    Python runs what it finds in the current folder first, where it is started with -m or -c: a numpy.py in a folder of
    pictures would be run by a worker. PYTHONSAFEPATH forbids that from Python 3.11 on; for older ones, see `safe_folder`.
    """
    os.environ.update(quiet_environment())
    os.environ["PYTHONSAFEPATH"] = "1"
    forget_current_folder()


def read_names_as_utf8() -> None:
    """Restart the program in UTF-8 mode if Python's file system encoding is ASCII or Latin-1, which lacks most names.

    Python itself does so for the locale C, unless PYTHONUTF8=0 forbids it; other locales it believes.
    """
    if sys.platform != "win32" and sys.getfilesystemencoding().lower() != "utf-8":
        command = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execve(sys.executable, command, {**os.environ, "PYTHONUTF8": "1"})  # noqa: S606  # there is no shell


def keep_to_owner() -> None:
    """Set the umask so that only this user can read new files, of children too. On Windows that is the default."""
    if sys.platform != "win32":
        os.umask(0o077)


def forget_current_folder() -> None:
    """Remove the current folder from sys.path."""
    sys.path[:] = [entry for entry in sys.path if entry not in ("", ".")]


def safe_folder() -> Path:
    """Return the folder to start a Python in: that of this Python, so that the current folder is not searched for modules."""
    return Path(sys.executable).parent


@contextlib.contextmanager
def in_safe_folder() -> Iterator[None]:
    """Work in `safe_folder`: for libraries that start processes themselves."""
    try:
        before: str | None = os.getcwd()  # noqa: PTH109  # may be any bytes
    except OSError:  # it was deleted
        before = None
    os.chdir(safe_folder())
    try:
        yield
    finally:
        if before is not None:
            with contextlib.suppress(OSError):
                os.chdir(before)
