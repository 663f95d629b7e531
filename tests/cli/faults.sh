# The system fails, the program does not: closed streams, full disks, read-only folders, no processes, no descriptors, small stacks, other
# locales and clocks. Each time: the work is done, or one line says why not, with status 1, and what was there before is as it was.
. tests/cli/lib.sh
M=tests/keras/keras1.h5
awk 'BEGIN { print "a,b"; for (i = 1; i <= 60; i++) printf "%.2f,%.2f\n", 50 + 40 * sin(i / 4), i / 7 }' >"$T/d.csv"
cat >"$T/spec.json" <<EOF2
{ "window": 8, "epochs": 1, "loss": "mse", "recipe": { "columns": "a", "predict": "b" }, "layers": [ { "type": "Conv1D", "filters": 2, "kernel": 3, "activation": "relu" }, { "type": "Flatten" },
  { "type": "Dense", "units": 1 } ] }
EOF2
sed 's/"filters": 2/"filters": 2000/' "$T/spec.json" >"$T/wide.json"
"$TSVIZ" info $M >"$T/info"
"$TSVIZ" predict $M "$T/d.csv" >"$T/predict"
"$TSVIZ" analyze $M "$T/d.csv" -w 0 >"$T/analyze"
"$TSVIZ" train "$T/spec.json" "$T/d.csv" -q -o "$T/m.json" || no 'train' 'fails without any fault'
is 'a model to compare with' "$(wc -l <"$T/info" | tr -d ' ' | grep -c '^[1-9]')" 1
same() { # NAME FILE CMD...: the command works and prints what FILE holds
	name=$1 file=$2
	shift 2
	"$@" >"$T/same" 2>"$T/err" </dev/null && cmp -s "$file" "$T/same" && ok || no "$name" "status $?, $(head -c 300 "$T/err")"
}
fails() { # NAME PATTERN CMD...: status 1, exactly one line on stderr
	name=$1 pattern=$2
	shift 2
	"$@" >/dev/null 2>"$T/err" </dev/null
	st=$?
	[ $st -eq 1 ] && [ "$(wc -l <"$T/err")" -eq 1 ] && grep -qE -- "$pattern" "$T/err" && ok || no "$name" "status $st: $(head -c 300 "$T/err")"
}

# ---- standard streams ----
for verb in "info $M" "predict $M $T/d.csv" "analyze $M $T/d.csv -w 0" "eval $M $T/d.csv" "$M $T/d.csv --plain network" --version --help \
	'--manual tsviz.1' '--completion bash' --methods; do
	fails "closed output: $verb" 'standard output: ' sh -c "'$TSVIZ' $verb >&-"
	fails "full output: $verb" 'standard output: No space left' sh -c "'$TSVIZ' $verb >/dev/full"
done
same 'standard output by name' "$T/predict" "$TSVIZ" predict $M "$T/d.csv" -o -
same 'closed input' "$T/info" sh -c "'$TSVIZ' info $M <&-"
same 'closed errors' "$T/info" sh -c "'$TSVIZ' info $M 2>&-"
same 'closed input and errors' "$T/info" sh -c "'$TSVIZ' info $M <&- 2>&-"
sh -c "'$TSVIZ' predict $M '$T/d.csv' -o '$T/all-closed.csv' <&- >&- 2>&-"
is 'all closed' "$?$(cmp "$T/all-closed.csv" "$T/predict" 2>&1)" 0
sh -c "'$TSVIZ' info '$T/missing.h5' <&- >&- 2>&-"
is 'all closed, an error' $? 1
sh -c "'$TSVIZ' info '$T/missing.h5' 2>/dev/full"
is 'nowhere to tell an error' $? 1

# ---- processes, descriptors, stack, memory, file size ----
if [ "$TSVIZ_VARIANT" != san ]; then
	for k in 64 256; do same "a stack of $k kB" "$T/analyze" sh -c "ulimit -s $k; '$TSVIZ' analyze $M '$T/d.csv' -w 0"; done
	fails 'little memory' 'memory' sh -c "ulimit -v 12000; '$TSVIZ' analyze $M '$T/d.csv' -w 0"
	# where the browser wrote a file before, nothing else would be true
	for kb in $(seq 8000 1000 30000); do
		sh -c "ulimit -v $kb; '$TSVIZ' analyze $M '$T/d.csv' -w 0" 2>&1 >/dev/null </dev/null | grep 'out of memory'
	done | sort -u >"$T/short"
	is 'out of memory, and no more than that' "$(cat "$T/short")" 'tsviz: out of memory'
