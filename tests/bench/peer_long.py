#!/usr/bin/python3
"""The networks of gen_long.py (splice, tcn) in PyTorch, with weights of its own: JSON lines of what tsviz does for the first
level of its browser (a forward pass, a backward pass, the importance of every filter), and of the map of one filter.

    peer_long.py NAME"""
import json
import resource
import sys
import time

START = time.perf_counter()
import torch
import torch.nn.functional as F
from gen_long import SPLICE

torch.set_num_threads(1)


def conv(channels, filters, taps=1, dilation=1):
    c = torch.nn.Conv1d(channels, filters, taps, padding="same", dilation=dilation)
    return c.requires_grad_(False)


class Splice:
    T, C = 10100, 4

    def __init__(self):
        self.stem, self.skip, self.sites = conv(4, 32), conv(32, 32), conv(32, 3)
        self.blocks = [(conv(32, 32, t, d), conv(32, 32, t, d), torch.nn.BatchNorm1d(32).eval().requires_grad_(False),
                        torch.nn.BatchNorm1d(32).eval().requires_grad_(False)) for t, d in SPLICE]
        self.skips = [conv(32, 32) for _ in range(4)]

    def __call__(self, x):
        x = self.stem(x)
        skip, acts = self.skip(x), [x]
        for i, (c1, c2, n1, n2) in enumerate(self.blocks):
            a = F.relu(n1(x))
            b = c1(a)
            b2 = F.relu(n2(b))
            c = c2(b2)
            x = c + x
            acts += [a, b2, c, x]
            if i % 4 == 3:
                skip = skip + self.skips[i // 4](x)
                acts.append(skip)
        return self.sites(skip[:, :, 5000:5100].mean(2, keepdim=True)).flatten(1), acts


class Tcn:
    T, C = 32000, 1

    def __init__(self):
        self.stem = conv(1, 32, 3)
        self.blocks = [(conv(32, 32, 3, 1 << i), conv(32, 32, 3, 1 << i)) for i in range(10)]
        self.dense = torch.nn.Linear(32, 8).requires_grad_(False)

    def __call__(self, x):
        x = F.relu(self.stem(x))
        acts = [x]
        for c1, c2 in self.blocks:
            a = F.relu(c1(x))
            b = F.relu(c2(a))
            x = F.relu(b + x)
            acts += [a, b, x]
        return self.dense(x.mean(2)), acts


def first_level(net, x):
    y, acts = net(x)
    g = torch.autograd.grad(y[0, int(y[0].argmax())], acts + [x], allow_unused=True)
    return [v.abs().sum((0, 2)) for v in g if v is not None]


def one_map(net, x):
    _, acts = net(x)
    return torch.autograd.grad(acts[len(acts) // 2][0, 5].sum(), x)[0].abs()


def main():
    net = {"splice": Splice, "tcn": Tcn}[sys.argv[1]]()
    x = torch.randn(1, net.C, net.T, requires_grad=True)
    first_level(net, x)
    out = dict(net=sys.argv[1], cold_ms=round(1e3 * (time.perf_counter() - START), 1))
    for name, f in (("importance", first_level), ("one_map", one_map)):
        times = []
        for _ in range(7):
            at = time.perf_counter()
            f(net, x)
            times.append(time.perf_counter() - at)
        out[name + "_ms"] = round(1e3 * min(times), 1)
    out["memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    print(json.dumps(out))


main()
