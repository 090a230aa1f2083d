"""Cards by NVML, and the profile of a card."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from avatar.reports.self_check import check_gpu
from avatar.system import gpu
from avatar.system.gpu import GIB, Card
from avatar.texts import translate
from config import GPU_PROFILES


def card(
    name: str, total_gib: float, capability: tuple[int, int] = (8, 6), free_gib: float | None = None, index: int = 0
) -> Card:
    return Card(index, name, total_gib, total_gib - 0.5 if free_gib is None else free_gib, capability)


@dataclass
class Memory:
    total: int
    free: int


class NVMLError(Exception):
    value = 999  # NVML_ERROR_UNKNOWN


class NotSupportedError(NVMLError):
    value = 3


class FakeNvml(types.ModuleType):
    """The functions of pynvml that are used; a card may be lost, an old version gives bytes."""

    NVMLError = NVMLError

    def __init__(self, devices: list[tuple[Any, int, int, tuple[int, int]] | None], *, driver: bool = True) -> None:
        super().__init__("pynvml")
        self.devices, self.driver, self.shut = devices, driver, 0

    def nvmlInit(self) -> None:  # noqa: N802
        if not self.driver:
            raise NVMLError("no driver")

    def nvmlShutdown(self) -> None:  # noqa: N802
        self.shut += 1

    def nvmlSystemGetDriverVersion(self) -> bytes:  # noqa: N802
        return b"550.54"

    def nvmlSystemGetCudaDriverVersion_v2(self) -> int:  # noqa: N802
        return 12040

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return len(self.devices)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> tuple[Any, int, int, tuple[int, int]]:  # noqa: N802
        device = self.devices[index]
        if device is None:
            raise NVMLError("GPU is lost")
        return device

    def nvmlDeviceGetMemoryInfo(self, handle: tuple[Any, int, int, tuple[int, int]]) -> Memory:  # noqa: N802
        if handle[1] < 0:
            raise NotSupportedError("Not Supported")
        return Memory(handle[1] * GIB, handle[2] * GIB)

    def nvmlDeviceGetCudaComputeCapability(self, handle: tuple[Any, int, int, tuple[int, int]]) -> tuple[int, int]:  # noqa: N802
        return handle[3]

    def nvmlDeviceGetComputeRunningProcesses(self, handle: Any) -> list[Any]:  # noqa: N802
        if handle[0] != "busy":
            raise NVMLError("not supported")
        held = {11: 5 << 30, 12: 1 << 30, 99: 3 << 30, 13: None}  # Windows' display driver tells none
        return [types.SimpleNamespace(pid=pid, usedGpuMemory=size) for pid, size in held.items()]

    NVML_TEMPERATURE_GPU = 0

    def nvmlDeviceGetTemperature(self, handle: tuple[Any, int, int, tuple[int, int]], sensor: int) -> int:  # noqa: N802
        if handle[0] == "silent" or sensor != self.NVML_TEMPERATURE_GPU:
            raise NVMLError("not supported")
        return 71

    def nvmlDeviceGetPowerUsage(self, handle: tuple[Any, int, int, tuple[int, int]]) -> int:  # noqa: N802
        if handle[0] == "silent":
            raise NotSupportedError
        return 163_400

    def nvmlDeviceGetName(self, handle: tuple[Any, int, int, tuple[int, int]]) -> Any:  # noqa: N802
        return handle[0]


def test_a_lost_card_hides_no_other_and_bytes_become_text(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = FakeNvml([None, (b"NVIDIA GeForce RTX 3060", 12, 11, (8, 6))])
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    assert gpu.cards() == [Card(1, "NVIDIA GeForce RTX 3060", 12.0, 11.0, (8, 6), "550.54", "12.4", 0)]
    assert nvml.shut == 1


@pytest.mark.parametrize("total", [-1, 0])  # not supported; a Jetson's zero
def test_a_card_without_memory_of_its_own_is_named_with_the_computers(monkeypatch: pytest.MonkeyPatch, total: int) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml([("NVIDIA GB10", total, total, (12, 1))]))
    (card,) = gpu.cards()
    assert (card.name, card.shared, card.compute_capability) == ("NVIDIA GB10", True, (12, 1))
    ram = psutil.virtual_memory()
    assert card.total_gib == pytest.approx(ram.total / GIB) and 0 < card.free_gib < card.total_gib
    said = check_gpu([card])
    assert said.level == "ready" and said.text.key == "setup.gpu_shared"
    assert all("NVIDIA GB10" in translate.words(said.text, language) for language in translate.LANGUAGES)


def test_the_temperature_of_a_card_is_in_degrees_and_unknown_where_nobody_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Any] = [("NVIDIA GeForce RTX 3060", 12, 11, (8, 6)), ("silent", 12, 11, (8, 6))]
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml(found))
    assert [gpu.celsius_of(index)() for index in (0, 1)] == [71.0, None]


def test_the_power_of_a_card_is_in_watts_and_unknown_where_nobody_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Any] = [("NVIDIA GeForce RTX 3060", 12, 11, (8, 6)), ("silent", 12, 11, (8, 6))]
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml(found))
    assert [gpu.power_of(index)() for index in (0, 1)] == [163.4, None]
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml(found, driver=False))
    assert gpu.power_of(0)() is None
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu.power_of(0)() is None


def test_the_memory_of_some_processes_is_told_apart_from_the_cards_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Any] = [("busy", 12, 3, (8, 6)), ("NVIDIA GeForce RTX 3060", 12, 11, (8, 6))]
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml(found))
    assert gpu.process_gib(0, {11, 12, 14}) == 6.0
    assert gpu.process_gib(0, {11, 13}) is None and gpu.process_gib(0, {14}) is None
    assert gpu.process_gib(1, {11}) is None
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu.process_gib(0, {11}) is None


def test_no_driver_and_no_library_mean_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml([("x", 1, 1, (8, 0))], driver=False))
    assert gpu.cards() == []
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu.cards() == []


@pytest.mark.parametrize(
    ("name", "total", "expected"),
    [
        ("NVIDIA GeForce GTX 1650", 3.8, "gtx1650_4gb"), ("NVIDIA GeForce RTX 3060", 12.0, "rtx3060_12gb"),
        ("NVIDIA GeForce RTX 3060", 8.0, "rtx3060_8gb"), ("NVIDIA GeForce RTX 4060", 8.0, "rtx4060_8gb"),
        ("NVIDIA GeForce RTX 4060 Ti", 16.0, "rtx4060ti_16gb"), ("NVIDIA GeForce RTX 4060 Ti", 8.0, "gpu_8gb"),
        ("NVIDIA GeForce RTX 4080", 15.9, "rtx4080_16gb"), ("NVIDIA GeForce RTX 4080 SUPER", 15.9, "gpu_16gb"),
        ("NVIDIA GeForce RTX 4080 Laptop GPU", 12.0, "gpu_12gb"), ("NVIDIA GeForce RTX 3090", 24.0, "rtx3090_24gb"),
        ("NVIDIA H200", 139.0, "gpu_24gb"), ("NVIDIA A10", 22.5, "gpu_16gb"), ("Quadro P600", 2.0, "gtx1650_4gb"),
        ("NVIDIA GeForce RTX 2060", 6.0, "gpu_6gb"), ("Tesla P40", 24.0, "gpu_24gb"),
    ],
)  # fmt: skip
def test_a_card_gets_the_profile_of_its_model_else_of_its_memory(name: str, total: float, expected: str) -> None:
    assert gpu.profile_for(card(name, total)).name == expected


def test_every_named_profile_is_found_by_its_own_label() -> None:
    for profile in GPU_PROFILES.values():
        if not profile.name.startswith("gpu_") and profile.vram_gib:
            assert gpu.profile_for(card(profile.label, profile.vram_gib)).name == profile.name


def test_without_a_card_the_trial_profile_stands() -> None:
    assert gpu.profile_for(None).name == "cpu"


def test_the_card_with_most_free_memory_is_taken() -> None:
    busy, free = card("RTX 3090", 24, free_gib=2), card("RTX 3060", 12, free_gib=11, index=1)
    assert gpu.best_card([busy, free]) is free
    assert gpu.best_card([]) is None


def test_bf16_begins_with_ampere() -> None:
    assert card("RTX 3050", 8, (8, 6)).has_bf16
    assert not card("RTX 2070", 8, (7, 5)).has_bf16


def test_the_first_ampere_card_of_compute_capability_8_0_has_bf16() -> None:
    assert card("NVIDIA A100-SXM4-80GB", 80, (8, 0)).has_bf16


def test_the_gtx_16_series_is_known_by_name() -> None:
    assert gpu.is_gtx16("NVIDIA GeForce GTX 1660 Ti")
    assert not gpu.is_gtx16("NVIDIA GeForce RTX 2060")
    assert not gpu.is_gtx16("NVIDIA GeForce GTX 1080")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /sys/class/drm")
def test_adapters_of_other_makers_are_named(tmp_path: Path) -> None:
    for number, vendor in enumerate(("0x1002", "0x8086", "0x10de", "0xffff")):
        device = tmp_path / f"card{number}" / "device"
        device.mkdir(parents=True)
        (device / "vendor").write_text(vendor + "\n", encoding="ascii")
    assert gpu.other_adapters(tmp_path) == ["AMD", "Intel"]
    assert gpu.other_adapters(tmp_path / "nothing") == []


def test_cuda_numbers_read_as_people_write_them() -> None:
    assert gpu.cuda_text(12040) == "12.4"
    assert gpu.cuda_text(11080) == "11.8"
    assert gpu.cuda_text(13000) == "13.0"


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (4.99, "gtx1650_4gb"), (5.0, "gpu_6gb"), (6.99, "gpu_6gb"), (7.0, "gpu_8gb"), (9.49, "gpu_8gb"), (9.5, "gpu_12gb"),
        (14.99, "gpu_12gb"), (15.0, "gpu_16gb"), (22.99, "gpu_16gb"), (23.0, "gpu_24gb"),
    ],
)  # fmt: skip
def test_a_card_of_no_profile_belongs_to_the_class_whose_memory_it_has(total: float, expected: str) -> None:
    assert gpu.profile_for(card("Tesla X", total)).name == expected


@pytest.mark.parametrize(
    ("total", "expected"), [(10.5, "rtx3060_12gb"), (13.5, "rtx3060_12gb"), (10.4, "gpu_12gb"), (13.6, "gpu_12gb")]
)
def test_a_model_counts_only_with_about_the_memory_it_is_sold_with(total: float, expected: str) -> None:
    assert gpu.profile_for(card("NVIDIA GeForce RTX 3060", total)).name == expected


def test_of_cards_with_as_much_free_the_first_is_taken() -> None:
    first, second = card("A", 12, free_gib=8, index=0), card("B", 24, free_gib=8, index=1)
    assert gpu.best_card([second, first]) is first


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("NVIDIA GeForce RTX 4060 Ti", "rtx4060ti"), ("nvidia geforce rtx 4070 ti super", "rtx4070tisuper"),
        ("GeForce GTX 960", "gtx960"), ("RTX3060", "rtx3060"), ("NVIDIA A100-SXM4-80GB", ""), ("Quadro RTX", ""), ("", ""),
        ("NVIDIA RTX 6000 Ada Generation", "rtx6000"),
    ],
)  # fmt: skip
def test_the_model_is_read_from_names_as_drivers_and_people_write_them(name: str, key: str) -> None:
    assert gpu.model_key(name) == key
