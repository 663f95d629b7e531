# truth: every measure against an independent computation (tests/gen_truth.py), the paper's model, the gate, and what is refused.
. tests/cli/lib.sh
python=/usr/bin/python3
N="tests/survey/net.onnx tests/survey/windows.npz --windows 12 --methods gradient,gradient-input,integrated,occlusion,expected --mask tests/truth/mask.npz -q"

# ---- every number ----
# shellcheck disable=SC2086
"$TSVIZ" truth $N --json --threads 1 -o "$T/free.json" 2>"$T/said" || no 'truth' "$(head -c 300 "$T/said")"
# shellcheck disable=SC2086
"$TSVIZ" truth $N --json --columns 1 --derive diff --unit segment:3 -o "$T/series.json" 2>"$T/said" || no 'truth of a series' "$(head -c 300 "$T/said")"
if $python -c 'import numpy' 2>/dev/null; then
	for k in free series; do
		is "every figure, points $k" "$($python tests/gen_truth.py --compare tests/truth/expect.json $k "$T/$k.json" 2>&1 | head -n 5)" ''
	done
	sed 's/"srg_raw":[-0-9.e]*/"srg_raw":9/' "$T/free.json" >"$T/other.json"
	is 'a wrong figure is seen' "$($python tests/gen_truth.py --compare tests/truth/expect.json free "$T/other.json" | grep -c srg_raw)" 24
else
	skip 'every figure' 'no numpy'
fi
# shellcheck disable=SC2086
"$TSVIZ" truth $N --json --threads 3 >"$T/three.json"
cmp -s "$T/free.json" "$T/three.json" && ok || no 'three threads' 'other numbers than one'

# ---- text, and the gate ----
S="samples/machine-model.json samples/machine.csv --rows 8000: -q --windows 20 --replace mean,zero"
# shellcheck disable=SC2086
"$TSVIZ" truth $S --methods gradient,grad-cam --fail-under gradient:0.01 >"$T/text" 2>&1 && ok || no 'above the threshold' "$(tail -n 1 "$T/text")"
grep -q '^20 windows, target .*, points free, .* units of 1 step' "$T/text" && ok || no 'what was looked at' "$(sed -n 3p "$T/text")"
is 'the sentence comes first' "$(sed -n '1s/ .*//p' "$T/text")" gradient
# shellcheck disable=SC2086
"$TSVIZ" truth $S --methods gradient --fail-under gradient:0.99 >"$T/text" 2>"$T/err"
is 'below the threshold' "$? $(sed 's/is .*,/is V,/' "$T/err")" '3 tsviz: --fail-under: the SRG of gradient is V, less than 0.99'

# ---- the mask ----
B="samples/boxes-model.json samples/boxes.csv --rows 9600: -q --methods gradient,occlusion --replace zero"
# shellcheck disable=SC2086
"$TSVIZ" truth $B --mask samples/boxes-mask.csv >"$T/text" 2>&1
head -n 1 "$T/text" | grep -q '; occlusion finds most of the mask (AUC-PR 0.[0-9]*, a random order 0.[0-9]*)$' && ok || no 'what finds the mask' "$(head -n 1 "$T/text")"
grep -q '^beside the mask .* 100 windows that are predicted right, 10.4 % of their points in the mask' "$T/text" && ok || no 'the mask' "$(grep mask "$T/text")"
# the manual has the same table (tests/truth/table.py)
for m in occlusion gradient; do
	is "the manual: $m" "$("$TSVIZ" --manual tsviz-truth.7 | sed -n '/^beside/,/^\.Ed/p' | awk -v m=$m '$1 == m { print $2, $3, $4, $5 }')" \
		"$(sed -n '/^beside/,/^$/p' "$T/text" | awk -v m=$m '$1 == m { print $2, $3, $4, $5 }')"
