#!/usr/bin/env python3
"""Random keys and sizes to a program in a pseudo-terminal: started by monkey.sh alone, unprivileged and where no other process is seen.

    monkey.py KEYS SEED PROGRAM [ARGUMENTS ...]

Started again whenever the keys quit it (status 0). Says what it ended with otherwise; at the end it hangs up, after which the program must
be gone within a second. Exit status 1: it crashed, hung or stayed."""
import fcntl, os, pty, random, select, signal, struct, sys, termios, time

KEYS = [bytes([c]) for c in range(32, 127)] + [b'\x1b[A', b'\x1b[B', b'\x1b[C', b'\x1b[D', b'\x1b[5~', b'\x1b[6~', b'\x1b[H', b'\x1b[F', b'\r', b'\r', b'\t',
        b'\x1b', b'\x7f', b'\x0c', b'\x04', b'\x15', b'\x12', b'\x1b[Z', b'\x1bOP', b'\x1b[15~', b'\xc3\xa9', b'\xff', b'\x1b[M   ', b'\x1b[<0;3;3M',
        b'\x1b[?1;2c', b'\x1b]11;rgb:0/0/0\x07', b'\x1b[200~2q\r\x1b[201~', b'1', b'2', b'3', b'4', b'j', b'k', b'h', b'l'] * 2
COLS, ROWS = (1, 2, 7, 39, 40, 80, 132, 300, 500), (1, 2, 5, 11, 12, 24, 50, 200)
HANG = 60                                          # seconds without an answer to ^L


class Program:
    def __init__(self, argv):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp(argv[0], argv)
        self.tail, self.bytes = b'', 0
        self.size(80, 24)

    def size(self, cols, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, cols, 0, 0))

    def read(self, wait):
        """False: it has gone."""
        while select.select([self.fd], [], [], wait)[0]:
            try:
                b = os.read(self.fd, 1 << 16)
            except OSError:
                return False
            self.bytes += len(b)
            self.tail = (self.tail + b)[-4000:]
            wait = 0
        return True

    def send(self, b):
        try:
            return select.select([], [self.fd], [], HANG)[1] and os.write(self.fd, b) > 0
        except OSError:
            return False

    def answers(self):
        """A whole repaint comes, sooner or later: twice Escape and a usable size first, then ^L."""
        self.size(80, 24)
        if not self.send(b'\x1b\x1b') or not self.read(0.2):
            return True
        before = self.bytes
        self.send(b'\x0c')
        end = time.monotonic() + HANG
        while self.bytes == before and time.monotonic() < end:
            if not self.read(0.5):
                return True
        return self.bytes > before

    def status(self, wait):
        end = time.monotonic() + wait
        while time.monotonic() < end:
            pid, st = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(st)
            time.sleep(0.005)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return None


def main(n, seed, argv):
    rnd, started, resizes, k, out = random.Random(seed), 1, 0, 0, 0
    p = Program(argv)
    p.read(5)
    while k < n:
        x, alive = rnd.random(), True
        if x < 0.005:
            p.size(rnd.choice(COLS), rnd.choice(ROWS))
            resizes += 1
        elif x < 0.006:
            os.kill(p.pid, signal.SIGCONT)
        else:
            alive = p.send(rnd.choice(KEYS))
            k += 1
        alive = alive and p.read(rnd.choice((0, 0, 0.002, 0.004)))
        if alive and k % 2000 == 0 and x >= 0.006 and not p.answers():
            print('seed %d, key %d: it hangs' % (seed, k))
            return 1
        if not alive:
            st = p.status(30)
            if st != 0:
                print('seed %d, key %d: it ended with %s\n%s' % (seed, k, st, p.tail.decode(errors='replace')))
                return 1
            out += p.bytes
            os.close(p.fd)
            p = Program(argv)
            p.read(5)
            started += 1
    p.answers()
    begin = time.monotonic()
    os.close(p.fd)
    st = p.status(10)
    took = time.monotonic() - begin
    print('seed %d: %d keys, %d sizes, %d starts, %d bytes; hung up: ended with %s in %.2f s' % (seed, k, resizes, started, out + p.bytes, st, took))
    if st in (0, -signal.SIGHUP) and took < 1:
        return 0
    print(p.tail.decode(errors='replace'))
    return 1


if __name__ == '__main__':
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
