#!/usr/bin/env python3
"""Writes the Keras models of tests/keras that hold recurrent layers, normalisations, transposed convolutions and models inside models, each
as .keras archives (Keras 3's places of weights, Keras 2.13's, and those under Windows) and as .h5, and beside each set a .json with what
every layer answers to the window x[t,c] = sin(0.37 (t C + c) + 0.1), worked out here in numpy's doubles in Keras' own order of axes.

Run it in the folder that shall hold them. --check compares numpy's answers with PyTorch's, where PyTorch has the layer.
The layouts follow keras/src/saving/saving_lib.py (_save_state, _save_container_state) and keras/src/legacy/saving/legacy_h5_format.py."""
import io
import json
import re
import sys
import zipfile

import h5py
import numpy as np

rng = np.random.RandomState(11)


def w(*shape, scale=0.5):
    return (rng.randn(*shape) * scale).astype(np.float32)


def snake(name):  # keras/src/utils/naming.py
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


class L:
    """A layer: parts maps the attribute that holds variables ("" its own, "cell", "forward_layer/cell") to [(name, trained, array)]."""

    def __init__(self, cls, name, config=None, inputs=None, parts=None, net=None):
        self.cls, self.name, self.config, self.inputs, self.parts, self.net = cls, name, dict(config or {}, name=name), inputs, parts or {}, net

    def arrays(self, part=""):
        return [a.astype(np.float64) for _, _, a in self.parts.get(part, [])]


class Net:
    def __init__(self, name, layers, functional, outputs=None):
        self.name, self.layers, self.functional = name, layers, functional
        for i, l in enumerate(layers):
            if l.inputs is None and i and l.cls != "InputLayer":
                l.inputs = [layers[i - 1].name]
        self.inputs = [l.name for l in layers if l.cls == "InputLayer"]
        self.outputs = outputs or [layers[-1].name]

    def config(self, version):
        rows = []
        for l in self.layers:
            row = {"class_name": l.cls, "config": l.net.config(version)["config"] if l.net else dict(l.config)}
            if l.net:
                row["class_name"] = l.net.config(version)["class_name"]
            if version >= 3:
                row.update(module="keras.layers", registered_name=None)
                if "batch_input_shape" in row["config"]:
                    row["config"]["batch_shape"] = row["config"].pop("batch_input_shape")
            if self.functional:
                row["name"] = l.name
                row["inbound_nodes"] = self.nodes(l, version)
            rows.append(row)
        config = {"name": self.name, "layers": rows}
        if self.functional:
            by = {l.name: l for l in self.layers}
            end = lambda n: [n, 1 if by[n].net and by[n].net.functional else 0, 0]
            config["input_layers"] = [end(n) for n in self.inputs]
            config["output_layers"] = [end(n) for n in self.outputs]
            if version >= 3 and len(self.outputs) == 1:
                config["output_layers"] = config["output_layers"][0]
        return {"class_name": "Functional" if self.functional else "Sequential", "config": config}

    def nodes(self, l, version):
        if not l.inputs:
            return []
        by = {x.name: x for x in self.layers}
        node = lambda n: 1 if by[n].net and by[n].net.functional else 0  # a functional model has its own node first
        if version < 3:
            return [[[n, node(n), 0, {}] for n in l.inputs]]
        t = [{"class_name": "__keras_tensor__", "config": {"shape": [None], "dtype": "float32", "keras_history": [n, node(n), 0]}}
             for n in l.inputs]
        return [{"args": [t] if len(t) > 1 else t, "kwargs": {"mask": None}}]

    def leaves(self):
        for l in self.layers:
            yield from l.net.leaves() if l.net else [l]

    # ---- .keras ----

    def save_tree(self, group, inside, joint, twice, prefix=""):
        used = {}
        for l in self.layers:
            cls = self_cls(l)
            name = snake(cls)
            has = bool(l.parts) or bool(l.net and any(x.parts for x in l.net.leaves()))
            n = used.get(name, 0)
            used[name] = n + 1 + (twice and has)
            place = joint.join(([prefix] if prefix else []) + [inside, name + ("_%d" % n if n else "")])
            for part, ws in l.parts.items():
                at = place + (joint + part.replace("/", joint) if part else "")
                g = group.create_group(at).create_group("vars")
                for i, (_, _, a) in enumerate(ws):
                    g[str(i)] = a
            if not l.parts:
                group.create_group(place).create_group("vars")
            if l.net:
                l.net.save_tree(group, inside, joint, twice, place)

    def save_keras(self, path, version, inside="layers", joint="/", twice=False):
        image = io.BytesIO()
        with h5py.File(image, "w") as f:
            self.save_tree(f, inside, joint, twice)
            f.create_group(joint.join(["optimizer", "vars"]) if joint == "\\" else "optimizer/vars")["0"] = np.zeros(3, np.int64)
        kind = 3 if version >= "3" else 2
        with zipfile.ZipFile(path, "w") as z:
            for name, data in (("metadata.json", json.dumps({"keras_version": version, "date_saved": "2024-01-01@00:00:00"})),
                               ("config.json", json.dumps(self.config(kind))), ("model.weights.h5", image.getvalue())):
                z.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)

    # ---- .h5 ----

    def flat(self, l, names):
        """All variables of a layer in the order of legacy_h5_format.py, _legacy_weights: what is trained first."""
        leaves = list(l.net.leaves()) if l.net else [l]
        rows = [(names(x, part, n), a, t) for x in leaves for part, ws in x.parts.items() for n, t, a in ws]
        return [r for r in rows if r[2]] + [r for r in rows if not r[2]]

    def save_h5(self, path, version):
        with h5py.File(path, "w") as f:
            f.attrs["model_config"] = json.dumps(self.config(3 if version >= "3" else 2))
            f.attrs["keras_version"] = version
            g = f.create_group("model_weights")
            g.attrs["layer_names"] = [l.name for l in self.layers]
            for l in self.layers:
                old = version < "3"

                def names(x, part, n):
                    inner = {"": "", "layer": "", "cell": snake(x.cls) + "_cell/",
                             "forward_layer/cell": "forward_rnn/cell/", "backward_layer/cell": "backward_rnn/cell/"}[part]
                    path = [] if old else self.path_to(x)
                    return "/".join(path + [x.name, inner + n]) + (":0" if old else "")
                h = g.create_group(l.name)
                rows = self.flat(l, names)
                h.attrs["weight_names"] = [n for n, _, _ in rows] if rows else np.zeros(0)
                for n, a, _ in rows:
                    h[n] = a

    def path_to(self, x):
        for l in self.layers:
            if l.net and x in list(l.net.leaves()):
                return [l.name] + l.net.path_to(x)
        return []


