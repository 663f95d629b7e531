#!/usr/bin/python3
"""Writes the small networks and series of the screen tests. All weights and values are multiples of 1/8, so that sums are exact whatever
their order, and screens do not hang on the last digits of a kernel.

net.json     a forecaster: 24 steps of 2 channels, conv1 (6), pool1, conv2 (4), flatten, dense; filters 0 and 4 of conv1 are alike, 5 is silent
thin.json    the same with other numbers in conv1 #1 and without conv2 #3: the model beside it
branch.json  a classifier with a residual branch and three classes
line.json    one convolution of one filter, no branch: the smallest
auto.json    an autoencoder: 16 steps of 2 channels, and as many come out; seg.json: one of three classes for each of 16 steps
load.csv     time stamps, two columns; classes.csv: two columns, a label and a column of groups"""
import json, sys, os
os.chdir(os.path.dirname(os.path.abspath(__file__)))

def const(name, shape, values):
    return {'name': name, 'shape': shape, 'weight': True, 'float32': values}

def conv(name, source, out, pads, k, relu=True):
    nodes = [{'op': 'Conv', 'name': name, 'inputs': [source, name + '/w', name + '/b'], 'outputs': [name + '_z' if relu else out],
              'attributes': {'pads': {'ints': [pads, pads]}, 'kernel_shape': {'ints': [k]}}}]
    if relu:
        nodes.append({'op': 'Relu', 'name': name + '/relu', 'inputs': [name + '_z'], 'outputs': [out], 'attributes': {}})
    return {'name': name, 'type': 'Conv', 'activation': 'relu' if relu else '', 'kind': 'analysed', 'nodes': nodes,
            'pre': name + '_z' if relu else out, 'act': out}

