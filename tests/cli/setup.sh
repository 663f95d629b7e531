# make installs packages only with SETUP=1. Without it, make prints the one command that installs what is missing, and stops. The system is
# made up: PATH leads to a folder whose package managers write down what they were asked, and whose compiler comes with the packages.
. tests/cli/lib.sh
bin=$T/bin
# the tests themselves may run under `make test SETUP=1`
unset SETUP
system() { # package manager, user id: an empty system
	rm -rf "$bin" "$T/log" "$T/b"
	mkdir "$bin"
	for tool in awk cat dirname find grep infocmp ls make mkdir mktemp mv nproc rm sed sh tail touch tr uname xargs; do
		ln -s "$(command -v $tool)" "$bin/$tool"
	done
	printf '#!/bin/sh\necho "%s $*" >>"%s"\n' "$1" "$T/log" >"$bin/$1"
	printf '#!/bin/sh\necho "sudo $*" >>"%s"\nexec "$@"\n' "$T/log" >"$bin/sudo"
	printf '#!/bin/sh\necho %s\n' "$2" >"$bin/id"
	chmod +x "$bin"/*
}
mkdir -p "$T/system"
run() { env -i PATH="$bin" SYSROOT="$T/system" ${SETUP:+SETUP=$SETUP} "$@" >"$T/out" 2>"$T/err" </dev/null; }
all='gcc libc6-dev pkg-config libncurses-dev libcjson-dev libprotobuf-c-dev protobuf-c-compiler libhdf5-dev libcsv-dev zlib1g-dev libzip-dev'
# what SETUP=1 installs besides, because some formats of data, and serve, need it
formats='libsndfile1-dev libmatio-dev libedf-dev libmicrohttpd-dev'
stops() { # name, text that ends the line, command...
	name=$1 pattern=$2
	shift 2
	run "$@"
	st=$?
	[ $st -ne 0 ] && ok || no "$name" "status 0"
	# make itself adds a line of its own
	is "$name: lines" "$(cat "$T/out" "$T/err" | grep -cvE '^(Makefile|make)(:|\[)')" 1
	head -n 1 "$T/err" | grep -qE -- "$pattern\$" && ok || no "$name" "$(cat "$T/err")"
	[ -e "$T/log" ] && no "$name: nothing is installed" "$(cat "$T/log")" || ok
}
system apt-get 0
stops 'make' "this command, or SETUP=1, installs them: apt-get install -y --no-install-recommends $all" make B="$T/b"
stops 'make demo' " $all" make B="$T/b" demo
stops 'make install' " $all" make B="$T/b" install DESTDIR="$T/d"
stops 'make test' " $all check libvterm-dev mandoc" make B="$T/b" test
stops 'make check never installs' " $all check libvterm-dev mandoc" make B="$T/b" check SETUP=1
SETUP=1 stops 'nor from the environment' " $all check libvterm-dev mandoc" make B="$T/b" check
stops 'make quick' " $all check libvterm-dev" make B="$T/b" quick
for use in hostile:run fuzz:run faults:valgrind package:deb package:static package:check; do
	stops "tests/${use%:*}" 'installs them: apt-get install -y .*' sh "tests/${use%:*}/${use#*:}.sh"
done
for script in lint coverage cross; do stops "tests/$script.sh" 'apt-get install -y .*' sh tests/$script.sh; done
run make clean B="$T/b" -n && ok || no 'make clean needs nothing' "$(cat "$T/err")"
# what is there is not named, although neither a compiler nor pkg-config says so
mkdir -p "$T/system/usr/include" "$T/system/usr/lib/x86_64-linux-gnu/pkgconfig"
: >"$T/system/usr/include/csv.h"
: >"$T/system/usr/lib/x86_64-linux-gnu/pkgconfig/ncursesw.pc"
stops 'only what is missing' " $(echo "$all" | sed 's/libncurses-dev //; s/libcsv-dev //')" make B="$T/b"
rm -r "$T/system/usr"
system apt-get 1000
stops 'not as root' 'this command, or SETUP=1, installs them: sudo apt-get install -y .*' make B="$T/b"
system dnf 0
stops 'Fedora' 'this command installs them: dnf install -y gcc glibc-devel pkgconf-pkg-config ncurses-devel cjson-devel .*' make B="$T/b"
stops 'Fedora with SETUP' 'this command installs them: dnf install -y gcc .*' make B="$T/b" SETUP=1
system nothing 0
stops 'no package manager' " $all" make B="$T/b"

# with SETUP=1, as an argument or from the environment
system apt-get 0
run make -n B="$T/b" demo SETUP=1 CPPFLAGS=-DMARK CFLAGS=-g1 LDFLAGS=-Lmark
is 'SETUP=1' "$(head -n 1 "$T/log")" "apt-get install -y --no-install-recommends $all $formats"
is 'SETUP=1: what it says' "$(head -n 1 "$T/err")" "installing: $all $formats"
grep -q -- '-c -o [^ ]*/core/graph/graph.o' "$T/out" && ok || no 'SETUP=1: it goes on to build' "$(tail -n 3 "$T/err")"
is 'CPPFLAGS and CFLAGS come behind our own, for every file' "$(grep -- ' -c -o ' "$T/out" | grep -cv -- '-O3 .* -DMARK -g1 ')" 0
is 'LDFLAGS' "$(grep -- '-o [^ ]*/tsviz ' "$T/out" | grep -c -- ' -Lmark ')" 1
# for another kind of machine the manual is printed by a program that runs here, and its own build is no such build again
run make -n B="$T/b" NATIVE_B="$T/native" CPU=other MAKE=: SETUP=1 doc
is 'a native program prints the manual' "$(grep -c -- "-j.* B=$T/native .*CC=cc .* all" "$T/out") $(grep -c "$T/native/tsviz --manual" "$T/out")" '1 1'
grep -q "$T/b/tsviz --" "$T/out" && no 'what is built runs' "$(grep "$T/b/tsviz --" "$T/out")" || ok
run make -n B="$T/b" NATIVE_B="$T/b" MAKE=: SETUP=1 "$T/b/tsviz"
is 'the native program is built' "$(grep -c -- "-o $T/b/tsviz " "$T/out") $(grep -c -- "B=$T/b" "$T/out")" '1 0'
system apt-get 1000
SETUP=1 run make -n B="$T/b" test
grep -q "^apt-get install .* $all check libvterm-dev mandoc $formats\( libonnx-testdata\)\?\( python3\)\?$" "$T/log" && ok || no 'SETUP=1 make test' "$(cat "$T/log")"
is 'SETUP=1: by sudo' "$(cut -d ' ' -f 1 "$T/log" | head -n 1)" sudo
# what cannot be installed stops it
system apt-get 0
printf '#!/bin/sh\necho "E: no network"\nexit 100\n' >"$bin/apt-get"
run make B="$T/b" demo SETUP=1 && no 'a failed installation stops' 'status 0' || ok
grep -q 'E: no network' "$T/err" && ok || no 'a failed installation says why' "$(cat "$T/err")"

# one list: no other script of the project installs packages here
is 'tests/deps.sh is the one list' "$(grep -rlE 'apt-get[^|]* install|apt-get install|dnf install|apk add' tests .ci Makefile --include='*.sh' --include='*.mk' --include=run --include=Makefile | sort | xargs)" \
	'tests/cli/setup.sh tests/deps.sh tests/package/check.sh'
done_testing
