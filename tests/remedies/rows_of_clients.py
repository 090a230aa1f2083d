"""Remedies about clients, their files, exports and settings."""

from __future__ import annotations

import json
import shutil
import zipfile

import utils
from tests.remedies.place import Obey, Place, Row, Said, Wrong, both, done, nothing, run, then, use, written
from tests.remedies.rows_of_pictures import judged


def client_json(content: str) -> Wrong:
    def wrong(place: Place) -> None:
        shutil.copy(place.client.info_file, place.folder / "good.json")
        place.client.info_file.write_text(content, encoding="utf-8")

    return wrong


def put_back(place: Place) -> None:
    shutil.copy(place.folder / "good.json", place.client.info_file)


def config_json(content: bytes) -> Wrong:
    def wrong(place: Place) -> None:
        shutil.copy(place.config, place.folder / "good.json")
        place.config.write_bytes(content)

    return wrong


def config_back(place: Place) -> None:
    shutil.copy(place.folder / "good.json", place.config)


def linked(place: Place) -> None:
    shutil.move(place.client.raw_mj, place.folder / "elsewhere")
    place.client.raw_mj.symlink_to(place.folder / "elsewhere")


def moved_in(place: Place) -> None:
    place.client.raw_mj.unlink()
    shutil.move(place.folder / "elsewhere", place.client.raw_mj)


def copied_by_hand(place: Place) -> None:
    shutil.copytree(place.client.folder, place.client.folder.parent / "ana copia")


def rename_copy(place: Place) -> None:
    folder = place.client.folder.parent
    (folder / "ana copia").rename(folder / "ana_copia")


def originals_moved(place: Place) -> None:
    judged(place)
    shutil.move(place.client.raw_real, place.folder / "elsewhere")


def originals_back(place: Place) -> None:
    shutil.rmtree(place.client.raw_real, ignore_errors=True)
    shutil.move(place.folder / "elsewhere", place.client.raw_real)


def exported(place: Place) -> None:
    place.do("client", "export", "ana", "{here}/ana.zip")


def bad_zip(*members: tuple[str, bytes]) -> Wrong:
    def wrong(place: Place) -> None:
        with zipfile.ZipFile(place.folder / "bad.zip", "w") as archive:
            for name, content in members:
                archive.writestr(name, content)
        exported(place)

    return wrong


def cut_zip(place: Place) -> None:
    exported(place)
    content = bytearray((place.folder / "ana.zip").read_bytes())
    at = content.index(b"ohwx") if b"ohwx" in content else len(content) // 3
    content[at] ^= 0xFF
    place.write("bad.zip", bytes(content))


def record(content: str) -> Wrong:
    def wrong(place: Place) -> None:
        place.write("photos/one.png", picture(1))
        place.do("import-real", "ana", "{here}/photos")
        (file,) = place.client.record_files()
        place.write("good.json", file.read_bytes())
        file.write_text(content.replace("…", file.read_text(encoding="utf-8")), encoding="utf-8")

    return wrong


def newer_record(place: Place) -> None:
    record("…")(place)
    (file,) = place.client.record_files()
    file.write_text(json.dumps({**utils.read_json(file), "version": 999}), encoding="utf-8")


def record_back(place: Place) -> None:
    (file,) = place.client.record_files()
    shutil.copy(place.folder / "good.json", file)


def picture(seed: int, side: int = 64) -> bytes:
    import cv2
    import numpy as np

    noise = np.random.default_rng(seed).integers(0, 255, (side, side, 3), np.uint8)
    return bytes(cv2.imencode(".png", noise)[1].tobytes())


RESTORED = ("client", "restore", "{here}/ana.zip", "--as", "eva")


def suggested(*before: str) -> Obey:
    return lambda place, said: (*before, str(said.values["suggestion"]))


def offered_class(place: Place, said: Said) -> tuple[str, ...]:
    return ("client", "new", "eva", "--class", str(said.values["offered"]).replace(",", " ").split()[0])


