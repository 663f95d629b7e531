#!/usr/bin/env python3
"""Writes tests/prune/expect.json: which filters `tsviz prune` removes from the network of tests/gen_survey.py, and what the repaired
network computes.

Run it as `/usr/bin/python3 tests/gen_prune.py tests/prune/expect.json`. Rankings come from autograd and from the formula of obs, worked out
anew for every set of filters; repairs come from numpy's solver on the patches of all windows at once. Training after the repair is Adam
written out here on PyTorch's gradients, in double precision, three epochs of one batch. `--compare expect.json FOLDER CASE ..` prints what
differs: FOLDER holds CASE.json, the report of a case, and CASE.csv, its predictions. That needs neither PyTorch nor onnx, whose import
takes seconds."""
import csv
import json
import os
import sys

import numpy as np

SHOWN = 5
FAMILIES = {"stem": 4, "left": 4, "right": 3}
CASES = [("taylor", "none"), ("taylor", "bias"), ("taylor", "gram"), ("taylor", "ls"), ("obs", "ls"), ("gradient", "gram"), ("l1", "ls")]
# Rates of the training, by what it aims at; the last one makes everything worse.
TUNED = {"tune-labels-.01": .01, "tune-outputs-.001": .001, "tune-outputs-9": 9}


def ridge(s):
    return s + np.eye(len(s)) * 1e-6 * np.trace(s) / len(s)


