#!/usr/bin/python3
"""Files as PyTorch's exporter by torch.dynamo writes them, by hand, because Debian's PyTorch lacks it; the numbers are PyTorch's.

    /usr/bin/python3 tests/onnx/dynamo.py [FOLDER]      (Debian: python3-onnx python3-torch)

dynamo/modules.onnx: torch 2.1 to 2.4: a function for each module, which calls functions of torch_lib. dynamo/flat.onnx: torch 2.5 and later:
opset 18, no functions, all weights in flat.onnx.data, metadata of each node. dynamo/x.csv: a window; dynamo/y.csv: what both give."""
import os, sys
import numpy as np
import onnx
import torch
from onnx import helper as h, numpy_helper as nh, TensorProto as TP

OUT = (sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))) + "/dynamo"
os.makedirs(OUT, exist_ok=True)
torch.manual_seed(3)
T, C = 16, 2
lib, pkg = "pkg.onnxscript.torch_lib", "pkg.torch.2.3.0"
net = torch.nn.Sequential(torch.nn.Conv1d(C, 4, 3, padding=1), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.MaxPool1d(2), torch.nn.Flatten(),
                          torch.nn.Linear(32, 3), torch.nn.Softmax(1)).eval()
net[1].running_mean += 0.3
net[1].running_var *= 2
x = torch.randn(1, C, T)
w = {k: v.detach().numpy() for k, v in net.state_dict().items() if "tracked" not in k}
np.savetxt(OUT + "/x.csv", x[0].T.numpy(), "%.9g", ",", header="a,b", comments="")
np.savetxt(OUT + "/y.csv", net(x).detach().numpy(), "%.9g", ",")


def info(name, shape):
    return h.make_tensor_value_info(name, TP.FLOAT, shape)


def ints(name, *v):
    return h.make_node("Constant", [], [name], value=nh.from_array(np.array(v, np.int64)))


# ---- flat ----
def external(name, v, data):
    t = TP(name=name, data_type=TP.FLOAT, dims=v.shape, data_location=1)
    for k, e in (("location", "flat.onnx.data"), ("offset", str(len(data))), ("length", str(v.nbytes))):
        entry = t.external_data.add()
        entry.key, entry.value = k, e
    data += np.ascontiguousarray(v).tobytes()
    data += bytes(-len(data) % 64)
    return t


def metadata(node, module):
    body = b"".join(bytes([field << 3 | 2, len(v)]) + v for field, v in ((1, b"pkg.torch.onnx.name_scopes"), (2, module.encode())))
    node.MergeFromString(b"\x4a" + bytes([len(body)]) + body)  # NodeProto.metadata_props, which python3-onnx does not know
    return node


data = bytearray()
init = [external(k, v, data) for k, v in w.items()] + [nh.from_array(np.array([1, -1], np.int64), "val_5")]
nodes = [("Conv", ["x", "0.weight", "0.bias"], "conv1d", "0", dict(group=1, pads=[1, 1], auto_pad="NOTSET", strides=[1], dilations=[1])),
         ("BatchNormalization", ["conv1d", "1.weight", "1.bias", "1.running_mean", "1.running_var"], "getitem", "1", dict(epsilon=1e-5, momentum=0.9)),
         ("Relu", ["getitem"], "relu", "2", {}),
         ("MaxPool", ["relu"], "max_pool1d", "3", dict(kernel_shape=[2], strides=[2], pads=[0, 0], dilations=[1], ceil_mode=0, storage_order=0, auto_pad="NOTSET")),
         ("Reshape", ["max_pool1d", "val_5"], "view", "4", dict(allowzero=1)),
         ("Gemm", ["view", "5.weight", "5.bias"], "linear", "5", dict(transB=1, alpha=1.0, beta=1.0)),
         ("Softmax", ["linear"], "softmax", "6", dict(axis=1))]
made = [metadata(h.make_node(op, i, [o], name="node_" + o, **a), "/" + m) for op, i, o, m, a in nodes]
g = h.make_graph(made, "main_graph", [info("x", (1, C, T))], [info("softmax", (1, 3))], init)
m = h.make_model(g, opset_imports=[h.make_opsetid("", 18)], ir_version=10, producer_name="pytorch", producer_version="2.6.0")
with open(OUT + "/flat.onnx", "wb") as f:
    f.write(m.SerializeToString())
with open(OUT + "/flat.onnx.data", "wb") as f:
    f.write(data)

# ---- a function for each module ----
imports = [h.make_opsetid("", 18), h.make_opsetid(lib, 1), h.make_opsetid(lib + ".common", 1), h.make_opsetid(pkg, 1)]


