#!/usr/bin/python3
"""What onnxruntime answers for forms of operators of which ONNX's own cases (up to opset 17) know nothing, or little.

    npm install --ignore-scripts onnxruntime-node@1.20.1          (in any folder; its CPU library is inside)
    NODE_PATH=THAT_FOLDER/node_modules /usr/bin/python3 tests/onnx/runtime.py [FOLDER]      (Debian: python3-onnx nodejs)

Writes runtime.json, [{name, model (base64), input, output}] as forms.json has them; test_onnx_forms.c reads both."""
import base64, json, os, subprocess, sys
import numpy as np
from onnx import helper as h, numpy_helper as nh, TensorProto as TP

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = sys.argv[1] if len(sys.argv) > 1 else HERE
rng = np.random.default_rng(7)
cases = []
IR = {7: 3, 9: 4, 10: 5, 11: 6, 12: 7, 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10}


def f32(name, v):
    return nh.from_array(np.asarray(v, np.float32), name)


def i64(name, v):
    return nh.from_array(np.asarray(v, np.int64), name)


def add(opset, op, *inits, c=2, t=6, out="y", then=(), inputs=None, scale=1.0, positive=False, label="", **attrs):
    """One node `op` of x (1,c,t) and the initializers (None: absent), then the nodes `then`; the output is y."""
    names = [i.name if i is not None else "" for i in inits]
    x = rng.standard_normal((1, c, t)).astype(np.float32) * np.float32(scale)
    x = np.abs(x) + np.float32(0.1) if positive else x
    first = h.make_node(op, inputs or ["x"] + names, out.split(","), name="n", **attrs)
    g = h.make_graph([first, *then], "g", [h.make_tensor_value_info("x", TP.FLOAT, (1, c, t))],
                     [h.make_tensor_value_info("y", TP.FLOAT, None)], [i for i in inits if i is not None])
    m = h.make_model(g, opset_imports=[h.make_opsetid("", opset)], ir_version=IR[opset], producer_name="forms")
    text = " ".join(f"{k} {v}" for k, v in attrs.items())
    cases.append({"name": f"{op} {opset} {label or text}".strip(), "model": base64.b64encode(m.SerializeToString()).decode(),
                  "shape": [1, c, t], "input": [float(v) for v in x[0].T.ravel()], "feed": [float(v) for v in x.ravel()]})


def N(op, i, o="y", **a):
    return h.make_node(op, i.split(","), o.split(","), name=o.split(",")[0] + "_", **a)


# ---- functions of one number ----
for opset in (20, 21):
    add(opset, "Gelu", scale=2)
    add(opset, "Gelu", scale=2, approximate="tanh")
add(18, "Mish", scale=3)
add(20, "Mish", scale=20)
add(14, "HardSwish", scale=4)
add(21, "HardSwish", scale=4)
add(12, "Celu", alpha=0.7)
add(21, "ThresholdedRelu", alpha=0.4)
add(21, "HardSigmoid", alpha=0.3, beta=0.4, scale=2)
add(21, "Softplus", scale=30)
add(21, "Selu", alpha=1.5, gamma=0.9)
add(21, "Elu", alpha=0.6)
add(21, "LeakyRelu", alpha=0.3)
add(21, "PRelu", f32("s", [[0.2], [-0.5]]))
add(21, "Shrink", lambd=0.4, bias=0.2)
add(13, "Clip", f32("lo", -0.3), f32("hi", 0.5))
add(13, "Clip", None, f32("hi", 0.5), label="no least")
for op in ("Erf", "Sin", "Cos", "Exp", "Neg", "Abs", "Reciprocal", "Softsign", "Tanh", "Sigmoid", "Round", "Sign"):
    add(21, op, scale=2)
for op in ("Sqrt", "Log"):
    add(21, op, positive=True)

# ---- normalisation ----
for opset, n in ((18, 2), (20, 2), (21, 4)):
    add(opset, "GroupNormalization", f32("s", rng.standard_normal(n)), f32("b", rng.standard_normal(n)), c=4, num_groups=2, epsilon=1e-3)
