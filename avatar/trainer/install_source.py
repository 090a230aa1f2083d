"""Brings sd-scripts to the commit that the settings name: cloned with git, or unpacked from an archive."""

from __future__ import annotations

import contextlib
import re
import shutil

from avatar.system.child import RunResult
from avatar.texts.text import PipelineError
from avatar.trainer import archive, location
from avatar.trainer import options as trainer_options
from avatar.trainer.install_run import InstallRun, call, forget


def _git(run: InstallRun, *words: str, may_fail: bool = False) -> RunResult:
    return call(run, ["git", "-C", str(run.folder), *words], may_fail=may_fail)


def needed(run: InstallRun) -> bool:
    if archive.is_archive(run.trainer.repository):
        is_wanted = run.state.get("revision") == archive.revision(archive.path_of(run.trainer.repository))
    else:
        is_wanted = location.head_commit(run.folder) == run.trainer.revision.lower()
    return not (is_wanted and "clone" in run.state["done"] and trainer_options.find_script(run.folder) is not None)


def clone(run: InstallRun) -> None:
    """Fetch and check out, or unpack; all can be repeated, whatever an interruption left of the last one."""
    if archive.is_archive(run.trainer.repository):
        _unpack(run)
        return
    fresh = not (run.folder / ".git" / "HEAD").is_file()
    _git(run, "init", "--quiet")
    for lock in (run.folder / ".git").glob("*.lock"):  # of a git that was killed; ours, since the folder is ours
        with contextlib.suppress(OSError):
            lock.unlink()
    _git(run, "config", "remote.origin.url", run.trainer.repository)
    _git(run, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    commit = _commit(run)
    if commit is None:
        _git(run, "fetch", "--progress", "--tags", "--force", "origin")
        commit = _commit(run, fetched=True)
    if commit is None:
        raise PipelineError("setup.no_revision", revision=run.trainer.revision, repository=run.repository)
    # What an interrupted checkout of ours left is in the way of the next one, and so are the files of a clone whose .git was
    # deleted since it was damaged; anyone else's changes are never overwritten.
    force = ["--force"] if run.state.get("ours") and (fresh or not run.state.get("revision")) else []
    _git(run, "checkout", "--quiet", "--detach", *force, commit)
    if trainer_options.find_script(run.folder) is None:
        raise PipelineError("setup.no_script", script=trainer_options.SCRIPT, repository=run.repository)
    if run.state.get("revision") != commit:
        forget(run, "clone")  # torch and the requirements may be others
    run.state.update(repository=run.repository, revision=commit)


def _unpack(run: InstallRun) -> None:
    path = archive.path_of(run.trainer.repository)
    revision = archive.revision(path)
    if (run.folder / ".git").exists():
        if not run.state.get("ours"):
            raise PipelineError("setup.foreign_folder", path=str(run.folder))
        shutil.rmtree(run.folder / ".git")  # of a clone of ours: its files are about to be others
    archive.unpack(path, run.folder)
    if run.state.get("revision") != revision:
        forget(run, "clone")
    run.state.update(repository=run.trainer.repository, revision=revision)


def _commit(run: InstallRun, *, fetched: bool = False) -> str | None:
    """Return the full hash of the revision asked for, None where the clone does not have it (yet).

    A branch or tag is looked up only after fetching: the clone's own idea of it may be old.
    """
    revision = run.trainer.revision
    fixed = re.fullmatch(r"[0-9a-f]{7,40}", revision.lower()) is not None
    if not fixed and not fetched:
        return None
    for name in [revision] if fixed else [f"refs/remotes/origin/{revision}", f"refs/tags/{revision}"]:
        result = _git(run, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", may_fail=True)
        if result.code == 0 and result.tail:
            return result.tail[-1].strip()
    return None
