"""Where this checkout lies, and what the tests use of it and beside it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
BENCHMARKS = ROOT / "benchmarks"
FIRST_START = ROOT / "scripts" / "first_start.py"  # tells texts before the packages are there
FAKE_TRAINER = TESTS / "fake_trainer" / "sdxl_train_network.py"
SHARED = ROOT.parent / "shared"  # pictures and facts to develop against; tests that use them skip where they are absent


def program_modules() -> list[Path]:
    """Return the files of all modules of the program, in order of their path: those at the root and the package `avatar`."""
    return sorted([*ROOT.glob("*.py"), *(ROOT / "avatar").rglob("*.py")])


def module_name(path: Path) -> str:
    """Return the dotted name of a module of the program."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
