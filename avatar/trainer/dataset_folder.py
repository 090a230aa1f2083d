"""What sd-scripts reads of a training_data folder, by its own rules, before it is started.

The rules are those of `generate_dreambooth_subsets_config_by_subdirs` (library/config_util.py:603), `glob_images` and
`DreamBoothDataset` (library/train_util.py:2847, 1895) of sd-scripts main 48d368fa. The preparation of a dataset checks its
own result with this, and the preflight whatever it finds. Nothing is written here.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import utils
from avatar.texts.text import Text

INFO_FILE = "dataset_info.json"
# library/train_util.py:104: all lower or ALL UPPER. avif and jxl need plugins that the trainer's requirements do not bring.
IMAGE_EXTENSIONS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".PNG", ".JPG", ".JPEG", ".WEBP", ".BMP")
CACHE_SUFFIXES = ("_sdxl.npz", "_te_outputs.npz")
# Latents: <stem>_<width:04d>x<height:04d>_sdxl.npz, text encoders: <stem>_te_outputs.npz.
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"BM")


# Pictures that were prepared and cannot be trained any more; another preparation brings them back.
LOST = frozenset(
    {
        "dataset.problem.missing_picture", "dataset.problem.missing_folder", "dataset.problem.damaged_picture",
        "dataset.problem.unreadable_picture",
    }
)  # fmt: skip
# With these the trainer stops, or ends "well" without having trained anything, or without some of it.
FATAL = LOST | frozenset(
    {
        "dataset.problem.no_pictures", "dataset.problem.empty_caption_file", "dataset.problem.caption_not_utf8",
        "dataset.problem.foreign_folder", "dataset.problem.foreign_picture",
    }
)  # fmt: skip


@dataclass(frozen=True)
class TrainerFolder:
    """One numbered folder: every picture in it is seen `repeats` times an epoch."""

    name: str
    repeats: int
    class_tokens: str
    images: tuple[str, ...]  # file names, in the trainer's order
    captions: tuple[str, ...]  # beside images: what the trainer would learn them with; class_tokens where none is found

    @property
    def exposures(self) -> int:
        return self.repeats * len(self.images)


@dataclass(frozen=True)
class TrainerView:
    """What the trainer would train on, what it would pass over, and what it would trip over."""

    folders: tuple[TrainerFolder, ...]
    ignored: tuple[tuple[str, str], ...]  # folder name, text key of the reason
    problems: tuple[Text, ...]

    @property
    def images(self) -> int:
        return sum(len(folder.images) for folder in self.folders)

    @property
    def exposures(self) -> int:
        """Pictures x repeats: what the trainer prints as `num train images * repeats`."""
        return sum(folder.exposures for folder in self.folders)

    @property
    def fatal(self) -> tuple[Text, ...]:
        """The problems with which no training may be started."""
        return tuple(problem for problem in self.problems if problem.key in FATAL)


def folder_rule(name: str) -> tuple[int, str] | None:
    """Return (repeats, class tokens) of a folder's name, None where the trainer sees no number.

    The number is whatever Python's int() takes before the first "_": "1_000_x" is (1, "000_x"), "１０_x" is (10, "x").
    """
    first, _, rest = name.partition("_")
    try:
        return int(first), rest
    except ValueError:
        return None


def read_as_trainer(
    train_data_dir: Path, caption_extension: str = ".txt", *, client_id: str | None = None, windows: bool | None = None
) -> TrainerView:
    """Read a folder as `--train_data_dir` would be read.

    client_id  when given, numbered folders named for anyone else are a problem: the trainer trains all of them together
    windows    whether file names are matched whatever their case; None: as this system does
    """
    windows = os.name == "nt" if windows is None else windows
    folders: list[TrainerFolder] = []
    ignored: list[tuple[str, str]] = []
    problems: list[Text] = []
    for path in _subfolders(train_data_dir):
        rule = folder_rule(path.name)
        if rule is None:
            ignored.append((path.name, "dataset.ignored.no_number"))
        elif rule[0] < 1:
            ignored.append((path.name, "dataset.ignored.no_repeats"))
        else:
            _read_folder(path, rule, caption_extension, windows, folders, ignored, problems)
    problems += _missing_folders(train_data_dir, folders)
    for folder in folders:
        if client_id is not None and folder.class_tokens != client_id:
            problems.append(Text("dataset.problem.foreign_folder", {"folder": folder.name, "client": client_id}))
    if not folders:
        problems.append(Text("dataset.problem.no_pictures", {"path": str(train_data_dir)}))
    return TrainerView(tuple(folders), tuple(ignored), tuple(problems))


def _subfolders(parent: Path) -> list[Path]:
    try:
        return sorted(path for path in parent.iterdir() if path.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read_folder(
    path: Path, rule: tuple[int, str], extension: str, windows: bool, folders: list[TrainerFolder],
    ignored: list[tuple[str, str]], problems: list[Text],
) -> None:  # fmt: skip
    names = sorted(entry.name for entry in path.iterdir())
    images = [name for name in names if is_trainer_image(name, windows=windows)]
    problems += _name_problems(path.name, names, images)
    problems += _other_than_prepared(path, images)
    if not images:
        ignored.append((path.name, "dataset.ignored.no_pictures"))
        return
    captions = []
    start = f"{path}{os.sep}"  # thousands of pictures: a Path for each takes longer than to look into it
    for name in images:
        if not _looks_like_picture(start + name):
            problems.append(Text("dataset.problem.unreadable_picture", {"file": f"{path.name}/{name}"}))
        caption, problem = read_caption(start + name, extension)
        if problem is not None:
            problems.append(Text(problem, {"file": f"{path.name}/{name}"}))
        captions.append(rule[1] if caption is None else caption)
    folders.append(TrainerFolder(path.name, rule[0], rule[1], tuple(images), tuple(captions)))


def is_trainer_image(name: str, *, windows: bool = False) -> bool:
    """Return whether the trainer's `*.ext` patterns find a name: no dot files; case counts except on Windows."""
    if name.startswith("."):
        return False
    suffix = os.path.splitext(name)[1]  # noqa: PTH122  # the trainer's own function: "a." and ".a" differ from pathlib's
    return (suffix.lower() if windows else suffix) in IMAGE_EXTENSIONS


