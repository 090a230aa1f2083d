"""Import and dataset: from a person's pictures to the folder that the trainer reads.

    import_midjourney   MidJourney pictures, with their prompts      -> raw_mj/,   metadata/images/{id}.json
    import_photos       real photos, RAW and HEIC included           -> raw_real/, metadata/images/{id}.json
    remove_pictures     pictures or a whole import taken out         -> removed/{number}/, until undone or dropped
    prepare_dataset     approved crops with captions and repeats     -> training_data/{repeats}_{client}/

Between the two lies the face stage, image_processor.py. Originals are copied byte for byte and never written again.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.pictures import import_worker
from avatar.pictures.sources import clean_path, find_sources
from avatar.system import shortage
from avatar.texts.text import PipelineError, Text
from avatar.workspace import removed
from avatar.workspace.client import Client
from avatar.workspace.removed import Removal
from config import ImportConfig, Settings
from utils import OnProgress

if TYPE_CHECKING:
    from avatar.dataset.training_folder import DatasetReport
    from avatar.pictures.import_job import ImportReport
    from avatar.pictures.removal import Redraw, Returned
    from avatar.workspace.records import Source

# Imported where it is used: what the dataset needs, half of the time in which an import would start [measured], and what an
# import needs, which its processes load at the same time.

# --- import ----------------------------------------------------------------------------------------------------------


def import_midjourney(
    client: Client, paths: Sequence[str | Path], *, settings: Settings, typed_prompt: str = "",
    on_progress: OnProgress | None = None,
) -> ImportReport:  # fmt: skip
    """Import MidJourney pictures: files, folders, zip archives.

    typed_prompt  what the user remembers of these pictures' prompt; it is kept beside embedded data and never replaces it
    Raises PipelineError("import.no_path"), ("import.nothing_found"), ("import.only_others"), ("disk.full"),
    ("client.locked"), ("client.vanished"), and what `shortage.require` raises. A file that cannot be imported is named in the
    report; the others go on.
    """
    return _import(client, "mj", paths, settings.imports, typed_prompt, on_progress)


def import_photos(
    client: Client, paths: Sequence[str | Path], *, settings: Settings, on_progress: OnProgress | None = None
) -> ImportReport:
    """Import real photos, RAW and HEIC included; otherwise as `import_midjourney`."""
    return _import(client, "real", paths, settings.imports, "", on_progress)


def _import(
    client: Client, source: Source, paths: Sequence[str | Path], limits: ImportConfig, typed_prompt: str,
    on_progress: OnProgress | None,
) -> ImportReport:  # fmt: skip
    """Copy each new picture, then write its record: never a record without its file.

    A killed import leaves at most files without a record; the next import gives them theirs.
    """
    shortage.require()
    with (
        client.lock("import"),
        find_sources(paths, limits) as found,
        import_worker.started(client, found.items) as processes,  # they load the libraries while this one does
    ):
        from avatar.pictures import import_job, import_list, intake, sidecars

        if not found.items and not found.refused:
            raise import_job.nothing_found(", ".join(str(clean_path(path)) for path in paths), found)
        job = import_job.begin(client, source, found, limits, typed_prompt, sidecars.find(found, source))
        import_job.check_disk(job, found.items)
        number = import_list.begin(client, source, [clean_path(path).name for path in paths])
        try:
            intake.import_items(
                job, found, on_progress, processes
            )  # copy, hash, decode, describe: new, known already, or refused
            intake.adopt_originals_without_record(job)
        finally:  # on Ctrl+C too: groups and table of what was imported
            import_job.check_stored(job)
            import_job.finish(job)
            import_list.end(client, number, job.report.added)
            job.report.number = number if job.report.added else 0
            if import_job.is_nothing_of_midjourney(job):
                values = {"client": client.client_id, "n": len(job.report.added), "number": number}
                job.report.warnings.insert(0, Text("import.nothing_of_midjourney", values))
    return job.report


# --- removal ---------------------------------------------------------------------------------------------------------


def remove_pictures(
    client: Client, *, settings: Settings, image_ids: Sequence[str] = (), import_number: int | None = None,
    redraw: Redraw | None = None,
) -> Removal:  # fmt: skip
    """Take pictures, or those of one import, out of a client; `undo_removal` brings them back, `drop_removed` deletes them.

    What the user has written in training_data about them goes with them. The dataset is out of date afterwards.
    redraw  draws sheets and pages about the client again
    Raises PipelineError("image.unknown"), ("image.bad_id"), ("remove.no_import"), ("remove.in_use"), ("client.locked").
    """
    from avatar.dataset import gather
    from avatar.pictures import removal

    with client.lock("remove"):
        removal.finish(client, redraw=redraw)
        chosen = list(image_ids) if import_number is None else _images_of(client, import_number)
        for image_id in chosen:
            client.record(image_id)
        gather.adopt_edited(client, chosen)
        return removal.take_out(client, chosen, near_bits=settings.imports.near_duplicate_bits, redraw=redraw)


def _images_of(client: Client, number: int) -> list[str]:
    from avatar.pictures import import_list

    known = {item.number: item.images for item in import_list.imports(client)}
    if number not in known:
        raise PipelineError("remove.no_import", n=number, known=", ".join(map(str, known)) or "-")
    return list(known[number])


def undo_removal(client: Client, *, redraw: Redraw | None = None) -> Returned:
    """Bring the pictures of the last removal back, of which any can come back.

    A picture whose bytes were imported meanwhile as the other source's stays removed.
    Raises PipelineError("remove.nothing_to_undo"), ("remove.in_use").
    """
    from avatar.pictures import removal

    with client.lock("remove"):
        removal.finish(client, redraw=redraw)
        kept = removed.removals(client.folder)
        if not kept:
            raise PipelineError("remove.nothing_to_undo")
        twins = {one.number: removal.of_other_source(client, one) for one in kept}
        last = next((one for one in reversed(kept) if len(twins[one.number]) < len(one.images)), kept[-1])
        later = [image_id for one in kept if one.number > last.number for image_id in one.images]
        returned = removal.bring_back(client, last, redraw=redraw)
        return dataclasses.replace(returned, other_source=(*returned.other_source, *later))


def drop_removed(client: Client, *, redraw: Redraw | None = None) -> tuple[int, int]:
    """Delete all that was taken out of a client for good; return the number of pictures, and the bytes that this frees."""
    from avatar.pictures import removal

    with client.lock("remove"):
        removal.finish(client, redraw=redraw)
        kept = removed.removals(client.folder)
        return sum(len(one.images) for one in kept), sum(removed.drop(one) for one in kept)


def finish_removals(client: Client, *, redraw: Redraw | None = None) -> list[Removal]:
    """Complete the removals, and their undoing, that were killed; return them."""
    from avatar.pictures import removal

    with client.lock("remove"):
        return removal.finish(client, redraw=redraw)


# --- dataset ---------------------------------------------------------------------------------------------------------


def prepare_dataset(client: Client, *, settings: Settings, on_progress: OnProgress | None = None) -> DatasetReport:
    """Write the dataset of a client's approved pictures; the old one stays until the new one was read back and is right.

    The user's captions are kept in the records; files in training_data that are not ours are moved to output/.
    Raises PipelineError("client.locked") while a training or another stage holds the client, ("dataset.no_pictures"),
    ("dataset.missing_crops"), ("dataset.not_written"), ("dataset.in_use") and ("dataset.not_as_planned"), and
    ("train.orphan") while a training goes on that nobody watches.
    """
    from avatar.dataset import gather, swap, training_folder
    from avatar.dataset.prepared import Prepared
    from avatar.training import unfinished

    with client.lock("prepare"):
        unfinished.refuse_orphan(client)  # it reads the pictures while they would be replaced
        swap.repair(client)  # after a killed preparation
        before = Prepared.read(client)
        gathered = gather.gather(client, settings, before)
        dataset = training_folder.decide(gathered, settings)
        remade = training_folder.mend_crops(client, dataset.plan, settings)
        new = swap.new_folder(client)
        try:
            training_folder.write(new, client, dataset, before, on_progress)
            saved = swap.keep_foreign(client, before)
            swap.swap_in(client, new)
        except OSError as error:
            raise PipelineError("dataset.not_written", path=str(client.training_data), detail=str(error)) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)
    report = training_folder.report(dataset, gathered, before, saved, settings)
    return dataclasses.replace(report, notes=(*remade, *report.notes))
