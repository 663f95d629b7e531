#!/usr/bin/env python3
"""Writes the Keras models of tests/keras that hold planes of two axes, attention, operations, states, masks, shared layers, TimeDistributed
and keras-tcn, and beside each a .json with what every layer answers to the window x[t,c] = sin(0.37 (t C + c) + 0.1), worked out here in
numpy's doubles in Keras' own order of axes, with the batch.

Run it in the folder that shall hold them. --check compares numpy's answers with PyTorch's; --tfjs FOLDER writes the models that
TensorFlow.js knows, with what numpy answers, for tests/keras_tfjs.js.
The forms follow tf.keras 2.15 (TFOpLambda, SlicingOpLambda, inbound_nodes) and Keras 3.8 (keras.src.ops, .keras), as
keras/src/engine/node.py and keras/src/models/functional.py write them."""
import json
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import gen_keras_v3 as v3  # noqa: E402
from gen_keras_v3 import w  # noqa: E402


class Call:
    """One call of a layer. args: names of tensors ("name", "name:output", "name@call"), numbers, or lists of them; kwargs likewise."""

    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs


class T(str):
    """A tensor: "layer", "layer:output" or "layer@call"."""

    def parts(self):
        name, out, call = str(self), 0, 0
        if ":" in name:
            name, out = name.split(":")
        if "@" in name:
            name, call = name.split("@")
        return name, int(call), int(out)


class Layer:
    def __init__(self, cls, name, calls, config=None, parts=None, module="keras.layers", f=None, layout=False):
        self.cls, self.name, self.calls, self.config = cls, name, calls, dict(config or {}, name=name)
        self.parts, self.module, self.f, self.layout = parts or {}, module, f, layout
        self.mask = None  # a function of the input that says which steps count

    def w(self, part=""):
        return [a.astype(np.float64) for _, a in self.parts.get(part, [])]


def entry(v, version, kwargs):
    """A tensor as Keras writes it: with the arguments passed by keyword in Keras 2."""
    if isinstance(v, T):
        name, call, out = v.parts()
        if version >= 3:
            return {"class_name": "__keras_tensor__", "config": {"shape": [None], "dtype": "float32", "keras_history": [name, call, out]}}
        return [name, call, out] + ([kwargs] if kwargs is not None else [])
    if isinstance(v, (list, tuple)):
        return [entry(a, version, kwargs) for a in v]
    if isinstance(v, slice):
        c = {"start": v.start, "stop": v.stop, "step": v.step}
        return {"class_name": "__slice__", "config": c} if version >= 3 else c
    if v is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}} if version >= 3 else {"class_name": "__ellipsis__"}
    if isinstance(v, np.ndarray):
        return {"class_name": "__numpy__", "config": {"value": v.tolist(), "dtype": "float32"}} if version >= 3 else v.tolist()
    return v


class Net:
    def __init__(self, name, layers, outputs):
        self.name, self.layers, self.outputs = name, layers, outputs
        self.functional = True
        self.size = None  # (steps, channels) of the window, if it is not that of the first input
        self.feeds = {}   # what an input takes from the window: a function of x (steps, channels)

    def config(self, version):
        rows = []
        for l in self.layers:
            c = dict(l.config)
            if version >= 3 and "batch_input_shape" in c:
                c["batch_shape"] = c.pop("batch_input_shape")
            row = {"class_name": l.cls, "config": c, "name": l.name, "inbound_nodes": [self.node(l, k, version) for k in l.calls]}
            if version >= 3:
                row.update(module=l.module, registered_name=None)
            rows.append(row)
        by = [l.name for l in self.layers if l.cls == "InputLayer"]
        return {"class_name": "Functional", "config": {"name": self.name, "layers": rows, "input_layers": [[n, 0, 0] for n in by],
                                                       "output_layers": [[T(n).parts()[0], T(n).parts()[1], T(n).parts()[2]] for n in self.outputs]}}

    def node(self, l, k, version):
        if version >= 3:
            return {"args": [entry(a, 3, None) for a in k.args], "kwargs": {n: entry(v, 3, None) for n, v in k.kwargs.items()}}
        kwargs = {n: entry(v, 2, None) for n, v in k.kwargs.items()}
        if l.cls in ("TFOpLambda", "SlicingOpLambda"):
            first = k.args[0]
            if not isinstance(first, (T, list)):
                return ["_CONSTANT_VALUE", -1, entry(first, 2, None), kwargs]
            return entry(first, 2, kwargs)
        first = k.args[0] if isinstance(k.args[0], list) else list(k.args)
        return entry(first, 2, kwargs)

    def leaves(self):
        return self.layers

    def run(self, x):
        got, rows = {}, []

        def value(v):
            if isinstance(v, T):
                name, call, out = v.parts()
                return got[name][call][out]
            return [value(a) for a in v] if isinstance(v, list) else v
        for l in self.layers:
            if l.cls == "InputLayer":
                if l.name in self.feeds:
                    got[l.name] = [[self.feeds[l.name](x)]]
                    continue
                more = l.config["batch_input_shape"][1:]
                got[l.name] = [[x if l is self.layers[0] else np.arange(8.0)[None] if l.name == "positions" else np.zeros([1] + more)]]
                continue
            got[l.name] = []
            for i, k in enumerate(l.calls):
                y = l.f(l, *[value(a) for a in k.args], **{n: value(v) for n, v in k.kwargs.items()})
                y = list(y) if isinstance(y, tuple) else [y]
                got[l.name].append(y)
                if not l.layout:
                    rows.append((l.name + (":%d" % (i + 1) if i else ""), y[0]))
        return [value(T(n)) for n in self.outputs], rows


class Saved:
    """The net in the shape that gen_keras_v3's writers of files take."""

    def __init__(self, net):
        self.net, self.name, self.functional = net, net.name, True
        self.layers = [v3.L(l.cls, l.name, l.config, None, {p: [(n, True, a) for n, a in ws] for p, ws in l.parts.items()}) for l in net.layers]

    def config(self, version):
        return self.net.config(version)

    leaves = v3.Net.leaves
    save_tree = v3.Net.save_tree
    save_keras = v3.Net.save_keras
    flat = v3.Net.flat

    def save_h5(self, path, version):
        import h5py
        with h5py.File(path, "w", libver="latest") as f:  # a third of the size
            f.attrs["model_config"] = json.dumps(self.config(3 if version >= "3" else 2))
            f.attrs["keras_version"] = version
            g = f.create_group("model_weights")
            g.attrs["layer_names"] = [l.name for l in self.layers]
            for l in self.layers:
                h = g.create_group(l.name)
                rows = [("%s/%s%s:0" % (l.name, p + "/" if p else "", n), a) for p, ws in l.parts.items() for n, _, a in ws]
                h.attrs["weight_names"] = [n for n, _ in rows] if rows else np.zeros(0)
                for n, a in rows:
                    h[n] = a


# ---- layers in numpy, on a batch ----

def act(x, name):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0))) if name == "elu" else v3.act(x, name)


def source(shape, name="x"):
    return Layer("InputLayer", name, [], {"batch_input_shape": [None] + list(shape)}, layout=True)


def pads(n, k, s, d, padding):
    if padding == "valid":
        return 0, 0
    total = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
    return total // 2, total - total // 2


