"""Print the formula for graphics memory beside everything it can be held against, and what it makes of every card's plan.

    python benchmarks/memory.py                 the formula and its terms, all comparisons, the plans of all profiles
    python benchmarks/memory.py --grid FILE     with another grid of replayed points
    python benchmarks/memory.py --card --trainer kohya_ss --model sdxl.safetensors --tokenizers FOLDER --out measured.json
                                                measure all profiles' plans on the card of this computer, unattended

Sizes in GiB. Nothing but the last measures anything here; see benchmarks/measured/README.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # before this folder, which holds modules of the same names

from avatar.plan import ask, fit
from avatar.plan.fit import Fitted
from avatar.plan.memory import estimate_memory_gib, load_of
from avatar.plan.memory_terms import CONTEXT_GIB, PHASES, Load, by_phase
from avatar.plan.values import DatasetFacts, Plan
from avatar.trainer.options import known_tables
from benchmarks import memory_card
from config import GPU_PROFILES, TRAINING_PRESETS

ROOT = Path(__file__).resolve().parents[1]
MEASURED = Path(__file__).resolve().parent / "measured"
GRID = ROOT.parent / "shared" / "data" / "memory_grid.json"
BEFORE_TRAINING = {"latents": "caching", "text": "caching_text"}  # a run of the grid -> the phase that it replays
DECIMAL = 1.073741824  # bytes of a GiB in 10^9
DATASET = DatasetFacts(20, 200)
Row = tuple[str, ...]


# --- the formula against others --------------------------------------------------------------------------------------


def training_gib(load: Load) -> tuple[float, str]:
    """Return what the training itself needs, without the context, and at which moment."""
    phases = {name: gib for name, gib in by_phase(load).items() if name not in BEFORE_TRAINING.values()}
    peak = max(phases, key=phases.__getitem__)
    return phases[peak] - CONTEXT_GIB, peak


def told(setup: Mapping[str, Any]) -> str:
    """Return what of a setup differs from the usual one."""
    usual = dataclasses.asdict(Load())
    return " ".join(f"{name}={value}" for name, value in setup.items() if value != usual[name]) or "usual"


def terms() -> Iterator[Row]:
    """Yield every term of every phase for the usual setup, with its origin."""
    yield "phase", "term", "GiB", "origin"
    load = Load(sample=1024, cache_latents=False, cache_text=False)
    for phase in PHASES:
        for term in phase.terms:
            yield phase.name, term.name, f"{term.gib(load):.2f}", term.origin


def grid_errors(path: Path) -> list[tuple[float, str, float, float]]:
    """Return (formula - replayed, setup, formula, replayed) of each point of the grid."""
    found = []
    for point in json.loads(path.read_text(encoding="utf-8")):
        load = Load(**point["setup"])
        phase = BEFORE_TRAINING.get(point["run"])
        needs = by_phase(load)[phase] - CONTEXT_GIB if phase else training_gib(load)[0]
        found.append((needs - point["least_gib"], f"{point['run']} {told(point['setup'])}", needs, point["least_gib"]))
    return found


def grid(path: Path) -> Iterator[Row]:
    """Yield the formula beside each replayed point, the largest errors first, and what they come to."""
    if not path.is_file():
        yield ("no grid of replayed points here", str(path))
        return
    errors = sorted(grid_errors(path), key=lambda entry: -abs(entry[0]))
    yield "setup", "formula", "replayed", "error"
    for error, setup, needs, least in errors:
        yield setup, f"{needs:.2f}", f"{least:.2f}", f"{error:+.2f}"
    plain = [error for error, *_ in errors]
    within = sum(abs(error) <= 0.25 for error in plain)
    spread = f"{min(plain):+.2f} to {max(plain):+.2f}, mean {statistics.mean(plain):+.2f}"
    yield (f"{len(plain)} points: {spread}, {within} within 0.25",)


def public() -> Iterator[Row]:
    """Yield the formula with the context beside what others published."""
    table = json.loads((MEASURED / "public_sdxl_lora.json").read_text(encoding="utf-8"))
    yield "setup", "formula", "published", "as GiB", "as GB"
    ratios: dict[bool, list[float]] = {True: [], False: []}
    for row in table["rows"]:
        setup = {**table["setup"], **row["setup"]}
        needs = training_gib(Load(**setup))[0] + CONTEXT_GIB
        as_gib = needs / row["observed"]
        ratios[setup.get("batch", 1) == 1].append(as_gib)
        yield told(setup), f"{needs:.2f}", f"{row['observed']:.1f}", f"{as_gib:.2f}", f"{as_gib * DECIMAL:.2f}"
    one, more = statistics.mean(ratios[True]), statistics.mean(ratios[False])
    yield (f"mean at batch 1: {one:.2f} as GiB, {one * DECIMAL:.2f} as GB; above: {more:.2f}, {more * DECIMAL:.2f}",)


def on_card(path: Path) -> Iterator[Row]:
    """Yield the formula beside the starts on a real card; the least limit that went through beside the formula's own."""
    record = json.loads(path.read_text(encoding="utf-8"))
    yield f"{record['card']}", "formula", "allocated", "reserved", "limit", "went through"
    errors = []
    for row in record["rows"]:
        needs = training_gib(Load(**row["setup"]))[0]
        limit = "-" if row["limit_gib"] is None else f"{row['limit_gib']:.2f}"
        through = "yes" if row["exit_code"] == 0 else "no"
        yield told(row["setup"]), f"{needs:.2f}", f"{row['allocated_gib']:.2f}", f"{row['reserved_gib']:.2f}", limit, through
        errors += [] if row["limit_gib"] is not None else [needs - row["allocated_gib"]]
    yield (f"{len(errors)} starts without a limit: formula {min(errors):+.2f} to {max(errors):+.2f} of what was allocated",)


