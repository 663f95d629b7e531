# Groups: no window crosses from one to the next, in every verb and in the browser.
. tests/cli/lib.sh
python=$(command -v /usr/bin/python3 || command -v python3)

# the windows of random tables, computed a second time by a plain program
if [ -n "$python" ] && "$python" -c 'import numpy' 2>/dev/null; then
	mkdir "$T/py"
	"$python" tests/groups.py "$TSVIZ" "$T/py" 1 40 >"$T/out" 2>&1 && ok || no 'windows of groups' "$(tail -n 1 "$T/out")"
else
	skip 'windows of groups' 'python3-numpy is not installed'
fi

# a network whose output is the largest value of column a in the window
cat >"$T/spec.json" <<'END'
{ "window": 4, "loss": "mse", "epochs": 1, "layers": [ { "type": "GlobalMaxPooling1D" }, { "type": "Dense", "units": 1 } ],
  "recipe": { "columns": "a", "predict": "a" } }
END
awk 'BEGIN { print "a"; for (i = 0; i < 40; i++) print sin(i) }' >"$T/train.csv"
"$TSVIZ" train -q "$T/spec.json" "$T/train.csv" -o "$T/m.json" || no 'train' ''

# The first and the last row of each group carry a mark in column a: 1000 where a group begins, -1000 where it ends.
# A window across a border would hold both, the end before the beginning. Row numbers say which rows a window has.
awk 'BEGIN { print "who,part,a"
	for (g = 1; g <= 5; g++) for (i = 0; i < 6 + g; i++) printf "subject %d,%d,%s\n", g, 1 + (i > 5), i == 0 ? 1000 : i == 5 + g ? -1000 : i }' >"$T/runs.csv"
awk 'BEGIN { print "who,a"; for (i = 0; i < 9; i++) for (g = 1; g <= 3; g++) printf "%d,%s\n", g, i == 0 ? 1000 : i == 8 ? -1000 : 10 * g + i }' >"$T/mixed.csv"
crossing() { # FILE: how many windows of 4 rows of their group hold the end of one group and the beginning of another
	awk -F, 'NR == FNR { if (FNR > 1) { who[FNR - 2] = $1; v[FNR - 2] = $NF } next }
		FNR > 1 { g = $3; n = 0; for (r = $2; n < 4 && r < 1000; r++) if (who[r] == g) { n++; if (n > 1 && v[r] == 1000) bad++; if (n < 4 && v[r] == -1000) bad++ } if (n < 4 || who[$2] != g) bad++ }
		END { print bad + 0, FNR - 1 }' "$1" "$T/p.csv"
}
"$TSVIZ" predict "$T/m.json" "$T/runs.csv" --group who >"$T/p.csv" 2>"$T/err"
is 'no window crosses a border' "$(crossing "$T/runs.csv")" '0 30'
is 'nothing is to be said' "$(cat "$T/err")" "$(grep recipe "$T/err")"
"$TSVIZ" predict -q "$T/m.json" "$T/mixed.csv" --group who >"$T/p.csv"
is 'no window crosses a border of interleaved groups' "$(crossing "$T/mixed.csv")" '0 18'
"$TSVIZ" predict -q "$T/m.json" "$T/runs.csv" >"$T/p.csv"
is 'without --group windows cross' "$(sed -n 1p "$T/p.csv" | cut -d, -f1-3) $(wc -l <"$T/p.csv")" 'window,row,output0 43'
is 'several columns' "$("$TSVIZ" predict -q "$T/m.json" "$T/runs.csv" --group who,part | cut -d, -f3 | uniq | tr '\n' ';')" \
	'group;subject 1 / part 1;subject 2 / part 1;subject 3 / part 1;subject 4 / part 1;subject 5 / part 1;subject 5 / part 2;subject 1 / part 1;subject 2 / part 1;subject 3 / part 1;subject 4 / part 1;subject 4 / part 2;subject 5 / part 1;subject 5 / part 2;'
