"""The command of the doctor: findings, remedies, and the zip for a bug report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import config
import utils
from avatar.commands import blocks as commands_blocks
from avatar.commands import dataset as dataset_commands
from avatar.commands import faces as faces_commands
from avatar.commands import plan as plan_commands
from avatar.commands import removing as removing_commands
from avatar.commands import review as review_commands
from avatar.commands import setup as setup_commands
from avatar.commands import unfinished as unfinished_commands
from avatar.commands.command import ANY_CLIENT, Argument, Command, MenuLine, UsageError
from avatar.commands.result import Raw, Result, Table, plain
from avatar.commands.session import Session
from avatar.texts.text import Finding, Level, PipelineError, Remedy, Text, gravest_first, worst_level
from avatar.workspace import export, setting_keys
from avatar.workspace.client import Client

if TYPE_CHECKING:
    from avatar.plan.plan_file import PlanReport

# Each point of the list with what can be done about it: --fix faces does the first there is, --fix faces.review that one.
ACTIONS: dict[str, tuple[str, ...]] = {
    "training": ("replan", "trainer", "prepare"), "plan": ("configure",), "disk": (),
    "mtcnn": ("engine",), "memory": ("replan",), "faces": ("threshold", "review"), "nan": ("replan",), "originals": ("remove",),
    "images": ("prepare", "process", "review"), "script": ("trainer",), "backslashes": ("config_file", "scripts"),
    "hang": ("stop", "replan"), "warnings": (),
}  # fmt: skip
NAMES = tuple(ACTIONS)
FIXES = (*NAMES, *(f"{name}.{action}" for name, actions in ACTIONS.items() for action in actions))


@dataclass(frozen=True)
class Diagnosis:
    """All findings, and the worst level among them."""

    findings: list[Finding]
    verdict: Level

    def as_json(self) -> dict[str, Any]:
        return {
            "findings": [{**plain(finding), "remedies": plain(finding.remedies)} for finding in self.findings],
            "verdict": self.verdict,
        }


def doctor(session: Session, client_id: str | None = None, *, fix: str = "") -> Result[Any]:
    """Run all checks, for a client if one is named or selected; with fix (of FIXES), apply one remedy.

    Raises PipelineError("doctor.nothing_to_fix") and what the remedy raises.
    """
    client = session.need_client(client_id) if client_id or session.client is not None else None
    findings = examine(session, client)
    if fix:
        name, _, action = fix.partition(".")
        offered = [remedy for f in findings if f.name == name for remedy in f.remedies if action in ("", remedy.action)]
        remedy = offered[0] if offered else None
        if remedy is None:
            raise PipelineError("doctor.nothing_to_fix", name=fix)
        return carry_out(session, client, remedy)
    return diagnosis(session, client, findings)


def diagnosis(session: Session, client: Client | None, findings: list[Finding]) -> Result[Diagnosis]:
    """Return findings as a command's result: each with its remedies; what blocks the work is its error, as it is of `setup`."""
    blocks: list[Text | Table | Raw] = [commands_blocks.findings_table(findings, "doctor.title")]
    worst = worst_level(findings)
    blocks.append(Text(f"doctor.verdict.{worst}", {}, commands_blocks.LEVEL_STYLE[worst]))
    for finding, remedy in remedies(findings):
        blocks.append(Text("doctor.how", {"what": remedy_say(remedy)}))
        blocks.append(Raw(f"    {command_line(session, client, finding, remedy)}"))
    blocks.append(Text("doctor.machine"))
    error = gravest_first(findings)[0].text if worst == "blocked" else None
    client_name = client.client_id if client else None
    return Result(Diagnosis(findings, worst), blocks, client=client_name, error=error, error_told=True)


def examine(session: Session, client: Client | None) -> list[Finding]:
    """Return the findings; settings that cannot be read are one of them."""
    from avatar.reports import doctor as reports_doctor
    from avatar.trainer import location

    settings, trouble = None, None
    try:
        settings = session.settings(client)
    except PipelineError as error:
        trouble = Finding("settings", "blocked", error.text)
    folder = location.trainer_folder(settings.trainer if settings else config.TrainerConfig())
    findings = reports_doctor.examine(
        client, settings, program_dir=config.PROGRAM_DIR, config_file=session.config_file, trainer_folder=folder
    )
    if trouble is None or any(finding.text.key == "doctor.backslashes.config" for finding in findings):  # told with its remedy
        return findings
    return [trouble, *findings]


def remedies(findings: Sequence[Finding]) -> list[tuple[Finding, Remedy]]:
    """Return every remedy with its finding, the most severe findings first."""
    return [(f, remedy) for f in gravest_first(findings) for remedy in f.remedies]


def remedy_say(remedy: Remedy) -> Text:
    told: object = " ".join(remedy.arguments)
    if remedy.action == "engine":
        told = setting_keys.keys()["faces.engine"].choice_label(str(told))
    return Text(f"doctor.remedy.{remedy.action}", {"arguments": told})


def command_line(session: Session, client: Client | None, finding: Finding, remedy: Remedy) -> str:
    """Return the command that carries out a remedy."""
    program = session.program_line()
    if remedy.action == "trainer":
        return f"{program} setup --trainer"
    name = f" {client.client_id}" if client else ""
    if remedy.action == "review":
        return f"{program} review{name} --list refused"
    which = "" if remedy == finding.remedies[0] else f".{remedy.action}"
    return f"{program} doctor{name} --fix {finding.name}{which}"


