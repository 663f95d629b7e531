# Times of the rows: columns that are no signal, rates, gaps.
. tests/cli/lib.sh
cat >"$T/spec.json" <<'END'
{ "window": 4, "loss": "mse", "epochs": 1, "layers": [ { "type": "GlobalMaxPooling1D" }, { "type": "Dense", "units": 1 } ] }
END
awk 'BEGIN { print "z"; for (i = 0; i < 40; i++) print sin(i) }' >"$T/train.csv"
"$TSVIZ" train -q "$T/spec.json" "$T/train.csv" -o "$T/m.json" || no 'train' ''
M=$T/m.json

# a column and its name, the numbers it holds, and what is said of it; '-': it is a channel, and the model is not for two
while IFS='|' read -r name formula says; do
	awk -v name="$name" "BEGIN { print name \",a\"; for (i = 0; i < 40; i++) printf \"%.15g,%g\\n\", $formula, sin(i) }" >"$T/d.csv"
	"$TSVIZ" info "$M" "$T/d.csv" >"$T/out" 2>"$T/err"
	case $says in
	-) grep -q 'the model reads 1 channel, the recipe gives 2' "$T/err" && ok || no "'$name' of $formula is a channel" "$(cat "$T/err" "$T/out")" ;;
	*)
		grep -q "no channel; --columns names the channels" "$T/err" && ok || no "'$name' of $formula is said" "$(cat "$T/err")"
		grep -q "^time: .*$says" "$T/out" && ok || no "the time in '$name'" "$(tail -n 3 "$T/out")"
		is "'$name' leaves one channel" "$(grep -c '4 steps x 1 channel: a$' "$T/out")" 1
		;;
	esac
done <<'END'
time|i * 0.01|(numbers), one row every 0.01$
Time (ms)|i * 4|(elapsed time), one row every 4 ms, 250 rows a second
timestamp|1700000000 + 60 * i|(Unix seconds), one row every 1 min
epoch|1700000000000 + 20 * i|(Unix milliseconds), one row every 20 ms, 50 rows a second
datetime|20240101000000 + i|(dates), one row every 1 s
startTime|i|(numbers), one row every 1$
INDEX|i + 5|one row every 1
id|i|one row every 1
Unnamed: 0|i|one row every 1
|i|one row every 1
sample|i|one row every 1
Sample No.|i|one row every 1
sample_no|i|one row every 1
SampleNo|i|one row every 1
Row-Number|i|one row every 1
Row ID|i * 2|one row every 2
X Value|i * 0.5|one row every 0.5
t|i|one row every 1
sample|i * 2|-
signal|i|-
index|i % 7|-
time|sin(i)|-
timing|i|-
m/s|i|-
[s]|i|-
END
awk 'BEGIN { print "time,a"; for (i = 0; i < 40; i++) print i "," sin(i) }' >"$T/d.csv"
"$TSVIZ" predict "$M" "$T/d.csv" --columns time >"$T/out" 2>"$T/err" && ! grep -q 'no channel' "$T/err" && ok || no '--columns takes the time' "$(cat "$T/err")"
# a model that was trained on a column named like a time reads it
sed 's/^z/time/' "$T/train.csv" >"$T/own.csv"
"$TSVIZ" train -q "$T/spec.json" "$T/own.csv" -o "$T/own.json" 2>"$T/err"
"$TSVIZ" info "$T/own.json" "$T/d.csv" >"$T/out" 2>"$T/err"
is "the model's own channel" "$(grep -c '1 channel: time$' "$T/out") $(grep -c 'no channel' "$T/err" "$T/out" | tr '\n' ' ')" "1 $T/err:0 $T/out:0 "
awk 'BEGIN { print "time"; for (i = 0; i < 40; i++) print i }' >"$T/d.csv"
"$TSVIZ" predict "$M" "$T/d.csv" >"$T/out" 2>"$T/err" && ! grep -q 'no channel' "$T/err" && ok || no 'the only column is a channel' "$(cat "$T/err")"

# a gap of three hours after row 9, and one of two after row 29
awk 'BEGIN { print "date,a"; for (i = 0; i < 40; i++) printf "2024-01-%02d %02d:00,%d\n", 1 + int(h / 24), h % 24, h, h += i == 9 ? 3 : i == 29 ? 2 : 1 }' >"$T/g.csv"
"$TSVIZ" predict "$M" "$T/g.csv" >"$T/all.csv" 2>"$T/err"
is 'a gap is said once' "$(grep -c 'warning: g.csv: gap of 3 h after row 9 (the first of 2); windows cross it; --gaps drop leaves them out' "$T/err") $(grep -c warning "$T/err")" '1 1'
is 'windows cross gaps' "$(sed 1d "$T/all.csv" | wc -l)" 37
"$TSVIZ" predict "$M" "$T/g.csv" --gaps drop >"$T/drop.csv" 2>"$T/err"
is 'no window crosses a gap' "$(cut -d, -f2 "$T/drop.csv" | sed 1d | sort -n | tr '\n' ' ')" \
	"$(awk 'BEGIN { for (i = 0; i < 37; i++) if ((i > 9 || i + 3 <= 9) && (i > 29 || i + 3 <= 29)) printf "%d ", i }')"
