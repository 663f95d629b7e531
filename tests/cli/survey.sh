# survey: every figure against an independent computation (tests/gen_survey.py), the figures of the paper, and the same bytes from
# threads, shards and restarts.
. tests/cli/lib.sh
D=tests/survey
S="$D/net.onnx $D/windows.npz --chunk 7 --maps 16 --ablation 5 -q"
python=/usr/bin/python3
survey() { "$TSVIZ" survey "$@" 2>"$T/said" || no "survey $*" "$(head -c 300 "$T/said")"; }
same() { # NAME FILE: the bytes of the survey by one thread
	if cmp -s "$2" "$T/one.json"; then ok; else no "$1" 'other bytes than one thread'; fi
}
many_runs

# shellcheck disable=SC2086
survey $S --threads 1 -o "$T/one.json"
if [ -x $python ]; then
	is 'every figure' "$($python $D/compare.py $D/expect.json "$T/one.json" 2>&1)" ''
	# shellcheck disable=SC2086
	survey $S --moments taps -o "$T/taps.json"
	is 'moments of taps' "$($python $D/compare.py $D/expect_taps.json "$T/taps.json" 2>&1)" ''
	# shellcheck disable=SC2086
	survey $S --moments none -o "$T/none.json"
	is 'no moments' "$(grep -c '"consumers":\[\],$' "$T/none.json")" 1
	sed 's/"active":0\.[0-9]/"active":0.0/' "$T/one.json" >"$T/other.json"
	if $python $D/compare.py $D/expect.json "$T/other.json" >/dev/null 2>&1; then no 'the comparison' 'sees no wrong figure'; else ok; fi
else
	skip 'every figure' 'no python3'
fi

# ---- the same bytes ----
# shellcheck disable=SC2086
survey $S --threads 4 >"$T/four.json"
same 'four threads' "$T/four.json"
for n in 1 2 3 8; do
	set --
	for i in $(seq $n); do
		# shellcheck disable=SC2086
		survey $S --shard "$i/$n" --threads 2 -o "$T/s$n-$i.json"
		set -- "$T/s$n-$i.json" "$@"
	done
	survey --merge "$@" -o "$T/merged.json"
	same "$n shards" "$T/merged.json"
done
survey --merge "$T/s2-1.json" "$T/s2-2.json" "$T/s2-1.json" -o "$T/merged.json"
same 'a shard twice' "$T/merged.json"
# what versions before 1.0.0 wrote, alone and with what is written now
if [ -x $python ]; then
	mkdir "$T/old"
	$python $D/old_keys.py "$T/s3-1.json" "$T/s3-3.json" "$T/one.json" "$T/old" || no 'old keys' 'old_keys.py fails'
	survey --merge "$T/old/s3-1.json" "$T/s3-2.json" "$T/old/s3-3.json" -o "$T/merged.json"
	same 'shards with the keys of earlier versions' "$T/merged.json"
	for f in one old/one; do
		"$TSVIZ" browse $D/net.onnx $D/windows.npz --survey "$T/$f.json" --quiet --plain table >"$T/said.${f%/one}" 2>&1
	done
	is 'a survey with the keys of earlier versions' "$(head -n 1 "$T/said.old" | grep -c alive) $(cmp "$T/said.one" "$T/said.old" 2>&1)" '1 '
fi
# shellcheck disable=SC2086
SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_COUNT=3 survey $S --shard auto -o "$T/slurm.json"
cmp -s "$T/slurm.json" "$T/s3-3.json" && ok || no 'a task of Slurm' 'is not shard 3/3'
# shellcheck disable=SC2086
PARALLEL_SEQ=2 survey $S --shard auto --of 3 -o "$T/parallel.json"
cmp -s "$T/parallel.json" "$T/s3-2.json" && ok || no 'a job of GNU parallel' 'is not shard 2/3'

