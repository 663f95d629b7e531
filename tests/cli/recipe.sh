# Which recipe is in force, where it came from, and what is said where it does not suit the model.
. tests/cli/lib.sh
awk 'BEGIN { print "t,a,b"; for (i = 0; i < 120; i++) printf "%d,%.6f,%.6f\n", i, 20 + sin(i / 5), cos(i / 3) }' >"$T/d.csv"
D=$T/d.csv
cp tests/keras/keras1.h5 "$T/m.h5"
M=$T/m.h5
says() { # NAME PATTERN CMD..: exactly one line of standard error, and it fits
	name=$1 pattern=$2
	shift 2
	"$TSVIZ" "$@" >"$T/out" 2>"$T/err" </dev/null
	st=$?
	if [ $st -eq 0 ] && [ "$(wc -l <"$T/err")" -eq 1 ] && grep -qE -- "$pattern" "$T/err"; then ok; else no "$name" "exit $st: $(head -n 3 "$T/err")"; fi
}
silent() { # NAME CMD..
	name=$1
	shift
	"$TSVIZ" "$@" >"$T/out" 2>"$T/err" </dev/null
	st=$?
	[ $st -eq 0 ] && [ ! -s "$T/err" ] && ok || no "$name" "exit $st: $(head -n 3 "$T/err")"
}

# from options alone: nothing to say
silent 'options alone' predict "$M" "$D" --columns a,b --scale standard --fit 0:80
silent 'saved' predict "$M" "$D" --columns a,b --scale standard --fit 0:80 --save-recipe
R='^tsviz: recipe: --columns a,b --scale standard --fit 0:80 \(from m.h5.recipe.json\)$'
for verb in predict 'analyze --no-saliency' info; do
	# shellcheck disable=SC2086
	says "$verb" "$R" $verb "$M" "$D"
	# shellcheck disable=SC2086
	silent "$verb -q" $verb "$M" "$D" -q
done
"$TSVIZ" eval "$M" "$D" >"$T/out" 2>"$T/err"
grep -qE "$R" "$T/err" && ok || no eval "$(cat "$T/err")"
says 'a plain view' "$R" "$M" "$D" --plain layers
says 'convert' "$R" convert "$M" -o "$T/m.json"
says 'a file that is named' '\(from m.h5.recipe.json\)$' predict "$M" "$D" --recipe "$T/m.h5.recipe.json"
says 'options over it' ' --rows 10:70 \(from m.h5.recipe.json, changed by the command line\)$' predict "$M" "$D" --rows 10:70
says 'inside the model' '--scale standard --fit 0:80 \(from m.json\)$' predict "$T/m.json" "$D"
# on a screen it is the notice, and standard error is left alone
"$TSVIZ" "$M" "$D" --screen layers --size 100x24 >"$T/out" 2>"$T/err" </dev/null
[ ! -s "$T/err" ] && tail -n 2 "$T/out" | grep -q 'recipe: --columns a,b --scale standard' && ok || no 'the notice of the browser' "$(tail -n 2 "$T/out"; cat "$T/err")"
# info shows what is in force, not what the model holds alone
printf '{"rows": "0:60"}' >"$T/m.json.recipe.json"
"$TSVIZ" info "$T/m.json" "$D" 2>/dev/null >"$T/out"
grep -q '^recipe: .* --rows 0:60 (from m.json, changed by m.json.recipe.json)$' "$T/out" && ok || no 'info: what is in force' "$(grep recipe "$T/out")"
grep -qE '^scaling: \(a - (19|20)\.[0-9]+\) / 0\.[0-9]+$' "$T/out" && ok || no 'info: scaling' "$(grep scaling "$T/out")"
"$TSVIZ" info "$T/m.json" "$D" --json 2>/dev/null | grep -q '"recipe_from":"m.json, changed by m.json.recipe.json"' && ok || no 'info --json' 'does not say where the recipe came from'
rm "$T/m.json.recipe.json"

# info and eval count the same windows
is 'windows' "$("$TSVIZ" info "$M" "$D" -q | grep -o '[0-9]* windows, [0-9]* with a true value')" \
	"$("$TSVIZ" eval "$M" "$D" -q | grep -o '[0-9]* windows, [0-9]* with a true value')"
