#!/usr/bin/env python3
"""Writes networks with many steps, and two windows for each, as ONNX and NumPy files.

    gen_long.py FOLDER [NAME ...]

splice     10,100 steps of 4 channels (DNA), 16 residual blocks of two dilated convolutions, 700,000 weights (as SpliceAI)
tcn        32,000 steps of 1 channel (sound), 10 residual blocks of two dilated convolutions with 32 filters
resnet     1,000 steps of 3 channels, 3 residual blocks of three convolutions with 64 or 128 filters, 4 classes
encoder    1,000 steps of 3 channels, a convolution and two transformer encoder layers with 4 heads, as PyTorch exports them

The weights are random, and the same each time. NAME.onnx and NAME.npy (2, T, C) are written. The file holds its own writer of
protobuf messages, so that Python needs no package but itself.
"""
import math
import os
import random
import struct
import sys


# ---- protobuf and ONNX, as much as is needed ----

def varint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def real(number, value):
    return varint(number << 3 | 5) + struct.pack("<f", value)


def attribute(name, value):
    body = field(1, name)
    if isinstance(value, str):
        return body + field(4, value) + field(20, 3)
    if isinstance(value, float):
        return body + real(2, value) + field(20, 1)
    if isinstance(value, int):
        return body + field(3, value) + field(20, 2)
    return body + b"".join(field(8, v) for v in value) + field(20, 7)


class Graph:
    def __init__(self, name, steps, channels):
        self.random = random.Random(name)
        self.name, self.steps, self.channels = name, steps, channels
        self.node, self.constant, self.count = [], [], 0

    def op(self, kind, inputs, output, **attributes):
        body = b"".join(field(1, i) for i in inputs) + field(2, output) + field(3, output) + field(4, kind)
        self.node.append(body + b"".join(field(5, attribute(k, v)) for k, v in attributes.items()))
        return output

    def weights(self, name, shape, spread, middle=0.0):
        n = math.prod(shape)
        data = struct.pack("<%df" % n, *(self.random.gauss(middle, spread) for _ in range(n)))
        self.constant.append(b"".join(field(1, d) for d in shape) + field(2, 1) + field(8, name) + field(9, data))
        return name

    def integers(self, name, values):
        self.constant.append(field(1, len(values)) + field(2, 7) + field(8, name) + field(9, struct.pack("<%dq" % len(values), *values)))
        return name

    def scalar(self, name, value):
        self.constant.append(field(2, 1) + field(8, name) + field(9, struct.pack("<f", value)))
        return name

    def conv(self, name, x, channels, filters, taps=1, dilation=1):
        w = self.weights(name + ".weight", [filters, channels, taps], math.sqrt(1 / (channels * taps)))
        b = self.weights(name + ".bias", [filters], 0.05)
        pad = (taps - 1) * dilation
        return self.op("Conv", [x, w, b], name, kernel_shape=[taps], dilations=[dilation], pads=[pad // 2, pad - pad // 2], strides=[1])

    def norm(self, name, x, filters):
        w = [self.weights(name + "." + k, [filters], s, m) for k, s, m in
             (("weight", 0.1, 1.0), ("bias", 0.1, 0.0), ("mean", 0.1, 0.0))]
        return self.op("BatchNormalization", [x] + w + [self.weights(name + ".var", [filters], 0.05, 1.0)], name, epsilon=1e-3)

    def write(self, folder, output):
        def info(name, shape):
            dims = b"".join(field(1, field(1, d)) for d in shape)
            return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))
        graph = b"".join(field(1, n) for n in self.node) + field(2, self.name) + b"".join(field(5, c) for c in self.constant)
        graph += field(11, info("input", [1, self.channels, self.steps])) + field(12, field(1, output))
        with open("%s/%s.onnx" % (folder, self.name), "wb") as f:
            f.write(field(1, 8) + field(2, "gen_long.py") + field(7, graph) + field(8, field(2, 13)))
        n = 2 * self.steps * self.channels
        head = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, %d, %d), }" % (self.steps, self.channels)
        head += " " * (63 - (len(head) + 10) % 64) + "\n"
        with open("%s/%s.npy" % (folder, self.name), "wb") as f:
            f.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode())
            f.write(struct.pack("<%df" % n, *(self.random.gauss(0, 1) for _ in range(n))))


# ---- the networks ----

SPLICE = [(11, 1)] * 4 + [(11, 4)] * 4 + [(21, 10)] * 4 + [(41, 25)] * 4    # taps and dilation of each block


def splice(folder):
    g = Graph("splice", 10100, 4)
    x = g.conv("stem", "input", 4, 32)
    skip = g.conv("skip", x, 32, 32)
    for i, (taps, dilation) in enumerate(SPLICE):
        p, at = "block%d/" % (i + 1), x
        for k in "12":
            at = g.op("Relu", [g.norm(p + "norm" + k, at, 32)], p + "relu" + k)
            at = g.conv(p + "conv" + k, at, 32, 32, taps, dilation)
        x = g.op("Add", [at, x], p + "add")
        if i % 4 == 3:
            skip = g.op("Add", [skip, g.conv(p + "skip", x, 32, 32)], p + "skips")
    ends = [g.integers("crop." + k, [v]) for k, v in (("from", 5000), ("to", 5100), ("axis", 2))]
    g.op("Slice", [skip] + ends, "crop")
    g.op("ReduceMean", ["crop"], "mean", axes=[2], keepdims=1)
    g.op("Flatten", [g.conv("sites", "mean", 32, 3)], "flat", axis=1)
    g.op("Softmax", ["flat"], "output", axis=1)
    g.write(folder, "output")


