# Tables of windows, arrays and archives as people have them: the same windows and labels as the clean file, or a refusal
# that names the option. First small files written here, then those of the generators in ../shared/cases, if they are there.
. tests/cli/lib.sh
D=$PWD/tests/data

# A net without a recipe whose outputs differ whenever two windows differ: K sums of the window with other weights.
net() { # FILE STEPS CHANNELS CLASSES LAYOUT; CLASSES 0: a forecast of one number
	awk -v T="$2" -v C="$3" -v K="$4" -v layout="$5" 'BEGIN {
		n = T * C; out = K ? K : 1
		for (i = 0; i < n * out; i++) w = w (i ? "," : "") sprintf("%.4f", sin(i * i + 1) / n)
		for (i = 0; i < out; i++) b = b (i ? "," : "") "0." i
		printf "{\"format\":\"tsviz-model\",\"version\":1,\"input\":{\"name\":\"x\",\"type\":\"Input\",\"layout\":\"%s\",\"steps\":%d,", layout, T
		printf "\"channels\":%d,\"batch\":1},\"constants\":[{\"name\":\"w\",\"shape\":[%d,%d],\"weight\":true,\"float32\":[%s]},", C, out, n, w
		printf "{\"name\":\"b\",\"shape\":[%d],\"weight\":true,\"float32\":[%s]}],\"layers\":[{\"name\":\"d\",\"type\":\"Dense\",\"activation\":\"\",", out, b
		printf "\"kind\":\"analysed\",\"nodes\":[{\"op\":\"Flatten\",\"name\":\"f\",\"inputs\":[\"x\"],\"outputs\":[\"v\"],\"attributes\":{\"axis\":{\"int\":1}}},"
		printf "{\"op\":\"Gemm\",\"name\":\"g\",\"inputs\":[\"v\",\"w\",\"b\"],\"outputs\":[\"z\"],\"attributes\":{\"transB\":{\"int\":1}}}"
		if (K) printf ",{\"op\":\"Softmax\",\"name\":\"s\",\"inputs\":[\"z\"],\"outputs\":[\"y\"],\"attributes\":{\"axis\":{\"int\":-1}}}"
		printf "],\"pre\":\"z\",\"act\":\"%s\",\"reads\":[0]}],\"output\":\"%s\"}\n", K ? "y" : "z", K ? "y" : "z" }' >"$1"
}
net "$T/one" 6 1 3 NCT
net "$T/two" 6 2 3 NCT
net "$T/four" 4 4 3 NCT
net "$T/keras" 4 4 3 NTC
net "$T/number" 6 1 0 NCT
net "$T/shapes" 24 1 3 NCT

outputs() { # MODEL DATA OPTIONS: window by window what the net gives
	"$TSVIZ" predict -q "$@" 2>"$T/err" | cut -d, -f1,3-5
}
truth() { "$TSVIZ" predict -q "$@" 2>"$T/err" | sed 1d | sed 's/.*,//' | tr '\n' ' ' | sed 's/ $//'; }
same() { # NAME CLEAN MODEL DATA OPTIONS: the windows of the clean file
	name=$1
	outputs "$3" "$2" | sed 1d >"$T/clean"
	shift 2
	outputs "$@" | sed 1d >"$T/got"
	[ -s "$T/got" ] && cmp -s "$T/clean" "$T/got" && ok || no "$name" "other windows: $(head -c 300 "$T/err")"
}
# An array of small whole numbers: SHAPE, then the values on standard input
npy() { # FILE SHAPE
	head="{'descr': '|i1', 'fortran_order': False, 'shape': ($2), }"
	{
		printf '\223NUMPY\001\000\166\000%-117s\n' "$head"
		tr -s ' \n' '\n\n' | sed '/^$/d' | while read -r v; do printf "\\$(printf %03o $((v & 255)))"; done
	} >"$1"
}

