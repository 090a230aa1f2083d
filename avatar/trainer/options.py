"""The options of sdxl_train_network.py: of three known versions (options.json), or asked of the installed one.

The table says what a command line may hold; sd-scripts itself refuses an unknown option with exit code 2, after ten seconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import utils
from avatar.system import child
from avatar.texts.text import Text
from avatar.workspace import state_file

SCRIPT = "sdxl_train_network.py"  # SDXL only; train_network.py is for SD 1.5
DATA_FILE = Path(__file__).resolve().parent / "options.json"
ASK_TIMEOUT_S = 180.0  # imports torch: 8-10 s measured, minutes on a cold disk
MARKER = "AVATAR-OPTIONS:"
PACKAGES = (
    "torch", "torchvision", "accelerate", "transformers", "diffusers", "bitsandbytes", "xformers", "tensorboard",
    "lion-pytorch", "prodigyopt", "dadaptation", "schedulefree",
)  # fmt: skip
Kind = Literal["flag", "str", "int", "float", "int_or_float", "str*", "int*", "float*"]

# Runs in the trainer's interpreter; its answer is one line of JSON after MARKER, whatever else the imports print.
_ASK = f"""
import importlib.metadata, json, os, sys
sys.path.insert(0, os.getcwd())
import sdxl_train_network as script
options = {{}}
for action in script.setup_parser()._actions:
    if action.dest == "help" or not action.option_strings:
        continue
    kind = getattr(action.type, "__name__", None) or "str"
    kind = "flag" if action.nargs == 0 else kind + ("*" if action.nargs in ("*", "+") else "")
    choices = [str(choice) for choice in action.choices or () if choice is not None]
    options[action.dest] = [kind, choices] if choices else [kind]