def calibration(x):
    """All but the last fifth; ready windows do not overlap."""
    return x[:len(x) - len(x) // 5]


def gradients(x):
    v = net.run(x)
    cls = v["logits"].argmax(1)
    for k in ("stem", "left", "right", "left_z", "right_z", "logits"):
        v[k].retain_grad()
    v["logits"][torch.arange(len(x)), cls].sum().backward()
    return v


def scores(rank, v):
    if rank == "l1":
        return {k: np.abs(net.W[k + "_w"].astype(float)).sum((1, 2)) for k in FAMILIES}
    out = {}
    for k in FAMILIES:
        a, g = v[k].detach().numpy(), v[k].grad.numpy()
        out[k] = (np.abs((a * g).sum(2)) if rank == "taylor" else np.abs(g).sum(2)).mean(0)
    return out


def channels(a):
    return a.transpose(1, 0, 2).reshape(a.shape[1], -1) if a.ndim == 3 else a.T


def consumers(v):
    """Of stem: both convolutions; of the concatenation: the dense layer. Covariance, and B."""
    stem = np.cov(channels(v["stem"].detach().numpy()), bias=True)
    mean = np.cov(v["mean"].detach().numpy()[:, :, 0].T, bias=True)
    for k in ("left", "right"):
        w = net.W[k + "_w"].astype(float)
        d = (v[k + "_z"].grad.numpy() ** 2).mean((0, 2))
        yield "stem", ridge(stem), np.einsum("oit,ojt,o->ij", w, w, d), 0
    w = net.W["fc_w"].astype(float)
    d = (v["logits"].grad.numpy() ** 2).mean(0)
    bf = np.einsum("oi,oj,o->ij", w, w, d)
    yield "left", ridge(mean), bf, 0
    yield "right", ridge(mean), bf, 4


def obs(family, count, v):
    parts = [(s, b, at) for name, s, b, at in consumers(v) if name == family]
    removed = []
    while len(removed) < count:
        best = None
        for i in range(FAMILIES[family]):
            if i in removed:
                continue
            cost = 0
            for s, b, at in parts:
                r = [at + k for k in removed + [i]]
                k = [j for j in range(len(s)) if j not in r]
                schur = s[np.ix_(r, r)] - s[np.ix_(r, k)] @ np.linalg.solve(s[np.ix_(k, k)], s[np.ix_(k, r)])
                cost += (b[np.ix_(r, r)] * schur).sum()
            if best is None or cost < best[0]:
                best = (cost, i)
        removed.append(best[1])
    return sorted(removed)


def choose(rank, v):
    out = {}
    for k, n in FAMILIES.items():
        if rank == "obs":
            out[k] = obs(k, n // 2, v)
        else:
            s = scores(rank, v)[k]
            out[k] = sorted(np.argsort(s, kind="stable")[:n // 2].tolist())
    return out


def patches(a, taps):
    """(windows, channels, steps) to (windows, steps, channels * taps)"""
    pad = np.pad(a, ((0, 0), (0, 0), (taps // 2, taps // 2)))
    return np.stack([pad[:, :, k:k + a.shape[2]] for k in range(taps)], 3).transpose(0, 2, 1, 3).reshape(len(a), a.shape[2], -1)


def fit(x, y):
    x, y = x.reshape(-1, x.shape[-1]), y.reshape(-1, y.shape[-1])
    mx, my = x.mean(0), y.mean(0)
    s = (x - mx).T @ (x - mx) / len(x)
    w = np.linalg.solve(ridge(s), (x - mx).T @ (y - my) / len(x)) if np.trace(s) else np.zeros((x.shape[1], y.shape[1]))
    return w, my - mx @ w


def take_over(a, removed, w, bias, only_mean):
    """a (samples, channels); w (outputs, channels, taps): the weights after the removed channels are written by the others."""
    keep = [i for i in range(a.shape[1]) if i not in removed]
    mean, s = a.mean(0), np.cov(a.T, bias=True)
    A = np.zeros((len(removed), len(keep)))
    if not only_mean and np.trace(s[np.ix_(keep, keep)]):
        A = np.linalg.solve(ridge(s[np.ix_(keep, keep)]), s[np.ix_(keep, removed)]).T
    c = mean[removed] - A @ mean[keep]
    new = w[:, keep] + np.einsum("ort,rk->okt", w[:, removed], A)
    return new, bias + np.einsum("ort,r->o", w[:, removed], c)


class Small:
    """The smaller network, with weights that can be set."""

    def __init__(self, removed):
        W = {k: a.astype(float) for k, a in net.W.items()}
        self.keep = {k: [i for i in range(n) if i not in removed[k]] for k, n in FAMILIES.items()}
        s, left, r = self.keep["stem"], self.keep["left"], self.keep["right"]
        self.both = left + [4 + i for i in r]
        self.stem = {k: W[k][s] for k in ("stem_w", "stem_b", "bn_g", "bn_b", "bn_m", "bn_v")}
        self.w = {"left": W["left_w"][left][:, s], "right": W["right_w"][r][:, s], "fc": W["fc_w"][:, self.both][:, :, None]}
        self.b = {"left": W["left_b"][left], "right": W["right_b"][r], "fc": W["fc_b"]}

    def run(self, x):
        q = self.stem
        z = patches(x, 3) @ q["stem_w"].reshape(len(q["stem_w"]), -1).T + q["stem_b"]
        z = (z - q["bn_m"]) / np.sqrt(q["bn_v"] + 1e-3) * q["bn_g"] + q["bn_b"]
        v = {"stem": np.maximum(z, 0).transpose(0, 2, 1)}
        for k, f in (("left", lambda a: np.maximum(a, 0)), ("right", np.tanh)):
            w = self.w[k]
            v[k] = f(patches(v["stem"], w.shape[2]) @ w.reshape(len(w), -1).T + self.b[k]).transpose(0, 2, 1)
        both = np.concatenate([v["left"], v["right"]], 1)
        v["mean"] = both.reshape(*both.shape[:2], -1, 2).max(3).mean(2)
        v["logits"] = v["mean"] @ self.w["fc"][:, :, 0].T + self.b["fc"]
        return v


def repair(how, removed, v, x):
    small = Small(removed)
    W = {k: a.astype(float) for k, a in net.W.items()}
    stem = channels(v["stem"].detach().numpy()).T
    mean = v["mean"].detach().numpy()[:, :, 0]
    gone = removed["left"] + [4 + i for i in removed["right"]]
    if how in ("gram", "bias"):
        for k in ("left", "right"):
            w, b = take_over(stem, removed["stem"], W[k + "_w"], W[k + "_b"], how == "bias")
            small.w[k], small.b[k] = w[small.keep[k]], b[small.keep[k]]
        small.w["fc"], small.b["fc"] = take_over(mean, gone, W["fc_w"][:, :, None], W["fc_b"], how == "bias")
    if how == "ls":
        for k in ("left", "right"):
            old = v[k + "_z"].detach().numpy()[:, small.keep[k]].transpose(0, 2, 1)
            taps = small.w[k].shape[2]
            w, b = fit(patches(small.run(x)["stem"], taps), old)
            small.w[k], small.b[k] = w.T.reshape(small.w[k].shape), b
        w, b = fit(small.run(x)["mean"], v["logits"].detach().numpy())
        small.w["fc"], small.b["fc"] = w.T[:, :, None], b
    return small


def adam_step(p, g, m, v, step, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    return p - rate * (m / (1 - 0.9 ** step)) / (torch.sqrt(v / (1 - 0.999 ** step)) + 1e-8), m, v


def tune(small, x, truth, rate, epochs=3):
    """truth: class numbers, or the logits of the old network. All of x but the last fifth train, in one batch; the others decide.
    Returns the epoch that is kept, 0 for none."""
    F = torch.nn.functional
    n = len(x) - len(x) // 5
    x, truth = torch.tensor(x), torch.tensor(truth)
    p = {k: torch.tensor(small.stem[k]) for k in ("stem_w", "stem_b", "bn_g", "bn_b")}
    mean, var = (torch.tensor(small.stem[k])[:, None] for k in ("bn_m", "bn_v"))
    for k in ("left", "right", "fc"):
        p[k + "_w"], p[k + "_b"] = torch.tensor(small.w[k].copy()), torch.tensor(small.b[k].copy())
    moments = {k: (torch.zeros_like(a), torch.zeros_like(a)) for k, a in p.items()}

    def loss(p, x, y):
        z = (F.conv1d(x, p["stem_w"], p["stem_b"], padding=1) - mean) / torch.sqrt(var + 1e-3) * p["bn_g"][:, None] + p["bn_b"][:, None]
        a = torch.relu(z)
        both = [torch.relu(F.conv1d(a, p["left_w"], p["left_b"], padding=1)), torch.tanh(F.conv1d(a, p["right_w"], p["right_b"]))]
        logits = F.max_pool1d(torch.cat(both, 1), 2).mean(2) @ p["fc_w"][:, :, 0].T + p["fc_b"]
        return ((logits - y) ** 2).mean() if y.is_floating_point() else F.cross_entropy(logits, y)

    best, kept, epoch = float(loss(p, x[n:], truth[n:])), dict(p), 0
    for e in range(epochs):
        leaves = {k: a.detach().requires_grad_(True) for k, a in p.items()}
        loss(leaves, x[:n], truth[:n]).backward()
        for k in p:
            now = rate * (1 + np.cos(np.pi * e / epochs)) / 2
            p[k], *moments[k] = adam_step(p[k], leaves[k].grad, *moments[k], e + 1, now)
        held = float(loss(p, x[n:], truth[n:]))
        if held < best:
            best, kept, epoch = held, dict(p), e + 1
    for k in ("stem_w", "stem_b", "bn_g", "bn_b"):
        small.stem[k] = kept[k].numpy()
    for k in ("left", "right", "fc"):
        small.w[k], small.b[k] = kept[k + "_w"].numpy(), kept[k + "_b"].numpy()
    return epoch


def expect():
    global net, torch
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import gen_survey as net
    import torch
    here = os.path.dirname(os.path.abspath(__file__))
    for q in net.onnx.load(os.path.join(here, "survey", "net.onnx")).graph.initializer:
        net.W[q.name] = net.numpy_helper.to_array(q)
        net.P[q.name] = torch.tensor(net.W[q.name].astype(float))
    x = np.load(os.path.join(here, "survey", "windows.npz"))["x"].astype(float)
    for p in net.P.values():
        p.requires_grad_(True)
    some = calibration(x)
    v = gradients(torch.tensor(some))
    out = {}
    for rank, how in CASES:
        removed = choose(rank, v)
        small = repair(how, removed, v, some)
        out[f"{rank}-{how}"] = {"removed": removed, "logits": small.run(x[:SHOWN])["logits"].tolist()}
    for name, rate in TUNED.items():
        removed = choose("taylor", v)
        small = repair("ls", removed, v, some)
        labels = np.load(os.path.join(here, "survey", "windows.npz"))["y"].astype(np.int64)[:len(some)]
        epoch = tune(small, some, labels if "labels" in name else v["logits"].detach().numpy(), rate)
        out[name] = {"removed": removed, "logits": small.run(x[:SHOWN])["logits"].tolist(), "epoch": epoch}
    return out


def compare(want, case, folder):
    report = json.load(open(os.path.join(folder, case + ".json")))
    layers = {q["layer"]: q["removed_filters"]["values"] for q in report["layers"]}
    for k, r in want["removed"].items():
        got = [v for name, v in layers.items() if k in name]
        if got != [r]:
            print(f"{case}: {k}: removed {got}, not {[r]}")
    if "epoch" in want and report["result"]["tuning"]["epoch_kept"] != want["epoch"]:
        print(f"{case}: another epoch is kept")
    rows = [r for r in csv.reader(open(os.path.join(folder, case + ".csv"))) if r and not r[0].startswith("#")]
    at = [i for i, name in enumerate(rows[0]) if name.isdigit()]
    got = np.array([[float(r[i]) for i in at] for r in rows[1:1 + SHOWN]])
    ref = np.array(want["logits"])
    if got.shape != ref.shape or not np.abs(got - ref).max() <= 1e-4 * max(1, np.abs(ref).max()):
        print(f"{case}: outputs differ:", got.tolist(), ref.tolist())


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        expected = json.load(open(sys.argv[2]))
        for name in sys.argv[4:]:
            compare(expected[name], name, sys.argv[3])
    else:
        json.dump(expect(), open(sys.argv[1], "w"), indent=0)
