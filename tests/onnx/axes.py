#!/usr/bin/python3
"""ONNX files whose axes, inputs and loops have to be understood, and what onnxruntime answers for them.

    npm install --ignore-scripts onnxruntime-node@1.20.1          (in any folder; its CPU library is inside)
    NODE_PATH=THAT_FOLDER/node_modules /usr/bin/python3 tests/onnx/axes.py [FOLDER]      (Debian: python3-onnx nodejs)

Writes axes.json, [{name, model (base64), window, options, read (the layout that is found), doubt (a warning names another one),
said (part of the warnings), layers (their types), shapes (filters and steps of layers by name), input (T,C), output}], or error (part of the sentence) instead of what follows
the options; test_onnx_axes.c reads it."""
import base64, json, os, subprocess, sys
import numpy as np
from onnx import helper as h, numpy_helper as nh, TensorProto as TP

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = sys.argv[1] if len(sys.argv) > 1 else HERE
rng = np.random.default_rng(11)
cases = []


def W(*shape):
    return np.round(rng.standard_normal(shape) * 0.4, 3).astype(np.float32)


class G:
    """A graph under construction: g(op, inputs, attributes) adds a node and returns the name of its output."""

    def __init__(self, prefix=""):
        self.nodes, self.inits, self.n, self.prefix = [], [], 0, prefix

    def const(self, v, dtype=np.float32):
        name = f"{self.prefix}k{len(self.inits)}"
        self.inits.append(nh.from_array(np.asarray(v, dtype), name))
        return name

    def ints(self, *v):
        return self.const(v, np.int64)

    def __call__(self, op, *ins, out=None, n_out=1, name=None, domain=None, **attrs):
        self.n += 1
        outs = out.split(",") if out else [f"{self.prefix}{op.lower()}{self.n}" + (f"_{i}" if i else "") for i in range(n_out)]
        ins = [self.const(i) if isinstance(i, (np.ndarray, np.generic)) else i for i in ins]
        self.nodes.append(h.make_node(op, ins, outs, name=name or f"{self.prefix}n{self.n}", domain=domain, **attrs))
        return outs[0] if len(outs) == 1 else outs


def info(name, shape, typ=TP.FLOAT):
    return h.make_tensor_value_info(name, typ, shape)


def model(g, shape, opset=13, producer="pytorch", inputs=None, outputs=None):
    gr = h.make_graph(g.nodes, "g", inputs or [info("x", shape)], outputs or [info("y", None)], g.inits)
    return h.make_model(gr, opset_imports=[h.make_opsetid("", opset)], ir_version=8, producer_name=producer)


def add(name, m, read=None, doubt=False, T=None, C=1, window=None, feed=None, error=None, options=(), said=None, layers=None, shapes=None):
    """T, C: the window's; feed: other inputs for onnxruntime."""
    e = {"name": name, "model": base64.b64encode(m.SerializeToString()).decode()}
    if window:
        e["window"] = window
    if options:
        e["options"] = list(options)
    if said:
        e["said"] = said
    if layers:
        e["layers"] = layers
    if shapes:
        e["shapes"] = shapes
    if error:
        cases.append({**e, "error": error})
        return
    tc = np.round(rng.standard_normal((T, C)), 3).astype(np.float32)
    order = {"N": 1, "C": C, "T": T, "1": 1}
    x = (tc.T if "C" in read and read.index("C") < read.index("T") else tc).reshape([order[a] for a in read])
    feeds = {"x": x, **(feed(tc) if callable(feed) else feed or {})}
    e.update(read=read, doubt=doubt, input=[float("%.9g" % v) for v in tc.ravel()], out=m.graph.output[0].name,
             feeds={k: {"type": str(v.dtype), "dims": list(v.shape), "data": [float(q) for q in v.ravel()]} for k, v in feeds.items()})
    cases.append(e)


# ---- convolutions ----
def conv_net(c, f=2, k=3):
    g = G()
    g("Conv", "x", W(f, c, k), out="y", name="c")
    return g


add("conv NCT", model(conv_net(4), (1, 4, 12)), "NCT", T=12, C=4)
add("conv NCT, more channels than steps", model(conv_net(12), (1, 12, 4)), "NCT", T=4, C=12)
add("conv NCT, all open", model(conv_net(4), ("n", "c", "t")), "NCT", T=12, C=4, window=12)
add("conv NCT, open without names", model(conv_net(4), (None, None, None)), "NCT", T=12, C=4, window=12)
g = G()
g("Conv", g("Transpose", "x", perm=[0, 2, 1]), W(2, 4, 3), out="y", name="c")
add("transpose, conv", model(g, (1, 12, 4)), "NTC", T=12, C=4, shapes={"x": [4, 12], "c": [2, 10]})
g = G()
g("Conv", g("Transpose", "x", perm=[0, 2, 1]), W(2, 20, 3), out="y", name="c")
add("transpose, conv, fewer steps than channels", model(g, (None, 6, 20)), "NTC", T=6, C=20)
g = G()
g("Conv", g("Transpose", "x", perm=[1, 2, 0]), W(2, 4, 3), out="y", name="c")
add("transpose of time first, conv", model(g, (12, 1, 4)), "TNC", T=12, C=4)


def tf_conv1d(g, x, c, f, k, first):
    if first == "unsqueeze1":
        a = g("Unsqueeze", x, g.ints(1))
        a = g("Transpose", a, perm=[0, 3, 1, 2])
    elif first == "unsqueeze2":
        a = g("Unsqueeze", x, g.ints(2))
        a = g("Transpose", a, perm=[0, 3, 2, 1])
    else:
        a = g("Reshape", x, g.ints(-1, 1, 1, first))
    a = g("Conv", a, W(f, c, 1, k), W(f), kernel_shape=[1, k], strides=[1, 1], name="sequential/conv1d/Conv1D")
    a = g("Squeeze", g("Transpose", a, perm=[0, 2, 3, 1]), g.ints(1)) if first == "unsqueeze1" or isinstance(first, int) else \
        g("Transpose", g("Squeeze", a, g.ints(2)), perm=[0, 2, 1])
    return g("Relu", a)