add(18, "GroupNormalization", f32("s", [1.5]), f32("b", [0.5]), c=4, num_groups=1)
add(21, "GroupNormalization", f32("s", rng.standard_normal(4)), f32("b", rng.standard_normal(4)), c=4, num_groups=4)
add(17, "LayerNormalization", f32("s", rng.standard_normal(6)), f32("b", rng.standard_normal(6)))
add(17, "LayerNormalization", f32("s", rng.standard_normal((2, 6))), axis=1, epsilon=1e-2)
add(21, "InstanceNormalization", f32("s", [1.5, -0.5]), f32("b", [0.1, 0.2]))
for p in (1, 2):
    add(21, "LpNormalization", axis=1, p=p)
    add(21, "LpNormalization", axis=-1, p=p)
add(21, "BatchNormalization", f32("s", [1.5, 0.5]), f32("b", [0.1, -0.2]), f32("m", [0.3, -0.1]), f32("v", [0.8, 1.2]), epsilon=1e-2)
add(21, "MeanVarianceNormalization", axes=[0, 2])

# ---- reductions: axes as an input ----
for op in ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceProd", "ReduceSumSquare"):
    for opset in (18, 21) if op not in ("ReduceSum",) else (13, 21):
        add(opset, op, i64("a", [-1]), label="last axis")
        add(opset, op, i64("a", [1, 2]), keepdims=0)
        add(opset, op, label="all axes")
add(18, "ReduceLogSum", i64("a", [2]), positive=True)
for op in ("ReduceMean", "ReduceSum", "ReduceMax"):
    add(18, op, i64("a", []), noop_with_empty_axes=1)
    add(18, op, i64("a", []), noop_with_empty_axes=0)

# ---- pools and convolutions ----
for opset in (19, 21):
    add(opset, "AveragePool", kernel_shape=[2], dilations=[3])
    add(opset, "AveragePool", t=11, kernel_shape=[3], dilations=[2], strides=[2], pads=[2, 1])
    add(opset, "AveragePool", t=11, kernel_shape=[3], dilations=[2], strides=[2], pads=[2, 1], count_include_pad=1)
    add(opset, "AveragePool", t=12, kernel_shape=[3], dilations=[2], strides=[3], ceil_mode=1)
add(11, "AveragePool", t=11, kernel_shape=[3], strides=[2], auto_pad="SAME_LOWER")
add(11, "AveragePool", t=10, kernel_shape=[3], strides=[2], auto_pad="SAME_UPPER", count_include_pad=1)
add(12, "MaxPool", t=11, kernel_shape=[3], dilations=[2], strides=[2], pads=[1, 2])
add(12, "MaxPool", t=12, kernel_shape=[3], strides=[2], ceil_mode=1)
add(12, "MaxPool", t=11, kernel_shape=[4], strides=[3], auto_pad="SAME_LOWER")
add(18, "LpPool", t=11, kernel_shape=[3], strides=[2], dilations=[2], p=3)
add(11, "LpPool", t=10, kernel_shape=[3], strides=[2], pads=[1, 1], p=1)
add(21, "GlobalLpPool", p=3)
add(21, "GlobalMaxPool")
K = f32("k", rng.standard_normal((4, 2, 3)))
G = f32("k", rng.standard_normal((4, 1, 3)))
B = f32("b", rng.standard_normal(4))
for pad in ("SAME_UPPER", "SAME_LOWER", "VALID"):
    for s in (1, 2, 3):
        add(11, "Conv", K, B, t=10, auto_pad=pad, strides=[s], kernel_shape=[3])
add(11, "Conv", G, t=10, group=2, dilations=[2], pads=[4, 0])
TK = f32("k", rng.standard_normal((2, 4, 3)))
TG = f32("k", rng.standard_normal((2, 2, 4)))
add(11, "ConvTranspose", TK, B, strides=[2], pads=[1, 1], output_padding=[1])
add(11, "ConvTranspose", TG, group=2, dilations=[2], strides=[3])
add(11, "ConvTranspose", TK, strides=[2], output_shape=[12])
for pad in ("SAME_UPPER", "SAME_LOWER", "VALID"):
    add(11, "ConvTranspose", TK, strides=[2], auto_pad=pad)

