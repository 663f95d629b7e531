# Suspended and continued in a real shell, in tmux with a socket of its own: the shell's screen and settings are back meanwhile, the
# browser's screen afterwards.
. tests/cli/lib.sh
if ! command -v tmux >/dev/null; then
	skip suspend "no tmux"
	done_testing
	exit
fi
mux() { tmux -L "tsviz-suspend-$$" -f /dev/null "$@"; }
trap 'mux kill-server 2>/dev/null; rm -rf "$T"' EXIT
shows() { # PATTERN: within ten seconds
	for _ in $(seq 100); do
		mux capture-pane -p | grep -qE -- "$1" && return
		sleep 0.1
	done
	mux capture-pane -p
	return 1
}
typed() { mux send-keys "$@"; }
mux new-session -d -x 80 -y 24 "env PS1='ready> ' HOME=$T XDG_CONFIG_HOME=$T sh -i" 2>"$T/err" || no tmux "$(cat "$T/err")"
if shows 'ready>'; then ok; else no shell "no prompt"; fi
typed 'stty -g >'"$T/before" Enter
typed "'$TSVIZ' tests/screens/net.json tests/screens/load.csv --columns load,temp --predict load" Enter
if shows '1 Network|Network'; then ok; else no start "no browser"; fi
typed 2
if shows 'Layers'; then ok; else no layers "no level 2"; fi
typed C-z
if shows '[Ss]topped|[Ss]uspended'; then ok; else no suspend "the shell says nothing"; fi
typed 'stty -g >'"$T/stopped" Enter
typed 'echo in''between' Enter
if shows 'inbetween$'; then ok; else no shell "it does not answer while the browser is stopped"; fi
typed 'fg' Enter
if shows 'Layers'; then ok; else no continue "level 2 does not come back"; fi
typed 3
if shows 'Grid'; then ok; else no keys "keys do nothing afterwards"; fi
typed Q
if shows '^ready> *$'; then ok; else no quit "no prompt"; fi
typed 'stty -g >'"$T/after; echo status \$?" Enter
if shows 'status 0$'; then ok; else no quit "no shell"; fi
is "settings while stopped" "$(cat "$T/stopped")" "$(cat "$T/before")"
is "settings afterwards" "$(cat "$T/after")" "$(cat "$T/before")"
done_testing
