"""Verdicts on LoRA files: whole ones, and each way of being bad."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from avatar.texts import translate
from avatar.trainer import lora_file
from avatar.trainer.lora_file import verify

MODULE = "lora_unet_middle_block_1_transformer_blocks_0_attn1_to_q"


def tensors(dim: int = 4, alpha: float = 2.0, modules: tuple[str, ...] = (MODULE,), kind: Any = np.float16) -> dict[str, Any]:
    generator = np.random.default_rng(1)
    found: dict[str, Any] = {}
    for module in modules:
        found[f"{module}.lora_down.weight"] = generator.normal(0, 0.1, (dim, 8)).astype(kind)
        found[f"{module}.lora_up.weight"] = generator.normal(0, 0.1, (8, dim)).astype(kind)
        found[f"{module}.alpha"] = np.array(alpha, dtype=kind)
    return found


def write(path: Path, content: dict[str, Any], metadata: dict[str, str] | None = None) -> Path:
    save_file(content, str(path), metadata)
    return path


def keys(path: Path, **expected: Any) -> list[str]:
    checked = verify(path, **expected)
    for problem in checked.problems:
        for language in translate.LANGUAGES:
            assert translate.words(problem, language)
    return [problem.key for problem in checked.problems]


def test_a_whole_file_is_measured_and_good(tmp_path: Path) -> None:
    path = write(tmp_path / "ñ é.safetensors", tensors(), {"ss_steps": "4"})
    checked = verify(path, dim=4, alpha=2.0, unet_only=True)
    assert checked.ok
    assert (checked.dim, checked.alpha, checked.modules, checked.tensors, checked.dtypes) == (4, 2.0, 1, 3, ("F16",))
    assert checked.metadata == {"ss_steps": "4"}
    assert checked.bytes == path.stat().st_size


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("part", ["lora_up.weight", "lora_down.weight", "alpha"])
def test_one_value_that_is_no_number_condemns_the_file(tmp_path: Path, part: str, bad: float) -> None:
    content = tensors()
    content[f"{MODULE}.{part}"] = np.full_like(content[f"{MODULE}.{part}"], bad)
    assert "lora.not_finite" in keys(write(tmp_path / "a.safetensors", content))


def test_a_lora_that_learnt_nothing_is_no_success(tmp_path: Path) -> None:
    content = tensors()
    content[f"{MODULE}.lora_up.weight"] *= 0
    assert keys(write(tmp_path / "a.safetensors", content)) == ["lora.nothing_learnt"]


def test_another_dim_or_alpha_than_planned_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.safetensors", tensors())
    assert keys(path, dim=8, alpha=2.0) == ["lora.other_dim"]
    assert keys(path, dim=4, alpha=1.0) == ["lora.other_alpha"]
    mixed = write(tmp_path / "b.safetensors", {**tensors(), **tensors(8, 4.0, ("lora_unet_other",))})
    assert keys(mixed, dim=4, alpha=2.0) == ["lora.other_dim", "lora.other_alpha"]
    assert verify(mixed).dim is None


@pytest.mark.parametrize("off_by", [0.98, 1.02])
@pytest.mark.parametrize("alpha", [1.0, 16.0, 128.0])
def test_an_alpha_off_by_2_percent_is_another_alpha(tmp_path: Path, alpha: float, off_by: float) -> None:
    path = write(tmp_path / "a.safetensors", tensors(alpha=alpha * off_by))
    assert keys(path, alpha=alpha) == ["lora.other_alpha"]


@given(alpha=st.floats(0.5, 128.0))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_alpha_rounded_to_half_precision_is_the_same_alpha(tmp_path: Path, alpha: float) -> None:
    path = write(tmp_path / "a.safetensors", tensors(alpha=alpha))
    assert verify(path, alpha=alpha).ok


def test_text_encoders_must_be_there_or_not_as_planned(tmp_path: Path) -> None:
    both = write(tmp_path / "a.safetensors", tensors(modules=(MODULE, "lora_te1_text_model_encoder_layers_0_mlp_fc1")))
    assert keys(both, unet_only=True) == ["lora.text_encoders_there"]
    assert verify(both, unet_only=False).ok
    assert keys(write(tmp_path / "b.safetensors", tensors()), unet_only=False) == ["lora.text_encoders_missing"]


def test_a_file_of_something_else_is_no_lora(tmp_path: Path) -> None:
    path = write(tmp_path / "a.safetensors", {"model.weight": np.ones(3, np.float32)})
    assert keys(path) == ["lora.no_unet"]


def test_half_a_module_is_named(tmp_path: Path) -> None:
    content = tensors()
    del content[f"{MODULE}.lora_down.weight"]
    assert "lora.half_modules" in keys(write(tmp_path / "a.safetensors", content))


@pytest.mark.parametrize("cut", [1, 9, 100])
def test_a_file_that_was_cut_off_is_unreadable(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path / "a.safetensors", tensors())
    path.write_bytes(path.read_bytes()[:-cut])
    assert keys(path) == ["lora.unreadable"]


@pytest.mark.parametrize("content", [b"", b"1234567", b"\xff" * 64, b"PK\x03\x04" + b"0" * 64])
def test_a_foreign_file_is_unreadable_and_runs_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    assert keys(path) == ["lora.unreadable"]
    assert verify(path).metadata == {}


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    assert keys(tmp_path / "a.safetensors") == ["lora.unreadable"]


def raw(path: Path, values: dict[str, tuple[str, list[int], bytes]]) -> Path:
    """Write a safetensors file with types that numpy does not have."""
    header: dict[str, Any] = {}
    begin = 0
    for name, (dtype, shape, data) in values.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, begin + len(data)]}
        begin += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in values.values()))
    return path


def bf16(*values: float) -> bytes:
    return (np.array(values, np.float32).view(np.uint32) >> 16).astype("<u2").tobytes()


def test_bfloat16_is_read_without_torch(tmp_path: Path) -> None:
    def content(up: float) -> dict[str, tuple[str, list[int], bytes]]:
        return {
            f"{MODULE}.lora_down.weight": ("BF16", [2, 2], bf16(0.5, 1, 2, 3)),
            f"{MODULE}.lora_up.weight": ("BF16", [2, 2], bf16(0, 0, 0, up)), f"{MODULE}.alpha": ("BF16", [], bf16(1.0)),
        }  # fmt: skip

    good = verify(raw(tmp_path / "a.safetensors", content(0.25)), dim=2, alpha=1.0, unet_only=True)
    assert good.ok and good.dtypes == ("BF16",)
    assert keys(raw(tmp_path / "b.safetensors", content(float("nan")))) == ["lora.not_finite"]
    assert keys(raw(tmp_path / "c.safetensors", content(float("inf")))) == ["lora.not_finite"]
    assert keys(raw(tmp_path / "d.safetensors", content(0.0))) == ["lora.nothing_learnt"]


def test_a_type_that_nobody_knows_is_not_called_good(tmp_path: Path) -> None:
    content = {
        f"{MODULE}.lora_down.weight": ("I8", [2, 1], b"\x01\x02"),
        f"{MODULE}.lora_up.weight": ("I8", [1, 2], b"\x01\x02"),
    }
    assert "lora.unknown_type" in keys(raw(tmp_path / "a.safetensors", content))


def test_large_tensors_are_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lora_file, "CHUNK_BYTES", 8)
    content = tensors(kind=np.float32)
    path = write(tmp_path / "a.safetensors", content)
    assert verify(path, dim=4, alpha=2.0).ok
    content[f"{MODULE}.lora_up.weight"][-1, -1] = np.nan
    assert keys(write(path, content)) == ["lora.not_finite"]


# --- names in the metadata -------------------------------------------------------------------------------------------

PRIVATE = {
    "ss_output_name": "ana_lopez_avatar_v1", "ss_dataset_dirs": '{"20_ana_lopez": {"n_repeats": 20, "img_count": 8}}',
    "ss_tag_frequency": '{"20_ana_lopez": {"ohwx woman, green eyes, Madrid": 8}}',
    "ss_sd_model_name": "/home/ana/modelos/base.safetensors",
    "ss_training_comment": "para Ana", "ss_session_id": "1234567", "modelspec.title": "ana_lopez_avatar_v1",
    "modelspec.author": "Ana López", "sshs_legacy_hash": "abcd", "some_new_key": "/home/ana",
}  # fmt: skip
TECHNICAL = {"ss_network_dim": "4", "ss_steps": "800", "ss_base_model_version": "sdxl_base_v1-0", "sshs_model_hash": "f00"}


def data_of(path: Path) -> bytes:
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return content[8 + length :]


@pytest.mark.parametrize("same", [True, False])
def test_trimming_takes_every_name_out_and_leaves_the_tensors_byte_for_byte(tmp_path: Path, same: bool) -> None:
    source = write(tmp_path / "a.safetensors", tensors(), PRIVATE | TECHNICAL)
    before, checked = data_of(source), verify(source)
    target = source if same else tmp_path / "b.safetensors"
    lora_file.trim_names(source, target)
    assert data_of(target) == before
    trimmed = verify(target, dim=4, alpha=2.0, unet_only=True)
    assert trimmed.ok
    assert (trimmed.tensors, trimmed.dtypes) == (checked.tensors, checked.dtypes)
    assert dict(trimmed.metadata) == TECHNICAL
    content = target.read_bytes().lower()
    for word in (b"ana", b"madrid", b"green eyes", b"/home", "lópez".encode()):
        assert word not in content[: len(content) - len(before)], word
    assert struct.unpack("<Q", target.read_bytes()[:8])[0] % 8 == 0
    again = target.read_bytes()
    lora_file.trim_names(target, target)
    assert target.read_bytes() == again


def test_a_file_without_metadata_and_one_that_is_none_are_left_whole(tmp_path: Path) -> None:
    bare = write(tmp_path / "bare.safetensors", tensors())
    lora_file.trim_names(bare, bare)
    assert verify(bare).ok
    wrong = tmp_path / "wrong.safetensors"
    wrong.write_bytes(b"no model")
    with pytest.raises(ValueError, match="ader"):
        lora_file.trim_names(wrong, wrong)
    assert wrong.read_bytes() == b"no model"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bare.safetensors", "wrong.safetensors"]


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.safetensors", tensors(), PRIVATE)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(shutil, "copyfileobj", full)
        lora_file.trim_names(path, path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.safetensors"]
