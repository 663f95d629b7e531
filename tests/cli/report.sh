# report: each number beside that of the verb; balanced HTML without script; the same bytes twice; hostile names; files that are read stay.
. tests/cli/lib.sh
python=/usr/bin/python3
M="samples/machine-model.json samples/machine.csv --rows 8000:8150"

# ---- the numbers, beside those of the verbs ----
# shellcheck disable=SC2086
{
	"$TSVIZ" report $M -q -o "$T/machine.html" 2>"$T/err" || no 'report' "$(cat "$T/err")"
	"$TSVIZ" predict $M -q --json >"$T/predict.json"
	# The commands of the section "Making it again", as they stand there, have to give the numbers of the report.
	for verb in info eval analyze survey truth; do
		again=$(grep -o "tsviz $verb [^<]*" "$T/machine.html" | sed "s|^tsviz||; s| --out [^ ]*||; s| --json||")
		case $verb in info | eval | truth) again="$again --json" ;; esac
		"$TSVIZ" $again -q >"$T/$verb.json" 2>"$T/err" || no "the command of $verb" "$again: $(cat "$T/err")"
	done
	mv "$T/analyze.json" "$T/window.json"
	w=$(grep -o 'The pictures are of window [0-9]*' "$T/machine.html" | grep -o '[0-9]*$')
	"$TSVIZ" $M -w "$w" --no-session --plain findings >"$T/findings.txt" 2>"$T/err" || no 'findings' "$(cat "$T/err")"
}
is 'truth of as many windows as the report' "$(grep -c 'tsviz truth [^<]* --windows 50' "$T/machine.html")" 1

# a share that is not defined, as the precision of a class that is never predicted, is a dash
is 'a class without a window' "$("$TSVIZ" eval samples/machine-model.json samples/machine.csv --rows 8000:8040 -q | sed -n 's/^anomaly  *//p' | tr -s ' ')" '- - - 0 0 0'

# ---- names and texts that would be markup ----
K=tests/keras/keras1.h5
D="$T/it's a; file.csv"
awk 'BEGIN { print "\"<script>alert(1)</script>\",b\033[31m&"; for (i = 0; i < 60; i++) printf "%.6f,%.6f\n", sin(i / 5), cos(i / 3) }' >"$D"
cp "$K" "$T/net.h5"
printf '# Intended use\n\n<b>for pumps</b> & more\n\n- one\n- two \033[31m\n\n## Known limitations\nnone\n\n## Risks\n</style><script>alert(1)</script>\n' >"$T/meta.md"
layer=$("$TSVIZ" info "$T/net.h5" --json | sed -n 's/.*"name":"\([^"]*\)","type":"Conv[^"]*".*/\1/p' | head -n 1)
Q='"window":{"index":3,"row":3,"group":""},"task":"","target":"","measure":"gradient","method":"gradient","auto_method":false,"baseline":"zero","baseline_window":{"index":0,"row":-1,"group":""},"series":false,"seed":0,"cluster_method":"kmeans","clusters":0'
V=$(sed -n 's/.*"view":\({"name":"filter"[^}]*}\).*/\1/p' tests/session/full.json | head -n 1 | sed "s/\"layer\":\"[^\"]*\"/\"layer\":\"$layer\"/; s/\"expression\":\"[^\"]*\"/\"expression\":\"\"/; s/\"record_where\":\"[^\"]*\"/\"record_where\":\"\"/")
cat >"$T/session.json" <<END
{"tsviz_session":1,"model":{"path":"","bytes":0,"modified":0,"sha256":""},"layers":"","recipe":"","windows":0,"saved":"2026-11-27T14:02:11Z",
"question":{$Q,"off":{}},"view":$V,"marks":{"$layer":[0,1]},"data":[],
"pins":[{$Q,"off":{"$layer":[0]}}],
"notes":{"0123456789abcdef":{"about":"filter","layer":"$layer","filter":1,"cluster":-1,"window":{"index":3,"row":3,"group":""},"author":"ann","time":"2026-11-27T13:00:00Z","text":"<img src=x onerror=alert(1)>\\u001b[31m","question":{$Q,"off":{}},"view":$V}}}
END
make_report() { SOURCE_DATE_EPOCH=1795788000 "$TSVIZ" report "$T/net.h5" "$D" --columns 1,2 --session "$T/session.json" --meta "$T/meta.md" -q "$@" 2>"$T/err" || no "report $*" "$(cat "$T/err")"; }
make_report --clusters 1 -o "$T/hostile.html"
# one cluster of all filters, of which no screen may say that they are alike
is 'one cluster' "$("$TSVIZ" "$T/net.h5" "$D" --columns 1,2 --no-session --plain clusters 2>/dev/null | sed -n 's/.*filters, //p' | head -n 1)" '1 cluster of all, which tells none from another'
make_report -o "$T/hostile.md"
mv "$T/hostile.html" "$T/first.html"
make_report --clusters 1 --threads 1 -o "$T/hostile.html"
cmp -s "$T/first.html" "$T/hostile.html" && ok || no 'the same bytes twice' "$(cmp "$T/first.html" "$T/hostile.html" 2>&1)"