is 'true values do not cross a gap' "$(awk -F, 'NR > 1 && $NF == "" { printf "%d ", $2 }' "$T/drop.csv")" '6 26 36 '
is 'the outputs are the same' "$(sed 1d "$T/drop.csv" | cut -d, -f2-4 | sort >"$T/a"; sed 1d "$T/all.csv" | cut -d, -f2-4 | sort >"$T/b"; comm -23 "$T/a" "$T/b")" ''
grep -q 'gap of 3 h after row 9 (the first of 2); no window crosses it' "$T/err" && ok || no 'a gap that no window crosses' "$(cat "$T/err")"
is 'the last stamp before a gap' "$(sed -n 2p "$T/drop.csv" | cut -d, -f3)" '2024-01-01 00:00'
printf 'x,a\n1,2\n5,2\n1,2\n5,2\n1,2\n7,1\n' >"$T/x.csv"
refuses 'no times' '--gaps drop: no column holds the times of the rows' "$TSVIZ" predict -q "$M" "$T/x.csv" --columns a --gaps drop
awk 'BEGIN { print "time,a"; for (i = 0; i < 40; i++) { t += 1 + (i % 5 < 2) * 20; print t ",1" } }' >"$T/x.csv"
refuses 'no usual step' "--gaps drop: column 'time' has no usual step" "$TSVIZ" predict -q "$M" "$T/x.csv" --gaps drop

# dates and clocks in columns of their own; falls; the steps of one group say nothing about the next
awk 'BEGIN { print "date,time,a"; for (i = 0; i < 40; i++) printf "%02d.01.2024,%02d:00:00,%d\n", 1 + int(i / 24), i % 24, i }' >"$T/d.csv"
"$TSVIZ" info "$M" "$T/d.csv" >"$T/out" 2>"$T/err"
is 'date and clock apart' "$(grep ^time: "$T/out") $(grep warning "$T/err")" "time: column 'date' (dates, day first), one row every 1 h "
is 'the stamp of both' "$("$TSVIZ" predict -q "$M" "$T/d.csv" | sed -n 3p | cut -d, -f3)" '01.01.2024 01:00:00'
awk 'BEGIN { print "who,time,a"; for (g = 0; g < 3; g++) for (i = 0; i < 20; i++) printf "%d,%d,%d\n", g, i + (i > 9 && g == 1 ? 5 : 0), i }' >"$T/d.csv"
"$TSVIZ" predict "$M" "$T/d.csv" --columns a >"$T/out" 2>"$T/err"
grep -q "column 'time' falls after row 19 (the first of 2)" "$T/err" && ok || no 'the time falls' "$(cat "$T/err")"
"$TSVIZ" predict "$M" "$T/d.csv" --columns a --group who --gaps drop >"$T/out" 2>"$T/err"
is 'gaps in groups' "$(grep -o 'gap of .*' "$T/err") $(sed 1d "$T/out" | wc -l) $(grep -c falls "$T/err")" 'gap of 6 after row 29; no window crosses it 48 0'
awk 'BEGIN { print "date,a"; for (i = 1; i < 12; i++) printf "%02d/%02d/2024,%d\n", i, i, i }' >"$T/d.csv"
"$TSVIZ" predict "$M" "$T/d.csv" >"$T/out" 2>"$T/err"
grep -q "column 'date': '01/01/2024' may have the day or the month first" "$T/err" && ok || no 'an order that is in doubt' "$(cat "$T/err")"

# A first column without a name that counts the rows is a channel, and the other reading is named. formula|from, or '-': no word
while IFS='|' read -r formula says; do
	awk "BEGIN { for (i = 0; i < 40; i++) printf \"%.15g,%g,%g\\n\", $formula, sin(i), cos(i) }" >"$T/c.csv"
	"$TSVIZ" train "$T/spec.json" "$T/c.csv" -o "$T/c.m.json" >"$T/out" 2>"$T/err"
	grep -q 'the first column rises evenly' "$T/err" && word=$(sed -n 's/.*rises evenly, from \(.*\) on, as .*; --columns \(.*\) leaves it out/\1 \2/p' "$T/err") || word=-
	is "a first column of $formula" "$word" "$says"
	is "$formula stays a channel" "$("$TSVIZ" info -q "$T/c.m.json" | grep -c '4 steps x 3 channels')" 1
