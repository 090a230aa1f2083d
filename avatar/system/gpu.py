"""Graphics cards and their free memory, by NVML, without torch. Nothing here raises.

Not covered: memory of cards that are no NVIDIA card; the trainer's CUDA optimizers do not run there.
"""

from __future__ import annotations

import contextlib
import platform
import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from config import GPU_PROFILES, GPUProfile

GIB = 1 << 30
NVML_NOT_SUPPORTED = 3  # nvml.h, NVML_ERROR_NOT_SUPPORTED
# PCI vendor numbers (pci-ids.ucw.cz).
OTHER_VENDORS = {"0x1002": "AMD", "0x8086": "Intel"}
# Classes by total memory; a card sold as "8 GB" reports 7.6-8.0 GiB.
MEMORY_CLASSES = ((23.0, "gpu_24gb"), (15.0, "gpu_16gb"), (9.5, "gpu_12gb"), (7.0, "gpu_8gb"), (5.0, "gpu_6gb"))


@dataclass(frozen=True)
class Card:
    """One NVIDIA card; memory in GiB, free as of the moment it was asked."""

    index: int
    name: str
    total_gib: float
    free_gib: float
    compute_capability: tuple[int, int]
    driver: str = ""
    cuda: str = ""  # highest CUDA version of the driver, "12.4"
    processes: int = 0  # that use it now
    shared: bool = False  # it has no memory of its own but the computer's: GB10, Jetson

    @property
    def has_bf16(self) -> bool:
        return has_bf16(self.compute_capability)


def has_bf16(compute_capability: tuple[int, int]) -> bool:
    """Return True from Ampere on (CUDA programming guide, arithmetic instructions)."""
    return compute_capability >= (8, 0)


def cards() -> list[Card]:
    """Return all NVIDIA cards; empty where there is none, no driver or no NVML."""
    try:
        import pynvml
    except ImportError:
        return []
    with _nvml(pynvml) as ready:
        if not ready:
            return []
        return list(_read_cards(pynvml))


@contextlib.contextmanager
def _nvml(nvml: ModuleType) -> Iterator[bool]:
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        yield False
        return
    try:
        yield True
    finally:
        with contextlib.suppress(nvml.NVMLError):
            nvml.nvmlShutdown()


def _read_cards(nvml: ModuleType) -> Iterator[Card]:
    driver = cuda = ""
    with contextlib.suppress(nvml.NVMLError):
        driver = text_of(nvml.nvmlSystemGetDriverVersion())
        cuda = cuda_text(nvml.nvmlSystemGetCudaDriverVersion_v2())
    try:
        count = nvml.nvmlDeviceGetCount()
    except nvml.NVMLError:
        return
    for index in range(count):
        with contextlib.suppress(nvml.NVMLError):  # one card that is lost must not hide the others
            handle = nvml.nvmlDeviceGetHandleByIndex(index)
            total, free, shared = _memory(nvml, handle)
            major, minor = nvml.nvmlDeviceGetCudaComputeCapability(handle)
            processes = 0
            with contextlib.suppress(nvml.NVMLError):
                processes = len(nvml.nvmlDeviceGetComputeRunningProcesses(handle))
            yield Card(
                index, text_of(nvml.nvmlDeviceGetName(handle)), total / GIB, free / GIB, (major, minor),
                driver, cuda, processes, shared,
            )  # fmt: skip


def _memory(nvml: ModuleType, handle: object) -> tuple[int, int, bool]:
    """Return (total, free) bytes of a card, and whether they are the computer's: where nvidia-smi says [N/A].

    Raises NVMLError for a card that does not answer.
    """
    try:
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    except nvml.NVMLError as error:
        if getattr(error, "value", None) != NVML_NOT_SUPPORTED:
            raise
    else:
        if memory.total:
            return memory.total, memory.free, False
    import psutil

    ram = psutil.virtual_memory()
    return ram.total, ram.available, True


def text_of(value: object) -> str:
    """Return text from NVML as str: old versions of nvidia-ml-py return bytes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def cuda_text(version: int) -> str:
    """Return NVML's CUDA number as people write it: 12040 -> "12.4"."""
    return f"{version // 1000}.{version % 1000 // 10}"


