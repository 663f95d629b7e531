#!/usr/bin/env python3
"""Writes tests/prune/blocks.onnx and blocks.json: what `tsviz prune` has to do to a network with residual connections, a depthwise
convolution, a gate (squeeze and excite) and branches that are concatenated.

Run it as `/usr/bin/python3 tests/gen_prune_blocks.py tests/prune`. Where tsviz builds a smaller network, this sets channels to zero in the
whole one, in double precision. Which channels belong together is written down below by hand; gradients are autograd's, least squares is
numpy's on all windows at once, and clusters are the best of all partitions. `--options` prints the options of each case; `--compare
tests/prune FOLDER` prints what differs in CASE.json (the report) and CASE.csv (the predictions) of the folder."""
import csv
import itertools
import json
import os
import sys

import numpy as np

N, C, T, K, SHOWN = 40, 2, 24, 3, 5
# operator, inputs, output, attributes
NODES = [
    ("Conv", ["x", "stem_w", "stem_b"], "stem_z", {"pads": [1, 1]}),
    ("BatchNormalization", ["stem_z", "stem_g", "stem_o", "stem_m", "stem_v"], "stem_n", {}),
    ("Relu", ["stem_n"], "stem", {}),
    ("Conv", ["stem", "one_w", "one_b"], "one_z", {"pads": [1, 1]}),
    ("BatchNormalization", ["one_z", "one_g", "one_o", "one_m", "one_v"], "one_n", {}),
    ("Relu", ["one_n"], "one", {}),
    ("Conv", ["one", "two_w", "two_b"], "two_z", {"pads": [1, 1]}),
    ("BatchNormalization", ["two_z", "two_g", "two_o", "two_m", "two_v"], "two", {}),
    ("BatchNormalization", ["stem", "past_g", "past_o", "past_m", "past_v"], "past", {}),
    ("Add", ["two", "past"], "sum1_s", {}),
    ("Relu", ["sum1_s"], "sum1", {}),
    ("GlobalAveragePool", ["sum1"], "squeezed", {}),
    ("Conv", ["squeezed", "down_w", "down_b"], "down_z", {}),
    ("Relu", ["down_z"], "down", {}),
    ("Conv", ["down", "up_w", "up_b"], "up_z", {}),
    ("Sigmoid", ["up_z"], "up", {}),
    ("Mul", ["sum1", "up"], "gated", {}),
    ("Conv", ["gated", "depth_w", "depth_b"], "depth_z", {"pads": [1, 1], "group": 6}),
    ("Relu", ["depth_z"], "depth", {}),
    ("Conv", ["depth", "low_w", "low_b"], "low_z", {}),
    ("Relu", ["low_z"], "low", {}),
    ("Conv", ["low", "high_w", "high_b"], "high_z", {"pads": [1, 1]}),
    ("BatchNormalization", ["high_z", "high_g", "high_o", "high_m", "high_v"], "high", {}),
    ("BatchNormalization", ["depth", "back_g", "back_o", "back_m", "back_v"], "back", {}),
    ("Sum", ["high", "back"], "sum3_s", {}),
    ("Relu", ["sum3_s"], "sum3", {}),
    ("Conv", ["sum3", "left_w", "left_b"], "left_z", {}),
    ("Relu", ["left_z"], "left", {}),
    ("Conv", ["sum3", "right_w", "right_b"], "right_z", {"pads": [2, 2], "dilations": [2]}),
    ("Tanh", ["right_z"], "right", {}),
    ("Concat", ["left", "right"], "both", {"axis": 1}),
    ("Conv", ["both", "main_w", "main_b"], "main_z", {"pads": [1, 1]}),
    ("Conv", ["both", "short_w", "short_b"], "short_z", {}),
    ("Add", ["main_z", "short_z"], "sum2_s", {}),
    ("Relu", ["sum2_s"], "sum2", {}),
    ("GlobalAveragePool", ["sum2"], "mean", {}),
    ("Flatten", ["mean"], "flat", {}),
    ("Gemm", ["flat", "fc_w", "fc_b"], "logits", {"transB": 1}),
]
# The filters of each value: names of the classes. A class is removed as a whole.
S, ONE, D, LOW = [[k + str(i) for i in range(n)] for k, n in (("s", 6), ("o", 5), ("d", 3), ("w", 4))]
LR, M = [f"l{i}" for i in range(4)] + [f"r{i}" for i in range(3)], [f"m{i}" for i in range(5)]
ATOMS = {}
for names, values in ((S, "stem_z stem_n stem two_z two past sum1_s sum1 squeezed up_z up gated depth_z depth high_z high back sum3_s sum3"),
                      (ONE, "one_z one_n one"), (D, "down_z down"), (LOW, "low_z low"), (LR[:4], "left_z left"), (LR[4:], "right_z right"), (LR, "both"),
                      (M, "main_z short_z sum2_s sum2 mean flat")):
    for value in values.split():
        ATOMS[value] = names
