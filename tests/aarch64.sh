#!/bin/sh
# The core and its suites, built for aarch64 (another instruction set, with NEON kernels) and run by qemu. Run by `make test-aarch64`; it is
# not part of `make test`.
cd "$(dirname "$0")/.." || exit 2
B=build/aarch64
CC=aarch64-linux-gnu-gcc
lib=/usr/lib/aarch64-linux-gnu
sh tests/deps.sh test-aarch64 || exit 1
mkdir -p $B/tests; for d in core/*/; do mkdir -p "$B/$d"; done
# As in the Makefile, only the kernel file may fuse a multiplication with an addition.
flags="-std=c11 -D_GNU_SOURCE -fno-math-errno -O2 -I. -Wall -Wextra"
jobs=$(nproc)
ls core/*/*.c | xargs -P "$jobs" -I{} sh -c '
	o='$B'/${1%.c}.o
	[ "$o" -nt "$1" ] && [ -z "$(find core -name "*.h" -newer "$o")" ] && exit 0
	'"$CC $flags"' $([ "$1" = core/kernels/tile.c ] && echo -ffp-contract=fast) -c -o "$o" "$1"' sh {} || exit 1
rm -f $B/libcore.a && ar rcs $B/libcore.a $B/core/*/*.o
# suites of the core alone; check comes from the added architecture, its headers are the same on all
pass=0 fail=0
for t in tests/unit/test_*.c; do
	grep -qE '#include "(src/|ui/|tests/unit/tty.h)' "$t" && continue
	n=$(basename "$t" .c)
	if ! $CC $flags -static -o $B/tests/$n "$t" $B/libcore.a -L$lib -lcheck -lsubunit -lm -lpthread; then
		fail=$((fail + 1))
		continue
	fi
	CK_TIMEOUT_MULTIPLIER=20 qemu-aarch64-static $B/tests/$n >$B/tests/$n.out 2>&1
	last=$(grep -E '^[0-9]+ passed, [0-9]+ failed' $B/tests/$n.out | tail -n 1)
	echo "$n: ${last:-ended without a count}"
	# shellcheck disable=SC2086
	set -- ${last:-0 passed, 1 failed}
	pass=$((pass + $1)) fail=$((fail + $3))
	[ "$3" = 0 ] || cat $B/tests/$n.out
done
echo "$pass passed, $fail failed"
[ $fail -eq 0 ]