# ---- arrays ----
waves() { # STEPS: two channels, a line each
	awk -v T="$1" 'BEGIN { for (t = 0; t < T; t++) printf "%d ", 50 * sin(t / 3); print ""; for (t = 0; t < T; t++) printf "%d ", 9 * t % 100; print "" }'
}
across() { awk '{ for (i = 1; i <= NF; i++) v[NR, i] = $i; n = NF } END { for (i = 1; i <= n; i++) { for (k = 1; k <= NR; k++) printf "%s ", v[k, i]; print "" } }'; }
waves 30 | npy "$T/ct.npy" '2, 30'
waves 30 | across | npy "$T/tc.npy" '30, 2'
same 'a series of (channels, steps)' "$T/tc.npy" "$T/two" "$T/ct.npy"
is 'windows of a series' "$(outputs "$T/two" "$T/ct.npy" | wc -l)" 26
"$TSVIZ" info "$T/two" "$T/ct.npy" | grep -q '^axes: (2, 30) is (channels, steps)' && ok || no 'the axes are said' ''
waves 6 | npy "$T/one_ct.npy" '2, 6'
waves 6 | npy "$T/one_1ct.npy" '1, 2, 6'
waves 6 | across | npy "$T/one_tc.npy" '6, 2'
same 'one window of (channels, steps)' "$T/one_1ct.npy" "$T/two" "$T/one_ct.npy"
same 'one window of (steps, channels)' "$T/one_1ct.npy" "$T/two" "$T/one_tc.npy"
seq 1 16 | npy "$T/square.npy" '4, 4'
refuses 'one window that fits both ways' '\(4, 4\).*--layout NTC.*--layout NCT' "$TSVIZ" predict "$T/four" "$T/square.npy"
seq 1 16 | npy "$T/cube.npy" '1, 4, 4'
same 'steps first, as asked' "$T/cube.npy" "$T/four" "$T/square.npy" --layout NCT
"$TSVIZ" predict "$T/four" "$T/cube.npy" 2>&1 | grep -q 'warning.*channels are taken before the steps; --layout NTC' && ok || no 'windows that fit both ways' ''
"$TSVIZ" predict "$T/keras" "$T/cube.npy" 2>&1 | grep -q 'warning.*steps are taken before the channels; --layout NCT' && ok || no 'windows that fit both ways, for a model of Keras' ''
{ waves 6; waves 12 | cut -d ' ' -f7-12; } | npy "$T/nct.npy" '2, 2, 6'
{ waves 6 | tr '\n' ' '; echo; waves 12 | cut -d ' ' -f7-12 | tr '\n' ' '; } | npy "$T/flat.npy" '2, 12'
refuses 'rows that are windows or channels' '--table wide.*--table long --layout NCT' "$TSVIZ" predict "$T/two" "$T/flat.npy"
same 'rows of channels' "$T/nct.npy" "$T/two" "$T/flat.npy" --table wide --layout NCT
is 'rows of one series' "$(outputs "$T/two" "$T/flat.npy" --table long --layout NCT | wc -l)" 8
waves 6 | across | npy "$T/columns.npy" '6, 2'
waves 6 | npy "$T/rows.npy" '2, 6'
same 'a window in each column' "$T/rows.npy" "$T/one" "$T/columns.npy" --table columns

# ---- archives ----
refuses 'an archive with other names' 'waves \(30, 24\).*kind \(.*--array NAME and --label-array' "$TSVIZ" predict "$T/shapes" "$D/named.npz"
refuses 'an array that is not there' '--array wave: .*it has waves \(30, 24\)' "$TSVIZ" predict "$T/shapes" "$D/named.npz" --array wave
refuses 'labels that are not there' '--label-array kinds: .*it has waves' "$TSVIZ" predict "$T/shapes" "$D/named.npz" --array waves --label-array kinds
same 'an array by its name' "$D/words.npz" "$T/shapes" "$D/named.npz" --array waves
is 'labels by their name' "$(truth "$T/shapes" "$D/named.npz" --array waves --label-array kind)" "$(truth "$T/shapes" "$D/words.npz")"
is 'no labels, as asked' "$(truth "$T/shapes" "$D/words.npz" --label-array none | tr -d ' ')" ''
is 'the part for training' "$(truth "$T/shapes" "$D/parts.npz" --array trainx)" "$(truth "$T/shapes" "$D/words.npz" | cut -d ' ' -f1-12)"
refuses 'labels that do not fit' 'spare.*--label-array none' "$TSVIZ" predict "$T/shapes" "$D/named.npz" --array waves --label-array spare
"$TSVIZ" eval "$T/shapes" "$D/words.npz" 2>&1 >/dev/null | grep -q "label: array 'y'" && ok || no 'eval says which array is the label' ''
done_testing
