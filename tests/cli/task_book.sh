# The task book: questions that a reviewer asks about the paper's model, answered by keys alone. Each answer is read from the last screen
# and compared with what predict and analyze say. Some have a most of keys that they may take, counted from the first screen.
. tests/cli/lib.sh
M=../shared/models/internet_traffic.h5 D=../shared/data/internet_traffic.csv
if [ ! -r "$M" ] || [ ! -r "$D" ]; then
	skip 'task book' '../shared is not there'
	done_testing
	exit
fi
R="--columns 2 --derive diff --scale standard --fit 0:14000 --rows 14000:18000"
SIZE=120x40
# the screen after some keys
keys() { # FILE VIEW KEYS
	# shellcheck disable=SC2086
	"$TSVIZ" browse $M $D $R --glyphs ascii --colours mono --size $SIZE --screen "$2" --keys "$3" >"$T/$1" 2>"$T/err" || no "keys $3" "$(cat "$T/err")"
}
asks() { # NAME MOST KEYS: the screen from the start, at most so many keys later
	n=$(echo "$3" | wc -w)
	[ "$n" -le "$2" ] && ok || no "$1" "takes $n keys, $2 are allowed: $3"
	keys "$1" network "$3"
}
analyze() { # FILE OPTIONS
	file=$1
	shift
	# shellcheck disable=SC2086
	"$TSVIZ" analyze $M $D $R "$@" -o "$T/$file" 2>"$T/err" || no "analyze $*" "$(cat "$T/err")"
}
near() { # NAME SHOWN EXACT TOLERANCE: as many digits as the screen has
	awk -v a="$2" -v b="$3" -v t="$4" 'BEGIN { d = a - b; if (d < 0) d = -d; exit !(a != "" && d <= t) }' && ok || no "$1" "the screen says '$2', analyze $3"
}
# what stands behind a word on the first line of the screen that has it
after() { sed -n "s/.*$2 *\([^ ]*\).*/\1/p" "$T/$1" | head -n 1; }
conv1=convolution1d_4 conv2=convolution1d_5 conv3=convolution1d_6
worst='w enter' # windows, the worst first
filter="$worst 2 tab g enter" # its most important filter of the second convolution

# shellcheck disable=SC2086
"$TSVIZ" predict $M $D $R >"$T/predict.csv"
W=$(awk -F, 'NR > 1 && $6 != "" { e = $5 - $6; e = e < 0 ? -e : e; if (e > most) { most = e; w = $1 } } END { print w }' "$T/predict.csv")
output=$(awk -F, -v w="$W" '$1 == w { print $4 }' "$T/predict.csv")

# 1. Which forecast is the worst, and how far is it off?
keys 1 network "$worst"
is '1: the window' "$(after 1 window)" "$W/3950"
near '1: predicted' "$(after 1 'y^')" "$output" 0.0006
analyze maps.json -w "$W" --layers $conv2
true=$(grep -o '^"y":\[[^]]*' "$T/maps.json" | sed 's/.*\[//')
keys 1b network 'w'
near '1: error' "$(awk -v w="$W" '$1 == w || $2 == w { for (i = 1; i <= NF; i++) if ($i == w) print $(i + ($(i + 2) ~ /:/) + 4) }' "$T/1b")" \
	"$(awk -v a="$true" -v b="$output" 'BEGIN { d = a - b; print d < 0 ? -d : d }')" 0.0001

# 2. Which filter of the second convolution matters most there?
analyze imp.csv -w "$W" --npy $conv2:importance
F=$(sed -n 2p "$T/imp.csv" | tr , '\n' | awk '{ if ($1 > most) { most = $1; f = NR - 1 } } END { print f }')
keys 2 network "$filter"
is '2: the filter' "$(grep -o "^ *$conv2 #[0-9]*" "$T/2" | head -n 1 | sed 's/.*#//')" "$F"
grep -q 'rank 1 of 32' "$T/2" && ok || no '2: its rank' "$(sed -n 7,9p "$T/2")"

