#!/usr/bin/python3
"""Operators that stand for several others: those that onnxruntime's optimiser writes, and ONNX's newer ones.

    npm install --ignore-scripts onnxruntime-node@1.24.3          (in any folder; its CPU library is inside)
    NODE_PATH=THAT_FOLDER/node_modules /usr/bin/python3 tests/onnx/fused.py [FOLDER]      (Debian: python3-onnx python3-torch nodejs)

Writes fused.json, [{name, model (base64), layout, input, output, layers}] as forms.json has them. Single operators: onnxruntime
says what comes out; where it lacks the operator, a formula in numpy does. Whole networks: torch exports them, onnxruntime
saves them optimised (its C interface is called, because the one for JavaScript cannot), and the file before says what comes out."""
import base64, ctypes as C, glob, json, os, subprocess, sys, tempfile, warnings
import numpy as np
import onnx
import torch
from onnx import helper as h, numpy_helper as nh, TensorProto as TP
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = sys.argv[1] if len(sys.argv) > 1 else HERE
MS = "com.microsoft"
warnings.filterwarnings("ignore")
torch.manual_seed(5)
rng = np.random.default_rng(5)
cases = []


def f32(name, *shape, scale=0.5):
    return nh.from_array((rng.standard_normal(shape) * scale).astype(np.float32), name)


def ints(name, v):
    return nh.from_array(np.asarray(v, np.int64), name)


def encoded(m):
    return base64.b64encode(m.SerializeToString()).decode()


def add(label, nodes, inits=(), shape=(1, 6, 8), layout="NTC", opset=17, error=None, answer=None):
    """Nodes from x to y. answer: a function of x, for what onnxruntime lacks."""
    x = rng.standard_normal(shape).astype(np.float32)
    g = h.make_graph(list(nodes), "g", [h.make_tensor_value_info("x", TP.FLOAT, shape)], [h.make_tensor_value_info("y", TP.FLOAT, None)], list(inits))
    m = h.make_model(g, opset_imports=[h.make_opsetid("", opset), h.make_opsetid(MS, 1)], ir_version=10, producer_name="fused")
    tc = x[0] if layout == "NTC" else x[0].T
    c = {"name": label, "model": encoded(m), "layout": layout, "shape": list(shape), "feed": [float(v) for v in x.ravel()],
         "input": [float(v) for v in tc.ravel()]}
    if error:
        c["error"] = error
        c["opens"] = True
    if answer:
        c["y"] = [float(v) for v in np.asarray(answer(x.astype(np.float64))).ravel()]
    cases.append(c)


def ms(op, i, o="y", **a):
    return h.make_node(op, i.split(","), o.split(","), name="n", domain=MS, **a)


def N(op, i, o="y", **a):
    return h.make_node(op, i.split(","), o.split(","), name=o.split(",")[0] + "_", **a)


# ---- convolution and products with an activation ----
ncl = dict(shape=(1, 3, 9), layout="NCT")
for act, params in (("Relu", None), ("LeakyRelu", [.2]), ("Clip", [-.3, .4]), ("Clip", [0., 6.]), ("HardSigmoid", [.3, .4]), ("Tanh", None), ("Sigmoid", None)):
    more = {"activation_params": params} if params else {}
    add(f"FusedConv {act} {params}", [ms("FusedConv", "x,w,b", kernel_shape=[3], pads=[1, 1], strides=[2], activation=act, **more)],
        [f32("w", 4, 3, 3), f32("b", 4)], **ncl)
add("FusedConv, something added", [N("Conv", "x,v", "z", kernel_shape=[1]), ms("FusedConv", "x,w,b,z", kernel_shape=[3], pads=[1, 1], activation="Relu")],
    [f32("w", 4, 3, 3), f32("b", 4), f32("v", 4, 3, 1)], **ncl)
add("FusedConv, an unknown activation", [ms("FusedConv", "x,w", kernel_shape=[3], activation="Sin")], [f32("w", 4, 3, 3)], error="its activation is not supported", **ncl)
for act, more in (("Relu", {}), ("LeakyRelu", dict(activation_alpha=.3)), ("Elu", dict(activation_alpha=.6)), ("Softplus", {}), ("Softsign", {}),
                  ("HardSigmoid", dict(activation_alpha=.3, activation_beta=.45)), ("Selu", dict(activation_alpha=1.5, activation_gamma=.9)),
                  ("ThresholdedRelu", dict(activation_alpha=.2))):
    add(f"FusedGemm {act}", [N("Flatten", "x", "f"), ms("FusedGemm", "f,w,b", transB=1, alpha=.7, beta=1.2, activation=act, **more)],
        [f32("w", 4, 27), f32("b", 4)], **ncl)
