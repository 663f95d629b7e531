#!/usr/bin/python3
"""Types into a browser with a session for a long time and watches its memory: soak.py [SECONDS [PROGRAM]]. Run by `make soak`.

Windows, views, marks, notes, edited windows and undo, all of which are saved. Notes are taken away again, so that there is no more to keep. The memory
still grows for minutes after everything was shown once, because the C library keeps what is freed, up to 16 MB (mem_keep). So it may grow by 16 MiB from
the first tenth of the time on, and in the last third, which a leak does not spare, by 2 MiB. That is for 600 s or more.
Then no key is sent for 30 s: the terminal gets no byte, and the processor has nothing to do, which is 0 s, or the one tick by which this is counted."""
import os
import sys
import tempfile
import time

from watched import Browser

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 600
PROGRAM = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("TSVIZ", "build/release/tsviz"))
IDLE, BUSY, GROWN, LATE = 30, 0.015, 16, 2
KEYS = [b"]", b"2", b"3", b"\t", b"l", b" ", b"x", b"x", b";flat\r", b":notes\r", b"D", b"q", b"E", b"l", b"k", b"R", b"1", b"u", b"m", b"t", b"p", b"P", b"p", b"w", b"f", b"["]

with tempfile.TemporaryDirectory(prefix="tsviz-soak-") as folder:
    browser = Browser(PROGRAM, ["samples/ecg-model.json", "samples/ecg.csv", "-q", "--session", folder + "/s.json"])
    journal = folder + "/s.json.journal"
    begin, keys, first, late, last, largest = time.monotonic(), 0, 0, 0, 0, 0
    while time.monotonic() < begin + SECONDS:
        browser.keys(KEYS[keys % len(KEYS)])
        keys += 1
        browser.read(0.02)
        last = browser.mib
        largest = max(largest, os.path.getsize(journal) if os.path.exists(journal) else 0)
        if not first and time.monotonic() > begin + SECONDS / 10:
            first = last
        if not late and time.monotonic() > begin + SECONDS * 2 / 3:
            late = last
    took = browser.seconds
    idle, written = browser.idle(IDLE)
    status = browser.quit()
good = status == 0 and last - first < GROWN and last - late < LATE and idle <= BUSY and not written
print("%s: %d keys, %.1f s of processor, %.1f MiB after a tenth, %.1f MiB after two thirds, %.1f MiB at the end, journal at most %d bytes; idle for %d s: %.2f s of processor, %d bytes; status %d" %
      ("ok" if good else "FAIL", keys, took, first, late, last, largest, IDLE, idle, written, status))
sys.exit(not good)