[ -n "$("$TSVIZ" eval "$M" "$D" -q | grep -o '[0-9]* windows, [0-9]* with a true value')" ] && ok || no 'windows' 'are not counted'

# an option that replaces the scaling that came with the model
for o in '--scale minmax' '--scale none' '--fit 0:40'; do
	# shellcheck disable=SC2086
	"$TSVIZ" predict "$M" "$D" $o >"$T/out" 2>"$T/err"
	grep -q "^tsviz: warning: ${o%% *} replaces the scaling that came with the model" "$T/err" && ok || no "$o" "$(cat "$T/err")"
done
says 'the same scaling' '^tsviz: recipe' predict "$M" "$D" --scale standard --fit 0:80
# a model that is worse than a guess
S='samples/ecg-model.json samples/ecg.csv --rows 8000:10000'
# shellcheck disable=SC2086
says 'a good forecast' '^tsviz: recipe' eval $S
"$TSVIZ" eval "$M" "$D" --columns b,a >"$T/out" 2>"$T/err"
grep -q "^tsviz: warning: the model's error is larger than that of the last-value baseline; .*--scale.*--columns.*--derive" "$T/err" && ok || no 'a bad forecast' "$(cat "$T/err")"
silent 'a bad forecast -q' eval "$M" "$D" --columns b,a -q
"$TSVIZ" eval samples/machine-model.json samples/machine.csv --rows 8000: --columns torque,pressure,temperature >"$T/out" 2>"$T/err"
grep -q '^tsviz: warning: the model is right less often than the majority class; ' "$T/err" && ok || no 'a bad classifier' "$(cat "$T/err"; head -n 4 "$T/out")"

# as often right as the majority class, because everything gets that class
"$TSVIZ" eval samples/machine.keras samples/machine.csv --label state --label-rule last --classes anomaly,normal --rows 8000: >"$T/out" 2>"$T/err"
is 'one class for everything' "$(sed -n 's/^accuracy \([0-9.]*\); always .normal.: \([0-9.]*\)$/\1 \2/p' "$T/out" | awk '{ print $1 == $2 }') $(grep -c '^tsviz: warning: the model gives everything the same class; usual causes: another scaling' "$T/err")" '1 1'
# what a classifier says is no later value of a column
is 'a classifier without labels' "$("$TSVIZ" info samples/machine.keras samples/machine.csv 2>&1 | grep -c ' 9969 windows, 32 steps') $("$TSVIZ" --plain network samples/machine.keras samples/machine.csv 2>&1 | tail -n 1)" '1 window 0  y -  predicted 1 1.00'
refuses 'no labels' 'no window has a true value; give --label' "$TSVIZ" eval samples/machine.keras samples/machine.csv
# the wrong way round
refuses 'data as the model' 'd.csv: is data \(CSV\); the model comes first: tsviz MODEL DATA' "$TSVIZ" info "$D"
refuses 'both' 'd.csv: is data \(CSV\); the model comes first' "$TSVIZ" predict "$D" "$M"
refuses 'a model as the data' 'm.h5: is an HDF5 file; if it is a model, it comes before the data' "$TSVIZ" predict "$M" "$M"
refuses 'a model of tsviz as the data' 'm.json: is a model \(tsviz JSON\); the data come second' "$TSVIZ" predict "$M" "$T/m.json"
# names that are nearly there
refuses 'a column' "no such column.*; did you mean 'torque'\?" "$TSVIZ" predict samples/machine-model.json samples/machine.csv --columns torqe,pressure,temperature
layer=$("$TSVIZ" info samples/ecg-model.json | awk '/Conv1D/ { print $1; exit }')
refuses '--layers' "'${layer}x' is no analysed layer of this model; did you mean '$layer'\?" "$TSVIZ" analyze samples/ecg-model.json samples/ecg.csv -q --layers "${layer}x"
refuses '--off' "'${layer}x' is no analysed layer of this model; did you mean '$layer'\?" "$TSVIZ" analyze samples/ecg-model.json samples/ecg.csv -q --off "${layer}x:0"
refuses '--npy' "no such tensor or layer; did you mean '$layer'\?" "$TSVIZ" analyze samples/ecg-model.json samples/ecg.csv -q --npy "${layer}x"
sed 's/"window"/"windw"/' samples/ecg.json >"$T/s.json"
refuses 'a key of a spec' "\"windw\" is no key that belongs here; did you mean 'window'\?" "$TSVIZ" train "$T/s.json" samples/ecg.csv -o "$T/x.json"
sed 's/"Conv1D"/"Conv1d_"/' samples/ecg.json >"$T/s.json"
refuses 'a type of layer' "'Conv1d_' is unknown; did you mean 'Conv1D'\?" "$TSVIZ" train "$T/s.json" samples/ecg.csv -o "$T/x.json"

