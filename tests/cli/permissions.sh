# Files that a user asks for get the permissions that the umask leaves, as other programs' do, and keep those of the file
# that they replace. What the program keeps for itself is for its owner alone.
. tests/cli/lib.sh
K=tests/keras/keras1.h5
awk 'BEGIN { print "a,b"; for (i = 0; i < 80; i++) print sin(i / 5) "," cos(i / 3) }' >"$T/d.csv"
mode() { # FILE WANTED MASK CMD...: after the command under this umask
	file=$1 wanted=$2 mask=$3
	shift 3
	(umask "$mask" && "$@" >"$T/out" 2>&1 </dev/null) || no "$*" "status $?: $(head -c 300 "$T/out")"
	is "$*: mode" "$(stat -c %a "$file" 2>&1)" "$wanted"
}
mode "$T/a.json" 644 022 "$TSVIZ" analyze $K "$T/d.csv" -o "$T/a.json"
mode "$T/b.json" 640 027 "$TSVIZ" analyze $K "$T/d.csv" -o "$T/b.json"
chmod 600 "$T/b.json"
mode "$T/b.json" 600 022 "$TSVIZ" analyze $K "$T/d.csv" -o "$T/b.json"
chmod 664 "$T/b.json"
mode "$T/b.json" 664 077 "$TSVIZ" analyze $K "$T/d.csv" -o "$T/b.json"
mode "$T/m.onnx" 644 022 "$TSVIZ" convert $K -o "$T/m.onnx"
mode "$T/m.json" 644 022 "$TSVIZ" convert $K -o "$T/m.json"
mode "$T/m.json.recipe.json" 644 022 "$TSVIZ" predict "$T/m.json" "$T/d.csv" --columns a,b --save-recipe
mode "$T/x.npy" 644 022 "$TSVIZ" analyze $K "$T/d.csv" --npy a -o "$T/x.npy"
echo '{"window": 4, "layers": [{"type": "Flatten"}, {"type": "Dense", "units": 1}], "loss": "mse", "epochs": 1}' >"$T/spec.json"
mode "$T/t.json" 644 022 "$TSVIZ" train "$T/spec.json" "$T/d.csv" -o "$T/t.json" -q
mode "$T/s.svg" 644 022 "$TSVIZ" browse $K "$T/d.csv" --screen grid --keys "e $(echo "$T/s.svg" | sed "s/./& /g")enter"
export XDG_CONFIG_HOME="$T"
mode "$T/tsviz/config" 600 022 "$TSVIZ" browse $K "$T/d.csv" --screen options --keys '~ T G enter'
done_testing
