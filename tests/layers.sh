#!/bin/sh
# The layer rule of DESIGN: core/ includes core/ only, ui/ includes core/ and ui/, one file knows each library.
# Prints offending lines; exit 1 when there are any.
cd "$(dirname "$0")/.." || exit 2
bad=0
check() { # what, pattern that must not match, files...
	what=$1 pattern=$2
	shift 2
	for f in "$@"; do
		[ -f "$f" ] || continue
		if grep -nE "$pattern" "$f" /dev/null; then
			echo "  ^ $what" >&2
			bad=1
		fi
	done
}
only() { # header pattern, allowed file pattern, all others must not include it
	hdr=$1 allowed=$2
	for f in core/*.[ch] ui/*.[ch] src/*.[ch]; do
		[ -f "$f" ] || continue
		if ! echo "$f" | grep -qE "$allowed" && grep -nE "#include <($hdr)" "$f" /dev/null; then
			echo "  ^ only $allowed may include <$hdr>" >&2
			bad=1
		fi
	done
}
check "core/ includes core/ only" '#include "(ui|src|tests)/' core/*.[ch]
check "ui/ includes core/ and ui/ only" '#include "(src|tests)/' ui/*.[ch]
check "includes are written from the root" '#include "[^/"]+"' core/*.[ch] ui/*.[ch] src/*.[ch]
check "core/ opens no files and reads no environment" '\b(fopen|open|openat|getenv|setlocale|popen|system)\(' core/*.c
only 'curses|ncurses|term.h' '^ui/terminal\.c$'
only 'hdf5' '^src/keras_h5\.c$'
only 'csv\.h' '^src/csv\.c$'
only 'zlib\.h' '^src/source\.c$'
only 'zip\.h' '^src/zip_read\.c$'
only 'protobuf-c' '^src/onnx_p(b|ack)\.c$'
only 'cjson' '^src/'
exit $bad
