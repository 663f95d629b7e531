#!/usr/bin/env python3
"""Trains a small classifier with batch normalisation in PyTorch on the first 8000 rows of samples/machine.csv, and writes it as ONNX, for
tests/truth/table.py: python3 tests/truth/norm.py OUT.onnx"""
import csv
import sys

import numpy as np
import torch
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(1)
rows = list(csv.reader(open("samples/machine.csv")))[1:8001]
x = np.array([[float(v) for v in r[:3]] for r in rows])
x = ((x - x.mean(0)) / x.std(0)).astype(np.float32)
bad = np.array([r[3] == "anomaly" for r in rows])
starts = range(0, 8000 - 32, 2)
X = torch.tensor(np.stack([x[i:i + 32].T for i in starts]))
Y = torch.tensor([int(bad[i:i + 32].any()) for i in starts])


def block(a, b, k):
    return [nn.Conv1d(a, b, k, padding=k // 2), nn.BatchNorm1d(b), nn.ReLU()]


net = nn.Sequential(*block(3, 16, 5), *block(16, 32, 3), *block(32, 16, 3), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(12):
    for at in torch.randperm(len(X)).split(32):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[at]), Y[at]).backward()
        opt.step()
net.eval()
print("accuracy in training %.3f" % (net(X).argmax(1) == Y).float().mean(), file=sys.stderr)
torch.onnx.export(net, X[:1], sys.argv[1], opset_version=13, input_names=["window"], output_names=["logits"],
                  training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)  # batch normalisation stays an operator
