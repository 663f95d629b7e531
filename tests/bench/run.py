#!/usr/bin/env python3
"""Runs the benchmarks and prints JSON lines, then a table.

    run.py [--peer] [--onnxruntime] [--table] [GROUP ...]
    run.py --other PATH [--rounds N] [GROUP ...]

A group is measured in one go: the program, then (--peer) PyTorch by ../shared/tools/peer_time.py and (--onnxruntime) the
npm package onnxruntime-node, so that the two sides of a ratio meet the same machine. Its lines are kept in
build/bench/figures/GROUP.jsonl; the table is made from all that are kept, --table prints it without measuring.

--other compares this build with the one in PATH, in turn (tests/bench/other.py).
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.chdir(TOP)
BUILD = "build/bench"
SHARED = "../shared"
MODEL, CSV = SHARED + "/models/internet_traffic.h5", SHARED + "/data/internet_traffic.csv"
RECIPE = "--columns 2 --derive diff --scale standard --fit 0:14000 --rows 14000:18000".split()
PEER = SHARED + "/tools/peer_time.py"
ORT = BUILD + "/onnxruntime"


# ---- what is run ----

def busy():
    """seconds of work of all processors, of this process and its children"""
    v = [int(q) for q in open("/proc/stat").readline().split()[1:9]]
    t = os.times()
    return (v[0] + v[1] + v[2] + v[5] + v[6]) / os.sysconf("SC_CLK_TCK"), sum(t[:4]), time.perf_counter()


def memory_mb(argv):
    """peaks of the program and of what it starts, added"""
    r = subprocess.run([BUILD + "/memory"] + argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return float(r.stderr.split("\n")[-2].split()[0]) / 1024


def process(bench, argv, runs=15, **info):
    """wall time of a program from its start to its end, its output thrown away"""
    times, cpu = [], []
    before = busy()
    for _ in range(runs + 2):
        at, spent = time.perf_counter(), sum(os.times()[2:4])
        subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - at)
        cpu.append(sum(os.times()[2:4]) - spent)
    after = busy()
    foreign = max(0, (after[0] - before[0] - (after[1] - before[1])) / (after[2] - before[2]))
    times = times[2:]
    yield dict(by="tsviz", bench=bench, median_ms=round(1e3 * statistics.median(times), 3), min_ms=round(1e3 * min(times), 3),
               cpu_s=round(statistics.median(cpu[2:]), 3), runs=runs, memory_mb=round(memory_mb(argv), 1), foreign_cpu=round(foreign, 2), **info)


def program(*names):
    """lines of build/bench/bench"""
    p = subprocess.Popen([BUILD + "/bench", *names], stdout=subprocess.PIPE, text=True)
    for text in p.stdout:
        yield json.loads(text)
    if p.wait():
        sys.exit("bench %s failed" % " ".join(names))


def kernel():
    """the convolution kernels as gcc and clang make them"""
    sys.path.insert(0, os.path.join(TOP, "tests/bench"))
    import kernel as compiled
    yield from compiled.measure()


def cold():
    yield from process("cold_full_analysis_paper", [BUILD + "/tsviz", "analyze", MODEL, CSV, *RECIPE, "-w", "0", "--json"])


def whole_set(verb, bench):
    """a verb over all windows, by one thread and by two"""
    for threads in (1, 2):
        argv = [BUILD + "/tsviz", verb, MODEL, CSV, *RECIPE, "--threads", str(threads), "--quiet", "-o", BUILD + "/" + bench]
        yield from process(bench, argv, runs=7, threads=threads)


def peer_methods():
    r = subprocess.run(["/usr/bin/python3", "tests/bench/peer_methods.py"], stdout=subprocess.PIPE, text=True)
    if r.returncode:
        print("SKIP the peer of methods: is python3-torch installed?", file=sys.stderr)
        return
    for text in r.stdout.splitlines():
        yield dict(by="torch", **json.loads(text))


def noise():
    """a table for the large networks"""
    path = BUILD + "/noise.csv"
    r = random.Random(1)
    with open(path, "w") as f:
        f.write("x\n" + "".join("%.6f\n" % r.gauss(0, 1) for _ in range(1001)))
    return path


def big(net):
    yield from program(net)
    if net == "inceptiontime":
        argv = [BUILD + "/tsviz", "analyze", "%s/models/big_%s.onnx" % (SHARED, net), noise(), "-w", "0", "--json", "--all-maps"]
        yield dict(by="tsviz", bench="analyze_memory", net=net, memory_mb=round(memory_mb(argv), 1))


def long(net):
    """the first level of the browser from its start to its screen, then importance and one map"""
    folder = BUILD + "/long"
    subprocess.run([sys.executable, "tests/bench/gen_long.py", folder, net], check=True)
    files = ["%s/%s.%s" % (folder, net, kind) for kind in ("onnx", "npy")]
    yield from process("long_first_level", [BUILD + "/tsviz", *files, "--screen", "network", "--size", "120x40"], runs=5, net=net)
    yield from program(net)


def peer_long(net):
    r = subprocess.run(["/usr/bin/python3", "tests/bench/peer_long.py", net], stdout=subprocess.PIPE, text=True)
    if r.returncode:
        print("SKIP the peer of %s: is python3-torch installed?" % net, file=sys.stderr)
        return
    yield dict(by="torch", bench="long", **json.loads(r.stdout))


def peer(only, threads="1"):
    """lines of peer_time.py, which says what its methods are"""
    p = subprocess.Popen(["/usr/bin/python3", PEER, MODEL, CSV, "--only", only, "--threads", threads], stdout=subprocess.PIPE, text=True)
    for text in p.stdout:
        yield dict(by="torch", **json.loads(text))
    p.wait()


def peer_cold():
    """its two fastest ways from a process to an analysis; all six take minutes"""
    sys.path.insert(0, os.path.dirname(PEER))
    import peer_time
    for method in ("forward_by_hand", "sweep"):
        before = busy()
        argv = ["/usr/bin/python3", PEER, MODEL, CSV, "--worker", "cold", "--method", method, "-n", "1"]
        runs = [peer_time.child(argv, peer_time.best_env(1)) for _ in range(6)][1:]
        after = busy()
        foreign = max(0, (after[0] - before[0] - (after[1] - before[1])) / (after[2] - before[2]))
        yield dict(by="torch", bench="cold_to_first_full_analysis_paper", method=method, median_ms=round(1e3 * statistics.median(r[0] for r in runs), 1),
                   peak_rss_mb=round(statistics.median(r[1] for r in runs), 1), runs=len(runs), foreign_cpu=round(foreign, 2))


def peer_big(net):
    """the same for one of the large networks. Its last method, a vmapped backward pass per filter, takes minutes and is the
    slowest on all of them: ended when its turn comes"""
    sys.path.insert(0, os.path.dirname(PEER))
    import peer_time
    p = subprocess.Popen(["/usr/bin/python3", PEER, "%s/models/big_%s.onnx" % (SHARED, net), CSV, "--worker", "big", "-n", "1"],
                         stdout=subprocess.PIPE, text=True, env=peer_time.best_env(1))
    for text in p.stdout:
        q = json.loads(text)
        yield dict(by="torch", **q)
        if q.get("method") == "tangents_by_hand" and q.get("chunk") == 64:
            p.kill()
            break
    p.wait()


def onnxruntime(net):
    if not os.path.isdir(ORT + "/node_modules/onnxruntime-node"):
        os.makedirs(ORT, exist_ok=True)
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", ORT, "onnxruntime-node@1.17"],
                       check=True, stdout=sys.stderr)
    argv = ["node", "tests/bench/onnxruntime.js", os.path.abspath(ORT), "%s/models/big_%s.onnx" % (SHARED, net)]
    r = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True)
    yield dict(by="onnxruntime", bench="big_forward", net=net, **json.loads(r.stdout))



def isa():
    """the same networks by each instruction set, as processor time; the share is of that set's own peak"""
    for group in (*BIG, "dataset"):
        for name in ("avx512", "avx2"):
            r = subprocess.run([BUILD + "/bench", "--cpu", group], stdout=subprocess.PIPE, text=True, check=True, env=dict(os.environ, TSVIZ_ISA=name))
            for q in map(json.loads, r.stdout.splitlines()):
                if q["bench"] in ("big_forward", "dataset_importance") and q.get("threads", 1) == 1:
                    yield dict(q, bench="isa", isa=name, net=q.get("net", "importance over the test set"))