for first in ("unsqueeze1", "unsqueeze2"):
    for producer in ("tf2onnx", "other"):
        g = G()
        a = tf_conv1d(g, "x", 3, 4, 5, first)
        a = g("ReduceMean", a, axes=[1], keepdims=0)
        g("MatMul", a, W(4, 2), out="y")
        add(f"tf2onnx conv1d {first} by {producer}", model(g, ("unk__1", 20, 3), producer=producer), "NTC", T=20, C=3)
for producer in ("tf2onnx", "other"):
    g = G()
    g("ReduceMax", tf_conv1d(g, "x", 1, 4, 5, 20), axes=[1], keepdims=0, out="y")
    add(f"tf2onnx conv1d of one channel by {producer}", model(g, ("unk__1", 20, 1), producer=producer), "NTC", T=20, C=1)
g = G()
g("ReduceMax", tf_conv1d(g, "x", 24, 4, 3, "unsqueeze1"), axes=[1], keepdims=0, out="y")
add("tf2onnx conv1d, fewer steps than channels", model(g, ("unk__1", 6, 24), producer="tf2onnx"), "NTC", T=6, C=24)
g = G()
g("ReduceMax", g("Transpose", g("Conv", g("Transpose", "x", perm=[0, 2, 1]), W(4, 3, 5)), perm=[0, 2, 1]), axes=[1], keepdims=0, out="y")
add("keras2onnx conv1d", model(g, ("N", 20, 3), producer="keras2onnx"), "NTC", T=20, C=3)
g = G()
g("Gemm", g("Flatten", "x"), W(60, 2), out="y")
add("tf2onnx flatten first", model(g, ("unk__1", 3, 20), producer="tf2onnx"), "NTC", T=3, C=20)
g = G()
g("MatMul", g("Squeeze", g("Slice", "x", g.ints(-1), g.ints(2 ** 40), g.ints(1)), g.ints(1)), W(3, 2), out="y")
add("tf2onnx last step", model(g, ("unk__1", 20, 3), producer="tf2onnx"), "NTC", T=20, C=3)

# what comes before a convolution
g = G()
a = g("Div", g("Sub", "x", W(1, 4, 1)), np.abs(W(1, 4, 1)) + 1)
g("Conv", g("Pad", a, g.ints(0, 0, 2, 0, 0, 0)), W(2, 4, 3), out="y", name="c")
add("scaled, padded, conv", model(g, (1, 4, 12)), "NCT", T=12, C=4)
g = G()
a = g("Div", g("Sub", "x", W(4)), np.abs(W(4)) + 1)
g("Conv", g("Transpose", a, perm=[0, 2, 1]), W(2, 4, 3), out="y", name="c")
add("scaled by features, transposed, conv", model(g, (1, 12, 4)), "NTC", T=12, C=4)
g = G()
a = g("Concat", "x", g("Mul", "x", "x"), axis=1)
g("Conv", g("Cast", g("Identity", a), to=TP.FLOAT), W(2, 8, 3), out="y", name="c")
add("concat of channels, conv", model(g, (1, 4, 12)), "NCT", T=12, C=4)
g = G()
p, q = g("Split", "x", g.ints(3, 1), axis=2, n_out=2)
a = g("Transpose", g("Concat", q, p, axis=2), perm=[0, 2, 1])
g("Conv", a, W(2, 4, 3), out="y", name="c")
add("split and joined channels, transposed, conv", model(g, (1, 12, 4)), "NTC", T=12, C=4)
g = G()
g("Conv", g("Slice", "x", g.ints(0), g.ints(10), g.ints(2)), W(2, 4, 3), out="y", name="c")
add("cut to length, conv", model(g, (1, 4, 12)), "NCT", T=12, C=4)
g = G()
g("Relu", g("BatchNormalization", "x", np.abs(W(4)), W(4), W(4), np.abs(W(4)) + 1), out="y")
add("batch normalization first", model(g, (1, 4, 12)), "NCT", T=12, C=4)
g = G()
a = g("InstanceNormalization", g("Transpose", "x", perm=[0, 2, 1]), np.abs(W(4)) + 1, W(4))
g("MatMul", g("GlobalAveragePool", g("Relu", a)), W(1, 2), out="y")
add("instance normalization first", model(g, (1, 12, 4)), "NTC", T=12, C=4)
g = G()
g("Relu", g("MaxPool", "x", kernel_shape=[2], strides=[2]), out="y")
add("pool first", model(g, (1, 4, 12)), "NCT", T=12, C=4)
g = G()
g("Conv", g("Unsqueeze", "x", g.ints(2)), W(3, 4, 1, 3), out="y", name="c")
add("conv of planes of one row", model(g, (1, 4, 12)), "NCT", T=12, C=4)
g = G()
g("Conv", g("Unsqueeze", "x", g.ints(3)), W(3, 4, 3, 1), out="y", name="c")
add("conv of planes of one column", model(g, (1, 4, 12)), "NCT", T=12, C=4)
g = G()
a = g("Conv", g("Unsqueeze", "x", g.ints(1)), W(3, 1, 1, 5), name="c")
g("Conv", a, W(2, 3, 4, 1), out="y")
add("EEGNet of (channels, time)", model(g, (1, 4, 30)), "NCT", T=30, C=4)
g = G()
a = g("Conv", g("Unsqueeze", "x", g.ints(1)), W(3, 1, 5, 1), name="c")
g("Conv", a, W(2, 3, 1, 4), out="y")
add("EEGNet of (time, channels)", model(g, (1, 30, 4)), "NTC", T=30, C=4)

# ---- planes ----
for name, shape, read, kernels in (("channels by time", (1, 1, 4, 30), "N1CT", ((1, 5), (4, 1))), ("time by channels", (1, 1, 30, 4), "N1TC", ((5, 1), (1, 4))),
                                   ("more channels than steps", (1, 1, 40, 20), "N1CT", ((1, 5), (40, 1)))):
    g = G()
    a = g("Conv", "x", W(3, 1, *kernels[0]), name="c")
    g("Conv", a, W(2, 3, *kernels[1]), out="y")
    T, C = (shape[3], shape[2]) if read == "N1CT" else (shape[2], shape[3])
    add(f"plane of {name}", model(g, shape), read, T=T, C=C)
