"""Colours by code points instead of a profile (cICP, nclx, EXIF's Adobe RGB): HDR and wide gamut to sRGB.

A picture of a wider gamut is brought to linear light, by a matrix to the primaries of sRGB, and by the curve of sRGB to 8 bits;
what lies outside is cut off, as a relative colorimetric profile does. Of HDR, 203 cd/m² become white less a shoulder.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Pixels = NDArray[np.uint8]

D65 = (0.3127, 0.3290)
# ITU-T H.273 (07/2024), table 2: x and y of red, green, blue and white by colour_primaries.
PRIMARIES: dict[int, tuple[tuple[float, float], ...]] = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65),  # BT.709, sRGB
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.310, 0.316)),  # BT.470 system M
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), D65),  # BT.470 systems B and G, BT.601 625 lines
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),  # BT.601 525 lines, SMPTE ST 170
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),  # SMPTE ST 240
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), (0.310, 0.316)),  # film with illuminant C
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),  # BT.2020, BT.2100
    10: ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (1 / 3, 1 / 3)),  # SMPTE ST 428-1: CIE XYZ
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),  # SMPTE RP 431-2: DCI-P3
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),  # SMPTE EG 432-1: Display P3
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), D65),  # EBU Tech 3213-E
}
ADOBE_RGB = 1000  # code of our own, beyond H.273's 8 bits: Adobe RGB (1998), sections 4.3.1 and 4.3.4
PRIMARIES[ADOBE_RGB] = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), D65)
UNSPECIFIED = 2
SRGB_LIKE = frozenset({1, 2, 6, 13, 14, 15})  # with the primaries of sRGB: what encoders write beside ordinary pictures
PQ, HLG, LINEAR = 16, 18, 8
# ITU-R BT.2408-8, table 1: HDR reference white. HLG reaches it at 75 % of the signal on a display of 1,000 cd/m².
REFERENCE_WHITE = 203.0
HLG_PEAK, HLG_GAMMA = 1000.0, 1.2  # ITU-R BT.2100-3, table 5
BT2100_LUMA = np.array([0.2627, 0.6780, 0.0593], np.float32)  # BT.2100-3, table 5, note on Y_S
# [choice] Share of white above which the lights of an HDR picture are pressed together; sRGB 237: skin stays as it is.
SHOULDER = 0.85
STEPS = 16384  # of the table from linear light to sRGB: less than half a step of 8 bits everywhere
BAND_PIXELS = 1_000_000  # [measured] at once: 12 bytes each stay near the processor
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])  # ICC.1:2022, annex E


@dataclass(frozen=True)
class Encoding:
    """How values encode colours: code points of ITU-T H.273, and ADOBE_RGB."""

    primaries: int
    transfer: int

    @property
    def is_srgb(self) -> bool:
        return self.primaries in (1, UNSPECIFIED) and self.transfer in SRGB_LIKE

    @property
    def is_known(self) -> bool:
        return self.primaries in (*PRIMARIES, UNSPECIFIED) and self.transfer in (*CURVES, UNSPECIFIED)

    @property
    def is_hdr(self) -> bool:
        return self.transfer in (PQ, HLG)


# --- from values to linear light: ITU-T H.273, table 3 -----------------------------------------------------------------


def _power(exponent: float) -> Callable[[Floats], Floats]:
    return lambda value: value**exponent


def _with_toe(start: float, slope: float, scale: float, exponent: float) -> Callable[[Floats], Floats]:
    """Return the inverse of a curve that is linear below `start` (of light), and a power less an offset above."""

    def curve(value: Floats) -> Floats:
        above = ((np.maximum(value, slope * start) + scale - 1) / scale) ** exponent
        return np.where(value < slope * start, value / slope, above)

    return curve


def _logarithm(decades: float) -> Callable[[Floats], Floats]:
    return lambda value: np.where(value > 0, 10.0 ** ((value - 1) * decades), 0.0)


def _pq(value: Floats) -> Floats:
    """Return light relative to reference white: SMPTE ST 2084 / BT.2100-3, table 4, the EOTF of PQ (1 is 10,000 cd/m²)."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    power = value ** (1 / m2)
    return (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1) * 10_000 / REFERENCE_WHITE


def _hlg(value: Floats) -> Floats:
    """Return scene light, 0 to 1: BT.2100-3, table 5, HLG's inverse OETF. The display's share follows in `_shown_by_hlg`."""
    a = 0.17883277
    b, c = 1 - 4 * a, 0.5 - a * np.log(4 * a)
    return np.where(value <= 0.5, value * value / 3, (np.exp((value - c) / a) + b) / 12)


