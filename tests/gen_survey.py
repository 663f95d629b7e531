#!/usr/bin/env python3
"""Writes tests/survey/: a classifier of three classes with batch norm and a branch, windows with classes, and expect.json.

Run it as `/usr/bin/python3 tests/gen_survey.py tests/survey`. Every figure of expect.json is worked out here in PyTorch, in double
precision and from arrays of all windows at once, where the program goes through the windows one by one. Gradients are autograd's."""
import json
import math
import os
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

N, C, T, K, MAPS, ABLATION = 40, 2, 24, 3, 16, 5
rng = np.random.RandomState(5)
torch.set_default_dtype(torch.float64)


def w(*shape, scale=0.7):
    return (rng.randn(*shape) * scale).astype(np.float32)


W = {
    "stem_w": w(4, C, 3), "stem_b": w(4), "bn_g": 1 + w(4, scale=0.2), "bn_b": w(4, scale=0.3), "bn_m": w(4, scale=0.2),
    "bn_v": (0.5 + rng.rand(4)).astype(np.float32), "left_w": w(4, 4, 3, scale=0.4), "left_b": w(4, scale=0.3),
    "right_w": w(3, 4, 1, scale=0.5), "right_b": w(3, scale=0.3), "fc_w": w(K, 7), "fc_b": w(K, scale=0.2),
}
W["left_b"][2] = -50  # this filter is dead


def write_model(path):
    def node(op, ins, out, **a):
        return helper.make_node(op, ins, [out], name=out, **a)

    nodes = [
        node("Conv", ["x", "stem_w", "stem_b"], "stem_z", kernel_shape=[3], pads=[1, 1]),
        node("BatchNormalization", ["stem_z", "bn_g", "bn_b", "bn_m", "bn_v"], "stem_n", epsilon=1e-3),
        node("Relu", ["stem_n"], "stem"),
        node("Conv", ["stem", "left_w", "left_b"], "left_z", kernel_shape=[3], pads=[1, 1]),
        node("Relu", ["left_z"], "left"),
        node("Conv", ["stem", "right_w", "right_b"], "right_z", kernel_shape=[1]),
        node("Tanh", ["right_z"], "right"),
        node("Concat", ["left", "right"], "both", axis=1),
        node("MaxPool", ["both"], "pool", kernel_shape=[2], strides=[2]),
        node("GlobalAveragePool", ["pool"], "mean"),
        node("Flatten", ["mean"], "flat"),
        node("Gemm", ["flat", "fc_w", "fc_b"], "logits", transB=1),
    ]
    g = helper.make_graph(nodes, "survey", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, C, T])],
                          [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, K])],
                          [numpy_helper.from_array(v, k) for k, v in W.items()])
    m = helper.make_model(g, opset_imports=[helper.make_opsetid("", 13)], producer_name="gen_survey.py")
    m.ir_version = 7
    onnx.checker.check_model(m)
    onnx.save(m, path)


P = {k: torch.tensor(v.astype(np.float64)) for k, v in W.items()}
F = torch.nn.functional
LAYERS = ["stem", "left", "right", "both", "pool", "mean", "logits"]
HAS_Z = {"stem": "stem_n", "left": "left_z", "right": "right_z"}


def run(x, off=None):
    """All values of the network for windows x (N,C,T). off: (layer, filter) that is set to 0."""
    v = {"x": x}

    def put(name, y):
        if off and off[0] == name:
            y = y.clone()
            y[:, off[1]] = 0
        v[name] = y
        return y

    z = F.conv1d(x, P["stem_w"], P["stem_b"], padding=1)
    z = (z - P["bn_m"][:, None]) / torch.sqrt(P["bn_v"][:, None] + 1e-3) * P["bn_g"][:, None] + P["bn_b"][:, None]
    stem = put("stem", torch.relu(put("stem_n", z)))
    left = put("left", torch.relu(put("left_z", F.conv1d(stem, P["left_w"], P["left_b"], padding=1))))
    right = put("right", torch.tanh(put("right_z", F.conv1d(stem, P["right_w"], P["right_b"]))))
    both = put("both", torch.cat([left, right], 1))
    pool = put("pool", F.max_pool1d(both, 2))
    mean = put("mean", pool.mean(2, keepdim=True))
    put("logits", mean[:, :, 0] @ P["fc_w"].T + P["fc_b"])
    return v


def spread(a):
    a = np.asarray(a, float).ravel()
    if not a.size:
        return {"n": 0, "min": None, "max": None, "mean": None, "deviation": None, "zero": 0, "nan": 0, "infinite": 0}
    return {"n": a.size, "min": a.min(), "max": a.max(), "mean": a.mean(), "deviation": a.std(), "zero": int((a == 0).sum()),
            "nan": 0, "infinite": 0}


def bucket(v):
    return math.floor(70 * (math.log2(abs(v)) + 24))


def histogram(a):
    """The buckets of all values, one after the other: negative ones as -1 - bucket."""
    a = np.asarray(a).ravel()
    return {"zero": int((a == 0).sum()), "tiny": 0, "overflow": 0,
            "buckets": sorted(bucket(v) if v > 0 else -1 - bucket(v) for v in a if v != 0)}