# Families: the convolutions that make the filters, with the value of which importance speaks.
FAMILIES = [(S, {"stem": "stem", "two": "two", "up": "up", "high": "high"}), (ONE, {"one": "one"}), (D, {"down": "down"}), (LOW, {"low": "low"}),
            (LR[:4], {"left": "left"}), (LR[4:], {"right": "right"}), (M, {"main": "main_z", "short": "short_z"})]
# ls-sum: the other summand, and the normalisation between
AIMS = {"two_z": ("past", "two"), "high_z": ("back", "high"), "short_z": ("main_z", None)}
CASES = {  # rank, repair, what else
    "taylor-ls": ("taylor", "ls", {"ratio": 0.5}),
    "taylor-ls-sum": ("taylor", "ls-sum", {"ratio": 0.5}),
    "ablation-gram": ("ablation", "gram", {"ratio": 0.5}),
    "gated-bias": ("gated", "bias", {"ratio": 0.5}),
    "taylor-none-renorm": ("taylor", "none", {"ratio": 0.5, "renorm": True}),
    "l1-ls-global": ("l1", "ls", {"ratio": 0.4, "global": True}),
    "taylor-gram-count": ("taylor", "gram", {"count": 2, "keep_min": 3}),
    "gradient-none-layers": ("gradient", "none", {"ratio": 0.5, "layers": ["one", "left"]}),
    "marks-ls": ("marks", "ls", {"marks": ["s1", "s4", "l0", "r2", "m3"]}),
    "clusters-gram": ("clusters", "gram", {"ratio": 0.5}),
}


def options(case):
    rank, repair, q = CASES[case]
    out = ["--rank", rank, "--repair", repair]
    for k, text in (("ratio", "--ratio"), ("count", "--remove"), ("keep_min", "--keep-min")):
        out += [text, str(q[k])] if k in q else []
    out += ["--global"] * ("global" in q) + ["--renorm"] * ("renorm" in q)
    if "layers" in q:
        out += ["--layers", ",".join(k + "_z" for k in q["layers"])]
    if "marks" in q:
        layer = {"s": "two_z", "o": "one_z", "l": "left_z", "r": "right_z", "m": "short_z"}
        out += ["--off", ",".join(f"{layer[a[0]]}:{a[1]}" for a in q["marks"])]
    return out


def make_weights():
    rng = np.random.RandomState(23)
    W = {}

    def w(name, *shape):
        W[name] = (rng.randn(*shape) / np.sqrt(np.prod(shape[1:]) / 4 if len(shape) > 1 else 10)).astype(np.float32)

    for name, shape in {"stem": (6, C, 3), "one": (5, 6, 3), "two": (6, 5, 3), "down": (3, 6, 1), "up": (6, 3, 1), "depth": (6, 1, 3),
                        "low": (4, 6, 1), "high": (6, 4, 3), "left": (4, 6, 1), "right": (3, 6, 3), "main": (5, 7, 3), "short": (5, 7, 1), "fc": (K, 5)}.items():
        w(name + "_w", *shape)
        w(name + "_b", shape[0])
    for name, n in (("stem", 6), ("one", 5), ("two", 6), ("past", 6), ("high", 6), ("back", 6)):
        for k in "gom":
            w(f"{name}_{k}", n)
        W[name + "_g"] += np.float32(1)
        W[name + "_v"] = (0.5 + rng.rand(n)).astype(np.float32)
    return W


def centre(W, x):
    """All classes are predicted, so that a flip can be seen."""
    y = run(x, {k: a.astype(float) for k, a in W.items()})["logits"].numpy()
    W["fc_w"] = (W["fc_w"] / y.std(0)[:, None]).astype(np.float32)
    y = run(x, {k: a.astype(float) for k, a in W.items()})["logits"].numpy()
    W["fc_b"] -= y.mean(0).astype(np.float32)


