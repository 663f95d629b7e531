# prune: odd networks (tests/gen_prune_odd.py), odd options and what is refused. Each refusal is one line, and nothing is written.
. tests/cli/lib.sh
O=tests/prune/odd W=tests/survey/windows.npz N=tests/survey/net.onnx
made() { # NAME, first line or note that is expected, the command
	name=$1 pattern=$2
	shift 2
	"$@" >"$T/said" 2>"$T/err" && grep -qE -- "$pattern" "$T/said" && ok || no "$name" "status $?: $(head -n 1 "$T/err") $(head -n 1 "$T/said")"
}

# ---- a singular covariance: what is dead or a copy goes, and nothing is lost ----
for c in obs-ls obs-gram taylor-none; do
	n=3
	[ $c = taylor-none ] && n=2 # a copy is not silent
	"$TSVIZ" prune $O/copies.onnx $W --layers c1 --remove $n --rank ${c%-*} --repair ${c#*-} -q -o "$T/small.onnx" >"$T/said" 2>"$T/err" || no "$c" "$(head -n 1 "$T/err")"
	"$TSVIZ" diff $O/copies.onnx "$T/small.onnx" $W -q --max-difference 1e-4 >/dev/null 2>"$T/err" && ok || no "$n of 6 by $c" "$(head -n 1 "$T/err")"
done
made 'dead filters by obs' '^4 of 9 filters removed' "$TSVIZ" prune $O/dead.onnx $W --ratio .5 --rank obs -q

# ---- networks that leave no choice ----
made 'one filter' '^0 of 2 filters removed' "$TSVIZ" prune $O/one.onnx $W --ratio .9 -q
made 'shared weights' '^2 consumers of removed channels could not be repaired, because their weights are shared' "$TSVIZ" prune $O/shared.onnx $W --ratio .5 -q
refuses 'weights that are not numbers' "layer 'c2' has weights that are NaN or infinite" "$TSVIZ" prune $O/nan.onnx $W --ratio .5 -o "$T/none.onnx" -q
refuses 'filters that cannot be followed' "no filter of this network can be removed; those of layer 'c1' stay, at r1 \(Softmax\): it mixes the filters" \
	"$TSVIZ" prune $O/mixes.onnx $W --ratio .5 -o "$T/none.onnx" -q
refuses 'no convolution' 'the network has no convolution .* --layers names dense layers' "$TSVIZ" prune $O/dense.onnx $W --ratio .5 -q
made 'dense layers by name' '^4 of 8 filters removed' "$TSVIZ" prune $O/dense.onnx $W --layers h --ratio .5 -q
refuses 'the last layer' "no filter of these layers can be removed; those of layer 'logits' stay, they are the output" "$TSVIZ" prune $N $W --layers logits --ratio .5 -q
refuses 'a layer without weights' 'these layers have no weights that make filters' "$TSVIZ" prune $N $W --layers pool --ratio .5 -q

# ---- marks ----
made 'a marked dense filter' '^1 of 8 filters removed' "$TSVIZ" prune $O/dense.onnx $W --rank marks --off h:1 -q
refuses 'a whole layer is marked' "filter 3 of layer 'left_z' is marked, but too few filters of the layer would stay" \
	"$TSVIZ" prune $N $W --rank marks --off left_z:0,left_z:1,left_z:2,left_z:3 -o "$T/none.onnx" -q
refuses 'marks beside --layers' "filter 0 of layer 'left_z' is marked, but the layer is none of --layers" "$TSVIZ" prune $N $W --rank marks --off left_z:0 --layers stem_z -q
refuses 'a mark of the output' "filter 1 of layer 'logits' cannot be removed: they are the output" "$TSVIZ" prune $N $W --rank marks --off logits:1 -q
refuses 'a mark of no layer' "--off: 'nolayer' is no analysed layer" "$TSVIZ" prune $N $W --rank marks --off nolayer:0 -q
refuses 'a mark of no filter' "--off 'stem_z:9': the layer has 4 filters" "$TSVIZ" prune $N $W --rank marks --off stem_z:9 -q

# ---- options ----
made 'a ratio of zero' '^0 of 11 filters removed' "$TSVIZ" prune $N $W --ratio 0 -q
made 'more than there are' '^8 of 11 filters removed' "$TSVIZ" prune $N $W --remove 100 -q
misused 'a ratio of text' "--ratio 'half': a share such as" "$TSVIZ" prune $N $W --ratio half
misused 'a ratio that is no number' "--ratio 'nan': a share such as" "$TSVIZ" prune $N $W --ratio nan
misused 'no name before the ending' "--curve-out 'x.png': a name that ends in .svg or .csv" "$TSVIZ" prune $N $W --curve 10:20:10 --curve-out x.png
refuses 'flips of numbers' '--max-flips: the task is regression, which predicts no classes' "$TSVIZ" prune samples/ecg-model.json samples/ecg.csv --rows 0:2000 --max-flips 3 -q
/usr/bin/python3 -c "import numpy as np; np.save('$T/x.npy', np.load('$W')['x'])" 2>/dev/null
if [ -s "$T/x.npy" ]; then
	refuses 'a loss that is not known' '--max-loss: the held-out windows have no true values.*; --max-flips needs none' \
		"$TSVIZ" prune $N "$T/x.npy" --task classification --max-loss 3% -q
	made 'flips without labels' '^8 of 11 filters removed' "$TSVIZ" prune $N "$T/x.npy" --task classification --max-flips 100% -q
else
	skip 'no labels' 'no numpy'
fi
made 'too few windows for least squares' '^2 samples of 2 windows are too few for the 5 unknowns of layer .logits.: gram stands for least squares' \
	"$TSVIZ" prune $N $W --calibrate 2 --ratio .5 -q
"$TSVIZ" prune $N $W --ratio .5 --test-rows 20:40 >/dev/null 2>"$T/err"
is 'test rows that calibrate' "$(grep -c 'warning: --test-rows: 12 of the 20 windows share rows with the calibration windows' "$T/err")" 1

# ---- files ----
refuses 'a folder that is not there' 'no-folder/a.onnx: its folder cannot be opened' "$TSVIZ" prune $N $W --ratio .5 -o "$T/no-folder/a.onnx" -q
cp $W "$T/w.npz"
cp $N "$T/n.onnx"
ln "$T/w.npz" "$T/w.json"
ln "$T/n.onnx" "$T/n.csv"
refuses 'a result over the data' 'this file is read; give the result another name' "$TSVIZ" prune $N "$T/w.npz" --ratio .5 -o "$T/w.json" -q
refuses 'a curve over the model' 'this file is read; give the result another name' "$TSVIZ" prune "$T/n.onnx" $W --curve 10:20:10 --curve-out "$T/n.csv" -q
is 'nothing is written' "$(cmp $W "$T/w.npz" 2>&1; cmp $N "$T/n.onnx" 2>&1; find "$T" -name 'none*')" ''
done_testing
