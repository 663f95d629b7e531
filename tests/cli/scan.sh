# scan: every column and event against an independent computation (tests/gen_record.py), the .npy form, annotations, and the same
# bytes from threads.
. tests/cli/lib.sh
D=tests/record
O="$D/series.csv --columns a,b --group who --scale standard --step 3"
W='error>0.3 saliency_a<0.4 or saliency_b>0.9'
python=/usr/bin/python3
scan() { "$TSVIZ" scan "$@" 2>"$T/said" || no "scan $*" "$(head -c 300 "$T/said")"; }
many_runs

for kind in forecast classes; do
	case $kind in forecast) more='--predict a' above=0.446 ;; *) more='--label label' above=0.873 ;; esac
	# shellcheck disable=SC2086
	scan $D/$kind.onnx $O $more --threads 1 -o "$T/$kind.csv" --events "$T/events.csv" --where "$W" --saliency-above $above
	# shellcheck disable=SC2086
	scan $D/$kind.onnx $O $more --threads 3 >"$T/three.csv" --events "$T/limits.csv"
	cmp -s "$T/$kind.csv" "$T/three.csv" && ok || no "$kind" 'three threads write other bytes than one'
	sed -n 's/.*events: error above \(.*\), saliency above \(.*\)/\1,\2/p' "$T/said" >"$T/limits.csv"
	# shellcheck disable=SC2086
	scan $D/$kind.onnx $O $more -o "$T/$kind.npy"
	if [ -x $python ]; then
		tr ' ' , <$D/${kind}_limits.txt >"$T/want.csv"
		is "$kind, every number" "$($python $D/compare.py $D/$kind.csv "$T/$kind.csv" 2>&1)" ''
		is "$kind, events" "$($python $D/compare.py $D/${kind}_events.csv "$T/events.csv" 5 2>&1)" ''
		is "$kind, thresholds" "$($python $D/compare.py "$T/want.csv" "$T/limits.csv" 2>&1)" ''
		$python -c 'import numpy' 2>/dev/null || skip "$kind, .npy" 'no numpy'
		! $python -c 'import numpy' 2>/dev/null || is "$kind, .npy" "$($python - "$T/$kind.csv" "$T/$kind.npy" <<'END' 2>&1
import csv, sys, numpy as np
rows = list(csv.reader(open(sys.argv[1]))); a = np.load(sys.argv[2])
assert rows[0] == list(a.dtype.names) and len(a) == len(rows) - 1, a.dtype
names = {"group": ["ann", "bob"]}
if "p_N" in rows[0]: names.update(prediction="NSV", truth="NSV")
for r, q in zip(rows[1:], a):
    for n, text in zip(rows[0], r):
        v = q[n]
        if n == "time": assert text == v.decode(), v
        elif n in names and text: assert names[n][int(v)] == text, (n, text, v)
        else: assert np.isnan(v) if text == "" else abs(float(text) - v) <= 1e-8 * max(1, abs(v)), (n, text, v)
END
)" ''
		sed '22s/\.\([0-9]\)\([0-9]*\)$/.\2\1/' "$T/$kind.csv" >"$T/wrong.csv"
		$python $D/compare.py $D/$kind.csv "$T/wrong.csv" >/dev/null 2>&1 && no 'the comparison' 'sees no wrong number' || ok
	else
		skip "$kind" 'no python3'
	fi
done

# annotations: the samples of a record with a rate; the events are those of the table
H=$D/forecast.onnx
mkdir "$T/w" && cp tests/foreign/f16_1.hea tests/foreign/f16_1.dat "$T/w"
for end in csv atr edf; do
	scan $H "$T/w/f16_1.hea" --columns 1 --derive diff --step 3 --scale standard --predict 1 -o "$T/steps.csv" --events "$T/w/e.$end" --error-above 1e-9
