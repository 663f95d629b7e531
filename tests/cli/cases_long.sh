# Tables of time steps as instruments and programs write them: what is read is what stands in them, or a sentence helps.
. tests/cli/lib.sh
many_runs
cat >"$T/s.json" <<'E'
{"window": 8, "layers": [{"type": "Conv1D", "filters": 2, "kernel": 3, "padding": "same", "activation": "relu"},
{"type": "GlobalAveragePooling1D"}, {"type": "Dense", "units": 1}], "loss": "mse", "epochs": 1, "batch": 4, "recipe": {"columns": "a", "predict": "a"}}
E
# rows FORMAT: 40 rows of i, a (three decimals) and b (two decimals), as awk's printf writes them
rows() {
	awk -v f="$1" 'BEGIN { for (i = 0; i < 40; i++) printf f "\n", i, 3 * sin(i / 3) + 20, 1000 * cos(i / 5) + 1500 }'
}
comma() { rows "$1" | tr . ,; }
{ echo 'i,a,b'; rows '%d,%.3f,%.2f'; } >"$T/base.csv"
"$TSVIZ" train -q "$T/s.json" "$T/base.csv" -o "$T/with.json" 2>"$T/err" && ok || no train "$(cat "$T/err")"
M=$T/m.json
sed 's/"recipe":{[^}]*}/"recipe":{}/' "$T/with.json" >"$M"
values() { # FILE COLUMN [OPTIONS]: outputs and true values of all windows
	f=$1 c=$2
	shift 2
	"$TSVIZ" predict "$M" "$f" --columns "$c" --predict "$c" "$@" 2>"$T/err" | awk -F, 'NR > 1 { print $(NF - 1), $NF }'
}
values "$T/base.csv" a >"$T/want"
is 'the clean file has its windows' "$(wc -l <"$T/want")" 33
same() { # NAME COLUMN [OPTIONS], the file on stdin: the same values as in the clean file
	name=$1 c=$2
	shift 2
	cat >"$T/in" && mv "$T/in" "$T/x"
	values "$T/x" "$c" "$@" >"$T/got"
	cmp -s "$T/got" "$T/want" && ok || no "$name" "$(head -c 200 "$T/err") $(head -2 "$T/got" | tr '\n' '|')"
}
says() { grep -qE -- "$2" "$T/err" && ok || no "$1" "$(cat "$T/err")"; }
silent() { grep -qE -- "$2" "$T/err" && no "$1" "$(cat "$T/err")" || ok; }
refused() { # NAME PATTERN [OPTIONS], the file on stdin
	name=$1 pattern=$2
	shift 2
	cat >"$T/in" && mv "$T/in" "$T/x"
	refuses "$name" "$pattern" "$TSVIZ" predict -q "$M" "$T/x" --columns a --predict a "$@"
}
info() { "$TSVIZ" info -q "$M" "$T/x" --columns a --predict a | grep "^$1"; }

