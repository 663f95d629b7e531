#!/bin/sh
# Prints who owns what in a package, in Debian's format of copyright files: sh tests/package/copyright.sh [PACKAGE ...]. Each PACKAGE is one of
# Debian's whose code is a part of the program; its terms are taken from the files that it installs.
cd "$(dirname "$0")/../.." || exit 2
indented() { sed 's/[[:space:]]*$//; s/^$/./; s/^/ /'; }
cat <<'END'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: tsviz

Files: *
END
printf 'Copyright: %s\nLicense: Expat\n' "$(sed -n 's/^Copyright (c) //p' LICENSE | head -n 1)"
sed '1,/^Copyright/d' LICENSE | sed '1{/^$/d}' | indented
cat <<'END'

Files: samples/ecg.csv
Copyright: George B. Moody, Roger G. Mark and PhysioNet (the attribution is below)
License: ODC-By-1.0
END
sed -n '/^ecg.csv/,/^machine.csv/p' samples/LICENSE | sed '1d;$d' | sed 's/^    //; ${/^$/d}' | indented
for package; do
	file=/usr/share/doc/$package/copyright
	[ -r "$file" ] || { echo "there is no $file: install $package" >&2; exit 1; }
	printf '\nFiles: usr/bin/tsviz\nComment: The program contains parts of %s (of the package %s).\n' \
		"$(dpkg-query -W -f '${source:Package} ${source:Version}' "$package")" "$package"
	# the upstream part of its file
	sed '/^Files: debian/,$d' "$file" >"${TMPDIR:-/tmp}/copyright.$$"
	owners=$(sed -n '/^Files: \*/,/^License:/{/^Copyright: */{s///;p};/^ /p}' "${TMPDIR:-/tmp}/copyright.$$" | sed 's/^ */ /; 1s/^ //')
	# an older form: the paragraph that begins with the word, and the next one where it has only years
	[ -n "$owners" ] || owners=$(awk '
		/Copyright/ { on = 1 }
		!on || /Files:|All rights/ { next }
		{ sub(/^([A-Z]+ is )?[[:space:]]*(Copyright)?[[:space:]:]*(\([cC]\))?[[:space:]]*/, "") }
		$0 == "" { if (named) exit; next }
		{ print (n++ ? " " : "") $0; if (/[a-z]/) named = 1 }
		n == 5 { exit }' "${TMPDIR:-/tmp}/copyright.$$")
	printf 'Copyright: %s\nLicense: %s\n' "$owners" "$package"
	indented <"${TMPDIR:-/tmp}/copyright.$$"
	rm -f "${TMPDIR:-/tmp}/copyright.$$"
done
