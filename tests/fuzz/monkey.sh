#!/bin/sh
# Random keys to the sanitizers' build in a pseudo-terminal: sh tests/fuzz/monkey.sh [KEYS] [SEED]. The keys go to tsviz and nothing else: an
# own space of processes without a network, as nobody, in a folder of its own. As root, which becomes nobody.
cd "$(dirname "$0")/../.." || exit 2
[ "$(id -u)" = 0 ] || { echo "monkey.sh: as root (it becomes nobody)" >&2; exit 2; }
W=$(mktemp -d /tmp/tsviz-monkey-XXXXXX) || exit 2
trap 'rm -rf "$W"' EXIT
cp build/san/tsviz tests/fuzz/monkey.py tests/screens/net.json tests/screens/load.csv "$W" && mkdir "$W/home" && chown -R 65534:65534 "$W" || exit 2
cd "$W/home" || exit 2
env -i PATH=/usr/bin:/bin HOME="$W/home" TERM=xterm-256color LC_ALL=C.UTF-8 \
	ASAN_OPTIONS=handle_sigill=1:log_path=$W/report:color=never nice -n 19 \
	unshare --pid --net --mount-proc --fork --kill-child setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs \
	python3 "$W/monkey.py" "${1:-100000}" "${2:-1}" "$W/tsviz" "$W/net.json" "$W/load.csv" --columns load,temp --predict load
st=$?
cat "$W"/report* 2>/dev/null
exit $st