def windows(x, k, s, d, padding, fill=0.0):
    """Yields (row, column of the output, the part (N, kh, kw, C) of x (N,H,W,C) under the kernel)."""
    (a, b), (e, f) = [pads(x.shape[1 + i], k[i], s[i], d[i], padding) for i in range(2)]
    x = np.pad(x, [(0, 0), (a, b), (e, f), (0, 0)], constant_values=fill)
    H, W = [(x.shape[1 + i] - (k[i] - 1) * d[i] - 1) // s[i] + 1 for i in range(2)]
    for i in range(H):
        for j in range(W):
            yield i, j, H, W, x[:, i * s[0]:i * s[0] + (k[0] - 1) * d[0] + 1:d[0], j * s[1]:j * s[1] + (k[1] - 1) * d[1] + 1:d[1]]


def slide(x, k, s, d, padding, f, fill=0.0):
    y = None
    for i, j, H, W, part in windows(x, k, s, d, padding, fill):
        v = f(part)
        y = np.zeros((len(x), H, W, v.shape[-1])) if y is None else y
        y[:, i, j] = v
    return y


def last(c, x):
    return np.moveaxis(x, 1, -1) if c.get("data_format") == "channels_first" else x


def first(c, x):
    return np.moveaxis(x, -1, 1) if c.get("data_format") == "channels_first" else x


def f_conv2d(l, x):
    c, ws = l.config, l.w()
    y = slide(last(c, x), c["kernel_size"], c["strides"], c["dilation_rate"], c["padding"], lambda p: np.einsum("nhwc,hwco->no", p, ws[0]))
    return act(first(c, y + (ws[1] if len(ws) > 1 else 0)), c["activation"])


def f_depthwise2d(l, x):
    c, ws = l.config, l.w()
    y = slide(last(c, x), c["kernel_size"], c["strides"], c["dilation_rate"], c["padding"],
              lambda p: np.einsum("nhwc,hwcm->ncm", p, ws[0]).reshape(len(p), -1))
    return act(first(c, y + (ws[1] if len(ws) > 1 else 0)), c["activation"])


def f_separable2d(l, x):
    c, ws = l.config, l.w()
    y = slide(last(c, x), c["kernel_size"], c["strides"], c["dilation_rate"], c["padding"],
              lambda p: np.einsum("nhwc,hwcm->ncm", p, ws[0]).reshape(len(p), -1))
    return act(first(c, y @ ws[1][0, 0] + (ws[2] if len(ws) > 2 else 0)), c["activation"])


def f_pool2d(l, x):
    c = l.config
    one = [1, 1]
    if l.cls == "MaxPooling2D":
        return first(c, slide(last(c, x), c["pool_size"], c["strides"], one, c["padding"], lambda p: p.max((1, 2)), -np.inf))
    total = slide(last(c, x), c["pool_size"], c["strides"], one, c["padding"], lambda p: p.sum((1, 2)))
    count = slide(np.ones_like(last(c, x)), c["pool_size"], c["strides"], one, c["padding"], lambda p: p.sum((1, 2)))
    return first(c, total / count)


def f_norm(l, x):
    c, ws = l.config, l.w()
    axis = c["axis"][0] if isinstance(c["axis"], list) else c["axis"]
    x = np.moveaxis(x, axis, -1)
    return np.moveaxis(ws[0] * (x - ws[2]) / np.sqrt(ws[3] + c["epsilon"]) + ws[1], -1, axis)


def f_dense(l, x):
    ws = l.w()
    return act(x @ ws[0] + (ws[1] if len(ws) > 1 else 0), l.config["activation"])


def f_conv1d(l, x, ws=None, c=None):
    c, ws = c or l.config, ws or l.w()
    return np.array([act(v3.conv(r, c, ws[0], ws[1]), c["activation"]) for r in x])


def soften(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def dense_parts(i, o, what=("kernel", "bias")):
    return {"": [(what[0], w(i, o)), (what[1], w(o))]}


def dense(name, call, i, o, a="linear"):
    return Layer("Dense", name, [call], {"units": o, "activation": a, "use_bias": True}, dense_parts(i, o), f=f_dense)


def conv1d(name, call, k, i, o, a="relu", **c):
    c = dict({"filters": o, "kernel_size": [k], "strides": [1], "padding": "same", "dilation_rate": [1], "groups": 1, "activation": a, "use_bias": True}, **c)
    return Layer("Conv1D", name, [call], c, {"": [("kernel", w(k, i, o)), ("bias", w(o))]}, f=f_conv1d)


def simple(cls, name, call, f, layout=False, **c):
    return Layer(cls, name, [call], c, f=lambda l, *a, **k: f(*a, **k), layout=layout)


def plane(cls, name, call, shape, f, bias=None, **c):
    c = dict({"kernel_size": list(shape[:2]), "strides": [1, 1], "padding": "valid", "dilation_rate": [1, 1], "activation": "linear", "use_bias": bias is not None,
              "data_format": "channels_last"}, **c)
    ws = [("kernel", w(*shape))]
    if cls == "SeparableConv2D":
        ws.append(("pointwise_kernel", w(1, 1, shape[2] * shape[3], c["filters"])))
    return Layer(cls, name, [call], c, {"": ws + ([("bias", w(bias))] if bias is not None else [])}, f=f)


def pool(cls, name, call, size, **c):
    return Layer(cls, name, [call], dict({"pool_size": size, "strides": size, "padding": "valid", "data_format": "channels_last"}, **c), f=f_pool2d)


def bn(name, call, n, axis):
    return Layer("BatchNormalization", name, [call], {"axis": axis, "epsilon": 0.001, "scale": True, "center": True},
                 {"": [("gamma", 1 + w(n)), ("beta", w(n)), ("moving_mean", w(n)), ("moving_variance", np.abs(w(n)) + np.float32(0.3))]}, f=f_norm)


def C(*a, **k):
    one = lambda v: T(v) if isinstance(v, str) else [one(u) for u in v] if isinstance(v, list) else v
    return Call(*[one(v) for v in a], **k)


# ---- the nets ----

def planes_net():
    """EEGNet and the layers around it, on (channels, time, 1)."""
    relu = np.maximum
    return Net("planes", [
        source([4, 24, 1]),
        plane("Conv2D", "conv", C("x"), (1, 7, 1, 3), f_conv2d, filters=3, padding="same"),
        bn("norm", C("conv"), 3, 3),
        plane("DepthwiseConv2D", "spatial", C("norm"), (4, 1, 3, 2), f_depthwise2d, 6, depth_multiplier=2, activation="elu"),
        pool("AveragePooling2D", "pool", C("spatial"), [1, 3], padding="same"),
        simple("SpatialDropout2D", "drop", C("pool"), lambda x: x, True, rate=0.5),
        plane("SeparableConv2D", "separable", C("drop"), (1, 3, 6, 1), f_separable2d, 4, filters=4, padding="same", activation="tanh"),
        bn("norm_c", C("norm"), 4, 1),
        simple("ZeroPadding2D", "pad", C("norm_c"), lambda x: np.pad(x, [(0, 0), (1, 2), (0, 3), (0, 0)]), padding=[[1, 2], [0, 3]]),
        pool("MaxPooling2D", "peaks", C("pad"), [2, 3], strides=[1, 2], padding="same"),
        simple("Permute", "turn", C("peaks"), lambda x: x.transpose(0, 2, 1, 3), True, dims=[2, 1, 3]),
        plane("Conv2D", "holes", C("turn"), (3, 2, 3, 2), f_conv2d, 2, filters=2, dilation_rate=[2, 1], strides=[1, 1], activation="relu"),
        simple("Cropping2D", "cut", C("holes"), lambda x: x[:, 1:-2, 1:], cropping=[[1, 2], [1, 0]]),
        simple("UpSampling2D", "up", C("cut"), lambda x: x.repeat(2, 1).repeat(3, 2), size=[2, 3], data_format="channels_last", interpolation="nearest"),
        simple("GlobalAveragePooling2D", "mean", C("up"), lambda x: x.mean((1, 2)), data_format="channels_last", keepdims=False),
        simple("GlobalMaxPooling2D", "top", C("up"), lambda x: x.max((1, 2)), data_format="channels_last", keepdims=False),
        simple("Flatten", "flat", C("separable"), lambda x: x.reshape(len(x), -1), True, data_format="channels_last"),
        simple("Concatenate", "join", C(["flat", "mean", "top"]), lambda a: np.concatenate(a, -1), axis=-1),
        dense("out", C("join"), 8 * 4 + 4, 3, "softmax")], ["out"])


def first_net():
    """Channels first, on (1, channels, time)."""
    f = {"data_format": "channels_first"}
    return Net("first", [
        source([1, 3, 20]),
        plane("Conv2D", "conv", C("x"), (1, 5, 1, 4), f_conv2d, 4, filters=4, padding="same", **f),
        bn("norm", C("conv"), 4, 1),
        plane("DepthwiseConv2D", "spatial", C("norm"), (3, 1, 4, 1), f_depthwise2d, depth_multiplier=1, activation="elu", **f),
        pool("AveragePooling2D", "pool", C("spatial"), [1, 4], **f),
        simple("Flatten", "flat", C("pool"), lambda x: np.moveaxis(x, 1, -1).reshape(len(x), -1), True, **f),
        dense("out", C("flat"), 4 * 5, 2)], ["out"])


def heads(name, call, i, h, d, dv=None, out=None, bias=True, f=None):
    dv, out = dv or d, out or i
    both = lambda k, b: [("kernel", k)] + ([("bias", b)] if bias else [])
    parts = {"query_dense": both(w(i, h, d), w(h, d)), "key_dense": both(w(i, h, d), w(h, d)), "value_dense": both(w(i, h, dv), w(h, dv)),
             "output_dense": both(w(h, dv, out), w(out))}
    return Layer("MultiHeadAttention", name, [call], {"num_heads": h, "key_dim": d, "value_dim": dv, "dropout": 0.1, "use_bias": bias, "output_shape": None,
                                                      "attention_axes": None}, parts, f=f_heads)


def f_heads(l, q, v=None, key=None, value=None, attention_mask=None, use_causal_mask=False, return_attention_scores=False):
    v = value if v is None else v
    v = q if v is None else v
    key = v if key is None else key
    get = lambda p: (l.w(p) + [0])[:2]
    Q, K, V = [np.einsum("ntc,chd->nthd", x, get(p)[0]) + get(p)[1] for x, p in ((q, "query_dense"), (key, "key_dense"), (v, "value_dense"))]
    s = np.einsum("nthd,nshd->nhts", Q, K) / np.sqrt(Q.shape[-1])
    mask = np.ones(s.shape[-2:]) if attention_mask is None else attention_mask[:, None]
    if use_causal_mask:
        mask = mask * np.tril(np.ones(s.shape[-2:]))
    s = soften(np.where(mask > 0, s, -1e9))  # in single precision a score beside -1e9 is lost
    y = np.einsum("nhts,nshd->nthd", s, V)
    y = np.einsum("nthd,hdo->nto", y, get("output_dense")[0]) + get("output_dense")[1]
    return (y, s) if return_attention_scores else y


def f_attention(l, a):
    q, v = a[:2]
    k = a[2] if len(a) > 2 else v
    c, ws = l.config, l.w()
    if c.get("score_mode") == "concat":
        u = q[:, :, None] + k[:, None]
        s = ws[-1] * np.tanh(ws[0] * u if c["use_scale"] else u).sum(-1)
    else:
        s = np.einsum("ntc,nsc->nts", q, k) * (ws[0] if c["use_scale"] else 1)
    return soften(s) @ v


def f_additive(l, a):
    q, v = a[:2]
    u = np.tanh(q[:, :, None] + v[:, None])
    return soften((u * (l.w()[0] if l.config["use_scale"] else 1)).sum(-1)) @ v


def norm(name, call, n):
    return Layer("LayerNormalization", name, [call], {"axis": [2], "epsilon": 1e-6, "scale": True, "center": True}, {"": [("gamma", 1 + w(n)), ("beta", w(n))]},
                 f=lambda l, x: (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6) * l.w()[0] + l.w()[1])


def attention_net():
    one = lambda n: {"": [("scale", np.float32(n))]}
    return Net("attention", [
        source([10, 3]), dense("embed", C("x"), 3, 6), norm("norm", C("embed"), 6), heads("self", C("norm", "norm"), 6, 2, 4),
        simple("Add", "add", C(["embed", "self"]), sum), conv1d("short", C("x"), 3, 3, 6, strides=[2]),
        heads("cross", C("add", "short"), 6, 3, 2, 5, 4, False), heads("causal", C("add", "add", use_causal_mask=True), 6, 1, 3),
        Layer("Attention", "dot", [C(["add", "short"])], {"use_scale": True, "score_mode": "dot"}, one(0.7), f=f_attention),
        Layer("Attention", "plain", [C(["add", "short", "short"])], {"use_scale": False, "score_mode": "dot"}, f=f_attention),
        Layer("Attention", "concat", [C(["add", "short"])], {"use_scale": True, "score_mode": "concat"},
              {"": [("scale", np.float32(1.3)), ("concat_score_weight", np.float32(0.8))]}, f=f_attention),
        Layer("AdditiveAttention", "additive", [C(["add", "short"])], {"use_scale": True}, {"": [("scale", w(6))]}, f=f_additive),
        simple("Concatenate", "join", C(["cross", "causal", "dot", "plain", "concat", "additive"]), lambda a: np.concatenate(a, -1), axis=-1),
        simple("GlobalAveragePooling1D", "pool", C("join"), lambda x: x.mean(1)), dense("out", C("pool"), 34, 2)], ["out"])


def op2(function, call, f, name=None, layout=False, cls="TFOpLambda"):
    return Layer(cls, name or "tf." + function, [call], {"function": function, "trainable": True, "dtype": "float32"}, f=lambda l, *a, **k: f(*a, **k), layout=layout)


def drop_name(f):
    return lambda *a, **k: f(*a, **{n: v for n, v in k.items() if n != "name"})


def ops2_net():
    """tf.keras 2.15."""
    s = slice
    item = lambda x, slice_spec: x[tuple(slice_spec)]
    return Net("ops2", [
        source([12, 3]), conv1d("a", C("x"), 3, 3, 4), conv1d("b", C("x"), 1, 3, 4, "tanh"),
        op2("__operators__.add", C("a", y=T("b"), name=None), drop_name(lambda x, y: x + y)),
        op2("math.multiply", C("tf.__operators__.add", y=0.5, name=None), drop_name(lambda x, y: x * y)),
        op2("math.multiply", C(2.0, y=T("b"), name=None), drop_name(lambda x, y: x * y), "tf.math.multiply_1"),
        op2("math.subtract", C("tf.math.multiply", y=T("tf.math.multiply_1"), name=None), drop_name(lambda x, y: x - y)),
        op2("__operators__.radd", C("b", x=1.5, name=None), drop_name(lambda y, x: x + y)),
        op2("__operators__.rsub", C("b", x=1.0, name=None), drop_name(lambda y, x: x - y)),
        op2("math.truediv", C("a", y=T("tf.__operators__.radd"), name=None), drop_name(lambda x, y: x / y)),
        op2("math.pow", C("tf.math.truediv", y=2.0, name=None), drop_name(lambda x, y: x ** y)),
        op2("math.negative", C("tf.math.pow", name=None), drop_name(lambda x: -x)),
        op2("nn.relu", C("tf.math.subtract", name=None), drop_name(lambda x: np.maximum(x, 0))),
        op2("nn.softmax", C("tf.math.subtract", axis=1, name=None), drop_name(lambda x, axis: np.exp(x) / np.exp(x).sum(axis, keepdims=True))),
        op2("math.tanh", C("tf.math.negative", name=None), drop_name(np.tanh)), op2("math.square", C("a", name=None), drop_name(lambda x: x * x)),
        op2("math.sqrt", C("tf.math.square", name=None), drop_name(np.sqrt)), op2("math.exp", C("b", name=None), drop_name(np.exp)),
        op2("concat", C(["tf.nn.relu", "tf.nn.softmax", "tf.math.tanh"], axis=-1, name="concat"), drop_name(lambda a, axis: np.concatenate(a, axis))),
        op2("concat", C(["a", "b"], axis=1, name="concat"), drop_name(lambda a, axis: np.concatenate(a, axis)), "tf.concat_1"),
        op2("stack", C(["a", "b"], axis=1, name="stack"), drop_name(lambda a, axis: np.stack(a, axis))),
        op2("math.reduce_max", C("tf.stack", axis=1, keepdims=False, name=None), drop_name(lambda x, axis, keepdims: x.max(axis))),
        op2("math.reduce_mean", C("tf.concat", axis=[1], keepdims=False, name=None), drop_name(lambda x, axis, keepdims: x.mean(tuple(axis)))),
        op2("math.reduce_sum", C("tf.concat_1", axis=-1, keepdims=True, name=None), drop_name(lambda x, axis, keepdims: x.sum(axis, keepdims=True))),
        op2("expand_dims", C("b", axis=2, name=None), drop_name(lambda x, axis: np.expand_dims(x, axis))),
        op2("squeeze", C("tf.expand_dims", axis=2, name=None), drop_name(lambda x, axis: x.squeeze(axis))),
        op2("transpose", C("tf.squeeze", perm=[0, 2, 1], conjugate=False, name="transpose"), lambda x, perm, conjugate, name: x.transpose(perm)),
        op2("linalg.matmul", C("tf.transpose", b=T("a"), transpose_a=False, transpose_b=False, name=None),
            lambda x, b, transpose_a, transpose_b, name: x @ b),
        op2("reshape", C("tf.linalg.matmul", shape=[-1, 16], name=None), drop_name(lambda x, shape: x.reshape(shape))),
        op2("__operators__.getitem", C("tf.concat", slice_spec=[s(None, None, None), -1, s(None, 4, None)]), item, cls="SlicingOpLambda"),
        op2("__operators__.getitem", C("a", slice_spec=[s(None, None, None), s(None, None, -2), s(1, None, 2)]), item, "slice_1", cls="SlicingOpLambda"),
        op2("__operators__.getitem", C("a", slice_spec=[Ellipsis, None, 0]), lambda x, slice_spec: x[..., None, 0], "slice_2", cls="SlicingOpLambda"),
        op2("math.greater", C("a", y=0.2, name=None), drop_name(lambda x, y: x > y), layout=True),
        op2("cast", C("tf.math.greater", dtype="float32", name=None), drop_name(lambda x, dtype: x * 1.0), layout=False),
        op2("where", C("tf.math.greater", x=T("a"), y=T("b"), name=None), drop_name(lambda c, x, y: np.where(c, x, y))),
        op2("math.add", C("a", y=np.arange(48.0).reshape(12, 4) / 48, name=None), drop_name(lambda x, y: x + y), "positions"),
        op2("clip_by_value", C("positions", clip_value_min=-0.5, clip_value_max=0.5, name=None), lambda x, clip_value_min, clip_value_max, name: np.clip(x, -0.5, 0.5)),
        op2("split", C("tf.concat", num_or_size_splits=3, axis=-1, num=None, name="split"),
            lambda x, num_or_size_splits, axis, num, name: tuple(np.split(x, num_or_size_splits, axis))),
        op2("math.abs", C("tf.split:2", name=None), drop_name(np.abs)),
        simple("Multiply", "mul", C(["a", "tf.cast"]), lambda a: a[0] * a[1])] + [
        simple("Flatten", "flat_%d" % i, C(n), lambda x: x.reshape(len(x), -1), True, data_format="channels_last")
        for i, n in enumerate(["tf.math.reduce_max", "tf.math.reduce_sum", "slice_1", "slice_2", "tf.where", "tf.clip_by_value", "tf.math.abs", "mul", "tf.math.exp",
                               "tf.math.sqrt", "tf.__operators__.rsub"])] + [
        simple("Concatenate", "join", C(["tf.math.reduce_mean", "tf.reshape", "tf.__operators__.getitem"] + ["flat_%d" % i for i in range(11)]),
               lambda a: np.concatenate(a, -1), axis=-1),
        dense("out", C("join"), 12 + 16 + 4 + 48 + 24 + 12 + 12 + 48 * 7, 2)], ["out"])


def op3(cls, name, call, f, module="numpy", layout=False, **c):
    return Layer(cls, name, [call], c, module="keras.src.ops." + module, f=lambda l, *a, **k: f(*a, **k), layout=layout)


def ops3_net():
    """Keras 3."""
    s = slice
    gelu = lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))
    return Net("ops3", [
        source([12, 3]), conv1d("a", C("x"), 3, 3, 4), conv1d("b", C("x"), 1, 3, 4, "tanh"),
        op3("Add", "add", C("a", "b"), lambda x, y: x + y), op3("Subtract", "subtract", C(1.0, "add"), lambda x, y: x - y),
        op3("Multiply", "multiply", C("subtract", np.array([1.0, 2.0, -1.0, 0.5])), lambda x, y: x * y),
        op3("TrueDivide", "true_divide", C("multiply", 3.0), lambda x, y: x / y), op3("Negative", "negative", C("true_divide"), lambda x: -x),
        op3("Power", "power", C("negative", 2), lambda x, y: x ** y), op3("Mean", "mean", C("power"), lambda x: x.mean(1, keepdims=True), axis=1, keepdims=True),
        op3("Sum", "sum", C("add"), lambda x: x.sum(-1), axis=-1, keepdims=False), op3("Max", "max", C("b"), lambda x: x.max(1), axis=1, keepdims=False, initial=None),
        op3("GetItem", "get_item", C("add", [s(None, None, None), s(2, -1, None), 1]), lambda x, k: x[tuple(k)]),
        op3("Concatenate", "cat", C(["add", "power"]), lambda a: np.concatenate(a, -1), axis=-1),
        op3("Stack", "stack", C(["a", "b"]), lambda a: np.stack(a, 2), axis=2), op3("Squeeze", "squeeze", C("mean"), lambda x: x.squeeze(1), axis=1),
        op3("ExpandDims", "expand", C("squeeze"), lambda x: x[:, None], axis=1), op3("Transpose", "transpose", C("cat"), lambda x: x.transpose(0, 2, 1), axes=[0, 2, 1]),
        op3("Matmul", "matmul", C("transpose", "a"), lambda x, y: x @ y), op3("Reshape", "reshape", C("matmul"), lambda x: x.reshape(-1, 32), newshape=[-1, 32]),
        op3("Relu", "relu", C("add"), lambda x: np.maximum(x, 0), "nn"), op3("Gelu", "gelu", C("add"), gelu, "nn", approximate=True),
        op3("Softmax", "softmax", C("stack"), soften, "nn", axis=-1), op3("NotEqual", "not_equal", C("x", 0.0), lambda x, y: x != y, layout=True),
        op3("Any", "any", C("not_equal"), lambda x: x.any(-1), axis=-1, keepdims=False, layout=True), op3("Cast", "cast", C("any"), lambda x: x * 1.0, "core", dtype="float32"),
        op3("Where", "where", C("not_equal", "x", 0.5), lambda c, x, y: np.where(c, x, y)),
        op3("Absolute", "absolute", C("where"), np.abs), op3("Variance", "unused", C("absolute"), lambda x: x)][:-1] + [
        simple("Flatten", "flat_%d" % i, C(n), lambda x: x.reshape(len(x), -1), True)
        for i, n in enumerate(["relu", "gelu", "softmax", "absolute", "expand"])] + [
        simple("Concatenate", "join", C(["sum", "max", "get_item", "squeeze", "reshape", "cast"] + ["flat_%d" % i for i in range(5)]),
               lambda a: np.concatenate(a, -1), axis=-1),
        dense("out", C("join"), 12 + 4 + 9 + 4 + 32 + 12 + 48 + 48 + 96 + 36 + 4, 2)], ["out"])


