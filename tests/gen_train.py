#!/usr/bin/python3
"""Training in PyTorch, in double precision: prints tests/unit/train_numbers.h, with which tests/unit/test_train.c compares.

Weights and data come from the random numbers of core/base/rng.c, so that both sides start from the same bits; batches are taken in
order. Needs python3-torch; the tests do not.    tests/gen_train.py > tests/unit/train_numbers.h"""
import json
import math
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
MASK = (1 << 64) - 1


class Rng:
    """splitmix64, as core/base/rng.c"""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53


def conv(name, filters, kernel, **more):
    return {"type": "Conv1D", "name": name, "filters": filters, "kernel": kernel, **more}


CASES = [
    {"name": "paper", "rows": 400, "window": 50, "loss": "mse", "rate": 0.001, "batch": 5, "epochs": 2, "layers": [
        conv("conv1", 64, 3, padding="same", activation="relu"), {"type": "MaxPooling1D", "padding": "same"},
        conv("conv2", 32, 3, padding="same", activation="relu"), {"type": "MaxPooling1D", "padding": "same"},
        conv("conv3", 16, 3, padding="same", activation="relu"), {"type": "Flatten"}, {"type": "Dense", "units": 1}]},
    # no bias before a normalisation: its gradient is nothing but rounding errors, and Adam steps as far as for any other
    {"name": "normalised classifier", "rows": 166, "window": 32, "loss": "crossentropy", "rate": 0.002, "schedule": "cosine", "batch": 20,
     "epochs": 15, "layers": [
        conv("conv1", 8, 5, padding="same", bias=False), {"type": "BatchNormalization"},
        {"type": "Activation", "activation": "leaky_relu", "alpha": 0.3},
        conv("conv2", 6, 3, stride=2, bias=False), {"type": "BatchNormalization", "epsilon": 1e-05},
        {"type": "Activation", "activation": "relu"}, {"type": "GlobalAveragePooling1D"},
        {"type": "Dense", "units": 3, "activation": "softmax"}]},
    {"name": "momentum and penalties", "rows": 200, "window": 24, "loss": "binary_crossentropy", "optimizer": "sgd", "momentum": 0.9,
     "rate": 0.05, "schedule": "step", "schedule_epochs": 2, "schedule_factor": 0.3, "l1": 0.0001, "l2": 0.001, "batch": 32, "epochs": 17,
     "layers": [
        conv("conv1", 6, 3, padding="causal", dilation=2, activation="tanh"), {"type": "MaxPooling1D"}, {"type": "Flatten"},
        {"type": "Dense", "units": 1, "activation": "sigmoid"}]},
    {"name": "residual", "rows": 200, "window": 24, "loss": "mae", "rate": 0.002, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-06, "batch": 17,
     "epochs": 10, "layers": [
        conv("conv1", 6, 3, padding="same", activation="elu"), conv("conv2", 6, 3, padding="same", groups=2, activation="softplus"),
        {"type": "Add", "name": "sum", "input": ["conv1", "conv2"]}, {"type": "AveragePooling1D", "pool": 3},
        {"type": "Concatenate", "input": ["averagepooling1d_4", "averagepooling1d_4"]},
        {"type": "GlobalMaxPooling1D"}, {"type": "Dense", "units": 1}]},
]


