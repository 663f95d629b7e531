#!/usr/bin/python3
"""Writes samples/ecg.csv: the first minute of the electrocardiogram that SciPy ships (scipy.misc or scipy.datasets), means of two
samples, 180 a second, in millivolts. Needs python3-scipy; the file is kept here, and LICENSE tells whose it is.
Usage: python3 samples/ecg.py > samples/ecg.csv"""
try:
    from scipy.datasets import electrocardiogram
    mv = electrocardiogram()
except ImportError:
    import warnings
    warnings.simplefilter("ignore")
    from scipy.misc import electrocardiogram
    mv = electrocardiogram()

print("time,mV")
for i in range(60 * 180):
    t = i / 180
    print("%d:%06.3f,%.4g" % (t // 60, t % 60, (mv[2 * i] + mv[2 * i + 1]) / 2))
