#!/bin/sh
# The one list of the packages that tsviz needs.
#   sh tests/deps.sh USE ...      USE is `build`, or a goal of the Makefile; a goal without a row below needs nothing more.
# The script looks for what the uses need. When something is missing, it prints the one command that installs it, on standard error, and
# exits with 1. With SETUP=1 it runs that command on Debian and Ubuntu; who is not root needs sudo. On other systems it prints the command.
cd "$(dirname "$0")/.." || exit 2

# A row: the uses; what to look for; its packages in Debian and Ubuntu, Fedora, Arch, Alpine and Homebrew. Several packages are joined by
# commas, "-" is none, and an empty column is Debian's name. A use that ends with "?" works without the package: some formats of data,
# or the verb serve, are refused, or some tests are skipped and say so, and only SETUP=1 installs it.
table() {
	cat <<-'END'
	build                 cc                     gcc                           gcc                   gcc         gcc            -
	build                 header:stdlib.h        libc6-dev                     glibc-devel           glibc       musl-dev       -
	build                 program:pkg-config     pkg-config                    pkgconf-pkg-config    pkgconf     pkgconf        pkg-config
	build                 library:ncursesw       libncurses-dev                ncurses-devel         ncurses     ncurses-dev    ncurses
	build                 library:libcjson       libcjson-dev                  cjson-devel           cjson       cjson-dev      cjson
	build                 library:libprotobuf-c  libprotobuf-c-dev             protobuf-c-devel      protobuf-c  protobuf-c-dev protobuf-c
	build                 program:protoc-c       protobuf-c-compiler           protobuf-c-compiler   protobuf-c  protobuf-c-dev protobuf-c
	build                 library:hdf5           libhdf5-dev                   hdf5-devel            hdf5        hdf5-dev       hdf5
	build                 header:csv.h           libcsv-dev                    libcsv-devel          libcsv      libcsv-dev     libcsv
	build                 library:zlib           zlib1g-dev                    zlib-devel            zlib        zlib-dev       zlib
	build                 library:libzip         libzip-dev                    libzip-devel          libzip      libzip-dev     libzip
	build?                header:sndfile.h       libsndfile1-dev               libsndfile-devel      libsndfile  libsndfile-dev libsndfile
	build?                header:matio.h         libmatio-dev                  matio-devel           libmatio    -              libmatio
	build?                header:edflib.h        libedf-dev                    -                     -           -              -
	build?                header:microhttpd.h    libmicrohttpd-dev             libmicrohttpd-devel   libmicrohttpd  libmicrohttpd-dev  libmicrohttpd
	test,unit,quick       library:check          check                         check-devel           check       check-dev      check
	test,unit,quick       header:vterm.h         libvterm-dev                  libvterm-devel        libvterm    libvterm-dev   libvterm
	test                  program:mandoc         mandoc                        mandoc                mandoc      mandoc         mandoc
	test?                 file:/usr/share/libonnx-testdata/data/node/test_abs/model.onnx  libonnx-testdata  -  -  -  -
	tools?                program:faketime       faketime                      libfaketime           libfaketime libfaketime    libfaketime
	tools?,faults?        program:strace         strace                        strace                strace      strace         -
	tools?                program:tmux           tmux                          tmux                  tmux        tmux           tmux
	tools?                file:/usr/share/i18n/locales/de_DE  locales          glibc-locale-source   -           -              -
	test?                 file:/usr/bin/python3  python3
	faults,bench          program:python3        python3
	differential          python:onnx            python3-onnx
	differential          program:npm            npm
	hostile               python:h5py            python3,python3-h5py
	lint                  program:cppcheck       cppcheck
	lint                  program:clang-tidy-14,clang-tidy      clang-tidy
	lint                  program:clang-format-14,clang-format  clang-format
	fuzz                  script:tests/fuzz/clang.sh            clang-14,libclang-rt-14-dev
	coverage              program:gcovr          gcovr
	valgrind              program:valgrind       valgrind
	deb,package-check     program:dpkg-deb       dpkg
	deb,package-check     program:strip          binutils
	deb,static,package-check  program:dpkg-source    dpkg-dev
	deb?,package-check    program:lintian        lintian
	static,package-check  program:cmake          cmake
	package-check         program:mmdebstrap     mmdebstrap
	test-cluster          program:parallel       parallel
	test-cluster          program:sshd,/usr/sbin/sshd  openssh-server
	test-cluster          program:ssh            openssh-client
	test-cluster          program:slurmctld,/usr/sbin/slurmctld  slurmctld
	test-cluster          program:slurmd,/usr/sbin/slurmd        slurmd
	test-cluster          program:sbatch         slurm-client
	test-cluster          program:munged,/usr/sbin/munged        munge
	test-aarch64          program:aarch64-linux-gnu-gcc  gcc-aarch64-linux-gnu
	test-aarch64          program:qemu-aarch64-static    qemu-user-static
	test-s390x            program:s390x-linux-gnu-gcc    gcc-s390x-linux-gnu
	test-s390x            program:qemu-s390x-static      qemu-user-static
	END
}
# A header or library that is installed is not asked for because the compiler or pkg-config is missing: their files are looked for, too.
# SYSROOT is where, for tests.
lies() { # folder, name
	for place in "$SYSROOT"/usr/$1 "$SYSROOT"/usr/$1/*-linux-*; do [ -r "$place/$2" ] && return; done
	return 1
}
described() { # library: by a file of pkg-config, which is not there itself
	for place in "$SYSROOT"/usr/lib/pkgconfig "$SYSROOT"/usr/share/pkgconfig "$SYSROOT"/usr/lib/*-linux-*/pkgconfig; do
		[ -r "$place/$1.pc" ] && return
	done
	return 1
}
has() { # kind, name
	case $1 in
	cc) command -v "${CC%% *}" ;;
	header) lies include "$2" || printf '#include <stdio.h>\n#include <%s>\n' "$2" | $CC -E - ;;
	library) "${PKG_CONFIG:-pkg-config}" --exists "$2" || { ! command -v "${PKG_CONFIG:-pkg-config}" && described "$2"; } ;;
	program) for p in $(echo "$2" | tr , ' '); do command -v "$p" && return; done ;;
	python) command -v python3 && /usr/bin/python3 -c "import $2" ;;
	script) sh "$2" ;;
	file) [ -r "$2" ] ;;
	esac >/dev/null 2>&1
}
CC=${CC:-cc}
for manager in apt-get dnf pacman apk brew none; do
	command -v $manager >/dev/null && break
