# --schema: what the verbs write is what their JSON Schemas say, and each key of a schema is written by some call here.
. tests/cli/lib.sh
python=/usr/bin/python3
needs_python
N="tests/survey/net.onnx tests/survey/windows.npz -q"
F="tests/screens/net.json tests/screens/load.csv --columns load,temp --predict load -q"
awk 'BEGIN { print "a,b"; for (i = 0; i < 60; i++) printf "%.4f,%.4f\n", sin(i / 5) + i % 7 / 10, cos(i / 3) }' >"$T/d.csv"
awk 'BEGIN { print "load,temp,site"; for (i = 0; i < 60; i++) printf "%.4f,%.4f,%s\n", sin(i / 5), cos(i / 3), i < 30 ? "north" : "south" }' >"$T/g.csv"
G="tests/screens/net.json $T/g.csv --columns load,temp --predict load --group site --scale standard -q"
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
	says eval.1 eval $N --schema-version 2
	says eval.2 eval $G --schema-version 2
	says eval.3 eval tests/tasks/autoencoder.h5 tests/tasks/x.npy --y tests/tasks/labels.npy -q --schema-version 2
	says eval.5 eval tests/tasks/autoencoder.h5 tests/tasks/x.npy -q --scale standard --schema-version 2
	says eval.4 eval tests/tasks/unet.h5 tests/tasks/unet.npz -q --schema-version 2
	says predict.1 predict $N --schema-version 2
	says predict.2 predict $F --schema-version 2 --scale standard
	says predict.5 predict $G --schema-version 2
	says predict.3 predict tests/tasks/autoencoder.h5 tests/tasks/x.npy -q --schema-version 2
	says predict.4 predict tests/tasks/unet.h5 tests/tasks/unet.npz -q --schema-version 2
	says info.1 info $G --schema-version 2
	says info.2 info samples/ecg-model.json samples/ecg.csv -q --schema-version 2
	says info.3 info tests/survey/net.onnx --schema-version 2
	says info.4 info tests/keras/two.keras --input a,b --set row=zeros --set h=zeros -q --schema-version 2
	says window.1 analyze $N -w 3 --schema-version 2 --method integrated
	says window.2 analyze $G --off conv1:0 --schema-version 2
	says window.3 analyze tests/tasks/unet.h5 tests/tasks/unet.npz -q --no-saliency --schema-version 2
	says window.4 analyze $F --no-saliency --schema-version 2
	says diff.1 diff tests/survey/net.onnx $N
	says diff.2 diff tests/screens/net.json tests/screens/branch.json -q
	says diff.3 diff tests/screens/net.json $F
	says diff.4 diff tests/whatif/flat_round.onnx tests/whatif/flat_dead.onnx "$T/d.csv" --columns a,b --task classification -q
}
is 'all kinds' "$("$TSVIZ" --schema | tr '\n' ' ')" 'attack counterfactual diff eval info invert predict truth window '
for k in $("$TSVIZ" --schema); do
	"$TSVIZ" --schema "$k" >"$T/$k.schema" || no "$k" 'no schema'
	is "$k is as its schema says" "$($python tests/schema.py "$T/$k.schema" "$T/$k".[0-9].json 2>&1)" ''
done
# rows that no verb writes are rows too many; what needs a mask is tried in truth.sh; diff is of two models, whose recipes stand with them
is 'each key is written' "$(for k in $("$TSVIZ" --schema); do $python tests/schema.py --never "$T/$k.schema" "$T/$k".[0-9].json; done 2>&1 | tr '\n' ' ')" \
	'attack.model.sha256 counterfactual.model.sha256 diff.model diff.model.name diff.model.sha256 diff.recipe diff.recipe.options invert.model.sha256 truth.mask_share truth.mask_windows truth.model.sha256 '
# schema 2 says the figures of schema 1
"$TSVIZ" eval tests/tasks/autoencoder.h5 tests/tasks/x.npy --y tests/tasks/labels.npy -q --json >"$T/one.json"
"$TSVIZ" predict tests/tasks/unet.h5 tests/tasks/unet.npz -q --json >"$T/two.json"
is 'schemas 1 and 2 agree' "$($python tests/schema_same.py "$T/one.json" "$T/eval.3.json" "$T/two.json" "$T/predict.4.json" 2>&1)" ''
# the check itself fails where a key is too many, or of another type
sed 's/"seed":/"sed":/' "$T/attack.1.json" >"$T/wrong.json"
is 'another key is seen' "$($python tests/schema.py "$T/attack.schema" "$T/wrong.json" | tr '\n' ' ')" 'attack: seed is missing attack: sed is not in the schema '
sed 's/"wrong":\([0-9]*\)/"wrong":"\1"/' "$T/attack.1.json" >"$T/wrong.json"
is 'another type is seen' "$($python tests/schema.py "$T/attack.schema" "$T/wrong.json" | sed 's/"[0-9]*"/X/')" 'attack.wrong: X is no integer'
sed 's/"channel":{"mse":{"shape":\[[0-9]*\]/"channel":{"mse":{"shape":[99]/' "$T/eval.3.json" >"$T/wrong.json"
is 'a shape that does not fit is seen' "$($python tests/schema.py "$T/eval.schema" "$T/wrong.json" | grep -c 'eval.errors.channel.mse: shape')" 1
sed 's/"mape_percent":[0-9.]*/"mape_percent":null/' "$T/eval.2.json" >"$T/wrong.json"
is 'a null without a reason is seen' "$($python tests/schema.py "$T/eval.schema" "$T/wrong.json" | head -n 1)" 'eval.errors.model.raw: mape_percent is null without a reason'
misused 'no such kind' "there is no schema 'atack'; --schema lists them" "$TSVIZ" --schema atack
done_testing
