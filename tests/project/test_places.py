"""The tests look at the whole program, not only at the part of it that they still find."""

from __future__ import annotations

import subprocess
from pathlib import PurePosixPath

import pytest

from tests.children import child_command
from tests.places import BENCHMARKS, FAKE_TRAINER, ROOT, TESTS, program_modules

BESIDE = {"tests", "benchmarks", "scripts"}  # Python of this repository that is no part of the program


def listed_by_git() -> set[str]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if listed.returncode:
        pytest.skip("no git checkout")
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


def test_every_module_that_git_knows_is_found() -> None:
    expected = {name for name in listed_by_git() if PurePosixPath(name).parts[0] not in BESIDE}
    found = {path.relative_to(ROOT).as_posix() for path in program_modules()}
    assert len(found) >= 80
    assert expected <= found


def test_the_places_are_there() -> None:
    for place in (ROOT / "avatar_pipeline.py", TESTS / "conftest.py", BENCHMARKS / "start.py", FAKE_TRAINER):
        assert place.is_file(), place


def say(one: str, two: str) -> None:
    print(f"{one} {two}")


def test_a_child_calls_a_function_with_arguments_as_text() -> None:
    done = subprocess.run(child_command(say, ROOT, "ñ 'x' \"y\""), capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == f"{ROOT} ñ 'x' \"y\"\n"


def test_a_child_cannot_call_what_is_not_at_the_top_level() -> None:
    with pytest.raises(AssertionError, match="top level"):
        child_command(lambda: None)
