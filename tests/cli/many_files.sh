# Several data files: files, folders and patterns as DATA; which files are taken, in which order, what is refused.
. tests/cli/lib.sh
python=$(command -v /usr/bin/python3 || command -v python3)
# a model of 4 steps and 1 channel, without a recipe
echo '{"window": 4, "layers": [{"type": "Conv1D", "filters": 2, "kernel": 3, "padding": "same", "activation": "relu"}, {"type": "Flatten"}, {"type": "Dense", "units": 1}], "loss": "mse", "epochs": 1, "recipe": {"columns": "a"}}' >"$T/spec.json"
series() { # FILE NUMBER ROWS: a and b begin with the number of the file
	awk -v i="$2" -v n="$3" 'BEGIN { print "k,a,b"; for (k = 0; k < n; k++) printf "%d,%d.%02d,-%d.%02d\n", k, i, k, i, k }' >"$1"
}
mkdir -p "$T/d/sub"
series "$T/d/f1.csv" 1 9
series "$T/d/f2.csv" 2 9
series "$T/d/f10.csv" 10 9
series "$T/d/sub/f3.csv" 3 9
M=$T/m.json
"$TSVIZ" train "$T/spec.json" "$T/d" -o "$M" -q 2>"$T/err" && ok || no 'train on a folder' "$(cat "$T/err")"
starts() { "$TSVIZ" predict "$M" "$@" -q >"$T/p.csv" 2>"$T/err" || cat "$T/err"; }
# a forecast is one step after its window: its true values say which file a window is of, in order
order() { # true values without their digits behind the point, each once
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "true0") c = i } NR > 1 && $c != "" { sub(/\..*/, "", $c); if ($c != last) printf "%s ", $c; last = $c }' "$T/p.csv"
}
starts "$T/d"
is 'a folder in natural order, its folders too' "$(order)" '1 2 10 3 '
(cd "$T/d" && "$TSVIZ" predict "$M" . -q) >"$T/q.csv" 2>&1
same_text() { cmp -s "$2" "$3" && [ -s "$2" ] && ok || no "$1" "$(diff "$2" "$3" | head -4)"; }
same_text 'the folder that one is in' "$T/p.csv" "$T/q.csv"
starts "$T/d/f10.csv" "$T/d/f1.csv" --columns a
is 'files in the order that is given' "$(order)" '10 1 '
starts "$T/d/*.csv"
is 'a pattern that tsviz expands' "$(order)" '1 2 10 '
starts "$T/d/f1.csv" - <"$T/d/f2.csv"
is 'standard input among files' "$(order)" '1 2 '
starts "$T/d/f?.csv" "$T/d/sub"
is 'a pattern and a folder' "$(order)" '1 2 3 '
starts "$T/d/**/f*.csv"
is 'a pattern of folders' "$(order)" '1 2 10 3 '
starts "$T/**/f3.csv"
is 'a pattern of deep folders' "$(order)" '3 '
(cd "$T/d" && "$TSVIZ" predict "$M" '**/f3.csv' -q) >"$T/p.csv" 2>&1
is 'a pattern of folders here' "$(order)" '3 '
refuses 'a pattern of folders that matches nothing' 'nix.csv: no file matches this pattern' "$TSVIZ" predict "$M" "$T/**/nix.csv"
for n in 1 3 5; do
	"$TSVIZ" predict "$M" "$T/d/f1.csv" -q | awk -F, -v n=$n 'NR == n + 1 { print $NF, $(NF - 1) }' >"$T/alone"
	"$TSVIZ" predict "$M" "$T/d/f1.csv" "$T/d/f2.csv" -q | awk -F, '{ print $NF, $(NF - 1) }' >"$T/all"
	grep -qxF "$(cat "$T/alone")" "$T/all" && ok || no "value $n of a file is the same among others" "$(cat "$T/alone")"
done

# no window, and no true value of one, lies in two files: the values of a file all begin with its number
across() { # windows of $T/p.csv whose rows, or the row of the true value, are not all of one file of 9 rows
	awk -F, 'NR > 1 { end = $2 + 3 + ($NF != ""); bad += int($2 / 9) != int(end / 9); group[$3]++; n++ } END { print bad + 0, n, length(group) }' "$T/p.csv"
}
starts "$T/d"
is 'windows across a border' "$(across)" '0 24 4'
starts "$T/d" --step 3
is 'windows across a border, in steps of 3' "$(across)" '0 8 4'
starts "$T/d" --rows 5:31
is 'windows across a border, of some rows' "$(across)" '0 14 4'
"$TSVIZ" predict "$M" "$T/d" -q --derive none --scale standard >"$T/p.csv" 2>"$T/err"
is 'windows across a border, scaled' "$(across)" '0 24 4'