def eighths(n, seed, span=9):
    """Small numbers without a library's random generator: they must never change."""
    v, x = [], seed
    for _ in range(n):
        x = (x * 1103515245 + 12345) % 2147483648
        v.append((x // 65536 % span - span // 2) / 8)
    return v

def model(name, steps, channels, constants, layers, output, **more):
    m = {'format': 'tsviz-model', 'version': 1, 'producer': 'the screen tests',
         'input': {'name': 'x', 'type': 'Input', 'layout': 'NCT', 'steps': steps, 'channels': channels, 'batch': 1},
         'constants': constants, 'layers': layers, 'output': output}
    m.update(more)
    with open(name, 'w') as f:
        json.dump(m, f, separators=(',', ':'))
        f.write('\n')

def forecaster(name='net.json', second=4, edge=-1):
    w1 = [[[0, .5, .5], [0, 0, 0]], [[edge, 1, 0], [.25, 0, -.25]], [[.25, .25, .25], [.5, 0, 0]], [[0, 0, .125], [-.5, 1, -.5]],
          [[0, .25, .25], [0, 0, .125]], [[-1, -1, -1], [-1, -1, -1]]]
    flat = lambda v: [z for f in v for c in f for z in c]
    c = [const('conv1/w', [6, 2, 3], flat(w1)), const('conv1/b', [6], [0, .125, -.25, 0, 0, -2]),
         const('conv2/w', [second, 6, 3], eighths(18 * second, 5)), const('conv2/b', [second], [.25, 0, -.125, .5][:second]),
         const('dense/w', [12 * second, 1], eighths(12 * second, 11, 5)), const('dense/b', [1], [.25])]
    pool = {'name': 'pool1', 'type': 'MaxPool', 'activation': '', 'kind': 'analysed', 'pre': 'p', 'act': 'p', 'nodes': [
        {'op': 'MaxPool', 'name': 'pool1', 'inputs': ['a1'], 'outputs': ['p'],
         'attributes': {'kernel_shape': {'ints': [2]}, 'strides': {'ints': [2]}}}]}
    flatten = {'name': 'flatten', 'type': 'Flatten', 'activation': '', 'kind': 'layout', 'pre': 'f', 'act': 'f', 'nodes': [
        {'op': 'Flatten', 'name': 'flatten', 'inputs': ['a2'], 'outputs': ['f'], 'attributes': {}}]}
    dense = {'name': 'dense', 'type': 'Gemm', 'activation': '', 'kind': 'analysed', 'pre': 'y', 'act': 'y', 'nodes': [
        {'op': 'Gemm', 'name': 'dense', 'inputs': ['f', 'dense/w', 'dense/b'], 'outputs': ['y'], 'attributes': {}}]}
    layers = [conv('conv1', 'x', 'a1', 1, 3), pool, conv('conv2', 'p', 'a2', 1, 3), flatten, dense]
    for i, l in enumerate(layers):
        l['reads'] = [i]
    model(name, 24, 2, c, layers, 'y')

def classifier():
    c = [const('stem/w', [4, 2, 3], eighths(24, 3)), const('stem/b', [4], [0, .125, 0, -.125]),
         const('body/w', [4, 4, 3], eighths(48, 7, 5)), const('body/b', [4], [.25, 0, 0, .125]),
         const('dense/w', [4, 3], eighths(12, 2)), const('dense/b', [3], [0, 0, 0])]
    add = {'name': 'join', 'type': 'Add', 'activation': 'relu', 'kind': 'analysed', 'pre': 's', 'act': 'j', 'nodes': [
        {'op': 'Add', 'name': 'join', 'inputs': ['b', 'a'], 'outputs': ['s'], 'attributes': {}},
        {'op': 'Relu', 'name': 'join/relu', 'inputs': ['s'], 'outputs': ['j'], 'attributes': {}}]}
    gap = {'name': 'mean', 'type': 'GlobalAveragePool', 'activation': '', 'kind': 'analysed', 'pre': 'gf', 'act': 'gf', 'nodes': [
        {'op': 'GlobalAveragePool', 'name': 'mean', 'inputs': ['j'], 'outputs': ['g'], 'attributes': {}},
        {'op': 'Flatten', 'name': 'mean/flat', 'inputs': ['g'], 'outputs': ['gf'], 'attributes': {}}]}
    dense = {'name': 'dense', 'type': 'Gemm', 'activation': 'softmax', 'kind': 'analysed', 'pre': 'z', 'act': 'y', 'nodes': [
        {'op': 'Gemm', 'name': 'dense', 'inputs': ['gf', 'dense/w', 'dense/b'], 'outputs': ['z'], 'attributes': {}},
        {'op': 'Softmax', 'name': 'dense/softmax', 'inputs': ['z'], 'outputs': ['y'], 'attributes': {'axis': {'int': 1}}}]}
    layers = [conv('stem', 'x', 'a', 1, 3), conv('body', 'a', 'b', 1, 3, False), add, gap, dense]
    for l, r in zip(layers, ([0], [1], [2, 1], [3], [4])):
        l['reads'] = r
    model('branch.json', 16, 2, c, layers, 'y')

def line():
    c = [const('only/w', [1, 1, 3], [.5, -1, .5]), const('only/b', [1], [0])]
    model('line.json', 8, 1, c, [dict(conv('only', 'x', 'y', 1, 3), reads=[0])], 'y')

def steps():
    c = [const('in/w', [4, 2, 3], eighths(24, 3)), const('in/b', [4], [0, .125, 0, -.125])]
    out = [const('out/w', [2, 4, 3], eighths(24, 7, 5)), const('out/b', [2], [.25, 0])]
    layers = [dict(conv('in', 'x', 'a', 1, 3), reads=[0]), dict(conv('out', 'a', 'y', 1, 3, False), reads=[1])]
    model('auto.json', 16, 2, c + out, layers, 'y')
    out = [const('out/w', [3, 4, 3], eighths(36, 9)), const('out/b', [3], [0, .5, 0])]
    head = conv('out', 'a', 'z', 1, 3, False)
    head['nodes'].append({'op': 'Softmax', 'name': 'out/softmax', 'inputs': ['z'], 'outputs': ['y'], 'attributes': {'axis': {'int': 1}}})
    head.update(act='y', activation='softmax', reads=[1])
    model('seg.json', 16, 2, c + out, [layers[0], head], 'y')

def series():
    wave = [0, 1, 3, 4, 5, 4, 3, 1, 0, -2, -3, -4, -4, -3, -1]
    noise = eighths(200, 17, 17)
    with open('load.csv', 'w') as f:
        f.write('time,load,temp\n')
        for t in range(60):
            f.write('2026-03-01 %02d:%02d,%g,%g\n' % (t // 4, t % 4 * 15, wave[t % 15] / 2 + noise[t] / 2, wave[(t * 2 + 3) % 15] / 4))
    with open('classes.csv', 'w') as f:
        f.write('u,v,state,part\n')
        for t in range(60):
            f.write('%g,%g,%s,%s\n' % (wave[t % 15] / 2 if t // 20 != 1 else noise[t], wave[t * 3 % 15] / 4, ('idle', 'busy', 'down')[t // 20],
                                       ('first', 'second')[t // 7 % 2 if t < 28 else t % 2]))

forecaster(), forecaster('thin.json', 3, .5), classifier(), line(), steps(), series()
