#!/usr/bin/python3
"""A browser with --follow beside a writer, as beside a training that logs a row a second for an hour: soak_follow.py [SECONDS [PROGRAM]]. Run by
`make soak`.

The clock is not hurried: in SECONDS (600) the 3600 rows of that hour are appended, so the file grows six times as fast, and now and then a key is sent.
The browser looks at the file twice a second. Its memory may grow by what the rows need, from half of the time on by no more than 2 KiB a row. Then
nothing is appended and no key is sent for 30 s: the terminal gets no byte, and the processor time is that of 60 looks at a file: below 0.1 s."""
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
ROWS, IDLE, MOST, BUSY = 3600, 30, 2048, 0.1
KEYS = [b"]", b"2", b"j", b"l", b" ", b"G", b"3", b"4", b"5", b"8", b"w", b"q", b"[", b"1", b"u"]


def resident(pid):
    with open("/proc/%d/status" % pid) as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmRSS"))


def busy(pid):
    with open("/proc/%d/stat" % pid) as f:
        return sum(int(v) for v in f.read().rsplit(")", 1)[1].split()[11:13]) / os.sysconf("SC_CLK_TCK")


def read(fd, seconds):
    end, n = time.monotonic() + seconds, 0
    while select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
        n += len(os.read(fd, 65536))
    return n


def slope(points):
    """Bytes a row, by least squares."""
    mx, my = (sum(p[i] for p in points) / len(points) for i in (0, 1))
    return sum((x - mx) * (y - my) for x, y in points) / max(1, sum((x - mx) ** 2 for x, _ in points))


with tempfile.TemporaryDirectory(prefix="tsviz-soak-") as folder:
    with open("samples/machine.csv") as f:
        head, *rows = f.readlines()
    data = folder + "/log.csv"
    with open(data, "w") as f:
        f.write(head + "".join(rows[:100]))
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME="/nonexistent", XDG_CACHE_HOME="/dev/null/none", XDG_STATE_HOME="/dev/null/none")
        os.execv(PROGRAM, [PROGRAM, "samples/machine-model.json", data, "-q", "--rows", "0:", "--follow"])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    read(fd, 2)
    begin, done, keys, sent, points = time.monotonic(), 0, 0, 0, []
    while done < ROWS:
        due = min(ROWS, int((time.monotonic() - begin) / SECONDS * ROWS) + 1)
        with open(data, "a") as f:
            f.write("".join(rows[(100 + k) % len(rows)] for k in range(done, due)))
        if done // 20 != due // 20:
            os.write(fd, KEYS[keys % len(KEYS)])
            keys += 1
        done = due
        sent += read(fd, 0.1)
        points.append((done, resident(pid)))
    took = busy(pid)
    sent += read(fd, 6)
    before = busy(pid)
    idle_bytes = read(fd, IDLE)
    idle = busy(pid) - before
    os.write(fd, b"\x0c1#")
    os.write(fd, b"999999\r")
    read(fd, 3)
    os.write(fd, b"Q")
    while select.select([fd], [], [], 5)[0]:
        try:
            if not os.read(fd, 65536):
                break
        except OSError:
            break
    status = os.waitpid(pid, 0)[1]
late = [p for p in points if p[0] > ROWS // 2]
grew = slope(late)
good = status == 0 and grew < MOST and not idle_bytes and idle < BUSY
print("%s: %d rows appended in %.0f s, %d keys, %.1f s of processor, %d bytes to the terminal; %.1f MiB at half of the rows, %.1f MiB at the end, %.0f bytes a row; "
      "idle for %d s: %.2f s of processor, %d bytes; status %d" %
      ("ok" if good else "FAIL", done, SECONDS, keys, took, sent, late[0][1] / 2**20, points[-1][1] / 2**20, grew, IDLE, idle, idle_bytes, status))
sys.exit(not good)