# every verb, and the browser
for v in predict eval 'analyze -w 3' 'analyze --all' info 'browse --plain windows' 'browse --screen windows'; do
	# shellcheck disable=SC2086
	"$TSVIZ" $v "$M" "$T/d" >"$T/out" 2>"$T/err" && [ -s "$T/out" ] && ok || no "$v of a folder" "$(cat "$T/err")"
done
"$TSVIZ" browse "$M" "$T/d" --plain windows >"$T/1" 2>/dev/null
"$TSVIZ" browse "$M" "$T/d" --plain windows --keys 'f5 f5' >"$T/2" 2>/dev/null
same_text 'read again' "$T/1" "$T/2"
"$TSVIZ" info "$M" "$T/d" >"$T/out" 2>/dev/null
grep -q '4 files (f1.csv to f3.csv)' "$T/out" && ok || no 'info names the files' "$(cat "$T/out")"
is 'rows count over all files' "$("$TSVIZ" predict "$M" "$T/d" -q --rows 9:18 | cut -d, -f4-)" "$("$TSVIZ" predict "$M" "$T/d/f2.csv" -q | cut -d, -f3-)"

# columns in another order
awk 'BEGIN { print "b,k,a"; for (k = 0; k < 9; k++) printf "-4.%02d,%d,4.%02d\n", k, k, k }' >"$T/other.csv"
starts "$T/d/f1.csv" "$T/other.csv"
is 'columns are matched by name' "$(order)" '1 4 '
# a column that is words in one file, numbers in the other, is a label in both
printf 'a,l\n1,x\n2,x\n3,x\n4,x\n5,x\n' >"$T/words.csv"
printf 'a,l\n1,0\n2,0\n3,0\n4,0\n5,0\n' >"$T/digits.csv"
echo '{"window": 4, "layers": [{"type": "Flatten"}, {"type": "Dense", "units": 2, "activation": "softmax"}], "loss": "crossentropy", "epochs": 1}' >"$T/two.json"
"$TSVIZ" train "$T/two.json" "$T/words.csv" "$T/digits.csv" --columns a --label l -o "$T/two.m.json" -q 2>"$T/err" && ok || no 'train on labels of two files' "$(cat "$T/err")"
is 'classes of both files' "$("$TSVIZ" info "$T/two.m.json" "$T/words.csv" "$T/digits.csv" 2>&1 | grep -c "^output .: class '[0x]', 2 windows")" 2

# what is left out, and said in one line
echo '# text' >"$T/d/README.md"
echo 'not data' >"$T/d/notes.txt"
cp "$M" "$T/d/net.json"
echo '{}' >"$T/d/net.json.recipe.json"
echo x >"$T/d/.hidden.csv"
mkdir "$T/d/.git"
ln -s .. "$T/d/sub/loop"
ln -s f1.csv "$T/d/latest.csv"
ln -s nowhere "$T/d/gone"
mkfifo "$T/d/pipe.csv"
"$TSVIZ" predict "$M" "$T/d" >"$T/q.csv" 2>"$T/said"
starts "$T/d/f1.csv" "$T/d/f2.csv" "$T/d/f10.csv" "$T/d/sub/f3.csv"
same_text 'what is no data is left out' "$T/p.csv" "$T/q.csv"
is 'it is said in one line' "$(grep -c 'left out' "$T/said")" 1
grep -q '10 files are left out: README.md (no data), gone (a link that leads nowhere), net.json (a model), net.json.recipe.json (a recipe), 4 more, 2 hidden' "$T/said" && ok || no 'what was left out' "$(cat "$T/said")"
starts "$T/d/README.md" "$T/d/f1.csv" "$T/d/f2.csv" "$T/d/f10.csv" "$T/d/sub/f3.csv"
same_text 'a README that the shell names is left out' "$T/p.csv" "$T/q.csv"
"$TSVIZ" predict "$M" "$T/d" -q >"$T/q.csv" 2>"$T/err"
is 'quiet' "$(cat "$T/err")" ''

