#!/usr/bin/env python3
"""Writes tests/attack/expect.json: what the attacks without random numbers of `tsviz attack` do to the network and the windows of
tests/survey, and to the paper's model, worked out anew in PyTorch, in double precision. Gradients are autograd's, also through the
derived channel.

Run it as `/usr/bin/python3 tests/gen_attack.py tests/attack/expect.json`; with --compare EXPECT NAME GOT it says what differs. The paper's
model and data are read from ../shared."""
import csv
import json
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from gen_diff import run  # noqa: E402

STEPS = 10


def with_torch():
    """What generates calls this first. A comparison reads numbers alone, and the import takes seconds."""
    global torch
    import torch
    torch.set_default_dtype(torch.float64)


def derive(own):
    """own (N,1,T): the windows with their differences; the last one is the mean of their sizes."""
    d = own[:, :, 1:] - own[:, :, :-1]
    return torch.cat([own, torch.cat([d, d.abs().mean(2, keepdim=True)], 2)], 1)


class Attack:
    """x0 (N,own,T); full: from own channels to windows; loss: from windows (N,C,T) to (N)."""
    def __init__(self, x0, full, loss, unit, clip):
        self.x0, self.full, self.loss, self.unit = x0, full, loss, unit[None, :, None]
        every = full(x0)
        self.low = every.amin((0, 2))[None, :x0.shape[1], None] if clip else None
        self.high = every.amax((0, 2))[None, :x0.shape[1], None] if clip else None

    def at(self, u):
        x = self.x0 + u
        if self.low is not None:
            x = torch.maximum(torch.minimum(x, self.high), self.low)
        return self.full(x)

    def sign(self, u):
        u = u.detach().requires_grad_(True)
        own = self.x0 + u
        if self.low is not None:  # the clip is passed straight through, as a projection does
            own = own + (torch.maximum(torch.minimum(own, self.high), self.low) - own).detach()
        self.loss(self.full(own)).sum().backward()
        return u.grad.sign()

    def go(self, epsilon, steps):
        e, u = epsilon * self.unit, torch.zeros_like(self.x0)
        for _ in range(steps):
            u = torch.maximum(torch.minimum(u + e / steps * self.sign(u), e), -e)
        return self.at(u.detach()).detach()


