#!/usr/bin/env python3
"""Writes tests/whatif/expect.json: what `tsviz counterfactual` finds for the network and the windows of tests/survey, worked out anew in
PyTorch and numpy, in double precision. Gradients are autograd's, also through the derived channel.

Run it as `/usr/bin/python3 tests/gen_whatif.py tests/whatif/expect.json`; with --compare EXPECT FOLDER it says what differs."""
import json
import os
import sys

import numpy as np
import torch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from gen_attack import derive  # noqa: E402
from gen_diff import run  # noqa: E402

torch.set_default_dtype(torch.float64)
NEAR = 5


class Case:
    """The windows x (N,C,T) of the network; series: of the first channel alone, with its differences behind it."""
    def __init__(self, series):
        import onnx
        from onnx import numpy_helper
        self.W = {q.name: numpy_helper.to_array(q) for q in onnx.load("tests/survey/net.onnx").graph.initializer}
        z = np.load("tests/survey/windows.npz")
        x = torch.tensor([z[k] for k in z.files if z[k].ndim == 3][0].astype(float))
        self.own = x[:, :1] if series else x
        self.full = derive if series else (lambda v: v)
        self.x = self.full(self.own)
        every = self.x.transpose(0, 1).reshape(self.x.shape[1], -1)
        self.mean, self.deviation = every.mean(1), every.std(1, unbiased=False)
        self.low, self.high = every.amin(1), every.amax(1)

    def logits(self, x):
        return run(x, self.W)["logits"][:, :, 0]

    def distances(self, own):
        n = own.shape[0]
        return (((self.own - own) / self.deviation[:n, None]) ** 2).mean((1, 2)).sqrt()

    def nearest(self, own, without=None):
        d = self.distances(own)
        if without is not None:
            d[without] = float("inf")
        order = sorted(range(len(d)), key=lambda i: (d[i].item(), i))
        return order, d

    def near(self, own, without=None):
        order, d = self.nearest(own, without)
        return [[i, d[i].item()] for i in order[:NEAR] if i != without]


def counterfactual(q, w, cls):
    with torch.no_grad():
        said = q.logits(q.x).argmax(1)
    order, d = q.nearest(q.own[w], w)
    looked = next(k for k, i in enumerate(order) if said[i] == cls)
    guide, own = order[looked], q.own[w]
    u = own.clone().requires_grad_(True)
    torch.nn.functional.cross_entropy(q.logits(q.full(u[None])), torch.tensor([cls])).backward()
    score = (u.grad * (q.own[guide] - own)).abs().numpy()
    C, T = score.shape

    def put(channels, a, b):
        v = own.clone()
        for c in channels:
            v[c, a:b] = q.own[guide, c, a:b]
        return v

    def met(channels, a, b):
        with torch.no_grad():
            return q.logits(q.full(put(channels, a, b)[None]))[0].argmax().item() == cls

    best = None
    alone = sorted(range(C), key=lambda c: -score[c].sum())[:16] if C > 1 else []
    for channels in [[c] for c in alone] + [list(range(C))]:
        s = score[channels].sum(0)
        a = int(s.argmax())
        b = a + 1
        while not met(channels, a, b) and b - a < T:
            if a > 0 and (b == T or s[a - 1] > s[b]):
                a -= 1
            else:
                b += 1
        if not met(channels, a, b):
            continue
        while b - a > 1:
            ends = [(a + 1, b), (a, b - 1)]
            if not s[a] < s[b - 1]:
                ends.reverse()
            shorter = next((e for e in ends if met(channels, *e)), None)
            if not shorter:
                break
            a, b = shorter
        v = put(channels, a, b)
        points = int((v != own).sum())
        l1 = ((v - own).abs() / q.deviation[:C, None]).sum().item()
        if best is None or (points, l1) < best[:2]:
            best = (points, l1, channels, a, b, v)
    points, l1, channels, a, b, v = best
    with torch.no_grad():
        now = q.logits(q.full(v[None]))[0]
    return {"window": w, "cls": cls, "guide": guide, "looked": looked + 1, "guide_distance": d[guide].item(), "steps": [a, b],
            "one_channel": len(channels) == 1, "points": points, "l1": l1, "output": now.tolist(), "near": q.near(v, w),
            "as_is": q.near(own, w)}


def counterfactuals(series):
    q, out = Case(series), []
    with torch.no_grad():
        said = q.logits(q.x).argmax(1).tolist()
    there = sorted(set(said))
    for w in [0, 3, 11]:
        for cls in there:
            if cls != said[w]:
                out.append(counterfactual(q, w, cls))
    return out


def near(where, a, b, tolerance=2e-4):
    a, b = np.ravel(a), np.ravel(b)
    if a.shape != b.shape or (np.abs(a - b) > 2e-5 + tolerance * np.abs(a)).any():
        print(where, "%s instead of %s" % (b[:4], a[:4]))


def compare(want, got):
    where = "window %d to %d" % (want["window"], want["cls"])
    for k, b in [("guide", got["guide"]), ("steps", got["steps"]), ("points", got["points_changed"]), ("l1", got["l1"]),
                 ("guide_distance", got["guide_distance"]), ("output", got["changed_output"])]:
        near(where + " " + k, want[k], b)
    for k, b in [("near", got["nearest"]), ("as_is", got["nearest_as_it_is"])]:
        near(where + " " + k, want[k], [[v["window"], v["distance"]] for v in b])
    if not got["valid"] or got["segments"] != 1:
        print(where, "is not valid, or more than one segment")


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        found = json.load(open(sys.argv[2]))
        for name in ["free", "series"]:
            for want in found["counterfactual " + name]:
                with open("%s/%s.%d.%d" % (sys.argv[3], name, want["window"], want["cls"])) as f:
                    compare(want, json.load(f))
            print(name, len(found["counterfactual " + name]))
        sys.exit()
    found = {"counterfactual free": counterfactuals(False), "counterfactual series": counterfactuals(True)}
    with open(sys.argv[1], "w") as f:
        json.dump(json.loads(json.dumps(found), parse_float=lambda s: float("%.9g" % float(s))), f)
        f.write("\n")
