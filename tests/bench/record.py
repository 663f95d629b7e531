#!/usr/bin/env python3
"""The record of a day: record.py TSVIZ MODEL, for a model of two channels. Writes 15.5 million steps (24 h at 180 a second) to a folder under
the system's temporary one, then says time and memory of `scan`, with and without saliency, of a tenth of them, and of view 8 of all."""
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

STEPS = 24 * 3600 * 180


def write(path, n):
    rng, a = np.random.default_rng(1), np.empty((n, 2), np.float32)
    for i in range(0, n, 1 << 20):
        t = np.arange(i, min(n, i + (1 << 20)))
        a[t, 0] = np.sin(t / 28.6) + 0.3 * np.sin(t / 5e6) + 0.1 * rng.standard_normal(len(t))
        a[t, 1] = np.cos(t / 57) + 0.1 * rng.standard_normal(len(t))
    np.save(path, a)


def run(what, *command):
    begin = time.time()
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(p.pid, 0)
    print("%-34s status %d  %6.2f s  processor %6.2f s  %4d MB" % (what, status, time.time() - begin, used.ru_utime, used.ru_maxrss >> 10))


def main(tsviz, model):
    with tempfile.TemporaryDirectory() as folder:
        day, tenth = folder + "/day.npy", folder + "/tenth.npy"
        write(day, STEPS)
        np.save(tenth, np.load(day, mmap_mode="r")[:STEPS // 10])
        more = "--step", "10", "--max-mem", "4G", "-q"
        out = "-o", folder + "/steps.npy"
        run("scan of a tenth, no saliency", tsviz, "scan", model, tenth, *more, *out, "--no-saliency", "--threads", "1")
        run("scan of a tenth", tsviz, "scan", model, tenth, *more, *out, "--threads", "1")
        run("the record of a day, view 8", tsviz, model, day, *more, "--screen", "record", "--size", "80x24")
        print("children: %d MB at most" % (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10))


main(*sys.argv[1:])