def write_model(W, path):
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    nodes = []
    for op, ins, out, attrs in NODES:
        more = {"kernel_shape": list(W[ins[1]].shape[2:])} if op == "Conv" else {}
        nodes.append(helper.make_node(op, ins, [out], name=out, **attrs, **more))
    g = helper.make_graph(nodes, "blocks", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, C, T])],
                          [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, K])], [numpy_helper.from_array(v, k) for k, v in W.items()])
    m = helper.make_model(g, opset_imports=[helper.make_opsetid("", 13)], producer_name="gen_prune_blocks.py")
    m.ir_version = 7
    onnx.checker.check_model(m)
    onnx.save(m, path)


def one_node(op, x, attrs):
    F = torch.nn.functional
    if op == "Conv":
        pad = attrs.get("pads", [0])[0]
        return F.conv1d(x[0], x[1], x[2], padding=pad, dilation=attrs.get("dilations", [1])[0], groups=attrs.get("group", 1))
    if op == "BatchNormalization":
        return (x[0] - x[3][:, None]) / torch.sqrt(x[4][:, None] + 1e-5) * x[1][:, None] + x[2][:, None]
    if op == "GlobalAveragePool":
        return x[0].mean(2, keepdim=True)
    if op == "Gemm":
        return x[0] @ x[1].T + x[2]
    return {"Relu": lambda: torch.relu(x[0]), "Tanh": lambda: torch.tanh(x[0]), "Sigmoid": lambda: torch.sigmoid(x[0]), "Add": lambda: x[0] + x[1],
            "Sum": lambda: x[0] + x[1], "Mul": lambda: x[0] * x[1], "Concat": lambda: torch.cat(x, 1),
            "Flatten": lambda: x[0].reshape(len(x[0]), -1)}[op]()


def run(x, W, removed=(), off=None, track=False):
    """All values. removed: classes whose channels are 0 everywhere; off: (value, channel) that is set to 0."""
    v = {"x": torch.tensor(x)}
    P = {k: torch.tensor(a, requires_grad=track) for k, a in W.items()}
    for op, ins, out, attrs in NODES:
        y = one_node(op, [v[k] if k in v else P[k] for k in ins], attrs)
        names = ATOMS.get(out, [])
        zero = [i for i, a in enumerate(names) if a in removed] + ([off[1]] if off and off[0] == out else [])
        if zero:
            mask = torch.ones(y.shape[1])
            mask[zero] = 0
            y = y * mask.reshape(-1, *[1] * (y.dim() - 2))
        v[out] = y
        if track:
            y.retain_grad()
    return v


def ridge(s):
    return s + np.eye(len(s)) * 1e-6 * np.trace(s) / len(s)


def flat(a):
    """(windows, channels, steps) or (windows, channels) to (samples, channels)"""
    return a.transpose(0, 2, 1).reshape(-1, a.shape[1]) if a.ndim == 3 else a


# ---- which filters ----

def importance(rank, x, W):
    v = run(x, W, track=True)
    cls = v["logits"].detach().argmax(1)
    v["logits"][torch.arange(len(x)), cls].sum().backward()
    score = {}
    for names, makers in FAMILIES:
        for layer, value in makers.items():
            a, g = v[value].detach().numpy(), v[value].grad.numpy()
            z = {"stem": "stem_n", "one": "one_n"}.get(layer, layer if layer in ("two", "high") else layer + "_z")
            if rank == "l1":
                s = np.abs(W[layer + "_w"]).sum((1, 2))
            elif rank == "ablation":
                s = np.zeros(len(names))
                at = np.arange(len(x)) if len(x) <= 64 else np.arange(64) * len(x) // 64
                for i in range(len(names)):
                    y = run(x, W, off=(value, i))["logits"].detach()
                    s[i] = np.abs((v["logits"].detach() - y)[at, cls[at]].numpy()).mean()
            elif rank == "gated":
                s = np.abs(v[z].grad.numpy()).sum(2).mean(0)
            elif rank == "gradient":
                s = np.abs(g).sum(2).mean(0)
            else:
                s = np.abs((a * g).sum(2)).mean(0)
            for k, name in enumerate(names):
                score[name] = score.get(name, 0) + s[k]
    return score


def partitions(n, k):
    """All ways to put n things into k sets."""
    for labels in itertools.product(range(k), repeat=n):
        if len(set(labels)) == k and all(labels[i] <= max(labels[:i], default=-1) + 1 for i in range(n)):
            yield labels


