# convert by the command line: both formats, recipes that go with them, what is refused; and onnx.checker, where there is one.
. tests/cli/lib.sh
K=tests/keras
O=tests/onnx
awk 'BEGIN { print "a,b"; for (i = 1; i <= 30; i++) print i / 10 "," 2 - i / 20 }' >"$T/d.csv"

same() { # NAME FILE OTHER: predictions agree to 1e-6
	"$TSVIZ" predict "$2" "$T/d.csv" >"$T/p1" 2>"$T/err" && "$TSVIZ" predict "$3" "$T/d.csv" >"$T/p2" 2>>"$T/err" || {
		no "$1" "$(cat "$T/err")"
		return
	}
	worst=$(paste -d, "$T/p1" "$T/p2" | awk -F, 'NR > 1 { n = NF / 2; for (i = 1; i <= n; i++) { d = $i - $(i + n); d = d < 0 ? -d : d; s = $i < 0 ? -$i : $i;
		s = s < 1 ? 1 : s; if (d / s > w) w = d / s } } END { print (w > 1e-6) ? w : "same" }')
	is "$1" "$worst" same
}
for f in $K/chain.h5 $O/fcn_13.onnx $O/tcn_11.onnx $K/nested.keras; do
	name=$(basename "$f")
	for end in onnx json; do
		if "$TSVIZ" convert "$f" -o "$T/$name.$end" 2>"$T/err"; then ok; else no "convert $name to $end" "$(cat "$T/err")"; fi
		same "$name as $end" "$f" "$T/$name.$end"
	done
	"$TSVIZ" convert "$T/$name.json" -o "$T/$name.again.onnx" && same "$name, twice" "$f" "$T/$name.again.onnx"
done

"$TSVIZ" convert $K/chain.h5 -o "$T/r.onnx" --columns a,b --scale standard --fit 0:20 2>"$T/err" || no 'a recipe' "$(cat "$T/err")"
"$TSVIZ" predict "$T/r.onnx" "$T/d.csv" >"$T/p1"
"$TSVIZ" predict $K/chain.h5 "$T/d.csv" --columns a,b --scale standard --fit 0:20 >"$T/p2"
if cmp -s "$T/p1" "$T/p2" && [ -s "$T/p1" ]; then ok; else no 'the recipe goes into the file' "$(head -n 2 "$T/p1" "$T/p2")"; fi
is 'info names format and version' "$("$TSVIZ" info "$T/r.onnx" | head -n 1)" \
	"r.onnx: ONNX 8 opset 17, $("$TSVIZ" --version | head -n 1), 20 steps x 2 channels"

# recipe, scaler and class names of the models that come with tsviz: the same evaluation from ONNX, without an option
for name in ecg machine boxes; do
	"$TSVIZ" convert samples/$name-model.json -o "$T/$name.onnx" 2>"$T/err" || no "convert $name" "$(cat "$T/err")"
	is "eval of $name as ONNX" "$("$TSVIZ" eval "$T/$name.onnx" samples/$name.csv | sed 1d)" "$("$TSVIZ" eval samples/$name-model.json samples/$name.csv | sed 1d)"
done
# outputs by name and number
for head in forecast state 0 1; do
	"$TSVIZ" convert $K/recurrent.keras -o "$T/head$head.onnx" -q --head $head || no "head $head" 'not converted'
done
cmp -s "$T/head0.onnx" "$T/headforecast.onnx" && cmp -s "$T/head1.onnx" "$T/headstate.onnx" && ! cmp -s "$T/head0.onnx" "$T/head1.onnx" && ok || no 'heads' 'names and numbers differ'

refuses 'no such folder' 'cannot' "$TSVIZ" convert $K/chain.h5 -o "$T/none/x.onnx"
refuses 'an unsupported layer' 'not supported' "$TSVIZ" convert $K/unsupported.h5 -o "$T/x.onnx"
refuses 'an unsupported operator' 'Det' "$TSVIZ" convert $O/unsupported.onnx -o "$T/x.onnx"
for args in "$K/chain.h5" "$K/chain.h5 -o $T/x.h5" "$K/chain.h5 -o -"; do
	# shellcheck disable=SC2086
	"$TSVIZ" convert $args >"$T/out" 2>"$T/err"
	is "usage: $args" "$?" 2
done
# a file that cannot be read again is no success: with few descriptors the model is read, but the child that reads ONNX cannot start
said=no left=none
for n in 4 5 6 7 8 9 10 11 12; do
	rm -f "$T/few.onnx"
	(ulimit -n $n && exec "$TSVIZ" convert samples/machine-model.json -o "$T/few.onnx" -q) >"$T/out" 2>"$T/err"
	status=$?
	grep -q 'nothing was written: tsviz could not read it again' "$T/err" && said=yes
	if [ $status != 0 ] && [ -n "$(find "$T" -name '*few*')" ]; then left="a file with $n descriptors"; fi
	if [ $status = 0 ] && [ ! -s "$T/few.onnx" ]; then left="no file with $n descriptors"; fi
done
is 'what was written is read again' "$said" yes
is 'a file that was not read again is not left behind' "$left" none
if [ -e "$T/x.onnx" ] || [ -e "$T/x.h5" ]; then no 'a refused conversion leaves no file' "$(ls "$T")"; else ok; fi

python=$(command -v /usr/bin/python3 || command -v python3)
if [ -z "$python" ] || ! "$python" -c 'import onnx.checker' 2>/dev/null; then
	skip 'onnx.checker' 'python3-onnx is not installed'
else
	mkdir "$T/all"
	file=0
	for f in $O/*.onnx $K/*.h5 $K/*.keras samples/*-model.json; do
		file=$((file + 1)) inputs=
		if sanitized && [ $((file % 4)) != 0 ]; then continue; fi
		case $f in
		*unsupported* | *weights_only* | *.weights.h5) continue ;;
		*/two.*) inputs="--input a,b" ;; # several series
		esac
		"$TSVIZ" convert "$f" $inputs -o "$T/all/$(basename "$f").onnx" -q 2>"$T/err" || no "convert $f" "$(cat "$T/err")"
	done
	"$python" - "$T"/all/*.onnx >"$T/out" 2>&1 <<'PY'
import sys
import onnx.checker
bad = 0
for f in sys.argv[1:]:
    try:
        onnx.checker.check_model(onnx.load(f), full_check=True)
    except Exception as x:
        bad += 1
        print(f, str(x)[:200])
print(len(sys.argv) - 1, "checked,", bad, "bad")
PY
	if tail -n 1 "$T/out" | grep -qE '^[1-9][0-9]+ checked, 0 bad'; then ok; else no 'onnx.checker' "$(tail -n 5 "$T/out")"; fi
fi
done_testing
