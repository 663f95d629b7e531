"""Two builds in turn, in one run: what a change costs or saves (make bench OTHER=path). Used by run.py.

Each round runs both builds, one directly after the other, the first of them changing from round to round; the time is that of the processor,
so that other work on the machine disturbs little. A ratio is taken within a round. Its median and its extremes over the rounds are printed:
above 1 this build is faster. A difference smaller than the spread says nothing.
"""
import json
import os
import resource
import statistics
import subprocess

LONG = {"cold": "analyze", "survey": "survey", "scan": "scan"}


def folder_of(path):
    """where the programs of another build are: path is a program, its folder, or a checkout of the project"""
    for p in (path, os.path.join(path, "build/bench"), os.path.dirname(path)):
        if os.path.isfile(os.path.join(p, "bench")) and os.path.isfile(os.path.join(p, "tsviz")):
            return p
    raise SystemExit("bench: no programs bench and tsviz in %s: build them there with make VARIANT=bench all build/bench/bench" % path)


def spent(argv):
    """processor time of a program from its start to its end, in ms"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e3 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def figures(folder, group, arguments):
    """{name: (number, unit)} of one run"""
    if group in LONG:
        argv = [folder + "/tsviz", LONG[group], *arguments]
        argv += ["-w", "0", "--json"] if group == "cold" else ["--threads", "1", "--quiet", "-o", folder + "/other.out"]
        return {group: (min(spent(argv) for _ in range(5 if group == "cold" else 1)), "ms")}, 0
    found, foreign = {}, 0
    for text in subprocess.run([folder + "/bench", "--cpu", group], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        q = json.loads(text)
        what = [str(q[k]) for k in ("bench", "net", "what", "method", "threads", "steps", "filters", "batch", "numbers") if k in q]
        name = " ".join(what)
        for key, unit in (("min_ms", "ms"), ("peak_rss_mb", "MB")):
            if key in q:
                found[name + (", memory" if unit == "MB" else "")] = (q[key], unit)
        foreign = max(foreign, q.get("foreign_cpu", 0))
    return found, foreign


def compare(own, other, groups, arguments, rounds):
    """prints a table; other: the folder of the other build"""
    print("| | this build | the other | ratio | of %d rounds: least to most | foreign load, processors |\n|---|---|---|---|---|---|" % rounds)
    for group in groups:
        runs, load = [], 0
        for k in range(rounds):
            pair = {}
            for which in (0, 1) if k % 2 else (1, 0):
                pair[which], foreign = figures((own, other)[which], group, arguments)
                load = max(load, foreign)
            runs.append(pair)
        load = max(load, os.getloadavg()[0] - 1)
        for name in runs[0][0]:
            both = [(r[0][name][0], r[1][name][0]) for r in runs if name in r[0] and name in r[1]]
            if not both or min(min(b) for b in both) <= 0:
                continue
            ratios = [b / a for a, b in both]
            print("| %s | %.4g %s | %.4g | %.3f | %.3f to %.3f | %.1f |" % (
                name, statistics.median(a for a, _ in both), runs[0][0][name][1], statistics.median(b for _, b in both),
                statistics.median(ratios), min(ratios), max(ratios), load), flush=True)