class Walk(Attack):
    """pgd, smooth and local, which go on: from the best of the window itself, FGSM's point and what was found for the epsilon before, and from a
    random point. wrong: from windows (N,C,T) to whether their class is wrong (N)."""
    def begin(self, how, wrong, seed=0, segment=0, smoothing=0):
        from gen_truth import Rng
        N, own, T = self.x0.shape
        self.wrong, first = wrong, Rng(seed).next()
        self.rng = [Rng((first + i) % 2 ** 64) for i in range(N)]
        self.S, self.mask = torch.eye(T), torch.ones(N, 1, T)
        if how == "smooth":
            r = smoothing or -(-T // 16)
            k = np.hanning(2 * r + 3)[1:-1]
            k /= k.sum()
            self.S = torch.tensor(np.array([[k[r + a - b] if abs(a - b) <= r else 0 for a in range(T)] for b in range(T)]))
        if how == "local":
            n = segment or -(-T // 5)
            g = self.slope(torch.zeros_like(self.x0)).abs() * self.unit
            sums = g.sum(1).unfold(1, n, 1).sum(2)
            for i, at in enumerate(sums.argmax(1)):
                self.mask[i] = 0
                self.mask[i, :, at:at + n] = 1
        self.best, self.best_loss, self.best_wrong = None, None, None

    def own_at(self, u):
        own = self.x0 + (u @ self.S) * self.mask
        return own if self.low is None else torch.maximum(torch.minimum(own, self.high), self.low)

    def slope(self, u):
        own = self.own_at(u.detach()).requires_grad_(True)
        self.loss(self.full(own)).sum().backward()
        return (own.grad * self.mask) @ self.S.T

    def keep(self, u):
        with torch.no_grad():
            x = self.full(self.own_at(u))
            loss, wrong = self.loss(x), self.wrong(x)
        if self.best is None:
            self.best, self.best_loss, self.best_wrong = u.clone(), loss, wrong
            return
        better = (wrong & ~self.best_wrong) | ((wrong == self.best_wrong) & (loss > self.best_loss))
        self.best = torch.where(better[:, None, None], u, self.best)
        self.best_loss = torch.where(better, loss, self.best_loss)
        self.best_wrong = self.best_wrong | wrong

    def go(self, epsilon, steps):
        e, (N, own, T) = epsilon * self.unit, self.x0.shape

        def walk(u, share, n):
            for k in range(n):
                if n > 1:
                    self.keep(u)
                u = torch.maximum(torch.minimum(u + share * e * self.slope(u).sign(), e), -e)
            self.keep(u)
        self.keep(torch.zeros_like(self.x0))
        walk(torch.zeros_like(self.x0), 1, 1)
        walk(self.best.clone(), 2.5 / steps, steps)
        chance = np.array([[r.uniform() for _ in range(T * own)] for r in self.rng]).reshape(N, T, own)
        walk(torch.tensor(chance).transpose(1, 2) * 2 * e - e, 2.5 / steps, steps)


def network(series, clip):
    import onnx
    from onnx import numpy_helper
    W = {q.name: numpy_helper.to_array(q) for q in onnx.load("tests/survey/net.onnx").graph.initializer}
    z = np.load("tests/survey/windows.npz")
    x = torch.tensor([z[k] for k in z.files if z[k].ndim == 3][0].astype(float))
    y = torch.tensor([z[k] for k in z.files if z[k].ndim == 1][0].astype(int))
    logits = lambda v: run(v, W)["logits"][:, :, 0]
    loss = lambda v: torch.nn.functional.cross_entropy(logits(v), y, reduction="none")
    x0, full = (x[:, :1], derive) if series else (x, lambda v: v)
    unit = full(x0).transpose(0, 1).reshape(2, -1).std(1, unbiased=False)[:x0.shape[1]]
    a, out = Attack(x0, full, loss, unit, clip), {}
    epsilon = [0.05, 0.2, 0.5]
    for name, steps in [("fgsm", 1), ("bim", STEPS)]:
        v = [a.go(e, steps) for e in epsilon]
        with torch.no_grad():
            out[name] = {"loss": [loss(q).mean().item() for q in v],
                         "fallen": [(logits(q).argmax(1) != y).double().mean().item() for q in v]}
    last = v[-1]
    for name in ["pgd", "smooth", "local"]:
        w = Walk(x0, full, loss, unit, clip)
        # the clipped ones have another segment and smoothing than the defaults, 5 and 2
        w.begin(name, lambda q: logits(q).argmax(1) != y, segment=7 * (clip and not series), smoothing=3 * (clip and not series))
        out[name] = {"loss": [], "fallen": []}
        for e in epsilon:
            w.go(e, STEPS)
            out[name]["loss"].append(w.best_loss.mean().item())
            out[name]["fallen"].append(w.best_wrong.double().mean().item())
    with torch.no_grad():
        start = full(x0)
        return {"loss": loss(start).mean().item(), "wrong": int((logits(start).argmax(1) != y).sum()), "epsilon": epsilon,
                "deviation": full(x0).transpose(0, 1).reshape(2, -1).std(1, unbiased=False).tolist(), "methods": out,
                "attacked": logits(last).numpy().ravel().tolist()}


def paper_net(f):
    W = {k: [torch.tensor(np.array(v, float)) for v in (f[k][k + "_W:0"], f[k][k + "_b:0"])]
         for k in ["convolution1d_4", "convolution1d_5", "convolution1d_6", "dense_2"]}
    F = torch.nn.functional

    def conv(v, k):
        w, b = W[k]
        return torch.relu(F.conv1d(v, w[:, 0].permute(2, 1, 0), b, padding=1))

    def net(v):
        v = F.max_pool1d(conv(v, "convolution1d_4"), 2, ceil_mode=True)
        v = F.max_pool1d(conv(v, "convolution1d_5"), 2, ceil_mode=True)
        v = conv(v, "convolution1d_6").transpose(1, 2).flatten(1)
        return v @ W["dense_2"][0] + W["dense_2"][1]
    return net


def paper(own, epsilon):
    """The first 200 windows of rows 14000 on, standardised by rows 0 to 13999. own: the raw channel alone is changed."""
    import h5py
    with open("../shared/data/internet_traffic.csv") as f:
        rows = [r for r in csv.reader(f)]
    v = np.array([float(r[1]) for r in rows[1:]])
    v = np.float32(np.float32(v - v[:14000].mean()) / v[:14000].std()).astype(float)[14000:14250]
    x = torch.tensor(np.stack([v[i:i + 50] for i in range(200)]))[:, None]
    y = torch.tensor(v[50:250])
    net = paper_net(h5py.File("../shared/models/internet_traffic.h5", "r")["model_weights"])
    loss = lambda q: (net(q)[:, 0] - y) ** 2
    x0, full = (x, derive) if own else (derive(x), lambda q: q)
    a = Attack(x0, full, loss, torch.ones(x0.shape[1]), False)
    with torch.no_grad():
        before = loss(full(x0)).mean().item()
    return {"loss": before, "fgsm": loss(a.go(epsilon, 1)).mean().item()}


def compare(want, got, walks=False):
    """walks: of the methods that go on; the signs of gradients near 0 make small differences there."""
    def near(where, a, b):
        a, b = np.ravel(a), np.ravel(b)
        if a.shape != b.shape or (np.abs(a - b) > 2e-5 + (2e-3 if walks else 2e-4) * np.abs(a)).any():
            print(where, "%s instead of %s" % (b[:4], a[:4]))
    for k in ["loss", "wrong"]:
        near(k, want[k], got[k])
    for k, name in [("epsilon", "epsilon"), ("deviation", "channel_deviation")]:
        near(k, want[k], got[name]["values"])
    for q in got["methods"]:
        for k, name in [("loss", "loss_by_epsilon"), ("fallen", "fallen")]:
            near(q["method"] + " " + k, want["methods"][q["method"]][k], q[name]["values"])
    if not walks:
        near("attacked", want["attacked"], [q["attacked"]["values"] for q in got["per_window"]])


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        compare(json.load(open(sys.argv[2]))[sys.argv[3]], json.load(open(sys.argv[4])))
        sys.exit()
    with_torch()
    found = {"free": network(False, False), "clipped": network(False, True), "series": network(True, True),
             "paper": {"raw 0.5": paper(True, 0.5), "both 0.1": paper(False, 0.1)}}
    with open(sys.argv[1], "w") as f:
        json.dump(json.loads(json.dumps(found), parse_float=lambda s: float("%.9g" % float(s))), f)
        f.write("\n")
