#!/usr/bin/env python3
"""Writes tests/keras/*.h5: small Keras models, by hand with h5py, as the versions of Keras write them.

Run it in the folder that shall hold them. Weights are drawn from a fixed seed. --expect prints what the models answer to the
window x[t,c] = sin(0.37 (t C + c) + 0.1), worked out here in numpy, layer by layer, in Keras' own order of axes."""
import json
import sys

import h5py
import numpy as np

rng = np.random.RandomState(7)


def w(*shape, scale=0.5):
    return (rng.randn(*shape) * scale).astype(np.float32)


class Model:
    def __init__(self, name, version, functional, config_fixed=False):
        self.name, self.version, self.functional, self.fixed = name, version, functional, config_fixed
        self.layers, self.weights, self.prev = [], [], None

    def add(self, cls, name, config=None, inputs=None, weights=()):
        c = dict(config or {}, name=name)
        row = {"class_name": cls, "config": c}
        if self.functional:
            row["name"] = name
            ins = inputs or ([self.prev] if self.prev else [])
            row["inbound_nodes"] = [[[i, 0, 0, {}] for i in ins]] if ins else []
        self.layers.append(row)
        self.weights.append((name, list(weights)))
        self.prev = name

    def config(self):
        if not self.functional:
            body = self.layers if self.version.startswith("1") else {"name": self.name, "layers": self.layers}
            return {"class_name": "Sequential", "config": body}
        return {"class_name": "Model" if self.version < "2.3" else "Functional",
                "config": {"name": self.name, "layers": self.layers,
                           "input_layers": [[self.layers[0]["name"], 0, 0]],
                           "output_layers": [[self.prev, 0, 0]]}}

    def save(self, path, libver="earliest", **dataset):
        text = json.dumps(self.config())
        write_h5(path, np.bytes_(text) if self.fixed else text, self.version, self.weights, libver, **dataset)


def write_h5(path, config, version, weights, libver="earliest", **dataset):
    """A model as Keras 1 and 2 write it. weights: (layer, [(array, numbers)]); dataset: how arrays of several axes are stored."""
    with h5py.File(path, "w", libver=libver) as f:
        f.attrs["model_config"] = config
        f.attrs["keras_version"] = np.bytes_(version)
        g = f.create_group("model_weights")
        g.attrs["layer_names"] = np.array([n.encode() for n, _ in weights])
        for n, ws in weights:
            h = g.create_group(n)
            names = [("%s/%s:0" % (n, k)).encode() for k, _ in ws]
            h.attrs["weight_names"] = np.array(names) if names else np.zeros(0)
            for nm, (_, v) in zip(names, ws):
                opt = dataset if v.ndim > 2 else {}
                h.create_dataset(nm.decode(), data=v, **opt)


def bn(m, name, n, inputs=None, **c):
    ws = []
    if c.get("scale", True):
        ws.append(("gamma", 1 + w(n, scale=0.2)))
    if c.get("center", True):
        ws.append(("beta", w(n, scale=0.2)))
    ws += [("moving_mean", w(n, scale=0.2)), ("moving_variance", (0.5 + rng.rand(n)).astype(np.float32))]
    m.add("BatchNormalization", name, dict({"axis": [2], "epsilon": 0.001}, **c), inputs, ws)


