#!/usr/bin/python3
"""Says where JSON of schema 2 differs from that of schema 1: schema_same.py EVAL1 EVAL2 PREDICT1 PREDICT2 CLASSES.
CLASSES is schema 2 of predict for a network that ends in logits, whose probabilities are worked out here. Nothing if all is the same."""
import json
import math
import sys


def load(name):
    with open(name, encoding="utf-8") as f:
        return json.load(f)


def same(name, a, b):
    if a != b:
        print(f"{name}: {str(a)[:60]} is not {str(b)[:60]}")


def values(v):
    return v["values"] if isinstance(v, dict) and "values" in v else v


def in_order(flat, axes):
    """The list of schema 1, in the order (time, channel)."""
    if not axes or axes["order"] == "t,c":
        return flat
    c, t = axes["shape"]
    return [flat[k * t + i] for i in range(t) for k in range(c)]


e1, e2, p1, p2 = (load(n) for n in sys.argv[1:5])
one, two = e1["errors"], e2["errors"]
for who, other in (("model", "model"), ("naive_window_mean", "baseline")):
    for units in ("standardized", "raw"):
        for k, v in one[who][units].items():
            same(f"{who}.{units}.{k}", v, two[other][{"raw": "raw_units", "standardized": "scaled_units"}[units]][k if not k.endswith("mape") else f"{k}_percent"])
for axis in ("channel", "step"):
    for k, v in one[axis].items():
        same(f"{axis}.{k}", v, two[f"{axis}_{k}"]["values"])
same("anomaly_score", one["anomaly_score"], {{"auc_roc": "roc_auc", "auc_pr": "pr_area"}.get(k, k): v for k, v in two["anomaly_score"].items()})
same("windows", len(p1["windows"]), len(p2["per_window"]))
for a, b in zip(p1["windows"], p2["per_window"]):
    at = f"window {a['window']}"
    same(at, a["row"], b["row"])
    same(f"{at}: output", in_order(a["output"], p1.get("output_axes")), values(b["output"]))
    same(f"{at}: class", a["class"], values(b["step_class"]))
    same(f"{at}: y", in_order(a["true"], p1.get("output_axes")) if a["true"] else a["true"], values(b["y"]))
for w in load(sys.argv[5])["per_window"]:
    e = [math.exp(v) for v in w["output"]["values"]]
    p = w["probabilities"]
    if p["axes"] != ["class"] or len(p["values"]) != len(e) or max(abs(a - b / sum(e)) for a, b in zip(p["values"], e)) > 1e-7:
        print(f"window {w['window']}: the probabilities are {p}")