done
is 'rows beside the mask' "$(sed -n '/^beside/,/^$/s/ .*//p' "$T/text" | xargs)" 'beside occlusion gradient random'
cp tests/survey/windows.npz "$T/again.npz"
sed 5000d samples/boxes-mask.csv >"$T/short.csv"
sed '1s/b/x/' samples/boxes-mask.csv >"$T/name.csv"
sed '7s/0/2/' samples/boxes-mask.csv >"$T/two.csv"
# shellcheck disable=SC2086
{
	refuses 'a mask of other rows' '--mask .*/short.csv: 12799 rows, but the data have 12800; the mask needs one for each$' "$TSVIZ" truth $B --mask "$T/short.csv"
	refuses 'a mask of other channels' "--mask .*/name.csv: there is no column 'b', which is a channel of the window$" "$TSVIZ" truth $B --mask "$T/name.csv"
	refuses 'a mask that is none' "--mask .*/two.csv: line 7, column 'a': 1 \(important\) or 0 is expected$" "$TSVIZ" truth $B --mask "$T/two.csv"
	refuses 'a mask of windows for a series' '--mask .*/mask.npz: ready windows, but the data are a series$' "$TSVIZ" truth $B --mask tests/truth/mask.npz
	refuses 'a mask of other windows' '--mask .*/mask.npz: 40 windows, but the data have 80; the mask needs one for each$' \
		"$TSVIZ" truth tests/survey/net.onnx tests/survey/windows.npz "$T/again.npz" --mask tests/truth/mask.npz -q
	refuses 'no such mask' '--mask nofile: ' "$TSVIZ" truth $B --mask nofile
	refuses 'a mask for channels that are derived' 'channels that are derived from others.*--points series compares the others alone$' \
		"$TSVIZ" truth samples/ecg-model.json samples/ecg.csv --points free --mask samples/boxes-mask.csv -q
}