g = G()
a = g("Conv", g("Transpose", "x", perm=[0, 3, 1, 2]), W(3, 1, 1, 5), name="c")
g("Conv", a, W(2, 3, 4, 1), out="y")
add("tf2onnx plane (channels, time, 1)", model(g, ("unk__1", 4, 30, 1), producer="tf2onnx"), "NCT1", T=30, C=4)
g = G()
a = g("Conv", g("Transpose", "x", perm=[0, 3, 1, 2]), W(3, 1, 5, 1), name="c")
g("Conv", a, W(2, 3, 1, 4), out="y")
add("tf2onnx plane (time, channels, 1)", model(g, ("unk__1", 30, 4, 1), producer="tf2onnx"), "NTC1", T=30, C=4)
g = G()
g("Conv", g("Transpose", "x", perm=[0, 3, 1, 2]), W(3, 4, 5, 1), out="y", name="c")
add("tf2onnx plane (time, 1, channels)", model(g, ("unk__1", 30, 1, 4), producer="tf2onnx"), "NT1C", T=30, C=4)
g = G()
g("Conv", "x", W(3, 4, 1, 5), out="y", name="c")
add("plane of one row", model(g, (1, 4, 1, 30)), "NC1T", T=30, C=4)

# ---- products, normalisation and attention ----
def attention(g, x, d, heads=1):
    q, k, v = (g("MatMul", x, W(d, d)) for _ in range(3))
    s = g("Softmax", g("Mul", g("MatMul", q, g("Transpose", k, perm=[0, 2, 1])), np.float32(0.5)), axis=-1)
    return g("MatMul", g("MatMul", s, v), W(d, d))


def layer_norm(g, x, d, opset):
    if opset >= 17:
        return g("LayerNormalization", x, np.abs(W(d)) + 1, W(d), axis=-1)
    c = g("Sub", x, g("ReduceMean", x, axes=[-1]))
    v = g("ReduceMean", g("Pow", c, np.float32(2)), axes=[-1])
    return g("Add", g("Mul", g("Div", c, g("Sqrt", g("Add", v, np.float32(1e-5)))), np.abs(W(d)) + 1), W(d))


for T in (12, 6):
    g = G()
    e = g("Add", g("MatMul", "x", W(8, 6)), W(1, T, 6))
    a = g("Add", attention(g, e, 6), e)
    g("MatMul", g("ReduceMean", a, axes=[1], keepdims=0), W(6, 2), out="y")
    add(f"transformer, product first, {T} steps", model(g, ("batch", T, 8)), "NTC", T=T, C=8, doubt=T < 8)
    for opset in (13, 17):
        g = G()
        e = layer_norm(g, "x", 8, opset)
        a = attention(g, g("MatMul", e, W(8, 6)), 6)
        g("MatMul", g("ReduceMean", a, axes=[1], keepdims=0), W(6, 2), out="y")
        add(f"transformer, layer normalization of opset {opset} first, {T} steps", model(g, ("batch", T, 8), opset), "NTC", T=T, C=8, doubt=T < 8)
g = G()
q, k = g("MatMul", "x", W(8, 4)), g("MatMul", "x", W(8, 4))
s = g("Softmax", g("MatMul", g("Transpose", q, perm=[1, 0, 2]), g("Transpose", k, perm=[1, 2, 0])), axis=-1)
a = g("MatMul", s, g("Transpose", g("MatMul", "x", W(8, 4)), perm=[1, 0, 2]))
g("ReduceMean", a, axes=[1], keepdims=0, out="y")
add("transformer of (steps, batch, features)", model(g, (12, 1, 8)), "TNC", T=12, C=8)
g = G()
g("Relu", g("MatMul", g("Transpose", "x", perm=[0, 2, 1]), W(3, 8)), out="y")
add("transpose, product over features", model(g, (1, 3, 40)), "NCT", T=40, C=3)


def dlinear(g, T, C, P, decompose):
    """Zeng et al. 2023: the moving average, and a product over time of what is left and of it."""
    t = g("Transpose", "x", perm=[0, 2, 1])
    if not decompose:
        last = g("Slice", "x", g.ints(-1), g.ints(2 ** 40), g.ints(1))
        t = g("Transpose", g("Sub", "x", last), perm=[0, 2, 1])
        return g("Add", g("Transpose", g("MatMul", t, W(T, P)), perm=[0, 2, 1]), last, out="y")
    front = g("Tile", g("Slice", "x", g.ints(0), g.ints(1), g.ints(1)), g.ints(1, 2, 1))
    end = g("Tile", g("Slice", "x", g.ints(T - 1), g.ints(T), g.ints(1)), g.ints(1, 2, 1))
    trend = g("Transpose", g("AveragePool", g("Transpose", g("Concat", front, "x", end, axis=1), perm=[0, 2, 1]), kernel_shape=[5], strides=[1]), perm=[0, 2, 1])
    rest = g("Transpose", g("Sub", "x", trend), perm=[0, 2, 1])
    both = g("Add", g("MatMul", rest, W(T, P)), g("MatMul", g("Transpose", trend, perm=[0, 2, 1]), W(T, P)))
    return g("Transpose", both, perm=[0, 2, 1], out="y")


g = G()
dlinear(g, 24, 3, 6, True)
add("DLinear", model(g, (1, 24, 3)), "NTC", T=24, C=3)
g = G()
dlinear(g, 8, 12, 4, True)
add("DLinear, fewer steps than channels", model(g, ("batch", 8, 12)), "NTC", T=8, C=12)
g = G()
dlinear(g, 24, 3, 6, False)
add("NLinear", model(g, (1, 24, 3)), "NTC", T=24, C=3)
g = G()
m = g("ReduceMean", "x", axes=[1], keepdims=1)
c = g("Sub", "x", m)
e = g("MatMul", g("Transpose", c, perm=[0, 2, 1]), W(24, 6))
a = attention(g, e, 6)
g("Add", g("Transpose", g("MatMul", a, W(6, 5)), perm=[0, 2, 1]), m, out="y")
add("iTransformer: normalised over time, embedded over time", model(g, ("batch", 24, 3)), "NTC", T=24, C=3)

