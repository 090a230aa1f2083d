"""Every format to upright sRGB; what is no picture is refused with its reason."""

from __future__ import annotations

import struct
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from avatar.commands import demo_pictures
from avatar.pictures import colour, decode, kinds, left_out
from avatar.pictures import raw as raw_pictures
from avatar.texts import translate
from avatar.texts.text import PipelineError, Text

# Left half red, right half blue, a green bar on top: any wrong turn or mirror moves a colour.
RED, GREEN, BLUE = (200, 40, 40), (40, 180, 60), (40, 60, 200)


def a_picture(width: int = 60, height: int = 40) -> Image.Image:
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    picture.paste(GREEN, (0, 0, width, height // 4))
    return picture


def corners(rgb: NDArray[np.uint8]) -> list[tuple[int, ...]]:
    """Return which of the three colours stands at top, lower left and lower right."""
    height, width = rgb.shape[:2]
    points = ((height // 8, width // 2), (height * 3 // 4, width // 8), (height * 3 // 4, width * 7 // 8))
    return [min((RED, GREEN, BLUE), key=lambda c: int(np.abs(rgb[y, x].astype(int) - c).sum())) for y, x in points]


UPRIGHT = [GREEN, RED, BLUE]


@pytest.mark.parametrize(
    ("suffix", "kind"), [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP"), ("tif", "TIFF"), ("bmp", "BMP"), ("heic", "HEIF")]
)
def test_each_format_is_known_by_content_and_decoded(tmp_path: Path, suffix: str, kind: str) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    path = tmp_path / f"foto ñ 🎉.{suffix}"
    a_picture().save(path)
    loaded = decode.load_rgb(path)
    assert (loaded.format, loaded.full_size, loaded.notes) == (kind, (60, 40), ())
    assert loaded.pixels.dtype == np.uint8 and loaded.pixels.shape == (40, 60, 3)
    assert corners(loaded.pixels) == UPRIGHT


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_orientation_is_applied_exactly_once(tmp_path: Path, orientation: int, suffix: str) -> None:
    undo = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90", 7: "TRANSVERSE",
            8: "ROTATE_270"}  # fmt: skip
    stored = a_picture(600, 400)
    if orientation in undo:
        stored = stored.transpose(Image.Transpose[undo[orientation]])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / f"x.{suffix}", exif=exif)
    for side in (None, 120):
        loaded = decode.load_rgb(tmp_path / f"x.{suffix}", max_side_px=side)
        assert loaded.full_size == (600, 400)
        assert corners(loaded.pixels) == UPRIGHT
    assert max(loaded.pixels.shape) == 120


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "1", "I;16"])
def test_every_kind_of_pixels_becomes_rgb(tmp_path: Path, mode: str) -> None:
    grey = Image.fromarray(np.full((40, 60), 128, np.uint8))
    picture = Image.fromarray(np.full((40, 60), 128 * 257, np.uint16)) if mode == "I;16" else grey.convert(mode)
    path = tmp_path / ("x.tif" if mode in ("CMYK", "I;16") else "x.png")
    picture.save(path)
    pixels = decode.load_rgb(path).pixels
    assert pixels.shape == (40, 60, 3)
    if mode != "1":
        assert abs(float(pixels.mean()) - 128) < 3


RAMP = np.linspace(0, 1, 60 * 40, dtype=np.float32).reshape(40, 60)


@pytest.mark.parametrize("white", [1, 255, 65535])
def test_grey_floats_are_scaled_by_the_range_they_fill(tmp_path: Path, white: int) -> None:
    Image.fromarray(RAMP * white).save(tmp_path / "x.tif")
    pixels = decode.load_rgb(tmp_path / "x.tif").pixels
    assert np.abs(pixels[..., 0] - RAMP * 255).max() <= 1
    assert np.array_equal(pixels[..., 0], pixels[..., 2])


def test_floats_that_sharpening_drove_a_little_over_one_do_not_turn_black(tmp_path: Path) -> None:
    Image.fromarray(RAMP * 1.1).save(tmp_path / "x.tif")
    assert decode.load_rgb(tmp_path / "x.tif").pixels.max() == 255


@pytest.mark.parametrize("odd", [np.nan, np.inf, 1e9])
def test_floats_without_a_known_white_are_refused_with_the_reason(tmp_path: Path, odd: float) -> None:
    values = RAMP.copy()
    values[3, 3] = odd
    Image.fromarray(values).save(tmp_path / "x.tif")
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / "x.tif")
    assert caught.value.key == "import.pixel_kind"


