#!/usr/bin/env python3
"""A walk through the browser over a slow line: a real ssh to an sshd of this machine, through a proxy of 150 ms round trip and 64 kbit/s.

    python3 tests/bench/ssh_walk.py PROGRAM MODEL DATA [OPTIONS ...]          (as root: the sshd wants it)

Prints for each key the bytes and when the first and the last of them came. Keys, sshd and their files are made in a folder that is removed
again; the sshd listens on the loopback interface alone, and ends with the walk."""
import collections, os, select, shlex, socket, subprocess, sys, tempfile, time

ROUND_TRIP, RATE = 0.150, 8000                     # seconds, bytes a second
WALK = [('2', 'level 2'), ('j', 'down'), ('j', 'down'), ('l', 'next layer'), ('l', 'next layer'), ('l', 'columns scroll'), ('3', 'level 3'),
        ('\x1b[C', 'right'), ('j', 'down'), ('4', 'level 4'), ('l', 'right'), ('\r', 'filter'), ('r', 'highlight'), ('\x1b[D', 'a step back'),
        ('\x7f', 'back'), (']', 'next window'), ('w', 'windows'), ('j', 'down'), ('\r', 'open'), ('f', 'findings'), ('\x7f', 'back'),
        ('2', 'level 2'), ('x', 'filter off'), ('?', 'help'), ('\x7f', 'back'), ('1', 'level 1'), (']' * 10, 'ten windows')]


def proxy(port):
    """Standard input and output to the port, late and slow in both directions."""
    s = socket.create_connection(('127.0.0.1', port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ways = [{'from': 0, 'to': s.fileno(), 'queue': collections.deque(), 'free': 0.0}, {'from': s.fileno(), 'to': 1, 'queue': collections.deque(), 'free': 0.0}]
    while True:
        now, wait = time.monotonic(), 1.0
        for w in ways:
            while w['queue'] and w['queue'][0][0] <= now:
                b = w['queue'].popleft()[1]
                while b:
                    b = b[os.write(w['to'], b):]
            if w['queue']:
                wait = min(wait, w['queue'][0][0] - now)
        ready = select.select([w['from'] for w in ways], [], [], max(wait, 0))[0]
        now = time.monotonic()
        for w in ways:
            if w['from'] in ready:
                b = os.read(w['from'], 1024)
                if not b:
                    return
                w['free'] = max(now, w['free']) + len(b) / RATE
                w['queue'].append((w['free'] + ROUND_TRIP / 2, b))


def read(t, first, quiet):
    """Bytes, and the seconds until the first and the last of them."""
    n, begin, times, wait = 0, time.monotonic(), [0.0, 0.0], first
    while select.select([t.fd], [], [], wait)[0]:
        n += len(os.read(t.fd, 1 << 16))
        times[1] = time.monotonic() - begin
        times[0] = times[0] or times[1]
        wait = quiet
    return n, *times


def walk(t):
    n, first, last = read(t, 20, 1.5)
    print('%-16s %6d bytes  first %5.2f  last %5.2f s' % ('start', n, first, last), flush=True)
    total = 0
    for keys, name in WALK:
        os.write(t.fd, keys.encode())
        n, first, last = read(t, 2, 0.6)
        total += n
        print('%-16s %6d bytes  first %5.2f  last %5.2f s' % (name, n, first, last), flush=True)
    print('%-16s %6d bytes' % ('all keys', total))
    t.close('Q')


def main(argv):
    import wire
    with tempfile.TemporaryDirectory() as d, socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        port = s.getsockname()[1]
        s.close()
        for key in ('host', 'user'):
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', d + '/' + key], check=True)
        with open(d + '/conf', 'w') as f:
            f.write('Port %d\nListenAddress 127.0.0.1\nHostKey %s/host\nPidFile none\nAuthorizedKeysFile %s/user.pub\nStrictModes no\nUsePAM no\n'
                    'PasswordAuthentication no\nPermitRootLogin prohibit-password\n' % (port, d, d))
        os.makedirs('/run/sshd', exist_ok=True)
        sshd = subprocess.Popen(['/usr/sbin/sshd', '-D', '-e', '-f', d + '/conf'], stderr=subprocess.DEVNULL)
        try:
            time.sleep(0.5)
            there = 'cd %s && LC_ALL=C.UTF-8 XDG_CONFIG_HOME=/nonexistent XDG_STATE_HOME=/dev/null/none exec %s' % (shlex.quote(os.getcwd()), shlex.join([os.path.abspath(argv[0])] + argv[1:]))
            walk(wire.Tty(['ssh', '-tt', '-F', '/dev/null', '-i', d + '/user', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null',
                           '-o', 'LogLevel=ERROR', '-o', 'ProxyCommand=%s' % shlex.join([sys.executable, os.path.abspath(__file__), '--proxy', str(port)]),
                           'root@127.0.0.1', there], 80, 24))
        finally:
            sshd.terminate()
            sshd.wait()


if __name__ == '__main__':
    if sys.argv[1:2] == ['--proxy']:
        proxy(int(sys.argv[2]))
    elif len(sys.argv) < 4:
        sys.exit(__doc__)
    else:
        main(sys.argv[1:])
