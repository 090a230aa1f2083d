"""Whether a tuning's answer is right and in time, on clients, trainings and pictures of known truth and a simulated clock.

    python benchmarks/tuning.py --runs 100

"Best or tied": the true likeness of the file taken is no further below that of the best file there is (of all trainings, short
ones too, at all weights of the trial) than the critical difference that the answer itself tells. Beside it stands what that
hides where few pictures were drawn: the mean loss in likeness. The plain way takes the last training's end at weight 0.8.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from avatar.results import plan_trial, plan_tuning, tuning, tuning_run
from avatar.results.plan_tuning import Costs, TuningPlan
from avatar.results.tuning import Info, Tried, Tuning
from avatar.results.tuning_answer import Answer
from avatar.results.tuning_candidates import NAMES, candidates
from avatar.texts import translate
from avatar.texts.text import Text
from benchmarks.tuning_world import LAST, SHORT, SIMULATED_PLAN, STEPS, Computer, Killed, Truth, World
from config import GPU_PROFILES

CARDS = ("gtx1650_4gb", "rtx3050_8gb", "rtx3060_8gb", "rtx4060_8gb", "rtx4060ti_16gb")  # the user's table
HOURS = (8, 12, 24)
TABLE = {  # DESIGN section 10, where stage 0 is drawn already
    "gtx1650_4gb": ((0, 0), (0, 0), (3, 1)), "rtx3050_8gb": ((0, 0), (3, 1), (6, 2)), "rtx3060_8gb": ((2, 1), (4, 1), (6, 2)),
    "rtx4060_8gb": ((2, 1), (4, 1), (6, 2)), "rtx4060ti_16gb": ((3, 1), (5, 1), (6, 2)),
}  # fmt: skip
OVER = 1.05  # of the hours
STAGE0_PICTURES = 132
PLAIN = "final@0.8"
_SETTING = "|".join([*NAMES[1:], "rank", "rango", "rate", "tasa", "dropout", "prodigy", "encoder", "codificador"])
CLAIM = re.compile(rf"\b({_SETTING})\b[^.;:]*\b(better|best|worse|mejor|peor)\b", re.IGNORECASE)


@dataclass
class Night:
    """One tuning as it came out.

    told_s    what it said beforehand that it takes; planned_s: what that took, without what filled the hours
    critical  the critical difference that its answer tells; claims: sentences that praise a setting
    """

    hours: float
    told_s: float | None = None
    planned_s: float = 0.0
    took_s: float = 0.0
    best: float = 0.0
    taken: float = 0.0
    plain: float = 0.0
    file: str = ""
    critical: float | None = None
    shorts: int = 0
    fulls: int = 0
    kills: int = 0
    claims: list[str] = field(default_factory=list)
    where: str = ""  # whose file was taken

    @property
    def loss(self) -> float:
        return self.best - self.taken

    @property
    def right(self) -> bool:
        return self.loss <= (self.critical or 0.0) + 1e-9

    @property
    def in_time(self) -> bool:
        return self.took_s <= self.hours * 3600 * OVER


def seconds_a_step(card: str) -> float:
    return 3600 / (GPU_PROFILES[card].steps_per_hour or 1)


def simulate(
    folder: Path, number: int, card: str, hours: float, *, stage0_drawn: bool, kills: int = 0, draw_again: int = 0
) -> Night:  # fmt: skip
    """Run one tuning to its end, killed so many times on its way."""
    world = World(truth=Truth.of(number), computer=Computer.of(number, seconds_a_step(card)))
    if stage0_drawn:
        _draw_stage0(world)
    there = [Tried(name=one.name, plan=tuning.plan_record(one.plan)) for one in candidates(SIMULATED_PLAN, lambda plan: True)]
    one = tuning.begin(
        folder,
        Info(
            tuning_id="20260102-000000", started_at="2026-01-02T00:00:00+00:00", hours=hours, steps=STEPS, short=SHORT,
            plan_fingerprint=SIMULATED_PLAN.fingerprint, dataset_fingerprint="d" * 16, held_out="h" * 16, candidates=there[:6],
            plan=tuning.plan_record(SIMULATED_PLAN),
        ),
    )  # fmt: skip
    night = Night(hours)
    chance = random.Random(f"kills {number} {draw_again}")
    began = world.clock
    away = 0.0
    while True:
        world.left = chance.uniform(0, hours * 3600 / (kills + 1)) if night.kills < kills else None
        try:
            answer = _session(one, world, night)
            break
        except Killed:
            night.kills += 1
            gap = chance.uniform(10, 600)  # until somebody starts it again; a trainer goes on meanwhile
            busy = max((since for key, since in world.began.items() if key not in world.ended), default=None)
            world.clock += gap
            away += gap if busy is None else 0.0
    world.left = None
    night.took_s = world.clock - began - away
    night.planned_s = night.planned_s or night.took_s
    _judge(night, world, answer, one.folder)
    return night


def _draw_stage0(world: World) -> None:
    world.draw(LAST, weights=plan_trial.WEIGHTS, seeds=(plan_trial.FIRST_SEED,), minutes=None, two_rounds=True)
    world.clock = 0.0


def _session(one: Tuning, world: World, night: Night) -> Answer | None:
    """Run what is missing, as the command does."""

    def hear(told: Text) -> None:
        if told.key == "tune.now.apart" and not night.planned_s:
            night.planned_s = world.clock
        for language in translate.LANGUAGES:
            words = translate.words(told, language)
            if CLAIM.search(words):
                night.claims.append(words)

    def planned(plan: TuningPlan) -> None:
        if night.told_s is None:
            night.told_s = plan.seconds
        for told in (plan.why, *plan.can_tell):
            hear(told)

    drawn = {file.name for file in LAST} <= {picture.model for picture in world.pictures}
    ended = tuning_run.run(
        one, world, tuning_run.Callbacks(on_note=hear, on_plan=planned), stage0=LAST,
        stage0_pictures=0 if drawn else STAGE0_PICTURES, costs=world.computer.told,
    )  # fmt: skip
    if ended.answer is not None:
        for told in (ended.answer.first, *ended.answer.another_night):
            hear(told)
    return ended.answer


def _judge(night: Night, world: World, answer: Answer | None, folder: Path) -> None:
    lines = tuning.lines(folder)
    night.shorts = sum(line.steps >= SHORT and line.state != "failed" for name, line in lines.items() if name != tuning.STAGE0)
    night.fulls = sum(line.state == "full" for name, line in lines.items() if name != tuning.STAGE0)
    night.best, night.plain = world.best(), world.of(PLAIN)
    night.file = answer.file if answer is not None else PLAIN
    night.where = answer.candidate if answer is not None else ""
    night.taken, night.critical = world.of(night.file), answer.critical_difference if answer is not None else None


# --- what is asked ---------------------------------------------------------------------------------------------------


def cells(runs: int) -> Iterator[tuple[int, str, int, bool]]:
    """Yield (number, card, hours, stage 0 drawn already): every card with every budget, by turns."""
    every = [(card, hours) for hours in HOURS for card in CARDS]
    for number in range(runs):
        card, hours = every[number % len(every)]
        yield number, card, hours, number // len(every) % 2 == 0


def nights(runs: int, folder: Path, *, kills: int = 0) -> list[Night]:
    return [
        simulate(folder / f"{kills}-{number}", number, card, hours, stage0_drawn=drawn, kills=kills)
        for number, card, hours, drawn in cells(runs)
    ]


def table_as_told() -> list[str]:
    """Return where the plan says otherwise than DESIGN's table, by the table's own seconds a step and 20 s a picture."""
    wrong = []
    for card, row in TABLE.items():
        for hours, wanted in zip(HOURS, row, strict=True):
            costs = Costs(step_s=seconds_a_step(card), picture_s=20.0)
            plan = plan_tuning.plan_tuning(hours, costs, steps=STEPS, short=SHORT, stage0_pictures=0, candidates=6)
            if (plan.shorts, plan.fulls) != wanted:
                wrong.append(f"{card}, {hours} h: {plan.shorts} → {plan.fulls}, wanted {wanted[0]} → {wanted[1]}")
    return wrong


KILLS = 4  # of a night that is killed


def killed_line(whole: Sequence[Night], killed: Sequence[Night]) -> str:
    """Return how nights that were killed came out, beside the same ones that nobody killed.

    A few differ: what was drawn when the program was killed took time that is lost, or that the program does not know of.
    """
    pairs = [(one, other) for one, other in zip(whole, killed, strict=False) if other.kills]
    right, in_time = sum(other.right for _, other in pairs), sum(other.in_time for _, other in pairs)
    return (
        f"killed {sum(other.kills for _, other in pairs)} times in {len(pairs)} nights: best or tied in {right}, {in_time} "
        f"within the budget, the same file as without in {sum(one.file == other.file for one, other in pairs)}"
    )


def told_against_taken(found: Sequence[Night], hours: float) -> str:
    ratios = [one.planned_s / one.told_s for one in found if one.hours == hours and one.told_s]
    if not ratios:
        return "no plan"
    return f"{statistics.median(ratios):.2f} of what was told ({min(ratios):.2f} to {max(ratios):.2f}, {len(ratios)} nights)"


def report(found: Sequence[Night]) -> None:
    for hours in HOURS:
        some = [one for one in found if one.hours == hours]
        if not some:
            continue
        sizes = Counter(f"{one.shorts} → {one.fulls}" for one in some)
        plain, longest = mean(one.best - one.plain for one in some), max(one.took_s for one in some) / 3600
        print(
            f"{hours:>3} h: right {sum(one.right for one in some)} of {len(some)}, loss {mean(one.loss for one in some):.3f} "
            f"(plain way {plain:.3f}), longest {longest:.2f} h; planned part took {told_against_taken(some, hours)}; "
            f"trained → to the end: {', '.join(f'{size}: {n}' for size, n in sorted(sizes.items()))}"
        )


def mean(values: Iterator[float]) -> float:
    return statistics.fmean(values)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--killed", type=int, default=30, help="of these so many are run again with four kills each")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        found = nights(options.runs, Path(place) / "whole")
        killed = nights(min(options.killed, options.runs), Path(place) / "killed", kills=KILLS)
    report(found)
    for line in (wrong := table_as_told()):
        print(f"BAD {line}")
    right, in_time = sum(one.right for one in found), sum(one.in_time for one in found)
    claims = sum(len(one.claims) for one in found)
    close = sum(one.loss <= 0.05 for one in found)
    lost, plain = mean(one.loss for one in found), mean(one.best - one.plain for one in found)
    print(f"within 0.05 of the best: {close}; critical difference told: {mean(one.critical or 0 for one in found):.3f}")
    print(killed_line(found, killed))
    print(
        f"tuning: best or tied in {right} of {len(found)}, {in_time} within the budget, settings claimed {claims}; loss "
        f"{lost:.3f}, {plain / lost:.1f}x less than the plain way ({plain:.3f}; {time.monotonic() - started:.0f} s)"
    )
    return 0 if right >= 0.9 * len(found) and in_time == len(found) and not claims and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
