#!/usr/bin/python3
"""Says where two texts of JSON differ: same.py A B, and so on in pairs. Every byte must be the same, but for numbers with a point or an
exponent: other processors round sums in another order, so these may differ in their last digits, never in the number of digits allowed."""
import re
import sys

NUMBER = re.compile(r"(?<=[:,\[ ])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?=[,\]}\n ])")


def near(a, b):
    x, y = float(a), float(b)
    digits = len(re.sub(r"[eE].*|[-.]", "", b).lstrip("0"))
    return digits <= 17 and abs(x - y) <= 2e-5 * max(abs(x), abs(y)) + 1e-6


def parts(name):
    with open(name, encoding="utf-8") as f:
        text = f.read()
    return NUMBER.split(text), NUMBER.findall(text)


def differs(one, two):
    (a, x), (b, y) = parts(one), parts(two)
    for k, (p, q) in enumerate(zip(a, b)):
        if p != q:
            return f"behind number {k}: {q[:60]!r} is not {p[:60]!r}"
    if len(a) != len(b):
        return f"{len(y)} numbers are not {len(x)}"
    for k, (p, q) in enumerate(zip(x, y)):
        whole = not re.search(r"[.eE]", p) and not re.search(r"[.eE]", q)
        if p != q and (whole and abs(int(p)) < 1000 or not near(p, q)):
            return f"number {k}: {q} is not {p}, behind {a[k][-40:]!r}"
    return None


for one, two in zip(sys.argv[1::2], sys.argv[2::2]):
    wrong = differs(one, two)
    if wrong:
        print(f"{two}: {wrong}")
