#!/bin/sh
# README's pictures: sh tests/bench/pictures.sh [FOLDER] (make pictures). Level 1 of the sample machine and level 2 of the electrocardiogram, as
# the key e writes them, for a dark and a light page. The portable kernels give the same picture on every processor.
cd "$(dirname "$0")/../.." || exit 2
: "${TSVIZ:=$PWD/build/release/tsviz}"
to=${1:-tests/bench}
export XDG_CONFIG_HOME=/nonexistent XDG_STATE_HOME=/nonexistent
for picture in 'network machine' 'layers ecg'; do
	view=${picture% *} sample=${picture#* }
	for theme in dark light; do
		file=$to/$view-$theme.svg
		rm -f "$file"
		"$TSVIZ" demo "$sample" --isa baseline --theme $theme --glyphs braille --screen "$view" --size 100x30 \
			--keys "e $(printf %s "$file" | sed 's/./& /g')enter" | tail -n 1 | grep -q written || { echo "$file was not written" >&2; exit 1; }
	done
done