# --- the plans -------------------------------------------------------------------------------------------------------


def fitted(profile: str, preset: str, *, overrides: Mapping[str, Any] | None = None) -> Fitted:
    """Return the plan of a card with nothing but a desktop on it."""
    card, chosen = GPU_PROFILES[profile], TRAINING_PRESETS[preset]
    asked = ask.ask(card, chosen, DATASET)
    return fit.fit(asked, profile=card, preset=chosen, card=None, options=known_tables()[0], overrides=overrides,
                   exposures=DATASET.exposures)  # fmt: skip


def replayed() -> dict[str, float]:
    """Return what the replay of the plans' setups came to, with the context, by setup."""
    path = MEASURED / "replayed_plans.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return {_key(Load(**row["setup"])): row["least_gib"] + CONTEXT_GIB for row in rows}


def _key(load: Load) -> str:
    same = dataclasses.replace(load, precision="bf16" if load.precision == "fp16" else load.precision)  # the same to 0.02 GiB
    return json.dumps(dataclasses.asdict(same), sort_keys=True)


def plans() -> Iterator[Row]:
    """Yield each profile with each preset: what its plan needs, beside its limit, beside the replayed figure."""
    known = replayed()
    yield "profile", "preset", "plan", "pictures", "needs", "with margin", "limit", "replayed", "peak", "verdict"
    for profile, preset in ((profile, preset) for profile in GPU_PROFILES for preset in TRAINING_PRESETS):
        found = fitted(profile, preset)
        if found.estimate.free_gib is None:
            continue
        estimate, figure = found.estimate, known.get(_key(load_of(found.plan)))
        yield (
            profile, preset, shape(found.plan), f"{found.plan.sample_px} px" if found.plan.makes_samples else "-",
            f"{estimate.total_gib:.2f}", f"{estimate.safe_gib:.2f}", f"{estimate.free_gib:.2f}",
            "-" if figure is None else f"{figure:.2f}", estimate.peak, str(estimate.verdict),
        )  # fmt: skip


def shape(plan: Plan) -> str:
    base = "fp8" if plan.fp8_base else plan.mixed_precision
    kept = "" if plan.gradient_checkpointing else ", no checkpointing"
    return (
        f"{plan.network_dim}/{plan.network_alpha:g} {plan.resolution} px "
        f"{plan.train_batch_size}x{plan.gradient_accumulation_steps} {base}{kept}"
    )


