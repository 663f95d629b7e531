#!/bin/sh
# The core and the readers, built for another processor and run by qemu: ARCH=aarch64 (another instruction set, with NEON kernels) or
# ARCH=s390x (the bytes of a number in the other order). Run by `make test-aarch64` and `make test-s390x`; it is not part of `make test`.
# SUITES names unit programs; by default it is a choice of those of the core, of the readers and of what is written. Libraries for the other processor are
# fetched into build/cross/ARCH, and nothing is installed for it.
cd "$(dirname "$0")/.." || exit 2
: "${ARCH:=aarch64}"
case $ARCH in aarch64) debian=arm64 ;; *) debian=$ARCH ;; esac
sh tests/deps.sh "test-$ARCH" || exit 1
B=$PWD/build/$ARCH
F=$PWD/build/cross/$ARCH
R=$F/root
if [ ! -f "$F/complete" ]; then
	rm -rf "$R"
	mkdir -p "$F/state/lists/partial" "$F/archives/partial" "$R"
	: >"$F/state/status"
	apt() {
		apt-get -qq -o APT::Architecture="$debian" -o APT::Architectures::="$debian" -o Dir::State="$F/state" -o Dir::State::status="$F/state/status" \
			-o Dir::Cache="$F" -o Dir::Cache::archives="$F/archives" -o APT::Sandbox::User=root "$@"
	}
	apt update && apt --download-only -y --no-install-recommends install libc6-dev libcjson-dev libprotobuf-c-dev libcsv-dev zlib1g-dev \
		libncurses-dev libhdf5-dev libzip-dev check libvterm-dev >/dev/null || exit 1
	for package in "$F"/archives/*.deb; do dpkg-deb -x "$package" "$R" || exit 1; done
	# what update-alternatives would do
	(cd "$R/usr/lib/$ARCH-linux-gnu/pkgconfig" && [ -e hdf5.pc ] || ln -s hdf5-serial.pc hdf5.pc)
	touch "$F/complete"
fi
export PKG_CONFIG_SYSROOT_DIR="$R" PKG_CONFIG_LIBDIR="$R/usr/lib/$ARCH-linux-gnu/pkgconfig:$R/usr/share/pkgconfig"
: "${SUITES:=test_text test_words test_time_stamp test_conv test_ops test_graph test_reach test_grad test_probe test_saliency test_cluster test_recipe
	test_edit test_metrics test_csv test_text_feed test_column_name test_json_write test_onnx_forms test_onnx_bulk}"
# What starts the reading process is left out: it runs /proc/self/exe, which is none of this processor unless binfmt knows qemu.
# The browser and the verbs are not built: qemu is slow, and they know nothing of a processor.
parts=$(ls core/*/*.c src/read/*.c src/join/*.c src/text/*.c src/json/*.c src/data/*.c src/keras/*.c src/onnx/*.c | sed "s|^\(.*\)\.c\$|build/$ARCH/\1.o|")
# shellcheck disable=SC2046,SC2086
make --no-print-directory -j"$(nproc)" B="build/$ARCH" CC="$(command -v ccache) $ARCH-linux-gnu-gcc --sysroot=$R" HDF5=shared CFLAGS='-O1 -DTSVIZ_EMULATED' \
	LIB="$(echo $parts) build/$ARCH/gen/onnx.pb-c.o" $(for t in $SUITES; do echo "build/$ARCH/tests/$t"; done) || exit 1
pass=0 fail=0
for t in $SUITES; do
	CK_FORK=no CK_TIMEOUT_MULTIPLIER=20 "qemu-$ARCH-static" -L "$R" "$B/tests/$t" >"$B/tests/$t.out" 2>&1
	last=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$B/tests/$t.out" | tail -n 1)
	echo "$t: ${last:-ended without a count}"
	# shellcheck disable=SC2086
	set -- ${last:-0 passed, 1 failed}
	pass=$((pass + $1)) fail=$((fail + $3))
	[ "$3" = 0 ] || tail -n 20 "$B/tests/$t.out"
done
echo "$pass passed, $fail failed"
[ $fail -eq 0 ]
