# A reader of standard output who has enough is no error: the program ends by SIGPIPE and says nothing, as filters do. (What
# cannot be written for another reason stays an error: tests/cli/bad_input.sh, `a full disk`.)
. tests/cli/lib.sh
K=tests/keras/keras1.h5
awk 'BEGIN { print "a,b"; for (i = 0; i < 80; i++) print sin(i / 5) "," cos(i / 3) }' >"$T/d.csv"
mkfifo "$T/gate"

# Runs the command with a standard output that has no reader: its reader is gone before the command starts.
unread() {
	{
		read -r go <"$T/gate"
		"$@" 2>"$T/err" </dev/null
		echo $? >"$T/status"
	} | {
		exec </dev/null
		echo go >"$T/gate"
	}
	status=$(cat "$T/status")
}
ends_quietly() {
	unread "$TSVIZ" "$@"
	is "$*: status" "$status" 141
	[ -s "$T/err" ] && no "$*" "says: $(cat "$T/err")" || ok
}
ends_quietly info $K
ends_quietly $K
ends_quietly predict $K "$T/d.csv"
ends_quietly predict $K "$T/d.csv" --threads 2
ends_quietly eval $K "$T/d.csv"
ends_quietly analyze $K "$T/d.csv"
ends_quietly analyze $K "$T/d.csv" --all
ends_quietly analyze $K "$T/d.csv" --npy a
ends_quietly browse $K "$T/d.csv" --screen layers
ends_quietly browse $K "$T/d.csv" --plain grid
ends_quietly --dump graph $K
ends_quietly demo -q
for o in --help --version --formats --ops --methods --bindings '--manual tsviz.1' '--manual tsviz-config.5' \
	'--completion bash' '--completion fish'; do
	# shellcheck disable=SC2086
	ends_quietly $o
done

# a broken pipe elsewhere ends nothing: the warning is lost, the answer is whole
"$TSVIZ" predict $K "$T/d.csv" >"$T/want" 2>/dev/null
{
	read -r go <"$T/gate"
	"$TSVIZ" predict $K "$T/d.csv" 2>&1 >"$T/got"
	echo $? >"$T/status"
	"$TSVIZ" predict $K "$T/none.csv" 2>&1 >"$T/out"
	echo $? >>"$T/status"
} | {
	exec </dev/null
	echo go >"$T/gate"
}
is 'standard error without a reader: status' "$(tr '\n' ' ' <"$T/status")" '0 1 '
cmp -s "$T/want" "$T/got" && ok || no 'standard error without a reader' 'the answer differs'
done_testing
