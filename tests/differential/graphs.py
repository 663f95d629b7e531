"""Random valid graphs: a few operators that keep the shape, the operator in question, a few more, and a sum of squares behind it."""
import numpy as np
from onnx import helper as h, numpy_helper as nh, TensorProto as TP

IR = {9: 4, 10: 5, 11: 6, 12: 7, 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10}


class Graph:
    def __init__(g, seed, opset):
        g.r, g.opset, g.nodes, g.inits, g.k = np.random.default_rng(seed), opset, [], [], 0
        g.C, g.T = int(g.r.integers(1, 5)), int(g.r.integers(4, 10))
        g.open = bool(g.r.integers(2))

    def name(g):
        g.k += 1
        return f"t{g.k}"

    def real(g, *s, lo=None, hi=None):
        v = g.r.standard_normal(s) if lo is None else g.r.uniform(lo, hi, s)
        return g.const(np.asarray(v, np.float32))

    def ints(g, *v):
        return g.const(np.asarray(v, np.int64))

    def const(g, v):
        n = g.name()
        g.inits.append(nh.from_array(v, n))
        return n

    def op(g, op, *i, n=1, **a):
        out = [g.name() for _ in range(n)]
        g.nodes.append(h.make_node(op, list(i), out, **a))
        return out[0] if n == 1 else out

    def pick(g, *v):
        return v[int(g.r.integers(len(v)))]

    def axes(g, op, x, since, *axes, **a):
        """An operator whose axes are an attribute before opset `since` and an input from then on."""
        return g.op(op, x, g.ints(*axes), **a) if g.opset >= since else g.op(op, x, axes=list(axes), **a)

    def positive(g, x, least=0.2):
        return g.op("Add", g.op("Abs", x), g.const(np.float32(least)))

    def below_one(g, x):
        return g.op("Mul", g.op("Tanh", x), g.const(np.float32(0.9)))

    def number(g, x):
        return g.op("Cast", x, to=TP.FLOAT)

    def finish(g, y):
        y = g.op("Add", g.op("Mul", y, y), y)
        g.nodes[-1].output[0] = "y"
        batch = "N" if g.open else 1
        graph = h.make_graph(g.nodes, "g", [h.make_tensor_value_info("x", TP.FLOAT, (batch, g.C, g.T))], [h.make_tensor_value_info("y", TP.FLOAT, None)], g.inits)
        return h.make_model(graph, opset_imports=[h.make_opsetid("", g.opset)], ir_version=IR[g.opset], producer_name="differential")


def flat(g, x):
    return g.op("Flatten", x)


def pads(g):
    return [int(v) for v in g.r.integers(0, 2, 2)]


def pool(g, x, op, since_dilations, since_ceil):
    a = dict(kernel_shape=[int(g.r.integers(2, 4))], strides=[int(g.r.integers(1, 4))])
    if g.r.integers(3) == 0:
        a["auto_pad"] = g.pick("SAME_UPPER", "SAME_LOWER", "VALID")
    else:
        a["pads"] = pads(g)
        if g.opset >= since_ceil and g.r.integers(2) and a["strides"][0] <= a["kernel_shape"][0] and a["pads"][1] == 0:
            a["ceil_mode"] = 1
        if g.opset >= since_dilations and g.r.integers(3) == 0 and "ceil_mode" not in a and g.T > 5:
            a["dilations"] = [2]
    if op == "AveragePool":
        a["count_include_pad"] = int(g.r.integers(2)) if "ceil_mode" not in a else 0
    return g.op(op, x, **a)