for a in (0, 1):
    for b in (0, 1):
        for ba in (0, 1):
            for bb in (0, 1):
                # a: heads x steps x size in one of four orders; b: a constant
                left = {(0, 0): (2, 6, 8), (1, 0): (2, 8, 6), (0, 1): (6, 2, 8), (1, 1): (8, 2, 6)}[a, ba]
                right = {(0, 0): (2, 8, 5), (1, 0): (2, 5, 8), (0, 1): (8, 2, 5), (1, 1): (5, 2, 8)}[b, bb]
                add(f"FusedMatMul transA {a} transB {b} transBatchA {ba} transBatchB {bb}",
                    [N("Reshape", "x,s", "l"), ms("FusedMatMul", "l,r", transA=a, transB=b, transBatchA=ba, transBatchB=bb, alpha=.3)],
                    [ints("s", left), f32("r", *right)], shape=(1, 12, 8))
add("FusedMatMul of ranks 3 and 2", [ms("FusedMatMul", "x,r", transB=1)], [f32("r", 5, 8)])
add("FusedMatMul of a tensor with itself", [ms("FusedMatMul", "x,x", transA=1, alpha=.5)])
add("TransposeMatMul", [ms("TransposeMatMul", "x,r", transA=1, alpha=2.)], [f32("r", 6, 3)])

# ---- activations ----
add("Gelu", [ms("Gelu", "x")])
add("BiasGelu", [ms("BiasGelu", "x,b")], [f32("b", 8)])
add("FastGelu", [ms("FastGelu", "x")])
add("FastGelu with a bias", [ms("FastGelu", "x,b")], [f32("b", 8)])
add("QuickGelu", [ms("QuickGelu", "x")])
add("QuickGelu that is a SiLU", [ms("QuickGelu", "x", alpha=1.)])
erf = np.vectorize(__import__("math").erf)
half = nh.to_array(f32("b", 8))
add("BiasSplitGelu", [ms("BiasSplitGelu", "x,b")], [nh.from_array(half, "b")],
    answer=lambda x: (x + half)[..., :4] * .5 * (x + half)[..., 4:] * (1 + erf((x + half)[..., 4:] / 2**.5)))
add("BiasAdd", [ms("BiasAdd", "x,b,x")], [nh.from_array(half, "b")], answer=lambda x: x + half + x)
bias = nh.to_array(f32("b", 1, 1, 8))
add("BiasSoftmax", [ms("BiasSoftmax", "x,b", axis=2, is_inner_broadcast=0)], [nh.from_array(bias, "b")],
    answer=lambda x: np.exp(x + bias) / np.exp(x + bias).sum(2, keepdims=True))

# ---- normalisation ----
norm = [f32("g", 8), f32("b", 8), f32("c", 8), f32("s", 1, 6, 8)]
add("LayerNormalization of opset 13", [N("LayerNormalization", "x,g,b", axis=-1, epsilon=1e-3)], norm, opset=13)
add("SimplifiedLayerNormalization", [N("SimplifiedLayerNormalization", "x,g", axis=-1, epsilon=1e-3)], norm, opset=13)
add("SkipLayerNormalization", [ms("SkipLayerNormalization", "x,s,g,b", epsilon=1e-3)], norm)
add("SkipLayerNormalization with a bias and its sum", [ms("SkipLayerNormalization", "x,s,g,b,c", "a,,,t"), N("Add", "a,t")], norm)
add("SkipLayerNormalization without beta", [ms("SkipLayerNormalization", "x,s,g")], norm)
add("SkipSimplifiedLayerNormalization", [ms("SkipSimplifiedLayerNormalization", "x,s,g,c", "a,,,t", epsilon=1e-4), N("Mul", "a,t")], norm)
add("SkipLayerNormalization with its mean", [ms("SkipLayerNormalization", "x,s,g,b", "a,m"), N("Add", "a,m")], norm,
    error="its mean and deviation as outputs are not supported")