# shellcheck disable=SC2086
survey $S --resume "$T/kept" -o "$T/r.json"
same 'a survey that keeps chunks' "$T/r.json"
is 'chunks that are kept' "$(ls "$T/kept" | wc -l)" 6
rm "$T/kept/chunk-00000001.json" "$T/kept/chunk-00000004.json"
# shellcheck disable=SC2086
survey $S --resume "$T/kept" --threads 2 -o "$T/r.json"
same 'a survey that goes on' "$T/r.json"
survey --merge "$T"/kept/chunk-*.json -o "$T/r.json"
same 'chunks as shards' "$T/r.json"

# ---- what is refused ----
M="$TSVIZ survey --merge"
refuses 'a gap' 'chunks 2 to 3 of 6 are in no file; add the shard' $M "$T/s3-1.json" "$T/s3-3.json"
refuses 'a gap at the end' 'chunks 4 to 5 of 6 are in no file' $M "$T/s3-1.json" "$T/s3-2.json"
refuses 'an overlap' 's2-1.json and .*s3-2.json both hold chunk 2; leave one' $M "$T/s2-1.json" "$T/s3-2.json" "$T/s3-3.json"
sed 's/"host":"[^"]*"/"host":"host-b"/; s/^"\([0-9]*\) \([0-9]*\) \([0-9]*\) /"\1 \2 0 /' "$T/s3-2.json" >"$T/wrong.json"
refuses 'the same chunks with other numbers' '\(host-b\) hold the same chunks with other numbers' $M "$T/s3-1.json" "$T/s3-2.json" "$T/wrong.json" "$T/s3-3.json"
refuses 'a whole survey' 'one.json: holds the figures of a whole set already' $M "$T/one.json" "$T/s3-1.json"
refuses 'a shard from standard input' 'standard input cannot be read twice' $M -
refuses 'no survey' 'expect.json: is no shard of a survey' $M $D/expect.json
for what in isa data recipe chunk target; do
	# shellcheck disable=SC2086
	case $what in
	isa) sed 's/"isa":"[a-z0-9]*"/"isa":"other"/' "$T/s2-2.json" >"$T/c.json" ;;
	data) sed 's/"windows.npz","sha256":"./&0/' "$T/s2-2.json" >"$T/c.json" ;;
	recipe) sed 's/"recipe":{"options":"/&--rows 3:4 /' "$T/s2-2.json" >"$T/c.json" ;;
	chunk) survey $D/net.onnx $D/windows.npz -q --chunk 8 --maps 16 --ablation 5 --shard 2/2 -o "$T/c.json" ;;
	target) survey $S --target sum --shard 2/2 -o "$T/c.json" ;;
	esac
	refuses "another $what" "c.json: its .* is not that of .*s2-1.json.*merge shards of one survey" $M "$T/s2-1.json" "$T/c.json"
done
for change in 's/"filters":4/"filters":400000000/' 's/"outputs_text":"[^ ]* /"outputs_text":"/' 's/^"7 7 /"7 -7 /' 's/^"\([0-9]* [0-9]* [0-9]* [0-9]* \)/"nan \1/' \
	's/"chunk":7/"chunk":1099511627776/' 's/"first":2/"first":3/' 's/"chunks":2/"chunks":3/' 's/"parts":\[/"parts":[1,/' \
	's/"precision_bits":32/"precision_bits":64/' 's/"to":4/"to":1e300/' 's/"classes":\["0",/"classes":["0","0",/' 's/"axes":\["limit"\],"values":\[0\]/"axes":["limit"],"values":[]/' \
	's/"steps":24/"steps":2147483648/' 's/"channels":\["[^"]*",/"channels":[/'; do
	sed "$change" "$T/s3-2.json" >"$T/bad.json"
	if cmp -s "$T/bad.json" "$T/s3-2.json"; then no "damage $change" 'changes nothing'; else
		refuses "damage $change" 'bad.json' $M "$T/s3-1.json" "$T/bad.json" "$T/s3-3.json"
	fi
