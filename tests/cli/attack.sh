# attack: figures of an independent computation (tests/gen_attack.py), the old tool's numbers, laws that hold for every model, series that are read again, what is
# refused.
. tests/cli/lib.sh
python=/usr/bin/python3
N="tests/survey/net.onnx tests/survey/windows.npz -q"
A="--attack fgsm,bim --epsilon 0.05,0.2,0.5 --iterations 10"

# ---- every number that no chance is in ----
# shellcheck disable=SC2086
{
	"$TSVIZ" attack $N $A --json --no-clip --threads 1 >"$T/free.json"
	"$TSVIZ" attack $N $A --json --curve-out "$T/curve.csv" >"$T/clipped.json"
	"$TSVIZ" attack $N $A --json --columns 1 --derive diff --curve-out "$T/curve.svg" >"$T/series.json"
	W=$(echo "$A" | sed 's/fgsm,bim/pgd,smooth,local/')
	"$TSVIZ" attack $N $W --json --no-clip >"$T/free.walks"
	"$TSVIZ" attack $N $W --json --segment 7 --smoothing 3 >"$T/clipped.walks"
	"$TSVIZ" attack $N $W --json --columns 1 --derive diff >"$T/series.walks"
}
if $python -c 'import numpy' 2>/dev/null; then
	$python - "$T" >"$T/compared" 2>&1 <<-'END'
		import sys; sys.path.insert(0, "tests"); import json, gen_attack
		want = json.load(open("tests/attack/expect.json"))
		for k in ["free", "clipped", "series"]:
		    print(k); gen_attack.compare(want[k], json.load(open(sys.argv[1] + "/" + k + ".json")))
		    gen_attack.compare(want[k], json.load(open(sys.argv[1] + "/" + k + ".walks")), True)
	END
	is 'every figure' "$(tr '\n' ' ' <"$T/compared")" 'free clipped series '
else
	skip 'every figure' 'no numpy'
fi

is 'the curve as numbers' "$(awk -F, 'NR == 1 || NR == 3 { print $1 "," $2 "," $3 "," $5 }' "$T/curve.csv" | tr '\n' ' ')" \
	"epsilon,fgsm_loss,fgsm_fallen,bim_fallen 0.05,$(flat "$T/clipped.json" | sed -n 's/.*"method":"fgsm","loss_by_epsilon":\[\([^,]*\).*"fallen":\[\([^,]*\).*/\1,\2/p'),$(
		flat "$T/clipped.json" | sed -n 's/.*"method":"bim".*"fallen":\[\([^,]*\).*/\1/p') "
is 'the curve as a picture' "$(grep -c '<polyline' "$T/curve.svg") $(grep -c '</svg>' "$T/curve.svg")" '2 1'

