# demo: the samples inside the program; what is committed is what tsviz makes of them.
. tests/cli/lib.sh
"$TSVIZ" demo >"$T/demo" 2>"$T/err" </dev/null && ok || no 'demo' "$(cat "$T/err")"
grep -q 'ecg-model.json' "$T/demo" && grep -q 'conv1 *Conv1D *64 k3' "$T/demo" && ok || no 'demo: level 1' "$(head -n 5 "$T/demo")"
is 'demo: how to open it' "$(tail -n 1 "$T/demo")" 'This is level 1. In a terminal, `tsviz demo` opens the browser on it, and `tsviz MODEL DATA` on your own files.'
"$TSVIZ" demo machine </dev/null 2>"$T/err" | tail -n 1 | grep -qF '`tsviz demo machine` opens' && ok || no 'demo machine: how to open it' "$(cat "$T/err")"
# what the demo sets itself is no change by the command line: nothing is said of it
is 'demo: standard error' "$(cat "$T/err")" ''
# the windows are those of the files
for s in 'ecg 0' 'machine 87'; do
	# shellcheck disable=SC2086
	set -- $s
	"$TSVIZ" demo "$1" --plain layers >"$T/demo" 2>&1
	"$TSVIZ" samples/"$1"-model.json samples/"$1".csv -q --rows 8000: -w "$2" --plain layers >"$T/files" 2>&1
	cmp -s "$T/demo" "$T/files" && ok || no "demo $1 and its files" "$(diff "$T/demo" "$T/files" | head -n 3)"
done
# the command line takes precedence over the row and the window that the demo sets
"$TSVIZ" demo --rows 100:900 -w 3 --plain layers >"$T/demo" 2>&1
"$TSVIZ" samples/ecg-model.json samples/ecg.csv -q --rows 100:900 -w 3 --plain layers >"$T/files" 2>&1
cmp -s "$T/demo" "$T/files" && ok || no 'demo --rows -w' "$(diff "$T/demo" "$T/files" | head -n 3)"
refuses 'no such window' 'ecg.csv: window 99999: there are [0-9]*, numbered from 0' "$TSVIZ" demo -w 99999 --plain layers
"$TSVIZ" demo machine </dev/null 2>"$T/err" | grep -q 'y anomaly  predicted anomaly' && ok || no 'demo machine' "$(cat "$T/err")"
misused 'no such sample' "no sample is called 'nothing'; usage: tsviz demo \\[ecg.machine\\]" "$TSVIZ" demo nothing
misused 'nearly a sample' "no sample is called 'mashine'; did you mean 'machine'\\?$" "$TSVIZ" demo mashine
"$TSVIZ" demo --screen layers --size 80x24 >"$T/s" 2>&1 && is 'a screen' "$(wc -l <"$T/s")" 24
"$TSVIZ" demo --screen findings --size 200x50 >"$T/s" 2>&1
for sentence in 'conv1: 1 of 64 filters is silent in this window (#11).' \
	'conv3: 5 of 16 filters are silent in all 24 windows that were sampled (#3 #7 #9 #14 #15).'; do
	grep -qF "$sentence" "$T/s" && ok || no 'findings' "'$sentence' is not in $(grep silent "$T/s")"
done

