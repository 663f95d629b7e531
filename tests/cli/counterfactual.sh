# counterfactual: figures of an independent computation (tests/gen_whatif.py), all kinds of models, series that are read again, what is refused.
. tests/cli/lib.sh
python=/usr/bin/python3
N="tests/survey/net.onnx tests/survey/windows.npz -q"

# ---- every figure ----
if $python -c 'import numpy' 2>/dev/null; then
	$python -c 'import json
found = json.load(open("tests/whatif/expect.json"))
for name in ["free", "series"]:
    for q in found["counterfactual " + name]: print(name, q["window"], q["cls"])' >"$T/asked"
	while read -r name w cls; do
		more=
		[ "$name" = series ] && more='--columns 1 --derive diff'
		# shellcheck disable=SC2086
		"$TSVIZ" counterfactual $N $more -w "$w" --to-class "$cls" --json >"$T/$name.$w.$cls" || no "$name $w" failed
	done <"$T/asked"
	$python tests/gen_whatif.py --compare tests/whatif/expect.json "$T" >"$T/compared" 2>&1
	is 'every figure' "$(tr '\n' ' ' <"$T/compared")" 'free 6 series 6 '
else
	skip 'every figure' 'no numpy'
fi

# ---- all kinds of models; series that are written are read again ----
awk 'BEGIN { print "a,b"; for (i = 0; i < 400; i++) printf "%.6f,%.6f\n", 500 + 100 * sin(i / 5) + i % 7, cos(i / 3) }' >"$T/d.csv"
again() { # NAME FILE WINDOW MODEL DATA OPTIONS..: what is found is valid, and the prediction of the written file is that of the report
	name=$1 file=$2 model=$3
	shift 3
	"$TSVIZ" counterfactual "$model" "$@" -q --json -o "$T/$file" >"$T/said.json" 2>"$T/err" || no "$name" "$(cat "$T/err")"
	"$TSVIZ" predict "$model" "$T/$file" --recipe "$T/$file.recipe.json" --task regression -q --json >"$T/read.json" 2>"$T/err" || no "$name" "$(cat "$T/err")"
	flat "$T/said.json" | sed -n 's/.*"changed_output":\[\([^]]*\)\].*/\1/p' >"$T/said"
	sed -n 's/.*"group".*"output":\[\([^]]*\)\].*/\1/p; s/^{"window":[0-9]*,"row":[0-9]*,"output":\[\([^]]*\)\],["r].*/\1/p' "$T/read.json" >"$T/read"
	is "$name" "$(grep -c '"valid":true' "$T/said.json") $(paste -d, "$T/said" "$T/read" | awk -F, '
		{ n = NF / 2; for (i = 1; i <= n; i++) { d = $i - $(i + n); if (d > 1e-6 || d < -1e-6) print NR, $i, $(i + n) } }
		END { print NR }' | head -n 3)" '1 1'
}
again 'the machine' machine.csv samples/machine-model.json samples/machine.csv --rows 8000: -w 87 --to-class normal
again 'the machine as .npy' machine.npy samples/machine-model.json samples/machine.csv --rows 8000: -w 87 --to-class normal
sentence=$(sed -n 's/.*"sentence":"\([^"]*\)".*/\1/p' "$T/said.json")
is 'the sentence' "$sentence" "it would be class normal if step 20 of pressure looked like window 1887's"
again 'the forecaster' ecg.csv samples/ecg-model.json samples/ecg.csv --rows 8000: -w 0 --to 1:
again 'a network with LSTM' lstm.csv tests/onnx/lstm_fcn_13.onnx "$T/d.csv" --columns a,b --scale standard -w 0 --to :0.3
for k in csv npy; do
	again "windows as .$k" "windows.$k" tests/survey/net.onnx tests/survey/windows.npz -w 3 --to-class 0
	again "a derived channel as .$k" "derived.$k" tests/survey/net.onnx tests/survey/windows.npz --columns 1 --derive diff -w 3 --to-class 1
done
if [ -f ../shared/models/internet_traffic.h5 ]; then
	again "the paper's model" paper.csv ../shared/models/internet_traffic.h5 ../shared/data/internet_traffic.csv --columns 2 --derive diff --scale standard --fit 0:14000 --rows 14000:18000 -w 100 --to 0:0.5
else
	skip "the paper's model" 'no ../shared'
fi

# ---- what is refused ----
# shellcheck disable=SC2086
{
	misused 'no wish' 'what shall the model say\? --to-class CLASS for a classifier, --to A:B for numbers' "$TSVIZ" counterfactual $N
	misused 'two wishes' 'what shall the model say\?' "$TSVIZ" counterfactual $N --to 1:2 --to-class 1
	misused 'one number' "--to '1': the outputs that are wished are A:B" "$TSVIZ" counterfactual $N --to 1
	misused 'nothing on both sides' "--to ':': the outputs" "$TSVIZ" counterfactual $N --to :
	misused 'a range that falls' "--to '2:1': the outputs" "$TSVIZ" counterfactual $N --to 2:1
	misused 'another kind of file' '-o .*a.json: changed windows are written as .csv or .npy' "$TSVIZ" counterfactual $N --to-class 1 -o "$T/a.json"
	refuses 'an unknown class' "--to-class '3': there is no such class; there are " "$TSVIZ" counterfactual $N --to-class 3
	refuses 'a class that is spelt wrong' "--to-class 'anomali': .*; did you mean 'anomaly'\?" \
		"$TSVIZ" counterfactual samples/machine-model.json samples/machine.csv -q --to-class anomali
	refuses 'numbers of a classifier' '--to is for numbers; the task is classification' "$TSVIZ" counterfactual $N --to 1:2
	refuses 'a class of numbers' '--to-class is for classes; the task is regression' "$TSVIZ" counterfactual tests/onnx/lstm_fcn_13.onnx "$T/d.csv" --columns a,b -q --to-class 1
	refuses 'a window that is not there' 'window 9999: there are' "$TSVIZ" counterfactual $N --to-class 1 -w 9999
	refuses 'what it says already' 'window 3: the model says already class' "$TSVIZ" counterfactual $N -w 3 --to-class "$("$TSVIZ" predict $N | awk -F, '$1 == 3 { print $6 }')"
	refuses 'what it never says' 'of no window without a row in common with window 0 the model says at least 1e.09' \
		"$TSVIZ" counterfactual samples/ecg-model.json samples/ecg.csv -q --to 1e9: -o "$T/a.csv"
	[ -e "$T/a.csv" ] && no 'nothing half written' 'a.csv is there' || ok
}
done_testing
