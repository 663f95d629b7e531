# Data in the field's formats, from training to the browser's screens (tests/data/gen.py made the files).
. tests/cli/lib.sh
D=tests/data
"$TSVIZ" train -q $D/shapes.json $D/shapes_train.ts -o "$T/m.json" 2>"$T/err" && ok || no 'train on .ts' "$(cat "$T/err")"
"$TSVIZ" train -q $D/shapes.json $D/shapes_train.tsv -o "$T/n.json" 2>"$T/err" && ok || no 'train on .tsv' "$(cat "$T/err")"

# accuracy as counted here: the file's own labels beside the classes that predict names
accuracy() { # MODEL DATA, labels on stdin
	cat >"$T/labels"
	"$TSVIZ" predict -q "$1" "$2" | sed 1d | cut -d, -f6 | paste -d, "$T/labels" - |
		awk -F, '{ n++; right += $1 == $2 } END { printf "%.4f", right / n }'
}
said() { "$TSVIZ" eval -q "$1" "$2" | sed -n 's/^accuracy \([0-9.]*\);.*/\1/p'; }
sed -n '/^@data/,$p' $D/shapes_test.ts | sed '1d; s/.*://' | accuracy "$T/m.json" $D/shapes_test.ts >"$T/ts"
is 'accuracy on .ts' "$(said "$T/m.json" $D/shapes_test.ts)" "$(cat "$T/ts")"
cut -f1 $D/shapes_test.tsv | accuracy "$T/n.json" $D/shapes_test.tsv >"$T/tsv"
is 'accuracy on .tsv' "$(said "$T/n.json" $D/shapes_test.tsv)" "$(cat "$T/tsv")"
awk '{ exit !($1 > 0.9) }' "$T/ts" && awk '{ exit !($1 > 0.9) }' "$T/tsv" && ok || no 'the classes are learned' "$(cat "$T/ts" "$T/tsv")"

# the mapping is shown and can be set: in m.json bump is output 0, in the .tsv it is 2
"$TSVIZ" eval "$T/m.json" $D/shapes_test.tsv >"$T/out" 2>"$T/err"
grep -q 'taken in order: 1 = bump, 2 = ramp, 3 = wave; --classes' "$T/err" && ok || no 'other labels are told' "$(cat "$T/err")"
is 'the mapping in eval' "$("$TSVIZ" eval -q "$T/m.json" $D/shapes_test.tsv --classes 2,1,3 | sed -n 's/^outputs: //p')" '0 = 2, 1 = 1, 2 = 3'
is 'the mapping in info' "$("$TSVIZ" info "$T/n.json" $D/shapes_test.tsv | grep '^output' | tr '\n' ' ')" \
	"output 0: class '1', 9 windows output 1: class '2', 9 windows output 2: class '3', 12 windows "

# what was understood of the file
is 'understood in info' "$("$TSVIZ" info -q samples/ecg-model.json samples/ecg.csv | grep '^separator')" 'separator: comma'
"$TSVIZ" info -q --json samples/ecg-model.json samples/ecg.csv | grep -q '"understood":\[{"what":"separator","text":"comma"}' && ok || no 'understood in JSON' ''

# the browser
"$TSVIZ" "$T/m.json" $D/shapes_test.ts --screen windows >"$T/screen"
grep -qE '^ +14 row 14 +bump +bump ' "$T/screen" && ok || no 'class names in the browser' "$(cat "$T/screen")"
"$TSVIZ" "$T/m.json" $D/uneven.ts --columns 1 --plain windows >"$T/plain" 2>"$T/err"
is 'all windows of a set of uneven lengths' "$(grep -c '^[0-9]* [0-9]* ' "$T/plain")" 12
is 'one warning line for uneven lengths' "$(grep -c warning "$T/err") $(grep -c 'windows end before step 24 and are padded with zeros' "$T/err")" '1 1'

"$TSVIZ" "$T/m.json" $D/shapes_test.ts --screen windows --keys 'f5 f5' >"$T/again"
is 'read again' "$(sed -n '4,$p' "$T/again" | head -20 | cksum)" "$(sed -n '4,$p' "$T/screen" | head -20 | cksum)"

# content, not names; standard input; gzip
for f in shapes_test.ts shapes_test.ts.gz shapes_test.arff words.npz shapes_words.csv; do
	cp $D/$f "$T/data.bin"
	is "$f under another name" "$(said "$T/m.json" "$T/data.bin")" "$(cat "$T/ts")"
	is "$f from standard input" "$(said "$T/m.json" - <"$D/$f")" "$(cat "$T/ts")"
done
gzip -c $D/nt_f8.npy >"$T/x.gz"
is '.npy, packed' "$("$TSVIZ" predict -q "$T/m.json" "$T/x.gz" | cksum)" "$("$TSVIZ" predict -q "$T/m.json" $D/nt_f8.npy | cksum)"
for v in predict 'analyze -w 3' 'analyze --all --json' 'eval --json'; do
	"$TSVIZ" $v "$T/m.json" $D/words.npz >"$T/out" 2>"$T/err" && [ -s "$T/out" ] && ok || no "$v on windows" "$(cat "$T/err")"
done

# one table of formats
for f in 'UEA .ts' 'Table of windows' ARFF 'NumPy .npy' 'NumPy .npz' CSV gzip; do
	"$TSVIZ" --formats | grep -q "^data   $f " && ok || no "--formats lists $f" ''
done
"$TSVIZ" --formats | grep -q '^model  ' && ok || no '--formats lists models' ''

printf '@problemName x\n@data\n1,2,3\n4,5,6\n' >"$T/three.ts"
refuses 'another length' 'have 3 steps, the model reads 24; --lengths fit' "$TSVIZ" predict "$T/m.json" "$T/three.ts"
refuses 'no labels' 'has no labels' "$TSVIZ" eval "$T/m.json" $D/nt_f4.npy -q
refuses 'forecast of windows' '--predict: .* ready windows' "$TSVIZ" predict "$T/m.json" $D/shapes_test.ts --predict 1
refuses 'training without labels' "is for classes, and the data have no class labels|has no labels" "$TSVIZ" train $D/shapes.json $D/nt_f4.npy -o "$T/x.json"
printf 'PK\003\004rest' >"$T/x.xlsx"
refuses 'a spreadsheet' 'zip|archive' "$TSVIZ" predict "$T/m.json" "$T/x.xlsx"
printf 'a\n1\n' | gzip | gzip >"$T/twice.gz"
refuses 'gzip in gzip' 'its unpacked content is packed with gzip; unpack it with gunzip' "$TSVIZ" predict "$T/m.json" "$T/twice.gz"
done_testing
