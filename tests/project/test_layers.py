"""The shape of the program: imports point downwards, only the top talks, the menu starts without the heavy libraries."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.places import ROOT, module_name, program_modules

ARCHITECTURE = ROOT / "docs" / "ARCHITECTURE.md"
TALKS = {"avatar.terminal.screen", "avatar.terminal.command_line", "avatar_pipeline"}
STAGES = {"data_preprocessor", "image_processor", "lora_trainer"}


def floors() -> dict[str, int]:
    """Return room -> floor as docs/ARCHITECTURE.md lists them; a module at the root is a room of its own."""
    rows = re.findall(r"^\| (\d+) \| `([a-z_./]+)` \| .+ \|$", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name.removesuffix("/").removesuffix(".py").replace("/", "."): int(floor) for floor, name in rows}


FLOORS = floors()


def room_of(name: str) -> str:
    return ".".join(name.split(".")[: 2 if name.startswith("avatar.") else 1])


MODULES = {module_name(path): path for path in program_modules()}


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the modules of the program that are imported, as dotted names, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide their room"
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else str(node.module) for name in full]
        else:
            continue
        yield from (name for name in names if name in MODULES)


def type_only(tree: ast.Module) -> ast.Module:
    """Return the tree without its `if TYPE_CHECKING:` blocks."""
    kept = [
        node for node in tree.body
        if not (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING")
    ]  # fmt: skip
    return ast.Module(kept, [])


def test_every_module_has_its_floor_and_every_room_listed_is_there() -> None:
    rooms = {room_of(name) for name in MODULES} - {"avatar"}
    assert rooms == set(FLOORS)


def allowed(module: str, other: str) -> bool:
    """Tell whether a module may import another."""
    room, target = room_of(module), room_of(other)
    if room == target:
        return True
    if target == "avatar.commands":
        return room in {"avatar.terminal", "avatar.web"}
    if target in STAGES and room != "avatar.commands":
        return False
    return FLOORS[target] < FLOORS[room]


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"avatar"}))
def test_imports_point_downwards_and_only_the_top_talks(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    for name in imported(type_only(tree)):
        assert allowed(module, name), f"{module} imports {name}"
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


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other in a circle (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1 or node in graph[node]:
                found.append(sorted(group))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_the_search_for_cycles_finds_them() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d"}, "e": set()}) == [["b", "c"], ["d"]]


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {
        module: set(imported(type_only(ast.parse(path.read_text(encoding="utf-8"))))) for module, path in MODULES.items()
    }  # fmt: skip
    assert cycles(graph) == []


ROOMS = sorted(name for name in FLOORS if name.startswith("avatar."))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_and_names_each_of_its_files_and_imports_nothing(room: str) -> None:
    tree = ast.parse(MODULES[room].read_text(encoding="utf-8"))
    assert len(tree.body) == 1
    docstring = ast.get_docstring(tree) or ""
    files = {name.rpartition(".")[2] for name in MODULES if room_of(name) == room and name != room}
    sentence, *lines = docstring.split("\n")
    assert {line.partition(":")[0] for line in lines if line} == files
    architecture = ARCHITECTURE.read_text(encoding="utf-8")
    assert f"`{room.replace('.', '/')}/` | {sentence} |" in architecture
    assert f"\n**`{room.replace('.', '/')}/`** " in architecture  # and a paragraph on how it works


def test_the_menu_stands_without_any_heavy_library() -> None:
    code = (
        "import sys, io; sys.path.insert(0, sys.argv[1]); sys.stdin = io.StringIO('0\\n');"
        "from avatar.terminal import command_line; command_line.main(['--lang', 'es']);"
        "print(sorted(set(sys.modules) & {'numpy', 'cv2', 'PIL', 'tensorflow', 'rawpy', 'pydantic', 'matplotlib', 'tqdm',"
        " 'joblib', 'prompt_toolkit', 'psutil'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)], capture_output=True, encoding="utf-8", check=True, timeout=240
    )
    assert "1. Setup inicial del proyecto" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
