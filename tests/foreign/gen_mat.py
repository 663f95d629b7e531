#!/usr/bin/python3
"""Writes the .mat files of this folder with scipy (python3-scipy): python3 tests/foreign/gen_mat.py. tests/unit/test_foreign.c
knows each value: that of element (i, j, k) is v(i, j, k)."""
import os

import numpy as np
import scipy.io
import scipy.sparse

HERE = os.path.dirname(os.path.abspath(__file__))


def v(*shape, dtype="f8"):
    i, j, k = np.indices(tuple(shape) + (1,) * (3 - len(shape)))
    return (((i * 7 + j * 3 + k * 5) % 100) - 50).reshape(shape).astype(dtype)


def save(name, arrays, **how):
    scipy.io.savemat(os.path.join(HERE, name), arrays, **how)


def cells(*texts):
    c = np.empty((len(texts), 1), dtype=object)
    for i, t in enumerate(texts):
        c[i, 0] = t
    return c


save("series.mat", {"fs": 100.0, "X": v(50, 3), "title": "three channels"}, do_compression=True)
save("old.mat", {"val": v(2, 50, dtype="i2")}, format="4")
save("windows_last.mat", {"X": v(20, 2, 12), "y": (np.arange(12) % 3).astype("u1")[:, None]})
save("windows_first.mat", {"X": v(12, 20, 2), "label": (np.arange(12) % 3)[None].astype("f8")}, do_compression=True)
save("names.mat", {"data": v(12, 20), "labels": cells(*["up", "down", "flat"] * 4)})
save("rows.mat", {"data": v(12, 20), "labels": np.array(["up", "down", "flat"] * 4)})
save("columns.mat", {"data": v(20, 12), "target": (np.arange(12) % 3)[:, None].astype("i4")})
save("steps.mat", {"X": v(50, 3), "y": np.repeat([0, 1], 25)[:, None]})
save("bearing.mat", {"X097_DE_time": v(60, 1), "X097_FE_time": v(60, 1) + 1000, "X097RPM": np.array([[1796]])})
save("struct.mat", {"rec": {"fs": 250.0, "sig": {"x": v(40, 2)}}})
save("types.mat", {t: v(6, 2, dtype=t) for t in ("int8", "int16", "int32", "int64", "float32", "float64")}
     | {t: v(6, 2, dtype=t[1:]).astype(t) for t in ("uint8", "uint16", "uint32", "uint64")} | {"flag": v(6, 2) > 0})
save("times.mat", {"t": np.arange(60.0)[:, None] / 100, "x": v(60, 1), "fs": 100.0})
save("count.mat", {"X": np.column_stack([np.arange(50.0), v(50, 3)[:, 1:]]), "y": np.repeat([0, 1], 25)[:, None]})
save("packed.mat", {"X": cells(*[v(1, 20) for _ in range(30)]), "y": np.arange(30.0) % 3})
save("others.mat", {"z": v(6, 2) * 1j, "s": scipy.sparse.csc_matrix(v(6, 2)), "c": cells(v(4, 1), v(5, 1)), "t": "text"})
sensors = np.zeros((1, 3), dtype=[("Name", "O"), ("Data", "O")])
for c in range(3):
    sensors[0, c] = ("sensor %d" % c, v(60, 1) + 1000 * c)
save("sensors.mat", {"N09": {"Info": "x", "Y": sensors, "Description": "d"}})
sides = {"a": v(12, 20), "b": v(12, 20) + 1000, "y": np.arange(12) % 3, "up": v(60, 1), "down": v(60, 1).T + 1000, "odd": v(59, 1)}
save("channels.mat", sides)
np.savez(os.path.join(HERE, "channels.npz"), **{k: x.ravel() if 1 in x.shape else np.asfortranarray(x) for k, x in sides.items()})