# 3. Which channel does it look at?
share() { # FILE FILTER CHANNEL: of two
	grep -o '^"channels":\[[^]]*' "$T/$1" | cut -d[ -f2 | cut -d, -f$((2 * $2 + $3 + 1)) | awk '{ print 100 * $1 }'
}
near '3: the series' "$(sed -n 's/^ *filter *\([0-9]*\)%.*/\1/p' "$T/2" | sed -n 1p)" "$(share maps.json "$F" 0)" 0.51
near '3: its differences' "$(sed -n 's/^ *filter *\([0-9]*\)%.*/\1/p' "$T/2" | sed -n 2p)" "$(share maps.json "$F" 1)" 0.51

# 4. What happens to the forecast without it?
analyze off.json -w "$W" --off "$conv2:$F" --compare intact --no-saliency
less=$(grep -o '^"output":\[[^]]*' "$T/off.json" | sed 's/.*\[//')
keys 4 network "$filter x"
near '4: without it' "$(after 4 'y^')" "$less" 0.0006
near '4: intact' "$(after 4 intact)" "$output" 0.0006
near '4: the change' "$(sed -n 2p "$T/4" | sed 's/.* d *\([-+][^ ]*\).*/\1/')" "$(awk -v a="$less" -v b="$output" 'BEGIN { print a - b }')" 0.0001
grep -q '\[1 off\]' "$T/4" && ok || no '4: what is off' "$(sed -n 2p "$T/4")"

# 5. And beside what it was?
keys 5 network "$filter p x P"
line=$(grep '^ *y^ ' "$T/5")
near '5: before' "$(echo "$line" | awk '{ print $2 }')" "$output" 0.0006
near '5: now' "$(echo "$line" | awk '{ print $3 }')" "$less" 0.0006
near '5: the difference' "$(echo "$line" | awk '{ print $4 }')" "$(awk -v a="$less" -v b="$output" 'BEGIN { print a - b }')" 0.0011

# 6. Which filters of the last convolution do nothing in this window?
analyze act3.csv -w "$W" --npy $conv3
dead=$(awk -F, 'NR > 1 { same = 1; for (i = 3; i <= NF; i++) same = same && $i == $2; if (same) { n++; if (n <= 9) list = list (n > 1 ? " " : "") "#" $1 } }
	END { printf "%d of 16 filters are silent in this window (%s%s)", n, list, (n > 8 ? " ..." : "") }' "$T/act3.csv")
keys 6 network "$worst f"
tr -s ' \n' '  ' <"$T/6" | grep -qF "$conv3: $dead" && ok || no '6: silent filters' "wanted '$conv3: $dead' in $(grep -A 1 $conv3 "$T/6")"

# 7. Are there filters that do the same? Correlation of the activations.
analyze act2.csv -w "$W" --npy $conv2
twin=$(awk -F, -v f="$F" 'NR > 1 { m = 0; for (i = 2; i <= NF; i++) { v[$1, i] = $i; m += $i / (NF - 1) } s[$1] = 0
		for (i = 2; i <= NF; i++) { v[$1, i] -= m; s[$1] += v[$1, i] ^ 2 } }
	END { for (g = 0; g < 32; g++) { if (g == f || s[g] < 1e-12) continue; r = 0; for (i = 2; i <= NF; i++) r += v[f, i] * v[g, i]
		r /= sqrt(s[f] * s[g]); if (r > most) { most = r; twin = g } } printf "%d %.4f", twin, most }' "$T/act2.csv")
got=$(awk '/twins, correlation/ { on = NR } on && NR > on && match($0, /#[0-9]+ .*/) { s = substr($0, RSTART, RLENGTH); n = split(s, p, / +/); print p[1], p[n]; exit }' "$T/2")
is '7: its twin' "$(echo "$got" | cut -d' ' -f1)" "#${twin% *}"
near '7: their correlation' "$(echo "$got" | cut -d' ' -f2)" "${twin#* }" 0.006

# 8. How many groups does the paper's own tool make of them, and how good are they?
analyze dtw.json -w "$W" --layers $conv2 --no-saliency --cluster-method dtw
keys 8 network "$worst 2 tab 4 C"
want=$(grep -o '"clusters":{"method":"dtw","k":[0-9]*.*"silhouettes"' "$T/dtw.json")
is '8: clusters' "$(sed -n "s,.* \([0-9]*\) clusters.*,\1,p" "$T/8" | head -n 1)" "$(echo "$want" | sed 's/.*"k":\([0-9]*\).*/\1/')"
near '8: silhouette' "$(after 8 silhouette)" "$(echo "$want" | sed 's/.*"silhouette":\([0-9.]*\).*/\1/')" 0.006

# 9. Does another method say the same of the forecast? Integrated gradients, and the share of each channel.
analyze ig.json -w "$W" --layers $conv3 --method integrated
keys 9 network "$worst m m"
grep -qE 'sal(iency)? integrated' "$T/9" && ok || no '9: the method' "$(sed -n 2p "$T/9")"
shares=$(grep -o '^"saliency":{"method":"integrated".*' "$T/ig.json" | sed 's/.*"channels":\[\([^]]*\).*/\1/')
near '9: the series' "$(sed -n 's/^ *sal *\([0-9]*\)%.*/\1/p' "$T/9" | sed -n 1p)" "$(echo "$shares" | awk -F, '{ print 100 * $1 }')" 0.51
near '9: its differences' "$(sed -n 's/^ *sal *\([0-9]*\)%.*/\1/p' "$T/9" | sed -n 2p)" "$(echo "$shares" | awk -F, '{ print 100 * $2 }')" 0.51

# 10. Is it the filter that matters most by the exact measure, too? What ranks first when each filter is really left out?
analyze abl.csv -w "$W" --importance ablation --npy $conv2:importance
first=$(sed -n 2p "$T/abl.csv" | tr , '\n' | awk '{ if ($1 > most) { most = $1; f = NR - 1 } } END { print f }')
keys 10 network "$worst 2 tab M M M g enter"
grep -qE 'imp(ortance)? ablation' "$T/10" && ok || no '10: the measure' "$(sed -n 2p "$T/10")"
is '10: the filter' "$(grep -o "^ *$conv2 #[0-9]*" "$T/10" | head -n 1 | sed 's/.*#//')" "$first"

# 11. Which window of the whole set drives it most, and where in it?
top=$(sed -n '/ strongest of /{n;s/.* \([0-9][0-9]*\)  *\([0-9.][0-9.]*\)  *step \([0-9]*\) .*/\1 \3 \2/p;q;}' "$T/2")
analyze top.csv -w "$(echo "$top" | cut -d' ' -f1)" --npy $conv2
want=$(awk -F, -v f="$F" '$1 == f { for (i = 2; i <= NF; i++) if ($i > most) { most = $i; at = i - 2 } print at, most }' "$T/top.csv")
is '11: the step' "$(echo "$top" | cut -d' ' -f2)" "${want% *}"
near '11: the activation' "$(echo "$top" | cut -d' ' -f3)" "${want#* }" 0.0006
most=$(awk -F, -v f="$F" '$1 == f { for (i = 2; i <= NF; i++) if ($i > most) most = $i; print most }' "$T/act2.csv")
awk -v a="${want#* }" -v b="$most" 'BEGIN { exit !(a >= b) }' && ok || no '11: the strongest' "$want, and $most in window $W"

# 12. Which filters of the second convolution do nothing here and would yet matter, were they to wake up?
keys 12 network "$worst 2 tab % 0 enter & s i l e n t space i m p > 0 . 2 enter"
awk -F, 'NR == FNR { if (FNR == 2) { for (i = 1; i <= NF; i++) { v[i - 1] = $i; if (i == 1 || $i > hi) hi = $i; if (i == 1 || $i < lo) lo = $i } } next }
	FNR > 1 { same = 1; for (i = 3; i <= NF; i++) same = same && $i == $2; if (same && (v[$1] - lo) / (hi - lo) > 0.2) { n++; print "#" $1 } }
	END { print n + 0 "/32" }' "$T/imp.csv" "$T/act2.csv" >"$T/asleep"
grep -q "$conv2.* $(tail -n 1 "$T/asleep") " "$T/12" && ok || no '12: how many' "wanted $(cat "$T/asleep"): $(grep $conv2 "$T/12")"
for f in $(grep '#' "$T/asleep"); do
	grep -q "$f silent" "$T/12" && ok || no '12: which' "$f is not shown"
done

# ---- with a most of keys ----
conv1=convolution1d_4 dense=dense_2
rows() { sed -n 's/^[^a-z]*\([a-z]*1d_[0-9]*\|dense_[0-9]*\) *\(#[0-9]*\).*/\1 \2/p' "$T/$1" | sort; } # of a table: layer and filter

# 13. Which filters of the whole network are silent in this window?
SIZE=120x90
asks 13 6 "6 & s tab enter"
for layer in $conv1 $conv2 $conv3 $dense; do
	analyze act.csv -w 0 --npy $layer
	awk -F, -v l=$layer 'NR > 1 { same = NF > 2 || $2 == 0; for (i = 3; i <= NF; i++) same = same && $i == $2; if (same) print l, "#" $1 }' "$T/act.csv"
done | sort >"$T/silent"
is '13: which' "$(rows 13)" "$(cat "$T/silent")"
grep -q "^ *$(wc -l <"$T/silent") filters " "$T/13" && ok || no '13: how many' "$(sed -n 3p "$T/13")"

# 14. Which filters look at the differences more than 70 %? By the channel's number, or by a part of its name.
asks 14 8 "6 & 2 > . 7 enter"
for layer in $conv1 $conv2 $conv3 $dense; do
	analyze look.json -w 0 --layers $layer
	sed -n 's/^"channels":\[\([^]]*\)\].*/\1/p' "$T/look.json" | sed -n 1p |
		awk -F, -v l=$layer '{ for (i = 2; i <= NF; i += 2) if ($i > .7) print l, "#" i / 2 - 1 }'
done | sort >"$T/look"
[ -s "$T/look" ] && ok || no 14 "analyze names no such filter"
is '14: which' "$(rows 14)" "$(cat "$T/look")"
keys 14b network "6 & d i f f > . 7 enter"
is '14: by name' "$(rows 14b)" "$(cat "$T/look")"

# 15. Which forecast is the worst, and why? What moved it is said step by step, and adds up to what the prediction differs by from that of a
# window that stays at its last values.
SIZE=80x24
asks 15 4 "w enter f"
tr -s ' \n' '  ' <"$T/15" >"$T/why"
number() { sed -n "s/.*$1 \([-+]*[0-9.]*[0-9]\).*/\1/p" "$T/why"; }
is '15: the window' "$(after 15 window)" "$W/3950"
near '15: true' "$(number 'is predicted where')" "$true" 0.0006
near '15: predicted' "$(number 'goes from [-0-9.]* to')" "$output" 0.0006
analyze in.csv -w "$W" --npy input
awk -F, 'NR > 1 { last = $2 } END { print "traffic,difference"; for (i = 0; i < 51; i++) print last ",0" }' "$T/in.csv" >"$T/flat.csv"
"$TSVIZ" predict $M "$T/flat.csv" -w 0 >"$T/flat" 2>"$T/err" || no '15: predict' "$(cat "$T/err")"
near '15: from' "$(number 'goes from')" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "output0") at = i } NR == 2 { print $at }' "$T/flat")" 0.0006
sum=$(sed 's/.*It is moved by//; s/(integrated.*//' "$T/why" | grep -o 'by [-+][0-9.]*' | awk '{ s += $2 } END { print s }')
near '15: what moved it' "$sum" "$(awk -v a="$(number 'goes from')" -v b="$output" 'BEGIN { print b - a }')" 0.003

