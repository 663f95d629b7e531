"""follow_errors.py TSVIZ FOLDER: what a browser with --follow says when its data file is cut short, replaced by another one, taken away,
ends in half a line, or has a row that cannot be read. Prints "ok" or what was not seen."""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

tsviz, folder = sys.argv[1:]
model, data = folder + "/net.json", folder + "/grow.csv"
with open(folder + "/load.csv") as f:
    HEAD, *ROWS = f.readlines()


def write(text):
    with open(data, "w") as f:
        f.write(text)


def append(text):
    with open(data, "a") as f:
        f.write(text)


def rotate(rows):
    """As logrotate does: the old file has another name, and a new one begins."""
    os.replace(data, data + ".1")
    write(HEAD + "".join(rows))


write(HEAD + "".join(ROWS))
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME=folder, XDG_CACHE_HOME=folder, XDG_STATE_HOME="/dev/null/none")
    os.execv(tsviz, [tsviz, model, data, "--columns", "load,temp", "--predict", "load", "--follow", "-q"])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))


def until(what, *words):
    seen, end = "", time.time() + 60
    while time.time() < end:
        if select.select([fd], [], [], 0.2)[0]:
            seen += os.read(fd, 65536).decode("utf8", "replace")
        if any(w in seen for w in words):
            return
    sys.exit("%s: not seen: %s\n%r" % (what, words, seen[-2000:]))


def case(what, change, *words):
    os.write(fd, b"\x1b")  # takes the message before away: the terminal is sent differences only
    time.sleep(0.2)
    change()
    until(what, *words)


until("start", "0/36")
for what, change, *words in (
        ("half a line", lambda: append(ROWS[-1] + ROWS[-1][:-3]), "1 window more"),
        ("the other half", lambda: append(ROWS[-1][-3:]), "1 window more"),
        ("a bad value", lambda: append(ROWS[-1].replace(",", ",x", 1)), "not a number", "is no number"),
        ("mended", lambda: write(HEAD + "".join(ROWS)), "windows fewer", "fewer"),
        ("cut short", lambda: write(HEAD + "".join(ROWS[:-4])), "fewer"),
        ("cut to nothing", lambda: write(""), "empty"),
        ("grown again", lambda: write(HEAD + "".join(ROWS)), "more"),
        ("rotated", lambda: rotate(ROWS[:-10]), "fewer"),
        ("gone", lambda: os.remove(data), "No such file"),
        ("back again", lambda: write(HEAD + "".join(ROWS + ROWS[-1:])), "more")):
    case(what, change, *words)
os.write(fd, b"Q")
os.waitpid(pid, 0)
print("ok")