done
if [ -x $python ]; then
	awk -F, 'NR > 1 { print $4, $1, $7 }' "$T/w/e.csv" | sort -s -n -k 1,1 >"$T/want"
	is 'there are events' "$(test "$(wc -l <"$T/want")" -gt 3 && echo yes)" yes
	is 'annotations of WFDB' "$($python $D/notes.py "$T/w/e.atr")" "$(cat "$T/want")"
	awk -F, -v rate="360" \
		'NR > 1 { printf "%.6f %.6f %s %s\n", $2 / rate, ($3 - $2 + 1) / rate, $1, $7 }' "$T/w/e.csv" >"$T/want"
	is 'annotations of EDF+' "$($python $D/notes.py "$T/w/e.edf")" "$(cat "$T/want")"
fi

# ready windows lie one after the other; what has no place in time speaks of its whole window
"$TSVIZ" scan tests/survey/net.onnx tests/survey/windows.npz -q --no-saliency >"$T/ready.csv"
is 'steps of ready windows' "$(wc -l <"$T/ready.csv")" $((40 * 24 + 1))
"$TSVIZ" predict tests/survey/net.onnx tests/survey/windows.npz -q | awk -F, 'NR > 1 { for (i = 0; i < 24; i++) print $6 }' >"$T/want"
is 'classes of ready windows' "$(awk -F, 'NR > 1 { print $3 }' "$T/ready.csv" | cmp - "$T/want" 2>&1)" ''

# shellcheck disable=SC2086
set -- "$TSVIZ" scan $D/forecast.onnx $O --predict a -q
refuses 'a name that does not exist' "'eror' is no number of a step; these are: prediction, truth, error" "$@" --events "$T/x.csv" --where 'eror>1'
# the language is that of & for filters: brackets, `not`, signs for words
for where in 'not (error<=1 or not saliency>0.5)' '!(error<=1) & saliency>0.5' 'saliency>0.5 (not error<=1)'; do
	"$@" -o "$T/z.csv" --events "$T/$((n_where += 1)).csv" --where "$where" 2>/dev/null || no "--where $where" "exit $?"
	[ $n_where -gt 1 ] || sed 's/,[^,]*$//' "$T/1.csv" >"$T/1.events"
	is "--where $where" "$(sed 's/,[^,]*$//' "$T/$n_where.csv" | cmp - "$T/1.events" 2>&1)" ''
done
"$@" -o "$T/z.csv" --events "$T/other.csv" --where 'error>1 or saliency>0.5' 2>/dev/null
sed 's/,[^,]*$//' "$T/other.csv" | cmp -s - "$T/1.events" && no '--where with or' 'says the same as with and' || ok
# rows are sorted by their first step, also where an event begins before one that ends first, and say what made each an event
"$@" -o "$T/z.csv" --events "$T/order.csv" --where 'prediction>-1e9' --error-above 1 --saliency-above 1e-9 2>/dev/null
is 'rows by their first step' "$(sed 1d "$T/order.csv" | cut -d , -f 2 | sort -c -n 2>&1)" ''
is 'one event begins before another ends' "$(awk -F, 'NR > 2 && $2 <= end { n++ } NR > 1 { end = $3 } END { print (n > 0) }' "$T/order.csv")" 1
is 'what made it an event' "$(sed '1d; s/,.*,/ /' "$T/order.csv" | sort -u | tr '\n' ';')" 'error above 1;expression prediction>-1e9;saliency above 1e-09;'
refuses 'a bracket too few' 'column 9: a closing bracket is missing' "$@" --events "$T/x.csv" --where '(error>1'
refuses 'an expression without an operator' 'one of < <= > >= = != is expected' "$@" --events "$T/x.csv" --where 'error'
refuses 'a threshold that is no number' "error-above 'x': a number is expected" "$@" --events "$T/x.csv" --error-above x
refuses 'another ending' 'the name ends otherwise' "$@" --events "$T/x.txt"
refuses 'annotations without a rate' 'have no rate, which annotations need' "$@" --events "$T/x.atr"
refuses 'a threshold without events' 'give it' "$@" --error-above 1
is 'nothing is left behind' "$(ls "$T" | grep -c '^x')" 0
done_testing
