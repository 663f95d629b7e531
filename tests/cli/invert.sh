# invert: descents of an independent computation (tests/gen_whatif.py), the old tool's numbers, series that are read again, what is refused.
. tests/cli/lib.sh
python=/usr/bin/python3
N="tests/survey/net.onnx tests/survey/windows.npz -q"

# ---- every figure ----
if $python -c 'import numpy' 2>/dev/null; then
	$python tests/gen_whatif.py --options >"$T/asked"
	while read -r name options; do
		# shellcheck disable=SC2086
		"$TSVIZ" invert $N $options --json >"$T/$name" || no "$name" failed
	done <"$T/asked"
	is 'every figure' "$($python tests/gen_whatif.py --compare tests/whatif/expect.json "$T" invert 2>&1 | tr '\n' ' ')" 'class filter series free cycles gradient '
else
	skip 'every figure' 'no numpy'
fi

# ---- laws ----
least() { sed -n 's/.*"best_loss":\([-0-9.e]*\).*/\1/p' "$1"; }
# shellcheck disable=SC2086
{
	"$TSVIZ" invert $N --filter left_z:2 --from noise --seed 1 --json >"$T/noise.json"
	"$TSVIZ" invert $N --filter left_z:2 --from noise --seed 1 --json --max-cycles 1 >"$T/slow.json"
	"$TSVIZ" invert $N -w 3 --to-class 0 --near 100 --json >"$T/near.json"
	"$TSVIZ" invert $N -w 3 --to-class 0 --json >"$T/far.json"
}
is 'a limit of frequencies costs activation' "$(echo "$(least "$T/slow.json") $(least "$T/noise.json")" | awk '{ print ($1 > $2) }')" 1
is 'a weight of the distance keeps the window' "$(sed -n 's/.*"nearest":\[{"window":\([0-9]*\),"distance":\([0-9.e-]*\).*/\1 \2/p' "$T/near.json" "$T/far.json" |
	awk '{ w[NR] = $1; d[NR] = $2 } END { print w[1], (d[1] < 0.2), (d[2] > 3 * d[1]) }')" '3 1 1'

# what a filter likes, in the browser, is what invert finds from zero
liked=$("$TSVIZ" samples/machine-model.json samples/machine.csv --rows 8000: --plain filter --size 160x46 -q 2>/dev/null | sed -n 's/^likes 0: mean activation \([-0-9.]*\), nearest window \([0-9]*\).*/\1 \2/p')
layer=$("$TSVIZ" samples/machine-model.json samples/machine.csv --rows 8000: --plain filter --size 160x46 -q 2>/dev/null | sed -n '1s/^\([^ ]*\) #\([0-9]*\):.*/\1:\2/p')
found=$("$TSVIZ" invert samples/machine-model.json samples/machine.csv --rows 8000: -q --filter "$layer" --from zero --iterations 200 --max-cycles 4 --json |
	tr -d '\n' | sed 's/.*"reached":\([-0-9.e]*\).*"nearest":\[{"window":\([0-9]*\).*/\1 \2/' | awk '{ printf "%.6g %d", $1, $2 }')
is "what a filter likes is what invert finds" "$liked" "$found"

# ---- series that are written are read again ----
again() { # NAME FILE MODEL DATA OPTIONS..: the prediction of the written file is that of the report
	name=$1 file=$2 model=$3
	shift 3
	"$TSVIZ" invert "$model" "$@" -q --json --iterations 60 -o "$T/$file" >"$T/said.json" 2>"$T/err" || no "$name" "$(cat "$T/err")"
	"$TSVIZ" predict "$model" "$T/$file" --recipe "$T/$file.recipe.json" --task regression -q --json >"$T/read.json" 2>"$T/err" || no "$name" "$(cat "$T/err")"
	flat "$T/said.json" | sed -n 's/.*"changed_output":\[\([^]]*\)\].*/\1/p' >"$T/said"
	sed -n 's/.*"group".*"output":\[\([^]]*\)\].*/\1/p; s/^{"window":[0-9]*,"row":[0-9]*,"output":\[\([^]]*\)\],["r].*/\1/p' "$T/read.json" >"$T/read"
	is "$name" "$(paste -d, "$T/said" "$T/read" | awk -F, '
		{ n = NF / 2; for (i = 1; i <= n; i++) { d = $i - $(i + n); if (d > 1e-6 || d < -1e-6) print NR, $i, $(i + n) } }
		END { print NR }' | head -n 3)" 1
}
again 'the machine' machine.csv samples/machine-model.json samples/machine.csv --rows 8000: -w 87 --to-class normal
again 'the forecaster' ecg.npy samples/ecg-model.json samples/ecg.csv --rows 8000: -w 0 --to 1.5 --from zero
awk 'BEGIN { print "a,b"; for (i = 0; i < 100; i++) printf "%.6f,%.6f\n", 500 + 100 * sin(i / 5) + i % 7, cos(i / 3) }' >"$T/d.csv"
again 'a network with LSTM' lstm.csv tests/onnx/lstm_fcn_13.onnx "$T/d.csv" --columns a,b --scale standard --to 0.1
again 'a derived channel' derived.csv tests/survey/net.onnx tests/survey/windows.npz --columns 1 --derive diff -w 3 --to-class 1 --from noise