# encodings
for enc in UTF-32 UTF-32LE UTF-32BE; do iconv -f UTF-8 -t $enc "$T/base.csv" | same "$enc" a; done
{ printf 'i,a,Gr\237n\215\n'; rows '%d,%.3f,%.2f'; } | same 'a code page' a
"$TSVIZ" predict "$M" "$T/x" --columns a --predict a >"$T/out" 2>"$T/err"
says 'a code page is said' 'Mac Roman, code page 437 or another encoding.*--encoding NAME says which'
{ printf 'i,a,Gr\374n\n'; rows '%d,%.3f,%.2f'; } | same 'Latin-1' a
is 'Latin-1 needs no warning' "$(grep -c 'Mac Roman' "$T/err")" 0
# units in cells
degrees() { rows '%d,%.3f °C,%.2f V'; }
{ echo i,a,b; degrees; } | same 'units in cells' a
is 'the units are said' "$(info units)" 'units in the cells: a in °C, b in V'
{ echo 'i;a;b'; comma '%d;%.3f kWh;%.2f'; } | same 'a unit behind a decimal comma' a
{ echo i,a,b; rows '%d,$%.3f,%.2f'; } | same 'a currency' a
{ echo i,a,b; rows '%d,%.3fV,%.2f' | sed '5s/V/mV/'; } | refused 'two units' "such as '20.000V'"
{ echo i,a,b; rows '%d,%.3fk,%.2f' | sed '30s/k//'; } | refused 'a number without the unit' "'20.000k'.*is not a number"
{ echo i,a,b; rows '%d,%.3fk,%.2f'; printf '40,0,1\n'; } >"$T/x"
is 'zero needs no unit' "$("$TSVIZ" predict -q "$M" "$T/x" --columns a --predict a | tail -1 | cut -d, -f1,2)" 33,33
{ echo i,a,b; rows '%d,%.3f,(%.2f)'; } >"$T/x"
"$TSVIZ" predict "$M" "$T/x" --columns a --predict a >"$T/out" 2>"$T/err"
is 'a chosen column needs no warning' "$(grep -c 'is no channel' "$T/err")" 0
cut -d, -f2- "$T/x" >"$T/y"
sed 's/"columns": "a", //' "$T/s.json" >"$T/any.json"
"$TSVIZ" train "$T/any.json" "$T/y" -o "$T/any.m.json" >"$T/out" 2>"$T/err"
says 'numbers in brackets are left out, and it is said' "column 'b' holds text such as '\(2500.00\)' and is no channel"
# names and units in two comments, a row of totals, values in forms of their own
{ printf '#YY MM DD hh mm a\n#yr mo dy hr mn m/s\n'; rows '2024 01 %d %.3f' | awk '{ printf "2024 01 %02d %02d 00 %s\n", 1 + $3 / 24, $3 % 24, $4 }'; } | same 'names of buoys' a
{ echo i,a,b; rows '%d,%.3f,%.2f'; echo ,800,60000; } >"$T/x"
"$TSVIZ" predict "$M" "$T/x" --columns a --predict a >"$T/out" 2>"$T/err"
says 'totals without a name' "the last row has no first cell \(',800,60000'\), as totals have none"
{ echo i,a; rows '%d,"[%.3f, %.2f]"'; } | refused 'lists in cells' 'its cells hold lists such as \[0.1, 0.2\]'
rows '1 1:%d 2:%.3f 3:%.2f' | refused 'numbered values' "its values are numbered, as '3:0.25'"
# JSON lines: numbers in quotes, and words beside them
rows '{"i": %d, "a": "%.3f", "b": %.2f}' | same 'numbers in quotes' a
rows '{"i": "%03d", "a": "%.3f", "b": "x"}' | same 'numbers in quotes beside names' a
is 'names stay names' "$("$TSVIZ" predict -q "$M" "$T/x" --columns a --predict a --group b | sed -n 2p | cut -d, -f3)" x
# times of countries and services
{ echo 'MESS_DATUM;a;b'; rows '20240101%02d;%.3f;%.2f' | sed -n 1,24p; } >"$T/x"
is 'hours in ten digits' "$(info 'time')" "time: column 'MESS_DATUM' (dates), one row every 1 h"
{ echo 'MTU,a,b'; awk 'BEGIN { for (h = 0; h < 24; h++) printf "01.01.2024 %02d:00 - 01.01.2024 %02d:15,%s,1\n", h, h, 20 + h / 7 }'; } >"$T/x"
is 'a time from and to' "$(info 'time')" "time: column 'MTU' (dates, day first), one row every 1 h"
{ echo 'STN,YYYYMMDD,HH,a'; awk 'BEGIN { for (i = 0; i < 72; i++) printf "260,202401%02d,%d,%.3f\n", 1 + i / 24, i % 24, sin(i) }'; } >"$T/x"
"$TSVIZ" predict "$M" "$T/x" --columns a --predict a >"$T/out" 2>"$T/err"
is 'the day of a time is no group' "$(grep -c 'looks like groups' "$T/err")" 0
# the times of several files begin again in each
mkdir -p "$T/each" && for k in 1 2 3; do { echo t,a; rows '%d,%.3f' | sed -n 1,12p; } >"$T/each/$k.csv"; done
"$TSVIZ" predict "$M" "$T/each" --columns a --predict a >"$T/out" 2>"$T/err"
is 'a time that begins again in each file is no group' "$(wc -l <"$T/out") $(grep -c 'like groups' "$T/err")" '16 0'
# blocks, and settings beside the rows
awk 'BEGIN { for (i = 0; i < 40; i++) printf "%s%g %g\n", i == 15 || i == 27 ? "\n\n" : "", i, sin(i) }' >"$T/x"
is 'two blank lines divide groups' "$("$TSVIZ" predict "$M" "$T/x" --columns 2 --predict 2 2>"$T/err" | awk -F, 'NR > 1 { print $3 }' | uniq -c | tr -s ' ' | tr '\n' ';')" ' 7 block 1; 4 block 2; 5 block 3; 1 block 1; 1 block 2; 1 block 3;'
says 'blocks are said' 'blank lines divide the rows into 3 blocks; each is a group, and no window crosses'
sed '/^$/d' "$T/x" | sed 's/$/\n\n/' >"$T/y"
is 'blank lines after each row divide nothing' "$("$TSVIZ" predict -q "$M" "$T/y" --columns 2 --predict 2 | sed -n 1p | cut -d, -f3)" 'output0'
{ for k in 'Record Length,2.5e+03' 'Sample Interval,4e-06' 'Trigger Point,1.25e+03' , , 'Source,CH1' 'Vertical Units,V' 'Probe Atten,1'; do echo "$k"; done
	i=8; while [ $i -lt 40 ]; do echo ,; i=$((i + 1)); done; } >"$T/left"
