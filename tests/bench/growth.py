#!/usr/bin/env python3
"""growth.py LINES > growth.svg: the plot of README from the lines of `bench growth`."""
import json
import math
import sys

LOOKS = {"forward": "#0072b2", "backward": "#e69f00", "one map": "#009e73", "all maps": "#d55e00"}
WIDTH, HEIGHT, LEFT, TOP = 330, 240, 60, 30


def panel(lines, axis, title, x0):
    rows = [q for q in lines if q["axis"] == axis]
    xs = [math.log10(q[axis]) for q in rows]
    ys = [math.log10(q["median_ms"]) for q in lines]
    lo, hi = math.floor(min(ys)), math.ceil(max(ys))
    px = lambda v: x0 + (math.log10(v) - min(xs)) / (max(xs) - min(xs)) * WIDTH
    py = lambda v: TOP + (hi - math.log10(v)) / (hi - lo) * HEIGHT
    out = ['<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#888"/>' % (x0, TOP, WIDTH, HEIGHT),
           '<text x="%d" y="%d" text-anchor="middle">%s</text>' % (x0 + WIDTH / 2, TOP + HEIGHT + 36, title)]
    for k in range(lo, hi + 1):
        y = py(10 ** k)
        label = "%g ms" % 10 ** k if k < 3 else "%g s" % 10 ** (k - 3)
        out.append('<path d="M%d %.1fh%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>' % (x0, y, WIDTH, x0 - 5, y + 4, label))
    for v in sorted({q[axis] for q in rows}):
        out.append('<text x="%.1f" y="%d" text-anchor="middle">%g</text>' % (px(v), TOP + HEIGHT + 16, v))
    for what, colour in LOOKS.items():
        p = sorted((q[axis], q["median_ms"]) for q in rows if q["what"] == what)
        out.append('<path d="M%s" fill="none" stroke="%s" stroke-width="2"/>' % ("L".join("%.1f %.1f" % (px(a), py(b)) for a, b in p), colour))
        out += ['<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (px(a), py(b), colour) for a, b in p]
    return out


def main():
    lines = [json.loads(t) for t in open(sys.argv[1]) if '"growth"' in t]
    width = 2 * (LEFT + WIDTH) + 60
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">' % (width, TOP + HEIGHT + 50),
           '<rect width="100%" height="100%" fill="white"/>']
    out += panel(lines, "steps", "steps of a window (64 filters)", LEFT)
    out += panel(lines, "filters", "filters (1000 steps)", 2 * LEFT + WIDTH + 20)
    for i, (what, colour) in enumerate(LOOKS.items()):
        out.append('<rect x="%d" y="10" width="12" height="4" fill="%s"/><text x="%d" y="16">%s</text>' % (LEFT + 110 * i, colour, LEFT + 16 + 110 * i, what))
    print("\n".join(out + ["</svg>"]))


if __name__ == "__main__":
    main()
