#!/usr/bin/env python3
"""Bytes on the wire and time to the last byte, key by key, in a pseudo-terminal: tsviz beside htop, tig and less.

    python3 tests/bench/wire.py [--check] [--size 80x24] PROGRAM MODEL DATA [OPTIONS ...]

Prints one line a kind of key: count, p50, p95 and most bytes, p95 of the milliseconds from key to last byte. --check: exit status 3
where a budget is exceeded (bytes only: time depends on the machine)."""
import fcntl, os, pty, select, shutil, struct, subprocess, sys, tempfile, termios, time

BUDGET = {'cursor': (200, 400), 'rest': (2560, 2560), 'level': (6144, 6144), 'window': (6144, 6144), 'repaint': (8192, 8192), 'idle': (0, 0)}


class Tty:
    def __init__(self, argv, cols, rows):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            env = {k: v for k, v in os.environ.items() if k not in ('LINES', 'COLUMNS', 'NO_COLOR')}
            env.update(TERM='xterm-256color', LANG='C.UTF-8', LC_ALL='C.UTF-8', XDG_CONFIG_HOME='/nonexistent')
            os.execvpe(argv[0], argv, env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, cols, 0, 0))

    def read(self, quiet, most=5.0):
        """Bytes until nothing comes for `quiet` seconds, and when the last came (after the call began)."""
        n, begin, last = 0, time.monotonic(), 0.0
        while time.monotonic() - begin < most and select.select([self.fd], [], [], quiet)[0]:
            try:
                b = os.read(self.fd, 1 << 16)
            except OSError:
                break
            if not b:
                break
            n += len(b)
            last = time.monotonic() - begin
        return n, last

    def key(self, s, quiet=0.08):
        os.write(self.fd, s.encode())
        return self.read(quiet)

    def close(self, s):
        try:
            os.write(self.fd, s.encode())
        except OSError:
            pass
        for _ in range(40):
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                break
            self.read(0.05, 0.1)
        else:
            os.kill(self.pid, 15)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


def rank(v, p):
    v = sorted(v)
    return v[min(len(v) - 1, int(p * len(v)))]


def row(name, samples, budget=None):
    n = [b for b, _ in samples]
    ms = [t * 1000 for _, t in samples if t > 0] or [0]
    over = budget and (rank(n, 0.5) > budget[0] or rank(n, 0.95) > budget[1])
    print('%-16s %5d keys  p50 %6d  p95 %6d  most %6d bytes   p95 %6.1f ms%s' %
          (name, len(n), rank(n, 0.5), rank(n, 0.95), max(n), rank(ms, 0.95), '   OVER %d/%d' % budget if over else ''), flush=True)
    return bool(over)


def tsviz(argv, cols, rows):
    t = Tty(argv, cols, rows)
    t.read(0.5)
    got = {k: [] for k in BUDGET}
    for level in '23434':
        got['level'].append(t.key(level, 0.12))
        t.read(0.4)
        moves = ['\x1b[B', '\x1b[B', '\x1b[C', '\x1b[A', '\x1b[B', '\x1b[D', 'j', 'j', 'k', 'l'] * 3
        for m in moves:
            got['cursor'].append(t.key(m))
        got['rest'].append(t.read(0.4))
    for w in ']]]}{[[]':
        got['window'].append(t.key(w, 0.12))
        t.read(0.4)
    for _ in range(3):
        got['repaint'].append(t.key('\x0c', 0.3))
    got['idle'] = [t.read(1.0) for _ in range(3)]
    t.close('Q')
    return any([row('tsviz ' + k, got[k], BUDGET[k] if (cols, rows) == (80, 24) else None) for k in BUDGET])


def peers(cols, rows):
    with tempfile.TemporaryDirectory() as d:
        with open(d + '/text', 'w') as f:
            f.writelines('line %d of a long text with some words in it\n' % i for i in range(5000))
        subprocess.run(['sh', '-c', 'cd %s && git init -q . && for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do '
                        'git -c user.name=a -c user.email=a commit -q --allow-empty -m "change $i"; done' % d], check=False)
        for name, argv in (('htop', ['htop', '-d', '600']), ('tig', ['tig', '-C' + d]), ('less', ['less', d + '/text'])):
            if not shutil.which(name):
                print('%-16s is not installed' % name)
                continue
            t = Tty(argv, cols, rows)
            t.read(0.8)
            row(name + ' cursor', [t.key(m) for m in ['j', 'j', '\x1b[B', 'k', 'j', '\x1b[A'] * 5])
            t.close('q')


def main(argv):
    check, size = False, (80, 24)
    while argv and argv[0].startswith('--'):
        if argv[0] == '--check':
            check = True
        elif argv[0] == '--size':
            size = tuple(int(v) for v in argv.pop(1).split('x'))
        argv.pop(0)
    if len(argv) < 3:
        sys.exit(__doc__)
    over = tsviz(argv, *size)
    if not check:
        peers(*size)
    return 3 if over and check else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
