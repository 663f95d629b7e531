#!/usr/bin/python3
"""What PyTorch answers where a Resize's scale and length leave no whole number, and where onnxruntime or ONNX's own cases differ.

    /usr/bin/python3 tests/onnx/torch_resize.py [FOLDER]      (Debian: python3-onnx python3-torch)

Writes torch_resize.json, cases as forms.json has them; test_onnx_forms.c reads both."""
import base64, json, os, sys
import numpy as np
import torch
import torch.nn.functional as F
from onnx import helper as h, numpy_helper as nh, TensorProto as TP

OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
SCALES = (.25, 1 / 3, .4, .5, .6, 2 / 3, .75, .8, 1.2, 1.25, 1.5, 1.6, 2., 2.5, 3., 3.2, 4.)
rng = np.random.default_rng(11)
cases = []


def add(length, scale, mode, where, **kw):
    x = rng.standard_normal((1, 1, length)).astype(np.float32)
    y = F.interpolate(torch.tensor(x), scale_factor=scale, mode=mode, **kw).numpy().ravel()
    node = h.make_node("Resize", ["x", "", "s"], ["y"], name="n", mode=mode, coordinate_transformation_mode=where, nearest_mode="floor")
    g = h.make_graph([node], "g", [h.make_tensor_value_info("x", TP.FLOAT, (1, 1, length))], [h.make_tensor_value_info("y", TP.FLOAT, None)],
                     [nh.from_array(np.array([1, 1, scale], np.float32), "s")])
    m = h.make_model(g, opset_imports=[h.make_opsetid("", 13)], ir_version=7, producer_name="forms")
    cases.append({"name": f"{mode} {where} {length} by {scale:.4g}", "model": base64.b64encode(m.SerializeToString()).decode(), "layout": "NCT",
                  "input": [float("%.9g" % v) for v in x.ravel()], "output": [float("%.9g" % v) for v in y]})


def by_division(length, scale):
    """Whether a division by the rounded scale finds other inputs than PyTorch's product does."""
    at = torch.arange(length, dtype=torch.float32).reshape(1, 1, length)
    want = F.interpolate(at, scale_factor=scale, mode="nearest").numpy().ravel().astype(int)
    o = np.arange(len(want))
    double = np.floor(o / np.float64(np.float32(scale))).astype(int)
    single = np.floor(o.astype(np.float32) / np.float32(scale)).astype(int)
    return (double != want).any(), (single != want).any()


for s in SCALES:
    for n in (5, 6, 9, 10, 12, 16, 25, 30):
        double, single = by_division(n, s)
        if single or (double and n % 5 == 0) or n == 9:
            add(n, s, "nearest", "asymmetric")
    for n in (6, 9, 25):
        add(n, s, "linear", "align_corners", align_corners=True)
    add(9, s, "linear", "half_pixel", align_corners=False)
with open(OUT + "/torch_resize.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(len(cases), "cases")
