#!/usr/bin/env python3
"""Writes tests/prune/odd/: small networks that `tsviz prune` must neither ruin nor be silent about.

Run it as `/usr/bin/python3 tests/gen_prune_odd.py tests/prune/odd`. They read the windows of tests/survey.

one.onnx      convolutions of one filter
copies.onnx   of the first layer's six filters two are dead, and one is a copy: three can go, and nothing is lost
dead.onnx     all filters of the first layer are dead
nan.onnx      a weight is not a number
mixes.onnx    a Softmax over the filters
shared.onnx   two convolutions with the same weights
dense.onnx    no convolution"""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

rng = np.random.RandomState(4)
C, T, K = 2, 24, 3


def w(*shape):
    return rng.randn(*shape).astype(np.float32)


def save(name, nodes, W):
    g = helper.make_graph([helper.make_node(op, i, [o], name=o, **a) for op, i, o, a in nodes], name,
                          [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, C, T])], [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, K])],
                          [numpy_helper.from_array(v, k) for k, v in W.items()])
    m = helper.make_model(g, opset_imports=[helper.make_opsetid("", 13)], producer_name="gen_prune_odd.py")
    m.ir_version = 7
    onnx.checker.check_model(m)
    onnx.save(m, os.path.join(sys.argv[1], name + ".onnx"))


def weights(f1=4, f2=5):
    return {"w1": w(f1, C, 3), "b1": w(f1), "w2": w(f2, f1, 3) / 2, "b2": w(f2), "wd": w(f2, K), "bd": w(K)}


def chain(second="w2", between=("Relu", {})):
    same = {"pads": [1, 1]}
    return [("Conv", ["x", "w1", "b1"], "c1", same), (between[0], ["c1"], "r1", between[1]), ("Conv", ["r1", second, "b2"], "c2", same),
            (between[0], ["c2"], "r2", between[1]), ("GlobalAveragePool", ["r2"], "g", {}), ("Flatten", ["g"], "f", {}), ("Gemm", ["f", "wd", "bd"], "y", {})]


save("one", chain(), weights(1, 1))
W = weights(6, 6)
W["w1"][4], W["b1"][4] = W["w1"][0], W["b1"][0]
W["b1"][[1, 3]] = -100
save("copies", chain(), W)
W = weights()
W["b1"][:] = -1000
save("dead", chain(), W)
W = weights()
W["w2"][1, 1, 1] = np.nan
save("nan", chain(), W)
save("mixes", chain(between=("Softmax", {"axis": 1})), weights())
nodes = chain()
nodes[4:4] = [("Conv", ["r2", "w2", "b2"], "c3", {"pads": [1, 1]}), ("Relu", ["c3"], "r3", {})]
nodes[6] = ("GlobalAveragePool", ["r3"], "g", {})
save("shared", nodes, weights(4, 4))
save("dense", [("Flatten", ["x"], "f", {}), ("Gemm", ["f", "w", "b"], "h", {}), ("Relu", ["h"], "r", {}), ("Gemm", ["r", "wd", "bd"], "y", {})],
     {"w": w(C * T, 8), "b": w(8), "wd": w(8, K), "bd": w(K)})
