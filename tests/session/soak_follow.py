#!/usr/bin/python3
"""A browser with --follow beside a writer, as beside a training that logs a row a second for an hour: soak_follow.py [SECONDS [PROGRAM]]. Run by
`make soak`.

The clock is not hurried: in SECONDS (600) the 3600 rows of that hour are appended, so the file grows six times as fast, and now and then a key is sent.
The browser looks at the file twice a second. Its memory grows by what the rows need, and until the C library keeps as much freed memory as it may, 16 MB
(mem_keep). In the last third of the time it may grow by no more than 1 KiB a row, which a leak of some KB at each look exceeds, in 600 s or more. Then nothing is appended
and no key is sent for 30 s: the terminal gets no byte, and the processor time is that of 60 looks at a file: below 0.1 s."""
import os
import sys
import tempfile
import time

from watched import Browser

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 600
PROGRAM = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("TSVIZ", "build/release/tsviz"))
ROWS, IDLE, MOST, BUSY = 3600, 30, 1024, 0.1
KEYS = [b"]", b"2", b"j", b"l", b" ", b"G", b"3", b"4", b"5", b"8", b"w", b"q", b"[", b"1", b"u"]


def slope(points):
    """How much the second number grows with the first, by least squares."""
    mx, my = (sum(p[i] for p in points) / len(points) for i in (0, 1))
    return sum((x - mx) * (y - my) for x, y in points) / max(1, sum((x - mx) ** 2 for x, _ in points))


with tempfile.TemporaryDirectory(prefix="tsviz-soak-") as folder:
    with open("samples/machine.csv") as f:
        head, *rows = f.readlines()
    data = folder + "/log.csv"
    with open(data, "w") as f:
        f.write(head + "".join(rows[:100]))
    browser = Browser(PROGRAM, ["samples/machine-model.json", data, "-q", "--rows", "0:", "--follow"], XDG_STATE_HOME="/dev/null/none")
    browser.read(2)
    begin, done, keys, sent, points = time.monotonic(), 0, 0, 0, []
    while done < ROWS:
        due = min(ROWS, int((time.monotonic() - begin) / SECONDS * ROWS) + 1)
        with open(data, "a") as f:
            f.write("".join(rows[(100 + k) % len(rows)] for k in range(done, due)))
        if done // 20 != due // 20:
            browser.keys(KEYS[keys % len(KEYS)])
            keys += 1
        done = due
        sent += browser.read(0.1)
        points.append((done, browser.mib))
    took = browser.seconds
    idle, written = browser.idle(IDLE)
    browser.keys(b"\x0c1#")
    browser.keys(b"999999\r")
    browser.read(3)
    status = browser.quit()
late = [p for p in points if p[0] > ROWS * 2 // 3]
grew = slope(late) * 2**20
good = status == 0 and grew < MOST and not written and idle < BUSY
print("%s: %d rows appended in %.0f s, %d keys, %.1f s of processor, %d bytes to the terminal; %.1f MiB at first, %.1f MiB after two thirds, %.1f MiB at the end, "
      "%.0f bytes a row; idle for %d s: %.2f s of processor, %d bytes; status %d" %
      ("ok" if good else "FAIL", done, SECONDS, keys, took, sent, points[0][1], late[0][1], points[-1][1], grew, IDLE, idle, written, status))
sys.exit(not good)
