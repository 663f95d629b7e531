#!/bin/sh
# A survey that is killed again and again, run by `make kills KILLS=100`: kill -9 after a random number of chunks, then the same command
# again. The bytes have to be those of a survey that nobody killed, and what a kill leaves must not disturb. Last, the same on a disk
# that is full, where this may be tried (root).
cd "$(dirname "$0")/../.." || exit 2
TSVIZ=${TSVIZ:-$PWD/build/release/tsviz}
T=$(mktemp -d /tmp/tsviz-kills-XXXXXX) || exit 2
trap 'umount "$T/small" 2>/dev/null; rm -rf "$T"' EXIT
trap 'exit 1' INT TERM
awk 'BEGIN { print "a,b,c"; for (i = 0; i < 1500; i++) printf "%.6f,%.6f,%.6f\n", sin(i / 5), cos(i / 3), sin(i / 11) }' >"$T/d.csv"
set -- tests/keras/residual.h5 "$T/d.csv" --columns a,b,c --chunk 32 --maps 100 -q --threads 2
"$TSVIZ" survey "$@" -o "$T/whole.json" || exit 1
"$TSVIZ" survey "$@" --resume "$T/kept" -o "$T/r.json" || exit 1
all=$(ls "$T/kept" | wc -l)
np=0 nf=0 early=0 left=0 seed=${SEED:-1}
for k in $(seq "${KILLS:-100}"); do
	rm -rf "$T/kept"
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	at=$((seed / 65536 % all))
	"$TSVIZ" survey "$@" --resume "$T/kept" -o "$T/k.json" 2>/dev/null &
	pid=$!
	while [ "$(ls "$T/kept" 2>/dev/null | wc -l)" -lt $at ] && kill -0 $pid 2>/dev/null; do :; done
	kill -9 $pid 2>/dev/null && early=$((early + 1))
	wait $pid 2>/dev/null
	for f in "$T"/kept/* "$T"/kept/.[!.]*; do
		case $f in */chunk-????????.json) ;; *) [ -e "$f" ] && left=$((left + 1)) ;; esac
	done
	rm -f "$T/k.json"
	"$TSVIZ" survey "$@" --resume "$T/kept" -o "$T/k.json"
	if cmp -s "$T/k.json" "$T/whole.json"; then np=$((np + 1)); else nf=$((nf + 1)) && echo "FAIL kill $k after $at chunks: other bytes"; fi
done
echo "$early of ${KILLS:-100} killed before the end, of $all chunks; $left unfinished files were left"
for i in $(seq 64); do "$TSVIZ" survey "$@" --shard "$i/64" -o "$T/shard-$i.json"; done
"$TSVIZ" survey --merge "$T"/shard-*.json -o "$T/k.json"
if cmp -s "$T/k.json" "$T/whole.json"; then np=$((np + 1)); else nf=$((nf + 1)) && echo 'FAIL 64 shards: other bytes'; fi
mkdir "$T/small"
if mount -t tmpfs -o size=200k tmpfs "$T/small" 2>/dev/null; then
	"$TSVIZ" survey "$@" --resume "$T/small/kept" -o "$T/f.json" 2>"$T/err"
	said="$? $(grep -c 'No space left' "$T/err") $(ls "$T/small/kept" | grep -vc '^chunk-[0-9]*\.json$')"
	mount -o remount,size=50m "$T/small"
	"$TSVIZ" survey "$@" --resume "$T/small/kept" -o "$T/f.json"
	if [ "$said" = '1 1 0' ] && cmp -s "$T/f.json" "$T/whole.json"; then np=$((np + 1)); else nf=$((nf + 1)) && echo "FAIL full disk: $said $(cat "$T/err")"; fi
else
	echo 'SKIP full disk: no file system can be mounted here'
fi
echo "$np passed, $nf failed"
[ $nf -eq 0 ]
