#!/bin/sh
# What building and testing needs: installed on Debian and Ubuntu (as root or with sudo), else named for the usual systems.
cd "$(dirname "$0")/.." || exit 2
missing=
need() { # test command..., then the Debian package
	package=$1
	shift
	"$@" >/dev/null 2>&1 || missing="$missing $package"
}
header() { printf '#include <stdio.h>\n#include <%s>\n' "$1" | ${CC:-cc} -E - >/dev/null 2>&1; }
need gcc sh -c 'command -v "${CC:-cc}"'
need libc6-dev header stdlib.h
need pkg-config sh -c 'command -v "${PKG_CONFIG:-pkg-config}"'
need libncurses-dev pkg-config --exists ncursesw
need libcjson-dev pkg-config --exists libcjson
need libprotobuf-c-dev pkg-config --exists libprotobuf-c
need protobuf-c-compiler sh -c 'command -v protoc-c'
need libhdf5-dev pkg-config --exists hdf5
need libcsv-dev header csv.h
need zlib1g-dev pkg-config --exists zlib
need libzip-dev pkg-config --exists libzip
need check pkg-config --exists check
need libvterm-dev header vterm.h
need mandoc sh -c 'command -v mandoc'
# ONNX's own cases (6 MB): what walks them is skipped, and says so, where the system has no such package
wanted=
[ -r /usr/share/libonnx-testdata/data/node/test_abs/model.onnx ] || wanted=libonnx-testdata
[ -z "$missing$wanted" ] && exit 0
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
can_install() { command -v apt-get >/dev/null && { [ -z "$sudo" ] || sudo -n true 2>/dev/null; }; }
apt() { $sudo apt-get "$@" >>"$log" 2>&1; }
install() {
	echo "installing: $*"
	apt install -y --no-install-recommends "$@" || { apt update && apt install -y --no-install-recommends "$@"; }
}
if [ -z "$missing" ]; then
	can_install && ! install "$wanted" && echo "$wanted cannot be installed: its test will be skipped"
	exit 0
fi
if can_install; then
	# shellcheck disable=SC2086
	install $missing $wanted || install $missing && exit 0
	tail -n 20 "$log" >&2
	echo "tests/deps.sh: apt-get could not install:$missing" >&2
	exit 1
fi
cat >&2 <<EOF
missing:$missing
install what tsviz needs with one of
  Debian, Ubuntu  apt-get install gcc libc6-dev make pkg-config libncurses-dev libcjson-dev libprotobuf-c-dev protobuf-c-compiler libhdf5-dev libcsv-dev libzip-dev zlib1g-dev check libonnx-testdata
  Fedora          dnf install gcc make pkgconf-pkg-config ncurses-devel cjson-devel protobuf-c-devel protobuf-c-compiler hdf5-devel libcsv-devel libzip-devel zlib-devel check-devel
  Arch            pacman -S gcc make pkgconf ncurses cjson protobuf-c hdf5 libcsv libzip zlib check
  Alpine          apk add gcc musl-dev make pkgconf ncurses-dev cjson-dev protobuf-c-dev hdf5-dev libcsv-dev libzip-dev zlib-dev check-dev
  Homebrew        brew install pkg-config ncurses cjson protobuf-c hdf5 libcsv libzip zlib check
EOF
exit 1