# patches: by Reshape, by unfold as slices and as Gather
g = G()
a = g("Reshape", g("Transpose", "x", perm=[0, 2, 1]), g.ints(0, 3, 6, 4))
g("ReduceMean", g("MatMul", a, W(4, 5)), axes=[2], keepdims=0, out="y")
add("patches of a transposed series", model(g, (1, 24, 3)), "NTC", T=24, C=3)
g = G()
a = g("Reshape", "x", g.ints(0, 3, 6, 4))
g("ReduceMean", g("MatMul", a, W(4, 5)), axes=[2], keepdims=0, out="y")
add("patches", model(g, (1, 3, 24)), "NCT", T=24, C=3)
g = G()
a = g("Reshape", "x", g.ints(0, 6, 12))
g("ReduceMean", g("MatMul", a, W(12, 5)), axes=[1], keepdims=0, out="y")
add("patches of all channels", model(g, (1, 24, 3)), "NTC", T=24, C=3)
for read, shape in (("NCT", (1, 5, 12)), ("NTC", (1, 12, 5))):
    g = G()
    a = "x" if read == "NCT" else g("Transpose", "x", perm=[0, 2, 1])
    parts = [g("Unsqueeze", g("Slice", a, g.ints(i), g.ints(i + 4), g.ints(2)), g.ints(2)) for i in range(0, 9, 4)]
    g("ReduceMean", g("MatMul", g("Concat", *parts, axis=2), W(4, 5)), axes=[2], keepdims=0, out="y")
    add(f"unfold as slices, {read}", model(g, shape), read, T=12, C=5)
    g = G()
    a = "x" if read == "NCT" else g("Transpose", "x", perm=[0, 2, 1])
    a = g("Gather", a, g.const([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], np.int64), axis=2)
    g("ReduceMean", g("MatMul", a, W(4, 5)), axes=[2], keepdims=0, out="y")
    add(f"unfold as gather, {read}", model(g, shape), read, T=12, C=5)

# ---- recurrent ----
def lstm(g, x, i, hid, **kw):
    return g("LSTM", x, W(1, 4 * hid, i), W(1, 4 * hid, hid), W(1, 8 * hid), hidden_size=hid, n_out=3, **kw)


g = G()
y, hn, cn = lstm(g, g("Transpose", "x", perm=[1, 0, 2]), 3, 4)
g("MatMul", g("Squeeze", hn, g.ints(0)), W(4, 2), out="y")
add("LSTM, batch first", model(g, ("batch", 20, 3)), "NTC", T=20, C=3)
g = G()
y, hn, cn = lstm(g, "x", 3, 4)
g("MatMul", g("Squeeze", hn, g.ints(0)), W(4, 2), out="y")
add("LSTM, steps first", model(g, (20, 1, 3)), "TNC", T=20, C=3)
add("LSTM, steps first, open", model(g, ("seq", "batch", 3)), "TNC", T=20, C=3, window=20)
add("LSTM, steps first, open without names", model(g, (None, None, 3)), "TNC", T=20, C=3, window=20)
g = G()
y, hn, cn = lstm(g, g("Transpose", "x", perm=[2, 0, 1]), 3, 4)
g("MatMul", g("Squeeze", hn, g.ints(0)), W(4, 2), out="y")
add("LSTM of (batch, channels, steps)", model(g, ("batch", 3, 20)), "NCT", T=20, C=3)
g = G()
y, hn, cn = lstm(g, g("Transpose", g("MatMul", "x", W(3, 5)), perm=[1, 0, 2]), 5, 4)
g("MatMul", g("Squeeze", hn, g.ints(0)), W(4, 2), out="y")
add("product, LSTM, batch first", model(g, (1, 20, 3)), "NTC", T=20, C=3)
g = G()
y, hn, cn = lstm(g, g("MatMul", "x", W(3, 5)), 5, 4)
g("MatMul", g("Squeeze", hn, g.ints(0)), W(4, 2), out="y")
add("product, LSTM, steps first", model(g, (20, 1, 3)), "TNC", T=20, C=3)
g = G()
y, hn, cn = lstm(g, g("Unsqueeze", "x", g.ints(1)), 3, 4)
g("MatMul", g("Squeeze", hn, g.ints(0)), W(4, 2), out="y")
add("LSTM without batch", model(g, (20, 3)), "TC", T=20, C=3)

# ---- rank 2 and 1 ----
g = G()
g("Squeeze", g("Conv", g("Unsqueeze", g("Transpose", "x", perm=[1, 0]), g.ints(0)), W(2, 3, 5), name="c"), g.ints(0), out="y")
add("time by channels", model(g, (40, 3)), "TC", T=40, C=3, shapes={"x": [3, 40], "c": [2, 36]})
add("time by channels, time open", model(g, ("time", 3)), "TC", T=40, C=3, window=40)
g = G()
g("Squeeze", g("Conv", g("Unsqueeze", "x", g.ints(0)), W(2, 3, 5), name="c"), g.ints(0), out="y")
add("channels by time", model(g, (3, 40)), "CT", T=40, C=3, shapes={"x": [3, 40], "c": [2, 36]})
g = G()
g("Relu", g("Conv", g("Unsqueeze", "x", g.ints(1)), W(2, 1, 5), name="c"), out="y")
add("batch by time", model(g, ("batch", 40)), "NT", T=40)
add("batch of one by time", model(g, (1, 40)), "NT", T=40)
add("batch by time, both open", model(g, (None, None)), "NT", T=40, window=40)
g = G()
g("Gemm", g("Relu", g("Gemm", "x", W(40, 5))), W(5, 2), out="y")
add("perceptron", model(g, ("batch", 40)), "NT", T=40)
g = G()
g("ReduceMean", g("Conv", g("Unsqueeze", "x", g.ints(0, 1)), W(2, 1, 5), name="c"), axes=[0, 2], keepdims=0, out="y")
add("one axis", model(g, (64,)), "T", T=64, shapes={"x": [1, 64], "c": [2, 60]})
add("one axis, open", model(g, ("samples",)), "T", T=64, window=64)
g = G()
e = g("MatMul", "x", W(6, 4))
s = g("Softmax", g("MatMul", e, g("Transpose", g("MatMul", "x", W(6, 4)), perm=[1, 0])), axis=-1)
g("ReduceMean", g("MatMul", s, g("MatMul", "x", W(6, 4))), axes=[0], keepdims=0, out="y")
add("attention without batch", model(g, (20, 6)), "TC", T=20, C=6)

# ---- undecided ----
g = G()
g("Gemm", g("Flatten", "x"), W(60, 2), out="y")
add("flattened at once", model(g, (1, 3, 20)), "NCT", T=20, C=3, doubt=True)
add("flattened at once, long first", model(g, (1, 20, 3)), "NTC", T=20, C=3, doubt=True)
add("flattened at once, --layout", model(g, (1, 20, 3)), "NTC", T=20, C=3, options=["layout=NTC"])