# A copy of the program alone needs no file: not beside it, not at home. Files of the same names where it is started do not matter.
if [ "$TSVIZ_VARIANT" = valgrind ]; then skip 'a copy alone' "the program under test is a script that starts it"
else
	mkdir -p "$T/alone/bin" "$T/alone/home" "$T/alone/tmp" "$T/alone/cwd/machine-model.json"
	cp "$TSVIZ" "$T/alone/bin/tsviz"
	echo damaged | tee "$T/alone/cwd/ecg.csv" "$T/alone/cwd/ecg-model.json" "$T/alone/cwd/ecg-model.json.recipe.json" >"$T/alone/cwd/machine.csv"
	alone() {
		(cd "$1" && shift && HOME="$T/alone/home" XDG_DATA_DIRS="$T/alone/home" XDG_CONFIG_HOME="$T/alone/home" TMPDIR="$T/alone/tmp" \
			"$T/alone/bin/tsviz" "$@") </dev/null >"$T/out" 2>"$T/err" || no "$*, alone" "$(cat "$T/err")"
	}
	for args in '--plain layers' 'machine --plain network' 'machine --screen layers --keys f5'; do
		# shellcheck disable=SC2086
		XDG_CONFIG_HOME="$T/alone/home" "$TSVIZ" demo $args >"$T/tree" 2>/dev/null
		for folder in home cwd; do
			# shellcheck disable=SC2086
			alone "$T/alone/$folder" demo $args
			cmp -s "$T/tree" "$T/out" && ok || no "demo $args, alone in $folder" "$(diff "$T/tree" "$T/out" | head -n 3)"
		done
	done
	grep -q 'read again' "$T/out" && ok || no 'F5 in the demo' "$(cat "$T/out")"
	is 'files left' "$(cd "$T/alone" && find home tmp ! -type d)" ''
fi

# compared windows: a chance that is the same in all its digits is no difference
"$TSVIZ" demo machine --screen network --size 80x24 --keys 'p ] ] P' >"$T/compare"
is 'chances that differ' "$(grep -cE '^ chance of .* ([0-9.]+) +\1 ' "$T/compare")" 0
is 'chances that are equal' "$(grep -c '^ = .*chance of normal 0.000' "$T/compare")" 1

# better than no model, and what README says
mse() { "$TSVIZ" eval samples/ecg-model.json samples/ecg.csv --rows 8000: | awk -v row="$1" 'index($0, row) == 1 && / scaled / { print $(NF - 2) }'; }
awk -v m="$(mse model)" -v l="$(mse 'last value')" 'BEGIN { exit !(m > 0 && m < 0.5 * l) }' && ok || no 'ecg' "$(mse model), last value $(mse 'last value')"
"$TSVIZ" eval samples/machine-model.json samples/machine.csv --rows 8000: >"$T/e"
awk '/^accuracy/ { exit !($2 + 0 > $NF + 0.25) }' "$T/e" && ok || no 'machine' "$(grep accuracy "$T/e")"
"$TSVIZ" eval samples/boxes-model.json samples/boxes.csv --rows 9600: >"$T/e"
awk '/^accuracy/ { exit !($2 + 0 > 0.95) }' "$T/e" && ok || no 'boxes' "$(grep accuracy "$T/e")"
if command -v awk >/dev/null; then
	awk -f samples/machine.awk | cmp -s - samples/machine.csv && ok || no 'machine.awk' 'makes another file'
	awk -f samples/boxes.awk | cmp -s - samples/boxes.csv && ok || no 'boxes.awk' 'makes another file'
	awk -v mask=1 -f samples/boxes.awk | cmp -s - samples/boxes-mask.csv && ok || no 'boxes.awk, mask' 'makes another file'
	awk -v channels=2 -v windows=1 -v steps=9 -v span=4 -v amplitude=50 -v overlap=0 -f samples/boxes.awk >"$T/boxes"
	awk -v channels=2 -v windows=1 -v steps=9 -v span=4 -v mask=1 -f samples/boxes.awk >"$T/mask"
	# large where the mask is 1, small elsewhere
	is 'options of boxes.awk' "$(paste -d , "$T/boxes" "$T/mask" | awk -F , 'NR > 1 { for (c = 1; c < 3; c++) wrong += ($c * $c > 100) != $(c + 3) } END { print NR, wrong + 0 }')" '10 0'
	awk -v span=40 -f samples/boxes.awk >"$T/boxes" 2>"$T/err"
	is 'a span that is too long' "$? $(cat "$T/err")" '1 boxes.awk: span must be a whole number from 1 to steps'
fi
done_testing
