"""Print the plan of every profile and preset, its estimate beside the card's memory, and one verdict.

    python benchmarks/plans.py --pictures 20 --repeats 10

Arithmetic only: no card is asked, no trainer is needed, and nothing here was measured on a card.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # before this folder, which holds modules of the same names

from avatar.plan import ask, fit
from avatar.plan.fit import Fitted
from avatar.plan.values import DatasetFacts
from avatar.trainer import options as trainer_options
from config import GPU_PROFILES, TRAINING_PRESETS

COLUMNS = ("profile", "preset", "dim/alpha", "px", "batch x acc", "precision", "steps", "samples", "states", "GiB", "of",
           "verdict")  # fmt: skip
# The reasons in the order in which they count: a card that cannot is blocked by the checks whatever the estimate says.
VERDICTS = {
    "plan.warning.card_too_small": "blocked: card too small",
    "plan.warning.too_big": "does not fit",
    "plan.warning.narrow": "narrow",
    "plan.warning.cpu": "trial only",
}


def verdict(fitted: Fitted) -> str:
    """Return the one thing that the checks before a training will say of a plan's memory."""
    warned = {warning.key for warning in fitted.warnings}
    return next((text for key, text in VERDICTS.items() if key in warned), "fits")


def row(profile: str, preset: str, dataset: DatasetFacts) -> tuple[str, ...]:
    """Return one line of the table, for a card with nothing but a desktop on it."""
    card, chosen = GPU_PROFILES[profile], TRAINING_PRESETS[preset]
    options = trainer_options.known_tables()[0]
    asked = ask.ask(card, chosen, dataset)
    fitted = fit.fit(asked, profile=card, preset=chosen, card=None, options=options, exposures=dataset.exposures)
    plan, estimate = fitted.plan, fitted.estimate
    return (
        profile, preset, f"{plan.network_dim}/{plan.network_alpha:g}", str(plan.resolution),
        f"{plan.train_batch_size} x {plan.gradient_accumulation_steps}",
        plan.mixed_precision + (" fp8 base" if plan.fp8_base else ""), str(plan.max_train_steps),
        str(plan.sample_every_n_steps or "-"), "yes" if plan.save_state else "-", f"{estimate.total_gib:.1f}",
        "-" if estimate.free_gib is None else f"{estimate.free_gib:.1f}", verdict(fitted),
    )  # fmt: skip


def table(dataset: DatasetFacts) -> list[tuple[str, ...]]:
    """Return every profile with every preset, under the names of the columns."""
    return [COLUMNS, *(row(profile, preset, dataset) for profile in GPU_PROFILES for preset in TRAINING_PRESETS)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 2 where the numbers are none of a dataset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=10)
    given = parser.parse_args(arguments)
    if min(given.pictures, given.repeats) < 1:
        parser.error("--pictures and --repeats begin at 1")
    rows = table(DatasetFacts(given.pictures, given.pictures * given.repeats))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
