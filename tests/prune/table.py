#!/usr/bin/env python3
"""Measures what `tsviz prune` promises, and writes tests/prune/table.txt and the table of the manual, src/cli/prune_table.h.

Run it by hand after a change to a ranking, a repair or the training, with ../shared beside the checkout and PyTorch:
/usr/bin/python3 tests/prune/table.py [FOLDER]. Models that are not among the samples are trained first, with `tsviz train` or PyTorch, on
samples/machine.csv; FOLDER keeps them for the next time. All errors are those of the test rows, which no ranking, repair or training has
seen. Figures with a range are the median, lowest and highest of five draws of the calibration windows; the others are those of windows that
are spread evenly. ONLY=WORD measures only the sets with this word in the name and writes nothing; SEEDS=all draws for all sets without
--tune, which takes some times as long."""
import json
import os
import subprocess
import sys
import tempfile

TSVIZ = os.environ.get("TSVIZ", "build/release/tsviz")
RATIOS = [20, 40, 60, 80]
TRAFFIC = ("../shared/models/internet_traffic.h5 ../shared/data/internet_traffic.csv --columns 2 --derive diff --scale standard --fit 0:14000 "
           "--rows 0:14000 --test-rows 14000:18000")
# The networks were trained with rows 0:8000. --rows is such that its last fifth begins there, so all of these rows calibrate.
ECG = "samples/ecg-model.json samples/ecg.csv --rows 0:10050 --test-rows 8000:"
MACHINE = "samples/machine.csv --rows 0:10000 --test-rows 8000: "
PLAIN = "--columns pressure,temperature,torque --scale standard --fit 0:8000 --label state --label-rule any --classes normal,anomaly"
# name, models, data and options, goals at 20, 40, 60 and 80 per cent: errors at most or accuracies at least; "drop" before: points of accuracy
SETS = [
    ("traffic, obs", ["@" + TRAFFIC], "--rank obs", [0.00161, 0.00161, 0.00162, 0.0018]),
    ("traffic, the paper: gradient, no repair", ["@" + TRAFFIC], "--rank gradient --repair none", None),
    ("ECG, taylor", ["@" + ECG], "", [0.0134, 0.0134, 0.0140, 0.0225]),
    ("ECG, obs", ["@" + ECG], "--rank obs", [0.0134, 0.0134, 0.0140, 0.0225]),
    ("machine, taylor", ["@samples/machine-model.json " + MACHINE], "", [0.915, 0.91, 0.91, 0.84]),
    ("FCN, mean of 3", ["fcn1", "fcn2", "fcn3"], "", [0.87, 0.87, 0.865, 0.84]),
    ("ResNet", ["resnet"], "", ["drop", 2.5, 4.5, None, None]),
    ("ResNet, --tune 5", ["resnet"], "--tune 5", ["drop", 1, 1.5, 3, None]),
    ("InceptionTime", ["inception"], "", ["drop", 2.5, 4.5, None, None]),
    ("InceptionTime, narrow", ["inception8"], "", ["drop", 2.5, 4.5, None, None]),
    ("InceptionTime, --tune 5", ["inception"], "--tune 5", ["drop", 1, 1.5, 3, None]),
    ("ONNX, residual", ["residual"], "", None),
    ("ONNX, residual, --tune 5", ["residual"], "--tune 5", None),
    ("ONNX, concat", ["concat"], "", None),
    ("ONNX, concat, --tune 5", ["concat"], "--tune 5", None),
    ("ONNX, depthwise", ["depthwise"], "", None),
    ("ONNX, depthwise, --tune 5", ["depthwise"], "--tune 5", None),
]


def narrow(spec, filters, **more):
    """A sample's architecture with fewer filters and epochs; samples/ has the sizes of the papers."""
    spec = json.load(open("samples/%s.json" % spec))
    for layer in spec["layers"]:
        if layer["type"] == "Conv1D":
            layer["filters"] = filters[layer["filters"]]
            layer["kernel"] = {40: 15, 20: 9, 10: 5}.get(layer["kernel"], layer["kernel"])
    spec.update(epochs=8, schedule="cosine", patience=0, validation=0, **more)
    return spec


def make(name, folder):
    """Trains a model of SETS; returns its file."""
    end = "onnx" if name in ("residual", "concat", "depthwise") else "json"
    path = os.path.join(folder, "%s.%s" % (name, end))
    if os.path.exists(path):
        return path
    print("training", name, file=sys.stderr)
    if end == "onnx":
        subprocess.run([sys.executable, "tests/prune/nets.py", name, path], check=True, stderr=subprocess.DEVNULL)
        return path
    if name.startswith("fcn"):
        spec = narrow("fcn", {128: 64, 256: 128}, seed=int(name[3:]))
    elif name == "resnet":
        spec = narrow("resnet", {64: 16, 128: 32})
    else:
        filters = 8 if name == "inception8" else 16
        spec = narrow("inceptiontime", {32: filters, 128: 4 * filters})
    file = os.path.join(folder, name + ".spec")
    json.dump(spec, open(file, "w"))
    subprocess.run([TSVIZ, "train", file, "samples/machine.csv", "-o", path, "-q"], check=True)
    return path


