#!/bin/sh
# The quick tier: sh tests/quick.sh VARIANT "SUITE ..." "SCREEN ...", run by `make quick`. A suite is a program of tests/unit or a script
# of tests/cli by its name; a screen is a name in tests/screens/cases. Either list may be empty, but not both.
cd "$(dirname "$0")/.." || exit 2
suites=$(echo "$2" | xargs | tr ' ' '|') screens=$(echo "$3" | xargs | tr ' ' '|')
if [ -z "$suites$screens" ]; then
	cat >&2 <<-END
	usage: make quick SUITE=test_saliency SCREEN=action-highlight
	suites: $(ls tests/unit/test_*.c tests/cli/*.sh | sed 's|.*/||; s|\.[a-z]*$||' | grep -vx lib | xargs)
	screens: the names in tests/screens/cases
	END
	exit 2
fi
status=0
if [ -n "$suites" ]; then sh tests/run.sh "$1" "^($suites)\$" || status=1; fi
if [ -n "$screens" ]; then
	echo "screens: $screens"
	TSVIZ="$PWD/build/$1/tsviz" sh tests/cli/screens.sh only "^($screens)\$" || status=1
fi
exit $status
