#!/bin/sh
# Random bytes for the readers and parsers: sh tests/fuzz/run.sh SECONDS [TARGET ...]. Run by `make fuzz`.
# The script builds the targets with clang. Each target starts from its seeds and from the inputs that earlier runs kept in
# build/fuzz/corpus. The script prints one line for each target: executions, coverage, finds. With SEED=N every run has the same bytes.
# A find is kept in build/fuzz/finds, with the command that repeats it.
cd "$(dirname "$0")/../.." || exit 2
seconds=${1:-60}
[ $# -eq 0 ] || shift
sh tests/deps.sh fuzz || exit 1
CLANG=$(sh tests/fuzz/clang.sh) || exit 1
B=build/fuzz
mkdir -p $B/finds $B/corpus
# the program itself makes json's seeds
make --no-print-directory -j2 all >$B.log 2>&1
make --no-print-directory -j2 VARIANT=fuzz CC="$CLANG" fuzz-targets >>$B.log 2>&1 || { tail -n 20 $B.log >&2; exit 1; }

recipe() { # folder, file...: with the two bytes in front that choose the recipe
	to=$1
	shift
	for f; do { printf '\000\000' && cat "$f"; } >"$to/$(basename "$f")"; done
}
seeds() { # target, folder: what the project has of this kind
	case $1 in
	onnx)
		find tests/onnx \( -name '*_13.onnx' -o -path '*/dynamo/*.onnx' \) -size -24k -exec cp {} "$2" \;
		# operators that stand for several, loops, axes
		python3 -c 'import base64, json, sys
for name in "fused", "axes":
    for i, c in enumerate(json.load(open(f"tests/onnx/{name}.json"))):
        if len(c["model"]) < 4000:
            open(f"{sys.argv[1]}/{name}{i}", "wb").write(base64.b64decode(c["model"]))' "$2" ;;
	h5) find tests/keras -name '*.h5' -size -48k -exec cp {} "$2" \; ;;
	keras)
		cp tests/keras/*.keras "$2"
		for f in tests/keras/*.keras; do
			python3 -c 'import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
sys.stdout.buffer.write(z.read("config.json") + z.read("model.weights.h5"))' "$f" >"$2/$(basename "$f").parts"
		done ;;
	layers) i=0; for f in chain mixed nested_3 norms_3 recurrent_3 residual planes attention ops2 states masks pieces tcn fast looks temporal words theano two; do
		{ printf "\\0$(printf %02o $i)" && LC_ALL=C grep -aoE '\{"(class_name|config|module)": ?.*\}' tests/keras/$f.h5 | head -n 1; } >"$2/$f"
		i=$((i + 1))
	done ;;
	json) for f in tests/keras/chain.h5 tests/keras/mixed.h5; do
		build/release/tsviz info --dump model "$f" >"$2/$(basename "$f").json" 2>/dev/null; done ;;
	spec) cp samples/*.json "$2" ;;
	survey) for i in 1 2 3; do build/release/tsviz survey tests/survey/net.onnx tests/survey/windows.npz -q --chunk 9 --shard $i/3 -o "$2/$i"; done ;;
	session)
		{ printf s && cat tests/session/full.json; } >"$2/full"
		python3 -c 'import sys, zlib
r = lambda t: b"%08x %08x %s\n" % (len(t), zlib.crc32(t), t)
sys.stdout.buffer.write(b"j" + r(b"{\"base\":\"\",\"by\":\"a\"}") + r(b"{\"marks\":{\"c\":[1]}}") + r(b"{\"view\":null}"))' >"$2/journal" ;;
	ts) recipe "$2" tests/data/*.ts ;;
	arff) recipe "$2" tests/data/*.arff ;;
	tsf) recipe "$2" tests/data/*.tsf ;;
	npy) recipe "$2" tests/data/*.npy ;;
	wide) recipe "$2" tests/data/shapes_*.tsv tests/data/shapes_*.csv ;;
	npz) recipe "$2" tests/data/*.npz && recipe "$2" tests/data/nct_f4.npy &&
		{ printf "\\000\\000" && cat tests/data/nt_f4.npy tests/data/nct_i2.npy; } >"$2/two" ;;
	wfdb) for f in tests/foreign/*.hea; do { cat "$f" && printf '\000' && head -c 300 tests/foreign/two_b.dat && cat tests/foreign/two.atr; } >"$2/$(basename "$f")"; done ;;
	zip) cp tests/data/*.npz tests/keras/*.keras "$2" ;;
	gzip) cp tests/data/*.gz "$2" ;;
	esac
	[ ! -d tests/fuzz/seeds/$1 ] || cp tests/fuzz/seeds/$1/* "$2"
}
np=0 nf=0
[ $# -gt 0 ] || set -- $(ls tests/fuzz/target_*.c | sed 's/.*target_//; s/\.c$//')
one() { # target
	corpus=$B/corpus/$1
	[ -d "$corpus" ] || { mkdir -p "$corpus" && seeds "$1" "$corpus" 2>/dev/null; }
	rm -f $B/finds/$1-* $B/$1.status
	dict=
	[ ! -f tests/fuzz/dict/$1.dict ] || dict=-dict=tests/fuzz/dict/$1.dict
	TSVIZ_FUZZ=1 LC_ALL=C.UTF-8 timeout $((seconds + 200)) $B/fuzz/$1 -max_total_time="$seconds" ${SEED:+-seed=$SEED} -rss_limit_mb=3000 -timeout=100 \
		-report_slow_units=100 -max_len=65536 -artifact_prefix=$B/finds/$1- $dict "$corpus" >$B/$1.log 2>&1
	echo $? >$B/$1.status
}
say() { # target: its line, and what was found
	line=$(grep -aE '^#[0-9]+' $B/$1.log | tail -n 1)
	finds=$(ls $B/finds/$1-* 2>/dev/null | wc -l)
	[ "$(cat $B/$1.status)" = 0 ] || [ "$finds" -gt 0 ] || finds=1
	printf '%-10s %12s %9s %8s %6s\n' "$1" "$(echo "$line" | sed -n 's/^#\([0-9]*\).*/\1/p')" \
		"$(echo "$line" | sed -n 's/.*cov: \([0-9]*\).*/\1/p')" "$(echo "$line" | sed -n 's/.*corp: \([0-9]*\).*/\1/p')" "$finds"
	[ "$finds" -gt 0 ] || { np=$((np + 1)) && return; }
	nf=$((nf + 1))
	grep -aE 'SUMMARY|ERROR|runtime error|Test unit written' $B/$1.log | head -n 5
	# where, also without a symbolizer: the first frames of our own
	grep -aE '^ +#[0-9]+ .* in .*/(core|src|ui|tests)/' $B/$1.log | head -n 6
	grep -aE '^ +#[0-9]+ ' $B/$1.log | sed -n "s|.*fuzz/$1+0x\\([0-9a-f]*\\)).*|\\1|p" | head -n 12 |
		xargs -r addr2line -f -s -e $B/fuzz/$1 2>/dev/null | paste - - | grep -av '?' | sed 's/^/  at /'
	find=$(ls $B/finds/$1-* 2>/dev/null | head -n 1)
	echo "again: $B/fuzz/$1 $find"
	# a machine that is thrown away does not take a small one with it: base64 -d | gunzip
	[ ! -f "$find" ] || gzip -9nc "$find" | base64 -w0 | awk -v name="${find##*/}" 'length($0) < 6000 { print "bytes: " name " " $0 }'
}
# as many at once as there are processors
jobs=$(nproc 2>/dev/null || echo 2) n=0
for t; do
	one "$t" &
	n=$((n + 1))
	[ $((n % jobs)) -ne 0 ] || wait
done
wait
printf '%-10s %12s %9s %8s %6s\n' target executions coverage corpus finds
for t; do say "$t"; done
echo "$np passed, $nf failed, 0 skipped"
[ $nf -eq 0 ]