# what is refused
series "$T/good.csv" 5 9
refuses 'a folder without files' 'none: holds no data files$' sh -c "mkdir -p '$T/none' && exec '$TSVIZ' predict '$M' '$T/none'"
mkdir "$T/text"
echo hello >"$T/text/README"
refuses 'a folder without data' 'text: holds no data files; left out: README \(no data\)$' "$TSVIZ" predict "$M" "$T/text"
refuses 'a pattern that matches nothing' 'no\*csv: no file matches this pattern' "$TSVIZ" predict "$M" "$T/no*csv"
refuses 'a file that is not there' 'nix.csv: cannot be opened: ' "$TSVIZ" predict "$M" "$T/good.csv" "$T/nix.csv"
refuses 'a file twice' 'good.csv: the file is named twice' "$TSVIZ" predict "$M" "$T/good.csv" "$T/good.csv"
refuses 'a file twice, by two ways' 'f1.csv: the file is named twice' "$TSVIZ" predict "$M" "$T/d/f1.csv" "$T/d"
printf 'k,a\n1,2\n' >"$T/bad.csv"
refuses 'a column too few' "bad.csv: has no column 'b', which good.csv has; .*leave this file out" "$TSVIZ" predict "$M" "$T/good.csv" "$T/bad.csv"
refuses 'a column too many' "good.csv: has a column 'b', which bad.csv has not; " "$TSVIZ" predict "$M" "$T/bad.csv" "$T/good.csv"
printf '5,2,9\n4,2,8\n' >"$T/bad.csv"
refuses 'no header' 'bad.csv: has no header, and good.csv has one; ' "$TSVIZ" predict "$M" "$T/good.csv" "$T/bad.csv"
printf '5,2\n4,3\n5,4\n' >"$T/narrow.csv"
refuses 'fewer columns without headers' 'narrow.csv: has 2 columns, and bad.csv has 3; .*--stack' "$TSVIZ" predict "$M" "$T/bad.csv" "$T/narrow.csv" --columns 1
printf 'k,a,b\n1,2,3\n2,3,4\n\n3,oops,5\n' >"$T/bad.csv"
refuses 'a bad cell, with file and line' "bad.csv, line 5, column 'a': 'oops' is not a number" "$TSVIZ" predict "$M" "$T/good.csv" "$T/bad.csv" "$T/other.csv"
printf 'PK\003\004' >"$T/bad.csv"
refuses 'a damaged file among good ones' '^tsviz: .*/bad.csv: ' "$TSVIZ" predict "$M" "$T/good.csv" "$T/bad.csv" "$T/other.csv"
mkdir "$T/one_bad"
cp "$T/good.csv" "$T/bad.csv" "$T/one_bad"
refuses 'a damaged file in a folder' 'one_bad/bad.csv: ' "$TSVIZ" predict "$M" "$T/one_bad"
: >"$T/one_bad/bad.csv"
refuses 'an empty file in a folder' 'one_bad/bad.csv: ' "$TSVIZ" predict "$M" "$T/one_bad"
refuses 'a model among the data' 'm.json: is a model \(tsviz JSON\); the data come second: tsviz MODEL DATA' "$TSVIZ" predict "$M" "$T/good.csv" "$M"
refuses 'data twice and no model' 'good.csv: is data \(CSV\); the model comes first: tsviz MODEL DATA' "$TSVIZ" "$T/good.csv" "$T/other.csv"
refuses 'a folder and no model' 'd: is a folder; the model is a file and comes first: tsviz MODEL FOLDER' "$TSVIZ" "$T/d" "$M"
refuses 'windows beside a table' 'shapes_test.ts: is read as ready windows.*good.csv as time steps' "$TSVIZ" predict "$M" "$T/good.csv" tests/data/shapes_test.ts
if [ "$(id -u)" != 0 ]; then
	cp "$T/good.csv" "$T/one_bad/bad.csv"
	chmod 000 "$T/one_bad/bad.csv"
	refuses 'a file that cannot be read' 'one_bad/bad.csv: cannot be opened: ' "$TSVIZ" predict "$M" "$T/one_bad"
	chmod 600 "$T/one_bad/bad.csv"
	mkdir -m 000 "$T/one_bad/shut"
	refuses 'a folder that cannot be read' 'one_bad/shut: cannot be opened: ' "$TSVIZ" predict "$M" "$T/one_bad"