def conv(m, name, k, i, o, inputs=None, **c):
    g = c.get("groups", 1)
    ws = [("kernel", w(k, i // g, o))] + ([("bias", w(o))] if c.get("use_bias", True) else [])
    m.add("Conv1D", name, dict({"filters": o, "kernel_size": [k], "strides": [1], "padding": "same",
                                "dilation_rate": [1], "activation": "linear", "use_bias": True}, **c), inputs, ws)


def residual():
    m = Model("residual", "2.4.0", True)
    m.add("InputLayer", "input_1", {"batch_input_shape": [None, 24, 3], "dtype": "float32", "sparse": False})
    conv(m, "conv1d", 5, 3, 8)
    bn(m, "batch_normalization", 8)
    m.add("Activation", "activation", {"activation": "relu"})
    conv(m, "conv1d_1", 3, 8, 8, use_bias=False)
    bn(m, "batch_normalization_1", 8, scale=False)
    conv(m, "conv1d_2", 1, 3, 8, ["input_1"])
    m.add("Add", "add", {}, ["batch_normalization_1", "conv1d_2"])
    m.add("Activation", "activation_1", {"activation": "relu"})
    m.add("MaxPooling1D", "max_pooling1d", {"pool_size": [3], "strides": [2], "padding": "same",
                                             "data_format": "channels_last"})
    m.add("GlobalAveragePooling1D", "global_average_pooling1d", {"data_format": "channels_last"})
    m.add("Dropout", "dropout", {"rate": 0.3})
    m.add("Dense", "dense", {"units": 4, "activation": "softmax", "use_bias": True}, None,
          [("kernel", w(8, 4, scale=1.0)), ("bias", w(4))])
    return m


def chain():
    m = Model("chain", "2.2.4", False, config_fixed=True)
    conv(m, "conv1d_1", 3, 2, 6, batch_input_shape=[None, 20, 2], padding="causal", dilation_rate=[2])
    m.add("LeakyReLU", "leaky_re_lu_1", {"alpha": 0.10000000149011612})
    m.add("ZeroPadding1D", "zero_padding1d_1", {"padding": [2, 1]})
    m.add("AveragePooling1D", "average_pooling1d_1", {"pool_size": [2], "strides": [2], "padding": "same"})
    m.add("UpSampling1D", "up_sampling1d_1", {"size": 2})
    m.add("Dense", "dense_1", {"units": 5, "activation": "tanh", "use_bias": True}, None,
          [("kernel", w(6, 5)), ("bias", w(5))])
    m.add("Dropout", "dropout_1", {"rate": 0.5})
    m.add("Flatten", "flatten_1", {"data_format": "channels_last"})
    m.add("Dense", "dense_2", {"units": 2, "activation": "sigmoid", "use_bias": True}, None,
          [("kernel", w(120, 2, scale=0.2)), ("bias", w(2))])
    return m


def mixed():
    """What the older classes do not have: separable, depthwise and grouped convolutions, a squeeze-and-excite branch."""
    m = Model("mixed", "2.9.0", True)
    m.add("InputLayer", "x", {"batch_input_shape": [None, 16, 4]})
    m.add("SeparableConv1D", "sep", {"filters": 6, "kernel_size": [3], "strides": [1], "padding": "same",
                                     "dilation_rate": [1], "depth_multiplier": 2, "activation": "swish", "use_bias": True},
          None, [("depthwise_kernel", w(3, 4, 2)), ("pointwise_kernel", w(1, 8, 6)), ("bias", w(6))])
    m.add("DepthwiseConv1D", "dw", {"kernel_size": [2], "strides": [1], "padding": "valid", "depth_multiplier": 1,
                                    "activation": "gelu", "use_bias": True}, None,
          [("depthwise_kernel", w(2, 6, 1)), ("bias", w(6))])
    m.add("PReLU", "prelu", {"shared_axes": [1]}, None, [("alpha", w(1, 6))])
    conv(m, "grouped", 3, 6, 4, groups=2, padding="valid", activation="tanh")
    m.add("GlobalMaxPooling1D", "squeeze", {}, ["grouped"])
    m.add("Dense", "excite", {"units": 4, "activation": "hard_sigmoid", "use_bias": False}, None, [("kernel", w(4, 4))])
    m.add("Reshape", "reshape", {"target_shape": [1, -1]})
    m.add("Multiply", "scale", {}, ["grouped", "reshape"])
    m.add("Cropping1D", "crop", {"cropping": [1, 2]})
    m.add("ReLU", "relu6", {"max_value": 0.5, "negative_slope": 0.0, "threshold": 0.0}, ["crop"])
    m.add("ELU", "elu", {"alpha": 0.5}, ["crop"])
    m.add("Subtract", "minus", {}, ["relu6", "elu"])
    m.add("Average", "mean", {}, ["relu6", "elu", "minus"])
    m.add("Maximum", "max", {}, ["elu", "minus"])
    m.add("Minimum", "min", {}, ["elu", "minus"])
    m.add("Concatenate", "cat", {"axis": -1}, ["mean", "max", "min"])
    m.add("Concatenate", "long", {"axis": 1}, ["cat", "cat"])
    m.add("Permute", "swap", {"dims": [2, 1]})
    m.add("Softmax", "soft", {"axis": -1})
    m.add("SpatialDropout1D", "drop", {"rate": 0.1})
    m.add("Flatten", "flat", {})
    m.add("Dense", "out", {"units": 3, "activation": "softplus", "use_bias": True}, None,
          [("kernel", w(240, 3, scale=1.0)), ("bias", w(3))])
    return m


def keras1():
    m = Model("keras1", "1.2.2", True, config_fixed=True)
    m.add("InputLayer", "input_1", {"batch_input_shape": [None, 15, 2], "input_dtype": "float32", "sparse": False})
    c = {"nb_filter": 5, "filter_length": 4, "border_mode": "same", "subsample_length": 2, "activation": "relu", "bias": True}
    m.add("Convolution1D", "a", c, None, [("W", w(4, 1, 2, 5)), ("b", w(5))])
    m.add("AtrousConvolution1D", "b", dict(c, atrous_rate=2, subsample_length=1, activation="linear"), None,
          [("W", w(4, 1, 5, 5)), ("b", w(5))])
    m.add("Merge", "m", {"mode": "concat", "concat_axis": -1, "dot_axes": -1}, ["a", "b"])
    m.add("MaxPooling1D", "p", {"pool_length": 2, "stride": 2, "border_mode": "valid"})
    m.add("Flatten", "f")
    m.add("Dense", "d", {"output_dim": 1, "activation": "linear", "bias": True}, None, [("W", w(40, 1)), ("b", w(1))])
    return m


# ---- the answers, in numpy ----

def same(T, k, s, d):
    o = -(-T // s)
    total = max((o - 1) * s + (k - 1) * d + 1 - T, 0)
    return total // 2, total - total // 2


def np_conv(x, W, b, pad="valid", s=1, d=1, g=1):
    k = W.shape[0]
    lo, hi = {"same": same(len(x), k, s, d), "valid": (0, 0), "causal": ((k - 1) * d, 0)}[pad]
    x = np.pad(x, [(lo, hi), (0, 0)])
    n = (len(x) - (k - 1) * d - 1) // s + 1
    out = np.zeros((n, W.shape[2]))
    I, O = W.shape[1], W.shape[2] // g
    for t in range(n):
        for j in range(k):
            for q in range(g):
                out[t, q * O:(q + 1) * O] += x[t * s + j * d, q * I:(q + 1) * I] @ W[j, :, q * O:(q + 1) * O]
    return out + (b if b is not None else 0)


def np_depthwise(x, W, b, pad):
    k, n, mult = W.shape
    parts = [np_conv(x[:, i:i + 1], W[:, i:i + 1], None, pad) for i in range(n)]
    return np.concatenate(parts, 1) + (b if b is not None else 0)


def np_act(x, a):
    from math import erf
    return {"linear": lambda: x, "relu": lambda: np.maximum(x, 0), "tanh": lambda: np.tanh(x),
            "sigmoid": lambda: 1 / (1 + np.exp(-x)), "swish": lambda: x / (1 + np.exp(-x)),
            "hard_sigmoid": lambda: np.clip(0.2 * x + 0.5, 0, 1), "softplus": lambda: np.log1p(np.exp(x)),
            "gelu": lambda: 0.5 * x * (1 + np.vectorize(erf)(x / np.sqrt(2))),
            "softmax": lambda: np.exp(x) / np.exp(x).sum(-1, keepdims=True)}[a]()


def np_pool(x, k, s, pad, f):
    lo, hi = same(len(x), k, s, 1) if pad == "same" else (0, 0)
    x = np.pad(x, [(lo, hi), (0, 0)], constant_values=np.nan)
    return np.array([f(x[t:t + k], axis=0) for t in range(0, len(x) - k + 1, s)])


def forward(m):
    out, values = {}, []
    for row, (name, ws) in zip(m.layers, m.weights):
        cls, c = row["class_name"], row["config"]
        ws = [v.astype(np.float64) for _, v in ws]
        shape = c.get("batch_input_shape")
        if shape:
            T, C = shape[1:]
            y = np.sin(0.37 * np.arange(T * C) + 0.1).astype(np.float32).astype(np.float64).reshape(T, C)
        if cls != "InputLayer":
            ins = [out[e[0]] for e in row["inbound_nodes"][0]] if m.functional else [y]
            y = np_layer(cls, c, ins, ws)
        out[name] = y
        values.append((name, y))
    return values


def np_layer(cls, c, ins, ws):
    x = ins[0]
    act = lambda v: np_act(v, c.get("activation") or "linear")
    one = lambda v: v[0] if isinstance(v, list) else v
    pad = c.get("padding", c.get("border_mode", "valid"))
    if "Conv" in cls and cls[0] in "CA":
        W = ws[0][:, 0] if ws[0].ndim == 4 else ws[0]
        return act(np_conv(x, W, ws[1] if len(ws) > 1 else None, pad, one(c.get("strides", c.get("subsample_length", 1))),
                           one(c.get("dilation_rate", c.get("atrous_rate", 1))), c.get("groups", 1)))
    if cls == "SeparableConv1D":
        return act(np_depthwise(x, ws[0], None, pad) @ ws[1][0] + ws[2])
    if cls == "DepthwiseConv1D":
        return act(np_depthwise(x, ws[0], ws[1], pad))
    if cls == "Dense":
        return act(x @ ws[0] + (ws[1] if len(ws) > 1 else 0))
    if cls == "BatchNormalization":
        it = iter(ws)
        g = next(it) if c.get("scale", True) else 1
        b = next(it) if c.get("center", True) else 0
        mean, var = next(it), next(it)
        return g * (x - mean) / np.sqrt(var + c["epsilon"]) + b
    if cls in ("MaxPooling1D", "AveragePooling1D"):
        k, s = one(c.get("pool_size", c.get("pool_length"))), one(c.get("strides", c.get("stride")))
        return np_pool(x, k, s, pad, np.nanmax if cls[0] == "M" else np.nanmean)
    return {"Activation": lambda: act(x), "Dropout": lambda: x, "SpatialDropout1D": lambda: x,
            "LeakyReLU": lambda: np.where(x > 0, x, c["alpha"] * x), "PReLU": lambda: np.where(x > 0, x, ws[0] * x),
            "ReLU": lambda: np.clip(x, 0, c["max_value"]), "ELU": lambda: np.where(x > 0, x, c["alpha"] * np.expm1(x)),
            "Softmax": lambda: np_act(x, "softmax"), "Add": lambda: sum(ins), "Subtract": lambda: ins[0] - ins[1],
            "Multiply": lambda: ins[0] * ins[1], "Average": lambda: sum(ins) / len(ins),
            "Maximum": lambda: np.maximum(*ins), "Minimum": lambda: np.minimum(*ins),
            "Concatenate": lambda: np.concatenate(ins, c["axis"] if c["axis"] < 0 else c["axis"] - 1),
            "Merge": lambda: np.concatenate(ins, -1), "Flatten": lambda: x.reshape(-1),
            "Reshape": lambda: x.reshape(c["target_shape"]), "Permute": lambda: x.T,
            "GlobalAveragePooling1D": lambda: x.mean(0), "GlobalMaxPooling1D": lambda: x.max(0),
            "ZeroPadding1D": lambda: np.pad(x, [c["padding"], (0, 0)]),
            "Cropping1D": lambda: x[c["cropping"][0]:len(x) - c["cropping"][1]],
            "UpSampling1D": lambda: np.repeat(x, c["size"], 0)}[cls]()


def main():
    models = [(residual(), {"libver": "latest", "compression": "gzip", "shuffle": True}), (chain(), {}),
              (mixed(), {"libver": "latest", "fletcher32": True}), (keras1(), {})]
    for m, opt in models:
        if "--expect" in sys.argv:
            for name, y in forward(m):
                print("%s %s %s: sum %.9g abs %.9g" % (m.name, name, y.shape, y.sum(), np.abs(y).sum()))
            print("%s: %s" % (m.name, ", ".join("%.9g" % v for v in y.reshape(-1))))
        else:
            m.save(m.name + ".h5", **opt)
    if "--expect" not in sys.argv:
        with h5py.File("weights_only.h5", "w", libver="latest") as f:
            f.attrs["layer_names"] = np.array([b"dense"])
            f.create_group("dense").attrs["weight_names"] = np.zeros(0)
        # what tsviz has to refuse, naming both layers
        config = {"class_name": "Sequential", "config": {"name": "s", "layers": [
            {"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": [None, 15, 2]}},
            {"class_name": "Lambda", "config": {"name": "square"}},
            {"class_name": "MultiHeadAttention", "config": {"name": "look"}}]}}
        with h5py.File("unsupported.h5", "w", libver="latest") as f:
            f.attrs["keras_version"] = "2.9.0"
            f.attrs["model_config"] = json.dumps(config)
            f.create_group("model_weights").attrs["layer_names"] = np.zeros(0)


if __name__ == "__main__":
    main()