packages = {{}}
for name in {PACKAGES!r}:
    try:
        packages[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        packages[name] = ""
torch = sys.modules.get("torch")
if torch is not None:
    packages["cuda"] = (torch.version.cuda or "none") if torch.cuda.is_available() else ""
packages["python"] = "%d.%d.%d" % sys.version_info[:3]
print({MARKER!r} + json.dumps({{"options": options, "packages": packages}}))
"""


@dataclass(frozen=True)
class Option:
    """One option: what it takes and, where not empty, which values it allows."""

    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptionTable:
    """All options of one trainer.

    source    installed: its own parser was asked; known: a table of this program
    packages  versions in the trainer's environment, "" where missing; empty where it was not asked
    problem   why the installed trainer could not be asked, "" otherwise
    """

    version: str
    source: Literal["installed", "known"]
    options: Mapping[str, Option]
    packages: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def has(self, name: str) -> bool:
        return name in self.options

    def lacks_package(self, name: str) -> bool:
        """True only where the environment was asked and the package is not in it."""
        return bool(self.packages) and not self.packages.get(name)


def known_tables() -> list[OptionTable]:
    """Return the tables this program brings, newest first."""
    data = utils.read_json(DATA_FILE)
    tables = []
    for entry in data["versions"]:
        raw = {name: value for name, value in data["options"].items() if name not in entry["absent"]}
        tables.append(OptionTable(entry["version"], "known", _options({**raw, **entry["changed"]})))
    return tables


def _options(raw: Mapping[str, Sequence[Any]]) -> dict[str, Option]:
    return {
        name: Option(value[0], tuple(str(choice) for choice in value[1]) if len(value) > 1 else ())
        for name, value in raw.items()
    }


def find_script(folder: Path) -> Path | None:
    """Return the training script in a clone of sd-scripts, or of kohya_ss' GUI, which holds it one level down."""
    for path in (folder / SCRIPT, folder / "sd-scripts" / SCRIPT):
        if path.is_file():
            return path
    return None


def nearest_known(folder: Path) -> OptionTable:
    """Return the known table whose options the sources in folder name best; the newest where there are no sources."""
    named: set[str] = set()
    for path in _sources(folder):
        with contextlib.suppress(OSError):
            named |= set(re.findall(r"""["']--([a-z0-9_]+)["']""", path.read_text(encoding="utf-8", errors="replace")))
    tables = known_tables()
    if not named:
        return tables[0]
    return max(tables, key=lambda table: len(named & set(table.options)) - len(set(table.options) - named))


def _sources(folder: Path) -> list[Path]:
    """Return the files that options of the script come from, in order of name."""
    script = find_script(folder)
    if script is None:
        return []
    return [script, *sorted(script.parent.glob("train_network.py")), *sorted((script.parent / "library").glob("*.py"))]


def _imported(folder: Path) -> list[Path]:
    """Return the files that the script may import from its own clone, in order of name."""
    script = find_script(folder)
    if script is None:
        return []
    folders = (script.parent, script.parent / "library", script.parent / "networks")
    return sorted(path for place in folders for path in place.glob("*.py"))


def installed_options(folder: Path, python: Path, *, cache_dir: Path | None = None) -> OptionTable:
    """Return the options of the trainer in folder, asked of its own parser by its own interpreter.

    cache_dir  where the answer is kept, under a name made of the sources, the interpreter and its packages; None: nowhere
    Where it cannot be asked (not installed, broken environment), the nearest known table with `problem` set.
    """
    script = find_script(folder)
    if script is None or not python.is_file():
        missing = str(folder / SCRIPT) if script is None else str(python)
        known = nearest_known(folder)
        return OptionTable(known.version, "known", known.options, problem=missing)
    cached = None if cache_dir is None else cache_dir / f"trainer_options-{_fingerprint(folder, python)}.json"
    answer = _cached(cached)
    if answer is None:
        code, output = child.run_quiet([str(python), "-c", _ASK], timeout_s=ASK_TIMEOUT_S, cwd=script.parent)
        answer = parse_answer(output) if code == 0 else None
        if answer is None:
            known = nearest_known(folder)
            return OptionTable(known.version, "known", known.options, problem=deepest_error(output)[:300] or f"exit {code}")
        if cached is not None:
            with contextlib.suppress(OSError):
                cached.parent.mkdir(parents=True, exist_ok=True)
                utils.write_json(cached, answer)
    return OptionTable(nearest_known(folder).version, "installed", _options(answer["options"]), answer["packages"])


_TRACEBACK = "Traceback (most recent call last):"
_ERROR = re.compile(r"^(?:\w+\.)*\w+(?:Error|Exception|Exit|Interrupt)\b.*", re.MULTILINE)
_CHAINED = ("The above exception was the direct cause", "During handling of the above exception")


def deepest_error(output: str) -> str:
    """Return what the last failure began with: of a chain of exceptions the first, else the last line.

    transformers says that it could not import a class; why not stands above: "operator torchvision::nms does not exist".
    """
    blocks = output.split(_TRACEBACK)
    number = len(blocks) - 1
    while number > 1 and any(words in blocks[number - 1] for words in _CHAINED):
        number -= 1
    found = _ERROR.search(blocks[number]) if number else None
    if found is not None:
        return found[0].strip()
    lines = [line for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def parse_answer(output: str) -> dict[str, Any] | None:
    """Return what the trainer's interpreter answered, None where the answer is not whole."""
    for line in reversed(output.splitlines()):
        if line.startswith(MARKER):
            with contextlib.suppress(ValueError):
                if _is_answer(value := utils.loads(line[len(MARKER) :])):
                    return dict(value)
    return None


def _is_answer(value: Any) -> bool:
    """Return whether a value has the form `_ASK` prints: options as name -> [kind] or [kind, choices], packages by name."""
    found = state_file.fields(value, {"options": dict, "packages": dict})
    options, packages = found.get("options", {}).values(), found.get("packages", {}).values()
    return (
        len(found) == 2
        and all(isinstance(version, str) for version in packages)
        and all(
            isinstance(option, list)
            and option
            and isinstance(option[0], str)
            and all(isinstance(part, list) for part in option[1:])
            for option in options
        )
    )


def _cached(path: Path | None) -> dict[str, Any] | None:
    value = {} if path is None else utils.read_object(path)
    return value if _is_answer(value) else None


def _fingerprint(folder: Path, python: Path) -> str:
    """Return 16 hex digits of the question, the clone's modules, the interpreter, and the folders its packages lie in."""
    digest = hashlib.sha256(f"{python}\0{_ASK}".encode("utf-8", "surrogateescape"))
    for path in _imported(folder):  # an edited file of the clone may bring other options
        digest.update(str(path.relative_to(folder)).encode())
        with contextlib.suppress(OSError):
            digest.update(path.read_bytes())
    root = python.parent.parent
    for packages in (*root.glob("lib/python3*/site-packages"), root / "Lib" / "site-packages"):
        with contextlib.suppress(OSError):  # its time changes with every installation
            digest.update(str(packages.stat().st_mtime_ns).encode())
    return digest.hexdigest()[:16]


def value_problem(option: Option, values: Sequence[str]) -> str | None:
    """Return a text key where values do not suit option, else None: what the trainer's argparse would refuse."""
    if option.kind == "flag":
        return None if not values else "option.takes_no_value"
    many = option.kind.endswith("*")
    if not many and len(values) != 1:
        return "option.takes_one_value"
    if option.choices and any(value not in option.choices for value in values):
        return "option.not_a_choice"
    for value in values:
        if not _is_kind(value, option.kind.rstrip("*")):
            return "option.not_a_number"
    return None


def _is_kind(value: str, kind: str) -> bool:
    try:
        if kind == "int":
            int(value)
        elif kind == "float":
            float(value)
        elif kind == "int_or_float" and float(value.removesuffix("%")) >= 1 and not value.endswith("%"):
            int(value)  # from 1 on it counts steps (library/train_util.py:3664)
    except ValueError:
        return False
    return True


def command_problems(arguments: Sequence[str], table: OptionTable) -> list[Text]:
    """Return what the parser of table's trainer would refuse in arguments (without interpreter and script)."""
    problems: list[Text] = []
    for name, values in split_options(arguments):
        option = table.options.get(name)
        key = "option.unknown" if option is None else value_problem(option, values)
        if key is not None:
            choices = ", ".join(option.choices) if option is not None else ""
            told = {"option": f"--{name}", "value": " ".join(values), "choices": choices, "version": table.version}
            problems.append(Text(key, told))
    return problems


def split_options(arguments: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return (name, values) of every `--name value…`; values before the first option belong to the name ""."""
    found: list[tuple[str, list[str]]] = []
    for argument in arguments:
        if argument.startswith("--"):
            found.append((argument[2:], []))
        elif found:
            found[-1][1].append(argument)
        else:
            found.append(("", [argument]))
    return found
