#!/usr/bin/env python3
"""Writes tests/diff/: two relatives of the network of tests/survey, and expect.json: what `tsviz diff` has to say of each beside that network.

Run it as `/usr/bin/python3 tests/gen_diff.py tests/diff`; with --compare EXPECT GOT it says what differs, with --assignments
what scipy assigns. Every figure is worked out here in numpy, PyTorch and scipy, in double precision and from arrays of all windows at once.
Random draws are those of core/base/rng.h.

renumbered.onnx  the filters of the first layer in another order, little noise on the last layer, whose weights are stored transposed
smaller.onnx     without filter 1 of the layer `right`, and with other weights in the layer `left`"""
import json
import math
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from gen_truth import Rng  # noqa: E402

LAYERS = ["stem", "left", "right", "both", "pool", "mean", "logits"]
Z = {"stem": "_z", "left": "_z", "right": "_z"}  # tsviz names a layer after its first operator
ORDER, KEPT, DRAWS, WORST = [2, 0, 3, 1], [0, 2], 1000, 5


def relatives():
    import onnx
    from onnx import helper, numpy_helper
    base = onnx.load("tests/survey/net.onnx")
    rng = np.random.RandomState(11)
    W = {q.name: numpy_helper.to_array(q).copy() for q in base.graph.initializer}

    def noise(a, by):
        return (a + by * rng.randn(*a.shape)).astype(np.float32)

    def write(W, turned, path):
        m = onnx.ModelProto()
        m.CopyFrom(base)
        del m.graph.initializer[:]
        m.graph.initializer.extend(numpy_helper.from_array(v, k) for k, v in W.items())
        for n in m.graph.node:
            if n.op_type == "Gemm" and turned:
                del n.attribute[:]
                n.attribute.append(helper.make_attribute("transB", 0))
        onnx.checker.check_model(m)
        onnx.save(m, path)

    a = dict(W)
    for k in ["stem_w", "stem_b", "bn_g", "bn_b", "bn_m", "bn_v"]:
        a[k] = W[k][ORDER]
    for k in ["left_w", "right_w"]:
        a[k] = W[k][:, ORDER]
    a["fc_w"] = np.ascontiguousarray(noise(W["fc_w"], 0.05).T)
    b = dict(W)
    b["left_w"] = noise(W["left_w"], 0.2)
    b["right_w"], b["right_b"] = W["right_w"][KEPT], W["right_b"][KEPT]
    b["fc_w"] = W["fc_w"][:, [0, 1, 2, 3] + [4 + k for k in KEPT]]
    return W, {"renumbered": (a, True), "smaller": (b, False)}, write


def run(x, W):
    """All layers for windows x (N,C,T)."""
    import torch
    F = torch.nn.functional
    P = {k: torch.tensor(v.astype(float)) for k, v in W.items()}
    v = {}
    z = F.conv1d(x, P["stem_w"], P["stem_b"], padding=1)
    z = (z - P["bn_m"][:, None]) / torch.sqrt(P["bn_v"][:, None] + 1e-3) * P["bn_g"][:, None] + P["bn_b"][:, None]
    v["stem"] = torch.relu(z)
    v["left"] = torch.relu(F.conv1d(v["stem"], P["left_w"], P["left_b"], padding=1))
    v["right"] = torch.tanh(F.conv1d(v["stem"], P["right_w"], P["right_b"]))
    v["both"] = torch.cat([v["left"], v["right"]], 1)
    v["pool"] = F.max_pool1d(v["both"], 2)
    v["mean"] = v["pool"].mean(2, keepdim=True)
    fc = P["fc_w"] if P["fc_w"].shape[0] == 3 else P["fc_w"].T
    v["logits"] = (v["mean"][:, :, 0] @ fc.T + P["fc_b"])[:, :, None]
    return v


