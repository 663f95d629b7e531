# What a user can do wrong: one line that names the file, the place and the remedy; exit status 1, nothing on standard output.
. tests/cli/lib.sh
K=tests/keras
awk 'BEGIN { print "a,b"; for (i = 1; i <= 60; i++) print i "," 2 * i }' >"$T/d.csv"
mkdir "$T/dir"
: >"$T/empty.h5"
echo hello >"$T/text.h5"
head -c 5000 $K/keras1.h5 >"$T/cut.h5"
sed '50s/.*/12,word/' "$T/d.csv" >"$T/word.csv"
sed '50s/.*/12,/' "$T/d.csv" >"$T/hole.csv"
head -n 5 "$T/d.csv" >"$T/short.csv"
printf 'a,b\n1,"2\n' >"$T/quote.csv"

refuses 'missing model' 'missing\.h5: cannot be opened: No such file' "$TSVIZ" info "$T/missing.h5"
refuses 'folder as model' 'dir: is a folder' "$TSVIZ" info "$T/dir"
refuses 'empty model' 'empty\.h5: is empty' "$TSVIZ" info "$T/empty.h5"
refuses 'text named .h5' 'text\.h5: is not an HDF5 file' "$TSVIZ" info "$T/text.h5"
refuses 'truncated .h5' 'cut\.h5: .*(damaged|cut off)' "$TSVIZ" info "$T/cut.h5"
refuses 'weights only' "weights_only\.h5: holds weights only, .*model\.save" "$TSVIZ" info $K/weights_only.h5
refuses 'unsupported layers' "unsupported\.h5: .*'square' \(Lambda\)" "$TSVIZ" info $K/unsupported.h5
refuses 'missing data' 'none\.csv: cannot be opened' "$TSVIZ" predict $K/keras1.h5 "$T/none.csv"
refuses 'folder as data' 'dir: holds no data files$' "$TSVIZ" predict $K/keras1.h5 "$T/dir"
refuses 'empty data' 'empty\.h5: .*empty' "$TSVIZ" predict $K/keras1.h5 "$T/empty.h5"
refuses 'too few columns' "d\.csv: --columns 7: no such column; there are 2" "$TSVIZ" predict $K/keras1.h5 "$T/d.csv" --columns 7
refuses 'too few rows' 'short\.csv: 4 rows are too few for a window of 15' "$TSVIZ" predict $K/keras1.h5 "$T/short.csv"
refuses 'a word' "word\.csv: line 50, column 'b': 'word' is not a number; --missing" "$TSVIZ" predict $K/keras1.h5 "$T/word.csv"
refuses 'a hole' "hole\.csv: line 50, column 'b'.*--missing" "$TSVIZ" predict $K/keras1.h5 "$T/hole.csv"
refuses 'an open quote' 'quote\.csv: ' "$TSVIZ" predict $K/keras1.h5 "$T/quote.csv"
refuses 'recipe of 1 channel' 'd\.csv: the model reads 2 channels, the recipe gives 1 .*--derive diff' \
	"$TSVIZ" predict $K/keras1.h5 "$T/d.csv" --columns 1
refuses 'recipe of 4 channels' 'd\.csv: the model reads 2 channels, the recipe gives 4.*--(derive|columns)' \
	"$TSVIZ" eval $K/keras1.h5 "$T/d.csv" --derive diff
refuses 'window beyond the end' 'd\.csv: window 5000: there are' "$TSVIZ" analyze $K/keras1.h5 "$T/d.csv" -w 5000
refuses 'unknown layer' "--layers: 'nosuch'" "$TSVIZ" analyze $K/keras1.h5 "$T/d.csv" --layers a,nosuch
misused 'unknown measure' "'nosuch' is unknown; one of gradient, gated, taylor, ablation" \
	"$TSVIZ" analyze $K/keras1.h5 "$T/d.csv" --importance nosuch
misused 'unknown target' "target 'nosuch' is unknown" "$TSVIZ" analyze $K/keras1.h5 "$T/d.csv" --target nosuch
refuses 'output beyond the last' "output:9.*1 output" "$TSVIZ" analyze $K/keras1.h5 "$T/d.csv" --target output:9
refuses 'no folder to write to' 'no/x: its folder cannot be opened' "$TSVIZ" info $K/keras1.h5 -o "$T/no/x"
refuses 'a full disk' 'standard output: No space left' sh -c "'$TSVIZ' info $K/keras1.h5 >/dev/full"

# no file at all: what is asked for is said, with status 2
"$TSVIZ" predict $K/keras1.h5 >"$T/out" 2>"$T/err"
is 'usage status' $? 2
grep -q 'usage: tsviz predict MODEL DATA' "$T/err" && ok || no 'usage' "$(cat "$T/err")"
"$TSVIZ" --nosuch >"$T/out" 2>"$T/err"
is 'unknown option status' $? 2
"$TSVIZ" info $K/keras1.h5 --step 0 >"$T/out" 2>"$T/err"
is 'bad value status' $? 2

# a failed -o leaves the old file as it was
echo old >"$T/kept.json"
"$TSVIZ" analyze $K/keras1.h5 "$T/word.csv" -o "$T/kept.json" 2>/dev/null
is 'old file' "$(cat "$T/kept.json")" old

# neither does -o by the name of a stream, whatever stands behind it: no link is lost
mkdir "$T/f" && ln -s /proc/self/fd/1 "$T/f/stdout"
"$TSVIZ" predict $K/keras1.h5 "$T/d.csv" -o "$T/f/stdout" >"$T/out" 2>"$T/err"
is 'standard output by name: status' $? 1
grep -q 'f/stdout: standard output goes to this file; use -o - or another name' "$T/err" && ok || no 'standard output by name' "$(cat "$T/err")"
[ -L "$T/f/stdout" ] && ok || no 'standard output by name' 'the link is gone'
refuses 'an empty name' 'the name of the file to write is empty' "$TSVIZ" info $K/keras1.h5 -o ''
refuses 'a long path' 'y/end: its folder cannot be opened: File name too long' "$TSVIZ" info $K/keras1.h5 -o "$(printf '%04200d' 0)y/end"

# names from files and arguments never reach the terminal raw
bad=$(printf 'x\033[31m.h5')
"$TSVIZ" info "$T/$bad" 2>"$T/err"
if grep -q "$(printf '\033')" "$T/err"; then no 'control characters' 'a raw escape on stderr'; else ok; fi
done_testing
