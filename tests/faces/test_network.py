"""Steps that replace slow ones of onnxruntime give the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from avatar.faces import network

pytest.importorskip("onnxruntime")


@pytest.mark.parametrize(("shape", "slope_shape"), [((1, 5, 7, 9), (5, 1, 1)), ((3, 6), (6,))])
def test_the_steps_of_a_prelu_give_the_bits_of_onnxruntimes_own(shape: tuple[int, ...], slope_shape: tuple[int, ...]) -> None:
    from onnx import TensorProto, helper, numpy_helper

    chance = np.random.default_rng(1)
    slope = chance.normal(0, 0.5, slope_shape).astype(np.float32)  # some negative: then both sides rise
    value = chance.normal(0, 3, shape).astype(np.float32)
    value.flat[:4] = 0.0, -0.0, 1e-40, -1e-40
    constants = [numpy_helper.from_array(slope, "slope"), numpy_helper.from_array(np.zeros(1, np.float32), "zero")]
    nodes = [*network.prelu_nodes("value", "slope", "zero", "quick"), helper.make_node("PRelu", ["value", "slope"], ["own"])]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("quick", "own")]
    graph = helper.make_graph(
        nodes, "test", [helper.make_tensor_value_info("value", TensorProto.FLOAT, list(shape))], outputs, constants
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    quick, own = network.session(model.SerializeToString()).run(None, {"value": value})
    assert np.array_equal(quick, own)
    assert np.array_equal(quick == 0, value == 0)
    assert np.array_equal(quick, np.where(value > 0, value, value * slope))
