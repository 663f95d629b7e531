#!/usr/bin/python3
"""What `tsviz prune` writes, in onnxruntime: part of `make differential`. Alone, from the root: /usr/bin/python3 tests/differential/pruned.py [NAME].

Every network of tests/onnx (of opset 13), of tests/keras and of the samples becomes smaller at two ratios with several repairs, from random
windows; a sample from its own data. The ONNX file has to answer in onnxruntime as tsviz predicts, to 1e-5 of the largest number. A network that
is refused has to say why in one line."""
import glob, json, os, sys
import numpy as np
import onnx
import run as tools

RATIOS, WINDOWS, SHOWN = (0.25, 0.6), 150, 4
REPAIRS = (["--repair", "ls"], ["--repair", "ls-sum", "--renorm"], ["--repair", "gram"], ["--repair", "none", "--global"])
NEEDS_DATA = "have no such importance"  # an importance that is not finite: the ranking by weights needs none


def networks():
    found = sorted(glob.glob("tests/onnx/*_13.onnx") + glob.glob("tests/onnx/dynamo/*.onnx") + glob.glob("tests/keras/*.h5") + glob.glob("tests/keras/*.keras"))
    return found + ["tests/survey/net.onnx", "tests/prune/blocks.onnx"] + sorted(glob.glob("samples/*-model.json"))


def as_input(window, layout, shape):
    """A window (C,T) in the order of the axes that the model reads."""
    order = [k for k in layout if k in "CT"]
    x = window if order == ["C", "T"] else window.T
    return x.reshape([d if d > 0 else 1 for d in shape])


def shape_of(path):
    m = onnx.load(path)
    constants = {k.name for k in m.graph.initializer}
    value = [v for v in m.graph.input if v.name not in constants][0]
    return [d.dim_value for d in value.type.tensor_type.shape.dim]


def first_window(path, data):
    return json.loads(tools.tsviz("analyze", path, *data, "-w", "0", "--json", "--no-saliency", "-q")[0])


def compare(path, data, x, ort):
    """What differs; None: nothing. x (windows,C,T)."""
    q = json.loads(tools.tsviz("info", path, "--json")[0])
    shape = shape_of(path)
    want, bad = ort.run(path, [as_input(w, q["input"]["layout"], shape) for w in x[:SHOWN]])
    if bad:
        return "refused by onnxruntime: " + bad.splitlines()[0][:160]
    if len(x) == 1:
        got = np.array([first_window(path, data)["output"]])
    else:
        out, bad = tools.tsviz("predict", path, *data, "-q")
        if bad:
            return "predict: " + bad
        got = tools.numbers_of(out)
    want = np.array([w.ravel() for w in want])
    return tools.far(np.sort(got, 1), np.sort(want, 1), 1e-5)  # outputs with a time axis are written in the framework's order


def prune(name, data, made, ratio, repair):
    args = ["prune", name, *data, "--ratio", str(ratio), "-q", "-o", made, *repair]
    _, bad = tools.tsviz(*args)
    if bad and NEEDS_DATA in bad:
        _, bad = tools.tsviz(*args, "--rank", "l1")
    return bad


def check(name, ort):
    """Yields what differs, and what was refused as (True, reason)."""
    out, bad = tools.tsviz("info", name, "--json")
    if bad:
        return
    q = json.loads(out)
    T, C = q["input"]["T"], q["input"]["C"]
    made, table = tools.B + "/small.onnx", name.replace("-model.json", ".csv")
    x = np.random.default_rng(T).standard_normal((WINDOWS, C, T)).astype(np.float32)
    if name.startswith("samples/"):
        data, some = [table, "--rows", "0:3000"], [table, "--rows", "0:1000"]
        x = np.array(first_window(name, some)["input"]["data"]).reshape(1, T, C).transpose(0, 2, 1)
    else:
        data, some = [tools.B + "/windows.npz"], [tools.B + "/some.npz"]
        np.savez(data[0], x=x)
        np.savez(some[0], x=x[:SHOWN])
    for ratio in RATIOS:
        for repair in REPAIRS:
            if os.path.exists(made):
                os.remove(made)
            bad = prune(name, data, made, ratio, repair)
            if bad:
                told = len(bad.splitlines()) == 1 and bad.startswith("tsviz: ") and not os.path.exists(made)
                yield told, bad if told else f"ratio {ratio}, {' '.join(repair)}: refused in {len(bad.splitlines())} lines: {bad[:200]}"
                continue
            bad = compare(made, some, x, ort)
            if bad:
                yield False, f"ratio {ratio}, {' '.join(repair)}: {bad}"
            else:
                yield None, ""


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    tools.workplace("pruned")
    ort, good, refused, bad = tools.Runtime(), 0, {}, 0
    for name in networks():
        if only not in name:
            continue
        for told, what in check(name, ort):
            good += told is None
            if told:
                refused.setdefault(what, []).append(name)
            elif told is False:
                bad += 1
                print(f"BAD {name}: {what}", flush=True)
    for what, names in refused.items():
        print(f"refused {' '.join(sorted(set(names)))}: {what}")
    print(f"{good} pruned networks answer in onnxruntime as in tsviz, {bad} differences")
    return 1 if bad or not good else 0


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    sys.exit(main())