done
head -c 3000 "$T/s3-2.json" >"$T/bad.json"
refuses 'a shard that ends early' 'bad.json: line' $M "$T/s3-1.json" "$T/bad.json" "$T/s3-3.json"
cp "$T/bad.json" "$T/kept/chunk-00000003.json"
# shellcheck disable=SC2086
refuses 'a damaged chunk' 'chunk-00000003.json: line' "$TSVIZ" survey $S --resume "$T/kept" -o "$T/r.json"
mkdir "$T/other"
# shellcheck disable=SC2086
survey $S --target sum --resume "$T/other" -o "$T/r.json"
# shellcheck disable=SC2086
refuses 'chunks of another survey' 'chunk-0000000[0-9].json: its target sum is not that of this survey' "$TSVIZ" survey $S --resume "$T/other" -o "$T/r.json"
for s in 0/3 4/3 3 a/b 1/0 1/2000000 -1/3; do
	# shellcheck disable=SC2086
	misused "--shard $s" "^tsviz: --shard" "$TSVIZ" survey $S "--shard=$s"
done
# shellcheck disable=SC2086
misused '--shard auto alone' 'give --shard I/N' env -u SLURM_ARRAY_TASK_ID -u PARALLEL_SEQ "$TSVIZ" survey $S --shard auto
# shellcheck disable=SC2086
misused '--shard auto without a number' 'give --of N' env -u SLURM_ARRAY_TASK_ID PARALLEL_SEQ=2 "$TSVIZ" survey $S --shard auto
misused '--maps some' "--maps 'some': a number of windows or" "$TSVIZ" survey $D/net.onnx $D/windows.npz --maps some
misused '--merge with --shard' 'takes neither' "$TSVIZ" survey --merge x.json --shard 1/2
misused 'no data' 'usage: tsviz survey' "$TSVIZ" survey $D/net.onnx

# ---- a worker that is killed ----
N=tests/keras/residual.h5
awk 'BEGIN { print "a,b,c"; for (i = 0; i < 3000; i++) printf "%.6f,%.6f,%.6f\n", sin(i / 5), cos(i / 3), sin(i / 11) }' >"$T/d.csv"
R="$N $T/d.csv --columns a,b,c --chunk 100 --maps all -q"
# shellcheck disable=SC2086
survey $R -o "$T/whole.json"
# shellcheck disable=SC2086
"$TSVIZ" survey $R --threads 1 --resume "$T/killed" -o "$T/k.json" 2>"$T/err" &
pid=$!
while [ ! -e "$T/killed/chunk-00000002.json" ] && kill -0 $pid 2>/dev/null; do sleep 0.01; done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
# shellcheck disable=SC2086
survey $R --resume "$T/killed" -o "$T/k.json"
cmp -s "$T/k.json" "$T/whole.json" && ok || no 'a survey that was killed goes on' 'other bytes'
# shellcheck disable=SC2086
"$TSVIZ" survey $R --threads 1 --resume "$T/stopped" -o "$T/i.json" 2>"$T/err" &
pid=$!
while [ ! -e "$T/stopped/chunk-00000000.json" ] && kill -0 $pid 2>/dev/null; do sleep 0.01; done
kill -TERM $pid 2>/dev/null
wait $pid 2>/dev/null
st=$?
if [ $st -eq 0 ]; then skip 'a signal' 'the survey was faster'; else
	is 'a signal' "$st $(cat "$T/err")" "143 tsviz: stopped; finished chunks are in $T/stopped, and the same command goes on from there"
fi
# shellcheck disable=SC2086
survey $R --resume "$T/stopped" -o "$T/i.json"
cmp -s "$T/i.json" "$T/whole.json" && ok || no 'a survey that was stopped goes on' 'other bytes'

