"""follow.py TSVIZ FOLDER: a browser with --follow in a terminal of its own, whose data file grows and whose model is replaced.

Prints "ok" or what was not seen."""
import fcntl
import os
import pty
import select
import shutil
import struct
import sys
import termios
import time

tsviz, folder = sys.argv[1:]
model, data = folder + "/net.json", folder + "/load.csv"
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME=folder, XDG_CACHE_HOME=folder)
    os.execv(tsviz, [tsviz, model, data, "--columns", "load,temp", "--predict", "load", "--follow", "-q"])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))


def until(*words):
    """Reads until all words have come in one go of the screen."""
    seen, end = "", time.time() + 60
    while time.time() < end:
        if select.select([fd], [], [], 0.2)[0]:
            seen += os.read(fd, 65536).decode("utf8", "replace")
        if all(w in seen for w in words):
            return
    sys.exit("not seen: %s\n%r" % (words, seen[-2000:]))


def screen_has(word):
    """The terminal is sent differences only, so the whole screen is asked for."""
    os.write(fd, b"\x0c")
    until(word)


def grow(rows):
    """A row more is a window more. The last row is written in two parts."""
    with open(data) as f:
        last = f.readlines()[-1].split(",", 1)[1]
    with open(data, "a") as f:
        for i in range(rows):
            f.write("2026-03-02 0%d:0%d" % (i, i))
            f.flush()
            f.write("," + last)


until("0/36")
grow(2)
until("the data have changed: 2 windows more")
screen_has("0/38")  # the cursor stays
os.write(fd, b"#38\r")
screen_has("38/38")
grow(1)
until("the data have changed: 1 window more")
screen_has("39/39")  # it stood at the end, and goes along
with open(model) as f:
    text = f.read()
with open(model + ".new", "w") as f:
    f.write(text + " ")
os.replace(model + ".new", model)
until("the model has changed and is loaded again")
with open(model, "w") as f:
    f.write(text[:300])  # a training that is not done yet
until("line 1")
with open(model, "w") as f:
    f.write(text)
until("the model has changed and is loaded again")
os.write(fd, b"Q")
os.waitpid(pid, 0)
print("ok")
