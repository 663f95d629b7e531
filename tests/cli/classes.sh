# Which class an output means, and how sure the network is of it: all verbs and all views say the same of the same network. Four
# networks with the same weights: a logit, its sigmoid, two logits, their softmax; the two logits are 0 and the one.
. tests/cli/lib.sh
many_runs
# y = 4 x0 - x1 - 0.13 of windows of 2 steps
net() { # FILE UNITS HEAD
	if [ "$2" = 1 ]; then w='4,-1' b='-0.13'; else w='0,0,4,-1' b='0,-0.13'; fi
	if [ -n "$3" ]; then
		axis='{}'
		[ "$3" = Sigmoid ] || axis='{"axis":{"int":-1}}'
		tail=",{\"op\":\"$3\",\"name\":\"head\",\"inputs\":[\"z\"],\"outputs\":[\"y\"],\"attributes\":$axis}" out=y
	else tail='' out=z; fi
	cat >"$1" <<-END
		{"format":"tsviz-model","version":1,"producer":"a test","input":{"name":"x","type":"Input","layout":"NT","steps":2,"channels":1,"batch":1},
		"constants":[{"name":"w","shape":[$2,2],"weight":true,"float32":[$w]},{"name":"b","shape":[$2],"weight":true,"float32":[$b]}],
		"layers":[{"name":"d","type":"Dense","activation":"","kind":"analysed","nodes":[{"op":"Gemm","name":"d","inputs":["x","w","b"],"outputs":["z"],
		"attributes":{"transB":{"int":1}}}$tail],"pre":"z","act":"$out","reads":[0]}],"output":"$out"}
	END
}
net "$T/logit.json" 1 ''
net "$T/sigmoid.json" 1 Sigmoid
net "$T/logits.json" 2 ''
net "$T/softmax.json" 2 Softmax
net "$T/logsoftmax.json" 2 LogSoftmax
# logits from -3 to 3, of both signs and some between 0 and 0.5; the classes are wrong here and there
awk 'BEGIN { print "a,kind"; for (i = 0; i < 41; i++) printf "%.2f,%s\n", (i * 7 % 41) / 41 - 0.45, i % 5 ? "no" : "yes" }' >"$T/d.csv"
R="--columns a --label kind --classes no,yes --task classification"
for m in logit sigmoid logits softmax logsoftmax; do
	"$TSVIZ" predict "$T/$m.json" "$T/d.csv" $R 2>"$T/err" >"$T/p.csv" || no "$m: predict" "$(cat "$T/err")"
	# window, class by hand, its probability, loss of the true class
	awk -F, 'NR > 1 && NR < 43 { x[NR] = $1; c[NR] = $2 } END { for (i = 2; i < 42; i++) {
		z = 4 * x[i] - x[i + 1] - 0.13; p = 1 / (1 + exp(-z)); cls = z > 0; t = c[i + 1] == "yes"
		printf "%d %s %.4f %.5f\n", i - 2, cls ? "yes" : "no", cls ? p : 1 - p, -log(t ? p : 1 - p) } }' "$T/d.csv" >"$T/hand"
	awk -F, 'NR > 1 { print $1, $(NF - 1) }' "$T/p.csv" >"$T/got"
	awk '{ print $1, $2 }' "$T/hand" | cmp -s - "$T/got" && ok || no "$m: predict" "$(paste "$T/hand" "$T/got" | awk '$2 != $6' | head -n 3)"
	# eval: the confusion matrix is that of predict's rows
	want=$(awk -F, 'NR > 1 { n[$NF "," $(NF - 1)]++ } END { printf "[%d,%d,%d,%d]", n["no,no"], n["no,yes"], n["yes,no"], n["yes,yes"] }' "$T/p.csv")
	is "$m: eval" "$("$TSVIZ" eval "$T/$m.json" "$T/d.csv" $R --json 2>&1 | tr -d '\n ' | grep -o '"confusion":[][0-9,]*' | tr -d '[]' | sed 's/"confusion":/[/; s/,*$/]/')" "$want"
	# analyze and the browser, window by window
	"$TSVIZ" browse "$T/$m.json" "$T/d.csv" $R --plain windows >"$T/list" 2>&1
	for w in 0 1 4 7 9 12; do
		read -r _ cls p loss <<-END
			$(sed -n "$((w + 1))p" "$T/hand")
		END
		k=0
		[ "$cls" = no ] || k=1
		"$TSVIZ" analyze "$T/$m.json" "$T/d.csv" $R -w $w --no-saliency >"$T/a.json" 2>&1
		is "$m, window $w: class of analyze" "$(grep -o '^"class":[^,]*' "$T/a.json")" "\"class\":$k"
		is "$m, window $w: loss" "$(sed -n 's/^"loss":{"kind":"[a-z_]*","value":\([^}]*\)}.*/\1/p' "$T/a.json" |
			awk -v e="$loss" '{ d = $1 - e; print d * d < 1e-9 ? "same" : $1 }')" same
		is "$m, window $w: predicted in the list" "$(awk -v w=$w '$1 == w { print $4 }' "$T/list")" $cls
		is "$m, window $w: error in the list" "$(awk -v w=$w -v e="$loss" '$1 == w { d = $5 - e; print d * d < 1e-6 ? "same" : $5 }' "$T/list")" same
		is "$m, window $w: the browser" "$("$TSVIZ" browse "$T/$m.json" "$T/d.csv" $R -w $w --plain network 2>&1 | sed -n 's/.*predicted //p')" "$cls $(awk -v p="$p" 'BEGIN { printf "%.2f", p }')"
	done
	case $m in logit | sigmoid) kind=binary_crossentropy ;; *) kind=crossentropy ;; esac
	is "$m: kind of loss" "$(grep -o '"kind":"[a-z_]*"' "$T/a.json" | head -n 1)" "\"kind\":\"$kind\""
done
# classes are not compared with columns in silence
awk 'BEGIN { print "a,b"; for (i = 0; i < 60; i++) printf "%.4f,%.4f\n", sin(i / 5), cos(i / 3) }' >"$T/two.csv"
"$TSVIZ" eval tests/survey/net.onnx "$T/two.csv" >"$T/out" 2>"$T/err"
is 'logits without a label' "$(grep -c 'usual causes: the outputs are classes whose column was not named (--label), another scaling' "$T/err")" 1
"$TSVIZ" eval tests/survey/net.onnx "$T/two.csv" --predict a >"$T/out" 2>"$T/err"
is 'columns that were named' "$(grep -c 'usual causes: another scaling' "$T/err")" 1
done_testing