def large_onnx():
    """a file of 50 MB, from the start of the program to its end"""
    path = BUILD + "/large.onnx"
    subprocess.run(["/usr/bin/python3", "tests/bench/gen_large_onnx.py", path], check=True)
    yield from process("large_onnx", [BUILD + "/tsviz", "info", path], mb=round(os.path.getsize(path) / 1e6, 1))


def start():
    """the browser in a pseudo-terminal, from exec to its first whole picture, beside /bin/true"""
    r = subprocess.run([sys.executable, "tests/bench/start.py", "--json", BUILD + "/tsviz", MODEL, CSV, *RECIPE], stdout=subprocess.PIPE, text=True, check=True)
    for text in r.stdout.splitlines():
        yield dict(by="tsviz", bench="start", **json.loads(text))


BIG = ("fcn", "resnet", "inceptiontime")
LONG = ("splice", "tcn")
GROUPS = {     # name: ours, peer's
    "machine": (lambda: program("machine"), None),
    "kernel": (kernel, None),
    "cold": (cold, peer_cold),
    "paper": (lambda: program("paper"), lambda: peer("warm")),
    "dataset": (lambda: program("dataset"), lambda: peer("dataset")),
    "methods": (lambda: program("methods"), peer_methods),
    "survey": (lambda: whole_set("survey", "survey_paper"), None),
    "scan": (lambda: whole_set("scan", "scan_paper"), None),
    "train": (lambda: program("train"), lambda: peer("train")),
    **{n: (lambda n=n: big(n), lambda n=n: peer_big(n)) for n in BIG},
    "deep": (lambda: program("deep"), None),
    **{n: (lambda n=n: long(n), lambda n=n: peer_long(n)) for n in LONG},
    "table": (lambda: program("table"), None),
    "isa": (isa, None),
    "onnx": (large_onnx, None),
    "start": (start, None),
    "growth": (lambda: program("growth"), None),
}


