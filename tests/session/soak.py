#!/usr/bin/python3
"""Types into a browser with a session for a long time and watches its memory: soak.py [SECONDS [PROGRAM]]. Run by `make soak`.

Windows, views, marks, notes, edited windows and undo, all of which are saved. The memory after the first tenth of the time, when everything
was shown once and undo is full, may not have grown by more than 4 MiB at the end. Notes are taken away again, so that there is no more to keep."""
import fcntl
import os
import pty
import select
import struct
import sys
import tempfile
import termios
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 600
PROGRAM = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("TSVIZ", "build/release/tsviz"))
KEYS = [b"]", b"2", b"3", b"\t", b"l", b" ", b"x", b"x", b";flat\r", b":notes\r", b"D", b"q", b"E", b"l", b"k", b"R", b"1", b"u", b"m", b"t", b"p", b"P", b"p", b"w", b"f", b"["]


def resident(pid):
    with open("/proc/%d/statm" % pid) as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


with tempfile.TemporaryDirectory(prefix="tsviz-soak-") as folder:
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME="/nonexistent", XDG_CACHE_HOME="/dev/null/none")
        os.execv(PROGRAM, [PROGRAM, "samples/ecg-model.json", "samples/ecg.csv", "-q", "--session", folder + "/s.json"])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    begin, keys, first, last, largest = time.monotonic(), 0, 0, 0, 0
    while time.monotonic() < begin + SECONDS:
        os.write(fd, KEYS[keys % len(KEYS)])
        keys += 1
        end = time.monotonic() + 0.02
        while select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
            os.read(fd, 65536)
        last = resident(pid)
        largest = max(largest, os.path.getsize(folder + "/s.json.journal") if os.path.exists(folder + "/s.json.journal") else 0)
        if not first and time.monotonic() > begin + SECONDS / 10:
            first = last
    os.write(fd, b"Q")
    while select.select([fd], [], [], 5)[0]:
        try:
            if not os.read(fd, 65536):
                break
        except OSError:
            break
    status = os.waitpid(pid, 0)[1]
good = status == 0 and last - first < 4 << 20
print("%s: %d keys, %.1f MiB after a tenth, %.1f MiB at the end, journal at most %d bytes, status %d" %
      ("ok" if good else "FAIL", keys, first / 2**20, last / 2**20, largest, status))
sys.exit(not good)
