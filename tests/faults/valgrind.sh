#!/bin/sh
# The tests of the command line, with tsviz under valgrind's memcheck. A test that fails only here is a failure, and so is any report.
#   sh tests/faults/valgrind.sh [PATTERN]      PATTERN limits the run to scripts of tests/cli whose name it matches. Run by `make valgrind`.
cd "$(dirname "$0")/../.." || exit 2
sh tests/deps.sh valgrind || exit 1
B=$PWD/build/valgrind
rm -rf "$B" && mkdir -p "$B" || exit 2
# The sanitizers look for leaks (make test VARIANT=san). Files are read in the process itself: the child would start /proc/self/exe, which
# is valgrind here.
cat >"$B/tsviz" <<END
#!/bin/sh
exec valgrind -q --trace-children=no --leak-check=no --track-fds=no --suppressions=$PWD/tests/faults/valgrind.supp --log-file=$B/report.%p \\
	"$PWD/build/release/tsviz" "\$@" --no-sandbox
END
chmod +x "$B/tsviz"
export TSVIZ="$B/tsviz" TSVIZ_VARIANT=valgrind LC_ALL=C.UTF-8 TZ=UTC
for t in tests/cli/*.sh; do
	# lib is no test. lint runs nothing. faults sets limits that valgrind itself does not survive. suspend waits for a shell by the clock.
	# setup runs make, not tsviz.
	case $(basename "$t" .sh) in lib | lint | faults | suspend | setup) continue ;; esac
	basename "$t" .sh | grep -qE "${1:-.}" && basename "$t" .sh
done >"$B/scripts"
# As many run at once as there are processors.
export B
xargs -P "$(nproc 2>/dev/null || echo 2)" -I {} sh -c 'timeout 3600 sh tests/cli/{}.sh >"$B/{}.log" 2>&1 </dev/null
	echo "{}: $(tail -n 1 "$B/{}.log")"' <"$B/scripts" | tee "$B/summary"
failed=$(grep -cvE ': [0-9]+ passed, 0 failed' "$B/summary")
reports=$(find "$B" -name 'report.*' -size +0 | wc -l)
all=$(find "$B" -name 'report.*' | wc -l)
find "$B" -name 'report.*' -size +0 -exec head -n 12 {} \; | head -n 60
echo "$((all - reports)) runs without a report, $reports with one; $failed scripts failed"
[ "$reports" -eq 0 ] && [ "$failed" -eq 0 ]