fi
for n in 3 4 5 6 7 8; do
	sh -c "ulimit -n $n; '$TSVIZ' info $M" >"$T/same" 2>"$T/err" </dev/null
	st=$?
	if [ $st -eq 0 ]; then cmp -s "$T/same" "$T/info" && ok || no "$n descriptors" 'prints something else'
	elif [ $st -eq 1 ] || [ $st -eq 127 ]; then ok
	else no "$n descriptors" "status $st: $(cat "$T/err")"; fi
done
# what this script inherited is not the program's
same '10 descriptors' "$T/info" sh -c "exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-; ulimit -n 10; '$TSVIZ' info $M"
same '20 descriptors' "$T/info" sh -c "ulimit -n 20; '$TSVIZ' info $M"
fails 'nor files in memory' 'keras1\.h5: its copy in memory cannot be written: File too large; raise ulimit -f' sh -c "ulimit -f 16; '$TSVIZ' info $M"
echo old >"$T/big.txt"
fails 'files may not grow' 'big\.txt: cannot be written: File too large' sh -c "ulimit -f 40; '$TSVIZ' train '$T/wide.json' '$T/d.csv' -q -o '$T/big.txt'"
is 'files may not grow: the old one' "$(cat "$T/big.txt")" old
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && command -v prlimit >/dev/null; then
	cp $M "$T/m.h5" && chmod 755 "$T" && chmod 644 "$T/m.h5" && cp "$TSVIZ" "$T/tsviz" && chmod 755 "$T/tsviz"
	nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
	# nor one that looks for leaks
	alone="env ASAN_OPTIONS=detect_leaks=0 $nobody"
	fails 'no process may be started' 'm\.h5: .*cannot start the reading process' $alone prlimit --nproc=0 "$T/tsviz" info "$T/m.h5"
	chmod 644 "$T/m.json" "$T/d.csv"
	fails 'no thread may be started' 'no thread to work in' $alone prlimit --nproc=0 "$T/tsviz" "$T/m.json" "$T/d.csv" --no-sandbox --screen layers
	same 'as nobody, no HOME' "$T/analyze" env -u HOME $nobody "$T/tsviz" analyze $M "$T/d.csv" -w 0
	mkdir "$T/locked" && cp "$T/predict" "$T/locked/p.csv" && chmod 555 "$T/locked"
	fails 'a folder of others' 'locked/p\.csv: .*Permission denied' $nobody "$T/tsviz" predict $M "$T/d.csv" -o "$T/locked/p.csv"
	cmp -s "$T/locked/p.csv" "$T/predict" && ok || no 'a folder of others' 'the old file is gone'
	mkdir "$T/sticky" && chmod 1777 "$T/sticky" && echo old >"$T/sticky/p.csv"
	fails 'a file of others' 'sticky/p\.csv: it belongs to another user' $nobody "$T/tsviz" predict $M "$T/d.csv" -o "$T/sticky/p.csv"
	is 'a file of others: nothing else' "$(ls -A "$T/sticky")" p.csv
else
	skip 'as nobody' 'only root can become somebody else'
fi

