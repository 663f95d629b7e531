#!/usr/bin/env python3
"""Bytes on the wire and time to the last byte, key by key, in a pseudo-terminal: tsviz beside htop, tig and less.

    python3 tests/bench/wire.py [--check] [--size 80x24] [--term xterm-256color] PROGRAM MODEL DATA [OPTIONS ...]

Prints one line a kind of key: count, p50, p95 and most bytes, p95 of the milliseconds from key to last byte. A key counts from its first
byte on, however long that takes. --check: exit status 3 where a budget is exceeded (bytes only: time depends on the machine)."""
import fcntl, os, pty, select, shutil, struct, sys, tempfile, termios, time

# most bytes at p50 and p95. A cursor move rewrites what differs in the strips of the input's channels. A step to the
# next layer recolours the input at once; where the columns scroll or the grid is another it is as a change of level.
BUDGET = {'cursor': (180, 400), 'layer': (6144, 6144), 'rest': (2560, 2560), 'level': (6144, 6144), 'window': (6144, 6144),
          'repaint': (8192, 8192), 'scroll': (400, 400), 'idle': (0, 0),
          'picture': (240, 480), 'whole picture': (9216, 9216)}  # of a heat-map each cell has a colour of its own
# views beside the levels: the keys to them, those that move in them, and their budget. A key in the help scrolls by a line of text, and up
# and down in the filter view show another filter.
VIEWS = (('filter', ('2', '\x1b') + ('\x1b[Z',) * 9 + ('\r',), 'hhhlhhlh', 'cursor'), ('filters', (), 'jjkjj', 'layer'),
         ('heat', '15', 'jhjlkhhjl', 'picture'), ('table', '16g', 'jjkjjj', 'cursor'), ('methods', '17', 'jjkjj', 'cursor'), ('curve', '1R', '==-==-', 'cursor'), ('windows', '1wg', 'jjkjjj', 'cursor'),
         ('editor', '1E', 'llhllh', 'cursor'), ('edits', (), 'kkjkfk', 'window'),
         ('findings', '1fg', 'jjkjj', 'cursor'), ('options', '1og', 'jjkjj', 'cursor'), ('help', '1?', 'jjkjj', 'scroll'))
LAYERS = 9                                         # walked through, if there are as many
ANSWER = 1.0                                       # seconds after which a key has changed nothing
NO_MORE = 0.14                                     # the same where it may well have none: before the recolouring at rest
FRAME = 0.08                                       # of silence end what a key brings; the recolouring at rest comes after 0.15


class Tty:
    def __init__(self, argv, cols, rows, term='xterm-256color'):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            env = {k: v for k, v in os.environ.items() if k not in ('LINES', 'COLUMNS', 'NO_COLOR')}
            env.update(TERM=term, LANG='C.UTF-8', LC_ALL='C.UTF-8', XDG_CONFIG_HOME='/nonexistent', XDG_STATE_HOME='/dev/null/none')
            os.execvpe(argv[0], argv, env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, cols, 0, 0))

    def read(self, quiet, first=None):
        """Bytes until nothing comes for `quiet` seconds, the first of them awaited for `first`; and when the last came."""
        n, begin, last, wait = 0, time.monotonic(), 0.0, first or quiet
        while select.select([self.fd], [], [], wait)[0]:
            try:
                b = os.read(self.fd, 1 << 16)
            except OSError:
                break
            if not b:
                break
            n += len(b)
            last = time.monotonic() - begin
            wait = quiet
        return n, last

    def key(self, s, quiet=FRAME, most=ANSWER):
        os.write(self.fd, s.encode())
        return self.read(quiet, most)

    def close(self, s):
        try:
            os.write(self.fd, s.encode())
        except OSError:
            pass
        for _ in range(40):
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                break
            self.read(0.05)
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


def tsviz(argv, cols, rows, term):
    t = Tty(argv, cols, rows, term)
    t.read(0.5, 20)
    got = {k: [] for k in BUDGET}
    for level, moves in (('2', 'jjkjjk'), ('3', 'ljhlkl'), ('4', 'ljhlkl')):
        got['level'].append(t.key(level))
        t.read(0.4)
        for _ in range(LAYERS):
            t.key('\x1b[Z', most=NO_MORE)
        for _ in range(LAYERS):
            t.read(0.4)
            got['cursor'] += [k for k in (t.key(m, most=NO_MORE) for m in moves) if k[0]]
            got['rest'].append(t.read(0.4))
            layer = t.key('\t', most=0.4)
            if not layer[0]:
                break
            got['layer'].append(layer)
    # level 3 from a filter with its sources lit: most of the screen is another
    for m in '2\rr':
        t.key(m)
        t.read(0.4)
    got['level'].append(t.key('3'))
    t.read(0.4)
    for w in ']]]}{[[]':
        got['window'].append(t.key(w))
        t.read(0.4)
    for _ in range(3):
        got['repaint'].append(t.key('\x0c', 0.3))
    got['idle'] = [t.read(1.0) for _ in range(3)]
    rows_of = [('tsviz ' + k, got[k], BUDGET[k]) for k in BUDGET if got[k]]
    for name, keys, moves, budget in VIEWS:
        opening = []
        for k in keys:
            opening.append(t.key(k, most=NO_MORE))
            # the networks of the curve are made one after the other
            t.read(2.5 if k == 'R' else 0.4)
        moved = [k for k in (t.key(m, most=NO_MORE) for m in moves) if k[0]] or [(0, 0.0)]
        t.read(0.4)
        rows_of.append(('tsviz ' + name, moved, BUDGET[budget]))
        if opening:
            rows_of.append(('tsviz to ' + name, [max(opening)], BUDGET['whole picture' if name == 'heat' else 'level']))
    t.close('Q')
    print('%s at %dx%d' % (term, cols, rows))
    return any([row(name, n, budget if (cols, rows) == (80, 24) else None) for name, n, budget in rows_of])


def peers(cols, rows, term):
    """tig shows the log of the folder it is started in."""
    with tempfile.NamedTemporaryFile('w') as f:
        f.writelines('line %d of a long text with some words in it\n' % i for i in range(5000))
        f.flush()
        for argv in (['htop', '-d', '600'], ['tig'], ['less', f.name]):
            if not shutil.which(argv[0]):
                print('%-16s is not installed' % argv[0])
                continue
            t = Tty(argv, cols, rows, term)
            t.read(0.8, 5)
            row(argv[0] + ' cursor', [t.key(m) for m in ['j', 'j', '\x1b[B', 'k', 'j', '\x1b[A'] * 5])
            t.close('q')


def main(argv):
    check, size, term = False, (80, 24), 'xterm-256color'
    while argv and argv[0].startswith('--'):
        if argv[0] == '--check':
            check = True
        elif argv[0] == '--size':
            size = tuple(int(v) for v in argv.pop(1).split('x'))
        elif argv[0] == '--term':
            term = argv.pop(1)
        argv.pop(0)
    if len(argv) < 3:
        sys.exit(__doc__)
    over = tsviz(argv, *size, term)
    if not check:
        peers(*size, term)
    return 3 if over and check else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
