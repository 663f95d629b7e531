# tsviz session: a session and its journal are printed, listed, united; what is wrong is refused.
. tests/cli/lib.sh
python=/usr/bin/python3
needs_python
F=tests/session/full.json
record() { # JSON: a record of a journal, with a checksum that this program did not compute
	$python -c 'import sys, zlib
t = sys.argv[1].encode()
sys.stdout.buffer.write(b"%08x %08x %s\n" % (len(t), zlib.crc32(t), t))' "$1"
}

# ---- one session ----
"$TSVIZ" session $F >"$T/text" 2>"$T/said"
is 'as text' "$? $(wc -c <"$T/said") $(grep -c '^model    /lab/net.h5  sha256 ba7816bf8f01$' "$T/text") $(grep -c '^off      conv1 #0 #7, conv2 #12$' "$T/text") $(grep -c '^window   12 at row 14012 of pump 3$' "$T/text")" '0 0 1 1 1'
is 'a note' "$(grep -c '^2026-11-27T13:00:00Z  ann, conv1 #7 in window 12 at row 14012: fires at the edge of the pulse — always$' "$T/text")" 1
"$TSVIZ" session $F --json -o "$T/j.json"
is 'as JSON' "$($python -c 'import json, sys
a, b = (json.load(open(f)) for f in sys.argv[1:])
print(a["schema"], a["kind"], a["file"], a["session"] == b)' "$T/j.json" $F)" "2 session $F True"

# ---- the journal is part of it ----
cp $F "$T/s.json"
H=$(sha256sum <$F | cut -d' ' -f1)
{ record "{\"base\":\"$H\",\"by\":\"ann@lab, process 1\"}"; record '{"marks":{"conv1":[9]},"windows":5}'; record '{"notes":null}'; } >"$T/s.json.journal"
said() { "$TSVIZ" session "$T/s.json" >"$T/text" 2>"$T/err"; printf '%s\n' "$? $(sed -n 's/^marks *//p' "$T/text") $(grep -c T13:00 "$T/text") $(sed 's/.*s\.json: //' "$T/err")"; }
is 'with its journal' "$(said)" '0 conv1 #9, dense "a\b" #0 0 '
cp "$T/s.json.journal" "$T/whole"
head -c "$(($(wc -c <"$T/whole") - 4))" "$T/whole" >"$T/s.json.journal"
is 'a torn end is said' "$(said)" '0 conv1 #9, dense "a\b" #0 2 the end of its journal, 29 bytes after 1 record, is damaged and was left out'
{ record "{\"base\":\"${H#?}0\",\"by\":\"\"}"; record '{"marks":{"conv1":[9]}}'; } >"$T/s.json.journal"
is 'a journal of another file' "$(said)" '0 conv1 #2 #3 #5, dense "a\b" #0 2 its journal belongs to another version of the file and was left out'
rm "$T/s.json"
{ record '{"base":"","by":""}'; record '{"tsviz_session":1,"marks":{"conv1":[9]}}'; } >"$T/s.json.journal"
is 'a journal alone' "$(said)" '0 conv1 #9 0 '

# ---- the list ----
export XDG_STATE_HOME="$T/state"
is 'no sessions' "$("$TSVIZ" session)" 'no session is kept'
mkdir -p "$T/state/tsviz/sessions"
cp $F "$T/state/tsviz/sessions/b-0123456789abcdef.json"
mv "$T/s.json.journal" "$T/state/tsviz/sessions/a-0123456789abcdef.json.journal"
echo '{}' >"$T/state/tsviz/sessions/c-0123456789abcdef.json"
"$TSVIZ" session >"$T/list"
is 'the list' "$? $(grep -c "sessions/[abc]-0123456789abcdef.json$" "$T/list") $(grep -c '^  3 off, 4 marks, 1 pin, 1 edited window, 2 notes$' "$T/list") $(grep -c '^  1 mark$' "$T/list") $(grep -c '^  cannot be read: .*tsviz_session is missing$' "$T/list")" '0 3 1 1 1'
is 'the list as JSON' "$("$TSVIZ" session --json | $python -c 'import json, sys
s = json.load(sys.stdin)
print(s["schema"], s["kind"], [(x.get("marks"), x.get("notes"), "unreadable" in x) for x in s["sessions"]])')" '2 sessions [(1, 0, False), (4, 2, False), (None, None, True)]'

