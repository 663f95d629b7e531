#!/usr/bin/python3
"""Says what JSON of schema 1 of `analyze` says and that of schema 2 does not: schema_same_window.py ONE TWO, and so on in pairs. Each figure
of schema 1 is named here with its place in schema 2, so a key of schema 1 that is not named is a fault, too."""
import json
import sys


def values(v):
    return v["values"] if isinstance(v, dict) and "values" in v else v


class Compare:
    def __init__(self, name):
        self.name = name

    def same(self, at, one, two):
        a, b = (v if isinstance(v, list) else [v] for v in (values(one), values(two)))
        if len(a) != len(b):
            print(f"{self.name}: {at}: {len(b)} values instead of {len(a)}")
        for x, y in zip(a, b):
            numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (x, y))
            if x != y and not (numbers and abs(x - y) <= 1e-8 * abs(x)):
                print(f"{self.name}: {at}: {y} instead of {x}")
                return

    def places(self, at, one, table):
        """table: key of schema 1 to what schema 2 has; None: it is compared elsewhere."""
        for k in one:
            if k not in table:
                print(f"{self.name}: {at}.{k}: not in schema 2")
            elif table[k] is not None:
                self.same(f"{at}.{k}", one[k], table[k][0])


def raw_scaled(c, at, one, raw, scaled):
    if one is None:
        c.same(at, [None, None], [raw, scaled])
    else:
        c.places(at, one, {"raw": [raw], "scaled": [scaled]})


def by_target(two):
    return {t["target"]: t for t in two["targets"]}


def layer(c, one, two):
    at, t, m, k = one["name"], by_target(two), two.get("saliency", {}), two["clusters"]
    c.places(at, one, {"name": [two["name"]], "type": [two["type"]], "tensor": [two["tensor"]], "shape": [two["activation"]["shape"]],
                       "act": [two["activation"]], "dloss": [two["loss_gradient"]], "grad": None, "importance": None, "loss_influence": None,
                       "saliency": None, "cluster": [two["cluster"] or [-1] * len(one["cluster"])], "clusters": None})
    for name, v in one["grad"].items():
        c.same(f"{at}.grad.{name}", v, t[name]["gradient"])
    for name, v in one["importance"].items():
        raw_scaled(c, f"{at}.importance.{name}", v, t[name]["importance"], t[name]["importance_scaled"])
    raw_scaled(c, f"{at}.loss_influence", one["loss_influence"], two["loss_influence"], two["loss_influence_scaled"])
    c.places(f"{at}.saliency", one.get("saliency", {}),
             {"shape": [m.get("raw", {}).get("shape")], "raw": [m.get("raw")], "scaled": [m.get("scaled")], "channels": [m.get("channel_shares")],
              "steps": [m.get("filter_steps")], "residual": [m.get("filter_residual")]})
    c.places(f"{at}.clusters", one["clusters"] or {}, {q: [(k or {}).get(q)] for q in ("method", "k", "seed", "inertia", "silhouette", "silhouettes")})
    if k and "silhouettes" in k:  # the number of clusters with the largest silhouette was taken
        n, v = k["cluster_counts"]["values"], k["silhouettes"]["values"]
        c.same(f"{at}.clusters.k", (n, n[v.index(max(v))]), (list(range(2, len(v) + 2)), k["k"]))


def compare(c, one, two):
    same_window = one["window"] is None
    c.places("compare", one, {"window": None if same_window else [two["window"]], "off": [two["off_count"]], "output": [two["output"]],
                              "target": [[two["target_there"], two["target_here"]]], "loss": [[two["loss_there"], two["loss_here"]]],
                              "saliency": None, "importance": None})
    c.places("compare.saliency", one["saliency"], {"changed": [two["saliency_changed"]], "difference": [two["saliency_difference"]]})
    for a, b in zip(one["importance"], two["layers"]):
        c.places("compare.importance", a, {"name": [b["name"]], "difference": [b["importance_difference"]], "rose": [b["rose"]]})


def window(c, one, two):
    t, s = by_target(two), two.get("saliency", {})
    loss = one["loss"] or {}
    c.places("window", one, {
        "schema": None, "model": [two["model"]["name"]], "task": [two["task"]], "window": None, "input": None, "output_axes": None,
        "y": None if isinstance(one["y"], int) else [two["y"]], "output": [two["output"]], "logits": [two["logits"]], "class": [two.get("class")],
        "targets": None, "loss": None, "kinks": None, "output_saliency": None, "loss_gradient": [two["loss_gradient"]],
        "importance_measure": [two["importance_measure"]], "saliency_method": [two["saliency_method"]], "saliency": None,
        "off": [two.get("off")], "compare": None, "layers": None})
    c.places("window.window", one["window"], {"set": [two["set"]], "index": [two["window"]], "group": [two.get("group_name")]})
    c.places("input", one["input"], {"shape": [two["input"]["shape"]], "data": [two["input"]]})
    if isinstance(one["y"], int):
        c.same("y", one["y"], two["true_class"])
    for name, v in one["targets"].items():
        c.same(f"targets.{name}", v, t[name]["value"])
    for name, v in one["output_saliency"].items():
        c.places(f"output_saliency.{name}", v, {"grad": [t[name]["input_gradient"]], "scaled": [t[name]["input_gradient_scaled"]]})
    c.places("loss", loss, {"kind": [two.get("loss_function")], "value": [two["loss"]]})
    c.places("kinks", one["kinks"], {k: [two["kinks"].get(k)] for k in ("relu_min_abs", "maxpool_min_gap", "maxpool_nonzero_ties")})
    head = ("formula", "source", "signed", "target", "baseline_window", "points", "seed", "steps", "residual", "layer", "raw", "scaled")
    c.places("saliency", one.get("saliency", {}),
             {**{k: [s.get(k)] for k in head}, "method": [two["saliency_method"]], "baseline": [s.get("baseline_name")],
              "channels": [s.get("channel_shares")], "shape": [s.get("raw", {}).get("shape")], "spectrum": None})
    if "spectrum" in one.get("saliency", {}):
        c.places("spectrum", one["saliency"]["spectrum"], {"shape": [s["spectrum"]["shape"]], "data": [s["spectrum"]]})
    if "compare" in one:
        compare(c, one["compare"], two["compare"])
    c.same("layers", len(one["layers"]), len(two["layers"]))
    for a, b in zip(one["layers"], two["layers"]):
        layer(c, a, b)


def whole_set(c, one, two):
    c.places("set", one, {"schema": None, "model": [two["model"]["name"]], "set": [two["set"]], "scaler": None, "errors": None,
                          "predictions": [two["predictions"]], "importance": None})
    c.places("scaler", one["scaler"], {"mean": [two["scaler"]["subtract"]], "std": [two["scaler"]["divide"]]})
    c.same("mse", one["errors"]["model"]["standardized"]["mse"], two["errors"]["model"]["scaled_units"]["mse"])
    for a, b in zip(one["importance"], two["layers"]):
        for kind in ("raw", "scaled"):
            name = "importance" if kind == "raw" else "importance_scaled"
            c.places(f"{a['name']}.{kind}", a[kind], {k: [b[f"{name}_{k}"]] for k in ("min", "max", "mean")})


for first, second in zip(sys.argv[1::2], sys.argv[2::2]):
    with open(first, encoding="utf-8") as f, open(second, encoding="utf-8") as g:
        a, b = json.load(f), json.load(g)
    (whole_set if b["kind"] == "set" else window)(Compare(second), a, b)
