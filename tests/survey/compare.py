"""Compares a survey with what an independent computation expects: compare.py EXPECT SURVEY. Prints what differs, at most ten lines.

Whole numbers, names and windows are the same; other numbers agree to 2e-5 of themselves, or to 2e-6 of 1. Of a histogram, a value may
lie in the neighbouring bucket, because it was computed in single precision."""
import json
import sys

wrong = []


def differs(path, want, got):
    wrong.append("%s: wanted %r, got %r" % (path, want, got))


def buckets(h):
    out = []
    for sign, side in ((-1, h["negative"]), (1, h["positive"])):
        for i, n in enumerate(side["counts"]["values"]):
            k = side["first"] + i
            out += [k if sign > 0 else -1 - k] * n
    return sorted(out)


def histogram(path, want, got):
    for k in ("zero", "tiny", "overflow"):
        same("%s.%s" % (path, k), want[k], got[k])
    a, b = want["buckets"], buckets(got)
    moved = [abs(x - y) for x, y in zip(a, b)]
    if len(a) != len(b) or max(moved, default=0) > 1 or sum(moved) > 2 + len(a) // 100:
        differs(path, (len(a), 0), (len(b), sum(moved)))


def same(path, want, got):
    if isinstance(got, dict) and set(got) == {"shape", "axes", "values"}:
        got = got["values"]
    if path.endswith(".activation_histogram"):
        histogram(path, want, got)
    elif isinstance(want, dict):
        for k in want:
            if k in got:
                same("%s.%s" % (path, k), want[k], got[k])
            else:
                differs(path, k, "nothing")
    elif isinstance(want, list):
        if not isinstance(got, list) or len(want) != len(got):
            differs(path, want, got)
            return
        for i, (a, b) in enumerate(zip(want, got)):
            same("%s[%d]" % (path, i), a, b)
    elif isinstance(want, float) or (isinstance(got, float) and isinstance(want, int) and not isinstance(want, bool)):
        if got is None or abs(want - got) > 2e-5 * abs(want) + 2e-6:
            differs(path, want, got)
    elif want != got or isinstance(want, bool) != isinstance(got, bool):
        differs(path, want, got)


with open(sys.argv[1]) as e, open(sys.argv[2]) as s:
    survey = json.load(s)
    same("", json.load(e), survey)
for layer in survey["layers"]:
    for f in layer["per_filter"]:
        parts = [k for c in f["per_class"] for k in buckets(c["activation_histogram"])]
        if sorted(parts) != buckets(f["activation_histogram"]):
            differs("%s %d" % (layer["name"], f["index"]), "the classes", "another histogram")
print("\n".join(wrong[:10]))
sys.exit(bool(wrong))
