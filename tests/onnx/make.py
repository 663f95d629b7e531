#!/usr/bin/python3
"""Small networks of every usual kind, as torch.onnx writes them at opsets 11, 13 and 16, and what they answer.

    /usr/bin/python3 tests/onnx/make.py [FOLDER]          (Debian: python3-torch python3-onnx)

FOLDER/NAME_OPSET.onnx and FOLDER/NAME.json: a window, the output, and for the networks that the small evaluator below can follow every
node's activation, gradient of the sum of all outputs (of what goes into a final softmax), importance and saliency, in the terms and
order of `analyze --nodes`. All in float64, from the float32 weights. test_onnx.c reads them."""
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


# name: class, shape of the input, axis names of it, may the evaluator follow
NETS = {
    "fcn": (Fcn, (1, C, T), "NCT", True), "resnet": (Resnet, (1, C, T), "NCT", True), "inception": (Inception, (1, C, T), "NCT", True),
    "tcn": (Tcn, (1, C, T), "NCT", True), "separable": (Separable, (1, C, T), "NCT", True),
    "squeeze_excite": (SqueezeExcite, (1, C, T), "NCT", True), "lstm_fcn": (LstmFcn, (1, C, T), "NCT", False),
    "gru": (GruHead, (1, C, T), "NCT", False), "autoencoder": (Autoencoder, (1, C, T), "NCT", True),
    "forecaster": (Forecaster, (1, C, T), "NCT", True), "activations": (Activations, (1, C, T), "NCT", True),
    "norms": (Norms, (1, C, T), "NCT", True), "shapes": (Shapes, (1, T, C), "NTC", False), "plane": (Plane, (1, 1, 1, T), "NC1T", False),
    "series": (Series, (1, T), "NT", False),
}
LAYOUT = {"Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Cast", "Slice", "Split", "Pad", "Gather",
          "Shape", "Expand", "Tile", "Constant"}


def attributes(n):
    return {a.name: onnx.helper.get_attribute_value(a) for a in n.attribute}


def pads(x, p, value=0.0):
    return F.pad(x, (p[0], p[1]), value=value) if any(p) else x


def apply(n, a, x):
    """One ONNX node on torch tensors."""
    op = n.op_type
    simple = {"Relu": torch.relu, "Sigmoid": torch.sigmoid, "Tanh": torch.tanh, "Erf": torch.erf, "Softplus": F.softplus, "Sqrt": torch.sqrt,
              "Exp": torch.exp, "Log": torch.log, "Neg": torch.neg, "Identity": lambda v: v, "Selu": F.selu, "Reciprocal": torch.reciprocal,
              "Add": torch.add, "Sub": torch.sub, "Mul": torch.mul, "Div": torch.div, "Pow": torch.pow, "MatMul": torch.matmul}
    if op in simple:
        return simple[op](*x)
    if op == "Conv":
        return F.conv1d(pads(x[0], a.get("pads", [0, 0])), x[1], x[2] if len(x) > 2 else None, a["strides"][0], 0, a["dilations"][0], a["group"])
    if op == "ConvTranspose":
        return F.conv_transpose1d(x[0], x[1], x[2], a["strides"][0], a["pads"][0], 0, a["group"], a["dilations"][0])
    if op == "Gemm":
        w = x[1].T if a.get("transB", 0) else x[1]
        return a.get("alpha", 1.0) * (x[0] @ w) + a.get("beta", 1.0) * x[2]
    if op == "BatchNormalization":
        return F.batch_norm(x[0], x[3], x[4], x[1], x[2], False, 0, a["epsilon"])
    if op == "InstanceNormalization":
        return F.instance_norm(x[0], weight=x[1], bias=x[2], eps=a["epsilon"])
    if op == "MaxPool":
        return F.max_pool1d(pads(x[0], a["pads"], -float("inf")), a["kernel_shape"][0], a["strides"][0])
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
    if op == "Clip":
        return F.hardtanh(x[0], float(x[1]), float(x[2]))  # at its ends the derivative is 0, as relu's
    if op == "Concat":
        return torch.cat(x, a["axis"])
    if op == "Transpose":
        return x[0].permute(a["perm"])
    if op == "Flatten":
        return x[0].flatten(1)
    if op in ("Squeeze", "Unsqueeze"):
        for k in x[1].long().tolist() if len(x) > 1 else a["axes"]:
            x[0] = x[0].squeeze(k) if op == "Squeeze" else x[0].unsqueeze(k)
        return x[0]
    if op == "Reshape":
        return x[0].reshape([int(v) or x[0].shape[i] for i, v in enumerate(x[1].tolist())])
    if op == "Slice":
        k = int(x[3][0]) % x[0].dim()
        return x[0][tuple([slice(None)] * k + [slice(int(x[1][0]), min(int(x[2][0]), x[0].shape[k]))])]
    if op == "Gather":
        return x[0].select(a.get("axis", 0), int(x[1]))
    if op == "Expand":
        return x[0].expand(torch.broadcast_shapes(x[0].shape, tuple(x[1].long().tolist())))
    if op == "Resize":
        return F.interpolate(x[0], scale_factor=2, mode="nearest")
    raise NotImplementedError(op)