def self_cls(l):
    return ("Functional" if l.net.functional else "Sequential") if l.net else l.cls


# ---- the answers ----

def act(x, name):
    return {"linear": lambda: x, "relu": lambda: np.maximum(x, 0), "tanh": lambda: np.tanh(x), "sigmoid": lambda: 1 / (1 + np.exp(-x)),
            "hard_sigmoid": lambda: np.clip(x / 6 + 0.5, 0, 1), "hard_sigmoid_2": lambda: np.clip(0.2 * x + 0.5, 0, 1),
            "softmax": lambda: np.exp(x) / np.exp(x).sum(-1, keepdims=True)}[name]()


def lstm(c, ws, x, a, r):  # keras/src/layers/rnn/lstm.py: gates i f c o
    K, U, b = ws
    n = U.shape[0]
    h = s = np.zeros(n)
    out = []
    for row in x:
        z = row @ K + h @ U + b
        i, f, g, o = r(z[:n]), r(z[n:2 * n]), a(z[2 * n:3 * n]), r(z[3 * n:])
        s = f * s + i * g
        h = o * a(s)
        out.append(h)
    return np.array(out)


def gru(c, ws, x, a, r):  # keras/src/layers/rnn/gru.py: gates z r h
    K, U, b = ws
    n = U.shape[0]
    h = np.zeros(n)
    out = []
    for row in x:
        if c.get("reset_after", True):
            p, q = row @ K + b[0], h @ U + b[1]
            z, s = r(p[:n] + q[:n]), r(p[n:2 * n] + q[n:2 * n])
            g = a(p[2 * n:] + s * q[2 * n:])
        else:
            p = row @ K + b
            z, s = r(p[:n] + h @ U[:, :n]), r(p[n:2 * n] + h @ U[:, n:2 * n])
            g = a(p[2 * n:] + (s * h) @ U[:, 2 * n:])
        h = z * h + (1 - z) * g
        out.append(h)
    return np.array(out)


