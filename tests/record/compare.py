"""compare.py EXPECTED GOT [COLUMNS]: two tables, whose texts are equal and whose numbers differ by rounding at most."""
import csv
import sys


def table(path, n):
    return [r[:n] for r in csv.reader(open(path))]


def close(a, b):
    try:
        return abs(float(a) - float(b)) <= 2e-5 * max(abs(float(a)), 1)
    except ValueError:
        return a == b


n = int(sys.argv[3]) if len(sys.argv) > 3 else None
want, got = table(sys.argv[1], n), table(sys.argv[2], n)
if n:
    got = [got[0]] + sorted(got[1:], key=lambda r: (r[0], int(r[1])))
if len(want) != len(got):
    sys.exit("%d lines instead of %d" % (len(got), len(want)))
for i, (a, b) in enumerate(zip(want, got)):
    if len(a) != len(b) or not all(map(close, a, b)):
        sys.exit("line %d: %s instead of %s" % (i + 1, b, a))
