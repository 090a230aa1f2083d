"""The import stage: MidJourney pictures and photos into a client's folder, each with a record of all that is known.

Order of writing, so that a run killed at any moment is made whole by the next one: original to a temporary name, renamed
to its place, then the record. A record is never written before its file; a file whose record was not written any more is
given one by the next import, from its source or, where that is gone, from itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from avatar.pictures import import_job, intake
from avatar.pictures.import_job import ImportReport
from avatar.pictures.sources import clean_path, find_sources
from avatar.texts.text import PipelineError
from avatar.workspace.client import Client
from avatar.workspace.records import Source
from config import ImportConfig, Settings
from utils import OnProgress

# --- the stage -------------------------------------------------------------------------------------------------------


def import_midjourney(
    client: Client, paths: Sequence[str | Path], *, settings: Settings, typed_prompt: str = "",
    on_progress: OnProgress | None = None,
) -> ImportReport:  # fmt: skip
    """Take in MidJourney pictures: files, folders, zip archives.

    typed_prompt  what the user remembers of these pictures' prompt; stands beside embedded data, never over it
    Raises PipelineError("import.no_path"), ("import.nothing_found"), ("disk.full"), ("client.locked"). A file that cannot
    be taken in is named in the report; the others go on.
    """
    return _import(client, "mj", paths, settings.imports, typed_prompt, on_progress)


def import_photos(
    client: Client, paths: Sequence[str | Path], *, settings: Settings, on_progress: OnProgress | None = None
) -> ImportReport:
    """Take in real photos, RAW and HEIC too; otherwise as `import_midjourney`."""
    return _import(client, "real", paths, settings.imports, "", on_progress)


def _import(
    client: Client, source: Source, paths: Sequence[str | Path], limits: ImportConfig, typed_prompt: str,
    on_progress: OnProgress | None,
) -> ImportReport:  # fmt: skip
    report = ImportReport(source=source, prompts_from=dict.fromkeys(import_job.PROMPTS_FROM, 0))
    job = import_job.ImportJob(client, source, limits, typed_prompt, report)
    with client.lock("import"), find_sources(paths, limits) as found:
        client.make_folders()
        report.refused += found.refused
        if not found.items and not found.refused:
            raise PipelineError("import.nothing_found", path=", ".join(str(clean_path(path)) for path in paths))
        import_job.remove_temporaries(job)
        for record in client.records():
            job.known.add(record)
        import_job.check_disk(client.folder, sum(item.bytes for item in found.items if import_job.takes_room(job, item)))
        try:
            intake.take_in_all(job, found, on_progress)
            intake.adopt_orphans(job)
        finally:  # Ctrl+C too: what was taken in has its table and groups
            import_job.finish(job)
    return report
