"""An anonymous zip for a bug report: only figures, and words that the program or the trainer itself knows.

Nothing is copied and then cleaned. Each member is written anew from numbers, from text keys and from the few shapes of
log lines that are known to name no one; what else a log says is counted and left out. At last every word of every client
(ids, names, trigger words, prompts, captions, file names) is replaced in the log members, in case one is a known word too.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib.metadata
import io
import json
import platform
import re
import sys
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import config
import utils
from avatar.plan.values import Plan
from avatar.reports import last_run
from avatar.system.gpu import Card
from avatar.system.requirements import read_requirements
from avatar.texts import tables
from avatar.texts.text import Finding, PipelineError, key_of
from avatar.trainer.log import LogReader, Phase, Progress, Trouble
from avatar.training import log_file as training_log_file
from avatar.training import run_folder
from avatar.training import runs as training_runs
from avatar.workspace import export, leftovers
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace

MOST_RUNS = 5
MOST_BARS = 40  # looks at the trainer's bar that are kept
LOG_TAIL_LINES = 4000
SHORTEST_WORD = 3  # of free texts; of names two letters are enough
SHORTEST_NUMBER = 5  # shorter ones are steps and sizes
OWN_NAME = frozenset({"avatar", "pipeline"})  # usual for the folder the program is in, and part of every place in its log
MOST_TEXT_BYTES = 1_000_000  # of a file beside the records whose words are looked for
STRUCK = "***"
FORMATS = frozenset({"PNG", "JPEG", "WEBP", "TIFF", "BMP", "HEIF", "AVIF", "RAW"})  # of records.Picture
_SIZE = re.compile(r"\d+(?:\.\d+)?\s?(?:[KMGT]i?B)\b")
_FRAME = re.compile(r'\s*File "((?:[^"]*[\\/])?([A-Za-z_]\w*\.py))", line (\d+), in ([A-Za-z_]\w*|<\w+>)')
# Where packages lie: their files are named by their authors. Any other file may be named by the user.
_PACKAGED = re.compile(r"[\\/](?:site-packages|dist-packages|python3\.\d+|sd-scripts)[\\/]")
_RAISED = re.compile(r"(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*(?:Error|Exception|Interrupt|Exit))(?::|$)")
_ENTRY = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING|ERROR|CRITICAL) ([\w.]+) ?(\S*)")
_VALUES = frozenset({*config.GPU_PROFILES, *config.TRAINING_PRESETS, "fp16", "bf16", "no", "cosine_with_restarts", "cosine",
                     "constant", "linear", "AdamW8bit", "AdamW", "Adafactor", "Prodigy"})  # fmt: skip
# Words of records that are the program's own and name nobody.
OWN_WORDS = frozenset({*FORMATS, *_VALUES, "mj", "real", "raw", "approved", "rejected", "rules", "user", "refuse", "warn",
                  "embedded", "filename", "typed", "waiting", "running", "stopped", "done", "failed", "person", "woman",
                  "man"})  # fmt: skip

PLAN_FIELDS = tuple(field.name for field in dataclasses.fields(Plan))  # what else stands in a plan may be named by anybody


def write(
    target: Path, workspace: Workspace, client: Client | None, findings: Sequence[Finding], *, config_file: Path,
    log_file: Path | None, cards: Sequence[Card] = (),
) -> dict[str, int]:  # fmt: skip
    """Write the zip to target, whole or not at all; return its members with their sizes in bytes.

    Raises PipelineError as `export.zip_to_write`, and OSError.
    """
    target = export.zip_to_write(target)
    members = contents(workspace, client, findings, config_file=config_file, log_file=log_file, cards=cards)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    target.parent.mkdir(parents=True, exist_ok=True)
    with leftovers.file_elsewhere(workspace.folder, target) as handle:
        handle.write(packed.getvalue())
    return {name: len(content.encode("utf-8")) for name, content in members.items()}


def contents(
    workspace: Workspace, client: Client | None, findings: Sequence[Finding], *, config_file: Path,
    log_file: Path | None, cards: Sequence[Card] = (),
) -> dict[str, str]:  # fmt: skip
    """Return the members of the zip as text by name."""
    words = private_words(workspace)
    members = {
        "about.json": _json(about(cards)),
        "findings.json": _json([_finding(item) for item in findings]),
        "settings.json": _json(figures_below(utils.read_object(config_file))),
        "program_log.txt": redacted("\n".join(program_log(_tail(log_file))), words),
    }
    if client is not None:
        members["pictures.json"] = _json(pictures(client))
        members["runs.json"] = _json(runs(client))
        newest = last_run.last_run(client)
        if newest is not None:
            members["trainer_log.txt"] = redacted("\n".join(trainer_log(training_log_file.lines_of(newest.folder))), words)
    return members


def _finding(item: Finding) -> dict[str, Any]:
    return {"name": item.name, "level": item.level, "key": item.text.key, **figures(item.text.values)}


def _json(value: object) -> str:
    return json.dumps(value, indent=1) + "\n"


# --- figures ---------------------------------------------------------------------------------------------------------


def about(cards: Sequence[Card]) -> dict[str, Any]:
    """Return what the program runs on: versions, system, cards."""
    packages: dict[str, str | None] = {}
    for name, _ in read_requirements(config.PROGRAM_DIR / "requirements.txt"):
        try:
            packages[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            packages[name] = None
    return {
        "python": platform.python_version(), "bits": 64 if sys.maxsize > 2**32 else 32, "system": platform.system(),
        "release": platform.release(), "packages": packages,
        "cards": [{"name": card.name, "total_gib": card.total_gib, "free_gib": card.free_gib} for card in cards],
    }  # fmt: skip


def figures(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers, switches and known words among values; texts of any other kind are left out."""
    kept = {}
    for name, value in values.items():
        if value is None or isinstance(value, (bool, int, float)) or (isinstance(value, str) and value in _VALUES):
            kept[name] = value
    return kept


