#!/usr/bin/env python3
"""Writes tests/unit/saliency_numbers.h: saliency maps that PyTorch computes, in double precision, for the network of
tests/unit/test_saliency.c, whose weights and window both sides make from a formula. Each method is written down here anew from its paper;
autograd gives the gradients.
Usage: python3 tests/gen_saliency.py > tests/unit/saliency_numbers.h   (needs torch; the header is kept in the repository)"""
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
T, C = 24, 2


def data(shape, k, size=0.8):
    n = math.prod(shape)
    return torch.tensor([size * math.sin(1.3 * i + 0.7 * k + 1) for i in range(n)]).reshape(shape)


w1, b1, scale, shift, mean, var = data((4, 2, 3), 1), data((4,), 2, 0.3), 1 + data((4,), 3, 0.3), data((4,), 4), data((4,), 5, 0.2), 1 + data((4,), 6, 0.5)
w2, b2, w3, b3 = data((6, 4, 3), 7), data((6,), 8, 0.2), data((6, 6, 3), 9, 0.5), data((6,), 10, 0.1)
wg, bg, wd, bd = data((6, 6), 11), data((6,), 12), data((6, 3), 13), data((3,), 14)
x = data((1, C, T), 15, 1.2)
truth = torch.tensor([0.1, 0.2, 0.3])
BASELINES = {"zero": torch.zeros_like(x), "mean": x.mean(dim=2, keepdim=True).expand_as(x).clone(), "window": data((1, C, T), 16, 0.9)}


class Ops:
    """The operators that methods replace."""
    relu, tanh, sigmoid = F.relu, torch.tanh, torch.sigmoid
    mul = staticmethod(lambda a, b: a * b)

    @staticmethod
    def pool(v):
        return F.max_pool1d(v, 3, 2, 1)


def network(v, op=Ops):
    """Activations by layer, the output under 'dense'."""
    out = {"block": op.relu(F.batch_norm(F.conv1d(v, w1, b1, padding=1), mean, var, scale, shift, eps=1e-5))}
    out["pool"] = op.pool(out["block"])
    out["conv"] = op.tanh(F.conv1d(out["pool"], w2, b2, padding=1))
    out["add"] = out["conv"] + op.relu(F.conv1d(out["conv"], w3, b3, padding=1))
    g = out["add"].mean(dim=2)
    out["gate"] = op.mul(g, op.sigmoid(g @ wg + bg))
    out["dense"] = out["gate"] @ wd + bd
    return out


def f_of(out, what):
    if what == "sum":
        return out["dense"].sum()
    if what == "output:1":
        return out["dense"][0, 1]
    if what == "loss":
        return ((out["dense"][0] - truth) ** 2).mean()
    layer, k = what.split(":")
    return out[layer][0, int(k)].sum()


def f(v, what, op=Ops):
    return f_of(network(v, op), what)


def grad(v, what, op=Ops):
    v = v.clone().requires_grad_()
    return torch.autograd.grad(f(v, what, op), v)[0]


def gradient(what, base):
    return grad(x, what).abs()


def gradient_input(what, base):
    return x * grad(x, what)


def integrated(what, base):
    m = 16
    while True:
        g = sum(grad(base + (k + 0.5) / m * (x - base), what) for k in range(m)) / m
        out = (x - base) * g
        whole = f(x, what) - f(base, what)
        if abs(out.sum() - whole) <= 0.01 * abs(whole) or m >= 1024:
            return out
        m *= 2


class Rng:
    """splitmix64 and Box-Muller, as core/base/rng.c."""
    def __init__(self, seed):
        self.s = seed

    def uniform(self):
        mask = (1 << 64) - 1
        self.s = (self.s + 0x9E3779B97F4A7C15) & mask
        z = self.s
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return ((z ^ (z >> 31)) >> 11) * 2.0 ** -53

    def normal(self):
        u, v = 1 - self.uniform(), self.uniform()
        return math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v)


def smoothgrad(what, base):
    r, total = Rng(7), torch.zeros_like(x)
    for _ in range(50):
        noise = torch.tensor([[[r.normal() for _ in range(T)] for _ in range(C)]])
        total += grad(x + 0.15 * (x.amax(dim=2, keepdim=True) - x.amin(dim=2, keepdim=True)) * noise, what)
    return (total / 50).abs()


