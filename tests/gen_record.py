#!/usr/bin/env python3
"""Writes tests/record/: a forecast and a classifier, a series with two groups and classes, and what `scan` has to write.

Run it as `/usr/bin/python3 tests/gen_record.py tests/record`. Everything is worked out here in PyTorch, in double precision: all
windows at once, then a loop over steps that looks for the windows which hold the step, where the program goes through the
windows. Gradients are autograd's."""
import csv
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

ROWS, CUT, T, STEP, C, K, H = 70, 41, 8, 3, 2, 3, 2  # rows, first row of the second group, window ..., classes, steps of the forecast
torch.set_default_dtype(torch.float64)
rng = np.random.RandomState(3)


def w(*shape, scale=0.6):
    return (rng.randn(*shape) * scale).astype(np.float32)


CONV = {"conv_w": w(5, C, 3), "conv_b": w(5, scale=0.3)}
HEAD = {"forecast": {"fc_w": w(H, 5 * T, scale=0.1), "fc_b": w(H, scale=0.2)}, "classes": {"fc_w": w(K, 5, scale=1.5), "fc_b": w(K)}}
CLASSES = ["N", "S", "V"]


def write_model(path, kind):
    weights = {**CONV, **HEAD[kind]}
    nodes = [helper.make_node("Conv", ["x", "conv_w", "conv_b"], ["z"], kernel_shape=[3], pads=[1, 1], name="conv"),
             helper.make_node("Relu", ["z"], ["a"], name="relu")]
    if kind == "classes":
        nodes.append(helper.make_node("GlobalAveragePool", ["a"], ["m"], name="mean"))
    nodes += [helper.make_node("Flatten", [nodes[-1].output[0]], ["flat"], name="flatten"),
              helper.make_node("Gemm", ["flat", "fc_w", "fc_b"], ["logits"], transB=1, name="fc")]
    if kind == "classes":
        nodes.append(helper.make_node("Softmax", ["logits"], ["p"], axis=1, name="softmax"))
    out = nodes[-1].output[0]
    g = helper.make_graph(nodes, kind, [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, C, T])],
                          [helper.make_tensor_value_info(out, TensorProto.FLOAT, [1, K if kind == "classes" else H])],
                          [numpy_helper.from_array(v, k) for k, v in weights.items()])
    m = helper.make_model(g, opset_imports=[helper.make_opsetid("", 13)], producer_name="gen_record.py")
    m.ir_version = 7
    onnx.checker.check_model(m)
    onnx.save(m, path)


def run(x, kind):
    """The logits of windows x (n,C,T)."""
    p = {k: torch.tensor(v.astype(np.float64)) for k, v in {**CONV, **HEAD[kind]}.items()}
    a = torch.relu(torch.nn.functional.conv1d(x, p["conv_w"], p["conv_b"], padding=1))
    a = a.mean(2) if kind == "classes" else a.flatten(1)
    return a @ p["fc_w"].T + p["fc_b"]


