# Sourced by the end-to-end tests: `. tests/cli/lib.sh`, run from the project's root by tests/run.sh.
#   ok NAME / no NAME WHY      count one case
#   skip NAME REASON           count and say a case that is left out
#   needs_python               ends a suite, with one case left out, where its judge in Python cannot run: no such interpreter in $python
#   refuses NAME PATTERN CMD.. the command must exit 1, print exactly one line on stderr matching PATTERN, nothing on stdout
#   misused NAME PATTERN CMD.. the same with exit 2: the command line is wrong, whatever the files hold
#   many_runs                  for scripts that start the program hundreds of times
#   sanitized                  whether this is a sanitizer build, where a start takes a fifth of a second and a computation ten times as
#                              long; what only repeats the same code with other numbers is then left out
#   done_testing               the closing line
: "${TSVIZ:=$PWD/build/release/tsviz}"
export XDG_CACHE_HOME=/dev/null/none XDG_STATE_HOME=/dev/null/none # no hints of the first starts, and nothing is kept
np=0 nf=0 ns=0
T=$(mktemp -d "${TMPDIR:-/tmp}/tsviz-cli-XXXXXX") || exit 2
trap 'rm -rf "$T"' EXIT
ok() { np=$((np + 1)); }
exec 3>&1 # where failures go, also from inside a redirection
no() { nf=$((nf + 1)); echo "not ok: $1: $2" >&3; }
skip() { ns=$((ns + 1)); echo "SKIP $1: $2"; }
needs_python() {
	[ -x "$python" ] || { skip "$(basename "$0" .sh)" 'python3 is not installed' && done_testing && exit; }
}
is() { # NAME GOT WANTED
	if [ "$2" = "$3" ]; then ok; else no "$1" "got '$2', wanted '$3'"; fi
}
refuses() { ends_with 1 "$@"; }
misused() { ends_with 2 "$@"; }
ends_with() { # STATUS NAME PATTERN CMD..
	want=$1 name=$2 pattern=$3
	shift 3
	"$@" >"$T/out" 2>"$T/err" </dev/null
	st=$?
	lines=$(wc -l <"$T/err")
	if [ $st -ne "$want" ]; then no "$name" "exit $st: $(head -c 300 "$T/err")"
	elif [ "$lines" -ne 1 ]; then no "$name" "$lines lines on stderr: $(head -c 600 "$T/err")"
	elif [ -s "$T/out" ]; then no "$name" "wrote on stdout"
	elif ! grep -qE -- "$pattern" "$T/err"; then no "$name" "message: $(cat "$T/err")"
	else ok; fi
}
# In a sanitizer build the search for leaks takes longer than such a run. The other scripts and the unit programs look for leaks.
many_runs() { export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"; }
# flat FILE..: JSON on one line a row as it is, but for arrays, of which only the values stay: "x":{"shape":..,"values":[1,2]} is "x":[1,2]
flat() { sed 's/{"shape":\[[^]]*\],"axes":\[[^]]*\],"values":\(\[[^]]*\]\)}/\1/g' "$@"; }
sanitized() { [ "$TSVIZ_VARIANT" = san ]; }
done_testing() { echo "$np passed, $nf failed, $ns skipped"; [ $nf -eq 0 ]; }