# ---- states, masks, shared layers ----

def cell(cls, ws, x, h, mask=None, zero=False):
    """One direction over x (T,C), as gen_keras_v3's functions do it without states and masks. Returns all outputs and the last states."""
    sig, n = (lambda v: 1 / (1 + np.exp(-v))), ws[1].shape[0]
    s, out, last_out = list(h), [], np.zeros(n)
    for t, row in enumerate(x):
        K, U, b = ws
        if cls == "LSTM":
            z = row @ K + s[0] @ U + b
            c = sig(z[n:2 * n]) * s[1] + sig(z[:n]) * np.tanh(z[2 * n:3 * n])
            new = [sig(z[3 * n:]) * np.tanh(c), c]
        elif cls == "GRU":
            p, q = row @ K + (b[0] if AFTER else b), s[0] @ U + (b[1] if AFTER else 0)
            z, r = sig(p[:n] + q[:n]), sig(p[n:2 * n] + q[n:2 * n])
            new = [z * s[0] + (1 - z) * np.tanh(p[2 * n:] + (r * q[2 * n:] if AFTER else (r * s[0]) @ U[:, 2 * n:]))]
        else:
            new = [np.tanh(row @ K + b + s[0] @ U)]
        on = mask is None or mask[t]
        s = new if on else s
        last_out = new[0] if on else last_out
        out.append(new[0] if on else np.zeros(n) if zero else last_out)
    return np.array(out), s


