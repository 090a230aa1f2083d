"""The captioners that sd-scripts brings: script, model and packages of each, and how one is called.

make_captions.py (BLIP) is none of them: its decoder has no `generate` under the transformers that sd-scripts pins (4.54.1, ran:
AttributeError), and timm 0.6, which it needs, keeps transformers' own AutoModel from being imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from avatar.trainer import options as trainer_options

MODELS_FOLDER = "captioner_models"  # in the trainer's folder, so that it goes with it
EXTENSION = ".txt"


@dataclass(frozen=True, kw_only=True)
class Captioner:
    """One captioner of sd-scripts.

    script    in finetune/
    repo      of its model on the hub; revision: a commit, or "main"
    files     of the repository that are needed; size_mb: of all together
    packages  module -> requirement, of what sd-scripts' requirements.txt only names in comments
    """

    kind: str
    script: str
    repo: str
    revision: str
    files: tuple[str, ...]
    size_mb: int
    licence: str
    packages: Mapping[str, str] = field(default_factory=dict)


CAPTIONERS: Mapping[str, Captioner] = {
    "tags": Captioner(
        kind="tags", script="tag_images_by_wd14_tagger.py", repo="SmilingWolf/wd-v1-4-convnext-tagger-v2", revision="main",
        files=("selected_tags.csv", "model.onnx"), size_mb=388, licence="Apache-2.0",
        # onnx==1.15.0 and onnxruntime==1.17.1 of its comments were built for numpy 1, which sd-scripts no longer pins. These
        # have wheels for Python 3.10 to 3.13 on all systems and work with numpy 1 and 2.
        packages={"onnx": "onnx==1.19.1", "onnxruntime": "onnxruntime==1.22.1"},
    ),
    # Needs nothing but transformers. Its default, git-large-textcaps, reads the writing in pictures: not what a caption wants.
    "sentences": Captioner(
        kind="sentences", script="make_captions_by_git.py", repo="microsoft/git-large-coco",
        revision="f1b7240b2ae9fdb33ae950aaa0a58a5ba4d86e00",
        files=(
            "config.json", "generation_config.json", "preprocessor_config.json", "special_tokens_map.json", "tokenizer.json",
            "tokenizer_config.json", "vocab.txt", "model.safetensors",
        ),
        size_mb=1580, licence="MIT",
    ),
}  # fmt: skip


def script_of(captioner: Captioner, trainer_folder: Path) -> Path:
    """Return where the script lies; kohya_ss' GUI has sd-scripts one level down."""
    training = trainer_options.find_script(trainer_folder)
    return (training.parent if training else trainer_folder) / "finetune" / captioner.script


def model_folder(captioner: Captioner, trainer_folder: Path) -> Path:
    """Return the folder of the model, named as the tagger looks for it."""
    return trainer_folder / MODELS_FOLDER / captioner.repo.replace("/", "_")


def has_model(captioner: Captioner, trainer_folder: Path) -> bool:
    """Return whether the model is there; the hub's client moves a file to its place only once it is whole."""
    folder = model_folder(captioner, trainer_folder)
    return all((folder / name).is_file() for name in captioner.files)


def command(captioner: Captioner, python: Path, trainer_folder: Path, pictures: Path) -> list[str]:
    """Return the call that writes a text beside every picture of a folder. Its model must be there: it is not fetched."""
    call = [str(python), str(script_of(captioner, trainer_folder)), str(pictures), "--caption_extension", EXTENSION]
    model = model_folder(captioner, trainer_folder)
    if captioner.kind == "sentences":
        return [*call, "--model_id", str(model), "--remove_words"]
    # Above 1 no characters of drawings are named: of a photo they are wrong, and who is shown is no matter of captions.
    return [
        *call, "--onnx", "--remove_underscore", "--repo_id", captioner.repo, "--model_dir", str(model.parent),
        "--character_threshold", "1.1",
    ]  # fmt: skip
