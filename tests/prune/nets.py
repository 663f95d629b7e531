#!/usr/bin/env python3
"""Trains small classifiers in PyTorch on the first 8000 rows of samples/machine.csv, and writes them as ONNX, for tests/prune/table.py:
/usr/bin/python3 tests/prune/nets.py KIND OUT.onnx; KIND: residual, concat or depthwise. All have batch normalisation."""
import csv
import sys

import numpy as np
import torch
from torch import nn


def conv(a, b, k, groups=1, act=True):
    return nn.Sequential(nn.Conv1d(a, b, k, padding=k // 2, groups=groups), nn.BatchNorm1d(b), *([nn.ReLU()] if act else []))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.a, self.b, self.c, self.d = conv(3, 24, 5), conv(24, 24, 3), conv(24, 24, 3, act=False), conv(24, 24, 3), conv(24, 24, 3, act=False)

    def forward(self, x):
        x = self.stem(x)
        x = torch.relu(x + self.b(self.a(x)))
        return torch.relu(x + self.d(self.c(x)))


class Concat(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = (nn.ModuleList(conv(c, 8, k) for k in (1, 3, 7)) for c in (3, 24))

    def forward(self, x):
        for branches in (self.one, self.two):
            x = torch.cat([b(x) for b in branches], 1)
        return x


class Depthwise(nn.Module):
    def __init__(self):
        super().__init__()
        self.all = nn.Sequential(conv(3, 24, 5), conv(24, 24, 3, groups=24), conv(24, 24, 1), conv(24, 24, 3, groups=24), conv(24, 24, 1))

    def forward(self, x):
        return self.all(x)


def main(kind, path):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    rows = list(csv.reader(open("samples/machine.csv")))[1:8001]
    x = np.array([[float(v) for v in r[:3]] for r in rows])
    x = ((x - x.mean(0)) / x.std(0)).astype(np.float32)
    bad = np.array([r[3] == "anomaly" for r in rows])
    starts = range(0, 8000 - 32, 2)
    windows = torch.tensor(np.stack([x[i:i + 32].T for i in starts]))
    truth = torch.tensor([int(bad[i:i + 32].any()) for i in starts])
    net = nn.Sequential({"residual": Residual, "concat": Concat, "depthwise": Depthwise}[kind](), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(24, 2))
    opt = torch.optim.Adam(net.parameters(), 2e-3)
    for _ in range(10):
        for at in torch.randperm(len(windows)).split(32):
            opt.zero_grad()
            nn.functional.cross_entropy(net(windows[at]), truth[at]).backward()
            opt.step()
    net.eval()
    torch.onnx.export(net, windows[:1], path, opset_version=13, input_names=["window"], output_names=["logits"],
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)  # batch normalisation stays an operator


if __name__ == "__main__":
    main(*sys.argv[1:3])
