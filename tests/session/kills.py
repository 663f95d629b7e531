#!/usr/bin/python3
"""Kills the browser at random moments: kills.py [RUNS [PROGRAM]]. Run by `make kills KILLS=300`.

Each run begins with a session of 100 marks and 100 notes. A browser on a terminal of its own goes on to the next window by each key, and now
and then writes a note or changes a mark. kill -9 comes at a random moment. What was typed more than two seconds before has to be in the
session, all that was there before, too, and the next browser has to go on from there."""
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
MODEL = os.path.abspath("samples/ecg-model.json")
DATA = os.path.abspath("samples/ecg.csv")
MARKS = {"conv1": list(range(64)), "conv2": list(range(32)), "conv3": list(range(4))}
NOTES = 100


def start(folder):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME="/nonexistent", XDG_CACHE_HOME="/dev/null/none")
        os.execv(PROGRAM, [PROGRAM, MODEL, DATA, "-q", "--session", folder + "/s.json"])
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


def begun():
    """The text of a session with marks and notes, as a browser has written it."""
    with tempfile.TemporaryDirectory(prefix="tsviz-kills-") as folder:
        path = folder + "/s.json"
        keys = " ".join("; %s enter" % " ".join("n%d" % i) for i in range(NOTES))
        with open(path, "w") as f:
            json.dump({"tsviz_session": 1, "marks": MARKS}, f)
        subprocess.run([PROGRAM, MODEL, DATA, "-q", "--session", path, "--screen", "layers", "--keys", keys], check=True, stdout=subprocess.DEVNULL)
        with open(path) as f:
            text = f.read()
    s = json.loads(text)
    assert s["marks"] == MARKS and len(s["notes"]) == NOTES, "the session to begin with is not as it should be"
    return text


def lacks(s, windows, typed):
    """What of a session is not as it was typed: windows and typed are (least, most)."""
    at, texts = s["question"]["window"]["index"], [n["text"] for n in s["notes"].values()]
    old, new = sum(t.startswith("n") for t in texts), [int(t[1:]) for t in texts if t.startswith("k")]
    if not windows[0] <= at <= windows[1]:
        return "window %d, not %d to %d" % (at, *windows)
    if old != NOTES:
        return "%d of the first %d notes" % (old, NOTES)
    if sorted(new) != list(range(len(new))) or not typed[0] <= len(new) <= typed[1]:
        return "notes %s, not %d to %d of them" % (sorted(new), *typed)
    if {k: v for k, v in s["marks"].items() if k != "pool1"} != MARKS:
        return "other marks"
    return ""


def run(seed):
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="tsviz-kills-") as folder:
        with open(folder + "/s.json", "w") as f:
            f.write(BEGUN)
        at, noted = 0, 0
        for _ in range(2):  # the second browser goes on with what the first one has left
            pid, fd = start(folder)
            if not drain(fd, 60, b"Layers"):
                return "run %d: no screen" % seed
            moves, notes, end = [], [], time.monotonic() + rng.uniform(0.5, 5)
            while time.monotonic() < end:
                if rng.random() < 0.2:
                    os.write(fd, b";k%d\r" % (noted + len(notes)))
                    notes.append(time.monotonic())
                else:
                    os.write(fd, b"]")
                    moves.append(time.monotonic())
                drain(fd, rng.choice((0.005, 0.05, 0.3)))
            os.kill(pid, signal.SIGKILL)
            killed = time.monotonic()
            os.waitpid(pid, 0)
            os.close(fd)
            kept = [sum(t < killed - 2 for t in typed) for typed in (moves, notes)]
            try:
                s, said = session(folder)
                bad = lacks(s, (at + kept[0], at + len(moves)), (noted + kept[1], noted + len(notes)))
            except ValueError as e:
                bad = str(e)
            if bad:
                return "run %d: %s" % (seed, bad)
            at, noted = s["question"]["window"]["index"], len(s["notes"]) - NOTES
    return ""


BEGUN = begun()
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    bad = [b for b in pool.map(run, range(RUNS)) if b]
for b in bad:
    print("FAIL", b)
print("%d of %d runs, each with two kills, have kept what was older than two seconds" % (RUNS - len(bad), RUNS))
sys.exit(bool(bad))
