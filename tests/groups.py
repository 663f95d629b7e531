"""Cuts random tables of groups into windows by a plain computation of its own, and compares every window, its group, its
true value or label and the output of a linear network, scaled and in raw units, with what `tsviz predict` prints. tests/cli/groups.sh runs it:

    groups.py TSVIZ FOLDER [SEED] [COUNT]
"""
import base64, csv, io, json, math, os, random, struct, subprocess, sys

tsviz, folder = sys.argv[1:3]
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
count = int(sys.argv[4]) if len(sys.argv) > 4 else 40
rng = random.Random(seed)


def f32(v):
    return struct.unpack('f', struct.pack('f', v))[0]


def run(*args):
    p = subprocess.run([tsviz, *args], capture_output=True, text=True)
    return p.returncode, p.stdout, p.stderr


def model(T, C, classes):
    """A linear network of random weights: [path, weights of output 0 by (t, c), bias]."""
    path = f'{folder}/net-{T}-{C}-{classes}.json'
    if not os.path.exists(path):
        # a window for each class and some more
        with open(f'{folder}/train.csv', 'w') as f:
            f.write(','.join(f'c{c}' for c in range(C)) + ',k\n')
            for i in range(4 * T + 8):
                f.write(','.join(f'{rng.uniform(-1, 1):.4f}' for c in range(C)) + f',{"xyz"[i % 3]}\n')
        columns = ','.join(f'c{c}' for c in range(C))
        last = {'type': 'Dense', 'units': 3, 'activation': 'softmax'} if classes else {'type': 'Dense', 'units': 1}
        recipe = {'columns': columns, 'label': 'k'} if classes else {'columns': columns, 'predict': 'c0'}
        json.dump({'window': T, 'loss': 'crossentropy' if classes else 'mse', 'epochs': 1, 'batch': 8,
                   'layers': [{'type': 'Flatten'}, last], 'recipe': recipe}, open(f'{folder}/spec.json', 'w'))
        status, _, err = run('train', '-q', f'{folder}/spec.json', f'{folder}/train.csv', '-o', path)
        assert status == 0, err
        m = json.load(open(path))
        for k in ('recipe', 'channel_names', 'history'):
            m.pop(k, None)
        json.dump(m, open(path, 'w'))
    return path


