"""How many drawn, painted and rendered faces are found, and how often a picture without a person's face is taken for one.

    python benchmarks/stylised.py FOLDER                 # FOLDER/faces and FOLDER/without hold pictures; sub-folders count
    python benchmarks/stylised.py FOLDER --limits 0.6 0.7 0.8
    python benchmarks/stylised.py FOLDER --client PHOTOS # what a client with these photos of one person is told
    python benchmarks/stylised.py FOLDER --fit           # the direction of `avatar/faces/human.py`, by half of the pictures

Each picture is looked at as a photo (MTCNN alone: as it was before) and as a MidJourney picture, at each confidence limit of
the second look. "found": a face in the picture; "approved": its crop would be approved if light, size and focus were right;
"remarked": approved with the remark that only the second look found it, or, with --client, that it looks like somebody else:
animals, masks and dolls do. `things` holds pictures of things with a face, `photos` those of persons that a limit must not lose
(MidJourney's pictures are mostly photo-like). A folder `several` (pictures of more than one
person) counts how many are refused as such. The time is that of the process, of the look alone. The pictures that the
program's own figures come from are listed in benchmarks/measured/stylised_origins.md; half of them, by the checksum of the
file's name, are those the limits were chosen by.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this folder holds modules of the same names

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"}
KINDS = ("faces", "photos", "without", "things", "several")
HALVES = ("chosen by", "not seen", "all")
HINT_OF_FIT = 0.5  # of YuNet: more doubtful places are no faces to be told apart
SHRUNKEN = 0.7  # [choice] of the covariance: 128 numbers from some hundred faces
WELL_LIT = {"brightness": 120.0, "contrast": 60.0, "blur": 1000.0, "noise": 1.0, "clipped": 0.0, "enlargement": 1.0}
WELL_LIT |= {"share_in_crop": 1.0, "face_side_px": 500.0}


@dataclass(frozen=True)
class Seen:
    """What one look made of one picture."""

    kind: str
    half: str
    faces: int
    approved: bool
    remarked: bool
    several: bool
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at every picture in every way and print the table."""
    parser = argparse.ArgumentParser(description="stylised faces: found, and false ones")
    parser.add_argument("folder", type=Path, help="with the folders faces and without, and perhaps several")
    parser.add_argument("--client", type=Path, help="folder with five photos or more of one person")
    parser.add_argument("--limits", type=float, nargs="+", help="of the second look's confidence (default: the program's)")
    parser.add_argument("--fit", action="store_true", help="print the direction that tells persons' faces from others")
    chosen = parser.parse_args(arguments)
    pictures = [(kind, path) for kind in KINDS for path in _pictures(chosen.folder / kind)]
    if not pictures:
        parser.error(f"{chosen.folder} holds neither faces nor without")
    if chosen.fit:
        print(_fitted(pictures))
        return 0
    print(" ".join(f"{kind}: {sum(k == kind for k, _ in pictures)}" for kind in KINDS))
    centre = _centre(chosen.client) if chosen.client else None
    for name, look in _looks(chosen.limits):
        _print(name, [_seen(kind, path, look, centre) for kind, path in pictures])
    return 0


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def _half(path: Path) -> str:
    return HALVES[zlib.crc32(path.name.encode()) & 1]


def _fitted(pictures: Sequence[tuple[str, Path]]) -> str:
    """Return, packed, Fisher's direction between the vectors of persons' faces and of what else was taken for a face."""
    import numpy as np

    from avatar.faces import identity

    vectors: dict[bool, list[Any]] = {True: [], False: []}
    for kind, path in pictures:
        if kind == "photos" or (kind in ("faces", "without") and _half(path) == HALVES[0]):
            vectors[kind != "without"] += _both_ways(path)
    persons, others = (np.stack(vectors[each]) for each in (True, False))
    spread = (np.cov(persons.T) + np.cov(others.T)) / 2
    side = len(spread)
    shrunken = (1 - SHRUNKEN) * spread + SHRUNKEN * np.trace(spread) / side * np.eye(side)
    direction = np.linalg.solve(shrunken, persons.mean(0) - others.mean(0))
    return identity.packed(identity.unit(direction.astype(np.float32)))