def occlusion(what, base):
    width, step = 2, 1                             # ceil(24 / 16), half of it
    total, n = torch.zeros_like(x), torch.zeros_like(x)
    for c in range(C):
        for t in range(0, T - width + 1, step):
            v = x.clone()
            v[0, c, t:t + width] = base[0, c, t:t + width]
            total[0, c, t:t + width] += (f(x, what) - f(v, what)).item()
            n[0, c, t:t + width] += 1
    return total / n


ORDER = ["block", "pool", "conv", "add"]


def cam(what, base):
    v = x.clone().requires_grad_()
    out = network(v)
    before = ORDER if what.split(":")[0] not in ORDER else ORDER[:ORDER.index(what.split(":")[0])]
    a = out[before[-1]] if before else v
    g = torch.autograd.grad(f_of(out, what), a)[0]
    s = F.relu((g.mean(dim=2, keepdim=True) * a).sum(dim=1, keepdim=True))
    return F.interpolate(s, size=T, mode="linear", align_corners=False).expand_as(x)


class GuidedRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return v.clamp(min=0)

    @staticmethod
    def backward(ctx, g):
        v, = ctx.saved_tensors
        return g.clamp(min=0) * (v > 0)


class GuidedOps(Ops):
    relu = staticmethod(GuidedRelu.apply)


def guided(what, base):
    return grad(x, what, GuidedOps)


def expected(what, base):
    r, total = Rng(7), torch.zeros_like(x)
    for k in range(64):
        total += (x - base) * grad(base + (k + r.uniform()) / 64 * (x - base), what) / 64
    return total


def relevance(what, base):
    """Relevance itself goes back, layer by layer, where the program carries its quotient by the values."""
    v = x
    wn, bn = w1 * (scale / torch.sqrt(var + 1e-5))[:, None, None], (b1 - mean) * scale / torch.sqrt(var + 1e-5) + shift
    z1 = F.conv1d(v, wn, bn, padding=1)
    a1 = F.relu(z1)
    a2, at = F.max_pool1d(a1, 3, 2, 1, return_indices=True)
    z3 = F.conv1d(a2, w2, b2, padding=1)
    a3 = torch.tanh(z3)
    z4 = F.conv1d(a3, w3, b3, padding=1)
    a4 = F.relu(z4)
    add = a3 + a4
    g = add.mean(dim=2)
    zg = g @ wg + bg
    s = torch.sigmoid(zg)
    gate = g * s
    dense = gate @ wd + bd

    def over(r, z):
        e = 0.25 * torch.sqrt((z * z).mean())
        return torch.where(z.abs() + e > 0, r / (z + torch.where(z < 0, -e, e)), torch.zeros_like(z))

    def conv(r, z, a, w):
        return a * F.conv_transpose1d(over(r, z), w, padding=1)

    name, k = (what.split(":") + ["0"])[:2]
    R = {}
    for layer, a in (("block", a1), ("pool", a2), ("conv", a3), ("add", add), ("gate", gate), ("dense", dense)):
        R[layer] = torch.zeros_like(a)
    if name == "sum":
        R["dense"] = dense.clone()
    elif name == "output":
        R["dense"][0, int(k)] = dense[0, int(k)]
    elif name == "loss":
        R["dense"] = dense * 2 * (dense - truth) / 3
    else:
        own = {"block": a1, "pool": a2, "conv": a3, "add": add, "gate": gate, "dense": dense}[name]
        R[name][0, int(k)] = own[0, int(k)]
    R["gate"] = R["gate"] + gate * (over(R["dense"], dense) @ wd.T)
    rg = R["gate"] / 2 + g * (over(R["gate"] / 2, zg) @ wg.T)
    R["add"] = R["add"] + add * over(rg, g)[:, :, None] / add.shape[2]
    q = over(R["add"], add)
    R["conv"] = R["conv"] + a3 * q + conv(a4 * q, z4, a3, w3)
    R["pool"] = R["pool"] + conv(R["conv"], z3, a2, w2)
    R["block"] = R["block"] + torch.zeros_like(a1).scatter_add_(2, at, R["pool"])
    return conv(R["block"], z1, v, wn)