# ---- maps of zeros, which say nothing, and methods that say the same ----
sed '1s/.*/a,b/' "$D" >"$T/ab.csv"
looks() { # MODEL: what its report says of where it looks
	"$TSVIZ" report "tests/whatif/$1.onnx" "$T/ab.csv" --columns 1,2 --task classification -q --quick -o - 2>"$T/err" | sed 's/<[^>]*>//g' |
		grep -oE 'Where it looks[^:]*: [^,;.]*|on average from [0-9]* % to [0-9]* %|In this window [^,.:]*' | tr '\n' ';'
}
is 'maps of zeros' "$(looks flat_dead)" 'Where it looks cannot be said: no method that tells one channel from another finds any saliency in 20 windows;In this window no method that tells one channel from another finds any saliency;'
is 'methods that agree' "$(looks flat_argmax | sed 's/from \([0-9]*\) % to \1 %/the same/; s/: .* \([0-9]*\) to \1 %;/: the same;/')" \
	'Where it looks: the same;on average the same;In this window the methods agree;'

# ---- edited windows, windows of the rows of --fit, and classes whose names would be markup ----
E="samples/machine-model.json $T/classes.csv --rows 7950:8150"
C='<u onclick=x>a&|"\`,*b*</td>'
awk -F, -v OFS=, 'NR > 1 { $4 = $4 == "normal" ? "\"<u onclick=x>a&|\"\"\\`\"" : "*b*</td>" } { print }' samples/machine.csv >"$T/classes.csv"
# The same rows as a file that was edited by hand: window 60 begins at row 8010, which is line 8012.
awk -F, -v OFS=, 'NR == 8012 { $1 = 7.25 } NR >= 8015 && NR <= 8017 { $3 = NR - 7985 } { print }' "$T/classes.csv" >"$T/edited.csv"
QM=$(printf '%s' "$Q" | sed 's/"index":3,"row":3/"index":60,"row":8010/')
VM=$(printf '%s' "$V" | sed "s/\"layer\":\"$layer\"/\"layer\":\"conv1\"/")
W='"window":{"index":60,"row":8010,"group":""}'
cat >"$T/edits.json" <<END
{"tsviz_session":1,"model":{"path":"","bytes":0,"modified":0,"sha256":""},"layers":"","recipe":"","windows":0,"smaller":":prune 50%","saved":"2026-11-27T14:02:11Z",
"question":{$QM,"off":{}},"view":$VM,"marks":{},"data":[],
"pins":[{$QM,"edited":"00112233445566ff","off":{"conv1":[0,3]}}],
"edits":{
"00112233445566ff":{$W,"note":"<b>by a","present":true,"changes":[[0,0,[7.25]],[2,3,[30,31,32]]]},
"00112233445566fe":{"window":{"index":9,"row":9009,"group":""},"note":"","present":true,"changes":[[0,0,[7]]]},
"00112233445566fd":{$W,"note":"","present":false,"changes":[[2,99,[7]]]}},
"notes":{}}
END
# shellcheck disable=SC2086
{
	"$TSVIZ" report $E --classes "$C" -q --quick --session "$T/edits.json" -o "$T/edits.html" 2>"$T/err" || no 'report of edits' "$(cat "$T/err")"
	"$TSVIZ" predict $E --classes "$C" -q --json >"$T/before.json"
	"$TSVIZ" predict samples/machine-model.json "$T/edited.csv" --rows 8010:8043 --classes "$C" -q --json >"$T/after.json"
	"$TSVIZ" analyze samples/machine-model.json "$T/edited.csv" --rows 8010:8043 --classes "$C" -w 0 --off 'conv1:0,conv1:3' --layers conv1 --no-saliency -q -o "$T/off.json" 2>"$T/err" || no 'filters off' "$(cat "$T/err")"
}

