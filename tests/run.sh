#!/bin/sh
# Runs the suites of one variant and ends with one line `N passed, N failed, N skipped`.
#   sh tests/run.sh [VARIANT] [PATTERN] [PROGRAM ...]
# PATTERN limits the run to suites whose name it matches. Each PROGRAM is a unit program of another variant that runs as well.
# A suite is a unit program (build/VARIANT/tests/test_*) or a script of tests/cli. Both print one line for each skipped case,
# "SKIP name: reason", and end with their own line "N passed, N failed, N skipped". One suite more runs at the same time than there
# are processors, because some mostly wait, or as many as the variable JOBS says; tests/suite.sh runs one of them.
cd "$(dirname "$0")/.." || exit 2
variant=${1:-release} pattern=${2:-.}
if [ $# -gt 2 ]; then shift 2; else set --; fi
B=build/$variant
export TSVIZ="$PWD/$B/tsviz" TSVIZ_VARIANT="$variant"
export LC_ALL=C.UTF-8 TZ=UTC XDG_CACHE_HOME=/dev/null/none XDG_STATE_HOME=/dev/null/none
# In a sanitizer build, undefined behaviour ends the program by SIGILL. This reports it with its place. The search for leaks crashes on
# variables of a thread that belong to a library loaded late, if it follows __tls_get_addr.
export ASAN_OPTIONS="handle_sigill=1:intercept_tls_get_addr=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
unset NO_COLOR COLUMNS LINES
jobs=${JOBS:-$(($(nproc 2>/dev/null || echo 2) + 1))}
out=$B/test-output
mkdir -p "$out"
rm -f "$out"/*.count
# One line for each suite: its name, its program, and the file for its output. The longest suites come first, so that no processor has
# to wait for one of them at the end.
list=$out/list
row() { [ ! -e "$2" ] || printf '%s %s %s\n' "$1" "$2" "$out/$1"; }
{
	# The f64 variant is the core in double precision: only unit programs run there.
	if [ "$variant" != f64 ]; then
		for t in tests/cli/*.sh; do
			[ "$t" = tests/cli/lib.sh ] || row "$(basename "$t" .sh)" "$t"
		done
	fi
	for t in "$B"/tests/test_*; do
		case $t in *.d | *.o) continue ;; esac
		n=$(basename "$t")
		# a program whose source is gone is no test any more
		[ ! -f "tests/unit/$n.c" ] || row "$n" "$t"
	done
} | awk -v pattern="$pattern" '$1 ~ pattern { print ($1 ~ /^(test_terminal|modes|screens|test_keras|test_foreign|wire|cases_wide|cases_long|task_book|setup|survey|prune)$/ ? 0 : 1), $0 }' |
	sort -s -n -k 1,1 | cut -d ' ' -f 2- >"$list"
for t in "$@"; do
	row "$(basename "$t")-$(basename "$(dirname "$(dirname "$t")")")" "$t" >>"$list"
done
echo "layers tests/layers.sh $out/layers" >>"$list"
xargs -P "$jobs" -n 3 sh tests/suite.sh <"$list"
suites=$(grep -c . "$list")
if [ "$suites" -eq 1 ]; then
	echo "FAIL no suite matches '$pattern'"
	exit 1
fi
cat "$out"/*.count | awk -v suites="$suites" '
	{ passed += $1; failed += $2; skipped += $3 }
	END {
		if (NR != suites) { print "FAIL " NR " of " suites " suites ended"; failed++ }
		print passed + 0 " passed, " failed + 0 " failed, " skipped + 0 " skipped"
		exit failed > 0
	}'
