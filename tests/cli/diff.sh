# diff: every figure against an independent computation (tests/gen_diff.py), a model and its conversion, checkpoints, thresholds, what is refused.
. tests/cli/lib.sh
python=/usr/bin/python3
N=tests/survey/net.onnx W=tests/survey/windows.npz

# ---- every number ----
for k in renumbered smaller; do
	"$TSVIZ" diff $N tests/diff/$k.onnx $W --json -q --threads 1 -o "$T/$k.json" 2>"$T/said" || no "diff of $k.onnx" "$(head -c 300 "$T/said")"
	if $python -c 'import numpy' 2>/dev/null; then
		is "every figure of $k.onnx" "$($python tests/gen_diff.py --compare tests/diff/expect.json $k "$T/$k.json" 2>&1 | head -n 5)" ''
	else
		skip "every figure of $k.onnx" 'no numpy'
	fi
done
if $python -c 'import numpy' 2>/dev/null; then
	sed 's/"matched":[-0-9.e]*/"matched":9/' "$T/renumbered.json" >"$T/other.json"
	is 'a wrong figure is seen' "$($python tests/gen_diff.py --compare tests/diff/expect.json renumbered "$T/other.json" | grep -c matched)" 7
fi
"$TSVIZ" diff $N tests/diff/smaller.onnx $W --json -q --threads 3 >"$T/three.json"
cmp -s "$T/smaller.json" "$T/three.json" && ok || no 'three threads' 'other numbers than one'
"$TSVIZ" diff $N tests/diff/renumbered.onnx $W -q >"$T/text"
is 'renumbered filters' "$(grep -c '^stem_z .* 4  renumbered$' "$T/text") $(sed -n '1s/.*the first layer that diverges is \([a-z]*\).*/\1/p' "$T/text")" '1 logits'

# ---- a model and its conversion ----
awk 'BEGIN { print "a,b"; for (i = 0; i < 60; i++) printf "%.6f,%.6f\n", sin(i / 5), cos(i / 3) }' >"$T/d.csv"
"$TSVIZ" convert tests/keras/keras1.h5 -o "$T/k.onnx" -q
"$TSVIZ" diff tests/keras/keras1.h5 "$T/k.onnx" "$T/d.csv" --columns a,b -q --max-difference 0 --min-saliency-rank 1 >"$T/text" 2>&1
is 'Keras and its conversion' "$? $(grep -c '^the outputs are the same in all [0-9]* windows; no layer diverges; saliency has a mean rank correlation of 1.00$' "$T/text")" '0 1'
"$TSVIZ" diff tests/keras/keras1.h5 "$T/k.onnx" >"$T/text" 2>&1
is 'without data' "$? $(grep -c '^all [0-9]* layers have the same shape and all [0-9]* tensors of weights are equal$' "$T/text") $(sed -n 's/.*weights \([0-9a-f]*\)$/\1/p' "$T/text" | sort -u | wc -l)" '0 1 1'
# The converted file has each activation in its convolution; they are compared behind it.
"$TSVIZ" convert samples/machine.keras -o "$T/machine.onnx" -q
"$TSVIZ" diff samples/machine.keras "$T/machine.onnx" samples/machine.csv --rows 9500: --scale standard --fit 0:8000 --windows 10 -q >"$T/text" 2>&1
is 'activations within a layer' "$? $(grep -c '; no layer diverges; saliency has a mean rank correlation of 1.00$' "$T/text") $(grep -c '^leaky[123] .* the other model has it in the layer above$' "$T/text") $(grep -c 'diverges$' "$T/text")" '0 1 3 0'

is 'activations within a layer: side by side' "$("$TSVIZ" samples/machine.keras samples/machine.csv --rows 9500: --scale standard --fit 0:8000 \
	--beside "$T/machine.onnx" --no-session --plain compare 2>"$T/err" | grep importance | tail -n +2)" '= importance of 64 filters'

# ---- checkpoints of one training: the later, the further from the first ----
for n in 1 2 3 4 5; do
	sed 's/"epochs": 30/"epochs": '$n'/; s/"schedule": "cosine",//; s/"fit": "0:8000", "rows": "0:8000"/"fit": "0:8000", "rows": "0:2000"/' samples/machine.json >"$T/spec.json"
	"$TSVIZ" train "$T/spec.json" samples/machine.csv -q -o "$T/m$n.json" || no "training of $n epochs" failed
	[ $n = 1 ] || "$TSVIZ" diff "$T/m1.json" "$T/m$n.json" | awk '/conv1\/kernel/ { print $(NF - 1) }' >>"$T/far"