def test_integers_of_more_than_sixteen_bits_are_refused_instead_of_turning_white(tmp_path: Path) -> None:
    Image.fromarray((RAMP * 2_000_000_000).astype(np.int32)).save(tmp_path / "x.tif")
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / "x.tif")
    assert caught.value.key == "import.pixel_kind"


def test_a_tiff_of_colours_in_floats_is_refused_with_what_its_tags_say_and_without_the_folder(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "x.tif"), np.dstack([RAMP] * 3))
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / "x.tif")
    assert caught.value.key == "import.pixel_kind"
    assert "32" in str(caught.value.values["detail"]) and str(tmp_path) not in str(caught.value.values)


def test_bitmaps_of_os2_and_with_reserved_bytes_are_bitmaps_and_a_text_beginning_with_bm_is_none(
    tmp_path: Path,
) -> None:
    a_picture().save(tmp_path / "x.bmp")
    content = bytearray((tmp_path / "x.bmp").read_bytes())
    content[6:10] = b"\x26\0\x24\0"
    (tmp_path / "x.bmp").write_bytes(content)
    assert corners(decode.load_rgb(tmp_path / "x.bmp").pixels) == UPRIGHT
    os2 = struct.pack("<2sIHHIIHHHH", b"BM", 26 + 8, 0, 0, 26, 12, 2, 1, 1, 24) + bytes([0, 0, 255] * 2 + [0, 0])
    (tmp_path / "os2.bmp").write_bytes(os2)
    assert decode.load_rgb(tmp_path / "os2.bmp").pixels.tolist() == [[[255, 0, 0], [255, 0, 0]]]
    (tmp_path / "note.bmp").write_text("BMW, my favourite cars. " * 10)
    with pytest.raises(PipelineError, match=r"import\.not_picture"):
        decode.load_rgb(tmp_path / "note.bmp")


@pytest.mark.parametrize(("suffix", "kept"), [("png", 20), ("jpg", 12), ("tif", 10), ("bmp", 20), ("webp", 16), ("heic", 40)])
def test_what_begins_like_a_picture_and_is_noise_behind_is_refused_without_naming_where_it_lay(
    tmp_path: Path, suffix: str, kept: int
) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    path = tmp_path / f"secret_folder.{suffix}"
    a_picture().save(path)
    content = path.read_bytes()
    path.write_bytes(content[:kept] + np.random.default_rng(1).bytes(len(content) - kept))
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(path)
    assert caught.value.key in {"import.damaged", "import.unreadable", "import.truncated", "import.bomb"}
    assert str(tmp_path) not in str(caught.value.values)


def test_an_avif_whose_pixels_are_damaged_is_refused_and_not_called_an_error_of_the_program(tmp_path: Path) -> None:
    a_picture().save(tmp_path / "x.avif")
    content = (tmp_path / "x.avif").read_bytes()
    pixels = content.index(b"mdat") + 4
    (tmp_path / "x.avif").write_bytes(content[:pixels] + bytes(len(content) - pixels))
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / "x.avif")
    assert (caught.value.key, caught.value.values["name"]) == ("import.unreadable", "x.avif")
    assert decode.pixel_count(tmp_path / "x.avif") == 60 * 40


def test_a_png_whose_first_chunk_does_not_hold_is_called_damaged(tmp_path: Path) -> None:
    a_picture().save(tmp_path / "x.png")
    content = bytearray((tmp_path / "x.png").read_bytes())
    content[30] ^= 0xFF
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / "x.png")
    assert caught.value.text == Text("import.damaged", {"name": "x.png"})


