#!/bin/sh
# Makes build/deb/tsviz_VERSION_ARCH.deb from what `make install` installs. Run by `make deb`, which says in HDF5 whether libhdf5 is built
# in. What is built is never run: it may be for another kind of machine (CC).
set -e
umask 022
cd "$(dirname "$0")/../.."
sh tests/deps.sh deb
. tests/package/tree.sh
version=$(tree_version) stamp=$(tree_stamp)
machine=$(${CC:-cc} -dumpmachine | sed 's/-\(pc\|unknown\)-/-/') # as clang says it
arch=$(dpkg-architecture -t "$machine" -qDEB_HOST_ARCH 2>/dev/null) strip=strip
[ "$arch" = "$(dpkg --print-architecture)" ] || strip=$machine-strip
# who makes the package: as Debian's tools are told, else who holds the rights
holder=$(sed -n 's/^Copyright (c) [0-9, -]*//p' LICENSE | head -n 1 | sed 's/^the //')
who="${DEBFULLNAME:-$holder} <${DEBEMAIL:-maintainers@tsviz.invalid}>"
deb=$PWD/build/deb root=$PWD/build/deb/root
rm -rf "$deb"
mkdir -p "$root/DEBIAN" "$deb/debian"
make --no-print-directory install DESTDIR="$root" PREFIX=/usr >/dev/null
rm "$root/usr/share/tsviz/installed" # dpkg has its own list
$strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/tsviz"
mkdir -p "$root/usr/share/zsh/vendor-completions" "$root/usr/share/doc/tsviz"
mv "$root/usr/share/zsh/site-functions/_tsviz" "$root/usr/share/zsh/vendor-completions/"
rmdir "$root/usr/share/zsh/site-functions"
find "$root/usr/share/man" -type f -exec gzip -9n {} +

doc=$root/usr/share/doc/tsviz
printf 'tsviz (%s) unstable; urgency=medium\n\n  * Release %s.\n\n -- %s  %s\n' "$version" "$version" "$who" \
	"$(date -R -u -d "@$stamp")" | gzip -9n >"$doc/changelog.gz"

# Debian 12's lintian is older than the field by which deb-control(5) names what is linked in
mkdir -p "$root/usr/share/lintian/overrides"
echo 'tsviz: unknown-field Static-Built-Using' >"$root/usr/share/lintian/overrides/tsviz"

# libzip, and libhdf5 unless it is built in, are loaded only when a file of theirs is opened: a program that is linked with them stands
# for tsviz
hdf5=$(${PKG_CONFIG:-pkg-config} --libs hdf5) built_using='' inside=''
if [ "$HDF5" = static ]; then
	inside='libhdf5-dev libaec-dev'
	# shellcheck disable=SC2086
	hdf5= built_using=$(dpkg-query -W -f '${source:Package} (= ${source:Version}), ' $inside)
fi
# shellcheck disable=SC2086
sh tests/package/copyright.sh $inside >"$doc/copyright"
# shellcheck disable=SC2086
printf 'int main(void) { return 0; }\n' | ${CC:-cc} -x c -o "$deb/loaded" -Wl,--no-as-needed - $hdf5 -lzip
printf 'Source: tsviz\n\nPackage: tsviz\nArchitecture: any\n' >"$deb/debian/control"
depends=$(cd "$deb" && dpkg-shlibdeps -O -e"$root/usr/bin/tsviz" -e"$deb/loaded" 2>"$deb/shlibdeps.log" | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { cat "$deb/shlibdeps.log" >&2; exit 1; }
# those for single formats of data and for serve, where they were there to build with
may='' suggests=''
for library in edf matio microhttpd sndfile; do
	printf 'int main(void) { return 0; }\n' | ${CC:-cc} -x c -o "$deb/may-$library" -Wl,--no-as-needed - -l$library 2>/dev/null &&
		may="$may -e$deb/may-$library"
done
# shellcheck disable=SC2086
[ -z "$may" ] || suggests=$(cd "$deb" && dpkg-shlibdeps -O -dSuggests -xlibc6 $may 2>>"$deb/shlibdeps.log" | sed -n 's/^shlibs:Suggests=//p')
cat >"$root/DEBIAN/control" <<CONTROL
Package: tsviz
Version: $version
Architecture: $arch
Maintainer: $who
Installed-Size: $(du -k -s --exclude=DEBIAN "$root" | cut -f 1)
Depends: $depends
${suggests:+Suggests: $suggests
}${built_using:+Static-Built-Using: ${built_using%, }
}Section: science
Priority: optional
Description: look inside 1-D convolutional networks for time series
 A browser in the terminal that loads a trained network (Keras, ONNX) and a
 series, and shows why the network predicts what it predicts: the importance
 of every filter, the saliency of the input, clusters of filters with alike
 activations, and which points of the input produced a value.
CONTROL
(cd "$root" && find usr -type f -exec md5sum {} +) >"$root/DEBIAN/md5sums"
find "$root" -exec touch -h -d "@$stamp" {} +
SOURCE_DATE_EPOCH=$stamp dpkg-deb --root-owner-group --build "$root" "$deb/tsviz_${version}_$arch.deb" >/dev/null
echo "  built build/deb/tsviz_${version}_$arch.deb"
lintian=${LINTIAN:-lintian} # another command, such as true, where the package is not to be checked
if command -v "$lintian" >/dev/null; then $lintian --fail-on error,warning --allow-root "$deb/tsviz_${version}_$arch.deb"
else echo "  lintian is not installed, so the package was not checked"; fi
