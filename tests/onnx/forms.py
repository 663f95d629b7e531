#!/usr/bin/python3
"""Forms of ONNX files that torch does not write: older operators, every way to keep numbers, constants, inputs, If; and files that mean
harm. Numbers by numpy from the operators' definitions.

    /usr/bin/python3 tests/onnx/forms.py [FOLDER]         (Debian: python3-onnx)

forms.json: [{name, model (base64), window, layout, input, output (null: is refused), error (part of the sentence)}], see
test_onnx_forms.c."""
import base64, json, os, sys
import numpy as np
import onnx
from onnx import helper as h, numpy_helper as nh, TensorProto as TP

OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(5)
X = rng.standard_normal((1, 2, 6)).astype(np.float32)
cases = []


def f32(name, v):
    return nh.from_array(np.asarray(v, np.float32), name)


def i64(name, v):
    return nh.from_array(np.asarray(v, np.int64), name)


def model(nodes, inits=(), opset=13, shape=(1, 2, 6), out=None, ir=7, inputs=None, outputs=None, typ=TP.FLOAT):
    g = h.make_graph(nodes, "g", inputs or [h.make_tensor_value_info("x", typ, shape)],
                     outputs or [h.make_tensor_value_info("y", TP.FLOAT, out)], list(inits))
    return h.make_model(g, opset_imports=[h.make_opsetid("", opset)], ir_version=ir, producer_name="forms")


def add(name, m, y=None, error=None, x=X[0].T, raw=None, **kw):
    data = raw if raw is not None else m.SerializeToString()
    entry = {"name": name, "model": base64.b64encode(data).decode()}
    entry.update(kw)
    if error is None:
        entry["input"] = [float("%.9g" % v) for v in np.asarray(x, np.float64).ravel()]
        entry["output"] = [float("%.9g" % v) for v in np.asarray(y, np.float64).ravel()]
    else:
        entry["error"] = error
    cases.append(entry)


def N(op, i, o="y", **a):
    return h.make_node(op, i if isinstance(i, list) else [i], o if isinstance(o, list) else [o], name=a.pop("name", "n"), **a)


