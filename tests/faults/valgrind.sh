#!/bin/sh
# The command-line tests with tsviz under valgrind's memcheck: a test that fails only here, or any report, is a failure. Run by `make valgrind`.
#   sh tests/faults/valgrind.sh [PATTERN]      only scripts of tests/cli whose name matches it
cd "$(dirname "$0")/../.." || exit 2
command -v valgrind >/dev/null || { echo 'make valgrind needs valgrind' >&2; exit 1; }
B=$PWD/build/valgrind
rm -rf "$B" && mkdir -p "$B" || exit 2
# leaks are the sanitizer's part (make test VARIANT=san). Files are read in this process: started anew under valgrind, /proc/self/exe is
# valgrind itself
cat >"$B/tsviz" <<END
#!/bin/sh
exec valgrind -q --trace-children=no --leak-check=no --track-fds=no --suppressions=$PWD/tests/faults/valgrind.supp --log-file=$B/report.%p \\
	"$PWD/build/release/tsviz" "\$@" --no-sandbox
END
chmod +x "$B/tsviz"
export TSVIZ="$B/tsviz" TSVIZ_VARIANT=valgrind LC_ALL=C.UTF-8 TZ=UTC
for t in tests/cli/*.sh; do
	# lib: no test; lint: runs nothing; faults: limits that valgrind itself does not survive; suspend: it waits for a shell by the clock
	case $(basename "$t" .sh) in lib | lint | faults | suspend) continue ;; esac
	basename "$t" .sh | grep -qE "${1:-.}" && basename "$t" .sh
done >"$B/scripts"
# as many at once as there are processors
export B
xargs -P "$(nproc 2>/dev/null || echo 2)" -I {} sh -c 'timeout 3600 sh tests/cli/{}.sh >"$B/{}.log" 2>&1 </dev/null
	echo "{}: $(tail -n 1 "$B/{}.log")"' <"$B/scripts" | tee "$B/summary"
failed=$(grep -cvE ': [0-9]+ passed, 0 failed' "$B/summary")
reports=$(find "$B" -name 'report.*' -size +0 | wc -l)
all=$(find "$B" -name 'report.*' | wc -l)
find "$B" -name 'report.*' -size +0 -exec head -n 12 {} \; | head -n 60
echo "$((all - reports)) runs without a report, $reports with one; $failed scripts failed"
[ "$reports" -eq 0 ] && [ "$failed" -eq 0 ]