# ---- what is seen meanwhile ----
R="$N $T/d.csv --columns a,b,c --chunk 20 --maps all --threads 1"
if [ -x $python ]; then
	# shellcheck disable=SC2086
	seen=$($python - "$TSVIZ" survey $R --resume "$T/tty" -o "$T/tty.json" <<'END'
import os, pty, re, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
out, sent = b"", False
while True:
    try:
        b = os.read(fd, 4096)
    except OSError:
        break
    if not b:
        break
    out += b
    if not sent and re.search(rb"\r *\d+ % [#.]{20} \d+ windows/s, \d+ s left *$", out):
        sent = True
        os.write(fd, b"\x03")
status = os.waitpid(pid, 0)[1]
print(os.WEXITSTATUS(status), re.search(rb"\r {66}\r.*tsviz: stopped; finished chunks are in ", out, re.S) is not None if sent else out[-200:])
END
)
	if [ -e "$T/tty.json" ]; then skip 'a bar and Ctrl-C' 'the survey was faster'; else
		is 'a bar on a terminal, and Ctrl-C' "$seen" '130 True'
		# shellcheck disable=SC2086
		survey $R -q --resume "$T/tty" -o "$T/tty.json"
		# shellcheck disable=SC2086
		survey $R -q --threads 2 -o "$T/whole.json"
		cmp -s "$T/tty.json" "$T/whole.json" && ok || no 'a survey goes on after Ctrl-C' 'other bytes'
	fi
fi
if command -v faketime >/dev/null && [ "$TSVIZ_VARIANT" != san ]; then
	# shellcheck disable=SC2086
	faketime -f '+0 x400' "$TSVIZ" survey $R --max-time 86400 -o "$T/lines.json" 2>"$T/err"
	if [ -s "$T/err" ]; then ok; else no 'lines where there is no terminal' 'none in 400 s'; fi
	is 'each says how far it is' "$(grep -vcE '^tsviz: [0-9]+ of 2[0-9]+ windows, [0-9]+ windows/s, [0-9]+ s left$' "$T/err")" 0
else
	skip 'lines where there is no terminal' 'no faketime'
fi

# ---- the errors of every task, as eval has them; and the same bytes from shards ----
B=tests/tasks
tried=0
while read -r args; do
	# shellcheck disable=SC2086
	survey $args -q --chunk 3 --maps 2 -o "$T/task.json"
	# shellcheck disable=SC2086
	"$TSVIZ" eval $args -q --schema-version 2 >"$T/eval.json"
	# shellcheck disable=SC2086
	survey $args -q --chunk 3 --maps 2 --shard 1/2 -o "$T/t1.json"
	# shellcheck disable=SC2086
	survey $args -q --chunk 3 --maps 2 --shard 2/2 -o "$T/t2.json"
	survey --merge "$T/t2.json" "$T/t1.json" -o "$T/merged.json"
	cmp -s "$T/task.json" "$T/merged.json" && ok || no "shards of $args" 'other bytes'
	tried=$((tried + 1))
	cp "$T/task.json" "$T/task-$tried.json"
	cp "$T/eval.json" "$T/eval-$tried.json"
done <<END
$B/sequence.h5 $B/sequence.npz
$B/autoencoder.h5 $B/x.npy --y $B/labels.npy
$B/unet.h5 $B/unet.npz
$B/binary.h5 $B/x.npy --y $B/binary_y.npy
$B/forecast.h5 $B/series.csv
$D/net.onnx $D/windows.npz
END
if [ -x $python ]; then
	is 'errors of every task' "$($python - "$T" $tried <<'END'
import json, sys
for i in range(1, int(sys.argv[2]) + 1):
    s, e = (json.load(open("%s/%s-%d.json" % (sys.argv[1], k, i))) for k in ("task", "eval"))
    def flat(path, v):
        if isinstance(v, dict):
            return [q for k in sorted(v) for q in flat(path + "." + k, v[k])]
        if isinstance(v, list):
            return [q for k, w in enumerate(v) for q in flat("%s[%d]" % (path, k), w)]
        return [(path, v)]
    a, b = flat("", s["errors"]), flat("", e["errors"])
    for (p, x), (q, y) in zip(a, b):
        near = abs(x - y) <= 1e-12 * abs(y) if isinstance(x, float) and isinstance(y, float) else x == y
        if p != q or not near:
            print(s["model"]["name"], p, x, q, y)
    if len(a) != len(b) or len(a) < 8:
        print(s["model"]["name"], len(a), len(b))
END
	)" ''
else
	skip 'errors of every task' 'no python3'
