#!/usr/bin/env python3
"""From exec to the first whole picture of the browser, in a pseudo-terminal, and the most memory until then.

    python3 tests/bench/start.py [--runs 20] [--json] PROGRAM [ARGUMENTS ...]

The first picture is there when its last word was written: quit, the last of the keys. Prints the least, the median and the most milliseconds,
the processor's time, and the peak memory (VmHWM) of the browser and of its children together at that moment. The files are in
the system's cache. As a measure of the machine it prints the same for /bin/true, until it ends."""
import fcntl, json, os, pty, select, signal, struct, sys, termios, time

LAST = b'quit'


def peak(pid):
    try:
        for line in open('/proc/%d/status' % pid):
            if line.startswith('VmHWM'):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def children(pid):
    out = []
    try:
        for t in os.listdir('/proc/%d/task' % pid):
            out += [int(c) for c in open('/proc/%d/task/%s/children' % (pid, t)).read().split()]
    except OSError:
        pass
    return out


def run(argv):
    begin = time.monotonic()
    pid, fd = pty.fork()
    if pid == 0:
        env = {k: v for k, v in os.environ.items() if k not in ('LINES', 'COLUMNS', 'NO_COLOR')}
        env.update(TERM='xterm-256color', LANG='C.UTF-8', LC_ALL='C.UTF-8', XDG_CONFIG_HOME='/nonexistent', XDG_STATE_HOME='/dev/null/none')
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
        os.execvpe(argv[0], argv, env)
    data, took, mb = b'', None, 0.0
    while time.monotonic() - begin < 20:
        if not select.select([fd], [], [], 1)[0]:
            continue
        try:
            b = os.read(fd, 1 << 16)
        except OSError:
            break
        if not b:
            break
        data += b
        if LAST in data:
            took = (time.monotonic() - begin) * 1000
            mb = peak(pid) + sum(peak(c) for c in children(pid))
            break
    if took is None:
        took = (time.monotonic() - begin) * 1000
    else:
        os.kill(pid, signal.SIGKILL)
    _, _, usage = os.wait4(pid, 0)
    os.close(fd)
    return took, (usage.ru_utime + usage.ru_stime) * 1000, mb


def main(argv):
    runs, lines = 20, False
    if argv[:1] == ['--runs']:
        runs = int(argv[1])
        argv = argv[2:]
    if argv[:1] == ['--json']:
        lines, argv = True, argv[1:]
    if not argv:
        sys.exit(__doc__)
    for name, a in (('true', ['/bin/true']), ('first picture', argv)):
        got = sorted(run(a) for _ in range(runs))
        cpu = sorted(c for _, c, _ in got)
        if lines:
            print(json.dumps(dict(program=name, min_ms=round(got[0][0], 2), median_ms=round(got[runs // 2][0], 2), cpu_ms=round(cpu[0], 2),
                                  memory_mb=round(max(m for _, _, m in got), 1), runs=runs)), flush=True)
            continue
        print('%-14s least %6.1f  median %6.1f  most %6.1f ms   processor %6.1f ms   %5.1f MB' %
              (name, got[0][0], got[runs // 2][0], got[-1][0], cpu[0], max(m for _, _, m in got)), flush=True)


main(sys.argv[1:])
