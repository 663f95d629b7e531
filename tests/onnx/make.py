#!/usr/bin/python3
"""Small networks of every usual kind, as torch.onnx writes them at opsets 11, 13 and 16, and what they answer.

    /usr/bin/python3 tests/onnx/make.py [FOLDER]          (Debian: python3-torch python3-onnx)

FOLDER/NAME_OPSET.onnx and FOLDER/NAME.json: a window, a true value, the output, and what `analyze --nodes --y` says of them: targets,
loss, their gradients by the window and by every node, activations and saliency (importance follows from the gradients). Torch's
autograd on the nodes of the ONNX file, in float64, from the float32 weights; the outputs and the gradients by the window are
compared with the network's own. test_onnx.c and test_onnx_golden.c read them."""
import io, json, os, sys, warnings
import numpy as np, onnx, torch
from onnx import numpy_helper
from torch import nn
import torch.nn.functional as F

warnings.filterwarnings("ignore")
OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
T, C = 16, 2


class Fcn(nn.Module):
    def __init__(s):
        super().__init__()
        s.block1 = nn.Sequential(nn.Conv1d(C, 4, 5, padding=2), nn.BatchNorm1d(4), nn.ReLU())
        s.block2 = nn.Sequential(nn.Conv1d(4, 5, 3, padding=1), nn.BatchNorm1d(5), nn.ReLU())
        s.fc = nn.Linear(5, 3)

    def forward(s, x):
        return F.softmax(s.fc(s.block2(s.block1(x)).mean(2)), 1)


class ResBlock(nn.Module):
    def __init__(s, i, o):
        super().__init__()
        s.conv1, s.bn1 = nn.Conv1d(i, o, 5, padding=2), nn.BatchNorm1d(o)
        s.conv2, s.bn2 = nn.Conv1d(o, o, 3, padding=1), nn.BatchNorm1d(o)
        s.short = nn.Conv1d(i, o, 1) if i != o else nn.BatchNorm1d(o)

    def forward(s, x):
        return F.relu(s.bn2(s.conv2(F.relu(s.bn1(s.conv1(x))))) + s.short(x))


class Resnet(nn.Module):
    def __init__(s):
        super().__init__()
        s.block1, s.block2, s.fc = ResBlock(C, 4), ResBlock(4, 4), nn.Linear(4, 3)

    def forward(s, x):
        return s.fc(F.adaptive_avg_pool1d(s.block2(s.block1(x)), 1).squeeze(-1))