def weights(path, T, C):
    """The kernel of a forecaster, by an analysis of the network at the origin and at unit windows: no knowledge of the
    file's order of weights is needed."""
    rows = 1 + T * C
    wide = f'{path}.units.npy'
    import numpy
    x = numpy.zeros((rows, T, C), 'f4')
    for k in range(T * C):
        x[1 + k, k // C, k % C] = 1
    numpy.save(wide, x)
    status, out, err = run('predict', '-q', path, wide, '--layout', 'NTC')
    assert status == 0, err
    y = [float(r['output0']) for r in csv.DictReader(io.StringIO(out))]
    return y[0], [v - y[0] for v in y[1:]]


def table():
    """Rows (group, label, [values]) of one to five groups, one after another or interleaved."""
    names = rng.sample(rng.choice([['s1', 's2', 'walk, fast', 'Zoë', 'run'], ['7', '10', '1', '22', '3']]), rng.randint(1, 5))
    parts = [[(n, rng.choice('xxyz'), [round(rng.uniform(-9, 9), 3) for _ in range(3)]) for _ in range(rng.randint(1, 40))]
             for n in names]
    if rng.random() < 0.5:
        return [r for p in parts for r in p]
    rows = []
    while any(parts):
        p = rng.choice([p for p in parts if p])
        for _ in range(rng.randint(1, 4)):
            if p:
                rows.append(p.pop(0))
    return rows


def case(i):
    rows = table()
    T, step, horizon = rng.randint(2, 6), rng.randint(1, 8), rng.randint(1, 4)
    derive, classes = rng.random() < 0.5, rng.random() < 0.5
    missing = rng.choice(['none', 'drop', 'interpolate'])
    scale = rng.choice(['none', 'standard', 'minmax'])
    C = 2
    n = len(rows)
    if missing != 'none':
        for r in rows:
            for c in range(C):
                if rng.random() < 0.08:
                    r[2][c] = None
    fit = (0, n)
    lo, hi = 0, n
    args = []
    mode = rng.choice(['all', 'rows', 'train', 'test'])
    if mode == 'rows' and n > 8:
        lo = rng.randint(0, n // 3)
        hi = rng.randint(2 * n // 3, n)
        args += ['--rows', f'{lo}:{hi}']
    if mode in ('train', 'test') and n > 8:
        fit = (0, rng.randint(n // 2, n - 2))
        args += ['--fit', f'{fit[0]}:{fit[1]}', '--split', mode]
        lo, hi = fit if mode == 'train' else (fit[1], n)
    rule = rng.choice(['last', 'majority', 'any'])
    args += ['--group', 'who', '--columns', 'a,b', '--step', str(step), '--horizon', str(horizon)]
    args += ['--scale', scale] if scale != 'none' else []
    by_group = scale != 'none' and rng.random() < 0.6
    args += ['--scale-by', 'group'] if by_group else []
    args += ['--derive', 'diff'] if derive else []
    args += ['--missing', missing] if missing != 'none' else []
    args += ['--label', 'k', '--label-rule', rule] if classes else ['--predict', 'b']

    path = f'{folder}/case.csv'
    with open(path, 'w', newline='') as f:
        w = csv.writer(f)
        w.writerow(['who', 'k', 'a', 'b', 'other'])
        for who, k, v in rows:
            w.writerow([who, k] + ['' if x is None else x for x in v])

    # the plain computation
    def scaler(mine):
        shift, size = [0.0] * C, [1.0] * C
        for c in range(C):
            v = [f32(r[2][c]) for r in rows[fit[0]:fit[1]] if mine(r) and r[2][c] is not None]
            if not v and by_group:
                v = [f32(r[2][c]) for r in rows if mine(r) and r[2][c] is not None]
            if not v:
                return None
            if scale == 'standard':
                shift[c] = math.fsum(v) / len(v)
                size[c] = math.sqrt(math.fsum((x - shift[c]) ** 2 for x in v) / len(v)) or 1
            if scale == 'minmax':
                shift[c], size[c] = min(v), (max(v) - min(v)) or 1
        return shift, size

    scalers = {name: scaler(lambda r: not by_group or r[0] == name) for name in {r[0] for r in rows}}
    if not by_group and None in scalers.values():
        return 0
    found = []
    for name in dict.fromkeys(r[0] for r in rows):
        part = [(j, rows[j][1], list(rows[j][2])) for j in range(lo, hi) if rows[j][0] == name]
        if missing == 'drop':
            part = [p for p in part if None not in p[2][:C]]
        if len(part) < T:
            continue
        for c in range(C):
            known = [j for j, p in enumerate(part) if p[2][c] is not None]
            if not known:
                return 0  # a refusal: not this test
            for j, p in enumerate(part):
                if p[2][c] is None:
                    left = [q for q in known if q < j]
                    right = [q for q in known if q > j]
                    x = lambda q: part[q][2][c]
                    v = (x(right[0]) if not left else x(left[-1]) if not right else
                         x(left[-1]) + (x(right[0]) - x(left[-1])) * ((j - left[-1]) / (right[0] - left[-1])))
                    p[2].append((c, v))
            for p in part:
                for q in [q for q in p[2] if isinstance(q, tuple) and q[0] == c]:
                    p[2].remove(q)
                    p[2].append(('at', c, q[1]))
        for p in part:
            for q in [q for q in p[2] if isinstance(q, tuple)]:
                p[2][q[1]] = q[2]
        for s in range(0, len(part) - T + 1, step):
            w = part[s:s + T]
            shift, size = scalers[name]
            x = [[(p[2][c] - shift[c]) / size[c] for c in range(C)] for p in w]
            if derive:
                for c in range(C):
                    d = [x[t + 1][c] - x[t][c] for t in range(T - 1)]
                    d.append(sum(abs(v) for v in d) / (T - 1))
                    for t in range(T):
                        x[t].append(d[t])
            at = s + T - 1 + horizon
            truth = part[at][2][1] if at < len(part) else None
            labels = [p[1] for p in w]
            label = (labels[-1] if rule == 'last' else max(labels) if rule == 'any' else
                     max('xyz', key=lambda k: (labels.count(k), -ord(k))))
            found.append((classes or truth is None, part[s][0], name, x, label if classes else truth))
    found.sort(key=lambda w: (w[0], w[1]))

    net = model(T, C * (2 if derive else 1), classes)
    status, out, err = run('predict', '-q', net, path, *args)
    if not found:
        assert status == 1 and 'a window of' in err, f'{args}: no window, but {err}'
        return 0
    assert status == 0, f'{args}: {err}'
    got = list(csv.DictReader(io.StringIO(out)))
    assert len(got) == len(found), f'{args}: {len(got)} windows instead of {len(found)}'
    bias, w = (0, None) if classes else weights(net, T, C * (2 if derive else 1))
    for k, (_, row, name, x, truth) in enumerate(found):
        g = got[k]
        assert int(g['row']) == row, f'{args}: window {k} begins at row {g["row"]} instead of {row}'
        assert g['group'] == name, f'{args}: window {k} is of group {g["group"]} instead of {name}'
        if classes:
            assert g['true'] == truth, f'{args}: window {k} is labelled {g["true"]} instead of {truth}'
            continue
        assert (g['true0'] == '') == (truth is None), f'{args}: window {k}: {g["true0"]} instead of {truth}'
        assert truth is None or abs(float(g['true0']) - truth) < 1e-6, f'{args}: {g["true0"]} instead of {truth}'
        y = bias + sum(v * x[t][c] for t in range(T) for c, v in enumerate(w[t * len(x[0]):(t + 1) * len(x[0])]))
        if scale != 'none':
            shift, size = scalers[name]
            raw = y * size[1] + shift[1]
            assert abs(float(g['raw0']) - raw) < 1e-4 * (1 + abs(raw) + size[1]), f'{args}: raw {g["raw0"]} instead of {raw}'
        assert abs(float(g['output0']) - y) < 1e-4 * (1 + abs(y)), f'{args}: output {g["output0"]} instead of {y}'
    return len(found)


total = used = 0
for i in range(count):
    try:
        n = case(i)
    except AssertionError as e:
        sys.exit(f'seed {seed}, case {i}: {e}')
    total += n
    used += n > 0
if used < count // 2:
    sys.exit(f'only {used} of {count} cases have windows')
print(f'{total} windows of {used} tables are equal')