# ---- attention ----
qkv = [f32("w", 8, 24), f32("b", 24), f32("add", 1, 1, 6, 6)]
add("Attention", [ms("Attention", "x,w,b", num_heads=2)], qkv)
add("Attention, unidirectional", [ms("Attention", "x,w,b", num_heads=4, unidirectional=1)], qkv)
add("Attention with a scale and something added", [ms("Attention", "x,w,b,,,add", num_heads=2, scale=.4)], qkv)
add("Attention of unequal sizes", [ms("Attention", "x,w,b", num_heads=2, qkv_hidden_sizes=[8, 8, 4])], [f32("w", 8, 20), f32("b", 20)])
add("Attention with a mask", [ms("Attention", "x,w,b,m", num_heads=2)], qkv + [nh.from_array(np.array([6], np.int32), "m")], error="its mask is not supported")
three = [N("MatMul", "x,wq", "q"), N("MatMul", "x,wk", "k"), N("MatMul", "x,wv", "v")]
w3 = [f32("wq", 8, 8), f32("wk", 8, 8), f32("wv", 8, 8), f32("b", 24), f32("add", 1, 1, 6, 6)]
add("MultiHeadAttention", [*three, ms("MultiHeadAttention", "q,k,v", num_heads=2)], w3)
add("MultiHeadAttention with biases", [*three, ms("MultiHeadAttention", "q,k,v,b", num_heads=4)], w3)
add("MultiHeadAttention, unidirectional, something added", [*three, ms("MultiHeadAttention", "q,k,v,,,add", num_heads=2, unidirectional=1, scale=.3)], w3)
past = [f32("pk", 1, 2, 3, 4), f32("pv", 1, 2, 3, 4)]
add("MultiHeadAttention with a cache", [*three, ms("MultiHeadAttention", "q,k,v,,,,pk,pv", "y,pk2,pv2", num_heads=2)], w3 + past)
add("MultiHeadAttention of heads apart", [*three, N("Reshape", "k,s", "k4"), ms("MultiHeadAttention", "q,k4,v", num_heads=2)],
    w3 + [ints("s", [1, 2, 6, 4])], error="an input of rank 4 instead of 3 is not supported")
add("MultiHeadAttention, all in one", [N("Reshape", "x,s", "p"), ms("MultiHeadAttention", "p", num_heads=2)], [ints("s", [1, 1, 2, 3, 8])],
    error="query, key and value in one tensor are not supported")

# ---- what is refused by its name ----
for op, domain in (("NhwcConv", MS), ("NhwcMaxPool", MS), ("Conv", MS + ".nchwc"), ("Inverse", MS)):
    add(f"{domain} {op}", [h.make_node(op, ["x"], ["y"], name="n", domain=domain)], error=f"node 'n' ({op}, opset 17): operators of domain '{domain}' like this")

# ---- ONNX's operators of opset 23 and 24 ----
add("RMSNormalization", [N("RMSNormalization", "x,g", epsilon=1e-3)], norm, opset=23)
add("RMSNormalization of two axes", [N("RMSNormalization", "x,g", axis=-2)], [f32("g", 6, 8)], opset=23)
add("Swish", [N("Swish", "x", alpha=1.3)], opset=24, answer=lambda x: x / (1 + np.exp(-1.3 * x)))
add("Swish of alpha 1", [N("Swish", "x")], opset=24, answer=lambda x: x / (1 + np.exp(-x)))
for more, label in (({}, "plain"), (dict(is_causal=1), "causal"), (dict(scale=.3), "scale"), (dict(softcap=.7), "softcap")):
    add(f"Attention 23, {label}", [*three, N("Attention", "q,k,v", q_num_heads=2, kv_num_heads=2, **more)], w3, opset=23)
add("Attention 23, something added", [*three, N("Attention", "q,k,v,add", q_num_heads=2, kv_num_heads=2)], w3, opset=23)
seen = nh.from_array(np.tril(np.ones((6, 6), bool)) | (rng.random((6, 6)) < .4), "seen")
add("Attention 23, a logical mask", [*three, N("Attention", "q,k,v,seen", q_num_heads=2, kv_num_heads=2)], w3 + [seen], opset=23)
add("Attention 23, heads that share keys", [N("MatMul", "x,wq", "q"), N("MatMul", "x,wk", "k"), N("MatMul", "x,wv", "v"),
                                            N("Attention", "q,k,v", q_num_heads=4, kv_num_heads=2)], [f32("wq", 8, 8), f32("wk", 8, 4), f32("wv", 8, 4)], opset=23)
