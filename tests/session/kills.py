#!/usr/bin/python3
"""Kills the browser at random moments: kills.py [RUNS [PROGRAM]]. Run by `make kills KILLS=300`.

In each run a browser on a terminal of its own is at window N after N keys, and marks a filter now and then. kill -9 comes at a random moment.
What was typed more than two seconds before has to be in the session, and the next browser has to go on from there."""
import concurrent.futures
import fcntl
import json
import os
import pty
import random
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
PROGRAM = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("TSVIZ", "build/release/tsviz"))
MODEL = os.path.abspath("tests/keras/keras1.h5")


def start(folder):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME="/nonexistent", XDG_CACHE_HOME="/dev/null/none")
        os.execv(PROGRAM, [PROGRAM, MODEL, folder + "/d.csv", "--columns", "a,b", "-q", "--session", folder + "/s.json"])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    return pid, fd


def drain(fd, seconds, word=None):
    """Takes what the browser writes, for a time or until a word has come."""
    end, seen = time.monotonic() + seconds, b""
    while time.monotonic() < end:
        if select.select([fd], [], [], max(0, min(0.02, end - time.monotonic())))[0]:
            seen += os.read(fd, 65536)
        if word and word in seen:
            return True
    return word is None


def session(folder):
    p = subprocess.run([PROGRAM, "session", folder + "/s.json", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode:
        raise ValueError(p.stderr.decode())
    return json.loads(p.stdout)["session"], p.stderr.decode()


def run(seed):
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="tsviz-kills-") as folder:
        with open(folder + "/d.csv", "w") as f:
            f.write("a,b\n" + "".join("%d,%d\n" % (i % 7, i % 5) for i in range(2000)))
        at = 0
        for _ in range(2):  # the second browser goes on with what the first one has left
            pid, fd = start(folder)
            if not drain(fd, 60, b"Layers"):
                return "run %d: no screen" % seed
            typed, end = [], time.monotonic() + rng.uniform(0.5, 5)
            while time.monotonic() < end:
                os.write(fd, b"]")
                typed.append(time.monotonic())
                drain(fd, rng.choice((0.005, 0.05, 0.3)))
            os.kill(pid, signal.SIGKILL)
            killed = time.monotonic()
            os.waitpid(pid, 0)
            os.close(fd)
            least, most = at + sum(t < killed - 2 for t in typed), at + len(typed)
            try:
                s, said = session(folder)
                now = s["question"]["window"]["index"]
            except ValueError as e:
                now, said = (at, "") if least == at and "no such session" in str(e) else (-1, str(e))
            if not least <= now <= most:
                return "run %d: window %d, not %d to %d: %s" % (seed, now, least, most, said)
            at = now
    return ""


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    bad = [b for b in pool.map(run, range(RUNS)) if b]
for b in bad:
    print("FAIL", b)
print("%d of %d runs, each with two kills, have kept what was older than two seconds" % (RUNS - len(bad), RUNS))
sys.exit(bool(bad))
