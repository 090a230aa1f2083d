"""A trainer's folder for tests: a real little environment with pip, stand-ins of the captioners and of the hub's client.

Packages come from wheels made here, so that pip itself works and nothing is fetched.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from avatar.trainer import captioners, location
from config import TrainerConfig

# As hf_hub_download of huggingface_hub does: a file is moved to its place once it is whole. "hub" in the folder tells its part.
HUB = """
import os, pathlib, sys

def hf_hub_download(repo_id, filename, revision, local_dir):
    folder = pathlib.Path(local_dir)
    assert os.environ["HF_HOME"].startswith(str(folder.parent)) and os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
    says = json_of(folder.parent.parent / "hub.json")
    if says.get("error"):
        raise ConnectionError(says["error"])
    with (folder.parent.parent / "fetched").open("a") as log:
        log.write(f"{repo_id} {revision} {filename}\\n")
    sys.stderr.write(f"\\r{filename}:  50%|#  | 194M/388M [00:10<00:10, 19.4MB/s]")
    sys.stderr.write(f"\\r{filename}: 100%|###| 388M/388M [00:20<00:00, 19.4MB/s]\\n")
    if filename == says.get("stop_at"):
        sys.exit("killed")
    (folder / filename).write_text(says.get("texts", {}).get(filename, "x"), encoding="utf-8")

def json_of(path):
    import json
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
"""
# What both scripts have in common: they go by name, write a line beside each picture, and show a bar of tqdm.
WORK = """
import json, os, pathlib, sys, time
assert os.environ["HF_HUB_OFFLINE"] == "1", "a picture is read while the network may be asked"
assert os.environ["PYTHONPATH"] == os.getcwd()
says = json.loads(pathlib.Path("says.json").read_text(encoding="utf-8"))
pictures = sorted(pathlib.Path(sys.argv[1]).glob("*.png"))
with open("asked", "a") as log:
    log.write(" ".join([os.environ.get("CUDA_VISIBLE_DEVICES", "-"), *(p.stem for p in pictures)]) + "\\n")
for number, picture in enumerate(pictures):
    sys.stderr.write(f"\\r {number * 100 // len(pictures):2}%|#| {number}/{len(pictures)} [00:0{number}<00:08,  1.00it/s]")
    sys.stderr.flush()
    if number == says.get("stop_at"):
        if says.get("waits"):
            print("\\na picture that takes long", flush=True)
            time.sleep(60)
        sys.exit(says["code"])
    picture.with_suffix(".txt").write_text(says["text"] + "\\n", encoding="utf-8")
sys.stderr.write(f"\\r100%|#| {len(pictures)}/{len(pictures)} [00:06<00:00,  1.00it/s]\\n")
"""
TAGGER = """
import onnx, onnxruntime, sys, pathlib
options = dict(zip(sys.argv[2::1], sys.argv[3::1]))
model = pathlib.Path(options["--model_dir"]) / options["--repo_id"].replace("/", "_")
assert (model / "model.onnx").is_file() and (model / "selected_tags.csv").is_file()
assert options["--caption_extension"] == ".txt" and "--onnx" in sys.argv
"""
SENTENCES = """
import sys, pathlib
options = dict(zip(sys.argv[2::1], sys.argv[3::1]))
assert (pathlib.Path(options["--model_id"]) / "model.safetensors").is_file(), "a name would be looked for on the hub"
assert options["--caption_extension"] == ".txt"
"""


def make(folder: Path, monkeypatch: pytest.MonkeyPatch, *, text: str = "1girl, brown hair, red scarf, brick wall") -> Path:
    """Make a trainer in folder and the wheels of onnx and onnxruntime beside it; return folder."""
    (folder / "finetune").mkdir(parents=True)
    for name, program in (("tags", TAGGER), ("sentences", SENTENCES)):
        script = folder / "finetune" / captioners.CAPTIONERS[name].script
        script.write_text(program + WORK, encoding="utf-8")
    (folder / "sdxl_train_network.py").write_text("")
    says(folder, text=text)
    venv.EnvBuilder(with_pip=False, symlinks=sys.platform != "win32").create(folder / "venv")
    spec = importlib.util.find_spec("pip")
    if spec is None or spec.origin is None:
        pytest.skip("this Python has no pip")
    shutil.copytree(Path(spec.origin).parent, packages_of(folder) / "pip", ignore=shutil.ignore_patterns("__pycache__"))
    (packages_of(folder) / "huggingface_hub.py").write_text(HUB, encoding="utf-8")
    put(folder, "numpy", "1.26.4")
    wheels = folder.parent / "wheels"
    wheel(wheels, "onnx", "1.19.1", needs="numpy")
    wheel(wheels, "onnxruntime", "1.22.1", needs="numpy>=1.21")
    wheel(wheels, "numpy", "2.2.6")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(folder / "none"))
    return folder


def settings(folder: Path) -> TrainerConfig:
    return TrainerConfig(folder=str(folder))


def python_of(folder: Path) -> Path:
    return location.venv_python(folder / "venv")


def says(folder: Path, *, text: str = "red scarf", **more: object) -> None:
    """Set what the captioners write of a picture; stop_at: the number of the picture at which they end with code."""
    (folder / "says.json").write_text(json.dumps({"text": text, **more}), encoding="utf-8")


def hub_says(folder: Path, **how: object) -> None:
    """Set how the hub behaves: error, stop_at (a file's name), texts (by file's name)."""
    (folder / "hub.json").write_text(json.dumps(how), encoding="utf-8")


def fetched(folder: Path) -> list[str]:
    path = folder / "fetched"
    return [line.split()[-1] for line in path.read_text().splitlines()] if path.is_file() else []


def packages_of(folder: Path) -> Path:
    if sys.platform == "win32":
        return folder / "venv" / "Lib" / "site-packages"
    return next((folder / "venv" / "lib").glob("python3*")) / "site-packages"


def version_of(folder: Path, name: str) -> str:
    found = list(packages_of(folder).glob(f"{name}-*.dist-info"))
    return found[0].name.removesuffix(".dist-info").partition("-")[2] if found else ""


def put(folder: Path, name: str, version: str) -> None:
    """Put an installed package into the environment."""
    (packages_of(folder) / f"{name}.py").write_text("")
    info = packages_of(folder) / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text(f"{name}.py,,\n{info.name}/METADATA,,\n{info.name}/RECORD,,\n")
    (info / "INSTALLER").write_text("pip\n")


def wheel(folder: Path, name: str, version: str, *, needs: str = "", program: str = "") -> None:
    """Write a wheel of one module."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    requires = f"Requires-Dist: {needs}\n" if needs else ""
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as made:
        made.writestr(f"{name}.py", program)
        made.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}")
        made.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
