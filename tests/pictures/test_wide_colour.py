"""HDR and wide gamut by code points become the colours that they were made from; the right values come from the standards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from avatar.pictures import decode, wide_colour
from avatar.pictures.wide_colour import Encoding
from avatar.texts.text import PipelineError
from tests.pictures import made

NOTED = ("picture.note.hdr",)
WAYS = {
    "P3": (12, 13, made.TO_P3, made.srgb, ()), "BT.2020": (9, 13, made.TO_BT2020, made.srgb, ()),
    "BT.2020, camera curve": (9, 14, made.TO_BT2020, made.bt709, ()),
    "BT.2020, 12 bit": (9, 15, made.TO_BT2020, made.bt709, ()),
    "P3, gamma 2.2": (12, 4, made.TO_P3, lambda linear: linear ** (1 / 2.2), ()),
    "linear": (1, 8, None, lambda linear: linear, ()),
    "PQ": (9, 16, made.TO_BT2020, made.pq, NOTED), "PQ in P3": (12, 16, made.TO_P3, made.pq, NOTED),
    "PQ in BT.709": (1, 16, None, made.pq, NOTED), "HLG": (9, 18, made.TO_BT2020, made.hlg, NOTED),
}  # fmt: skip


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("way", WAYS)
def test_a_png_with_cicp_has_the_colours_it_was_made_from(tmp_path: Path, way: str, bits: int) -> None:
    primaries, transfer, matrix, curve, notes = WAYS[way]
    loaded = decode.load_rgb(
        made.png(tmp_path / "x.png", made.encoded(matrix, curve), made.cicp(primaries, transfer), bits=bits)
    )
    assert made.off(loaded.pixels) <= (14 if way == "linear" else 1 if bits == 16 and notes else 5)
    assert loaded.notes == notes


@pytest.mark.parametrize("way", ["P3", "BT.2020", "PQ", "HLG", "PQ in P3"])
@pytest.mark.parametrize("bits", [8, 10])
def test_a_heic_with_nclx_has_the_colours_it_was_made_from(tmp_path: Path, way: str, bits: int) -> None:
    primaries, transfer, matrix, curve, notes = WAYS[way]
    loaded = decode.load_rgb(made.heif(tmp_path / "x.heic", made.encoded(matrix, curve), primaries, transfer, bits=bits))
    assert made.off(loaded.pixels) <= 8
    assert loaded.notes == notes


@pytest.mark.parametrize("way", ["P3", "BT.2020", "PQ", "HLG"])
def test_an_avif_with_nclx_has_the_colours_it_was_made_from(tmp_path: Path, way: str) -> None:
    primaries, transfer, matrix, curve, notes = WAYS[way]
    loaded = decode.load_rgb(made.avif(tmp_path / "x.avif", made.encoded(matrix, curve), primaries, transfer))
    assert made.off(loaded.pixels) <= 8
    assert loaded.notes == notes


@pytest.mark.parametrize("codes", [(1, 13), (1, 1), (1, 6), (2, 2), (1, 2), (2, 13)])
def test_what_is_srgb_or_says_nothing_stays_as_it_is_stored(tmp_path: Path, codes: tuple[int, int]) -> None:
    loaded = decode.load_rgb(made.png(tmp_path / "x.png", made.encoded(None, made.srgb), made.cicp(*codes)))
    assert (made.off(loaded.pixels), loaded.notes) == (0, ())


@pytest.mark.parametrize("codes", [(99, 13), (1, 200), (0, 0), (3, 3)])
def test_unknown_code_points_are_told_and_the_values_taken_for_srgb(tmp_path: Path, codes: tuple[int, int]) -> None:
    loaded = decode.load_rgb(made.png(tmp_path / "x.png", made.encoded(None, made.srgb), made.cicp(*codes)))
    assert (made.off(loaded.pixels), loaded.notes) == (0, ("picture.note.unknown_colour",))


def profile(name: str = "sRGB") -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()  # type: ignore[arg-type]


def iccp(content: bytes, name: bytes = b"x") -> bytes:
    import zlib

    return made.chunk(b"iCCP", name + b"\0\0" + zlib.compress(content))


def test_cicp_counts_and_the_profile_beside_it_does_not(tmp_path: Path) -> None:
    path = made.png(tmp_path / "x.png", made.encoded(made.TO_P3, made.srgb), made.cicp(12, 13), iccp(profile()))
    assert made.off(decode.load_rgb(path).pixels) <= 1


def test_in_a_heic_the_profile_counts_and_nclx_does_not(tmp_path: Path) -> None:
    import pillow_heif

    values = np.rint(made.encoded(None, made.srgb) * 255).astype(np.uint8)
    picture = Image.fromarray(values)
    picture.info["icc_profile"] = profile()
    made_from = pillow_heif.from_pillow(picture)
    made_from.save(tmp_path / "x.heic", quality=-1, chroma=444)
    content = (tmp_path / "x.heic").read_bytes()
    assert b"colrprof" in content or b"colrrICC" in content
    assert made.off(decode.load_rgb(tmp_path / "x.heic").pixels) <= 4


@pytest.mark.parametrize("name", [b"ITUR_2100_PQ_FULL"])
def test_the_profile_whose_name_meant_pq_before_there_was_cicp(tmp_path: Path, name: bytes) -> None:
    path = made.png(tmp_path / "x.png", made.encoded(made.TO_BT2020, made.pq), iccp(profile(), name), bits=16)
    loaded = decode.load_rgb(path)
    assert (made.off(loaded.pixels) <= 1, loaded.notes) == (True, NOTED)


def test_code_points_of_hdr_within_a_profile_count(tmp_path: Path) -> None:
    old = profile()
    count = int.from_bytes(old[128:132], "big")
    table = old[132 : 132 + 12 * count]
    moved = b"".join(
        table[at : at + 4] + (int.from_bytes(table[at + 4 : at + 8], "big") + 12).to_bytes(4, "big") + table[at + 8 : at + 12]
        for at in range(0, len(table), 12)
    )
    body = old[132 + 12 * count :]
    offset = 132 + 12 * (count + 1) + len(body)
    entry = b"cicp" + offset.to_bytes(4, "big") + (12).to_bytes(4, "big")
    whole = old[4:128] + (count + 1).to_bytes(4, "big") + moved + entry + body + b"cicp" + bytes(4) + bytes([9, 16, 0, 1])
    whole = (len(whole) + 4).to_bytes(4, "big") + whole
    path = made.png(tmp_path / "x.png", made.encoded(made.TO_BT2020, made.pq), iccp(whole), bits=16)
    loaded = decode.load_rgb(path)
    assert (made.off(loaded.pixels) <= 1, loaded.notes) == (True, NOTED)


@pytest.mark.parametrize("turn", [1, 6, 3])
@pytest.mark.parametrize("side", [None, 30])
def test_a_deep_hdr_png_is_turned_as_its_exif_says(tmp_path: Path, turn: int, side: int | None) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    upright = made.encoded(made.TO_BT2020, made.pq)
    stored = {1: upright, 6: np.rot90(upright), 3: upright[::-1, ::-1]}[turn]
    chunk = made.chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    loaded = decode.load_rgb(made.png(tmp_path / "x.png", stored, made.cicp(9, 16), chunk, bits=16), max_side_px=side)
    assert loaded.full_size == (60, 40) and made.off(loaded.pixels) <= 1


def test_a_deep_hdr_picture_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).random((60, 90, 3))
    for path in (
        made.png(tmp_path / "x.png", noise, made.cicp(9, 16), bits=16), made.heif(tmp_path / "x.heic", noise, 9, 16, bits=10)
    ):  # fmt: skip
        path.write_bytes(path.read_bytes()[: -path.stat().st_size // 3])
        with pytest.raises(PipelineError, match=r"import\.truncated"):
            decode.load_rgb(path)


def test_a_dark_ramp_of_deep_pq_has_no_bands(tmp_path: Path) -> None:
    ramp = np.linspace(0.02, 0.05, 512)[None, :, None].repeat(40, 0).repeat(3, 2)  # linear
    for path in (
        made.png(tmp_path / "x.png", made.pq(ramp), made.cicp(1, 16), bits=16),
        made.heif(tmp_path / "x.heic", made.pq(ramp), 1, 16, bits=10),
    ):
        row = decode.load_rgb(path).pixels[20, :, 1].astype(int)
        assert np.abs(row - np.rint(made.srgb(ramp[0, :, 1]) * 255)).max() <= 1


@pytest.mark.parametrize("side", [None, 30])
@pytest.mark.parametrize("curve", [made.pq, made.hlg])
def test_lights_above_white_stay_apart_and_keep_their_hue(
    tmp_path: Path, curve: Callable[[made.Floats], made.Floats], side: int | None
) -> None:
    bright = [
        decode.load_rgb(
            made.png(
                tmp_path / "x.png", made.encoded(made.TO_BT2020, curve, scale), made.cicp(9, 16 if curve is made.pq else 18)
            ),
            max_side_px=side,
        ).pixels[2, 2]
        for scale in (1.5, 2, 4)
    ]  # of skin
    reds = [int(rgb[0]) for rgb in bright]
    assert 235 <= reds[0] < reds[1] < reds[2] <= 255
    assert all(rgb[0] > rgb[1] > rgb[2] for rgb in bright)


def test_a_colour_outside_of_srgb_is_cut_to_its_nearest_and_does_not_wrap(tmp_path: Path) -> None:
    green = np.zeros((4, 4, 3), np.uint8)
    green[..., 1] = 255
    assert wide_colour.to_srgb(green, Encoding(9, 13))[0, 0].tolist() == [0, 255, 0]


@pytest.mark.parametrize("primaries", [4, 5, 6, 7, 8, 9, 10, 11, 12, 22, wide_colour.ADOBE_RGB])
def test_white_stays_white_and_grey_grey_in_every_gamut(primaries: int) -> None:
    greys = np.array([[[0] * 3, [64] * 3, [128] * 3, [255] * 3]], np.uint8)
    out = wide_colour.to_srgb(greys, Encoding(primaries, 13))
    assert np.abs(out.astype(int) - greys).max() <= 1


@pytest.mark.parametrize("transfer", sorted(wide_colour.CURVES))
def test_every_curve_rises_from_black(transfer: int) -> None:
    ramp = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, 2)
    out = wide_colour.to_srgb(ramp, Encoding(1, transfer))[0, :, 1].astype(int)
    assert out[0] == 0 and (np.diff(out) >= 0).all() and out[-1] >= 250


@pytest.mark.parametrize(
    ("index", "space", "adobe"),
    [
        ("R03", 0xFFFF, True),
        ("R03", None, True),
        (None, 2, True),
        ("R98", 0xFFFF, False),
        ("R03", 1, False),
        (None, None, False),
    ],
)
def test_adobe_rgb_is_known_by_what_the_camera_wrote(tmp_path: Path, index: str | None, space: int | None, adobe: bool) -> None:
    def curve(linear: made.Floats) -> made.Floats:
        return linear ** (256 / 563)

    exif = Image.Exif()
    values = exif.get_ifd(0x8769)
    if space is not None:
        values[0xA001] = space
    if index is not None:
        values[0xA005] = {1: index}
    picture = Image.fromarray(np.rint(made.encoded(made.TO_ADOBE, curve) * 255).astype(np.uint8))
    picture.save(tmp_path / "x.jpg", exif=exif, quality=100, subsampling=0)
    loaded = decode.load_rgb(tmp_path / "x.jpg")
    assert (made.off(loaded.pixels) <= 4) is adobe


def test_grey_and_palette_and_clear_pictures_of_code_points_are_converted(tmp_path: Path) -> None:
    values = np.rint(made.encoded(made.TO_P3, made.srgb) * 255).astype(np.uint8)
    for mode in ("P", "RGBA"):
        Image.fromarray(values).convert(mode, palette=Image.Palette.ADAPTIVE).save(tmp_path / "x.png")
        content = (tmp_path / "x.png").read_bytes()
        (tmp_path / "x.png").write_bytes(content[:33] + made.cicp(12, 13) + content[33:])
        assert made.off(decode.load_rgb(tmp_path / "x.png").pixels) <= 2
