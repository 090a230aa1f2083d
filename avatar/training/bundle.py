"""A zip to train elsewhere: dataset, one script for each system, the plan, and instructions; nothing else of the client.

For a card that cannot, or a borrowed or rented one. Paths in it are relative: it runs from wherever it is unpacked.
"""

from __future__ import annotations

import dataclasses
import json
import shlex
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from avatar.plan import ask, plan_file, shell
from avatar.plan import command as plan_command
from avatar.plan.command import RunPaths
from avatar.plan.offers import Planner
from avatar.plan.values import Plan
from avatar.texts.text import PipelineError
from avatar.trainer import base_model as trainer_base_model
from avatar.trainer import dataset_folder
from avatar.trainer import options as trainer_options
from avatar.training import dry_run, sample_prompts, variant
from avatar.training.variant import Variant
from avatar.workspace import export, leftovers
from avatar.workspace.client import Client
from config import GPU_PROFILES, TRAINING_PRESETS, Settings

CANDIDATE = variant.PASSPORT_FILE
DATASET, REGULARISATION, OUTPUT, LOGS, PROMPTS = "dataset", "regularisation", "output", "logs", "sample_prompts.txt"
# What the scripts are told when they are started; each system writes it in its own way.
TRAINER, BASE_MODEL = "@TRAINER@", "@BASE_MODEL@"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same content gives the same zip


@dataclass(frozen=True)
class Bundle:
    """What was written, and read back whole."""

    path: Path
    bytes: int
    pictures: int
    files: Mapping[str, int]  # top-level name -> how many files
    plan: Plan
    base_model: str  # what the scripts take where nothing is named; "": it must be named


def write(
    client: Client, target: Path, *, settings: Settings, instructions: Mapping[str, str], plan: Plan | None = None,
    gpu: str | None = None, preset: str | None = None, candidate: Variant | None = None,
) -> Bundle:  # fmt: skip
    """Write the zip, whole or not at all, and read it back.

    plan           the client's own; not needed where gpu is given
    gpu, preset    the card that will train, by its profile, and the preset; None for both: the client's plan as it is
    candidate      of an automatic tuning: its plan, to the end; the scripts pack what it leaves, to be brought back
    instructions   file name -> text; {base_model} in it becomes the model's hub id, "SDXL" where there is none
    Raises PipelineError as `export.zip_to_write`, and ("bundle.no_dataset"), ("preflight.reg_empty"), ("bundle.local_path"),
    ("bundle.broken"), ("plan.unknown_gpu"), ("plan.unknown_preset").
    """
    target = export.zip_to_write(target, client.folder)
    with client.lock("export"):
        plan = _whole(candidate.plan) if candidate else _plan(client, settings, plan, gpu, preset)
        _refuse_local_paths(plan)
        dataset = dataset_files(client)
        classes = _regularisation_files(client, plan)
        base_model = _public_model(plan.base_model)
        texts = _texts(client, plan, base_model, instructions, candidate)
        target.parent.mkdir(parents=True, exist_ok=True)
        with leftovers.file_elsewhere(client.folder.parent, target) as handle:
            with zipfile.ZipFile(handle, "w") as archive:
                for name, text in texts.items():
                    _add_text(archive, name, text)
                for top, paths in ((DATASET, dataset), (REGULARISATION, classes)):
                    for path in paths:
                        archive.write(path, str(PurePosixPath(top, path.parent.name, path.name)))
            _check(target, handle)
    files = dict.fromkeys(texts, 1) | {DATASET: len(dataset)} | ({REGULARISATION: len(classes)} if classes else {})
    pictures = sum(path.suffix == ".png" for path in dataset)
    return Bundle(target, target.stat().st_size, pictures, files, plan, base_model)


def _plan(client: Client, settings: Settings, own: Plan | None, gpu: str | None, preset: str | None) -> Plan:
    """Return the plan for the other computer: fitted to the profile's memory, not to what is free here."""
    if gpu is None:
        if own is None:
            raise ValueError("neither a plan nor a card")
        if preset is None:
            return own
        gpu = own.profile
    if gpu not in GPU_PROFILES:
        raise PipelineError("plan.unknown_gpu", name=gpu, known=", ".join(GPU_PROFILES))
    chosen = TRAINING_PRESETS.get(preset or ask.DEFAULT_PRESET)
    if chosen is None:
        raise PipelineError("plan.unknown_preset", name=preset, known=", ".join(TRAINING_PRESETS))
    profile = GPU_PROFILES[gpu]
    dataset = plan_file.facts_to_plan(client, profile, {})
    return Planner(profile, None, settings.trainer, _options()).plan(chosen, dataset, {})[1].plan