def kept(group):
    return "%s/figures/%s.jsonl" % (BUILD, group)


def measure(group, a):
    ours, theirs = GROUPS[group]
    todo = [ours] + ([theirs] if a.peer and theirs else []) + ([lambda: onnxruntime(group)] if a.onnxruntime and group in BIG else [])
    os.makedirs(BUILD + "/figures", exist_ok=True)
    lines = []
    for f in todo:
        for q in f():
            q["at"], q["load"] = time.strftime("%H:%M:%S"), os.getloadavg()[0]
            print(json.dumps(q), flush=True)
            lines.append(q)
    with open(kept(group), "w") as f:
        f.writelines(json.dumps(q) + "\n" for q in lines)
    if group == "growth":
        with open(BUILD + "/growth.svg", "w") as f:
            subprocess.run([sys.executable, "tests/bench/growth.py", kept(group)], stdout=f, check=True)


# ---- the table ----

class Figures:
    def __init__(self):
        self.lines = [json.loads(t) for g in GROUPS if os.path.exists(kept(g)) for t in open(kept(g))]

    def pick(self, by, bench, key, best, **where):
        """the best value of key among the lines that fit, or None"""
        v = [q for q in self.lines if q["by"] == by and q["bench"] == bench and key in q and all(q.get(k) == w for k, w in where.items())]
        return best(v, key=lambda q: q[key]) if v else None


