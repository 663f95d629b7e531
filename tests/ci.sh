#!/bin/sh
# All that a change can be asked to pass, each with its own limit of time: some 40 minutes on two processors. The limits end what hangs.
#   sh tests/ci.sh [STAGE ...]      run by `make ci`. `tools`: installs what they use, no more
# The output of a stage is in build/ci/STAGE.log; the end of it is shown when the stage fails.
cd "$(dirname "$0")/.." || exit 2
mkdir -p build/ci
export DEBIAN_FRONTEND=noninteractive
np=0 nf=0
# what the stages use beside what tests/deps.sh installs and what they install themselves; without it some of their tests are skipped
missing=
for tool in faketime make python3 strace tmux; do command -v $tool >/dev/null || missing="$missing $tool"; done
[ -r /usr/share/i18n/locales/de_DE ] || missing="$missing locales"
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	# shellcheck disable=SC2086
	{ apt-get install -y --no-install-recommends $missing || { apt-get update && apt-get install -y --no-install-recommends $missing; }; } \
		>build/ci/apt.log 2>&1 || echo "cannot be installed:$missing"
fi
[ "$1" = tools ] && exit 0
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
stage test 600 make --no-print-directory test
stage san 1200 make --no-print-directory test VARIANT=san
stage hostile 600 make --no-print-directory hostile
stage lint 900 make --no-print-directory lint
# the same bytes every time: what a change has to pass is not a game of chance
stage fuzz 1500 env SEED=1 make --no-print-directory fuzz SECONDS=60
stage faults 400 make --no-print-directory faults MOST=60
echo "$np passed, $nf failed"
[ $nf -eq 0 ]