if [ -x $python ]; then
	$python tests/cli/report.py "$T" >"$T/looked" 2>&1
	is 'what reports say' "$(grep -v ' right$' "$T/looked" | head -n 5)" ''
	n=$(sed -n "s/ right\$//p" "$T/looked" | tail -n 1)
	np=$((np + ${n:-0}))
else
	skip 'what reports say' 'python3 is not installed'
fi
if command -v tidy >/dev/null; then
	is 'tidy' "$(tidy -q -e --drop-empty-elements no "$T/hostile.html" 2>&1 | head -n 3)" ''
else
	skip 'tidy' 'not installed'
fi

# ---- :report of the browser: by another process, from what is on the screen; the command in it gives the same bytes ----
typed() { printf '%s' "$1" | sed 's/ /\x01/g; s/./& /g; s/\x01/space/g'; }
screen() { (cd "$T" && "$TSVIZ" net.h5 "$D" --columns 1,2 --screen layers --size 160x24 --keys "M : $(typed "$1") enter") | tail -n 1 | sed 's/^ *//; s/ *$//'; }
is ':report' "$(screen 'report seen.md')" 'written: seen.md'
is ':report, what is there stays' "$(screen 'report seen.md')" 'seen.md exists already; choose another name'
is ':report, another end' "$(screen 'report seen.pdf')" 'seen.pdf: the name should end in .html or .md'
is ':report, no folder' "$(screen 'report none/seen.md' | cut -c 1-21)" 'none/seen.md.session.'
cp "$T/seen.md" "$T/seen.before"
again=$(sed -n 's/^    tsviz report /report /p' "$T/seen.md")
(cd "$T" && eval "\"$TSVIZ\" $again -q") 2>"$T/err" || no 'the command in the report' "$(cat "$T/err")"
is 'the command in the report' "$(cmp "$T/seen.before" "$T/seen.md" 2>&1)" ''
is 'the session was asked by another measure' "$(grep -c 'session seen.md.session.json' "$T/seen.md") $(grep -c '    tsviz analyze .* --importance ' "$T/seen.md")" '1 1'

# ---- what is refused; what is read stays ----
before=$(cat "$T/net.h5" "$D" "$T/session.json" "$T/meta.md" | cksum)
for f in net.h5 "it's a; file.csv" session.json meta.md; do
	ln -sf "$T/$f" "$T/link.html"
	cp -l "$T/$f" "$T/hard.html" 2>/dev/null || cp "$T/$f" "$T/hard.html"
	refuses "-o over $f" 'this file is read; give the result another name' "$TSVIZ" report "$T/net.h5" "$D" --columns 1,2 --session "$T/session.json" --meta "$T/meta.md" -q -o "$T/hard.html"
	rm -f "$T/hard.html" "$T/link.html"
done
is 'files that are read' "$(cat "$T/net.h5" "$D" "$T/session.json" "$T/meta.md" | cksum)" "$before"
refuses 'another end' 'the name should end in .html or .md' "$TSVIZ" report "$T/net.h5" "$D" -q -o "$T/x.pdf"
refuses 'no such session' 'there is no such session' "$TSVIZ" report "$T/net.h5" "$D" --session "$T/none.json" -q -o "$T/x.html"
misused 'quick and full' 'are opposites' "$TSVIZ" report "$T/net.h5" "$D" --quick --full -o "$T/x.html"
printf '# Pump\n\n## Purpose\nx\n' >"$T/bad.md"
refuses 'a heading that is no field' "there is no field 'Purpose'; there are intended_use, " "$TSVIZ" report "$T/net.h5" "$D" --meta "$T/bad.md" -q -o "$T/x.html"
printf '{"risks": 3}' >"$T/bad.json"
refuses 'JSON that is no text' 'a text or a list of texts is expected' "$TSVIZ" report "$T/net.h5" "$D" --meta "$T/bad.json" -q -o "$T/x.html"
refuses 'a folder that is not there' 'none/x.html' "$TSVIZ" report "$T/net.h5" "$D" -q -o "$T/none/x.html"
is 'nothing half written' "$(find "$T" -name 'x.*')" ''
done_testing
