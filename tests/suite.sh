#!/bin/sh
# Runs one suite for tests/run.sh: sh tests/suite.sh NAME PROGRAM OUTPUT. PROGRAM is a unit program or a script of tests/cli. Its output goes
# to the file OUTPUT, and the numbers of passed, failed and skipped cases to OUTPUT.count. Then one line for the suite is printed, or
# all its output if it failed. It is printed by one call, because other suites run at the same time. A unit program of another variant
# gets the program of that variant.
name=$1 program=$2 output=$3
echo '0 1 0' >"$output.count" # what stays if this script is killed
begin=$(date +%s)
case $program in
build/*/tests/*) export TSVIZ="$PWD/${program%/tests/*}/tsviz" ;;
esac
case $program in
*.sh) sh "$program" ;;
*) "$program" ;;
esac >"$output" 2>&1 </dev/null
status=$?
times >"$output.times"
took="$(($(date +%s) - begin)) s, $(awk 'NR == 2 { split($1, u, "[ms]"); split($2, k, "[ms]"); printf "%.0f", 60 * (u[1] + k[1]) + u[2] + k[2] }' "$output.times") of a processor"
last=$(grep -aE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$output" | tail -n 1)
if [ -z "$last" ]; then
	said=$(cat "$output" && echo "FAIL $name: ended without a count (status $status)")
else
	set -- $last
	p=$1 f=$3 s=$5
	if [ "$f" -gt 0 ] || [ $status -ne 0 ]; then
		[ "$f" -gt 0 ] || f=1
		said=$(cat "$output" && echo "FAIL $name")
	else
		said=$(grep -a '^SKIP ' "$output"; echo "ok   $name: $p passed, $s skipped ($took)")
	fi
	echo "$p $f $s" >"$output.count"
fi
printf '%s\n' "$said"