# ---- several inputs ----
def states(g, x, h0, c0, i=3, hid=4):
    y, hn, cn = g("LSTM", x, W(1, 4 * hid, i), W(1, 4 * hid, hid), W(1, 8 * hid), "", h0, c0, out="o,hn,cn", hidden_size=hid)
    g("MatMul", g("Squeeze", hn, g.ints(0)), W(hid, 2), out="y")
    return hn, cn


def zeros(**shapes):
    return {k: np.zeros(v, np.float32) for k, v in shapes.items()}


outs = [info("y", (1, 2)), info("hn", (1, 1, 4)), info("cn", (1, 1, 4))]
g = G()
states(g, g("Transpose", "x", perm=[1, 0, 2]), "h0", "c0")
m = model(g, None, inputs=[info("h0", (1, 1, 4)), info("x", (1, 12, 3)), info("c0", (1, 1, 4))], outputs=outs)
add("LSTM with states", m, "NTC", T=12, C=3, feed=zeros(h0=(1, 1, 4), c0=(1, 1, 4)), said="these inputs are zeros: h0 (1 x 1 x 4), c0 (1 x 1 x 4)")
add("LSTM with states, one set", m, "NTC", T=12, C=3, feed={**zeros(c0=(1, 1, 4)), "h0": np.full((1, 1, 4), 0.5, np.float32)}, options=["set=h0=0.5"],
    said="these inputs are zeros: c0 (1 x 1 x 4)")
add("an input that is not there is set", m, error="--set: there is no input 'h1'; there are h0, x, c0", options=["set=h1=0"])
add("an input that is not there is named", m, error="--input: there is no input 'z'; there are h0, x, c0", options=["input=z"])
add("an input is set twice", m, error="sets input 'h0' twice", options=["set=h0=0", "set=h0=1"])
add("an input is named and set", m, error="--input and --set both name 'x'", options=["input=x", "set=x=0"])
g = G()
states(g, g("Transpose", "x", perm=[1, 0, 2]), g("Unsqueeze", "a", g.ints(0)), g("Unsqueeze", "b", g.ints(0)))
add("states without a name or an output", model(g, None, inputs=[info("x", ("batch", 12, 3)), info("a", ("batch", 4)), info("b", ("batch", 4))]), "NTC", T=12, C=3,
    feed=zeros(a=(1, 4), b=(1, 4)), said="these inputs are zeros: a (batch x 4), b (batch x 4)")
# a voice detector: a chunk, a state, the sampling rate that chooses a branch
g = G()
yes, no = G("t_"), G("f_")
a = yes("Conv", yes("Unsqueeze", "x", yes.ints(1)), W(4, 1, 8), strides=[4])
yes("ReduceMean", a, axes=[2], keepdims=0, out="t_y")
a = no("Conv", no("Unsqueeze", "x", no.ints(1)), W(4, 1, 4), strides=[2])
no("ReduceMean", a, axes=[2], keepdims=0, out="f_y")
g("If", g("Equal", "sr", g.const(16000, np.int64)), out="m", then_branch=h.make_graph(yes.nodes, "yes", [], [info("t_y", None)], yes.inits),
  else_branch=h.make_graph(no.nodes, "no", [], [info("f_y", None)], no.inits))
y, hn, cn = g("LSTM", g("Unsqueeze", "m", g.ints(0)), W(1, 16, 4), W(1, 16, 4), W(1, 32), "", g("Slice", "state", g.ints(0), g.ints(1), g.ints(0)), g("Slice", "state", g.ints(1), g.ints(2), g.ints(0)), hidden_size=4, n_out=3)
g("Concat", hn, cn, axis=0, out="stateN")
g("Sigmoid", g("MatMul", g("Squeeze", hn, g.ints(0)), W(4, 1)), out="y")
m = model(g, None, inputs=[info("x", ("n", 64)), info("state", (2, "n", 4)), info("sr", (), TP.INT64)], outputs=[info("y", None), info("stateN", None)])
for sr in (16000, 8000):
    add(f"voice detector of {sr} Hz", m, "NT", T=64, options=[f"set=sr={sr}"], feed={**zeros(state=(2, 1, 4)), "sr": np.asarray(sr, np.int64)},
        said="these inputs are zeros: state (2 x n x 4)")
add("voice detector without rate", m, error="input 'sr' is of type int64 and takes no window; --set sr=VALUE")
add("voice detector with half a rate", m, error="takes whole numbers", options=["set=sr=0.5"])
# a streaming denoiser: a causal convolution over a cache
g = G()
a = g("Concat", "cache", "x", axis=2, out="both")
g("Slice", a, g.ints(-4), g.ints(2 ** 40), g.ints(2), out="cache_out")
g("Conv", a, W(2, 3, 5), out="y", name="c")
add("convolution over a cache", model(g, None, inputs=[info("x", (1, 3, 16)), info("cache", (1, 3, 4))], outputs=[info("y", None), info("cache_out", (1, 3, 4))]), "NCT",
    T=16, C=3, feed=zeros(cache=(1, 3, 4)))
g = G()
g("Conv", g("Mul", "x", g("Cast", "lengths", to=TP.FLOAT)), W(2, 3, 5), out="y", name="c")
m = model(g, None, inputs=[info("x", (1, 3, 16)), info("lengths", (1,), TP.INT64)])
add("a number of steps", m, "NCT", T=16, C=3, feed={"lengths": np.asarray([16], np.int64)})
add("a number of steps, set", m, "NCT", T=16, C=3, feed={"lengths": np.asarray([7], np.int64)}, options=["set=lengths=7"])
# two series
g = G()
a = g("Concat", g("Conv", "a", W(2, 3, 5), name="ca"), g("Conv", g("Transpose", "b", perm=[0, 2, 1]), W(2, 2, 5), name="cb"), axis=1)
g("ReduceMean", a, axes=[2], keepdims=0, out="y")
m = model(g, None, inputs=[info("a", (1, 3, 16)), info("b", (1, 16, 2))])
add("two series", m, error="the network reads 2 series: a (1 x 3 x 16), b (1 x 16 x 2); --input NAME")
add("two series joined", m, "NCT", T=16, C=5, options=["input=a,b"],
    feed=lambda tc: {"a": np.ascontiguousarray(tc[:, :3].T)[None], "b": np.ascontiguousarray(tc[:, 3:])[None]})
