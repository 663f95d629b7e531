#!/bin/sh
# Installs the package in a minimal Debian, runs it there, removes it and looks for files that are left. Then runs the static program in a
# folder with nothing else. It needs root. Run by `make package-check`.
cd "$(dirname "$0")/../.." || exit 2
sh tests/deps.sh package-check || exit 1
. tests/cli/lib.sh
root=$PWD/build/package/debian empty=$PWD/build/package/empty
model=tests/keras/chain.h5
deb=$(ls build/deb/tsviz_*.deb)
if [ ! -x "$root/usr/bin/apt-get" ]; then
	rm -rf "$root" # what an earlier run could not finish
	mkdir -p "$root"
	# packages from where this machine takes its own, and in the same way
	apt-config dump | grep '^Acquire::[A-Za-z-]* ' >"$T/apt.conf"
	cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null |
		mmdebstrap --variant=minbase --quiet --aptopt="$T/apt.conf" --aptopt='Acquire::Retries "5"' "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" - || exit 1
fi
files() { (cd "$root" && find . -xdev -path ./var/lib/apt -prune -o -path ./var/cache -prune -o -path ./var/log -prune -o -path ./tmp -prune -o -print | sort); }
files >"$T/before"
cp "$deb" "$root/tmp/tsviz.deb"
cp "$model" "$root/tmp/model.h5"
in_root() { chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@"; }
if in_root sh -c 'apt-get -qq update && apt-get -qq install -y --no-install-recommends /tmp/tsviz.deb' >"$T/log" 2>&1; then ok
else no 'the package installs' "$(tail -n 5 "$T/log")"; fi
is 'it runs' "$(in_root tsviz info /tmp/model.h5 | head -n 1 | cut -d : -f 1)" model.h5
is 'the manual is there' "$(in_root sh -c 'ls /usr/share/man/man?/tsviz*' 2>/dev/null | wc -l)" 3
if in_root sh -c 'apt-get -qq purge -y tsviz && apt-get -qq autoremove -y --purge' >"$T/log" 2>&1; then ok
else no 'it can be removed' "$(tail -n 5 "$T/log")"; fi
files >"$T/after"
is 'nothing of it is left' "$(comm -13 "$T/before" "$T/after" | grep -i tsviz)" ''

rm -rf "$empty"
mkdir -p "$empty"
cp build/static/tsviz "$model" tests/onnx/fcn_13.onnx "$empty/"
is 'the static program runs in an empty folder' "$(chroot "$empty" /tsviz --version | head -n 1)" "$("$TSVIZ" --version | head -n 1)"
is 'it reads HDF5 there' "$(chroot "$empty" /tsviz info /chain.h5)" "$("$TSVIZ" info $model)"
is 'and ONNX' "$(chroot "$empty" /tsviz info /fcn_13.onnx)" "$("$TSVIZ" info tests/onnx/fcn_13.onnx)"
done_testing