# ---- laws ----
awk 'BEGIN { print "a,b"; for (i = 0; i < 200; i++) printf "%.6f,%.6f\n", 500 + 100 * sin(i / 5), cos(i / 3) }' >"$T/d.csv"
laws() { # NAME MODEL DATA OPTIONS: pgd is at least fgsm, what falls is monotone, epsilon 0 changes nothing, all falls at a large epsilon
	name=$1
	shift
	"$TSVIZ" attack "$@" -q --attack fgsm,pgd,smooth,local --epsilon 0,0.02,0.1,0.4,50 --no-clip --iterations 10 --windows 24 --json --threads 1 >"$T/laws.json" ||
		no "$name" failed
	flat "$T/laws.json" | awk -v name="$name" '
		function list(key, v, n) { match($0, "\"" key "\":\\[[^]]*"); n = split(substr($0, RSTART + length(key) + 4, RLENGTH - length(key) - 4), v, ","); return n }
		/"loss":[0-9]/ && !/"method":/ && !seen { match($0, /"loss":[-0-9.e]*/); intact = substr($0, RSTART + 7, RLENGTH - 7) + 0; match($0, /"wrong":[0-9]*/); wrong = substr($0, RSTART + 8, RLENGTH - 8) / 24; seen = 1 }
		/"method":/ {
			match($0, /"method":"[a-z]*/); m = substr($0, RSTART + 10, RLENGTH - 10)
			n = list("fallen", f); list("loss_by_epsilon", l)
			if (f[1] - wrong > 1e-6 || wrong - f[1] > 1e-6 || l[1] < intact - 1e-6 * intact || l[1] > intact + 1e-6 * intact) print m, "epsilon 0:", l[1], intact, f[1], wrong
			for (i = 1; i < n && m != "fgsm"; i++) if (f[i] > f[i + 1] + 1e-9) print m, "falls back at", i
			if (m == "fgsm") for (i = 1; i <= n; i++) at[i] = f[i]
			if (m == "pgd") { for (i = 1; i <= n; i++) if (f[i] < at[i]) print "pgd is less than fgsm at", i; if (f[n] != 1) print "not all fall:", f[n] }
		}' >"$T/broken"
	is "$name" "$(cat "$T/broken")" ''
}
laws 'a network with batch norm' tests/survey/net.onnx tests/survey/windows.npz
laws 'the machine' samples/machine-model.json samples/machine.csv --rows 8000:
laws 'the forecaster' samples/ecg-model.json samples/ecg.csv --rows 8000: --by 0.3
laws 'a network with LSTM' tests/onnx/lstm_fcn_13.onnx "$T/d.csv" --columns a,b --scale standard --by 0.2
# shellcheck disable=SC2086
"$TSVIZ" attack $N --attack pgd --iterations 5 --json --threads 1 >"$T/one.json"
# shellcheck disable=SC2086
"$TSVIZ" attack $N --attack pgd --iterations 5 --json --threads 3 >"$T/three.json"
cmp -s "$T/one.json" "$T/three.json" && ok || no 'three threads' 'other numbers than one'

# ---- series that are written are read again ----
again() { # NAME FILE WINDOWS MODEL DATA OPTIONS..: predictions of the written file are those of the report
	name=$1 file=$2 windows=$3 model=$4
	shift 4
	"$TSVIZ" attack "$model" "$@" -q --attack pgd --iterations 5 --epsilon 0.1 --windows "$windows" --json -o "$T/$file" >"$T/said.json" 2>"$T/err" ||
		no "$name" "$(cat "$T/err")"
	"$TSVIZ" predict "$model" "$T/$file" --recipe "$T/$file.recipe.json" --task regression -q --json >"$T/read.json" 2>"$T/err" || no "$name" "$(cat "$T/err")"
	for part in said read; do
		flat "$T/$part.json" |
			sed -n 's/.*"attacked":\[\([^]]*\)\].*/\1/p; s/.*"group".*"output":\[\([^]]*\)\].*/\1/p; s/^{"window":[0-9]*,"row":[0-9]*,"output":\[\([^]]*\)\],["r].*/\1/p' >"$T/$part"
	done
	is "$name" "$(paste -d, "$T/said" "$T/read" | awk -F, '
		{ n = NF / 2; for (i = 1; i <= n; i++) { d = $i - $(i + n); if (d > 1e-6 || d < -1e-6) print NR, $i, $(i + n) } }
		END { print NR }' | head -n 3)" "$windows"
}
for k in csv npy; do
	again "a series as .$k" "series.$k" 12 tests/screens/net.json "$T/d.csv" --columns b,a --predict a --scale standard --fit 0:100
	again "windows as .$k" "windows.$k" 12 tests/survey/net.onnx tests/survey/windows.npz
	again "a derived channel as .$k" "derived.$k" 12 tests/survey/net.onnx tests/survey/windows.npz --columns 1 --derive diff
done

# ---- the paper's model: the old tool, and another computation ----
if [ -f ../shared/golden/internet_traffic_extras.json ]; then
	P="../shared/models/internet_traffic.h5 ../shared/data/internet_traffic.csv --columns 2 --derive diff --scale standard --fit 0:14000 -q --no-clip --epsilon-unit scaled"
	again "the paper's model as .csv" paper.csv 20 ${P%% *} ../shared/data/internet_traffic.csv --columns 2 --derive diff --scale standard --fit 0:14000 --rows 14000:18000
	for w in 0 1 100 1234 3000; do
		# shellcheck disable=SC2086
		"$TSVIZ" attack $P --rows $((14000 + w)):$((14051 + w)) --attack bim --iterations 1000 --epsilon 0.1 --free --json | flat | sed -n 's/.*"attacked":\[\([^]]*\)\].*/\1/p' | head -n 1
	done >"$T/bim"
	tr -d ' \n' <../shared/golden/internet_traffic_extras.json | grep -o '"bim":{[^}]*' | sed 's/.*"output":\[\([^]]*\)\].*/\1/' >"$T/old"
	is "the old tool's five windows" "$(paste -d, "$T/bim" "$T/old" | awk -F, '{ d = $1 - $2; n += d <= 1e-4 && d >= -1e-4 } END { print NR, n + 0 }')" '5 5'
	# shellcheck disable=SC2086
	"$TSVIZ" attack $P --rows 14000:14250 --attack fgsm --epsilon 0.5 --json >"$T/raw.json"
	# shellcheck disable=SC2086
	"$TSVIZ" attack $P --rows 14000:14250 --attack fgsm --epsilon 0.1 --free --json >"$T/both.json"
	for k in raw both; do flat "$T/$k.json" | sed -n 's/.*"method":"fgsm","loss_by_epsilon":\[\([^]]*\)\].*/\1/p'; done >"$T/losses"
	grep -o '"fgsm": *[0-9][0-9.]*' tests/attack/expect.json | sed 's/.*: *//' >"$T/want"
	is "FGSM of the paper's model" "$(paste -d, "$T/losses" "$T/want" | awk -F, '{ d = $1 / $2 - 1; n += d < 1e-3 && d > -1e-3 } END { print NR, n + 0 }')" '2 2'
else
	skip "the paper's model" 'no ../shared'
fi

# ---- what is refused ----
# shellcheck disable=SC2086
{
	misused 'an unknown attack' "--attack: there is no method 'fgm'; there are fgsm, bim, pgd, smooth and local" "$TSVIZ" attack $N --attack fgm
	misused 'an attack twice' '--attack names pgd twice' "$TSVIZ" attack $N --attack pgd,pgd
	misused 'a negative epsilon' "--epsilon '-0.1': numbers from 0 to 1e6" "$TSVIZ" attack $N --epsilon=-0.1
	misused 'a curve of another kind' '--curve-out .*c.png: a name that ends in .svg or .csv' "$TSVIZ" attack $N --curve-out "$T/c.png"
	misused 'no segment' "--segment '0'" "$TSVIZ" attack $N --attack local --segment 0
	misused 'epsilons that fall' '--epsilon: 0.1 stands behind 0.2; they ascend' "$TSVIZ" attack $N --epsilon 0.2,0.1
	misused 'a change of nothing' "--by '0': a number above 0" "$TSVIZ" attack $N --by 0
	misused 'another kind of file' '-o .*a.json: changed windows are written as .csv or .npy' "$TSVIZ" attack $N -o "$T/a.json"
	refuses 'a distance for classes' '--by is for outputs that are numbers' "$TSVIZ" attack $N --by 1
	refuses 'free changes as a series' '-o .*a.csv: with --free derived channels change by themselves' \
		"$TSVIZ" attack $N --columns 1 --derive diff --free -o "$T/a.csv"
	refuses 'no true values' 'no window has a true value and a finite loss' "$TSVIZ" attack tests/survey/net.onnx "$T/d.csv" --columns a,b --task classification -q
	[ -e "$T/a.csv" ] && no 'nothing half written' 'a.csv is there' || ok
}
done_testing