fi

# ---- a disk that is full ----
refuses 'a chunk that cannot be written' 'full/chunk-0000000[0-9].json: cannot be written: File too large' \
	sh -c "ulimit -f 20; '$TSVIZ' survey $S --resume '$T/full' -o '$T/f.json'"
is 'no half chunk is left' "$(ls "$T/full")" ''
# shellcheck disable=SC2086
survey $S --resume "$T/full" -o "$T/f.json"
same 'a survey goes on when there is room' "$T/f.json"

# ---- the paper's network ----
P=../shared/models/internet_traffic.h5
if [ -e $P ] && [ -x $python ]; then
	P="$P ../shared/data/internet_traffic.csv --columns 2 --derive diff --scale standard --fit 0:14000 --rows 14000:18000 -q"
	# shellcheck disable=SC2086
	survey $P -o "$T/paper.json"
	# shellcheck disable=SC2086
	"$TSVIZ" eval $P --schema-version 2 >"$T/eval.json"
	# shellcheck disable=SC2086
	"$TSVIZ" analyze $P --all --importance taylor >"$T/all.json"
	is 'figures of the paper' "$($python - "$T/paper.json" "$T/eval.json" "$T/all.json" <<'END'
import json, sys
s, e, a = (json.load(open(f)) for f in sys.argv[1:])
convs = [l["per_filter"] for l in s["layers"] if "conv" in l["name"]]
print(s["windows"], [sum(f["dead"] for f in c) for c in convs], [l["dead_filters"] for l in s["layers"] if "conv" in l["name"]], sum(map(len, convs)), end=" ")
gated = [[f["importance_spreads"]["gated"]["raw_spread"] for f in c] for c in convs]
print(["%.1f" % (100 * sum(g["zero"] for g in c) / sum(g["n"] for g in c)) for c in gated], end=" ")
def numbers(v):
    return [q for k in sorted(v) for q in numbers(v[k])] if isinstance(v, dict) else [v]
x, y = numbers(s["errors"]), numbers(e["errors"])
print(len(x) == len(y) and all(p == q or abs(p - q) <= 1e-12 * abs(q) for p, q in zip(x, y)), s["predictions"]["values"] == a["predictions"], end=" ")
worst = 0
for l, m in zip(s["layers"], a["importance"]):
    for kind in "raw", "scaled":
        for k in "min", "max", "mean":
            for f, v in zip(l["per_filter"], m[kind][k]):
                worst = max(worst, abs(f["importance_spreads"]["taylor"][kind + "_spread"][k] - v) / (abs(v) + 1e-9))
print(worst < 1e-8)
END
	)" "3950 [0, 14, 4] [0, 14, 4] 112 ['29.4', '54.4', '40.6'] True True True"
else
	skip 'figures of the paper' 'the model or python3 is not there'
fi
# the browser reads the file of the same model, recipe, data and target only
browse() { "$TSVIZ" "$@" --quiet --plain table --survey "$T/browse.json"; }
B="tests/screens/net.json tests/screens/load.csv --columns load,temp --predict load"
"$TSVIZ" survey $B -o "$T/browse.json" 2>"$T/err" && browse $B >"$T/out" 2>"$T/err" && [ "$(head -n 1 "$T/out" | grep -c alive)" -eq 1 ] && ok || no 'a survey in the browser' "$(head -c 300 "$T/err")"
refuses 'a survey of another model' 'browse.json: is of another model \(net.json\).*branch.json' browse tests/screens/branch.json tests/screens/classes.csv --columns u,v --label state --classes busy,down,idle
refuses 'a survey of another recipe' 'is of another recipe \(--columns load,temp' browse $B --rows 3:
sed '7s/,[^,]*,/,99,/' tests/screens/load.csv >"$T/load.csv"
refuses 'a survey of other data' 'is of another data \(load.csv\)' browse tests/screens/net.json "$T/load.csv" --columns load,temp --predict load
refuses 'a survey of another target' 'is of another target \(sum\).*\(loss\)' browse $B --target loss
done_testing
