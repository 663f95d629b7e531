# prune: the goals on the two samples and on the paper's model, what is written, and what is refused.
. tests/cli/lib.sh
M="samples/machine-model.json samples/machine.csv --rows 0:8000 -q"
figure() { sed -n "s/^$1  *\([0-9.e-]*\)  *\([0-9.]*\) %  *\([0-9.e-]*\)  *\([0-9.]*\) %.*/\3/p" "$2"; } # the test set's error

# ---- one network, written and read back ----
# shellcheck disable=SC2086
"$TSVIZ" prune $M --test-rows 8000: --ratio .5 -o "$T/small.onnx" >"$T/said" 2>"$T/err" && ok || no 'prune' "$(head -n 1 "$T/err")"
is 'what was removed' "$(head -n 1 "$T/said")" '24 of 48 filters removed (50.0 %), ranked by taylor, from 2000 calibration windows'
is 'the accuracy of the file' "$("$TSVIZ" eval "$T/small.onnx" samples/machine.csv --rows 8000: -q | sed -n 's/^accuracy *\([0-9.]*\).*/\1/p' | cut -c1-6)" \
	"$(figure 'repaired by ls' "$T/said")"
is 'its parameters' "$("$TSVIZ" info "$T/small.onnx" | sed -n 's/.*Gemm, \([0-9]*\) parameters.*/\1/p')" "$(awk '$1 == "parameters" { print $3 }' "$T/said")"
is 'it carries the scaling and the classes, but not the rows of this session' \
	"$("$TSVIZ" info "$T/small.onnx" | sed -n 's/^recipe: \(.*\) (from.*/\1/p')" \
	'--columns pressure,temperature,torque --window 32 --scale standard --fit 0:8000 --label state --label-rule any --classes normal,anomaly'

