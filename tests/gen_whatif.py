#!/usr/bin/env python3
"""Writes tests/whatif/expect.json: what `tsviz counterfactual` and `tsviz invert` find for the network and the windows of tests/survey, worked
out anew in PyTorch, numpy and scipy, in double precision. Gradients are autograd's, also through the derived channel; Adam is PyTorch's, the
cosine transform scipy's.

Run it as `/usr/bin/python3 tests/gen_whatif.py tests/whatif/expect.json`; with --compare EXPECT FOLDER [invert] it says what differs."""
import json
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
if "--compare" not in sys.argv and "--options" not in sys.argv:  # comparing needs numpy alone
    import torch
    from gen_attack import derive, with_torch
    from gen_diff import run
    with_torch()
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


# name: options of the command line, and what they mean here
INVERSIONS = {
    "class": ("-w 3 --to-class 0 --near 0.3 --variation 0.2 --iterations 40", dict(w=3, cls=0, near=.3, variation=.2)),
    "filter": ("-w 3 --filter stem_z:1 --from zero --no-clip --iterations 40", dict(w=3, filter=1, start="zero", clip=False)),
    "series": ("-w 5 --to-class 2 --columns 1 --derive diff --iterations 40", dict(w=5, cls=2, series=True)),
    "free": ("-w 5 --to-class 2 --columns 1 --derive diff --free --consistent 0.5 --iterations 40",
             dict(w=5, cls=2, series=True, free=True, consistent=.5)),
    "cycles": ("-w 4 --to-class 1 --max-cycles 2 --learning-rate 0.1 --iterations 40", dict(w=4, cls=1, cycles=2, rate=.1)),
    "gradient": ("-w 4 --to-class 1 --descent gradient --learning-rate 0.5 --iterations 40", dict(w=4, cls=1, rate=.5, plain=True)),
}


def invert(w, cls=None, filter=None, start="window", near=0, variation=0, consistent=0, cycles=None, series=False, free=False, clip=True,
           rate=0.05, plain=False, iterations=40):
    from scipy.fft import dct, idct
    q = Case(series)
    full = q.full if not free else (lambda v: v)
    begin = (q.x if free else q.own)[w].clone()
    x0, own = begin.clone(), begin.shape[0]
    if start == "zero":
        begin = torch.zeros_like(begin)
    d = q.deviation[:own, None]
    low, high = q.low[:own, None], q.high[:own, None]
    u = torch.zeros_like(begin, requires_grad=True)
    adam, losses, best = torch.optim.Adam([u], lr=rate), [], None

    def limited(v):
        if cycles is None:
            return v
        f = dct(v.numpy(), norm="ortho", axis=1)
        f[:, 2 * cycles + 1:] = 0
        return torch.tensor(idct(f, norm="ortho", axis=1))

    for _ in range(iterations + 1):
        wide = begin + d * u.detach()
        x = torch.maximum(torch.minimum(wide, high), low) if clip else wide
        x = x.clone().requires_grad_(True)
        seen = run(full(x[None]), q.W)
        if cls is not None:
            loss = torch.nn.functional.cross_entropy(seen["logits"][:, :, 0], torch.tensor([cls]))
        else:
            assert seen["stem"][0, filter].max() > 0
            loss = -seen["stem"][0, filter].mean()
        loss = loss + near * (((x - x0) / d) ** 2).mean() + variation * ((x[:, 1:] - x[:, :-1]).abs() / d).mean()
        if consistent:
            loss = loss + consistent * (((x[1:] - derive(x[None, :1])[0, 1:]) / d[1:]) ** 2).mean()
        losses.append(loss.item())
        if best is None or losses[-1] < best[0]:
            best = (losses[-1], x.detach().clone(), seen["logits"][0, :, 0].detach())
        loss.backward()
        g = x.grad
        if clip:
            g = torch.where(((wide < low) & (g > 0)) | ((wide > high) & (g < 0)), torch.zeros_like(g), g)
        u.grad = limited(g * d)
        with torch.no_grad():
            if plain:
                u -= rate * u.grad / d ** 2
            else:
                adam.step()
            u.copy_(limited(u.detach()))
    at = best[1][:1] if series else best[1]
    x = full(best[1][None])[0]
    return {"loss": losses, "x": x.T.flatten().tolist(), "output": best[2].tolist(),
            "nearest": q.near(at, None) if not free else None}


def near(where, a, b, tolerance=2e-4):
    a, b = np.ravel(a), np.ravel(b)
    if a.shape != b.shape or (np.abs(a - b) > 2e-5 + tolerance * np.abs(a)).any():
        print(where, "%s instead of %s" % (b[:4], a[:4]))


def compare(want, got):
    where = "window %d to %d" % (want["window"], want["cls"])
    for k, b in [("guide", got["guide"]), ("steps", [got["from_step"], got["end_step"]]), ("points", got["points_changed"]), ("l1", got["l1"]),
                 ("guide_distance", got["guide_distance"]), ("output", got["changed_output"]["values"])]:
        near(where + " " + k, want[k], b)
    for k, b in [("near", got["nearest"]), ("as_is", got["nearest_as_it_is"])]:
        near(where + " " + k, want[k], [[v["window"], v["distance"]] for v in b])
    if not got["valid"] or got["segments"] != 1:
        print(where, "is not valid, or more than one segment")


if __name__ == "__main__":
    if sys.argv[1] == "--options":
        for name, (options, _) in INVERSIONS.items():
            print(name, options)
        sys.exit()
    if sys.argv[1] == "--compare" and len(sys.argv) > 4:  # EXPECT FOLDER invert
        for name, want in json.load(open(sys.argv[2]))["invert"].items():
            with open(sys.argv[3] + "/" + name) as f:
                got = json.load(f)
            for k, v in [("loss", got["loss_curve"]["values"]), ("x", got["x"]["values"]), ("output", got["changed_output"]["values"])]:
                near(name + " " + k, want[k], v, 1e-3)
            if want["nearest"]:
                near(name + " nearest", want["nearest"], [[v["window"], v["distance"]] for v in got["nearest"]], 1e-3)
            print(name)
        sys.exit()
    if sys.argv[1] == "--compare":
        found = json.load(open(sys.argv[2]))
        for name in ["free", "series"]:
            for want in found["counterfactual " + name]:
                with open("%s/%s.%d.%d" % (sys.argv[3], name, want["window"], want["cls"])) as f:
                    compare(want, json.load(f))
            print(name, len(found["counterfactual " + name]))
        sys.exit()
    found = {"counterfactual free": counterfactuals(False), "counterfactual series": counterfactuals(True),
             "invert": {name: invert(**how) for name, (_, how) in INVERSIONS.items()}}
    with open(sys.argv[1], "w") as f:
        json.dump(json.loads(json.dumps(found), parse_float=lambda s: float("%.9g" % float(s))), f)
        f.write("\n")