else
	skip 'files that cannot be read' 'root can read them'
fi

# names
mkdir -p "$T/n/x" "$T/n/y" "$T/n/z"
for name in 'a b.csv' 'c,d.csv' 'ä.csv' '"q".csv' 'new
line.csv' "$(printf 'esc\033[31m.csv')" '[1].csv' '-.csv' '--x.csv'; do
	cp "$T/good.csv" "$T/n/$name"
done
starts "$T/n"
is 'files of every name' "$(grep -c ',' "$T/p.csv") $(cat "$T/err")" "$((9 * 6 + 1)) "
for name in ',a b.csv,' ',"c,d.csv",' ',ä.csv,' ',"""q"".csv",' ',new�line.csv,' ',esc�[31m.csv,' ',-.csv,'; do
	grep -qF -- "$name" "$T/p.csv" && ok || no "group $name" "$(cut -d, -f3 "$T/p.csv" | sort -u)"
done
starts "$T/n/[1].csv"
is 'a name that looks like a pattern' "$(grep -c ',' "$T/p.csv")" 7
"$TSVIZ" info "$M" "$T/n" >"$T/out" 2>&1
is 'no control characters' "$(tr -d '\n' <"$T/out" | grep -c '[[:cntrl:]]')" 0
cp "$T/good.csv" "$T/n/x/s.csv"
cp "$T/good.csv" "$T/n/y/s.csv"
"$TSVIZ" info "$M" "$T/n/x" "$T/n/y" >"$T/out" 2>&1
grep -q '2 files (x/s.csv to y/s.csv)' "$T/out" && ok || no 'names that repeat are paths' "$(cat "$T/out")"

# 300 files
mkdir "$T/300"
for i in $(seq 300); do cp "$T/good.csv" "$T/300/$i.csv"; done
starts "$T/300"
is '300 files' "$(grep -c ',' "$T/p.csv") $(cut -d, -f3 "$T/p.csv" | sort -u | wc -l)" "$((300 * 6 + 1)) 301"

# ready windows
D=tests/data
echo '{"window": 24, "layers": [{"type": "Flatten"}, {"type": "Dense", "units": 3, "activation": "softmax"}], "loss": "crossentropy", "epochs": 1}' >"$T/shapes.json"
"$TSVIZ" train "$T/shapes.json" $D/shapes_train.ts -o "$T/w.json" -q 2>"$T/err" || no 'train on .ts' "$(cat "$T/err")"
last() { awk -F, -v n="$1" 'NR > n { print $(NF - 4), $(NF - 3), $(NF - 2), $(NF - 1), $NF }'; }
"$TSVIZ" predict "$T/w.json" $D/shapes_train.ts -q | last 0 >"$T/1"
"$TSVIZ" predict "$T/w.json" $D/shapes_test.ts -q | last 1 >>"$T/1"
"$TSVIZ" predict "$T/w.json" $D/shapes_train.ts $D/shapes_test.ts -q 2>"$T/err" | last 0 >"$T/2"
same_text 'windows of two files' "$T/1" "$T/2"
refuses 'arrays of other shapes' 'array of shape|steps' "$TSVIZ" predict "$T/w.json" $D/nt_f8.npy $D/shapes_test.ts

# the folder is the class: bearings
wave() { # FILE SPEED SEED
	awk -v f="$2" -v seed="$3" 'BEGIN { srand(seed); print "x"; for (k = 0; k < 40; k++) printf "%.4f\n", sin(k * f) + rand() / 10 }' >"$1"
}
for part in train test; do
	seed=$((seed + 10))
	for class in normal:0.3 inner:1.1 outer:2.2; do
		mkdir -p "$T/b/$part/${class%:*}"
		for i in 1 2; do wave "$T/b/$part/${class%:*}/$i.csv" "${class#*:}" $((seed + i)); done
	done
done
echo '{"window": 12, "layers": [{"type": "Conv1D", "filters": 8, "kernel": 5, "padding": "same", "activation": "relu"}, {"type": "GlobalMaxPooling1D"}, {"type": "Dense", "units": 3, "activation": "softmax"}], "loss": "crossentropy", "epochs": 40, "rate": 0.01}' >"$T/b.json"
B=$T/bm.json
"$TSVIZ" train "$T/b.json" "$T/b/train" --label-from folder -o "$B" -q 2>"$T/err" && ok || no 'train by folders' "$(cat "$T/err")"
"$TSVIZ" eval "$B" "$T/b/test" -q >"$T/out" 2>"$T/err"
is 'eval by folders: the recipe is in the model' "$(grep '^outputs' "$T/out")" 'outputs: 0 = inner, 1 = normal, 2 = outer'
awk '/^accuracy/ { exit !($2 > 0.9) }' "$T/out" && ok || no 'classes of folders are learned' "$(cat "$T/out" "$T/err")"
is 'the class of each file' "$("$TSVIZ" predict "$B" "$T/b/test" -q | awk -F, 'NR > 1 { print $3, $NF }' | uniq | tr '\n' ' ')" \
	'inner/1.csv inner inner/2.csv inner normal/1.csv normal normal/2.csv normal outer/1.csv outer outer/2.csv outer '
is 'one file has the class of its folder' "$("$TSVIZ" predict "$B" "$T/b/test/outer/1.csv" -q | awk -F, 'NR > 1 { print $NF }' | uniq)" outer
is 'from the folder that holds it' "$(cd "$T/b/test/outer" && "$TSVIZ" predict "$B" 1.csv -q | awk -F, 'NR > 1 { print $NF }' | uniq)" outer
cp "$T/b/test/outer/1.csv" "$T/any.csv"
"$TSVIZ" predict "$B" "$T/any.csv" >"$T/p.csv" 2>"$T/err"
is 'a file of another folder has no class' "$(awk -F, 'NR > 1 { print $NF }' "$T/p.csv" | uniq)" ''
grep -q "is the name of no class, so the windows have no labels" "$T/err" && ok || no 'another folder is said' "$(cat "$T/err")"
"$TSVIZ" predict "$B" - -q <"$T/any.csv" >"$T/q.csv" 2>"$T/err"
same_text 'standard input has no folder' "$T/p.csv" "$T/q.csv"
mkdir "$T/b/odd" && cp -r "$T/b/test/inner" "$T/b/test/outer" "$T/b/odd" && mkdir "$T/b/odd/crack" && cp "$T/any.csv" "$T/b/odd/crack"
refuses 'a folder that is no class beside others' "holds 3 labels|label 'crack'|taken in order" "$TSVIZ" predict "$B" "$T/b/odd" -q --classes inner,outer,normal
refuses 'two kinds of labels' '--label x and --label-from folder both name the labels' "$TSVIZ" predict "$M" "$T/b/test" --label x --label-from folder
refuses 'training needs labels' "needs class labels: --label COL, or --label-from folder" "$TSVIZ" train "$T/b.json" "$T/b/train" -o "$T/x.json"
mkdir -p "$T/npy/one" "$T/npy/two"
cp $D/nt_f4.npy "$T/npy/one/a.npy"
cp $D/nt_f8.npy "$T/npy/two/b.npy"
is 'windows have the class of their folder' "$("$TSVIZ" predict "$T/w.json" "$T/npy" -q --label-from folder --classes two,one,three | awk -F, 'NR > 1 { print $3, $NF }' | uniq | tr '\n' ' ')" 'a.npy one b.npy two '

# sound files in folders
mkdir -p "$T/wav/yes" "$T/wav/no"
if [ "$python" ]; then
	"$python" -c '
import math, struct, sys, wave
for name, speed, rate in ("yes/1", 0.3, 8000), ("yes/2", 0.3, 8000), ("no/1", 1.7, 8000), ("other", 1.7, 16000):
    w = wave.open("%s/%s.wav" % (sys.argv[1], name), "wb")
    w.setnchannels(1), w.setsampwidth(2), w.setframerate(rate)
    w.writeframes(b"".join(struct.pack("<h", int(20000 * math.sin(i * speed))) for i in range(100)))
' "$T/wav"
	mv "$T/wav/other.wav" "$T/other.wav"
	"$TSVIZ" info "$M" "$T/other.wav" --columns 1 >"$T/out" 2>&1
fi
if [ -s "$T/other.wav" ] && ! grep -qE 'libsndfile|apt install' "$T/out"; then
	sed 's/"units": 3/"units": 2/' "$T/b.json" >"$T/v.json"
	"$TSVIZ" train "$T/v.json" "$T/wav" --label-from folder -o "$T/v.m.json" -q 2>"$T/err" && ok || no 'train on sound files' "$(cat "$T/err")"
	is 'sound files in folders' "$("$TSVIZ" predict "$T/v.m.json" "$T/wav" -q | awk -F, '{ for (i = 1; i <= NF; i++) if ($i == "group") g = i } NR > 1 { print $g, $(NF - 1), $NF }' | uniq | tr '\n' ' ')" 'no/1.wav no no yes/1.wav yes yes yes/2.wav yes yes '
	refuses 'another rate' 'other.wav: has 16000 rows a second, and 1.wav has 8000; resample' "$TSVIZ" predict "$T/v.m.json" "$T/wav/no/1.wav" "$T/other.wav" -q
else
	skip 'sound files in folders' 'python3 or libsndfile is not installed'
fi

# files of one channel each: UCI's human activity in small
H=$T/har
mkdir -p "$H/train" "$H/test"
awk -v dir="$H" 'BEGIN {
	srand(4)
	split("body_acc_x total_acc_x total_acc_y", ch, " ")
	for (w = 0; w < 45; w++) {
		part = w < 30 ? "train" : "test"
		row = ""
		for (c = 1; c <= 3; c++) {
			line = ""
			for (t = 0; t < 16; t++) {
				s = sprintf("%.7e", sin(t * (w % 3 + 1) * 0.4 + c) + rand() / 10)
				line = line "  " s
				row = row s ","
			}
			print line >(dir "/" part "/" ch[c] "_" part ".txt")
		}
		print w % 3 + 1 >(dir "/" part "/y_" part ".txt")
		print row w % 3 + 1 >(dir "/" part ".csv")
	}
}'
sed 's/"window": 12/"window": 16/' "$T/b.json" >"$T/h.json"
N=$T/hm.json
"$TSVIZ" train "$T/h.json" "$H/train" --stack -o "$N" -q 2>"$T/err" && ok || no 'train on stacked files' "$(cat "$T/err")"
"$TSVIZ" eval "$N" "$H/test" --stack -q >"$T/out" 2>"$T/err"
is 'classes of the file of labels' "$(grep '^outputs' "$T/out")" 'outputs: 0 = 1, 1 = 2, 2 = 3'
awk '/^accuracy/ { exit !($2 > 0.9) }' "$T/out" && ok || no 'stacked windows are learned' "$(cat "$T/out" "$T/err")"
"$TSVIZ" predict "$N" "$H/test" --stack -q >"$T/1" 2>&1
"$TSVIZ" predict "$N" "$H/test.csv" --label last -q >"$T/2" 2>&1
same_text 'stacked files are the windows of one file' "$T/1" "$T/2"
if [ "$python" ] && "$python" -c 'import numpy' 2>/dev/null; then
	"$python" -c 'import numpy, sys; x = numpy.loadtxt(sys.argv[1], delimiter=",")[:, :-1].reshape(-1, 3, 16); numpy.save(sys.argv[2], x)' "$H/test.csv" "$T/har.npy"
	"$TSVIZ" predict "$N" "$T/har.npy" -q 2>&1 | cut -d, -f1-6 >"$T/2"
	cut -d, -f1-6 "$T/1" >"$T/q.csv"
	same_text 'stacked files are one array' "$T/q.csv" "$T/2"