done
is 'weights go on' "$(sort -g "$T/far" | cmp - "$T/far" && wc -l <"$T/far")" 4
"$TSVIZ" diff "$T/m1.json" "$T/m5.json" samples/machine.csv --rows 8000: -q --windows 20 --json -o "$T/m.json"
for n in 1 5; do "$TSVIZ" predict "$T/m$n.json" samples/machine.csv --rows 8000: -q >"$T/p$n.csv"; done
paste -d, "$T/p1.csv" "$T/p5.csv" | awk -F, '
	function abs(v) { return v < 0 ? -v : v }
	NR == 1 { w = NF / 2; o[++n] = 3; o[++n] = 4; next }
	{ for (k = 1; k <= n; k++) { d = abs($(o[k]) - $(o[k] + w)); if (d > most) most = d; sum += d; all++ } flips += ($(o[2]) > $(o[1])) != ($(o[2] + w) > $(o[1] + w)) }
	END { printf "%.5f %.5f %d\n", most, sum / all, flips }' >"$T/own"
is 'two checkpoints, from what predict says' "$(sed -n 's/.*"outputs_differ":{.*"largest":\([0-9.e-]*\),"mean":\([0-9.e-]*\),.*"flips":\([0-9]*\).*/\1 \2 \3/p' "$T/m.json" | awk '{ printf "%.5f %.5f %d\n", $1, $2, $3 }')" "$(cat "$T/own")"

# ---- thresholds ----
beyond() { # NAME PATTERN OPTIONS..
	name=$1 pattern=$2
	shift 2
	"$TSVIZ" diff $N tests/diff/renumbered.onnx $W -q -o "$T/text" "$@" 2>"$T/err"
	is "$name" "$? $(grep -cE -- "$pattern" "$T/err")" '3 1'
}
beyond 'too many flips' '^tsviz: --max-flips: 4 of 40 classes flip, which is more than 3$' --max-flips 3
beyond 'too large a part flips' '4 of 40 classes flip, which is more than 9.9 %$' --max-flips 9.9%
beyond 'too large a difference' '--max-difference: the outputs differ by 0.17[0-9]*, which is more than 0.17$' --max-difference 0.17
beyond 'other saliency' 'mean rank correlation of saliency is 0.9[0-9]*, less than 0.95' --min-saliency-rank 0.95
"$TSVIZ" diff $N tests/diff/renumbered.onnx $W -q -o "$T/text" --max-flips 10% --max-difference 0.18 --min-saliency-rank 0.9 2>"$T/err" && ok || no 'within the thresholds' "$(cat "$T/err")"

# what is not finite flips no class and is no difference: a threshold must not pass it
O=tests/prune/odd
for gate in '--max-flips 0' '--max-difference 1e9'; do
	# shellcheck disable=SC2086
	"$TSVIZ" diff $O/copies.onnx $O/nan.onnx $W -q -o "$T/text" $gate 2>"$T/err"
	is "not a number, $gate" "$? $(sed 's/^tsviz: --max-[a-z]*: //' "$T/err")" '3 in 40 windows only one model has finite outputs'
done
"$TSVIZ" diff $O/nan.onnx $O/nan.onnx $W -q -o "$T/text" --max-flips 0 2>"$T/err"
is 'not a number in both' "$? $(cat "$T/err")" '3 tsviz: --max-flips: there is no window in which the outputs are finite'
"$TSVIZ" diff $O/copies.onnx $O/nan.onnx $W -q -o "$T/text" --min-saliency-rank 0 2>"$T/err"
is 'no maps to compare' "$? $(cat "$T/err")" '3 tsviz: --min-saliency-rank: no window has two maps that can be compared'

# ---- networks that have little in common ----
"$TSVIZ" diff $O/copies.onnx $O/dense.onnx $W -q >"$T/text" 2>&1
is 'another network, the same data' "$? $(sed -n '1s/.*\(the first layer that differs is .* alone\).*/\1/p' "$T/text")" '0 the first layer that differs is c1, which is in the first alone'
"$TSVIZ" diff tests/onnx/inception_13.onnx tests/onnx/fcn_13.onnx >"$T/text" 2>&1
is 'no layer in common' "$? $(sed -n '1s/; of .*//p' "$T/text")" '0 0 layers have the same shape in both, 4 have another, 7 are in one model only'

# ---- other recipes ----
for n in standard minmax; do
	cp tests/keras/keras1.h5 "$T/$n.h5"
	echo '{ "columns": "a,b", "scale": "'$n'" }' >"$T/$n.h5.recipe.json"
done
"$TSVIZ" diff "$T/standard.h5" "$T/minmax.h5" "$T/d.csv" -q >"$T/text" 2>&1
is 'another scaling is said' "$? $(grep -c '^recipes differ --scale: standard here, minmax there$' "$T/text") $(grep -c 'numbers that the columns are scaled with$' "$T/text") $(
	grep -c 'in raw units .*those there on the scale of those here$' "$T/text")" '0 1 1 1'

