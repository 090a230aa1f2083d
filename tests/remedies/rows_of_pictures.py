"""Remedies about importing, removing, judging and describing pictures, and about the dataset."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile

import utils
from tests.children import child_command, hold_lock
from tests.remedies.place import Obey, Place, Row, Said, Wrong, both, free_space, nothing, run, then, use, written
from tests.stages.test_image_processor import ONE, add, drawn
from tests.stages.test_image_processor import run as process_drawn

IMPORT = ("import-real", "ana", "{here}/photos")


def noise(kind: str = ".png", seed: int = 1, side: int = 64) -> bytes:
    import cv2
    import numpy as np

    pixels = np.random.default_rng(seed).integers(0, 255, (side, side, 3), np.uint8)
    return bytes(cv2.imencode(kind, pixels)[1].tobytes())


def photo(name: str, content: bytes) -> Wrong:
    """Put a file into the folder that is imported; a good picture lies beside it."""

    def wrong(place: Place) -> None:
        place.write("photos/good.png", noise(seed=9))
        place.write(f"photos/{name}", content)

    return wrong


def without(name: str, *instead: tuple[str, bytes]) -> Obey:
    """Take the file away that was named, and put others there."""

    def obey(place: Place, said: Said) -> None:
        if name:
            (place.folder / "photos" / name).unlink()
        for other, content in instead:
            place.write(f"photos/{other}", content)

    return obey


def archive(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
    return target.getvalue()


def locked_zip() -> bytes:
    content = bytearray(archive(("a.png", noise())))
    content[6] |= 1  # the flags of the member and of the directory: encrypted
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


GOOD = ("mended.png", noise(seed=2))
JPEG = noise(".jpg", side=256)


def few_pixels(place: Place) -> None:
    photo("large.png", noise(side=128))(place)
    place.settings("imports", max_pixels=10_000)


# --- a client with pictures ------------------------------------------------------------------------------------------


def judged(place: Place) -> list[str]:
    """Give the client two photos with a face, judged as good ones."""
    ids = [add(place.client, ONE), add(place.client, drawn((330, 300, 250, 250)), "dos.png")]
    process_drawn(place.client)
    return ids


def prepared(place: Place) -> list[str]:
    ids = judged(place)
    shutil.rmtree(place.client.training_data)
    place.do("prepare", "ana")
    return ids


def imported(place: Place) -> None:
    photo("a.png", noise())(place)
    place.do(*IMPORT)


def same_names(place: Place) -> None:
    add(place.client, ONE, "a/foto.png")
    add(place.client, drawn((330, 300, 250, 250)), "b/foto.png")
    process_drawn(place.client)
    for file in place.client.record_files():
        data = utils.read_json(file)
        data["original"]["name"] = "foto.png"
        utils.write_json(file, data)


def no_face(place: Place) -> None:
    add(place.client, drawn(), "nadie.png")
    process_drawn(place.client)


def one_refused(place: Place) -> None:
    prepared(place)
    place.do("review", "ana", "--reject", "1")


def held(place: Place) -> None:
    place.write("photos/a.png", noise())
    child = subprocess.Popen(
        child_command(hold_lock, place.client.folder, "import"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    place.undo.append(lambda: (child.communicate(b""), child.wait(60)))
    assert child.stdout is not None and child.stdout.readline() == b"held\n"


def let_go(place: Place) -> None:
    for undo in place.undo:
        undo()


def of_mj(place: Place) -> None:
    place.client.raw_mj.mkdir(exist_ok=True)
    add(place.client, ONE, "mj.png", "mj")
    process_drawn(place.client)


ROWS = [
    Row("import.no_path", ("import-real", "ana", "{here}/nowhere"), photo("a.png", noise()), use(*IMPORT)),
    Row("import.nothing_found", ("import-real", "ana", "{here}/empty"),
        both(lambda place: (place.folder / "empty").mkdir(), photo("a.png", noise())), use(*IMPORT)),
    Row("import.only_others", ("import-real", "ana", "{here}/others"),
        both(written("others/a.txt", "x"), written("others/b.mp3", b"x"), photo("a.png", noise())),
        use(*IMPORT)),
    Row("import.other_format", IMPORT, photo("a.psd", b"8BPS" + bytes(64)), without("a.psd", GOOD)),
    Row("import.video", IMPORT, photo("a.jpg", b"\0\0\0\x18ftypmp42" + bytes(64)), without("a.jpg", GOOD)),
    Row("import.unfinished", IMPORT, photo("a.jpg.crdownload", JPEG[:900]),
        without("a.jpg.crdownload", ("a.jpg", JPEG))),
    Row("import.empty", IMPORT, photo("a.jpg", b""), without("a.jpg", ("a.jpg", JPEG))),
    Row("import.not_picture", IMPORT, photo("a.jpg", b"<!DOCTYPE html><html>" + b" " * 99), without("", ("a.jpg", JPEG))),
    Row("import.truncated", IMPORT, photo("a.png", noise(side=256)[:-9000]), without("", ("a.png", noise(side=256)))),
    Row("import.bomb", IMPORT, few_pixels, run(("settings", "imports.max_pixels", "400000000"))),
    Row("import.bad_archive", IMPORT, photo("a.zip", b"PK\x03\x04" + bytes(40)), without("", ("a.zip", archive(GOOD)))),
    Row("import.encrypted", IMPORT, photo("a.zip", locked_zip()), without("a.zip", GOOD)),
    Row("import.packed", IMPORT, photo("a.rar", b"Rar!\x1a\x07\x00" + bytes(40)), without("a.rar", GOOD)),
    Row("import.archive_bomb", IMPORT,
        photo("a.zip", archive(("a.png", bytes(3_000_000)))), without("a.zip", GOOD)),
    Row("import.nothing_added", IMPORT, lambda place: place.write("photos/a.jpg", b"<html>" + b" " * 99),
        without("", ("a.jpg", JPEG))),
    Row("disk.full", IMPORT, both(photo("a.png", noise()), free_space(1000)), then(free_space(10**12))),
    Row("client.locked", IMPORT, held, then(let_go)),
    Row("remove.no_import", ("remove", "ana", "--import", "9"), imported, use("remove", "ana", "--import", "1")),
    Row("remove.nothing_to_undo", ("remove", "ana", "--undo"), lambda place: photo("a.png", noise())(place), use(*IMPORT)),
    Row("prompt.no_group", ("prompt", "ana", "--group", "7", "--text", "a hat"), nothing, use("prompt", "ana")),
    Row("review.bad_number", ("review", "ana", "--approve", "9"), judged, use("review", "ana", "--approve", "2")),
    Row("review.twice", ("review", "ana", "--approve", "1", "--reject", "1"), judged, use("review", "ana", "--approve", "1")),
    Row("review.no_crop", ("review", "ana", "--approve", "1"), no_face, use("review", "ana", "--reject", "1")),
    Row("review.no_such_face", ("review", "ana", "--face", "1=5"), judged, use("review", "ana", "--face", "1=1")),
    Row("review.not_a_photo", ("review", "ana", "--hold-out", "1"), of_mj, use("review", "ana", "--reject", "1")),
    Row("review.nothing_to_undo", ("review", "ana", "--undo"), judged, use("review", "ana", "--reject", "1")),
    Row("review.same_name", ("review", "ana", "--approve", "foto.png"), same_names, use("review", "ana", "--approve", "1")),
    Row("dataset.no_pictures", ("prepare", "ana"), nothing, then(judged)),
    Row("image.not_in_dataset", ("captions", "ana", "--set", "1", "ohwx woman, a hat", "--apply"), one_refused,
        run(("review", "ana", "--approve", "1"), ("prepare", "ana"))),
    Row("caption.nothing_given", ("captions", "ana", "--add", " "), prepared, use("captions", "ana", "--add", "a hat")),
    Row("caption.bad_text", ("captions", "ana", "--set", "1", "ohwx\nwoman", "--apply"), prepared,
        use("captions", "ana", "--set", "1", "ohwx woman, a hat", "--apply")),
    Row("limits.nothing_to_preview", ("limits", "ana", "--preview"), judged,
        use("limits", "ana", "--set", "blur_threshold=80", "--preview")),
    Row("limits.unknown", ("limits", "ana", "--set", "blur=80"), judged,
        lambda place, said: ("limits", "ana", "--set", f"{said.values['near']}=80", "--preview")),
    Row("limits.not_key_value", ("limits", "ana", "--set", "blur_threshold"), judged,
        use("limits", "ana", "--set", "blur_threshold=80", "--preview")),
]  # fmt: skip
