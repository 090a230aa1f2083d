"""The shape of the program: imports point downwards, only the top talks, the menu starts without the heavy libraries."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from .places import ROOT, program_modules

OURS = {path.stem for path in program_modules()}
# Lower numbers know nothing of higher ones. Modules of one number never import each other.
LAYER = {
    "config": 0, "messages": 0, "utils": 0, "records": 0, "processes": 0,
    "settings": 1, "workspace": 1, "midjourney": 1, "traits": 1, "spanish_words": 1, "quality": 1, "png_file": 1,
    "raw_cache": 1, "thumbnails": 1, "html_page": 1,
    "pictures": 2, "faces": 2, "prompt_phrases": 2,
    "captions": 3, "trainer_dataset": 2, "gpu": 2, "trainer_options": 2, "training_log": 2,
    "lora_file": 2, "training_types": 2, "demo_pictures": 2,
    "record_index": 2, "mtcnn_onnx": 2,
    "camera": 3, "photo_light": 2, "import_table": 2,
    "sources": 3, "face_identity": 3, "face_crops": 4, "face_engines": 3, "dataset_plan": 3, "caption_edits": 4,
    "face_workers": 5,
    "training_command": 3, "trainer_setup": 3, "training_names": 1, "requirements_file": 1,
    "training_watch": 3, "training_events": 2, "training_board": 1, "loss_plot": 4,
    "auto_captions": 5, "dataset_advice": 4, "training_plan": 4, "self_check": 4, "training_run": 4,
    "training_ladder": 5, "checkpoints": 5,
    "preflight": 5,
    "data_preprocessor": 7, "image_processor": 7, "dataset": 7, "lora_trainer": 7,  # the stages: none knows another
    "training_queue": 8, "training_bundle": 8,
    "dataset_report": 8, "stages": 8, "review_list": 8, "doctor": 8,
    "session": 9, "contact_sheet": 9, "support_bundle": 9,
    "review_page": 10, "charts": 10, "client_report": 11,
    "screen": 10, "commands": 10, "questions": 10,
    "training_commands": 11, "run_commands": 11, "review_commands": 11,
    "whole_way": 12, "guided": 12, "review_menu": 12,
    "doctor_commands": 13, "report_commands": 13,
    "demo": 13,
    "menus": 14,
    "cli": 15,
    "avatar_pipeline": 16,
}  # fmt: skip
TALKS = {"screen", "cli", "avatar_pipeline"}


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


def type_only(tree: ast.Module) -> ast.Module:
    """Return the tree without its `if TYPE_CHECKING:` blocks."""
    kept = [
        node for node in tree.body
        if not (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING")
    ]  # fmt: skip
    return ast.Module(kept, [])


def test_every_module_has_its_layer() -> None:
    assert OURS - set(LAYER) == set()
    assert set(LAYER) - OURS == set()


@pytest.mark.parametrize("module", sorted(OURS))
def test_imports_point_downwards_and_only_the_top_talks(module: str) -> None:
    tree = ast.parse((ROOT / f"{module}.py").read_text(encoding="utf-8"))
    for name in imported(type_only(tree)) & OURS:
        assert LAYER[name] < LAYER[module], f"{module} imports {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert module in TALKS or node.func.id not in {"print", "input", "exit"}, f"{module}:{node.lineno}"
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {
            "pickle.load",
            "pickle.loads",
            "torch.load",
            "eval",
            "exec",
        }:
            pytest.fail(f"{module}:{node.lineno} runs what is in a file")
        if isinstance(node, ast.keyword) and node.arg == "shell" and isinstance(node.value, ast.Constant):
            assert node.value.value is not True, f"{module}: a shell"


def test_the_menu_stands_without_any_heavy_library() -> None:
    code = (
        "import sys, io; sys.path.insert(0, sys.argv[1]); sys.stdin = io.StringIO('0\\n');"
        "import cli; cli.main(['--lang', 'es']);"
        "print(sorted(set(sys.modules) & {'numpy', 'cv2', 'PIL', 'tensorflow', 'rawpy', 'pydantic', 'matplotlib', 'tqdm',"
        " 'joblib', 'prompt_toolkit', 'psutil'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    assert "1. Setup inicial del proyecto" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