add("two series joined the other way", m, "NTC", T=16, C=5, options=["input=b,a"],
    feed=lambda tc: {"a": np.ascontiguousarray(tc[:, 2:].T)[None], "b": np.ascontiguousarray(tc[:, :2])[None]})
add("one series of two", m, "NCT", T=16, C=3, options=["input=a"], feed=lambda tc: {"a": np.ascontiguousarray(tc.T)[None], **zeros(b=(1, 16, 2))},
    said="these inputs are zeros: b (1 x 16 x 2)")
add("one series of two, the other set", m, "NCT", T=16, C=3, options=["set=b=1.5"],
    feed=lambda tc: {"a": np.ascontiguousarray(tc.T)[None], "b": np.full((1, 16, 2), 1.5, np.float32)})
add("one series named twice", m, error="--input names 'a' twice", options=["input=a,a"])
g = G()
a = g("ReduceMean", g("Conv", "a", W(2, 3, 5)), axes=[2], keepdims=0)
g("Add", a, g("Squeeze", g("Conv", g("Unsqueeze", "b", g.ints(1)), W(2, 1, 8)), g.ints(2)), out="y")
add("two series of other lengths", model(g, None, inputs=[info("a", (1, 3, 16)), info("b", (1, 8))]), error="'a' has 16 and 'b' 8", options=["input=a,b"])
g = G()
a = g("Concat", g("ReduceMean", g("Conv", "x", W(2, 4, 5), name="c"), axes=[2], keepdims=0), "d", axis=1)
g("MatMul", a, W(4, 3), out="y")
m = model(g, None, inputs=[info("x", (1, 4, 64)), info("d", (1, 2))])
add("a series and two numbers", m, error="the network reads 2 series: x (1 x 4 x 64), d (1 x 2)")
add("a series and two numbers, set", m, "NCT", T=64, C=4, options=["set=d=2"], feed={"d": np.full((1, 2), 2, np.float32)})
# an input that is an initializer is a constant
g = G()
w = g.const(W(2, 3, 5))
g("Conv", "x", w, out="y", name="c")
add("weights among the inputs", model(g, None, inputs=[info(w, (2, 3, 5)), info("x", (1, 3, 16))]), "NCT", T=16, C=3)
g = G()
g("Conv", "x", W(2, 3, 5), out="y", name="c")
add("an input that nothing reads", model(g, None, inputs=[info("x", (1, 3, 16)), info("mask", (1, 16))]), "NCT", T=16, C=3, feed=zeros(mask=(1, 16)))
add("no series", model(g, None, inputs=[info("x", (), TP.INT64)]), error="input 'x' is of type int64")

# ---- Loop and Scan ----
def body(g, ins, outs):
    types = {"go2": TP.BOOL, "time2": TP.INT64}
    return h.make_graph(g.nodes, "body", ins, [info(o, () if o in types else None, types.get(o, TP.FLOAT)) for o in outs], g.inits)


def loop_rnn(stacked, cond="identity", trips=12, most=None):
    """A Keras RNN as tf2onnx writes it: time first, a Gather of the step, the states carried."""
    g, b = G(), G("b_")
    xt = g("Transpose", "x", perm=[1, 0, 2], out="xt")
    z = b("Add", b("MatMul", b("Gather", "xt", "it", axis=0), W(3, 4)), b("MatMul", "h", W(4, 4)))
    b("Tanh", b("Add", z, W(4)), out="h2")
    b("Identity", "h2", out="each")
    if cond == "less":
        b("And", b("Less", b("Add", "it", b.const(1, np.int64)), b.const(trips, np.int64)), "go", out="go2")
    else:
        b("Identity", "go", out="go2")
    gr = body(b, [info("it", (), TP.INT64), info("go", (), TP.BOOL), info("h", (1, 4))], ["go2", "h2"] + (["each"] if stacked else []))
    most = trips if most is None and cond != "less" else most
    n = "" if most is None else g.const(most, np.int64)
    g("Loop", n, g.const(True, bool), np.zeros((1, 4), np.float32), out="last,all" if stacked else "last", body=gr)
    if stacked:
        g("MatMul", g("Transpose", "all", perm=[1, 0, 2]), W(4, 2), out="y")
    else:
        g("MatMul", "last", W(4, 2), out="y")
    return g


for producer in ("tf2onnx", "other"):
    add(f"loop by {producer}", model(loop_rnn(False), (1, 12, 3), producer=producer), "NTC", T=12, C=3,
        layers="Transpose RNN MatMul")
add("loop with collected states", model(loop_rnn(True), (1, 12, 3), producer="tf2onnx"), "NTC", T=12, C=3, shapes={"n2": [4, 12], "n4": [2, 12]})
add("loop that ends by its condition", model(loop_rnn(True, cond="less"), (1, 12, 3), producer="tf2onnx"), "NTC", T=12, C=3)
add("loop of one round", model(loop_rnn(True, trips=1), (1, 12, 3), producer="tf2onnx"), "NTC", T=12, C=3)
for trips, what in ((10 ** 9, "it runs 1000000000 rounds of"), (0, "it runs no round"), (-5, "it runs no round")):
    add(f"loop of {trips} rounds", model(loop_rnn(False, trips=trips), (1, 12, 3), producer="tf2onnx"), error=what)
add("loop beyond the series", model(loop_rnn(False, trips=13), (1, 12, 3), producer="tf2onnx"), error="outside")
g, b = G(), G("b_")
b("Identity", "go", out="go2")
b("Mul", "s", b.const(0.5), out="s2")
g("Loop", "", g.const(True, bool), "x", out="y", body=body(b, [info("it", (), TP.INT64), info("go", (), TP.BOOL), info("s", None)], ["go2", "s2"]))
add("loop without end", model(g, (1, 12, 3), producer="tf2onnx"), error="loops are written out while loading")


