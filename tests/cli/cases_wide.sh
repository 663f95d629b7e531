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
	"$TSVIZ" predict -q "$@" 2>"$T/err" | awk -F, 'NR == 1 { for (i = 2; i <= NF; i++) other[i] = $i ~ /^(row|time|group|class|true.*)$/ }
		{ printf "%s", $1; for (i = 2; i <= NF; i++) if (!other[i]) printf ",%s", $i; print "" }'
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

# ---- .ts, ARFF and .tsf: six windows of six steps, three classes ----
rows() { # FORMAT of a row for printf in awk with x (a list of six numbers), y and i
	awk -v form="$1" 'BEGIN { split("run walk sit", word); for (i = 0; i < 6; i++) { x = ""
		for (t = 0; t < 6; t++) x = x (t ? "," : "") sprintf("%.3f", sin(i * 3 + t) + i / 4)
		s = form; gsub(/X/, x, s); gsub(/Y/, i % 3, s); gsub(/W/, word[i % 3 + 1], s); gsub(/I/, i, s); print s } }'
}
{ printf '@problemName p\n@classLabel true 0 1 2\n@data\n'; rows X:Y; } >"$T/clean.ts"
C=$T/clean.ts
is 'the clean file' "$(truth "$T/one" "$C")" '0 1 2 0 1 2'
reads() { # NAME LABELS DATA OPTIONS: the windows of the clean file and these labels
	name=$1 labels=$2
	shift 2
	same "$name" "$C" "$T/one" "$@"
	is "$name: labels" "$(truth "$T/one" "$@")" "$labels"
}
{ printf '%%# shortened\n%%\n# and so\n'; cat "$C"; } >"$T/comments.ts"
reads '.ts with comments of both kinds' '0 1 2 0 1 2' "$T/comments.ts"
{ printf '\357\273\277'; sed 's/$/\r/' "$C"; } >"$T/bom.ts"
reads '.ts with a mark and CRLF' '0 1 2 0 1 2' "$T/bom.ts"
rows X:Y >"$T/bare.ts"
reads '.ts without a header' '0 1 2 0 1 2' "$T/bare.ts"
{ printf '@problemName p\n@classLabel true "big run" walk sit\n@data\n'; rows X:W | sed 's/:run/:big run/'; } >"$T/blank.ts"
reads '.ts with a blank in a label' 'big run walk sit big run walk sit' "$T/blank.ts"
printf 'a,b,when\n0.1,0.2,12:30\n0.2,0.3,12:31\n0.3,0.4,12:32\n0.3,0.4,12:33\n0.3,0.4,12:34\n0.3,0.4,12:35\n0.3,0.4,12:36\n' >"$T/clock.csv"
is 'a time of day makes no .ts' "$("$TSVIZ" info "$T/one" "$T/clock.csv" --columns a 2>&1 | grep -c 'clock.csv: CSV')" 1