# 16. Does it depend on the method what the forecast looks at?
asks 16 2 7
for m in gradient gradient-input integrated smoothgrad occlusion guided deeplift; do
	analyze m.json -w 0 --method $m --layers $dense
	echo "$m $(sed -n 's/.*"layer":null,"channels":\[\([^,]*\),.*/\1/p' "$T/m.json")"
done | sort -k 2 -g >"$T/methods"
is '16: the verdict' "$(grep -o 'they disagree.*' "$T/16")" \
	"$(awk 'NR == 1 { low = $2 } { high = $2 } END { printf "they disagree: %.0f to %.0f %% on Internet-Traffic", 100 * low, 100 * high }' "$T/methods")"

# 17. What do the two most important filters do: what is predicted without them, against the intact net?
asks 17 4 "2 space space D"
analyze imp.csv -w 0 --npy $conv1:importance
off=$(sed -n 2p "$T/imp.csv" | tr , '\n' | awk -v l=$conv1 '{ print $1, l ":" NR - 1 }' | sort -rg | awk 'NR <= 2 { printf "%s%s", s, $2; s = "," }')
analyze off.json -w 0 --off "$off" --compare intact --no-saliency
analyze intact.json -w 0 --no-saliency
less=$(grep -o '^"output":\[[^]]*' "$T/off.json" | sed 's/.*\[//') intact=$(grep -o '^"output":\[[^]]*' "$T/intact.json" | sed 's/.*\[//')
near '17: without them' "$(after 17 'y^')" "$less" 0.0006
near '17: intact' "$(after 17 intact)" "$intact" 0.0006
near '17: the change' "$(sed -n 2p "$T/17" | sed 's/.* d *\([-+][^ ]*\).*/\1/')" "$(awk -v a="$less" -v b="$intact" 'BEGIN { print a - b }')" 0.0001
grep -q '\[2 off\]' "$T/17" && ok || no '17: what is off' "$(sed -n 2p "$T/17")"