def figures_below(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of config.json, group by group; only names that the program knows."""
    known = set(_known_settings())
    kept = {}
    for group, values in settings.items():
        if isinstance(values, dict):
            kept[group] = {name: v for name, v in figures(values).items() if f"{group}.{name}" in known}
        elif group in known:
            kept.update(figures({group: values}))
    return {group: values for group, values in kept.items() if group in known or values}


def _known_settings() -> list[str]:
    from avatar.workspace import setting_keys

    return ["version", *setting_keys.keys()]


def pictures(client: Client) -> dict[str, Any]:
    """Return how many pictures there are of each kind; of a single one nothing."""
    found = client.records()
    approved = [record for record in found if record.approved]
    reasons = Counter(reason.code for record in found if record.quality for reason in record.quality.reasons)
    return {
        "pictures": len(found), "approved": len(approved), "by_source": dict(Counter(r.source for r in found)),
        "formats": dict(Counter(r.picture.format for r in found if r.picture.format in FORMATS)),
        "not_processed": sum(r.quality is None for r in found), "reasons": dict(reasons),
        "decided_by_user": sum(r.decision is not None and r.decision.by == "user" for r in found),
        "faces": dict(Counter(len(r.faces) for r in found)),
        "largest_px": max((max(r.picture.width, r.picture.height) for r in found), default=0),
    }  # fmt: skip


def runs(client: Client) -> list[dict[str, Any]]:
    """Return the newest trainings in figures: state, cause, steps and the numbers of their plans."""
    told = []
    for item in training_runs.summaries(client.runs)[:MOST_RUNS]:
        folder = client.runs / item.run_id
        outcome = utils.read_object(folder / run_folder.OUTCOME_FILE)
        plan = utils.read_object(folder / run_folder.COMMAND_FILE).get("plan")
        told.append(
            {"state": item.state, "cause": key_of(item.cause) if tables.known(key_of(item.cause)) else "",
             **figures({name: outcome.get(name) for name in ("steps", "total", "seconds", "loss", "code", "nan_step")}),
             "plan": figures({name: plan.get(name) for name in PLAN_FIELDS if name in plan}) if isinstance(plan, dict) else {}}
        )  # fmt: skip
    return told


# --- logs ------------------------------------------------------------------------------------------------------------


def trainer_log(lines: Iterable[str]) -> Iterator[str]:
    """Yield the known parts of a trainer's log: progress, phases, problems, tracebacks without values."""
    reader = LogReader()
    left_out, told_step = 0, -1
    for line in lines:
        shown = _traceback(line)
        for event in reader.feed(line):
            if isinstance(event, Progress):
                due = event.step == event.total or event.step >= told_step + max(1, event.total // MOST_BARS)
                if due and event.step != told_step:
                    told_step = event.step
                    yield f"step {event.step}/{event.total} loss {event.loss} s/step {event.seconds_per_step}"
                shown = shown or ""
            elif isinstance(event, Phase):
                shown = f"phase {event.name}"
            elif isinstance(event, Trouble):
                shown = f"trouble {event.cause} {' '.join(_SIZE.findall(event.detail))}".rstrip()
        if shown is None:
            left_out += bool(line.strip())
        elif shown:
            yield shown
    yield f"figures {json.dumps(reader.facts.figures)} device {'cuda' if 'cuda' in reader.facts.device else 'other'}"
    yield f"lines left out: {left_out}"


def program_log(lines: Iterable[str]) -> Iterator[str]:
    """Yield the levels, modules, text keys and tracebacks of the program's own log; no values and no arguments."""
    left_out = 0
    for line in lines:
        if entry := _ENTRY.match(line):
            key = entry[3] if tables.known(entry[3]) else ""
            if entry[1] in {"WARNING", "ERROR", "CRITICAL"}:
                yield f"{entry[1]} {entry[2]} {key}".rstrip()
        elif (shown := _traceback(line)) is not None:
            yield shown
        else:
            left_out += bool(line.strip())
    yield f"lines left out: {left_out}"


def _traceback(line: str) -> str | None:
    """Return a line of a traceback without values: module, line and function, or the type of the error."""
    if frame := _FRAME.match(line):
        module = _own_module(frame[1]) or (frame[2] if _PACKAGED.search(frame[1]) else "")
        return f"  at {module}:{frame[3]} {frame[4]}" if module else f"  at another file:{frame[3]}"
    if raised := _RAISED.match(line.strip()):
        return f"raised {raised[1]}"
    return None


def _own_module(path: str) -> str:
    """Return which module of the program a file is, as avatar/room/module.py; "" where it is none."""
    ending = "/" + path.replace("\\", "/")
    return max((module for module in _own_modules() if ending.endswith("/" + module)), key=len, default="")


@functools.cache
def _own_modules() -> tuple[str, ...]:
    """Return the modules of the program, listed once: a log has hundreds of frames."""
    return tuple(module.as_posix() for module in config.program_files())


def _tail(path: Path | None) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:] if path else []
    except OSError:
        return []


# --- private words ---------------------------------------------------------------------------------------------------


def private_words(workspace: Workspace) -> frozenset[str]:
    """Return every word that could identify somebody: of all clients, the computer's user and folders."""
    usual = workspace.folder.name == config.CLIENTS_DIR.name  # says nothing of anybody, and names modules of ours
    folder = workspace.folder.parent if usual else workspace.folder
    computer = frozenset(_words([str(Path.home()), str(folder), platform.node()], 2)) - OWN_NAME
    names: list[str] = []
    texts: list[str] = [*_strings_in(workspace.folder.glob("*.json"))]  # the queue names clients, deleted ones too
    for client_id in workspace.client_ids():
        client = workspace.client(client_id)
        names.append(client_id)
        texts += _strings_in([client.info_file, *client.images.parent.glob("*.json")])  # what waits to be undone, too
        texts += _captions(client)
        with contextlib.suppress(PipelineError):  # a broken record must not stand in the way of telling so
            info = client.info()
            names += [info.display_name, info.trigger_word]
        for path in client.record_files():
            with contextlib.suppress(PipelineError):
                texts += _strings(client.record(path.stem).model_dump(exclude={"faces", "quality", "processed_with"}))
    return computer | frozenset(_words(names, 2)) | frozenset(_words(texts, SHORTEST_WORD))


def _words(texts: Iterable[str], shortest: int) -> Iterator[str]:
    """Yield the words of texts in the form compared, also without accents and with two or three joined."""
    for text in texts:
        for form in {text, unicodedata.normalize("NFC", text), _without_accents(text)}:
            found = re.findall(r"\w+", form)
            for word in [*found, *({"".join(found)} if len(found) in (2, 3) else ())]:
                for part in {word, *_parts(word)}:
                    if len(part) >= (SHORTEST_NUMBER if part.isdecimal() else shortest):
                        yield part.casefold()


def _without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def _parts(word: str) -> list[str]:
    """Return the parts of a name: "AnaLopez_2" has Ana, Lopez and 2."""
    return re.findall(r"[^\W\d_]+?(?=[A-Z][a-z]|\d|_|$)|\d+", word)


def _captions(client: Client) -> Iterator[str]:
    """Yield the captions of the dataset: those by rules are not in the records."""
    for path in client.training_data.glob("*/*.txt"):
        yield _text_of(path)


def _text_of(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as handle:
            return handle.read(MOST_TEXT_BYTES)
    except OSError:
        return ""


def _strings_in(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the strings of JSON files; of any other file, its words."""
    for path in paths:
        content = _text_of(path)
        try:
            yield from _strings(json.loads(content))
        except (ValueError, RecursionError):
            yield content


def _strings(value: object) -> Iterator[str]:
    """Yield every string in value that is not one of the program's own."""
    if isinstance(value, str):
        if value not in OWN_WORDS and not tables.known(value):
            yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from _strings(part)


def redacted(text: str, words: frozenset[str]) -> str:
    """Return text with every private word replaced, in any case, alone or as part of a name."""

    def replace(match: re.Match[str]) -> str:
        word = match[0]
        if word.casefold() in words:
            return STRUCK
        for part in sorted(_parts(word), key=len, reverse=True):
            if part.casefold() in words:
                word = word.replace(part, STRUCK)
        return word

    return re.sub(r"\w+", replace, text)