# ---- disks ----
mkdir "$T/disk"
D="$T/disk"
for kind in full inodes ro; do
	if ! mount -t tmpfs -o size=64k tmpfs "$D" 2>/dev/null; then
		skip "disk: $kind" 'no file system can be mounted here'
		continue
	fi
	for f in p.csv c.json a.json m.json; do echo old >"$D/$f"; done
	ln -s "$PWD/$M" "$D/k.h5" && echo '{ }' >"$D/k.h5.recipe.json"
	case $kind in
	full) dd if=/dev/zero of="$D/filler" bs=1k count=200 2>/dev/null ;;
	inodes) mount -o remount,nr_inodes=$(($(ls -A "$D" | wc -l) + 1)) "$D" ;;
	ro) mount -o remount,ro "$D" ;;
	esac
	before=$(ls -A "$D")
	for c in "p.csv predict $M $T/d.csv -o" "c.json convert $M -o" "a.json analyze $M $T/d.csv -w 0 -o" "m.json train $T/spec.json $T/d.csv -q -o" \
		"k.h5.recipe.json predict $D/k.h5 $T/d.csv --columns a,b --save-recipe -q"; do
		f=${c%% *} was=$(cat "$D/${c%% *}") out="$D/$f"
		[ $f != k.h5.recipe.json ] || out=
		fails "$kind: ${c#* }" "$f: .*(No space left|Read-only)" "$TSVIZ" ${c#* } $out
		is "$kind, $f: the old file" "$(cat "$D/$f")" "$was"
		is "$kind, $f: nothing left behind" "$(ls -A "$D")" "$before"
	done
	"$TSVIZ" $M "$T/d.csv" --screen layers --size 160x24 --keys "e $(echo "$D/x.csv" | sed 's/./& /g') enter" >"$T/c" 2>&1
	grep -qE 'x\.csv: .*(No space left|Read-only)' "$T/c" && ok || no "$kind: export" "$(tail -n 3 "$T/c")"
	is "$kind: export leaves nothing" "$(ls -A "$D")" "$before"
	umount "$D"
done

# ---- places and clocks ----
same 'no locale' "$T/analyze" env LC_ALL=xx_YY.junk "$TSVIZ" analyze $M "$T/d.csv" -w 0
same 'an empty environment' "$T/analyze" env -i "$TSVIZ" analyze $M "$T/d.csv" -w 0
same 'no HOME' "$T/info" env -u HOME -u XDG_CONFIG_HOME "$TSVIZ" info $M
if command -v localedef >/dev/null && [ -r /usr/share/i18n/locales/de_DE ] && mkdir "$T/loc" && localedef -i de_DE -f UTF-8 "$T/loc/de_DE.UTF-8" 2>/dev/null; then
	is 'the locale has a decimal comma' "$(LOCPATH="$T/loc" LC_ALL=de_DE.UTF-8 bash -c 'printf "%.1f" 1,5' 2>/dev/null)" 1,5
	for c in "analyze $M $T/d.csv -w 0" "predict $M $T/d.csv" "info $M" "$M $T/d.csv --plain filter"; do
		"$TSVIZ" $c >"$T/c" 2>&1
		same "decimal comma: $c" "$T/c" env LOCPATH="$T/loc" LC_ALL=de_DE.UTF-8 "$TSVIZ" $c
	done
	LOCPATH="$T/loc" LC_ALL=de_DE.UTF-8 "$TSVIZ" train "$T/spec.json" "$T/d.csv" -q -o "$T/m2.json"
	is 'decimal comma: train' "$(cmp "$T/m.json" "$T/m2.json" 2>&1)" ''
else
	skip 'decimal comma' 'no source of the locale de_DE'
fi
if command -v faketime >/dev/null && [ "$TSVIZ_VARIANT" != san ]; then
	for date in '2038-01-19 03:14:08' '1970-01-01 00:00:01' '2106-02-07 06:28:16'; do
		same "the clock says $date" "$T/analyze" faketime "$date" "$TSVIZ" analyze $M "$T/d.csv" -w 0
		faketime "$date" "$TSVIZ" train "$T/spec.json" "$T/d.csv" -q -o "$T/m2.json"
		is "the clock says $date: train" "$(cmp "$T/m.json" "$T/m2.json" 2>&1)" ''
	done
else
	skip 'clocks' 'no faketime'
fi

# ---- the files change underneath: F5 reads again; what cannot be read leaves what was there ----
cp $M "$T/change.h5"
"$TSVIZ" "$T/change.h5" "$T/d.csv" --plain layers >"$T/c"
same 'read again' "$T/c" "$TSVIZ" "$T/change.h5" "$T/d.csv" --plain layers --keys f5

# ---- a killed save leaves a temporary file: the next one takes it away ----
mkdir "$T/stale"
echo half >"$T/stale/.tsviz-0123456789abcdef.tmp"
"$TSVIZ" predict $M "$T/d.csv" -o "$T/stale/p.csv"
is 'stale files go' "$(ls -A "$T/stale")" p.csv
ln -s ../d.csv "$T/stale/link.csv"
cp "$T/d.csv" "$T/d-before.csv"
"$TSVIZ" predict $M "$T/d.csv" -o "$T/stale/link.csv"
cmp -s "$T/d.csv" "$T/d-before.csv" && [ ! -L "$T/stale/link.csv" ] && ok || no 'links are not followed' 'the file behind was written'
done_testing
