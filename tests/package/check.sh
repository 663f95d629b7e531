#!/bin/sh
# Installs the package in a minimal Debian, runs it there, removes it and looks for files that are left. Then runs the static program in a
# folder with nothing else. With README=1 it also types the two commands of README there, on a copy of the tree, and says how long they
# take. It needs root. Run by `make package-check`.
cd "$(dirname "$0")/../.." || exit 2
sh tests/deps.sh package-check || exit 1
. tests/cli/lib.sh
. tests/package/tree.sh
root=$PWD/build/package/debian empty=$PWD/build/package/empty
model=tests/keras/chain.h5
deb=$(ls build/deb/tsviz_*.deb)
if [ ! -x "$root/usr/bin/apt-get" ]; then
	rm -rf "$root" # what an earlier run could not finish
	mkdir -p "$root"
	# packages from where this machine takes its own, and in the same way
	apt-config dump | grep '^Acquire::[A-Za-z-]* ' >"$T/apt.conf"
	cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null |
		mmdebstrap --variant=minbase --quiet --dpkgopt=force-unsafe-io --aptopt="$T/apt.conf" --aptopt='Acquire::Retries "5"' "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" - || exit 1
fi
# ---- the package and the installation, here ----

# The same sources give the same bytes, also in another folder, by whatever user name; who makes the package is as Debian's tools are told.
again=$PWD/build/package/again
rm -rf "$again"
mkdir -p "$again"
tree_files | tar -cf - -T - | tar -xf - -C "$again"
packed() { # folder, variables ...: the sum of its package
	(cd "$1" && shift && env LINTIAN=true "$@" make --no-print-directory -j"$(nproc)" deb >"$T/log" 2>&1 && sha256sum <"$(ls build/deb/tsviz_*.deb)")
}
unset DEBFULLNAME DEBEMAIL
SOURCE_DATE_EPOCH=$(tree_stamp)
export SOURCE_DATE_EPOCH
sum=$(packed .)
[ -n "$sum" ] && ok || no 'make deb' "$(tail -n 3 "$T/log")"
is 'the same bytes a second time' "$(umask 077; packed . TZ=Asia/Tokyo LC_ALL=C)" "$sum"
is 'the same bytes from another folder' "$(packed "$again" USER=nobody)" "$sum"
field() { dpkg-deb -f "$1" "$2"; }
is 'who holds the rights' "$(field "$deb" Maintainer)" "$(sed -n 's/^Copyright (c) [0-9, -]*\(the \)\{0,1\}//p' LICENSE) <maintainers@tsviz.invalid>"
packed "$again" DEBFULLNAME='Ada Example' DEBEMAIL=ada@example.org >"$T/sum"
is 'DEBFULLNAME and DEBEMAIL' "$(field "$again"/build/deb/tsviz_*.deb Maintainer)" 'Ada Example <ada@example.org>'
is 'and in the changelog' "$(dpkg-deb --fsys-tarfile "$again"/build/deb/tsviz_*.deb | tar -xOf - ./usr/share/doc/tsviz/changelog.gz | gzip -d | grep -c '^ -- Ada Example <ada@example.org>  ')" 1
# What is linked in is named with its version, and nothing else.
is 'Static-Built-Using' "$(field "$deb" Static-Built-Using)" "$(dpkg-query -W -f '${source:Package} (= ${source:Version})\n' libhdf5-dev libaec-dev | paste -s -d , | sed 's/,/, /')"
# uninstall removes what install wrote, and nothing of others.
to=$T/to
mkdir -p "$to/usr/bin" "$to/usr/share/man/man1" "$to/usr/share/tsviz"
touch "$to/usr/bin/tsviz-other" "$to/usr/share/man/man1/tsviz-other.1" "$to/usr/share/tsviz/mine.csv"
(cd "$to" && find . -type f | sort) >"$T/others"
make --no-print-directory install DESTDIR="$to" PREFIX=/usr >"$T/log" 2>&1 && ok || no 'make install' "$(tail -n 3 "$T/log")"
is 'what install wrote is in its list' "$(cd "$to/usr" && find . -type f -newer "$T/others" | sed 's|^\./||' | grep -vx share/tsviz/installed | LC_ALL=C sort | cmp - share/tsviz/installed)" ''
make --no-print-directory uninstall DESTDIR="$to" PREFIX=/usr >"$T/log" 2>&1 && ok || no 'make uninstall' "$(tail -n 3 "$T/log")"
is 'after uninstall' "$(cd "$to" && find . -type f | sort)" "$(cat "$T/others")"
is 'a second uninstall says so' "$(make --no-print-directory uninstall DESTDIR="$to" PREFIX=/usr 2>&1 | grep -c 'is not there, so nothing is removed')" 1
# Installing for another kind of machine runs nothing that was built for it: here a program that cannot run at all.
make --no-print-directory dist >"$T/log" 2>&1 && tar -xzf build/dist/tsviz-*.tar.gz -C "$T" || no 'make dist' "$(tail -n 3 "$T/log")"
unpacked=$(echo "$T"/tsviz-*)
mkdir -p "$unpacked/build/release"
touch -d '+1 hour' "$unpacked/build/release/complete"
(cd "$unpacked" && printf '#!/bin/sh\nexit 99\n' >build/release/tsviz && chmod +x build/release/tsviz && touch -d '+1 hour' build/release/tsviz &&
	make --no-print-directory -o build/release/tsviz install DESTDIR="$T/cross" PREFIX=/usr) >"$T/log" 2>&1 && ok || no 'installing runs nothing' "$(tail -n 3 "$T/log")"
is 'and yet the manual is there' "$(ls "$T"/cross/usr/share/man/man?/tsviz* | wc -l)" "$("$TSVIZ" --manual | wc -l)"

