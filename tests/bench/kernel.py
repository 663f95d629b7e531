#!/usr/bin/env python3
"""The speed of the convolution kernels as each compiler makes them: gcc and clang, -O2 and -O3.

    kernel.py [--isa ISA] [--rounds N]

Compiles core/kernels/tile.c and conv.c with tests/bench/kernel.c in build/bench/kernel, runs the programs in turn, N times each, and prints
the median rate of each as a line of JSON. A compiler that is not installed is left out, and said so on standard error.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMPILERS = {"gcc": ("gcc", "gcc-12"), "clang": ("clang", "clang-14")}
SOURCES = "tests/bench/kernel.c tests/bench/bench_machine.c tests/bench/measure.c core/base/mem.c core/kernels/conv.c".split()
# as the Makefile compiles a release; multiply-adds are fused in the tile and in the loop that measures the peak
FLAGS = "-std=c11 -D_GNU_SOURCE -DNDEBUG -fno-math-errno -fstack-protector-strong -fPIE -pie -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2".split()


def build():
    """names of the compiled programs"""
    folder = os.path.join(TOP, "build/bench/kernel")
    os.makedirs(folder, exist_ok=True)
    for name, programs in COMPILERS.items():
        cc = next((p for p in programs if shutil.which(p)), None)
        if not cc:
            print("SKIP kernel: %s is not installed" % name, file=sys.stderr)
            continue
        for level in ("-O2", "-O3"):
            out = "%s/%s%s" % (folder, name, level)
            subprocess.run([cc, *FLAGS, level, "-ffp-contract=fast", "-I.", "-o", out, "core/kernels/tile.c", *SOURCES, "-lm", "-lpthread"],
                           cwd=TOP, check=True)
            yield name, level, out


def measure(isa=None, rounds=5):
    """lines: the median rate of each program and convolution, beside the median peak"""
    programs, rates, peaks = list(build()), {}, []
    for _ in range(rounds):
        for name, level, path in programs:
            text = subprocess.run([path] + ([isa] if isa else []), stdout=subprocess.PIPE, text=True, check=True).stdout
            for q in map(json.loads, text.splitlines()):
                key = name, level, q["conv"], q["isa"]
                rates.setdefault(key, []).append(q["gflops"])
                peaks.append(q["peak_gflops"])
    for (name, level, conv, used), all_rates in rates.items():
        rate = statistics.median(all_rates)
        yield dict(by="tsviz", bench="kernel", compiler=name, level=level, conv=conv, isa=used, gflops=round(rate, 1),
                   share_of_peak=round(rate / statistics.median(peaks), 3), rounds=rounds)


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--isa")
    ap.add_argument("--rounds", type=int, default=5)
    a = ap.parse_args()
    for q in measure(a.isa, a.rounds):
        print(json.dumps(q))