def measure(models, options, folder):
    """[(before, {ratio: {row: (median, lowest, highest)}})] of each model, on the test rows."""
    out = []
    for m in models:
        onnx = m in ("residual", "concat", "depthwise")
        args = m[1:] if m[0] == "@" else make(m, folder) + " " + MACHINE + (PLAIN if onnx else "")
        tune = "--tune" in options
        draws = not tune and (m[0] == "@" or onnx or os.environ.get("SEEDS") == "all")
        text = subprocess.run([TSVIZ, "prune", *args.split(), *options.split(), "--curve", "20:80:20", "-q", "--json"] + (["--seeds", "5"] if draws else []),
                              check=True, capture_output=True, text=True)
        d = json.loads(text.stdout)
        points = {}
        for q in d["curve"]:
            points[round(100 * q["ratio"])] = {k: (v[1]["median"], v[1]["lowest"], v[1]["highest"]) for k, v in q["draws"].items() if k != "seeds"} if draws else \
                {k: (q[k][1]["error"],) * 3 for k in ("repaired", "not_repaired", "random", "tuned") if k in q}
        out.append((d["before"][1]["error"], points, d["measure"]))
    return out


def mean(results, ratio, row):
    return tuple(sum(points[ratio][row][k] for _, points, _ in results) / len(results) for k in range(3))


def number(v, accuracy):
    return "%.3f" % v if accuracy else "%.5f" % v


def met(goal, value, before, accuracy):
    if goal is None:
        return ""
    if isinstance(goal, tuple):
        return "" if goal[1] is None else " ok" if 100 * (before - value) <= goal[1] + 1e-9 else " MISSES %g" % goal[1]
    rounded = round(value, len(str(goal)) - 2) if accuracy else float("%.3g" % value)  # the digits in which goals are given
    return " ok" if (rounded >= goal if accuracy else rounded <= goal) else " MISSES %g" % goal


def lines_of(results, options, goals, name):
    accuracy = results[0][2] == "accuracy"
    row = "tuned" if "--tune" in options else "repaired"
    before = sum(b for b, _, _ in results) / len(results)
    cells, detail = [], []
    goals = [("drop", g) for g in goals[1:]] if goals and goals[0] == "drop" else goals or [None] * 4
    for ratio, goal in zip(RATIOS, goals):
        m, low, high = mean(results, ratio, row)
        mark = met(goal, m, before, accuracy)
        cells.append((number(m, accuracy), mark))
        text = number(m, accuracy) + (" (%s to %s)" % (number(low, accuracy), number(high, accuracy)) if low != high else "")
        if accuracy:
            text += ", %+.1f points" % (100 * (m - before))
        if row == "repaired" and "none" not in options:
            text += "; not repaired %s; random choice %s" % tuple(number(mean(results, ratio, k)[0], accuracy) for k in ("not_repaired", "random"))
        detail.append("  %d %%: %s%s" % (ratio, text, ";" + mark if mark else ""))
    return number(before, accuracy), cells, ["%s: %s before %s" % (name, "accuracy" if accuracy else "mse", number(before, accuracy))] + detail


def header(table):
    head = "%-26s%10s" % ("", "before") + "".join("%9d%%" % r for r in RATIOS)
    quoted = [" " * 34 + '"%s\\n"' % line.replace("-", "\\\\-") for line in [head] + table]
    open("src/cli/prune_table.h", "w").write(
        "/* Made by tests/prune/table.py from what `tsviz prune` prints; do not edit. */\nstatic const char prune_table[] = "
        '".Bd -literal -offset indent\\n"\n%s\n%s".Ed\\n";\n' % ("\n".join(quoted), " " * 34))


def main(folder):
    only = os.environ.get("ONLY")
    table, text = [], ["What `tsviz prune` gives on the test rows of its models. Written by tests/prune/table.py. Figures with a range are the median",
                       "of five draws of the calibration windows, with the lowest and the highest; the others are those of windows that are spread evenly.", ""]
    for name, models, options, goals in SETS:
        if only and only not in name:
            continue
        before, cells, detail = lines_of(measure(models, options, folder), options, goals, name)
        print("\n".join(detail), flush=True)
        table.append("%-26s%10s" % (name.replace(", the paper: gradient, no repair", ", paper"), before) + "".join("%10s" % c for c, _ in cells))
        text += detail + [""]
    if only:
        return
    open("tests/prune/table.txt", "w").write("\n".join(text))
    header(table)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.makedirs(sys.argv[1], exist_ok=True)
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(temporary)