# ---- the paper's model: figures of another computation ----
# `python3 tests/gen_truth.py --paper` works them out in PyTorch for these 200 windows. Other 200 windows give others: 0.186 to 0.232 for
# gradient, 0.238 to 0.302 for integrated in eight draws.
if [ -f ../shared/models/internet_traffic.h5 ]; then
	"$TSVIZ" truth ../shared/models/internet_traffic.h5 ../shared/data/internet_traffic.csv --columns 2 --derive diff --scale standard \
		--fit 0:14000 --rows 14000:18000 --points free --json -q -o "$T/paper.json"
	awk '/"agreement"/ { match($0, /"agreement":[-0-9.]*/); print (substr($0, RSTART + 12, RLENGTH - 12) + 0 >= 0.8) ? "agree" : "do not agree" }
		/"method":/ { match($0, /"method":"[a-z-]*/); m = substr($0, RSTART + 10, RLENGTH - 10) }
		/"replacement":"mean"/ && /"srg_raw"/ { match($0, /"srg_raw":[-0-9.e]*/); v[m] = substr($0, RSTART + 10, RLENGTH - 10) + 0 }
		function near(m, want, by) { if (v[m] < want - by || v[m] > want + by) print m, v[m] }
		END { near("integrated", 0.272266, 0.0005); near("gradient-input", 0.272310, 0.0005); near("gradient", 0.211024, 0.0005); near("random", 0, 0.02) }' \
		"$T/paper.json" >"$T/judged"
	is "the paper's model" "$(cat "$T/judged")" agree
	# no finding states the share that one method gives as a fact, in the first window and in the worst: where a share of the saliency
	# stands, there stands another method's beside it
	for keys in f 'w g enter f'; do
		"$TSVIZ" ../shared/models/internet_traffic.h5 ../shared/data/internet_traffic.csv --columns 2 --derive diff --scale standard \
			--fit 0:14000 --rows 14000:18000 -q --screen findings --size 250x50 --keys "$keys" >"$T/findings"
		grep -q 'The methods disagree about the channels: .* by .*, .* by .*\. Do not conclude from one' "$T/findings" && ok ||
			no "findings after $keys" "$(grep saliency "$T/findings" | head -n 3)"
		is "a share of one method after $keys" "$(grep -E '[0-9]+ % .*saliency|saliency .*[0-9]+ %' "$T/findings" |
			grep -vE 'methods disagree about the (channels|steps): .* by [a-z-]+, [0-9]+ % by [a-z-]+\. Do not conclude|[0-9]+ methods agree')" ''
	done
else
	skip "the paper's model" 'no ../shared'
fi

# ---- occlusion of a series ----
# shares of the channels: mV, and the difference that is derived from it, which no patch of its own hides
occlusion() { "$TSVIZ" analyze samples/ecg-model.json samples/ecg.csv --rows 8000: -w 3 -q --json --method occlusion "$@" | grep '^"saliency":{"method"'; }
is 'points series' "$(occlusion --points series | grep -o '"points":"series"\|"channels":\[[^]]*\]' | xargs)" 'points:series channels:[1,0]'
is 'points free' "$(occlusion | grep -c '"points":\|"channels":\[[^],]*,0\]')" 0

# ---- what is refused ----
K="tests/survey/net.onnx tests/survey/windows.npz"
# shellcheck disable=SC2086
{
	misused 'an unknown method' "--methods: there is no method 'gradent'; tsviz --methods lists them" "$TSVIZ" truth $K --methods gradent
	misused 'methods without names' '--methods needs a value: A,B' "$TSVIZ" truth $K --methods
	misused 'an unknown replacement' "--replace: there is no replacement 'mode'" "$TSVIZ" truth $K --replace mean,mode
	misused 'a unit that is none' "--unit 'segment:0': point, or segment:N" "$TSVIZ" truth $K --unit segment:0
	misused 'a threshold without a number' "--fail-under 'gradient': METHOD:SRG is expected" "$TSVIZ" truth $K --fail-under gradient
	misused 'a threshold of a method that is not compared' '--fail-under: --methods does not name gradient' \
		"$TSVIZ" truth $K --methods guided --fail-under gradient:0.1
	refuses 'a unit longer than the window' '--unit segment:25: the windows have 24 steps' "$TSVIZ" truth $K --unit segment:25 -q
}
# ---- what truth measures is kept, and --method auto follows it ----
export XDG_CACHE_HOME="$T/cache"
K="tests/survey/net.onnx tests/survey/windows.npz"
# shellcheck disable=SC2086
{
	refuses 'auto before anything is measured' '--method auto: the methods have not been measured on this model, data, recipe and target; tsviz truth MODEL DATA does it' \
		"$TSVIZ" analyze $K --method auto --json
	"$TSVIZ" truth $K --windows 12 --methods gradient,integrated -q >"$T/text"
	is 'some of the methods are not kept' "$(find "$T/cache" -name '*.json' 2>/dev/null | wc -l)" 0
	"$TSVIZ" truth $K --windows 12 -q >"$T/text"
	"$TSVIZ" analyze $K --method auto --json >"$T/auto" 2>"$T/err" || no 'auto' "$(head -c 300 "$T/err")"
	chosen=$(sed -n 's/^tsviz: method auto: \([a-z-]*\), .* (12 windows)$/\1/p' "$T/err")
	is 'the method of auto is the one that was said' "$(grep -o '"saliency_method":"[a-z-]*"' "$T/auto")" "\"saliency_method\":\"$chosen\""
	misused 'auto for two models' '--method auto may choose another method for each model' "$TSVIZ" diff tests/survey/net.onnx tests/survey/net.onnx --method auto
	refuses 'auto for another target' '--method auto: the methods have not been measured' "$TSVIZ" analyze $K --method auto --target output:0 --json
	refuses 'auto for other data' '--method auto: the methods have not been measured' "$TSVIZ" scan $K --method auto --scale minmax
}
"$TSVIZ" --methods >"$T/list" && grep -q '^expected' "$T/list" && ok || no '--methods alone' "$(head -n 1 "$T/list")"
done_testing
