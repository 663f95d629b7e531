#!/usr/bin/env python3
"""Writes the Keras models of tests/keras that go through the settings of the layers one by one: strides with dilation, groups, padding,
axes, parts that are left out, modes of merging, cells, keras-tcn, words. Beside each is a .json with what every layer answers to the
window x[t,c] = sin(0.37 (t C + c) + 0.1), worked out here in numpy's doubles in Keras' own order of axes, with the batch.

Run it in the folder that shall hold them. The formulas are those of keras/src/layers (Keras 2.15 and 3.8) and tcn/tcn.py."""
import os
import sys
from math import erf

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import gen_keras_more as more  # noqa: E402
from gen_keras_more import C, Layer, Net, dense, rnn_weights, rnn_config, simple, soften, source, w  # noqa: E402

NEW = False  # Keras 3


def f_act(x, a):
    third = (lambda v: np.clip(v / 6 + 0.5, 0, 1)) if NEW else (lambda v: np.clip(0.2 * v + 0.5, 0, 1))
    sig = lambda v: 1 / (1 + np.exp(-v))
    return {"linear": lambda: x, "relu": lambda: np.maximum(x, 0), "elu": lambda: np.where(x > 0, x, np.expm1(x)), "tanh": lambda: np.tanh(x),
            "selu": lambda: 1.0507009873554804934 * np.where(x > 0, x, 1.6732632423543772848 * np.expm1(x)), "sigmoid": lambda: sig(x),
            "softplus": lambda: np.log1p(np.exp(x)), "softsign": lambda: x / (1 + np.abs(x)), "exponential": lambda: np.exp(x),
            "gelu": lambda: 0.5 * x * (1 + np.vectorize(erf)(x / np.sqrt(2))), "mish": lambda: x * np.tanh(np.log1p(np.exp(x))),
            "swish": lambda: x * sig(x), "silu": lambda: x * sig(x), "hard_sigmoid": lambda: third(x), "softmax": lambda: soften(x),
            "log_softmax": lambda: np.log(soften(x)), "leaky_relu": lambda: np.where(x > 0, x, 0.2 * x), "relu6": lambda: np.clip(x, 0, 6),
            "hard_silu": lambda: x * np.clip(x / 6 + 0.5, 0, 1), "celu": lambda: np.maximum(x, 0) + np.minimum(0, np.expm1(x))}[a]()


# ---- along one axis: x (N,T,C), or (N,C,T) with channels first ----

def turn(c, x):
    return np.swapaxes(x, 1, 2) if c.get("data_format") == "channels_first" else x


