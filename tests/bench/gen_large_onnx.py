#!/usr/bin/env python3
"""python3 tests/bench/gen_large_onnx.py FILE: a convolutional network of 50 MB, 16 layers of 512 filters and width 3."""
import sys
import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

LAYERS, FILTERS, TAPS, STEPS = 16, 512, 3, 100

r = np.random.default_rng(1)
nodes, weights, value, channels = [], [], 'x', 1
for k in range(LAYERS + 1):
    w = r.normal(0, 1, (FILTERS, channels, TAPS)) * np.sqrt(2 / channels / TAPS)
    weights += [numpy_helper.from_array(w.astype('f4'), 'w%d' % k), numpy_helper.from_array(np.zeros(FILTERS, 'f4'), 'b%d' % k)]
    nodes += [helper.make_node('Conv', [value, 'w%d' % k, 'b%d' % k], ['c%d' % k], pads=[1, 1]), helper.make_node('Relu', ['c%d' % k], ['r%d' % k])]
    value, channels = 'r%d' % k, FILTERS
weights += [numpy_helper.from_array(r.normal(0, 0.05, (FILTERS, 1)).astype('f4'), 'wd'), numpy_helper.from_array(np.zeros(1, 'f4'), 'bd')]
nodes += [helper.make_node('GlobalAveragePool', [value], ['g']), helper.make_node('Flatten', ['g'], ['f']),
          helper.make_node('Gemm', ['f', 'wd', 'bd'], ['y'])]
graph = helper.make_graph(nodes, 'large', [helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 1, STEPS])],
                          [helper.make_tensor_value_info('y', TensorProto.FLOAT, [1, 1])], weights)
save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8), sys.argv[1])