def deeplift(what, base):
    """Two passes; in the second each operator knows what it read and gave in the first."""
    seen, turn = [], []

    class Rescale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, v, v0, fn):
            ctx.v, ctx.v0, ctx.fn = v.detach(), v0, fn
            return fn(v)

        @staticmethod
        def backward(ctx, g):
            v = ctx.v.clone().requires_grad_()
            with torch.enable_grad():
                d = torch.autograd.grad(ctx.fn(v).sum(), v)[0]
            diff = ctx.v - ctx.v0
            flat = diff.abs() < 1e-12
            q = (ctx.fn(ctx.v) - ctx.fn(ctx.v0)) / torch.where(flat, torch.ones_like(diff), diff)
            return g * torch.where(flat, d, q), None, None

    class RescalePool(torch.autograd.Function):
        @staticmethod
        def forward(ctx, v, v0):
            ctx.v, ctx.v0 = v.detach(), v0
            return Ops.pool(v)

        @staticmethod
        def backward(ctx, g):
            y, at = F.max_pool1d(ctx.v, 3, 2, 1, return_indices=True)
            y0, at0 = F.max_pool1d(ctx.v0, 3, 2, 1, return_indices=True)
            top = torch.maximum(y, y0)
            part = torch.zeros_like(ctx.v).scatter_add_(2, at, g * (top - y0)).scatter_add_(2, at0, g * (y - top))
            diff = ctx.v - ctx.v0
            return torch.where(diff == 0, torch.zeros_like(diff), part / torch.where(diff == 0, torch.ones_like(diff), diff)), None

    class RescaleMul(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b, a0, b0):
            ctx.mid = (a.detach() + a0) / 2, (b.detach() + b0) / 2
            return a * b

        @staticmethod
        def backward(ctx, g):
            return g * ctx.mid[1], g * ctx.mid[0], None, None

    def remember(fn):
        def first(*v):
            seen.append([q.detach() for q in v])
            return fn(*v)
        return staticmethod(first)

    class First(Ops):
        relu, tanh, sigmoid, pool, mul = map(remember, (F.relu, torch.tanh, torch.sigmoid, Ops.pool, Ops.mul))

    def recall(apply):
        def second(*v):
            turn.append(0)
            return apply(*v, *seen[len(turn) - 1])
        return staticmethod(second)

    class Second(Ops):
        relu = recall(lambda v, v0: Rescale.apply(v, v0, F.relu))
        tanh = recall(lambda v, v0: Rescale.apply(v, v0, torch.tanh))
        sigmoid = recall(lambda v, v0: Rescale.apply(v, v0, torch.sigmoid))
        pool = recall(RescalePool.apply)
        mul = recall(RescaleMul.apply)

    out0 = network(base, First)
    v = x.clone().requires_grad_()
    out = network(v, Second)
    if what == "loss":
        # a square: its multiplier is the gradient half way
        seed = 2 * ((out["dense"].detach() + out0["dense"]) / 2 - truth) / 3
        m = torch.autograd.grad(out["dense"], v, seed)[0]
    else:
        m = torch.autograd.grad(f_of(out, what), v)[0]
    res = m * (x - base)
    whole = f(x, what) - f(base, what)
    assert abs(res.sum() - whole) < 1e-9 * max(1, abs(whole)), (what, res.sum(), whole)
    return res


METHODS = {"gradient": gradient, "gradient-input": gradient_input, "integrated": integrated, "smoothgrad": smoothgrad, "occlusion": occlusion,
           "grad-cam": cam, "guided": guided, "deeplift": deeplift, "expected": expected, "relevance": relevance}
NEEDS = {"integrated", "occlusion", "deeplift", "expected"}

print("/* Made by tests/gen_saliency.py with PyTorch; do not edit. */")
for name, method in METHODS.items():
    for what in ["sum", "output:1", "loss", "block:2", "conv:4", "add:0"]:
        for base in (BASELINES if name in NEEDS else ["zero"]):
            m = method(what, BASELINES[base])[0].T.flatten().tolist()
            lines = [", ".join("%.10g" % v for v in m[i:i + 8]) for i in range(0, len(m), 8)]
            print('\t{ "%s", "%s", "%s",\n\t  { %s } },' % (name, what, base, ",\n\t    ".join(lines)))