head_of() { # TYPE of the label
	echo '@relation r'
	for t in 0 1 2 3 4 5; do echo "@attribute t$t numeric"; done
	echo "@attribute target $1"
}
arff() { # NAME LABELS HEADER ROWS: OPTIONS follow
	printf '%s\n@data\n%s\n' "$3" "$4" >"$T/x.arff"
	name=$1 labels=$2
	shift 4
	reads "ARFF: $name" "$labels" "$T/x.arff" "$@"
}
arff plain '0 1 2 0 1 2' "$(head_of '{0,1,2}')" "$(rows X,Y)"
arff 'comments of both kinds' '0 1 2 0 1 2' "# not Weka's
% Weka's
$(head_of '{0,1,2}')" "# here, too
$(rows X,Y)"
arff 'upper case and tabs' '0 1 2 0 1 2' "$(head_of '{0,1,2}' | tr 'a-z ' 'A-Z\t')" "$(rows X,Y)"
arff 'a date' '0 1 2 0 1 2' "$(head_of '{0,1,2}' | sed "s/@attribute target/@attribute when date 'yyyy-MM-dd'\\n&/")" "$(rows "X,'2024-01-02',Y")"
arff 'a text' '0 1 2 0 1 2' "$(head_of '{0,1,2}' | sed 's/@attribute t0/@attribute who string\n&/')" "$(rows "'P I',X,Y")"
arff 'a comma behind each row' '0 1 2 0 1 2' "$(head_of '{0,1,2}')" "$(rows X,Y,)"
arff 'weights' '0 1 2 0 1 2' "$(head_of '{0,1,2}')" "$(rows 'X,Y,{1.5}')"
arff 'blanks between values' '0 1 2 0 1 2' "$(head_of '{0,1,2}')" "$(rows X,Y | tr , ' ')"
arff 'tabs between values' '0 1 2 0 1 2' "$(head_of '{0,1,2}')" "$(rows X,Y | tr , '\t')"
arff 'a numeric label in front' '0 1 2 0 1 2' "$(head_of numeric | awk '/target/ { t = $0; next } { l[++n] = $0 } END { print l[1]; print t; for (i = 2; i <= n; i++) print l[i] }')" "$(rows Y,X)"
arff 'two nominal attributes, one with a usual name' '0 1 2 0 1 2' "$(head_of '{0,1,2}' | sed 's/@attribute t0/@attribute sex {m,f}\n&/')" "$(rows m,X,Y)"
arff 'a nominal attribute by --label' '0 1 2 0 1 2' "$(head_of '{a,b}' | sed 's/@attribute t0/@attribute kind {0,1,2}\n&/')" "$(rows Y,X,a)" --label kind
head_of '{a,b}' | sed 's/@attribute t0/@attribute kind {0,1,2}\n@attribute sex {m,f}\n&/; s/@attribute target.*/@attribute extra numeric/' >"$T/many.arff"
{ echo @data; rows Y,m,X,1; } >>"$T/many.arff"
refuses 'ARFF: nominal attributes, none of them last' '2 nominal attributes.*--label NAME' "$TSVIZ" predict "$T/one" "$T/many.arff"
{ head_of '{0,1,2}'; echo @data; echo '{0 1.5, 6 1}'; } >"$T/sparse.arff"
refuses 'ARFF: sparse rows' 'sparse rows are not supported' "$TSVIZ" predict "$T/one" "$T/sparse.arff"
# a row is a time step
printf '@RELATION eye\n@ATTRIBUTE a NUMERIC\n@ATTRIBUTE b NUMERIC\n@ATTRIBUTE open {0,1}\n@DATA\n' >"$T/steps.arff"
waves 30 | across | awk '{ print $1 "," $2 "," (NR > 20) }' >>"$T/steps.arff"
same 'ARFF of time steps' "$T/tc.npy" "$T/two" "$T/steps.arff"
is 'ARFF of time steps: labels' "$(truth "$T/two" "$T/steps.arff" --label open --classes 0,1,2 | cut -d ' ' -f15-17)" '0 1 1'
waves 30 | head -n 1 | tr ' ' '\n' | sed '/^$/d' | sed 's/.*/&,0.5,0/' >"$T/v"
{ sed '/DATA/q' "$T/steps.arff"; cat "$T/v"; } >"$T/one.arff"
waves 30 | head -n 1 | npy "$T/one.npy" '30'
same 'ARFF of time steps, as asked' "$T/one.npy" "$T/one" "$T/one.arff" --table long --columns a

# .tsf: windows of one series only, those with a target first
{ printf '# Monash\n#\n@relation r\n@attribute series_name string\n@attribute start_timestamp date\n@frequency monthly\n@horizon 2\n@missing false\n@equallength false\n@data\n'
	rows 'TI:2020-11-30 00-00-00:X'; } >"$T/m.tsf"
same '.tsf: a series is a group' "$C" "$T/one" "$T/m.tsf"
is '.tsf: no window crosses from one series to the next' "$(outputs "$T/one" "$T/m.tsf" | wc -l)" 7
"$TSVIZ" predict -q "$T/one" "$T/m.tsf" | grep -q 'T4' && ok || no '.tsf: the name of the series' ''
sed 's/@frequency monthly/@frequency 10_minutes/; s/start_timestamp date/length numeric/; s/2020-11-30 00-00-00/6/' "$T/m.tsf" >"$T/n.tsf"
same '.tsf without times' "$C" "$T/one" "$T/n.tsf"
sed 's/:2020-11-30 00-00-00//' "$T/m.tsf" >"$T/bad.tsf"
refuses '.tsf: an attribute is missing' 'line 11: 2 attributes and the values' "$TSVIZ" predict "$T/one" "$T/bad.tsf"
done_testing