def f_rnn(l, x, *states, initial_state=None, mask=None):
    c, ws = l.config, l.w("cell")
    states = [v[0] for v in (states or initial_state or [])]
    n = ws[1].shape[0]
    h = states or [np.zeros(n)] * 2
    back = c.get("go_backwards", False)
    turn = lambda v: v if v is None else v[::-1] if back else v
    m = l.mask
    y, s = cell(l.cls, ws, turn(x[0]), h, turn(m(x) if m else None))
    out = y[None] if c["return_sequences"] else s[0][None]
    return tuple([out] + [v[None] for v in s]) if c.get("return_state") else out


def f_both(l, x):
    c = l.config
    inner, cls = c["layer"]["config"], c["layer"]["class_name"]
    seq, m = inner["return_sequences"], l.mask
    m = m(x) if m else None
    y, states = [], []
    for i, p in enumerate(("forward_layer/cell", "backward_layer/cell")):
        turn = lambda v: v if v is None else v[::-1] if i else v
        ws = l.w(p)
        o, s = cell(cls, ws, turn(x[0]), [np.zeros(ws[1].shape[0])] * 2, turn(m), seq)
        y.append(turn(o)[None] if seq else s[0][None])
        states += [v[None] for v in s]
    mode = c["merge_mode"]
    out = [y[0], y[1]] if mode is None else [np.concatenate(y, -1) if mode == "concat" else y[0] + y[1]]
    return tuple(out + (states if inner.get("return_state") else []))