def _both_ways(path: Path) -> list[Any]:
    """Return the vectors of the largest face of MTCNN and of the surest of YuNet, each also mirrored."""
    from avatar.faces import detection, identity, stylised, yunet
    from avatar.faces.engines import make_detector
    from avatar.pictures import decode
    from config import FaceConfig

    rgb = decode.load_rgb(path, max_side_px=FaceConfig().second_look_side_px).pixels
    scale = stylised.LOOK_SIDE_PX / max(rgb.shape[:2])
    seen = yunet.process_yunet().detect(detection.scaled(rgb, scale), threshold=HINT_OF_FIT)
    faces = [face.moved(1 / scale) for face in seen[:1]] + detection.find_faces(rgb, make_detector("onnx"), FaceConfig())[:1]
    found = []
    for face in faces:
        upright = identity.aligned(rgb, identity.points_of(rgb, face) or face.keypoints)
        found += [identity.embedder().embed(each) for each in (upright, upright[:, ::-1])]
    return found


def _looks(limits: Sequence[float] | None) -> Iterator[tuple[str, Any]]:
    """Yield each way of looking: a name, and a function of the pixels that returns the faces and whether they are stylised."""
    from avatar.faces import detection, stylised
    from avatar.faces.engines import make_detector
    from config import FaceConfig

    settings, detector = FaceConfig(), make_detector("onnx")
    yield "as a photo (MTCNN)", lambda rgb: (tuple(detection.find_faces(rgb, detector, settings)), False)
    for limit in limits or (settings.stylised_confidence,):
        own = dataclasses.replace(settings, stylised_confidence=limit)

        def look(rgb: Any, own: FaceConfig = own) -> tuple[Any, bool]:
            found = stylised.find_faces(rgb, detector, own)
            return found.faces, found.stylised

        yield f"as MidJourney, limit {limit:g}", look


def _centre(folder: Path) -> Any:
    """Return the mean of the faces in the photos of one person."""
    from avatar.faces import detection
    from avatar.faces.engines import make_detector
    from avatar.faces.persons import ENOUGH
    from avatar.pictures import decode
    from config import FaceConfig

    vectors = []
    for path in _pictures(folder):
        rgb = decode.load_rgb(path, max_side_px=FaceConfig().second_look_side_px).pixels
        faces = detection.find_faces(rgb, make_detector("onnx"), FaceConfig())
        vectors += [_vector(rgb, faces[0])] if faces else []
    if len(vectors) < ENOUGH:
        raise SystemExit(f"{folder}: {len(vectors)} faces, {ENOUGH} are needed")
    total = sum(vectors[1:], vectors[0])
    return total / float((total @ total) ** 0.5)


def _vector(rgb: Any, face: Any) -> Any:
    from avatar.faces import identity

    return identity.unpacked(identity.identified(rgb, face).vector)


def _seen(kind: str, path: Path, look: Any, centre: Any = None) -> Seen:
    from avatar.faces import detection, pose, quality
    from avatar.faces.face import second_face_ratio
    from avatar.faces.persons import THE_CLIENT
    from avatar.pictures import decode
    from config import FaceConfig, QualityControlConfig

    loaded = decode.load_rgb(path, max_side_px=FaceConfig().second_look_side_px)
    began = time.process_time()
    faces, drawn = look(loaded.pixels)
    seconds = time.process_time() - began
    half = _half(path)
    if not faces:
        return Seen(kind, half, 0, False, False, False, seconds)
    height, width = loaded.pixels.shape[:2]
    limits = QualityControlConfig()
    index, _, _ = detection.choose(faces, (width, height), limits.ambiguous_face_ratio)
    measures = WELL_LIT | pose.pose_of(faces[index]) | {"faces": float(len(faces)), "confidence": faces[index].confidence}
    measures["second_face_ratio"] = second_face_ratio(faces, index)
    judged = quality.judge(measures | ({"stylised": 1.0} if drawn else {}), limits, "mj")
    codes = {reason.code for reason in judged.reasons}
    approved = judged.verdict == "approved"
    told = bool(codes & {"stylised"})
    if centre is not None and approved and not told:
        told = float(_vector(loaded.pixels, faces[index]) @ centre) < THE_CLIENT
    return Seen(kind, half, len(faces), approved, approved and told, "ambiguous_face" in codes, seconds)


def _print(name: str, seen: Sequence[Seen]) -> None:
    print(f"\n{name}: {statistics.mean(s.seconds for s in seen) * 1000:.0f} ms a picture")
    for half in HALVES:
        for kind in KINDS:
            of = [s for s in seen if s.kind == kind and half in (s.half, "all")]
            if of:
                counts = f"found {sum(s.faces > 0 for s in of)}  approved {sum(s.approved for s in of)}"
                counts += f"  remarked {sum(s.remarked for s in of)}  several people {sum(s.several for s in of)}"
                print(f"  {half:10} {kind:8} {len(of):4}: {counts}")


if __name__ == "__main__":
    sys.exit(main())
