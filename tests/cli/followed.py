"""A browser with --follow in a terminal of its own, for follow.py and follow_errors.py."""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time


class Browser:
    def __init__(self, tsviz, folder, data, columns):
        """Starts it on folder/net.json and the data, in a terminal of so many columns."""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME=folder, XDG_CACHE_HOME=folder,
                              XDG_STATE_HOME="/dev/null/none")
            os.execv(tsviz, [tsviz, folder + "/net.json", data, "--columns", "load,temp", "--predict", "load", "--follow", "-q"])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def keys(self, keys):
        os.write(self.fd, keys)

    def until(self, what, words, enough):
        """Reads until all of the words (enough: all) or one of them (any) has come; `what` says in a failure what was waited for."""
        seen, end = "", time.time() + 60
        while time.time() < end:
            if select.select([self.fd], [], [], 0.2)[0]:
                seen += os.read(self.fd, 65536).decode("utf8", "replace")
            if enough(w in seen for w in words):
                return
        sys.exit("%s: not seen: %s\n%r" % (what, words, seen[-2000:]))

    def quit(self):
        self.keys(b"Q")
        os.waitpid(self.pid, 0)
