# The verbs, on a small model and data made here.
. tests/cli/lib.sh
K=tests/keras
awk 'BEGIN { print "when,a,b"; for (i = 0; i < 80; i++) printf "2020-01-01 %02d:%02d,%.6f,%.6f\n", i / 60, i % 60, sin(i / 5), cos(i / 3) }' >"$T/d.csv"
R="--columns a,b"
# does the output of a command (all of it read: no broken pipe) have a line like this?
has() { # PATTERN CMD...
	pattern=$1
	shift
	run "$@" >"$T/has"
	grep -qE -- "$pattern" "$T/has"
}
run() { "$TSVIZ" "$@" 2>"$T/err" </dev/null || no "$*" "exit $?: $(cat "$T/err")"; }

run info $K/residual.h5 >"$T/info"
grep -q '^add  *Add  *8 x 24 .*batch_normalization_1, conv1d_2$' "$T/info" && ok || no 'info shows the branch' "$(cat "$T/info")"
grep -q '444 parameters (training leaves [0-9]* as they are), 8096 multiply-adds' "$T/info" && ok || no 'info totals' "$(tail -n 2 "$T/info")"
has '"multiply_adds":8096' info $K/residual.h5 --json && ok || no 'info --json' ''
# without a terminal, browse is info
run $K/residual.h5 >"$T/out"
cmp -s "$T/info" "$T/out" && ok || no 'browse without a terminal' "$(head -n 3 "$T/out")"

run predict $K/keras1.h5 "$T/d.csv" $R >"$T/p.csv"
is 'rows of predict' "$(wc -l <"$T/p.csv")" 67
is 'header of predict' "$(head -n 1 "$T/p.csv")" 'window,row,time,output0,true0'
is 'stamp of window 3' "$(sed -n 5p "$T/p.csv" | cut -d, -f1-3)" '3,3,2020-01-01 00:03'
is 'no truth beyond the data' "$(tail -n 1 "$T/p.csv" | cut -d, -f5)" ''
run predict $K/keras1.h5 "$T/d.csv" $R -w 3 >"$T/one.csv"
is 'predict one window' "$(tail -n 1 "$T/one.csv")" "$(sed -n 5p "$T/p.csv")"
run predict $K/keras1.h5 "$T/d.csv" $R --threads 3 | cmp -s - "$T/p.csv" && ok || no 'threads change predictions' ''
"$TSVIZ" predict $K/keras1.h5 - $R <"$T/d.csv" | cmp -s - "$T/p.csv" && ok || no 'data from standard input' ''
"$TSVIZ" predict - "$T/d.csv" $R <$K/keras1.h5 | cmp -s - "$T/p.csv" && ok || no 'model from standard input' ''

# mean squared error by hand from predict's rows
mse=$(awk -F, 'NR > 1 && $5 != "" { d = $4 - $5; s += d * d; n++ } END { printf "%.5g", s / n }' "$T/p.csv")
run eval $K/keras1.h5 "$T/d.csv" $R >"$T/eval"
is 'eval' "$(awk '/^model +scaled/ { printf "%.5g", $3 }' "$T/eval")" "$mse"
has '"errors":\{"windows":65' eval $K/keras1.h5 "$T/d.csv" $R --json && ok || no 'eval --json' ''

