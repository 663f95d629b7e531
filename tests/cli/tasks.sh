# Outputs with a time axis: their order in predict, eval and convert, and the tasks that they make. The right numbers stand in
# tests/tasks/expect.txt; tests/gen_tasks.py works them out in numpy, in Keras' own order of axes.
. tests/cli/lib.sh
D=tests/tasks
many_runs

wanted() { sed -n "s/^$1 //p" $D/expect.txt | tr ' ' '\n'; }
near() { # NAME KEY: the numbers on standard input, one a line, are those of KEY to 1e-5
	cat >"$T/got"
	wanted "$2" >"$T/want"
	n=$(wc -l <"$T/want")
	worst=$(paste "$T/got" "$T/want" | awk 'NF == 2 { d = $1 - $2; d = d < 0 ? -d : d; s = $2 < 0 ? -$2 : $2; if (d > 1e-5 * s + 1e-6) bad++; k++ } NF == 1 { bad++ } END { print k - bad, bad + 0 }')
	is "$1" "$worst" "$n 0"
}
row() { tail -n 1 "$1" | tr ',' '\n' | sed -n "$2,$3p"; }  # FILE FROM TO: cells of the last row
behind() { tr -d '\n' <"$1" | sed "s/$2/\\
/" | sed 1d; } # FILE PATTERN: what follows its first place
list() { behind "$1" "$2" | sed 's/].*//' | tr -d '[' | tr ',' '\n'; }
value() { behind "$1" "\"$2\":" | sed 's/[,}].*//'; }

# ---- order ----
for m in sequence unet autoencoder; do
	n=$(wanted $m.output | wc -l)
	"$TSVIZ" predict $D/$m.h5 $D/x.npy -q -w 0 >"$T/p"
	row "$T/p" 3 $((n + 2)) | near "predict $m" $m.output
	"$TSVIZ" predict $D/$m.h5 $D/x.npy -q -w 0 --json >"$T/j"
	list "$T/j" '"output":' | near "predict --json $m" $m.output
	"$TSVIZ" analyze $D/$m.h5 $D/x.npy -q --json --no-saliency >"$T/j"
	list "$T/j" '"output":' | near "analyze $m" $m.output
	for end in onnx json; do
		"$TSVIZ" convert $D/$m.h5 -o "$T/$m.$end" -q
		"$TSVIZ" predict "$T/$m.$end" $D/x.npy -q -w 0 >"$T/p2"
		if cmp -s "$T/p" "$T/p2"; then ok; else no "$m as $end" "$(head -c 200 "$T/p2")"; fi
	done
done
"$TSVIZ" predict $D/sequence.h5 $D/x.npy -q -w 0 >"$T/p"
is 'columns are named by step and channel' "$(head -n 1 "$T/p" | cut -c 1-62)" 'window,row,"output[0,0]","output[0,1]","output[0,2]","output[1'
"$TSVIZ" predict $D/sequence.h5 $D/x.npy -q -w 0 --json >"$T/j"
is 'predict --json says the order' "$(grep -o '"output_axes":{[^}]*}' "$T/j")" '"output_axes":{"order":"t,c","shape":[12,3]}'
"$TSVIZ" analyze $D/sequence.h5 $D/x.npy -q --npy output >"$T/o.npy"
is 'analyze --npy has both axes' "$(head -c 120 "$T/o.npy" | grep -ao "'shape': ([0-9, ]*)")" "'shape': (12, 3,)"
# by hand, values have the order in which outputs are written
"$TSVIZ" analyze $D/sequence.h5 $D/x.npy -q --json --no-saliency --y "$(wanted sequence.output | tr '\n' ',' | sed 's/,$//')" >"$T/j"
is '--y by hand' "$(list "$T/j" '"y":' | head -n 2 | tr '\n' ' ')" "$(wanted sequence.output | head -n 2 | tr '\n' ' ')"
# true values of shape (N,T,C), flattened, or turned
for y in y flat turned; do
	"$TSVIZ" eval $D/sequence.h5 $D/x.npy --y $D/sequence_$y.npy -q --json >"$T/j"
	is "eval: truth $y" "$(awk -v v="$(value "$T/j" mse)" 'BEGIN { print (v >= 0 && v < 1e-12) }')" 1
done
"$TSVIZ" eval $D/sequence.h5 $D/sequence.npz -q --json >"$T/j"
is 'eval: truth in the archive' "$(awk -v v="$(value "$T/j" mse)" 'BEGIN { print (v >= 0 && v < 1e-12) }')" 1
"$TSVIZ" eval $D/sequence.h5 $D/x.npy --y $D/sequence_turned.npy >"$T/out" 2>"$T/err"
is 'a turned truth is said' "$(grep -c 'are turned' "$T/err")" 1
refuses 'no file of truth' 'none.npy' "$TSVIZ" eval $D/sequence.h5 $D/x.npy --y $D/none.npy
refuses '--y V of eval' '\.npy or \.npz' "$TSVIZ" eval $D/sequence.h5 $D/x.npy --y 3
refuses '--y FILE with a series' 'ready windows' "$TSVIZ" eval $D/forecast.h5 $D/series.csv --y $D/labels.npy

# ---- tasks ----
task() { is "task of $1" "$("$TSVIZ" info "$1" --json | grep -o '"task":"[a-z]*"')" "\"task\":\"$2\""; }
task $D/autoencoder.h5 reconstruction
task $D/unet.h5 segmentation
task $D/binary.h5 segmentation
task $D/sequence.h5 sequence
task $D/forecast.h5 forecast
task "$T/unet.onnx" segmentation
task tests/keras/residual.h5 classification
is 'info says why' "$("$TSVIZ" info $D/unet.h5 | grep -c '^task: segmentation, because')" 1

"$TSVIZ" eval $D/autoencoder.h5 $D/x.npy --y $D/labels.npy -q --json >"$T/j"
list "$T/j" '"channel":{"mse":' | near 'error of each channel' autoencoder.channel.mse
list "$T/j" '"channel":{"mse":[^]]*],"mae":' | near 'absolute error of each channel' autoencoder.channel.mae
list "$T/j" '"step":{"mse":' | near 'error of each step' autoencoder.step.mse
list "$T/j" '"step":{"mse":[^]]*],"mae":' | near 'absolute error of each step' autoencoder.step.mae
value "$T/j" roc_auc | near 'ROC AUC' autoencoder.roc
value "$T/j" pr_area | near 'area of precision and recall' autoencoder.pr
tr -d '\n' <"$T/j" | sed 's/.*"naive_window_mean":{"standardized":{"mse"://; s/,.*//' | near 'baseline of a reconstruction' autoencoder.baseline
value "$T/j" mse | near 'error of a reconstruction' autoencoder.mse
"$TSVIZ" predict $D/autoencoder.h5 $D/x.npy -q | awk -F, 'NR > 1 { print $NF }' | near 'anomaly score of each window' autoencoder.score

"$TSVIZ" eval $D/unet.h5 $D/unet.npz -q --json >"$T/j"
value "$T/j" accuracy | near 'accuracy of all steps' unet.accuracy
list "$T/j" '"step_accuracy":' | near 'accuracy of each step' unet.step
tr -d '\n' <"$T/j" | sed 's/.*"confusion"://; s/]].*//' | tr -d '[]' | tr ',' '\n' | near 'confusion of steps' unet.confusion
list "$T/j" '"f1":' | near 'F1 of each class' unet.f1
value "$T/j" macro_f1 | near 'mean F1' unet.macro
"$TSVIZ" eval "$T/unet.onnx" $D/unet.npz -q --json >"$T/j2"
is 'the same from ONNX' "$(sed 's/"model":"[^"]*"//' "$T/j2")" "$(sed 's/"model":"[^"]*"//' "$T/j")"
"$TSVIZ" analyze $D/unet.h5 $D/unet.npz -q --json --no-saliency -w 1 >"$T/j"
value "$T/j" value | near 'loss of a segmentation' unet.loss
"$TSVIZ" analyze $D/unet.h5 $D/x.npy -q --json --no-saliency >"$T/j"
list "$T/j" '"class":' | near 'class of each step' unet.class
"$TSVIZ" eval $D/binary.h5 $D/x.npy --y $D/binary_y.npy -q --json >"$T/j"
value "$T/j" accuracy | near 'accuracy with one channel' binary.accuracy
tr -d '\n' <"$T/j" | sed 's/.*"confusion"://; s/]].*//' | tr -d '[]' | tr ',' '\n' | near 'confusion with one channel' binary.confusion

"$TSVIZ" eval $D/forecast.h5 $D/series.csv -q --json >"$T/j"
value "$T/j" mse | near 'error of a forecast' forecast.mse
list "$T/j" '"channel":{"mse":' | near 'channels of a forecast' forecast.channel.mse
list "$T/j" '"step":{"mse":[^]]*],"mae":' | near 'steps of a forecast' forecast.step.mae
"$TSVIZ" eval "$T/sequence.json" $D/x.npy --y $D/sequence_shifted.npy -q --json >"$T/j"
list "$T/j" '"channel":{"mse":' | near 'channels of a sequence' sequence.channel.mse
list "$T/j" '"step":{"mse":' | near 'steps of a sequence' sequence.step.mse

# forced, and what does not fit
"$TSVIZ" eval $D/binary.h5 $D/x.npy --y $D/binary_y.npy -q --json --task sequence >"$T/j"
is '--task sequence' "$(grep -o '"task":"[a-z]*"' "$T/j")" '"task":"sequence"'
refuses '--task reconstruction of another shape' 'reconstruction: the output has' "$TSVIZ" eval $D/unet.h5 $D/x.npy --task reconstruction
refuses 'no truth of a segmentation' 'class for each of the 12 steps|no window has' "$TSVIZ" eval $D/unet.h5 $D/x.npy

# true values that do not fit: an array that was named is never left out, and no step gets a class that it does not have
refuses '--y FILE of other channels' 'sequence_y.npy: 36 numbers a window' "$TSVIZ" eval $D/autoencoder.h5 $D/x.npy --y $D/sequence_y.npy
refuses '--y FILE with too few numbers' '24 numbers a window, but the output has 12 steps of 3' "$TSVIZ" eval -q $D/sequence.h5 $D/x.npy --y $D/x.npy
refuses 'a class that the output does not have' 'hold 2, which is none of the classes 0 to 1' "$TSVIZ" eval -q $D/binary.h5 $D/x.npy --y $D/unet_y.npy
{ printf '\223NUMPY\001\000v\000%-117s\n' "{'descr': '<i8', 'fortran_order': False, 'shape': (10, 12), }"
  head -c 960 /dev/zero | tr '\000' '\377'; } >"$T/below.npy"
refuses 'no step has a class' 'known class' "$TSVIZ" eval -q $D/unet.h5 $D/x.npy --y "$T/below.npy"
"$TSVIZ" predict $D/unet.h5 $D/x.npy --y "$T/below.npy" >"$T/out" 2>"$T/err"
is 'classes below 0 are said' "$(grep -c '120 of 120 true values are below 0' "$T/err")" 1

# ---- targets ----
of() { wanted sequence.output | awk "NR >= 1 { t = int((NR - 1) / 3); c = (NR - 1) % 3; if ($1) s += \$1 } END { printf \"%.6f\", s }"; }
for x in 'output:4,1|t == 4 && c == 1' 'output:2-5,2|t >= 2 && t <= 5 && c == 2' 'output:*,0|c == 0' 'output:3,0-1|t == 3 && c < 2'; do
	got=$("$TSVIZ" analyze $D/sequence.h5 $D/x.npy -q --json --no-saliency --target "${x%%|*}" | tr -d '\n' | sed 's/.*"targets":{"sum":[^,]*,"output:[^"]*"://; s/}.*//')
	is "target ${x%%|*}" "$(awk -v a="$got" -v b="$(of "${x#*|}")" 'BEGIN { d = a - b; print (d < 1e-5 && d > -1e-5) }')" 1
done
for x in 'output:12,0|12 steps' 'output:3,3|3 channels' 'output:5-2,0|followed by' 'output:1,|followed by'; do
	refuses "target ${x%%|*}" "${x#*|}" "$TSVIZ" analyze $D/sequence.h5 $D/x.npy --target "${x%%|*}"
done
misused 'a step that is no number' 'output:T,C' "$TSVIZ" analyze $D/sequence.h5 $D/x.npy --target output:a,0
refuses 'no time axis' 'no time axis' "$TSVIZ" analyze -q samples/ecg-model.json samples/ecg.csv --target output:0,0
"$TSVIZ" analyze $D/autoencoder.h5 $D/x.npy -q --json --no-saliency -w 3 >"$T/j"
value "$T/j" error >"$T/e"
is 'the error of a window is its score' "$(awk -v a="$(cat "$T/e")" -v b="$(wanted autoencoder.score | sed -n 4p)" 'BEGIN { d = a - b; print (d < 1e-5 && d > -1e-5) }')" 1
done_testing
