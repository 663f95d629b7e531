#!/bin/sh
# Makes build/static/tsviz, one file that runs on any Linux of this processor. The file needs no libraries, no terminfo and no /proc. Run
# by `make static`. Debian has no static libraries of cJSON and libzip, so they are built from Debian's sources.
set -e
umask 022
cd "$(dirname "$0")/../.."
top=$PWD out=$PWD/build/static
mkdir -p "$out/lists/partial" "$out/sources" "$out/lib"
sh tests/deps.sh static

# Debian's sources, wherever this machine takes its packages from
apt() { apt-get -qq -o APT::Sandbox::User=root -o Dir::Etc::SourceList="$out/sources.list" -o Dir::Etc::SourceParts="$out/sources" -o Dir::State::Lists="$out/lists" "$@"; }
fetch() { # package: unpacked into build/static/PACKAGE-VERSION
	[ -f "$out/sources.list" ] || {
		sed -n 's/^deb /deb-src /p' /etc/apt/sources.list 2>/dev/null >"$out/sources.list" || true
		for f in /etc/apt/sources.list.d/*.sources; do
			[ ! -f "$f" ] || sed 's/^Types: *deb *$/Types: deb-src/' "$f" >"$out/sources/$(basename "$f")"
		done
		for f in /etc/apt/sources.list.d/*.list; do
			[ ! -f "$f" ] || sed -n 's/^deb /deb-src /p' "$f" >"$out/sources/$(basename "$f")"
		done
		apt update
	}
	(cd "$out" && apt source "$1" >/dev/null)
}
if [ ! -f "$out/lib/libcjson.a" ]; then
	fetch cjson
	(cd "$out"/cjson-*/ && cc -O2 -fPIE -c cJSON.c -o "$out/cJSON.o" && ar rcs "$out/lib/libcjson.a" "$out/cJSON.o")
fi
if [ ! -f "$out/lib/libzip.a" ]; then
	fetch libzip
	off=
	for part in BZIP2 LZMA OPENSSL GNUTLS MBEDTLS COMMONCRYPTO; do off="$off -DENABLE_$part=OFF"; done
	for part in TOOLS REGRESS EXAMPLES DOC; do off="$off -DBUILD_$part=OFF"; done
	# shellcheck disable=SC2086
	cmake -S "$out"/libzip-*/ -B "$out/zip" -DBUILD_SHARED_LIBS=OFF -DCMAKE_BUILD_TYPE=Release -Wno-dev $off >/dev/null 2>"$out/cmake.log"
	cmake --build "$out/zip" --target zip >/dev/null
	cp "$out/zip/lib/libzip.a" "$out/lib/"
fi

cc -O2 -c tests/package/no_network.c -o "$out/no_network.o"
hdf5=$(pkg-config --variable=libdir hdf5 2>/dev/null)
[ -n "$hdf5" ] || hdf5=$(pkg-config --libs-only-L hdf5 | sed 's/^-L//; s/ .*//')
make --no-print-directory VARIANT=static build/static/libtsviz.a build/static/src/main.o
cc -static -o "$out/tsviz" "$out/src/main.o" "$out/libtsviz.a" -L"$out/lib" -L"$hdf5" \
	-lncursesw -ltinfo -lcjson -lprotobuf-c -lcsv -lzip -lhdf5 "$out/no_network.o" -lsz -laec -lz -lm -lpthread -ldl -Wl,-Map="$out/link.map" 2>"$out/link.log" ||
	{ cat "$out/link.log" >&2; exit 1; }
strip "$out/tsviz"

# The terms of all that is inside, as the linker says, and what the LGPL asks for: libcsv and the C library may be changed and linked
# again. Parts of no package would end this script.
sed -n 's/^\(\/[^( ]*\.a\)(.*/\1/p' "$out/link.map" | sort -u | xargs -n 1 realpath | grep -v "^$out/" >"$out/archives"
owners=$(xargs dpkg -S <"$out/archives")
packages=$(echo "$owners" | sed 's/:.*//' | sort -u)
{
	cat <<-'END'
	tsviz is one file with these libraries inside. Their terms follow those of tsviz.

	libcsv and the GNU C library are under the GNU Lesser General Public License, version 2.1 or later. Whoever has this program may change
	them and link it again: relink.tar.gz, which is given with the program, has the object files of tsviz and the command. The sources of
	the libraries are those of Debian's packages of the versions below (apt-get source NAME), the sources of tsviz are in its own tarball.

	END
	# shellcheck disable=SC2086
	sh tests/package/copyright.sh $packages libzip-dev libcjson-dev
	# Debian's files only name the place of this text, and its section 6 wants a copy beside the program.
	printf '\nThe GNU Lesser General Public License, version 2.1:\n\n'
	cat /usr/share/common-licenses/LGPL-2.1
} >"$out/LICENSES.new"
mv "$out/LICENSES.new" "$out/LICENSES"
rm -rf "$out/relink"
mkdir "$out/relink"
cp "$out/src/main.o" "$out/libtsviz.a" "$out/no_network.o" "$out/lib/libcjson.a" "$out/lib/libzip.a" "$out/LICENSES" "$out/relink/"
cat >"$out/relink/relink.sh" <<'END'
#!/bin/sh
# Links tsviz again, with whatever libcsv.a and C library the compiler finds: sh relink.sh [OPTIONS OF THE COMPILER]
hdf5=$(pkg-config --variable=libdir hdf5 2>/dev/null)
[ -n "$hdf5" ] || hdf5=$(pkg-config --libs-only-L hdf5 | sed 's/^-L//; s/ .*//')
${CC:-cc} -static -o tsviz main.o libtsviz.a -L. -L"$hdf5" "$@" -lncursesw -ltinfo -lcjson -lprotobuf-c -lcsv -lzip -lhdf5 no_network.o \
	-lsz -laec -lz -lm -lpthread -ldl
END
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$out" -cf - relink | gzip -9n >"$out/relink.tar.gz"
echo "  built ${out#"$top"/}/tsviz"
