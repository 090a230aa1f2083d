"""Which index of PyTorch's wheels fits the graphics driver."""

from __future__ import annotations

import re

# CUDA version of the driver, from which on -> index of PyTorch's wheels. Only indexes with torch 2.6 or newer: cu118 has
# 2.6 and 2.7, cu124 has 2.6, cu126 2.6 and later, cu128 2.7 and later, cu130 2.9 and later
# (pytorch.org/get-started/previous-versions; RELEASE.md of pytorch/pytorch, "Release Compatibility Matrix").
WHEELS = "https://download.pytorch.org/whl/"
INDEX_BY_CUDA: tuple[tuple[tuple[int, int], str], ...] = (
    ((13, 0), "cu130"), ((12, 8), "cu128"), ((12, 6), "cu126"), ((12, 4), "cu124"), ((11, 8), "cu118"),
)  # fmt: skip
# From CUDA 12.8 on the wheels leave out cards before Turing (pytorch/pytorch issue 157517).
OLD_CARD, OLD_CARD_CUDA = (7, 5), (12, 6)


def torch_index(cuda_driver_version: str, compute_capability: tuple[int, int] | None = None) -> str:
    """Return the index of PyTorch's wheels for a driver ("12.4"); without one, or below 11.8, that of the CPU."""
    match = re.match(r"(\d+)\.(\d+)", cuda_driver_version)
    version = (int(match[1]), int(match[2])) if match else (0, 0)
    if compute_capability is not None and compute_capability < OLD_CARD:
        version = min(version, OLD_CARD_CUDA)
    return WHEELS + next((name for lowest, name in INDEX_BY_CUDA if version >= lowest), "cpu")