def goals():
    """what is compared: text, our (bench, key, where), theirs (by, bench, key, where), goal, smaller is better.  A goal without a peer
    is a bound of its own."""
    t = "torch"
    for compiler in ("gcc", "clang"):
        for level in ("-O2", "-O3"):
            for conv in ("128 to 128, width 5", "64 to 64, width 3"):
                yield "convolution %s, %s %s: share of the peak" % (conv, compiler, level), (
                    "kernel", "share_of_peak", {"compiler": compiler, "level": level, "conv": conv}), None, 0.9, False
    yield "cold process to full analysis, paper's model: ms", ("cold_full_analysis_paper", "median_ms", {}), (t, "cold_to_first_full_analysis_paper", "median_ms", {}), 40, True
    yield "the same: memory, MB", ("cold_full_analysis_paper", "memory_mb", {}), (t, "cold_to_first_full_analysis_paper", "peak_rss_mb", {}), 15, True
    yield "warm full analysis, paper's model: ms", ("full_analysis_paper", "median_ms", {}), (t, "warm_full_analysis_paper", "median_ms", {}), 10, True
    yield "forward, paper's model: ms", ("forward_paper", "median_ms", {}), (t, "warm_forward_paper", "median_ms", {}), 3, True
    yield "forward and backward, paper's model: ms", ("forward_backward_paper", "median_ms", {}), (t, "warm_forward_and_one_backward_paper", "median_ms", {}), 6, True
    yield "forward over the test set: windows/s", ("dataset_forward", "windows_per_s", {"threads": 1}), (t, "dataset_forward", "windows_per_s", {"threads": 1}), 3, False
    yield "importance over the test set: windows/s", ("dataset_importance", "windows_per_s", {"threads": 1}), (t, "dataset_importance", "windows_per_s", {"threads": 1}), 4.8, False
    for method in ("occlusion", "smoothgrad", "integrated", "expected"):
        yield "%s of one window: ms" % method, ("many_inputs", "median_ms", {"method": method}), (t, "many_inputs", "median_ms", {"method": method}), None, True
    for method in ("integrated", "smoothgrad", "occlusion", "expected", "ablation"):
        yield "%s: 16 inputs at once, times as fast as one" % method, ("many_inputs", "ratio", {"method": method}), None, 3, False
    yield "survey of 3950 windows, one thread: s of processor time", ("survey_paper", "cpu_s", {"threads": 1}), None, 0.5, True
    yield "the same from start to end: ms", ("survey_paper", "median_ms", {"threads": 1}), None, None, True
    yield "scan of 3950 windows, one thread: ms", ("scan_paper", "median_ms", {"threads": 1}), None, None, True
    for axis, few, many, times in (("windows", 494, 3950, 8), ("steps", 1000, 10000, 10), ("filters", 64, 128, 2)):
        what = {"what": "forward"} if axis != "windows" else {}
        yield "%d times as many %s: ms" % (times, axis), ("growth", "median_ms", {"axis": axis, axis: many, **what}), ("tsviz", "growth", "median_ms", {"axis": axis, axis: few, **what}), None, True
    yield "training, batch 5: samples/s", ("train_adam_mse", "samples_per_s", {"batch": 5, "threads": 1}), (t, "train_adam_mse", "samples_per_s", {"batch": 5}), 8, False
    yield "training, batch 64: samples/s", ("train_adam_mse", "samples_per_s", {"batch": 64, "threads": 1}), (t, "train_adam_mse", "samples_per_s", {"batch": 64}), 2.5, False
    for net in BIG:
        slow = net == "inceptiontime"
        w, p = {"net": net}, {"net": "big_" + net}
        yield "forward, %s: ms" % net, ("big_forward", "median_ms", w), (t, "big_forward", "median_ms", p), 1.5 if slow else 1, True
        yield "the same beside onnxruntime: ms", ("big_forward", "median_ms", w), ("onnxruntime", "big_forward", "median_ms", w), 0.9, True
        yield "forward and backward, %s: ms" % net, ("big_forward_backward", "median_ms", w), (t, "big_forward_and_one_backward", "median_ms", p), 1.5 if slow else 1, True
        yield "full analysis, %s: s" % net, ("big_full_analysis", "seconds", w), (t, "big_full_analysis", "seconds", p), 8 if slow else 20, True
    yield "memory of InceptionTime's full analysis: MB", ("big_full_analysis", "peak_rss_mb", {"net": "inceptiontime"}), None, 150, True
    yield "the same by `tsviz analyze` with its reading child: MB", ("analyze_memory", "memory_mb", {}), None, 150, True
    yield "saliency of any one filter of InceptionTime: ms", ("filter_saliency", "most_ms", {"net": "inceptiontime"}), None, 100, True
    yield "60 x 128 network, importance of all layers: ms", ("deep_importance_of_all_layers", "median_ms", {}), None, 300, True
    for net in LONG:
        w, p = {"net": net}, (t, "long")
        yield "first level of %s from start to screen: ms" % net, ("long_first_level", "median_ms", w), (*p, "cold_ms", w), 1, True
        yield "the same: memory with the reading child, MB", ("long_first_level", "memory_mb", w), (*p, "memory_mb", w), 1, True
        yield "importance of all layers, %s: ms" % net, ("long_importance", "min_ms", w), (*p, "importance_ms", w), 1, True
        yield "map of one filter, %s: ms" % net, ("long_one_map", "min_ms", w), (*p, "one_map_ms", w), 1, True
    yield "CSV of 1 M rows x 4 columns, 6 digits: MB/s", ("csv", "mb_per_s", {"numbers": "6 digits"}), None, 150, False
    yield "the same, 17 digits: MB/s", ("csv", "mb_per_s", {"numbers": "17 digits"}), None, 150, False
    yield "the same, 6 digits in quotes: MB/s", ("csv", "mb_per_s", {"numbers": "quoted, 6 digits"}), None, 150, False
    yield "the same, 6 digits, packed with gzip: share of the time that zlib takes", ("gzip", "share_of_zlib", {}), None, None, False
    for net in (*BIG, "importance over the test set"):
        yield "AVX2, %s: share of its peak, beside that of AVX-512" % net, ("isa", "share_of_peak", {"isa": "avx2", "net": net}), (
            "tsviz", "isa", "share_of_peak", {"isa": "avx512", "net": net}), 0.7, False
    yield "ONNX file of 50 MB, start to end: ms", ("large_onnx", "median_ms", {}), None, 200, True
    yield "browser from exec to its first picture: ms", ("start", "median_ms", {"program": "first picture"}), None, 15, True
    yield "the same: memory with the reading child, MB", ("start", "memory_mb", {"program": "first picture"}), None, 9, True


