#!/usr/bin/env python3
"""Writes tests/unit/ops_numbers.h: what PyTorch computes for the operators whose formulas are easy to get wrong (recurrent layers,
transposed convolutions, interpolation, normalisation), in double precision, on inputs that both sides make from a formula.
Usage: python3 tests/gen_ops.py > tests/unit/ops_numbers.h   (needs torch; the header is kept in the repository)"""
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def data(shape, k):
    n = math.prod(shape)
    return torch.tensor([0.8 * math.sin(1.3 * i + 0.7 * k + 1) for i in range(n)]).reshape(shape)


def emit(op, shapes, attrs, outs):
    inputs = ", ".join("D%d(%s)" % (len(s), ", ".join(map(str, s))) if s else "ABSENT" for s in shapes)
    print('\t{ "%s", %d,\n\t  { %s },\n\t  { %s }, %d,' % (op, len(shapes), inputs, ", ".join(attrs) or "{ 0 }", len(outs)))
    flat = [v for o in outs for v in o.detach().flatten().tolist()]
    lines = [", ".join("%.12g" % v for v in flat[i:i + 6]) for i in range(0, len(flat), 6)]
    print("\t  { %s } }," % ",\n\t    ".join(lines))


def permuted(w, order):
    parts = torch.chunk(w, len(order), 0)
    return torch.cat([parts[i] for i in order], 0)


def recurrent(op, T, N, I, H, both):
    """ONNX orders the gates of LSTM i o f c, PyTorch i f c o; GRU z r h and r z h."""
    order = {"LSTM": [0, 2, 3, 1], "GRU": [1, 0, 2], "RNN": [0]}[op]
    G, D = len(order) if op != "LSTM" else 4, 2 if both else 1
    cell = getattr(torch.nn, op)(I, H, bidirectional=both)
    shapes = [(T, N, I), (D, G * H, I), (D, G * H, H), (D, 2 * G * H), None, (D, N, H)] + ([(D, N, H)] if op == "LSTM" else [])
    x, w, r, b, _, h, *c = [data(s, k) if s else None for k, s in enumerate(shapes)]
    with torch.no_grad():
        for d in range(D):
            tail = "_l0" + ("_reverse" if d else "")
            getattr(cell, "weight_ih" + tail).copy_(permuted(w[d], order))
            getattr(cell, "weight_hh" + tail).copy_(permuted(r[d], order))
            getattr(cell, "bias_ih" + tail).copy_(permuted(b[d][:G * H], order))
            getattr(cell, "bias_hh" + tail).copy_(permuted(b[d][G * H:], order))
        y, last = cell(x, (h, c[0]) if c else h)
    y = y.reshape(T, N, D, H).permute(0, 2, 1, 3)
    attrs = ['S("direction", "bidirectional")' if both else 'S("direction", "forward")']
    if op == "GRU":
        attrs.append('I("linear_before_reset", 1)')
    emit(op, shapes, attrs, [y] + (list(last) if c else [last]))


def main():
    print("/* Made by tests/gen_ops.py with PyTorch; do not edit. */")
    for op in "LSTM", "GRU", "RNN":
        recurrent(op, 3, 1, 2, 3, False)
        recurrent(op, 3, 2, 2, 2, True)
    for n, ci, co, t, k, s, p, extra, d, g in (1, 2, 3, 4, 3, 2, 1, 1, 1, 1), (2, 4, 4, 3, 2, 3, 0, 0, 2, 2):
        shapes = [(n, ci, t), (ci, co // g, k), (co,)]
        x, w, b = [data(q, i) for i, q in enumerate(shapes)]
        emit("ConvTranspose", shapes, ['L("strides", %d)' % s, 'L("pads", %d, %d)' % (p, p), 'L("output_padding", %d)' % extra,
                                       'L("dilations", %d)' % d, 'I("group", %d)' % g],
             [F.conv_transpose1d(x, w, b, s, p, extra, g, d)])
    for size in 3, 12:
        for mode, where, more in (("nearest", "asymmetric", {}), ("linear", "pytorch_half_pixel", {"align_corners": False}),
                                  ("linear", "align_corners", {"align_corners": True})):
            x = data((1, 2, 5), 0)
            attrs = ['S("mode", "%s")' % mode, 'S("coordinate_transformation_mode", "%s")' % where]
            if mode == "nearest":
                attrs.append('S("nearest_mode", "floor")')
            emit("Resize", [(1, 2, 5)], attrs + ['I("to", %d)' % size], [F.interpolate(x, size=size, mode=mode, **more)])
    x = data((2, 4, 3), 0)
    emit("GroupNormalization", [(2, 4, 3), (4,), (4,)], ['I("num_groups", 2)'], [F.group_norm(x, 2, data((4,), 1), data((4,), 2))])
    emit("InstanceNormalization", [(2, 4, 3), (4,), (4,)], [], [F.instance_norm(x, weight=data((4,), 1), bias=data((4,), 2))])
    emit("LayerNormalization", [(2, 4, 3), (4, 3), (4, 3)], ['I("axis", 1)'],
         [F.layer_norm(x, (4, 3), data((4, 3), 1), data((4, 3), 2))])
    emit("PRelu", [(2, 4, 3), (4, 1)], [], [F.prelu(x, data((4, 1), 1).flatten())])


main()
