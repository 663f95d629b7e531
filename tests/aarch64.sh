#!/bin/sh
# The core and its suites built for aarch64 (another instruction set, NEON kernels) and run by qemu: make test-aarch64.
# Installs the compiler, qemu and check for arm64 where it may (Debian), else says what is missing. Not part of make test.
cd "$(dirname "$0")/.." || exit 2
B=build/aarch64
CC=aarch64-linux-gnu-gcc
lib=/usr/lib/aarch64-linux-gnu
if ! command -v $CC >/dev/null || ! command -v qemu-aarch64-static >/dev/null || [ ! -e $lib/libcheck.a ]; then
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo "SKIP aarch64: gcc-aarch64-linux-gnu, qemu-user-static and check:arm64 are missing"
		exit 1
	fi
	export DEBIAN_FRONTEND=noninteractive
	log=$(mktemp)
	if ! { dpkg --add-architecture arm64 && apt-get update &&
		apt-get install -y --no-install-recommends gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static check:arm64; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		exit 1
	fi
	rm -f "$log"
fi
mkdir -p $B/tests; for d in core/*/; do mkdir -p "$B/$d"; done
# as the Makefile has it: fused multiply-add in the kernel file alone
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