AFTER = "--tfjs" not in sys.argv  # TensorFlow.js has no GRU with reset_after
GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}


def rnn_weights(cls, i, h):
    return [("kernel", w(i, GATES[cls] * h)), ("recurrent_kernel", w(h, GATES[cls] * h)), ("bias", w(*((2, 3 * h) if cls == "GRU" and AFTER else (GATES[cls] * h,))))]


def rnn_config(cls, h, **c):
    c = dict({"units": h, "activation": "tanh", "use_bias": True, "return_sequences": False, "return_state": False, "go_backwards": False}, **c)
    if cls != "SimpleRNN":
        c["recurrent_activation"] = "sigmoid"
    if cls == "GRU":
        c["reset_after"] = AFTER
    return c


def rnn(cls, name, call, i, h, **c):
    return Layer(cls, name, [call], rnn_config(cls, h, **c), {"cell": rnn_weights(cls, i, h)}, f=f_rnn)


def both(cls, name, call, i, h, mode, **c):
    return Layer("Bidirectional", name, [call], {"merge_mode": mode, "layer": {"class_name": cls, "config": rnn_config(cls, h, **c)}},
                 {"forward_layer/cell": rnn_weights(cls, i, h), "backward_layer/cell": rnn_weights(cls, i, h)}, f=f_both)


def states_net(version=2):
    """Encoder and decoder: the states of one layer begin another; RepeatVector; a layer that is used twice."""
    start = (lambda *s: C("repeat", *s)) if version < 3 else (lambda *s: C("repeat", initial_state=[T(v) for v in s]))
    shared = conv1d("shared", C("x"), 3, 2, 2)
    shared.calls.append(C("shared"))
    return Net("states" if version < 3 else "states3", [
        source([9, 2]), shared, rnn("LSTM", "encoder", C("shared@1"), 2, 4, return_state=True), rnn("GRU", "gru", C("x"), 2, 3, return_state=True, return_sequences=True),
        simple("RepeatVector", "repeat", C("encoder"), lambda x: np.repeat(x[:, None], 5, 1), n=5),
        rnn("LSTM", "decoder", start("encoder:1", "encoder:2"), 4, 4, return_sequences=True),
        rnn("GRU", "gru_1", start("gru:1"), 4, 3, return_sequences=True, go_backwards=True),
        both("LSTM", "two", C("decoder"), 4, 2, None, return_sequences=True), both("GRU", "told", C("gru_1"), 3, 2, "concat", return_state=True),
        simple("Multiply", "times", C(["two", "two:1"]), lambda a: a[0] * a[1]),
        simple("Concatenate", "ends", C(["told", "told:1", "told:2"]), lambda a: np.concatenate(a, -1), axis=-1),
        simple("RepeatVector", "again", C("ends"), lambda x: np.repeat(x[:, None], 5, 1), n=5),
        simple("Concatenate", "join", C(["times", "again", "gru_1"]), lambda a: np.concatenate(a, -1), axis=-1),
        Layer("TimeDistributed", "out", [C("join")], {"layer": {"class_name": "Dense", "config": {"name": "d", "units": 3, "activation": "linear", "use_bias": True}}},
              {"layer": [("kernel", w(13, 3)), ("bias", w(3))]}, f=lambda l, x: x @ l.w("layer")[0] + l.w("layer")[1])], ["out"])


