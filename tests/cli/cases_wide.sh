# Tables of windows, arrays and archives as people have them: the same windows and labels as the clean file, or a refusal
# that names the option. First small files written here, then those of the generators in ../shared/cases, if they are there.
. tests/cli/lib.sh
many_runs
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
# A check starts the program once and awk once: there are hundreds of checks.
labels() { awk -F, 'NR > 1 { printf "%s%s", (NR > 2 ? " " : ""), $NF }' "$@"; } # of what predict wrote
truth() { "$TSVIZ" predict -q "$@" 2>"$T/err" | labels; }
# Two files of outputs, the second one as predict wrote it: "same" if there are as many numbers and none differs by more than 1e-5, else
# "other"; then the labels of the second one.
judged() {
	awk -F, 'NR == FNR { clean[FNR] = $0; rows = FNR; next }
		FNR == 1 { for (i = 2; i <= NF; i++) other[i] = $i ~ /^(row|time|group|class|true.*)$/; next }
		{ n = split(clean[FNR - 1], want); at = 0; told = told (FNR > 2 ? " " : "") $NF; count++
			for (i = 1; i <= NF; i++) if (!other[i] && (++at > n || (want[at] - $i) ^ 2 > 1e-10)) bad = 1
			if (at != n) bad = 1 }
		END { print (bad || !count || count != rows ? "other" : "same") " " told }' "$1" "$2"
}
compare() { # CLEAN MODEL DATA OPTIONS: sets result to what `judged` says
	# often several cases in a row have the same clean file
	[ "$clean" = "$2 $1" ] || outputs "$2" "$1" | sed 1d >"$T/clean"
	clean="$2 $1"
	shift
	"$TSVIZ" predict -q "$@" >"$T/got" 2>"$T/err"
	result=$(judged "$T/clean" "$T/got")
}
same() { # NAME CLEAN MODEL DATA OPTIONS: the windows of the clean file, within the last digits of the outputs
	name=$1
	shift
	compare "$@"
	[ "${result%% *}" = same ] && ok || no "$name" "other windows: $(head -c 300 "$T/err")"
}
labelled() { # NAME LABELS CLEAN MODEL DATA OPTIONS: the same, and these labels
	labels=$2
	name=$1
	shift 2
	same "$name" "$@"
	is "$name: labels" "${result#* }" "$labels"
}
# An array of small whole numbers: SHAPE, then the values on standard input
npy() { # FILE SHAPE
	head="{'descr': '|i1', 'fortran_order': False, 'shape': ($2), }"
	{
		printf '\223NUMPY\001\000\166\000%-117s\n' "$head"
		printf "$(awk '{ for (i = 1; i <= NF; i++) printf "\\%03o", $i < 0 ? $i + 256 : $i }')"
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
	name=$1 wanted=$2
	shift 2
	labelled "$name" "$wanted" "$C" "$T/one" "$@"
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
arff 'other comments' '0 1 2 0 1 2' "!! one
$(head_of '{0,1,2}')" "!! two
$(rows X,Y)" --comment '!!'
sed '1s/^/; one\n/' "$C" >"$T/semi.ts"
reads '.ts with other comments' '0 1 2 0 1 2' "$T/semi.ts" --comment ';'
arff 'upper case and tabs' '0 1 2 0 1 2' "$(head_of '{0,1,2}' | tr 'a-z ' 'A-Z\t')" "$(rows X,Y)"
arff 'a date' '0 1 2 0 1 2' "$(head_of '{0,1,2}' | sed "s/@attribute target/@attribute when date 'yyyy-MM-dd'\\n&/")" "$(rows "X,'2024-01-02',Y")"
arff 'a text' '0 1 2 0 1 2' "$(head_of '{0,1,2}' | sed 's/@attribute t0/@attribute who string\n&/')" "$(rows "'P I',X,Y")"
arff 'a comma behind each row' '0 1 2 0 1 2' "$(head_of '{0,1,2}')" "$(rows X,Y,)"
arff 'weights' '0 1 2 0 1 2' "$(head_of '{0,1,2}')" "$(rows 'X,Y,{1.5}')"
arff 'blanks between values' '0 1 2 0 1 2' "$(head_of '{0,1,2}')" "$(rows X,Y | tr , ' ')"
arff 'tabs between values' '0 1 2 0 1 2' "$(head_of '{0,1,2}')" "$(rows X,Y | tr , '\t')"
arff 'a numeric label in front' '0 1 2 0 1 2' "$(head_of numeric | awk '/target/ { t = $0; next } { l[++n] = $0 } END { print l[1]; print t; for (i = 2; i <= n; i++) print l[i] }')" "$(rows Y,X)"
arff 'two nominal attributes, one with a usual name' '0 1 2 0 1 2' "$(head_of '{0,1,2}' | sed 's/@attribute t0/@attribute sex {m,f}\n&/')" "$(rows m,X,Y)"
arff 'a measured state beside a nominal attribute' '0 1 2 0 1 2' "$(head_of '{0,1,2}' | sed 's/target/kelp/; s/t0/state/')" "$(rows X,Y)"
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

# an archive with a series and a label for each step: the label of a window is that of its last step
L='0 0 0 0 0 1 1 1 1 1 1 1 1 1 1 2 2 2 2 2 2 2 2 2 2'
same 'a series in an archive' "$T/tc.npy" "$T/two" "$D/steps.npz"
is 'a label for each step' "$(truth "$T/two" "$D/steps.npz")" "$L"
is 'a label for each step, by --label' "$(truth "$T/two" "$D/steps.npz" --label y)" "$L"
is 'a label for each step, by --label-array' "$(truth "$T/two" "$D/steps.npz" --label-array y --label-rule majority | cut -d ' ' -f5-9)" '0 0 0 0 1'
same 'a series of (channels, steps) in an archive' "$T/tc.npy" "$T/two" "$D/steps_across.npz"
is 'words for each step' "$(truth "$T/two" "$D/steps_across.npz" --classes ramp,bump,wave | sed 's/ramp/0/g; s/bump/1/g; s/wave/2/g')" "$L"
same 'one channel in an archive' "$T/one.npy" "$T/one" "$D/steps_one.npz"
is 'one channel and a label for each step' "$(truth "$T/one" "$D/steps_one.npz")" "$L"
is 'an archive twice' "$(cp "$D/steps.npz" "$T/again.npz"; truth "$T/two" "$D/steps.npz" "$T/again.npz")" "$L $L"
"$TSVIZ" info "$T/two" "$D/steps.npz" | grep -q "^label: array 'y' holds one for each step$" && ok || no 'labels of steps are said' ''
is 'labels that are not asked for' "$(truth "$T/two" "$D/steps.npz" --label-array none | tr -d ' ')" ''
same 'numbers for each step are no channel when columns are named' "$T/tc.npy" "$T/two" "$D/steps_target.npz" --columns 1,2
is 'rows of windows as steps, as asked' "$(truth "$T/shapes" "$D/words.npz" --table long --columns 1 | wc -w)" 7
refuses 'rows of steps as windows, as asked' 'the windows have 1 steps, the model reads 6' "$TSVIZ" predict "$T/two" "$D/steps.npz" --table wide

# options that a format has no use for
refuses '--skip of an archive' '--skip is for tables of text; this file is NumPy .npz' "$TSVIZ" predict "$T/two" "$D/steps.npz" --skip 2
refuses '--array of a table' '--array is for .npz and .mat; this file is ARFF' "$TSVIZ" predict "$T/two" "$T/steps.arff" --array x
echo '{"skip": 2, "comment": "!", "array": "x"}' >"$T/recipe.json"
same 'a recipe for other files' "$T/tc.npy" "$T/two" "$T/tc.npy" --recipe "$T/recipe.json"
"$TSVIZ" predict "$T/two" "$T/tc.npy" --recipe "$T/recipe.json" 2>&1 | grep -q warning && no 'a recipe for other files' 'a warning' || ok

# groups of ready windows
groups_of() { "$TSVIZ" predict -q "$@" 2>"$T/err" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "group") g = i } NR > 1 { print $g }' | tr '\n' ';'; }
{ head_of '{0,1,2}' | sed 's/@attribute t0/@attribute who string\n@attribute nr numeric\n&/'; echo @data; rows "'P Y',I,X,Y"; } >"$T/group.arff"
reads 'ARFF: a group' '0 1 2 0 1 2' "$T/group.arff" --group who,nr
is 'ARFF: groups' "$(groups_of "$T/one" "$T/group.arff" --group who,nr)" 'P 0 / nr 0;P 1 / nr 1;P 2 / nr 2;P 0 / nr 3;P 1 / nr 4;P 2 / nr 5;'
is 'an archive: groups' "$(groups_of "$T/shapes" "$D/named.npz" --array waves --group kind | tr ';' '\n' | sort | uniq -c | tr -s ' ' | tr '\n' ';')" "$(truth "$T/shapes" "$D/named.npz" --array waves --label-array kind | tr ' ' '\n' | sort | uniq -c | tr -s ' ' | tr '\n' ';')"
refuses 'an archive: too few groups' '--group spare: the groups are texts or whole numbers' "$TSVIZ" predict "$T/shapes" "$D/named.npz" --array waves --group spare
refuses 'an archive: groups of other windows' '[0-9]+ windows, but [0-9]+ groups of them' "$TSVIZ" predict "$T/shapes" "$D/parts.npz" --array trainx --group testY
refuses 'an archive: no such groups' '--group kelp: the archive has no array' "$TSVIZ" predict "$T/shapes" "$D/named.npz" --array waves --group kelp
is 'an archive of steps: groups' "$(groups_of "$T/two" "$D/steps.npz" --group y --label-array none | tr ';' '\n' | uniq -c | wc -l)" "$("$TSVIZ" predict -q "$T/two" "$D/steps.npz" --label-array none --group y | sed 1d | cut -d, -f3 | uniq | wc -l)"
refuses 'an array alone has no groups' '--group: the groups of ready windows can be.*this file is NumPy array' "$TSVIZ" predict "$T/two" "$T/nct.npy" --group who

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

# ---- tables of windows: 12 windows of 6 steps ----
many() { # FORMAT of a row, as for rows: 12 rows; R counts them, F is the label as a fraction, N one of -1, 1, 2
	awk -v form="$1" 'BEGIN { split("run walk sit", word); split("-1 1 2", other); for (i = 0; i < 12; i++) { x = ""
		for (t = 0; t < 6; t++) x = x (t ? "," : "") sprintf("%.3f", sin(i * 3 + t) + i / 4)
		s = form; gsub(/X/, x, s); gsub(/Y/, i % 3, s); gsub(/W/, word[i % 3 + 1], s); gsub(/R/, i, s); gsub(/F/, i % 3 ".000e+00", s)
		gsub(/N/, other[i % 3 + 1], s); gsub(/P/, "rec " i * 7, s); print s } }'
}
{ printf '@problemName p\n@classLabel true 0 1 2\n@data\n'; many X:Y; } >"$T/twelve.ts"
C=$T/twelve.ts L12='0 1 2 0 1 2 0 1 2 0 1 2' WORDS='run walk sit run walk sit run walk sit run walk sit'
table() { # NAME LABELS HEADER ROWS: OPTIONS follow; the windows of the clean file
	name=$1 labels=$2
	{ [ -z "$3" ] || echo "$3"; printf '%s\n' "$4"; } >"$T/t.csv"
	shift 4
	reads "$name" "$labels" "$T/t.csv" "$@"
}
t6=t0,t1,t2,t3,t4,t5
table 'label first' "$L12" '' "$(many Y,X)"
table 'label last' "$L12" '' "$(many X,Y)"
table 'label last, as a fraction' "$L12" '' "$(many X,F)"
table 'label first, as words' "$WORDS" '' "$(many W,X)"
table 'label last, as words' "$WORDS" '' "$(many X,W)"
table 'labels -1, 1, 2' '-1 1 2 -1 1 2 -1 1 2 -1 1 2' '' "$(many N,X)"
table 'no label' '           ' '' "$(many X)"
table 'names in the header' "$L12" "$t6,Activity" "$(many X,Y)"
table 'a usual name in upper case, in front' "$L12" "LABEL,$t6" "$(many Y,X)"
table 'a name that says nothing' "$L12" "$t6,kelp" "$(many X,Y)"
table 'a number of the row, without a header' "$L12" '' "$(many R,X,Y)"
table 'a number of the row and the label in front' "$L12" '' "$(many R,Y,X)"
table 'a number of the row and no label' '           ' '' "$(many R,X)" --label none
table 'an index of pandas without a name' "$L12" ",$t6,label" "$(many R,X,Y)"
table 'columns of pandas without names' "$L12" '0,1,2,3,4,5,6' "$(many X,Y)"
table 'columns and index of pandas without names' "$L12" ',0,1,2,3,4,5,6' "$(many R,X,Y)"
table 'columns of pandas without names, then a name' "$L12" '0,1,2,3,4,5,label' "$(many X,Y)"
table 'words that name the rows' "$L12" ',X1,X2,X3,X4,X5,X6,y' "$(many '"P",X,Y')"
table 'row names of R' "$L12" 'X1,X2,X3,X4,X5,X6,class' "$(many '"R",X,Y')"
table 'subject and label in front' "$L12" "subject,label,$t6" "$(many R,Y,X)"
table 'the label between others' "$WORDS" "file,class,fold,$t6" "$(many R.wav,W,R,X)"
table 'the label in the middle, by its name' "$WORDS" "a0,a1,kelp,a3,a4,a5,a6" "$(many X,W | awk -F, -v OFS=, '{ print $1, $2, $7, $3, $4, $5, $6 }')" --label kelp
table 'label first, as asked' "$L12" '' "$(many Y,X,Y | cut -d, -f1-7)" --label first
table 'a comma behind each row' "$L12" '' "$(many Y,X,)"
table 'pipes' "$L12" '' "$(many Y,X | tr , '|')"
table 'tabs and blanks' "$L12" '' "$(many Y,X | sed 's/,/\t/; s/,/ /g')"
table 'blanks in front' "$L12" '' "$(many ' F,X' | sed 's/,/   /g')"
table 'decimal commas' "$L12" '' "$(many Y,X | tr ,. ';,')"
table 'quoted decimal commas' "$L12" '' "$(many Y,X | sed 's/,\([^,]*\)/,"\1"/g; s/\./,/g')"
table 'comments' "$L12" '# windows' "$(many Y,X | sed '5s/^/% half\n/')"
table 'a header in a comment' "$WORDS" "# $t6,label" "$(many X,W)"
table 'a title above' "$L12" 'Windows of an ECG' "$(many Y,X)"
table 'single quotes' 'a run a walk a sit a run a walk a sit a run a walk a sit a run a walk a sit' '' "$(many "'a W',X")"
table 'two labels, one asked for' "$WORDS" "$t6,label,activity" "$(many X,Y,W)" --label activity --table wide
many Y,X | tr '\n' '\r' >"$T/cr.csv"
reads 'CR as line end' "$L12" "$T/cr.csv"
{ printf '\357\273\277'; many Y,X | sed 's/$/\r/'; } >"$T/bom.csv"
reads 'a mark and CRLF' "$L12" "$T/bom.csv"
many X | tr , '\n' | awk '{ v[(NR - 1) % 6] = v[(NR - 1) % 6] (NR > 6 ? "," : "") $0 } END { for (t = 0; t < 6; t++) print v[t] }' >"$T/columns.csv"
same 'a window in each column' "$C" "$T/one" "$T/columns.csv" --table columns
refuses 'a window in each column, without being asked' '6 rows of 12 numbers.*--table columns' "$TSVIZ" predict "$T/one" "$T/columns.csv"
awk '{ print NR * 0.5 "," $0 }' "$T/columns.csv" | sed '1s/^/time,a,b,c,d,e,f,g,h,i,j,k,l\n/' >"$T/timed.csv"
same 'a window in each column beside the time' "$C" "$T/one" "$T/timed.csv" --table columns
many Y,X | iconv -t UTF-16 >"$T/utf16.csv"
reads 'UTF-16' "$L12" "$T/utf16.csv"
{ echo "$t6,Farbe"; many X,W | sed 's/run/gr\xfcn/'; } >"$T/latin.csv"
reads 'Latin-1' "$(echo "$WORDS" | sed 's/run/grün/g')" "$T/latin.csv"
{ many Y,X; printf '\032'; } >"$T/ctrlz.csv"
reads '^Z at the end' "$L12" "$T/ctrlz.csv"
{ rows X:Y | head -n 3 | sed 's/:/,/'; many Y,X | sed '4s/^/! no\n/'; } >"$T/skip.csv"
reads '--skip and --comment' "$L12" "$T/skip.csv" --skip 3 --comment !
many Y,X | sed '1~3s/[^,]*$/-999/' >"$T/end.csv"
many Y,X | sed '1~3s/[^,]*$/NaN/' >"$T/nan.csv"
same '--missing-value' "$T/nan.csv" "$T/one" "$T/end.csv" --missing-value -999
"$TSVIZ" predict "$T/one" "$T/end.csv" --missing-value -999 2>&1 | grep -q 'padded with zeros' && ok || no '--missing-value at the end of windows' ''
many Y,X | sed '1~3s/[^,]*$/bad/' >"$T/word.csv"
same '--missing-value, a word' "$T/nan.csv" "$T/one" "$T/word.csv" --missing-value bad --label first
# groups of rows
table 'a group' "$L12" "subject,$t6,label" "$(many R,X,Y | sed 's/^[0-5],/s 1,/; s/^[0-9]*,/s 2,/')" --group subject
is 'the groups' "$(groups_of "$T/one" "$T/t.csv" --group subject)" 's 1;s 1;s 1;s 1;s 1;s 1;s 2;s 2;s 2;s 2;s 2;s 2;'
is 'the windows of a group' "$("$TSVIZ" -q "$T/one" "$T/t.csv" --group subject --plain windows --keys '& s space 2 enter' | grep -c ' s 2')" 6
table 'a group of numbers at the end' "$L12" "label,$t6,run" "$(many Y,X,N)" --group run
is 'groups of numbers' "$(groups_of "$T/one" "$T/t.csv" --group run)" '-1;1;2;-1;1;2;-1;1;2;-1;1;2;'
table 'a group by its number, without a header' "$L12" '' "$(many R,Y,X)" --group 1
table 'two groups' "$L12" "who,run,$t6,label" "$(many W,N,X,Y)" --group who,run
is 'two groups: names' "$(groups_of "$T/one" "$T/t.csv" --group who,run | cut -d ';' -f1-3)" 'run / run -1;walk / run 1;sit / run 2'
is 'groups of two files' "$(cp "$T/t.csv" "$T/t2.csv"; groups_of "$T/one" "$T/t.csv" "$T/t2.csv" --group who,run | tr ';' '\n' | sed -n '1p;13p' | tr '\n' ';')" 't.csv / run / run -1;t2.csv / run / run -1;'
"$TSVIZ" eval "$T/one" "$T/t.csv" --group who,run --scale standard --scale-by group >"$T/out" 2>"$T/err" && ok || no 'scaling by the groups of windows' "$(cat "$T/err")"
refuses 'no such group' '--group kelp: no cell of a row has this name' "$TSVIZ" predict "$T/one" "$T/t.csv" --group kelp --table wide
sed -i '3s/^[a-z]*//' "$T/t.csv"
refuses 'a window without a group' 'line 3: the cell of --group is empty' "$TSVIZ" predict "$T/one" "$T/t.csv" --group who,run
# names that are those of labels or of what is measured: the values and the model decide
{ echo "state,t1,t2,t3,t4,t5,kelp"; many X,Y; } >"$T/state.csv"
is 'a measured state is no label' "$(truth "$T/one" "$T/state.csv")" "$L12"
same 'a measured state is a value' "$C" "$T/one" "$T/state.csv"
{ echo "result,t1,t2,t3,t4,t5"; many X; } >"$T/result.csv"
same 'a row of values alone' "$C" "$T/one" "$T/result.csv"
is 'a row of values alone: no label' "$(truth "$T/one" "$T/result.csv")" '           '
{ echo "status,t1,t2,t3,t4,t5"; many Y,X | cut -d, -f1-6; } >"$T/status.csv"
is 'few whole numbers, and as many cells as the model reads' "$(truth "$T/one" "$T/status.csv")" '           '
"$TSVIZ" predict "$T/one" "$T/status.csv" 2>&1 | grep -q "warning.*'status' is a value of each window.*--label 'status'" && ok || no 'the other reading of a name is said' ''
table 'a type of few numbers' "$L12" "$t6,type" "$(many X,Y)"
table 'a state of words' "$WORDS" "state,$t6" "$(many W,X)"
table 'a measured state beside a label' "$L12" "state,t1,t2,t3,t4,t5,label" "$(many X,Y)"
awk 'BEGIN { print "type,a,b,c,d,e,kelp"; for (i = 0; i < 12; i++) print i % 3 ",0.5,0.25,0.125," i ",6.5," (i * 2 + 1) % 3 }' >"$T/both.csv"
refuses 'a name against the other end' "'type' may be the label.*the last cell of each row holds a few whole numbers, too; --label 'type'" "$TSVIZ" predict "$T/one" "$T/both.csv"
is 'a name against the other end, as asked' "$(truth "$T/one" "$T/both.csv" --label kelp)" '1 0 2 1 0 2 1 0 2 1 0 2'
awk 'BEGIN { print "label,a,b,c,d,e,f"; for (i = 0; i < 12; i++) print sin(i) ",0.5,0.25,0.125," i ",6.5," i % 3 }' >"$T/odd.csv"
refuses 'a label of many numbers' "'label' may be the label.*many different numbers; --label 'label'" "$TSVIZ" predict "$T/one" "$T/odd.csv"
is 'a label of many numbers, the other asked for' "$(truth "$T/one" "$T/odd.csv" --label f)" "$L12"
"$TSVIZ" eval -q "$T/number" "$T/odd.csv" --json | grep -q '"windows":12' && ok || no 'a true value by its name' ''
# both ends may be the label
awk 'BEGIN { for (i = 0; i < 12; i++) print i % 3 ",0.5,0.25,0.125,7,6.5," (i * 2 + 1) % 3 }' >"$T/both.csv"
refuses 'both ends may be the label' 'both hold a few whole numbers; --label first, last, NAME or none' "$TSVIZ" predict "$T/one" "$T/both.csv"
is 'both ends, first asked for' "$(truth "$T/one" "$T/both.csv" --label first)" "$L12"
is 'both ends, last asked for' "$(truth "$T/one" "$T/both.csv" --label last)" '1 0 2 1 0 2 1 0 2 1 0 2'
is 'both ends, by number' "$(truth "$T/one" "$T/both.csv" --label 7)" '1 0 2 1 0 2 1 0 2 1 0 2'
awk 'BEGIN { for (i = 0; i < 12; i++) print 0 ",0.5,0.25,0.125," i ",6.5," i % 3 }' >"$T/flat.csv"
is 'an end that is always the same is no label' "$(truth "$T/one" "$T/flat.csv")" "$L12"
"$TSVIZ" predict "$T/one" "$T/flat.csv" 2>&1 | grep -q 'warning.*the first one is always the same; --label first' && ok || no 'the other reading is named' ''
awk 'BEGIN { for (i = 0; i < 12; i++) print sin(i) ",0.5,0.25,0.125," i ",6.5," cos(i) }' >"$T/neither.csv"
refuses 'neither end looks like a label' 'neither holds a few whole numbers; --label first' "$TSVIZ" predict "$T/one" "$T/neither.csv"
"$TSVIZ" eval -q "$T/number" "$T/neither.csv" --label last --json | grep -q '"windows":12' && ok || no 'a target value, as asked' ''
{ echo "$t6,label,activity"; many X,Y,W; } >"$T/two.csv"
refuses 'two columns with names of labels' "'label' and 'activity' both have names of labels; --label NAME" "$TSVIZ" predict "$T/one" "$T/two.csv" --table wide
refuses 'a label that is not there' '--label kelp: no cell of a row has this name' "$TSVIZ" predict "$T/one" "$T/two.csv" --table wide --label kelp
: >"$T/empty.csv"
refuses 'an empty file' 'empty' "$TSVIZ" predict "$T/one" "$T/empty.csv"
echo "$t6,label" >"$T/head.csv"
refuses 'a header alone' 'header' "$TSVIZ" predict "$T/one" "$T/head.csv"
{ many Y,X; echo '1,2,3'; } >"$T/short.csv"
is 'rows that differ in length' "$(truth "$T/one" "$T/short.csv")" "$L12 1"
# two channels in a row, smooth enough to tell how they follow each other
awk 'BEGIN { for (i = 0; i < 6; i++) { a = b = c = ""; for (t = 0; t < 6; t++) { x = sin(i + t / 3); y = 9 + cos(i + t / 4)
	a = a "," x; b = b "," y; c = c "," x "," y } print i % 3 a b >ARGV[1]; print i % 3 c >ARGV[2] } }' "$T/nct.csv" "$T/ntc.csv"
