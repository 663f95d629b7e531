#!/bin/sh
# A review over ssh whose line is cut, run by `make test-ssh`: the browser runs behind an sshd on the loopback, and a relay stands between
# the two. Once the relay drops the connection, once it only forwards nothing any more. The program is left alone; it ends by what sshd
# sends. The next browser has to show the same picture, and all notes. It needs root, openssh-server and tmux.
cd "$(dirname "$0")/../.." || exit 2
[ "$(id -u)" = 0 ] || { echo "SKIP test-ssh: it needs root"; exit 0; }
for tool in /usr/sbin/sshd ssh tmux /usr/bin/python3; do
	command -v $tool >/dev/null || { echo "SKIP test-ssh: $tool is missing; the packages are openssh-server, openssh-client and tmux"; exit 0; }
done
TSVIZ=$PWD/build/release/tsviz MODEL=$PWD/samples/ecg-model.json DATA=$PWD/samples/ecg.csv
T=$(mktemp -d /tmp/tsviz-ssh-XXXXXX) || exit 2
started='' np=0 nf=0
finish() {
	tmux -L "${T##*/}" kill-server 2>/dev/null
	for p in $started; do kill "$p" 2>/dev/null; done
	rm -rf "$T"
}
trap finish EXIT
trap 'exit 1' INT TERM
check() { # NAME GOT WANTED
	if [ "$2" = "$3" ]; then np=$((np + 1)) && echo "ok   $1"; else nf=$((nf + 1)) && echo "FAIL $1: got '$2', wanted '$3'"; fi
}
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$T/key" && ssh-keygen -q -t ed25519 -N '' -f "$T/host"
/usr/sbin/sshd -D -f /dev/null -h "$T/host" -p 2203 -o ListenAddress=127.0.0.1 -o StrictModes=no -o UsePAM=no -o PermitRootLogin=yes \
	-o AuthorizedKeysFile="$T/key.pub" -o PidFile=none -o ClientAliveInterval=1 -o ClientAliveCountMax=2 -E "$T/sshd.log" &
started="$started $!"
cat >"$T/relay.py" <<'EOP'
import os, socket, struct, sys, threading
control = sys.argv[1]
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 2204))
listener.listen()
def word():
    return open(control).read().strip() if os.path.exists(control) else ""
def carry(a, b):
    a.settimeout(0.05)
    while True:
        if word() == "drop":
            for s in a, b:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.close()
            return
        if word() == "silence":
            continue
        try:
            data = a.recv(65536)
        except socket.timeout:
            continue
        except OSError:
            return
        if not data:
            return b.close()
        b.sendall(data)
while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", 2203))
    for pair in (client, server), (server, client):
        threading.Thread(target=carry, args=pair, daemon=True).start()
EOP
: >"$T/control"
/usr/bin/python3 "$T/relay.py" "$T/control" &
started="$started $!"
sleep 1

mux() { tmux -L "${T##*/}" "$@"; }
open_browser() { # NAME
	mux -f /dev/null new-session -d -s "$1" -x 80 -y 24 "exec ssh -tt -F none -p 2204 -i $T/key -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR \
127.0.0.1 \"LC_ALL=C.UTF-8 XDG_CONFIG_HOME=/nonexistent exec $TSVIZ $MODEL $DATA -q --session $T/s.json\""
	wait_for "$1" "$2"
}
screen() { mux capture-pane -p -t "$1" 2>/dev/null; }
wait_for() { # NAME TEXT
	for _ in $(seq 300); do
		screen "$1" | grep -q "$2" && return
		sleep 0.1
	done
	echo "never: $2"; screen "$1"
}
browsers() { pgrep -f "^$TSVIZ .*--session $T/s.json" | wc -l; }
picture() { sleep 4; screen "$1" | sed '$d'; } # without the line of messages
for cut in drop silence; do
	: >"$T/control"
	rm -f "$T"/s.json*
	open_browser "$cut" 'Network'
	mux send-keys -t "$cut" 3 Tab Right x '#' 40 Enter m
	sleep 2
	mux send-keys -t "$cut" -l ';over a bad line'
	mux send-keys -t "$cut" Enter
	sleep 1
	mux send-keys -t "$cut" t Enter Right Right Right
	picture "$cut" >"$T/before"
	check "$cut: one browser" "$(browsers)" 1
	echo "$cut" >"$T/control"
	for _ in $(seq 150); do [ "$(browsers)" = 0 ] && break; sleep 0.1; done
	check "$cut: the browser has ended" "$(browsers)" 0
	mux kill-session -t "$cut" 2>/dev/null
	: >"$T/control"
	open_browser "again-$cut" 'resumed'
	picture "again-$cut" >"$T/after"
	check "$cut: the same picture" "$(cmp "$T/before" "$T/after" 2>&1 && head -n 1 "$T/after" | grep -o 'window 40')" 'window 40'
	[ $nf = 0 ] || diff "$T/before" "$T/after"
	check "$cut: the note" "$("$TSVIZ" session "$T/s.json" 2>/dev/null | grep -c 'over a bad line$')" 1
	mux send-keys -t "again-$cut" Q
	for _ in $(seq 100); do [ "$(browsers)" = 0 ] && break; sleep 0.1; done
done
echo "$np passed, $nf failed"
[ $nf = 0 ]