def masks_net():
    """Steps whose channels are all 0 behind a relu are left out."""
    empty = lambda x: (x[0] != 0).any(-1)
    KEEP = {}

    def masking(x):
        KEEP["mask"] = empty(x)
        assert 2 < KEEP["mask"].sum() < len(x[0]) - 2
        return x * KEEP["mask"][None, :, None]
    net = Net("masks", [
        source([14, 2]), op2("math.subtract", C("x", y=0.6, name=None), drop_name(lambda x, y: x - y)),
        op2("nn.relu", C("tf.math.subtract", name=None), drop_name(lambda x: np.maximum(x, 0))),
        simple("Masking", "masking", C("tf.nn.relu"), masking, True, mask_value=0.0),
        rnn("LSTM", "lstm", C("masking"), 2, 3, return_sequences=True), simple("Dropout", "drop", C("lstm"), lambda x: x, True, rate=0.1),
        rnn("GRU", "gru", C("drop"), 3, 3), rnn("SimpleRNN", "rnn", C("masking"), 2, 3, return_sequences=True, go_backwards=True),
        both("LSTM", "both", C("masking"), 2, 2, "concat", return_sequences=True),
        rnn("LSTM", "back", C("masking"), 2, 2, go_backwards=True),
        simple("GlobalAveragePooling1D", "pool", C("both"), lambda x: (x[0][KEEP["mask"]].mean(0))[None]),
        simple("Flatten", "flat", C("rnn"), lambda x: x.reshape(1, -1), True),
        simple("Concatenate", "join", C(["gru", "pool", "flat", "back"]), lambda a: np.concatenate(a, -1), axis=-1), dense("out", C("join"), 3 + 4 + 42 + 2, 2)], ["out"])
    for l in net.layers:
        if l.name in ("lstm", "gru", "rnn", "both", "back"):
            l.mask = lambda x: KEEP["mask"]
    return net


def cudnn(l):
    """The same layer as cuDNN's: keras/saving/legacy/hdf5_format.py converts both ways."""
    K, U, b = [a for _, a in l.parts["cell"]]
    n = GATES[l.cls]
    turn = lambda a, f: np.hstack([f(k) for k in np.hsplit(a, n)])
    bias = np.concatenate([b * np.float32(0.25), b * np.float32(0.75)]) if l.cls == "LSTM" else b.reshape(-1)
    f, plain = l.f, {"cell": list(l.parts["cell"])}
    l.parts = {"": [("kernel", turn(K, lambda k: k.T.reshape(k.shape, order="C"))), ("recurrent_kernel", turn(U, lambda k: k.T)), ("bias", bias)]}
    l.config = {k: v for k, v in l.config.items() if k not in ("activation", "recurrent_activation", "reset_after", "use_bias")}
    twin = Layer(l.cls, l.name, [], l.config, plain)
    l.cls, l.f = "CuDNN" + l.cls, lambda l, *a, **k: f(twin, *a, **k)
    return l


def fast_net():
    """The layers for cuDNN, and inputs that are not the window: states are zeros, positions count."""
    embed = Layer("Embedding", "embedding", [C("positions")], {"input_dim": 8, "output_dim": 4}, {"": [("embeddings", w(8, 4))]},
                  f=lambda l, x: l.w()[0][x.astype(int)], layout=True)
    return Net("fast", [
        source([8, 3]), source([4], "h"), source([4], "c"), source([8], "positions"), cudnn(rnn("LSTM", "lstm", C("x", "h", "c"), 3, 4, return_sequences=True)), embed,
        simple("Add", "add", C(["lstm", "embedding"]), sum), cudnn(rnn("GRU", "gru", C("add"), 4, 3)), dense("out", C("gru"), 3, 2)], ["out"])


def pieces_net():
    """A convolution over pieces of the window, then a recurrent layer over the pieces."""
    c = {"name": "c", "filters": 4, "kernel_size": [3], "strides": [1], "padding": "valid", "dilation_rate": [1], "groups": 1, "activation": "relu", "use_bias": True}
    td = lambda name, call, cls, config, f, parts=None, at="": Layer("TimeDistributed", name, [call], {"layer": {"class_name": cls, "config": config}},
                                                                     {"layer" + at: parts} if parts else {}, f=f)
    steps = lambda f: lambda l, x: np.stack([f(l, x[:, i]) for i in range(x.shape[1])], 1)
    return Net("pieces", [
        source([3, 8, 2]), td("conv", C("x"), "Conv1D", c, steps(lambda l, v: f_conv1d(l, v, l.w("layer"), c)), [("kernel", w(3, 2, 4)), ("bias", w(4))]),
        td("peaks", C("conv"), "MaxPooling1D", {"name": "p", "pool_size": [2], "strides": [2], "padding": "valid"},
           steps(lambda l, v: v.reshape(len(v), 3, 2, -1).max(2))),
        Layer("TimeDistributed", "flat", [C("peaks")], {"layer": {"class_name": "Flatten", "config": {"name": "f"}}}, f=steps(lambda l, v: v.reshape(len(v), -1)), layout=True),
        td("inner", C("peaks"), "LSTM", rnn_config("LSTM", 3), steps(lambda l, v: cell("LSTM", l.w("layer/cell"), v[0], [np.zeros(3)] * 2)[1][0][None]),
           rnn_weights("LSTM", 4, 3), "/cell"),
        rnn("LSTM", "lstm", C("flat"), 12, 3), simple("GlobalMaxPooling1D", "top", C("inner"), lambda x: x.max(1)),
        simple("Concatenate", "join", C(["lstm", "top"]), lambda a: np.concatenate(a, -1), axis=-1), dense("out", C("join"), 6, 2, "softmax")], ["out"])


# ---- keras-tcn ----

