#!/usr/bin/env python3
"""Writes tests/truth/mask.npz and tests/truth/expect.json: every measure of `tsviz truth` for the network and the windows of tests/survey, worked out anew in numpy and
PyTorch in double precision, with the same random numbers.

Run it as `/usr/bin/python3 tests/gen_truth.py tests/truth/expect.json`; with --compare EXPECT GOT it says what differs; with --paper it prints srg_raw of
the paper's model in ../shared, free points, mean replacement: of the 200 windows that tsviz takes, and of eight other draws of 200."""
import json
import math
import sys

import numpy as np

STEPS, DRAWS, SEED = 20, 1000, 0
MASK = (1 << 64) - 1
REPLACE = ["mean", "zero", "interpolate", "window"]


class Rng:
    """splitmix64, as core/base/rng.h describes it."""
    def __init__(self, seed):
        self.s = seed & MASK

    def next(self):
        self.s = z = (self.s + 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self):
        return (self.next() >> 11) * 2.0 ** -53

    def below(self, n):
        while True:
            v = self.next()
            if v < MASK - MASK % n:
                return v % n

    def normal(self):
        u, v = 1 - self.uniform(), self.uniform()
        return math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v)


def stream(window, purpose):
    r = Rng(SEED)
    r = Rng(r.next() + window)
    return Rng(r.next() + purpose)