class Inception(nn.Module):
    def __init__(s):
        super().__init__()
        s.bottleneck = nn.Conv1d(C, 3, 1, bias=False)
        s.convs = nn.ModuleList(nn.Conv1d(3, 2, k, padding=k // 2, bias=False) for k in (7, 5, 3))
        s.pool, s.mpc, s.bn = nn.MaxPool1d(3, 1, 1), nn.Conv1d(C, 2, 1, bias=False), nn.BatchNorm1d(8)
        s.fc = nn.Linear(8, 1)

    def forward(s, x):
        b = s.bottleneck(x)
        y = torch.cat([c(b) for c in s.convs] + [s.mpc(s.pool(x))], 1)
        return torch.sigmoid(s.fc(F.relu(s.bn(y)).mean(2)))


class Tcn(nn.Module):
    """causal, dilated, weight-normed"""

    def __init__(s):
        super().__init__()
        w = nn.utils.weight_norm
        s.c1, s.c2 = w(nn.Conv1d(C, 3, 3, padding=2)), w(nn.Conv1d(3, 3, 3, dilation=2, padding=4))
        s.c3, s.down, s.out = w(nn.Conv1d(3, 3, 3, dilation=4, padding=8)), nn.Conv1d(C, 3, 1), nn.Linear(3, 1)

    def forward(s, x):
        y = F.relu(s.c1(x)[..., :-2])
        y = F.relu(s.c2(y)[..., :-4])
        return s.out((F.relu(s.c3(y)[..., :-8]) + s.down(x))[:, :, -1])


class Separable(nn.Module):
    def __init__(s):
        super().__init__()
        s.depth, s.point = nn.Conv1d(C, 4, 5, groups=C, padding=2), nn.Conv1d(4, 6, 1)
        s.bn, s.conv, s.head = nn.BatchNorm1d(6), nn.Conv1d(6, 4, 3, stride=2), nn.Linear(28, 2)

    def forward(s, x):
        return s.head(F.elu(s.conv(F.relu6(s.bn(s.point(s.depth(x)))))).flatten(1))


class SqueezeExcite(nn.Module):
    def __init__(s):
        super().__init__()
        s.conv, s.down, s.up, s.fc = nn.Conv1d(C, 4, 3, padding=1), nn.Linear(4, 2), nn.Linear(2, 4), nn.Linear(4, 2)

    def forward(s, x):
        y = torch.tanh(s.conv(x))
        g = torch.sigmoid(s.up(F.leaky_relu(s.down(y.mean(2)), 0.1)))
        return F.log_softmax(s.fc((y * g.unsqueeze(2)).amax(2)), 1)


class LstmFcn(nn.Module):
    def __init__(s):
        super().__init__()
        s.lstm, s.conv, s.bn, s.fc = nn.LSTM(C, 3, batch_first=True), nn.Conv1d(C, 4, 3, padding=1), nn.BatchNorm1d(4), nn.Linear(7, 2)

    def forward(s, x):
        a, _ = s.lstm(x.transpose(1, 2))
        return s.fc(torch.cat([a[:, -1], F.relu(s.bn(s.conv(x))).mean(2)], 1))


class GruHead(nn.Module):
    def __init__(s):
        super().__init__()
        s.conv, s.gru, s.fc = nn.Conv1d(C, 4, 3, padding=1), nn.GRU(4, 3, bidirectional=True, batch_first=True), nn.Linear(6, 2)

    def forward(s, x):
        y, _ = s.gru(F.selu(s.conv(x)).transpose(1, 2))
        return s.fc(y.mean(1))


class States(nn.Module):
    """the last states of recurrent layers, both ways and one way"""

    def __init__(s):
        super().__init__()
        s.conv, s.lstm, s.gru = nn.Conv1d(C, 4, 3, padding=1), nn.LSTM(4, 3, bidirectional=True), nn.GRU(4, 2)
        s.rnn, s.fc = nn.RNN(4, 2, nonlinearity="relu"), nn.Linear(10, 2)

    def forward(s, x):
        x = F.relu(s.conv(x)).permute(2, 0, 1)
        _, (h, _) = s.lstm(x)
        return s.fc(torch.cat([h[0], h[1], s.gru(x)[1].squeeze(0), s.rnn(x)[1][0]], 1))


class Autoencoder(nn.Module):
    def __init__(s):
        super().__init__()
        s.e1, s.e2 = nn.Conv1d(C, 4, 3, padding=1), nn.Conv1d(4, 3, 3, padding=1)
        s.pool, s.up = nn.MaxPool1d(2), nn.Upsample(scale_factor=2)
        s.d1, s.d2 = nn.ConvTranspose1d(3, 4, 4, stride=2, padding=1), nn.Conv1d(4, C, 3, padding=1)

    def forward(s, x):
        y = s.pool(F.relu(s.e2(s.pool(F.relu(s.e1(x))))))
        return s.d2(s.up(F.relu(s.d1(y))))


class Forecaster(nn.Module):
    """24 steps ahead"""

    def __init__(s):
        super().__init__()
        s.c1, s.c2, s.fc1, s.fc2 = nn.Conv1d(C, 6, 3), nn.Conv1d(6, 4, 3), nn.Linear(4 * 6, 12), nn.Linear(12, 24)

    def forward(s, x):
        y = F.avg_pool1d(F.softplus(s.c2(F.relu(s.c1(x)))), 2)
        return s.fc2(F.dropout(F.relu(s.fc1(y.flatten(1))), 0.3, s.training))


class Activations(nn.Module):
    def __init__(s):
        super().__init__()
        s.c = nn.ModuleList(nn.Conv1d(C if i == 0 else 3, 3, 3, padding=1) for i in range(7))
        s.prelu, s.fc = nn.PReLU(3, 0.2), nn.Linear(3, 2)

    def forward(s, x):
        x = F.gelu(s.c[0](x))
        x = F.silu(s.c[1](x))
        x = F.hardswish(s.c[2](x) * 3)
        x = F.mish(s.c[3](x))
        x = s.prelu(s.c[4](x))
        x = F.hardsigmoid(s.c[5](x))
        y = F.elu(s.c[6](x), 0.7)
        return s.fc((y + F.silu(y)).mean(-1))


class Norms(nn.Module):
    def __init__(s):
        super().__init__()
        s.c1, s.c2, s.c3 = nn.Conv1d(C, 4, 3, padding=1), nn.Conv1d(4, 4, 3, padding=1), nn.Conv1d(4, 4, 3, padding=1)
        s.inorm, s.gnorm, s.lnorm, s.fc = nn.InstanceNorm1d(4, affine=True), nn.GroupNorm(2, 4), nn.LayerNorm(4), nn.Linear(4, 2)

    def forward(s, x):
        x = F.relu(s.inorm(s.c1(x)))
        x = F.relu(s.gnorm(s.c2(x)))
        x = s.lnorm(s.c3(x).transpose(1, 2)).transpose(1, 2)
        return s.fc(x.mean(2))


class Shapes(nn.Module):
    """(N,T,C) in; transposes, squeezes, reshapes, a convolution over (N,C,1,T)"""

    def __init__(s):
        super().__init__()
        s.c1, s.c2, s.fc = nn.Conv1d(C, 4, 3, padding=1), nn.Conv2d(4, 3, (1, 3), padding=(0, 1)), nn.Linear(3, 2)

    def forward(s, x):
        y = F.relu(s.c1(x.permute(0, 2, 1)))
        y = torch.tanh(s.c2(y.unsqueeze(2))).squeeze(2)
        a, b = y.reshape(-1, 3, 2, T // 2).split(1, 2)
        y = torch.cat([a, b], 2).reshape(-1, 3, T).permute(0, 2, 1)
        return s.fc(y)[:, ::4].flatten(1)


class Plane(nn.Module):
    """(N,1,1,T): a picture of one row"""

    def __init__(s):
        super().__init__()
        s.c1, s.bn, s.c2, s.fc = nn.Conv2d(1, 3, (1, 5), padding=(0, 2)), nn.BatchNorm2d(3), nn.Conv2d(3, 3, (1, 3)), nn.Linear(3 * 7, 2)

    def forward(s, x):
        return s.fc(s.c2(F.max_pool2d(F.relu(s.bn(s.c1(x))), (1, 2), ceil_mode=True)).flatten(1)[:, :18].repeat(1, 2)[:, :21])


class Series(nn.Module):
    """(N,T): one channel without its axis"""

    def __init__(s):
        super().__init__()
        s.c1, s.fc = nn.Conv1d(1, 4, 3, padding=1, padding_mode="reflect"), nn.Linear(4, 1)

    def forward(s, x):
        return s.fc(torch.relu(s.c1(x.unsqueeze(1))).amax(2)).squeeze(1)


# name: class, shape of the input, axis names of it, task, true value
R = "regression", None
NETS = {
    "fcn": (Fcn, (1, C, T), "NCT", "softmax", 2), "resnet": (Resnet, (1, C, T), "NCT", *R), "inception": (Inception, (1, C, T), "NCT", "sigmoid", 1),
    "tcn": (Tcn, (1, C, T), "NCT", *R), "separable": (Separable, (1, C, T), "NCT", *R),
    "squeeze_excite": (SqueezeExcite, (1, C, T), "NCT", "softmax", 0), "lstm_fcn": (LstmFcn, (1, C, T), "NCT", *R),
    "gru": (GruHead, (1, C, T), "NCT", *R), "autoencoder": (Autoencoder, (1, C, T), "NCT", *R),
    "forecaster": (Forecaster, (1, C, T), "NCT", *R), "activations": (Activations, (1, C, T), "NCT", *R),
    "norms": (Norms, (1, C, T), "NCT", *R), "shapes": (Shapes, (1, T, C), "NTC", *R), "plane": (Plane, (1, 1, 1, T), "NC1T", *R),
    "series": (Series, (1, T), "NT", *R), "states": (States, (1, C, T), "NCT", *R),
}
LAYOUT = {"Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Cast", "Slice", "Split", "Pad", "Gather",
          "Shape", "Expand", "Tile", "Constant", "ConstantOfShape"}


# ---- ONNX's operators in torch ----

def recurrent(op, a, x, w, r, b, _, h0, c0=None):
    """Gates in ONNX's order: LSTM i o f c, GRU z r h (linear_before_reset). Y (T,D,N,H), and the last states, which are parts of it."""
    H, D = a["hidden_size"], w.shape[0]
    out = []
    for d in range(D):
        wb, rb = b[d].chunk(2)
        h, c, ys = h0[d], c0[d] if c0 is not None else None, []
        for t in range(x.shape[0]) if d == 0 else reversed(range(x.shape[0])):
            if op == "LSTM":
                i, o, f, g = (x[t] @ w[d].T + wb + h @ r[d].T + rb).chunk(4, 1)
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                h = o.sigmoid() * c.tanh()
            elif op == "RNN":
                f = {b"Relu": torch.relu, b"Tanh": torch.tanh}[a["activations"][d]]
                h = f(x[t] @ w[d].T + wb + h @ r[d].T + rb)
            else:
                assert a["linear_before_reset"]
                u, v = (x[t] @ w[d].T + wb).chunk(3, 1), (h @ r[d].T + rb).chunk(3, 1)
                z = (u[0] + v[0]).sigmoid()
                h = (1 - z) * (u[2] + (u[1] + v[1]).sigmoid() * v[2]).tanh() + z * h
            ys.append(h)
        out.append(torch.stack(ys if d == 0 else ys[::-1]))
    y = torch.stack(out, 1)
    return y, torch.stack([y[0 if d else -1, d] for d in range(D)])


def slices(x, starts, ends, axes=None, steps=None):
    for k, s in enumerate(starts.tolist()):
        axis, step = (int(axes[k]) if axes is not None else k), int(steps[k]) if steps is not None else 1
        index = list(range(x.shape[axis]))[slice(s, max(int(ends[k]), -2 ** 31) if ends[k] > -2 ** 60 else None, step)]
        x = x.index_select(axis, torch.tensor(index))
    return x


def padded(x, p, mode="constant", value=0.0):
    """p: ONNX's begins and ends of all axes, or of those behind the first two."""
    n = len(p) // 2
    both = [v for k in reversed(range(n)) for v in (int(p[k]), int(p[k + n]))]
    while len(both) > 2 and both[-2:] == [0, 0] and (mode != "constant" or len(both) > 2 * (x.dim() - 2)):
        both = both[:-2]
    return F.pad(x, both, mode, **({"value": value} if mode == "constant" else {})) if any(both) else x


def apply(n, a, x):
    """One ONNX node on torch tensors."""
    op = n.op_type
    simple = {"Relu": torch.relu, "Sigmoid": torch.sigmoid, "Tanh": torch.tanh, "Erf": torch.erf, "Softplus": F.softplus, "Sqrt": torch.sqrt,
              "Exp": torch.exp, "Log": torch.log, "Neg": torch.neg, "Identity": lambda v: v, "Selu": F.selu, "Reciprocal": torch.reciprocal,
              "Add": torch.add, "Sub": torch.sub, "Mul": torch.mul, "Div": torch.div, "Pow": torch.pow, "MatMul": torch.matmul}
    if op in simple:
        return simple[op](*x)
    if op == "Constant":
        return value_of(a["value"])
    if op == "Shape":
        return torch.tensor(x[0].shape)
    if op == "ConstantOfShape":
        v = value_of(a["value"]) if "value" in a else torch.zeros(1, dtype=torch.float64)
        return torch.full(x[0].tolist(), v.item(), dtype=v.dtype)
    if op == "Cast":
        return x[0].to({1: torch.float64, 11: torch.float64, 7: torch.int64, 6: torch.int64, 9: torch.bool}[a["to"]])
    if op == "Conv":
        f = F.conv1d if x[0].dim() == 3 else F.conv2d
        return f(padded(x[0], a.get("pads", [])), x[1], x[2] if len(x) > 2 else None, a["strides"], 0, a["dilations"], a["group"])
    if op == "ConvTranspose":
        return F.conv_transpose1d(x[0], x[1], x[2], a["strides"][0], a["pads"][0], 0, a["group"], a["dilations"][0])
    if op in ("LSTM", "GRU", "RNN"):
        return recurrent(op, a, *x)
    if op == "Gemm":
        w = x[1].T if a.get("transB", 0) else x[1]
        return a.get("alpha", 1.0) * (x[0] @ w) + a.get("beta", 1.0) * x[2]
    if op == "BatchNormalization":
        return F.batch_norm(x[0], x[3], x[4], x[1], x[2], False, 0, a["epsilon"])
    if op == "InstanceNormalization":
        return F.instance_norm(x[0], weight=x[1], bias=x[2], eps=a["epsilon"])
    if op == "LayerNormalization":
        return F.layer_norm(x[0], x[1].shape, x[1], x[2], a["epsilon"])
    if op == "MaxPool":
        f = F.max_pool1d if x[0].dim() == 3 else F.max_pool2d
        return f(padded(x[0], a["pads"], value=-float("inf")), a["kernel_shape"], a["strides"], ceil_mode=bool(a.get("ceil_mode", 0)))
    if op == "AveragePool":
        return F.avg_pool1d(x[0], a["kernel_shape"][0], a["strides"][0])
    if op == "GlobalAveragePool":
        return x[0].mean(2, keepdim=True)
    if op in ("ReduceMean", "ReduceMax"):
        f = torch.mean if op == "ReduceMean" else torch.amax
        return f(x[0], tuple(a["axes"]), keepdim=bool(a.get("keepdims", 1)))
    if op in ("Softmax", "LogSoftmax"):
        return (F.softmax if op == "Softmax" else F.log_softmax)(x[0], a.get("axis", -1))
    if op == "LeakyRelu":
        return F.leaky_relu(x[0], a.get("alpha", 0.01))
    if op in ("Elu", "Celu"):
        return (F.elu if op == "Elu" else F.celu)(x[0], a.get("alpha", 1.0))
    if op == "PRelu":
        return torch.where(x[0] > 0, x[0], x[1] * x[0])
    if op == "HardSigmoid":
        return F.hardtanh(a.get("alpha", 0.2) * x[0] + a.get("beta", 0.5), 0, 1)
    if op == "HardSwish":
        return F.hardswish(x[0])
    if op == "Clip":
        return F.hardtanh(x[0], float(x[1]), float(x[2]))  # at its ends the derivative is 0, as relu's
    if op == "Concat":
        return torch.cat(x, a["axis"])
    if op == "Transpose":
        return x[0].permute(a["perm"])
    if op == "Flatten":
        return x[0].flatten(1)
    if op in ("Squeeze", "Unsqueeze"):
        for k in x[1].tolist() if len(x) > 1 else a["axes"]:
            x[0] = x[0].squeeze(k) if op == "Squeeze" else x[0].unsqueeze(k)
        return x[0]
    if op == "Reshape":
        return x[0].reshape([v or x[0].shape[i] for i, v in enumerate(x[1].tolist())])
    if op == "Slice":
        return slices(*x)
    if op == "Split":
        return x[0].split(x[1].tolist() if len(x) > 1 else a["split"], a["axis"])
    if op == "Gather":
        return x[0].select(a.get("axis", 0), int(x[1]))
    if op == "Expand":
        return x[0].expand(torch.broadcast_shapes(x[0].shape, tuple(x[1].tolist())))
    if op == "Tile":
        return x[0].repeat(x[1].tolist())
    if op == "Pad":
        return padded(x[0], x[1].tolist(), a.get("mode", b"constant").decode(), **({"value": float(x[2])} if len(x) > 2 and x[2] is not None else {}))
    if op == "Resize":
        return F.interpolate(x[0], scale_factor=2, mode="nearest")
    raise NotImplementedError(op)


def value_of(t):
    v = numpy_helper.to_array(t)
    return torch.tensor(v.astype(np.float64 if v.dtype.kind == "f" else v.dtype))


def labels_of(op, a, x, y, old, inputs):
    """Axis names of a node's output: N batch, C filters, T time, D direction, 1 nothing."""
    if op == "Transpose":
        return "".join(old[k] for k in a["perm"])
    if op in ("LSTM", "GRU", "RNN"):
        return "TDNC" if y.dim() == 4 else "1NC"
    if op in ("Conv", "ConvTranspose"):
        return old[0] + "C" + old[2:]
    if op in ("Gemm", "Flatten"):
        return "NC"
    if op in ("Squeeze", "Unsqueeze", "ReduceMean", "ReduceMax", "Gather"):
        axes = [a.get("axis", 0)] if op == "Gather" else inputs[1].tolist() if len(inputs) > 1 and op != "Gather" else a["axes"]
        if op == "Unsqueeze":
            for k in axes:
                old = old[:k] + "1" + old[k:]
        elif not a.get("keepdims", op[:6] == "Reduce"):
            gone = {k % len(old) for k in axes}
            old = "".join(c for k, c in enumerate(old) if k not in gone)
        return old
    if op == "Reshape" and y.dim() < len(old):
        return old[:y.dim() - 1] + "C" if old[-1] == "C" else "NCT"[:y.dim()]
    return old + "T" * (y.dim() - len(old))


def evaluate(model, window, labels):
    """All nodes' tensors, with autograd's graph behind them, and the axis names of each."""
    env = {i.name: value_of(i) for i in model.graph.initializer}
    x = torch.tensor(window.astype(np.float64), requires_grad=True)
    name = model.graph.input[0].name
    env[name], axes = x, {name: labels}
    nodes = []
    for n in model.graph.node:
        a = {i.name: onnx.helper.get_attribute_value(i) for i in n.attribute}
        inputs = [env[i] if i else None for i in n.input]
        y = apply(n, a, list(inputs))
        outs = y if isinstance(y, tuple) else (y,)
        known = [axes[i] for i in n.input if i in axes]
        for name, y in zip(n.output, outs):
            env[name] = y
            if known and n.op_type not in ("Shape",):
                axes[name] = labels_of(n.op_type, a, x, y, max(known, key=len), inputs)
            # the last states of two directions are put together; those of one are a part of the first output
            second = name != n.output[0]
            read = any(name in m.input for m in model.graph.node)
            if y.requires_grad and n.op_type not in LAYOUT and (not second or read and y.shape[0] > 1):
                nodes.append((name, "Concat" if second else n.op_type, y, axes[name]))
    return x, env, nodes


def numbers(t):
    return [float("%.8g" % v) for v in t.detach().numpy().ravel()]


def filters_first(t, labels):
    """(F) or (F, all else behind it)"""
    t = t.squeeze(labels.index("N"))
    labels = labels.replace("N", "")
    t = t.movedim(labels.index("C"), 0)
    return t.flatten(1) if "T" in labels else t.flatten()


def time_first(t, labels):
    """A map over the input: (T, C)"""
    order = [labels.index(k) for k in "TC" if k in labels]
    return t.permute(order + [k for k in range(t.dim()) if k not in order])


def loss_of(task, output, logits, y):
    if task == "softmax":
        return "crossentropy", -F.log_softmax(logits, -1)[0, y]
    if task == "sigmoid":
        return "binary_crossentropy", F.softplus(logits.sum()) - y * logits.sum()
    return "mse", ((output.flatten() - torch.tensor(y, dtype=torch.float64)) ** 2).mean()


def describe(model, window, labels, task, y):
    x, env, nodes = evaluate(model, window, labels)
    out = env[model.graph.output[0].name]
    last = model.graph.node[-1]
    logits = env[last.input[0]] if last.op_type in ("Softmax", "LogSoftmax", "Sigmoid") else out
    kind, loss = loss_of(task, out, logits, y)
    targets = {"sum": (logits if task == "softmax" else out).sum()}
    if task != "regression":
        targets["class"] = logits.max()
    one = {"output": numbers(out), "logits": numbers(logits), "targets": {k: float("%.8g" % v) for k, v in targets.items()},
           "loss": {"kind": kind, "value": float("%.8g" % loss)}, "output_saliency": {}}
    tensors = [t for _, _, t, _ in nodes]

    def gradients(v):
        return torch.autograd.grad(v, [x, *tensors], retain_graph=True, allow_unused=True)

    grads = {k: gradients(v) for k, v in targets.items()}
    dloss = gradients(loss)
    for k in targets:
        one["output_saliency"][k] = {"grad": numbers(time_first(grads[k][0], labels))}
    one["loss_gradient"] = numbers(time_first(dloss[0], labels))
    entries = []
    for i, (tensor, op, t, l) in enumerate(nodes):
        act = filters_first(t, l)

        def as_act(g):
            return None if g is None else numbers(filters_first(g, l))

        saliency = []
        for f in range(act.shape[0]):
            d, = torch.autograd.grad(act[f].sum(), x, retain_graph=True)
            saliency += numbers(time_first(d.abs(), labels))
        entries.append({"tensor": tensor, "type": op, "shape": list(act.shape), "act": numbers(act),
                        "grad": {k: as_act(grads[k][i + 1]) for k in targets}, "dloss": as_act(dloss[i + 1]), "saliency": saliency})
    return out, grads["sum"][0], one, entries


def flat(v):
    return [w for u in v.values() for w in flat(u)] if isinstance(v, dict) else [w for u in v for w in flat(u)] if isinstance(v, list) else [v]


def same(a, b):
    a, b = flat(a), flat(b)
    return len(a) == len(b) and all(p == q or isinstance(p, float) and isinstance(q, float) and abs(p - q) < 1e-7 * (1 + abs(p)) for p, q in zip(a, b))


def task_of(task, shape, out):
    """An output of the input's own shape is a reconstruction."""
    if task != "regression":
        return "classification"
    return "reconstruction" if list(out.shape) == list(shape) else "regression"


def main():
    for k, (name, (cls, shape, labels, task, y)) in enumerate(NETS.items()):
        torch.manual_seed(100 + k)
        net = cls()
        for m in net.modules():
            if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
                m.running_mean.uniform_(-0.5, 0.5)
                m.running_var.uniform_(0.5, 1.5)
                nn.init.uniform_(m.weight, 0.5, 1.5)
                nn.init.uniform_(m.bias, -0.5, 0.5)
        net.eval()
        window = torch.randn(shape)
        wide = window.double().requires_grad_()
        out = net.double()(wide)
        summed = None if task == "softmax" else torch.autograd.grad(out.sum(), wide)[0]
        net.float()
        if y is None:
            y = [float("%.4g" % (v + 0.3 * np.cos(i))) for i, v in enumerate(out.flatten().tolist())]
        entry = {"layout": labels, "T": T, "C": shape[labels.index("C")] if "C" in labels else 1,
                 "task": task_of(task, shape, out), "y": y}
        w = time_first(window, labels)
        entry["input"] = [float("%.9g" % v) for v in w.ravel()]
        kept = {}
        for opset in (11, 13, 16):
            b = io.BytesIO()
            torch.onnx.export(net, window, b, opset_version=opset, input_names=["input"], output_names=["output"],
                              dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}} if opset == 16 else None)
            m = onnx.load_from_string(b.getvalue())
            for n in m.graph.node:
                n.ClearField("doc_string")
            with open(f"{OUT}/{name}_{opset}.onnx", "wb") as f:
                f.write(m.SerializeToString())
            o, g, one, nodes = describe(m, window.numpy(), labels, task, y)
            assert np.allclose(o.detach().numpy(), out.detach().numpy(), 1e-6, 1e-8), name
            assert summed is None or np.allclose(g.numpy(), summed.numpy(), 1e-6, 1e-8), name
            assert opset == 11 or same(one, {k: entry[k] for k in one}), name
            entry.update(one)
            # the same tensor at another opset is written once
            keys = []
            for e in nodes:
                key = e["tensor"] if e["tensor"] not in kept or same(e, kept[e["tensor"]]) else f"{e['tensor']} at {opset}"
                kept.setdefault(key, e)
                keys.append(key)
            entry[f"nodes_{opset}"] = keys
        entry["nodes"] = kept
        with open(f"{OUT}/{name}.json", "w") as f:
            json.dump(entry, f, separators=(",", ":"))
            f.write("\n")


main()