done
missing='' extra=''
while read -r uses what debian fedora arch alpine brew; do
	wanted=
	for use; do
		case ",$uses," in *",$use,"*) wanted=must && break ;; *",$use?,"*) wanted=may ;; esac
	done
	[ -n "$wanted" ] && ! has "${what%%:*}" "${what#*:}" || continue
	case $manager in
	dnf) package=$fedora ;; pacman) package=$arch ;; apk) package=$alpine ;; brew) package=$brew ;; *) package=$debian ;;
	esac
	package=$(echo "${package:-$debian}" | tr , ' ')
	[ "$package" = - ] && continue
	if [ $wanted = must ]; then missing="$missing $package"; else extra="$extra $package"; fi
done <<END
$(table)
END
[ "$SETUP" = 1 ] || extra=
[ -n "$missing$extra" ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo='sudo '
case $manager in
dnf) install='dnf install -y' ;; pacman) install='pacman -S --needed' ;; apk) install='apk add' ;; brew) install='brew install' sudo= ;;
*) install='apt-get install -y --no-install-recommends' ;;
esac
or=', or SETUP=1,'
[ "$manager" = apt-get ] || or=
refuse() {
	echo "tsviz: packages are missing; this command$or installs them: $sudo$install$missing" >&2
	exit 1
}
if [ "$SETUP" != 1 ] || [ "$manager" != apt-get ]; then
	[ -n "$missing" ] && refuse
	exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
run() { sh -c "$sudo$install$1" >>"$log" 2>&1 || { sh -c "${sudo}apt-get update && $sudo$install$1" >>"$log" 2>&1; }; }
echo "installing:$missing$extra" >&2
run "$missing$extra" && exit 0
if [ -n "$missing" ]; then
	run "$missing" || { tail -n 20 "$log" >&2 && refuse; }
fi
[ -z "$extra" ] || echo "cannot be installed, so some tests will be skipped:$extra" >&2
