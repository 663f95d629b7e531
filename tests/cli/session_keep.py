"""The browser on a terminal of its own: session_keep.py PROGRAM FOLDER ARGUMENT ... plays what a user and a bad line do, and prints
what is on the disk afterwards. Commands come on standard input, one a line:

  start [ARGUMENT ...]   open the browser (the second one, if one is open)
  open ARGUMENT ...      open it with these arguments alone; it keeps its own session below FOLDER/state
  keys TEXT              type it, with a blank for each _
  wait PATTERN           until the last browser's screen has shown it
  rest SECONDS           let it work
  kept N                 until the session on the disk has N marks
  fill                   write a file into FOLDER until its disk is full
  kill SIGNAL            send it to the last browser, and wait for its end
  hangup                 close its terminal
  end                    wait for the last browser
  marks                  print what the session has
"""
import fcntl
import glob
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

program, folder, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
session = os.path.join(folder, "s.json")
open_ones = []


def read(b, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not select.select([b["fd"]], [], [], 0.05)[0]:
            continue
        try:
            more = os.read(b["fd"], 65536)
        except OSError:
            more = b""
        if not more:
            return False
        b["seen"] += more
    return True


def start(all_arguments):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME=folder, USER="ann", XDG_STATE_HOME=folder + "/state")
        os.execv(program, [program] + all_arguments)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    open_ones.append({"pid": pid, "fd": fd, "seen": b""})


def state():
    own = glob.glob(folder + "/state/tsviz/sessions/*.json")
    if own:
        return json.load(open(max(own, key=os.path.getmtime)))
    p = subprocess.run([program, "session", session, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return json.loads(p.stdout)["session"] if p.returncode == 0 else {"marks": {}, "question": {"off": {}}}


def count(sets):
    return sum(len(v) for v in sets.values())


def until(what, true):
    end = time.monotonic() + 30
    while not true():
        if open_ones:
            read(open_ones[-1], 0.1)
        if time.monotonic() > end:
            print("never:", what)
            if open_ones:
                print(open_ones[-1]["seen"][-600:])
            return


def ended(b):
    """says how a browser ended; one that does not end is killed, so that the suite fails and does not hang"""
    limit = time.monotonic() + 60
    while not os.waitid(os.P_PID, b["pid"], os.WEXITED | os.WNOWAIT | os.WNOHANG):
        if b["fd"] < 0 or not read(b, 0.1):
            time.sleep(0.05)
        if time.monotonic() > limit:
            print("never: end")
            print(b["seen"][-600:])
            os.kill(b["pid"], signal.SIGKILL)
            break
    _, status = os.waitpid(b["pid"], 0)
    open_ones.remove(b)
    if b["fd"] >= 0:
        os.close(b["fd"])
    print("ended by signal %d" % os.WTERMSIG(status) if os.WIFSIGNALED(status) else "ended with %d" % os.WEXITSTATUS(status))


for line in sys.stdin:
    word, _, rest = line.strip().partition(" ")
    last = open_ones[-1] if open_ones else None
    if word == "start":
        start(arguments + ["--session", session] + rest.split())
    elif word == "open":
        start(rest.split())
    elif word == "keys":
        last["seen"] = b""
        os.write(last["fd"], rest.replace("_", " ").encode())
    elif word == "wait":
        until(rest, lambda: rest.encode() in last["seen"])
    elif word == "rest":
        read(last, float(rest))
    elif word == "kept":
        until("kept " + rest, lambda: count(state()["marks"]) == int(rest))
    elif word == "fill":
        subprocess.run(["dd", "if=/dev/zero", "of=" + folder + "/filler", "bs=1k", "count=200"], stderr=subprocess.DEVNULL)
    elif word == "kill":
        os.kill(last["pid"], getattr(signal, rest))
        ended(last)
    elif word == "hangup":
        os.close(last["fd"])
        last["fd"] = -1
        ended(last)
    elif word == "end":
        ended(last)
    elif word == "marks":
        s = state()
        print("%d marks, %d off" % (count(s["marks"]), count(s["question"]["off"])))