is 'the group in JSON' "$("$TSVIZ" predict -q --json "$T/m.json" "$T/mixed.csv" --group who | grep -o '"group":"[0-9]*"' | head -n 3 | tr '\n' ' ')" '"group":"1" "group":"2" "group":"3" '

# every verb
is 'info' "$("$TSVIZ" info -q "$T/m.json" "$T/mixed.csv" --group who | grep -c '18 windows, 15 with a true value, in 3 groups, 4 steps x 1 channel: a')" 1
is 'info --json' "$("$TSVIZ" info -q --json "$T/m.json" "$T/mixed.csv" --group who | grep -o '"groups":[0-9]*')" '"groups":3'
is 'eval' "$("$TSVIZ" eval -q "$T/m.json" "$T/mixed.csv" --group who | grep -c 'in 3 groups')" 1
is 'eval --json' "$("$TSVIZ" eval -q --json "$T/m.json" "$T/mixed.csv" --group who | grep -o '"windows":15,"groups":3')" '"windows":15,"groups":3'
is 'analyze --all' "$("$TSVIZ" analyze --all -q --json "$T/m.json" "$T/mixed.csv" --group who | grep -o '"windows":15,"groups":3')" '"windows":15,"groups":3'
is 'analyze -w' "$("$TSVIZ" analyze -q --json "$T/m.json" "$T/mixed.csv" --group who -w 4 | grep -o '"group":"[^"]*"')" '"group":"2"'
# the last-value baseline by hand: mean of the squares of differences within a group
awk -F, 'NR > 1 { n[$1]++; if (n[$1] > 4) { s += ($2 - last[$1]) ^ 2; k++ } last[$1] = $2 } END { printf "%.7g", s / k }' "$T/mixed.csv" >"$T/mse"
is 'the baseline stays within a group' "$("$TSVIZ" eval -q "$T/m.json" "$T/mixed.csv" --group who | awk '/last value.*raw/ { printf "%.7g", $4 }')" "$(cat "$T/mse")"

# training takes the groups along
sed 's/"predict": "a"/"predict": "a", "group": "who"/' "$T/spec.json" >"$T/gspec.json"
"$TSVIZ" train "$T/gspec.json" "$T/mixed.csv" -o "$T/g.json" --fit 0:15 --split train >"$T/out" 2>&1 && ok || no 'train with groups' "$(cat "$T/out")"
is 'the recipe of the model has the group' "$("$TSVIZ" predict -q "$T/g.json" "$T/mixed.csv" --split all | sed -n '1p;2p' | cut -d, -f1-3 | tr '\n' ' ')" 'window,row,group 0,0,1 '
# rows 0:15 are five rows of each group: no window of the training reaches into the test's rows, and none the other way
is 'windows of the training' "$("$TSVIZ" predict -q "$T/g.json" "$T/mixed.csv" --split train | cut -d, -f2-3 | tail -n +2 | tr '\n' ' ')" '0,1 1,2 2,3 3,1 4,2 5,3 '
is 'windows of the test' "$("$TSVIZ" predict -q "$T/g.json" "$T/mixed.csv" --split test | cut -d, -f2-3 | tail -n +2 | tr '\n' ' ')" '15,1 16,2 17,3 '

# scaling by group: group g is 10^g times the same numbers, so that all windows of one time are alike once scaled
awk 'BEGIN { print "who,a"; for (i = 0; i < 9; i++) for (g = 1; g <= 3; g++) printf "%d,%s\n", g, (i * i % 7) * (10 ^ g) }' >"$T/size.csv"
sed 's/"predict": "a"/"predict": "a", "group": "who", "scale": "minmax", "scale-by": "group"/' "$T/spec.json" >"$T/sspec.json"
"$TSVIZ" train -q "$T/sspec.json" "$T/size.csv" -o "$T/s.json" --fit 0:15 --split train || no 'train by group' ''
is 'the recipe says by whom, and has no scaler' "$(grep -c '"scale-by": *"group"' "$T/s.json") $(grep -c scaler "$T/s.json")" '1 0'
"$TSVIZ" predict -q "$T/s.json" "$T/size.csv" --split all >"$T/p.csv"
is 'scaled alike' "$(awk -F, 'NR > 1 { k = int((NR - 2) / 3); if (k in y && y[k] != $4) bad++; y[k] = $4 } END { print bad + 0, NR }' "$T/p.csv")" '0 19'
# the smallest of a group is 0, the largest of rows 0:15 is 4 * 10^g
is 'raw units are those of the group' "$(awk -F, 'NR > 1 { d = $5 - 4 * 10 ^ $3 * $4; if (d * d > 1e-8 * $5 * $5) bad++ } END { print bad + 0 }' "$T/p.csv")" 0
is 'true values are those of the file' "$(sed -n '2,4p' "$T/p.csv" | cut -d, -f6 | tr '\n' ' ')" '20 200 2000 '
awk -F, 'NR > 1 && NR < 17 { d = $5 - $6; s += d * d } END { printf "%.5g", s / 15 }' "$T/p.csv" >"$T/mse"
is 'errors in raw units' "$("$TSVIZ" eval -q "$T/s.json" "$T/size.csv" --split all | awk '/model.*raw/ { printf "%.5g", $3 }')" "$(cat "$T/mse")"
is 'the scalers in JSON' "$("$TSVIZ" analyze --all -q --json "$T/s.json" "$T/size.csv" | grep -o '"scaler":{[^]]*]}')" \
	'"scaler":{"groups":[{"group":"1","min":0,"range":40},{"group":"2","min":0,"range":400},{"group":"3","min":0,"range":4000}]}'
is 'the browser in raw units' "$("$TSVIZ" -q "$T/s.json" "$T/size.csv" --split all --plain windows --keys X | awk '/^[0-2] / { print $3, $NF }' | sort -n | tr '\n' ' ')" '20 1 200 2 2000 3 '
# 20 200 2000 are true values of three windows that are alike once scaled
is 'the list is sorted by what it shows' "$("$TSVIZ" -q "$T/s.json" "$T/size.csv" --split all --plain windows --keys 'X s s' | awk 'NR > 1 && $3 != "-" { if (NR > 2 && $3 > last) bad++; last = $3; n++ } END { print bad + 0, (n > 9) }')" '0 1'
is 'info says it' "$("$TSVIZ" info -q "$T/s.json" "$T/size.csv" | grep scaling)" 'scaling: minmax, of each of 3 groups by its own statistics'
is '--scale none' "$("$TSVIZ" predict -q "$T/s.json" "$T/size.csv" --scale none | sed -n 1p)" 'window,row,group,output0,true0'
is 'another scaler for all' "$("$TSVIZ" predict -q "$T/s.json" "$T/size.csv" --scale-by all | sed -n '2,4p' | cut -d, -f4 | uniq | wc -l)" 3
# groups of which --fit has no row
"$TSVIZ" predict "$T/s.json" "$T/runs.csv" --fit 0:9 >"$T/out" 2>"$T/err"
is 'groups without a row of --fit' "$(grep -c "warning: runs.csv: --fit has no rows of 3 groups: 'subject 3', 'subject 4', 'subject 5'; each is scaled by the statistics of all of its rows" "$T/err") $(grep -c warning "$T/err")" '1 1'
# files are groups
mkdir "$T/parts"
for g in 1 3; do awk -F, -v g=$g 'NR == 1 || $1 == g { print $2 }' "$T/size.csv" >"$T/parts/$g.csv"; done
sed 's/"group": "who", //' "$T/sspec.json" >"$T/fspec.json"
"$TSVIZ" train -q "$T/fspec.json" "$T/parts" -o "$T/f.json" || no 'train on files by group' ''
is 'each file by itself' "$("$TSVIZ" predict -q "$T/f.json" "$T/parts" | awk -F, 'NR > 1 { k = $2 % 9; n += k in y; if (k in y && y[k] != $4) bad++; y[k] = $4 } END { print bad + 0, n }')" '0 6'
# refusals
refuses 'no groups' '1.csv: --scale-by group: the rows have no groups; --group COL names the column.*--scale-by all' "$TSVIZ" predict -q "$T/f.json" "$T/parts/1.csv"
refuses 'not how' 'add --scale standard or --scale minmax' "$TSVIZ" predict -q "$T/m.json" "$T/size.csv" --group who --scale-by group
printf '{"scale": "standard", "scale-by": "group", "group": "who", "scaler": "shift 1;scale 2"}' >"$T/both.json"
refuses 'a scaler for all' "'scale-by group' and a scaler that is the same for all groups" "$TSVIZ" predict -q "$T/m.json" "$T/size.csv" --recipe "$T/both.json"
sed 's/"predict": "a"/"predict": "a", "scale": "minmax"/' "$T/spec.json" >"$T/aspec.json"
"$TSVIZ" train -q "$T/aspec.json" "$T/size.csv" -o "$T/a.json" || no 'train with a scaler' ''
"$TSVIZ" predict "$T/a.json" "$T/size.csv" --group who --scale-by group >"$T/p.csv" 2>"$T/err"
is 'the scaler of the model gives way' "$(grep -c 'scale-by replaces the scaling that came with the model' "$T/err") $(sed -n '2,4p' "$T/p.csv" | cut -d, -f4 | uniq | wc -l)" '1 1'

# the browser: the list of windows has the group as a column, sorts by it, and shows one alone
"$TSVIZ" -q "$T/m.json" "$T/mixed.csv" --group who --plain windows >"$T/plain"
is 'the plain list' "$(sed -n '1p;3p' "$T/plain" | awk '{ print $1, $2, $NF }' | tr '\n' ' ')" 'window row group 1 1 2 '
"$TSVIZ" -q "$T/m.json" "$T/mixed.csv" --group who --plain windows --keys '& 2 enter' >"$T/plain"
is 'the windows of a group' "$(sed 1d "$T/plain" | awk '{ print $NF }' | uniq -c | tr -s ' ')" ' 6 2'

# short groups, empty cells, wrong names
printf 'who,a\n1,1\n1,2\n1,3\n1,4\n1,5\n2,1\n3,1\n3,2\n' >"$T/short.csv"
"$TSVIZ" predict "$T/m.json" "$T/short.csv" --group who >"$T/out" 2>"$T/err"
grep -q "2 groups are too short for a window of 4 steps: '2', '3'" "$T/err" && ok || no 'short groups are named' "$(cat "$T/err")"
is 'the group of two windows' "$(cut -d, -f2-3 "$T/out" | tr '\n' ' ')" 'row,group 0,1 1,1 '
printf 'who,a\n1,1\n1,2\n2,3\n2,4\n' >"$T/all.csv"
refuses 'no group is long enough' 'no group has enough rows for a window of 4 steps; the longest has 2' "$TSVIZ" predict -q "$T/m.json" "$T/all.csv" --group who
printf 'who,a\nx,1\n,2\nx,3\nx,4\nx,5\n' >"$T/hole.csv"
refuses 'a row without a group' "line 3, column 'who': the cell is empty, so the row has no group" "$TSVIZ" predict -q "$T/m.json" "$T/hole.csv" --group who
printf 'who,a\n,1\n1,2\n1,3\n1,4\n1,5\n' >"$T/first.csv"
refuses 'a first row without a group' "line 2, column 'who': the cell is empty, so the row has no group" "$TSVIZ" predict -q "$T/m.json" "$T/first.csv" --group who
refuses 'no such column' "group whom: no such column.*'who'" "$TSVIZ" predict -q "$T/m.json" "$T/mixed.csv" --group whom

# columns that look like groups are named, in one line, and their numbers are no channels
awk 'BEGIN { print "unit,trial,a"; for (i = 0; i < 40; i++) printf "%d,%s,%g\n", 1 + int(i / 20), i % 20 < 10 ? "x" : "y", sin(i) }' >"$T/u.csv"
"$TSVIZ" predict "$T/m.json" "$T/u.csv" >"$T/out" 2>"$T/err"
is 'groups that are not used' "$(grep -c "'unit', 'trial' look like groups, and windows cross from one to the next; --group 'unit,trial' keeps them apart" "$T/err") $(grep -c warning "$T/err")" '1 1'
"$TSVIZ" predict "$T/m.json" "$T/u.csv" --group unit >"$T/out" 2>"$T/err"
grep -q "warning: u.csv: 'trial' looks like groups" "$T/err" && ok || no 'a group within a group' "$(cat "$T/err")"
"$TSVIZ" predict "$T/m.json" "$T/u.csv" --group unit,trial >"$T/out" 2>"$T/err"
is 'all groups are used' "$(grep -c warning "$T/err")" 0
sed 's/^z/a/; s/"columns": "a", //' "$T/spec.json" >"$T/open.json"
printf '%s\n' unit Unit_Number 'unit nr' unique_id id SubjectID record 'Series' >"$T/names"
while read -r name; do
	sed "1s/.*/$name,other,b/" "$T/u.csv" >"$T/n.csv"
	"$TSVIZ" train -q "$T/open.json" "$T/n.csv" -o "$T/n.json" --predict b >"$T/out" 2>"$T/err"
	is "the column '$name' is no channel" "$("$TSVIZ" info -q "$T/n.json" | grep -c '4 steps x 1 channel')" 1
done <"$T/names"
# rows of several groups in turn, numbers that go on by one after long runs, numbers that come round
looks() { # NAME HEADER AWK-FORMAT-AND-ARGUMENTS PATTERN
	awk "BEGIN { print \"$2\"; for (i = 0; i < 60; i++) printf $3 }" >"$T/l.csv"
	"$TSVIZ" predict "$T/m.json" "$T/l.csv" >"$T/out" 2>"$T/err"
	grep -qE "$4" "$T/err" && ok || no "$1" "$(cat "$T/err")"
}
looks 'a unit whose rows come in turn' 'unit,a' '"%d,%g\n", 1 + i % 3, sin(i)' "'unit' looks like groups.*--group 'unit'"
looks 'ids that come in turn, of words' 'ticker,a' '"%s,%g\n", i % 2 ? "AA" : "BB", sin(i)' "'ticker' looks like groups.*--group 'ticker'"
looks 'a cycle id of consecutive rows' 'cycle_id,a' '"%d,%g\n", i / 12, sin(i)' "'cycle_id' looks like groups"
looks 'numbers that go on by one' 'q,a' '"%d,%g\n", 1 + i / 12, sin(i)' "'q' looks like groups.*--group 'q'"
looks 'numbers that come round' 'q,a' '"%d,%g\n", 1 + i % 5, sin(i)' "'q' looks like groups"
looks 'several in one warning' 'subject,q,site,a' '"%d,%d,%s,%g\n", i % 2, i / 15, i < 30 ? "x" : "y", sin(i)' "'subject', 'q', 'site' look like groups.*--group 'subject,q,site'"
is 'one warning' "$(grep -c 'like groups' "$T/err")" 1
looks 'a name with a comma' '\"unit, number\",a' '"%d,%g\n", i / 20, sin(i)' "'unit, number' looks like groups.*--group '#1'"
quiet() {
	awk "BEGIN { print \"$2\"; for (i = 0; i < 60; i++) printf $3 }" >"$T/l.csv"
	is "$1" "$("$TSVIZ" predict "$T/m.json" "$T/l.csv" 2>&1 >/dev/null | grep -c 'like groups')" 0
}
quiet 'an hour is no group' 'hour,a' '"%d,%g\n", i % 24, sin(i)'
quiet 'a number of each row is no group' 'record,a' '"%d,%g\n", i, sin(i)'
quiet 'a switch is no group' 'on,a' '"%d,%g\n", (i > 30), sin(i)'
quiet 'a battery is no group' 'battery,a' '"%d,%g\n", 100 - i / 7 * 2, sin(i)'
sed '1s/.*/level,other,b/' "$T/u.csv" >"$T/n.csv"
"$TSVIZ" train -q "$T/open.json" "$T/n.csv" -o "$T/n.json" --predict b >"$T/out" 2>"$T/err"
is 'another column of steps is a channel' "$("$TSVIZ" info -q "$T/n.json" | grep -c '4 steps x 2 channels')" 1
done_testing