# Where the estimate before this formula differed: what, plan of 1024 px and dim 32 where not named, what it said.
PLACES: tuple[tuple[str, Mapping[str, Any], float], ...] = (
    (
        "1 offloaded checkpointing, 6 GB: 16/8 768 px 1x4 fp8",
        {
            "network_dim": 16,
            "resolution": 768,
            "gradient_accumulation_steps": 4,
            "fp8_base": True,
            "cpu_offload_checkpointing": True,
        },
        3.76,
    ),
    ("2 RTX 4060, dim 128, fp8, 1x2", {"network_dim": 128, "fp8_base": True, "gradient_accumulation_steps": 2}, 6.90),
    ("  the same, 1x1", {"network_dim": 128, "fp8_base": True}, 7.26),
    ("3 accumulation: dim 128, bf16, 1x1", {"network_dim": 128}, 9.65),
    ("  the same, 1x2", {"network_dim": 128, "gradient_accumulation_steps": 2}, 9.65),
    ("4 pictures of 1024 px, bf16, dim 96", {"network_dim": 96, "sample_every_n_steps": 300}, 11.97),
    (
        "  pictures of 512 px, fp8, dim 96",
        {"network_dim": 96, "fp8_base": True, "sample_every_n_steps": 300, "sample_px": 512},
        11.97,
    ),
    ("5 no checkpointing, bf16", {"gradient_checkpointing": False}, 13.27),
    ("  no checkpointing, fp8", {"gradient_checkpointing": False, "fp8_base": True}, 10.88),
    ("6 AdamW, dim 128", {"network_dim": 128, "optimizer_type": "AdamW"}, 11.56),
    ("7 no sdpa", {"sdpa": False}, 7.27),
    ("  latents not cached", {"cache_latents": False}, 7.27),
)


def places() -> Iterator[Row]:
    """Yield the places where the estimate before differed, with what it said and what is said now."""
    yield "place", "before", "now", "peak now"
    plan = dataclasses.replace(
        ask.ask(GPU_PROFILES["rtx3060_12gb"], TRAINING_PRESETS["quick"], DATASET), network_dim=32, network_alpha=16.0,
        gradient_accumulation_steps=1, mixed_precision="bf16",
    )  # fmt: skip
    for what, values, before in PLACES:
        estimate = estimate_memory_gib(dataclasses.replace(plan, **values))
        yield what, f"{before:.2f}", f"{estimate.total_gib:.2f}", estimate.peak
    found = fitted("rtx3060_8gb", "balanced", overrides={"sample_every_n_steps": 300})
    now = f"{shape(found.plan)}, pictures {'kept' if found.plan.makes_samples else 'left out'}, {found.estimate.total_gib:.2f}"
    yield "8 pictures asked for on an RTX 3060 8 GB", "4/2 512 px, 9.69 of 7.36", now, found.estimate.peak


# --- command ---------------------------------------------------------------------------------------------------------


def show(title: str, rows: Iterator[Row]) -> None:
    """Print a table; lines of one cell stand alone."""
    table = list(rows)
    whole = [row for row in table if len(row) > 1]
    widths = [max(len(row[column]) for row in whole if column < len(row)) for column in range(max(map(len, whole), default=0))]
    print(f"\n{title}")
    for row in table:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() if len(row) > 1 else row[0]
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparisons, or measure on this computer's card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grid", type=Path, default=GRID, metavar="FILE.json")
    parser.add_argument("--terms", action="store_true", help="also print every term with its origin")
    parser.add_argument("--card", action="store_true", help="measure on the card of this computer")
    memory_card.add_arguments(parser)
    given = parser.parse_args(arguments)
    if given.card:
        return memory_card.measure_all([fitted(profile, preset).plan for profile, preset in _all_plans()], given, parser)
    if given.terms:
        show("Terms, usual setup with pictures, latents and text encoders not cached", terms())
    show("Formula beside the replayed grid, without the context of CUDA", grid(given.grid))
    show("Formula beside published figures", public())
    for path in sorted(MEASURED.glob("*.json")):
        if "card" in json.loads(path.read_text(encoding="utf-8")) and path.name != "replayed_plans.json":
            show("Formula beside starts on a card, without the context of CUDA", on_card(path))
    show("The plans of all profiles and presets", plans())
    show("Where the estimate before differed", places())
    return 0


def _all_plans() -> list[tuple[str, str]]:
    return [(name, preset) for name, profile in GPU_PROFILES.items() if profile.vram_gib for preset in ("balanced", "quick")]


if __name__ == "__main__":
    sys.exit(main())
