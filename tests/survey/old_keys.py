#!/usr/bin/env python3
"""Gives surveys and shards the keys that versions before 1.0.0 wrote: old_keys.py FILE... FOLDER writes each into FOLDER."""
import json
import os
import sys

FIGURES = {"activation_spread": "activation", "activation_histogram": "histogram", "importance_spreads": "importance", "saliency": "channels",
           "per_class": "classes", "class_name": "class"}
MEASURE = {"raw_spread": "raw", "scaled_spread": "scaled"}
SCALES, TRUTHS = ["none", "standard", "minmax"], ["columns", "set", "window", "set_steps", "rows"]


def named(o, names):
    return {names.get(k, k): v for k, v in o.items()}


def figures(o):
    o = named(o, FIGURES)
    o["importance"] = {k: named(v, MEASURE) for k, v in o["importance"].items()}
    o["channels"] = {k: v["by_channel"] for k, v in o["channels"].items()}
    if "classes" in o:
        o["classes"] = [figures(c) for c in o["classes"]]
    return o


def network(o):
    if o["errors"]:
        o["errors"] = named(o["errors"], {"class_count": "classes", "channel_count": "channels", "normal_class": "normal"})
    o["consumers"] = [named(c, {"reads_from": "reads", "channel_count": "channels", "with_covariance": "covariance"}) for c in o["consumers"]]
    o["truth"], o["scale"] = TRUTHS.index(o["truth"]), SCALES.index(o["scale"])
    for y in o["layers"]:
        y["rests_at"] = y["rests_at"]["values"]
    return o


def part(o):
    o = named(o, {"network_text": "network", "outputs_text": "outputs", "moment_texts": "moments", "layer_texts": "filters"})
    o["filters"] = [y["filter_texts"] for y in o["filters"]]
    return o


def main(path, folder):
    with open(path, encoding="utf-8") as f:
        o = named(json.load(f), {"precision_bits": "precision", "dead_filters": "dead", "output_spreads": "outputs"})
    o["network"] = network(o["network"])
    for y in o.get("layers", []):
        y["filters"] = [figures(q) for q in y.pop("per_filter")]
    if "parts" in o:
        o["parts"] = [part(q) for q in o["parts"]]
    with open(os.path.join(folder, os.path.basename(path)), "w", encoding="utf-8") as f:
        json.dump(o, f, separators=(",", ":"))


for name in sys.argv[1:-1]:
    main(name, sys.argv[-1])