# ---- Resize and Upsample ----
E = f32("r", [])
for where in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"):
    for to in (3, 4, 9, 15):
        add(18, "Resize", None, None, i64("z", [1, 2, to]), mode="linear", coordinate_transformation_mode=where, label=f"linear {where} to {to}")
        for near in ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil"):
            add(18, "Resize", None, None, i64("z", [1, 2, to]), mode="nearest", coordinate_transformation_mode=where, nearest_mode=near,
                label=f"nearest {where} {near} to {to}")
for where in ("half_pixel", "asymmetric"):
    for s in (0.6, 1.7, 2.5):
        add(19, "Resize", None, f32("s", [1, 1, s]), mode="linear", coordinate_transformation_mode=where, label=f"linear {where} by {s}")
        add(19, "Resize", None, f32("s", [1, 1, s]), mode="nearest", coordinate_transformation_mode=where, label=f"nearest {where} by {s}")
add(19, "Resize", None, f32("s", [1, 1, 2.5]), mode="linear", coordinate_transformation_mode="align_corners", label="align_corners by 2.5")
for s in (1.7, 0.6):
    add(19, "Resize", None, f32("s", [1, 1, s]), mode="linear", coordinate_transformation_mode="half_pixel_symmetric", label=f"half_pixel_symmetric by {s}")
add(18, "Resize", None, f32("s", [2.0]), mode="nearest", axes=[2], label="axes")
add(18, "Resize", None, None, i64("z", [9]), mode="linear", axes=[2], label="axes and sizes")
for policy in ("stretch", "not_larger", "not_smaller"):
    add(18, "Resize", None, None, i64("z", [3, 9]), mode="linear", axes=[1, 2], keep_aspect_ratio_policy=policy)
    add(18, "Resize", None, None, i64("z", [9]), mode="nearest", axes=[2], keep_aspect_ratio_policy=policy)
add(13, "Resize", E, f32("s", [1, 1, 2]), mode="nearest")
add(11, "Resize", E, f32("s", [1, 1, 2.5]), mode="linear")
add(9, "Upsample", f32("s", [1, 1, 2.5]), mode="linear")
add(9, "Upsample", f32("s", [1, 1, 2.5]), mode="nearest")

# ---- moving values ----
add(18, "Split", out="a,y,b", t=7, axis=2, num_outputs=3)
add(18, "Split", i64("s", [1, 4, 2]), out="a,y,b", t=7, axis=-1)
add(13, "Split", out="a,y,b", t=6, axis=2)
for mode in ("constant", "reflect", "edge", "wrap"):
    add(19, "Pad", i64("p", [0, 0, 2, 0, 0, 3]), mode=mode)
add(18, "Pad", i64("p", [2, 1]), f32("v", 0.5), i64("a", [2]))
add(18, "Pad", i64("p", [-1, 2]), None, i64("a", [-1]), label="negative")
add(14, "Reshape", i64("s", [0, -1, 3]), allowzero=0)
add(21, "Reshape", i64("s", [1, 4, 3]))
add(21, "Squeeze", i64("a", [0]))
add(21, "Unsqueeze", i64("a", [1, -1]))
add(21, "Transpose", perm=[2, 0, 1])
add(21, "Flatten", axis=2)
add(21, "Tile", i64("r", [1, 2, 2]))
add(21, "Expand", i64("s", [2, 1, 2, 6]))
add(21, "Gather", i64("i", [[0, -1], [3, 3]]), axis=2)
add(21, "GatherElements", i64("i", [[[0, 2, -1], [1, 1, 5]]]), axis=2)
add(21, "Slice", i64("s", [4]), i64("e", [-7]), i64("a", [2]), i64("d", [-2]))
add(21, "Slice", i64("s", [1, -3]), i64("e", [9, 2 ** 62]), i64("a", [1, -1]))
add(21, "Cast", to=TP.INT64, out="i", scale=4, then=[N("Cast", "i", to=TP.FLOAT)])
add(21, "Cast", to=TP.BOOL, out="i", then=[N("Cast", "i", to=TP.FLOAT)])
add(15, "Shape", start=1, end=-1, out="i", then=[N("Cast", "i", "f", to=TP.FLOAT), N("Mul", "x,f")])
add(21, "Size", out="i", then=[N("Cast", "i", "f", to=TP.FLOAT), N("Div", "x,f")])
add(21, "ArgMax", axis=2, out="i", then=[N("Cast", "i", "f", to=TP.FLOAT), N("Mul", "x,f")])
add(21, "TopK", i64("k", [2]), out="y,i", axis=2, largest=0)
add(21, "CumSum", i64("a", 2), exclusive=1, reverse=1)
add(21, "Trilu", upper=0)
add(21, "ScatterElements", i64("i", [[[1, 1], [0, 4]]]), f32("u", [[[5, 6], [7, 8]]]), axis=2, reduction="add")
add(18, "ScatterND", i64("i", [[0, 1, 2], [0, 0, 5]]), f32("u", [0.3, 0.7]), reduction="mul")
add(12, "Einsum", f32("w", rng.standard_normal((3, 2))), equation="nct,oc->not")