ROWS = [
    Row("client.bad_id", ("client", "new", "Lucía/Gómez"), nothing, suggested("client", "new")),
    Row("client.bad_word", ("client", "new", "eva", "--trigger", "C:/Ana"), nothing,
        use("client", "new", "eva", "--trigger", "ohwx")),
    Row("client.too_long", ("client", "new", "eva", "--trigger", "x" * 65), nothing,
        use("client", "new", "eva", "--trigger", "ohwx")),
    Row("client.misnamed", ("client", "list"), copied_by_hand, then(rename_copy)),
    Row("client.headless", ("status", "ana"), both(judged, lambda place: place.client.info_file.unlink()),
        run(("client", "new", "ana"))),
    Row("status.originals_missing", ("status", "ana"), originals_moved, then(originals_back)),
    Row("client.word_is_syntax", ("client", "new", "eva", "--trigger", "(ohwx:1.2)"), nothing,
        use("client", "new", "eva", "--trigger", "ohwx")),
    Row("client.class_not_english", ("client", "new", "eva", "--class", "собака"), nothing, offered_class),
    Row("client.exists", ("client", "new", "ANA"), nothing, use("client", "new", "eva")),
    Row("client.unknown", ("status", "eva"), nothing, run(("client", "new", "eva"))),
    Row("client.not_confirmed", ("client", "delete", "ana"), nothing, use("client", "delete", "ana", "--confirm", "ana")),
    Row("client.invalid", ("status", "ana"), client_json("[]"), then(put_back)),
    Row("client.linked", ("process", "ana"), linked, then(moved_in)),
    Row("file.not_json", ("status", "ana"), config_json(b'{"language": "es",'), then(config_back)),
    Row("file.not_utf8", ("status", "ana"), config_json('{"language": "espa\u00f1ol"}'.encode("latin-1")), then(config_back)),
    Row("settings.invalid", ("status", "ana"), config_json(b'{"quality": {"blur_threshold": "x"}}'),
        run(("settings", "--unset", "quality.blur_threshold"))),
    Row("settings.unknown_key", ("settings", "quality.blur_threshhold", "80"), nothing,
        lambda place, said: ("settings", str(said.values["near"]), "80")),
    Row("settings.not_set", ("settings", "--unset", "quality.blur_threshold"), nothing,
        use("settings", "quality.blur_threshold")),
    Row("settings.nothing_to_undo", ("settings", "--undo"), nothing, use("settings")),
    Row("settings.not_of_client", ("settings", "language", "en", "--client", "ana"), nothing,
        use("settings", "language", "en")),
    Row("settings.refused", ("settings", "quality.blur_threshold", "cien"), nothing,
        use("settings", "quality.blur_threshold", "100")),
    Row("record.invalid", ("status", "ana"), record("{}"), then(record_back)),
    Row("record.newer", ("status", "ana"), newer_record, then(record_back)),
    Row("export.exists", ("client", "export", "ana", "{here}/ana.zip"), exported,
        use("client", "export", "ana", "{here}/other.zip")),
    Row("export.no_name", ("client", "export", "ana", "~nobody_here/x"), nothing,
        use("client", "export", "ana", "{here}/ana.zip")),
    Row("export.inside", ("client", "export", "ana", "{here}/clients/ana/x.zip"), nothing,
        use("client", "export", "ana", "{here}/x.zip")),
    Row("restore.no_file", ("client", "restore", "{here}/nowhere.zip", "--as", "eva"), exported, use(*RESTORED)),
    Row("restore.no_zip", ("client", "restore", "{here}/bad.zip", "--as", "eva"),
        both(written("bad.zip", b"no zip"), exported), use(*RESTORED)),
    Row("restore.no_client", ("client", "restore", "{here}/bad.zip", "--as", "eva"), bad_zip(("photos/photo.png", b"x")),
        use(*RESTORED)),
    Row("restore.unsafe", ("client", "restore", "{here}/bad.zip", "--as", "eva"), bad_zip(("../../x", b"x")), use(*RESTORED)),
    Row("restore.broken", ("client", "restore", "{here}/bad.zip", "--as", "eva"), cut_zip, use(*RESTORED)),
    Row("restore.too_big", RESTORED, both(exported, done("settings", "imports.max_archive_bytes", "99")),
        run(("settings", "imports.max_archive_bytes", "99999999"))),
]  # fmt: skip
