#!/usr/bin/env python3
"""Writes tests/tasks/: small Keras models whose outputs have a time axis, windows, true values, and expect.txt.

Run it as `/usr/bin/python3 tests/gen_tasks.py tests/tasks`. Everything in expect.txt is worked out here in numpy, in Keras'
own order of axes (N,T,C), by other ways than the program takes: ROC AUC by comparing all pairs, average precision by a
loop over thresholds, F1 from sets of positions."""
import json
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from gen_keras import write_h5  # noqa: E402

rng = np.random.RandomState(11)
N, T, C = 10, 12, 2


def w(*shape, scale=0.6):
    return (rng.randn(*shape) * scale).astype(np.float32)


class Net:
    """A Keras Sequential model, and what it answers."""

    def __init__(self, name, shape=(T, C)):
        self.name, self.layers, self.weights, self.steps = name, [], [], []
        self.shape = [None, *shape]

    def add(self, cls, config, weights, run):
        name = "%s_%d" % (cls.lower(), len(self.layers) + 1)
        c = dict(config, name=name)
        if not self.layers:
            c["batch_input_shape"] = self.shape
        self.layers.append({"class_name": cls, "config": c})
        self.weights.append((name, weights))
        self.steps.append(run)

    def conv(self, i, o, k=3, act="linear"):
        kernel, bias = w(k, i, o), w(o, scale=0.2)

        def run(x):
            pad = np.pad(x, ((0, 0), ((k - 1) // 2, k // 2), (0, 0)))
            y = sum(pad[:, j:j + x.shape[1]] @ kernel[j].astype(np.float64) for j in range(k)) + bias
            return ACT[act](y)
        self.add("Conv1D", {"filters": o, "kernel_size": [k], "strides": [1], "padding": "same", "dilation_rate": [1],
                            "activation": act, "use_bias": True}, [("kernel", kernel), ("bias", bias)], run)

    def dense(self, i, o, act="linear"):
        kernel, bias = w(i, o), w(o, scale=0.2)
        self.add("Dense", {"units": o, "activation": act, "use_bias": True}, [("kernel", kernel), ("bias", bias)],
                 lambda x: ACT[act](x @ kernel.astype(np.float64) + bias))

    def plain(self, cls, config, run):
        self.add(cls, config, [], run)

    def save(self, folder):
        config = {"class_name": "Sequential", "config": {"name": self.name, "layers": self.layers}}
        write_h5(os.path.join(folder, self.name + ".h5"), np.bytes_(json.dumps(config)), "2.9.0", self.weights)

    def __call__(self, x):
        x = x.astype(np.float64)
        for run in self.steps:
            x = run(x)
        return x


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


ACT = {"linear": lambda x: x, "relu": lambda x: np.maximum(x, 0), "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
       "tanh": np.tanh, "softmax": softmax}


def autoencoder():
    m = Net("autoencoder")
    m.conv(C, 4, act="tanh")
    m.plain("MaxPooling1D", {"pool_size": [2], "strides": [2], "padding": "valid"},
            lambda x: x.reshape(x.shape[0], -1, 2, x.shape[2]).max(2))
    m.plain("UpSampling1D", {"size": 2}, lambda x: np.repeat(x, 2, 1))
    m.conv(4, C)
    return m


def unet():
    m = Net("unet")
    m.conv(C, 5, act="relu")
    m.conv(5, 3, act="softmax")
    return m


def binary():
    m = Net("binary")
    m.conv(C, 3, act="tanh")
    m.conv(3, 1, act="sigmoid")
    return m


def sequence():
    m = Net("sequence")
    m.conv(C, 4, act="tanh")
    m.conv(4, 3, k=1)
    return m


def forecast():
    m = Net("forecast")
    m.plain("Flatten", {"data_format": "channels_last"}, lambda x: x.reshape(x.shape[0], -1))
    m.dense(T * C, 5 * C)
    m.plain("Reshape", {"target_shape": [5, C]}, lambda x: x.reshape(x.shape[0], 5, C))
    return m


def roc(score, label):
    wins = 0.0
    for a in score[label == 1]:
        for b in score[label == 0]:
            wins += 1.0 if a > b else 0.5 if a == b else 0.0
    return wins / ((label == 1).sum() * (label == 0).sum())


def precision_area(score, label):
    area, before = 0.0, 0.0
    for threshold in sorted(set(score), reverse=True):
        said = score >= threshold
        recall = (said & (label == 1)).sum() / (label == 1).sum()
        area += (recall - before) * (said & (label == 1)).sum() / said.sum()
        before = recall
    return area


def main(folder):
    os.makedirs(folder, exist_ok=True)
    out = []

    def say(name, *values):
        out.append(name + " " + " ".join("%.9g" % v for v in np.asarray(values, dtype=np.float64).ravel()))

    def save(name, a):
        np.save(os.path.join(folder, name), a)

    x = rng.randn(N, T, C).astype(np.float32)
    save("x.npy", x)
    labels = (rng.rand(N) < 0.4).astype(np.int64)
    labels[:2] = 0, 1
    save("labels.npy", labels)

    m = autoencoder()
    m.save(folder)
    y = m(x)
    d = y - x
    score = (d ** 2).mean((1, 2))
    say("autoencoder.output", y[0])
    say("autoencoder.mse", (d ** 2).mean())
    say("autoencoder.channel.mse", (d ** 2).mean((0, 1)))
    say("autoencoder.channel.mae", abs(d).mean((0, 1)))
    say("autoencoder.step.mse", (d ** 2).mean((0, 2)))
    say("autoencoder.step.mae", abs(d).mean((0, 2)))
    say("autoencoder.score", score)
    say("autoencoder.roc", roc(score, labels))
    say("autoencoder.pr", precision_area(score, labels))
    say("autoencoder.baseline", ((x - x.mean(1, keepdims=True)) ** 2).mean())

    m = sequence()
    m.save(folder)
    y = m(x).astype(np.float32)
    save("sequence_y.npy", y)
    save("sequence_flat.npy", y.reshape(N, -1))
    save("sequence_turned.npy", np.ascontiguousarray(y.transpose(0, 2, 1)))
    np.savez(os.path.join(folder, "sequence.npz"), x=x, y=y)
    say("sequence.output", y[0])
    shifted = y + np.arange(3, dtype=np.float32) + np.arange(T, dtype=np.float32)[:, None] / 10
    save("sequence_shifted.npy", shifted)
    d = y.astype(np.float64) - shifted
    say("sequence.channel.mse", (d ** 2).mean((0, 1)))
    say("sequence.step.mse", (d ** 2).mean((0, 2)))

    m = forecast()
    m.save(folder)
    say("forecast.output", m(x)[0])
    series = (np.sin(np.arange(60)[:, None] * [0.3, 0.7]) + rng.randn(60, 2) * 0.1).astype(np.float32)
    with open(os.path.join(folder, "series.csv"), "w") as f:
        f.write("a,b\n" + "".join("%.9g,%.9g\n" % tuple(r) for r in series))
    n = 60 - T - 5 + 1
    wins = np.stack([series[i:i + T] for i in range(n)])
    truth = np.stack([series[i + T:i + T + 5] for i in range(n)])
    d = m(wins) - truth
    say("forecast.windows", n)
    say("forecast.mse", (d ** 2).mean())
    say("forecast.channel.mse", (d ** 2).mean((0, 1)))
    say("forecast.step.mae", abs(d).mean((0, 2)))

    m = unet()
    m.save(folder)
    y = m(x)
    truth = rng.randint(0, 3, (N, T))
    truth[:, :6] = y.argmax(-1)[:, :6]
    truth[0, 11] = -1
    save("unet_y.npy", truth.astype(np.int64))
    save("unet_onehot.npy", np.eye(3, dtype=np.float32)[np.maximum(truth, 0)])
    np.savez(os.path.join(folder, "unet.npz"), x=x, y=truth)
    known = truth >= 0
    said = y.argmax(-1)
    say("unet.output", y[0])
    say("unet.class", said[0])
    say("unet.accuracy", (said == truth)[known].mean())
    say("unet.step", [(said == truth)[known[:, t], t].mean() for t in range(T)])
    say("unet.confusion", [((truth == a) & (said == b) & known).sum() for a in range(3) for b in range(3)])
    f1 = []
    for k in range(3):
        a = {(i, t) for i in range(N) for t in range(T) if known[i, t] and truth[i, t] == k}
        b = {(i, t) for i in range(N) for t in range(T) if known[i, t] and said[i, t] == k}
        f1.append(2 * len(a & b) / (len(a) + len(b)))
    say("unet.f1", f1)
    say("unet.macro", np.mean(f1))
    say("unet.loss", -np.mean([np.log(y[1, t, truth[1, t]]) for t in range(T)]))

    m = binary()
    m.save(folder)
    y = m(x)[:, :, 0]
    truth = (rng.rand(N, T) < 0.5).astype(np.int64)
    save("binary_y.npy", truth)
    said = (y > 0.5).astype(int)
    say("binary.accuracy", (said == truth).mean())
    say("binary.confusion", [((truth == a) & (said == b)).sum() for a in range(2) for b in range(2)])

    with open(os.path.join(folder, "expect.txt"), "w") as f:
        f.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