C=$T/nct.csv
is 'two channels, as asked' "$(outputs "$T/two" "$T/nct.csv" --layout NCT | wc -l)" 7
outputs "$T/two" "$T/nct.csv" --layout NCT >"$T/nct.out"
outputs "$T/two" "$T/nct.csv" | cmp -s - "$T/nct.out" && ok || no 'one channel after the other' ''
outputs "$T/two" "$T/ntc.csv" | cmp -s - "$T/nct.out" && ok || no 'step by step' ''
outputs "$T/two" "$T/ntc.csv" --layout NCT | cmp -s - "$T/nct.out" && no 'the layout makes a difference' '' || ok
"$TSVIZ" predict "$T/two" "$T/ntc.csv" 2>&1 | grep -q 'warning.*step by step; --layout NCT' && ok || no 'the other layout is named' ''
# two channels of noise: only the names of the header tell how they follow each other
awk 'BEGIN { srand(1); for (i = 0; i < 9; i++) { a = b = c = ""; for (t = 0; t < 6; t++) { x = rand(); y = rand()
	if (!i) { x = "acc_x" t; y = "acc_y" t }
	a = a "," x; b = b "," y; c = c "," x "," y } k = i ? i % 3 : "label"; print k a b >ARGV[1]; print k c >ARGV[2] } }' "$T/nn.csv" "$T/nt.csv"