def _name_problems(folder: str, names: list[str], images: list[str]) -> list[Text]:
    """Find names that the trainer mistakes: odd case, two pictures with one stem, caches of an earlier training."""
    problems: list[Text] = []
    for name in names:
        suffix = os.path.splitext(name)[1]  # noqa: PTH122
        if suffix.lower() in IMAGE_EXTENSIONS and suffix not in IMAGE_EXTENSIONS:
            problems.append(Text("dataset.problem.mixed_case", {"file": f"{folder}/{name}"}))
    stems = Counter(os.path.splitext(name)[0] for name in images)  # noqa: PTH122
    for stem, count in sorted(stems.items()):
        if count > 1:  # one caption and one cache for both
            problems.append(Text("dataset.problem.shared_stem", {"file": f"{folder}/{stem}", "n": count}))
        if "." in stem:  # older trainers cut the stem at the first dot: caches of two pictures overwrite each other
            problems.append(Text("dataset.problem.dot_in_name", {"file": f"{folder}/{stem}"}))
    caches = [name for name in names if name.endswith(CACHE_SUFFIXES)]
    if caches:
        # Never compared with the picture or caption by the trainer: it would train on what they once were.
        problems.append(Text("dataset.problem.stale_cache", {"folder": folder, "n": len(caches), "file": caches[0]}))
    return problems


def _other_than_prepared(path: Path, images: list[str]) -> list[Text]:
    """Find pictures that dataset_info.json does not name, and those that it names and that are gone.

    The trainer learns every picture that lies there, and does not miss any.
    """
    try:
        info = utils.loads((path / INFO_FILE).read_text(encoding="utf-8"))
        known = [str(item["file"]) for item in info["pictures"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # not ours, or broken: nothing to compare with
    there, listed = set(images), set(known)
    foreign = [
        Text("dataset.problem.foreign_picture", {"file": f"{path.name}/{name}"}) for name in images if name not in listed
    ]
    return foreign + [
        Text("dataset.problem.missing_picture", {"file": f"{path.name}/{name}"}) for name in known if name not in there
    ]


def _missing_folders(train_data_dir: Path, folders: list[TrainerFolder]) -> list[Text]:
    """Find folders that were prepared together with those that are there, and are gone with all their pictures."""
    repeats = {folder.repeats for folder in folders}
    gone: dict[str, int] = {}
    for folder in folders:
        try:
            info = utils.loads((train_data_dir / folder.name / INFO_FILE).read_text(encoding="utf-8"))
            gone |= {str(item["name"]): int(item["images"]) for item in info["folders"] if int(item["repeats"]) not in repeats}
        except (OSError, ValueError, KeyError, TypeError):
            continue
        break  # each of them lists all
    return [Text("dataset.problem.missing_folder", {"folder": name, "n": n}) for name, n in gone.items()]


def _looks_like_picture(path: str) -> bool:
    """Return whether a file begins as a picture does; anything else ends in the trainer's ZeroDivisionError."""
    try:
        with open(path, "rb", buffering=0) as handle:  # noqa: PTH123
            return handle.read(8).startswith(_SIGNATURES)
    except OSError:  # a folder called x.png too
        return False


def read_caption(image: Path | str, extension: str = ".txt") -> tuple[str | None, str | None]:
    """Return (caption as the trainer reads it, None where it falls back to the folder's name; text key of a problem).

    Only the first line counts, stripped. Where there is no <stem><extension>, the trainer also tries the whole path less its
    last four parts between "_" (names of its face-cropping tool).
    """
    base = os.path.splitext(image)[0]  # noqa: PTH122
    parts = base.split("_")
    shortened = "_".join(parts[:-4]) if len(parts) >= 5 else base
    for candidate in (base + extension, shortened + extension):
        try:
            with open(candidate, encoding="utf-8") as handle:  # noqa: PTH123
                lines = handle.read()
        except UnicodeDecodeError:
            return "", "dataset.problem.caption_not_utf8"
        except OSError:
            if Path(candidate).is_file():
                raise
            continue
        if not lines:
            return "", "dataset.problem.empty_caption_file"
        first = lines.split("\n", 1)[0].strip()
        if not first:
            return "", "dataset.problem.blank_caption"
        problem = "dataset.problem.byte_order_mark" if first.startswith("\ufeff") else None
        if candidate != base + extension:
            problem = "dataset.problem.missing_caption"
        elif problem is None and lines.strip() != first:
            problem = "dataset.problem.several_lines"
        return first, problem
    return None, "dataset.problem.missing_caption"


def captions_by_file(view: TrainerView) -> Mapping[str, str]:
    """Return "folder/file" -> caption of everything the trainer reads."""
    return {
        f"{folder.name}/{name}": caption
        for folder in view.folders
        for name, caption in zip(folder.images, folder.captions, strict=True)
    }