_BT709 = _with_toe(0.018053968510807, 4.5, 1.09929682680944, 1 / 0.45)
_SRGB = _with_toe(0.0031308, 12.92, 1.055, 2.4)  # IEC 61966-2-1
CURVES: dict[int, Callable[[Floats], Floats]] = {
    1: _BT709, 6: _BT709, 11: _BT709, 12: _BT709, 14: _BT709, 15: _BT709,
    4: _power(2.2), 5: _power(2.8), 7: _with_toe(0.0228, 4.0, 1.1115, 1 / 0.45), LINEAR: _power(1.0),
    9: _logarithm(2.0), 10: _logarithm(2.5), 13: _SRGB, PQ: _pq, HLG: _hlg,
    17: lambda value: value**2.6 * 52.37 / 48,  # SMPTE ST 428-1
    ADOBE_RGB: _power(563 / 256),
}  # fmt: skip


# --- conversion --------------------------------------------------------------------------------------------------------


def to_srgb(pixels: NDArray[np.uint8] | NDArray[np.uint16], encoding: Encoding) -> Pixels:
    """Return H x W x 3 values of 8 or 16 bits as 8-bit sRGB; unspecified or unknown code points count as those of sRGB."""
    import cv2

    linear, matrix = _to_linear(encoding.transfer, pixels.dtype.itemsize), _to_srgb_primaries(encoding.primaries)
    curve = _from_linear()
    out = np.empty(pixels.shape, np.uint8)
    rows = max(1, BAND_PIXELS // pixels.shape[1])
    for top in range(0, len(pixels), rows):
        light = linear.take(pixels[top : top + rows])
        if encoding.transfer == HLG:
            _shown_by_hlg(light)
        light = np.asarray(cv2.transform(light, matrix), np.float32).reshape(light.shape)
        if encoding.is_hdr:
            _press_lights(light)
        np.clip(light, 0, 1, out=light)
        out[top : top + rows] = curve.take((light * (STEPS - 1) + 0.5).astype(np.uint16))
    return out


@functools.lru_cache(8)
def _to_linear(transfer: int, depth: int) -> NDArray[np.float32]:
    """Return the light of each value of `depth` bytes."""
    values = np.linspace(0, 1, 256**depth)
    return CURVES.get(transfer, _SRGB)(values).astype(np.float32)


@functools.cache
def _from_linear() -> Pixels:
    light = np.linspace(0, 1, STEPS)
    values = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return (values * 255 + 0.5).astype(np.uint8)


def _shown_by_hlg(light: NDArray[np.float32]) -> None:
    """Turn scene light into that of a display, relative to reference white, in place: BT.2100-3, table 5, the OOTF of HLG."""
    import cv2

    luminance = np.maximum(cv2.transform(light, BT2100_LUMA[None]), 1e-6)
    light *= (cv2.pow(luminance, HLG_GAMMA - 1) * (HLG_PEAK / REFERENCE_WHITE))[..., None]


def _press_lights(light: NDArray[np.float32]) -> None:
    """Bring lights above the shoulder below white in place, each pixel as a whole, so that its hue stays."""
    strongest = np.maximum(np.maximum(light[..., 0], light[..., 1]), light[..., 2])
    bright = strongest > SHOULDER
    over = strongest[bright]
    room = 1 - SHOULDER
    light[bright] *= ((SHOULDER + room * (1 - np.exp((SHOULDER - over) / room))) / over)[:, None]


@functools.cache
def _to_srgb_primaries(primaries: int) -> NDArray[np.float32]:
    """Return the matrix from linear RGB of these primaries to that of sRGB, white to white (Bradford)."""
    source = PRIMARIES.get(primaries, PRIMARIES[1])
    back = np.linalg.inv(_to_xyz(PRIMARIES[1]))
    return (back @ _adapted(source[3]) @ _to_xyz(source)).astype(np.float32)


def _to_xyz(primaries: tuple[tuple[float, float], ...]) -> Floats:
    """Return the matrix from linear RGB to CIE XYZ: SMPTE RP 177, section 3."""
    columns = np.array([_xyz(point) for point in primaries[:3]]).T
    return np.asarray(columns * np.linalg.solve(columns, _xyz(primaries[3])))


def _xyz(point: tuple[float, float]) -> Floats:
    x, y = point
    return np.array([x, y, 1 - x - y]) / y if y else np.array([x, y, 1 - x - y])


def _adapted(white: tuple[float, float]) -> Floats:
    gains = (BRADFORD @ _xyz(D65)) / (BRADFORD @ _xyz(white))
    return np.asarray(np.linalg.inv(BRADFORD) @ np.diag(gains) @ BRADFORD)