outputs "$T/two" "$T/nn.csv" --layout NCT >"$T/nn.out"
for f in nn nt; do
	outputs "$T/two" "$T/$f.csv" | cmp -s - "$T/nn.out" && ok || no "names of channels: $f" ''
	"$TSVIZ" predict "$T/two" "$T/$f.csv" 2>&1 | grep -q 'warning.*in a row' && no "names of channels: a warning: $f" '' || ok
done
# a cell that is neither the label nor a value makes no longer window
awk 'BEGIN { for (i = 0; i < 30; i++) { printf "%d,%d", i % 3, int(i / 10); for (t = 0; t < 6; t++) printf ",%.3f", sin(i + t); print "" } }' >"$T/more.csv"
refuses 'a cell too many' 'each row has 7 cells besides the label, and the model reads 6; the first cell .*--label first, last, NAME or none decides, --group NAME' "$TSVIZ" predict "$T/one" "$T/more.csv" --table wide --label first
is 'and left out' "$(truth "$T/one" "$T/more.csv" --table wide --label first --group 2 | cut -d ' ' -f1-6)" '0 1 2 0 1 2'
# both are said: which column is no label, and how the channels follow each other
awk 'BEGIN { for (i = 1; i < 12; i++) printf "v%d,", i; print "state"
	for (r = 0; r < 12; r++) for (i = 1; i <= 12; i++) printf "%g%s", i < 12 ? sin(r * 7 + i) : r % 3, i < 12 ? "," : "\n" }' >"$T/state.csv"
