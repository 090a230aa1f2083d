"""How surely faces of one person are told from faces of others, at the limits that the program uses.

    python benchmarks/identity.py FOLDER              # a folder per person, five pictures or more in each
    python benchmarks/identity.py FOLDER --sets 2000  # more simulated clients

Each picture goes the program's way: decoded, its face found by MTCNN, aligned by YuNet's points, SFace's vector taken. Then:
every picture against the mean of the others of its person, and against the mean of every other person; and clients simulated
from 5 to 8 pictures of one person with 1 to 8 strangers, or with as many of a second person. Nothing is written.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this folder holds modules of the same names

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".tif", ".tiff", ".avif"}


@dataclass(frozen=True)
class Seen:
    """One picture: whose, its vector (None: no face was found), by whose points, and the seconds that took."""

    person: str
    name: str
    vector: Any
    points: str
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder per person, with five pictures or more in each")
    parser.add_argument("--sets", type=int, default=400, help="simulated clients of each kind (default 400)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that look at pictures (default 1)")
    asked = parser.parse_args()
    seen = look(asked.folder, asked.workers)
    by_person = {person: list(group) for person, group in itertools.groupby(seen, key=lambda item: item.person)}
    known = {person: [item.vector for item in group if item.vector is not None] for person, group in by_person.items()}
    print(f"{len(by_person)} persons, {len(seen)} pictures; no face found: {sum(item.vector is None for item in seen)}")
    print(f"aligned by MTCNN's points, as YuNet found none: {sum(item.points == 'detector' for item in seen)}")
    told = sorted(item.seconds for item in seen if item.vector is not None)
    if told:
        print(f"points and vector of a face: median {1000 * told[len(told) // 2]:.0f} ms")
    enough = {person: vectors for person, vectors in known.items() if len(vectors) > least()}
    if len(enough) < 2:
        print(f"two persons with more than {least()} faces are needed for the rest")
        return 1
    own, strangers = against_means(enough)
    print_limits("own picture against the mean of the others of the person", own)
    print_limits("stranger's picture against the mean of a person", strangers)
    print_sets(enough, asked.sets, asked.seed)
    somebody, client = limits()
    wrong, passed = share(own, somebody), 1 - share(strangers, client)
    print(f"identity: {100 * wrong:.2f} % of own pictures refused, {100 * passed:.2f} % of strangers taken for the client")
    return 0


def limits() -> tuple[float, float]:
    from avatar.faces import persons

    return persons.SOMEBODY_ELSE, persons.THE_CLIENT


def least() -> int:
    from avatar.faces import persons

    return persons.ENOUGH


# --- pictures --------------------------------------------------------------------------------------------------------


def look(folder: Path, workers: int) -> list[Seen]:
    """Return what is seen on every picture of the folders in a folder, by person and name."""
    import joblib

    paths = sorted(path for path in folder.glob("*/*") if path.suffix.lower() in SUFFIXES)
    return list(joblib.Parallel(n_jobs=workers)(joblib.delayed(look_at)(path) for path in paths))


def look_at(path: Path) -> Seen:
    from avatar.faces import detection
    from avatar.faces import identity as face_identity
    from avatar.pictures import decode
    from config import FaceConfig

    rgb = decode.load_rgb(path, max_side_px=FaceConfig().second_look_side_px).pixels
    found = detection.find_faces(rgb, _detector(), FaceConfig())
    if not found:
        return Seen(path.parent.name, path.name, None, "", 0.0)
    face_identity.embedder()
    started = time.perf_counter()
    made = face_identity.identified(rgb, found[0])
    seconds = time.perf_counter() - started
    return Seen(path.parent.name, path.name, face_identity.unpacked(made.vector), made.points, seconds)


@functools.lru_cache(maxsize=1)
def _detector() -> Any:
    from avatar.faces import engines

    return engines.make_detector("onnx")


# --- figures ---------------------------------------------------------------------------------------------------------


def against_means(known: dict[str, list[Any]]) -> tuple[list[float], list[float]]:
    """Return the likeness of each picture to the mean of the others of its person, and to the mean of every other person."""
    import numpy as np

    totals = {person: np.sum(vectors, axis=0) for person, vectors in known.items()}
    own, strangers = [], []
    for person, vectors in known.items():
        for vector in vectors:
            rest = totals[person] - vector
            own.append(float(vector @ rest / np.linalg.norm(rest)))
            strangers += [float(vector @ t / np.linalg.norm(t)) for other, t in totals.items() if other != person]
    return own, strangers


def share(values: Sequence[float], limit: float) -> float:
    """Return the share of values below a limit."""
    return sum(value < limit for value in values) / max(1, len(values))


def print_limits(title: str, values: Sequence[float]) -> None:
    somebody, client = limits()
    ordered = sorted(values)
    quantiles = [ordered[min(len(ordered) - 1, int(part * len(ordered)))] for part in (0, 0.01, 0.05, 0.5, 0.95, 0.99, 1)]
    print(f"{title} ({len(values)})")
    print("    min, 1 %, 5 %, median, 95 %, 99 %, max:  " + "  ".join(f"{value:.2f}" for value in quantiles))
    below, above = share(values, somebody), 1 - share(values, client)
    print(
        f"    below {somebody:.2f}: {100 * below:.2f} %   between: {100 * (1 - below - above):.2f} %   "
        f"{client:.2f} and more: {100 * above:.2f} %"
    )


def print_sets(known: dict[str, list[Any]], count: int, seed: int) -> None:
    """Print how clients made of one person's pictures with strangers' among them are judged."""
    import numpy as np

    from avatar.faces import persons

    random = np.random.default_rng(seed)
    names = sorted(known)
    somebody, client = limits()
    own: list[float] = []
    strangers: list[float] = []
    lost = 0
    for _ in range(count):
        vectors, mine = _drawn_set(known, names, random)
        found = persons.persons(vectors)
        if not found or sum(m < mine for m in found[0].members) * 2 < len(found[0].members):
            lost += 1
            continue
        likeness = found[0].likeness(np.stack(vectors))
        own += [float(value) for value in likeness[:mine]]
        strangers += [float(value) for value in likeness[mine:]]
    print(f"{count} sets of 5-8 pictures of a person and 1-8 strangers, one each; the centre went to a stranger: {lost}")
    for title, values in (("own", own), ("strangers", strangers)):
        below, above = share(values, somebody), 1 - share(values, client)
        print(
            f"    {title}: below {somebody:.2f} {100 * below:.2f} %, between {100 * (1 - below - above):.2f} %, "
            f"{client:.2f} and more {100 * above:.2f} %"
        )
    for size in (5, 8):
        told = sum(_two_told_apart(known, names, size, random) for _ in range(count))
        print(f"{count} sets of {size} + {size} pictures of two persons: told to be two {told} times")
    alone = sum(_called_several(known, names, random) for _ in range(count))
    print(f"{count} sets of 5-8 pictures of one person alone: wrongly called several {alone} times")


def _drawn_set(known: dict[str, list[Any]], names: Sequence[str], random: Any) -> tuple[list[Any], int]:
    """Return vectors of one person, then of strangers, and how many are the person's."""
    mine, others = int(random.integers(5, 9)), int(random.integers(1, 9))
    who, *rest = random.choice(len(names), size=min(len(names), 1 + others), replace=False)
    own = known[names[who]]
    picked = [own[i] for i in random.choice(len(own), size=min(mine, len(own)), replace=False)]
    foreign = [known[names[other]] for other in rest]
    return [*picked, *(vectors[int(random.integers(len(vectors)))] for vectors in foreign)], len(picked)


def _two_told_apart(known: dict[str, list[Any]], names: Sequence[str], size: int, random: Any) -> bool:
    from avatar.faces import persons

    two = [known[names[i]] for i in random.choice(len(names), size=2, replace=False)]
    vectors = [group[i] for group in two for i in random.choice(len(group), size=min(size, len(group)), replace=False)]
    return len(persons.of_like_number(persons.persons(vectors))) == 2


def _called_several(known: dict[str, list[Any]], names: Sequence[str], random: Any) -> bool:
    from avatar.faces import persons

    group = known[names[int(random.integers(len(names)))]]
    vectors = [group[i] for i in random.choice(len(group), size=min(int(random.integers(5, 9)), len(group)), replace=False)]
    return len(persons.of_like_number(persons.persons(vectors))) > 1


if __name__ == "__main__":
    sys.exit(main())
