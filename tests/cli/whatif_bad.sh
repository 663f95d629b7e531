# attack, invert and counterfactual where they cannot help: networks without a useful gradient (tests/gen_flat.py), options that say nothing
# sensible, class names that would drive the terminal.
. tests/cli/lib.sh
many_runs
awk 'BEGIN { print "a,b,l"; for (i = 0; i < 120; i++) printf "%.4f,%.4f,%s\n", sin(i / 5) + i % 7 / 10, cos(i / 3), (sin(i / 17) > 0) ? "p" : "q\033[2J" }' >"$T/d.csv"
D="$T/d.csv --columns a,b --label l -q"
F=tests/whatif/flat_
N="tests/survey/net.onnx tests/survey/windows.npz -q"
round="leads through Round 'quantise', whose derivative is 0 wherever it exists"

# ---- networks without a useful gradient ----
# shellcheck disable=SC2086
{
	refuses 'attack: an operator that rounds' "the loss has no gradient by the input.*$round; tsviz counterfactual needs no gradient" \
		"$TSVIZ" attack ${F}round.onnx $D
	for k in argmax dead; do
		refuses "attack: zeros of $k" 'the gradient of the loss by the input is 0 for each of the .* windows' "$TSVIZ" attack $F$k.onnx $D --iterations 2
		refuses "invert: zeros of $k" 'the gradient of class p by the input is 0 or no finite number at all points' "$TSVIZ" invert $F$k.onnx $D --to-class p --iterations 2
	done
	refuses 'attack: no numbers' 'is 0 or no finite number for each of the' "$TSVIZ" attack ${F}root.onnx $D --iterations 2
	refuses 'invert: no numbers' 'the gradient of class p by the input is 0 or no finite number' "$TSVIZ" invert ${F}root.onnx $D --to-class p --iterations 2
	refuses 'invert: an operator that rounds' "class p has no gradient by the input.*$round" "$TSVIZ" invert ${F}round.onnx $D --to-class p
	"$TSVIZ" invert ${F}round.onnx $D --filter conv:0 --iterations 20 >"$T/filter" 2>&1 || no 'invert: a filter before it' "$(cat "$T/filter")"
	is 'invert: a filter before it' "$(grep -c 'the mean activation of filter 0 of conv rose' "$T/filter")" 1
	"$TSVIZ" counterfactual ${F}round.onnx $D --to-class 1 --json >"$T/guided" 2>&1
	is 'counterfactual needs no gradient, and says so' "$(grep -c '"valid":true' "$T/guided") $(grep -o '"begins_at":"[a-z]*"' "$T/guided")" '1 "begins_at":"difference"'
	"$TSVIZ" counterfactual $N -w 3 --to-class 0 --json >"$T/usual" 2>&1
	is 'with a gradient it begins there' "$(grep -o '"begins_at":"[a-z]*"' "$T/usual")" '"begins_at":"gradient"'
	"$TSVIZ" info ${F}round.onnx >/dev/null 2>"$T/warned"
	is 'the browser and all verbs are warned once' "$(grep -o 'each gradient by the input is 0' "$T/warned" | wc -l | tr -d ' ')" 1
}

# ---- options that say nothing sensible ----
# shellcheck disable=SC2086
{
	for v in nan inf 1e308 '' 0.1, 0x1; do misused "epsilon '$v'" "--epsilon '.*': numbers from 0 to 1e6 are expected" "$TSVIZ" attack $N "--epsilon=$v"; done
	for v in nan inf -1 ''; do misused "by '$v'" "--by '.*': a number above 0" "$TSVIZ" attack $N "--by=$v"; done
	for k in segment smoothing windows iterations; do
		for v in nan 1e308 0 '' 9223372036854775808; do misused "$k '$v'" "--$k '.*': a whole number from 1 to" "$TSVIZ" attack $N "--$k=$v"; done
	done
	for v in nan inf -1e13 '' 1:2; do misused "invert to '$v'" "--to '.*': a number up to 1e12" "$TSVIZ" invert $N "--to=$v"; done
	for k in near variation max-cycles learning-rate; do
		for v in nan 1e308 -1 ''; do misused "$k '$v'" "--$k '.*': a number from .* to 1e12" "$TSVIZ" invert $N --to-class 1 "--$k=$v"; done
	done
	for v in '' : 1 nan:1 1:inf 2:1 1:2:3 1e400:; do misused "counterfactual to '$v'" "--to '.*': the outputs that are wished are A:B with A not above B" "$TSVIZ" counterfactual $N "--to=$v"; done
	for v in '' : stem_z stem_z: stem_z:-1 stem_z:99999999999999999999; do refuses "filter '$v'" '--filter' "$TSVIZ" invert $N "--filter=$v"; done
	esc=$(printf '\033[2J')
	for v in '' -1 2 nan 0.5 "$esc"; do refuses "class '$v'" "--to-class '.*': there is no such class; there are p \(0\), q.* \(1\)" "$TSVIZ" invert ${F}dead.onnx $D "--to-class=$v"; done
}
is 'priors that weigh more are said to weigh more' "$(# shellcheck disable=SC2086
	"$TSVIZ" invert $N -w 0 --to-class 0 --variation 1e12 --iterations 5 | grep -c 'because the priors weigh more')" 1
is 'no class name drives the terminal' "$(# shellcheck disable=SC2086
	{
		"$TSVIZ" counterfactual ${F}round.onnx $D --to-class 1
		"$TSVIZ" counterfactual ${F}round.onnx $D --to-class 1 --json
		"$TSVIZ" invert ${F}dead.onnx $D --to-class x
	} 2>&1 | grep -cF "$esc")" 0
done_testing