run analyze $K/keras1.h5 "$T/d.csv" $R -w 3 >"$T/a.json"
is 'analyze: output' "$(grep -o '^"output":\[[^]]*' "$T/a.json" | cut -d[ -f2)" "$(tail -n 1 "$T/one.csv" | cut -d, -f4)"
run analyze $K/keras1.h5 "$T/d.csv" $R -w 3 -o "$T/b.json"
cmp -s "$T/a.json" "$T/b.json" && ok || no 'analyze -o' 'differs from standard output'
run analyze $K/keras1.h5 "$T/d.csv" $R --layers b,d --no-saliency >"$T/c.json"
is 'analyze --layers' "$(grep -c '"type"' "$T/c.json")" 2
grep -q '"saliency":' "$T/c.json" && no 'analyze --no-saliency' 'has maps' || ok
# the map over frequencies adds up to the map
run analyze $K/keras1.h5 "$T/d.csv" $R --layers b --method integrated >"$T/i.json"
sum_of() { # KEY of an array of the target's map: the sum of its numbers
	awk -v RS='"' -v key="$1" '$0 == "saliency" { on = 1 } on && $0 == key { getline; gsub(/[^0-9.,e-]/, ""); n = split($0, v, ","); for (i = 1; i <= n; i++) s += v[i]; printf "%.5f", s; exit }' "$T/i.json"
}
[ "$(sum_of raw)" ] && ok || no 'analyze: the map' 'is not there'
is 'analyze: the spectrum adds up' "$(sum_of data)" "$(sum_of raw)"
grep -q '"spectrum":{"shape":\[' "$T/i.json" && ok || no 'analyze: the spectrum' 'is not there'
grep -q '"spectrum"' "$T/a.json" && no 'analyze: the spectrum' 'is there by gradient' || ok
run analyze $K/keras1.h5 "$T/d.csv" $R --nodes --no-saliency >"$T/n.json"
grep -q '"type":"Conv"' "$T/n.json" && ok || no 'analyze --nodes' 'no Conv'
grep -qE '"type":"(Transpose|Reshape|Flatten)"' "$T/n.json" && no 'analyze --nodes' 'a node that only moves values' || ok
# an operator's maps alone are those of the whole analysis (its number is not that of a layer of the model)
for node in $(grep -o '^{"name":"[^"]*"' "$T/n.json" | cut -d'"' -f4); do
	run analyze $K/keras1.h5 "$T/d.csv" $R --nodes --layers "$node" | sed -n 's/^"raw":\(\[[^]]*\]\).*/\1/p' >"$T/all"
	run analyze $K/keras1.h5 "$T/d.csv" $R --nodes --npy "$node:saliency" -o "$T/one.json"
	sed -n 's/^"data":\(\[[^]]*\]\).*/\1/p' "$T/one.json" >"$T/one"
	[ -s "$T/all" ] && cmp -s "$T/all" "$T/one" && ok || no "--nodes --npy $node:saliency" "$(head -c 300 "$T/one")"
done
has '^"y":\[0.25\]' analyze $K/keras1.h5 "$T/d.csv" $R -w 3 --y 0.25 --no-saliency && ok || no '--y' ''
# a class by hand is the truth of the browser too
is 'a class by --y' "$(run $K/chain.h5 "$T/d.csv" $R --y 1 --screen network | head -n 1 | grep -o ' y 1 ')" ' y 1 '
# a window without a true value: y, loss and what follows are null
run analyze $K/keras1.h5 "$T/d.csv" $R -w 65 --no-saliency >"$T/e.json"
is 'no truth' "$(grep -cE '^"(y|loss|loss_gradient|dloss)":null' "$T/e.json")" "$((3 + $(grep -c '"dloss"' "$T/e.json")))"
run analyze $K/keras1.h5 "$T/d.csv" $R --all >"$T/all.json"
for key in scaler errors predictions importance; do
	grep -q "\"$key\":" "$T/all.json" && ok || no 'analyze --all' "no $key"
done

# the recipe, saved once and found by itself
cp $K/keras1.h5 "$T/m.h5"
run predict "$T/m.h5" "$T/d.csv" --columns b,a --scale standard --fit 0:40 --save-recipe >"$T/p1"
run predict "$T/m.h5" "$T/d.csv" >"$T/p2"
cmp -s "$T/p1" "$T/p2" && ok || no 'saved recipe' 'gives other predictions'
run predict "$T/m.h5" "$T/d.csv" --recipe "$T/m.h5.recipe.json" | cmp -s - "$T/p1" && ok || no '--recipe' ''
run predict "$T/m.h5" "$T/d.csv" --columns a,b --scale none | cmp -s - "$T/p.csv" && ok || no 'options over the recipe' ''

# what is known of one layer, and of weights: the figures are those that numpy computes from the file
has '^  padding  *1 before, 1 behind (same)' info $K/residual.h5 --layers conv1d_1 || has 'padding' info $K/residual.h5 --layers conv1d_1 && ok || no 'info --layers' "$(run info $K/residual.h5 --layers conv1d_1)"
refuses 'info --layers of none' "has no layer 'conv1d_9'; did you mean 'conv1d_[0-9]'" "$TSVIZ" info $K/residual.h5 --layers conv1d_9
cat >"$T/figures.py" <<-'END'
	import json, sys, h5py, numpy as np
	info = json.load(open(sys.argv[2]))
	arrays = []
	h5py.File(sys.argv[1], 'r')['model_weights'].visititems(lambda name, o: arrays.append(np.array(o, dtype=np.float64)) if isinstance(o, h5py.Dataset) else None)
	key = lambda *v: tuple(float('%.6g' % x) + 0 for x in v)
	want = sorted(key(a.size, a.min(), a.max(), a.mean(), a.std(), (a == 0).sum()) for a in arrays)
	got = [(w, l) for l in info['layers'] for w in l['weights']]
	have = sorted(key(np.prod(w['shape']), w['min'], w['max'], w['mean'], w['deviation'], w['zeros']) for w, l in got)
	assert len(want) == len(have) and np.allclose(want, have, rtol=1e-4, atol=1e-6), (want, have)
	assert all(sum(w['histogram']) == np.prod(w['shape']) for w, l in got)