# 18. A picture for a report: of what is on the screen, and none that is there is replaced.
M=$(realpath $M) D=$(realpath $D)
mkdir "$T/report" && cd "$T/report" || exit
asks 18 5 "2 e enter"
keys 18 layers "e enter"
cd "$OLDPWD" || exit
is '18: the files' "$(ls "$T/report")" "internet_traffic-layers-0-2.svg
internet_traffic-layers-0.svg"
grep -q 'written: internet_traffic-layers-0-2.svg' "$T/18" && ok || no '18: says so' "$(tail -n 1 "$T/18")"
cd "$T/report" || exit
keys 18 layer "e enter"
cd "$OLDPWD" || exit
grep -q 'written: internet_traffic-convolution1d_4-kernel.npy: convolution1d_4/kernel' "$T/18" && ok || no '18: weights, of the page of a layer' "$(tail -n 1 "$T/18")"
near '18: the prediction is in it' "$(sed 's/<[^>]*>//g' "$T/report/internet_traffic-layers-0.svg" | sed -n '/^y^$/{n;p;q;}')" "$intact" 0.0006

# 19. What is the effect of switching off the marked filters against the intact network? At most 4 keys: D P, after one mark.
analyze imp1.csv -w 0 --npy $conv1:importance
most=$(sed -n 2p "$T/imp1.csv" | tr , '\n' | awk '{ if ($1 > most) { most = $1; f = NR - 1 } } END { print f }')
analyze marked.json -w 0 --off "$conv1:$most" --no-saliency
asks 19 4 '2 space D P'
line=$(grep '^ *y^ ' "$T/19")
near '19: intact' "$(echo "$line" | awk '{ print $2 }')" "$(awk -F, '$1 == 0 { print $4 }' "$T/predict.csv")" 0.0006
near '19: without them' "$(echo "$line" | awk '{ print $3 }')" "$(grep -o '^"output":\[[^]]*' "$T/marked.json" | sed 's/.*\[//')" 0.0006

