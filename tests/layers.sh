#!/bin/sh
# The layer rule. core/, ui/ and src/ are divided into rooms; a file includes headers of its own room and of rooms that
# stand before it in the list, and of no other. So there are no circles. One file knows each library.
# Prints offending lines; exit 1 when there are any.
cd "$(dirname "$0")/.." || exit 2
bad=0
rooms='core/base core/graph core/kernels core/ops core/run core/model core/band core/data core/edit core/probe core/analysis core/survey core/record core/truth core/diff core/attack core/whatif core/train core/prune
ui/draw ui/terminal ui/behind ui/session ui/scene ui/state ui/actions ui/parts ui/views ui/browse
src/read src/join src/json src/schema src/text src/data src/keras src/onnx src/cli src/job src/kept src/session src/answer src/export src/prune src/report src/serve src/verbs src'
files=$(find core ui src -name '*.[ch]' | sort)
check() { # what, pattern that must not match, files...
	what=$1 pattern=$2
	shift 2
	if grep -nE "$pattern" /dev/null "$@"; then
		echo "  ^ $what" >&2
		bad=1
	fi
}
only() { # header pattern, allowed file pattern, all others must not include it
	hdr=$1 allowed=$2
	# shellcheck disable=SC2086
	if grep -nE "#include <($hdr)" /dev/null $files | grep -vE "$allowed:"; then
		echo "  ^ only $allowed may include <$hdr>" >&2
		bad=1
	fi
}
# shellcheck disable=SC2086
awk -v rooms="$rooms" '
	BEGIN { n = split(rooms, list); for (i = 1; i <= n; i++) place[list[i]] = i }
	FNR == 1 {
		room = FILENAME; sub("/[^/]*$", "", room)
		if (!(room in place)) { print FILENAME ": the room " room " is not in the list of tests/layers.sh"; bad = 1 }
	}
	/^#include "(core|ui|src)\// {
		other = $2; gsub("\"", "", other); sub("/[^/]*$", "", other)
		if (place[other] > place[room] || !(other in place)) {
			print FILENAME ":" FNR ": " $0; print "  ^ " room " stands before " other; bad = 1
		}
	}
	# core and ui know nothing of what stands above them, whatever the list says
	/^#include "src\// && room !~ /^src/ { print FILENAME ":" FNR ": " $0; bad = 1 }
	/^#include "ui\// && room ~ /^core/ { print FILENAME ":" FNR ": " $0; bad = 1 }
	END { exit bad }' $files >&2 || bad=1
# Within these rooms no file leads back to itself either. A .c file, its header and its private header (_state) are one.
loops=$(grep -rE '^#include "core/' core/probe core/analysis --include='*.[ch]' |
	sed -E 's/^([^:]*)\.[ch]:#include "(.*)\.h".*/\1 \2/; s/_state( |$)/\1/g' | awk '$1 != $2' | sort -u | tsort 2>&1 >/dev/null)
if [ -n "$loops" ]; then
	echo "$loops" >&2
	echo "  ^ a circle of includes" >&2
	bad=1
fi
# shellcheck disable=SC2086
check "includes are written from the root" '#include "[^/"]+"' $files
# shellcheck disable=SC2046
check "core/ opens no files and reads no environment" '\b(fopen|open|openat|getenv|setlocale|popen|system)\(' \
	$(find core -name '*.c')
only 'curses|ncurses|term.h' '^ui/terminal/terminal\.c'
only 'hdf5' '^src/keras/keras_h5\.c'
only 'csv\.h' '^src/text/csv_lines\.c'
only 'zlib\.h' '^src/read/source\.c'
only 'sndfile\.h' '^src/data/data_sound\.c'
only 'matio\.h' '^src/data/mat_parts\.h'
only 'edflib\.h' '^src/data/data_edf\.c'
only 'microhttpd\.h' '^src/serve/listener\.c'
only 'zip\.h' '^src/read/zip_read\.c'
only 'protobuf-c' '^src/onnx/onnx_p(b|ack)\.c'
only 'cjson' '^src/.*'
echo "$((1 - bad)) passed, $bad failed, 0 skipped"
exit $bad