add("Attention 23, four axes", [N("Reshape", "x,s", "q"), N("Attention", "q,q,q", "a"), N("Flatten", "a")], [ints("s", [1, 2, 6, 4])], opset=23)
add("Attention 23 with a cache", [*three, N("Attention", "q,k,v,,pk,pv", "a,pk2,pv2", q_num_heads=2, kv_num_heads=2), N("ReduceSum", "pk2,axes", "r", keepdims=0),
                                  N("Add", "a,r")], w3 + past + [ints("axes", [0, 1, 2, 3])], opset=23)


def turned(x, cos, sin, size, heads, interleaved):
    x = x.reshape(1, 6, heads, -1)
    r = x[..., :size].copy()
    one, two = (r[..., 0::2], r[..., 1::2]) if interleaved else (r[..., :size // 2], r[..., size // 2:])
    c, s = cos[:, :, None], sin[:, :, None]
    a, b = c * one - s * two, s * one + c * two
    r = np.stack([a, b], -1).reshape(r.shape) if interleaved else np.concatenate([a, b], -1)
    return np.concatenate([r, x[..., size:]], -1).reshape(1, 6, -1)


for interleaved in (0, 1):
    for size in (0, 2):
        angle = np.outer(np.arange(6), 10. ** -np.arange((size or 4) // 2))[None]
        cache = [nh.from_array(f(angle).astype(np.float32), n) for f, n in ((np.cos, "c"), (np.sin, "s"))]
        add(f"RotaryEmbedding, interleaved {interleaved}, {size or 'all'} of 4", [N("RotaryEmbedding", "x,c,s", num_heads=2, interleaved=interleaved, rotary_embedding_dim=size)],
            cache, opset=23, answer=lambda x: turned(x, np.cos(angle), np.sin(angle), size or 4, 2, interleaved))
places = np.array([[3, 1, 0, 2, 5, 4]])
angle = np.outer(np.arange(9), [1, .1])
add("RotaryEmbedding by places, four axes", [N("Reshape", "x,s4", "a"), N("Transpose", "a", "b", perm=[0, 2, 1, 3]), N("RotaryEmbedding", "b,c,s,p", "d"),
                                             N("Transpose", "d", "e", perm=[0, 2, 1, 3]), N("Reshape", "e,s3")],
    [ints("s4", [1, 6, 2, 4]), ints("s3", [1, 6, 8]), ints("p", places), nh.from_array(np.cos(angle).astype(np.float32), "c"), nh.from_array(np.sin(angle).astype(np.float32), "s")],
    opset=23, answer=lambda x: turned(x, np.cos(angle)[places], np.sin(angle)[places], 4, 2, 0))
for op in ("Relu", "HardSwish"):
    add(f"{op} of opset 22", [N(op, "x")], opset=22)
add("Gelu of opset 23", [N("Gelu", "x")], opset=23)
add("LayerNormalization of opset 23", [N("LayerNormalization", "x,g,b")], norm, opset=23)
add("GroupNormalization of opset 21", [N("GroupNormalization", "x,g,b", num_groups=2)], [f32("g", 4), f32("b", 4)], shape=(1, 4, 7), layout="NCT", opset=21)
add("Conv, BatchNormalization, AveragePool, LSTM of opset 22", [
    N("Conv", "x,w", "a", pads=[1, 1]), N("BatchNormalization", "a,g,b,m,v", "c"), N("AveragePool", "c", "p", kernel_shape=[2], strides=[2]), N("Transpose", "p", "t", perm=[2, 0, 1]),
    N("LSTM", "t,lw,lr", "l,h", hidden_size=3), N("Squeeze", "h,axis")],
    [f32("w", 4, 3, 3), f32("g", 4), f32("b", 4), f32("m", 4), nh.from_array(np.float32([1, .5, 2, .7]), "v"), f32("lw", 1, 12, 4), f32("lr", 1, 12, 3), ints("axis", [0])],
    shape=(1, 3, 12), layout="NCT", opset=22)


# ---- whole networks ----
class Runtime:
    """onnxruntime by the places of its functions in OrtApi (onnxruntime_c_api.h)."""
    CREATE_ENV, CREATE_SESSION, CREATE_OPTIONS, SET_OPTIMIZED_PATH, SET_LEVEL, MESSAGE = 3, 7, 10, 11, 23, 2

    def __init__(self):
        lib = C.CDLL(glob.glob(os.environ["NODE_PATH"] + "/onnxruntime-node/bin/*/linux/x64/libonnxruntime.so.1*")[0])
        base = type("Base", (C.Structure,), {"_fields_": [("get", C.CFUNCTYPE(C.c_void_p, C.c_uint32))]})
        lib.OrtGetApiBase.restype = C.POINTER(base)
        self.api = C.cast(lib.OrtGetApiBase().contents.get(17), C.POINTER(C.c_void_p))
        self.env = self.new(self.CREATE_ENV, C.c_int(3), C.c_char_p(b"fused"))

    def call(self, place, *a):
        status = C.cast(self.api[place], C.CFUNCTYPE(C.c_void_p, *[type(v) for v in a]))(*a)
        if status:
            raise RuntimeError(C.cast(self.api[self.MESSAGE], C.CFUNCTYPE(C.c_char_p, C.c_void_p))(status).decode())

    def new(self, place, *a):
        made = C.c_void_p()
        self.call(place, *a, C.cast(C.pointer(made), C.c_void_p))
        return made

    def optimise(self, model, path):
        options = self.new(self.CREATE_OPTIONS)
        self.call(self.SET_LEVEL, options, C.c_int(2))  # ORT_ENABLE_EXTENDED
        self.call(self.SET_OPTIMIZED_PATH, options, C.c_char_p(path.encode()))
        self.new(self.CREATE_SESSION, self.env, C.c_char_p(model.encode()), options)


class Attention(nn.Module):
    def __init__(self, c=3, d=8, heads=2):
        super().__init__()
        self.inp, self.q, self.k, self.v, self.o, self.heads = nn.Linear(c, d), nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d), heads
        self.n1, self.f1, self.f2, self.n2, self.out = nn.LayerNorm(d), nn.Linear(d, 12), nn.Linear(12, d), nn.LayerNorm(d), nn.Linear(d, 2)
        for n in (self.n1, self.n2):
            nn.init.normal_(n.weight)

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).permute(0, 2, 1, 3)

    def forward(self, x):
        x = self.inp(x)
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        a = torch.softmax(q @ k.transpose(-1, -2) / 2, -1) @ v
        x = self.n1(x + self.o(a.permute(0, 2, 1, 3).reshape(x.shape)))
        return self.out(self.n2(x + self.f2(nn.functional.gelu(self.f1(x)))).mean(1))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.bn, self.out = nn.Conv1d(3, 3, 3, padding=1), nn.Conv1d(3, 3, 3, padding=1), nn.BatchNorm1d(3), nn.Linear(3, 2)
        self.bn.running_mean += .2

    def forward(self, x):
        return self.out(torch.relu(self.bn(self.b(torch.relu(self.a(x)))) + x).mean(2))


class Rms(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp, self.w, self.out = nn.Linear(3, 8), nn.Parameter(torch.rand(8) + .5), nn.Linear(8, 2)

    def forward(self, x):
        x = self.inp(x)
        return self.out((x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.w).mean(1))


networks = [
    ("activations of convolutions", "NCT", nn.Sequential(nn.Conv1d(3, 4, 3), nn.SiLU(), nn.Conv1d(4, 4, 3), nn.ReLU6(), nn.Conv1d(4, 4, 1), nn.Sigmoid(), nn.Conv1d(4, 4, 1),
     nn.LeakyReLU(.3), nn.Conv1d(4, 3, 1), nn.GELU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(3, 2)),
     [["0", "Conv", "silu"], ["2", "Conv", "relu6"], ["4", "Conv", "sigmoid"], ["6", "Conv", "leaky_relu"], ["8", "Conv", "gelu"],
      ["10", "GlobalAveragePool", ""], ["11/Flatten", "Flatten", ""], ["12", "Gemm", ""]]),
    ("perceptron", "NCT", nn.Sequential(nn.Flatten(), nn.Linear(36, 6), nn.GELU(), nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 6), nn.ELU(), nn.Linear(6, 2)),
     [["0/Flatten", "Flatten", ""], ["1", "Gemm", "gelu"], ["3", "Gemm", "tanh"], ["5", "Gemm", "elu"], ["7", "Gemm", ""]]),
    ("residual", "NCT", Residual(), [["a", "Conv", "relu"], ["b", "Conv", ""], ["Add", "Add", "relu"], ["ReduceMean", "ReduceMean", ""], ["out", "Gemm", ""]]),
    ("attention", "NTC", Attention(),
     [["gemm_input_reshape", "Reshape", ""], ["inp", "Gemm", ""], ["gemm_output_reshape", "Reshape", ""],
      ["gemm_input_reshape_token_2", "Reshape", ""], ["k", "Gemm", ""], ["gemm_output_reshape_token_5_new_reshape", "Reshape", ""],
      ["Transpose_2", "Transpose", ""], ["gemm_input_reshape_token_8", "Reshape", ""], ["q", "Gemm", ""],
      ["gemm_output_reshape_token_11_new_reshape", "Reshape", ""], ["Transpose", "Transpose", ""], ["MatMul", "MatMul", ""],
      ["Softmax", "Softmax", ""], ["gemm_input_reshape_token_14", "Reshape", ""], ["v", "Gemm", ""],
      ["gemm_output_reshape_token_17_new_reshape", "Reshape", ""], ["Transpose_1", "Transpose", ""], ["MatMul_1", "MatMul", ""],
      ["Transpose_3", "Transpose", ""], ["Reshape_3_new_reshape", "Reshape", ""], ["o", "Gemm", ""],
      ["gemm_output_reshape_token_23", "Reshape", ""], ["Add", "Add", ""], ["n1", "LayerNormalization", ""],
      ["gemm_input_reshape_token_26", "Reshape", ""], ["f1", "Gemm", "gelu"], ["gemm_input_reshape_token_32", "Reshape", ""],
      ["f2", "Gemm", ""], ["gemm_output_reshape_token_35", "Reshape", ""], ["Add_2", "Add", ""], ["n2", "LayerNormalization", ""],
      ["ReduceMean", "ReduceMean", ""], ["out", "Gemm", ""]]),
    ("root mean square", "NTC", Rms(), [["gemm_input_reshape", "Reshape", ""], ["inp", "Gemm", ""], ["gemm_output_reshape", "Reshape", ""], ["Mul_1", "RMSNormalization", ""],
      ["ReduceMean_1", "ReduceMean", ""], ["out", "Gemm", ""]]),
]
runtime = Runtime()
with tempfile.TemporaryDirectory() as folder:
    for name, layout, net, layers in networks:
        shape = (1, 12, 3) if layout == "NTC" else (1, 3, 12)
        x = torch.randn(shape)
        torch.onnx.export(net.eval(), x, folder + "/a.onnx", opset_version=13, input_names=["x"], output_names=["y"])
        runtime.optimise(folder + "/a.onnx", folder + "/b.onnx")
        ops = sorted({n.op_type for n in onnx.load(folder + "/b.onnx").graph.node if n.domain == MS or n.op_type == "SimplifiedLayerNormalization"})
        assert ops, name + " is as it was"
        with open(folder + "/a.onnx", "rb") as before, open(folder + "/b.onnx", "rb") as after:
            c = {"name": f"optimised {name}: {', '.join(ops)}", "run": base64.b64encode(before.read()).decode(), "model": base64.b64encode(after.read()).decode(), "layout": layout,
                 "shape": list(shape), "feed": x.ravel().tolist(), "input": (x[0] if layout == "NTC" else x[0].T).ravel().tolist(), "layers": layers}
        cases.append(c)

asked = [{**c, "model": c.get("run", c["model"])} for c in cases]
answers = json.loads(subprocess.run(["node", HERE + "/runtime.js"], input=json.dumps(asked), capture_output=True, text=True, check=True).stdout)
kept = []
for c, a in zip(cases, answers):
    k = {n: c[n] for n in ("name", "model", "layout", "error", "opens", "layers") if n in c}
    if "error" not in c:
        y = a.get("y", c.get("y"))
        if y is None:
            sys.exit(c["name"] + ": " + a["error"].strip().splitlines()[0][:300])
        if "y" in a and "y" in c:
            assert np.allclose(a["y"], c["y"], rtol=1e-4, atol=1e-5), c["name"] + ": onnxruntime differs from the formula"
        print(c["name"] + ": " + ("onnxruntime" if "y" in a else "formula, " + a["error"].strip().splitlines()[0][:110]))
        k["input"], k["output"] = ([float("%.9g" % v) for v in l] for l in (c["input"], y))
    kept.append(k)
with open(OUT + "/fused.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in kept) + "\n]\n")
print(len(kept), "cases")
