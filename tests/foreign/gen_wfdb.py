#!/usr/bin/python3
"""Writes the WFDB records of this folder after the published format (WFDB Applications Guide: header(5), signal(5), annot(5)):
python3 tests/foreign/gen_wfdb.py. tests/unit/test_foreign.c knows each value: sample i of signal k is d(i, k) for the converter."""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
N = 151


def d(i, k, most):
    return (i * 37 + k * 11) % (2 * most - 1) - most + 1


def pack(fmt, v):
    if fmt == 16:
        return struct.pack("<%dh" % len(v), *v)
    if fmt == 61:
        return struct.pack(">%dh" % len(v), *v)
    if fmt == 80:
        return bytes(x + 128 for x in v)
    if fmt == 24:
        return b"".join(struct.pack("<i", x)[:3] for x in v)
    if fmt == 32:
        return struct.pack("<%di" % len(v), *v)
    out = b""
    for i in range(0, len(v), 2):
        a, b = v[i] & 0xfff, (v[i + 1] if i + 1 < len(v) else 0) & 0xfff
        out += bytes((a & 255, a >> 8 | b >> 8 << 4)) + (bytes((b & 255,)) if i + 1 < len(v) else b"")
    return out


def write(name, data):
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(data.encode() if isinstance(data, str) else data)


def checksum(v):
    s = sum(v) & 0xffff
    return s - 65536 if s > 32767 else s


MOST = {16: 30000, 61: 30000, 80: 100, 212: 2000, 24: 8000000, 32: 2000000000}
for fmt, most in MOST.items():
    for n in (1, 2):
        cols = [[d(i, k, most) for i in range(N)] for k in range(n)]
        name = "f%d_%d" % (fmt, n)
        head = "# made by gen_wfdb.py\n%s %d 360 %d\n" % (name, n, N)
        for k in range(n):
            head += "%s.dat %d 200(%d)/mV 12 5 %d %d 0 lead %s\n" % (name, fmt, 10 * k, cols[k][0], checksum(cols[k]), "ab"[k])
        write(name + ".hea", head)
        write(name + ".dat", pack(fmt, [cols[k][i] for i in range(N) for k in range(n)]))

# two files of different formats, an offset of 7 bytes, no gain, the zero of the converter as baseline, a missing sample
a, b = [d(i, 0, 2000) for i in range(N)], [d(i, 1, 30000) for i in range(N)]
b[20] = -32768
write("two.hea", "two 2 128/64(0) 151 12:00:00 01/02/2003\r\ntwo_a.dat 212 100 12 7\r\ntwo_b.dat 16+7 0/uV\r\n#Age: 50\r\n")
write("two_a.dat", pack(212, a))
write("two_b.dat", b"unused\n" + pack(16, b))


def word(code, interval):
    return struct.pack("<H", code << 10 | interval)


def aux(text):
    return word(63, len(text)) + text + b"\0" * (len(text) & 1)


# annotations of two: time resolution of 256 a second, so twice the samples; rhythm N at 4, beats N at 10, V at 30 with a number,
# rhythm AFIB at 60 (by a long jump), a note "artefact" at 70, beat N at 1000, which is outside
write("two.atr", word(22, 0) + aux(b"## time resolution: 256") + word(28, 8) + aux(b"(N\0") + word(1, 12) + word(5, 40) + word(60, 3)
      + word(59, 0) + struct.pack("<HH", 0, 60) + word(28, 0) + aux(b"(AFIB") + word(22, 20) + aux(b"artefact")
      + word(59, 0) + struct.pack("<HH", 0, 1860) + word(1, 0) + b"\0\0")

for name, line in (("skew", "two_a.dat 212:3 100"), ("frames", "two_a.dat 212x4 100"), ("format8", "two_a.dat 8 100"),
                   ("folder", "../two_a.dat 212 100"), ("nofile", "three.dat 212 100"), ("short", "two_a.dat 16 100")):
    write(name + ".hea", "%s 1 360 %d\n%s\n" % (name, N, line))
write("segments.hea", "segments/2 2 360 400\ns1 200\ns2 200\n")
write("changed.hea", "changed 1 360 151\nf16_1.dat 16 200 16 0 0 77 0 I\n")
