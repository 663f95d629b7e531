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
	n=$(basename "$t" .sh)
	# lib: no test; lint: runs nothing; screens and task_book: some hundred runs of the same code, an hour here; faults: limits that valgrind
	# itself does not survive; suspend: it waits for a shell by the clock
	case $n in lib | lint | screens | task_book | faults | manual | suspend) continue ;; esac
	echo "$n" | grep -qE "${1:-.}" || continue
	timeout 900 sh "$t" >"$B/$n.log" 2>&1
	echo "$n: $(tail -n 1 "$B/$n.log")"
done
reports=$(find "$B" -name 'report.*' -size +0 | wc -l)
all=$(find "$B" -name 'report.*' | wc -l)
find "$B" -name 'report.*' -size +0 -exec head -n 12 {} \; | head -n 60
echo "$((all - reports)) passed, $reports failed, 0 skipped"
[ "$reports" -eq 0 ]