def shares(v):
    v = np.asarray(v, float)
    return (v / v.sum()).tolist() if v.sum() > 0 else None


def evenly(some):
    return [k * N // some for k in range(some)]


def ordered(windows):
    return sorted(windows, key=lambda q: (-q["value"], q["window"]))


def spread_windows(peaks, steps):
    """The first window of every seventh of an octave; of these the nearest to the middles of eight equal parts."""
    first = {}
    for i, v in enumerate(peaks):
        key = 0 if v == 0 else int(math.copysign(bucket(v) // 10 + 1, v))
        first.setdefault(key, i)
    have = sorted(first.items())
    low, high = min(peaks[i] for _, i in have), max(peaks[i] for _, i in have)
    chosen = []
    for k in range(8):
        middle = low + (high - low) * (2 * k + 1) / 16
        best = min(have, key=lambda q: (abs(peaks[q[1]] - middle), q[0]))[1]
        if best not in chosen:
            chosen.append(best)
    return ordered([{"window": int(i), "step": int(steps[i]), "value": float(peaks[i])} for i in chosen])


def figures(f, a, rest, imp, maps, windows):
    """The figures of a filter over some windows. a (N,T) activations, imp[measure] (N,) pairs of raw and scaled."""
    q = a[windows]
    all_dead = bool(q.size and q.min() == q.max())
    silent = np.array([(r == r[0]).all() and (len(r) > 1 or r[0] == 0) for r in q]) if len(windows) else np.zeros(0, bool)
    active = np.ones(q.shape, bool)
    for r in rest:
        active &= q != r
    n = len(windows)
    out = {"n": n, "dead": all_dead,
           "alive": None if not n else 0 if all_dead else float((active.any(1) & ~silent).mean()),
           "active": None if not n else 0 if all_dead else float(active.mean()),
           "activation_spread": spread(q), "importance_spreads": {}, "saliency": {}}
    for name, (raw, scaled, on) in imp.items():
        use = [i for i in windows if i in on]
        out["importance_spreads"][name] = {"raw_spread": spread(raw[use, f]), "scaled_spread": spread(scaled[use, f])}
    for name, m in maps.items():
        out["saliency"][name] = {"by_channel": shares(sum((m[i][f] for i in windows if i in m), np.zeros(C)))}
    return out


READS = {"stem": ("input", 3), "left": ("stem", 3), "right": ("stem", 1), "logits": ("mean", 1)}  # layer: what it reads, taps
FILE_NAME = {"stem": "stem_z", "left": "left_z", "right": "right_z", "input": "x"}


def unique(rows):
    """Of each column the share of its variance that a regression on the others leaves; with few rows nothing is said."""
    n, m = rows.shape
    if n < 4 * m:
        return []
    out = []
    for i in range(m):
        others = np.column_stack([np.delete(rows, i, 1), np.ones(n)])
        rest = rows[:, i] - others @ np.linalg.lstsq(others, rows[:, i], rcond=None)[0]
        out.append(float(rest.var() / rows[:, i].var()) if rows[:, i].var() > 0 else 0.0)
    return out


def consumer(name, v, grads, taps):
    """Mean and covariance of what a layer reads, and the mean square of dy/dz. taps: of all numbers that one output is made of."""
    reads, k = READS[name]
    x = v["x" if reads == "input" else reads].detach().reshape(N, -1, v["x" if reads == "input" else reads].shape[-1])
    k = k if taps else 1
    rows = F.pad(x, (k // 2, k // 2)).unfold(2, k, 1)  # (N, channels, positions, taps), zeros outside
    rows = rows.permute(0, 2, 1, 3).reshape(-1, x.shape[1] * k).numpy()
    g = grads[HAS_Z.get(name, name)].numpy().reshape(N, v[name].shape[1], -1)
    cov = np.cov(rows.T, bias=True).reshape(rows.shape[1], -1)
    return {"name": FILE_NAME.get(name, name), "reads_from": FILE_NAME.get(reads, reads), "n": rows.shape[0], "not_finite": 0,
            "mean_by_tap": rows.mean(0).tolist(), "covariance": cov[np.triu_indices(len(cov))].tolist(),
            "unique": unique(rows) if k == 1 else [],
            "gradient_square": (g * g).mean((0, 2)).tolist()}


def minmax(raw):
    low, high = raw.min(1, keepdims=True), raw.max(1, keepdims=True)
    return np.where(high > low, (raw - low) / np.where(high > low, high - low, 1), 0)


def short(v):
    """Nine digits are enough for a comparison with single precision."""
    if isinstance(v, dict):
        return {k: short(q) for k, q in v.items()}
    if isinstance(v, (list, tuple)):
        return [short(q) for q in v]
    v = v.item() if hasattr(v, "item") else v
    return float("%.9g" % v) if isinstance(v, float) else v


def main(out):
    os.makedirs(out, exist_ok=True)
    y = rng.randint(0, K, N)
    t = np.arange(T)
    x32 = np.stack([np.stack([np.sin(t * (0.3 + 0.25 * k)) * (0.5 + rng.rand()), (t == 4 + 6 * k) * 3.0]) for k in y])
    x32 = (x32 + 0.3 * rng.randn(N, C, T)).astype(np.float32)
    # the classes are told apart by chance only; but all of them are predicted
    bias = run(torch.tensor(x32.astype(np.float64)))["logits"].mean(0).numpy()
    W["fc_b"] = (W["fc_b"] - bias).astype(np.float32)
    P["fc_b"] = torch.tensor(W["fc_b"].astype(np.float64))
    write_model(os.path.join(out, "net.onnx"))
    np.savez(os.path.join(out, "windows.npz"), x=x32, y=y.astype(np.int64))
    x = torch.tensor(x32.astype(np.float64), requires_grad=True)
    v = run(x)
    logits = v["logits"]
    predicted = logits.argmax(1).numpy()
    target = logits[torch.arange(N), torch.tensor(predicted)]
    names = LAYERS + list(HAS_Z.values()) + ["x"]
    grads = dict(zip(names, torch.autograd.grad(target.sum(), [v[n] for n in names], retain_graph=True)))
    confusion = np.zeros((K, K), int)
    for a, b in zip(y, predicted):
        confusion[a, b] += 1
    s = {}
    gx = grads["x"].numpy()
    both = {"gradient": np.abs(gx), "gradient-input": np.abs(gx * x32)}
    s["saliency"] = {n: {"by_channel": shares(m.sum((0, 2))), "by_time": shares(m.sum((0, 1)))} for n, m in both.items()}
    s["errors"] = {"accuracy": float((y == predicted).mean()), "confusion": confusion.ravel().tolist()}
    s["predicted"] = np.bincount(predicted, minlength=K).tolist()
    s["predictions"] = logits.detach().numpy().ravel().tolist()
    s["output_spreads"] = [spread(logits.detach().numpy()[:, k]) for k in range(K)]
    s["not_finite"], s["windows_with_maps"], s["windows_with_ablation"] = 0, MAPS, ABLATION
    s["layers"] = []
    for name in LAYERS:
        a = v[name].detach().numpy().reshape(N, v[name].shape[1], -1)
        g = grads[name].numpy().reshape(a.shape)
        gz = grads[HAS_Z.get(name, name)].numpy().reshape(a.shape)
        raw = {"gradient": np.abs(g).sum(2), "gated": np.abs(gz).sum(2), "taylor": np.abs((a * g).sum(2))}
        ablated = np.zeros(a.shape[:2])
        for f in range(a.shape[1]):
            with torch.no_grad():
                ablated[:, f] = np.abs(run(x, (name, f))["logits"][range(N), predicted].numpy() - target.detach().numpy())
        imp = {n: (r, minmax(r), set(range(N))) for n, r in raw.items()}
        imp["ablation"] = (ablated, minmax(ablated), set(evenly(ABLATION)))
        maps = {"gradient": {}, "gradient-input": {}}
        for f in range(a.shape[1]):
            q = v[name].reshape(N, a.shape[1], -1)[:, f].sum()
            m = torch.autograd.grad(q, x, retain_graph=True)[0].numpy()
            for i in evenly(MAPS):
                maps["gradient"].setdefault(i, {})[f] = np.abs(m[i]).sum(1)
                maps["gradient-input"].setdefault(i, {})[f] = np.abs(m[i] * x32[i]).sum(1)
        rest = [-1, 1] if name == "right" else [0]
        layer = {"name": {"stem": "stem_z", "left": "left_z", "right": "right_z"}.get(name, name),
                 "dead_filters": sum(float(a[:, f].min()) == float(a[:, f].max()) for f in range(a.shape[1])), "per_filter": []}
        for f in range(a.shape[1]):
            q = {"index": f, **figures(f, a[:, f], rest, imp, maps, list(range(N)))}
            q["activation_histogram"] = histogram(a[:, f])
            peaks, steps = a[:, f].max(1), a[:, f].argmax(1)
            q["top"] = ordered([{"window": i, "step": int(steps[i]), "value": float(peaks[i])} for i in range(N)])[:8]
            q["spread"] = spread_windows(peaks, steps)
            q["per_class"] = [{"class_name": str(k) if k < K else None,
                             **figures(f, a[:, f], rest, imp, maps, [i for i in range(N) if y[i] == k])} for k in range(K + 1)]
            layer["per_filter"].append(q)
        s["layers"].append(layer)
    s["filters"] = sum(len(q["per_filter"]) for q in s["layers"])
    s["dead_filters"] = sum(q["dead_filters"] for q in s["layers"])
    s["consumers"] = [consumer(name, v, grads, False) for name in READS]
    taps = {"consumers": [consumer(name, v, grads, True) for name in READS]}
    for file, q in (("expect.json", s), ("expect_taps.json", taps)):
        with open(os.path.join(out, file), "w") as f:
            json.dump(short(q), f, separators=(",", ":"))
            f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
