#!/usr/bin/python3
"""Writes the small data files beside it: the same three classes of short series in each format, by independent writers where there is
one (numpy for .npy and .npz, Python's gzip), else by the archives' own description of the format (www.timeseriesclassification.com,
aeon's load_from_ts_file, Weka's ARFF page). Deterministic. ARFF without relations is read back with scipy.io.arff.

    python3 tests/data/gen.py        needs python3-numpy, python3-scipy"""
import gzip
import io
import math
import os
import random

import numpy as np
from scipy.io import arff

HERE = os.path.dirname(os.path.abspath(__file__))
T, CLASSES = 24, ("ramp", "bump", "wave")


def series(cls, rng, t=T):
    x = np.arange(t) / (T - 1)
    base = {"ramp": 2 * x - 1, "bump": np.exp(-((x - 0.3 - 0.4 * rng.random()) / 0.1) ** 2) * 2 - 0.5,
            "wave": np.sin(2 * np.pi * (3 * x + rng.random()))}[cls]
    return np.round(base + np.array([rng.gauss(0, 0.15) for _ in range(t)]), 4)


def make(n, seed, channels=1, unequal=False):
    """[(label, [channel values])]"""
    rng = random.Random(seed)
    out = []
    for i in range(n):
        cls = CLASSES[rng.randrange(3)]
        t = rng.randrange(18, T + 1) if unequal else T
        out.append((cls, [series(cls, rng, t) * (1 if c == 0 else -0.5) for c in range(channels)]))
    return out


def path(name):
    return os.path.join(HERE, name)


def write(name, text):
    with open(path(name), "w", newline="") as f:
        f.write(text)


def num(v):
    return "?" if np.isnan(v) else f"{v:.4f}".rstrip("0").rstrip(".")


def ts(cases, head):
    lines = ["# made by tests/data/gen.py", "#"] + head + ["@data"]
    lines += [":".join([",".join(num(v) for v in ch) for ch in chs] + [label]) for label, chs in cases]
    return "\n".join(lines) + "\n"


def ts_head(**over):
    said = {"problemName": "Shapes", "timeStamps": "false", "missing": "false", "univariate": "true", "equalLength": "true",
            "seriesLength": str(T), "classLabel": "true " + " ".join(CLASSES)}
    said.update(over)
    return [f"@{k} {v}" for k, v in said.items() if v is not None]