def refer(op, i, o, *names, **a):
    n = h.make_node(op, i, o, name="n_" + o[0], **a)
    for k in names:
        r = n.attribute.add()
        r.name, r.ref_attr_name, r.type = k, k, onnx.AttributeProto.INT if k in ("axis", "group", "keepdims") else onnx.AttributeProto.INTS
    return n


def function(domain, name, i, o, nodes, attributes=()):
    return h.make_function(domain, name, i, o, nodes, imports, list(attributes))


N = h.make_node
functions = [
    function(lib + ".common", "Rank", ["input"], ["return_val"], [N("Shape", ["input"], ["tmp"]), N("Size", ["tmp"], ["return_val"])]),
    function(lib, "_aten_convolution_onnx", ["input", "weight", "bias"], ["result"],
             [N("Rank", ["weight"], ["rank"], domain=lib + ".common"), ints("three", 3), N("Squeeze", ["three"], ["number"]), N("Equal", ["rank", "number"], ["ok"]),
              N("If", ["ok"], ["result"], then_branch=h.make_graph([refer("Conv", ["input", "weight", "bias"], ["convolved"], "strides", "pads", "dilations", "group")],
                "then", [], [info("convolved", None)]), else_branch=h.make_graph([N("Identity", ["input"], ["same"])], "else", [], [info("same", None)]))],
             ("strides", "pads", "dilations", "group")),
    function(lib, "aten_relu", ["self"], ["result"], [N("Relu", ["self"], ["result"])]),
    function(lib, "aten_addmm", ["self", "mat1", "mat2"], ["return_val"], [N("Gemm", ["mat1", "mat2", "self"], ["return_val"], alpha=1.0, beta=1.0)]),
    function(lib, "aten_t", ["self"], ["result"], [N("Transpose", ["self"], ["result"], perm=[1, 0])]),
    function(lib, "_aten_softmax_no_dtype", ["self"], ["result"], [refer("Softmax", ["self"], ["result"], "axis")], ("axis",)),
    function(pkg, "torch_nn_modules_conv_Conv1d_0_1", ["x", "p0", "p1"], ["convolution"],
             [N("_aten_convolution_onnx", ["x", "p0", "p1"], ["convolution"], name="_aten_convolution_onnx_2", domain=lib, strides=[1], pads=[1, 1], dilations=[1], group=1)]),
    function(pkg, "torch_nn_modules_activation_ReLU_2_1", ["x"], ["relu"], [N("aten_relu", ["x"], ["relu"], name="aten_relu_0", domain=lib)]),
    function(pkg, "torch_nn_modules_linear_Linear_5_1", ["x", "p0", "p1"], ["addmm"],
             [N("aten_t", ["p0"], ["t"], name="aten_t_0", domain=lib), N("aten_addmm", ["p1", "x", "t"], ["addmm"], name="aten_addmm_1", domain=lib)]),
    function(pkg, "torch_nn_modules_activation_Softmax_6_1", ["x"], ["softmax"], [N("_aten_softmax_no_dtype", ["x"], ["softmax"], name="softmax_0", domain=lib, axis=1)]),
]
nodes = [N("torch_nn_modules_conv_Conv1d_0_1", ["l_x_", "0.weight", "0.bias"], ["a"], name="torch_nn_modules_conv_Conv1d_0_1_0", domain=pkg),
         N("BatchNormalization", ["a", "1.weight", "1.bias", "1.running_mean", "1.running_var"], ["b"], name="norm", epsilon=1e-5),
         N("torch_nn_modules_activation_ReLU_2_1", ["b"], ["c"], name="torch_nn_modules_activation_ReLU_2_1_2", domain=pkg),
         N("MaxPool", ["c"], ["d"], name="pool", kernel_shape=[2], strides=[2]), N("Flatten", ["d"], ["e"], name="flat"),
         N("torch_nn_modules_linear_Linear_5_1", ["e", "5.weight", "5.bias"], ["f"], name="torch_nn_modules_linear_Linear_5_1_5", domain=pkg),
         N("torch_nn_modules_activation_Softmax_6_1", ["f"], ["softmax_1"], name="torch_nn_modules_activation_Softmax_6_1_6", domain=pkg)]
g = h.make_graph(nodes, "main_graph", [info("l_x_", (1, C, T))], [info("softmax_1", (1, 3))], [nh.from_array(v, k) for k, v in w.items()])
m = h.make_model(g, opset_imports=imports, ir_version=8, producer_name="pytorch", producer_version="2.3.0", functions=functions)
with open(OUT + "/modules.onnx", "wb") as f:
    f.write(m.SerializeToString())
