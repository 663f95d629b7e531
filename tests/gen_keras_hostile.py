#!/usr/bin/env python3
"""Writes tests/keras_hostile/*.h5: Keras models that would lead a trusting reader to other files, to huge memory or into code.
Run it in the folder that shall hold them. Each has the one layer that tests/unit/test_keras_hostile.c asks for."""
import json

import h5py
import numpy as np

CONFIG = {"class_name": "Sequential", "config": {"name": "s", "layers": [
    {"class_name": "Conv1D", "config": {"name": "c", "batch_input_shape": [None, 4, 1], "filters": 2, "kernel_size": [3],
                                        "padding": "same", "use_bias": False}}]}}
GOOD = np.arange(6, dtype=np.float32).reshape(3, 1, 2)


def model(name, kernel, config=None, names=None, layers=True):
    with h5py.File(name + ".h5", "w", libver="latest") as f:
        f.attrs["model_config"] = config if config is not None else np.bytes_(json.dumps(CONFIG))
        f.attrs["keras_version"] = np.bytes_("2.4.0")
        g = f.create_group("model_weights")
        if layers:
            g.attrs["layer_names"] = np.array([b"c"])
        h = g.create_group("c")
        h.attrs["weight_names"] = names if names is not None else np.array([b"c/kernel:0"])
        kernel(h.create_group("c"), "kernel:0")


def data(**opt):
    return lambda g, n: g.create_dataset(n, **opt)


def link(target):
    def put(g, n):
        g[n] = target
    return put


def declared(shape, chunks=None, **opt):
    """Declared, but nothing is stored."""
    def put(g, n):
        p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        if chunks:
            p.set_chunk(chunks)
            p.set_deflate(9)
        p.set_alloc_time(h5py.h5d.ALLOC_TIME_LATE)
        h5py.h5d.create(g.id, n.encode(), h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple(shape), p)
    return put


def external(g, n):
    g.create_dataset(n, shape=(3, 1, 2), dtype="f4", external=[("/etc/passwd", 0, 24)])


def virtual(g, n):
    v = h5py.VirtualLayout(shape=(3, 1, 2), dtype="f4")
    v[...] = h5py.VirtualSource("good.h5", "/model_weights/c/c/kernel:0", shape=(3, 1, 2))
    g.create_virtual_dataset(n, v)


def vlen(g, n):
    d = g.create_dataset(n, (3,), dtype=h5py.vlen_dtype(np.float32))
    d[0] = [1, 2, 3]


def reference(g, n):
    g.create_dataset(n, data=np.array([g.ref], dtype=h5py.ref_dtype))


def loop(g, n):
    g[n] = g


def main():
    model("good", data(data=GOOD))
    model("half", data(data=GOOD.astype(np.float16)))
    model("double", data(data=GOOD.astype(np.float64)))
    model("whole", data(data=GOOD.astype(np.int8)))
    model("big_endian", data(data=GOOD.astype(">f4")))
    model("link_external", link(h5py.ExternalLink("good.h5", "/model_weights/c/c/kernel:0")))
    model("link_soft", link(h5py.SoftLink("/model_weights/c")))
    model("link_loop", loop)
    model("storage_external", external)
    model("storage_virtual", virtual)
    model("bomb_contiguous", declared((1 << 12, 1 << 12, 2)))
    model("bomb_chunked", declared((1 << 12, 1 << 12, 2), (1 << 10, 1 << 10, 2)))
    model("bomb_overflow", declared((1 << 31, 1 << 31, 4)))
    model("bomb_chunk", declared((1 << 13, 1 << 12, 2), (1 << 13, 1 << 12, 2)))
    model("filter_lzf", data(data=GOOD, compression="lzf"))
    model("filter_scale", data(data=GOOD.astype(np.int32), scaleoffset=0))
    model("type_compound", data(data=np.zeros(3, dtype=[("a", "f4"), ("b", "i4")])))
    model("type_text", data(data=np.array([b"abc", b"def"])))
    model("type_bool", data(data=GOOD > 1))
    model("type_complex", data(data=GOOD.astype(np.complex64)))
    model("type_opaque", data(data=np.zeros(3, dtype=np.void(8).dtype)))
    model("type_array", data(shape=(3,), dtype=np.dtype(("f4", (2, 2)))))
    model("type_vlen", vlen)
    model("type_reference", reference)
    model("space_null", data(data=h5py.Empty("f4")))
    model("space_zero", data(shape=(3, 0, 2), dtype="f4"))
    model("rank_5", data(data=GOOD.reshape(3, 1, 2, 1, 1)))
    model("rank_2", data(data=GOOD[:, 0]))
    model("group", lambda g, n: g.create_group(n))
    model("names_number", data(data=GOOD), names=np.arange(3))
    model("names_missing", data(data=GOOD), names=np.array([b"c/other:0"]))
    model("names_dots", data(data=GOOD), names=np.array([b"../c/c/kernel:0"]))
    model("names_long", data(data=GOOD), names=np.array([b"/".join([b"c"] * 40)]))
    model("names_nul", data(data=GOOD), names=np.array([b"c/kernel:0\0x"]))
    model("config_number", data(data=GOOD), config=7)
    model("config_bytes", data(data=GOOD), config=np.bytes_(b"\xff\xfe{"))
    model("config_deep", data(data=GOOD), config=np.bytes_(b"[" * 5000))
    model("no_layer_names", data(data=GOOD), layers=False)


if __name__ == "__main__":
    main()
