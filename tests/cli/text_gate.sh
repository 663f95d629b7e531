# Every place where a string from outside can appear, with a string that would drive a terminal: none may reach an output raw.
. tests/cli/lib.sh
many_runs
esc=$(printf '\033') evil=$(printf '\033]0;x\007\302\233\342\200\256\342\200\213\302\205x')
json_evil='\u001b]0;x\u0007\u009b\u202e\u200b\u0085x'
# C0 but newline, DEL, C1, zero-width and bidirectional characters
raw='[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xa9]'
clean() { # NAME CMD...: runs it, whatever its status, and looks at both outputs
	name=$1
	shift
	"$@" >"$T/out" 2>"$T/err" </dev/null
	st=$?
	if [ $st -gt 2 ]; then no "$name" "exit $st"; fi
	if [ ! -s "$T/out" ] && [ ! -s "$T/err" ]; then no "$name" 'said nothing at all'; fi
	if LC_ALL=C grep -qP "$raw" "$T/out" "$T/err"; then
		no "$name" "raw: $(LC_ALL=C grep -hP "$raw" "$T/out" "$T/err" | head -n 1 | od -c | head -n 3)"
	else ok; fi
}

# a model in which every text is hostile: producer, input, constants, tensors, layers, nodes, channels, classes, recipe
model() { # the head: linear or classes
	cat <<EOF
{"format":"tsviz-model","version":1,"producer":"p$json_evil",
"input":{"name":"x$json_evil","type":"t$json_evil","layout":"NCT","steps":4,"channels":2,"batch":1},
"constants":[{"name":"w$json_evil","shape":[3,2,1],"weight":true,"float32":[1,2,3,-1,0.5,2]}],
"layers":[{"name":"conv$json_evil","type":"Conv$json_evil","activation":"a$json_evil","kind":"analysed","nodes":[
{"op":"Conv","name":"n$json_evil","inputs":["x$json_evil","w$json_evil"],"outputs":["c$json_evil"],"attributes":{}}],
"pre":"c$json_evil","act":"c$json_evil","reads":[0]},
{"name":"pool$json_evil","type":"GlobalAveragePool","activation":"","kind":"analysed","nodes":[
{"op":"GlobalAveragePool","name":"g$json_evil","inputs":["c$json_evil"],"outputs":["p$json_evil"],"attributes":{}},
{"op":"Flatten","name":"f","inputs":["p$json_evil"],"outputs":["f"],"attributes":{}},
{"op":"Softmax","name":"s","inputs":["f"],"outputs":["y$json_evil"],"attributes":{"axis":{"int":1}}}],
"pre":"f","act":"f","reads":[1]}],
"output":"y$json_evil","channel_names":["u$json_evil","v$json_evil"],
"class_names":["k$json_evil","l$json_evil","m$json_evil"]}
EOF
}
model >"$T/m.json"
awk -v e="$evil" 'BEGIN { printf "time%s,\"a%s\",b%s,label%s\n", e, e, e, e
	for (i = 0; i < 30; i++) printf "\"2020 %d%s\",%d,%d,k%s%d\n", i, e, i % 7, i % 5, e, i % 3 }' >"$T/d.csv"
M="$T/m.json" D="$T/d.csv" R="--columns 2,3 --label 4"
"$TSVIZ" info "$M" >/dev/null 2>"$T/err" && ok || no 'the model loads' "$(cat "$T/err")"
"$TSVIZ" eval "$M" "$D" $R >/dev/null 2>"$T/err" && ok || no 'the data load' "$(cat "$T/err")"

clean 'info' "$TSVIZ" info "$M"
clean 'info --json' "$TSVIZ" info --json "$M"
for verb in predict eval analyze; do clean "$verb" "$TSVIZ" $verb "$M" "$D" $R; done
clean 'eval --json' "$TSVIZ" eval --json "$M" "$D" $R
clean 'analyze --all' "$TSVIZ" analyze --all "$M" "$D" $R
clean 'analyze --nodes' "$TSVIZ" analyze --nodes "$M" "$D" $R
for stage in graph shapes model recipe activations gradients; do clean "--dump $stage" "$TSVIZ" --dump $stage "$M" "$D" $R; done
for view in network layers grid clusters filter windows findings help; do
	clean "--screen $view" "$TSVIZ" "$M" "$D" $R --screen $view
	clean "--screen $view wide" "$TSVIZ" "$M" "$D" $R --screen $view --size 200x50
	clean "--plain $view" "$TSVIZ" "$M" "$D" $R --plain $view
done
typed=$(printf '%s' "$evil" | sed 's/./& /g')
clean 'search text' "$TSVIZ" "$M" "$D" $R --screen layers --keys "/ $typed enter"
clean 'command text' "$TSVIZ" "$M" "$D" $R --screen layers --keys ": $typed enter"
clean 'a key that is none' "$TSVIZ" "$M" "$D" $R --screen layers --keys "$evil"

# errors that repeat what was given
cp "$M" "$T/name$evil.json"
cp "$D" "$T/data$evil.csv"
clean 'file name of a model' "$TSVIZ" info "$T/name$evil.json"
clean 'file name on the screen' "$TSVIZ" "$T/name$evil.json" "$T/data$evil.csv" $R --screen network
clean 'missing model' "$TSVIZ" info "$T/no$evil"
clean 'missing data' "$TSVIZ" predict "$M" "$T/no$evil"
clean 'model that is none' "$TSVIZ" info "$T/data$evil.csv"
for option in columns predict label classes window rows fit scale missing derive split label-rule layout target importance method layers y \
	task seed clusters threads isa head size keys screen plain dump glyphs colours theme max-mem max-time index; do
	clean "--$option" "$TSVIZ" analyze "$M" "$D" $R "--$option" "$evil"
done
clean 'unknown option' "$TSVIZ" "--$evil"
clean 'unknown letter' "$TSVIZ" "-$evil"
clean 'one name too many' "$TSVIZ" info "$M" "$D" "$evil"
clean '-o' "$TSVIZ" info "$M" -o "$T/no$evil/x"
clean 'recipe file' "$TSVIZ" predict "$M" "$D" --recipe "$T/no$evil"
printf '{"%s":1}' "$json_evil" >"$T/r1.json"
printf '{"columns":["%s"]}' "$json_evil" >"$T/r2.json"
clean 'key of a recipe' "$TSVIZ" predict "$M" "$D" --recipe "$T/r1.json"
clean 'value of a recipe' "$TSVIZ" predict "$M" "$D" --recipe "$T/r2.json"
printf 'a,b\n1,2\n1,%s\n' "$evil" >"$T/cell.csv"
clean 'cell' "$TSVIZ" predict "$M" "$T/cell.csv"
printf '{"%s":1}' "$json_evil" >"$T/key.json"
clean 'key of a model' "$TSVIZ" info "$T/key.json"
sed 's/"op":"Conv"/"op":"'"$json_evil"'"/' "$M" >"$T/op.json"
clean 'operator' "$TSVIZ" info "$T/op.json"
TERM="$evil" clean 'TERM' "$TSVIZ" "$M" "$D" $R
# what is written to files is for terminals, too, sooner or later
"$TSVIZ" predict "$M" "$D" $R -o "$T/p.csv" && "$TSVIZ" analyze "$M" "$D" $R -o "$T/a.json" && "$TSVIZ" --dump model "$M" -o "$T/n.json"
for f in p.csv a.json n.json; do
	LC_ALL=C grep -qP "$raw" "$T/$f" && no "$f" 'raw' || ok
done
done_testing
