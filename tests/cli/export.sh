# analyze: one array to a file, filters switched off, comparison, methods and clusterings by name.
. tests/cli/lib.sh
K=tests/keras
awk 'BEGIN { print "a,b,c"; for (i = 0; i < 80; i++) printf "%.6f,%.6f,%.6f\n", sin(i / 5), cos(i / 3), sin(i * i / 99) }' >"$T/d.csv"
run() { "$TSVIZ" "$@" 2>"$T/err" </dev/null || no "$*" "exit $?: $(cat "$T/err")"; }
A="analyze $K/residual.h5 $T/d.csv --columns a,b,c -w 3"
run $A >"$T/a.json"
layer=$(grep -o '^{"name":"[^"]*","type":"Conv1D"' "$T/a.json" | head -n 1 | cut -d'"' -f4)

# .npy: NumPy's magic, a header that says the shape and ends at a multiple of 64 bytes, the numbers of the JSON
run $A --npy "$layer" -o "$T/x.npy"
is 'npy magic' "$(head -c 8 "$T/x.npy" | od -An -tx1 | tr -d ' \n')" 934e554d50590100
head=$(($(od -An -j8 -N2 -tu1 "$T/x.npy" | awk '{ print $1 + 256 * $2 }') + 10))
is 'npy header ends at 64' $((head % 64)) 0
shape=$(awk -v l="\"name\":\"$layer\"" 'index($0, l) { n = match($0, /"shape":\[[0-9,]*/); print substr($0, n + 9, RLENGTH - 9) }' "$T/a.json")
head -c $head "$T/x.npy" | grep -aq "'descr': '<f4', 'fortran_order': False, 'shape': ($(echo "$shape" | sed 's/,/, /'),)" && ok || no 'npy header' "$(head -c $head "$T/x.npy" | tail -c +11)"
od -An -v -j$head -tf4 -w4 "$T/x.npy" | tr -d ' ' >"$T/x.txt"
awk -v l="\"name\":\"$layer\"" 'index($0, l) { on = 1 } on && /^"act":/ { sub(/^"act":\[/, ""); sub(/\].*/, ""); gsub(/,/, "\n"); print; exit }' "$T/a.json" >"$T/act.txt"
paste "$T/x.txt" "$T/act.txt" | awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > 1e-6 * (1 + ($2 < 0 ? -$2 : $2))) bad++ } END { exit bad > 0 || NR < 16 }' &&
	ok || no 'npy numbers' "$(paste "$T/x.txt" "$T/act.txt" | head -n 3)"
is 'npy: as many as the shape says' "$(wc -l <"$T/x.txt")" $(($(echo "$shape" | tr , '*')))

# the same array as a table and as JSON
run $A --npy "$layer" -o "$T/x.csv"
is 'csv: a line a filter' "$(wc -l <"$T/x.csv")" $((${shape%,*} + 1))
is 'csv: header' "$(head -n 1 "$T/x.csv" | cut -d, -f1,2)" 'filter,step 0'
is 'csv: first number' "$(sed -n 2p "$T/x.csv" | cut -d, -f2)" "$(head -n 1 "$T/act.txt")"
run $A --npy "$layer" -o "$T/x.json"
is 'json: numbers' "$(grep -o '^"data":.*' "$T/x.json" | sed 's/"data":\[//; s/\].*//' | tr , '\n' | cmp - "$T/act.txt" && echo same)" same
run $A --npy input -o "$T/i.csv"
is 'csv: names of channels' "$(head -n 1 "$T/i.csv")" 'step,a,b,c'
run $A --npy "$layer:saliency" -o "$T/s.npy"
F=${shape%,*} W=$(($(wc -l <"$T/i.csv") - 1))
is 'npy: maps of all filters' $(($(wc -c <"$T/s.npy") - 128)) $((F * W * 3 * 4))
refuses 'npy: no such tensor' "no such tensor or layer" "$TSVIZ" $A --npy nothing
refuses 'npy: no such part' "act, grad, saliency and importance" "$TSVIZ" $A --npy "$layer:size"