def other_adapters(drm: Path = Path("/sys/class/drm")) -> list[str]:
    """Return the makers of graphics adapters that cannot train here: "AMD", "Intel", "Apple". Unknown on Windows."""
    if sys.platform == "darwin":
        return ["Apple"] if platform.machine() == "arm64" else []
    found = set()
    with contextlib.suppress(OSError):
        for path in drm.glob("card[0-9]/device/vendor"):
            with contextlib.suppress(OSError):
                found.add(OTHER_VENDORS.get(path.read_text(encoding="ascii").strip(), ""))
    return sorted(found - {""})


def best_card(found: list[Card]) -> Card | None:
    """Return the card with the most free memory; among equals the first."""
    return max(found, key=lambda card: (card.free_gib, -card.index), default=None)


def profile_for(card: Card | None) -> GPUProfile:
    """Return the profile of a card: by name and memory, else by memory class; the trial profile where there is no card."""
    if card is None:
        return GPU_PROFILES["cpu"]
    for profile in GPU_PROFILES.values():
        if profile.name.startswith("gpu_") or abs(profile.vram_gib - card.total_gib) > 1.5:
            continue
        if model_key(profile.label) == (model_key(card.name) or None):
            return profile
    for least, name in MEMORY_CLASSES:
        if card.total_gib >= least:
            return GPU_PROFILES[name]
    return GPU_PROFILES["gtx1650_4gb"]


def model_key(name: str) -> str:
    """Return the model in a card's name: "NVIDIA GeForce RTX 4060 Ti" -> "rtx4060ti"; "" if there is none.

    Laptop cards ("RTX 4080 Laptop GPU", 12 GB) are other chips: the memory tells them apart.
    """
    match = re.search(r"\b(gtx|rtx)\s*(\d{3,4})\s*(ti)?\s*(super)?\b", name, re.IGNORECASE)
    return "".join(part or "" for part in match.groups()).lower() if match else ""


def is_gtx16(name: str) -> bool:
    """Return whether a card is of the GTX 16 series, known for NaN in fp16 (sd-scripts#293, kohya_ss#436)."""
    return model_key(name).startswith("gtx16")


CardProbe = Callable[[], Sequence[Card]]


def memory_of(index: int, card_probe: CardProbe = cards) -> MemoryProbe:
    """Return a function that gives (used, total) GiB of a card, None where it does not answer."""

    def probe() -> tuple[float, float] | None:
        found = next((card for card in card_probe() if card.index == index), None)
        return None if found is None else (found.total_gib - found.free_gib, found.total_gib)

    return probe


MemoryProbe = Callable[[], "tuple[float, float] | None"]  # (used, total) GiB of the card
PowerProbe = Callable[[], "float | None"]  # one figure of the card as it is now: watts, degrees Celsius


def power_of(index: int) -> PowerProbe:
    """Return a function that gives the power draw of a card in watts, None where the card or its driver does not tell."""

    def watts(nvml: ModuleType, handle: object) -> float:
        return float(nvml.nvmlDeviceGetPowerUsage(handle)) / 1000  # NVML: milliwatts

    return lambda: _asked(index, watts)


def celsius_of(index: int) -> PowerProbe:
    """Return a function that gives the temperature of a card in degrees Celsius, None where nobody tells it."""

    def celsius(nvml: ModuleType, handle: object) -> float:
        return float(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))

    return lambda: _asked(index, celsius)


def process_gib(index: int, pids: Collection[int]) -> float | None:
    """Return what processes hold of a card, in GiB; None where NVML does not tell, as under Windows' display driver.

    NVML counts in the ids of the host: in a container there may be none that is known.
    """

    def held(nvml: ModuleType, handle: object) -> float | None:
        found = [one.usedGpuMemory for one in nvml.nvmlDeviceGetComputeRunningProcesses(handle) if one.pid in pids]
        known = [size for size in found if isinstance(size, int)]
        return sum(known) / GIB if known and len(known) == len(found) else None

    return _asked(index, held)


def _asked(index: int, question: Callable[[ModuleType, object], float | None]) -> float | None:
    """Return a card's answer; None without NVML or driver, and where the card does not tell."""
    try:
        import pynvml
    except ImportError:
        return None
    with _nvml(pynvml) as ready, contextlib.suppress(pynvml.NVMLError):
        if ready:
            return question(pynvml, pynvml.nvmlDeviceGetHandleByIndex(index))
    return None
