# The browser keeps its state by itself: what is there at the next start, what is said when model or data are others, how it ends.
. tests/cli/lib.sh
python=/usr/bin/python3
needs_python
K=tests/keras/keras1.h5
awk 'BEGIN { print "a,b"; for (i = 0; i < 60; i++) printf "%.6f,%.6f\n", sin(i / 5), cos(i / 3) }' >"$T/d.csv"
export XDG_CONFIG_HOME="$T/none" LC_ALL=C.UTF-8 TZ=UTC
S="$T/s.json" page=': s e s s i o n enter'
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
is 'other rows: the same window' "$(kept window); $(said)" '4 at row 9; resumed, but :session says what is other now   u: fresh'
cp "$T/kept.json" "$S"
browse "$page" $K "$T/d.csv" --rows 5:
is 'other rows are said' "$(grep -c 'changed since then: other rows or another recipe$' "$T/screen") $(grep -c 'the recipe was: --columns a,b$' "$T/screen")" '1 1'
cp "$T/kept.json" "$S"
browse "$page" $K "$T/d.csv" --rows 20:
is 'a window that is not there' "$(grep -c 'no place here for the window at row 9' "$T/screen") $(sed -n 's/.*"window":{"index":9,"row":\([0-9]*\).*/\1/p' "$S.before")" '1 9'
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
browse "$page" $K "$T/d.csv" --rows 5:
is 'a note without a place is said' "$(grep -c 'no place here for 1 note, which :notes still has' "$T/screen")" 1
browse ': n o t e s enter' $K "$T/d.csv" --rows 5:
is 'other rows move no note' "$(grep -c 'a #1 in window 2' "$T/screen") $(grep -c 'has no place here' "$T/screen")" '1 1'
is 'and lose none' "$("$TSVIZ" session "$S" | grep -c ', window 3 at row 3: odd$\|, a #1 in window 7 at row 7: fires$')" 2
cp "$T/noted.json" "$S"
browse ': n o t e s enter D c space l a t e enter' $K "$T/d.csv"
is 'one is taken away, the other changed' "$("$TSVIZ" session "$S" | tail -n 2)" '
2025-11-30T14:02:12Z  ann, a #1 in window 7 at row 7: fires late'
rm -f "$S" "$S".*

# ---- edited windows, several pins, a smaller network ----
browse '# 7 enter E v l l l f ; f l a t enter # 3 enter E V k k : 7 * enter 2 p # 3 * enter' $K "$T/d.csv"
is 'edited windows are kept' "$("$TSVIZ" session "$S" | grep -c '^edited .* [0-9]* values$')" 2
browse '' $K "$T/d.csv"
is 'and resumed' "$(said | sed 's/from .*: 1/from WHEN: 1/'); $(grep -o 'window 3\*' "$T/screen")" 'resumed from WHEN: 1 pin, 2 edited windows, 1 note   u: fresh; window 3*'
browse 'E' $K "$T/d.csv"
cp "$T/screen" "$T/one"
rm -f "$S" "$S".*
browse '# 3 enter E V k k' $K "$T/d.csv"
is 'to the last digit' "$(sed -n '3,22p' "$T/screen" | cmp - /dev/stdin <<EOF2 2>&1
$(sed -n '3,22p' "$T/one")
EOF2
)" ''
rm -f "$S" "$S".*
browse '# 7 enter E v l l l f ; f l a t enter R' $K "$T/d.csv"
is 'a note keeps the edited window that it is about' "$("$TSVIZ" session "$S" | grep -c 'as a note or a pin has it$')" 1
browse ': n o t e s enter enter' $K "$T/d.csv"
is 'and Enter brings it back' "$(grep -o 'window 7\*' "$T/screen")" 'window 7*'
$python - "$S" <<'EOF2'
import json, sys
s = json.load(open(sys.argv[1]))
s["pins"], s["smaller"] = [dict(s["question"], edited="", window={"index": i, "row": i, "group": ""}) for i in (4, 5)], ":prune 50%"
json.dump(s, open(sys.argv[1], "w"))
EOF2
browse "$page" $K "$T/d.csv"
is 'what is not in force is said' "$(grep -c 'of 2 pins the first is in force' "$T/screen") $(grep -c 'no place here for the smaller network, which :prune 50% makes again' "$T/screen") $(kept pin | grep -c 'window [45]')" '1 1 2'
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
browse "$page" tests/keras/chain.h5 "$T/d.csv"
is 'another architecture' "$(grep -c 'no place here for ' "$T/screen" | sed 's/[1-9].*/1/')$(grep -c 'changed since then: the architecture of the model has changed' "$T/screen") $(cmp "$T/kept.json" "$S.before" 2>&1)" '11 '
echo '{"tsviz_session":1,"marks":{"a":[99],"zz":[0]},"view":{"expression":"((","zoom":1000,"percentile":0},"question":{"target":"output:77","measure":"?","method":"?"}}' >"$S"
browse "$page" $K "$T/d.csv"
is 'what a session from elsewhere may say' "$(sed -n 's/^.  no place here for \(.*[^ ]\) *$/\1/p' "$T/screen" | tr '\n' ';')" "target output:77;measure ?;method ?;a #99;zz #0;the expression '((';"
browse 'enter [ ] tab 3 4 5 6 7 8' $K "$T/d.csv" && ok || no 'and go on' "$(cat "$T/err")"
echo '{"tsviz_session":9}' >"$S"
refuses 'no session of this version' 's\.json: a session of another version' "$TSVIZ" $K "$T/d.csv" --columns a,b --screen layers --session "$S"
is 'it stays' "$(cat "$S")" '{"tsviz_session":9}'