def main():
    train, test = make(60, 1), make(30, 2)
    write("shapes_train.ts", ts(train, ts_head()))
    write("shapes_test.ts", ts(test, ts_head()))

    # the UCR archive: numbers as labels, 1-based; an older .txt with blanks and exponents
    code = {c: i + 1 for i, c in enumerate(CLASSES)}
    for name, cases in (("shapes_train.tsv", train), ("shapes_test.tsv", test)):
        write(name, "".join("\t".join([str(code[c])] + [num(v) for v in ch[0]]) + "\n" for c, ch in cases))
    write("shapes_test.txt", "".join("".join(f"  {v: .7e}" for v in [code[c], *ch[0]]) + "\r\n" for c, ch in test))
    # labels -1 and 1, last; with a header
    two = [(c, ch) for c, ch in test if c != "wave"]
    write("shapes_last.csv", ",".join([f"t{i}" for i in range(T)] + ["class"]) + "\n" +
          "".join(",".join([num(v) for v in ch[0]] + ["-1" if c == "ramp" else "1"]) + "\n" for c, ch in two))
    write("shapes_words.csv", "".join(";".join([f'"{c}"'] + [num(v).replace(".", ",") for v in ch[0]]) + "\n" for c, ch in test))

    # several channels; unequal lengths, missing values, time stamps; a head that lies
    multi = make(12, 3, 2)
    write("multi.ts", ts(multi, ts_head(univariate="false", dimensions="2")))
    uneven = make(12, 4, 2, True)
    write("uneven.ts", ts(uneven, ts_head(univariate="false", dimensions="2", equalLength="false", seriesLength=None)))
    holes = [(c, [ch[0].copy()]) for c, ch in test]
    holes[1][1][0][5:8] = np.nan
    holes[2][1][0][0] = np.nan
    write("holes.ts", ts(holes, ts_head(missing="true")))
    stamped = ["\n".join(["@problemName Stamped", "@TIMESTAMPS true", "@univariate true", "@classlabel true ramp bump wave", "@data"])]
    for c, ch in test[:6]:
        stamped.append(",".join(f"(2004-10-{1 + i:02} 00:00:00,{num(v)})" for i, v in enumerate(ch[0])) + ":" + c)
    write("stamps.ts", "\r\n".join(stamped) + "\r\n")
    write("lies.ts", ts(uneven, ts_head(univariate="true", dimensions="7", equalLength="true", seriesLength="99", classLabel="false")))

    # ARFF: numbers alone, and a relation
    text = "% made by tests/data/gen.py\n@relation Shapes\n\n"
    text += "".join(f"@attribute att{i} numeric\n" for i in range(T))
    text += "@attribute target {" + ",".join(CLASSES) + "}\n\n@data\n"
    text += "".join(",".join([num(v) for v in ch[0]] + [c]) + "\n" for c, ch in test)
    write("shapes_test.arff", text)
    back, _ = arff.loadarff(io.StringIO(text))
    assert [r["target"].decode() for r in back] == [c for c, _ in test]
    assert np.allclose([[r[f"att{i}"] for i in range(T)] for r in back], [ch[0] for _, ch in test], atol=1e-4)
    text = "@relation 'Multi shapes'\n\n@attribute shape relational\n" + "".join(f"\t@attribute t{i} numeric\n" for i in range(T))
    text += "@end shape\n@attribute 'the class' {'ramp','bump','wave'}\n\n@data\n"
    text += "".join("'" + "\\n".join(",".join(num(v) for v in ch) for ch in chs) + f"',{c}\n" for c, chs in multi)
    write("multi.arff", text)

    # NumPy
    x = np.array([ch[0] for _, ch in test])
    xm = np.array([chs for _, chs in multi])
    np.save(path("nt_f8.npy"), x)
    np.save(path("nt_f4.npy"), x.astype("f4"))
    np.save(path("nt_f2.npy"), x.astype("f2"))
    np.save(path("nt_big.npy"), x.astype(">f4"))
    np.save(path("nct_f4.npy"), xm.astype("f4"))
    np.save(path("ntc_fortran.npy"), np.asfortranarray(xm.transpose(0, 2, 1)))
    np.save(path("nct_i2.npy"), np.round(xm * 1000).astype("i2"))
    np.save(path("series.npy"), np.concatenate([ch[0] for _, ch in test]))
    labels = np.array([c for c, _ in test])
    np.savez(path("words.npz"), x=x.astype("f4"), y=labels)
    np.savez_compressed(path("numbers.npz"), X_train=x[:10], y_train=np.arange(10), X_test=x[:, None, :], y_test=np.array([code[c] for c in labels]))
    np.savez(path("onehot.npz"), data=x, labels=np.array([[c == k for k in CLASSES] for c in labels]))
    monash = ["# made by tests/data/gen.py", "@relation shapes", "@attribute series_name string", "@attribute start_timestamp date",
              "@frequency monthly", "@horizon 2", "@missing true", "@equallength true", "@data"]
    monash += [f"T{i + 1}:2020-11-30 00-00-00:" + ",".join(num(v) for v in ch[0]) for i, (_, ch) in enumerate(test[:6])]
    write("shapes.tsf", "\n".join(monash) + "\n")
    np.savez_compressed(path("named.npz"), waves=x.astype("f4"), kind=labels, spare=np.zeros((3, 2, 2), "i1"))
    np.savez_compressed(path("parts.npz"), trainX=x[:12].astype("f4"), trainY=labels[:12], testX=x.astype("f4"), testY=labels)
    # a series of 30 steps and 2 channels with a label for each step: the channels down, across, and one of them alone
    steps = np.array([[int(50 * math.sin(t / 3)), 9 * t % 100] for t in range(30)], "i2")
    np.savez(path("steps.npz"), x=steps, y=np.arange(30) // 10)
    np.savez(path("steps_across.npz"), x=steps.T, y=np.array(["ramp", "bump", "wave"])[np.arange(30) // 10])
    np.savez(path("steps_one.npz"), x=steps[:, 0], y=np.arange(30)[:, None] // 10)
    np.savez(path("steps_target.npz"), x=steps, y=np.arange(30) / 4)

    with open(path("shapes_test.ts"), "rb") as f:
        packed = f.read()
    with open(path("shapes_test.ts.gz"), "wb") as f:
        f.write(gzip.compress(packed, mtime=0))
    with open(path("nct_f4.npy"), "rb") as f:
        packed = f.read()
    with open(path("nct_f4.npy.gz"), "wb") as f:
        f.write(gzip.compress(packed, mtime=0))


main()