class Net:
    def __init__(self, spec, seed):
        self.spec, self.rng, self.weights, self.kernels, self.stats = spec, Rng(seed), {}, [], {}

    def weight(self, name, shape, fan_in=0, fan_out=0, fill=0.0):
        if name not in self.weights:
            w = torch.full(shape, fill)
            if fan_in:
                limit = math.sqrt(6.0 / (fan_in + fan_out))
                w = torch.tensor([limit * (2 * self.rng.uniform() - 1) for _ in range(w.numel())]).reshape(shape)
                self.kernels.append(w)
            self.weights[name] = w.requires_grad_()
        return self.weights[name]

    def norm(self, i, l, x, training):
        c = x.shape[1]
        gamma, beta = self.weight(f"{i}g", (c,), fill=1.0), self.weight(f"{i}b", (c,))
        mean, var = self.stats.setdefault(i, (torch.zeros(c), torch.ones(c)))
        return F.batch_norm(x, mean, var, gamma, beta, training, 0.1, l.get("epsilon", 0.001))

    def activate(self, x, l):
        a, alpha = l.get("activation", "linear"), l.get("alpha")
        fns = {"linear": lambda v: v, "relu": F.relu, "tanh": torch.tanh, "softplus": F.softplus, "elu": F.elu,
               "leaky_relu": lambda v: F.leaky_relu(v, alpha), "softmax": lambda v: v, "sigmoid": lambda v: v}  # losses take logits
        return fns[a](x)

    def forward(self, x, training):
        outs = {}
        for i, l in enumerate(self.spec["layers"]):
            kind = l["type"]
            if "input" in l:
                x = [outs[n] for n in l["input"]] if isinstance(l["input"], list) else outs[l["input"]]
            if kind == "Conv1D":
                c, k, g, d = x.shape[1], l["kernel"], l.get("groups", 1), l.get("dilation", 1)
                w = self.weight(f"{i}k", (l["filters"], c // g, k), c // g * k, l["filters"] // g * k)
                b = self.weight(f"{i}b", (l["filters"],)) if l.get("bias", True) else None
                pad = {"valid": (0, 0), "same": ((k - 1) // 2, (k - 1) // 2), "causal": ((k - 1) * d, 0)}[l.get("padding", "valid")]
                x = F.conv1d(F.pad(x, pad), w, b, l.get("stride", 1), 0, d, g)
            elif kind == "Dense":
                w = self.weight(f"{i}k", (x.shape[1], l["units"]), x.shape[1], l["units"])
                x = x @ w + self.weight(f"{i}b", (l["units"],))
            elif kind == "MaxPooling1D":
                x = F.max_pool1d(x, l.get("pool", 2), ceil_mode=l.get("padding") == "same")
            elif kind == "AveragePooling1D":
                x = F.avg_pool1d(x, l["pool"])
            elif kind == "GlobalAveragePooling1D":
                x = x.mean(2)
            elif kind == "GlobalMaxPooling1D":
                x = x.amax(2)
            elif kind == "Flatten":
                x = x.flatten(1)
            elif kind == "BatchNormalization":
                x = self.norm(i, l, x, training)
            elif kind == "Add":
                x = x[0] + x[1]
            elif kind == "Concatenate":
                x = torch.cat(x, 1)
            x = self.activate(x, l)
            outs[l.get("name", f"{kind.lower()}_{i + 1}")] = x
        return x


def data(rows, window, loss):
    """As in test_train.c: two leaky sums of noise; the class of a window is that of its last row."""
    rng, a, b, labels = Rng(7), [], [], []
    va = vb = 0.0
    for _ in range(rows):
        va = 0.9 * va + (rng.uniform() - 0.5)
        vb = 0.5 * vb + (rng.uniform() - 0.5)
        a.append(va)
        b.append(vb)
        labels.append((va > 0.3) + (va > -0.3) if loss == "crossentropy" else int(va > 0))
    series = torch.tensor([a, b]).float().double()
    forecast = loss in ("mse", "mae")
    n = rows - window + (0 if forecast else 1)
    x = torch.stack([series[:, i:i + window] for i in range(n)])
    y = series[0, window:].reshape(-1, 1) if forecast else torch.tensor(labels[window - 1:])
    return x, y


def loss_of(kind, out, y):
    if kind == "mse":
        return F.mse_loss(out, y)
    if kind == "mae":
        return F.l1_loss(out, y)
    if kind == "crossentropy":
        return F.cross_entropy(out, y)
    return F.binary_cross_entropy_with_logits(out[:, 0], y.double())


def rate_of(spec, epoch):
    r = spec["rate"]
    if spec.get("schedule") == "cosine":
        return r * (1 + math.cos(math.pi * epoch / spec["epochs"])) / 2
    if spec.get("schedule") == "step":
        return r * spec["schedule_factor"] ** (epoch // spec["schedule_epochs"])
    return r


def run(spec):
    x, y = data(spec["rows"], spec["window"], spec["loss"])
    net = Net(spec, 3)
    with torch.no_grad():
        net.forward(x[:1], False)
    params = list(net.weights.values())
    if spec.get("optimizer") == "sgd":
        opt = torch.optim.SGD(params, lr=spec["rate"], momentum=spec["momentum"])
    else:
        opt = torch.optim.Adam(params, lr=spec["rate"], betas=(spec.get("beta1", 0.9), spec.get("beta2", 0.999)), eps=spec.get("epsilon", 1e-8))
    losses, n, b = [], len(x), spec["batch"]
    for epoch in range(spec["epochs"]):
        for g in opt.param_groups:
            g["lr"] = rate_of(spec, epoch)
        for at in range(0, n, b):
            opt.zero_grad()
            loss = loss_of(spec["loss"], net.forward(x[at:at + b], True), y[at:at + b])
            for k in net.kernels:
                loss = loss + spec.get("l1", 0) * k.abs().sum() + spec.get("l2", 0) * (k * k).sum()
            loss.backward()
            opt.step()
            losses.append(loss.item())
            if len(losses) == 100:
                with torch.no_grad():
                    return losses, loss_of(spec["loss"], net.forward(x, False), y).item()
    raise SystemExit(f"{spec['name']}: {len(losses)} steps")


print("/* Losses of PyTorch " + torch.__version__.split("+")[0] + " in double precision, made by tests/gen_train.py. */")
print("struct train_case {\n\tint rows;\n\tconst char *spec;\n\tdouble step1, step10, step100;             /* losses of these batches */")
print("\tdouble after;                              /* mean loss of all windows behind step 100 */\n};\n")
print("static const struct train_case train_cases[] = {")
for case in CASES:
    losses, after = run(case)
    spec = dict(case, shuffle=False, seed=3)
    del spec["rows"]
    text = json.dumps(spec).replace("\\", "\\\\").replace('"', '\\"')
    print(f"\t{{ {case['rows']},")
    at = 0
    while at < len(text):
        end = min(at + 110, len(text))
        while end < len(text) and text[end - 1] == "\\":
            end += 1
        print(f"\t  \"{text[at:end]}\"" + ("," if end == len(text) else ""))
        at = end
    print(f"\t  {losses[0]:.15g}, {losses[9]:.15g}, {losses[99]:.15g}, {after:.15g} }},")
print("};")