rows ',,%d,%.3f,' | paste -d '\0' "$T/left" - >"$T/x"
values "$T/x" value >"$T/got"
cmp -s "$T/got" "$T/want" && ok || no 'settings of an oscilloscope beside the rows' "$(cat "$T/err")"

# what stands around the table
{ printf 'LabVIEW Measurement\t\nSeparator\tTab\n***End_of_Header***\t\n\t\nChannels\t2\t\t\nSamples\t40\t40\t\nX0\t0.0\t0.0\t\nDelta_X\t0.1\t0.1\t\n***End_of_Header***\t\t\t\nX_Value\ta\tb\tComment\n'; rows '%d\t%.3f\t%.2f'; } | same LabVIEW a
says 'what was skipped is said' 'warning: x: skipped 8 lines above the table'
{ printf '"TOA5","CR1","CR1000","12"\n"TIMESTAMP","RECORD","a","b"\n"TS","RN","Deg C","%%"\n"","","Avg","Smp"\n'; rows '"2024-01-01 00:00:00",%d,%.3f,%.2f'; } | same TOA5 a
{ printf '724666,"DENVER [NREL]",CO,-7.0,39.7,-105.2,1829\nDate (MM/DD/YYYY),Time (HH:MM),a,b,src\n'; rows '01/01/1995,01:%02d,%.3f,%.2f,1'; } | same TMY3 a
{ printf 'LOCATION,Denver,CO,USA,TMY3,724666,39.74,-105.18,-7.0,1829.0\nDESIGN CONDITIONS,1,x,,Heating,1,-18.8\nDATA PERIODS,1,1,Data,Sunday,1/1,12/31\n'; rows '1999,1,1,%d,?9?9?9,%.3f,%.2f'; } | same EPW 6
{ printf 'Latitude (decimal degrees):\t45.0\nElevation (m):\t250\n\ntime,n,a,b\n'; rows '20200101:0010,%d,%.3f,%.2f'; printf '\nn: number\na: air temperature (degree Celsius)\n\nPVGIS (c) European Union, 2001-2024\n'; } | same PVGIS a
says 'lines below the table are said' 'skipped 2 lines above the table, 3 lines below the table'
{ printf '%%OpenBCI Raw EXG Data\n%%Sample Rate = 250 Hz\nSample Index, a, b, Timestamp (Formatted)\n'; rows '%d, %.3f, %.2f, 2021-03-29 08:00:00.123'; } | same OpenBCI a
{ printf 'sep=;\ni;a;b\n'; rows '%d;%.3f;%.2f'; } | same 'sep=;' a
{ printf 'Device: XY, 7\nRate: 250\n\ni a b\n'; rows '%d %.3f %.2f'; } | same 'keys and values, blanks' a
{ printf '~Result\n~\n~i[h]\ta\tb\n'; rows '%d\t%.3f\t%.2f'; } | same 'a header in a comment' a
{ printf 'i,a,b\n'; rows '%d,%.3f,%.2f'; printf 'Mean,20.1,1500.2\nMax,23,2500\n'; } | same 'a summary of as many cells' a
{ printf 'i,a,b\n'; rows '%d,%.3f,%.2f' | sed '10s/$/\n# paused/; 20s/$/\ni,a,b/'; printf ',,\n\032'; } | same 'comment, header again, empty row, ^Z' a
{ printf 'i,a,b\n\n'; rows '%d,%.3f,%.2f' | sed 's/$/\n/'; } | same 'every second line is blank' a
{ printf 'X,a,b,Start,Increment\nSequence,Volt,Volt,0.0e-3,1.0e-5\n'; rows '%d,%.3f,%.2f,,'; } | same 'an oscilloscope' a
{ printf 'i,a,b\ns,mV,kPa\n'; rows '%d,%.3f,%.2f'; } | same 'a line of units' a
is 'info shows the units' "$(info units)" 'units: line 2: s,mV,kPa'
{ printf 'Price,a,b\nTicker,X,X\nDate,,\n'; rows '%d,%.3f,%.2f'; } | same 'several lines of names' a
{ printf '"a" "b"\n'; rows '"%d" %.3f %.2f'; } | same 'row names of R' a
{ printf ' i | a | b\n---+---+---\n'; rows ' %d | %.3f | %.2f'; echo '(40 rows)'; } | same psql a
{ printf '| i | a | b |\n|---|---|---|\n'; rows '| %d | %.3f | %.2f |'; } | same Markdown a
rows '33,Walking,%d,%.3f,%.2f;' | same 'semicolons end the lines' 4
{ printf '1642471872.00\n64.000000\n'; rows '%d %.3f' | cut -d' ' -f2; } | same 'start and rate above the values' 1
{ printf 'i,a,b,\n'; rows '%d,%.3f,%.2f,'; } | same 'a separator at the end' a
{ printf 'i,a,b\n'; rows '%d,%.3f,%.2f,'; } | same 'a separator at the end of rows' a
{ printf '"i\n[s]","a","b"\n'; rows '%d,%.3f,%.2f'; } | same 'a name of two lines' a