else
	skip 'stacked files are one array' 'python3-numpy is not installed'
fi
(cd "$H/test" && "$TSVIZ" predict "$N" total_acc_y_test.txt y_test.txt body_acc_x_test.txt total_acc_x_test.txt --stack -q) >"$T/2" 2>&1
same_text 'files in another order have their own channels' "$T/1" "$T/2"
mkdir "$H/apart" && cp "$H"/test/*_acc_* "$H/apart"
"$TSVIZ" predict "$N" "$H/apart" --stack --label "$H/test/y_test.txt" -q >"$T/2" 2>&1
same_text 'a file of labels in another folder' "$T/1" "$T/2"
"$TSVIZ" predict "$N" "$H/test" --stack --label y_test.txt -q >"$T/2" 2>&1
same_text 'a file of labels by its name' "$T/1" "$T/2"
"$TSVIZ" predict "$N" "$H/apart" --stack -q 2>&1 | awk -F, 'NR > 1 { print $NF }' | sort -u >"$T/2"
is 'without a file of labels there are none' "$(cat "$T/2")" ''
# the recipe of the model says that the files were stacked
is 'the recipe has --stack' "$("$TSVIZ" info "$N" "$H/test" 2>&1 | grep -c "^recipe:.*--stack yes")" 1
"$TSVIZ" predict "$N" "$H/test" -q >"$T/2" 2>&1
same_text 'stacked by the recipe' "$T/1" "$T/2"
refuses 'not stacked, as asked' 'windows have 1|have 16|reads 3 channels|holds' "$TSVIZ" predict "$N" "$H/test" -q --stack=no
"$TSVIZ" predict "$N" "$H/test.csv" --label last -q >"$T/2" 2>&1
same_text 'one file of all channels, although the recipe stacks' "$T/1" "$T/2"
printf '{"stack": "yes"}' >"$T/stack.json"
cat >"$T/plain.json" <<END
{"window": 16, "layers": [{"type": "Flatten"}, {"type": "Dense", "units": 3, "activation": "softmax"}], "loss": "crossentropy", "epochs": 1}
END
"$TSVIZ" train "$T/plain.json" "$H/train" --stack -o "$T/p.json" -q --save-recipe 2>"$T/err"
is 'a recipe file with stack' "$("$TSVIZ" predict "$N" "$H/test" -q --recipe "$T/stack.json" 2>&1 | cmp - "$T/1" && echo same)" same
"$TSVIZ" info "$N" "$H/test" --stack >"$T/out" 2>&1
grep -q '15 windows, 16 steps x 3 channels: body_acc_x, total_acc_x, total_acc_y' "$T/out" && grep -q '^label: y_test.txt, a line for each window' "$T/out" && ok || no 'info of stacked files' "$(cat "$T/out")"
"$TSVIZ" train "$T/h.json" "$H/apart" --stack --label "$H/test/y_test.txt" -o "$T/x.json" -q 2>"$T/err" && ok || no 'train with --label FILE' "$(cat "$T/err")"
is 'the file of labels stays out of the model' "$(grep -c y_test "$T/x.json")" 0
mkdir "$H/words" && cp "$H"/test/*_acc_* "$H/words"
awk '{ print $1 == 1 ? "WALK" : $1 == 2 ? "SIT" : "STAND" }' "$H/test/y_test.txt" >"$H/words/y_test.txt"
is 'labels that are words' "$("$TSVIZ" info "$N" "$H/words" --stack --classes WALK,SIT,STAND 2>&1 | grep -c ", 5 windows")" 3
refuses 'files of one channel without --stack' '.*--stack puts them side by side' "$TSVIZ" predict "$N" "$H/apart" -q --stack=no
refuses 'stacked folders are no classes' '--stack puts files side by side, .*; --label FILE' "$TSVIZ" predict "$N" "$H/test" --stack --label-from folder
cp "$H/test/y_test.txt" "$H/test/subject_test.txt"
refuses 'one value a row beside windows' 'subject_test.txt: holds one value a row, .*; --label subject_test.txt if these are labels' "$TSVIZ" predict "$N" "$H/test" --stack
mv "$H/test/subject_test.txt" "$H/test/labels.txt"
refuses 'two files of labels' 'y_test.txt: holds labels as labels.txt does; --label FILE' "$TSVIZ" predict "$N" "$H/test" --stack
rm "$H/test/labels.txt"
refuses 'too few channels' 'reads 3 channels, the windows have 2' "$TSVIZ" predict "$N" "$H"/test/total_* --stack -q
sed -i '$d' "$H/test/y_test.txt"
refuses 'too few labels' 'y_test.txt: has 14 labels for 15 windows' "$TSVIZ" predict "$N" "$H/test" --stack
sed -i '$d' "$H/test/total_acc_y_test.txt"
refuses 'other numbers of windows' 'total_acc_y_test.txt: has 14 windows, and body_acc_x_test.txt has 15' "$TSVIZ" predict "$N" "$H/test" --stack

# channels of ready windows are matched by name
cat >"$T/j.json" <<END
{"window": 4, "layers": [{"type": "Flatten"}, {"type": "Dense", "units": 2, "activation": "softmax"}], "loss": "crossentropy", "epochs": 1}
END
mkdir "$T/jl"
awk 'BEGIN { for (i = 0; i < 6; i++) { x = y = ""; for (t = 0; t < 4; t++) { x = x (t ? "," : "") sin(i + t); y = y (t ? "," : "") 5 + cos(i * t) }
	printf "{\"ax\":[%s],\"ay\":[%s],\"y\":\"%g\"}\n", x, y, i % 2 >(ARGV[1] "/a.jsonl"); printf "{\"y\":\"%g\",\"ay\":[%s],\"ax\":[%s]}\n", i % 2, y, x >(ARGV[1] "/b.jsonl") } }' "$T/jl"
"$TSVIZ" train "$T/j.json" "$T/jl/a.jsonl" --label-array y -o "$T/jm.json" -q 2>"$T/err" && ok || no 'train on windows of JSON' "$(cat "$T/err")"
"$TSVIZ" predict "$T/jm.json" "$T/jl/a.jsonl" -q >"$T/1" 2>&1
"$TSVIZ" predict "$T/jm.json" "$T/jl/b.jsonl" -q >"$T/2" 2>&1
same_text 'channels in another order than the model has them' "$T/1" "$T/2"
"$TSVIZ" predict "$T/jm.json" "$T/jl/a.jsonl" "$T/jl/b.jsonl" -q >"$T/2" 2>&1
is 'channels in another order than in the first file' "$(awk -F, 'NR > 1 { k = (NR - 2) % 6; if (NR > 7 && v[k] != $4) bad++; v[k] = $4 } END { print bad + 0, NR }' "$T/2")" '0 13'
sed 's/"ax"/"az"/' "$T/jl/b.jsonl" >"$T/jl/c.jsonl"
refuses 'another channel' "c.jsonl: has no channel 'ax', which a.jsonl has" "$TSVIZ" predict "$T/jm.json" "$T/jl/a.jsonl" "$T/jl/c.jsonl" -q
# options for series are not for ready windows, and the other way round
for o in --step=2 --horizon=2 --gaps=drop --label-rule=majority; do
	refuses "$o of ready windows" "${o%=*} is for series, .*are ready" "$TSVIZ" predict "$T/jm.json" "$T/jl/a.jsonl" -q $o
done
refuses '--lengths of a series' '--lengths is for windows that are ready; this file is a series' "$TSVIZ" predict "$M" "$T/good.csv" -q --lengths fit
# one fact, one line
"$TSVIZ" predict "$M" "$T/d" 2>&1 >/dev/null | grep warning | grep -c '; [0-9a-z]*\.csv' >"$T/out"
is 'each warning has its line' "$(cat "$T/out")" 0

# series of one column each
mkdir "$T/s"
for c in a b; do
	cut -d, -f1,$([ $c = a ] && echo 2 || echo 3) "$T/good.csv" | sed "1s/,.*/,value/" >"$T/s/log_$c.csv"
	sed 's/.*,//' "$T/s/log_$c.csv" >"$T/s/$c.txt"