# ---- the old tool: steps along the gradient from zero, both channels free ----
if [ -f ../shared/golden/internet_traffic_extras.json ]; then
	P="../shared/models/internet_traffic.h5 ../shared/data/internet_traffic.csv --columns 2 --derive diff --scale standard --fit 0:14000 -q"
	tr -d ' \n' <../shared/golden/internet_traffic_extras.json >"$T/extras"
	grep -o '"y":[-0-9.e]*' "$T/extras" | sed 's/.*://' >"$T/y"
	grep -o '"inverse":{[^}]*' "$T/extras" >"$T/old.json"
	while read -r y; do
		# shellcheck disable=SC2086
		"$TSVIZ" invert $P --rows 14000:14060 --from zero --free --no-clip --descent gradient --learning-rate 0.01 --iterations 1000 "--to=$y" --json
	done <"$T/y" >"$T/new.json"
	for part in old new; do # x and the output of each window, a line each
		flat "$T/$part.json" | sed -n 's/.*"x":\[\([^]]*\)\].*/\1/p' >"$T/$part.x"
		flat "$T/$part.json" | sed -n 's/.*"inverse".*"output":\[\([^]]*\)\].*/\1/p; s/.*"changed_output":\[\([^]]*\)\].*/\1/p' >"$T/$part.y"
	done
	is "the old tool's five windows" "$(cat "$T/new.x" "$T/new.y" | paste -d, - /dev/null | wc -l | tr -d ' ') $({ paste -d, "$T/new.x" "$T/old.x"; paste -d, "$T/new.y" "$T/old.y"; } | awk -F, '
		{ n = NF / 2; for (i = 1; i <= n; i++) { d = $i - $(i + n); bad += d > 1e-4 || d < -1e-4; count++ } }
		END { print count, bad + 0 }')" '10 505 0'
else
	skip "the old tool's five windows" 'no ../shared'
fi

# ---- what is refused ----
# shellcheck disable=SC2086
{
	misused 'no wish' 'what is wished\? one of --to V, --to-class CLASS and --filter LAYER:F' "$TSVIZ" invert $N
	misused 'two wishes' 'what is wished\?' "$TSVIZ" invert $N --to 1 --filter stem_z:0
	misused 'a word for a number' "--to 'much': a number up to 1e12 is expected" "$TSVIZ" invert $N --to much
	misused 'a negative weight' "--near '-1': a number from 0 to 1e12" "$TSVIZ" invert $N --to-class 1 --near=-1
	misused 'no cycles' "--max-cycles '0': a number from 0.5 to 1e12" "$TSVIZ" invert $N --to-class 1 --max-cycles 0
	misused 'consistency that is forced' '--consistent: without --free derived channels always follow' "$TSVIZ" invert $N --to-class 1 --consistent 1
	misused 'an unknown start' "--from 'here' is unknown; one of window, noise, zero" "$TSVIZ" invert $N --to-class 1 --from here
	refuses 'consistency of nothing' '--consistent: no channel is derived from others' "$TSVIZ" invert $N --to-class 1 --consistent 1 --free
	refuses 'an unknown class' "--to-class '3': there is no such class" "$TSVIZ" invert $N --to-class 3
	refuses 'a number of a classifier' '--to is for numbers; the task is classification' "$TSVIZ" invert $N --to 1
	refuses 'an unknown layer' "--filter: 'stem' is no analysed layer of this model; did you mean 'stem_z'\?" "$TSVIZ" invert $N --filter stem:0
	refuses 'an unknown filter' "--filter 'stem_z:4': the layer has 4 filters" "$TSVIZ" invert $N --filter stem_z:4
	refuses 'two filters' "--filter 'stem_z:1,stem_z:2': one filter is expected" "$TSVIZ" invert $N --filter stem_z:1,stem_z:2
	refuses 'free changes as a series' '-o .*a.csv: with --free derived channels change by themselves' \
		"$TSVIZ" invert $N --columns 1 --derive diff --free --to-class 1 -o "$T/a.csv"
	[ -e "$T/a.csv" ] && no 'nothing half written' 'a.csv is there' || ok
}
done_testing
