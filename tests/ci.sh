#!/bin/sh
# The checks that a change has to pass: sh tests/ci.sh [STAGE ...], run by `make ci`. All stages take some 50 minutes on two processors.
# Each stage has its own time limit, which ends a stage that hangs. Its output is in build/ci/STAGE.log; the end of the output is shown
# when the stage fails. With SETUP=1 each stage installs the packages that it needs.
cd "$(dirname "$0")/.." || exit 2
mkdir -p build/ci
np=0 nf=0
# Without these tools some tests of the stages are skipped.
sh tests/deps.sh tools
stage() { # name, most seconds, command...
	name=$1 most=$2
	shift 2
	case " $wanted " in *" $name "* | '  ') ;; *) return ;; esac
	begin=$(date +%s)
	timeout -k 10 "$most" "$@" >build/ci/$name.log 2>&1 </dev/null
	status=$?
	took=$(($(date +%s) - begin))
	if [ $status -eq 0 ]; then
		np=$((np + 1)) && echo "ok   $name: $took s: $(tail -n 1 build/ci/$name.log)"
	else
		nf=$((nf + 1)) && echo "FAIL $name: $took s of $most, status $status"
		grep -aE '^(not ok|FAIL|again:|bytes:|  at )|error|SUMMARY' build/ci/$name.log | head -n 60
		tail -n 15 build/ci/$name.log
	fi
}
wanted=$*
stage test 900 make --no-print-directory test
stage san 2700 make --no-print-directory test VARIANT=san
stage hostile 1200 make --no-print-directory hostile
stage lint 1200 make --no-print-directory lint
# The bytes are the same every time, so that chance does not decide whether a change passes.
stage fuzz 1500 env SEED=1 make --no-print-directory fuzz SECONDS=8
stage faults 400 make --no-print-directory faults MOST=60
echo "$np passed, $nf failed"
[ $nf -eq 0 ]