done
"$TSVIZ" predict "$M" "$T/good.csv" -q >"$T/1" 2>&1
"$TSVIZ" predict "$M" "$T"/s/log_*.csv --stack -q >"$T/2" 2>&1
same_text 'series side by side, with the time in each' "$T/1" "$T/2"
"$TSVIZ" predict "$M" "$T/s/b.txt" "$T/s/a.txt" --stack -q >"$T/2" 2>&1
same_text 'series of one column side by side' "$T/1" "$T/2"
sed '2s/^0/5/' "$T/s/log_b.csv" | sed '3s/^1/6/' | awk -F, 'NR > 1 { $1 = NR + 3 } { print $1 "," $2 }' >"$T/s/late_b.csv"
refuses 'other times' "late_b.csv: its column 'k' is not the same as that of log_a.csv" "$TSVIZ" predict "$M" "$T/s/log_a.csv" "$T/s/late_b.csv" --stack
sed '$d' "$T/s/b.txt" >"$T/s/short.txt"
refuses 'other numbers of rows' 'short.txt: has 8 rows, and a.txt has 9' "$TSVIZ" predict "$M" "$T/s/a.txt" "$T/s/short.txt" --stack

# memory is counted over all files
mkdir "$T/large"
awk 'BEGIN { print "a"; for (i = 0; i < 1000000; i++) print "1.5" }' >"$T/large/1.csv"
for i in 2 3 4; do cp "$T/large/1.csv" "$T/large/$i.csv"; done
"$TSVIZ" info "$M" "$T/large/1.csv" --max-mem 100M -q >"$T/out" 2>"$T/err" && ok || no 'one large file' "$(cat "$T/err")"
refuses 'several large files' 'max-mem' "$TSVIZ" info "$M" "$T/large" --max-mem 100M -q
done_testing
