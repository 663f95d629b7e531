# What is seen, written by the browser's `e` in each format, and compare as plain text; keys are played without a terminal.
. tests/cli/lib.sh
S=tests/screens
A="$S/net.json $S/load.csv --columns load,temp --predict load"
typed() { printf "%s" "$1" | sed "s/./& /g"; } # text that is typed: its letters, apart
seen() { # view, keys: the browser's last screen
	XDG_CONFIG_HOME="$T/none" LC_ALL=C.UTF-8 "$TSVIZ" $A --glyphs braille --screen "$1" --size 80x24 --keys "$2" </dev/null
}
for end in svg txt npy csv json; do
	seen layers "e $(typed "$T/layers.$end") enter" >"$T/screen"
	grep -q "written: " "$T/screen" && [ -s "$T/layers.$end" ] && ok || no "export .$end" "$(tail -n 1 "$T/screen")"
	cp "$T/layers.$end" "$T/before" 2>/dev/null
	seen grid "e $(typed "$T/layers.$end") enter" >"$T/screen"
	cmp -s "$T/before" "$T/layers.$end" && ! grep -q 'written: ' "$T/screen" && ok || no "export .$end again" 'a file that exists was overwritten'
done
# a long path does not push out of the line why nothing was written
long=a-long-name-for-a-folder-of-pictures/that-are-taken-today/and-tomorrow
seen layers "e $(typed "$T/$long/x.svg") enter" >"$T/screen"
is 'export: no such folder, a long path' "$(tail -n 1 "$T/screen")" ' its folder cannot be opened: No such file or directory'
mkdir -p "$T/$long" && : >"$T/$long/x.svg"
seen layers "e $(typed "$T/$long/x.svg") enter" >"$T/screen"
is 'export: exists, a long path' "$(tail -n 1 "$T/screen")" ' exists already; choose another name'
# the picture: text that is text, well formed
grep -q '<text' "$T/layers.svg" && grep -q 'conv1' "$T/layers.svg" && ok || no 'export .svg' 'its text is no text'
has_python() { # NAME: what reads the file for the test
	command -v python3 >/dev/null || { skip "$1" 'python3 is not installed'; false; }
}
has_python 'export .svg is well formed' && { python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$T/layers.svg" 2>"$T/err" && ok || no 'export .svg' "$(tail -n 1 "$T/err")"; }
# the text is what --plain prints
"$TSVIZ" $A --plain layers >"$T/plain"
cmp -s "$T/plain" "$T/layers.txt" && ok || no 'export .txt' "$(diff "$T/plain" "$T/layers.txt" | head -n 3)"
# numbers: the activations of conv1 (6 filters, 24 steps), the same in all forms
has_python 'export .npy' && is 'export .npy' "$(python3 - "$T" <<'P' 2>&1
import csv, json, struct, sys
d = sys.argv[1] + '/'
raw = open(d + 'layers.npy', 'rb').read()
assert raw[:6] == b'\x93NUMPY', raw[:6]
head = struct.unpack('<H', raw[8:10])[0]
words = eval(raw[10:10 + head].decode())
kind = {'<f4': 'f', '<f8': 'd'}[words['descr']]
v = struct.unpack('<%d%s' % (words['shape'][0] * words['shape'][1], kind), raw[10 + head:])
def numbers(x):
    return [float(x)] if isinstance(x, (int, float)) else [n for y in x for n in numbers(y)] if isinstance(x, list) else []
text = json.load(open(d + 'layers.json'))
lists = [numbers(x) for x in (text.values() if isinstance(text, dict) else [text])]
same = lambda a: len(a) == len(v) and all(abs(x - y) < 1e-5 for x, y in zip(a, v))
rows = list(csv.reader(open(d + 'layers.csv')))
cells = [r[1:] for r in rows[1:]] if len(rows[1]) == 25 else [r[-1:] for r in rows[1:]]
print(words['shape'], any(map(same, lists)), same([float(x) for r in cells for x in r]), max(v) > 0)
P
)" '(6, 24) True True True'
# compare: what one filter's switch changes, step by step
"$TSVIZ" $A --plain layers --keys 'p x P' >"$T/compare"
is 'compare: lines a channel' "$(grep -c '^saliency .* difference a step:' "$T/compare")" 2
awk '/^saliency load/ { sub(/.*step:/, ""); n = NF; for (i = 1; i <= NF; i++) if ($i + 0 != 0) some = 1 } END { exit !(n == 24 && some) }' "$T/compare" && ok ||
	no 'compare: difference' "$(grep '^saliency' "$T/compare" | cut -c1-200)"
done_testing