# 20. What do two clusters differ in? Six keys from level 1 at most: 4 V Space Space P.
analyze clusters.json -w 0 --layers $conv1
asks 20 6 '4 V space space P'
pair=$(sed -n "s/.*$conv1.*cluster \([A-Z]\).*cluster \([A-Z]\).*/\1 \2/p" "$T/20" | head -n 1)
size() { # LETTER: of so many filters
	grep -o '"cluster":\[[^]]*' "$T/clusters.json" | head -n 1 | cut -d[ -f2 | tr , '\n' | grep -cx "$(($(printf '%d' "'$1") - 65))"
}
[ "$pair" ] && ok || no '20: the clusters' "$(sed -n 3p "$T/20")"
is '20: their filters' "$(sed -n 's/^ *importance of \([0-9]*\) filters.*/\1/p' "$T/20")" "$(($(size "${pair% *}") + $(size "${pair#* }")))"
grep -q 'mean importance .* .* [-+]' "$T/20" && ok || no '20: their importance' "$(cat "$T/20")"

# 21. Which filters are dead in the whole set? The paper has 18 of 112. Seven keys at most: 6 & dead Enter.
asks 21 7 '6 & d e a d enter'
grep -q '^ 18 filters and units of 4 layers where dead' "$T/21" && ok || no '21: how many' "$(sed -n 3p "$T/21")"
is '21: of the last two convolutions' "$(grep -c 'conv.*1d_[56] *#.* dead ' "$T/21")" 18

# 22. And what is important over all windows? The screen says that it is not of this window alone.
asks 22 2 '2 *'
grep -q 'imp gradient, 3950 windows' "$T/22" && ok || no '22: of all windows' "$(sed -n 2p "$T/22")"

# 23. Make the network half as large and save it. At most 12 keys with the name of the file: R Enter, where the curve's cursor stands at
# 50 %. It is the network of tsviz prune.
half='R enter : w space s . o n n x enter'
[ "$(echo "$half" | wc -w)" -le 12 ] && ok || no '23: keys' 'more than 12'
mkdir -p "$T/half"
cd "$T/half" || exit
keys 23 network "$half"
cd "$OLDPWD" || exit
"$TSVIZ" prune $M $D $R --ratio .5 -o "$T/half/cli.onnx" >"$T/prune" 2>"$T/err" || no '23: prune' "$(cat "$T/err")"
grep -q 'written: s.onnx: pruned 50 %' "$T/23" && ok || no '23: says so' "$(tail -n 1 "$T/23")"
is '23: parameters' "$("$TSVIZ" info "$T/half/s.onnx" | grep -o '[0-9]* parameters,')" "$("$TSVIZ" info "$T/half/cli.onnx" | grep -o '[0-9]* parameters,')"
is '23: predictions' "$("$TSVIZ" predict "$T/half/s.onnx" $D $R | head -n 20)" "$("$TSVIZ" predict "$T/half/cli.onnx" $D $R | head -n 20)"

# 24. What matters more in the worst window: the segment that saliency names, or one of equal length by chance? At most nine keys: w Enter E,
# then S f flattens the one, u S f the other. Both are flattened here by hand, too, in the rows of the file.
asks 24 5 "$worst E S f"
asks 24b 8 "$worst E S f u S f"
mkdir -p "$T/edited"
here=$PWD
case $M in /*) ;; *) M=$here/$M D=$here/$D ;; esac
cd "$T/edited" || exit
keys 24c network "$worst E S f : w space e . c s v enter"
cd "$here" || exit
flattened() { # SCREEN: what predict says of the window with the segment of this screen flattened
	segment=$(sed -n 's/^ *steps \([0-9]*\) to \([0-9]*\) .*/\1 \2/p' "$T/$1" | head -n 1)
	[ "$segment" ] || no "24: the segment of $1" "$(sed -n 35,39p "$T/$1")"
	awk -F, -v w="$W" -v a="${segment% *}" -v b="${segment#* }" 'NR > 1 { v[NR - 2] = $2 }
		END { at = 14000 + w; for (k = a; k <= b; k++) sum += v[at + k]; print "edited window,traffic"
			for (k = 0; k < 50; k++) printf "1,%.9f\n", (k < a || k > b) ? v[at + k] : sum / (b - a + 1) }' "$D" >"$T/edited/$1.csv"
	"$TSVIZ" predict "$M" "$T/edited/$1.csv" --recipe "$T/edited/e.csv.recipe.json" 2>"$T/err" | sed -n 2p | cut -d, -f4
}
salient=$(flattened 24) chance=$(flattened 24b)
near '24: the salient segment' "$(after 24 'y^')" "$salient" 0.0006
near '24: as many steps by chance' "$(after 24b 'y^')" "$chance" 0.0006
near '24: as it is' "$(after 24 intact)" "$output" 0.0006
near '24: moved by' "$(after 24 '  d')" "$(awk -v a="$salient" -v b="$output" 'BEGIN { print a - b }')" 0.0006
awk -v s="$salient" -v c="$chance" -v o="$output" 'function abs(v) { return v < 0 ? -v : v } BEGIN { exit !(abs(s - o) > abs(c - o)) }' && ok ||
	no '24: saliency names what matters' "from $output to $salient, by chance to $chance"

# 25. The edited window, written as rows and read again, is predicted the same.
near '25: read again' "$("$TSVIZ" predict "$M" "$T/edited/e.csv" --recipe "$T/edited/e.csv.recipe.json" 2>"$T/err" | sed -n 2p | cut -d, -f4)" \
	"$salient" 0.000001

# 26. Make this normal window an anomaly, in at most five keys: E, the salient steps, and stretch them until the class flips.
normal() { # FILE KEYS
	"$TSVIZ" browse samples/machine-model.json samples/machine.csv --glyphs ascii --colours mono --size $SIZE --screen network --keys "$2" >"$T/$1" 2>"$T/err"
}
normal 26a 'E'
normal 26 'E S + + +'
grep -q 'y normal *y^ normal' "$T/26a" && ok || no '26: normal before' "$(sed -n 1p "$T/26a")"
grep -q 'window 0\*/.* y normal *y^ anomaly' "$T/26" && ok || no '26: an anomaly' "$(sed -n 1,2p "$T/26")"
grep -q 'intact normal' "$T/26" && ok || no '26: what it was' "$(sed -n 2p "$T/26")"
done_testing
