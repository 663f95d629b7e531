# demo: the bundled samples, beside the build and installed; what is committed is what tsviz makes of them.
. tests/cli/lib.sh
"$TSVIZ" demo >"$T/demo" 2>"$T/err" </dev/null && ok || no 'demo' "$(cat "$T/err")"
grep -q 'ecg-model.json' "$T/demo" && grep -q 'conv1 *Conv1D *64 k3' "$T/demo" && ok || no 'demo: level 1' "$(head -n 5 "$T/demo")"
grep -q '^This is level 1. In a terminal, `tsviz demo` opens the browser on it' "$T/demo" && ok || no 'demo: how to open it' "$(tail -n 2 "$T/demo")"
# the command that it names is one
command=$(tail -n 1 "$T/demo" | sed 's/^ *tsviz //')
# shellcheck disable=SC2086
"$TSVIZ" predict $command >"$T/p" 2>"$T/err" && ok || no 'the named command' "$(cat "$T/err")"
"$TSVIZ" demo machine </dev/null 2>"$T/err" | grep -q 'y anomaly  predicted anomaly' && ok || no 'demo machine' "$(cat "$T/err")"
refuses 'no such sample' "no sample is called 'nothing'; there are ecg and machine" "$TSVIZ" demo nothing
"$TSVIZ" demo --screen layers --size 80x24 >"$T/s" 2>&1 && is 'a screen' "$(wc -l <"$T/s")" 24
"$TSVIZ" demo --screen findings --size 200x24 >"$T/s" 2>&1
for sentence in 'conv1: 1 of 64 filters is inactive in this window (#11); none is inactive in all 24 windows sampled.' \
	'conv3: 5 of 16 filters are inactive in this window (#3 #7 #9 #14 #15); 5 are inactive in all 24 windows sampled.'; do
	grep -qF "$sentence" "$T/s" && ok || no 'findings' "'$sentence' is not in $(grep inactive "$T/s")"
done

# a copy of the program finds them in PREFIX/share/tsviz, and says so where they are not
if [ "$TSVIZ_VARIANT" = valgrind ]; then skip installed "the program under test is a script that starts it"
else
	mkdir -p "$T/usr/bin"
	cp "$TSVIZ" "$T/usr/bin/tsviz"
	refuses 'no samples' 'the samples are neither beside the build nor in PREFIX/share/tsviz' "$T/usr/bin/tsviz" demo
	mkdir -p "$T/usr/share/tsviz"
	cp samples/* "$T/usr/share/tsviz/"
	(cd / && "$T/usr/bin/tsviz" demo </dev/null) >"$T/demo" 2>"$T/err" && grep -q "$T/usr/share/tsviz/ecg.csv" "$T/demo" && ok || no 'installed' "$(cat "$T/err")"
fi

# better than no model, and what README says
mse() { "$TSVIZ" eval samples/ecg-model.json samples/ecg.csv --rows 8000: | awk -v row="$1" 'index($0, row) == 1 && / scaled / { print $(NF - 2) }'; }
awk -v m="$(mse model)" -v l="$(mse 'last value')" 'BEGIN { exit !(m > 0 && m < 0.5 * l) }' && ok || no 'ecg' "$(mse model), last value $(mse 'last value')"
"$TSVIZ" eval samples/machine-model.json samples/machine.csv --rows 8000: >"$T/e"
awk '/^accuracy/ { exit !($2 + 0 > $NF + 0.25) }' "$T/e" && ok || no 'machine' "$(grep accuracy "$T/e")"
if command -v awk >/dev/null; then awk -f samples/machine.awk | cmp -s - samples/machine.csv && ok || no 'machine.awk' 'makes another file'; fi
done_testing
