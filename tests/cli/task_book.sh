# The task book: twelve questions that a reviewer asks about the paper's model, answered by keys alone. Each answer is read from the last
# screen and compared with what predict and analyze say.
. tests/cli/lib.sh
M=../shared/models/internet_traffic.h5 D=../shared/data/internet_traffic.csv
if [ ! -r "$M" ] || [ ! -r "$D" ]; then
	skip 'task book' '../shared is not there'
	done_testing
	exit
fi
R="--columns 2 --derive diff --scale standard --fit 0:14000 --rows 14000:18000"
# the screen after some keys
keys() { # FILE VIEW KEYS
	# shellcheck disable=SC2086
	"$TSVIZ" browse $M $D $R --glyphs ascii --colours mono --size 120x40 --screen "$2" --keys "$3" >"$T/$1" 2>"$T/err" || no "keys $3" "$(cat "$T/err")"
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
conv2=convolution1d_5 conv3=convolution1d_6
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
near '1: error' "$(awk -v w="$W" '$1 == w || $2 == w { for (i = 1; i <= NF; i++) if ($i == w) print $(i + 4) }' "$T/1b")" \
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
near '3: the series' "$(sed -n 's/^ *sal *\([0-9]*\)%.*/\1/p' "$T/2" | sed -n 1p)" "$(share maps.json "$F" 0)" 0.51
near '3: its differences' "$(sed -n 's/^ *sal *\([0-9]*\)%.*/\1/p' "$T/2" | sed -n 2p)" "$(share maps.json "$F" 1)" 0.51

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
line=$(grep '^ *predicted' "$T/5")
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
top=$(awk '/strongest windows/ { on = NR } on && NR == on + 1 { n = split($0, p, / +/); print p[n - 3], p[n - 1], p[n]; exit }' "$T/2")
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
done_testing
