# The browser keeps its state by itself: what is there at the next start, what is said when model or data are others, how it ends.
. tests/cli/lib.sh
python=/usr/bin/python3
K=tests/keras/keras1.h5
awk 'BEGIN { print "a,b"; for (i = 0; i < 60; i++) printf "%.6f,%.6f\n", sin(i / 5), cos(i / 3) }' >"$T/d.csv"
export XDG_CONFIG_HOME="$T/none" LC_ALL=C.UTF-8 TZ=UTC
S="$T/s.json"
browse() { # KEYS ARGUMENTS...: a screen of level 2, whose session is $S
	keys=$1
	shift
	"$TSVIZ" "$@" --columns a,b --screen layers --size 200x24 --session "$S" --keys "$keys" >"$T/screen" 2>"$T/err" </dev/null
}
said() { sed -n '$p' "$T/screen" | sed 's/ *$//; s/^ //'; } # the line of messages
kept() { "$TSVIZ" session "$S" 2>&1 | sed -n "s/^$1 *//p"; }

# ---- from one start to the next ----
browse 'space x # 7 enter p # 9 enter -' $K "$T/d.csv"
is 'what is kept' "$(kept marks); $(kept off); $(kept window); $(kept pin)" "a #1; a #1; 9 at row 9; window 7 at row 7, target sum, with filters off:"
is 'nothing else is left' "$(cd "$T" && ls s.json*)" s.json
browse '' $K "$T/d.csv"
is 'resumed' "$(said | sed 's/from .*: 1/from WHEN: 1/')" 'resumed from WHEN: 1 off, 1 mark, 1 pin   u: fresh'
is 'the time' "$(said | grep -cE "from $(date -u +%-d) [A-Z][a-z]{2} [0-9]{2}:[0-9]{2}: ")" 1
cp "$T/screen" "$T/resumed"
is 'the window' "$(sed -n 1p "$T/screen" | grep -o 'window 9')" 'window 9'
cp "$S" "$T/kept.json"
browse u $K "$T/d.csv"
is 'u is fresh' "$(said | cut -d: -f1) $(kept marks)$(kept off)$(kept pin)$(kept window)" 'undone 0 at row 0'
cp "$T/kept.json" "$S"
browse '' $K "$T/d.csv" -w 3
is 'the command line counts more' "$(kept window) $(kept marks)" '3 at row 3 a #1'
cp "$T/kept.json" "$S"
browse '' $K "$T/d.csv" --rows 5:
is 'other rows: the same window' "$(kept window)" '4 at row 9'
is 'other rows are said' "$(grep -c 'other rows or another recipe' "$T/screen")" 1
cp "$T/kept.json" "$S"
browse '' $K "$T/d.csv" --rows 20:
is 'a window that is not there' "$(grep -c 'no place for the window at row 9' "$T/screen") $(sed -n 's/.*"window":{"index":9,"row":\([0-9]*\).*/\1/p' "$S.before")" '1 9'
rm "$S.before"

# ---- notes ----
rm -f "$S" "$S".*
export SOURCE_DATE_EPOCH=1764511331 LOGNAME=ann
browse '# 7 enter x t ; f i r e s enter # 3 enter t m ; w i n d o w : o d d enter' $K "$T/d.csv"
is 'notes are kept' "$("$TSVIZ" session "$S" | tail -n 2)" '2025-11-30T14:02:11Z  ann, a #1 in window 7 at row 7: fires
2025-11-30T14:02:12Z  ann, window 3 at row 3: odd'
browse 'u : n o t e s enter' $K "$T/d.csv"
is 'u is fresh, but for the notes' "$(grep -c 'a #1 in window 7' "$T/screen") $(kept window)" '1 0 at row 0'
cp "$S" "$T/noted.json"
browse ': n o t e s enter j enter' $K "$T/d.csv"
is 'the picture of a note' "$(kept window) $(kept off) $(kept target) $(kept view)" '7 at row 7 a #1 loss layers'
cp "$T/noted.json" "$S"
browse '' $K "$T/d.csv" --rows 5:
is 'a note without a place is said' "$(grep -c 'no place for .*1 note, which :notes still has' "$T/screen")" 1
browse ': n o t e s enter' $K "$T/d.csv" --rows 5:
is 'other rows move no note' "$(grep -c 'a #1 in window 2' "$T/screen") $(grep -c 'has no place here' "$T/screen")" '1 1'
is 'and lose none' "$("$TSVIZ" session "$S" | grep -c ', window 3 at row 3: odd$\|, a #1 in window 7 at row 7: fires$')" 2
cp "$T/noted.json" "$S"
browse ': n o t e s enter D c space l a t e enter' $K "$T/d.csv"
is 'one is taken away, the other changed' "$("$TSVIZ" session "$S" | tail -n 2)" '
2025-11-30T14:02:12Z  ann, a #1 in window 7 at row 7: fires late'
rm -f "$S" "$S".*

