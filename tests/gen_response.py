#!/usr/bin/env python3
"""Writes tests/unit/response_numbers.h: kernels and the absolute values of their discrete Fourier transforms by numpy. Format it with
clang-format afterwards."""
import os

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(7)
with open(os.path.join(here, 'unit', 'response_numbers.h'), 'w') as out:
    print('/* Made by tests/gen_response.py with numpy: do not edit. */', file=out)
    print('static const struct {\n\tint64_t taps, dilation;\n\treal w[9];\n\tdouble gain[33];\n} response_cases[] = {', file=out)
    for taps, dilation in ((1, 1), (3, 1), (5, 2), (9, 1), (4, 7)):
        w = np.round(rng.normal(size=taps), 4)
        spread = np.zeros(64)
        spread[np.arange(taps) * dilation] = w
        gain = np.abs(np.fft.rfft(spread))
        print('\t{ %d, %d, { %s },\n\t  { %s } },' % (taps, dilation, ', '.join('(real)%r' % float(v) for v in w),
              ',\n\t    '.join(', '.join('%.9f' % v for v in gain[i:i + 8]) for i in range(0, 33, 8))), file=out)
    print('};', file=out)