def _whole(plan: Plan) -> Plan:
    """Return a candidate's plan without states: elsewhere it is trained to its end, and its result is sent."""
    return dataclasses.replace(plan, save_state=False, save_last_n_steps_state=None)


def _refuse_local_paths(plan: Plan) -> None:
    """Raise PipelineError("bundle.local_path") for an option given by hand that names a file of this computer."""
    for name, value in plan.extra.items():
        if isinstance(value, str) and (Path(value).is_absolute() or PureWindowsPath(value).is_absolute()):
            raise PipelineError("bundle.local_path", option=name, path=value)


def _public_model(name: str) -> str:
    """Return a hub id as it is, "" for all else: a path of this computer, there or not, is neither told nor run."""
    return name if trainer_base_model.is_hub_id(name) and not Path(name).exists() else ""


def _options() -> trainer_options.OptionTable:
    return trainer_options.known_tables()[0]  # elsewhere the revision is installed that the instructions name


def dataset_files(client: Client) -> list[Path]:
    """Return pictures and captions that the trainer reads, nothing that it wrote. Raises PipelineError("bundle.no_dataset")."""
    view = dataset_folder.read_as_trainer(client.training_data, client_id=client.client_id)
    if not view.images:
        raise PipelineError("bundle.no_dataset", client=client.client_id)
    folders = [client.training_data / folder.name for folder in view.folders]
    return [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in {".png", ".txt"}]


def _regularisation_files(client: Client, plan: Plan) -> list[Path]:
    """Return the regularisation pictures that a plan uses, with their captions. Raises PipelineError("preflight.reg_empty")."""
    if not plan.reg_data_dir:
        return []
    folder = plan_file.regularisation_folder(client, plan.reg_data_dir)
    view = dataset_folder.read_as_trainer(folder)
    if not view.images:
        raise PipelineError("preflight.reg_empty", path=str(folder))
    pictures = [folder / each.name / name for each in view.folders for name in each.images]
    captions = [path.with_suffix(".txt") for path in pictures]
    return [*pictures, *(path for path in dict.fromkeys(captions) if path.is_file())]


def _texts(
    client: Client, plan: Plan, base_model: str, instructions: Mapping[str, str], candidate: Variant | None
) -> dict[str, str]:  # fmt: skip
    name, result = dry_run.next_name(client), ""
    if candidate:
        name = variant.output_name(client.client_id, candidate.name, candidate.tuning_id)
        result = f"result_{candidate.name}.zip"
    arguments = _arguments(plan, name)
    texts = {title: text.replace("{base_model}", base_model or "SDXL") for title, text in instructions.items()}
    kept = {**dataclasses.asdict(_elsewhere(plan)), "base_model": base_model}
    texts |= {
        "train.sh": posix_script(arguments, base_model, result),
        "train.bat": windows_script(arguments, base_model, result),
        "plan.json": json.dumps(kept, ensure_ascii=False, indent=2) + "\n",
    }
    if candidate:
        texts[CANDIDATE] = json.dumps(variant.passport(candidate), indent=2) + "\n"
    if plan.makes_samples:
        texts[PROMPTS] = sample_prompts.sample_prompts(client, plan.sample_px)
    return texts


def _arguments(plan: Plan, output_name: str) -> list[str]:
    """Return the trainer's arguments, launcher first, with relative paths and names in the place of trainer and model."""
    paths = RunPaths(
        train_data_dir=Path(DATASET), output_dir=Path(OUTPUT), output_name=output_name,
        logging_dir=Path(LOGS), sample_prompts=Path(PROMPTS),
    )  # fmt: skip
    elsewhere = dataclasses.replace(_elsewhere(plan), base_model=BASE_MODEL)
    command = plan_command.build_command(elsewhere, paths, python=Path("python"), script=Path(TRAINER), options=_options())
    return command[1:]