# ---- broadcasting, logic ----
for op in ("Add", "Sub", "Mul", "Div", "Min", "Max", "Mean", "Sum", "Pow"):
    add(13, op, f32("w", rng.uniform(0.5, 2, (3, 1, 1, 6))), label="to a higher rank", positive=op == "Pow")
    add(13, op, f32("w", rng.uniform(0.5, 2, (2, 1))), label="a column", positive=op == "Pow")
add(13, "Max", f32("w", [[0.2], [-0.1]]), f32("v", rng.standard_normal(6)), label="of three")
add(13, "Mean", f32("w", [[0.2], [-0.1]]), f32("v", rng.standard_normal(6)), label="of three")
add(13, "Mod", f32("w", [0.4]), fmod=1)
for op in ("Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Equal"):
    add(19, op, f32("w", [[0.1], [-0.2]]), out="m", then=[N("Where", "m,x,w")])
add(19, "Greater", f32("w", [[0.1], [-0.2]]), f32("z", [0.5, -0.5, 0.2, 0.3, -0.1, 0]), inputs=["x", "w"], out="a", label="Not And Or Xor",
    then=[N("Less", "x,z", "b"), N("And", "a,b", "c"), N("Not", "c", "d"), N("Xor", "d,b", "e"), N("Or", "e,c", "f"), N("Where", "f,x,z")])
for op in ("IsNaN", "IsInf"):
    add(20, op, out="m", then=[N("Not", "m", "q"), N("Cast", "q", "f", to=TP.FLOAT), N("Mul", "x,f")])
for op in ("Softmax", "LogSoftmax", "Hardmax"):
    add(13, op, axis=1)
    add(11, op, axis=1)
    add(21, op)
add(13, "Dropout", f32("q", 0.4))

# ---- recurrent layers: of (N,C,T), turned to (T,N,C) first ----
def recurrent(op, gates, directions, H=3, hidden=True, cell=True, peepholes=False, bias=True, last=False, lens=None, **attrs):
    d = {"forward": 1, "reverse": 1, "bidirectional": 2}[directions]
    r = lambda name, *s: f32(name, rng.standard_normal(s) * 0.6)
    w, q, b = r("w", d, gates * H, 2), r("q", d, gates * H, H), r("b", d, 2 * gates * H) if bias else None
    h0 = r("h", d, 1, H) if hidden else None
    more = [r("c", d, 1, H) if cell else None, r("p", d, 3 * H) if peepholes else None] if op == "LSTM" else []
    inits = [w, q, b, None if lens is None else nh.from_array(np.array([lens], np.int32), "l"), h0, *more]
    while inits[-1] is None:
        inits.pop()
    node = h.make_node(op, ["s", *[i.name if i is not None else "" for i in inits]], ["a", "y"] if last else ["y"], name="r", hidden_size=H,
                       direction=directions, **attrs)
    add(14, "Transpose", *inits, inputs=["x"], perm=[2, 0, 1], out="s", then=[node],
        label=f"{op} {directions} {attrs} h0 {hidden} peepholes {peepholes} bias {bias} last {last}" + ("" if lens is None else f" lens {lens}"))


for direction in ("forward", "reverse", "bidirectional"):
    recurrent("LSTM", 4, direction)
    recurrent("LSTM", 4, direction, last=True, peepholes=True)
    recurrent("GRU", 3, direction, linear_before_reset=0)
    recurrent("GRU", 3, direction, linear_before_reset=1, last=True)
    recurrent("RNN", 1, direction, hidden=False)
    recurrent("RNN", 1, direction, bias=False, last=True)
