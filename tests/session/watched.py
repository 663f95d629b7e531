"""A browser in a terminal of its own and what it costs, for soak.py and soak_follow.py."""
import fcntl
import os
import pty
import select
import struct
import termios
import time


class Browser:
    """`mib` and `seconds` are of the moment: its resident memory, and the processor time of all its threads since it began."""

    def __init__(self, program, arguments, **environment):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME="/nonexistent", XDG_CACHE_HOME="/dev/null/none", **environment)
            os.execv(program, [program, *arguments])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def keys(self, keys):
        os.write(self.fd, keys)

    def read(self, seconds):
        """How many bytes it writes in this time."""
        end, n = time.monotonic() + seconds, 0
        while select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
            n += len(os.read(self.fd, 65536))
        return n

    @property
    def mib(self):
        with open("/proc/%d/status" % self.pid) as f:
            return next(int(line.split()[1]) / 1024 for line in f if line.startswith("VmRSS"))

    @property
    def seconds(self):
        with open("/proc/%d/stat" % self.pid) as f:
            return sum(int(v) for v in f.read().rsplit(")", 1)[1].split()[11:13]) / os.sysconf("SC_CLK_TCK")

    def idle(self, seconds):
        """(processor seconds, bytes written) while nobody types; what the last key has begun gets 6 s to end before."""
        self.read(6)
        before = self.seconds
        written = self.read(seconds)
        return self.seconds - before, written

    def quit(self):
        """Types Q. Its status."""
        self.keys(b"Q")
        while select.select([self.fd], [], [], 5)[0]:
            try:
                if not os.read(self.fd, 65536):
                    break
            except OSError:
                break
        return os.waitpid(self.pid, 0)[1]