def softmax(v, axis):
    e = np.exp(v - v.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


# ---- older forms ----
add("softmax 11 flattens", model([N("Softmax", "x", axis=1)], opset=11), softmax(X.reshape(1, 12), 1))
add("logsoftmax 11 flattens", model([N("LogSoftmax", "x", axis=1)], opset=11), np.log(softmax(X.reshape(1, 12), 1)))
add("softmax 13, reshaped", model([N("Softmax", "x", "s", axis=2), N("Flatten", "s", "f", name="f"), N("Identity", "f", name="i")]), softmax(X, 2))
add("softmax 11 default axis", model([N("Softmax", "x")], opset=9), softmax(X.reshape(1, 12), 1))
add("logsoftmax 12 last axis", model([N("LogSoftmax", "x", axis=2)], opset=12), np.log(softmax(X, 2)))
add("reduce axes attribute", model([N("ReduceSum", "x", axes=[2], keepdims=0)], opset=11), X.sum(2))
add("reduce all axes", model([N("ReduceMax", "x", keepdims=1)], opset=12), X.max())
add("reduce axes 17", model([N("ReduceL2", "x", axes=[-1])], opset=17), np.sqrt((X * X).sum(2)))
add("reduce axes 18", model([N("ReduceMean", ["x", "a"], keepdims=0)], [i64("a", [2])], opset=18), X.mean(2))
add("split 11 attribute", model([N("Split", "x", ["a", "y"], axis=2, split=[2, 4])], opset=11), X[:, :, 2:])
add("split 18 num_outputs", model([N("Split", "x", ["a", "y"], axis=2, num_outputs=2)], opset=18), X[:, :, 3:])
add("slice 9", model([N("Slice", "x", starts=[1], ends=[-1], axes=[2])], opset=9), X[:, :, 1:-1])
add("slice 9 without axes", model([N("Slice", "x", starts=[0, 1], ends=[1, 2])], opset=9), X[:, 1:2])
add("pad 10", model([N("Pad", "x", pads=[0, 0, 1, 0, 0, 2], value=0.5)], opset=10), np.pad(X, ((0, 0), (0, 0), (1, 2)), constant_values=0.5))
add("pad 10 reflect", model([N("Pad", "x", pads=[0, 0, 1, 0, 0, 2], mode="reflect")], opset=9), np.pad(X, ((0, 0), (0, 0), (1, 2)), "reflect"))
add("clip 6", model([N("Clip", "x", min=-0.5, max=0.25)], opset=8), X.clip(-0.5, 0.25))
add("clip 6 one end", model([N("Clip", "x", max=0.25)], opset=8), X.clip(None, 0.25))
add("dropout 7 ratio", model([N("Dropout", "x", ratio=0.5)], opset=7), X)
add("dropout 12 ratio input", model([N("Dropout", ["x", "r"])], [f32("r", 0.5)], opset=12), X)
add("squeeze axes attribute", model([N("Unsqueeze", "x", "a", axes=[0, 4]), N("Squeeze", "a", axes=[0, 4], name="m")], opset=11), X)
add("squeeze axes input", model([N("Unsqueeze", ["x", "k"], "a"), N("Squeeze", ["a", "k"], name="m")], [i64("k", [3])], opset=13), X)
W = rng.standard_normal((3, 12)).astype(np.float32)
B = rng.standard_normal(3).astype(np.float32)
add("gemm 6 broadcast", model([N("Flatten", "x", "a"), N("Gemm", ["a", "w", "b"], transB=1, broadcast=1, alpha=0.5, name="m")], [f32("w", W), f32("b", B)],
    opset=6, ir=3), 0.5 * X.reshape(1, 12) @ W.T + B)
S = np.float32([2, -1])
add("mul 6 axis", model([N("Mul", ["x", "s"], axis=1, broadcast=1)], [f32("s", S)], opset=6, ir=3), X * S[:, None])
add("add 6 scalar", model([N("Add", ["x", "s"], broadcast=1)], [f32("s", [1.5])], opset=6, ir=3), X + 1.5)
add("pow 7", model([N("Abs", "x", "a"), N("Pow", ["a", "s"], name="m")], [f32("s", 1.5)], opset=7), np.abs(X) ** 1.5)
add("pow 13 integer exponent", model([N("Pow", ["x", "s"])], [i64("s", 2)], opset=13), X ** 2)
add("prelu 6 per channel", model([N("PRelu", ["x", "s"])], [f32("s", [0.1, 0.3])], opset=6, ir=3), np.where(X > 0, X, X * np.float32([0.1, 0.3])[:, None]))
add("prelu 9 per channel", model([N("PRelu", ["x", "s"])], [f32("s", [[0.1], [0.3]])], opset=9), np.where(X > 0, X, X * np.float32([0.1, 0.3])[:, None]))
bn = dict(scale=[1.5, 0.5], b=[0.1, -0.2], mean=[0.3, -0.1], var=[0.8, 1.2])
BN = (X - np.float32(bn["mean"])[:, None]) / np.sqrt(np.float32(bn["var"])[:, None] + 1e-5) * np.float32(bn["scale"])[:, None] + np.float32(bn["b"])[:, None]
bni = [f32(k, v) for k, v in bn.items()]
add("batch norm 7 spatial", model([N("BatchNormalization", ["x", *bn], spatial=1, momentum=0.9)], bni, opset=7), BN)
add("batch norm 6 is_test", model([N("BatchNormalization", ["x", *bn], is_test=1)], bni, opset=6, ir=3), BN)
add("batch norm 15", model([N("BatchNormalization", ["x", *bn], training_mode=0)], bni, opset=15), BN)
add("upsample 7", model([N("Upsample", "x", scales=[1.0, 1.0, 2.0], mode="nearest")], opset=7), X.repeat(2, 2))
add("upsample 9", model([N("Upsample", ["x", "s"], mode="nearest")], [f32("s", [1, 1, 3])], opset=9), X.repeat(3, 2))
add("resize 10", model([N("Resize", ["x", "s"], mode="nearest")], [f32("s", [1, 1, 2])], opset=10), X.repeat(2, 2))
add("resize 13 sizes", model([N("Resize", ["x", "r", "s", "z"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")],
    [f32("r", []), f32("s", []), i64("z", [1, 2, 12])], opset=13), X.repeat(2, 2))
gx = rng.standard_normal((1, 4, 6)).astype(np.float32)
gn = ((gx.reshape(1, 2, 12) - gx.reshape(1, 2, 12).mean(2, keepdims=True)) / np.sqrt(gx.reshape(1, 2, 12).var(2, keepdims=True) + 1e-5)).reshape(1, 4, 6)
add("group norm 18", model([N("GroupNormalization", ["x", "s", "b"], num_groups=2)], [f32("s", [2, -1]), f32("b", [0.5, 1])], opset=18, shape=(1, 4, 6), ir=8),
    gn * np.float32([2, 2, -1, -1])[:, None] + np.float32([0.5, 0.5, 1, 1])[:, None], x=gx.reshape(4, 6).T)
add("group norm 21", model([N("GroupNormalization", ["x", "s", "b"], num_groups=2)], [f32("s", [2, -1, 1, 3]), f32("b", [0.5, 1, 0, 0])], opset=21,
    shape=(1, 4, 6), ir=10), gn * np.float32([2, -1, 1, 3])[:, None] + np.float32([0.5, 1, 0, 0])[:, None], x=gx.reshape(4, 6).T)
add("average pool 19 dilations", model([N("AveragePool", "x", kernel_shape=[2], dilations=[3])], opset=19, ir=9), (X[:, :, :3] + X[:, :, 3:]) / 2)
add("lp pool", model([N("LpPool", "x", kernel_shape=[2], strides=[2], p=2)], opset=11), np.sqrt((X.reshape(1, 2, 3, 2) ** 2).sum(3)))
add("concat without axis", model([N("Concat", ["x", "x"])], opset=3, ir=3), np.concatenate([X, X], 1))
add("cast to by name", model([N("Cast", "x", "a", to="INT64"), N("Cast", "a", to="FLOAT", name="m")], opset=5, ir=3), np.trunc(X), error=None)
add("reshape shape attribute", model([N("Reshape", "x", shape=[1, -1])], opset=4, ir=3), X)
add("top k 9", model([N("TopK", "x", ["y", "i"], k=2, axis=2)], opset=9), np.sort(X, 2)[:, :, ::-1][:, :, :2])
add("consumed inputs", model([N("Relu", "x", consumed_inputs=[0])], opset=5, ir=3), X.clip(0))
add("ai.onnx domain", model([h.make_node("Relu", ["x"], ["y"], domain="ai.onnx")]), X.clip(0))
K = rng.standard_normal((2, 2, 3)).astype(np.float32)


def conv(x, k):
    x = np.pad(x[0], ((0, 0), (1, 1)))
    return np.stack([sum((x[c, t:t + 3] * k[f, c]).sum() for c in range(2)) for f in range(2) for t in range(6)]).reshape(1, 2, 6)


CV = conv(X.astype(np.float64), K.astype(np.float64))
cv = dict(kernel_shape=[3], pads=[1, 1])
add("conv auto_pad", model([N("Conv", ["x", "k"], auto_pad="SAME_UPPER", kernel_shape=[3])], [f32("k", K)]), CV)
add("initializer that is an input too", model([N("Conv", ["x", "k"], **cv)], [f32("k", K)], ir=3, opset=8, inputs=[
    h.make_tensor_value_info("k", TP.FLOAT, (2, 2, 3)), h.make_tensor_value_info("x", TP.FLOAT, (1, 2, 6))]), CV)
add("kernel of rank 4", model([N("Unsqueeze", ["x", "two"], "a"), N("Conv", ["a", "k"], "c4", kernel_shape=[1, 3], pads=[0, 1, 0, 1], name="c"),
           N("Squeeze", ["c4", "two"], name="s")], [f32("k", K[:, :, None]), i64("two", [2])]), CV)
add("input NCT1", model([N("Conv", ["x", "k"], kernel_shape=[3, 1], pads=[1, 0, 1, 0])], [f32("k", K[..., None])], shape=(1, 2, 6, 1)), CV)
add("input N1TC", model([N("Squeeze", ["x", "one"], "a"), N("Transpose", "a", "b", perm=[0, 2, 1], name="t"), N("Conv", ["b", "k"], name="c", **cv)],
    [f32("k", K), i64("one", [1])], shape=(1, 1, 6, 2)), CV)
add("input NTC by Transpose", model([N("Transpose", "x", "b", perm=[0, 2, 1]), N("Conv", ["b", "k"], name="c", **cv)], [f32("k", K)], shape=(1, 6, 2)), CV)
add("input NTC by option", model([N("Reshape", ["x", "s"])], [i64("s", [1, 12])], shape=(1, 6, 2)), X[0].T.reshape(1, 12), layout="NTC")
add("layout that does not fit", model([N("Relu", "x")]), error="does not fit", layout="NT")
add("dynamic batch and steps", model([N("Conv", ["x", "k"], **cv)], [f32("k", K)], shape=("n", 2, "t")), CV, window=6)
add("dynamic channels", model([N("Conv", ["x", "k"], **cv)], [f32("k", K)], shape=("n", "c", 6)), CV)
add("dynamic steps, no window", model([N("Relu", "x")], shape=(1, 2, "t")), error="--window")
add("another window", model([N("Relu", "x")]), error="windows of 6 steps, not 7", window=7)


# ---- how numbers are kept ----
def tensor(name, typ, dims, **fields):
    t = TP(name=name, data_type=typ, dims=dims)
    for k, v in fields.items():
        if isinstance(v, bytes):
            setattr(t, k, v)
        else:
            getattr(t, k).extend(v)
    return t


def stored(name, *t, y=None, error=None, nodes=None, **kw):
    add(name, model(nodes or [N("Cast", "s", "c", to=1), N("Mul", ["x", "c"], name="m")], t), y, error, **kw)


V = np.array([2, -3], np.float32)
Y = X * V[:, None]
U = X * np.float32([2, 3])[:, None]
stored("float raw", tensor("s", TP.FLOAT, [2, 1], raw_data=V.tobytes()), y=Y)
stored("float list", tensor("s", TP.FLOAT, [2, 1], float_data=[2, -3]), y=Y)
stored("double raw", tensor("s", TP.DOUBLE, [2, 1], raw_data=V.astype(np.float64).tobytes()), y=Y)
stored("double list", tensor("s", TP.DOUBLE, [2, 1], double_data=[2, -3]), y=Y)
stored("half raw", tensor("s", TP.FLOAT16, [2, 1], raw_data=V.astype(np.float16).tobytes()), y=Y)
stored("half list", tensor("s", TP.FLOAT16, [2, 1], int32_data=V.astype(np.float16).view(np.uint16).tolist()), y=Y)
stored("small half", tensor("s", TP.FLOAT16, [2, 1], int32_data=[1, 0x83ff]), y=X * np.float64([[2.0 ** -24], [-1023 * 2.0 ** -24]]))
stored("bfloat16 raw", tensor("s", TP.BFLOAT16, [2, 1], raw_data=(V.view(np.uint32) >> 16).astype(np.uint16).tobytes()), y=Y)
for n, t in (("int8", TP.INT8), ("int16", TP.INT16), ("int32", TP.INT32)):
    stored(n + " raw", tensor("s", t, [2, 1], raw_data=V.astype(n).tobytes()), y=Y)
    stored(n + " list", tensor("s", t, [2, 1], int32_data=[2, -3]), y=Y)
for n, t in (("uint8", TP.UINT8), ("uint16", TP.UINT16)):
    stored(n + " raw", tensor("s", t, [2, 1], raw_data=np.array([2, 3], n).tobytes()), y=U)
    stored(n + " list", tensor("s", t, [2, 1], int32_data=[2, 3]), y=U)
for n, t in (("uint32", TP.UINT32), ("uint64", TP.UINT64)):
    stored(n + " raw", tensor("s", t, [2, 1], raw_data=np.array([2, 3], n).tobytes()), y=U)
    stored(n + " list", tensor("s", t, [2, 1], uint64_data=[2, 3]), y=U)
stored("int64 raw", tensor("s", TP.INT64, [2, 1], raw_data=V.astype(np.int64).tobytes()), y=Y)
stored("int64 list", tensor("s", TP.INT64, [2, 1], int64_data=[2, -3]), y=Y)
stored("bool raw", tensor("s", TP.BOOL, [2, 1], raw_data=b"\1\0"), y=X * np.float32([1, 0])[:, None])
stored("bool list", tensor("s", TP.BOOL, [2, 1], int32_data=[1, 0]), y=X * np.float32([1, 0])[:, None])
stored("raw too short", tensor("s", TP.FLOAT, [2, 1], raw_data=b"\0" * 7), error="tensor 's' of type float holds 7 bytes instead of 8")
stored("raw too long", tensor("s", TP.FLOAT, [2, 1], raw_data=b"\0" * 9), error="9 bytes instead of 8")
stored("list too short", tensor("s", TP.FLOAT, [2, 1], float_data=[1]), error="1 numbers instead of 2")
stored("two places", tensor("s", TP.FLOAT, [2, 1], raw_data=V.tobytes(), float_data=[1, 2]), error="in two places")
stored("wrong list", tensor("s", TP.FLOAT, [2, 1], int64_data=[1, 2]), error="0 numbers instead of 2")
stored("no data", tensor("s", TP.FLOAT, [2, 1]), error="0 numbers instead of 2")
stored("text", tensor("s", TP.STRING, [1], string_data=[b"a"]), error="of type string, which is not supported", opens=True)
stored("complex", tensor("s", TP.COMPLEX64, [1], float_data=[1, 2]), error="complex64", opens=True)
stored("unknown type", tensor("s", 77, [1], float_data=[1]), error="of type unknown", opens=True)
stored("negative dimension", tensor("s", TP.FLOAT, [2, -1], float_data=[1, 2]), error="negative dimension -1")
stored("dimensions that overflow", tensor("s", TP.FLOAT, [2 ** 32, 2 ** 32], float_data=[]), error="more than")
stored("zero hides a bomb", tensor("s", TP.FLOAT, [0, 2 ** 62, 2 ** 62], float_data=[]), error="more than")
stored("products of negatives", tensor("s", TP.FLOAT, [-2, -1], float_data=[1, 2]), error="negative dimension")
stored("rank 7", tensor("s", TP.FLOAT, [1] * 7, float_data=[1]), error="rank 7", opens=True)

# ---- Constant ----
for n, a, y in (("value", {"value": f32("", [[2], [-3]])}, Y), ("value_float", {"value_float": 2.5}, X * 2.5),
                ("value_floats", {"value_floats": [1.0, 2, 3, 4, 5, 6]}, X * np.arange(1, 7)), ("value_int", {"value_int": 3}, X * 3),
                ("value_ints", {"value_ints": [1, 2, 3, 4, 5, 6]}, X * np.arange(1, 7))):
    add("constant " + n, model([h.make_node("Constant", [], ["s"], **a), N("Cast", "s", "c", to=1), N("Mul", ["x", "c"], name="m")]), y)
add("constant value_string", model([h.make_node("Constant", [], ["s"], value_string="a"), N("Mul", ["x", "s"])]), error="value_string", opens=True)
add("constant of shape", model([h.make_node("ConstantOfShape", ["s"], ["c"], value=h.make_tensor("v", TP.FLOAT, [1], [3.0])), N("Mul", ["x", "c"])],
    [i64("s", [1, 2, 6])]), X * 3)
add("constant of shape int", model([h.make_node("ConstantOfShape", ["s"], ["i"], value=h.make_tensor("v", TP.INT64, [1], [3])), N("Cast", "i", "c", to=1),
    N("Mul", ["x", "c"], name="m")], [i64("s", [1])]), X * 3)
add("shape chain", model([N("Shape", "x", "s"), N("Gather", ["s", "i"], "t", name="g"), N("Unsqueeze", ["t", "z"], "u", name="u"),
    N("Concat", ["o", "u"], "k", axis=0, name="c"), N("Reshape", ["x", "k"], name="r")], [i64("i", 2), i64("z", [0]), i64("o", [-1])]), X)


# ---- If ----
def branch(*nodes, out="b", inits=()):
    return h.make_graph(list(nodes), "b", [], [h.make_tensor_value_info(out, TP.FLOAT, None)], list(inits))


then, other = branch(N("Squeeze", ["x", "k"], "b"), inits=[i64("k", [0])]), branch(N("Relu", "x", "b"), N("Neg", "b", "d"), out="d")
cond = [N("Shape", "x", "s"), N("Gather", ["s", "i"], "t", name="g"), N("Equal", ["t", "v"], "c", name="e")]
for v, y in ((6, X), (5, -X.clip(0))):
    add(f"if {v}", model(cond + [h.make_node("If", ["c"], ["a"], name="if", then_branch=then, else_branch=other), N("Identity", "a", name="o")],
        [i64("i", 2), i64("v", v)]), y)
add("if within if", model(cond + [h.make_node("If", ["c"], ["a"], name="if", else_branch=other, then_branch=branch(
    h.make_node("If", ["c"], ["q"], name="if2", then_branch=branch(N("Abs", "x", "r"), out="r"), else_branch=other), out="q")),
    N("Identity", "a", name="o")], [i64("i", 2), i64("v", 6)]), np.abs(X))
add("if on the window", model([N("ReduceSum", "x", "t", keepdims=0), N("Greater", ["t", "v"], "c"), h.make_node(
    "If", ["c"], ["y"], name="if", then_branch=then, else_branch=other)], [f32("v", 0)]), error="(If, opset 13): its condition depends on the input",
    opens=True)

# ---- functions ----
def function(name, ins, outs, nodes, domain="my", opset=13, attributes=(), defaults=()):
    f = onnx.FunctionProto(name=name, domain=domain)
    f.input.extend(ins), f.output.extend(outs), f.attribute.extend(attributes), f.node.extend(nodes)
    f.opset_import.extend([h.make_opsetid("", opset), h.make_opsetid("my", 1)])
    raw = f.SerializeToString()
    for a in defaults:  # FunctionProto.attribute_proto, which python3-onnx does not know
        body = a.SerializeToString()
        raw += b"\x5a" + bytes([len(body)]) + body
    return raw


def with_functions(m, *functions):
    m.opset_import.extend([h.make_opsetid("my", 1)])
    raw = m.SerializeToString()
    for f in functions:
        raw += b"\xca\x01" + (bytes([len(f)]) if len(f) < 128 else bytes([len(f) & 127 | 128, len(f) >> 7])) + f
    return raw


def C(op, i, o="y", **a):
    return N(op, i, o, domain="my", **a)


def refers(node, **attributes):
    for k, (name, typ) in attributes.items():
        a = node.attribute.add()
        a.name, a.ref_attr_name, a.type = k, name, typ
    return node


act = function("act", ["a"], ["b"], [N("Sigmoid", "a", "s"), N("Mul", ["a", "s"], "b", name="m")])
SILU = X / (1 + np.exp(-X))
add("function", None, SILU, raw=with_functions(model([C("act", "x")]), act))
add("function, called twice", None, SILU / (1 + np.exp(-SILU)), raw=with_functions(model([C("act", "x", "s"), C("act", "s")]), act))
add("function that calls one", None, SILU * 2, raw=with_functions(model([C("two", "x")]), function("two", ["x"], ["s"], [C("act", "x", "y"), N("Add", ["y", "y"], "s")]), act))
leaky = function("leaky", ["a"], ["b"], [refers(N("LeakyRelu", "a", "b"), alpha=("slope", 1))], attributes=["slope"])
leaky3 = function("leaky", ["a"], ["b"], [refers(N("LeakyRelu", "a", "b"), alpha=("slope", 1))], defaults=[h.make_attribute("slope", 0.3)])
LEAKY = lambda a: np.where(X < 0, np.float32(a) * X, X)
add("function, attribute", None, LEAKY(0.2), raw=with_functions(model([C("leaky", "x", slope=0.2)]), leaky))
add("function, attribute that is absent", None, LEAKY(0.01), raw=with_functions(model([C("leaky", "x")]), leaky))
add("function, attribute by default", None, LEAKY(0.3), raw=with_functions(model([C("leaky", "x")]), leaky3))
add("function, attribute over a default", None, LEAKY(0.2), raw=with_functions(model([C("leaky", "x", slope=0.2)]), leaky3))
add("function, attribute of an attribute", None, LEAKY(0.2), raw=with_functions(model([C("outer", "x", slant=0.2)]), function(
    "outer", ["a"], ["b"], [refers(C("leaky", "a", "b"), slope=("slant", 1))], attributes=["slant"]), leaky))
add("function that hands on", None, X + SILU, raw=with_functions(model([C("pair", "x", ["a", "b"]), N("Add", ["a", "b"], name="s")]),
    function("pair", ["a"], ["a", "b"], [C("act", "a", "b")]), act))
add("function of another opset", None, X.sum(2), raw=with_functions(model([C("sum", "x")]), function("sum", ["a"], ["b"], [N("ReduceSum", "a", "b", axes=[2], keepdims=0)], opset=11)))
add("function with an input less", None, X.clip(-9, 0.25), raw=with_functions(model([C("cap", ["x", "", "hi"])], [f32("hi", 0.25)]), function("cap", ["a", "lo", "hi"], ["b"], [N("Clip", ["a", "lo", "hi"], "b")])))
add("function with a branch", None, SILU, raw=with_functions(model([C("shape", "x")], opset=13), function("shape", ["x"], ["y"], [
    h.make_node("Constant", [], ["c"], value=h.make_tensor("v", TP.BOOL, [], [1])), h.make_node("If", ["c"], ["y"], name="if",
    then_branch=h.make_graph([C("act", "x", "t")], "b", [], [h.make_tensor_value_info("t", TP.FLOAT, None)]),
    else_branch=h.make_graph([N("Relu", "x", "t")], "b", [], [h.make_tensor_value_info("t", TP.FLOAT, None)]))]), act))
add("function that is not there", model([C("nosuch", "x")]), error="domain 'my'", opens=True)
add("function that calls itself", None, error="function 'act' calls itself", raw=with_functions(model([C("act", "x")]), function("act", ["a"], ["b"], [C("act", "a", "b")])))
add("functions in a circle", None, error="calls itself", raw=with_functions(model([C("a", "x")]), function("a", ["x"], ["y"], [C("b", "x", "y")]), function("b", ["x"], ["y"], [C("a", "x", "y")])))
add("function with an input more", None, error="function 'act' has 1 inputs and 1 outputs, a call has 2 and 1", raw=with_functions(model([C("act", ["x", "x"])]), act))
add("functions that multiply", None, error="its functions make more than 100000 nodes", raw=with_functions(model([C("f0", "x")]), *[function(f"f{i}", ["x"], ["y"],
    [C(f"f{i + 1}", "x" if k == 0 else f"t{k}", "y" if k == 7 else f"t{k + 1}") for k in range(8)]) for i in range(7)], function("f7", ["x"], ["y"], [N("Relu", "x", "y")])))
add("functions too deep", None, error="is called by more than 16 others", raw=with_functions(model([C("f0", "x")]), *[function(f"f{i}", ["x"], ["y"], [C(f"f{i + 1}", "x", "y")]) for i in range(20)]))

# the layer of the recurrent operator ends behind the node that reads its last state
RW, RR = rng.standard_normal((1, 3, 2)).astype(np.float32), rng.standard_normal((1, 3, 3)).astype(np.float32)
H = [np.zeros(3, np.float32)]
for t in range(6):
    H.append(np.tanh(RW[0] @ X[0, :, t] + RR[0] @ H[-1]))
add("last state is read before the sequence", model([N("Transpose", "x", "t", perm=[2, 0, 1]), h.make_node("RNN", ["t", "a", "b"], ["s", "l"], name="r", hidden_size=3),
    N("Squeeze", ["l", "k"], "q", name="q"), N("Squeeze", ["s", "z"], "p", name="p"), N("Transpose", "p", "o", perm=[1, 2, 0], name="o"), N("Unsqueeze", ["q", "m"], "u", name="u"),
    N("Add", ["o", "u"], name="e")], [f32("a", RW), f32("b", RR), i64("k", [0]), i64("z", [1]), i64("m", [2])]), np.stack(H[1:], 1) + H[-1][:, None], layout="NCT")

# ---- what makes a layer ----
def layers(name, nodes, inits, *want, shape=(1, 2, 6), **kw):
    add("layers: " + name, model(nodes, [f32("k", K), f32("w", W[:2, :2]), f32("bb", B[:2]), i64("two", [2]), *bni, *inits], shape=shape), error="",
        layers=want, **kw)


layers("conv, norm, relu", [N("Conv", ["x", "k"], "c", name="/block1/conv1/Conv", **cv), N("BatchNormalization", ["c", *bn], "d", name="/block1/bn/Bn"),
    N("Relu", "d", name="/block1/relu/Relu")], [], ["block1/conv1", "Conv", "relu"])
layers("shared before its relu", [N("Conv", ["x", "k"], "c", name="/a/Conv", **cv), N("Relu", "c", "d", name="/r/Relu"), N("Add", ["c", "d"], name="/Add")], [],
    ["a", "Conv", ""], ["r", "Relu", "relu"], ["Add", "Add", ""])
layers("by weights", [N("Conv", ["x", "features.0.weight"], "c", name="", **cv), N("Relu", "c", name="Relu_1")], [f32("features.0.weight", K)],
    ["features.0", "Conv", "relu"])
layers("by tensors", [N("Conv", ["x", "k"], "c", name="", **cv), N("Relu", "c", name="")], [], ["c", "Conv", "relu"])
layers("the same name twice", [N("Conv", ["x", "k"], "c", name="n", **cv), N("Conv", ["c", "k"], name="n", **cv)], [], ["n", "Conv", ""], ["n_2", "Conv", ""])
layers("one module, two operators", [N("Abs", "x", "a", name="/m/Abs"), N("Neg", "a", name="/m/Neg")], [], ["m/Abs", "Abs", ""], ["m/Neg", "Neg", ""])
layers("TensorFlow", [N("Unsqueeze", ["x", "two"], "u", name="u"), N("Conv", ["u", "k4"], "c", name="net/conv1d/Conv1D", kernel_shape=[1, 3], pads=[0, 1, 0, 1]),
    N("Squeeze", ["c", "two"], "d", name="s"), N("Add", ["d", "bias"], "e", name="net/conv1d/BiasAdd"), N("Relu", "e", name="net/conv1d/Relu")],
    [f32("k4", K[:, :, None]), f32("bias", B[:2, None])], ["u", "Unsqueeze", ""], ["net/conv1d", "Conv", "relu"])
layers("dense on steps", [N("MatMul", ["x", "w"], "m", name="/fc/MatMul"),
    N("Add", ["bb", "m"], "a", name="/fc/Add"), N("Sigmoid", "a", name="/Sigmoid")], [], ["fc", "MatMul", "sigmoid"], shape=(1, 6, 2), layout="NTC")
layers("concat, then an activation", [N("Concat", ["x", "x"], "c", name="/Concat", axis=1), N("Elu", "c", name="/Elu")], [], ["Concat", "Concat", "elu"])
layers("norm of its own", [N("Concat", ["x", "x"], "c", name="/Concat", axis=2), N("BatchNormalization", ["c", *bn], "d", name="/bn/BatchNormalization"),
    N("Tanh", "d", name="/Tanh")], [], ["Concat", "Concat", ""], ["bn", "BatchNormalization", "tanh"])

# ---- refusals ----
add("unsupported operator", model([N("Conv", ["x", "k"], "c", name="/a/Conv", **cv), N("Det", ["c"], "q", name="/b/Det"),
    N("Relu", "q", "r", name="/b/Relu"), N("Softmax", "r", name="/c/Softmax")], [f32("k", K)]), error="node '/b/Det' (Det, opset 13)", opens=True)
add("unsupported domain", model([h.make_node("Relu", ["x"], ["y"], name="r", domain="com.microsoft")]), error="domain 'com.microsoft'", opens=True)
add("opset 23", model([N("Relu", "x")], opset=23, ir=11), X.clip(0))
add("opset 25", model([N("Relu", "x")], opset=25), error="ONNX opset 25")
for n, v in (("of 0", [0]), ("beyond the input", [7]), ("less than 0", [-1])):
    add("sequence " + n, model([N("Transpose", "x", "t", perm=[2, 0, 1]), h.make_node("LSTM", ["t", "a", "b", "", "l"], ["y"], name="n", hidden_size=1)],
        [f32("a", np.zeros((1, 4, 2))), f32("b", np.zeros((1, 4, 1))), nh.from_array(np.array(v, np.int32), "l")]),
        error=f"sequence_lens holds {v[0]} for 6 steps", layout="NCT")
add("ir 99", model([N("Relu", "x")], ir=99), error="IR version 99")
add("two inputs", model([N("Add", ["x", "z"])], inputs=[h.make_tensor_value_info(n, TP.FLOAT, (1, 2, 6)) for n in "xz"]), error="reads 2 series")
add("no input", model([N("Relu", "k")], [f32("k", K)], inputs=[h.make_tensor_value_info("k", TP.FLOAT, None)]), error="no input")
for n, t in (("int64", TP.INT64), ("int32", TP.INT32), ("uint8", TP.UINT8), ("double", TP.DOUBLE), ("half", TP.FLOAT16)):
    add("input of " + n, model([N("Cast", "x", to=1)], typ=t), X)
TABLE = rng.standard_normal((5, 3)).astype(np.float32)
IDS = np.array([0, 3.9, 1, 4, 2, 2])
add("input of classes", model([N("Gather", ["w", "x"])], [f32("w", TABLE)], shape=(1, 6), typ=TP.INT64), TABLE[IDS.astype(int)], x=IDS, layout="NT")
add("input of truth values", model([N("Not", "x", "q"), N("Cast", "q", to=1, name="c")], typ=TP.BOOL), np.zeros(12))
add("input of text", model([N("Cast", "x", to=1)], typ=TP.STRING), error="of type string")
add("layout that leaves no dependence", model([N("Shape", "x", "s"), N("Cast", "s", to=1, name="c")], shape=(6, 1, 2)), error="does not depend on the input",
    layout="TNC", not_said="batch")
add("input of rank 5", model([N("Relu", "x")], shape=(1, 2, 1, 1, 6)), error="rank 5")
add("picture", model([N("Conv", ["x", "k"], kernel_shape=[3, 3])], [f32("k", np.zeros((2, 2, 3, 3)))], shape=(1, 2, 8, 8)), error="two long axes")
add("fixed batch", model([N("Reshape", ["x", "s"])], [i64("s", [8, 12])], shape=(8, 2, 6)), error="fixes the batch at 8: export it with")
for op in ("BatchNormalization", "Softmax", "Dropout", "Add", "GroupNormalization", "PRelu", "Slice", "Resize", "Tile"):
    add(op + " of nothing", model([h.make_node(op, ["", "x"], ["y"], name="n")], opset=11 if op != "GroupNormalization" else 18), error="no first input")
add("self loop", model([N("Add", ["x", "y"])]), error="before anything makes it")
add("circle", model([N("Add", ["x", "b"], "a"), N("Relu", "a", "b"), N("Relu", "b", name="z")]), error="before anything makes it")
add("undefined input", model([N("Add", ["x", "nowhere"])]), error="tensor 'nowhere', which nothing makes")
add("defined twice", model([N("Relu", "x", "a"), N("Abs", "x", "a"), N("Relu", "a")]), error="'a' is defined twice")
add("shadows the input", model([N("Relu", "x", "x"), N("Relu", "x")]), error="'x' is defined twice")
add("missing output", model([N("Relu", "x", "a")]), error="output 'y'")
add("constant output", model([N("Relu", "k")], [f32("k", K)]), error="does not depend on the input")
add("attribute twice", model([h.make_node("Relu", ["x"], ["y"], name="n")]), error="there twice", raw=(lambda m: (m.graph.node[0].attribute.extend(
    [h.make_attribute("a", 1), h.make_attribute("a", 2)]), m.SerializeToString())[1])(model([N("Relu", "x")])))
for k, v in (("kernel_shape", [0]), ("kernel_shape", [-1]), ("kernel_shape", [2 ** 40]), ("strides", [0]), ("strides", [2 ** 63 - 1]), ("dilations", [0]),
             ("dilations", [2 ** 40]), ("pads", [-1, 0]), ("pads", [2 ** 62, 2 ** 62]), ("pads", [1]), ("kernel_shape", [3, 3]), ("kernel_shape", 3)):
    for op in ("Conv", "MaxPool"):
        a = dict(kernel_shape=[3])
        a[k] = v
        add(f"{op} {k} {v}", model([N(op, ["x", "k"] if op == "Conv" else "x", **a)], [f32("k", K)]), error=f"({op}, opset 13)")
for v in (0, -1, 2 ** 40):
    add(f"Conv group {v}", model([N("Conv", ["x", "k"], group=v)], [f32("k", K)]), error="(Conv, opset 13)")
add("wrong attribute type", model([N("Softmax", "x", axis=7)]), error="(Softmax, opset 13)")
add("constant of shape bomb", model([N("ConstantOfShape", "s", "c"), N("Mul", ["x", "c"], name="m")], [i64("s", [2 ** 31, 2 ** 31])]), error="(ConstantOfShape")
add("expand bomb", model([N("Expand", ["x", "s"])], [i64("s", [2 ** 20, 2, 2 ** 20])]), error="(Expand")
add("concat doubling bomb", model([N("Concat", ["x" if i == 0 else f"a{i}"] * 2, f"a{i + 1}", axis=2, name=f"n{i}") for i in range(60)] + [N("Relu", "a60")]),
    error="elements")
add("tile bomb", model([N("Tile", ["x", "s"])], [i64("s", [2 ** 30, 2 ** 30, 2 ** 30])]), error="(Tile")
add("pad bomb", model([N("Pad", ["x", "s"])], [i64("s", [0, 0, 2 ** 62, 0, 0, 2 ** 62])]), error="(Pad")
add("range bomb", model([N("Range", ["a", "b", "c"], "r"), N("Add", ["x", "r"])], [f32("a", 0), f32("b", 1e30), f32("c", 1e-30)]), error="(Range")
add("hostile names", model([N("Relu", "x", name="\x1b]0;owned\x07\u202e"), ]), X.clip(0))
add("names that the gate makes one", model([N("Relu", "x", "a\x01", name="p\x01"), N("Neg", "a\x01", "a\x02", name="p\x02"), N("Identity", "a\x02", name="q")]), -X.clip(0))
ext = tensor("k", TP.FLOAT, [2, 2, 3])
for n, loc in (("..", "../k.bin"), ("absolute", "/etc/passwd"), ("folder", "a/b"), ("dot", "."), ("empty", "")):
    t = TP()
    t.CopyFrom(ext)
    t.data_location = 1
    e = t.external_data.add()
    e.key, e.value = "location", loc
    add("external " + n, model([N("Conv", ["x", "k"], **cv)], [t]), error="only files in the model's own folder")

# ---- bytes ----
good = model([N("Relu", "x")]).SerializeToString()
add("wire type 7", None, error="damaged", raw=good + b"\x0f\x00")
add("group", None, error="damaged", raw=good + b"\x0b\x0c")
add("field 0", None, error="damaged", raw=good + b"\x00\x00")
add("endless number", None, error="damaged", raw=good + b"\x28" + b"\xff" * 11)
add("length 2^63", None, error="damaged", raw=good + b"\x32" + b"\xff" * 8 + b"\x7f")
add("two models in one", None, error="twice", raw=good + good)
add("no graph", None, error="it has no graph", raw=b"\x08\x07\x42\x04\x0a\x00\x10\x0d")
add("number where text must be", None, error="wrong kind", raw=good + b"\x10\x01")

# the data of s (2) in w.bin, in the model's folder and in the one above
for n, loc in (("external", "w.bin"), ("outside", "../w.bin")):
    t = tensor("s", TP.FLOAT, [2, 1])
    t.data_location = 1
    e = t.external_data.add()
    e.key, e.value = "location", loc
    with open(f"{OUT}/beside/{n}.onnx", "wb") as f:
        f.write(model([N("Mul", ["x", "s"])], [t]).SerializeToString())
with open(OUT + "/unsupported.onnx", "wb") as f:
    f.write(base64.b64decode(next(c for c in cases if c["name"] == "unsupported operator")["model"]))
with open(OUT + "/forms.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