END
if /usr/bin/python3 -c 'import h5py, numpy' 2>/dev/null; then
	for m in residual chain; do
		run info $K/$m.h5 --json >"$T/info.json" && /usr/bin/python3 "$T/figures.py" $K/$m.h5 "$T/info.json" 2>"$T/err" && ok ||
			no "figures of the weights of $m" "$(tail -n 3 "$T/err")"
	done
	(cd "$T" && "$TSVIZ" "$OLDPWD/$K/residual.h5" --screen layer --keys 'tab e k . n p y enter' >"$T/said" 2>&1)
	/usr/bin/python3 - $K/residual.h5 "$T/k.npy" 2>"$T/err" <<-'END' && ok || no 'e on a layer page' "$(tail -n 2 "$T/err"; tail -n 2 "$T/said")"
		import sys, h5py, numpy as np
		got, files = np.load(sys.argv[2]), []
		h5py.File(sys.argv[1], 'r')['model_weights'].visititems(lambda name, o: files.append(np.array(o)) if isinstance(o, h5py.Dataset) else None)
		assert any(np.array_equal(w.T, got) for w in files), got.shape
	END
else
	skip 'figures of weights' 'there is no python3 with h5py and numpy'
fi

has '^tsviz ' --version && ok || no '--version' ''
run --help >"$T/help"
for v in browse info predict eval analyze; do
	grep -q "tsviz .*$v" "$T/help" && ok || no '--help' "no $v"
done
has '^Conv +ONNX' --ops && ok || no '--ops' ''
has 'Keras' --formats && ok || no '--formats' ''
run --dump graph $K/keras1.h5 >"$T/g" && grep -q Conv "$T/g" && ok || no '--dump graph' ''
run --dump gradients $K/keras1.h5 "$T/d.csv" $R >"$T/g" && [ -s "$T/g" ] && ok || no '--dump gradients' ''
# a plain view does not depend on a screen (found by fuzzing: a screen too small had no order of filters)
for v in layers grid clusters windows findings; do
	run browse $K/keras1.h5 "$T/d.csv" $R --plain $v --size 10x3 >"$T/small" 2>"$T/err"
	st=$?
	run browse $K/keras1.h5 "$T/d.csv" $R --plain $v >"$T/plain" 2>"$T/err"
	[ $st -eq 0 ] && cmp -s "$T/small" "$T/plain" && ok || no "--plain $v --size 10x3" "exit $st: $(head -c 200 "$T/err")"
done
# what would be more than 100 MB is refused, with what the options save; some layers, or --all-maps, are written
awk 'BEGIN { print "a"; for (i = 0; i < 20002; i++) print sin(i / 50) }' >"$T/many.csv"
cat >"$T/many-spec.json" <<-END
	{"window": 20000, "loss": "mse", "epochs": 1, "layers": [{"type": "Conv1D", "name": "wide", "filters": 96, "kernel": 3, "padding": "same"},
	{"type": "GlobalAveragePooling1D", "name": "pool"}, {"type": "Dense", "name": "out", "units": 1}]}
END
"$TSVIZ" train "$T/many-spec.json" "$T/many.csv" --scale none -o "$T/many.json" -q >"$T/out" 2>&1 || no 'a model of many steps' "$(cat "$T/out")"
refuses 'an analysis of more than 100 MB' 'about [0-9]+ MB and [0-9]+ s, with 193 saliency maps; --no-saliency makes it [0-9]+ MB and [0-9]+ s, --layers A,B writes some layers, --all-maps everything$' \
	"$TSVIZ" analyze "$T/many.json" "$T/many.csv" -q -w 0 --json
refuses 'the same to a file' 'all-maps' "$TSVIZ" analyze "$T/many.json" "$T/many.csv" -q -w 0 -o "$T/none.json"
[ -e "$T/none.json" ] && no 'no file is left' "$(ls -l "$T/none.json")" || ok
is 'some layers of it' "$("$TSVIZ" analyze "$T/many.json" "$T/many.csv" -q -w 0 --layers pool,out 2>&1 | grep -c '^{"name":"\(pool\|out\)"')" 2
is 'all of it' "$("$TSVIZ" analyze "$T/many.json" "$T/many.csv" -q -w 0 --all-maps 2>"$T/err" | head -c 10)$(cat "$T/err")" '{"schema":'
done_testing
