#!/usr/bin/python3
"""A network of the size of the paper's in PyTorch, with weights of its own, one thread: JSON lines with the time of methods that
look at many inputs, in batches of the best size. The inputs are made before, since they are not what is compared.

    peer_methods.py"""
import json
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.ModuleList(nn.Conv1d(a, b, 3, padding=1) for a, b in ((2, 64), (64, 32), (32, 16)))
        self.dense = nn.Linear(208, 1)

    def forward(self, x):
        for k, conv in enumerate(self.conv):
            x = F.relu(conv(x))
            x = F.max_pool1d(x, 2, ceil_mode=True) if k < 2 else x
        return self.dense(x.flatten(1))


def median(fn, runs=40):
    times = []
    for _ in range(runs + 5):
        at = time.perf_counter()
        fn()
        times.append(time.perf_counter() - at)
    return statistics.median(times[5:])


def main():
    torch.manual_seed(1)
    net = Net().eval().requires_grad_(False)
    x = torch.randn(1, 2, 50)

    def values(n):
        with torch.inference_mode():
            net(x.repeat(n, 1, 1))

    def gradients(n):
        z = x.repeat(n, 1, 1).requires_grad_()
        net(z).sum().backward()

    def pieces(fn, n, batch):
        for i in range(0, n, batch):
            fn(min(batch, n - i))

    for method, fn, n in (("occlusion", values, 48), ("smoothgrad", gradients, 50), ("integrated", gradients, 16), ("expected", gradients, 64)):
        best = min((median(lambda: pieces(fn, n, batch)), batch) for batch in (4, 8, 16, 32, 64))
        print(json.dumps({"bench": "many_inputs", "method": method, "inputs": n, "batch": best[1], "median_ms": 1e3 * best[0]}))


if __name__ == "__main__":
    main()