def f_tcn(l, x):
    c, a = l.config, dict(l.parts[""])
    g = lambda n: a[n].astype(np.float64)
    skips, block = [], 0
    for _ in range(c["nb_stacks"]):
        for d in c["dilations"]:
            y = x
            for i in range(2):
                n = "residual_block_%d/conv1D_%d/" % (block, i)
                y = np.array([v3.conv(r, {"dilation_rate": [d], "padding": c["padding"]}, g(n + "kernel"), g(n + "bias")) for r in y])
                if c["use_layer_norm"]:
                    n = "residual_block_%d/layer_normalization%s/" % (block, "_%d" % i if i else "")
                    y = (y - y.mean(-1, keepdims=True)) / np.sqrt(y.var(-1, keepdims=True) + 1e-3) * g(n + "gamma") + g(n + "beta")
                y = act(y, c["activation"])
            y = act(y, c["activation"])
            skips.append(y)
            n = "residual_block_%d/matching_conv1D/" % block
            if x.shape[-1] != y.shape[-1]:
                x = x @ g(n + "kernel")[0] + g(n + "bias")
            x = act(x + y, c["activation"])
            block += 1
    y = sum(skips) if c["use_skip_connections"] else x
    return y if c["return_sequences"] else y[:, y.shape[1] // 2 if c["padding"] == "same" else -1]


def tcn(name, call, i, o, k, dilations, stacks=1, **c):
    c = dict({"nb_filters": o, "kernel_size": k, "nb_stacks": stacks, "dilations": dilations, "padding": "causal", "use_skip_connections": True, "dropout_rate": 0.1,
              "return_sequences": False, "activation": "relu", "kernel_initializer": "he_normal", "use_batch_norm": False, "use_layer_norm": False,
              "use_weight_norm": False, "go_backwards": False}, **c)
    rows = []
    for b in range(stacks * len(dilations)):
        at = "residual_block_%d/" % b
        for j in range(2):
            rows += [(at + "conv1D_%d/kernel" % j, w(k, i if j == 0 else o, o, scale=0.3)), (at + "conv1D_%d/bias" % j, w(o, scale=0.3))]
            if c["use_layer_norm"]:
                n = at + "layer_normalization%s/" % ("_%d" % j if j else "")
                rows += [(n + "gamma", 1 + w(o)), (n + "beta", w(o))]
        if i != o:
            rows += [(at + "matching_conv1D/kernel", w(1, i, o)), (at + "matching_conv1D/bias", w(o))]
        i = o
    return Layer("TCN", name, [call], c, {"": rows}, f=f_tcn)


def tcn_net():
    return Net("tcn", [
        source([20, 2]), tcn("tcn", C("x"), 2, 4, 3, [1, 2, 4], 2, return_sequences=True), tcn("tcn_1", C("tcn"), 4, 3, 2, [1, 2], padding="same", use_layer_norm=True),
        tcn("tcn_2", C("tcn"), 4, 4, 2, [1, 3], use_skip_connections=False, activation="tanh"),
        simple("Concatenate", "join", C(["tcn_1", "tcn_2"]), lambda a: np.concatenate(a, -1), axis=-1), dense("out", C("join"), 7, 1)], ["out"])


# ---- what several masks, keywords and channels that come first mean ----

def looks_net(version=2):
    """Attention where some steps do not count; masks of the inputs of one layer; a layer whose arguments all have names."""
    new, KEEP, lower = version >= 3, {}, np.tril(np.ones((1, 14, 14)))
    lower[0, 3, 1] = 0

    def masking(x):
        KEEP["mask"] = (x[0] != 0).any(-1)
        assert 2 < KEEP["mask"].sum() < len(x[0]) - 2
        return x

    def masked(name, **k):
        l = heads(name, Call(query=T("masking"), value=T("masking"), **k) if new else C("masking", value=T("masking"), **k), 2, 2, 3)
        both = lambda: (KEEP["mask"][:, None] & KEEP["mask"])[None]
        l.f = lambda l, query, value, attention_mask=1, use_causal_mask=False: f_heads(
            l, query, value, attention_mask=both() * attention_mask, use_causal_mask=use_causal_mask)
        return l

    def attend(l, a):
        """The value's mask says at what a query looks, the query's where the answer is 0."""
        counts = [KEEP["mask"] if k == "masking" else np.ones(14, bool) for k in l.calls[0].args[0]]
        s = np.where(counts[1], np.einsum("ntc,nsc->nts", *a), -1e9)
        return soften(s) @ a[1] * counts[0][:, None]

    def after(name, i, mask):
        l = rnn("SimpleRNN", name, C("sum" if name == "rnn" else name[4:]), i, 2)
        l.mask = mask
        return l
    dot = lambda name, *a: Layer("Attention", name, [C(list(a))], {"use_scale": False, "score_mode": "dot"}, f=attend)
    early = [op3("Subtract", "less", C("x", 0.6), lambda x, y: x - y), op3("Relu", "relu", C("less"), lambda x: np.maximum(x, 0), "nn")] if new else [
        op2("math.subtract", C("x", y=0.6, name=None), drop_name(lambda x, y: x - y), "less"), op2("nn.relu", C("less", name=None), drop_name(lambda x: np.maximum(x, 0)), "relu")]
    encoder = rnn("LSTM", "encoder", C("masking"), 2, 2, return_sequences=True, return_state=True)
    encoder.mask = lambda x: KEEP["mask"]
    states = C("conv", initial_state=[T("encoder:1"), T("encoder:2")]) if new else C("conv", "encoder:1", "encoder:2")
    sums = op3("Cumsum", "sums", C("conv"), lambda x: x.cumsum(1), axis=1) if new else op2(
        "math.cumsum", C("conv", axis=1, exclusive=True, reverse=True, name=None), lambda x, **k: x[:, ::-1].cumsum(1)[:, ::-1] - x, "sums")
    bent = op3("Elu", "bent", C("conv"), lambda x: np.where(x > 0, x, 0.3 * np.expm1(x)), "nn", alpha=0.3) if new else op2(
        "nn.elu", C("conv", name=None), drop_name(lambda x: act(x, "elu")), "bent")
    net = [source([14, 2])] + early + [
        simple("Masking", "masking", C("relu"), masking, True, mask_value=0.0), conv1d("conv", C("masking"), 3, 2, 2, "tanh"),
        masked("given", attention_mask=lower), masked("causal", use_causal_mask=True),
        dot("self", "masking", "masking"), dot("value", "conv", "masking"), dot("query", "masking", "conv"),
        simple("Add", "sum", C(["conv", "masking"]), sum), after("rnn", 2, None if new else lambda x: KEEP["mask"]),
        simple("Concatenate", "wide", C(["conv", "masking"]), lambda a: np.concatenate(a, -1), axis=-1), after("rnn_wide", 4, lambda x: KEEP["mask"]),
        simple("Concatenate", "long", C(["masking", "conv"]), lambda a: np.concatenate(a, 1), axis=1),
        after("rnn_long", 2, lambda x: np.concatenate([KEEP["mask"], np.ones(14, bool)])),
        encoder, rnn("LSTM", "decoder", states, 2, 2, return_sequences=True), sums, bent,
        simple("Concatenate", "series", C(["given", "causal", "self", "value", "query", "decoder", "sums", "bent"]), lambda a: np.concatenate(a, -1), axis=-1),
        simple("Flatten", "flat", C("series"), lambda x: x.reshape(1, -1), True),
        simple("Concatenate", "join", C(["flat", "rnn", "rnn_wide", "rnn_long"]), lambda a: np.concatenate(a, -1), axis=-1), dense("out", C("join"), 14 * 16 + 6, 2)]
    return Net("looks3" if new else "looks", net, ["out"])


def turned_net():
    """A series (channels, time): its layers say that the channels come first."""
    f = {"data_format": "channels_first"}
    conv = conv1d("conv", C("x"), 3, 3, 4, "tanh", **f)
    conv.f = lambda l, x: f_conv1d(l, x.transpose(0, 2, 1)).transpose(0, 2, 1)
    return Net("turned", [
        source([3, 20]), conv, bn("norm", C("conv"), 4, 1),
        simple("MaxPooling1D", "pool", C("norm"), lambda x: x.reshape(1, 4, 10, 2).max(-1), pool_size=[2], strides=[2], padding="valid", **f),
        simple("GlobalAveragePooling1D", "mean", C("pool"), lambda x: x.mean(2), keepdims=False, **f), dense("out", C("mean"), 4, 2)], ["out"])


NETS = [(planes_net, "h5 json"), (first_net, "h5 list"), (attention_net, "h5 keras keras2"), (ops2_net, "h5"), (ops3_net, "keras"), (states_net, "h5"), (lambda: states_net(3), "keras tree"),
        (masks_net, "h5"), (pieces_net, "h5 keras keras2"), (tcn_net, "h5"), (fast_net, "h5"),
        (looks_net, "h5"), (lambda: looks_net(3), "keras"), (turned_net, "h5")]


def window(net):
    """What tsviz packs into the input: steps, then channels. How a step and a channel lie in the model's input is in `order`."""
    shape = net.layers[0].config["batch_input_shape"][1:]
    if net.size:
        t, c = net.size
        shape = [t, c]
    elif net.name in ("planes", "turned"):
        t, c = shape[1], shape[0]
    elif net.name == "first":
        t, c = shape[2], shape[1]
    else:
        t, c = (int(np.prod(shape[:-1])), shape[-1]) if len(shape) > 1 else (shape[0], 1)
    x = np.sin(0.37 * np.arange(t * c) + 0.1).astype(np.float32).astype(np.float64).reshape(t, c)
    return (x.T if net.name in ("planes", "first", "turned") else x).reshape([1] + shape)


def check():
    import torch
    t = lambda a: torch.tensor(np.asarray(a, np.float64))
    worst = 0.0

    def same(what, a, b):
        nonlocal worst
        d = np.abs(a - b.detach().numpy()).max()
        worst = max(worst, d)
        print("%-40s %.3g" % (what, d))
    x = w(2, 7, 9, 3).astype(float)
    for k, s, d in (((3, 2), (1, 2), (1, 1)), ((2, 3), (2, 1), (2, 1))):
        l = plane("Conv2D", "c", C("x"), (*k, 3, 4), f_conv2d, 4, filters=4, strides=list(s), dilation_rate=list(d))
        W, b = l.w()
        same("Conv2D valid", f_conv2d(l, x), torch.nn.functional.conv2d(t(x.transpose(0, 3, 1, 2)), t(W.transpose(3, 2, 0, 1)), t(b), s, 0, d).permute(0, 2, 3, 1))
        l = plane("DepthwiseConv2D", "c", C("x"), (*k, 3, 2), f_depthwise2d, 6, strides=list(s), dilation_rate=list(d))
        W, b = l.w()
        same("DepthwiseConv2D valid", f_depthwise2d(l, x), torch.nn.functional.conv2d(
            t(x.transpose(0, 3, 1, 2)), t(W.transpose(2, 3, 0, 1).reshape(6, 1, *k)), t(b), s, 0, d, 3).permute(0, 2, 3, 1))
    x, z = w(1, 7, 6).astype(float), w(1, 5, 6).astype(float)
    for causal in (False, True):
        l = heads("h", C("x"), 6, 2, 3)
        v = x if causal else z
        m = torch.nn.MultiheadAttention(6, 2, batch_first=True).double()
        ws = [l.w(p) for p in ("query_dense", "key_dense", "value_dense")]
        m.in_proj_weight.data = t(np.concatenate([a[0].reshape(6, 6).T for a in ws]))
        m.in_proj_bias.data = t(np.concatenate([a[1].reshape(6) for a in ws]))
        o = l.w("output_dense")
        m.out_proj.weight.data, m.out_proj.bias.data = t(o[0].reshape(6, 6).T), t(o[1])
        hide = torch.triu(torch.ones(7, 7, dtype=torch.bool), 1) if causal else None
        same("MultiHeadAttention" + (" causal" if causal else ""), f_heads(l, x, v, use_causal_mask=causal), m(t(x), t(v), t(v), attn_mask=hide)[0])
    ws = [a.astype(float) for _, a in rnn_weights("LSTM", 3, 4)]
    m = torch.nn.LSTM(3, 4, batch_first=True).double()
    m.weight_ih_l0.data, m.weight_hh_l0.data, m.bias_ih_l0.data, m.bias_hh_l0.data = t(ws[0].T), t(ws[1].T), t(ws[2]), t(ws[2] * 0)
    x, h, c = w(1, 8, 3).astype(float), w(1, 4).astype(float), w(1, 4).astype(float)
    y, s = cell("LSTM", ws, x[0], [h[0], c[0]])
    out, last_states = m(t(x), (t(h[None]), t(c[None])))
    same("LSTM with states", y, out[0])
    same("LSTM last cell", s[1], last_states[1][0, 0])
    on = np.array([0, 1, 1, 0, 1, 0, 0, 1], bool)
    y, s = cell("LSTM", ws, x[0], [h[0], c[0]], on)
    out, last_states = m(t(x[:, on]), (t(h[None]), t(c[None])))
    same("LSTM with a mask: the steps that count", y[on], out[0])
    same("LSTM with a mask: last state", s[0], last_states[0][0, 0])
    print("largest difference %.3g" % worst)
    assert worst < 1e-12


def tfjs(folder):
    """Layers models of TensorFlow.js: topology and weights in one file, and what numpy answers."""
    known = {"planes", "first", "masks", "pieces"}
    for make, _ in NETS:
        net = make()
        if net.name not in known:
            continue
        if net.name == "masks":  # Bidirectional and the pool do not follow Keras there
            net.outputs = ["gru", "rnn", "back"]
        for l in net.layers:  # its kernel for the processor does not broadcast along another axis than the last
            if l.cls == "BatchNormalization" and l.config["axis"] == 1:
                l.cls, l.config, l.parts, l.f = "Activation", {"name": l.name, "activation": "linear"}, {}, lambda l, x: x
        x = window(net)
        outs, rows = net.run(x)
        if any(l.cls == "TFOpLambda" for l in net.layers):  # TensorFlow.js has no operations: begin behind them
            x = np.maximum(x - 0.6, 0)
            net.layers = [net.layers[0]] + [l for l in net.layers[1:] if l.cls != "TFOpLambda"]
            net.layers[1].calls = [C("x")]
        for l in net.layers:
            l.cls = "Dropout" if l.cls == "SpatialDropout2D" else l.cls
        c = net.config(2)
        ws = [(l.name, n, a) for l in net.layers for p in l.parts.values() for n, a in p]
        json.dump({"config": c, "x": {"shape": list(x.shape), "data": x.reshape(-1).tolist()},
                   "weights": [{"layer": a, "shape": list(v.shape), "data": np.asarray(v, np.float32).reshape(-1).tolist()} for a, n, v in ws],
                   "y": [o.reshape(-1).tolist() for o in outs]}, open(os.path.join(folder, net.name + ".json"), "w"))


def apart(net, kind):
    """The architecture as model.to_json() writes it; with "list" or "tree" also a file of weights, as Keras 2 or 3 writes it."""
    version = 3 if kind == "tree" else 2
    c = net.config(version)
    c.update({"module": "keras.src.models.functional"} if version == 3 else {"keras_version": "2.15.0", "backend": "tensorflow"})
    json.dump(c, open(net.name + "_model.json", "w"))
    if kind == "json":
        return
    import h5py
    with h5py.File(net.name + ".weights.h5", "w", libver="latest") as f:
        if kind == "tree":
            Saved(net).save_tree(f, "layers", "/", False)
            return
        with h5py.File(net.name + ".h5", "r") as whole:
            for n in whole["model_weights"]:
                whole.copy("model_weights/" + n, f, n)
            f.attrs["layer_names"] = whole["model_weights"].attrs["layer_names"]
            f.attrs["keras_version"] = "2.15.0"


def write(nets):
    for make, kinds in nets:
        net = make()
        outs, rows = net.run(window(net))
        for kind in kinds.split():
            if kind == "h5":
                Saved(net).save_h5(net.name + ".h5", "2.15.0")
            elif kind == "keras2":
                Saved(net).save_keras(net.name + "_2.keras", "2.13.1", "_layer_checkpoint_dependencies", "/", True)
            elif kind == "keras":
                Saved(net).save_keras(net.name + ".keras", "3.8.0")
            else:
                apart(net, kind)
        with open(net.name + ".json", "w") as f:
            json.dump({"heads": [{"name": T(n).parts()[0], "values": y.reshape(-1).tolist()} for n, y in zip(net.outputs, outs)],
                       "layers": [{"name": n, "sum": float(y.sum()), "abs": float(np.abs(y).sum())} for n, y in rows]}, f, indent=1)
            f.write("\n")


def main():
    if "--check" in sys.argv:
        return check()
    if "--tfjs" in sys.argv:
        return tfjs(sys.argv[sys.argv.index("--tfjs") + 1])
    write(NETS)


if __name__ == "__main__":
    main()