def best_clusters(names, reader, x, W, worth, gone):
    a = flat(run(x, W)[reader].detach().numpy())
    at = [ATOMS[reader].index(n) for n in names]
    s = np.cov(a[:, at].T, bias=True)
    v = np.diag(s)
    one = np.sqrt(np.where(v > 0, v, 1))
    r = np.where(np.outer(v, v) > 0, s / np.outer(one, one), np.equal.outer(v, v))  # filters that are constant are alike
    d2 = np.maximum(0, 2 - 2 * r)

    def inertia(labels):
        sets = [[i for i in range(len(names)) if labels[i] == c] for c in set(labels)]
        return sum(d2[np.ix_(s, s)].sum() / (2 * len(s)) for s in sets)

    best = min(partitions(len(names), len(names) - gone), key=inertia)
    stay = {max((i for i in range(len(names)) if best[i] == c), key=lambda i: worth[names[i]]) for c in set(best)}
    return [names[i] for i in range(len(names)) if i not in stay]


def choose(rank, q, x, W):
    if rank == "marks":
        return set(q["marks"])
    keep = q.get("keep_min", 1)
    score = importance("taylor" if rank == "clusters" else rank, x, W)
    chosen = [names for names, makers in FAMILIES if "layers" not in q or set(makers) & set(q["layers"])]
    quota = {names[0]: max(0, min(q["count"] if "count" in q else int(q["ratio"] * len(names) + 1e-9), len(names) - keep)) for names in chosen}
    if rank == "clusters":
        reader = {"s": "stem", "o": "one", "d": "down", "w": "low", "l": "both", "r": "both", "m": "mean"}
        return {a for names in chosen for a in best_clusters(names, reader[names[0][0]], x, W, score, quota[names[0]])}
    total = sum(quota.values())
    if "global" in q:
        for names in chosen:
            norm = np.sqrt(sum(score[a] ** 2 for a in names))
            score.update({a: score[a] / norm for a in names})
            quota[names[0]] = len(names) - keep
        total = int(q["ratio"] * sum(len(names) for names in chosen) + 1e-9)
    removed = set()
    for a in sorted((a for names in chosen for a in names), key=lambda a: score[a]):
        first = a[0] + "0"
        if quota[first] and len(removed) < total:
            quota[first] -= 1
            removed.add(a)
    return removed


# ---- repairs ----

def patches(a, taps, attrs):
    pad, step = attrs.get("pads", [0])[0], attrs.get("dilations", [1])[0]
    p = np.pad(a, ((0, 0), (0, 0), (pad, pad)))
    steps = p.shape[2] - step * (taps - 1)
    return np.stack([p[:, :, k * step:k * step + steps] for k in range(taps)], 3).transpose(0, 2, 1, 3).reshape(len(a) * steps, a.shape[1], taps)


def consumers(removed):
    for op, ins, out, attrs in NODES:
        names = ATOMS.get(ins[0], [])
        if op in ("Conv", "Gemm") and attrs.get("group", 1) == 1 and set(names) & removed:
            stay = [i for i, a in enumerate(names) if a not in removed]
            kept = [i for i, a in enumerate(ATOMS.get(out, range(K))) if a not in removed]
            yield op, ins, out, attrs, stay, kept


def least_squares(removed, x, W, W0, sums):
    old = {k: a.numpy() for k, a in run(x, W0).items()}
    for op, ins, out, attrs, stay, kept in consumers(removed):
        now = {k: a.numpy() for k, a in run(x, W, removed).items()}
        w = W[ins[1]][:, :, None] if op == "Gemm" else W[ins[1]]
        a = now[ins[0]][:, :, None] if op == "Gemm" else now[ins[0]]
        X = patches(a, w.shape[2], attrs)[:, stay].reshape(-1, len(stay) * w.shape[2])
        Y = old[out].copy()
        if sums and out in AIMS:
            other, norm = AIMS[out]
            scale = W0[norm + "_g"] / np.sqrt(W0[norm + "_v"] + 1e-5) if norm else np.ones(Y.shape[1])
            Y += (old[other] - now[other]) / scale[:, None]
        Y = flat(Y)[:, kept]
        mx, my = X.mean(0), Y.mean(0)
        s = (X - mx).T @ (X - mx) / len(X)
        q = np.linalg.solve(ridge(s), (X - mx).T @ (Y - my) / len(X)) if np.trace(s) else np.zeros((X.shape[1], len(kept)))
        new = np.zeros(w.shape)
        new[np.ix_(kept, stay)] = q.T.reshape(len(kept), len(stay), -1)
        W[ins[1]] = new[:, :, 0] if op == "Gemm" else new
        W[ins[2]][kept] = my - mx @ q


