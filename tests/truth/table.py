#!/usr/bin/env python3
"""Writes what `tsviz truth` says of five models: all measures to tests/truth/table.txt, and the manual's tables to
src/cli/truth_table.h. Run it by hand after a change to a method or a measure, with ../shared beside the checkout and PyTorch:
/usr/bin/python3 tests/truth/table.py"""
import json
import os
import subprocess
import sys
import tempfile

TSVIZ = os.environ.get("TSVIZ", "build/release/tsviz")
MACHINE = "samples/machine.csv --rows 8000:"
SETS = [
    ("traffic", "the paper's model of internet traffic, a forecast; points free",
     "../shared/models/internet_traffic.h5 ../shared/data/internet_traffic.csv --columns 2 --derive diff --scale standard --fit 0:14000 "
     "--rows 14000:18000 --points free"),
    ("ECG", "samples/ecg-model.json, a forecast; points series", "samples/ecg-model.json samples/ecg.csv --rows 8000:"),
    ("machine", "samples/machine-model.json, a classifier", "samples/machine-model.json " + MACHINE),
    ("norm", "tests/truth/norm.py, a classifier with batch normalisation as ONNX, on the data of machine",
     "NORM " + MACHINE + " --columns pressure,temperature,torque --scale standard --fit 0:8000 --label state --label-rule any "
     "--classes normal,anomaly"),
    ("boxes", "samples/boxes-model.json, a classifier of windows whose important points are known",
     "samples/boxes-model.json samples/boxes.csv --rows 9600: --mask samples/boxes-mask.csv"),
]
OTHERS = ["residual", "infidelity", "stability", "stability_5", "smprt", "emprt"]
MASK = ["auc_pr", "auc_roc", "mass", "rank"]


def run(folder):
    norm = os.path.join(folder, "norm.onnx")
    subprocess.run([sys.executable, "tests/truth/norm.py", norm], check=True)
    out = {}
    for name, _, args in SETS:
        text = subprocess.run([TSVIZ, "truth", *args.replace("NORM", norm).split(), "-q", "--json"], check=True, capture_output=True, text=True)
        out[name] = json.loads(text.stdout)
        print(name, out[name]["sentence"], file=sys.stderr)
    return out


def cell(v, width):
    return ("%*.3f" % (width, v)) if v is not None else "%*s" % (width, "-")


def table(rows, heads, width):
    lines = ["%-16s" % heads[0] + "".join("%*s" % (width, h) for h in heads[1:])]
    return lines + ["%-16s" % name + "".join(cell(v, width) for v in values) for name, values in rows]


def best_first(d, key=lambda m: m["srg"]):
    return sorted(d["methods"], key=key, reverse=True)


def everything(out):
    lines = ["What `tsviz truth` says of five models. Written by tests/truth/table.py; the measures are explained in tsviz-truth(7).", ""]
    for name, what, _ in SETS:
        d = out[name]
        lines += ["%s: %s" % (name, what), "%d windows; %s" % (d["windows"], d["sentence"]), "agreement of the methods' order over the replacements: %.3f" % d["agreement"], ""]
        how = [r["replacement"] for r in d["methods"][0]["results"]]
        lines += table([(m["method"], [m["srg"]] + [r["srg"] for r in m["results"]] + [m.get(k) for k in OTHERS]) for m in best_first(d)],
                       ["SRG", "mean of 4"] + how + OTHERS, 12)
        if "mask_windows" in d:
            lines += [""] + table([(m["method"], [m[k] for k in MASK]) for m in best_first(d, lambda m: m["auc_pr"])], ["beside the mask"] + MASK, 12)
        lines.append("")
    return "\n".join(lines)


def literal(lines):
    quoted = ['\t"%s\\n"' % line.replace("-", "\\\\-") for line in lines]
    return '".Bd -literal -offset indent\\n"\n%s\n\t".Ed\\n"' % "\n".join(quoted)


def header(out):
    names = [m["method"] for m in best_first(out["traffic"], lambda m: sum(q["srg"] for n in out for q in out[n]["methods"] if q["method"] == m["method"]))]
    srg = [(n, [next(q["srg"] for q in out[s]["methods"] if q["method"] == n) for s, _, _ in SETS]) for n in names]
    boxes = best_first(out["boxes"], lambda m: m["auc_pr"])
    return ("/* Made by tests/truth/table.py from what `tsviz truth` prints; do not edit. */\n"
            "/* Mean SRG of each method. */\nstatic const char truth_table[] = %s;\n"
            "/* The maps of the sample boxes beside its mask. */\nstatic const char truth_mask_table[] = %s;\n"
            % (literal(table(srg, ["mean SRG"] + [s[0] for s in SETS], 9)),
               literal(table([(m["method"], [m[k] for k in MASK]) for m in boxes], ["beside the mask", "AUC-PR", "AUC-ROC", "mass", "rank"], 9))))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        result = run(folder)
    open("tests/truth/table.txt", "w").write(everything(result))
    open("src/cli/truth_table.h", "w").write(header(result))
