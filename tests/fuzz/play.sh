#!/bin/sh
# Random keys, clicks and sizes on the screen in memory, over networks and data of several kinds: sh tests/fuzz/play.sh [KEYS [SEED
# [PROGRAM]]]. KEYS are divided among them. PROGRAM is build/release/play, or that of the sanitizers. Run by `make monkey`.
cd "$(dirname "$0")/../.." || exit 2
each=$((${1:-10000000} / 8)) seed=${2:-$(date +%s)} play=${3:-build/release/play} status=0
S=tests/screens
while read -r shown; do
	"$play" $each "$seed" $shown 2>build/play.err || { status=1; echo "FAIL $shown"; tail -n 20 build/play.err; }
	seed=$((seed + 1))
done <<END

$S/net.json $S/load.csv --columns load,temp --predict load
$S/branch.json $S/classes.csv --columns u,v --label state --classes busy,down,idle
$S/seg.json $S/classes.csv --columns u,v --label state --classes busy,down,idle
$S/auto.json $S/load.csv --columns load,temp
$S/line.json $S/load.csv --columns load
tests/survey/net.onnx tests/survey/windows.npz --beside tests/diff/renumbered.onnx
$S/net.json
END
exit $status