# filters off: the output is that of a model without them, and compare says the difference
run $A --off "$layer:1" --compare intact >"$T/off.json"
out() { grep -o '^"output":\[[^]]*' "$1" | head -n 1 | cut -d[ -f2 | cut -d, -f1; }
whole=$(out "$T/a.json") less=$(out "$T/off.json")
[ "$whole" != "$less" ] && ok || no '--off' 'changes nothing'
is '--compare: the other output' "$(grep -o '^"compare":.*' "$T/off.json" | sed 's/.*"output":\[//; s/[],].*//')" "$whole"
run $A -w 10 --compare 3 >"$T/w.json"
is '--compare N' "$(grep -o '^"compare":{"window":3,.*' "$T/w.json" | sed 's/.*"output":\[//; s/[],].*//')" "$whole"
# a layer whose name holds a comma: as it stands, quoted, the comma alone quoted
run convert $K/residual.h5 -o "$T/net.json" -q
sed "s/\"$layer\"/\"block,1\"/g" "$T/net.json" >"$T/comma.json"
for off in 'block,1:1' '"block,1":1' '"block,1:1"' 'block\,1:1' 'block,1:1,"block,1":1'; do
	run analyze "$T/comma.json" "$T/d.csv" --columns a,b,c -w 3 --off "$off" >"$T/comma.out"
	is "--off $off" "$(out "$T/comma.out")" "$less"
done
refuses '--off: a comma, no such filter' "layer has [0-9]* filters" "$TSVIZ" analyze "$T/comma.json" "$T/d.csv" --columns a,b,c --off 'block,1:99999'
refuses '--off: no such filter' 'has [0-9]* filters, numbered from 0' "$TSVIZ" $A --off "$layer:99999"
refuses '--off: no number' 'as in conv1d_1:12' "$TSVIZ" $A --off "$layer"
refuses '--off: no such layer' 'no analysed layer' "$TSVIZ" $A --off nothing:1
refuses '--compare: no such window' 'there are [0-9]* windows' "$TSVIZ" $A --compare 99999

# methods: named with all they depend on
run --methods >"$T/methods"
methods=$(sed '1,/^saliency/d; /^$/q' "$T/methods" | grep '^[a-z]' | cut -d' ' -f1)
is 'saliency methods' "$(echo "$methods" | wc -l)" 10
for m in $methods; do
	run $A --method "$m" --baseline mean --layers "$layer" >"$T/m.json"
	grep -q "^\"saliency\":{\"method\":\"$m\",\"formula\":\".*\"target\":\"[a-z]*\",\"baseline\":.*\"seed\":.*\"steps\":.*\"residual\":" "$T/m.json" && ok ||
		no "--method $m" "$(grep -o '^"saliency":.\{100\}' "$T/m.json")"
done
# what a path adds up to
for m in integrated deeplift; do
	run $A --method $m --baseline window:0 --layers "$layer" >"$T/m.json"
	grep -o '"residual":[^,]*' "$T/m.json" | head -n 1 | awk -F: '{ exit !($2 < 0.01) }' && ok || no "$m" "residual $(grep -o '"residual":[^,]*' "$T/m.json")"
	grep -q '"baseline":"window","baseline_window":0' "$T/m.json" && ok || no "$m" 'its baseline is not named'
done
misused '--method: unknown' 'unknown; one of gradient' "$TSVIZ" $A --method nothing
misused '--baseline: unknown' 'one of zero, mean, window:NUMBER' "$TSVIZ" $A --baseline nothing
refuses '--baseline: no such window' 'there are [0-9]* windows' "$TSVIZ" $A --baseline window:99999
run $A --cluster-method dtw --no-saliency --layers "$layer" >"$T/c.json"
grep -q '"clusters":{"method":"dtw","k":[0-9]*,.*"silhouettes":\[' "$T/c.json" && ok || no '--cluster-method' "$(grep -o '"clusters.*' "$T/c.json")"
done_testing
