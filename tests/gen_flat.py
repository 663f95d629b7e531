#!/usr/bin/python3
"""Networks without a useful gradient: gen_flat.py writes tests/whatif/flat_*.onnx. Needs python3-onnx.

Each is Conv, one step that ends the gradient, a mean over time, a matrix and Softmax. The steps: Round (its derivative
is 0); ArgMax beside a way whose factor is 0 (so no operator alone tells it); a Relu that is closed everywhere; Sqrt at 0
(an infinite derivative times 0 is no number). The weights are fixed, so that the bytes are the same on every run."""
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "whatif")
STEPS = {
    "round": [helper.make_node("Round", ["c"], ["m"], name="quantise")],
    "argmax": [helper.make_node("ArgMax", ["c"], ["k"], axis=1, keepdims=1), helper.make_node("Cast", ["k"], ["r"], to=TensorProto.FLOAT),
               helper.make_node("Mul", ["c", "zero"], ["o"]), helper.make_node("Add", ["o", "r"], ["m"])],
    "dead": [helper.make_node("Sub", ["c", "much"], ["a"]), helper.make_node("Relu", ["a"], ["m"])],
    "root": [helper.make_node("Mul", ["c", "zero"], ["a"]), helper.make_node("Sqrt", ["a"], ["m"])],
}


def main():
    rng = np.random.default_rng(1)
    weights = {"w": 0.3 * rng.normal(size=(4, 2, 5)), "d": rng.normal(size=(4, 2)), "zero": np.zeros(1), "much": np.full(1, 1000.)}
    init = [numpy_helper.from_array(v.astype(np.float32), k) for k, v in weights.items()]
    init.append(numpy_helper.from_array(np.array([0, -1], np.int64), "flat"))
    for name, step in STEPS.items():
        nodes = [helper.make_node("Conv", ["x", "w"], ["c"], pads=[2, 2], name="conv"), *step,
                 helper.make_node("GlobalAveragePool", ["m"], ["p"]), helper.make_node("Reshape", ["p", "flat"], ["f"]),
                 helper.make_node("MatMul", ["f", "d"], ["z"]), helper.make_node("Softmax", ["z"], ["y"], axis=1)]
        graph = helper.make_graph(nodes, "flat", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2, 16])],
                                  [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])], init)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        model.ir_version = 7
        onnx.checker.check_model(model)
        onnx.save(model, os.path.join(HERE, f"flat_{name}.onnx"))


main()