def _elsewhere(plan: Plan) -> Plan:
    """Return the plan without the folders of this computer."""
    return dataclasses.replace(plan, tokenizer_cache_dir="", reg_data_dir=REGULARISATION if plan.reg_data_dir else None)


# --- scripts ---------------------------------------------------------------------------------------------------------


def posix_script(arguments: Sequence[str], base_model: str, result: str = "") -> str:
    """Return train.sh: sh train.sh FOLDER_OF_SD_SCRIPTS [BASE_MODEL]. result: the zip that it packs at the end, "" for none."""
    places = {TRAINER: '"$trainer/sdxl_train_network.py"', BASE_MODEL: '"$model"'}
    line = " ".join(places.get(argument) or shlex.quote(argument) for argument in arguments)
    model = f'"${{2:-{base_model}}}"' if base_model else '"${2:?path of the SDXL base model}"'
    return "\n".join([
        "#!/bin/sh",
        "# sh train.sh FOLDER_OF_SD_SCRIPTS [BASE_MODEL]",
        "set -eu",
        "CDPATH=",  # with it set, cd goes elsewhere and prints where to
        'trainer=$(cd "${1:?folder of sd-scripts}" && pwd)',
        f"model={model}",
        # What exists is named from anywhere before the folder changes; a hub id stays as it is.
        'if [ -e "$model" ]; then model=$(cd "$(dirname "$model")" && pwd)/$(basename "$model"); fi',
        'cd "$(dirname "$0")"',
        'python="$trainer/venv/bin/python"',
        '[ -x "$python" ] || python=python3',
        "PYTHONUTF8=1; export PYTHONUTF8",  # sd-scripts prints Japanese: into a file that is not UTF-8, it kills it
        *([f'"$python" {line}', f'exec "$python" {_pack(result)}'] if result else [f'exec "$python" {line}']),
        "",
    ])  # fmt: skip


def _pack(result: str) -> str:
    """Return the arguments with which Python packs what is brought back."""
    return f"-m zipfile -c {result} {CANDIDATE} {OUTPUT}"


def windows_script(arguments: Sequence[str], base_model: str, result: str = "") -> str:
    """Return train.bat, with Windows' line ends: train.bat FOLDER_OF_SD_SCRIPTS [BASE_MODEL]."""
    places = {TRAINER: '"%TRAINER%\\sdxl_train_network.py"', BASE_MODEL: '"%MODEL%"'}
    line = " ".join(places.get(argument) or shell.quote_batch(argument) for argument in arguments)
    lines = [
        "@echo off",
        "rem train.bat FOLDER_OF_SD_SCRIPTS [BASE_MODEL]",
        "setlocal",
        "chcp 65001 >nul",
        'if "%~1"=="" (echo train.bat FOLDER_OF_SD_SCRIPTS [BASE_MODEL] & exit /b 2)',
        'set "TRAINER=%~f1"',
        'set "MODEL=%~2"',
        f'if "%MODEL%"=="" set "MODEL={base_model}"' if base_model else
        'if "%MODEL%"=="" (echo The path of the SDXL base model is missing & exit /b 2)',
        'if exist "%MODEL%" set "MODEL=%~f2"',
        'cd /d "%~dp0"',
        'set "PYTHON=%TRAINER%\\venv\\Scripts\\python.exe"',
        'if not exist "%PYTHON%" set "PYTHON=python"',
        'set "PYTHONUTF8=1"',
        f'"%PYTHON%" {line}',
        *(["if errorlevel 1 exit /b %errorlevel%", f'"%PYTHON%" {_pack(result)}'] if result else []),
        "exit /b %errorlevel%",
        "",
    ]  # fmt: skip
    return "\r\n".join(lines)


# --- the zip ---------------------------------------------------------------------------------------------------------


def _add_text(archive: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, ZIP_TIME)
    info.external_attr = (0o700 if name.endswith(".sh") else 0o600) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, text.encode("utf-8"))


def _check(target: Path, handle: IO[bytes]) -> None:
    """Read every byte back before the file gets its name. Raises PipelineError("bundle.broken")."""
    handle.flush()
    with zipfile.ZipFile(handle.name) as archive:
        broken = archive.testzip()
    if broken is not None:
        raise PipelineError("bundle.broken", path=str(target), member=broken)
