# Several programs at once with one output and one cache: the output is whole, that of one of them, and the cache is good.
. tests/cli/lib.sh
export XDG_CACHE_HOME="$T/cache"
set -- truth tests/survey/net.onnx tests/survey/windows.npz -q --json --windows 3 --threads 1
"$TSVIZ" "$@" -o "$T/alone.json"
rm -rf "$T/cache"
for i in 1 2 3 4; do
	"$TSVIZ" "$@" -o "$T/out.json" 2>>"$T/err" || echo "status $?" >>"$T/err" &
done
wait
is 'programs with one output: what is said' "$(cat "$T/err")" ''
same_file() { cmp "$1" "$2" 2>&1; }
is 'programs with one output: it is whole' "$(same_file "$T/out.json" "$T/alone.json")" ''
is 'no temporary file is left' "$(find "$T" -name '*tsviz-*.tmp' -o -name '.tsviz-*' | head -n 3)" ''
"$TSVIZ" "$@" -o "$T/again.json"
is 'the cache that they have written is good' "$(same_file "$T/again.json" "$T/alone.json")" ''
done_testing