def number(v):
    return "%.0f" % v if v >= 1000 else "%.4g" % v


def table():
    f = Figures()
    for q in f.lines:
        if q["bench"] == "big_full_analysis" and q["by"] == "tsviz":
            q["seconds"] = q["median_ms"] / 1e3
    machine = f.pick("tsviz", "machine", "peak_gflops", max)
    if machine:
        print("\none processor's peak: %.1f GFLOP/s (%s)" % (machine["peak_gflops"], machine["isa"]))
    print("\n| | tsviz | peer | ratio | goal | | share of peak |\n|---|---|---|---|---|---|---|")
    for text, (bench, key, where), other, goal, small in goals():
        best = min if small else max
        mine = f.pick("tsviz", bench, key, best, **where)
        theirs = other and f.pick(other[0], other[1], other[2], best, **other[3])
        if not mine or (other and not theirs):
            continue
        a = mine[key]
        if other:
            b = theirs[other[2]]
            ratio = b / a if small else a / b
            cells = (number(b), "%.2f" % ratio, "" if goal is None else "%g" % goal, goal is None or ratio >= goal)
        else:
            cells = ("", "", "", True) if goal is None else (
                "", "", ("at most %g" if small else "at least %g") % goal, a <= goal if small else a >= goal)
        share = "%.0f %%" % (100 * mine["share_of_peak"]) if "share_of_peak" in mine and key != "peak_rss_mb" else ""
        print("| %s | %s | %s | %s | %s | %s | %s |" % (text, number(a), *cells[:3], ("met" if cells[3] else "not met") if cells[2] else "", share))
    one, two = (f.pick("tsviz", "dataset_importance", "windows_per_s", max, threads=n) for n in (1, 2))
    if one and two:
        r = two["windows_per_s"] / one["windows_per_s"]
        print("| importance over the test set, 2 threads: windows/s | %s | %s | %.2f | 1.8 | %s | |" % (
            number(two["windows_per_s"]), number(one["windows_per_s"]), r, "met" if r >= 1.8 else "not met"))
    step = {n: f.pick("tsviz", "growth", "min_ms", min, what="all maps", axis="steps", steps=n) for n in (30000, 100000, 131072)}
    for n in (100000, 131072):
        if step[30000] and step[n]:
            r = step[n]["min_ms"] / n / (step[30000]["min_ms"] / 30000)
            print("| all maps of %d steps: us a step, beside 30000 steps | %s | %s | %.2f | at most 1.1 | %s | |" % (
                n, number(1e3 * step[n]["min_ms"] / n), number(1e3 * step[30000]["min_ms"] / 30000), r, "met" if r <= 1.1 else "not met"))
    for bench in ("survey_paper", "scan_paper"):
        one, two = (f.pick("tsviz", bench, "median_ms", min, threads=n) for n in (1, 2))
        if one and two:
            print("| %s, 2 threads: ms, beside one | %s | %s | %.2f | | | |" % (
                bench.split("_")[0], number(two["median_ms"]), number(one["median_ms"]), one["median_ms"] / two["median_ms"]))
    loads = [q["load"] for q in f.lines if "load" in q]
    if loads:
        print("\nload average meanwhile: %.1f to %.1f, on %d processors" % (min(loads), max(loads), os.cpu_count()))
    noisy = [q for q in f.lines if q.get("foreign_cpu", 0) > 0.1]
    if noisy:
        print("\n%d of %d figures were measured beside other work (foreign_cpu above 0.1): not to be trusted" % (len(noisy), len(f.lines)))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("group", nargs="*", help=" ".join(GROUPS))
    ap.add_argument("--peer", action="store_true")
    ap.add_argument("--onnxruntime", action="store_true")
    ap.add_argument("--table", action="store_true")
    ap.add_argument("--other", metavar="PATH")
    ap.add_argument("--rounds", type=int, default=5)
    a = ap.parse_args()
    if not os.path.exists(MODEL):
        sys.exit("SKIP bench: %s is not there" % MODEL)
    if a.peer and not os.path.exists(PEER):
        sys.exit("SKIP bench: %s is not there" % PEER)
    unknown = [g for g in a.group if g not in GROUPS]
    if unknown:
        ap.error("unknown group %s; one of %s" % (unknown[0], " ".join(GROUPS)))
    if a.other:
        sys.path.insert(0, os.path.join(TOP, "tests/bench"))
        import other
        usual = "paper dataset methods train fcn resnet inceptiontime table cold survey scan".split()
        groups = [g for g in a.group or usual if g not in ("machine", "kernel") + LONG]
        other.compare(BUILD, other.folder_of(a.other), groups, [MODEL, CSV, *RECIPE], a.rounds)
        return
    for g in () if a.table else a.group or GROUPS:
        measure(g, a)
    table()


if __name__ == "__main__":
    main()