def keras_lstm(units=4, T=12):
    """The cell of an LSTM with counters among the states, as tf.while is written."""
    g, b = G(), G("b_")
    g("Transpose", "x", perm=[1, 0, 2], out="xt")
    z = b("Add", b("Add", b("MatMul", b("Gather", "xt", "time", axis=0), W(3, 4 * units)), b("MatMul", "h", W(units, 4 * units))), W(4 * units))
    i, f, c, o = b("Split", z, axis=1, n_out=4)
    b("Add", b("Mul", b("Sigmoid", f), "c"), b("Mul", b("Sigmoid", i), b("Tanh", c)), out="c2")
    b("Mul", b("Sigmoid", o), b("Tanh", "c2"), out="h2")
    b("Identity", "h2", out="each")
    b("Add", "time", b.const(1, np.int64), out="time2")
    b("And", b("Less", "time2", b.const(T, np.int64)), "go", out="go2")
    gr = body(b, [info("it", (), TP.INT64), info("go", (), TP.BOOL), info("time", (), TP.INT64), info("h", (1, units)), info("c", (1, units))],
              ["go2", "time2", "h2", "c2", "each"])
    zero = np.zeros((1, units), np.float32)
    g("Loop", g.const(2 ** 31 - 1, np.int64) if T < 0 else "", g.const(True, bool), g.const(0, np.int64), zero, zero, out="t_end,h_end,c_end,all", body=gr)
    return g


g = keras_lstm()
g("MatMul", "h_end", W(4, 2), out="y")
add("LSTM as a loop", model(g, (1, 12, 3), producer="tf2onnx"), "NTC", T=12, C=3, layers="Transpose LSTM MatMul")
g = keras_lstm()
g("MatMul", g("Transpose", "all", perm=[1, 0, 2]), W(4, 2), out="y")
add("LSTM as a loop, all states", model(g, (1, 12, 3), producer="tf2onnx"), "NTC", T=12, C=3, shapes={"n2": [4, 12], "n4": [2, 12]})
g, b = G(), G("b_")
b("Concat", "s", b("Gather", "x", "it", axis=1), axis=1, out="s2")
b("Identity", "go", out="go2")
g("Loop", g.const(4, np.int64), "", g("ReduceMean", "x", axes=[1], keepdims=0), out="y",
  body=body(b, [info("it", (), TP.INT64), info("go", (), TP.BOOL), info("s", None)], ["go2", "s2"]))
add("loop whose state grows", model(g, (1, 12, 3), producer="tf2onnx"), "NTC", T=12, C=3)
g, b = G(), G("b_")
b("Less", b("ReduceSum", "s", keepdims=0), b.const(3.0), out="go2")
b("Add", "s", "x", out="s2")
g("Loop", g.const(4, np.int64), "", "x", out="y", body=body(b, [info("it", (), TP.INT64), info("go", (), TP.BOOL), info("s", None)], ["go2", "s2"]))
add("loop that the input ends", model(g, (1, 12, 3), producer="tf2onnx"), error="its condition depends on the input")


def scan(directions, axes, out_direction=0):
    g, b = G(), G("b_")
    b("Tanh", b("Add", b("MatMul", "xi", W(3, 4)), b("MatMul", "h", W(4, 4))), out="h2")
    b("Identity", "h2", out="each")
    x = "x" if axes == 1 else g("Transpose", "x", perm=[1, 0, 2])
    g("Scan", np.zeros((1, 4), np.float32), x, out="last,all", num_scan_inputs=1, scan_input_directions=[directions], scan_input_axes=[axes],
      scan_output_directions=[out_direction], scan_output_axes=[1], body=body(b, [info("h", (1, 4)), info("xi", (1, 3))], ["h2", "each"]))
    g("Concat", g("Flatten", "all"), "last", axis=1, out="y")
    return g


for d in (0, 1):
    for a in (0, 1):
        add(f"scan, direction {d}, axis {a}", model(scan(d, a, d), (1, 12, 3), producer="tf2onnx"), "NTC", T=12, C=3)

# ---- names ----
g = G()
long = "model/" + "block_of_a_network/" * 20
a = g("Conv", "x", W(4, 3, 3), out=long + "a", name=long + "a")
b = g("Conv", a, W(4, 4, 3), out=long + "b", name=long + "b")
g("Add", g("Relu", b, out=long + "c", name=long + "c"), g("Slice", a, g.ints(1), g.ints(13), g.ints(2)), out="y", name=long + "d")
add("names of 400 bytes that differ in the last one", model(g, (1, 3, 16)), "NCT", T=16, C=3)

# ---- attention of several heads ----
def multi_head(g, x, d, heads):
    """PyTorch's layer of the encoder with batch_first: (steps, batch, features) inside, batch and heads on one axis."""
    t = g("Transpose", x, perm=[1, 0, 2])
    dim = lambda i: g("Gather", g("Shape", t), g.ints(i), axis=0)
    each = d // heads
    apart = g("Concat", dim(0), g("Mul", dim(1), g.ints(heads)), g.ints(each), axis=0)
    q, k, v = (g("Transpose", g("Reshape", g("MatMul", t, W(d, d)), apart), perm=[1, 0, 2]) for _ in range(3))
    s = g("Softmax", g("MatMul", q, g("Transpose", k, perm=[0, 2, 1])), axis=-1)
    o = g("Transpose", g("MatMul", s, v), perm=[1, 0, 2])
    flat = g("Reshape", o, g("Concat", g("Mul", dim(0), dim(1)), g.ints(d), axis=0))
    o = g("Reshape", g("Gemm", flat, W(d, d)), g("Concat", dim(0), dim(1), g.ints(-1), axis=0))
    return g("Transpose", o, perm=[1, 0, 2])


for heads in (2, 3):
    for T, C in ((12, 8), (8, 12)):
        g = G()
        e = g("MatMul", "x", W(C, 12))
        g("MatMul", g("ReduceMean", g("Add", multi_head(g, e, 12, heads), e), axes=[1], keepdims=0), W(12, 2), out="y")
        add(f"transformer of {heads} heads, open batch, {T} steps of {C} channels", model(g, ("batch", T, C)), "NTC", T=T, C=C, doubt=T < C,
            said="--layout NCT" if T < C else None)
g = G()
g("Flatten", g("Relu", g("MatMul", "x", W(64, 4))), out="y")
add("product over the last axis, which is long", model(g, (1, 3, 64)), "NTC", T=3, C=64, doubt=True, said="--layout NCT reads it otherwise")

# ---- a loop as PyTorch writes `while` ----
for most in (2 ** 63 - 1, 2 ** 31 - 1):
    add(f"loop of at most {most} rounds that ends by its condition", model(loop_rnn(True, cond="less", most=most), (1, 12, 3)), "NTC", T=12, C=3)