class Units:
    """What is replaced at a time. x is (T,C)."""
    def __init__(self, T, C, own, length):
        self.T, self.C, self.own, self.length = T, C, own, length
        self.members = [[(t, u % own) for t in range(u // own * length, min(T, (u // own + 1) * length))]
                        for u in range((T + length - 1) // length * own)]
        n = len(self.members)
        self.share = [math.floor(k * n / STEPS + 0.5) for k in range(STEPS + 1)]

    def scores(self, m):
        return np.array([sum(abs(m[t, c]) for t, c0 in q for c in range(c0, self.C, self.own)) for q in self.members])

    def derive(self, x):
        for c in range(self.own, self.C):
            d = np.diff(x[:, c - self.own])
            x[:-1, c], x[-1, c] = d, np.abs(d).mean()

    def replaced(self, x, units, how, other):
        y = x.copy()
        gone = np.zeros(x.shape, bool)
        for u in units:
            for q in self.members[u]:
                gone[q] = True
        for c in range(self.own):
            g = gone[:, c]
            if how == "mean":
                y[g, c] = x[:, c].mean()
            elif how == "zero":
                y[g, c] = 0
            elif how == "window":
                y[g, c] = other[g, c]
            elif g.all():
                y[:, c] = x[:, c].mean()
            else:
                y[g, c] = np.interp(np.where(g)[0], np.where(~g)[0], x[~g, c])
        if self.own < self.C:
            self.derive(y)
        return y


def ranks(v):
    v = np.asarray(v)
    return np.array([((v < q).sum() + (v <= q).sum() - 1) / 2 for q in v])


def spearman(a, b):
    a, b = ranks(a), ranks(b)
    return float(np.corrcoef(a, b)[0, 1]) if a.std() and b.std() else math.nan


def area(d, share):
    return float(np.trapz(d, np.array(share) / share[-1]))


def entropy(m):
    count, _ = np.histogram(np.abs(m), bins=100, range=(0, np.abs(m).max() or 1))
    p = count[count > 0] / count.sum()
    return float(-(p * np.log(p)).sum())


def network():
    import onnx
    import torch
    from onnx import numpy_helper
    F = torch.nn.functional
    torch.set_default_dtype(torch.float64)
    P = {q.name: torch.tensor(numpy_helper.to_array(q).astype(float)) for q in onnx.load("tests/survey/net.onnx").graph.initializer}

    def outputs(x):
        z = F.conv1d(torch.as_tensor(x).transpose(1, 2), P["stem_w"], P["stem_b"], padding=1)
        stem = torch.relu(F.batch_norm(z, P["bn_m"], P["bn_v"], P["bn_g"], P["bn_b"], eps=1e-3))
        left = torch.relu(F.conv1d(stem, P["left_w"], P["left_b"], padding=1))
        right = torch.tanh(F.conv1d(stem, P["right_w"], P["right_b"]))
        return F.max_pool1d(torch.cat([left, right], 1), 2).mean(2) @ P["fc_w"].T + P["fc_b"]

    # the arrays that are randomised, those of the topmost operator first
    layers = [["fc_w", "fc_b"], ["right_w", "right_b"], ["left_w", "left_b"], ["stem_w", "stem_b"]]
    return torch, P, outputs, layers


class Methods:
    def __init__(self, torch, outputs, data, units):
        self.torch, self.outputs, self.data, self.units = torch, outputs, data, units

    def f(self, x, k):
        return self.outputs(np.atleast_3d(x)[None] if x.ndim == 2 else x)[:, k].detach().numpy()

    def grad(self, xs, k):
        v = self.torch.tensor(xs, requires_grad=True)
        return self.torch.autograd.grad(self.outputs(v)[:, k].sum(), v)[0].numpy()

    def gradient(self, x, k):
        return np.abs(self.grad(x[None], k)[0]), math.nan

    def gradient_input(self, x, k):
        return x * self.grad(x[None], k)[0], math.nan

    def integrated(self, x, k):
        m = 16
        whole = float(self.f(x[None], k)[0] - self.f(0 * x[None], k)[0])
        while True:
            out = x * self.grad(np.stack([(i + 0.5) / m * x for i in range(m)]), k).mean(0)
            off = abs(out.sum() - whole) / abs(whole)
            if off <= 0.01 or m >= 1024:
                return out, off
            m *= 2

    def occlusion(self, x, k):
        T, C = x.shape
        width = (T + 15) // 16
        step = max(1, width // 2)
        total, n, whole = np.zeros_like(x), np.zeros_like(x), self.f(x[None], k)[0]
        for c in range(self.units.own):
            for i in range((T - width + step - 1) // step + 1):
                t = min(i * step, T - width)
                v = x.copy()
                v[t:t + width, c] = 0
                if self.units.own < C:
                    self.units.derive(v)
                total[t:t + width, c] += whole - self.f(v[None], k)[0]
                n[t:t + width, c] += 1
        return total / np.maximum(n, 1), math.nan

    def expected(self, x, k):
        r, total, none = Rng(SEED), np.zeros_like(x), 0
        self.drawn = np.zeros_like(x)
        for i in range(64):
            base = self.data[r.below(len(self.data))]
            part = (i + r.uniform()) / 64
            total += (x - base) * self.grad((base + part * (x - base))[None], k)[0] / 64
            none += self.f(base[None], k)[0] / 64
            self.drawn += base / 64
        whole = self.f(x[None], k)[0] - none
        return total, abs(total.sum() - whole) / abs(whole)


NAMES = {"gradient": "gradient", "gradient-input": "gradient_input", "integrated": "integrated", "occlusion": "occlusion",
         "expected": "expected"}
PARTS = {"gradient-input", "integrated", "occlusion", "expected"}


def infidelity(dot, change):
    dot, change = np.array(dot), np.array(change)
    b = (dot @ change) / (dot @ dot) if dot @ dot else 0
    return float(((b * dot - change) ** 2).sum() / (change @ change))


def mean(v):
    v = [q for q in v if q == q]
    return float(np.mean(v)) if v else math.nan


def found(score, inside):
    """Against a mask: average precision, area below the ROC curve, relevance mass and rank accuracy, by their definitions."""
    score, inside = np.asarray(score), np.asarray(inside, bool)
    if inside.all() or not inside.any():
        return [math.nan] * 4
    K, ap, recall = inside.sum(), 0, 0
    for threshold in sorted(set(score), reverse=True):
        chosen = score >= threshold
        ap += inside[chosen].mean() * ((inside & chosen).sum() / K - recall)
        recall = (inside & chosen).sum() / K
    a, b = score[inside][:, None], score[~inside][None]
    roc = ((a > b) + (a == b) / 2).mean()
    least = np.sort(score)[-K]
    sure, tie = score > least, score == least
    rank = ((inside & sure).sum() + (K - sure.sum()) * inside[tie].mean()) / K
    return [ap, roc, score[inside].sum() / score.sum() if score.sum() else math.nan, rank]


def make_mask(shape):
    """Runs of steps that somebody might have marked."""
    r, mask = Rng(7), np.zeros(shape, np.float32)
    for w in range(shape[0]):
        for c in range(shape[1]):
            if r.below(3):
                t = r.below(shape[2] - 6)
                mask[w, c, t:t + 2 + r.below(5)] = 1
    return mask


def evenly(n, some):
    return [k * n // some for k in range(some)]


def measure(data, windows, own, length, labels, mask):
    torch, P, outputs, layers = network()
    n, T, C = data.shape
    units = Units(T, C, own, length)
    M = Methods(torch, outputs, data, units)
    share, count = units.share, len(units.members)
    chosen = [i * n // windows for i in range(windows)]
    names = list(NAMES) + ["random"]
    D = {(m, h): [] for m in names for h in REPLACE}      # [window] (most, least)
    FOUND = ("auc_pr", "auc_roc", "mass", "rank")
    beside, shares = {m: [] for m in names}, []
    other_numbers = {m: {"residual": [], "infidelity": [], "stability": [], "stability_5": [], "emprt": [], "after": []} for m in NAMES}
    classes, maps_of = [], {}
    for i in chosen:
        x = data[i]
        k = int(outputs(x[None]).argmax())
        classes.append(k)
        y = float(M.f(x[None], k)[0])
        j = stream(i, 1).below(n - 1)
        other = data[j + (j >= i)]
        maps, compared = {}, {}
        for name, fn in NAMES.items():
            maps[name], off = getattr(M, fn)(x, k)
            compared[name] = M.drawn if name == "expected" else 0
            other_numbers[name]["residual"].append(off)
        maps_of[i] = maps
        r, order = stream(i, 0), []
        for q in range(count):
            at = r.below(q + 1)
            order.append(order[at] if at < q else q)
            order[at] = q
        chance = order
        inside = np.array([max(mask[i, t, c] for t, c in q) for q in units.members])
        if k == labels[i] and 0 < inside.sum() < count:
            shares.append(inside.mean())
            rank = np.empty(count)
            rank[chance] = np.arange(count, 0, -1)
            for name in names:
                beside[name].append(found(rank if name == "random" else units.scores(maps[name]), inside))
        for h in REPLACE:
            for name in names:
                if name == "random":
                    most, least = chance, chance[::-1]
                else:
                    s = units.scores(maps[name])
                    most, least = np.argsort(-s, kind="stable"), np.argsort(s, kind="stable")
                both = [np.stack([units.replaced(x, o[:share[q]], h, other) for q in range(STEPS + 1)]) for o in (most, least)]
                ys = [M.f(v, k) for v in both]
                D[name, h].append([np.abs(y - v) for v in ys])
                if name == "random":
                    for m in NAMES:
                        off = x - compared[m]
                        by = np.where(off == 0, np.inf, off) if m in PARTS else np.ones_like(x)
                        dot = [(maps[m] * (x - v) / by).sum() for w in both for v in w[1:]]
                        other_numbers[m]["infidelity"].append(infidelity(dot, [y - v for w in ys for v in w[1:]]))

    some = chosen
    deviation = data[some].reshape(-1, C).std(0)

    def noisy(x, by, r):
        v = x + np.array([[by[c] * r.normal() if c < own else 0 for c in range(C)] for _ in range(T)])
        if own < C:
            units.derive(v)
        return v

    for i in [chosen[q] for q in evenly(windows, min(20, -(-windows // 10)))]:
        x, k = data[i], classes[chosen.index(i)]
        y = M.f(x[None], k)[0]
        for lv, key in ((0.01, "stability"), (0.05, "stability_5")):
            r, worst = stream(i, 10 + (lv > 0.01)), {m: math.nan for m in NAMES}
            for _ in range(3):
                v = noisy(x, lv * deviation, r)
                if abs(M.f(v[None], k)[0] - y) > 0.05 * abs(y):
                    continue
                for m, fn in NAMES.items():
                    was = maps_of[i][m]
                    off = np.linalg.norm(getattr(M, fn)(v, k)[0] - was) / np.linalg.norm(was)
                    worst[m] = off if not worst[m] >= off else worst[m]
            for m in NAMES:
                other_numbers[m][key].append(worst[m])

    def smooth(i, by):
        x, k, r = data[i], classes[chosen.index(i)], stream(i, 20)
        total = {m: 0 for m in NAMES}
        for _ in range(5):
            v = noisy(x, by, r)
            for m, fn in NAMES.items():
                total[m] = total[m] + getattr(M, fn)(v, k)[0] / 5
        return {m: np.abs(v).ravel() for m, v in total.items()}

    r, fresh = Rng(SEED), []
    for layer in layers:
        q = {}
        for name in layer:
            v = P[name].numpy()
            q[name] = torch.tensor(np.float32(v.mean() + v.std() * np.array([r.normal() for _ in range(v.size)])).astype(float).reshape(v.shape))
        fresh.append(q)
    for i in [chosen[q] for q in evenly(windows, min(10, -(-windows // 20)))]:
        x, k, kept = data[i], classes[chosen.index(i)], dict(P)
        by = 0.15 * (x.max(0) - x.min(0))
        was = smooth(i, by)
        after = {m: [] for m in NAMES}
        for q in fresh:
            P.update(q)
            now = smooth(i, by)
            for m in NAMES:
                after[m].append(spearman(was[m], now[m]))
        for m, fn in NAMES.items():
            h = entropy(maps_of[i][m])
            other_numbers[m]["emprt"].append((entropy(getattr(M, fn)(x, k)[0]) - h) / h)
            other_numbers[m]["after"].append(after[m])
        P.update(kept)

    r = Rng(SEED)
    drawn = np.array([r.below(windows) for _ in range(DRAWS * windows)]).reshape(DRAWS, windows)
    methods, table = [], {h: [] for h in REPLACE}
    for name in names:
        results = []
        for h in REPLACE:
            d = np.array(D[name, h])
            a = np.array([area(q[0], share) - area(q[1], share) for q in d])
            end = d[:, 0, -1]
            boot = np.sort(a[drawn].sum(1) / end[drawn].sum(1))
            by_class = [float(a[np.array(classes) == c].sum() / end[np.array(classes) == c].sum()) if c in classes else None for c in range(3)]
            results.append({"replacement": h, "srg": a.sum() / end.sum(), "srg_raw": a.mean(), "low": boot[25], "high": boot[974],
                            "by_class": by_class, "most_first": d[:, 0].mean(0).tolist(), "least_first": d[:, 1].mean(0).tolist()})
            if name != "random":
                table[h].append(results[-1]["srg"])
        one = {"method": name, "srg": float(np.mean([q["srg"] for q in results])), "results": results}
        one.update({q: mean(v) for q, v in zip(FOUND, zip(*beside[name]))})
        if name != "random":
            o = other_numbers[name]
            after = [mean(v) for v in zip(*o["after"])]
            one.update({q: mean(o[q]) for q in ("residual", "infidelity", "stability", "stability_5", "emprt")})
            one["after_randomised_layers"], one["smprt"] = after, mean(after)
        methods.append(one)
    pairs = [spearman(table[a], table[b]) for p, a in enumerate(REPLACE) for b in REPLACE[p + 1:]]
    band = []
    for h in REPLACE:
        d = np.array(D["random", h]).mean(1)
        m, e = d.mean(0), 1.96 * d.std(0, ddof=1) / math.sqrt(windows)
        band.append({"replacement": h, "low": (m - e).tolist(), "high": (m + e).tolist()})
    return {"units": count, "windows": windows, "mask_windows": len(shares), "mask_share": mean(shares), "agreement": mean(pairs), "random": band, "methods": methods}


def clean(v):
    if isinstance(v, dict):
        return {k: clean(q) for k, q in v.items()}
    if isinstance(v, list):
        return [clean(q) for q in v]
    if isinstance(v, (float, np.floating)):
        return float("%.9g" % v) if math.isfinite(v) else None
    return v


# How the report names some of the figures, which have another type elsewhere.
NAMES = {"low": "low_curve", "high": "high_curve", "by_class": "srg_by_class", "without_order": "share_without_order"}


def compare(want, got, where=""):
    """Where the order of two points hangs on the last digit, the curve of one window of 12 differs a little."""
    if isinstance(got, dict) and got.keys() == {"shape", "axes", "values"}:
        got = got["values"]
    if isinstance(want, dict):
        for k in want:
            compare(want[k], got.get(k, got.get(NAMES.get(k))), where + "/" + k)
    elif isinstance(want, list):
        if not isinstance(got, list) or len(got) != len(want):
            print(where, "another length")
            return
        for i, q in enumerate(want):
            compare(q, got[i], "%s/%s" % (where, q.get("method", q.get("replacement", i)) if isinstance(q, dict) else i))
    elif isinstance(want, float) and isinstance(got, (int, float)):
        if abs(want - got) > 2e-3 + 2e-3 * abs(want):
            print(where, "%.6g instead of %.6g" % (got, want))
    elif want != got:
        print(where, got, "instead of", want)


def paper():
    import h5py
    import torch
    F = torch.nn.functional
    torch.set_default_dtype(torch.float64)
    W = {}

    def take(name, v):
        if isinstance(v, h5py.Dataset):
            W[name.split("/")[-1][:-2]] = torch.tensor(np.array(v), dtype=torch.float64)
    h5py.File("../shared/models/internet_traffic.h5")["model_weights"].visititems(take)

    def net(x):
        h = x.transpose(1, 2)
        for k in "456":
            h = torch.relu(F.conv1d(h, W["convolution1d_%s_W" % k][:, 0].permute(2, 1, 0), W["convolution1d_%s_b" % k], padding=1))
            if k != "6":
                h = F.max_pool1d(F.pad(h, (0, h.shape[2] % 2), value=-math.inf), 2)
        return (h.transpose(1, 2).reshape(len(x), -1) @ W["dense_2_W"] + W["dense_2_b"])[:, 0]

    def values(x):
        return net(torch.tensor(x)).detach().numpy()

    def grad(x):
        v = torch.tensor(x, requires_grad=True)
        return torch.autograd.grad(net(v).sum(), v)[0].numpy()

    v = np.array([float(line.split(",")[1]) for line in open("../shared/data/internet_traffic.csv").read().split("\n")[1:] if line])
    z = ((v - v[:14000].mean()) / v[:14000].std())[14000:18000]
    n = len(z) - 49
    X = np.stack([np.stack([z[i:i + 50], np.append(np.diff(z[i:i + 50]), np.abs(np.diff(z[i:i + 50])).mean())], 1) for i in range(n)])
    maps = {"gradient": grad, "gradient-input": lambda x: x * grad(x),
            "integrated": lambda x: x * np.mean([grad((k + 0.5) / 128 * x) for k in range(128)], 0),
            "random": lambda x: np.random.default_rng(0).random(x.shape)}
    share = [5 * k for k in range(STEPS + 1)]

    def srg_raw(x, m):
        flat, score = x.reshape(len(x), -1), np.abs(m).reshape(len(x), -1)
        fill, y, D = np.repeat(x.mean(1)[:, None], 50, 1).reshape(len(x), -1), values(x), []
        for sign in (-1, 1):
            order = np.argsort(sign * score, axis=1, kind="stable")
            D.append([])
            for k in share:
                q = flat.copy()
                np.put_along_axis(q, order[:, :k], np.take_along_axis(fill, order[:, :k], 1), 1)
                D[-1].append(np.abs(y - values(q.reshape(x.shape))).mean())
        return area(D[0], share) - area(D[1], share)
    draws = [("evenly", [i * n // 200 for i in range(200)])]
    draws += [("draw %d" % s, np.random.default_rng(s).choice(n - 1, 200, replace=False)) for s in range(8)]
    for name, i in draws:
        print(name, " ".join("%s %.6f" % (m, srg_raw(X[i], fn(X[i]))) for m, fn in maps.items()), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--paper":
        paper()
        sys.exit()
    if sys.argv[1] == "--compare":
        compare(json.load(open(sys.argv[2]))[sys.argv[3]], json.load(open(sys.argv[4])))
        sys.exit()
    archive = np.load("tests/survey/windows.npz")
    x, labels, mask = archive["x"].astype(float).transpose(0, 2, 1), archive["y"], make_mask(archive["x"].shape)
    np.savez_compressed("tests/truth/mask.npz", x=mask)
    mask = mask.transpose(0, 2, 1)
    first = x.copy()
    d = np.diff(np.float32(x[:, :, 0]), axis=1)
    first[:, :-1, 1], first[:, -1, 1] = d, np.abs(d).mean(1)
    json.dump(clean({"free": measure(x, 12, 2, 1, labels, mask), "series": measure(first, 12, 1, 3, labels, mask)}), open(sys.argv[1], "w"))
