#!/bin/sh
# The quick tier: sh tests/quick.sh VARIANT "SUITE ..." "SCREEN ...", run by `make quick`. A suite is a program of tests/unit or a script
# of tests/cli by its name; a screen is a name in tests/screens/cases. A name may be an extended regular expression. Either list may be
# empty, but not both. A name that nothing has ends it with status 2 before anything runs.
cd "$(dirname "$0")/.." || exit 2
suites=$(echo "$2" | xargs | tr ' ' '|') screens=$(echo "$3" | xargs | tr ' ' '|')
all_suites() { for f in tests/unit/test_*.c tests/cli/*.sh; do basename "${f%.*}"; done | grep -vx lib; }
all_screens() { sed -n 's/^\([a-z][^ |]*\) *|.*/\1/p' tests/screens/cases; }
if [ -z "$suites$screens" ]; then
	cat >&2 <<-END
	usage: make quick SUITE=test_saliency SCREEN=action-highlight
	suites: $(all_suites | xargs)
	screens: the names in tests/screens/cases
	END
	exit 2
fi
known() { # KIND, NAMES, where the names are: reads what there is
	there=$(cat)
	echo "$2" | tr '|' '\n' | while IFS= read -r name; do
		[ -z "$name" ] || echo "$there" | grep -qxE -- "$name" || { echo "no $1 is called '$name'; $3" && exit 1; }
	done >&2
}
all_suites | known suite "$suites" 'make quick without a name lists them' || exit 2
all_screens | known screen "$screens" 'tests/screens/cases lists them' || exit 2
status=0
if [ -n "$suites" ]; then sh tests/run.sh "$1" "^($suites)\$" || status=1; fi
if [ -n "$screens" ]; then
	echo "screens: $screens"
	TSVIZ="$PWD/build/$1/tsviz" sh tests/cli/screens.sh only "^($screens)\$" || status=1
fi
exit $status