def test_cielab_becomes_the_colours_it_was_made_from(tmp_path: Path) -> None:
    original = a_picture()
    lab = ImageCms.profileToProfile(original, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB")
    assert lab is not None
    lab.save(tmp_path / "x.tif")
    difference = decode.load_rgb(tmp_path / "x.tif").pixels.astype(int) - np.asarray(original)
    assert np.abs(difference).max() <= 8  # 8 bits of L, a and b: most in the dark channel of a deep blue


@pytest.mark.parametrize("name", ["x.tif", "x.png"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_are_reduced_evenly_over_the_whole_range(tmp_path: Path, name: str, channels: int) -> None:
    values = (RAMP * 65535).astype(np.uint16)
    stored = {1: values, 3: np.dstack([values, values[::-1], values]), 4: np.dstack([values] * 3 + [values * 0 + 65535])}
    cv2.imwrite(str(tmp_path / name), stored[channels])
    pixels = decode.load_rgb(tmp_path / name).pixels.astype(int)
    assert np.abs(pixels[..., 0] - RAMP * 255).max() <= 1
    if channels == 3:
        assert np.abs(pixels[..., 1] - RAMP[::-1] * 255).max() <= 1


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "x.png")
    assert decode.load_rgb(tmp_path / "x.png").pixels.min() == 255


def swapped_profile() -> bytes:
    """Return a profile whose red and blue are swapped, which shows beyond doubt that it was used."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    data = bytearray(srgb.tobytes())
    table = {bytes(data[i : i + 4]): i for i in range(132, 132 + 12 * struct.unpack(">I", data[128:132])[0], 12)}
    red, blue = (next(at for tag, at in table.items() if tag == name) for name in (b"rXYZ", b"bXYZ"))
    data[red + 4 : red + 12], data[blue + 4 : blue + 12] = data[blue + 4 : blue + 12], data[red + 4 : red + 12]
    return bytes(data)


def test_a_wide_gamut_profile_is_converted_to_srgb(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), (220, 30, 30)).save(tmp_path / "x.png", icc_profile=swapped_profile())
    pixel = decode.load_rgb(tmp_path / "x.png").pixels[0, 0].astype(int)
    assert pixel[2] > 150 > 80 > pixel[0]


@pytest.mark.parametrize(("mode", "name"), [("RGB", "x.jpg"), ("RGB", "x.webp"), ("CMYK", "x.jpg"), ("L", "x.jpg")])
def test_of_a_small_copy_only_so_many_pixels_go_through_the_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, name: str
) -> None:
    profile = swapped_profile() if mode == "RGB" else b"no profile"
    a_picture(960, 640).convert(mode).save(tmp_path / name, icc_profile=profile, quality=95)
    real, seen = colour._by_profile, []

    def watched(picture: Image.Image, given: bytes) -> Image.Image | None:
        seen.append(picture.size)
        return real(picture, given)

    monkeypatch.setattr(colour, "_by_profile", watched)
    small = decode.load_rgb(tmp_path / name, max_side_px=100)
    assert (small.pixels.shape, small.full_size, seen) == ((67, 100, 3), (960, 640), [(100, 67)])
    whole = decode.load_rgb(tmp_path / name).pixels
    shrunk = cv2.resize(whole, (100, 67), interpolation=cv2.INTER_AREA)
    assert np.abs(small.pixels.astype(int) - shrunk).mean() < 1.5


@pytest.mark.parametrize(("width", "long_side"), [(960, 120), (1500, 187), (150, 150), (199, 199), (200, 100), (90, 90)])
def test_a_rough_copy_is_shrunk_by_whole_numbers_to_less_than_twice_the_side(
    tmp_path: Path, width: int, long_side: int
) -> None:
    a_picture(width, width * 2 // 3).save(tmp_path / "x.png", icc_profile=b"no profile")
    a_picture(width, width * 2 // 3).save(tmp_path / "x.jpg")
    for name in ("x.png", "x.jpg"):
        copy = decode.load_rgb(tmp_path / name, max_side_px=100, rough=True)
        assert 100 <= max(copy.pixels.shape) < 200 or copy.pixels.shape[1] == width < 100
        assert copy.full_size == (width, width * 2 // 3)
    assert abs(max(decode.load_rgb(tmp_path / "x.jpg", max_side_px=100, rough=True).pixels.shape) - long_side) <= 1


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize(
    ("mode", "name"), [("RGB", "x.png"), ("RGB", "x.tif"), ("RGBA", "x.png"), ("P", "x.png"), ("RGB", "x.jpg")]
)
def test_a_part_is_what_a_slice_of_the_whole_is(tmp_path: Path, turn: int, mode: str, name: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (60, 90, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = turn
    Image.fromarray(noise).convert(mode).save(tmp_path / name, exif=exif)
    whole = decode.load_rgb(tmp_path / name)
    width, height = whole.full_size
    part = decode.load_rgb(tmp_path / name, part=(0.2, 0.3, 0.7, 1.4))
    assert part.full_size == whole.full_size
    assert part.place == pytest.approx((0.2 * width, 0.3 * height, 0.7 * width, height))
    assert part.place is not None
    left, top, right, bottom = (round(value) for value in part.place)
    assert np.array_equal(part.pixels, whole.pixels[top:bottom, left:right])


def test_a_part_of_a_reduced_copy_says_where_it_lies_and_only_it_goes_through_the_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_picture(960, 640).save(tmp_path / "x.jpg", icc_profile=swapped_profile())
    real, seen = colour._by_profile, []

    def watched(picture: Image.Image, given: bytes) -> Image.Image | None:
        seen.append(picture.size)
        return real(picture, given)

    monkeypatch.setattr(colour, "_by_profile", watched)
    part = decode.load_rgb(tmp_path / "x.jpg", max_side_px=400, part=(0.5, 0.5, 0.75, 0.76))
    assert part.place == (480, 320, 720, 488)  # at half scale, and not shrunk to 400 px
    assert seen == [(120, 84)] and part.pixels.shape == (84, 120, 3)


def test_the_transform_of_a_profile_is_made_once_a_thread(tmp_path: Path) -> None:
    colour._transform.cache_clear()
    profile = swapped_profile()  # it holds the time at which it was made
    for number in range(3):
        a_picture().save(tmp_path / f"{number}.png", icc_profile=profile)
        decode.load_rgb(tmp_path / f"{number}.png")
    assert colour._transform.cache_info().misses == 1
    with ThreadPoolExecutor(1) as other:
        other.submit(decode.load_rgb, tmp_path / "0.png").result()
    assert colour._transform.cache_info().misses == 2


def test_a_broken_profile_costs_nothing_but_itself(tmp_path: Path) -> None:
    a_picture().save(tmp_path / "x.png", icc_profile=b"no profile")
    assert corners(decode.load_rgb(tmp_path / "x.png").pixels) == UPRIGHT


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("empty.jpg", b"", "import.empty"),
        ("zeros.nef", b"\0" * 5000, "import.empty"),
        ("page.png", b"<!DOCTYPE html><html><body>Access denied</body></html>", "import.not_picture"),
        ("text.jpg", b"this is not a picture at all, only words that someone renamed to .jpg" * 3, "import.not_picture"),
        ("._cara.jpg", b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        ", "import.apple_double"),
        ("zip.png", b"PK\x03\x04" + b"\x01" * 100, "import.not_picture"),
        ("text.nef", b"only words again, and then some more words to fill the sixty-four characters", "import.not_picture"),
        ("noise.dng", bytes(range(1, 256)) * 30, "import.raw_unsupported"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(tmp_path: Path, name: str, content: bytes, key: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / name)
    assert caught.value.key == key
    assert caught.value.values["name"] == name


def test_a_missing_file_is_refused_not_raised_as_a_system_error(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        kinds.sniff(tmp_path / "gone.jpg")
    assert caught.value.key == "import.unreadable"


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_a_picture_cut_off_in_the_middle_is_refused(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / f"x.{suffix}")
    whole = (tmp_path / f"x.{suffix}").read_bytes()
    (tmp_path / f"x.{suffix}").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / f"x.{suffix}")
    assert caught.value.key in {"import.truncated", "import.unreadable"}


def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    Image.new("L", (3000, 3000)).save(tmp_path / "x.png")
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / "x.png", max_pixels=1_000_000)
    assert caught.value.key == "import.bomb"
    assert caught.value.values["megapixels"] == 9.0


def test_a_jpeg_called_nef_is_a_jpeg_and_a_raw_called_jpg_a_raw(tmp_path: Path) -> None:
    a_picture().save(tmp_path / "x.jpg")
    (tmp_path / "x.jpg").rename(tmp_path / "x.nef")
    loaded = decode.load_rgb(tmp_path / "x.nef")
    assert (loaded.format, loaded.notes) == ("JPEG", ("picture.note.other_type",))
    demo_pictures.write_dng(tmp_path / "y.jpg", np.asarray(a_picture(600, 400)))
    loaded = decode.load_rgb(tmp_path / "y.jpg")
    assert (loaded.format, loaded.full_size, loaded.notes) == ("RAW", (600, 400), ("picture.note.other_type",))
    assert corners(loaded.pixels) == UPRIGHT


def test_a_name_that_claims_no_kind_of_picture_claims_no_other_one(tmp_path: Path) -> None:
    for name in ("foto.jpg_large", "foto", "foto.jpeg", "foto.JFIF", "v1.2"):
        a_picture().save(tmp_path / name, "JPEG")
        assert decode.load_rgb(tmp_path / name).notes == (), name
    for name in ("foto.png", "foto.DNG", "foto.webp", "foto.avif"):
        a_picture().save(tmp_path / name, "JPEG")
        assert decode.load_rgb(tmp_path / name).notes == ("picture.note.other_type",), name


def test_a_raw_decodes_smaller_when_a_copy_is_enough(tmp_path: Path) -> None:
    demo_pictures.write_dng(tmp_path / "x.dng", np.asarray(a_picture(600, 400)))
    loaded = decode.load_rgb(tmp_path / "x.dng", max_side_px=200)
    assert (loaded.full_size, loaded.pixels.shape) == ((600, 400), (133, 200, 3))
    assert corners(loaded.pixels) == UPRIGHT


def test_a_raw_of_one_colour_is_silent_garbage(tmp_path: Path) -> None:
    demo_pictures.write_dng(tmp_path / "x.dng", np.zeros((400, 600, 3), np.uint8))
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / "x.dng")
    assert caught.value.key == "import.garbage"


def test_a_dark_raw_is_brightened_and_that_is_noted(tmp_path: Path) -> None:
    dark = (np.asarray(a_picture(600, 400)) * 0.08).astype(np.uint8)
    demo_pictures.write_dng(tmp_path / "x.dng", dark)
    loaded = decode.load_rgb(tmp_path / "x.dng")
    assert loaded.notes == ("picture.note.dark_raw",)
    assert loaded.pixels.mean() > 2 * dark.mean()


@pytest.mark.parametrize("side", [None, 150])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_raw_is_upright_for_every_orientation(tmp_path: Path, orientation: int, side: int | None) -> None:
    picture = a_picture(600, 400)
    exif = picture.getexif()
    exif[0x0112] = {5: 5, 6: 8, 7: 7, 8: 6}.get(orientation, orientation)  # the turn that the orientation undoes
    demo_pictures.write_dng(tmp_path / "x.dng", np.asarray(ImageOps.exif_transpose(picture)))
    content = (tmp_path / "x.dng").read_bytes()
    entry = struct.pack("<HHIH", 274, 3, 1, 1)
    assert content.count(entry) == 1
    (tmp_path / "x.dng").write_bytes(content.replace(entry, struct.pack("<HHIH", 274, 3, 1, orientation)))
    loaded = decode.load_rgb(tmp_path / "x.dng", max_side_px=side)
    assert loaded.full_size == (600, 400)
    assert corners(loaded.pixels) == UPRIGHT


@pytest.mark.parametrize(("flip", "orientation"), [(0, 1), (1, 2), (2, 4), (3, 3), (4, 5), (5, 8), (6, 6), (7, 7)])
def test_the_preview_of_a_raw_is_turned_as_libraw_turns_the_raw(flip: int, orientation: int) -> None:
    import rawpy

    class Raw:
        def extract_thumb(self) -> object:
            return rawpy.Thumbnail(rawpy.ThumbFormat.BITMAP, np.asarray(a_picture()))

    picture = a_picture()
    picture.getexif()[0x0112] = orientation
    found = raw_pictures._raw_preview(Raw(), flip)
    assert found is not None
    assert found.tobytes() == ImageOps.exif_transpose(picture).tobytes()


def test_a_stripped_raw_whose_pixels_libraw_makes_up_is_garbage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_pictures.write_dng(tmp_path / "x.dng", np.asarray(a_picture(600, 400)))
    monkeypatch.setattr(raw_pictures, "MIN_RAW_BITS_PER_PIXEL", 1000.0)
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / "x.dng")
    assert caught.value.key == "import.garbage"


def test_pillows_limits_and_warnings_are_as_before_when_the_last_of_several_pictures_is_closed(tmp_path: Path) -> None:
    for number in range(12):
        Image.new("RGB", (40, 30), (number, 0, 0)).save(tmp_path / f"{number}.png")
    before, filters = Image.MAX_IMAGE_PIXELS, list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(decode.load_rgb, sorted(tmp_path.iterdir())))
    assert {loaded.full_size for loaded in found} == {(40, 30)}
    assert (before, filters) == (Image.MAX_IMAGE_PIXELS, list(warnings.filters))
    assert before is not None


def test_the_pixels_that_a_head_promises_are_counted_without_decoding(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "x.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "x.png").read_bytes()[:60])
    (tmp_path / "y.png").write_bytes(b"no picture")
    assert [decode.pixel_count(tmp_path / name) for name in ("x.png", "cut.png", "y.png")] == [1200, 1200, 0]


# --- what a file is, by its first bytes ------------------------------------------------------------------------------


def box(brand: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + brand + bytes(4) + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\1" * 64


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (box(b"heic"), "HEIF"), (box(b"mif1", b"mif1", b"heic"), "HEIF"), (box(b"avif"), "AVIF"), (box(b"avis"), "AVIF"),
        (box(b"mif1", b"miaf", b"avif"), "AVIF"), (box(b"crx ", b"crx ", b"isom"), "RAW"),
        (b"FUJIFILMCCD-RAW 0201" + b"\1" * 40, "RAW"),
        (b"FOVb" + b"\1" * 40, "RAW"), (b"IIRO\x08" + b"\1" * 40, "RAW"), (b"MMOR" + b"\1" * 40, "RAW"),
        (b"IIU\0\x18" + b"\1" * 40, "RAW"), (b"\0MRM" + b"\1" * 40, "RAW"), (b"II\x1a\0\0\0HEAPCCDR" + b"\1" * 40, "RAW"),
        (b"RIFF\1\1\1\1WEBPVP8 " + b"\1" * 40, "WEBP"), (b"\xff\xd8\xff\xe0" + b"\1" * 40, "JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"\1" * 40, "PNG"), (b"MM\0*" + b"\1" * 40, "TIFF"), (b"II+\0" + b"\1" * 40, "TIFF"),
    ],
)  # fmt: skip
def test_the_first_bytes_tell_the_kind_whatever_the_name(tmp_path: Path, head: bytes, kind: str) -> None:
    (tmp_path / "x.txt").write_bytes(head)
    assert kinds.sniff(tmp_path / "x.txt") == kind
    assert kinds.is_picture(tmp_path / "x.txt")


@pytest.mark.parametrize(
    ("head", "seen"),
    [
        (b"\n <!DOCTYPE HTML>", "HTML/XML"), (b"<svg xmlns=", "HTML/XML"), (b"<?xml version", "HTML/XML"),
        (b"PK\x03\x04\x01", "ZIP"), (b"%PDF-1.7", "PDF"), (b'{"error": "denied"}', "TXT"), (b"[1, 2]", "TXT"),
        (b"a" * 64, "TXT"), (b"a" * 63 + b"\x01", "?"), (b"RIFF\1\1\1\1WAVEfmt ", "?"), (b"\xff\xd8\x01", "?"),
        (b"BM" + b"\1" * 30, "?"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_what_it_looks_like(tmp_path: Path, head: bytes, seen: str) -> None:
    (tmp_path / "x.jpg").write_bytes(head)
    assert not kinds.is_picture(tmp_path / "x.jpg")
    with pytest.raises(PipelineError) as caught:
        kinds.sniff(tmp_path / "x.jpg")
    assert caught.value.text == Text("import.not_picture", {"name": "x.jpg", "seen": seen})


def test_what_cannot_be_opened_is_no_picture(tmp_path: Path) -> None:
    assert not kinds.is_picture(tmp_path / "gone.png") and not kinds.is_picture(tmp_path)


@pytest.mark.parametrize(
    ("name", "hidden"),
    [("._a.jpg", True), (".DS_Store", True), ("Thumbs.db", True), ("THUMBS.DB", True), ("desktop.ini", True),
     ("__MACOSX", True), ("a.jpg", False), ("_a.jpg", False), ("thumbs.db.jpg", False), ("a.", False)],
)  # fmt: skip
def test_the_systems_own_files_are_told_from_the_users(name: str, hidden: bool) -> None:
    assert left_out.is_of_system(name) is hidden


# --- sizes -----------------------------------------------------------------------------------------------------------


def test_a_picture_of_as_many_pixels_as_allowed_is_taken_and_of_one_more_row_is_not(tmp_path: Path) -> None:
    for suffix in ("png", "jpg"):
        a_picture(60, 40).save(tmp_path / f"x.{suffix}")
        assert decode.load_rgb(tmp_path / f"x.{suffix}", max_pixels=2400).full_size == (60, 40)
        with pytest.raises(PipelineError) as caught:
            decode.load_rgb(tmp_path / f"x.{suffix}", max_pixels=2399)
        assert caught.value.key == "import.bomb"
        assert caught.value.values == {"name": f"x.{suffix}", "megapixels": 0.0024, "limit": 0.002399}
    demo_pictures.write_dng(tmp_path / "x.dng", np.asarray(a_picture(600, 400)))
    assert decode.load_rgb(tmp_path / "x.dng", max_pixels=240_000).full_size == (600, 400)
    with pytest.raises(PipelineError, match=r"import\.bomb"):
        decode.load_rgb(tmp_path / "x.dng", max_pixels=239_999)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
@pytest.mark.parametrize(
    ("side", "expected"),
    [(None, (600, 400)), (601, (600, 400)), (600, (600, 400)), (599, (599, 399)), (150, (150, 100)), (1, (1, 1))],
)
def test_a_copy_has_the_side_that_was_asked_for_and_is_never_enlarged(
    tmp_path: Path, suffix: str, side: int | None, expected: tuple[int, int]
) -> None:
    a_picture(600, 400).save(tmp_path / f"x.{suffix}")
    loaded = decode.load_rgb(tmp_path / f"x.{suffix}", max_side_px=side)
    assert (loaded.pixels.shape[1], loaded.pixels.shape[0]) == expected
    assert loaded.full_size == (600, 400) and loaded.pixels.flags.c_contiguous


def test_a_picture_much_wider_than_high_keeps_at_least_one_row(tmp_path: Path) -> None:
    for suffix in ("png", "jpg"):
        a_picture(3000, 4).save(tmp_path / f"x.{suffix}")
        loaded = decode.load_rgb(tmp_path / f"x.{suffix}", max_side_px=100)
        assert (loaded.pixels.shape, loaded.full_size) == ((1, 100, 3), (3000, 4))


# --- RAWs that cannot be developed -----------------------------------------------------------------------------------


class PreviewOnly:
    """A RAW that LibRaw opens and cannot develop, with a preview of some size."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], error: Exception) -> None:
        import rawpy

        raw = self

        class Opened:
            sizes = type("Sizes", (), {"flip": 0, "width": 6000, "height": 4000})()

            def __enter__(self) -> Opened:
                return self

            def __exit__(self, *_: object) -> None:
                pass

            def extract_thumb(self) -> object:
                return rawpy.Thumbnail(rawpy.ThumbFormat.BITMAP, np.asarray(a_picture(*raw.size)))

            def postprocess(self, **_: object) -> None:
                raise raw.error

        self.size, self.error = size, error
        monkeypatch.setattr(rawpy, "imread", lambda path: Opened())


def a_raw(folder: Path) -> Path:
    (folder / "x.dng").write_bytes(b"FOVb" + b"\1" * 4_000_000)
    return folder / "x.dng"


def test_a_raw_that_cannot_be_developed_gives_its_preview_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import rawpy

    PreviewOnly(monkeypatch, (768, 512), rawpy.LibRawFileUnsupportedError(b"JPEG XL"))
    loaded = decode.load_rgb(a_raw(tmp_path))
    assert (loaded.format, loaded.full_size, loaded.notes) == ("RAW", (768, 512), ("picture.note.preview_only",))
    assert corners(loaded.pixels) == UPRIGHT


@pytest.mark.parametrize(
    ("kind", "key"), [("LibRawFileUnsupportedError", "import.raw_unsupported"), ("LibRawDataError", "import.truncated")]
)
def test_a_preview_too_small_for_a_face_is_none_and_the_reason_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, key: str
) -> None:
    import rawpy

    PreviewOnly(monkeypatch, (768, 511), getattr(rawpy, kind)(b"some reason"))
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(a_raw(tmp_path))
    assert (caught.value.key, caught.value.values) == (key, {"name": "x.dng", "detail": "some reason"})


@pytest.mark.parametrize(
    ("size", "side", "used"),
    [((1536, 1024), 512, True), ((600, 400), 600, True), ((600, 400), 601, False), ((640, 480), 512, False)],
)
def test_a_preview_serves_for_a_copy_where_it_is_large_enough_and_of_the_same_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], side: int, used: bool
) -> None:
    import rawpy

    PreviewOnly(monkeypatch, size, rawpy.LibRawFileUnsupportedError("developed"))
    if used:
        loaded = decode.load_rgb(a_raw(tmp_path), max_side_px=side)
        assert (loaded.full_size, loaded.notes, max(loaded.pixels.shape)) == ((6000, 4000), (), side)
    else:
        with pytest.raises(PipelineError, match="developed"):
            decode.load_rgb(a_raw(tmp_path), max_side_px=side)


