# train: what is written, and what becomes of the file when training does not come to its end.
. tests/cli/lib.sh
awk 'BEGIN { print "a,b,state"; for (i = 0; i < 200; i++) printf "%.6f,%.6f,%s\n", 100 + 20 * sin(i / 5), 3 + cos(i / 3), (sin(i / 5) > 0.7 ? "high" : sin(i / 5) > -0.7 ? "mid" : "low") }' >"$T/d.csv"
D="$T/d.csv"
spec() { # FILE, epochs, more keys, end of the network
	cat >"$T/$1" <<EOF
{ "name": "small", "window": 16, "batch": 16, "epochs": $2, $3
	"layers": [
		{ "type": "Conv1D", "name": "conv", "filters": 4, "kernel": 3, "padding": "same", "activation": "leaky_relu" },
		{ "type": "BatchNormalization", "name": "norm" }, { "type": "Dropout", "ratio": 0.1 }, { "type": "Flatten" },
		$4 ] }
EOF
}
one='{ "type": "Dense", "name": "out", "units": 1 }'
recipe='"recipe": { "columns": "a,b", "scale": "standard", "fit": "0:150", "derive": "diff" },'
spec f.json 4 "\"loss\": \"mse\", \"validation\": 0.2, $recipe" "$one"
train() { "$TSVIZ" train "$@" 2>"$T/err" </dev/null; }

train "$T/f.json" "$D" --rows 0:150 -o "$T/m.json" && ok || no 'train' "$(cat "$T/err")"
grep -q '^tsviz: recipe: .*--scale standard .*(from f.json, changed by the command line)$' "$T/err" && ok || no 'the recipe of a spec' "$(head -n 2 "$T/err")"
is 'a line an epoch' "$(grep -cE '^epoch [1-4]/4  loss [0-9.e-]+  validation [0-9.e-]+( \*)?  rate 0.001  [0-9]+ windows/s$' "$T/err")" 4
grep -qE '^done; kept epoch [1-4] of 4, loss .*, validation ' "$T/err" && ok || no 'the last line' "$(tail -n 1 "$T/err")"
"$TSVIZ" info "$T/m.json" >"$T/info"
for line in 'trained by tsviz: 4 epochs, epoch [1-4] kept: loss .*, validation loss' 'loss by epoch: ([0-9.e-]+ ?){4}$' \
	'recipe: --columns a,b --derive diff --window 16 --scale standard --fit 0:150 \(from ' 'scaling: \(a [+-] [0-9.]+\) / [0-9.]+$' 'scaling: \(b '; do
	grep -qE "$line" "$T/info" && ok || no "info: $line" "$(tail -n 8 "$T/info")"
done
"$TSVIZ" info "$T/m.json" --json | grep -qE '"history":\{"loss":\[[^]]*\],"val_loss":\[[^]]*\],"best":[0-3]\}' && ok || no 'info --json' 'no history'
# no recipe option from here on, and the scaler is that of rows 0:150, not that of the rows that are looked at
"$TSVIZ" eval "$T/m.json" "$D" --rows 150:200 >"$T/e1" 2>&1 || no 'eval' "$(cat "$T/e1")"
"$TSVIZ" predict "$T/m.json" "$D" --rows 150:200 >"$T/p1" 2>"$T/err" || no 'predict' "$(cat "$T/err")"
(sed -n 1p "$D" && sed -n '152,$p' "$D") >"$T/tail.csv"
"$TSVIZ" predict "$T/m.json" "$T/tail.csv" -q | cut -d, -f4- >"$T/p2"
cut -d, -f4- "$T/p1" | cmp -s - "$T/p2" && ok || no 'the scaler inside' 'not used'
"$TSVIZ" analyze "$T/m.json" "$D" -w 3 --no-saliency >"$T/a" 2>&1 && ok || no 'analyze' "$(head -c 300 "$T/a")"
"$TSVIZ" "$T/m.json" "$D" --plain network >"$T/a" 2>&1 && ok || no 'browse' "$(head -c 300 "$T/a")"

train "$T/f.json" "$D" --rows 0:150 -q --threads 1 -o "$T/m1.json"
[ ! -s "$T/err" ] && ok || no 'quiet' "$(cat "$T/err")"
train "$T/f.json" "$D" --rows 0:150 -q --threads 3 -o "$T/m3.json"
cmp -s "$T/m.json" "$T/m1.json" && cmp -s "$T/m1.json" "$T/m3.json" && ok || no 'same bytes' 'runs or threads differ'
train "$T/f.json" "$D" --rows 0:150 -q --seed 5 -o "$T/m5.json"
cmp -s "$T/m.json" "$T/m5.json" && no 'seed' 'makes no difference' || ok