# ---- :e MODEL ----
own="$T/state/tsviz/sessions"
rm -f "$S" "$S".*
cp $K "$T/other.h5"
typed() { printf '%s' "$1" | sed 's/ /_/g; s/./& /g; s/_/space/g'; }
other() { ( export XDG_STATE_HOME="$T/state"; browse "$1" $K "$T/d.csv" ) }
other "# 3 enter space ; f i r e s enter : $(typed "e $T/other.h5") enter : n o t e s enter"
is 'the notes of the model before are not in the list' "$(grep -c 'fires' "$T/screen") $("$TSVIZ" session "$S" | grep -c ': fires$') $(kept model | grep -c other)" '0 1 0'
other ": $(typed "e $T/other.h5") enter # 5 enter ; o t h e r enter space j space"
is 'those of the new one are kept with it' "$("$TSVIZ" session "$S" | grep -c ': other$') $("$TSVIZ" session "$own"/other.h5-*.json | grep -c ': other$')" '0 1'
other ": $(typed "e $T/other.h5") enter"
is 'and resumed' "$(said | sed 's/from [^:]*:[0-9]*: /from WHEN: /') $(grep -o 'window [0-9]*' "$T/screen" | head -n 1)" 'opened with the same data; resumed from WHEN: 1 mark, 1 note   u: fresh window 3'
other ": $(typed "e $T/other.h5") enter : $(typed "e $K") enter : n o t e s enter"
is 'and back' "$(grep -c 'fires' "$T/screen") $("$TSVIZ" session "$S" | grep -c ': fires$')" '1 1'
browse "; f i r e s enter : $(typed "e $T/other.h5") enter" $K "$T/d.csv" --no-session
is 'notes that nothing keeps stay, which is said' "$(said)" 'opened with the same data; 1 note is of the model before, kept nowhere'
rm -rf "$T/state" "$S" "$S".*

# ---- a model whose weights alone are others: the session has the hash of other bytes, and the same layers ----
browse 'space' $K "$T/d.csv"
sed -i 's/\("model":{[^}]*"modified":\)[0-9]*\(,"sha256":"\)[0-9a-f]*/\1 1\2'"$(printf '%064d' 7)"'/' "$S"
is 'weights only' "$(printf '%s\n' start 'wait have changed: keras1.h5 (weights only)' 'keys qqq' end marks | $python tests/cli/session_keep.py "$TSVIZ" "$T" $K "$T/d.csv" --columns a,b 2>&1)" 'ended with 0
1 marks, 0 off'
rm -f "$S" "$S".*

# ---- files that are moved ----
moved() { printf '%s\n' "open $T/$1/m.h5 $T/$1/d.csv --columns a,b" "wait $2" 'keys 2' 'wait percentile' "${3:-keys 2}" "${4:-keys 2}" 'keys qq' end marks | $python tests/cli/session_keep.py "$TSVIZ" "$T" 2>&1 | tail -n 1; }
mkdir "$T/a" && cp $K "$T/a/m.h5" && cp "$T/d.csv" "$T/a/d.csv"
is 'before they are moved' "$(moved a Layers 'keys _x' 'wait off')" '1 marks, 1 off'
mv "$T/a" "$T/b"
is 'moved files' "$(moved b '(the files were moved): 1 off, 1 mark')" '1 marks, 1 off'
is 'the session goes on under the new name' "$(ls "$own" | sed 's/-[0-9a-f]*\././' | LC_ALL=C sort | tr '\n' ' ')" 'm.h5.json m.h5.json.moved '
is 'and is found by it' "$(moved b ': 1 off, 1 mark')" '1 marks, 1 off'
mv "$T/b" "$T/c"
sed -i '5s/[0-4],/9,/;5s/[5-8],/0,/' "$T/c/d.csv"
is 'other content of the same size is no moved file' "$(wc -c <"$T/c/d.csv") $(cmp -s "$T/c/d.csv" "$T/d.csv" && echo same) $(moved c Layers 'rest 1.5')" "$(wc -c <"$T/d.csv")  0 marks, 0 off"
cp "$T/d.csv" "$T/c/d.csv"
is 'what was begun meanwhile is united with it' "$(moved c 'united with the session of before the files were moved')" '1 marks, 0 off'
rm -r "$T/state"

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
is 'the line drops' "$(printf '%s\n' start 'wait Layers' 'keys 2' 'wait percentile' 'keys _x' 'wait off' hangup marks | play)" 'ended by signal 1
1 marks, 1 off'
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
	is 'a full disk' "$(printf '%s\n' start 'wait Layers' 'keys 2' 'wait percentile' 'keys _' 'kept 1' 'rest 1' fill 'keys xqq' end |
		$python tests/cli/session_keep.py "$TSVIZ" "$T/disk" $K "$T/d.csv" --columns a,b 2>&1)" 'ended with 0'
	rm "$T/disk/filler"
	is 'nothing is lost' "$("$TSVIZ" session "$S" 2>&1 | grep -c '^[om][a-z]* *a #[0-9]$')" 2
	umount "$T/disk"
else
	skip 'a full disk' 'no file system can be mounted here'
fi
done_testing