def series():
    t = np.arange(ROWS)
    a = np.round(np.sin(t / 3) * 2 + rng.randn(ROWS) * 0.4 + 5, 3)
    b = np.round(np.cos(t / 5) * 3 + rng.randn(ROWS) * 0.4, 3)
    a[30] += 9  # an outlier, so that an error is an event
    label = [CLASSES[(i // 9) % 3] for i in t]
    who = ["ann" if i < CUT else "bob" for i in t]
    day = ["2024-03-%02d 10:00" % (1 + i // 60) if not i % 60 else "2024-03-%02d 10:%02d" % (1 + i // 60, i % 60) for i in t]
    return day, a, b, label, who


def starts():
    """The first rows of the windows: none crosses from one group to the other."""
    return [s for lo, hi in ((0, CUT), (CUT, ROWS)) for s in range(lo, hi - T + 1, STEP)]


def maps(x, target):
    x.requires_grad_(True)
    target(x).sum().backward()
    return x.grad.abs().numpy()


def mean(v):
    return float(np.mean(v)) if len(v) else float("nan")


def expect(kind, data):
    day, a, b, label, who = data
    raw = np.stack([a, b])
    x = (raw - raw.mean(1, keepdims=True)) / raw.std(1, keepdims=True)
    first = starts()
    windows = torch.tensor(np.stack([x[:, s:s + T] for s in first]))
    logits = run(windows, kind).numpy()
    pick = (lambda q: run(q, kind).sum(1)) if kind == "forecast" else (lambda q: run(q, kind).max(1).values)
    grad = maps(windows.clone(), pick)
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    rows = []
    for t in range(ROWS):
        end = CUT if t < CUT else ROWS
        hold = [i for i, s in enumerate(first) if s <= t < s + T]
        row = [t, day[t], who[t]]
        if kind == "forecast":
            said = [logits[i, k] * a.std() + a.mean() for i, s in enumerate(first) for k in range(H)
                    if s + T + k == t and (s < CUT) == (t < CUT) and t < end]
            row += [mean(said), a[t], abs(mean(said) - a[t])]
        else:
            of = [label[first[i] + T - 1] for i in hold]
            q = [mean([p[i, k] for i in hold]) for k in range(K)]
            row += [CLASSES[int(np.argmax(q))] if hold else "", max(CLASSES, key=of.count) if hold else "",
                    mean([CLASSES[int(p[i].argmax())] != of[j] for j, i in enumerate(hold)])] + q
        row += [mean([grad[i, c, t - first[i]] for i in hold]) for c in range(C)]
        rows.append(row)
    names = ["step", "time", "group", "prediction", "truth", "error"] + (["p_" + c for c in CLASSES] if kind == "classes" else [])
    return names + ["saliency_a", "saliency_b"], rows, alone(kind, first, a, logits, grad)


def alone(kind, first, a, logits, grad):
    """The thresholds: each window by itself."""
    error = [abs(logits[i, k] * a.std() + a.mean() - a[s + T + k]) for i, s in enumerate(first) for k in range(H)
             if s + T + k < (CUT if s < CUT else ROWS)] if kind == "forecast" else []
    total = grad.sum(1).ravel()
    return (0.5 if kind == "classes" else np.mean(error) + 3 * np.std(error)), total.mean() + 3 * total.std()


def runs(rows, inside, value, kind):
    """Runs of steps, none over the border of the groups."""
    out, now = [], None
    for t, row in enumerate(rows):
        if t == CUT:
            now = None
        if not inside(row):
            now = None
            continue
        if now is None:
            now = [kind, t, t, t, value(row)]
            out.append(now)
        now[2] = t
        if value(row) > now[4] or (now[4] != now[4] and value(row) == value(row)):
            now[3:] = [t, value(row)]
    return out


def events(names, rows, limits):
    at = {n: i for i, n in enumerate(names)}
    total = lambda r: r[at["saliency_a"]] + r[at["saliency_b"]]
    error = lambda r: r[at["error"]]
    out = runs(rows, lambda r: error(r) > limits[0], error, "error")
    out += runs(rows, lambda r: total(r) > limits[1], total, "saliency")
    out += runs(rows, lambda r: error(r) > 0.3 and r[at["saliency_a"]] < 0.4 or r[at["saliency_b"]] > 0.9, error, "expression")
    if "p_N" in at:
        out += [["class", t, t, t, CLASSES.index(rows[t][3])] for t in range(1, ROWS)
                if t != CUT and rows[t][3] and rows[t - 1][3] and rows[t][3] != rows[t - 1][3]]
    return sorted(out)


def write(path, head, rows):
    with open(path, "w", newline="") as f:
        q = csv.writer(f, lineterminator="\n")
        q.writerow(head)
        q.writerows([["" if v != v else "%.9g" % v if isinstance(v, float) else v for v in r] for r in rows])


def main(folder):
    data = series()
    write(folder + "/series.csv", ["time", "a", "b", "label", "who"], list(zip(*data)))
    for kind in HEAD:
        write_model("%s/%s.onnx" % (folder, kind), kind)
        names, rows, limits = expect(kind, data)
        write("%s/%s.csv" % (folder, kind), names, rows)
        with open("%s/%s_limits.txt" % (folder, kind), "w") as f:
            f.write("%.9g %.9g\n" % limits)
        limits = limits[0], float("%.3g" % (0.8 * max(sum(r[-C:]) for r in rows)))  # --saliency-above of the test
        print(kind, "--saliency-above %.4g" % limits[1])
        write("%s/%s_events.csv" % (folder, kind), ["kind", "step", "end", "peak", "value"], events(names, rows, limits))


main(sys.argv[1])
