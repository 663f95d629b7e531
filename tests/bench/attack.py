#!/usr/bin/env python3
"""Measures `tsviz attack` beside PyTorch in the same run: 200 windows of the paper's model, 5 epsilons, PGD of 40 steps from two starts.

    /usr/bin/python3 tests/bench/attack.py [TSVIZ]

Both do the same number of passes and gradients through the derived channel, on one thread. PyTorch takes all windows as one batch, in single
precision, and its start is not counted; of tsviz all is counted, reading the files too. Printed is the user time of the fastest of three
alternating runs, the ratio and the mean losses, which have to agree. Status 1: the ratio is below 3, or tsviz takes more than 5 s."""
import csv
import json
import os
import resource
import subprocess
import sys

WINDOWS, EPSILONS, STEPS, RUNS = 200, [0.01, 0.02, 0.05, 0.1, 0.2], 40, 3
MODEL, DATA = "../shared/models/internet_traffic.h5", "../shared/data/internet_traffic.csv"


def by_tsviz(program):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    said = subprocess.run([program, "attack", MODEL, DATA, "--columns", "2", "--derive", "diff", "--scale", "standard", "--fit", "0:14000",
                           "--rows", "14000:14250", "-q", "--attack", "pgd", "--epsilon", ",".join(map(str, EPSILONS)), "--epsilon-unit",
                           "scaled", "--no-clip", "--iterations", str(STEPS), "--windows", str(WINDOWS), "--threads", "1", "--json"],
                          check=True, stdout=subprocess.PIPE).stdout
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, json.loads(said)["methods"][0]["loss"]


class Torch:
    def __init__(self):
        sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
        import h5py
        import numpy as np
        import torch
        from gen_attack import derive, paper_net, with_torch
        with_torch()
        self.torch, self.derive = torch, derive
        torch.set_num_threads(1)
        with open(DATA) as f:
            v = np.array([float(r[1]) for r in list(csv.reader(f))[1:]])
        v = ((v - v[:14000].mean()) / v[:14000].std())[14000:14250]
        self.x = torch.tensor(np.stack([v[i:i + 50] for i in range(WINDOWS)]))[:, None].float()
        self.y = torch.tensor(v[50:50 + WINDOWS]).float()
        torch.set_default_dtype(torch.float32)
        real = torch.tensor
        torch.tensor = lambda a, *rest: real(a, *rest).float()  # the weights in single precision
        self.net = paper_net(h5py.File(MODEL, "r")["model_weights"])
        torch.tensor = real

    def loss(self, u):
        return (self.net(self.derive(self.x + u))[:, 0] - self.y) ** 2

    def look(self, u, best, gradient):
        u = u.detach().requires_grad_(gradient)
        loss = self.loss(u)
        if gradient:
            loss.sum().backward()
        loss, better = loss.detach(), None
        if best is not None:
            better = loss > best[1]
            best = (self.torch.where(better[:, None, None], u.detach(), best[0]), self.torch.where(better, loss, best[1]))
        return (u.grad if gradient else None), best or (u.detach(), loss)

    def run(self):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        best, out = None, []
        for e in EPSILONS:
            zero = self.torch.zeros_like(self.x)
            _, best = self.look(zero, best, False)
            g, best = self.look(zero, best, True)
            _, best = self.look(e * g.sign(), best, False)
            for u in [best[0], (2 * self.torch.rand_like(self.x) - 1) * e]:
                for _ in range(STEPS):
                    g, best = self.look(u, best, True)
                    u = (u + 2.5 / STEPS * e * g.sign()).clamp(-e, e)
                _, best = self.look(u, best, False)
            out.append(best[1].mean().item())
        return resource.getrusage(resource.RUSAGE_SELF).ru_utime - before, out


if __name__ == "__main__":
    if not os.path.exists(MODEL):
        sys.exit("attack: the model and data of the paper are not there: " + MODEL)
    program, peer = sys.argv[1] if len(sys.argv) > 1 else "build/release/tsviz", Torch()
    own, other = [], []
    for _ in range(RUNS):
        own.append(by_tsviz(program))
        other.append(peer.run())
    a, b = min(own), min(other)
    print("user seconds: tsviz %.2f, PyTorch %.2f, ratio %.1f; load %.1f" % (a[0], b[0], b[0] / a[0], os.getloadavg()[0]))
    print("mean loss by epsilon: " + ", ".join("%.4f %.4f" % q for q in zip(a[1], b[1])))
    far = [abs(x / y - 1) for x, y in zip(a[1], b[1])]
    if max(far) > 0.02:
        print("the losses differ by %.1f %%" % (100 * max(far)))
    sys.exit(b[0] < 3 * a[0] or a[0] > 5 or max(far) > 0.02)