def padded(x, k, s, d, padding, fill=0.0):
    n, e = x.shape[1], (k - 1) * d + 1
    total = max((-(-n // s) - 1) * s + e - n, 0)
    a, b = {"valid": (0, 0), "same": (total // 2, total - total // 2), "causal": (e - 1, 0)}[padding]
    return np.pad(x, [(0, 0), (a, b), (0, 0)], constant_values=fill)


def taps(x, k, s, d):
    """(N, steps, k, C): what the kernel sees at each step."""
    n = (x.shape[1] - (k - 1) * d - 1) // s + 1
    return np.stack([x[:, t * s:t * s + (k - 1) * d + 1:d] for t in range(n)], 1)


def f_conv(l, x):
    c, ws, k = l.config, l.w(), l.config["kernel_size"][0]
    p = taps(padded(turn(c, x), k, c["strides"][0], c["dilation_rate"][0], c["padding"]), k, c["strides"][0], c["dilation_rate"][0])
    g = c.get("groups", 1)
    i, o = p.shape[-1] // g, ws[0].shape[-1] // g
    y = np.concatenate([np.einsum("ntkc,kco->nto", p[..., q * i:(q + 1) * i], ws[0][..., q * o:(q + 1) * o]) for q in range(g)], -1)
    return turn(c, f_act(y + (ws[1] if c["use_bias"] else 0), c["activation"]))


def f_depthwise(l, x):
    c, ws, k = l.config, l.w(), l.config["kernel_size"][0]
    p = taps(padded(turn(c, x), k, c["strides"][0], c["dilation_rate"][0], c["padding"]), k, c["strides"][0], c["dilation_rate"][0])
    y = np.einsum("ntkc,kcm->ntcm", p, ws[0])
    y = y.reshape(y.shape[:2] + (-1,))
    if l.cls == "SeparableConv1D":
        y = y @ ws[1][0]
    return turn(c, f_act(y + (ws[-1] if c["use_bias"] else 0), c["activation"]))


def f_transposed(l, x):
    c, ws = l.config, l.w()
    z = np.stack([more.v3.transposed(r, c, ws[0], ws[1] if c["use_bias"] else 0) for r in turn(c, x)])
    return turn(c, f_act(z, c["activation"]))


def f_pool(l, x):
    c, k, s = l.config, l.config["pool_size"][0], (l.config["strides"] or l.config["pool_size"])[0]
    p = taps(padded(turn(c, x), k, s, 1, c["padding"], np.nan), k, s, 1)
    return turn(c, np.nanmax(p, 2) if l.cls[0] == "M" else np.nanmean(p, 2))


def f_global(l, x):
    c = l.config
    f = np.max if "Max" in l.cls else np.mean
    return f(x, axis=2 if c.get("data_format") == "channels_first" else 1, keepdims=c.get("keepdims", False))


def one(cls, name, call, i, o, f, k=3, mult=1, **c):
    c = dict({"filters": o, "kernel_size": [k], "strides": [1], "padding": "valid", "data_format": "channels_last", "dilation_rate": [1], "groups": 1,
              "activation": "linear", "use_bias": True}, **c)
    shape = {"Conv1D": (k, i // c["groups"], o), "Conv1DTranspose": (k, o, i)}.get(cls, (k, i, mult))
    ws = [("kernel", w(*shape))]
    if cls == "SeparableConv1D":
        ws.append(("pointwise_kernel", w(1, i * mult, o)))
    if cls in ("SeparableConv1D", "DepthwiseConv1D"):
        c["depth_multiplier"] = mult
    if cls == "DepthwiseConv1D":
        o = i * c.pop("filters") * 0 + i * mult
    return Layer(cls, name, [call], c, {"": ws + ([("bias", w(o))] if c["use_bias"] else [])}, f=f)


def pool(cls, name, call, k, s, padding, **c):
    return Layer(cls, name, [call], dict({"pool_size": [k], "strides": s and [s], "padding": padding, "data_format": "channels_last"}, **c), f=f_pool)


# ---- normalisation ----

def f_norm(l, x):
    c, ws, axis = l.config, list(l.w()), l.config["axis"]
    axis = axis[0] if isinstance(axis, list) else axis
    x = np.moveaxis(x, axis, -1)
    g = ws.pop(0) if c["scale"] else 1
    b = ws.pop(0) if c["center"] else 0
    return np.moveaxis(g * (x - ws[0]) / np.sqrt(ws[1] + c["epsilon"]) + b, -1, axis)


def f_layer_norm(l, x):
    c, ws = l.config, list(l.w())
    axes = c["axis"] if isinstance(c["axis"], list) else [c["axis"]]
    axes = tuple(a % x.ndim for a in axes)
    shape = [n if i in axes else 1 for i, n in enumerate(x.shape)]
    y = (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + c["epsilon"])
    y = y * ws.pop(0).reshape(shape) if c["scale"] else y
    return y + ws.pop(0).reshape(shape) if c["center"] else y


def f_group_norm(l, x):
    c, ws = l.config, list(l.w())
    g = x.shape[-1] if c["groups"] == -1 else c["groups"]
    z = x.reshape(x.shape[:-1] + (g, -1))
    axes = tuple(range(1, x.ndim - 1)) + (x.ndim,)
    y = ((z - z.mean(axes, keepdims=True)) / np.sqrt(z.var(axes, keepdims=True) + c["epsilon"])).reshape(x.shape)
    y = y * ws.pop(0) if c["scale"] else y
    return y + ws.pop(0) if c["center"] else y


def f_contrib(l, x):
    c, ws = l.config, list(l.w())
    axes = tuple(i for i in range(1, x.ndim) if c["axis"] is None or i != c["axis"] % x.ndim)
    shape = [1] * x.ndim
    if c["axis"] is not None:
        shape[c["axis"]] = x.shape[c["axis"]]
    y = (x - x.mean(axes, keepdims=True)) / (x.std(axes, keepdims=True) + c["epsilon"])
    y = y * ws.pop(0).reshape(shape) if c["scale"] else y
    return y + ws.pop(0).reshape(shape) if c["center"] else y


def norm(cls, name, call, shape, f, scale=True, center=True, **c):
    c = dict({"epsilon": 0.01, "scale": scale, "center": center}, **c)
    ws = ([("gamma", 1 + w(*shape))] if scale else []) + ([("beta", w(*shape))] if center else [])
    if cls == "BatchNormalization":
        ws += [("moving_mean", w(*shape)), ("moving_variance", np.abs(w(*shape)) + np.float32(0.3))]
    return Layer(cls, name, [call], c, {"": ws}, f=f)


# ---- recurrent ----

def f_cell(c, ws, x, cls, mask=None):
    """One direction of x (T,C) with every setting of a cell. Returns the outputs and the states."""
    a, r = (lambda v: f_act(v, c["activation"])), (lambda v: f_act(v, c.get("recurrent_activation", "linear")))
    K, U, b = ws[0], ws[1], ws[2] if c["use_bias"] else np.zeros(ws[0].shape[1])
    n = U.shape[0]
    h, s, out = np.zeros(n), np.zeros(n), []
    for t, row in enumerate(x):
        old, old_s = h, s
        if cls == "LSTM":
            i, f, g, o = np.split(row @ K + h @ U + b, 4)
            s = r(f) * s + r(i) * a(g)
            h = r(o) * a(s)
        elif cls == "GRU" and c["reset_after"]:
            b = b if b.ndim == 2 else np.stack([b, b])
            (z, q, g), (z2, q2, g2) = np.split(row @ K + b[0], 3), np.split(h @ U + b[1], 3)
            z = r(z + z2)
            h = z * h + (1 - z) * a(g + r(q + q2) * g2)
        elif cls == "GRU":
            (z, q, g), (z2, q2, _) = np.split(row @ K + b, 3), np.split(h @ U, 3)
            z = r(z + z2)
            h = z * h + (1 - z) * a(g + (r(q + q2) * h) @ U[:, 2 * n:])
        else:
            h = a(row @ K + b + h @ U)
        if mask is not None and not mask[t]:
            h, s = old, old_s
        out.append(h)
    return np.array(out), [h, s] if cls == "LSTM" else [h]


def f_rnn(l, x):
    c, y = l.config, x[0][::-1] if l.config.get("go_backwards") else x[0]
    mask = l.mask(x) if l.mask else None
    if l.cls == "RNN":
        stacked = c["cell"]["class_name"] == "StackedRNNCells"
        cells = c["cell"]["config"]["cells"] if stacked else [c["cell"]]
        for v, p in zip(cells, l.parts):
            y, s = f_cell(v["config"], l.w(p), y, v["class_name"][:-4], mask)
    else:
        y, s = f_cell(c, l.w("cell"), y, l.cls, mask)
    out = y[None] if c["return_sequences"] else y[-1:]
    return tuple([out] + [v[None] for v in s]) if c.get("return_state") else out


def f_both(l, x):
    c, y = l.config, []
    for i, p in enumerate(("forward_layer/cell", "backward_layer/cell")):
        o, _ = f_cell(c["layer"]["config"], l.w(p), x[0][::-1] if i else x[0], c["layer"]["class_name"])
        y.append((o[::-1] if i else o)[None] if c["layer"]["config"]["return_sequences"] else o[-1:])
    return {"concat": lambda: np.concatenate(y, -1), "sum": lambda: y[0] + y[1], "mul": lambda: y[0] * y[1], "ave": lambda: (y[0] + y[1]) / 2,
            None: lambda: tuple(y)}[c["merge_mode"]]()


def weights(cls, i, h, use_bias=True, reset_after=True):
    ws = rnn_weights(cls, i, h)
    if cls == "GRU" and not reset_after:
        ws[2] = ("bias", w(3 * h))
    return ws[:3 if use_bias else 2]


def rnn(cls, name, call, i, h, **c):
    c = dict(rnn_config(cls, h), stateful=False, unroll=False, time_major=False, implementation=2, dropout=0.1, recurrent_dropout=0.2, **c)
    return Layer(cls, name, [call], c, {"cell": weights(cls, i, h, c["use_bias"], c.get("reset_after", True))}, f=f_rnn)


def both(cls, name, call, i, h, mode, sequences):
    c = rnn_config(cls, h, return_sequences=sequences)
    return Layer("Bidirectional", name, [call], {"merge_mode": mode, "layer": {"class_name": cls, "config": c}},
                 {"forward_layer/cell": weights(cls, i, h), "backward_layer/cell": weights(cls, i, h)}, f=f_both)


def cells(name, call, i, sizes, **c):
    """RNN(cell) or RNN([cell, cell])."""
    rows, parts, seen = [], {}, {}
    for cls, h, use_bias in sizes:
        k = {n: v for n, v in rnn_config(cls, h, use_bias=use_bias).items() if not n.startswith("return") and n != "go_backwards"}
        rows.append({"class_name": cls + "Cell", "config": dict(k, name=cls.lower() + "_cell", dropout=0.1)})
        place = more.v3.snake(cls + "Cell")
        n = seen[place] = seen.get(place, -1) + 1
        parts["cell" if len(sizes) == 1 else "cell/cells/%s%s" % (place, "_%d" % n if n else "")] = weights(cls, i, h, use_bias)
        i = h
    cell = rows[0] if len(rows) == 1 else {"class_name": "StackedRNNCells", "config": {"name": "stacked", "cells": rows}}
    c = dict({"return_sequences": True, "return_state": False, "go_backwards": False, "stateful": False, "unroll": False}, **c)
    return Layer("RNN", name, [call], dict(c, cell=cell), parts, f=f_rnn)


# ---- merging and the rest ----

def f_dot(l, a):
    axes = l.config["axes"]
    axes = [axes, axes] if isinstance(axes, int) else axes
    x, y = [np.moveaxis(v, n, -1) for v, n in zip(a, axes)]
    if l.config["normalize"]:
        x, y = [v / np.sqrt((v * v).sum(-1, keepdims=True)) for v in (x, y)]
    x, y = [v[:, None] if v.ndim == 2 else v for v in (x, y)]
    z = np.einsum("npk,nqk->npq", x, y)
    ranks = [v.ndim for v in a]
    return z if ranks == [3, 3] else z.reshape(len(z), -1)


def prelu(name, call, shape, shared):
    return Layer("PReLU", name, [call], {"shared_axes": shared}, {"": [("alpha", w(*shape))]}, f=lambda l, x: np.where(x > 0, x, l.w()[0] * x))


def norms(x):
    """Normalisation and rescaling, with numbers of the configuration."""
    row = lambda cls, name, f, **c: simple(cls, name, C("x"), f, **c)
    mean, var = [0.1, -0.2, 0.3], [0.5, 1.5, 2.0]
    m, v = (np.array(a, np.float32).astype(float) for a in (mean, var))
    return [row("Rescaling", "scaled", lambda x: x * 2.5 - 0.5, scale=2.5, offset=-0.5),
            row("Rescaling", "scaled_each", lambda x: x * np.array([1, 2, 4]) + np.array([0, 0.5, 1]), scale=[1, 2, 4], offset=[0, 0.5, 1]),
            row("Normalization", "standard", lambda x: (x - m) / np.sqrt(v), axis=-1, mean=mean, variance=var, invert=False),
            row("Normalization", "standard_all", lambda x: (x - 0.25) / np.sqrt(1.5), axis=None, mean=0.25, variance=1.5, invert=False)]


def common():
    """Layers (on the window of 12 steps and 3 channels) that both versions of Keras have."""
    x, first, T_, G = C("x"), {"data_format": "channels_first"}, "turned", "wide"
    rows = [simple("Permute", T_, x, lambda v: np.swapaxes(v, 1, 2), True, dims=[2, 1]), one("Conv1D", G, x, 3, 4, f_conv, k=1)]
    for i, (k, s, d, p) in enumerate([(3, 1, 1, "same"), (4, 2, 1, "same"), (3, 1, 2, "same"), (3, 3, 1, "valid"), (2, 1, 3, "valid"), (3, 1, 2, "causal"), (3, 2, 1, "causal"),
                                      (2, 5, 1, "same")]):
        rows.append(one("Conv1D", "conv%d" % i, x, 3, 2, f_conv, k=k, strides=[s], dilation_rate=[d], padding=p, use_bias=i % 2 == 0, activation=["linear", "tanh"][i % 2]))
        rows.append(one("Conv1D", "first%d" % i, C(T_), 3, 2, f_conv, k=k, strides=[s], dilation_rate=[d], padding=p, **first) if p != "causal" else
                    one("SeparableConv1D", "separable%d" % i, x, 3, 2, f_depthwise, k=k, mult=2, strides=[s], dilation_rate=[d], padding=p))
        if p != "causal":
            rows.append(one("DepthwiseConv1D", "depthwise%d" % i, x, 3, 6, f_depthwise, k=k, mult=2, strides=[s], dilation_rate=[d], padding=p, use_bias=i % 2 == 1))
    rows += [one("Conv1D", "grouped", C(G), 4, 6, f_conv, groups=2, padding="same", strides=[2]), one("Conv1D", "grouped_first", C("wide_turned"), 4, 4, f_conv, groups=4, use_bias=False, **first)]
    rows.insert(2, simple("Permute", "wide_turned", C(G), lambda v: np.swapaxes(v, 1, 2), True, dims=[2, 1]))
    for i, (k, s, d, p, o) in enumerate([(3, 2, 1, "same", None), (3, 2, 1, "valid", None), (2, 3, 1, "same", None), (2, 3, 1, "valid", None), (4, 2, 1, "same", 1), (3, 2, 1, "valid", 1),
                                         (3, 1, 2, "same", None), (4, 1, 1, "valid", 0)]):
        rows.append(one("Conv1DTranspose", "longer%d" % i, x if i % 3 else C(T_), 3, 2, f_transposed, k=k, strides=[s], dilation_rate=[d], padding=p, output_padding=o,
                        use_bias=i != 2, **({} if i % 3 else first)))
    for i, (k, s, p) in enumerate([(2, None, "valid"), (3, 2, "same"), (3, 1, "valid"), (4, 3, "same"), (2, 5, "same")]):
        rows += [pool("MaxPooling1D", "peak%d" % i, x, k, s, p), pool("AveragePooling1D", "mean%d" % i, x if i % 2 else C(T_), k, s, p, **({} if i % 2 else first))]
    for cls in ("GlobalMaxPooling1D", "GlobalAveragePooling1D"):
        for i, keep in enumerate((False, True)):
            rows += [Layer(cls, "%s%d" % (cls.lower(), i), [x], {"keepdims": keep, "data_format": "channels_last"}, f=f_global),
                     Layer(cls, "%s_first%d" % (cls.lower(), i), [C(T_)], dict(first, keepdims=keep), f=f_global)]
    pads = lambda a, b: (lambda v: np.pad(v, [(0, 0), (a, b), (0, 0)]))
    rows += [simple("ZeroPadding1D", "padded", x, pads(2, 2), padding=[2, 2]), simple("ZeroPadding1D", "padded_left", x, pads(3, 0), padding=[3, 0]),
             simple("Cropping1D", "cropped", x, lambda v: v[:, 1:-3], cropping=[1, 3]), simple("Cropping1D", "cropped_left", x, lambda v: v[:, 2:], cropping=[2, 0]),
             simple("UpSampling1D", "thrice", x, lambda v: np.repeat(v, 3, 1), size=3)]
    for scale in (True, False):
        for center in (True, False):
            n, k = "%d%d" % (scale, center), dict(scale=scale, center=center)
            rows += [norm("BatchNormalization", "batch" + n, x, (3,), f_norm, axis=[2] if scale else -1, momentum=0.9, **k),
                     norm("BatchNormalization", "batch_steps" + n, x, (12,), f_norm, axis=1, **k),
                     norm("LayerNormalization", "each_step" + n, x, (3,), f_layer_norm, axis=[2] if scale else -1, **k),
                     norm("LayerNormalization", "each_channel" + n, x, (12,), f_layer_norm, axis=1, **k),
                     norm("LayerNormalization", "whole" + n, x, (12, 3), f_layer_norm, axis=[1, 2], **k),
                     norm("GroupNormalization", "groups" + n, C(G), (4,), f_group_norm, axis=-1, groups=2 if scale else -1, **k)]
    unit = lambda *a: (lambda v: v / np.sqrt((v * v).sum(a, keepdims=True)))
    rows += norms(x) + [simple("UnitNormalization", "unit", x, unit(-1), axis=-1), simple("UnitNormalization", "unit_steps", x, unit(1), axis=[1]),
                        simple("UnitNormalization", "unit_all", x, unit(1, 2), axis=[1, 2])]
    rows += [prelu("bent", x, (12, 3), None), prelu("bent_channel", x, (1, 3), [1]), prelu("bent_step", x, (12, 1), [2]), prelu("bent_all", x, (1, 1), [1, 2]),
             simple("Softmax", "soft", x, soften, axis=-1), simple("Softmax", "soft_steps", x, lambda v: np.swapaxes(soften(np.swapaxes(v, 1, 2)), 1, 2), axis=1),
             simple("ELU", "elu", x, lambda v: np.where(v > 0, v, 0.7 * np.expm1(v)), alpha=0.7),
             simple("ReLU", "relu_all", x, lambda v: np.minimum(np.where(v > 0, v, 0.2 * v), 0.6), max_value=0.6, negative_slope=0.2, threshold=0.0),
             simple("ReLU", "relu_from", x, lambda v: np.where(v < 0.3, 0, np.minimum(v, 0.8)), max_value=0.8, negative_slope=0.0, threshold=0.3)]
    leak = "negative_slope" if NEW else "alpha"
    rows.append(simple("LeakyReLU", "leaky", x, lambda v: np.where(v > 0, v, 0.25 * v), **{leak: 0.25}))
    names = ["relu", "elu", "selu", "tanh", "sigmoid", "softplus", "softsign", "exponential", "gelu", "mish", "swish", "hard_sigmoid", "softmax", "linear"]
    for a in names + (["silu", "leaky_relu", "relu6", "hard_silu", "celu", "log_softmax"] if NEW else ["log_softmax"]):
        rows.append(simple("Activation", "as_" + a, x, lambda v, a=a: f_act(v, a), activation=a))
    for cls in ("LSTM", "GRU", "SimpleRNN"):
        n = cls.lower()
        rows += [rnn(cls, n, x, 3, 2, return_sequences=True), rnn(cls, n + "_plain", x, 3, 2, use_bias=False, activation="softsign"),
                 rnn(cls, n + "_back", x, 3, 2, go_backwards=True, return_sequences=True), rnn(cls, n + "_end", x, 3, 2, go_backwards=True, activation="relu")]
        for mode in ("concat", "sum", "mul", "ave"):
            rows.append(both(cls, "%s_%s" % (n, mode), x, 3, 2, mode, mode in ("concat", "mul")))
    rows += [rnn("GRU", "gru_before", x, 3, 2, reset_after=False, recurrent_activation="hard_sigmoid", return_sequences=True),
             rnn("LSTM", "lstm_hard", x, 3, 2, recurrent_activation="hard_sigmoid", activation="elu"),
             cells("cell", x, 3, [("LSTM", 2, True)]), cells("cell_end", x, 3, [("GRU", 2, True)], return_sequences=False),
             cells("cells", x, 3, [("LSTM", 2, True), ("SimpleRNN", 3, False), ("LSTM", 2, True)], return_sequences=False),
             cells("cells_back", x, 3, [("GRU", 2, True), ("GRU", 2, True)], go_backwards=True)]
    dot = lambda name, a, **c: Layer("Dot", name, [C(a)], c, f=f_dot)
    rows += [dot("dot_channels", ["x", "scaled_each"], axes=2, normalize=False), dot("dot_steps", ["x", G], axes=[1, 1], normalize=False), dot("cosine", ["x", "leaky"], axes=-1, normalize=True),
             dot("dot_mixed", ["globalmaxpooling1d0", "x"], axes=[1, 2], normalize=False), dot("dot_vectors", ["lstm_sum", "gru_sum"], axes=1, normalize=True)]
    return rows


# ---- keras-tcn ----

def f_tcn(l, x):
    c, n = l.config, 0
    x = x[:, ::-1] if c["go_backwards"] else x
    skips = []
    for _ in range(c["nb_stacks"]):
        for d in c["dilations"]:
            at, y = "residual_block_%d/" % n, x
            for i in range(2):
                ws = l.w(at + "conv1D_%d" % i)
                K = ws[0]
                if c["use_weight_norm"]:
                    K = K / np.sqrt((K * K).sum((0, 1), keepdims=True)) * ws[2]
                y = np.einsum("ntkc,kco->nto", taps(padded(y, len(K), 1, d, c["padding"]), len(K), 1, d), K) + ws[1]
                for kind in ("batch", "layer"):
                    if c["use_%s_norm" % kind]:
                        ws = l.w(at + "%s_norm_layers/%s_normalization%s" % (kind, kind, "_1" if i else ""))
                        m, v = (ws[2], ws[3]) if kind == "batch" else (y.mean(-1, keepdims=True), y.var(-1, keepdims=True))
                        y = (y - m) / np.sqrt(v + 1e-3) * ws[0] + ws[1]
                y = f_act(y, c["activation"])
            y = f_act(y, c["activation"])
            skips.append(y)
            if x.shape[-1] != y.shape[-1]:
                ws = l.w(at + "matching_conv1D")
                x = x @ ws[0][0] + ws[1]
            x = f_act(x + y, c["activation"])
            n += 1
    y = sum(skips) if c["use_skip_connections"] else x
    return y if c["return_sequences"] else y[:, y.shape[1] // 2 if c["padding"] == "same" else -1]


def tcn(name, call, i, filters, k, dilations, stacks=1, **c):
    c = dict({"nb_filters": filters, "kernel_size": k, "nb_stacks": stacks, "dilations": dilations, "padding": "causal", "use_skip_connections": True, "dropout_rate": 0.1,
              "return_sequences": False, "activation": "relu", "kernel_initializer": "he_normal", "use_batch_norm": False, "use_layer_norm": False,
              "use_weight_norm": False, "go_backwards": False, "return_state": False}, **c)
    parts = {}
    for b in range(stacks * len(dilations)):
        o = filters[b % len(dilations)] if isinstance(filters, list) else filters
        at = "residual_block_%d/" % b
        for j in range(2):
            rows = [("kernel", w(k, i if j == 0 else o, o)), ("bias", w(o))]
            parts[at + "conv1D_%d" % j] = rows + ([("g", 1 + w(o))] if c["use_weight_norm"] else [])
            for kind in ("batch", "layer"):
                if c["use_%s_norm" % kind]:
                    more_ = [("moving_mean", w(o)), ("moving_variance", np.abs(w(o)) + np.float32(0.3))] if kind == "batch" else []
                    parts[at + "%s_norm_layers/%s_normalization%s" % (kind, kind, "_1" if j else "")] = [("gamma", 1 + w(o)), ("beta", w(o))] + more_
        if i != o:
            parts[at + "matching_conv1D"] = [("kernel", w(1, i, o)), ("bias", w(o))]
        i = o
    return Layer("TCN", name, [call], c, parts, module="tcn.tcn", f=f_tcn)


def temporal():
    x = C("x")
    rows = [tcn("tcn", x, 3, 4, 3, [1, 2, 4], 2, return_sequences=True), tcn("tcn_batch", x, 3, 2, 2, [1, 3], use_batch_norm=True),
            tcn("tcn_layer", x, 3, 2, 3, [1, 2], padding="same", use_layer_norm=True), tcn("tcn_same", x, 3, 3, 3, [1, 2], padding="same", return_sequences=True, use_skip_connections=False),
            tcn("tcn_list", x, 3, [2, 4], 2, [1, 2], use_skip_connections=False, activation="tanh"),
            tcn("tcn_back", x, 3, 2, 2, [2], go_backwards=True, return_sequences=True)]
    return rows if NEW else rows + [tcn("tcn_weight", x, 3, 2, 3, [1, 2], use_weight_norm=True, return_sequences=True),
                                    cells("cell", x, 3, [("LSTM", 2, True)]), cells("cells", x, 3, [("LSTM", 2, True), ("SimpleRNN", 3, False), ("GRU", 2, True)])]


# ---- whole nets ----

def joined(name, rows, shape):
    """Flattens what nothing else reads and joins it to one output."""
    read = {str(t) for l in rows for k in l.calls for a in k.args for t in (a if isinstance(a, list) else [a])}
    flat = []
    for l in rows:
        if l.name not in read:
            flat.append("flat_" + l.name)
            rows = rows + [simple("Flatten", flat[-1], C(l.name), lambda v: v.reshape(len(v), -1), True)]
    join = simple("Concatenate", "join", C(flat), lambda a: np.concatenate(a, -1), axis=-1)
    return Net(name, [source(shape)] + rows + [join], ["join"])


def version(new):
    global NEW
    NEW = new
    return "3" if new else ""


def settings_net(new):
    return joined("settings" + version(new), common() + ([] if NEW else [
        norm("InstanceNormalization", "instance", C("x"), (1,), f_contrib, axis=None), norm("InstanceNormalization", "instance_channel", C("x"), (3,), f_contrib, axis=-1),
        norm("InstanceNormalization", "instance_bare", C("x"), (1,), f_contrib, scale=False, axis=None),
        norm("Addons>InstanceNormalization", "addons", C("x"), (3,), f_group_norm, axis=-1, groups=-1), norm("Addons>GroupNormalization", "addons_groups", C("wide"), (4,), f_group_norm, axis=-1, groups=2)]),
        [12, 3])


def temporal_net(new):
    return joined("temporal" + version(new), temporal(), [12, 3])


def words_net(new):
    """Words of the window: rows of a table, a mask of the zeros among them, and what Keras 3 does with masks where it multiplies."""
    name, keep = "words" + version(new), {}
    numbers = simple("Rescaling", "numbers", C("x"), lambda v: v * 4 + 2.5, scale=4.0, offset=2.5)

    def look(l, x):
        n = np.clip(np.trunc(x), 0, 5).astype(int)  # Keras takes no other numbers than rows of the table
        keep["mask"] = n[0] != 0
        return l.w()[0][n]
    # the window's numbers are words already where it is read: Keras casts them to whole numbers
    words = Layer("Embedding", "words", [C("numbers")], {"input_dim": 6, "output_dim": 3, "mask_zero": False, "input_length": 14}, {"": [("embeddings", w(6, 3))]}, f=look)
    rows = [numbers, words, rnn("LSTM", "lstm", C("words"), 3, 2, return_sequences=True)]
    whole = simple("Activation", "whole", C("x"), lambda v: np.maximum(v, 0), activation="relu")
    zeros = Layer("Embedding", "masked", [C("whole")], {"input_dim": 2, "output_dim": 3, "mask_zero": True}, {"": [("embeddings", w(2, 3))]}, f=look)
    zeros.f = lambda l, x: (keep.update(zero=x[0] != 0), l.w()[0][np.trunc(x).astype(int)])[1]
    after = rnn("GRU", "gru", C("masked"), 3, 3, return_sequences=True)
    after.mask = lambda x: keep["zero"]
    on = lambda: keep["zero"][None, :, None]
    times = simple("Multiply", "times", C(["masked", "gru"]), lambda a: a[0] * a[1] * (on() if NEW else 1))
    part = simple("Multiply", "part", C(["words", "gru"]), lambda a: a[0] * (np.where(on(), a[1], 1) if NEW else a[1]))
    end = rnn("SimpleRNN", "end", C("times"), 3, 2)
    end.mask = lambda x: keep["zero"]
    return joined(name, rows + [whole, zeros, after, times, part, end], [14])


def theano_net():
    """Kernels that Theano saved: reversed."""
    rows = [one("Conv1D", "conv", C("x"), 3, 4, f_conv, k=4, strides=[2], padding="same"), one("Conv1D", "conv_more", C("conv"), 4, 2, f_conv, k=3)]
    for l in rows:
        l.f = lambda l, x: f_conv(Layer(l.cls, l.name, [], l.config, {"": [(n, a[::-1] if a.ndim == 3 else a) for n, a in l.parts[""]]}), x)
    return joined("theano", rows, [12, 3])


def two_net(name, size, feeds):
    """Two series, one with its channels first, a row of numbers and a state."""
    first = {"data_format": "channels_first"}
    net = Net(name, [source([12, 2], "a"), source([3, 12], "b"), source([12], "row"), source([2], "h"),
                     one("Conv1D", "conv", C("a"), 2, 3, f_conv, padding="same", activation="tanh"), one("Conv1D", "conv_first", C("b"), 3, 2, f_conv, padding="same", **first),
                     simple("Permute", "turned", C("conv_first"), lambda v: np.swapaxes(v, 1, 2), True, dims=[2, 1]), simple("Reshape", "column", C("row"), lambda v: v[..., None], True, target_shape=[12, 1]),
                     simple("Concatenate", "join", C(["conv", "turned", "column"]), lambda a: np.concatenate(a, -1), axis=-1),
                     Layer("SimpleRNN", "rnn", [C("join", "h")], rnn_config("SimpleRNN", 2), {"cell": rnn_weights("SimpleRNN", 6, 2)}, f=more.f_rnn)], ["rnn"])
    net.size, net.feeds = size, feeds
    return net


def joined_net():
    """--input a,b,row --set h=0.5"""
    return two_net("two", (12, 6), {"a": lambda x: x[:, :, :2], "b": lambda x: np.swapaxes(x[:, :, 2:5], 1, 2), "row": lambda x: x[:, :, 5], "h": lambda x: np.full((1, 2), 0.5)})


def alone_net(net):
    """The same with --input b --set a=two.npy, the other inputs zeros."""
    one_window = lambda v: np.swapaxes(v, 1, 2)
    array = np.cos(0.3 * np.arange(24)).astype(np.float32).reshape(1, 12, 2)
    net.name, net.size, net.feeds = "two_b", (12, 3), {"a": lambda x: array.astype(float), "b": one_window, "row": lambda x: np.zeros((1, 12)), "h": lambda x: np.zeros((1, 2))}
    np.save("two.npy", array)
    next(l for l in net.layers if l.name == "conv").layout = True  # what it reads is constant
    return net


def write_two():
    net = joined_net()
    more.write([(lambda: net, "h5 keras")])
    more.write([(lambda: alone_net(net), "")])


NETS = [(lambda: settings_net(False), "keras2"), (lambda: settings_net(True), "keras"), (lambda: temporal_net(False), "h5"), (lambda: temporal_net(True), "keras"),
        (lambda: words_net(False), "h5"), (lambda: words_net(True), "keras"), (theano_net, "h5")]


def main():
    import h5py
    import json
    more.write(NETS)
    write_two()
    for make, _ in NETS:  # nine digits are enough, and a third of the bytes
        name = make().name + ".json"
        root = json.load(open(name), parse_float=lambda t: float("%.9g" % float(t)))
        with open(name, "w") as f:
            f.write(json.dumps(root, separators=(",", ":")).replace("{", "\n{") + "\n")
    with h5py.File("theano.h5", "r+") as f:
        f.attrs["backend"] = np.bytes_("theano")


if __name__ == "__main__":
    main()