# names and positions
{ printf ',0,1\n'; rows '%d,%.3f,%.2f'; } | same 'names 0 and 1' 0
same 'a name wins over a position' 0 <"$T/x"
values "$T/x" 1 >/dev/null
says 'both are said' "--columns 1 is the name of column 3; '#1' is the column at this position"
same 'a position' '#2' <"$T/x"
{ printf 'i,2023,2024\n'; rows '%d,%.3f,%.2f'; } | same 'years as names' 2023

# numbers
{ printf 'i;a;b\n'; comma '%d;%.3f;%.2f'; } | same 'decimal commas' a
is 'info shows the mark' "$(info 'decimal mark')" 'decimal mark: comma'
{ printf 'i\ta\tb\n'; comma '%d\t%.3f\t%.2f'; } | same 'tabs and decimal commas' a
{ printf 'i,a,b\n'; comma '%d;"%.3f";"%.2f"' | tr ';' ,; } | same 'quoted decimal commas' a
{ printf 'i,a,b\n'; rows '%d,%.3f%%,%.2f'; } | same 'percent signs' a
{ printf 'i,a,b\n'; rows '%d,+%.3f,%.2f' | sed 's/\(,[^,]*\),/\1D0,/'; } | same 'exponents of Fortran' a
{ printf 'i;b;a\n'; rows "%d;1'234.5;%.3f"; } | same "thousands of Switzerland" a
{ printf 'i;b;a\n'; comma '%d;1.234,5;%.3f' | sed 's/;1,234,5;/;1.234,5;/'; } | same 'thousands with points' a
{ printf "'i','a'\n"; rows "'%d',%.3f"; } | same 'single quotes' a
{ printf 'a;b\n'; comma '%d;%.3f' | cut -d';' -f2 | sed 's/$/;1.234/'; } | same 'one mark of thousands keeps decimal commas' a
says 'and is said' "column 'a' \(and 1 more column\): '20,000' is taken as 20; --decimal point takes it as 20000"
{ printf 'a\n'; comma '%d %.3f' | cut -d' ' -f2; } | same 'one column of decimal commas' a
comma '%d %.3f' | cut -d' ' -f2 | sed 's/$/0/; 1s/,.*/,005/' >"$T/x"
values "$T/x" 1 >/dev/null
says 'commas that are both' '--decimal point takes them as separators'