recurrent("LSTM", 4, "forward", hidden=False, cell=False, bias=False)
recurrent("LSTM", 4, "forward", clip=0.4)
recurrent("GRU", 3, "forward", clip=0.4)
recurrent("LSTM", 4, "forward", activations=["HardSigmoid", "Softsign", "Relu"])
recurrent("RNN", 1, "bidirectional", activations=["Relu", "Sigmoid"])
recurrent("RNN", 1, "forward", activations=["LeakyRelu"], activation_alpha=[0.2])

# ---- sequences that end before the input does, coupled gates ----
for direction in ("forward", "reverse", "bidirectional"):
    for op, gates in (("LSTM", 4), ("GRU", 3), ("RNN", 1)):
        for last in (False, True):
            recurrent(op, gates, direction, last=last, lens=4)
    recurrent("LSTM", 4, direction, input_forget=1)
    recurrent("LSTM", 4, direction, input_forget=1, last=True, peepholes=True)
recurrent("LSTM", 4, "forward", last=True, lens=6)

# ---- ceil_mode of LpPool; onnxruntime also counts windows that lie in the padding alone, which PyTorch and we leave out ----
for t, k, s, more in ((12, 3, 2, {}), (11, 3, 2, {}), (11, 2, 3, {}), (12, 3, 4, dict(pads=[1, 1])), (13, 3, 3, dict(dilations=[2]))):
    add(18, "LpPool", t=t, kernel_shape=[k], strides=[s], p=2, ceil_mode=1, label=f"ceil_mode {t} {k} {s} {more}", **more)

# ---- Resize: older forms, antialias ----
for length, s in ((4, .6), (3, .75), (12, .75), (10, .3), (9, .5)):
    add(10, "Resize", f32("s", [1, 1, s]), t=length, mode="nearest", label=f"nearest {length} by {s}")
add(10, "Resize", f32("s", [1, 1.5, 0.6]), t=7, mode="nearest", label="nearest, one axis grows, one shrinks")
for mode in ("linear", "nearest"):
    for near in ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil") if mode == "nearest" else ("floor",):
        for s in (2, 0.6):
            add(11, "Resize", E, f32("s", [1, 1, s]), t=7, mode=mode, coordinate_transformation_mode="tf_half_pixel_for_nn", nearest_mode=near,
                label=f"{mode} tf_half_pixel_for_nn {near} by {s}")
for s in (0.6, 1.7, 2.5):
    for t in (5, 6, 9):
        add(19, "Resize", None, f32("s", [1, 1, s]), t=t, mode="linear", coordinate_transformation_mode="align_corners", label=f"align_corners {t} by {s}")
        add(13, "Resize", f32("r", [0, 0, 0.2, 1, 1, 0.9]), f32("s", [1, 1, s]), t=t, mode="linear", coordinate_transformation_mode="tf_crop_and_resize",
            label=f"tf_crop_and_resize {t} by {s}")
for mode in ("linear", "cubic"):
    for exclude in (0, 1):
        for to in (3, 4, 5, 12):
            add(18, "Resize", None, None, i64("z", [1, 2, to]), t=11, mode=mode, antialias=1, exclude_outside=exclude, label=f"antialias {mode} {exclude} to {to}")

# ---- Scatter by the largest or least ----
for reduction in ("max", "min"):
    add(18, "ScatterElements", i64("i", [[[1, 1], [0, 4]]]), f32("u", [[[.5, -.6], [.7, 0]]]), axis=2, reduction=reduction)
    add(18, "ScatterND", i64("i", [[0, 1, 2], [0, 0, 5], [0, 0, 5]]), f32("u", [0.3, 0.7, -.2]), reduction=reduction)

answers = json.loads(subprocess.run(["node", HERE + "/runtime.js"], input=json.dumps(cases), capture_output=True, text=True, check=True).stdout)
kept = []
for c, a in zip(cases, answers):
    if "error" in a:
        print(c["name"] + ":", a["error"].strip().splitlines()[0][:150], file=sys.stderr)
        continue
    kept.append({"name": c["name"], "model": c["model"], "layout": "NCT", "input": [float("%.9g" % v) for v in c["input"]],
                 "output": [float("%.9g" % v) for v in a["y"]]})
with open(OUT + "/runtime.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in kept) + "\n]\n")
print(len(kept), "cases")
