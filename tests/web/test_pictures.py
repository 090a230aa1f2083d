"""Pictures by id: the right one, upright, small ones made once, and gone with the picture."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from avatar.pictures import removal, thumbnails
from avatar.texts.text import PipelineError
from avatar.web import pictures
from avatar.workspace.client import Client
from avatar.workspace.workspace import Workspace
from tests.tiny_png import PNG
from tests.web.conftest import Dashboard

IMAGE = "real_0123456789abcdef"


@pytest.fixture
def imported(workspace: Workspace, client: Client, tmp_path: Path) -> tuple[Client, str]:
    """A client with one photo, 60 x 40 as stored, 40 x 60 upright: red above and blue below."""
    import data_preprocessor
    from config import Settings

    stored = Image.new("RGB", (600, 400), "red")
    stored.paste("blue", (0, 0, 300, 400))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter to the right to be upright
    folder = tmp_path / "photos"
    folder.mkdir()
    stored.save(folder / "a.jpg", exif=exif, quality=95)
    data_preprocessor.import_photos(client, [folder], settings=Settings())
    (record,) = client.records()
    return client, record.image_id


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def test_an_original_is_shown_upright_at_the_size_that_is_asked_for(imported: tuple[Client, str]) -> None:
    client, image_id = imported
    for size, expected in (("full", (400, 600)), ("480", (320, 480)), ("160", (107, 160))):
        kind, content = pictures.picture(client, "original", image_id, size)
        shown = opened(content)
        assert kind == "image/jpeg" and shown.size == expected
        top, bottom = shown.getpixel((20, 5)), shown.getpixel((20, shown.height - 5))
        assert isinstance(top, tuple) and isinstance(bottom, tuple)
        assert top[2] > 200 > top[0] and bottom[0] > 200 > bottom[2]


def test_a_small_one_is_made_once_until_its_picture_is_another(
    imported: tuple[Client, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, image_id = imported
    crop = client.processed / f"{image_id}.png"
    Image.new("RGB", (1024, 1024), "green").save(crop)
    first = pictures.picture(client, "crop", image_id, "160")
    made: list[object] = []
    small = thumbnails._small

    def counted(path: object, side_px: int) -> Image.Image | None:
        made.append(path)
        return small(path, side_px)  # type: ignore[arg-type]

    monkeypatch.setattr(thumbnails, "_small", counted)
    assert pictures.picture(client, "crop", image_id, "160") == first and made == []
    Image.new("RGB", (1024, 1024), "yellow").save(crop)
    assert pictures.picture(client, "crop", image_id, "160") != first and made


def test_what_a_crop_was_refused_for_is_seen_as_png_or_jpeg(imported: tuple[Client, str]) -> None:
    client, image_id = imported
    Image.new("RGB", (64, 64), "green").save(client.rejected / f"{image_id}.jpg")
    assert pictures.picture(client, "refused", image_id, "full")[0] == "image/jpeg"
    (client.rejected / f"{image_id}.png").write_bytes(PNG)
    assert pictures.picture(client, "refused", image_id, "full") == ("image/png", PNG)


@pytest.mark.parametrize("kind", ["original", "crop", "refused"])
def test_a_picture_without_a_record_is_unknown_though_its_file_lies_there(client: Client, kind: str) -> None:
    for folder in (client.processed, client.rejected, client.raw_real):
        (folder / f"{IMAGE}.png").write_bytes(PNG)
    with pytest.raises(PipelineError) as caught:
        pictures.picture(client, kind, IMAGE, "full")
    assert caught.value.key == "image.unknown"


def test_a_broken_picture_and_one_that_is_gone_are_not_there(imported: tuple[Client, str], dashboard: Dashboard) -> None:
    client, image_id = imported
    assert dashboard.get(f"/picture/ana/crop/{image_id}?size=160").status == 404
    (client.processed / f"{image_id}.png").write_bytes(b"no picture")
    assert dashboard.get(f"/picture/ana/crop/{image_id}?size=160").status == 404
    client.original(client.record(image_id)).write_bytes(b"no picture")
    assert dashboard.get(f"/picture/ana/original/{image_id}?size=full").status == 404


def test_a_file_beside_the_samples_is_no_sample(client: Client) -> None:
    folder = client.runs / "1" / "sample"
    folder.mkdir(parents=True)
    (folder / "prompt.txt").write_text("private")
    with pytest.raises(PipelineError):
        pictures.picture(client, "sample", "1:prompt.txt", "full")


def test_the_small_ones_go_with_the_picture(imported: tuple[Client, str]) -> None:
    client, image_id = imported
    Image.new("RGB", (64, 64), "green").save(client.processed / f"{image_id}.png")
    pictures.picture(client, "crop", image_id, "160")
    pictures.picture(client, "original", image_id, "160")
    cache = client.output / thumbnails.FOLDER
    assert len([path for path in cache.rglob("*.jpg") if image_id in path.name]) >= 2
    removal._forget_copies(client, [image_id])
    assert [path for path in cache.rglob("*.jpg") if image_id in path.name] == []