def maps(x, W):
    """abs(d logit of the predicted class / d input)."""
    import torch
    x = torch.tensor(x, requires_grad=True)
    o = run(x, W)["logits"][:, :, 0]
    o[torch.arange(len(o)), o.argmax(1)].sum().backward()
    return x.grad.abs().numpy().reshape(len(o), -1)


def predictions(p, q, y):
    gap = np.abs(q - p)
    a, b = p.argmax(1), q.argmax(1)
    wrong = np.stack([a != y, b != y]).astype(float)
    d = wrong[1] - wrong[0]
    rng, draws = Rng(0), []
    for _ in range(DRAWS):
        draws.append(sum(d[rng.below(len(d))] for _ in range(len(d))) / len(d))
    draws.sort()
    worst = np.argsort(-gap.max(1), kind="stable")[:WORST]
    return {"windows": len(p), "largest": gap.max(), "mean": gap.mean(), "classes": len(p), "flips": int((a != b).sum()),
            "known": len(p), "right_to_wrong": int(((a == y) & (b != y)).sum()),
            "wrong_to_right": int(((a != y) & (b == y)).sum()), "error_windows": len(p), "error": wrong.mean(1).tolist(),
            "error_difference": d.mean(), "low": draws[DRAWS // 40], "high": draws[DRAWS - 1 - DRAWS // 40], "block": 1,
            "worst": [{"window": int(i), "output": int(gap[i].argmax()), "difference": gap[i].max(),
                       "said": [p[i, gap[i].argmax()], q[i, gap[i].argmax()]], "class": [int(a[i]), int(b[i])],
                       "true_class": int(y[i])} for i in worst]}


def layer(a, b):
    from scipy.optimize import linear_sum_assignment
    F, G = a.shape[1], b.shape[1]
    x, y = [v.transpose(1, 0, 2).reshape(v.shape[1], -1) for v in (a, b)]
    r = np.full((F, G), np.nan)
    for f in range(F):
        for g in range(G):
            if x[f].std() > 1e-9 and y[g].std() > 1e-9:
                r[f, g] = np.corrcoef(x[f], y[g])[0, 1]
    gain = np.nan_to_num(r)
    for f in range(min(F, G)):
        gain[f, f] += 1e-9
    largest = np.abs(b - a).max() if F == G else math.nan
    diverges = F != G or largest > 1e-4 * np.abs(a).max()
    match = [-1] * F
    for f, g in zip(*linear_sum_assignment(-gain)):
        match[f] = int(g)
    if not diverges:
        match = list(range(F))
    c = [r[f, match[f]] if match[f] >= 0 else math.nan for f in range(F)]
    known = [v for v in c if math.isfinite(v)]
    whole = all(g >= 0 for g in match)
    matched = np.linalg.norm(b[:, match] - a) / np.linalg.norm(a) if whole else math.nan
    return {"diverges": bool(diverges), "matched": matched,
            "renumbered": bool(diverges and F == G and match != list(range(F)) and matched <= 1e-4), "largest": largest, "share": largest / np.abs(a).max(),
            "relative": np.linalg.norm(b - a) / np.linalg.norm(a) if F == G else math.nan,
            "mean_correlation": np.mean(known), "lowest_correlation": min(known),
            "other_number": sum(match[f] not in (-1, f) for f in range(F)), "match": match, "correlation": c}


def weights(W, V, turned):
    out = []
    for k in ["stem_w", "stem_b", "bn_g", "bn_b", "bn_m", "bn_v", "left_w", "left_b", "right_w", "right_b", "fc_w", "fc_b"]:
        a, b = W[k].astype(float), V[k].astype(float)
        b = b.T if turned and k == "fc_w" else b
        q = {"a": {"name": k, "shape": list(W[k].shape)}, "b": {"name": k, "shape": list(V[k].shape)},
             "transposed": bool(turned and k == "fc_w"), "equal": False, "largest": math.nan, "relative": math.nan, "cosine": math.nan}
        if a.shape == b.shape:
            n = np.linalg.norm
            q.update(equal=bool((a == b).all()), largest=np.abs(b - a).max(), relative=n(b - a) / n(a), cosine=(a * b).sum() / n(a) / n(b))
        out.append(q)
    return out


def expect(x, y, W, V, turned):
    import torch
    from scipy.stats import spearmanr
    a, b = [{k: v.numpy() for k, v in run(torch.tensor(x), P).items()} for P in (W, V)]
    m, n = maps(x, W), maps(x, V)
    rank = [spearmanr(m[i], n[i])[0] for i in range(len(x))]
    layers = [dict(layer(a[k], b[k]), a={"name": k + Z.get(k, "")}, b={"name": k + Z.get(k, "")}) for k in LAYERS]
    return {"schema": 2, "kind": "diff", "predictions": predictions(a["logits"][:, :, 0], b["logits"][:, :, 0], y),
            "saliency": {"windows": len(x), "without_order": 0, "mean_rank": np.mean(rank), "median_rank": np.median(rank),
                         "lowest_rank": min(rank), "lowest_window": int(np.argmin(rank)), "rank": rank},
            "layers": layers, "weights": weights(W, V, turned)}


def clean(v):
    if isinstance(v, dict):
        return {k: clean(q) for k, q in v.items()}
    if isinstance(v, list):
        return [clean(q) for q in v]
    if isinstance(v, (float, np.floating)):
        return float("%.9g" % v) if math.isfinite(v) else None
    return v


def assignments():
    """scipy's largest sums for matrices of the generator with seed 9, row after row: for tests/unit/test_diff.c."""
    from scipy.optimize import linear_sum_assignment
    rng = Rng(9)
    for n, m in (50, 50), (64, 40), (30, 90), (1, 70):
        gain = np.array([[rng.uniform() ** 3 for _ in range(m)] for _ in range(n)])
        print("%d, %d, %.12g" % (n, m, gain[linear_sum_assignment(-gain)].sum()))


# How the report names some of the figures, which have another type elsewhere.
NAMES = {"predictions": "outputs_differ", "error": "errors_by_model", "classes": "class_count", "output": "output_index", "class": "said_class",
         "window": "window_numbers", "rank": "rank_correlation"}


def compare(want, got, where=""):
    if isinstance(got, dict) and got.keys() == {"shape", "axes", "values"}:
        got = got["values"]
    if isinstance(want, dict):
        for k in want:
            name = k if k in got else NAMES.get(k)
            if name not in got:
                print(where + "/" + k, "is missing")
            else:
                compare(want[k], got[name], where + "/" + k)
    elif isinstance(want, list):
        if not isinstance(got, list) or len(got) != len(want):
            print(where, "another length")
            return
        for i, q in enumerate(want):
            compare(q, got[i], "%s/%d" % (where, i))
    elif isinstance(want, float) and isinstance(got, (int, float)):
        if abs(want - got) > 2e-5 + 2e-4 * abs(want):
            print(where, "%.6g instead of %.6g" % (got, want))
    elif want != got:
        print(where, got, "instead of", want)


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        compare(json.load(open(sys.argv[2]))[sys.argv[3]], json.load(open(sys.argv[4])))
        sys.exit()
    if sys.argv[1] == "--assignments":
        sys.exit(assignments())
    W, others, write = relatives()
    z = np.load("tests/survey/windows.npz")
    x = [z[k] for k in z.files if z[k].ndim == 3][0].astype(float)
    y = [z[k] for k in z.files if z[k].ndim == 1][0]
    found = {}
    for name, (V, turned) in others.items():
        write(V, turned, os.path.join(sys.argv[1], name + ".onnx"))
        found[name] = expect(x, y, W, V, turned)
    with open(os.path.join(sys.argv[1], "expect.json"), "w") as f:
        json.dump(clean(found), f)
        f.write("\n")