done <<'END'
i|0 2,3
i + 1|1 2,3
int(1000 * i / 180 + 0.5) / 1000|0 2,3
-3 + 0.5 * i|-3 2,3
sin(i / 4)|-
i * i|-
i - (i > 20)|-
3|-
END
awk 'BEGIN { for (i = 0; i < 40; i++) print i "," sin(i) }' >"$T/c.csv"
"$TSVIZ" train "$T/spec.json" "$T/c.csv" --columns 1,2 -o "$T/c.m.json" >"$T/out" 2>"$T/err"
is 'a first column that is asked for' "$(grep -c 'rises evenly' "$T/err")" 0
awk 'BEGIN { print "level,a"; for (i = 0; i < 40; i++) print i "," sin(i) }' >"$T/c.csv"
"$TSVIZ" train "$T/spec.json" "$T/c.csv" -o "$T/c.m.json" >"$T/out" 2>"$T/err"
is 'a first column with a name' "$(grep -c 'rises evenly' "$T/err")" 0
awk 'BEGIN { for (i = 0; i < 40; i++) print i }' >"$T/c.csv"
"$TSVIZ" train "$T/spec.json" "$T/c.csv" -o "$T/c.m.json" >"$T/out" 2>"$T/err"
is 'the only column' "$(grep -c 'rises evenly' "$T/err")" 0

# times whose parts are columns of numbers: header|format and arguments of awk's printf|what is said|the time of row 30
while IFS='|' read -r header form says stamp; do
	awk "BEGIN { print \"$header,a\"; for (i = 0; i < 40; i++) printf \"$form, sin(i) }" >"$T/d.csv"
	"$TSVIZ" info "$M" "$T/d.csv" >"$T/out" 2>"$T/err"
	case $says in
	-) grep -q 'together are the time' "$T/err" && no "$header" "$(cat "$T/err")" || ok ;;
	*)
		grep -q "together are the time of the rows and are no channels; --columns names the channels" "$T/err" && ok || no "$header is said" "$(cat "$T/err")"
		grep -q "^time: .*$says" "$T/out" && ok || no "the time of $header" "$(tail -n 3 "$T/out")"
		is "$header leave one channel" "$(grep -c '4 steps x 1 channel: a$' "$T/out")" 1
		is "$header: stamp" "$("$TSVIZ" predict -q "$M" "$T/d.csv" | awk -F, '$2 == 30 { print $3 }')" "$stamp"
		;;
	esac
done <<'END'
year,month,day,hour|2024,3,%d,%d,%g\n", 1 + int(i / 24), i % 24|one row every 1 h|2024-03-02 06
No,Year,Month,Day,Hour,Minute|%d,24,12,31,%d,%d,%g\n", i, 20 + int(i / 12), i % 12 * 5|one row every 5 min|24-12-31 22:30
YY,MM,DD,hh,mm|2024,03,01,%02d,%02d,%g\n", int(i / 6), i % 6 * 10|one row every 10 min|2024-03-01 05:00
year,doy,hour|2024,%d,%d,%g\n", 365 + int(i / 24), i % 24|one row every 1 h|2024-366 06
date,time|20240301,%d,%g\n", int(i / 6) * 100 + i % 6 * 10|one row every 10 min|20240301 500
date,hhmmss|20240301,1200%02d,%g\n", i|one row every 1 s|20240301 120030
year,month,day,hour|2024,%d,%d,%d,%g\n", 1 + i * 7 % 12, 1 + i * 5 % 28, i % 24|-|
hour,minute|%d,%d,%g\n", i / 60, i % 60|-|
END
is 'parts that are asked for are channels' "$(awk 'BEGIN { print "year,month,day,hour,a"; for (i = 0; i < 40; i++) print "2024,3," 1 + int(i / 24) "," i % 24 "," sin(i) }' >"$T/d.csv"; "$TSVIZ" info -q "$M" "$T/d.csv" --columns hour | grep -c '1 channel: hour')" 1
awk 'BEGIN { print "start,time,a"; for (i = 0; i < 40; i++) printf "2024-03-01T00:00:00Z,2024-03-01T00:%02d:00Z,%g\n", i, sin(i) }' >"$T/d.csv"
is 'a constant time before the time' "$("$TSVIZ" info "$M" "$T/d.csv" 2>&1 | grep -c "^time: column 'time' .*one row every 1 min")" 1
awk 'BEGIN { print "STATION,MESS,a"; for (i = 0; i < 40; i++) printf "44,2024030100%02d,%g\n", i, sin(i) }' >"$T/d.csv"
is 'dates as numbers in the second column' "$("$TSVIZ" info "$M" "$T/d.csv" --columns a 2>&1 | grep -c "^time: column 'MESS' .*one row every 1 min")" 1
done_testing