def from_moments(removed, x, W, W0, only_mean):
    old = {k: a.numpy() for k, a in run(x, W0).items()}
    for op, ins, out, attrs, stay, kept in consumers(removed):
        a = flat(old[ins[0]])
        gone = [i for i in range(a.shape[1]) if i not in stay]
        s, mean = np.cov(a.T, bias=True), a.mean(0)
        A = np.zeros((len(gone), len(stay)))
        if not only_mean and np.trace(s[np.ix_(stay, stay)]):
            A = np.linalg.solve(ridge(s[np.ix_(stay, stay)]), s[np.ix_(stay, gone)]).T
        c = mean[gone] - A @ mean[stay]
        w = W0[ins[1]][:, :, None] if op == "Gemm" else W0[ins[1]]
        new = w.copy()
        new[:, stay] += np.einsum("ort,rk->okt", w[:, gone], A)
        W[ins[1]] = new[:, :, 0] if op == "Gemm" else new
        W[ins[2]] = W0[ins[2]] + np.einsum("ort,r->o", w[:, gone], c)


def renorm(removed, x, W):
    for op, ins, out, attrs in NODES:
        if op != "BatchNormalization":
            continue
        a = flat(run(x, W, removed)[ins[0]].numpy())
        W[ins[3]], W[ins[4]] = a.mean(0), a.var(0)


def expect(case, x, y, W0):
    rank, how, q = CASES[case]
    some, held = x[:N - N // 5], x[N - N // 5:]
    removed = choose(rank, q, some, W0)
    W = {k: a.copy() for k, a in W0.items()}
    if how in ("ls", "ls-sum"):
        least_squares(removed, some, W, W0, how == "ls-sum")
    if how in ("gram", "bias"):
        from_moments(removed, some, W, W0, how == "bias")
    if "renorm" in q:
        renorm(removed, some, W)
    logits = run(x, W, removed)["logits"].numpy()
    was = run(held, W0)["logits"].numpy().argmax(1)
    now = logits[N - N // 5:].argmax(1)
    return {"removed": {m: [i for i, a in enumerate(names) if a in removed] for names, makers in FAMILIES for m in makers},
            "logits": np.round(logits[:SHOWN], 7).tolist(), "accuracy": float((now == y[N - N // 5:]).mean()), "changed": float((now != was).mean())}


def compare(case, want, folder):
    try:
        got = json.load(open(f"{folder}/{case}.json"))
        rows = [r for r in csv.reader(open(f"{folder}/{case}.csv")) if r and not r[0].startswith("#")]
    except (OSError, ValueError) as e:
        return print(case, e)
    layers = {q["layer"]: q["removed_filters"]["values"] for q in got["layers"]}
    for k, r in want["removed"].items():
        if layers.get(k + "_z") != r:
            print(f"{case}, {k}: removed {layers.get(k + '_z')}, not {r}")
    held = got["result"]["repaired"][0]
    if abs(held["error"] - want["accuracy"]) > 1e-9 or abs(held["changed"] - want["changed"]) > 1e-9:
        print(f"{case}: accuracy {held['error']}, not {want['accuracy']}; changed {held['changed']}, not {want['changed']}")
    at = [i for i, name in enumerate(rows[0]) if name.isdigit()]
    now, ref = np.array([[float(r[i]) for i in at] for r in rows[1:1 + SHOWN]]), np.array(want["logits"])
    if now.shape != ref.shape or np.abs(now - ref).max() > 1e-4 * max(1, np.abs(ref).max()):
        print(f"{case}: outputs differ", now.tolist(), ref.tolist())


def main():
    if sys.argv[1] == "--compare":
        for case, want in json.load(open(sys.argv[2] + "/blocks.json")).items():
            compare(case, want, sys.argv[3])
        return
    if sys.argv[1] == "--options":
        for case in CASES:
            print(case, *options(case))
        return
    global torch
    import torch
    torch.set_default_dtype(torch.float64)
    W, here = make_weights(), os.path.dirname(os.path.abspath(__file__))
    z = np.load(os.path.join(here, "survey", "windows.npz"))
    x = z["x"].astype(float)
    centre(W, x)
    write_model(W, os.path.join(sys.argv[1], "blocks.onnx"))
    W = {k: a.astype(float) for k, a in W.items()}
    found = {case: expect(case, x, z["y"], W) for case in CASES}
    with open(os.path.join(sys.argv[1], "blocks.json"), "w") as f:
        json.dump(found, f, indent=0)
        f.write("\n")


if __name__ == "__main__":
    main()