@pytest.mark.parametrize("head", [b"Rar!\x1a\x07\0", b"Rar!\x1a\x07\x01\0", b"7z\xbc\xaf\x27\x1c\0\4"])
@pytest.mark.parametrize("name", ["fotos", "foto.jpg", "foto.nef"])
def test_an_archive_under_another_name_is_called_one(tmp_path: Path, head: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(head)
    with pytest.raises(PipelineError) as caught:
        kinds.sniff(tmp_path / name)
    assert caught.value.text == Text("import.packed", {"name": name})


def test_a_size_that_is_too_large_is_told_apart_from_the_limit_that_it_exceeds_by_little(tmp_path: Path) -> None:
    a_picture(60, 40).save(tmp_path / "x.png")
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / "x.png", max_pixels=2399)
    assert "(0.002400 megapixels; limit: 0.002399)" in translate.words(caught.value.text, "en")


@pytest.mark.parametrize(
    ("error", "key"),
    [(MemoryError(), "import.no_memory"),
     (Image.DecompressionBombError("Image size (9 pixels) exceeds limit"), "import.bomb_inside")],
)  # fmt: skip
def test_a_picture_that_no_memory_was_left_for_is_not_said_to_exceed_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, key: str
) -> None:
    def raising(*_: object) -> None:
        raise error

    a_picture().save(tmp_path / "x.jpg")
    monkeypatch.setattr(decode, "_load_standard", raising)
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(tmp_path / "x.jpg")
    assert caught.value.key == key
    for language in translate.LANGUAGES:
        assert "mega" not in translate.words(caught.value.text, language)


