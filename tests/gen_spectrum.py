#!/usr/bin/env python3
"""Writes tests/unit/spectrum_numbers.h: spectral twins of saliency maps by numpy's FFT, in double precision, for the network of
tests/unit/test_spectrum.c, whose weights and window both sides make from a formula. The gradient is written down here by hand.
Usage: python3 tests/gen_spectrum.py > tests/unit/spectrum_numbers.h   (needs numpy; the header is kept in the repository)"""
import numpy as np

C, F, K = 2, 3, 3


def wave(shape, k, size):
    return (size * np.sin(1.3 * np.arange(np.prod(shape)) + 0.7 * k + 1)).reshape(shape)


def gradient(x, w, b, d):
    """dy/dx of y = sum d tanh(conv(x, w) + b), x (C,T), zeros around it."""
    T = x.shape[1]
    padded = np.pad(x, ((0, 0), (1, 1)))
    z = np.array([[(w[f] * padded[:, t:t + K]).sum() + b[f] for t in range(T)] for f in range(F)])
    dz = d.reshape(F, T) * (1 - np.tanh(z) ** 2)
    g = np.zeros_like(padded)
    for t in range(T):
        g[:, t:t + K] += np.tensordot(dz[:, t], w, axes=1)
    return g[:, 1:-1]


def twin(dx, g):
    T = dx.shape[1]
    weight = np.full(T // 2 + 1, 2.0)
    weight[0] = 1
    if T % 2 == 0:
        weight[-1] = 1
    r = weight * (np.conj(np.fft.rfft(dx)) * np.fft.rfft(g)).real / T
    assert np.allclose(r.sum(axis=1), (dx * g).sum(axis=1), rtol=0, atol=1e-13)
    return r.T


print("/* Made by tests/gen_spectrum.py with numpy; do not edit. */")
for T in (12, 9):
    x, w, b, d = wave((C, T), 4, 1.1), wave((F, C, K), 1, 0.6), wave(F, 2, 0.2), wave(F * T, 3, 0.5)
    base = np.repeat(x.mean(axis=1, keepdims=True), T, axis=1)
    mean = np.mean([gradient(base + (k + 0.5) / 16 * (x - base), w, b, d) for k in range(16)], axis=0)
    for name, r in (("gradient-input", twin(x, gradient(x, w, b, d))), ("integrated", twin(x - base, mean))):
        rows = ["%.15g, %.15g" % tuple(v) for v in r]
        print('{ "%s", %d, {\n\t%s } },' % (name, T, ",\n\t".join(rows)))
