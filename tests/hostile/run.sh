#!/bin/sh
# `make hostile`: makes the files and gives each to the release and the sanitizer build.
cd "$(dirname "$0")/../.." || exit 2
python=/usr/bin/python3
if ! $python -c 'import h5py' 2>/dev/null; then
	if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
		DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-h5py >/dev/null 2>&1
	fi
	$python -c 'import h5py' 2>/dev/null || {
		echo "tests/hostile needs python3-h5py: apt-get install python3-h5py" >&2
		exit 1
	}
fi
rm -rf build/hostile
$python tests/hostile/generate.py build/hostile || exit 1
status=0
for v in release san; do
	make --no-print-directory VARIANT=$v all >/dev/null || exit 1
	echo "$v:"
	$python tests/hostile/run.py build/hostile build/$v/tsviz $v || status=1
done
exit $status