# ---- one channel ----
for shape, read in (((1, 1, 20), "NCT"), ((1, 20, 1), "NTC")):
    g = G()
    g("Gemm", g("Flatten", "x"), W(20, 3), W(3), out="y")
    add(f"one channel flattened, {read}", model(g, shape), read, T=20, C=1)

# ---- the last step is taken away ----
g = G()
dlinear(g, 12, 21, 8, False)
add("NLinear, fewer steps than channels", model(g, (1, 12, 21)), "NTC", T=12, C=21, doubt=True)
g = G()
last = g("Unsqueeze", g("Gather", "x", g.const(11, np.int64), axis=1), g.ints(1))
t = g("Transpose", g("Sub", "x", last), perm=[0, 2, 1])
g("Transpose", g("MatMul", t, W(12, 4)), perm=[0, 2, 1], out="y")
add("NLinear by Gather", model(g, (1, 12, 15)), "NTC", T=12, C=15, doubt=True)

# ---- loops that are recurrent layers, and such that only look like them ----
def cell(kind, T=12, H=4):
    """A loop over 3 features of T steps; its last state and all states are read."""
    g, b = G(), G("b_")
    xt = b("Gather", "xt", "it", axis=0)
    g("Transpose", "x", perm=[1, 0, 2], out="xt")

    def affine(n, bias=True, of="h"):
        z = b("Add", b("MatMul", xt, W(3, n)), b("MatMul", of, W(H, n)))
        return b("Add", z, W(n)) if bias else z

    states = ["h"]
    if kind == "relu":
        b("Relu", affine(H, False), out="h2")
    elif kind == "joined":
        b("Tanh", b("Gemm", b("Concat", xt, "h", axis=1), W(H, 3 + H), W(H), transB=1), out="h2")
    elif kind in ("reset after", "reset before", "update turned"):
        z, r = b("Sigmoid", affine(H)), b("Sigmoid", affine(H))
        if kind == "reset before":
            fresh = affine(H, of=b("Mul", r, "h"))
        else:
            fresh = b("Add", b("Add", b("MatMul", xt, W(3, H)), W(H)), b("Mul", r, b("Add", b("MatMul", "h", W(H, H)), W(H))))
        keep, new = ("h", b("Tanh", fresh)) if kind != "update turned" else (b("Tanh", fresh), "h")
        b("Add", b("Mul", z, keep), b("Mul", b("Sub", np.float32(1), z), new), out="h2")
    else:
        states = ["h", "c"]
        i, f, c, o = (affine(H) for _ in range(4)) if kind == "apart" else b("Split", affine(4 * H), axis=1, n_out=4)
        f = b("Add", f, b("Mul", "c", W(H))) if kind == "peephole" else f
        old = b("Mul", b("HardSigmoid" if kind == "hard sigmoid" else "Sigmoid", f), "c")
        b("Add", old, b("Mul", b("Sigmoid", i), b("Tanh", c)), out="c2")
        h2 = b("Mul", b("Sigmoid", o), b("Tanh", "c2"), out="h3" if kind == "mask" else "h2")
        if kind == "mask":
            b("Where", b("Greater", b("ReduceSum", xt, b.ints(1)), np.float32(0)), h2, "h", out="h2")
    b("Identity", "h2", out="each")
    b("Identity", "go", out="go2")
    gr = body(b, [info("it", (), TP.INT64), info("go", (), TP.BOOL)] + [info(s, (1, H)) for s in states], ["go2"] + [s + "2" for s in states] + ["each"])
    g("Loop", g.const(T, np.int64), g.const(True, bool), *[W(1, H) for _ in states], out=",".join(s + "_end" for s in states) + ",all", body=gr)
    both = [g("Transpose", "all", perm=[1, 0, 2])] + [g("Unsqueeze", s + "_end", g.ints(1)) for s in states]
    g("Concat", *both, axis=1, out="y")
    return g


for kind, becomes in (("relu", "RNN"), ("joined", "RNN"), ("reset after", "GRU"), ("reset before", "GRU"), ("together", "LSTM"), ("apart", "LSTM"),
                      ("update turned", "Loop"), ("peephole", "Loop"), ("hard sigmoid", "Loop"), ("mask", "Loop")):
    add(f"loop of a cell, {kind}", model(cell(kind), (1, 12, 3), producer="tf2onnx"), "NTC", T=12, C=3,
        layers=f"Transpose {becomes} Transpose Unsqueeze" + (" Unsqueeze" if becomes == "LSTM" or kind in ("peephole", "hard sigmoid", "mask") else "") + " Concat")

JS = r"""
const ort = require('onnxruntime-node');
ort.env.logLevel = 'error';
(async () => {
	const out = [];
	for (const c of JSON.parse(require('fs').readFileSync(0, 'utf8'))) {
		try {
			const s = await ort.InferenceSession.create(Buffer.from(c.model, 'base64'), { graphOptimizationLevel: 'disabled' });
			const feeds = {};
			for (const [k, v] of Object.entries(c.feeds))
				feeds[k] = v.type === 'int64' ? new ort.Tensor('int64', BigInt64Array.from(v.data.map(q => BigInt(q))), v.dims)
					: v.type === 'bool' ? new ort.Tensor('bool', v.data.map(q => q !== 0), v.dims)
					: new ort.Tensor('float32', Float32Array.from(v.data), v.dims);
			for (const k of Object.keys(feeds))
				if (!s.inputNames.includes(k))
					delete feeds[k];
			const r = await s.run(feeds);
			out.push({ y: Array.from(r[c.out].data, Number) });
		} catch (e) {
			out.push({ error: String(e.message || e) });
		}
	}
	process.stdout.write(JSON.stringify(out));
})();
"""
asked = [c for c in cases if "feeds" in c]
answers = json.loads(subprocess.run(["node", "-e", JS], input=json.dumps(asked), capture_output=True, text=True, check=True).stdout)
for c, a in zip(asked, answers):
    if "error" in a:
        print("onnxruntime:", c["name"], a["error"][:200], file=sys.stderr)
    c["output"] = [float("%.9g" % v) for v in a.get("y", [])]
    del c["feeds"], c["out"]
with open(os.path.join(OUT, "axes.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