def tcn(folder):
    g = Graph("tcn", 32000, 1)
    x = g.op("Relu", [g.conv("stem", "input", 1, 32, 3)], "stem_relu")
    for i in range(10):
        p, at = "block%d/" % (i + 1), x
        for k in "12":
            at = g.op("Relu", [g.conv(p + "conv" + k, at, 32, 32, 3, 1 << i)], p + "relu" + k)
        x = g.op("Relu", [g.op("Add", [at, x], p + "add")], p + "relu")
    g.op("GlobalAveragePool", [x], "pool")
    g.op("Flatten", ["pool"], "flat", axis=1)
    g.op("Gemm", ["flat", g.weights("dense.weight", [8, 32], 0.2), g.weights("dense.bias", [8], 0.05)], "dense", transB=1)
    g.op("Softmax", ["dense"], "output", axis=1)
    g.write(folder, "output")


def resnet(folder):
    g = Graph("resnet", 1000, 3)
    x, width = "input", 3
    for i, filters in enumerate((64, 128, 128)):
        p, at, n = "block%d/" % (i + 1), x, width
        for k, size in ("a", 9), ("b", 5), ("c", 3):
            at = g.conv(p + "conv_" + k, at, n, filters, size)
            at = g.op("Relu", [at], p + "relu_" + k) if k != "c" else at
            n = filters
        side = g.conv(p + "shortcut", x, width, filters, 1) if width != filters else x
        x, width = g.op("Relu", [g.op("Add", [at, side], p + "add")], p + "relu"), filters
    g.op("GlobalAveragePool", [x], "pool")
    g.op("Flatten", ["pool"], "flat", axis=1)
    g.op("Gemm", ["flat", g.weights("dense.weight", [4, width], 0.2), g.weights("dense.bias", [4], 0.05)], "dense", transB=1)
    g.op("Softmax", ["dense"], "output", axis=1)
    g.write(folder, "output")


def encoder(folder, T=1000, dim=64, heads=4):
    """attention as torch.nn.MultiheadAttention (batch_first) is exported: (1, T, dim) to (T, heads, dim / heads) and back"""
    g = Graph("encoder", T, 3)
    each = dim // heads
    g.integers("to.heads", [T, heads, each])
    g.integers("to.steps", [T, 1, dim])
    g.integers("to.rows", [T, dim])
    g.scalar("scale", 1 / math.sqrt(each))

    def dense(name, x, n, m):
        w = g.weights(name + ".weight", [n, m], 1 / math.sqrt(n))
        return g.op("Add", [g.op("MatMul", [x, w], name + "/matmul"), g.weights(name + ".bias", [m], 0.05)], name)

    def norm(name, x):
        w = [g.weights(name + ".weight", [dim], 0.1, 1.0), g.weights(name + ".bias", [dim], 0.1)]
        mean = g.op("ReduceMean", [x], name + "/mean", axes=[-1], keepdims=1)
        less = g.op("Sub", [x, mean], name + "/sub")
        var = g.op("ReduceMean", [g.op("Mul", [less, less], name + "/sq")], name + "/var", axes=[-1], keepdims=1)
        root = g.op("Sqrt", [g.op("Add", [var, g.scalar(name + ".eps", 1e-5)], name + "/eps")], name + "/root")
        return g.op("Add", [g.op("Mul", [g.op("Div", [less, root], name + "/div"), w[0]], name + "/mul"), w[1]], name)

    x = g.op("Relu", [g.conv("stem", "input", 3, dim, 7)], "stem_relu")
    x = g.op("Transpose", [x], "steps", perm=[0, 2, 1])
    for i in range(2):
        p = "layer%d/" % (i + 1)
        first = g.op("Transpose", [x], p + "first", perm=[1, 0, 2])
        part = {}
        for k in "qkv":
            at = g.op("Reshape", [dense(p + k, first, dim, dim), "to.heads"], p + k + "/heads")
            part[k] = g.op("Transpose", [at], p + k + "/t", perm=[1, 2, 0] if k == "k" else [1, 0, 2])
        q = g.op("Mul", [part["q"], "scale"], p + "scaled")
        s = g.op("Softmax", [g.op("MatMul", [q, part["k"]], p + "scores")], p + "softmax", axis=2)
        at = g.op("MatMul", [s, part["v"]], p + "context")
        at = g.op("Reshape", [g.op("Transpose", [at], p + "back", perm=[1, 0, 2]), "to.rows"], p + "rows")
        at = g.op("Reshape", [dense(p + "out", at, dim, dim), "to.steps"], p + "out/steps")
        at = g.op("Transpose", [at], p + "out/batch", perm=[1, 0, 2])
        x = norm(p + "norm1", g.op("Add", [x, at], p + "add1"))
        at = dense(p + "ff2", g.op("Relu", [dense(p + "ff1", x, dim, 2 * dim)], p + "ff_relu"), 2 * dim, dim)
        x = norm(p + "norm2", g.op("Add", [x, at], p + "add2"))
    g.op("ReduceMean", [x], "mean", axes=[1], keepdims=0)
    g.op("Softmax", [dense("head", "mean", dim, 4)], "output", axis=1)
    g.write(folder, "output")


NETWORKS = {"splice": splice, "tcn": tcn, "resnet": resnet, "encoder": encoder}

if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    for which in sys.argv[2:] or NETWORKS:
        NETWORKS[which](sys.argv[1])