# classes, in the file's order of outputs or in the recipe
spec c.json 30 '"loss": "crossentropy", "rate": 0.01,' '{ "type": "Dense", "units": 3, "activation": "softmax" }'
train "$T/c.json" "$D" --columns a,b --scale standard --label state -o "$T/c.m.json" && ok || no 'classifier' "$(cat "$T/err")"
"$TSVIZ" info "$T/c.m.json" | grep -q '^classes: high, low, mid$' && ok || no 'info: classes' "$("$TSVIZ" info "$T/c.m.json" | tail -n 3)"
grep -v ',low$' "$D" >"$T/nolow.csv"
"$TSVIZ" eval "$T/c.m.json" "$T/nolow.csv" >"$T/e" 2>&1 || no 'eval without a class' "$(cat "$T/e")"
accuracy=$("$TSVIZ" eval "$T/c.m.json" "$D" --json | grep -o '"accuracy":[0-9.]*' | cut -d: -f2)
[ "$(echo "$accuracy" | awk '{ print ($1 > 0.9) }')" = 1 ] && ok || no 'accuracy' "$accuracy"
grep -v ',mid$' "$D" >"$T/two.csv"
spec b.json 3 '"loss": "binary_crossentropy",' '{ "type": "Dense", "units": 1, "activation": "sigmoid" }'
train "$T/b.json" "$T/two.csv" --columns a,b --label state -o "$T/b.m.json" && ok || no 'binary' "$(cat "$T/err")"
"$TSVIZ" info "$T/b.m.json" | grep -q -- '--classes high,low' && ok || no 'two classes, one output' "$("$TSVIZ" info "$T/b.m.json" | tail -n 3)"
(head -n 1 "$D" && grep ',high$' "$D") >"$T/high.csv"
"$TSVIZ" eval "$T/b.m.json" "$T/high.csv" >"$T/e" 2>&1 && ok || no 'eval with one class of two' "$(cat "$T/e")"

# what cannot be done is said in one line before anything is written
printf old >"$T/old"
r() { # NAME PATTERN SPEC ARGS
	name=$1 pattern=$2 file=$3
	shift 3
	refuses "$name" "$pattern" "$TSVIZ" train "$T/$file" "$@" -o "$T/old"
	is "$name: old file" "$(cat "$T/old")" old
}
echo '{' >"$T/w.json"
r 'no JSON' 'w\.json' w.json "$D"
head -c 1100000 /dev/zero | tr '\0' ' ' >"$T/w.json"
r 'a large one' 'w\.json: larger than 1 MB, the most for a file of this kind$' w.json "$D"
spec w.json 4 '"loss": "mse", "rte": 1,' "$one"
r 'unknown key' 'w\.json: spec: "rte" is no key that belongs here' w.json "$D"
spec w.json 4 '"loss": "mse",' '{ "type": "Dense", "units": 0 }'
r 'layer' 'w\.json: layer 5: "units" must be a whole number from 1' w.json "$D"
spec w.json 4 '"loss": "mse",' '{ "type": "Dense", "units": 2 }'
r 'outputs' 'last layer has 2 units|outputs' w.json "$D" --columns a,b --predict a,b,a
spec w.json 4 '"loss": "mse",' '{ "type": "Conv1D", "filters": 1, "kernel": 3 }'
r 'no network' "w\.json: layer 'conv1d_5': needs an input with a time axis" w.json "$D"
r 'labels' "loss 'mse' is for forecasts" f.json "$D" --label state
r 'no labels' "loss 'crossentropy' needs class labels" c.json "$D" --columns a,b
r 'rows' 'd\.csv' f.json "$D" --rows 0:10
r 'no data' 'nothing\.csv' f.json "$T/nothing.csv"
refuses 'no folder' "no/such/m.json: its folder cannot be opened" "$TSVIZ" train "$T/f.json" "$D" -o "$T/no/such/m.json"
refuses 'a folder' 'this is a folder' "$TSVIZ" train "$T/f.json" "$D" -o "$T"
"$TSVIZ" train "$T/f.json" "$D" >"$T/out" 2>&1
is 'no -o: usage' "$?" 2
# what would keep the model from its place is known before the training
long() { refuses "$1" "$2" "$TSVIZ" train "$T/l.json" "$D" -o "$3"; }
spec l.json 1000000 "\"loss\": \"mse\", $recipe" "$one"
long 'a long name' 'cannot be written: File name too long' "$T/$(printf '%0256d' 0)"
if chattr +i "$T/old" 2>/dev/null; then
	long 'a frozen file' 'old: it cannot be replaced \(chattr' "$T/old"
	chattr -i "$T/old"
else
	skip 'a frozen file' 'no chattr here'
fi

# a loss that leaves the numbers: at once, and behind epochs that were good
spec n.json 4 '"loss": "mse", "optimizer": "sgd", "rate": 1000,' "$one"
refuses 'diverging' 'the loss is not a finite number any more in epoch 1; nothing was written; try a lower "rate"' \
	"$TSVIZ" train "$T/n.json" "$D" --columns a,b -q -o "$T/old"
