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
	is "a name of $n letters" "$(try info "$T/m.json" | grep -c "^$name ")" 1
done
spec "${long}a" "${long}b" >"$T/spec.json"
try train "$T/spec.json" "$T/d.csv" -o "$T/m.json" -q
try convert "$T/m.json" -o "$T/m.onnx"
for m in m.json m.onnx; do
	is "$m: two layers" "$(try info "$T/$m" | grep -cE "^${long}[ab] ")" 2
	try predict "$T/$m" "$T/d.csv" >"$T/$m.csv"
	is "$m: --layers" "$(try analyze "$T/$m" "$T/d.csv" --layers "${long}b" --no-saliency | grep -o '^{"name":"[^"]*"')" "{\"name\":\"${long}b\""
	try analyze "$T/$m" "$T/d.csv" --npy "${long}a:grad" -o "$T/g.json"
	is "$m: --npy" "$(grep -c "\"name\":\"${long}a:grad\"" "$T/g.json")" 1
	try analyze "$T/$m" "$T/d.csv" --off "${long}b:1" --npy "${long}b" -o "$T/off.csv"
	is "$m: --off" "$(wc -l <"$T/off.csv")$(tail -n 1 "$T/off.csv" | cut -d, -f2- | tr -d '0,')" 3
done
cmp -s "$T/m.json.csv" "$T/m.onnx.csv" && ok || no 'the same predictions' ''
sed "s/${long}a/$(printf '%070000d' 0)/g" "$T/m.json" >"$T/huge.json"
refuses 'a name of 70000 bytes' 'a (layer.s )?name of 70[0-9]* bytes .*up to 65535 are read' "$TSVIZ" info "$T/huge.json"
done_testing
