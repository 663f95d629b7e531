#!/bin/sh
# Reading data: a .npy of 100 MB (seconds beside `cat`, peak memory), a .ts and a .tsv of 50 MB (MB/s). `info MODEL DATA` reads and checks
# all of it. Usage: sh tests/bench/data.sh [PROGRAM] [FOLDER]; needs python3-numpy. Best and median of five runs after one that warms
# the page cache.
cd "$(dirname "$0")/../.." || exit 2
program=${1:-build/release/tsviz} folder=${2:-${TMPDIR:-/tmp}/tsviz-bench-data}
mkdir -p "$folder" || exit 1
# the files are made by another process: what it holds would count for those that the measuring one starts
/usr/bin/python3 - "$folder" <<'PY'
import os, sys
import numpy as np
T, folder = 100, sys.argv[1]
x = np.random.RandomState(1).randn(262144, 1, T).astype("f4")
np.save(os.path.join(folder, "x.npy"), x)
np.save(os.path.join(folder, "x8.npy"), x[:131072].astype("f8"))
np.savez(os.path.join(folder, "few.npz"), x=x[:8], y=np.arange(8) % 2)
label = np.array(["walk", "run"])[np.arange(len(x)) % 2]
head = ["@problemName Bench", "@timeStamps false", "@missing false", "@univariate true", "@equalLength true", "@classLabel true run walk", "@data"]
for name, digits in (("x.ts", 6), ("x_short.ts", 3), ("x.tsv", 6)):
    with open(os.path.join(folder, name), "w") as f:
        if name != "x.tsv":
            f.write("\n".join(head) + "\n")
        for row, c in zip(x[:, 0, :], label):
            cells = [f"{v:.{digits}f}" for v in row]
            f.write("\t".join([str(1 + (c == "walk"))] + cells) + "\n" if name == "x.tsv" else ",".join(cells) + ":" + c + "\n")
            if f.tell() > 50e6:
                break
PY
cat >"$folder/one.spec" <<'EOT'
{"name": "b", "window": 100, "layers": [{"type": "GlobalAveragePooling1D"}, {"type": "Dense", "units": 2, "activation": "softmax"}],
"loss": "crossentropy", "epochs": 1, "seed": 1}
EOT
"$program" train -q "$folder/one.spec" "$folder/few.npz" -o "$folder/one.json" || exit 1
/usr/bin/python3 - "$program" "$folder" <<'PY'
import json, os, subprocess, sys, time
program, folder = sys.argv[1:]


def run(argv):
    start = time.perf_counter()
    p = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(p.pid, 0)
    assert status == 0, argv
    return time.perf_counter() - start, usage.ru_maxrss * 1024


for name in ("cat", "x.npy", "x8.npy", "x.ts", "x_short.ts", "x.tsv"):
    at = os.path.join(folder, "x.npy" if name == "cat" else name)
    argv = ["cat", at] if name == "cat" else [program, "info", "-q", os.path.join(folder, "one.json"), at]
    run(argv)
    runs = sorted(run(argv) for _ in range(5))
    size, seconds, peak = os.path.getsize(at), [r[0] for r in runs], max(r[1] for r in runs)
    print(json.dumps({"what": name, "bytes": size, "seconds": round(seconds[2], 4), "best": round(seconds[0], 4),
                      "mb_per_s": round(size / 1e6 / seconds[2], 1), "peak_over_size": round(peak / size, 3)}), flush=True)
PY