# --- large pictures, and the pages of a TIFF -------------------------------------------------------------------------


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["jpg", "png", "tif"])
def test_a_picture_decoded_in_bands_is_the_one_decoded_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turn: int, kind: str
) -> None:  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = turn
    path = tmp_path / f"x.{kind}"
    noise = np.random.default_rng(turn).integers(0, 255, (70, 50, 3), np.uint8)
    Image.fromarray(noise).save(path, exif=exif)
    whole = decode.load_rgb(path)
    monkeypatch.setattr(decode, "BAND_FROM_PIXELS", 1)
    monkeypatch.setattr(decode, "BAND_PIXELS", 600)
    banded = decode.load_rgb(path)
    assert banded.full_size == whole.full_size and np.array_equal(banded.pixels, whole.pixels)
    small = decode.load_rgb(path, max_side_px=20)
    assert max(small.pixels.shape[:2]) == 20 and small.full_size == whole.full_size


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "1", "I;16"])
def test_pixels_of_every_kind_are_the_same_in_bands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (40, 60, 3), np.uint8)
    deep = np.random.default_rng(3).integers(0, 65535, (40, 60), np.uint16)
    picture = Image.fromarray(deep) if mode == "I;16" else Image.fromarray(noise).convert(mode)
    path = tmp_path / ("x.tif" if mode in ("CMYK", "I;16") else "x.png")
    picture.save(path)
    whole = decode.load_rgb(path).pixels
    monkeypatch.setattr(decode, "BAND_FROM_PIXELS", 1)
    monkeypatch.setattr(decode, "BAND_PIXELS", 600)
    assert np.array_equal(decode.load_rgb(path).pixels, whole)


