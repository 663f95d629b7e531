#!/bin/sh
# Every allocation and every system call fails in turn: sh tests/faults/run.sh [MOST]. MOST: points of one use (default: 200). Run by
# `make faults`; see sweep.py for what is looked at.
cd "$(dirname "$0")/../.." || exit 2
mkdir -p build/faults
${CC:-cc} -O1 -Wall -Wextra -shared -fPIC -o build/faults/failalloc.so tests/faults/failalloc.c -ldl || exit 1
status=0
python3 tests/faults/reload.py build/release/tsviz || status=1
# with libhdf5 apart: what it allocates is not counted (see failalloc.c)
make --no-print-directory B=build/faults/shared HDF5=shared all || exit 1
python3 tests/faults/sweep.py oom build/faults/shared/tsviz build/faults/failalloc.so --most "${1:-200}" || status=1
if command -v strace >/dev/null; then
	python3 tests/faults/sweep.py calls build/release/tsviz build/faults/failalloc.so --most "${1:-200}" || status=1
else
	echo 'SKIP system calls: strace is not installed'
fi
exit $status
