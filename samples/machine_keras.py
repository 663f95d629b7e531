#!/usr/bin/env python3
"""Writes samples/machine.keras: the network of machine-model.json as Keras 3 saves it, weights and architecture and nothing else. Such a file
does not know how its windows were made. Run it in the root of the tree: /usr/bin/python3 samples/machine_keras.py FILE"""
import base64
import io
import json
import sys
import zipfile

import h5py
import numpy as np

source = json.load(open("samples/machine-model.json"))
weights = {}
for c in source["constants"]:
    values = c.get("float32", [])
    raw = b"".join(base64.b64decode(p) for p in values) if values and isinstance(values[0], str) else np.array(values, "<f4").tobytes()
    weights[c["name"]] = np.frombuffer(raw, "<f4").reshape(c["shape"])


def layer(kind, name, **config):
    return {"module": "keras.layers", "class_name": kind, "config": dict(config, name=name, trainable=True, dtype="float32"),
            "registered_name": None, "build_config": None}


layers, variables = [], []
layers.append(layer("InputLayer", "input", batch_shape=[None, source["input"]["steps"], source["input"]["channels"]], sparse=False))
for number in (1, 2, 3):
    kernel = weights["conv%d/kernel" % number]  # (filter, channel, tap); Keras has (tap, channel, filter)
    layers.append(layer("Conv1D", "conv%d" % number, filters=kernel.shape[0], kernel_size=[kernel.shape[2]], strides=[1], padding="same",
                        data_format="channels_last", dilation_rate=[1], groups=1, activation="linear", use_bias=True))
    variables.append(("conv1d", [kernel.transpose(2, 1, 0), weights["conv%d/bias" % number]]))
    layers.append(layer("LeakyReLU", "leaky%d" % number, negative_slope=0.3))
    if number < 3:
        layers.append(layer("MaxPooling1D", "pool%d" % number, pool_size=[2], strides=[2], padding="valid", data_format="channels_last"))
layers.append(layer("GlobalMaxPooling1D", "most", data_format="channels_last", keepdims=False))
layers.append(layer("Dropout", "drop", rate=0.3))
layers.append(layer("Dense", "classes", units=2, activation="sigmoid", use_bias=True))
variables.append(("dense", [weights["classes/kernel"], weights["classes/bias"]]))
model = {"module": "keras", "class_name": "Sequential", "registered_name": "Sequential", "config": {"name": "machine", "layers": layers}}

image = io.BytesIO()
with h5py.File(image, "w") as f:
    used = {}
    for place, arrays in variables:
        n = used[place] = used.get(place, -1) + 1
        group = f.create_group("layers/%s%s/vars" % (place, "_%d" % n if n else ""))
        for i, a in enumerate(arrays):
            group[str(i)] = a
with zipfile.ZipFile(sys.argv[1], "w") as z:
    for name, data in (("metadata.json", json.dumps({"keras_version": "3.5.0", "date_saved": "2026-11-25@00:00:00"})),
                       ("config.json", json.dumps(model)), ("model.weights.h5", image.getvalue())):
        z.writestr(zipfile.ZipInfo(name, (2026, 11, 25, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