# ---- in the browser: what it says of the model beside is what this model says alone ----
S="tests/screens/load.csv --columns load,temp --predict load"
beside() { # MODEL OTHER: the values of both, and the importance of conv1's filters where they differ
	# shellcheck disable=SC2086
	"$TSVIZ" "tests/screens/$1" $S --beside "tests/screens/$2" --plain compare -w 3 -q
}
beside net.json thin.json >"$T/beside"
beside thin.json net.json >"$T/turned"
for m in net thin; do
	# shellcheck disable=SC2086
	"$TSVIZ" analyze tests/screens/$m.json $S -w 3 -q --no-saliency -o "$T/$m.json"
	# shellcheck disable=SC2086
	"$TSVIZ" predict tests/screens/$m.json $S -w 3 -q | awk -F, 'NR == 2 { printf "%.4g\n", $4 }' >"$T/$m.y"
done
is 'outputs of both' "$(sed -n 's/^[^:]*: \([-0-9.]*\), was \([-0-9.]*\), .*/\1 \2/p' "$T/beside" | head -n 1)" "$(cat "$T/net.y") $(cat "$T/thin.y")"
is 'and the other way round' "$(sed -n 's/^[^:]*: \([-0-9.]*\), was \([-0-9.]*\), .*/\1 \2/p' "$T/turned" | head -n 1)" "$(cat "$T/thin.y") $(cat "$T/net.y")"
is 'which is which' "$(sed -n '1,2s/ .*//p' "$T/beside" | tr '\n' ' ')" 'thin.json net.json '
if $python -c 'import json' 2>/dev/null; then
	is 'importance of both' "$($python - "$T" <<-'END'
		import json, re, sys
		def conv1(name):
		    layers = json.load(open(sys.argv[1] + "/" + name))["layers"]
		    return [q for q in layers if q["name"] == "conv1"][0]["importance"]["sum"]["raw"]
		here, there = conv1("net.json"), conv1("thin.json")
		low, high, n = min(there), max(there), 0
		for line in open(sys.argv[1] + "/beside"):
		    m = re.match(r"conv1 #(\d) importance ([\d.]+), was ([\d.]+)", line)
		    if m:
		        f, now, was = int(m[1]), float(m[2]), float(m[3])
		        scale = lambda v: max(0, (v - low) / (high - low))
		        n += abs(was - scale(there[f])) < 1e-4 and abs(now - scale(here[f])) < 1e-4
		print(n)
	END
	)" 6
fi
is 'a model beside itself' "$(beside net.json net.json | grep -c '^= importance of [0-9]* filters$')" 1

# ---- what is refused ----
misused 'one model' 'usage: tsviz diff MODEL MODEL' "$TSVIZ" diff $N
misused 'a threshold without data' '--max-flips needs DATA' "$TSVIZ" diff $N $N --max-flips 3
misused 'a threshold that is none' "--max-flips '3x': a number from 0 to" "$TSVIZ" diff $N $N $W --max-flips 3x
misused 'more than all' "--max-flips '101%': a number from 0 to 100" "$TSVIZ" diff $N $N $W --max-flips 101%
misused 'a rank above 1' "--min-saliency-rank '2': a number from -1 to 1" "$TSVIZ" diff $N $N $W --min-saliency-rank 2
refuses 'other windows' 'net.onnx reads windows of 24 steps and 2 channels, .*keras1.h5 of ' "$TSVIZ" diff $N tests/keras/keras1.h5 $W -q
refuses 'other windows beside' 'net.json reads windows of 24 steps and 2 channels, line.json of 8 and 1; .tsviz diff. without DATA' \
	"$TSVIZ" tests/screens/net.json tests/screens/load.csv --columns load,temp --beside tests/screens/line.json --plain compare -q
misused 'beside without data' '--beside needs DATA' "$TSVIZ" tests/screens/net.json --beside tests/screens/thin.json --plain network
cp $W "$T/w.npz"
refuses 'a result over the data' 'w.npz: this file is read; give the result another name' "$TSVIZ" diff $N $N "$T/w.npz" -q -o "$T/w.npz"
cp $N "$T/n.onnx"
refuses 'a result over the second model' 'n.onnx: this file is read; give the result another name' "$TSVIZ" diff $N "$T/n.onnx" $W -q -o "$T/n.onnx"
is 'what is read stays' "$(cmp $W "$T/w.npz" 2>&1; cmp $N "$T/n.onnx" 2>&1)" ''
"$TSVIZ" predict $N "$T/w.npz" -q -o "$T/w.npz" 2>"$T/err"
is 'nor do predictions replace their data' "$? $(cmp $W "$T/w.npz" 2>&1)" '1 '
refuses 'no such model' 'nofile' "$TSVIZ" diff $N nofile -q
refuses 'flips of a forecast' '--max-flips: the task is regression, which predicts no classes; --max-difference' \
	"$TSVIZ" diff tests/keras/keras1.h5 "$T/k.onnx" "$T/d.csv" --columns a,b -q --max-flips 0
done_testing