@pytest.mark.parametrize(("kind", "limit"), [("WEBP", 78), ("PNG", 156), ("TIFF", 156)])
def test_a_picture_that_would_take_too_much_memory_is_refused_with_the_reason_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, limit: int
) -> None:  # fmt: skip
    path = tmp_path / f"x.{kind.lower()}"
    Image.new("RGBA" if kind == "PNG" else "RGB", (100, 100)).save(path, kind)
    decode.load_rgb(path)
    pixel_bytes = 16 if kind == "WEBP" else 8
    assert round(kinds.DECODE_BYTES / pixel_bytes / 1e6) == limit
    monkeypatch.setattr(kinds, "DECODE_BYTES", 100 * 100 * pixel_bytes - 1)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("it was decoded"))
    with pytest.raises(PipelineError) as caught:
        decode.load_rgb(path)
    assert caught.value.key == "import.memory"


def in_pages(path: Path, *sides: int) -> Path:
    first, *others = [Image.new("RGB", (side, side), (side % 256, 0, 0)) for side in sides]
    first.save(path, save_all=True, append_images=others)
    return path


@pytest.mark.parametrize(
    ("sides", "chosen"), [((40, 400), 400), ((400, 40), 400), ((200, 210), 200), ((40, 400, 800, 80), 800), ((300,), 300)]
)
def test_of_a_tiff_that_begins_with_its_thumbnail_the_picture_is_taken(
    tmp_path: Path, sides: tuple[int, ...], chosen: int
) -> None:  # fmt: skip
    path = in_pages(tmp_path / "x.tif", *sides)
    loaded = decode.load_rgb(path)
    assert loaded.full_size == (chosen, chosen) and tuple(loaded.pixels[0, 0]) == (chosen % 256, 0, 0)
    assert decode.pixel_count(path) == chosen * chosen