def evaluate(model, window, labels):
    """All nodes' tensors, with autograd's graph behind them, and the axis names of each."""
    env = {i.name: torch.tensor(numpy_helper.to_array(i).astype(np.float64)) for i in model.graph.initializer}
    x = torch.tensor(window.astype(np.float64), requires_grad=True)
    name = model.graph.input[0].name
    env[name], axes = x, {name: labels}
    nodes = []
    for n in model.graph.node:
        a = attributes(n)
        if n.op_type == "Constant":
            env[n.output[0]] = torch.tensor(numpy_helper.to_array(a["value"]).astype(np.float64))
            continue
        if n.op_type == "Shape":
            env[n.output[0]] = torch.tensor([float(v) for v in env[n.input[0]].shape], dtype=torch.float64)
            continue
        if n.op_type in ("Cast", "ConstantOfShape") or any(env.get(i, 0) is None for i in n.input) and n.op_type not in ("Pad", "Resize"):
            env[n.output[0]] = None      # only what Pad and Resize are told: nothing, twice the length (the output is compared)
            continue
        y = env[n.input[0]] if n.op_type == "Pad" else apply(n, a, [env.get(i) for i in n.input if i])
        env[n.output[0]] = y
        known = [i for i in n.input if i in axes]
        if not known:
            continue
        old = max((axes[i] for i in known), key=len)
        if n.op_type == "Transpose":
            new = "".join(old[k] for k in a["perm"])
        elif y.dim() == len(old):
            new = old
        elif y.dim() == 2:
            new = "NC"
        else:
            new = "NCT"
        axes[n.output[0]] = new
        if y.requires_grad and n.op_type not in LAYOUT:
            y.retain_grad()
            nodes.append((n, y, new))
    return x, env, nodes


def numbers(t):
    return [float("%.9g" % v) for v in t.detach().numpy().ravel()]


def filters_first(t, labels):
    t = t[0]
    return t.movedim(labels.index("C") - 1, 0) if "C" in labels and t.dim() > 1 else t


def describe(model, window, labels):
    x, env, nodes = evaluate(model, window, labels)
    out = env[model.graph.output[0].name]
    last = model.graph.node[-1]
    head = env[last.input[0]] if last.op_type in ("Softmax", "LogSoftmax") else out
    head.sum().backward(retain_graph=True)
    result = []
    for n, y, l in nodes:
        if y.dim() > 3:
            continue
        act = filters_first(y, l)
        time = act.dim() > 1
        entry = {"tensor": n.output[0], "op": n.op_type, "shape": list(act.shape[:1]) + ([act[0].numel()] if time else []),
                 "act": numbers(act), "grad": None, "importance": None}
        if y.grad is not None:
            g = filters_first(y.grad, l)
            entry["grad"] = numbers(g)
            entry["importance"] = numbers(g.abs().reshape(g.shape[0], -1).sum(1))
        sal = []
        for f in range(act.shape[0]):
            d, = torch.autograd.grad(act[f].sum(), x, retain_graph=True)
            sal += numbers(d[0].abs().T if labels == "NCT" else d[0].abs())
        entry["saliency"] = sal
        result.append(entry)
    return out, result


def main():
    for k, (name, (cls, shape, labels, follow)) in enumerate(NETS.items()):
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
        out = net.double()(window.double())
        net.float()
        entry = {"layout": labels, "T": T, "C": shape[labels.index("C")] if "C" in labels else 1}
        w = window[0].reshape(entry["C"], T).T if labels != "NTC" else window[0]
        entry["input"] = numbers(w)
        entry["output"] = numbers(out)
        for opset in (11, 13, 16):
            b = io.BytesIO()
            torch.onnx.export(net, window, b, opset_version=opset, input_names=["input"], output_names=["output"],
                              dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}} if opset == 16 else None)
            m = onnx.load_from_string(b.getvalue())
            for n in m.graph.node:
                n.ClearField("doc_string")
            with open(f"{OUT}/{name}_{opset}.onnx", "wb") as f:
                f.write(m.SerializeToString())
            if follow and opset == 13:
                o, entry["nodes"] = describe(m, window.numpy(), labels)
                assert np.allclose(o.detach().numpy(), out.detach().numpy(), 1e-6, 1e-8), name
        with open(f"{OUT}/{name}.json", "w") as f:
            json.dump(entry, f, separators=(",", ":"))
            f.write("\n")


main()