"$TSVIZ" predict "$T/two" "$T/state.csv" 2>"$T/err" >"$T/out"
is 'two warnings of one table' "$(grep -c "column 'state' is a value of each window\|--layout NTC takes them" "$T/err")" 2
# what is said
many X,Y >"$T/t.csv"
is 'info says which cell is the label' "$("$TSVIZ" info "$T/one" "$T/t.csv" | grep '^label')" 'label: the last cell of each row: it holds 3 different whole numbers'
is 'eval says it in one line' "$("$TSVIZ" eval "$T/one" "$T/t.csv" 2>&1 >/dev/null | grep -c 't.csv: label: the last cell')" 1
{ echo "id,$t6,Class"; many R,X,Y; } >"$T/t.csv"
is 'info says it by name' "$("$TSVIZ" info "$T/one" "$T/t.csv" | grep -E '^(label|not used)' | tr '\n' '|')" "label: the last cell of each row ('Class'): by its name|not used: the first cell of each row ('id')|"

# ---- the generators of ../shared/cases ----
shared=$PWD/../shared/cases
if [ ! -f "$shared/gen_wide.py" ]; then
	skip 'shared cases' "$shared is not there"
	done_testing
	exit
fi
mkdir "$T/cases"
cp "$shared/gen_wide.py" "$shared/gen_arr.py" "$T/cases"
if ! /usr/bin/python3 "$T/cases/gen_wide.py" 2>"$T/err" || ! /usr/bin/python3 "$T/cases/gen_arr.py" 2>"$T/err"; then
	skip 'shared cases' "the generators do not run: $(tail -n 1 "$T/err" | head -c 100)"
	done_testing
	exit
