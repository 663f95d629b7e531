# prune: rankings, budgets and repairs of a network with residual connections, a depthwise convolution, a gate and branches.
. tests/cli/lib.sh
python=/usr/bin/python3
B=tests/prune/blocks.onnx W=tests/survey/windows.npz

# ---- every figure against another computation (tests/gen_prune_blocks.py) ----
if $python -c 'import numpy' 2>/dev/null; then
	mkdir "$T/made"
	$python tests/gen_prune_blocks.py --options >"$T/cases"
	while read -r case options; do
		# shellcheck disable=SC2086
		"$TSVIZ" prune $B $W $options --json -o "$T/made/$case.onnx" -q >"$T/made/$case.json"
		"$TSVIZ" predict "$T/made/$case.onnx" $W -q >"$T/made/$case.csv"
	done <"$T/cases"
	is 'filters, outputs and what they are worth' "$($python tests/gen_prune_blocks.py --compare tests/prune "$T/made" 2>&1)" ''
	cp "$T/made/taylor-ls.csv" "$T/made/taylor-ls-sum.csv"
	is 'another repair is seen' "$($python tests/gen_prune_blocks.py --compare tests/prune "$T/made" | cut -c1-29)" 'taylor-ls-sum: outputs differ'
else
	skip 'filters and outputs' 'no numpy'
fi

# ---- the file of a survey is as good as the data, byte for byte: residual, batch norm, concat, depthwise, gate ----
"$TSVIZ" survey $B $W -q --rows 0:32 --shard 1/1 -o "$T/survey.json" 2>"$T/err" || no 'survey' "$(head -n 1 "$T/err")"
for c in taylor-gram obs-gram clusters-bias; do
	"$TSVIZ" prune $B -q --survey "$T/survey.json" --ratio .5 --rank ${c%-*} --repair ${c#*-} -o "$T/away.onnx" >/dev/null 2>"$T/err" || no "$c without data" "$(head -n 1 "$T/err")"
	"$TSVIZ" prune $B $W -q --ratio .5 --rank ${c%-*} --repair ${c#*-} -o "$T/here.onnx" >/dev/null 2>&1
	cmp -s "$T/here.onnx" "$T/away.onnx" && ok || no "$c from a survey" 'another file than from the data'
done

# ---- a trained ResNet: where the last convolution of a branch aims at the sum, no more is lost ----
sed 's/"filters": 64/"filters": 8/; s/"filters": 128/"filters": 16/; s/"epochs": 30/"epochs": 4/; s/"rate": 0.001/"rate": 0.003/; /"schedule/d; /"patience"/d
	s/"rows": "0:8000"/"rows": "0:4000"/' samples/resnet.json >"$T/spec.json"
"$TSVIZ" train "$T/spec.json" samples/machine.csv -q -o "$T/resnet.json" >/dev/null 2>"$T/err" || no 'training' "$(head -n 1 "$T/err")"
for how in ls ls-sum; do
	"$TSVIZ" prune "$T/resnet.json" samples/machine.csv --rows 0:8000 --ratio .5 --repair $how --calibrate 500 -q |
		awk '$1 == "repaired" { print $4, $5 }' >>"$T/worth"
done
# Both aim at what the network said, so it is predictions that change that count. Which network training ends at depends on the last digits.
is 'ls-sum beside ls on held-out windows' "$(awk '{ v[NR] = $1; changed[NR] = $2 } END { print NR, (v[1] > 0.6), (changed[2] != changed[1]), (changed[2] < 1.05 * changed[1]) }' "$T/worth")" '2 1 1 1'

# ---- the largest ratio that holds a limit ----
M="samples/machine-model.json samples/machine.csv --rows 0:3000 --repair gram --calibrate 100 -q"
limit() { # NAME, COLUMN of the curve, LIMIT as awk compares it, OPTIONS
	name=$1 condition=$2
	shift 2
	# shellcheck disable=SC2086
	found=$("$TSVIZ" prune $M "$@" --json 2>"$T/err" | sed -n 's/.*"result":{"ratio":\([0-9.]*\),.*/\1/p')
	# shellcheck disable=SC2086
	"$TSVIZ" prune $M --curve "$(awk -v r="$found" 'BEGIN { print 100 * r ":95:1" }')" --curve-out "$T/curve.csv" >/dev/null 2>&1
	is "$name" "$(awk -F, -v found="$found" 'NR == 2 { before = $5 } NR > 2 {
		k = int(100 * $1 + .5); good = '"$condition"'
		if (NR == 3) { if (good && $1 == found) print "it holds"; end = int(k / 5) * 5 + 5 }
		else if (good && (k < end || k % 5 == 0)) print k " holds, too" }' "$T/curve.csv")" 'it holds'
}
limit 'largest ratio that loses 2 %' '(before - $5) / before <= 0.02' --max-loss 2%
limit 'largest ratio that flips 3 %' '$6 <= 0.03' --max-flips 3%
done_testing