# predict as JSON: the numbers of the table
"$TSVIZ" predict "$M" "$D" -q >"$T/p.csv"
"$TSVIZ" predict "$M" "$D" -q --json >"$T/p.json"
is 'predict --json' "$(grep -o '"output":\[[^]]*' "$T/p.json" | cut -d[ -f2)" "$(sed 1d "$T/p.csv" | cut -d, -f4)"
is 'predict --json: no truth' "$(tail -n 1 "$T/p.json" | grep -c '"true":null')" 1
"$TSVIZ" predict samples/machine-model.json samples/machine.csv -q --rows 8000: -w 87 --json >"$T/p.json"
grep -q '"class":"anomaly","true":"anomaly"' "$T/p.json" && ok || no 'predict --json: classes' "$(cat "$T/p.json")"
if command -v python3 >/dev/null; then python3 -m json.tool "$T/p.json" >/dev/null && ok || no 'predict --json' 'is no JSON'; fi
# the order of the classes is kept: other data may lack a class, or hold another one
cp samples/machine.keras "$T/k.keras"
sed -n '1p;7900,8400p' samples/machine.csv >"$T/k.csv"
sed 's/anomaly/wrong/' "$T/k.csv" >"$T/two.csv"
awk -F, 'NR == 1 || $4 == "normal"' "$T/k.csv" >"$T/one.csv"
"$TSVIZ" predict "$T/k.keras" "$T/k.csv" --label state --label-rule any --save-recipe -q >"$T/p.csv"
is 'classes of the data are saved' "$(grep -o '"classes": *"[^"]*"' "$T/k.keras.recipe.json" | tr -d ' ')" '"classes":"anomaly,normal"'
"$TSVIZ" predict "$T/k.keras" "$T/one.csv" -q --label none >"$T/none" 2>"$T/err" || no '--label none' "$(cat "$T/err")"
"$TSVIZ" predict "$T/k.keras" "$T/one.csv" -q >"$T/few" 2>"$T/err" || no 'data that lack a class' "$(cat "$T/err")"
is 'data that lack a class: names' "$(sed 1d "$T/few" | cut -d, -f5 | sort -u)" "$(sed 1d "$T/few" | awk -F, '{ print ($4 > 0.5 ? "normal" : "anomaly") }' | sort -u)"
is 'data that lack a class: truth' "$(sed 1d "$T/few" | cut -d, -f6 | sort -u)" normal
refuses 'data with another class' "label 'wrong' is not among --classes" "$TSVIZ" predict "$T/k.keras" "$T/two.csv"
is '--label none: no truth, and the same outputs' "$(cut -d, -f1-5 "$T/none")" "$(cut -d, -f1-5 "$T/few")"
is '--label none: no truth' "$(sed 1d "$T/none" | cut -d, -f6 | sort -u)" ''
cut -d, -f1-3 samples/machine.csv | head -n 99 >"$T/bare.csv"
refuses 'data without the label' 'label state: no such column.*--label none' "$TSVIZ" predict "$T/k.keras" "$T/bare.csv"
"$TSVIZ" predict "$T/k.keras" "$T/bare.csv" -q --label none --save-recipe >"$T/out" 2>&1
is '--label none is kept' "$(grep -o '"label": *"none"' "$T/k.keras.recipe.json" | wc -l)" 1
silent '--label none from the recipe' predict "$T/k.keras" "$T/bare.csv" -q
done_testing
