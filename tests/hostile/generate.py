#!/usr/bin/python3
"""Hostile and malformed files: generate.py FOLDER writes them, manifest.json beside them.

A manifest entry: {"name", "threat", "kind": model|data|recipe|survey|session|option|env|save, "file", "expect": "E" (refused), "O" (loads), "EO" (either,
but clean) or "U" (an operator that cannot be run: only the architecture is shown), "args": further arguments, "env": variables, "verbs": only these}. Threats T1 to T23 are named in SECURITY.md. Deterministic: the same bytes
on every run. Needs python3-h5py; ONNX files are written by the few lines below, so no onnx package is needed.
A shard of a survey comes from build/release/tsviz."""
import gzip
import hashlib
import io
import json
import os
import random
import re
import struct
import subprocess
import sys
import warnings
import zipfile
import zlib

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
KERAS = os.path.join(HERE, "..", "keras")
OUT = sys.argv[1]
CANARY = "CANARY-51c7-must-never-be-read"
manifest = []


def add(threat, name, kind, expect, data=None, ext="", args=(), env=None, file=None, verbs=None):
    path = file or f"{threat}_{name}{ext}"
    if data is not None:
        with open(os.path.join(OUT, path), "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
    manifest.append({"name": f"{threat}_{name}", "threat": threat, "kind": kind, "file": path, "expect": expect, "args": list(args),
                     "env": env or {}, "verbs": verbs})


def base(name):
    with open(os.path.join(KERAS, name), "rb") as f:
        return f.read()


# ---- h5 ----

def t1():
    """Damage of the kinds known from the library's list of vulnerabilities: every structure of the file."""
    rng = random.Random(1)
    for source in ("keras1", "residual", "chain"):
        whole = base(source + ".h5")
        for i in range(24):
            b = bytearray(whole)
            for _ in range(rng.choice((1, 2, 4, 16))):
                b[rng.randrange(min(len(b), 6000))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
            add("T1", f"{source}_bytes{i:02}", "model", "EO", bytes(b), ".h5")
        for mark in (b"TREE", b"SNOD", b"HEAP", b"GCOL", b"OHDR", b"FRHP", b"BTHD", b"FHDB", b"OCHK"):
            at = whole.find(mark)
            if at < 0:
                continue
            for what, value in (("ones", b"\xff" * 16), ("zeros", b"\0" * 16), ("self", struct.pack("<QQ", at, at))):
                b = bytearray(whole)
                b[at + 8:at + 24] = value
                add("T1", f"{source}_{mark.decode().lower()}_{what}", "model", "EO", bytes(b), ".h5")
        for cut in (1, 8, 64, 512, 2048, len(whole) // 2, len(whole) - 1):
            add("T1", f"{source}_cut{cut}", "model", "E" if cut < len(whole) - 1 else "EO", whole[:cut], ".h5")


def h5(name):
    return h5py.File(os.path.join(OUT, name), "w", libver="latest")


def dense_config(units=1, steps=4, channels=1, **over):
    layers = [{"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": [None, steps, channels]}},
              {"class_name": "Flatten", "config": {"name": "flat"}},
              {"class_name": "Dense", "config": {"name": "d", "units": units, "activation": "linear", "use_bias": True}}]
    layers[2]["config"].update(over)
    return {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}


def keras(name, config, weights, threat, expect, make=None):
    """A Sequential model whose Dense layer 'd' has these weights; make(group) writes them otherwise."""
    file = f"{threat}_{name}.h5"
    with h5(file) as f:
        f.attrs["keras_version"] = "2.9.0"
        f.attrs["model_config"] = config if isinstance(config, (str, bytes)) else json.dumps(config)
        g = f.create_group("model_weights")
        g.attrs["layer_names"] = np.array([b"d"])
        d = g.create_group("d")
        d.attrs["weight_names"] = np.array([b"d/kernel:0", b"d/bias:0"])
        inner = d.create_group("d")
        if make:
            make(inner)
        else:
            inner["kernel:0"], inner["bias:0"] = weights
    add(threat, name, "model", expect, file=file)


W = (np.array([[1], [2], [3], [4]], "f4"), np.array([0.5], "f4"))


def h5_files():
    canary = os.path.join(OUT, "canary.bin")
    with open(canary, "wb") as f:
        f.write((CANARY * 40).encode())
    os.mkfifo(os.path.join(OUT, "canary.fifo"))

    def kernel(make):
        def both(g):
            make(g)
            if "bias:0" not in g:
                g["bias:0"] = W[1]
        return both

    def external(path):
        def make(g):
            g.create_dataset("kernel:0", (4, 1), "f4", external=[(path, 0, 16)])
        return kernel(make)

    def link(path, inside="/x"):
        return kernel(lambda g: g.__setitem__("kernel:0", h5py.ExternalLink(path, inside)))

    def virtual(path):
        def make(g):
            layout = h5py.VirtualLayout((4, 1), "f4")
            layout[:] = h5py.VirtualSource(path, "x", (4, 1))
            g.create_virtual_dataset("kernel:0", layout)
        return kernel(make)
    for where, path in (("canary", "canary.bin"), ("passwd", "/etc/passwd"), ("fifo", "canary.fifo"), ("zero", "/dev/zero")):
        keras(f"external_{where}", dense_config(), W, "T2", "E", external(path))
        keras(f"link_{where}", dense_config(), W, "T2", "E", link(path))
        keras(f"virtual_{where}", dense_config(), W, "T2", "E", virtual(path))
    keras("link_self", dense_config(), W, "T2", "E", link("T2_link_self.h5", "/model_weights"))
    keras("soft", dense_config(), W, "T2", "E", kernel(lambda g: g.__setitem__("kernel:0", h5py.SoftLink("/model_weights/d/d/bias:0"))))
    for bits in (40, 58):
        keras(f"bomb{bits}", dense_config(), W, "T3", "E",
              kernel(lambda g: g.create_dataset("kernel:0", (1 << bits, 1), "f4", chunks=(1 << 16, 1))))
    keras("bomb_deflate", dense_config(), W, "T3", "E",
          kernel(lambda g: g.create_dataset("kernel:0", (1 << 26, 1), "f4", chunks=(1 << 26, 1), compression="gzip",
                                            data=np.zeros((1 << 26, 1), "f4"))))
    keras("bomb_late", dense_config(), W, "T3", "E", kernel(lambda g: g.create_dataset("kernel:0", (1 << 32, 1), "f4")))

    def filtered(code):
        def make(g):
            p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            p.set_chunk((4, 1))
            p.set_filter(code, h5py.h5z.FLAG_OPTIONAL, (1, 2, 3))
            space = h5py.h5s.create_simple((4, 1))
            h5py.h5d.create(g.id, b"kernel:0", h5py.h5t.IEEE_F32LE, space, p)
        return kernel(make)
    for code in (32000, 32015, 256, 511, 65000):
        keras(f"filter{code}", dense_config(), W, "T4", "E", filtered(code))
    keras("scaleoffset", dense_config(), W, "T4", "E",
          kernel(lambda g: g.create_dataset("kernel:0", data=np.arange(4).reshape(4, 1), scaleoffset=4, chunks=(4, 1))))
    kinds = {"vlen": h5py.vlen_dtype(np.float32), "string": h5py.string_dtype(), "fixed": "S8", "reference": h5py.ref_dtype,
             "compound": np.dtype([("a", "f4"), ("b", "i4")]), "opaque": np.dtype("V8"), "array": np.dtype(("f4", (3,))),
             "enum": h5py.enum_dtype({"A": 0, "B": 1}), "complex": np.dtype("c8")}
    for k, t in kinds.items():
        keras(f"type_{k}", dense_config(), W, "T5", "EO" if k == "enum" else "E",
              kernel(lambda g: g.create_dataset("kernel:0", (4, 1), t)))
    keras("space_null", dense_config(), W, "T5", "E", kernel(lambda g: g.create_dataset("kernel:0", data=h5py.Empty("f4"))))
    keras("rank32", dense_config(), W, "T5", "E", kernel(lambda g: g.create_dataset("kernel:0", (1,) * 32, "f4")))
    for name, over in {"units0": {"units": 0}, "units_negative": {"units": -1}, "units_huge": {"units": 1 << 62}, "units_text": {"units": "x"},
                       "units_half": {"units": 1.5}, "units_list": {"units": [1]}, "activation_unknown": {"activation": "nosuch"},
                       "activation_code": {"activation": {"class_name": "Lambda", "config": "4wEAAAA="}}, "name_missing": {"name": None},
                       "name_number": {"name": 7}}.items():
        keras(name, dense_config(**over), W, "T6", "EO" if name == "units_list" else "E")
    c = dense_config()
    for name, layer in {"lambda": {"class_name": "Lambda", "config": {"name": "l", "function": ["4wEAAA==", None, None]}},
                        "custom": {"class_name": "MyLayer", "config": {"name": "l"}},
                        "nested": {"class_name": "Sequential", "config": {"name": "l", "layers": []}},
                        "conv_zero": {"class_name": "Conv1D", "config": {"name": "l", "filters": 2, "kernel_size": [0], "strides": [1]}},
                        "conv_stride": {"class_name": "Conv1D", "config": {"name": "l", "filters": 2, "kernel_size": [3], "strides": [-1]}},
                        "conv_huge": {"class_name": "Conv1D", "config": {"name": "l", "filters": 1 << 40, "kernel_size": [1 << 40]}},
                        "pool_zero": {"class_name": "MaxPooling1D", "config": {"name": "l", "pool_size": [0]}},
                        "upsample": {"class_name": "UpSampling1D", "config": {"name": "l", "size": 1 << 50}},
                        "pad": {"class_name": "ZeroPadding1D", "config": {"name": "l", "padding": [1 << 40, 1 << 40]}},
                        "crop": {"class_name": "Cropping1D", "config": {"name": "l", "cropping": [3, 3]}},
                        "reshape": {"class_name": "Reshape", "config": {"name": "l", "target_shape": [-1, -1]}}}.items():
        d = json.loads(json.dumps(c))
        d["config"]["layers"].insert(1, layer)
        keras("layer_" + name, d, W, "T6", "E")
    keras("config_cut", json.dumps(c)[:-9], W, "T6", "E")
    keras("config_array", "[]", W, "T6", "E")
    keras("config_deep", "[" * 20000, W, "T6", "E")
    keras("ghost", {"class_name": "Model", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "in", "config": {"name": "in", "batch_input_shape": [None, 4, 1]}, "inbound_nodes": []},
        {"class_name": "Dense", "name": "d", "config": {"name": "d", "units": 1}, "inbound_nodes": [[["ghost", 0, 0, {}]]]}],
        "input_layers": [["in", 0, 0]], "output_layers": [["d", 0, 0]]}}, W, "T6", "E")
    keras("cycle", {"class_name": "Model", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "in", "config": {"name": "in", "batch_input_shape": [None, 4, 1]}, "inbound_nodes": []},
        {"class_name": "Add", "name": "a", "config": {"name": "a"}, "inbound_nodes": [[["in", 0, 0, {}], ["b", 0, 0, {}]]]},
        {"class_name": "Add", "name": "b", "config": {"name": "b"}, "inbound_nodes": [[["a", 0, 0, {}], ["a", 0, 0, {}]]]}],
        "input_layers": [["in", 0, 0]], "output_layers": [["b", 0, 0]]}}, W, "T6", "E")
    for name, v in {"nan": np.nan, "inf": np.inf, "huge": 3e38, "denormal": 1e-42, "zero": 0.0}.items():
        keras(f"weights_{name}", dense_config(), (np.full((4, 1), v, "f4"), W[1]), "T18", "O")
    evil = "\x1b]52;c;aGk=\x07\x1b[2Jx\u202e\u200b\x9b31m\r\n%s%n"
    c = dense_config(name=evil)
    keras("name_layer", c, W, "T19", "EO")
    c = dense_config()
    c["config"]["layers"].insert(1, {"class_name": evil, "config": {"name": evil}})
    keras("name_class", c, W, "T19", "E")