fi
net "$T/m20" 20 1 3 NCT
net "$T/m20x2" 20 2 3 NCT
net "$T/f20" 20 1 0 NCT
C=$T/cases/wide/00_first.csv
# file, what is wanted: the labels of the clean file (=), no labels (-), other labels (in their order), windows that differ
# from the clean ones (~, then the labels), or a refusal (!, then a pattern); options follow a bar
case=0
while read -r file want; do
	case=$((case + 1))
	if sanitized && [ $((case % 4)) != 0 ]; then continue; fi
	file=$T/cases/$file name=${file##*/} opt=
	case $want in *' | '*) opt=${want#* | } want=${want%% | *} ;; esac
	case $want in
	'!'*) refuses "$name" "${want#! }" "$TSVIZ" predict "$T/m20" "$file" $opt ;;
	*)
		windows=same
		case $want in '~'*) want=${want#\~} windows=other ;; esac
		case $want in =) want=$L12 ;; -) want='           ' ;; esac
		# three words stand for twelve
		[ "$want" = '           ' ] || { set -- $want && [ $# -gt 3 ] || want="$* $* $* $*"; }
		compare "$C" "$T/m20" "$file" $opt
		is "$name: windows" "${result%% *}" $windows
		is "$name: labels" "${result#* }" "$want"
		;;
	esac
done <<'END'
wide/00_first.csv =
wide/01_last.csv =
wide/02_last_sci.csv =
wide/03_last_float.csv =
wide/04_pandas_index_intcols.csv =
wide/05_pandas_noindex_intcols.csv =
wide/06_pandas_intcols_label.csv =
wide/07_pandas_index_intcols_label.csv =
wide/08_names_label_last.csv =
wide/09_id_text_names_label.csv =
wide/10_id_num_names_label.csv =
wide/11_LABEL_first.csv =
wide/12_target_word.csv normal fault noise
wide/13_spaces.txt =
wide/14_ucr_tsv_nan_end.tsv ~0 1 2
wide/15_trailing_comma.csv =
wide/16_trailing_tab.tsv =
wide/17_negative_labels.csv -1 1 2
wide/18_label_unnamed_header.csv =
wide/19_Activity_word.csv WALKING SITTING STANDING
wide/20_semicolon_dc.csv =
wide/21_nolabel.csv -
wide/22_nolabel_spaces.txt -
wide/23_comments.txt =
wide/24_bom.csv =
wide/25_crlf.csv =
wide/26_cr.csv =
wide/27_int_values_label_last.csv ~0 1 2
wide/28_int_values_label_last_head.csv ~0 1 2
wide/30_id_and_label_front.csv =
wide/31_empty_file.csv ! empty
wide/32_only_header.csv ! header
wide/33_pipe.csv =
wide/34_mixed_tab_space.txt =
wide/35_one_window_a_column.csv ! --table columns
wide/35_one_window_a_column.csv - | --table columns
wide/50_percent.ts =
wide/51_hash.ts =
wide/52_crlf_bom.ts =
wide/54_plain.arff =
wide/55_upper_tab.arff =
wide/56_missing.arff ! --missing interpolate
wide/57_hash_comment.arff =
wide/58_date_attr.arff =
wide/59_trailing_comma.arff =
wide/60_spaces_in_data.arff =
wide/61_weights.arff =
wide/62_no_header_ts.ts =
arr/00_nt_f4.npy -
arr/01_nt1_f8.npy -
arr/03_be.npy -
arr/04_fortran.npy -
arr/07_object_ragged.npy ! Python objects
arr/09_complex.npy ! astype
arr/18_empty.npy ! 0 elements
arr/20_str.npy ! text
arr/30_xy.npz =
arr/31_X_y.npz =
arr/32_X_train.npz = | --array X_train
arr/33_arr0.npz =
arr/34_only_signals.npz =
arr/35_onehot.npz =
arr/36_strlabels.npz a b c
arr/37_ycol.npz =
arr/38_trainX.npz =
arr/39_features_labels.npz =
arr/40_objlabels.npz ! --label-array none
arr/40_objlabels.npz - | --label-array none
arr/41_len_mismatch.npz ! it has 11 of them, and no axis of the windows is as long; --label-array none
arr/42_Xtrain_data.npz =
END
is '63_label_spaces.ts' "$(truth "$T/m20" "$T/cases/wide/63_label_spaces.ts" | cut -c1-20)" 'big walk run sit big'
same '53_hash.tsf' "$C" "$T/f20" "$T/cases/wide/53_hash.tsf" 2>/dev/null
"$TSVIZ" predict "$T/m20x2" "$T/cases/wide/29_two_channels_flat.csv" 2>&1 | grep -q 'warning.*one channel after the other; --layout NTC' && ok || no '29_two_channels_flat.csv' ''
done_testing
