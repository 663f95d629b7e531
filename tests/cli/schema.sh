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
	says info.5 info $G --scale-by group --fit 0:25 --rows 5: --step 2 --horizon 1 --window 24 --missing interpolate --gaps warn \
		--rate 0.5 --table long --decimal point --label-rule any --schema-version 2
	says window.1 analyze $N -w 3 --schema-version 2 --method integrated
	says window.2 analyze $G --off conv1:0 --schema-version 2
	says window.3 analyze tests/tasks/unet.h5 tests/tasks/unet.npz -q --no-saliency --schema-version 2
	says window.4 analyze $F --no-saliency --schema-version 2
	says window.5 analyze $F --no-saliency --off conv1:0 --compare intact --schema-version 2
	says window.6 analyze $F --layers conv1 --method smoothgrad --cluster-method dtw --compare 2 --schema-version 2
	says window.7 analyze $F --layers conv1 --method occlusion --baseline window:2 --points series --schema-version 2
	says set.1 analyze $N --all --schema-version 2
	says set.2 analyze $G --all --schema-version 2
	says set.3 analyze $G --all --scale-by group --schema-version 2
	says set.4 analyze samples/ecg-model.json samples/ecg.csv --all --schema-version 2 -q --rows 0:400
	says prune.1 prune $N --ratio .5 --tune 2 --seeds 2 -o "$T/small.onnx"
	says prune.2 prune $F --curve 20:40:20
	says session.1 session tests/session/full.json
	sed 's/"marks":{"/"marks":{"conv9":[9],"/; s/"off":{"/"off":{"conv9":[9],"/' tests/session/full.json >"$T/other.session"
	says session-merge.1 session --merge tests/session/full.json "$T/other.session" -o "$T/both.json"
	says diff.1 diff tests/survey/net.onnx $N
	says diff.2 diff tests/screens/net.json tests/screens/branch.json -q
	says diff.3 diff tests/screens/net.json $F
	says diff.4 diff tests/whatif/flat_round.onnx tests/whatif/flat_dead.onnx "$T/d.csv" --columns a,b --task classification -q
}
# shellcheck disable=SC2086
{
	"$TSVIZ" survey $N --ablation 2 -o "$T/survey.1.json" && "$TSVIZ" survey $F -o "$T/survey.2.json" && "$TSVIZ" survey $F --shard 1/2 -o "$T/survey-shard.1.json" &&
		"$TSVIZ" survey $N --ablation 2 --shard 1/1 -o "$T/survey-shard.2.json"
} 2>"$T/err" || no survey "$(head -n 1 "$T/err")"
mkdir -p "$T/state/tsviz/sessions"
cp tests/session/full.json "$T/state/tsviz/sessions/a-0123456789abcdef.json"
echo '{}' >"$T/state/tsviz/sessions/c-0123456789abcdef.json"
XDG_STATE_HOME="$T/state" says sessions.1 session
"$TSVIZ" --schema >"$T/kinds"
is 'all kinds' "$(tr '\n' ' ' <"$T/kinds")" 'attack clusters counterfactual diff eval info invert layers predict prune saliency session session-merge sessions set survey survey-shard trace truth window '
while read -r k; do
	"$TSVIZ" --schema "$k" >"$T/$k.schema" || no "$k" 'no schema'
	case $k in clusters | layers | saliency | trace) continue ;; esac # tests/cli/serve.py tries them
	[ -f "$T/$k.1.json" ] || no "$k" 'no verb is tried'
done <"$T/kinds"
is 'what verbs write is as the schemas say' "$($python tests/schema.py check "$T" 2>&1)" ''
is 'every kind and its keys are in the manual' "$($python tests/schema.py undescribed "$T" src/cli/pages/tsviz-formats.5 2>&1 | tr '\n' ' ')" ''
# rows that no verb writes are rows too many
is 'each key is written' "$($python tests/schema.py never "$T" 2>&1 | tr '\n' ' ')" ''
is 'one type for one key, and the other rules' "$($python tests/schema.py rules "$T" 2>&1)" ''
# schema 2 says the figures of schema 1
"$TSVIZ" eval tests/tasks/autoencoder.h5 tests/tasks/x.npy --y tests/tasks/labels.npy -q --json >"$T/one.json"
"$TSVIZ" predict tests/tasks/unet.h5 tests/tasks/unet.npz -q --json >"$T/two.json"
is 'schemas 1 and 2 agree' "$($python tests/schema_same.py "$T/one.json" "$T/eval.3.json" "$T/two.json" "$T/predict.4.json" "$T/predict.1.json" 2>&1)" ''
# shellcheck disable=SC2086
{
	"$TSVIZ" analyze $N -w 3 --method integrated >"$T/one.1"
	"$TSVIZ" analyze $F --layers conv1 --method smoothgrad --cluster-method dtw --compare 2 >"$T/one.6"
	"$TSVIZ" analyze $F --no-saliency --off conv1:0 --compare intact >"$T/one.5"
	"$TSVIZ" analyze $G --all >"$T/one.set"
} 2>"$T/err" || no 'schema 1' "$(head -n 1 "$T/err")"
is 'schema 2 of analyze says what schema 1 says' "$($python tests/schema_same_window.py "$T/one.1" "$T/window.1.json" "$T/one.6" "$T/window.6.json" \
	"$T/one.5" "$T/window.5.json" "$T/one.set" "$T/set.2.json" 2>&1)" ''
# what is scaled are columns of the data, which are not the channels; without data nothing is fitted
scaled() { "$TSVIZ" info tests/screens/net.json "$@" -q --schema-version 2 | grep -oE '"scaler[^]]*\],("subtract":.[^]]*\],[^]]*\])?|"scaler_reason":"[^"]*"'; }
is 'columns of the scaler' "$(scaled tests/screens/load.csv --columns load --derive diff --predict temp --scale standard)" \
	'"scaler":{"columns":["load","temp"],"subtract":{"shape":[2],"axes":["column"]'
is 'a scaler without data' "$(scaled --scale standard)" '"scaler_reason":"the scaling is fitted to data, and there are none"'
is 'no scaler' "$(scaled)" '"scaler_reason":"nothing is scaled"'
# the check itself fails where a key is too many, is missing, or is of another type
broken() { # NAME KIND SED FILE WHAT
	mkdir "$T/wrong"
	cp "$T/$2.schema" "$T/wrong"
	sed "$3" "$T/$4" >"$T/wrong/$2.1.json"
	is "$1" "$($python tests/schema.py check "$T/wrong" | tr '\n' ' ' | sed "s/$2.1.json: //g")" "$5"
	rm -r "$T/wrong"
}
broken 'another key is seen' attack 's/"seed":/"sed":/' attack.1.json 'attack: seed is missing attack: sed is not in the schema '
broken 'another type is seen' attack 's/"wrong":[0-9]*/"wrong":"1"/' attack.1.json 'attack.wrong: "1" is no integer '
broken 'a shape that does not fit is seen' eval 's/"f1":{"shape":\[3\]/"f1":{"shape":[9]/' eval.1.json \
	"eval.errors.f1: shape [9] and axes ['class'] do not fit 3 values "
broken 'a null without a reason is seen' eval 's/"accuracy":[0-9.]*/"accuracy":null/' eval.1.json 'eval.errors: accuracy_reason is missing '
misused 'no such kind' "there is no schema 'atack'; --schema lists them" "$TSVIZ" --schema atack
done_testing