# encodings
{ printf 'i,a,T\351mp \260C\n'; rows '%d,%.3f,%.2f'; } | same Latin-1 a
is 'info shows the encoding' "$(info encoding)" 'encoding: Latin-1, because it is not UTF-8; --encoding NAME reads another one'
wide() { sed 's/$/\r/' | od -An -v -tx1 | tr -d '\n' | sed "s/ \(..\)/$1/g" | xxd -r -p; }
if command -v xxd >/dev/null; then
	{ printf '\377\376'; wide '\100' <"$T/base.csv"; } | same 'UTF-16 with a mark' a
	wide '\100' <"$T/base.csv" | same 'UTF-16 without a mark' a
	wide '00\1' <"$T/base.csv" | same 'UTF-16, big-endian' a
else
	skip UTF-16 'xxd is not installed'
fi
{ cat "$T/base.csv"; printf '\0\0\0\0\0\0'; } | same 'zeros at the end' a
tr '\n' '\r' <"$T/base.csv" | same 'CR alone' a
{ cat "$T/base.csv"; printf '\357\273\277'; sed 1q "$T/base.csv"; } | same 'a mark and the header again' a

# counts of the values below the names
{ printf 'acq\nmin\ta\tb\t\n\t33\t33\t\n'; rows '0.%02d\t%.3f\t%.2f\t'; } | same 'counts under the names' a

# what may mean another number is said
awk 'BEGIN { for (i = 0; i < 60; i++) printf "%d,%03d,%d,%03d\n", i, i * 7 % 1000, 60 - i, i * 13 % 1000 }' >"$T/x"
values "$T/x" '#1' >/dev/null
says 'commas that may be both' 'each second column looks like the decimals of the one before it: .*save the file with semicolons'
awk 'BEGIN { for (i = 0; i < 60; i++) printf "2024,%02d,%02d,%02d\n", i / 30 + 1, i % 30 + 1, i % 24 }' >"$T/x"
values "$T/x" '#4' >/dev/null
silent 'a date in columns is no pair of numbers' 'looks like the decimals'
awk 'BEGIN { print "a,b"; for (i = 0; i < 60; i++) printf "%d.5k,%d\n", i, i }' >"$T/x"
values "$T/x" a >/dev/null
says 'a factor behind the numbers' "column 'a': its cells end in 'k', which is read as a unit and multiplies nothing"

# an encoding by its name
{ printf '\312\261\274\344,\312\375\326\265,b\n'; rows '%d,%.3f,%.2f'; } >"$T/gbk"
same '--encoding' 数值 --encoding GBK <"$T/gbk"
refused 'a name in another encoding' 'no such column.*--encoding NAME reads a text in another encoding' --columns 数值 <"$T/gbk"

# what is asked for
{ printf 'x,y,z\n1,2,3\ni,a,b\n'; rows '%d,%.3f,%.2f'; } | same --skip a --skip 2
{ printf 'i,a,b\n'; rows '%d,%.3f,%.2f' | sed '9s/$/\nMSG start now/'; } | same --comment a --comment MSG
{ printf 'i,a,b\n'; rows '%d,%.3f,%.2f' | sed '9s/,[^,]*,/,-999,/'; } >"$T/x"
values "$T/x" a >/dev/null
says 'a usual mark is said' "column 'a' holds -999 in 1 row, far from its other numbers; .*--missing-value -999"
refused '--missing-value' "line 10, column 'a': the cell is empty" --missing-value -999 <"$T/x"
{ printf 'i,a,b\n'; rows '%d,%.3f,%.2f' | sed '9s/,[^,]*$//'; } | refused 'a short row' 'line 10: 2 cells where the table has 3; --missing drop'
is 'a short row is left out' "$(values "$T/x" a --missing drop | wc -l)" 32
{ printf 'i,a,b\n'; comma '%d %.3f %.2f' | tr ' ' ,; } | refused 'commas twice' 'line 1 has 3 names, but the rows below it have 5 cells'
{ printf 'i a b\n'; rows '%d %.3f %.2f' | sed '9s/$/\nMSG start now please go/'; } | refused 'words between the rows' 'line 11: 5 cells where the table has 3'
rows '12:00:%02d.5 -> %.3f,%.2f' | refused 'arrows' "' -> ' between a time and the values"
printf 'i,a\n1,2\n\n3,4,5\n6,7,8\n9,10,11\n' | refused 'two widths under one header' 'line 4: 3 cells where line 2 has 2'

# the generators beside the repository
C=../shared/cases
if [ -f $C/gen_long.py ] && command -v python3 >/dev/null; then
	cp $C/gen_long.py "$T" && python3 "$T/gen_long.py"
	values "$T/long/00_base.csv" a >"$T/want"
	while read -r n column; do
		f=$(echo "$T"/long/"$n"_*)
		same "$n" "$column" <"$f"
	done <<'E'