# ---- anew, and nothing at all ----
cp "$T/kept.json" "$S"
browse '' $K "$T/d.csv" --fresh
is 'begun anew' "$(said) $(kept marks) $(cmp "$T/kept.json" "$S.before" 2>&1)" 'begun anew; the session before is in its file .before  '
cp "$T/kept.json" "$S"
browse 'U' $K "$T/d.csv" --no-session
is 'no session' "$(cmp "$T/kept.json" "$S" 2>&1)" ''
"$TSVIZ" $K "$T/d.csv" --columns a,b --screen layers --keys space >"$T/screen" && XDG_STATE_HOME="$T/state" "$TSVIZ" $K "$T/d.csv" --columns a,b --screen layers --keys space >"$T/two"
is 'a screen keeps nothing by itself' "$(cmp "$T/screen" "$T/two" 2>&1)$(ls "$T/state" 2>/dev/null)" ''

# ---- another model ----
cp "$T/kept.json" "$S"
browse '' tests/keras/chain.h5 "$T/d.csv"
is 'another architecture' "$(grep -c 'no place for .*; the architecture of the model has changed; ' "$T/screen") $(cmp "$T/kept.json" "$S.before" 2>&1)" '1 '
echo '{"tsviz_session":1,"marks":{"a":[99],"zz":[0]},"view":{"expression":"((","zoom":1000,"percentile":0},"question":{"target":"output:77","measure":"?","method":"?"}}' >"$S"
browse '' $K "$T/d.csv"
is 'what a session from elsewhere may say' "$(grep -c 'no place for target output:77, measure ?, method ?, a #99, zz #0' "$T/screen")" 1
browse 'enter [ ] tab 3 4 5 6 7 8' $K "$T/d.csv" && ok || no 'and go on' "$(cat "$T/err")"
echo '{"tsviz_session":9}' >"$S"
refuses 'no session of this version' 's\.json: a session of another version' "$TSVIZ" $K "$T/d.csv" --columns a,b --screen layers --session "$S"
is 'it stays' "$(cat "$S")" '{"tsviz_session":9}'

# ---- a browser on a terminal ----
play() { rm -f "$S" "$S".*; $python tests/cli/session_keep.py "$TSVIZ" "$T" $K "$T/d.csv" --columns a,b 2>&1; }
# keys that are typed at level 2 mark and switch filters
for signal in SIGKILL SIGTERM SIGHUP; do
	case $signal in SIGKILL) number=9 ;; SIGTERM) number=15 ;; *) number=1 ;; esac
	is "$signal" "$(printf '%s\n' start 'wait Layers' 'keys 2' 'wait percentile' 'keys _' 'kept 1' "kill $signal" marks start 'wait resumed' 'keys qq' end marks | play)" \
		"ended by signal $number
1 marks, 0 off
ended with 0
1 marks, 0 off"
done
is 'SIGTERM at once' "$(printf '%s\n' start 'wait Layers' 'keys 2' 'wait percentile' 'keys _x' 'wait off' 'kill SIGTERM' marks | play)" 'ended by signal 15
1 marks, 1 off'
is 'the line drops' "$(printf '%s\n' start 'wait Layers' 'keys 2' 'wait percentile' 'keys _x' 'wait off' hangup marks | play | tail -n 1)" '1 marks, 1 off'
is 'two browsers' "$(printf '%s\n' start 'wait Layers' 'keys 2' 'wait percentile' 'keys _' 'kept 1' start 'wait has this session; here nothing of it is kept' 'keys _' 'kill SIGTERM' marks 'keys q' 'keys q' end marks | play)" \
	'ended by signal 15
1 marks, 0 off
ended with 0
1 marks, 0 off'
is 'q asks nothing' "$(printf '%s\n' start 'wait Layers' 'keys 2' 'wait percentile' 'keys _x' 'wait off' 'keys qq' end marks | play)" 'ended with 0
1 marks, 1 off'
if mkdir "$T/disk" && mount -t tmpfs -o size=64k tmpfs "$T/disk" 2>/dev/null; then
	S="$T/disk/s.json"
	# the page of the journal has room where the disk has none, and the session file cannot be written anew
	is 'a full disk' "$({ printf '%s\n' start 'wait Layers' 'keys 2' 'wait percentile' 'keys _' 'kept 1'; sleep 1; dd if=/dev/zero of="$T/disk/filler" bs=1k count=200 2>/dev/null
		printf '%s\n' 'keys xqq' end; } | $python tests/cli/session_keep.py "$TSVIZ" "$T/disk" $K "$T/d.csv" --columns a,b 2>&1)" 'ended with 0'
	rm "$T/disk/filler"
	is 'nothing is lost' "$("$TSVIZ" session "$S" 2>&1 | grep -c '^[om][a-z]* *a #[0-9]$')" 2
	umount "$T/disk"
else
	skip 'a full disk' 'no file system can be mounted here'
fi
done_testing