def conv(g, x):
    group = g.C if g.r.integers(2) else 1
    k, out = int(g.r.integers(1, 4)), int(g.r.integers(1, 4)) * group
    a = dict(group=group, strides=[int(g.r.integers(1, 3))])
    if g.r.integers(2):
        a["auto_pad"] = g.pick("SAME_UPPER", "SAME_LOWER", "VALID")
    else:
        a.update(pads=[k, k - 1], dilations=[int(g.r.integers(1, 3))])
    return g.op("Conv", x, g.real(out, g.C // group, k), *([g.real(out)] if g.r.integers(2) else []), **a)


def conv_transpose(g, x):
    k, out, s = int(g.r.integers(2, 5)), int(g.r.integers(1, 4)), int(g.r.integers(1, 3))
    a = dict(strides=[s], pads=[int(v) for v in g.r.integers(0, 2, 2)])
    if s > 1 and g.r.integers(2):
        a["output_padding"] = [1]
    return g.op("ConvTranspose", x, g.real(g.C, out, k), g.real(out), **a)


def recurrent(g, x, op, gates):
    H, direction = int(g.r.integers(1, 4)), g.pick("forward", "reverse", "bidirectional")
    d = 1 + (direction == "bidirectional")
    i = [g.op("Transpose", x, perm=[2, 0, 1]), g.real(d, gates * H, g.C), g.real(d, gates * H, H), g.real(d, 2 * gates * H) if g.r.integers(2) else ""]
    i.append(g.const(np.array([g.r.integers(1, g.T + 1)], np.int32)) if g.r.integers(4) == 0 and not g.open else "")
    if g.r.integers(2) and not g.open:
        i.append(g.real(d, 1, H))
    while not i[-1]:
        i.pop()
    a = dict(linear_before_reset=int(g.r.integers(2))) if op == "GRU" else {}
    if op == "LSTM" and g.r.integers(4) == 0:
        a["input_forget"] = 1
    y = g.op(op, *i, n=2, hidden_size=H, direction=direction, **a)
    return y[int(g.r.integers(2))]


def resize(g, x):
    mode = g.pick("nearest", "linear")
    s = g.const(np.array([1, 1, g.pick(.3, .5, .6, .75, 1.2, 1.5, 1.7, 2, 2.5, 3)], np.float32))
    if g.opset < 11:
        return g.op("Resize", x, s, mode=mode)
    a = dict(mode=mode, coordinate_transformation_mode=g.pick("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"))
    if mode == "nearest":
        a["nearest_mode"] = g.pick("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
    empty = g.const(np.zeros(0, np.float32)) if g.opset < 13 else ""
    if g.opset >= 18 and g.r.integers(3) == 0:
        return g.op("Resize", x, "", "", g.ints(int(g.r.integers(2, 12))), axes=[2], **a)
    return g.op("Resize", x, empty, s, **a)


def compare(g, x, op):
    return g.op("Where", g.op(op, x, g.real(g.C, 1)), x, g.op("Mul", x, g.const(np.float32(-0.3))))


def truth(g, x, op):
    a, b = g.op("Greater", x, g.real(g.C, 1)), g.op("Less", x, g.real(g.T))
    return g.op("Where", g.op(op, a, b) if op != "Not" else g.op("Not", a), x, g.op("Neg", x))


def reduce(g, x, op):
    a = dict(keepdims=int(g.r.integers(2)))
    x = g.positive(x) if "Log" in op or op == "ReduceProd" else x
    axes = g.pick((1,), (2,), (-1,), (1, 2))
    return g.axes(op, x, 13 if op == "ReduceSum" else 18, *axes, **a)


def scatter(g, x, op):
    a = {}
    if g.opset >= 16 and g.r.integers(2):
        a["reduction"] = g.pick("add", "mul", *(("max", "min") if g.opset >= 18 else ()))
    if op == "ScatterND":
        at = g.const(np.array([[0, g.r.integers(g.C), t] for t in g.r.permutation(g.T)[:2]], np.int64))
        return g.op(op, x, at, g.real(2), **a)
    return g.op(op, x, g.const(np.array([[g.r.permutation(g.T)[:2]] * 1], np.int64).reshape(1, 1, 2)), g.real(1, 1, 2), axis=2, **a)


def pad(g, x):
    mode = g.pick("constant", "reflect", "edge", *(("wrap",) if g.opset >= 19 else ()))
    p = [0, 0, int(g.r.integers(0, 3)), 0, 0, int(g.r.integers(0, 3))]
    return g.op("Pad", x, g.ints(*p), mode=mode) if g.opset >= 11 else g.op("Pad", x, pads=p, mode=mode)


def split(g, x):
    a, b = 2, g.T - 2
    y = g.op("Split", x, g.ints(a, b), n=2, axis=2) if g.opset >= 13 else g.op("Split", x, n=2, axis=2, split=[a, b])
    return y[int(g.r.integers(2))]


def slice_(g, x):
    d = g.pick(1, 2, -1)
    lo, hi = (1, g.T - 1) if d > 0 else (g.T - 1, 0)
    return g.op("Slice", x, g.ints(lo), g.ints(hi), g.ints(2), g.ints(d)) if g.opset >= 10 else g.op("Slice", x, starts=[1], ends=[g.T - 1], axes=[2])


def branch(g, x):
    c = g.const(np.array(bool(g.r.integers(2))))
    make = lambda op: h.make_graph([h.make_node(op, [x], [f"b{op}"])], op, [], [h.make_tensor_value_info(f"b{op}", TP.FLOAT, None)])
    return g.op("If", c, then_branch=make("Tanh"), else_branch=make("Neg"))


def cell(g, old, new, more):
    """The body of a loop: a state s becomes tanh(s * w + more). Names its nodes, and the state as it leaves."""
    m, a, e = g.name(), g.name(), g.name()
    return [h.make_node("Mul", [old, g.const(np.float32(g.r.uniform(.3, 1)))], [m]), h.make_node("Add", [m, more], [a]), h.make_node("Tanh", [a], [new]),
            h.make_node("Identity", [new], [e])], e


def loop(g, x):
    i, go, on, old, new = (g.name() for _ in range(5))
    nodes, e = cell(g, old, new, x)
    body = h.make_graph([h.make_node("Identity", [go], [on])] + nodes, "body", [h.make_tensor_value_info(i, TP.INT64, []), h.make_tensor_value_info(go, TP.BOOL, []),
                        h.make_tensor_value_info(old, TP.FLOAT, None)], [h.make_tensor_value_info(on, TP.BOOL, [])] + [h.make_tensor_value_info(n, TP.FLOAT, None) for n in (new, e)])
    y = g.op("Loop", g.const(np.array(int(g.r.integers(1, 5)), np.int64)), g.const(np.array(True)), x, n=2, body=body)
    return y[0] if g.open else y[int(g.r.integers(2))]


def scan(g, x):
    old, step, new = (g.name() for _ in range(3))
    nodes, e = cell(g, old, new, step)
    body = h.make_graph(nodes, "body", [h.make_tensor_value_info(n, TP.FLOAT, None) for n in (old, step)], [h.make_tensor_value_info(n, TP.FLOAT, None) for n in (new, e)])
    y = g.op("Scan", g.axes("ReduceMax", x, 18, 2, keepdims=0), x, n=2, body=body, num_scan_inputs=1, scan_input_axes=[2], scan_output_axes=[2],
             scan_input_directions=[int(g.r.integers(2))])
    return y[int(g.r.integers(2))]


def with_shape(g, x, op):
    y = g.op(op, x)
    y = g.number(y)
    return g.op("Mul", x, g.op("ReduceMax", y, keepdims=0) if op == "Shape" else y)


def group_norm(g, x):
    groups = g.pick(*[k for k in range(1, g.C + 1) if g.C % k == 0])
    n = groups if g.opset < 21 else g.C
    return g.op("GroupNormalization", x, g.real(n), g.real(n), num_groups=groups)


def depth(g, x, op):
    n = 2
    if op == "SpaceToDepth":
        y = g.op("Reshape", g.op("Concat", x, x, axis=2), g.ints(0, 0, 2, -1))
        y = g.op("Concat", y, y, axis=3)
        return g.op(op, y, blocksize=n)
    y = g.op("Concat", x, x, x, x, axis=1)
    return g.op(op, g.op("Reshape", y, g.ints(0, 0, 1, -1)), blocksize=n)


def unary(op, domain=None, **attrs):
    def make(g, x):
        x = getattr(g, domain)(x) if domain else x
        return g.op(op, x, **{k: float(g.r.uniform(*v)) for k, v in attrs.items() if g.r.integers(2)})
    return make


def binary(op, positive=False):
    def make(g, x):
        shape = g.pick((), (g.C, 1), (g.T,), (2, 1, 1, g.T) if not g.open else (1,))
        y = g.real(*shape, lo=0.5, hi=2)
        return g.op(op, g.positive(x) if positive else x, y)
    return make


SINCE = dict(Celu=12, HardSwish=14, Gelu=20, Mish=18, CastLike=15, CumSum=11, GatherElements=11, Mod=10, Trilu=14, GatherND=11, ReverseSequence=10, ScatterND=11,
             ScatterElements=11, OneHot=9, Einsum=12, LessOrEqual=12, GreaterOrEqual=12, GroupNormalization=18, LayerNormalization=17, Round=11, IsInf=10, Range=11,
             TopK=10, Resize=10, If=11, Loop=11, Scan=11, Expand=9)
UNTIL = dict(Upsample=9)
MAKERS = {
    "Conv": conv, "ConvTranspose": conv_transpose, "MaxPool": lambda g, x: pool(g, x, "MaxPool", 10, 10), "AveragePool": lambda g, x: pool(g, x, "AveragePool", 19, 10),
    "LpPool": lambda g, x: pool(g, g.positive(x), "LpPool", 18, 99), "GlobalAveragePool": unary("GlobalAveragePool"), "GlobalMaxPool": unary("GlobalMaxPool"),
    "GlobalLpPool": lambda g, x: g.op("GlobalLpPool", g.positive(x), p=int(g.r.integers(1, 4))),
    "Gemm": lambda g, x: g.op("Gemm", flat(g, x), g.real(3, g.C * g.T), g.real(3), transB=1, alpha=float(g.r.uniform(.2, 1)), beta=float(g.r.uniform(.2, 1))),
    "MatMul": lambda g, x: g.op("MatMul", x, g.real(g.T, 3)) if g.r.integers(2) else g.op("MatMul", x, g.op("Transpose", x, perm=[0, 2, 1])),
    "BatchNormalization": lambda g, x: g.op("BatchNormalization", x, g.real(g.C), g.real(g.C), g.real(g.C), g.real(g.C, lo=.5, hi=2), epsilon=1e-3),
    "InstanceNormalization": lambda g, x: g.op("InstanceNormalization", x, g.real(g.C), g.real(g.C), epsilon=1e-2), "GroupNormalization": group_norm,
    "LayerNormalization": lambda g, x: g.op("LayerNormalization", x, g.real(g.T), *([g.real(g.T)] if g.r.integers(2) else []), epsilon=1e-2),
    "MeanVarianceNormalization": lambda g, x: g.op("MeanVarianceNormalization", x, axes=[0, 2] if not g.open else [2]),
    "LpNormalization": lambda g, x: g.op("LpNormalization", x, axis=g.pick(1, 2, -1), p=g.pick(1, 2)), "LRN": lambda g, x: g.op("LRN", g.op("Unsqueeze", x, g.ints(3)) if g.opset >= 13 else
        g.op("Unsqueeze", x, axes=[3]), size=3, alpha=.1, beta=.7),
    "Softmax": lambda g, x: g.op("Softmax", x, axis=g.pick(1, 2, -1)), "LogSoftmax": lambda g, x: g.op("LogSoftmax", x, axis=g.pick(1, 2, -1)),
    "Hardmax": lambda g, x: g.op("Hardmax", x, axis=g.pick(1, 2)),
    **{op: binary(op) for op in ("Add", "Sub", "Mul", "Div", "Sum", "Mean", "Max", "Min")}, "Pow": binary("Pow", True), "PRelu": lambda g, x: g.op("PRelu", x, g.real(g.C, 1)),
    "Mod": lambda g, x: g.op("Mod", x, g.real(g.C, 1, lo=.5, hi=2), fmod=1),
    **{op: unary(op) for op in ("Relu", "Sigmoid", "Tanh", "Softplus", "Softsign", "HardSwish", "Mish", "Exp", "Neg", "Abs", "Erf", "Sin", "Cos", "Floor", "Ceil", "Round", "Sign", "Sinh",
                                "Cosh", "Atan", "Asinh", "Identity")},
    "Tan": unary("Tan", "below_one"), "Asin": unary("Asin", "below_one"), "Acos": unary("Acos", "below_one"), "Atanh": unary("Atanh", "below_one"),
    "Log": unary("Log", "positive"), "Sqrt": unary("Sqrt", "positive"), "Reciprocal": unary("Reciprocal", "positive"),
    "Acosh": lambda g, x: g.op("Acosh", g.positive(x, 1.1)), "LeakyRelu": unary("LeakyRelu", alpha=(.05, .5)), "Elu": unary("Elu", alpha=(.3, 1.5)),
    "Selu": unary("Selu", alpha=(1, 2), gamma=(.5, 1.5)), "Celu": unary("Celu", alpha=(.5, 2)), "HardSigmoid": unary("HardSigmoid", alpha=(.1, .4), beta=(.3, .6)),
    "ThresholdedRelu": unary("ThresholdedRelu", alpha=(.1, 1)), "Shrink": unary("Shrink", lambd=(.1, .7), bias=(0, .5)),
    "Gelu": lambda g, x: g.op("Gelu", x, approximate=g.pick("none", "tanh")),
    "Clip": lambda g, x: g.op("Clip", x, g.const(np.float32(-.5)), g.const(np.float32(.7))) if g.opset >= 11 else g.op("Clip", x, min=-.5, max=.7),
    "Dropout": lambda g, x: g.op("Dropout", x) if g.opset >= 12 else g.op("Dropout", x, ratio=.4),
    "Concat": lambda g, x: g.op("Concat", x, g.op("Tanh", x), axis=g.pick(1, 2, -1)), "Flatten": lambda g, x: g.op("Flatten", x, axis=g.pick(1, 2)),
    "Reshape": lambda g, x: g.op("Reshape", x, g.ints(0, *g.pick((-1,), (g.T, g.C), (g.C, 1, g.T), (1, -1)))), "Transpose": lambda g, x: g.op("Transpose", x, perm=g.pick([0, 2, 1], [2, 0, 1], [1, 0, 2])),
    "Pad": pad, "Slice": slice_, "Split": split, "Squeeze": lambda g, x: g.axes("Squeeze", g.axes("Unsqueeze", x, 13, 2), 13, 2),
    "Unsqueeze": lambda g, x: g.axes("Unsqueeze", x, 13, int(g.r.integers(0, 4))), "Expand": lambda g, x: g.op("Expand", g.op("ReduceMax", x, g.ints(2)) if g.opset >= 18 else
        g.op("ReduceMax", x, axes=[2]), g.ints(1, g.C, 5)), "Tile": lambda g, x: g.op("Tile", x, g.ints(1, 2, 2)),
    "Gather": lambda g, x: g.op("Gather", x, g.const(g.r.integers(-g.T, g.T, (2, 2))), axis=2), "GatherElements": lambda g, x: g.op("GatherElements", x, g.const(g.r.integers(-g.T, g.T, (1, g.C, 3))), axis=2),
    "GatherND": lambda g, x: g.op("GatherND", x, g.const(np.stack([np.zeros(3, np.int64), g.r.integers(0, g.C, 3)], 1))), "Trilu": lambda g, x: g.op("Trilu", x, upper=int(g.r.integers(2))),
    "Cast": lambda g, x: g.op("Add", x, g.number(g.op("Cast", g.op("Mul", x, g.const(np.float32(4))), to=TP.INT64))), "CastLike": lambda g, x: g.op("CastLike", g.op("Cast", x, to=TP.INT32), x),
    "Shape": lambda g, x: with_shape(g, x, "Shape"), "Size": lambda g, x: g.op("Div", x, g.number(g.op("Size", x))),
    "ConstantOfShape": lambda g, x: g.op("Add", x, g.op("ConstantOfShape", g.op("Shape", x), value=h.make_tensor("v", TP.FLOAT, [1], [.3]))),
    "Constant": lambda g, x: g.op("Add", x, g.op("Constant", value=h.make_tensor("v", TP.FLOAT, [1], [.3]))), "If": branch, "Loop": loop, "Scan": scan,
    "Range": lambda g, x: g.op("Add", x, g.op("Range", g.const(np.float32(0)), g.const(np.float32(g.T)), g.const(np.float32(1)))),
    **{"Reduce" + k: (lambda op: lambda g, x: reduce(g, x, op))("Reduce" + k) for k in ("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp")},
    "ArgMax": lambda g, x: g.number(g.op("ArgMax", x, axis=g.pick(1, 2), keepdims=int(g.r.integers(2)))), "ArgMin": lambda g, x: g.number(g.op("ArgMin", x, axis=2)),
    **{op: (lambda op: lambda g, x: compare(g, x, op))(op) for op in ("Less", "LessOrEqual", "Greater", "GreaterOrEqual")},
    "Equal": lambda g, x: g.op("Mul", x, g.number(g.op("Equal", g.op("Cast", x, to=TP.INT64), g.ints(0)))), **{op: (lambda op: lambda g, x: truth(g, x, op))(op) for op in ("And", "Or", "Xor", "Not")},
    "IsNaN": lambda g, x: g.op("Where", g.op("IsNaN", g.op("Sqrt", x)), g.op("Neg", x), x), "IsInf": lambda g, x: g.op("Where", g.op("IsInf", x), g.op("Neg", x), x),
    "Where": lambda g, x: compare(g, x, "Greater"), "LSTM": lambda g, x: recurrent(g, x, "LSTM", 4), "GRU": lambda g, x: recurrent(g, x, "GRU", 3), "RNN": lambda g, x: recurrent(g, x, "RNN", 1),
    "Resize": resize, "Upsample": lambda g, x: g.op("Upsample", x, g.const(np.array([1, 1, g.pick(1.5, 2, 3)], np.float32)), mode=g.pick("nearest", "linear")),
    "TopK": lambda g, x: g.op("TopK", x, g.ints(2), n=2, axis=2, **(dict(largest=int(g.r.integers(2))) if g.opset >= 11 else {}))[0],
    "CumSum": lambda g, x: g.op("CumSum", x, g.const(np.array(2, np.int64)), exclusive=int(g.r.integers(2)), reverse=int(g.r.integers(2))), "DepthToSpace": lambda g, x: depth(g, x, "DepthToSpace"),
    "SpaceToDepth": lambda g, x: depth(g, x, "SpaceToDepth"), "ReverseSequence": lambda g, x: g.op("ReverseSequence", g.op("Transpose", x, perm=[2, 1, 0]), g.ints(*g.r.integers(1, g.T + 1, g.C)), time_axis=0, batch_axis=1),
    "ScatterND": lambda g, x: scatter(g, x, "ScatterND"), "ScatterElements": lambda g, x: scatter(g, x, "ScatterElements"),
    "OneHot": lambda g, x: g.op("Add", x, g.op("ReduceMax", g.op("OneHot", g.op("ArgMax", x, axis=1, keepdims=0), g.const(np.array(g.T, np.int64)), g.const(np.float32([.1, .9])), axis=1), **({} if g.opset >= 18 else dict(axes=[0, 1, 2])))),
    "EyeLike": lambda g, x: g.op("MatMul", x, g.op("EyeLike", g.real(g.T, g.T), k=int(g.r.integers(-1, 2)))),
    "NonZero": lambda g, x: g.op("Add", x, g.op("ReduceMax", g.number(g.op("NonZero", g.const(np.float32([0, 1, 0, 2])))), keepdims=0)),
    "Einsum": lambda g, x: g.op("Einsum", x, g.real(3, g.C), equation=g.pick("nct,oc->not", "nct,oc->no")),
}
KEEP = [lambda g, x: g.op("Mul", x, g.real(g.C, 1)), lambda g, x: g.op("Add", x, g.real(g.T)), lambda g, x: g.op("Tanh", x), lambda g, x: g.op("LeakyRelu", x, alpha=.2),
        lambda g, x: g.op("MatMul", x, g.real(g.T, g.T)), lambda g, x: g.op("Conv", x, g.real(g.C, g.C, 3), pads=[1, 1])]
AFTER = [lambda g, x: g.op("Sigmoid", x), lambda g, x: g.op("Mul", x, g.const(np.float32(.4))), lambda g, x: g.op("Softsign", x)]


def opsets(op):
    return [o for o in IR if SINCE.get(op, 9) <= o <= UNTIL.get(op, 99)]


def make(op, seed):
    """Returns the graph of the seed, its model, and how it came about."""
    r = np.random.default_rng(seed)
    g = Graph(seed, int(r.choice(opsets(op))))
    x = "x"
    for _ in range(int(r.integers(0, 3))):
        x = KEEP[int(r.integers(len(KEEP)))](g, x)
    x = MAKERS[op](g, x)
    for _ in range(int(r.integers(0, 2))):
        x = AFTER[int(r.integers(len(AFTER)))](g, x)
    return g, g.finish(x)