# ---- every ranking and repair against another computation (tests/gen_prune.py) ----
if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
	judged() { # CASE OPTIONS: the smaller network and what it predicts, as CASE.json and CASE.csv
		name=$1
		shift
		"$TSVIZ" prune tests/survey/net.onnx tests/survey/windows.npz --ratio .5 "$@" --json -o "$T/net.onnx" -q >"$T/judged/$name.json"
		"$TSVIZ" predict "$T/net.onnx" tests/survey/windows.npz -q >"$T/judged/$name.csv"
	}
	compared() { /usr/bin/python3 tests/gen_prune.py --compare tests/prune/expect.json "$@" 2>&1; }
	mkdir "$T/judged" "$T/other"
	cases='taylor-none taylor-bias taylor-gram taylor-ls obs-ls gradient-gram l1-ls'
	for c in $cases; do judged $c --rank ${c%-*} --repair ${c#*-}; done
	for c in labels-.01 outputs-.001 outputs-9; do
		cases="$cases tune-$c"
		judged tune-$c --tune 3 --tune-on "${c%%-*}" --tune-rate "${c#*-}"
	done
	# shellcheck disable=SC2086
	is 'filters and outputs of every case' "$(compared "$T/judged" $cases)" ''
	cp "$T/judged/taylor-ls.json" "$T/other/obs-ls.json" && cp "$T/judged/taylor-ls.csv" "$T/other/obs-ls.csv"
	is 'a wrong output is seen' "$(compared "$T/other" obs-ls | grep -c 'outputs differ')" 1
	is 'what of a batch normalisation is not trained' "$("$TSVIZ" prune tests/survey/net.onnx tests/survey/windows.npz --ratio .5 --tune 1 -q | sed -n 's/^tuned: .*; //p')" \
		'all weights but the statistics of 1 batch normalisation'
	/usr/bin/python3 -c "import numpy as np; np.savez('$T/x.npz', x=np.load('tests/survey/windows.npz')['x'])"
	refuses 'training without labels' '--tune-on outputs needs no true values' "$TSVIZ" prune tests/survey/net.onnx "$T/x.npz" --task classification -q --ratio .5 --tune 1
	"$TSVIZ" prune tests/survey/net.onnx "$T/x.npz" --task classification -q --ratio .5 --tune 3 --tune-on outputs --tune-rate .001 -o "$T/x.onnx" >"$T/said" 2>&1 || no 'training without labels' "$(head -n 1 "$T/said")"
	is 'the epoch without labels is that with them' "$(grep -c 'epoch 3 is kept' "$T/said")" 1
else
	skip 'every ranking and repair' 'no numpy'
fi

# ---- where the data are not: gram and a ranking from the file of a survey, with the same bytes ----
N="tests/survey/net.onnx tests/survey/windows.npz -q"
# shellcheck disable=SC2086
{
	"$TSVIZ" survey $N --rows 0:32 --shard 1/1 -o "$T/survey.json" 2>"$T/err" || no 'survey' "$(head -n 1 "$T/err")"
	for rank in taylor obs clusters; do
		"$TSVIZ" prune tests/survey/net.onnx -q --survey "$T/survey.json" --ratio .5 --rank $rank -o "$T/away.onnx" >"$T/said" 2>"$T/err" ||
			no "$rank without data" "$(head -n 1 "$T/err")"
		"$TSVIZ" prune $N --ratio .5 --rank $rank --repair gram -o "$T/here.onnx" >/dev/null 2>&1
		cmp -s "$T/here.onnx" "$T/away.onnx" && ok || no "$rank from a survey" 'another file than from the data'
	done
	refuses 'a survey of another model' 'this is a survey of another model' "$TSVIZ" prune samples/machine-model.json --survey "$T/survey.json" --ratio .5 -q
	misused 'a curve without data' 'without data there are no errors' "$TSVIZ" prune tests/survey/net.onnx --survey "$T/survey.json" --curve 10:20:10
	refuses 'neither data nor survey' '--rank taylor needs data, or the survey of some' "$TSVIZ" prune tests/survey/net.onnx --ratio .5 -q
	"$TSVIZ" prune tests/survey/net.onnx --ratio .5 --rank l1 --repair none -q -o "$T/l1.onnx" >/dev/null 2>&1 && ok || no 'weights alone' 'refused'
}

# ---- the goals ----
goal() { # what, options, error at most (accuracy: at least)
	what=$1 most=$2
	shift 2
	"$TSVIZ" prune "$@" -q >"$T/goal" 2>"$T/err" || no "$what" "$(head -n 1 "$T/err")"
	v=$(figure 'repaired by [a-z-]*' "$T/goal")
	is "$what" "$(awk -v v="$v" -v m="$most" 'BEGIN { print (m < 0 ? v >= -m : v <= m) ? "held" : "missed: " v }')" held
}
# the last fifth of these rows begins where the network's training ended, so all of its rows calibrate
E="samples/ecg-model.json samples/ecg.csv --rows 0:10050 --test-rows 8000:"
# shellcheck disable=SC2086
{
	goal 'ECG, 80 %' 0.0225 $E --ratio .8
	if ! sanitized; then
		goal 'ECG, 40 %' 0.0134 $E --ratio .4
		goal 'ECG, 60 %' 0.0140 $E --ratio .6
		goal 'machine, 40 %' -0.909 $M --test-rows 8000: --ratio .4
		goal 'machine, 80 %' -0.84 $M --test-rows 8000: --ratio .8
	fi
}
if [ -f ../shared/models/internet_traffic.h5 ]; then
	I="../shared/models/internet_traffic.h5 ../shared/data/internet_traffic.csv --columns 2 --derive diff --scale standard --fit 0:14000 --rows 0:14000 --test-rows 14000:18000"
	# shellcheck disable=SC2086
	{
		if ! sanitized; then
			goal "the paper's model, 40 %" 0.00161 $I --ratio .4 --rank obs
			goal "the paper's model, 60 %" 0.00162 $I --ratio .6 --rank obs
		fi
		goal "the paper's model, 80 %" 0.0018 $I --ratio .8 --rank obs
	}
	is 'what is left of it' "$(sed -n 's/^parameters *\([0-9]*\) *\([0-9]*\) .*/\1 \2/p' "$T/goal")" '8385 512'
else
	skip "the paper's model" 'no ../shared'
fi

# ---- training after the repair, and other calibration windows ----
# shellcheck disable=SC2086
{
	for n in 1 2; do
		"$TSVIZ" prune $M --test-rows 8000: --ratio .8 --tune 3 --tune-rate .002 --calibrate 1000 --tune-on outputs --seeds 3 --threads $n -o "$T/tuned$n.onnx" >"$T/tuned$n" 2>&1 ||
			no 'tune' "$(head -n 1 "$T/tuned$n")"
	done
	cmp -s "$T/tuned1.onnx" "$T/tuned2.onnx" && ok || no 'tune with one thread and with two' 'another file'
	is 'the accuracy of the file that was trained' "$("$TSVIZ" eval "$T/tuned1.onnx" samples/machine.csv --rows 8000: -q | sed -n 's/^accuracy *\([0-9.]*\).*/\1/p' | cut -c1-6)" \
		"$(figure 'and tuned' "$T/tuned1")"
	is 'towards the old outputs, predictions change less' "$(awk '/^repaired by/ { a = $8 } /^and tuned/ && !b { b = $7 } END { print b < a }' "$T/tuned1")" 1
	is 'what was trained' "$(sed -n 's/^\(tuned: .*\)/\1/p' "$T/tuned1")" \
		'tuned: 3 epochs over 796 windows, loss: distance to the outputs of the old network; all weights'
	is 'three draws have a median between lowest and highest' "$(awk '/^test /  { n = 1 } n && /^repaired/ { print ($2 >= $3 && $2 <= $4 && $3 < $4) }' "$T/tuned1")" 1
	"$TSVIZ" prune $M --curve 40:80:40 --calibrate 300 --tune 1 --seeds 2 --curve-out "$T/curve.csv" >"$T/said" 2>&1 || no 'a curve with training' "$(head -n 1 "$T/said")"
	is 'columns of the curve' "$(head -n 1 "$T/curve.csv")" "ratio,removed,parameters,multiply_adds,held_out_repaired,held_out_changed,held_out_not_repaired,held_out_random,held_out_tuned,\
held_out_tuned_changed,held_out_repaired_median,held_out_repaired_lowest,held_out_repaired_highest,held_out_tuned_median,held_out_tuned_lowest,held_out_tuned_highest"
	is 'numbers in each line of the curve' "$(awk -F, '{ print NF }' "$T/curve.csv" | sort -u)" 16
}

# ---- what is refused: one line, nothing written ----
# shellcheck disable=SC2086
{
	misused 'no ratio' 'prune needs --ratio R, --remove N' "$TSVIZ" prune $M -o "$T/none.onnx"
	misused 'a ratio of one' '--ratio 1: a share of the filters, less than 1' "$TSVIZ" prune $M --ratio 1 -o "$T/none.onnx"
	misused 'a negative ratio' "--ratio '-.1': a share such as" "$TSVIZ" prune $M --ratio=-.1 -o "$T/none.onnx"
	misused 'a name without an ending' "-o 'x': the name has to end in .onnx or .json" "$TSVIZ" prune $M --ratio .5 -o x
	misused 'marks without filters' '--rank marks and --off LAYER:F' "$TSVIZ" prune $M --rank marks
	misused 'a word after --tune-on' "--tune-on 'x': labels or outputs" "$TSVIZ" prune $M --ratio .5 --tune 2 --tune-on x
	misused 'a rate of nothing' "--tune-rate '0': a number above 0" "$TSVIZ" prune $M --ratio .5 --tune 2 --tune-rate 0
	misused 'a rate without training' '--tune-on and --tune-rate need --tune EPOCHS' "$TSVIZ" prune $M --ratio .5 --tune-rate 1
	refuses '30 windows' 'windows are too few: the last fifth measures errors' "$TSVIZ" prune samples/machine-model.json samples/machine.csv --rows 0:61 -q --ratio .5 -o "$T/none.onnx"
	refuses 'a result over its input' 'this file is read; give the result another name' "$TSVIZ" prune "$T/small.onnx" samples/machine.csv -q --ratio .5 -o "$T/small.onnx"
}
[ -e "$T/none.onnx" ] && no 'nothing is written' 'a file is there' || ok
# shellcheck disable=SC2086
"$TSVIZ" prune $M --ratio .9 --max-loss 1% -o "$T/none.onnx" >/dev/null 2>"$T/err"
is 'a loss above the limit' "$? $(sed 's/changes by .*/changes by V/' "$T/err")" '3 tsviz: nothing was written: the accuracy changes by V'
[ -e "$T/none.onnx" ] && no 'nothing is written beyond the limit' 'a file is there' || ok
is 'nothing solved has no condition' "$("$TSVIZ" prune tests/screens/net.json tests/screens/load.csv --columns load,temp --predict load -q --ratio .3 --repair none --json |
	grep -oE '"(solved|condition[a-z_]*)":("[^"]*"|[^,}]*)' | tr '\n' ' ')" '"solved":0 "condition":null "condition_reason":"nothing was solved" '
done_testing
