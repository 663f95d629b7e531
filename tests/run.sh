#!/bin/sh
# Runs the suites of one variant and ends with one line `N passed, N failed, N skipped`.
#   sh tests/run.sh [VARIANT] [PATTERN] [PROGRAM ...]
# PATTERN limits the run to suites whose name it matches. Each PROGRAM is a unit program of another variant that runs as well.
# A suite is a unit program (build/VARIANT/tests/test_*) or a script of tests/cli. Both print one line for each skipped case,
# "SKIP name: reason", and end with their own line "N passed, N failed, N skipped".
cd "$(dirname "$0")/.." || exit 2
variant=${1:-release} pattern=${2:-.}
if [ $# -gt 2 ]; then shift 2; else set --; fi
B=build/$variant
export TSVIZ="$PWD/$B/tsviz" TSVIZ_VARIANT="$variant"
export LC_ALL=C.UTF-8 TZ=UTC
unset NO_COLOR COLUMNS LINES
pass=0 fail=0 skip=0 suites=0
count() { # name, output file, exit status
	suites=$((suites + 1))
	last=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$2" | tail -n 1)
	if [ -z "$last" ]; then
		echo "FAIL $1: ended without a count (status $3)"
		cat "$2"
		fail=$((fail + 1))
		return
	fi
	set -- "$1" "$2" "$3" $last
	p=$4 f=$6 s=$8
	if [ "$f" -gt 0 ] || [ "$3" -ne 0 ]; then
		cat "$2"
		[ "$f" -gt 0 ] || f=1
		echo "FAIL $1"
	else
		grep '^SKIP ' "$2"
		echo "ok   $1: $p passed, $s skipped"
	fi
	pass=$((pass + p)) fail=$((fail + f)) skip=$((skip + s))
}
out=$B/test-output
mkdir -p "$out"
if sh tests/layers.sh >"$out/layers" 2>&1; then
	pass=$((pass + 1)) && echo "ok   layers: 1 passed, 0 skipped"
else
	cat "$out/layers" && fail=$((fail + 1))
fi
# The f64 variant is the core in double precision: only unit programs run there.
for t in "$B"/tests/test_*; do
	case $t in *.d | *.o | *'*') continue ;; esac
	n=$(basename "$t")
	# a program whose source is gone is no test any more
	[ -f "tests/unit/$n.c" ] || continue
	echo "$n" | grep -qE "$pattern" || continue
	"$t" >"$out/$n" 2>&1
	count "$n" "$out/$n" $?
done
if [ "$variant" != f64 ]; then
	for t in tests/cli/*.sh; do
		[ -f "$t" ] || continue
		case $t in tests/cli/lib.sh) continue ;; esac
		n=$(basename "$t" .sh)
		echo "$n" | grep -qE "$pattern" || continue
		sh "$t" >"$out/$n" 2>&1
		count "$n" "$out/$n" $?
	done
fi
for t in "$@"; do
	other=$(basename "$(dirname "$(dirname "$t")")")
	n=$(basename "$t")-$other
	TSVIZ="$PWD/build/$other/tsviz" "$t" >"$out/$n" 2>&1
	count "$n" "$out/$n" $?
done
if [ $suites -eq 0 ]; then
	echo "FAIL no suite matches '$pattern'"
	fail=$((fail + 1))
fi
echo "$pass passed, $fail failed, $skip skipped"
[ "$fail" -eq 0 ]