# ---- two sessions as one ----
$python - $F "$T" <<'EOF2'
import json, sys
s = json.load(open(sys.argv[1]))
a, b = json.loads(json.dumps(s)), json.loads(json.dumps(s))
b["marks"] = {"conv1": [3, 8]}
b["question"]["off"] = {"conv1": [0]}
b["pins"] = []
n = dict(b["notes"].pop("fedcba9876543210"), author="carl", time="2026-11-28T09:00:00Z", text="and the flat part?")
b["notes"]["00000000000000aa"] = n
json.dump(a, open(sys.argv[2] + "/a.json", "w"))
json.dump(b, open(sys.argv[2] + "/b.json", "w"))
b["layers"] = "0" * 64
json.dump(b, open(sys.argv[2] + "/other.json", "w"))
EOF2
(cd "$T" && "$TSVIZ" session --merge a.json b.json -o both.json) >"$T/said" 2>"$T/err"
is 'united' "$? $(cat "$T/err")" '0 '
cat >"$T/want" <<'EOF2'
3 notes, 1 and 1 of them in one session only; 5 marks
marked only in a.json: conv1 #2
marked only in a.json: conv1 #5
marked only in a.json: dense "a\b" #0
marked only in b.json: conv1 #8
off only in a.json: conv1 #7
off only in a.json: conv2 #12
EOF2
is 'what differs' "$(cat "$T/said")" "$(cat "$T/want")"
is 'what is in it' "$($python -c 'import json, sys
s = json.load(open(sys.argv[1]))
print(s["marks"], sorted(n["author"] for n in s["notes"].values()), s["question"]["off"], len(s["pins"]), s["model"]["path"])' "$T/both.json")" \
	"{'conv1': [2, 3, 5, 8], 'dense \"a\\\\b\"': [0]} ['ann', 'bob', 'carl'] {'conv1': [0, 7], 'conv2': [12]} 1 /lab/net.h5"
"$TSVIZ" session --merge "$T/both.json" "$T/b.json" -o "$T/again.json" --json >"$T/said"
is 'as JSON' "$($python -c 'import json, sys
s = json.load(open(sys.argv[1]))
print(s["kind"], s["notes"], [x["notes"] for x in s["only"]], s["only"][1]["marked_filters"], len(s["only"][0]["off_filters"]))' "$T/said")" 'session-merge 3 [1, 0] [] 2'
refuses 'another architecture' 'the two sessions are of models with other layers' "$TSVIZ" session --merge "$T/a.json" "$T/other.json" -o "$T/no.json"
refuses 'one of the two as the result' 'a\.json: this file is read' "$TSVIZ" session --merge "$T/a.json" "$T/b.json" -o "$T/a.json"

# ---- what is wrong ----
refuses 'no such session' 'none\.json: there is no such session' "$TSVIZ" session "$T/none.json"
refuses 'no session' 'ecg\.csv: line 1: ' "$TSVIZ" session samples/ecg.csv
echo '{"tsviz_session":7}' >"$T/new.json"
refuses 'a later version' 'new\.json: a session of another version; this program reads version 1' "$TSVIZ" session "$T/new.json"
misused 'two to print' 'one session is printed; --merge unites two' "$TSVIZ" session $F $F
misused 'one to unite' '--merge needs two sessions and a file' "$TSVIZ" session --merge $F -o "$T/x.json"
misused 'nowhere to go' '--merge needs two sessions and a file' "$TSVIZ" session --merge $F $F
done_testing
