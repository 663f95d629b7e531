#!/usr/bin/python3
"""How long a key waits: 500 keys through a pseudo-terminal, each of which changes the screen, while saliency, clusters and searches fill in.

    tests/bench/wait.py [--cursor] [TSVIZ] [MODEL DATA [OPTION ...]]

Without a model: a residual network of 60 layers, made here. Prints the time from a key to the first byte of its screen (p50, p95, p99, most)
as one JSON line. Keys that change nothing are not counted, unless numbers fill in just then: at the end of a list such a key seems slow.
--cursor: level 2 alone, from filter to filter and layer to layer."""
import base64, fcntl, json, math, os, pty, random, select, struct, sys, tempfile, termios, time

KEYS = ('2 j k l j k h j ] k [ j l l 3 l l h j ] ] [ tab l s-tab 4 l h ] [ c c 2 l enter right left right j k ] r right right r r bs 1 l l h ] 2 '
        'j j k k m j k m m m m j k j k j k 3 l l l h m m m 2 M j k M M M t j k t t x j k x ] [ } {').split()
CURSOR = 'j j k j l j j k j l k h j j l j k j'.split()
BYTES = {'tab': '\t', 's-tab': '\033[Z', 'enter': '\r', 'bs': '\x7f', 'right': '\033[C', 'left': '\033[D'}
COUNT = 500


def deep(folder):
    """stem, 19 blocks of two convolutions and an addition, mean, dense: 60 layers of 32 filters, 500 steps, 3 channels."""
    T, C, F = 500, 3, 32
    constants, layers = [], []
    random.seed(3)

    def const(name, shape, spread):
        n = math.prod(shape)
        v = [random.gauss(0, spread) for _ in range(n)]
        pieces = [base64.b64encode(struct.pack('<%df' % len(p), *p)).decode() for p in (v[i:i + 768] for i in range(0, n, 768))]
        constants.append({'name': name, 'shape': shape, 'weight': True, 'float32': pieces})

    def layer(name, kind, act, nodes, pre, out, reads):
        layers.append({'name': name, 'type': kind, 'activation': act, 'kind': 'analysed', 'nodes': nodes, 'pre': pre, 'act': out, 'reads': reads})
        return len(layers)

    def node(op, name, inputs, output, **attributes):
        return {'op': op, 'name': name, 'inputs': inputs, 'outputs': [output], 'attributes': attributes}

    def conv(name, source, channels, reads, taps, relu):
        const(name + '/w', [F, channels, taps], math.sqrt(1.2 / (channels * taps)))
        const(name + '/b', [F], .05)
        nodes = [node('Conv', name, [source, name + '/w', name + '/b'], name + '_z', pads={'ints': [taps // 2] * 2}, kernel_shape={'ints': [taps]})]
        if relu:
            nodes.append(node('Relu', name + '/relu', [name + '_z'], name + '_a'))
        return layer(name, 'Conv', 'relu' if relu else '', nodes, name + '_z', name + ('_a' if relu else '_z'), reads)

    at, now = conv('stem', 'x', C, [0], 7, True), 'stem_a'
    for b in range(1, 20):
        p = 'block%d/' % b
        first = conv(p + 'conv1', now, F, [at], 3, True)
        second = conv(p + 'conv2', p + 'conv1_a', F, [first], 3, False)
        at = layer(p + 'add', 'Add', 'relu', [node('Add', p + 'add', [p + 'conv2_z', now], p + 's'), node('Relu', p + 'r', [p + 's'], p + 'a')],
                   p + 's', p + 'a', [second, at])
        now = p + 'a'
    at = layer('mean', 'GlobalAveragePool', '', [node('GlobalAveragePool', 'gap', [now], 'g'), node('Flatten', 'fl', ['g'], 'gf')], 'gf', 'gf', [at])
    const('d/w', [F, 5], .3)
    const('d/b', [5], .1)
    layer('dense', 'Gemm', 'softmax', [node('Gemm', 'd', ['gf', 'd/w', 'd/b'], 'dz'), node('Softmax', 'sm', ['dz'], 'y', axis={'int': 1})], 'dz', 'y', [at])
    with open(folder + '/deep.json', 'w') as f:
        json.dump({'format': 'tsviz-model', 'version': 1, 'producer': 'a benchmark', 'constants': constants, 'layers': layers, 'output': 'y',
                   'input': {'name': 'x', 'type': 'Input', 'layout': 'NCT', 'steps': T, 'channels': C, 'batch': 1}}, f)
    with open(folder + '/deep.csv', 'w') as f:
        f.write('a,b,c,class\n')
        for t in range(4000):
            f.write('%.4f,%.4f,%.4f,%s\n' % (math.sin(t / 9), math.cos(t / 31) * .7, random.gauss(0, .5), 'vwxyz'[t // 400 % 5]))
    return [folder + '/deep.json', folder + '/deep.csv', '--columns', 'a,b,c', '--label', 'class']


def start(argv):
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(argv[0], argv, dict(os.environ, TERM='xterm-256color', LC_ALL='C.UTF-8', XDG_CONFIG_HOME='/nonexistent', XDG_STATE_HOME='/dev/null/none'))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 120, 0, 0))
    return fd


def drain(fd, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
            os.read(fd, 1 << 20)


def measure(fd, keys, count):
    random.seed(1)
    waits, nothing = [], 0
    drain(fd, 1)
    os.write(fd, b'2')
    drain(fd, .5)
    for i in range(4 * count):
        key = keys[i % len(keys)]
        at = time.monotonic()
        os.write(fd, BYTES.get(key, key).encode())
        # what comes later than 140 ms is the recolouring after the cursor has rested
        if select.select([fd], [], [], .14)[0]:
            waits.append((time.monotonic() - at) * 1000)
        else:
            nothing += 1
        drain(fd, random.uniform(.01, .3))
        if len(waits) == count:
            break
    os.write(fd, b'Q')
    return sorted(waits), nothing


def main():
    cursor = sys.argv[1:2] == ['--cursor']
    args = sys.argv[2 if cursor else 1:]
    program = os.path.abspath(args[0] if args else 'build/release/tsviz')
    with tempfile.TemporaryDirectory() as folder:
        what = args[1:] or deep(folder)
        waits, nothing = measure(start([program] + what), CURSOR if cursor else KEYS, COUNT // 4 if cursor else COUNT)
    n = len(waits)
    print(json.dumps({'what': 'key to screen', 'model': os.path.basename(what[0]), 'keys': n, 'no_change': nothing, 'unit': 'ms',
                      'p50': round(waits[n // 2], 1), 'p95': round(waits[n * 95 // 100], 1), 'p99': round(waits[n * 99 // 100], 1),
                      'most': round(waits[-1], 1)}))


main()
