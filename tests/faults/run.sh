#!/bin/sh
# Every allocation and every system call fails in turn: sh tests/faults/run.sh [MOST]. MOST is the largest number of failing points of one
# use (default: 200). Run by `make faults`. sweep.py says what must hold.
cd "$(dirname "$0")/../.." || exit 2
sh tests/deps.sh faults || exit 1
mkdir -p build/faults
${CC:-cc} -O1 -Wall -Wextra -shared -fPIC -o build/faults/failalloc.so tests/faults/failalloc.c -ldl || exit 1
status=0
python3 tests/faults/reload.py build/release/tsviz || status=1
# libhdf5 is a shared library in this build, so that its own allocations are not counted (failalloc.c).
make --no-print-directory B=build/faults/shared HDF5=shared all || exit 1
python3 tests/faults/sweep.py oom build/faults/shared/tsviz build/faults/failalloc.so --most "${1:-200}" || status=1
if command -v strace >/dev/null; then
	python3 tests/faults/sweep.py calls build/release/tsviz build/faults/failalloc.so --most "${1:-200}" || status=1
else
	echo 'SKIP system calls: strace is not installed'
fi
exit $status
