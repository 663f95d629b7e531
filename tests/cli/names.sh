# Long names are whole names: of a layer in a train spec, in a model file of each kind, in --off, --layers and --npy. Two that agree in
# their first 300 bytes are two. A name without measure is refused.
. tests/cli/lib.sh
awk 'BEGIN { print "a"; for (i = 0; i < 60; i++) print sin(i / 5) }' >"$T/d.csv"
long=$(printf '%0300d' 0 | tr 0 n)
spec() { # NAME NAME
	cat <<-END
		{"window": 8, "loss": "mse", "epochs": 1, "layers": [
		{"type": "Conv1D", "name": "$1", "filters": 2, "kernel": 3, "padding": "same", "activation": "relu", "bias": false},
		{"type": "Conv1D", "name": "$2", "filters": 2, "kernel": 3, "padding": "same", "activation": "relu"},
		{"type": "Flatten"}, {"type": "Dense", "name": "out", "units": 1}]}
	END
}
try() { timeout 20 "$TSVIZ" "$@" 2>"$T/err" </dev/null || no "$*" "status $?: $(head -c 300 "$T/err")"; }
for n in 254 255 256 300; do
	name=$(printf "%0${n}d" 0 | tr 0 m)
	spec "$name" b >"$T/spec.json"
	try train "$T/spec.json" "$T/d.csv" -o "$T/m.json" -q
	is "a name of $n letters" "$(try info "$T/m.json" --json | grep -c "^{\"name\":\"$name\"")" 1
done
spec "${long}a" "${long}b" >"$T/spec.json"
try train "$T/spec.json" "$T/d.csv" -o "$T/m.json" -q
try convert "$T/m.json" -o "$T/m.onnx"
for m in m.json m.onnx; do
	is "$m: two layers" "$(try info "$T/$m" --json | grep -cE "^\{\"name\":\"${long}[ab]\"")" 2
	# the table shortens them in the middle, and says where they are whole
	try info "$T/$m" >"$T/info"
	is "$m: width of the table" "$(awk 'length > 140' "$T/info" | wc -l)" 0
	is "$m: short names" "$(grep -cE '^n{18}\.\.\.n{18}[ab] ' "$T/info")" 2
	is "$m: where they are whole" "$(grep -c '^long names are shortened; --json has them whole$' "$T/info")" 1
	try predict "$T/$m" "$T/d.csv" >"$T/$m.csv"
	is "$m: --layers" "$(try analyze "$T/$m" "$T/d.csv" --layers "${long}b" --no-saliency | grep -o '^{"name":"[^"]*"')" "{\"name\":\"${long}b\""
	try analyze "$T/$m" "$T/d.csv" --npy "${long}a:grad" -o "$T/g.json"
	is "$m: --npy" "$(grep -c "\"name\":\"${long}a:grad\"" "$T/g.json")" 1
	try analyze "$T/$m" "$T/d.csv" --off "${long}b:1" --npy "${long}b" -o "$T/off.csv"
	is "$m: --off" "$(wc -l <"$T/off.csv")$(tail -n 1 "$T/off.csv" | cut -d, -f2- | tr -d '0,')" 3
done
# a name that fits is not shortened, and nothing is said; the column of layers that are read is shortened, too
forty=$(printf '%040d' 0 | tr 0 k)
spec "$forty" "${forty}k" >"$T/spec.json"
try train "$T/spec.json" "$T/d.csv" -o "$T/forty.json" -q
is 'names of 40 and 41 letters' "$(try info "$T/forty.json" | grep -oE '^k[k.]*' | awk '{ printf "%d%s ", length, /\./ ? "cut" : "" }')" '40 40cut '
sed 's/{"type": "Flatten"}/{"type": "Add", "name": "sum", "input": ["'"$forty"'", "'"${forty}k"'"]}, &/' "$T/spec.json" >"$T/sum.json"
try train "$T/sum.json" "$T/d.csv" -o "$T/sum-m.json" -q
is 'the layers that are read' "$(try info "$T/sum-m.json" | sed -n "s/^sum [^k]*//p")" "$forty, $(printf '%018d...%019d' 0 0 | tr 0 k)"
try info samples/ecg-model.json | grep -q shortened && no 'short names' 'something is said' || ok
cmp -s "$T/m.json.csv" "$T/m.onnx.csv" && ok || no 'the same predictions' ''
sed "s/${long}a/$(printf '%070000d' 0)/g" "$T/m.json" >"$T/huge.json"
refuses 'a name of 70000 bytes' 'a (layer.s )?name of 70[0-9]* bytes .*up to 65535 are read' "$TSVIZ" info "$T/huge.json"
done_testing