def simple(c, ws, x, a, r):
    h, out = np.zeros(ws[1].shape[0]), []
    for row in x:
        h = a(row @ ws[0] + (ws[2] if len(ws) > 2 else 0) + h @ ws[1])
        out.append(h)
    return np.array(out)


def recurrent(cls, c, ws, x, version):
    name = lambda n: "hard_sigmoid_2" if n == "hard_sigmoid" and version < 3 else n
    a, r = (lambda v: act(v, name(c.get("activation", "tanh")))), (lambda v: act(v, name(c.get("recurrent_activation", "sigmoid"))))
    y = {"LSTM": lstm, "GRU": gru, "SimpleRNN": simple}[cls](c, ws, x[::-1] if c.get("go_backwards") else x, a, r)
    return y if c.get("return_sequences") else y[-1]


def conv(x, c, W, b):
    k, d, s = W.shape[0], c.get("dilation_rate", [1])[0], c.get("strides", [1])[0]
    lo = {"same": (-(-len(x) // s) - 1) * s + (k - 1) * d + 1 - len(x), "valid": 0, "causal": 2 * (k - 1) * d}[c["padding"]]
    lo, hi = (lo // 2, lo - lo // 2) if c["padding"] != "causal" else (lo // 2, 0)
    x = np.pad(x, [(max(lo, 0), max(hi, 0)), (0, 0)])
    n = (len(x) - (k - 1) * d - 1) // s + 1
    return np.array([sum(x[t * s + j * d] @ W[j] for j in range(k)) for t in range(n)]) + b


def transposed(x, c, W, b):
    """The gradient by its input of the convolution that tf.nn.conv1d_transpose names: every point is added where it was read from."""
    k, s, d, same = W.shape[0], c["strides"][0], c.get("dilation_rate", [1])[0], c["padding"] == "same"
    e = (k - 1) * d + 1
    if c.get("output_padding") is None:
        n = len(x) * s if same else (len(x) - 1) * s + max(e, s)
    else:
        n = (len(x) - 1) * s + (e % 2 if same else e) + c["output_padding"]
    before = max((len(x) - 1) * s + e - n, 0) // 2 if same else 0
    y = np.zeros((n, W.shape[1]))
    for t, row in enumerate(x):
        for j in range(k):
            at = t * s + j * d - before
            if 0 <= at < n:
                y[at] += W[j] @ row
    return y + b


def moments(x, axes, e):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + e)


def layer(l, ins, version):
    x, c, ws = ins[0], l.config, l.arrays()
    axis = lambda: tuple(a - 1 if a > 0 else a for a in (c["axis"] if isinstance(c["axis"], list) else [c["axis"]]))
    if l.cls in ("LSTM", "GRU", "SimpleRNN"):
        return recurrent(l.cls, c, l.arrays("cell"), x, version)
    if l.cls == "Bidirectional":
        ic, cls = c["layer"]["config"], c["layer"]["class_name"]
        f = recurrent(cls, ic, l.arrays("forward_layer/cell"), x, version)
        g = recurrent(cls, dict(ic, go_backwards=True), l.arrays("backward_layer/cell"), x, version)
        g = g[::-1] if ic.get("return_sequences") else g
        return {"concat": np.concatenate([f, g], -1), "sum": f + g, "mul": f * g, "ave": (f + g) / 2}[c["merge_mode"]]
    if l.cls == "Conv1D":
        return act(conv(x, c, *ws), c["activation"])
    if l.cls == "Conv1DTranspose":
        return act(transposed(x, c, *ws), c["activation"])
    if l.cls == "Dense":
        return act(x @ ws[0] + ws[1], c["activation"])
    if l.cls == "TimeDistributed":
        ws = l.arrays("layer")
        return act(x @ ws[0] + ws[1], c["layer"]["config"]["activation"])
    if l.cls == "BatchNormalization":
        return ws[0] * (x - ws[2]) / np.sqrt(ws[3] + c["epsilon"]) + ws[1]
    if l.cls == "LayerNormalization":
        y = moments(x, axis(), c["epsilon"])
        shape = [n if i - x.ndim in [a - x.ndim if a >= 0 else a for a in axis()] else 1 for i, n in enumerate(x.shape)]
        it = iter(ws)
        y = y * next(it).reshape(shape) if c.get("scale", True) else y
        return y + next(it).reshape(shape) if c.get("center", True) else y
    if l.cls == "GroupNormalization":
        g = x.shape[-1] if c["groups"] == -1 else c["groups"]
        y = moments(x.reshape(x.shape[:-1] + (g, -1)), tuple(range(x.ndim - 1)) + (x.ndim,), c["epsilon"]).reshape(x.shape)
        return y * ws[0] + ws[1]
    if l.cls == "RMSNormalization":
        y = x / np.sqrt((x * x).mean(axis(), keepdims=True) + c["epsilon"])
        return y * ws[0]
    if l.cls == "UnitNormalization":
        return x / np.maximum(np.sqrt((x * x).sum(axis(), keepdims=True)), 1e-12)
    if l.cls == "Normalization":
        m, v = ws[:2] if ws else (np.array(c["mean"]), np.array(c["variance"]))
        m, v = m.astype(np.float32).astype(float), v.astype(np.float32).astype(float)
        if c["axis"] == 1:
            m, v = m[:, None], v[:, None]
        s = np.maximum(np.sqrt(v), 1e-7)
        return m + x * s if c.get("invert") else (x - m) / s
    return {"Rescaling": lambda: x * np.array(c["scale"]) + np.array(c["offset"]), "Masking": lambda: x, "Add": lambda: sum(ins),
            "PReLU": lambda: np.where(x > 0, x, ws[0] * x), "GlobalAveragePooling1D": lambda: x.mean(0),
            "Concatenate": lambda: np.concatenate(ins, -1), "Flatten": lambda: x.reshape(-1), "Dropout": lambda: x}[l.cls]()


def answers(net, ins, version, prefix=""):
    out, rows = {}, []
    ins = iter(ins)
    for l in net.layers:
        if l.cls == "InputLayer":
            out[l.name] = next(ins)
        elif l.net:
            y, inner = answers(l.net, [out[n] for n in l.inputs] if l.inputs else [next(ins)], version, prefix + l.name + "/")
            out[l.name] = y[0]
            rows += inner
        else:
            out[l.name] = layer(l, [out[n] for n in l.inputs] if l.inputs else [next(ins)], version)
            rows.append((prefix + l.name, out[l.name]))
    return [out[n] for n in net.outputs], rows


# ---- the models ----

def rnn_parts(cls, i, h, after=True, at="cell"):
    g = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[cls]
    bias = (2, g * h) if cls == "GRU" and after else (g * h,)
    return {at: [("kernel", True, w(i, g * h)), ("recurrent_kernel", True, w(h, g * h)), ("bias", True, w(*bias))]}


def rnn(cls, name, i, h, inputs=None, **c):
    after = c.get("reset_after", True)
    c = dict({"units": h, "activation": "tanh", "use_bias": True, "return_sequences": False, "go_backwards": False}, **c)
    if cls != "SimpleRNN":
        c.setdefault("recurrent_activation", "sigmoid")
    if cls == "GRU":
        c["reset_after"] = after
    return L(cls, name, c, inputs, rnn_parts(cls, i, h, after))


def both(cls, name, i, h, mode, sequences, inputs=None):
    inner = rnn(cls, cls.lower(), i, h, return_sequences=sequences)
    parts = rnn_parts(cls, i, h, at="forward_layer/cell")
    parts.update(rnn_parts(cls, i, h, at="backward_layer/cell"))
    return L("Bidirectional", name, {"merge_mode": mode, "layer": {"class_name": cls, "config": inner.config}}, inputs, parts)


def dense(name, i, o, a, inputs=None):
    return L("Dense", name, {"units": o, "activation": a, "use_bias": True}, inputs, {"": [("kernel", True, w(i, o)), ("bias", True, w(o))]})


def conv1d(name, k, i, o, inputs=None, **c):
    c = dict({"filters": o, "kernel_size": [k], "strides": [1], "padding": "same", "dilation_rate": [1], "groups": 1, "activation": "relu",
              "use_bias": True}, **c)
    return L("Conv1D", name, c, inputs, {"": [("kernel", True, w(k, i, o)), ("bias", True, w(o))]})


def norm(cls, name, shape, inputs=None, last=(), **c):
    ws = [("gamma", True, 1 + w(*shape, scale=0.2))] if c.get("scale", True) else []
    ws += [("beta", True, w(*shape, scale=0.2))] if c.get("center", True) else []
    return L(cls, name, dict({"epsilon": 0.001}, **c), inputs, {"": ws + list(last)})


def recurrent_net():
    x = L("InputLayer", "x", {"batch_input_shape": [None, 10, 3]})
    return Net("recurrent", [
        x, L("Masking", "masking", {"mask_value": 0.0}), rnn("LSTM", "lstm", 3, 5, return_sequences=True),
        rnn("LSTM", "lstm_1", 5, 4, recurrent_activation="hard_sigmoid", activation="relu", return_sequences=True, go_backwards=True),
        rnn("GRU", "gru", 3, 4, ["x"], return_sequences=True), rnn("GRU", "gru_1", 4, 3, reset_after=False, go_backwards=True),
        rnn("SimpleRNN", "simple_rnn", 4, 3, ["lstm_1"], return_sequences=True),
        both("LSTM", "bidirectional", 3, 3, "concat", True), both("GRU", "bidirectional_1", 6, 3, "sum", False),
        both("SimpleRNN", "bidirectional_2", 6, 2, "ave", False, ["bidirectional"]), both("GRU", "bidirectional_3", 6, 2, "mul", True, ["bidirectional"]),
        L("Flatten", "flatten"), L("Concatenate", "join", {"axis": -1}, ["gru_1", "bidirectional_1", "bidirectional_2", "flatten"]),
        dense("forecast", 28, 2, "linear"), dense("state", 28, 3, "softmax", ["join"])], True, ["forecast", "state"])


def transpose(name, k, i, o, inputs=None, **c):
    c = dict({"filters": o, "kernel_size": [k], "strides": [1], "padding": "same", "dilation_rate": [1], "output_padding": None,
              "activation": "linear", "use_bias": True}, **c)
    return L("Conv1DTranspose", name, c, inputs, {"": [("kernel", True, w(k, o, i)), ("bias", True, w(o))]})


def norms_net():
    stats = [("mean", False, w(3)), ("variance", False, np.abs(w(3)) + np.float32(0.3)), ("count", False, np.int64(7))]
    return Net("norms", [
        L("InputLayer", "x", {"batch_input_shape": [None, 8, 3]}), L("Normalization", "normalization", {"axis": [-1], "invert": False, "mean": None, "variance": None},
                                                                      None, {"": stats}),
        L("Normalization", "given", {"axis": [-1], "invert": True, "mean": [0.5, -1.0, 2.0], "variance": [4.0, 0.25, 9.0]}),
        L("Rescaling", "rescaling", {"scale": 0.5, "offset": -0.25}), L("Rescaling", "each", {"scale": [1.0, 2.0, -1.0], "offset": 0.125}),
        conv1d("conv1d", 3, 3, 6), norm("LayerNormalization", "layer_normalization", (6,), axis=[-1]),
        norm("LayerNormalization", "plane", (8, 6), axis=[1, 2]), norm("LayerNormalization", "time", (8,), axis=[1], scale=False),
        norm("GroupNormalization", "group_normalization", (6,), groups=3, axis=-1), norm("GroupNormalization", "instance", (6,), groups=-1, axis=-1),
        L("PReLU", "p_re_lu", {"shared_axes": None}, None, {"": [("alpha", True, w(8, 6))]}),
        L("UnitNormalization", "unit_normalization", {"axis": -1}), L("UnitNormalization", "unit_both", {"axis": [1, 2]}),
        L("RMSNormalization", "rms", {"axis": -1, "epsilon": 1e-6}, None, {"": [("scale", True, 1 + w(6))]}),
        L("RMSNormalization", "rms_both", {"axis": [1, 2], "epsilon": 0.01}, None, {"": [("scale", True, 1 + w(8, 6))]}),
        transpose("conv1d_transpose", 3, 6, 4, strides=[2]), transpose("wide", 2, 4, 3, strides=[3], padding="valid"),
        transpose("holes", 3, 3, 4, dilation_rate=[2], activation="tanh"), transpose("short", 1, 4, 3, ["holes"], strides=[2]),
        transpose("even", 4, 4, 3, ["holes"], strides=[2]), transpose("padded", 4, 4, 3, ["holes"], strides=[2], output_padding=1),
        transpose("padded_valid", 4, 4, 3, ["holes"], strides=[2], padding="valid", output_padding=1),
        L("TimeDistributed", "time_distributed", {"layer": {"class_name": "Dense", "config": {"name": "d", "units": 2, "activation": "tanh", "use_bias": True}}},
          ["even"], {"layer": [("kernel", True, w(3, 2)), ("bias", True, w(2))]}),
        L("GlobalAveragePooling1D", "pool"), norm("LayerNormalization", "last", (2,), axis=[-1]),
        L("GlobalAveragePooling1D", "p1", {}, ["short"]), L("GlobalAveragePooling1D", "p2", {}, ["padded"]), L("GlobalAveragePooling1D", "p3", {}, ["padded_valid"]),
        L("Concatenate", "all", {"axis": -1}, ["last", "p1", "p2", "p3"]), dense("out", 11, 3, "linear")], True)


def bn(name, n, **c):
    return norm("BatchNormalization", name, (n,), None, [("moving_mean", False, w(n)), ("moving_variance", False, np.abs(w(n)) + np.float32(0.3))], axis=[2], **c)


def nested_net():
    block = Net("block", [conv1d("conv1d_2", 3, 4, 4), bn("batch_normalization_1", 4), L("Dropout", "drop", {"rate": 0.5})], False)
    block.layers[0].config["batch_input_shape"] = [None, 12, 4]
    encoder = Net("encoder", [L("InputLayer", "e_in", {"batch_input_shape": [None, 12, 2]}), conv1d("conv1d", 5, 2, 4, padding="causal"),
                              bn("batch_normalization", 4), L("Sequential", "block", net=block), conv1d("conv1d_3", 1, 4, 4, activation="linear"),
                              L("Add", "add", {}, ["batch_normalization", "conv1d_3"])], True)
    return Net("nested", [L("InputLayer", "x", {"batch_input_shape": [None, 12, 2]}), conv1d("first", 3, 2, 2), L("Functional", "encoder", net=encoder),
                          conv1d("conv1d_1", 3, 4, 3), rnn("LSTM", "lstm", 3, 4, return_sequences=True), rnn("LSTM", "lstm_1", 4, 3),
                          dense("dense", 3, 2, "softmax")], True)


def long_net():
    """Two layers whose names of 301 letters agree in 300."""
    n = "n" * 300
    return Net("long", [L("InputLayer", "x", {"batch_input_shape": [None, 8, 2]}), conv1d(n + "a", 3, 2, 3), conv1d(n + "b", 1, 3, 2),
                        L("GlobalAveragePooling1D", "pool"), dense("out", 2, 1, "linear")], True)


def window(net):
    T, C = next(l.config["batch_input_shape"] for l in net.leaves() if "batch_input_shape" in l.config)[1:]
    return np.sin(0.37 * np.arange(T * C) + 0.1).astype(np.float32).astype(np.float64).reshape(T, C)


def check():
    import torch
    t = lambda a: torch.tensor(np.asarray(a, np.float64))
    x = window(recurrent_net())
    worst = 0.0

    def same(what, a, b):
        nonlocal worst
        d = np.abs(a - b.detach().numpy()).max()
        worst = max(worst, d)
        print("%-30s %.3g" % (what, d))
    K, U, b = [p[2].astype(float) for p in rnn_parts("LSTM", 3, 5)["cell"]]
    m = torch.nn.LSTM(3, 5, batch_first=True).double()
    m.weight_ih_l0.data, m.weight_hh_l0.data, m.bias_ih_l0.data, m.bias_hh_l0.data = t(K.T), t(U.T), t(b), t(b * 0)
    same("LSTM", recurrent("LSTM", {"return_sequences": True}, [K, U, b], x, 3), m(t(x)[None])[0][0])
    K, U, b = [p[2].astype(float) for p in rnn_parts("GRU", 3, 5)["cell"]]
    m = torch.nn.GRU(3, 5, batch_first=True).double()
    turn = lambda v: np.concatenate([v[..., 5:10], v[..., :5], v[..., 10:]], -1)  # r z n
    m.weight_ih_l0.data, m.weight_hh_l0.data, m.bias_ih_l0.data, m.bias_hh_l0.data = t(turn(K).T), t(turn(U).T), t(turn(b[0])), t(turn(b[1]))
    same("GRU reset_after", recurrent("GRU", {"return_sequences": True}, [K, U, b], x, 3), m(t(x)[None])[0][0])
    y = w(8, 6).astype(float)
    g, b = w(6).astype(float), w(6).astype(float)
    l = norm("LayerNormalization", "n", (6,), axis=[-1])
    l.parts[""] = [("g", True, g), ("b", True, b)]
    same("LayerNormalization", layer(l, [y], 3), torch.nn.functional.layer_norm(t(y), [6], t(g), t(b), 1e-3))
    l = norm("GroupNormalization", "n", (6,), groups=3, axis=-1)
    l.parts[""] = [("g", True, g), ("b", True, b)]
    same("GroupNormalization", layer(l, [y], 3), torch.nn.functional.group_norm(t(y.T)[None], 3, t(g), t(b), 1e-3)[0].T)
    for k, s, d in ((3, 1, 1), (4, 2, 1), (3, 2, 2), (2, 3, 1)):
        W = w(k, 4, 6).astype(float)
        e = (k - 1) * d + 1
        full = torch.nn.functional.conv_transpose1d(t(y.T)[None], t(W.transpose(2, 1, 0)), None, s, dilation=d, output_padding=0)[0].T
        c = {"strides": [s], "dilation_rate": [d], "padding": "valid"}
        got = transposed(y, c, W, 0)
        same("Conv1DTranspose k%d s%d d%d valid" % (k, s, d), got[:full.shape[0]], full)
        # `same` is what belongs to a convolution of T s steps with SAME padding: its gradient by autograd
        lo = max((8 - 1) * s + e - 8 * s, 0)
        z = torch.zeros(8 * s, 4, dtype=torch.float64, requires_grad=True)
        p = torch.nn.functional.pad(z.T[None], (lo // 2, lo - lo // 2))
        out = torch.nn.functional.conv1d(p, t(W.transpose(2, 1, 0)), None, s, dilation=d)[0].T
        (out[:8] * t(y)).sum().backward()
        same("Conv1DTranspose k%d s%d d%d same" % (k, s, d), transposed(y, dict(c, padding="same"), W, 0), z.grad)
    print("largest difference %.3g" % worst)
    assert worst < 1e-12


def main():
    if "--check" in sys.argv:
        return check()
    for make, version in ((recurrent_net, 3), (norms_net, 3), (nested_net, 3)):
        net = make()
        outs, rows = answers(net, [window(net)], version)
        net.save_keras(net.name + ".keras", "3.4.1")
        net.save_h5(net.name + "_3.h5", "3.4.1")
        if net.name == "nested":
            net.save_h5(net.name + "_2.h5", "2.13.1")
            net.save_keras(net.name + "_2.keras", "2.13.1", "_layer_checkpoint_dependencies", "/", True)
            net.save_keras(net.name + "_windows.keras", "2.13.1", "_layer_checkpoint_dependencies", "\\", True)
        with open(net.name + ".json", "w") as f:
            json.dump({"heads": [{"name": n, "values": y.reshape(-1).tolist()} for n, y in zip(net.outputs, outs)],
                       "layers": [{"name": n, "sum": float(y.sum()), "abs": float(np.abs(y).sum())} for n, y in rows
                                  if self_kind(n) != "layout"]}, f, indent=1)
            f.write("\n")
    net = long_net()
    net.save_keras("long.keras", "3.4.1")
    net.save_h5("long_3.h5", "3.4.1")
    net.save_h5("long_2.h5", "2.13.1")


def self_kind(name):
    return "layout" if name.rsplit("/", 1)[-1] in ("masking", "flatten", "drop") else "analysed"


if __name__ == "__main__":
    main()