02 0
03 a
04 a
05 a
06 a
07 a
08 a
09 a
10 a
11 a
12 a
13 #3
15 a
16 a
17 a
20 a
21 a
22 a
23 a
24 a
25 a
26 a
27 a
28 a
29 a
30 a
31 a
33 a
34 a
50 a
51 a
52 a
53 a
54 a
55 a
56 a
57 a
59 a
60 4
63 1
64 #2
65 a
66 a
67 a
68 a
69 a
71 2023
72 a
73 a
76 a
77 a
78 a
79 2
E
	for n in 74 75; do
		f=$(echo "$T"/long/"$n"_*)
		refused "$n" 'cells? where the table has 3; --missing drop' <"$f"
	done
	for f in "$T"/long/40_missing_*; do
		case $f in *_17.csv) continue ;; esac
		refused "${f##*/}" "line 22, column 'a': .*--missing" <"$f"
	done
else
	skip 'the generators' '../shared/cases is not there'
fi

# single situations: how many true values there are, the first of them (in row 9) and the last one, as they stand in the
# file
I=../shared/cases/iss
if [ -d $I ]; then
	stands() { # FILE COLUMN HOW-MANY FIRST LAST
		values "$I/$1" "$2" | awk 'NF == 2 { if (!n++) a = $2; b = $2 } END { print n, a, b }' >"$T/got"
		is "iss/$1 $2" "$(cat "$T/got")" "$3 $4 $5"
	}
	cat >"$T/stands" <<'E'
a.csv.gz b 32 1470.8 1553.96
basytec.txt U[V] 22 4.08 4.29
ctrlz.csv b 32 1470.8 1553.96
dsview.csv B 22 2 2
eeg.csv C4 192 0.203 0.616
eye.arff AF3 32 4308 4339
gap.csv a 26 21.372 21.261
harnames.csv tBodyAcc-mean()-X 12 0.9 0.2
mixed_marks.csv a 12 12.8 12.19
nbsp.csv b 32 1470.8 1553.96
one_col_dc_nohead.csv #1 22 0.056 0.203
one_col_decimal_comma.csv pv 22 0.056 0.203
pj.txt position 22 -25.111 -22.778
quoted_dc.csv #2 22 2523.08 2523.29
quoted_dc.csv #3 22 2143.5 2143.5
rates.txt.gz #2 22 0.889 3.222
sheet.csv D 22 4.9 4.3
tabs.tsv C 22 0.889 3.222
two_files.csv b 72 1470.8 1553.96
E
	while read -r f c n first last; do
		stands "$f" "$c" "$n" "$first" "$last"
	done <"$T/stands"
	stands mixed_marks.csv b 12 1008 1019
	says 'both readings of 1.000 are named' "'1.000' is taken as 1000; --decimal point takes it as 1"
	stands gap.csv b 26 1470.8 1553.96
	says 'the gap is named' 'gap of 7 h after row 18; windows cross it'
	stands two_files.csv a 72 21.372 21.261
	says 'the second file is named' "column 't' falls after row 39"
	# what is refused, or is no table of time steps
	cat >"$T/refused" <<'E'
cut.csv line 21: 2 cells where the table has 3; --missing drop
cut.csv.gz the gzip file ends early; copy it again
chan_missing.ts line 6: the window has 1 channel, but the first window has 2
chan_len.ts the file holds ready windows \(UEA .ts\), not columns to forecast
nanpad.ts the file holds ready windows \(UEA .ts\), not columns to forecast
reg_stamps.ts the file holds ready windows \(UEA .ts\), not columns to forecast
unlabelled.ts the file holds ready windows \(UEA .ts\), not columns to forecast
blanks.arff --columns a: no such column; there are 9: a0, a1
E
	while read -r f words; do
		refuses "iss/$f" "$words" "$TSVIZ" predict -q "$M" "$I/$f" --columns a --predict a
	done <"$T/refused"
	for f in "$I"/*; do
		case ${f##*/} in dir | *.npy) continue ;; esac
		cat "$T/stands" "$T/refused" | grep -qF -- "${f##*/} " && ok || no "$f" 'is no case'
	done
else
	skip 'single situations' '../shared/cases is not there'
fi
done_testing