# ---- the package, in a minimal Debian ----

files() { (cd "$root" && find . -xdev -path ./var/lib/apt -prune -o -path ./var/cache -prune -o -path ./var/log -prune -o -path ./tmp -prune -o -print | sort); }
files >"$T/before"
cp "$deb" "$root/tmp/tsviz.deb"
cp "$model" "$root/tmp/model.h5"
# what a machine has and a folder lacks: /proc, pseudo-terminals, and processes of its own, all of which end with the command; and nothing of
# this machine's environment, such as a make's CC
in_root() {
	unshare --mount --pid --fork --kill-child sh -c 'mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/dev/shm" &&
		mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$0/dev/pts" && mount --bind "$0/dev/pts/ptmx" "$0/dev/ptmx" &&
		exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"' "$root" "$@"
}
if in_root sh -c 'apt-get -qq update && apt-get -qq install -y --no-install-recommends /tmp/tsviz.deb' >"$T/log" 2>&1; then ok
else no 'the package installs' "$(tail -n 5 "$T/log")"; fi
is 'it runs' "$(in_root tsviz info /tmp/model.h5 | head -n 1 | cut -d : -f 1)" model.h5
is 'the manual is there' "$(in_root sh -c 'ls /usr/share/man/man?/tsviz*' 2>/dev/null | wc -l)" "$("$TSVIZ" --manual | wc -l)"
is 'its terms are there' "$(in_root grep -cE '^License: (Expat|ODC-By-1.0|libhdf5-dev|libaec-dev)$' /usr/share/doc/tsviz/copyright)" 4
in_root sh -c 'cd /usr/share/tsviz && tsviz prune machine-model.json machine.csv --rows 0: --ratio .5 -o /tmp/small.onnx' >"$T/log" 2>&1 && ok || no 'prune' "$(cat "$T/log")"
is 'without a terminal, demo says how to open it' "$(in_root tsviz demo 2>/dev/null </dev/null | tail -n 1 | cut -c 1-17)" 'This is level 1. '
if in_root sh -c 'apt-get -qq purge -y tsviz && apt-get -qq autoremove -y --purge' >"$T/log" 2>&1; then ok
else no 'it can be removed' "$(tail -n 5 "$T/log")"; fi
files >"$T/after"
is 'nothing of it is left' "$(comm -13 "$T/before" "$T/after" | grep -i tsviz)" ''

rm -rf "$empty"
mkdir -p "$empty"
cp build/static/tsviz $model tests/onnx/fcn_13.onnx samples/machine.keras samples/machine-model.json samples/machine.csv "$empty/"
alone() { chroot "$empty" /tsviz "$@" 2>"$T/err"; }
is 'the static program runs in an empty folder' "$(alone --version | head -n 1)" "$("$TSVIZ" --version | head -n 1)"
is 'it reads HDF5 there' "$(alone info /chain.h5)" "$("$TSVIZ" info $model)"
is 'and ONNX' "$(alone info /fcn_13.onnx)" "$("$TSVIZ" info tests/onnx/fcn_13.onnx)"
is 'and archives of Keras' "$(alone info /machine.keras | head -n 1)" "$("$TSVIZ" info samples/machine.keras | head -n 1)"
is 'demo' "$(alone demo machine </dev/null)" "$("$TSVIZ" demo machine 2>/dev/null </dev/null)"
is 'a screen' "$(alone demo --screen layers --glyphs braille)" "$("$TSVIZ" demo --screen layers --glyphs braille 2>/dev/null)"
alone prune /machine-model.json /machine.csv --rows 0: --ratio .5 -o /small.onnx >/dev/null && [ -s "$empty/small.onnx" ] && ok || no 'prune' "$(cat "$T/err")"
if "$TSVIZ" help report >/dev/null 2>&1; then
	alone report /machine-model.json /machine.csv --rows 9000: -o /report.html >/dev/null && [ -s "$empty/report.html" ] && ok || no 'report' "$(cat "$T/err")"
fi

# The LGPL: who has the program may link it again with a libcsv and a C library of his own.
tar -xzf build/static/relink.tar.gz -C "$T" && (cd "$T/relink" && sh relink.sh) >"$T/log" 2>&1 && ok || no 'it can be linked again' "$(tail -n 3 "$T/log")"
is 'and is the same program' "$("$T/relink/tsviz" --version)" "$(build/static/tsviz --version)"
is 'the terms of what the LGPL and others cover lie beside it' "$(grep -cE '^License: (Expat|ODC-By-1.0|libcsv-dev|libc6-dev|libgcc-[0-9]+-dev|libhdf5-dev|libaec-dev|libncurses-dev|libprotobuf-c-dev|zlib1g-dev|libzip-dev|libcjson-dev)$' build/static/LICENSES)" 12

if [ "$README" = 1 ]; then
	rm -rf "$root/tmp/tsviz"
	mkdir "$root/tmp/tsviz"
	tree_files | tar -cf - -T - | tar -xf - -C "$root/tmp/tsviz"
	for goal in demo test; do
		begin=$(date +%s)
		in_root sh -c "cd /tmp/tsviz && apt-get -qq update && apt-get install -y make >/dev/null 2>&1 && make $goal SETUP=1" >"$T/log" 2>&1 </dev/null && ok ||
			no "make $goal SETUP=1" "$(tail -n 3 "$T/log")"
		[ $goal != demo ] || is 'demo installs nothing for tests' "$(in_root dpkg-query -W -f '${Package} ' check libvterm-dev mandoc 2>/dev/null)" ''
		echo "make $goal SETUP=1 in a minimal Debian: $(($(date +%s) - begin)) s: $(tail -n 1 "$T/log")"
	done
fi
done_testing
