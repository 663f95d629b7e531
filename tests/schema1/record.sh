#!/bin/sh
# Records what the cases write, from the root of the checkout: TSVIZ=PROGRAM sh tests/schema1/record.sh
# The files in this folder were recorded by a build of commit 5725b85, which is the last one before schema 2 was whole. They are not recorded
# again: what they hold is what programs read that were written for schema 1.
: "${TSVIZ:?the program that wrote schema 1}"
export XDG_CACHE_HOME=/dev/null/none XDG_STATE_HOME=/dev/null/none
grep -v '^#' tests/schema1/cases | while read -r name arguments; do
	# shellcheck disable=SC2086
	"$TSVIZ" $arguments -q --json >"tests/schema1/$name.json" || exit 1
done