# --- mending ---------------------------------------------------------------------------------------------------------


def carry_out(session: Session, client: Client | None, remedy: Remedy) -> Result[Any]:
    """Apply a remedy; return the result of the command that does it."""
    if remedy.action == "trainer":
        return setup_commands.setup(session, trainer=True)
    if remedy.action == "config_file":
        return _mend_config(session.config_file)
    if remedy.action == "scripts":
        return _mend_scripts(client)
    if client is None:
        raise PipelineError("client.none_chosen")
    if remedy.action in {"replan", "configure"}:
        return _replan(session, client, remedy.arguments)
    if remedy.action == "threshold":
        return _with_setting(session, client, {"quality.face_confidence_threshold": float(remedy.arguments[0])})
    if remedy.action == "engine":
        return _with_setting(session, client, {"faces.engine": remedy.arguments[0]})
    if remedy.action == "remove":
        return removing_commands.remove(session, client.client_id, images=remedy.arguments)
    if remedy.action == "stop":
        return unfinished_commands.stop(session, client, remedy.arguments[0])
    if remedy.action == "process":
        return faces_commands.process(session, client.client_id)
    if remedy.action == "prepare":
        return dataset_commands.prepare(session, client.client_id)
    return review_commands.review(session, client.client_id, list_name="refused")


def _replan(session: Session, client: Client, overrides: Sequence[str]) -> Result[PlanReport]:
    """Make the plan again with the same choices, adding these overrides to the user's."""
    return plan_commands.configure(session, client.client_id, overrides=list(overrides))


def _with_setting(session: Session, client: Client, changed: dict[str, object]) -> Result[dict[str, Any]]:
    """Save a setting for this client only, and process its pictures again."""
    from avatar.workspace import setting_changes

    setting_changes.change(session.config_file, client, changed)
    return faces_commands.process(session, client.client_id)


def _mend_config(path: Path) -> Result[dict[str, list[str]]]:
    from avatar.reports import doctor as reports_doctor

    before = path.read_bytes()
    mended = reports_doctor.fixed_json(before.decode("utf-8-sig"))
    if mended is None:
        raise PipelineError("doctor.nothing_to_fix", name="backslashes")
    return _written([(path, before, mended.encode("utf-8"))])


def _mend_scripts(client: Client | None) -> Result[dict[str, list[str]]]:
    from avatar.reports import doctor as reports_doctor

    folders = [config.PROGRAM_DIR, *([client.folder, client.training] if client else [])]
    changes = []
    for path, text in reports_doctor.scripts(folders):
        mended = reports_doctor.fixed_script(path, text)
        if path.suffix.lower() != ".sh" and mended != text:
            coded = [part.encode("utf-8", errors="surrogateescape") for part in (text, mended)]
            changes.append((path, coded[0], coded[1]))
    return _written(changes)


def _written(changes: Sequence[tuple[Path, bytes, bytes]]) -> Result[dict[str, list[str]]]:
    """Rewrite files; the old content is kept as .bak, and an older .bak is never overwritten."""
    blocks: list[Text | Table | Raw] = []
    for path, before, after in changes:
        kept = path.with_name(path.name + ".bak")
        number = 1
        while kept.exists():
            number += 1
            kept = path.with_name(f"{path.name}.bak{number}")
        utils.write_atomic(kept, before)
        utils.write_atomic(path, after)
        blocks.append(Text("doctor.mended", {"path": str(path), "kept": kept.name}, "good"))
    return Result({"mended": [str(path) for path, _, _ in changes]}, blocks)


# --- bug report ------------------------------------------------------------------------------------------------------


def bundle(session: Session, client_id: str | None, target: Path) -> Result[dict[str, Any]]:
    """Write an anonymous zip for a bug report, and list its contents."""
    from avatar.reports import support_bundle
    from avatar.system import gpu

    client = session.need_client(client_id) if client_id or session.client is not None else None
    target = export.zip_to_write(target)
    members = support_bundle.write(
        target, session.workspace, client, examine(session, client), config_file=session.config_file,
        log_file=session.log_file, cards=gpu.cards(),
    )  # fmt: skip
    rows = [(name, Text(f"doctor.member.{name.partition('.')[0]}"), size) for name, size in members.items()]
    blocks: list[Text | Table | Raw] = [
        Text("doctor.bundled", {"path": str(target)}, "good"),
        Table(("col.file", "col.what", "col.bytes"), rows),
        Text("doctor.bundle_left_out"),
    ]
    return Result({"path": str(target), "files": members}, blocks, client=client.client_id if client else None)


def _doctor(session: Session, client_id: str | None, *, fix: str, target: Path | None) -> Result[Any]:
    if target is None:
        return doctor(session, client_id, fix=fix)
    if fix:
        raise UsageError("usage.not_together", name="--bundle", other="--fix")
    return bundle(session, client_id, target)


COMMANDS = (
    Command(
        name="doctor", run=_doctor,
        menu=(
            MenuLine("main", "menu.doctor", options=("--bundle",)),
            MenuLine("client_settings", "menu.client_doctor", options=("--bundle",)),
        ),
        arguments=(
            ANY_CLIENT,
            Argument(name="--fix", metavar="NAME", choices=FIXES, default="", help="help.doctor_fix"),
            Argument(name="--bundle", to="target", metavar="FILE", kind=Path, path=True, help="help.doctor_bundle"),
        ),
    ),
)  # fmt: skip
