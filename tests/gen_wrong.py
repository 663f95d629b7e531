#!/usr/bin/env python3
"""Writes the files of tests/wrong: models in formats that tsviz does not read, by the programs that write them (PyTorch), or by hand as
their formats say (Keras 3's weights, safetensors, TensorFlow Lite, SavedModel, pickle). Run it in the folder that shall hold them."""
import json
import os
import pickle
import struct
import zipfile

import h5py
import numpy as np
import torch


class Net(torch.nn.Sequential):
    pass


torch.manual_seed(0)
net = Net(torch.nn.Conv1d(2, 3, 3), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool1d(1), torch.nn.Flatten(), torch.nn.Linear(3, 1)).eval()
torch.save(net.state_dict(), "weights.pt")
torch.save(net, "module.pt")


def no_source(*_):
    raise OSError


torch.serialization.get_source_lines_and_file = no_source  # the old format holds the classes' source text and its path
torch.save(net.state_dict(), "old_weights.pth", _use_new_zipfile_serialization=False)
torch.save(net, "old_module.pth", _use_new_zipfile_serialization=False)
torch.jit.trace(net, torch.zeros(1, 2, 8)).save("script.pt")
with open("model.pkl", "wb") as f:
    pickle.dump({"weights": [1.0, 2.0]}, f)
with h5py.File("keras3.weights.h5", "w") as f:  # model.save_weights() of Keras 3
    f["layers/dense/vars/0"] = np.zeros((2, 3), np.float32)
header = json.dumps({"conv.weight": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
with open("model.safetensors", "wb") as f:
    f.write(struct.pack("<Q", len(header)) + header + bytes(8))
with open("model.tflite", "wb") as f:
    f.write(struct.pack("<I", 28) + b"TFL3" + bytes(56))
# SavedModel {saved_model_schema_version: 1, meta_graphs: [{meta_info_def: {tags: ["serve"]}}]}
pb = b"\x08\x01\x12\x09\x0a\x07\x22\x05serve"
for name in ("saved", "keras_saved"):
    os.makedirs(name, exist_ok=True)
    with open(name + "/saved_model.pb", "wb") as f:
        f.write(pb)
with open("keras_saved/keras_metadata.pb", "wb") as f:
    f.write(b"\x0a\x00")
with zipfile.ZipFile("saved.zip", "w") as z:
    z.writestr(zipfile.ZipInfo("saved/saved_model.pb", (2024, 1, 1, 0, 0, 0)), pb)
np.save("array.npy", np.zeros(3))
np.savez("arrays.npz", a=np.zeros(3))