is 'diverging: old file' "$(cat "$T/old")" old
cat >"$T/n.json" <<EOF
{ "window": 16, "loss": "mse", "optimizer": "sgd", "momentum": 0, "rate": 0.5, "batch": 200, "epochs": 5000, "validation": 0.2,
	"layers": [ { "type": "Flatten" }, { "type": "Dense", "units": 1 } ] }
EOF
refuses 'diverging late' 'late\.json: the loss is not a finite number any more in epoch [0-9]+; kept epoch [0-9]+ of [0-9]+, .*, written' \
	"$TSVIZ" train "$T/n.json" "$D" --columns a,b --scale standard -q -o "$T/late.json"
"$TSVIZ" eval "$T/late.json" "$D" >"$T/e" 2>&1 && ok || no 'diverging late: the file' "$(cat "$T/e")"

# Ctrl-C and the end of a session: the best so far
spec l.json 1000000 "\"loss\": \"mse\", \"validation\": 0.2, $recipe" "$one"
for sig in INT:130 TERM:143 HUP:129; do
	# --foreground: one signal, not a second one to the whole group, which would end the program at once; on a busy machine a second may
	# pass before the first epoch does
	for seconds in 1 4 16; do
		rm -f "$T/l.m.json"
		timeout --foreground --preserve-status -s "${sig%:*}" $seconds "$TSVIZ" train "$T/l.json" "$D" -q -o "$T/l.m.json" 2>"$T/err" </dev/null
		st=$?
		grep -q 'kept epoch' "$T/err" && break
	done
	is "$sig" "$st" "${sig#*:}"
	grep -qE 'l\.m\.json: stopped; kept epoch [0-9]+ of [0-9]+, loss .*, validation ' "$T/err" && ok || no "$sig" "$(cat "$T/err")"
	"$TSVIZ" eval "$T/l.m.json" "$D" >"$T/e" 2>&1 && ok || no "$sig: the file" "$(cat "$T/e")"
done

# a limit of processor time is such an end, too
for seconds in 2 6 20; do
	rm -f "$T/l.m.json"
	(ulimit -St $seconds; "$TSVIZ" train "$T/l.json" "$D" -q -o "$T/l.m.json" 2>"$T/err" </dev/null)
	st=$?
	grep -q 'kept epoch' "$T/err" && break
done
is 'XCPU' $st 152
"$TSVIZ" eval "$T/l.m.json" "$D" >"$T/e" 2>&1 && ok || no 'XCPU: the file' "$(cat "$T/err" "$T/e")"

# a disk that is full, or a limit: the old file stays, nothing lies about
mkdir "$T/full"
printf old >"$T/full/m.json"
(trap '' XFSZ; ulimit -f 2; refuses 'file size limit' 'm\.json: cannot be written: File too large' "$TSVIZ" train "$T/f.json" "$D" -q -o "$T/full/m.json"
	[ $nf -eq 0 ]) && ok || nf=$((nf + 1))
is 'file size limit: old file' "$(cat "$T/full/m.json")" old
is 'file size limit: nothing else' "$(ls -A "$T/full")" m.json
if unshare -m true 2>/dev/null && unshare -m mount -t tmpfs -o size=4k tmpfs "$T/full" 2>/dev/null; then
	unshare -m sh -c 'mount -t tmpfs -o size=4k tmpfs "$1" && printf old >"$1/m.json" && "$2" train "$3" "$4" -q -o "$1/m.json" 2>"$5"
		echo "$? $(ls -A "$1") $(cat "$1/m.json")"' - "$T/full" "$TSVIZ" "$T/f.json" "$D" "$T/err" >"$T/out"
	is 'full disk' "$(cat "$T/out")" '1 m.json old'
	grep -q 'm\.json: cannot be written: No space left on device' "$T/err" && ok || no 'full disk' "$(cat "$T/err")"
else
	skip 'full disk' 'no file system can be mounted here'
fi

# on a terminal: a bar that moves on one line; on a busy machine a second may pass before it is there
if command -v script >/dev/null; then
	bar() { tr '\r' '\n' <"$T/bar" | grep -qE "$1"; }
	for seconds in 1 4 16; do
		script -qec "timeout --foreground -s INT $seconds $TSVIZ train $T/l.json $D -o $T/l.m.json" /dev/null </dev/null >"$T/bar" 2>&1
		bar ' val .* left *$' && break
	done
	bar '^epoch [0-9]+/1000000 \[[#.]{10}\] loss [0-9.e-]+ val [0-9.e-]+ [0-9]+ windows/s' && ok || no 'bar' "$(head -c 400 "$T/bar")"
	bar ' [0-9]+ windows/s [0-9]+:[0-9][0-9] left *$' && ok || no 'time left' "$(head -c 400 "$T/bar")"
else
	skip 'bar' 'no script(1)'
fi
done_testing
