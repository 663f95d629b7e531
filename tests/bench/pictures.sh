#!/bin/sh
# README's pictures: sh tests/bench/pictures.sh (make pictures). Level 2 of the bundled network as the key e writes it, for a dark and a light page.
cd "$(dirname "$0")/../.." || exit 2
: "${TSVIZ:=$PWD/build/release/tsviz}"
for theme in dark light; do
	file=tests/bench/layers-$theme.svg
	rm -f "$file"
	XDG_CONFIG_HOME=/nonexistent "$TSVIZ" demo --theme $theme --glyphs braille --screen layers --size 100x30 \
		--keys "e $(printf %s "$file" | sed 's/./& /g')enter" | tail -n 1 | grep -q written || { echo "$file was not written" >&2; exit 1; }
done