# ---- .keras ----

def keras_members(name="nested.keras"):
    with zipfile.ZipFile(os.path.join(KERAS, name)) as z:
        return [(i.filename, z.read(i)) for i in z.infolist()]


def archive(members, method=zipfile.ZIP_DEFLATED, extra=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in list(members) + list(extra):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a name that is there already
                z.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, method)
    return out.getvalue()


def patch(data, at, value):
    return data[:at] + value + data[at + len(value):]


def keras_files():
    """T26: zip archives that lie, and members that do what .h5 files do."""
    good = keras_members()
    parts = dict(good)
    whole = archive(good)
    central = whole.find(b"PK\1\2")
    k = lambda name, expect, data: add("T26", name, "model", expect, data, ".keras", ("--columns", "1,2"))
    with_part = lambda name, data: archive([(n, data if n == name else d) for n, d in good])
    k("good", "O", whole)
    k("stored", "O", archive(good, zipfile.ZIP_STORED))
    for i, cut in enumerate((3, 4, 30, 200, len(whole) // 2, central, len(whole) - 22, len(whole) - 1)):
        k(f"cut{i}", "E", whole[:cut])
    rng = random.Random(26)
    for i in range(24):
        b = bytearray(whole)
        for _ in range(rng.choice((1, 2, 4, 16))):
            b[rng.randrange(len(b))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        k(f"bytes{i:02}", "EO", bytes(b))
    k("empty", "E", b"PK\5\6" + bytes(18))
    for name in parts:
        k("without_" + name.split(".")[0], "E", archive([(n, d) for n, d in good if n != name]))
        k("twice_" + name.split(".")[0], "E", archive(good, extra=[(name, parts[name])]))
    # names that lead elsewhere are names only: nothing is unpacked
    k("dotdot", "O", archive(good, extra=[("../../canary", b"x"), ("/etc/passwd", b"x"), ("C:\\x", b"x")]))
    k("dotdot_config", "E", archive([("../" + n, d) for n, d in good]))
    k("escape_name", "E", archive([("\x1b[2J\u202e", b"x")]))
    k("many", "E", archive([("a%05d" % i, b"") for i in range(10001)], zipfile.ZIP_STORED))
    # declared sizes: in the central directory (+24: unpacked, +20: packed) and both
    for name, size in (("huge", 0xFFFFFFFE), ("gigabyte", 1 << 30), ("zero", 0)):
        k("size_" + name, "E", patch(whole, central + 24, struct.pack("<I", size)))
    k("size_packed", "E", patch(whole, central + 20, struct.pack("<I", 0x7FFFFFFF)))
    k("offset", "E", patch(whole, central + 42, struct.pack("<I", 0x7FFFFFFF)))
    k("encrypted", "E", patch(patch(whole, central + 8, b"\1\0"), 6, b"\1\0"))
    for name, method in (("shrunk", 1), ("bzip2", 12), ("lzma", 14), ("zstd", 93), ("aes", 99)):
        k("method_" + name, "E", patch(patch(whole, central + 10, struct.pack("<H", method)), 8, struct.pack("<H", method)))
    k("crc", "E", patch(whole, central + 16, b"\xde\xad\xbe\xef"))
    k("zip64", "E", patch(patch(whole, central + 24, b"\xff" * 4), central + 20, b"\xff" * 4))
    # a real zip64 archive is read like any other
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w") as z:
        for n, d in good:
            with z.open(zipfile.ZipInfo(n, (2024, 1, 1, 0, 0, 0)), "w", force_zip64=True) as f:
                f.write(d)
    k("zip64_good", "O", big.getvalue())
    k("in_front", "E", b"#!/bin/sh\nrm -rf /\n" + whole)
    k("behind", "EO", whole + b"x" * 100)
    k("two", "EO", whole + whole)
    # bombs: zeros by the gigabyte would take as much; 300 MB are 300 kB here
    bomb = bytes(300 << 20)
    k("bomb_weights", "E", archive([(n, bomb if n == "model.weights.h5" else d) for n, d in good]))
    k("bomb_config", "E", archive([(n, bomb[:17 << 20] if n == "config.json" else d) for n, d in good]))
    k("bomb_aside", "O", archive(good, extra=[("assets/zeros", bomb)]))
    k("config_deep", "E", with_part("config.json", b"[" * 100000))
    k("config_nan", "E", with_part("config.json", b'{"class_name": NaN}'))
    k("config_loop", "E", with_part("config.json", json.dumps(nest(40)).encode()))
    k("config_wide", "E", with_part("config.json", json.dumps({"class_name": "Sequential", "config": {"layers": [
        {"class_name": "Dense", "config": {"name": "d%d" % i}} for i in range(6000)]}}).encode()))
    k("config_lambda", "E", with_part("config.json", parts["config.json"].replace(b'"class_name": "GRU"', b'"class_name": "Lambda"')
                                      .replace(b'"class_name": "LSTM"', b'"class_name": "Lambda"', 1)))
    k("metadata_text", "E", with_part("metadata.json", b"3.4.1"))
    k("metadata_escape", "EO", with_part("metadata.json", b'{"keras_version": "\\u001b[2J3"}'))
    for name, data in (("text", b"weights"), ("cut", parts["model.weights.h5"][:5000]), ("empty", b"")):
        k("weights_" + name, "E", with_part("model.weights.h5", data))
    for name, change in (("link_soft", lambda f, p: f.__setitem__(p, h5py.SoftLink("/optimizer/vars/0"))),
                         ("link_external", lambda f, p: f.__setitem__(p, h5py.ExternalLink("canary.h5", "/canary"))),
                         ("declared", lambda f, p: f.create_dataset(p, shape=(1 << 40,), dtype="f4", chunks=(1 << 20,))),
                         ("text", lambda f, p: f.create_dataset(p, data="text")),
                         ("group", lambda f, p: f.create_group(p))):
        image = io.BytesIO(parts["model.weights.h5"])
        with h5py.File(image, "r+") as f:
            path = "layers/lstm/cell/vars/0"
            del f[path]
            change(f, path)
        k("weights_" + name, "E", with_part("model.weights.h5", image.getvalue()))


def nest(n):
    """Models within models."""
    row = {"class_name": "Dense", "config": {"name": "d", "units": 1, "batch_input_shape": [None, 3, 1]}}
    for i in range(n):
        row = {"class_name": "Sequential", "config": {"name": "s%d" % i, "layers": [row]}}
    return row


# ---- formats that are not read ----

def wrong_files():
    """T27: other models' first bytes, and what behind them is not."""
    folder = os.path.join(HERE, "..", "wrong")
    for name in sorted(os.listdir(folder)):
        if not os.path.isfile(os.path.join(folder, name)):
            continue
        with open(os.path.join(folder, name), "rb") as f:
            data = f.read()
        for what, some in (("whole", data), ("half", data[:len(data) // 2]), ("head", data[:16])):
            add("T27", f"{name}_{what}", "model", "E", some, ".h5")


# ---- onnx: the wire format by hand ----

def varint(v):
    v &= (1 << 64) - 1
    out = b""
    while v > 127:
        out += bytes([v & 127 | 128])
        v >>= 7
    return out + bytes([v])


def field(n, v):
    if isinstance(v, int):
        return varint(n << 3) + varint(v)
    v = v.encode() if isinstance(v, str) else v
    return varint(n << 3 | 2) + varint(len(v)) + v


def tensor(name, dims, data=b"", dtype=1, extra=b"", raw=True):
    return b"".join(field(1, d) for d in dims) + field(2, dtype) + field(8, name) + (field(9, data) if raw else b"") + extra


def attr(name, i=None, ints=None, s=None, t=None, g=None, f=None, type_=None):
    out = field(1, name)
    if i is not None:
        out += field(3, i) + field(20, 2)
    if ints is not None:
        out += b"".join(field(8, v) for v in ints) + field(20, 7)
    if s is not None:
        out += field(4, s) + field(20, 3)
    if t is not None:
        out += field(5, t) + field(20, 4)
    if g is not None:
        out += field(6, g) + field(20, 5)
    if f is not None:
        out += varint(2 << 3 | 5) + struct.pack("<f", f) + field(20, 1)
    return out if type_ is None else out + field(20, type_)


def node(op, ins, outs, attrs=(), name=""):
    return b"".join(field(1, x) for x in ins) + b"".join(field(2, x) for x in outs) + field(3, name) + field(4, op) + \
        b"".join(field(5, a) for a in attrs)


def info(name, dims):
    shape = b"".join(field(1, field(1, d) if isinstance(d, int) else field(2, d)) for d in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def graph(nodes, inits=(), ins=None, outs=None):
    return b"".join(field(1, n) for n in nodes) + field(2, "g") + b"".join(field(5, t) for t in inits) + \
        b"".join(field(11, i) for i in (ins or [info("x", [1, 1, 4])])) + b"".join(field(12, o) for o in (outs or [info("y", [1, 1])]))


def model(g, ir=7, opset=13):
    return field(1, ir) + field(7, g) + field(8, field(1, "") + field(2, opset))


def f4(*v):
    return struct.pack("<%df" % len(v), *v)


def small(nodes=None, inits=None, **k):
    nodes = nodes or [node("Flatten", ["x"], ["f"]), node("Gemm", ["f", "w", "b"], ["y"], [attr("transB", 0)])]
    inits = inits if inits is not None else [tensor("w", [4, 1], f4(1, 2, 3, 4)), tensor("b", [1], f4(0.5))]
    return model(graph(nodes, inits, **k))


def onnx_operators():
    """Shapes, attributes and constants that fit the schema, but not one another; outputs left out; tensors of nothing; work without end."""
    def ints(name, *v, dims=None):
        return tensor(name, dims if dims is not None else [len(v)], struct.pack("<%dq" % len(v), *v), 7)

    def reals(name, dims, v=1.0):
        return tensor(name, dims, f4(*[v] * int(np.prod(dims))))

    def trap(name, expect, nodes, inits=(), opset=18, shape=(1, 1, 16)):
        nodes = nodes + [node("ReduceSum" if opset > 12 else "GlobalAveragePool", ["y0"], ["y"])]
        add("T13", "op_" + name, "model", expect, model(graph(nodes, inits, ins=[info("x", shape)]), opset=opset), ".onnx")

    def empty(name, nodes, inits, axis, expect="EO"):  # s: x without a step, channel or window
        trap("empty_" + name, expect, [node("Slice", ["x", "zero", "zero", "ax"], ["s"])] + nodes, [ints("zero", 0), ints("ax", axis)] + inits)
    big, cast = 1 << 24, node("Cast", ["i"], ["y0"], [attr("to", 1)])
    conv, w = node("Conv", ["x", "w"], ["c"]), reals("w", [4, 1, 1])
    trap("slice_axes", "E", [node("Slice", ["x", "b", "e", "a"], ["y0"])], [ints("b", 9, 9), ints("e", 16, 16), ints("a", 2, -1)])
    trap("resize_sizes", "E", [conv, node("Resize", ["c", "", "", "n"], ["y0"], [attr("axes", ints=[2, 2])])], [w, ints("n", 100000, 100000)])
    trap("resize_scales", "E", [conv, node("Resize", ["c", "", "n"], ["y0"], [attr("axes", ints=[2, -1])])], [w, reals("n", [2], 50.0)])
    for v in (float("inf"), float("nan")):
        trap(f"resize_roi_{v}", "E", [node("Resize", ["x", "r", "", "n"], ["y0"], [attr("coordinate_transformation_mode", s="tf_crop_and_resize"),
             attr("mode", s="linear")])], [tensor("r", [6], f4(0, 0, 0, 1, 1, v)), ints("n", 1, 1, 32)])
    # the first output left out
    pool = attr("kernel_shape", ints=[2])
    trap("no_first_pool", "O", [node("MaxPool", ["x"], ["", "i"], [pool]), cast])
    trap("no_first_planes", "EO", [node("MaxPool", ["x"], ["", "i"], [attr("kernel_shape", ints=[2, 2])]), cast], shape=(1, 1, 2, 16))
    trap("no_first_norm", "O", [node("LayerNormalization", ["x", "g"], ["", "m"]), node("Add", ["x", "m"], ["y0"])], [reals("g", [16])])
    for op, second, attrs, opset in (("MaxPool", "i", [pool], 18), ("LpPool", "i", [pool], 18), ("Dropout", "i", [], 12), ("LayerNormalization", "i", [], 18)):
        trap("no_first_" + op, "EO", [node(op, ["k", "g"] if op[0] == "L" and op != "LpPool" else ["k"], ["", second], attrs), node("Cast", ["i"], ["f"], [attr("to", 1)]),
             node("Add", ["x", "f"], ["y0"])], [reals("k", [1, 1, 1 if op != "MaxPool" else 2]), reals("g", [1])], opset=opset)
    # much work, little file
    trap("stride", "EO", [node("Conv", ["x", "v"], ["y0"], [attr("strides", ints=[big])])], [reals("v", [1, 1, 1])])
    trap("stride_back", "EO", [node("GlobalAveragePool", ["x"], ["g"]), node("ConvTranspose", ["g", "v"], ["y0"], [attr("strides", ints=[big])])], [reals("v", [1, 1, 1])])
    trap("stride_dilation", "EO", [node("Conv", ["x", "v"], ["y0"], [attr("strides", ints=[11001]), attr("dilations", ints=[11000])])], [reals("v", [1, 1, 1])])
    trap("pool_padding", "EO", [node("MaxPool", ["x"], ["y0"], [attr("kernel_shape", ints=[1 << 20]), attr("pads", ints=[(1 << 20) - 1] * 2)])])
    trap("pool_tables", "EO", [node("AveragePool", ["x"], ["y0"], [attr("kernel_shape", ints=[1, 1 << 20]), attr("auto_pad", s="SAME_UPPER")])], shape=(1, 1, 256, 16))
    long = [node("Expand", ["x", "n"], ["e"]), node("Flatten", ["e"], ["f"])]
    trap("top_k", "E", long + [node("TopK", ["f", "k"], ["y0", ""], [attr("axis", 1)])], [ints("n", 1, 1 << 16, 16), ints("k", 1 << 20)])
    trap("lrn", "E", long + [node("LRN", ["f"], ["y0"], [attr("size", 1 << 21)])], [ints("n", 1, 1 << 16, 16)])
    trap("fold_matmul", "E", [node("ConstantOfShape", ["n"], ["a"]), node("MatMul", ["a", "a"], ["b"]), node("Add", ["x", "b"], ["y0"])], [ints("n", 4096, 4096)])
    trap("fold_pool", "E", [node("ConstantOfShape", ["n"], ["a"]), node("MaxPool", ["a"], ["b"], [attr("kernel_shape", ints=[1 << 18]),
         attr("auto_pad", s="SAME_UPPER")]), node("Add", ["x", "b"], ["y0"])], [ints("n", 1, 1, 1 << 18)])
    trap("rnn_memory", "E", [node("Reshape", ["x", "rs"], ["r"]), node("Expand", ["r", "n"], ["e"]), node("ConstantOfShape", ["ws"], ["W"]),
         node("ConstantOfShape", ["us"], ["R"]), node("RNN", ["e", "W", "R"], ["", "y0"], [attr("hidden_size", 1024)])],
         [ints("rs", 16, 1, 1), ints("n", 16, 15000, 1), ints("ws", 1, 1024, 1), ints("us", 1, 1024, 1024)])
    # products beyond 63 bits
    trap("planes", "EO", [node("MaxPool", ["x"], ["y0"], [attr("kernel_shape", ints=[1 << 23, 1]), attr("dilations", ints=[big, 1]),
         attr("auto_pad", s="SAME_UPPER")])], shape=(1, 1, 2, 1 << 10))
    trap("reach", "EO", [node("Slice", ["x", "b", "e", "a"], ["s"]), node("Unsqueeze", ["s", "u"], ["r"]), node("MaxPool", ["r"], ["y0"],
         [attr("kernel_shape", ints=[1025, 1, 1]), attr("dilations", ints=[1 << 14, big, big]), attr("pads", ints=[1 << 23, 0, 0, 1 << 23, 0, 0])])],
         [ints("b", 0), ints("e", 1), ints("a", 2), ints("u", 3, 4)])
    trap("global_dilation", "EO", [conv, node("GlobalMaxPool", ["c"], ["y0"], [attr("dilations", ints=[-1000000])])], [w])
    trap("old_axis", "EO", [node("Add", ["x", "v"], ["y0"], [attr("axis", (1 << 63) - 1), attr("broadcast", 1)])], [reals("v", [1])], opset=6)
    for name, t, a in (("none", ints("t"), ints("a")), ("no_times", ints("t"), ints("a", 1)), ("nan", reals("t", [1], float("nan")), reals("a", [1], 1e30)),
                       ("huge", reals("t", [1], 1e30), reals("a", [1], 2.0))):
        trap("old_tile_" + name, "E", [node("Tile", ["x", "t", "a"], ["y0"])], [t, a], opset=5)
    trap("concat", "E", [node("Concat", ["a"] + ["b"] * 300, ["k"], [attr("axis", 1)]), node("Add", ["x", "x"], ["y0"])],
         [tensor("a", [1 << 28, 0]), tensor("b", [0, 1 << 28])])
    # nothing, along one axis
    empty("batch", [node("Conv", ["s", "w"], ["c"]), node("ReduceSum", ["c", "all"], ["y0"])], [reals("w", [512, 1, 1]), ints("all", 0, 1, 2)], 0)
    empty("channels", [node("Softmax", ["s"], ["y0"], [attr("axis", 1)])], [], 1)
    empty("conv", [node("Conv", ["s", "v"], ["y0"])], [tensor("v", [4, 0, 2])], 1)
    empty("edge", [node("Pad", ["s", "p"], ["q"], [attr("mode", s="edge")]), node("Conv", ["q", "w"], ["y0"])], [ints("p", 0, 0, 3, 0, 0, 3), w], 2)
    empty("reshape", [node("Reshape", ["s", "n"], ["y0"])], [ints("n", 0, 4, 1 << 62)], 0, "E")
    empty("long", [node("Expand", ["s", "n"], ["e"]), node("LRN", ["e"], ["l"], [attr("size", 3)]), node("Transpose", ["l"], ["t"]),
                   node("ReduceSum", ["t", "all"], ["y0"])], [ints("n", 1 << 25, 1, 8), ints("all", 0, 1, 2)], 2)
    add("T13", "op_empty_output", "model", "E", model(graph([node("Slice", ["x", "z", "z", "z"], ["y"])], [ints("z", 0)], ins=[info("x", (1, 1, 16))]),
                                                      opset=18), ".onnx")
    trap("one_hot", "EO", [node("Cast", ["x"], ["i"], [attr("to", 7)]), node("OneHot", ["i", "d", "v"], ["o"], [attr("axis", 0)]), node("Mul", ["o", "x"], ["y0"])],
         [ints("d", 0), tensor("v", [2], f4(0, 1))])


def typed(name, dims, dtype):
    return field(1, name) + field(2, field(1, field(1, dtype) + field(2, b"".join(field(1, field(1, d)) for d in dims))))


def i8(*v):
    return struct.pack("<%dq" % len(v), *v)


def onnx_loops():
    """Loops of too many rounds, whose tensors grow, that do not end, whose bodies fit nothing."""
    it, go = typed("it", [], 7), typed("go", [], 9)

    def body(nodes, ins=None, outs=("go2", "s2"), inits=()):
        return graph([node("Identity", ["go"], ["go2"]), *nodes], inits, ins=ins or [it, go, info("s", [1, 1, 4])], outs=[info(o, []) for o in outs])

    def loop(name, expect, g, trips=3, attrs=None, ins=("n", "t", "x"), more=(), outs=("y",), cond=b"\1", ttype=7, op="Loop"):
        data = i8(trips) if ttype == 7 else f4(trips)
        add("T12", "loop_" + name, "model", expect, small([node(op, ins, outs, attrs if attrs is not None else [attr("body", g=g)])],
                                                          [tensor("n", [], data, ttype), tensor("t", [], cond, 9), *more]), ".onnx")
    half = body([node("Mul", ["s", "s"], ["s2"])])
    loop("good", "O", half)
    for trips in (0, -1, 10 ** 9, 1 << 62, -(1 << 63)):
        loop(f"trips_{trips}", "U", half, trips)
    loop("endless", "U", half, ins=("", "t", "x"))
    loop("never", "U", half, cond=b"\0")
    loop("trips_real", "U", half, 3, ttype=1)
    loop("trips_of_input", "U", half, ins=("x", "t", "x"))
    loop("condition_of_input", "U", half, ins=("n", "x", "x"))
    loop("grows", "EO", body([node("Concat", ["s", "s"], ["s2"], [attr("axis", 2)])]), 60)
    loop("shrinks", "EO", body([node("Slice", ["s", "a", "b", "c"], ["s2"])], inits=[tensor(k, [1], i8(v), 7) for k, v in (("a", 1), ("b", 1 << 40), ("c", 2))]), 60)
    loop("no_body", "E", None, attrs=[])
    loop("few_outputs", "E", body([], outs=("go2",)))
    loop("no_outputs", "E", body([], outs=()))
    loop("few_inputs", "E", body([node("Mul", ["go", "go"], ["s2"])], ins=[it]))
    loop("many_results", "E", half, outs=("y", "z", "u", "v"))
    loop("reads_itself", "E", body([node("Mul", ["y", "y"], ["s2"])]))
    loop("output_of_nothing", "E", body([]))
    loop("state_missing", "E", half, ins=("n", "t", "", "x"))
    loop("unknown_operator", "U", body([node("Nonesuch", ["s"], ["s2"])]))
    for depth in (3, 20):
        g = half
        for k in range(depth):
            g = body([node("Loop", ["n", "t", "s"], ["s2"], [attr("body", g=g)])])
        loop(f"nested{depth}", "EO", g, 1000)
    step = graph([node("Add", ["s", "e"], ["s2"])], ins=[info("s", [1, 1]), info("e", [1, 1])], outs=[info("s2", [])])
    for k, v in (("num_scan_inputs", 0), ("num_scan_inputs", -1), ("num_scan_inputs", 1 << 40), ("num_scan_inputs", 3)):
        loop(f"scan_{v}", "U", None, op="Scan", ins=("n", "x"), attrs=[attr("body", g=step), attr(k, v)])
    for v in (-4, 3, 1 << 40, -(1 << 63)):
        loop(f"scan_axis_{v}", "EO", None, op="Scan", ins=("n", "x"), attrs=[attr("body", g=step), attr("num_scan_inputs", 1), attr("scan_input_axes", ints=[v])])


def onnx_inputs():
    """Inputs beside the window: of any size, set to what does not fit."""
    def net(h, args, name, expect, dtype=1):
        ins = [info("x", [1, 1, 4]), typed("h0", h, dtype)]
        add("T12", "inputs_" + name, "model", expect, model(graph([node("Mul", ["x", "h0"], ["a"]), node("ReduceSum", ["a"], ["y"], [attr("keepdims", 0)])], ins=ins)),
            ".onnx", args=args)
    net([1, 1, 4], [], "good", "O")
    net([1 << 31, 1 << 31, 1 << 31], [], "huge", "E")
    net([1] * 9, [], "rank9", "E")
    net([1, 1, 4], [], "text", "E", 8)
    for k, v in (("nan", "h0=nan"), ("inf", "h0=1e999"), ("word", "h0=two"), ("nothing", "h0="), ("other", "z=1"), ("file", "h0=nofile.npy"), ("name", "=1"),
                 ("evil", "\x1b[31m\u202e=1")):
        net([1, 1, 4], ["--set", v], "set_" + k, "E")
    for k, head, data in (("shape", npy_head(descr="'<f4'", shape="(1, 4, 1)"), f4(1, 2, 3, 4)), ("short", npy_head(descr="'<f4'", shape="(1, 1, 4)"), f4(1)),
                          ("huge", npy_head(descr="'<f4'", shape="(1, 1, 4611686018427387904)"), f4(1)), ("nan", npy_head(descr="'<f4'", shape="(1, 1, 4)"), f4(1, 2, 3, float("nan"))),
                          ("objects", npy_head(descr="'|O'", shape="(1, 1, 4)"), f4(1, 2, 3, 4)), ("zero", npy_head(descr="'<f4'", shape="(1, 0, 4)"), b"")):
        path = os.path.abspath(os.path.join(OUT, f"T12_set_{k}.npy"))
        with open(path, "wb") as f:
            f.write(npy(head, data))
        net([1, 1, 4], ["--set", "h0=" + path], "array_" + k, "E")
    for k, v in (("nothing", ""), ("commas", ",,,"), ("twice", "x,x"), ("long", "x," * 3000)):
        net([1, 1, 4], ["--input", v], "named_" + k, "E")


def onnx_files():
    good = small()
    add("T7", "good", "model", "O", good, ".onnx")
    for cut in range(1, len(good), 9):
        add("T7", f"cut{cut:03}", "model", "EO", good[:cut], ".onnx")
    rng = random.Random(7)
    for i in range(30):
        b = bytearray(good)
        b[rng.randrange(len(b))] ^= 1 << rng.randrange(8)
        add("T7", f"flip{i:02}", "model", "EO", bytes(b), ".onnx")
    add("T7", "varint_long", "model", "E", b"\x08" + b"\xff" * 12 + good, ".onnx")
    add("T7", "length_huge", "model", "E", b"\x08\x07" + varint(7 << 3 | 2) + varint(1 << 63) + good, ".onnx")
    add("T7", "wire7", "model", "E", b"\x08\x07" + bytes([7 << 3 | 7]) + good, ".onnx")
    add("T7", "group", "model", "EO", b"\x08\x07" + bytes([99 << 3 & 127 | 3, 6]) + good, ".onnx")
    add("T7", "twice", "model", "EO", good + good, ".onnx")
    add("T7", "no_graph", "model", "E", field(1, 7) + field(8, field(1, "") + field(2, 13)), ".onnx")
    for depth in (1000, 5000, 100000):
        g = graph([node("Identity", ["x"], ["y"])])
        head = b""
        n = len(g)
        parts = []
        for _ in range(depth):  # graph in attribute in node in graph, built from inside by lengths alone
            a = field(1, "b") + field(20, 5)
            n_attr = len(a) + len(varint(6 << 3 | 2)) + len(varint(n)) + n
            nd = field(4, "If")
            n_node = len(nd) + len(varint(5 << 3 | 2)) + len(varint(n_attr)) + n_attr
            parts.append(varint(1 << 3 | 2) + varint(n_node) + nd + varint(5 << 3 | 2) + varint(n_attr) + a + varint(6 << 3 | 2) + varint(n))
            n = len(varint(1 << 3 | 2)) + len(varint(n_node)) + n_node
        head = b"".join(reversed(parts))
        add("T8", f"nested{depth}", "model", "E", field(1, 7) + varint(7 << 3 | 2) + varint(n) + head + g, ".onnx")
    floods = {"nodes": field(1, b"") * 1000000, "inits": field(5, b"") * 1000000, "attributes": field(1, field(5, b"") * 1000000),
              "strings": field(1, field(1, b"") * 1000000), "unknown": field(77, b"") * 1000000, "values": field(13, b"") * 1000000}
    for k, b in floods.items():
        add("T9", k, "model", "E" if k != "unknown" else "EO", model(b + graph([node("Identity", ["x"], ["y"])])), ".onnx")
    for k, dims in {"zero_product": [1 << 32, 1 << 32], "negative": [-1, 4], "least": [-(1 << 63)], "two_negative": [-2, -2], "huge": [1 << 62, 1],
                    "short": [400, 1], "long": [2, 1]}.items():
        add("T10", "dims_" + k, "model", "E", small(inits=[tensor("w", dims, f4(1, 2, 3, 4)), tensor("b", [1], f4(0))]), ".onnx")
    add("T10", "odd", "model", "E", small(inits=[tensor("w", [4, 1], f4(1, 2, 3, 4) + b"x"), tensor("b", [1], f4(0))]), ".onnx")
    add("T10", "both", "model", "E", small(inits=[tensor("w", [4, 1], f4(1, 2, 3, 4), extra=field(4, f4(1, 2, 3, 4))),
                                                  tensor("b", [1], f4(0))]), ".onnx")
    for t in (0, 8, 15, 16, 99, 1 << 40):
        add("T10", f"dtype{t}", "model", "U" if t != 16 else "EO", small(inits=[tensor("w", [4, 1], f4(1, 2, 3, 4), t), tensor("b", [1], f4(0))]), ".onnx")

    def outside(**kv):
        extra = b"".join(field(13, field(1, k) + field(2, v)) for k, v in kv.items()) + field(14, 1)
        return small(inits=[tensor("w", [4, 1], raw=False, extra=extra), tensor("b", [1], f4(0))])
    os.symlink("canary.bin", os.path.join(OUT, "link.bin"))
    os.link(os.path.join(OUT, "canary.bin"), os.path.join(OUT, "hard.bin"))
    with open(os.path.join(OUT, "weights.bin"), "wb") as f:
        f.write(f4(1, 2, 3, 4))
    for k, v in {"up": "../canary.bin", "absolute": os.path.join("/", "etc", "passwd"), "symlink": "link.bin", "hard": "hard.bin",
                 "fifo": "canary.fifo", "proc": "/proc/self/mem", "empty": "", "dot": ".", "deep": "a/../../canary.bin", "missing": "nosuch.bin"}.items():
        add("T11", "location_" + k, "model", "E", outside(location=v), ".onnx")
    add("T11", "offset", "model", "E", outside(location="weights.bin", offset="18446744073709551615"), ".onnx")
    add("T11", "offset_negative", "model", "E", outside(location="weights.bin", offset="-4"), ".onnx")
    add("T11", "length", "model", "E", outside(location="weights.bin", length="9223372036854775807"), ".onnx")
    add("T11", "length_short", "model", "E", outside(location="weights.bin", length="8"), ".onnx")
    add("T11", "good", "model", "O", outside(location="weights.bin"), ".onnx")
    add("T11", "forbidden", "model", "E", outside(location="weights.bin"), ".onnx", args=["--no-external-data"])
    add("T12", "cycle", "model", "E", small([node("Add", ["x", "b2"], ["a2"]), node("Add", ["a2", "x"], ["b2"]), node("Identity", ["b2"], ["y"])], []),
        ".onnx")
    add("T12", "self", "model", "E", small([node("Add", ["x", "y"], ["y"])], []), ".onnx")
    add("T12", "ssa", "model", "E", small([node("Relu", ["x"], ["y"]), node("Neg", ["x"], ["y"])], []), ".onnx")
    add("T12", "undefined", "model", "E", small([node("Add", ["x", "nosuch"], ["y"])], []), ".onnx")
    add("T12", "no_output", "model", "E", small([node("Relu", ["x"], ["z"])], []), ".onnx")
    add("T12", "loop", "model", "E", small([node("Loop", ["x"], ["y"], [attr("body", g=graph([node("Relu", ["a"], ["c"])]))])], []), ".onnx")
    chain = [node("Relu", ["x" if i == 0 else f"v{i}"], [f"v{i + 1}" if i < 29999 else "y"]) for i in range(30000)]
    add("T12", "chain", "model", "EO", small(chain, []), ".onnx", verbs=["info", "predict"])
    double = [node("Concat", [f"v{i}" if i else "x"] * 2, [f"v{i + 1}" if i < 59 else "y"], [attr("axis", 2)]) for i in range(60)]
    add("T12", "doubling", "model", "E", small(double, []), ".onnx")
    i8 = struct.pack("<q", 1 << 40)
    add("T12", "constant_of_shape", "model", "E", small([node("ConstantOfShape", ["s"], ["k"]), node("Add", ["x", "k"], ["y"])],
                                                        [tensor("s", [1], i8, 7)]), ".onnx")
    add("T12", "pad", "model", "E", small([node("Pad", ["x", "p"], ["y"])], [tensor("p", [6], struct.pack("<6q", 0, 0, 0, 0, 0, 1 << 50), 7)]),
        ".onnx")
    add("T12", "range", "model", "E", small([node("Range", ["a", "b", "c"], ["k"]), node("Add", ["x", "k"], ["y"])],
                                            [tensor("a", [], f4(0)), tensor("b", [], f4(1e30)), tensor("c", [], f4(1e-30))]), ".onnx")
    w = tensor("w", [1, 1, 2], f4(1, 2))
    for k in ("kernel_shape", "strides", "dilations", "pads"):
        for v in (0, -1, 1 << 40, (1 << 63) - 1):
            if k == "pads" and v == 0:
                continue
            a = [attr(k, ints=[v, v] if k == "pads" else [v])]
            add("T13", f"{k}_{v}", "model", "EO" if k == "pads" and v == -1 else "E", small([node("Conv", ["x", "w"], ["y"], a)], [w]), ".onnx")
    for v in (0, -1, 3, 1 << 62):
        add("T13", f"group_{v}", "model", "E", small([node("Conv", ["x", "w"], ["y"], [attr("group", v)])], [w]), ".onnx")
    add("T13", "type", "model", "E", small([node("Conv", ["x", "w"], ["y"], [attr("strides", s="abc")])], [w]), ".onnx")
    add("T13", "twice", "model", "EO", small([node("Conv", ["x", "w"], ["y"], [attr("group", 1), attr("group", 1)])], [w]), ".onnx")
    onnx_operators()
    onnx_loops()
    onnx_inputs()
    evil = "\x1b]0;owned\x07\x1b[31m\u202e\u2066\x9b\r%n"
    add("T19", "onnx_names", "model", "EO", small([node("Relu", ["x"], [evil], name=evil), node("Neg", [evil], ["y"])], []), ".onnx")
    add("T19", "onnx_op", "model", "U", small([node(evil, ["x"], ["y"], name=evil)], []), ".onnx")
    for name, v in {"nan": float("nan"), "inf": float("inf"), "huge": 3e38}.items():
        add("T18", f"onnx_{name}", "model", "O", small(inits=[tensor("w", [4, 1], f4(v, 1, 1, 1)), tensor("b", [1], f4(0))]), ".onnx")


# ---- json ----

def json_files():
    good = {"format": "tsviz-model", "version": 1, "producer": "p",
            "input": {"name": "x", "type": "Input", "layout": "NCT", "steps": 4, "channels": 1, "batch": 1},
            "constants": [{"name": "w", "shape": [4, 1], "weight": True, "float32": [1, 2, 3, 4]}],
            "layers": [{"name": "flat", "type": "Flatten", "activation": "", "kind": "layout", "nodes": [
                {"op": "Flatten", "name": "flat", "inputs": ["x"], "outputs": ["f"], "attributes": {}}], "pre": "f", "act": "f", "reads": [0]},
                {"name": "d", "type": "Dense", "activation": "", "kind": "analysed", "nodes": [
                    {"op": "Gemm", "name": "d", "inputs": ["f", "w"], "outputs": ["y"], "attributes": {}}], "pre": "y", "act": "y", "reads": [1]}],
            "output": "y"}
    text = json.dumps(good)
    add("T16", "good", "model", "O", text, ".json")

    def with_(**over):
        return json.dumps({**good, **over})
    add("T14", "arrays", "model", "E", "[" * 10000000, ".json")
    add("T14", "objects", "model", "E", '{"format":"tsviz-model","x":' + '{"a":' * 100000, ".json")
    add("T14", "ones", "model", "E", '{"format":"tsviz-model","x":[' + "1," * 12500000 + "1]}", ".json")
    add("T14", "digits", "model", "E", '{"format":"tsviz-model","version":' + "1" * 1000000 + "}", ".json")
    add("T14", "keys", "model", "E", '{"format":"tsviz-model",' + ",".join(f'"k{i}":1' for i in range(300000)) + "}", ".json")
    add("T14", "string", "model", "E", '{"format":"tsviz-model","producer":"' + "a" * 30000000 + '"}', ".json")
    head = text[:-1]
    for name, tail in {"nan": ',"n":NaN}', "infinity": ',"n":Infinity}', "e999": ',"n":1e999}', "hex": ',"n":0x10}', "comment": "/* */}",
                       "trailing": "} x", "duplicate": ',"version":1}', "case": ',"VERSION":1}', "nul": ',"n":"\\u0000"}', "surrogate": ',"n":"\\ud800"}',
                       "leading_zero": ',"n":01}', "point": ',"n":1.}', "single": ",'n':1}", "comma": ",}", "bare": ",n:1}"}.items():
        add("T15", name, "model", "E", head + tail, ".json")
    add("T15", "utf8", "model", "E", head.encode() + b',"n":"\xff\xfe"}', ".json")
    add("T15", "utf16", "model", "E", text.encode("utf-16"), ".json")
    add("T15", "control", "model", "E", head + ',"n":"\x01"}', ".json")
    lies = {"steps0": with_(input={**good["input"], "steps": 0}), "steps_huge": with_(input={**good["input"], "steps": 1 << 52}),
            "steps_float": with_(input={**good["input"], "steps": 1e308}), "channels": with_(input={**good["input"], "channels": 3}),
            "layout": with_(input={**good["input"], "layout": "TNT"}), "version": with_(version=99), "output": with_(output="nosuch"),
            "short": with_(constants=[{**good["constants"][0], "float32": [1, 2]}]),
            "long": with_(constants=[{**good["constants"][0], "float32": [1] * 9}]),
            "shape": with_(constants=[{**good["constants"][0], "shape": [-4, -1]}]),
            "shape_huge": with_(constants=[{**good["constants"][0], "shape": [1 << 40, 1 << 40]}]),
            "shape_text": with_(constants=[{**good["constants"][0], "shape": "4"}]),
            "base64": with_(constants=[{**good["constants"][0], "float32": ["!!!!"]}]),
            "words": with_(constants=[{**good["constants"][0], "float32": ["a", 1, None, {}]}]),
            "reads": with_(layers=[{**good["layers"][0], "reads": [99]}, good["layers"][1]]),
            "reads_itself": with_(layers=[{**good["layers"][0], "reads": [1]}, good["layers"][1]]),
            "op": with_(layers=[{**good["layers"][0], "nodes": [{**good["layers"][0]["nodes"][0], "op": "System"}]}, good["layers"][1]]),
            "attribute": with_(layers=[{**good["layers"][0], "nodes": [{**good["layers"][0]["nodes"][0], "attributes": {"axis": {"int": 1e308}}}]},
                                       good["layers"][1]]),
            "batch": with_(input={**good["input"], "batch": 3}),
            "integers": with_(layers=[good["layers"][0], {**good["layers"][1], "pre": "i", "act": "i", "nodes": good["layers"][1]["nodes"] + [
                {"op": "ArgMax", "name": "a", "inputs": ["f"], "outputs": ["i"], "attributes": {}}]}]),
            "layers": with_(layers=[]), "null": "null", "number": "7", "empty_object": "{}"}
    for name, t in lies.items():
        add("T16", name, "model", "E", t, ".json")
    evil = "\u001b]0;x\u0007\u202e\u0085%s"
    add("T19", "json_names", "model", "EO", with_(layers=[{**good["layers"][0], "name": evil}, good["layers"][1]]), ".json")
    add("T18", "json_huge", "model", "O", with_(constants=[{**good["constants"][0], "float32": [3e38, -3e38, 1e-45, 0]}]), ".json")
    for name, t in {"unknown": '{"nosuch":1}', "fit": '{"fit":"9:1"}', "columns": '{"columns":[{}]}', "deep": "[" * 5000, "text": "hello",
                    "window": '{"window":1e300}', "scaler": '{"scaler":"shift 1;scale 0"}', "step": '{"step":0}', "twice": '{"step":1,"step":2}',
                    "evil": json.dumps({evil: 1})}.items():
        add("T16", "recipe_" + name, "recipe", "E", t, ".json")


# ---- shards of surveys ----

def survey_files():
    program, folder = os.path.join(HERE, "../../build/release/tsviz"), os.path.join(HERE, "../survey")
    text = subprocess.run([program, "survey", os.path.join(folder, "net.onnx"), os.path.join(folder, "windows.npz"), "-q", "--maps", "2",
                           "--shard", "1/1"], stdout=subprocess.PIPE, check=True).stdout.decode()
    add("T16", "survey_good", "survey", "O", text, ".json")

    def changed(name, pattern, to):
        other = re.sub(pattern, to, text, count=1, flags=re.M)
        assert other != text, name
        add("T16", "survey_" + name, "survey", "E", other, ".json")
    for key in "windows", "chunk", "outputs", "filters", "steps", "taps", "channel_count", "positions", "from", "first", "chunks", "precision_bits", "schema":
        for name, v in ("negative", "-1"), ("huge", "9007199254740992"), ("real", "1e300"), ("text", '"1"'):
            changed(f"{key}_{name}", f'"{key}":[0-9]+', f'"{key}":{v}')
    for name, pattern, to in (
            ("no_parts", r'"parts":\[', '"part":['), ("nested", r'"parts":\[', '"parts":[' + "[" * 90), ("no_layers", r'"layers":\[', '"layers":[[],'),
            ("long_text", r'"network_text":"', '"network_text":"' + "1 " * 5000000), ("minus", r'"outputs_text":"[^ ]+ ', '"outputs_text":"-1 '),
            ("nan", r'"outputs_text":"([^ ]+ ){4}[^ ]+ ', '"outputs_text":"1 0 0 0 nan '), ("empty", r'"outputs_text":"[^"]*"', '"outputs_text":""'),
            ("no_moments", r'"moment_texts":\[\n"[^"]*"', '"moment_texts":[1'), ("task", '"task":"[a-z]*"', '"task":"segmentation"'),
            ("classes", r'"classes":\[', '"classes":["x",'), ("rests", r'"axes":\["limit"\],"values":\[', '"axes":["limit"],"values":[1,2,')):
        changed(name, pattern, to)
    add("T14", "survey_short", "survey", "E", text[:len(text) // 2], ".json")
    evil = "\\u001b]0;x\\u0007"
    add("T19", "survey_names", "survey", "EO", text.replace('"stem_z"', '"%s"' % evil), ".json")


# ---- csv ----

# ---- sessions ----

def record(text):
    data = text.encode()
    return b"%08x %08x %s\n" % (len(data), zlib.crc32(data), data)


def session_files():
    with open(os.path.join(HERE, "../session/full.json")) as f:
        text = f.read()

    def put(name, expect, data, threat="T23"):
        add(threat, "session_" + name, "session", expect, data, ".json")

    def changed(name, pattern, to, expect="E"):
        other = re.sub(pattern, lambda m: to, text, count=1, flags=re.M)
        assert other != text, name
        put(name, expect, other)
    put("good", "O", text)
    for key in "tsviz_session", "windows", "percentile", "zoom", "seed", "clusters", "bytes":
        for name, v in ("negative", "-1001"), ("huge", "9007199254740994"), ("real", "1e300"), ("text", '"1"'), ("null", "null"):
            changed(f"{key}_{name}", f'"{key}":-?[0-9]+', f'"{key}":{v}')
    for name, pattern, to in (
            ("nested_view", '"view":', '"view":' + "[" * 90), ("nested_deep", '"marks":', '"marks":' + "[" * 100000), ("long_recipe", '"--columns', '"' + "x" * 5000),
            ("marks_descend", r"\[2,3,5\]", "[5,3,2]"), ("marks_many", r"\[2,3,5\]", json.dumps(list(range(100001)))), ("marks_real", r"\[2,3,5\]", "[0.5]"),
            ("about", '"about":"filter"', '"about":"shell"'), ("time", "2026-11-27T13:00:00Z", "yesterday"), ("id", "0123456789abcdef", "../../etc/passwd"),
            ("key", '"layers"', '"layer_names"'), ("twice", '"recipe"', '"saved":"","recipe"')):
        changed(name, pattern, to)
    # notes and edited windows
    for name, pattern, to, expect in (
            ("note_long", "fires at", "x" * 4001, "E"), ("note_layer_long", '"layer":"conv1","filter":7,"cluster"', '"layer":"%s","filter":7,"cluster"' % ("x" * 5000), "E"),
            ("note_filter", '"filter":7,"cluster":-1', '"filter":-2,"cluster":-1', "E"), ("note_cluster", '"filter":7,"cluster":-1', '"filter":7,"cluster":0.5', "E"),
            ("note_question", r'"target":"sum"', '"target":"output:99999999999999999999"', "O"), ("note_unknown", r'"author":"ann"', '"author":"ann","shell":"ls"', "E"),
            ("note_author", r'"author":"ann"', '"author":["ann"]', "E"), ("note_edited", '"edited":"00112233445566ff","author"', '"edited":"ffffffffffffffff","author"', "O"),
            ("notes_list", r'"notes":\{', '"notes":[],"more":{', "E"), ("edit_id", r'^"00112233445566ff":', '"../../../etc/passwd":', "E"),
            ("edit_value", "1e-07", "1e300", "E"), ("edit_text", "1e-07", '"1"', "E"), ("edit_null", "1e-07", "null", "E"), ("edit_empty", r"\[1e-07\]", "[]", "E"),
            ("edit_short", r"\[1,7,\[1e-07\]\]", "[1,7]", "E"), ("edit_channel", r"\[1,7,", "[-1,7,", "E"), ("edit_step", r"\[1,7,", "[1,9007199254740994,", "E"),
            ("edit_far", r"\[1,7,", "[1000000,9007199254740991,", "O"), ("edit_real", r"\[1,7,", "[1,0.5,", "E"), ("edit_changes", '"changes":', '"change":', "E"),
            ("edit_nested", r'"changes":\[', '"changes":[' + "[" * 90, "E"), ("edits_list", r'"edits":\{', '"edits":[],"more":{', "E"),
            ("edits_long", r"\[1e-07\]", json.dumps([0.5] * 300000), "O"), ("smaller", '"smaller":":prune 50%"', '"smaller":7', "E")):
        changed(name, pattern, to, expect)
    put("edits_many", "E", '{"tsviz_session":1,"edits":{' + ",".join('"%016x":{"changes":[]}' % i for i in range(1001)) + "}}", "T14")
    put("note_bytes", "E", text.encode().replace(b"fires at", b"fires \xff\xfe at"))
    put("note_control", "E", text.encode().replace(b"fires at", b"fires \x1b[2J at"))
    put("notes_10000", "O", '{"tsviz_session":1,"notes":{' + ",".join('"%016x":{"about":"model","time":"2026-11-27T13:00:00Z","text":"%s"}' % (i, "\\u001b[2J" * 40) for i in range(10000)) + "}}", "T14")
    put("short", "E", text[:len(text) // 2], "T14")
    put("ones", "E", '{"tsviz_session":1,"pins":[' + "1," * 4000000 + "1]}", "T14")
    put("notes_many", "E", '{"tsviz_session":1,"notes":{' + ",".join('"%016x":{}' % i for i in range(10001)) + "}}", "T14")
    evil = "\\u001b]0;x\\u0007\\u202e\\u200b\\r\\n%s%n"
    put("names", "O", text.replace("conv1", evil).replace("pump 3", evil).replace('"ann"', '"%s"' % evil).replace("fires at", evil), "T19")
    put("empty", "E", "")
    put("binary", "E", bytes(range(256)))
    # journals beside a session that is fine
    base = hashlib.sha256(text.encode()).hexdigest()
    start, change = record('{"base":"%s","by":"%s"}' % (base, evil)), record('{"windows":7}')
    for name, expect, journal in (
            ("torn", "O", start + change[:-3]), ("damaged", "O", start + change.replace(b"7", b"8") + change), ("huge", "O", start + b"7fffffff 00000000 {}\n"),
            ("wrong", "E", start + record('{"windows":"x"}')), ("null", "O", start + record('{"notes":null,"view":null}')), ("list", "O", start + record("[1]")),
            ("deep", "E", start + b"".join(record('{"view":' * 30 + "{}" + "}" * 30) for _ in range(1))), ("foreign", "O", record('{"base":"%s"}' % ("0" * 64)) + change),
            ("grows", "E", start + b"".join(record('{"k%d":[%s1]}' % (i, "1," * 400000)) for i in range(5))), ("none", "O", b"\0" * 5000)):
        put("journal_" + name, expect, text)
        with open(os.path.join(OUT, f"T23_session_journal_{name}.json.journal"), "wb") as f:
            f.write(journal)


def csv_files():
    rows = "".join(f"{i},{i * 2}\n" for i in range(60))
    good = "a,b\n" + rows
    add("T17", "good", "data", "O", good, ".csv")
    add("T17", "quote", "data", "E", 'a,b\n1,"' + "x" * 20000000, ".csv")
    add("T17", "line", "data", "E", "a,b\n" + "1" * 30000000 + "\n", ".csv")
    add("T17", "commas", "data", "E", "," * 5000000, ".csv")
    add("T17", "columns", "data", "E", ",".join(["1"] * 1000000) + "\n", ".csv")
    add("T17", "nul", "data", "E", b"a,b\n1,\x002\n" + rows.encode(), ".csv")
    add("T17", "ragged", "data", "E", good + "1\n2,3,4\n", ".csv")
    add("T17", "word", "data", "E", good + "1,word\n", ".csv")
    add("T17", "overflow", "data", "E", good + "1,1e999\n", ".csv")
    add("T17", "hole", "data", "E", good + "1,\n", ".csv")
    add("T17", "comma_decimal", "data", "EO", good.replace(",", ";").replace("2\n", "2,5\n"), ".csv")
    add("T17", "utf16", "data", "O", good.encode("utf-16"), ".csv")
    for enc in ("utf-32", "utf-32-le", "utf-32-be"):
        wide = good.encode(enc)
        add("T17", enc, "data", "O", wide, ".csv")
        add("T17", enc + "_cut", "data", "EO", wide[:-3], ".csv")
        add("T17", enc + "_high", "data", "EO", wide[:400] + b"\xff\xff\xff\xff" * 4 + wide[400:], ".csv")
        add("T17", enc + "_zero", "data", "E", wide[:400] + b"\0" * 8 + wide[400:], ".csv")
    add("T17", "units", "data", "EO", "a,b\n" + "".join(f"{i} V,{i} \x1b[31m\n" for i in range(60)), ".csv")
    add("T17", "pieces", "data", "E", "a,b\n" + "1,2\n" * 900000 + '1,"' + "x" * 100000, ".csv")
    add("T17", "pieces_word", "data", "E", "a,b\n" + "1,2\n" * 900000 + "1,word\n", ".csv")
    grouped = "g,a,b\n" + "".join(f"{i // 40},{i},{i * 2}\n" for i in range(80))
    add("T17", "groups", "data", "O", grouped, ".csv", args=["--columns", "a,b", "--group", "g"])
    add("T17", "groups_each", "data", "E", "g,a,b\n" + "".join(f"{i},{i},1\n" for i in range(60000)), ".csv", args=["--columns", "a,b", "--group", "g"])
    add("T17", "groups_same", "data", "EO", grouped, ".csv", args=["--columns", "a,b", "--group", "g,g"])
    add("T17", "stack_one", "data", "EO", grouped, ".csv", args=["--stack"])
    add("T17", "gzip", "data", "EO", b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"\0" * 20, ".csv")
    add("T17", "crlf", "data", "O", good.replace("\n", "\r\n"), ".csv")
    add("T17", "bom", "data", "O", b"\xef\xbb\xbf" + good.encode(), ".csv")
    add("T17", "empty", "data", "E", b"", ".csv")
    add("T17", "header_only", "data", "E", "a,b\n", ".csv")
    add("T17", "binary", "data", "E", bytes(random.Random(17).randrange(256) for _ in range(20000)), ".csv")
    add("T17", "hex", "data", "E", good + "0x10,1\n", ".csv")
    add("T17", "inf", "data", "E", good + "inf,1\n", ".csv")
    add("T17", "missing_nan", "data", "O", good + "nan,1\n1,1\n", ".csv", args=["--missing", "interpolate"])
    add("T17", "rows", "data", "O", "a,b\n" + "1,2\n3,4\n" * 1500000, ".csv", args=["--rows", "0:40"])
    add("T18", "constant", "data", "O", "a,b\n" + "5,1\n" * 60, ".csv", args=["--scale", "standard"])
    add("T18", "constant_minmax", "data", "O", "a,b\n" + "5,1\n" * 60, ".csv", args=["--scale", "minmax"])
    add("T18", "large", "data", "E", "a,b\n" + "1e300,-1e300\n" * 60, ".csv")
    evil = "\x1b]52;c;aGk=\x07\x1b[31m\u202e\x9b2J\rx"
    add("T19", "header", "data", "O", f'"{evil}",b\n' + rows, ".csv")
    add("T19", "header_error", "data", "E", f'"{evil}",b\n' + rows, ".csv", args=["--columns", "nosuch"])
    add("T19", "cell", "data", "E", good + f'1,"{evil}"\n', ".csv")
    add("T19", "stamp", "data", "O", "t,a,b\n" + "".join(f'"{evil}{i}",{i},{i}\n' for i in range(60)), ".csv")
    add("T19", "group", "data", "O", "g,a,b\n" + "".join(f'"{evil}{i // 40}",{i},{i * 2}\n' for i in range(80)), ".csv", args=["--columns", "a,b", "--group", "g"])
    add("T19", "jsonl", "data", "EO", "".join(json.dumps({evil: i, "b": evil}) + "\n" for i in range(60)), ".jsonl")
    add("T19", "file_\x1b[31m\r\u202ename", "data", "E", good + "x,1\n", ".csv")
    add("T19", "argument", "data", "E", good, ".csv", args=["--columns", evil])


# ---- data in the field's formats ----

def npy(head, data=b"", version=1):
    head = head.encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(head)) + head + data


def npy_head(descr="'<f4'", shape="(4, 2, 15)", fortran="False"):
    return "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n" % (descr, fortran, shape)


def zipped(members, method=zipfile.ZIP_STORED):
    buf = io.BytesIO()
    with zipfile.ZipFile(buf, "w", method) as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return buf.getvalue()


def packed(data):
    return gzip.compress(data if isinstance(data, bytes) else data.encode(), mtime=0)


def data_files():
    """T17: what .ts, ARFF, .npy, .npz, wide tables and gzip can do. The model reads 15 steps of 2 channels."""
    one = [0.5] * 15
    row = ",".join(map(str, one))
    pair = row + ":" + row
    window = struct.pack("<30f", *one * 2)
    ts = "@problemName x\n@classLabel true a b\n@data\n"
    rel = "@relation x\n@attribute r relational\n" + "".join(f"@attribute t{i} numeric\n" for i in range(15)) + "@end r\n@attribute c {a,b}\n@data\n"
    tsf = "@relation x\n@attribute series_name string\n@attribute start_timestamp date\n@frequency daily\n@horizon 3\n@missing false\n@equallength false\n@data\n"
    long = ",".join("1" for _ in range(40))
    files = [
        ("tsf_good", "EO", tsf + "T1:2020-01-01 00-00-00:" + long + "\n", ".tsf"), ("tsf_head_only", "E", tsf, ".tsf"), ("tsf_no_values", "E", tsf + "T1:2020-01-01 00-00-00:\n", ".tsf"),
        ("tsf_no_colon", "E", tsf + long + "\n", ".tsf"), ("tsf_date", "EO", tsf + "T1:9999999999-99-99 99-99-99:" + long + "\n", ".tsf"), ("tsf_zero", "E", tsf.encode() + b"T1\0:x:" + long.encode() + b"\n", ".tsf"),
        ("tsf_attributes", "E", "@relation x\n" + "@attribute a string\n" * 20000 + "@data\nT1:" + long + "\n", ".tsf"), ("tsf_escape", "EO", tsf + "\x1b]0;x\x07:2020-01-01 00-00-00:" + long + "\n", ".tsf"),
        ("tsf_series", "EO", tsf + ("T:2020-01-01 00-00-00:1,2\n" * 200000), ".tsf"), ("tsf_values", "E", tsf + "T1:2020-01-01 00-00-00:1,x,1e999,?,\n", ".tsf"),
        ("tsf_horizon", "EO", tsf.replace("@horizon 3", "@horizon -9223372036854775808") + "T1:2020-01-01 00-00-00:" + long + "\n", ".tsf"),
        ("tsf_frequency", "EO", tsf.replace("daily", "d" * 1000000) + "T1:2020-01-01 00-00-00:" + long + "\n", ".tsf"),
        ("ts_good", "O", ts + f"{pair}:a\n{pair}:b\n", ".ts"),
        ("ts_no_data", "E", "@problemName x\n" * 100000, ".ts"),
        ("ts_head_only", "E", ts, ".ts"),
        ("ts_labels", "E", "@classLabel true " + "a " * 1000000 + "\n@data\n", ".ts"),
        ("ts_long_label", "EO", ts + f"{pair}:" + "L" * 5000000 + "\n", ".ts"),
        ("ts_many_labels", "EO", ts + "".join(f"{pair}:{i}\n" for i in range(3000)), ".ts"),
        ("ts_evil_label", "O", ts + f"{pair}:\x1b]0;x\x07\u202eb\n{pair}:a\n", ".ts"),
        ("ts_colons", "E", ts + ":" * 5000000 + "\n", ".ts"),
        ("ts_commas", "E", ts + "," * 20000000 + ":a\n", ".ts"),
        ("ts_brackets", "E", ts + "(" * 5000000 + "\n", ".ts"),
        ("ts_many_short", "EO", ts + "1:a\n" * 3000000, ".ts"),
        ("ts_one_long_channel", "E", ts + "1" + ",1" * 3000000 + ":1" * 3000 + ":a\n", ".ts"),
        ("ts_ragged", "E", ts + f"{pair}:a\n{row}:a\n", ".ts"),
        ("ts_zeros", "E", ts.encode() + b"\0" * 1000000, ".ts"),
        ("ts_numbers", "E", ts + f"{row},1e999999999999:a\n", ".ts"),
        ("ts_long_number", "EO", ts + row + ":" + row[:-3] + "0." + "3" * 1000000 + ":a\n", ".ts"),
        ("ts_stamps", "EO", ts + ",".join(f"({i}:{i},{i})" for i in range(15)) + ":" + row + ":a\n", ".ts"),
        ("ts_binary", "E", ts.encode() + bytes(random.Random(5).randrange(256) for _ in range(100000)), ".ts"),
        ("arff_good", "O", rel + f"'{row}\\n{row}',a\n'{row}\\n{row}',b\n", ".arff"),
        ("arff_quote", "E", rel + "'" + "1," * 1000000, ".arff"),
        ("arff_attributes", "E", "@relation x\n" + "@attribute a numeric\n" * 1100000 + "@data\n1\n", ".arff"),
        ("arff_name", "E", "@relation x\n@attribute '" + "n" * 3000000 + "\x1b[31m' date\n", ".arff"),
        ("arff_nested", "E", "@relation x\n" + "@attribute r relational\n" * 100000, ".arff"),
        ("arff_lines", "E", rel + "'" + "\\n" * 1000000 + "',a\n", ".arff"),
        ("arff_classes", "EO", "@relation x\n@attribute c {" + "a," * 1000000 + "}\n@data\n", ".arff"),
        ("arff_sparse", "E", "@relation x\n@attribute a numeric\n@data\n{0 1}\n", ".arff"),
        ("npy_good", "O", npy(npy_head(), window * 4), ".npy"),
        ("npy_version", "E", npy(npy_head(), window * 4, 9), ".npy"),
        ("npy_head_length", "E", b"\x93NUMPY\2\0\xff\xff\xff\xff" + npy_head().encode(), ".npy"),
        ("npy_promise", "E", npy(npy_head(shape="(1000000000, 2, 15)"), window), ".npy"),
        ("npy_overflow", "E", npy(npy_head(shape="(999999999999999, 999999999999999, 999999999999999)"), window), ".npy"),
        ("npy_zero", "E", npy(npy_head(shape="(0, 50)")), ".npy"),
        ("npy_zero_huge", "E", npy(npy_head(shape="(0, 999999999999999, 999999999999999)")), ".npy"),
        ("npy_scalar", "E", npy(npy_head(shape="()"), b"\0\0\0\0"), ".npy"),
        ("npy_rank", "E", npy(npy_head(shape="(1," * 200 + ")"), window), ".npy"),
        ("npy_negative", "E", npy(npy_head(shape="(-4, 50)"), window * 4), ".npy"),
        ("npy_object", "E", npy(npy_head("'|O'"), b"\x80\x04cos\nsystem\n"), ".npy"),
        ("npy_record", "E", npy(npy_head("[('a', '<f4'), ('b', '<f4')]"), window * 4), ".npy"),
        ("npy_type", "E", npy(npy_head("'<c16'"), window * 16), ".npy"),
        ("npy_size", "E", npy(npy_head("'<f99999999999'"), window * 4), ".npy"),
        ("npy_empty_text", "E", npy(npy_head("'<U0'"), b""), ".npy"),
        ("npy_dict_twice", "E", npy("{'shape': (4, 2, 15), 'shape': (9999, 2, 15), 'descr': '<f4', 'fortran_order': False}\n", window * 4), ".npy"),
        ("npy_code", "E", npy("{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': (4, 2, 15)}\n"), ".npy"),
        ("npy_nan", "E", npy(npy_head(), struct.pack("<30f", *[float("nan")] * 30) * 4), ".npy"),
        ("npy_inf", "E", npy(npy_head(), struct.pack("<30f", *[float("inf")] * 30) * 4), ".npy"),
        ("npz_good", "O", zipped([("x.npy", npy(npy_head(), window * 4)), ("y.npy", npy(npy_head("'|u1'", "(4,)"), b"\0\1\0\1"))]), ".npz"),
        ("npz_names", "E", zipped([(f"../../{i}\x1b[31m.npy", b"x") for i in range(50)]), ".npz"),
        ("npz_bomb", "E", zipped([("x.npy", npy(npy_head(shape="(5000000, 2, 15)")) + b"\0" * 600000000)], zipfile.ZIP_DEFLATED), ".npz"),
        ("npz_labels", "E", zipped([("x.npy", npy(npy_head(), window * 4)), ("y.npy", npy(npy_head("'<i8'", "(400000000,)"), b"\0" * 8))]), ".npz"),
        ("npz_pickle", "E", zipped([("x.npy", b"\x80\x04cos\nsystem\n")]), ".npz"),
        ("npz_empty", "E", zipped([]), ".npz"),
        ("npz_cut", "E", zipped([("x.npy", npy(npy_head(), window * 4))])[:-30], ".npz"),
        ("wide_good", "O", "".join("\t".join(["1"] + ["0.5"] * 30) + "\n" for _ in range(4)), ".tsv"),
        ("wide_word", "E", "".join("\t".join(["1"] + ["0.5"] * 30) + "\n" for _ in range(4)) + "1\tx\n", ".tsv"),
        ("wide_quote", "E", "".join("\t".join(["1"] + ["0.5"] * 30) + "\n" for _ in range(4)) + '"' + "1\t" * 1000000, ".tsv"),
        ("gz_good", "O", packed(ts + f"{pair}:a\n{pair}:b\n"), ".gz"),
        ("gz_bomb", "E", packed(b"1,1\n" * 150000000), ".gz"),
        ("gz_bomb_ts", "E", packed(ts.encode() + b"1," * 200000000), ".gz"),
        ("gz_bomb_npy", "E", packed(npy(npy_head(shape="(3333333, 2, 15)")) + b"\0" * 400000000), ".gz"),
        ("gz_of_gz", "E", packed(packed(ts)), ".gz"),
        ("gz_cut", "E", packed(ts + (pair + ":a\n") * 100)[:-9], ".gz"),
        ("gz_checksum", "E", packed(ts + f"{pair}:a\n")[:-8] + b"\0" * 8, ".gz"),
        ("gz_empty", "E", b"\x1f\x8b", ".gz"),
    ]
    for name, expect, data, ext in files:
        # large ones to one verb; eval of a forecasting network refuses labels
        large = len(data) > 2000000 or "bomb" in name
        add("T17", name, "data", expect, data, ext, verbs=["predict"] if large else ["predict", "analyze"] if expect == "O" else None)


# ---- formats of the field ----

def field_files():
    """Sound, MATLAB, EDF, WFDB and JSON: headers that promise more than the file has, sizes that overflow, names that lead out."""
    def riff(rate=8000, channels=1, size=None, fmt_size=16, data=b"\0\1" * 300, bits=16):
        body = b"WAVEfmt " + struct.pack("<IHHIIHH", fmt_size, 1, channels, rate, rate * 2, 2, bits)
        body += b"data" + struct.pack("<I", len(data) if size is None else size) + data
        return b"RIFF" + struct.pack("<I", len(body)) + body

    def level4(rows, cols, name=b"x\0", kind=0, data=b"\0" * 800, imag=0):
        return struct.pack("<5I", kind, rows, cols, imag, len(name)) + name + data

    def edf(signals=b"1   ", samples=b"240     ", records=b"1       ", size=b"512     ", data=b"\1\0" * 240):
        head = b"0       " + b"X X X X".ljust(80) + b"Startdate".ljust(80) + b"01.01.24" + b"00.00.00" + size + b"".ljust(44) + records
        return (head + b"1       " + signals + b"ECG".ljust(16) + b"".ljust(80) + b"mV      -5      5       -32768  32767   " + b"".ljust(80)
                + samples + b"".ljust(32) + data)

    foreign = os.path.join(HERE, "..", "foreign")
    series = open(os.path.join(foreign, "windows_first.mat"), "rb").read()
    names = open(os.path.join(foreign, "names.mat"), "rb").read()
    packed_cells = open(os.path.join(foreign, "packed.mat"), "rb").read()
    deep = "{\"a\":" * 200 + "1" + "}" * 200
    files = [
        ("wav_good", "EO", riff(), ".wav"), ("wav_channels", "EO", riff(channels=65535), ".wav"), ("wav_rate", "EO", riff(rate=0xffffffff // 4), ".wav"),
        ("wav_size", "EO", riff(size=0xfffffff0), ".wav"), ("wav_fmt", "E", riff(fmt_size=0xfffffff0), ".wav"), ("wav_bits", "EO", riff(bits=0), ".wav"),
        ("wav_none", "E", riff(data=b""), ".wav"), ("flac_zeros", "E", b"fLaC" + b"\0" * 60, ".flac"),
        ("flac_samples", "E", b"fLaC\x80\0\0\x22" + b"\x10\0\x10\0" + b"\0" * 6 + b"\x0a\xc4\x40\xff\xff\xff\xff\xff" + b"\0" * 16, ".flac"),
        ("aiff_size", "E", b"FORM\xff\xff\xff\xffAIFFCOMM\0\0\0\x12\xff\xff\xff\xff\xff\xff" + b"\0" * 40, ".aiff"),
        ("mat4_rows", "E", level4(0x7fffffff, 0x7fffffff), ".mat"), ("mat4_wide", "E", level4(1 << 20, 1 << 10), ".mat"),
        ("mat4_name", "EO", level4(10, 10, b"a" * 60 + b"\0"), ".mat"), ("mat4_text", "E", level4(10, 10, kind=1), ".mat"),
        ("mat4_complex", "E", level4(10, 5, imag=1), ".mat"), ("mat5_head", "E", series[:128], ".mat"), ("mat5_cut", "EO", series[:300], ".mat"),
        ("mat5_tags", "EO", series[:128] + b"\x0e\0\0\0\xff\xff\xff\x7f" + b"\x06\0\0\0\x08\0\0\0" * 50, ".mat"),
        ("mat5_self", "EO", names[:128] + names[128:] * 30, ".mat"), ("mat73_empty", "E", b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM" + b"\0" * 600, ".mat"),
        ("edf_good", "EO", edf(), ".edf"), ("edf_signals", "E", edf(signals=b"9999"), ".edf"), ("edf_samples", "E", edf(samples=b"99999999"), ".edf"),
        ("edf_records", "E", edf(records=b"99999999"), ".edf"), ("edf_minus", "E", edf(records=b"-1      "), ".edf"), ("edf_size", "E", edf(size=b"99999999"), ".edf"),
        ("bdf_blank", "E", b"\xffBIOSEMI" + b" " * 248, ".bdf"), ("hea_passwd", "E", "r 1 360 10\n../../../../etc/passwd 16 200\n", ".hea"),
        ("hea_absolute", "E", "r 1 360 10\n/etc/passwd 16 200\n", ".hea"), ("hea_samples", "E", "r 1 360 1000000000000\nT17_hea_samples.hea 16 200\n", ".hea"),
        ("hea_itself", "EO", "r 1 360\nT17_hea_itself.hea 16 200\n", ".hea"), ("hea_signals", "E", "r 1024 360 10\n" + "x.dat 16 200\n" * 1023, ".hea"),
        ("hea_fifo", "E", "r 1 360 10\nT21_fifo.csv 16 200\n", ".hea"), ("hea_escape", "E", "r 1 360 10\n\x1b[2J.dat 16 200\n", ".hea"),
        ("mat_labels_cut", "EO", names[:len(names) * 2 // 3], ".mat"), ("mat_labels_bytes", "EO", names[:-400] + b"\xff" * 300 + names[-100:], ".mat"),
        ("mat_name", "EO", names.replace(b"labels", b"la\x1b[2J"), ".mat"), ("mat_packed", "E", packed_cells, ".mat"), ("mat_packed_cut", "EO", packed_cells[:-50], ".mat"),
        ("json_types", "EO", '{"a": 1}\n{"a": "x"}\n{"a": [1, 2]}\n{"a": {"b": 1}}\n' * 20, ".jsonl"), ("json_other_keys", "EO", "".join('{"k%d": 1}\n' % i for i in range(3000)), ".jsonl"),
        ("json_bom", "EO", "\ufeff" + '{"a": 1}\n' * 40, ".jsonl"), ("json_zero", "E", b'{"a": 1}\n\0{"a": 2}\n', ".jsonl"),
        ("json_deep", "E", deep, ".json"), ("json_open", "E", "[" * 100000, ".json"), ("json_keys", "E", "[{" + ",".join('"k%d":1' % i for i in range(9000)) + "}]", ".json"),
        ("json_many", "EO", "[" + "[1,2]," * 300000 + "[1,2]]", ".json"), ("json_escape", "EO", '{"\\u001b[2J": 1}\n' * 200, ".jsonl"),
        ("json_cut", "E", '{"a": 1}\n{"a": "', ".jsonl"), ("json_range", "E", '[{"a": 1e999}]', ".json"),
    ]
    for name, expect, data, ext in files:
        add("T17", name, "data", expect, data, ext, verbs=["predict"])


# ---- objects, environment, saving ----

def others():
    os.mkfifo(os.path.join(OUT, "T21_fifo.h5"))
    add("T21", "fifo", "model", "E", file="T21_fifo.h5")
    os.mkdir(os.path.join(OUT, "T21_folder.h5"))
    add("T21", "folder", "model", "E", file="T21_folder.h5")
    os.symlink("T21_loop.h5", os.path.join(OUT, "T21_loop.h5"))
    add("T21", "loop", "model", "E", file="T21_loop.h5")
    os.symlink("/dev/zero", os.path.join(OUT, "T21_zero.h5"))
    add("T21", "zero", "model", "E", file="T21_zero.h5")
    with open(os.path.join(OUT, "T21_sparse.h5"), "wb") as f:
        f.truncate(8 << 30)
    add("T21", "sparse", "model", "E", file="T21_sparse.h5")
    os.mkfifo(os.path.join(OUT, "T21_fifo.csv"))
    add("T21", "fifo_data", "data", "E", file="T21_fifo.csv")
    with open(os.path.join(OUT, "T21_sparse.csv"), "wb") as f:
        f.truncate(8 << 30)
    add("T21", "sparse_data", "data", "E", file="T21_sparse.csv")
    for name, env in {"term": {"TERM": "../../x"}, "terminfo": {"TERMINFO": "/nosuch", "TERM": "xterm"}, "lines": {"LINES": "1000000000", "COLUMNS": "-1"},
                      "escdelay": {"ESCDELAY": "-5"}, "locale": {"LC_ALL": "junk"}, "home": {"HOME": ""}, "plugin": {"HDF5_PLUGIN_PATH": OUT},
                      "hdf5": {"HDF5_USE_FILE_LOCKING": "x", "HDF5_DRIVER": "core", "HDF5_PLUGIN_PRELOAD": "x"},
                      "preload": {"LD_BIND_NOW": "1"}}.items():
        add("T20", name, "env", "O", env=env, file="T7_good.onnx" if name == "term" else "../../tests/keras/keras1.h5")
    for name in ("symlink", "hardlink", "folder", "missing"):
        add("T22", name, "save", "O" if name in ("symlink", "hardlink") else "E", file=name)


def options():
    """Values of the what-if options that are none: not finite, endless, empty, of no window, with control characters."""
    esc = "\x1b[31m\u202e"
    for i, words in enumerate((
            ["attack", "--epsilon", "nan"], ["attack", "--epsilon", "0,inf"], ["attack", "--iterations", "9" * 20], ["attack", "--attack", esc],
            ["counterfactual", "--to-class", ""], ["counterfactual", "--to-class", esc], ["counterfactual", "--to", "nan:"],
            ["counterfactual", "--to-class", "anomaly", "-w", "999999999999"], ["invert", "--to", "inf"], ["invert", "--filter", esc + ":0"],
            ["invert", "--filter", "conv1:" + "9" * 20], ["invert", "--to-class", "anomaly", "--near", "-nan"], ["truth", "--windows", "-5"],
            ["survey", "--shard", "3/2"])):
        add("T17", "option_%02d_%s" % (i, words[0]), "option", "E", file="T17_good.csv", args=words)


def main():
    os.makedirs(OUT, exist_ok=True)
    t1()
    h5_files()
    keras_files()
    wrong_files()
    onnx_files()
    json_files()
    survey_files()
    session_files()
    csv_files()
    data_files()
    field_files()
    others()
    options()
    with open(os.path.join(OUT, "manifest.json"), "w") as f:
        json.dump(manifest, f, indent=0)
    by = {}
    for m in manifest:
        by[m["threat"]] = by.get(m["threat"], 0) + 1
    print(len(manifest), "files:", ", ".join(f"{k} {v}" for k, v in sorted(by.items(), key=lambda q: int(q[0][1:]))))


main()
