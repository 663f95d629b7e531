"""notes.py FILE: the annotations of a WFDB .atr file, or of an EDF+ file, a line each: time, duration (EDF+) and text.

Written after annot(5) of the WFDB Applications Guide and edfplus.info, apart from the program."""
import struct
import sys

data = open(sys.argv[1], "rb").read()
if data[:8] == b"0       ":
    size, records, per = int(data[184:192]), int(data[236:244]), int(data[472:480])
    assert data[192:197] == b"EDF+C" and data[256:272] == b"EDF Annotations " and size == 512, "header"
    assert len(data) == size + records * per * 2, "length"
    for i in range(records):
        record = data[size + i * per * 2:size + (i + 1) * per * 2]
        keeping, note = [q for q in record.split(b"\0") if q]
        assert keeping == b"+0\x14\x14", keeping
        when, text, rest = note.split(b"\x14")
        onset, duration = when.split(b"\x15")
        assert onset[:1] == b"+" and not rest
        print("%.6f %.6f %s" % (float(onset), float(duration), text.decode()))
else:
    at = time = 0
    while True:
        word, = struct.unpack_from("<H", data, at)
        code, value = word >> 10, word & 1023
        at += 2
        if not word:
            break
        if code == 59:
            high, low = struct.unpack_from("<HH", data, at)
            time += high << 16 | low
            at += 4
        elif code == 63:
            print(time, data[at:at + value].decode())
            at += value + value % 2
        else:
            assert code == 22, code
            time += value
    assert at == len(data), "bytes behind the end"
