# --schema: what the verbs write is what their JSON Schemas say, and each key of a schema is written by some call here.
. tests/cli/lib.sh
python=/usr/bin/python3
N="tests/survey/net.onnx tests/survey/windows.npz -q"
F="tests/screens/net.json tests/screens/load.csv --columns load,temp --predict load -q"
awk 'BEGIN { print "a,b"; for (i = 0; i < 60; i++) printf "%.4f,%.4f\n", sin(i / 5) + i % 7 / 10, cos(i / 3) }' >"$T/d.csv"
says() { # NAME VERB ARGUMENTS..: writes $T/NAME.json
	name=$1
	shift
	"$TSVIZ" "$@" --json >"$T/$name.json" 2>"$T/err" || no "$name" "$(head -n 1 "$T/err")"
}
# shellcheck disable=SC2086
{
	says attack.1 attack $N --iterations 1 --windows 3
	says attack.2 attack $F --iterations 1 --windows 3
	says counterfactual.1 counterfactual $N -w 3 --to-class 0
	says counterfactual.2 counterfactual $F --to :0.5
	says invert.1 invert $N -w 3 --to-class 0 --iterations 2
	says invert.2 invert $F --to 0.5 --iterations 2
	says invert.3 invert $F --filter conv1:0 --iterations 2
	says truth.1 truth $N --windows 3 --methods gradient
	says truth.2 truth $F --windows 3 --methods gradient
	says diff.1 diff tests/survey/net.onnx $N
	says diff.2 diff tests/screens/net.json tests/screens/branch.json -q
	says diff.3 diff tests/screens/net.json $F
	says diff.4 diff tests/whatif/flat_round.onnx tests/whatif/flat_dead.onnx "$T/d.csv" --columns a,b --task classification -q
}
is 'all kinds' "$("$TSVIZ" --schema | tr '\n' ' ')" 'attack counterfactual diff invert truth '
for k in $("$TSVIZ" --schema); do
	"$TSVIZ" --schema "$k" >"$T/$k.schema" || no "$k" 'no schema'
	is "$k is as its schema says" "$($python tests/schema.py "$T/$k.schema" "$T/$k".[0-9].json 2>&1)" ''
done
# rows that no verb writes are rows too many; what needs a mask is tried in truth.sh; diff is of two models, whose recipes stand with them
is 'each key is written' "$(for k in $("$TSVIZ" --schema); do $python tests/schema.py --never "$T/$k.schema" "$T/$k".[0-9].json; done 2>&1 | tr '\n' ' ')" \
	'diff.model diff.model.name diff.recipe diff.recipe.options truth.mask_share truth.mask_windows '
# the check itself fails where a key is too many, or of another type
sed 's/"seed":/"sed":/' "$T/attack.1.json" >"$T/wrong.json"
is 'another key is seen' "$($python tests/schema.py "$T/attack.schema" "$T/wrong.json" | tr '\n' ' ')" 'attack: seed is missing attack: sed is not in the schema '
sed 's/"wrong":\([0-9]*\)/"wrong":"\1"/' "$T/attack.1.json" >"$T/wrong.json"
is 'another type is seen' "$($python tests/schema.py "$T/attack.schema" "$T/wrong.json" | sed 's/"[0-9]*"/X/')" 'attack.wrong: X is no integer'
misused 'no such kind' "there is no schema 'atack'; --schema lists them" "$TSVIZ" --schema atack
done_testing
