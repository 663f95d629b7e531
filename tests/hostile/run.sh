#!/bin/sh
# Makes the hostile files and gives each to the release and to the sanitizer build. Run by `make hostile`.
cd "$(dirname "$0")/../.." || exit 2
python=/usr/bin/python3
sh tests/deps.sh hostile || exit 1
make --no-print-directory VARIANT=release all >/dev/null || exit 1
rm -rf build/hostile
$python tests/hostile/generate.py build/hostile || exit 1
status=0
for v in release san; do
	make --no-print-directory VARIANT=$v all >/dev/null || exit 1
	echo "$v:"
	$python tests/hostile/run.py build/hostile build/$v/tsviz $v || status=1
done
exit $status
