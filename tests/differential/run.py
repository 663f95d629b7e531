#!/usr/bin/python3
"""Random graphs of every operator against onnxruntime: `make differential [GRAPHS=500] [SEED=1] [OP=Conv]`.

For each graph: predictions against onnxruntime; the file that `convert` writes, in onnxruntime, for one window and, where its batch is open,
for three at once; gradients against finite differences, in double precision; other numbers of threads (the same bits) and other instruction sets.
A graph is its operator and its seed, so a difference can be made again with OP and SEED. known.txt lists what onnxruntime does otherwise."""
import csv, json, multiprocessing, os, queue, subprocess, sys, time
import numpy as np
import onnx
import graphs

B = os.path.abspath("build/differential")
MODULES = B + "/node_modules"
TSVIZ, F64 = os.path.abspath("build/release/tsviz"), os.path.abspath("build/f64/tsviz")
HERE = os.path.dirname(os.path.abspath(__file__))
GRAPHS, SEED, ONLY = int(os.environ.get("GRAPHS") or 500), int(os.environ.get("SEED") or 1), os.environ.get("OP")


def workplace(k):
    """Each worker has a folder of its own."""
    global B
    B = os.path.join(B, str(k))
    os.makedirs(B, exist_ok=True)


class Runtime:
    def __init__(s):
        s.start()

    def start(s):
        s.p = subprocess.Popen(["node", HERE + "/onnxruntime.js"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env=dict(os.environ, NODE_PATH=MODULES))

    def run(s, model, feeds):
        s.p.stdin.write(json.dumps({"model": model, "feeds": [{"data": [float(v) for v in f.ravel()], "dims": f.shape} for f in feeds]}) + "\n")
        s.p.stdin.flush()
        line = s.p.stdout.readline()
        if not line:
            s.p.wait()
            s.start()
            return None, "onnxruntime ended"
        q = json.loads(line)
        return (None, q["error"]) if "error" in q else ([np.array(r["data"], np.float64).reshape(r["dims"]) for r in q["runs"]], None)


def tsviz(*args, program=TSVIZ):
    q = subprocess.run([program, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return q.stdout, q.stderr.strip() if q.returncode else None


def numbers_of(text):
    """The outputs that `predict` wrote: (windows, outputs)."""
    rows = list(csv.reader(text.splitlines()))
    last = next((i for i, c in enumerate(rows[0]) if c in ("class", "true", "error")), len(rows[0]))
    return np.array([[float(v) for v in r[2:last]] for r in rows[1:]])


def predict(model, data, *args, program=TSVIZ):
    out, bad = tsviz("predict", model, data, "--layout", "NCT", "-q", *args, program=program)
    return (None, bad) if bad else (numbers_of(out), None)


def far(a, b, tolerance=2e-4):
    """The largest difference in terms of the largest number; 0: close enough."""
    if a.size != b.size:
        return f"{a.size} numbers instead of {b.size}"
    a, b = a.ravel(), b.ravel()
    both = np.isfinite(a) & np.isfinite(b)
    if not (both | (np.isnan(a) & np.isnan(b)) | (a == b)).all():
        return "not finite"
    d = np.abs(a - b)[both].max(initial=0) / max(1e-2, np.abs(b)[both].max(initial=0))
    return f"differs by {d:.2g} of the largest" if d > tolerance else None


def gradients(model, window, data):
    out, bad = tsviz("analyze", model, data, "--layout", "NCT", "-w", "0", "--json", "--target", "sum", "-q", program=F64)
    if bad:
        return "analyze: " + bad
    whole = json.loads(out)["output_saliency"]["sum"]
    # nothing: no operator on the way has a gradient
    grad = np.array(whole["grad"], float).reshape(window.T.shape).T.ravel() if whole else np.zeros(window.size)
    n, step = window.size, 1e-4
    near = np.repeat(window[None].astype(np.float64), 2 * n + 1, 0).reshape(2 * n + 1, n)
    for i in range(n):
        near[i, i] += step
        near[n + i, i] -= step
    np.save(B + "/near.npy", near.reshape(-1, *window.shape))
    y, bad = predict(model, B + "/near.npy", program=F64)
    if bad:
        return "predict in double precision: " + bad
    s = y.sum(1)
    up, down = (s[:n] - s[2 * n]) / step, (s[2 * n] - s[n:2 * n]) / step
    middle = (up + down) / 2
    scale = max(1e-2, np.abs(middle).max(), np.abs(grad).max(), np.abs(s[2 * n]))
    smooth = np.abs(up - down) < 0.02 * scale  # else a kink or a jump lies between
    d = np.abs(grad - middle)[smooth].max(initial=0) / scale
    return f"gradient differs by {d:.2g} of the largest" if d > 3e-3 else None


def check(op, seed, ort):
    """Yields what differs."""
    g, m = graphs.make(op, seed)
    path, data, made = B + "/graph.onnx", B + "/x.npy", B + "/made.onnx"
    onnx.save(m, path)
    x = np.random.default_rng(seed + 1).standard_normal((3, g.C, g.T)).astype(np.float32)
    np.save(data, x)
    want, bad = ort.run(path, [w[None] for w in x])
    if bad:
        yield "refused by onnxruntime: " + bad.splitlines()[0][:160]
        return
    want = np.array([w.ravel() for w in want])
    got, bad = predict(path, data)
    if bad:
        yield "predict: " + bad
        return
    bad = far(got, want)
    if bad:
        yield "predictions: " + bad
    for args in (["--threads", "1"], ["--threads", "3"]):
        other, _ = predict(path, data, *args)
        if other is None or not np.array_equal(other, got, equal_nan=True):
            yield "other numbers with " + " ".join(args)
    for isa in ("baseline", "avx2"):
        other, bad = predict(path, data, "--isa", isa)
        bad = bad if other is None and "has no" not in bad else other is not None and far(other, got, 1e-5)
        if bad:
            yield f"--isa {isa}: {bad}"
    if os.path.exists(made):
        os.remove(made)
    _, bad = tsviz("convert", path, "-o", made, "--layout", "NCT", "-q")
    if bad:
        yield "convert: " + bad
        return
    again, bad = ort.run(made, [w[None] for w in x])
    bad = bad or far(np.array([w.ravel() for w in again]), got)
    if bad:
        yield "what was converted: " + str(bad).splitlines()[0][:160]
    dims = onnx.load(made).graph.input[0].type.tensor_type.shape.dim
    if dims[0].dim_param and not bad:
        axis = [i for i, d in enumerate(onnx.load(made).graph.output[0].type.tensor_type.shape.dim) if d.dim_param][0]
        all3, bad = ort.run(made, [x])
        bad = bad or far(np.moveaxis(all3[0], axis, 0).reshape(3, -1), np.array([np.moveaxis(w, axis, 0).ravel() for w in again]))
        if bad:
            yield "three windows at once: " + str(bad)[:160]
    bad = gradients(path, x[0], data)
    if bad:
        yield bad


def known():
    with open(HERE + "/known.txt") as f:
        return [line.rstrip("\n").split("\t") for line in f if line.strip() and line[0] != "#"]


def work(k, workers, ops, out):
    """Checks every graph whose number leaves k, and sends a line for each difference: (bad, text)."""
    workplace(k)
    ort = Runtime()
    for i in range(k, GRAPHS, workers):
        op, seed = ops[i % len(ops)], SEED + i
        for what in check(op, seed, ort):
            line = f"OP={op} SEED={seed} opset {graphs.make(op, seed)[0].opset}: {what}"
            reason = next((r for o, part, r in known() if o in (op, "*") and part in what), None)
            out.put((reason is None, f"known {line} ({reason})" if reason else "BAD " + line))
    out.put(None)


def main():
    table = [line.split()[0] for line in tsviz("--ops")[0].splitlines()]
    without = sorted(set(table) - set(graphs.MAKERS))
    ops = [ONLY] if ONLY else [op for op in table if op in graphs.MAKERS]
    workers, bad, excused, start, out = os.cpu_count() or 1, len(without), 0, time.time(), multiprocessing.Queue()
    print(f"{GRAPHS} graphs of {len(ops)} operators, seeds {SEED} to {SEED + GRAPHS - 1}", flush=True)
    for op in without:
        print(f"BAD no graph is made of {op}")
    running = [multiprocessing.Process(target=work, args=(k, workers, ops, out)) for k in range(workers)]
    for p in running:
        p.start()
    ended = 0
    while ended < workers:
        try:
            line = out.get(timeout=5)
        except queue.Empty:
            if any(p.exitcode for p in running):
                print("BAD a worker ended before its graphs did")
                return 1
            continue
        ended += line is None
        if line:
            bad, excused = bad + line[0], excused + (not line[0])
            print(line[1], flush=True)
    print(f"{GRAPHS} graphs, {bad} differences, {excused} known ones, {time.time() - start:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.dirname(HERE)))
    sys.exit(main())
